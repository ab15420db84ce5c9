//! What a team's phone asks about the communes the team has.

use ntm_shared::api::phone::{OwnCommunes, Pull};
use ntm_shared::api::score::ScoreReport;
use ntm_shared::score::Verdict;
use serde_json::json;

use super::{assign, served};
use crate::harness::{Api, NAM_CHAY, ROUND, TA_PHOI, TestServer, client, password, uuid};

fn phone(server: &TestServer, areas: &[&str]) -> Api {
    let token = server.new_collector(areas).token.expect("a token");
    server.nobody().with_token(&token)
}

fn own(phone: &Api) -> OwnCommunes {
    phone.get("/phone/communes").expect(200).json()
}

#[test]
fn a_teams_phone_sees_its_communes_as_they_stand() {
    let server = served();
    let team = phone(&server, &["team:T1"]);
    let said = own(&team);
    assert_eq!(said.communes.len(), 1);
    let one = &said.communes[0];
    assert_eq!(
        (one.commune.commune.as_str(), one.commune.commune_name.as_str()),
        (NAM_CHAY.1, "Xã Nậm Chảy")
    );
    assert_eq!((one.teams[0].name.as_str(), one.teams[0].role.as_str()), ("Tổ một", "lead"));
    // Nobody was there since it was assigned, on 1 October: 30 days are over on 1 November.
    assert_eq!((one.last.is_none(), one.due.to_string().as_str()), (true, "2024-11-01"));
    assert!(one.difficulties.is_empty());
    // As the office has it scored, unknown said as unknown.
    let report: ScoreReport =
        server.admin.get(&format!("/rounds/{ROUND}/scores")).expect(200).json();
    let score = report.communes.iter().find(|score| score.id == NAM_CHAY.1).expect("a score");
    let with = |verdict| -> Vec<String> {
        let all = score.criteria.iter().filter(|criterion| criterion.verdict == verdict);
        all.map(|criterion| criterion.id.clone()).collect()
    };
    let standing = one.standing.as_ref().expect("a round looked at it");
    assert_eq!(standing.not_met, with(Verdict::NotMet));
    assert_eq!(standing.undecided, with(Verdict::Undecided));
    assert!(!standing.undecided.is_empty() && standing.made_up);
    assert_eq!(standing.total, 19);
    for id in standing.not_met.iter().chain(&standing.undecided) {
        let named = score.criteria.iter().find(|criterion| criterion.id == *id).expect("one");
        assert_eq!(said.criteria[id], named.name.vi);
    }

    // A visit by the office, a difficulty: both are seen; what is resolved is not.
    let visit = json!({ "id": uuid(), "commune": NAM_CHAY.1, "team": "T1", "day": "2024-10-14" });
    server.admin.post("/visits", &visit).expect(201);
    let hard = |what: &str, deadline: &str| {
        let id = uuid();
        let new = json!({
            "id": id, "commune": NAM_CHAY.1, "day": "2024-10-14", "category": "capital",
            "description": what, "deadline": deadline,
        });
        server.admin.post("/difficulties", &new).expect(201);
        id
    };
    hard("Thiếu vốn làm đường", "2024-12-01");
    hard("Thiếu vốn làm cầu", "2024-11-01");
    let done = hard("Thiếu sổ", "2024-10-20");
    let step = json!({ "id": uuid(), "day": "2024-10-15", "note": "đã cấp", "step": "resolved" });
    server.admin.post(&format!("/difficulties/{done}/steps"), &step).expect(200);
    let said = own(&team);
    let one = &said.communes[0];
    let last = one.last.as_ref().expect("a visit");
    assert_eq!((last.day.to_string().as_str(), last.by.as_str()), ("2024-10-14", "admin"));
    assert_eq!(one.due.to_string(), "2024-11-14");
    let open: Vec<&str> = one.difficulties.iter().map(|one| one.description.as_str()).collect();
    assert_eq!(open, ["Thiếu vốn làm cầu", "Thiếu vốn làm đường"], "the earliest deadline first");
    assert_eq!(
        (one.difficulties[0].about.as_str(), one.difficulties[0].owner.as_str()),
        ("vốn đầu tư", "Xã Nậm Chảy")
    );
}

#[test]
fn the_communes_of_a_phone_are_its_teams_and_follow_the_assignments() {
    let server = served();
    let (team, plain) = (phone(&server, &["team:T1"]), phone(&server, &[NAM_CHAY.0]));
    let pull = |phone: &Api| -> Pull { phone.get("/phone/pull").expect(200).json() };
    // The form that visits are logged with is a team's, although the round has it not.
    let forms = |pull: &Pull| -> Vec<String> { pull.forms.iter().map(|f| f.id.clone()).collect() };
    let (its, others) = (pull(&team), pull(&plain));
    assert!(its.team && forms(&its).contains(&"visit".to_owned()));
    assert!(!others.team && !forms(&others).contains(&"visit".to_owned()));
    team.get("/phone/forms/visit/2024100103?lang=vi").expect(200);
    assert_eq!(own(&plain), OwnCommunes { criteria: Default::default(), communes: vec![] });
    assert!(!plain.get("/phone/pull").expect(200).text().contains("\"team\""));
    let names = |said: OwnCommunes| -> Vec<String> {
        said.communes.into_iter().map(|one| one.commune.commune).collect()
    };
    assert_eq!(names(own(&team)), [NAM_CHAY.1]);
    assign(&server, TA_PHOI.1, "T1", "2024-10-15");
    assert_eq!(names(own(&team)), [NAM_CHAY.1, TA_PHOI.1]);
    assign(&server, NAM_CHAY.1, "T2", "2024-10-15");
    assert_eq!(names(own(&team)), [TA_PHOI.1]);
    // A phone of two teams sees a commune once.
    assert_eq!(names(own(&phone(&server, &["team:T1", "team:T2"]))), [NAM_CHAY.1, TA_PHOI.1]);
    server.admin.get("/phone/communes").expect(401);
}

#[test]
fn a_phone_of_a_team_alone_has_no_names_of_households() {
    let server = served();
    let team = phone(&server, &["team:T1"]);
    let both = phone(&server, &["team:T1", NAM_CHAY.0]);
    let pull = |phone: &Api| -> Pull { phone.get("/phone/pull").expect(200).json() };
    let files = |pull: &Pull| -> Vec<String> {
        pull.forms.iter().flat_map(|form| &form.files).map(|file| file.name.clone()).collect()
    };
    let of = |pull: &Pull| -> Vec<String> { pull.forms.iter().map(|f| f.id.clone()).collect() };
    let (its, others) = (pull(&team), pull(&both));
    assert!(its.team && of(&its).contains(&"visit".to_owned()), "{:?}", of(&its));
    assert!(!of(&its).contains(&"household".to_owned()));
    // What the visit form chooses from is there.
    for name in ["communes.csv", "villages.csv"] {
        assert!(files(&its).contains(&name.to_owned()), "{name}");
    }
    assert!(!files(&its).contains(&"households.csv".to_owned()));
    team.get("/phone/forms/household/2024100102").expect(404);
    // Who collects, too, keeps everything.
    assert!(others.team && of(&others).contains(&"household".to_owned()));
    assert!(files(&others).contains(&"households.csv".to_owned()));
    // Nor by another door: the list has a head and nobody in it.
    let list = |phone: &Api, form: &str| {
        let path = format!("{}/forms/{form}/media/households.csv", server.url());
        let answer = client().get(path).bearer_auth(phone.token()).send().expect("sent");
        (answer.status().as_u16(), answer.text().expect("text"))
    };
    assert_eq!(list(&team, "household/2024100102").0, 404);
    let (status, empty) = list(&team, "visit/2024100103");
    assert_eq!((status, empty.lines().count()), (200, 1), "{empty}");
    let (status, full) = list(&both, "household/2024100102");
    assert!(status == 200 && full.lines().count() > 1);
}

#[test]
fn what_a_phone_knows_it_is_not_told_again_and_it_is_small() {
    let server = served();
    let token = server.new_collector(&["team:T1"]).token.expect("a token");
    let ask = |tag: &str, lang: &str| {
        let asked = client().get(format!("{}/api/v1/phone/communes", server.url()));
        let asked = asked.bearer_auth(&token).header("Accept-Language", lang);
        asked.header("If-None-Match", tag).header("Accept-Encoding", "gzip").send().expect("sent")
    };
    let first = ask("", "vi");
    let tag = first.headers()["etag"].to_str().expect("a tag").to_owned();
    assert_eq!(first.headers()["content-encoding"], "gzip");
    let bytes = first.bytes().expect("a body").len();
    println!("the communes of a team, with gzip: {bytes} bytes");
    assert!(bytes < 1_500, "{bytes}");
    assert_eq!(ask(&tag, "vi").status(), 304);
    // A day later nothing has changed: what is due is said as a day.
    server.clock.advance(jiff::SignedDuration::from_hours(24));
    assert_eq!(ask(&tag, "vi").status(), 304);
    assert_eq!(ask(&tag, "en").status(), 200, "in another language it is something else");
    let visit = json!({ "id": uuid(), "commune": NAM_CHAY.1, "team": "T1", "day": "2024-10-14" });
    let admin = server.nobody().sign_in("admin", &password("admin"));
    admin.post("/visits", &visit).expect(201);
    assert_eq!(ask(&tag, "vi").status(), 200);
}
