//! An expression back to XPath. Parsing what is printed gives the same tree.

use std::fmt::{Display, Formatter, Result};

use super::Expr;
use super::ast::{Ast, Op, Path, Start, Step, Test};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        print(self.ast(), 0, f)
    }
}

/// Prints a part; in parentheses if it binds less tightly than `least`.
fn print(ast: &Ast, least: u8, f: &mut Formatter<'_>) -> Result {
    match ast {
        Ast::Number(n) => number(*n, f),
        Ast::Text(t) => text(t, f),
        Ast::Pattern(p) => text(p.source(), f),
        Ast::Path(path) => print_path(path, f),
        Ast::Call(function, args) => call(function.name(), args, f),
        Ast::Binary(op, pair) => binary(*op, &pair.0, &pair.1, least, f),
        Ast::Negate(inner) => {
            f.write_str("-")?;
            // A number or another minus right behind would be read as one with this minus.
            match **inner {
                Ast::Number(_) | Ast::Negate(_) | Ast::Binary(..) => in_parentheses(inner, f),
                _ => print(inner, 0, f),
            }
        }
    }
}

fn in_parentheses(ast: &Ast, f: &mut Formatter<'_>) -> Result {
    f.write_str("(")?;
    print(ast, 0, f)?;
    f.write_str(")")
}

/// Operators of one strength bind from the left.
fn binary(op: Op, a: &Ast, b: &Ast, least: u8, f: &mut Formatter<'_>) -> Result {
    let strength = op.strength();
    if strength < least {
        f.write_str("(")?;
    }
    print(a, strength, f)?;
    write!(f, " {} ", op.sign())?;
    print(b, strength + 1, f)?;
    if strength < least {
        f.write_str(")")?;
    }
    Ok(())
}

fn call(name: &str, args: &[Ast], f: &mut Formatter<'_>) -> Result {
    write!(f, "{name}(")?;
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        print(arg, 0, f)?;
    }
    f.write_str(")")
}

/// XPath has no exponents; a number too large to be one is written as digits that are too many.
fn number(n: f64, f: &mut Formatter<'_>) -> Result {
    match n {
        _ if n.is_infinite() => {
            write!(f, "{}{}", if n < 0.0 { "-" } else { "" }, "9".repeat(310))
        }
        _ => write!(f, "{n}"),
    }
}

/// A text with both kinds of quotes cannot come from source; it is put together.
fn text(t: &str, f: &mut Formatter<'_>) -> Result {
    match (t.contains('\''), t.contains('"')) {
        (false, _) => write!(f, "'{t}'"),
        (true, false) => write!(f, "\"{t}\""),
        (true, true) => {
            let parts: Vec<String> = t.split('\'').map(|part| format!("'{part}'")).collect();
            write!(f, "concat({})", parts.join(", \"'\", "))
        }
    }
}

fn print_path(path: &Path, f: &mut Formatter<'_>) -> Result {
    match &path.start {
        Start::Root => f.write_str("/")?,
        Start::Context => {}
        Start::Current => f.write_str("current()/")?,
        Start::Instance(id) => {
            f.write_str("instance(")?;
            text(id, f)?;
            f.write_str(")/")?;
        }
    }
    for (i, step) in path.steps.iter().enumerate() {
        if i > 0 {
            f.write_str("/")?;
        }
        print_step(step, f)?;
    }
    Ok(())
}

fn print_step(step: &Step, f: &mut Formatter<'_>) -> Result {
    match &step.test {
        Test::Name(name) => f.write_str(name)?,
        Test::Any => f.write_str("*")?,
        Test::Parent => f.write_str("..")?,
        Test::Itself => f.write_str(".")?,
        Test::Attribute(name) => write!(f, "@{name}")?,
    }
    for predicate in &step.predicates {
        f.write_str("[")?;
        print(predicate, 0, f)?;
        f.write_str("]")?;
    }
    Ok(())
}
