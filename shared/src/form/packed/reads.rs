//! The order of work follows from what each rule reads, and that mostly from the fields its expression
//! names by number.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::expression::Writer;
use crate::form::Form;
use crate::form::plan::Step;

/// The rules that read something else than the fields they name by number, with what they read; none
/// when a rule of the order of work is not to be seen in the compiled form.
pub(super) fn beside(
    form: &Form,
    compiled: &Map<String, Value>,
    writer: &Writer<'_>,
) -> Option<Vec<Value>> {
    let plan = &form.plan;
    let mut deps = vec![BTreeSet::new(); plan.steps.len()];
    for (field, readers) in plan.readers.iter().enumerate() {
        for step in readers {
            deps[*step].insert(field);
        }
    }
    let rules = ["relevant", "required", "read_only", "calculation"];
    let fields = compiled.get("fields")?.as_array()?;
    let seen = |field: &Value| rules.iter().filter(|rule| field.get(rule).is_some()).count();
    let triggered =
        |field: &&Value| field.get("calculation").is_some() && field.get("triggers").is_some();
    let expected = fields.iter().map(seen).sum::<usize>() - fields.iter().filter(triggered).count();
    if expected != plan.steps.len() {
        return None;
    }
    let mut out = Vec::new();
    for (step, deps) in plan.steps.iter().zip(deps) {
        let (field, rule) = match step {
            Step::Relevance(f) => (*f, "relevant"),
            Step::Required(f) => (*f, "required"),
            Step::ReadOnly(f) => (*f, "read_only"),
            Step::Calculation(f) => (*f, "calculation"),
        };
        if *writer.reads(field, rule)? != deps {
            out.push(json!([field, rule, deps]));
        }
    }
    Some(out)
}
