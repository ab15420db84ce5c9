//! A phone that behaves as ODK Collect does: list → manifest → media → form with hashes checked,
//! HEAD before POST, uploads split at the size the server asks for, and a network that fails.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{Body, Client, RequestBuilder};

use crate::api::{Answer, fresh_client};
use crate::multipart::Multipart;
use crate::xml::Element;
use crate::{client, md5};

/// A form as the list offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Form id.
    pub id: String,
    /// Title.
    pub name: String,
    /// Version.
    pub version: String,
    /// `md5:…`.
    pub hash: String,
    /// Where the form is.
    pub download: String,
    /// Where its files are listed.
    pub manifest: Option<String>,
}

/// A collector's phone.
#[derive(Clone, Debug)]
pub struct Phone {
    /// Server address, token included.
    pub base: String,
    client: Client,
}

impl Phone {
    /// A phone set up with the address a collector was given.
    pub fn new(base: &str) -> Phone {
        Phone { base: base.into(), client: client().clone() }
    }

    /// The same phone on a network connection of its own.
    #[must_use]
    pub fn apart(&self) -> Phone {
        Phone { base: self.base.clone(), client: fresh_client() }
    }

    /// Any request, with the OpenRosa header.
    pub fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let url = if address.starts_with("http") {
            address.into()
        } else {
            format!("{}{address}", self.base)
        };
        self.client.request(method, url).header("X-OpenRosa-Version", "1.0")
    }

    /// GET of a path under the base or of a full address.
    #[track_caller]
    pub fn get(&self, address: &str) -> Answer {
        let response = self.request(Method::GET, address).send().unwrap_or_else(|e| panic!("{e}"));
        Answer::read(response).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The forms on offer.
    #[track_caller]
    pub fn form_list(&self) -> Vec<Listed> {
        let list = Element::read(&self.get("/formList").expect(200).body);
        assert_eq!(list.attribute("xmlns"), Some("http://openrosa.org/xforms/xformsList"));
        let form = |form: &Element| Listed {
            id: form.at("formID").into(),
            name: form.at("name").into(),
            version: form.at("version").into(),
            hash: form.at("hash").into(),
            download: form.at("downloadUrl").into(),
            manifest: form.find("manifestUrl").map(|url| url.text.clone()),
        };
        list.all("xform").map(form).collect()
    }

    /// A form by id.
    #[track_caller]
    pub fn form(&self, id: &str) -> Listed {
        self.form_list()
            .into_iter()
            .find(|form| form.id == id)
            .unwrap_or_else(|| panic!("{id} not offered"))
    }

    /// Fetches a form and its files, checking every hash.
    #[track_caller]
    pub fn fetch(&self, form: &Listed) -> (Vec<u8>, BTreeMap<String, Vec<u8>>) {
        let xform = self.get(&form.download).expect(200).body;
        assert_eq!(form.hash, format!("md5:{}", md5(&xform)), "{}", form.id);
        let mut files = BTreeMap::new();
        if let Some(manifest) = &form.manifest {
            let manifest = Element::read(&self.get(manifest).expect(200).body);
            for file in manifest.all("mediaFile") {
                let bytes = self.get(file.at("downloadUrl")).expect(200).body;
                assert_eq!(
                    file.at("hash"),
                    format!("md5:{}", md5(&bytes)),
                    "{}",
                    file.at("filename")
                );
                files.insert(file.at("filename").to_owned(), bytes);
            }
        }
        (xform, files)
    }

    /// Asks whether the server is ready and how much it takes at a time.
    pub fn head(&self) -> reqwest::Result<Answer> {
        Answer::read(self.request(Method::HEAD, "/submission").send()?)
    }

    /// Posts one body, or says what broke.
    pub fn try_post(&self, upload: &Multipart) -> reqwest::Result<Answer> {
        let request = self.request(Method::POST, "/submission?deviceID=collect%3Atest");
        let request = request.header("Content-Type", Multipart::kind()).body(upload.body());
        Answer::read(request.send()?)
    }

    /// Posts one body.
    #[track_caller]
    pub fn post(&self, upload: &Multipart) -> Answer {
        self.try_post(upload).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Posts one body without saying how long it is.
    #[track_caller]
    pub fn post_chunked(&self, upload: &Multipart) -> Answer {
        let body = Body::new(std::io::Cursor::new(upload.body()));
        let request =
            self.request(Method::POST, "/submission").header("Content-Type", Multipart::kind());
        Answer::read(request.body(body).send().unwrap_or_else(|e| panic!("{e}"))).unwrap()
    }

    /// Sends a finished form as Collect does: HEAD, then as many POSTs as the size limit takes.
    /// The answer is that of the last POST, or the first that is not a success.
    ///
    /// # Errors
    /// When the network fails; it may then have arrived or not.
    pub fn send(&self, xml: &[u8], photos: &[(String, Vec<u8>)]) -> reqwest::Result<Answer> {
        let ready = self.head()?;
        if ready.status != 204 {
            return Ok(ready);
        }
        let most = ready.header("x-openrosa-accept-content-length").parse().unwrap_or(u64::MAX);
        let mut rest = photos;
        loop {
            let mut upload = Multipart::of(xml);
            let mut size = xml.len();
            while let Some(((name, bytes), others)) = rest.split_first() {
                let first = upload.parts.len() == 1;
                if !first && (size + bytes.len()) as u64 > most {
                    break;
                }
                size += bytes.len();
                upload = upload.photo(name, bytes);
                rest = others;
            }
            if !rest.is_empty() {
                upload = upload.incomplete();
            }
            let answer = self.try_post(&upload)?;
            if rest.is_empty() || !(200..300).contains(&answer.status) {
                return Ok(answer);
            }
        }
    }

    /// A connection on which the head of a POST was sent, its body `announced` to be so long.
    pub fn begin(&self, announced: usize) -> std::io::Result<TcpStream> {
        let (host, path) =
            self.base.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("http");
        let mut socket = TcpStream::connect(host)?;
        let head = format!(
            "POST /{path}/submission HTTP/1.1\r\nHost: {host}\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: {}\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n",
            Multipart::kind()
        );
        socket.write_all(head.as_bytes())?;
        Ok(socket)
    }

    /// Sends the first `bytes` of a POST and hangs up; `announced` is the length it claims.
    /// What came back before, if anything.
    pub fn cut(&self, upload: &Multipart, bytes: usize, announced: usize) -> String {
        let mut socket = self.begin(announced).expect("a connection");
        let sent = socket.write_all(&upload.body()[..bytes]);
        let mut answer = Vec::new();
        if sent.is_ok() && announced <= bytes {
            let _ = socket.set_read_timeout(Some(Duration::from_secs(20)));
            let _ = socket.read_to_end(&mut answer);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}
