//! From stored visits to the figures a supervisor looks at. They are made when asked for, from the
//! originals, and kept nowhere.

use std::collections::BTreeMap;

use ntm_shared::answers::Tree;
use ntm_shared::api::quality::{QualityAnswer, QualityReport, QualityRow};
use ntm_shared::api::round::Round;
use ntm_shared::criteria::CriteriaSet;
use ntm_shared::moment::Outcome;
use ntm_shared::problem;
use ntm_shared::quality::{Interview, Rules, Seen, Who, report};
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::store::frames::FrameVillage;
use crate::store::quality::Kept;
use crate::store::{
    StoreFault, Tx, collectors, findings, frames, quality as answered, submissions,
};

/// Visits looked at in one go; each is read anew, some 0.2 ms of it.
const VISITS: u64 = 20_000;

/// The figures of collectors and villages within `area`, as far as `actor` may see it.
///
/// # Errors
/// `bad_value` for an area with too many visits.
pub fn quality(
    tx: &dyn Tx,
    units: &Units,
    (actor, area): (&str, &str),
    round: &Round,
    set: &CriteriaSet,
) -> Result<QualityReport, Fault> {
    let rules = Rules::built_in().ok_or_else(|| Fault::internal("quality.toml"))?;
    let id = round.spec.id.as_str();
    let villages = frames::villages(tx, actor, area, id)?;
    let mut visits = Vec::new();
    for village in &villages {
        collect(tx, rules, id, &set.household_form, village, &mut visits)?;
        if visits.len() as u64 > VISITS {
            return Err(Fault::with(
                &problem::BAD_VALUE,
                format!("Quá {VISITS} phiếu: xem từng xã hoặc huyện (--within)."),
                format!("More than {VISITS} visits: look at a commune or district (--within)."),
            ));
        }
    }
    let measures: Vec<&str> = set.measures().iter().map(|m| m.id.as_str()).collect();
    let found = report(rules, &measures, &visits);
    let answers = answered::of_round(tx, id)?;
    let named =
        |who: Who, name: String| QualityRow { answers: answers_to(&who, &answers), name, who };
    let mut people = Vec::new();
    for who in found.collectors {
        let name = collectors::by_id(tx, &who.id)?.map(|c| c.name).unwrap_or_default();
        people.push(named(who, name));
    }
    let places = found.villages.into_iter().map(|who| {
        let village = villages.iter().find(|v| v.id == who.id);
        let name = village.map(|v| {
            let commune = units.name(&v.commune, round.spec.starts).unwrap_or_default();
            format!("{}, {commune}", v.name)
        });
        named(who, name.unwrap_or_default())
    });
    Ok(QualityReport {
        round: id.to_owned(),
        made_up: round.spec.made_up,
        visits: visits.len() as u64,
        collectors: flagged_first(people),
        villages: flagged_first(places.collect()),
    })
}

/// The last answer about each figure of a collector or village.
fn answers_to(who: &Who, all: &[(Kept, String)]) -> Vec<QualityAnswer> {
    let mut last: BTreeMap<&str, QualityAnswer> = BTreeMap::new();
    for (kept, name) in all.iter().filter(|(kept, _)| kept.new.subject == who.id) {
        let Kept { new, at, .. } = kept;
        let now = who.metrics.iter().find(|m| m.code == new.code);
        let answer = QualityAnswer {
            code: new.code.clone(),
            answer: new.answer,
            reason: new.reason.clone(),
            value: new.value,
            stands: now.is_some_and(|m| QualityAnswer::same(new.value, m.value)),
            by: name.clone(),
            at: at.clone(),
        };
        last.insert(&new.code, answer);
    }
    last.into_values().collect()
}

/// Those with flags nobody answered first, then those with answered ones.
fn flagged_first(mut rows: Vec<QualityRow>) -> Vec<QualityRow> {
    rows.sort_by(|a, b| {
        let stands = |row: &QualityRow, code: &str| {
            row.answers.iter().any(|answer| answer.stands && answer.code == code)
        };
        let key = |row: &QualityRow| {
            let open = row.who.flags.iter().filter(|f| !stands(row, &f.code)).count();
            std::cmp::Reverse((open, row.who.flags.len()))
        };
        (key(a), &a.who.id).cmp(&(key(b), &b.who.id))
    });
    rows
}

fn collect(
    tx: &dyn Tx,
    rules: &Rules,
    round: &str,
    form: &str,
    village: &FrameVillage,
    visits: &mut Vec<Interview>,
) -> Result<(), StoreFault> {
    let mut codes = findings::codes_in(tx, round, form, &village.id)?;
    for visit in submissions::visits_in(tx, round, form, &village.id)? {
        let outcome = Outcome::from_word(&visit.outcome);
        // An original that does not read was flagged when it came.
        let tree = Tree::read(&visit.xml).ok().filter(|_| form == rules.fields.form);
        visits.push(Interview {
            collector: visit.collector,
            village: village.id.clone(),
            commune: village.commune.clone(),
            outcome,
            read: visit.reading.and_then(|json| serde_json::from_str(&json).ok()),
            seen: tree.map(|tree| Seen::of(&tree, rules)).unwrap_or_default(),
            findings: codes.remove(&visit.seq).unwrap_or_default(),
        });
    }
    Ok(())
}
