//! Travel times from teams' seats to communes, as a table that an office made: they count instead of
//! the straight line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::table::{self, Column, RowFault, column};
use crate::text::Text;
use crate::unit::Units;

/// Where somebody sets out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// The seat of a team.
    Team(String),
    /// The seat of an agency, for all of its teams that have no time of their own.
    Agency(String),
}

/// A time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Travel {
    /// Where from.
    pub from: Seat,
    /// Unit id of the commune.
    pub commune: String,
    /// Minutes one way, 0 to 2,880.
    pub minutes: u32,
    /// Who says so.
    pub source: String,
}

static COLUMNS: [Column; 5] = [
    column("commune_code", &["mã xã"], true),
    column("minutes", &["phút", "số phút"], true),
    column("source", &["nguồn", "căn cứ"], true),
    column("team_id", &["mã tổ"], false),
    column("agency_id", &["mã cơ quan", "mã đơn vị"], false),
];
const COMMUNE: usize = 0;
const MINUTES: usize = 1;
const SOURCE: usize = 2;
const TEAM: usize = 3;
const AGENCY: usize = 4;

/// The longest way in minutes: two days.
const LONGEST: u32 = 2_880;

/// Reads travel times to communes by their codes of `date`, in the order of the lines, or says
/// everything that is wrong.
///
/// Columns: `commune_code,minutes,source` and either `team_id` or `agency_id`. Fault codes: those of
/// [`table::read`] and of cells, `unknown_commune`, `not_a_commune`, `unknown_team`, `unknown_agency`,
/// `one_seat`, `duplicate_way`, `no_ways`.
///
/// # Errors
/// Every fault, by line.
pub fn read_travel(
    csv: &[u8],
    units: &Units,
    date: Date,
    teams: &BTreeSet<String>,
    agencies: &BTreeSet<String>,
) -> Result<Vec<Travel>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut found = Vec::with_capacity(rows.len());
    let mut lines: BTreeMap<(Seat, String), u64> = BTreeMap::new();
    for row in &rows {
        let code = row.required(COMMUNE, &mut faults);
        let commune =
            code.and_then(|code| units.commune_cell(row, COMMUNE, &code, date, &mut faults));
        row.required(MINUTES, &mut faults);
        let minutes = row.whole(MINUTES, 0..=LONGEST, &mut faults);
        let source = row.required(SOURCE, &mut faults);
        let mut known = |at: usize, ids: &BTreeSet<String>, code: &str, vi: &str, en: &str| {
            let id = row.text(at);
            if !id.is_empty() && !ids.contains(id) {
                let id: String = id.chars().take(20).collect();
                let message = Text::new(format!("{vi} {id}."), format!("{en} {id}."));
                faults.push(row.fault(at, code, message));
            }
            (!id.is_empty()).then(|| id.to_owned())
        };
        let team = known(TEAM, teams, "unknown_team", "Chưa có tổ mã", "There is no team");
        let (vi, en) = ("Chưa có cơ quan mã", "There is no agency");
        let agency = known(AGENCY, agencies, "unknown_agency", vi, en);
        let from = match (team, agency) {
            (Some(team), None) => Seat::Team(team),
            (None, Some(agency)) => Seat::Agency(agency),
            _ => {
                let message = Text::new(
                    "Ghi mã tổ hoặc mã cơ quan, một trong hai.",
                    "Give the team or the agency, one of the two.",
                );
                faults.push(row.fault(TEAM, "one_seat", message));
                continue;
            }
        };
        let (Some(commune), Some(minutes), Some(source)) = (commune, minutes, source) else {
            continue;
        };
        if let Some(first) = lines.insert((from.clone(), commune.clone()), row.line) {
            let message = Text::new(
                format!("Quãng đường này đã có ở dòng {first}."),
                format!("Line {first} has this way."),
            );
            faults.push(row.fault(COMMUNE, "duplicate_way", message));
        }
        found.push(Travel { from, commune, minutes, source });
    }
    if rows.is_empty() {
        let message = Text::new("Bảng không có dòng nào.", "The table has no rows.");
        faults.push(RowFault::line(1, "no_ways", message));
    }
    if faults.is_empty() { Ok(found) } else { Err(table::told(faults)) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(rows: &str) -> Result<Vec<Travel>, Vec<RowFault>> {
        let csv = format!("team_id,agency_id,commune_code,minutes,source\n{rows}");
        let ids = |id: &str| BTreeSet::from([id.to_owned()]);
        let units = Units::built_in();
        read_travel(csv.as_bytes(), units, date(2024, 10, 15), &ids("T1"), &ids("A1"))
    }

    #[test]
    fn a_table_of_teams_and_agencies() {
        let found = read("T1,,02770,95,Sở GTVT\n,A1,02677,20,Sở GTVT\n").unwrap();
        assert_eq!(found[0].from, Seat::Team("T1".into()));
        assert_eq!((found[0].commune.as_str(), found[0].minutes), ("u0066", 95));
        assert_eq!(found[1].from, Seat::Agency("A1".into()));
    }

    #[test]
    fn every_fault_has_its_line() {
        let faults = read(
            "T9,,02770,95,x\nT1,A1,02770,95,x\n,,02770,95,x\nT1,,99999,95,x\nT1,,02770,a,x\n\
             T1,,02770,9,\nT1,,02677,9,x\nT1,,02677,8,x\n",
        );
        let codes: Vec<(u64, String)> =
            faults.unwrap_err().into_iter().map(|f| (f.line, f.code)).collect();
        let said = |line: u64, code: &str| (line, code.to_owned());
        assert_eq!(
            codes,
            [
                said(2, "unknown_team"),
                said(3, "one_seat"),
                said(4, "one_seat"),
                said(5, "unknown_commune"),
                said(6, "bad_number"),
                said(7, "required"),
                said(9, "duplicate_way"),
            ]
        );
        assert_eq!(read("").unwrap_err()[0].code, "no_ways");
    }
}
