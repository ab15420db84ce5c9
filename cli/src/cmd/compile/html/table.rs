//! Communes × criteria.

use ntm_shared::{api::score::ScoreReport, text::Lang};

use super::{number, risk, safe, verdict};

pub fn section(report: &ScoreReport) -> String {
    let criteria = report.communes.first().map(|c| c.criteria.as_slice()).unwrap_or_default();
    let heads: String = criteria
        .iter()
        .map(|c| {
            let name = safe(c.name.get(Lang::Vi));
            format!(
                "<th class=\"m\" title=\"{name}\"><abbr title=\"{name}\">{}</abbr></th>",
                safe(&c.id)
            )
        })
        .collect();
    let mut rows = String::new();
    for commune in &report.communes {
        let marks: String = commune
            .criteria
            .iter()
            .map(|c| {
                let (class, mark, word) = verdict(c.verdict);
                let why = safe(c.reason.text.get(Lang::Vi));
                format!("<td class=\"m {class}\" title=\"{word}. {why}\">{mark}</td>")
            })
            .collect();
        let (class, word) = risk(commune.risk.level);
        let (code, name) = (safe(&commune.code), safe(&commune.name));
        rows.push_str(&format!(
            "<tr><td>{code}</td><td><a href=\"#x{code}\">{name}</a></td>{marks}\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"{class} word\">{word}</td></tr>",
            commune.criteria_met, commune.at_most
        ));
    }
    let sums = &report.watch.totals;
    let per: String = (0..criteria.len())
        .map(|place| {
            let met = report.communes.iter().filter(|c| {
                c.criteria.get(place).is_some_and(|c| c.verdict == ntm_shared::score::Verdict::Met)
            });
            format!("<td class=\"m\">{}</td>", met.count())
        })
        .collect();
    let at_most: u64 = report.communes.iter().map(|c| c.at_most).sum();
    format!(
        "<h2>Từng xã, từng tiêu chí</h2><p class=\"soft\"><span class=\"good\">✔ đạt</span> · \
         <span class=\"bad\">✖ chưa đạt</span> · <span class=\"open\">? chưa đủ căn cứ</span>. \
         Bấm tên xã để xem từng chỉ tiêu và vì sao.</p><div class=\"wide\"><table><thead><tr><th>Mã</th><th>Xã</th>{heads}\
         <th class=\"n\">Đạt</th><th class=\"n\">Nhiều nhất</th><th>Nguy cơ</th></tr></thead><tbody>{rows}\
         <tr><th></th><th>Số xã đạt, cộng</th>{per}<td class=\"n\">{}</td><td class=\"n\">{}</td><td></td></tr>\
         </tbody></table></div>",
        number(sums.criteria_met as f64, 0),
        number(at_most as f64, 0)
    )
}
