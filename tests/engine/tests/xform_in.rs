//! XForms made by others, and what we write ourselves, read back.

use std::path::{Path, PathBuf};

use ntm_engine_tests::root;
use ntm_shared::form::{Form, FormFault};

fn sources(folder: &str, extension: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join(folder)).expect(folder);
    let mut files: Vec<PathBuf> = files.map(|f| f.expect("a file").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == extension));
    files.retain(|f| f.file_name().is_some_and(|n| n != "README.md"));
    files.sort();
    files
}

fn said(faults: &[FormFault]) -> String {
    faults.iter().map(|f| format!("{f}\n")).collect()
}

#[track_caller]
fn read(source: &str, name: &Path) -> Form {
    Form::read(source).unwrap_or_else(|f| panic!("{}: {}", name.display(), said(&f)))
}

#[test]
fn what_we_write_we_read() {
    for file in sources("shared/data/forms", "md") {
        let source = std::fs::read_to_string(&file).expect("the source");
        let written = read(&source, &file).to_xform();
        let again = read(&written, &file);
        assert_eq!(again.to_xform(), written, "{}", file.display());
    }
}
