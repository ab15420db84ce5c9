//! The three things read from EXIF (CIPA DC-008): orientation, time and position. Nothing else is
//! looked at, no chain of directories is followed, every offset is checked.

use jiff::civil::{Date, DateTime, Time};

use super::Taken;
use crate::geo::Place;

/// Entries looked at in one directory.
const ENTRIES: u16 = 512;

/// What was found; an orientation that is not said or makes no sense is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exif {
    pub orientation: u8,
    pub taken: Option<Taken>,
    pub place: Option<Place>,
}

impl Exif {
    pub const NONE: Exif = Exif { orientation: 1, taken: None, place: None };
}

/// A TIFF block: bytes and their order.
struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

/// An entry of a directory: type, count, and where its value is.
struct Entry {
    kind: u16,
    count: u32,
    at: usize,
}

impl Tiff<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let two: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let four: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn entry(&self, directory: u32, tag: u16) -> Option<Entry> {
        let start = usize::try_from(directory).ok()?;
        let count = self.u16(start)?.min(ENTRIES);
        for n in 0..usize::from(count) {
            let at = start.checked_add(2 + 12 * n)?;
            if self.u16(at)? != tag {
                continue;
            }
            let (kind, count) = (self.u16(at + 2)?, self.u32(at + 4)?);
            let size = match kind {
                1 | 2 | 7 => 1,
                3 => 2,
                4 | 9 => 4,
                5 | 10 => 8,
                _ => return None,
            };
            // What fits in four bytes stands in the entry itself.
            let inline = u64::from(count) * size <= 4;
            let at = if inline { at + 8 } else { usize::try_from(self.u32(at + 8)?).ok()? };
            return Some(Entry { kind, count, at });
        }
        None
    }

    fn short(&self, directory: u32, tag: u16) -> Option<u16> {
        self.entry(directory, tag).filter(|e| e.kind == 3).and_then(|e| self.u16(e.at))
    }

    fn pointer(&self, tag: u16) -> Option<u32> {
        self.entry(self.u32(4)?, tag).filter(|e| e.kind == 4).and_then(|e| self.u32(e.at))
    }

    fn text(&self, directory: u32, tag: u16) -> Option<&str> {
        let entry = self.entry(directory, tag).filter(|e| e.kind == 2 && e.count <= 64)?;
        let end = entry.at.checked_add(usize::try_from(entry.count).ok()?)?;
        let text = std::str::from_utf8(self.bytes.get(entry.at..end)?).ok()?;
        Some(text.trim_end_matches('\0').trim())
    }

    fn rational(&self, at: usize) -> Option<f64> {
        let (over, under) = (self.u32(at)?, self.u32(at.checked_add(4)?)?);
        (under != 0).then(|| f64::from(over) / f64::from(under))
    }

    /// Degrees, minutes and seconds as degrees, negative to the south and west.
    fn degrees(&self, directory: u32, letter: u16, tag: u16) -> Option<f64> {
        let entry = self.entry(directory, tag).filter(|e| e.kind == 5 && e.count == 3)?;
        let mut sum = 0.0;
        for (n, part) in [1.0, 60.0, 3600.0].into_iter().enumerate() {
            sum += self.rational(entry.at.checked_add(8 * n)?)? / part;
        }
        match self.text(directory, letter)? {
            "N" | "E" => Some(sum),
            "S" | "W" => Some(-sum),
            _ => None,
        }
    }

    fn place(&self) -> Option<Place> {
        let gps = self.pointer(0x8825)?;
        let place = Place { lat: self.degrees(gps, 1, 2)?, lon: self.degrees(gps, 3, 4)? };
        let on_earth = place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0;
        // Null Island is where a device is that does not know.
        let known = place.lat.abs() > 1e-6 || place.lon.abs() > 1e-6;
        (on_earth && known).then_some(place)
    }

    fn taken(&self) -> Option<Taken> {
        let own = self.pointer(0x8769)?;
        let at = time(self.text(own, 0x9003)?)?;
        Some(Taken { at, offset: self.text(own, 0x9011).and_then(offset) })
    }
}

/// `2024:10:05 08:15:00`.
fn time(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(' ')?;
    let numbers = |text: &str| -> Option<[i16; 3]> {
        let mut parts = text.split(':').map(|part| part.parse().ok());
        Some([parts.next()??, parts.next()??, parts.next()??])
    };
    let ([y, m, d], [hour, minute, second]) = (numbers(date)?, numbers(time)?);
    let small = |n: i16| i8::try_from(n).ok();
    let date = Date::new(y, small(m)?, small(d)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// `+07:00`.
fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes))
        .then_some(sign * (hours * 3600 + minutes * 60))
}

/// Reads a TIFF block, as it stands in a JPEG after `Exif\0\0` and in a PNG's `eXIf`.
pub(super) fn read(bytes: &[u8]) -> Exif {
    let little = match bytes.get(..4) {
        Some([b'I', b'I', 42, 0]) => true,
        Some([b'M', b'M', 0, 42]) => false,
        _ => return Exif::NONE,
    };
    let tiff = Tiff { bytes, little };
    let turned = tiff.u32(4).and_then(|first| tiff.short(first, 0x0112));
    let orientation = turned.and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=8).contains(n));
    Exif { orientation: orientation.unwrap_or(1), taken: tiff.taken(), place: tiff.place() }
}

/// The smallest TIFF block that says which way up a picture is.
pub(super) fn orientation_only(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    block.extend([0, orientation, 0, 0, 0, 0, 0, 0]);
    block
}
