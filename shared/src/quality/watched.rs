//! What of an interview the figures are made from.

use super::Rules;
use crate::answers::Tree;
use crate::check::arrival::Circumstances;
use crate::moment::{Contributions, Outcome};

/// What an interview's answers say, apart from what it is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Minutes from opening to saving the form, by the phone's clock.
    pub minutes: Option<f64>,
    /// Ages of the members, in years.
    pub ages: Vec<i64>,
    /// Per figure of the rules, its values above 0.
    pub figures: Vec<Vec<f64>>,
}

impl Seen {
    /// Reads them from the answers.
    pub fn of(tree: &Tree, rules: &Rules) -> Seen {
        let numbers = |path: &str| -> Vec<f64> {
            let texts = tree.find_all(path).into_iter().map(|n| tree.text(n).trim());
            texts.filter_map(|t| t.parse::<f64>().ok()).filter(|v| v.is_finite()).collect()
        };
        let positive = |path: &String| numbers(path).into_iter().filter(|v| *v > 0.0).collect();
        Seen {
            minutes: Circumstances::of(tree).minutes().filter(|m| *m >= 0.0),
            ages: numbers(&rules.fields.age).into_iter().map(|age| age as i64).collect(),
            figures: rules.fields.figures.iter().map(positive).collect(),
        }
    }
}

/// One visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Interview {
    /// Collector's id.
    pub collector: String,
    /// Village unit id.
    pub village: String,
    /// Commune unit id.
    pub commune: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What the criteria set read from it.
    pub read: Option<Contributions>,
    /// What its answers say.
    pub seen: Seen,
    /// Codes of its findings.
    pub findings: Vec<String>,
}

impl Interview {
    /// True when an interview was held.
    pub fn held(&self) -> bool {
        self.outcome == Outcome::Completed
    }

    /// Measures without any known unit, of those asked about: (unknown, asked).
    pub fn unknown(&self) -> (u64, u64) {
        let asked = self.read.iter().flat_map(|r| r.measures.iter().flatten());
        let asked = asked.filter(|c| c.x > 0 || c.unknown > 0);
        asked.fold((0, 0), |(u, n), c| (u + u64::from(c.unknown > 0), n + 1))
    }
}
