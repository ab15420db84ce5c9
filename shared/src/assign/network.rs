//! Minimum cost flow by the primal network simplex method, exact on 64-bit integers.
//!
//! For networks in which every node can send all it has straight to the sink, so that a first
//! feasible tree is at hand and no artificial arcs are needed. The tree is kept strongly feasible
//! (every tree arc can carry more towards the sink), which rules out cycling (Cunningham 1976; Ahuja,
//! Magnanti and Orlin 1993, 11.5 and 11.6). The entering arc is the best of a block of arcs, the
//! arcs lying in strided order, so that a block samples the whole network.
//!
//! Costs must stay below 2^62 when added along any path.

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
    pub capacity: i64,
}

const NONE: u32 = u32::MAX;
/// Non-tree arc without flow: enters when its reduced cost is negative.
const EMPTY: i8 = 1;
/// Non-tree arc full of flow: enters when its reduced cost is positive.
const FULL: i8 = -1;
/// In the tree, or shut out of further search.
const STILL: i8 = 0;

/// A network with its current flow and tree.
pub struct Network {
    arcs: Vec<Arc>,
    flow: Vec<i64>,
    state: Vec<i8>,
    /// Search order of the arcs.
    order: Vec<u32>,
    /// Where in `order` the search goes on.
    next: usize,
    nodes: Vec<Node>,
    /// Scratch for walking subtrees.
    stack: Vec<u32>,
}

/// A node and its place in the tree, whose root is the sink, node 0.
#[derive(Clone, Copy)]
struct Node {
    potential: i64,
    parent: u32,
    /// The tree arc between node and parent.
    arc: u32,
    /// Whether that arc leads from the node to its parent.
    up: bool,
    depth: u32,
    first_child: u32,
    next_sibling: u32,
    previous_sibling: u32,
}

impl Network {
    /// A network of node 0, the sink, and the nodes 1 to `supply.len()`, which send the given
    /// amounts (0 or more). `to_sink[n - 1]` is the number of an arc from node n to the sink whose
    /// capacity exceeds the node's supply.
    pub fn new(supply: &[i64], to_sink: &[u32], arcs: Vec<Arc>) -> Self {
        let free = Node {
            potential: 0,
            parent: NONE,
            arc: NONE,
            up: true,
            depth: 0,
            first_child: NONE,
            next_sibling: NONE,
            previous_sibling: NONE,
        };
        let mut network = Network {
            flow: vec![0; arcs.len()],
            state: vec![EMPTY; arcs.len()],
            order: strided(arcs.len()),
            next: 0,
            nodes: vec![free; supply.len() + 1],
            stack: Vec::new(),
            arcs,
        };
        for (node, (supply, arc)) in (1_u32..).zip(supply.iter().zip(to_sink)) {
            debug_assert!(
                network.arcs[*arc as usize].capacity > *supply,
                "the first tree must be strongly feasible"
            );
            network.flow[*arc as usize] = *supply;
            network.state[*arc as usize] = STILL;
            network.hang(node, 0, *arc);
        }
        network.relabel(0);
        network
    }

    /// The units on an arc.
    pub fn flow(&self, arc: usize) -> i64 {
        self.flow[arc]
    }

    /// The cost of one more unit sent from a node to the sink, at the margin of the current tree;
    /// after [`Network::solve`] a dual optimum.
    pub fn price(&self, node: u32) -> i64 {
        self.nodes[node as usize].potential
    }

    /// Cost of an arc beyond what the prices of its ends explain.
    fn reduced_cost(&self, arc: usize) -> i64 {
        let Arc { from, to, cost, .. } = self.arcs[arc];
        cost + self.price(to) - self.price(from)
    }

    /// Moves to a flow of minimum cost.
    pub fn solve(&mut self) {
        while let Some(arc) = self.entering() {
            self.pivot(arc);
        }
    }

    /// After [`Network::solve`]: among all flows of minimum cost, moves to one that minimises
    /// `second`. Arcs of reduced cost other than zero have the same flow in all of them and are shut
    /// out; the rest get the costs `second(arc)`, and the tree stays strongly feasible.
    pub fn solve_among_optima(&mut self, second: impl Fn(usize) -> i64) {
        for arc in 0..self.arcs.len() {
            if self.reduced_cost(arc) != 0 {
                self.state[arc] = STILL;
            }
        }
        for arc in 0..self.arcs.len() {
            let free = self.state[arc] != STILL || self.in_tree(arc);
            self.arcs[arc].cost = if free { second(arc) } else { 0 };
        }
        self.relabel(0);
        self.solve();
    }

    fn in_tree(&self, arc: usize) -> bool {
        let Arc { from, to, .. } = self.arcs[arc];
        [from, to].iter().any(|n| self.nodes[*n as usize].arc as usize == arc)
    }

    /// The best arc of the first block that has an arc by which cost falls.
    fn entering(&mut self) -> Option<usize> {
        let block = (2 * self.order.len().isqrt()).max(20);
        let (mut best, mut best_cost) = (None, 0);
        for step in 1..=self.order.len() {
            let arc = self.order[self.next] as usize;
            self.next = if self.next + 1 == self.order.len() { 0 } else { self.next + 1 };
            let state = self.state[arc];
            if state != STILL {
                let cost = i64::from(state) * self.reduced_cost(arc);
                if cost < best_cost {
                    (best, best_cost) = (Some(arc), cost);
                }
            }
            if step % block == 0 && best.is_some() {
                break;
            }
        }
        best
    }

    /// Sends as much as fits around the cycle that `arc` closes with the tree, and lets the arc
    /// that stops it leave the tree.
    fn pivot(&mut self, arc: usize) {
        // The cycle runs from `first` over the arc to `second`, up to their join and down again.
        let Arc { from, to, capacity, .. } = self.arcs[arc];
        let (first, second) = if self.state[arc] == EMPTY { (from, to) } else { (to, from) };
        let join = self.join(first, second);
        let mut amount = capacity;
        let mut leaving = None;
        // Of the arcs that stop it the last along the cycle, seen from the join, leaves: that keeps
        // the tree strongly feasible. Hence `<` on this side and `<=` on the other.
        let mut node = first;
        while node != join {
            let n = self.nodes[node as usize];
            let room = self.room(n.arc as usize, !n.up);
            if room < amount {
                (amount, leaving) = (room, Some((node, first, second)));
            }
            node = n.parent;
        }
        let mut node = second;
        while node != join {
            let n = self.nodes[node as usize];
            let room = self.room(n.arc as usize, n.up);
            if room <= amount {
                (amount, leaving) = (room, Some((node, second, first)));
            }
            node = n.parent;
        }
        if amount > 0 {
            let sign = i64::from(self.state[arc]);
            self.flow[arc] += sign * amount;
            self.send(first, join, -amount);
            self.send(second, join, amount);
        }
        let Some((cut, below, above)) = leaving else {
            self.state[arc] = -self.state[arc];
            return;
        };
        let left = self.nodes[cut as usize].arc as usize;
        self.state[left] = if self.flow[left] == 0 { EMPTY } else { FULL };
        self.state[arc] = STILL;
        self.rehang(cut, below, above, arc);
    }

    /// How much more an arc can carry forwards, or give back.
    fn room(&self, arc: usize, forwards: bool) -> i64 {
        if forwards { self.arcs[arc].capacity - self.flow[arc] } else { self.flow[arc] }
    }

    fn join(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            let (depth_a, depth_b) = (self.nodes[a as usize].depth, self.nodes[b as usize].depth);
            if depth_a >= depth_b {
                a = self.nodes[a as usize].parent;
            }
            if depth_b >= depth_a {
                b = self.nodes[b as usize].parent;
            }
        }
        a
    }

    /// Adds `amount` to the flow towards the sink between `node` and `join`.
    fn send(&mut self, mut node: u32, join: u32, amount: i64) {
        while node != join {
            let n = self.nodes[node as usize];
            self.flow[n.arc as usize] += if n.up { amount } else { -amount };
            node = n.parent;
        }
    }

    /// Cuts the tree above `cut` and hangs the part by its node `below` under `above`: along the
    /// way from `below` to `cut`, parents become children.
    fn rehang(&mut self, cut: u32, below: u32, above: u32, arc: usize) {
        let (mut node, mut parent, mut by) = (below, above, arc as u32);
        loop {
            let old = self.nodes[node as usize];
            self.unhang(node);
            self.hang(node, parent, by);
            if node == cut {
                break;
            }
            (parent, node, by) = (node, old.parent, old.arc);
        }
        self.relabel(below);
    }

    fn hang(&mut self, node: u32, parent: u32, arc: u32) {
        let sibling = std::mem::replace(&mut self.nodes[parent as usize].first_child, node);
        if sibling != NONE {
            self.nodes[sibling as usize].previous_sibling = node;
        }
        let up = self.arcs[arc as usize].from == node;
        let n = &mut self.nodes[node as usize];
        (n.parent, n.arc, n.up) = (parent, arc, up);
        (n.next_sibling, n.previous_sibling) = (sibling, NONE);
    }

    fn unhang(&mut self, node: u32) {
        let Node { parent, next_sibling, previous_sibling, .. } = self.nodes[node as usize];
        if previous_sibling == NONE {
            self.nodes[parent as usize].first_child = next_sibling;
        } else {
            self.nodes[previous_sibling as usize].next_sibling = next_sibling;
        }
        if next_sibling != NONE {
            self.nodes[next_sibling as usize].previous_sibling = previous_sibling;
        }
    }

    /// Sets depths and potentials of a node and all below it from its parent's.
    fn relabel(&mut self, top: u32) {
        self.stack.push(top);
        while let Some(node) = self.stack.pop() {
            let mut n = self.nodes[node as usize];
            if n.parent != NONE {
                let parent = self.nodes[n.parent as usize];
                let cost = self.arcs[n.arc as usize].cost;
                n.depth = parent.depth + 1;
                n.potential = parent.potential + if n.up { cost } else { -cost };
                self.nodes[node as usize] = n;
            }
            let mut child = n.first_child;
            while child != NONE {
                self.stack.push(child);
                child = self.nodes[child as usize].next_sibling;
            }
        }
    }
}

/// 0, s, 2s, …, 1, 1 + s, …: neighbours lie far apart.
fn strided(count: usize) -> Vec<u32> {
    let stride = count.isqrt().max(1);
    let all = (0..stride).flat_map(|first| (first..count).step_by(stride));
    all.map(|arc| arc as u32).collect()
}
