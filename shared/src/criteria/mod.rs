//! Criteria sets: dated data that says which indicators make which criteria, how a household's
//! answers become a numerator and a denominator, and which value is enough.
//!
//! Nothing about a particular set is in code: names, thresholds, rules, bounds for losing
//! recognition all come from `shared/data/criteria/*.toml`. Criterion numbers mean different things
//! in different sets, so a criterion is always named by set and criterion together.

mod decimal;
mod fault;
mod measure;
mod raw;
mod read;
mod reason;
mod report;
mod rule;
mod schema;
#[cfg(test)]
mod tests;
mod told;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use decimal::Decimal;
pub use fault::DataFault;
pub use measure::{Measure, Unit};
pub use reason::Read;
pub use report::{ReportField, ReportValue, SelfReport};
use rule::Rule;
pub use told::RuleLine;

use crate::answers::{Glossary, Tree};
use crate::form::Form;
use crate::moment::Contributions;
use crate::text::Text;

/// A criteria set, read and checked; immutable.
#[derive(Clone, Debug)]
pub struct CriteriaSet {
    /// Stable id, e.g. `lao-cai-2021-2025`.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// What is judged: `commune`.
    pub level: String,
    /// Whose thresholds apply: a region of the decision, e.g. `tdmn`.
    pub region: String,
    /// First day of validity.
    pub from: Date,
    /// Last day of validity.
    pub to: Date,
    /// Id of the form a household is surveyed with.
    pub household_form: String,
    /// Id of the form a commune reports with.
    pub report_form: String,
    /// The documents the set rests on.
    pub documents: Vec<Document>,
    /// The criteria in official order.
    pub criteria: Vec<Criterion>,
    /// Least share of answers that must be known (0 to 1) before a rate over the known ones may
    /// decide.
    pub minimum_coverage: f64,
    /// Confidence of each one-sided bound of a sample (0.5 to 1).
    pub confidence: f64,
    /// What more households cost.
    pub planning: Planning,
    /// When a recognised commune loses its recognition.
    pub recognition: Recognition,
    measures: Vec<Measure>,
    modules: Vec<String>,
    rules: Vec<Rule>,
    /// The names in the rules' paths.
    glossary: Glossary,
    fingerprint: String,
}

/// A legal document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Short id used by thresholds of the same file.
    pub id: String,
    /// Official number, e.g. `318/QĐ-TTg`.
    pub number: String,
    /// Date of issue, where known.
    pub date: Option<Date>,
    /// What it is.
    pub title: Text,
}

/// One criterion of a set. It is met when all its indicators are.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Number within its set, e.g. `17`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Its indicators in official order; at least one.
    pub indicators: Vec<Indicator>,
}

/// One indicator of a criterion.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Number within its set, e.g. `17.8`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// What kind of value it has.
    pub kind: Kind,
    /// Which side of the threshold is good.
    pub direction: Direction,
    /// Where its value comes from.
    pub source: Source,
    /// How its value is taken, as the file says it.
    pub rule: Vec<RuleLine>,
    /// Thresholds by date and region.
    pub thresholds: Vec<Threshold>,
    /// How well the indicator itself is known: `F` found, `R` remembered, `U` uncertain.
    pub confidence: Confidence,
    /// Remark for officers.
    pub note: Option<Text>,
}

/// Where an indicator's value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Households: places in [`CriteriaSet::measures`], the headline measure first.
    Household(Vec<usize>),
    /// The commune's own report.
    Report(Vec<ReportField>),
}

/// What kind of value an indicator has, and the unit it is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Yes or no.
    Boolean,
    /// A share, in percent.
    Percent,
    /// A number that must not exceed the threshold, usually 0.
    Count,
    /// Million VND per person and year; households answer in thousand VND.
    MoneyMillion,
    /// Any other number, in the unit its name says.
    Number,
}

/// Which side of the threshold is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// At least the threshold.
    Ge,
    /// At most the threshold.
    Le,
    /// Exactly the threshold: yes for a boolean, none for a count.
    Eq,
}

/// How well a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Found in a document.
    F,
    /// Remembered, not yet checked against the document.
    R,
    /// Uncertain.
    U,
}

/// What a threshold demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// The answer must be yes.
    Yes,
    /// A number, in the indicator's shown unit.
    Number(Decimal),
}

/// A threshold for a time and a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// What is demanded; `None` where the province sets it and the figure is not at hand.
    pub demand: Option<Demand>,
    /// Region it holds for.
    pub region: String,
    /// First day it holds.
    pub from: Date,
    /// Last day it holds.
    pub to: Date,
    /// Id of the document in [`CriteriaSet::documents`].
    pub document: String,
    /// Whether an officer compared it with the document.
    pub verified: bool,
    /// How well it is known.
    pub confidence: Confidence,
    /// Remark.
    pub note: Option<Text>,
}

/// What planning more interviews reckons with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planning {
    /// Households a collector interviews in a day, above 0.
    pub households_per_day: u32,
    /// A census is advised when the sample would have to be more than this share of the frame, 0 to 1.
    pub census_from: f64,
    /// An indicator is within reach when at most this many households or persons keep it from its
    /// threshold.
    pub within_reach: u64,
}

/// When recognition is lost, as rules over how many criteria are unmet.
#[derive(Clone, Debug)]
pub struct Recognition {
    /// Id of the document in [`CriteriaSet::documents`].
    pub document: String,
    /// Criteria that weigh more, by id.
    pub critical: Vec<String>,
    /// The rules in the file's order.
    pub rules: Vec<LossRule>,
}

/// One rule for losing recognition.
#[derive(Clone, Debug)]
pub struct LossRule {
    /// Stable id.
    pub id: String,
    /// Fires from this share of unmet criteria, in percent, …
    pub unmet_from: Decimal,
    /// … to below this one; absent when there is no upper end.
    pub unmet_below: Option<Decimal>,
    /// Whether at least one critical criterion must be among the unmet.
    pub critical: bool,
    /// The rule in words.
    pub name: Text,
}

impl CriteriaSet {
    /// Reads and checks a set.
    ///
    /// # Errors
    /// Every fault found, in line order: broken TOML, unknown keys, ids twice, thresholds that
    /// overlap or do not fit their kind, expressions that do not parse, references to nothing.
    pub fn read(toml: &str) -> Result<CriteriaSet, Vec<DataFault>> {
        read::read(toml, &[])
    }

    /// Reads a set and holds it against the forms it speaks of: every form, field and choice that a
    /// rule names has to be there.
    ///
    /// # Errors
    /// Every fault found, in line order: those of [`CriteriaSet::read`], and names of nothing.
    pub fn check(toml: &str, forms: &[&Form]) -> Result<CriteriaSet, Vec<DataFault>> {
        read::read(toml, forms)
    }

    /// The measures taken from households, in fixed order. A percentage that men and women must
    /// both reach gives three: `15.1`, `15.1/male`, `15.1/female`.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// True if the measure at this place depends on the day it is read as of: an insurance card lapses.
    pub fn is_dated(&self, measure: usize) -> bool {
        self.rules.iter().any(|rule| rule.is_dated(measure))
    }

    /// SHA-256 of the source: stored moments made with another fingerprint must be rebuilt.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Modules of the questionnaire the measures belong to, each once, in order.
    pub fn modules(&self) -> Vec<&str> {
        self.modules.iter().map(String::as_str).collect()
    }

    /// What a household submission gives each measure, as of a day (insurance cards lapse).
    ///
    /// `drawn` names the modules this household answers for: those that are a census, and those
    /// whose sample it is in. A measure of another module, and every measure of a visit without an
    /// interview, is `None`.
    pub fn contributions(
        &self,
        tree: &Tree,
        as_of: Date,
        drawn: &std::collections::BTreeSet<String>,
    ) -> Contributions {
        rule::contributions(self, tree, as_of, drawn)
    }

    /// What a rule about households reads in one of them: for every unit (the household, a member) that
    /// it cannot tell about, the answers it looks at. Nothing for indicators that households do not
    /// answer.
    pub fn unknown_to(&self, indicator: &str, tree: &Tree, as_of: Date) -> Vec<Read> {
        reason::unknown_to(self, indicator, tree, as_of)
    }

    /// What a commune's self-report says about the indicators that come from it.
    pub fn report(&self, tree: &Tree) -> SelfReport {
        report::read(self, tree)
    }

    /// All indicators with their criterion, in order.
    pub fn indicators(&self) -> impl Iterator<Item = (&Criterion, &Indicator)> {
        self.criteria.iter().flat_map(|c| c.indicators.iter().map(move |i| (c, i)))
    }

    /// A document by its id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|d| d.id == id)
    }
}

/// The threshold that holds in `region` on `day`, among `list`.
pub fn threshold_at<'t>(list: &'t [Threshold], region: &str, day: Date) -> Option<&'t Threshold> {
    list.iter().find(|t| t.region == region && t.from <= day && day <= t.to)
}
