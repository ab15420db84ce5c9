//! Thresholds: do they fit their indicator, and is at most one of them in force on any day?

use toml::Spanned;

use super::super::raw::RawThreshold;
use super::super::{Decimal, Demand, Direction, Kind, Threshold};
use super::Reader;

impl Reader<'_> {
    pub(super) fn direction(&mut self, kind: Kind, direction: Direction, at: usize) {
        let fits = match kind {
            Kind::Boolean | Kind::Count => direction == Direction::Eq,
            Kind::Percent | Kind::MoneyMillion | Kind::Number => direction != Direction::Eq,
        };
        if !fits {
            self.fault(
                at,
                "direction: boolean và count dùng “eq”, các loại khác dùng “ge” hoặc “le”",
                "direction: boolean and count take \"eq\", the others \"ge\" or \"le\"",
            );
        }
    }

    pub(super) fn thresholds(
        &mut self,
        raw: Vec<Spanned<RawThreshold>>,
        kind: Kind,
        at: usize,
    ) -> Vec<Threshold> {
        if raw.is_empty() {
            self.fault(
                at,
                "chưa có threshold; mức chưa biết cũng phải ghi (bỏ trống value)",
                "no threshold; one that is not known is written without value",
            );
        }
        let mut list: Vec<Threshold> = Vec::new();
        for threshold in raw {
            let at = threshold.span().start;
            let t = threshold.into_inner();
            self.known_document(&t.document, at);
            let (from, to) = self.period(&t.from, &t.to);
            if list.iter().any(|o| o.region == t.region && o.from <= to && from <= o.to) {
                self.fault(
                    at,
                    "hai mức cùng vùng chồng thời gian lên nhau",
                    "two thresholds of one region overlap in time",
                );
            }
            let demand = t.value.and_then(|v| self.demand(&v, kind));
            list.push(Threshold {
                demand,
                region: t.region,
                from,
                to,
                document: t.document,
                verified: t.verified,
                confidence: t.confidence,
                note: t.note,
            });
        }
        list
    }

    fn demand(&mut self, value: &Spanned<toml::Value>, kind: Kind) -> Option<Demand> {
        let number = match value.get_ref() {
            toml::Value::Boolean(true) if kind == Kind::Boolean => return Some(Demand::Yes),
            toml::Value::Integer(i) if kind != Kind::Boolean => Some(Decimal::whole(*i)),
            toml::Value::Float(f) if kind != Kind::Boolean => Decimal::from_f64(*f),
            _ => None,
        };
        let fits = number.filter(|n| kind != Kind::Percent || (0.0..=100.0).contains(&n.to_f64()));
        if fits.is_none() {
            self.fault(
                value.span().start,
                "value không hợp với loại chỉ tiêu: boolean là true, percent từ 0 đến 100, còn lại là số",
                "value does not fit the kind: boolean takes true, percent 0 to 100, the others a number",
            );
        }
        fits.map(Demand::Number)
    }
}
