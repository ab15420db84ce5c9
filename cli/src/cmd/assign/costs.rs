//! `ntm assign plan`: what each pair costs by cause, then what counts once for the plan, so that the
//! total is the plan's.

use ntm_shared::api::assignment::{AssignmentRow, Cost};
use ntm_shared::api::plan::PlanAnswer;
use ntm_shared::text::Lang;
use serde::Serialize;

use super::{MADE_UP, criteria, points};
use crate::cmd::Context;
use crate::print::{Around, Cell, Column, Format, count, decimal};

/// A line of the table.
#[derive(Serialize)]
struct Line {
    /// `pair`, or the cause of a cost that counts once.
    part: &'static str,
    /// The cause in words.
    words: String,
    pair: Option<AssignmentRow>,
    cost: Cost,
    /// What is in the total and in no column of the pairs.
    other: i64,
}

/// Prints the plan, what it lacks, and its total.
pub fn show(answer: &PlanAnswer, round: &str, cx: &Context<'_>) -> anyhow::Result<()> {
    if cx.out.format() == Format::Json {
        return cx.out.json(answer);
    }
    let (lang, plan) = (cx.lang(), &answer.plan);
    let title = plan.made_up.then(|| MADE_UP[lang as usize].to_owned());
    let lines = lines(answer, lang);
    let columns = columns(&lines);
    let total = Some(total(&lines, lang));
    cx.out.list(&lines, &columns, Around { title, total })?;
    for shortage in &plan.shortages {
        cx.out.note(shortage.message.get(lang));
        for relaxation in &shortage.relaxations {
            cx.out.note(&format!("  – {}", relaxation.get(lang)));
        }
    }
    for row in &plan.unfilled {
        cx.out.note(&tr!(
            lang,
            "Thiếu tổ: {} {} (thiếu {})",
            "No team left: {} {} (short of {})",
            row.commune.commune_code,
            row.commune.commune_name,
            row.missing
        ));
    }
    let kept = plan.assignments.iter().filter(|row| row.kept).count() as u64;
    cx.out.note(&tr!(
        lang,
        "{} cặp xã – tổ, {} giữ như cũ; tổng {} điểm, không phương án nào dưới {}. Vì sao: ntm assign explain {} MÃ_XÃ",
        "{} pairs, {} as before; {} points in all, no plan has fewer than {}. Why: ntm assign explain {} CODE",
        count(plan.assignments.len() as u64, lang),
        count(kept, lang),
        decimal(plan.objective as f64, 0, lang),
        decimal(plan.bound as f64, 0, lang),
        round
    ));
    Ok(())
}

/// The pairs, then what counts once and is not nothing.
fn lines(answer: &PlanAnswer, lang: Lang) -> Vec<Line> {
    let pair = |row: &AssignmentRow| Line {
        part: "pair",
        words: String::new(),
        pair: Some(row.clone()),
        cost: row.cost,
        other: 0,
    };
    let mut lines: Vec<Line> = answer.plan.assignments.iter().map(pair).collect();
    let (parts, many) = (answer.beside.parts, |n: u64| count(n, lang));
    let empty: u64 = answer.plan.unfilled.iter().map(|row| u64::from(row.missing)).sum();
    let uncovered = tr!(
        lang,
        "{} tiêu chí không tổ nào mạnh",
        "{} criteria no team is strong in",
        many(answer.beside.criteria as u64)
    );
    let unfilled = tr!(lang, "{} chỗ thiếu tổ", "{} places without a team", many(empty));
    let below_min = tr!(lang, "Tổ có ít xã hơn mức", "Teams with too few communes");
    let hardest = tr!(lang, "Tổ có nhiều xã khó nhất", "Teams with several of the hardest");
    let nothing = Cost { distance: 0, missing: 0, keep: 0, language: 0, load: 0, total: 0 };
    for (part, words, missing, other) in [
        ("uncovered", uncovered, parts.uncovered, 0),
        ("unfilled", unfilled, 0, parts.unfilled),
        ("below_min", below_min, 0, parts.below_min),
        ("hardest", hardest, 0, parts.hardest),
    ] {
        let total = missing + other;
        if total != 0 {
            let cost = Cost { missing, total, ..nothing };
            lines.push(Line { part, words, pair: None, cost, other });
        }
    }
    lines
}

/// The total row: as many cells as a table has columns.
fn total(lines: &[Line], lang: Lang) -> Vec<Cell> {
    let sum = |part: fn(&Line) -> i64| points(lines.iter().map(part).sum());
    let mut cells = vec![
        Cell::Empty,
        Cell::Text(tr!(lang, "Cộng", "Total")),
        Cell::Empty,
        Cell::Empty,
        sum(|l| l.cost.distance),
        sum(|l| l.cost.missing),
        sum(|l| l.cost.language),
        sum(|l| l.cost.keep),
        sum(|l| l.cost.load),
    ];
    if has_other(lines) {
        cells.push(sum(|l| l.other));
    }
    cells.push(sum(|l| l.cost.total));
    cells
}

fn has_other(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.other != 0)
}

/// The value of a pair; nothing for what counts once.
fn of(line: &Line, cell: fn(&AssignmentRow) -> Cell) -> Cell {
    line.pair.as_ref().map_or(Cell::Empty, cell)
}

fn columns(lines: &[Line]) -> Vec<Column<Line>> {
    let other = |l: &Line| points(l.other);
    vec![
        Column::new("commune_code", "Mã", "Code", |l: &Line| {
            of(l, |a| Cell::Text(a.commune.commune_code.clone()))
        }),
        Column::new("commune_name", "Xã", "Commune", |l: &Line| match &l.pair {
            Some(pair) => Cell::Text(pair.commune.commune_name.clone()),
            None => Cell::Text(l.words.clone()),
        }),
        Column::new("team", "Tổ", "Team", |l: &Line| of(l, |a| Cell::Text(a.team.team.clone()))),
        Column::new("agency", "Cơ quan", "Agency", |l: &Line| {
            of(l, |a| Cell::Text(a.team.agency.clone()))
        }),
        Column::new("cost_distance", "Xa", "Far", |l: &Line| points(l.cost.distance)),
        Column::new("cost_missing", "Thiếu CM", "Skills", |l: &Line| points(l.cost.missing)),
        Column::new("cost_language", "Tiếng", "Language", |l: &Line| points(l.cost.language)),
        Column::new("cost_keep", "Giữ", "Keep", |l: &Line| points(l.cost.keep)),
        Column::new("cost_load", "Tải", "Load", |l: &Line| points(l.cost.load)),
        match has_other(lines) {
            true => Column::new("cost_other", "Khác", "Other", other),
            false => Column::csv("cost_other", other),
        },
        Column::new("cost_total", "Điểm", "Points", |l: &Line| points(l.cost.total)),
        Column::csv("distance_m", |l: &Line| of(l, |a| points(a.distance_m))),
        Column::csv("missing_criteria", |l: &Line| of(l, |a| criteria(&a.missing_criteria))),
        Column::csv("kept", |l: &Line| of(l, |a| Cell::yes_no(a.kept))),
        Column::csv("team_name", |l: &Line| of(l, |a| Cell::Text(a.team.team_name.clone()))),
        Column::csv("commune", |l: &Line| of(l, |a| Cell::Text(a.commune.commune.clone()))),
        Column::csv("part", |l: &Line| Cell::Text(l.part.to_owned())),
    ]
}
