//! What a phone keeps when an answer is lost, while it tidies up, and when the server was restored.

use ntm_shared::api::collector::{Device, Enrolment};
use ntm_shared::api::submission::SubmissionRow;
use serde_json::json;

use super::{photos, run};
use crate::harness::{NAM_CHAY, TestServer, uuid};

#[test]
fn a_phone_loses_nothing_to_a_lost_answer_or_a_restored_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::surveyed();
    let id = server.new_collector(&[NAM_CHAY.0]).collector.id;
    let link = |label: &str| {
        let new = json!({ "id": uuid(), "label": label });
        let path = format!("/collectors/{id}/enrolments");
        server.admin.post(&path, &new).expect(201).json::<Enrolment>().link
    };
    let said = run(
        "kept.js",
        &json!({
            "server": server.url(), "links": [link("một"), link("hai")],
            "photo": photos(folder.path(), 1, 300_000)[0],
        }),
    );
    assert_eq!(said["faults"], json!([]), "faults in the page");
    let devices: Vec<Device> = server.admin.all(&format!("/collectors/{id}/devices"));
    let mut labels: Vec<&str> = devices.iter().map(|device| device.label.as_str()).collect();
    labels.sort_unstable();
    assert_eq!(labels[labels.len() - 2..], ["hai", "một"]);
    assert_eq!(server.admin.all::<SubmissionRow>("/submissions").len(), 1);
}
