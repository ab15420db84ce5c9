//! Why a rule cannot tell: the answers it looks at in a unit whose numerator or denominator it does not
//! know.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::CriteriaSet;
use super::rule::{Rule, Test};
use crate::answers::{Names, NodeId, Tree};
use crate::expr::{Expr, Instances, Scope};

/// An answer that a rule read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Read {
    /// Place of the unit among those of the household, from 1; absent for the household itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<u64>,
    /// Path of the field, as the rule writes it.
    pub field: String,
    /// The answer; empty where there is none.
    pub answer: String,
}

pub(super) fn unknown_to(
    set: &CriteriaSet,
    indicator: &str,
    tree: &Tree,
    as_of: Date,
) -> Vec<Read> {
    let instances = Instances::new();
    let names = Names::of(tree, &set.glossary);
    let scope = Scope::new(tree, tree.root(), as_of.at(0, 0, 0, 0), &instances);
    let scope = Scope { names: Some(&names), ..scope };
    let about = |test: &Test| set.measures[test.all].indicator == indicator;
    let mut found = Vec::new();
    for rule in set.rules.iter().filter(|rule| rule.tests.iter().any(about)) {
        for (place, unit) in rule.units(&scope).enumerate() {
            let numbered = rule.each.as_ref().and(u64::try_from(place + 1).ok());
            of_unit(set, rule, (numbered, unit), &scope, &mut found);
        }
    }
    found
}

fn of_unit(
    set: &CriteriaSet,
    rule: &Rule,
    (place, unit): (Option<u64>, NodeId),
    scope: &Scope<'_>,
    found: &mut Vec<Read>,
) {
    let here = scope.at(unit);
    let lost = rule.tests.iter().filter(|test| test.is_unknown(&set.measures[test.all], &here));
    let mut fields = BTreeMap::new();
    for test in lost {
        let parts = [&test.within, &test.unknown, &test.denominator];
        let parts = parts.into_iter().flatten().chain([&test.numerator]);
        let parts = parts.chain(test.by.iter().map(|by| &by.field));
        fields.extend(parts.flat_map(Expr::fields).map(|field| (field.to_string(), field)));
    }
    for (field, path) in fields {
        let said = path.eval(&here);
        // Of several nodes, as in a count, no single answer says why.
        if said.nodes().len() <= 1 {
            found.push(Read { unit: place, field, answer: said.text() });
        }
    }
}
