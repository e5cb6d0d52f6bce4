//! The clock: the source of the current time and of new ids. It is a parameter
//! of the store, so that a test can set the time.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, SubsecRound, Utc};
use uuid::Uuid;

/// Gives the current time in whole microseconds, the precision of both
/// databases: a time that is read back equals the time that was written.
#[derive(Clone)]
pub enum Clock {
    /// The clock of the machine.
    System,
    /// A clock that shows the same time until a test moves it.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that shows this time until [`Self::advance`] moves it.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The current time, cut to microseconds.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
        .trunc_subsecs(6)
    }

    /// Moves a fixed clock forward. Does nothing to the system clock.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }

    /// A new id (UUID version 7, RFC 9562). Later ids sort after earlier ones.
    /// It uses the machine's time also when the clock is fixed.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes identities")]
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
