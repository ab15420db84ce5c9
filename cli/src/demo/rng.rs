//! Numbers that look random and are the same for the same seed, whatever runs in which order:
//! every household, photo and id draws from a stream of its own, named by a key.

use sha2::{Digest, Sha256};

/// A stream of numbers (SplitMix64, Steele, Lea and Flood 2014). Not for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream named `key` of `seed`.
    pub fn keyed(seed: u64, key: &str) -> Rng {
        let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(key).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Rng(u64::from_be_bytes(first))
    }

    /// 64 fresh bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `low..=high`.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.bits() % span).unwrap_or(0)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// About normal with mean 0 and standard deviation 1, within ±3.5 (sum of twelve uniforms).
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let last = i64::try_from(from.len()).unwrap_or(1) - 1;
        &from[usize::try_from(self.whole(0, last)).unwrap_or(0)]
    }

    /// One of these words.
    pub fn word<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.pick::<&str>(from)
    }

    /// One of these, by weight.
    pub fn weighted<'a>(&mut self, from: &[(&'a str, f64)]) -> &'a str {
        let total: f64 = from.iter().map(|(_, w)| w).sum();
        let mut at = self.unit() * total;
        for (value, weight) in from {
            at -= weight;
            if at < 0.0 {
                return value;
            }
        }
        from.last().map_or("", |(value, _)| value)
    }

    /// A UUID (version 4 in form; its bits come from the seed).
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&self.bits().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_stream() {
        let draw = |seed, key| {
            (0..4)
                .map(|_| 0)
                .scan(Rng::keyed(seed, key), |r, _: u64| Some(r.bits()))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut rng = Rng::keyed(7, "range");
        for _ in 0..1_000 {
            assert!((0.0..1.0).contains(&rng.unit()));
            assert!((-2..=3).contains(&rng.whole(-2, 3)));
            assert!((-6.0..=6.0).contains(&rng.bell()));
            assert!(["x", "y"].contains(&rng.weighted(&[("x", 1.0), ("y", 2.0), ("z", 0.0)])));
        }
    }
}
