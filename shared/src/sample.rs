//! Drawing the households of a village that a survey module asks: a simple random sample without
//! replacement from a recorded seed, with the rest as ordered reserves.
//!
//! The draw can be repeated by anyone with a hash tool and paper. For every household of the
//! village, take the SHA-256 of the line
//!
//! ```text
//! ntm-draw-1|SEED|VILLAGE|HOUSEHOLD
//! ```
//!
//! (the seed in decimal, the ids as listed, UTF-8, no line end; in a shell
//! `printf 'ntm-draw-1|42|u0100.03|u0100.03.012' | sha256sum`). Sort the households by the hash
//! written in hexadecimal, equal hashes by id. The first `n` are the sample; the others are the
//! reserves in that order. To an onlooker who does not choose the seed the order is random, so each
//! set of `n` households is equally likely; a larger `n` only adds households.
//!
//! The ids of a village must be frozen before the seed is chosen, and the seed recorded before the
//! draw: whoever may pick either after seeing the outcome can pick the sample.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which households of each village a module asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Design {
    /// Every household.
    Census,
    /// A simple random sample in every village.
    Sample {
        /// How many.
        #[serde(flatten)]
        size: Size,
    },
}

/// How many households of a village are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// This many in each village, or all where there are fewer.
    PerVillage(u32),
    /// This many of a thousand, 1 to 1000, rounded up.
    PerMille(u16),
}

impl Design {
    /// How many of `frame` households are drawn: at least 2 (or all, where there are fewer) in a
    /// sample, because the spread within a village cannot be estimated from one household.
    pub fn drawn(self, frame: usize) -> usize {
        let wanted = match self {
            Design::Census => frame,
            Design::Sample { size: Size::PerVillage(n) } => n as usize,
            Design::Sample { size: Size::PerMille(share) } => {
                frame.saturating_mul(usize::from(share)).div_ceil(1000)
            }
        };
        wanted.max(2).min(frame)
    }
}

/// The outcome of a draw in one village; together all its households, once each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Ids of the sampled households, in the order drawn.
    pub sample: Vec<String>,
    /// Ids of the others, in the order in which they would be called up.
    pub reserves: Vec<String>,
}

/// Draws in one village. The order of `households` does not matter; an id given twice counts once.
pub fn draw(design: Design, seed: u64, village: &str, households: &[&str]) -> Draw {
    let mut sample = order(seed, village, households);
    let reserves = sample.split_off(design.drawn(sample.len()));
    Draw { sample, reserves }
}

/// The households of a village in the order the seed gives them.
pub fn order(seed: u64, village: &str, households: &[&str]) -> Vec<String> {
    let mut keyed: Vec<([u8; 32], &str)> =
        households.iter().map(|id| (key(seed, village, id), *id)).collect();
    keyed.sort_unstable();
    keyed.dedup();
    keyed.into_iter().map(|(_, id)| id.to_owned()).collect()
}

/// Bytes sort as their hexadecimal form does.
fn key(seed: u64, village: &str, household: &str) -> [u8; 32] {
    Sha256::digest(format!("ntm-draw-1|{seed}|{village}|{household}")).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn ids(n: usize) -> Vec<String> {
        (1..=n).map(|i| format!("u0100.03.{i:03}")).collect()
    }

    fn per_village(n: u32) -> Design {
        Design::Sample { size: Size::PerVillage(n) }
    }

    #[test]
    fn the_draw_is_what_a_hash_tool_says() {
        let ids = ids(5);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        // for i in 001 002 003 004 005; do
        //   printf "ntm-draw-1|42|u0100.03|u0100.03.$i" | sha256sum | cut -c1-64 | sed "s/$/ $i/"
        // done | sort
        let drawn = draw(per_village(2), 42, "u0100.03", &ids);
        assert_eq!(drawn.sample, ["u0100.03.002", "u0100.03.003"]);
        assert_eq!(drawn.reserves, ["u0100.03.005", "u0100.03.001", "u0100.03.004"]);
    }

    #[test]
    fn sizes() {
        assert_eq!(Design::Census.drawn(40), 40);
        assert_eq!([0, 1, 2, 30].map(|n| per_village(10).drawn(n)), [0, 1, 2, 10]);
        let tenth = Design::Sample { size: Size::PerMille(100) };
        assert_eq!([1, 5, 30, 31].map(|n| tenth.drawn(n)), [1, 2, 3, 4]);
    }

    #[test]
    fn designs_are_plain_json() {
        let json = |d: Design| serde_json::to_string(&d).unwrap();
        assert_eq!(json(Design::Census), r#"{"kind":"census"}"#);
        assert_eq!(json(per_village(7)), r#"{"kind":"sample","per_village":7}"#);
        let back: Design = serde_json::from_str(r#"{"kind":"sample","per_mille":50}"#).unwrap();
        assert_eq!(back, Design::Sample { size: Size::PerMille(50) });
    }

    /// 3 of 12, 6,000 seeds: each household is drawn 1,500 times but for chance. χ² with 11 degrees
    /// of freedom, counts of draws without replacement being (N-n)/(N-1) as spread as independent
    /// ones; 31.3 is exceeded once in a thousand fair draws, and these seeds are fixed.
    #[test]
    fn every_household_is_drawn_equally_often() {
        let ids = ids(12);
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut count = vec![0_u32; ids.len()];
        for seed in 0..6000 {
            for id in draw(per_village(3), seed, "u0100.03", &ids).sample {
                count[ids.iter().position(|i| *i == id).unwrap()] += 1;
            }
        }
        let spread: f64 = count.iter().map(|c| (f64::from(*c) - 1500.0).powi(2) / 1500.0).sum();
        let chi = spread / (9.0 / 12.0) * (11.0 / 12.0);
        assert!(chi < 31.3, "{chi}: {count:?}");
    }

    proptest! {
        #[test]
        fn order_of_input_is_nothing_and_more_only_adds(
            seed in any::<u64>(), n in 0_usize..40, a in 0_u32..40, b in 0_u32..40, turn in 0_usize..40,
        ) {
            let ids = ids(n);
            let listed: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut turned = listed.clone();
            turned.rotate_left(turn.min(n));
            turned.extend(listed.first());
            let (few, many) = (a.min(b), a.max(b));
            let one = draw(per_village(few), seed, "v", &listed);
            let two = draw(per_village(many), seed, "v", &turned);
            prop_assert!(two.sample.starts_with(&one.sample));
            let all: BTreeSet<_> = one.sample.iter().chain(&one.reserves).cloned().collect();
            prop_assert_eq!(all.len(), one.sample.len() + one.reserves.len());
            prop_assert_eq!(all, ids.iter().cloned().collect::<BTreeSet<_>>());
            prop_assert_eq!([one.sample, one.reserves].concat(), [two.sample, two.reserves].concat());
        }
    }
}
