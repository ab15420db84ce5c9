//! tests/vectors/expressions.json: what every function and operator gives, on our engine and on
//! JavaRosa. docs/ENGINE.md describes the file.
//!
//! `-- --ignored write_vectors` puts the trees, our results and JavaRosa's into the file, for a new
//! case: a result that differs from JavaRosa's needs a reason that docs/ENGINE.md lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ntm_engine_tests::{JavaRosa, root};
use ntm_shared::answers::Tree;
use ntm_shared::expr::{Expr, Instances, Kind, Scope, Store, Table};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Vectors {
    about: Vec<String>,
    /// The moment `now()` gives.
    now: String,
    /// The answers; every group has a blank `it`, the node that an expression belongs to.
    instance: String,
    /// The types of fields by path without places; others are texts.
    types: BTreeMap<String, String>,
    tables: BTreeMap<String, Vec<Vec<String>>>,
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Case {
    /// The group, with places, whose `it` the expression belongs to.
    #[serde(rename = "in")]
    within: String,
    source: String,
    /// The type of field the value is stored in.
    #[serde(rename = "as")]
    store: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tree: Option<serde_json::Value>,
    /// The text stored; none for an expression that is refused.
    #[serde(default)]
    gives: Option<String>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// True if the last digits may differ between machines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    near: bool,
    /// What JavaRosa stores, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    javarosa: Option<String>,
    /// Why it is something else: a name in the list of docs/ENGINE.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    differs: Option<String>,
}

/// What `javarosa` says when it stops with an error.
const STOPS: &str = "(stops)";
/// What `javarosa` says when it does not even read a form with the expression.
const REFUSES: &str = "(refuses)";
/// What `javarosa` says when it cannot be asked.
const UNKNOWN: &str = "(not run)";

fn file() -> PathBuf {
    root().join("tests/vectors/expressions.json")
}

fn read() -> Vectors {
    serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap()
}

fn kind(name: &str) -> Kind {
    match name {
        "int" | "decimal" => Kind::Number,
        "date" | "dateTime" => Kind::Date,
        "boolean" => Kind::Boolean,
        _ => Kind::Text,
    }
}

fn store(name: &str) -> Store {
    match name {
        "int" => Store::Whole,
        "boolean" => Store::Truth,
        "date" => Store::Date,
        "dateTime" => Store::Moment,
        "time" => Store::Time,
        "geopoint" => Store::Point,
        "geoshape" | "geotrace" => Store::Points,
        _ => Store::Plain,
    }
}

/// What our engine gives: the tree and the text, or the fault.
fn ours(v: &Vectors) -> Vec<Result<(serde_json::Value, String), String>> {
    let tree = Tree::read(v.instance.as_bytes()).unwrap();
    let mut instances = Instances::new();
    for (id, rows) in &v.tables {
        let mut table = Table::new(rows[0].iter().map(String::as_str));
        rows[1..].iter().for_each(|r| table.push(r.iter().map(String::as_str)));
        instances.insert(id, table);
    }
    let kinds = v.types.iter().map(|(path, t)| (path.clone(), kind(t))).collect();
    let now = v.now.parse().unwrap();
    let one = |case: &Case| {
        let expr = Expr::parse(&case.source).map_err(|e| e.text().en)?;
        let expr = expr.with_kinds(&format!("{}/it", without_places(&case.within)), &kinds);
        let at = format!("{}/it", case.within);
        let context = tree.find(&at).expect("the case's node");
        let scope = Scope::new(&tree, context, now, &instances).with_entropy(18560);
        Ok((expr.to_json(), expr.eval(&scope).stored(store(&case.store))))
    };
    v.cases.iter().map(one).collect()
}

fn without_places(path: &str) -> String {
    let steps = path.split('/').map(|s| s.split('[').next().unwrap_or_default());
    steps.collect::<Vec<_>>().join("/")
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    text.replace('\n', "&#10;").replace('\t', "&#9;")
}

/// A form whose calculations are these cases, each a node beside the `it` of its group. With
/// `picked`, only the case whose number is the answer to `pick` is calculated.
fn form(v: &Vectors, cases: &[(usize, &Case)], picked: bool) -> String {
    let mut binds = String::new();
    for (path, kind) in &v.types {
        writeln!(binds, r#"<bind nodeset="{path}" type="{kind}"/>"#).unwrap();
    }
    let mut instance = v.instance.clone();
    for (i, case) in cases {
        let group = without_places(&case.within);
        let last = group.rsplit('/').next().unwrap_or_default();
        let source = match picked {
            true => format!("if(/data/pick = 'c{i}', {}, '')", case.source),
            false => case.source.clone(),
        };
        let marker = format!("<it in=\"{last}\"/>");
        instance = instance.replace(&marker, &format!("<c{i}/>{marker}"));
        let (calculate, kind) = (escape(&source), &case.store);
        writeln!(binds, r#"<bind nodeset="{group}/c{i}" type="{kind}" calculate="{calculate}"/>"#)
            .unwrap();
    }
    let mut tables = String::new();
    for (id, rows) in &v.tables {
        write!(tables, "<instance id=\"{id}\"><root>").unwrap();
        for row in &rows[1..] {
            tables.push_str("<item>");
            for (name, cell) in rows[0].iter().zip(row) {
                write!(tables, "<{name}>{}</{name}>", escape(cell)).unwrap();
            }
            tables.push_str("</item>");
        }
        tables.push_str("</root></instance>");
    }
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>vectors</h:title><model>
<instance>{instance}</instance>{tables}
{binds}</model></h:head><h:body><input ref="/data/pick"><label>pick</label></input>
<group ref="/data/member"><repeat nodeset="/data/member"><input ref="/data/member/name">
<label>name</label></input><group ref="/data/member/child"><repeat nodeset="/data/member/child">
<input ref="/data/member/child/pet"><label>pet</label></input></repeat></group></repeat></group>
</h:body></h:html>"#
    )
}

/// What JavaRosa stores for these cases, by number; nothing where it stops. The error of a form that
/// it refuses: without that, every case of it would look as if it stopped.
fn theirs(
    javarosa: &JavaRosa,
    v: &Vectors,
    cases: &[(usize, &Case)],
    picked: bool,
) -> Result<BTreeMap<usize, String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let (xform, answers) = (folder.path().join("form.xml"), folder.path().join("answers"));
    let out = folder.path().join("out");
    std::fs::create_dir(&answers).unwrap();
    std::fs::write(&xform, form(v, cases, picked)).unwrap();
    std::fs::write(answers.join("all.answers"), "").unwrap();
    for (i, _) in cases.iter().filter(|_| picked) {
        std::fs::write(answers.join(format!("c{i}.answers")), format!("pick=c{i}\n")).unwrap();
    }
    javarosa.fill(&xform, folder.path(), &answers, &out);
    let read = |name: String| {
        let xml = std::fs::read(out.join(name + ".xml")).ok()?;
        Some(Tree::read(&xml).unwrap())
    };
    let all = read("all".to_owned()).ok_or_else(|| errors(&out))?;
    let stored = |i: usize, case: &Case| {
        let one = if picked { Some(read(format!("c{i}"))?) } else { None };
        let tree = one.as_ref().unwrap_or(&all);
        let node = tree.find(&format!("{}/c{i}", case.within))?;
        Some((i, tree.text(node).to_owned()))
    };
    Ok(cases.iter().filter_map(|(i, case)| stored(*i, case)).collect())
}

fn errors(out: &Path) -> String {
    let files = std::fs::read_dir(out).into_iter().flatten().flatten();
    files.filter_map(|f| std::fs::read_to_string(f.path()).ok()).collect()
}

fn near(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        _ => false,
    }
}

fn same(case: &Case, a: &str, b: &str) -> bool {
    a == b || (case.near && near(a, b))
}

/// The reasons of docs/ENGINE.md: the first column of its table of reasons.
fn reasons() -> BTreeSet<String> {
    let docs = std::fs::read_to_string(root().join("docs/ENGINE.md")).unwrap();
    let table =
        docs.lines().skip_while(|l| !l.starts_with("| Reason |")).take_while(|l| !l.is_empty());
    let named = table.filter_map(|l| l.strip_prefix("| `")?.split_once('`'));
    named.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn our_engine_gives_what_the_vectors_say() {
    let v = read();
    let mut wrong = Vec::new();
    for (case, ours) in v.cases.iter().zip(ours(&v)) {
        let expected = match (&case.fault, &case.tree, &case.gives) {
            (Some(fault), None, None) => Err(fault.clone()),
            (None, Some(tree), Some(gives)) => Ok((tree.clone(), gives.clone())),
            _ => panic!("{}: either a fault, or a tree and what it gives", case.source),
        };
        let right = match (&ours, &expected) {
            (Ok(a), Ok(b)) => a.0 == b.0 && same(case, &a.1, &b.1),
            (a, b) => a == b,
        };
        if !right {
            wrong.push(format!("{}: {ours:?}, not {expected:?}", case.source));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(v.cases.len() >= 450, "{} cases are too few", v.cases.len());
    ntm_engine_tests::say!("{} expressions evaluated", v.cases.len());
}

#[test]
fn javarosa_gives_what_the_vectors_say() {
    let v = read();
    let (known, mut used, mut wrong) = (reasons(), BTreeSet::new(), Vec::new());
    let theirs = ask(&v);
    let mut asked = 0;
    for (i, case) in v.cases.iter().enumerate() {
        let expected = case.javarosa.as_ref().or(case.gives.as_ref()).expect("what it stores");
        match &case.differs {
            Some(reason) => assert!(known.contains(reason), "{reason} is not in docs/ENGINE.md"),
            None => assert!(case.javarosa.is_none(), "{}: why does it differ?", case.source),
        }
        used.extend(case.differs.clone());
        if expected == UNKNOWN {
            continue;
        }
        asked += 1;
        let found = theirs.get(&i).map_or(STOPS, String::as_str);
        if !same(case, found, expected) {
            wrong.push(format!("{} {}: {found:?}, not {expected:?}", case.within, case.source));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(idle.is_empty(), "docs/ENGINE.md lists differences that no case shows: {idle:?}");
    let differ = v.cases.iter().filter(|c| c.differs.is_some()).count();
    ntm_engine_tests::say!(
        "{asked} expressions asked of JavaRosa: {} agree, {differ} differ for",
        asked - differ
    );
    ntm_engine_tests::say!("{} reasons that docs/ENGINE.md lists", used.len());
}

/// Those that stop spoil a form: they are calculated one at a time. A form has the cases of one
/// group, because JavaRosa makes one of equal calculations and works it out where their groups meet.
fn ask(v: &Vectors) -> BTreeMap<usize, String> {
    let javarosa = JavaRosa::new();
    let mut found = BTreeMap::new();
    let mut forms: BTreeMap<(String, bool), Vec<(usize, &Case)>> = BTreeMap::new();
    for (i, case) in v.cases.iter().enumerate() {
        let group = without_places(&case.within);
        match case.javarosa.as_deref() {
            Some(UNKNOWN) => {}
            Some(REFUSES) => {
                let refused = theirs(&javarosa, v, &[(i, case)], true).is_err();
                found.insert(i, if refused { REFUSES } else { "(reads)" }.to_owned());
            }
            said => forms.entry((group, said == Some(STOPS))).or_default().push((i, case)),
        }
    }
    for ((_, picked), cases) in &forms {
        let stored = theirs(&javarosa, v, cases, *picked);
        found.extend(stored.unwrap_or_else(|e| panic!("JavaRosa refuses the form: {e}")));
    }
    found
}

#[test]
#[ignore = "writes the file"]
fn write_vectors() {
    let mut v = read();
    let theirs = ask(&v);
    let ours = ours(&v);
    for (i, (case, ours)) in v.cases.iter_mut().zip(ours).enumerate() {
        let their = theirs.get(&i).map_or(STOPS, String::as_str);
        (case.tree, case.gives, case.fault) = match ours {
            Ok((tree, gives)) => (Some(tree), Some(gives), None),
            Err(fault) => (None, None, Some(fault)),
        };
        let known = case.javarosa.as_deref() == Some(UNKNOWN);
        let agree = case.gives.as_ref().is_some_and(|gives| same(case, gives, their));
        if !known {
            case.javarosa = (!agree).then(|| their.to_owned());
        }
    }
    let cases: Vec<String> = v.cases.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
    let head = serde_json::to_string_pretty(&Vectors { cases: Vec::new(), ..v }).unwrap();
    let text = head.replace("\"cases\": []", &format!("\"cases\": [\n{}\n  ]", cases.join(",\n")));
    std::fs::write(file(), text + "\n").unwrap();
}
