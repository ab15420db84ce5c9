//! Rounds: the frozen frame, the draw, what is expected and missing, which submission counts.

use std::collections::{BTreeMap, BTreeSet};

use ntm_shared::api::account::Role;
use ntm_shared::api::household::{Imported, MissingHousehold};
use ntm_shared::api::round::{
    Draw, ModuleDesign, NewDraw, NewRound, Round, RoundStatus, StatusCounts,
};
use ntm_shared::api::submission::{Submission, SubmissionRow};

use crate::cli::signed_in;
use crate::harness::xml::Element;
use crate::harness::{
    Cli, NAM_CHAY, Phone, ROUND, Roster, TA_PHOI, TestServer, Visit, round, sha256, store,
};

fn sampled(per_village: u32) -> NewRound {
    let modules = BTreeMap::from([("income".to_owned(), ModuleDesign::Sample { per_village })]);
    NewRound { modules, ..round() }
}

fn draw(server: &TestServer, seed: u64) -> Draw {
    let new = NewDraw { module: "income".into(), seed };
    server.admin.post(&format!("/rounds/{ROUND}/draw"), &new).expect(200).json()
}

fn status(server: &TestServer) -> RoundStatus {
    server.admin.get(&format!("/rounds/{ROUND}/status")).expect(200).json()
}

fn missing(server: &TestServer) -> Vec<MissingHousehold> {
    server.admin.all(&format!("/rounds/{ROUND}/missing"))
}

fn submission(server: &TestServer, visit: &Visit) -> Submission {
    let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
    let row =
        rows.iter().find(|row| row.instance_id == visit.instance).expect("a stored submission");
    server.admin.get(&format!("/submissions/{}", row.seq)).expect(200).json()
}

fn codes(submission: &Submission) -> BTreeSet<&str> {
    submission.findings_list.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn opening_freezes_the_frame_and_repeats_change_nothing() {
    let server = TestServer::start();
    let first = server.import(&Roster::small());
    assert_eq!((first.rows, first.added, first.villages_added), (20, 20, 4));
    let opened = server.open_round(&round());
    assert_eq!((opened.frame, opened.state.as_str()), (20, "open"));
    assert_eq!(opened.spec.areas, [NAM_CHAY.1, TA_PHOI.1]);
    // Events may tell that it was asked again; no row of anything else moves.
    let but_events = || {
        let mut census = store::census(server.data());
        census.remove("event");
        census
    };
    let before = but_events();
    let again = server.import(&Roster::small());
    assert_eq!(again, Imported { rows: 20, added: 0, changed: 0, villages_added: 0, erased: 0 });
    assert_eq!(server.open_round(&round()), opened);
    assert_eq!(but_events(), before);

    let mut later = Roster::small();
    later.add(NAM_CHAY.0, 1, 6);
    later.add(NAM_CHAY.0, 3, 1);
    later.rows[0][4] = "Chủ hộ mới".into();
    let later = server.import(&later);
    assert_eq!((later.added, later.changed, later.villages_added), (2, 1, 1));
    let known: Round = server.admin.get(&format!("/rounds/{ROUND}")).expect(200).json();
    assert_eq!(known.frame, 20, "the frame moved");
    assert_eq!(status(&server).total.expected, 20);
    let next = NewRound { id: "2024-11".into(), ..round() };
    assert_eq!(server.open_round(&next).frame, 22);
}

#[test]
fn a_draw_is_what_the_seed_says_whatever_the_order_of_import() {
    let draws: Vec<Draw> = [false, true]
        .map(|reversed| {
            let server = TestServer::start();
            let mut roster = Roster::small();
            if reversed {
                roster.rows.reverse();
            }
            server.import(&roster);
            server.open_round(&sampled(2));
            draw(&server, 42)
        })
        .into();
    assert_eq!(draws[0], draws[1]);
    assert_eq!(draws[0].villages.len(), 4);
    for village in &draws[0].villages {
        assert_eq!((village.frame, village.households.len()), (5, 5));
        // Anyone can repeat it with a hash tool: the line is ntm-draw-1|SEED|VILLAGE|HOUSEHOLD.
        let mut order: Vec<(String, String)> = (1..=5)
            .map(|n| format!("{}.{n:03}", village.village))
            .map(|id| (sha256(format!("ntm-draw-1|42|{}|{id}", village.village).as_bytes()), id))
            .collect();
        order.sort();
        let drawn: Vec<(u32, &str, bool)> =
            village.households.iter().map(|h| (h.position, h.id.as_str(), h.reserve)).collect();
        let expected: Vec<(u32, &str, bool)> =
            (1..).zip(&order).map(|(n, (_, id))| (n, id.as_str(), n > 2)).collect();
        assert_eq!(drawn, expected);
    }
}

#[test]
fn a_draw_stands() {
    let server = TestServer::start();
    server.import(&Roster::small());
    server.open_round(&sampled(2));
    let path = format!("/rounds/{ROUND}/draw");
    server.admin.get(&format!("/rounds/{ROUND}/draws/income")).expect(404);
    let drawn = draw(&server, 7);
    assert_eq!(draw(&server, 7), drawn);
    assert!(drawn.seed == 7 && drawn.made_up);
    let other = NewDraw { module: "income".into(), seed: 8 };
    server.admin.post(&path, &other).expect(409).problem("already_drawn");
    let shown: Draw = server.admin.get(&format!("/rounds/{ROUND}/draws/income")).expect(200).json();
    assert_eq!(shown, drawn);
    // The phone knows who is asked about income.
    let phone = server.collector(&[NAM_CHAY.0]);
    let (_, files) = phone.fetch(&phone.form("household"));
    let mut table = csv::Reader::from_reader(files["households.csv"].as_slice());
    let asked: BTreeSet<String> = table
        .records()
        .map(Result::unwrap)
        .filter(|row| &row[9] == "yes")
        .map(|row| row[0].into())
        .collect();
    let sample = drawn.villages.iter().flat_map(|v| &v.households).filter(|h| !h.reserve);
    let sample = sample.map(|h| h.id.clone()).filter(|id| id.starts_with(NAM_CHAY.1));
    assert_eq!(asked, sample.collect());
    assert_eq!(asked.len(), 4);

    let late = TestServer::start();
    late.import(&Roster::small());
    late.open_round(&sampled(2));
    let phone = late.collector(&[NAM_CHAY.0]);
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    late.admin.post(&path, &other).expect(422).problem("bad_value");
}

#[test]
fn expected_is_received_and_missing_everywhere_and_the_missing_shrink() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0, TA_PHOI.0]);
    assert_eq!(missing(&server).len(), 20);
    assert!(missing(&server).iter().all(|m| m.last_attempt.is_none()));
    let visits = [
        Visit::completed("u0066.01.001"),
        Visit::completed("u0066.01.002"),
        Visit::attempt("u0066.02.001", "absent"),
        Visit::attempt("u0036.01.001", "refused"),
        Visit::completed("u0036.02.005"),
    ];
    for (visit, left) in visits.iter().zip([19, 18, 18, 18, 17]) {
        phone.send(&visit.xml(), &[]).unwrap().expect(201);
        assert_eq!(missing(&server).len(), left);
    }
    let status = status(&server);
    let adds_up =
        |c: &StatusCounts| c.expected == c.received + c.missing && c.attempted <= c.missing;
    assert!(
        status.rows.iter().all(|row| adds_up(&row.counts)) && adds_up(&status.total),
        "{status:?}"
    );
    let counts = |unit: &str| {
        let row = status.rows.iter().find(|row| row.unit == unit).expect(unit);
        (row.counts.expected, row.counts.received, row.counts.missing, row.counts.attempted)
    };
    assert_eq!(counts(NAM_CHAY.1), (10, 2, 8, 1));
    assert_eq!(counts(TA_PHOI.1), (10, 1, 9, 1));
    assert_eq!(counts("u0066.01"), (5, 2, 3, 0));
    assert_eq!(counts("u0066.02"), (5, 0, 5, 1));
    let levels: Vec<(&str, &str)> =
        status.rows.iter().map(|r| (r.level.as_str(), r.code.as_str())).collect();
    let villages = [("village", "01"), ("village", "02")];
    let expected =
        [&[("commune", TA_PHOI.0)], &villages[..], &[("commune", NAM_CHAY.0)], &villages[..]]
            .concat();
    assert_eq!(levels, expected);
    assert_eq!((status.total.expected, status.total.received, status.total.attempted), (20, 3, 2));
    let attempts: Vec<_> = missing(&server)
        .into_iter()
        .filter_map(|m| Some((m.household.id, m.last_attempt?)))
        .collect();
    let attempted = [("u0036.01.001", "refused"), ("u0066.02.001", "absent")];
    assert_eq!(attempts, attempted.map(|(id, how)| (id.to_owned(), how.to_owned())));
    let within: RoundStatus = server
        .admin
        .get(&format!("/rounds/{ROUND}/status?within=02770&at=2024-10-15"))
        .expect(200)
        .json();
    assert_eq!((within.rows.len(), within.total.expected), (3, 10));
}

#[test]
fn of_several_submissions_an_interview_beats_an_attempt_and_then_the_latest_counts() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let send = |visit: Visit| {
        phone.send(&visit.xml(), &[]).unwrap().expect(201);
        visit
    };
    let home = "u0066.01.001";
    let absent = send(Visit::attempt(home, "absent"));
    assert!(submission(&server, &absent).row.counts);
    let poor = send(Visit { poverty: "poor".into(), ..Visit::completed(home) });
    let later = send(Visit::attempt(home, "absent"));
    let counts = |visit: &Visit| submission(&server, visit).row.counts;
    assert_eq!([&absent, &poor, &later].map(counts), [false, true, false]);
    assert!(codes(&submission(&server, &later)).contains("superseded"));
    assert!(codes(&submission(&server, &absent)).contains("superseded"));
    assert_eq!(poverty(&server), Some(100.0));
    let latest = send(Visit::completed(home));
    assert_eq!([&absent, &poor, &later, &latest].map(counts), [false, false, false, true]);
    assert_eq!(poverty(&server), Some(0.0));
    assert_eq!(status(&server).total.received, 1);
    // Sent once more, the earlier one does not come back to life.
    send(poor.clone());
    assert!(counts(&latest) && !counts(&poor));
}

/// Share of poor households in Nậm Chảy.
fn poverty(server: &TestServer) -> Option<f64> {
    let report: ntm_shared::api::score::ScoreReport =
        server.admin.get(&format!("/rounds/{ROUND}/scores?within=u0066")).expect(200).json();
    let indicators = report.communes[0].criteria.iter().flat_map(|c| &c.indicators);
    indicators.filter(|i| i.figures.id == "11.1").find_map(|i| i.figures.value)
}

#[test]
fn late_and_odd_submissions_are_stored_and_flagged() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let send = |phone: &Phone, visit: &Visit, status: u16| {
        phone.send(&visit.xml(), &[]).unwrap().expect(status);
        submission(&server, visit)
    };
    let elsewhere = send(&phone, &Visit::completed("u0036.01.001"), 201);
    assert!(codes(&elsewhere).contains("out_of_area") && elsewhere.row.counts, "{elsewhere:?}");
    assert_eq!(elsewhere.row.commune.as_deref(), Some(TA_PHOI.1));

    let unknown = send(&phone, &Visit::completed("u0066.01.099"), 201);
    assert!(codes(&unknown).contains("not_on_roster") && !unknown.row.counts);
    let nowhere =
        send(&phone, &Visit { round: String::new(), ..Visit::completed("u0066.01.001") }, 201);
    assert!(codes(&nowhere).contains("no_round") && !nowhere.row.counts);
    assert_eq!(status(&server).held, 2);
    // Another form without a round is nothing to place.
    let other = "<visit id=\"visit\" version=\"2024100103\"><today>2024-10-15</today><commune>u0066</commune><meta><instanceID>uuid:without-a-round</instanceID></meta></visit>";
    phone.send(other.as_bytes(), &[]).unwrap().expect(201);
    assert_eq!(status(&server).held, 2);
    // Who reads it is told about their own area.
    let held = |user: &str, area: &str, within: &str| {
        let reader = server.user(user, Role::Commune, &[area]);
        let path = format!("/rounds/{ROUND}/status?at=2024-10-15{within}");
        reader.get(&path).expect(200).json::<RoundStatus>().held
    };
    assert_eq!(held("nậm chảy", NAM_CHAY.0, ""), 2);
    assert_eq!(held("tả phời", TA_PHOI.0, ""), 0);
    let within = |area: &str| {
        let path = format!("/rounds/{ROUND}/status?at=2024-10-15&within={area}");
        server.admin.get(&path).expect(200).json::<RoundStatus>().held
    };
    assert_eq!((within(NAM_CHAY.0), within(TA_PHOI.0)), (2, 0));
    let cli = signed_in(&server);
    let told = cli.run(&["round", "status", ROUND]).expect(0);
    assert!(told.err.contains("2 phiếu hộ không rõ đợt hoặc hộ"), "{}", told.err);
    assert!(told.err.contains("ntm submission review SỐ --as returned"), "{}", told.err);
    let list = ["submission", "list", "--round", ROUND, "--held", "--json"];
    assert!(told.err.contains(&list[..5].join(" ")), "{}", told.err);
    let listed = |cli: &Cli| -> Vec<i64> {
        let rows: Vec<SubmissionRow> = serde_json::from_str(&cli.run(&list).expect(0).out).unwrap();
        rows.iter().map(|row| row.seq).collect()
    };
    assert_eq!(listed(&cli), [unknown.row.seq, nowhere.row.seq]);
    server.admin.get("/submissions?held=true").expect(422);
    // A mistyped round is not one that nobody answered.
    let mistyped = cli.run(&["submission", "list", "--round", "dot-9"]).expect(2);
    assert!(mistyped.err.contains("(unknown_round)"), "{}", mistyped.err);
    let seq = nowhere.row.seq.to_string();
    let review = ["submission", "review", &seq, "--as", "rejected", "--reason", "không rõ đợt"];
    cli.run(&review).expect(0);
    assert_eq!(status(&server).held, 1);
    assert_eq!(listed(&cli), [unknown.row.seq]);

    let mut roster = Roster::small();
    roster.add(NAM_CHAY.0, 1, 6);
    server.import(&roster);
    let after = send(&phone, &Visit::completed("u0066.01.006"), 201);
    assert!(codes(&after).contains("not_in_frame") && !after.row.counts);

    let closed: Round =
        server.admin.post(&format!("/rounds/{ROUND}/close"), &()).expect(200).json();
    assert_eq!(closed.state, "closed");
    let again = cli.run(&["round", "close", ROUND]).expect(0);
    assert_eq!(again.out.trim_end(), format!("{ROUND} · đã đóng"));
    assert_eq!(phone.form_list(), []);
    let late = send(&phone, &Visit::completed("u0066.01.002"), 201);
    assert!(codes(&late).contains("round_closed") && late.row.counts);
    assert_eq!(status(&server).total.received, 2);
}

#[test]
fn an_edit_is_a_new_version_that_counts_and_the_old_one_is_kept() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let first = Visit { poverty: "poor".into(), ..Visit::completed("u0066.01.001") };
    phone.send(&first.xml(), &[]).unwrap().expect(201);
    let edit = Visit::completed("u0066.01.001");
    let meta = format!("<meta><deprecatedID>{}</deprecatedID>", first.instance);
    let xml = String::from_utf8(edit.xml()).unwrap().replace("<meta>", &meta).into_bytes();
    phone.send(&xml, &[]).unwrap().expect(201);
    assert_eq!(
        (submission(&server, &first).row.counts, submission(&server, &edit).row.counts),
        (false, true)
    );
    let seq = submission(&server, &first).row.seq;
    let kept = server.admin.get(&format!("/submissions/{seq}/xml")).expect(200).body;
    assert_eq!(Element::read(&kept).at("poverty_status"), "poor");
    assert_eq!(kept, first.xml());
}
