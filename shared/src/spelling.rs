//! "Did you mean …": the nearest of a few known words.

/// Words longer than this are not misspelt but something else.
const LONGEST: usize = 40;
/// Letters that may differ.
const MOST_EDITS: usize = 2;

/// The known word that differs least, when it differs by no more than a slip of the keyboard.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    // A short word is near to everything.
    let most = match word.len() {
        0..=2 => return None,
        3..=4 => 1,
        _ => MOST_EDITS,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let edits = distance(&word, candidate);
        if edits <= most && best.is_none_or(|(e, _)| edits < e) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, removals and replacements from one word to another.
fn distance(word: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (i, c) in other.chars().take(LONGEST + 1).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, w) in word.iter().enumerate() {
            let replaced = diagonal + usize::from(*w != c);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[word.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["relevant", "required", "label", "name"];
        assert_eq!(nearest("relevent", known), Some("relevant"));
        assert_eq!(nearest("requierd", known), Some("required"));
        assert_eq!(nearest("labels", known), Some("label"));
        assert_eq!(nearest("lable", known), Some("label"));
        assert_eq!(nearest("note", known), None);
        assert_eq!(nearest("ghi_chú", known), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), known), None);
    }
}
