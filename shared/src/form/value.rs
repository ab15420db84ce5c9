//! Answers as text: what a question of each type accepts, and how JavaRosa writes it.

use std::collections::BTreeSet;

use super::field::{Field, FieldType};

use crate::answers::{NodeId, Tree};
use crate::expr::{Instances, Node, Scope, java_double, keeps_row, parse_date};

/// The text stored for an answer as a person gives it, or `None` when it is not of the field's
/// type. Choices are checked apart: [`is_offered`].
pub(crate) fn canonical(field: &Field, written: &str) -> Option<String> {
    if written.is_empty() {
        return Some(String::new());
    }
    match field.kind {
        FieldType::Integer => written.parse::<i32>().ok().map(|n| n.to_string()),
        FieldType::Decimal => number(written).map(java_double),
        FieldType::Date | FieldType::Today => {
            parse_date(written).filter(|d| d.year() >= 0).map(|d| d.to_string())
        }
        FieldType::Geopoint | FieldType::StartGeopoint => geopoint(written),
        FieldType::Geotrace | FieldType::Geoshape => {
            let points = written.split(';').map(str::trim).filter(|p| !p.is_empty());
            let points: Option<Vec<String>> = points.map(geopoint).collect();
            Some(points?.join("; "))
        }
        FieldType::Acknowledge => Some("OK".to_owned()),
        FieldType::SelectMultiple(_) => {
            Some(written.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        FieldType::SelectOne(_) => (!written.contains(char::is_whitespace)).then(|| written.into()),
        _ => Some(written.to_owned()),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite())
}

fn geopoint(written: &str) -> Option<String> {
    let numbers: Option<Vec<f64>> = written.split_whitespace().map(number).collect();
    let numbers = numbers.filter(|n| (2..=4).contains(&n.len()))?;
    if numbers[0].abs() > 90.0 || numbers[1].abs() > 180.0 {
        return None;
    }
    // JavaRosa always writes altitude and accuracy too.
    let all = numbers.into_iter().chain(std::iter::repeat(0.0)).take(4);
    Some(all.map(java_double).collect::<Vec<_>>().join(" "))
}

/// How a stored answer stands to the choices offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Every value is offered, and in an order of choices every choice is there.
    Whole,
    /// Every value is offered, but an order of choices leaves some out.
    Partial,
    /// A value is not offered.
    Unknown,
}

/// True if each of the chosen values is among the choices offered at that node.
pub(crate) fn is_offered(field: &Field, chosen: &str, scope: &Scope<'_>) -> bool {
    offer(field, chosen, scope) != Offer::Unknown
}

/// How an answer stands to the choices offered at that node. A table that is not there cannot say
/// no.
pub(crate) fn offer(field: &Field, chosen: &str, scope: &Scope<'_>) -> Offer {
    let Some(choices) = field.kind.choices() else { return Offer::Whole };
    if choices.table.is_empty() {
        return of_instances(field, &choices.value, chosen, scope);
    }
    let Some(table) = scope.instances.get(&choices.table) else { return Offer::Whole };
    let rule = field.choice_rows.as_ref();
    // Worked out for the whole table only where a row's place in it matters.
    let mut all: Option<BTreeSet<usize>> = None;
    let mut kept = |row: usize| {
        let Some(rule) = rule else { return true };
        keeps_row(rule.expr.ast(), Node::Row(table, row), scope).unwrap_or_else(|| {
            let rows = || rule.expr.eval(scope).nodes().iter().filter_map(|n| n.row()).collect();
            all.get_or_insert_with(rows).contains(&row)
        })
    };
    let mut values = chosen.split_ascii_whitespace();
    if !values.all(|value| table.rows_with(&choices.value, value).any(&mut kept)) {
        return Offer::Unknown;
    }
    let ranked = matches!(field.kind, FieldType::Rank(_));
    if ranked && (0..table.len()).filter(|row| kept(*row)).count() != words(chosen) {
        return Offer::Partial;
    }
    Offer::Whole
}

/// The same where the choices are the instances of a repeat.
fn of_instances(field: &Field, value: &str, chosen: &str, scope: &Scope<'_>) -> Offer {
    let Some(rule) = &field.choice_rows else { return Offer::Whole };
    let instances = rule.expr.eval(scope);
    let ids = instances.nodes().iter().filter_map(|n| n.id());
    let values = ids.filter_map(|n| scope.tree.named(n, value).next()).map(|n| scope.tree.text(n));
    let values: BTreeSet<&str> = values.filter(|text| !text.is_empty()).collect();
    if !chosen.split_ascii_whitespace().all(|value| values.contains(value)) {
        return Offer::Unknown;
    }
    let ranked = matches!(field.kind, FieldType::Rank(_));
    if ranked && values.len() != words(chosen) { Offer::Partial } else { Offer::Whole }
}

fn words(text: &str) -> usize {
    text.split_ascii_whitespace().count()
}

/// A scope at one node.
pub(crate) fn scope_at<'a>(
    tree: &'a Tree,
    node: NodeId,
    now: jiff::civil::DateTime,
    instances: &'a Instances,
) -> Scope<'a> {
    Scope::new(tree, node, now, instances)
}
