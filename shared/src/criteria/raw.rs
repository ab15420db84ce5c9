//! The shape of a criteria file, as serde reads it. What does not fit is told by [`super::schema`]
//! beforehand, in people's words; meaning is checked in [`super::read`].

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{Confidence, Direction, Kind};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSet {
    pub id: Spanned<String>,
    pub name: Text,
    pub level: String,
    pub region: String,
    pub from: Spanned<Datetime>,
    pub to: Spanned<Datetime>,
    pub forms: RawForms,
    pub document: Vec<Spanned<RawDocument>>,
    pub coverage: RawCoverage,
    pub verdict: RawVerdict,
    pub planning: RawPlanning,
    pub recognition: Spanned<RawRecognition>,
    pub criterion: Vec<Spanned<RawCriterion>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawForms {
    pub household: Spanned<String>,
    pub report: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDocument {
    pub id: Spanned<String>,
    pub number: String,
    pub date: Option<Spanned<Datetime>>,
    pub title: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCoverage {
    pub minimum: Spanned<f64>,
    #[serde(rename = "proposal")]
    pub _proposal: bool,
    #[serde(rename = "note")]
    pub _note: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVerdict {
    pub confidence: Spanned<f64>,
    #[serde(rename = "note")]
    pub _note: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlanning {
    pub households_per_day: Spanned<u32>,
    pub census_from: Spanned<f64>,
    pub within_reach: u64,
    #[serde(rename = "proposal")]
    pub _proposal: bool,
    #[serde(rename = "note")]
    pub _note: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecognition {
    pub document: Spanned<String>,
    pub critical: Vec<Spanned<String>>,
    pub rule: Vec<Spanned<RawLoss>>,
    #[serde(rename = "note")]
    pub _note: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLoss {
    pub id: String,
    pub unmet_from: Spanned<f64>,
    pub unmet_below: Option<Spanned<f64>>,
    #[serde(default)]
    pub critical: bool,
    pub name: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCriterion {
    pub id: Spanned<String>,
    pub name: Text,
    #[serde(default)]
    pub indicator: Vec<Spanned<RawIndicator>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIndicator {
    pub id: Spanned<String>,
    pub name: Text,
    pub kind: Kind,
    pub direction: Spanned<Direction>,
    pub confidence: Confidence,
    pub note: Option<Text>,
    #[serde(default)]
    pub threshold: Vec<Spanned<RawThreshold>>,
    pub household: Option<Spanned<RawRule>>,
    pub report: Option<Spanned<RawReport>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawThreshold {
    pub value: Option<Spanned<toml::Value>>,
    pub region: String,
    pub from: Spanned<Datetime>,
    pub to: Spanned<Datetime>,
    pub document: Spanned<String>,
    pub verified: bool,
    pub confidence: Confidence,
    pub note: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReport {
    pub form: Spanned<String>,
    pub field: Option<Spanned<String>>,
    #[serde(default)]
    pub part: Vec<RawReportPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReportPart {
    pub id: String,
    pub name: Text,
    pub field: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub module: String,
    #[serde(default)]
    pub unit: RawUnit,
    pub decimals: Option<Spanned<u32>>,
    /// Pieces of expressions by name; `{name}` in an expression stands for the piece in brackets.
    #[serde(default)]
    pub define: BTreeMap<String, Spanned<String>>,
    pub each: Option<Spanned<String>>,
    pub when: Option<Spanned<String>>,
    pub within: Option<Spanned<String>>,
    pub unknown: Option<Spanned<String>>,
    pub numerator: Spanned<String>,
    pub denominator: Option<Spanned<String>>,
    pub by: Option<RawBy>,
    #[serde(default)]
    pub part: Vec<Spanned<RawPart>>,
    #[serde(rename = "note")]
    pub _note: Option<Text>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawUnit {
    #[default]
    Household,
    Person,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBy {
    pub field: Spanned<String>,
    pub value: Vec<RawByValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawByValue {
    pub id: Spanned<String>,
    pub name: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPart {
    pub id: String,
    pub name: Text,
    pub within: Option<Spanned<String>>,
    pub unknown: Option<Spanned<String>>,
    pub numerator: Spanned<String>,
    pub denominator: Option<Spanned<String>>,
    #[serde(default)]
    pub threshold: Vec<Spanned<RawThreshold>>,
}
