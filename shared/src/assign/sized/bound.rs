//! A bound that no plan beats: teams' loads and places get prices, communes choose by price, and loads
//! what they like best at it (Lagrangian relaxation). Whatever the prices, the sum is a bound; they are
//! moved where communes and loads disagree (subgradient steps), in whole numbers.

use super::Question;
use super::draft::Draft;

/// How often prices are moved, at most.
const MOST: usize = 300;
/// How often at least, however large the question.
const LEAST: usize = 20;
/// Pairs looked at in all.
const BUDGET: usize = 60_000_000;

/// The greatest bound found, in parts, and the communes' choices at its prices.
pub(super) fn bound(question: &Question, draft: &Draft) -> (i128, Vec<usize>) {
    let grid = question.grid;
    let weights = &grid.instance.weights;
    let teams = draft.sum.len();
    let (load, over) = (i128::from(weights.load), i128::from(weights.over) * question.parts);
    let all: i128 = question
        .size
        .iter()
        .zip(&grid.instance.needs)
        .map(|(size, need)| size * i128::from(need.wanted))
        .sum();
    // A unit more of load at the draft, and nothing for a place.
    let mut price: Vec<i128> = (0..teams)
        .map(|team| {
            let full = question.room[team].is_some_and(|room| draft.sum[team] > room);
            2 * load * draft.sum[team] + if full { over } else { 0 }
        })
        .collect();
    let mut place: Vec<i128> = vec![0; teams];
    let target = draft.total();
    let mean = question.parts.isqrt().max(1);
    let mut best = (i128::MIN, Vec::new());
    let times = (BUDGET / grid.team.len().max(1)).clamp(LEAST, MOST);
    let (mut patience, mut pace) = (0, 8_i128);
    for _ in 0..times {
        let mut sum = question.held.clone();
        let mut count: Vec<i128> = grid.taken[0].iter().map(|n| i128::from(*n)).collect();
        let mut total = question.fixed;
        // Required pairs carry their price too.
        for team in 0..teams {
            total += price[team] * sum[team] + place[team] * count[team];
        }
        let mut chosen = Vec::new();
        let mut row: Vec<(i128, usize)> = Vec::new();
        for commune in 0..grid.wanted.len() {
            let (size, wanted) = (question.size[commune], grid.wanted[commune] as usize);
            row.clear();
            row.extend(grid.row(commune).map(|pair| {
                let team = grid.team[pair] as usize;
                (question.cost(pair) + price[team] * size + place[team], pair)
            }));
            if wanted < row.len() && wanted > 0 {
                row.select_nth_unstable(wanted - 1);
            }
            let empty = question.empty(commune);
            for slot in 0..wanted {
                match row.get(slot).filter(|(cost, _)| *cost < empty) {
                    Some((cost, pair)) => {
                        let team = grid.team[*pair] as usize;
                        (total, sum[team]) = (total + cost, sum[team] + size);
                        count[team] += 1;
                        chosen.push(*pair);
                    }
                    None => total += empty,
                }
            }
        }
        let mut gap = vec![(0_i128, 0_i128); teams];
        for team in 0..teams {
            let (wish, cost) = wish(question, team, price[team], all);
            let (places, lack) = wished_places(question, team, place[team]);
            total += cost + lack;
            gap[team].0 = sum[team] - wish;
            // In mean sizes, so that neither kind of price drowns the other.
            gap[team].1 = (count[team] - places) * mean;
        }
        if total > best.0 {
            best = (total, chosen);
            patience = 0;
        } else {
            patience += 1;
            if patience >= 12 {
                (patience, pace) = (0, (pace / 2).max(1));
            }
        }
        if best.0 >= target {
            break;
        }
        let norm: i128 = gap.iter().map(|(a, b)| a * a + b * b).sum();
        if norm == 0 {
            break;
        }
        let step = (target - total).max(1);
        for team in 0..teams {
            let (load, places) = gap[team];
            price[team] = (price[team] + pace * step * load / (8 * norm)).max(0);
            place[team] += pace * step * places * mean / (8 * norm);
        }
    }
    best
}

/// The number of communes a team likes best when one earns a price, and what that costs: what it has
/// too few costs, and it has at most all its places.
fn wished_places(question: &Question, team: usize, price: i128) -> (i128, i128) {
    let offer = &question.grid.instance.offers[team];
    let cost = |count: u32| {
        let count = count.min(offer.max);
        (question.counts(team, count, 0) - price * i128::from(count), i128::from(count))
    };
    let best = [0, offer.min, offer.max].into_iter().map(cost).min();
    best.map_or((0, 0), |(cost, count)| (count, cost))
}

/// The load a team likes best when a unit of it earns a price, and what that costs: the least of
/// load cost less price, over all whole loads up to `all`.
fn wish(question: &Question, team: usize, price: i128, all: i128) -> (i128, i128) {
    let weights = &question.grid.instance.weights;
    let (load, over) = (i128::from(weights.load), i128::from(weights.over) * question.parts);
    let mut candidates = vec![0, all];
    let mut add = |at: i128| candidates.extend([at, at + 1].map(|at| at.clamp(0, all)));
    if load > 0 {
        add(price / (2 * load));
        add((price - over).max(0) / (2 * load));
    }
    question.room[team].into_iter().for_each(add);
    let cost = |sum: i128| question.load(team, sum) - price * sum;
    let best = candidates.into_iter().map(|sum| (cost(sum), sum)).min();
    best.map_or((0, 0), |(cost, sum)| (sum, cost))
}
