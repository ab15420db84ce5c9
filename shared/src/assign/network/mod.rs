//! Minimum cost flow by the primal network simplex method, exact on 64-bit integers.
//!
//! For networks in which every node sends what it has to the sink, started from a flow and a tree
//! that the caller knows. The tree must be strongly feasible (every tree arc can carry more towards
//! the sink) and is kept so, which rules out cycling (Cunningham 1976; Ahuja, Magnanti and Orlin
//! 1993, 11.5 and 11.6). The entering arc is the best of a block of arcs in the order in which they
//! were added: neighbours in that order should lie far apart, so that a block samples the whole
//! network. Arcs may be added after a solution, which then goes on from where it was.
//!
//! Costs must stay below 2^62 when added along any path.

mod tree;

use tree::{Knot, NONE};

/// An arc from one node to another; flows run from 0 to `capacity`.
#[derive(Clone, Copy, Debug)]
pub struct Arc {
    /// Node it leaves.
    pub from: u32,
    /// Node it enters.
    pub to: u32,
    /// Cost of a unit.
    pub cost: i64,
    /// Most units; at least 1.
    pub capacity: i32,
}

/// Non-tree arc without flow: enters when its reduced cost is negative.
const EMPTY: i8 = 1;
/// Non-tree arc full of flow: enters when its reduced cost is positive.
const FULL: i8 = -1;
/// In the tree.
const STILL: i8 = 0;

/// What the search for the entering arc reads of an arc.
#[derive(Clone, Copy)]
struct Offer {
    from: u32,
    to: u32,
    cost: i64,
}

/// A network with its current flow and tree.
#[derive(Clone)]
pub struct Network {
    arcs: Vec<Offer>,
    capacity: Vec<i32>,
    flow: Vec<i32>,
    state: Vec<i8>,
    /// Where the search goes on.
    next: usize,
    price: Vec<i64>,
    tree: Vec<Knot>,
    /// Scratch for walking subtrees.
    stack: Vec<u32>,
}

impl Network {
    /// Nodes 0, the sink, to `nodes − 1`, without arcs.
    pub fn new(nodes: usize) -> Self {
        Network {
            arcs: Vec::new(),
            capacity: Vec::new(),
            flow: Vec::new(),
            state: Vec::new(),
            next: 0,
            price: vec![0; nodes],
            tree: vec![Knot::FREE; nodes],
            stack: Vec::new(),
        }
    }

    /// Adds an arc without flow; its number.
    pub fn add(&mut self, arc: Arc) -> u32 {
        let Arc { from, to, cost, capacity } = arc;
        self.arcs.push(Offer { from, to, cost });
        self.capacity.push(capacity);
        self.flow.push(0);
        self.state.push(EMPTY);
        self.arcs.len() as u32 - 1
    }

    /// How many arcs there are.
    pub fn arc_count(&self) -> u32 {
        self.arcs.len() as u32
    }

    /// Puts the first flow on an arc: at most its capacity.
    pub fn put(&mut self, arc: u32, units: i32) {
        debug_assert!((0..=self.capacity[arc as usize]).contains(&units), "more than fits");
        self.flow[arc as usize] = units;
    }

    /// Hangs a node into the first tree by an arc between it and its parent.
    pub fn root(&mut self, node: u32, arc: u32) {
        let Offer { from, to, .. } = self.arcs[arc as usize];
        self.state[arc as usize] = STILL;
        self.hang(node, if from == node { to } else { from }, arc);
    }

    /// Ends the making of the first flow and tree.
    pub fn ready(&mut self) {
        for arc in 0..self.arcs.len() {
            if self.state[arc] == EMPTY && self.flow[arc] > 0 {
                debug_assert_eq!(self.flow[arc], self.capacity[arc], "a part belongs in the tree");
                self.state[arc] = FULL;
            }
        }
        self.relabel(0);
        debug_assert!(self.is_strongly_feasible(), "the first tree must be strongly feasible");
    }

    fn is_strongly_feasible(&self) -> bool {
        (1..self.tree.len()).all(|node| {
            let knot = self.tree[node];
            knot.parent != NONE && self.room(knot.arc as usize, knot.up) > 0
        })
    }

    /// The units on an arc.
    pub fn flow(&self, arc: u32) -> i32 {
        self.flow[arc as usize]
    }

    /// The cost of one more unit sent from a node to the sink, at the margin of the current tree;
    /// after [`Network::solve`] a dual optimum.
    pub fn price(&self, node: u32) -> i64 {
        self.price[node as usize]
    }

    /// Moves to a flow of minimum cost.
    pub fn solve(&mut self) {
        while let Some(arc) = self.entering() {
            self.pivot(arc);
        }
    }

    /// After [`Network::solve`]: among all flows of minimum cost, moves to one that minimises
    /// `second`, and answers with its flows. Arcs of reduced cost other than zero have the same flow
    /// in all of them and are left out; the others get the costs `second(arc)`.
    pub fn among_optima(&self, second: impl Fn(u32) -> i64) -> Vec<i32> {
        let tight = |arc: &usize| {
            let Offer { from, to, cost } = self.arcs[*arc];
            cost + self.price(to) == self.price(from)
        };
        let kept: Vec<usize> = (0..self.arcs.len()).filter(tight).collect();
        let mut small = Network::new(self.tree.len());
        let mut place = vec![NONE; self.arcs.len()];
        for arc in &kept {
            let Offer { from, to, .. } = self.arcs[*arc];
            let capacity = self.capacity[*arc];
            place[*arc] = small.add(Arc { from, to, cost: second(*arc as u32), capacity });
            small.put(place[*arc], self.flow[*arc]);
        }
        for (node, knot) in self.tree.iter().enumerate().skip(1) {
            small.root(node as u32, place[knot.arc as usize]);
        }
        small.ready();
        small.solve();
        let mut flow = self.flow.clone();
        kept.iter().zip(small.flow).for_each(|(arc, units)| flow[*arc] = units);
        flow
    }

    /// The best arc of the first block that has an arc by which cost falls.
    fn entering(&mut self) -> Option<usize> {
        let count = self.arcs.len();
        let block = (2 * count.isqrt()).max(20);
        let (mut best, mut best_cost) = (None, 0);
        let mut seen = 0;
        while seen < count {
            let start = if self.next >= count { 0 } else { self.next };
            let end = (start + block).min(count);
            let (arcs, states) = (&self.arcs[start..end], &self.state[start..end]);
            for (at, (arc, state)) in arcs.iter().zip(states).enumerate() {
                let reduced =
                    arc.cost + self.price[arc.to as usize] - self.price[arc.from as usize];
                let cost = i64::from(*state) * reduced;
                if cost < best_cost {
                    (best, best_cost) = (Some(start + at), cost);
                }
            }
            seen += end - start;
            self.next = end;
            if best.is_some() {
                break;
            }
        }
        best
    }

    /// Sends as much as fits around the cycle that `arc` closes with the tree, and lets the arc
    /// that stops it leave the tree.
    fn pivot(&mut self, arc: usize) {
        // The cycle runs from `first` over the arc to `second`, up to their join and down again.
        let Offer { from, to, .. } = self.arcs[arc];
        let (first, second) = if self.state[arc] == EMPTY { (from, to) } else { (to, from) };
        let join = self.join(first, second);
        let mut amount = self.capacity[arc];
        let mut leaving = None;
        // Of the arcs that stop it the last along the cycle, seen from the join, leaves: that keeps
        // the tree strongly feasible. Hence `<` on this side and `<=` on the other.
        let mut node = first;
        while node != join {
            let knot = self.tree[node as usize];
            let room = self.room(knot.arc as usize, !knot.up);
            if room < amount {
                (amount, leaving) = (room, Some((node, first, second)));
            }
            node = knot.parent;
        }
        let mut node = second;
        while node != join {
            let knot = self.tree[node as usize];
            let room = self.room(knot.arc as usize, knot.up);
            if room <= amount {
                (amount, leaving) = (room, Some((node, second, first)));
            }
            node = knot.parent;
        }
        if amount > 0 {
            self.flow[arc] += i32::from(self.state[arc]) * amount;
            self.send(first, join, -amount);
            self.send(second, join, amount);
        }
        let Some((cut, below, above)) = leaving else {
            self.state[arc] = -self.state[arc];
            return;
        };
        let left = self.tree[cut as usize].arc as usize;
        self.state[left] = if self.flow[left] == 0 { EMPTY } else { FULL };
        self.state[arc] = STILL;
        self.rehang(cut, below, above, arc);
    }

    /// How much more an arc can carry forwards, or give back.
    fn room(&self, arc: usize, forwards: bool) -> i32 {
        if forwards { self.capacity[arc] - self.flow[arc] } else { self.flow[arc] }
    }
}
