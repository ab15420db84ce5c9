//! Why an expression cannot be parsed.

use thiserror::Error;

use crate::text::Text;

/// The reason an expression was not accepted. Places are counted in characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExprFault {
    /// A character or word that does not belong there.
    #[error("at character {at}: unexpected {found}")]
    Unexpected {
        /// Where.
        at: usize,
        /// What stands there.
        found: String,
    },
    /// The expression ends where more is needed.
    #[error("the expression is not complete")]
    Incomplete,
    /// A function that does not exist here.
    #[error("at character {at}: unknown function {name}()")]
    UnknownFunction {
        /// Where.
        at: usize,
        /// Its name.
        name: String,
    },
    /// A function called with too few or too many arguments.
    #[error("at character {at}: {name}() does not take {given} arguments")]
    Arguments {
        /// Where.
        at: usize,
        /// The function.
        name: String,
        /// How many it was given.
        given: usize,
    },
    /// The expression is too long or nested too deeply.
    #[error("the expression is too long or nested too deeply")]
    TooComplex,
}

impl ExprFault {
    /// The fault for people.
    pub fn text(&self) -> Text {
        let vi = match self {
            ExprFault::Unexpected { at, found } => {
                format!("ký tự thứ {at}: không hiểu {found} ở vị trí này")
            }
            ExprFault::Incomplete => "biểu thức chưa viết hết".to_owned(),
            ExprFault::UnknownFunction { at, name } => {
                format!("ký tự thứ {at}: không có hàm {name}()")
            }
            ExprFault::Arguments { at, name, given } => {
                format!("ký tự thứ {at}: hàm {name}() không nhận {given} tham số")
            }
            ExprFault::TooComplex => "biểu thức quá dài hoặc lồng quá nhiều lớp".to_owned(),
        };
        Text::new(vi, self.to_string())
    }
}
