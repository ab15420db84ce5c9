//! Reading a commune's self-report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CriteriaSet, Decimal, Kind, Source, Threshold};
use crate::answers::{NodeId, Tree};
use crate::text::Text;

/// A field of the self-report that carries an indicator, or one part of it.
#[derive(Clone, Debug)]
pub struct ReportField {
    /// Indicator id, with the part after a slash.
    pub id: String,
    /// Form id.
    pub form: String,
    /// Name of the field in that form, wherever it is grouped.
    pub field: String,
    /// Name of the part; absent when the indicator has one field.
    pub part: Option<Text>,
    /// Its thresholds.
    pub thresholds: Vec<Threshold>,
}

/// What a commune reports about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportValue {
    /// Yes.
    Yes,
    /// No.
    No,
    /// "Không rõ", or an answer that cannot be read as what is asked.
    Unknown,
    /// A number, as written with a decimal point.
    Number(String),
}

/// A commune's self-report: answered fields by report field id. A field left blank is not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfReport {
    /// Answers by [`ReportField::id`].
    pub values: BTreeMap<String, ReportValue>,
}

pub(super) fn read(set: &CriteriaSet, tree: &Tree) -> SelfReport {
    let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
    collect(tree, tree.root(), &mut fields);
    let mut values = BTreeMap::new();
    for (_, indicator) in set.indicators() {
        let Source::Report(list) = &indicator.source else { continue };
        for wanted in list.iter().filter(|w| tree.form_id().is_none_or(|id| id == w.form)) {
            if let Some(value) =
                fields.get(wanted.field.as_str()).and_then(|t| value(t, indicator.kind))
            {
                values.insert(wanted.id.clone(), value);
            }
        }
    }
    SelfReport { values }
}

/// Leaf texts by field name. Names are unique in a form without repeats; the first one counts.
fn collect<'t>(tree: &'t Tree, node: NodeId, into: &mut BTreeMap<&'t str, &'t str>) {
    let children = tree.children(node);
    if children.is_empty() {
        into.entry(tree.name(node)).or_insert(tree.text(node));
    }
    for child in children {
        collect(tree, *child, into);
    }
}

fn value(text: &str, kind: Kind) -> Option<ReportValue> {
    let text = text.trim();
    Some(match (text, kind) {
        ("", _) => return None,
        ("unknown", _) => ReportValue::Unknown,
        ("yes", Kind::Boolean) => ReportValue::Yes,
        ("no", Kind::Boolean) => ReportValue::No,
        (_, Kind::Boolean) => ReportValue::Unknown,
        (number, _) if Decimal::read(number).is_some() => ReportValue::Number(number.to_owned()),
        _ => ReportValue::Unknown,
    })
}
