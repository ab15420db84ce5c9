//! What JavaRosa filled, all the way to the score.

use std::collections::{BTreeMap, BTreeSet};

use ntm_shared::api::round::Draw;
use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::SubmissionRow;

use super::Field;
use crate::harness::xml::Element;
use crate::harness::{NAM_CHAY, ROUND, TA_PHOI, root};
use crate::recompute::{Stored, Village, check, counting};

#[test]
fn households_filled_by_javarosa_are_kept_as_sent_and_score_as_computed_by_hand() {
    let field = Field::new();
    same_roster(&field);
    let cases = field.fill("household", "cases");
    assert!(cases.len() >= 30);
    let mut kinds = BTreeSet::new();
    for (name, filled) in &cases {
        let xml = filled.as_ref().unwrap_or_else(|why| panic!("{name}: {why}"));
        let stored = field.send(name, xml);
        // What JavaRosa let through is no fault to us, and we calculate what it calculated.
        let faults = stored.findings_list.iter().filter(|f| !placed(&f.code));
        let faults: Vec<String> = faults.map(|f| format!("{} {:?}", f.code, f.field)).collect();
        assert_eq!(faults, [""; 0], "{name}");
        let off_roster = name.contains("not-on-roster");
        assert_eq!(
            (stored.row.counts, stored.row.household.is_none()),
            (!off_roster, off_roster),
            "{name}"
        );
        assert_eq!(stored.row.attachments_expected, stored.row.attachments_present, "{name}");
        kinds.insert(stored.row.outcome.clone().unwrap_or_default());
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["absent", "completed", "moved", "not_found", "refused"]
    );
    for (form, folder) in [("commune_report", "commune_report"), ("visit", "visit")] {
        for (name, filled) in field.fill(form, folder) {
            field.send(&name, &filled.unwrap_or_else(|why| panic!("{name}: {why}")));
        }
    }
    scores(&field);
    let twice = &cases[0].1.as_ref().unwrap();
    let before: ScoreReport = report(&field);
    field.send("again", twice);
    assert_eq!(report(&field), before, "a repeated submission changes no score");
}

/// Codes that say where a submission belongs or how it was made, not what is wrong with its answers:
/// these interviews took milliseconds.
fn placed(code: &str) -> bool {
    matches!(code, "not_on_roster" | "no_round" | "held" | "interview_short" | "already_surveyed")
}

/// The server's roster is the one the cases were written for.
fn same_roster(field: &Field) {
    for name in ["communes.csv", "villages.csv", "households.csv"] {
        let rows = |bytes: &[u8]| -> BTreeSet<Vec<(String, String)>> {
            let mut reader = csv::Reader::from_reader(bytes);
            let header = reader.headers().unwrap().clone();
            let row = |row: csv::StringRecord| {
                header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
            };
            reader.records().map(|r| row(r.unwrap())).collect()
        };
        let ours = std::fs::read(root().join("tests/javarosa").join(name)).unwrap();
        let theirs = std::fs::read(field.folder.path().join(name)).unwrap();
        assert_eq!(rows(&theirs), rows(&ours), "{name}");
    }
}

fn report(field: &Field) -> ScoreReport {
    field.server.admin.get(&format!("/rounds/{ROUND}/scores")).expect(200).json()
}

fn scores(field: &Field) {
    let stored = exported(field);
    let counting = counting(&stored, ROUND);
    let communes = frame(field);
    let report = report(field);
    assert!(report.made_up);
    assert_eq!(report.communes.len(), 2);
    let mut compared = 0;
    for score in &report.communes {
        compared += check(score, &communes[&score.id], &counting);
        compared += reported(field, score, &stored);
    }
    println!("{} submissions, {compared} figures of two communes computed twice", stored.len());
    assert!(compared > 250);
}

/// Every submission as exported: XML only.
fn exported(field: &Field) -> Vec<Stored> {
    let rows: Vec<SubmissionRow> = field.server.admin.all("/submissions");
    let read = |row: SubmissionRow| {
        let xml = field.server.admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
        Stored { seq: row.seq, form: Element::read(&xml) }
    };
    rows.into_iter().map(read).collect()
}

/// Villages per commune, from the files of the cases and the printed draw.
fn frame(field: &Field) -> BTreeMap<String, BTreeMap<String, Village>> {
    let draw: Draw =
        field.server.admin.get(&format!("/rounds/{ROUND}/draws/income")).expect(200).json();
    let mut communes: BTreeMap<String, BTreeMap<String, Village>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(root().join("tests/javarosa/households.csv")).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let village = communes.entry(row[3].into()).or_default().entry(row[2].into()).or_default();
        village.households.insert(row[0].into(), row[7].parse().unwrap());
        let drawn = village.income.get_or_insert_default();
        if &row[9] == "yes" {
            drawn.insert(row[0].into());
        }
    }
    for drawn in &draw.villages {
        let sample = drawn.households.iter().filter(|h| !h.reserve).map(|h| h.id.clone());
        let (commune, _) = drawn.village.split_once('.').unwrap();
        assert_eq!(
            communes[commune][&drawn.village].income,
            Some(sample.collect()),
            "{}",
            drawn.village
        );
    }
    communes
}

/// The indicators a commune reports itself: the value is the one in its latest report.
fn reported(
    field: &Field,
    score: &ntm_shared::api::score::CommuneScore,
    stored: &[Stored],
) -> usize {
    assert!([NAM_CHAY.1, TA_PHOI.1].contains(&score.id.as_str()));
    let of = |s: &&Stored| {
        s.form.attribute("id") == Some("commune_report") && s.form.at("commune") == score.id
    };
    let latest = stored.iter().filter(of).max_by_key(|s| s.seq);
    let mut compared = 0;
    for criterion in &score.criteria {
        for indicator in
            criterion.indicators.iter().filter(|i| i.source == "report" && i.parts.is_empty())
        {
            let figures = &indicator.figures;
            let field_name = format!("c{}/i_{}", criterion.id, figures.id.replace('.', "_"));
            let said = latest.map_or("", |s| s.form.at(&field_name));
            let number: Option<f64> = said.parse().ok();
            assert_eq!(figures.value, number, "{} {}: {said}", score.name, figures.id);
            if matches!(said, "yes" | "no") {
                let answer = serde_json::to_value(&figures.answer).unwrap();
                assert!(answer.to_string().contains(said), "{answer} is not {said}");
            }
            compared += 1;
        }
    }
    let _ = field;
    compared
}
