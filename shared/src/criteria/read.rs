//! Reading a criteria file and checking that it means something.

mod household;
mod threshold;

use std::collections::BTreeSet;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::value::Datetime;

use super::fault::{DataFault, line_at};
use super::raw::{RawCriterion, RawIndicator, RawPlanning, RawRecognition, RawReport, RawSet};
use super::{
    CriteriaSet, Criterion, Decimal, Document, Indicator, LossRule, Planning, Recognition,
    ReportField, Source, Threshold,
};
use crate::text::Text;

pub(super) fn read(source: &str) -> Result<CriteriaSet, Vec<DataFault>> {
    let raw: RawSet = toml::from_str(source).map_err(|e| {
        let line = line_at(source, e.span().map_or(0, |s| s.start));
        let message = Text::new(format!("không đọc được: {}", e.message()), e.message());
        vec![DataFault { line, message }]
    })?;
    let mut reader = Reader { source, faults: Vec::new(), documents: BTreeSet::new() };
    let set = reader.set(raw);
    let mut faults = reader.faults;
    if faults.is_empty() {
        return Ok(set);
    }
    faults.sort_by(|a, b| (a.line, &a.message.en).cmp(&(b.line, &b.message.en)));
    Err(faults)
}

struct Reader<'s> {
    source: &'s str,
    faults: Vec<DataFault>,
    documents: BTreeSet<String>,
}

/// Measures and rules collected while reading.
#[derive(Default)]
struct Built {
    measures: Vec<super::Measure>,
    rules: Vec<super::Rule>,
}

impl Reader<'_> {
    fn fault(&mut self, offset: usize, vi: impl Into<String>, en: impl Into<String>) {
        self.faults
            .push(DataFault { line: line_at(self.source, offset), message: Text::new(vi, en) });
    }

    fn once(&mut self, seen: &mut BTreeSet<String>, id: &str, offset: usize) {
        let fine = |b: u8| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_' | b'/')
        };
        if id.is_empty() || !id.bytes().all(fine) {
            self.fault(
                offset,
                format!("mã “{id}” chỉ được có chữ thường không dấu, chữ số, . - _ /"),
                format!("id \"{id}\" may have lower-case letters, digits and . - _ / only"),
            );
        }
        if !seen.insert(id.to_owned()) {
            self.fault(offset, format!("mã “{id}” bị lặp"), format!("id \"{id}\" stands twice"));
        }
    }

    fn date(&mut self, given: &Spanned<Datetime>) -> Date {
        let text = given.get_ref().to_string();
        text.parse().unwrap_or_else(|_| {
            let at = given.span().start;
            self.fault(
                at,
                format!("“{text}” không phải ngày"),
                format!("\"{text}\" is not a date"),
            );
            Date::constant(2000, 1, 1)
        })
    }

    fn period(&mut self, from: &Spanned<Datetime>, to: &Spanned<Datetime>) -> (Date, Date) {
        let period = (self.date(from), self.date(to));
        if period.0 > period.1 {
            self.fault(
                from.span().start,
                "ngày bắt đầu sau ngày kết thúc",
                "the period ends before it starts",
            );
        }
        period
    }

    fn share(&mut self, given: &Spanned<f64>, low: f64) -> f64 {
        let value = *given.get_ref();
        if !(low..=1.0).contains(&value) {
            self.fault(
                given.span().start,
                format!("giá trị phải từ {low} đến 1"),
                format!("the value must lie between {low} and 1"),
            );
        }
        value
    }

    fn planning(&mut self, raw: &RawPlanning) -> Planning {
        let households_per_day = *raw.households_per_day.get_ref();
        if households_per_day == 0 {
            let at = raw.households_per_day.span().start;
            self.fault(at, "phải lớn hơn 0", "the number must be above 0");
        }
        Planning {
            households_per_day,
            census_from: self.share(&raw.census_from, 0.0),
            within_reach: raw.within_reach,
        }
    }

    fn known_document(&mut self, id: &str, offset: usize) {
        if !self.documents.contains(id) {
            self.fault(
                offset,
                format!("không có văn bản “{id}”"),
                format!("there is no document \"{id}\""),
            );
        }
    }

    fn set(&mut self, raw: RawSet) -> CriteriaSet {
        let mut ids = BTreeSet::new();
        self.once(&mut ids, raw.id.get_ref(), raw.id.span().start);
        let mut documents = Vec::new();
        let mut ids = BTreeSet::new();
        for document in raw.document {
            let at = document.span().start;
            let d = document.into_inner();
            self.once(&mut ids, &d.id, at);
            let date = d.date.map(|day| self.date(&day));
            documents.push(Document { id: d.id, number: d.number, date, title: d.title });
        }
        self.documents = ids;
        let (from, to) = self.period(&raw.from, &raw.to);
        let mut built = Built::default();
        let mut ids = BTreeSet::new();
        let criteria: Vec<Criterion> =
            raw.criterion.into_iter().map(|c| self.criterion(c, &mut ids, &mut built)).collect();
        if criteria.is_empty() {
            self.fault(0, "chưa có tiêu chí nào", "there are no criteria");
        }
        CriteriaSet {
            minimum_coverage: self.share(&raw.coverage.minimum, 0.0),
            confidence: self.share(&raw.verdict.confidence, 0.5),
            planning: self.planning(&raw.planning),
            recognition: self.recognition(raw.recognition, &ids),
            id: raw.id.into_inner(),
            name: raw.name,
            level: raw.level,
            region: raw.region,
            from,
            to,
            household_form: raw.forms.household,
            report_form: raw.forms.report,
            documents,
            criteria,
            measures: built.measures,
            rules: built.rules,
            fingerprint: Sha256::digest(self.source.as_bytes())
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect(),
        }
    }

    fn recognition(
        &mut self,
        raw: Spanned<RawRecognition>,
        criteria: &BTreeSet<String>,
    ) -> Recognition {
        let at = raw.span().start;
        let raw = raw.into_inner();
        self.known_document(&raw.document, at);
        for id in raw.critical.iter().filter(|id| !criteria.contains(*id)) {
            self.fault(
                at,
                format!("không có tiêu chí “{id}”"),
                format!("there is no criterion \"{id}\""),
            );
        }
        let mut rules = Vec::new();
        for rule in raw.rule {
            let at = rule.span().start;
            let r = rule.into_inner();
            let bound = |v: f64| Decimal::from_f64(v).filter(|_| (0.0..=100.0).contains(&v));
            let (from, below) = (bound(r.unmet_from), r.unmet_below.map(bound));
            if from.is_none() || below == Some(None) {
                self.fault(at, "tỷ lệ phải từ 0 đến 100", "the share must lie between 0 and 100");
            }
            rules.push(LossRule {
                id: r.id,
                unmet_from: from.unwrap_or(Decimal::whole(0)),
                unmet_below: below.flatten(),
                critical: r.critical,
                name: r.name,
            });
        }
        Recognition { document: raw.document, critical: raw.critical, rules }
    }

    fn criterion(
        &mut self,
        raw: Spanned<RawCriterion>,
        ids: &mut BTreeSet<String>,
        built: &mut Built,
    ) -> Criterion {
        let at = raw.span().start;
        let raw = raw.into_inner();
        self.once(ids, &raw.id, at);
        if raw.indicator.is_empty() {
            self.fault(
                at,
                format!("tiêu chí {} chưa có chỉ tiêu", raw.id),
                format!("criterion {} has no indicator", raw.id),
            );
        }
        let mut seen = BTreeSet::new();
        let mut indicators = Vec::new();
        for indicator in raw.indicator {
            let at = indicator.span().start;
            let indicator = indicator.into_inner();
            self.once(&mut seen, &indicator.id, at);
            if indicator.id.split_once('.').is_none_or(|(c, _)| c != raw.id) {
                self.fault(
                    at,
                    format!("chỉ tiêu {} không thuộc tiêu chí {}", indicator.id, raw.id),
                    format!("indicator {} does not belong to criterion {}", indicator.id, raw.id),
                );
            }
            indicators.push(self.indicator(indicator, at, built));
        }
        Criterion { id: raw.id, name: raw.name, indicators }
    }

    fn indicator(&mut self, raw: RawIndicator, at: usize, built: &mut Built) -> Indicator {
        self.direction(raw.kind, raw.direction, at);
        let thresholds = self.thresholds(raw.threshold, raw.kind, at);
        let source = match (raw.household, raw.report) {
            (Some(rule), None) => {
                let base = household::Base {
                    id: &raw.id,
                    kind: raw.kind,
                    direction: raw.direction,
                    thresholds: &thresholds,
                };
                Source::Household(self.household(rule, &base, built))
            }
            (None, Some(report)) => Source::Report(self.report(&raw.id, report, &thresholds, at)),
            _ => {
                self.fault(
                    at,
                    format!("chỉ tiêu {} cần đúng một nguồn: household hoặc report", raw.id),
                    format!("indicator {} needs one source: household or report", raw.id),
                );
                Source::Report(Vec::new())
            }
        };
        Indicator {
            id: raw.id,
            name: raw.name,
            kind: raw.kind,
            direction: raw.direction,
            source,
            thresholds,
            confidence: raw.confidence,
            note: raw.note,
        }
    }

    fn report(
        &mut self,
        id: &str,
        raw: RawReport,
        thresholds: &[Threshold],
        at: usize,
    ) -> Vec<ReportField> {
        let field = |id: String, field, part| ReportField {
            id,
            form: raw.form.clone(),
            field,
            part,
            thresholds: thresholds.to_vec(),
        };
        match (raw.field, raw.part.is_empty()) {
            (Some(name), true) => vec![field(id.to_owned(), name, None)],
            (None, false) => raw
                .part
                .into_iter()
                .map(|p| field(format!("{id}/{}", p.id), p.field, Some(p.name)))
                .collect(),
            _ => {
                self.fault(at, "report cần field hoặc part", "report needs either field or part");
                Vec::new()
            }
        }
    }
}
