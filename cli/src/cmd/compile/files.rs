//! Reports written to files: the workbook and the page.

use std::path::Path;

use anyhow::Context as _;
use ntm_shared::api::{household::FailingHousehold, score::ScoreReport};

use super::html;
use crate::{
    args,
    client::Client,
    cmd::{Area, Context, export::mark, household::failing},
};

/// Writes what was asked for.
pub async fn write(
    client: &Client,
    command: &args::Compile,
    round: &str,
    report: &ScoreReport,
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    if let Some(path) = &command.xlsx {
        let named = named(client, command, round, cx).await?;
        let named = named.as_ref().map(|(rows, mark)| (rows.as_slice(), mark.as_str()));
        keep(path, &workbook(report, named)?, cx)?;
    }
    if let Some(path) = &command.html {
        keep(path, html::page(report).as_bytes(), cx)?;
    }
    Ok(())
}

/// The households still failing and the mark of the export; only with a reason.
async fn named(
    client: &Client,
    command: &args::Compile,
    round: &str,
    cx: &Context<'_>,
) -> anyhow::Result<Option<(Vec<FailingHousehold>, String)>> {
    let Some(reason) = command.reason.clone() else { return Ok(None) };
    let within = command.within.clone();
    let subject = format!("{round} {}", within.as_deref().unwrap_or_default());
    let mark = mark(client, "failing", subject.trim(), Some(reason), cx).await?;
    let area = Area::of_round(client, round, within).await?;
    let rows = failing(client, round, None, &area).await?;
    Ok(mark.map(|mark| (rows, mark)))
}

/// Both reports into a folder: `bao-cao.xlsx` (where it can be written) and `bao-cao.html`.
pub fn reports(report: &ScoreReport, folder: &Path, cx: &Context<'_>) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    if cfg!(feature = "xlsx") {
        keep(&folder.join("bao-cao.xlsx"), &workbook(report, None)?, cx)?;
    }
    keep(&folder.join("bao-cao.html"), html::page(report).as_bytes(), cx)
}

fn keep(path: &Path, bytes: &[u8], cx: &Context<'_>) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())?;
    cx.out.note(&tr!(cx.lang(), "Đã ghi {}.", "Wrote {}.", path.display()));
    Ok(())
}

#[cfg(feature = "xlsx")]
use super::xlsx::workbook;

#[cfg(not(feature = "xlsx"))]
fn workbook(_: &ScoreReport, _: Option<(&[FailingHousehold], &str)>) -> anyhow::Result<Vec<u8>> {
    use ntm_shared::text::Text;
    Err(crate::failure::Failure::local(
        Text::new(
            "Bản ntm này dựng không kèm phần ghi tệp Excel.",
            "This ntm was built without writing spreadsheets.",
        ),
        Text::new("dùng --html hoặc --csv", "use --html or --csv"),
    ))
}
