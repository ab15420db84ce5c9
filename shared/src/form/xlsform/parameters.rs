//! The column `parameters`: what each type of question takes.

use std::collections::BTreeMap;

use super::sheet::Row;
use super::survey::Survey;
use crate::form::{DataType, FieldType};

/// What a value of a parameter has to be.
#[derive(Clone, Copy)]
enum Value {
    Number,
    Whole,
    Truth,
    OneOf(&'static [&'static str]),
    Any,
}

const SELECT: &[(&str, Value)] = &[("randomize", Value::Truth), ("seed", Value::Any)];
const SELECT_FROM_FILE: &[(&str, Value)] = &[
    ("randomize", Value::Truth),
    ("seed", Value::Any),
    ("value", Value::Any),
    ("label", Value::Any),
];
const RANGE: &[(&str, Value)] = &[
    ("start", Value::Number),
    ("end", Value::Number),
    ("step", Value::Number),
    ("tick_interval", Value::Number),
    ("placeholder", Value::Number),
    ("tick_labelset", Value::Any),
];
const POINT: &[(&str, Value)] = &[
    ("allow-mock-accuracy", Value::Truth),
    ("capture-accuracy", Value::Number),
    ("warning-accuracy", Value::Number),
    ("reference-geometry", Value::Any),
];
const LINE: &[(&str, Value)] = &[
    ("allow-mock-accuracy", Value::Truth),
    ("incremental", Value::OneOf(&["true", "yes"])),
    ("reference-geometry", Value::Any),
];
const AUDIT: &[(&str, Value)] = &[
    ("identify-user", Value::Truth),
    ("location-max-age", Value::Whole),
    ("location-min-interval", Value::Whole),
    ("location-priority", Value::OneOf(&["no-power", "low-power", "balanced", "high-accuracy"])),
    ("track-changes", Value::Truth),
    ("track-changes-reasons", Value::OneOf(&["on-form-edit"])),
];
const IMAGE: &[(&str, Value)] = &[("max-pixels", Value::Whole), ("app", Value::Any)];
const TEXT: &[(&str, Value)] = &[("rows", Value::Whole)];
const AUDIO: &[(&str, Value)] =
    &[("quality", Value::OneOf(&["voice-only", "low", "normal", "external"]))];
const BACKGROUND_AUDIO: &[(&str, Value)] =
    &[("quality", Value::OneOf(&["voice-only", "low", "normal"]))];

fn taken(kind: &FieldType) -> Option<&'static [(&'static str, Value)]> {
    Some(match kind {
        FieldType::Text => TEXT,
        FieldType::Range => RANGE,
        FieldType::Image => IMAGE,
        FieldType::Audio => AUDIO,
        FieldType::BackgroundAudio => BACKGROUND_AUDIO,
        FieldType::Geopoint => POINT,
        FieldType::Geotrace | FieldType::Geoshape => LINE,
        FieldType::Audit => AUDIT,
        kind => match kind.choices() {
            Some(choices) if choices.file.is_some() => SELECT_FROM_FILE,
            Some(_) => SELECT,
            None => return None,
        },
    })
}

impl Value {
    fn accepts(self, value: &str) -> bool {
        match self {
            Value::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Value::Whole => value.parse::<u32>().is_ok(),
            Value::Truth => matches!(value, "true" | "false"),
            Value::OneOf(values) => values.contains(&value),
            Value::Any => true,
        }
    }

    fn wanted(self) -> (String, String) {
        let both = |text: String| (text.clone(), text);
        match self {
            Value::Number => ("một số".into(), "a number".into()),
            Value::Whole => ("một số nguyên".into(), "a whole number".into()),
            Value::Truth => both("true / false".into()),
            Value::OneOf(values) => both(values.join(" / ")),
            Value::Any => both("…".into()),
        }
    }
}

impl Survey<'_> {
    /// Reads a row's parameters into its field.
    pub(super) fn parameters(&mut self, row: &Row, field: usize) {
        let written = self.table.cell(row, "parameters").unwrap_or_default();
        let taken = taken(&self.draft.fields[field].kind);
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in self.pairs(row, written) {
            let known = taken.unwrap_or_default().iter().find(|(name, _)| *name == key);
            match known {
                _ if taken.is_none() => {
                    self.warn(
                        row,
                        "parameters",
                        format!("kiểu này không dùng tham số \"{key}\""),
                        format!("this type does not take parameter \"{key}\""),
                    );
                }
                None => {
                    let all: Vec<&str> =
                        taken.unwrap_or_default().iter().map(|(name, _)| *name).collect();
                    let all = all.join(", ");
                    self.fault(
                        row,
                        "parameters",
                        format!("không biết tham số \"{key}\"; dùng được: {all}"),
                        format!("parameter \"{key}\" is not known; these are: {all}"),
                    );
                }
                Some((_, wanted)) if !wanted.accepts(&value) => {
                    let (vi, en) = wanted.wanted();
                    self.fault(
                        row,
                        "parameters",
                        format!("tham số {key} phải là {vi}"),
                        format!("parameter {key} has to be {en}"),
                    );
                }
                Some(_) => {
                    found.insert(key, value);
                }
            }
        }
        match self.draft.fields[field].kind {
            FieldType::Range => self.range(row, field, &mut found),
            FieldType::Audit => self.audit_places(row, &found),
            FieldType::Text => {
                if let Some(rows) = found.remove("rows") {
                    self.draft.fields[field].attributes.body.push(("rows".into(), rows));
                }
            }
            FieldType::Image => {
                let appearance = self.draft.fields[field].appearance.as_str();
                let app = found.remove("app").filter(|_| matches!(appearance, "" | "annotate"));
                let intent = app.map(|app| ("intent".to_owned(), app));
                self.draft.fields[field].attributes.body.extend(intent);
            }
            FieldType::Geotrace | FieldType::Geoshape => {
                if let Some(incremental) = found.get_mut("incremental") {
                    *incremental = "true".to_owned();
                }
            }
            _ if self.draft.fields[field].kind.choices().is_some() => {
                self.select_parameters(row, field, &mut found);
            }
            _ => {}
        }
        self.draft.fields[field].parameters = found;
    }

    /// `key=value` pairs between blanks, commas or semicolons; blanks around `=` do not matter.
    fn pairs(&mut self, row: &Row, written: &str) -> Vec<(String, String)> {
        let spaced = written.replace('=', " = ");
        let words: Vec<&str> = spaced
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
            .filter(|w| !w.is_empty())
            .collect();
        let mut pairs = Vec::new();
        for chunk in words.chunks(3) {
            match chunk {
                [key, "=", value] if *key != "=" && *value != "=" => {
                    let key = key.to_lowercase();
                    // Columns of a file and fields keep their case.
                    let value = match key.as_str() {
                        "label" | "value" => (*value).to_owned(),
                        _ if value.contains("${") => (*value).to_owned(),
                        "app" | "tick_labelset" => (*value).to_owned(),
                        _ => value.to_lowercase(),
                    };
                    pairs.push((key, value));
                }
                _ => {
                    let shown = super::short(&chunk.concat());
                    self.fault(
                        row,
                        "parameters",
                        format!(
                            "\"{shown}\" không đúng dạng; viết tên=giá_trị, cách nhau bằng dấu cách"
                        ),
                        format!("\"{shown}\" is not of the form name=value, with blanks between"),
                    );
                    break;
                }
            }
        }
        pairs
    }

    fn select_parameters(&mut self, row: &Row, field: usize, found: &mut BTreeMap<String, String>) {
        let randomize = found.remove("randomize");
        if let Some(seed) = found.remove("seed") {
            let usable = super::is_reference(&seed) || seed.parse::<f64>().is_ok();
            if randomize.is_none() || !usable {
                self.fault(
                    row,
                    "parameters",
                    "seed phải là một số hoặc ${câu hỏi}, và đi cùng randomize=true",
                    "seed has to be a number or ${field}, and needs randomize=true",
                );
            } else if randomize.as_deref() == Some("true") {
                self.draft.written[field].insert("seed", seed);
            }
        }
        let columns = [found.remove("value"), found.remove("label")];
        if columns.iter().flatten().any(|c| !Self::is_column(c)) {
            self.fault(
                row,
                "parameters",
                "value và label phải là tên cột của tệp",
                "value and label have to be names of the file's columns",
            );
        }
        let target = &mut self.draft.fields[field].kind;
        if let FieldType::SelectOne(choices)
        | FieldType::SelectMultiple(choices)
        | FieldType::Rank(choices) = target
        {
            choices.randomize = randomize.as_deref() == Some("true");
            let [value, label] = columns;
            choices.value = value.unwrap_or(std::mem::take(&mut choices.value));
            choices.label = label.unwrap_or(std::mem::take(&mut choices.label));
        }
    }

    /// A scale is whole unless one of its numbers is not; without numbers it goes from 1 to 10.
    fn range(&mut self, row: &Row, field: usize, found: &mut BTreeMap<String, String>) {
        for (key, value) in [("start", "1"), ("end", "10"), ("step", "1")] {
            found.entry(key.to_owned()).or_insert_with(|| value.to_owned());
        }
        let number = |key: &str| found.get(key).and_then(|v| v.parse::<f64>().ok());
        let (Some(start), Some(end), Some(step)) = (number("start"), number("end"), number("step"))
        else {
            return;
        };
        let width = (end - start).abs();
        // Decimals are compared with room for what binary fractions lose.
        let fits = |distance: f64, unit: f64| {
            let times = distance / unit;
            (times - times.round()).abs() < 1e-9
        };
        let interval = number("tick_interval");
        let placeholder = number("placeholder");
        let wrong = step == 0.0
            || step > width
            || interval.is_some_and(|i| i == 0.0 || i > width || !fits(i, step))
            || placeholder.is_some_and(|p| {
                p < start.min(end) || p > start.max(end) || !fits(p - start, step)
            });
        if wrong {
            self.fault(
                row,
                "parameters",
                "thang số không khớp: step và tick_interval phải khác 0, không lớn hơn khoảng \
                 start–end; tick_interval và placeholder phải rơi đúng vào các bước",
                "the scale does not fit: step and tick_interval must not be 0 or larger than the \
                 distance from start to end; tick_interval and placeholder have to fall on steps",
            );
        }
        let labels = found.get("tick_labelset").filter(|l| !self.lists.contains_key(*l)).cloned();
        if let Some(labels) = labels {
            self.fault(
                row,
                "parameters",
                format!("bảng choices không có danh sách \"{labels}\" của tick_labelset"),
                format!("the choices sheet has no list \"{labels}\" for tick_labelset"),
            );
        }
        let decimal = [Some(start), Some(end), Some(step), interval, placeholder]
            .iter()
            .flatten()
            .any(|n| n.fract() != 0.0);
        if decimal {
            self.draft.store_as(field, DataType::Decimal);
        }
    }

    /// The log of filling follows places only with all three parameters.
    fn audit_places(&mut self, row: &Row, found: &BTreeMap<String, String>) {
        let keys = ["location-priority", "location-min-interval", "location-max-age"];
        let given = keys.iter().filter(|k| found.contains_key(**k)).count();
        let number = |key: &str| found.get(key).and_then(|v| v.parse::<u32>().ok()).unwrap_or(0);
        if (given > 0 && given < 3) || number(keys[2]) < number(keys[1]) {
            self.fault(
                row,
                "parameters",
                "cần đủ location-priority, location-min-interval và location-max-age, \
                 max-age không nhỏ hơn min-interval",
                "location-priority, location-min-interval and location-max-age go together, \
                 max-age no less than min-interval",
            );
        }
    }
}
