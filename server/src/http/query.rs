//! What list queries have in common: the area, the day, the page.

use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::problem;
use serde::Deserialize;

use super::openrosa::cached;
use crate::app::App;
use crate::fault::Fault;
use crate::ops::EVERYWHERE;

/// `?within=&at=&after=` and the filters of some lists.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    /// Unit id or official code.
    pub within: Option<String>,
    /// The day on which codes and names are read.
    pub at: Option<Date>,
    /// Key of the last row of the page before.
    #[serde(default)]
    pub after: String,
    /// Tier of units.
    pub level: Option<String>,
    /// Words to search for.
    pub q: Option<String>,
    /// Round id.
    pub round: Option<String>,
    /// Form id.
    pub form: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// Whether only what cannot be placed is meant.
    #[serde(default)]
    pub held: bool,
    /// Which of the looks that a round declared.
    pub look: Option<u32>,
    /// An earlier round to compare with; `last` for the one before.
    pub since: Option<String>,
    /// The day on which answers that hold to a day are judged.
    pub as_of: Option<Date>,
    /// Days of a forecast after it.
    pub days: Option<u16>,
    /// Whether sums are made anew from the originals.
    #[serde(default)]
    pub rebuild: bool,
}

impl ListQuery {
    /// The day asked for; today without.
    pub fn day(&self, app: &App) -> Date {
        self.at.unwrap_or_else(|| app.config.clock.today())
    }

    /// The area asked for, as a unit id; everywhere without.
    ///
    /// # Errors
    /// `unknown_unit`.
    pub fn area(&self, app: &App) -> Result<String, Fault> {
        match &self.within {
            None => Ok(EVERYWHERE.to_owned()),
            Some(text) => unit_id(app, text, self.day(app)),
        }
    }
}

/// A unit by id or by its official code on `day`. Ids of villages begin with their commune's.
///
/// # Errors
/// `unknown_unit`.
pub fn unit_id(app: &App, text: &str, day: Date) -> Result<String, Fault> {
    let text = text.trim();
    let commune = text.split_once('.').map_or(text, |(commune, _)| commune);
    if app.units.by_id(commune).is_some() {
        return Ok(text.to_owned());
    }
    let found = app.units.by_code(text, day).map(|unit| unit.id.clone());
    found.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Fault::with(&problem::UNKNOWN_UNIT, format!("{shown} ({day})"), format!("{shown} ({day})"))
    })
}

/// A page from one row more than asked for.
pub fn page<T>(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(key) } else { None };
    Page { items, next }
}

/// A page as phones poll it: not sent again to who has it.
///
/// # Errors
/// None but ours.
pub fn polled<T: serde::Serialize>(
    headers: &HeaderMap,
    items: Vec<T>,
    limit: i64,
    key: impl Fn(&T) -> String,
) -> Result<Response, Fault> {
    let body = serde_json::to_vec(&page(items, limit, key)).map_err(Fault::internal)?;
    Ok(cached(headers, "application/json", body))
}
