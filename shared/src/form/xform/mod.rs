//! A form as the XForm that ODK Collect takes. Written by hand, line by line, so that the same
//! form gives the same bytes for ever: phones compare the file's hash.

mod body;
mod model;

use super::Form;

/// The whole document.
pub(super) fn write(form: &Form) -> String {
    let mut out = Writer::default();
    out.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    out.open(
        "h:html",
        &[
            ("xmlns", "http://www.w3.org/2002/xforms"),
            ("xmlns:h", "http://www.w3.org/1999/xhtml"),
            ("xmlns:jr", "http://openrosa.org/javarosa"),
            ("xmlns:orx", "http://openrosa.org/xforms"),
            ("xmlns:odk", "http://www.opendatakit.org/xforms"),
            ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ],
    );
    out.open("h:head", &[]);
    out.text("h:title", &form.title);
    model::write(form, &mut out);
    out.close("h:head");
    body::write(form, &mut out);
    out.close("h:html");
    out.text
}

/// XML with one element a line, indented by two.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.line(&tag(name, attributes, ">"));
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&format!("</{name}>"));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.line(&tag(name, attributes, "/>"));
    }

    fn text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.empty(name, &[]);
        } else {
            self.line(&format!("<{name}>{}</{name}>", escape(text)));
        }
    }
}

fn tag(name: &str, attributes: &[(&str, &str)], end: &str) -> String {
    let mut out = format!("<{name}");
    for (key, value) in attributes {
        out.push_str(&format!(" {key}=\"{}\"", escape(value)));
    }
    out.push_str(end);
    out
}

/// Text or attribute value with XML's special characters written as references.
pub(in crate::form) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
