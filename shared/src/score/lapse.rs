//! What lapses: answers that hold to a day, such as an insurance card's, counted as of one day and as
//! of a later one. Moments hold the day of the interview only, so both come from the originals.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CommuneScore, IndicatorScore, Verdict};
use crate::criteria::{CriteriaSet, Kind, Measure, Source, Unit};
use crate::moment::Contributions;
use crate::text::Text;

/// What lapses between two days, in the communes compiled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lapses {
    /// The day the scores are for: what had lapsed before does not count in them.
    pub from: Date,
    /// The last day of the forecast.
    pub to: Date,
    /// Communes in which something lapses, by code.
    pub communes: Vec<Lapse>,
}

/// What lapses in one commune for one indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lapse {
    /// Unit id.
    pub id: String,
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Indicator.
    pub indicator: String,
    /// Its name.
    pub title: Text,
    /// What `units` are: households or persons.
    pub unit: Unit,
    /// Kind of the values.
    pub kind: Kind,
    /// Units surveyed that count on the first day and no longer do after the last.
    pub units: u64,
    /// Households surveyed with at least one of them.
    pub households: u64,
    /// Units surveyed that counted at the interview and no longer did on the first day.
    pub lapsed: u64,
    /// The value on the first day.
    pub value: Option<f64>,
    /// The value after the last one, if nothing is renewed.
    pub then: Option<f64>,
    /// The indicator's verdict on the first day.
    pub verdict: Verdict,
    /// Its verdict after the last one, if nothing is renewed.
    pub verdict_then: Verdict,
}

/// Counted over households: what each measure of a set loses from one day to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Per measure of the set, households that lose something and what they lose, at its scale.
    pub measures: Vec<(u64, i128)>,
}

impl Lost {
    /// Adds a household by what it gives on the first and after the last day. One that gives more
    /// later has lost nothing.
    pub fn add(&mut self, first: &Contributions, last: &Contributions) {
        self.reach(first.measures.len());
        for (sum, pair) in self.measures.iter_mut().zip(first.measures.iter().zip(&last.measures)) {
            if let (Some(before), Some(after)) = pair
                && before.y > after.y
            {
                *sum = (sum.0 + 1, sum.1 + before.y - after.y);
            }
        }
    }

    /// Adds what another area lost.
    pub fn merge(&mut self, other: &Lost) {
        self.reach(other.measures.len());
        for (sum, o) in self.measures.iter_mut().zip(&other.measures) {
            *sum = (sum.0 + o.0, sum.1 + o.1);
        }
    }

    fn reach(&mut self, measures: usize) {
        if self.measures.len() < measures {
            self.measures.resize(measures, (0, 0));
        }
    }

    fn units(&self, place: usize, measure: &Measure) -> u64 {
        let lost = self.measures.get(place).map_or(0, |(_, y)| y / measure.one());
        u64::try_from(lost).unwrap_or(0)
    }
}

/// A commune's scores on both days, and what its households lost: before the first day since their
/// interviews, and from the first to the last.
pub struct Ahead<'s> {
    /// Score as of the first day.
    pub now: &'s CommuneScore,
    /// Score as of the day after the last, if nothing is renewed.
    pub then: &'s CommuneScore,
    /// Lost since the interviews.
    pub before: &'s Lost,
    /// Lost between the days.
    pub ahead: &'s Lost,
}

/// The indicators of `set` of which something lapses, commune by commune.
pub fn lapses(set: &CriteriaSet, (from, to): (Date, Date), communes: &[Ahead<'_>]) -> Lapses {
    let mut list = Vec::new();
    for commune in communes {
        for (_, indicator) in set.indicators() {
            let Source::Household(places) = &indicator.source else { continue };
            let Some(place) = places.first().copied().filter(|p| set.is_dated(*p)) else {
                continue;
            };
            let measure = &set.measures()[place];
            let households = commune.ahead.measures.get(place).map_or(0, |(h, _)| *h);
            let lapsed = commune.before.units(place, measure);
            if households == 0 && lapsed == 0 {
                continue;
            }
            let at = |score| of(score, &indicator.id);
            let (Some(now), Some(then)) = (at(commune.now), at(commune.then)) else { continue };
            list.push(Lapse {
                id: commune.now.id.clone(),
                code: commune.now.code.clone(),
                name: commune.now.name.clone(),
                indicator: indicator.id.clone(),
                title: indicator.name.clone(),
                unit: measure.unit,
                kind: indicator.kind,
                units: commune.ahead.units(place, measure),
                households,
                lapsed,
                value: now.headline.value,
                then: then.headline.value,
                verdict: now.verdict,
                verdict_then: then.verdict,
            });
        }
    }
    Lapses { from, to, communes: list }
}

fn of<'s>(score: &'s CommuneScore, indicator: &str) -> Option<&'s IndicatorScore> {
    score.criteria.iter().flat_map(|c| &c.indicators).find(|i| i.id == indicator)
}
