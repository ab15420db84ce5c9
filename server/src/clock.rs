//! Where the time comes from, so that tests can hold it still. Server time orders; device time is
//! data.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

/// A source of time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The present instant as stored: RFC 3339 UTC with milliseconds, so that text order is time
    /// order.
    pub fn stamp(&self) -> String {
        text(self.now())
    }

    /// The instant `ahead` of now, as stored.
    pub fn stamp_in(&self, ahead: Duration) -> String {
        text(self.now().saturating_add(ahead).unwrap_or(Timestamp::MAX))
    }

    /// The instant `ago` before now, as stored.
    pub fn stamp_before(&self, ago: Duration) -> String {
        text(self.now().saturating_sub(ago).unwrap_or(Timestamp::MIN))
    }

    /// The instant today began in Vietnam, as stored.
    pub fn day_begun(&self) -> String {
        let midnight = self.today().at(0, 0, 0, 0);
        jiff::tz::offset(7).to_timestamp(midnight).map_or_else(|_| self.stamp(), text)
    }

    /// Today in Vietnam (UTC+7 all year; no time zone table needed).
    pub fn today(&self) -> Date {
        jiff::tz::offset(7).to_datetime(self.now()).date()
    }
}

fn text(at: Timestamp) -> String {
    format!("{at:.3}")
}

impl Default for Clock {
    fn default() -> Self {
        Clock::from_fn(Timestamp::now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
