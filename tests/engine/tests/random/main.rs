//! Random forms filled at random, on our engine and on JavaRosa: the same verdict on every answer,
//! the same nodes after it (relevance, required, value), the same submission at the end.
//!
//! `NTM_RANDOM_SEED` chooses the forms, `NTM_RANDOM_FORMS` how many there are.

mod case;
mod expression;
mod form;
mod phone;
mod rng;
mod steps;

use std::collections::BTreeMap;

use case::{Case, difference, meta, smaller};
use ntm_engine_tests::{JavaRosa, Walk};
use ntm_shared::form::Form;
use rng::Rng;

const FILLINGS: usize = 20;
/// Disagreements that are made small and printed.
const SHOWN: usize = 3;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |v| v.parse().expect("a number"))
}

fn cases(seed: u64, count: usize) -> Vec<Case> {
    let mut made = Vec::new();
    let mut refused = 0;
    for i in 0.. {
        if made.len() == count {
            break;
        }
        let mut rng = Rng::new(seed.wrapping_mul(1_000_003).wrapping_add(i));
        let random = form::form(&mut rng);
        let form = match Form::read_markdown(&random.markdown()) {
            Ok(form) => form,
            Err(faults) => {
                if std::env::var_os("NTM_RANDOM_SHOW").is_some() {
                    eprintln!("{}: {}", faults[0].column, faults[0].message.en);
                }
                refused += 1;
                continue;
            }
        };
        let meta = meta();
        let fillings = (0..FILLINGS).map(|_| {
            let count = 3 + rng.below(15);
            steps::steps(&mut rng, &form, &meta, count)
        });
        made.push(Case { form: random, fillings: fillings.collect() });
    }
    assert!(refused * 10 <= count, "{refused} forms were refused: the generator writes bad forms");
    made
}

/// All cases on JavaRosa, in two Javas at once.
fn theirs(java: &JavaRosa, cases: &[Case]) -> BTreeMap<String, BTreeMap<String, Walk>> {
    let half = cases.len().div_ceil(2);
    let run = |from: usize, cases: &[Case]| {
        let folder = tempfile::tempdir().unwrap();
        for (i, case) in cases.iter().enumerate() {
            assert!(case.write(folder.path(), &format!("{:05}", from + i)));
        }
        java.fill_all(folder.path(), true)
    };
    let (first, second) = cases.split_at(half.min(cases.len()));
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(half, second));
        let mut all = run(0, first);
        all.extend(other.join().unwrap());
        all
    })
}

#[test]
fn random_fillings_agree_with_javarosa() {
    let seed = setting("NTM_RANDOM_SEED", 3);
    let count = setting("NTM_RANDOM_FORMS", 520) as usize;
    eprintln!("NTM_RANDOM_SEED={seed} NTM_RANDOM_FORMS={count}");
    let java = JavaRosa::new();
    let cases = cases(seed, count);
    let theirs = theirs(&java, &cases);
    let (mut forms, mut fillings, mut answers, mut nodes, mut stopped) = (0, 0, 0, 0, 0);
    let mut disagreements: Vec<Case> = Vec::new();
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    for (i, case) in cases.iter().enumerate() {
        forms += 1;
        let walks = &theirs[&format!("{i:05}")];
        let before = disagreements.len();
        let form = Form::read_markdown(&case.form.markdown()).unwrap();
        for k in 0..case.fillings.len() {
            let walk = &walks[&format!("{k:03}")];
            if let Some(error) = &walk.error {
                stopped += 1;
                *errors.entry(error.chars().take(160).collect()).or_default() += 1;
                continue;
            }
            let ours = case.ours_with(&form, k);
            fillings += 1;
            answers += ours.steps.len();
            nodes += ours.nodes.len() * ours.hashes.len();
            if difference(&ours, walk).is_some() && disagreements.len() == before {
                disagreements
                    .push(Case { fillings: vec![case.fillings[k].clone()], ..case.clone() });
            }
        }
    }
    ntm_engine_tests::say!(
        "{forms} forms, {fillings} fillings, {answers} answers, {nodes} nodes compared, {stopped} \
         stopped by JavaRosa, {} forms with disagreements",
        disagreements.len()
    );
    let mut often: Vec<_> = errors.iter().collect();
    often.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    for (error, n) in often.iter().take(12) {
        ntm_engine_tests::say!("  {n} × {error}");
    }
    for case in disagreements.iter().take(SHOWN) {
        show(&java, smaller(&java, case.clone()));
    }
    assert!(disagreements.is_empty(), "{} forms disagree", disagreements.len());
    assert!(stopped * 20 <= fillings, "JavaRosa stopped too often to compare");
}

fn show(java: &JavaRosa, case: Case) {
    let folder = tempfile::tempdir().unwrap();
    case.write(folder.path(), "f");
    let all = java.fill_all(folder.path(), true);
    let (theirs, ours) = (&all["f"]["000"], case.ours(0));
    ntm_engine_tests::say!("\n{}\n{}", case.form.markdown(), case.fillings[0].join("\n"));
    ntm_engine_tests::say!("difference: {:?}", difference(&ours, theirs));
    ntm_engine_tests::say!("steps: ours {:?}, JavaRosa {:?}", ours.steps, theirs.steps);
    for node in ours.nodes.iter().filter(|n| !theirs.nodes.contains(n)) {
        ntm_engine_tests::say!("  ours     {node:?}");
    }
    for node in theirs.nodes.iter().filter(|n| !ours.nodes.contains(n)) {
        ntm_engine_tests::say!("  JavaRosa {node:?}");
    }
    if ours.xml != theirs.xml && ours.end == "ok" {
        ntm_engine_tests::say!("  ours     {}\n  JavaRosa {}", ours.xml, theirs.xml);
    }
}
