//! Photos for the demo: drawn, never taken. Simple scenes from shapes and noise, every one
//! different, with the EXIF data a phone writes (position and time).

use jiff::civil::DateTime;

use super::{interview::Shot, rng::Rng};

mod canvas;
mod exif;
mod scene;

use canvas::Canvas;

/// Size of the pictures in pixels.
pub const SIZE: (u32, u32) = (640, 480);

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A plastered brick house with a tiled roof.
    BrickHouse,
    /// A wooden house with a metal roof.
    WoodHouse,
    /// A hut of bamboo and leaves.
    BambooHouse,
    /// A toilet hut.
    Toilet,
    /// Waste bins, sorted or not.
    Bins,
    /// A water tank.
    Tank,
}

/// Draws one photo as a JPEG with EXIF. Slow enough for a blocking thread.
pub fn take(shot: &Shot, seed: u64) -> anyhow::Result<Vec<u8>> {
    let mut rng = Rng::keyed(seed, &shot.key);
    let mut canvas = Canvas::new(SIZE);
    scene::draw(&mut canvas, shot.scene, &mut rng);
    canvas.develop(daylight(shot.when), rng.bits(), 9);
    let mut jpeg = Vec::with_capacity(60_000);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 70).encode(
        canvas.pixels(),
        SIZE.0,
        SIZE.1,
        image::ExtendedColorType::Rgb8,
    )?;
    exif::tag(&jpeg, shot.at, shot.when)
}

/// 0.75 early and late, 1 at noon.
fn daylight(when: DateTime) -> f64 {
    let hour = f64::from(when.hour()) + f64::from(when.minute()) / 60.0;
    (1.0 - (hour - 12.0).abs() / 20.0).clamp(0.75, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(key: &str, scene: Scene) -> Shot {
        Shot {
            question: "photo_house_front",
            file: "1.jpg".into(),
            scene,
            key: key.into(),
            at: (22.3412, 103.8761),
            when: jiff::civil::date(2024, 10, 7).at(9, 30, 15, 0),
        }
    }

    #[test]
    fn every_photo_is_a_different_jpeg_of_a_phones_size_and_the_same_key_the_same_bytes() {
        let scenes = [
            Scene::BrickHouse,
            Scene::WoodHouse,
            Scene::BambooHouse,
            Scene::Toilet,
            Scene::Bins,
            Scene::Tank,
        ];
        for scene in scenes {
            let one = take(&shot("a", scene), 1).unwrap();
            assert_eq!(one, take(&shot("a", scene), 1).unwrap());
            assert_ne!(one, take(&shot("b", scene), 1).unwrap());
            assert!((20_000..90_000).contains(&one.len()), "{scene:?}: {}", one.len());
            let size = image::load_from_memory(&one).unwrap();
            assert_eq!((size.width(), size.height()), SIZE);
        }
    }

    #[test]
    fn position_and_time_can_be_read_back() {
        let jpeg = take(&shot("a", Scene::Bins), 1).unwrap();
        let exif =
            ::exif::Reader::new().read_from_container(&mut std::io::Cursor::new(&jpeg)).unwrap();
        let text =
            |tag| exif.get_field(tag, ::exif::In::PRIMARY).unwrap().display_value().to_string();
        assert_eq!(text(::exif::Tag::DateTimeOriginal), "2024-10-07 09:30:15");
        assert_eq!(text(::exif::Tag::GPSLatitude), "22 deg 20 min 28.32 sec");
        assert_eq!(text(::exif::Tag::GPSLatitudeRef), "N");
    }
}
