//! One meaning of a form: the XForm we write and the one pyxform makes of the same XLSForm are both
//! accepted by ODK Validate, and the same answers filled through JavaRosa give the same instance,
//! step by step. Our own engine gives it again.

mod builtin;
mod differences;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ntm_engine_tests::{FormSource, JavaRosa, Walk, forms, instance, media, pyxform_all, tables};
use ntm_shared::form::{Form, FormFault};

/// The forms in two folders, one XForm of ours and one of pyxform's each, with the same answers and
/// files beside them.
struct Laid {
    folder: tempfile::TempDir,
    sources: Vec<FormSource>,
    forms: BTreeMap<String, Form>,
    /// Forms that we do not read.
    unread: Vec<String>,
}

const MAKERS: [&str; 2] = ["ours", "pyxform"];

impl Laid {
    fn out() -> Laid {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = forms();
        if let Ok(only) = std::env::var("NTM_FORMS") {
            sources.retain(|s| s.name.contains(&only));
        }
        let mut compiled = BTreeMap::new();
        let mut wanted = Vec::new();
        let mut unread = Vec::new();
        for source in &sources {
            let form = match Form::read_markdown(&source.markdown) {
                Ok(form) => form,
                Err(faults) => {
                    unread.push(format!("{}: {}", source.name, list(&faults)));
                    continue;
                }
            };
            for maker in MAKERS {
                let at = folder.path().join(maker).join(&source.name);
                std::fs::create_dir_all(&at).unwrap();
                for file in media() {
                    std::fs::copy(&file, at.join(file.file_name().unwrap())).unwrap();
                }
                for (name, steps) in &source.cases {
                    std::fs::write(at.join(format!("{name}.answers")), steps).unwrap();
                }
            }
            let at = |maker: &str| folder.path().join(maker).join(&source.name).join("form.xml");
            std::fs::write(at("ours"), form.to_xform()).unwrap();
            wanted.push((source.path.clone(), at("pyxform")));
            compiled.insert(source.name.clone(), form);
        }
        pyxform_all(&wanted);
        sources.retain(|s| compiled.contains_key(&s.name));
        Laid { folder, sources, forms: compiled, unread }
    }

    fn at(&self, maker: &str) -> PathBuf {
        self.folder.path().join(maker)
    }
}

fn list(faults: &[FormFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

#[test]
fn forms_mean_what_pyxform_and_javarosa_make_of_them() {
    let laid = Laid::out();
    let java = JavaRosa::new();
    let mut differences = laid.unread.clone();
    differences.extend(validate(&java, &laid));
    let [ours, theirs] = MAKERS.map(|maker| java.fill_all(&laid.at(maker), false));
    let (mut cases, mut steps, mut nodes) = (0, 0, 0);
    let tables = tables();
    for source in &laid.sources {
        for (case, script) in &source.cases {
            let name = format!("{}/{case}", source.name);
            let (a, b) = (&ours[&source.name][case], &theirs[&source.name][case]);
            differences.extend(compare(&name, "pyxform's form", a, b));
            let own = Walk::by_script(&laid.forms[&source.name], &tables, script);
            differences.extend(compare(&name, "our engine", a, &own));
            (cases, steps) = (cases + 1, steps + a.steps.len());
            nodes += if a.error.is_none() { instance(&a.xml).len() } else { 0 };
        }
    }
    ntm_engine_tests::say!(
        "{} forms, accepted by ODK Validate as written by us and by pyxform; {cases} cases with \
         {steps} steps and {nodes} nodes filled through JavaRosa twice and by our engine: {} \
         differences",
        laid.sources.len(),
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    if std::env::var("NTM_FORMS").is_err() {
        assert!(laid.sources.len() >= 40 && cases >= 80, "{} forms", laid.sources.len());
    }
}

fn validate(java: &JavaRosa, laid: &Laid) -> Vec<String> {
    let mut differences = Vec::new();
    let form = |maker: &str, s: &FormSource| laid.at(maker).join(&s.name).join("form.xml");
    let paths: Vec<PathBuf> =
        MAKERS.iter().flat_map(|m| laid.sources.iter().map(|s| form(m, s))).collect();
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    for (path, verdict) in paths.iter().zip(java.validate_all(&borrowed)) {
        let path = path.strip_prefix(laid.folder.path()).unwrap().display();
        differences.extend(verdict.err().map(|words| format!("{path}: not valid: {words}")));
    }
    differences
}

/// What differs between two fillings of a form.
fn compare(name: &str, who: &str, a: &Walk, b: &Walk) -> Vec<String> {
    if let Some(error) = a.error.as_ref().or(b.error.as_ref()) {
        return vec![format!("{name}: {who}: {error}")];
    }
    let mut out = Vec::new();
    let end = |walk: &Walk| walk.end.replace("[1]", "");
    if a.steps != b.steps || end(a) != end(b) {
        let (a, b) = ((&a.steps, &a.end), (&b.steps, &b.end));
        out.push(format!("{name}: {who}: steps\n  {b:?} instead of\n  {a:?}"));
    }
    let [x, y] = [&a.xml, &b.xml].map(|xml| instance(xml));
    if x != y {
        let only = |these: &[String], not: &[String], sign: &str| -> Vec<String> {
            let lines = these.iter().filter(|l| !not.contains(l));
            lines.map(|l| format!("\n  {sign} {l}")).collect()
        };
        let (more, less) = (only(&y, &x, "+"), only(&x, &y, "-"));
        let moved = if more.is_empty() && less.is_empty() {
            format!("\n  {y:?} instead of\n  {x:?}")
        } else {
            String::new()
        };
        out.push(format!("{name}: {who}: instance{}{}{moved}", less.concat(), more.concat()));
    }
    out
}

#[test]
fn the_comparison_sees_what_differs() {
    let walk = |xml: &str| Walk { xml: xml.to_owned(), end: "ok".to_owned(), ..Walk::default() };
    let base = walk("<d id='f'><a>1</a><x:meta xmlns:x='u'><x:b/><c/></x:meta></d>");
    let differs = |xml: &str| !compare("n", "w", &base, &walk(xml)).is_empty();
    assert!(!differs("<d id=\"f\"><a>1</a><meta><c/><b></b></meta></d>"));
    assert!(differs("<d id=\"f\"><a>2</a><meta><c/><b></b></meta></d>"));
    assert!(differs("<d id=\"f\"><meta><c/><b></b></meta><a>1</a></d>"));
    assert!(differs("<d id=\"g\"><a>1</a><meta><c/><b></b></meta></d>"));
    assert!(differs("<d id=\"f\"><a>1</a><a>1</a><meta><c/><b></b></meta></d>"));
    let steps = Walk { steps: vec!["ok".into()], ..base.clone() };
    assert!(!compare("n", "w", &base, &steps).is_empty());
    let java = JavaRosa::new();
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = ["a.xml", "b.xml"].map(|name| folder.path().join(name));
    let source = forms().into_iter().find(|s| s.name == "groups").unwrap();
    let xform = Form::read_markdown(&source.markdown).unwrap().to_xform();
    std::fs::write(&bad, xform.replace("ref=\"/data/home/rooms\"", "ref=\"/data/r\"")).unwrap();
    std::fs::write(&good, xform).unwrap();
    let verdicts = java.validate_all(&[&good, &bad, &good]);
    let accepted: Vec<bool> = verdicts.iter().map(Result::is_ok).collect();
    assert_eq!(accepted, [true, false, true]);
}
