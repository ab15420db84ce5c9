//! Values side by side, a line each: estimate, self-report, official value, the round before.

use ntm_shared::{api::score::ScoreReport, text::Lang};
use ntm_spreadsheet::book::{Cell, Column, Look, Page};

use super::{foot, titles};
use crate::cmd::compile::beside::{Row, document, issued, rows};

/// The sheet; none where nothing stands beside our values.
pub fn page(report: &ScoreReport) -> Option<Page> {
    let rows: Vec<Vec<Cell>> =
        rows(report).iter().enumerate().map(|(place, row)| cells(place, row)).collect();
    let page = Page {
        name: "Đối chiếu".to_owned(),
        titles: titles(report, "ĐỐI CHIẾU VỚI GIÁ TRỊ CÔNG BỐ VÀ ĐỢT TRƯỚC".to_owned()),
        columns: vec![
            Column::new("TT", 5.0),
            Column::new("Mã xã", 8.0),
            Column::new("Xã", 20.0),
            Column::of("Chỉ tiêu", "Số", 7.0),
            Column::of("Chỉ tiêu", "Tên", 44.0),
            Column::of("Đợt này", "Ước lượng từ hộ", 16.0),
            Column::of("Đợt này", "Khoảng", 14.0),
            Column::of("Đợt này", "Xã báo cáo", 11.0),
            Column::of("Cơ quan công bố", "Giá trị", 11.0),
            Column::of("Cơ quan công bố", "Văn bản", 40.0),
            Column::new("Đợt trước", 10.0),
            Column::new("Nhận xét", 28.0),
        ],
        rows,
        foot: foot(report),
    };
    (!page.rows.is_empty()).then_some(page)
}

fn cells(place: usize, row: &Row<'_>) -> Vec<Cell> {
    let look = |bad: bool| if bad { Look::Bad } else { Look::Word };
    let word = |text: String, look: Look| match text.is_empty() {
        true => Cell::blank(),
        false => Cell::word(text, look),
    };
    let ours = |here: bool| if here { row.ours(Lang::Vi) } else { String::new() };
    let official = row.indicator.official.as_ref();
    let remark = match (row.differs, row.moved) {
        (true, true) => "⚠ công bố ngoài khoảng; đợt trước cũng vậy",
        (true, false) => "⚠ công bố ngoài khoảng, cần đối chiếu",
        (false, true) => "đợt trước ngoài khoảng",
        (false, false) => "",
    };
    vec![
        Cell::whole(place as u64 + 1),
        Cell::word(row.commune.code.clone(), Look::Word),
        Cell::text(row.commune.name.clone()),
        Cell::word(row.indicator.figures.id.clone(), Look::Word),
        Cell::text(row.indicator.name.get(Lang::Vi)),
        word(ours(row.surveyed()), Look::Word),
        word(row.range(Lang::Vi), Look::Word),
        word(ours(!row.surveyed()), Look::Word),
        word(official.map_or_else(String::new, |o| issued(o, Lang::Vi)), look(row.differs)),
        Cell::text(official.map_or_else(String::new, document)),
        word(row.last(Lang::Vi), if row.moved { Look::Open } else { Look::Word }),
        Cell::text(remark),
    ]
}
