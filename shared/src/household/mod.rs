//! The roster: the households of each village that a survey should reach, as an office hands it in
//! ([`read_roster`]) and as a phone gets it ([`media`]).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::geo::Place;
use crate::table::{self, Column, Row, RowFault, column};
use crate::text::{Text, fold};
use crate::unit::Units;

pub mod media;

/// The most persons one household is believed to have; a larger number is a slipped digit.
pub const MAX_MEMBERS: u32 = 60;

/// Where the household stands on the official poverty list.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Poverty {
    /// Hộ nghèo.
    Poor,
    /// Hộ cận nghèo.
    NearPoor,
    /// Hộ mới thoát nghèo.
    Escaped,
    /// On no list.
    None,
    /// The roster does not say.
    #[default]
    Unknown,
}

impl Poverty {
    /// The words a roster may use, first the one ntm writes.
    const WORDS: [(Poverty, &'static [&'static str]); 5] = [
        (Poverty::Poor, &["poor", "hộ nghèo", "nghèo"]),
        (Poverty::NearPoor, &["near_poor", "hộ cận nghèo", "cận nghèo"]),
        (
            Poverty::Escaped,
            &["escaped", "hộ mới thoát nghèo", "hộ thoát nghèo", "mới thoát nghèo", "thoát nghèo"],
        ),
        (Poverty::None, &["none", "không nghèo", "không", "không thuộc diện"]),
        (Poverty::Unknown, &["unknown", "", "không rõ"]),
    ];

    /// Its word in data: `poor`, `near_poor`, `escaped`, `none`, `unknown`.
    pub fn as_str(self) -> &'static str {
        Poverty::WORDS
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("unknown", |(_, words)| words[0])
    }

    /// Reads the English word or the Vietnamese phrase, whatever its marks and case; blank is
    /// [`Poverty::Unknown`], `None` is a word that is neither.
    pub fn read(text: &str) -> Option<Poverty> {
        // What ntm wrote itself needs no folding, and is read with every submission.
        let written = Poverty::WORDS.iter().find(|(_, words)| words[0] == text);
        if let Some((value, _)) = written {
            return Some(*value);
        }
        let wanted = fold(text);
        let mut all = Poverty::WORDS.iter();
        all.find(|(_, words)| words.iter().any(|w| fold(w) == wanted)).map(|(value, _)| *value)
    }
}

/// One household as the roster lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// Id of the commune.
    pub commune: String,
    /// The village's code within the commune.
    pub village_code: String,
    /// The village's name.
    pub village: String,
    /// The household's code within the village.
    pub code: String,
    /// Who is named as its head.
    pub head: String,
    /// Persons according to the roster, if it says; 1 to 60.
    pub members: Option<u32>,
    /// Where it stands on the poverty list.
    pub poverty: Poverty,
    /// Where the house is, if the roster says.
    pub place: Option<Place>,
}

impl RosterRow {
    /// Id of the village: `{commune}.{village code}`.
    pub fn village_id(&self) -> String {
        format!("{}.{}", self.commune, self.village_code)
    }

    /// Id of the household: `{commune}.{village code}.{household code}`.
    pub fn id(&self) -> String {
        format!("{}.{}", self.village_id(), self.code)
    }
}

static COLUMNS: [Column; 9] = [
    column("commune_code", &["mã xã", "mã đơn vị"], true),
    column("village_code", &["mã thôn", "mã thôn bản"], true),
    column("village", &["thôn", "tên thôn", "thôn bản"], true),
    column("household_code", &["mã hộ", "số hộ"], true),
    column("head", &["chủ hộ", "tên chủ hộ", "họ tên chủ hộ"], true),
    column("members", &["nhân khẩu", "số nhân khẩu", "số khẩu"], false),
    column("poverty", &["diện hộ", "hộ nghèo"], false),
    column("lat", &["vĩ độ"], false),
    column("lon", &["kinh độ"], false),
];
const COMMUNE: usize = 0;
const VILLAGE_CODE: usize = 1;
const VILLAGE: usize = 2;
const CODE: usize = 3;
const HEAD: usize = 4;
const MEMBERS: usize = 5;
const POVERTY: usize = 6;
const LAT: usize = 7;
const LON: usize = 8;

/// Reads a roster whose commune codes are those of `date`, in the order of its lines, or says
/// everything that is wrong with it.
///
/// Columns: `commune_code,village_code,village,household_code,head` and, optional,
/// `members,poverty,lat,lon`; comma or semicolon, UTF-8. Fault codes: those of [`table::read`] and
/// of cells, `unknown_commune`, `not_a_commune`, `unknown_value` (poverty), `duplicate_household`,
/// `village_with_two_names`, `no_households`.
pub fn read_roster(csv: &[u8], units: &Units, date: Date) -> Result<Vec<RosterRow>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut roster = Vec::with_capacity(rows.len());
    let mut households: BTreeMap<String, u64> = BTreeMap::new();
    let mut villages: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for row in &rows {
        let Some(household) = read_row(row, units, date, &mut faults) else { continue };
        let village = (household.village.clone(), row.line);
        let (name, first) = villages.entry(household.village_id()).or_insert(village);
        if *name != household.village {
            let message = Text::new(
                format!("Mã thôn này ở dòng {first} có tên khác."),
                format!("This village code has another name in line {first}."),
            );
            faults.push(row.fault(VILLAGE, "village_with_two_names", message));
        }
        if let Some(first) = households.get(&household.id()) {
            let message = Text::new(
                format!("Hộ trùng: cùng thôn và mã hộ ở dòng {first} và dòng {}.", row.line),
                format!(
                    "Duplicate household: same village and code in lines {first} and {}.",
                    row.line
                ),
            );
            faults.push(row.fault(CODE, "duplicate_household", message));
            continue;
        }
        households.insert(household.id(), row.line);
        roster.push(household);
    }
    if rows.is_empty() {
        let message = Text::new("Danh sách không có hộ nào.", "The roster lists no household.");
        faults.push(RowFault::line(1, "no_households", message));
    }
    if faults.is_empty() { Ok(roster) } else { Err(table::told(faults)) }
}

/// One row, every cell judged even when an earlier one is at fault.
fn read_row(row: &Row, units: &Units, date: Date, faults: &mut Vec<RowFault>) -> Option<RosterRow> {
    let commune = units.commune_cell(row, COMMUNE, row.text(COMMUNE), date, faults);
    let village_code = row.code(VILLAGE_CODE, faults);
    let village = row.required(VILLAGE, faults);
    let code = row.code(CODE, faults);
    let head = row.required(HEAD, faults);
    let members = row.whole(MEMBERS, 1..=MAX_MEMBERS, faults);
    let poverty = Poverty::read(row.text(POVERTY));
    if poverty.is_none() {
        let message = Text::new(
            "Diện hộ phải là: nghèo, cận nghèo, thoát nghèo, không nghèo, không rõ (hoặc để trống).",
            "Poverty must be poor, near_poor, escaped, none, unknown or blank.",
        );
        faults.push(row.fault(POVERTY, "unknown_value", message));
    }
    let place = row.place(LAT, LON, faults);
    Some(RosterRow {
        line: row.line,
        commune: commune?,
        village_code: village_code?,
        village: village?,
        code: code?,
        head: head?,
        members,
        poverty: poverty?,
        place,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const HEADER: &str =
        "commune_code,village_code,village,household_code,head,members,poverty,lat,lon\n";
    const OCT_2024: Date = date(2024, 10, 15);

    fn read(csv: &str) -> Result<Vec<RosterRow>, Vec<RowFault>> {
        read_roster(csv.as_bytes(), Units::built_in(), OCT_2024)
    }

    fn faults(rows: &str) -> Vec<RowFault> {
        read(&format!("{HEADER}{rows}")).unwrap_err()
    }

    fn codes(rows: &str) -> Vec<(u64, Option<String>, String)> {
        faults(rows).into_iter().map(|f| (f.line, f.column, f.code)).collect()
    }

    #[test]
    fn a_roster_in_either_normal_form_reads_the_same() {
        let text = format!("{HEADER}03037,03,Bản Pho,012,Giàng A Páo,5,nghèo,22.3,103.9\n");
        let rows = read(&text).unwrap();
        let decomposed: String = text.nfd().collect();
        assert_eq!(rows, read(&decomposed).unwrap());
        assert_eq!(rows, read(&format!("\u{feff}{}", text.replace(',', ";"))).unwrap());
        let commune = &Units::built_in().by_code("03037", OCT_2024).unwrap().id;
        assert_eq!(rows[0].id(), format!("{commune}.03.012"));
        assert_eq!((rows[0].members, rows[0].poverty), (Some(5), Poverty::Poor));
        let short =
            read("commune_code,village_code,village,household_code,head\n03037,03,Bản Pho,012,A\n");
        assert_eq!(short.unwrap()[0].poverty, Poverty::Unknown);
    }

    #[test]
    fn wrong_headers_say_what_is_missing() {
        let faults = read("commune_code,village_code,household_code\n").unwrap_err();
        assert_eq!(faults[0].code, "header_missing");
        assert!(faults[0].message.vi.contains("village, head"));
        assert_eq!(read(HEADER).unwrap_err()[0].code, "no_households");
    }

    #[test]
    fn unknown_communes_are_named_with_the_day() {
        let all = faults("03036,1,A,1,B,,,,\n3037,1,A,1,B,,,,\n088,1,A,1,B,,,,\n");
        assert_eq!(all[0].message.vi, "Không có xã nào mang mã 03036 vào ngày 15/10/2024.");
        assert!(all[1].message.vi.ends_with("Có phải 03037?"));
        assert_eq!(
            (all[1].code.as_str(), all[2].code.as_str()),
            ("unknown_commune", "not_a_commune")
        );
        assert_eq!((all[2].line, all[2].column.as_deref()), (4, Some("commune_code")));
    }

    #[test]
    fn duplicates_name_both_lines_and_villages_have_one_name() {
        let all =
            faults("03037,1,A,7,B,,,,\n03037,2,A,7,B,,,,\n03037,1,A,7,C,,,,\n03037,1,Á,8,C,,,,\n");
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].line, all[0].code.as_str()), (4, "duplicate_household"));
        assert!(all[0].message.vi.contains("dòng 2 và dòng 4"));
        assert_eq!((all[1].line, all[1].code.as_str()), (5, "village_with_two_names"));
    }

    #[test]
    fn every_bad_cell_is_told() {
        let column = |c: &str| Some(c.to_owned());
        assert_eq!(
            codes("03037,a.b,,1,,x,rich,104.1,22\n03037,1,A,2,B,0,,22,\n"),
            [
                (2, column("village_code"), "bad_code".into()),
                (2, column("village"), "required".into()),
                (2, column("head"), "required".into()),
                (2, column("members"), "bad_number".into()),
                (2, column("poverty"), "unknown_value".into()),
                (2, column("lat"), "bad_number".into()),
                (3, column("members"), "bad_number".into()),
                (3, column("lon"), "half_place".into()),
            ]
        );
    }

    proptest! {
        #[test]
        fn anything_is_read_or_told(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,200}") {
            let _ = read_roster(&bytes, Units::built_in(), OCT_2024);
            let _ = read(&format!("{HEADER}{text}"));
            let _ = read(&text);
        }
    }
}
