//! Collectors: the people with phones.

use ntm_shared::{
    api::{
        Page,
        collector::{Collector, CollectorToken, Device, Enrolment, NewCollector, NewDevice},
    },
    text::nfc,
};

use super::{Answer, Context, new_id, pick, unit_ids};
use crate::{
    args,
    client::Client,
    print::{Around, Cell, Column, Tone},
};

mod setup;

use setup::Code;

/// `ntm collector …`.
pub async fn run(command: args::Collector, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Collector::Add { name, areas, at, days, qr } => {
            let areas = unit_ids(&client, &areas, at).await?;
            let body = NewCollector { id: new_id(), name: nfc(&name), areas, days };
            let made: CollectorToken = client.post(&["collectors"], &body).await?;
            let url = made.url.as_deref().unwrap_or_default();
            if let Some(path) = qr {
                Code::of_collect(url)?.write(&path)?;
                cx.out.note(&tr!(
                    cx.lang(),
                    "Mã QR cài đặt ODK Collect: {}",
                    "QR code that sets up ODK Collect: {}",
                    path.display()
                ));
            }
            cx.out.value(&made, url)?;
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
        args::Collector::Qr { collector, label, days, out, web } => {
            let known = find(&client, &collector).await?;
            let body = NewDevice { id: new_id(), label: nfc(&label), days };
            let (code, text) = if web {
                let path = ["collectors", &known.id, "enrolments"];
                let made: Enrolment = client.post(&path, &body).await?;
                (Code::of_text(&made.link)?, made.link)
            } else {
                let path = ["collectors", &known.id, "devices"];
                let made: CollectorToken = client.post(&path, &body).await?;
                let url = made.url.unwrap_or_default();
                (Code::of_collect(&url)?, url)
            };
            show(&code, &text, out.as_deref(), cx)?;
            cx.out.note(&tr!(
                cx.lang(),
                "Mã của {}, cho một máy. Chỉ hiện một lần này; ai chụp được mã cũng dùng được.",
                "For {}, one phone. Shown only once; whoever photographs it can use it.",
                known.name
            ));
        }
        args::Collector::Phones { collector } => {
            let known = find(&client, &collector).await?;
            let phones = phones(&client, &known.id).await?;
            cx.out.list(&phones, &phone_columns(), Around::default())?;
        }
        args::Collector::Revoke { collector, phone } => {
            let id = find(&client, &collector).await?.id;
            let revoked = match phone {
                None => {
                    client.act_only(&["collectors", &id, "revoke"]).await?;
                    collector
                }
                Some(phone) => {
                    let all = phones(&client, &id).await?;
                    let list = "ntm collector phones";
                    let device = &pick(&all, &phone, |d| &d.id, |d| &d.label, list)?.id;
                    client.act_only(&["collectors", &id, "devices", device, "revoke"]).await?;
                    format!("{collector} ({phone})")
                }
            };
            cx.out.note(&tr!(
                cx.lang(),
                "Đã thu hồi mã của {}. Phiếu chưa gửi vẫn nằm trong máy đó.",
                "Revoked {}. Unsent forms are still on that phone.",
                revoked
            ));
        }
    }
    Ok(Answer::Yes)
}

/// The code as a picture in a file, or on the terminal with what it says below.
fn show(
    code: &Code,
    text: &str,
    out: Option<&std::path::Path>,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let said = serde_json::json!({ "text": text, "code": code.text() });
    match out {
        Some(path) => {
            code.write(path)?;
            cx.out.value(&said, &path.display().to_string())
        }
        None => cx.out.value(&said, &format!("{}\n{text}", code.drawn())),
    }
}

async fn find(client: &Client, wanted: &str) -> anyhow::Result<Collector> {
    let all: Vec<Collector> = client.all(&["collectors"], &[]).await?;
    Ok(pick(&all, wanted, |c| &c.id, |c| &c.name, "ntm collector list")?.clone())
}

async fn phones(client: &Client, collector: &str) -> anyhow::Result<Vec<Device>> {
    let page: Page<Device> = client.get(&["collectors", collector, "devices"], &[]).await?;
    Ok(page.items)
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

fn phone_columns() -> Vec<Column<Device>> {
    vec![
        Column::new("label", "Máy", "Phone", |d: &Device| Cell::Text(d.label.clone())),
        Column::new("last_seen_at", "Liên lạc gần nhất", "Last seen", |d: &Device| {
            Cell::maybe_when(&d.last_seen_at)
        }),
        Column::new("expires_at", "Hết hạn", "Expires", |d: &Device| {
            Cell::When(d.expires_at.clone())
        }),
        Column::new("revoked_at", "Đã thu hồi", "Revoked", |d: &Device| {
            Cell::maybe_when(&d.revoked_at)
        }),
        Column::new("check", "Cần xem", "Please check", |d: &Device| match d.other_phone_at {
            Some(_) => Cell::Word(
                "other_phone",
                ["mã dùng ở máy khác", "used by another phone"],
                Tone::Open,
            ),
            None => Cell::Empty,
        }),
        Column::new("missing", "Phiếu số chưa tới", "Forms not arrived", |d: &Device| {
            let numbers: Vec<String> = d.missing.iter().map(u64::to_string).collect();
            Cell::Text(numbers.join(", "))
        }),
        Column::new("id", "Id", "Id", |d: &Device| Cell::Id(d.id.clone())),
    ]
}
