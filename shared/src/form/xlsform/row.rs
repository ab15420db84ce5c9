//! One row of the survey sheet to a field: the columns that any question may have.

use super::dynamic::is_dynamic;
use super::sheet::Row;
use super::survey::Survey;
use super::types::Ready;
use crate::form::draft::Truth;
use crate::form::{DataType, External, FieldType, Words};

/// Columns whose cells are expressions.
const EXPRESSIONS: [&str; 5] = ["relevant", "constraint", "required", "read_only", "calculation"];

impl Survey<'_> {
    /// A question without choices, or metadata.
    pub(super) fn plain(&mut self, row: &Row, kind: FieldType) {
        let field = match self.table.cell(row, "name") {
            None if kind == FieldType::Note => {
                let name = format!("generated_note_name_{}", self.number(row));
                self.add_named(row, &name, kind)
            }
            _ => self.add(row, kind),
        };
        let Some(field) = field else { return };
        self.common(row, field);
        self.parameters(row, field);
        self.finish(row, field);
    }

    /// A type that brings its own rule and hint; the row's own go before.
    pub(super) fn ready(&mut self, row: &Row, ready: &Ready) {
        let Some(field) = self.add(row, ready.kind.clone()) else { return };
        self.common(row, field);
        self.draft.written[field].insert_if_blank("constraint", ready.constraint);
        let hint = &mut self.draft.fields[field].hint;
        if hint.is_empty() && !ready.hint.is_empty() {
            *hint = Words(vec![ready.hint.to_owned()]);
        }
        self.parameters(row, field);
        self.finish(row, field);
    }

    /// A property of the phone that most phones no longer tell.
    pub(super) fn property(&mut self, row: &Row, property: &str) {
        let Some(field) = self.add(row, FieldType::Hidden) else { return };
        self.common(row, field);
        let bind = &mut self.draft.fields[field].attributes.bind;
        bind.push(("jr:preload".into(), "property".into()));
        bind.push(("jr:preloadParams".into(), property.into()));
        if !property.starts_with("uri:") {
            self.warn(
                row,
                "type",
                format!("điện thoại mới không cho biết {property}: ô này sẽ trống"),
                format!("phones of today do not tell {property}: this will be blank"),
            );
        }
    }

    /// A file that expressions read.
    pub(super) fn external(&mut self, row: &Row, extension: &str) {
        let Some(name) = self.table.cell(row, "name").filter(|n| super::survey::is_name(n)) else {
            self.fault(
                row,
                "name",
                format!("cần tên tệp, không có đuôi .{extension}"),
                format!("the file's name is needed, without .{extension}"),
            );
            return;
        };
        let external = External { id: name.to_owned(), file: format!("{name}.{extension}") };
        if !self.files.insert(external.id.clone()) {
            self.fault(
                row,
                "name",
                format!("tệp \"{name}\" đã khai báo ở dòng trên"),
                format!("the file \"{name}\" is declared above"),
            );
            return;
        }
        self.draft.externals.push(external);
    }

    /// The columns that any row may have.
    pub(super) fn common(&mut self, row: &Row, field: usize) {
        self.texts(row, field);
        let table = self.table;
        for column in EXPRESSIONS {
            if let Some(text) = table.cell(row, column) {
                let truth = Truth::read(text).map(Truth::expression);
                self.draft.written[field].insert(column, truth.unwrap_or(text).to_owned());
            }
        }
        let cell = |name: &str| table.cell(row, name).unwrap_or_default().to_owned();
        self.draft.fields[field].appearance = cell("appearance");
        self.default(row, field);
        self.triggers(row, field);
        let save_to = cell("save_to");
        self.draft.fields[field].save_to = (!save_to.is_empty()).then_some(save_to);
        self.passed(row, field);
        let fields = &self.draft.fields[field];
        let attributes = &fields.attributes;
        let late = [&attributes.instance, &attributes.bind, &attributes.body];
        let names = |text: &str| text.contains("${");
        if late.iter().any(|a| a.iter().any(|(_, v)| names(v)))
            || names(&fields.appearance)
            || self.draft.written[field].has("trigger")
        {
            self.late.push(field);
        }
    }

    fn texts(&mut self, row: &Row, field: usize) {
        let table = self.table;
        let words = |name: &str| self.draft.words(table, row, name);
        let (label, hint, guidance) = (words("label"), words("hint"), words("guidance_hint"));
        let (constraint, required) = (words("constraint_message"), words("required_message"));
        let media = super::media(self.draft, table, row);
        let target = &mut self.draft.fields[field];
        target.label = label;
        target.hint = hint;
        target.guidance = guidance;
        target.constraint_message = constraint;
        target.required_message = required;
        target.media = media;
    }

    fn default(&mut self, row: &Row, field: usize) {
        let Some(default) = self.table.cell(row, "default") else { return };
        let target = &mut self.draft.fields[field];
        if matches!(target.kind, FieldType::Group | FieldType::Repeat) {
            self.warn(row, "default", "nhóm không có giá trị mặc định", "a group has no default");
        } else if is_dynamic(default, &target.kind) {
            self.draft.written[field].insert("default", default.to_owned());
        } else if target.kind == FieldType::Image && !default.contains("jr://images/") {
            target.default = format!("jr://images/{default}");
        } else {
            target.default = default.to_owned();
        }
    }

    fn triggers(&mut self, row: &Row, field: usize) {
        let Some(trigger) = self.table.cell(row, "trigger") else { return };
        let names: Vec<&str> = trigger.split(',').map(str::trim).collect();
        if !names.iter().all(|n| super::is_reference(n)) {
            self.fault(
                row,
                "trigger",
                "viết các câu hỏi cách nhau bằng dấu phẩy: ${a}, ${b}",
                "write fields with commas between them: ${a}, ${b}",
            );
            return;
        }
        let written = &mut self.draft.written[field];
        written.insert("trigger", names.join(", "));
        // A change of the trigger then empties the field.
        written.insert_if_blank("calculation", "''");
    }

    /// Attributes that pass to the XForm as they are.
    fn passed(&mut self, row: &Row, field: usize) {
        let table = self.table;
        let mut data = None;
        for (column, cell) in table.filled(row) {
            let attributes = &mut self.draft.fields[field].attributes;
            let pair = |name: &str| (name.to_owned(), cell.to_owned());
            match column.name.split_once("::") {
                Some(("bind", "type")) => data = Some(cell),
                Some(("instance", name)) => attributes.instance.push(pair(name)),
                Some(("bind", name)) => attributes.bind.push(pair(name)),
                Some(("body", name)) => attributes.body.push(pair(name)),
                _ => match column.name.as_str() {
                    name @ ("autoplay" | "rows") => attributes.body.push(pair(name)),
                    "no_app_error_string" => attributes.bind.push(pair("jr:noAppErrorString")),
                    _ => {}
                },
            }
        }
        let Some(data) = data else { return };
        match DataType::by_name(data) {
            Some(data) => self.draft.store_as(field, data),
            None => self.warn(
                row,
                "bind::type",
                format!("không biết kiểu lưu \"{data}\" nên bỏ qua"),
                format!("stored type \"{data}\" is not known and left alone"),
            ),
        }
    }

    /// What can be said of a question once all its columns are read.
    pub(super) fn finish(&mut self, row: &Row, field: usize) {
        let written = &self.draft.written[field];
        let computed = written.has("calculation");
        let dynamic = written.has("default");
        let target = &mut self.draft.fields[field];
        let silent = target.label.is_empty() && target.hint.is_empty();
        let shown = target.kind.is_question() || target.kind == FieldType::Note;
        if shown && silent && computed {
            // Nothing to show: its value is computed, in the type it would have been answered in.
            let data = target.data;
            target.kind = FieldType::Calculate;
            self.draft.store_as(field, data);
        } else if shown && silent && target.media.is_empty() {
            self.fault(row, "label", "câu hỏi chưa có nhãn", "the question has no label");
        } else if target.media.contains_key("big-image") && !target.media.contains_key("image") {
            self.fault(
                row,
                "media::big-image",
                "big-image cần có cả image",
                "big-image needs an image beside it",
            );
        }
        if self.draft.fields[field].kind == FieldType::Calculate && !computed && !dynamic {
            self.fault(
                row,
                "calculation",
                "dòng calculate cần công thức ở cột calculation",
                "a calculate row needs a calculation",
            );
        }
    }
}
