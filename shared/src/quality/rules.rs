//! What is asked of the figures: `shared/data/checks/quality.toml`, where each number has its reason.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::text::Text;

/// Thresholds, and where the answers stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    interviews: Least,
    peers: Least,
    robust_z: Limit,
    excess: Excess,
    funnel_q: Limit,
    whipple: WhippleRule,
    duplicates: Share,
    distance: Share,
    /// Where the answers stand.
    pub fields: Fields,
}

/// Paths from the form's root, and codes of findings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Id of the form they are in.
    pub form: String,
    /// Ages in years.
    pub age: String,
    /// Figures whose spread and last digits are looked at.
    pub figures: Vec<String>,
    /// Findings that two households look alike.
    pub duplicates: Vec<String>,
    /// Findings that an interview was far away.
    pub distance: Vec<String>,
}

macro_rules! rule {
    ($name:ident { $($field:ident: $kind:ty),* }) => {
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($field: $kind,)*
            #[expect(dead_code, reason = "for whoever reads the file")]
            reason: Text,
        }
    };
}
rule!(Least { least: usize });
rule!(Limit { limit: f64 });
rule!(Share { share: f64 });
rule!(Excess { share: f64, speed: f64, spread: f64 });
rule!(WhippleRule { index: f64, ages: u64 });

impl Rules {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(source: &str) -> Result<Rules, String> {
        toml::from_str(source).map_err(|e| e.to_string())
    }

    /// Those that ship with the program; `None` never, a test reads them.
    pub fn built_in() -> Option<&'static Rules> {
        static READ: OnceLock<Option<Rules>> = OnceLock::new();
        READ.get_or_init(|| Rules::read(crate::data::QUALITY_CHECKS).ok()).as_ref()
    }

    /// Interviews before anything is said.
    pub fn interviews(&self) -> usize {
        self.interviews.least
    }

    /// Others to compare with.
    pub fn peers(&self) -> usize {
        self.peers.least
    }

    /// Largest robust z that is no flag.
    pub fn robust_z(&self) -> f64 {
        self.robust_z.limit
    }

    /// How far above the usual a share must be to be a flag.
    pub fn excess_share(&self) -> f64 {
        self.excess.share
    }

    /// Below which part of the usual minutes, and of the usual spread, is a flag.
    pub fn excess_parts(&self) -> (f64, f64) {
        (self.excess.speed, self.excess.spread)
    }

    /// Smallest q that is no flag.
    pub fn funnel_q(&self) -> f64 {
        self.funnel_q.limit
    }

    /// Largest Whipple index that is no flag, and ages it takes.
    pub fn whipple(&self) -> (f64, u64) {
        (self.whipple.index, self.whipple.ages)
    }

    /// Largest share of interviews with a look-alike that is no flag.
    pub fn duplicates(&self) -> f64 {
        self.duplicates.share
    }

    /// Largest share of interviews far away that is no flag.
    pub fn distance(&self) -> f64 {
        self.distance.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_says_why() {
        let rules = Rules::built_in().expect("rules");
        assert_eq!((rules.interviews(), rules.robust_z()), (10, 3.5));
        assert!(Rules::read("[interviews]\nleast = 10\n").is_err());
    }
}
