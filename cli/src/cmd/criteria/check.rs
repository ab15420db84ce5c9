//! `ntm criteria check`: every fault of a criteria file, by line.

use std::path::{Path, PathBuf};

use ntm_shared::{
    criteria::{CriteriaSet, DataFault},
    data,
    form::Form,
    text::Text,
};
use serde::Serialize;

use crate::{
    cmd::{Answer, Context, form::Source, read_input},
    failure::Failure,
    print::{Around, Cell, Column, Format, count},
};

/// One file and what was found in it.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    /// Absent while there are faults.
    set: Option<Summary>,
    faults: Vec<DataFault>,
}

/// What a file without faults holds.
#[derive(Debug, Serialize)]
struct Summary {
    id: String,
    name: Text,
    criteria: u64,
    indicators: u64,
    thresholds: u64,
    thresholds_not_verified: u64,
    thresholds_without_value: u64,
}

/// A fault with its file, for the table of all.
#[derive(Debug, Serialize)]
struct Line {
    file: String,
    line: usize,
    message: Text,
}

/// Checks the files, each on its own.
pub fn run(files: &[PathBuf], forms: &[PathBuf], cx: &Context<'_>) -> anyhow::Result<Answer> {
    let forms = known_forms(forms)?;
    let forms: Vec<&Form> = forms.iter().collect();
    let mut all = Vec::new();
    for file in files {
        all.push(one(file, &forms)?);
    }
    show(&all, cx)?;
    let wrong = all.iter().any(|checked| checked.set.is_none());
    Ok(if wrong { Answer::No } else { Answer::Yes })
}

/// The forms given, before the built-in ones of the same id.
fn known_forms(files: &[PathBuf]) -> anyhow::Result<Vec<Form>> {
    let mut forms = Vec::new();
    for file in files {
        let form = Source::read(&read_input(file)?).map_err(|f| vec![f]).and_then(|s| s.compile());
        forms.push(form.map_err(|_| {
            let name = file.display();
            Failure::local(
                Text::new(
                    format!("{name} không phải biểu mẫu dùng được."),
                    format!("{name} is no form that works."),
                ),
                Text::new(
                    format!("xem lỗi: ntm form check {name}"),
                    format!("see: ntm form check {name}"),
                ),
            )
        })?);
    }
    for source in data::FORMS {
        let form = Form::read_markdown(source);
        forms.push(
            form.map_err(|faults| anyhow::anyhow!("built-in form: {} faults", faults.len()))?,
        );
    }
    Ok(forms)
}

fn one(file: &Path, forms: &[&Form]) -> anyhow::Result<Checked> {
    let bytes = read_input(file)?;
    let (set, faults) = match String::from_utf8(bytes) {
        Ok(text) => match CriteriaSet::check(&text, forms) {
            Ok(set) => (Some(summary(&set)), Vec::new()),
            Err(faults) => (None, faults),
        },
        Err(e) => {
            let read = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let line = 1 + read.iter().filter(|b| **b == b'\n').count();
            let message = Text::new("tệp không phải chữ UTF-8", "the file is not UTF-8 text");
            (None, vec![DataFault { line, message }])
        }
    };
    Ok(Checked { file: file.display().to_string(), set, faults })
}

fn summary(set: &CriteriaSet) -> Summary {
    let thresholds = || set.indicators().flat_map(|(_, i)| &i.thresholds);
    Summary {
        id: set.id.clone(),
        name: set.name.clone(),
        criteria: set.criteria.len() as u64,
        indicators: set.indicators().count() as u64,
        thresholds: thresholds().count() as u64,
        thresholds_not_verified: thresholds().filter(|t| !t.verified).count() as u64,
        thresholds_without_value: thresholds().filter(|t| t.demand.is_none()).count() as u64,
    }
}

fn show(all: &[Checked], cx: &Context<'_>) -> anyhow::Result<()> {
    let lang = cx.lang();
    if cx.out.format() == Format::Json {
        return cx.out.json(all);
    }
    let lines: Vec<Line> = all
        .iter()
        .flat_map(|checked| {
            checked.faults.iter().map(|fault| Line {
                file: checked.file.clone(),
                line: fault.line,
                message: fault.message.clone(),
            })
        })
        .collect();
    let columns = [
        Column::new("file", "Tệp", "File", |l: &Line| Cell::Text(l.file.clone())),
        Column::new("line", "Dòng", "Line", |l: &Line| Cell::Count(l.line as u64)),
        Column::new("message", "Lỗi", "Fault", move |l: &Line| {
            Cell::Text(l.message.get(lang).to_owned())
        }),
    ];
    if !lines.is_empty() || cx.out.format() == Format::Csv {
        cx.out.list(&lines, &columns, Around::default())?;
    }
    for checked in all {
        let words = match &checked.set {
            Some(set) => tr!(
                lang,
                "{}: không có lỗi. {} tiêu chí, {} chỉ tiêu, {} mức ({} chưa xác minh, {} chưa biết mức)",
                "{}: no fault. {} criteria, {} indicators, {} thresholds ({} not verified, {} not known)",
                checked.file,
                count(set.criteria, lang),
                count(set.indicators, lang),
                count(set.thresholds, lang),
                count(set.thresholds_not_verified, lang),
                count(set.thresholds_without_value, lang)
            ),
            None => tr!(
                lang,
                "{}: {} lỗi",
                "{}: faults: {}",
                checked.file,
                count(checked.faults.len() as u64, lang)
            ),
        };
        cx.out.note(&words);
    }
    Ok(())
}
