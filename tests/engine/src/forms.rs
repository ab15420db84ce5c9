//! The XLSForms of `tests/forms`, each with the answers it is filled with.

use std::path::{Path, PathBuf};

use crate::root;

/// A form's source and the ways it is filled.
#[derive(Clone, Debug)]
pub struct FormSource {
    /// Name of the file without its extension.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The source: an XLSForm in Markdown, or an XForm.
    pub markdown: String,
    /// By name: settings and steps, as `tests/javarosa/Walks.java` reads them.
    pub cases: Vec<(String, String)>,
}

/// When forms are filled unless a case says otherwise.
pub const NOW: &str = "2024-10-18T16:20:00.000+07:00";

/// Every form of `tests/forms`, by name.
pub fn forms() -> Vec<FormSource> {
    forms_in("", "md")
}

/// Every form of a folder within `tests/forms` whose file's name ends so, by name.
pub fn forms_in(folder: &str, extension: &str) -> Vec<FormSource> {
    let folder = root().join("tests/forms").join(folder);
    let files = folder.read_dir().expect("tests/forms").map(|e| e.expect("an entry").path());
    let mut sources: Vec<PathBuf> =
        files.filter(|f| f.extension().is_some_and(|e| e == extension)).collect();
    sources.sort();
    sources.iter().filter(|f| !f.ends_with("README.md")).map(|path| read(path)).collect()
}

fn read(path: &Path) -> FormSource {
    let text =
        |p: &Path| std::fs::read_to_string(p).unwrap_or_else(|e| panic!("{}: {e}", p.display()));
    let answers = text(&path.with_extension("answers"));
    let mut cases: Vec<(String, String)> = Vec::new();
    for line in answers.lines() {
        match (line.strip_prefix("== "), cases.last_mut()) {
            (Some(name), _) => cases.push((name.to_owned(), String::new())),
            (None, Some(case)) => case.1.extend([line, "\n"]),
            (None, None) => panic!("{}: the answers begin with == NAME", path.display()),
        }
    }
    for case in &mut cases {
        if !case.1.contains("@now=") {
            case.1.insert_str(0, &format!("@now={NOW}\n"));
        }
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    FormSource { name, path: path.to_owned(), markdown: text(path), cases }
}

/// The files that come with the forms.
pub fn media() -> Vec<PathBuf> {
    let folder = root().join("tests/forms/media");
    let mut files: Vec<PathBuf> =
        folder.read_dir().expect("media").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files
}
