//! Forms: written as spreadsheets, checked here, published on the server.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ntm_shared::api::form::{FormNote, FormVersion, Published};
use ntm_shared::form::Together;

use super::{Answer, Context, read_input};
use crate::{
    args,
    print::{Around, Cell, Column},
};
pub use source::Source;

mod check;
mod diff;
mod export;
mod source;

/// `ntm form …`.
pub async fn run(command: args::Form, cx: &Context<'_>) -> anyhow::Result<Answer> {
    match command {
        args::Form::List => {
            let forms: Vec<FormVersion> = cx.client()?.all(&["forms"], &[]).await?;
            cx.out.list(&forms, &columns(), Around::default())?;
            Ok(Answer::Yes)
        }
        args::Form::Check { file, answers, media } => {
            check::run(&file, answers.as_deref(), media.as_deref(), cx)
        }
        args::Form::Export { form, to, out } => export::run(&form, to, out.as_deref(), cx).await,
        args::Form::Diff { old, new } => diff::run(&old, &new, cx).await,
        args::Form::Publish { file, force, media } => {
            publish(&file, force, media.as_deref(), cx).await
        }
    }
}

async fn publish(
    file: &Path,
    force: bool,
    media: Option<&Path>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let (client, lang) = (cx.client()?, cx.lang());
    let bytes = read_input(file)?;
    let query: &[(&str, &str)] = if force { &[("force", "true")] } else { &[] };
    let mime = Source::media_type(&bytes);
    let published: Published = client.upload(&["forms"], query, mime, &bytes).await?;
    let form = &published.form;
    if let Some(folder) = media {
        attach(form, folder, cx).await?;
    }
    cx.out.value(&published, &format!("{} {} {}", form.id, form.version, form.hash))?;
    for warning in &published.warnings {
        let at = place(warning, cx);
        cx.out.note(&tr!(lang, "Cảnh báo: {}{}", "Warning: {}{}", at, warning.message.get(lang)));
    }
    if let (Some(version), Some(together)) = (&published.compared_with, published.together)
        && *version != form.version
    {
        let verdict = diff::verdict(together).shown(lang);
        cx.out.note(&tr!(
            lang,
            "Tổng hợp chung với dữ liệu của phiên bản {}: {}.",
            "Compiling together with the data of version {}: {}.",
            version,
            verdict
        ));
        if together == Together::No {
            cx.out.hint(&format!("ntm form diff {0}@{version} {0}@{1}", form.id, form.version));
        }
    }
    cx.out.note(&tr!(
        lang,
        "Đã công bố. Máy điện thoại nhận bản này ở lần kiểm tra cập nhật tới.",
        "Published. Phones get it at their next update check."
    ));
    Ok(Answer::Yes)
}

/// Sends the files that the form reads.
async fn attach(form: &FormVersion, folder: &Path, cx: &Context<'_>) -> anyhow::Result<()> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        files.push(entry?.path());
    }
    files.sort();
    for path in files.iter().filter(|path| path.is_file()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let at = ["forms", &form.id, &form.version, "files", &name];
        let bytes = read_input(path)?;
        let kind = "application/octet-stream";
        let _: serde_json::Value = cx.client()?.upload(&at, &[], kind, &bytes).await?;
        cx.out.note(&tr!(cx.lang(), "Đã gửi tệp {}.", "Sent the file {}.", name));
    }
    Ok(())
}

/// Where a fault or warning stands, with a colon; blank for the file as a whole.
fn place(note: &FormNote, cx: &Context<'_>) -> String {
    let row = (note.row > 0).then(|| tr!(cx.lang(), "dòng {}", "row {}", note.row));
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let parts: Vec<String> =
        filled(&note.sheet).into_iter().chain(row).chain(filled(&note.column)).collect();
    if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) }
}

fn columns() -> Vec<Column<FormVersion>> {
    vec![
        Column::new("id", "Biểu mẫu", "Form", |f: &FormVersion| Cell::Text(f.id.clone())),
        Column::new("version", "Bản", "Version", |f: &FormVersion| Cell::Text(f.version.clone())),
        Column::new("title", "Tên", "Title", |f: &FormVersion| Cell::Text(f.title.clone())),
        Column::new("current", "Đang dùng", "Current", |f: &FormVersion| Cell::yes_no(f.current)),
        Column::new("published_at", "Công bố", "Published", |f: &FormVersion| {
            Cell::When(f.published_at.clone())
        }),
        Column::csv("hash", |f: &FormVersion| Cell::Text(f.hash.clone())),
    ]
}
