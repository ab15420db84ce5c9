//! `ntm assign solve`: a bare instance from a file, no server needed.

use std::collections::BTreeMap;
use std::path::Path;

use ntm_shared::assign::{Contradiction, Instance, Kind, Plan, plan_as};
use ntm_shared::text::Text;
use serde::Serialize;

use crate::cmd::{Answer, Context, read_input};
use crate::failure::Failure;
use crate::print::{Around, Cell, Column, Format, decimal};

/// What is printed as JSON; the same words as in the reference files.
#[derive(Serialize)]
struct Solved<'p> {
    model: Kind,
    objective: i64,
    /// Proven: no plan has fewer points.
    bound: i64,
    /// How far the objective may be from the best, in parts of the bound.
    gap: f64,
    assignment: BTreeMap<&'p str, Vec<&'p str>>,
    unmet: BTreeMap<&'p str, u32>,
    uncovered: BTreeMap<&'p str, &'p [u16]>,
    loads: BTreeMap<&'p str, u32>,
}

/// A commune's row of the table.
#[derive(Serialize)]
struct Row<'p> {
    commune: &'p str,
    teams: String,
    unmet: u32,
}

/// Solves the instance in the file.
pub fn run(file: &Path, kind: Kind, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let bytes = read_input(file)?;
    let text = String::from_utf8(bytes).map_err(|_| bad("UTF-8"))?;
    let instance = Instance::from_reference_json(&text).map_err(|e| bad(&e.to_string()))?;
    let plan = plan_as(&instance, kind).map_err(|found| contradictory(&found))?;
    let solved = solved(&instance, &plan);
    if cx.out.format() == Format::Json {
        cx.out.json(&solved)?;
        return Ok(Answer::Yes);
    }
    let rows: Vec<Row> = solved
        .assignment
        .iter()
        .map(|(commune, teams)| Row {
            commune,
            teams: teams.join(" "),
            unmet: solved.unmet.get(commune).copied().unwrap_or(0),
        })
        .collect();
    let columns = [
        Column::new("commune", "Xã", "Commune", |r: &Row| Cell::Text(r.commune.to_owned())),
        Column::new("teams", "Tổ", "Teams", |r: &Row| Cell::Text(r.teams.clone())),
        Column::new("unmet", "Thiếu", "Missing", |r: &Row| Cell::Count(r.unmet.into())),
    ];
    cx.out.list(&rows, &columns, Around::default())?;
    let lang = cx.lang();
    cx.out.note(&tr!(
        lang,
        "{} điểm; chắc chắn không phương án nào dưới {} điểm (cách {} %)",
        "{} points; proven: no plan has fewer than {} (gap {} %)",
        decimal(plan.objective as f64, 0, lang),
        decimal(plan.bound as f64, 0, lang),
        decimal(100.0 * plan.gap(), 4, lang)
    ));
    Ok(Answer::Yes)
}

fn solved<'p>(instance: &'p Instance, plan: &'p Plan) -> Solved<'p> {
    let mut assignment: BTreeMap<&str, Vec<&str>> =
        instance.needs.iter().map(|need| (need.id.as_str(), Vec::new())).collect();
    for pair in &plan.pairs {
        assignment.entry(&pair.commune).or_default().push(&pair.team);
    }
    Solved {
        model: plan.kind,
        objective: plan.objective,
        bound: plan.bound,
        gap: plan.gap(),
        assignment,
        unmet: plan.unfilled.iter().map(|u| (u.commune.as_str(), u.missing)).collect(),
        uncovered: plan.uncovered.iter().map(|u| (u.commune.as_str(), &u.criteria[..])).collect(),
        loads: plan.loads.iter().map(|l| (l.team.as_str(), l.communes)).collect(),
    }
}

fn bad(why: &str) -> anyhow::Error {
    Failure::local(
        Text::new(format!("Không đọc được bài toán: {why}."), format!("Not an instance: {why}.")),
        Text::new(
            "xem dạng tệp trong tests/reference/assign/README.md",
            "the format is described in tests/reference/assign/README.md",
        ),
    )
}

fn contradictory(found: &[Contradiction]) -> anyhow::Error {
    let line = |lang: fn(&Text) -> &str| {
        let of = |c: &Contradiction| {
            let ids: Vec<&str> =
                [&c.commune, &c.team].into_iter().flatten().map(String::as_str).collect();
            let about =
                if ids.is_empty() { String::new() } else { format!("{}: ", ids.join(" – ")) };
            format!("{about}{}", lang(&c.message))
        };
        found.iter().map(of).collect::<Vec<_>>().join("\n")
    };
    Failure::local(
        Text::new(line(|t| &t.vi), line(|t| &t.en)),
        Text::new("sửa bài toán rồi chạy lại", "mend the instance and try again"),
    )
}
