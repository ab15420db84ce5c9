//! The functions that expressions may call: names, how many arguments they take, what they give.
//!
//! All of the ODK XForms specification and all that JavaRosa has; `pulldata` is ODK Collect's own.
//! `floor` and `ceiling` are for criteria only: phones lack them, so forms refuse them.

use super::ast::Ast;
use super::value::Kind;

/// As many arguments as the expression has room for.
const ANY: usize = usize::MAX;

macro_rules! functions {
    ($($variant:ident $name:literal $min:literal..=$max:tt $kind:ident;)*) => {
        /// The functions that expressions may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Func { $($variant),* }

        impl Func {
            /// Every function.
            #[cfg(test)]
            pub(crate) const ALL: &[Func] = &[$(Func::$variant),*];

            /// The function of this name.
            pub(crate) fn named(name: &str) -> Option<Func> {
                match name { $($name => Some(Func::$variant),)* _ => None }
            }

            /// The name it is called by.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Func::$variant => $name),* }
            }

            /// True if it may be given so many arguments.
            pub(super) fn takes(self, given: usize) -> bool {
                let (min, max) = match self { $(Func::$variant => ($min, $max)),* };
                let paired = match self {
                    Func::IndexedRepeat => given % 2 == 1,
                    Func::WeightedChecklist => given % 2 == 0,
                    _ => true,
                };
                (min..=max).contains(&given) && paired
            }

            /// The type of its result; `Unknown` when that depends on its arguments.
            pub(super) fn kind(self) -> Kind {
                match self { $(Func::$variant => Kind::$kind),* }
            }
        }
    };
}

functions! {
    True "true" 0..=0 Boolean;
    False "false" 0..=0 Boolean;
    Not "not" 1..=1 Boolean;
    Boolean "boolean" 1..=1 Boolean;
    BooleanFromString "boolean-from-string" 1..=1 Boolean;
    If "if" 3..=3 Unknown;
    Coalesce "coalesce" 2..=2 Unknown;
    Once "once" 1..=1 Unknown;
    Depend "depend" 1..=ANY Unknown;
    Checklist "checklist" 2..=ANY Boolean;
    WeightedChecklist "weighted-checklist" 2..=ANY Boolean;
    Selected "selected" 2..=2 Boolean;
    IsSelected "is-selected" 2..=2 Boolean;
    CountSelected "count-selected" 1..=1 Number;
    SelectedAt "selected-at" 2..=2 Text;
    ChoiceName "jr:choice-name" 2..=2 Text;
    Itext "jr:itext" 1..=1 Text;
    PullData "pulldata" 4..=4 Text;
    Count "count" 1..=1 Number;
    CountNonEmpty "count-non-empty" 1..=1 Number;
    Sum "sum" 1..=1 Number;
    Min "min" 0..=ANY Number;
    Max "max" 0..=ANY Number;
    Position "position" 0..=1 Number;
    IndexedRepeat "indexed-repeat" 3..=11 Unknown;
    Randomize "randomize" 1..=2 Unknown;
    String "string" 1..=1 Text;
    Concat "concat" 0..=ANY Text;
    Join "join" 1..=ANY Text;
    StringLength "string-length" 0..=1 Number;
    Substr "substr" 2..=3 Text;
    SubstringBefore "substring-before" 2..=2 Text;
    SubstringAfter "substring-after" 2..=2 Text;
    Contains "contains" 2..=2 Boolean;
    StartsWith "starts-with" 2..=2 Boolean;
    EndsWith "ends-with" 2..=2 Boolean;
    NormalizeSpace "normalize-space" 0..=1 Text;
    Translate "translate" 3..=3 Text;
    Regex "regex" 2..=2 Boolean;
    Digest "digest" 2..=3 Text;
    Base64Decode "base64-decode" 1..=1 Text;
    Uuid "uuid" 0..=1 Text;
    Random "random" 0..=0 Number;
    Version "version" 0..=0 Text;
    Property "property" 1..=1 Text;
    Number "number" 1..=1 Number;
    Int "int" 1..=1 Number;
    Round "round" 1..=2 Number;
    Floor "floor" 1..=1 Number;
    Ceiling "ceiling" 1..=1 Number;
    Abs "abs" 1..=1 Number;
    Pow "pow" 2..=2 Number;
    Sqrt "sqrt" 1..=1 Number;
    Exp "exp" 1..=1 Number;
    Exp10 "exp10" 1..=1 Number;
    Log "log" 1..=1 Number;
    Log10 "log10" 1..=1 Number;
    Sin "sin" 1..=1 Number;
    Cos "cos" 1..=1 Number;
    Tan "tan" 1..=1 Number;
    Asin "asin" 1..=1 Number;
    Acos "acos" 1..=1 Number;
    Atan "atan" 1..=1 Number;
    Atan2 "atan2" 2..=2 Number;
    Pi "pi" 0..=0 Number;
    Today "today" 0..=0 Date;
    Now "now" 0..=0 Date;
    Date "date" 1..=1 Date;
    DateTime "date-time" 1..=1 Date;
    DecimalDateTime "decimal-date-time" 1..=1 Number;
    DecimalTime "decimal-time" 1..=1 Number;
    FormatDate "format-date" 2..=2 Text;
    FormatDateTime "format-date-time" 2..=2 Text;
    Area "area" 1..=1 Number;
    EnclosedArea "enclosed-area" 1..=1 Number;
    Distance "distance" 1..=ANY Number;
    Geofence "geofence" 2..=2 Boolean;
}

impl Func {
    /// The first argument that has to be a path and is none: JavaRosa stops the form there.
    pub(super) fn wants_nodes(self, args: &[Ast]) -> Option<usize> {
        let is_path = |a: &Ast| matches!(a, Ast::Path(_));
        let bad = |i: usize| (!args.get(i).is_none_or(Ast::may_give_nodes)).then_some(i);
        match self {
            Func::Count | Func::CountNonEmpty | Func::Sum | Func::Position | Func::Randomize => {
                bad(0)
            }
            Func::Area | Func::EnclosedArea => bad(0),
            Func::Geofence => bad(1),
            Func::IndexedRepeat => {
                let paths = std::iter::once(0).chain((1..args.len()).step_by(2));
                paths.into_iter().find(|i| !args.get(*i).is_some_and(is_path))
            }
            _ => None,
        }
    }
}
