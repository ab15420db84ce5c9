//! The office's work: roster, rounds, a draw, collectors, staff; through the API.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use ntm_shared::api::account::{NewUser, OneTimeLink, Role};
use ntm_shared::api::collector::{CollectorToken, NewCollector};
use ntm_shared::api::round::{Draw, ModuleDesign, NewDraw, NewRound};
use serde::{Deserialize, Serialize};

use super::plan::{DAY, Like, PHOTO, Plan, Visited};
use crate::{Api, Phone, RealServer, Roster, password, round};

/// Communes of one import.
const AT_A_TIME: usize = 10;

/// What the office made, and what it takes to use it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Office {
    /// Per village its collector: id, and path of the phone's address.
    pub collectors: Vec<(String, String)>,
    /// Path of the address of a phone whose collector has the whole first commune.
    pub wide: String,
    /// Login name of somebody at the first commune; the password follows from the name.
    pub commune: String,
    /// Login name of somebody at the province.
    pub province: String,
    /// Households of the last round's sample.
    pub drawn: BTreeSet<String>,
}

impl Office {
    /// Does the work on a new server.
    pub fn set_up(server: &RealServer, plan: &Plan) -> Office {
        let admin = server.administrator();
        import(&admin, plan);
        for (n, id) in plan.rounds.iter().enumerate() {
            let starts = DAY + (2 * n as i64).months();
            let mut modules = BTreeMap::new();
            if n + 1 == plan.rounds.len() {
                modules.insert("income".to_owned(), ModuleDesign::Sample { per_village: 5 });
            }
            let new = NewRound {
                id: id.clone(),
                name: format!("Đợt {}", n + 1),
                starts,
                ends: starts + 40.days(),
                areas: plan.communes.iter().map(|(id, _)| id.clone()).collect(),
                modules,
                ..round()
            };
            admin.post("/rounds", &new).expect(201);
        }
        let last = plan.rounds.last().expect("a round");
        let new = NewDraw { module: "income".into(), seed: 20_261_122 };
        let draw: Draw = admin.post(&format!("/rounds/{last}/draw"), &new).expect(200).json();
        let all = draw.villages.into_iter().flat_map(|village| village.households);
        let drawn = all.filter(|household| !household.reserve).map(|h| h.id).collect();
        let collectors = (0..plan.villages)
            .map(|village| collector(&admin, village, plan.village_id(village)))
            .collect();
        let (_, wide) = collector(&admin, plan.villages, plan.communes[0].0.clone());
        let province = ntm_shared::unit::Units::built_in().ancestors(&plan.communes[0].0, DAY);
        let province = province.last().expect("a province").id.clone();
        Office {
            collectors,
            wide,
            commune: staff(server, &admin, "xa", Role::Commune, plan.communes[0].0.clone()),
            province: staff(server, &admin, "tinh", Role::Province, province),
            drawn,
        }
    }

    /// The phone of a village's collector, at a server.
    pub fn phone(&self, server: &RealServer, village: usize) -> Phone {
        Phone::new(&format!("{}{}", server.url(), self.collectors[village].1))
    }

    /// Sends visits as phones do.
    pub fn send(
        &self,
        server: &RealServer,
        plan: &Plan,
        visits: &BTreeMap<usize, (Visited, Like)>,
    ) {
        for (visit, _) in visits.values() {
            let phone = self.phone(server, plan.household(visit.household).0);
            let photos = plan.photo(visit).map(|bytes| (PHOTO.to_owned(), bytes));
            let photos: Vec<(String, Vec<u8>)> = photos.into_iter().collect();
            phone.send(&plan.filled(visit).xml(), &photos).expect("a network").expect(201);
        }
    }

    /// Closes every round but the last.
    pub fn close(&self, server: &RealServer, plan: &Plan) {
        let admin = Api::nobody(&server.url()).sign_in("admin", &password("admin"));
        for id in &plan.rounds[..plan.rounds.len() - 1] {
            admin.post(&format!("/rounds/{id}/close"), &()).expect(200);
        }
    }
}

fn import(admin: &Api, plan: &Plan) {
    let mut rosters: BTreeMap<usize, Roster> = BTreeMap::new();
    for household in 0..plan.households {
        let (village, number) = plan.household(household);
        let ((_, code), in_commune) = plan.village(village);
        let commune = village * plan.communes.len() / plan.villages;
        let roster = rosters.entry(commune / AT_A_TIME).or_default();
        roster.add(code, in_commune as u32, number as u32);
    }
    for roster in rosters.values() {
        let path = format!("/households?at={DAY}");
        admin.post_text(&path, "text/csv", roster.csv()).expect(200);
    }
}

fn collector(admin: &Api, number: usize, area: String) -> (String, String) {
    let id = format!("00000000-0000-4000-9000-{number:012}");
    let name = format!("Điều tra viên {number}");
    let new = NewCollector { id: id.clone(), name, areas: vec![area], days: Some(400) };
    let made: CollectorToken = admin.post("/collectors", &new).expect(201).json();
    let url = made.url.expect("the first answer has the address");
    let path = url.split_once("/key/").expect("a token in the path").1;
    (id, format!("/key/{path}"))
}

fn staff(server: &RealServer, admin: &Api, name: &str, role: Role, area: String) -> String {
    let new = NewUser { id: crate::uuid(), name: name.into(), role, areas: vec![area] };
    let link: OneTimeLink = admin.post("/users", &new).expect(201).json();
    Api::nobody(&server.url()).redeem(&link.link, &password(name)).expect(204);
    name.into()
}
