//! The households still failing, village by village: names, so every row and page bears the mark.

use ntm_shared::api::{household::FailingHousehold, score::ScoreReport};
use ntm_spreadsheet::book::{Cell, Column, Look, Page};

use super::{foot, titles};
use crate::cmd::household::open;

pub fn page(report: &ScoreReport, households: &[FailingHousehold], mark: &str) -> Page {
    let mut lines = titles(report, "DANH SÁCH HỘ CHƯA ĐẠT THEO THÔN".to_owned());
    lines.push(format!("Có tên người: chỉ dùng để vận động, không chuyển tiếp. Mã xuất {mark}"));
    let row = |(i, row): (usize, &FailingHousehold)| {
        let home = &row.household;
        vec![
            Cell::whole(i as u64 + 1),
            Cell::word(home.commune_code.clone(), Look::Word),
            Cell::text(home.commune_name.clone()),
            Cell::text(home.village_name.clone()),
            Cell::text(home.code.clone()),
            Cell::text(home.head.clone()),
            Cell::number(home.members.map(f64::from), 0),
            Cell::text(open(row)),
            Cell::text(mark),
        ]
    };
    Page {
        name: "Hộ chưa đạt".to_owned(),
        titles: lines,
        columns: vec![
            Column::new("TT", 6.0),
            Column::new("Mã xã", 8.0),
            Column::new("Xã", 20.0),
            Column::new("Thôn", 20.0),
            Column::new("Số hộ", 8.0),
            Column::new("Chủ hộ", 24.0),
            Column::new("Nhân khẩu", 8.0),
            Column::new("Chỉ tiêu chưa đạt (số người)", 40.0),
            Column::new("Mã xuất", 34.0),
        ],
        rows: households.iter().enumerate().map(row).collect(),
        foot: format!("{} · {mark}", foot(report)),
    }
}
