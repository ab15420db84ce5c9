//! Why an expression cannot be parsed.

use std::fmt;

use super::pattern::PatternFault;
use crate::text::Text;

/// The reason an expression was not accepted. Places are counted in characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprFault {
    /// A character or word that does not belong there.
    Unexpected {
        /// Where.
        at: usize,
        /// What stands there.
        found: String,
    },
    /// The expression ends where more is needed.
    Incomplete,
    /// A function that does not exist here.
    UnknownFunction {
        /// Where.
        at: usize,
        /// Its name.
        name: String,
    },
    /// A function called with too few or too many arguments.
    Arguments {
        /// Where.
        at: usize,
        /// The function.
        name: String,
        /// How many it was given.
        given: usize,
    },
    /// An argument that phones cannot work with.
    Argument {
        /// Where the call begins.
        at: usize,
        /// The function.
        name: &'static str,
        /// Which argument, from 1.
        which: usize,
        /// What is wrong with it.
        what: ArgumentFault,
    },
    /// XPath that phones do not understand.
    Unsupported {
        /// Where.
        at: usize,
        /// What.
        what: Unsupported,
    },
    /// The expression is too long or nested too deeply.
    TooComplex,
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentFault {
    /// It has to be a path.
    Path,
    /// A regular expression that cannot be used.
    Pattern(PatternFault),
    /// No algorithm of `digest()`.
    Algorithm,
    /// No encoding of `digest()`.
    Encoding,
    /// No pattern of `format-date()`.
    Format,
}

/// XPath that JavaRosa parses but cannot evaluate, or finds nothing by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// `//name`.
    DoubleSlash,
    /// `a | b`.
    Union,
    /// `$name`.
    Variable,
    /// An axis other than child, parent, self and attribute.
    Axis,
    /// `text()`, `node()` below an element and the like.
    NodeTest,
    /// `/a/b/../c`.
    UpAfterDown,
    /// `current()` or `instance('…')` that no path follows.
    Bare,
    /// `extract-signed()`.
    Signatures,
}

impl ExprFault {
    /// The character it is about, from 1; none when it is the whole expression.
    pub fn at(&self) -> Option<usize> {
        match self {
            ExprFault::Unexpected { at, .. }
            | ExprFault::UnknownFunction { at, .. }
            | ExprFault::Arguments { at, .. }
            | ExprFault::Argument { at, .. }
            | ExprFault::Unsupported { at, .. } => Some(*at),
            ExprFault::Incomplete | ExprFault::TooComplex => None,
        }
    }

    /// The fault for people.
    pub fn text(&self) -> Text {
        let (vi, en) = match self {
            ExprFault::Unexpected { at, found } => (
                format!("ký tự thứ {at}: không hiểu {found} ở vị trí này"),
                format!("at character {at}: unexpected {found}"),
            ),
            ExprFault::Incomplete => {
                return Text::new("biểu thức chưa viết hết", "the expression is not complete");
            }
            ExprFault::UnknownFunction { at, name } => (
                format!("ký tự thứ {at}: không có hàm {name}()"),
                format!("at character {at}: unknown function {name}()"),
            ),
            ExprFault::Arguments { at, name, given } => (
                format!("ký tự thứ {at}: hàm {name}() không nhận {given} tham số"),
                format!("at character {at}: {name}() does not take {given} arguments"),
            ),
            ExprFault::Argument { at, name, which, what } => {
                let what = what.text();
                (
                    format!("ký tự thứ {at}: tham số {which} của {name}() {}", what.vi),
                    format!("at character {at}: argument {which} of {name}() {}", what.en),
                )
            }
            ExprFault::Unsupported { at, what } => {
                let (vi, en) = what.words();
                (format!("ký tự thứ {at}: {vi}"), format!("at character {at}: {en}"))
            }
            ExprFault::TooComplex => {
                return Text::new(
                    "biểu thức quá dài hoặc lồng quá nhiều lớp",
                    "the expression is too long or nested too deeply",
                );
            }
        };
        Text::new(vi, en)
    }
}

impl fmt::Display for ExprFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for ExprFault {}

impl ArgumentFault {
    fn text(self) -> Text {
        let (vi, en) = match self {
            ArgumentFault::Path => ("phải là một đường dẫn", "has to be a path"),
            ArgumentFault::Pattern(fault) => {
                let (vi, en) = fault.words();
                return Text::new(
                    format!("là biểu thức chính quy không dùng được: {vi}"),
                    format!("is a regular expression that cannot be used: {en}"),
                );
            }
            ArgumentFault::Algorithm => (
                "phải là MD5, SHA-1, SHA-256, SHA-384 hoặc SHA-512",
                "has to be MD5, SHA-1, SHA-256, SHA-384 or SHA-512",
            ),
            ArgumentFault::Encoding => ("phải là hex hoặc base64", "has to be hex or base64"),
            ArgumentFault::Format => (
                "có ký hiệu lạ sau dấu %; dùng %Y %y %m %n %b %d %e %H %h %M %S %3 %a %W %%",
                "has an unknown letter after %; use %Y %y %m %n %b %d %e %H %h %M %S %3 %a %W %%",
            ),
        };
        Text::new(vi, en)
    }
}

impl Unsupported {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Unsupported::DoubleSlash => (
                "điện thoại không hiểu //; viết đường dẫn đầy đủ",
                "phones do not understand //; write the full path",
            ),
            Unsupported::Union => (
                "điện thoại không hiểu dấu |; dùng if() hoặc coalesce()",
                "phones do not understand |; use if() or coalesce()",
            ),
            Unsupported::Variable => (
                "điện thoại không hiểu $tên; viết ${tên câu hỏi}",
                "phones do not understand $name; write ${field}",
            ),
            Unsupported::Axis => (
                "điện thoại chỉ hiểu các trục child, parent, self và attribute",
                "phones know only the axes child, parent, self and attribute",
            ),
            Unsupported::NodeTest => (
                "điện thoại không hiểu text(), node() hay tên:* ở đây; viết tên câu hỏi",
                "phones do not understand text(), node() or prefix:* here; write the field's name",
            ),
            Unsupported::UpAfterDown => (
                "điện thoại không tìm được gì theo .. giữa đường dẫn đầy đủ; viết thẳng đường dẫn",
                "phones find nothing by .. within a full path; write the path without it",
            ),
            Unsupported::Bare => (
                "sau current() hoặc instance() phải có /đường dẫn",
                "current() and instance() need a /path after them",
            ),
            Unsupported::Signatures => {
                ("extract-signed() không được hỗ trợ", "extract-signed() is not supported")
            }
        }
    }
}
