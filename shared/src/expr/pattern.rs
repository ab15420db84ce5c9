//! Regular expressions as Java writes them, matched in linear time whatever the pattern.
//!
//! A Java pattern is put into the dialect of the crate `regex`: `\d`, `\w` and `\s` mean ASCII, `.`
//! stops at every line end Java knows, `\Q…\E` quotes. What needs backtracking (look-around,
//! back-references, possessive quantifiers, atomic groups) is not there: a fault when the pattern is
//! written in the expression, no match when it is an answer.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// Longest pattern, in characters.
const MAX_PATTERN: usize = 2_000;

/// Largest compiled pattern, in bytes: bounds the time a character of the text may take.
const MAX_COMPILED: usize = 1 << 18;

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternFault {
    /// It is not well-formed.
    Malformed,
    /// It is longer than 2,000 characters.
    TooLong,
    /// It would need too much memory, by counts such as `{1,10000}`.
    TooLarge,
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    LookAround,
    /// `\1`, `\k<name>`.
    BackReference,
    /// `a*+`, `(?>…)`.
    Backtracking,
    /// An escape such as `\G` or `\p{InGreek}`.
    Escape,
}

impl PatternFault {
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            PatternFault::Malformed => ("viết sai", "it is not well-formed"),
            PatternFault::TooLong => ("quá dài", "it is too long"),
            PatternFault::TooLarge => ("số lần lặp quá lớn", "its counts are too large"),
            PatternFault::LookAround => {
                ("không hỗ trợ nhìn trước, nhìn sau (?=…)", "look-around (?=…) is not supported")
            }
            PatternFault::BackReference => {
                (r"không hỗ trợ tham chiếu ngược \1", r"back-references \1 are not supported")
            }
            PatternFault::Backtracking => {
                ("không hỗ trợ *+, ++ và (?>…)", "*+, ++ and (?>…) are not supported")
            }
            PatternFault::Escape => {
                (r"có ký hiệu \ không hỗ trợ", r"it has a \ escape that is not supported")
            }
        }
    }
}

/// A pattern that has been compiled.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    source: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.source == other.source
    }
}

impl Pattern {
    /// The pattern, or why it is none.
    pub(super) fn new(source: &str) -> Result<Pattern, PatternFault> {
        if source.chars().take(MAX_PATTERN + 1).count() > MAX_PATTERN {
            return Err(PatternFault::TooLong);
        }
        let translated = Translation::new(source).run()?;
        let regex = RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
            .size_limit(MAX_COMPILED)
            .nest_limit(64)
            .build()
            .map_err(|e| match e {
                regex::Error::CompiledTooBig(_) => PatternFault::TooLarge,
                _ => PatternFault::Malformed,
            })?;
        Ok(Pattern { source: source.to_owned(), regex })
    }

    /// As it was written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// True if the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    /// `.` matches line ends too.
    dot_all: bool,
    /// How many `[` are open.
    classes: usize,
}

impl<'p> Translation<'p> {
    fn new(source: &'p str) -> Translation<'p> {
        Translation {
            rest: source.chars().peekable(),
            out: String::with_capacity(source.len() + 16),
            dot_all: flags(source).any(|f| f.contains('s')),
            classes: 0,
        }
    }

    fn run(mut self) -> Result<String, PatternFault> {
        let mut last = ' ';
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.escape()?,
                '[' => self.open_class(),
                ']' if self.classes > 0 => {
                    self.classes -= 1;
                    self.out.push(']');
                }
                // Two of these would take a set away from another, which Java does not know.
                '-' | '~' if self.classes > 0 && last == c => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                ']' => self.out.push_str(r"\]"),
                '.' if self.classes == 0 && !self.dot_all => {
                    self.out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]");
                }
                '(' if self.classes == 0 => self.group()?,
                '+' if self.classes == 0 && matches!(last, '*' | '+' | '?' | '}') => {
                    return Err(PatternFault::Backtracking);
                }
                _ => self.out.push(c),
            }
            // An escaped character is an operand, whatever it looks like.
            last = if c == '\\' { ' ' } else { c };
        }
        Ok(self.out)
    }

    fn open_class(&mut self) {
        self.classes += 1;
        self.out.push('[');
        // `[:` is a nested set of Java's, not the start of a named class.
        if self.rest.peek() == Some(&':') {
            self.rest.next();
            self.out.push_str(r"\:");
        }
        if self.rest.peek() == Some(&'^') {
            self.rest.next();
            self.out.push('^');
        }
        if self.rest.peek() == Some(&']') {
            self.rest.next();
            self.out.push_str(r"\]");
        }
    }

    fn group(&mut self) -> Result<(), PatternFault> {
        self.out.push('(');
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('?') {
            return Ok(());
        }
        match (ahead.next(), ahead.next()) {
            (Some('=' | '!'), _) | (Some('<'), Some('=' | '!')) => Err(PatternFault::LookAround),
            (Some('>'), _) => Err(PatternFault::Backtracking),
            _ => Ok(()),
        }
    }

    fn escape(&mut self) -> Result<(), PatternFault> {
        let Some(c) = self.rest.next() else { return Err(PatternFault::Malformed) };
        let class = match c {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[A-Za-z0-9_]",
            'W' => "[^A-Za-z0-9_]",
            's' => r"[ \t\n\x0B\f\r]",
            'S' => r"[^ \t\n\x0B\f\r]",
            'h' => r"[ \t\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]",
            'v' => r"[\n\x0B\f\r\x{85}\x{2028}\x{2029}]",
            'e' => r"\x1B",
            '1'..='9' | 'k' => return Err(PatternFault::BackReference),
            'Q' => {
                self.quoted();
                return Ok(());
            }
            'p' | 'P' => return self.property(c),
            't' | 'n' | 'r' | 'f' | 'a' | 'x' | 'u' | 'b' | 'B' | 'A' | 'z' => {
                self.out.push('\\');
                self.out.push(c);
                return Ok(());
            }
            'a'..='z' | 'A'..='Z' | '0' => return Err(PatternFault::Escape),
            _ => {
                self.literal(c);
                return Ok(());
            }
        };
        self.out.push_str(class);
        Ok(())
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                return;
            }
            self.literal(c);
        }
    }

    /// `\p{…}`: Java's POSIX names mean ASCII; `IsLatin` is `Latin`.
    fn property(&mut self, letter: char) -> Result<(), PatternFault> {
        let mut name = String::new();
        match self.rest.next() {
            Some('{') => loop {
                match self.rest.next() {
                    Some('}') => break,
                    Some(c) => name.push(c),
                    None => return Err(PatternFault::Malformed),
                }
            },
            Some(c) => name.push(c),
            None => return Err(PatternFault::Malformed),
        }
        let set = match name.as_str() {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "Alpha" => "A-Za-z",
            "Digit" => "0-9",
            "Alnum" => "A-Za-z0-9",
            "ASCII" => r"\x00-\x7F",
            "Punct" => r"!-/:-@\[-`{-\~",
            "Graph" => r"!-\~",
            "Print" => r" -\~",
            "Blank" => r" \t",
            "Cntrl" => r"\x00-\x1F\x7F",
            "XDigit" => "0-9A-Fa-f",
            "Space" => r" \t\n\x0B\f\r",
            _ if name.starts_with("In") || name.starts_with("java") => {
                return Err(PatternFault::Escape);
            }
            _ => {
                let name = name.strip_prefix("Is").unwrap_or(&name);
                self.out.push_str(&format!(r"\{letter}{{{name}}}"));
                return Ok(());
            }
        };
        let not = if letter == 'P' { "^" } else { "" };
        self.out.push_str(&format!("[{not}{set}]"));
        Ok(())
    }
}

/// The letters of every `(?flags)` and `(?flags:`.
fn flags(source: &str) -> impl Iterator<Item = &str> {
    source.split("(?").skip(1).map(|after| {
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        &after[..end]
    })
}
