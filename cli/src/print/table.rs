//! Tables for people: no frames, numbers to the right, states and ids in one piece, a totals row that
//! stands apart.

use comfy_table::{
    Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Row, Table, TableStyle,
    Width,
};
use ntm_shared::text::Lang;

use super::{Cell, Column, cell::Tone};

/// How a table is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Language of headers and words.
    pub lang: Lang,
    /// Columns there are room for; longer texts wrap.
    pub width: u16,
    /// Whether colour may help the words.
    pub colour: bool,
}

/// The longest word that is never broken: as long as a SHA-256.
const WORD: usize = 64;

/// The list as text without a final newline.
pub fn list<T>(items: &[T], columns: &[Column<T>], total: Option<&[Cell]>, look: Look) -> String {
    let columns: Vec<_> = columns.iter().filter(|c| !c.csv_only).collect();
    let rows: Vec<Vec<Cell>> =
        items.iter().map(|item| columns.iter().map(|c| (c.cell)(item)).collect()).collect();
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(look.width);
    match look.colour {
        true => table.enforce_styling(),
        false => table.force_no_tty(),
    };
    let numeric: Vec<bool> = (0..columns.len())
        .map(|i| rows.iter().chain(total.map(<[_]>::to_vec).iter()).any(|r| r[i].is_number()))
        .collect();
    // Ids, dates and words are never broken; a text among them is, between its own words.
    let has = |i: usize, kind: fn(&Cell) -> bool| rows.iter().any(|r| kind(&r[i]));
    let whole = |i: usize| {
        has(i, |c| matches!(c, Cell::Id(_) | Cell::When(_) | Cell::Word(..)))
            && !has(i, |c| matches!(c, Cell::Text(_)))
    };
    // Codes and ids stand in texts, too.
    let longest = |i: usize| {
        let shown = rows.iter().map(|row| row[i].shown(look.lang));
        let title = columns[i].title[look.lang as usize].to_owned();
        let sum = total.and_then(|total| total.get(i)).map(|cell| cell.shown(look.lang));
        let longest = |text: String| text.split_whitespace().map(|word| word.chars().count()).max();
        let most = shown.chain([title]).chain(sum).filter_map(longest).max();
        u16::try_from(most.unwrap_or_default().min(WORD)).unwrap_or_default()
    };
    table.set_header(columns.iter().zip(&numeric).map(|(column, &number)| {
        align(comfy_table::Cell::new(column.title[look.lang as usize]), number)
            .add_attribute(Attribute::Bold)
    }));
    for row in &rows {
        table.add_row(line(row, &numeric, look.lang));
    }
    if let Some(total) = total {
        let mut row = Row::new();
        for (cell, &number) in total.iter().zip(&numeric) {
            let shown = comfy_table::Cell::new(cell.shown(look.lang));
            row.add_cell(align(shown, number).add_attribute(Attribute::Bold));
        }
        table.add_row(row);
    }
    for (i, &number) in numeric.iter().enumerate() {
        if let Some(column) = table.column_mut(i) {
            let gap = if i + 1 == numeric.len() { 0 } else { 2 };
            column.set_padding((0, gap));
            column.set_constraint(match number || whole(i) {
                true => ColumnConstraint::ContentWidth,
                false => ColumnConstraint::LowerBoundary(Width::Fixed(longest(i) + gap)),
            });
        }
    }
    table.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn line(cells: &[Cell], numeric: &[bool], lang: Lang) -> Row {
    let mut row = Row::new();
    for (cell, &number) in cells.iter().zip(numeric) {
        let shown = align(comfy_table::Cell::new(cell.shown(lang)), number);
        row.add_cell(match cell {
            Cell::Word(_, _, Tone::Good) => shown.fg(Color::Green),
            Cell::Word(_, _, Tone::Bad) => shown.fg(Color::Red),
            Cell::Word(_, _, Tone::Open) => shown.fg(Color::Yellow),
            _ => shown,
        });
    }
    row
}

fn align(cell: comfy_table::Cell, number: bool) -> comfy_table::Cell {
    let side = if number { CellAlignment::Right } else { CellAlignment::Left };
    cell.set_alignment(side)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Place = (&'static str, u64);

    fn draw(width: u16) -> String {
        let columns = [
            Column::new("name", "Xã", "Commune", |p: &Place| Cell::Text(p.0.to_owned())),
            Column::new("households", "Số hộ", "Households", |p: &Place| Cell::Count(p.1)),
            Column::csv("id", |_: &Place| Cell::Empty),
        ];
        let total = [Cell::Text("Cộng".into()), Cell::Count(1_300)];
        let look = Look { lang: Lang::Vi, width, colour: false };
        list(&[("Nậm Chảy", 60), ("Mường Hoa", 1_240)], &columns, Some(&total), look)
    }

    #[test]
    fn numbers_stand_to_the_right_and_the_total_closes_the_table() {
        let lines: Vec<String> = draw(100).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            ["Xã         Số hộ", "Nậm Chảy      60", "Mường Hoa  1.240", "Cộng       1.300"]
        );
    }

    #[test]
    fn an_id_is_never_broken() {
        let id = "01a203b9-a24b-70f5-b396-5077c7f8428e";
        let columns = [
            Column::new("why", "Lý do", "Why", |p: &(&str, &str)| Cell::Text(p.0.to_owned())),
            Column::new("id", "Mã", "Id", |p: &(&str, &str)| Cell::Id(p.1.to_owned())),
        ];
        let look = Look { lang: Lang::Vi, width: 44, colour: false };
        let text = list(&[("in cho trưởng thôn", id)], &columns, None, look);
        assert!(text.lines().any(|line| line.ends_with(id)), "{text}");
    }

    #[test]
    fn a_code_in_a_text_is_never_broken_and_nothing_is_without_a_limit() {
        let columns = [
            Column::new("code", "Mã", "Code", |p: &(&str, &str)| Cell::Text(p.0.to_owned())),
            Column::new("why", "Vì sao", "Why", |p: &(&str, &str)| Cell::Text(p.1.to_owned())),
            Column::new("day", "Ngày", "Day", |_: &(&str, &str)| Cell::When("2024-12-31".into())),
        ];
        let why = "thiếu vốn làm đường từ trung tâm xã đến các thôn ở xa, đợi ngân sách năm sau";
        let drawn = |width: u16| {
            let look = Look { lang: Lang::Vi, width, colour: false };
            list(&[("dot-1-muong-khuong-2024", why)], &columns, None, look)
        };
        let narrow = drawn(48);
        assert!(narrow.contains("dot-1-muong-khuong-2024  thiếu"), "{narrow}");
        assert!(narrow.contains("31/12/2024") && narrow.lines().count() > 2, "{narrow}");
        assert_eq!(drawn(u16::MAX).lines().count(), 2);
    }

    #[test]
    fn a_long_text_among_words_leaves_room_for_its_neighbour() {
        let columns = [
            Column::new("name", "Chỉ tiêu", "Indicator", |r: &(&str, &str)| {
                Cell::Text(r.0.to_owned())
            }),
            Column::new("threshold", "Ngưỡng", "Threshold", |r: &(&str, &str)| match r.1 {
                "" => Cell::Word("", ["tỉnh quy định", "set by the province"], Tone::Open),
                text => Cell::Text(text.to_owned()),
            }),
        ];
        let rows =
            [("Thu nhập bình quân", "≥ 36 (2021); ≥ 39 (2022); ≥ 42 (2023)"), ("Đường thôn", "")];
        let look = Look { lang: Lang::Vi, width: 40, colour: false };
        let text = list(&rows, &columns, None, look);
        assert!(text.contains("Thu nhập") && text.contains("tỉnh quy định"), "{text}");
    }

    #[test]
    fn a_narrow_terminal_wraps_text_and_keeps_numbers_whole() {
        let text = draw(13);
        assert!(text.contains("1.240"), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= 13), "{text}");
    }
}
