//! What a phone knows before anything is asked.

use jiff::civil::DateTime;

/// What the phone knows when filling starts.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Local time; also the time of finishing unless [`super::Filling::set_now`] moves it.
    pub now: DateTime,
    /// The submission's id, `uuid:…`.
    pub instance_id: String,
    /// The phone's id.
    pub device_id: String,
    /// The collector's name; empty for none.
    pub username: String,
    /// The phone's number; empty for none.
    pub phone_number: String,
    /// The collector's address for electronic mail; empty for none.
    pub email: String,
    /// What `random()`, `uuid()` and the like are made of.
    pub entropy: u64,
}

impl Meta {
    /// A phone of which nothing but its id is known.
    pub fn new(
        now: DateTime,
        instance_id: impl Into<String>,
        device_id: impl Into<String>,
    ) -> Meta {
        let (instance_id, device_id) = (instance_id.into(), device_id.into());
        Meta { now, instance_id, device_id, ..Meta::default() }
    }
}
