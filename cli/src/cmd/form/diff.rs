//! `ntm form diff`: what changed between two versions, and whether their data go together.

use ntm_shared::{
    api::form::FormChange,
    form::{Effect, Form, Together, diff, together},
};
use serde::Serialize;

use super::source::Source;
use crate::{
    cmd::{Answer, Context},
    print::{Around, Cell, Column, Format, Tone},
};

#[derive(Debug, Serialize)]
struct Version {
    id: String,
    version: String,
}

impl Version {
    fn of(form: &Form) -> Version {
        Version { id: form.id.clone(), version: form.version.clone() }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    old: Version,
    new: Version,
    together: Together,
    changes: Vec<FormChange>,
}

/// Compares two versions; "no" when their data cannot be compiled together.
pub async fn run(old: &str, new: &str, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let before = Source::find(old, cx).await?.compiled(old)?;
    let after = Source::find(new, cx).await?.compiled(new)?;
    let changes = diff(&before, &after);
    let report = Report {
        old: Version::of(&before),
        new: Version::of(&after),
        together: together(&changes),
        changes: changes.iter().map(FormChange::from).collect(),
    };
    let lang = cx.lang();
    if cx.out.format() == Format::Json {
        cx.out.json(&report)?;
    } else {
        if cx.out.format() == Format::Csv || !report.changes.is_empty() {
            cx.out.list(&report.changes, &columns(cx), Around::default())?;
        }
        if cx.out.format() == Format::Table {
            let gap = if report.changes.is_empty() { "" } else { "\n" };
            let verdict = verdict(report.together).shown(lang);
            cx.out.line(&tr!(
                lang,
                "{}{} {} → {} {}: {} thay đổi. Tổng hợp chung: {}.",
                "{}{} {} → {} {}: {} changes. Compiling together: {}.",
                gap,
                report.old.id,
                report.old.version,
                report.new.id,
                report.new.version,
                report.changes.len(),
                verdict
            ))?;
        }
    }
    Ok(if report.together == Together::No { Answer::No } else { Answer::Yes })
}

/// Whether the data of both go together, in words.
pub fn verdict(together: Together) -> Cell {
    match together {
        Together::Yes => Cell::Word("yes", ["được", "yes"], Tone::Good),
        Together::YesWithBlanks => Cell::Word(
            "yes_with_blanks",
            ["được, câu chỉ có ở một bản thì để trống ở bản kia", "yes, with blanks"],
            Tone::Open,
        ),
        Together::No => Cell::Word("no", ["không", "no"], Tone::Bad),
    }
}

fn columns(cx: &Context<'_>) -> Vec<Column<FormChange>> {
    let lang = cx.lang();
    vec![
        Column::new("effect", "Dữ liệu", "Data", |c: &FormChange| match c.effect {
            Effect::Keeps => Cell::Word("keeps", ["giữ nguyên", "kept"], Tone::Good),
            Effect::Narrows => Cell::Word("narrows", ["cần xem", "look"], Tone::Open),
            Effect::Blanks => Cell::Word("blanks", ["có chỗ trống", "blanks"], Tone::Open),
            Effect::Breaks => Cell::Word("breaks", ["tách rời", "apart"], Tone::Bad),
        }),
        Column::new("field", "Câu hỏi", "Field", |c: &FormChange| Cell::maybe(&c.field)),
        Column::new("message", "Thay đổi", "Change", move |c: &FormChange| {
            Cell::Text(c.message.get(lang).to_owned())
        }),
        Column::csv("code", |c: &FormChange| Cell::Text(c.code.clone())),
    ]
}
