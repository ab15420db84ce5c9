//! Helper teams (*tổ giúp đỡ xã*): the team of an agency, where it sits, how many communes it can
//! take, which criteria it knows, and the communes it helps at present.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::geo::Place;
use crate::table::{self, Column, Row, RowFault, column};
use crate::text::{Text, fold};
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
    /// Id of its agency, if agencies are listed.
    #[serde(default)]
    pub agency_id: Option<String>,
    /// Languages it speaks, beside Vietnamese.
    #[serde(default)]
    pub languages: BTreeSet<String>,
    /// First day it can help; from ever without.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day it can help.
    #[serde(default)]
    pub to: Option<Date>,
    /// Its people, for the annex of a decision.
    #[serde(default)]
    pub people: People,
}

/// Who a team is: personal data of officials, shown only to who may see names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// The leader in charge, with the position.
    pub leader: String,
    /// Telephone of the leader.
    pub phone: String,
    /// The members.
    pub members: Vec<String>,
    /// What the team helps with, as the decision words it.
    pub help: String,
}

impl Team {
    /// Whether it can help on a day.
    pub fn is_there(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

static COLUMNS: [Column; 17] = [
    column("team_id", &["mã tổ"], true),
    column("agency", &["cơ quan", "đơn vị"], true),
    column("name", &["tên tổ", "tổ"], true),
    column("capacity", &["số xã tối đa"], true),
    column("lat", &["vĩ độ"], true),
    column("lon", &["kinh độ"], true),
    column("criteria", &["tiêu chí", "tiêu chí phụ trách"], true),
    column("present_communes", &["xã đang phụ trách", "mã xã đang phụ trách"], true),
    column("capacity_min", &["số xã tối thiểu"], false),
    column("agency_id", &["mã cơ quan", "mã đơn vị"], false),
    column("languages", &["ngôn ngữ", "tiếng dân tộc"], false),
    column("valid_from", &["từ ngày"], false),
    column("valid_to", &["đến ngày"], false),
    column("leader", &["lãnh đạo phụ trách", "tổ trưởng"], false),
    column("phone", &["điện thoại", "số điện thoại"], false),
    column("members", &["thành viên"], false),
    column("help", &["nội dung giúp đỡ"], false),
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
const AGENCY_ID: usize = 9;
const LANGUAGES: usize = 10;
const FROM: usize = 11;
const TO: usize = 12;
const LEADER: usize = 13;
const PHONE: usize = 14;
const MEMBERS: usize = 15;
const HELP: usize = 16;

/// Reads teams whose present communes are given by their codes of `date`, in the order of the
/// lines, or says everything that is wrong.
///
/// Columns: `team_id,agency,name,capacity,lat,lon,criteria,present_communes` and, optional,
/// `capacity_min,agency_id,languages,valid_from,valid_to,leader,phone,members,help`. `criteria`,
/// `present_communes` and `languages` are lists (`9;11;17`) separated by semicolons, commas or
/// spaces, `members` one separated by semicolons; all may be blank. `known` are the numbers of the
/// criteria in force, `agencies` the ids of those listed. Fault codes: those of [`table::read`] and
/// of cells, `duplicate_team`, `duplicate_name`, `unknown_agency`, `unknown_criterion`,
/// `unknown_commune`, `not_a_commune`, `two_teams_present` (a commune has one lead team),
/// `min_above_max`, `ends_before_it_begins`, `no_teams`.
pub fn read_teams(
    csv: &[u8],
    units: &Units,
    date: Date,
    known: &BTreeSet<u16>,
    agencies: &BTreeSet<String>,
) -> Result<Vec<Team>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut teams: Vec<Team> = Vec::with_capacity(rows.len());
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let mut led: BTreeMap<String, u64> = BTreeMap::new();
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    for row in &rows {
        let Some(team) = read_row(row, units, date, known, &mut faults) else { continue };
        if let Some(id) = team.agency_id.as_ref().filter(|id| !agencies.contains(*id)) {
            let message = Text::new(
                format!("Chưa có cơ quan mã {id}. Nhập trước: ntm agency import."),
                format!("There is no agency {id}. Import it first: ntm agency import."),
            );
            faults.push(row.fault(AGENCY_ID, "unknown_agency", message));
        }
        if let Some(first) = names.insert(fold(&team.name), row.line) {
            let message = Text::new(
                format!("Tên tổ này đã có ở dòng {first}."),
                format!("The team in line {first} has this name."),
            );
            faults.push(row.fault(NAME, "duplicate_name", message));
        }
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
    let criteria = criteria(row, CRITERIA, known, faults);
    let codes = list(row.text(PRESENT));
    let present =
        codes.filter_map(|code| units.commune_cell(row, PRESENT, code, date, faults)).collect();
    let (from, to) = (row.date(FROM, faults), row.date(TO, faults));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let message = Text::new("Ngày cuối trước ngày đầu.", "The last day is before the first.");
        faults.push(row.fault(TO, "ends_before_it_begins", message));
    }
    if faults.len() > before {
        return None;
    }
    let text = |at: usize| Some(row.text(at)).filter(|text| !text.is_empty()).map(str::to_owned);
    let members = row.text(MEMBERS).split(';').map(str::trim).filter(|name| !name.is_empty());
    Some(Team {
        id: id?,
        agency: agency?,
        name: name?,
        capacity_min: min,
        capacity_max: max?,
        seat: seat?,
        criteria,
        present,
        agency_id: text(AGENCY_ID),
        languages: list(row.text(LANGUAGES)).map(fold).collect(),
        from,
        to,
        people: People {
            leader: text(LEADER).unwrap_or_default(),
            phone: text(PHONE).unwrap_or_default(),
            members: members.map(str::to_owned).collect(),
            help: text(HELP).unwrap_or_default(),
        },
    })
}

/// Numbers as a cell that is read as a list.
pub(crate) fn joined(numbers: &BTreeSet<u16>) -> String {
    numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(";")
}

/// Teams as a table that [`read_teams`] reads back as the same on that day: the header, then a row
/// each. Communes that are not there on `date` are left out. It has the names of people.
pub fn table_of(teams: &[Team], units: &Units, date: Date) -> Vec<Vec<String>> {
    let header = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let row = |team: &Team| {
        let there = team.present.iter().filter_map(|id| {
            let unit = units.by_id(id).filter(|unit| unit.life.contains(date))?;
            unit.code(date).map(str::to_owned)
        });
        let languages: Vec<&str> = team.languages.iter().map(String::as_str).collect();
        vec![
            team.id.clone(),
            team.agency.clone(),
            team.name.clone(),
            team.capacity_max.to_string(),
            team.seat.lat.to_string(),
            team.seat.lon.to_string(),
            joined(&team.criteria),
            there.collect::<Vec<_>>().join(";"),
            team.capacity_min.to_string(),
            team.agency_id.clone().unwrap_or_default(),
            languages.join(";"),
            day(team.from),
            day(team.to),
            team.people.leader.clone(),
            team.people.phone.clone(),
            team.people.members.join("; "),
            team.people.help.clone(),
        ]
    };
    std::iter::once(header).chain(teams.iter().map(row)).collect()
}

pub(crate) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', ' ']).filter(|item| !item.is_empty())
}

/// Numbers of criteria in a cell (`unknown_criterion`).
pub(crate) fn criteria(
    row: &Row,
    at: usize,
    known: &BTreeSet<u16>,
    faults: &mut Vec<RowFault>,
) -> BTreeSet<u16> {
    let mut numbers = BTreeSet::new();
    for item in list(row.text(at)) {
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
                faults.push(row.fault(at, "unknown_criterion", message));
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
        read_teams(
            csv.as_bytes(),
            Units::built_in(),
            OCT_2024,
            &(1..=19).collect(),
            &BTreeSet::from(["SYT".to_owned()]),
        )
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
        let full = "team_id,agency,name,capacity,lat,lon,criteria,present_communes,agency_id,languages,valid_from,valid_to,leader,phone,members,help\n\
                    T1,Sở Y tế,Tổ 1,3,22.48,103.97,15,,SYT,Mông;Dao,2024-01-01,2025-12-31,Bà A (Giám đốc),0912,Ông B; Bà C,Trạm y tế\n";
        let team = &read(full).unwrap()[0];
        assert_eq!(team.languages, BTreeSet::from(["mong".into(), "dao".into()]));
        assert_eq!((team.people.members.len(), &team.people.phone[..]), (2, "0912"));
        assert!(team.is_there(date(2025, 12, 31)) && !team.is_there(date(2026, 1, 1)));
        let faults =
            read(&full.replace("SYT", "X").replace("2025-12-31", "2023-12-31")).unwrap_err();
        assert_eq!(faults[0].code, "ends_before_it_begins");
        assert_eq!(read(&full.replace("SYT", "X")).unwrap_err()[0].code, "unknown_agency");
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
        assert_eq!(
            codes("T1,A,Tổ,1,22,104,,,\nT2,A,TỔ,1,22,104,,,\n"),
            [(3, "duplicate_name".into())]
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
