//! Lead times of reminders.

use serde::{Deserialize, Serialize};

use crate::typed;

/// How long before a session a reminder is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Lead {
    /// This many hours before the instant of the start.
    Hours(u16),
    /// The same wall time this many days before, in the session's zone. With a
    /// clock change between, a day counts 23 or 25 hours.
    Days(u16),
}

impl Lead {
    /// The lead times that a person can choose for themselves, the longest
    /// first.
    pub const OWN: [Self; 6] =
        [Self::Days(7), Self::Days(3), Self::Days(2), Self::Days(1), Self::Hours(4), Self::Hours(2)];

    /// The lead time in words: "3 days before".
    pub fn words(self) -> String {
        match self {
            Self::Days(1) => "a day before".to_owned(),
            Self::Days(7) => "a week before".to_owned(),
            Self::Days(n) => format!("{n} days before"),
            Self::Hours(1) => "an hour before".to_owned(),
            Self::Hours(n) => format!("{n} hours before"),
        }
    }
}

impl std::fmt::Display for Lead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
        }
    }
}

impl std::str::FromStr for Lead {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("\"{text}\" is no lead time: write 1d for a day, 2h for two hours.");
        let text = typed::code(text);
        let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
        let count: u16 = count.trim().parse().map_err(|_| wrong())?;
        match unit {
            "d" | "D" if (1..=30).contains(&count) => Ok(Self::Days(count)),
            "h" | "H" if (1..=72).contains(&count) => Ok(Self::Hours(count)),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Lead {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Lead> for String {
    fn from(lead: Lead) -> Self {
        lead.to_string()
    }
}
