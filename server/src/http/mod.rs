//! The doors: the route table. A handler extracts, checks, calls one action or query, and answers
//! with an api type; it holds no rule and no SQL.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::auth::{Access, Action};
use crate::config::Limits;

mod accounts;
mod agencies;
mod answer;
mod assignments;
mod audit;
mod collectors;
mod contributions;
mod criteria;
mod devices;
mod difficulties;
mod embedded;
mod erasures;
mod forms;
mod headers;
mod health;
mod households;
mod joined;
mod languages;
mod official;
mod openrosa;
mod packed;
mod pages;
mod phone;
mod photos;
mod quality;
mod query;
mod requests;
mod reviews;
mod rota;
mod rounds;
mod scores;
mod submissions;
mod supports;
mod table;
mod teams;
mod travel;
mod units;
mod uploads;
mod visits;

use table::{Route, Table};

/// `/api/v1`: staff, and below `/phone` the app on collectors' phones.
fn api(limits: &Limits) -> Table {
    let tables = DefaultBodyLimit::max(limits.table);
    Table::default()
        .post("/sessions", accounts::sign_in)
        .delete("/sessions/current", accounts::sign_out)
        .get("/me", accounts::me)
        .post("/password", accounts::choose_password)
        .get("/users", accounts::list)
        .post("/users", accounts::create)
        .post("/users/{id}/reset", accounts::reset)
        .post("/users/{id}/scope", accounts::set_scope)
        .post("/users/{id}/revoke", accounts::revoke)
        .get("/collectors", collectors::list)
        .post("/collectors", collectors::create)
        .post("/collectors/areas", rota::areas)
        .post("/collectors/{id}/revoke", collectors::revoke)
        .get("/collectors/{id}/devices", devices::list)
        .post("/collectors/{id}/devices", devices::create)
        .post("/collectors/{id}/devices/{device}/revoke", devices::revoke)
        .post("/collectors/{id}/enrolments", devices::invite)
        .post("/enrolments", devices::enrol)
        .get("/units", units::list)
        .get("/units/{id}", units::show)
        .get("/households", households::list)
        .up_to(tables)
        .post("/households", households::import)
        .get("/forms", forms::list)
        .up_to(tables)
        .post("/forms", forms::publish)
        .get("/forms/{id}/{version}/source", forms::source)
        .get("/forms/{id}/{version}/xform", forms::xform)
        .up_to(tables)
        .post("/forms/{id}/{version}/files/{name}", forms::attach)
        .get("/criteria", criteria::list)
        .get("/criteria/{id}/official", official::list)
        .up_to(tables)
        .post("/criteria/{id}/official", official::import)
        .get("/rounds", rounds::list)
        .post("/rounds", rounds::open)
        .get("/rounds/{id}", rounds::show)
        .post("/rounds/{id}/close", rounds::close)
        .post("/rounds/{id}/retention", rounds::keep)
        .post("/rounds/{id}/draw", rounds::draw)
        .get("/rounds/{id}/draws/{module}", rounds::drawn)
        .get("/rounds/{id}/status", rounds::status)
        .get("/rounds/{id}/missing", households::missing)
        .get("/rounds/{id}/failing", households::failing)
        .get("/rounds/{id}/contributions", contributions::list)
        .get("/rounds/{id}/contributions/villages", contributions::villages)
        .get("/rounds/{id}/quality", quality::show)
        .post("/rounds/{id}/quality", quality::answer)
        .get("/rounds/{id}/scores", scores::show)
        .post("/rounds/{id}/rota", rota::plan)
        .post("/rounds/{id}/plan", assignments::plan)
        .get("/rounds/{id}/plan/{commune}", assignments::explain)
        .post("/rounds/{id}/plan/{commune}", assignments::explain_as)
        .get("/submissions", submissions::list)
        .get("/submissions/{seq}", submissions::show)
        .get("/submissions/{seq}/xml", submissions::xml)
        .get("/submissions/{seq}/attachments/{name}", submissions::attachment)
        .get("/submissions/{seq}/attachments/{name}/thumbnail", photos::thumbnail)
        .get("/submissions/{seq}/attachments/{name}/copy", photos::copy)
        .post("/reviews", reviews::decide)
        .get("/agencies", agencies::list)
        .up_to(tables)
        .post("/agencies", agencies::import)
        .get("/agencies/table", agencies::table)
        .get("/teams", teams::list)
        .get("/teams/table", teams::table)
        .up_to(tables)
        .post("/teams", teams::import)
        .get("/languages", languages::list)
        .up_to(tables)
        .post("/languages", languages::import)
        .get("/travel", travel::list)
        .up_to(tables)
        .post("/travel", travel::import)
        .get("/assignments", assignments::list)
        .post("/assignments", assignments::apply)
        .get("/assignments/history", assignments::history)
        .get("/assignments/annex", assignments::annex)
        .get("/visits", visits::list)
        .post("/visits", visits::add)
        .get("/visits/lacking", visits::lacking)
        .get("/visits/{id}/photos/{sha256}", visits::photo)
        .up_to(tables)
        .post("/visits/{id}/photos/{sha256}", visits::receive)
        .get("/difficulties", difficulties::list)
        .post("/difficulties", difficulties::add)
        .post("/difficulties/{id}/steps", difficulties::step)
        .get("/supports", supports::list)
        .post("/supports", supports::add)
        .get("/supports/totals", supports::totals)
        .get("/events", audit::events)
        .get("/events/chain", audit::verify)
        .get("/reads", audit::reads)
        .get("/exports", audit::exports)
        .post("/exports", audit::export)
        .get("/erasures", erasures::list)
        .post("/erasures", erasures::erase)
        .get("/requests", requests::list)
        .post("/requests", requests::add)
        .post("/requests/{id}/steps", requests::step)
        .get("/phone/pull", phone::pull)
        .get("/phone/communes", phone::communes)
        .get("/phone/forms/{id}/{version}", phone::form)
        .up_to(tables)
        .post("/phone/changes", phone::changes)
        .up_to(tables)
        .post("/phone/offer", phone::offer)
        .post("/phone/push", phone::push)
        .get(uploads::FILE, uploads::show)
        .put(uploads::FILE, uploads::put)
        .patch(uploads::FILE, uploads::append)
}

/// The phone door, below `/key/TOKEN` and, with the token in a header, below `/`.
fn openrosa() -> Table {
    Table::default()
        .get("/formList", openrosa::form_list)
        .get("/forms/{id}/{version}/form.xml", openrosa::form)
        .get("/forms/{id}/{version}/manifest", openrosa::manifest)
        .get("/forms/{id}/{version}/media/{name}", openrosa::media)
        .get("/entities/{list}/integrity", openrosa::integrity)
        .get("/submission", openrosa::ready)
        .post("/submission", openrosa::receive)
}

/// What a phone of ours asks beside OpenRosa, with the same token.
fn keyed_phone() -> Table {
    Table::default().get("/returned", reviews::returned).get("/forgotten", erasures::forgotten)
}

/// What anybody may see.
fn open() -> Table {
    Table::default()
        .get("/health", health::show)
        .get("/", pages::index)
        .get("/setup", pages::setup)
        .get("/phone", pages::phone)
        .get("/web/{*path}", pages::file)
}

const API: &str = "/api/v1";
const KEY: &str = "/key/{token}";
const PHONE: &str = "/key/{token}/api/v1";

/// The parts of the table with where they stand.
fn tables(limits: &Limits) -> [(&'static str, Table); 5] {
    let [keyed, bare] = [KEY, ""].map(|prefix| (prefix, openrosa()));
    [(API, api(limits)), (PHONE, keyed_phone()), keyed, bare, ("", open())]
}

/// The server. What is done to every answer stands around the routes, not in each: a request copies what
/// stands around the one it is for, and all that stands in that, once for every layer.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .fallback_service(routed(app.clone()))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(app, headers::on_every_answer))
}

/// Every route.
fn routed(app: Arc<App>) -> Router {
    let [api, phone, keyed, bare, open] =
        tables(&app.config.limits).map(|(prefix, table)| table.split(prefix).0);
    let api = api
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), headers::same_origin))
        .layer(answer::panics())
        .layer(middleware::from_fn(answer::as_problem_json));
    let open = open
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(answer::panics())
        .layer(middleware::from_fn(answer::as_problem_json));
    let phone = phone
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(answer::panics())
        .layer(middleware::from_fn(answer::as_problem_json));
    Router::new()
        .nest(API, api)
        .nest(PHONE, phone)
        .nest(KEY, answer::openrosa(keyed, &app, false))
        .merge(answer::openrosa(bare, &app, true))
        .merge(open)
        .with_state(app)
}

/// A route, as anyone may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteRow {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with the names of its parameters in braces.
    pub path: String,
    /// `anyone`, `collector`, `signed in`, or the name of what the role must be permitted.
    pub who: String,
    /// True when it answers with names, answers or photos: each such answer is noted.
    pub personal: bool,
}

/// Every route there is. A test holds each of them against every role.
pub fn routes() -> Vec<RouteRow> {
    let all = tables(&Limits::default()).map(|(prefix, table)| table.split(prefix).1);
    let row = |route: Route| RouteRow {
        method: route.method,
        path: route.path,
        who: match route.access {
            Access::Anyone => "anyone".into(),
            Access::Collector => "collector".into(),
            Access::SignedIn => "signed in".into(),
            Access::Staff(action) => format!("{action:?}"),
        },
        personal: route.access == Access::Staff(Action::ReadPersonal),
    };
    all.into_iter().flatten().map(row).collect()
}
