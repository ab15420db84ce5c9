//! The roster as a phone gets it: the CSV files its forms read, for its collector's areas and the
//! rounds that are open.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ntm_shared::api::round::{ModuleDesign, NewRound};
use ntm_shared::expr::Instances;
use ntm_shared::household::Poverty;
use ntm_shared::household::media::{
    CommuneRow, HouseholdRow, Listing, VillageRow, communes, households, villages,
};
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::store::frames::{Home, PhoneRow};
use crate::store::households::{Household, Named};
use crate::store::units::Village;
use crate::store::{Tx, frames, rounds};

/// The file that names heads of households.
pub const HOUSEHOLDS: &str = "households.csv";

/// The files every phone gets with its forms.
pub const FILES: [&str; 3] = [HOUSEHOLDS, "villages.csv", "communes.csv"];

/// Name of the module whose sample membership a phone must know.
const INCOME: &str = "income";

/// Rows of the three files. Every id stands once in its file: a look-up that finds two rows stops
/// the form engine on the phone. What belongs to several open rounds is listed for the newest.
#[derive(Default)]
pub struct Roster {
    households: Vec<HouseholdRow>,
    villages: BTreeMap<String, VillageRow>,
    communes: BTreeMap<String, CommuneRow>,
}

impl Roster {
    /// The roster of a collector's phone.
    ///
    /// # Errors
    /// What the store says.
    pub fn of_collector(tx: &dyn Tx, units: &Units, collector: &str) -> Result<Roster, Fault> {
        let mut lines: BTreeMap<String, Vec<PhoneRow>> = BTreeMap::new();
        for line in frames::for_phone(tx, collector)? {
            lines.entry(line.round.clone()).or_default().push(line);
        }
        let mut roster = Roster::default();
        // Newest round first, so that the first row of a village or commune is the one that stays.
        for round in rounds::open(tx)? {
            for line in lines.remove(&round.id).unwrap_or_default() {
                roster.add(units, &round, line.household, &line.modules);
            }
        }
        Ok(roster)
    }

    /// The part of the roster one submission is about: its household, or the village or commune it
    /// names when it is on no list. What the checks need to follow the form's look-ups.
    pub fn of_one(
        units: &Units,
        round: &NewRound,
        home: Option<&Home>,
        village: Option<Village>,
        commune: Option<&str>,
    ) -> Roster {
        let mut roster = Roster::default();
        if let Some(home) = home {
            roster.add(units, round, home.named.clone(), &home.modules);
        }
        if let Some(village) = village {
            roster.add_village(round, village.id, village.name, village.commune);
        }
        if let Some(commune) = commune {
            roster.add_commune(units, round, commune);
        }
        roster
    }

    /// One household, without the places it is in.
    pub fn of_home(round: &NewRound, home: &Home) -> Roster {
        let mut roster = Roster::default();
        roster.add_household(round, home.named.0.clone(), &home.modules);
        roster
    }

    /// The places a household is in, without it.
    pub fn around(units: &Units, round: &NewRound, (household, village): &Named) -> Roster {
        let mut roster = Roster::default();
        roster.add_places(units, round, household, village.clone());
        roster
    }

    fn add(
        &mut self,
        units: &Units,
        round: &NewRound,
        (household, village): Named,
        modules: &[String],
    ) {
        self.add_places(units, round, &household, village);
        self.add_household(round, household, modules);
    }

    fn add_places(
        &mut self,
        units: &Units,
        round: &NewRound,
        household: &Household,
        village: String,
    ) {
        self.add_commune(units, round, &household.commune);
        self.add_village(round, household.village.clone(), village, household.commune.clone());
    }

    fn add_household(&mut self, round: &NewRound, household: Household, modules: &[String]) {
        let sampled = matches!(round.modules.get(INCOME), Some(ModuleDesign::Sample { .. }));
        let place = household.place();
        self.households.push(HouseholdRow {
            income: !sampled || modules.iter().any(|m| m == INCOME),
            household: household.id,
            village: household.village,
            commune: household.commune,
            round: round.id.clone(),
            code: household.code,
            head: household.head,
            members: household.members.and_then(|m| u32::try_from(m).ok()),
            poverty: household
                .poverty
                .as_deref()
                .and_then(Poverty::read)
                .unwrap_or(Poverty::Unknown),
            version: u32::try_from(household.revision).unwrap_or(u32::MAX),
            place,
        });
    }

    fn add_village(&mut self, round: &NewRound, village: String, label: String, commune: String) {
        let row = VillageRow { village, label, commune, round: round.id.clone() };
        self.villages.entry(row.village.clone()).or_insert(row);
    }

    fn add_commune(&mut self, units: &Units, round: &NewRound, commune: &str) {
        let date: Date = round.starts;
        self.communes.entry(commune.to_owned()).or_insert_with(|| CommuneRow {
            commune: commune.to_owned(),
            label: units.name(commune, date).unwrap_or_default(),
            code: units.code(commune, date).unwrap_or_default().to_owned(),
            round: round.id.clone(),
        });
    }

    fn listing(&self, id: &str) -> Option<Listing> {
        match id {
            "households" => Some(households(&self.households)),
            "villages" => Some(villages(self.villages.values())),
            "communes" => Some(communes(self.communes.values())),
            _ => None,
        }
    }

    /// The places alone, for who asks no household.
    pub fn without_households(self) -> Roster {
        Roster { households: Vec::new(), ..self }
    }

    /// One of [`FILES`] by name; `None` for a name that is not a roster file.
    pub fn file(&self, name: &str) -> Option<String> {
        Some(self.listing(name.strip_suffix(".csv")?)?.csv())
    }

    /// The files as a form's secondary instances.
    pub fn instances(&self) -> Instances {
        self.households().with(&self.places())
    }

    /// The file of households alone.
    pub fn households(&self) -> Instances {
        self.tables(&["households"])
    }

    /// The files of places alone.
    pub fn places(&self) -> Instances {
        self.tables(&["villages", "communes"])
    }

    fn tables(&self, ids: &[&str]) -> Instances {
        let mut instances = Instances::new();
        for id in ids {
            if let Some(listing) = self.listing(id) {
                instances.insert(id, listing.table());
            }
        }
        instances
    }
}
