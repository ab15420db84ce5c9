//! A province's households, made up and the same every time: villages as strata, a quarter to all of
//! each sampled.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Communes, with twelve villages each.
pub const COMMUNES: usize = 130;
const VILLAGES: usize = 12;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// 1 with this chance, else 0.
    fn yes(&mut self, percent: u64) -> u64 {
        u64::from(self.below(100) < percent)
    }
}

/// Writes `rows` households; the number of villages.
///
/// # Errors
/// What the disk says.
pub fn write(path: &Path, rows: usize) -> io::Result<usize> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(
        out,
        "commune,village,village_households,w,households,members,insured,trained,income,solid,latrine,sorting"
    )?;
    let villages = COMMUNES * VILLAGES;
    let mut dice = Dice(20_241_001);
    for village in 0..villages {
        let n = rows * (village + 1) / villages - rows * village / villages;
        let commune = village / VILLAGES;
        // Every tenth village is a census.
        let all = if village % 10 == 0 { n } else { n + dice.below(3 * n as u64 + 1) as usize };
        let weight = all as f64 / n.max(1) as f64;
        for _ in 0..n {
            let members = 1 + dice.below(7);
            let (mut insured, mut trained) = (0, 0);
            for _ in 0..members {
                insured += dice.yes(80 + commune as u64 % 15);
                trained += dice.yes(40);
            }
            let income = members * (8_000 + dice.below(60_000));
            let [solid, latrine, sorting] = [76, 64, 31].map(|percent| dice.yes(percent));
            writeln!(
                out,
                "c{commune:03},v{village:04},{all},{weight},1,{members},{insured},{trained},{income},{solid},{latrine},{sorting}"
            )?;
        }
    }
    out.flush()?;
    Ok(villages)
}
