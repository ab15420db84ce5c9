//! Sheets to fields: the survey's rows, the choices, the settings. Expressions stay text here.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::FormFault;
use super::field::{Choice, Choices, Field, FieldType, Languages, List, Words};
use super::sheet::{Row, Sheet};
use crate::expr::Kind;

const SURVEY_COLUMNS: [&str; 17] = [
    "type",
    "name",
    "label",
    "hint",
    "constraint",
    "constraint_message",
    "relevant",
    "required",
    "required_message",
    "calculation",
    "default",
    "read_only",
    "appearance",
    "choice_filter",
    "parameters",
    "repeat_count",
    "comment",
];

/// The expressions of one field as written, by column.
pub(super) type Written = BTreeMap<&'static str, String>;

/// What the sheets say, before expressions are compiled.
#[derive(Default)]
pub(super) struct Draft {
    pub id: String,
    pub version: String,
    pub title: String,
    pub languages: Languages,
    pub lists: Vec<List>,
    pub fields: Vec<Field>,
    pub written: Vec<Written>,
    pub faults: Vec<FormFault>,
}

pub(super) fn read(sheets: &[Sheet]) -> Draft {
    let mut draft = Draft::default();
    let find = |name: &str| sheets.iter().find(|s| s.name == name);
    let empty = Sheet::default();
    let Some(survey) = find("survey") else {
        draft.faults.push(FormFault::new(
            "survey",
            0,
            "",
            "không có bảng survey; thêm bảng bắt đầu bằng dòng | survey |",
            "there is no survey sheet; add a table that starts with the line | survey |",
        ));
        return draft;
    };
    let choices = find("choices").unwrap_or(&empty);
    let settings = find("settings").unwrap_or(&empty);
    let root = draft.settings(settings, &[survey, choices]);
    draft.choices(choices);
    draft.survey(survey, &root);
    draft
}

impl Draft {
    fn fault(&mut self, at: (&str, usize, &str), vi: impl Into<String>, en: impl Into<String>) {
        self.faults.push(FormFault::new(at.0, at.1, at.2, vi, en));
    }

    /// Reads the settings and collects the languages; gives the root's name.
    fn settings(&mut self, sheet: &Sheet, others: &[&Sheet]) -> String {
        let empty = Row { number: 0, cells: Vec::new() };
        let row = sheet.rows.first().unwrap_or(&empty);
        let get = |name: &str| sheet.cell(row, name).unwrap_or_default().to_owned();
        self.id = get("form_id");
        self.version = get("version");
        self.title = get("form_title");
        for (column, value) in [("form_id", &self.id), ("version", &self.version)] {
            if value.is_empty() || value.contains(char::is_whitespace) {
                self.faults.push(FormFault::new(
                    "settings",
                    row.number,
                    column,
                    format!("{column} phải có và không chứa dấu cách"),
                    format!("{column} is needed, without blanks"),
                ));
            }
        }
        let default = get("default_language");
        let mut names: Vec<String> = Vec::new();
        names.extend((!default.is_empty()).then_some(default));
        for column in others.iter().flat_map(|s| &s.columns) {
            if let Some(language) = &column.language {
                if !names.contains(language) {
                    names.push(language.clone());
                }
            }
        }
        if names.is_empty() {
            names.push("default".to_owned());
        }
        self.languages = Languages { names };
        if self.title.is_empty() {
            self.title.clone_from(&self.id);
        }
        let name = get("name");
        if name.is_empty() { "data".to_owned() } else { name }
    }

    fn words(&self, sheet: &Sheet, row: &Row, name: &str) -> Words {
        let mut words = vec![String::new(); self.languages.names.len()];
        for (column, cell) in sheet.columns.iter().zip(&row.cells) {
            if column.name == name {
                let place = match &column.language {
                    Some(language) => self.languages.names.iter().position(|n| n == language),
                    None => Some(0),
                };
                if let Some(word) = place.and_then(|p| words.get_mut(p)) {
                    word.clone_from(cell);
                }
            }
        }
        if words.iter().all(String::is_empty) { Words::default() } else { Words(words) }
    }

    fn choices(&mut self, sheet: &Sheet) {
        let mut seen = BTreeSet::new();
        for row in &sheet.rows {
            let (list, name) = (sheet.cell(row, "list_name"), sheet.cell(row, "name"));
            let (Some(list), Some(name)) = (list, name) else {
                self.fault(
                    ("choices", row.number, ""),
                    "mỗi lựa chọn cần list_name và name",
                    "a choice needs list_name and name",
                );
                continue;
            };
            if name.contains(char::is_whitespace) || !seen.insert((list, name)) {
                self.fault(
                    ("choices", row.number, "name"),
                    format!("giá trị \"{name}\" trùng hoặc có dấu cách trong danh sách {list}"),
                    format!("value \"{name}\" occurs twice or has blanks in list {list}"),
                );
            }
            let label = self.words(sheet, row, "label");
            let mut others = BTreeMap::new();
            for (column, cell) in sheet.columns.iter().zip(&row.cells) {
                let known = matches!(column.name.as_str(), "list_name" | "name" | "label" | "");
                if !known && !cell.is_empty() {
                    others.insert(column.name.clone(), cell.clone());
                }
            }
            let choice = Choice { name: name.to_owned(), label, others };
            match self.lists.iter_mut().find(|l| l.name == list) {
                Some(list) => list.choices.push(choice),
                None => self.lists.push(List { name: list.to_owned(), choices: vec![choice] }),
            }
        }
    }

    fn survey(&mut self, sheet: &Sheet, root: &str) {
        for column in &sheet.columns {
            if !column.name.is_empty() && !SURVEY_COLUMNS.contains(&column.name.as_str()) {
                let heading = column.heading();
                self.fault(
                    ("survey", sheet.row, &heading),
                    "không biết cột này; sửa tên cột hoặc bỏ đi",
                    "this column is not known; correct its name or remove it",
                );
            }
        }
        self.push(root, FieldType::Group, None, sheet.row);
        let mut open: Vec<(usize, usize)> = vec![(0, sheet.row)];
        for row in &sheet.rows {
            let Some(written) = sheet.cell(row, "type") else {
                self.fault(
                    ("survey", row.number, "type"),
                    "dòng này thiếu kiểu câu hỏi",
                    "this row has no type",
                );
                continue;
            };
            let parent = open.last().map_or(0, |o| o.0);
            let words: Vec<&str> = written.split_whitespace().collect();
            match words.join(" ").replace("_group", " group").replace("_repeat", " repeat").as_str()
            {
                kind @ ("end group" | "end repeat") => {
                    let wanted =
                        if kind == "end group" { FieldType::Group } else { FieldType::Repeat };
                    if open.len() > 1 && self.fields[parent].kind == wanted {
                        open.pop();
                    } else {
                        self.fault(
                            ("survey", row.number, "type"),
                            format!("\"{kind}\" không khớp với nhóm nào đang mở"),
                            format!("\"{kind}\" closes nothing that is open"),
                        );
                    }
                }
                kind => {
                    if let Some(field) = self.row(sheet, row, kind, parent) {
                        if self.fields[field].kind.has_children() {
                            open.push((field, row.number));
                        }
                    }
                }
            }
        }
        for (_, row) in open.into_iter().skip(1) {
            self.fault(
                ("survey", row, "type"),
                "nhóm này chưa được đóng; thêm end group hoặc end repeat",
                "this group is not closed; add end group or end repeat",
            );
        }
        let meta = self.push("meta", FieldType::Group, Some(0), 0);
        self.push("instanceID", FieldType::InstanceId, Some(meta), 0);
    }

    /// One row that is not the end of a group; gives its field, or none if it has none.
    fn row(&mut self, sheet: &Sheet, row: &Row, kind: &str, parent: usize) -> Option<usize> {
        let Some(kind) = self.field_type(kind, row) else { return None };
        let name = sheet.cell(row, "name").unwrap_or_default();
        let legal = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if !legal {
            self.fault(
                ("survey", row.number, "name"),
                format!(
                    "tên \"{name}\" không dùng được: chữ không dấu, số, gạch dưới; bắt đầu bằng chữ"
                ),
                format!("name \"{name}\" cannot be used: letters, digits and _, a letter first"),
            );
            return None;
        }
        let twice = self.fields[parent].children.iter().any(|c| self.fields[*c].name == name);
        if twice || (parent == 0 && name == "meta") {
            self.fault(
                ("survey", row.number, "name"),
                format!("tên \"{name}\" đã có trong nhóm này"),
                format!("name \"{name}\" is already used in this group"),
            );
            return None;
        }
        let i = self.push(name, kind, Some(parent), row.number);
        let words = |name: &str| self.words(sheet, row, name);
        let (label, hint) = (words("label"), words("hint"));
        let (constraint, required) = (words("constraint_message"), words("required_message"));
        let cell = |name: &str| sheet.cell(row, name).unwrap_or_default().to_owned();
        let field = &mut self.fields[i];
        field.label = label;
        field.hint = hint;
        field.constraint_message = constraint;
        field.required_message = required;
        field.appearance = cell("appearance");
        field.default = cell("default");
        if field.default.contains(['(', '$']) {
            self.fault(
                ("survey", row.number, "default"),
                "giá trị mặc định phải cố định; dùng dòng calculate cho giá trị tính được",
                "a default has to be fixed; use a calculate row for a computed one",
            );
        }
        for parameter in cell("parameters").split([' ', ';']).filter(|p| !p.is_empty()) {
            match parameter.split_once('=') {
                Some(("max-pixels", n)) if n.parse::<u32>().is_ok() => {
                    self.fields[i].parameters.insert("max-pixels".into(), n.into());
                }
                _ => self.fault(
                    ("survey", row.number, "parameters"),
                    format!("không biết tham số \"{parameter}\"; dùng được: max-pixels=1600"),
                    format!("parameter \"{parameter}\" is not known; max-pixels=1600 is"),
                ),
            }
        }
        for column in [
            "relevant",
            "constraint",
            "required",
            "read_only",
            "calculation",
            "choice_filter",
            "repeat_count",
        ] {
            if let Some(text) = sheet.cell(row, column) {
                self.written[i].insert(column, text.to_owned());
            }
        }
        if self.fields[i].kind == FieldType::Calculate
            && !self.written[i].contains_key("calculation")
        {
            self.fault(
                ("survey", row.number, "calculation"),
                "dòng calculate cần công thức ở cột calculation",
                "a calculate row needs a calculation",
            );
        }
        let shown = self.fields[i].kind.is_question() || self.fields[i].kind == FieldType::Note;
        if shown && self.fields[i].label.is_empty() {
            self.fault(
                ("survey", row.number, "label"),
                "câu hỏi chưa có nhãn",
                "the question has no label",
            );
        }
        Some(i)
    }

    fn field_type(&mut self, written: &str, row: &Row) -> Option<FieldType> {
        let mut parts = written.split(' ');
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let kind = match (first, second) {
            ("begin", Some("group")) => FieldType::Group,
            ("begin", Some("repeat")) => FieldType::Repeat,
            ("select_one" | "select_multiple", Some(list)) if parts.next().is_none() => {
                if !self.lists.iter().any(|l| l.name == list) {
                    self.fault(
                        ("survey", row.number, "type"),
                        format!("bảng choices không có danh sách \"{list}\""),
                        format!("the choices sheet has no list \"{list}\""),
                    );
                }
                let choices = Choices { table: list.to_owned(), file: None };
                if first == "select_one" {
                    FieldType::SelectOne(choices)
                } else {
                    FieldType::SelectMultiple(choices)
                }
            }
            ("select_one_from_file", Some(file)) if file.ends_with(".csv") => {
                let table = file.trim_end_matches(".csv").to_owned();
                FieldType::SelectOne(Choices { table, file: Some(file.to_owned()) })
            }
            ("text", None) => FieldType::Text,
            ("integer", None) => FieldType::Integer,
            ("decimal", None) => FieldType::Decimal,
            ("date", None) => FieldType::Date,
            ("note", None) => FieldType::Note,
            ("image", None) => FieldType::Image,
            ("geopoint", None) => FieldType::Geopoint,
            ("acknowledge", None) => FieldType::Acknowledge,
            ("calculate", None) => FieldType::Calculate,
            ("hidden", None) => FieldType::Hidden,
            ("start", None) => FieldType::Start,
            ("end", None) => FieldType::End,
            ("today", None) => FieldType::Today,
            ("deviceid", None) => FieldType::DeviceId,
            ("username", None) => FieldType::Username,
            _ => {
                self.fault(
                    ("survey", row.number, "type"),
                    format!("chưa hỗ trợ kiểu \"{written}\""),
                    format!("type \"{written}\" is not supported"),
                );
                return None;
            }
        };
        Some(kind)
    }

    fn push(&mut self, name: &str, kind: FieldType, parent: Option<usize>, row: usize) -> usize {
        let i = self.fields.len();
        let path = match parent {
            Some(p) => format!("{}/{name}", self.fields[p].path),
            None => format!("/{name}"),
        };
        if let Some(p) = parent {
            self.fields[p].children.push(i);
        }
        let value_kind = if kind == FieldType::Calculate { Kind::Unknown } else { kind.kind() };
        self.fields.push(Field {
            name: name.to_owned(),
            path,
            kind,
            parent,
            children: Vec::new(),
            row,
            label: Words::default(),
            hint: Words::default(),
            constraint_message: Words::default(),
            required_message: Words::default(),
            relevant: None,
            constraint: None,
            required: None,
            read_only: None,
            calculation: None,
            choice_rows: None,
            repeat_count: None,
            default: String::new(),
            appearance: String::new(),
            parameters: BTreeMap::new(),
            value_kind,
        });
        self.written.push(Written::new());
        i
    }
}
