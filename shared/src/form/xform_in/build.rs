//! Nodes with their bindings and controls to the draft's fields.

use std::collections::BTreeMap;

use super::super::field::{DataType, FieldType};
use super::Reading;
use super::actions::Done;
use super::binds::data_type;
use super::body::Control;
use super::itemset::Offered;
use super::xml::Element;
use crate::expr::Kind;

/// Attributes of a binding that are read elsewhere, or say nothing more.
const BIND: [&str; 4] = ["nodeset", "ref", "id", "type"];
/// Expressions of a binding, with the column they are.
const RULES: [(&str, &str); 5] = [
    ("relevant", "relevant"),
    ("constraint", "constraint"),
    ("required", "required"),
    ("readonly", "read_only"),
    ("calculate", "calculation"),
];
/// Attributes of a binding that are parameters.
const BIND_PARAMETERS: [(&str, &str); 9] = [
    ("orx:max-pixels", "max-pixels"),
    ("odk:quality", "quality"),
    ("odk:allow-mock-accuracy", "allow-mock-accuracy"),
    ("odk:track-changes", "track-changes"),
    ("odk:track-changes-reasons", "track-changes-reasons"),
    ("odk:identify-user", "identify-user"),
    ("odk:location-max-age", "location-max-age"),
    ("odk:location-min-interval", "location-min-interval"),
    ("odk:location-priority", "location-priority"),
];
/// Attributes of a control that are read elsewhere.
const CONTROL: [&str; 5] = ["ref", "bind", "nodeset", "appearance", "jr:count"];
/// Attributes of a control that are parameters.
const CONTROL_PARAMETERS: [(&str, &str); 5] = [
    ("rows", "rows"),
    ("intent", "app"),
    ("accuracyThreshold", "capture-accuracy"),
    ("unacceptableAccuracyThreshold", "warning-accuracy"),
    ("incremental", "incremental"),
];
/// Those of a range.
const SCALE: [(&str, &str); 5] = [
    ("start", "start"),
    ("end", "end"),
    ("step", "step"),
    ("odk:tick-interval", "tick_interval"),
    ("odk:placeholder", "placeholder"),
];

impl<'x> Reading<'x> {
    /// Makes the fields, in the instance's order.
    pub(super) fn build(&mut self) {
        let mut done = self.done();
        let mut fields: BTreeMap<usize, usize> = BTreeMap::new();
        let mut triggers = Vec::new();
        let mut waiting = vec![(0, None)];
        while let Some((node, parent)) = waiting.pop() {
            let done = done.remove(&node).unwrap_or_default();
            let field = self.field(node, parent, &done);
            fields.insert(node, field);
            if !self.is_worked_out_twice(node, &done) {
                triggers.push((field, done.triggers));
            }
            let children = self.nodes[node].children.iter().rev();
            waiting.extend(children.map(|c| (*c, Some(field))));
        }
        for (field, sources) in triggers {
            let sources = sources.iter().filter_map(|node| fields.get(node).copied());
            self.draft.fields[field].triggers.extend(sources);
        }
        self.other_attributes();
    }

    fn field(&mut self, node: usize, parent: Option<usize>, done: &Done<'x>) -> usize {
        let (kind, offered) = self.kind(node, done);
        let entity = kind == FieldType::Entity;
        let row = self.nodes[node].bind.unwrap_or(self.nodes[node].element).line();
        let field = self.draft.push(self.nodes[node].name, kind, parent, row);
        let node_of = &mut self.nodes[node];
        if node_of.children.is_empty() {
            self.draft.fields[field].default = std::mem::take(&mut node_of.default);
        }
        if !entity && node != 0 {
            let attributes = std::mem::take(&mut node_of.attributes);
            self.draft.fields[field].attributes.instance = attributes;
        }
        if let Some(bind) = node_of.bind {
            self.bind(field, bind);
        }
        if entity {
            self.entity(node, field);
        }
        if let Some(control) = self.controls.get(&node).copied() {
            self.control(node, field, control);
        }
        if let Some(offered) = offered {
            self.rows(field, offered);
        }
        self.acted(field, done);
        field
    }

    fn bind(&mut self, field: usize, bind: Element<'x>) {
        let kind = self.draft.fields[field].kind.clone();
        if let Some(data) = data_type(bind).filter(|_| !kind.has_children()) {
            let field = &mut self.draft.fields[field];
            field.data = data;
            let untyped = kind == FieldType::Calculate && data == DataType::String;
            field.value_kind = if untyped { Kind::Unknown } else { data.kind() };
        }
        let parent = self.draft.fields[field].parent;
        let of_entity = parent.is_some_and(|p| self.draft.fields[p].kind == FieldType::Entity);
        let fixed = of_entity || matches!(kind, FieldType::InstanceId | FieldType::Note);
        for (name, value) in bind.attributes() {
            let rule = RULES.iter().find(|r| r.0 == name).map(|r| r.1);
            let parameter = BIND_PARAMETERS.iter().find(|p| p.0 == name).map(|p| p.1);
            match (name.as_str(), rule, parameter) {
                (name, ..) if BIND.contains(&name) => {}
                (_, _, Some(parameter)) => {
                    let parameters = &mut self.draft.fields[field].parameters;
                    parameters.insert(parameter.to_owned(), value.trim().to_owned());
                }
                (_, Some("read_only"), _) if fixed => {}
                (_, Some(column), _) => {
                    if !value.trim().is_empty() {
                        self.draft.written[field].insert(column, value.trim().to_owned());
                    }
                }
                ("jr:constraintMsg", ..) => {
                    let words = self.texts.message(value, bind.line());
                    self.draft.fields[field].constraint_message = words;
                }
                ("jr:requiredMsg", ..) => {
                    let words = self.texts.message(value, bind.line());
                    self.draft.fields[field].required_message = words;
                }
                ("entities:saveto", ..) => {
                    self.draft.fields[field].save_to = Some(value.trim().to_owned());
                }
                ("jr:preload" | "jr:preloadParams", ..) if kind.is_preloaded() => {}
                _ => {
                    let attributes = &mut self.draft.fields[field].attributes.bind;
                    attributes.push((name.clone(), value.clone()));
                }
            }
        }
    }

    fn control(&mut self, node: usize, field: usize, control: Control<'x>) {
        let shown = control.question.or(control.group);
        if let Some(label) = shown.and_then(|s| s.child("label")) {
            let said = self.texts.said(label);
            let field = &mut self.draft.fields[field];
            (field.label, field.media) = (said.words, said.media);
        }
        if let Some(hint) = shown.and_then(|s| s.child("hint")) {
            let said = self.texts.said(hint);
            let field = &mut self.draft.fields[field];
            (field.hint, field.guidance) = (said.words, said.guidance);
        }
        let Some(element) = control.repeat.or(shown) else { return };
        let around = control.group.filter(|_| control.repeat.is_some());
        let appearance = element.get("appearance").or_else(|| around?.get("appearance"));
        self.draft.fields[field].appearance = appearance.unwrap_or_default().trim().to_owned();
        if let Some(count) = control.repeat.and_then(|r| r.get("jr:count")) {
            // A relative path starts at what is around the repeat.
            let relative = !count.trim_start().starts_with('/') && control.context != node;
            let target = self.resolve(count, control.context).filter(|_| relative);
            let count = target.map_or_else(|| count.trim().to_owned(), |t| self.path(t));
            self.draft.written[field].insert("repeat_count", count);
        }
        self.control_attributes(field, element);
    }

    fn control_attributes(&mut self, field: usize, element: Element<'x>) {
        let kind = self.draft.fields[field].kind.clone();
        let usual = match kind {
            FieldType::Image => "image/*",
            FieldType::Audio => "audio/*",
            FieldType::Video => "video/*",
            FieldType::File => "application/*",
            _ => "",
        };
        let scale: &[(&str, &str)] = if kind == FieldType::Range { &SCALE } else { &[] };
        for (name, value) in element.attributes() {
            let known = CONTROL_PARAMETERS.iter().chain(scale).find(|p| p.0 == name);
            // An intent of a group is that group's own.
            let known = known.filter(|p| p.1 != "app" || kind == FieldType::Image);
            let field = &mut self.draft.fields[field];
            match known.filter(|_| !kind.has_children()) {
                _ if CONTROL.contains(&name.as_str()) => {}
                _ if name == "mediatype" && value == usual => {}
                Some((_, parameter)) => {
                    field.parameters.insert((*parameter).to_owned(), value.trim().to_owned());
                }
                None => field.attributes.body.push((name.clone(), value.clone())),
            }
        }
        if kind == FieldType::Range && element.child("itemset").is_some() {
            let ticks = self.offered(element, "ticks").choices.table;
            self.draft.fields[field].parameters.insert("tick_labelset".to_owned(), ticks);
        }
    }

    fn rows(&mut self, field: usize, offered: Offered) {
        let written = &mut self.draft.written[field];
        written.extend(offered.rows.map(|rows| ("choice_filter", rows)));
        written.extend(offered.seed.map(|seed| ("seed", seed)));
    }

    /// What actions do to the field.
    fn acted(&mut self, field: usize, done: &Done<'x>) {
        if let Some(default) = &done.default {
            self.draft.written[field].insert("default", default.clone());
        }
        if let Some(quality) = done.recorded.and_then(|r| r.get("odk:quality")) {
            let parameters = &mut self.draft.fields[field].parameters;
            parameters.insert("quality".to_owned(), quality.to_owned());
        }
        let Some(calculation) = &done.calculation else { return };
        self.draft.written[field].insert_if_blank("calculation", calculation);
    }

    /// True when a value is worked out all the time and set at an event, too.
    fn is_worked_out_twice(&mut self, node: usize, done: &Done<'x>) -> bool {
        let bind = self.nodes[node].bind.filter(|b| b.get("calculate").is_some());
        let Some(bind) = bind.filter(|_| done.calculation.is_some()) else { return false };
        self.warn(
            bind,
            "calculate",
            "câu này vừa có calculate vừa được setvalue đặt giá trị; chỉ giữ calculate",
            "this field has a calculate and is set by a setvalue; only the calculate is kept",
        );
        true
    }
}
