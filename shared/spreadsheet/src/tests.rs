//! Files made by hand, part by part, as Excel would write them, and as an attacker would.

use std::io::{Cursor, Write};

use ntm_shared::form::sheet::Sheet;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#;

/// A workbook with these worksheets: name, state and what stands in `sheetData`.
fn book(sheets: &[(&str, &str, String)]) -> Vec<u8> {
    let mut parts = vec![
        (
            "xl/styles.xml".to_owned(),
            // Style 1 is a day, 2 a moment, 3 a time of day.
            r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/></cellXfs></styleSheet>"#.to_owned(),
        ),
        (
            "xl/sharedStrings.xml".to_owned(),
            "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>\u{a0}Số\u{a0}người </t></si><si><r><t xml:space=\"preserve\">hai </t></r><r><t>phần</t></r></si></sst>".to_owned(),
        ),
    ];
    parts.push((
        "_rels/.rels".to_owned(),
        format!(
            r#"{RELATIONS}<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
    ));
    let (mut listed, mut related) = (String::new(), String::new());
    for (i, (name, state, data)) in sheets.iter().enumerate() {
        let n = i + 1;
        listed += &format!(r#"<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>"#);
        related += &format!(
            r#"<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        );
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
            ),
        ));
    }
    parts.push((
        "xl/workbook.xml".to_owned(),
        format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>"#
        ),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!("{RELATIONS}{related}</Relationships>"),
    ));
    packed(parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
}

fn packed<'p>(parts: impl Iterator<Item = (&'p str, &'p [u8])>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn cells(sheet: &Sheet) -> Vec<(usize, Vec<&str>)> {
    sheet.rows.iter().map(|r| (r.number, r.cells.iter().map(String::as_str).collect())).collect()
}

#[test]
fn cells_read_as_their_author_sees_them_in_rows_numbered_as_in_the_spreadsheet() {
    let data = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c><c r="C1" t="s"><v>0</v></c></row>
        <row r="2"><c r="A2" s="1"/></row>
        <row r="4"><c r="A4"><v>5</v></c><c r="B4"><v>0.1</v></c><c r="C4"><v>2024100102</v></c>
            <c r="D4" t="b"><v>1</v></c><c r="E4" t="b"><v>0</v></c><c r="F4" t="s"><v>1</v></c></row>
        <row r="5"><c r="A5" s="1"><v>45567</v></c><c r="B5" s="2"><v>45567.25</v></c><c r="C5" s="3"><v>0.75</v></c>
            <c r="D5" t="str"><f>A1&amp;"x"</f><v>typex</v></c><c r="E5" t="inlineStr"><is><t>o&#x302;</t></is></c></row>"#;
    let hidden = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>list_name</t></is></c></row>"#;
    let file =
        book(&[("Survey ", "visible", data.into()), ("choices", "veryHidden", hidden.into())]);
    let sheets = read(&file).unwrap();
    assert_eq!(sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["survey", "choices"]);
    assert_eq!(
        cells(&sheets[0]),
        [
            (1, vec!["type", "", "Số người"]),
            (4, vec!["5", "0.1", "2024100102", "TRUE", "FALSE", "hai phần"]),
            (5, vec!["2024-10-02", "2024-10-02T06:00:00", "18:00:00", "typex", "ô"]),
        ]
    );
    assert_eq!(cells(&sheets[1]), [(1, vec!["list_name"])]);
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn what_is_no_spreadsheet_is_said_to_be_none() {
    assert!(refused(b"").contains("damaged"));
    assert!(refused(b"PK\x03\x04 and so on").contains("damaged"));
    assert!(refused(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]).contains(".xls"));
    let file = book(&[("survey", "visible", String::new())]);
    for cut in (0..file.len()).step_by(97) {
        assert!(refused(&file[..cut]).contains("damaged"), "{cut}");
    }
    assert!(refused(&book(&[("survey", "visible", "<row><c".into())])).contains("damaged"));
}

#[test]
fn a_small_file_that_would_fill_the_memory_is_refused() {
    // 100 MB of blanks pack to 100 kB.
    let bomb = packed([("xl/workbook.xml", vec![b' '; 100 << 20].as_slice())].into_iter());
    assert!(bomb.len() < 1 << 20 && refused(&bomb).contains("too large"));
    // The same with a length that lies, in the list of parts and before the part itself.
    let mut liar = bomb;
    let length = (100u32 << 20).to_le_bytes();
    for at in 0..liar.len() - 4 {
        if liar[at..at + 4] == length {
            liar[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
        }
    }
    assert!(read(&liar).is_err());
    // One cell far out, and many rows each with one cell at the last column.
    let far = r#"<row r="1"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert!(refused(&book(&[("survey", "visible", far.into())])).contains("column 16384"));
    let wide: String = (1..20_000).map(|r| format!(r#"<c r="SF{r}"><v>1</v></c>"#)).collect();
    assert!(refused(&book(&[("survey", "visible", wide)])).contains("too large"));
    // One long text, shared by many cells.
    let long = "x".repeat(30_000);
    let many: String = (1..3_000).map(|r| format!(r#"<c r="A{r}" t="s"><v>0</v></c>"#)).collect();
    let mut sheets = book(&[("survey", "visible", many)]);
    sheets =
        replaced(&sheets, "xl/sharedStrings.xml", &format!("<sst><si><t>{long}</t></si></sst>"));
    assert!(refused(&sheets).contains("too large"));
}

/// The same archive with another text in one part.
fn replaced(file: &[u8], name: &str, text: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let parts: Vec<(String, Vec<u8>)> = (0..archive.len())
        .map(|i| {
            let mut part = archive.by_index(i).unwrap();
            let mut bytes = Vec::new();
            std::io::copy(&mut part, &mut bytes).unwrap();
            let part_name = part.name().unwrap().into_owned();
            let own = part_name == name;
            (part_name, if own { text.as_bytes().to_vec() } else { bytes })
        })
        .collect();
    packed(parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

#[cfg(feature = "write")]
mod writing {
    use ntm_shared::form::sheet::Row;

    use super::*;

    fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
        let row = |(i, cells): (usize, &&[&str])| Row {
            number: i + 1,
            cells: cells.iter().map(|c| (*c).to_owned()).collect(),
        };
        Sheet { name: name.into(), rows: rows.iter().enumerate().map(row).collect() }
    }

    #[test]
    fn what_is_written_reads_back_and_is_the_same_every_time() {
        let sheets = [
            sheet(
                "survey",
                &[
                    &["type", "name", "label::Tiếng Việt (vi)"],
                    &["text", "", "=1+1"],
                    &["007", "1/2", "hai\ndòng"],
                ],
            ),
            sheet("settings", &[&["form_id"], &["x"]]),
        ];
        let bytes = write(&sheets).unwrap();
        assert!(is_spreadsheet(&bytes));
        assert_eq!(read(&bytes).unwrap(), sheets);
        assert_eq!(write(&sheets).unwrap(), bytes);
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_no_file() {
        let fault = write(&[sheet("survey", &[&["a"], &[&"x".repeat(40_000)]])]).unwrap_err();
        assert_eq!((fault.sheet.as_str(), fault.row), ("survey", 2));
    }
}
