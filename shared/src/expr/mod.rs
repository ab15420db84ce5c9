//! Expressions of forms and criteria: XPath as JavaRosa (ODK Collect's engine) understands it.
//!
//! An [`Expr`] is parsed once and evaluated many times against a [`Scope`]. Evaluation never
//! fails: what cannot be computed is blank or not a number, as on the phone. Where JavaRosa would
//! stop with an error (several nodes where one is meant) the first node counts.

mod ast;
mod dates;
mod eval;
mod fault;
mod func;
#[cfg(test)]
mod function_tests;
mod functions;
mod geo;
mod glossary;
mod instances;
mod json;
mod kinds;
mod layout;
mod lex;
mod number;
mod parse;
mod pattern;
mod print;
mod random;
#[cfg(test)]
mod roundtrip;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod walk;

use std::cell::Cell;

use jiff::civil::DateTime;

pub(crate) use ast::{Ast, Bound, Func, Op, Path, Start, Test};
pub(crate) use dates::{moment_text, parse_date, parse_moment};
pub use fault::{ArgumentFault, ExprFault, Unsupported};
pub(crate) use instances::Column;
pub use instances::Instances;
pub(crate) use layout::{Layout, Shape, Spot};
pub(crate) use number::java_double;
pub use pattern::PatternFault;
pub use store::Store;
pub use table::{Table, TableFault};
pub use value::{Items, Kind, Node, Nodes, Value};
pub(crate) use walk::keeps_row;

use crate::answers::{Names, NodeId, Tree};

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    ast: Ast,
}

/// What an expression is evaluated against.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The answers.
    pub tree: &'a Tree,
    /// The node that `.` means and relative paths start from.
    pub context: NodeId,
    /// The moment `now()` gives, in the survey's local time; `today()` is its date.
    pub now: DateTime,
    /// The tables behind `instance('…')` and `jr:choice-name`.
    pub instances: &'a Instances,
    /// What `current()` means; the context when absent.
    pub current: Option<NodeId>,
    /// What `random()`, `uuid()` and `randomize()` without a seed are made of. The same answers,
    /// context and entropy give the same values; a caller that wants fresh ones passes fresh entropy.
    pub entropy: u64,
    /// Where the form's fields stand in the tree; paths go by names where it is not known.
    pub(crate) layout: Option<&'a Layout<'a>>,
    /// The tree's elements by name, for who evaluates many expressions by names: those of the glossary
    /// that the expressions were given.
    pub(crate) names: Option<&'a Names>,
}

impl<'a> Scope<'a> {
    /// A scope in which `current()` is the context, without entropy.
    pub fn new(
        tree: &'a Tree,
        context: NodeId,
        now: DateTime,
        instances: &'a Instances,
    ) -> Scope<'a> {
        let (layout, names) = (None, None);
        Scope { tree, context, now, instances, current: None, entropy: 0, layout, names }
    }

    /// Where an element stands among its siblings of the same name, from 1.
    pub(crate) fn position(&self, tree: &Tree, node: NodeId) -> usize {
        let own = std::ptr::eq(tree, self.tree);
        let known = self.layout.filter(|_| own).and_then(|l| l.place(node));
        known.unwrap_or_else(|| tree.position(node))
    }

    /// The node, when it is one of the answers and not of another document.
    pub(crate) fn own(&self, node: Node<'_>) -> Option<NodeId> {
        match node {
            Node::Answer(tree, n) if std::ptr::eq(tree, self.tree) => Some(n),
            _ => None,
        }
    }

    /// The same scope standing at another node.
    #[must_use]
    pub fn at(self, context: NodeId) -> Scope<'a> {
        Scope { context, ..self }
    }

    /// The same scope with `current()` at a node of its own.
    #[must_use]
    pub fn with_current(self, current: NodeId) -> Scope<'a> {
        Scope { current: Some(current), ..self }
    }

    /// The same scope with entropy for `random()` and `uuid()`.
    #[must_use]
    pub fn with_entropy(self, entropy: u64) -> Scope<'a> {
        Scope { entropy, ..self }
    }
}

impl Expr {
    /// Parses an expression. `${name}` is not known here: a form resolves it to a path first.
    ///
    /// # Errors
    /// [`ExprFault`], with the place in the source.
    pub fn parse(source: &str) -> Result<Expr, ExprFault> {
        Ok(Expr { ast: parse::parse(source)? })
    }

    /// The expression's value in `scope`.
    pub fn eval<'a>(&'a self, scope: &Scope<'a>) -> Value<'a> {
        eval::evaluate(&self.ast, &eval::Frame::new(scope, None, &Cell::new(0)))
    }

    /// The same as truth: what a rule says.
    pub fn holds<'a>(&'a self, scope: &Scope<'a>) -> bool {
        eval::truth(&self.ast, &eval::Frame::new(scope, None, &Cell::new(0)))
    }

    /// The same as a number.
    pub(crate) fn number<'a>(&'a self, scope: &Scope<'a>) -> f64 {
        eval::number(&self.ast, &eval::Frame::new(scope, None, &Cell::new(0)))
    }

    /// What type the expression's value has, as far as that can be known without answers.
    pub fn kind(&self) -> Kind {
        self.ast.kind()
    }

    /// The fields it reads by paths without brackets; what stands inside of brackets is about other
    /// nodes.
    pub(crate) fn fields(&self) -> Vec<Expr> {
        fn within(ast: &Ast, found: &mut Vec<Expr>) {
            match ast {
                Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => {}
                Ast::Path(path) if path.steps.iter().all(|step| step.predicates.is_empty()) => {
                    found.push(Expr { ast: ast.clone() });
                }
                Ast::Path(_) => {}
                Ast::Call(_, args) => args.iter().for_each(|arg| within(arg, found)),
                Ast::Binary(_, pair) => {
                    within(&pair.0, found);
                    within(&pair.1, found);
                }
                Ast::Negate(inner) => within(inner, found),
            }
        }
        let mut found = Vec::new();
        within(&self.ast, &mut found);
        found
    }

    pub(crate) fn ast(&self) -> &Ast {
        &self.ast
    }

    pub(crate) fn ast_mut(&mut self) -> &mut Ast {
        &mut self.ast
    }
}
