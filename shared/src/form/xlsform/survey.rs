//! The survey sheet's rows to fields: groups open and close, each row finds its reader.
//! Expressions stay text here.

use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::sheet::Row;
use super::table::Table;
use super::types::{self, RowType};
use super::{Preface, short, yes};
use crate::form::draft::Draft;
use crate::form::{FieldType, List};

/// Longest path of a field, in bytes.
const LONGEST_PATH: usize = 1_000;

/// A group that is open.
pub(super) struct Open {
    pub field: usize,
    /// What closes it; the field is the group around where the name could not be used.
    pub kind: FieldType,
    pub row: usize,
    /// Appearance `table-list`: the list of its selects, once there was one.
    pub table_list: Option<Option<String>>,
}

/// The survey sheet being read.
pub(super) struct Survey<'s> {
    pub draft: &'s mut Draft,
    pub table: &'s Table,
    pub open: Vec<Open>,
    /// By group and name in lower case: the first field called so.
    names: HashMap<(usize, String), usize>,
    /// The names of a group that differ from an earlier one only in case.
    variants: HashSet<(usize, String)>,
    repeats: BTreeSet<String>,
    /// By name: the place of a list in the draft.
    pub lists: BTreeMap<String, usize>,
    /// By place of a list: the row of its first choice whose value has a blank.
    pub blanks: BTreeMap<usize, usize>,
    /// Fields with attributes that may name fields, and those with triggers.
    pub late: Vec<usize>,
    /// The row of the field `audit`, which goes to the group `meta`.
    pub audit: Option<Row>,
    /// The files declared by rows.
    pub files: BTreeSet<String>,
}

/// Letters, digits, `_`, `-` and `.`; a letter or `_` first. Phones know the letters that have
/// upper and lower case.
pub(super) fn is_name(name: &str) -> bool {
    let first = |c: char| c.is_lowercase() || c.is_uppercase() || c == '_';
    let more = |c: char| first(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    name.starts_with(first) && name.chars().all(more)
}

pub(super) fn read(draft: &mut Draft, table: &Table, preface: Preface) {
    unknown_columns(draft, table);
    draft.fields.reserve(table.rows.len() + 8);
    draft.push(&preface.root, FieldType::Group, None, table.row);
    let lists = draft.lists.iter().enumerate().map(|(i, l)| (l.name.clone(), i)).collect();
    let blank = |l: &List| Some(l.choices.iter().find(|c| c.name.contains(' '))?.row);
    let blanks = draft.lists.iter().enumerate().filter_map(|(i, l)| Some((i, blank(l)?))).collect();
    let mut survey = Survey {
        draft,
        table,
        open: vec![Open { field: 0, kind: FieldType::Group, row: table.row, table_list: None }],
        names: HashMap::with_capacity(table.rows.len()),
        variants: HashSet::new(),
        repeats: BTreeSet::from([preface.root.clone()]),
        lists,
        blanks,
        late: Vec::new(),
        audit: None,
        files: BTreeSet::new(),
    };
    for row in &table.rows {
        survey.row(row);
    }
    for open in survey.open.drain(1..) {
        survey.draft.fault(
            ("survey", open.row, "type"),
            "nhóm này chưa được đóng; thêm end group hoặc end repeat",
            "this group is not closed; add end group or end repeat",
        );
    }
    survey.meta(preface);
    survey.late();
}

fn unknown_columns(draft: &mut Draft, table: &Table) {
    for place in &table.unknown {
        let heading = table.heading_at(*place);
        let first = heading.split(':').next().unwrap_or_default();
        let known = super::columns::SURVEY.into_iter().chain(super::columns::MEDIA);
        let (vi, en) = match nearest(&super::table::snake(first), known) {
            Some(near) => (
                format!("không biết cột này nên bỏ qua; có phải là \"{near}\"?"),
                format!("this column is not known and left alone; did you mean \"{near}\"?"),
            ),
            None => (
                "không biết cột này nên bỏ qua".to_owned(),
                "this column is not known and left alone".to_owned(),
            ),
        };
        draft.warn(("survey", table.row, heading), vi, en);
    }
}

impl Survey<'_> {
    /// The group that rows now go into.
    pub fn parent(&self) -> usize {
        self.open.last().map_or(0, |o| o.field)
    }

    pub fn fault(&mut self, row: &Row, column: &str, vi: impl Into<String>, en: impl Into<String>) {
        let heading = self.table.heading_of(column);
        self.draft.fault(("survey", row.number, heading), vi, en);
    }

    pub fn warn(&mut self, row: &Row, column: &str, vi: impl Into<String>, en: impl Into<String>) {
        let heading = self.table.heading_of(column);
        self.draft.warn(("survey", row.number, heading), vi, en);
    }

    fn row(&mut self, row: &Row) {
        let table = self.table;
        if table.cell(row, "disabled").is_some_and(yes) {
            self.warn(
                row,
                "disabled",
                "dòng này bị bỏ qua vì cột disabled",
                "this row is left out because of the column disabled",
            );
            return;
        }
        let Some(written) = table.cell(row, "type") else {
            if table.cell(row, "name").is_some() || table.words(row, "label").next().is_some() {
                self.fault(row, "type", "dòng này thiếu kiểu câu hỏi", "this row has no type");
            } else if table.filled(row).any(|(c, _)| !c.name.starts_with("comment")) {
                self.warn(
                    row,
                    "type",
                    "dòng không có kiểu và tên nên bị bỏ qua",
                    "a row without type and name is left out",
                );
            }
            return;
        };
        match types::read(written) {
            RowType::End(kind) => self.close(row, written, kind),
            RowType::Begin(kind) => self.begin(row, kind),
            RowType::Plain(FieldType::Audit) => self.audit = Some(row.clone()),
            RowType::Plain(kind) => self.plain(row, kind),
            RowType::Ready(ready) => self.ready(row, ready),
            RowType::Property(name) => self.property(row, name),
            RowType::Select(select) => self.select(row, select),
            RowType::External(extension) => self.external(row, extension),
            RowType::Setting(setting) => {
                let value = table.cell(row, "name").unwrap_or_default().to_owned();
                match setting {
                    "form_id" => self.draft.id = value,
                    _ => self.draft.title = value,
                }
            }
            RowType::Refused(vi, en) => self.fault(
                row,
                "type",
                format!("không dùng được kiểu \"{written}\" ở đây; {vi}"),
                format!("type \"{written}\" cannot be used here; {en}"),
            ),
            RowType::Unknown => self.unknown_type(row, written),
        }
    }

    fn unknown_type(&mut self, row: &Row, written: &str) {
        let shown = short(written);
        let known = types::COMMON.into_iter();
        let (vi, en) = match nearest(&written.to_lowercase(), known) {
            Some(near) => {
                (format!("; có phải là \"{near}\"?"), format!("; did you mean \"{near}\"?"))
            }
            None => (String::new(), String::new()),
        };
        self.fault(
            row,
            "type",
            format!("không có kiểu \"{shown}\"{vi}"),
            format!("type \"{shown}\" is not known{en}"),
        );
        // The field stays, so that references to it are no faults.
        self.add(row, FieldType::Calculate);
    }

    /// Adds a field with the row's name to the open group; none when the name cannot be used.
    pub fn add(&mut self, row: &Row, kind: FieldType) -> Option<usize> {
        let name = self.table.cell(row, "name").unwrap_or_default().to_owned();
        self.add_named(row, &name, kind)
    }

    /// Adds a field to the open group; none when the name cannot be used.
    pub fn add_named(&mut self, row: &Row, name: &str, kind: FieldType) -> Option<usize> {
        let parent = self.parent();
        if name.is_empty() {
            self.fault(row, "name", "dòng này thiếu tên", "this row has no name");
            return None;
        }
        if !is_name(name) {
            let shown = short(name);
            self.fault(
                row,
                "name",
                format!(
                    "tên \"{shown}\" không dùng được: chữ không dấu, số, gạch dưới; bắt đầu bằng chữ"
                ),
                format!("name \"{shown}\" cannot be used: letters, digits and _, a letter first"),
            );
            return None;
        }
        if self.draft.fields[parent].path.len() + name.len() >= LONGEST_PATH {
            self.fault(
                row,
                "name",
                format!("tên quá dài: cả đường dẫn nhiều nhất {LONGEST_PATH} ký tự"),
                format!("the name is too long: a path has at most {LONGEST_PATH} letters"),
            );
            return None;
        }
        if name == "meta" {
            self.fault(
                row,
                "name",
                "tên \"meta\" dành riêng cho hệ thống; đặt tên khác",
                "the name \"meta\" is taken by the system; choose another",
            );
            return None;
        }
        let taken = kind == FieldType::Repeat && !self.repeats.insert(name.to_owned());
        let first = self.names.get(&(parent, name.to_lowercase())).copied();
        let twin = first.is_some_and(|f| self.draft.fields[f].name == name)
            || first.is_some() && !self.variants.insert((parent, name.to_owned()));
        if taken || twin {
            let (vi, en) = if taken {
                ("đã có một begin repeat khác", "another repeat, or the form itself,")
            } else {
                ("trong nhóm này đã có câu hỏi", "another field of this group")
            };
            self.fault(
                row,
                "name",
                format!("{vi} tên \"{name}\"; đặt tên khác"),
                format!("{en} is called \"{name}\"; choose another name"),
            );
            return None;
        }
        if !name.is_ascii() {
            self.warn(
                row,
                "name",
                format!("tên \"{name}\" có dấu: nhiều phần mềm phân tích không đọc được"),
                format!("name \"{name}\" has marks: many analysts' programs cannot read it"),
            );
        }
        if first.is_some() {
            self.warn(
                row,
                "name",
                format!(
                    "tên \"{name}\" chỉ khác tên khác ở chữ hoa, chữ thường: dễ lẫn khi phân tích"
                ),
                format!(
                    "name \"{name}\" differs from another only in case: analysts will mix them up"
                ),
            );
        }
        let field = self.draft.push(name, kind, Some(parent), row.number);
        self.names.entry((parent, name.to_lowercase())).or_insert(field);
        Some(field)
    }
}
