//! The doors: the route table. A handler extracts, checks, calls one action or query, and answers
//! with an api type; it holds no rule and no SQL.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::{delete, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;

mod accounts;
mod answer;
mod assignments;
mod collectors;
mod criteria;
mod forms;
mod health;
mod households;
mod openrosa;
mod pages;
mod photos;
mod query;
mod reviews;
mod rounds;
mod scores;
mod submissions;
mod teams;
mod units;

/// Every route of the server.
pub fn router(app: Arc<App>) -> Router {
    let limits = &app.config.limits;
    let tables = DefaultBodyLimit::max(limits.table);

    let api = Router::new()
        .route("/sessions", post(accounts::sign_in))
        .route("/sessions/current", delete(accounts::sign_out))
        .route("/me", get(accounts::me))
        .route("/password", post(accounts::choose_password))
        .route("/users", get(accounts::list).post(accounts::create))
        .route("/users/{id}/reset", post(accounts::reset))
        .route("/users/{id}/revoke", post(accounts::revoke))
        .route("/collectors", get(collectors::list).post(collectors::create))
        .route("/collectors/{id}/revoke", post(collectors::revoke))
        .route("/units", get(units::list))
        .route("/units/{id}", get(units::show))
        .route("/households", get(households::list).post(households::import).layer(tables))
        .route("/forms", get(forms::list).post(forms::publish).layer(tables))
        .route("/forms/{id}/{version}/source", get(forms::source))
        .route("/forms/{id}/{version}/xform", get(forms::xform))
        .route("/forms/{id}/{version}/files/{name}", post(forms::attach).layer(tables))
        .route("/criteria", get(criteria::list))
        .route("/rounds", get(rounds::list).post(rounds::open))
        .route("/rounds/{id}", get(rounds::show))
        .route("/rounds/{id}/close", post(rounds::close))
        .route("/rounds/{id}/draw", post(rounds::draw))
        .route("/rounds/{id}/draws/{module}", get(rounds::drawn))
        .route("/rounds/{id}/status", get(rounds::status))
        .route("/rounds/{id}/missing", get(households::missing))
        .route("/rounds/{id}/scores", get(scores::show))
        .route("/rounds/{id}/plan", post(assignments::plan))
        .route("/rounds/{id}/plan/{commune}", get(assignments::explain))
        .route("/submissions", get(submissions::list))
        .route("/submissions/{seq}", get(submissions::show))
        .route("/submissions/{seq}/xml", get(submissions::xml))
        .route("/submissions/{seq}/attachments/{name}", get(submissions::attachment))
        .route("/submissions/{seq}/attachments/{name}/thumbnail", get(photos::thumbnail))
        .route("/submissions/{seq}/attachments/{name}/copy", get(photos::copy))
        .route("/reviews", post(reviews::decide))
        .route("/teams", get(teams::list).post(teams::import).layer(tables))
        .route("/assignments", get(assignments::list).post(assignments::apply))
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(middleware::from_fn(answer::as_problem_json));

    let openrosa = Router::new()
        .route("/formList", get(openrosa::form_list))
        .route("/forms/{id}/{version}/form.xml", get(openrosa::form))
        .route("/forms/{id}/{version}/manifest", get(openrosa::manifest))
        .route("/forms/{id}/{version}/media/{name}", get(openrosa::media))
        .route("/entities/{list}/integrity", get(openrosa::integrity))
        .route("/submission", get(openrosa::ready).post(openrosa::receive));

    // What a phone of ours asks beside OpenRosa, with the same token.
    let phone = Router::new()
        .route("/returned", get(reviews::returned))
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(middleware::from_fn(answer::as_problem_json));

    Router::new()
        .nest("/api/v1", api)
        .nest("/key/{token}/api/v1", phone)
        .nest("/key/{token}", answer::openrosa(openrosa.clone(), &app))
        .merge(answer::openrosa(openrosa, &app))
        .route("/health", get(health::show))
        .merge(pages::router())
        .layer(CompressionLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .with_state(app)
}
