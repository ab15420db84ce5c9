//! Rules as their file says them, for who wants to know where a number comes from.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::raw::{RawReport, RawRule, RawUnit};

/// One entry of a rule: the key and what stands behind it in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLine {
    /// Its key, e.g. `numerator`, `define.temporary`, `part.piped.numerator`.
    pub key: String,
    /// Its text, pieces in braces as they stand.
    pub text: String,
}

/// Entries in the order in which they are read.
struct Lines(Vec<RuleLine>);

impl Lines {
    fn put(&mut self, key: &str, text: &str) {
        self.0.push(RuleLine { key: key.to_owned(), text: text.trim().to_owned() });
    }

    fn maybe(&mut self, key: &str, text: Option<&Spanned<String>>) {
        if let Some(text) = text {
            self.put(key, text.get_ref());
        }
    }
}

/// What a rule about households says.
pub(super) fn household(raw: &RawRule) -> Vec<RuleLine> {
    let mut lines = Lines(Vec::new());
    lines.put("module", &raw.module);
    if matches!(raw.unit, RawUnit::Person) {
        lines.put("unit", "person");
    }
    lines.maybe("each", raw.each.as_ref());
    lines.maybe("when", raw.when.as_ref());
    lines.maybe("within", raw.within.as_ref());
    lines.maybe("unknown", raw.unknown.as_ref());
    lines.maybe("numerator", Some(&raw.numerator));
    lines.maybe("denominator", raw.denominator.as_ref());
    if let Some(by) = &raw.by {
        lines.maybe("by.field", Some(&by.field));
        let values: Vec<&str> = by.value.iter().map(|v| v.id.get_ref().as_str()).collect();
        lines.put("by.value", &values.join(", "));
    }
    for part in raw.part.iter().map(Spanned::get_ref) {
        let of = |key: &str| format!("part.{}.{key}", part.id);
        lines.maybe(&of("within"), part.within.as_ref());
        lines.maybe(&of("unknown"), part.unknown.as_ref());
        lines.maybe(&of("numerator"), Some(&part.numerator));
        lines.maybe(&of("denominator"), part.denominator.as_ref());
    }
    for (name, piece) in &raw.define {
        lines.maybe(&format!("define.{name}"), Some(piece));
    }
    lines.0
}

/// Which answers of the commune's report an indicator takes.
pub(super) fn report(raw: &RawReport) -> Vec<RuleLine> {
    let mut lines = Lines(Vec::new());
    lines.maybe("form", Some(&raw.form));
    lines.maybe("field", raw.field.as_ref());
    for part in &raw.part {
        lines.maybe(&format!("part.{}.field", part.id), Some(&part.field));
    }
    lines.0
}
