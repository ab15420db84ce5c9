//! Commune scores.

use jiff::civil::Date;
use ntm_shared::{
    api::score::{CommuneScore, Criterion, ScoreReport},
    score::{RiskLevel, Verdict},
    text::Lang,
};

use super::{Answer, Area, Context, round::MADE_UP};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Format, Tone, count},
};

mod behind;
mod beside;
mod explain;
mod files;
mod html;
mod lapses;
mod watch;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use files::reports;

/// `ntm compile …`.
pub async fn run(mut command: args::Compile, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    if let Some(args::CompileExplain::Explain { round, commune, indicator, reason }) =
        command.explain.take()
    {
        let wanted = explain::Wanted { round: &round, commune: &commune, indicator: &indicator };
        return explain::run(&client, wanted, reason, cx).await;
    }
    let round = command.round.clone().unwrap_or_default();
    let asked = Asked {
        within: command.within.clone(),
        look: command.look,
        as_of: command.as_of,
        days: command.days,
        rebuild: command.rebuild,
    };
    let report = scores(&client, &round, asked).await?;
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

/// How scores are asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// Commune or district.
    pub within: Option<String>,
    /// Which of the declared looks.
    pub look: Option<u32>,
    /// The day on which answers that hold to a day are judged.
    pub as_of: Option<Date>,
    /// Days of the forecast after it.
    pub days: Option<u16>,
    /// Whether the sums are made anew from the originals.
    pub rebuild: bool,
}

/// Asks for the scores of a round.
pub async fn scores(client: &Client, round: &str, asked: Asked) -> anyhow::Result<ScoreReport> {
    let area = Area::of_round(client, round, asked.within).await?;
    let mut query: Vec<(&str, String)> =
        area.query().into_iter().map(|(key, value)| (key, value.to_owned())).collect();
    query.push(("since", "last".to_owned()));
    query.extend(asked.look.map(|number| ("look", number.to_string())));
    query.extend(asked.as_of.map(|day| ("as_of", day.to_string())));
    query.extend(asked.days.map(|days| ("days", days.to_string())));
    query.extend(asked.rebuild.then(|| ("rebuild", "true".to_owned())));
    let query: Vec<(&str, &str)> =
        query.iter().map(|(key, value)| (*key, value.as_str())).collect();
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
    if let Some(day) = report.as_of {
        let day = Cell::When(day.to_string()).shown(lang);
        title.push_str(&tr!(lang, " · thẻ còn hạn ngày {}", " · cards valid on {}", day));
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
    if let Some(rebuilt) = &report.rebuilt {
        cx.out.note(&tr!(
            lang,
            "Tính lại từ {} phiếu gốc: {} thôn và {} phiếu khác với số đã lưu, {} phiếu không đọc được.",
            "Made anew from {} originals: {} villages and {} submissions differ from what was kept, {} unreadable.",
            count(rebuilt.submissions, lang),
            count(rebuilt.villages_differing, lang),
            count(rebuilt.readings_differing, lang),
            count(rebuilt.unreadable, lang)
        ));
    }
    for line in watch::lines(&report.watch, lang) {
        cx.out.note(&line);
    }
    for line in beside::lines(&beside::rows(report), lang) {
        cx.out.note(&line);
    }
    if let Some(found) = &report.lapses {
        let mut lines = Vec::new();
        let entries = found.communes.iter().map(|l| lapses::line(l, lang)).collect();
        watch::listed(&mut lines, lapses::title(found, lang), entries, lang);
        if lines.is_empty() {
            lines.push(format!("{}.", lapses::title(found, lang)));
        }
        lines.iter().for_each(|line| cx.out.note(line));
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
