//! Dates as JavaRosa reads, counts and prints them. All times are the survey's local time,
//! Indochina Time (UTC+7), which knows no summer time.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SpanRound, ToSpan, Unit};

/// Minutes the survey's local time is ahead of UTC.
const OFFSET_MINUTES: i64 = 7 * 60;

/// A date written as year-month-day, with or without leading zeros; a time after `T` is ignored.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let day = text.split('T').next().unwrap_or_default();
    let mut parts = day.split('-');
    let year = digits(parts.next()?)?.parse().ok()?;
    let month = digits(parts.next()?)?.parse().ok()?;
    let day = digits(parts.next()?)?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// A date with an optional time, `2024-10-05T08:30:00.000+07:00`; another offset is converted to
/// local time, none at all is taken as local.
pub(crate) fn parse_moment(text: &str) -> Option<DateTime> {
    let date = parse_date(text)?;
    let Some((_, time)) = text.split_once('T') else { return Some(date.at(0, 0, 0, 0)) };
    let cut = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(cut);
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?)?.parse().ok()?;
    let minute = digits(parts.next()?)?.parse().ok()?;
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            let fraction = digits(fraction)?;
            let thousandths = format!("{fraction:0<3}");
            (digits(whole)?.parse().ok()?, thousandths.get(..3)?.parse::<i32>().ok()?)
        }
    };
    if parts.next().is_some() {
        return None;
    }
    let local = date.to_datetime(Time::new(hour, minute, second, millis * 1_000_000).ok()?);
    if zone.is_empty() {
        return Some(local);
    }
    let minutes = zone_minutes(zone)?;
    local.checked_add((OFFSET_MINUTES - minutes).minutes()).ok()
}

fn zone_minutes(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = match zone.get(1..)?.split_once(':') {
        Some(pair) => pair,
        None => (zone.get(1..3)?, zone.get(3..).filter(|m| !m.is_empty()).unwrap_or("0")),
    };
    let hours: i64 = digits(hours)?.parse().ok().filter(|h| *h < 24)?;
    let minutes: i64 = digits(minutes)?.parse().ok().filter(|m| *m < 60)?;
    Some(sign * (hours * 60 + minutes))
}

fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        .then_some(text)
}

/// Days since 1 January 1970.
pub(super) fn days(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

/// The date so many days after 1 January 1970.
pub(super) fn from_days(n: f64) -> Option<DateTime> {
    if !n.is_finite() || n.abs() > 5e6 {
        return None;
    }
    let day = date(1970, 1, 1).checked_add((n.trunc() as i64).days()).ok()?;
    Some(day.at(0, 0, 0, 0))
}

/// The moment so many days, with fraction, after 1970 began in UTC.
pub(super) fn from_decimal_days(n: f64) -> Option<DateTime> {
    if !n.is_finite() || n.abs() > 5e6 {
        return None;
    }
    let millis = (n * 86_400_000.0) as i64 + OFFSET_MINUTES * 60_000;
    date(1970, 1, 1).at(0, 0, 0, 0).checked_add(millis.milliseconds()).ok()
}

/// Days since 1970 began in UTC, with the time of day as fraction.
pub(super) fn decimal_days(moment: DateTime) -> f64 {
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    let span = moment.since(epoch).ok().and_then(|s| {
        s.round(SpanRound::new().largest(Unit::Millisecond).days_are_24_hours()).ok()
    });
    let millis = span.map_or(0, |s| s.get_milliseconds()) - OFFSET_MINUTES * 60_000;
    millis as f64 / 86_400_000.0
}

/// How JavaRosa stores a moment: `2024-10-05T08:30:00.000+07:00`.
pub(crate) fn moment_text(moment: DateTime) -> String {
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}+07:00",
        moment.date(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.millisecond()
    )
}

/// JavaRosa's `format-date`: `%Y %y %m %n %b %d %e %H %h %M %S %3 %a`; unknown letters are dropped.
pub(super) fn format(moment: DateTime, pattern: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('%') => out.push('%'),
            Some('Y') => out.push_str(&format!("{:04}", moment.year())),
            Some('y') => out.push_str(&format!("{:02}", moment.year().rem_euclid(100))),
            Some('m') => out.push_str(&format!("{:02}", moment.month())),
            Some('n') => out.push_str(&moment.month().to_string()),
            Some('b') => out.push_str(MONTHS[moment.month() as usize - 1]),
            Some('d') => out.push_str(&format!("{:02}", moment.day())),
            Some('e') => out.push_str(&moment.day().to_string()),
            Some('H') => out.push_str(&format!("{:02}", moment.hour())),
            Some('h') => out.push_str(&moment.hour().to_string()),
            Some('M') => out.push_str(&format!("{:02}", moment.minute())),
            Some('S') => out.push_str(&format!("{:02}", moment.second())),
            Some('3') => out.push_str(&format!("{:03}", moment.millisecond())),
            Some('a') => out.push_str(DAYS[moment.weekday().to_sunday_zero_offset() as usize]),
            _ => {}
        }
    }
    out
}
