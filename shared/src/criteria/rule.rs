//! From a household's answers to its contributions, by the rules of a criteria set.
//!
//! A rule looks at the household, or at each node of a set (its members). A unit is left out when
//! it is not `within` the domain; it is unknown when the `unknown` expression holds, or when its
//! numerator or denominator is not a number; otherwise it adds to both. Unknown is never no: what a
//! skipped question implies is written in the rule.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{CriteriaSet, Measure};
use crate::answers::{Glossary, Names, NodeId, Tree};
use crate::expr::{Expr, Instances, Scope};
use crate::moment::{Contribution, Contributions, Outcome};

/// The rule of one indicator: one pass over the household's units fills several measures.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub module: String,
    pub each: Option<Expr>,
    pub when: Option<Expr>,
    pub tests: Vec<Test>,
}

/// A numerator over a denominator, and the measures they go to.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub within: Option<Expr>,
    pub unknown: Option<Expr>,
    pub numerator: Expr,
    pub denominator: Option<Expr>,
    /// The measure that takes every unit.
    pub all: usize,
    /// What splits the units further.
    pub by: Option<By>,
}

/// A split, such as by sex.
#[derive(Clone, Debug)]
pub(super) struct By {
    pub field: Expr,
    /// Answer and measure. A unit with none of these answers is unknown to each of them.
    pub values: Vec<(String, usize)>,
}

/// What one unit gives.
#[derive(Clone, Copy, Default)]
struct Given {
    y: i128,
    x: i128,
    unknown: u64,
}

/// The names in the paths of rules, whose numbers the paths are given.
pub(super) fn glossary(rules: &mut [Rule]) -> Glossary {
    let mut glossary = Glossary::default();
    for expression in rules.iter_mut().flat_map(Rule::expressions) {
        expression.bind(&mut glossary);
    }
    glossary
}

pub(super) fn contributions(
    set: &CriteriaSet,
    tree: &Tree,
    as_of: Date,
    drawn: &BTreeSet<String>,
) -> Contributions {
    let outcome = Outcome::from_word(tree.find("outcome").map_or("", |n| tree.text(n)).trim());
    let mut sums: Vec<Option<Given>> = vec![None; set.measures.len()];
    if outcome == Outcome::Completed {
        let instances = Instances::new();
        let now = as_of.at(0, 0, 0, 0);
        let names = Names::of(tree, &set.glossary);
        let scope = Scope::new(tree, tree.root(), now, &instances);
        let scope = Scope { names: Some(&names), ..scope };
        for rule in set.rules.iter().filter(|r| drawn.contains(&r.module)) {
            rule.apply(&set.measures, &scope, &mut sums);
        }
    }
    let measures = sums.into_iter().map(|s| s.map(Given::finish)).collect();
    Contributions { outcome, measures }
}

impl Rule {
    /// True if what it gives a measure depends on the day.
    pub(super) fn is_dated(&self, measure: usize) -> bool {
        let day = |expr: &Expr| expr.ast().is_volatile();
        let test = |t: &Test| {
            let parts = [&t.within, &t.unknown, &t.denominator];
            t.targets().any(|m| m == measure)
                && (day(&t.numerator)
                    || parts.into_iter().flatten().any(day)
                    || [&self.each, &self.when].into_iter().flatten().any(day))
        };
        self.tests.iter().any(test)
    }

    fn apply(&self, measures: &[Measure], scope: &Scope<'_>, sums: &mut [Option<Given>]) {
        for m in self.tests.iter().flat_map(Test::targets) {
            sums[m] = Some(Given::default());
        }
        for unit in self.units(scope) {
            let here = scope.at(unit);
            for test in &self.tests {
                test.apply(measures, &here, sums);
            }
        }
    }
}

impl Rule {
    /// What it looks at in a household, where it looks at all: the household, or nodes of a set.
    pub(super) fn units(&self, scope: &Scope<'_>) -> impl Iterator<Item = NodeId> + use<> {
        let looks = holds(self.when.as_ref(), scope, true);
        let (mut whole, mut set) = (None, Vec::new());
        match &self.each {
            Some(path) if looks => {
                set.extend(path.eval(scope).nodes().iter().filter_map(|n| n.id()));
            }
            None if looks => whole = Some(scope.context),
            _ => {}
        }
        whole.into_iter().chain(set)
    }

    fn expressions(&mut self) -> impl Iterator<Item = &mut Expr> {
        let tests = self.tests.iter_mut().flat_map(|test| {
            let by = test.by.as_mut().map(|by| &mut by.field);
            let parts =
                [test.within.as_mut(), test.unknown.as_mut(), test.denominator.as_mut(), by];
            parts.into_iter().flatten().chain([&mut test.numerator])
        });
        [self.each.as_mut(), self.when.as_mut()].into_iter().flatten().chain(tests)
    }
}

impl Test {
    /// Whether nobody knows about a unit of its domain: not how it stands, or not where it belongs.
    pub(super) fn is_unknown(&self, measure: &Measure, scope: &Scope<'_>) -> bool {
        let split = |by: &By| {
            let answer = by.field.eval(scope).text();
            by.values.iter().all(|(value, _)| *value != answer)
        };
        holds(self.within.as_ref(), scope, true)
            && (self.unit(measure, scope).unknown > 0 || self.by.as_ref().is_some_and(split))
    }

    fn targets(&self) -> impl Iterator<Item = usize> {
        let split = self.by.iter().flat_map(|by| by.values.iter().map(|(_, m)| *m));
        std::iter::once(self.all).chain(split)
    }

    fn apply(&self, measures: &[Measure], scope: &Scope<'_>, sums: &mut [Option<Given>]) {
        if !holds(self.within.as_ref(), scope, true) {
            return;
        }
        let given = self.unit(&measures[self.all], scope);
        add(&mut sums[self.all], given);
        let Some(by) = &self.by else { return };
        let answer = by.field.eval(scope).text();
        if let Some((_, m)) = by.values.iter().find(|(v, _)| *v == answer) {
            add(&mut sums[*m], given);
        } else {
            let lost = Given {
                unknown: given.unknown + u64::try_from(given.x).unwrap_or(0),
                ..Given::default()
            };
            by.values.iter().for_each(|(_, m)| add(&mut sums[*m], lost));
        }
    }

    fn unit(&self, measure: &Measure, scope: &Scope<'_>) -> Given {
        let size = self.denominator.as_ref().map_or(1.0, |d| d.number(scope));
        let unknown = holds(self.unknown.as_ref(), scope, false);
        let x = fixed(size, 1).filter(|x| *x >= 0);
        let y = || fixed(self.numerator.number(scope), measure.one());
        match (x, unknown) {
            (Some(x), false) => match y() {
                _ if x == 0 => Given::default(),
                Some(y) if measure.is_share() => {
                    Given { y: y.clamp(0, x * measure.one()), x, unknown: 0 }
                }
                Some(y) => Given { y, x, unknown: 0 },
                None => Given::lost(x),
            },
            (x, _) => Given::lost(x.unwrap_or(1)),
        }
    }
}

impl Given {
    /// A unit nobody knows: it weighs as much as its denominator, and at least one.
    fn lost(x: i128) -> Given {
        Given { unknown: u64::try_from(x.max(1)).unwrap_or(1), ..Given::default() }
    }

    fn finish(self) -> Contribution {
        let absurd = self.y.abs() > Contribution::LIMIT || self.x > Contribution::LIMIT;
        if absurd {
            return Contribution { y: 0, x: 0, unknown: 1 };
        }
        Contribution { y: self.y, x: self.x, unknown: self.unknown }
    }
}

fn add(sum: &mut Option<Given>, given: Given) {
    let s = sum.get_or_insert_default();
    s.y += given.y;
    s.x += given.x;
    s.unknown += given.unknown;
}

fn holds(expr: Option<&Expr>, scope: &Scope<'_>, absent: bool) -> bool {
    expr.map_or(absent, |e| e.holds(scope))
}

/// A number at a fixed scale, halves away from zero; `None` for what is no number or absurdly
/// large.
fn fixed(value: f64, one: i128) -> Option<i128> {
    let scaled = (value * one as f64).round();
    if scaled.abs() <= Contribution::LIMIT as f64 { Some(scaled as i128) } else { None }
}
