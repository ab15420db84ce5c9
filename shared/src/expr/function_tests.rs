//! What the vectors cannot hold: faults, randomness, the phone's own tables, hostile patterns.

use jiff::civil::date;

use super::*;

fn with<T>(source: &str, entropy: u64, read: impl Fn(Value<'_>) -> T) -> T {
    let xml = "<d version='3'><a>x</a><long/><r><n>1</n></r><r><n>2</n></r><r><n>3</n></r></d>";
    let tree = Tree::read(xml.as_bytes()).unwrap();
    let mut instances = Instances::new();
    let table = |csv: &str| Table::from_csv(csv).unwrap();
    instances.insert("jr:itext", table("name,label\nhello,Xin chào\n"));
    instances.insert("jr:property", table("name,label\ndeviceid,collect:1\n"));
    instances.insert("fruits", table("code,name,label\n1,a,Táo\n2,b,Cam\n2,c,Ổi\n"));
    instances.insert("many", table("name\na\nb\nc\nd\ne\n"));
    let now = date(2024, 10, 20).at(8, 30, 0, 0);
    let scope = Scope::new(&tree, tree.root(), now, &instances).with_entropy(entropy);
    read(Expr::parse(source).unwrap().eval(&scope))
}

fn text(source: &str) -> String {
    with(source, 0, |v| v.text())
}

fn fault(source: &str) -> ExprFault {
    Expr::parse(source).unwrap_err()
}

#[test]
fn tables_of_the_phone_are_looked_up() {
    assert_eq!(text("jr:itext('hello')"), "Xin chào");
    assert_eq!(text("jr:itext('nothing')"), "");
    assert_eq!(text("property('DeviceID')"), "collect:1");
    assert_eq!(text("version()"), "3");
    assert_eq!(text("pulldata('fruits', 'label', 'name', 'b')"), "Cam");
    assert_eq!(text("pulldata('fruits', 'label', 'code', '2')"), "Cam");
    assert_eq!(text("pulldata('fruits', 'label', 'nothing', '2')"), "");
    assert_eq!(text("pulldata('nowhere', 'label', 'name', 'b')"), "");
}

#[test]
fn the_same_entropy_gives_the_same_values() {
    let value = |source: &str, entropy| with(source, entropy, |v| v.text());
    assert_eq!(value("uuid()", 1), value("uuid()", 1));
    assert_ne!(value("uuid()", 1), value("uuid()", 2));
    assert_eq!(value("random()", 7), value("random()", 7));
    assert_eq!(value("random() = random()", 7), "false");
    assert_eq!(value("uuid(8)", 7).len(), 8);
    assert_eq!(value("string-length(uuid(999999999))", 7), "4096");
    let orders: std::collections::BTreeSet<String> =
        (0..20).map(|e| value("join('', randomize(instance('many')/root/item/name))", e)).collect();
    assert!(orders.len() > 10, "{orders:?}");
    assert!(orders.iter().all(|o| o.len() == 5));
    let mean = (0..1000).map(|e| with("random()", e, |v| v.number())).sum::<f64>() / 1000.0;
    assert!((0.45..0.55).contains(&mean), "{mean}");
}

#[test]
fn shuffling_by_a_text_goes_by_its_sha_256() {
    let by =
        |seed: &str| text(&format!("join('', randomize(instance('many')/root/item/name, {seed}))"));
    // The first eight bytes of SHA-256("abc"), as a signed number.
    assert_eq!(by("'abc'"), by("-5010229573455851542"));
    assert_eq!(by("''"), by("0"));
    assert_eq!(by("'42'"), by("42"));
}

#[test]
fn what_phones_do_not_understand_is_refused_with_its_place() {
    let unsupported = |source: &str| match fault(source) {
        ExprFault::Unsupported { at, what } => (at, what),
        other => panic!("{source}: {other:?}"),
    };
    assert_eq!(unsupported("1 + //a"), (5, Unsupported::DoubleSlash));
    assert_eq!(unsupported("a//b"), (2, Unsupported::DoubleSlash));
    assert_eq!(unsupported("a | b"), (3, Unsupported::Union));
    assert_eq!(unsupported("$a"), (1, Unsupported::Variable));
    assert_eq!(unsupported("ancestor::a"), (1, Unsupported::Axis));
    assert_eq!(unsupported("a/text()"), (3, Unsupported::NodeTest));
    assert_eq!(unsupported("/d/a/../b"), (5, Unsupported::UpAfterDown));
    assert_eq!(unsupported("current()"), (1, Unsupported::Bare));
    assert_eq!(unsupported("extract-signed(a, b)"), (1, Unsupported::Signatures));
    assert_eq!(fault("a\u{a0}= 1").text().en, "at character 2: unexpected U+00A0");
    assert_eq!(fault("a b").text().en, "at character 3: unexpected \"b\"");
    assert_eq!(fault("1 + * 2").text().en, "at character 7: unexpected 2");
}

#[test]
fn arguments_that_would_stop_a_phone_are_refused() {
    let argument = |source: &str| match fault(source) {
        ExprFault::Argument { which, what, .. } => (which, what),
        other => panic!("{source}: {other:?}"),
    };
    let pattern = |source: &str| match argument(&format!("regex(a, '{source}')")) {
        (2, ArgumentFault::Pattern(fault)) => fault,
        other => panic!("{source}: {other:?}"),
    };
    assert_eq!(argument("sum(1)"), (1, ArgumentFault::Path));
    assert_eq!(argument("indexed-repeat(r/n, 'r', 1)"), (2, ArgumentFault::Path));
    assert!(Expr::parse("sum(if(a, r/n, r/m))").is_ok());
    assert_eq!(argument("digest(a, 'SHA-2')"), (2, ArgumentFault::Algorithm));
    assert_eq!(argument("digest(a, 'MD5', 'b')"), (3, ArgumentFault::Encoding));
    assert_eq!(argument("format-date(a, '%Q')"), (2, ArgumentFault::Format));
    assert_eq!(pattern("["), PatternFault::Malformed);
    assert_eq!(pattern("(?<!a)b"), PatternFault::LookAround);
    assert_eq!(pattern(r"(a)\1"), PatternFault::BackReference);
    assert_eq!(pattern("(?>a)b"), PatternFault::Backtracking);
    assert_eq!(pattern("a{2}+"), PatternFault::Backtracking);
    assert_eq!(pattern(r"\Ga"), PatternFault::Escape);
    assert_eq!(pattern("((a{1,100}){1,100}){1,100}"), PatternFault::TooLarge);
    assert_eq!(pattern(&"a".repeat(2_001)), PatternFault::TooLong);
}

/// With backtracking, none of these would end.
#[test]
fn patterns_built_to_explode_take_no_time() {
    let tree = Tree::read(format!("<d><a>{}!</a></d>", "a".repeat(100_000)).as_bytes()).unwrap();
    let (instances, now) = (Instances::new(), date(2024, 10, 20).at(8, 30, 0, 0));
    let scope = Scope::new(&tree, tree.root(), now, &instances);
    for pattern in ["(a+)+", "(a|aa)+", "(a*)*b", "(.*)(.*)(.*)(.*)x", "([a-z]+)*\\d"] {
        let source = format!("regex(a, '{pattern}')");
        assert!(!Expr::parse(&source).unwrap().eval(&scope).truth(), "{pattern}");
    }
    let dynamic = Expr::parse("regex(a, concat('(a{1,500}){1,500}', '{1,500}'))").unwrap();
    assert!(!dynamic.eval(&scope).truth());
}

#[test]
fn every_function_is_called_by_its_name() {
    for function in Func::ALL {
        assert_eq!(Func::named(function.name()), Some(*function));
        assert!((0..12).any(|n| function.takes(n)), "{}", function.name());
    }
    assert_eq!(Func::ALL.len(), 77);
}
