//! What units were made of and what has become of them.

use jiff::civil::Date;

use super::{Unit, Units};

impl Units {
    /// What the unit became when it ended; empty while it exists, and for what was only abolished.
    pub fn successors(&self, id: &str) -> Vec<&Unit> {
        let ids = self.by_id(id).map(|u| u.successors.as_slice()).unwrap_or_default();
        ids.iter().filter_map(|id| self.by_id(id)).collect()
    }

    /// What a unit has become by a day: itself while it exists, else what it was made part of; empty
    /// if it was abolished.
    pub fn heirs(&self, id: &str, date: Date) -> Vec<&Unit> {
        let (mut todo, mut found) = (vec![id], Vec::new());
        // Each unit ends before its successors begin, so the way is never a ring; the bound is for
        // data that say otherwise.
        for _ in 0..1_000 {
            let Some(unit) = todo.pop().and_then(|id| self.by_id(id)) else { break };
            if unit.life.contains(date) {
                found.push(unit);
            } else {
                todo.extend(unit.successors.iter().map(String::as_str));
            }
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found.dedup_by(|a, b| a.id == b.id);
        found
    }

    /// What the unit was made of.
    pub fn predecessors(&self, id: &str) -> Vec<&Unit> {
        let ids = self.by_id(id).map(|u| u.predecessors.as_slice()).unwrap_or_default();
        ids.iter().filter_map(|id| self.by_id(id)).collect()
    }

    /// What what a unit has become by a day belongs to on that day, nearest first: never a tier that is
    /// no more, whatever the unit itself once belonged to.
    pub fn above(&self, id: &str, date: Date) -> Vec<&Unit> {
        let mut above: Vec<&Unit> =
            self.heirs(id, date).iter().flat_map(|heir| self.ancestors(&heir.id, date)).collect();
        above.sort_by(|a, b| (b.level, &a.id).cmp(&(a.level, &b.id)));
        above.dedup_by(|a, b| a.id == b.id);
        above
    }

    /// What has become part of a unit by a day, however long ago: those whose [heirs](Units::heirs) it is
    /// one of, without itself.
    pub fn forebears(&self, id: &str, date: Date) -> Vec<&Unit> {
        let ids = self.closure(id, |id| ids(self.predecessors(id)));
        let heir = |unit: &&Unit| self.heirs(&unit.id, date).iter().any(|heir| heir.id == id);
        ids.into_iter()
            .filter(|of| *of != id)
            .filter_map(|of| self.by_id(of))
            .filter(heir)
            .collect()
    }

    /// The unit and everything that becomes of it, whenever, sorted by id.
    pub fn descendants(&self, id: &str) -> Vec<&Unit> {
        let ids = self.closure(id, |id| ids(self.successors(id)));
        ids.into_iter().filter_map(|id| self.by_id(id)).collect()
    }
}

fn ids(units: Vec<&Unit>) -> Vec<&str> {
    units.into_iter().map(|unit| unit.id.as_str()).collect()
}
