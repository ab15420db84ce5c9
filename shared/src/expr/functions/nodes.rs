//! Functions of what a path finds.

use super::{Args, blank};
use crate::answers::NodeId;
use crate::expr::ast::{Ast, Func, Path, Start, Step, Test};
use crate::expr::eval::evaluate;
use crate::expr::random::shuffled;
use crate::expr::value::{Node, Nodes, Value};
use crate::expr::walk::along;

pub(super) fn call<'a>(function: Func, a: Args<'_, 'a>) -> Value<'a> {
    match function {
        Func::Count => Value::Number(a.value(0).nodes().len() as f64),
        Func::CountNonEmpty => {
            Value::Number(a.value(0).nodes().iter().filter(|n| is_filled(**n)).count() as f64)
        }
        Func::Sum => {
            let mut sum = 0.0;
            each_number(a, |n| sum += n);
            Value::Number(sum)
        }
        Func::Min => {
            // As JavaRosa: a minimum is never more than the largest number.
            let mut least = f64::NAN;
            each_number(a, |n| least = n.min(f64::MAX).min(least));
            Value::Number(least)
        }
        Func::Max => {
            // JavaRosa starts from the smallest positive number: a maximum is never negative.
            let mut most = f64::NAN;
            each_number(a, |n| most = n.max(f64::from_bits(1)).max(most));
            Value::Number(most)
        }
        Func::Position => position(a),
        Func::IndexedRepeat => indexed_repeat(a).map_or(blank(), Value::Nodes),
        Func::Randomize => match a.value(0) {
            Value::Nodes(nodes) => {
                let seed = if a.len() > 1 { Some(a.value(1)) } else { None };
                let items = match seed {
                    Some(seed) => shuffled(&nodes.items, &seed),
                    None => a.frame.random().shuffled(&nodes.items),
                };
                Value::Nodes(Nodes { items: items.into_iter().collect(), kind: nodes.kind })
            }
            other => other,
        },
        _ => blank(),
    }
}

fn is_filled(node: Node<'_>) -> bool {
    match node {
        Node::Answer(tree, n) => !tree.text(n).is_empty() || !tree.children(n).is_empty(),
        other => !other.text().is_empty(),
    }
}

/// Calls `take` on every number among the arguments, where one path stands for all its nodes.
fn each_number(a: Args<'_, '_>, mut take: impl FnMut(f64)) {
    let mut real = |n: f64| {
        if !n.is_nan() {
            take(n);
        }
    };
    if a.len() == 1 {
        match a.value(0) {
            Value::Nodes(nodes) => nodes.numbers().for_each(real),
            other => real(other.number()),
        }
    } else {
        a.values(0).for_each(|v| real(v.number()));
    }
}

fn position<'a>(a: Args<'_, 'a>) -> Value<'a> {
    let node = if a.len() == 0 {
        match a.frame.position {
            Some(n) => return Value::Number(n as f64),
            None => Some(a.frame.here),
        }
    } else {
        a.value(0).nodes().first().copied()
    };
    Value::Number(match node {
        Some(Node::Answer(tree, n)) => a.frame.scope.position(tree, n) as f64,
        Some(Node::Row(_, row)) => (row + 1) as f64,
        Some(_) => 1.0,
        None => 0.0,
    })
}

/// `indexed-repeat(field, repeat, n, …)`: the field within the nth instance of each named repeat;
/// of repeats that are not named, the instance that the context stands in.
fn indexed_repeat<'a>(a: Args<'_, 'a>) -> Option<Nodes<'a>> {
    let Some(Ast::Path(field)) = a.args.first() else { return None };
    let tree = a.frame.scope.tree;
    let target = names(field, a)?;
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    for pair in a.args[1..].chunks_exact(2) {
        let Ast::Path(repeat) = &pair[0] else { return None };
        let repeat = names(repeat, a)?;
        if repeat.len() > target.len() || repeat != target[..repeat.len()] {
            return None;
        }
        let n = evaluate(&pair[1], a.frame).number() as i32;
        chosen.push((repeat.len() - 1, usize::try_from(n).map_or(1, |n| n.max(1))));
    }
    let mut lineage: Vec<_> = up(a.frame.here, a).collect();
    lineage.reverse();
    let mut nodes = vec![Node::Answer(tree, tree.root())];
    let mut shared = true;
    for (depth, name) in target.iter().enumerate().skip(1) {
        let here = lineage.get(depth).filter(|n| shared && tree.name(**n) == *name);
        let nth = chosen.iter().rev().find(|(d, _)| *d == depth).map(|(_, n)| *n);
        shared = here.is_some() && nth.is_none();
        nodes = match (nth, here) {
            (None, Some(node)) => vec![Node::Answer(tree, *node)],
            _ => {
                let children = nodes.iter().filter_map(|n| n.id()).flat_map(|n| {
                    let all = tree.named(n, name);
                    all.skip(nth.map_or(0, |n| n - 1)).take(nth.map_or(usize::MAX, |_| 1))
                });
                children.map(|n| Node::Answer(tree, n)).collect()
            }
        };
    }
    // No more steps: what is hidden is left out.
    Some(Nodes { items: along(nodes, &[], a.frame), kind: field.kind })
}

/// The names from the root to what a path of the answers means, without places.
fn names<'a>(path: &'a Path, a: Args<'_, 'a>) -> Option<Vec<&'a str>> {
    let tree = a.frame.scope.tree;
    let mut names: Vec<&'a str> = match path.start {
        Start::Root => Vec::new(),
        Start::Context => up(a.frame.here, a).map(|n| tree.name(n)).collect(),
        Start::Current => up(a.frame.current, a).map(|n| tree.name(n)).collect(),
        Start::Instance(_) => return None,
    };
    names.reverse();
    for Step { test, .. } in &path.steps {
        match test {
            Test::Name(name) => names.push(name),
            Test::Parent => {
                names.pop()?;
            }
            Test::Itself => {}
            Test::Any | Test::Attribute(_) => return None,
        }
    }
    (names.first() == Some(&tree.name(tree.root()))).then_some(names)
}

/// A node and what it is in, the root last; from the context where the node is no answer.
fn up<'a>(node: Node<'a>, a: Args<'_, 'a>) -> impl Iterator<Item = NodeId> + use<'a> {
    let tree = a.frame.scope.tree;
    std::iter::successors(node.id().or(a.frame.current.id()), |n| tree.parent(*n))
}
