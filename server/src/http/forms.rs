//! `/forms`: publishing XLSForms.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::form::FormVersion;

use crate::app::App;
use crate::auth::{Action, Staff};
use crate::fault::Fault;
use crate::ops::forms as ops;
use crate::publish;
use crate::store::forms;

/// Every published version.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Staff,
) -> Result<Json<Page<FormVersion>>, Fault> {
    staff.may(Action::Read)?;
    let items = app.db.read(|tx| Ok::<_, Fault>(forms::list(tx)?)).await?;
    Ok(Json(Page { items, next: None }))
}

/// Publishes an XLSForm in Markdown tables.
pub async fn publish(
    State(app): State<Arc<App>>,
    staff: Staff,
    source: String,
) -> Result<(StatusCode, Json<FormVersion>), Fault> {
    staff.may(Action::PublishForms)?;
    let form = tokio::task::spawn_blocking(move || publish::compile(&source))
        .await
        .map_err(Fault::internal)??;
    let (form, fresh) = app.db.write(move |tx| ops::publish(tx, &staff.by, &form)).await?;
    Ok((if fresh { StatusCode::CREATED } else { StatusCode::OK }, Json(form)))
}
