//! `ntm assign plan --collectors`: which collector surveys which villages.

use std::collections::BTreeMap;

use ntm_shared::api::collector::Collector;
use ntm_shared::api::rota::{NewAreas, RotaCollector, RotaRequest, RotaView, RotaVillage};

use super::MADE_UP;
use crate::args;
use crate::client::Client;
use crate::cmd::{Answer, Context, pick};
use crate::print::{Around, Cell, Column, Format, count, decimal};

/// Asks for the best rota, prints it, and if so asked gives the collectors their villages.
pub async fn run(
    client: &Client,
    round: &str,
    asked: &args::Rota,
    max_km: Option<u32>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let mut request = RotaRequest {
        days: asked.days,
        per_day: asked.per_day,
        max_distance_m: max_km.map(|km| i64::from(km) * 1000),
        ..RotaRequest::default()
    };
    if !asked.homes.is_empty() || !asked.speaks.is_empty() {
        let known: Vec<Collector> = client.all(&["collectors"], &[]).await?;
        let id = |name: &str| {
            let found = pick(&known, name, |c| &c.id, |c| &c.name, "ntm collector list")?;
            Ok::<_, anyhow::Error>(found.id.clone())
        };
        for (name, home) in &asked.homes {
            request.homes.insert(id(name)?, home.clone());
        }
        for (name, spoken) in &asked.speaks {
            // As the languages of communes are kept: without tone marks.
            let spoken = spoken.split([',', ';', ' ']).filter(|word| !word.is_empty());
            let spoken = spoken.map(ntm_shared::text::fold).collect();
            request.languages.insert(id(name)?, spoken);
        }
    }
    let rota: RotaView = client.post(&["rounds", round, "rota"], &request).await?;
    show(&rota, cx)?;
    if asked.set_areas {
        let mut areas: BTreeMap<_, std::collections::BTreeSet<String>> = BTreeMap::new();
        for village in &rota.villages {
            if let Some(collector) = &village.collector {
                areas.entry(collector.clone()).or_default().insert(village.village.clone());
            }
        }
        let many = areas.len() as u64;
        client.tell(&["collectors", "areas"], &NewAreas { areas }).await?;
        cx.out.note(&tr!(
            cx.lang(),
            "Đã ghi thôn thành phạm vi của {} điều tra viên.",
            "The villages are now the areas of {} collectors.",
            count(many, cx.lang())
        ));
        let without = rota.collectors.iter().filter(|one| one.villages == 0).count() as u64;
        if without > 0 {
            cx.out.note(&tr!(
                cx.lang(),
                "{} điều tra viên không được phân thôn nào: giữ phạm vi cũ.",
                "{} collectors got no village: they keep the area they had.",
                count(without, cx.lang())
            ));
        }
    }
    Ok(Answer::Yes)
}

fn show(rota: &RotaView, cx: &Context<'_>) -> anyhow::Result<()> {
    if cx.out.format() == Format::Json {
        return cx.out.json(rota);
    }
    let lang = cx.lang();
    let title = rota.made_up.then(|| MADE_UP[lang as usize].to_owned());
    cx.out.list(&rota.villages, &villages(), Around { title, total: None })?;
    if cx.out.format() == Format::Table {
        cx.out.line("")?;
        cx.out.list(&rota.collectors, &collectors(), Around::default())?;
    }
    let idle = rota.villages.iter().filter(|village| village.collector.is_none()).count() as u64;
    if idle > 0 {
        cx.out.note(&tr!(
            lang,
            "{} thôn không có điều tra viên nào đủ gần.",
            "{} villages have no collector near enough.",
            count(idle, lang)
        ));
    }
    let over: u32 = rota.collectors.iter().map(|collector| collector.over).sum();
    if over > 0 {
        cx.out.note(&tr!(
            lang,
            "Thiếu người: {} hộ vượt quá thời gian (mỗi người làm được {} hộ).",
            "Too few people: {} households are beyond the time there is (each has time for {}).",
            count(over.into(), lang),
            count(rota.room.into(), lang)
        ));
    }
    cx.out.note(&tr!(
        lang,
        "Tổng {} điểm; không phương án nào dưới {}. Ghi thành phạm vi: thêm --set-areas",
        "{} points in all; no rota has fewer than {}. To make them the areas: add --set-areas",
        decimal(rota.objective as f64, 0, lang),
        decimal(rota.bound as f64, 0, lang)
    ));
    Ok(())
}

fn villages() -> Vec<Column<RotaVillage>> {
    vec![
        Column::new("commune_code", "Mã xã", "Code", |v: &RotaVillage| {
            Cell::Text(v.commune_code.clone())
        }),
        Column::new("commune_name", "Xã", "Commune", |v: &RotaVillage| {
            Cell::Text(v.commune_name.clone())
        }),
        Column::new("village_name", "Thôn", "Village", |v: &RotaVillage| {
            Cell::Text(v.village_name.clone())
        }),
        Column::new("households", "Hộ", "Households", |v: &RotaVillage| {
            Cell::Count(v.households.into())
        }),
        Column::new("collector_name", "Điều tra viên", "Collector", |v: &RotaVillage| {
            Cell::maybe(&v.collector_name)
        }),
        Column::new("distance_km", "Km", "Km", |v: &RotaVillage| {
            v.distance_m.map_or(Cell::Empty, |metres| Cell::Decimal(metres as f64 / 1000.0, 1))
        }),
        Column::new("kept", "Như cũ", "As before", |v: &RotaVillage| Cell::yes_no(v.kept)),
        Column::csv("village", |v: &RotaVillage| Cell::Text(v.village.clone())),
        Column::csv("collector", |v: &RotaVillage| Cell::maybe(&v.collector)),
    ]
}

fn collectors() -> Vec<Column<RotaCollector>> {
    vec![
        Column::new("collector_name", "Điều tra viên", "Collector", |c: &RotaCollector| {
            Cell::Text(c.collector_name.clone())
        }),
        Column::new("villages", "Thôn", "Villages", |c: &RotaCollector| {
            Cell::Count(c.villages.into())
        }),
        Column::new("households", "Hộ", "Households", |c: &RotaCollector| {
            Cell::Count(c.households.into())
        }),
        Column::new("days", "Ngày", "Days", |c: &RotaCollector| Cell::Count(c.days.into())),
        Column::new("over", "Quá sức", "Too many", |c: &RotaCollector| {
            Cell::Count(c.over.into())
        }),
    ]
}
