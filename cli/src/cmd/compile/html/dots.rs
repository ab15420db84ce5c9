//! Every commune's value of a household indicator with its interval and the threshold: small
//! multiples, each sorted by value, all percentages on one scale.

use ntm_shared::{
    api::score::{CommuneScore, Indicator, ScoreReport},
    criteria::{Direction, Kind},
    text::Lang,
};

use super::{number, safe, verdict};

const WIDTH: f64 = 300.0;
const EDGE: f64 = 12.0;
const TOP: f64 = 20.0;

pub fn section(report: &ScoreReport) -> String {
    let first = report.communes.first();
    let indicators = first.iter().flat_map(|c| &c.criteria).flat_map(|c| &c.indicators);
    let wanted = indicators.filter(|i| i.source == "household" && i.kind != Kind::Boolean);
    let charts: String = wanted.filter_map(|i| chart(report, i)).collect();
    if charts.is_empty() {
        return String::new();
    }
    format!(
        "<h2>Chỉ tiêu tính từ phiếu hộ</h2><p class=\"soft\">Mỗi chấm một xã, xếp theo giá trị; vạch ngang là khoảng số liệu cho phép; \
         vạch đứt là mức cần đạt.</p><div class=\"grid\">{charts}</div>"
    )
}

fn chart(report: &ScoreReport, like: &Indicator) -> Option<String> {
    let id = &like.figures.id;
    let find = |c: &'_ CommuneScore| -> Option<Indicator> {
        let mut all = c.criteria.iter().flat_map(|c| &c.indicators);
        all.find(|i| i.figures.id == *id && i.figures.value.is_some()).cloned()
    };
    let mut found: Vec<(Indicator, &CommuneScore)> =
        report.communes.iter().filter_map(|c| Some((find(c)?, c))).collect();
    if found.is_empty() {
        return None;
    }
    let value = |i: &Indicator| i.figures.value.unwrap_or(0.0);
    found.sort_by(|(a, x), (b, y)| value(b).total_cmp(&value(a)).then(x.code.cmp(&y.code)));
    let threshold = like.figures.threshold.as_ref().and_then(|t| t.value);
    let high = match like.kind {
        Kind::Percent => 100.0,
        _ => {
            let most = found.iter().map(|(i, _)| value(i)).fold(0.0_f64, f64::max);
            (1.15 * most.max(threshold.unwrap_or(0.0))).max(1.0)
        }
    };
    let x = |v: f64| EDGE + (WIDTH - 2.0 * EDGE) * v.clamp(0.0, high) / high;
    let row = (420.0 / found.len() as f64).clamp(3.2, 14.0);
    let height = TOP + row * found.len() as f64 + 18.0;
    let mut marks = String::new();
    for (i, (indicator, commune)) in found.iter().enumerate() {
        let (y, m) = (TOP + row * (i as f64 + 0.5), &indicator.figures);
        let (class, _, word) = verdict(m.verdict);
        let low = x(m.interval[0].unwrap_or(0.0));
        let top = x(m.interval[1].unwrap_or(high));
        if top - low > 0.5 {
            marks.push_str(&format!(
                "<line class=\"reach\" x1=\"{low:.1}\" x2=\"{top:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
            ));
        }
        marks.push_str(&format!(
            "<circle class=\"f-{class}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"{:.1}\"><title>{}: {} ({word})</title></circle>",
            x(value(indicator)),
            (row * 0.42).clamp(1.6, 4.5),
            safe(&commune.name),
            number(value(indicator), 1)
        ));
    }
    let limit = threshold.map_or(String::new(), |t| {
        let at = x(t);
        let (anchor, shift) = if at > 0.6 * WIDTH { ("end", -4.0) } else { ("start", 4.0) };
        let sign = match like.direction {
            Direction::Ge => "≥",
            Direction::Le => "≤",
            Direction::Eq => "=",
        };
        let places = usize::from(like.kind != Kind::Count);
        format!(
            "<line class=\"limit\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"4\" y2=\"{:.1}\"/>\
             <text x=\"{:.1}\" y=\"14\" text-anchor=\"{anchor}\">{sign} {}</text>",
            height - 18.0,
            at + shift,
            number(t, places)
        )
    });
    let unit = match like.kind {
        Kind::Percent => " %",
        Kind::MoneyMillion => " triệu đồng/người/năm",
        _ => "",
    };
    let base = height - 18.0;
    Some(format!(
        "<figure><h3>{} · {}</h3><svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">\
         <line class=\"axis\" x1=\"{EDGE}\" x2=\"{:.0}\" y1=\"{base:.0}\" y2=\"{base:.0}\"/>{marks}{limit}\
         <text class=\"soft\" x=\"{EDGE}\" y=\"{height:.0}\" dy=\"-4\">0</text>\
         <text class=\"soft\" x=\"{:.0}\" y=\"{height:.0}\" dy=\"-4\" text-anchor=\"end\">{}{unit}</text></svg></figure>",
        safe(id),
        safe(like.name.get(Lang::Vi)),
        safe(like.name.get(Lang::Vi)),
        WIDTH - EDGE,
        WIDTH - EDGE,
        number(high, 0)
    ))
}
