//! Edits of forms that were sent: versions that replace each other, and edits that fit nowhere.
//! Whatever comes, everything is kept, and one version counts.

mod model;

use ntm_shared::api::household::HouseholdRow;
use ntm_shared::api::submission::{Decision, NewReview, Submission, SubmissionRow};

use crate::harness::{Multipart, NAM_CHAY, Phone, ROUND, TestServer, Visit, photo, uuid};

struct Scene {
    server: TestServer,
    phone: Phone,
}

impl Scene {
    fn new() -> Scene {
        let server = TestServer::surveyed();
        let phone = server.collector(&[NAM_CHAY.0]);
        Scene { server, phone }
    }

    #[track_caller]
    fn send(&self, visit: &Visit, status: u16) {
        let said = self.phone.post(&Multipart::of(&visit.xml())).expect(status).text();
        assert_eq!(status == 202, said.contains("cán bộ sẽ"), "{said}");
    }

    #[track_caller]
    fn stored(&self, visit: &Visit) -> Submission {
        let rows: Vec<SubmissionRow> = self.server.admin.all("/submissions");
        let row = rows.iter().find(|row| row.instance_id == visit.instance).expect("stored");
        self.server.admin.get(&format!("/submissions/{}", row.seq)).expect(200).json()
    }

    /// Whether it counts, and what its place among the versions is.
    #[track_caller]
    fn is(&self, visit: &Visit, counts: bool, codes: &[&str]) {
        let stored = self.stored(visit);
        let about = ["edit_unknown", "edit_stale", "edit_cycle", "replaced", "superseded"];
        let mut found: Vec<&str> = stored.findings_list.iter().map(|f| f.code.as_str()).collect();
        found.retain(|code| about.contains(code));
        assert_eq!((stored.row.counts, found.as_slice()), (counts, codes), "{}", visit.instance);
    }
}

fn decided(submissions: &[i64], decision: Decision) -> NewReview {
    let reason = if decision == Decision::Approved { "" } else { "Hỏi lại diện hộ." };
    let (submissions, reason) = (submissions.to_vec(), reason.into());
    NewReview { id: uuid(), submissions, decision, reason, fields: Vec::new() }
}

const HOUSEHOLD: &str = "u0066.01.001";

#[test]
fn an_edit_takes_the_place_of_what_it_edits() {
    let scene = Scene::new();
    let first = Visit::completed(HOUSEHOLD);
    let second = Visit { poverty: "poor".into(), ..first.edited() };
    // An attempt never counts before an interview, but the newest version is the one that is meant.
    let third = Visit { contact: "absent", ..second.edited() };
    scene.send(&first, 201);
    scene.send(&second, 201);
    scene.is(&first, false, &["replaced"]);
    scene.is(&second, true, &[]);
    assert_eq!(scene.stored(&second).row.review, "edited");
    scene.send(&third, 201);
    scene.is(&second, false, &["replaced"]);
    scene.is(&third, true, &[]);
    // Sent again, nothing changes.
    for visit in [&first, &third, &second] {
        scene.send(visit, 201);
    }
    scene.is(&first, false, &["replaced"]);
    scene.is(&third, true, &[]);
}

#[test]
fn an_edit_about_another_household_gives_the_first_one_back() {
    let scene = Scene::new();
    let (older, wrong) = (Visit::completed(HOUSEHOLD), Visit::completed(HOUSEHOLD));
    scene.send(&older, 201);
    scene.send(&wrong, 201);
    scene.is(&older, false, &["superseded"]);
    let right = Visit { household: "u0066.02.001".into(), ..wrong.edited() };
    scene.send(&right, 201);
    scene.is(&wrong, false, &["replaced"]);
    scene.is(&older, true, &[]);
    scene.is(&right, true, &[]);
    // Of the village it leaves nothing counts any more.
    let again = Visit { household: "u0066.01.005".into(), ..right.edited() };
    scene.send(&again, 201);
    scene.is(&right, false, &["replaced"]);
    scene.is(&again, true, &[]);
}

#[test]
fn a_stale_edit_is_a_flagged_branch() {
    let scene = Scene::new();
    let first = Visit::completed(HOUSEHOLD);
    let (one, other) = (first.edited(), first.edited());
    scene.send(&first, 201);
    scene.send(&one, 201);
    scene.send(&other, 202);
    scene.is(&first, false, &["replaced"]);
    scene.is(&one, false, &["superseded"]);
    scene.is(&other, true, &["edit_stale"]);
    scene.send(&other, 202);
    scene.send(&one, 201);
    scene.is(&other, true, &["edit_stale"]);
}

#[test]
fn an_edit_that_overtakes_its_original_is_kept_and_finds_it() {
    let scene = Scene::new();
    let first = Visit::completed(HOUSEHOLD);
    let (edit, other) = (first.edited(), first.edited());
    scene.send(&edit, 202);
    scene.is(&edit, true, &["edit_unknown"]);
    scene.send(&other, 202);
    scene.is(&other, true, &["edit_unknown"]);
    scene.send(&first, 201);
    scene.is(&first, false, &["replaced"]);
    scene.is(&edit, false, &["superseded"]);
    scene.is(&other, true, &["edit_stale"]);
    scene.send(&edit, 201);
    scene.send(&other, 202);
}

#[test]
fn edits_in_a_circle_are_all_kept() {
    let scene = Scene::new();
    let a = Visit::completed(HOUSEHOLD);
    let itself = Visit { edits: Some(a.instance.clone()), ..a.clone() };
    scene.send(&itself, 202);
    scene.is(&itself, true, &["edit_cycle"]);

    let c = Visit::completed("u0066.01.002");
    let d = c.edited();
    let c = Visit { edits: Some(d.instance.clone()), ..c };
    scene.send(&c, 202);
    scene.is(&c, true, &["edit_unknown"]);
    scene.send(&d, 202);
    scene.is(&c, false, &["edit_unknown", "superseded"]);
    scene.is(&d, true, &["edit_cycle"]);
}

/// What an edit in an unknown version replaces is known when the version is; until then the original
/// counts, so that the household is not lost meanwhile.
#[test]
fn a_held_edit_replaces_nothing_before_it_is_placed() {
    let scene = Scene::new();
    let first = Visit::completed(HOUSEHOLD);
    let edit = Visit { version: "2030".into(), ..first.edited() };
    scene.send(&first, 201);
    scene.send(&edit, 202);
    scene.is(&first, true, &[]);
    scene.is(&edit, false, &[]);
    let shipped = ntm_shared::data::FORMS.iter().find(|form| form.contains("2024100102"));
    let source = shipped.expect("the household form").replace("2024100102", "2030");
    let forms = "/forms?force=true";
    scene.server.admin.post_text(forms, "text/markdown", source).expect(201);
    scene.is(&first, false, &["replaced"]);
    scene.is(&edit, true, &[]);
}

/// Of an unknown version nobody knows which photos it names: a second batch was acknowledged and
/// its photos dropped.
#[test]
fn a_held_form_keeps_the_photos_of_every_batch() {
    let scene = Scene::new();
    let visit = Visit { version: "2031".into(), ..Visit::completed(HOUSEHOLD) };
    let visit = visit.photos(&["1.jpg", "2.jpg", "3.jpg"]);
    for (name, seed) in [("1.jpg", 1), ("2.jpg", 2), ("1.jpg", 1), ("3.jpg", 3)] {
        let upload = Multipart::of(&visit.xml()).photo(name, &photo::jpeg(seed));
        scene.phone.post(&upload.incomplete()).expect(202);
    }
    let stored = scene.stored(&visit);
    let names: Vec<&str> = stored.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["1.jpg", "2.jpg", "3.jpg"]);
    assert!(stored.attachments.iter().all(|file| file.sha256.is_some()));
}

/// A rejected edit took the household out of the count for good: nothing of it counted, and approving
/// what the edit had replaced did not help.
#[test]
fn a_rejected_edit_gives_way_to_what_it_replaced() {
    let scene = Scene::new();
    let first = Visit { poverty: "poor".into(), ..Visit::completed(HOUSEHOLD) };
    let second = Visit { poverty: "none".into(), ..first.edited() };
    let third = Visit { poverty: "near_poor".into(), ..second.edited() };
    let all = [&first, &second, &third];
    all.iter().for_each(|visit| scene.send(visit, 201));
    let decide = |numbers: &[i64], decision: Decision| {
        scene.server.admin.post("/reviews", &decided(numbers, decision)).expect(200);
    };
    let count = |which: Option<usize>| {
        for (at, visit) in all.iter().enumerate() {
            let codes: &[&str] = if at < 2 { &["replaced"] } else { &[] };
            scene.is(visit, which == Some(at), codes);
        }
        let path = format!("/rounds/{ROUND}/missing");
        let missing: Vec<HouseholdRow> = scene.server.admin.all(&path);
        assert_eq!(missing.iter().any(|row| row.id == HOUSEHOLD), which.is_none());
    };
    count(Some(2));
    decide(&[3], Decision::Rejected);
    count(Some(1));
    decide(&[2], Decision::Rejected);
    count(Some(0));
    decide(&[1], Decision::Rejected);
    count(None);
    decide(&[1], Decision::Approved);
    count(Some(0));
    // One that stands in the middle of the chain is enough, and so is its end.
    decide(&[2], Decision::Approved);
    count(Some(1));
    decide(&[2], Decision::Rejected);
    decide(&[3], Decision::HasIssues);
    count(Some(2));

    // An edit of a rejected edit ends what that gave way to.
    decide(&[3], Decision::Rejected);
    count(Some(0));
    let fourth = third.edited();
    scene.send(&fourth, 201);
    scene.is(&first, false, &["replaced"]);
    scene.is(&fourth, true, &[]);
    // About another household it gives that one back, too.
    decide(&[4], Decision::Rejected);
    let elsewhere = Visit { household: "u0066.02.001".into(), ..fourth.edited() };
    scene.send(&elsewhere, 201);
    scene.is(&first, false, &["replaced"]);
    scene.is(&elsewhere, true, &[]);
    decide(&[5], Decision::Rejected);
    scene.is(&first, true, &["replaced"]);
    scene.is(&elsewhere, false, &[]);
}

#[test]
fn a_rejected_edit_gives_way_to_an_original_that_it_overtook() {
    let scene = Scene::new();
    let first = Visit::completed(HOUSEHOLD);
    let edit = first.edited();
    scene.send(&edit, 202);
    scene.send(&first, 201);
    scene.is(&edit, true, &[]);
    let review = decided(&[1], Decision::Rejected);
    scene.server.admin.post("/reviews", &review).expect(200);
    scene.is(&first, true, &["replaced"]);
    // Rejected before the original is there, likewise.
    let late = Visit::completed("u0066.02.001");
    scene.send(&late.edited(), 202);
    scene.server.admin.post("/reviews", &decided(&[3], Decision::Rejected)).expect(200);
    scene.send(&late, 201);
    scene.is(&late, true, &["replaced"]);
}
