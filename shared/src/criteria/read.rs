//! Reading a criteria file and checking that it means something.

mod household;
mod references;
mod threshold;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::value::Datetime;

use super::fault::{DataFault, line_at};
use super::raw::{RawCriterion, RawIndicator, RawPlanning, RawRecognition, RawReport, RawSet};
use super::schema::{self, GAP};
use super::{
    CriteriaSet, Criterion, Decimal, Document, Indicator, LossRule, Planning, Recognition,
    ReportField, Source, Threshold,
};
use super::{measure, rule, told};
use crate::form::Form;
use crate::text::Text;

pub(super) fn read(source: &str, forms: &[&Form]) -> Result<CriteriaSet, Vec<DataFault>> {
    let shaped = schema::shape(source)?;
    // What the schema let through serde reads; were they ever to differ, serde's words are told.
    let mut reader = Reader {
        source,
        forms,
        faults: shaped.faults,
        patched: shaped.patched,
        documents: BTreeSet::new(),
    };
    let set = match RawSet::deserialize(toml::Deserializer::from(shaped.root)) {
        Ok(raw) => Some(reader.set(raw)),
        Err(e) => {
            let at = e.span().map_or(0, |s| s.start);
            reader.fault(at, format!("không đọc được: {}", e.message()), e.message());
            None
        }
    };
    let mut faults = reader.faults;
    faults.sort_by(|a, b| (a.line, &a.message.en).cmp(&(b.line, &b.message.en)));
    faults.dedup();
    match set {
        Some(set) if faults.is_empty() => Ok(set),
        _ => Err(faults),
    }
}

struct Reader<'s> {
    source: &'s str,
    /// Forms whose fields rules are held against; those that are not here are not asked about.
    forms: &'s [&'s Form],
    faults: Vec<DataFault>,
    /// Where tables begin in which the schema put stand-ins.
    patched: BTreeSet<usize>,
    documents: BTreeSet<String>,
}

/// Measures and rules collected while reading.
#[derive(Default)]
struct Built<'s> {
    /// Region and validity of the set, in which an indicator always has one threshold.
    whole: Option<(String, Date, Date)>,
    /// The form households are surveyed with, where it is at hand.
    form: Option<&'s Form>,
    measures: Vec<super::Measure>,
    rules: Vec<super::Rule>,
}

impl<'s> Reader<'s> {
    fn fault(&mut self, offset: usize, vi: impl Into<String>, en: impl Into<String>) {
        self.faults
            .push(DataFault { line: line_at(self.source, offset), message: Text::new(vi, en) });
    }

    fn once(&mut self, seen: &mut BTreeSet<String>, id: &str, offset: usize) {
        if id == GAP {
            return;
        }
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

    fn known_document(&mut self, id: &Spanned<String>) {
        let (id, offset) = (id.get_ref(), id.span().start);
        let unnamed = self.documents.contains(GAP) || id == GAP;
        if id.is_empty() {
            self.fault(
                offset,
                "chưa ghi văn bản làm nguồn",
                "the document it rests on is not named",
            );
        } else if !self.documents.contains(id) && !unnamed {
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
        if raw.document.is_empty() {
            if !self.patched.contains(&0) {
                self.fault(0, "chưa có văn bản nào ([[document]])", "there is no [[document]]");
            }
            // Said once, not at every threshold.
            ids.insert(GAP.to_owned());
        }
        for document in raw.document {
            let d = document.into_inner();
            self.once(&mut ids, d.id.get_ref(), d.id.span().start);
            if d.id.get_ref() == GAP {
                ids.insert(GAP.to_owned());
            }
            let date = d.date.map(|day| self.date(&day));
            documents.push(Document {
                id: d.id.into_inner(),
                number: d.number,
                date,
                title: d.title,
            });
        }
        self.documents = ids;
        let (from, to) = self.period(&raw.from, &raw.to);
        let whole = (!self.patched.contains(&0)).then(|| (raw.region.clone(), from, to));
        let mut built = Built { whole, ..Built::default() };
        built.form = self.form_named(&raw.forms.household);
        let mut ids = BTreeSet::new();
        let criteria: Vec<Criterion> =
            raw.criterion.into_iter().map(|c| self.criterion(c, &mut ids, &mut built)).collect();
        if criteria.is_empty() && !self.patched.contains(&0) {
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
            household_form: raw.forms.household.into_inner(),
            report_form: raw.forms.report.into_inner(),
            documents,
            criteria,
            modules: measure::modules(&built.measures),
            measures: built.measures,
            glossary: rule::glossary(&mut built.rules),
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
        let raw = raw.into_inner();
        self.known_document(&raw.document);
        let mut critical = Vec::new();
        for id in raw.critical {
            let at = id.span().start;
            let id = id.into_inner();
            if !criteria.contains(&id) {
                self.fault(
                    at,
                    format!("không có tiêu chí “{id}”"),
                    format!("there is no criterion \"{id}\""),
                );
            }
            critical.push(id);
        }
        let mut rules = Vec::new();
        for rule in raw.rule {
            let r = rule.into_inner();
            rules.push(LossRule {
                id: r.id,
                unmet_from: self.bound(&r.unmet_from),
                unmet_below: r.unmet_below.map(|below| self.bound(&below)),
                critical: r.critical,
                name: r.name,
            });
        }
        Recognition { document: raw.document.into_inner(), critical, rules }
    }

    fn bound(&mut self, given: &Spanned<f64>) -> Decimal {
        let value = *given.get_ref();
        let fits = Decimal::from_f64(value).filter(|_| (0.0..=100.0).contains(&value));
        fits.unwrap_or_else(|| {
            let at = given.span().start;
            self.fault(at, "tỷ lệ phải từ 0 đến 100", "the share must lie between 0 and 100");
            Decimal::whole(0)
        })
    }

    fn criterion(
        &mut self,
        raw: Spanned<RawCriterion>,
        ids: &mut BTreeSet<String>,
        built: &mut Built<'s>,
    ) -> Criterion {
        let at = raw.span().start;
        let raw = raw.into_inner();
        self.once(ids, raw.id.get_ref(), raw.id.span().start);
        let id = raw.id.into_inner();
        if raw.indicator.is_empty() && !self.patched.contains(&at) {
            self.fault(
                at,
                format!("tiêu chí {id} chưa có chỉ tiêu"),
                format!("criterion {id} has no indicator"),
            );
        }
        let mut seen = BTreeSet::new();
        let mut indicators = Vec::new();
        for indicator in raw.indicator {
            let at = indicator.span().start;
            let indicator = indicator.into_inner();
            let (own, place) = (indicator.id.get_ref(), indicator.id.span().start);
            self.once(&mut seen, own, place);
            let strange = own.split_once('.').is_none_or(|(c, _)| c != id);
            if strange && own != GAP && id != GAP {
                self.fault(
                    place,
                    format!("chỉ tiêu {own} không thuộc tiêu chí {id}"),
                    format!("indicator {own} does not belong to criterion {id}"),
                );
            }
            indicators.push(self.indicator(indicator, at, built));
        }
        Criterion { id, name: raw.name, indicators }
    }

    fn indicator(&mut self, raw: RawIndicator, at: usize, built: &mut Built<'s>) -> Indicator {
        let guessed = self.patched.contains(&at);
        let direction = *raw.direction.get_ref();
        if !guessed {
            self.direction(raw.kind, direction, raw.direction.span().start);
        }
        let kind = (!guessed).then_some(raw.kind);
        let thresholds = self.thresholds(raw.threshold, kind, at, built.whole.as_ref());
        let id = raw.id.into_inner();
        let rule = match (&raw.household, &raw.report) {
            (Some(rule), _) => told::household(rule.get_ref()),
            (None, Some(report)) => told::report(report.get_ref()),
            (None, None) => Vec::new(),
        };
        let source = match (raw.household, raw.report) {
            (Some(rule), None) => {
                let base = household::Base {
                    id: &id,
                    kind: raw.kind,
                    guessed,
                    direction,
                    thresholds: &thresholds,
                };
                Source::Household(self.household(rule, &base, built))
            }
            (None, Some(report)) => Source::Report(self.report(&id, report, &thresholds)),
            _ => {
                if !guessed {
                    self.fault(
                        at,
                        format!("chỉ tiêu {id} cần đúng một nguồn: household hoặc report"),
                        format!("indicator {id} needs one source: household or report"),
                    );
                }
                Source::Report(Vec::new())
            }
        };
        Indicator {
            id,
            name: raw.name,
            kind: raw.kind,
            direction,
            source,
            rule,
            thresholds,
            confidence: raw.confidence,
            note: raw.note,
        }
    }

    fn report(
        &mut self,
        id: &str,
        raw: Spanned<RawReport>,
        thresholds: &[Threshold],
    ) -> Vec<ReportField> {
        let at = raw.span().start;
        let raw = raw.into_inner();
        let form = self.form_named(&raw.form);
        let form_id = raw.form.into_inner();
        let field = |reader: &mut Reader<'_>, id: String, name: Spanned<String>, part| {
            reader.reported(form, &name);
            ReportField {
                id,
                form: form_id.clone(),
                field: name.into_inner(),
                part,
                thresholds: thresholds.to_vec(),
            }
        };
        match (raw.field, raw.part.is_empty()) {
            (Some(name), true) => vec![field(self, id.to_owned(), name, None)],
            (None, false) => raw
                .part
                .into_iter()
                .map(|p| field(self, format!("{id}/{}", p.id), p.field, Some(p.name)))
                .collect(),
            _ => {
                if !self.patched.contains(&at) {
                    let en = "report needs either field or part";
                    self.fault(at, "report cần field hoặc part", en);
                }
                Vec::new()
            }
        }
    }
}
