//! `ntm round quality`: what is unlike the others, for a supervisor to look at and to ask about.

use ntm_shared::{
    api::quality::{QualityAnswer, QualityReport, QualityRow, Said},
    quality::{Flag, Metric},
    text::Lang,
};

use super::MADE_UP;
use crate::{
    client::Client,
    cmd::{Answer, Area, Context},
    print::{Around, Cell, Column, Format, decimal},
};

/// Collectors, then villages; exit code 0 whatever there is to check.
pub async fn run(
    client: &Client,
    round: &str,
    within: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let area = Area::of_round(client, round, within).await?;
    let report: QualityReport = client.get(&["rounds", round, "quality"], &area.query()).await?;
    let lang = cx.lang();
    if cx.out.format() == Format::Json {
        cx.out.json(&report)?;
        return Ok(Answer::Yes);
    }
    let mut title = tr!(
        lang,
        "Chất lượng số liệu · {} · {} phiếu",
        "Data quality · {} · {} visits",
        report.round,
        report.visits
    );
    if report.made_up {
        title = format!("{}\n{title}", MADE_UP[lang as usize]);
    }
    let people = Around { title: Some(title), total: None };
    cx.out.list(&report.collectors, &columns("Điều tra viên", "Collector", lang), people)?;
    if cx.out.format() == Format::Table {
        let places = Around { title: Some(String::new()), total: None };
        cx.out.list(&report.villages, &columns("Thôn", "Village", lang), places)?;
    }
    cx.out.note(&tr!(
        lang,
        "“Cần xem” là khác số đông, không phải là sai: hỏi lại người điều tra trước khi kết luận.",
        "“Please check” means unlike the others, not wrong: ask the collector before concluding."
    ));
    Ok(Answer::Yes)
}

fn columns(vi: &'static str, en: &'static str, lang: Lang) -> Vec<Column<QualityRow>> {
    let metric = |code: &'static str| {
        move |row: &QualityRow| row.who.metrics.iter().find(|m| m.code == code).cloned()
    };
    let share = move |code: &'static str| {
        move |row: &QualityRow| {
            metric(code)(row).map_or(Cell::Empty, |m| Cell::Decimal(100.0 * m.value, 1))
        }
    };
    let plain = move |code: &'static str, places: usize| {
        move |row: &QualityRow| {
            metric(code)(row).map_or(Cell::Empty, |m| Cell::Decimal(m.value, places))
        }
    };
    vec![
        Column::new("name", vi, en, |r: &QualityRow| Cell::Text(r.name.clone())),
        Column::new("interviews", "Phiếu", "Held", |r: &QualityRow| {
            Cell::Count(r.who.interviews)
        }),
        Column::new("refused", "Từ chối", "Refused", |r: &QualityRow| {
            Cell::Count(r.who.refused)
        }),
        Column::new("minutes", "Phút", "Minutes", plain("minutes", 0)),
        Column::new("unknown", "Không rõ %", "Unknown %", share("unknown")),
        Column::new("whipple", "Whipple", "Whipple", plain("whipple", 0)),
        Column::new("flags", "Cần xem", "Please check", move |r: &QualityRow| {
            Cell::Text(flags(r, lang))
        }),
        Column::csv("id", |r: &QualityRow| Cell::Text(r.who.id.clone())),
        Column::csv("attempts", |r: &QualityRow| Cell::Count(r.who.attempts)),
        Column::csv("rounding", share("rounding")),
        Column::csv("spread", plain("spread", 4)),
        Column::csv("duplicates", share("duplicates")),
        Column::csv("distance", share("distance")),
    ]
}

fn flags(row: &QualityRow, lang: Lang) -> String {
    let said = |flag: &Flag| {
        let metric = row.who.metrics.iter().find(|m| m.code == flag.code);
        let answer = row.answers.iter().find(|answer| answer.code == flag.code);
        format!(
            "{}{}",
            sentence(flag, metric, lang),
            answer.map_or_else(String::new, |answer| answered(answer, lang))
        )
    };
    row.who.flags.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// ` [đã kiểm tra: “…”, lan, 15/10/2024]`, or that the figure has changed since.
fn answered(answer: &QualityAnswer, lang: Lang) -> String {
    let day = answer.at.split('T').next().unwrap_or_default().to_owned();
    let what = match answer.answer {
        Said::Checked => tr!(lang, "đã kiểm tra", "checked"),
        Said::Explained => tr!(lang, "có lý do", "explained"),
    };
    let said =
        format!("{what}: “{}”, {}, {}", answer.reason, answer.by, Cell::When(day).shown(lang));
    match answer.stands {
        true => format!(" [{said}]"),
        false => tr!(
            lang,
            " [trả lời trước khi số liệu đổi, xem lại: {said}]",
            " [answered before the figure changed, check again: {said}]"
        ),
    }
}

fn sentence(flag: &Flag, metric: Option<&Metric>, lang: Lang) -> String {
    let (value, usual) = metric.map_or((0.0, None), |m| (m.value, m.usual));
    let n = metric.map_or(0, |m| m.n);
    let share = |v: f64| format!("{} %", decimal(100.0 * v, 1, lang));
    let usually = |text: Option<String>| {
        text.map_or(String::new(), |t| tr!(lang, " (thường {t})", " (usual {t})"))
    };
    match flag.code.as_str() {
        "minutes" => {
            let (v, u) = (decimal(value, 0, lang), usually(usual.map(|u| decimal(u, 0, lang))));
            tr!(lang, "phỏng vấn nhanh {v} phút{u}", "fast interviews, {v} minutes{u}")
        }
        "unknown" => {
            let (v, u) = (share(value), usually(usual.map(share)));
            tr!(lang, "nhiều câu không rõ {v}{u}", "many unknown answers {v}{u}")
        }
        "refused" => {
            let (v, u) = (share(value), usually(usual.map(share)));
            tr!(lang, "nhiều hộ từ chối {v}{u}", "many refusals {v}{u}")
        }
        "whipple" => {
            let v = decimal(value, 0, lang);
            tr!(
                lang,
                "tuổi hay tròn 0 và 5 (Whipple {v}, {n} người)",
                "ages end in 0 and 5 (Whipple {v}, {n} persons)"
            )
        }
        "rounding" => {
            let (v, u) = (share(value), usually(usual.map(share)));
            tr!(lang, "diện tích hay tròn {v}{u}", "rounded areas {v}{u}")
        }
        "duplicates" => {
            let v = share(value);
            tr!(lang, "ảnh giống hộ khác {v}", "photos like another household's {v}")
        }
        "distance" => {
            let v = share(value);
            tr!(lang, "xa vị trí của hộ {v}", "far from the household {v}")
        }
        "spread" | "spread_1" => {
            tr!(lang, "số liệu giữa các hộ quá giống nhau ({n} số)", "figures vary little ({n})")
        }
        indicator => {
            let (v, u) = (share(value), usually(usual.map(share)));
            tr!(
                lang,
                "{indicator} khác nơi cùng xã: {v}{u}",
                "{indicator} unlike its communes: {v}{u}"
            )
        }
    }
}
