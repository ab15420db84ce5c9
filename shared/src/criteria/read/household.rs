//! Household rules: expressions parsed, measures laid out in fixed order.

use toml::Spanned;

use super::super::raw::{RawRule, RawUnit};
use super::super::rule::{By, Rule, Test};
use super::super::{Direction, Kind, Measure, Threshold, Unit};
use super::references::Pieces;
use super::{Built, Reader};
use crate::text::Text;

/// What the rule's measures take from their indicator.
pub(super) struct Base<'b> {
    pub id: &'b str,
    pub kind: Kind,
    /// The kind is not the file's own: nothing is said about what does not fit it.
    pub guessed: bool,
    pub direction: Direction,
    pub thresholds: &'b [Threshold],
}

impl<'s> Reader<'s> {
    pub(super) fn household(
        &mut self,
        raw: Spanned<RawRule>,
        base: &Base<'_>,
        built: &mut Built<'s>,
    ) -> Vec<usize> {
        let at = raw.span().start;
        let raw = raw.into_inner();
        let most = if base.kind == Kind::Percent { 0 } else { 6 };
        let decimals = raw.decimals.as_ref().map_or(0, |d| *d.get_ref());
        if decimals > most && !base.guessed {
            self.fault(
                raw.decimals.as_ref().map_or(at, |d| d.span().start),
                format!("decimals từ 0 đến {most}"),
                format!("decimals must be 0 to {most}"),
            );
        }
        if base.kind == Kind::Boolean && !base.guessed {
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
                decimals: decimals.min(6),
                thresholds: thresholds.to_vec(),
            });
            places.push(built.measures.len() - 1);
            built.measures.len() - 1
        };

        let all = measure(None, raw.by.is_none(), base.thresholds);
        let mut values = Vec::new();
        for v in raw.by.iter().flat_map(|by| &by.value) {
            values.push((
                v.id.get_ref().clone(),
                measure(Some((v.id.get_ref(), v.name.clone())), true, base.thresholds),
            ));
        }
        let define = &mut Pieces::new(&raw.define, built.form);
        self.pieces(define);
        let each = self.expr(raw.each.as_ref(), define);
        let when = self.expr(raw.when.as_ref(), define);
        define.enter(each.as_ref());
        let by = raw.by.as_ref().and_then(|by| {
            let field = self.expr(Some(&by.field), define)?;
            self.splits(&field, &by.value, define);
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
            let kind = (!base.guessed).then_some(base.kind);
            let own = self.thresholds(p.threshold.clone(), kind, at, built.whole.as_ref());
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
        let rule = Rule { each, when, tests, module: raw.module.clone() };
        built.rules.push(rule);
        places
    }
}
