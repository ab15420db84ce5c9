//! Collectors to villages, against trying every rota.

use std::collections::BTreeMap;

use ntm_shared::api::collector::Collector;
use ntm_shared::api::rota::RotaView;
use ntm_shared::geo::distance_m;
use ntm_shared::unit::Units;

use super::signed_in;
use crate::harness::{Cli, NAM_CHAY, Roster, TA_PHOI, TestServer, round};

fn rota(cli: &Cli, more: &[&str]) -> RotaView {
    let id = round().id;
    let args = [&["assign", "plan", &id, "--collectors", "--json"], more].concat();
    serde_json::from_str(&cli.run(&args).expect(0).out).expect("a rota")
}

/// Six villages of different sizes in two communes.
fn served() -> (TestServer, Cli) {
    let server = TestServer::start();
    let mut roster = Roster::default();
    let sizes = [(NAM_CHAY.0, [9, 3, 14]), (TA_PHOI.0, [5, 11, 2])];
    for (commune, sizes) in sizes {
        for (village, households) in (1..).zip(sizes) {
            for number in 1..=households {
                roster.add(commune, village, number);
            }
        }
    }
    server.import(&roster);
    server.open_round(&round());
    server.new_collector(&[NAM_CHAY.0]);
    server.new_collector(&[TA_PHOI.0]);
    let cli = signed_in(&server);
    (server, cli)
}

/// The least points of all rotas, by the definition and nothing else.
fn brute_force(rota: &RotaView, homes: &BTreeMap<String, &str>) -> i64 {
    let day = round().starts;
    let units = Units::built_in();
    let place = |unit: &str| units.place(unit, day).expect("a place");
    let collectors: Vec<&String> = homes.keys().collect();
    let sizes: Vec<i128> = rota.villages.iter().map(|v| v.households.into()).collect();
    let mean = sizes.iter().sum::<i128>() / sizes.len() as i128;
    let parts = mean * mean;
    let ways: Vec<Vec<i128>> = rota
        .villages
        .iter()
        .map(|village| {
            let commune = village.village.split('.').next().expect("a commune");
            let way = |id: &&String| distance_m(place(commune), place(homes[*id])) / 100;
            collectors.iter().map(|id| way(id).into()).collect()
        })
        .collect();
    let all = collectors.len().pow(rota.villages.len() as u32);
    let cost = |number: usize| {
        let (mut number, mut total) = (number, 0);
        let mut sums = vec![0_i128; collectors.len()];
        for (village, size) in sizes.iter().enumerate() {
            let who = number % collectors.len();
            number /= collectors.len();
            sums[who] += size;
            total += parts * ways[village][who];
        }
        for sum in sums {
            total += 10 * sum * sum + parts * 1_000 * (sum - i128::from(rota.room)).max(0);
        }
        i64::try_from(total.div_euclid(parts)).expect("points")
    };
    (0..all).map(cost).min().expect("a rota")
}

#[test]
fn the_rota_is_the_best_of_all_and_becomes_the_collectors_areas() {
    let (server, cli) = served();
    let known: Vec<Collector> = server.admin.all("/collectors");
    let homes: BTreeMap<String, &str> =
        known.iter().map(|collector| (collector.id.clone(), collector.areas[0].as_str())).collect();
    for (days, per_day) in [("20", "8"), ("3", "8"), ("2", "8"), ("1", "5")] {
        let rota = rota(&cli, &["--days", days, "--per-day", per_day]);
        assert_eq!(rota.villages.len(), 6);
        assert_eq!(rota.villages.iter().map(|v| v.households).sum::<u32>(), 44);
        assert!(rota.villages.iter().all(|village| village.collector.is_some()));
        let best = brute_force(&rota, &homes);
        assert_eq!(rota.objective, best, "{days} days of {per_day}");
        assert!(rota.bound <= best);
        let over: u32 = rota.collectors.iter().map(|collector| collector.over).sum();
        assert_eq!(over, 44_u32.saturating_sub(2 * rota.room), "{days} days of {per_day}");
    }
    // With time enough each stays at home; with little the work is shared.
    let near = rota(&cli, &["--days", "20"]);
    assert!(near.villages.iter().all(|village| village.distance_m == Some(0)));
    let shared = cli.run(&["assign", "plan", &round().id, "--collectors", "--days", "2"]).expect(0);
    assert!(shared.err.contains("Thiếu người"), "{}", shared.err);
    assert!(!server.admin.all::<Collector>("/collectors").iter().any(|c| c.areas.len() > 1));

    // Both live in Tả Phời now; the villages become their areas, and are kept afterwards.
    let home = format!("{}=02677", known[0].id);
    let other = format!("{}=02677", known[1].id);
    let moved = ["--days", "20", "--home", &home, "--home", &other];
    let told = rota(&cli, &moved);
    assert!(told.villages.iter().filter(|v| v.distance_m > Some(0)).count() >= 3);
    let set = rota(&cli, &["--days", "20", "--set-areas"]);
    let areas: BTreeMap<String, Vec<String>> =
        server.admin.all::<Collector>("/collectors").into_iter().map(|c| (c.id, c.areas)).collect();
    for village in &set.villages {
        let collector = village.collector.as_ref().expect("somebody");
        assert!(areas[collector].contains(&village.village));
    }
    assert!(rota(&cli, &["--days", "20"]).villages.iter().all(|village| village.kept));
    let far = cli.run(&["assign", "plan", &round().id, "--collectors", "--home", "ai=02677"]);
    assert!(far.expect(2).err.contains("ai"));
}

#[test]
fn a_helper_teams_phone_is_asked_only_by_name_and_stays_the_teams() {
    let (server, cli) = served();
    let teams = "team_id,agency,name,capacity,lat,lon,criteria,present_communes\n\
                 T1,Sở A,Tổ một,3,22.5,104.0,3,\n";
    server.admin.post_text("/teams?at=2024-10-15", "text/csv", teams).expect(200);
    let new = |areas: &[&str]| {
        let known: Vec<Collector> = server.admin.all("/collectors");
        server.new_collector(areas);
        let all: Vec<Collector> = server.admin.all("/collectors");
        all.into_iter().find(|one| known.iter().all(|other| other.id != one.id)).expect("it").id
    };
    let team = new(&["team:T1"]);
    let both = new(&["team:T1", TA_PHOI.0]);
    let has = |rota: &RotaView, id: &str| rota.collectors.iter().any(|c| c.collector == id);
    let all = rota(&cli, &["--days", "20"]);
    assert!(!has(&all, &team) && has(&all, &both));

    // By name without a home: said which.
    let (id, named) = (round().id, serde_json::json!({ "collectors": [team] }));
    let said = server.admin.post(&format!("/rounds/{id}/rota"), &named).expect(422);
    assert!(said.text().contains("no_home"));

    // With a home it goes too, and stays the team's.
    let home = format!("{team}=02677");
    let set = rota(&cli, &["--days", "20", "--home", &home, "--set-areas"]);
    let known: Vec<Collector> = server.admin.all("/collectors");
    for id in [&team, &both] {
        // Three live in Tả Phời now, which has three villages.
        let village = set.villages.iter().find(|v| v.collector.as_ref() == Some(id)).expect("one");
        let areas = &known.iter().find(|one| one.id == *id).expect("it").areas;
        assert_eq!(*areas, ["team:T1", &village.village]);
    }
}
