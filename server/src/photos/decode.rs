//! Decoding one picture: the only place that does. Its size is read first, memory is bounded, and a
//! decoder that panics harms nothing.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, ImageReader};
use ntm_shared::photo::{self, GRID, Header, Kind, Likeness};

use crate::config::Limits;
use crate::store::photos::State;

/// Longest side of a thumbnail, and its JPEG quality.
const SIDE: u32 = 320;
const QUALITY: u8 = 75;

/// What a file's bytes gave.
pub struct Decoded {
    /// What became of it.
    pub state: State,
    /// What it says of itself.
    pub header: Option<Header>,
    /// What it looks like.
    pub likeness: Option<Likeness>,
    /// A small JPEG, turned the right way up.
    pub thumbnail: Option<Vec<u8>>,
}

/// Decodes a picture, if it is one and not too large.
pub fn decode(bytes: &[u8], limits: &Limits) -> Decoded {
    let none = |state, header| Decoded { state, header, likeness: None, thumbnail: None };
    let kind = Kind::of(bytes);
    if kind == Kind::Other {
        return none(State::NoPicture, None);
    }
    let Some(header) = photo::header(bytes) else { return none(State::Unreadable, None) };
    if header.pixels() > limits.photo_pixels || header.memory > limits.photo_memory {
        return none(State::TooManyPixels, Some(header));
    }
    let drawn = catch_unwind(AssertUnwindSafe(|| draw(bytes, &header, limits.photo_memory)));
    let Ok(Some((likeness, thumbnail))) = drawn else {
        return none(State::Unreadable, Some(header));
    };
    Decoded { state: State::Shown, header: Some(header), likeness, thumbnail: Some(thumbnail) }
}

fn draw(bytes: &[u8], header: &Header, memory: u64) -> Option<(Option<Likeness>, Vec<u8>)> {
    let format = if header.kind == Kind::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(header.width);
    limits.max_image_height = Some(header.height);
    limits.max_alloc = Some(memory);
    reader.limits(limits);
    let whole = reader.decode().ok()?;
    let small = whole.thumbnail(SIDE.min(whole.width()), SIDE.min(whole.height()));
    drop(whole);
    let mut small = DynamicImage::ImageRgb8(small.into_rgb8());
    if let Some(turn) = Orientation::from_exif(header.orientation) {
        small.apply_orientation(turn);
    }
    let side = u32::try_from(GRID).ok()?;
    let grid = small.thumbnail_exact(side, side).into_luma8().into_raw();
    let likeness = grid.try_into().ok().and_then(|grid| Likeness::of(&grid));
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&small).ok()?;
    Some((likeness, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg() -> Vec<u8> {
        let picture = image::RgbImage::from_fn(160, 120, |x, y| {
            image::Rgb([(x * 255 / 160) as u8, (y * 2) as u8, (x ^ y) as u8])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).unwrap();
        bytes
    }

    #[test]
    fn two_thousand_damaged_photos_harm_nothing() {
        let whole = jpeg();
        assert_eq!(decode(&whole, &Limits::default()).state, State::Shown);
        let mut state = 1_u64;
        let mut dice = |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % sides
        };
        let mut seen = [0; 3];
        for _ in 0..2000 {
            let mut bytes = whole.clone();
            for _ in 0..=dice(6) {
                let at = 2 + dice(bytes.len() - 2);
                bytes[at] ^= 1 << dice(8);
            }
            if dice(2) == 0 {
                bytes.truncate(dice(bytes.len()));
            }
            match decode(&bytes, &Limits::default()).state {
                State::Shown => seen[0] += 1,
                State::TooManyPixels => seen[1] += 1,
                State::Unreadable | State::NoPicture => seen[2] += 1,
            }
        }
        assert!(seen[0] > 0 && seen[2] > 0, "{seen:?}");
    }

    #[test]
    fn memory_is_bounded_before_a_pixel_is_decoded() {
        let tight = Limits { photo_memory: 160 * 120 * 3 - 1, ..Limits::default() };
        assert_eq!(decode(&jpeg(), &tight).state, State::TooManyPixels);
        let few = Limits { photo_pixels: 160 * 120 - 1, ..Limits::default() };
        assert_eq!(decode(&jpeg(), &few).state, State::TooManyPixels);
    }
}
