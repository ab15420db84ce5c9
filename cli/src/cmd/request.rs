//! The register of what people ask about their own data.

use ntm_shared::api::request::{NewRequest, NewStep, Request, RequestKind, Step};

use super::{Answer, Context, new_id};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Tone, count},
};

/// `ntm request …`.
pub async fn run(command: args::Request, cx: &Context<'_>) -> anyhow::Result<Answer> {
    use args::Request as Do;
    let client = cx.client()?;
    match command {
        Do::Add { household, kind, received } => {
            let new = NewRequest { id: new_id(), household, kind: kind.into(), received };
            let request: Request = client.post(&["requests"], &new).await?;
            say(&request, cx)?;
        }
        Do::List { open } => return list(&client, open, cx).await,
        Do::Answered { id } => step(&client, &id, Step::Answered, String::new(), cx).await?,
        Do::Extend { id, reason } => step(&client, &id, Step::Extended, reason, cx).await?,
        Do::Done { id } => step(&client, &id, Step::Done, String::new(), cx).await?,
        Do::Refuse { id, reason } => step(&client, &id, Step::Refused, reason, cx).await?,
    }
    Ok(Answer::Yes)
}

async fn step(
    client: &Client,
    id: &str,
    step: Step,
    reason: String,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let new = NewStep { step, reason };
    let request: Request = client.post(&["requests", id, "steps"], &new).await?;
    say(&request, cx)
}

fn say(request: &Request, cx: &Context<'_>) -> anyhow::Result<()> {
    let line = tr!(
        cx.lang(),
        "Yêu cầu {}: {}, trả lời chậm nhất ngày {}, làm xong chậm nhất ngày {}.",
        "Request {}: {}, to be answered by {}, carried out by {}.",
        request.id,
        state(request).shown(cx.lang()),
        Cell::When(request.answer_by.to_string()).shown(cx.lang()),
        Cell::When(request.due.to_string()).shown(cx.lang())
    );
    cx.out.value(request, &line)
}

async fn list(client: &Client, open: bool, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let mut requests: Vec<Request> = client.all(&["requests"], &[]).await?;
    requests.retain(|request| !open || request.state == "open");
    let overdue = requests.iter().filter(|request| request.overdue).count();
    cx.out.list(&requests, &columns(), Around::default())?;
    if overdue == 0 {
        return Ok(Answer::Yes);
    }
    cx.out.note(&tr!(
        cx.lang(),
        "{} yêu cầu quá hạn.",
        "{} requests are overdue.",
        count(overdue as u64, cx.lang())
    ));
    Ok(Answer::No)
}

fn kind(request: &Request) -> Cell {
    let words = match request.kind {
        RequestKind::See => ["xem", "see"],
        RequestKind::Correct => ["sửa", "correct"],
        RequestKind::Erase => ["xóa", "erase"],
        RequestKind::Withdraw => ["rút lại đồng ý", "withdraw consent"],
        RequestKind::Restrict => ["hạn chế xử lý", "restrict"],
        RequestKind::Object => ["phản đối", "object"],
    };
    Cell::Word(request.kind.as_str(), words, Tone::Plain)
}

fn state(request: &Request) -> Cell {
    match request.state.as_str() {
        "done" => Cell::Word("done", ["đã xong", "done"], Tone::Good),
        "refused" => Cell::Word("refused", ["đã từ chối", "refused"], Tone::Plain),
        _ if request.overdue => Cell::Word("open", ["QUÁ HẠN", "OVERDUE"], Tone::Bad),
        _ => Cell::Word("open", ["chưa xong", "open"], Tone::Open),
    }
}

fn last(request: &Request, step: Step) -> Cell {
    let found = request.steps.iter().find(|row| row.step == step);
    found.map_or(Cell::Empty, |row| Cell::When(row.at.clone()))
}

fn columns() -> Vec<Column<Request>> {
    vec![
        Column::new("household", "Hộ", "Household", |r: &Request| {
            Cell::Text(r.household.clone())
        }),
        Column::new("kind", "Yêu cầu", "Request", kind),
        Column::new("received", "Nhận", "Received", |r: &Request| {
            Cell::When(r.received.to_string())
        }),
        Column::new("answer_by", "Hạn trả lời", "Answer by", |r: &Request| {
            Cell::When(r.answer_by.to_string())
        }),
        Column::new("answered", "Đã trả lời", "Answered", |r: &Request| {
            last(r, Step::Answered)
        }),
        Column::new("due", "Hạn xong", "Due", |r: &Request| Cell::When(r.due.to_string())),
        Column::new("state", "Trạng thái", "State", state),
        Column::new("actor_name", "Người ghi", "By", |r: &Request| {
            Cell::Text(r.actor_name.clone())
        }),
        Column::new("id", "Mã", "Id", |r: &Request| Cell::Id(r.id.clone())),
    ]
}
