//! What happens at an event: values set at the start, in a new instance of a repeat, or when
//! another answer changes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::field::FieldType;
use super::Reading;
use super::body::ACTIONS;
use super::xml::Element;

/// An action with where it stands.
#[derive(Clone, Copy)]
pub(super) struct Action<'x> {
    pub element: Element<'x>,
    /// The question it stands in.
    pub source: Option<usize>,
    /// The node that relative paths may start from.
    pub context: usize,
}

/// What actions do to a node.
#[derive(Default)]
pub(super) struct Done<'x> {
    /// Value worked out once.
    pub default: Option<String>,
    /// Value worked out when one of the triggers changes.
    pub calculation: Option<String>,
    pub triggers: BTreeSet<usize>,
    /// True when the place is taken.
    pub located: bool,
    /// The recording that starts.
    pub recorded: Option<Element<'x>>,
}

impl<'x> Reading<'x> {
    /// Actions that stand in the model.
    pub(super) fn model_actions(&mut self, model: Element<'x>) {
        let actions = model.children().filter(|c| ACTIONS.contains(&c.name()));
        let action = |element| Action { element, source: None, context: 0 };
        self.actions.extend(actions.map(action));
    }

    /// By node: what actions do to it.
    pub(super) fn done(&mut self) -> BTreeMap<usize, Done<'x>> {
        let mut done: BTreeMap<usize, Done<'x>> = BTreeMap::new();
        for action in std::mem::take(&mut self.actions) {
            let element = action.element;
            let path = element.get("ref").unwrap_or_default();
            if path.contains('@') {
                self.attribute(element, path);
                continue;
            }
            let by_id = element.get("bind").and_then(|id| self.bind_ids.get(id)).copied();
            let node = by_id
                .or_else(|| self.resolve(path, action.context))
                .or_else(|| self.resolve(path, 0))
                .filter(|n| *n != 0 && self.nodes[*n].children.is_empty());
            let Some(node) = node else {
                self.fault(
                    element,
                    "ref",
                    format!("{} trỏ tới {path}, không có trong instance", element.name()),
                    format!("{} is about {path}, which the instance has not", element.name()),
                );
                continue;
            };
            self.act(&action, done.entry(node).or_default());
        }
        done
    }

    fn act(&mut self, action: &Action<'x>, done: &mut Done<'x>) {
        let element = action.element;
        let events = element.get("event").or_else(|| element.get("ev:event")).unwrap_or_default();
        for event in events.split_whitespace() {
            let changed = match event {
                "xforms-value-changed" => true,
                "odk-instance-first-load" | "xforms-ready" | "odk-new-repeat" => false,
                "odk-instance-load" => false,
                _ => {
                    self.fault(
                        element,
                        "event",
                        format!("không biết sự kiện \"{event}\""),
                        format!("event \"{event}\" is not known"),
                    );
                    continue;
                }
            };
            if changed {
                done.triggers.extend(action.source);
            }
            match element.name() {
                "setgeopoint" => done.located = true,
                "recordaudio" => done.recorded = Some(element),
                _ => {
                    let place = if changed { &mut done.calculation } else { &mut done.default };
                    let value = value(element);
                    if *place.get_or_insert_with(|| value.clone()) != value {
                        self.warn(
                            element,
                            "value",
                            "câu này được đặt giá trị theo nhiều cách khác nhau; chỉ giữ cách đầu",
                            "this field is set in different ways; only the first is kept",
                        );
                    }
                }
            }
        }
    }

    /// An attribute that is set: the id of an entity, which an entity has of itself.
    fn attribute(&mut self, element: Element<'x>, path: &str) {
        let node = path.trim().strip_suffix("/@id").and_then(|p| self.resolve(p, 0));
        let id = node.is_some_and(|n| self.meta_kind(n) == Some(FieldType::Entity));
        if !(id && element.get("value").is_some_and(|v| v.trim() == "uuid()")) {
            self.warn(
                element,
                "ref",
                format!("không đặt được giá trị cho thuộc tính {path}; bỏ qua"),
                format!("the attribute {path} cannot be set; left out"),
            );
        }
    }
}

/// The expression of a value; text that stands in the element is that text.
fn value(element: Element<'_>) -> String {
    match element.get("value").map(str::trim) {
        Some("") => "''".to_owned(),
        Some(value) => value.to_owned(),
        None => quoted(&element.text()),
    }
}

/// A text as an XPath literal.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}
