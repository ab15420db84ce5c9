//! What one spreadsheet may take. A file of a few kilobytes can claim terabytes: its parts are
//! unpacked once, counted and thrown away, before anything is built from them.

use std::io::{Cursor, Read};

use ntm_shared::form::FormFault;
use ntm_shared::text::Text;
use zip::ZipArchive;

/// Bytes of a file.
pub const FILE: usize = 20 * 1024 * 1024;
/// Bytes of its parts unpacked.
const UNPACKED: u64 = 64 * 1024 * 1024;
/// Parts of a file.
const PARTS: usize = 2_000;
/// Columns of a sheet.
pub const COLUMNS: u32 = 500;
/// Cells of all sheets, blanks between filled ones counted.
pub const CELLS: usize = 4_000_000;
/// Bytes of text in all cells.
pub const TEXT: usize = UNPACKED as usize;

/// A fault of the file as a whole.
pub fn whole(vi: impl Into<String>, en: impl Into<String>) -> FormFault {
    at("", 0, vi, en)
}

/// A fault at a sheet and row; 0 for the whole sheet.
pub fn at(sheet: &str, row: usize, vi: impl Into<String>, en: impl Into<String>) -> FormFault {
    FormFault { sheet: sheet.to_owned(), row, column: String::new(), message: Text::new(vi, en) }
}

pub fn damaged() -> FormFault {
    whole(
        "tệp Excel bị hỏng hoặc có mật khẩu; mở bằng Excel rồi lưu lại dạng .xlsx, không đặt mật khẩu",
        "the spreadsheet is damaged or has a password; open it in Excel and save it as .xlsx without one",
    )
}

pub fn too_large() -> FormFault {
    whole(
        "tệp Excel quá lớn cho một biểu mẫu; xóa các bảng, dòng và ảnh không dùng rồi lưu lại",
        "the spreadsheet is too large for a form; delete unused sheets, rows and pictures and save it",
    )
}

/// Insists that the file and what it unpacks to are of a size to work with.
pub fn check(bytes: &[u8]) -> Result<(), FormFault> {
    if bytes.len() > FILE {
        return Err(too_large());
    }
    if crate::is_old_spreadsheet(bytes) {
        return Err(whole(
            "tệp .xls cũ không đọc được; mở bằng Excel rồi lưu lại dạng .xlsx",
            "an old .xls file cannot be read; open it in Excel and save it as .xlsx",
        ));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut left = UNPACKED;
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).map_err(|_| damaged())?;
        // What a part declares may be a lie: only what comes out counts.
        if part.size() > left {
            return Err(too_large());
        }
        let unpacked = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| damaged())?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
}
