//! What a photo's bytes say without decoding a pixel: what it is, how large, which way up, when and
//! where it was taken; and a copy of it that says nothing of the kind.
//!
//! Every reader is bounded and total: any bytes give an answer or `None`, never a panic.

use jiff::civil::DateTime;

use crate::geo::Place;

mod exif;
mod jpeg;
mod likeness;
mod png;
#[cfg(test)]
mod tests;

pub use likeness::{BANDS, GRID, Likeness};

/// What a file is, by its first bytes; never by its name or the sender's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// Anything else.
    Other,
}

impl Kind {
    /// Looks at the first bytes.
    pub fn of(bytes: &[u8]) -> Kind {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Kind::Jpeg,
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Kind::Png,
            _ => Kind::Other,
        }
    }

    /// Media type to serve it with.
    pub fn mime(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Other => "application/octet-stream",
        }
    }
}

/// When a photo was taken, as its device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The device's local time.
    pub at: DateTime,
    /// Seconds east of UTC, where the device says so.
    pub offset: Option<i32>,
}

/// What a picture says of itself before it is decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    /// JPEG or PNG.
    pub kind: Kind,
    /// Columns as stored.
    pub width: u32,
    /// Rows as stored.
    pub height: u32,
    /// Bytes that decoding it takes, at most.
    pub memory: u64,
    /// How to turn it, as EXIF counts: 1 to 8.
    pub orientation: u8,
    /// When it was taken.
    pub taken: Option<Taken>,
    /// Where it was taken.
    pub place: Option<Place>,
}

impl Header {
    /// Pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Reads the header of a JPEG or PNG; `None` when it is neither, or broken before its size is said.
pub fn header(bytes: &[u8]) -> Option<Header> {
    match Kind::of(bytes) {
        Kind::Jpeg => jpeg::header(bytes),
        Kind::Png => png::header(bytes),
        Kind::Other => None,
    }
}

/// The same picture, pixel for pixel, without what its device wrote beside it (position, time,
/// owner, embedded thumbnail, text, whatever follows the picture). Which way up it is stays said.
/// `None` when it is no whole JPEG or PNG.
pub fn stripped(bytes: &[u8]) -> Option<Vec<u8>> {
    match Kind::of(bytes) {
        Kind::Jpeg => jpeg::stripped(bytes),
        Kind::Png => png::stripped(bytes),
        Kind::Other => None,
    }
}
