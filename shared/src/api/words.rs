//! Closed lists of words: a key in data, a word for people in Vietnamese and English.

/// An enumeration of words. Each has the key it is written with in data, and what people read.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident $what:literal {
        $($variant:ident $key:literal $vi:literal $en:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $(
                #[doc = $en]
                #[serde(rename = $key)]
                $variant,
            )+
        }

        impl $name {
            #[doc = concat!("Every one that is ", $what, ".")]
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The key in data.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $key),+ }
            }

            /// The word for people, in Vietnamese and English.
            pub fn names(self) -> [&'static str; 2] {
                match self { $($name::$variant => [$vi, $en]),+ }
            }

            /// Reads the key in data.
            pub fn read(key: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|word| word.as_str() == key)
            }
        }
    };
}

pub(crate) use words;
