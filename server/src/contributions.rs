//! From tables to where one number comes from: what the villages of an area add to an indicator, and how
//! each household stands.

use ntm_shared::answers::Tree;
use ntm_shared::api::contribution::{Explained, Given, PartGiven, VillageContribution};
use ntm_shared::api::round::Round;
use ntm_shared::criteria::{CriteriaSet, Indicator, Read, Source};
use ntm_shared::moment::{Contributions, Moment, Outcome};
use ntm_shared::problem;
use ntm_shared::score::{CommuneInput, Standing};

use crate::fault::Fault;
use crate::reading::{interview_day, modules_asked};
use crate::store::contributions::Stored;
use crate::store::{StoreFault, Tx, submissions};

/// The indicator that is asked about.
///
/// # Errors
/// `not_found`.
pub fn indicator<'s>(set: &'s CriteriaSet, id: Option<&str>) -> Result<&'s Indicator, Fault> {
    let found = set.indicators().find(|(_, indicator)| Some(indicator.id.as_str()) == id);
    found.map(|(_, indicator)| indicator).ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}

/// Places of an indicator's measures, the headline first; none for what communes report.
pub fn places(indicator: &Indicator) -> &[usize] {
    match &indicator.source {
        Source::Household(places) => places,
        Source::Report(_) => &[],
    }
}

/// The rule, and what every village of `communes` adds by it.
pub fn explained(
    set: &CriteriaSet,
    indicator: &Indicator,
    round: &Round,
    communes: &[CommuneInput],
) -> Explained {
    let places = places(indicator);
    let mut villages = Vec::new();
    for place in places {
        let measure = &set.measures()[*place];
        for (commune, village) in
            communes.iter().flat_map(|c| c.villages.iter().map(move |v| (c, v)))
        {
            let none = Moment::default();
            let moment = village.moments.measures.get(*place).unwrap_or(&none);
            let sample = village.samples.get(&measure.module).copied();
            villages.push(VillageContribution {
                village: village.id.clone(),
                village_name: village.name.clone(),
                commune_code: commune.code.clone(),
                frame: village.households,
                expected: sample.unwrap_or(village.households),
                ..VillageContribution::of(measure, moment)
            });
        }
    }
    Explained {
        indicator: indicator.id.clone(),
        rule: indicator.rule.clone(),
        unit: places.first().map(|place| set.measures()[*place].unit),
        erased: round.erased_at.is_some(),
        villages,
    }
}

/// How a household stands, by whom it is said, and what it gives.
pub struct Stand {
    /// Number of the submission that counts.
    pub submission: Option<i64>,
    /// For, against, unknown, or left out and why.
    pub standing: Standing,
    /// What it gives the indicator.
    pub given: Option<Given>,
    /// What it gives its parts.
    pub parts: Vec<PartGiven>,
    /// The answers behind what is unknown.
    pub answers: Vec<Read>,
}

/// How a household stands in an indicator with these measures.
///
/// # Errors
/// What the store says.
pub fn stand(
    tx: &dyn Tx,
    (round, set): (&Round, &CriteriaSet),
    (indicator, places): (&Indicator, &[usize]),
    stored: &Stored,
) -> Result<Stand, Fault> {
    let mut stand = Stand {
        submission: stored.counting.as_ref().map(|(seq, ..)| *seq),
        standing: Standing::NotVisited,
        given: None,
        parts: Vec::new(),
        answers: Vec::new(),
    };
    let Some((headline, parts)) = places.split_first() else { return Ok(stand) };
    let measure = &set.measures()[*headline];
    let reading = stored.counting.as_ref().and_then(|(.., reading)| reading.as_deref());
    let reading: Option<Contributions> = reading
        .map(serde_json::from_str)
        .transpose()
        .map_err(|e| StoreFault::Unreadable(format!("submission.reading: {e}")))?;
    let of = |place: usize| reading.as_ref().and_then(|r| r.measures.get(place).copied().flatten());
    if let Some(given) = of(*headline) {
        stand.standing = Standing::of(measure, &given);
        stand.given = Some(Given::of(measure, &given));
        stand.parts = parts
            .iter()
            .filter_map(|part| Some((&set.measures()[*part], of(*part)?)))
            .map(|(m, given)| PartGiven { measure: m.id.clone(), given: Given::of(m, &given) })
            .collect();
        let unknown = given.unknown > 0 || stand.parts.iter().any(|part| part.given.unknown > 0);
        if let Some(seq) = stand.submission.filter(|_| unknown) {
            stand.answers = answers(tx, (round, set, indicator), seq)?;
        }
        return Ok(stand);
    }
    let census = modules_asked(&round.spec, set, &[]).contains(&measure.module);
    let interviewed = reading.is_some_and(|r| r.outcome == Outcome::Completed);
    stand.standing = match &stored.counting {
        _ if interviewed || !(census || stored.drawn) => Standing::NotDrawn,
        _ if round.spec.approved_only && stored.waits => Standing::Waiting,
        Some((_, outcome, _)) => {
            Standing::without(Outcome::from_word(outcome.as_deref().unwrap_or_default()))
        }
        None if stored.rejected => Standing::Rejected,
        None => Standing::NotVisited,
    };
    Ok(stand)
}

/// What the original says where the rule cannot tell.
fn answers(
    tx: &dyn Tx,
    (round, set, indicator): (&Round, &CriteriaSet, &Indicator),
    seq: i64,
) -> Result<Vec<Read>, Fault> {
    let xml = submissions::xml(tx, seq)?.unwrap_or_default();
    let Ok(tree) = Tree::read(&xml) else { return Ok(Vec::new()) };
    let day = interview_day(&tree).unwrap_or(round.spec.starts);
    Ok(set.unknown_to(&indicator.id, &tree, day))
}
