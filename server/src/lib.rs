//! The ntm server: phones in, scores and plans out, nothing acknowledged ever lost.
//!
//! `http` (doors) → `ops` (actions) → `store` (rows) and `blobs` (bytes). See
//! `docs/ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use ntm_shared::criteria::CriteriaSet;
use tokio::task::JoinHandle;

mod address;
mod app;
mod auth;
mod backup;
mod blobs;
mod check;
pub mod clock;
pub mod config;
mod contributions;
mod disk;
mod erasing;
pub mod fault;
mod folder;
mod following;
mod held;
mod http;
mod intake;
mod kept;
mod multipart;
mod ops;
mod originals;
mod outlive;
mod pace;
mod photos;
mod place;
mod planning;
mod progress;
mod publish;
mod punctual;
mod quality;
mod reading;
mod receipt;
mod rereading;
mod roster;
mod rota;
mod scoring;
mod secret;
mod senders;
mod standing;
mod store;
mod sync;
mod tend;
mod tries;
mod upload;
mod visiting;

pub use backup::{Forgotten, Manifest, Restored, Taken, backup, check_backup, restore};
pub use check::{Checked, check};
pub use clock::Clock;
pub use config::{Config, Limits, Salvage, Tls};
pub use http::{RouteRow, routes};

use app::App;
use fault::Fault;
use ops::{By, SERVER};
use punctual::Punctual;

/// What these say in detail has the addresses of requests in it, and those the tokens of phones: they
/// are kept to this however talkative the log is asked to be.
pub const QUIET: [&str; 5] =
    ["h2=info", "hyper=info", "hyper_util=info", "axum=info", "tower_http=info"];

/// How long requests in flight may take when the server stops, and then the database to close:
/// together less than the ten seconds most systems give a service.
const GRACE: Duration = Duration::from_secs(7);
const CLOSING: Duration = Duration::from_secs(2);

/// Asks the system for as many open files as it gives: every connection is one, and so is every
/// photo on its way. Many systems start programs with a soft limit of 1024.
pub fn open_more_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(FILES, |most| most.min(FILES));
        if current.is_some_and(|now| now < wanted) {
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
        }
    }
}

/// See [`open_more_files`].
const FILES: u64 = 65_536;

/// A running server. Dropping it without [`Server::stop`] ends it with the runtime.
pub struct Server {
    url: String,
    local: String,
    setup_link: Option<String>,
    handle: Handle<SocketAddr>,
    running: JoinHandle<std::io::Result<()>>,
    tending: [JoinHandle<()>; 3],
    db: store::Db,
    // Held until the last request is done.
    _folder: folder::Lock,
}

/// Starts a server: binds first, then opens the data folder, so that a taken port changes nothing.
///
/// # Errors
/// When the port is taken, the folder is in use or unusable, or the certificate cannot be read.
pub async fn start(config: Config) -> anyhow::Result<Server> {
    let listener = TcpListener::bind(config.listen)
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let local = format!("{scheme}://{address}");
    let url = config.public_url.clone().unwrap_or_else(|| local.clone());
    let url = url.trim_end_matches('/').to_owned();

    let folder = folder::lock(&config.data)?;
    let (app, setup_link) = open(config, url.clone()).await?;
    let head = app.config.limits.head;
    let (tls, db, app) = (app.config.tls.clone(), app.db.clone(), Arc::new(app));
    let tending = [
        tokio::spawn(tend::run(app.clone())),
        tokio::spawn(photos::run(app.clone())),
        tokio::spawn(visiting::run(app.clone())),
    ];
    let router = http::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let running = match tls {
        None => {
            let server = axum_server::from_tcp(listener)?.handle(handle.clone());
            let mut server = server.map(|inner| Punctual { inner, head });
            bound(server.http_builder(), head);
            tokio::spawn(server.serve(router))
        }
        Some(tls) => {
            // A second server in the same process finds the provider installed already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let tls = RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
                .await
                .context("cannot read the TLS certificate or its key")?;
            let server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle.clone());
            let mut server = server.map(|inner| Punctual { inner, head });
            bound(server.http_builder(), head);
            tokio::spawn(server.serve(router))
        }
    };
    Ok(Server { url, local, setup_link, handle, running, tending, db, _folder: folder })
}

/// What one connection may take: of memory, of time for a request's head, of streams.
fn bound(builder: &mut Builder<TokioExecutor>, head: Duration) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(CONNECTION);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head)
        .keep_alive_timeout(head)
        .max_concurrent_streams(64)
        .max_header_list_size(16 * 1024);
}

/// Bytes read ahead of one connection.
const CONNECTION: usize = 64 * 1024;

impl Server {
    /// The address people and phones use.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens, as seen from this machine.
    pub fn local_url(&self) -> &str {
        &self.local
    }

    /// The one-time link to set the administrator's password, as long as none has one.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
    }

    /// Stops accepting, lets requests in flight finish for a while, and ends.
    ///
    /// # Errors
    /// What the listener says.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.run_until(std::future::ready(())).await
    }

    /// Runs until the listener ends or `signal` does, then stops gracefully: what is in flight is
    /// finished or, after a while, cut off unacknowledged; the database is closed, its log emptied.
    ///
    /// # Errors
    /// What the listener says.
    pub async fn run_until(self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        tokio::pin!(signal);
        let mut running = self.running;
        let ended = tokio::select! {
            biased;
            () = &mut signal => {
                self.handle.graceful_shutdown(Some(GRACE));
                running.await
            }
            ended = &mut running => ended,
        };
        self.tending.iter().for_each(JoinHandle::abort);
        // A disk that hangs is not waited for: the next start reads the log, as after a crash.
        let _ = tokio::time::timeout(CLOSING, self.db.close()).await;
        Ok(ended??)
    }
}

/// A fresh one-time link for a user of a data folder that no server is using: the way back when the
/// only administrator lost the password.
///
/// # Errors
/// When a server is running on the folder, there are no data in it, or nobody has that name.
pub async fn reset_link(config: Config, name: &str) -> anyhow::Result<String> {
    // A mistyped folder is not made: the link would open an empty server.
    anyhow::ensure!(
        config.data.join("data.db").exists(),
        "Thư mục {} không có dữ liệu của máy chủ; kiểm tra lại --data (no server's data in the folder: check --data).",
        config.data.display()
    );
    let _folder = folder::lock(&config.data)?;
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let (app, _) = open(config, url.trim_end_matches('/').to_owned()).await?;
    let (secret, link) = link(&app).map_err(anyhow_fault)?;
    let (by, name) = (app.by(SERVER), name.to_owned());
    app.db.write(move |tx| ops::users::reset(tx, &by, &name, link)).await.map_err(anyhow_fault)?;
    app.db.close().await;
    Ok(format!("{}/setup#{secret}", app.url))
}

/// Opens the data folder, settles what ships with the program, and looks for an administrator.
async fn open(config: Config, url: String) -> anyhow::Result<(App, Option<String>)> {
    let disk = disk::Disk::new(&config.data, config.limits.reserve);
    let db = store::Db::open(&config.data.join("data.db"), &disk)?;
    let blobs = blobs::Blobs::open(&config.data, &disk)?;
    let app = App::new(config, url, (db, blobs), criteria_sets()?);
    settle(&app).await.map_err(anyhow_fault)?;
    erasing::begin(&app).await.map_err(anyhow_fault)?;
    held::follow(&app).await.map_err(anyhow_fault)?;
    let (secret, link) = link(&app).map_err(anyhow_fault)?;
    let (by, id) = (app.by(SERVER), uuid::Uuid::now_v7().to_string());
    let asked: Result<_, Fault> =
        app.db.write(move |tx| ops::users::first_administrator(tx, &by, &id, link)).await;
    let setup = asked.map_err(anyhow_fault)?.map(|_| format!("{}/setup#{secret}", app.url));
    Ok((app, setup))
}

async fn settle(app: &App) -> Result<(), Fault> {
    let (units, today) = (app.units, app.config.clock.today());
    let forms = ntm_shared::data::FORMS
        .iter()
        .map(|source| {
            // What ships with the program is published whatever data there are: nobody is there
            // to decide, and phones need the forms that the criteria sets read.
            let (_, form) = publish::compile(source.as_bytes())?;
            Ok(ops::forms::Publishing { form, compared: Default::default(), force: true })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let (by, sets): (By, _) = (app.by(SERVER), app.criteria.clone());
    let epoch = uuid::Uuid::now_v7().to_string();
    app.db
        .write(move |tx| {
            ops::epoch::begin(tx, &by, &epoch)?;
            ops::units::settle(tx, &by, units, today)?;
            ops::assignments::settle(tx, &by, units)?;
            ops::teams::follow(tx, &by, today)?;
            for form in &forms {
                ops::forms::publish(tx, &by, form)?;
            }
            for set in sets.values() {
                ops::moments::follow(tx, &by, set)?;
            }
            ops::counting::give_back(tx, &by)?;
            Ok(())
        })
        .await
}

fn criteria_sets() -> anyhow::Result<BTreeMap<String, Arc<CriteriaSet>>> {
    let mut sets = BTreeMap::new();
    for source in ntm_shared::data::CRITERIA_SETS {
        let set = CriteriaSet::read(source)
            .map_err(|faults| anyhow::anyhow!("criteria set: {}", faults[0].message.en))?;
        sets.insert(set.id.clone(), Arc::new(set));
    }
    Ok(sets)
}

fn link(app: &App) -> Result<(String, ops::users::Secret), Fault> {
    let secret = secret::fresh()?;
    let expires_at = app.config.clock.stamp_in(app.config.limits.link);
    let link = ops::users::Secret { hash: secret::hash(&secret), expires_at };
    Ok((secret, link))
}

fn anyhow_fault(fault: Fault) -> anyhow::Error {
    let title = fault.problem.title(ntm_shared::text::Lang::Vi);
    let detail = fault.cause.unwrap_or_else(|| fault.detail.vi.clone());
    anyhow::anyhow!("{title} {detail}")
}
