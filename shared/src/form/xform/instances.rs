//! Where choices and looked-up values come from: files beside the form, lists in it.

use std::collections::{BTreeMap, BTreeSet};

use super::writer::is_name;
use super::{Form, Tag, Writer};
use crate::form::List;

pub(super) fn write(form: &Form, out: &mut Writer) {
    let choices = form.fields.iter().filter_map(|f| f.kind.choices());
    let files = choices.filter_map(|c| Some((c.file.as_deref()?, c.table.as_str())));
    let externals = form.externals.iter().map(|e| (e.file.as_str(), e.id.as_str()));
    // By file, so that the order of questions does not matter.
    let all: BTreeMap<(&str, &str), ()> = files.chain(externals).map(|e| (e, ())).collect();
    let mut seen = BTreeSet::new();
    for (file, id) in all.into_keys() {
        if seen.insert(id) {
            out.empty(Tag::new("instance").with("id", id).with("src", source(file)));
        }
    }
    for list in form.lists.iter().filter(|l| !seen.contains(l.name.as_str())) {
        write_list(form, list, out);
    }
}

/// The address a phone finds a file under; a blank name is the last saved submission.
fn source(file: &str) -> String {
    match file.rsplit_once('.') {
        _ if file.is_empty() => "jr://instance/last-saved".to_owned(),
        Some((_, "csv")) => format!("jr://file-csv/{file}"),
        _ => format!("jr://file/{file}"),
    }
}

/// True when a list's labels have to stand among the texts: they differ by language, show values,
/// or come with media. Otherwise they stand in the list, where expressions can read them too.
pub(super) fn needs_texts(form: &Form, list: &List) -> bool {
    let plain = |text: &String| !text.contains("${") && !text.contains("<output");
    form.languages.names != ["default"]
        || list.choices.iter().any(|c| !c.media.is_empty() || !c.label.0.iter().all(plain))
}

fn write_list(form: &Form, list: &List, out: &mut Writer) {
    let texts = needs_texts(form, list);
    out.open(Tag::new("instance").with("id", list.name.as_str()));
    out.open(Tag::new("root"));
    for (n, choice) in list.choices.iter().enumerate() {
        out.open(Tag::new("item"));
        if texts {
            out.text(Tag::new("itextId"), &format!("{}-{n}", list.name));
        }
        out.text(Tag::new("name"), &choice.name);
        if !texts {
            out.text(Tag::new("label"), choice.label.get(0));
        }
        for (column, value) in choice.others.iter().filter(|(column, _)| is_name(column)) {
            out.text(Tag::new(column.clone()), value);
        }
        out.close("item");
    }
    out.close("root");
    out.close("instance");
}
