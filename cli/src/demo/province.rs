//! The sample province: the real communes, and made-up villages and circumstances. How poor or
//! well-off a commune is decides everything its households are like.

use ntm_shared::api::unit::UnitView;

use super::rng::Rng;

/// A commune of the sample province.
#[derive(Clone, Debug)]
pub struct Commune {
    /// Unit id.
    pub id: String,
    /// Official code on the first day of the round.
    pub code: String,
    /// Full name.
    pub name: String,
    /// 0 (poor highland) to 1 (well-off lowland).
    pub wealth: f64,
    /// Most frequent ethnic group, a choice of the household form.
    pub people: &'static str,
    /// Where it is: latitude and longitude in degrees.
    pub at: (f64, f64),
    /// Its villages.
    pub villages: Vec<Village>,
    /// What was planted here.
    pub plant: Plant,
}

/// A made-up village.
#[derive(Clone, Debug)]
pub struct Village {
    /// Code within the commune: `01`, `02`, …
    pub code: String,
    /// Its name, "Thôn 1".
    pub name: String,
    /// Households on its list.
    pub households: u32,
    /// False for the one village where nobody went.
    pub visited: bool,
}

impl Commune {
    /// Unit id of a village.
    pub fn village_id(&self, village: &Village) -> String {
        format!("{}.{}", self.id, village.code)
    }
}

/// A problem put into a commune on purpose, so that the demo can show that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Nothing beyond what its circumstances bring.
    Nothing,
    /// Many health insurance cards lapsed at the end of August.
    LapsedCards,
    /// Otherwise fine, but some families live in temporary houses.
    TemporaryHouses,
    /// Otherwise fine, but nobody went to one village.
    UnvisitedVillage,
    /// Nobody could say how the waste is treated.
    UnknownWaste,
}

/// District: wealth at its middle, most frequent people.
const DISTRICTS: [(&str, f64, &str); 9] = [
    ("Lào Cai", 0.95, "tay"),
    ("Bảo Thắng", 0.92, "kinh"),
    ("Bảo Yên", 0.84, "tay"),
    ("Văn Bàn", 0.80, "tay"),
    ("Bát Xát", 0.66, "dao"),
    ("Sa Pa", 0.68, "mong"),
    ("Bắc Hà", 0.52, "mong"),
    ("Mường Khương", 0.44, "nung"),
    ("Si Ma Cai", 0.36, "mong"),
];

/// Communes that are well-off apart from what is planted in them.
const FINE: f64 = 0.97;

/// Makes the province: `households` in all, at least one in each village.
pub fn make(units: &[UnitView], households: u32, seed: u64) -> Vec<Commune> {
    let mut communes: Vec<Commune> = units
        .iter()
        .map(|unit| commune(unit, households / units.len().max(1) as u32, seed))
        .collect();
    plant(&mut communes, seed);
    share_out(&mut communes, households, seed);
    communes
}

fn commune(unit: &UnitView, per_commune: u32, seed: u64) -> Commune {
    let mut rng = Rng::keyed(seed, &format!("commune {}", unit.id));
    let district = DISTRICTS
        .iter()
        .find(|(name, ..)| unit.within.first().is_some_and(|within| within.ends_with(name)));
    let (_, middle, people) = district.copied().unwrap_or(("", 0.5, "kinh"));
    let wealth = (middle + 0.09 * rng.bell()).clamp(0.05, 0.99);
    let most = (per_commune / 5).clamp(1, 3).max(per_commune / 40);
    let least = most.min(2).max(most / 2);
    let villages = rng.whole(least.into(), most.into());
    Commune {
        id: unit.id.clone(),
        code: unit.code.clone(),
        name: unit.name.clone(),
        wealth,
        people: if rng.chance(0.75) { people } else { rng.word(&["mong", "dao", "tay", "giay"]) },
        at: (unit.lat.unwrap_or(22.3), unit.lon.unwrap_or(104.0)),
        villages: (1..=villages)
            .map(|n| Village {
                code: format!("{n:02}"),
                name: format!("Thôn {n}"),
                households: 0,
                visited: true,
            })
            .collect(),
        plant: Plant::Nothing,
    }
}

/// Chooses the communes that get a planted problem: a fixed number of each kind, places by seed.
fn plant(communes: &mut [Commune], seed: u64) {
    let mut order: Vec<(u64, usize)> = communes
        .iter()
        .enumerate()
        .map(|(i, c)| (Rng::keyed(seed, &format!("plant {}", c.id)).bits(), i))
        .collect();
    order.sort_unstable();
    let kinds = [
        Plant::UnvisitedVillage,
        Plant::LapsedCards,
        Plant::LapsedCards,
        Plant::LapsedCards,
        Plant::TemporaryHouses,
        Plant::TemporaryHouses,
        Plant::TemporaryHouses,
        Plant::UnknownWaste,
        Plant::UnknownWaste,
    ];
    // A village nobody visited only shows where another one was visited.
    let usable = |kind: Plant, c: &Commune| kind != Plant::UnvisitedVillage || c.villages.len() > 1;
    for kind in kinds {
        let free = order
            .iter()
            .find(|(_, i)| communes[*i].plant == Plant::Nothing && usable(kind, &communes[*i]));
        if let Some(&(_, i)) = free {
            communes[i].plant = kind;
            communes[i].wealth = FINE;
            if kind == Plant::UnvisitedVillage
                && let Some(last) = communes[i].villages.last_mut()
            {
                last.visited = false;
            }
        }
    }
}

/// Shares the households out over the villages by largest remainder; the total is exact.
fn share_out(communes: &mut [Commune], households: u32, seed: u64) {
    let mut villages: Vec<(f64, &mut Village)> = Vec::new();
    for commune in communes.iter_mut() {
        for village in &mut commune.villages {
            let key = format!("size {}.{}", commune.id, village.code);
            villages.push((Rng::keyed(seed, &key).between(0.7, 1.3), village));
        }
    }
    let spare = f64::from(households) - villages.len() as f64;
    let total: f64 = villages.iter().map(|(weight, _)| weight).sum();
    let mut remainders = Vec::new();
    let mut given = 0;
    for (i, (weight, village)) in villages.iter_mut().enumerate() {
        let share = (spare * *weight / total).max(0.0);
        village.households = 1 + share as u32;
        given += village.households;
        remainders.push((share.fract(), i));
    }
    remainders.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let left = households.saturating_sub(given) as usize;
    for (_, i) in remainders.into_iter().cycle().take(left) {
        villages[i].1.households += 1;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// 127 communes without a server.
    pub fn units() -> Vec<UnitView> {
        (0..127)
            .map(|i| UnitView {
                id: format!("u{:04}", i + 100),
                code: format!("{:05}", 2_600 + i * 3),
                name: format!("Xã {i}"),
                level: "commune".into(),
                parent: None,
                within: vec![format!("Huyện {}", DISTRICTS[i % 9].0), "Tỉnh Lào Cai".into()],
                valid_from: None,
                valid_to: None,
                lat: Some(22.0 + i as f64 / 200.0),
                lon: Some(104.0),
                successors: Vec::new(),
                predecessors: Vec::new(),
            })
            .collect()
    }

    #[test]
    fn every_household_is_somewhere_whatever_the_number() {
        for n in [300, 2_000, 20_001] {
            let communes = make(&units(), n, 5);
            let villages: Vec<&Village> = communes.iter().flat_map(|c| &c.villages).collect();
            assert_eq!(villages.iter().map(|v| v.households).sum::<u32>(), n);
            assert!(villages.iter().all(|v| v.households >= 1));
            assert!(villages.iter().filter(|v| !v.visited).count() <= 1);
        }
    }

    #[test]
    fn problems_are_planted_in_different_communes() {
        let planted = |seed| -> Vec<usize> {
            let communes = make(&units(), 2_000, seed);
            (0..communes.len()).filter(|i| communes[*i].plant != Plant::Nothing).collect()
        };
        assert_eq!(planted(1).len(), 9);
        assert_eq!(planted(1), planted(1));
        assert_ne!(planted(1), planted(2));
    }
}
