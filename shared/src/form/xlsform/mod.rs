//! Sheets to a draft of the form: settings, languages, lists of choices, entities, survey.
//! What pyxform 4.5 accepts is accepted and means the same; what it leaves to be found out on the
//! phone is a warning.

use std::collections::BTreeMap;

use super::draft::{Draft, Truth, Written};
use super::{Languages, Media, Words};
use crate::spelling::nearest;
use sheet::{Row, Sheet};
use table::{Headings, Table};

mod choices;
mod columns;
mod dynamic;
mod entities;
mod files;
mod groups;
mod late;
mod parameters;
mod row;
mod select;
mod settings;
pub mod sheet;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod types;
mod write;

pub(super) use write::write;

/// Most languages of a form.
const MOST_LANGUAGES: usize = 64;

/// What the small sheets say that concerns the survey's fields.
#[derive(Default)]
struct Preface {
    /// The root's name.
    root: String,
    /// The expression for how a filled form is called.
    instance_name: String,
    /// The expressions of the entity.
    entity: Written,
}

pub(super) fn read(mut sheets: Vec<Sheet>) -> Draft {
    let mut draft = Draft::default();
    let mut table = |name: &str, headings: Headings| {
        let is_named = |s: &Sheet| s.name.trim().to_lowercase() == name;
        let mut named = (0..sheets.len()).filter(|i| is_named(&sheets[*i]));
        let (place, twin) = (named.next(), named.next());
        if let Some(twin) = twin {
            draft.fault(
                (name, sheets[twin].rows.first().map_or(0, |r| r.number), ""),
                format!("có hai bảng {name}; giữ một bảng"),
                format!("there are two {name} sheets; keep one"),
            );
        }
        // A single sheet is the survey, whatever it is called.
        let sheet = match place.or((name == "survey" && sheets.len() == 1).then_some(0)) {
            Some(place) => take(&mut sheets[place]),
            None => {
                missing(&mut draft, &sheets, name);
                Sheet { name: name.to_owned(), rows: Vec::new() }
            }
        };
        Table::read(sheet, headings, &mut draft)
    };
    let settings = table("settings", columns::settings);
    let choices = table("choices", columns::choices);
    let entities = table("entities", columns::entities);
    let mut survey = table("survey", columns::survey);
    if !survey.has("type") {
        if draft.faults.iter().all(|f| f.sheet != "survey") {
            draft.fault(
                ("survey", survey.row, ""),
                "bảng survey thiếu cột type",
                "the survey sheet has no column type",
            );
        }
        return draft;
    }
    let mut preface = settings::read(&mut draft, &settings);
    if preface.collapse(&settings) {
        survey.collapse();
    }
    draft.languages(&settings, &[&survey, &choices]);
    choices::read(&mut draft, &choices, &settings);
    entities::read(&mut draft, &entities, &mut preface);
    survey::read(&mut draft, &survey, preface);
    settings::check(&mut draft, &settings);
    files::externals(&mut draft);
    draft
}

/// A sheet with its rows; where it was, its name stays.
fn take(sheet: &mut Sheet) -> Sheet {
    Sheet { name: sheet.name.clone(), rows: std::mem::take(&mut sheet.rows) }
}

/// A sheet that is not there, when another one's name is a misspelling of it or it has to be.
fn missing(draft: &mut Draft, sheets: &[Sheet], name: &str) {
    const KNOWN: [&str; 6] =
        ["survey", "choices", "settings", "entities", "external_choices", "osm"];
    let other = |s: &&Sheet| {
        let found = s.name.trim().to_lowercase();
        !found.starts_with('_')
            && !KNOWN.contains(&found.as_str())
            && nearest(&found, [name]).is_some()
    };
    let near = sheets.iter().find(other).map(|s| s.name.trim());
    match (name, near) {
        ("survey", near) => {
            let (vi, en) = match near {
                Some(near) => (
                    format!("không có bảng survey; có phải là bảng \"{near}\"?"),
                    format!("there is no survey sheet; is it the sheet \"{near}\"?"),
                ),
                None => (
                    "không có bảng survey; thêm bảng bắt đầu bằng dòng | survey |".to_owned(),
                    "there is no survey sheet; add a table that starts with the line | survey |"
                        .to_owned(),
                ),
            };
            draft.fault(("survey", 0, ""), vi, en);
        }
        (name, Some(near)) => draft.warn(
            (near, 0, ""),
            format!("bảng này bị bỏ qua; có phải là \"{name}\"? Nếu không, thêm _ vào đầu tên"),
            format!(
                "this sheet is left alone; did you mean \"{name}\"? If not, begin its name with _"
            ),
        ),
        (_, None) => {}
    }
}

impl Draft {
    /// Collects the languages: the default one first, then in the order of the columns. Texts
    /// without a language are in the default one.
    fn languages(&mut self, settings: &Table, sheets: &[&Table]) {
        let default = settings.rows.first().and_then(|r| settings.cell(r, "default_language"));
        let mut names: Vec<String> = default.map(str::to_owned).into_iter().collect();
        // Without a default, a text both with and without language is in one more language.
        let mixed = |sheet: &Table, name: &str| {
            let columns = || sheet.columns.iter().filter(|c| c.name == name);
            columns().any(|c| c.language.is_none()) && columns().any(|c| c.language.is_some())
        };
        let texts = ["label", "hint", "guidance_hint", "constraint_message", "required_message"];
        let mixed = sheets.iter().any(|s| texts.iter().any(|t| mixed(s, t)));
        if names.is_empty() && mixed {
            names.push("default".to_owned());
        }
        for sheet in sheets {
            for column in &sheet.columns {
                let Some(language) = &column.language else { continue };
                if names.contains(language) {
                    continue;
                }
                if names.len() == MOST_LANGUAGES {
                    self.fault(
                        (&sheet.name, sheet.row, &column.heading),
                        format!("quá nhiều ngôn ngữ: nhiều nhất {MOST_LANGUAGES}"),
                        format!("too many languages: at most {MOST_LANGUAGES}"),
                    );
                    break;
                }
                names.push(language.clone());
            }
        }
        if names.is_empty() {
            names.push("default".to_owned());
        }
        self.languages = Languages { names };
    }

    /// The texts of a row under a name, in all languages.
    fn words(&self, sheet: &Table, row: &Row, name: &str) -> Words {
        let mut words = Words::default();
        // A column with the default language goes before one without any.
        let mut cells: Vec<_> = sheet.words(row, name).collect();
        cells.sort_by_key(|(language, _)| language.is_some());
        for (language, cell) in cells {
            let place = match language {
                Some(language) => self.languages.names.iter().position(|n| n == language),
                None => Some(0),
            };
            if let Some(place) = place {
                if words.0.is_empty() {
                    words.0 = vec![String::new(); self.languages.names.len()];
                }
                cell.clone_into(&mut words.0[place]);
            }
        }
        words
    }
}

/// The files shown or played with the label of a row; `-` means none.
fn media(draft: &Draft, sheet: &Table, row: &Row) -> Media {
    let mut media = BTreeMap::new();
    for kind in columns::MEDIA {
        let mut words = draft.words(sheet, row, &format!("media::{kind}"));
        words.0.iter_mut().filter(|w| *w == "-").for_each(String::clear);
        if !words.is_empty() {
            media.insert(kind.to_owned(), words);
        }
    }
    media
}

/// True for `yes` in the spellings that XLSForms have.
fn yes(text: &str) -> bool {
    Truth::read(text) == Some(Truth(true))
}

/// True when a text is one reference `${name}` and nothing else.
fn is_reference(text: &str) -> bool {
    let name = text.strip_prefix("${").and_then(|t| t.strip_suffix('}')).map(str::trim);
    name.is_some_and(|n| {
        survey::is_name(n.strip_prefix(super::names::LAST_SAVED_MARK).unwrap_or(n))
    })
}

/// What a message shows of an author's words.
fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
