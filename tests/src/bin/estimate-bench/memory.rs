//! The same ratios in this process, without reading and without threads.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use ntm_shared::estimate::design::{Columns, Design, Domains};

use super::RUNS;

/// The time of the fastest run in seconds, and the size in bytes of the columns: numbers of eight bytes,
/// levels of four.
pub fn ratios(file: &Path, ratios: &[&str]) -> (f64, u64) {
    let mut reader = csv::Reader::from_path(file).expect("a file");
    let names: Vec<String> =
        reader.headers().expect("headings").iter().map(str::to_owned).collect();
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
    let mut levels: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); names.len()];
    for record in reader.records() {
        for (i, cell) in record.expect("a row").iter().enumerate() {
            let known = levels[i].len();
            let mut level = || *levels[i].entry(cell.to_owned()).or_insert(known) as f64;
            cells[i].push(cell.parse().unwrap_or_else(|_| level()));
        }
    }
    let column = |name: &str| &cells[names.iter().position(|n| n == name).expect("a column")];
    let codes = |name: &str| column(name).iter().map(|code| *code as u32).collect::<Vec<u32>>();
    let rows = column("w").len() as u64;
    let bytes = rows * (8 * (cells.len() as u64 - 2) + 4 * 2);
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let (strata, communes) = (Some(codes("village")), codes("commune"));
        let fpc = vec![column("village_households").clone()];
        let columns = Columns { weights: column("w").clone(), strata, fpc, ..Columns::default() };
        let begun = Instant::now();
        let design = Design::new(columns).expect("a design");
        let domains = Domains::of(communes);
        for ratio in ratios {
            let (y, x) = ratio.split_once('/').expect("a ratio");
            let x = column(x);
            assert!(design.ratio(column(y), |row| x[row], &domains).iter().all(Option::is_some));
        }
        best = best.min(begun.elapsed().as_secs_f64());
    }
    (best, bytes)
}
