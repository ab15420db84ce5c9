//! Where a question's choices come from.

use super::super::choices::Choices;
use super::Reading;
use super::lists::Shown;
use super::xml::Element;

/// Choices with the expressions that say which of them are offered, and in what order.
pub(super) struct Offered {
    pub choices: Choices,
    /// Which rows of the list; the whole node-set when they are the instances of a repeat.
    pub rows: Option<String>,
    pub seed: Option<String>,
}

impl<'x> Reading<'x> {
    /// The choices of a question; `name` is what a list that stands in it is called.
    pub(super) fn offered(&mut self, question: Element<'x>, name: &str) -> Offered {
        let Some(itemset) = question.child("itemset") else {
            if question.child("item").is_none() {
                self.fault(
                    question,
                    "itemset",
                    "câu hỏi chọn không có lựa chọn nào; thêm item hoặc itemset",
                    "the question has no choices; add items or an itemset",
                );
            }
            let choices = Choices::list(&self.inline_list(question, name));
            return Offered { choices, rows: None, seed: None };
        };
        let nodeset = itemset.get("nodeset").unwrap_or_default().trim();
        let (nodeset, randomize, seed) = match arguments(nodeset, "randomize") {
            Some(parts) => (parts[0].trim(), true, parts.get(1).map(|s| s.trim().to_owned())),
            None => (nodeset, false, None),
        };
        if nodeset.is_empty() {
            self.fault(
                itemset,
                "nodeset",
                "itemset thiếu nodeset: đường dẫn tới các lựa chọn",
                "the itemset has no nodeset: the path to its choices",
            );
        }
        let shown = shown(itemset);
        let (id, rest) = match instance(nodeset) {
            Some((id, rest)) => (Some(id), rest),
            None => (None, nodeset),
        };
        let mut choices = Choices {
            table: id.unwrap_or_default().to_owned(),
            file: None,
            value: shown.value.clone(),
            label: shown.label.clone(),
            randomize,
        };
        if let Some(id) = id {
            self.use_instance(itemset, id, &shown, &mut choices);
        }
        let rows = match (id, rest.trim()) {
            (Some(_), "/root/item") => None,
            (Some(_), rest) => {
                // The filter alone, several predicates as they stand; the list stands before it.
                let filter = rest.strip_prefix("/root/item[").and_then(|f| f.strip_suffix(']'));
                if filter.is_none() {
                    self.fault(
                        itemset,
                        "nodeset",
                        "nodeset của danh sách phải có dạng instance('…')/root/item[điều kiện]",
                        "the nodeset of a list has to be instance('…')/root/item[condition]",
                    );
                }
                filter.map(str::to_owned)
            }
            (None, nodeset) => Some(nodeset.to_owned()),
        };
        Offered { choices, rows, seed }
    }

    fn use_instance(
        &mut self,
        itemset: Element<'x>,
        id: &str,
        shown: &Shown,
        choices: &mut Choices,
    ) {
        let Some(secondary) = self.secondary.iter_mut().find(|s| s.id == id) else {
            self.fault(
                itemset,
                "nodeset",
                format!("không có instance \"{id}\"; thêm <instance id=\"{id}\">"),
                format!("there is no instance \"{id}\"; add <instance id=\"{id}\">"),
            );
            return;
        };
        choices.file = secondary.file.map(str::to_owned);
        if secondary.file.is_some() {
            return;
        }
        let known = secondary.shown.get_or_insert_with(|| shown.clone());
        let columns = secondary.element.children().next().and_then(|root| root.children().next());
        let named = columns.is_some_and(|item| item.child("name").is_some());
        // Without a column `name`, the column that is stored becomes it.
        if !named && known.value == choices.value {
            choices.value = "name".to_owned();
        }
        if known.texts {
            choices.label = "label".to_owned();
        }
    }
}

fn shown(itemset: Element<'_>) -> Shown {
    let column = |name: &str| {
        let path = itemset.child(name).and_then(|c| c.get("ref")).unwrap_or_default().trim();
        path.strip_prefix("./").unwrap_or(path).to_owned()
    };
    let (value, label) = (column("value"), column("label"));
    let inner = label.strip_prefix("jr:itext(").and_then(|l| l.strip_suffix(')'));
    let texts = inner.is_some();
    let label = inner.map_or(label.clone(), |l| l.trim().to_owned());
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    Shown { value: or(value, "name"), label: or(label, "label"), texts }
}

/// `instance('id')/…`: the id, and the rest of the path.
fn instance(nodeset: &str) -> Option<(&str, &str)> {
    let rest = nodeset.strip_prefix("instance(")?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (id, rest) = rest[1..].split_once(quote)?;
    Some((id, rest.trim_start().strip_prefix(')')?))
}

/// The arguments of a call that is the whole text; at least one.
fn arguments<'t>(text: &'t str, function: &str) -> Option<Vec<&'t str>> {
    let inner = text.strip_prefix(function)?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let mut arguments = Vec::new();
    let (mut from, mut depth, mut quote) = (0, 0usize, None);
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                arguments.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(&inner[from..]);
    Some(arguments)
}
