//! `/units`: administrative units as they stood on a day.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use ntm_shared::api::Page;
use ntm_shared::api::unit::UnitView;
use ntm_shared::problem;
use ntm_shared::text::fold;
use ntm_shared::unit::{Level, Unit};

use super::query::{ListQuery, page, unit_id};
use crate::app::App;
use crate::auth::{Scope, can};
use crate::fault::Fault;
use crate::store::units::{self, Village};

/// Units of a tier or by words, within an area. Units are public knowledge; villages come from the
/// roster and are listed within the user's areas.
pub async fn list(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<UnitView>>, Fault> {
    let (day, limit) = (query.day(&app), app.config.limits.page);
    let area = query.area(&app)?;
    let level = query.level.as_deref().map(level).transpose()?;
    let mut rows: Vec<UnitView> = match &query.q {
        Some(words) => {
            app.units.search(words, day).into_iter().map(|u| view(&app, u, day)).collect()
        }
        None => {
            let existing = app.units.all().iter().filter(|u| u.life.contains(day));
            existing.map(|u| view(&app, u, day)).collect()
        }
    };
    rows.retain(|row| {
        let tier = level.is_none_or(|level| level_word(level) == row.level);
        tier && (query.within.is_none() || app.units.is_within(&row.id, &area, day))
    });
    if level.is_none_or(|level| level == Level::Village)
        && (level.is_some() || query.within.is_some())
    {
        let (actor, after) = (staff.user.id.clone(), query.after.clone());
        let villages = app
            .db
            .read(move |tx| Ok::<_, Fault>(units::villages(tx, &actor, &area, &after, limit + 1)?))
            .await?;
        let words = query.q.as_deref().map(fold);
        let named =
            villages.iter().filter(|v| words.as_ref().is_none_or(|w| fold(&v.name).contains(w)));
        rows.extend(named.map(|v| village_view(&app, v, day)));
    }
    // Words rank their results; without words the order is that of ids, which pages follow.
    if query.q.is_none() {
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows.retain(|row| row.id > query.after);
    }
    Ok(Json(page(rows, limit, |row| row.id.clone())))
}

/// One unit, by id or by its code on a day.
pub async fn show(
    State(app): State<Arc<App>>,
    staff: Scope<can::Read>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<UnitView>, Fault> {
    let day = query.day(&app);
    let id = unit_id(&app, &id, day)?;
    if let Some(unit) = app.units.by_id(&id) {
        return Ok(Json(view(&app, unit, day)));
    }
    let village = app
        .db
        .read(move |tx| {
            let seen = units::covers(tx, &staff.user.id, std::slice::from_ref(&id))?;
            if seen { units::village_by_id(tx, &id) } else { Ok(None) }
        })
        .await?;
    let village = village.ok_or_else(|| Fault::new(&problem::NOT_FOUND))?;
    Ok(Json(village_view(&app, &village, day)))
}

fn view(app: &App, unit: &Unit, day: Date) -> UnitView {
    let ids = |units: Vec<&Unit>| units.into_iter().map(|u| u.id.clone()).collect();
    let place = app.units.place(&unit.id, day);
    UnitView {
        id: unit.id.clone(),
        code: unit.code(day).unwrap_or_default().to_owned(),
        name: unit.full_name(day),
        level: level_word(unit.level).into(),
        parent: app.units.parent(&unit.id, day).map(|up| up.id.clone()),
        within: app.units.ancestors(&unit.id, day).iter().map(|up| up.full_name(day)).collect(),
        valid_from: unit.life.from.map(|d| d.to_string()),
        valid_to: unit.life.to.map(|d| d.to_string()),
        lat: place.map(|p| p.lat),
        lon: place.map(|p| p.lon),
        successors: ids(app.units.successors(&unit.id)),
        predecessors: ids(app.units.predecessors(&unit.id)),
    }
}

fn village_view(app: &App, village: &Village, day: Date) -> UnitView {
    let mut within: Vec<String> = app.units.name(&village.commune, day).into_iter().collect();
    within.extend(app.units.ancestors(&village.commune, day).iter().map(|up| up.full_name(day)));
    UnitView {
        id: village.id.clone(),
        code: village.code.clone(),
        name: village.name.clone(),
        level: level_word(Level::Village).into(),
        parent: Some(village.commune.clone()),
        within,
        valid_from: village.valid_from.clone(),
        valid_to: None,
        lat: None,
        lon: None,
        successors: Vec::new(),
        predecessors: Vec::new(),
    }
}

const LEVELS: [(Level, &str); 4] = [
    (Level::Province, "province"),
    (Level::District, "district"),
    (Level::Commune, "commune"),
    (Level::Village, "village"),
];

fn level_word(level: Level) -> &'static str {
    LEVELS.iter().find(|(known, _)| *known == level).map_or("", |(_, word)| word)
}

fn level(word: &str) -> Result<Level, Fault> {
    let found = LEVELS.iter().find(|(_, known)| *known == word).map(|(level, _)| *level);
    found.ok_or_else(|| {
        Fault::with(
            &problem::BAD_VALUE,
            "level: province, district, commune, village",
            "level: province, district, commune, village",
        )
    })
}
