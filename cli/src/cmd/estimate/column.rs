//! A column of a CSV file: as numbers, as levels, or as both.

use foldhash::HashMap;
use ntm_shared::text::nfc;

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
    /// How many have still to ask for it.
    pub uses: usize,
}

/// The code of a blank cell.
pub const MISSING: u32 = u32::MAX;

/// A column as far as it was read.
pub struct Reading {
    pub place: usize,
    pub need: Need,
    pub column: Column,
    pub known: HashMap<Vec<u8>, u32>,
    pub numeric: bool,
}

impl Reading {
    /// Takes a cell.
    ///
    /// # Errors
    /// When it has to be a number and is not.
    pub fn take(&mut self, cell: &[u8]) -> Result<(), ()> {
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
    pub fn append(&mut self, more: Reading) {
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
    pub fn done(mut self) -> Column {
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

fn code_of(known: &mut HashMap<Vec<u8>, u32>, cell: &[u8]) -> u32 {
    if let Some(code) = known.get(cell) {
        return *code;
    }
    let code = known.len() as u32;
    known.insert(cell.to_vec(), code);
    code
}
