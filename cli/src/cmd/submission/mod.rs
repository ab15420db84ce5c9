//! Submissions as staff see them.

use ntm_shared::{
    api::submission::{AttachmentRow, Submission, SubmissionRow},
    finding::{Finding, Severity},
    text::Lang,
};

use super::{Answer, Area, Context, export::mark, household::outcome};
use crate::{
    args,
    print::{Around, Cell, Column, Format, Tone, count},
};

mod export;
mod review;

/// `ntm submission …`.
pub async fn run(command: args::Submission, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Submission::List { round, form, household, within, held } => {
            let area = match &round {
                Some(round) => Area::of_round(&client, round, within).await?,
                None => Area::on(within, None),
            };
            let filters = [("round", &round), ("form", &form), ("household", &household)];
            let mut query = area.query();
            query.extend(filters.iter().filter_map(|(key, v)| Some((*key, v.as_deref()?))));
            query.extend(held.then_some(("held", "true")));
            let rows: Vec<SubmissionRow> = client.all(&["submissions"], &query).await?;
            cx.out.list(&rows, &columns(), Around::default())?;
        }
        args::Submission::Show { seq } => {
            let one: Submission = client.get(&["submissions", &seq.to_string()], &[]).await?;
            show(&one, cx)?;
        }
        args::Submission::Review { seqs, decision, reason, fields } => {
            review::run(&client, seqs, decision.into(), reason, fields, cx).await?;
        }
        args::Submission::Export { round, out, within, reason } => {
            let subject = format!("{round} {}", within.as_deref().unwrap_or_default());
            let mark = mark(&client, "submissions", subject.trim(), Some(reason), cx).await?;
            let mark = mark.unwrap_or_default();
            export::run(&client, &round, &out, (within, &mark), cx).await?;
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<SubmissionRow>> {
    vec![
        Column::new("seq", "Số", "No.", |s: &SubmissionRow| Cell::Count(s.seq.unsigned_abs())),
        Column::new("form", "Biểu mẫu", "Form", |s: &SubmissionRow| Cell::Text(s.form.clone())),
        Column::new("household", "Hộ", "Household", |s: &SubmissionRow| {
            Cell::maybe(&s.household)
        }),
        Column::new("outcome", "Kết quả", "Outcome", |s: &SubmissionRow| outcome(&s.outcome)),
        Column::new("review", "Xét duyệt", "Review", |s: &SubmissionRow| state(&s.review)),
        Column::new("counts", "Được tính", "Counts", |s: &SubmissionRow| {
            Cell::yes_no(s.counts)
        }),
        Column::new("attachments", "Ảnh", "Photos", |s: &SubmissionRow| {
            Cell::Text(format!("{}/{}", s.attachments_present, s.attachments_expected))
        }),
        Column::new("findings", "Cần xem", "Findings", |s: &SubmissionRow| {
            Cell::Count(s.findings)
        }),
        Column::new("received_at", "Nhận lúc", "Received", |s: &SubmissionRow| {
            Cell::When(s.received_at.clone())
        }),
        Column::csv("version", |s: &SubmissionRow| Cell::Text(s.version.clone())),
        Column::csv("instance_id", |s: &SubmissionRow| Cell::Text(s.instance_id.clone())),
        Column::csv("round", |s: &SubmissionRow| Cell::maybe(&s.round)),
        Column::csv("commune", |s: &SubmissionRow| Cell::maybe(&s.commune)),
        Column::csv("village", |s: &SubmissionRow| Cell::maybe(&s.village)),
    ]
}

fn state(state: &str) -> Cell {
    match state {
        "received" => Cell::Word("received", ["đã nhận", "received"], Tone::Plain),
        "hasIssues" => Cell::Word("hasIssues", ["có vướng mắc", "has issues"], Tone::Open),
        "edited" => Cell::Word("edited", ["đã sửa", "edited"], Tone::Plain),
        "approved" => Cell::Word("approved", ["đã duyệt", "approved"], Tone::Good),
        "rejected" => Cell::Word("rejected", ["không chấp nhận", "rejected"], Tone::Bad),
        other => Cell::Text(other.to_owned()),
    }
}

/// What checks noticed, most telling column first.
pub fn findings(lang: Lang) -> Vec<Column<Finding>> {
    vec![
        Column::new("severity", "Mức", "Severity", |f: &Finding| match f.severity {
            Severity::Error => Cell::Word("error", ["lỗi", "error"], Tone::Bad),
            Severity::Warning => Cell::Word("warning", ["cảnh báo", "warning"], Tone::Open),
            Severity::Note => Cell::Word("note", ["ghi chú", "note"], Tone::Plain),
        }),
        Column::new("field", "Ô", "Field", |f: &Finding| Cell::maybe(&f.field)),
        Column::new("message", "Điều cần xem", "Finding", move |f: &Finding| {
            Cell::Text(f.message.get(lang).to_owned())
        }),
        Column::new("code", "Mã", "Code", |f: &Finding| Cell::Text(f.code.clone())),
    ]
}

fn show(one: &Submission, cx: &Context<'_>) -> anyhow::Result<()> {
    if cx.out.format() == Format::Json {
        return cx.out.json(one);
    }
    let lang = cx.lang();
    let row = &one.row;
    let head = tr!(
        lang,
        "Phiếu {} · {} {} · {} · nhận {}",
        "Submission {} · {} {} · {} · received {}",
        row.seq,
        row.form,
        row.version,
        row.instance_id,
        Cell::When(row.received_at.clone()).shown(lang)
    );
    let place = tr!(
        lang,
        "Đợt {} · hộ {} · kết quả {} · {}",
        "Round {} · household {} · outcome {} · {}",
        row.round.as_deref().unwrap_or("?"),
        row.household.as_deref().unwrap_or("?"),
        outcome(&row.outcome).shown(lang),
        state(&row.review).shown(lang)
    );
    let findings = findings(lang);
    if cx.out.format() == Format::Table {
        cx.out.line(&format!("{head}\n{place}"))?;
    }
    if cx.out.format() == Format::Csv || !one.findings_list.is_empty() {
        let around = Around { title: Some(String::new()), total: None };
        cx.out.list(&one.findings_list, &findings, around)?;
    }
    let files = vec![
        Column::new("name", "Tệp", "File", |a: &AttachmentRow| Cell::Text(a.name.clone())),
        Column::new("bytes", "Byte", "Bytes", |a: &AttachmentRow| {
            a.bytes.map_or(Cell::Word("missing", ["chưa nhận", "missing"], Tone::Open), Cell::Count)
        }),
        Column::new("sha256", "SHA-256", "SHA-256", |a: &AttachmentRow| Cell::maybe(&a.sha256)),
    ];
    if cx.out.format() == Format::Table && !one.attachments.is_empty() {
        cx.out.list(
            &one.attachments,
            &files,
            Around { title: Some(String::new()), total: None },
        )?;
    }
    if cx.out.format() == Format::Table && !one.reviews.is_empty() {
        let around = Around { title: Some(String::new()), total: None };
        cx.out.list(&one.reviews, &review::columns(), around)?;
    }
    cx.out.note(&tr!(
        lang,
        "{} điều cần xem, {} tệp.",
        "{} findings, {} files.",
        count(one.findings_list.len() as u64, lang),
        count(one.attachments.len() as u64, lang)
    ));
    Ok(())
}
