//! Splitting a `multipart/form-data` body (RFC 7578) into its parts as it arrives. It reads on only
//! when asked for more, so a body takes the memory of one piece however fast it comes; heads are
//! bounded; a part is over only when the next delimiter was seen.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use memchr::memmem::{self, Finder};

/// Longest boundary (RFC 2046, 5.1.1).
const BOUNDARY: usize = 70;
/// Bytes of a part's head.
const HEAD: usize = 16 * 1024;
/// Lines of a part's head.
const LINES: usize = 32;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Where the pieces of a body come from.
pub trait Source: Send {
    /// How it fails.
    type Fault: Send;

    /// The next piece; `None` when the body is over.
    fn next(&mut self) -> impl Future<Output = Result<Option<Bytes>, Self::Fault>> + Send;
}

/// Why a body cannot be split.
#[derive(Debug, PartialEq, Eq)]
pub enum Broken<F> {
    /// It is over before its last delimiter.
    CutOff,
    /// It is not what the standard says.
    Malformed,
    /// A part's head is longer than any client writes.
    LongHead,
    /// The source failed.
    Source(F),
}

/// What the head of a part says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Name of the part; blank if it has none.
    pub name: String,
    /// File name.
    pub file: Option<String>,
}

/// A body being split.
pub struct Multipart<S> {
    source: S,
    delimiter: Finder<'static>,
    /// What has arrived and was not handed out.
    rest: Bytes,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// In a part, or before the first.
    Content,
    /// Behind a delimiter.
    Delimiter,
    /// Behind the last one.
    End,
}

/// The boundary a content type names.
pub fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let found = parameter(parameters, "boundary")?.into_owned();
    let fits = (1..=BOUNDARY).contains(&found.len()) && found.is_ascii();
    (fits && !found.bytes().any(|b| b.is_ascii_control())).then_some(found)
}

impl<S: Source> Multipart<S> {
    /// Begins to split what `source` gives.
    pub fn new(source: S, boundary: &str) -> Multipart<S> {
        let delimiter = format!("\r\n--{boundary}");
        Multipart {
            source,
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
            // The first delimiter may stand at the very beginning.
            rest: Bytes::from_static(b"\r\n"),
            at: At::Content,
        }
    }

    /// What the body comes from.
    pub fn source(&mut self) -> &mut S {
        &mut self.source
    }

    /// The next part; what is left of the one before is passed over. `None` after the last.
    pub async fn part(&mut self) -> Result<Option<Head>, Broken<S::Fault>> {
        while self.chunk().await?.is_some() {}
        if self.at == At::End {
            return Ok(None);
        }
        while self.rest.len() < 2 {
            self.more().await?;
        }
        if self.rest.starts_with(b"--") {
            self.at = At::End;
            return Ok(None);
        }
        let end = loop {
            if let Some(end) = memmem::find(&self.rest, END_OF_HEAD) {
                break end;
            }
            if self.rest.len() > HEAD {
                return Err(Broken::LongHead);
            }
            self.more().await?;
        };
        if end > HEAD {
            return Err(Broken::LongHead);
        }
        let head = self.rest.split_to(end);
        // What is left of the blank line begins the delimiter of an empty part.
        let _ = self.rest.split_to(2);
        self.at = At::Content;
        let head = read_head(&head).ok_or(Broken::Malformed)?;
        self.begin_content().await?;
        Ok(Some(head))
    }

    /// The line end before the content is not content, unless the delimiter follows at once.
    async fn begin_content(&mut self) -> Result<(), Broken<S::Fault>> {
        let length = self.delimiter.needle().len();
        while self.rest.len() < length && self.delimiter.needle().starts_with(&self.rest) {
            self.more().await?;
        }
        if !self.rest.starts_with(self.delimiter.needle()) {
            let _ = self.rest.split_to(2);
        }
        Ok(())
    }

    /// The next piece of the part; `None` when the part is over.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Broken<S::Fault>> {
        while self.at == At::Content {
            if let Some(end) = self.delimiter.find(&self.rest) {
                let piece = self.rest.split_to(end);
                let _ = self.rest.split_to(self.delimiter.needle().len());
                self.at = At::Delimiter;
                return Ok((!piece.is_empty()).then_some(piece));
            }
            // What may be the beginning of a delimiter waits for the rest of it.
            let most = self.rest.len().saturating_sub(self.delimiter.needle().len() - 1);
            let safe =
                memchr::memchr(b'\r', &self.rest[most..]).map_or(self.rest.len(), |n| most + n);
            if safe > 0 {
                return Ok(Some(self.rest.split_to(safe)));
            }
            self.more().await?;
        }
        Ok(None)
    }

    async fn more(&mut self) -> Result<(), Broken<S::Fault>> {
        let piece = self.source.next().await.map_err(Broken::Source)?;
        let piece = piece.ok_or(Broken::CutOff)?;
        if self.rest.is_empty() {
            self.rest = piece;
        } else {
            let mut both = BytesMut::with_capacity(self.rest.len() + piece.len());
            both.extend_from_slice(&self.rest);
            both.extend_from_slice(&piece);
            self.rest = both.freeze();
        }
        Ok(())
    }
}

/// Reads a head: the padding behind the delimiter, then its lines.
fn read_head(bytes: &[u8]) -> Option<Head> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n");
    let padding = lines.next()?;
    let mut head = None;
    for (n, line) in lines.enumerate() {
        let (name, value) = line.split_once(':')?;
        if n >= LINES || name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '\0')
        {
            return None;
        }
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let said = read_disposition(value)?;
                // Two of them: which is meant nobody can say.
                if head.replace(said).is_some() {
                    return None;
                }
            }
            "content-type" if value.to_ascii_lowercase().starts_with("multipart/") => return None,
            "content-transfer-encoding" => {
                let plain = ["binary", "8bit", "7bit"];
                plain.iter().find(|known| value.eq_ignore_ascii_case(known))?;
            }
            _ => {}
        }
    }
    if padding.trim_matches([' ', '\t']).is_empty() { head } else { None }
}

fn read_disposition(value: &str) -> Option<Head> {
    let parameters = value.split_once(';').map_or("", |(_, rest)| rest);
    let named = |name| parameter(parameters, name).map(Cow::into_owned);
    let head = Head { name: named("name").unwrap_or_default(), file: named("filename") };
    let clean = |text: &String| !text.contains('\0');
    (clean(&head.name) && head.file.as_ref().is_none_or(clean)).then_some(head)
}

/// A parameter's value: quoted, where only a quote is escaped (a backslash before anything else is a
/// letter of a path), or bare.
fn parameter<'t>(text: &'t str, wanted: &str) -> Option<Cow<'t, str>> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let end = end_of_quoted(quoted)?;
                (quoted[..end].replace("\\\"", "\"").into(), &quoted[end + 1..])
            }
            None => {
                let end = value.find([';', ' ', '\t']).unwrap_or(value.len());
                (Cow::Borrowed(&value[..end]), &value[end..])
            }
        };
        let name = name.rsplit(';').next().unwrap_or_default();
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

fn end_of_quoted(text: &str) -> Option<usize> {
    let quotes = text.match_indices('"').map(|(at, _)| at);
    quotes.into_iter().find(|at| !text[..*at].ends_with('\\'))
}

#[cfg(test)]
mod tests;
