//! `/collectors/{id}/devices` and `/enrolments`: the phones of a collector.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use ntm_shared::api::Page;
use ntm_shared::api::collector::{CollectorToken, Device, Enrol, Enrolment, NewDevice};
use ntm_shared::problem;
use ntm_shared::text::nfc;

use crate::address::Address;
use crate::app::App;
use crate::auth::{Anyone, Scope, can};
use crate::fault::Fault;
use crate::ops::users::Secret;
use crate::ops::{collectors, devices as ops};
use crate::secret;
use crate::store::{Tx, devices, numbers, rounds};

/// Days a token is good for when nobody said.
const DAYS: u32 = 180;
/// Longest label.
const LABEL: usize = 100;

/// Days until a token expires.
///
/// # Errors
/// `bad_value` for none, or for more than a year and a bit.
pub fn days(asked: Option<u32>) -> Result<u32, Fault> {
    let days = asked.unwrap_or(DAYS);
    if !(1..=400).contains(&days) {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            "Số ngày từ 1 đến 400.",
            "Days are from 1 to 400.",
        ));
    }
    Ok(days)
}

/// When a token that is made now expires.
pub fn expiry(app: &App, days: u32) -> String {
    app.config.clock.stamp_in(Duration::from_secs(u64::from(days) * 86_400))
}

/// The phones of a collector.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Path(id): Path<String>,
) -> Result<Json<Page<Device>>, Fault> {
    let items = app
        .db
        .read(move |tx| {
            collectors::seen_by(tx, &staff.by, &id)?;
            let mut all = devices::of_collector(tx, &id)?;
            for device in &mut all {
                device.missing = numbers::missing_of(tx, &device.id)?;
            }
            Ok::<_, Fault>(all)
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

/// Another phone; its token is in this answer and never again.
pub async fn create(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Address(address): Address,
    Path(id): Path<String>,
    Json(new): Json<NewDevice>,
) -> Result<(StatusCode, Json<CollectorToken>), Fault> {
    let new = checked(new)?;
    let token = secret::fresh()?;
    let device = devices::NewDevice {
        id: new.id,
        collector: id,
        label: new.label,
        token_hash: secret::hash(&token),
        created_at: staff.by.at.clone(),
        expires_at: expiry(&app, days(new.days)?),
    };
    let (collector, fresh) = app.db.write(move |tx| ops::add(tx, &staff.by, device)).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    let url = fresh.then(|| format!("{address}/key/{token}"));
    Ok((status, Json(CollectorToken { collector, token: fresh.then_some(token), url, pin: false })))
}

/// Shuts one phone out.
pub async fn revoke(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Path((id, device)): Path<(String, String)>,
) -> Result<StatusCode, Fault> {
    app.db.write(move |tx| ops::revoke(tx, &staff.by, &id, &device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code that sets up one phone, once.
pub async fn invite(
    State(app): State<Arc<App>>,
    staff: Scope<can::ManageRoster>,
    Address(address): Address,
    Path(id): Path<String>,
    Json(new): Json<NewDevice>,
) -> Result<(StatusCode, Json<Enrolment>), Fault> {
    let new = checked(new)?;
    let secret = secret::fresh()?;
    let expires_at = app.config.clock.stamp_in(app.config.limits.link);
    let code = Secret { hash: secret::hash(&secret), expires_at: expires_at.clone() };
    let (device, days) = (new.id, days(new.days)?);
    let wanted = devices::Enrolment { device, collector: id, label: new.label, days };
    app.db.write(move |tx| ops::invite(tx, &staff.by, &wanted, code)).await?;
    // After the '#': a browser does not send it, so it stays out of every log.
    let link = format!("{address}/phone#{secret}");
    Ok((StatusCode::CREATED, Json(Enrolment { link, expires_at })))
}

/// Redeems such a code: the phone's token, once, or again for the phone that made it.
pub async fn enrol(
    State(app): State<Arc<App>>,
    _: Anyone,
    Address(address): Address,
    Json(code): Json<Enrol>,
) -> Result<(StatusCode, Json<CollectorToken>), Fault> {
    let token = match code.token {
        Some(own) => own_token(own, &code.secret)?,
        None => secret::fresh()?,
    };
    let (code, hash) = (secret::hash(&code.secret), secret::hash(&token));
    let (at, clock) = (app.config.clock.stamp(), app.clone());
    let expires = move |days| expiry(&clock, days);
    let work = move |tx: &dyn Tx| {
        let collector = ops::enrol(tx, &at, code, hash, expires)?;
        let pin = rounds::for_phone(tx, &collector.id)?.iter().any(|round| round.pin);
        Ok::<_, Fault>((collector, pin))
    };
    let (collector, pin) = app.db.write(work).await?;
    let url = Some(format!("{address}/key/{token}"));
    Ok((StatusCode::CREATED, Json(CollectorToken { collector, token: Some(token), url, pin })))
}

/// A token that a phone made, if it may be one.
fn own_token(token: String, code: &str) -> Result<String, Fault> {
    // The code was in the hands of the office, and perhaps on paper.
    if secret::is_fresh(&token) && token != code {
        return Ok(token);
    }
    Err(Fault::with(
        &problem::BAD_VALUE,
        "Mã thiết bị do máy tự tạo phải gồm 64 chữ số thập lục phân ngẫu nhiên.",
        "A token that a phone makes is 64 random hexadecimal digits.",
    ))
}

fn checked(new: NewDevice) -> Result<NewDevice, Fault> {
    let label = nfc(new.label.trim());
    if label.chars().count() > LABEL || new.id.is_empty() || new.id.len() > 64 {
        return Err(Fault::with(
            &problem::BAD_VALUE,
            format!("Nhãn máy tối đa {LABEL} ký tự, mã tối đa 64."),
            format!("A phone's label has at most {LABEL} characters, its id 64."),
        ));
    }
    Ok(NewDevice { label, ..new })
}
