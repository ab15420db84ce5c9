//! Upload bodies written byte by byte, as OkHttp writes them in ODK Collect: file names are raw
//! UTF-8 in quotes.

/// One part of a body.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name of the part.
    pub name: String,
    /// File name, if it is a file.
    pub file: Option<String>,
    /// Content type.
    pub kind: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

/// A multipart body.
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    /// The parts in order.
    pub parts: Vec<Part>,
}

impl Multipart {
    /// The boundary between parts.
    pub const BOUNDARY: &'static str = "3f9a77d2-0b1c-4c1e-9d55-5a1d1f2a9e10";

    /// A submission without files.
    pub fn of(xml: &[u8]) -> Multipart {
        Multipart::default().xml(xml)
    }

    /// Adds the submission's XML.
    #[must_use]
    pub fn xml(mut self, xml: &[u8]) -> Multipart {
        self.parts.push(Part {
            name: "xml_submission_file".into(),
            file: Some("submission.xml".into()),
            kind: "text/xml".into(),
            bytes: xml.to_vec(),
        });
        self
    }

    /// Adds a photo under its name.
    #[must_use]
    pub fn photo(mut self, name: &str, bytes: &[u8]) -> Multipart {
        self.parts.push(Part {
            name: name.into(),
            file: Some(name.into()),
            kind: "image/jpeg".into(),
            bytes: bytes.to_vec(),
        });
        self
    }

    /// Says that more parts follow in another request.
    #[must_use]
    pub fn incomplete(mut self) -> Multipart {
        self.parts.push(Part {
            name: "*isIncomplete*".into(),
            file: None,
            kind: "text/plain".into(),
            bytes: b"yes".to_vec(),
        });
        self
    }

    /// Content type with the boundary.
    pub fn kind() -> String {
        format!("multipart/form-data; boundary={}", Multipart::BOUNDARY)
    }

    /// How many bytes of the body must come until its first `parts` parts are complete: the
    /// delimiter after the last of them belongs to them.
    pub fn until(&self, parts: usize) -> usize {
        let first = Multipart { parts: self.parts[..parts].to_vec() };
        first.body().len() - "--\r\n".len()
    }

    /// The bytes.
    pub fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for part in &self.parts {
            let quoted =
                |text: &str| text.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22");
            let file = part
                .file
                .as_deref()
                .map_or(String::new(), |f| format!("; filename=\"{}\"", quoted(f)));
            let head = format!(
                "--{}\r\nContent-Disposition: form-data; name=\"{}\"{file}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                Multipart::BOUNDARY,
                quoted(&part.name),
                part.kind,
                part.bytes.len()
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&part.bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{}--\r\n", Multipart::BOUNDARY).as_bytes());
        body
    }
}
