//! What arrives and is decided in any order, against a second statement of the rule: which submission
//! counts after every step, and that the kept sums are those of a rebuild.

use std::collections::BTreeSet;

use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::{Decision, SubmissionRow};

use super::{Scene, decided};
use crate::harness::{Multipart, ROUND, Visit};

const HOMES: [&str; 3] = ["u0066.01.001", "u0066.01.002", "u0066.02.001"];

/// One submission as the rule sees it; others by their place in the list.
struct One {
    visit: Visit,
    edits: Option<usize>,
    /// The number the server gave it: how many had come.
    number: Option<i64>,
    replaced_by: Option<usize>,
    /// It came before what it edits, which is not there yet.
    early: bool,
    rejected: bool,
}

#[derive(Default)]
struct Model {
    all: Vec<One>,
    came: i64,
}

impl Model {
    fn make(&mut self, visit: Visit, edits: Option<usize>) -> usize {
        let (number, replaced_by, early, rejected) = (None, None, false, false);
        self.all.push(One { visit, edits, number, replaced_by, early, rejected });
        self.all.len() - 1
    }

    fn there(&self) -> Vec<usize> {
        (0..self.all.len()).filter(|one| self.all[*one].number.is_some()).collect()
    }

    fn arrive(&mut self, one: usize) {
        self.came += 1;
        self.all[one].number = Some(self.came);
        if let Some(old) = self.all[one].edits {
            if self.all[old].number.is_none() {
                self.all[one].early = true;
            } else if self.all[old].replaced_by.is_none() {
                self.all[old].replaced_by = Some(one);
            }
        }
        let mut early = self.there();
        early.retain(|edit| self.all[*edit].edits == Some(one) && self.all[*edit].early);
        early.sort_by_key(|edit| self.all[*edit].number);
        self.all[one].replaced_by = early.first().copied();
        early.iter().for_each(|edit| self.all[*edit].early = false);
    }

    /// The numbers of those that count.
    fn counting(&self) -> BTreeSet<i64> {
        let stands = |one: &One| {
            let mut next = one.replaced_by;
            while let Some(later) = next {
                if !self.all[later].rejected {
                    return false;
                }
                next = self.all[later].replaced_by;
            }
            !one.rejected
        };
        let best = |home: &&str| {
            let about = self.all.iter().filter(|one| one.visit.household == **home && stands(one));
            about.filter_map(|one| Some((one.visit.contact == "met", one.number?))).max()
        };
        HOMES.iter().filter_map(best).map(|(_, number)| number).collect()
    }
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

#[test]
fn whatever_comes_and_is_decided_the_rule_holds_and_the_sums_are_those_of_a_rebuild() {
    for seed in 1..=4 {
        let (scene, mut model, mut dice) = (Scene::new(), Model::default(), Dice(seed));
        for step in 0..30 {
            let there = model.there();
            let unsent: Vec<usize> =
                (0..model.all.len()).filter(|one| model.all[*one].number.is_none()).collect();
            let act = if there.is_empty() { 0 } else { dice.below(9) };
            let mut new = Visit::completed(HOMES[dice.below(3)]);
            new.poverty = ["poor", "none"][dice.below(2)].into();
            new.contact = ["met", "met", "absent"][dice.below(3)];
            match act {
                0 => send(&scene, &mut model, |model| model.make(new, None)),
                1 | 2 => send(&scene, &mut model, |model| {
                    let old = there[dice.below(there.len())];
                    let edits = Some(model.all[old].visit.instance.clone());
                    model.make(Visit { edits, ..new }, Some(old))
                }),
                // An edit of what is still on its way.
                3 => send(&scene, &mut model, |model| {
                    let old = match unsent.first() {
                        Some(old) => *old,
                        None => model.make(new.clone(), None),
                    };
                    let edit = model.all[old].visit.edited();
                    model.make(edit, Some(old))
                }),
                4 if !unsent.is_empty() => send(&scene, &mut model, |_| unsent[0]),
                _ => {
                    let one = there[dice.below(there.len())];
                    let rejected = dice.below(3) > 0;
                    model.all[one].rejected = rejected;
                    let decision = if rejected { Decision::Rejected } else { Decision::Approved };
                    let number = model.all[one].number.expect("it came");
                    let review = decided(&[number], decision);
                    scene.server.admin.post("/reviews", &review).expect(200);
                }
            }
            let rows: Vec<SubmissionRow> = scene.server.admin.all("/submissions");
            let counting: BTreeSet<i64> =
                rows.iter().filter(|row| row.counts).map(|row| row.seq).collect();
            assert_eq!(counting, model.counting(), "seed {seed}, step {step}, act {act}");
            let path = format!("/rounds/{ROUND}/scores?rebuild=true");
            let report: ScoreReport = scene.server.admin.get(&path).expect(200).json();
            let rebuilt = report.rebuilt.expect("what it came to");
            let wrong = (rebuilt.villages_differing, rebuilt.readings_differing);
            assert_eq!(wrong, (0, 0), "seed {seed}, step {step}, act {act}");
        }
    }
}

fn send(scene: &Scene, model: &mut Model, make: impl FnOnce(&mut Model) -> usize) {
    let one = make(model);
    let answer = scene.phone.post(&Multipart::of(&model.all[one].visit.xml()));
    assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
    model.arrive(one);
}
