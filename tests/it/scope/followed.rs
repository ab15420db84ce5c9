//! The rows of what helper teams report, and of who surveys which village.

use serde_json::json;

use super::rows::Outside::{self, Hidden};
use super::rows::{ALL, NAMES, ROSTER, Row, UNITS, makes, row};
use super::world::{Ask, World, difficulty, support, visited};
use crate::harness::{NAM_CHAY, TA_PHOI, photo, uuid};

const FOLLOW: &str = "ABPDCT";

fn passed_on(w: &World, commune: &str) -> Ask {
    let path = w.api(format!("/difficulties/{}/steps", w.difficulty(commune)));
    let step = json!({
        "id": uuid(), "day": "2024-10-15", "note": "vượt thẩm quyền", "step": "escalated",
        "owner": "UBND huyện", "deadline": "2024-12-31",
    });
    Ask::json(path, step)
}

fn photographed(w: &World, commune: &str) -> Ask {
    let (visit, hash) = w.visit(commune);
    Ask::of(w.api(format!("/visits/{visit}/photos/{hash}")))
}

fn photo_sent(w: &World, commune: &str) -> Ask {
    Ask::text(photographed(w, commune).path, "image/jpeg", photo::jpeg(7))
}

/// These routes.
pub const FOLLOWED: &[Row] = &[
    row(
        "POST /api/v1/rounds/{id}/rota",
        ROSTER,
        |w| Ask::of(w.api(format!("/rounds/{}/rota", w.both))),
        Hidden(UNITS),
    ),
    makes(
        "POST /api/v1/collectors/areas",
        ROSTER,
        |w| {
            let areas = json!({ w.collector(): ["u0066.01"] });
            Ask::json(w.api("/collectors/areas"), json!({ "areas": areas }))
        },
        Outside::Ask(
            |w| {
                let id = w.server.new_collector(&[TA_PHOI.0]).collector.id;
                let areas = json!({ id: ["u0036.01"] });
                Ask::json(w.api("/collectors/areas"), json!({ "areas": areas }))
            },
            404,
        ),
    ),
    makes(
        "GET /api/v1/visits",
        ALL,
        |w| {
            for commune in [NAM_CHAY, TA_PHOI] {
                w.visit(commune.1);
            }
            Ask::of(w.api("/visits"))
        },
        Hidden(UNITS),
    ),
    row(
        "POST /api/v1/visits",
        FOLLOW,
        |w| Ask::json(w.api("/visits"), visited(NAM_CHAY.1)),
        Outside::Ask(|w| Ask::json(w.api("/visits"), visited(TA_PHOI.1)), 403),
    ),
    row(
        "GET /api/v1/visits/lacking",
        ALL,
        |w| Ask::of(w.api("/visits/lacking?days=0&at=2024-12-01")),
        Hidden(UNITS),
    ),
    makes(
        "GET /api/v1/visits/{id}/photos/{sha256}",
        NAMES,
        |w| photographed(w, NAM_CHAY.1),
        Outside::Ask(|w| photographed(w, TA_PHOI.1), 404),
    ),
    makes(
        "POST /api/v1/visits/{id}/photos/{sha256}",
        FOLLOW,
        |w| photo_sent(w, NAM_CHAY.1),
        Outside::Ask(|w| photo_sent(w, TA_PHOI.1), 404),
    ),
    makes(
        "GET /api/v1/difficulties",
        ALL,
        |w| {
            for commune in [NAM_CHAY, TA_PHOI] {
                w.difficulty(commune.1);
            }
            Ask::of(w.api("/difficulties"))
        },
        Hidden(UNITS),
    ),
    row(
        "POST /api/v1/difficulties",
        FOLLOW,
        |w| Ask::json(w.api("/difficulties"), difficulty(NAM_CHAY.1)),
        Outside::Ask(|w| Ask::json(w.api("/difficulties"), difficulty(TA_PHOI.1)), 403),
    ),
    makes(
        "POST /api/v1/difficulties/{id}/steps",
        FOLLOW,
        |w| passed_on(w, NAM_CHAY.1),
        Outside::Ask(|w| passed_on(w, TA_PHOI.1), 404),
    ),
    row(
        "POST /api/v1/supports",
        FOLLOW,
        |w| Ask::json(w.api("/supports"), support(NAM_CHAY.1)),
        Outside::Ask(|w| Ask::json(w.api("/supports"), support(TA_PHOI.1)), 403),
    ),
    row("GET /api/v1/supports", ALL, |w| Ask::of(w.api("/supports")), Hidden(UNITS)),
    row(
        "GET /api/v1/supports/totals",
        ALL,
        |w| Ask::of(w.api("/supports/totals?by=commune")),
        Hidden(UNITS),
    ),
];
