//! `ntm assign plan --what-if`: what a pin, a forbidden pair or another capacity would change.

use ntm_shared::api::plan::{Difference, PlanRequest};

use super::ask;
use crate::client::Client;
use crate::cmd::{Answer, Context};
use crate::print::{Around, Cell, Column, Format, Tone, decimal};

/// A pair that one of the two plans has.
#[derive(serde::Serialize)]
struct Row {
    commune: String,
    commune_name: String,
    team: String,
    comes: bool,
}

/// Compares the plan with what is asked for with the plan without.
pub async fn run(
    client: &Client,
    round: &str,
    asked: &PlanRequest,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let PlanRequest { at, teams, size, .. } = *asked;
    let bare = PlanRequest { at, teams, size, ..PlanRequest::default() };
    let before = ask(client, round, &bare).await?;
    let after = ask(client, round, asked).await?;
    let difference: Difference = before.against(&after);
    if cx.out.format() == Format::Json {
        cx.out.json(&difference)?;
        return Ok(Answer::Yes);
    }
    let name = |commune: &str| {
        let mut rows = before.assignments.iter().chain(&after.assignments);
        let row = rows.find(|row| row.commune.commune == commune);
        row.map(|row| row.commune.commune_name.clone()).unwrap_or_default()
    };
    let row = |comes: bool, (commune, team): &(String, String)| Row {
        commune: commune.clone(),
        commune_name: name(commune),
        team: team.clone(),
        comes,
    };
    let gone = difference.gone.iter().map(|pair| row(false, pair));
    let mut rows: Vec<Row> =
        gone.chain(difference.new.iter().map(|pair| row(true, pair))).collect();
    rows.sort_by(|a, b| (&a.commune, a.comes, &a.team).cmp(&(&b.commune, b.comes, &b.team)));
    let columns = [
        Column::new("commune", "Mã", "Id", |r: &Row| Cell::Text(r.commune.clone())),
        Column::new("commune_name", "Xã", "Commune", |r: &Row| Cell::Text(r.commune_name.clone())),
        Column::new("team", "Tổ", "Team", |r: &Row| Cell::Text(r.team.clone())),
        Column::new("change", "", "", |r: &Row| match r.comes {
            true => Cell::Word("comes", ["thêm", "comes"], Tone::Good),
            false => Cell::Word("goes", ["thôi", "goes"], Tone::Bad),
        }),
    ];
    cx.out.list(&rows, &columns, Around::default())?;
    let lang = cx.lang();
    cx.out.note(&tr!(
        lang,
        "Nếu làm vậy: {} cặp đổi, cả phương án thêm {} điểm, thêm {} chỗ thiếu tổ.",
        "With that: {} pairs change, the whole plan costs {} points more, {} more places stay empty.",
        difference.new.len(),
        decimal(difference.points as f64, 0, lang),
        difference.unfilled
    ));
    Ok(Answer::Yes)
}
