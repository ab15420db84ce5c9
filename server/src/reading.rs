//! What is read out of a submission's answers: the files they name, what is odd about them, and what
//! the round's criteria set makes of them.

use crate::fault::Fault;
use crate::place::{self, Placement};
use jiff::civil::Date;
use ntm_shared::answers::Tree;
use ntm_shared::api::round::{ModuleDesign, NewRound};
use ntm_shared::check::arrival::{Circumstances, Thresholds};
use ntm_shared::check::check;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::finding::{Finding, Severity};
use ntm_shared::form::{Form, Saved};
use ntm_shared::moment::{Contributions, Outcome};
use ntm_shared::text::Text;
use std::collections::BTreeSet;

/// Code of a submission whose form version was never published: it is held until it is.
pub const UNKNOWN_VERSION: &str = "unknown_version";

/// What was read out of the answers.
pub struct Reading {
    /// The files the answers name; none while that is not known.
    pub names: Vec<String>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
    /// Visit outcome.
    pub outcome: Option<String>,
    /// What the criteria set reads from it, as JSON.
    pub json: Option<String>,
    /// The same of an interview.
    pub contributions: Option<Contributions>,
    /// What it wants done with a household of the roster.
    pub entity: Option<Saved>,
    /// Whether it may count for its household or commune.
    pub countable: bool,
}

impl Reading {
    /// Holds the answers against the form, and reads them by the rules of the round's set.
    ///
    /// # Errors
    /// None but ours.
    pub fn of(
        tree: &Tree,
        form: Option<&Form>,
        set: Option<&CriteriaSet>,
        placement: &Placement,
    ) -> Result<Reading, Fault> {
        let mut findings = placement.findings.clone();
        let Some(form) = form else {
            findings.push(Finding::whole(
                UNKNOWN_VERSION,
                Severity::Warning,
                Text::new(
                    "Phiên bản biểu mẫu chưa được công bố.",
                    "The form version was never published.",
                ),
            ));
            return Ok(Reading {
                names: Vec::new(),
                findings,
                outcome: None,
                json: None,
                contributions: None,
                entity: None,
                countable: false,
            });
        };
        findings.extend(check(form, tree, None, &placement.media));
        let mut reading = Reading {
            names: form.attachments_named(tree),
            findings,
            outcome: None,
            json: None,
            contributions: None,
            entity: form.saved(tree),
            countable: placement.countable,
        };
        let (Some(set), Some(round)) = (set, &placement.round) else { return Ok(reading) };
        // One interview counts per household and one report per commune; of visits every one does.
        reading.countable &= form.id == set.report_form
            || (form.id == set.household_form && placement.household.is_some());
        let json = |value: serde_json::Result<String>| value.map(Some).map_err(Fault::internal);
        if form.id == set.household_form {
            let told = reading.findings.iter().any(|f| f.code == place::NOT_ON_ROSTER);
            if placement.household.is_none() && !told {
                reading.findings.push(place::not_on_roster());
            }
            let drawn = modules_asked(round, set, &placement.modules);
            let day = interview_day(tree).unwrap_or(round.starts);
            let contributions = set.contributions(tree, day, &drawn);
            if contributions.outcome == Outcome::Completed {
                let odd = Circumstances::of(tree).findings(placement.home, Thresholds::built_in());
                reading.findings.extend(odd);
            }
            reading.outcome = Some(contributions.outcome.word().to_owned());
            reading.json = json(serde_json::to_string(&contributions))?;
            reading.contributions = Some(contributions);
        } else if form.id == set.report_form {
            reading.json = json(serde_json::to_string(&set.report(tree)))?;
        }
        Ok(reading)
    }
}

/// The day of the interview as the phone says it: device time is data, and an insurance card is
/// valid or not on that day.
pub fn interview_day(tree: &Tree) -> Option<Date> {
    let node = tree.children(tree.root()).iter().find(|n| tree.name(**n) == "today")?;
    tree.text(*node).get(..10)?.parse().ok()
}

/// The modules a household was asked: every census, and the samples it was drawn for.
pub fn modules_asked(round: &NewRound, set: &CriteriaSet, drawn: &[String]) -> BTreeSet<String> {
    let census =
        |module: &&str| !matches!(round.modules.get(*module), Some(ModuleDesign::Sample { .. }));
    let modules = set.modules().into_iter();
    let mut asked: BTreeSet<String> = modules.filter(census).map(str::to_owned).collect();
    asked.extend(drawn.iter().cloned());
    asked
}
