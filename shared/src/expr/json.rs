//! An expression as compact JSON, for evaluators that have no XPath parser. docs/ENGINE.md
//! describes it.

use serde_json::{Value, json};

use super::Expr;
use super::ast::{Ast, Path, Start, Step, Test};
use super::value::Kind;

impl Expr {
    /// The expression as JSON: numbers and texts are themselves, everything else is an array that
    /// begins with what it is (`["+",1,["path","/",["data","age"],"number"]]`).
    pub fn to_json(&self) -> Value {
        tree(&self.ast)
    }
}

fn tree(ast: &Ast) -> Value {
    match ast {
        Ast::Number(n) => number(*n),
        Ast::Text(t) => json!(t),
        Ast::Pattern(p) => json!(p.source()),
        Ast::Path(path) => of_path(path),
        Ast::Call(function, args) => {
            let head = [json!("call"), json!(function.name())];
            Value::Array(head.into_iter().chain(args.iter().map(tree)).collect())
        }
        Ast::Binary(op, pair) => json!([op.sign(), tree(&pair.0), tree(&pair.1)]),
        Ast::Negate(inner) => json!(["neg", tree(inner)]),
    }
}

/// Whole numbers without a point; JSON has no infinity.
fn number(n: f64) -> Value {
    if n.is_infinite() {
        json!(["number", if n < 0.0 { "-Infinity" } else { "Infinity" }])
    } else if n.fract() == 0.0 && n.abs() < 9e15 && (n != 0.0 || n.is_sign_positive()) {
        json!(n as i64)
    } else {
        json!(n)
    }
}

fn of_path(path: &Path) -> Value {
    let start = match &path.start {
        Start::Root => json!("/"),
        Start::Context => json!("."),
        Start::Current => json!("current"),
        Start::Instance(id) => json!(["instance", id]),
    };
    let mut parts = vec![json!("path"), start, path.steps.iter().map(step).collect()];
    let kind = match path.kind {
        Kind::Unknown => None,
        Kind::Text => Some("text"),
        Kind::Number => Some("number"),
        Kind::Boolean => Some("boolean"),
        Kind::Date => Some("date"),
    };
    parts.extend(kind.map(|k| json!(k)));
    Value::Array(parts)
}

fn step(step: &Step) -> Value {
    let test = match &step.test {
        Test::Name(name) => name.clone(),
        Test::Any => "*".to_owned(),
        Test::Parent => "..".to_owned(),
        Test::Itself => ".".to_owned(),
        Test::Attribute(name) => format!("@{name}"),
    };
    if step.predicates.is_empty() {
        return json!(test);
    }
    std::iter::once(json!(test)).chain(step.predicates.iter().map(tree)).collect()
}
