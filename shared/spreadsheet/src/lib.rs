//! Forms as spreadsheets: an `.xlsx` file's bytes to the sheets a form is read from, and back.
//! Bytes in, sheets out; no file is opened here. The server (who uploads one) and the command line
//! (who checks one) read with the same code; only the command line writes, forms and reports ([`book`]).

#[cfg(feature = "write")]
mod annex;
#[cfg(feature = "write")]
pub mod book;
mod bounds;
mod read;
#[cfg(test)]
mod tests;
#[cfg(feature = "write")]
mod write;

#[cfg(feature = "write")]
pub use annex::{Annex, annex};
pub use read::read;
#[cfg(feature = "write")]
pub use write::write;

/// Media type of an `.xlsx` file.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// True for bytes that begin as an `.xlsx` file does (a ZIP archive).
pub fn is_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// True for bytes that begin as an old `.xls` file does, which is not read.
pub fn is_old_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}
