//! Settings of a server, and every limit it keeps. Nothing is unbounded.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;

/// Settings of a server. The defaults serve one laptop on loopback.
#[derive(Clone, Debug)]
pub struct Config {
    /// Data folder: `data.db` and `blobs/` are the whole state.
    pub data: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address people and phones use, e.g. `https://ntm.example.vn`. Without it links begin with the
    /// address a request was sent to.
    pub public_url: Option<String>,
    /// PEM files of the TLS certificate chain and its key.
    pub tls: Option<Tls>,
    /// Proxies whose `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the time comes from.
    pub clock: Clock,
    /// The limits.
    pub limits: Limits,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct Tls {
    /// PEM certificate chain.
    pub certificate: PathBuf,
    /// PEM private key.
    pub key: PathBuf,
}

/// What one request may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a whole upload.
    pub upload: u64,
    /// Least and most bytes that phones are told to put into one upload, by the speed of their
    /// network: above it they split. A single file may be larger.
    pub batch: (u64, u64),
    /// Bytes of a submission's XML.
    pub xml: usize,
    /// Parts of an upload.
    pub parts: usize,
    /// Bytes of an imported table or form.
    pub table: usize,
    /// Rows of a page.
    pub page: i64,
    /// Uploads with a body being received at once; the others wait.
    pub uploads: usize,
    /// The same for one collector.
    pub uploads_each: usize,
    /// Bytes that have to come in so much time, or the upload is ended: 2G at its worst brings a
    /// hundred times as many.
    pub pace: (u64, Duration),
    /// How long the head of a request may take, and a connection may wait for the next.
    pub head: Duration,
    /// Bytes and files that are kept of one collector in a day.
    pub quota: (u64, u64),
    /// What is kept of uploads that broke off.
    pub salvage: Salvage,
    /// Bytes of a photo that is looked at; a larger file is only kept.
    pub photo: u64,
    /// Pixels of a picture that is decoded.
    pub photo_pixels: u64,
    /// Bytes that decoding a picture may take; one is decoded at a time.
    pub photo_memory: u64,
    /// Bytes of the data folder's file system that stay free: uploads are refused before they would
    /// be used up, so that the database can still write. Absent: 5 %, at least 16 MiB and at most 1 GiB.
    /// Never less than 1 MiB.
    pub reserve: Option<u64>,
    /// How old a file that no row names must be before it is swept out.
    pub orphan: Duration,
    /// When the first sweep is after the start, and how long between two.
    pub sweep: (Duration, Duration),
    /// How long whoever erases waits for readers of an older state, such as a backup being taken,
    /// before the rest is done without them.
    pub erasing: Duration,
    /// Password hashes computed at once.
    pub hashes: usize,
    /// People whose sign-in is being looked at, or waits for that; more are told to come back.
    pub sign_ins: usize,
    /// Failed sign-ins for one name from one network in `failure_window` before it must wait there;
    /// ten times as many from all networks it was never right from.
    pub failures: usize,
    /// See `failures`.
    pub failure_window: Duration,
    /// How long a session lasts.
    pub session: Duration,
    /// How long a browser's session lasts without being used.
    pub idle: Duration,
    /// Requests a second that one phone's token may make in the long run; 0 is no limit.
    pub phone_rate: u32,
    /// Requests it may make at once: a phone that was offline for weeks has many forms to send.
    pub phone_burst: u32,
    /// How long a one-time link lasts.
    pub link: Duration,
}

/// Limits of the quarantine: parts of uploads that broke off.
#[derive(Clone, Debug)]
pub struct Salvage {
    /// From this age of an upload on, each complete part is made durable as it comes: even if the
    /// server dies it need not be sent again for nothing.
    pub after: Duration,
    /// Bytes of one collector.
    pub each: u64,
    /// Bytes in all.
    pub all: u64,
    /// How long nothing may come before what is there is given up.
    pub expiry: Duration,
}

impl Default for Salvage {
    fn default() -> Self {
        Salvage {
            after: Duration::from_secs(2),
            each: 256 << 20,
            all: 2 << 30,
            expiry: Duration::from_secs(14 * 24 * 3600),
        }
    }
}

impl Limits {
    /// The least and the most that a phone is told to send at a time: never more than is taken.
    pub fn at_a_time(&self) -> (u64, u64) {
        let most = self.batch.1.min(self.upload);
        (self.batch.0.min(most), most)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            upload: 100 * 1024 * 1024,
            batch: (64 * 1024, 10_000_000),
            xml: 8 * 1024 * 1024,
            parts: 200,
            table: 32 * 1024 * 1024,
            page: 500,
            uploads: 512,
            uploads_each: 20,
            pace: (6000, Duration::from_secs(60)),
            head: Duration::from_secs(20),
            quota: (4 << 30, 20_000),
            salvage: Salvage::default(),
            photo: 32 * 1024 * 1024,
            photo_pixels: 40_000_000,
            photo_memory: 160_000_000,
            reserve: None,
            orphan: Duration::from_secs(24 * 3600),
            sweep: (Duration::from_secs(60), Duration::from_secs(24 * 3600)),
            erasing: Duration::from_secs(20),
            hashes: 2,
            sign_ins: 64,
            failures: 10,
            failure_window: Duration::from_secs(15 * 60),
            session: Duration::from_secs(12 * 3600),
            idle: Duration::from_secs(30 * 60),
            phone_rate: 50,
            phone_burst: 1000,
            link: Duration::from_secs(72 * 3600),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data: PathBuf::from("data"),
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 8787),
            public_url: None,
            tls: None,
            trusted_proxies: Vec::new(),
            clock: Clock::default(),
            limits: Limits::default(),
        }
    }
}
