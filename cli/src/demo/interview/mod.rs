//! A visit to a made-up household, and what it answers. Every candidate answer is given in the order
//! of the form; the phone sets those that are relevant, as a collector would see only those.

use jiff::civil::DateTime;

use super::{
    people,
    photo::Scene,
    province::{Commune, Plant, Village},
    rng::Rng,
};

mod answers;

/// One visit: when, what came of it, what was answered.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When it began.
    pub at: DateTime,
    /// Instance id.
    pub instance_id: String,
    /// Path and value, in the order of the form.
    pub answers: Vec<(String, String)>,
    /// Photos: the question, the file name, what is drawn.
    pub photos: Vec<Shot>,
}

/// One photo to take.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The question it answers.
    pub question: &'static str,
    /// File name, as ODK Collect makes it.
    pub file: String,
    /// What is drawn.
    pub scene: Scene,
    /// Key of the drawing's random stream.
    pub key: String,
    /// Where: latitude and longitude in degrees.
    pub at: (f64, f64),
    /// When.
    pub when: DateTime,
}

/// How a household's house is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum House {
    /// Durable.
    Durable,
    /// Semi-durable.
    Sound,
    /// One part weak: neither solid nor temporary.
    Weak,
    /// Temporary: weak throughout and small.
    Temporary,
    /// No house of its own.
    None,
}

/// What a household is like, before anybody asks.
#[derive(Clone, Debug)]
pub struct Home {
    /// Key of its random streams: the household id.
    pub key: String,
    /// Where it stands: latitude and longitude in degrees.
    pub at: (f64, f64),
    /// Its house.
    pub house: House,
    /// On the poverty list: a choice of `poverty`.
    pub poverty: &'static str,
    /// What the visits come to: `completed`, `absent`, `refused`, or `absent` first and then
    /// `completed`.
    pub fate: &'static [&'static str],
}

/// The circumstances of a household. Where temporary houses are planted, the first household of the
/// list has one and answers, so that there is at least one to find.
pub fn home(commune: &Commune, key: &str, seed: u64) -> Home {
    let sure = commune.plant == Plant::TemporaryHouses && key.ends_with(".01.001");
    let mut rng = Rng::keyed(seed, &format!("home {key}"));
    let w = commune.wealth;
    let house = match rng.unit() {
        u if sure || commune.plant == Plant::TemporaryHouses && u < 0.18 => House::Temporary,
        u if u < (0.12 * (0.60 - w)).max(0.0) => House::Temporary,
        u if u < (0.45 * (0.90 - w)).max(0.0) => House::Weak,
        u if u < 0.45 && w < 0.9 => House::Sound,
        u if u > 0.9985 => House::None,
        _ => House::Durable,
    };
    let poverty = match rng.unit() {
        u if u < (0.30 * (0.85 - w)).max(0.0) => "poor",
        u if u < (0.45 * (0.88 - w)).max(0.0) => "near_poor",
        u if u < (0.60 * (0.95 - w)).max(0.0) => "escaped",
        _ => "none",
    };
    let fate: &[&str] = match rng.unit() {
        _ if sure => &["completed"],
        u if u < 0.008 => &["refused"],
        u if u < 0.020 => &["absent"],
        u if u < 0.024 => &["moved"],
        u if u < 0.080 => &["absent", "completed"],
        _ => &["completed"],
    };
    let spread = 0.012;
    let at = (commune.at.0 + spread * rng.bell() / 3.0, commune.at.1 + spread * rng.bell() / 3.0);
    Home { key: key.to_owned(), at, house, poverty, fate }
}

/// One visit to a household. `first` is the day and time the round's work reaches it.
pub fn visit(
    commune: &Commune,
    village: &Village,
    home: &Home,
    number: usize,
    first: DateTime,
    seed: u64,
) -> Visit {
    let mut rng = Rng::keyed(seed, &format!("visit {} {number}", home.key));
    let outcome = home.fate[number];
    let at = first
        .checked_add(jiff::Span::new().days(i64::try_from(number).unwrap_or(0) * 4))
        .unwrap_or(first);
    let instance_id = format!("uuid:{}", rng.uuid());
    let mut form = Sheet { answers: Vec::new(), photos: Vec::new() };
    let met = matches!(outcome, "completed" | "refused");
    form.set("contact", if met { "met" } else { outcome });
    form.set("respondent_relation", rng.word(&["head", "head", "spouse", "child"]));
    form.set("respondent_15", "yes");
    let language = rng.weighted(&[(commune.people, 0.5), ("kinh", 0.5)]);
    form.set("interview_language", language);
    form.set("interpreter", if language != "kinh" && rng.chance(0.2) { "yes" } else { "no" });
    let consent = match outcome {
        "refused" => "refused",
        _ if rng.chance(0.08) => "information",
        _ => "full",
    };
    form.set("consent", consent);
    form.set("commune", &commune.id);
    form.set("village", &commune.village_id(village));
    form.set("on_roster", "yes");
    form.set("/household/household", &home.key);
    if outcome == "completed" {
        let people = people::members(commune, &home.key, seed, at.date());
        answers::place(&mut form, home, &mut rng);
        form.set("poverty_status", home.poverty);
        answers::members(&mut form, commune, &people, &mut rng);
        answers::housing(&mut form, home, people.len(), at.date(), &mut rng);
        answers::hygiene(&mut form, commune, &mut rng);
        answers::income(&mut form, commune, &people, at.date(), &mut rng);
        answers::wishes(&mut form, commune, home, &mut rng);
        form.photograph(home, number, at);
    }
    Visit { at, instance_id, answers: form.answers, photos: form.photos }
}

/// The sheet being filled.
struct Sheet {
    answers: Vec<(String, String)>,
    photos: Vec<Shot>,
}

impl Sheet {
    fn set(&mut self, path: &str, value: &str) {
        self.answers.push((path.to_owned(), value.to_owned()));
    }

    fn yes(&mut self, path: &str, yes: bool) {
        self.set(path, if yes { "yes" } else { "no" });
    }

    fn number(&mut self, path: &str, value: i64) {
        self.answers.push((path.to_owned(), value.to_string()));
    }

    /// The house always; in turn the toilet, the bins, the waste, the tank or the water.
    fn photograph(&mut self, home: &Home, number: usize, at: DateTime) {
        let key = &home.key;
        let mut rng = Rng::keyed(0, &format!("shots {key} {number}"));
        let house = match home.house {
            House::Durable => Scene::BrickHouse,
            House::Sound => Scene::WoodHouse,
            House::Weak | House::Temporary | House::None => Scene::BambooHouse,
        };
        let second = rng.pick(&[
            ("photo_toilet", Scene::Toilet),
            ("photo_toilet", Scene::Toilet),
            ("photo_bins", Scene::Bins),
            ("photo_waste", Scene::Bins),
            ("photo_container", Scene::Tank),
            ("photo_water", Scene::Tank),
        ]);
        let shots = [("photo_house_front", house), *second];
        for (i, (question, scene)) in shots.into_iter().enumerate() {
            let seconds = 60 * (i as i64 + 8) + rng.whole(0, 50);
            let when = at.checked_add(jiff::Span::new().seconds(seconds)).unwrap_or(at);
            let millis = jiff::tz::Offset::constant(7)
                .to_timestamp(when)
                .map_or(0, |t| t.as_millisecond() + rng.whole(0, 999));
            let file = format!("{millis}.jpg");
            self.set(question, &file);
            let key = format!("photo {key} {number} {question}");
            self.photos.push(Shot { question, file, scene, key, at: home.at, when });
        }
    }
}
