//! Who may call which route, about what: every route of the server, every role, inside and outside
//! its area. A route that is in no row here fails the build.

mod attacks;
mod browser;
mod followed;
mod rows;
mod world;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::harness::store;
use followed::FOLLOWED;
use rows::{Outside, ROWS};
use world::{Ask, World};

/// Staff, by letter: administrator, the same of one district only (B), province, district, commune,
/// team, auditor (X). All but the first have Nậm Chảy in their area and Tả Phời not.
const STAFF: &str = "ABPDCTX";
/// A collector of Nậm Chảy, and nobody.
const OTHERS: &str = "KN";

#[test]
fn every_route_of_the_server_is_a_row() {
    let ours: Vec<String> = ROWS.iter().chain(FOLLOWED).map(|row| row.route.to_owned()).collect();
    let unique: BTreeSet<&String> = ours.iter().collect();
    assert_eq!(unique.len(), ours.len(), "a route stands twice");
    let theirs = ntm_server::routes();
    let theirs: BTreeSet<String> =
        theirs.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let ours: BTreeSet<String> = ours.into_iter().collect();
    let missing: Vec<&String> = theirs.difference(&ours).collect();
    assert!(missing.is_empty(), "routes without a row: {missing:#?}");
    let gone: Vec<&String> = ours.difference(&theirs).collect();
    assert!(gone.is_empty(), "rows without a route: {gone:#?}");
}

#[test]
fn every_route_answers_every_role_as_its_row_says() {
    let world = World::new();
    let routes = ntm_server::routes();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for row in ROWS.iter().chain(FOLLOWED) {
        let personal = routes
            .iter()
            .any(|route| route.personal && format!("{} {}", route.method, route.path) == row.route);
        // Those who may not, first: nothing of what they ask for happens.
        let before = world.census();
        for who in STAFF.chars().chain(OTHERS.chars()).filter(|who| !row.who.contains(*who)) {
            let expected = if OTHERS.contains(who) || row.phone() { 401 } else { 403 };
            for make in [Some(row.inside), row.outside.ask().map(|(make, _)| make)] {
                let Some(make) = make else { continue };
                let status = world.send(who, row.route, &make(&world)).status;
                asked += 1;
                if status != expected {
                    wrong.push(format!("{who} {}: {status}, not {expected}", row.route));
                }
            }
        }
        let after = world.census();
        if before != after && !row.makes {
            wrong.push(format!("{}: those who may not changed something", row.route));
        }
        for who in row.who.chars() {
            asked += 2;
            if let Err(why) = world.allowed(who, row, personal) {
                wrong.push(format!("{who} {}: {why}", row.route));
            }
        }
    }
    println!("{} routes, {asked} requests", ROWS.len() + FOLLOWED.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

impl World {
    /// What someone who may call the route is answered inside and outside the area.
    fn allowed(&self, who: char, row: &rows::Row, personal: bool) -> Result<(), String> {
        let ask: Ask = (row.inside)(self);
        let reads = self.reads(who);
        let answer = self.send(who, row.route, &ask);
        if !row.ok.contains(&answer.status) {
            return Err(format!("inside: {} {}", answer.status, answer.text()));
        }
        // A note is written with the commit under way when the answer is given.
        let patience = Instant::now() + Duration::from_secs(5);
        while personal && self.reads(who) == reads && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
        if personal && self.reads(who) != reads + 1 {
            return Err(format!("{} reads were noted, not one", self.reads(who) - reads));
        }
        // The first administrator's area is everywhere.
        let everywhere = who == 'A' || who == 'N';
        match row.outside {
            Outside::Nothing => Ok(()),
            Outside::Ask(make, refused) => {
                let before = self.census();
                let answer = self.send(who, row.route, &make(self));
                if everywhere {
                    let fine = row.ok.contains(&answer.status);
                    return if fine {
                        Ok(())
                    } else {
                        Err(format!("everywhere: {}", answer.status))
                    };
                }
                if answer.status != refused {
                    return Err(format!("outside: {}, not {refused}", answer.status));
                }
                let changed = before != self.census() && !row.makes;
                if changed { Err("outside: something changed".into()) } else { Ok(()) }
            }
            Outside::Hidden(marks) => {
                let [inside, outside] = marks(self);
                let text = answer.text();
                if !text.contains(&inside) {
                    return Err(format!("{inside} is not in {text}"));
                }
                if text.contains(&outside) != everywhere {
                    return Err(format!("{outside} in {text}"));
                }
                Ok(())
            }
        }
    }

    /// Rows of every table but those that only say who was here.
    fn census(&self) -> std::collections::BTreeMap<String, i64> {
        let mut census = store::census(self.server.data());
        census.remove("access");
        census
    }
}
