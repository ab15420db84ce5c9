//! Fields: added, removed, renamed, moved, of another type.

use super::pairs::path;
use super::{Comparing, Effect, about_filling, holds_data, is_meta};
use crate::form::{DataType, Field, FieldType, Form};
use crate::text::Text;

impl Comparing<'_> {
    /// Every field of the new version, in order, held against what it was.
    pub fn fields(&mut self) {
        for k in 0..self.new.fields.len() {
            let field = &self.new.fields[k];
            if is_meta(self.new, field) {
                continue;
            }
            match self.pairs.to_old[k] {
                Some(i) => self.pair(i, k),
                // A field of a new group is told with the group.
                None if field.parent.is_some_and(|p| self.pairs.to_old[p].is_none()) => {}
                None => self.added(k),
            }
        }
    }

    fn added(&mut self, k: usize) {
        let field = &self.new.fields[k];
        let inside = contents(self.new, k, &self.pairs.to_old);
        let (effect, message) = match inside {
            (0, 0) => (
                Effect::Keeps,
                Text::new("Thêm mới; không chứa câu trả lời.", "New; it holds no answers."),
            ),
            (0, _) => (
                Effect::Keeps,
                Text::new(
                    "Thêm thông tin do máy tự ghi; phiếu cũ để trống.",
                    "New data that the phone records by itself; blank in older submissions.",
                ),
            ),
            (n, _) if field.kind.has_children() => (
                Effect::Blanks,
                Text::new(
                    format!("Nhóm mới với {n} câu hỏi; phiếu cũ để trống."),
                    format!("A new group with {n} questions; blank in older submissions."),
                ),
            ),
            _ => (
                Effect::Blanks,
                Text::new(
                    "Câu hỏi mới; phiếu cũ để trống.",
                    "A new question; blank in older submissions.",
                ),
            ),
        };
        self.note("added", Some(field), effect, message);
    }

    /// Fields of the old version that the new one has not.
    pub fn removed(&mut self) {
        for i in 0..self.old.fields.len() {
            let field = &self.old.fields[i];
            let with_group = field.parent.is_some_and(|p| self.pairs.to_new[p].is_none());
            if self.pairs.to_new[i].is_some() || with_group || is_meta(self.old, field) {
                continue;
            }
            let (effect, message) = match contents(self.old, i, &self.pairs.to_new) {
                (0, 0) => (
                    Effect::Keeps,
                    Text::new("Đã bỏ; không chứa câu trả lời.", "Gone; it held no answers."),
                ),
                (0, _) => (
                    Effect::Blanks,
                    Text::new(
                        "Bỏ thông tin do máy tự ghi; phiếu mới để trống.",
                        "Data that the phone recorded by itself is gone; blank in newer submissions.",
                    ),
                ),
                (n, _) if field.kind.has_children() => (
                    Effect::Breaks,
                    Text::new(
                        format!("Bỏ cả nhóm với {n} câu hỏi; câu trả lời đã thu không còn chỗ."),
                        format!(
                            "A group with {n} questions is gone, and the place of their answers."
                        ),
                    ),
                ),
                _ => (
                    Effect::Breaks,
                    Text::new(
                        "Bỏ câu hỏi; câu trả lời đã thu không còn chỗ.",
                        "The question is gone, and the place of its answers.",
                    ),
                ),
            };
            self.note("removed", Some(field), effect, message);
        }
    }

    fn pair(&mut self, i: usize, k: usize) {
        let (was, is) = (&self.old.fields[i], &self.new.fields[k]);
        self.place(i, k);
        self.kind(was, is);
        self.order(i, k);
        self.rules(was, is);
        self.words(was, is);
    }

    /// Renamed or moved, unless only with the group it is in.
    fn place(&mut self, i: usize, k: usize) {
        let (was, is) = (&self.old.fields[i], &self.new.fields[k]);
        let (Some(from), Some(to)) = (was.parent, is.parent) else { return };
        let same_group = self.pairs.to_new[from] == Some(to);
        if same_group && was.name == is.name {
            return;
        }
        let (answers, recorded) = contents(self.old, i, &[]);
        let effect = if answers + recorded > 0 { Effect::Breaks } else { Effect::Keeps };
        let old_path = path(self.old, was);
        if was.name != is.name {
            let message = Text::new(
                format!("Có lẽ đổi tên từ {old_path}; câu trả lời đã thu nằm ở tên cũ."),
                format!("Probably renamed from {old_path}; the answers so far stand under that."),
            );
            self.note("renamed", Some(is), effect, message);
            return;
        }
        let message = match (repeat_of(self.old, i), repeat_of(self.new, k)) {
            (None, Some(_)) => Text::new(
                format!("Chuyển từ {old_path} vào mục lặp: từ một câu trả lời thành nhiều."),
                format!("Moved from {old_path} into a repeat: one answer becomes many."),
            ),
            (Some(_), None) => Text::new(
                format!("Chuyển từ mục lặp {old_path} ra ngoài: từ nhiều câu trả lời thành một."),
                format!("Moved out of a repeat, from {old_path}: many answers become one."),
            ),
            _ => Text::new(
                format!("Chuyển từ {old_path}; câu trả lời đã thu nằm ở chỗ cũ."),
                format!("Moved from {old_path}; the answers so far stand there."),
            ),
        };
        self.note("moved", Some(is), effect, message);
    }

    /// The order of what both versions have in a group.
    fn order(&mut self, i: usize, k: usize) {
        let (was, is) = (&self.old.fields[i], &self.new.fields[k]);
        let mut last = None;
        let stays = was.children.iter().filter_map(|c| self.pairs.to_new[*c]);
        let ordered = stays.filter(|c| self.new.fields[*c].parent == Some(k)).all(|c| {
            let ahead = last.is_none_or(|last| last < c);
            last = Some(c);
            ahead
        });
        if !ordered {
            let message =
                Text::new("Thứ tự các câu hỏi đã đổi.", "The questions are in another order.");
            self.note("order", Some(is), Effect::Keeps, message);
        }
    }

    fn kind(&mut self, was: &Field, is: &Field) {
        use FieldType::{Group, Note, Repeat};
        if std::mem::discriminant(&was.kind) == std::mem::discriminant(&is.kind)
            && was.data == is.data
        {
            return;
        }
        let repeat = match (&was.kind, &is.kind) {
            (Group, Repeat) => Some(Text::new(
                "Nhóm thành mục lặp: từ một câu trả lời thành nhiều.",
                "The group became a repeat: one answer becomes many.",
            )),
            (Repeat, Group) => Some(Text::new(
                "Mục lặp thành nhóm: từ nhiều câu trả lời thành một.",
                "The repeat became a group: many answers become one.",
            )),
            _ => None,
        };
        if let Some(message) = repeat {
            return self.note("repeat", Some(is), Effect::Breaks, message);
        }
        let effect = match (&was.kind, &is.kind) {
            (Note, _) if holds_data(is) => Effect::Blanks,
            (was_kind, is_kind) if was_kind.has_children() || is_kind.has_children() => {
                Effect::Breaks
            }
            (_, Note) => Effect::Breaks,
            _ => stored(was, is),
        };
        let message = match effect {
            Effect::Blanks => Text::new(
                "Trước chỉ để đọc, nay là câu hỏi; phiếu cũ để trống.",
                "It was only read, now it is a question; blank in older submissions.",
            ),
            Effect::Breaks => Text::new(
                "Đổi kiểu câu hỏi; câu trả lời cũ và mới không đọc như nhau.",
                "Another type; old and new answers do not read the same.",
            ),
            _ => Text::new(
                "Đổi kiểu câu hỏi; câu trả lời vẫn đọc chung được.",
                "Another type; old and new answers still read together.",
            ),
        };
        self.note("type", Some(is), effect, message);
    }
}

/// What a change of type does to stored answers.
fn stored(was: &Field, is: &Field) -> Effect {
    use FieldType::{Rank, SelectMultiple, SelectOne};
    match (&was.kind, &is.kind) {
        // One choice reads as a list of one, but a list does not read as one.
        (SelectOne(_), SelectMultiple(_)) | (SelectMultiple(_) | SelectOne(_), Rank(_)) => {
            Effect::Narrows
        }
        (Rank(_), SelectMultiple(_)) => Effect::Narrows,
        (SelectOne(_), SelectOne(_))
        | (SelectMultiple(_), SelectMultiple(_))
        | (Rank(_), Rank(_)) => by_data(was.data, is.data),
        (was_kind, is_kind) if was_kind.choices().is_some() || is_kind.choices().is_some() => {
            Effect::Breaks
        }
        _ => by_data(was.data, is.data),
    }
}

fn by_data(was: DataType, is: DataType) -> Effect {
    use DataType::{Decimal, Int};
    match (was, is) {
        (Int, Decimal) => Effect::Keeps,
        (Decimal, Int) => Effect::Narrows,
        (was, is) if was == is => Effect::Narrows,
        _ => Effect::Breaks,
    }
}

/// How many answers, and how many values of the phone's own, `field` and what is in it hold; what
/// has a counterpart is left out.
fn contents(form: &Form, field: usize, counterparts: &[Option<usize>]) -> (usize, usize) {
    let (mut answers, mut recorded) = (0, 0);
    let mut waiting = vec![field];
    while let Some(i) = waiting.pop() {
        let field = &form.fields[i];
        waiting.extend(&field.children);
        if !holds_data(field) || counterparts.get(i).is_some_and(Option::is_some) {
            continue;
        }
        match about_filling(field) {
            true => recorded += 1,
            false => answers += 1,
        }
    }
    (answers, recorded)
}

/// The innermost repeat a field is in.
fn repeat_of(form: &Form, field: usize) -> Option<usize> {
    let parents = std::iter::successors(form.fields[field].parent, |p| form.fields[*p].parent);
    parents.into_iter().find(|p| form.fields[*p].kind == FieldType::Repeat)
}
