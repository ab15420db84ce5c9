//! The register of what people ask about their own data.

use jiff::SignedDuration;
use ntm_shared::api::Page;
use ntm_shared::api::account::Role;
use ntm_shared::api::request::Request;
use serde_json::{Value, json};

use super::{HOME, erase, signed_in};
use crate::harness::{Api, NAM_CHAY, Roster, TA_PHOI, TestServer, round, uuid};

fn ask(household: &str, kind: &str, received: &str) -> Value {
    json!({ "id": uuid(), "household": household, "kind": kind, "received": received })
}

fn list(api: &Api) -> Vec<Request> {
    api.get("/requests").expect(200).json::<Page<Request>>().items
}

#[track_caller]
fn step(api: &Api, id: &str, step: &str, reason: &str) -> crate::harness::Answer {
    api.post(&format!("/requests/{id}/steps"), &json!({ "step": step, "reason": reason }))
}

/// Sessions outlive the days that pass.
fn surveyed() -> TestServer {
    let server = TestServer::with(|config| {
        config.limits.session = std::time::Duration::from_secs(365 * 24 * 3600);
    });
    server.import(&Roster::small());
    server.open_round(&round());
    server
}

#[test]
fn a_request_has_its_days_and_says_who_did_what() {
    let server = surveyed();
    // Tuesday, 15 October 2024.
    let commune = server.user("xã", Role::Commune, &[NAM_CHAY.0]);
    let new = ask(HOME, "erase", "2024-10-15");
    let made: Request = commune.post("/requests", &new).expect(201).json();
    assert_eq!(
        (made.answer_by.to_string(), made.due.to_string()),
        ("2024-10-17".into(), "2024-10-25".into())
    );
    assert_eq!(
        (made.state.as_str(), made.overdue, made.actor_name.as_str()),
        ("open", false, "xã")
    );
    commune.post("/requests", &new).expect(201);
    let other =
        json!({ "id": new["id"], "household": HOME, "kind": "see", "received": "2024-10-15" });
    commune.post("/requests", &other).expect(409).problem("conflict");
    commune.post("/requests", &ask(HOME, "see", "2024-10-16")).expect(422).problem("bad_value");
    commune.post("/requests", &ask("u0036.01.001", "see", "2024-10-15")).expect(404);
    assert_eq!(list(&commune), std::slice::from_ref(&made));
    assert!(list(&server.user("xã khác", Role::Commune, &[TA_PHOI.0])).is_empty());

    // Nobody was told within two working days: overdue; once told, not until the day it is due.
    server.clock.advance(SignedDuration::from_hours(72));
    assert!(list(&commune)[0].overdue);
    step(&commune, &made.id, "answered", "").expect(200);
    let told = &list(&commune)[0];
    assert!(!told.overdue && told.steps[0].actor_name == "xã");
    step(&commune, &made.id, "extended", "").expect(422).problem("bad_value");
    let more: Request =
        step(&commune, &made.id, "extended", "phải hỏi thêm bên xử lý").expect(200).json();
    assert_eq!(more.due.to_string(), "2024-11-09");
    let again: Request =
        step(&commune, &made.id, "extended", "phải hỏi thêm bên xử lý").expect(200).json();
    assert_eq!(again.due, more.due, "extended twice");

    // Done is what was done.
    let early = step(&commune, &made.id, "done", "").expect(409);
    assert!(early.text().contains("ntm erase u0066.01.001"), "{}", early.text());
    erase(&server.admin, HOME);
    let done: Request = step(&commune, &made.id, "done", "").expect(200).json();
    assert_eq!((done.state.as_str(), done.steps.len()), ("done", 3));
    step(&commune, &made.id, "refused", "thôi không làm nữa").expect(409);

    let see: Request =
        commune.post("/requests", &ask("u0066.01.002", "see", "2024-10-18")).expect(201).json();
    step(&commune, &see.id, "refused", "không").expect(422).problem("bad_value");
    let refused: Request =
        step(&commune, &see.id, "refused", "người hỏi không phải chủ hộ").expect(200).json();
    assert_eq!(refused.state, "refused");
    let chain: ntm_shared::api::audit::Verified =
        server.admin.get("/events/chain").expect(200).json();
    assert_eq!(chain.broken, None);
    // What people wrote stands in no event.
    let events = server.admin.get("/events?what=request.step").expect(200).text();
    assert!(events.contains("refused") && !events.contains("chủ hộ"), "{events}");
}

#[test]
fn the_command_line_keeps_the_register() {
    let server = surveyed();
    let cli = signed_in(&server);
    let add = ["request", "add", HOME, "--kind", "withdraw", "--received", "11/10/2024"];
    let made = cli.run(&add).expect(0);
    assert!(made.out.contains("trả lời chậm nhất ngày 15/10/2024"), "{}", made.out);
    let listed = cli.run(&["request", "list", "--open", "--json"]).expect(0);
    let rows: Vec<Request> = serde_json::from_str(&listed.out).unwrap();
    let id = rows[0].id.clone();
    server.clock.advance(SignedDuration::from_hours(24));
    let late = cli.run(&["request", "list"]).expect(1);
    assert!(late.out.contains("QUÁ HẠN") && late.err.contains("1 yêu cầu quá hạn"), "{late:?}");
    cli.run(&["request", "answered", &id]).expect(0);
    cli.run(&["request", "refuse", &id, "--reason", "khảo sát theo quyết định của tỉnh"]).expect(0);
    cli.run(&["--lang", "en", "request", "list"]).expect(0);
}
