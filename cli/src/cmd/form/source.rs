//! Where a form comes from: a file (spreadsheet, Markdown tables, XForm), or the server.

use std::path::Path;

use ntm_shared::{
    api::form::FormVersion,
    form::{Form, FormFault, sheet, sheet::Sheet},
    text::{Text, nfc},
};

use crate::{
    cmd::{Context, read_input},
    failure::Failure,
};

/// A form as its author wrote it.
#[derive(Debug)]
pub enum Source {
    /// An XLSForm: its sheets, and its Markdown when that is what was given.
    Sheets(Vec<Sheet>, Option<String>),
    /// An XForm.
    XForm(String),
}

impl Source {
    /// Reads bytes by what they begin with, never by the file's name.
    pub fn read(bytes: &[u8]) -> Result<Source, FormFault> {
        if ntm_spreadsheet::is_spreadsheet(bytes) || ntm_spreadsheet::is_old_spreadsheet(bytes) {
            return Ok(Source::Sheets(ntm_spreadsheet::read(bytes)?, None));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FormFault {
            sheet: String::new(),
            row: 0,
            column: String::new(),
            message: Text::new(
                "tệp không phải là .xlsx cũng không phải là văn bản UTF-8; lưu lại bằng Excel dạng .xlsx",
                "the file is neither .xlsx nor UTF-8 text; save it as .xlsx",
            ),
        })?;
        if is_xml(text) {
            return Ok(Source::XForm(text.to_owned()));
        }
        let text = nfc(text);
        Ok(Source::Sheets(sheet::read_markdown(&text), Some(text)))
    }

    /// The media type of such bytes.
    pub fn media_type(bytes: &[u8]) -> &'static str {
        if ntm_spreadsheet::is_spreadsheet(bytes) {
            return ntm_spreadsheet::MEDIA_TYPE;
        }
        match std::str::from_utf8(bytes).is_ok_and(is_xml) {
            true => "application/xml",
            false => "text/markdown",
        }
    }

    /// The compiled form.
    pub fn compile(&self) -> Result<Form, Vec<FormFault>> {
        match self {
            Source::Sheets(sheets, _) => Form::read_sheets(sheets.clone()),
            Source::XForm(text) => Form::read(text),
        }
    }

    /// A file, `-`, or `ID` or `ID@VERSION` of a form on the server when there is no such file.
    pub async fn find(named: &str, cx: &Context<'_>) -> anyhow::Result<Source> {
        if named == "-" || Path::new(named).exists() || looks_like_a_file(named) {
            let read = Source::read(&read_input(Path::new(named))?);
            return read.map_err(|fault| unreadable(named, &[fault]));
        }
        let client = cx.client()?;
        let forms: Vec<FormVersion> = client.all(&["forms"], &[]).await?;
        let wanted = |form: &&FormVersion| match named.split_once('@') {
            Some((id, version)) => form.id == id && form.version == version,
            None => form.id == named && form.current,
        };
        let Some(form) = forms.iter().find(wanted) else {
            return Err(Failure::local(
                Text::new(
                    format!("Không có tệp {named}, máy chủ cũng không có biểu mẫu nào như vậy."),
                    format!("There is no file {named}, and no such form on the server."),
                ),
                Text::new("xem danh sách: ntm form list", "list: ntm form list"),
            ));
        };
        let mut bytes = Vec::new();
        client.download(&["forms", &form.id, &form.version, "source"], &mut bytes).await?;
        Source::read(&bytes).map_err(|fault| unreadable(named, &[fault]))
    }

    /// The compiled form, or a failure that tells where to look.
    pub fn compiled(&self, named: &str) -> anyhow::Result<Form> {
        self.compile().map_err(|faults| unreadable(named, &faults))
    }
}

fn is_xml(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// A name that can only be meant as a file: not found is then what to say.
fn looks_like_a_file(named: &str) -> bool {
    let endings = [".xlsx", ".xls", ".md", ".xml"];
    let lower = named.to_lowercase();
    named.contains(std::path::MAIN_SEPARATOR) || endings.iter().any(|end| lower.ends_with(end))
}

fn unreadable(named: &str, faults: &[FormFault]) -> anyhow::Error {
    let (count, first) = (faults.len(), faults.first());
    let message = first.map(|fault| fault.message.clone()).unwrap_or_default();
    let place = first
        .filter(|f| f.row > 0)
        .map_or(String::new(), |f| format!("{} {} {}: ", f.sheet, f.row, f.column));
    Failure::local(
        Text::new(
            format!("{named}: biểu mẫu có {count} lỗi. {place}{}", message.vi),
            format!("{named}: the form has {count} faults. {place}{}", message.en),
        ),
        Text::new(
            format!("xem đủ các lỗi: ntm form check {named}"),
            format!("see them all: ntm form check {named}"),
        ),
    )
}
