//! A random form: groups, repeats within repeats, counted ones, questions of all types, with
//! expressions over the fields that come before.

use std::collections::BTreeMap;

use ntm_shared::form::sheet::{Row, Sheet, to_markdown};

use super::expression::{self, Type};
use super::rng::Rng;

/// A field that later expressions may use.
#[derive(Clone, Debug)]
pub struct Known {
    pub name: String,
    pub kind: Type,
    /// The repeats it is in, outermost first, by their names.
    pub repeats: Vec<String>,
    /// A question with a control, whose change is an event.
    pub asked: bool,
    /// Neither it nor what it is in is ever hidden.
    pub shown: bool,
}

pub type Line = BTreeMap<&'static str, String>;

/// A form as rows of its survey sheet, so that a failing one can be made smaller row by row.
#[derive(Clone, Debug)]
pub struct RandomForm {
    pub lines: Vec<Line>,
}

const COLUMNS: [&str; 14] = [
    "type",
    "name",
    "label",
    "relevant",
    "constraint",
    "required",
    "readonly",
    "calculation",
    "default",
    "choice_filter",
    "repeat_count",
    "trigger",
    "parameters",
    "appearance",
];

/// Lists of choices with a column `k` to choose by and a column `n` with numbers.
pub const LISTS: [&[(&str, &str, &str)]; 3] = [
    &[("a", "x", "1"), ("b", "x", "2"), ("c", "y", "3"), ("d", "y", "4")],
    &[("yes", "x", "1"), ("no", "y", "0")],
    &[("1", "a", "1"), ("2", "b", "2"), ("3", "c", "3"), ("10", "d", "10")],
];

impl RandomForm {
    pub fn markdown(&self) -> String {
        let row = |cells: Vec<String>| Row { number: 0, cells };
        let mut rows = vec![row(COLUMNS.map(str::to_owned).to_vec())];
        for line in &self.lines {
            let cell = |c: &&str| line.get(*c).cloned().unwrap_or_default();
            rows.push(row(COLUMNS.iter().map(cell).collect()));
        }
        let survey = Sheet { name: "survey".into(), rows };
        let words = |cells: &[&str]| row(cells.iter().map(|c| (*c).to_owned()).collect());
        let mut rows = vec![words(&["list_name", "name", "label", "k", "n"])];
        for (i, list) in LISTS.iter().enumerate() {
            let choice = |(name, k, n): &(&str, &str, &str)| {
                words(&[&format!("l{i}"), name, &format!("Label {name}"), k, n])
            };
            rows.extend(list.iter().map(choice));
        }
        let choices = Sheet { name: "choices".into(), rows };
        let rows = vec![words(&["form_title", "form_id", "version"]), words(&["R", "random", "1"])];
        let settings = Sheet { name: "settings".into(), rows };
        to_markdown(&[survey, choices, settings])
    }
}

pub struct Builder<'r> {
    pub rng: &'r mut Rng,
    pub known: Vec<Known>,
    pub repeats: Vec<String>,
    /// Groups and repeats around this place that have a rule of relevance.
    hiding: usize,
    lines: Vec<Line>,
    number: usize,
}

pub fn form(rng: &mut Rng) -> RandomForm {
    let mut builder = Builder {
        rng,
        known: Vec::new(),
        repeats: Vec::new(),
        hiding: 0,
        lines: Vec::new(),
        number: 0,
    };
    let size = 4 + builder.rng.below(12);
    builder.block(size, 0);
    for (kind, name) in [("start", "start"), ("today", "today"), ("username", "username")] {
        if builder.rng.one_in(6) {
            builder.line(kind, name);
        }
    }
    let mut lines = builder.lines;
    no_rule_twice(&mut lines);
    RandomForm { lines }
}

/// JavaRosa takes two rules that are the same, letter for letter, for one and works it out in the
/// place of the first: such forms are left out here.
fn no_rule_twice(lines: &mut [Line]) {
    let mut seen = std::collections::BTreeSet::new();
    for line in lines {
        // A count that is no field becomes a calculation.
        for column in ["relevant", "required", "readonly", "calculation", "repeat_count"] {
            if line.get(column).is_some_and(|c| c != "yes" && !seen.insert(c.clone())) {
                line.remove(column);
                line.remove("trigger");
            }
        }
    }
}

impl Builder<'_> {
    fn name(&mut self, stem: &str) -> String {
        self.number += 1;
        format!("{stem}{}", self.number)
    }

    fn line(&mut self, kind: &str, name: &str) -> &mut Line {
        let cells = [("type", kind.to_owned()), ("name", name.to_owned())];
        self.lines.push(Line::from(cells));
        self.lines.last_mut().expect("a line")
    }

    fn block(&mut self, size: usize, depth: usize) {
        for _ in 0..size {
            match self.rng.below(10) {
                0 if depth < 3 => self.group(depth),
                1 if depth < 3 && self.repeats.len() < 2 => self.repeat(depth),
                _ => self.question(),
            }
        }
    }

    fn group(&mut self, depth: usize) {
        let name = self.name("g");
        let relevant = self.sometimes(2, Type::Truth);
        let read_only = self.sometimes(12, Type::Truth);
        let hides = usize::from(relevant.is_some());
        let line = self.line("begin_group", &name);
        put(line, "label", Some(name.clone()));
        put(line, "relevant", relevant);
        put(line, "readonly", read_only);
        let size = 1 + self.rng.below(3);
        self.hiding += hides;
        self.block(size, depth + 1);
        self.hiding -= hides;
        self.line("end_group", "");
    }

    fn repeat(&mut self, depth: usize) {
        let name = self.name("r");
        // JavaRosa grows to any number, so that counts are kept small.
        let count = match self.rng.below(6) {
            0 => Some(self.few()),
            1 => Some(["1", "2", "3"][self.rng.below(3)].to_owned()),
            2 => self.reference(Type::Number).map(|n| format!("if({n} > 3, 3, {n})")),
            _ => None,
        };
        let relevant = self.sometimes(4, Type::Truth);
        let hides = usize::from(relevant.is_some());
        let line = self.line("begin_repeat", &name);
        put(line, "label", Some(name.clone()));
        put(line, "repeat_count", count);
        put(line, "relevant", relevant);
        self.repeats.push(name.clone());
        let size = 1 + self.rng.below(4);
        self.hiding += hides;
        self.block(size, depth + 1);
        self.hiding -= hides;
        self.line("end_repeat", "");
        let repeats = self.repeats.clone();
        self.repeats.pop();
        self.known.push(Known { name, kind: Type::Nodes, repeats, asked: false, shown: false });
    }

    /// A question for a small number: its name tells who answers.
    fn few(&mut self) -> String {
        let name = self.name("few");
        let line = self.line("integer", &name);
        put(line, "label", Some(name.clone()));
        let repeats = self.repeats.clone();
        self.known.push(Known {
            name: name.clone(),
            kind: Type::Number,
            repeats,
            asked: true,
            shown: self.hiding == 0,
        });
        format!("${{{name}}}")
    }

    fn question(&mut self) {
        use Type::*;
        const KINDS: [(&str, Type, &str); 18] = [
            ("text", Text, "t"),
            ("integer", Number, "i"),
            ("integer", Number, "i"),
            ("decimal", Number, "d"),
            ("select_one", Choice, "s"),
            ("select_one", Choice, "s"),
            ("select_multiple", Several, "m"),
            ("calculate", Number, "c"),
            ("calculate", Text, "c"),
            ("calculate", Truth, "c"),
            ("date", Date, "day"),
            ("note", Nothing, "n"),
            ("acknowledge", Text, "ok"),
            ("barcode", Text, "b"),
            ("time", Nothing, "time"),
            ("dateTime", Nothing, "dt"),
            ("geopoint", Nothing, "geo"),
            ("rank", Several, "rank"),
        ];
        let (kind, of, stem) = KINDS[self.rng.below(KINDS.len())];
        let name = self.name(stem);
        let select = matches!(kind, "select_one" | "select_multiple" | "rank");
        let list = select.then(|| self.rng.below(LISTS.len()));
        let written = list.map_or(kind.to_owned(), |l| format!("{kind} l{l}"));
        let mut line = Line::from([("type", written), ("name", name.clone())]);
        let asked = kind != "calculate";
        if asked {
            put(&mut line, "label", Some(name.clone()));
        }
        let one_in = if asked { 3 } else { 8 };
        put(&mut line, "relevant", self.sometimes(one_in, Truth));
        if kind == "calculate" {
            put(&mut line, "calculation", Some(expression::of(self, of, 3)));
        } else if kind != "note" {
            self.rules(&mut line, of, list);
        } else if self.rng.one_in(4) {
            put(&mut line, "calculation", Some(expression::of(self, Text, 2)));
        }
        let shown = self.hiding == 0 && !line.contains_key("relevant");
        self.lines.push(line);
        let repeats = self.repeats.clone();
        self.known.push(Known { name, kind: of, repeats, asked, shown });
    }

    fn rules(&mut self, line: &mut Line, of: Type, list: Option<usize>) {
        let kind = line["type"].clone();
        if self.rng.one_in(4) {
            let required = match self.rng.one_in(2) {
                true => "yes".to_owned(),
                false => expression::of(self, Type::Truth, 2),
            };
            put(line, "required", Some(required));
        }
        if self.rng.one_in(3) {
            put(line, "constraint", expression::constraint(self, of));
        }
        if self.rng.one_in(14) {
            put(line, "readonly", Some(expression::of(self, Type::Truth, 2)));
        }
        match (kind.as_str(), self.rng.below(8)) {
            ("text" | "integer" | "decimal" | "barcode", 0) => {
                put(line, "calculation", Some(expression::of(self, of, 2)));
                put(line, "trigger", self.trigger());
            }
            ("text", 1) => put(line, "default", Some("x y".to_owned())),
            ("integer" | "decimal", 1) => put(line, "default", Some("7".to_owned())),
            ("text" | "integer", 2) => {
                put(line, "default", Some(expression::dynamic(self, of)));
            }
            _ => {}
        }
        if list.is_some() && self.rng.one_in(3) {
            put(line, "choice_filter", expression::filter(self));
        }
    }

    fn sometimes(&mut self, one_in: usize, kind: Type) -> Option<String> {
        self.rng.one_in(one_in).then(|| expression::of(self, kind, 3))
    }

    /// A field of that type that has one value here.
    pub fn reference(&mut self, kind: Type) -> Option<String> {
        self.one(|k| k.kind == kind)
    }

    /// The same of a field that is always shown: JavaRosa's lists of choices do not follow when a
    /// field is hidden (docs/ENGINE.md, "Deliberate differences").
    pub fn shown(&mut self, kind: Type) -> Option<String> {
        self.one(|k| k.kind == kind && k.shown)
    }

    fn one(&mut self, wanted: impl Fn(&Known) -> bool) -> Option<String> {
        let here = |k: &&Known| wanted(k) && self.repeats.starts_with(&k.repeats);
        let names: Vec<&str> = self.known.iter().filter(here).map(|k| k.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("${{{}}}", self.rng.pick(&names)))
    }

    /// A question in the same repeat: JavaRosa cannot trigger in several instances at once.
    fn trigger(&mut self) -> Option<String> {
        let here = |k: &&Known| k.asked && k.kind != Type::Nothing && k.repeats == self.repeats;
        let names: Vec<&str> = self.known.iter().filter(here).map(|k| k.name.as_str()).collect();
        (!names.is_empty() && self.rng.one_in(2)).then(|| format!("${{{}}}", self.rng.pick(&names)))
    }
}

fn put(line: &mut Line, column: &'static str, cell: Option<String>) {
    if let Some(cell) = cell {
        line.insert(column, cell);
    }
}
