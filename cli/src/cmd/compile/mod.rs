//! Commune scores.

use ntm_shared::{
    api::score::{CommuneScore, Criterion, ScoreReport},
    score::{RiskLevel, Verdict},
    text::Lang,
};

use super::{Answer, Area, Context, round::MADE_UP};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Format, Tone},
};

mod explain;
mod files;
mod html;
mod watch;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use files::reports;

/// `ntm compile …`.
pub async fn run(mut command: args::Compile, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    if let Some(args::CompileExplain::Explain { round, commune, indicator }) =
        command.explain.take()
    {
        return explain::run(&client, &round, &commune, &indicator, cx).await;
    }
    let round = command.round.clone().unwrap_or_default();
    let report = scores(&client, &round, command.within.as_deref(), command.look).await?;
    files::write(&client, &command, &round, &report, cx).await?;
    if cx.out.format() == Format::Json {
        cx.out.json(&report)?;
        return Ok(Answer::Yes);
    }
    match report.communes.as_slice() {
        [only] if cx.out.format() == Format::Table => one(&report, only, cx)?,
        many => cx.out.list(many, &columns(&report), around(&report, cx))?,
    }
    next(&report, cx);
    Ok(Answer::Yes)
}

/// Asks for the scores of a round.
pub async fn scores(
    client: &Client,
    round: &str,
    within: Option<&str>,
    look: Option<u32>,
) -> anyhow::Result<ScoreReport> {
    let area = Area::of_round(client, round, within.map(str::to_owned)).await?;
    let look = look.map(|number| number.to_string());
    let mut query = area.query();
    query.push(("since", "last"));
    query.extend(look.as_deref().map(|number| ("look", number)));
    client.get(&["rounds", round, "scores"], &query).await
}

fn around(report: &ScoreReport, cx: &Context<'_>) -> Around {
    let lang = cx.lang();
    let mut title = tr!(
        lang,
        "{} · bộ tiêu chí {} · ngưỡng ngày {}",
        "{} · criteria {} · thresholds of {}",
        report.round_name,
        report.criteria_set,
        Cell::When(report.at.to_string()).shown(lang)
    );
    if let Some([number, planned]) = report.look {
        title.push_str(&tr!(
            lang,
            " · lần xem {} trong {} lần đã định",
            " · look {} of {} declared",
            number,
            planned
        ));
    }
    if report.made_up {
        title = format!("{}\n{title}", MADE_UP[lang as usize]);
    }
    Around { title: Some(title), total: None }
}

/// The table communes × criteria. The marks are explained by words on stderr; CSV has the words'
/// keys in one column per criterion.
pub fn columns(report: &ScoreReport) -> Vec<Column<CommuneScore>> {
    let mut columns = vec![
        Column::new("code", "Mã", "Code", |c: &CommuneScore| Cell::Text(c.code.clone())),
        Column::new("name", "Xã", "Commune", |c: &CommuneScore| Cell::Text(c.name.clone())),
        Column::new(
            "marks",
            "1···5 6··10 11·15 16·19",
            "1···5 6··10 11·15 16·19",
            |c| Cell::Text(marks(c)),
        ),
        Column::new("criteria_met", "Đạt", "Met", |c: &CommuneScore| {
            Cell::Count(c.criteria_met)
        }),
        Column::new("at_most", "Nhiều nhất", "At most", |c: &CommuneScore| {
            Cell::Count(c.at_most)
        }),
        Column::new("risk", "Nguy cơ thu hồi", "Risk of loss", |c: &CommuneScore| {
            risk(c.risk.level)
        }),
        Column::csv("total", |c: &CommuneScore| Cell::Count(c.total)),
        Column::csv("not_met", |c: &CommuneScore| Cell::Count(c.not_met)),
        Column::csv("undecided", |c: &CommuneScore| Cell::Count(c.undecided)),
        Column::csv("households", |c: &CommuneScore| Cell::Count(c.households)),
    ];
    let criteria = report.communes.first().map(|c| c.criteria.as_slice()).unwrap_or_default();
    for (i, criterion) in criteria.iter().enumerate() {
        columns.push(Column::csv(format!("c{}", criterion.id), move |c: &CommuneScore| {
            c.criteria.get(i).map_or(Cell::Empty, |criterion| verdict(criterion.verdict))
        }));
    }
    let notice = if report.made_up { MADE_UP[0] } else { "" };
    columns.push(Column::csv("notice", move |_: &CommuneScore| Cell::Text(notice.to_owned())));
    columns
}

/// What the marks mean, in words.
pub fn legend(lang: Lang) -> String {
    [Verdict::Met, Verdict::NotMet, Verdict::Undecided].map(|v| verdict(v).shown(lang)).join("   ")
}

/// A mark per criterion, in groups of five.
pub fn marks(commune: &CommuneScore) -> String {
    let mut out = String::new();
    for (i, criterion) in commune.criteria.iter().enumerate() {
        if i > 0 && i % 5 == 0 {
            out.push(' ');
        }
        out.push(match criterion.verdict {
            Verdict::Met => '✔',
            Verdict::NotMet => '✖',
            Verdict::Undecided => '?',
        });
    }
    out
}

/// A verdict in words.
pub fn verdict(verdict: Verdict) -> Cell {
    match verdict {
        Verdict::Met => Cell::Word("met", ["✔ Đạt", "✔ Met"], Tone::Good),
        Verdict::NotMet => Cell::Word("not_met", ["✖ Chưa đạt", "✖ Not met"], Tone::Bad),
        Verdict::Undecided => {
            Cell::Word("undecided", ["? Chưa đủ căn cứ", "? Undecided"], Tone::Open)
        }
    }
}

/// A risk of losing recognition in words.
pub fn risk(level: RiskLevel) -> Cell {
    match level {
        RiskLevel::None => Cell::Word("none", ["an toàn", "none"], Tone::Good),
        RiskLevel::Possible => Cell::Word("possible", ["có thể", "possible"], Tone::Open),
        RiskLevel::Certain => Cell::Word("certain", ["chắc chắn", "certain"], Tone::Bad),
    }
}

/// The answer first: `Xã Nậm Chảy: 14/19 tiêu chí đạt · nhiều nhất 16 · an toàn`.
pub fn headline(commune: &CommuneScore, lang: Lang) -> String {
    let mut line = tr!(
        lang,
        "{}: {}/{} tiêu chí đạt (nhiều nhất {}) · nguy cơ thu hồi: {}",
        "{}: {}/{} criteria met (at most {}) · risk of losing recognition: {}",
        commune.name,
        commune.criteria_met,
        commune.total,
        commune.at_most,
        risk(commune.risk.level).shown(lang)
    );
    if let Some(rule) = &commune.risk.name {
        line.push_str(&format!(" ({})", rule.get(lang)));
    }
    line
}

/// One commune alone is shown criterion by criterion.
fn one(report: &ScoreReport, commune: &CommuneScore, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let columns = [
        Column::new("criterion", "Số", "No.", |c: &Criterion| Cell::Text(c.id.clone())),
        Column::new("name", "Tiêu chí", "Criterion", move |c: &Criterion| {
            Cell::Text(c.name.get(lang).to_owned())
        }),
        Column::new("verdict", "Kết quả", "Verdict", |c: &Criterion| verdict(c.verdict)),
        Column::new("reason", "Vì sao", "Why", move |c: &Criterion| {
            Cell::Text(c.reason.text.get(lang).to_owned())
        }),
    ];
    let mut around = around(report, cx);
    let title = around.title.take().unwrap_or_default();
    around.title = Some(format!("{title}\n{}\n", headline(commune, lang)));
    cx.out.list(&commune.criteria, &columns, around)
}

/// What to do next, on stderr.
fn next(report: &ScoreReport, cx: &Context<'_>) {
    let lang = cx.lang();
    cx.out.note(&legend(lang));
    for line in watch::lines(&report.watch, lang) {
        cx.out.note(&line);
    }
    let worst = report.communes.iter().min_by_key(|c| c.criteria_met);
    let open = worst.and_then(|commune| {
        let mut indicators = commune.criteria.iter().flat_map(|c| &c.indicators);
        let open = indicators.find(|i| i.figures.verdict == Verdict::NotMet)?;
        Some((commune, open))
    });
    cx.out.note(&match open {
        Some((commune, indicator)) => tr!(
            lang,
            "Vì sao: ntm compile explain {} {} {} · Phân công tổ giúp đỡ: ntm assign plan {}",
            "Why: ntm compile explain {} {} {} · Assign teams: ntm assign plan {}",
            report.round,
            commune.code,
            indicator.figures.id,
            report.round
        ),
        None => tr!(
            lang,
            "Phân công tổ giúp đỡ: ntm assign plan {}",
            "Assign teams: ntm assign plan {}",
            report.round
        ),
    });
}
