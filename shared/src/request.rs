//! Until when an office has to answer, and carry out, what a person asks about their own data. The
//! terms are dated data (`shared/data/requests/terms.toml`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::Deserialize;

use crate::api::request::RequestKind;
use crate::data::REQUEST_TERMS;

/// The terms in force from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// First day.
    #[serde(deserialize_with = "day")]
    pub from: Date,
    /// Where they stand.
    pub source: String,
    /// Whether a person compared them with the source.
    pub verified: bool,
    /// Working days to answer.
    pub answer_working_days: u32,
    /// Days by which the time to carry it out may be extended, once.
    pub extension_days: u32,
    /// Days to carry it out, by kind.
    pub days: BTreeMap<RequestKind, u32>,
}

#[derive(Deserialize)]
struct File {
    terms: Vec<Terms>,
}

/// TOML's dates are not jiff's.
fn day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let day = toml::value::Datetime::deserialize(from)?;
    day.to_string().parse().map_err(serde::de::Error::custom)
}

/// The terms for a request received on `day`: the newest in force then, or the first ever.
pub fn terms(day: Date) -> Option<&'static Terms> {
    static ALL: OnceLock<Vec<Terms>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all = toml::from_str::<File>(REQUEST_TERMS).map(|f| f.terms).unwrap_or_default();
        all.sort_by_key(|terms| terms.from);
        all
    });
    all.iter().rev().find(|terms| terms.from <= day).or_else(|| all.first())
}

impl Terms {
    /// Last day to answer a request received on `day`. Saturdays and Sundays are no working days.
    pub fn answer_by(&self, day: Date) -> Date {
        let (mut at, mut left) = (day, self.answer_working_days);
        while left > 0 {
            at = later(at, 1.day());
            left -= u32::from(!matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday));
        }
        at
    }

    /// Last day to carry it out.
    pub fn due(&self, kind: RequestKind, day: Date) -> Date {
        // A kind the file forgot is due at once: too early is never too late.
        later(day, i64::from(self.days.get(&kind).copied().unwrap_or(0)).days())
    }

    /// Last day to carry it out once that was extended.
    pub fn extended(&self, due: Date) -> Date {
        later(due, i64::from(self.extension_days).days())
    }
}

fn later(day: Date, by: Span) -> Date {
    day.checked_add(by).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_kind_has_a_term_with_a_source() {
        let terms = terms(date(2026, 11, 22)).unwrap();
        assert!(!terms.source.is_empty());
        for kind in RequestKind::ALL {
            assert!(terms.days[&kind] >= 1, "{kind:?}");
        }
        // A day before the first terms has the first.
        assert_eq!(super::terms(date(2020, 1, 1)).unwrap().from, terms.from);
    }

    #[test]
    fn weekends_are_no_working_days_and_are_days() {
        let terms = terms(date(2026, 11, 22)).unwrap();
        // Received on a Friday, a Saturday, a Monday.
        assert_eq!(terms.answer_by(date(2026, 11, 20)), date(2026, 11, 24));
        assert_eq!(terms.answer_by(date(2026, 11, 21)), date(2026, 11, 24));
        assert_eq!(terms.answer_by(date(2026, 11, 23)), date(2026, 11, 25));
        let due = terms.due(RequestKind::Withdraw, date(2026, 11, 20));
        assert_eq!(due, date(2026, 12, 5));
        assert_eq!(terms.extended(due), date(2026, 12, 20));
    }
}
