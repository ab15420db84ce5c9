//! Sums made anew from every original of every round (`ntm compile --rebuild`), by a server started for
//! it, so that its memory is what that takes.

use std::path::Path;
use std::time::Instant;

use ntm_shared::api::score::ScoreReport;
use ntm_tests::folder::Plan;
use ntm_tests::{Api, RealServer, password};

/// Asks for each round once, and prints a line.
pub fn measure(data: &Path, plan: &Plan) {
    let mut server = RealServer::on(data);
    server.spoil();
    let admin = Api::nobody(&server.url()).sign_in("admin", &password("admin"));
    let (idle, _) = server.memory();
    let (begun, before) = (Instant::now(), server.cpu());
    let mut read = 0;
    for round in &plan.rounds {
        let path = format!("/rounds/{round}/scores?rebuild=true");
        let report: ScoreReport = admin.get(&path).expect(200).json();
        let rebuilt = report.rebuilt.expect("what it came to");
        let wrong = (rebuilt.villages_differing, rebuilt.readings_differing, rebuilt.unreadable);
        assert_eq!(wrong, (0, 0, 0), "{round}");
        read += rebuilt.submissions;
    }
    let (_, most) = server.memory();
    println!(
        "{read} originals read anew in {:.1} s (processor {:.1} s) with {} processors; memory {idle} MiB, at most {most} MiB",
        begun.elapsed().as_secs_f64(),
        (server.cpu() - before).as_secs_f64(),
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    );
}
