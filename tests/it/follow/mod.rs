//! What helper teams see, hear and give: by whom, about which communes, with what errors.

mod form;
mod phone;
mod scope;
mod story;

use serde_json::{Value as Json, json};

use crate::harness::{Api, NAM_CHAY, TA_PHOI, TestServer, round, uuid};

/// Two teams; T1 leads Nậm Chảy and T2 Tả Phời from 1 October 2024.
const TEAMS: &str = "team_id,agency,name,capacity,lat,lon,criteria,present_communes\n\
    T1,Sở A,Tổ một,3,22.5,104.0,3,\nT2,Sở B,Tổ hai,3,22.4,103.9,5,\n";

fn served() -> TestServer {
    let server = TestServer::surveyed();
    server.admin.post_text("/teams?at=2024-10-15", "text/csv", TEAMS).expect(200);
    assign(&server, NAM_CHAY.1, "T1", "2024-10-01");
    assign(&server, TA_PHOI.1, "T2", "2024-10-01");
    server
}

fn assign(server: &TestServer, commune: &str, team: &str, from: &str) {
    let pairs = [json!({ "commune": commune, "team": team })];
    let new = json!({
        "id": uuid(), "round": round().id, "decision": "1/QĐ", "from": from, "pairs": pairs,
    });
    server.admin.post("/assignments", &new).expect(201);
}

fn visit(commune: &str, team: &str, day: &str) -> Json {
    json!({ "id": uuid(), "commune": commune, "team": team, "day": day })
}

/// The body with one key changed.
fn with(body: &Json, key: &str, value: Json) -> Json {
    let mut body = body.clone();
    body[key] = value;
    body["id"] = json!(uuid());
    body
}

fn ids(api: &Api, path: &str) -> Vec<String> {
    let rows: Vec<Json> = api.all(path);
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}
