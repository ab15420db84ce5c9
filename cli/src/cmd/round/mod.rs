//! Survey rounds: open, progress, sample.

use ntm_shared::{
    api::erasure::NewRetention,
    api::round::{Draw, ModuleDesign, NewDraw, NewRound, Round, RoundStatus, StatusRow},
    text::nfc,
};

use super::{Answer, Area, Context, export::mark};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Format, Tone, count},
};

mod answer;
mod draw;
mod quality;

/// The line above anything made up.
pub const MADE_UP: [&str; 2] =
    ["DỮ LIỆU MẪU – không phải số liệu thật", "DỮ LIỆU MẪU – made-up data, not real figures"];

/// `ntm round …`.
pub async fn run(command: args::Round, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Round::Open {
            id,
            name,
            from,
            to,
            areas,
            forms,
            criteria,
            samples,
            adjust,
            looks,
            approved_only,
            pin,
            made_up,
        } => {
            let body = NewRound {
                id,
                name: nfc(&name),
                starts: from,
                ends: to,
                areas,
                forms,
                criteria_set: criteria,
                modules: samples.into_iter().collect(),
                nonresponse_adjustment: adjust,
                looks,
                approved_only,
                pin,
                made_up,
            };
            open(&client, &body, cx).await?;
        }
        args::Round::List => {
            let rounds: Vec<Round> = client.all(&["rounds"], &[]).await?;
            cx.out.list(&rounds, &columns(), Around::default())?;
            let today = jiff::Zoned::now().date();
            let over = |round: &&Round| {
                round.erased_at.is_none() && round.keep_until.is_some_and(|until| until < today)
            };
            for round in rounds.iter().filter(over) {
                cx.out.note(&tr!(
                    cx.lang(),
                    "Đợt {} đã hết hạn lưu: ntm erase --round {} --reason …",
                    "Round {} is past its retention: ntm erase --round {} --reason …",
                    round.spec.id,
                    round.spec.id
                ));
            }
        }
        args::Round::Close { round } => {
            let path = ["rounds", &round, "close"];
            let closed: Round = client.act(&path).await?;
            let state = state(&closed).shown(cx.lang());
            cx.out.value(&closed, &format!("{} · {state}", closed.spec.id))?;
            cx.out.note(&tr!(
                cx.lang(),
                "Phiếu đến muộn vẫn được lưu và đánh dấu. Tính điểm: ntm compile {}",
                "Late submissions are still stored and flagged. Scores: ntm compile {}",
                round
            ));
        }
        args::Round::Keep { round, until, reason } => {
            let new = NewRetention { until, reason };
            let kept: Round = client.post(&["rounds", &round, "retention"], &new).await?;
            let said = tr!(
                cx.lang(),
                "Phiếu của đợt {} được lưu đến hết {}.",
                "The answers of round {} are kept until {}.",
                kept.spec.id,
                until
            );
            cx.out.value(&kept, &said)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Không có gì tự xóa. Sau ngày đó: ntm erase --round {} --reason …",
                "Nothing is erased by itself. After that day: ntm erase --round {} --reason …",
                round
            ));
        }
        args::Round::Status { round, within } => status(&client, &round, within, cx).await?,
        args::Round::Quality { round, within } => {
            return quality::run(&client, &round, within, cx).await;
        }
        args::Round::Answer { round, who, flag, answer, reason, within } => {
            let asked = answer::Asked { who, flag, answer: answer.into(), reason, within };
            answer::run(&client, &round, asked, cx).await?;
        }
        args::Round::Draw { round, module, seed, show: _, reason } => {
            let mark = mark(&client, "drawn", &format!("{round} {module}"), reason, cx).await?;
            let drawn: Draw = match seed {
                Some(seed) => {
                    let body = NewDraw { module, seed };
                    client.post(&["rounds", &round, "draw"], &body).await?
                }
                None => client.get(&["rounds", &round, "draws", &module], &[]).await?,
            };
            draw::show(drawn, &mark, cx)?;
        }
    }
    Ok(Answer::Yes)
}

async fn open(client: &Client, body: &NewRound, cx: &Context<'_>) -> anyhow::Result<()> {
    let round: Round = client.post(&["rounds"], body).await?;
    let line = tr!(
        cx.lang(),
        "Đã mở đợt {} ({}): {} hộ trong khung.",
        "Opened round {} ({}): {} households in the frame.",
        round.spec.id,
        round.spec.name,
        count(round.frame, cx.lang())
    );
    cx.out.value(&round, &line)?;
    let next = body.modules.iter().find(|(_, d)| matches!(d, ModuleDesign::Sample { .. }));
    cx.out.note(&match next {
        Some((module, _)) => tr!(
            cx.lang(),
            "Tiếp theo: rút mẫu bằng ntm round draw {} --module {} --seed SỐ",
            "Next: draw the sample with ntm round draw {} --module {} --seed NUMBER",
            body.id,
            module
        ),
        None => tr!(
            cx.lang(),
            "Tiếp theo: thêm điều tra viên bằng ntm collector add TÊN --area MÃ",
            "Next: add collectors with ntm collector add NAME --area CODE"
        ),
    });
    Ok(())
}

fn state(round: &Round) -> Cell {
    match round.state.as_str() {
        "open" => Cell::Word("open", ["đang mở", "open"], Tone::Plain),
        "closed" => Cell::Word("closed", ["đã đóng", "closed"], Tone::Plain),
        other => Cell::Text(other.to_owned()),
    }
}

fn columns() -> Vec<Column<Round>> {
    vec![
        Column::new("id", "Đợt", "Round", |r: &Round| Cell::Text(r.spec.id.clone())),
        Column::new("name", "Tên", "Name", |r: &Round| Cell::Text(r.spec.name.clone())),
        Column::new("starts", "Từ", "From", |r: &Round| Cell::When(r.spec.starts.to_string())),
        Column::new("ends", "Đến", "To", |r: &Round| Cell::When(r.spec.ends.to_string())),
        Column::new("state", "Trạng thái", "State", state),
        Column::new("frame", "Số hộ", "Households", |r: &Round| Cell::Count(r.frame)),
        Column::new("keep_until", "Lưu đến", "Kept until", |r: &Round| {
            r.keep_until.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::new("erased_at", "Đã xóa", "Erased", |r: &Round| {
            r.erased_at.clone().map_or(Cell::Empty, Cell::When)
        }),
        Column::new("made_up", "Dữ liệu mẫu", "Made up", |r: &Round| {
            Cell::yes_no(r.spec.made_up)
        }),
        Column::csv("criteria_set", |r: &Round| Cell::Text(r.spec.criteria_set.clone())),
    ]
}

async fn status(
    client: &Client,
    round: &str,
    within: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let area = Area::of_round(client, round, within).await?;
    let status: RoundStatus = client.get(&["rounds", round, "status"], &area.query()).await?;
    if cx.out.format() == Format::Json {
        return cx.out.json(&status);
    }
    let t = status.total;
    let total = vec![
        Cell::Text(tr!(cx.lang(), "Cộng", "Total")),
        Cell::Empty,
        Cell::Count(t.expected),
        Cell::Count(t.received),
        Cell::Count(t.missing),
        Cell::Count(t.attempted),
        share(t.received, t.expected),
    ];
    let title = status.made_up.then(|| MADE_UP[cx.lang() as usize].to_owned());
    cx.out.list(&status.rows, &status_columns(), Around { title, total: Some(total) })?;
    cx.out.note(&match t.expected {
        0 => tr!(
            cx.lang(),
            "Không có hộ nào của đợt {} trong địa bàn được xem.",
            "No household of round {} lies in the area that is shown.",
            round
        ),
        _ => tr!(
            cx.lang(),
            "{}/{} hộ đã có phiếu hoàn thành ({} %). Danh sách còn thiếu: ntm household missing --round {}",
            "{}/{} households completed ({}%). Who is missing: ntm household missing --round {}",
            count(t.received, cx.lang()),
            count(t.expected, cx.lang()),
            share(t.received, t.expected).shown(cx.lang()),
            round
        ),
    });
    if status.held > 0 {
        cx.out.note(&tr!(
            cx.lang(),
            "{} phiếu hộ không rõ đợt hoặc hộ. Tìm: ntm submission list --round {} --held; trả lại để điền lại: ntm submission review SỐ --as returned --reason \"…\"; loại: --as rejected",
            "{} household forms name no round or no household of the roster. Find them: ntm submission list --round {} --held; have them filled in again: ntm submission review NUMBER --as returned --reason \"…\"; leave them out: --as rejected",
            count(status.held, cx.lang()),
            round
        ));
    }
    if t.waiting > 0 {
        cx.out.note(&tr!(
            cx.lang(),
            "{} hộ đã có phiếu chờ duyệt: đợt này chỉ tính phiếu đã duyệt. Xem: ntm submission list --round {}",
            "{} households have an interview that waits to be approved: only approved ones count here. See: ntm submission list --round {}",
            count(t.waiting, cx.lang()),
            round
        ));
    }
    if t.erased > 0 {
        cx.out.note(&tr!(
            cx.lang(),
            "{} hộ đã được xóa theo yêu cầu: vẫn tính trong số phải có, không ai đến hỏi nữa.",
            "{} households were erased on request: they stay among those expected, and nobody asks them again.",
            count(t.erased, cx.lang())
        ));
    }
    Ok(())
}

fn share(part: u64, whole: u64) -> Cell {
    match whole {
        0 => Cell::Empty,
        _ => Cell::Decimal(100.0 * part as f64 / whole as f64, 1),
    }
}

fn status_columns() -> Vec<Column<StatusRow>> {
    vec![
        Column::new("code", "Mã", "Code", |r: &StatusRow| Cell::Text(r.code.clone())),
        Column::new("name", "Xã, thôn", "Commune, village", |r: &StatusRow| {
            let indent = if r.level == "village" { "  " } else { "" };
            Cell::Text(format!("{indent}{}", r.name))
        }),
        Column::new("expected", "Phải có", "Expected", |r: &StatusRow| {
            Cell::Count(r.counts.expected)
        }),
        Column::new("received", "Đã có", "Received", |r: &StatusRow| {
            Cell::Count(r.counts.received)
        }),
        Column::new("missing", "Còn thiếu", "Missing", |r: &StatusRow| {
            Cell::Count(r.counts.missing)
        }),
        Column::new("attempted", "Đã đến", "Attempted", |r: &StatusRow| {
            Cell::Count(r.counts.attempted)
        }),
        Column::new("percent", "%", "%", |r: &StatusRow| {
            share(r.counts.received, r.counts.expected)
        }),
        Column::csv("level", |r: &StatusRow| Cell::Text(r.level.clone())),
        Column::csv("unit", |r: &StatusRow| Cell::Text(r.unit.clone())),
    ]
}
