//! What a phone downloads of a form, once: with Brotli and the head of the answer.

use ntm_shared::api::phone::Pull;
use reqwest::blocking::Response;
use serde_json::Value;

use super::TEAM;
use crate::harness::{NAM_CHAY, TestServer, client};

/// At most, in bytes.
const FORMS: [(&str, usize); 3] =
    [("household", 8_200), ("commune_report", 3_500), ("visit", 2_650)];

/// Bytes of an answer's head.
fn head(answer: &Response) -> usize {
    let lines = answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    "HTTP/1.1 200 OK\r\n\r\n".len() + lines.sum::<usize>()
}

#[test]
fn forms_are_light_and_an_older_app_gets_what_it_knows() {
    let server = TestServer::surveyed();
    server.admin.post_text("/teams?at=2024-10-15", "text/csv", TEAM).expect(200);
    let token = server.new_collector(&[NAM_CHAY.0, "team:T1"]).token.expect("a token");
    let pull: Pull = server.nobody().with_token(&token).get("/phone/pull").expect(200).json();
    for (id, most) in FORMS {
        let version = &pull.forms.iter().find(|form| form.id == id).expect(id).version;
        let ask = |query: &str, coding: &str| {
            let path = format!("{}/api/v1/phone/forms/{id}/{version}?{query}", server.url());
            let asked = client().get(path).bearer_auth(&token).header("Accept-Encoding", coding);
            asked.send().expect("sent")
        };
        let packed = ask("packed=true&lang=vi", "br");
        assert_eq!(packed.headers()["content-encoding"], "br");
        assert_eq!(packed.headers()["content-type"], "application/json; charset=windows-1258");
        let (head, tag) = (head(&packed), packed.headers()["etag"].clone());
        let body = packed.bytes().expect("a body").len();
        // What an app asks that knows nothing of it, and what it gets: as before.
        let plain = ask("lang=vi", "br");
        assert_eq!(plain.headers()["content-type"], "application/json");
        assert_ne!(plain.headers()["etag"], tag);
        let before = plain.bytes().expect("a body").len();
        println!("{id}: {body} bytes and a head of {head}; not packed {before}");
        assert!(head + body <= most && body < before, "{id}: {head} + {body}, not packed {before}");
        let compiled: Value =
            serde_json::from_str(&ask("lang=vi", "identity").text().expect("text"))
                .expect("JSON in UTF-8");
        assert!(compiled["fields"].is_array() && compiled["shapes"].is_null());
    }
}
