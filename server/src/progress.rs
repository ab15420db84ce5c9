//! How far a round is: expected, received and missing per commune and village; the drawn lists.

use std::collections::BTreeMap;

use ntm_shared::api::round::{
    Draw, DrawnHousehold, DrawnVillage, Round, RoundStatus, StatusCounts, StatusRow,
};
use ntm_shared::problem;
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::ops::{EVERYWHERE, rounds};
use crate::store::frames::FrameVillage;
use crate::store::{Tx, draws, frames, retention, submissions};

/// Progress within `area`, as far as `actor` may see it.
///
/// # Errors
/// What the store says.
pub fn status(
    tx: &dyn Tx,
    units: &Units,
    actor: &str,
    area: &str,
    round: &Round,
    form: &str,
) -> Result<RoundStatus, Fault> {
    let sealed = retention::villages(tx, &round.spec.id)?;
    let mut communes: BTreeMap<(String, String), Vec<(FrameVillage, StatusCounts)>> =
        BTreeMap::new();
    let date = round.spec.starts;
    for village in frames::villages(tx, actor, area, &round.spec.id)? {
        let (id, sealed) = (round.spec.id.as_str(), sealed.get(&village.id));
        let (received, attempted) = match sealed {
            Some(sealed) => (sealed.received, sealed.attempted),
            None => submissions::progress(tx, id, form, &village.id)?,
        };
        let waiting = match round.spec.approved_only && sealed.is_none() {
            true => submissions::waiting(tx, id, form, &village.id)?,
            false => 0,
        };
        let (expected, erased) = (village.households, village.erased);
        let missing = expected.saturating_sub(received);
        let counts = StatusCounts { expected, received, missing, attempted, waiting, erased };
        let code = units.code(&village.commune, date).unwrap_or_default().to_owned();
        communes.entry((code, village.commune.clone())).or_default().push((village, counts));
    }
    let (mut rows, mut total) = (Vec::new(), StatusCounts::default());
    for ((code, commune), villages) in communes {
        let sum = villages.iter().fold(StatusCounts::default(), |sum, (_, c)| add(sum, *c));
        total = add(total, sum);
        let name = units.name(&commune, date).unwrap_or_default();
        rows.push(StatusRow { unit: commune, level: "commune".into(), code, name, counts: sum });
        rows.extend(villages.into_iter().map(|(v, counts)| StatusRow {
            unit: v.id,
            level: "village".into(),
            code: v.code,
            name: v.name,
            counts,
        }));
    }
    let held = submissions::held(tx, (actor, area), (&round.spec.id, form))?;
    Ok(RoundStatus { round: round.spec.id.clone(), made_up: round.spec.made_up, rows, total, held })
}

fn add(a: StatusCounts, b: StatusCounts) -> StatusCounts {
    StatusCounts {
        expected: a.expected + b.expected,
        received: a.received + b.received,
        missing: a.missing + b.missing,
        attempted: a.attempted + b.attempted,
        waiting: a.waiting + b.waiting,
        erased: a.erased + b.erased,
    }
}

/// A sample as drawn, for the villages `actor` may see.
///
/// # Errors
/// `unknown_round`; `not_found` while nothing is drawn.
pub fn draw(
    tx: &dyn Tx,
    units: &Units,
    actor: &str,
    round: &str,
    module: &str,
) -> Result<Draw, Fault> {
    let spec = rounds::get(tx, round)?.spec;
    let seed = draws::seed(tx, round, module)?.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    let mut villages = Vec::new();
    for village in frames::villages(tx, actor, EVERYWHERE, round)? {
        let households = draws::drawn(tx, round, module, &village.id)?
            .into_iter()
            .map(|(position, reserve, id, code, head)| DrawnHousehold {
                position,
                id,
                code,
                head,
                reserve,
            })
            .collect();
        let code = units.code(&village.commune, spec.starts).unwrap_or_default().to_owned();
        villages.push((
            (code, village.code),
            DrawnVillage {
                village: village.id,
                name: village.name,
                commune_name: units.name(&village.commune, spec.starts).unwrap_or_default(),
                frame: village.households,
                households,
            },
        ));
    }
    villages.sort_by(|a, b| a.0.cmp(&b.0));
    let villages = villages.into_iter().map(|(_, village)| village).collect();
    Ok(Draw { round: round.into(), made_up: spec.made_up, module: module.into(), seed, villages })
}
