//! The phone's engine (`server/web/engine`) does what ours and JavaRosa do: on the forms of
//! `tests/forms`, on the visits of `tests/javarosa`, and on households that it fills itself.
//! (Random forms: `tests/random/phone.rs`.)

mod households;
mod packed;

use ntm_engine_tests::{Walk, forms, lay_out, root, tables, web_fill_all};
use ntm_shared::expr::{Instances, Table};
use ntm_shared::form::Form;
use ntm_shared::form::fill::Filling;

/// The form of the household survey.
fn household() -> Form {
    let source = std::fs::read_to_string(root().join("shared/data/forms/household.md")).unwrap();
    Form::read_markdown(&source).unwrap()
}

/// The roster of `tests/javarosa` as it comes to a phone.
fn roster() -> Instances {
    let mut media = Instances::new();
    for id in ["communes", "villages", "households"] {
        let csv = std::fs::read_to_string(root().join(format!("tests/javarosa/{id}.csv"))).unwrap();
        media.insert(id, Table::from_csv(&csv).unwrap());
    }
    media
}

fn compare(name: &str, ours: &Walk, theirs: &Walk) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            wrong.push(format!("{name}: {what}:\n  ours  {ours}\n  phone {theirs}"));
        }
    };
    say("error", format!("{:?}", ours.error), format!("{:?}", theirs.error));
    say("verdicts", ours.steps.join(" "), theirs.steps.join(" "));
    let only = |a: &Walk, b: &Walk| {
        let nodes: Vec<_> = a.nodes.iter().filter(|n| !b.nodes.contains(n)).collect();
        format!("{nodes:?}")
    };
    say("nodes", only(ours, theirs), only(theirs, ours));
    say("nodes after each step", ours.hashes.join(" "), theirs.hashes.join(" "));
    say("end", ours.end.clone(), theirs.end.clone());
    say("submission", ours.xml.clone(), theirs.xml.clone());
    wrong
}

#[test]
fn forms_are_filled_as_ours_are() {
    let folder = tempfile::tempdir().unwrap();
    let media = tables();
    let mut filled = Vec::new();
    for source in forms() {
        let form = Form::read_markdown(&source.markdown).unwrap();
        let at = folder.path().join(&source.name);
        lay_out(&form, &media, &at);
        for (case, script) in &source.cases {
            std::fs::write(at.join(format!("{case}.answers")), script).unwrap();
            filled.push((
                source.name.clone(),
                case.clone(),
                Walk::by_script(&form, &media, script),
            ));
        }
    }
    let theirs = web_fill_all(folder.path());
    let mut wrong = Vec::new();
    let mut steps = 0;
    for (form, case, ours) in &filled {
        steps += ours.steps.len();
        wrong.extend(compare(&format!("{form}/{case}"), ours, &theirs[form][case]));
    }
    let (forms, cases) = (theirs.len(), filled.len());
    ntm_engine_tests::say!(
        "{forms} forms, {cases} cases with {steps} steps on the phone's engine: {} differences",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(forms >= 50 && cases >= 80, "{forms} forms, {cases} cases");
}

/// A visit as steps: a collector adds an instance of a repeat before answering in it.
fn steps(form: &Form, media: &Instances, script: &str) -> String {
    let mut filling: Option<Filling<'_>> = None;
    let mut out = String::new();
    for line in script.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some((path, value)) = line.split_once('=').filter(|p| !p.0.starts_with('@')) {
            let filling = filling.get_or_insert_with(|| {
                Filling::start(form, media, ntm_engine_tests::phone(moment(script)))
            });
            let repeat = path.rsplit_once('[').map(|(repeat, _)| repeat);
            if let (None, Some(repeat)) = (filling.value(path), repeat) {
                out.push_str(&format!("@add {repeat}\n"));
            }
            let _refused = filling.set(path, value);
        }
        out.push_str(&format!("{line}\n"));
    }
    out
}

fn moment(script: &str) -> jiff::civil::DateTime {
    let now = script.lines().find_map(|l| l.strip_prefix("@now=")).unwrap();
    now[..23].parse().unwrap()
}

#[test]
fn visits_are_filled_as_ours_are() {
    let folder = tempfile::tempdir().unwrap();
    let (form, media) = (household(), roster());
    let at = folder.path().join("household");
    lay_out(&form, &media, &at);
    let mut filled = Vec::new();
    for folder in ["cases", "refused"] {
        let cases = root().join("tests/javarosa").join(folder).read_dir().unwrap();
        for entry in cases {
            let path = entry.unwrap().path();
            let name = format!("{folder}-{}", path.file_stem().unwrap().to_string_lossy());
            let script = steps(&form, &media, &std::fs::read_to_string(&path).unwrap());
            std::fs::write(at.join(format!("{name}.answers")), &script).unwrap();
            filled.push((name, Walk::by_script(&form, &media, &script)));
        }
    }
    let theirs = &web_fill_all(folder.path())["household"];
    let wrong: Vec<String> =
        filled.iter().flat_map(|(name, ours)| compare(name, ours, &theirs[name])).collect();
    let done = filled.iter().filter(|(_, walk)| walk.end == "ok").count();
    ntm_engine_tests::say!(
        "{} visits on the phone's engine, {done} of them without findings: {} differences",
        filled.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(filled.len() >= 59 && done >= 41, "{} visits, {done} done", filled.len());
}
