//! Exchanges among many communes at once: one commune passes a team's place on to the next, which
//! passes on another team's, and so on. Such chains are negative cycles in a graph of teams (cyclic
//! exchange; Thompson and Psaraftis 1993), found by shortest paths.

use super::search::Draft;

const NONE: u32 = u32::MAX;

/// Replacing one team by another in some commune, at the least cost found.
#[derive(Clone, Copy)]
struct Move {
    from: u32,
    to: u32,
    cost: i64,
    commune: u32,
    /// The pair given up and the pair taken; `NONE` for an empty place or the world outside.
    out: u32,
    into: u32,
}

/// Applies improving exchanges until none is found or `rounds` have passed; whether there was one.
pub(super) fn exchange(draft: &mut Draft, rounds: usize) -> bool {
    let mut any = false;
    for _ in 0..rounds {
        let moves = moves(draft);
        let mut better = false;
        for cycle in negative_cycles(&moves, draft.grid.instance.offers.len() + 2) {
            better |= apply(draft, &cycle);
        }
        any |= better;
        if !better {
            break;
        }
    }
    any
}

/// The cheapest replacement between any two teams. Two nodes more: empty places, and the outside
/// that takes a place off the last team of a chain and gives one to the first.
fn moves(draft: &Draft) -> Vec<Move> {
    let grid = draft.grid;
    let teams = grid.instance.offers.len() as u32;
    let (empty, outside) = (teams, teams + 1);
    // Places by their team, so that the moves away from a team come together.
    let mut slots: Vec<(u32, u32, u32)> = Vec::new();
    for (commune, chosen) in (0..).zip(&draft.chosen) {
        slots.extend(chosen.iter().map(|pair| (grid.team[*pair as usize], commune, *pair)));
        if chosen.len() < grid.wanted[commune as usize] as usize {
            slots.push((empty, commune, NONE));
        }
    }
    slots.sort_unstable();
    let mut all: Vec<Move> = Vec::new();
    let mut best: Vec<Option<Move>> = vec![None; teams as usize + 1];
    let mut set = Vec::new();
    for (at, (from, commune, out)) in slots.iter().copied().enumerate() {
        let mut add = |to: u32, cost, into| {
            let known = &mut best[to as usize];
            if known.is_none_or(|known| cost < known.cost) {
                *known = Some(Move { from, to, cost, commune, out, into });
            }
        };
        let commune = commune as usize;
        let chosen = &draft.chosen[commune];
        let now = draft.commune_cost(commune, chosen);
        set.clear();
        set.extend(chosen.iter().copied().filter(|pair| *pair != out));
        let bare = draft.commune_cost(commune, &set) - now;
        let covered = set.iter().fold(0, |bits, pair| bits | grid.covers[*pair as usize]);
        let open = grid.open[commune] & !covered;
        let (dear, missing) = (grid.unfilled(commune), grid.instance.weights.missing);
        if out != NONE {
            add(empty, bare, NONE);
        }
        for pair in grid.row(commune) {
            if !chosen.contains(&(pair as u32)) {
                let helped = i64::from((grid.covers[pair] & open).count_ones());
                let cost = bare + grid.cost[pair] - dear - missing * helped;
                add(grid.team[pair], cost, pair as u32);
            }
        }
        if slots.get(at + 1).is_none_or(|next| next.0 != from) {
            all.extend(best.iter_mut().filter_map(Option::take));
        }
    }
    let mut ends = |from, to, cost| {
        all.push(Move { from, to, cost, commune: NONE, out: NONE, into: NONE });
    };
    for team in 0..teams {
        if let Some(adds) = draft.places.adds(team, false) {
            ends(team, outside, adds);
        }
        if draft.places.count[team as usize] > grid.taken[0][team as usize] {
            ends(outside, team, -draft.places.saves(team, false));
        }
    }
    ends(empty, outside, 0);
    ends(outside, empty, 0);
    all
}

/// Disjoint cycles of negative cost.
fn negative_cycles(moves: &[Move], nodes: usize) -> Vec<Vec<Move>> {
    let mut distance = vec![0_i64; nodes];
    let mut by: Vec<Option<usize>> = vec![None; nodes];
    for _ in 0..nodes {
        let mut changed = false;
        for (at, step) in moves.iter().enumerate() {
            let along = distance[step.from as usize] + step.cost;
            if along < distance[step.to as usize] {
                distance[step.to as usize] = along;
                by[step.to as usize] = Some(at);
                changed = true;
            }
        }
        let cycles = loops(moves, &by);
        if !changed || !cycles.is_empty() {
            return cycles;
        }
    }
    Vec::new()
}

/// The cycles among the last steps of the shortest paths.
fn loops(moves: &[Move], by: &[Option<usize>]) -> Vec<Vec<Move>> {
    let mut mark = vec![0_u32; by.len()];
    let mut found = Vec::new();
    for start in 0..by.len() {
        let (mut node, stamp) = (start, start as u32 + 1);
        while mark[node] == 0 {
            mark[node] = stamp;
            match by[node] {
                Some(at) => node = moves[at].from as usize,
                None => break,
            }
        }
        if mark[node] != stamp || by[node].is_none() {
            continue;
        }
        let (mut cycle, first) = (Vec::new(), node);
        while let Some(at) = by[node] {
            cycle.push(moves[at]);
            node = moves[at].from as usize;
            if node == first {
                found.push(cycle);
                break;
            }
        }
    }
    found
}

/// Does what a cycle says if that really saves points (a commune may occur in it twice).
fn apply(draft: &mut Draft, cycle: &[Move]) -> bool {
    let grid = draft.grid;
    let mut communes: Vec<usize> =
        cycle.iter().filter(|m| m.commune != NONE).map(|m| m.commune as usize).collect();
    communes.sort_unstable();
    communes.dedup();
    let own = |draft: &Draft| -> i64 {
        communes.iter().map(|c| draft.commune_cost(*c, &draft.chosen[*c])).sum()
    };
    let before: Vec<Vec<u32>> = communes.iter().map(|c| draft.chosen[*c].clone()).collect();
    let old = own(draft) + draft.places.cost();
    for step in cycle.iter().filter(|m| m.commune != NONE) {
        let commune = step.commune as usize;
        let mut set = draft.chosen[commune].clone();
        set.retain(|pair| *pair != step.out);
        if step.into != NONE && !set.contains(&step.into) {
            set.push(step.into);
        }
        set.sort_unstable();
        draft.set(commune, set);
    }
    let fits = communes.iter().all(|c| draft.chosen[*c].len() <= grid.wanted[*c] as usize)
        && draft.places.count.iter().zip(&grid.instance.offers).all(|(n, o)| *n <= o.max);
    if fits && own(draft) + draft.places.cost() < old {
        return true;
    }
    for (commune, set) in communes.iter().zip(before) {
        draft.set(*commune, set);
    }
    false
}
