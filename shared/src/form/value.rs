//! Answers as text: what a question of each type accepts, and how JavaRosa writes it.

use super::field::{Field, FieldType};

use crate::answers::{NodeId, Tree};
use crate::expr::{Instances, Scope, java_double, parse_date};

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
        FieldType::Geopoint => geopoint(written),
        FieldType::Acknowledge => Some("OK".to_owned()),
        FieldType::SelectMultiple(_) => {
            Some(written.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        FieldType::SelectOne(_) => (!written.contains(char::is_whitespace)).then(|| written.into()),
        _ => Some(written.to_owned()),
    }
}

/// True if a stored text is of the field's type. More tolerant than [`canonical`] in how it is
/// written (`5` for a decimal), not in what it means.
pub(crate) fn is_of_type(field: &Field, stored: &str) -> bool {
    match field.kind {
        FieldType::Acknowledge => stored == "OK",
        FieldType::Start | FieldType::End => crate::expr::parse_moment(stored).is_some(),
        _ => canonical(field, stored).is_some(),
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
    Some(numbers.into_iter().map(java_double).collect::<Vec<_>>().join(" "))
}

/// True if each of the chosen values is among the choices offered at that node. A table that is
/// not there cannot say no.
pub(crate) fn is_offered(field: &Field, chosen: &str, scope: &Scope<'_>) -> bool {
    let Some(choices) = field.kind.choices() else { return true };
    let Some(table) = scope.instances.get(&choices.table) else { return true };
    let offered = field.choice_rows.as_ref().map(|rule| {
        let rows = rule.expr.eval(scope);
        let rows = rows.nodes().iter().filter_map(|n| n.row());
        rows.collect::<std::collections::BTreeSet<usize>>()
    });
    chosen.split_whitespace().all(|value| {
        let rows = table.rows_named(value);
        match &offered {
            None => !rows.is_empty(),
            Some(offered) => rows.iter().any(|r| offered.contains(r)),
        }
    })
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
