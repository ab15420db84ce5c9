//! The columns of a CSV file that an estimate needs: read once, as numbers, as levels, or as both.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use foldhash::{HashMap, HashMapExt};
use ntm_shared::text::{Text, nfc};

use super::column::{Column, Need, Reading};
use super::parts;
use crate::failure::Failure;

/// The columns read.
#[derive(Debug)]
pub struct Table {
    columns: BTreeMap<String, Column>,
    /// Rows.
    pub rows: usize,
}

/// Some rows of all columns needed.
struct Part {
    columns: Vec<Reading>,
    rows: usize,
}

/// What is wrong with a row, by its number within its part.
enum PartFault {
    NotANumber(usize, String),
    /// Fields it has.
    Fields(usize, usize),
    Csv(csv::Error),
}

/// Files from this size on are read in parts of about this size.
const LARGE: u64 = 2 * 1024 * 1024;

/// After so many rows it is plain how long a row is, and how many there will be: columns that grow by
/// doubling leave as much memory behind as they take.
const SAMPLED: usize = 4096;

impl Table {
    /// Reads the columns needed of a file, a large one in as many parts as there are processors.
    pub fn of_file(path: &Path, needs: &[(String, Need)]) -> anyhow::Result<Table> {
        let told = || path.display().to_string();
        let file = File::open(path).with_context(told)?;
        let length = file.metadata().with_context(told)?.len();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
        if length < LARGE || threads == 1 {
            return Table::read(file, needs);
        }
        let wanted = Wanted::find(&mut reader(file, true), needs)?;
        let begins = parts::boundaries(path, threads, length / LARGE + 1).with_context(told)?;
        let read = |k: usize| {
            let (from, to) = (begins[k], begins[k + 1]);
            let input = parts::part(path, from, to).map_err(|e| PartFault::Csv(e.into()))?;
            // The later parts are added to the first.
            let room = if k == 0 { length } else { to - from };
            wanted.read(reader(input, k == 0), room)
        };
        let mut whole = Whole::of(&wanted);
        parts::in_order(threads, begins.len() - 1, read, |part| whole.add(part))?;
        Ok(whole.table())
    }

    /// Reads the columns needed.
    pub fn read(input: impl Read, needs: &[(String, Need)]) -> anyhow::Result<Table> {
        let mut reader = reader(input, true);
        let wanted = Wanted::find(&mut reader, needs)?;
        let mut whole = Whole::of(&wanted);
        whole.add(wanted.read(reader, 0))?;
        Ok(whole.table())
    }

    /// A column that was asked for.
    pub fn column(&self, name: &str) -> anyhow::Result<&Column> {
        self.columns.get(&nfc(name)).ok_or_else(|| no_column(name))
    }

    /// A column of numbers.
    pub fn numbers(&self, name: &str) -> anyhow::Result<&[f64]> {
        let column = self.column(name)?;
        match column.numbers.len() == self.rows {
            true => Ok(&column.numbers),
            false => Err(Failure::local(
                Text::new(
                    format!("Cột “{name}” không phải toàn số."),
                    format!("Column “{name}” is not all numbers."),
                ),
                Text::new("", ""),
            )),
        }
    }

    /// A column of numbers, to keep: the last who asks for it gets the table's own.
    pub fn take_numbers(&mut self, name: &str) -> anyhow::Result<Vec<f64>> {
        self.numbers(name)?;
        Ok(self.take(name, |column| &mut column.numbers))
    }

    /// A column's codes, to keep, in the same way.
    pub fn take_codes(&mut self, name: &str) -> anyhow::Result<Vec<u32>> {
        self.column(name)?;
        Ok(self.take(name, |column| &mut column.codes))
    }

    fn take<T: Clone>(&mut self, name: &str, part: impl Fn(&mut Column) -> &mut Vec<T>) -> Vec<T> {
        let Some(column) = self.columns.get_mut(&nfc(name)) else { return Vec::new() };
        column.uses = column.uses.saturating_sub(1);
        let last = column.uses == 0;
        let part = part(column);
        if last { std::mem::take(part) } else { part.clone() }
    }

    /// Keeps only some rows.
    pub fn keep(&mut self, kept: &[bool]) {
        for column in self.columns.values_mut() {
            let mut at = kept.iter();
            column.numbers.retain(|_| at.next().copied().unwrap_or(false));
            let mut at = kept.iter();
            column.codes.retain(|_| at.next().copied().unwrap_or(false));
        }
        self.rows = kept.iter().filter(|k| **k).count();
    }
}

/// The columns wanted: name, place in the file, need.
struct Wanted {
    columns: Vec<(String, usize, Need)>,
    /// How often each was asked for.
    uses: Vec<usize>,
    /// Fields of a row.
    fields: usize,
}

impl Wanted {
    fn find(
        reader: &mut csv::Reader<impl Read>,
        needs: &[(String, Need)],
    ) -> anyhow::Result<Wanted> {
        let headings: Vec<String> = reader
            .headers()?
            .iter()
            .map(|name| nfc(name.trim_start_matches('\u{feff}').trim()))
            .collect();
        let mut wanted: BTreeMap<String, (Need, usize)> = BTreeMap::new();
        for (name, need) in needs {
            let (known, uses) = wanted.entry(nfc(name)).or_insert((*need, 0));
            *uses += 1;
            if *known != *need {
                *known = Need::Either;
            }
        }
        let uses = wanted.values().map(|(_, uses)| *uses).collect();
        let place = |(name, (need, _)): (String, (Need, usize))| {
            let place = headings.iter().position(|heading| *heading == name);
            Ok((name.clone(), place.ok_or_else(|| no_column(&name))?, need))
        };
        let columns = wanted.into_iter().map(place).collect::<anyhow::Result<_>>()?;
        Ok(Wanted { columns, uses, fields: headings.len() })
    }

    /// Reads what `reader` gives; `room` is the size in bytes of what its columns will hold.
    fn read(&self, mut reader: csv::Reader<impl Read>, room: u64) -> Result<Part, PartFault> {
        let blank = |(_, place, need): &(String, usize, Need)| Reading {
            place: *place,
            need: *need,
            column: Column::default(),
            known: HashMap::new(),
            numeric: *need != Need::Levels,
        };
        let mut part = Part { columns: self.columns.iter().map(blank).collect(), rows: 0 };
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(PartFault::Csv)? {
            if record.len() != self.fields {
                return Err(PartFault::Fields(part.rows, record.len()));
            }
            for (one, (name, ..)) in part.columns.iter_mut().zip(&self.columns) {
                let cell = record.get(one.place).unwrap_or_default().trim_ascii();
                one.take(cell).map_err(|()| PartFault::NotANumber(part.rows, name.clone()))?;
            }
            part.rows += 1;
            if part.rows == SAMPLED {
                let read = reader.position().byte().max(1);
                let rows = room.saturating_mul(SAMPLED as u64) / read;
                // Rows that are shorter than the first ones.
                part.reserve(usize::try_from(rows + rows / 32).unwrap_or(0));
            }
        }
        Ok(part)
    }
}

/// The parts read so far, put together.
struct Whole<'w> {
    wanted: &'w Wanted,
    part: Option<Part>,
}

impl Whole<'_> {
    fn of(wanted: &Wanted) -> Whole<'_> {
        Whole { wanted, part: None }
    }

    /// Adds the next part, or says what is wrong with the first row of it that is.
    fn add(&mut self, part: Result<Part, PartFault>) -> anyhow::Result<()> {
        let rows = self.part.as_ref().map_or(0, |part| part.rows);
        // Its line: one of headings, and those before it.
        let part = part.map_err(|fault| match fault {
            PartFault::NotANumber(row, name) => not_a_number(&name, rows + row + 2),
            PartFault::Fields(row, fields) => {
                other_fields(rows + row + 2, fields, self.wanted.fields)
            }
            PartFault::Csv(error) => error.into(),
        })?;
        let Some(whole) = &mut self.part else {
            self.part = Some(part);
            return Ok(());
        };
        whole.rows += part.rows;
        whole.columns.iter_mut().zip(part.columns).for_each(|(column, more)| column.append(more));
        Ok(())
    }

    fn table(self) -> Table {
        let rows = self.part.as_ref().map_or(0, |part| part.rows);
        let columns = self.part.map(|part| part.columns).unwrap_or_default();
        let done = columns.into_iter().map(Reading::done).zip(&self.wanted.uses);
        let done = done.map(|(column, uses)| Column { uses: *uses, ..column });
        let names = self.wanted.columns.iter().map(|(name, ..)| name.clone());
        Table { columns: names.zip(done).collect(), rows }
    }
}

impl Part {
    /// Makes room for `rows` rows in all.
    fn reserve(&mut self, rows: usize) {
        let more = rows.saturating_sub(self.rows);
        for Reading { column, need, numeric, .. } in &mut self.columns {
            if *numeric {
                column.numbers.reserve_exact(more);
            }
            if *need != Need::Numbers {
                column.codes.reserve_exact(more);
            }
        }
    }
}

/// Rows of another length are told with their line.
fn reader<R: Read>(input: R, headings: bool) -> csv::Reader<R> {
    csv::ReaderBuilder::new().has_headers(headings).flexible(true).from_reader(input)
}

fn no_column(name: &str) -> anyhow::Error {
    Failure::local(
        Text::new(format!("Tệp không có cột “{name}”."), format!("There is no column “{name}”.")),
        Text::new("tên cột ở dòng đầu của tệp", "columns are named in the file's first line"),
    )
}

fn not_a_number(name: &str, line: usize) -> anyhow::Error {
    Failure::local(
        Text::new(
            format!("Cột “{name}”, dòng {line}: không phải số."),
            format!("Column “{name}”, line {line}: not a number."),
        ),
        Text::new(
            "số viết như 12.5; để trống khi thiếu",
            "write 12.5; leave blank what is missing",
        ),
    )
}

fn other_fields(line: usize, fields: usize, wanted: usize) -> anyhow::Error {
    Failure::local(
        Text::new(
            format!("Dòng {line} có {fields} ô, dòng tiêu đề có {wanted}."),
            format!("Line {line} has {fields} fields, the headings {wanted}."),
        ),
        Text::new("", ""),
    )
}
