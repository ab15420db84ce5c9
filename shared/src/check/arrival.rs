//! What the circumstances of an interview contradict: how long it took, where it was held, when and
//! where its photos were taken. Device time and position are data; nothing here refuses anything.
//!
//! By convention a form says when it was opened and last saved in the root's children `start` and
//! `end`, and where the house is in `location`.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Deserialize;

use crate::answers::{NodeId, Tree};
use crate::finding::{Finding, Severity};
use crate::geo::{Place, distance_m};
use crate::photo::Header;
use crate::text::Text;

/// Thresholds: `shared/data/checks/arrival.toml`, where each has its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A completed interview shorter than this is too short.
    pub interview_minutes: i64,
    /// How far from the household's point an interview may be held.
    pub household_metres: i64,
    /// How long before or after the interview a photo may be taken.
    pub photo_minutes: i64,
    /// How far from the interview a photo may be taken.
    pub photo_metres: i64,
    /// Bits in which two photos of the same picture may differ; below [`crate::photo::BANDS`].
    pub photo_bits: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    interview_short: Minutes,
    far_from_household: Metres,
    photo_time: Minutes,
    photo_place: Metres,
    photo_alike: Bits,
}

macro_rules! threshold {
    ($name:ident, $field:ident, $kind:ty) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $field: $kind,
            #[expect(dead_code, reason = "for whoever reads the file")]
            reason: Text,
        }
    };
}
threshold!(Minutes, minutes, i64);
threshold!(Metres, metres, i64);
threshold!(Bits, bits, u32);

impl Thresholds {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(source: &str) -> Result<Thresholds, String> {
        let raw: Raw = toml::from_str(source).map_err(|e| e.to_string())?;
        Ok(Thresholds {
            interview_minutes: raw.interview_short.minutes,
            household_metres: raw.far_from_household.metres,
            photo_minutes: raw.photo_time.minutes,
            photo_metres: raw.photo_place.metres,
            photo_bits: raw.photo_alike.bits,
        })
    }

    /// Those that ship with the program.
    pub fn built_in() -> &'static Thresholds {
        static READ: OnceLock<Thresholds> = OnceLock::new();
        // A test reads the file; one that did not read would find nothing odd.
        READ.get_or_init(|| {
            Thresholds::read(crate::data::ARRIVAL_CHECKS).unwrap_or(Thresholds {
                interview_minutes: 0,
                household_metres: i64::MAX,
                photo_minutes: i64::MAX,
                photo_metres: i64::MAX,
                photo_bits: 0,
            })
        })
    }
}

/// When and where an interview was held, as the phone says.
#[derive(Clone, Debug)]
pub struct Circumstances {
    start: Option<(Timestamp, Offset)>,
    end: Option<(Timestamp, Offset)>,
    /// Path of the position, the position, and its accuracy in metres.
    location: Option<(String, Place, i64)>,
}

impl Circumstances {
    /// Reads them from the answers.
    pub fn of(tree: &Tree) -> Circumstances {
        let text = |name: &str| child(tree, name).map(|node| tree.text(node).trim());
        let when = |name: &str| text(name).and_then(instant);
        Circumstances {
            start: when("start"),
            end: when("end"),
            location: child(tree, "location").and_then(|node| {
                let (place, accuracy) = point(tree.text(node))?;
                Some((tree.path(node), place, accuracy))
            }),
        }
    }

    /// Minutes from opening to saving the form, by the phone's clock.
    pub fn minutes(&self) -> Option<f64> {
        let ((start, _), (end, _)) = self.start.zip(self.end)?;
        Some((end.as_second() - start.as_second()) as f64 / 60.0)
    }

    /// What is odd about a completed interview with a household that the roster has at `home`.
    pub fn findings(&self, home: Option<Place>, thresholds: &Thresholds) -> Vec<Finding> {
        let mut found = Vec::new();
        if let (Some((start, _)), Some((end, _))) = (self.start, self.end) {
            let seconds = end.as_second() - start.as_second();
            if seconds < thresholds.interview_minutes * 60 {
                found.push(Finding::whole(
                    "interview_short",
                    Severity::Warning,
                    Text::new(
                        format!("Phỏng vấn dưới {} phút.", thresholds.interview_minutes),
                        format!(
                            "The interview took less than {} minutes.",
                            thresholds.interview_minutes
                        ),
                    ),
                ));
            }
        }
        if let (Some((path, place, accuracy)), Some(home)) = (&self.location, home) {
            let limit = thresholds.household_metres.saturating_add(*accuracy);
            if distance_m(*place, home) > limit {
                found.push(Finding::field(
                    "far_from_household",
                    Severity::Warning,
                    path.as_str(),
                    Text::new(
                        format!(
                            "Cách vị trí của hộ trong danh sách hơn {} m.",
                            thresholds.household_metres
                        ),
                        format!(
                            "More than {} m from the household's place on the roster.",
                            thresholds.household_metres
                        ),
                    ),
                ));
            }
        }
        found
    }

    /// What a photo's own time and place contradict. `field` names the photo's question; `home` is
    /// where the roster has the household, for an interview without a position.
    pub fn of_photo(
        &self,
        field: Option<&str>,
        photo: &Header,
        home: Option<Place>,
        thresholds: &Thresholds,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut odd = |code: &str, vi: String, en: String| {
            let (code, field) = (code.to_owned(), field.map(str::to_owned));
            found.push(Finding {
                code,
                severity: Severity::Warning,
                field,
                message: Text::new(vi, en),
            });
        };
        if self.is_other_time(photo, thresholds.photo_minutes) {
            odd(
                "photo_time",
                format!(
                    "Giờ chụp ghi trong ảnh lệch giờ phỏng vấn hơn {} phút.",
                    thresholds.photo_minutes
                ),
                format!(
                    "By its own clock the photo was taken more than {} minutes before or after the interview.",
                    thresholds.photo_minutes
                ),
            );
        }
        let held = self.location.as_ref().map(|(_, place, accuracy)| (*place, *accuracy));
        let held = held.or(home.map(|home| (home, thresholds.household_metres)));
        if let (Some(taken), Some((place, accuracy))) = (photo.place, held)
            && distance_m(taken, place) > thresholds.photo_metres.saturating_add(accuracy)
        {
            odd(
                "photo_place",
                format!(
                    "Vị trí ghi trong ảnh cách nơi phỏng vấn hơn {} m.",
                    thresholds.photo_metres
                ),
                format!(
                    "By its own position the photo was taken more than {} m from the interview.",
                    thresholds.photo_metres
                ),
            );
        }
        found
    }

    fn is_other_time(&self, photo: &Header, minutes: i64) -> bool {
        let (Some(taken), Some((start, zone))) = (photo.taken, self.start) else { return false };
        // A photo that does not say its zone was taken by the phone that opened the form.
        let zone = taken.offset.and_then(|s| Offset::from_seconds(s).ok()).unwrap_or(zone);
        let Ok(at) = zone.to_timestamp(taken.at) else { return false };
        let end = self.end.map_or(start, |(end, _)| end);
        let slack = minutes.saturating_mul(60);
        at.as_second() < start.as_second().saturating_sub(slack)
            || at.as_second() > end.as_second().saturating_add(slack)
    }
}

fn child(tree: &Tree, name: &str) -> Option<NodeId> {
    tree.named(tree.root(), name).next()
}

/// `2024-10-15T08:00:00.000+07:00`.
fn instant(text: &str) -> Option<(Timestamp, Offset)> {
    let at: Timestamp = text.parse().ok()?;
    let offset = match text.get(text.len().checked_sub(6)?..)? {
        zone if zone.starts_with(['+', '-']) => offset(zone)?,
        _ => Offset::UTC,
    };
    Some((at, offset))
}

/// `+07:00`.
fn offset(zone: &str) -> Option<Offset> {
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let seconds = (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?) * 60;
    Offset::from_seconds(if zone.starts_with('-') { -seconds } else { seconds }).ok()
}

/// `22.34 103.87 1200.0 4.5`: latitude, longitude, altitude, accuracy in metres.
fn point(text: &str) -> Option<(Place, i64)> {
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    let place = Place { lat: numbers.next()??, lon: numbers.next()?? };
    let accuracy = numbers.nth(1).flatten().filter(|metres| (0.0..100_000.0).contains(metres));
    let known = place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0;
    #[expect(clippy::cast_possible_truncation, reason = "below 100 km")]
    let accuracy = accuracy.unwrap_or(0.0).ceil() as i64;
    known.then_some((place, accuracy))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::photo::{Kind, Taken};

    const LIMITS: Thresholds = Thresholds {
        interview_minutes: 5,
        household_metres: 1000,
        photo_minutes: 60,
        photo_metres: 500,
        photo_bits: 7,
    };
    const HOME: Place = Place { lat: 22.3412, lon: 103.8761 };

    fn held(start: &str, end: &str, location: &str) -> Circumstances {
        let xml =
            format!("<h><start>{start}</start><end>{end}</end><location>{location}</location></h>");
        Circumstances::of(&Tree::read(xml.as_bytes()).unwrap())
    }

    fn photo(taken: Option<Taken>, place: Option<Place>) -> Header {
        Header { kind: Kind::Jpeg, width: 1, height: 1, memory: 3, orientation: 1, taken, place }
    }

    fn codes(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|f| f.code.as_str()).collect()
    }

    #[test]
    fn the_thresholds_that_ship_read_and_can_be_looked_up() {
        let read = Thresholds::read(crate::data::ARRIVAL_CHECKS).unwrap();
        assert_eq!(*Thresholds::built_in(), read);
        assert!(read.photo_bits < crate::photo::BANDS as u32);
        assert!(Thresholds::read("[interview_short]\nminutes = 5\n").is_err());
    }

    #[test]
    fn short_and_far_interviews_are_noticed_at_the_threshold() {
        let far = |minute: &str, location: &str| {
            let end = format!("2024-10-15T08:{minute}:00.000+07:00");
            let held = held("2024-10-15T08:00:00.000+07:00", &end, location);
            codes(&held.findings(Some(HOME), &LIMITS)).join(" ")
        };
        assert_eq!(far("05", "22.3412 103.8761 900 5"), "");
        assert_eq!(far("04", "22.3412 103.8761 900 5"), "interview_short");
        assert_eq!(far("25", "22.3512 103.8761 900 5"), "far_from_household"); // 1,112 m
        assert_eq!(far("25", "22.3512 103.8761 900 150"), ""); // it may have been nearer
        assert_eq!(far("25", ""), "");
        assert_eq!(far("25", "nonsense"), "");
    }

    #[test]
    fn a_photo_of_another_day_or_place_is_noticed_whatever_the_zone() {
        let held = held(
            "2024-10-15T08:00:00.000+07:00",
            "2024-10-15T08:25:00.000+07:00",
            "22.3412 103.8761 900 5",
        );
        let at = |hour: i8, offset: Option<i32>| {
            let taken = Taken { at: date(2024, 10, 15).at(hour, 10, 0, 0), offset };
            held.of_photo(Some("/h/photo"), &photo(Some(taken), None), None, &LIMITS)
        };
        assert_eq!(codes(&at(8, None)), [""; 0]);
        assert_eq!(codes(&at(1, Some(0))), [""; 0]);
        assert_eq!(codes(&at(8, Some(0))), ["photo_time"]);
        assert_eq!(at(12, None)[0].field.as_deref(), Some("/h/photo"));
        let there = |lat: f64| {
            let place = Place { lat, ..HOME };
            codes(&held.of_photo(None, &photo(None, Some(place)), None, &LIMITS)).join(" ")
        };
        assert_eq!((there(22.3413).as_str(), there(22.36).as_str()), ("", "photo_place"));
        let nowhere = super::Circumstances { location: None, start: None, end: None };
        let elsewhere = photo(None, Some(Place { lat: 21.0, lon: 105.8 }));
        assert_eq!(nowhere.of_photo(None, &elsewhere, None, &LIMITS), []);
        assert_eq!(
            codes(&nowhere.of_photo(None, &elsewhere, Some(HOME), &LIMITS)),
            ["photo_place"]
        );
    }
}
