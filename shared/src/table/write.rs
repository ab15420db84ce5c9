//! Writing CSV: RFC 4180 records with `\n`, and cells that are safe to open in a spreadsheet.

/// `text` as a cell of an export that people open in a spreadsheet: text that the program would
/// take for a formula (it begins with `=`, `+`, `-`, `@`, their full-width forms, a tab or a
/// carriage return) gets an apostrophe in front. Plain numbers such as `-12.5` are left alone.
/// [`cell_as_text`] undoes it exactly. Quoting is [`record`]'s work.
pub fn csv_cell(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`csv_cell`] wrote as `cell`.
pub fn cell_as_text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}

fn looks_like_formula(text: &str) -> bool {
    // Apostrophes in front are looked through, so that undoing never takes one the text had.
    let bare = text.trim_start_matches('\'');
    let risky = bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
    risky && !(bare.len() == text.len() && is_number(text))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

/// One CSV record with its line end: cells quoted where they must be, separated by commas.
/// Writes the cells as they are; pass text for people through [`csv_cell`] first.
pub fn record<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = line(cells);
    out.push('\n');
    out
}

/// One CSV record without a line end.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let outer_space = cell.starts_with(' ') || cell.ends_with(' ');
        if cell.contains(['"', ',', ';', '\n', '\r']) || outer_space {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        for risky in ["=1+1", "+84 912", "-A1", "@SUM(A1)", "\tx", "\r=x", "＝1", "'=1", "--1"] {
            assert!(csv_cell(risky).starts_with('\''), "{risky}");
        }
        for plain in ["-12.5", "+7", "-3,25", "Vàng A Páo", "'quoted'", "", "a=b"] {
            assert_eq!(csv_cell(plain), plain);
        }
    }

    #[test]
    fn records_are_quoted_where_needed() {
        assert_eq!(record(["a", "b,c", "d\"e", "", "f g"]), "a,\"b,c\",\"d\"\"e\",,f g\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "['=+@\\-0-9a. ]{0,8}") {
            let cell = csv_cell(&text);
            prop_assert_eq!(cell_as_text(&cell), text);
        }

        #[test]
        fn records_survive_a_csv_reader(cells in prop::collection::vec("[ab,;\"\n ]{0,6}", 2..5)) {
            let text = record(cells.iter().map(String::as_str));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let back: Vec<String> = reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
            prop_assert_eq!(back, cells);
        }
    }
}
