//! What the server does by itself while it runs: mending after the disk failed it, following the
//! calendar of units, and sweeping out secrets that ran out and files that nothing names.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::civil::Date;
use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::erasing;
use crate::fault::Fault;
use crate::ops::{self, SERVER};
use crate::store::salvage;

/// Between two looks at the disk while it gives trouble.
const LOOK: Duration = Duration::from_secs(1);

/// Tends to `app` until it is dropped.
pub async fn run(app: Arc<App>) {
    let mut sweep_at = Instant::now() + app.config.limits.sweep.0;
    // The start may have settled the day before this one.
    let mut settled_for = None;
    loop {
        sleep(LOOK).await;
        let today = app.config.clock.today();
        if settled_for != Some(today) && app.db.disk().trouble().is_none() {
            // Scope follows mergers and assignments on the day they come into force.
            match settle(&app, today).await {
                Ok(()) => settled_for = Some(today),
                Err(fault) => tracing::warn!(code = fault.problem.code, "areas are not settled"),
            }
        }
        if app.db.disk().trouble().is_some() {
            if !app.db.disk().may_be_mended() {
                continue;
            }
            if let Err(fault) = mend(&app).await {
                tracing::warn!(code = fault.problem.code, cause = fault.cause, "not mended yet");
            }
        } else if app.unfinished.load(Ordering::Relaxed) {
            // Whoever erases right now sees to it.
            let Ok(_one) = app.erasing.try_lock() else { continue };
            if let Err(fault) = erasing::finish(&app, Instant::now()).await {
                tracing::warn!(code = fault.problem.code, "an erasure is not finished yet");
            }
        } else if Instant::now() >= sweep_at {
            sweep_at = Instant::now() + app.config.limits.sweep.1;
            match sweep(&app).await {
                Ok(0) => {}
                Ok(swept) => tracing::warn!(swept, "files that nothing names were removed"),
                Err(fault) => tracing::warn!(code = fault.problem.code, "the sweep broke off"),
            }
        }
    }
}

async fn settle(app: &App, today: Date) -> Result<(), Fault> {
    let (by, units) = (app.by(SERVER), app.units);
    app.db
        .write(move |tx| {
            ops::units::settle(tx, &by, units, today)?;
            ops::teams::follow(tx, &by, today)
        })
        .await
}

/// A test of both: a blob's worth of bytes, then the database opened anew and written to.
async fn mend(app: &App) -> Result<(), Fault> {
    let blobs = app.blobs.clone();
    tokio::task::spawn_blocking(move || blobs.test()).await.map_err(Fault::internal)??;
    app.db.mend().await?;
    app.db.disk().mended();
    Ok(())
}

/// First secrets that ran out and what waited in vain for the rest of an upload, then the files that
/// this and others left.
async fn sweep(app: &Arc<App>) -> Result<usize, Fault> {
    loop {
        let by = app.by(SERVER);
        if app.db.write(move |tx| ops::users::sweep(tx, &by)).await? == 0 {
            break;
        }
    }
    let before = app.config.clock.stamp_before(app.config.limits.salvage.expiry);
    loop {
        let (by, before) = (app.by(SERVER), before.clone());
        if app.db.write(move |tx| ops::salvage::expire(tx, &by, &before)).await? == 0 {
            break;
        }
    }
    let app = app.clone();
    let runtime = tokio::runtime::Handle::current();
    let sweep = move || {
        let unnamed =
            |names| runtime.block_on(app.db.read(move |tx| Ok(salvage::unnamed(tx, names)?)));
        app.blobs.sweep_cache::<Fault>(unnamed)?;
        app.blobs.expire_partials(app.config.limits.salvage.expiry)?;
        app.blobs.sweep(app.config.limits.orphan, unnamed)
    };
    tokio::task::spawn_blocking(sweep).await.map_err(Fault::internal)?
}
