//! Hostile forms and submissions are answered in bounded time, with an error that says what is
//! wrong. How long each took is printed; the ceiling is generous, what counts is the answer.

use std::fmt::Write;
use std::time::{Duration, Instant};

use ntm_shared::answers::{Tree, XmlFault};
use ntm_shared::check::{MAX_FINDINGS, check};
use ntm_shared::expr::Instances;
use ntm_shared::form::{Form, FormFault};
use proptest::prelude::*;

const CEILING: Duration = Duration::from_secs(20);

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    ntm_engine_tests::say!("{:>8.1} ms  {what}", took.as_secs_f64() * 1e3);
    assert!(took < CEILING, "{what}: {took:?}");
    result
}

const COLUMNS: &str = "| | type | name | label | relevant | constraint | calculation |\n";
const END: &str =
    "| settings |\n| | form_title | form_id | version | name |\n| | x | x | 1 | data |\n";

fn form(rows: &str) -> String {
    format!("| survey |\n{COLUMNS}{rows}{END}")
}

fn faults(what: &str, rows: &str) -> Vec<FormFault> {
    let source = form(rows);
    timed(what, || Form::read_markdown(&source)).expect_err(what)
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut out, i| {
        let _ = writeln!(out, "{}", row(i));
        out
    })
}

#[test]
fn forms_nested_too_deep() {
    let open = rows(20_000, |i| format!("| | begin group | g{i} | Nhóm | | | |"));
    let close = rows(20_000, |_| "| | end group | | | | | |".to_owned());
    let found = faults("20,000 nested groups", &format!("{open}| | text | t | T | | | |\n{close}"));
    assert!(found[0].message.en.contains("64"), "{found:?}");
    let open = rows(20_000, |i| format!("| | begin repeat | r{i} | Lặp | | | |"));
    let close = rows(20_000, |_| "| | end repeat | | | | | |".to_owned());
    faults("20,000 nested repeats", &format!("{open}| | text | t | T | | | |\n{close}"));
}

#[test]
fn circles_name_their_fields() {
    let circle =
        rows(20_000, |i| format!("| | calculate | c{i} | | | | ${{c{}}} + 1 |", (i + 1) % 20_000));
    let found = faults("a circle of 20,000 calculations", &circle);
    assert!(found[0].message.en.contains("c0, c1, "), "{found:?}");
    let found = faults("a calculation of itself", "| | calculate | own | | | | ${own} + 1 |\n");
    assert!(found[0].message.en.contains("own"), "{found:?}");
    let pair = "| | text | a | A | ${b} = 1 | | |\n| | text | b | B | ${a} = 1 | | |\n";
    let found = faults("a circle of relevance", pair);
    assert!(found[0].message.en.contains("a, b"), "{found:?}");
}

#[test]
fn expressions_too_long_or_too_deep() {
    let cell = |text: String| format!("| | calculate | c | | | | {text} |\n");
    for (what, text) in [
        ("200,000 opening brackets", "(".repeat(200_000)),
        ("200,000 brackets", format!("{}1{}", "(".repeat(200_000), ")".repeat(200_000))),
        (
            "200,000 calls within calls",
            format!("{}1{}", "not(".repeat(200_000), ")".repeat(200_000)),
        ),
        ("a million minuses", format!("{}1", "-".repeat(1_000_000))),
        ("a megabyte of sums", format!("1{}", " + 1".repeat(250_000))),
        ("a megabyte of predicates", format!("/data/c{}", "[1=1]".repeat(200_000))),
        ("predicates within predicates", "/data/c[".repeat(100_000)),
        ("a megabyte of steps", "../".repeat(350_000)),
        ("a megabyte without an end", format!("'{}", "x".repeat(1_000_000))),
        ("a million names without an end", "${".repeat(500_000)),
    ] {
        let found = faults(what, &cell(text));
        assert!(!found.is_empty() && found[0].column == "calculation", "{what}: {found:?}");
    }
    let many = format!("concat({})", vec!["${a}"; 100_000].join(","));
    let rows = format!("| | text | a | A | | | |\n{}", cell(many));
    assert_eq!(faults("a call of 100,000 arguments", &rows)[0].column, "calculation");
}

#[test]
fn large_cells_and_long_lists() {
    let label = |length| format!("| | text | t | {} | | | |\n", "Đ".repeat(length));
    let found = faults("a label of two megabytes", &label(1_000_000));
    assert_eq!((found[0].row, found[0].column.as_str()), (3, "label"));
    let form = Form::read_markdown(&self::form(&label(32_000))).unwrap();
    assert_eq!(form.fields[1].label.get(0).chars().count(), 32_000);
    let choices = rows(100_000, |i| format!("| | long | v{i} | Giá trị {i} |"));
    let source = format!(
        "| survey |\n{COLUMNS}| | select_multiple long | s | Chọn | | | |\n\
         | choices |\n| | list_name | name | label |\n{choices}{END}"
    );
    let form = timed("a list of 100,000 choices", || Form::read_markdown(&source)).unwrap();
    let all: Vec<String> = (0..100_000).map(|i| format!("v{i}")).collect();
    for (last, expected) in [("v0", 0), ("strange", 1)] {
        let xml = format!("<data id='x' version='1'><s>{} {last}</s><meta/></data>", all.join(" "));
        let tree = Tree::read(xml.as_bytes()).unwrap();
        let found = timed("100,000 chosen", || check(&form, &tree, None, &Instances::new()));
        assert_eq!(found.iter().filter(|f| f.code == "choice").count(), expected, "{found:?}");
    }
    let json = timed("its JSON", || form.to_json());
    assert!(json.len() > 1_000_000);
    timed("its XForm", || form.to_xform());
}

#[test]
fn patterns_built_to_explode() {
    for pattern in ["(a+)+$", "(a|a)*$", "(a*)*b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let source = form(&format!(
            "| | text | t | T | | regex(., '{}') | |\n",
            pattern.replace('|', "\\|")
        ));
        let form = Form::read_markdown(&source).unwrap_or_else(|f| panic!("{pattern}: {f:?}"));
        let text = "a".repeat(100_000) + "!";
        let xml = format!("<data id='x' version='1'><t>{text}</t><meta/></data>");
        let tree = Tree::read(xml.as_bytes()).unwrap();
        let found = timed(pattern, || check(&form, &tree, None, &Instances::new()));
        assert!(found.iter().any(|f| f.code == "constraint"), "{pattern}: {found:?}");
    }
    let huge = "| | text | t | T | | regex(., '((a{1,500}){1,500}){1,500}') | |\n";
    assert_eq!(faults("a pattern of 125 million states", huge)[0].column, "constraint");
}

fn xml_fault(what: &str, xml: &str) -> XmlFault {
    timed(what, || Tree::read(xml.as_bytes())).expect_err(what)
}

#[test]
fn submissions_that_are_not_read() {
    let mut bomb = String::from("<!DOCTYPE b [<!ENTITY a0 'ha'>");
    for i in 1..30 {
        let _ = write!(bomb, "<!ENTITY a{i} '&a{0};&a{0};'>", i - 1);
    }
    let bomb = bomb + "]><data>&a29;</data>";
    assert!(matches!(xml_fault("an entity bomb", &bomb), XmlFault::Doctype { .. }));
    let deep = "<a>".repeat(2_000_000);
    assert!(matches!(xml_fault("two million open elements", &deep), XmlFault::TooDeep { .. }));
    let many = rows(100_000, |i| format!(" a{i}='1'"));
    let many = format!("<data{many}/>");
    assert!(matches!(xml_fault("100,000 attributes", &many), XmlFault::TooManyAttributes { .. }));
    let wide = format!("<data>{}</data>", "<a/>".repeat(1_000_000));
    assert!(matches!(xml_fault("a million elements", &wide), XmlFault::TooManyNodes { .. }));
    let open = format!("<data {}", "a='1' ".repeat(1_000_000));
    xml_fault("a start tag without an end", &open);
    let comment = format!("<data><!--{}", "-".repeat(5_000_000));
    xml_fault("a comment without an end", &comment);
}

const WIDE: &str = "| | begin repeat | item | Mục | | | |
| | text | a | A | | | |
| | text | b | B | ${a} != '' | | |
| | calculate | c | | | | concat(${a}, position(..)) |
| | end repeat | | | | | |
| | calculate | n | | | | count(${item}) |
";

#[test]
fn submissions_full_of_surprises() {
    let form = Form::read_markdown(&form(WIDE)).unwrap();
    let checked = |what: &str, inner: String| {
        let xml = format!("<data id='x' version='1'>{inner}<meta/></data>");
        let tree = Tree::read(xml.as_bytes()).unwrap_or_else(|f| panic!("{what}: {f}"));
        timed(what, || check(&form, &tree, Some(&[]), &Instances::new()))
    };
    let strange = rows(90_000, |i| format!("<s{i}/>"));
    let found = checked("90,000 unknown fields", strange);
    assert_eq!(found.last().unwrap().code, "too_many_findings");
    assert_eq!(found.len(), MAX_FINDINGS + 1);
    let found = checked("90,000 empty instances", "<item/>".repeat(90_000));
    assert!(found.iter().any(|f| f.code == "too_many_instances"));
    let mixed = "<item><c/><b/><a>1</a></item><s/><n/>".repeat(15_000);
    assert!(checked("instances in disorder among others", mixed).len() > MAX_FINDINGS);
    let same = format!("<item>{}</item>", "<a>x</a>".repeat(90_000));
    assert!(checked("one answer 90,000 times", same).iter().any(|f| f.code == "repeated_field"));
    let long = format!("<item><a>{}</a></item>", "ế".repeat(2_000_000));
    checked("an answer of six megabytes", long);
    let marks = format!("<item><a>a{}</a></item>", "\u{301}\u{323}".repeat(1_000_000));
    checked("two million combining marks", marks);
    let files: Vec<String> = (0..20_000).map(|i| format!("{i}.jpg")).collect();
    let tree = Tree::read(b"<data id='x' version='1'><meta/></data>").unwrap();
    let found =
        timed("20,000 attachments", || check(&form, &tree, Some(&files), &Instances::new()));
    assert!(found.iter().any(|f| f.code == "attachment_unexpected"));
}

#[test]
fn xforms_that_are_not_read() {
    let xform = |model: &str, body: &str| {
        format!(
            "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\">\
             <h:head><h:title>x</h:title><model>{model}</model></h:head><h:body>{body}</h:body></h:html>"
        )
    };
    let instance =
        |inner: &str| format!("<instance><data id=\"x\" version=\"1\">{inner}</data></instance>");
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let many = format!("<a{}/>", rows(100_000, |i| format!(" b{i}=\"\"")));
    let circle = rows(2_000, |i| {
        format!("<bind nodeset=\"/data/c{i}\" calculate=\"/data/c{} + 1\"/>", (i + 1) % 2_000)
    });
    let fields = rows(2_000, |i| format!("<c{i}/>"));
    for (what, source) in [
        (
            "an entity bomb",
            format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{}", xform(&instance("&a;"), "")),
        ),
        ("100,000 nested nodes", xform(&instance(&deep), "")),
        ("100,000 attributes", xform(&instance(&many), "")),
        ("nested controls", xform(&instance("<a/>"), &"<group>".repeat(100_000))),
        ("a circle of 2,000", xform(&(instance(&fields) + &circle), "")),
        ("nothing", String::new()),
        ("no end", "<h:html".to_owned()),
    ] {
        let found = timed(what, || Form::read_xform(&source)).expect_err(what);
        assert!(!found.is_empty() && !found[0].message.vi.is_empty(), "{what}");
    }
}

/// Trees of all shapes over the form's own names and strange ones.
fn trees() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("item"),
        Just("a"),
        Just("b"),
        Just("c"),
        Just("n"),
        Just("meta"),
        Just("z")
    ];
    let text = prop_oneof![
        Just(String::new()),
        "[ -~ế\u{301}]{0,8}"
            .prop_map(|t| { t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") })
    ];
    let leaf = (name.clone(), text).prop_map(|(name, text)| format!("<{name}>{text}</{name}>"));
    leaf.prop_recursive(5, 60, 8, move |inner| {
        (name.clone(), prop::collection::vec(inner, 0..8))
            .prop_map(|(name, inner)| format!("<{name} k=\"v&#10;w\">{}</{name}>", inner.concat()))
    })
}

proptest! {
    #[test]
    fn check_never_panics(inner in prop::collection::vec(trees(), 0..6)) {
        let form = Form::read_markdown(&form(WIDE)).unwrap();
        let xml = format!("<data>{}</data>", inner.concat());
        let tree = Tree::read(xml.as_bytes()).unwrap();
        let before = tree.to_xml();
        check(&form, &tree, Some(&[]), &Instances::new());
        prop_assert_eq!(before, tree.to_xml());
    }

    #[test]
    fn trees_come_back_from_their_xml(inner in trees()) {
        let tree = Tree::read(inner.as_bytes()).unwrap();
        let once = tree.to_xml();
        let again = Tree::read(once.as_bytes()).unwrap();
        prop_assert_eq!(&once, &again.to_xml());
        prop_assert_eq!(tree.len(), again.len());
        prop_assert_eq!(tree.text(tree.root()), again.text(again.root()));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(tree) = Tree::read(&bytes) {
            let form = Form::read_markdown(&form(WIDE)).unwrap();
            check(&form, &tree, None, &Instances::new());
        }
        let _ = Form::read(&String::from_utf8_lossy(&bytes));
    }
}
