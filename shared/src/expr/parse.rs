//! Tokens to the expression tree: operator precedence for the operators, descent for the rest.

use super::ast::{Ast, Func, Op, Path, Start, Step, Test};
use super::dates::is_format;
use super::fault::{ArgumentFault, ExprFault, Unsupported};
use super::functions::{is_algorithm, is_encoding};
use super::lex::{Token, lex};
use super::pattern::Pattern;
use super::value::Kind;

/// Deepest nesting of parentheses, calls and predicates.
const MAX_DEPTH: usize = 48;

pub(super) fn parse(source: &str) -> Result<Ast, ExprFault> {
    let mut parser = Parser { tokens: lex(source)?, next: 0, depth: 0 };
    let ast = parser.expression(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(ast),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, t)| t)
    }

    fn take(&mut self, token: &Token) -> bool {
        let here = self.peek() == Some(token);
        self.next += usize::from(here);
        here
    }

    fn expect(&mut self, token: &Token) -> Result<(), ExprFault> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> ExprFault {
        match self.tokens.get(self.next) {
            None => ExprFault::Incomplete,
            Some((at, token)) => {
                let found = match token {
                    Token::Name(n) => format!("\"{n}\""),
                    Token::Text(t) => format!("'{t}'"),
                    Token::Number(n) => format!("{n}"),
                    Token::Op(op) => format!("\"{}\"", op.sign()),
                    Token::Bar => return unsupported(*at, Unsupported::Union),
                    Token::DoubleSlash => return unsupported(*at, Unsupported::DoubleSlash),
                    Token::Variable => return unsupported(*at, Unsupported::Variable),
                    Token::AnyOfPrefix => return unsupported(*at, Unsupported::NodeTest),
                    Token::Star => "*".to_owned(),
                    Token::Slash => "/".to_owned(),
                    Token::DoubleColon => "::".to_owned(),
                    Token::Dot => ".".to_owned(),
                    Token::DotDot => "..".to_owned(),
                    Token::At => "@".to_owned(),
                    Token::Comma => ",".to_owned(),
                    Token::Open => "(".to_owned(),
                    Token::Close => ")".to_owned(),
                    Token::OpenSquare => "[".to_owned(),
                    Token::CloseSquare => "]".to_owned(),
                };
                ExprFault::Unexpected { at: *at, found }
            }
        }
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn expression(&mut self, least: u8) -> Result<Ast, ExprFault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExprFault::TooComplex);
        }
        let mut left = self.unary()?;
        while let Some(Token::Op(op)) = self.peek() {
            let op = *op;
            if op.strength() < least {
                break;
            }
            self.next += 1;
            let right = self.expression(op.strength() + 1)?;
            left = Ast::Binary(op, Box::new((left, right)));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// A minus right before a number is the number's; of others, only whether their count is odd
    /// matters, and that two still make a number of the operand.
    fn unary(&mut self) -> Result<Ast, ExprFault> {
        let mut minuses = 0;
        while self.take(&Token::Op(Op::Subtract)) {
            minuses += 1;
        }
        let literal = matches!(self.peek(), Some(Token::Number(_)));
        let mut ast = self.primary()?;
        if let (Ast::Number(n), true, 1..) = (&mut ast, literal, minuses) {
            *n = -*n;
            minuses -= 1;
        }
        if minuses > 0 {
            for _ in 0..(2 - minuses % 2) {
                ast = Ast::Negate(Box::new(ast));
            }
        }
        Ok(ast)
    }

    fn primary(&mut self) -> Result<Ast, ExprFault> {
        let ast = match self.peek() {
            Some(Token::Number(n)) => Ast::Number(*n),
            Some(Token::Text(t)) => Ast::Text(t.clone()),
            Some(Token::Open) => {
                self.next += 1;
                let inner = self.expression(0)?;
                self.expect(&Token::Close)?;
                return Ok(inner);
            }
            Some(Token::Name(name)) if self.is_call(name) => return self.call(),
            _ => return self.path(Start::Context),
        };
        self.next += 1;
        Ok(ast)
    }

    /// True if a call begins here, rather than a step such as `node()`.
    fn is_call(&self, name: &str) -> bool {
        self.calls() && !NODE_TESTS.contains(&name)
    }

    fn call(&mut self) -> Result<Ast, ExprFault> {
        let (at, name) = match self.tokens.get(self.next) {
            Some((at, Token::Name(name))) => (*at, name.clone()),
            _ => return Err(self.unexpected()),
        };
        self.next += 2;
        let mut args = Vec::new();
        if !self.take(&Token::Close) {
            loop {
                args.push(self.expression(0)?);
                if self.take(&Token::Close) {
                    break;
                }
                self.expect(&Token::Comma)?;
            }
        }
        let start = match (name.as_str(), args.as_slice()) {
            ("current", []) => Some(Start::Current),
            ("instance", [Ast::Text(id)]) => Some(Start::Instance(id.clone())),
            ("extract-signed", _) => return Err(unsupported(at, Unsupported::Signatures)),
            _ => None,
        };
        if let Some(start) = start {
            return match self.peek() {
                Some(Token::Slash) => self.path(start),
                _ => Err(unsupported(at, Unsupported::Bare)),
            };
        }
        let Some(function) = Func::named(&name) else {
            return Err(ExprFault::UnknownFunction { at, name });
        };
        if !function.takes(args.len()) {
            return Err(ExprFault::Arguments { at, name, given: args.len() });
        }
        match prepare(function, &mut args) {
            Ok(()) => Ok(Ast::Call(function, args)),
            Err((which, what)) => {
                let name = function.name();
                Err(ExprFault::Argument { at, name, which: which + 1, what })
            }
        }
    }

    /// The rest of a path. After `current()` or `instance()` it goes on with `/`.
    fn path(&mut self, start: Start) -> Result<Ast, ExprFault> {
        let mut path = Path { start, steps: Vec::new(), kind: Kind::Unknown, bound: None };
        if path.start == Start::Context {
            if self.take(&Token::Slash) {
                path.start = Start::Root;
            }
            path.steps.push(self.step()?);
        }
        let full = matches!(path.start, Start::Root | Start::Instance(_));
        loop {
            let at = self.tokens.get(self.next).map_or(0, |(at, _)| *at);
            if !self.take(&Token::Slash) {
                break;
            }
            let step = self.step()?;
            if full && step.test == Test::Parent {
                return Err(unsupported(at, Unsupported::UpAfterDown));
            }
            path.steps.push(step);
        }
        // Forms have thousands of paths, most of few steps, and keep them.
        path.steps.shrink_to_fit();
        match self.peek() {
            Some(Token::DoubleSlash) => Err(self.unexpected()),
            _ => Ok(Ast::Path(path)),
        }
    }

    fn step(&mut self) -> Result<Step, ExprFault> {
        let test = self.test()?;
        let mut predicates = Vec::new();
        while self.take(&Token::OpenSquare) {
            predicates.push(self.expression(0)?);
            self.expect(&Token::CloseSquare)?;
        }
        Ok(Step { test, predicates })
    }

    fn test(&mut self) -> Result<Test, ExprFault> {
        let at = self.tokens.get(self.next).map_or(0, |(at, _)| *at);
        let mut axis = "child".to_owned();
        if let Some(Token::Name(name)) = self.peek()
            && self.tokens.get(self.next + 1).map(|t| &t.1) == Some(&Token::DoubleColon)
        {
            axis.clone_from(name);
            self.next += 2;
        } else if self.take(&Token::At) {
            axis = "attribute".to_owned();
        }
        let test = match (axis.as_str(), self.peek()) {
            ("child", Some(Token::Dot)) => Test::Itself,
            ("child", Some(Token::DotDot)) => Test::Parent,
            (axis, Some(Token::Name(name)))
                if NODE_TESTS.contains(&name.as_str()) && self.calls() =>
            {
                let test = match (axis, name.as_str()) {
                    ("self", "node") => Test::Itself,
                    ("parent", "node") => Test::Parent,
                    _ => return Err(unsupported(at, Unsupported::NodeTest)),
                };
                self.next += 2;
                if self.peek() != Some(&Token::Close) {
                    return Err(self.unexpected());
                }
                test
            }
            ("child", Some(Token::Name(name))) => Test::Name(local(name)),
            ("child", Some(Token::Star)) => Test::Any,
            ("attribute", Some(Token::Name(name))) => Test::Attribute(name.clone()),
            ("child" | "attribute", _) => return Err(self.unexpected()),
            _ => return Err(unsupported(at, Unsupported::Axis)),
        };
        self.next += 1;
        Ok(test)
    }

    fn calls(&self) -> bool {
        self.tokens.get(self.next + 1).map(|t| &t.1) == Some(&Token::Open)
    }
}

/// Names that are no functions but tests of a step.
const NODE_TESTS: [&str; 4] = ["node", "text", "comment", "processing-instruction"];

fn unsupported(at: usize, what: Unsupported) -> ExprFault {
    ExprFault::Unsupported { at, what }
}

/// Looks at the arguments JavaRosa would stop at, and compiles a pattern that is a text.
fn prepare(function: Func, args: &mut [Ast]) -> Result<(), (usize, ArgumentFault)> {
    if let Some(which) = function.wants_nodes(args) {
        return Err((which, ArgumentFault::Path));
    }
    let wrong = |which: usize, good: fn(&str) -> bool, what| match args.get(which) {
        Some(Ast::Text(written)) if !good(written) => Err((which, what)),
        _ => Ok(()),
    };
    match function {
        Func::Digest => {
            wrong(1, is_algorithm, ArgumentFault::Algorithm)?;
            wrong(2, is_encoding, ArgumentFault::Encoding)
        }
        Func::FormatDate | Func::FormatDateTime => wrong(1, is_format, ArgumentFault::Format),
        Func::Regex => {
            if let Some(Ast::Text(source)) = args.get(1) {
                let pattern = Pattern::new(source);
                args[1] = Ast::Pattern(pattern.map_err(|f| (1, ArgumentFault::Pattern(f)))?);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Trees carry names without prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}
