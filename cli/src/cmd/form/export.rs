//! `ntm form export`: a form in another format. An XLSForm's sheets stay as they were written.

use std::{io::IsTerminal, path::Path};

use anyhow::Context as _;
use ntm_shared::{
    form::sheet::{Sheet, to_markdown},
    text::Text,
};

use super::source::Source;
use crate::{
    args::FormFormat,
    cmd::{Answer, Context},
    failure::Failure,
};

/// Writes the form to a file or to stdout.
pub async fn run(
    named: &str,
    to: FormFormat,
    out: Option<&Path>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    if to == FormFormat::Xlsx && out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::local(
            Text::new(
                "Tệp Excel không hiện được trên màn hình dòng lệnh.",
                "A spreadsheet cannot be shown on a terminal.",
            ),
            Text::new("thêm -o TỆP.xlsx", "add -o FILE.xlsx"),
        ));
    }
    let source = Source::find(named, cx).await?;
    let bytes = match to {
        FormFormat::Xform => match &source {
            Source::XForm(text) => text.clone(),
            Source::Sheets(..) => source.compiled(named)?.to_xform(),
        }
        .into_bytes(),
        FormFormat::Md => match &source {
            Source::Sheets(_, Some(text)) => text.clone(),
            _ => to_markdown(&sheets(source, named)?),
        }
        .into_bytes(),
        FormFormat::Json => source.compiled(named)?.to_json().into_bytes(),
        FormFormat::Xlsx => spreadsheet(&sheets(source, named)?)?,
    };
    match out {
        None => cx.out.bytes(&bytes)?,
        Some(path) => {
            std::fs::write(path, &bytes).with_context(|| path.display().to_string())?;
            cx.out.note(&tr!(cx.lang(), "Đã ghi {}.", "Wrote {}.", path.display()));
        }
    }
    Ok(Answer::Yes)
}

/// The sheets: an XLSForm's own, an XForm's made from what it says.
fn sheets(source: Source, named: &str) -> anyhow::Result<Vec<Sheet>> {
    match source {
        Source::Sheets(sheets, _) => Ok(sheets),
        Source::XForm(_) => Ok(source.compiled(named)?.to_sheets()),
    }
}

#[cfg(feature = "xlsx")]
fn spreadsheet(sheets: &[Sheet]) -> anyhow::Result<Vec<u8>> {
    ntm_spreadsheet::write(sheets).map_err(|fault| Failure::local(fault.message, Text::default()))
}

#[cfg(not(feature = "xlsx"))]
fn spreadsheet(_: &[Sheet]) -> anyhow::Result<Vec<u8>> {
    Err(Failure::local(
        Text::new(
            "Bản ntm này dựng không kèm phần ghi tệp Excel.",
            "This ntm was built without writing spreadsheets.",
        ),
        Text::new("dùng --to md", "use --to md"),
    ))
}
