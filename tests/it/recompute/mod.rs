//! Scores computed a second time, by hand: only from the stored XML, the frame and the draw, by the
//! rules as the criteria set describes them in words. Nothing of our reader, our expressions, our
//! moments or our estimates is used.

mod household;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use ntm_shared::api::measure::Measure;
use ntm_shared::api::score::CommuneScore;

use crate::harness::xml::Element;
pub use household::answers;
pub use verdict::check_verdicts;

/// What one household gives one measure: numerator, denominator, units with an unknown answer.
/// Money in thousand VND.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub y: i64,
    pub x: i64,
    pub unknown: i64,
}

/// One stored submission, in order of arrival.
pub struct Stored {
    pub seq: i64,
    pub form: Element,
}

/// A village as the frame has it.
#[derive(Clone, Debug, Default)]
pub struct Village {
    /// Households of the frame, with the persons the roster lists.
    pub households: BTreeMap<String, i64>,
    /// Households drawn for the income module; `None` where income is a census.
    pub income: Option<BTreeSet<String>>,
    /// Whether those who answered stand for those of the village who did not.
    pub adjusted: bool,
}

/// Sums of one measure in one village.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub n: i64,
    pub given: Given,
    /// Persons on the roster of households without a completed interview.
    pub missing_persons: i64,
}

/// Of each household's submissions the one that counts: a completed interview before an attempt,
/// then the latest.
pub fn counting<'s>(stored: &'s [Stored], round: &str) -> BTreeMap<String, &'s Stored> {
    let mut best: BTreeMap<String, &Stored> = BTreeMap::new();
    for one in stored {
        let (form, household) = (&one.form, one.form.at("household"));
        if form.attribute("id") != Some("household")
            || form.at("round") != round
            || household.is_empty()
        {
            continue;
        }
        let rank = |s: &Stored| (s.form.at("outcome") == "completed", s.seq);
        let known = best.entry(household.to_owned()).or_insert(one);
        if rank(one) > rank(known) {
            *known = one;
        }
    }
    best
}

/// Every measure of a commune: sums per village.
pub fn sums(
    villages: &BTreeMap<String, Village>,
    counting: &BTreeMap<String, &Stored>,
) -> BTreeMap<&'static str, Vec<(Village, Sums)>> {
    let mut all: BTreeMap<&'static str, Vec<(Village, Sums)>> = BTreeMap::new();
    for village in villages.values() {
        let mut here: BTreeMap<&'static str, Sums> =
            household::MEASURES.iter().map(|id| (*id, Sums::default())).collect();
        for (household, persons) in &village.households {
            let form = counting.get(household).map(|stored| &stored.form);
            let Some(form) = form.filter(|form| form.at("outcome") == "completed") else {
                here.values_mut().for_each(|sums| sums.missing_persons += persons);
                continue;
            };
            let asked_income =
                village.income.as_ref().is_none_or(|drawn| drawn.contains(household));
            for (id, given) in answers(form, asked_income) {
                let sums = here.get_mut(id).expect("a listed measure");
                sums.n += 1;
                sums.given.y += given.y;
                sums.given.x += given.x;
                sums.given.unknown += given.unknown;
            }
        }
        here.into_iter()
            .for_each(|(id, sums)| all.entry(id).or_default().push((village.clone(), sums)));
    }
    all
}

/// Compares a commune's score with the second computation; how many figures were compared.
#[track_caller]
pub fn check(
    score: &CommuneScore,
    villages: &BTreeMap<String, Village>,
    counting: &BTreeMap<String, &Stored>,
) -> usize {
    let mut compared = 0;
    let expected = sums(villages, counting);
    let shown: BTreeMap<&str, &Measure> = score
        .criteria
        .iter()
        .flat_map(|criterion| &criterion.indicators)
        .filter(|indicator| indicator.source == "household")
        .flat_map(|i| std::iter::once(&i.figures).chain(i.parts.iter().map(|part| &part.figures)))
        .map(|figures| (figures.id.as_str(), figures))
        .collect();
    assert_eq!(
        shown.keys().copied().collect::<Vec<_>>(),
        expected.keys().copied().collect::<Vec<_>>()
    );
    for (id, villages) in &expected {
        compared += figures(&score.name, shown[id], villages, *id == "10.1");
    }
    check_verdicts(score, &expected);
    compared
}

#[track_caller]
fn figures(commune: &str, shown: &Measure, villages: &[(Village, Sums)], sampled: bool) -> usize {
    let at = format!("{commune}, {}", shown.id);
    let sum = |of: fn(&Sums) -> i64| villages.iter().map(|(_, sums)| of(sums)).sum::<i64>();
    let (n, y, x) = (sum(|s| s.n), sum(|s| s.given.y), sum(|s| s.given.x));
    let unknown = sum(|s| s.given.unknown);
    let money = if shown.id == "10.1" { 1000.0 } else { 1.0 };
    assert_eq!((shown.n as i64, shown.unknown as i64), (n, unknown), "{at}: n and unknown");
    let frame: usize = villages.iter().map(|(village, _)| village.households.len()).sum();
    assert_eq!(shown.frame as usize, frame, "{at}: frame");
    let coverage = if x + unknown > 0 { Some(x as f64 / (x + unknown) as f64) } else { None };
    assert_eq!(shown.coverage, coverage, "{at}: coverage");
    if x == 0 {
        assert_eq!((shown.value, shown.raw_denominator), (None, None), "{at}: nothing known");
        return 3;
    }
    assert_eq!(shown.raw_numerator, Some(y as f64 / money), "{at}: raw numerator");
    assert_eq!(shown.raw_denominator, Some(x as f64), "{at}: raw denominator");
    let (mut top, mut bottom) = (0.0, 0.0);
    for (village, sums) in villages.iter().filter(|(_, sums)| sums.n > 0) {
        // A household drawn stands for N/n of its village; where all were to be asked, for itself,
        // unless the round says that it stands for those who did not answer.
        let stands = village.adjusted || (sampled && village.income.is_some());
        let weight = if stands { village.households.len() as f64 / sums.n as f64 } else { 1.0 };
        top += weight * sums.given.y as f64;
        bottom += weight * sums.given.x as f64;
    }
    let value = match shown.id.as_str() {
        "9.1" => top,
        "10.1" => top / (1000.0 * bottom),
        _ => 100.0 * top / bottom,
    };
    assert_eq!(shown.value, Some(value), "{at}: value");
    assert_eq!(shown.numerator, Some(top / money), "{at}: numerator");
    assert_eq!(shown.denominator, Some(bottom), "{at}: denominator");
    8
}
