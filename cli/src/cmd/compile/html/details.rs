//! Every commune's indicators: value, range, threshold, verdict and why, with the command that lists the
//! submissions behind a number.

use ntm_shared::{
    api::measure::Measure,
    api::score::{CommuneScore, Indicator, ScoreReport},
    criteria::{Direction, Kind, ReportValue},
    score::print_number,
    text::Lang,
};

use super::{number, risk, safe, verdict};
use crate::cmd::compile::beside::range;

pub fn section(report: &ScoreReport) -> String {
    let mut text = "<h2>Vì sao: từng chỉ tiêu của từng xã</h2>".to_owned();
    for commune in &report.communes {
        let (class, word) = risk(commune.risk.level);
        text.push_str(&format!(
            "<details id=\"x{0}\"><summary><b>{1}</b> ({0}): {2}/{3} tiêu chí đạt · {4} chưa đủ căn cứ · <span class=\"{class}\">{word}</span></summary>{5}</details>",
            safe(&commune.code),
            safe(&commune.name),
            commune.criteria_met,
            commune.total,
            commune.undecided,
            rows(report, commune)
        ));
    }
    text
}

fn rows(report: &ScoreReport, commune: &CommuneScore) -> String {
    let mut rows = String::new();
    for indicator in commune.criteria.iter().flat_map(|c| &c.indicators) {
        rows.push_str(&row(indicator.name.get(Lang::Vi), indicator, &indicator.figures));
        for part in &indicator.parts {
            rows.push_str(&row(
                &format!("– {}", part.name.get(Lang::Vi)),
                indicator,
                &part.figures,
            ));
        }
    }
    format!(
        "<div class=\"wide\"><table><thead><tr><th>Số</th><th>Chỉ tiêu</th><th class=\"n\">Giá trị</th><th class=\"n\">Khoảng</th>\
         <th class=\"n\">n/N</th><th class=\"n\">Mức</th><th>Đánh giá</th><th>Vì sao</th></tr></thead><tbody>{rows}</tbody></table></div>\
         <p class=\"soft\">Phiếu đứng sau: <code>ntm compile explain {} {} SỐ</code></p>",
        safe(&report.round),
        safe(&commune.code)
    )
}

fn row(name: &str, indicator: &Indicator, m: &Measure) -> String {
    let places = if matches!(indicator.kind, Kind::Count | Kind::Boolean) { 0 } else { 1 };
    let value = match (m.value, &m.answer) {
        (Some(v), _) => number(v, places),
        (None, Some(ReportValue::Yes)) => "có".to_owned(),
        (None, Some(ReportValue::No)) => "không".to_owned(),
        _ => "–".to_owned(),
    };
    let range = range(m.interval, places, Lang::Vi);
    let seen = match indicator.source.as_str() {
        "household" => format!("{}/{}", number(m.n as f64, 0), number(m.frame as f64, 0)),
        _ => "xã báo cáo".to_owned(),
    };
    let sign = match indicator.direction {
        Direction::Ge => "≥",
        Direction::Le => "≤",
        Direction::Eq => "=",
    };
    let limit = m.threshold.as_ref().map_or(String::new(), |t| {
        let unverified = if t.verified { "" } else { " *" };
        match t.value {
            Some(v) => format!("{sign} {}{unverified}", print_number(v, 1, Lang::Vi)),
            None if t.known => format!("đạt{unverified}"),
            None => "tỉnh quy định".to_owned(),
        }
    });
    let (class, mark, word) = verdict(m.verdict);
    format!(
        "<tr><td>{}</td><td>{}</td><td class=\"n\">{value}</td><td class=\"n\">{range}</td><td class=\"n\">{seen}</td>\
         <td class=\"n\">{limit}</td><td class=\"{class} word\">{mark} {word}</td><td>{}</td></tr>",
        safe(&m.id),
        safe(name),
        safe(m.reason.text.get(Lang::Vi))
    )
}
