//! Difficulties of communes: whose they are to resolve, and until when.

use ntm_shared::api::difficulty::{Difficulty, NewDifficulty, NewStep, Step};

use super::visit::{pairs, query};
use super::{Answer, Context, new_id};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Tone, count},
};

/// `ntm difficulty …`.
pub async fn run(command: args::Difficulty, cx: &Context<'_>) -> anyhow::Result<Answer> {
    use args::Difficulty as Do;
    let client = cx.client()?;
    match command {
        Do::Add { happened, category, what, owner, deadline, visit } => {
            let args::Happened { commune, team, day } = happened;
            let new = NewDifficulty {
                id: new_id(),
                commune,
                team,
                visit,
                day,
                category,
                description: what,
                owner,
                deadline,
            };
            say(&client.post(&["difficulties"], &new).await?, cx)?;
        }
        Do::List { which, open, overdue } => {
            let mut query = query(&which);
            if open {
                query.push(("open", "true".to_owned()));
            }
            if overdue {
                query.push(("overdue", "true".to_owned()));
            }
            let rows: Vec<Difficulty> = client.all(&["difficulties"], &pairs(&query)).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
            let late = rows.iter().filter(|row| row.overdue).count();
            if late > 0 {
                cx.out.note(&tr!(
                    cx.lang(),
                    "{} khó khăn quá hạn.",
                    "{} difficulties are overdue.",
                    count(late as u64, cx.lang())
                ));
            }
            return Ok(if overdue && late > 0 { Answer::No } else { Answer::Yes });
        }
        Do::Escalate { id, owner, deadline, day, reason } => {
            step(&client, &id, day, reason, Step::Escalated { owner, deadline }, cx).await?;
        }
        Do::Resolve { id, day, how } => {
            step(&client, &id, day, how, Step::Resolved {}, cx).await?;
        }
    }
    Ok(Answer::Yes)
}

async fn step(
    client: &Client,
    id: &str,
    day: jiff::civil::Date,
    note: String,
    step: Step,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let new = NewStep { id: new_id(), day, note, step };
    say(&client.post(&["difficulties", id, "steps"], &new).await?, cx)
}

fn say(row: &Difficulty, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    let shown = |day: jiff::civil::Date| Cell::When(day.to_string()).shown(lang);
    let words = match row.resolved {
        Some(day) => tr!(lang, "đã giải quyết ngày {}", "resolved on {}", shown(day)),
        None => tr!(
            lang,
            "{} ({}) giải quyết chậm nhất ngày {}",
            "{} ({}) has it to resolve by {}",
            row.owner,
            row.tier.names()[lang as usize],
            shown(row.deadline)
        ),
    };
    cx.out.value(row, &format!("{} · {}: {words}", row.id, row.commune.commune_name))
}

fn state(row: &Difficulty) -> Cell {
    match (row.resolved, row.overdue) {
        (Some(_), _) => Cell::Word("resolved", ["đã giải quyết", "resolved"], Tone::Good),
        (None, true) => Cell::Word("overdue", ["QUÁ HẠN", "OVERDUE"], Tone::Bad),
        (None, false) => Cell::Word("open", ["chưa xong", "open"], Tone::Open),
    }
}

fn columns() -> Vec<Column<Difficulty>> {
    vec![
        Column::new("commune_name", "Xã", "Commune", |d: &Difficulty| {
            Cell::Text(d.commune.commune_name.clone())
        }),
        Column::new("category", "Lĩnh vực", "Category", |d: &Difficulty| {
            Cell::Word(d.category.as_str(), d.category.names(), Tone::Plain)
        }),
        Column::new("description", "Nội dung", "What", |d: &Difficulty| {
            Cell::Text(d.description.clone())
        }),
        Column::new("tier", "Cấp", "Tier", |d: &Difficulty| {
            Cell::Word(d.tier.as_str(), d.tier.names(), Tone::Plain)
        }),
        Column::new("owner", "Giải quyết", "Owner", |d: &Difficulty| {
            Cell::Text(d.owner.clone())
        }),
        Column::new("deadline", "Hạn", "Deadline", |d: &Difficulty| {
            Cell::When(d.deadline.to_string())
        }),
        Column::new("state", "Trạng thái", "State", state),
        Column::new("id", "Mã", "Id", |d: &Difficulty| Cell::Text(d.id.clone())),
        Column::csv("day", |d: &Difficulty| Cell::When(d.day.to_string())),
        Column::csv("resolved", |d: &Difficulty| {
            d.resolved.map_or(Cell::Empty, |day| Cell::When(day.to_string()))
        }),
        Column::csv("team", |d: &Difficulty| Cell::maybe(&d.team)),
        Column::csv("commune", |d: &Difficulty| Cell::Text(d.commune.commune.clone())),
    ]
}
