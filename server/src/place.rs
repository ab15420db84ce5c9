//! Where a submission belongs: its round, household, village and commune, as the roster says, and
//! what is odd about that. Odd is stored and flagged, never refused.

use ntm_shared::answers::Tree;
use ntm_shared::api::round::NewRound;
use ntm_shared::expr::Instances;
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::geo::Place;
use ntm_shared::problem;
use ntm_shared::text::Text;

use crate::app::App;
use crate::fault::Fault;
use crate::roster::Roster;
use crate::store::submissions::NewSubmission;
use crate::store::{Tx, forms, frames, households, rounds, units};

/// Where a submission belongs.
#[derive(Default)]
pub struct Placement {
    /// Its round, if it names one that exists.
    pub round: Option<NewRound>,
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
    let said = Said {
        form: form.to_owned(),
        version: version.to_owned(),
        round: child(tree, "round"),
        household: child(tree, "household"),
        village: child(tree, "village"),
        commune: child(tree, "commune"),
        sender,
    };
    let known = app.units;
    app.db.glance(|tx| said.place(tx, known)).await
}

fn child(tree: &Tree, name: &str) -> Option<String> {
    let node = tree.children(tree.root()).iter().find(|n| tree.name(**n) == name)?;
    let text = tree.text(*node).trim();
    (!text.is_empty()).then(|| text.to_owned())
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
    fn place(
        self,
        tx: &dyn Tx,
        known: &'static ntm_shared::unit::Units,
    ) -> Result<Placement, Fault> {
        if !forms::known(tx, &self.form)? {
            return Err(Fault::new(&problem::UNKNOWN_FORM));
        }
        let mut placed = Placement::default();
        if self.sender.expired {
            placed.odd(
                EXPIRED_TOKEN,
                "Gửi bằng mã thiết bị đã hết hạn.",
                "Sent with an expired token.",
            );
        }
        if forms::is_superseded(tx, &self.form, &self.version)? {
            placed.odd(
                "older_form",
                "Điền bằng phiên bản biểu mẫu cũ.",
                "Filled with an older version of the form.",
            );
        }
        let household = match &self.household {
            Some(id) => households::by_id(tx, id)?,
            None => None,
        };
        let village = match &self.village {
            Some(id) => units::village_by_id(tx, id)?,
            None => None,
        };
        if self.household.is_some() && household.is_none() {
            placed.findings.push(not_on_roster());
        }
        if let Some((household, _)) = &household {
            placed.household = Some(household.id.clone());
            placed.home = household.place();
            placed.village = Some(household.village.clone());
            placed.commune = Some(household.commune.clone());
        } else if let Some(village) = &village {
            placed.village = Some(village.id.clone());
            placed.commune = Some(village.commune.clone());
        } else {
            placed.commune = self.commune.filter(|id| known.by_id(id).is_some());
        }
        let round = match &self.round {
            Some(id) => rounds::spec(tx, id)?,
            None => None,
        };
        match &round {
            None => placed.odd(
                "no_round",
                "Phiếu không ghi đợt điều tra; chờ cán bộ xếp vào đợt.",
                "The submission names no round; it waits for staff to place it.",
            ),
            Some((_, state)) if state != "open" => {
                placed.odd(
                    "round_closed",
                    "Phiếu đến sau khi đợt đã đóng.",
                    "Arrived after the round was closed.",
                );
            }
            Some(_) => {}
        }
        let place: Vec<String> =
            placed.village.iter().chain(&placed.commune).take(1).cloned().collect();
        if !units::covers(tx, &self.sender.collector, &place)? {
            placed.odd(
                "out_of_area",
                "Ngoài địa bàn được giao của điều tra viên.",
                "Outside the collector's area.",
            );
        }
        let Some((round, _)) = round else { return Ok(placed) };
        if let Some(id) = &placed.household {
            placed.countable = frames::contains(tx, &round.id, id)?;
            if !placed.countable {
                placed.odd(
                    "not_in_frame",
                    "Hộ không thuộc khung của đợt.",
                    "The household is not in the round's frame.",
                );
            }
            placed.modules =
                frames::modules_of(tx, &round.id, placed.household.as_deref().unwrap_or_default())?;
        } else {
            placed.countable = self.household.is_none() && placed.commune.is_some();
        }
        let commune = placed.commune.as_deref();
        let roster = Roster::of_one(tx, known, &round, household, village, commune)?;
        placed.media = roster.instances();
        placed.round = Some(round);
        Ok(placed)
    }
}
