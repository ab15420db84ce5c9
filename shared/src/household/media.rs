//! The roster on a phone: the CSV files a form reads as external secondary instances, so that a
//! household is picked and never typed.
//!
//! Deterministic: rows are sorted by id and round whatever order they come in, so equal rosters
//! have equal bytes and a phone downloads only what changed. Cells are the data themselves, not
//! defused for spreadsheets (see [`csv_cell`](crate::table::csv_cell)): a form compares them.

use std::sync::{Arc, LazyLock};

use super::Poverty;
use crate::expr::Table;
use crate::geo::Place;
use crate::table::record;

/// A household in `households.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdRow {
    /// Household id; the column `name`.
    pub household: String,
    /// Village id.
    pub village: String,
    /// Commune id.
    pub commune: String,
    /// Round id.
    pub round: String,
    /// The household's code within its village.
    pub code: String,
    /// Who is named as its head.
    pub head: String,
    /// Persons according to the roster.
    pub members: Option<u32>,
    /// Where it stands on the poverty list.
    pub poverty: Poverty,
    /// Whether it is in the round's sample for the income section.
    pub income: bool,
    /// How often its roster entry has changed, from 1; the column `__version`.
    pub version: u32,
    /// Where the house is, if the roster says; the column `geometry`.
    pub place: Option<Place>,
}

impl HouseholdRow {
    /// What a collector picks from the list: the code and the head's name.
    pub fn label(&self) -> String {
        format!("{} · {}", self.code, self.head)
    }
}

/// A village in `villages.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageRow {
    /// Village id; the column `name`.
    pub village: String,
    /// The village's name.
    pub label: String,
    /// Commune id.
    pub commune: String,
    /// Round id.
    pub round: String,
}

/// A commune in `communes.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuneRow {
    /// Commune id; the column `name`.
    pub commune: String,
    /// The commune's name, e.g. `Xã Tả Van`.
    pub label: String,
    /// The official code on the round's date.
    pub code: String,
    /// Round id.
    pub round: String,
}

/// A file of the roster: what stands in it, before it is written down.
pub struct Listing(Table);

/// The columns of a file, shared by all tables of it.
type Columns = LazyLock<Arc<[String]>>;

static HOUSEHOLDS: Columns = LazyLock::new(|| {
    columns("name label village commune round code head members poverty income __version geometry")
});
static VILLAGES: Columns = LazyLock::new(|| columns("name label commune round"));
static COMMUNES: Columns = LazyLock::new(|| columns("name label code round"));

fn columns(names: &str) -> Arc<[String]> {
    names.split(' ').map(str::to_owned).collect()
}

impl Listing {
    /// As a phone gets it.
    pub fn csv(&self) -> String {
        let Listing(table) = self;
        let row = |row| record((0..table.columns().len()).map(|column| table.cell(row, column)));
        let header = format!("{}\n", table.columns().join(","));
        std::iter::once(header).chain((0..table.len()).map(row)).collect()
    }

    /// As a form's expressions see it.
    pub fn table(self) -> Table {
        self.0
    }
}

/// `households.csv`:
/// `name,label,village,commune,round,code,head,members,poverty,income,__version,geometry`: an entity
/// list as the ODK entities specification has it.
pub fn households(rows: &[HouseholdRow]) -> Listing {
    let mut table = Table::of(Arc::clone(&HOUSEHOLDS));
    for row in sorted(rows, |r| (&r.household, &r.round)) {
        table.push([
            row.household.as_str(),
            &row.label(),
            &row.village,
            &row.commune,
            &row.round,
            &row.code,
            &row.head,
            &row.members.map(|n| n.to_string()).unwrap_or_default(),
            row.poverty.as_str(),
            if row.income { "yes" } else { "no" },
            &row.version.to_string(),
            &row.place.map(point).unwrap_or_default(),
        ]);
    }
    Listing(table)
}

/// A place as a form's geopoint: latitude, longitude, and no altitude or accuracy.
fn point(place: Place) -> String {
    format!("{} {} 0 0", place.lat, place.lon)
}

/// `villages.csv`: `name,label,commune,round`.
pub fn villages<'r>(rows: impl IntoIterator<Item = &'r VillageRow>) -> Listing {
    let mut table = Table::of(Arc::clone(&VILLAGES));
    for r in sorted(rows, |r| (&r.village, &r.round)) {
        table.push([&r.village, &r.label, &r.commune, &r.round]);
    }
    Listing(table)
}

/// `communes.csv`: `name,label,code,round`.
pub fn communes<'r>(rows: impl IntoIterator<Item = &'r CommuneRow>) -> Listing {
    let mut table = Table::of(Arc::clone(&COMMUNES));
    for r in sorted(rows, |r| (&r.commune, &r.round)) {
        table.push([&r.commune, &r.label, &r.code, &r.round]);
    }
    Listing(table)
}

fn sorted<'r, T>(
    rows: impl IntoIterator<Item = &'r T>,
    key: impl Fn(&'r T) -> (&'r String, &'r String),
) -> Vec<&'r T> {
    let mut rows: Vec<&T> = rows.into_iter().collect();
    rows.sort_by_key(|row| key(row));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn household(code: &str, head: &str) -> HouseholdRow {
        HouseholdRow {
            household: format!("u0100.03.{code}"),
            village: "u0100.03".into(),
            commune: "u0100".into(),
            round: "r1".into(),
            code: code.into(),
            head: head.into(),
            members: (code != "002").then_some(4),
            poverty: Poverty::NearPoor,
            income: code == "001",
            version: 1,
            place: (code == "001").then_some(Place { lat: 22.5, lon: 103.875 }),
        }
    }

    #[test]
    fn the_same_rows_in_any_order_give_the_same_bytes() {
        let (a, b) = (household("001", "Vàng \"A\", Páo"), household("002", "=Lý"));
        let text = households(&[b.clone(), a.clone()]).csv();
        assert_eq!(text, households(&[a.clone(), b.clone()]).csv());
        assert_eq!(
            text,
            "name,label,village,commune,round,code,head,members,poverty,income,__version,geometry\n\
             u0100.03.001,\"001 · Vàng \"\"A\"\", Páo\",u0100.03,u0100,r1,001,\"Vàng \"\"A\"\", Páo\",4,near_poor,yes,1,22.5 103.875 0 0\n\
             u0100.03.002,002 · =Lý,u0100.03,u0100,r1,002,=Lý,,near_poor,no,1,\n"
        );
    }

    #[test]
    fn a_table_is_what_a_phone_reads_out_of_the_file() {
        let rows = [household("001", "Vàng \"A\", Páo"), household("002", " =Lý\nx ")];
        let read = Table::from_csv(&households(&rows).csv()).unwrap();
        let table = households(&rows).table();
        assert_eq!((table.columns(), table.len()), (read.columns(), read.len()));
        for row in 0..table.len() {
            for column in 0..table.columns().len() {
                assert_eq!(table.cell(row, column), read.cell(row, column));
            }
        }
        assert_eq!(table.lookup("u0100.03.002", "head"), Some(" =Lý\nx "));
    }

    #[test]
    fn villages_and_communes() {
        let village = VillageRow {
            village: "u0100.03".into(),
            label: "Bản Pho".into(),
            commune: "u0100".into(),
            round: "r1".into(),
        };
        assert_eq!(
            villages(&[village]).csv(),
            "name,label,commune,round\nu0100.03,Bản Pho,u0100,r1\n"
        );
        let commune = CommuneRow {
            commune: "u0100".into(),
            label: "Xã Tả Van".into(),
            code: "03040".into(),
            round: "r1".into(),
        };
        assert_eq!(communes(&[commune]).csv(), "name,label,code,round\nu0100,Xã Tả Van,03040,r1\n");
    }
}
