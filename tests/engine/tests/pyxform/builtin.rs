//! The forms that ship with the program, filled as in `tests/javarosa`: households, reports, visits,
//! and the fillings that have to be refused.

use std::path::{Path, PathBuf};

use ntm_engine_tests::{JavaRosa, instance, pyxform_all, root};
use ntm_shared::expr::{Instances, Table};
use ntm_shared::form::Form;
use ntm_shared::form::fill::{FillFault, Filling, Meta};

const FILLED: [(&str, &str); 4] = [
    ("household", "cases"),
    ("household", "refused"),
    ("commune_report", "commune_report"),
    ("visit", "visit"),
];

#[test]
fn the_forms_that_ship_mean_the_same() {
    let java = JavaRosa::new();
    let folder = tempfile::tempdir().unwrap();
    let at = |maker: &str, form: &str| folder.path().join(format!("{form}.{maker}.xml"));
    let names = ["household", "commune_report", "visit"];
    let source = |name: &str| root().join(format!("shared/data/forms/{name}.md"));
    for name in names {
        std::fs::write(at("ours", name), read(&source(name)).to_xform()).unwrap();
    }
    pyxform_all(&names.map(|name| (source(name), at("pyxform", name))));
    let xforms: Vec<PathBuf> =
        names.iter().flat_map(|name| [at("ours", name), at("pyxform", name)]).collect();
    let borrowed: Vec<&Path> = xforms.iter().map(PathBuf::as_path).collect();
    for (xform, verdict) in xforms.iter().zip(java.validate_all(&borrowed)) {
        verdict.unwrap_or_else(|words| panic!("{}: {words}", xform.display()));
    }
    let media = root().join("tests/javarosa");
    let tables = tables(&media);
    let (mut filled, mut refused, mut differences) = (0, 0, Vec::new());
    for (name, cases) in FILLED {
        let form = read(&source(name));
        let cases = media.join(cases);
        let [ours, theirs] = ["ours", "pyxform"].map(|maker| {
            let out = folder.path().join(format!("{maker}.{name}.{}", stem(&cases)));
            java.fill(&at(maker, name), &media, &cases, &out);
            out
        });
        let mut files: Vec<PathBuf> =
            cases.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        for file in files {
            let result = |out: &Path| {
                let part = |ending: &str| out.join(format!("{}.{ending}", stem(&file)));
                let why = || std::fs::read_to_string(part("err")).expect("a reason");
                std::fs::read_to_string(part("xml")).map_err(|_| why())
            };
            let (a, b) = (result(&ours), result(&theirs));
            let answers = std::fs::read_to_string(&file).unwrap();
            let own = fill(&form, &tables, &answers, a.as_deref().unwrap_or_default());
            let [x, y] = [&a, &b].map(|r| r.as_ref().map(|xml| instance(xml)));
            if x != y {
                differences
                    .push(format!("{name}/{}: pyxform's form: {y:?}, not {x:?}", stem(&file)));
            }
            let code = |why: &String| why[9..10].parse::<u8>().expect("a code");
            let (x, own) = (x.map_err(code), own.map(|xml| instance(&xml)));
            if x != own {
                differences.push(format!("{name}/{}: our engine: {own:?}, not {x:?}", stem(&file)));
            }
            (filled, refused) =
                (filled + usize::from(a.is_ok()), refused + usize::from(a.is_err()));
        }
    }
    ntm_engine_tests::say!(
        "3 forms that ship, accepted by ODK Validate as written by us and by pyxform; {filled} \
         fillings and {refused} refusals through JavaRosa twice and by our engine: {} differences",
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(filled >= 45 && refused >= 18);
}

fn read(source: &Path) -> Form {
    let text = std::fs::read_to_string(source).unwrap();
    Form::read_markdown(&text).unwrap_or_else(|faults| panic!("{}: {faults:#?}", source.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn tables(media: &Path) -> Instances {
    let mut tables = Instances::new();
    for name in ["communes", "villages", "households"] {
        let csv = std::fs::read_to_string(media.join(format!("{name}.csv"))).unwrap();
        tables.insert(name, Table::from_csv(&csv).unwrap());
    }
    tables
}

/// Our engine: the submission, or the filler's code for why there is none. The submission's id
/// is that of `filled`.
fn fill(form: &Form, tables: &Instances, answers: &str, filled: &str) -> Result<String, u8> {
    let id = filled.split_once("instanceID>").and_then(|(_, rest)| rest.split_once('<'));
    let mut meta = Meta {
        device_id: "collect:JAVAROSA00000001".to_owned(),
        instance_id: id.map_or(String::new(), |(id, _)| id.to_owned()),
        ..Meta::default()
    };
    let lines = answers.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    let (settings, answers): (Vec<&str>, Vec<&str>) = lines.partition(|l| l.starts_with('@'));
    for setting in settings {
        match setting.split_once('=').expect("a setting") {
            ("@now", now) => meta.now = now[..23].parse().unwrap(),
            ("@deviceid", id) => meta.device_id = id.to_owned(),
            (other, _) => panic!("{other}"),
        }
    }
    let done = meta.now + jiff::ToSpan::minutes(25);
    let mut filling = Filling::start(form, tables, meta);
    for answer in answers {
        let (path, value) = answer.split_once('=').expect("path=value");
        filling.set(path, value).map_err(|fault| match fault {
            FillFault::Constraint { .. } => 2,
            FillFault::Required { .. } => 3,
            FillFault::Type(_) | FillFault::Choice(_) => 5,
            _ => 4,
        })?;
    }
    filling.set_now(done);
    let code = |code: &str| if code == "constraint" { 2 } else { 3 };
    filling.finish().map_err(|findings| code(&findings[0].code))
}
