//! `/health`: is it up, does it take submissions, and which state of the data is this.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Anyone;
use crate::disk::Trouble;
use crate::fault::Fault;
use crate::store::meta;

/// `ok`; or `degraded` with the code senders are told: reads work, nothing is taken in. `epoch`
/// changes when an older state was restored from a backup: whoever sent something after it offers
/// it again.
pub async fn show(
    State(app): State<Arc<App>>,
    _: Anyone,
) -> (StatusCode, [(HeaderName, &'static str); 1], Json<Value>) {
    let epoch = app.db.read(|tx| Ok::<_, Fault>(meta::get(tx, meta::EPOCH)?)).await;
    let trouble = app.db.disk().state().or(epoch.is_err().then_some(Trouble::Fault));
    let (status, word) = match trouble {
        None => (StatusCode::OK, "ok"),
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "degraded"),
    };
    let mut said = json!({
        "status": word,
        "version": env!("CARGO_PKG_VERSION"),
        "time": app.config.clock.stamp(),
        "epoch": epoch.ok().flatten(),
    });
    if let Some(trouble) = trouble {
        said["reason"] = trouble.problem().code.into();
    }
    (status, [(header::CACHE_CONTROL, "no-store")], Json(said))
}
