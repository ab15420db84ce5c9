//! `ntm demo`: the whole job in one command, the same twice, and every score computed a second time
//! from what it stored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ntm_shared::api::assignment::AssignmentRow;
use ntm_shared::api::household::HouseholdRow;
use ntm_shared::api::round::{Draw, Round};
use ntm_shared::api::score::CommuneScore;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use serde_json::Value as Json;

use crate::harness::xml::Element;
use crate::harness::{Api, Cli, RealServer};
use crate::recompute::{Stored, Village, check, counting};

const DEMO: &str = "demo-2024-10";

#[test]
fn two_demos_with_one_seed_print_the_same_and_another_seed_does_not() {
    let cli = Cli::new();
    let run =
        |seed: &str| cli.run(&["demo", "--households", "300", "--seed", seed, "--json"]).expect(0);
    let first = run("7");
    assert!(first.err.contains("DỮ LIỆU MẪU"), "{}", first.err);
    let json: Json = serde_json::from_str(&first.out).expect("JSON alone on stdout");
    assert_eq!(json["notice"].as_str().map(|notice| notice.contains("DỮ LIỆU MẪU")), Some(true));
    assert_eq!(
        (json["communes"].as_array().unwrap().len(), json["assignments"].as_array().unwrap().len()),
        (127, 127)
    );
    for commune in json["communes"].as_array().unwrap() {
        for key in ["code", "name", "criteria_met"] {
            assert!(!commune[key].is_null(), "{key} in {commune}");
        }
        for indicator in commune["criteria"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|c| c["indicators"].as_array().unwrap())
        {
            for key in [
                "id",
                "value",
                "numerator",
                "denominator",
                "n",
                "N",
                "coverage",
                "verdict",
                "reason",
            ] {
                assert!(indicator.get(key).is_some(), "{key} in {indicator}");
            }
            let verdict = indicator["verdict"].as_str().unwrap();
            assert!(["met", "not_met", "undecided"].contains(&verdict), "{verdict}");
        }
    }
    assigned(&json);
    assert!(run("7").out == first.out, "two runs with one seed differ");
    assert!(run("8").out != first.out, "the seed changes nothing");
    let left = std::fs::read_dir(cli.home()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), [""; 0], "the demo left something behind");
}

/// Every commune has one lead team, no team more than it can, and every cost adds up.
fn assigned(json: &Json) {
    let rows: Vec<AssignmentRow> = serde_json::from_value(json["assignments"].clone()).unwrap();
    let communes: BTreeSet<&str> = rows.iter().map(|row| row.commune.commune.as_str()).collect();
    assert_eq!(communes.len(), rows.len(), "a commune with two lead teams");
    let mut total = 0;
    for row in &rows {
        let cost = row.cost;
        assert_eq!(cost.total, cost.distance + cost.missing + cost.keep + cost.load, "{row:?}");
        total += cost.total;
    }
    assert_eq!(json["unfilled"].as_array().unwrap().len(), 0);
    assert!(json["objective"].as_i64().unwrap() >= total, "teams below their minimum only add");
}

/// The demo's folder, served by the real server.
struct Kept {
    _cli: Cli,
    _server: RealServer,
    admin: Api,
    json: Json,
}

impl Kept {
    fn new(households: &str, seed: &str) -> Kept {
        let cli = Cli::new();
        let ran = cli.run(&[
            "demo",
            "--households",
            households,
            "--seed",
            seed,
            "--json",
            "--keep",
            "--lang",
            "en",
        ]);
        let ran = ran.expect(0);
        let after = |words: &str| {
            let rest = ran
                .err
                .split_once(words)
                .unwrap_or_else(|| panic!("no {words:?} in {}", ran.err))
                .1;
            rest.split(['\'', '\n', ' ']).find(|word| !word.is_empty()).expect("a word").to_owned()
        };
        let data = PathBuf::from(after("serve --data '"));
        assert!(data.starts_with(cli.home()), "{}", data.display());
        let server = RealServer::on(&data);
        let admin = Api::nobody(&server.url()).sign_in("admin", &after("password: "));
        let json = serde_json::from_str(&ran.out).expect("JSON");
        Kept { _cli: cli, _server: server, admin, json }
    }

    /// Everything that was stored, read through the API as an export would.
    fn stored(&self) -> Vec<Stored> {
        let rows: Vec<SubmissionRow> = self.admin.all("/submissions");
        let read = |row: &SubmissionRow| {
            let xml = self.admin.get(&format!("/submissions/{}/xml", row.seq)).expect(200).body;
            Stored { seq: row.seq, form: Element::read(&xml) }
        };
        std::thread::scope(|scope| {
            let parts = rows.chunks(rows.len().div_ceil(6).max(1));
            let parts: Vec<_> = parts
                .map(|part| scope.spawn(move || part.iter().map(read).collect::<Vec<_>>()))
                .collect();
            parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
        })
    }

    /// Villages per commune.
    fn frame(&self) -> BTreeMap<String, BTreeMap<String, Village>> {
        let draw: Draw = self.admin.get(&format!("/rounds/{DEMO}/draws/income")).expect(200).json();
        let round: Round = self.admin.get(&format!("/rounds/{DEMO}")).expect(200).json();
        assert!(round.spec.nonresponse_adjustment);
        let mut communes: BTreeMap<String, BTreeMap<String, Village>> = BTreeMap::new();
        for household in self.admin.all::<HouseholdRow>("/households") {
            let village = communes
                .entry(household.commune)
                .or_default()
                .entry(household.village)
                .or_default();
            village.adjusted = true;
            let members = household.members.expect("the demo's roster has members");
            village.households.insert(household.id, members.into());
        }
        for drawn in draw.villages {
            let (commune, _) = drawn.village.split_once('.').unwrap();
            let village = communes.get_mut(commune).unwrap().get_mut(&drawn.village).unwrap();
            let sample = drawn.households.into_iter().filter(|h| !h.reserve).map(|h| h.id);
            village.income = Some(sample.collect());
        }
        communes
    }
}

#[test]
fn every_score_of_the_demo_follows_from_what_it_stored() {
    let kept = Kept::new("1500", "11");
    let (stored, frame) = (kept.stored(), kept.frame());
    let counting = counting(&stored, DEMO);
    let scores: Vec<CommuneScore> = serde_json::from_value(kept.json["communes"].clone()).unwrap();
    assert_eq!((scores.len(), frame.len()), (127, 127));
    let mut compared = 0;
    for score in &scores {
        compared += check(score, &frame[&score.id], &counting);
    }
    let missing = scores.iter().filter(|score| !score.villages_missing.is_empty()).count();
    println!("{} submissions, {compared} figures of 127 communes computed twice", stored.len());
    assert!(missing > 0, "the demo plants a village nobody visited");
    assert!(compared > 127 * 18 * 3);
    photos(&kept);
}

/// Its photos are real JPEGs with a place and a time in them, and no two are alike.
fn photos(kept: &Kept) {
    let rows: Vec<SubmissionRow> = kept.admin.all("/submissions?form=household");
    let (mut seen, mut several) = (BTreeSet::new(), false);
    for row in rows.iter().filter(|row| row.attachments_present > 0).take(40) {
        let shown: Submission =
            kept.admin.get(&format!("/submissions/{}", row.seq)).expect(200).json();
        several |= shown.attachments.len() > 1;
        for file in &shown.attachments {
            let path = format!("/submissions/{}/attachments/{}", row.seq, file.name);
            let photo = kept.admin.get(&path).expect(200);
            assert_eq!(photo.header("content-type"), "image/jpeg");
            assert!(image::load_from_memory(&photo.body).is_ok(), "{}", file.name);
            assert!(
                photo.body.windows(6).any(|window| window == b"Exif\0\0"),
                "{} has no EXIF",
                file.name
            );
            assert!(seen.insert(photo.body), "two photos are alike");
        }
    }
    assert!(seen.len() >= 30 && several, "{} photos", seen.len());
}
