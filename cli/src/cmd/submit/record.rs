//! A filled-in form in a folder: its XML, and beside it the files it names, as `ntm submission export`
//! and ODK Collect lay them out.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use ntm_shared::{
    answers::{NodeId, Tree},
    api::phone::{FileHash, Number, State, Want},
    text::{Lang, Text, nfc},
};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// A form on its way.
#[derive(Debug)]
pub struct Record {
    /// The XML's path.
    pub path: PathBuf,
    /// Its bytes.
    pub xml: Vec<u8>,
    /// SHA-256 of them.
    pub xml_sha256: String,
    /// Form id.
    pub form: String,
    /// Instance id.
    pub instance: String,
    /// The files it names that are there.
    pub files: Vec<File>,
    /// What the server said of it last; nothing before it was offered.
    pub state: Option<State>,
    /// What the server wants.
    pub want: Vec<Want>,
    /// Which form of its phone it is.
    pub nth: Option<Number>,
    /// Whether bytes of it were sent and not heard of.
    pub flying: bool,
    /// The server's words.
    pub message: Option<String>,
}

/// A file of a form.
#[derive(Debug)]
pub struct File {
    bytes: Bytes,
    /// What the server knows it by.
    pub hash: FileHash,
}

#[derive(Debug)]
enum Bytes {
    On(PathBuf),
    Held(Arc<[u8]>),
}

impl File {
    /// One in memory.
    pub fn held(hash: FileHash, bytes: Arc<[u8]>) -> File {
        File { bytes: Bytes::Held(bytes), hash }
    }

    /// Up to `most` bytes from `offset` on.
    pub fn part(&self, offset: u64, most: usize) -> anyhow::Result<Vec<u8>> {
        let path = match &self.bytes {
            Bytes::On(path) => path,
            Bytes::Held(bytes) => {
                let rest = bytes.get(usize::try_from(offset)?..).unwrap_or_default();
                return Ok(rest[..most.min(rest.len())].to_vec());
            }
        };
        let mut file = fs::File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The forms in these folders and in the folders right below them, in order of their paths.
pub fn read(folders: &[PathBuf]) -> anyhow::Result<Vec<Record>> {
    let mut found = BTreeSet::new();
    for folder in folders {
        let inside = entries(folder)?;
        for folder in inside.iter().filter(|path| path.is_dir()) {
            found.extend(entries(folder)?.into_iter().filter(|path| is_xml(path)));
        }
        found.extend(inside.into_iter().filter(|path| is_xml(path)));
    }
    if found.is_empty() {
        return Err(Failure::local(
            Text::new("Không có phiếu XML nào trong thư mục.", "No form in the folder."),
            Text::new(
                "mỗi phiếu là một thư mục: tệp .xml và ảnh bên cạnh",
                "a folder a form: the .xml and its files",
            ),
        ));
    }
    found.into_iter().map(record).collect()
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn is_xml(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|end| end.eq_ignore_ascii_case("xml"))
}

fn record(path: PathBuf) -> anyhow::Result<Record> {
    let xml = fs::read(&path).with_context(|| path.display().to_string())?;
    let named = names(&tree(&path, &xml)?);
    let mut files = Vec::new();
    for file in entries(path.parent().unwrap_or(Path::new(".")))? {
        let name = nfc(&file.file_name().unwrap_or_default().to_string_lossy());
        if file.is_file() && named.contains(&name) {
            files.push(File { hash: hash(&file, name)?, bytes: Bytes::On(file) });
        }
    }
    made(path, xml, files, None)
}

/// A form of its parts; `path` is what people call it.
pub fn made(
    path: PathBuf,
    xml: Vec<u8>,
    mut files: Vec<File>,
    nth: Option<Number>,
) -> anyhow::Result<Record> {
    let tree = tree(&path, &xml)?;
    files.sort_by(|a, b| a.hash.bytes.cmp(&b.hash.bytes).then(a.hash.name.cmp(&b.hash.name)));
    Ok(Record {
        form: tree.form_id().unwrap_or_default().to_owned(),
        instance: tree.instance_id().unwrap_or_default().to_owned(),
        xml_sha256: hex(&Sha256::digest(&xml)),
        path,
        xml,
        files,
        state: None,
        want: Vec::new(),
        nth,
        flying: false,
        message: None,
    })
}

fn tree(path: &Path, xml: &[u8]) -> anyhow::Result<Tree> {
    Tree::read(xml).map_err(|fault| {
        let said = |lang| format!("{}: {}", path.display(), fault.text().get(lang));
        Failure::local(Text::new(said(Lang::Vi), said(Lang::En)), Text::default())
    })
}

/// Every answer: a file is named by one of them.
fn names(tree: &Tree) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut open: Vec<NodeId> = vec![tree.root()];
    while let Some(node) = open.pop() {
        let text = tree.text(node).trim();
        if !text.is_empty() {
            out.insert(nfc(text));
        }
        open.extend(tree.children(node));
    }
    out
}

fn hash(path: &Path, name: String) -> anyhow::Result<FileHash> {
    let (mut file, mut hash, mut bytes) = (fs::File::open(path)?, Sha256::new(), 0);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(FileHash { name, sha256: hex(&hash.finalize()), bytes }),
            read => {
                hash.update(&chunk[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
