//! What the tests stand on: a server in this process or the real binary, a phone, staff at the API.
//! A server's folder is inspected when it is dropped: see [`store`].

mod api;
mod binary;
mod cli;
mod clock;
pub mod folder;
mod machine;
mod multipart;
mod phone;
pub mod photo;
mod roster;
mod server;
pub mod store;
mod survey;
pub use ntm_engine_tests::xml;

pub use api::{Answer, Api, client, password};
pub use binary::{RealServer, program};
pub use cli::Cli;
pub use clock::TestClock;
pub use machine::{Mount, Tracer, ask_often};
pub use multipart::{Multipart, Part};
pub use phone::Phone;
pub use roster::{NAM_CHAY, ROUND, Roster, TA_PHOI, round};
pub use server::TestServer;
pub use survey::Visit;

use std::sync::atomic::{AtomicU64, Ordering};

/// A number no other call in this run gets.
pub fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An id as a client makes it.
pub fn uuid() -> String {
    let n = unique();
    format!("00000000-0000-4000-8000-{n:012}")
}

/// Lower-case hexadecimal SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(bytes))
}

/// Lower-case hexadecimal MD5, as OpenRosa lists it.
pub fn md5(bytes: &[u8]) -> String {
    use md5::{Digest, Md5};
    hex::encode(Md5::digest(bytes))
}

/// The project's folder.
pub fn root() -> std::path::PathBuf {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the tests crate lies in the project").to_owned()
}
