//! The variance of a sum of scores, stage by stage.

use foldhash::{HashMap, HashMapExt};

use super::stage::{Drawn, Lonely, Stage};
use super::{Design, Domains};

/// Scores of one domain's units in one group.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    /// Units with a row of the domain.
    pub units: f64,
    pub total: f64,
    /// z̄: the total over all units that were drawn from the group.
    pub mean: f64,
    /// Σ(z − z̄)² over these units.
    pub squares: f64,
}

impl Design {
    /// By domain, the variance of Σu. `scores` has one number for each row, zero where a row adds
    /// nothing; a row counts for its own domain only.
    pub(super) fn variance(&self, scores: &[f64], domains: &Domains) -> Vec<f64> {
        let mut variance = vec![0.0; domains.count()];
        for stage in &self.stages {
            for (sum, part) in
                variance.iter_mut().zip(of_stage(stage, self.lonely, scores, domains))
            {
                *sum += part;
            }
        }
        variance
    }
}

fn of_stage(stage: &Stage, lonely: Lonely, scores: &[f64], domains: &Domains) -> Vec<f64> {
    let (units, sums) = match stage.units {
        None => (scores.len(), None),
        Some(_) => {
            let (keys, sums) = unit_sums(stage, scores, domains);
            (keys.len(), Some((keys, sums)))
        }
    };
    // One unit of one domain: its domain, its group, its score.
    let unit = |i: usize| match &sums {
        None => (domains.at(i), stage.group(i), scores[i]),
        Some((keys, sums)) => {
            let (domain, unit) = keys[i];
            (domain as usize, stage.groups[unit as usize] as usize, sums[i])
        }
    };
    let mut cells = Cells::new(stage.drawn.len(), domains.count());
    let places: Vec<u32> = (0..units)
        .map(|i| {
            let (domain, group, z) = unit(i);
            let place = cells.place(domain, group);
            let sum = &mut cells.sums[place];
            sum.units += 1.0;
            sum.total += z;
            place as u32
        })
        .collect();
    for ((_, group), sum) in cells.keys.iter().zip(&mut cells.sums) {
        sum.mean = sum.total / stage.drawn[*group].n;
    }
    for (i, place) in places.iter().enumerate() {
        let (.., z) = unit(i);
        let sum = &mut cells.sums[*place as usize];
        let apart = z - sum.mean;
        sum.squares += apart * apart;
    }
    cells.variance(&stage.drawn, lonely, domains.count())
}

/// By unit and domain, the sum of its rows' scores, in the order of their first row.
fn unit_sums(stage: &Stage, scores: &[f64], domains: &Domains) -> (Vec<(u32, u32)>, Vec<f64>) {
    let mut places: HashMap<(u32, u32), usize> = HashMap::new();
    let (mut keys, mut sums) = (Vec::new(), Vec::new());
    for (row, score) in scores.iter().enumerate() {
        let key = (domains.at(row) as u32, stage.unit(row) as u32);
        let place = *places.entry(key).or_insert_with(|| {
            keys.push(key);
            sums.push(0.0);
            keys.len() - 1
        });
        sums[place] += score;
    }
    (keys, sums)
}

/// What there is of each domain in each group.
pub(super) struct Cells {
    by_key: HashMap<(u32, u32), usize>,
    /// In place of the map where a table of all pairs is small.
    dense: Vec<u32>,
    groups: usize,
    /// By cell: its domain and group.
    pub keys: Vec<(usize, usize)>,
    pub sums: Vec<Sum>,
}

/// Largest table of all pairs of domains and groups.
const DENSE: usize = 4_000_000;

impl Cells {
    pub fn new(groups: usize, domains: usize) -> Cells {
        let dense = groups.checked_mul(domains).filter(|pairs| *pairs <= DENSE);
        Cells {
            by_key: HashMap::new(),
            dense: vec![u32::MAX; dense.unwrap_or(0)],
            groups,
            keys: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// The cell of a domain and a group, the next one when there is none.
    pub fn place(&mut self, domain: usize, group: usize) -> usize {
        let new = self.sums.len();
        let place = if self.dense.is_empty() {
            *self.by_key.entry((domain as u32, group as u32)).or_insert(new)
        } else {
            let place = &mut self.dense[domain * self.groups + group];
            if *place == u32::MAX {
                *place = new as u32;
            }
            *place as usize
        };
        if place == new {
            self.keys.push((domain, group));
            self.sums.push(Sum::default());
        }
        place
    }

    pub fn variance(&self, drawn: &[Drawn], lonely: Lonely, domains: usize) -> Vec<f64> {
        let mut variance = vec![0.0; domains];
        for ((domain, group), sum) in self.keys.iter().zip(&self.sums) {
            let Drawn { n, around, .. } = drawn[*group];
            let open = drawn[*group].open();
            if open <= 0.0 || around <= 0.0 {
                continue;
            }
            variance[*domain] += if n > 1.0 {
                // Units without a row of the domain have the score 0.
                let squares = sum.squares + (n - sum.units) * sum.mean * sum.mean;
                around * open * n / (n - 1.0) * squares
            } else if matches!(lonely, Lonely::Adjust | Lonely::Collapse) {
                around * open * sum.total * sum.total
            } else {
                0.0
            };
        }
        if lonely == Lonely::Average {
            let groups = drawn.iter().filter(|d| d.n > 0.0).count() as f64;
            let alone = drawn.iter().filter(|d| d.is_lonely()).count() as f64;
            variance.iter_mut().for_each(|v| *v *= groups / (groups - alone));
        }
        variance
    }
}
