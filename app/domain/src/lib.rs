//! The practice in types.
//!
//! What a counselling practice is and what may happen in it, with no input or
//! output, no async and no database: everything here is a value or a pure
//! function of values, so that each rule can be tested by itself and so that
//! the browser may run the same code. The clock is always a parameter.
//!
//! Zone arithmetic ([`zone`]) needs the time-zone database and stands behind
//! the `zones` feature, which the browser build leaves out, together with the
//! plan of [`reminder`]s that rests on it.

pub mod access;
pub mod adherence;
pub mod assignment;
pub mod availability;
pub mod builder;
pub mod client;
pub mod course;
pub mod draft;
pub mod exercise;
pub mod fee;
pub mod form;
pub mod ids;
pub mod inquiry;
pub mod note;
#[cfg(feature = "zones")]
pub mod nudge;
pub mod password;
pub mod pathway;
pub mod person;
pub mod practice;
pub mod reading;
#[cfg(feature = "zones")]
pub mod reminder;
pub mod reply;
pub mod request;
pub mod response;
pub mod series;
pub mod session;
pub mod slots;
pub mod wording;
#[cfg(feature = "zones")]
pub mod zone;

/// Declares a closed set of words: an enum, the word each variant is stored
/// and sent as, and what a person reads.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that is stored and sent.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What a person reads.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::UnknownWord { set: stringify!($name), word: other.chars().take(40).collect() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::UnknownWord;
            fn try_from(word: String) -> Result<Self, Self::Error> { word.parse() }
        }
    };
}

/// A word outside the closed set it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    pub set: &'static str,
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\" is no {}", self.word, self.set)
    }
}

impl std::error::Error for UnknownWord {}
