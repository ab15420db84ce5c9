//! Thresholds: do they fit their indicator, and is at most one of them in force on any day?

use jiff::civil::Date;
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
        kind: Option<Kind>,
        at: usize,
        whole: Option<&(String, Date, Date)>,
    ) -> Vec<Threshold> {
        if raw.is_empty() && !self.patched.contains(&at) {
            self.fault(
                at,
                "chưa có threshold; mức chưa biết cũng phải ghi (bỏ trống value)",
                "no threshold; one that is not known is written without value",
            );
        }
        let mut list: Vec<Threshold> = Vec::new();
        let mut guessed = raw.is_empty();
        for threshold in raw {
            let at = threshold.span().start;
            let t = threshold.into_inner();
            self.known_document(&t.document);
            let (from, to) = self.period(&t.from, &t.to);
            let here = self.patched.contains(&at) || from > to;
            guessed |= here;
            let other = list.iter().find(|o| o.region == t.region && o.from <= to && from <= o.to);
            if let (Some(other), false) = (other, here) {
                self.fault(
                    at,
                    format!("mức này và mức từ {} đến {} cùng vùng, chồng thời gian lên nhau", other.from, other.to),
                    format!("this threshold and the one from {} to {} are of one region and overlap in time", other.from, other.to),
                );
            }
            let demand = t.value.and_then(|v| self.demand(&v, kind?));
            list.push(Threshold {
                demand,
                region: t.region,
                from,
                to,
                document: t.document.into_inner(),
                verified: t.verified,
                confidence: t.confidence,
                note: t.note,
            });
        }
        if let (Some(whole), false) = (whole, guessed) {
            self.gaps(&list, whole, at);
        }
        list
    }

    /// The set's own region has one threshold on every day of its validity, if only one nobody knows.
    fn gaps(&mut self, list: &[Threshold], (region, from, to): &(String, Date, Date), at: usize) {
        let mut own: Vec<(Date, Date)> =
            list.iter().filter(|t| t.region == *region).map(|t| (t.from, t.to)).collect();
        own.sort_unstable();
        let mut open = *from;
        for (first, last) in own.into_iter().chain([(Date::MAX, Date::MAX)]) {
            let before = first.yesterday().map_or(first, |day| day.min(*to));
            if open <= before {
                self.fault(
                    at,
                    format!("vùng “{region}” không có mức từ {open} đến {before}; mức chưa biết cũng phải ghi (bỏ trống value)"),
                    format!("region \"{region}\" has no threshold from {open} to {before}; one that is not known is written without value"),
                );
            }
            open = open.max(last.tomorrow().unwrap_or(last));
            if open > *to {
                break;
            }
        }
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
