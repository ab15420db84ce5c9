//! Location paths: from where they start, step by step, to the nodes they mean.

use std::borrow::Cow;
use std::cell::Cell;

use super::Scope;
use super::ast::{Ast, Bound, Func, Op, Path, Start, Step, Test};
use super::eval::{Frame, evaluate};
use super::instances::Document;
use super::table::Table;
use super::value::{Items, Kind, Node, Nodes, Value};
use crate::answers::{Child, NodeId};

pub(super) fn walk<'a>(path: &'a Path, frame: &Frame<'_, 'a>) -> Nodes<'a> {
    let items = bound(path, frame).unwrap_or_else(|| by_name(path, frame));
    Nodes { items, kind: path.kind }
}

/// The nodes of a path that is known to mean something.
fn bound<'a>(path: &'a Path, frame: &Frame<'_, 'a>) -> Option<Items<'a>> {
    let tree = frame.scope.tree;
    if let Some(one) = one(path, frame) {
        let shown = one.filter(|n| tree.is_shown(*n));
        return Some(Items::Few(shown.map(|n| Node::Answer(tree, n))));
    }
    let (Some(Bound::Field(spot)), Some(layout)) = (&path.bound, frame.scope.layout) else {
        return None;
    };
    let found = layout.find(spot, start(path, frame))?;
    let rest = path.steps.get(spot.steps as usize..)?;
    if rest.is_empty() {
        let shown = found.filter(|n| tree.is_shown(*n));
        return Some(shown.map(|n| Node::Answer(tree, n)).collect());
    }
    Some(along(found.map(|n| Node::Answer(tree, n)).collect(), rest, frame))
}

/// The answer that a path which is not absolute starts from.
fn start(path: &Path, frame: &Frame<'_, '_>) -> Option<NodeId> {
    frame.scope.own(if path.start == Start::Current { frame.current } else { frame.here })
}

/// The one node, or none, that a path is known to mean, hidden or not; the outer `None` where that is
/// not known, or where it may mean several.
#[inline]
fn one(path: &Path, frame: &Frame<'_, '_>) -> Option<Option<NodeId>> {
    match path.bound.as_ref()? {
        Bound::Field(spot) if path.steps.len() == spot.steps as usize => {
            frame.scope.layout?.one(spot, start(path, frame))
        }
        Bound::Field(_) => None,
        Bound::Names(names) => frame.scope.names?.one(start(path, frame)?, names),
    }
}

/// The text of the one field a path is known to mean; blank when it is hidden.
#[inline]
pub(super) fn field_text<'a>(path: &Path, frame: &Frame<'_, 'a>) -> Option<&'a str> {
    let tree = frame.scope.tree;
    let node = one(path, frame)?.filter(|n| tree.is_shown(*n));
    Some(node.map_or("", |n| tree.text(n)))
}

/// Whether a row is among those a path of the form `instance('…')/root/item[…]` gives; `None` when
/// that cannot be said of one row alone.
pub(crate) fn keeps_row<'a>(ast: &'a Ast, row: Node<'a>, scope: &Scope<'a>) -> Option<bool> {
    let Ast::Path(Path { start: Start::Instance(_), steps, .. }) = ast else { return None };
    let [root, item] = steps.as_slice() else { return None };
    if !(is_name(root, "root") && is_name(item, "item") && root.predicates.is_empty()) {
        return None;
    }
    let drawn = Cell::new(0);
    let frame = Frame::new(scope, Some(row), &drawn);
    for predicate in &item.predicates {
        let mut counts = predicate.kind() == Kind::Number;
        predicate.visit(&mut |e| counts |= matches!(e, Ast::Call(Func::Position, _)));
        if counts {
            return None;
        }
        match evaluate(predicate, &frame) {
            Value::Number(_) => return None,
            Value::Bool(true) => {}
            // JavaRosa keeps nothing by a text or by nodes, whatever they are.
            _ => return Some(false),
        }
    }
    Some(true)
}

fn by_name<'a>(path: &'a Path, frame: &Frame<'_, 'a>) -> Items<'a> {
    match &path.start {
        Start::Context => from(frame.here, &path.steps, frame),
        Start::Current => from(frame.current, &path.steps, frame),
        Start::Root => absolute(path, frame),
        Start::Instance(id) => match frame.scope.instances.document(id) {
            Some(Document::Table(table)) => {
                let found = looked_up(table, &path.steps, frame);
                found.unwrap_or_else(|| along(vec![Node::Document(table)], &path.steps, frame))
            }
            Some(Document::Xml(tree)) => along(vec![Node::Xml(tree)], &path.steps, frame),
            None => Items::Few(None),
        },
    }
}

/// What `root/item[name = …]/column` means, as most look-ups are written; `None` for other steps.
fn looked_up<'a>(table: &'a Table, steps: &'a [Step], frame: &Frame<'_, 'a>) -> Option<Items<'a>> {
    let [root, item, cell] = steps else { return None };
    let (Test::Name(column), [predicate]) = (&cell.test, item.predicates.as_slice()) else {
        return None;
    };
    let plain = root.predicates.is_empty() && cell.predicates.is_empty();
    if !(plain && is_name(root, "root") && is_name(item, "item")) {
        return None;
    }
    let name = named(predicate, frame)?;
    let Some(column) = table.column(column) else { return Some(Items::Few(None)) };
    Some(table.rows_named(&name).map(|row| Node::Cell(table, row, column)).collect())
}

fn is_name(step: &Step, name: &str) -> bool {
    matches!(&step.test, Test::Name(n) if n == name)
}

/// Most paths of rules name one field of the node they start from: that takes no lists.
fn from<'a>(node: Node<'a>, steps: &'a [Step], frame: &Frame<'_, 'a>) -> Items<'a> {
    match only(node, steps) {
        Some(found) => Items::Few(found.filter(|n| is_shown(*n))),
        None => along(vec![node], steps, frame),
    }
}

/// The one node, or none, that plain names lead to; the outer `None` where they lead to several, or
/// where more than names is asked.
fn only<'a>(node: Node<'a>, steps: &'a [Step]) -> Option<Option<Node<'a>>> {
    let Node::Answer(tree, mut at) = node else { return None };
    for step in steps {
        let Test::Name(name) = &step.test else { return None };
        if !step.predicates.is_empty() {
            return None;
        }
        match tree.child(at, name) {
            Child::One(one) => at = one,
            Child::None => return Some(None),
            Child::Several => return None,
        }
    }
    Some(Some(Node::Answer(tree, at)))
}

pub(super) fn along<'a>(
    mut nodes: Vec<Node<'a>>,
    steps: &'a [Step],
    frame: &Frame<'_, 'a>,
) -> Items<'a> {
    for step in steps {
        nodes = step_from(&nodes, step, frame);
    }
    nodes.retain(|n| is_shown(*n));
    match nodes.as_slice() {
        [] => Items::Few(None),
        [one] => Items::Few(Some(*one)),
        _ => Items::Many(nodes),
    }
}

/// An absolute path means the repeat instances that the context stands in, as in JavaRosa:
/// inside member 2, `/household/members/member/age` is that member's age. A predicate on a step
/// lifts that for the step.
fn absolute<'a>(path: &'a Path, frame: &Frame<'_, 'a>) -> Items<'a> {
    let tree = frame.scope.tree;
    let Some((first, rest)) = path.steps.split_first() else { return Items::Few(None) };
    let root = Node::Answer(tree, tree.root());
    if !matches(&first.test, tree.name(tree.root())) {
        return Items::Few(None);
    }
    let ancestors = match frame.here {
        Node::Answer(of, n) if std::ptr::eq(of, tree) => lineage(frame, n),
        _ => Vec::new(),
    };
    let mut nodes = vec![root];
    let mut shared = 1;
    let mut rest = rest;
    while let Some((step, tail)) = rest.split_first() {
        match ancestors.get(shared) {
            Some(n) if step.predicates.is_empty() && matches(&step.test, tree.name(*n)) => {
                nodes = vec![Node::Answer(tree, *n)];
                shared += 1;
                rest = tail;
            }
            _ => break,
        }
    }
    along(nodes, rest, frame)
}

/// The node and its ancestors, root first.
fn lineage(frame: &Frame<'_, '_>, n: NodeId) -> Vec<NodeId> {
    let mut up = vec![n];
    let mut at = n;
    while let Some(parent) = frame.scope.tree.parent(at) {
        up.push(parent);
        at = parent;
    }
    up.reverse();
    up
}

fn matches(test: &Test, name: &str) -> bool {
    match test {
        Test::Name(wanted) => wanted == name,
        Test::Any => true,
        _ => false,
    }
}

/// JavaRosa does not look at nodes hidden by relevance.
fn is_shown(node: Node<'_>) -> bool {
    match node {
        Node::Answer(tree, n) => tree.is_shown(n),
        _ => true,
    }
}

fn step_from<'a>(from: &[Node<'a>], step: &'a Step, frame: &Frame<'_, 'a>) -> Vec<Node<'a>> {
    let mut out = Vec::new();
    for node in from {
        let start = out.len();
        let mut predicates = step.predicates.as_slice();
        match (*node, step.predicates.split_first()) {
            (Node::Root(table), Some((first, others))) => match named(first, frame) {
                Some(name) => {
                    out.extend(table.rows_named(&name).map(|r| Node::Row(table, r)));
                    predicates = others;
                }
                None => children(*node, &step.test, &mut out),
            },
            _ => children(*node, &step.test, &mut out),
        }
        for predicate in predicates {
            let found = out.split_off(start);
            for (i, candidate) in found.into_iter().enumerate() {
                let inner = Frame { here: candidate, position: Some(i + 1), ..*frame };
                let keep = match evaluate(predicate, &inner) {
                    Value::Number(n) => n == (i + 1) as f64,
                    Value::Bool(holds) => holds,
                    // JavaRosa keeps nothing by a text or by nodes, whatever they are.
                    _ => false,
                };
                if keep {
                    out.push(candidate);
                }
            }
        }
    }
    out
}

/// The wanted name, if the predicate is `[name = …]` with a text that does not depend on the row:
/// then the rows come from the table's index.
fn named<'a>(predicate: &'a Ast, frame: &Frame<'_, 'a>) -> Option<Cow<'a, str>> {
    let Ast::Binary(Op::Equal, pair) = predicate else { return None };
    let is_name = |e: &Ast| match e {
        Ast::Path(Path { start: Start::Context, steps, .. }) => {
            matches!(steps.as_slice(), [Step { test: Test::Name(n), predicates }]
                if n == "name" && predicates.is_empty())
        }
        _ => false,
    };
    let wanted = match (&pair.0, &pair.1) {
        (name, wanted) | (wanted, name) if is_name(name) => wanted,
        _ => return None,
    };
    let path = match wanted {
        Ast::Text(name) => return Some(Cow::Borrowed(name)),
        Ast::Path(path) => path,
        _ => return None,
    };
    let free = !matches!(path.start, Start::Context)
        && matches!(path.kind, Kind::Text | Kind::Unknown)
        && path.steps.iter().all(|s| s.predicates.is_empty());
    free.then(|| match field_text(path, frame) {
        Some(text) => Cow::Borrowed(text),
        None => evaluate(wanted, frame).into_text(),
    })
}

fn children<'a>(node: Node<'a>, test: &Test, out: &mut Vec<Node<'a>>) {
    match (node, test) {
        (_, Test::Itself) => out.push(node),
        (Node::Answer(tree, n), Test::Name(name)) => {
            out.extend(tree.named(n, name).map(|c| Node::Answer(tree, c)));
        }
        (Node::Answer(tree, n), Test::Any) => {
            out.extend(tree.children(n).iter().map(|c| Node::Answer(tree, *c)));
        }
        (Node::Answer(tree, n), Test::Parent) => {
            out.extend(tree.parent(n).map(|p| Node::Answer(tree, p)));
        }
        (Node::Answer(tree, n), Test::Attribute(name)) => {
            out.extend(tree.attribute(n, name).map(Node::Attribute));
        }
        (Node::Xml(tree), Test::Name(name)) if tree.name(tree.root()) == name => {
            out.push(Node::Answer(tree, tree.root()));
        }
        (Node::Document(table), Test::Name(name)) if name == "root" => out.push(Node::Root(table)),
        (Node::Root(table), Test::Name(name)) if name == "item" => {
            out.extend((0..table.len()).map(|r| Node::Row(table, r)));
        }
        (Node::Row(table, row), Test::Name(name)) => {
            out.extend(table.column(name).map(|c| Node::Cell(table, row, c)));
        }
        (Node::Row(table, _), Test::Parent) => out.push(Node::Root(table)),
        (Node::Cell(table, row, _), Test::Parent) => out.push(Node::Row(table, row)),
        _ => {}
    }
}
