//! `/events`, `/reads`, `/exports`: who changed, read and took away what.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::audit::{Event, Export, NewExport, Read, Verified};
use ntm_shared::text::nfc;
use serde::Deserialize;

use super::query::page;
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::ops::exports as ops;
use crate::store::{events, exports};

/// `?actor=&subject=&what=&after=`.
#[derive(Debug, Default, Deserialize)]
pub struct AuditQuery {
    actor: Option<String>,
    subject: Option<String>,
    what: Option<String>,
    #[serde(default)]
    after: String,
}

impl AuditQuery {
    fn filter(self, limit: i64) -> events::Filter {
        let after = self.after.parse().unwrap_or(0);
        let AuditQuery { actor, subject, what, .. } = self;
        events::Filter { actor, subject, what, after, limit }
    }
}

/// Changes by people whose areas are within the reader's, in order.
pub async fn events(
    State(app): State<Arc<App>>,
    staff: Scope<can::Audit>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<Event>>, Fault> {
    let limit = app.config.limits.page;
    let filter = query.filter(limit + 1);
    app.db.settle().await;
    let read = app.db.read(move |tx| Ok::<_, Fault>(events::list(tx, &staff.user.id, filter)?));
    Ok(Json(page(read.await?, limit, |event: &Event| event.seq.to_string())))
}

/// Walks the whole chain of events.
pub async fn verify(
    State(app): State<Arc<App>>,
    _: Scope<can::Audit>,
) -> Result<Json<Verified>, Fault> {
    let chain = app.db.read(|tx| Ok::<_, Fault>(events::walk(tx)?)).await?;
    let head = hex::encode(&chain.head);
    Ok(Json(Verified { events: chain.good, head, broken: chain.broken }))
}

/// Reads of personal data by people whose areas are within the reader's, in order.
pub async fn reads(
    State(app): State<Arc<App>>,
    staff: Scope<can::Audit>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<Read>>, Fault> {
    let limit = app.config.limits.page;
    let filter = query.filter(limit + 1);
    app.db.settle().await;
    let read = app.db.read(move |tx| Ok::<_, Fault>(events::reads(tx, &staff.user.id, filter)?));
    Ok(Json(page(read.await?, limit, |read: &Read| read.id.to_string())))
}

/// Exports by people whose areas are within the reader's.
pub async fn exports(
    State(app): State<Arc<App>>,
    staff: Scope<can::Audit>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<Export>>, Fault> {
    let (limit, after) = (app.config.limits.page, query.after);
    let list = move |tx: &dyn crate::store::Tx| {
        Ok::<_, Fault>(exports::list(tx, &staff.user.id, &after, limit + 1)?)
    };
    Ok(Json(page(app.db.read(list).await?, limit, |export: &Export| export.id.clone())))
}

/// Notes that a list of names is taken away, and why.
pub async fn export(
    State(app): State<Arc<App>>,
    staff: Scope<can::Export>,
    Json(new): Json<NewExport>,
) -> Result<(StatusCode, Json<Export>), Fault> {
    let export = Export {
        id: new.id,
        at: staff.by.at.clone(),
        actor: staff.user.id,
        actor_name: staff.user.name,
        list: new.list,
        subject: new.subject,
        reason: nfc(new.reason.trim()),
    };
    let made = app.db.write(move |tx| ops::make(tx, &staff.by, export)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
