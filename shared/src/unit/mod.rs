//! Administrative units: what a code meant on a day, what a unit was called, where it belonged and
//! what became of it.
//!
//! A unit has an id of its own. Official codes, names and parents are dated, and one code means
//! different units on different days, so every question carries a day. When units are merged, the
//! old ones end, a new one begins, and the old know their successors.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::geo::{Place, middle};

mod cell;
mod lineage;
mod read;
mod search;
mod within;

pub use read::UnitFiles;

/// The first and the last day of something, both included; open where `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Span {
    /// Whether `date` lies in it.
    pub fn contains(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// Whether the two have a day in common.
    pub fn overlaps(&self, other: &Span) -> bool {
        let starts_before_end = |a: &Span, b: &Span| match (a.from, b.to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        starts_before_end(self, other) && starts_before_end(other, self)
    }
}

/// The tiers of administration, highest first. The district was abolished on 1 July 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Tỉnh.
    Province,
    /// Huyện, thị xã, thành phố (until 30 June 2025).
    District,
    /// Xã, phường, thị trấn.
    Commune,
    /// Thôn, bản, tổ dân phố.
    Village,
}

/// The kind of a unit, the word its name is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Tỉnh.
    Province,
    /// Thành phố of a province.
    City,
    /// Thị xã.
    Town,
    /// Huyện.
    RuralDistrict,
    /// Xã: the kind the criteria of nông thôn mới are about.
    RuralCommune,
    /// Phường.
    Ward,
    /// Thị trấn.
    Township,
    /// Thôn, bản or tổ dân phố.
    Village,
}

impl Kind {
    const ALL: [(Kind, &str, &str); 8] = [
        (Kind::Province, "province", "Tỉnh"),
        (Kind::City, "city", "Thành phố"),
        (Kind::Town, "town", "Thị xã"),
        (Kind::RuralDistrict, "rural_district", "Huyện"),
        (Kind::RuralCommune, "rural_commune", "Xã"),
        (Kind::Ward, "ward", "Phường"),
        (Kind::Township, "township", "Thị trấn"),
        (Kind::Village, "village", "Thôn"),
    ];

    /// Its word in names, e.g. `Thị trấn`.
    pub fn vi(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, _, vi)| vi)
    }
}

/// A name of a unit in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The kind the unit then was.
    pub kind: Kind,
    /// The name without the word for the kind, e.g. `Mường Hoa`.
    pub name: String,
    /// Whether it is only another spelling met in documents, for searching.
    pub variant: bool,
    /// When it was so called.
    pub span: Span,
}

/// A code of a unit in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code of the General Statistics Office: 2 digits for a province, 3 for a district, 5 for
    /// a commune.
    pub code: String,
    /// Whether lists disagree about it; it then counts only where no other unit has the code.
    pub uncertain: bool,
    /// When it was in use.
    pub span: Span,
}

/// An administrative unit with all its dated facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Own id, never changed and never read for meaning.
    pub id: String,
    /// Its tier.
    pub level: Level,
    /// From its first day to its last.
    pub life: Span,
    /// Where it is, if known; see also [`Units::place`].
    pub place: Option<Place>,
    /// Area in km², if known.
    pub area_km2: Option<f64>,
    /// The half-year (`2024H1`) or year by which plan 104/KH-BCĐ of 15 February 2024 wants it to
    /// meet the criteria of nông thôn mới; empty when it is not in the plan's list.
    pub plan_104: String,
    /// The list the facts are from.
    pub source: String,
    /// Names, the official ones first.
    pub names: Vec<Name>,
    /// Codes, the certain ones first.
    pub codes: Vec<Code>,
    /// Ids of what it belonged to.
    parents: Vec<(String, Span)>,
    /// Ids of what it became, when it ended.
    successors: Vec<String>,
    /// Ids of what it was made of.
    predecessors: Vec<String>,
}

impl Unit {
    /// Its official name on `date`; before its first and after its last day, the nearest one.
    pub fn name(&self, date: Date) -> Option<&Name> {
        let official = || self.names.iter().filter(|n| !n.variant);
        official().find(|n| n.span.contains(date)).or_else(|| {
            let later = official().find(|n| n.span.from.is_some_and(|from| from > date));
            later.or_else(|| official().next_back())
        })
    }

    /// Its name with the word for its kind, e.g. `Xã Mường Hoa`.
    pub fn full_name(&self, date: Date) -> String {
        self.name(date).map(|n| format!("{} {}", n.kind.vi(), n.name)).unwrap_or_default()
    }

    /// Its kind on `date`.
    pub fn kind(&self, date: Date) -> Option<Kind> {
        self.name(date).map(|n| n.kind)
    }

    /// Its certain code on `date`; before its first and after its last day, the nearest one.
    pub fn code(&self, date: Date) -> Option<&str> {
        let certain = || self.codes.iter().filter(|c| !c.uncertain);
        let found = certain().find(|c| c.span.contains(date)).or_else(|| {
            let later = certain().find(|c| c.span.from.is_some_and(|from| from > date));
            later.or_else(|| certain().next_back())
        });
        found.map(|c| c.code.as_str())
    }
}

/// All units known, of all times.
#[derive(Clone, Debug, Default)]
pub struct Units {
    /// Sorted by id.
    units: Vec<Unit>,
    by_id: BTreeMap<String, usize>,
    by_code: BTreeMap<String, Vec<usize>>,
    /// Those that ever had this parent, sorted.
    by_parent: BTreeMap<String, Vec<usize>>,
}

impl Units {
    /// The units of Lào Cai and Yên Bái that ship with ntm (see `shared/data/units/README.md`).
    pub fn built_in() -> &'static Units {
        static BUILT_IN: std::sync::LazyLock<Units> = std::sync::LazyLock::new(|| {
            Units::read(&[crate::data::UNITS]).expect("a test reads the files that ship")
        });
        &BUILT_IN
    }

    /// Every unit of every time, sorted by id.
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The unit with this id.
    pub fn by_id(&self, id: &str) -> Option<&Unit> {
        self.by_id.get(id).map(|at| &self.units[*at])
    }

    /// The unit that has this official code on `date`. A code that lists disagree about counts when
    /// no unit has it for certain.
    pub fn by_code(&self, code: &str, date: Date) -> Option<&Unit> {
        let candidates = self.by_code.get(code)?;
        let having = |uncertain: bool| {
            candidates.iter().map(|at| &self.units[*at]).find(|unit| {
                let mut codes = unit.codes.iter();
                codes.any(|c| c.code == code && c.uncertain == uncertain && c.span.contains(date))
            })
        };
        having(false).or_else(|| having(true))
    }

    /// The units of one tier that exist on `date`, sorted by id.
    pub fn at_level(&self, level: Level, date: Date) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |u| u.level == level && u.life.contains(date))
    }

    /// The full name on `date` (`Xã Mường Hoa`).
    pub fn name(&self, id: &str, date: Date) -> Option<String> {
        self.by_id(id).map(|unit| unit.full_name(date))
    }

    /// The certain code on `date`.
    pub fn code(&self, id: &str, date: Date) -> Option<&str> {
        self.by_id(id).and_then(|unit| unit.code(date))
    }

    /// What the unit belongs to on `date`; after its end, what it last belonged to.
    pub fn parent(&self, id: &str, date: Date) -> Option<&Unit> {
        let unit = self.by_id(id)?;
        let now = unit.parents.iter().find(|(_, span)| span.contains(date));
        let ended = || unit.life.to.filter(|to| *to < date).and(unit.parents.last());
        now.or_else(ended).and_then(|(parent, _)| self.by_id(parent))
    }

    /// What the unit belongs to on `date`, nearest first, up to the province.
    pub fn ancestors(&self, id: &str, date: Date) -> Vec<&Unit> {
        std::iter::successors(self.parent(id, date), |up| self.parent(&up.id, date)).collect()
    }

    /// The units that belong directly to `id` on `date`, sorted by id.
    pub fn children(&self, id: &str, date: Date) -> Vec<&Unit> {
        let ever = self.by_parent.get(id).map(Vec::as_slice).unwrap_or_default();
        let units = ever.iter().map(|at| &self.units[*at]);
        units
            .filter(|unit| {
                unit.life.contains(date)
                    && unit.parents.iter().any(|(parent, span)| parent == id && span.contains(date))
            })
            .collect()
    }

    /// Where the unit is: its own place, else the middle of what it was made of, else of what it
    /// became, else of its children on `date`. For distances, not for maps of record.
    pub fn place(&self, id: &str, date: Date) -> Option<Place> {
        let own = self.by_id(id)?.place;
        let mid =
            |units: Vec<&Unit>| middle(&units.iter().filter_map(|u| u.place).collect::<Vec<_>>());
        own.or_else(|| mid(self.predecessors(id)))
            .or_else(|| mid(self.successors(id)))
            .or_else(|| mid(self.children(id, date)))
    }
}

#[cfg(test)]
mod tests;
