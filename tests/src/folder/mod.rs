//! A data folder as years of work leave it: a million submissions of a whole province.
//!
//! The office's work and one visit of every kind go through the real server's doors. The other visits
//! are what those rows say, written with their own households, ids, XML, hashes and events, as the
//! server would have written them: `ntm-server check` finds nothing wrong with such a folder, and a
//! test holds a copied visit against one that was sent.

mod copies;
mod office;
mod plan;

use std::path::Path;

pub use office::Office;
pub use plan::{Kind, Plan, VILLAGE, Visited};

use crate::RealServer;

/// Fills an empty folder according to a plan. What is done is told to `say`.
///
/// # Panics
/// When anything at all goes wrong.
pub fn make(data: &Path, plan: &Plan, say: impl Fn(&str)) -> Office {
    let mut server = RealServer::on(data);
    // Looking at every row of a large folder whenever it is closed takes too long.
    server.spoil();
    say("roster, rounds, draw and collectors, through the server");
    let office = Office::set_up(&server, plan);
    let firsts = plan.first_of_each(&office.drawn);
    say(&format!("{} visits of every kind, sent by phones", firsts.len()));
    office.send(&server, plan, &firsts);
    crate::store::photos_looked_at(data);
    assert!(server.terminate(), "{}", server.log());
    say("the other visits, as rows");
    copies::write(data, plan, &office, &firsts, &say);
    say("the server looks at the photos and closes the rounds before the last");
    server.run(&[]);
    crate::store::photos_looked_at(data);
    office.close(&server, plan);
    assert!(server.terminate(), "{}", server.log());
    office
}
