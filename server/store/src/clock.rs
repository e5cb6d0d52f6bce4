//! Time and identities as parameters.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, SubsecRound, Utc};
use uuid::Uuid;

/// Tells the time, in microseconds: what is read back from a database equals
/// what was written to it.
#[derive(Clone)]
pub enum Clock {
    System,
    /// A clock that a test owns.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
        .trunc_subsecs(6)
    }

    /// Moves a fixed clock; the system's is not ours to move.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }

    /// A new identity, in the order of time (UUID version 7).
    #[expect(clippy::disallowed_methods, reason = "the one place that makes identities")]
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
