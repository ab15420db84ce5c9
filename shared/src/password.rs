//! Which passwords are refused when one is chosen: short ones, and those that are nothing but what
//! everybody thinks of first. Length is what keeps a guesser out; there are no rules about signs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data::COMMON_PASSWORDS;
use crate::text::fold;

/// Fewest characters.
pub const SHORTEST: usize = 12;
/// Most, so that hashing stays bounded.
pub const LONGEST: usize = 200;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters, or more than [`LONGEST`].
    Length,
    /// Made only of words, rows and repetitions that a guesser tries first.
    Common,
}

/// Keys that lie side by side, and the digits and letters in their order; read both ways.
const ROWS: [&str; 5] =
    ["01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];
/// A row of fewer keys is in many a good word; digits are counted whatever their order.
const ROW: usize = 4;

/// The words of the list.
static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    COMMON_PASSWORDS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
});

/// What is wrong with `password`, if anything. Case, tone marks and signs between the words are not
/// looked at: a guesser tries those as well.
pub fn weakness(password: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Some(Weakness::Length);
    }
    let key: Vec<char> = fold(password).chars().filter(|c| c.is_alphanumeric()).collect();
    (repeats(&key) || is_common(&key)).then_some(Weakness::Common)
}

/// Whether it is one piece of at most six characters over and over.
fn repeats(key: &[char]) -> bool {
    (1..=6).any(|unit| key.len() >= 2 * unit && key.iter().zip(&key[unit..]).all(|(a, b)| a == b))
}

/// Whether common pieces laid end to end make up all of it.
fn is_common(key: &[char]) -> bool {
    let longest = WORDS.iter().map(|word| word.len()).max().unwrap_or(0);
    let mut reached = vec![false; key.len() + 1];
    reached[0] = true;
    for from in 0..key.len() {
        if !reached[from] {
            continue;
        }
        if key[from].is_ascii_digit() {
            reached[from + 1] = true;
        }
        for to in from + 2..=key.len().min(from + longest.max(26)) {
            let piece: String = key[from..to].iter().collect();
            reached[to] |= WORDS.contains(piece.as_str()) || is_row(&piece);
        }
    }
    reached[key.len()]
}

fn is_row(piece: &str) -> bool {
    let back: String = piece.chars().rev().collect();
    piece.len() >= ROW && ROWS.iter().any(|row| row.contains(piece) || row.contains(&back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_thinks_of_first_is_refused() {
        for common in [
            "123456789012",
            "000000000000",
            "Mật khẩu 2025!",
            "matkhau@123456",
            "NongThonMoi2025",
            "laocai laocai",
            "UBND xã 2026 admin",
            "qwertyuiop123",
            "poiuytrewq09",
            "Passw0rd1234",
            "1q2w3e4r5t6y",
            "abcabcabcabc",
            "!!!!!!!!!!!!",
            "tôi yêu Việt Nam",
        ] {
            assert_eq!(weakness(common), Some(Weakness::Common), "{common}");
        }
    }

    #[test]
    fn a_sentence_of_ones_own_is_taken_and_a_short_one_is_not() {
        for good in [
            "mật khẩu của admin",
            "mật khẩu đủ dài",
            "đường đến trường",
            "ba con trâu dưới suối",
            "kV9$rTq2!mLx",
        ] {
            assert_eq!(weakness(good), None, "{good}");
        }
        assert_eq!(weakness("ba con trâu"), Some(Weakness::Length), "eleven characters");
        assert_eq!(weakness(&"dài ".repeat(60)), Some(Weakness::Length));
    }

    #[test]
    fn the_list_is_in_the_form_it_is_looked_up_in() {
        for word in WORDS.iter() {
            assert_eq!(fold(word), *word);
            assert!(word.chars().all(char::is_alphanumeric) && word.len() > 1, "{word}");
        }
        assert!(WORDS.len() > 150);
    }
}
