//! `ntm round answer`: what came of looking at a figure that is unlike the others.

use ntm_shared::{
    api::quality::{NewQualityAnswer, QualityReport, QualityRow, Said},
    text::{Text, nfc},
};

use crate::{
    client::Client,
    cmd::{Area, Context, new_id, pick},
    failure::Failure,
};

/// What a person typed.
pub struct Asked {
    pub who: String,
    pub flag: String,
    pub answer: Said,
    pub reason: String,
    pub within: Option<String>,
}

/// Answers about the figure as it is now.
pub async fn run(
    client: &Client,
    round: &str,
    asked: Asked,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let area = Area::of_round(client, round, asked.within).await?;
    let path = ["rounds", round, "quality"];
    let report: QualityReport = client.get(&path, &area.query()).await?;
    let rows: Vec<QualityRow> = report.collectors.into_iter().chain(report.villages).collect();
    let list = format!("ntm round quality {round}");
    let row = pick(&rows, &asked.who, |r| &r.who.id, |r| &r.name, &list)?;
    let flagged = row.who.flags.iter().any(|flag| flag.code == asked.flag);
    let metric = row.who.metrics.iter().find(|m| flagged && m.code == asked.flag);
    let Some(metric) = metric else {
        let codes: Vec<&str> = row.who.flags.iter().map(|flag| flag.code.as_str()).collect();
        let codes = codes.join(", ");
        return Err(Failure::local(
            Text::new(
                format!("{}: không có gì cần xem ở “{}”.", row.name, asked.flag),
                format!("{}: there is nothing to check about “{}”.", row.name, asked.flag),
            ),
            Text::new(format!("đang cần xem: {codes}"), format!("to be checked: {codes}")),
        ));
    };
    let new = NewQualityAnswer {
        id: new_id(),
        subject: row.who.id.clone(),
        code: asked.flag,
        value: metric.value,
        answer: asked.answer,
        reason: nfc(&asked.reason),
    };
    let kept: NewQualityAnswer = client.post(&path, &new).await?;
    let said = tr!(
        cx.lang(),
        "Đã ghi trả lời về {} của {}.",
        "Kept the answer about {} of {}.",
        kept.code,
        row.name
    );
    cx.out.value(&kept, &said)
}
