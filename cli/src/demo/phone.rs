//! A phone as ODK Collect is one: it takes the list of forms, their media and their XML, fills
//! forms offline, asks with HEAD before it sends, and counts only 201 as sent.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use md5::{Digest, Md5};
use ntm_shared::{
    answers::Tree,
    expr::{Instances, Table},
    form::Form,
};

use crate::client::{Part, Reply, Wire};

/// Every OpenRosa request says which version it speaks.
const OPENROSA: (&str, &str) = ("X-OpenRosa-Version", "1.0");

/// A phone set up with a collector's address.
#[derive(Debug)]
pub struct Phone {
    wire: Wire,
    base: String,
    device: String,
}

/// A form on the phone with its media.
#[derive(Clone, Debug)]
pub struct Downloaded {
    /// Form id.
    pub id: String,
    /// Version.
    pub version: String,
    /// The form's XML.
    pub xml: Vec<u8>,
    /// The media read as tables.
    pub media: Instances,
}

/// A finished form with its photos.
#[derive(Debug)]
pub struct Outgoing {
    /// The submission.
    pub xml: Vec<u8>,
    /// Photos: file name and bytes, in the order the submission names them.
    pub photos: Vec<(String, Vec<u8>)>,
}

impl Phone {
    /// A phone whose collector typed `base`, the address with the token in it.
    pub fn new(wire: Wire, base: &str, device: &str) -> Phone {
        Phone { wire, base: base.trim_end_matches('/').to_owned(), device: device.to_owned() }
    }

    /// Downloads every form on offer, checking each file against its listed MD5.
    pub async fn download(&self) -> anyhow::Result<BTreeMap<String, Downloaded>> {
        let url = format!("{}/formList?deviceID={}", self.base, self.device);
        let list = tree(&self.get(&url).await?, "formList")?;
        let mut forms = BTreeMap::new();
        for form in list.find_all("/xforms/xform") {
            let text = |name: &str| -> anyhow::Result<String> {
                let child = list.children(form).iter().find(|c| list.name(**c) == name);
                let text = child.map(|c| list.text(*c).trim().to_owned());
                text.filter(|t| !t.is_empty()).with_context(|| format!("formList: no {name}"))
            };
            let (id, version) = (text("formID")?, text("version")?);
            let media = match text("manifestUrl") {
                Ok(url) => self.media(&url).await?,
                Err(_) => Instances::new(),
            };
            let xml = self.get(&text("downloadUrl")?).await?;
            check(&xml, &text("hash")?, &id)?;
            forms.insert(id.clone(), Downloaded { id, version, xml, media });
        }
        Ok(forms)
    }

    async fn media(&self, manifest: &str) -> anyhow::Result<Instances> {
        let manifest = tree(&self.get(manifest).await?, "manifest")?;
        let mut media = Instances::new();
        for file in manifest.find_all("/manifest/mediaFile") {
            let text = |name: &str| {
                let child = manifest.children(file).iter().find(|c| manifest.name(**c) == name);
                child.map(|c| manifest.text(*c).trim().to_owned()).unwrap_or_default()
            };
            let name = text("filename");
            let bytes = self.get(&text("downloadUrl")).await?;
            check(&bytes, &text("hash"), &name)?;
            let source = String::from_utf8(bytes).with_context(|| name.clone())?;
            let table = Table::from_csv(&source).with_context(|| name.clone())?;
            media.insert(name.strip_suffix(".csv").unwrap_or(&name), table);
        }
        Ok(media)
    }

    async fn get(&self, url: &str) -> anyhow::Result<Vec<u8>> {
        let reply = self.wire.get(url, &[OPENROSA]).await?;
        ensure!(reply.status == 200, "GET answered {}: {}", reply.status, said(&reply));
        Ok(reply.body)
    }

    /// Sends one finished form: HEAD must answer 204, POST 201.
    pub async fn send(&self, out: Outgoing) -> anyhow::Result<()> {
        let url = format!("{}/submission?deviceID={}", self.base, self.device);
        let head = self.wire.head(&url, &[OPENROSA]).await?;
        ensure!(head.status == 204, "HEAD answered {}", head.status);
        let limit: u64 = head
            .header("x-openrosa-accept-content-length")
            .and_then(|l| l.parse().ok())
            .unwrap_or(10_000_000);
        let size = out.xml.len() + out.photos.iter().map(|(_, b)| b.len()).sum::<usize>();
        ensure!((size as u64) < limit, "{size} bytes are more than the server takes ({limit})");
        let mut parts = vec![Part {
            name: "xml_submission_file".into(),
            file: "submission.xml".into(),
            mime: "text/xml",
            bytes: out.xml,
        }];
        parts.extend(out.photos.into_iter().map(|(name, bytes)| Part {
            name: name.clone(),
            file: name,
            mime: "image/jpeg",
            bytes,
        }));
        let reply = self.wire.multipart(&url, &[OPENROSA], parts).await?;
        ensure!(reply.status == 201, "POST answered {}: {}", reply.status, said(&reply));
        Ok(())
    }
}

impl Downloaded {
    /// The phone's own copy of a form may only be used when it is byte for byte what was served.
    pub fn ensure_same(&self, form: &Form, xform: &str) -> anyhow::Result<()> {
        ensure!(form.version == self.version, "{}: served {}", form.id, self.version);
        ensure!(xform.as_bytes() == self.xml, "{}: the served form differs", form.id);
        Ok(())
    }
}

fn tree(xml: &[u8], what: &str) -> anyhow::Result<Tree> {
    Tree::read(xml).map_err(|fault| anyhow::anyhow!("{what}: {fault}"))
}

fn check(bytes: &[u8], listed: &str, what: &str) -> anyhow::Result<()> {
    let hex: String = Md5::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    ensure!(listed == format!("md5:{hex}"), "{what}: MD5 {hex} is not the listed {listed}");
    Ok(())
}

/// What the server tells the collector.
fn said(reply: &Reply) -> String {
    let tree = Tree::read(&reply.body).ok();
    let message = tree.as_ref().and_then(|t| Some(t.text(t.find("message")?).trim().to_owned()));
    message.unwrap_or_default()
}
