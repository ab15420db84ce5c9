//! The best teams of one commune when each team has a price.

use crate::assign::grid::Grid;

/// How many sets are looked at before a commune that wants many teams is content with a bound.
const SETS: u32 = 20_000;

/// A team that may be chosen: what it costs beyond leaving the place unfilled, and what it covers.
#[derive(Clone, Copy)]
struct Item {
    /// Cost as if all it covers were covered by it alone; least first.
    alone: i64,
    cost: i64,
    covers: u64,
    pair: u32,
}

/// Room to work in, kept between communes.
#[derive(Default)]
pub(super) struct Chooser {
    items: Vec<Item>,
    best: Vec<u32>,
    path: Vec<u32>,
    least: i64,
    sets: u32,
    missing: i64,
}

/// What was chosen.
pub(super) struct Choice {
    /// Points of the chosen set, unfilled places and uncovered criteria included.
    pub value: i64,
    /// No set has fewer points; the same as `value` unless the search was cut off.
    pub bound: i64,
}

impl Chooser {
    /// The best set for a commune, at `scale` times its costs and the given price of each pair
    /// (`None`: not to be had). The pairs are in [`Chooser::chosen`] then.
    pub fn choose(
        &mut self,
        grid: &Grid,
        commune: usize,
        scale: i64,
        price: impl Fn(usize) -> Option<i64>,
    ) -> Choice {
        let wanted = grid.wanted[commune] as usize;
        let open = grid.open[commune];
        let missing = grid.instance.weights.missing * scale;
        let dear = grid.unfilled(commune) * scale;
        let base = dear * wanted as i64 + missing * i64::from(open.count_ones());
        (self.missing, self.least, self.sets) = (missing, 0, 0);
        self.best.clear();
        self.items.clear();
        let mut first = 0;
        for pair in grid.row(commune) {
            let Some(price) = price(pair) else { continue };
            let cost = grid.cost[pair] * scale + price - dear;
            let covers = grid.covers[pair] & open;
            let alone = cost - missing * i64::from(covers.count_ones());
            if alone < 0 {
                first = if alone < first { alone } else { first };
                self.items.push(Item { alone, cost, covers, pair: pair as u32 });
            }
        }
        if wanted == 0 || self.items.is_empty() {
            return Choice { value: base, bound: base };
        }
        self.greedy(wanted);
        if wanted > 1 {
            // Together teams are worth at most what they are worth alone.
            let others = first * (wanted as i64 - 1);
            let least = self.least;
            self.items.retain(|item| item.alone + others < least);
            self.items.sort_unstable_by_key(|item| (item.alone, item.pair));
            self.path.clear();
            self.search(0, wanted, 0, 0);
        }
        let mut bound = self.least;
        if self.sets >= SETS {
            bound = self.items.iter().take(wanted).map(|item| item.alone).sum::<i64>().min(bound);
        }
        self.best.sort_unstable();
        Choice { value: base + self.least, bound: base + bound }
    }

    /// The pairs chosen last, ascending.
    pub fn chosen(&self) -> &[u32] {
        &self.best
    }

    /// One after another the team that helps most.
    fn greedy(&mut self, wanted: usize) {
        let (mut covered, mut value) = (0, 0);
        for _ in 0..wanted {
            let adds = |item: &Item| {
                item.cost - self.missing * i64::from((item.covers & !covered).count_ones())
            };
            let free = self.items.iter().filter(|item| !self.best.contains(&item.pair));
            let Some(item) = free.min_by_key(|item| (adds(item), item.pair)).copied() else {
                break;
            };
            let change = adds(&item);
            if change >= 0 {
                break;
            }
            value += change;
            covered |= item.covers;
            self.best.push(item.pair);
        }
        self.least = value;
    }

    /// Adds up to `left` of the items from `from` on to the path; branch and bound.
    fn search(&mut self, from: usize, left: usize, value: i64, covered: u64) {
        if value < self.least {
            self.least = value;
            self.best.clone_from(&self.path);
        }
        if left == 0 {
            return;
        }
        for at in from..self.items.len() {
            let ahead: i64 = self.items[at..].iter().take(left).map(|item| item.alone).sum();
            if value + ahead >= self.least || self.sets >= SETS {
                return;
            }
            self.sets += 1;
            let Item { cost, covers, pair, .. } = self.items[at];
            let adds = cost - self.missing * i64::from((covers & !covered).count_ones());
            self.path.push(pair);
            self.search(at + 1, left - 1, value + adds, covered | covers);
            self.path.pop();
        }
    }
}
