//! Values side by side: estimate or self-report, official value, the round before.

use ntm_shared::{api::score::ScoreReport, text::Lang};

use super::{number, safe};
use crate::cmd::compile::beside::{Row, document, issued, rows};

/// The section; nothing where nothing stands beside our values.
pub fn section(report: &ScoreReport) -> String {
    let all = rows(report);
    if all.is_empty() {
        return String::new();
    }
    let apart = all.iter().filter(|row| row.differs).count();
    let lines: String = all.iter().map(line).collect();
    format!(
        "<h2>Đối chiếu với giá trị công bố và đợt trước</h2>\
         <p class=\"soft\">{} dòng, <span class=\"bad\">{} giá trị công bố nằm ngoài khoảng</span> mà số liệu đợt này cho phép. \
         Giá trị công bố đứng cạnh, không thay số ước lượng.</p>\
         <div class=\"wide\"><table><thead><tr><th>Xã</th><th>Số</th><th>Chỉ tiêu</th><th class=\"n\">Từ hộ</th><th class=\"n\">Khoảng</th>\
         <th class=\"n\">Xã báo cáo</th><th class=\"n\">Công bố</th><th>Văn bản</th><th class=\"n\">Đợt trước</th></tr></thead>\
         <tbody>{lines}</tbody></table></div>",
        number(all.len() as f64, 0),
        number(apart as f64, 0)
    )
}

fn line(row: &Row<'_>) -> String {
    let ours = |here: bool| if here { row.ours(Lang::Vi) } else { String::new() };
    let official = row.indicator.official.as_ref();
    let (mark, class) = if row.differs { ("⚠ ", "n bad") } else { ("", "n") };
    let value = official.map_or_else(String::new, |o| format!("{mark}{}", issued(o, Lang::Vi)));
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
         <td class=\"{class}\">{}</td><td>{}</td><td class=\"{}\">{}</td></tr>",
        safe(&row.commune.name),
        safe(&row.indicator.figures.id),
        safe(row.indicator.name.get(Lang::Vi)),
        safe(&ours(row.surveyed())),
        row.range(Lang::Vi),
        safe(&ours(!row.surveyed())),
        safe(&value),
        safe(&official.map_or_else(String::new, document)),
        if row.moved { "n open" } else { "n" },
        row.last(Lang::Vi)
    )
}
