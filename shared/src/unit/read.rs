//! Reading units from their five tables and checking that the tables agree.

use std::collections::BTreeMap;

use super::{Code, Kind, Level, Name, Span, Unit, Units};
use crate::table::{self, Column, Row, RowFault, column};
use crate::text::Text;

/// The five CSV tables of a set of units, as `shared/data/units/README.md` describes them.
#[derive(Clone, Copy, Debug)]
pub struct UnitFiles<'a> {
    /// `id,level,valid_from,valid_to,lat,lon,area_km2,plan_104,source`
    pub units: &'a str,
    /// `id,kind,name,status,valid_from,valid_to`
    pub names: &'a str,
    /// `id,code,status,valid_from,valid_to`
    pub codes: &'a str,
    /// `id,parent,valid_from,valid_to`
    pub parents: &'a str,
    /// `id,successor`
    pub successors: &'a str,
}

const FROM: Column = column("valid_from", &[], true);
const TO: Column = column("valid_to", &[], true);
const ID: Column = column("id", &[], true);
static UNITS: [Column; 9] = [
    ID,
    column("level", &[], true),
    FROM,
    TO,
    column("lat", &[], false),
    column("lon", &[], false),
    column("area_km2", &[], false),
    column("plan_104", &[], false),
    column("source", &[], true),
];
static NAMES: [Column; 6] = [
    ID,
    column("kind", &[], true),
    column("name", &[], true),
    column("status", &[], true),
    FROM,
    TO,
];
static CODES: [Column; 5] = [ID, column("code", &[], true), column("status", &[], true), FROM, TO];
static PARENTS: [Column; 4] = [ID, column("parent", &[], true), FROM, TO];
static SUCCESSORS: [Column; 2] = [ID, column("successor", &[], true)];

impl Units {
    /// Reads one or several sets of units (a set may refer to units of an earlier one), or says
    /// everything that is wrong.
    ///
    /// Fault codes: those of [`table::read`] and of the cells, `unknown_value`, `unknown_unit`,
    /// `duplicate_id`, `code_twice` (one certain code for two units on one day), `name_twice`,
    /// `parent_twice`, `no_name`, `not_above` (a parent must be of a higher tier), `not_after` (a
    /// successor must begin after its predecessor ends).
    pub fn read(sets: &[UnitFiles<'_>]) -> Result<Units, Vec<RowFault>> {
        let mut reading = Reading::default();
        for set in sets {
            reading.table("units.csv", set.units, &UNITS, Reading::unit);
            reading.table("names.csv", set.names, &NAMES, Reading::name);
            reading.table("codes.csv", set.codes, &CODES, Reading::code);
            reading.table("parents.csv", set.parents, &PARENTS, Reading::parent);
            reading.table("successors.csv", set.successors, &SUCCESSORS, Reading::successor);
        }
        reading.check_whole();
        if reading.faults.is_empty() {
            Ok(reading.finish())
        } else {
            Err(table::told(reading.faults))
        }
    }
}

#[derive(Default)]
struct Reading {
    units: BTreeMap<String, Unit>,
    /// Certain codes met so far, with their unit and time.
    codes: BTreeMap<String, Vec<(String, Span)>>,
    faults: Vec<RowFault>,
}

impl Reading {
    fn table(
        &mut self,
        file: &str,
        csv: &str,
        columns: &'static [Column],
        take: fn(&mut Reading, &Row) -> Option<()>,
    ) {
        let known = self.faults.len();
        match table::read(csv.as_bytes(), columns) {
            Ok(rows) => rows.iter().for_each(|row| {
                take(self, row);
            }),
            Err(faults) => self.faults.extend(faults),
        }
        for fault in &mut self.faults[known..] {
            fault.file = Some(file.to_owned());
        }
    }

    fn fault(&mut self, row: &Row, at: usize, code: &str, vi: &str, en: &str) -> Option<()> {
        self.faults.push(row.fault(at, code, Text::new(vi, en)));
        None
    }

    fn span(&mut self, row: &Row, from: usize) -> Span {
        let faults = &mut self.faults;
        Span { from: row.date(from, faults), to: row.date(from + 1, faults) }
    }

    /// One of the words a column may hold.
    fn word<T: Copy>(&mut self, row: &Row, at: usize, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == row.text(at)).map(|(_, value)| *value);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            let message =
                Text::new(format!("Chỉ nhận: {known}."), format!("Must be one of: {known}."));
            self.faults.push(row.fault(at, "unknown_value", message));
        }
        found
    }

    /// The unit named in column `at`, which must have been read before.
    fn known(&mut self, row: &Row, at: usize) -> Option<String> {
        let id = row.required(at, &mut self.faults)?;
        if !self.units.contains_key(&id) {
            let message =
                Text::new(format!("Không có đơn vị {id}."), format!("There is no unit {id}."));
            self.faults.push(row.fault(at, "unknown_unit", message));
            return None;
        }
        Some(id)
    }

    fn unit(&mut self, row: &Row) -> Option<()> {
        let levels = [
            ("province", Level::Province),
            ("district", Level::District),
            ("commune", Level::Commune),
            ("village", Level::Village),
        ];
        let id = row.required(0, &mut self.faults)?;
        let level = self.word(row, 1, &levels)?;
        let unit = Unit {
            id: id.clone(),
            level,
            life: self.span(row, 2),
            place: row.place(4, 5, &mut self.faults),
            area_km2: row.decimal(6, 1e6, &mut self.faults),
            plan_104: row.text(7).to_owned(),
            source: row.text(8).to_owned(),
            names: Vec::new(),
            codes: Vec::new(),
            parents: Vec::new(),
            successors: Vec::new(),
            predecessors: Vec::new(),
        };
        if self.units.contains_key(&id) {
            return self.fault(row, 0, "duplicate_id", "Mã định danh đã có.", "This id is taken.");
        }
        self.units.insert(id, unit);
        Some(())
    }

    fn name(&mut self, row: &Row) -> Option<()> {
        let id = self.known(row, 0)?;
        let kind = self.word(row, 1, &Kind::ALL.map(|(kind, word, _)| (word, kind)))?;
        let name = row.required(2, &mut self.faults)?;
        let variant = self.word(row, 3, &[("official", false), ("variant", true)])?;
        let span = self.span(row, 4);
        let names = &mut self.units.get_mut(&id)?.names;
        if !variant && names.iter().any(|n| !n.variant && n.span.overlaps(&span)) {
            return self.fault(
                row,
                2,
                "name_twice",
                "Đơn vị có hai tên chính thức cùng lúc.",
                "The unit has two official names at one time.",
            );
        }
        names.push(Name { kind, name, variant, span });
        Some(())
    }

    fn code(&mut self, row: &Row) -> Option<()> {
        let id = self.known(row, 0)?;
        let code = row.code(1, &mut self.faults)?;
        let uncertain = self.word(row, 2, &[("official", false), ("uncertain", true)])?;
        let span = self.span(row, 3);
        if !uncertain {
            let taken = self.codes.entry(code.clone()).or_default();
            let clash = taken.iter().any(|(_, other)| other.overlaps(&span));
            taken.push((id.clone(), span));
            if clash {
                return self.fault(
                    row,
                    1,
                    "code_twice",
                    "Hai đơn vị có cùng mã trong cùng thời gian.",
                    "Two units have this code at one time.",
                );
            }
        }
        self.units.get_mut(&id)?.codes.push(Code { code, uncertain, span });
        Some(())
    }

    fn parent(&mut self, row: &Row) -> Option<()> {
        let (id, parent) = (self.known(row, 0)?, self.known(row, 1)?);
        let span = self.span(row, 2);
        if self.units[&parent].level >= self.units[&id].level {
            return self.fault(
                row,
                1,
                "not_above",
                "Đơn vị cha phải ở cấp cao hơn.",
                "A parent must be of a higher tier.",
            );
        }
        let parents = &mut self.units.get_mut(&id)?.parents;
        if parents.iter().any(|(_, other)| other.overlaps(&span)) {
            return self.fault(
                row,
                1,
                "parent_twice",
                "Đơn vị thuộc hai đơn vị cha cùng lúc.",
                "The unit has two parents at one time.",
            );
        }
        parents.push((parent, span));
        Some(())
    }

    fn successor(&mut self, row: &Row) -> Option<()> {
        let (id, successor) = (self.known(row, 0)?, self.known(row, 1)?);
        let (ended, begun) = (self.units[&id].life.to, self.units[&successor].life.from);
        // A unit without a first day is older than the list, so it follows whatever ended in it.
        if ended.is_none() || begun.is_some_and(|begun| ended.is_some_and(|ended| begun <= ended)) {
            return self.fault(
                row,
                1,
                "not_after",
                "Đơn vị kế tục phải bắt đầu sau khi đơn vị cũ kết thúc.",
                "A successor must begin after its predecessor ends.",
            );
        }
        self.units.get_mut(&successor)?.predecessors.push(id.clone());
        self.units.get_mut(&id)?.successors.push(successor);
        Some(())
    }

    /// What no single row shows.
    fn check_whole(&mut self) {
        let nameless = self.units.values().filter(|u| !u.names.iter().any(|n| !n.variant));
        let faults = nameless.map(|unit| {
            let message = Text::new(
                format!("Đơn vị {} không có tên chính thức.", unit.id),
                format!("Unit {} has no official name.", unit.id),
            );
            RowFault::line(1, "no_name", message).in_file("names.csv")
        });
        let faults: Vec<_> = faults.collect();
        self.faults.extend(faults);
    }

    fn finish(self) -> Units {
        let mut units = Units { units: self.units.into_values().collect(), ..Units::default() };
        for (at, unit) in units.units.iter_mut().enumerate() {
            unit.names.sort_by_key(|n| (n.variant, n.span.from));
            unit.codes.sort_by_key(|c| (c.uncertain, c.span.from));
            unit.parents.sort_by_key(|(_, span)| span.from);
            unit.successors.sort();
            unit.predecessors.sort();
            units.by_id.insert(unit.id.clone(), at);
            let index = |map: &mut BTreeMap<String, Vec<usize>>, key: &str| {
                let places = map.entry(key.to_owned()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            };
            unit.codes.iter().for_each(|c| index(&mut units.by_code, &c.code));
            unit.parents.iter().for_each(|(parent, _)| index(&mut units.by_parent, parent));
        }
        units
    }
}
