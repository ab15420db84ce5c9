//! Lists of choices, told once at the first question that uses them.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::words_differ;
use super::{Comparing, Effect};
use crate::form::{Choice, Choices, Field, List};
use crate::text::Text;

/// Values named in a sentence; the others are counted.
const NAMED: usize = 5;
/// Choices compared in all: many questions may pair a long list with many others.
const COMPARED: usize = 2_000_000;

impl Comparing<'_> {
    /// What the questions of both versions choose from.
    pub fn choices(&mut self) {
        let (mut told, mut left) = (BTreeSet::new(), COMPARED);
        for k in 0..self.new.fields.len() {
            let Some(i) = self.pairs.to_old[k] else { continue };
            let (was, is) = (&self.old.fields[i], &self.new.fields[k]);
            let (Some(from), Some(to)) = (was.kind.choices(), is.kind.choices()) else { continue };
            let same_source = from.file == to.file && from.table == to.table;
            if from.value != to.value || from.file.is_some() != to.file.is_some() {
                let vi = "Giá trị được lưu lấy từ chỗ khác.";
                self.note(
                    "list",
                    Some(is),
                    Effect::Breaks,
                    Text::new(vi, "The value that is stored comes from elsewhere."),
                );
                continue;
            }
            if !same_source {
                let message = Text::new(
                    format!("Chọn từ danh sách khác: {} thay cho {}.", source(to), source(from)),
                    format!("It chooses from {} instead of {}.", source(to), source(from)),
                );
                let unseen = from.file.is_some();
                self.note(
                    "list",
                    Some(is),
                    if unseen { Effect::Narrows } else { Effect::Keeps },
                    message,
                );
            }
            if !told.insert((&from.table, &to.table)) {
                continue;
            }
            let (Some(from), Some(to)) = (self.old.list(&from.table), self.new.list(&to.table))
            else {
                continue;
            };
            match left.checked_sub(from.choices.len() + to.choices.len()) {
                Some(rest) => left = rest,
                None => {
                    let vi = "Quá nhiều danh sách dài để so sánh; coi như không nhập chung được.";
                    let en = "Too many long lists to compare; taken as not going together.";
                    self.note("list", Some(is), Effect::Breaks, Text::new(vi, en));
                    return;
                }
            }
            self.lists(is, from, to);
        }
    }

    fn lists(&mut self, field: &Field, from: &List, to: &List) {
        let (old, new) = (by_name(from), by_name(to));
        let missing = |list: &List, other: &BTreeMap<&str, &Choice>| -> Vec<String> {
            let names = list.choices.iter().map(|c| c.name.clone());
            names.filter(|name| !other.contains_key(name.as_str())).collect()
        };
        let (gone, fresh) = (missing(from, &new), missing(to, &old));
        let list = &to.name;
        if !gone.is_empty() {
            let named = named(&gone);
            let message = Text::new(
                format!("Danh sách {list}: bỏ giá trị {}; câu trả lời cũ đã dùng.", named.vi),
                format!("List {list}: {} is gone; older answers may have it.", named.en),
            );
            self.note("choice_removed", Some(field), Effect::Breaks, message);
        }
        if !fresh.is_empty() {
            let named = named(&fresh);
            let message = Text::new(
                format!("Danh sách {list}: thêm giá trị {}; trước đây chưa chọn được.", named.vi),
                format!("List {list}: {} is new; it could not be chosen before.", named.en),
            );
            self.note("choice_added", Some(field), Effect::Narrows, message);
        }
        let differ =
            |a: &Choice, b: &Choice| words_differ((self.old, &a.label), (self.new, &b.label));
        let labels: BTreeMap<&str, &str> =
            old.values().map(|c| (c.label.get(0).trim(), c.name.as_str())).collect();
        let (mut swapped, mut reworded) = (Vec::new(), Vec::new());
        for choice in &to.choices {
            let Some(was) = old.get(choice.name.as_str()).filter(|was| differ(was, choice)) else {
                continue;
            };
            // A label that belonged to another value: answers now mean something else.
            let before = labels.get(choice.label.get(0).trim());
            match before.is_some_and(|owner| *owner != was.name) {
                true => swapped.push(choice.name.clone()),
                false => reworded.push(choice.name.clone()),
            }
        }
        if !swapped.is_empty() {
            let named = named(&swapped);
            let message = Text::new(
                format!("Danh sách {list}: giá trị {} mang nghĩa của giá trị khác.", named.vi),
                format!("List {list}: {} now means what another value meant.", named.en),
            );
            self.note("choice_meaning", Some(field), Effect::Breaks, message);
        }
        if !reworded.is_empty() {
            let named = named(&reworded);
            let message = Text::new(
                format!("Danh sách {list}: lời của giá trị {} đã đổi.", named.vi),
                format!("List {list}: {} is worded differently.", named.en),
            );
            self.note("choice_label", Some(field), Effect::Keeps, message);
        }
    }
}

fn by_name(list: &List) -> BTreeMap<&str, &Choice> {
    list.choices.iter().map(|choice| (choice.name.as_str(), choice)).collect()
}

fn source(choices: &Choices) -> &str {
    choices.file.as_deref().unwrap_or(&choices.table)
}

fn named(values: &[String]) -> Text {
    let shown = values.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match values.len().saturating_sub(NAMED) {
        0 => Text::new(shown.clone(), shown),
        more => {
            Text::new(format!("{shown} và {more} giá trị khác"), format!("{shown} and {more} more"))
        }
    }
}
