//! The EXIF a phone writes into a photo: position, time, and here also that it is drawn.

use std::io::Cursor;

use anyhow::Context as _;
use exif::{Field, In, Rational, Tag, Value, experimental::Writer};
use jiff::civil::DateTime;

/// Puts an APP1 segment with position (degrees, WGS 84) and local time (UTC+7) into a JPEG.
pub fn tag(jpeg: &[u8], (lat, lon): (f64, f64), when: DateTime) -> anyhow::Result<Vec<u8>> {
    let time = when.strftime("%Y:%m:%d %H:%M:%S").to_string();
    let fields = [
        ascii(Tag::ImageDescription, "DU LIEU MAU - sample data, drawn, not taken"),
        ascii(Tag::Make, "ntm"),
        ascii(Tag::Model, "demo"),
        ascii(Tag::DateTime, &time),
        ascii(Tag::DateTimeOriginal, &time),
        ascii(Tag::OffsetTimeOriginal, "+07:00"),
        ascii(Tag::GPSLatitudeRef, if lat < 0.0 { "S" } else { "N" }),
        Field { tag: Tag::GPSLatitude, ifd_num: In::PRIMARY, value: degrees(lat) },
        ascii(Tag::GPSLongitudeRef, if lon < 0.0 { "W" } else { "E" }),
        Field { tag: Tag::GPSLongitude, ifd_num: In::PRIMARY, value: degrees(lon) },
    ];
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false)?;
    let block = block.into_inner();
    // APP1: marker, length of what follows with these two bytes, "Exif\0\0", the TIFF block.
    let length = u16::try_from(block.len() + 8).context("EXIF block too long")?;
    let (start, rest) = jpeg.split_at_checked(2).context("not a JPEG")?;
    let mut out = Vec::with_capacity(jpeg.len() + block.len() + 10);
    out.extend_from_slice(start);
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(b"Exif\0\0");
    out.extend_from_slice(&block);
    out.extend_from_slice(rest);
    Ok(out)
}

fn ascii(tag: Tag, text: &str) -> Field {
    Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.as_bytes().to_vec()]) }
}

/// Degrees, minutes and hundredths of a second.
fn degrees(value: f64) -> Value {
    let hundredths = (value.abs() * 360_000.0).round() as u32;
    Value::Rational(vec![
        Rational { num: hundredths / 360_000, denom: 1 },
        Rational { num: hundredths / 6_000 % 60, denom: 1 },
        Rational { num: hundredths % 6_000, denom: 100 },
    ])
}
