//! What to watch: risk, villages nobody visited, indicators within reach, criteria gained and lost.

use ntm_shared::{api::score::ScoreReport, score::Turn, text::Lang};
use ntm_spreadsheet::book::{Cell, Column, Look, Page};

use super::{foot, titles};
use crate::cmd::compile::{lapses, watch};

pub fn page(report: &ScoreReport) -> Page {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut line = |kind: &str, code: &str, name: &str, what: String| {
        let number = Cell::whole(rows.len() as u64 + 1);
        rows.push(vec![
            number,
            Cell::word(code, Look::Word),
            Cell::text(name),
            Cell::word(kind, Look::Word),
            Cell::text(what),
        ]);
    };
    let watched = &report.watch;
    for entry in &watched.at_risk {
        line("Nguy cơ bị thu hồi", &entry.code, &entry.name, watch::at_risk(entry, Lang::Vi));
    }
    for entry in &watched.unvisited {
        for village in &entry.villages {
            line("Thôn chưa có phiếu", &entry.code, &entry.name, village.name.clone());
        }
    }
    for entry in &watched.within_reach {
        line("Sắp đạt", &entry.code, &entry.name, watch::within_reach(entry, Lang::Vi));
    }
    if let Some(change) = &watched.change {
        let mut turned = |kind: &str, turns: &[Turn]| {
            for turn in turns {
                line(kind, &turn.code, &turn.name, format!("Tiêu chí {}", turn.criterion));
            }
        };
        turned("Đạt thêm so với đợt trước", &change.gained);
        turned("Không còn đạt", &change.lost);
    }
    for entry in report.lapses.iter().flat_map(|l| &l.communes) {
        line("Sắp hết hạn", &entry.code, &entry.name, lapses::line(entry, Lang::Vi));
    }
    Page {
        name: "Cần theo dõi".to_owned(),
        titles: titles(report, "DANH SÁCH CẦN THEO DÕI".to_owned()),
        columns: vec![
            Column::new("TT", 5.0),
            Column::new("Mã xã", 8.0),
            Column::new("Xã", 24.0),
            Column::new("Việc", 22.0),
            Column::new("Nội dung", 90.0),
        ],
        rows,
        foot: foot(report),
    }
}
