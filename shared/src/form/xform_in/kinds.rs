//! What a node is: by its control, the type of its binding, and what a phone puts into it.

use super::super::choices::Choices;
use super::super::field::{DataType, FieldType};
use super::Reading;
use super::actions::Done;
use super::binds::data_type;
use super::itemset::Offered;
use super::xml::Element;

impl<'x> Reading<'x> {
    /// The kind of a node with, for questions that have choices, which of them are offered.
    pub(super) fn kind(&mut self, node: usize, done: &Done<'x>) -> (FieldType, Option<Offered>) {
        let control = self.controls.get(&node).copied().unwrap_or_default();
        let element = self.nodes[node].element;
        let plain = |kind| (kind, None);
        if let Some(kind) = self.meta_kind(node) {
            return plain(kind);
        }
        if control.repeat.is_some() {
            if self.nodes[node].instances() > 1 {
                self.warn(
                    element,
                    "",
                    "phần lặp có sẵn nhiều mục trong instance; phiếu mới chỉ bắt đầu với mục đầu",
                    "the repeat has several instances from the start; a new form has the first",
                );
            }
            if !self.nodes[node].has_template() && self.begins_with_values(node) {
                self.warn(
                    element,
                    "jr:template",
                    "phần lặp không có jr:template: giá trị có sẵn sẽ dùng cho mọi mục, không chỉ \
                     mục đầu",
                    "the repeat has no jr:template: its defaults are those of every instance, not \
                     only of the first",
                );
            }
            return plain(FieldType::Repeat);
        }
        if self.nodes[node].is_repeated() {
            self.warn(
                element,
                "",
                "nút này có nhiều lần trong instance nhưng không có repeat; chỉ giữ lần đầu",
                "this node stands there several times without a repeat; only the first is kept",
            );
        }
        if !self.nodes[node].children.is_empty() || control.group.is_some() || node == 0 {
            return plain(FieldType::Group);
        }
        if let Some(question) = control.question {
            return self.question_kind(node, question, done);
        }
        if let Some(kind) = self.nodes[node].bind.and_then(preloaded) {
            return plain(kind);
        }
        let bind = self.nodes[node].bind;
        let calculated = bind.and_then(|b| b.get("calculate")).is_some();
        plain(match done {
            Done { recorded: Some(_), .. } => FieldType::BackgroundAudio,
            Done { located: true, .. } => FieldType::StartGeopoint,
            _ if calculated || done.calculation.is_some() => FieldType::Calculate,
            _ => FieldType::Hidden,
        })
    }

    /// True when something below has a value from the start.
    fn begins_with_values(&self, node: usize) -> bool {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            if !self.nodes[node].default.is_empty() {
                return true;
            }
            // A repeat within answers for itself.
            let inner = |c: &&usize| self.controls.get(c).is_none_or(|c| c.repeat.is_none());
            waiting.extend(self.nodes[node].children.iter().filter(inner));
        }
        false
    }

    fn question_kind(
        &mut self,
        node: usize,
        question: Element<'x>,
        done: &Done<'x>,
    ) -> (FieldType, Option<Offered>) {
        if done.located || done.recorded.is_some() {
            self.warn(
                question,
                "ref",
                "vị trí hoặc ghi âm tự động không đặt được vào câu hỏi đang hiện; bỏ qua phần tự động",
                "a place or recording cannot be put into a question that is shown; it is left out",
            );
        }
        let bind = self.nodes[node].bind;
        if bind.is_some_and(|b| preloaded(b).is_some()) {
            self.warn(
                question,
                "jr:preload",
                "câu hỏi này được máy điền sẵn; giá trị điền sẵn không được kiểm tra",
                "a phone fills this question in; what it fills in is not checked",
            );
        }
        type Kind = fn(Box<Choices>) -> FieldType;
        let choosing: Option<Kind> = match question.name() {
            "select1" => Some(FieldType::SelectOne),
            "select" => Some(FieldType::SelectMultiple),
            "rank" => Some(FieldType::Rank),
            _ => None,
        };
        if let Some(kind) = choosing {
            let offered = self.offered(question, self.nodes[node].name);
            return (kind(Box::new(offered.choices.clone())), Some(offered));
        }
        if question.name() == "secret" {
            self.warn(
                question,
                "",
                "secret được hỏi như câu hỏi chữ thường: người đứng cạnh đọc được",
                "a secret is asked as plain text: whoever stands beside can read it",
            );
        }
        let kind = match question.name() {
            "range" => FieldType::Range,
            "trigger" => FieldType::Acknowledge,
            "upload" => match question.get("mediatype").unwrap_or_default() {
                "image/*" => FieldType::Image,
                "audio/*" => FieldType::Audio,
                "video/*" => FieldType::Video,
                _ => FieldType::File,
            },
            _ => match bind.and_then(data_type).unwrap_or_default() {
                DataType::String if is_note(bind, done) => FieldType::Note,
                DataType::String | DataType::Boolean => FieldType::Text,
                DataType::Int => FieldType::Integer,
                DataType::Decimal => FieldType::Decimal,
                DataType::Date => FieldType::Date,
                DataType::Time => FieldType::Time,
                DataType::DateTime => FieldType::DateTime,
                DataType::Geopoint => FieldType::Geopoint,
                DataType::Geotrace => FieldType::Geotrace,
                DataType::Geoshape => FieldType::Geoshape,
                DataType::Binary => FieldType::File,
                DataType::Barcode => FieldType::Barcode,
            },
        };
        (kind, None)
    }
}

/// Something to read: never answered, by hand or otherwise.
fn is_note(bind: Option<Element<'_>>, done: &Done<'_>) -> bool {
    let Some(bind) = bind else { return false };
    let fixed = bind.get("readonly").is_some_and(|r| r.trim() == "true()");
    let answered = ["calculate", "required", "constraint", "jr:preload"];
    fixed
        && answered.iter().all(|name| bind.get(name).is_none())
        && done.default.is_none()
        && done.calculation.is_none()
}

/// What a phone puts in by itself.
fn preloaded(bind: Element<'_>) -> Option<FieldType> {
    let what = bind.get("jr:preloadParams").unwrap_or_default().trim();
    Some(match (bind.get("jr:preload")?.trim(), what) {
        ("timestamp", "start") => FieldType::Start,
        ("timestamp", "end") => FieldType::End,
        ("date", "today") => FieldType::Today,
        ("property", "deviceid") => FieldType::DeviceId,
        ("property", "username") => FieldType::Username,
        ("property", "phonenumber") => FieldType::PhoneNumber,
        ("property", "email") => FieldType::Email,
        _ => return None,
    })
}
