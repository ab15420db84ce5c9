//! The sheet `survey`.

use super::super::dynamic::is_dynamic;
use super::super::sheet::Sheet;
use super::{Cells, Grid, Named, words};
use crate::form::{Choices, Field, FieldType, Form, Rule};

pub(super) fn write(form: &Form, named: &Named<'_>) -> Option<Sheet> {
    let mut writing = Writing { form, named, grid: Grid::default() };
    writing.externals();
    let mut open: Vec<usize> = vec![0];
    let mut meta = vec![false; form.fields.len()];
    for (i, field) in form.fields.iter().enumerate().skip(1) {
        let parent = field.parent.unwrap_or(0);
        meta[i] = meta[parent] || (parent == 0 && field.name == "meta");
        if meta[i] && field.kind != FieldType::Audit {
            continue;
        }
        writing.close(&mut open, if meta[i] { 0 } else { parent });
        writing.field(i);
        if field.kind.has_children() {
            open.push(i);
        }
    }
    writing.close(&mut open, 0);
    writing.grid.sheet("survey")
}

struct Writing<'f> {
    form: &'f Form,
    named: &'f Named<'f>,
    grid: Grid,
}

impl Writing<'_> {
    /// Files that expressions read.
    fn externals(&mut self) {
        for external in &self.form.externals {
            let kind = match external.file.rsplit_once('.') {
                Some((_, "csv")) => "csv-external",
                Some(_) => "xml-external",
                None => continue,
            };
            let mut cells = Cells::default();
            cells.put("type", kind);
            cells.put("name", external.id.as_str());
            self.grid.push(cells);
        }
    }

    /// Closes groups until `parent` is the innermost one.
    fn close(&mut self, open: &mut Vec<usize>, parent: usize) {
        while let Some(i) = open.pop_if(|i| *i != parent && *i != 0) {
            let repeat = self.form.fields[i].kind == FieldType::Repeat;
            let mut cells = Cells::default();
            cells.put("type", if repeat { "end_repeat" } else { "end_group" });
            self.grid.push(cells);
        }
    }

    fn field(&mut self, i: usize) {
        let (form, named) = (self.form, self.named);
        let field = &form.fields[i];
        let mut cells = Cells::default();
        cells.put("type", self.kind(i));
        cells.put("name", field.name.as_str());
        for (column, text) in [
            ("label", &field.label),
            ("hint", &field.hint),
            ("guidance_hint", &field.guidance),
            ("constraint_message", &field.constraint_message),
            ("required_message", &field.required_message),
        ] {
            words(form, &mut cells, column, text, named, i);
        }
        for (kind, files) in &field.media {
            words(form, &mut cells, kind, files, named, i);
        }
        if needs_label(field) {
            cells.put_in("label", self.first_language(), field.name.as_str());
        }
        let rule = |rule: &Option<Box<Rule>>| {
            let rule = rule.as_ref().map(|r| named.expression(&r.source, i));
            rule.unwrap_or_default()
        };
        for (column, source) in [
            ("relevant", &field.relevant),
            ("required", &field.required),
            ("constraint", &field.constraint),
            ("read_only", &field.read_only),
            ("repeat_count", &field.repeat_count),
        ] {
            let text = rule(source);
            cells.put(column, if text == "true()" { "yes".to_owned() } else { text });
        }
        let dynamic = rule(&field.dynamic_default);
        // A text that is set once is what the field begins with.
        let begins = literal(&dynamic).filter(|text| !is_dynamic(text, &field.kind));
        cells.put(
            "default",
            match (begins, dynamic.is_empty()) {
                (Some(text), _) => text,
                (None, true) => field.default.as_str(),
                (None, false) => dynamic.as_str(),
            },
        );
        let triggers: Vec<String> = field.triggers.iter().map(|t| named.reference(*t)).collect();
        let calculation = rule(&field.calculation);
        let emptied = !triggers.is_empty() && calculation == "''";
        cells.put("calculation", if emptied { String::new() } else { calculation });
        cells.put("trigger", triggers.join(", "));
        cells.put("appearance", field.appearance.as_str());
        cells.put("parameters", self.parameters(i));
        cells.put("choice_filter", self.filter(i));
        cells.put("save_to", field.save_to.clone().unwrap_or_default());
        self.attributes(field, &mut cells);
        self.grid.push(cells);
    }

    fn first_language(&self) -> Option<(usize, &str)> {
        let names = &self.form.languages.names;
        (*names != ["default"]).then(|| (0, names[0].as_str()))
    }

    fn attributes(&self, field: &Field, cells: &mut Cells) {
        let (kinds, attributes) = (["instance", "bind", "body"], &field.attributes);
        let lists = [&attributes.instance, &attributes.bind, &attributes.body];
        for (kind, list) in kinds.into_iter().zip(lists) {
            for (name, value) in list {
                cells.put(&format!("{kind}::{name}"), value.as_str());
            }
        }
        // The type of a range follows from its scale.
        if field.data != field.kind.data() && field.kind != FieldType::Range {
            cells.put("bind::type", field.data.name());
        }
    }

    fn kind(&self, i: usize) -> String {
        use FieldType::*;
        let field = &self.form.fields[i];
        let text = match &field.kind {
            Group | Entity => "begin_group",
            Repeat => "begin_repeat",
            Text => "text",
            Integer => "integer",
            Decimal => "decimal",
            Range => "range",
            Date => "date",
            Time => "time",
            DateTime => "dateTime",
            SelectOne(choices) => return self.select("select_one", i, choices),
            SelectMultiple(choices) => return self.select("select_multiple", i, choices),
            Rank(choices) => return self.select("rank", i, choices),
            Note => "note",
            Image => "image",
            Audio => "audio",
            Video => "video",
            File => "file",
            Barcode => "barcode",
            Geopoint => "geopoint",
            Geotrace => "geotrace",
            Geoshape => "geoshape",
            Acknowledge => "acknowledge",
            Calculate => "calculate",
            Hidden | InstanceId | InstanceName => "hidden",
            Start => "start",
            End => "end",
            Today => "today",
            DeviceId => "deviceid",
            Username => "username",
            PhoneNumber => "phonenumber",
            Email => "email",
            StartGeopoint if field.triggers.is_empty() => "start-geopoint",
            StartGeopoint => "background-geopoint",
            BackgroundAudio => "background-audio",
            Audit => "audit",
        };
        text.to_owned()
    }

    fn select(&self, kind: &str, i: usize, choices: &Choices) -> String {
        match &choices.file {
            Some(file) => format!("{kind}_from_file {file}"),
            None if choices.table.is_empty() => {
                let shown = self.repeated(i).and_then(|r| self.form.child(r, &choices.value));
                let shown = shown.map(|f| self.named.reference(f)).unwrap_or_default();
                format!("{kind} {shown}")
            }
            None => format!("{kind} {}", choices.table),
        }
    }

    /// The repeat whose instances a question offers as choices.
    fn repeated(&self, i: usize) -> Option<usize> {
        let source = self.form.fields[i].choice_rows.as_ref()?.source.trim();
        let path = source.split('[').next().unwrap_or_default().trim();
        self.named.target(path, i)
    }

    /// Which of the choices are offered.
    fn filter(&self, i: usize) -> String {
        let field = &self.form.fields[i];
        let (Some(rule), Some(choices)) = (&field.choice_rows, field.kind.choices()) else {
            return String::new();
        };
        let inner = |text: &str| {
            let (_, filter) = text.split_once('[')?;
            filter.strip_suffix(']').map(str::to_owned)
        };
        if choices.table.is_empty() {
            let usual = format!("./{} != ''", choices.value);
            return match inner(rule.source.trim()) {
                None => "true()".to_owned(),
                Some(filter) if filter.trim() == usual => String::new(),
                Some(filter) => filter,
            };
        }
        inner(&self.named.expression(&rule.source, i)).unwrap_or_default()
    }

    fn parameters(&self, i: usize) -> String {
        let field = &self.form.fields[i];
        let mut all: Vec<(&str, String)> =
            field.parameters.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        if let Some(choices) = field.kind.choices() {
            if choices.randomize {
                all.push(("randomize", "true".to_owned()));
            }
            if let Some(seed) = &field.seed {
                let seed = self.named.expression(&seed.source, i);
                all.push(("seed", seed.split_whitespace().collect()));
            }
            if let Some(file) = &choices.file {
                let usual = Choices::file(file);
                if choices.value != usual.value {
                    all.push(("value", choices.value.clone()));
                }
                if choices.label != usual.label {
                    all.push(("label", choices.label.clone()));
                }
            }
        }
        all.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ")
    }
}

/// The text that an expression is, when it is nothing else.
fn literal(expression: &str) -> Option<&str> {
    let quote = expression.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let text = expression[1..].strip_suffix(quote)?;
    (!text.contains(quote)).then_some(text)
}

/// True for a question that a phone would ask without a word: sheets demand one.
fn needs_label(field: &Field) -> bool {
    let shown = field.kind.is_question() || field.kind == FieldType::Note;
    let worked_out = field.calculation.is_some() || !field.triggers.is_empty();
    let silent = field.label.is_empty() && field.hint.is_empty() && field.media.is_empty();
    shown && !worked_out && silent
}
