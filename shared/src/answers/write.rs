//! A tree as XML, for tests and for showing: what is read from it is the same tree again.

use std::fmt::Write;

use super::{NodeId, Tree};

impl Tree {
    /// The tree as XML without blanks between elements: names, attributes, texts and their order
    /// are kept. Comments and the way characters were escaped are not in the tree.
    pub fn to_xml(&self) -> String {
        let mut out = String::with_capacity(self.buffer.len() * 2);
        // What is still to write: an element, or the end tag of one.
        let mut waiting = vec![(self.root(), false)];
        while let Some((n, end)) = waiting.pop() {
            if end {
                let _ = write!(out, "</{}>", self.written_name(n));
            } else {
                self.start(n, &mut out);
                if !(self.text(n).is_empty() && self.children(n).is_empty()) {
                    waiting.push((n, true));
                    waiting.extend(self.children(n).iter().rev().map(|c| (*c, false)));
                }
            }
        }
        out
    }

    fn start(&self, n: NodeId, out: &mut String) {
        let _ = write!(out, "<{}", self.written_name(n));
        for (name, value) in self.attributes(n) {
            let _ = write!(out, " {name}=\"");
            escape(value, true, out);
            out.push('"');
        }
        let text = self.text(n);
        if text.is_empty() && self.children(n).is_empty() {
            out.push_str("/>");
        } else {
            out.push('>');
            escape(text, false, out);
        }
    }
}

/// Characters that a reader would not give back as they are, as references.
fn escape(text: &str, attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' | '\t' if attribute => drop(write!(out, "&#{};", u32::from(c))),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}
