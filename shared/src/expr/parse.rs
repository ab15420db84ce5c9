//! Tokens to the expression tree: operator precedence for the operators, descent for the rest.

use super::ast::{Ast, Func, Op, Path, Start, Step, Test};
use super::fault::ExprFault;
use super::lex::{Token, lex};
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
                    Token::Op(op) => format!("{op:?}"),
                    other => format!("{other:?}"),
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

    fn unary(&mut self) -> Result<Ast, ExprFault> {
        let mut minuses = 0;
        while self.take(&Token::Op(Op::Subtract)) {
            minuses += 1;
        }
        let mut ast = self.primary()?;
        match (&mut ast, minuses) {
            (_, 0) => {}
            (Ast::Number(n), k) if k % 2 == 1 => *n = -*n,
            (_, k) => {
                // Two minuses are no sign, but still make a number of the operand.
                for _ in 0..(2 - k % 2) {
                    ast = Ast::Negate(Box::new(ast));
                }
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
            Some(Token::Name(_))
                if self.tokens.get(self.next + 1).map(|t| &t.1) == Some(&Token::Open) =>
            {
                return self.call();
            }
            _ => return self.path(Start::Context),
        };
        self.next += 1;
        Ok(ast)
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
        match (name.as_str(), args.as_slice()) {
            ("current", []) => return self.path(Start::Current),
            ("instance", [Ast::Text(id)]) => {
                let start = Start::Instance(id.clone());
                return self.path(start);
            }
            _ => {}
        }
        let Some((function, min, max)) = Func::named(&name) else {
            return Err(ExprFault::UnknownFunction { at, name });
        };
        if !(min..=max).contains(&args.len()) {
            return Err(ExprFault::Arguments { at, name, given: args.len() });
        }
        Ok(Ast::Call(function, args))
    }

    /// The rest of a path. After `current()` or `instance()` it goes on with `/`, or ends.
    fn path(&mut self, start: Start) -> Result<Ast, ExprFault> {
        let mut path = Path { start, steps: Vec::new(), kind: Kind::Unknown, bound: None };
        if path.start == Start::Context {
            if self.take(&Token::Slash) {
                path.start = Start::Root;
            }
            path.steps.push(self.step()?);
        }
        while self.take(&Token::Slash) {
            path.steps.push(self.step()?);
        }
        Ok(Ast::Path(path))
    }

    fn step(&mut self) -> Result<Step, ExprFault> {
        let test = match self.peek() {
            Some(Token::Name(name)) => Test::Name(local(name)),
            Some(Token::Star) => Test::Any,
            Some(Token::Dot) => Test::Itself,
            Some(Token::DotDot) => Test::Parent,
            Some(Token::At) => {
                self.next += 1;
                match self.peek() {
                    Some(Token::Name(name)) => Test::Attribute(name.clone()),
                    _ => return Err(self.unexpected()),
                }
            }
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        let mut predicates = Vec::new();
        while self.take(&Token::OpenSquare) {
            predicates.push(self.expression(0)?);
            self.expect(&Token::CloseSquare)?;
        }
        Ok(Step { test, predicates })
    }
}

/// Trees carry names without prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}
