//! Forms: an XLSForm written as Markdown tables is read, compiled once into fields with resolved
//! and typed expressions in working order, and rendered to the XForm that phones take.
//!
//! A compiled form is immutable. [`fill`] fills it as a phone would; [`crate::check`] judges what
//! came back.

mod choices;
mod compile;
mod diff;
mod draft;
mod fault;
mod field;
pub mod fill;
pub(crate) mod index;
mod json;
mod lint;
pub(crate) mod messages;
mod names;
mod packed;
pub(crate) mod plan;
mod saved;
mod settings;
#[cfg(test)]
pub(crate) mod tests;
mod typing;
pub(crate) mod value;
mod words;
mod xform;
mod xform_in;
mod xlsform;

pub use choices::{Choice, Choices, List};
pub use diff::{Change, Effect, Together, diff, together};
pub use fault::FormFault;
pub use field::{Attributes, DataType, Field, FieldType, Rule};
pub use saved::Saved;
pub use settings::{Entity, External, Settings};
pub use words::{Languages, Media, Words};
pub use xlsform::sheet;

use index::Index;
use plan::Plan;
use sheet::Sheet;

use crate::answers::{NodeId, Tree};
use crate::expr::Instances;

/// A compiled form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its id, attribute `id` of every submission.
    pub id: String,
    /// Its version, attribute `version`.
    pub version: String,
    /// Its title for people.
    pub title: String,
    /// The languages it is written in, the default first.
    pub languages: Languages,
    /// Its fields in document order; the root is the first.
    pub fields: Vec<Field>,
    /// Its lists of choices.
    pub lists: Vec<List>,
    /// What it says about itself beside id, version and title.
    pub settings: Settings,
    /// Files its expressions read, beside those its questions choose from.
    pub externals: Vec<External>,
    /// The entity its submissions make.
    pub entity: Option<Entity>,
    /// What works, but not as its author may think.
    pub warnings: Vec<FormFault>,
    pub(crate) tables: Instances,
    pub(crate) plan: Plan,
    pub(crate) index: Index,
    names: names::Names,
}

impl Form {
    /// Reads an XLSForm written as Markdown tables, the layout pyxform reads.
    ///
    /// # Errors
    /// Every fault found, with sheet, row, column and what to do.
    pub fn read_markdown(source: &str) -> Result<Form, Vec<FormFault>> {
        // The sheets are not needed, and not kept, while the draft is compiled.
        let draft = xlsform::read(sheet::read_markdown(source));
        compile::compile(draft)
    }

    /// Reads an XLSForm from its sheets, as a spreadsheet's reader gives them.
    ///
    /// # Errors
    /// Every fault found, with sheet, row, column and what to do.
    pub fn read_sheets(sheets: Vec<Sheet>) -> Result<Form, Vec<FormFault>> {
        compile::compile(xlsform::read(sheets))
    }

    /// Reads an XForm, ours or one made by others (pyxform, ODK Build, KoBo, by hand).
    ///
    /// # Errors
    /// Every fault found, on the sheet `xform`: the line, the attribute and what to do.
    pub fn read_xform(source: &str) -> Result<Form, Vec<FormFault>> {
        let mut form = compile::compile(xform_in::read(source)).map_err(xform_in::placed)?;
        form.warnings = xform_in::placed(form.warnings);
        Ok(form)
    }

    /// Reads a form's source: an XForm when it starts with `<`, else an XLSForm in Markdown.
    ///
    /// # Errors
    /// Every fault found, and what to do.
    pub fn read(source: &str) -> Result<Form, Vec<FormFault>> {
        let start = source.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with('<') { Form::read_xform(source) } else { Form::read_markdown(source) }
    }

    /// The XForm (XML) for ODK Collect. The same form gives the same bytes.
    pub fn to_xform(&self) -> String {
        xform::write(self)
    }

    /// The sheets of an XLSForm that says the same: `survey`, `choices`, `settings`, `entities`.
    pub fn to_sheets(&self) -> Vec<Sheet> {
        xlsform::write(self)
    }

    /// Files that have to come to the phone with the form, e.g. `households.csv`, sorted.
    pub fn media(&self) -> Vec<String> {
        let files = self.fields.iter().filter_map(|f| f.kind.choices()?.file.clone());
        let files = files.chain(self.externals.iter().map(|e| e.file.clone()));
        let files = files.filter(|f| !f.is_empty());
        let sorted: std::collections::BTreeSet<String> = files.collect();
        sorted.into_iter().collect()
    }

    /// The names of files that a submission's answers mention, in document order, each once.
    pub fn attachments_named(&self, tree: &Tree) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        let mut waiting: Vec<(NodeId, usize)> = vec![(tree.root(), 0)];
        while let Some((node, field)) = waiting.pop() {
            let text = tree.text(node).trim();
            let file = self.fields[field].kind.names_file() && !text.is_empty();
            if file && seen.insert(text) {
                names.push(text.to_owned());
            }
            let known =
                |n: &NodeId| Some((*n, self.index.file_child(&self.fields, field, tree, *n)?));
            waiting.extend(tree.children(node).iter().rev().filter_map(known));
        }
        names
    }

    /// The field at a path without places (`/household/members/member/sex`).
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.path == path)
    }

    /// The list of this id.
    pub fn list(&self, name: &str) -> Option<&List> {
        self.lists.iter().find(|l| l.name == name)
    }

    /// The tables that expressions may read.
    fn table_ids(&self) -> std::collections::BTreeSet<String> {
        compile::table_ids(&self.lists, &self.fields, &self.externals)
    }

    /// The child of a group by name.
    pub(crate) fn child(&self, field: usize, name: &str) -> Option<usize> {
        self.index.child(&self.fields, field, name)
    }

    /// The path of a node of this field, with a place on every repeat
    /// (`/household/members/member[2]/sex`).
    pub(crate) fn numbered_path(&self, tree: &Tree, node: NodeId, field: usize) -> String {
        self.path_of(tree, node, field, |_| None)
    }

    /// The same where the place of an instance may be known without counting.
    pub(crate) fn path_of(
        &self,
        tree: &Tree,
        node: NodeId,
        field: usize,
        place: impl Fn(NodeId) -> Option<usize>,
    ) -> String {
        let mut steps = Vec::new();
        let mut at = (Some(node), Some(field));
        while let (Some(node), Some(field)) = at {
            let step = &self.fields[field];
            steps.push(match step.kind {
                FieldType::Repeat => {
                    let place = place(node).unwrap_or_else(|| tree.position(node));
                    format!("/{}[{place}]", step.name)
                }
                _ => format!("/{}", step.name),
            });
            at = (tree.parent(node), step.parent);
        }
        steps.reverse();
        steps.concat()
    }
}
