//! Replies: a client's answer about a coming session, by a link in its reminder
//! or in the portal.

crate::words! {
    /// A client's reply about a coming session. The labels are for a session of
    /// both partners.
    pub enum Reply {
        Coming = "coming", "We are both coming";
        Alone = "alone", "Only I can come";
        Another = "another", "We need another time";
    }
}

crate::words! {
    /// Which of a session's reminders ask for a reply.
    #[derive(Default)]
    pub enum ReplyReminders {
        None = "none", "None of them";
        #[default]
        First = "first", "The first of them";
        All = "all", "All of them";
    }
}

impl Reply {
    /// The replies to choose from. `joint`: both partners attend; otherwise
    /// "Only I can come" is left out.
    pub fn of(joint: bool) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reply| joint || *reply != Self::Alone)
    }

    /// The text of the reply for those who attend: both partners if `joint`, one
    /// person otherwise.
    pub const fn words(self, joint: bool) -> &'static str {
        match (self, joint) {
            (_, true) => self.label(),
            (Self::Another, false) => "I need another time",
            (_, false) => "I am coming",
        }
    }
}

impl ReplyReminders {
    /// Whether a reminder asks for a reply. `place` is its number among the
    /// reminders of the session, from 0 for the one with the longest lead time.
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
    fn a_single_attendee_has_no_reply_about_both() {
        assert_eq!(
            Reply::of(false).map(|r| r.words(false)).collect::<Vec<_>>(),
            ["I am coming", "I need another time"]
        );
        assert_eq!(Reply::of(true).count(), 3);
    }

    #[test]
    fn the_setting_decides_which_reminders_ask_for_a_reply() {
        assert_eq!([0, 1].map(|n| ReplyReminders::First.asks(n)), [true, false]);
        assert_eq!([0, 1].map(|n| ReplyReminders::All.asks(n)), [true, true]);
        assert_eq!([0, 1].map(|n| ReplyReminders::None.asks(n)), [false, false]);
    }
}
