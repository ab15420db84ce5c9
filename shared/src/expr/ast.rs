//! The small tree an expression is parsed into.

pub(crate) use super::func::Func;
use super::layout::Spot;
use super::pattern::Pattern;
use super::value::Kind;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ast {
    Number(f64),
    Text(String),
    /// The regular expression of `regex()`, compiled once, when it is written as a text.
    Pattern(Pattern),
    Path(Path),
    Call(Func, Vec<Ast>),
    Binary(Op, Box<(Ast, Ast)>),
    Negate(Box<Ast>),
}

/// A location path. `kind` is the type of the field it names, once a form has resolved it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub start: Start,
    pub steps: Vec<Step>,
    pub kind: Kind,
    /// What it means, once a form or a criteria set has resolved it.
    pub bound: Option<Bound>,
}

/// What a path is known to mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    /// A field of a form.
    Field(Spot),
    /// One child after the other, by their names' numbers in a glossary.
    Names(Box<[u32]>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Start {
    /// `/…`
    Root,
    /// `name`, `.`, `../…`
    Context,
    /// `current()/…`
    Current,
    /// `instance('id')/…`
    Instance(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub test: Test,
    pub predicates: Vec<Ast>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Name(String),
    Any,
    Parent,
    Itself,
    Attribute(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Ast {
    /// The static type. Branches that disagree, other than by a blank text, are `Unknown`.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Ast::Number(_) | Ast::Negate(_) => Kind::Number,
            Ast::Text(_) | Ast::Pattern(_) => Kind::Text,
            Ast::Path(path) => path.kind,
            Ast::Binary(op, _) if op.compares() => Kind::Boolean,
            Ast::Binary(..) => Kind::Number,
            Ast::Call(Func::If, args) => agreed(&args[1], &args[2]),
            Ast::Call(Func::Coalesce, args) => agreed(&args[0], &args[1]),
            Ast::Call(Func::Once | Func::IndexedRepeat | Func::Depend | Func::Randomize, args) => {
                args[0].kind()
            }
            Ast::Call(function, _) => function.kind(),
        }
    }

    /// Calls `visit` on this node and all below it, predicates included, in source order.
    pub(crate) fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Ast)) {
        visit(self);
        match self {
            Ast::Number(_) | Ast::Text(_) | Ast::Pattern(_) => {}
            Ast::Path(path) => {
                path.steps.iter().flat_map(|s| &s.predicates).for_each(|p| p.visit(visit));
            }
            Ast::Call(_, args) => args.iter().for_each(|a| a.visit(visit)),
            Ast::Binary(_, pair) => {
                pair.0.visit(visit);
                pair.1.visit(visit);
            }
            Ast::Negate(inner) => inner.visit(visit),
        }
    }

    /// The secondary instances it reads.
    pub(crate) fn tables(&self) -> Vec<&str> {
        let mut tables = Vec::new();
        self.visit(&mut |node| match node {
            Ast::Path(Path { start: Start::Instance(id), .. }) => tables.push(id.as_str()),
            Ast::Call(Func::ChoiceName, args) => {
                tables.extend(args.iter().skip(1).filter_map(|a| match a {
                    Ast::Text(id) => Some(id.as_str()),
                    _ => None,
                }));
            }
            Ast::Call(Func::PullData, args) => {
                tables.extend(args.iter().take(1).filter_map(|a| match a {
                    Ast::Text(id) => Some(id.as_str()),
                    _ => None,
                }));
            }
            _ => {}
        });
        tables
    }

    /// True if its value may be nodes, which some functions ask for.
    pub(super) fn may_give_nodes(&self) -> bool {
        match self {
            Ast::Path(_) | Ast::Call(Func::Randomize | Func::IndexedRepeat, _) => true,
            Ast::Call(Func::If, args) => args[1].may_give_nodes() || args[2].may_give_nodes(),
            Ast::Call(Func::Coalesce, args) => args[0].may_give_nodes() || args[1].may_give_nodes(),
            Ast::Call(Func::Once | Func::Depend, args) => args[0].may_give_nodes(),
            _ => false,
        }
    }

    /// True if a second evaluation at another moment may differ: the clock or an id is asked.
    pub(crate) fn is_volatile(&self) -> bool {
        let mut found = false;
        self.visit(&mut |node| {
            found |= match node {
                Ast::Call(Func::Today | Func::Now | Func::Once, _) => true,
                Ast::Call(Func::Uuid | Func::Random, _) => true,
                Ast::Call(Func::Randomize, args) => args.len() == 1,
                // A time alone is a time of today, as phones read it.
                Ast::Call(Func::DecimalTime, _) => true,
                _ => false,
            };
        });
        found
    }
}

fn agreed(a: &Ast, b: &Ast) -> Kind {
    let blank = |e: &Ast| matches!(e, Ast::Text(t) if t.is_empty());
    match (a.kind(), b.kind()) {
        (x, y) if x == y => x,
        (x, _) if blank(b) => x,
        (_, y) if blank(a) => y,
        _ => Kind::Unknown,
    }
}

impl Op {
    pub(super) fn compares(self) -> bool {
        !matches!(self, Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo)
    }

    /// How tightly it binds; higher binds tighter.
    pub(super) fn strength(self) -> u8 {
        match self {
            Op::Or => 1,
            Op::And => 2,
            Op::Equal | Op::NotEqual => 3,
            Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => 4,
            Op::Add | Op::Subtract => 5,
            Op::Multiply | Op::Divide | Op::Modulo => 6,
        }
    }

    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Op::Or => "or",
            Op::And => "and",
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessEqual => "<=",
            Op::Greater => ">",
            Op::GreaterEqual => ">=",
            Op::Add => "+",
            Op::Subtract => "-",
            Op::Multiply => "*",
            Op::Divide => "div",
            Op::Modulo => "mod",
        }
    }
}
