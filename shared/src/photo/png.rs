//! PNG (W3C) as a row of chunks.

use super::exif::{self, Exif};
use super::{Header, Kind};

/// Chunks looked at in one file.
const CHUNKS: usize = 65_536;

/// What a picture needs to look as it does; nothing else passes into a copy.
const KEPT: [&[u8; 4]; 10] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"];

struct Chunk<'a> {
    name: &'a [u8],
    data: &'a [u8],
    /// With length and check sum.
    whole: &'a [u8],
}

fn chunks(bytes: &[u8]) -> Vec<Chunk<'_>> {
    let mut found = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while found.len() < CHUNKS {
        let Some((head, _)) = rest.split_at_checked(8) else { break };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let Some(end) = usize::try_from(length).ok().and_then(|n| n.checked_add(12)) else { break };
        let Some((whole, after)) = rest.split_at_checked(end) else { break };
        found.push(Chunk { name: &whole[4..8], data: &whole[8..end - 4], whole });
        rest = after;
        if &whole[4..8] == b"IEND" {
            break;
        }
    }
    found
}

fn exif_of(chunks: &[Chunk<'_>]) -> Exif {
    let block = chunks.iter().find(|chunk| chunk.name == b"eXIf");
    block.map_or(Exif::NONE, |chunk| exif::read(chunk.data))
}

pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let chunks = chunks(bytes);
    // A picture whose first chunk is cut off still says its size.
    let start = bytes.get(8..24).filter(|start| &start[4..8] == b"IHDR")?;
    let four = |at: usize| Some(u32::from_be_bytes(start.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (four(8)?, four(12)?);
    let exif = exif_of(&chunks);
    let depth = if bytes.get(24) == Some(&16) { 2 } else { 1 };
    (width > 0 && height > 0).then_some(Header {
        kind: Kind::Png,
        width,
        height,
        memory: u64::from(width) * u64::from(height) * 4 * depth,
        orientation: exif.orientation,
        taken: exif.taken,
        place: exif.place,
    })
}

pub(super) fn stripped(bytes: &[u8]) -> Option<Vec<u8>> {
    let chunks = chunks(bytes);
    if chunks.first()?.name != b"IHDR" || chunks.last()?.name != b"IEND" {
        return None;
    }
    let orientation = exif_of(&chunks).orientation;
    let mut out = bytes[..8].to_vec();
    for chunk in chunks.iter().filter(|chunk| KEPT.iter().any(|kept| chunk.name == *kept)) {
        out.extend_from_slice(chunk.whole);
        if chunk.name == b"IHDR" && orientation != 1 {
            put(&mut out, b"eXIf", &exif::orientation_only(orientation));
        }
    }
    Some(out)
}

fn put(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    let from = out.len();
    out.extend_from_slice(name);
    out.extend_from_slice(data);
    let sum = crc(&out[from..]);
    out.extend(sum.to_be_bytes());
}

/// CRC-32 as PNG defines it.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}
