//! Printing and JSON: what is printed parses to the same tree.

use proptest::prelude::*;
use serde_json::json;

use super::ast::{Func, Op, Path, Start, Step, Test};
use super::pattern::Pattern;
use super::*;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,5}",
        // Names that are also operators, functions and tests.
        Just("and".to_owned()),
        Just("div".to_owned()),
        Just("mod".to_owned()),
        Just("or-else".to_owned()),
        Just("if".to_owned()),
        Just("đường".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[^'\"]{0,6}", "[^']{0,6}", "[^\"]{0,6}"]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<i32>().prop_map(f64::from),
        any::<f64>().prop_filter("a literal is no NaN", |n| !n.is_nan()),
        Just(-0.0),
        Just(f64::INFINITY),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    proptest::sample::select(vec![
        Op::Or,
        Op::And,
        Op::Equal,
        Op::NotEqual,
        Op::Less,
        Op::LessEqual,
        Op::Greater,
        Op::GreaterEqual,
        Op::Add,
        Op::Subtract,
        Op::Multiply,
        Op::Divide,
        Op::Modulo,
    ])
}

fn path(inner: BoxedStrategy<Ast>) -> impl Strategy<Value = Ast> {
    let test = prop_oneof![
        name().prop_map(Test::Name),
        Just(Test::Any),
        Just(Test::Itself),
        Just(Test::Parent),
        name().prop_map(Test::Attribute),
    ];
    let start = prop_oneof![
        Just(Start::Root),
        Just(Start::Context),
        Just(Start::Current),
        text().prop_map(Start::Instance),
    ];
    let step = (test, proptest::collection::vec(inner, 0..2));
    let step = step.prop_map(|(test, predicates)| Step { test, predicates });
    (start, proptest::collection::vec(step, 1..4)).prop_map(|(start, mut steps)| {
        let full = matches!(start, Start::Root | Start::Instance(_));
        steps.retain(|s| !(full && s.test == Test::Parent));
        if steps.is_empty() {
            steps.push(Step { test: Test::Any, predicates: Vec::new() });
        }
        Ast::Path(Path { start, steps, kind: Kind::Unknown, bound: None })
    })
}

fn call(inner: BoxedStrategy<Ast>) -> impl Strategy<Value = Ast> {
    let paths = path(inner.clone());
    let parts = (
        proptest::sample::select(Func::ALL),
        proptest::collection::vec(inner, 0..6),
        proptest::collection::vec(paths, 6),
    );
    parts.prop_map(|(function, mut args, mut paths)| {
        while !function.takes(args.len()) && args.len() < 6 {
            args.push(Ast::Number(1.0));
        }
        while !function.takes(args.len()) && args.pop().is_some() {}
        while let Some(i) = function.wants_nodes(&args) {
            args[i] = paths.pop().unwrap_or(Ast::Number(0.0));
        }
        // The parser looks into these texts.
        match function {
            Func::Regex => args[1] = Ast::Pattern(Pattern::new("a|b").unwrap()),
            Func::FormatDate | Func::FormatDateTime => args[1] = Ast::Text("%Y".to_owned()),
            Func::Digest => args[1..].fill(Ast::Negate(Box::new(Ast::Text(String::new())))),
            _ => {}
        }
        Ast::Call(function, args)
    })
}

fn ast() -> impl Strategy<Value = Ast> {
    let leaf = prop_oneof![number().prop_map(Ast::Number), text().prop_map(Ast::Text)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            path(inner.clone()),
            call(inner.clone()),
            inner.clone().prop_map(|a| Ast::Negate(Box::new(a))),
            (op(), inner.clone(), inner).prop_map(|(o, a, b)| Ast::Binary(o, Box::new((a, b)))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same_tree(ast in ast()) {
        let expr = Expr { ast };
        let printed = expr.to_string();
        let parsed = Expr::parse(&printed);
        prop_assert_eq!(parsed.as_ref(), Ok(&expr), "{}", printed);
        prop_assert_eq!(parsed.unwrap().to_string(), printed);
    }
}

#[test]
fn printing_is_canonical() {
    let printed = |source: &str| Expr::parse(source).unwrap().to_string();
    assert_eq!(printed("1+2*3"), "1 + 2 * 3");
    assert_eq!(printed("(1+2)*3"), "(1 + 2) * 3");
    assert_eq!(printed("1-(2-3)"), "1 - (2 - 3)");
    assert_eq!(printed("(1-2)-3"), "1 - 2 - 3");
    assert_eq!(printed("- - 3"), "-(-3)");
    assert_eq!(printed("-a+b"), "-a + b");
    assert_eq!(printed("-(a+b)"), "-(a + b)");
    assert_eq!(printed("a=1and not(b)"), "a = 1 and not(b)");
    assert_eq!(printed("child::a/parent::node()/@b"), "a/../@b");
    assert_eq!(
        printed("instance( \"x\" )/root/item[name=current()/../a]/label"),
        "instance('x')/root/item[name = current()/../a]/label"
    );
    assert_eq!(printed("concat(\"it's\",'a \"b\"')"), "concat(\"it's\", 'a \"b\"')");
}

#[test]
fn json_says_what_the_tree_is() {
    let json = |source: &str| Expr::parse(source).unwrap().to_json();
    assert_eq!(json("-1.5"), json!(-1.5));
    assert_eq!(json("if(a, 'x', 2)"), json!(["call", "if", ["path", ".", ["a"]], "x", 2]));
    assert_eq!(json("1 div -a"), json!(["div", 1, ["neg", ["path", ".", ["a"]]]]));
    assert_eq!(
        json("instance('t')/root/item[position() = 2]/@b"),
        json!([
            "path",
            ["instance", "t"],
            ["root", ["item", ["=", ["call", "position"], 2]], "@b"]
        ])
    );
    assert_eq!(json("regex(., 'a+')"), json!(["call", "regex", ["path", ".", ["."]], "a+"]));
    let kinds = [("/d/age".to_owned(), Kind::Number)].into();
    let typed = Expr::parse("../age > current()/../name").unwrap().with_kinds("/d/it", &kinds);
    assert_eq!(
        typed.to_json(),
        json!([
            ">",
            ["path", ".", ["..", "age"], "number"],
            ["path", "current", ["..", "name"], "text"]
        ])
    );
}
