//! Household rules: expressions parsed, measures laid out in fixed order.

use std::collections::BTreeMap;

use toml::Spanned;

use super::super::raw::{RawRule, RawUnit};
use super::super::rule::{By, Rule, Test};
use super::super::{Direction, Kind, Measure, Threshold, Unit};
use super::{Built, Reader};
use crate::expr::Expr;
use crate::text::Text;

/// What the rule's measures take from their indicator.
pub(super) struct Base<'b> {
    pub id: &'b str,
    pub kind: Kind,
    pub direction: Direction,
    pub thresholds: &'b [Threshold],
}

impl Reader<'_> {
    pub(super) fn household(
        &mut self,
        raw: Spanned<RawRule>,
        base: &Base<'_>,
        built: &mut Built,
    ) -> Vec<usize> {
        let at = raw.span().start;
        let raw = raw.into_inner();
        let most = if base.kind == Kind::Percent { 0 } else { 6 };
        if raw.decimals > most {
            self.fault(
                at,
                format!("decimals từ 0 đến {most}"),
                format!("decimals must be 0 to {most}"),
            );
        }
        if base.kind == Kind::Boolean {
            self.fault(
                at,
                "household không dùng cho boolean",
                "household does not go with boolean",
            );
        }
        let mut places = Vec::new();
        let mut measure = |part: Option<(&str, Text)>, decides, thresholds: &[Threshold]| {
            let id = part.as_ref().map_or(base.id.to_owned(), |(p, _)| format!("{}/{p}", base.id));
            built.measures.push(Measure {
                id,
                indicator: base.id.to_owned(),
                part: part.map(|(_, name)| name),
                decides,
                module: raw.module.clone(),
                kind: base.kind,
                direction: base.direction,
                unit: match raw.unit {
                    RawUnit::Household => Unit::Household,
                    RawUnit::Person => Unit::Person,
                },
                decimals: raw.decimals.min(6),
                thresholds: thresholds.to_vec(),
            });
            places.push(built.measures.len() - 1);
            built.measures.len() - 1
        };

        let all = measure(None, raw.by.is_none(), base.thresholds);
        let mut values = Vec::new();
        for v in raw.by.iter().flat_map(|by| &by.value) {
            values.push((
                v.id.clone(),
                measure(Some((&v.id, v.name.clone())), true, base.thresholds),
            ));
        }
        let define = &raw.define;
        let by = raw.by.as_ref().and_then(|by| {
            let field = self.expr(Some(&by.field), define)?;
            Some(By { field, values })
        });
        let mut tests = Vec::new();
        if let Some(numerator) = self.expr(Some(&raw.numerator), define) {
            tests.push(Test {
                within: self.expr(raw.within.as_ref(), define),
                unknown: self.expr(raw.unknown.as_ref(), define),
                numerator,
                denominator: self.expr(raw.denominator.as_ref(), define),
                all,
                by,
            });
        }
        for part in &raw.part {
            let at = part.span().start;
            let p = part.get_ref();
            let own = self.thresholds(p.threshold.clone(), base.kind, at);
            let all = measure(Some((&p.id, p.name.clone())), true, &own);
            if let Some(numerator) = self.expr(Some(&p.numerator), define) {
                tests.push(Test {
                    within: self.expr(p.within.as_ref().or(raw.within.as_ref()), define),
                    unknown: self.expr(p.unknown.as_ref().or(raw.unknown.as_ref()), define),
                    numerator,
                    denominator: self
                        .expr(p.denominator.as_ref().or(raw.denominator.as_ref()), define),
                    all,
                    by: None,
                });
            }
        }
        let rule = Rule {
            each: self.expr(raw.each.as_ref(), define),
            when: self.expr(raw.when.as_ref(), define),
            tests,
            module: raw.module.clone(),
        };
        built.rules.push(rule);
        places
    }

    /// Parses an expression after putting the defined pieces in.
    fn expr(
        &mut self,
        source: Option<&Spanned<String>>,
        define: &BTreeMap<String, String>,
    ) -> Option<Expr> {
        let source = source?;
        let mut text = source.get_ref().clone();
        for (name, piece) in define {
            text = text.replace(&format!("{{{name}}}"), &format!("({piece})"));
        }
        match Expr::parse(&text) {
            Ok(expr) => Some(expr),
            Err(e) => {
                let why = e.text();
                self.fault(
                    source.span().start,
                    format!("biểu thức sai: {}", why.vi),
                    format!("the expression is wrong: {}", why.en),
                );
                None
            }
        }
    }
}
