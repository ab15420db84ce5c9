//! What JavaRosa did while walking through forms, as `tests/javarosa/Walks.java` writes it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// One filling of a form, step by step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Walk {
    /// Name of the case.
    pub case: String,
    /// What became of every step: `ok`, `constraint`, `required`, `unasked`, `readonly`, `type`
    /// or `choice`.
    pub steps: Vec<String>,
    /// [`NodeState::hash`] at the start and after every step, when asked for.
    pub hashes: Vec<String>,
    /// The nodes after the last step, in document order.
    pub nodes: Vec<NodeState>,
    /// What validation says: `ok`, or `constraint` or `required` with the path of the first
    /// question that stands in the way.
    pub end: String,
    /// The submission, whatever validation says.
    pub xml: String,
    /// Why the form or an expression broke JavaRosa, when one did.
    pub error: Option<String>,
}

/// One node: path with places on repeats, flags (`r` relevant, `q` required, `w` writable), text
/// as written in a submission.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct NodeState(pub String, pub String, pub Option<String>);

impl NodeState {
    /// The same 64 bits (FNV-1a) as JavaRosa's side makes of these nodes.
    pub fn hash(nodes: &[NodeState]) -> String {
        let lines: Vec<String> = nodes.iter().map(NodeState::line).collect();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in lines.join(",").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("{hash:016x}")
    }

    fn line(&self) -> String {
        let value = self.2.as_ref().map_or("null".to_owned(), |text| quote(text));
        format!("[{},\"{}\",{value}]", quote(&self.0), self.1)
    }
}

/// As `Filler.quote`.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Everything `walks.jsonl` says, by folder and case.
pub(crate) fn read(folder: &Path) -> BTreeMap<String, BTreeMap<String, Walk>> {
    let mut forms = BTreeMap::new();
    for entry in folder.read_dir().expect("a folder") {
        let form = entry.expect("an entry").path();
        let Ok(lines) = std::fs::read_to_string(form.join("walks.jsonl")) else { continue };
        let walk =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        let walks: Vec<Walk> = lines.lines().map(walk).collect();
        let name = form.file_name().unwrap_or_default().to_string_lossy().into_owned();
        forms.insert(name, walks.into_iter().map(|w| (w.case.clone(), w)).collect());
    }
    forms
}
