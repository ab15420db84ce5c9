//! `ntm demo`: the whole job on a sample province, in one command. The only place that runs a server
//! in-process; everything it does there it does over HTTP, as people and phones would.
//!
//! Made-up households answer for the 127 real communes, so everything it prints says "DỮ LIỆU MẪU".
//! The same seed gives the same scores and assignments, whatever the clock and the order of arrival.

use std::time::Instant;

use ntm_server::{Config, Server};
use ntm_shared::api::round::RoundStatus;

use crate::{
    args,
    cmd::{Answer, Context},
    print::{Format, count},
};

mod field_work;
mod interview;
mod office;
mod outcome;
mod people;
mod phone;
mod photo;
mod planted;
mod province;
mod report;
mod rng;
mod story;

/// Id of the demo's round.
pub const ROUND: &str = "demo-2024-10";

/// `ntm demo`: exit code 1 when a planted problem was not found.
pub async fn run(args: &args::Demo, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let folder = tempfile::Builder::new().prefix("ntm-demo-").tempdir()?;
    let config = Config {
        data: folder.path().join("data"),
        listen: ([127, 0, 0, 1], 0).into(),
        ..Config::default()
    };
    let server = ntm_server::start(config).await?;
    let played = play(&server, args, cx).await;
    let stopped = server.stop().await;
    match &played {
        Ok((office, _)) if args.keep => story::keep(&folder.keep().join("data"), office, cx),
        _ => remove(folder)?,
    }
    let (_, found) = played?;
    stopped?;
    Ok(if found { Answer::Yes } else { Answer::No })
}

/// The job itself; returns who signed in, and whether every planted problem was found.
async fn play(
    server: &Server,
    args: &args::Demo,
    cx: &Context<'_>,
) -> anyhow::Result<(office::SignIn, bool)> {
    let began = Instant::now();
    let lang = cx.lang();
    story::opening(args, cx);
    let (client, sign_in) = office::sign_in(server, lang).await?;
    let units = office::communes(&client).await?;
    let communes = province::make(&units, args.households, args.seed);
    let imported = office::import_roster(&client, &communes, args.seed).await?;
    story::step(
        cx,
        &tr!(
            lang,
            "Nhập danh sách: {} hộ, {} thôn, {} xã",
            "Roster imported: {} households, {} villages, {} communes",
            count(imported.rows, lang),
            count(imported.villages_added, lang),
            count(communes.len() as u64, lang)
        ),
    );
    let round = office::open_round(&client, &communes).await?;
    let draw = office::draw(&client, args.seed).await?;
    let drawn = draw.villages.iter().flat_map(|v| &v.households).filter(|h| !h.reserve).count();
    story::step(
        cx,
        &tr!(
            lang,
            "Mở đợt {} ({} hộ trong khung, có bù hộ không trả lời); rút mẫu thu nhập: {} hộ, hạt giống {}",
            "Round {} opened ({} households in the frame, adjusted for non-response); income sample: {} households, seed {}",
            round.spec.id,
            count(round.frame, lang),
            count(drawn as u64, lang),
            draw.seed
        ),
    );
    let work = field_work::run(&client, &communes, args.seed, cx).await?;
    story::step(
        cx,
        &tr!(
            lang,
            "Điều tra xong: {} phiếu hộ, {} báo cáo xã, {} ảnh ({} MB) trong {} giây",
            "Field work done: {} household forms, {} commune reports, {} photos ({} MB) in {} s",
            count(work.visits, lang),
            count(work.reports, lang),
            count(work.photos, lang),
            count(work.photo_bytes / 1_000_000, lang),
            began.elapsed().as_secs()
        ),
    );
    let scores = crate::cmd::scores(&client, ROUND, crate::cmd::Asked::default()).await?;
    let status: RoundStatus = client.get(&["rounds", ROUND, "status"], &[]).await?;
    let teams = office::import_teams(&client).await?;
    let plan = crate::cmd::plan(&client, ROUND).await?;
    story::step(
        cx,
        &tr!(
            lang,
            "Tính điểm {} xã; {} tổ giúp đỡ, phân công {} xã",
            "{} communes scored; {} helper teams, {} communes assigned",
            count(scores.communes.len() as u64, lang),
            count(teams.rows, lang),
            count(plan.assignments.len() as u64, lang)
        ),
    );
    if let Some(folder) = &args.reports {
        crate::cmd::reports(&scores, folder, cx)?;
    }
    let planted = planted::look(&communes, &work, &scores, &status);
    let outcome = outcome::Outcome::new(args, &scores, plan, planted);
    match cx.out.format() {
        Format::Json => cx.out.json(&outcome)?,
        Format::Csv => story::csv(&scores, cx)?,
        Format::Table => story::tell(&scores, &outcome, cx)?,
    }
    story::closing(began.elapsed(), args, cx);
    Ok((sign_in, outcome.planted.iter().all(|p| p.ok)))
}

/// Removes the folder with several hands: thousands of photos in as many folders take some file
/// systems many seconds one by one.
fn remove(folder: tempfile::TempDir) -> anyhow::Result<()> {
    let shelves: Vec<_> = match std::fs::read_dir(folder.path().join("data").join("blobs")) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => Vec::new(),
    };
    std::thread::scope(|scope| {
        for some in shelves.chunks(shelves.len() / 16 + 1) {
            scope.spawn(move || {
                for shelf in some {
                    // What is left over is removed, or complained about, below.
                    let _ = std::fs::remove_dir_all(shelf);
                }
            });
        }
    });
    Ok(folder.close()?)
}
