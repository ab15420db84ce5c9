//! Reading CSV as offices save it: UTF-8 with or without a byte order mark, commas or semicolons,
//! comment lines from `#`, columns in any order under their English or Vietnamese names, blank
//! rows between. Cells arrive in NFC with single inner spaces.

use super::{Row, RowFault, cell_as_text, told};
use crate::text::{Text, fold, nfc};

/// A column a table may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, as in the documentation and in faults.
    pub name: &'static str,
    /// Other headings taken for it, compared without tone marks, case and underscores.
    pub also: &'static [&'static str],
    /// Whether the table must have it.
    pub required: bool,
}

/// Shorthand for a table's list of columns.
pub const fn column(name: &'static str, also: &'static [&'static str], required: bool) -> Column {
    Column { name, also, required }
}

/// Columns that office tables carry and nobody needs: running number and remarks.
const IGNORED: [&str; 5] = ["tt", "stt", "ghi chu", "note", "remark"];

/// The longest cell kept, in characters. Names are far shorter; a longer one is a slipped quote.
const MAX_CELL: usize = 1000;

/// Reads the rows of a table with these `columns`, or says everything that is wrong with it.
///
/// Fault codes: `encoding`, `empty`, `header_missing`, `header_unknown`, `header_twice`, `width`,
/// `control_character`, `too_long`, `broken`.
pub fn read(bytes: &[u8], columns: &'static [Column]) -> Result<Vec<Row>, Vec<RowFault>> {
    let text = utf8(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .delimiter(separator(text))
        .from_reader(text.as_bytes());
    let mut faults = Vec::new();
    let mut places: Option<Vec<Option<usize>>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let message = Text::new("Không đọc được dòng này.", "This line cannot be read.");
                faults.push(RowFault::line(line, "broken", message));
                continue;
            }
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = start_line(text, record.position());
        match &places {
            None => places = Some(header(&record, line, columns, &mut faults)),
            Some(places) => rows.push(row(&record, line, columns, places, &mut faults)),
        }
    }
    if places.is_none() {
        let message = Text::new(
            "Bảng trống, không có dòng tiêu đề.",
            "The table is empty: it has no header.",
        );
        faults.push(RowFault::line(1, "empty", message));
    }
    if faults.is_empty() { Ok(rows) } else { Err(told(faults)) }
}

/// The line a record begins on. Counted here, because the reader gives the position before the
/// comments and blank lines it skips.
fn start_line(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let mut line = position.line();
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let mut rest = text.get(from..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_once('\n') {
        if !head.trim_end_matches('\r').is_empty() && !head.starts_with('#') {
            break;
        }
        line += 1;
        rest = tail;
    }
    line
}

fn utf8(bytes: &[u8]) -> Result<&str, Vec<RowFault>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|b| **b == b'\n').count() as u64;
        let message = Text::new(
            "Tệp không phải mã UTF-8. Trong Excel hãy lưu lại kiểu \u{201c}CSV UTF-8\u{201d}.",
            "The file is not UTF-8. In Excel, save it as \u{201c}CSV UTF-8\u{201d}.",
        );
        vec![RowFault::line(line, "encoding", message)]
    })
}

/// The separator of the header: whichever of comma and semicolon stands there more often.
fn separator(text: &str) -> u8 {
    let header =
        text.lines().find(|l| !l.starts_with('#') && !l.trim().is_empty()).unwrap_or_default();
    let count = |c| header.matches(c).count();
    if count(';') > count(',') { b';' } else { b',' }
}

fn heading(text: &str) -> String {
    fold(&text.replace(['_', '-'], " "))
}

/// For every cell of the header the column it heads; faults for what is missing or not known.
fn header(
    record: &csv::StringRecord,
    line: u64,
    columns: &'static [Column],
    faults: &mut Vec<RowFault>,
) -> Vec<Option<usize>> {
    let mut places: Vec<Option<usize>> = Vec::new();
    for cell in record {
        let wanted = heading(cell);
        let found = columns
            .iter()
            .position(|c| heading(c.name) == wanted || c.also.iter().any(|a| heading(a) == wanted));
        match found {
            Some(column) if places.contains(&Some(column)) => {
                let name = columns[column].name;
                let message = Text::new(
                    format!("Cột \u{201c}{name}\u{201d} có hai lần."),
                    format!("Column \u{201c}{name}\u{201d} is there twice."),
                );
                faults.push(RowFault::cell(line, name, "header_twice", message));
            }
            None if !wanted.is_empty() && !IGNORED.contains(&wanted.as_str()) => {
                let known = names(columns.iter());
                let name: String = nfc(cell.trim()).chars().take(40).collect();
                let message = Text::new(
                    format!("Không biết cột \u{201c}{name}\u{201d}. Các cột dùng được: {known}."),
                    format!("Unknown column \u{201c}{name}\u{201d}. Known columns: {known}."),
                );
                faults.push(RowFault::cell(line, &name, "header_unknown", message));
            }
            _ => {}
        }
        places.push(found);
    }
    let missing = names(
        columns
            .iter()
            .enumerate()
            .filter_map(|(i, c)| (c.required && !places.contains(&Some(i))).then_some(c)),
    );
    if !missing.is_empty() {
        let message = Text::new(
            format!("Dòng tiêu đề thiếu cột: {missing}."),
            format!("The header lacks: {missing}."),
        );
        faults.push(RowFault::line(line, "header_missing", message));
    }
    places
}

fn names<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    columns.map(|c| c.name).collect::<Vec<_>>().join(", ")
}

fn row(
    record: &csv::StringRecord,
    line: u64,
    columns: &'static [Column],
    places: &[Option<usize>],
    faults: &mut Vec<RowFault>,
) -> Row {
    let mut cells = vec![String::new(); columns.len()];
    let (has, wants) = (record.len(), places.len());
    // Spreadsheets pad rows with empty cells, and drop the empty ones at the end.
    if has > wants && record.iter().skip(wants).any(|cell| !cell.trim().is_empty()) {
        let message = Text::new(
            format!("Dòng có {has} ô, tiêu đề chỉ có {wants}."),
            format!("The row has {has} cells, the header {wants}."),
        );
        faults.push(RowFault::line(line, "width", message));
    }
    for (cell, place) in record.iter().zip(places) {
        let Some(place) = *place else { continue };
        let name = columns[place].name;
        let text = nfc(cell).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().any(char::is_control) {
            let message =
                Text::new("Ô có ký tự điều khiển.", "The cell contains a control character.");
            faults.push(RowFault::cell(line, name, "control_character", message));
        } else if text.chars().count() > MAX_CELL {
            let message = Text::new(
                format!("Ô dài quá {MAX_CELL} ký tự; có thể thiếu dấu ngoặc kép."),
                format!("The cell is longer than {MAX_CELL} characters; a quote may be missing."),
            );
            faults.push(RowFault::cell(line, name, "too_long", message));
        }
        cells[place] = cell_as_text(&text).to_owned();
    }
    Row { line, columns, cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        column("code", &["mã"], true),
        column("name", &["tên"], true),
        column("size", &[], false),
    ];

    fn codes(bytes: &[u8]) -> Vec<(u64, String)> {
        read(bytes, COLUMNS).unwrap_err().into_iter().map(|f| (f.line, f.code)).collect()
    }

    #[test]
    fn byte_order_mark_semicolons_vietnamese_headings_and_any_order() {
        let rows =
            read("\u{feff}TÊN;Mã;STT\r\n Tả  Van ;a1;1\r\n;;\r\n".as_bytes(), COLUMNS).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].line, rows[0].text(0), rows[0].text(1), rows[0].text(2)),
            (2, "a1", "Tả Van", "")
        );
    }

    #[test]
    fn lines_are_counted_through_comments_blanks_and_quoted_breaks() {
        let rows = read(b"# made up\n\ncode,name\n\na,\"x\ny\"\n# c\nb,z\n", COLUMNS).unwrap();
        let lines: Vec<_> = rows.iter().map(|r| (r.line, r.text(1))).collect();
        assert_eq!(lines, [(5, "x y"), (8, "z")]);
    }

    #[test]
    fn a_wrong_header_names_what_is_missing() {
        let faults = read(b"code,nmae\n", COLUMNS).unwrap_err();
        let of = |code: &str| faults.iter().find(|f| f.code == code).unwrap();
        assert!(of("header_missing").message.vi.contains("name"));
        assert!(of("header_unknown").message.en.contains("nmae"));
        assert_eq!(codes(b"code,name,ma\n"), [(1, "header_twice".to_owned())]);
        assert_eq!(codes(b"\n\n"), [(1, "empty".to_owned())]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_line() {
        assert_eq!(codes(b"code,name\na,\xC3\n"), [(2, "encoding".to_owned())]);
        assert_eq!(codes(b"\xFF\xFEc\0o\0"), [(1, "encoding".to_owned())]);
    }

    #[test]
    fn odd_rows_are_told_by_line() {
        assert_eq!(
            codes(b"code,name\na,b,c\na\nx,\x01\n"),
            [(2, "width".to_owned()), (4, "control_character".to_owned())]
        );
    }

    #[test]
    fn many_faults_are_cut_short() {
        let table = format!("code,name\n{}", "a,b,c\n".repeat(500));
        let faults = read(table.as_bytes(), COLUMNS).unwrap_err();
        assert_eq!(faults.len(), super::super::MAX_FAULTS + 1);
        assert_eq!(faults.last().unwrap().code, "more_faults");
    }
}
