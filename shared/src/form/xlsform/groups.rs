//! Groups and repeats: where they begin and end, how deep they may be, how often they occur.

use super::sheet::Row;
use super::survey::{Open, Survey};
use crate::answers::MAX_DEPTH;
use crate::form::FieldType;

/// Deepest nesting of groups and repeats; submissions have room for it.
const DEEPEST: usize = 64;
const _: () = assert!(DEEPEST + 2 < MAX_DEPTH);

impl Survey<'_> {
    pub(super) fn close(&mut self, row: &Row, written: &str, kind: FieldType) {
        let open = self.parent();
        if self.open.len() > 1 && self.open.last().is_some_and(|o| o.kind == kind) {
            self.open.pop();
            return;
        }
        let (vi, en) = match self.open.len() {
            1 => ("không có nhóm nào đang mở".to_owned(), "nothing is open".to_owned()),
            _ => {
                let Open { row, .. } = self.open[self.open.len() - 1];
                let name = &self.draft.fields[open].name;
                (
                    format!("đang mở là \"{name}\" ở dòng {row}"),
                    format!("what is open is \"{name}\" of row {row}"),
                )
            }
        };
        self.fault(
            row,
            "type",
            format!("\"{written}\" không khớp: {vi}"),
            format!("\"{written}\" does not match: {en}"),
        );
    }

    /// Opens a group or a repeat.
    pub(super) fn begin(&mut self, row: &Row, kind: FieldType) {
        if self.open.len() > DEEPEST {
            self.fault(
                row,
                "type",
                format!("nhóm lồng nhau quá {DEEPEST} cấp"),
                format!("groups are nested more than {DEEPEST} deep"),
            );
            // The end of this group closes something, too.
            self.without_field(row, kind);
            return;
        }
        let count = match kind {
            FieldType::Repeat => self.repeat_count(row),
            _ => None,
        };
        let repeat = kind == FieldType::Repeat;
        let Some(field) = self.add(row, kind.clone()) else {
            // What is inside is still read, as if in the group around.
            self.without_field(row, kind);
            return;
        };
        self.common(row, field);
        self.draft.written[field].extend(count.map(|c| ("repeat_count", c)));
        if let Some(intent) = self.table.cell(row, "intent") {
            let intent = ("intent".to_owned(), intent.to_owned());
            self.draft.fields[field].attributes.body.push(intent);
        }
        if repeat && self.draft.fields[field].label.is_empty() {
            self.warn(
                row,
                "label",
                "phần lặp chưa có nhãn: điện thoại hỏi \"Thêm nhóm?\" mà không nói nhóm gì",
                "the repeat has no label: the phone asks to add a group without saying which",
            );
        }
        let table_list = self.table_list(field);
        let in_table = table_list.is_some();
        self.open.push(Open { field, kind, row: row.number, table_list });
        if in_table {
            self.table_list_note(row, field);
        }
    }

    /// A group without a field of its own: its end is still its end.
    fn without_field(&mut self, row: &Row, kind: FieldType) {
        let field = self.parent();
        self.open.push(Open { field, kind, row: row.number, table_list: None });
    }

    /// How many times a repeat occurs: a reference stays, anything else becomes a calculated field
    /// beside the repeat, since phones take only a path.
    fn repeat_count(&mut self, row: &Row) -> Option<String> {
        let count = self.table.cell(row, "repeat_count")?;
        if super::is_reference(count) {
            return Some(count.to_owned());
        }
        let name = format!("{}_count", self.table.cell(row, "name").unwrap_or_default());
        let field = self.add_named(row, &name, FieldType::Calculate)?;
        self.draft.written[field].insert("calculation", count.to_owned());
        self.draft.written[field].insert("read_only", "true()".to_owned());
        Some(format!("${{{name}}}"))
    }
}
