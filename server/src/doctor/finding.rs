//! What a check of the doctor reports.

use std::fmt;

/// One finding of a check.
pub enum Finding {
    /// All is well.
    Well(String),
    /// It works, but a person should look at it.
    Note(String),
    /// It does not work, or it is not safe.
    Fault(String),
}

impl Finding {
    /// Whether this is a fault that must be cured.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well(text) => write!(f, "ok     {text}"),
            Self::Note(text) => write!(f, "note   {text}"),
            Self::Fault(text) => write!(f, "FAULT  {text}"),
        }
    }
}
