//! Agencies whose teams help communes: what kind of body, where it sits, from when until when it
//! exists, and which agency follows it. Agencies merge; a team of one that is gone is continued by
//! the teams of its successor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::geo::Place;
use crate::table::{self, Column, Row, RowFault, column};
use crate::team::{criteria, joined};
use crate::text::{Text, fold};

/// Kinds of bodies that help communes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// Sở, ban, ngành.
    Department,
    /// Đoàn thể.
    MassOrganisation,
    /// Công ty, doanh nghiệp.
    Enterprise,
    /// Ngân hàng.
    Bank,
    /// Công an.
    Police,
    /// Quân đội, biên phòng.
    Military,
}

/// The kinds under their names.
const KINDS: [(AgencyKind, &str, &str); 6] = [
    (AgencyKind::Department, "department", "sở, ban, ngành"),
    (AgencyKind::MassOrganisation, "mass_organisation", "đoàn thể"),
    (AgencyKind::Enterprise, "enterprise", "doanh nghiệp"),
    (AgencyKind::Bank, "bank", "ngân hàng"),
    (AgencyKind::Police, "police", "công an"),
    (AgencyKind::Military, "military", "quân đội"),
];

impl AgencyKind {
    /// Its name in Vietnamese and English.
    pub fn names(self) -> [&'static str; 2] {
        let row = KINDS.iter().find(|(kind, ..)| *kind == self);
        row.map_or(["", ""], |(_, en, vi)| [vi, en])
    }
}

/// An agency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agency {
    /// Its code, given by who lists the agencies.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: AgencyKind,
    /// Where it sits, if told; its teams have seats of their own.
    pub seat: Option<Place>,
    /// First day it exists; from ever without.
    pub from: Option<Date>,
    /// Last day it exists.
    pub to: Option<Date>,
    /// The agency that goes on with its work after that day.
    pub successor: Option<String>,
    /// Numbers of the criteria it appraises: it may help there, but is flagged, since nobody should
    /// be the only one to vouch for what it helped with.
    pub appraises: BTreeSet<u16>,
}

impl Agency {
    /// Whether it exists on a day.
    pub fn exists(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The agency that has the work of `id` on a day: itself, or the last of its successors that exists;
/// `None` if there is none.
pub fn heir<'a>(agencies: &'a BTreeMap<String, Agency>, id: &str, day: Date) -> Option<&'a Agency> {
    let mut agency = agencies.get(id)?;
    // As many steps as there are agencies: whoever follows each other in a ring ends here too.
    for _ in 0..agencies.len() {
        if agency.exists(day) {
            return Some(agency);
        }
        agency = agencies.get(agency.successor.as_ref()?)?;
    }
    None
}

static COLUMNS: [Column; 9] = [
    column("agency_id", &["mã cơ quan", "mã đơn vị"], true),
    column("name", &["tên cơ quan", "cơ quan", "đơn vị"], true),
    column("kind", &["loại", "loại hình"], true),
    column("lat", &["vĩ độ"], false),
    column("lon", &["kinh độ"], false),
    column("valid_from", &["từ ngày"], false),
    column("valid_to", &["đến ngày"], false),
    column("successor", &["cơ quan kế thừa", "sáp nhập vào"], false),
    column("appraises", &["tiêu chí thẩm định", "tiêu chí phụ trách"], false),
];
const ID: usize = 0;
const NAME: usize = 1;
const KIND: usize = 2;
const LAT: usize = 3;
const LON: usize = 4;
const FROM: usize = 5;
const TO: usize = 6;
const SUCCESSOR: usize = 7;
const APPRAISES: usize = 8;

/// Reads agencies in the order of the lines, or says everything that is wrong.
///
/// Columns: `agency_id,name,kind` and, optional, `lat,lon,valid_from,valid_to,successor,appraises`.
/// `stored` are the ids known already, `known` the numbers of the criteria in force. Fault codes:
/// those of [`table::read`] and of cells, `duplicate_agency`, `duplicate_name` (of two that exist on
/// one day), `bad_kind`, `ends_before_it_begins`, `unknown_successor`, `successor_without_end`,
/// `unknown_criterion`, `no_agencies`.
pub fn read_agencies(
    csv: &[u8],
    stored: &BTreeSet<String>,
    known: &BTreeSet<u16>,
) -> Result<Vec<Agency>, Vec<RowFault>> {
    let rows = table::read(csv, &COLUMNS)?;
    let mut faults = Vec::new();
    let mut agencies: Vec<(u64, Agency)> = Vec::with_capacity(rows.len());
    let ids: BTreeSet<&str> =
        rows.iter().map(|row| row.text(ID)).chain(stored.iter().map(String::as_str)).collect();
    for row in &rows {
        let Some(agency) = read_row(row, &ids, known, &mut faults) else { continue };
        if let Some((first, _)) = agencies.iter().find(|(_, other)| other.id == agency.id) {
            let message = Text::new(
                format!("Mã cơ quan đã có ở dòng {first}."),
                format!("This agency id is taken by line {first}."),
            );
            faults.push(row.fault(ID, "duplicate_agency", message));
        }
        let alike = |other: &Agency| {
            fold(&other.name) == fold(&agency.name)
                && other.from.is_none_or(|from| agency.to.is_none_or(|to| from <= to))
                && agency.from.is_none_or(|from| other.to.is_none_or(|to| from <= to))
        };
        if let Some((first, _)) = agencies.iter().find(|(_, other)| alike(other)) {
            let message = Text::new(
                format!("Tên này trùng với cơ quan ở dòng {first} trong cùng thời gian."),
                format!("The agency in line {first} has this name at the same time."),
            );
            faults.push(row.fault(NAME, "duplicate_name", message));
        }
        agencies.push((row.line, agency));
    }
    if rows.is_empty() {
        let message = Text::new("Danh sách không có cơ quan nào.", "The list has no agency.");
        faults.push(RowFault::line(1, "no_agencies", message));
    }
    if faults.is_empty() {
        Ok(agencies.into_iter().map(|(_, agency)| agency).collect())
    } else {
        Err(table::told(faults))
    }
}

/// Agencies as a table that [`read_agencies`] reads back as the same: the header, then a row each.
pub fn table_of(agencies: &[&Agency]) -> Vec<Vec<String>> {
    let header = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let row = |agency: &&Agency| {
        let kind = KINDS.iter().find(|(kind, ..)| *kind == agency.kind);
        let degrees = |of: fn(&Place) -> f64| agency.seat.as_ref().map(of);
        let degrees = |of| degrees(of).map(|value: f64| value.to_string()).unwrap_or_default();
        vec![
            agency.id.clone(),
            agency.name.clone(),
            kind.map_or("", |(_, key, _)| *key).to_owned(),
            degrees(|place| place.lat),
            degrees(|place| place.lon),
            day(agency.from),
            day(agency.to),
            agency.successor.clone().unwrap_or_default(),
            joined(&agency.appraises),
        ]
    };
    std::iter::once(header).chain(agencies.iter().map(row)).collect()
}

fn read_row(
    row: &Row,
    ids: &BTreeSet<&str>,
    known: &BTreeSet<u16>,
    faults: &mut Vec<RowFault>,
) -> Option<Agency> {
    let before = faults.len();
    let (id, name) = (row.code(ID, faults), row.required(NAME, faults));
    let kind = kind(row, faults);
    let seat = row.place(LAT, LON, faults);
    let (from, to) = (row.date(FROM, faults), row.date(TO, faults));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        let message = Text::new("Ngày cuối trước ngày đầu.", "The last day is before the first.");
        faults.push(row.fault(TO, "ends_before_it_begins", message));
    }
    let successor = Some(row.text(SUCCESSOR)).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(successor) = &successor {
        if !ids.contains(successor.as_str()) || Some(successor) == id.as_ref() {
            let message =
                Text::new("Không có cơ quan kế thừa này.", "There is no such other agency.");
            faults.push(row.fault(SUCCESSOR, "unknown_successor", message));
        }
        if to.is_none() {
            let message = Text::new(
                "Có cơ quan kế thừa thì phải ghi ngày cuối.",
                "An agency with a successor needs its last day.",
            );
            faults.push(row.fault(TO, "successor_without_end", message));
        }
    }
    let appraises = criteria(row, APPRAISES, known, faults);
    if faults.len() > before {
        return None;
    }
    Some(Agency { id: id?, name: name?, kind: kind?, seat, from, to, successor, appraises })
}

fn kind(row: &Row, faults: &mut Vec<RowFault>) -> Option<AgencyKind> {
    let text = row.required(KIND, faults)?;
    let wanted = fold(&text).replace([',', '_'], " ");
    let plain = |name: &str| fold(name).replace([',', '_'], " ");
    let same = |a: &str, b: &str| a.split_whitespace().eq(b.split_whitespace());
    let row_of =
        KINDS.iter().find(|(_, en, vi)| same(&plain(en), &wanted) || same(&plain(vi), &wanted));
    if row_of.is_none() {
        let all = |name: fn(&(AgencyKind, &'static str, &'static str)) -> &'static str| {
            KINDS.iter().map(name).collect::<Vec<_>>().join("; ")
        };
        let message = Text::new(
            format!("Loại phải là một trong: {}.", all(|k| k.2)),
            format!("The kind is one of: {}.", all(|k| k.1)),
        );
        faults.push(row.fault(KIND, "bad_kind", message));
    }
    row_of.map(|(kind, ..)| *kind)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEADER: &str = "agency_id,name,kind,valid_from,valid_to,successor,appraises\n";

    fn read(rows: &str) -> Result<Vec<Agency>, Vec<RowFault>> {
        let stored = BTreeSet::from(["OLD".to_owned()]);
        read_agencies(format!("{HEADER}{rows}").as_bytes(), &stored, &(1..=19).collect())
    }

    #[test]
    fn agencies_are_followed_by_their_successors() {
        let rows = "STTTT,Sở Thông tin và Truyền thông,\"sở, ban, ngành\",,2025-02-28,SKHCN,8\n\
                    SKHCN,Sở Khoa học và Công nghệ,department,,,,8;13\n\
                    NH,Ngân hàng A,Ngân hàng,,2025-03-01,,\n";
        let agencies: BTreeMap<String, Agency> =
            read(rows).unwrap().into_iter().map(|a| (a.id.clone(), a)).collect();
        let of = |id: &str, day| heir(&agencies, id, day).map(|a| a.id.as_str());
        assert_eq!(of("STTTT", date(2025, 2, 28)), Some("STTTT"));
        assert_eq!(of("STTTT", date(2025, 3, 1)), Some("SKHCN"));
        assert_eq!(of("NH", date(2025, 3, 2)), None);
        assert_eq!(agencies["STTTT"].kind.names(), ["sở, ban, ngành", "department"]);
        assert_eq!(agencies["SKHCN"].appraises, BTreeSet::from([8, 13]));
    }

    #[test]
    fn every_fault_has_its_line() {
        let codes = |rows: &str| -> Vec<(u64, String)> {
            read(rows).unwrap_err().into_iter().map(|f| (f.line, f.code)).collect()
        };
        assert_eq!(
            codes("A,Sở A,trường,,2025-13-01,,20\nB,Sở B,bank,2025-02-01,2025-01-01,X,\n"),
            [
                (2, "bad_kind".into()),
                (2, "bad_date".into()),
                (2, "unknown_criterion".into()),
                (3, "ends_before_it_begins".into()),
                (3, "unknown_successor".into()),
            ]
        );
        assert_eq!(
            codes("A,Sở A,bank,,,OLD,\nA,sở a,bank,,,,\nA,Sở C,bank,,,,\n"),
            [(2, "successor_without_end".into()), (4, "duplicate_agency".into())]
        );
        assert_eq!(codes("A,Sở A,bank,,,,\nB,SỞ A,bank,,,,\n"), [(3, "duplicate_name".into())]);
        assert_eq!(codes(""), [(1, "no_agencies".into())]);
    }

    #[test]
    fn a_ring_of_successors_ends() {
        let rows = "A,Sở A,bank,,2025-01-01,B,\nB,Sở B,bank,,2025-01-01,A,\n";
        let agencies: BTreeMap<String, Agency> =
            read(rows).unwrap().into_iter().map(|a| (a.id.clone(), a)).collect();
        assert_eq!(heir(&agencies, "A", date(2025, 6, 1)), None);
    }
}
