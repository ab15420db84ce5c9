//! From a round's villages and the collectors to the question of who surveys which village.

use std::collections::{BTreeMap, BTreeSet};

use ntm_shared::api::collector::Collector;
use ntm_shared::api::rota::{RotaCollector, RotaRequest, RotaView, RotaVillage};
use ntm_shared::api::round::Round;
use ntm_shared::assign::{Instance, Kind, Need, Offer, Plan, Site, Weights, plan_as};
use ntm_shared::geo::Place;
use ntm_shared::unit::Units;

use crate::fault::Fault;
use crate::ops::EVERYWHERE;
use crate::ops::visits::{TEAM, wrong};
use crate::store::frames::FrameVillage;
use crate::store::{Tx, collectors, frames, languages, units};

/// Households that a collector surveys in a day, where nobody says.
const PER_DAY: u32 = 8;
/// The most collectors of one rota.
const MOST: usize = 2_000;

/// The question, and what its answer is put into words with.
pub struct Question {
    round: Round,
    villages: Vec<FrameVillage>,
    collectors: Vec<Collector>,
    instance: Instance,
    room: u32,
    per_day: u32,
}

/// The question of a round for the villages and the collectors that `actor` reaches.
///
/// # Errors
/// `bad_value` with `no_collectors`, `unknown_collector`, `bad_number`, `no_home`.
pub fn question(
    tx: &dyn Tx,
    known: &Units,
    actor: &str,
    (round, asked): (Round, &RotaRequest),
) -> Result<Question, Fault> {
    let (starts, ends) = (round.spec.starts, round.spec.ends);
    let whole = starts.until(ends).map_err(Fault::internal)?.get_days() + 1;
    let days = asked.days.unwrap_or_else(|| u32::try_from(whole).unwrap_or(1).clamp(1, 400));
    let per_day = asked.per_day.unwrap_or(PER_DAY);
    if !(1..=400).contains(&days) || !(1..=100).contains(&per_day) {
        let (vi, en) = (
            "Số ngày từ 1 đến 400, số hộ mỗi ngày từ 1 đến 100.",
            "Days are 1 to 400, households a day 1 to 100.",
        );
        return Err(wrong("days", "bad_number", vi, en));
    }
    let collectors = who(tx, actor, asked)?;
    let villages = frames::villages(tx, actor, EVERYWHERE, &round.spec.id)?;
    let spoken = languages::on(tx, starts)?;
    let places = frames::places(tx, &round.spec.id)?;
    let place = |village: &FrameVillage| {
        places.get(&village.id).copied().or_else(|| known.place(&village.commune, starts))
    };
    let ids: Vec<String> = villages.iter().map(|village| village.id.clone()).collect();
    let mut present: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut offers = Vec::with_capacity(collectors.len());
    for collector in &collectors {
        for village in ids.iter().filter(|id| collector.areas.contains(id)) {
            present.entry(village.clone()).or_default().insert(collector.id.clone());
        }
        let named = asked.homes.get(&collector.id).or(own_areas(collector).next());
        let home = named.and_then(|text| home(tx, known, text, &round, &places).transpose());
        let home = home.transpose()?.ok_or_else(|| {
            wrong(
                "homes",
                "no_home",
                format!(
                    "Không biết nơi ở của điều tra viên {}. Nêu mã xã hoặc thôn.",
                    collector.id
                ),
                format!(
                    "Where collector {} lives is not known. Name a commune or village.",
                    collector.id
                ),
            )
        })?;
        offers.push(Offer {
            id: collector.id.clone(),
            site: Site::Earth(home),
            min: 0,
            max: u32::try_from(villages.len()).unwrap_or(u32::MAX).max(1),
            criteria: BTreeSet::new(),
            languages: asked.languages.get(&collector.id).cloned().unwrap_or_default(),
        });
    }
    // Who has no list of languages is taken to speak what is needed.
    let told = !asked.languages.is_empty();
    let need = |village: &FrameVillage| {
        let site = Site::Earth(place(village)?);
        let languages = spoken.get(&village.commune).filter(|_| told).cloned();
        Some(Need {
            present: present.get(&village.id).cloned().unwrap_or_default(),
            languages: languages.unwrap_or_default(),
            ..Need::new(village.id.clone(), site, 1, BTreeSet::new())
        })
    };
    let room = days * per_day;
    let instance = Instance {
        needs: villages.iter().filter_map(need).collect(),
        // Every village gets somebody, however much that is too much.
        weights: Weights { unfilled: 100_000_000, ..Weights::default() },
        max_distance_m: asked.max_distance_m,
        sizes: villages.iter().map(|village| (village.id.clone(), size(village))).collect(),
        room: offers.iter().map(|offer| (offer.id.clone(), room)).collect(),
        offers,
        ..Instance::default()
    };
    Ok(Question { round, villages, collectors, instance, room, per_day })
}

fn size(village: &FrameVillage) -> u32 {
    u32::try_from(village.households.saturating_sub(village.erased)).unwrap_or(u32::MAX)
}

/// A collector's communes and villages, without those a helper team has at the time.
fn own_areas(collector: &Collector) -> impl Iterator<Item = &String> {
    collector.areas.iter().filter(|area| !area.starts_with(TEAM))
}

fn who(tx: &dyn Tx, actor: &str, asked: &RotaRequest) -> Result<Vec<Collector>, Fault> {
    let all = collectors::list(tx, actor, "", MOST as i64)?;
    let mut collectors: Vec<Collector> =
        all.into_iter().filter(|collector| !collector.revoked).collect();
    let known: BTreeSet<&String> = collectors.iter().map(|collector| &collector.id).collect();
    let mut named = asked.collectors.iter().chain(asked.homes.keys()).chain(asked.languages.keys());
    if let Some(id) = named.find(|id| !known.contains(id)) {
        let id: String = id.chars().take(64).collect();
        let (vi, en) = (format!("Không có điều tra viên {id}."), format!("No collector {id}."));
        return Err(wrong("collectors", "unknown_collector", vi, en));
    }
    let all = asked.collectors.is_empty();
    let goes = |c: &Collector| match all {
        // A helper team's phone goes from household to household only when it has a home to go from.
        true => own_areas(c).next().is_some() || asked.homes.contains_key(&c.id),
        false => asked.collectors.contains(&c.id),
    };
    collectors.retain(goes);
    if collectors.is_empty() {
        let (vi, en) = (
            "Chưa có điều tra viên nào. Thêm trước: ntm collector add.",
            "There are no collectors. Add them first: ntm collector add.",
        );
        return Err(wrong("collectors", "no_collectors", vi, en));
    }
    collectors.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(collectors)
}

/// Where a commune or a village is.
fn home(
    tx: &dyn Tx,
    known: &Units,
    text: &str,
    round: &Round,
    places: &BTreeMap<String, Place>,
) -> Result<Option<Place>, Fault> {
    let day = round.spec.starts;
    if let Some(place) = places.get(text) {
        return Ok(Some(*place));
    }
    if let Some(village) = units::village_by_id(tx, text)? {
        return Ok(known.place(&village.commune, day));
    }
    let unit = known.by_id(text).or_else(|| known.by_code(text, day));
    Ok(unit.and_then(|unit| known.place(&unit.id, day)))
}

impl Question {
    /// The best rota.
    ///
    /// # Errors
    /// Only for an instance that contradicts itself, which it cannot.
    pub fn solve(&self, units: &Units) -> Result<RotaView, Fault> {
        let plan = plan_as(&self.instance, Kind::Pairwise).map_err(|found| {
            Fault::internal(found.iter().map(|c| c.code.as_str()).collect::<Vec<_>>().join(", "))
        })?;
        Ok(self.view(&plan, units))
    }

    fn view(&self, plan: &Plan, units: &Units) -> RotaView {
        let date = self.round.spec.starts;
        let pairs: BTreeMap<&str, &ntm_shared::assign::Pair> =
            plan.pairs.iter().map(|pair| (pair.commune.as_str(), pair)).collect();
        let name = |id: &str| {
            let found = self.collectors.iter().find(|collector| collector.id == id);
            found.map(|collector| collector.name.clone())
        };
        let village = |village: &FrameVillage| {
            let pair = pairs.get(village.id.as_str());
            RotaVillage {
                village: village.id.clone(),
                village_name: village.name.clone(),
                village_code: village.code.clone(),
                commune_code: units.code(&village.commune, date).unwrap_or_default().to_owned(),
                commune_name: units.name(&village.commune, date).unwrap_or_default(),
                households: size(village),
                collector: pair.map(|pair| pair.team.clone()),
                collector_name: pair.and_then(|pair| name(&pair.team)),
                distance_m: pair.map(|pair| pair.cost.distance_m),
                kept: pair.is_some_and(|pair| pair.cost.keep < 0),
            }
        };
        let mut villages: Vec<RotaVillage> = self.villages.iter().map(village).collect();
        villages.sort_by(|a, b| {
            (&a.commune_code, &a.village_code, &a.village).cmp(&(
                &b.commune_code,
                &b.village_code,
                &b.village,
            ))
        });
        let collector = |collector: &Collector| {
            let mine = villages.iter().filter(|v| v.collector.as_ref() == Some(&collector.id));
            let households: u32 = mine.clone().map(|village| village.households).sum();
            RotaCollector {
                collector: collector.id.clone(),
                collector_name: collector.name.clone(),
                villages: u32::try_from(mine.count()).unwrap_or(u32::MAX),
                households,
                days: households.div_ceil(self.per_day),
                over: households.saturating_sub(self.room),
            }
        };
        RotaView {
            made_up: self.round.spec.made_up,
            date,
            room: self.room,
            objective: plan.objective,
            bound: plan.bound,
            collectors: self.collectors.iter().map(collector).collect(),
            villages,
        }
    }
}
