//! The first steps of a new practice: what is to be done until a couple can come.
//!
//! No step is ticked by hand: whether it is done follows from what is there.

crate::words! {
    /// A step, in the order in which they are usually done.
    pub enum FirstStep {
        Hours = "hours", "Check opening hours";
        Rooms = "rooms", "Add rooms";
        TestEmail = "test_email", "Send a test email";
        Staff = "staff", "Invite staff";
        Couple = "couple", "Add your first couple";
        Invitations = "invitations", "Invite both partners";
        Session = "session", "Book the first session";
    }
}

/// What is there of what the steps make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The settings were saved once, or a therapist has hours of their own.
    pub hours: bool,
    /// There is a room, even an archived one.
    pub room: bool,
    /// An email was sent.
    pub email: bool,
    /// There is another member of staff.
    pub staff: bool,
    /// The owner sees clients: the practice may need nobody else.
    pub owner_is_therapist: bool,
    /// There is a client.
    pub client: bool,
    /// Everyone of a client was invited to the portal.
    pub invited: bool,
    /// A session was booked.
    pub session: bool,
}

impl Progress {
    /// Whether a step is done. A practice whose first session is booked without a
    /// room meets online and needs none.
    pub const fn is_done(self, step: FirstStep) -> bool {
        match step {
            FirstStep::Hours => self.hours,
            FirstStep::Rooms => self.room || self.session,
            FirstStep::TestEmail => self.email,
            FirstStep::Staff => self.staff,
            FirstStep::Couple => self.client,
            FirstStep::Invitations => self.invited,
            FirstStep::Session => self.session,
        }
    }

    /// Whether a step may be left out.
    pub const fn is_optional(self, step: FirstStep) -> bool {
        matches!(step, FirstStep::Staff) && self.owner_is_therapist
    }

    /// Whether all steps are done that may not be left out.
    pub fn is_complete(self) -> bool {
        FirstStep::ALL.iter().all(|step| self.is_done(*step) || self.is_optional(*step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_complete_when_each_is_done_or_may_be_left_out() {
        let mut progress =
            Progress { hours: true, email: true, client: true, invited: true, session: true, ..Progress::default() };
        assert!(progress.is_done(FirstStep::Rooms), "the first session is online");
        assert!(!progress.is_complete(), "nobody else is there, and the owner sees no clients");
        progress.owner_is_therapist = true;
        assert!(progress.is_complete() && !progress.is_done(FirstStep::Staff));
        progress.email = false;
        assert!(!progress.is_complete());
        assert!(FirstStep::ALL.iter().all(|step| !Progress::default().is_done(*step)));
    }
}
