//! Rosters as an office would hand them in, and the round most tests use.

use jiff::civil::date;
use ntm_shared::api::round::NewRound;

use crate::root;

/// Xã Nậm Chảy: code before July 2025 and unit id.
pub const NAM_CHAY: (&str, &str) = ("02770", "u0066");
/// Xã Tả Phời: code before July 2025 and unit id.
pub const TA_PHOI: (&str, &str) = ("02677", "u0036");
/// Id of the round most tests use.
pub const ROUND: &str = "2024-10";

/// Households to import.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// `commune_code,village_code,village,household_code,head,members,poverty`.
    pub rows: Vec<[String; 7]>,
}

impl Roster {
    /// Two communes with two villages of five households each.
    pub fn small() -> Roster {
        let mut roster = Roster::default();
        for (commune, _) in [NAM_CHAY, TA_PHOI] {
            for village in 1..=2 {
                for household in 1..=5 {
                    roster.add(commune, village, household);
                }
            }
        }
        roster
    }

    /// Adds a household with made-up details.
    pub fn add(&mut self, commune: &str, village: u32, household: u32) {
        let poverty = ["none", "poor", "near_poor", "escaped", "unknown"][household as usize % 5];
        self.rows.push([
            commune.into(),
            format!("{village:02}"),
            format!("Thôn {village}"),
            format!("{household:03}"),
            format!("Giàng A Páo {village}-{household}"),
            "4".into(),
            poverty.into(),
        ]);
    }

    /// The households the JavaRosa cases visit, as their village offices would list them.
    pub fn javarosa() -> Roster {
        let folder = root().join("tests/javarosa");
        let table = |name: &str| -> Vec<csv::StringRecord> {
            let mut reader = csv::Reader::from_path(folder.join(name)).expect("a table");
            reader.records().map(|row| row.expect("a row")).collect()
        };
        let (communes, villages) = (table("communes.csv"), table("villages.csv"));
        let named = |rows: &[csv::StringRecord], id: &str, column: usize| {
            let row = rows.iter().find(|row| &row[0] == id).expect("a known id");
            row[column].to_owned()
        };
        let rows = table("households.csv").into_iter().map(|row| {
            let village = row[2].split_once('.').expect("a village id").1;
            [
                named(&communes, &row[3], 2),
                village.to_owned(),
                named(&villages, &row[2], 1),
                row[5].to_owned(),
                row[6].to_owned(),
                row[7].to_owned(),
                row[8].to_owned(),
            ]
        });
        Roster { rows: rows.collect() }
    }

    /// The table.
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = [
            "commune_code",
            "village_code",
            "village",
            "household_code",
            "head",
            "members",
            "poverty",
        ];
        writer.write_record(header).expect("a header");
        for row in &self.rows {
            writer.write_record(row).expect("a row");
        }
        writer.into_inner().expect("a table")
    }
}

/// A round of October 2024 in both communes, every module a census.
pub fn round() -> NewRound {
    NewRound {
        id: ROUND.into(),
        name: "Đợt tháng 10 năm 2024".into(),
        starts: date(2024, 10, 1),
        ends: date(2024, 10, 31),
        areas: vec![NAM_CHAY.0.into(), TA_PHOI.0.into()],
        forms: vec!["household".into(), "commune_report".into()],
        criteria_set: "lao-cai-2021-2025".into(),
        modules: Default::default(),
        nonresponse_adjustment: false,
        looks: 1,
        approved_only: false,
        pin: false,
        made_up: true,
    }
}
