//! The columns of a CSV file that an estimate needs: read once, as numbers, as levels, or as both.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use foldhash::{HashMap, HashMapExt};
use ntm_shared::text::{Text, nfc};

use super::parts;
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

/// A column as far as it was read.
struct Reading {
    place: usize,
    need: Need,
    column: Column,
    known: HashMap<Vec<u8>, u32>,
    numeric: bool,
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

/// Files from this size on are read in parts.
const LARGE: u64 = 1024 * 1024;

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
        let begins = parts::boundaries(path, threads as u64).with_context(told)?;
        let parts: Vec<Result<Part, PartFault>> = std::thread::scope(|scope| {
            let begin = |(k, w): (usize, &[u64])| {
                let (from, to, wanted) = (w[0], w[1], &wanted);
                scope.spawn(move || {
                    let input =
                        parts::part(path, from, to).map_err(|e| PartFault::Csv(e.into()))?;
                    wanted.read(reader(input, k == 0))
                })
            };
            let reading: Vec<_> = begins.windows(2).enumerate().map(begin).collect();
            let ended = |_| Err(PartFault::Csv(std::io::Error::other("a thread ended").into()));
            reading.into_iter().map(|one| one.join().unwrap_or_else(ended)).collect()
        });
        wanted.table(parts)
    }

    /// Reads the columns needed.
    pub fn read(input: impl Read, needs: &[(String, Need)]) -> anyhow::Result<Table> {
        let mut reader = reader(input, true);
        let wanted = Wanted::find(&mut reader, needs)?;
        let part = wanted.read(reader);
        wanted.table(vec![part])
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

/// The columns wanted: name, place in the file, need.
struct Wanted {
    columns: Vec<(String, usize, Need)>,
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
        let mut wanted: BTreeMap<String, Need> = BTreeMap::new();
        for (name, need) in needs {
            let known = wanted.entry(nfc(name)).or_insert(*need);
            if *known != *need {
                *known = Need::Either;
            }
        }
        let place = |(name, need): (String, Need)| {
            let place = headings.iter().position(|heading| *heading == name);
            Ok((name.clone(), place.ok_or_else(|| no_column(&name))?, need))
        };
        let columns = wanted.into_iter().map(place).collect::<anyhow::Result<_>>()?;
        Ok(Wanted { columns, fields: headings.len() })
    }

    fn read(&self, mut reader: csv::Reader<impl Read>) -> Result<Part, PartFault> {
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
        }
        Ok(part)
    }

    /// Puts parts together, or says what is wrong with the first row that is.
    fn table(self, parts: Vec<Result<Part, PartFault>>) -> anyhow::Result<Table> {
        let mut rows = 0;
        let mut whole: Option<Part> = None;
        for part in parts {
            // Its line: one of headings, and those before it.
            let part = part.map_err(|fault| match fault {
                PartFault::NotANumber(row, name) => not_a_number(&name, rows + row + 2),
                PartFault::Fields(row, fields) => other_fields(rows + row + 2, fields, self.fields),
                PartFault::Csv(error) => error.into(),
            })?;
            rows += part.rows;
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => whole
                    .columns
                    .iter_mut()
                    .zip(part.columns)
                    .for_each(|(column, more)| column.append(more)),
            }
        }
        let columns = whole.map(|part| part.columns).unwrap_or_default();
        let names = self.columns.into_iter().map(|(name, ..)| name);
        Ok(Table { columns: names.zip(columns.into_iter().map(Reading::done)).collect(), rows })
    }
}

impl Reading {
    /// # Errors
    /// When it has to be a number and is not.
    fn take(&mut self, cell: &[u8]) -> Result<(), ()> {
        let blank = cell.is_empty() || cell == b"NA";
        if self.numeric {
            let number = match blank {
                true => Some(f64::NAN),
                false => std::str::from_utf8(cell).ok().and_then(|text| text.parse().ok()),
            };
            match number {
                Some(number) => self.column.numbers.push(number),
                None if self.need == Need::Numbers => return Err(()),
                None => {
                    self.numeric = false;
                    self.column.numbers = Vec::new();
                }
            }
        }
        if self.need != Need::Numbers {
            let code = if blank { MISSING } else { code_of(&mut self.known, cell) };
            self.column.codes.push(code);
        }
        Ok(())
    }

    /// Adds the rows of a later part.
    fn append(&mut self, more: Reading) {
        self.numeric &= more.numeric;
        match self.numeric {
            true => self.column.numbers.extend(more.column.numbers),
            false => self.column.numbers = Vec::new(),
        }
        let mut codes = vec![MISSING; more.known.len()];
        for (cell, code) in more.known {
            codes[code as usize] = code_of(&mut self.known, &cell);
        }
        let own = |code: u32| codes.get(code as usize).copied().unwrap_or(MISSING);
        self.column.codes.extend(more.column.codes.into_iter().map(own));
    }

    /// Puts the levels in order.
    fn done(mut self) -> Column {
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
        self.column
    }
}

/// Rows of another length are told with their line.
fn reader<R: Read>(input: R, headings: bool) -> csv::Reader<R> {
    csv::ReaderBuilder::new().has_headers(headings).flexible(true).from_reader(input)
}

fn code_of(known: &mut HashMap<Vec<u8>, u32>, cell: &[u8]) -> u32 {
    if let Some(code) = known.get(cell) {
        return *code;
    }
    let code = known.len() as u32;
    known.insert(cell.to_vec(), code);
    code
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
