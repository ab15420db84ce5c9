//! `ntm compile --html`: one page that needs nothing else, for a screen and for A4 paper. The answer
//! first, then the map, the table communes × criteria, the charts, and every commune's indicators with
//! the reason of each verdict. In Vietnamese; no script, no link outside.

use ntm_shared::{
    api::score::ScoreReport,
    score::{RiskLevel, Verdict},
    text::Lang,
};

use super::{MADE_UP, lapses, watch};

mod bars;
mod beside;
mod details;
mod dots;
mod map;
mod table;

/// Text inside a page.
pub fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A number as people read it.
pub fn number(value: f64, places: usize) -> String {
    crate::print::decimal(value, places, Lang::Vi)
}

/// Class of colour, mark and word: colour never stands alone.
pub fn verdict(verdict: Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Met => ("good", "✔", "Đạt"),
        Verdict::NotMet => ("bad", "✖", "Chưa đạt"),
        Verdict::Undecided => ("open", "?", "Chưa đủ căn cứ"),
    }
}

/// The same for a risk.
pub fn risk(level: RiskLevel) -> (&'static str, &'static str) {
    match level {
        RiskLevel::None => ("good", "an toàn"),
        RiskLevel::Possible => ("open", "có thể bị thu hồi"),
        RiskLevel::Certain => ("bad", "thuộc diện thu hồi"),
    }
}

/// The whole page.
pub fn page(report: &ScoreReport) -> String {
    let name = safe(&report.round_name);
    let made_up = match report.made_up {
        true => format!("<p class=\"made-up\">{}</p>", safe(MADE_UP[Lang::Vi as usize])),
        false => String::new(),
    };
    let day = report.at.strftime("%d/%m/%Y");
    let as_of = report.as_of.map_or_else(String::new, |day| {
        format!(" · thẻ bảo hiểm còn hạn ngày {}", day.strftime("%d/%m/%Y"))
    });
    let mut body = format!(
        "<header>{made_up}<h1>Kết quả tiêu chí nông thôn mới · {name}</h1>\
         <p class=\"soft\">Bộ tiêu chí {} · mức theo ngày {day}{as_of}</p></header>",
        safe(&report.criteria_set)
    );
    if report.communes.is_empty() {
        body.push_str(
            "<p class=\"answer\">Chưa có xã nào trong đợt này. Nhập danh sách hộ rồi mở đợt.</p>",
        );
    } else {
        body.push_str(&answer(report));
        body.push_str(&watched(report));
        body.push_str(&map::section(report));
        body.push_str(&table::section(report));
        body.push_str(&beside::section(report));
        body.push_str(&bars::section(report));
        body.push_str(&dots::section(report));
        body.push_str(&details::section(report));
    }
    format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{name}</title><style>{}</style></head><body>\n{body}\n</body></html>\n",
        include_str!("report.css")
    )
}

/// What a reader wants to know before anything else.
fn answer(report: &ScoreReport) -> String {
    let sums = &report.watch.totals;
    let at_risk = |level| report.communes.iter().filter(|c| c.risk.level == level).count();
    let mut text = format!("<p class=\"answer\">{}", safe(&watch::totals(sums, Lang::Vi)));
    if let Some(change) = &report.watch.change {
        text.push_str(&format!("<br>{}", safe(&watch::changed(change, Lang::Vi))));
    }
    text.push_str("</p><ul class=\"tiles\">");
    let tile = |value: String, what: &str| format!("<li><b>{value}</b>{what}</li>");
    let whole = |n: u64| number(n as f64, 0);
    let average = sums.average.map_or_else(|| "–".to_owned(), |a| number(a, 2));
    text.push_str(&tile(whole(sums.criteria_met), "lượt tiêu chí đạt"));
    text.push_str(&tile(average, "tiêu chí bình quân một xã"));
    text.push_str(&tile(whole(sums.undecided), "lượt chưa đủ căn cứ"));
    text.push_str(&tile(format!("{}/{}", whole(sums.complete), whole(sums.communes)), "xã đạt đủ"));
    let certain = number(at_risk(RiskLevel::Certain) as f64, 0);
    let possible = number(at_risk(RiskLevel::Possible) as f64, 0);
    text.push_str(&tile(format!("{certain} + {possible}"), "xã thuộc diện + có thể bị thu hồi"));
    text.push_str(&tile(whole(sums.households), "hộ trong khung"));
    text + "</ul>"
}

/// The lists of what to look at; all of each, folded.
fn watched(report: &ScoreReport) -> String {
    let watch = &report.watch;
    let list = |title: String, lines: Vec<String>| {
        if lines.is_empty() {
            return String::new();
        }
        let items: String = lines.iter().map(|line| format!("<li>{}</li>", safe(line))).collect();
        format!("<details><summary>{}</summary><ul>{items}</ul></details>", safe(&title))
    };
    let risk = watch.at_risk.iter().map(|e| watch::at_risk(e, Lang::Vi)).collect();
    let reach = watch.within_reach.iter().map(|e| watch::within_reach(e, Lang::Vi)).collect();
    let villages = |u: &ntm_shared::score::Unvisited| {
        let names: Vec<&str> = u.villages.iter().map(|v| v.name.as_str()).collect();
        format!("{}: {}", u.name, names.join(", "))
    };
    let unvisited: Vec<String> = watch.unvisited.iter().map(villages).collect();
    let n = |n: usize| number(n as f64, 0);
    let mut text = "<h2>Cần theo dõi</h2>".to_owned();
    text.push_str(&list(format!("Nguy cơ bị thu hồi: {} xã", n(watch.at_risk.len())), risk));
    text.push_str(&list(
        format!("Thôn chưa có phiếu hoàn thành: ở {} xã", n(watch.unvisited.len())),
        unvisited,
    ));
    text.push_str(&list(format!("Sắp đạt: {} chỉ tiêu", n(watch.within_reach.len())), reach));
    if let Some(found) = &report.lapses {
        let entries = found.communes.iter().map(|l| lapses::line(l, Lang::Vi)).collect();
        text.push_str(&list(lapses::title(found, Lang::Vi), entries));
    }
    if let Some(change) = &watch.change {
        let turn = |t: &ntm_shared::score::Turn| format!("{}: tiêu chí {}", t.name, t.criterion);
        let title = format!("Đạt thêm so với đợt trước: {} lượt", n(change.gained.len()));
        text.push_str(&list(title, change.gained.iter().map(turn).collect()));
        let title = format!("Không còn đạt: {} lượt", n(change.lost.len()));
        text.push_str(&list(title, change.lost.iter().map(turn).collect()));
    }
    text
}

#[cfg(test)]
mod tests;
