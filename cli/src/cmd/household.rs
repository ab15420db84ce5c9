//! The roster, and who is still missing.

use ntm_shared::api::household::{FailingHousehold, HouseholdRow, Imported, MissingHousehold};
use ntm_shared::api::round::Round;
use ntm_shared::criteria::Unit;
use ntm_shared::score::OpenIndicator;

use super::export::{Marked, mark};
use super::{Answer, Area, Context, MADE_UP, read_input};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Tone, count},
};

/// `ntm household …`.
pub async fn run(command: args::Household, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Household::Import { file, at } => {
            let bytes = read_input(&file)?;
            let at = Area::on(None, at);
            let done: Imported =
                client.upload(&["households"], &at.query(), "text/csv", &bytes).await?;
            imported(&done, true, cx)?;
            if done.erased > 0 {
                cx.out.note(&tr!(
                    cx.lang(),
                    "Bỏ qua {} hộ đã được xóa theo yêu cầu: hộ đã xóa không nhập lại được.",
                    "{} households were left out: erased on request, they are not brought back.",
                    count(done.erased, cx.lang())
                ));
            }
            cx.out.note(&tr!(
                cx.lang(),
                "Tiếp theo: mở đợt điều tra bằng ntm round open",
                "Next: open a round with ntm round open"
            ));
        }
        args::Household::List { within, at, reason } => {
            let mark = mark(&client, "households", &within_word(&within), reason, cx).await?;
            let area = Area::on(within, at);
            let rows: Vec<HouseholdRow> = client.all(&["households"], &area.query()).await?;
            let mut columns = columns(|marked: &Marked<HouseholdRow>| &marked.row);
            columns.push(Marked::column());
            cx.out.list(&Marked::all(rows, &mark), &columns, Around::default())?;
        }
        args::Household::Failing { round, indicator, within, reason } => {
            let subject = format!("{round} {}", within_word(&within));
            let mark = mark(&client, "failing", subject.trim(), reason, cx).await?;
            let area = Area::of_round(&client, &round, within).await?;
            let rows = failing(&client, &round, indicator.as_deref(), &area).await?;
            let rows = Marked::all(rows, &mark);
            let mut columns = columns(|marked: &Marked<FailingHousehold>| &marked.row.household);
            columns.push(Column::new(
                "open",
                "Chưa đạt",
                "Not passed",
                |marked: &Marked<FailingHousehold>| Cell::Text(open(&marked.row)),
            ));
            columns.push(Marked::column());
            let known: Round = client.get(&["rounds", &round], &[]).await?;
            let title = known.spec.made_up.then(|| MADE_UP[cx.lang() as usize].to_owned());
            cx.out.list(&rows, &columns, Around { title, total: None })?;
            cx.out.note(&tr!(
                cx.lang(),
                "{} hộ đã điều tra còn chỉ tiêu chưa đạt.",
                "{} households surveyed do not pass some indicator.",
                count(rows.len() as u64, cx.lang())
            ));
        }
        args::Household::Missing { round, within, reason } => {
            let subject = format!("{round} {}", within_word(&within));
            let mark = mark(&client, "missing", subject.trim(), reason, cx).await?;
            let area = Area::of_round(&client, &round, within).await?;
            let rows: Vec<MissingHousehold> =
                client.all(&["rounds", &round, "missing"], &area.query()).await?;
            let rows = Marked::all(rows, &mark);
            let mut columns = columns(|marked: &Marked<MissingHousehold>| &marked.row.household);
            columns.push(Column::new(
                "last_attempt",
                "Lần gần nhất",
                "Last attempt",
                |marked: &Marked<MissingHousehold>| outcome(&marked.row.last_attempt),
            ));
            columns.push(Marked::column());
            let round: Round = client.get(&["rounds", &round], &[]).await?;
            let title = round.spec.made_up.then(|| MADE_UP[cx.lang() as usize].to_owned());
            cx.out.list(&rows, &columns, Around { title, total: None })?;
            cx.out.note(&tr!(
                cx.lang(),
                "Còn {} hộ chưa có phiếu hoàn thành.",
                "{} households without a completed interview.",
                count(rows.len() as u64, cx.lang())
            ));
        }
    }
    Ok(Answer::Yes)
}

/// The households of an area that do not pass an indicator; any of them without one.
pub async fn failing(
    client: &Client,
    round: &str,
    indicator: Option<&str>,
    area: &Area,
) -> anyhow::Result<Vec<FailingHousehold>> {
    let mut query = area.query();
    query.extend(indicator.map(|id| ("q", id)));
    client.all(&["rounds", round, "failing"], &query).await
}

/// `9.2, 15.1 (2 người)`.
pub fn open(household: &FailingHousehold) -> String {
    let said = |open: &OpenIndicator| match open.unit {
        Unit::Household => open.indicator.clone(),
        Unit::Person => format!("{} ({})", open.indicator, open.count),
    };
    household.open.iter().map(said).collect::<Vec<_>>().join(", ")
}

/// The area a person named, for the record of an export.
fn within_word(within: &Option<String>) -> String {
    within.clone().unwrap_or_default()
}

/// What an import did, in one line; a roster may bring villages too.
pub fn imported(done: &Imported, villages: bool, cx: &Context<'_>) -> anyhow::Result<()> {
    let n = |n: u64| count(n, cx.lang());
    let mut line = tr!(
        cx.lang(),
        "Đọc {} dòng: thêm {}, đổi {}",
        "Read {} rows: {} added, {} changed",
        n(done.rows),
        n(done.added),
        n(done.changed)
    );
    if villages {
        let new = n(done.villages_added);
        line.push_str(&tr!(cx.lang(), ", thôn mới {new}", ", {new} new villages"));
    }
    line.push('.');
    cx.out.value(done, &line)
}

/// The outcome of a visit in words.
pub fn outcome(key: &Option<String>) -> Cell {
    match key.as_deref() {
        Some("completed") => Cell::Word("completed", ["hoàn thành", "completed"], Tone::Good),
        Some("absent") => Cell::Word("absent", ["vắng nhà", "absent"], Tone::Plain),
        Some("refused") => Cell::Word("refused", ["từ chối", "refused"], Tone::Plain),
        Some("moved") => Cell::Word("moved", ["đã chuyển đi", "moved"], Tone::Plain),
        Some("not_found") => Cell::Word("not_found", ["không tìm thấy", "not found"], Tone::Plain),
        Some(other) => Cell::Text(other.to_owned()),
        None => Cell::Empty,
    }
}

fn columns<T: 'static>(row: fn(&T) -> &HouseholdRow) -> Vec<Column<T>> {
    vec![
        Column::new("commune_code", "Mã xã", "Code", move |r| {
            Cell::Text(row(r).commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", move |r| {
            Cell::Text(row(r).commune_name.clone())
        }),
        Column::new("village_name", "Thôn", "Village", move |r| {
            Cell::Text(row(r).village_name.clone())
        }),
        Column::new("code", "Số", "No.", move |r| Cell::Text(row(r).code.clone())),
        Column::new("head", "Chủ hộ", "Head", move |r| Cell::Text(row(r).head.clone())),
        Column::new("members", "Nhân khẩu", "Persons", move |r| {
            row(r).members.map_or(Cell::Empty, |n| Cell::Count(n.into()))
        }),
        Column::csv("household", move |r| Cell::Text(row(r).id.clone())),
    ]
}
