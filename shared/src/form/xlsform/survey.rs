//! The survey sheet's rows to fields. Expressions stay text here.

use super::sheet::Row;
use super::table::Table;
use crate::form::draft::Draft;
use crate::form::{Choices, FieldType};

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

impl Draft {
    pub(super) fn survey(&mut self, sheet: &Table, root: &str) {
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
                    if let Some(field) = self.row(sheet, row, kind, parent)
                        && self.fields[field].kind.has_children()
                    {
                        open.push((field, row.number));
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
    fn row(&mut self, sheet: &Table, row: &Row, kind: &str, parent: usize) -> Option<usize> {
        // An unknown type is reported once; the field stays, so that references to it are none.
        let kind = self.field_type(kind, row).unwrap_or(FieldType::Text);
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
                let choices = Choices::list(list);
                if first == "select_one" {
                    FieldType::SelectOne(choices)
                } else {
                    FieldType::SelectMultiple(choices)
                }
            }
            ("select_one_from_file", Some(file)) if file.ends_with(".csv") => {
                FieldType::SelectOne(Choices::file(file))
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
}
