//! Originals out of the server, byte for byte: one folder per submission, the XML and beside it the
//! files it names, as ODK Collect lays them out. Files that are already there with the right
//! content are not fetched again.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use ntm_shared::api::submission::{Submission, SubmissionRow};
use sha2::{Digest, Sha256};

use crate::{
    client::Client,
    cmd::{Area, Context},
    print::count,
};

/// Name of the XML in each folder.
const XML: &str = "submission.xml";
/// Name of the file that says which exports the folder is from.
const MARK: &str = "EXPORT.txt";

/// What one run wrote.
#[derive(Debug, Default, serde::Serialize)]
struct Exported {
    submissions: u64,
    files: u64,
    already_there: u64,
    attachments_missing: u64,
    out: PathBuf,
}

/// Exports every version of every submission of a round.
pub async fn run(
    client: &Client,
    round: &str,
    out: &Path,
    (within, mark): (Option<String>, &str),
    cx: &Context<'_>,
) -> anyhow::Result<()> {
    let area = Area::of_round(client, round, within).await?;
    let mut query = area.query();
    query.push(("round", round));
    let rows: Vec<SubmissionRow> = client.all(&["submissions"], &query).await?;
    private_folder(out)?;
    // Originals stay byte for byte, so the mark lies beside them.
    let mut marks = fs::OpenOptions::new().append(true).create(true).open(out.join(MARK))?;
    writeln!(marks, "{mark}")?;
    let bar = cx.out.progress(rows.len() as u64, &tr!(cx.lang(), "Xuất phiếu", "Exporting"));
    let mut done = Exported { out: out.to_owned(), ..Exported::default() };
    for row in &rows {
        one(client, row, out, &mut done).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let line = tr!(
        cx.lang(),
        "{} phiếu, {} tệp mới, {} tệp đã có, {} ảnh máy chủ chưa nhận: {}",
        "{} submissions, {} files written, {} already there, {} photos not received yet: {}",
        count(done.submissions, cx.lang()),
        count(done.files, cx.lang()),
        count(done.already_there, cx.lang()),
        count(done.attachments_missing, cx.lang()),
        out.display()
    );
    cx.out.value(&done, &line)?;
    cx.out.note(&tr!(
        cx.lang(),
        "Thư mục này chứa dữ liệu cá nhân: giữ kín, xóa khi dùng xong.",
        "This folder holds personal data: keep it safe, delete it when done."
    ));
    Ok(())
}

async fn one(
    client: &Client,
    row: &SubmissionRow,
    out: &Path,
    done: &mut Exported,
) -> anyhow::Result<()> {
    let seq = row.seq.to_string();
    let folder = out.join(safe_name(&format!("{seq:0>8}-{}", row.instance_id)));
    private_folder(&folder)?;
    let xml = folder.join(XML);
    // Originals never change, so an XML that is there whole is there for good.
    if xml.exists() {
        done.already_there += 1;
    } else {
        fetch(client, &["submissions", &seq, "xml"], &xml).await?;
        done.files += 1;
    }
    if row.attachments_expected > 0 {
        let submission: Submission = client.get(&["submissions", &seq], &[]).await?;
        for attachment in &submission.attachments {
            let Some(sha256) = &attachment.sha256 else {
                done.attachments_missing += 1;
                continue;
            };
            let mut name = safe_name(&attachment.name);
            if name == XML {
                name.push_str(".attachment");
            }
            let path = folder.join(name);
            if hash(&path)?.as_ref() == Some(sha256) {
                done.already_there += 1;
                continue;
            }
            let source = ["submissions", &seq, "attachments", &attachment.name];
            fetch(client, &source, &path).await?;
            let got = hash(&path)?;
            anyhow::ensure!(got.as_ref() == Some(sha256), "{}: SHA-256 {got:?}", path.display());
            done.files += 1;
        }
    }
    done.submissions += 1;
    Ok(())
}

async fn fetch(client: &Client, source: &[&str], path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    client.download(source, &mut file).await?;
    file.flush()?;
    file.persist(path).with_context(|| path.display().to_string())?;
    Ok(())
}

/// SHA-256 in hex of a file, or nothing when there is no file.
fn hash(path: &Path) -> anyhow::Result<Option<String>> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let mut hasher = Sha256::new();
    let mut buffer = [0; 65_536];
    loop {
        let n = io::Read::read(&mut file, &mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
    }
    Ok(Some(hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()))
}

fn private_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| path.display().to_string())
}

/// A name that is one plain file name on any system: what a phone called its file must not lead
/// out of the folder. Other characters become `%` and their UTF-8 bytes in hex.
fn safe_name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        if plain(c) && !(i == 0 && c == '.') {
            out.push(c);
        } else {
            let mut utf8 = [0; 4];
            out.extend(c.encode_utf8(&mut utf8).bytes().map(|b| format!("%{b:02X}")));
        }
    }
    if out.is_empty() { "%".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_phones_stay_inside_the_folder() {
        assert_eq!(safe_name("1728000000000.jpg"), "1728000000000.jpg");
        assert_eq!(safe_name("ảnh nhà.jpg"), "ảnh nhà.jpg");
        assert_eq!(safe_name("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
        assert_eq!(safe_name("uuid:1"), "uuid%3A1");
        assert_eq!(safe_name(".."), "%2E.");
        assert_eq!(safe_name(""), "%");
        for odd in ["a/b", "a\\b", "a\0b", ".", "C:x"] {
            assert!(!safe_name(odd).contains(['/', '\\', '\0', ':']), "{odd}");
        }
    }
}
