//! Networks of the mountains: connections that break, acknowledgements that get lost, hardly any
//! bandwidth; and what of a broken upload is not sent in vain.

mod flaky;
mod salvage;
mod slow;
