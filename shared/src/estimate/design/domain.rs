//! Domains: the parts of the rows that are estimated apart.

/// Which domain each row is in.
#[derive(Clone, Debug, Default)]
pub struct Domains {
    /// By row: its domain; none when all rows are one.
    codes: Option<Vec<u32>>,
    count: usize,
}

impl Domains {
    /// All rows together.
    pub fn all() -> Domains {
        Domains { codes: None, count: 1 }
    }

    /// By row, the number of its domain: 0, 1, 2, …
    pub fn of(codes: Vec<u32>) -> Domains {
        let count = codes.iter().max().map_or(0, |code| *code as usize + 1);
        Domains { codes: Some(codes), count }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The domain of a row.
    #[inline]
    pub fn at(&self, row: usize) -> usize {
        self.codes.as_ref().map_or(0, |codes| codes[row] as usize)
    }
}
