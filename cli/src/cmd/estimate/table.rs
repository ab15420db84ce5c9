//! The columns of a CSV file that an estimate needs: read once, as numbers, as levels, or as both.

use std::collections::BTreeMap;
use std::io::Read;

use foldhash::{HashMap, HashMapExt};
use ntm_shared::text::{Text, nfc};

use crate::failure::Failure;

/// What a column is needed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Numbers; blank and `NA` are missing.
    Numbers,
    /// Levels.
    Levels,
    /// Numbers if all its cells are, and levels.
    Either,
}

/// A column.
#[derive(Debug, Default)]
pub struct Column {
    /// By row; NaN where it is missing. Empty when a cell is no number.
    pub numbers: Vec<f64>,
    /// By row, the place of its level; [`MISSING`] where it is blank.
    pub codes: Vec<u32>,
    /// The levels: numbers by value, else by their letters.
    pub levels: Vec<String>,
}

/// The code of a blank cell.
pub const MISSING: u32 = u32::MAX;

/// The columns read.
#[derive(Debug)]
pub struct Table {
    columns: BTreeMap<String, Column>,
    /// Rows.
    pub rows: usize,
}

struct Reading {
    name: String,
    place: usize,
    need: Need,
    column: Column,
    known: HashMap<Vec<u8>, u32>,
    numeric: bool,
}

impl Table {
    /// Reads the columns needed.
    pub fn read(input: impl Read, needs: &[(String, Need)]) -> anyhow::Result<Table> {
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(input);
        let headings: Vec<String> = reader
            .headers()?
            .iter()
            .map(|name| nfc(name.trim_start_matches('\u{feff}').trim()))
            .collect();
        let mut wanted: BTreeMap<String, Need> = BTreeMap::new();
        for (name, need) in needs {
            let known = wanted.entry(nfc(name)).or_insert(*need);
            if *known != *need {
                *known = Need::Either;
            }
        }
        let mut reading = Vec::new();
        for (name, need) in wanted {
            let place = headings.iter().position(|h| *h == name).ok_or_else(|| no_column(&name))?;
            let (column, known) = (Column::default(), HashMap::new());
            reading.push(Reading {
                name,
                place,
                need,
                column,
                known,
                numeric: need != Need::Levels,
            });
        }
        let mut record = csv::ByteRecord::new();
        let mut rows = 0;
        while reader.read_byte_record(&mut record)? {
            rows += 1;
            for one in &mut reading {
                one.take(record.get(one.place).unwrap_or_default().trim_ascii(), rows)?;
            }
        }
        let columns = reading.into_iter().map(Reading::done).collect();
        Ok(Table { columns, rows })
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

impl Reading {
    fn take(&mut self, cell: &[u8], row: usize) -> anyhow::Result<()> {
        let blank = cell.is_empty() || cell == b"NA";
        if self.numeric {
            let number = match blank {
                true => Some(f64::NAN),
                false => std::str::from_utf8(cell).ok().and_then(|text| text.parse().ok()),
            };
            match number {
                Some(number) => self.column.numbers.push(number),
                None if self.need == Need::Numbers => return Err(not_a_number(&self.name, row)),
                None => {
                    self.numeric = false;
                    self.column.numbers = Vec::new();
                }
            }
        }
        if self.need == Need::Numbers {
            return Ok(());
        }
        let code = match self.known.get(cell) {
            _ if blank => MISSING,
            Some(code) => *code,
            None => {
                let code = self.known.len() as u32;
                self.known.insert(cell.to_vec(), code);
                code
            }
        };
        self.column.codes.push(code);
        Ok(())
    }

    /// Puts the levels in order.
    fn done(mut self) -> (String, Column) {
        let mut levels: Vec<(String, u32)> = self
            .known
            .iter()
            .map(|(bytes, code)| (nfc(&String::from_utf8_lossy(bytes)), *code))
            .collect();
        let number = |text: &str| text.parse::<f64>().ok();
        match levels.iter().all(|(text, _)| number(text).is_some()) {
            true => levels.sort_by(|a, b| {
                let (x, y) = (number(&a.0).unwrap_or(0.0), number(&b.0).unwrap_or(0.0));
                x.total_cmp(&y).then_with(|| a.0.cmp(&b.0))
            }),
            false => levels.sort(),
        }
        // The same text written in two ways of Unicode is one level.
        let mut place = vec![0; levels.len()];
        let mut names: Vec<String> = Vec::new();
        for (text, code) in levels {
            if names.last() != Some(&text) {
                names.push(text);
            }
            place[code as usize] = names.len() as u32 - 1;
        }
        for code in self.column.codes.iter_mut().filter(|code| **code != MISSING) {
            *code = place[*code as usize];
        }
        self.column.levels = names;
        (self.name, self.column)
    }
}

fn no_column(name: &str) -> anyhow::Error {
    Failure::local(
        Text::new(format!("Tệp không có cột “{name}”."), format!("There is no column “{name}”.")),
        Text::new("tên cột ở dòng đầu của tệp", "columns are named in the file's first line"),
    )
}

fn not_a_number(name: &str, row: usize) -> anyhow::Error {
    let line = row + 1;
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
