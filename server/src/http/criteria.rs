//! `/criteria`: the criteria sets this server scores with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;

/// Sets by id; their content ships with the command line (`ntm criteria show`).
pub async fn list(State(app): State<Arc<App>>, _: Scope<can::Read>) -> Result<Json<Value>, Fault> {
    let items: Vec<Value> = app
        .criteria
        .values()
        .map(|set| json!({ "id": set.id, "name": set.name, "from": set.from, "to": set.to, "criteria": set.criteria.len() }))
        .collect();
    Ok(Json(json!({ "items": items, "next": null })))
}
