//! CSV that Excel opens as Vietnamese text and cannot mistake for formulas.

use super::{Cell, Column};

/// A byte order mark is how Excel knows the file is UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// The list as CSV (RFC 4180, CRLF), header first.
pub fn list<T>(items: &[T], columns: &[Column<T>]) -> anyhow::Result<Vec<u8>> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(BOM.to_vec());
    writer.write_record(columns.iter().map(|c| c.key.as_ref()))?;
    for item in items {
        writer.write_record(columns.iter().map(|c| safe(&(c.cell)(item))))?;
    }
    Ok(writer.into_inner()?)
}

/// A text that a spreadsheet would run as a formula is preceded by an apostrophe, which it shows
/// as text. Numbers keep their minus sign.
fn safe(cell: &Cell) -> String {
    let text = cell.plain();
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky && !cell.is_number() { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        for text in ["=1+1", "+84 912", "-cmd", "@SUM(A1)", "\tx"] {
            assert_eq!(safe(&Cell::Text(text.into())), format!("'{text}"));
        }
        assert_eq!(safe(&Cell::Decimal(-1.25, 2)), "-1.25");
        assert_eq!(safe(&Cell::Text("Giàng A Páo".into())), "Giàng A Páo");
    }

    #[test]
    fn excel_sees_utf_8_and_quoting_holds() {
        let columns = [Column::new("name", "Tên", "Name", |s: &&str| Cell::Text((*s).to_owned()))];
        let bytes = list(&["Thôn \"Ná, Hạ\""], &columns).unwrap();
        assert_eq!(bytes, "\u{feff}name\r\n\"Thôn \"\"Ná, Hạ\"\"\"\r\n".as_bytes());
    }
}
