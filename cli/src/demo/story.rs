//! What the demo tells: each step on stderr as it is done, the results on stdout, what to try next.

use std::{path::Path, time::Duration};

use ntm_shared::{
    api::{
        assignment::AssignmentRow,
        score::{CommuneScore, ScoreReport},
    },
    score::RiskLevel,
};

use super::{ROUND, office::SignIn, outcome::Outcome, planted::Planted};
use crate::{
    args,
    cmd::{Context, MADE_UP, legend, score_columns},
    print::{Around, Cell, Column, Tone, count, decimal},
};

/// Rows shown at each end of the commune table.
const ENDS: usize = 6;

/// Before anything happens.
pub fn opening(args: &args::Demo, cx: &Context<'_>) {
    cx.out.note(MADE_UP[cx.lang() as usize]);
    cx.out.note(&tr!(
        cx.lang(),
        "Tỉnh mẫu: 127 xã thật của Lào Cai (tháng 10/2024), {} hộ bịa ra từ hạt giống {}; ảnh là hình vẽ.",
        "Sample province: the 127 real communes of Lào Cai (October 2024), {} households made up from seed {}; photos are drawn.",
        count(args.households.into(), cx.lang()),
        args.seed
    ));
}

/// One thing done.
pub fn step(cx: &Context<'_>, what: &str) {
    cx.out.note(&format!("✔ {what}"));
}

/// The scores as CSV.
pub fn csv(scores: &ScoreReport, cx: &Context<'_>) -> anyhow::Result<()> {
    cx.out.list(&scores.communes, &score_columns(scores), Around::default())
}

/// The results for people.
pub fn tell(scores: &ScoreReport, outcome: &Outcome, cx: &Context<'_>) -> anyhow::Result<()> {
    communes(scores, cx)?;
    planted(&outcome.planted, cx)?;
    assignments(outcome, cx)
}

fn communes(scores: &ScoreReport, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let mut sorted: Vec<CommuneScore> = scores.communes.clone();
    sorted.sort_by(|a, b| {
        let key = |c: &CommuneScore| (c.criteria_met, c.at_most);
        key(b).cmp(&key(a)).then_with(|| a.code.cmp(&b.code))
    });
    let middle = sorted.len().saturating_sub(2 * ENDS);
    let best = sorted[..ENDS.min(sorted.len())].to_vec();
    let last = sorted[sorted.len() - ENDS.min(sorted.len())..].to_vec();
    let title = tr!(
        lang,
        "\nDỮ LIỆU MẪU – {} xã đạt nhiều tiêu chí nhất",
        "\nDỮ LIỆU MẪU – the {} communes that meet most criteria",
        best.len()
    );
    let columns = score_columns(scores);
    cx.out.list(&best, &columns, Around { title: Some(title), total: None })?;
    let title = tr!(
        lang,
        "… {} xã nữa …\n\nDỮ LIỆU MẪU – {} xã đạt ít nhất",
        "… {} more communes …\n\nDỮ LIỆU MẪU – the {} that meet fewest",
        middle,
        last.len()
    );
    cx.out.list(&last, &columns, Around { title: Some(title), total: None })?;
    cx.out.line(&legend(lang))?;
    let level = |level| sorted.iter().filter(|c| c.risk.level == level).count();
    let full = sorted.iter().filter(|c| c.criteria_met == c.total).count();
    let met: u64 = sorted.iter().map(|c| c.criteria_met).sum();
    let undecided: u64 = sorted.iter().map(|c| c.undecided).sum();
    cx.out.line(&tr!(
        lang,
        "Cộng {} xã: {} lượt tiêu chí đạt, {} lượt chưa đủ căn cứ; {} xã đạt đủ; nguy cơ thu hồi: {} chắc chắn, {} có thể, {} an toàn.",
        "{} communes in all: {} criteria met, {} undecided; {} communes meet all; risk of loss: {} certain, {} possible, {} none.",
        count(sorted.len() as u64, lang),
        count(met, lang),
        count(undecided, lang),
        full,
        level(RiskLevel::Certain),
        level(RiskLevel::Possible),
        level(RiskLevel::None)
    ))
}

fn planted(planted: &[Planted], cx: &Context<'_>) -> anyhow::Result<()> {
    let columns = [
        Column::new("kind", "Cài sẵn", "Planted", |p: &Planted| kind(p.kind)),
        Column::new("place", "Ở đâu", "Where", |p: &Planted| match &p.code {
            Some(code) => Cell::Text(format!("{code} {}", p.place)),
            None => Cell::Word("province", ["cả tỉnh", "whole province"], Tone::Plain),
        }),
        Column::new("planted", "Cài", "Put in", |p: &Planted| Cell::Count(p.planted)),
        Column::new("found", "Thấy", "Found", |p: &Planted| Cell::Count(p.found)),
        Column::new("ok", "", "", |p: &Planted| match p.ok {
            true => Cell::Word("yes", ["✔ tìm ra", "✔ found"], Tone::Good),
            false => Cell::Word("no", ["✖ chưa tìm ra", "✖ not found"], Tone::Bad),
        }),
    ];
    let title = tr!(
        cx.lang(),
        "\nDỮ LIỆU MẪU – vấn đề cài sẵn và kết quả tìm",
        "\nDỮ LIỆU MẪU – planted problems and what was found"
    );
    cx.out.list(planted, &columns, Around { title: Some(title), total: None })
}

fn kind(kind: &'static str) -> Cell {
    let words = match kind {
        "unvisited_village" => ["thôn chưa ai đến", "village nobody visited"],
        "lapsed_cards" => ["thẻ bảo hiểm hết hạn (15.1)", "lapsed insurance cards (15.1)"],
        "temporary_houses" => ["nhà tạm, chưa có nhà (9.1)", "temporary or no house (9.1)"],
        "unknown_waste" => ["không rõ xử lý rác (17.6)", "waste not known (17.6)"],
        _ => ["vắng, từ chối, đã chuyển", "absent, refused, moved"],
    };
    Cell::Word(kind, words, Tone::Plain)
}

fn assignments(outcome: &Outcome, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let shown = &outcome.assignments[..ENDS.min(outcome.assignments.len())];
    let points = |value: i64| Cell::Decimal(value as f64, 0);
    let columns = [
        Column::new("code", "Mã", "Code", |a: &AssignmentRow| {
            Cell::Text(a.commune.commune_code.clone())
        }),
        Column::new("commune", "Xã", "Commune", |a: &AssignmentRow| {
            Cell::Text(a.commune.commune_name.clone())
        }),
        Column::new("team", "Tổ", "Team", |a: &AssignmentRow| Cell::Text(a.team.team.clone())),
        Column::new("agency", "Cơ quan", "Agency", |a: &AssignmentRow| {
            Cell::Text(a.team.agency.clone())
        }),
        Column::new("distance_km", "Km", "Km", |a: &AssignmentRow| {
            Cell::Decimal(a.distance_m as f64 / 1000.0, 1)
        }),
        Column::new("cost", "Điểm", "Points", move |a: &AssignmentRow| points(a.cost.total)),
        Column::new("kept", "Giữ như cũ", "As before", |a: &AssignmentRow| {
            Cell::yes_no(a.kept)
        }),
    ];
    let title = tr!(
        lang,
        "\nDỮ LIỆU MẪU – phân công tổ giúp đỡ, {} xã đầu trong {}",
        "\nDỮ LIỆU MẪU – helper teams, the first {} communes of {}",
        shown.len(),
        outcome.assignments.len()
    );
    cx.out.list(shown, &columns, Around { title: Some(title), total: None })?;
    let kept = outcome.assignments.iter().filter(|a| a.kept).count();
    cx.out.line(&tr!(
        lang,
        "Tổng {} điểm, không phương án nào ít hơn; {} xã giữ tổ cũ, {} xã thiếu tổ.",
        "{} points in all, no plan has fewer; {} communes keep their team, {} lack one.",
        decimal(outcome.objective as f64, 0, lang),
        kept,
        outcome.unfilled.len()
    ))
}

/// The last lines: how long it took and what to try.
pub fn closing(took: Duration, args: &args::Demo, cx: &Context<'_>) {
    let lang = cx.lang();
    cx.out.note(&tr!(
        lang,
        "\nXong trong {} giây. Thử tiếp:",
        "\nDone in {} s. Try next:",
        decimal(took.as_secs_f64(), 1, lang)
    ));
    let seed = args.seed;
    let same =
        tr!(lang, "mọi con số, hai lần chạy như nhau", "every number; two runs are the same");
    let criteria = tr!(lang, "tiêu chí, ngưỡng và nguồn", "criteria, thresholds and sources");
    let keep = tr!(lang, "giữ dữ liệu để xem từng phiếu, từng ảnh", "keep the data: forms, photos");
    cx.out.note(&format!("  ntm demo --seed {seed} --json             {same}"));
    cx.out.note(&format!("  ntm criteria show lao-cai-2021-2025   {criteria}"));
    if !args.keep {
        cx.out.note(&format!("  ntm demo --seed {seed} --keep             {keep}"));
    }
}

/// Where the data is and how to sign in.
pub fn keep(data: &Path, sign_in: &SignIn, cx: &Context<'_>) {
    let (path, name, password) = (data.display(), &sign_in.name, &sign_in.password);
    cx.out.note(&tr!(
        cx.lang(),
        "\nDỮ LIỆU MẪU được giữ ở {path}. Xem tiếp:\n  ntm-server serve --data '{path}'\n  ntm login {name}     mật khẩu: {password}\n  ntm round status {round}\n  ntm compile {round}\n  ntm assign plan {round}",
        "\nDỮ LIỆU MẪU is kept in {path}. Go on:\n  ntm-server serve --data '{path}'\n  ntm login {name}     password: {password}\n  ntm round status {round}\n  ntm compile {round}\n  ntm assign plan {round}",
        round = ROUND
    ));
}
