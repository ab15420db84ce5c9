//! A form with the steps it is filled with, on both engines.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use ntm_engine_tests::{JavaRosa, Walk, phone, settings};
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;
use ntm_shared::form::fill::Meta;

use super::form::RandomForm;

#[derive(Clone, Debug)]
pub struct Case {
    pub form: RandomForm,
    pub fillings: Vec<Vec<String>>,
}

pub fn meta() -> Meta {
    phone(date(2024, 10, 18).at(16, 20, 0, 0))
}

impl Case {
    /// Writes the case where JavaRosa finds it; false when our reader refuses the form.
    pub fn write(&self, folder: &Path, name: &str) -> bool {
        let Ok(form) = Form::read_markdown(&self.form.markdown()) else { return false };
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("form.xml"), form.to_xform()).unwrap();
        for (i, steps) in self.fillings.iter().enumerate() {
            let text = settings(&meta()) + &steps.join("\n") + "\n";
            std::fs::write(folder.join(format!("{i:03}.answers")), text).unwrap();
        }
        true
    }

    pub fn ours(&self, filling: usize) -> Walk {
        self.ours_with(&Form::read_markdown(&self.form.markdown()).unwrap(), filling)
    }

    /// The same with the form as read before.
    pub fn ours_with(&self, form: &Form, filling: usize) -> Walk {
        Walk::ours(form, &Instances::new(), meta(), &self.fillings[filling])
    }
}

/// What is not the same, in one line; none when all is.
pub fn difference(ours: &Walk, theirs: &Walk) -> Option<String> {
    for (i, (a, b)) in ours.steps.iter().zip(&theirs.steps).enumerate() {
        if ours.hashes[i] != theirs.hashes[i] {
            return Some(format!("nodes before step {i}"));
        }
        if a != b {
            return Some(format!("step {i}: ours {a}, JavaRosa {b}"));
        }
    }
    if ours.hashes.last() != theirs.hashes.last() {
        return Some("nodes after the last step".to_owned());
    }
    let end = theirs.end.replace("[1]", "");
    if ours.end != end {
        return Some(format!("end: ours {}, JavaRosa {end}", ours.end));
    }
    (ours.end == "ok" && ours.xml != theirs.xml).then(|| "xml".to_owned())
}

/// What kind of difference there is, without where.
fn kind(case: &Case, theirs: &Walk) -> Option<String> {
    let found = difference(&case.ours(0), theirs)?;
    let kept = found.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    Some(kept.split('/').next().unwrap_or_default().to_owned())
}

/// The same case with ever fewer lines and steps, as long as the engines differ.
pub fn smaller(java: &JavaRosa, case: Case) -> Case {
    let mut case = case;
    let folder = tempfile::tempdir().unwrap();
    case.write(folder.path(), "f");
    let wanted = kind(&case, &java.fill_all(folder.path(), true)["f"]["000"]);
    for _ in 0..25 {
        let mut tries: Vec<Case> = Vec::new();
        let steps = &case.fillings[0];
        for size in [8, 4, 2, 1] {
            for at in (0..steps.len()).step_by(size) {
                let mut less = case.clone();
                less.fillings[0].drain(at..(at + size).min(steps.len()));
                tries.push(less);
            }
        }
        for at in 0..case.form.lines.len() {
            let mut less = case.clone();
            less.form.lines.remove(at);
            tries.push(less);
            let end = closing(&case, at);
            if let Some(end) = end {
                let mut less = case.clone();
                less.form.lines.remove(end);
                less.form.lines.remove(at);
                tries.push(less);
                let mut less = case.clone();
                less.form.lines.drain(at..=end);
                tries.push(less);
            }
            for column in case.form.lines[at].keys() {
                if !["type", "name", "label"].contains(column) {
                    let mut less = case.clone();
                    less.form.lines[at].remove(column);
                    tries.push(less);
                }
            }
        }
        let folder = tempfile::tempdir().unwrap();
        for (i, case) in tries.iter().enumerate() {
            case.write(folder.path(), &format!("{i:04}"));
        }
        let found: BTreeMap<String, BTreeMap<String, Walk>> = java.fill_all(folder.path(), true);
        let still = |name: &str, walks: &BTreeMap<String, Walk>| {
            let case = &tries[name.parse::<usize>().unwrap()];
            let theirs = &walks["000"];
            theirs.error.is_none() && kind(case, theirs) == wanted
        };
        let fewest = |name: &&String| {
            let case = &tries[name.parse::<usize>().unwrap()];
            (case.form.lines.iter().map(|l| l.len()).sum::<usize>() * 3) + case.fillings[0].len()
        };
        let next = found.iter().filter(|(name, walks)| still(name, walks)).map(|(name, _)| name);
        match next.min_by_key(fewest) {
            Some(name) => case = tries[name.parse::<usize>().unwrap()].clone(),
            None => break,
        }
    }
    case
}

/// The line that ends the group or repeat that begins at a line.
fn closing(case: &Case, at: usize) -> Option<usize> {
    let kind = |i: usize| case.form.lines[i].get("type").map_or("", String::as_str);
    let mut depth = 0;
    for i in at..case.form.lines.len() {
        depth += i32::from(kind(i).starts_with("begin")) - i32::from(kind(i).starts_with("end"));
        if depth == 0 {
            return (i > at).then_some(i);
        }
    }
    None
}
