//! Visits of helper teams: who may write one down, and that it can be true.

use std::collections::BTreeSet;

use jiff::civil::Date;
use ntm_shared::api::account::Role;
use ntm_shared::api::visit::{LONGEST, MOST_PHOTOS, NewVisit};
use ntm_shared::problem;
use ntm_shared::text::nfc;
use ntm_shared::unit::Units;
use serde_json::json;

use super::By;
use crate::blobs::{Stored as Blob, is_hash};
use crate::fault::{Fault, FaultPlace};
use crate::store::visits::{self, Stored};
use crate::store::{Tx, accounts, assignments, teams, units};

/// What the area of a team begins with: `team:T1` is the communes it has today.
pub const TEAM: &str = "team:";

/// Ids of the teams among somebody's areas.
pub fn teams_of(areas: &[String]) -> Vec<&str> {
    areas.iter().filter_map(|area| area.strip_prefix(TEAM)).collect()
}

/// Whether somebody is in teams alone, and collects nowhere.
pub fn is_team_alone(areas: &[String]) -> bool {
    !areas.is_empty() && teams_of(areas).len() == areas.len()
}

/// What a report from a commune is held against.
pub struct Known {
    /// Administrative units.
    pub units: &'static Units,
    /// The server's day.
    pub today: Date,
    /// Numbers of the criteria in force on the day of the report.
    pub criteria: BTreeSet<u16>,
}

/// Where and when something is said to have happened, and by which team.
pub struct Place<'a> {
    /// Commune unit id.
    pub commune: &'a str,
    /// The team, where one is named.
    pub team: Option<&'a str>,
    /// The day.
    pub day: Date,
}

/// A field of what was sent that cannot be used.
pub fn wrong(field: &str, code: &str, vi: impl Into<String>, en: impl Into<String>) -> Fault {
    let (vi, en) = (vi.into(), en.into());
    let message = ntm_shared::text::Text::new(vi, en);
    let place = FaultPlace { line: None, field: Some(field.into()), code: code.into(), message };
    Fault { places: vec![place], ..Fault::new(&problem::BAD_VALUE) }
}

/// There is no such team.
pub fn unknown_team(id: &str) -> Fault {
    let id: String = id.chars().take(40).collect();
    wrong("team", "unknown_team", format!("Không có tổ {id}."), format!("There is no team {id}."))
}

/// Whether the team has the commune on a day, by decision; of a commune that was merged, what it has
/// become.
///
/// # Errors
/// What the store says.
pub fn helps(
    tx: &dyn Tx,
    known: &Units,
    team: &str,
    (commune, day): (&str, Date),
) -> Result<bool, Fault> {
    let has = assignments::of_team(tx, team, &day.to_string())?;
    Ok(has
        .iter()
        .any(|id| id == commune || known.heirs(id, day).iter().any(|heir| heir.id == commune)))
}

impl Known {
    /// Who may report it: staff for communes in their areas, a team's account for the communes that
    /// the team had on the day. Returns the team.
    ///
    /// # Errors
    /// `forbidden` for a team's account that is no team's or another's; `out_of_area`; `bad_value`
    /// with `unknown_team`, `not_the_teams_commune`, `future_date`.
    pub fn admit(&self, tx: &dyn Tx, by: &By, place: &Place<'_>) -> Result<Option<String>, Fault> {
        let user = accounts::by_id(tx, &by.actor)?;
        let user = user.ok_or_else(|| Fault::new(&problem::FORBIDDEN))?.user;
        let commune = self.units.name(place.commune, place.day).unwrap_or_default();
        let not_theirs = |team: &str| {
            let (commune, day) = (&commune, place.day);
            (
                format!("{commune} không do tổ {team} giúp vào ngày {day}."),
                format!("Team {team} does not help {commune} on {day}."),
            )
        };
        let team = if user.role == Role::Team {
            let own = teams_of(&user.areas);
            let team = match (place.team, &own[..]) {
                (Some(team), own) if own.contains(&team) => team,
                (None, [only]) => *only,
                _ => {
                    return Err(Fault::with(
                        &problem::FORBIDDEN,
                        "Tài khoản chỉ ghi cho tổ của mình; nếu chưa gắn với tổ nào: ntm user set TÊN --team MÃ_TỔ.",
                        "The account writes for its own team only; if it has none: ntm user set NAME --team TEAM.",
                    ));
                }
            };
            if !helps(tx, self.units, team, (place.commune, place.day))? {
                let (vi, en) = not_theirs(team);
                return Err(Fault::with(&problem::OUT_OF_AREA, vi, en));
            }
            Some(team.to_owned())
        } else {
            if !units::covers(tx, &by.actor, &[place.commune.to_owned()])? {
                return Err(Fault::new(&problem::OUT_OF_AREA));
            }
            if let Some(team) = place.team {
                if !teams::list(tx)?.iter().any(|known| known.id == team) {
                    return Err(unknown_team(team));
                }
                if !helps(tx, self.units, team, (place.commune, place.day))? {
                    let (vi, en) = not_theirs(team);
                    return Err(wrong("team", "not_the_teams_commune", vi, en));
                }
            }
            place.team.map(str::to_owned)
        };
        self.not_later("day", place.day)?;
        Ok(team)
    }

    /// Whether a village lies in the commune; of one that was merged, in what it has become.
    ///
    /// # Errors
    /// What the store says.
    pub fn has_village(
        &self,
        tx: &dyn Tx,
        commune: &str,
        day: Date,
        village: &str,
    ) -> Result<bool, Fault> {
        let village = units::village_by_id(tx, village)?;
        Ok(village.is_some_and(|village| {
            let heirs = self.units.heirs(&village.commune, day);
            village.commune == commune || heirs.iter().any(|unit| unit.id == commune)
        }))
    }

    /// # Errors
    /// `bad_value` with `future_date`.
    pub fn not_later(&self, field: &str, day: Date) -> Result<(), Fault> {
        if day <= self.today {
            return Ok(());
        }
        Err(wrong(
            field,
            "future_date",
            format!("Ngày {day} sau hôm nay ({}).", self.today),
            format!("{day} lies after today ({}).", self.today),
        ))
    }
}

/// An id made by a client: 8 to 64 characters.
///
/// # Errors
/// `bad_value` with `bad_id`.
pub fn own_id(id: &str) -> Result<(), Fault> {
    if (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(wrong(
        "id",
        "bad_id",
        "Mã dài từ 8 đến 64 ký tự không dấu.",
        "The id has 8 to 64 ASCII characters.",
    ))
}

/// Text as kept: NFC, without blanks around it.
///
/// # Errors
/// `bad_value` with `too_long`.
pub fn words(field: &str, text: &str) -> Result<String, Fault> {
    let text = nfc(text.trim());
    if text.chars().count() <= LONGEST {
        return Ok(text);
    }
    Err(wrong(
        field,
        "too_long",
        format!("Dài nhất {LONGEST} ký tự."),
        format!("At most {LONGEST} characters."),
    ))
}

/// Text that may not be blank.
///
/// # Errors
/// `bad_value` with `required`, `too_long`.
pub fn needed(field: &str, text: &str) -> Result<String, Fault> {
    let text = words(field, text)?;
    if text.is_empty() {
        return Err(wrong(field, "required", "Không được để trống.", "It must not be empty."));
    }
    Ok(text)
}

/// Writes a visit down. Repeating it changes nothing.
///
/// # Errors
/// As [`Known::admit`]; `bad_value` with `team_needed`, `unknown_criterion`, `bad_number`, `bad_hash`,
/// `too_many`, `bad_id`, `too_long`; `conflict` for another visit with this id.
pub fn add(tx: &dyn Tx, by: &By, new: &NewVisit, known: &Known) -> Result<Stored, Fault> {
    own_id(&new.id)?;
    let place = Place { commune: &new.commune, team: new.team.as_deref(), day: new.day };
    let team = known.admit(tx, by, &place)?;
    if team.is_none() {
        return Err(wrong("team", "team_needed", "Thiếu mã tổ.", "The team is missing."));
    }
    if let Some(criterion) = new.open_criteria.difference(&known.criteria).next() {
        return Err(wrong(
            "open_criteria",
            "unknown_criterion",
            format!("Không có tiêu chí số {criterion} vào ngày {}.", new.day),
            format!("There is no criterion {criterion} on {}.", new.day),
        ));
    }
    if new.criteria_met.is_some_and(|met| usize::from(met) > known.criteria.len()) {
        let most = known.criteria.len();
        let (vi, en) = (format!("Nhập số từ 0 đến {most}."), format!("Enter 0 to {most}."));
        return Err(wrong("criteria_met", "bad_number", vi, en));
    }
    if let Some(hash) = new.photos.iter().find(|hash| !is_hash(hash)) {
        let hash: String = hash.chars().take(70).collect();
        let (vi, en) = (format!("{hash} không phải SHA-256."), format!("{hash} is no SHA-256."));
        return Err(wrong("photos", "bad_hash", vi, en));
    }
    if new.photos.len() > MOST_PHOTOS {
        let vi = format!("Nhiều nhất {MOST_PHOTOS} ảnh.");
        return Err(wrong("photos", "too_many", vi, format!("At most {MOST_PHOTOS} photos.")));
    }
    let said = NewVisit { team, plan: words("plan", &new.plan)?, ..new.clone() };
    if let Some(stored) = visits::by_id(tx, &new.id)? {
        return if stored.said == said { Ok(stored) } else { Err(Fault::new(&problem::CONFLICT)) };
    }
    visits::insert(tx, &said, &by.actor, &by.at)?;
    let facts = json!({
        "commune": said.commune, "team": said.team, "day": said.day, "met": said.criteria_met,
        "open": said.open_criteria.len(), "photos": said.photos.len(),
    });
    by.event(tx, "visit.add", &said.id, &facts)?;
    visits::by_id(tx, &said.id)?.ok_or_else(|| Fault::internal("a visit is not there"))
}

/// The visit, if it names this photo and the user sees it.
///
/// # Errors
/// `not_found`.
pub fn with_photo(tx: &dyn Tx, by: &By, id: &str, sha256: &str) -> Result<Stored, Fault> {
    let visit = visits::visible(tx, &by.actor, id)?;
    let visit = visit.filter(|visit| visit.said.photos.contains(sha256));
    visit.ok_or_else(|| Fault::new(&problem::NOT_FOUND))
}

/// Keeps the bytes of a photo that a visit names; they are durable already. Repeating it changes
/// nothing; true when they were not there before.
///
/// # Errors
/// `not_found` for a visit that the user does not see or that does not name it.
pub fn photo(tx: &dyn Tx, by: &By, id: &str, blob: &Blob) -> Result<bool, Fault> {
    with_photo(tx, by, id, &blob.sha256)?;
    let fresh = visits::received(tx, blob)?;
    if fresh {
        by.event(tx, "visit.photo", id, &json!({ "sha256": blob.sha256, "bytes": blob.bytes }))?;
    }
    Ok(fresh)
}
