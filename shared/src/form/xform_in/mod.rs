//! XForm in: forms made by pyxform, ODK Build, KoBo or by hand, read to the same draft that an
//! XLSForm gives. Expressions stay as their author wrote them.
//!
//! What cannot be kept is said: as a fault where answers would be judged wrongly without it, as a
//! warning otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::fault::FormFault;

mod actions;
mod binds;
mod body;
mod build;
mod head;
mod itemset;
mod kinds;
mod lists;
mod meta;
mod nodes;
mod parse;
#[cfg(test)]
mod tests;
mod texts;
mod xml;

use actions::Action;
use body::Control;
use lists::Secondary;
use nodes::Node;
use texts::Texts;
use xml::{Element, Xml};

/// Where faults of an XForm are said to be; their row is the line, their column the attribute.
const SHEET: &str = "xform";

pub(super) fn read(source: &str) -> Draft {
    match Xml::parse(source) {
        Ok(xml) => {
            let mut reading = Reading::default();
            reading.draft.sheet = SHEET;
            reading.document(xml.root());
            reading.draft
        }
        Err(fault) => Draft { faults: vec![fault], ..Draft::default() },
    }
}

/// Faults and warnings of compiling, said in the XForm's words.
pub(super) fn placed(mut faults: Vec<FormFault>) -> Vec<FormFault> {
    for fault in &mut faults {
        if fault.sheet == "survey" {
            SHEET.clone_into(&mut fault.sheet);
        }
        let (path, column) = match fault.column.rsplit_once(' ') {
            Some((path, column)) => (Some(path), column),
            None => (None, fault.column.as_str()),
        };
        let attribute = match column {
            "calculation" => "calculate",
            "read_only" => "readonly",
            "choice_filter" => "nodeset",
            "repeat_count" => "jr:count",
            "default" => "value",
            other => other,
        };
        fault.column = path.map_or(attribute.to_owned(), |path| format!("{path} {attribute}"));
    }
    faults
}

/// An XForm being read.
#[derive(Default)]
struct Reading<'x> {
    draft: Draft,
    texts: Texts<'x>,
    /// The primary instance.
    nodes: Vec<Node<'x>>,
    /// By parent and name: a node.
    by_name: BTreeMap<(usize, &'x str), usize>,
    /// Bindings that have an id: their node.
    bind_ids: BTreeMap<&'x str, usize>,
    /// Bindings of attributes: the attribute's path, the binding.
    attribute_binds: BTreeMap<(usize, String), Element<'x>>,
    actions: Vec<Action<'x>>,
    /// Secondary instances by id, in order.
    secondary: Vec<Secondary<'x>>,
    /// Ids of lists, taken.
    list_names: BTreeSet<String>,
    /// By node: its control.
    controls: BTreeMap<usize, Control<'x>>,
}

impl<'x> Reading<'x> {
    fn document(&mut self, root: Element<'x>) {
        let head = root.child("head");
        let model = head.and_then(|h| h.child("model")).or_else(|| root.child("model"));
        let Some(model) = model else {
            return self.fault(
                root,
                "",
                "đây không phải XForm: không có phần tử model trong head",
                "this is no XForm: there is no element model in its head",
            );
        };
        self.texts.read(model);
        self.draft.languages.names.clone_from(&self.texts.languages);
        let Some(primary) = self.primary(model) else { return };
        self.head(root, model, primary);
        self.nodes(primary);
        if !self.draft.faults.is_empty() {
            return;
        }
        self.secondary(model);
        self.binds(model);
        self.model_actions(model);
        match root.child("body") {
            Some(body) => self.body(body),
            None => self.fault(root, "", "XForm không có phần body", "the XForm has no body"),
        }
        self.build();
        self.finish_lists();
    }

    /// The first instance's only element.
    fn primary(&mut self, model: Element<'x>) -> Option<Element<'x>> {
        let instance = model.child("instance");
        let primary = instance.and_then(|i| i.children().next());
        if primary.is_none() {
            self.fault(
                instance.unwrap_or(model),
                "instance",
                "không có instance chính; thêm <instance> với phần tử gốc mang thuộc tính id",
                "there is no primary instance; add <instance> with a root that has an id",
            );
        }
        primary
    }

    fn fault(
        &mut self,
        at: Element<'_>,
        column: &str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.draft.faults.push(FormFault::new(SHEET, at.line(), column, vi, en));
    }

    fn warn(
        &mut self,
        at: Element<'_>,
        column: &str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.draft.warnings.push(FormFault::new(SHEET, at.line(), column, vi, en));
    }
}
