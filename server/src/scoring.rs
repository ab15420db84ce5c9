//! From tables to scores and plans: feeds the pure core what the store knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use ntm_shared::api::round::{ModuleDesign, NewRound, Round};
use ntm_shared::criteria::{CriteriaSet, SelfReport};
use ntm_shared::moment::VillageMoments;
use ntm_shared::problem;
use ntm_shared::score::{CommuneInput, CommuneScore, Look, VillageInput, score_commune};
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::kept::Reference;
use crate::ops::EVERYWHERE;
use crate::ops::erasures::sealed_rules;
use crate::store::{
    StoreFault, Tx, draws, frames, meta, moments, retention, rounds, submissions, units,
};

/// What does not change with submissions.
pub struct Known<'a> {
    /// Units.
    pub units: &'a Units,
    /// Where sizes of frames are kept, …
    pub kept: &'a Reference,
    /// … and the state of the reference data, read before the transaction began.
    pub state: u64,
}

impl Known<'_> {
    /// Households in a round's frame by village.
    fn sizes(&self, tx: &dyn Tx, round: &str) -> Result<Arc<BTreeMap<String, u64>>, StoreFault> {
        let ask = || frames::sizes(tx, round).map(|sizes| Some(Arc::new(sizes)));
        Ok(self.kept.frames.or(self.state, round.to_owned(), ask)?.unwrap_or_default())
    }
}

/// What a round says about each commune of `area`, as far as `actor` may see it, by code.
///
/// # Errors
/// `no_case_to_compile` when the frame has nothing there.
pub fn inputs(
    tx: &dyn Tx,
    known: &Known<'_>,
    (actor, area): (&str, &str),
    round: &Round,
    set: &CriteriaSet,
    look: Option<Look>,
) -> Result<Vec<CommuneInput>, Fault> {
    let units = known.units;
    let (spec, id) = (&round.spec, round.spec.id.as_str());
    let sums = match area {
        EVERYWHERE => moments::of_round(tx, id)?,
        _ => moments::within(tx, id, area)?,
    };
    let mut sums: BTreeMap<String, VillageMoments> = sums.into_iter().collect();
    let samples = drawn(tx, round, area)?;
    let sealed = retention::villages(tx, id)?;
    if round.erased_at.is_some()
        && meta::get(tx, &sealed_rules(id))?.as_deref() != Some(set.fingerprint())
    {
        return Err(Fault::with(
            &problem::CONFLICT,
            "Phiếu của đợt đã xóa hết hạn lưu và bộ tiêu chí đã đổi từ đó: dùng báo cáo đã in.",
            "The round's answers were erased and the rules have changed since: use the report issued then.",
        ));
    }
    let reports: BTreeMap<String, String> =
        submissions::readings(tx, (id, &set.report_form), area)?.into_iter().collect();

    let mut communes: BTreeMap<(String, String), CommuneInput> = BTreeMap::new();
    let sizes = known.sizes(tx, id)?;
    for village in frames::sized_villages(tx, (actor, area), id, &sizes)? {
        let code = units.code(&village.commune, spec.starts).unwrap_or_default().to_owned();
        let key = (code.clone(), village.commune.clone());
        let commune = match communes.entry(key) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => new.insert(CommuneInput {
                code,
                name: units.name(&village.commune, spec.starts).unwrap_or_default(),
                at: spec.ends,
                villages: Vec::new(),
                report: report(reports.get(&village.commune))?,
                adjust: spec.nonresponse_adjustment,
                look,
                id: village.commune,
            }),
        };
        let none = || VillageMoments::empty(set.measures().len());
        let moments = sums.remove(&village.id).unwrap_or_else(none);
        let (persons, persons_missing) = match sealed.get(&village.id) {
            Some(sealed) => (sealed.persons, sealed.persons_missing),
            // Nobody is missing: the roster, which takes a look at every household, is not asked.
            None if whole(&moments, village.households) => (None, Some(0)),
            None => frames::persons(tx, id, &set.household_form, &village.id)?,
        };
        commune.villages.push(VillageInput {
            households: village.households,
            samples: samples
                .iter()
                .map(|(module, drawn)| {
                    (module.clone(), drawn.get(&village.id).copied().unwrap_or(0))
                })
                .collect(),
            persons,
            persons_missing,
            moments,
            id: village.id,
            name: village.name,
        });
    }
    if communes.is_empty() {
        return Err(Fault::new(&problem::NO_CASE_TO_COMPILE));
    }
    Ok(communes.into_values().collect())
}

/// Why a round with a frame gives `actor` nothing for `area`: it lies outside what they may see, or it is
/// theirs and the round has no households there. Without a frame it is the fault of [`inputs`].
///
/// # Errors
/// What the store says.
pub fn nothing_there(
    tx: &dyn Tx,
    (actor, area): (&str, &str),
    round: &Round,
) -> Result<Fault, StoreFault> {
    if round.frame == 0 {
        return Ok(Fault::new(&problem::NO_CASE_TO_COMPILE));
    }
    let sees = !frames::villages(tx, actor, EVERYWHERE, &round.spec.id)?.is_empty();
    let theirs = units::covers(tx, actor, &[area.to_owned()])?;
    Ok(match sees && theirs {
        true => Fault::with(
            &problem::NOT_FOUND,
            "Đợt này không có hộ nào ở đơn vị được hỏi.",
            "The round has no households in that unit.",
        ),
        false => Fault::with(
            &problem::OUT_OF_AREA,
            "Đợt có khung hộ, nhưng ở nơi được hỏi không có hộ nào mà tài khoản được xem.",
            "The round has a frame, but no household where it was asked about that the account may see.",
        ),
    })
}

/// True when every household of the village answered every measure it was asked.
fn whole(moments: &VillageMoments, households: u64) -> bool {
    let all = |n: i64| u64::try_from(n).is_ok_and(|n| n >= households);
    all(moments.outcomes.completed) && moments.measures.iter().all(|measure| all(measure.n))
}

/// The look a report is for, where the round declared several: the one asked for; without, the last
/// of a closed round and the first of an open one, which asks for most.
///
/// # Errors
/// `bad_value` for one that was not declared.
pub fn look(round: &Round, set: &CriteriaSet, asked: Option<u32>) -> Result<Option<Look>, Fault> {
    let planned = round.spec.looks;
    let number = asked.unwrap_or(if round.state == "closed" { planned } else { 1 });
    if number == 0 || number > planned {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Đợt này định trước {planned} lần xem, không có lần thứ {number}."),
            format!("The round declares {planned} looks; there is no number {number}."),
        ));
    }
    Ok(Look::of(set.confidence, number, planned))
}

/// Households drawn per village of an area, for every module with a sample design.
fn drawn(
    tx: &dyn Tx,
    round: &Round,
    area: &str,
) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreFault> {
    let sampled = |design: &ModuleDesign| matches!(design, ModuleDesign::Sample { .. });
    let modules = round.spec.modules.iter().filter(|(_, design)| sampled(design));
    modules
        .map(|(module, _)| {
            let villages = draws::drawn_per_village(tx, (&round.spec.id, module), area)?;
            Ok((module.clone(), villages.into_iter().collect()))
        })
        .collect()
}

fn report(json: Option<&String>) -> Result<Option<SelfReport>, Fault> {
    json.map(|json| serde_json::from_str(json))
        .transpose()
        .map_err(|e| StoreFault::Unreadable(format!("submission.reading: {e}")).into())
}

/// An earlier round's id, name and scores.
pub type Before = (String, String, Vec<CommuneScore>);

/// The scores of the round `since`, or of the `last` one before `spec` by the same criteria set, in
/// the same area; `None` where there is no such round, or nothing of the area was in it.
///
/// # Errors
/// `unknown_round` for a named one; what the store says.
pub fn before(
    tx: &dyn Tx,
    known: &Known<'_>,
    sets: &BTreeMap<String, Arc<CriteriaSet>>,
    reader: (&str, &str),
    spec: &NewRound,
    since: &str,
) -> Result<Option<Before>, Fault> {
    let id = match since {
        "last" => {
            rounds::before(tx, &spec.criteria_set, spec.starts)?.into_iter().next().map(|s| s.id)
        }
        named => Some(named.to_owned()),
    };
    let Some(id) = id else { return Ok(None) };
    let round = crate::ops::rounds::get(tx, &id)?;
    let Some(set) = sets.get(&round.spec.criteria_set) else { return Ok(None) };
    let look = look(&round, set, None)?;
    match inputs(tx, known, reader, &round, set, look) {
        Ok(inputs) => Ok(Some((id, round.spec.name, scores(set, &inputs)))),
        // Nothing of the area, or a round whose sums the rules of today cannot read any more.
        Err(fault) if fault.problem.code == problem::NO_CASE_TO_COMPILE.code => Ok(None),
        Err(fault) if since == "last" && fault.problem.code == problem::CONFLICT.code => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Scores every commune of `inputs`.
pub fn scores(set: &CriteriaSet, inputs: &[CommuneInput]) -> Vec<CommuneScore> {
    inputs.iter().map(|input| score_commune(set, input)).collect()
}
