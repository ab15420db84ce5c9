//! How many communes meet each criterion, the fewest first.

use ntm_shared::{api::score::ScoreReport, score::Verdict, text::Lang};

use super::{number, safe, verdict};

const WIDTH: f64 = 1200.0;
const NAMES: f64 = 380.0;
const ROW: f64 = 26.0;

pub fn section(report: &ScoreReport) -> String {
    let criteria = report.communes.first().map(|c| c.criteria.as_slice()).unwrap_or_default();
    let count = |place: usize, wanted: Verdict| {
        let of = |c: &&ntm_shared::api::score::CommuneScore| {
            c.criteria.get(place).is_some_and(|c| c.verdict == wanted)
        };
        report.communes.iter().filter(of).count()
    };
    let mut order: Vec<usize> = (0..criteria.len()).collect();
    order.sort_by_key(|place| (count(*place, Verdict::Met), *place));
    let all = report.communes.len().max(1) as f64;
    let scale = (WIDTH - NAMES - 10.0) / all;
    let mut rows = String::new();
    for (i, place) in order.into_iter().enumerate() {
        let (y, mut x) = (i as f64 * ROW, NAMES);
        let criterion = &criteria[place];
        let name = safe(&shortened(criterion.name.get(Lang::Vi)));
        rows.push_str(&format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{} · {name}</text>",
            NAMES - 8.0,
            y + 17.0,
            safe(&criterion.id)
        ));
        for wanted in [Verdict::Met, Verdict::Undecided, Verdict::NotMet] {
            let n = count(place, wanted);
            let wide = n as f64 * scale;
            let (class, mark, word) = verdict(wanted);
            if n == 0 {
                continue;
            }
            rows.push_str(&format!(
                "<rect class=\"f-{class}\" fill-opacity=\"0.22\" x=\"{x:.1}\" y=\"{:.0}\" width=\"{wide:.1}\" height=\"{:.0}\"><title>{word}: {n} xã</title></rect>",
                y + 2.0,
                ROW - 4.0
            ));
            if wide > 46.0 {
                rows.push_str(&format!(
                    "<text class=\"f-{class}\" x=\"{:.1}\" y=\"{:.0}\">{mark} {}</text>",
                    x + 6.0,
                    y + 17.0,
                    number(n as f64, 0)
                ));
            }
            x += wide;
        }
    }
    let height = criteria.len() as f64 * ROW + 4.0;
    format!(
        "<h2>Tiêu chí khó đạt nhất ở trên</h2><figure><div class=\"wide\"><svg class=\"map\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" \
         aria-label=\"Số xã đạt từng tiêu chí\">{rows}</svg></div><figcaption>Số xã <span class=\"good\">✔ đạt</span>, \
         <span class=\"open\">? chưa đủ căn cứ</span>, <span class=\"bad\">✖ chưa đạt</span>, trong {} xã.</figcaption></figure>",
        number(report.communes.len() as f64, 0)
    )
}

/// A name that fits beside its bar.
fn shortened(name: &str) -> String {
    const MOST: usize = 46;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let cut: String = name.chars().take(MOST - 1).collect();
    format!("{}…", cut.trim_end())
}
