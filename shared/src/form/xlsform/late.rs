//! What can be read only when all fields are known: the group `meta`, triggers, references within
//! attributes, what is saved to an entity.

use std::collections::BTreeMap;

use super::Preface;
use super::survey::{Survey, is_name};
use crate::form::draft::Draft;
use crate::form::names::{NameFault, Names};
use crate::form::{Field, FieldType, Words};

impl Survey<'_> {
    /// The group `meta`, the last one: the entity, the log, the instance's id and name.
    pub(super) fn meta(&mut self, preface: Preface) {
        let meta = self.draft.push("meta", FieldType::Group, Some(0), 0);
        if self.draft.entity.is_some() {
            let entity = self.draft.push("entity", FieldType::Entity, Some(meta), 0);
            if preface.entity.has("label") {
                self.draft.push("label", FieldType::Calculate, Some(entity), 0);
            }
            self.draft.written[entity] = preface.entity;
        }
        if let Some(row) = self.audit.take() {
            if self.table.cell(&row, "name").is_some_and(|n| n != "audit") {
                self.fault(
                    &row,
                    "name",
                    "dòng audit để trống tên, hoặc đặt tên audit",
                    "an audit has no name, or the name audit",
                );
            }
            let audit = self.draft.push("audit", FieldType::Audit, Some(meta), row.number);
            self.common(&row, audit);
            self.parameters(&row, audit);
        }
        self.draft.push("instanceID", FieldType::InstanceId, Some(meta), 0);
        if !preface.instance_name.is_empty() {
            let name = self.draft.push("instanceName", FieldType::InstanceName, Some(meta), 0);
            self.draft.written[name].insert("calculation", preface.instance_name);
        }
    }

    /// References within attributes and appearances become paths; triggers have to be questions;
    /// what is saved to an entity has to be outside repeats.
    pub(super) fn late(&mut self) {
        let mut late = std::mem::take(&mut self.late);
        late.sort_unstable();
        late.dedup();
        let names = Names::new(&self.draft.fields);
        for field in late {
            self.attributes(&names, field);
            self.triggers_found(&names, field);
            self.instances(&names, field);
        }
        self.entity(&names);
        self.saved();
        self.shown(&names);
    }

    /// Texts that show values, where compiling does not look: choices and guidance.
    fn shown(&mut self, names: &Names) {
        let fields = &self.draft.fields;
        let bad = |words: &Words, from: usize| {
            let texts = words.0.iter().filter(|t| t.contains("${"));
            texts.filter_map(|t| names.outputs(t, from, fields).err()).next()
        };
        let mut found = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let fault = bad(&field.guidance, i);
            found.extend(fault.map(|f| ("survey", field.row, "guidance_hint", f)));
        }
        for choice in self.draft.lists.iter().flat_map(|l| &l.choices) {
            let fault = bad(&choice.label, 0);
            found.extend(fault.map(|f| ("choices", choice.row, "label", f)));
        }
        for (sheet, row, column, fault) in found {
            let text = fault.text();
            self.draft.fault((sheet, row, column), text.vi, text.en);
        }
    }

    fn attributes(&mut self, names: &Names, field: usize) {
        let resolve = |text: &mut String, fields: &[Field]| -> Result<(), NameFault> {
            if text.contains("${") {
                *text = names.resolve(text, field, fields)?;
            }
            Ok(())
        };
        let mut attributes = std::mem::take(&mut self.draft.fields[field].attributes);
        let mut appearance = std::mem::take(&mut self.draft.fields[field].appearance);
        let fields = &self.draft.fields;
        let mut found = vec![("appearance", resolve(&mut appearance, fields))];
        for (element, list) in [
            ("instance", &mut attributes.instance),
            ("bind", &mut attributes.bind),
            ("body", &mut attributes.body),
        ] {
            found.extend(list.iter_mut().map(|(_, text)| (element, resolve(text, fields))));
        }
        self.draft.fields[field].attributes = attributes;
        self.draft.fields[field].appearance = appearance;
        for (column, fault) in found {
            if let Err(fault) = fault {
                let text = fault.text();
                self.at(field, column, text.vi, text.en);
            }
        }
    }

    fn at(&mut self, field: usize, column: &str, vi: impl Into<String>, en: impl Into<String>) {
        let row = self.draft.fields[field].row;
        self.draft.fault(("survey", row, self.table.heading_of(column)), vi, en);
    }

    /// The choices of a question that offers the instances of a repeat.
    fn instances(&mut self, names: &Names, field: usize) {
        let fields = &self.draft.fields;
        let Some(choices) = fields[field].kind.choices().filter(|c| c.table.is_empty()) else {
            return;
        };
        let filter = self.draft.written[field].remove("choice_filter").unwrap_or_default();
        match names.instances(&choices.value, &filter, field, fields) {
            Ok(nodeset) => {
                self.draft.written[field].insert("choice_rows", nodeset);
            }
            Err(fault) => {
                let text = fault.text();
                self.at(field, "type", text.vi, text.en);
            }
        }
    }

    /// The fields whose change works the calculation out.
    fn triggers_found(&mut self, names: &Names, field: usize) {
        let Some(triggers) = self.draft.written[field].remove("trigger") else { return };
        for name in triggers.split(", ") {
            let name = name.trim_start_matches("${").trim_end_matches('}').trim();
            match names.find(name) {
                Err(fault) => {
                    let text = fault.text();
                    self.at(field, "trigger", text.vi, text.en);
                }
                Ok(trigger) if !self.draft.fields[trigger].kind.is_question() => self.at(
                    field,
                    "trigger",
                    format!(
                        "\"{name}\" không phải câu hỏi người dùng trả lời: không bao giờ kích hoạt"
                    ),
                    format!("\"{name}\" is not a question that people answer: it never triggers"),
                ),
                Ok(trigger) => self.draft.fields[field].triggers.push(trigger),
            }
        }
    }

    /// Expressions of the entity see one submission, not the instances of a repeat.
    fn entity(&mut self, names: &Names) {
        let fields = &self.draft.fields;
        let Some(entity) = fields.iter().rposition(|f| f.kind == FieldType::Entity) else { return };
        let mut found = Vec::new();
        for (column, text) in self.draft.written[entity].iter() {
            let named = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
            let inner = |name: &str| names.find(name).is_ok_and(|i| in_repeat(i, fields));
            if let Some((name, _)) = named.into_iter().find(|(name, _)| inner(name)) {
                found.push((column, name.to_owned()));
            }
        }
        for (column, name) in found {
            self.draft.fault(
                ("entities", 0, column),
                format!("\"{name}\" nằm trong phần lặp: chưa ghi được thực thể từ phần lặp"),
                format!("\"{name}\" is in a repeat: entities cannot be made in repeats"),
            );
        }
    }

    fn saved(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for i in 0..self.draft.fields.len() {
            let Some(written) = self.draft.fields[i].save_to.clone() else { continue };
            let row = self.draft.fields[i].row;
            let (list, property) = match written.split_once('#') {
                Some((list, property)) => (Some(list), property),
                None => (None, written.as_str()),
            };
            let fault = saved_fault(self.draft, i, list, property);
            let twin = seen.insert(property.to_lowercase(), row);
            if let Some((vi, en)) = fault {
                self.at(i, "save_to", vi, en);
            } else if let Some(twin) = twin {
                self.at(
                    i,
                    "save_to",
                    format!("thuộc tính \"{property}\" đã ghi ở dòng {twin}"),
                    format!("property \"{property}\" is saved in row {twin} already"),
                );
            }
            self.draft.fields[i].save_to = Some(property.to_owned());
        }
    }
}

fn in_repeat(field: usize, fields: &[Field]) -> bool {
    std::iter::successors(fields[field].parent, |p| fields[*p].parent)
        .any(|i| fields[i].kind == FieldType::Repeat)
}

/// What is wrong with saving a field to a property.
fn saved_fault(
    draft: &Draft,
    field: usize,
    list: Option<&str>,
    property: &str,
) -> Option<(&'static str, &'static str)> {
    let reserved = matches!(property.to_lowercase().as_str(), "name" | "label");
    if draft.entity.is_none() {
        Some(("save_to cần có bảng entities", "save_to needs an entities sheet"))
    } else if list.is_some_and(|l| draft.entity.as_deref() != Some(l)) {
        Some(("bảng entities không có danh sách này", "the entities sheet has no such list"))
    } else if draft.fields[field].kind.has_children() {
        Some(("nhóm không ghi vào thực thể được", "a group cannot be saved to an entity"))
    } else if in_repeat(field, &draft.fields) {
        Some((
            "chưa ghi được thực thể từ phần lặp; đưa giá trị ra ngoài bằng một dòng calculate",
            "entities cannot be made in repeats; bring the value out by a calculate row",
        ))
    } else if !is_name(property) || property.starts_with("__") || property.contains('.') || reserved
    {
        Some((
            "tên thuộc tính: chữ không dấu, số, gạch dưới; không phải name, label hay bắt đầu bằng __",
            "a property's name: letters, digits and _; not name or label, and not __ first",
        ))
    } else {
        None
    }
}
