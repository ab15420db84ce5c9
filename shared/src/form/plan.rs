//! In which order relevance, calculations and the like are worked out, and what has to be worked
//! out again when an answer changes. Found once per form; a cycle is a fault of the form.
//!
//! It is JavaRosa's order of work: what a change makes necessary is the closure of
//! [`Plan::readers`] over [`Plan::next`], taken in the order of [`Plan::steps`].

use std::collections::BTreeSet;

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
    const KINDS: usize = 4;

    /// A number of its own.
    fn code(self) -> usize {
        let kind = match self {
            Step::Relevance(_) => 0,
            Step::Required(_) => 1,
            Step::ReadOnly(_) => 2,
            Step::Calculation(_) => 3,
        };
        self.field() * Step::KINDS + kind
    }

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
        let mut number = vec![None; fields.len() * Step::KINDS];
        for (i, step) in steps.iter().enumerate() {
            number[step.code()] = Some(i);
        }
        let mut next = vec![Vec::new(); steps.len()];
        for (i, step) in steps.iter().enumerate() {
            for need in needs(fields, deps(step)) {
                // A step that waits for itself is a circle, too.
                next[number[need.code()].unwrap_or(i)].push(i);
            }
        }
        let order = order(&next).map_err(|stuck| {
            let stuck: Vec<Step> = stuck.into_iter().map(|i| steps[i]).collect();
            cycle(fields, &stuck)
        })?;
        let mut places = vec![0; steps.len()];
        order.iter().enumerate().for_each(|(k, i)| places[*i] = k);
        let mut plan = Plan {
            steps: order.iter().map(|i| steps[*i]).collect(),
            readers: vec![Vec::new(); fields.len()],
            next: vec![Vec::new(); steps.len()],
        };
        for (i, after) in next.iter().enumerate() {
            let mut after: Vec<usize> = after.iter().map(|a| places[*a]).collect();
            after.sort_unstable();
            plan.next[places[i]] = after;
        }
        for (k, step) in plan.steps.iter().enumerate() {
            for f in &deps(step).fields {
                plan.readers[*f].push(k);
            }
        }
        Ok(plan)
    }
}

/// The steps that come before one that reads these fields: those that give values, and the
/// relevance that may hide them. (JavaRosa takes whether a field is required or read-only as a
/// change of the field, too.)
fn needs(fields: &[Field], deps: &Deps) -> Vec<Step> {
    let mut needs = Vec::new();
    for f in &deps.fields {
        let field = &fields[*f];
        let always = field.calculation.as_ref().filter(|_| field.triggers.is_empty());
        needs.extend(always.map(|_| Step::Calculation(*f)));
        needs.extend(field.required.as_ref().map(|_| Step::Required(*f)));
        needs.extend(field.read_only.as_ref().map(|_| Step::ReadOnly(*f)));
        let lineage = std::iter::successors(Some(*f), |i| fields[*i].parent);
        needs.extend(lineage.filter(|i| fields[*i].relevant.is_some()).map(Step::Relevance));
    }
    needs.sort_unstable();
    needs.dedup();
    needs
}

/// A topological order of steps, given what comes after each: round by round all that has nothing
/// left to wait for, by field within a round; or the steps left over when there is a circle.
fn order(next: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits = vec![0; next.len()];
    next.iter().flatten().for_each(|i| waits[*i] += 1);
    let mut order: Vec<usize> = Vec::with_capacity(next.len());
    let mut round: Vec<usize> = (0..next.len()).filter(|i| waits[*i] == 0).collect();
    while !round.is_empty() {
        let mut ready = Vec::new();
        for after in round.iter().flat_map(|i| &next[*i]) {
            waits[*after] -= 1;
            ready.extend((waits[*after] == 0).then_some(*after));
        }
        order.append(&mut round);
        ready.sort_unstable();
        round = ready;
    }
    if order.len() == next.len() {
        return Ok(order);
    }
    Err((0..next.len()).filter(|i| waits[*i] > 0).collect())
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
