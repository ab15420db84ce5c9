//! What the imports of tables about communes have in common.

use ntm_shared::api::household::Imported;
use ntm_shared::problem;

use super::By;
use crate::fault::Fault;
use crate::store::{StoreFault, Tx, units};

/// Imports rows, each about the commune that `commune` gives; `put` says whether a row was new or
/// changed what was there. The event is left to who calls.
///
/// # Errors
/// `out_of_area` when one is of a commune outside the user's areas; what the store says.
pub fn about_communes<R>(
    tx: &dyn Tx,
    by: &By,
    rows: &[R],
    commune: impl Fn(&R) -> &String,
    put: impl Fn(&dyn Tx, &R) -> Result<(bool, bool), StoreFault>,
) -> Result<Imported, Fault> {
    let communes: Vec<String> = rows.iter().map(|row| commune(row).clone()).collect();
    if !units::covers(tx, &by.actor, &communes)? {
        return Err(Fault::new(&problem::OUT_OF_AREA));
    }
    let mut done =
        Imported { rows: rows.len() as u64, added: 0, changed: 0, villages_added: 0, erased: 0 };
    for row in rows {
        let (added, changed) = put(tx, row)?;
        done.added += u64::from(added);
        done.changed += u64::from(changed);
    }
    Ok(done)
}
