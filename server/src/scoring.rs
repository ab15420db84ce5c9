//! From tables to scores and plans: feeds the pure core what the store knows.

use std::collections::BTreeMap;

use ntm_shared::api::round::{ModuleDesign, Round};
use ntm_shared::criteria::{CriteriaSet, SelfReport};
use ntm_shared::moment::VillageMoments;
use ntm_shared::problem;
use ntm_shared::score::{CommuneInput, CommuneScore, VillageInput, score_commune};
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::ops::erasures::sealed_rules;
use crate::store::{StoreFault, Tx, frames, meta, moments, retention, submissions};

/// What a round says about each commune of `area`, as far as `actor` may see it, by code.
///
/// # Errors
/// `no_case_to_compile` when the frame has nothing there.
pub fn inputs(
    tx: &dyn Tx,
    units: &Units,
    (actor, area): (&str, &str),
    round: &Round,
    set: &CriteriaSet,
) -> Result<Vec<CommuneInput>, Fault> {
    let (spec, id) = (&round.spec, round.spec.id.as_str());
    let mut sums: BTreeMap<String, VillageMoments> =
        moments::of_round(tx, id)?.into_iter().collect();
    let samples = drawn(tx, round)?;
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
        submissions::readings(tx, id, &set.report_form)?.into_iter().collect();

    let mut communes: BTreeMap<(String, String), CommuneInput> = BTreeMap::new();
    for village in frames::villages(tx, actor, area, id)? {
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
                id: village.commune,
            }),
        };
        let none = || VillageMoments::empty(set.measures().len());
        let (persons, persons_missing) = match sealed.get(&village.id) {
            Some(sealed) => (sealed.persons, sealed.persons_missing),
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
            moments: sums.remove(&village.id).unwrap_or_else(none),
            id: village.id,
            name: village.name,
        });
    }
    if communes.is_empty() {
        return Err(Fault::new(&problem::NO_CASE_TO_COMPILE));
    }
    Ok(communes.into_values().collect())
}

/// Households drawn per village, for every module with a sample design.
fn drawn(
    tx: &dyn Tx,
    round: &Round,
) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreFault> {
    let sampled = |design: &ModuleDesign| matches!(design, ModuleDesign::Sample { .. });
    let modules = round.spec.modules.iter().filter(|(_, design)| sampled(design));
    modules
        .map(|(module, _)| {
            let villages = frames::drawn_per_village(tx, &round.spec.id, module)?;
            Ok((module.clone(), villages.into_iter().collect()))
        })
        .collect()
}

fn report(json: Option<&String>) -> Result<Option<SelfReport>, Fault> {
    json.map(|json| serde_json::from_str(json))
        .transpose()
        .map_err(|e| StoreFault::Unreadable(format!("submission.reading: {e}")).into())
}

/// Scores every commune of `inputs`.
pub fn scores(set: &CriteriaSet, inputs: &[CommuneInput]) -> Vec<CommuneScore> {
    inputs.iter().map(|input| score_commune(set, input)).collect()
}
