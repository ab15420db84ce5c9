//! Collectors: the people with phones.

use ntm_shared::{
    api::collector::{Collector, CollectorToken, NewCollector},
    text::nfc,
};

use super::{Answer, Context, new_id, pick, unit_ids};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm collector …`.
pub async fn run(command: args::Collector, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Collector::Add { name, areas, at, days } => {
            let areas = unit_ids(&client, &areas, at).await?;
            let body = NewCollector { id: new_id(), name: nfc(&name), areas, days };
            let made: CollectorToken = client.post(&["collectors"], &body).await?;
            cx.out.value(&made, made.url.as_deref().unwrap_or_default())?;
            cx.out.note(&tr!(
                cx.lang(),
                "Nhập địa chỉ này vào ODK Collect (Máy chủ) trên máy của {}. Chỉ hiện một lần này.",
                "Type this address into ODK Collect (server) on the phone of {}. Shown only once.",
                made.collector.name
            ));
        }
        args::Collector::List => {
            let collectors: Vec<Collector> = client.all(&["collectors"], &[]).await?;
            cx.out.list(&collectors, &columns(), Around::default())?;
        }
        args::Collector::Revoke { collector } => {
            let all: Vec<Collector> = client.all(&["collectors"], &[]).await?;
            let id = &pick(&all, &collector, |c| &c.id, |c| &c.name, "ntm collector list")?.id;
            client.act_only(&["collectors", id, "revoke"]).await?;
            cx.out.note(&tr!(
                cx.lang(),
                "Đã thu hồi mã của {}. Phiếu chưa gửi vẫn nằm trong máy đó.",
                "Revoked {}. Unsent forms are still on that phone.",
                collector
            ));
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<Collector>> {
    vec![
        Column::new("name", "Tên", "Name", |c: &Collector| Cell::Text(c.name.clone())),
        Column::new("areas", "Phạm vi", "Areas", |c: &Collector| Cell::Text(c.areas.join(" "))),
        Column::new("last_seen_at", "Liên lạc gần nhất", "Last seen", |c: &Collector| {
            Cell::maybe_when(&c.last_seen_at)
        }),
        Column::new("expires_at", "Hết hạn", "Expires", |c: &Collector| {
            Cell::When(c.expires_at.clone())
        }),
        Column::new("revoked", "Đã thu hồi", "Revoked", |c: &Collector| {
            Cell::yes_no(c.revoked)
        }),
        Column::csv("id", |c: &Collector| Cell::Text(c.id.clone())),
    ]
}
