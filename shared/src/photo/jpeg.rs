//! JPEG (ITU-T T.81) as a row of segments and scans.

use super::exif::{self, Exif};
use super::{Header, Kind};

/// Segments and scans looked at in one file.
const PIECES: usize = 4096;

struct Piece<'a> {
    marker: u8,
    body: &'a [u8],
    /// The coded data after the header of a scan.
    scan: &'a [u8],
}

/// The pieces up to the end of the picture, and whether that end was reached.
fn pieces(bytes: &[u8]) -> (Vec<Piece<'_>>, bool) {
    let mut found = Vec::new();
    let mut at = 2;
    while found.len() < PIECES {
        match next(bytes, &mut at) {
            Some(piece) if piece.marker == 0xD9 => return (found, true),
            Some(piece) => found.push(piece),
            None => break,
        }
    }
    (found, false)
}

fn next<'a>(bytes: &'a [u8], at: &mut usize) -> Option<Piece<'a>> {
    if *bytes.get(*at)? != 0xFF {
        return None;
    }
    // Any number of fill bytes may stand before a marker.
    while *bytes.get(*at)? == 0xFF {
        *at += 1;
    }
    let marker = *bytes.get(*at)?;
    *at += 1;
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Some(Piece { marker, body: &[], scan: &[] });
    }
    let length = usize::from(u16::from_be_bytes([*bytes.get(*at)?, *bytes.get(*at + 1)?]));
    let body = bytes.get(*at + 2..*at + length.max(2))?;
    *at += length.max(2);
    let mut scan: &[u8] = &[];
    if marker == 0xDA {
        let from = *at;
        // Coded data end at the first marker that is neither a restart nor a stuffed byte.
        while let Some(rest) = bytes.get(*at..) {
            match rest {
                [0xFF, 0x00 | 0xD0..=0xD7, ..] => *at += 2,
                [0xFF, 0xFF, ..] => *at += 1,
                [0xFF, _, ..] | [] => break,
                _ => *at += 1,
            }
        }
        scan = &bytes[from..*at];
    }
    Some(Piece { marker, body, scan })
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

fn exif_of(pieces: &[Piece<'_>]) -> Exif {
    let block = pieces
        .iter()
        .filter(|piece| piece.marker == 0xE1)
        .find_map(|piece| piece.body.strip_prefix(b"Exif\0\0"));
    block.map_or(Exif::NONE, exif::read)
}

pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let (pieces, _) = pieces(bytes);
    let frame = pieces.iter().find(|piece| is_frame(piece.marker))?;
    let two = |at: usize| {
        Some(u32::from(u16::from_be_bytes([*frame.body.get(at)?, *frame.body.get(at + 1)?])))
    };
    let (height, width) = (two(1)?, two(3)?);
    let exif = exif_of(&pieces);
    // A progressive picture is kept whole as coefficients of two bytes beside its pixels.
    let progressive = !matches!(frame.marker, 0xC0 | 0xC1);
    let memory = u64::from(width) * u64::from(height) * if progressive { 9 } else { 3 };
    (width > 0 && height > 0).then_some(Header {
        kind: Kind::Jpeg,
        width,
        height,
        memory,
        orientation: exif.orientation,
        taken: exif.taken,
        place: exif.place,
    })
}

pub(super) fn stripped(bytes: &[u8]) -> Option<Vec<u8>> {
    let (pieces, whole) = pieces(bytes);
    if !whole || !pieces.iter().any(|piece| is_frame(piece.marker)) {
        return None;
    }
    let orientation = exif_of(&pieces).orientation;
    let mut out = vec![0xFF, 0xD8];
    let mut put = |marker: u8, body: &[u8], scan: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
        out.extend([0xFF, marker]);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(scan);
    };
    let mut turned = orientation == 1;
    for piece in &pieces {
        match piece.marker {
            // Density only; a thumbnail may follow it.
            0xE0 if piece.body.starts_with(b"JFIF\0") && piece.body.len() >= 14 => {
                let mut body = piece.body[..12].to_vec();
                body.extend([0, 0]);
                put(0xE0, &body, &[]);
            }
            // How colours are coded.
            0xEE if piece.body.starts_with(b"Adobe") && piece.body.len() >= 12 => {
                put(0xEE, &piece.body[..12], &[]);
            }
            0xE0..=0xEF | 0xF0..=0xFE | 0x01 | 0xD0..=0xD8 => continue,
            marker => {
                if !turned {
                    let mut body = b"Exif\0\0".to_vec();
                    body.extend(exif::orientation_only(orientation));
                    put(0xE1, &body, &[]);
                    turned = true;
                }
                put(marker, piece.body, piece.scan);
            }
        }
    }
    out.extend([0xFF, 0xD9]);
    Some(out)
}
