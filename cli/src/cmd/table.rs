//! Tables as they are imported, written to a file: CSV or a spreadsheet, by the file's ending.

use std::path::Path;

use ntm_shared::table::{csv_cell, record};
use ntm_shared::text::Text;

use super::Context;
use crate::failure::Failure;
use crate::print::count;

/// Writes the rows, header first.
pub fn write(path: &Path, rows: &[Vec<String>], cx: &Context<'_>) -> anyhow::Result<()> {
    let bytes = match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => {
            let row = |cells: &Vec<String>| {
                let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
                record(cells.iter().map(String::as_str))
            };
            // A byte order mark is how Excel knows the file is UTF-8.
            format!("\u{feff}{}", rows.iter().map(row).collect::<String>()).into_bytes()
        }
        Some("xlsx") => sheet(rows)?,
        _ => {
            return Err(Failure::local(
                Text::new("Tệp phải là .csv hoặc .xlsx.", "The file must be .csv or .xlsx."),
                Text::new("ví dụ: --out to.xlsx", "for example: --out teams.xlsx"),
            ));
        }
    };
    std::fs::write(path, bytes)?;
    cx.out.note(&tr!(
        cx.lang(),
        "Đã ghi {} dòng vào {}",
        "Wrote {} rows to {}",
        count(rows.len().saturating_sub(1) as u64, cx.lang()),
        path.display()
    ));
    Ok(())
}

#[cfg(feature = "xlsx")]
fn sheet(rows: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
    use ntm_shared::form::sheet::{Row, Sheet};
    let row = |(at, cells): (usize, &Vec<String>)| Row { number: at + 1, cells: cells.clone() };
    let sheet = Sheet { name: "1".into(), rows: rows.iter().enumerate().map(row).collect() };
    ntm_spreadsheet::write(&[sheet]).map_err(anyhow::Error::msg)
}

#[cfg(not(feature = "xlsx"))]
fn sheet(_: &[Vec<String>]) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!("ntm was built without spreadsheets")
}
