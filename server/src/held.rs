//! Submissions that came before their form version was published: read anew from the originals once
//! it is, and whenever the server starts.

use std::sync::Arc;

use ntm_shared::answers::Tree;

use crate::app::App;
use crate::fault::Fault;
use crate::ops::SERVER;
use crate::ops::held::{self as ops, Placing};
use crate::place::{self, Sender};
use crate::reading::Reading;
use crate::store::held;

/// Places every held submission whose form version has been published, in order of arrival.
///
/// # Errors
/// What the store says. Whatever it is, what is left is placed when the server starts next.
pub async fn follow(app: &App) -> Result<(), Fault> {
    for seq in app.db.read(|tx| Ok::<_, Fault>(held::published_since(tx)?)).await? {
        one(app, seq).await?;
    }
    Ok(())
}

async fn one(app: &App, seq: i64) -> Result<(), Fault> {
    let found = app.db.read(move |tx| Ok::<_, Fault>(held::received(tx, seq)?)).await?;
    let Some(mut submission) = found else { return Ok(()) };
    let xml = std::mem::take(&mut submission.xml);
    let tree = tokio::task::spawn_blocking(move || Tree::read(&xml)).await;
    // What no longer reads stays held, for a person to look at.
    let Ok(tree) = tree.map_err(Fault::internal)? else { return Ok(()) };
    let (id, version) = (submission.form.clone(), submission.version.clone());
    let Some(form) = app.form(&id, &version).await? else { return Ok(()) };
    // Whether the token had expired was noted when it arrived.
    let sender = Sender { collector: submission.collector.clone(), expired: false };
    let placement = place::place(app, sender, &tree, &id, &version).await?;
    // What was erased meanwhile is not brought back by being placed.
    if placement.erased {
        return Ok(());
    }
    placement.apply(&mut submission);
    let set = placement.round.as_ref().and_then(|r| app.criteria.get(&r.criteria_set)).cloned();
    let approved_only = placement.round.as_ref().is_some_and(|round| round.approved_only);
    let reading = tokio::task::spawn_blocking(move || {
        Reading::of(&tree, Some(Arc::as_ref(&form)), set.as_deref(), &placement)
    })
    .await
    .map_err(Fault::internal)??;
    submission.outcome = reading.outcome;
    submission.reading = reading.json;
    let placing = Placing {
        seq,
        submission,
        names: reading.names,
        findings: reading.findings,
        entity: reading.entity,
        countable: reading.countable,
        approved_only,
    };
    let by = app.by(SERVER);
    app.db.write(move |tx| ops::place(tx, &by, placing)).await
}
