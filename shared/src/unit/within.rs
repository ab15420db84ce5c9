//! Whether a unit lies in an area, through mergers: what decides which data a person may see.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Units;

impl Units {
    /// Whether `unit` lies in `area` as seen on `date`.
    ///
    /// Going up from `unit`, both what it belongs to and what had become of it by `date` count; so a
    /// village surveyed in old Mường Hoa lies in old Sa Pa always, and in the new commune Tả Van
    /// from 1 July 2025 on. An area that has ended by `date` stands for what became of it too: who
    /// was in charge of a merged commune is in charge of the commune it was merged into. A district
    /// was abolished without successor and keeps only the units it had.
    ///
    /// Ids of villages that are not loaded as units (`u0137.03`) and of households
    /// (`u0137.03.012`) are taken to lie in the unit before their first dot, as ids are formed. An
    /// unknown unit or area is in nothing.
    pub fn is_within(&self, unit: &str, area: &str, date: Date) -> bool {
        if unit == area && self.known(unit).is_some() {
            return true;
        }
        let Some(start) = self.known(unit) else { return false };
        // An area below the communes (one village) reaches only what its own id begins.
        if self.by_id(area).is_none() {
            return unit.strip_prefix(area).is_some_and(|rest| rest.starts_with('.'));
        }
        let areas = self.forward(area, date);
        self.upward(start, date).iter().any(|id| areas.contains(id))
    }

    /// Every area that `unit` lies in as seen on `date`: all `area` for which
    /// [`Units::is_within`] holds, itself included; empty for an unknown unit. For tables that
    /// answer the question for many rows at once.
    pub fn areas_of(&self, unit: &str, date: Date) -> BTreeSet<String> {
        let Some(start) = self.known(unit) else { return BTreeSet::new() };
        let mut areas = BTreeSet::from([unit.to_owned()]);
        let mut open: Vec<&str> = self.upward(start, date).into_iter().collect();
        while let Some(id) = open.pop() {
            if areas.insert(id.to_owned()) || id == unit {
                // A merged unit's staff see what it became, so what it was made of is an area too.
                let ended = |u: &&super::Unit| u.life.to.is_some_and(|to| to < date);
                let merged = self.predecessors(id).into_iter().filter(ended);
                open.extend(merged.map(|u| u.id.as_str()).filter(|id| !areas.contains(*id)));
            }
        }
        areas
    }

    /// The loaded unit that `id` is or, for a village or household, begins with.
    fn known<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        if self.by_id(id).is_some() {
            return Some(id);
        }
        let (commune, rest) = id.split_once('.')?;
        (self.by_id(commune).is_some() && !rest.is_empty()).then_some(commune)
    }

    /// The area and everything it had become by `date`.
    fn forward<'a>(&'a self, area: &'a str, date: Date) -> BTreeSet<&'a str> {
        self.closure(area, |id| self.begun_successors(id, date))
    }

    /// The areas of `unit` as seen on `date` that name it themselves, without those that only stand
    /// for what they were merged into. A report about an old commune is about its own households
    /// and not its neighbours'.
    pub fn own_areas_of<'a>(&'a self, unit: &'a str, date: Date) -> BTreeSet<&'a str> {
        let mut areas = self.known(unit).map(|start| self.upward(start, date)).unwrap_or_default();
        areas.insert(unit);
        areas
    }

    /// The unit, what it belongs to, what became of these, and so on up.
    fn upward<'a>(&'a self, unit: &'a str, date: Date) -> BTreeSet<&'a str> {
        self.closure(unit, |id| {
            let mut next = self.begun_successors(id, date);
            next.extend(self.parent(id, date).map(|up| up.id.as_str()));
            next
        })
    }

    fn begun_successors(&self, id: &str, date: Date) -> Vec<&str> {
        let begun = |from: Option<Date>| from.is_none_or(|from| from <= date);
        let ended = self.by_id(id).is_some_and(|u| u.life.to.is_some_and(|to| to < date));
        let next = self.successors(id).into_iter().filter(|u| ended && begun(u.life.from));
        next.map(|u| u.id.as_str()).collect()
    }

    pub(super) fn closure<'a>(
        &'a self,
        start: &'a str,
        next: impl Fn(&str) -> Vec<&'a str>,
    ) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            open.extend(next(id).into_iter().filter(|id| seen.insert(id)));
        }
        seen
    }
}
