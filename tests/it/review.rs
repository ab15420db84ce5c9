//! Review: what is decided about submissions, what counts then, and what the collector is told.

use ntm_shared::api::Page;
use ntm_shared::api::account::Role;
use ntm_shared::api::household::HouseholdRow;
use ntm_shared::api::round::{NewRound, RoundStatus};
use ntm_shared::api::score::ScoreReport;
use ntm_shared::api::submission::{
    Decision, NewReview, ReturnedRow, Reviewed, Submission, SubmissionRow,
};

use crate::harness::{
    Api, Cli, NAM_CHAY, Phone, ROUND, Roster, TA_PHOI, TestServer, Visit, password, round, store,
    uuid,
};

fn new(submissions: &[i64], decision: Decision, reason: &str) -> NewReview {
    let fields = if reason.is_empty() { vec![] } else { vec!["/household/poverty_status".into()] };
    NewReview {
        id: uuid(),
        submissions: submissions.to_vec(),
        decision,
        reason: reason.into(),
        fields,
    }
}

#[track_caller]
fn decide(api: &Api, submissions: &[i64], decision: Decision) -> NewReview {
    let reason = if decision == Decision::Approved { "" } else { "Hỏi lại diện hộ." };
    let new = new(submissions, decision, reason);
    let done: Reviewed = api.post("/reviews", &new).expect(200).json();
    assert_eq!(done.submissions, submissions.len() as u64);
    new
}

fn show(server: &TestServer, seq: i64) -> Submission {
    server.admin.get(&format!("/submissions/{seq}")).expect(200).json()
}

fn codes(submission: &Submission) -> Vec<&str> {
    submission.findings_list.iter().map(|finding| finding.code.as_str()).collect()
}

fn received(server: &TestServer) -> u64 {
    let path = format!("/rounds/{ROUND}/status");
    server.admin.get(&path).expect(200).json::<RoundStatus>().total.received
}

/// Share of poor households in Nậm Chảy.
fn poverty(server: &TestServer) -> Option<f64> {
    let path = format!("/rounds/{ROUND}/scores?within=u0066");
    let report: ScoreReport = server.admin.get(&path).expect(200).json();
    let mut indicators = report.communes[0].criteria.iter().flat_map(|c| &c.indicators);
    indicators.find_map(|i| (i.figures.id == "11.1").then_some(i.figures.value)).flatten()
}

fn returned(phone: &Phone) -> Vec<ReturnedRow> {
    phone.get("/api/v1/returned").expect(200).json::<Page<ReturnedRow>>().items
}

#[test]
fn a_rejected_submission_counts_no_more_and_what_counts_instead_is_settled() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    let home = "u0066.01.001";
    let poor = Visit { poverty: "poor".into(), ..Visit::completed(home) };
    let latest = Visit::completed(home);
    phone.send(&Visit::attempt(home, "absent").xml(), &[]).unwrap().expect(201);
    phone.send(&poor.xml(), &[]).unwrap().expect(201);
    phone.send(&latest.xml(), &[]).unwrap().expect(201);
    let counting = || {
        let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
        rows.iter().filter(|row| row.counts).map(|row| row.seq).collect::<Vec<_>>()
    };
    assert_eq!((counting(), poverty(&server)), (vec![3], Some(0.0)));

    decide(&server.admin, &[3], Decision::Rejected);
    assert_eq!((counting(), poverty(&server)), (vec![2], Some(100.0)));
    assert!(!codes(&show(&server, 2)).contains(&"superseded"));
    // The interview rejected as well, the attempt is what is left.
    decide(&server.admin, &[2], Decision::Rejected);
    assert_eq!((counting(), received(&server)), (vec![1], 0));
    decide(&server.admin, &[1], Decision::Rejected);
    assert_eq!(counting(), [0; 0]);
    let moments: i64 = store::open(server.data())
        .query_row("SELECT count(*) FROM moment", [], |row| row.get(0))
        .unwrap();
    assert_eq!(moments, 0, "moments of a village about which nothing counts");

    // Approved after all, it counts as before; the others are superseded again.
    decide(&server.admin, &[1, 2, 3], Decision::Approved);
    assert_eq!((counting(), poverty(&server), received(&server)), (vec![3], Some(0.0), 1));
    for seq in [1, 2] {
        let known = show(&server, seq);
        assert_eq!(codes(&known).iter().filter(|c| **c == "superseded").count(), 1, "{known:?}");
        assert_eq!((known.row.review.as_str(), known.reviews.len()), ("approved", 2));
    }
    // Sent once more, a rejected one stays so.
    decide(&server.admin, &[3], Decision::Rejected);
    phone.send(&latest.xml(), &[]).unwrap().expect(201);
    assert_eq!(counting(), [2]);
    // A later one counts, whatever was rejected before it.
    phone.send(&Visit::completed(home).xml(), &[]).unwrap().expect(201);
    assert_eq!(counting(), [4]);
}

#[test]
fn where_only_what_is_approved_counts_an_interview_waits_and_nobody_is_sent_again() {
    let server = TestServer::start();
    server.import(&Roster::small());
    server.open_round(&NewRound { approved_only: true, ..round() });
    let phone = server.collector(&[NAM_CHAY.0]);
    let home = "u0066.01.001";
    let status = || {
        let path = format!("/rounds/{ROUND}/status");
        let total = server.admin.get(&path).expect(200).json::<RoundStatus>().total;
        (total.received, total.missing, total.waiting, total.attempted)
    };
    let counting = || {
        let rows: Vec<SubmissionRow> = server.admin.all("/submissions");
        rows.iter().filter(|row| row.counts).map(|row| row.seq).collect::<Vec<_>>()
    };
    let missing = || {
        let rows: Vec<HouseholdRow> = server.admin.all(&format!("/rounds/{ROUND}/missing"));
        rows.iter().any(|row| row.id == home)
    };
    phone.send(&Visit::attempt(home, "absent").xml(), &[]).unwrap().expect(201);
    assert_eq!((status(), counting(), missing()), ((0, 20, 0, 0), vec![], true));
    decide(&server.admin, &[1], Decision::Approved);
    assert_eq!((status(), counting()), ((0, 20, 0, 1), vec![1]));

    let first = Visit { poverty: "poor".into(), ..Visit::completed(home) };
    phone.send(&first.xml(), &[]).unwrap().expect(201);
    assert_eq!((status(), counting(), missing()), ((0, 20, 1, 1), vec![1], false));
    assert!(!codes(&show(&server, 2)).contains(&"superseded"), "nothing counts instead of it");
    assert_eq!(poverty(&server), None);
    decide(&server.admin, &[2], Decision::HasIssues);
    assert_eq!((status(), counting()), ((0, 20, 1, 1), vec![1]));
    decide(&server.admin, &[2], Decision::Approved);
    assert_eq!((status(), counting(), missing()), ((1, 19, 0, 0), vec![2], false));
    assert_eq!(poverty(&server), Some(100.0));

    // A later interview does not push out what was approved before somebody has looked at it.
    phone.send(&Visit::completed(home).xml(), &[]).unwrap().expect(201);
    assert_eq!((status(), counting()), ((1, 19, 0, 0), vec![2]));
    decide(&server.admin, &[3], Decision::Approved);
    assert_eq!((counting(), poverty(&server)), (vec![3], Some(0.0)));

    // An edit takes the place of what was approved, and has to be approved itself.
    let other = Visit::completed("u0066.01.003");
    phone.send(&other.xml(), &[]).unwrap().expect(201);
    decide(&server.admin, &[4], Decision::Approved);
    assert_eq!(counting(), [3, 4]);
    let edited = Visit { edits: Some(other.instance), ..Visit::completed("u0066.01.003") };
    phone.send(&edited.xml(), &[]).unwrap().expect(201);
    assert_eq!((counting(), status()), (vec![3], (1, 19, 1, 0)));
}

#[test]
fn every_decision_is_kept_with_who_decided_and_a_repeat_changes_nothing() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    phone.send(&Visit::completed("u0066.01.001").xml(), &[]).unwrap().expect(201);
    let lan = server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let first = decide(&lan, &[1], Decision::HasIssues);
    let before = store::census(server.data());
    lan.post("/reviews", &first).expect(200);
    assert_eq!(store::census(server.data()), before);
    let other = NewReview { decision: Decision::Approved, ..first.clone() };
    lan.post("/reviews", &other).expect(409).problem("conflict");
    server.admin.post("/reviews", &first).expect(409).problem("conflict");
    decide(&server.admin, &[1], Decision::Approved);
    let shown = show(&server, 1);
    let who: Vec<_> = shown.reviews.iter().map(|r| (r.decision, r.by_name.as_deref())).collect();
    assert_eq!(who, [(Decision::HasIssues, Some("lan")), (Decision::Approved, Some("admin"))]);
    assert_eq!(shown.reviews[0].reason, "Hỏi lại diện hộ.");
    assert_eq!(shown.reviews[0].fields, ["/household/poverty_status"]);
    assert!(shown.row.counts && shown.row.review == "approved");
    // The words of the reviewer stand with the submission, not in the events.
    let db = store::open(server.data());
    let events =
        store::rows(&db, "SELECT data FROM event WHERE verb = 'submission.review'", |row| {
            row.get::<_, String>(0)
        });
    assert!(events.len() == 2 && events.iter().all(|data| !data.contains("Hỏi")), "{events:?}");
}

#[test]
fn many_are_decided_at_once_or_none_and_only_inside_the_area() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0, TA_PHOI.0]);
    for home in ["u0066.01.001", "u0066.01.002", "u0036.01.001"] {
        phone.send(&Visit::completed(home).xml(), &[]).unwrap().expect(201);
    }
    let lan = server.user("lan", Role::Commune, &[NAM_CHAY.0]);
    let before = store::census(server.data());
    let across = new(&[1, 2, 3], Decision::Rejected, "sai");
    lan.post("/reviews", &across).expect(404).problem("not_found");
    for bad in [
        new(&[1], Decision::Rejected, "  "),
        new(&[1], Decision::Returned, ""),
        new(&[], Decision::Approved, ""),
        new(&[1], Decision::HasIssues, &"x".repeat(2001)),
        NewReview { id: String::new(), ..new(&[1], Decision::Approved, "") },
        NewReview { fields: vec![String::new()], ..new(&[1], Decision::Approved, "") },
    ] {
        lan.post("/reviews", &bad).expect(422).problem("bad_value");
    }
    let many: Vec<i64> = (1..=501).collect();
    server.admin.post("/reviews", &new(&many, Decision::Approved, "")).expect(422);
    assert_eq!(store::census(server.data()), before);
    assert_eq!(received(&server), 3);
    decide(&lan, &[1, 2], Decision::Rejected);
    assert_eq!(received(&server), 1);
}

#[test]
fn a_collector_reads_what_came_back_of_its_own_until_it_is_sent_anew() {
    let server = TestServer::surveyed();
    let (ours, theirs) = (server.collector(&[NAM_CHAY.0]), server.collector(&[NAM_CHAY.0]));
    let first = Visit::completed("u0066.01.001");
    ours.send(&first.xml(), &[]).unwrap().expect(201);
    ours.send(&Visit::completed("u0066.01.002").xml(), &[]).unwrap().expect(201);
    theirs.send(&Visit::completed("u0066.01.003").xml(), &[]).unwrap().expect(201);
    assert_eq!(returned(&ours), []);
    decide(&server.admin, &[1], Decision::Returned);
    decide(&server.admin, &[2], Decision::Approved);
    decide(&server.admin, &[3], Decision::Rejected);
    let back = returned(&ours);
    assert_eq!(back.len(), 1);
    assert_eq!(
        (back[0].instance_id.as_str(), back[0].decision),
        (first.instance.as_str(), Decision::Returned)
    );
    assert_eq!(back[0].reason, "Hỏi lại diện hộ.");
    assert_eq!(back[0].fields, ["/household/poverty_status"]);
    assert_eq!(returned(&theirs)[0].decision, Decision::Rejected);
    // Until it is mended it counts, flagged.
    assert_eq!(
        (show(&server, 1).row.counts, show(&server, 1).row.review.as_str()),
        (true, "hasIssues")
    );
    // A phone that asks again and has it already is told so.
    let tag = ours.get("/api/v1/returned").header("etag").to_owned();
    let again = ours.request(reqwest::Method::GET, "/api/v1/returned").header("If-None-Match", tag);
    assert_eq!(again.send().unwrap().status(), 304);
    let edit = Visit::completed("u0066.01.001");
    let meta = format!("<meta><deprecatedID>{}</deprecatedID>", first.instance);
    let xml = String::from_utf8(edit.xml()).unwrap().replace("<meta>", &meta).into_bytes();
    ours.send(&xml, &[]).unwrap().expect(201);
    assert_eq!(returned(&ours), []);
    let nobody = Phone::new(&format!("{}/key/{}", server.url(), "0".repeat(64)));
    nobody.get("/api/v1/returned").expect(401).problem("bad_token");
}

#[test]
fn the_command_line_decides_about_one_or_many() {
    let server = TestServer::surveyed();
    let phone = server.collector(&[NAM_CHAY.0]);
    for home in ["u0066.01.001", "u0066.01.002"] {
        phone.send(&Visit::completed(home).xml(), &[]).unwrap().expect(201);
    }
    let cli = Cli::new();
    let login = ["login", "admin", "--password-stdin", "--server", server.url()];
    cli.run_with(&login, &format!("{}\n", password("admin"))).expect(0);
    let ran = cli.run(&["submission", "review", "1", "2", "--as", "approved"]).expect(0);
    assert_eq!(ran.out, "Đã ghi cho 2 phiếu: đã duyệt.\n");
    let without = cli.run(&["submission", "review", "1", "--as", "returned"]).expect(2);
    assert!(without.err.contains("bad_value"), "{}", without.err);
    let why =
        ["--reason", "Chụp lại ảnh mái nhà.", "--field", "/household/housing/photo_house_roof"];
    let back = [&["submission", "review", "1", "--as", "returned", "--json"], &why[..]].concat();
    let ran = cli.run(&back).expect(0);
    assert!(ran.out.contains("\"submissions\": 1"), "{}", ran.out);
    let shown = cli.run(&["submission", "show", "1"]).expect(0).out;
    assert!(shown.contains("trả lại người gửi") && shown.contains("Chụp lại ảnh"), "{shown}");
    assert_eq!(returned(&phone).len(), 1);
    let none = cli.run(&["submission", "review", "9", "--as", "approved"]).expect(2);
    assert!(none.err.contains("not_found"), "{}", none.err);
}
