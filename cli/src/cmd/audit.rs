//! Who did, read and took away what.

use ntm_shared::api::{
    Page,
    audit::{Event, Export, Read, Verified},
    erasure::Erasure,
};
use serde::de::DeserializeOwned;

use super::{Answer, Context, erase};
use crate::{
    args::{Audit, AuditFilter},
    client::Client,
    print::{Around, Cell, Column},
};

/// `ntm audit …`.
pub async fn run(command: Audit, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        Audit::List(filter) => {
            let events: Vec<Event> = all(&client, "events", &filter).await?;
            cx.out.list(&events, &event_columns(), Around::default())?;
        }
        Audit::Reads(filter) => {
            let reads: Vec<Read> = all(&client, "reads", &filter).await?;
            cx.out.list(&reads, &read_columns(), Around::default())?;
        }
        Audit::Exports => {
            let exports: Vec<Export> = client.all(&["exports"], &[]).await?;
            cx.out.list(&exports, &export_columns(), Around::default())?;
        }
        Audit::Erasures => {
            let erasures: Vec<Erasure> = client.all(&["erasures"], &[]).await?;
            cx.out.list(&erasures, &erase::columns(), Around::default())?;
        }
        Audit::Verify { head } => return verify(&client, head, cx).await,
    }
    Ok(Answer::Yes)
}

async fn verify(
    client: &Client,
    noted: Option<String>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let chain: Verified = client.get(&["events", "chain"], &[]).await?;
    let line = match chain.broken {
        None => tr!(
            cx.lang(),
            "{} sự kiện, chuỗi nguyên vẹn. Mã băm cuối: {}",
            "{} events, the chain is whole. Head: {}",
            chain.events,
            chain.head
        ),
        Some(seq) => tr!(
            cx.lang(),
            "Chuỗi bị đứt ở sự kiện {}: có người đã sửa hoặc xóa.",
            "The chain breaks at event {}: something was changed or removed.",
            seq
        ),
    };
    cx.out.value(&chain, &line)?;
    let kept = match noted {
        None => true,
        Some(noted) if noted == chain.head => true,
        Some(noted) => {
            let events: Vec<Event> = all(client, "events", &AuditFilter::default()).await?;
            let kept = events.iter().any(|event| event.hash == noted);
            if !kept {
                cx.out.note(&tr!(
                    cx.lang(),
                    "Không còn sự kiện nào có mã băm đã ghi lại.",
                    "No event has the hash that was noted."
                ));
            }
            kept
        }
    };
    Ok(if chain.broken.is_none() && kept { Answer::Yes } else { Answer::No })
}

/// Every row of a list, after the number the person named.
async fn all<T: DeserializeOwned>(
    client: &Client,
    list: &str,
    filter: &AuditFilter,
) -> anyhow::Result<Vec<T>> {
    let words = [("actor", &filter.actor), ("subject", &filter.subject), ("what", &filter.what)];
    let words: Vec<(&str, &str)> =
        words.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
    let (mut rows, mut after) = (Vec::new(), filter.after.map(|after| after.to_string()));
    loop {
        let mut query = words.clone();
        if let Some(after) = &after {
            query.push(("after", after));
        }
        let page: Page<T> = client.get(&[list], &query).await?;
        rows.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

fn event_columns() -> Vec<Column<Event>> {
    vec![
        Column::new("seq", "Số", "No.", |e: &Event| Cell::Count(e.seq.unsigned_abs())),
        Column::new("at", "Lúc", "At", |e: &Event| Cell::When(e.at.clone())),
        Column::new("actor_name", "Ai", "Who", |e: &Event| Cell::Text(e.actor_name.clone())),
        Column::new("verb", "Việc", "What", |e: &Event| Cell::Text(e.verb.clone())),
        Column::new("subject", "Đối tượng", "Subject", |e: &Event| {
            Cell::Text(e.subject.clone())
        }),
        Column::csv("actor", |e: &Event| Cell::Text(e.actor.clone())),
        Column::csv("data", |e: &Event| Cell::Text(e.data.to_string())),
        Column::csv("hash", |e: &Event| Cell::Text(e.hash.clone())),
    ]
}

fn read_columns() -> Vec<Column<Read>> {
    vec![
        Column::new("id", "Số", "No.", |r: &Read| Cell::Count(r.id.unsigned_abs())),
        Column::new("at", "Lúc", "At", |r: &Read| Cell::When(r.at.clone())),
        Column::new("actor_name", "Ai", "Who", |r: &Read| Cell::Text(r.actor_name.clone())),
        Column::new("what", "Đã xem", "Read", |r: &Read| Cell::Text(r.what.clone())),
        Column::new("subject", "Đối tượng", "Subject", |r: &Read| {
            Cell::Text(r.subject.clone())
        }),
        Column::csv("actor", |r: &Read| Cell::Text(r.actor.clone())),
    ]
}

fn export_columns() -> Vec<Column<Export>> {
    vec![
        Column::new("at", "Lúc", "At", |e: &Export| Cell::When(e.at.clone())),
        Column::new("actor_name", "Ai", "Who", |e: &Export| Cell::Text(e.actor_name.clone())),
        Column::new("list", "Danh sách", "List", |e: &Export| Cell::Text(e.list.clone())),
        Column::new("subject", "Phạm vi", "Of", |e: &Export| Cell::Text(e.subject.clone())),
        Column::new("reason", "Lý do", "Reason", |e: &Export| Cell::Text(e.reason.clone())),
        Column::new("id", "Mã xuất", "Export", |e: &Export| Cell::Id(e.id.clone())),
    ]
}
