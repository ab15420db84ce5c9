//! The table: route, who may call it, what is asked inside and outside the area, what is answered.

use serde_json::json;

use super::world::{Ask, World, approval, asked, assignment, export, teams};
use crate::harness::{NAM_CHAY, Roster, TA_PHOI, uuid};

type Make = fn(&World) -> Ask;

/// What happens outside the area.
#[derive(Clone, Copy)]
pub enum Outside {
    /// The route is about nothing that lies anywhere.
    Nothing,
    /// This is refused with this status.
    Ask(Make, u16),
    /// The answer holds the first mark and not the second.
    Hidden(fn(&World) -> [String; 2]),
}

impl Outside {
    /// What is asked, if anything.
    pub fn ask(self) -> Option<(Make, u16)> {
        match self {
            Outside::Ask(make, status) => Some((make, status)),
            _ => None,
        }
    }
}

/// One route.
pub struct Row {
    /// Method and path, as the server's table has it.
    pub route: &'static str,
    /// Letters of those who may call it.
    pub who: &'static str,
    /// A good request about Nậm Chảy.
    pub inside: Make,
    /// What it is answered.
    pub ok: &'static [u16],
    /// The same about Tả Phời.
    pub outside: Outside,
    /// True when making the request itself makes something, as the administrator.
    pub makes: bool,
}

impl Row {
    /// Whether it is a door for phones.
    pub fn phone(&self) -> bool {
        let below = self.route.contains(" /api/") && !self.route.contains(" /api/v1/phone/");
        !below && !self.who.contains('N')
    }
}

pub(super) const ALL: &str = "ABPDCTX";
const ANYONE: &str = "ABPDCTXKN";
pub(super) const NAMES: &str = "ABPDCX";
pub(super) const ROSTER: &str = "ABPDC";
const LEAD: &str = "ABP";
const ADMIN: &str = "AB";
const AUDIT: &str = "ABX";

pub(super) const fn row(
    route: &'static str,
    who: &'static str,
    inside: Make,
    outside: Outside,
) -> Row {
    Row { route, who, inside, ok: &[200, 201, 204], outside, makes: false }
}

pub(super) const fn makes(
    route: &'static str,
    who: &'static str,
    inside: Make,
    outside: Outside,
) -> Row {
    Row { makes: true, ..row(route, who, inside, outside) }
}

/// Anybody may ask; this is what a request with nothing good in it is answered.
const fn open(route: &'static str, inside: Make, ok: &'static [u16]) -> Row {
    Row { ok, ..row(route, ANYONE, inside, Outside::Nothing) }
}

use Outside::{Hidden, Nothing};

fn new_round(w: &World, area: &str) -> Ask {
    let body = json!({
        "id": format!("r{}", &uuid()[24..]), "name": "Thử", "starts": "2024-10-01",
        "ends": "2024-10-31", "areas": [area], "forms": ["household"],
        "criteria_set": "lao-cai-2021-2025",
    });
    Ask::json(w.api("/rounds"), body)
}

fn roster(w: &World, commune: &str) -> Ask {
    let mut roster = Roster::default();
    roster.add(commune, 1, 1);
    Ask::text(w.api("/households?at=2024-10-15"), "text/csv", roster.csv())
}

/// The share of solid houses of a commune, as an office would issue it.
pub fn issued(commune: &str) -> String {
    format!(
        "commune_code,indicator,value,as_of,document,issued\n{commune},9.2,\"81,5\",2024-06-30,12/BC,2024-07-15\n"
    )
}

fn official(w: &World, commune: &str) -> Ask {
    let path = "/criteria/lao-cai-2021-2025/official?at=2024-10-15";
    Ask::text(w.api(path), "text/csv", issued(commune))
}

fn answered(w: &World, village: &str) -> Ask {
    let body = json!({
        "id": uuid(), "subject": village, "code": "minutes", "value": 6.0, "answer": "checked",
        "reason": "gọi lại ba hộ",
    });
    Ask::json(w.api(format!("/rounds/{}/quality", w.both)), body)
}

fn erasure(household: &str) -> serde_json::Value {
    json!({ "id": uuid(), "household": household, "reason": "chủ hộ yêu cầu" })
}

fn kept() -> serde_json::Value {
    json!({ "until": "2030-12-31", "reason": "theo quyết định" })
}

fn step(w: &World, household: &str) -> Ask {
    let path = w.api(format!("/requests/{}/steps", w.request(household)));
    Ask::json(path, json!({ "step": "answered" }))
}

fn spoken(w: &World, commune: &str) -> Ask {
    let table = format!("commune_code,languages,source\n{commune},mông,Điều tra 2019\n");
    Ask::text(w.api("/languages?at=2024-10-15"), "text/csv", table)
}

fn way(w: &World, commune: &str) -> Ask {
    let table = format!("team_id,commune_code,minutes,source\nt1,{commune},95,Sở GTVT\n");
    Ask::text(w.api("/travel?at=2024-10-15"), "text/csv", table)
}

const HEADS: fn(&World) -> [String; 2] = |_| ["u0066.01.00".into(), "u0036.01.00".into()];
const FAILING: fn(&World) -> [String; 2] = |_| ["u0066.01.001".into(), "u0036.01.001".into()];
const CODES: fn(&World) -> [String; 2] = |_| [NAM_CHAY.0.into(), TA_PHOI.0.into()];
pub(super) const UNITS: fn(&World) -> [String; 2] = |_| [NAM_CHAY.1.into(), TA_PHOI.1.into()];
const SENDERS: fn(&World) -> [String; 2] = |w| [0, 1].map(|n| w.collectors[n].collector.id.clone());

/// Every route.
pub const ROWS: &[Row] = &[
    open(
        "POST /api/v1/sessions",
        |w| Ask::json(w.api("/sessions"), json!({ "name": "không ai", "password": "x" })),
        &[401, 429],
    ),
    row("DELETE /api/v1/sessions/current", ALL, |w| Ask::of(w.api("/sessions/current")), Nothing),
    row("GET /api/v1/me", ALL, |w| Ask::of(w.api("/me")), Nothing),
    open(
        "POST /api/v1/password",
        |w| Ask::json(w.api("/password"), json!({ "secret": "x", "password": "mật khẩu đủ dài" })),
        &[410],
    ),
    row(
        "GET /api/v1/users",
        ADMIN,
        |w| Ask::of(w.api("/users")),
        Hidden(|w| [0, 1].map(|n| w.users[n].id.clone())),
    ),
    row(
        "POST /api/v1/users",
        ADMIN,
        |w| {
            Ask::json(
                w.api("/users"),
                json!({ "id": uuid(), "name": uuid(), "role": "team", "areas": [NAM_CHAY.0] }),
            )
        },
        Outside::Ask(
            |w| {
                Ask::json(
                    w.api("/users"),
                    json!({ "id": uuid(), "name": uuid(), "role": "team", "areas": [TA_PHOI.0] }),
                )
            },
            403,
        ),
    ),
    makes(
        "POST /api/v1/users/{id}/reset",
        ADMIN,
        |w| Ask::of(w.api(format!("/users/{}/reset", w.user(NAM_CHAY.0)))),
        Outside::Ask(|w| Ask::of(w.api(format!("/users/{}/reset", w.user(TA_PHOI.0)))), 404),
    ),
    makes(
        "POST /api/v1/users/{id}/scope",
        ADMIN,
        |w| {
            Ask::json(
                w.api(format!("/users/{}/scope", w.user(NAM_CHAY.0))),
                json!({ "role": "team", "areas": [NAM_CHAY.0] }),
            )
        },
        Outside::Ask(
            |w| {
                Ask::json(
                    w.api(format!("/users/{}/scope", w.user(TA_PHOI.0))),
                    json!({ "role": "team", "areas": [TA_PHOI.0] }),
                )
            },
            404,
        ),
    ),
    makes(
        "POST /api/v1/users/{id}/revoke",
        ADMIN,
        |w| Ask::of(w.api(format!("/users/{}/revoke", w.user(NAM_CHAY.0)))),
        Outside::Ask(|w| Ask::of(w.api(format!("/users/{}/revoke", w.user(TA_PHOI.0)))), 404),
    ),
    row("GET /api/v1/collectors", ROSTER, |w| Ask::of(w.api("/collectors")), Hidden(SENDERS)),
    row(
        "POST /api/v1/collectors",
        ROSTER,
        |w| {
            Ask::json(
                w.api("/collectors"),
                json!({ "id": uuid(), "name": "A", "areas": [NAM_CHAY.0] }),
            )
        },
        Outside::Ask(
            |w| {
                Ask::json(
                    w.api("/collectors"),
                    json!({ "id": uuid(), "name": "A", "areas": [TA_PHOI.0] }),
                )
            },
            403,
        ),
    ),
    makes(
        "POST /api/v1/collectors/{id}/revoke",
        ROSTER,
        |w| Ask::of(w.api(format!("/collectors/{}/revoke", w.collector()))),
        Outside::Ask(
            |w| {
                Ask::of(w.api(format!(
                    "/collectors/{}/revoke",
                    w.server.new_collector(&[TA_PHOI.0]).collector.id
                )))
            },
            404,
        ),
    ),
    row(
        "GET /api/v1/collectors/{id}/devices",
        ROSTER,
        |w| Ask::of(w.api(format!("/collectors/{}/devices", w.collectors[0].collector.id))),
        Outside::Ask(
            |w| Ask::of(w.api(format!("/collectors/{}/devices", w.collectors[1].collector.id))),
            404,
        ),
    ),
    makes(
        "POST /api/v1/collectors/{id}/devices",
        ROSTER,
        |w| {
            Ask::json(
                w.api(format!("/collectors/{}/devices", w.collector())),
                json!({ "id": uuid() }),
            )
        },
        Outside::Ask(
            |w| {
                Ask::json(
                    w.api(format!("/collectors/{}/devices", w.collectors[1].collector.id)),
                    json!({ "id": uuid() }),
                )
            },
            404,
        ),
    ),
    makes(
        "POST /api/v1/collectors/{id}/devices/{device}/revoke",
        ROSTER,
        |w| {
            let id = w.collector();
            Ask::of(w.api(format!("/collectors/{id}/devices/{id}/revoke")))
        },
        Outside::Ask(
            |w| {
                let id = w.server.new_collector(&[TA_PHOI.0]).collector.id;
                Ask::of(w.api(format!("/collectors/{id}/devices/{id}/revoke")))
            },
            404,
        ),
    ),
    row(
        "POST /api/v1/collectors/{id}/enrolments",
        ROSTER,
        |w| {
            Ask::json(
                w.api(format!("/collectors/{}/enrolments", w.collectors[0].collector.id)),
                json!({ "id": uuid() }),
            )
        },
        Outside::Ask(
            |w| {
                Ask::json(
                    w.api(format!("/collectors/{}/enrolments", w.collectors[1].collector.id)),
                    json!({ "id": uuid() }),
                )
            },
            404,
        ),
    ),
    open(
        "POST /api/v1/enrolments",
        |w| Ask::json(w.api("/enrolments"), json!({ "secret": "x" })),
        &[410],
    ),
    row(
        "GET /api/v1/units",
        ALL,
        |w| Ask::of(w.api("/units?level=village&at=2024-10-15")),
        Hidden(|_| ["u0066.01".into(), "u0036.01".into()]),
    ),
    row(
        "GET /api/v1/units/{id}",
        ALL,
        |w| Ask::of(w.api("/units/u0066.01")),
        Outside::Ask(|w| Ask::of(w.api("/units/u0036.01")), 404),
    ),
    row("GET /api/v1/households", NAMES, |w| Ask::of(w.api("/households")), Hidden(HEADS)),
    row(
        "POST /api/v1/households",
        ROSTER,
        |w| roster(w, NAM_CHAY.0),
        Outside::Ask(|w| roster(w, TA_PHOI.0), 403),
    ),
    row("GET /api/v1/forms", ALL, |w| Ask::of(w.api("/forms")), Nothing),
    row(
        "POST /api/v1/forms",
        LEAD,
        |w| {
            let form = "| survey |\n| | type | name | label |\n| | select_one_from_file crops.csv | a | Câu |\n| settings |\n| | form_title | form_id | version |\n| | Thử | scope_test | 1 |\n";
            Ask::text(w.api("/forms"), "text/markdown", form)
        },
        Nothing,
    ),
    row(
        "POST /api/v1/forms/{id}/{version}/files/{name}",
        LEAD,
        |w| {
            let path = w.api("/forms/scope_test/1/files/crops.csv");
            Ask::text(path, "text/csv", "name,label\nque,Quế\n")
        },
        Nothing,
    ),
    row(
        "GET /api/v1/forms/{id}/{version}/source",
        ALL,
        |w| Ask::of(w.api("/forms/household/2024100102/source")),
        Nothing,
    ),
    row(
        "GET /api/v1/forms/{id}/{version}/xform",
        ALL,
        |w| Ask::of(w.api("/forms/household/2024100102/xform")),
        Nothing,
    ),
    row("GET /api/v1/criteria", ALL, |w| Ask::of(w.api("/criteria")), Nothing),
    row("GET /api/v1/rounds", ALL, |w| Ask::of(w.api("/rounds")), Nothing),
    row(
        "POST /api/v1/rounds",
        LEAD,
        |w| new_round(w, NAM_CHAY.0),
        Outside::Ask(|w| new_round(w, TA_PHOI.0), 403),
    ),
    row("GET /api/v1/rounds/{id}", ALL, |w| Ask::of(w.api(format!("/rounds/{}", w.both))), Nothing),
    row(
        "POST /api/v1/rounds/{id}/draw",
        LEAD,
        |w| Ask::json(w.api("/rounds/trong/draw"), json!({ "module": "income", "seed": 7 })),
        Outside::Ask(
            |w| Ask::json(w.api("/rounds/ngoai/draw"), json!({ "module": "income", "seed": 7 })),
            403,
        ),
    ),
    row(
        "GET /api/v1/rounds/{id}/draws/{module}",
        NAMES,
        |w| Ask::of(w.api(format!("/rounds/{}/draws/income", w.both))),
        Hidden(HEADS),
    ),
    row(
        "GET /api/v1/rounds/{id}/status",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/status", w.both))),
        Hidden(CODES),
    ),
    row(
        "GET /api/v1/rounds/{id}/missing",
        NAMES,
        |w| Ask::of(w.api(format!("/rounds/{}/missing", w.both))),
        Hidden(HEADS),
    ),
    row(
        "GET /api/v1/criteria/{id}/official",
        ALL,
        |w| Ask::of(w.api("/criteria/lao-cai-2021-2025/official?at=2024-10-15")),
        Hidden(CODES),
    ),
    row(
        "POST /api/v1/criteria/{id}/official",
        LEAD,
        |w| official(w, NAM_CHAY.0),
        Outside::Ask(|w| official(w, TA_PHOI.0), 403),
    ),
    row(
        "GET /api/v1/rounds/{id}/failing",
        NAMES,
        |w| Ask::of(w.api(format!("/rounds/{}/failing", w.both))),
        Hidden(FAILING),
    ),
    row(
        "GET /api/v1/rounds/{id}/contributions",
        NAMES,
        |w| Ask::of(w.api(format!("/rounds/{}/contributions?q=9.2", w.both))),
        Hidden(HEADS),
    ),
    row(
        "GET /api/v1/rounds/{id}/contributions/villages",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/contributions/villages?q=9.2", w.both))),
        Hidden(CODES),
    ),
    row(
        "GET /api/v1/rounds/{id}/quality",
        ROSTER,
        |w| Ask::of(w.api(format!("/rounds/{}/quality", w.both))),
        Hidden(SENDERS),
    ),
    row(
        "POST /api/v1/rounds/{id}/quality",
        ROSTER,
        |w| answered(w, "u0066.01"),
        Outside::Ask(|w| answered(w, "u0036.01"), 404),
    ),
    row(
        "GET /api/v1/rounds/{id}/scores",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/scores", w.both))),
        Hidden(CODES),
    ),
    row(
        "POST /api/v1/rounds/{id}/plan/{commune}",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/plan/u0066", w.both))),
        Outside::Ask(|w| Ask::of(w.api(format!("/rounds/{}/plan/u0036", w.both))), 404),
    ),
    row(
        "POST /api/v1/rounds/{id}/plan",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/plan", w.both))),
        Hidden(CODES),
    ),
    row(
        "GET /api/v1/rounds/{id}/plan/{commune}",
        ALL,
        |w| Ask::of(w.api(format!("/rounds/{}/plan/u0066", w.both))),
        Outside::Ask(|w| Ask::of(w.api(format!("/rounds/{}/plan/u0036", w.both))), 404),
    ),
    row(
        "POST /api/v1/rounds/{id}/close",
        LEAD,
        |w| Ask::of(w.api("/rounds/trong/close")),
        Outside::Ask(|w| Ask::of(w.api("/rounds/ngoai/close")), 403),
    ),
    row(
        "POST /api/v1/rounds/{id}/retention",
        LEAD,
        |w| Ask::json(w.api("/rounds/trong/retention"), kept()),
        Outside::Ask(|w| Ask::json(w.api("/rounds/ngoai/retention"), kept()), 403),
    ),
    row(
        "GET /api/v1/submissions",
        NAMES,
        |w| Ask::of(w.api("/submissions")),
        Hidden(|w| [0, 1].map(|n| w.submissions[n].instance_id.clone())),
    ),
    row(
        "GET /api/v1/submissions/{seq}",
        NAMES,
        |w| Ask::of(w.api(format!("/submissions/{}", w.submissions[0].seq))),
        Outside::Ask(|w| Ask::of(w.api(format!("/submissions/{}", w.submissions[1].seq))), 404),
    ),
    row(
        "GET /api/v1/submissions/{seq}/xml",
        NAMES,
        |w| Ask::of(w.api(format!("/submissions/{}/xml", w.submissions[0].seq))),
        Outside::Ask(|w| Ask::of(w.api(format!("/submissions/{}/xml", w.submissions[1].seq))), 404),
    ),
    row(
        "GET /api/v1/submissions/{seq}/attachments/{name}",
        NAMES,
        |w| Ask::of(w.api(w.file(0))),
        Outside::Ask(|w| Ask::of(w.api(w.file(1))), 404),
    ),
    row(
        "GET /api/v1/submissions/{seq}/attachments/{name}/thumbnail",
        NAMES,
        |w| Ask::of(w.api(format!("{}/thumbnail", w.file(0)))),
        Outside::Ask(|w| Ask::of(w.api(format!("{}/thumbnail", w.file(1)))), 404),
    ),
    row(
        "GET /api/v1/submissions/{seq}/attachments/{name}/copy",
        NAMES,
        |w| Ask::of(w.api(format!("{}/copy", w.file(0)))),
        Outside::Ask(|w| Ask::of(w.api(format!("{}/copy", w.file(1)))), 404),
    ),
    row(
        "POST /api/v1/reviews",
        ROSTER,
        |w| Ask::json(w.api("/reviews"), approval(w.submissions[0].seq)),
        Outside::Ask(|w| Ask::json(w.api("/reviews"), approval(w.submissions[1].seq)), 404),
    ),
    row("GET /api/v1/agencies", ALL, |w| Ask::of(w.api("/agencies")), Nothing),
    row(
        "POST /api/v1/agencies",
        LEAD,
        |w| {
            let table = "agency_id,name,kind\na1,Sở A,department\n";
            Ask::text(w.api("/agencies"), "text/csv", table)
        },
        Nothing,
    ),
    row("GET /api/v1/agencies/table", ALL, |w| Ask::of(w.api("/agencies/table")), Nothing),
    row("GET /api/v1/teams/table", LEAD, |w| Ask::of(w.api("/teams/table")), Nothing),
    row("GET /api/v1/languages", ALL, |w| Ask::of(w.api("/languages")), Nothing),
    row(
        "POST /api/v1/languages",
        LEAD,
        |w| spoken(w, NAM_CHAY.0),
        Outside::Ask(|w| spoken(w, TA_PHOI.0), 403),
    ),
    row("GET /api/v1/travel", ALL, |w| Ask::of(w.api("/travel")), Nothing),
    row(
        "POST /api/v1/travel",
        LEAD,
        |w| way(w, NAM_CHAY.0),
        Outside::Ask(|w| way(w, TA_PHOI.0), 403),
    ),
    row("GET /api/v1/teams", ALL, |w| Ask::of(w.api("/teams")), Nothing),
    row(
        "POST /api/v1/teams",
        LEAD,
        |w| Ask::text(w.api("/teams?at=2024-10-15"), "text/csv", teams(NAM_CHAY.0)),
        Outside::Ask(
            |w| {
                Ask::text(
                    w.api("/teams?at=2024-10-15"),
                    "text/csv",
                    teams(TA_PHOI.0).replace("t1", "t3"),
                )
            },
            403,
        ),
    ),
    row(
        "GET /api/v1/assignments",
        ALL,
        |w| Ask::of(w.api("/assignments?at=2024-12-01")),
        Hidden(UNITS),
    ),
    row(
        "GET /api/v1/assignments/history",
        ALL,
        |w| Ask::of(w.api("/assignments/history")),
        Hidden(UNITS),
    ),
    row(
        "GET /api/v1/assignments/annex",
        NAMES,
        |w| Ask::of(w.api("/assignments/annex?at=2024-12-01")),
        Hidden(UNITS),
    ),
    row(
        "POST /api/v1/assignments",
        LEAD,
        |w| Ask::json(w.api("/assignments"), assignment(NAM_CHAY.1, "t2", &w.later())),
        Outside::Ask(
            |w| Ask::json(w.api("/assignments"), assignment(TA_PHOI.1, "t2", &w.later())),
            403,
        ),
    ),
    row(
        "GET /api/v1/events",
        AUDIT,
        |w| Ask::of(w.api("/events?what=submission.receive")),
        Hidden(SENDERS),
    ),
    row("GET /api/v1/events/chain", AUDIT, |w| Ask::of(w.api("/events/chain")), Nothing),
    row(
        "GET /api/v1/reads",
        AUDIT,
        |w| Ask::of(w.api("/reads?what=household.roster")),
        Hidden(SENDERS),
    ),
    row(
        "GET /api/v1/exports",
        AUDIT,
        |w| Ask::of(w.api("/exports")),
        Hidden(|w| w.exports.clone()),
    ),
    row("GET /api/v1/erasures", AUDIT, |w| Ask::of(w.api("/erasures")), Nothing),
    makes(
        "POST /api/v1/erasures",
        ADMIN,
        |w| Ask::json(w.api("/erasures"), erasure(&w.household(NAM_CHAY))),
        Outside::Ask(|w| Ask::json(w.api("/erasures"), erasure(&w.household(TA_PHOI))), 404),
    ),
    makes(
        "GET /api/v1/requests",
        ROSTER,
        |w| {
            for commune in [NAM_CHAY, TA_PHOI] {
                w.request(&format!("{}.01.002", commune.1));
            }
            Ask::of(w.api("/requests"))
        },
        Hidden(HEADS),
    ),
    makes(
        "POST /api/v1/requests",
        ROSTER,
        |w| Ask::json(w.api("/requests"), asked("u0066.01.001")),
        Outside::Ask(|w| Ask::json(w.api("/requests"), asked("u0036.01.001")), 404),
    ),
    makes(
        "POST /api/v1/requests/{id}/steps",
        ROSTER,
        |w| step(w, "u0066.01.001"),
        Outside::Ask(|w| step(w, "u0036.01.001"), 404),
    ),
    row("POST /api/v1/exports", ROSTER, |w| Ask::json(w.api("/exports"), export()), Nothing),
    // The app on phones: the token in a header.
    row("GET /api/v1/phone/pull", "K", |w| Ask::of(w.api("/phone/pull")), Nothing),
    // Whose communes a phone sees: `follow/phone.rs`.
    row("GET /api/v1/phone/communes", "K", |w| Ask::of(w.api("/phone/communes")), Nothing),
    row(
        "GET /api/v1/phone/forms/{id}/{version}",
        "K",
        |w| Ask::of(w.api("/phone/forms/household/2024100102")),
        Nothing,
    ),
    row(
        "POST /api/v1/phone/changes",
        "K",
        |w| {
            let known = json!({
                "form": "household", "version": "2024100102", "name": "households.csv", "blocks": [],
            });
            Ask::json(w.api("/phone/changes"), known)
        },
        Hidden(|_| ["u0066.01.001".to_owned(), "u0036.01.001".to_owned()]),
    ),
    row(
        "POST /api/v1/phone/offer",
        "K",
        |w| Ask::json(w.api("/phone/offer"), json!({ "items": [] })),
        Nothing,
    ),
    row(
        "POST /api/v1/phone/push",
        "K",
        |w| {
            let head = br#"{"pieces":[]}"#;
            let body = [&(head.len() as u32).to_be_bytes()[..], head].concat();
            Ask {
                body: Some(("application/octet-stream".into(), body)),
                ..Ask::of(w.api("/phone/push"))
            }
        },
        Nothing,
    ),
    row(
        "GET /api/v1/phone/files/{form}/{instance}/{xml}/{name}/{sha256}",
        "K",
        |w| Ask::of(w.part()),
        Nothing,
    ),
    row(
        "PUT /api/v1/phone/files/{form}/{instance}/{xml}/{name}/{sha256}",
        "K",
        |w| Ask::text(w.part(), "image/jpeg", w.photo()),
        Nothing,
    ),
    Row {
        // Without its fields: what a phone is answered that may.
        ok: &[400],
        ..row(
            "PATCH /api/v1/phone/files/{form}/{instance}/{xml}/{name}/{sha256}",
            "K",
            |w| Ask::text(w.part(), "image/jpeg", w.photo()),
            Nothing,
        )
    },
    // Phones: the token in the path.
    row("GET /key/{token}/formList", "K", |_| Ask::of("/key/{token}/formList"), Nothing),
    row(
        "GET /key/{token}/forms/{id}/{version}/form.xml",
        "K",
        |_| Ask::of("/key/{token}/forms/household/2024100102/form.xml"),
        Nothing,
    ),
    row(
        "GET /key/{token}/forms/{id}/{version}/manifest",
        "K",
        |_| Ask::of("/key/{token}/forms/household/2024100102/manifest"),
        Nothing,
    ),
    row(
        "GET /key/{token}/forms/{id}/{version}/media/{name}",
        "K",
        |_| Ask::of("/key/{token}/forms/household/2024100102/media/households.csv"),
        Hidden(HEADS),
    ),
    row("GET /key/{token}/submission", "K", |_| Ask::of("/key/{token}/submission"), Nothing),
    row(
        "GET /key/{token}/entities/{list}/integrity",
        "K",
        |_| Ask::of("/key/{token}/entities/households/integrity?id=x"),
        Nothing,
    ),
    row(
        "GET /key/{token}/api/v1/returned",
        "K",
        |_| Ask::of("/key/{token}/api/v1/returned"),
        Nothing,
    ),
    row(
        "GET /key/{token}/api/v1/forgotten",
        "K",
        |_| Ask::of("/key/{token}/api/v1/forgotten"),
        Nothing,
    ),
    // The same with the token in a header.
    row("GET /formList", "K", |_| Ask::of("/formList"), Nothing),
    row(
        "GET /forms/{id}/{version}/form.xml",
        "K",
        |_| Ask::of("/forms/household/2024100102/form.xml"),
        Nothing,
    ),
    row(
        "GET /forms/{id}/{version}/manifest",
        "K",
        |_| Ask::of("/forms/household/2024100102/manifest"),
        Nothing,
    ),
    row(
        "GET /forms/{id}/{version}/media/{name}",
        "K",
        |_| Ask::of("/forms/household/2024100102/media/households.csv"),
        Hidden(HEADS),
    ),
    row(
        "GET /entities/{list}/integrity",
        "K",
        |_| Ask::of("/entities/households/integrity?id=x"),
        Nothing,
    ),
    row("GET /submission", "K", |_| Ask::of("/submission"), Nothing),
    open("GET /health", |_| Ask::of("/health"), &[200]),
    open("GET /", |_| Ask::of("/"), &[200]),
    open("GET /setup", |_| Ask::of("/setup"), &[200]),
    open("GET /phone", |_| Ask::of("/phone"), &[200]),
    open("GET /web/{*path}", |_| Ask::of("/web/page.css"), &[200]),
    // Last, for what the server does with a submission afterwards moves by itself.
    row(
        "POST /key/{token}/submission",
        "K",
        |w| Ask { body: Some(w.upload()), ..Ask::of("/key/{token}/submission") },
        Nothing,
    ),
    makes(
        "POST /submission",
        "K",
        |w| Ask { body: Some(w.upload()), ..Ask::of("/submission") },
        Nothing,
    ),
];
