//! In which order relevance and calculations are worked out, and what has to be worked out again
//! when an answer changes. Found once per form; a cycle is a fault of the form.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::FormFault;
use super::field::{Field, FieldType};
use super::typing::Deps;

/// One thing to work out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Whether a field is asked.
    Relevance(usize),
    /// A calculated value.
    Calculation(usize),
}

impl Step {
    pub fn field(self) -> usize {
        match self {
            Step::Relevance(f) | Step::Calculation(f) => f,
        }
    }
}

/// What a change makes necessary, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    /// Index into [`Plan::steps`].
    pub step: usize,
    /// True when only the repeat instance of the changed field can be concerned.
    pub same_instance: bool,
}

/// The order of work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Everything, each after what it depends on.
    pub steps: Vec<Step>,
    /// By field: what a change of its value (for repeats: of their number) makes necessary.
    pub updates: Vec<Vec<Update>>,
}

impl Plan {
    /// The plan for fields whose relevance and calculation depend on `deps`.
    ///
    /// # Errors
    /// A fault at one of the fields of a cycle.
    pub(super) fn new(fields: &[Field], deps: &[(Deps, Deps)]) -> Result<Plan, FormFault> {
        let mut steps = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            if field.relevant.is_some() {
                steps.push(Step::Relevance(i));
            }
            if field.calculation.is_some() {
                steps.push(Step::Calculation(i));
            }
        }
        let reads = |step: &Step| match step {
            Step::Relevance(f) => &deps[*f].0,
            Step::Calculation(f) => &deps[*f].1,
        };
        let needs: Vec<BTreeSet<Step>> = steps.iter().map(|s| needs(fields, reads(s))).collect();
        let order = order(&steps, &needs).map_err(|stuck| cycle(fields, &stuck))?;
        let steps: Vec<Step> = order.iter().map(|i| steps[*i]).collect();
        let places: BTreeMap<Step, usize> =
            steps.iter().enumerate().map(|(i, s)| (*s, i)).collect();
        let after: Vec<Vec<usize>> =
            order.iter().map(|i| needs[*i].iter().map(|n| places[n]).collect()).collect();
        let reads: Vec<&Deps> = steps.iter().map(reads).collect();
        let graph = Graph { fields, steps: &steps, after: &after, reads: &reads };
        let updates = (0..fields.len()).map(|f| graph.updates(f)).collect();
        Ok(Plan { steps, updates })
    }
}

impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Step {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |s: &Step| (s.field(), matches!(s, Step::Calculation(_)));
        key(self).cmp(&key(other))
    }
}

/// The steps whose results an expression sees: values it reads, and the relevance that may hide
/// them.
fn needs(fields: &[Field], deps: &Deps) -> BTreeSet<Step> {
    let mut needs = BTreeSet::new();
    for f in &deps.fields {
        if fields[*f].calculation.is_some() {
            needs.insert(Step::Calculation(*f));
        }
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

/// The steps in order, with what each comes after and what it reads.
struct Graph<'g> {
    fields: &'g [Field],
    steps: &'g [Step],
    after: &'g [Vec<usize>],
    reads: &'g [&'g Deps],
}

impl Graph<'_> {
    /// The field and what it is in, innermost first.
    fn lineage(&self, f: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(f), |i| self.fields[*i].parent)
    }

    fn repeat_of(&self, f: usize) -> Option<usize> {
        self.lineage(f).find(|i| self.fields[*i].kind == FieldType::Repeat)
    }

    /// What a change of field `f` makes necessary.
    fn updates(&self, f: usize) -> Vec<Update> {
        let home = self.repeat_of(f);
        let is_repeat = self.fields[f].kind == FieldType::Repeat;
        let within = |i: usize| self.lineage(i).any(|a| a == f);
        let mut dirty: Vec<Option<bool>> = vec![None; self.steps.len()];
        for (k, step) in self.steps.iter().enumerate() {
            let reads = self.reads[k];
            let before: Vec<bool> = self.after[k].iter().filter_map(|i| dirty[*i]).collect();
            // A new instance brings all its fields, and concerns whoever looks into the repeat.
            let direct = reads.fields.contains(&f)
                || is_repeat && (within(step.field()) || reads.fields.iter().any(|d| within(*d)));
            if direct || !before.is_empty() {
                let near = home.is_some() && self.repeat_of(step.field()) == home && !reads.crosses;
                dirty[k] = Some(near && !is_repeat && before.iter().all(|same| *same));
            }
        }
        let found = dirty.iter().enumerate();
        found
            .filter_map(|(step, same)| same.map(|same_instance| Update { step, same_instance }))
            .collect()
    }
}
