//! What somebody says of a session ahead, by a link in its reminder or in the
//! portal.

crate::words! {
    /// A reply, in the words of a session of two.
    pub enum Reply {
        Coming = "coming", "We are both coming";
        Alone = "alone", "Only I can come";
        Another = "another", "We need another time";
    }
}

crate::words! {
    /// Which of a session's reminders ask for a reply.
    #[derive(Default)]
    pub enum Asks {
        None = "none", "None of them";
        #[default]
        First = "first", "The first of them";
        All = "all", "All of them";
    }
}

impl Reply {
    /// What can be said of a session of so many.
    pub fn of(joint: bool) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reply| joint || *reply != Self::Alone)
    }

    /// As who comes says it.
    pub const fn words(self, joint: bool) -> &'static str {
        match (self, joint) {
            (_, true) => self.label(),
            (Self::Another, false) => "I need another time",
            (_, false) => "I am coming",
        }
    }
}

impl Asks {
    /// Whether the reminder at this place among a session's, the longest lead
    /// first, asks.
    pub const fn asks(self, place: usize) -> bool {
        match self {
            Self::None => false,
            Self::First => place == 0,
            Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_alone_is_not_asked_whether_both_come() {
        assert_eq!(
            Reply::of(false).map(|r| r.words(false)).collect::<Vec<_>>(),
            ["I am coming", "I need another time"]
        );
        assert_eq!(Reply::of(true).count(), 3);
    }

    #[test]
    fn the_first_reminder_asks_and_the_next_does_not() {
        assert_eq!([0, 1].map(|n| Asks::First.asks(n)), [true, false]);
        assert_eq!([0, 1].map(|n| Asks::All.asks(n)), [true, true]);
        assert_eq!([0, 1].map(|n| Asks::None.asks(n)), [false, false]);
    }
}
