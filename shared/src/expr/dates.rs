//! Dates as JavaRosa reads, counts and prints them. All times are the survey's local time, that of
//! Vietnam: UTC+7 today and without summer time, with other offsets before June 1975 (which a date
//! of birth may be).

use std::fmt::Write;

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SpanRound, ToSpan, Unit};

const DAY_MS: f64 = 86_400_000.0;

/// Today's offset from UTC, in seconds.
const OFFSET: i64 = 25_200;

/// When the offset changed (in UTC) and what it was from then on (IANA: Asia/Ho_Chi_Minh). Java
/// knows local mean time from 1900 on only.
const CHANGES: [(DateTime, i64); 9] = [
    (date(1900, 1, 1).at(0, 0, 0, 0), 25_590),
    (date(1911, 4, 30).at(16, 53, 30, 0), 25_200),
    (date(1942, 12, 31).at(16, 0, 0, 0), 28_800),
    (date(1945, 3, 14).at(15, 0, 0, 0), 32_400),
    (date(1945, 9, 1).at(15, 0, 0, 0), 25_200),
    (date(1947, 3, 31).at(17, 0, 0, 0), 28_800),
    (date(1955, 6, 30).at(17, 0, 0, 0), 25_200),
    (date(1959, 12, 31).at(16, 0, 0, 0), 28_800),
    (date(1975, 6, 12).at(16, 0, 0, 0), 25_200),
];

const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// A date written as year-month-day, with or without leading zeros; a time after `T` is ignored.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    date_and_time(text).map(|(date, _)| date)
}

/// The date a text begins with, and what stands after its `T`.
fn date_and_time(text: &str) -> Option<(Date, Option<&str>)> {
    let (year, rest) = leading(text.as_bytes())?;
    let (month, rest) = leading(rest.strip_prefix(b"-")?)?;
    let (day, rest) = leading(rest.strip_prefix(b"-")?)?;
    let time = match rest.first() {
        None => None,
        Some(b'T') => Some(&text[text.len() - rest.len() + 1..]),
        Some(_) => return None,
    };
    let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
    Some((date.ok()?, time))
}

/// The number a text begins with, of at most nine digits, and what follows.
fn leading(text: &[u8]) -> Option<(u32, &[u8])> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at(count);
    let value = |n: u32, b: &u8| n * 10 + u32::from(b - b'0');
    (1..=9).contains(&count).then(|| (number.iter().fold(0, value), rest))
}

/// A date with an optional time, `2024-10-05T08:30:00.000+07:00`; another offset is converted to
/// local time, none at all is taken as local.
pub(crate) fn parse_moment(text: &str) -> Option<DateTime> {
    let (date, time) = date_and_time(text)?;
    time.map_or(Some(date.at(0, 0, 0, 0)), |time| at_time(date, time))
}

/// A time alone, `08:30:00.000+07:00`: phones read it as a moment of today.
pub(super) fn parse_time(text: &str, now: DateTime) -> Option<DateTime> {
    at_time(now.date(), text)
}

fn at_time(date: Date, time: &str) -> Option<DateTime> {
    let cut = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(cut);
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?)?.parse().ok()?;
    let minute = digits(parts.next()?)?.parse().ok()?;
    let seconds = match parts.next() {
        None => 0.0,
        Some(s) if s.len() <= 20 && s.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
            s.parse::<f64>().ok()?
        }
        Some(_) => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    // What Java makes of the fraction: thousandths, cut off.
    let second = seconds.trunc();
    let millis = (1000.0 * seconds - 1000.0 * second) as i32;
    let time = Time::new(hour, minute, second as i8, millis * 1_000_000).ok()?;
    let local = date.to_datetime(time);
    if zone.is_empty() {
        return Some(local);
    }
    let minutes = zone_minutes(zone)?;
    if minutes * 60 == OFFSET && local.year() > 1975 {
        return Some(local);
    }
    let utc = local.checked_sub(minutes.minutes()).ok()?;
    utc.checked_add(offset_of_utc(utc).seconds()).ok()
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

/// Seconds that local time was ahead at a moment of UTC.
fn offset_of_utc(utc: DateTime) -> i64 {
    CHANGES.iter().rev().find(|(from, _)| utc >= *from).map_or(OFFSET, |(_, offset)| *offset)
}

/// Seconds that local time was ahead at a local moment; the earlier one where there were two.
fn offset_of_local(local: DateTime) -> i64 {
    if local.year() > 1975 {
        return OFFSET;
    }
    let mut offset = OFFSET;
    for (from, after) in CHANGES {
        match local.checked_sub(offset.seconds()) {
            Ok(utc) if utc >= from => offset = after,
            _ => break,
        }
    }
    offset
}

/// Days since 1 January 1970.
pub(super) fn days(day: Date) -> i32 {
    (day.duration_since(date(1970, 1, 1)).as_hours() / 24) as i32
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
    let utc = EPOCH.checked_add(((n * DAY_MS) as i64).milliseconds()).ok()?;
    utc.checked_add(offset_of_utc(utc).seconds()).ok()
}

/// Milliseconds from the beginning of 1970 to a moment, both on the same clock.
fn millis(moment: DateTime) -> i64 {
    let span = moment.since(EPOCH).ok().and_then(|s| {
        s.round(SpanRound::new().largest(Unit::Millisecond).days_are_24_hours()).ok()
    });
    span.map_or(0, |s| s.get_milliseconds())
}

fn utc_millis(moment: DateTime) -> i64 {
    millis(moment) - offset_of_local(moment) * 1000
}

/// Days since 1970 began in UTC, with the time of day as fraction.
pub(super) fn decimal_days(moment: DateTime) -> f64 {
    utc_millis(moment) as f64 / DAY_MS
}

/// Days since 1970 began here, with the time of day as fraction.
pub(super) fn local_days(moment: DateTime) -> f64 {
    (utc_millis(moment) - utc_millis(EPOCH)) as f64 / DAY_MS
}

/// The fraction of the day that has passed, by today's offset.
pub(super) fn decimal_time(moment: DateTime) -> f64 {
    let days = (utc_millis(moment) + OFFSET * 1000) as f64 / DAY_MS;
    days - days.floor()
}

/// How JavaRosa writes a date: `2024-10-05`.
pub(super) fn date_text(day: Date) -> String {
    format!("{}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// How JavaRosa stores a moment: `2024-10-05T08:30:00.000+07:00`.
pub(crate) fn moment_text(moment: DateTime) -> String {
    format!("{}T{}", date_text(moment.date()), time_text(moment))
}

/// How JavaRosa stores a time of day: `08:30:00.000+07:00`.
pub(super) fn time_text(moment: DateTime) -> String {
    let minutes = offset_of_local(moment) / 60;
    format!(
        "{:02}:{:02}:{:02}.{:03}+{:02}:{:02}",
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.millisecond(),
        minutes / 60,
        minutes % 60
    )
}

/// JavaRosa's `format-date`: `%Y %y %m %n %b %d %e %H %h %M %S %3 %a %W`; nothing for a pattern
/// with other letters.
pub(super) fn format(moment: DateTime, pattern: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '%' => out.push('%'),
            'Y' => _ = write!(out, "{:04}", moment.year()),
            'y' => _ = write!(out, "{:02}", moment.year().rem_euclid(100)),
            'm' => _ = write!(out, "{:02}", moment.month()),
            'n' => _ = write!(out, "{}", moment.month()),
            'b' => out.push_str(MONTHS[moment.month() as usize - 1]),
            'd' => _ = write!(out, "{:02}", moment.day()),
            'e' => _ = write!(out, "{}", moment.day()),
            'H' => _ = write!(out, "{:02}", moment.hour()),
            'h' => _ = write!(out, "{}", moment.hour()),
            'M' => _ = write!(out, "{:02}", moment.minute()),
            'S' => _ = write!(out, "{:02}", moment.second()),
            '3' => _ = write!(out, "{:03}", moment.millisecond()),
            'a' => out.push_str(DAYS[moment.weekday().to_sunday_zero_offset() as usize]),
            'W' => out.push_str(&week(moment.date()).to_string()),
            _ => return None,
        }
    }
    Some(out)
}

/// The week of the year, as a Vietnamese phone counts: from Monday, the first with 1 January in it.
/// The last days of December may already be in the first week of the next year.
fn week(day: Date) -> i32 {
    let monday = |d: Date| days(d) - i32::from(d.weekday().to_monday_zero_offset());
    let next = date(day.year().saturating_add(1).min(9999), 1, 1);
    if monday(day) == monday(next) && day.year() < 9999 {
        return 1;
    }
    (monday(day) - monday(date(day.year(), 1, 1))) / 7 + 1
}

/// True for a pattern that [`format`] knows.
pub(super) fn is_format(pattern: &str) -> bool {
    format(EPOCH, pattern).is_some()
}
