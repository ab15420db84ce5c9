//! A filled household form, as small as it can be.

use quick_xml::escape::escape;

use crate::{ROUND, unique};

/// One visit to a household.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Instance id.
    pub instance: String,
    /// Household id.
    pub household: String,
    /// `met`, `absent`, `refused`, `moved` or `not_found`.
    pub contact: &'static str,
    /// Round id.
    pub round: String,
    /// Form version.
    pub version: String,
    /// Names of photos, at most four.
    pub photos: Vec<String>,
    /// Answer on the poverty list.
    pub poverty: String,
    /// Words of the household, to tell two fillings apart.
    pub words: String,
    /// Instance this one replaces.
    pub edits: Option<String>,
}

impl Visit {
    const PHOTOS: [&'static str; 4] =
        ["photo_house_front", "photo_house_floor_wall", "photo_house_roof", "photo_water"];

    /// An interview.
    pub fn completed(household: &str) -> Visit {
        Visit {
            instance: format!("uuid:{:08x}-5f2c-4b60-9f6f-3a1c2b7d9e40", unique()),
            household: household.into(),
            contact: "met",
            round: ROUND.into(),
            version: "2024100102".into(),
            photos: Vec::new(),
            poverty: "none".into(),
            words: String::new(),
            edits: None,
        }
    }

    /// A visit without an interview.
    pub fn attempt(household: &str, contact: &'static str) -> Visit {
        Visit { contact, ..Visit::completed(household) }
    }

    /// An edit of it: another instance that names this one.
    #[must_use]
    pub fn edited(&self) -> Visit {
        let instance = Visit::completed(&self.household).instance;
        Visit { instance, edits: Some(self.instance.clone()), ..self.clone() }
    }

    /// With these photos named.
    #[must_use]
    pub fn photos(mut self, names: &[&str]) -> Visit {
        self.photos = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// The submission.
    pub fn xml(&self) -> Vec<u8> {
        let (village, _) = self.household.rsplit_once('.').expect("a household id");
        let (commune, _) = village.split_once('.').expect("a village id");
        let met = self.contact == "met";
        let outcome = if met { "completed" } else { self.contact };
        let consent = "<respondent_relation>head</respondent_relation><respondent_15>yes</respondent_15><interview_language>mong</interview_language><interpreter>no</interpreter><consent>full</consent>";
        let consent = if met { consent } else { "" };
        let answers = if met { self.answers() } else { String::new() };
        format!(
            "<?xml version='1.0' encoding='UTF-8' ?><household id=\"household\" version=\"{}\"><start>2024-10-15T08:00:00.000+07:00</start><end>2024-10-15T08:25:00.000+07:00</end><today>2024-10-15</today><deviceid>collect:test</deviceid><consent_version>2024-10</consent_version><contact>{}</contact>{consent}<outcome>{outcome}</outcome><commune>{commune}</commune><village>{village}</village><on_roster>yes</on_roster><household>{}</household><round>{}</round>{answers}<meta><instanceID>{}</instanceID>{}</meta></household>",
            escape(&self.version),
            self.contact,
            escape(&self.household),
            escape(&self.round),
            escape(&self.instance),
            self.edits.as_ref().map_or(String::new(), |old| format!("<deprecatedID>{}</deprecatedID>", escape(old))),
        )
        .into_bytes()
    }

    fn answers(&self) -> String {
        let photo = |n: usize| {
            let field = Visit::PHOTOS[n];
            self.photos
                .get(n)
                .map_or(String::new(), |name| format!("<{field}>{}</{field}>", escape(name)))
        };
        format!(
            "<location_missing>no_signal</location_missing><poverty_status>{}</poverty_status><members><resident_count>1</resident_count><member><full_name>Ma Thị Say</full_name><relation>head</relation><sex>female</sex><birth_known>year</birth_known><birth_year>1948</birth_year><age>76</age><resident>yes</resident><insured>yes</insured><expiry_known>not_printed</expiry_known><work>unable</work><wage_work>no</wage_work><wage_total>0</wage_total></member><residents_listed>1</residents_listed></members><housing><tenure>own</tenure><floor_area>40</floor_area><area_per_person>40</area_per_person><floor>durable</floor><frame>durable</frame><walls>durable</walls><roof>metal_sheet</roof><defects>none</defects>{}{}{}</housing><water><water_source>piped</water_source><water_tested>supplier</water_tested>{}<toilet>septic</toilet><toilet_clean>yes</toilet_clean><bathroom>yes</bathroom><water_container>good</water_container><clean_house>yes</clean_house><clean_kitchen>yes</clean_kitchen><clean_lane>yes</clean_lane></water><waste><waste_disposal>collected</waste_disposal><sorting>regular</sorting><livestock>no</livestock></waste><power><electricity>grid_own_meter</electricity><internet>yes</internet></power><wishes><difficulties>other</difficulties><difficulty_text>{}</difficulty_text></wishes>",
            escape(&self.poverty),
            photo(0),
            photo(1),
            photo(2),
            photo(3),
            escape(&self.words),
        )
    }
}
