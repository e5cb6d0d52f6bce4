//! The rules of a counselling practice, as types and pure functions.
//!
//! This crate does no input or output, has no async code and knows no
//! database: everything in it is a value or a pure function of values, so that
//! each rule can be tested by itself and the browser could run the same code.
//! The clock is always a parameter.
//!
//! No island uses this crate today: `app` depends on it in its server build
//! only, so that the tables for email addresses, phone numbers and scripts are
//! not built for browsers. Time-zone arithmetic ([`zone`]) and what depends on
//! it ([`reminder`], [`nudge`]) need the time-zone database and are behind the
//! `zones` feature.

pub mod access;
pub mod accounts;
pub mod clients;
pub mod csv;
pub mod exercises;
pub mod form;
pub mod ids;
pub mod outbox;
pub mod portability;
pub mod practice;
pub mod records;
pub mod scheduling;
pub mod span;
pub mod typed;
#[cfg(feature = "zones")]
pub mod zone;
#[cfg(feature = "zones")]
pub mod zone_names;

/// Declares an enum over a closed set of words. Each variant has the word that
/// it is stored and sent as, and the label that a person reads.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that is stored and sent for this variant.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The label that a person reads for this variant.
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

/// The error for a word that is not in the closed set it was read as. It
/// holds at most 40 characters of the word.
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
