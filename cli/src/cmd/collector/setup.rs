//! The codes that set up a phone, as pictures: for ODK Collect its settings as it reads them (JSON,
//! zlib, base64), for a browser a plain address.

use std::{fmt::Write as _, io::Write as _, path::Path};

use anyhow::Context as _;
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use image::{GrayImage, ImageFormat, Luma};
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::json;

/// Light modules around a code; fewer, and phones do not find it.
const QUIET: i32 = 4;
/// Pixels of a module in a picture.
const PIXELS: u32 = 8;

/// A QR code.
pub struct Code {
    text: String,
    code: QrCode,
}

impl Code {
    /// A code that ODK Collect scans as its settings: the server, forms as the server lists them,
    /// sending as soon as there is a network.
    pub fn of_collect(server_url: &str) -> anyhow::Result<Code> {
        let settings = json!({
            "general": {
                "server_url": server_url,
                "form_update_mode": "match_exactly",
                "autosend": "wifi_and_cellular",
                "app_language": "vi",
            },
            "admin": {},
            "project": { "name": "Nông thôn mới", "icon": "N", "color": "#00594f" },
        });
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(settings.to_string().as_bytes())?;
        Code::of_text(&STANDARD.encode(zlib.finish()?))
    }

    /// A code that says just this.
    pub fn of_text(text: &str) -> anyhow::Result<Code> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium)
            .map_err(|_| anyhow::anyhow!("the address is too long for a QR code"))?;
        Ok(Code { text: text.to_owned(), code })
    }

    /// What the code says.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn dark(&self, x: i32, y: i32) -> bool {
        self.code.get_module(x, y)
    }

    fn range(&self) -> std::ops::Range<i32> {
        -QUIET..self.code.size() + QUIET
    }

    /// For a terminal, two modules a character, black on white whatever the terminal's colours.
    pub fn drawn(&self) -> String {
        let mut out = String::new();
        for y in self.range().step_by(2) {
            out.push_str("\x1b[38;5;16;48;5;231m");
            out.extend(self.range().map(|x| match (self.dark(x, y), self.dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }));
            out.push_str("\x1b[0m\n");
        }
        out.truncate(out.trim_end_matches('\n').len());
        out
    }

    /// Writes a picture, `.svg` or `.png` by its name, readable by its owner only.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let bytes = match path.extension().is_some_and(|end| end == "svg") {
            true => self.svg().into_bytes(),
            false => self.png()?,
        };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).with_context(|| path.display().to_string())?;
        file.write_all(&bytes).with_context(|| path.display().to_string())
    }

    fn svg(&self) -> String {
        let side = self.code.size() + 2 * QUIET;
        let mut path = String::new();
        for y in 0..self.code.size() {
            for x in (0..self.code.size()).filter(|x| self.dark(*x, y)) {
                let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>\n"
        )
    }

    fn png(&self) -> anyhow::Result<Vec<u8>> {
        let side = u32::try_from(self.code.size() + 2 * QUIET)? * PIXELS;
        let at = |pixel: u32| i32::try_from(pixel / PIXELS).unwrap_or(i32::MAX) - QUIET;
        let picture = GrayImage::from_fn(side, side, |x, y| {
            Luma([if self.dark(at(x), at(y)) { 0 } else { 255 }])
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png)?;
        Ok(bytes.into_inner())
    }
}
