//! The spanning tree of a [`Network`]: who hangs under whom, how deep, at what price.

use super::Network;

pub(super) const NONE: u32 = u32::MAX;

/// A node's place in the tree, whose root is the sink, node 0.
#[derive(Clone, Copy)]
pub(super) struct Knot {
    pub parent: u32,
    /// The tree arc between node and parent.
    pub arc: u32,
    depth: u32,
    first_child: u32,
    next_sibling: u32,
    previous_sibling: u32,
    /// Whether the tree arc leads from the node to its parent.
    pub up: bool,
}

impl Knot {
    pub(super) const FREE: Knot = Knot {
        parent: NONE,
        arc: NONE,
        depth: 0,
        first_child: NONE,
        next_sibling: NONE,
        previous_sibling: NONE,
        up: true,
    };
}

impl Network {
    /// Where the ways of two nodes to the root meet.
    pub(super) fn join(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            let (knot_a, knot_b) = (&self.tree[a as usize], &self.tree[b as usize]);
            if knot_a.depth >= knot_b.depth {
                a = knot_a.parent;
            }
            if knot_b.depth >= knot_a.depth {
                b = knot_b.parent;
            }
        }
        a
    }

    /// Adds `amount` to the flow towards the sink between `node` and `join`.
    pub(super) fn send(&mut self, mut node: u32, join: u32, amount: i32) {
        while node != join {
            let knot = self.tree[node as usize];
            self.flow[knot.arc as usize] += if knot.up { amount } else { -amount };
            node = knot.parent;
        }
    }

    /// Cuts the tree above `cut` and hangs the part by its node `below` under `above`: along the
    /// way from `below` to `cut`, parents become children.
    pub(super) fn rehang(&mut self, cut: u32, below: u32, above: u32, arc: usize) {
        let (mut node, mut parent, mut by) = (below, above, arc as u32);
        loop {
            let old = self.tree[node as usize];
            self.unhang(node);
            self.hang(node, parent, by);
            if node == cut {
                break;
            }
            (parent, node, by) = (node, old.parent, old.arc);
        }
        self.relabel(below);
    }

    /// Makes a node without parent a child.
    pub(super) fn hang(&mut self, node: u32, parent: u32, arc: u32) {
        let sibling = std::mem::replace(&mut self.tree[parent as usize].first_child, node);
        if sibling != NONE {
            self.tree[sibling as usize].previous_sibling = node;
        }
        let up = self.arcs[arc as usize].from == node;
        let knot = &mut self.tree[node as usize];
        (knot.parent, knot.arc, knot.up) = (parent, arc, up);
        (knot.next_sibling, knot.previous_sibling) = (sibling, NONE);
    }

    fn unhang(&mut self, node: u32) {
        let Knot { parent, next_sibling, previous_sibling, .. } = self.tree[node as usize];
        if previous_sibling == NONE {
            self.tree[parent as usize].first_child = next_sibling;
        } else {
            self.tree[previous_sibling as usize].next_sibling = next_sibling;
        }
        if next_sibling != NONE {
            self.tree[next_sibling as usize].previous_sibling = previous_sibling;
        }
    }

    /// Sets depths and prices of a node and all below it from its parent's.
    pub(super) fn relabel(&mut self, top: u32) {
        self.stack.push(top);
        while let Some(node) = self.stack.pop() {
            let knot = self.tree[node as usize];
            if knot.parent != NONE {
                let cost = self.arcs[knot.arc as usize].cost;
                let above = self.price[knot.parent as usize];
                self.price[node as usize] = above + if knot.up { cost } else { -cost };
                self.tree[node as usize].depth = self.tree[knot.parent as usize].depth + 1;
            }
            let mut child = knot.first_child;
            while child != NONE {
                self.stack.push(child);
                child = self.tree[child as usize].next_sibling;
            }
        }
    }
}
