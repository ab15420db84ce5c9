//! Every visit the generator makes can be filled in, the same way each time.

use ntm_shared::{
    expr::Instances,
    household::{
        Poverty,
        media::{self, CommuneRow, HouseholdRow, Listing, VillageRow},
    },
};

use super::super::{people, province};
use super::*;

/// The roster a server would give the commune's phone; every second household in the sample.
fn media(commune: &Commune, seed: u64) -> Instances {
    let round = "r1".to_owned();
    let mut households = Vec::new();
    let mut villages = Vec::new();
    for village in &commune.villages {
        villages.push(VillageRow {
            village: commune.village_id(village),
            label: village.name.clone(),
            commune: commune.id.clone(),
            round: round.clone(),
        });
        for number in 1..=village.households {
            let household = format!("{}.{number:03}", commune.village_id(village));
            let (head, members) = people::family(commune, &household, seed);
            households.push(HouseholdRow {
                household,
                village: commune.village_id(village),
                commune: commune.id.clone(),
                round: round.clone(),
                code: format!("{number:03}"),
                head,
                members: u32::try_from(members).ok(),
                poverty: Poverty::Unknown,
                income: number % 2 == 1,
                version: 1,
                place: None,
            });
        }
    }
    let communes = [CommuneRow {
        commune: commune.id.clone(),
        label: commune.name.clone(),
        code: commune.code.clone(),
        round,
    }];
    let mut tables = Instances::new();
    let mut put = |id: &str, listing: Listing| tables.insert(id, listing.table());
    put("households", media::households(&households));
    put("villages", media::villages(&villages));
    put("communes", media::communes(&communes));
    tables
}

#[tokio::test]
async fn every_made_up_visit_can_be_filled_in_and_is_the_same_again() {
    let seed = 11;
    let forms = Arc::new(Forms::built_in().unwrap());
    let communes = province::make(&province::tests::units(), 400, seed);
    let mut outcomes = std::collections::BTreeMap::new();
    for commune in &communes {
        let downloaded = |id: &str| {
            let (version, xml, media) = (String::new(), Vec::new(), media(commune, seed));
            Arc::new(Downloaded { id: id.into(), version, xml, media })
        };
        let household = downloaded("household");
        for (home, village, first) in visits(commune, seed) {
            for round in 0..home.fate.len() {
                *outcomes.entry(home.fate[round]).or_insert(0) += 1;
                let make = || async {
                    let mut visit = interview::visit(commune, village, &home, round, first, seed);
                    visit.photos.truncate(1);
                    fill(&forms, &household, visit, "collect:x", seed).await
                };
                let (one, two) = (make().await.unwrap(), make().await.unwrap());
                assert_eq!(one.xml, two.xml);
                assert_eq!(one.photos, two.photos);
                let xml = String::from_utf8(one.xml).unwrap();
                let said = format!("<outcome>{}</outcome>", home.fate[round]);
                assert!(xml.contains(&said), "{said} {xml}");
            }
        }
        let report = report::report(commune, office::LAST_DAY, seed);
        let sent = fill(&forms, &downloaded("commune_report"), report, "x", seed).await;
        assert!(sent.unwrap().photos.is_empty());
    }
    assert!(outcomes["completed"] > 300 && outcomes.len() >= 3, "{outcomes:?}");
}
