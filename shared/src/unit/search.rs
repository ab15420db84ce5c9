//! Finding units by what a person types.

use jiff::civil::Date;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Unit, Units};
use crate::text::fold;

impl Units {
    /// The units existing on `date` that `text` may mean, best first: by code; by name or spelling
    /// variant, with or without the word for the kind, in both placements of the tone mark
    /// (`Xuân Hoà`, `Xuân Hòa`) and without marks (`xuan hoa`); then names that begin with or
    /// contain the text. Homonyms all come back, equals by id. Empty for blank text.
    pub fn search(&self, text: &str, date: Date) -> Vec<&Unit> {
        let (bare, toned) = (fold(text), toned(text));
        if bare.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(u8, &Unit)> = self
            .all()
            .iter()
            .filter(|unit| unit.life.contains(date))
            .filter_map(|unit| rank(unit, &bare, &toned, date).map(|rank| (rank, unit)))
            .collect();
        found.sort_by_key(|(rank, unit)| (*rank, unit.id.as_str()));
        found.into_iter().map(|(_, unit)| unit).collect()
    }
}

/// How well the unit fits, 0 best.
fn rank(unit: &Unit, bare: &str, as_toned: &str, date: Date) -> Option<u8> {
    let code = unit.codes.iter().any(|c| c.code == bare && c.span.contains(date)).then_some(0);
    let names = unit.names.iter().filter(|n| n.span.contains(date)).filter_map(|name| {
        let full = format!("{} {}", name.kind.vi(), name.name);
        let (plain, whole) = (fold(&name.name), fold(&full));
        if toned(&name.name) == as_toned || toned(&full) == as_toned {
            Some(1)
        } else if plain == bare || whole == bare {
            Some(2)
        } else if plain.starts_with(bare) || whole.starts_with(bare) {
            Some(3)
        } else if whole.contains(bare) {
            Some(4)
        } else {
            None
        }
    });
    names.chain(code).min()
}

/// A key that keeps every mark but not where the tone mark stands within its word.
fn toned(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let lower: String = word.nfd().flat_map(char::to_lowercase).collect();
        let (tones, mut letters): (String, String) = lower.chars().partition(|c| is_tone(*c));
        letters.push_str(&tones);
        letters
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The five tone marks; circumflex, breve and horn belong to the letter.
fn is_tone(c: char) -> bool {
    is_combining_mark(c) && matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}
