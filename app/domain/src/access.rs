//! The whole policy of who may do what: a pure function.
//!
//! The store's queries and the routes' guards enforce it; a test prints it as
//! a table (`tests/access_matrix.txt`) to be reviewed as a diff, and others
//! hold the running program against it.

use crate::{
    exercise::Scope,
    note::NoteScope,
    response::{other_partner_may_read, therapist_may_read},
};

crate::words! {
    /// Who acts, as seen from the thing they act on.
    pub enum Actor {
        Anonymous = "anonymous", "Nobody signed in";
        Owner = "owner", "Practice owner";
        OwnClinician = "own_clinician", "The couple's therapist";
        OtherClinician = "other_clinician", "Another therapist";
        FrontDesk = "front_desk", "Front desk";
        /// The partner whose it is.
        Self_ = "self", "The person themselves";
        /// The other partner of the same couple.
        OtherPartner = "other_partner", "Their partner";
        /// A partner of another couple.
        Stranger = "stranger", "A client of another couple";
    }
}

crate::words! {
    pub enum Action {
        See = "see", "see";
        Create = "create", "create";
        Change = "change", "change";
    }
}

/// What is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// The practice's settings, rooms, staff accounts.
    Practice,
    /// Who did what and when; never what it said.
    Audit,
    /// The treatment unit and its people's details, as the therapist keeps them.
    ClientRecord,
    /// Names, to book with.
    ClientName,
    /// How a person may be written to.
    SafeContact,
    /// A session's time, place and people.
    Booking,
    /// When a therapist works: their own to set, and the front desk's.
    Hours,
    /// A time that a partner asks for; to come alone is theirs and the
    /// practice's to know.
    TimeRequest { alone: bool },
    /// The hours at which somebody likes to come.
    LikedTimes,
    /// Somebody new who asks for a first meeting.
    Inquiry,
    /// An exercise given to somebody.
    Assignment,
    /// A partner's answer.
    Answer { scope: Scope, submitted: bool, revealed: bool },
    /// A word why somebody does not do an exercise just now.
    NotNow,
    /// A day and time that was planned; for both partners, or not.
    Plan(Scope),
    /// What a partner and their therapist write to each other.
    Letter,
    /// A pathway as a client walks it.
    Walk,
    /// The course of a scale, the brief, how it goes between sessions.
    LookingBack,
    /// A clinician's note.
    Note(NoteScope),
    /// What somebody says of a session ahead: that they come, or not.
    Reply,
    /// Whether a message about a session went out, and what it says.
    MessageState,
    /// A browser that is signed in.
    Login,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied;

/// May this actor do this to that?
pub const fn may(actor: Actor, action: Action, thing: Thing) -> Result<(), Denied> {
    use Action::{Change, Create, See};
    use Actor::{FrontDesk, OtherPartner as Other, OwnClinician, Owner, Self_};
    let yes = match (thing, action, actor) {
        (_, _, Actor::Anonymous | Actor::Stranger) => false,

        (Thing::Practice, _, Owner) => true,
        (Thing::Audit, See, Owner) => true,

        (Thing::ClientRecord, See | Change | Create, OwnClinician) => true,
        (Thing::ClientName, See, OwnClinician | FrontDesk) => true,
        (Thing::SafeContact, See | Change | Create, OwnClinician | Self_) => true,

        (Thing::Booking, See, OwnClinician | FrontDesk | Self_ | Other) => true,
        (Thing::Booking, Create | Change, OwnClinician | FrontDesk) => true,

        (Thing::Hours, See | Create | Change, OwnClinician | FrontDesk) => true,

        (Thing::TimeRequest { .. }, See | Change, OwnClinician | FrontDesk | Self_) => true,
        (Thing::TimeRequest { alone: false }, See | Change, Other) => true,
        (Thing::TimeRequest { .. }, Create, Self_) => true,
        (Thing::Reply, See | Change, OwnClinician | FrontDesk | Self_) => true,
        (Thing::Reply, Create, Self_) => true,
        (Thing::LikedTimes, See | Create | Change, Self_) => true,
        (Thing::Inquiry, See | Change, OwnClinician | Actor::OtherClinician | FrontDesk) => true,

        (Thing::Assignment, See, OwnClinician | Self_) => true,
        (Thing::Assignment, Create | Change, OwnClinician) => true,

        (Thing::Answer { .. }, See, Self_) => true,
        (Thing::Answer { .. }, Create, Self_) => true,
        (Thing::Answer { submitted, .. }, Change, Self_) => !submitted,
        (Thing::Answer { scope, submitted, .. }, See, OwnClinician) => therapist_may_read(scope, submitted),
        (Thing::Answer { scope, submitted, revealed }, See, Other) => {
            other_partner_may_read(scope, submitted, revealed)
        }

        (Thing::NotNow, See | Create | Change, Self_) => true,
        (Thing::NotNow, See, OwnClinician) => true,
        (Thing::Plan(_), See | Create | Change, Self_) => true,
        (Thing::Plan(Scope::Couple), See | Create | Change, Other) => true,
        (Thing::Plan(scope), See, OwnClinician) => therapist_may_read(scope, true),
        (Thing::Letter, See | Create, Self_ | OwnClinician) => true,
        (Thing::Walk, See | Create | Change, OwnClinician) => true,
        (Thing::LookingBack, See, OwnClinician) => true,

        (Thing::Note(_), See | Create | Change, OwnClinician) => true,

        (Thing::MessageState, See | Change, FrontDesk) => true,
        (Thing::Login, See | Change, Self_) => true,
        _ => false,
    };
    if yes { Ok(()) } else { Err(Denied) }
}

/// Every thing of the policy with its name, for the printed table.
pub fn things() -> Vec<(String, Thing)> {
    let mut things = vec![
        ("practice settings".to_owned(), Thing::Practice),
        ("audit log".to_owned(), Thing::Audit),
        ("client record".to_owned(), Thing::ClientRecord),
        ("client name".to_owned(), Thing::ClientName),
        ("safe contact".to_owned(), Thing::SafeContact),
        ("booking".to_owned(), Thing::Booking),
        ("hours of work".to_owned(), Thing::Hours),
        ("time asked for".to_owned(), Thing::TimeRequest { alone: false }),
        ("wish to come alone".to_owned(), Thing::TimeRequest { alone: true }),
        ("times somebody likes".to_owned(), Thing::LikedTimes),
        ("inquiry".to_owned(), Thing::Inquiry),
        ("assignment".to_owned(), Thing::Assignment),
    ];
    for scope in Scope::ALL {
        for (state, submitted, revealed) in
            [("draft", false, false), ("submitted", true, false), ("revealed", true, true)]
        {
            things.push((
                format!("answer, {}, {state}", scope.word()),
                Thing::Answer { scope: *scope, submitted, revealed },
            ));
        }
    }
    things.push(("not now, and why".to_owned(), Thing::NotNow));
    for scope in [Scope::Mine, Scope::Therapist, Scope::Couple] {
        things.push((format!("plan, {}", scope.word()), Thing::Plan(scope)));
    }
    things.push(("letter".to_owned(), Thing::Letter));
    things.push(("walk along a pathway".to_owned(), Thing::Walk));
    things.push(("looking back".to_owned(), Thing::LookingBack));
    for scope in NoteScope::ALL {
        things.push((format!("note, {}", scope.word()), Thing::Note(*scope)));
    }
    things.push(("reply to a reminder".to_owned(), Thing::Reply));
    things.push(("message state".to_owned(), Thing::MessageState));
    things.push(("login".to_owned(), Thing::Login));
    things
}

/// The policy as a table: a line for each thing, a column for each actor,
/// the letters of the allowed actions.
pub fn table() -> String {
    use std::fmt::Write as _;
    let mut text = format!("{:28}", "");
    for actor in Actor::ALL {
        let _ = write!(text, " {:>15}", actor.word());
    }
    text.push('\n');
    for (name, thing) in things() {
        let _ = write!(text, "{name:28}");
        for actor in Actor::ALL {
            let cell: String = Action::ALL
                .iter()
                .map(|action| {
                    let letter = action.word().chars().next().unwrap_or('?');
                    match may(*actor, *action, thing) {
                        Ok(()) if *action == Action::Change => 'w',
                        Ok(()) => letter,
                        Err(Denied) => '-',
                    }
                })
                .collect();
            let _ = write!(text, " {cell:>15}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clinical() -> impl Iterator<Item = (String, Thing)> {
        things().into_iter().filter(|(_, t)| {
            !matches!(
                t,
                Thing::Practice
                    | Thing::Audit
                    | Thing::ClientName
                    | Thing::SafeContact
                    | Thing::Booking
                    | Thing::Hours
                    | Thing::TimeRequest { .. }
                    | Thing::Inquiry
                    | Thing::Reply
                    | Thing::MessageState
                    | Thing::Login
            )
        })
    }

    #[test]
    fn desk_owner_strangers_and_nobody_never_touch_clinical_content() {
        for (name, thing) in clinical() {
            for action in Action::ALL {
                for actor in [Actor::Anonymous, Actor::Owner, Actor::FrontDesk, Actor::OtherClinician, Actor::Stranger]
                {
                    assert_eq!(may(actor, *action, thing), Err(Denied), "{actor:?} may {action:?} {name}");
                }
            }
        }
    }

    #[test]
    fn the_other_partner_sees_what_was_shared_and_touches_nothing() {
        // A plan of both is the one thing that either sets.
        for (name, thing) in clinical().filter(|(_, t)| *t != Thing::Plan(Scope::Couple)) {
            for action in [Action::Create, Action::Change] {
                assert_eq!(may(Actor::OtherPartner, action, thing), Err(Denied), "{name}");
            }
        }
        let answer = |scope, revealed| Thing::Answer { scope, submitted: true, revealed };
        assert!(may(Actor::OtherPartner, Action::See, answer(Scope::Mine, true)).is_err());
        assert!(may(Actor::OtherPartner, Action::See, answer(Scope::Therapist, true)).is_err());
        assert!(may(Actor::OtherPartner, Action::See, answer(Scope::Reveal, false)).is_err());
        assert!(may(Actor::OtherPartner, Action::See, answer(Scope::Reveal, true)).is_ok());
        let alone = Thing::TimeRequest { alone: true };
        for action in Action::ALL {
            assert!(
                may(Actor::OtherPartner, *action, alone).is_err()
                    && may(Actor::OtherPartner, *action, Thing::LikedTimes).is_err()
            );
        }
        for thing in [Thing::NotNow, Thing::Letter, Thing::Walk, Thing::LookingBack, Thing::Plan(Scope::Mine)] {
            assert!(may(Actor::OtherPartner, Action::See, thing).is_err(), "{thing:?}");
        }
    }
}
