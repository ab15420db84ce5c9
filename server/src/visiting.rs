//! Visits that helper teams filled in on phones: what the form says becomes a visit, difficulties and
//! support like those written down otherwise, and is taken back when it stands no more. Follows what
//! arrives and what is decided; what a crash interrupts is done again, and changes nothing the second
//! time. What came before its assignment was recorded, or on a phone whose clock was ahead, is looked at
//! again when such things change.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use ntm_shared::answers::Tree;
use ntm_shared::visit_form;
use tokio::time::sleep;

use crate::app::App;
use crate::fault::Fault;
use crate::ops::SERVER;
use crate::ops::visit_forms::{self as ops, Told};
use crate::ops::visits::Known;
use crate::store::visit_forms::{self, Cursor, Form};

/// Between two looks for work, and after a failure.
const IDLE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_secs(10);
/// Submissions or events looked through at a time.
const WINDOW: i64 = 1_000;
/// After so many that concern no visit the place is kept, so that no start looks through a whole folder.
const KEPT: i64 = 10 * WINDOW;
/// Forms that wait to become visits: so many, the newest, are looked at again.
const WAITING: i64 = 1_000;

/// How far the work has come.
struct Done {
    arrivals: Reached,
    decisions: Reached,
    /// The day on which those that wait were looked at, if nothing was decided since that concerns them.
    tried: Option<Date>,
}

/// How far one of the two that are followed was looked through.
struct Reached {
    cursor: Cursor,
    /// The number of the last one looked at.
    seen: i64,
    /// The last one of which the database knows that.
    kept: i64,
}

impl Reached {
    async fn of(app: &App, cursor: Cursor) -> Reached {
        let seen = app.db.read(move |tx| cursor.reached(tx)).await.unwrap_or(0);
        Reached { cursor, seen, kept: seen }
    }
}

/// Takes in visits until the server stops.
pub async fn run(app: Arc<App>) {
    let arrivals = Reached::of(&app, Cursor::Arrivals).await;
    let decisions = Reached::of(&app, Cursor::Decisions).await;
    let mut done = Done { arrivals, decisions, tried: None };
    loop {
        match step(&app, &mut done).await {
            Ok(true) => {}
            Ok(false) => sleep(IDLE).await,
            Err(fault) => {
                done.tried = None;
                tracing::warn!(code = fault.problem.code, cause = fault.cause, "visits wait");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Does the next piece of work; false when there is none.
async fn step(app: &Arc<App>, done: &mut Done) -> Result<bool, Fault> {
    let arrived = follow(app, &mut done.arrivals).await?;
    let before = done.decisions.seen;
    let decided = follow(app, &mut done.decisions).await?;
    let events = (before, done.decisions.seen);
    if app.db.read(move |tx| visit_forms::may_let_in(tx, events)).await? {
        done.tried = None;
    }
    if arrived || decided {
        return Ok(true);
    }
    let now = app.config.clock.today();
    if done.tried != Some(now) {
        let last = done.arrivals.seen;
        for seq in app.db.read(move |tx| visit_forms::waiting(tx, last, WAITING)).await? {
            settle(app, seq, None).await?;
        }
        done.tried = Some(now);
    }
    Ok(false)
}

/// Settles the next forms after `reached`; false when there is no more to look through. While senders
/// send, there is always something new: that waits until there is more of it.
async fn follow(app: &Arc<App>, reached: &mut Reached) -> Result<bool, Fault> {
    let (cursor, after) = (reached.cursor, reached.seen);
    let (last, forms) = app.db.read(move |tx| cursor.next(tx, after, WINDOW)).await?;
    for (at, seq) in forms.iter().enumerate() {
        let note = (at + 1 == forms.len()).then_some((cursor, last));
        settle(app, *seq, note).await?;
    }
    reached.seen = last;
    if !forms.is_empty() {
        reached.kept = last;
    } else if last >= reached.kept + KEPT {
        app.db.write(move |tx| Ok::<_, Fault>(cursor.reach(tx, last)?)).await?;
        reached.kept = last;
    }
    Ok(!forms.is_empty() || last >= after + WINDOW)
}

/// Makes a visit of the version of a form that stands, if it can be one, and notes how far that is.
async fn settle(app: &Arc<App>, seq: i64, note: Option<(Cursor, i64)>) -> Result<(), Fault> {
    let form = app.db.read(move |tx| visit_forms::form(tx, seq)).await?;
    let told = form.and_then(|form| told(app, form));
    let by = app.by(SERVER);
    app.db
        .write(move |tx| {
            if let Some((cursor, number)) = note {
                cursor.reach(tx, number)?;
            }
            ops::settle(tx, &by, seq, told.as_ref())
        })
        .await
}

/// What a form says; nothing where it cannot be read.
fn told(app: &App, form: Form) -> Option<Told> {
    let filled = visit_form::read(&Tree::read(&form.xml).ok()?)?;
    let known = known(app, filled.day);
    Some((form, filled, known))
}

/// What a report about a day is held against. Where no criteria set is in force, those of the last
/// one before are meant.
pub fn known(app: &App, day: Date) -> Known {
    let mut criteria = app.criteria_in_force(day);
    if criteria.is_empty() {
        let last = app.criteria.values().map(|set| set.to).filter(|to| *to < day).max();
        criteria = last.map_or_else(BTreeSet::new, |to| app.criteria_in_force(to));
    }
    Known { units: app.units, today: app.config.clock.today(), criteria }
}
