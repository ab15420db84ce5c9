//! Helper teams to communes: the plan, why, and what a decision made of it.

use std::collections::BTreeSet;

use ntm_shared::{
    api::assignment::{
        Assignment, AssignmentRow, ChoiceRow, ExplainView, NewAssignments, NewPair, PlanView,
    },
    api::plan::{PlanAnswer, PlanRequest},
    assign::{Standing, Weights},
};

mod annex;
mod compare;
mod costs;
mod map;
mod rota;
mod solve;

use super::{Answer, Area, Context, new_id, round::MADE_UP};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Format, Tone, count, decimal},
};

/// `ntm assign …`.
pub async fn run(command: args::Assign, cx: &Context<'_>) -> anyhow::Result<Answer> {
    if let args::Assign::Solve { instance, model } = &command {
        return solve::run(instance, (*model).into(), cx);
    }
    let client = cx.client()?;
    match command {
        args::Assign::Solve { .. } => {}
        args::Assign::Plan { round, asked, rota, .. } if rota.collectors => {
            return rota::run(&client, &round, &rota, asked.max_km, cx).await;
        }
        args::Assign::Plan { round, asked, what_if, .. } => {
            let asked = request(&asked);
            if what_if {
                return compare::run(&client, &round, &asked, cx).await;
            }
            let plan: PlanAnswer = client.post(&["rounds", round.as_str(), "plan"], &asked).await?;
            costs::show(&plan, &round, cx)?;
        }
        args::Assign::Explain { round, commune, asked } => {
            let path = ["rounds", round.as_str(), "plan", commune.as_str()];
            let why: ExplainView = client.post(&path, &request(&asked)).await?;
            explain(&why, cx)?;
        }
        args::Assign::Apply { round, decision, from, asked, only_changes } => {
            let mut asked = request(&asked);
            asked.at = asked.at.or(Some(from));
            let plan = ask(&client, &round, &asked).await?;
            let only = if only_changes { Some(changed(&client, &plan, from).await?) } else { None };
            let body = decided(&plan, round, decision, from, only.as_ref());
            if body.pairs.is_empty() {
                cx.out.note(&tr!(cx.lang(), "Không có gì thay đổi.", "Nothing changes."));
                return Ok(Answer::No);
            }
            client.tell(&["assignments"], &body).await?;
            cx.out.value(&body, &format!("{} · {}", body.decision, body.pairs.len()))?;
            let communes: BTreeSet<&String> = body.pairs.iter().map(|p| &p.commune).collect();
            cx.out.note(&tr!(
                cx.lang(),
                "Đã ghi phân công {} xã theo {}. Xem: ntm assign list --at {}",
                "Stored the teams of {} communes under {}. See: ntm assign list --at {}",
                count(communes.len() as u64, cx.lang()),
                body.decision,
                from
            ));
        }
        args::Assign::List { at } => {
            let at = Area::on(None, at);
            let rows: Vec<Assignment> = client.all(&["assignments"], &at.query()).await?;
            cx.out.list(&rows, &in_force(), Around::default())?;
        }
        args::Assign::History { commune, team, at } => {
            let at = at.map(|day| day.to_string());
            let query = [("commune", &commune), ("team", &team), ("at", &at)];
            let query: Vec<(&str, &str)> = query
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.as_deref()?)))
                .collect();
            let rows: Vec<Assignment> = client.all(&["assignments", "history"], &query).await?;
            cx.out.list(&rows, &in_force(), Around::default())?;
        }
        args::Assign::Annex { out, at, reason } => {
            annex::run(&client, out.as_deref(), at, reason, cx).await?;
        }
    }
    Ok(Answer::Yes)
}

/// Asks for the best plan as it comes; nothing is stored.
pub async fn plan(client: &Client, round: &str) -> anyhow::Result<PlanView> {
    ask(client, round, &PlanRequest::default()).await
}

/// Asks for the best plan of a kind.
async fn ask(client: &Client, round: &str, asked: &PlanRequest) -> anyhow::Result<PlanView> {
    client.post(&["rounds", round, "plan"], asked).await
}

/// Points for keeping a pair when only what must change is to change.
const REPAIR: i64 = 300;

fn request(asked: &args::Asked) -> PlanRequest {
    let pairs = |list: &[(String, String)]| {
        let pair = |(commune, team): &(String, String)| NewPair {
            commune: commune.clone(),
            team: team.clone(),
            ..NewPair::default()
        };
        list.iter().map(pair).collect()
    };
    let usual = Weights::default();
    let keep = asked.keep.unwrap_or(if asked.repair { REPAIR } else { usual.keep });
    let weights = Weights { keep, ..usual };
    PlanRequest {
        weights,
        model: asked.model.map(Into::into),
        at: asked.at,
        teams: asked.teams,
        max_distance_m: asked.max_km.map(|km| i64::from(km) * 1000),
        pins: pairs(&asked.pins),
        forbid: pairs(&asked.forbid),
        capacity: asked.capacity.iter().cloned().collect(),
        priority: asked.priority.clone(),
        fair: asked.fair,
        repair: asked.repair,
        size: asked.load.map(Into::into),
    }
}

/// The communes that have other teams in the plan than in force on a day.
async fn changed(
    client: &Client,
    plan: &PlanView,
    day: jiff::civil::Date,
) -> anyhow::Result<BTreeSet<String>> {
    let day = day.to_string();
    let rows: Vec<Assignment> = client.all(&["assignments"], &[("at", &day)]).await?;
    let before = rows.into_iter().map(|row| (row.commune.commune, row.team.team, row.role));
    let before: BTreeSet<_> = before.collect();
    let after = plan
        .assignments
        .iter()
        .map(|row| (row.commune.commune.clone(), row.team.team.clone(), row.role.clone()));
    let after: BTreeSet<_> = after.collect();
    Ok(before.symmetric_difference(&after).map(|(commune, ..)| commune.clone()).collect())
}

/// The plan as a decision, for all its communes or for `only` these. Pairs that were pinned stay
/// pinned. Of a commune all pairs are stored, since its former ones end.
fn decided(
    plan: &PlanView,
    round: String,
    decision: String,
    from: jiff::civil::Date,
    only: Option<&BTreeSet<String>>,
) -> NewAssignments {
    let wanted = |row: &&AssignmentRow| only.is_none_or(|only| only.contains(&row.commune.commune));
    let pair = |row: &AssignmentRow| NewPair {
        commune: row.commune.commune.clone(),
        team: row.team.team.clone(),
        support: row.role == "support",
        pinned: row.pinned,
    };
    let pairs = plan.assignments.iter().filter(wanted).map(pair).collect();
    NewAssignments { id: new_id(), round, decision, from, pairs }
}

fn points(value: i64) -> Cell {
    Cell::Decimal(value as f64, 0)
}

fn criteria(list: &[u16]) -> Cell {
    Cell::Text(list.iter().map(u16::to_string).collect::<Vec<_>>().join(" "))
}

fn explain(why: &ExplainView, cx: &Context<'_>) -> anyhow::Result<()> {
    if cx.out.format() == Format::Json {
        return cx.out.json(why);
    }
    let lang = cx.lang();
    let mut title = tr!(
        lang,
        "{} {} – tiêu chí còn mở: {}",
        "{} {} – open criteria: {}",
        why.commune.commune_code,
        why.commune.commune_name,
        criteria(&why.open_criteria).plain()
    );
    if why.made_up {
        title = format!("{}\n{title}", MADE_UP[lang as usize]);
    }
    cx.out.list(&why.choices, &choice_columns(), Around { title: Some(title), total: None })?;
    cx.out.note(&tr!(
        lang,
        "Điểm của mọi tổ tính theo một cách: mọi tiêu chí còn mở mà tổ không mạnh, và phần tải tăng thêm vì xã này. “Thêm” là số điểm cả phương án phải trả thêm nếu chọn tổ đó cho xã này (chính xác cho các tổ đứng đầu, ít nhất cho các tổ còn lại).",
        "Points are counted in one way for every team: all open criteria it is not strong in, and what this commune adds to its load. “Extra” is what the whole plan would cost more with that team for this commune (exactly for the first ones, at least for the others)."
    ));
    for instead in &why.instead {
        cx.out.note(&tr!(
            lang,
            "Không có {}: {} thay, cả phương án thêm {} điểm, {} xã khác đổi theo.",
            "Without {}: {} instead, the whole plan costs {} points more, {} other communes change.",
            instead.of,
            instead.teams.join(", "),
            decimal(instead.points as f64, 0, lang),
            instead.others.len()
        ));
    }
    Ok(())
}

fn choice_columns() -> Vec<Column<ChoiceRow>> {
    vec![
        Column::new("team", "Tổ", "Team", |c: &ChoiceRow| Cell::Text(c.team.team.clone())),
        Column::new("agency", "Cơ quan", "Agency", |c: &ChoiceRow| {
            Cell::Text(c.team.agency.clone())
        }),
        Column::new("standing", "", "", |c: &ChoiceRow| standing(c.standing)),
        Column::new("distance_km", "Km", "Km", |c: &ChoiceRow| {
            Cell::Decimal(c.distance_m as f64 / 1000.0, 1)
        }),
        Column::new("cost_distance", "Xa", "Far", |c: &ChoiceRow| points(c.cost.distance)),
        Column::new("cost_missing", "Thiếu CM", "Skills", |c: &ChoiceRow| points(c.cost.missing)),
        Column::new("cost_language", "Tiếng", "Language", |c: &ChoiceRow| {
            points(c.cost.language)
        }),
        Column::new("cost_keep", "Giữ", "Keep", |c: &ChoiceRow| points(c.cost.keep)),
        Column::new("cost_load", "Tải", "Load", |c: &ChoiceRow| points(c.cost.load)),
        Column::new("cost_total", "Điểm", "Points", |c: &ChoiceRow| points(c.cost.total)),
        Column::new("extra", "Thêm", "Extra", |c: &ChoiceRow| {
            c.extra.or(c.extra_at_least).map_or(Cell::Empty, points)
        }),
        Column::csv("extra_at_least", |c: &ChoiceRow| c.extra_at_least.map_or(Cell::Empty, points)),
        Column::csv("missing_criteria", |c: &ChoiceRow| criteria(&c.missing_criteria)),
    ]
}

fn standing(standing: Standing) -> Cell {
    match standing {
        Standing::Required => Cell::Word("required", ["bắt buộc", "required"], Tone::Good),
        Standing::Chosen => Cell::Word("chosen", ["✔ được chọn", "✔ chosen"], Tone::Good),
        Standing::Possible => Cell::Word("possible", ["có thể", "possible"], Tone::Plain),
        Standing::Full => Cell::Word("full", ["đã đủ xã", "full"], Tone::Plain),
        Standing::Taken => Cell::Word("taken", ["xã đã đủ tổ", "commune full"], Tone::Plain),
        Standing::TooFar => Cell::Word("too_far", ["quá xa", "too far"], Tone::Plain),
        Standing::Forbidden => Cell::Word("forbidden", ["không được", "forbidden"], Tone::Bad),
    }
}

fn in_force() -> Vec<Column<Assignment>> {
    vec![
        Column::new("commune_code", "Mã", "Code", |a: &Assignment| {
            Cell::Text(a.commune.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |a: &Assignment| {
            Cell::Text(a.commune.commune_name.clone())
        }),
        Column::new("team", "Tổ", "Team", |a: &Assignment| Cell::Text(a.team.team.clone())),
        Column::new("agency", "Cơ quan", "Agency", |a: &Assignment| {
            Cell::Text(a.team.agency.clone())
        }),
        Column::new("role", "Vai trò", "Role", |a: &Assignment| match a.role.as_str() {
            "lead" => Cell::Word("lead", ["chính", "lead"], Tone::Plain),
            "support" => Cell::Word("support", ["phối hợp", "support"], Tone::Plain),
            other => Cell::Text(other.to_owned()),
        }),
        Column::new("decision", "Quyết định", "Decision", |a: &Assignment| {
            Cell::Text(a.decision.clone())
        }),
        Column::new("from", "Từ", "From", |a: &Assignment| Cell::When(a.from.to_string())),
        Column::new("to", "Đến", "To", |a: &Assignment| {
            a.to.map_or(Cell::Empty, |to| Cell::When(to.to_string()))
        }),
        Column::csv("commune", |a: &Assignment| Cell::Text(a.commune.commune.clone())),
        Column::csv("team_name", |a: &Assignment| Cell::Text(a.team.team_name.clone())),
    ]
}
