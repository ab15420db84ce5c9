//! `/health`: is it up, and did the last commit succeed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;

/// `ok`, or `degraded` from a failed commit until one succeeds.
pub async fn show(State(app): State<Arc<App>>) -> (StatusCode, Json<Value>) {
    let (status, word) = match app.db.healthy() {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "degraded"),
    };
    let time = app.config.clock.stamp();
    (status, Json(json!({ "status": word, "version": env!("CARGO_PKG_VERSION"), "time": time })))
}
