//! Hand-computed cases for each verdict rule, and properties that hold for all of them.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::criteria::{ReportValue, SelfReport};
use crate::data::CRITERIA_SETS;
use crate::moment::{Contribution, Contributions, Outcome, VillageMoments};
use crate::text::Lang;

mod properties;
mod recognition;
mod verdicts;
mod watching;

fn lao_cai() -> CriteriaSet {
    CriteriaSet::read(CRITERIA_SETS[0]).unwrap()
}

/// A village where each household gives one measure `(y, x, unknown)`.
#[derive(Clone, Debug, Default)]
struct Village {
    households: u64,
    drawn: Option<u64>,
    persons: Option<u64>,
    persons_missing: Option<u64>,
    given: Vec<(i128, i128, u64)>,
}

/// `yes` households that pass, `no` that fail, `unknown` that do not know, of `households`.
fn village(households: u64, yes: usize, no: usize, unknown: usize) -> Village {
    let mut given = vec![(1, 1, 0); yes];
    given.extend(vec![(0, 1, 0); no]);
    given.extend(vec![(0, 0, 1); unknown]);
    Village { households, given, ..Village::default() }
}

fn sample(households: u64, drawn: u64, yes: usize, no: usize) -> Village {
    Village { drawn: Some(drawn), ..village(households, yes, no, 0) }
}

fn input(set: &CriteriaSet, measure: &str, villages: &[Village], adjust: bool) -> CommuneInput {
    let place = set.measures().iter().position(|m| m.id == measure).unwrap();
    let module = &set.measures()[place].module;
    let input = |(i, v): (usize, &Village)| {
        let mut moments = VillageMoments::empty(set.measures().len());
        for (y, x, unknown) in &v.given {
            let mut measures = vec![None; set.measures().len()];
            measures[place] = Some(Contribution { y: *y, x: *x, unknown: *unknown });
            moments.add(&Contributions { outcome: Outcome::Completed, measures });
        }
        VillageInput {
            id: format!("u0001.{i:02}"),
            name: format!("Bản {i}"),
            households: v.households,
            samples: v.drawn.map(|d| (module.clone(), d)).into_iter().collect::<BTreeMap<_, _>>(),
            persons: v.persons,
            persons_missing: v.persons_missing,
            moments,
        }
    };
    CommuneInput {
        id: "u0001".into(),
        code: "02650".into(),
        name: "Xã thử".into(),
        at: date(2024, 10, 15),
        villages: villages.iter().enumerate().map(input).collect(),
        report: None,
        adjust,
        look: None,
    }
}

fn judged(measure: &str, villages: &[Village], adjust: bool) -> MeasureScore {
    let set = lao_cai();
    let place = set.measures().iter().position(|m| m.id == measure).unwrap();
    judge::measure(&set, &input(&set, measure, villages, adjust), place)
}

fn outcome(measure: &str, villages: &[Village]) -> (Verdict, String) {
    let m = judged(measure, villages, false);
    (m.verdict, m.reason.code)
}
