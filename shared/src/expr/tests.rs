use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const ANSWERS: &str = "<household id='household' version='1'>\
  <village>u0137.03</village><empty/><size>2</size><visited>2024-10-05</visited>\
  <sources>well rain</sources>\
  <members>\
    <member><name>An</name><age>40</age><sex>f</sex></member>\
    <member><name>Bình</name><age>7</age><sex>m</sex></member>\
    <member><name>Chi</name><age/><sex>f</sex></member>\
  </members></household>";

fn instances() -> Instances {
    let mut all = Instances::new();
    let csv = "name,label,village,members\nu1,Giàng A Páo,u0137.03,5\nu2,Lý,u0137.04,3\n";
    all.insert("households", Table::from_csv(csv).unwrap());
    all
}

fn with<T>(at: &str, source: &str, read: impl Fn(Value<'_>) -> T) -> T {
    let tree = Tree::read(ANSWERS.as_bytes()).unwrap();
    let instances = instances();
    let now = date(2024, 10, 20).at(8, 30, 0, 0);
    let context = tree.find(at).unwrap();
    let scope = Scope::new(&tree, context, now, &instances);
    let expr = Expr::parse(source).unwrap();
    read(expr.eval(&scope))
}

fn text(source: &str) -> String {
    with("", source, |v| v.text())
}

fn number(source: &str) -> f64 {
    with("", source, |v| v.number())
}

fn truth(source: &str) -> bool {
    with("", source, |v| v.truth())
}

#[test]
fn operators_follow_precedence_and_java_arithmetic() {
    assert_eq!(number("1 + 2 * 3"), 7.0);
    assert_eq!(number("(1 + 2) * 3"), 9.0);
    assert_eq!(number("10 - 3 - 2"), 5.0);
    assert_eq!(number("7 mod 3 + 8 div 2"), 5.0);
    assert_eq!(number("-7 mod 3"), -1.0);
    assert_eq!(number("- -3"), 3.0);
    assert!(truth("1 < 2 and 2 < 1 or true()"));
    assert!(truth("1 = 1.0 and '1' = 1 and not('01' = '1')"));
    assert!(!truth("'2024-01-02' > '2024-01-01'"), "literal texts are not dates");
    assert!(number("1 + ''").is_nan());
    assert_eq!(number("'1,5' + 1"), 2.5);
}

#[test]
fn paths_find_what_they_mean() {
    assert_eq!(text("village"), "u0137.03");
    assert_eq!(text("/household/village"), "u0137.03");
    assert_eq!(text("."), "");
    assert_eq!(number("count(/household/members/member)"), 3.0);
    assert_eq!(number("count(members/member[sex = 'f'])"), 2.0);
    assert_eq!(text("members/member[2]/name"), "Bình");
    assert_eq!(text("members/member[position() = 3]/name"), "Chi");
    assert_eq!(text("*[1]"), "u0137.03");
    assert_eq!(text("@version"), "1");
    assert_eq!(number("count(nothing/at/all)"), 0.0);
    let age = |source: &str| with("members/member[2]/age", source, |v| v.text());
    assert_eq!(age("."), "7");
    assert_eq!(age("../name"), "Bình");
    assert_eq!(age("/household/members/member/name"), "Bình");
    assert_eq!(age("position(..)"), "2");
    assert_eq!(age("count(../../member)"), "3");
    assert_eq!(age("count(/household/members/member[age > 10])"), "1");
    assert_eq!(age("count(../../member[sex != current()/../sex])"), "2");
    assert_eq!(
        age("indexed-repeat(/household/members/member/name, /household/members/member, 3)"),
        "Chi"
    );
}

#[test]
fn tables_are_looked_up() {
    assert_eq!(text("instance('households')/root/item[name = 'u2']/label"), "Lý");
    assert_eq!(text("instance('households')/root/item[village = current()/village]/members"), "5");
    assert_eq!(number("count(instance('households')/root/item[members > 2])"), 2.0);
    assert_eq!(text("instance('nowhere')/root/item/label"), "");
    assert_eq!(text("jr:choice-name('u1', 'households')"), "Giàng A Páo");
}

#[test]
fn functions_follow_javarosa() {
    assert_eq!(number("sum(members/member/age)"), 47.0);
    assert_eq!(number("max(members/member/age)"), 40.0);
    assert_eq!(number("min(3, 1, '')"), 1.0);
    assert!(number("max(empty)").is_nan());
    assert_eq!(number("count-non-empty(members/member/age)"), 2.0);
    assert!(truth("selected(sources, 'rain') and not(selected(sources, 'rai'))"));
    assert_eq!(number("count-selected(sources)"), 2.0);
    assert_eq!(text("selected-at(sources, 1)"), "rain");
    assert_eq!(text("selected-at(sources, 2)"), "");
    assert_eq!(text("selected-at(sources, empty)"), "well");
    assert_eq!(text("concat(1 div 0, -1 div 0)"), "Infinity-Infinity");
    assert_eq!(text("if(size > 1, 'many', 'one')"), "many");
    assert_eq!(text("coalesce(empty, village)"), "u0137.03");
    assert_eq!(text("concat(village, '-', 1 + 1, '-', 0.5)"), "u0137.03-2-0.5");
    assert_eq!(text("join(', ', members/member/name)"), "An, Bình, Chi");
    assert_eq!(text("substr('xin chào', 4)"), "chào");
    assert_eq!(text("substr('xin chào', -4, -1)"), "chà");
    assert_eq!(text("translate('a-b', '-', '')"), "ab");
    assert_eq!(text("normalize-space('  a   b ')"), "a b");
    assert_eq!(number("string-length('Tả Phời')"), 7.0);
    assert!(truth("starts-with('abc','a') and ends-with('abc','c') and contains('abc','b')"));
    assert_eq!(number("round(2.5)"), 3.0);
    assert_eq!(number("round(-2.5)"), -2.0);
    assert_eq!(number("round(1.005, 2)"), 1.01);
    assert_eq!(number("round(9.999, 2)"), 10.0);
    assert_eq!(number("round(1234, -2)"), 1200.0);
    assert_eq!(number("int(-3.7) + floor(3.7) + ceiling(3.2) + abs(-1) + pow(2, 3)"), 13.0);
    assert!(truth("boolean-from-string('TRUE') and boolean('x') and not('')"));
    assert_eq!(text("string(1 div 3)"), "0.3333333333333333");
    assert_eq!(text("10000000 * 2.5 + 0.5"), "2.50000005E7");
}

#[test]
fn dates_compare_as_days() {
    assert_eq!(text("today()"), "2024-10-20");
    assert_eq!(number("today() - visited"), 15.0);
    assert!(truth("visited <= today() and visited > date('2024-10-04')"));
    assert_eq!(number("number(date('1970-01-02'))"), 1.0);
    assert_eq!(text("date(1)"), "1970-01-02");
    assert_eq!(text("date('')"), "");
    assert_eq!(
        text("format-date(visited, '%d/%m/%Y %e %n %y %b %a')"),
        "05/10/2024 5 10 24 Oct Sat"
    );
    assert_eq!(number("decimal-date-time('1970-01-02T07:00:00.000+07:00')"), 1.0);
    assert_eq!(number("decimal-date-time('1970-01-01T00:00:00.000Z')"), 0.0);
    assert_eq!(text("format-date(now(), '%H:%M')"), "08:30");
}

#[test]
fn types_decide_what_a_stored_zero_means() {
    let mut expr = Expr::parse("not(size)").unwrap();
    let tree = Tree::read(b"<h><size>0</size></h>").unwrap();
    let instances = Instances::new();
    let now = date(2024, 10, 20).at(0, 0, 0, 0);
    let scope = Scope::new(&tree, tree.root(), now, &instances);
    assert!(!expr.eval(&scope).truth());
    if let Ast::Call(_, args) = expr.ast_mut()
        && let Ast::Path(path) = &mut args[0]
    {
        path.kind = Kind::Number;
    }
    assert!(expr.eval(&scope).truth());
}

#[test]
fn static_types_are_known() {
    let kind = |source: &str| Expr::parse(source).unwrap().kind();
    assert_eq!(kind("if(a = 1, 5, '')"), Kind::Number);
    assert_eq!(kind("a and b"), Kind::Boolean);
    assert_eq!(kind("concat(a, b)"), Kind::Text);
    assert_eq!(kind("if(a, 1, 'x')"), Kind::Unknown);
    assert_eq!(kind("today()"), Kind::Date);
}

#[test]
fn faults_say_where() {
    let fault = |source: &str| Expr::parse(source).unwrap_err();
    assert_eq!(fault("1 +"), ExprFault::Incomplete);
    assert_eq!(fault("foo(1)"), ExprFault::UnknownFunction { at: 1, name: "foo".into() });
    assert_eq!(fault("1 + if(1)"), ExprFault::Arguments { at: 5, name: "if".into(), given: 1 });
    assert!(matches!(fault("a b"), ExprFault::Unexpected { at: 3, .. }));
    assert!(matches!(fault("${a}"), ExprFault::Unexpected { at: 1, .. }));
    assert!(matches!(fault("'open"), ExprFault::Incomplete));
    assert_eq!(fault(&"(".repeat(10_000)), ExprFault::TooComplex);
    assert_eq!(fault(&"1+".repeat(10_000)), ExprFault::TooComplex);
    assert!(Expr::parse(&format!("1{}", "+1".repeat(900))).is_ok());
}

proptest! {
    #[test]
    fn parsing_and_evaluating_never_panics(parts in proptest::collection::vec(prop_oneof![
        Just("members"), Just("/"), Just("household"), Just(".."), Just("."), Just("["), Just("]"),
        Just("("), Just(")"), Just("="), Just("<"), Just("-"), Just("*"), Just("'a'"), Just("2"),
        Just("today("), Just("substr("), Just(","), Just("if("), Just("round("), Just("-9999999999"),
        Just("instance('households')"), Just("div"), Just("date("), Just("selected-at("),
        Just("format-date("), Just("'2024-13-01T'"), Just("indexed-repeat("), Just("${"), Just("😀")
    ], 1..14)) {
        let source = parts.join(" ");
        if Expr::parse(&source).is_ok() {
            let _ = text(&source);
        }
    }
}
