//! In which order relevance, calculations and the like are worked out, and what has to be worked
//! out again when an answer changes. Found once per form; a cycle is a fault of the form.
//!
//! It is JavaRosa's order of work: what a change makes necessary is the closure of
//! [`Plan::readers`] over [`Plan::next`], taken in the order of [`Plan::steps`].

use std::collections::{BTreeMap, BTreeSet};

use super::fault::FormFault;
use super::field::Field;
use super::typing::Deps;

/// One thing to work out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Whether a field is asked.
    Relevance(usize),
    /// Whether it has to be answered.
    Required(usize),
    /// Whether it cannot be answered by hand.
    ReadOnly(usize),
    /// A calculated value.
    Calculation(usize),
}

impl Step {
    pub fn field(self) -> usize {
        match self {
            Step::Relevance(f) | Step::Required(f) | Step::ReadOnly(f) | Step::Calculation(f) => f,
        }
    }
}

/// What the expressions of a field depend on.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    pub relevance: Deps,
    pub required: Deps,
    pub read_only: Deps,
    pub calculation: Deps,
}

/// The order of work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Everything, each after what it depends on.
    pub steps: Vec<Step>,
    /// By field: the steps whose expressions read it (a repeat: how many instances it has).
    pub readers: Vec<Vec<usize>>,
    /// By step: the steps that its result makes necessary.
    pub next: Vec<Vec<usize>>,
}

impl Plan {
    /// The plan for fields whose expressions depend on `reads`.
    ///
    /// # Errors
    /// A fault at one of the fields of a cycle.
    pub(super) fn new(fields: &[Field], reads: &[Reads]) -> Result<Plan, FormFault> {
        let mut steps = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            steps.extend(field.relevant.as_ref().map(|_| Step::Relevance(i)));
            steps.extend(field.required.as_ref().map(|_| Step::Required(i)));
            steps.extend(field.read_only.as_ref().map(|_| Step::ReadOnly(i)));
            // What a change of another field triggers is an event, not part of the order.
            let always = field.calculation.as_ref().filter(|_| field.triggers.is_empty());
            steps.extend(always.map(|_| Step::Calculation(i)));
        }
        let deps = |step: &Step| match step {
            Step::Relevance(f) => &reads[*f].relevance,
            Step::Required(f) => &reads[*f].required,
            Step::ReadOnly(f) => &reads[*f].read_only,
            Step::Calculation(f) => &reads[*f].calculation,
        };
        let needs: Vec<BTreeSet<Step>> = steps.iter().map(|s| needs(fields, deps(s))).collect();
        let order = order(&steps, &needs).map_err(|stuck| cycle(fields, &stuck))?;
        let steps: Vec<Step> = order.iter().map(|i| steps[*i]).collect();
        let places: BTreeMap<Step, usize> =
            steps.iter().enumerate().map(|(i, s)| (*s, i)).collect();
        let mut plan = Plan {
            readers: vec![Vec::new(); fields.len()],
            next: vec![Vec::new(); steps.len()],
            steps,
        };
        for (k, i) in order.iter().enumerate() {
            for need in needs[*i].iter().filter_map(|n| places.get(n)) {
                plan.next[*need].push(k);
            }
            for f in &deps(&plan.steps[k]).fields {
                plan.readers[*f].push(k);
            }
        }
        Ok(plan)
    }
}

/// The steps that come before one that reads these fields: those that give values, and the
/// relevance that may hide them. (JavaRosa takes whether a field is required or read-only as a
/// change of the field, too.)
fn needs(fields: &[Field], deps: &Deps) -> BTreeSet<Step> {
    let mut needs = BTreeSet::new();
    for f in &deps.fields {
        let field = &fields[*f];
        let always = field.calculation.as_ref().filter(|_| field.triggers.is_empty());
        needs.extend(always.map(|_| Step::Calculation(*f)));
        needs.extend(field.required.as_ref().map(|_| Step::Required(*f)));
        needs.extend(field.read_only.as_ref().map(|_| Step::ReadOnly(*f)));
        let lineage = std::iter::successors(Some(*f), |i| fields[*i].parent);
        needs.extend(lineage.filter(|i| fields[*i].relevant.is_some()).map(Step::Relevance));
    }
    needs
}

/// A topological order, stable by field; or the steps left over when there is a cycle.
fn order(steps: &[Step], needs: &[BTreeSet<Step>]) -> Result<Vec<usize>, Vec<Step>> {
    let mut done: BTreeSet<Step> = BTreeSet::new();
    let mut order = Vec::with_capacity(steps.len());
    let mut left: Vec<usize> = (0..steps.len()).collect();
    while !left.is_empty() {
        let ready = |i: &usize| needs[*i].iter().all(|n| done.contains(n));
        let (now, later): (Vec<usize>, Vec<usize>) = left.iter().partition(|i| ready(i));
        if now.is_empty() {
            return Err(left.iter().map(|i| steps[*i]).collect());
        }
        done.extend(now.iter().map(|i| steps[*i]));
        order.extend(now);
        left = later;
    }
    Ok(order)
}

fn cycle(fields: &[Field], stuck: &[Step]) -> FormFault {
    let names: BTreeSet<&str> = stuck.iter().map(|s| fields[s.field()].name.as_str()).collect();
    let names = names.into_iter().take(8).collect::<Vec<_>>().join(", ");
    let row = stuck.first().map_or(0, |s| fields[s.field()].row);
    FormFault::new(
        "survey",
        row,
        "relevant/calculation",
        format!("các công thức phụ thuộc vòng tròn: {names}; bỏ một phụ thuộc"),
        format!("these rules depend on each other in a circle: {names}; remove one dependency"),
    )
}
