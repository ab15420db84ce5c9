//! The one way a sentence is said in two languages.

/// `tr!(lang, "tiếng Việt {}", "English {}", x)`: a `String` in the reader's language.
macro_rules! tr {
    ($lang:expr, $vi:literal, $en:literal $(, $($arg:tt)*)?) => {
        match $lang {
            ntm_shared::text::Lang::Vi => format!($vi $(, $($arg)*)?),
            ntm_shared::text::Lang::En => format!($en $(, $($arg)*)?),
        }
    };
}
