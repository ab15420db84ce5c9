//! Drawn pictures: real JPEGs, each different.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// A small JPEG that differs for every `seed`.
pub fn jpeg(seed: u64) -> Vec<u8> {
    sized(seed, 64, 48)
}

/// A JPEG of about `bytes` bytes, up to a third more: noise does not compress.
pub fn heavy(seed: u64, bytes: usize) -> Vec<u8> {
    let side = (bytes as f64 / 1.1).sqrt().ceil() as u32;
    sized(seed, side.max(8), side.max(8))
}

fn sized(seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    let mut picture = RgbImage::new(width, height);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let shade = noise();
        *pixel = Rgb([shade ^ x as u8, shade.wrapping_add(y as u8), noise()]);
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).expect("a picture");
    bytes
}
