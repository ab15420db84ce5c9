//! Pictures with something to see, laid out and tagged as devices do, and files that only claim to
//! be pictures.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Rgb, RgbImage};

/// Columns and rows of a picture the right way up.
pub const SIZE: (u32, u32) = (96, 64);

/// Colours of the quarters of [`quarters`]: top left, top right, bottom left, bottom right.
pub const QUARTERS: [Rgb<u8>; 4] =
    [Rgb([220, 30, 30]), Rgb([30, 200, 30]), Rgb([30, 30, 220]), Rgb([240, 240, 240])];

/// Four coloured quarters, stored as a device stores them that was held in this orientation (EXIF
/// 2.32, tag 0x0112: where the stored first row and first column are to be seen).
pub fn quarters(orientation: u16) -> RgbImage {
    let (w, h) = SIZE;
    let seen = |x: u32, y: u32| QUARTERS[usize::from(y >= h / 2) * 2 + usize::from(x >= w / 2)];
    let turned = orientation > 4;
    let (columns, rows) = if turned { (h, w) } else { (w, h) };
    RgbImage::from_fn(columns, rows, |c, r| match orientation {
        1 => seen(c, r),
        2 => seen(w - 1 - c, r),
        3 => seen(w - 1 - c, h - 1 - r),
        4 => seen(c, h - 1 - r),
        5 => seen(r, c),
        6 => seen(w - 1 - r, c),
        7 => seen(w - 1 - r, h - 1 - c),
        8 => seen(r, h - 1 - c),
        other => panic!("no orientation {other}"),
    })
}

/// A scene of large shapes that differs for every `seed`, as one house differs from another.
pub fn scene(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    let coarse = RgbImage::from_fn(7, 7, |_, _| {
        let shade = noise();
        Rgb([shade, shade.wrapping_add(20), shade / 2])
    });
    image::imageops::resize(&coarse, width, height, FilterType::Triangle)
}

/// As a JPEG.
pub fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("a picture");
    bytes
}

/// As a PNG.
pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(picture.clone());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// What a device writes beside a picture.
#[derive(Clone, Default)]
pub struct Tags {
    /// How it was held.
    pub orientation: Option<u16>,
    /// `2024:10:15 08:10:00`.
    pub time: Option<&'static str>,
    /// `+07:00`.
    pub offset: Option<&'static str>,
    /// Degrees north and east.
    pub place: Option<(f64, f64)>,
    /// Whose device it is.
    pub owner: Option<&'static str>,
}

impl Tags {
    /// The TIFF block, in either order of bytes.
    pub fn block(&self, little: bool) -> Vec<u8> {
        let text = |tag, text: &str| Field {
            tag,
            ifd_num: In::PRIMARY,
            value: Value::Ascii(vec![text.as_bytes().to_vec()]),
        };
        let degrees = |value: f64| {
            let hundredths = (value.abs() * 360_000.0).round() as u32;
            Value::Rational(vec![
                Rational { num: hundredths / 360_000, denom: 1 },
                Rational { num: hundredths / 6_000 % 60, denom: 1 },
                Rational { num: hundredths % 6_000, denom: 100 },
            ])
        };
        let mut fields = vec![text(Tag::Model, "a phone")];
        if let Some(n) = self.orientation {
            let value = Value::Short(vec![n]);
            fields.push(Field { tag: Tag::Orientation, ifd_num: In::PRIMARY, value });
        }
        fields.extend(self.time.map(|time| text(Tag::DateTimeOriginal, time)));
        fields.extend(self.offset.map(|offset| text(Tag::OffsetTimeOriginal, offset)));
        fields.extend(self.owner.map(|owner| text(Tag::CameraOwnerName, owner)));
        if let Some((lat, lon)) = self.place {
            fields.push(text(Tag::GPSLatitudeRef, if lat < 0.0 { "S" } else { "N" }));
            fields.push(Field { tag: Tag::GPSLatitude, ifd_num: In::PRIMARY, value: degrees(lat) });
            fields.push(text(Tag::GPSLongitudeRef, if lon < 0.0 { "W" } else { "E" }));
            fields.push(Field {
                tag: Tag::GPSLongitude,
                ifd_num: In::PRIMARY,
                value: degrees(lon),
            });
        }
        let mut writer = Writer::new();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut block = Cursor::new(Vec::new());
        writer.write(&mut block, little).expect("a block");
        block.into_inner()
    }

    /// Puts it into a JPEG, before everything else.
    pub fn on(&self, jpeg: &[u8]) -> Vec<u8> {
        let body = [b"Exif\0\0".as_slice(), &self.block(false)].concat();
        let length = u16::try_from(body.len() + 2).expect("a short block").to_be_bytes();
        [&jpeg[..2], &[0xFF, 0xE1], &length, &body, &jpeg[2..]].concat()
    }
}

/// A PNG of 19 KB that says it has 30,000 × 30,000 pixels.
pub fn png_bomb() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    for side in [30_000_u32; 2] {
        bytes.extend(side.to_be_bytes());
    }
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    let data = vec![0; 19_000];
    bytes.extend((data.len() as u32).to_be_bytes());
    bytes.extend(b"IDAT");
    bytes.extend(data);
    bytes.extend([0; 4]);
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

/// A JPEG whose frame says another size, and whether it is progressive.
pub fn jpeg_of_size(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut bytes = jpeg(&scene(1, 64, 48), 80);
    let at = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).expect("a frame");
    bytes[at + 1] = if progressive { 0xC2 } else { 0xC0 };
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}
