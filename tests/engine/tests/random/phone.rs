//! The same on the phone's engine in JavaScript, beside ours.
//!
//! `NTM_RANDOM_SEED` chooses the forms, `NTM_PHONE_FORMS` how many are filled, `NTM_PACKED_FORMS` how
//! many are packed and unpacked.

use std::collections::BTreeMap;
use std::path::Path;

use ntm_engine_tests::{Walk, lay_out, packed, settings, web_fill_all};
use ntm_shared::expr::Instances;
use ntm_shared::form::Form;

use super::case::{Case, difference, meta};
use super::{SHOWN, cases, setting};

/// All cases on the phone's engine, in two nodes at once.
fn theirs(folder: &Path, cases: &[Case]) -> BTreeMap<String, BTreeMap<String, Walk>> {
    for (i, case) in cases.iter().enumerate() {
        let form = Form::read_markdown(&case.form.markdown()).unwrap();
        let at = folder.join(format!("{}/{i:05}", i % 2));
        lay_out(&form, &Instances::new(), &at);
        for (k, steps) in case.fillings.iter().enumerate() {
            let text = settings(&meta()) + &steps.join("\n") + "\n";
            std::fs::write(at.join(format!("{k:03}.answers")), text).unwrap();
        }
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(|| web_fill_all(&folder.join("1")));
        let mut all = web_fill_all(&folder.join("0"));
        all.extend(other.join().unwrap());
        all
    })
}

#[test]
fn random_fillings_agree_with_the_phone() {
    let seed = setting("NTM_RANDOM_SEED", 7);
    let count = setting("NTM_PHONE_FORMS", 300) as usize;
    let cases = cases(seed, count);
    let folder = tempfile::tempdir().unwrap();
    let theirs = theirs(folder.path(), &cases);
    let (mut fillings, mut answers, mut nodes) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        let form = Form::read_markdown(&case.form.markdown()).unwrap();
        for k in 0..case.fillings.len() {
            let ours = case.ours_with(&form, k);
            let walk = &theirs[&format!("{i:05}")][&format!("{k:03}")];
            assert_eq!(walk.error, None, "{}", case.form.markdown());
            fillings += 1;
            answers += ours.steps.len();
            nodes += ours.nodes.len() * ours.hashes.len();
            // Drafts too: what is written is the same whether or not all is well.
            let xml = (ours.xml != walk.xml).then(|| "xml".to_owned());
            if let Some(found) = difference(&ours, walk).or(xml) {
                let steps = case.fillings[k].join("\n");
                let only = |a: &Walk, b: &Walk| -> Vec<_> {
                    a.nodes.iter().filter(|n| !b.nodes.contains(n)).cloned().collect()
                };
                let (more, less) = (only(walk, &ours), only(&ours, walk));
                let markdown = case.form.markdown();
                wrong.push(format!(
                    "{markdown}\n{steps}\n{found}\nours {less:?}\nphone {more:?}\nours  {}\nphone {}",
                    ours.xml, walk.xml
                ));
            }
        }
    }
    ntm_engine_tests::say!(
        "{count} forms, {fillings} fillings, {answers} answers, {nodes} nodes compared with the \
         phone's engine, {} disagreements",
        wrong.len()
    );
    wrong.iter().take(SHOWN).for_each(|w| ntm_engine_tests::say!("\n{w}"));
    assert!(wrong.is_empty(), "{} fillings disagree", wrong.len());
    assert!(fillings >= 4_000 || count < 200, "{fillings} fillings");
}

#[test]
fn random_forms_are_unpacked_as_they_were() {
    let cases = cases(setting("NTM_RANDOM_SEED", 7), setting("NTM_PACKED_FORMS", 1_000) as usize);
    let form = |case: &Case| Form::read_markdown(&case.form.markdown()).unwrap();
    let forms: Vec<(String, Form)> =
        cases.iter().enumerate().map(|(i, case)| (format!("{i:05}"), form(case))).collect();
    let folder = tempfile::tempdir().unwrap();
    let wrong = packed(&forms, "vi", folder.path());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
