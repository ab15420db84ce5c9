//! What changed between two versions of a form, and whether the data of both can be compiled
//! together: read as one table, a question of both versions one column of it.

mod choices;
mod fields;
mod pairs;
mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Field, FieldType, Form};
use crate::text::Text;
use pairs::Pairs;

/// What a change does to compiling the data of both versions together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    Keeps,
    /// Answers still go together, but one version accepts or computes what the other does not.
    Narrows,
    /// One version has blanks where the other has answers.
    Blanks,
    /// Answers of one version have no counterpart in the other, or another meaning.
    Breaks,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Stable code: `form_id`, `same_version`, `root`, `title`, `languages`, `settings`,
    /// `encryption`, `entity`, `files`, `added`, `removed`, `renamed`, `moved`, `order`, `type`,
    /// `repeat`, `list`, `choice_added`, `choice_removed`, `choice_meaning`, `choice_label`,
    /// `constraint`, `relevant`, `required`, `calculation`, `trigger`, `default`, `read_only`,
    /// `choice_filter`, `repeat_count`, `parameters`, `label`, `hint`, `message`, `appearance`.
    pub code: &'static str,
    /// Path of the field, in the new version where it is there; absent for the form as a whole.
    pub field: Option<String>,
    /// What it does to the data.
    pub effect: Effect,
    /// The sentence for people.
    pub message: Text,
}

/// Whether the data of two versions can be compiled together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// Yes.
    Yes,
    /// Yes; questions that only one version asks are blank in the other.
    YesWithBlanks,
    /// Not as they are.
    No,
}

/// The verdict of some changes.
pub fn together(changes: &[Change]) -> Together {
    match changes.iter().map(|change| change.effect).max() {
        Some(Effect::Breaks) => Together::No,
        Some(Effect::Blanks) => Together::YesWithBlanks,
        _ => Together::Yes,
    }
}

/// What changed from `old` to `new`: the form as a whole, then its fields in the new order, then
/// the fields that are gone.
pub fn diff(old: &Form, new: &Form) -> Vec<Change> {
    let mut comparing = Comparing { old, new, pairs: Pairs::find(old, new), changes: Vec::new() };
    comparing.settings();
    comparing.fields();
    comparing.choices();
    comparing.removed();
    comparing.version();
    comparing.changes
}

struct Comparing<'f> {
    old: &'f Form,
    new: &'f Form,
    pairs: Pairs,
    changes: Vec<Change>,
}

impl Comparing<'_> {
    fn note(&mut self, code: &'static str, field: Option<&Field>, effect: Effect, message: Text) {
        let field = field.map(|field| field.path.clone());
        self.changes.push(Change { code, field, effect, message });
    }

    /// Notes a difference of the form as a whole.
    fn whole(&mut self, differs: bool, code: &'static str, effect: Effect, vi: &str, en: &str) {
        if differs {
            self.note(code, None, effect, Text::new(vi, en));
        }
    }

    fn settings(&mut self) {
        use Effect::{Breaks, Keeps, Narrows};
        let (old, new) = (self.old, self.new);
        self.whole(
            old.id != new.id,
            "form_id",
            Breaks,
            "Mã biểu mẫu khác nhau: đây là hai biểu mẫu, dữ liệu của chúng không nhập chung.",
            "The form ids differ: these are two forms, their data are kept apart.",
        );
        self.whole(
            old.fields[0].name != new.fields[0].name,
            "root",
            Keeps,
            "Tên phần tử gốc đã đổi; các câu hỏi vẫn ở chỗ cũ.",
            "The root element has another name; the questions are where they were.",
        );
        self.whole(
            old.title != new.title,
            "title",
            Keeps,
            "Tên biểu mẫu đã đổi.",
            "The form's title changed.",
        );
        self.whole(
            old.languages != new.languages,
            "languages",
            Keeps,
            "Các ngôn ngữ của biểu mẫu đã đổi.",
            "The form's languages changed.",
        );
        let keys = (old.settings.public_key.trim(), new.settings.public_key.trim());
        self.whole(
            keys.0.is_empty() != keys.1.is_empty(),
            "encryption",
            Breaks,
            "Chỉ một trong hai bản mã hóa phiếu; phiếu mã hóa không đọc được ở máy chủ.",
            "Only one version encrypts its submissions; the server cannot read those.",
        );
        let mut plain = (old.settings.clone(), new.settings.clone());
        (plain.0.public_key, plain.1.public_key) = Default::default();
        self.whole(
            plain.0 != plain.1,
            "settings",
            Keeps,
            "Thiết lập của biểu mẫu (nơi gửi, tự gửi, kiểu hiển thị…) đã đổi.",
            "Settings of the form (where and when it is sent, its style…) changed.",
        );
        let files = |form: &Form| (form.externals.clone(), form.media());
        self.whole(
            files(old) != files(new),
            "files",
            Narrows,
            "Các tệp dữ liệu đi kèm biểu mẫu đã đổi.",
            "The data files that come with the form changed.",
        );
        self.whole(
            old.entity.as_ref().map(|e| &e.list) != new.entity.as_ref().map(|e| &e.list),
            "entity",
            Narrows,
            "Danh sách đối tượng (entities) mà phiếu tạo ra đã đổi.",
            "The list of entities that submissions make changed.",
        );
    }

    /// A version that stands for two contents.
    fn version(&mut self) {
        if self.old.version == self.new.version && !self.changes.is_empty() {
            let message = Text::new(
                "Hai bản khác nội dung nhưng cùng số version; đổi version trước khi công bố.",
                "Two contents with one version; change the version before publishing.",
            );
            let change =
                Change { code: "same_version", field: None, effect: Effect::Narrows, message };
            self.changes.insert(0, change);
        }
    }
}

/// True for what stands in `meta`: of the phone's making, the same in every form.
fn is_meta(form: &Form, field: &Field) -> bool {
    let inside = field.path.strip_prefix(form.fields[0].path.as_str()).unwrap_or_default();
    (inside == "/meta" || inside.starts_with("/meta/")) && field.kind != FieldType::Audit
}

/// True for fields that hold a value of their own in a submission.
fn holds_data(field: &Field) -> bool {
    !field.kind.has_children() && field.kind != FieldType::Note
}

/// True for what a phone fills in about itself: useful, but no answer.
fn about_filling(field: &Field) -> bool {
    use FieldType::*;
    field.kind.is_preloaded() || matches!(field.kind, Audit | StartGeopoint | BackgroundAudio)
}
