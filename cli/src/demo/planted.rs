//! The planted problems: what was put in, and whether the scores and the progress show it.

use ntm_shared::{
    api::{
        round::RoundStatus,
        score::{CommuneScore, Indicator, ScoreReport},
    },
    score::Verdict,
};
use serde::Serialize;

use super::{
    field_work::{Told, Work},
    province::{Commune, Plant},
};

/// One planted problem and how it was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planted {
    /// Stable name of the kind.
    pub kind: &'static str,
    /// Commune code; absent for the whole province.
    pub code: Option<String>,
    /// Commune and village.
    pub place: String,
    /// How many were planted.
    pub planted: u64,
    /// How many the server's answers show.
    pub found: u64,
    /// Whether that is as it should be.
    pub ok: bool,
}

/// Compares what was planted with what the server says.
pub fn look(
    communes: &[Commune],
    work: &Work,
    scores: &ScoreReport,
    status: &RoundStatus,
) -> Vec<Planted> {
    let mut list: Vec<Planted> = communes
        .iter()
        .filter_map(|commune| {
            let score = scores.communes.iter().find(|s| s.id == commune.id)?;
            let told = work.communes.iter().find(|t| t.commune == commune.id)?;
            in_commune(commune, score, told)
        })
        .collect();
    let total = status.total;
    list.push(Planted {
        kind: "no_interview",
        code: None,
        place: String::new(),
        planted: work.without_interview,
        found: total.attempted,
        ok: total.attempted == work.without_interview,
    });
    list
}

fn in_commune(commune: &Commune, score: &CommuneScore, told: &Told) -> Option<Planted> {
    let indicator = |id: &str| -> Option<&Indicator> {
        score.criteria.iter().flat_map(|c| &c.indicators).find(|i| i.figures.id == id)
    };
    let mut place = commune.name.clone();
    let (kind, planted, found, ok) = match commune.plant {
        Plant::Nothing => return None,
        Plant::UnvisitedVillage => {
            let village = commune.villages.iter().find(|v| !v.visited)?;
            place = format!("{place}, {}", village.name);
            let id = commune.village_id(village);
            let found = score.villages_missing.iter().filter(|v| v.id == id).count() as u64;
            ("unvisited_village", 1, found, found == 1)
        }
        Plant::LapsedCards => {
            let figures = &indicator("15.1")?.figures;
            let (top, bottom) = (figures.raw_numerator?, figures.raw_denominator?);
            let uncovered = (bottom - top).round() as u64;
            let seen = figures.verdict != Verdict::Met || told.lapsed_cards == 0;
            let ok = uncovered >= told.lapsed_cards && seen;
            ("lapsed_cards", told.lapsed_cards, uncovered, ok)
        }
        Plant::TemporaryHouses => {
            let figures = &indicator("9.1")?.figures;
            let found = figures.raw_numerator?.round() as u64;
            let seen = figures.verdict == Verdict::NotMet || found == 0;
            let ok = found == told.temporary_houses && seen;
            ("temporary_houses", told.temporary_houses, found, ok)
        }
        Plant::UnknownWaste => {
            let figures = &indicator("17.6")?.figures;
            let seen = figures.verdict != Verdict::Met || told.unknown_waste == 0;
            let ok = figures.unknown == told.unknown_waste && seen;
            ("unknown_waste", told.unknown_waste, figures.unknown, ok)
        }
    };
    Some(Planted { kind, code: Some(commune.code.clone()), place, planted, found, ok })
}
