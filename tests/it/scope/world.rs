//! Two communes with everything in both, and people of every kind whose area is one of them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use ntm_shared::api::account::{Role, User};
use ntm_shared::api::collector::CollectorToken;
use ntm_shared::api::round::{ModuleDesign, NewRound};
use ntm_shared::api::submission::SubmissionRow;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, Api, Multipart, NAM_CHAY, Phone, Roster, TA_PHOI, TestServer, Visit, ask_often, client,
    password, photo, round, sha256, store, unique, uuid,
};

/// A request: its path, and a body of a type.
pub struct Ask {
    /// Path, from the root.
    pub path: String,
    /// Content type and bytes.
    pub body: Option<(String, Vec<u8>)>,
}

impl Ask {
    /// Without a body.
    pub fn of(path: impl Into<String>) -> Ask {
        Ask { path: path.into(), body: None }
    }

    /// With JSON.
    pub fn json(path: impl Into<String>, body: Value) -> Ask {
        Ask { body: Some(("application/json".into(), body.to_string().into())), ..Ask::of(path) }
    }

    /// With a text.
    pub fn text(path: impl Into<String>, kind: &str, body: impl Into<Vec<u8>>) -> Ask {
        Ask { body: Some((kind.into(), body.into())), ..Ask::of(path) }
    }
}

/// The two sides: Nậm Chảy, in everybody's area, and Tả Phời, in the first administrator's only.
pub struct World {
    /// The server.
    pub server: TestServer,
    /// Collectors, inside and outside.
    pub collectors: [CollectorToken; 2],
    /// A submission with a photo of each.
    pub submissions: [SubmissionRow; 2],
    /// A staff user of each.
    pub users: [User; 2],
    /// An export by each of these users.
    pub exports: [String; 2],
    /// The round over both communes, with a sample drawn.
    pub both: String,
    file: String,
    people: BTreeMap<char, Api>,
    ids: BTreeMap<char, String>,
    day: Cell<Date>,
}

const PHOTO: &str = "nhà.jpg";

impl World {
    /// Makes it all over HTTP.
    pub fn new() -> World {
        let server = TestServer::with(|config| config.limits.phone_burst = 100_000);
        server.import(&Roster::small());
        let mut sampled = round();
        sampled.modules.insert("income".into(), ModuleDesign::Sample { per_village: 2 });
        server.open_round(&sampled);
        for (id, area) in [("trong", NAM_CHAY.0), ("ngoai", TA_PHOI.0)] {
            let areas = vec![area.to_owned()];
            server.open_round(&NewRound { id: id.into(), areas, ..sampled.clone() });
        }
        let draw = json!({ "module": "income", "seed": 7 });
        server.admin.post(&format!("/rounds/{}/draw", sampled.id), &draw).expect(200);
        server.admin.post_text("/teams?at=2024-10-15", "text/csv", teams("")).expect(200);
        for (area, team) in [(NAM_CHAY.1, "t1"), (TA_PHOI.1, "t2")] {
            let mut new = assignment(area, team, "2024-10-01");
            if area == NAM_CHAY.1 {
                // The team whose account is asked with; the other rows leave it where it is.
                let support = json!({ "commune": area, "team": "t4", "support": true });
                new["pairs"].as_array_mut().expect("pairs").push(support);
            }
            server.admin.post("/assignments", &new).expect(201);
        }
        for commune in [NAM_CHAY, TA_PHOI] {
            let path = "/criteria/lao-cai-2021-2025/official?at=2024-10-15";
            server.admin.post_text(path, "text/csv", super::rows::issued(commune.0)).expect(200);
        }
        let sides = [(NAM_CHAY, "u0066.01.001"), (TA_PHOI, "u0036.01.001")];
        let mut files = Vec::new();
        let collectors = sides.map(|(commune, household)| {
            let made = server.new_collector(&[commune.0]);
            let phone = Phone::new(made.url.as_deref().expect("an address"));
            let visit = Visit { poverty: "poor".into(), ..Visit::completed(household) };
            let visit = visit.photos(&[PHOTO]);
            let upload = Multipart::of(&visit.xml()).photo(PHOTO, &photo::jpeg(1));
            phone.post(&upload).expect(201);
            let (xml, bytes) = (sha256(&visit.xml()), sha256(&photo::jpeg(1)));
            files.push(format!("household/{}/{xml}/{PHOTO}/{bytes}", visit.instance));
            phone.fetch(&phone.form("household"));
            made
        });
        // What is looked at after the answer is done with, so that nothing moves by itself later.
        ask_often("the photos are looked at", Duration::from_secs(60), || {
            let db = store::open(server.data());
            let count = "SELECT count(*) FROM event WHERE verb = 'submission.photos'";
            db.query_row(count, [], |row| row.get::<_, i64>(0)).expect("a count") >= 2
        });
        let all: Vec<SubmissionRow> = server.admin.all("/submissions");
        let of = |unit: &str| {
            all.iter().find(|row| row.commune.as_deref() == Some(unit)).expect("one").clone()
        };
        let submissions = [of(NAM_CHAY.1), of(TA_PHOI.1)];
        let staff = [
            ('B', "quản trị huyện", Role::Administrator, "083"),
            ('P', "tỉnh", Role::Province, "083"),
            ('D', "huyện", Role::District, "083"),
            ('C', "xã", Role::Commune, NAM_CHAY.0),
            ('T', "tổ", Role::Team, "team:t4"),
            ('X', "kiểm toán", Role::Auditor, NAM_CHAY.0),
            ('O', "xã ngoài", Role::Commune, TA_PHOI.0),
        ];
        let mut people = BTreeMap::from([('A', server.admin.clone()), ('N', server.nobody())]);
        for (letter, name, role, area) in staff {
            people.insert(letter, server.user(name, role, &[area]));
        }
        let who = |letter: char| -> User { people[&letter].get("/me").expect(200).json() };
        let users = ['C', 'O'].map(who);
        let exports = ['C', 'O'].map(|letter| {
            let new = export();
            people[&letter].post("/exports", &new).expect(201);
            new["id"].as_str().expect("an id").to_owned()
        });
        let ids = "ABPDCTX".chars().map(|letter| (letter, who(letter).id)).collect();
        let token = collectors[0].token.as_deref().expect("a token");
        people.insert('K', server.nobody().with_token(token));
        let (both, day) = (sampled.id, Cell::new("2025-01-01".parse().expect("a day")));
        let file = files.swap_remove(0);
        World { server, collectors, submissions, users, exports, both, file, people, ids, day }
    }

    /// The photo of the first submission, as who sends it calls it.
    pub fn part(&self) -> String {
        self.api(format!("/phone/files/{}", self.file))
    }

    /// Its bytes.
    pub fn photo(&self) -> Vec<u8> {
        photo::jpeg(1)
    }

    /// Sends a request as somebody, with the headers phones send too.
    pub fn send(&self, who: char, route: &str, ask: &Ask) -> Answer {
        let method: Method = route.split(' ').next().expect("a method").parse().expect("a method");
        let mut path = ask.path.clone();
        let mut token = self.people[&who].token().to_owned();
        if route == "DELETE /api/v1/sessions/current" && self.ids.contains_key(&who) {
            // It would end the session that the other rows need.
            let me: User = self.people[&who].get("/me").expect(200).json();
            token = self.server.nobody().sign_in(&me.name, &password(&me.name)).token().to_owned();
        }
        if route.contains("{token}") {
            let in_path = if token.is_empty() { "0".repeat(64) } else { token.clone() };
            path = path.replace("{token}", &in_path);
        }
        let mut request = client().request(method, format!("{}{path}", self.server.url()));
        request = request.header("X-OpenRosa-Version", "1.0");
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some((kind, body)) = &ask.body {
            request = request.header("Content-Type", kind).body(body.clone());
        }
        Answer::read(request.send().expect("an answer")).expect("an answer")
    }

    /// How many reads of personal data by someone are noted.
    pub fn reads(&self, who: char) -> i64 {
        let Some(id) = self.ids.get(&who) else { return 0 };
        let db = store::open(self.server.data());
        let count = "SELECT count(*) FROM access WHERE actor = ?1";
        db.query_row(count, [id], |row| row.get(0)).expect("a count")
    }

    /// A path of the API.
    pub fn api(&self, path: impl std::fmt::Display) -> String {
        format!("/api/v1{path}")
    }

    /// A collector made for one request.
    pub fn collector(&self) -> String {
        self.server.new_collector(&[NAM_CHAY.0]).collector.id
    }

    /// A household made for one request.
    pub fn household(&self, (code, id): (&str, &str)) -> String {
        let number = 100 + u32::try_from(unique() % 800).expect("a small number");
        let mut roster = Roster::default();
        roster.add(code, 1, number);
        self.server.import(&roster);
        format!("{id}.01.{number:03}")
    }

    /// A request about a household, written down by the administrator: its id.
    pub fn request(&self, household: &str) -> String {
        let new = asked(household);
        self.server.admin.post("/requests", &new).expect(201);
        new["id"].as_str().expect("an id").to_owned()
    }

    /// A visit to one side, written down by the administrator, with a photo that is there: both ids.
    pub fn visit(&self, commune: &str) -> (String, String) {
        let bytes = photo::jpeg(7);
        let mut new = visited(commune);
        let hash = sha256(&bytes);
        new["photos"] = json!([hash]);
        self.server.admin.post("/visits", &new).expect(201);
        let id = new["id"].as_str().expect("an id").to_owned();
        let path = format!("/visits/{id}/photos/{hash}");
        let sent = self.server.admin.post_text(&path, "image/jpeg", bytes);
        assert!([200, 201].contains(&sent.status), "{}", sent.status);
        (id, hash)
    }

    /// A difficulty of one side, written down by the administrator: its id.
    pub fn difficulty(&self, commune: &str) -> String {
        let new = difficulty(commune);
        self.server.admin.post("/difficulties", &new).expect(201);
        new["id"].as_str().expect("an id").to_owned()
    }

    /// A user made for one request.
    pub fn user(&self, area: &str) -> String {
        let id = uuid();
        let new = json!({ "id": id, "name": format!("tạm {id}"), "role": "team", "areas": [area] });
        self.server.admin.post("/users", &new).expect(201);
        id
    }

    /// A day later than all before.
    pub fn later(&self) -> String {
        self.day.set(self.day.get().tomorrow().expect("a day"));
        self.day.get().to_string()
    }

    /// A submission of a household nobody else visits.
    pub fn upload(&self) -> (String, Vec<u8>) {
        (Multipart::kind(), Multipart::of(&Visit::completed("u0066.02.005").xml()).body())
    }

    /// Path of a file of a submission.
    pub fn file(&self, side: usize) -> String {
        let name: String = PHOTO.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/submissions/{}/attachments/{name}", self.submissions[side].seq)
    }
}

/// A table of two teams; the first leads this commune.
pub fn teams(leads: &str) -> String {
    format!(
        "team_id,agency,name,capacity,lat,lon,criteria,present_communes\nt1,Sở A,Tổ A,9,22.5,104.0,\"3\",{leads}\nt2,Sở B,Tổ B,9,22.4,103.9,\"5\",\nt4,Sở D,Tổ D,9,22.5,104.1,,\n"
    )
}

/// An approval of a submission.
pub fn approval(seq: i64) -> Value {
    json!({ "id": uuid(), "submissions": [seq], "decision": "approved" })
}

/// An assignment of a commune to a team.
pub fn assignment(commune: &str, team: &str, from: &str) -> Value {
    json!({
        "id": uuid(), "round": round().id, "decision": "15/QĐ-UBND", "from": from,
        "pairs": [{ "commune": commune, "team": team }],
    })
}

/// A visit of the team that has the commune.
pub fn visited(commune: &str) -> Value {
    let team = if commune == NAM_CHAY.1 { "t4" } else { "t2" };
    json!({
        "id": uuid(), "commune": commune, "team": team, "day": "2024-10-14", "criteria_met": 12,
        "open_criteria": [9, 11], "plan": format!("họp ở {commune}"),
    })
}

/// A difficulty told by the same.
pub fn difficulty(commune: &str) -> Value {
    json!({
        "id": uuid(), "commune": commune, "team": visited(commune)["team"], "day": "2024-10-14",
        "category": "capital", "description": "thiếu vốn", "deadline": "2024-12-31",
    })
}

/// Support given by the same.
pub fn support(commune: &str) -> Value {
    json!({
        "id": uuid(), "commune": commune, "team": visited(commune)["team"], "day": "2024-10-14",
        "kind": "money", "value": 5_000_000, "beneficiary": "school",
    })
}

/// A request of a household, to be shown what is kept.
pub fn asked(household: &str) -> Value {
    json!({ "id": uuid(), "household": household, "kind": "see", "received": "2024-10-15" })
}

/// The note of an export.
pub fn export() -> Value {
    json!({ "id": uuid(), "list": "households", "subject": "", "reason": "in danh sách cho thôn" })
}
