//! Where a submission belongs: its round, household, village and commune, as the roster says, and
//! what is odd about that. Odd is stored and flagged, never refused.

use std::sync::Arc;

use ntm_shared::answers::Tree;
use ntm_shared::api::round::NewRound;
use ntm_shared::expr::Instances;
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::geo::Place;
use ntm_shared::problem;
use ntm_shared::text::Text;
use ntm_shared::unit::Units;

use crate::app::App;
use crate::fault::Fault;
use crate::kept::{Reference, Round};
use crate::roster::Roster;
use crate::store::frames::Home;
use crate::store::households::Named;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, erasures, forms, frames, households, retention, rounds, units};

/// Where a submission belongs.
#[derive(Default)]
pub struct Placement {
    /// Its round, if it names one that exists.
    pub round: Option<Arc<NewRound>>,
    /// Household id, if it is on the roster.
    pub household: Option<String>,
    /// Village unit id.
    pub village: Option<String>,
    /// Commune unit id.
    pub commune: Option<String>,
    /// Where the roster has the household.
    pub home: Option<Place>,
    /// Modules in whose sample the household is.
    pub modules: Vec<String>,
    /// True when it is about a household of the round's frame, or a commune.
    pub countable: bool,
    /// The part of the roster it is about.
    pub media: Instances,
    /// What is odd.
    pub findings: Vec<Finding>,
    /// True when the household or the round was erased: nothing of it is kept.
    pub erased: bool,
}

impl Placement {
    /// Writes the place into a submission's row.
    pub fn apply(&self, new: &mut NewSubmission) {
        new.round = self.round.as_ref().map(|round| round.id.clone());
        new.household.clone_from(&self.household);
        new.village.clone_from(&self.village);
        new.commune.clone_from(&self.commune);
    }

    fn odd(&mut self, code: &str, vi: &str, en: &str) {
        self.findings.push(Finding::whole(code, Severity::Warning, Text::new(vi, en)));
    }
}

/// Code of a household that is not on the roster: a person decides whether it enters the frame.
pub const NOT_ON_ROSTER: &str = "not_on_roster";

/// See [`NOT_ON_ROSTER`].
pub fn not_on_roster() -> Finding {
    let text = Text::new("Hộ không có trong danh sách.", "The household is not on the roster.");
    Finding::whole(NOT_ON_ROSTER, Severity::Warning, text)
}

/// Code of a submission that came with an expired token.
pub const EXPIRED_TOKEN: &str = "expired_token";

/// Who sent a submission.
pub struct Sender {
    /// Collector's id.
    pub collector: String,
    /// True when the token had expired.
    pub expired: bool,
}

/// Places a submission. By convention a form says its round, household or commune in direct
/// children of the root with those names, filled from the roster on the phone.
///
/// # Errors
/// `unknown_form` when no version of the form was ever published.
pub async fn place(
    app: &App,
    sender: Sender,
    tree: &Tree,
    form: &str,
    version: &str,
) -> Result<Placement, Fault> {
    let [round, household, village, commune] =
        children(tree, ["round", "household", "village", "commune"]);
    let (form, version) = (form.to_owned(), version.to_owned());
    let said = Said { form, version, round, household, village, commune, sender };
    let known = Known { units: app.units, state: app.db.reference(), kept: &app.reference };
    app.db.glance(|tx| said.place(tx, &known)).await
}

/// Households read at once: about what one collector visits between two meetings with a network.
const AHEAD: i64 = 32;

/// What is known without asking the database.
struct Known<'a> {
    units: &'static Units,
    /// The state of the reference data, read before the transaction began.
    state: u64,
    kept: &'a Reference,
}

impl Known<'_> {
    /// Whether a newer version of the form was published.
    fn superseded(&self, tx: &dyn Tx, form: &str, version: &str) -> Result<bool, Fault> {
        let key = (form.to_owned(), version.to_owned());
        let ask = || forms::superseded(tx, form, version);
        match self.kept.superseded.or(self.state, key, ask)? {
            Some(superseded) => Ok(superseded),
            // A version that was never published is held.
            None if forms::known(tx, form)? => Ok(false),
            None => Err(Fault::new(&problem::UNKNOWN_FORM)),
        }
    }

    fn round(&self, tx: &dyn Tx, id: &str) -> Result<Option<Arc<Round>>, Fault> {
        self.kept.rounds.or(self.state, id.to_owned(), || {
            let Some((spec, state)) = rounds::spec(tx, id)? else { return Ok(None) };
            let (open, sealed) = (state == "open", retention::is_sealed(tx, id)?);
            Ok(Some(Arc::new(Round { spec: Arc::new(spec), open, sealed })))
        })
    }

    /// A household for a round; those that follow it on the list are asked for soon.
    fn home(&self, tx: &dyn Tx, round: &str, id: &str) -> Result<Option<Arc<Home>>, Fault> {
        let key = |id: &str| (round.to_owned(), id.to_owned());
        if let Some(known) = self.kept.homes.get(self.state, &key(id)) {
            return Ok(Some(known));
        }
        let mut first = None;
        for home in frames::homes_from(tx, round, id, AHEAD)? {
            let home = Arc::new(home);
            self.kept.homes.put(self.state, key(&home.named.0.id), home.clone());
            first.get_or_insert(home);
        }
        Ok(first)
    }

    /// Village and commune of a household, as a form's look-ups find them.
    fn around(&self, round: &NewRound, named: &Named) -> Instances {
        let (village, commune) = (named.0.village.clone(), named.0.commune.clone());
        let key = (round.id.clone(), village, commune);
        self.kept.around.get(self.state, &key).unwrap_or_else(|| {
            let around = Roster::around(self.units, round, named).places();
            self.kept.around.put(self.state, key, around.clone());
            around
        })
    }

    /// Whether the unit is within the collector's areas; a submission about no place is.
    fn covers(&self, tx: &dyn Tx, collector: &str, unit: Option<&str>) -> Result<bool, Fault> {
        let Some(unit) = unit else { return Ok(true) };
        let key = (collector.to_owned(), unit.to_owned());
        let ask = || units::covers(tx, collector, &[unit.to_owned()]).map(Some);
        Ok(self.kept.covered.or(self.state, key, ask)?.unwrap_or(false))
    }
}

/// What the first children of the root with these names say, if they say anything.
fn children<const N: usize>(tree: &Tree, names: [&str; N]) -> [Option<String>; N] {
    let mut found = [const { None }; N];
    for node in tree.children(tree.root()) {
        let name = tree.name(*node);
        if let Some(i) = names.iter().position(|wanted| *wanted == name) {
            found[i].get_or_insert_with(|| tree.text(*node).trim());
        }
    }
    found.map(|text| text.filter(|text| !text.is_empty()).map(str::to_owned))
}

/// What a submission says of itself.
struct Said {
    form: String,
    version: String,
    round: Option<String>,
    household: Option<String>,
    village: Option<String>,
    commune: Option<String>,
    sender: Sender,
}

impl Said {
    fn place(self, tx: &dyn Tx, known: &Known<'_>) -> Result<Placement, Fault> {
        let superseded = known.superseded(tx, &self.form, &self.version)?;
        let mut placed = Placement::default();
        if self.sender.expired {
            placed.odd(
                EXPIRED_TOKEN,
                "Gửi bằng mã thiết bị đã hết hạn.",
                "Sent with an expired token.",
            );
        }
        if superseded {
            placed.odd(
                "older_form",
                "Điền bằng phiên bản biểu mẫu cũ.",
                "Filled with an older version of the form.",
            );
        }
        let round = match &self.round {
            Some(id) => known.round(tx, id)?,
            None => None,
        };
        let home = match (&self.household, &round) {
            (Some(id), Some(round)) => known.home(tx, &round.spec.id, id)?,
            _ => None,
        };
        let found = match (&home, &self.household) {
            (None, Some(id)) if round.is_none() => households::by_id(tx, id)?,
            _ => None,
        };
        let household = home.as_ref().map(|home| &home.named).or(found.as_ref());
        if let (Some(id), None) = (&self.household, &household)
            && erasures::is_erased(tx, id)?
        {
            (placed.household, placed.erased) = (Some(id.clone()), true);
            return Ok(placed);
        }
        // The roster knows the village of a household that is on it.
        let village = match &self.village {
            Some(id) if household.is_none_or(|(h, _)| h.village != *id) => {
                units::village_by_id(tx, id)?
            }
            _ => None,
        };
        if self.household.is_some() && household.is_none() {
            placed.findings.push(not_on_roster());
        }
        if let Some((household, _)) = household {
            placed.household = Some(household.id.clone());
            placed.home = household.place();
            placed.village = Some(household.village.clone());
            placed.commune = Some(household.commune.clone());
        } else if let Some(village) = &village {
            placed.village = Some(village.id.clone());
            placed.commune = Some(village.commune.clone());
        } else {
            placed.commune = self.commune.filter(|id| known.units.by_id(id).is_some());
        }
        match &round {
            None => placed.odd(
                "no_round",
                "Phiếu không ghi đợt điều tra; chờ cán bộ xếp vào đợt.",
                "The submission names no round; it waits for staff to place it.",
            ),
            Some(round) if !round.open => {
                placed.erased = round.sealed;
                placed.odd(
                    "round_closed",
                    "Phiếu đến sau khi đợt đã đóng.",
                    "Arrived after the round was closed.",
                );
            }
            Some(_) => {}
        }
        let place = placed.village.as_deref().or(placed.commune.as_deref());
        let inside = known.covers(tx, &self.sender.collector, place)?;
        if !inside {
            placed.odd(
                "out_of_area",
                "Ngoài địa bàn được giao của điều tra viên.",
                "Outside the collector's area.",
            );
        }
        let Some(round) = round.map(|round| round.spec.clone()) else { return Ok(placed) };
        if let Some(home) = &home {
            placed.countable = home.framed;
            placed.modules.clone_from(&home.modules);
            if !placed.countable {
                placed.odd(
                    "not_in_frame",
                    "Hộ không thuộc khung của đợt.",
                    "The household is not in the round's frame.",
                );
            }
        } else {
            placed.countable = self.household.is_none() && placed.commune.is_some();
        }
        placed.media = match (&home, &village) {
            (Some(home), None) => {
                let one = Roster::of_home(&round, home).households();
                known.around(&round, &home.named).with(&one)
            }
            _ => {
                let home = home.as_deref();
                let commune = placed.commune.as_deref();
                Roster::of_one(known.units, &round, home, village, commune).instances()
            }
        };
        placed.round = Some(round);
        Ok(placed)
    }
}
