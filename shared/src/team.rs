//! Helper teams (*tổ giúp đỡ xã*): the team of an agency, where it sits, how many communes it can
//! take, which criteria it knows, and the communes it helps at present.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::geo::Place;
use crate::table::{self, Column, Row, RowFault, column};
use crate::text::Text;
use crate::unit::Units;

/// The most communes one team may take.
const MAX_CAPACITY: u32 = 200;

/// A helper team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Its code, given by who lists the teams: ASCII letters, digits, `-`, `_`.
    pub id: String,
    /// The agency it belongs to.
    pub agency: String,
    /// Its name.
    pub name: String,
    /// The fewest communes it should have.
    pub capacity_min: u32,
    /// The most communes it can have, at least 1.
    pub capacity_max: u32,
    /// Where the agency sits.
    pub seat: Place,
    /// Numbers of the criteria it is in charge of or strong in.
    pub criteria: BTreeSet<u16>,
    /// Unit ids of the communes it leads at present.
    pub present: BTreeSet<String>,
}

static COLUMNS: [Column; 9] = [
    column("team_id", &["mã tổ"], true),
    column("agency", &["cơ quan", "đơn vị"], true),
    column("name", &["tên tổ", "tổ"], true),
    column("capacity", &["số xã tối đa"], true),
    column("lat", &["vĩ độ"], true),
    column("lon", &["kinh độ"], true),
    column("criteria", &["tiêu chí", "tiêu chí phụ trách"], true),
    column("present_communes", &["xã đang phụ trách", "mã xã đang phụ trách"], true),
    column("capacity_min", &["số xã tối thiểu"], false),
];
const ID: usize = 0;
const AGENCY: usize = 1;
const NAME: usize = 2;
const CAPACITY: usize = 3;
const LAT: usize = 4;
const LON: usize = 5;
const CRITERIA: usize = 6;
const PRESENT: usize = 7;
const CAPACITY_MIN: usize = 8;

/// Reads teams whose present communes are given by their codes of `date`, in the order of the
/// lines, or says everything that is wrong.
///
/// Columns: `team_id,agency,name,capacity,lat,lon,criteria,present_communes` and, optional,
/// `capacity_min`. `criteria` and `present_communes` are lists (`9;11;17`) separated by semicolons,
/// commas or spaces, and may be blank. `known` are the numbers of the criteria in force. Fault
/// codes: those of [`table::read`] and of cells, `duplicate_team`, `unknown_criterion`,
/// `unknown_commune`, `not_a_commune`, `two_teams_present` (a commune has one lead team),
/// `min_above_max`, `no_teams`.
pub fn read_teams(
    csv: &[u8],
    units: &Units,
    date: Date,
    known: &BTreeSet<u16>,
) -> Result<Vec<Team>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut teams: Vec<Team> = Vec::with_capacity(rows.len());
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let mut led: BTreeMap<String, u64> = BTreeMap::new();
    for row in &rows {
        let Some(team) = read_row(row, units, date, known, &mut faults) else { continue };
        if let Some(first) = lines.insert(team.id.clone(), row.line) {
            let message = Text::new(
                format!("Mã tổ đã có ở dòng {first}."),
                format!("This team id is taken by line {first}."),
            );
            faults.push(row.fault(ID, "duplicate_team", message));
        }
        for commune in &team.present {
            if let Some(first) = led.insert(commune.clone(), row.line) {
                let code = units.code(commune, date).unwrap_or_default();
                let message = Text::new(
                    format!(
                        "Xã {code} đã ghi cho tổ ở dòng {first}; mỗi xã chỉ có một tổ phụ trách."
                    ),
                    format!(
                        "Commune {code} is listed in line {first} too; a commune has one lead team."
                    ),
                );
                faults.push(row.fault(PRESENT, "two_teams_present", message));
            }
        }
        teams.push(team);
    }
    if rows.is_empty() {
        let message = Text::new("Danh sách không có tổ nào.", "The list has no team.");
        faults.push(RowFault::line(1, "no_teams", message));
    }
    if faults.is_empty() { Ok(teams) } else { Err(table::told(faults)) }
}

/// One row, every cell judged even when an earlier one is at fault.
fn read_row(
    row: &Row,
    units: &Units,
    date: Date,
    known: &BTreeSet<u16>,
    faults: &mut Vec<RowFault>,
) -> Option<Team> {
    let before = faults.len();
    let (id, agency, name) =
        (row.code(ID, faults), row.required(AGENCY, faults), row.required(NAME, faults));
    row.required(CAPACITY, faults);
    let max = row.whole(CAPACITY, 1..=MAX_CAPACITY, faults);
    let min = row.whole(CAPACITY_MIN, 0..=MAX_CAPACITY, faults).unwrap_or(0);
    if max.is_some_and(|max| min > max) {
        let message = Text::new(
            "Số xã tối thiểu lớn hơn số xã tối đa.",
            "The least number of communes is above the most.",
        );
        faults.push(row.fault(CAPACITY_MIN, "min_above_max", message));
    }
    row.required(LAT, faults);
    row.required(LON, faults);
    let seat = row.place(LAT, LON, faults);
    let criteria = criteria(row, known, faults);
    let codes = list(row.text(PRESENT));
    let present =
        codes.filter_map(|code| units.commune_cell(row, PRESENT, code, date, faults)).collect();
    if faults.len() > before {
        return None;
    }
    Some(Team {
        id: id?,
        agency: agency?,
        name: name?,
        capacity_min: min,
        capacity_max: max?,
        seat: seat?,
        criteria,
        present,
    })
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', ' ']).filter(|item| !item.is_empty())
}

fn criteria(row: &Row, known: &BTreeSet<u16>, faults: &mut Vec<RowFault>) -> BTreeSet<u16> {
    let mut numbers = BTreeSet::new();
    for item in list(row.text(CRITERIA)) {
        match item.parse().ok().filter(|n| known.contains(n)) {
            Some(number) => {
                numbers.insert(number);
            }
            None => {
                let short: String = item.chars().take(20).collect();
                let message = Text::new(
                    format!("Không có tiêu chí số \u{201c}{short}\u{201d}."),
                    format!("There is no criterion \u{201c}{short}\u{201d}."),
                );
                faults.push(row.fault(CRITERIA, "unknown_criterion", message));
            }
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const OCT_2024: Date = date(2024, 10, 15);
    const HEADER: &str =
        "team_id,agency,name,capacity,lat,lon,criteria,present_communes,capacity_min\n";

    fn read(csv: &str) -> Result<Vec<Team>, Vec<RowFault>> {
        read_teams(csv.as_bytes(), Units::built_in(), OCT_2024, &(1..=19).collect())
    }

    fn codes(rows: &str) -> Vec<(u64, String)> {
        let faults = read(&format!("{HEADER}{rows}")).unwrap_err();
        faults.into_iter().map(|f| (f.line, f.code)).collect()
    }

    #[test]
    fn a_team_is_read_with_its_lists() {
        let teams = read(&format!(
            "{HEADER}T1,Sở Y tế,Tổ 1,3,\"22,48\",103.97,9;11 17,\"03037,03040\",1\n"
        ))
        .unwrap();
        let id = |code| Units::built_in().by_code(code, OCT_2024).unwrap().id.clone();
        assert_eq!(teams[0].present, BTreeSet::from([id("03037"), id("03040")]));
        assert_eq!(teams[0].criteria, BTreeSet::from([9, 11, 17]));
        assert_eq!(
            (teams[0].capacity_min, teams[0].capacity_max, teams[0].seat.lat),
            (1, 3, 22.48)
        );
        let vi = "Mã tổ;Cơ quan;Tên tổ;Số xã tối đa;Vĩ độ;Kinh độ;Tiêu chí;Xã đang phụ trách\nT1;A;B;2;22,5;104;;\n";
        assert_eq!(read(vi).unwrap()[0].capacity_max, 2);
    }

    #[test]
    fn every_fault_has_its_line() {
        assert_eq!(
            codes("T1,A,B,0,22,104,20,03036,\nT2,A,B,1,,104,,,2\n"),
            [
                (2, "bad_number".into()),
                (2, "unknown_criterion".into()),
                (2, "unknown_commune".into()),
                (3, "min_above_max".into()),
                (3, "required".into()),
                (3, "half_place".into()),
            ]
        );
        assert_eq!(
            codes("T1,A,B,1,22,104,,03037,\nT1,A,C,1,22,104,,03037,\n"),
            [(3, "duplicate_team".into()), (3, "two_teams_present".into())]
        );
        assert_eq!(codes(""), [(1, "no_teams".into())]);
        assert_eq!(read("team_id\n").unwrap_err()[0].code, "header_missing");
    }

    #[test]
    fn the_sample_teams_can_take_every_commune() {
        let teams = read(crate::data::DEMO_TEAMS).unwrap();
        assert!((55..=65).contains(&teams.len()), "{}", teams.len());
        assert!(teams.iter().map(|t| t.capacity_max).sum::<u32>() > 127);
        let known: BTreeSet<u16> = teams.iter().flat_map(|t| t.criteria.iter().copied()).collect();
        assert_eq!(known, (1..=19).collect());
        assert!(crate::data::DEMO_TEAMS.contains("DỮ LIỆU MẪU"));
    }
}
