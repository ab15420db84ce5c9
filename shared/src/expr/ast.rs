//! The small tree an expression is parsed into.

use super::layout::Bound;
use super::value::Kind;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ast {
    Number(f64),
    Text(String),
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
    /// The field it ends at, once a form has resolved it.
    pub bound: Option<Bound>,
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

macro_rules! functions {
    ($($variant:ident $name:literal $min:literal..=$max:literal $kind:ident;)*) => {
        /// The functions that expressions may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Func { $($variant),* }

        impl Func {
            /// The function of this name, with its least and greatest number of arguments.
            pub(crate) fn named(name: &str) -> Option<(Func, usize, usize)> {
                match name { $($name => Some((Func::$variant, $min, $max)),)* _ => None }
            }

            /// The type of its result; `Unknown` when that depends on its arguments.
            fn kind(self) -> Kind {
                match self { $(Func::$variant => Kind::$kind),* }
            }
        }
    };
}

functions! {
    True "true" 0..=0 Boolean;
    False "false" 0..=0 Boolean;
    Not "not" 1..=1 Boolean;
    If "if" 3..=3 Unknown;
    Coalesce "coalesce" 2..=2 Unknown;
    Selected "selected" 2..=2 Boolean;
    CountSelected "count-selected" 1..=1 Number;
    SelectedAt "selected-at" 2..=2 Text;
    Count "count" 1..=1 Number;
    CountNonEmpty "count-non-empty" 1..=1 Number;
    Sum "sum" 1..=1 Number;
    Min "min" 1..=99 Number;
    Max "max" 1..=99 Number;
    Concat "concat" 0..=99 Text;
    Join "join" 1..=99 Text;
    StringLength "string-length" 0..=1 Number;
    Substr "substr" 2..=3 Text;
    SubstringBefore "substring-before" 2..=2 Text;
    SubstringAfter "substring-after" 2..=2 Text;
    Contains "contains" 2..=2 Boolean;
    StartsWith "starts-with" 2..=2 Boolean;
    EndsWith "ends-with" 2..=2 Boolean;
    NormalizeSpace "normalize-space" 0..=1 Text;
    Translate "translate" 3..=3 Text;
    Number "number" 1..=1 Number;
    Int "int" 1..=1 Number;
    Round "round" 1..=2 Number;
    Floor "floor" 1..=1 Number;
    Ceiling "ceiling" 1..=1 Number;
    Abs "abs" 1..=1 Number;
    Pow "pow" 2..=2 Number;
    String "string" 1..=1 Text;
    Boolean "boolean" 1..=1 Boolean;
    BooleanFromString "boolean-from-string" 1..=1 Boolean;
    Position "position" 0..=1 Number;
    Today "today" 0..=0 Date;
    Now "now" 0..=0 Date;
    Date "date" 1..=1 Date;
    DateTime "date-time" 1..=1 Date;
    DecimalDateTime "decimal-date-time" 1..=1 Number;
    FormatDate "format-date" 2..=2 Text;
    FormatDateTime "format-date-time" 2..=2 Text;
    Once "once" 1..=1 Unknown;
    IndexedRepeat "indexed-repeat" 3..=11 Unknown;
    Uuid "uuid" 0..=1 Text;
    ChoiceName "jr:choice-name" 2..=2 Text;
}

impl Ast {
    /// The static type. Branches that disagree, other than by a blank text, are `Unknown`.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Ast::Number(_) | Ast::Negate(_) => Kind::Number,
            Ast::Text(_) => Kind::Text,
            Ast::Path(path) => path.kind,
            Ast::Binary(op, _) if op.compares() => Kind::Boolean,
            Ast::Binary(..) => Kind::Number,
            Ast::Call(Func::If, args) => agreed(&args[1], &args[2]),
            Ast::Call(Func::Coalesce, args) => agreed(&args[0], &args[1]),
            Ast::Call(Func::Once | Func::IndexedRepeat, args) => args[0].kind(),
            Ast::Call(function, _) => function.kind(),
        }
    }

    /// Calls `visit` on this node and all below it, predicates included, in source order.
    pub(crate) fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Ast)) {
        visit(self);
        match self {
            Ast::Number(_) | Ast::Text(_) => {}
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
            _ => {}
        });
        tables
    }

    /// True if a second evaluation at another moment may differ: the clock or an id is asked.
    pub(crate) fn is_volatile(&self) -> bool {
        let mut found = false;
        self.visit(&mut |node| {
            found |=
                matches!(node, Ast::Call(Func::Today | Func::Now | Func::Uuid | Func::Once, _));
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
    fn compares(self) -> bool {
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
}
