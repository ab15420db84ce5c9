//! `ntm form check`: a form's faults and warnings, and what a submission looks like by its rules.
//! Nothing is asked of a server, and no answer is quoted.

use std::path::Path;

use anyhow::Context as _;
use ntm_shared::{
    answers::Tree,
    api::form::FormNote,
    check::check,
    expr::{Instances, Table},
    finding::{Finding, Severity},
    form::{Choices, Form},
    text::Text,
};
use serde::Serialize;

use super::source::Source;
use crate::{
    cmd::{Answer, Context, read_input, submission},
    failure::Failure,
    print::{Around, Cell, Column, Format, Tone, count},
};

/// What a form is, in numbers.
#[derive(Debug, Serialize)]
struct Summary {
    id: String,
    version: String,
    title: String,
    fields: usize,
    questions: usize,
    languages: Vec<String>,
    media: Vec<String>,
}

/// All that is said.
#[derive(Debug, Default, Serialize)]
struct Report {
    form: Option<Summary>,
    faults: Vec<FormNote>,
    warnings: Vec<FormNote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Finding>>,
}

/// A fault or a warning, for the table of both.
#[derive(Debug, Serialize)]
struct Line {
    severity: &'static str,
    #[serde(flatten)]
    note: FormNote,
}

/// Checks the form, and a submission against it.
pub fn run(
    file: &Path,
    answers: Option<&Path>,
    media: Option<&Path>,
    cx: &Context<'_>,
) -> anyhow::Result<Answer> {
    let bytes = read_input(file)?;
    let compiled = Source::read(&bytes).map_err(|fault| vec![fault]).and_then(|s| s.compile());
    let mut report = Report::default();
    match &compiled {
        Ok(form) => {
            report.form = Some(summary(form));
            report.warnings = form.warnings.iter().map(FormNote::from).collect();
            if let Some(answers) = answers {
                report.findings = Some(findings(form, answers, media, cx)?);
            }
        }
        Err(faults) => report.faults = faults.iter().map(FormNote::from).collect(),
    }
    let wrong = report.findings.iter().flatten().any(|f| f.severity == Severity::Error);
    show(&report, cx)?;
    Ok(if compiled.is_err() || wrong { Answer::No } else { Answer::Yes })
}

fn summary(form: &Form) -> Summary {
    Summary {
        id: form.id.clone(),
        version: form.version.clone(),
        title: form.title.clone(),
        fields: form.fields.len(),
        questions: form.fields.iter().filter(|f| f.kind.is_question()).count(),
        languages: form.languages.names.clone(),
        media: form.media(),
    }
}

fn findings(
    form: &Form,
    answers: &Path,
    media: Option<&Path>,
    cx: &Context<'_>,
) -> anyhow::Result<Vec<Finding>> {
    let tree = Tree::read(&read_input(answers)?).map_err(|fault| {
        let (name, fault) = (answers.display(), fault.text());
        Failure::local(
            Text::new(
                format!("{name} không phải phiếu XML: {}", fault.vi),
                format!("{name} is no submission: {}", fault.en),
            ),
            Text::default(),
        )
    })?;
    let mut tables = Instances::new();
    for name in form.media() {
        let path = media.map(|folder| folder.join(&name)).filter(|path| path.exists());
        let Some(path) = path.filter(|_| name.ends_with(".csv")) else {
            cx.out.note(&tr!(
                cx.lang(),
                "Không có {}: các câu chọn từ tệp này không được kiểm tra.",
                "Without {}: answers chosen from it are not judged.",
                name
            ));
            continue;
        };
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let table = Table::from_csv(&text).map_err(|fault| {
            let shown = path.display();
            Failure::local(
                Text::new(
                    format!("{shown}, dòng {}: {}", fault.line, fault.what),
                    format!("{shown}, line {}: {}", fault.line, fault.what),
                ),
                Text::default(),
            )
        })?;
        tables.insert(&Choices::file(&name).table, table);
    }
    Ok(check(form, &tree, None, &tables))
}

fn show(report: &Report, cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    if cx.out.format() == Format::Json {
        return cx.out.json(report);
    }
    let table = cx.out.format() == Format::Table;
    if let (Some(form), true) = (&report.form, table) {
        let head = format!("{} · {} {}", form.title, form.id, form.version);
        let numbers = tr!(
            lang,
            "{} câu hỏi, {} trường; ngôn ngữ: {}; tệp đi kèm: {}",
            "{} questions, {} fields; languages: {}; files needed: {}",
            count(form.questions as u64, lang),
            count(form.fields as u64, lang),
            form.languages.join(", "),
            if form.media.is_empty() { "–".to_owned() } else { form.media.join(", ") }
        );
        cx.out.line(&format!("{head}\n{numbers}"))?;
    }
    let around = || Around { title: report.form.as_ref().map(|_| String::new()), total: None };
    let lines = |severity, notes: &[FormNote]| -> Vec<Line> {
        notes.iter().map(|note| Line { severity, note: note.clone() }).collect()
    };
    let mut all = lines("error", &report.faults);
    all.extend(lines("warning", &report.warnings));
    if !all.is_empty() || (!table && report.findings.is_none()) {
        cx.out.list(&all, &columns(cx), around())?;
    }
    if let Some(findings) = &report.findings
        && (!table || !findings.is_empty())
    {
        cx.out.list(findings, &submission::findings(lang), around())?;
    }
    let (faults, warnings) = (report.faults.len() as u64, report.warnings.len() as u64);
    cx.out.note(&tr!(
        lang,
        "{} lỗi, {} cảnh báo.",
        "{} faults, {} warnings.",
        count(faults, lang),
        count(warnings, lang)
    ));
    if let Some(findings) = &report.findings {
        let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
        cx.out.note(&tr!(
            lang,
            "Phiếu: {} điều cần xem, trong đó {} lỗi.",
            "The submission: {} findings, {} of them errors.",
            count(findings.len() as u64, lang),
            count(errors as u64, lang)
        ));
    }
    if report.faults.is_empty() && report.findings.is_none() {
        cx.out.hint(&tr!(
            lang,
            "công bố: ntm form publish TỆP",
            "publish it: ntm form publish FILE"
        ));
    }
    Ok(())
}

fn columns(cx: &Context<'_>) -> Vec<Column<Line>> {
    let lang = cx.lang();
    vec![
        Column::new("severity", "Mức", "Severity", |l: &Line| match l.severity {
            "error" => Cell::Word("error", ["lỗi", "error"], Tone::Bad),
            _ => Cell::Word("warning", ["cảnh báo", "warning"], Tone::Open),
        }),
        Column::new("sheet", "Bảng", "Sheet", |l: &Line| Cell::Text(l.note.sheet.clone())),
        Column::new("row", "Dòng", "Row", |l: &Line| match l.note.row {
            0 => Cell::Empty,
            row => Cell::Count(row as u64),
        }),
        Column::new("column", "Cột", "Column", |l: &Line| Cell::Text(l.note.column.clone())),
        Column::new("message", "Điều cần sửa", "What to mend", move |l: &Line| {
            Cell::Text(l.note.message.get(lang).to_owned())
        }),
    ]
}
