//! Submissions of the household form with five members each, filled as a phone fills them.

use jiff::civil::DateTime;
use ntm_engine_tests::root;
use ntm_shared::expr::{Instances, Table};
use ntm_shared::form::Form;
use ntm_shared::form::fill::{Filling, Meta};

/// Cases of `tests/javarosa/cases` with five members, and one with all kinds of income whose sixth
/// member is left out.
const CASES: [&str; 4] =
    ["02-semi-durable-house", "12-small-house", "20-income-all-kinds", "28-birthdays"];

pub struct Submissions {
    pub source: String,
    pub form: Form,
    pub media: Instances,
    pub xml: Vec<String>,
}

pub fn submissions() -> Submissions {
    let source = std::fs::read_to_string(root().join("shared/data/forms/household.md"));
    let source = source.expect("the household form");
    let form = Form::read_markdown(&source).expect("the household form");
    let mut media = Instances::new();
    for id in ["communes", "villages", "households"] {
        let csv = std::fs::read_to_string(root().join(format!("tests/javarosa/{id}.csv")));
        media.insert(id, Table::from_csv(&csv.expect("a table")).expect("a table"));
    }
    let xml = CASES.iter().map(|case| fill(&form, &media, case)).collect();
    Submissions { source, form, media, xml }
}

fn fill(form: &Form, media: &Instances, case: &str) -> String {
    let path = root().join(format!("tests/javarosa/cases/{case}.answers"));
    let answers = std::fs::read_to_string(path).expect("a case");
    let pairs: Vec<(&str, &str)> = answers
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('='))
        .filter(|(path, _)| !path.starts_with("member[6]"))
        .collect();
    let get = |name: &str| pairs.iter().find(|p| p.0 == name).map_or("", |p| p.1);
    let now: DateTime = get("@now")[..23].parse().expect("a moment");
    let meta = Meta::new(now, format!("uuid:{case}"), get("@deviceid"));
    let mut filling = Filling::start(form, media, meta);
    for (path, value) in pairs.iter().filter(|p| !p.0.starts_with('@')) {
        filling.set(path, value).unwrap_or_else(|fault| panic!("{case}: {fault}"));
    }
    filling.finish().unwrap_or_else(|findings| panic!("{case}: {findings:?}"))
}
