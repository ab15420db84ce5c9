//! Files that expressions read without a row that declares them.

use std::collections::BTreeSet;

use crate::form::External;
use crate::form::draft::Draft;
use crate::form::names::{LAST_SAVED, LAST_SAVED_MARK};

/// Adds the files that `pulldata` names, and the submission saved last where it is referred to.
pub(super) fn externals(draft: &mut Draft) {
    let chosen = draft.fields.iter().filter_map(|f| f.kind.choices());
    let mut known: BTreeSet<String> = chosen.map(|c| c.table.clone()).collect();
    known.extend(draft.externals.iter().map(|e| e.id.clone()));
    let mut found = Vec::new();
    let mut last_saved = false;
    for text in draft.written.iter().flat_map(|w| w.iter().map(|(_, text)| text)) {
        last_saved |= text.contains(LAST_SAVED_MARK);
        for file in pulled(text) {
            if known.insert(file.to_owned()) {
                found.push(External { id: file.to_owned(), file: format!("{file}.csv") });
            }
        }
    }
    draft.externals.extend(found);
    let texts = draft.fields.iter().flat_map(|f| [&f.label, &f.hint, &f.guidance]);
    last_saved |= texts.flat_map(|w| &w.0).any(|t| t.contains(LAST_SAVED_MARK));
    if last_saved && !known.contains(LAST_SAVED) {
        draft.externals.push(External { id: LAST_SAVED.to_owned(), file: String::new() });
    }
}

/// The files that `pulldata('file', …)` names in an expression.
fn pulled(text: &str) -> impl Iterator<Item = &str> {
    text.split("pulldata").skip(1).filter_map(|rest| {
        let rest = rest.trim_start().strip_prefix('(')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (file, _) = rest[1..].split_once(quote)?;
        Some(file.trim()).filter(|f| !f.is_empty())
    })
}
