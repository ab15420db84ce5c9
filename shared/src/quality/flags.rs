//! The table a supervisor reads: collectors and villages, their figures, and what to check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outlier::{mad, median, robust_z};
use super::{Interview, Rules, ShareOf, funnel, terminal_digits, whipple};
use crate::moment::Outcome;

/// A collector or a village.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// Collector's id, or village unit id.
    pub id: String,
    /// Interviews held.
    pub interviews: u64,
    /// Visits without one.
    pub attempts: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Its figures; those with too few interviews behind them are left out.
    pub metrics: Vec<Metric>,
    /// What to check, by metric.
    pub flags: Vec<Flag>,
}

/// A figure beside those of the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `minutes` (median), `unknown`, `refused`, `insured`-like shares have the measure's id,
    /// `whipple`, `rounding`, `spread`, `duplicates`, `distance` (shares 0 to 1 but the first and
    /// `whipple`).
    pub code: String,
    /// The figure.
    pub value: f64,
    /// The median of all collectors, or all villages.
    pub usual: Option<f64>,
    /// Robust z against the others; absent with too few of them.
    pub z: Option<f64>,
    /// Interviews, visits or persons behind it.
    pub n: u64,
}

/// Something to check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Code of the metric.
    pub code: String,
    /// True when the figure is above what is usual.
    pub above: bool,
}

/// Collectors and villages, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Collectors.
    pub collectors: Vec<Who>,
    /// Villages.
    pub villages: Vec<Who>,
}

/// The figures of these visits; `measures` names the measures of `read`, in their order.
pub fn report(rules: &Rules, measures: &[&str], visits: &[Interview]) -> Report {
    let mut collectors = table(rules, visits, |v| v.collector.as_str());
    effects(rules, measures, visits, &mut collectors);
    Report { collectors, villages: table(rules, visits, |v| v.village.as_str()) }
}

fn table<'v>(
    rules: &Rules,
    visits: &'v [Interview],
    key: impl Fn(&'v Interview) -> &'v str,
) -> Vec<Who> {
    let mut groups: BTreeMap<&str, Vec<&Interview>> = BTreeMap::new();
    for visit in visits {
        groups.entry(key(visit)).or_default().push(visit);
    }
    let mut all: Vec<Who> = groups.iter().map(|(id, visits)| who(rules, id, visits)).collect();
    let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for metric in all.iter().flat_map(|w| &w.metrics) {
        columns.entry(metric.code.clone()).or_default().push(metric.value);
    }
    for who in &mut all {
        for metric in &mut who.metrics {
            let values = &columns[&metric.code];
            metric.usual = median(values);
            // One's own figure is among them: the others are one fewer.
            metric.z = (values.len() > rules.peers())
                .then(|| mad(values).map(|spread| robust_z(metric.value, spread)))
                .flatten();
        }
        who.flags = who.metrics.iter().filter_map(|m| flag(rules, m)).collect();
    }
    all
}

fn who(rules: &Rules, id: &str, visits: &[&Interview]) -> Who {
    let held: Vec<&Interview> = visits.iter().copied().filter(|v| v.held()).collect();
    let refused = visits.iter().filter(|v| v.outcome == Outcome::Refused).count();
    let mut metrics = Vec::new();
    let mut metric = |code: &str, value: Option<f64>, n: usize, least: usize| {
        if let Some(value) = value.filter(|v| n >= least && v.is_finite()) {
            let (code, n) = (code.to_owned(), n as u64);
            metrics.push(Metric { code, value, usual: None, z: None, n });
        }
    };
    let least = rules.interviews();
    let share = |some: usize, all: usize| (all > 0).then(|| some as f64 / all as f64);
    let minutes: Vec<f64> = held.iter().filter_map(|v| v.seen.minutes).collect();
    metric("minutes", median(&minutes), minutes.len(), least);
    let (unknown, asked) =
        held.iter().map(|v| v.unknown()).fold((0, 0), |(u, n), (a, b)| (u + a, n + b));
    metric("unknown", share(unknown as usize, asked as usize), held.len(), least);
    metric("refused", share(refused, visits.len()), visits.len(), least);
    let ages = held.iter().flat_map(|v| v.seen.ages.iter().copied());
    if let Some(w) = whipple(ages) {
        metric("whipple", Some(w.index), w.n as usize, rules.whipple().1 as usize);
    }
    // The first figure every household has; of the others, few.
    let of = |place: usize| -> Vec<f64> {
        held.iter().filter_map(|v| v.seen.figures.get(place)).flatten().copied().collect()
    };
    let first = of(0);
    let digits = terminal_digits(first.iter().map(|v| v.round() as i64));
    metric("rounding", Some(digits.round), first.len(), least);
    for place in 0..rules.fields.figures.len() {
        let logs: Vec<f64> = of(place).iter().map(|v| v.ln()).collect();
        let code = if place == 0 { "spread".to_owned() } else { format!("spread_{place}") };
        metric(&code, deviation(&logs), logs.len(), least);
    }
    let with = |codes: &[String]| {
        held.iter().filter(|v| v.findings.iter().any(|f| codes.contains(f))).count()
    };
    metric("duplicates", share(with(&rules.fields.duplicates), held.len()), held.len(), least);
    metric("distance", share(with(&rules.fields.distance), held.len()), held.len(), least);
    Who {
        id: id.to_owned(),
        interviews: held.len() as u64,
        attempts: (visits.len() - held.len()) as u64,
        refused: refused as u64,
        metrics,
        flags: Vec::new(),
    }
}

/// Standard deviation.
fn deviation(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (n > 1.0).then(|| (squares / (n - 1.0)).sqrt())
}

/// Faster, more unknown, more refused, more rounded and less varied than the others; or beyond a
/// limit of its own. The other side of each is no reason to look.
fn flag(rules: &Rules, metric: &Metric) -> Option<Flag> {
    let far = |above: bool| {
        metric.z.is_some_and(|z| if above { z > rules.robust_z() } else { z < -rules.robust_z() })
    };
    let usual = metric.usual.unwrap_or(metric.value);
    let (speed, spread) = rules.excess_parts();
    let (fires, above) = match metric.code.as_str() {
        "minutes" => (far(false) && metric.value < speed * usual, false),
        "unknown" | "refused" | "rounding" => {
            (far(true) && metric.value > usual + rules.excess_share(), true)
        }
        "whipple" => (metric.value > rules.whipple().0, true),
        "duplicates" => (metric.value > rules.duplicates(), true),
        "distance" => (metric.value > rules.distance(), true),
        _ => (far(false) && metric.value < spread * usual, false),
    };
    fires.then(|| Flag { code: metric.code.clone(), above })
}

/// Shares of a collector's households that pass a measure, held against the communes it went to.
fn effects(rules: &Rules, measures: &[&str], visits: &[Interview], collectors: &mut [Who]) {
    for (place, measure) in measures.iter().enumerate() {
        let passed = |v: &Interview| {
            let given = v.read.as_ref()?.measures.get(place).copied().flatten()?;
            (given.x > 0).then_some(given.y > 0)
        };
        let shares: Vec<ShareOf> = visits
            .iter()
            .filter_map(|v| Some((v.collector.as_str(), v.commune.as_str(), passed(v)?)))
            .collect();
        let found = funnel(&shares);
        if found.len() <= rules.peers() {
            continue;
        }
        for who in collectors.iter_mut() {
            let Some(f) = found.get(who.id.as_str()) else { continue };
            if (f.n as usize) < rules.interviews() || f.q >= rules.funnel_q() {
                continue;
            }
            who.metrics.push(Metric {
                code: (*measure).to_owned(),
                value: f.x as f64 / f.n as f64,
                usual: Some(f.expected / f.n as f64),
                z: Some(f.z),
                n: f.n,
            });
            who.flags.push(Flag { code: (*measure).to_owned(), above: f.z > 0.0 });
        }
    }
}

#[cfg(test)]
mod tests;
