//! Bad input at every door: a clear sentence in Vietnamese (or English, if asked) that names the
//! line or the field, a stable problem code, and nothing stored.

mod phone;
mod requests;
mod tables;

use ntm_shared::api::problem::ProblemBody;

use crate::harness::store::census;
use crate::harness::{Answer, Api, TestServer};

/// A request that must be refused: what is wrong, how it is sent, status and code, and a part of
/// what it says in Vietnamese and in English.
type Refused<'s> = (&'s str, Box<dyn Fn(&Api) -> Answer + 's>, u16, &'s str, &'s str, &'s str);

/// Sends each as the administrator in both languages, and insists that nothing is stored.
#[track_caller]
fn refuse(server: &TestServer, refused: &[Refused]) {
    let before = census(server.data());
    let mut failed = Vec::new();
    for (what, send, status, code, vi, en) in refused {
        for (api, words) in [(server.admin.clone(), vi), (server.admin.reading("en"), en)] {
            let answer = send(&api);
            let said: Option<ProblemBody> = serde_json::from_slice(&answer.body).ok();
            let right = said.as_ref().is_some_and(|said| {
                said.code == *code
                    && said.status == *status
                    && told(said).contains(*words)
                    && !said.help.is_empty()
            });
            if answer.status != *status
                || !right
                || answer.header("content-type") != "application/problem+json"
            {
                failed.push(format!("{what}: {} {}", answer.status, answer.text()));
            }
        }
        let after = census(server.data());
        if after != before {
            failed.push(format!("{what}: something was stored"));
        }
    }
    println!("{} bad requests", refused.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn told(said: &ProblemBody) -> String {
    let places = said.places.iter().map(|place| place.message.as_str());
    let words: Vec<&str> = [said.title.as_str(), &said.detail].into_iter().chain(places).collect();
    words.join(" ")
}
