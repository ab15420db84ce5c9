use proptest::prelude::*;

use super::*;

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, marker];
    out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn jpeg(before: &[Vec<u8>], after: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    before.iter().for_each(|s| out.extend_from_slice(s));
    out.extend(segment(0xC0, &[8, 0, 48, 0, 64, 1, 1, 0x11, 0]));
    out.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
    out.extend([1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4, 0xFF, 0xD9]);
    out.extend_from_slice(after);
    out
}

fn exif_segment(block: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\0", block].concat())
}

#[test]
fn size_and_orientation_are_read_and_only_the_orientation_is_left() {
    for orientation in 1..=8 {
        let secret = segment(0xFE, b"owner: Lan");
        let block = exif_segment(&exif::orientation_only(orientation));
        let bytes = jpeg(&[secret, block], b"%PDF-1.4 after the picture");
        let header = header(&bytes).unwrap();
        assert_eq!((header.width, header.height, header.orientation), (64, 48, orientation));
        let copy = stripped(&bytes).unwrap();
        assert!(!copy.windows(5).any(|w| w == b"owner" || w == b"%PDF-"));
        assert_eq!(super::header(&copy), Some(header));
        assert!(copy.ends_with(&[4, 0xFF, 0xD9]));
        assert_eq!(stripped(&copy).unwrap(), copy);
    }
}

#[test]
fn a_picture_cut_short_has_a_size_and_no_copy() {
    let bytes = jpeg(&[], b"");
    assert!(header(&bytes[..bytes.len() - 3]).is_some());
    assert_eq!(stripped(&bytes[..bytes.len() - 3]), None);
    assert_eq!(header(&bytes[..8]), None);
    for other in [&b"<svg xmlns='x' onload='alert(1)'/>"[..], b"GIF89a", b"", b"%PDF-1.7"] {
        assert_eq!((Kind::of(other), header(other), stripped(other)), (Kind::Other, None, None));
    }
}

#[test]
fn a_directory_that_points_into_itself_or_nowhere_says_nothing() {
    // The pointer to the position's directory leads back to the first one, then past the end.
    for target in [8_u32, 0xFFFF_FFF0, 4] {
        let mut block = b"II\x2a\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0".to_vec();
        block.extend(target.to_le_bytes());
        block.extend([0; 4]);
        assert_eq!(exif::read(&block), exif::Exif::NONE);
    }
}

#[test]
fn likeness_is_a_distance_and_flat_pictures_have_none() {
    let grid: [u8; GRID * GRID] = std::array::from_fn(|n| (n * 37 % 251) as u8);
    let one = Likeness::of(&grid).unwrap();
    assert_eq!(one.distance(one), 0);
    assert_eq!(Likeness::from_bytes(one.bytes()), one);
    let inverse = Likeness::of(&grid.map(|v| 255 - v)).unwrap();
    assert!(one.distance(inverse) > 100);
    assert_eq!(Likeness::of(&[7; GRID * GRID]), None);
}

proptest! {
    #[test]
    fn pieces_find_every_close_likeness(a: u128, flips in prop::collection::vec(0_u32..128, 0..BANDS)) {
        let b = flips.iter().fold(a, |b, n| b ^ (1 << n));
        let (a, b) = (Likeness::from_bytes(a.to_be_bytes()), Likeness::from_bytes(b.to_be_bytes()));
        prop_assert!(a.distance(b) < BANDS as u32);
        prop_assert!(a.bands().iter().zip(b.bands()).any(|(a, b)| *a == b));
    }

    #[test]
    fn any_bytes_are_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0_usize..120) {
        for start in [&b"\xFF\xD8\xFF\xE1\0\x60Exif\0\0"[..], b"\x89PNG\r\n\x1a\n", b"II\x2a\0", b""] {
            let bytes = [start, &bytes].concat();
            let _ = (header(&bytes), stripped(&bytes), exif::read(&bytes));
        }
        let mut real = jpeg(&[exif_segment(&exif::orientation_only(6))], b"");
        if let (Some(place), Some(byte)) = (real.get_mut(at), bytes.first()) {
            *place = *byte;
        }
        let _ = (header(&real), stripped(&real));
    }
}
