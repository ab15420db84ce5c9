//! Made-up instances in the format of `tests/reference/assign`, the same for the same numbers.

use std::fmt::Write;

/// What an instance should be like.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// How many communes, each wanting one team.
    pub communes: u64,
    /// How many teams; together they have one and a half places for each commune.
    pub teams: u64,
    /// Side of the square everything lies in.
    pub side_m: u64,
    /// The largest distance of a pair.
    pub reach_m: u64,
    /// Another seed, another instance.
    pub seed: u64,
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    /// `least` to `most` criteria of 19.
    fn criteria(&mut self, least: u64, most: u64) -> Vec<u64> {
        let count = least + self.below(most - least + 1);
        let mut drawn: Vec<u64> = (0..count).map(|_| 1 + self.below(19)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        drawn
    }
}

impl Wanted {
    /// The instance as JSON.
    pub fn instance(&self) -> String {
        let Wanted { name, communes, teams, side_m, reach_m, seed } = *self;
        let mut dice = Dice(seed);
        let mut json = format!(
            "{{\"name\":\"{name}\",\"params\":{{\"travel_unit_m\":100,\"w_miss\":150,\"w_keep\":120,\
             \"w_fair\":10,\"m_unmet\":100000,\"m_low\":20000,\"dmax_m\":{reach_m}}},\"communes\":["
        );
        for i in 0..communes {
            let (x, y) = (dice.below(side_m), dice.below(side_m));
            let fail = dice.criteria(1, 6);
            let prev = if dice.below(10) < 7 {
                format!("\"T{}\"", dice.below(teams))
            } else {
                String::new()
            };
            let comma = if i > 0 { "," } else { "" };
            let _ = write!(
                json,
                "{comma}{{\"id\":\"C{i}\",\"x\":{x},\"y\":{y},\"k\":1,\"fail\":{fail:?},\"prev\":[{prev}]}}"
            );
        }
        json.push_str("],\"teams\":[");
        let each = communes.div_ceil(teams);
        for j in 0..teams {
            let (x, y) = (dice.below(side_m), dice.below(side_m));
            let skills = dice.criteria(2, 6);
            let (min, max) = (dice.below(2), each + dice.below(each + 1));
            let comma = if j > 0 { "," } else { "" };
            let _ = write!(
                json,
                "{comma}{{\"id\":\"T{j}\",\"x\":{x},\"y\":{y},\"cap_min\":{min},\"cap_max\":{max},\"skills\":{skills:?}}}"
            );
        }
        json.push_str("],\"forbidden\":[],\"required\":[]}");
        json
    }
}
