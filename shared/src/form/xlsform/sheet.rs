//! Sheets of an XLSForm: rows of cells, and the Markdown tables they can be written as.

use crate::text::nfc;

/// One sheet of a spreadsheet, or one Markdown table, as its author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: `survey`, `choices`, `settings`, `entities`, in any case; others are left alone.
    pub name: String,
    /// Its rows, the headings first; blank rows left out.
    pub rows: Vec<Row>,
}

/// A row: its number as an author sees it, and its cells, trimmed, in NFC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Row of the spreadsheet, or line of the file, from 1.
    pub number: usize,
    /// The cells from the first column on.
    pub cells: Vec<String>,
}

/// Reads Markdown tables as pyxform does: a row whose first cell is filled starts a sheet, the
/// next row is its heading; lines starting with `#` and text after the last `|` are comments.
///
/// Within a cell `\|` is a bar, `&#10;` a line break, `&#45;` a hyphen (a row of nothing but
/// hyphens is a rule) and `&#38;#` the two characters `&#`; [`to_markdown`] writes them.
pub fn read_markdown(source: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    for (i, line) in source.lines().enumerate() {
        let line = line.trim();
        if !line.starts_with('|') || is_rule(line) {
            continue;
        }
        let mut cells = split_cells(line);
        let first = cells.remove(0);
        if !first.is_empty() {
            sheets.push(Sheet { name: first, ..Sheet::default() });
        }
        let Some(sheet) = sheets.last_mut() else { continue };
        if !cells.iter().all(String::is_empty) {
            sheet.rows.push(Row { number: i + 1, cells });
        }
    }
    sheets
}

/// Writes sheets as Markdown tables. [`read_markdown`] gives the same sheets, but for the numbers
/// of rows: those of a spreadsheet become lines of a file.
pub fn to_markdown(sheets: &[Sheet]) -> String {
    let mut out = String::new();
    for (i, sheet) in sheets.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        write_row(std::iter::once(sheet.name.as_str()), &mut out);
        for row in &sheet.rows {
            write_row(std::iter::once("").chain(row.cells.iter().map(String::as_str)), &mut out);
        }
    }
    out
}

/// The line between heading and rows that Markdown likes to have.
fn is_rule(line: &str) -> bool {
    line.chars().all(|c| "|- ".contains(c))
}

fn write_row<'c>(cells: impl Iterator<Item = &'c str>, out: &mut String) {
    let mut line = String::from("|");
    for cell in cells {
        let cell = cell.replace("&#", "&#38;#").replace('\n', "&#10;").replace('|', "\\|");
        line.extend([" ", &cell, if cell.is_empty() { "|" } else { " |" }]);
    }
    if is_rule(&line) && line.contains('-') {
        line = line.replace('-', "&#45;");
    }
    out.push_str(&line);
    out.push('\n');
}

/// The cells between the first and the last bar.
fn split_cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut rest = &line[1..];
    while let Some(c) = rest.chars().next() {
        let (text, length) = if rest.starts_with("\\|") {
            ('|', 2)
        } else if rest.starts_with("&#10;") {
            ('\n', 5)
        } else if rest.starts_with("&#45;") {
            ('-', 5)
        } else if rest.starts_with("&#38;#") {
            ('&', 5)
        } else {
            (c, c.len_utf8())
        };
        // The `#` after an escaped `&` is no beginning of an escape.
        let after = if text == '&' && length == 5 { 1 } else { 0 };
        if length == 1 && c == '|' {
            cells.push(nfc(cell.trim()));
            cell.clear();
        } else {
            cell.push(text);
        }
        cell.extend((after > 0).then_some('#'));
        rest = &rest[length + after..];
    }
    if cells.is_empty() {
        cells.push(String::new());
    }
    cells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_read_and_written() {
        let sheets = vec![Sheet {
            name: "Bảng 1".to_owned(),
            rows: [
                vec!["a | b", "dòng 1\ndòng 2", "", "&#10; &#38;#", "\\"],
                vec!["-", "", "- -"],
                vec!["\\|", "&#", "&", "#"],
            ]
            .into_iter()
            .map(|r| Row { number: 0, cells: r.into_iter().map(str::to_owned).collect() })
            .collect(),
        }];
        let markdown = to_markdown(&sheets);
        assert!(markdown.contains("| a \\| b | dòng 1&#10;dòng 2 | | &#38;#10; &#38;#38;# | \\ |"));
        assert_eq!(unnumbered(read_markdown(&markdown)), sheets);
    }

    fn unnumbered(mut sheets: Vec<Sheet>) -> Vec<Sheet> {
        sheets.iter_mut().flat_map(|s| &mut s.rows).for_each(|r| r.number = 0);
        sheets
    }

    fn cell() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("|".to_owned()),
            Just("\\".to_owned()),
            Just("&#10;".to_owned()),
            Just("&#38;#".to_owned()),
            Just("-".to_owned()),
            Just("\n".to_owned()),
            Just("#".to_owned()),
            Just(" ".to_owned()),
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(pieces, 0..8).prop_map(|p| nfc(nfc(p.concat().trim()).trim()))
    }

    fn sheet() -> impl Strategy<Value = Sheet> {
        let row = prop::collection::vec(cell(), 1..5)
            .prop_filter("blank rows are left out", |c| !c.iter().all(String::is_empty))
            .prop_map(|cells| Row { number: 0, cells });
        let name = cell().prop_filter("sheets have names", |n| !n.is_empty());
        (name, prop::collection::vec(row, 0..5)).prop_map(|(name, rows)| Sheet { name, rows })
    }

    proptest! {
        #[test]
        fn markdown_loses_nothing(sheets in prop::collection::vec(sheet(), 0..4)) {
            prop_assert_eq!(unnumbered(read_markdown(&to_markdown(&sheets))), sheets);
        }

        #[test]
        fn any_text_is_read(text in ".*") {
            read_markdown(&text);
        }
    }
}
