//! The access policy: who may do what, as a pure function.
//!
//! The queries of the store enforce it. `tests/suite/policy` checks that they
//! do: there every actor tries every action on every thing through the scopes
//! that the store gives them, on both databases, and the result is compared
//! with [`may`]. The table of the policy is printed to
//! `tests/access_matrix.txt`, so that changes are reviewed as a diff.

// A new thing must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::{
    exercises::{
        exercise::Scope,
        response::{other_partner_may_read, therapist_may_read},
    },
    records::note::NoteScope,
};

crate::words! {
    /// Who acts, by their relation to the thing they act on.
    pub enum Actor {
        Anonymous = "anonymous", "Nobody signed in";
        Owner = "owner", "Practice owner";
        OwnClinician = "own_clinician", "The couple's therapist";
        /// A therapist who cares for the couple between two dates, in place of
        /// their own therapist.
        CoveringClinician = "covering", "A therapist who covers for theirs";
        OtherClinician = "other_clinician", "Another therapist";
        /// A therapist who supervises the one who covers.
        Supervisor = "supervisor", "A supervisor";
        FrontDesk = "front_desk", "Front desk";
        /// The person whom the thing belongs to.
        Self_ = "self", "The person themselves";
        /// The other partner of the same couple.
        OtherPartner = "other_partner", "Their partner";
        /// A partner of another couple.
        Stranger = "stranger", "A client of another couple";
    }
}

crate::words! {
    /// What an actor does with a thing.
    pub enum Action {
        /// Reads the thing, or learns that it exists.
        See = "see", "see";
        /// Creates another thing of this kind for the same person.
        Create = "create", "create";
        /// Changes or removes the thing.
        Change = "change", "change";
    }
}

crate::words! {
    /// The state of an answer.
    pub enum AnswerState {
        Draft = "draft", "Not sent";
        Submitted = "submitted", "Sent, and not opened to both";
        Revealed = "revealed", "Sent, and everyone it is for has sent theirs";
    }
}

/// What an actor acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// The practice's settings, rooms and staff accounts, except its name and
    /// what the public pages show.
    Practice,
    /// The audit log: who did what and when, without contents. Its entries are
    /// written by the acts themselves.
    Audit,
    /// The client and the details of its people, as the therapist keeps them.
    ClientRecord,
    /// The name by which a client is found for a booking, with the phone number
    /// and the email address of each of its people.
    ClientName,
    /// How a person may be contacted. It is created with the client record.
    SafeContact,
    /// The time, place and people of a session; `alone`: one of the two partners
    /// attends.
    Booking { alone: bool },
    /// When a therapist works.
    Hours,
    /// A request for a time by a partner; `alone`: for a session alone.
    TimeRequest { alone: bool },
    /// The times that a person prefers for sessions.
    PreferredTimes,
    /// An inquiry for a first meeting.
    Inquiry,
    /// An exercise given to a partner.
    Assignment,
    /// The text of a partner's answer. Its writer may widen the scope of a
    /// submitted answer (`response::wider`) but not change the text.
    Answer { scope: Scope, state: AnswerState },
    /// A person's reason for not doing an exercise now.
    NotNow,
    /// A planned day and time. With the scope `Couple` it belongs to both
    /// partners; there is none with the scope `Reveal`.
    Plan(Scope),
    /// The text on which two partners agree.
    Agreement,
    /// The messages between a partner and their therapist.
    Message,
    /// The pathway progress of a client.
    PathwayProgress,
    /// The computed views of the past: the course of a scale, the session brief,
    /// and adherence.
    Adherence,
    /// A clinician's note.
    Note(NoteScope),
    /// A note of the therapist who covers, signed under supervision and not
    /// co-signed yet.
    SupervisedNote,
    /// A goal of a client; its plan is kept like one.
    Goal,
    /// A template in whose sections notes are written.
    NoteTemplate,
    /// A file that the practice keeps with a client's record.
    Document(NoteScope),
    /// A file that a partner handed in; `shared`: they opened it to the other.
    OwnDocument { shared: bool },
    /// A person's request for a copy of their own data.
    DataRequest,
    /// A text that a person is asked to sign, and what they signed.
    Consent,
    /// Whether a person has signed a form, without the text.
    ConsentState,
    /// The secrets policy of a couple, and whether it applies.
    SecretsPolicy,
    /// The intake of a client: that it was started, and the items that the therapist
    /// does without.
    Intake,
    /// An answer of a person to the intake that they did not share.
    IntakeAnswer,
    /// The facts of the relationship that a person entered in the intake.
    IntakeFacts,
    /// A release of parts of a record to a third party, which both partners sign.
    Release,
    /// A disclosure by law or in an emergency of which the clients are not told yet.
    /// The colleague who is asked to confirm one reads it too.
    Disclosure,
    /// What left the practice, with its files.
    Handover,
    /// A person's reply about a coming session.
    Reply,
    /// Whether an email about a session was sent, and its text.
    EmailState,
    /// An email to a client that could not be sent.
    Undelivered,
    /// A login: a browser that is signed in.
    Login,
}

/// The error of an action that the policy does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied;

/// Whether this actor may do this action on this thing. An actor that is not
/// named for it may not.
pub const fn may(actor: Actor, action: Action, thing: Thing) -> Result<(), Denied> {
    use Action::{Change, Create, See};
    use Actor::{
        CoveringClinician as Covering, FrontDesk, OtherClinician, OtherPartner as Other, OwnClinician, Owner, Self_,
        Supervisor,
    };
    let yes = match (thing, action) {
        (Thing::Practice, See | Create | Change) | (Thing::Audit, See) => matches!(actor, Owner),
        (Thing::Audit, Create | Change) => false,

        (Thing::ClientRecord, See | Create | Change) => matches!(actor, OwnClinician | Covering),
        (Thing::ClientName, See) => matches!(actor, OwnClinician | Covering | FrontDesk),
        (Thing::ClientName, Change) => matches!(actor, OwnClinician | Covering),
        (Thing::SafeContact, See | Change) => matches!(actor, OwnClinician | Covering | Self_),
        // The front desk takes on a client for a therapist.
        (Thing::ClientName, Create) => matches!(actor, FrontDesk),
        (Thing::SafeContact, Create) => false,

        (Thing::Booking { alone: false }, See) => {
            matches!(actor, OwnClinician | Covering | FrontDesk | Self_ | Other)
        }
        (Thing::Booking { alone: true }, See) => matches!(actor, OwnClinician | Covering | FrontDesk | Self_),
        (Thing::Booking { alone: false }, Create) => {
            // Partners may as far as the rules of the practice allow; a session
            // for both needs both.
            matches!(actor, OwnClinician | Covering | FrontDesk | Self_ | Other)
        }
        (Thing::Booking { alone: true }, Create) => matches!(actor, OwnClinician | Covering | FrontDesk | Self_),
        (Thing::Booking { alone: false }, Change) => matches!(actor, OwnClinician | FrontDesk | Self_ | Other),
        (Thing::Booking { alone: true }, Change) => matches!(actor, OwnClinician | FrontDesk | Self_),

        (Thing::Hours, See | Create | Change) => matches!(actor, OwnClinician | FrontDesk),

        (Thing::TimeRequest { alone: false }, See | Change) => {
            matches!(actor, OwnClinician | FrontDesk | Self_ | Other)
        }
        (Thing::TimeRequest { alone: true }, See | Change) => matches!(actor, OwnClinician | FrontDesk | Self_),
        (Thing::TimeRequest { .. }, Create) => matches!(actor, Self_),
        (Thing::Reply, See | Change) => matches!(actor, OwnClinician | FrontDesk | Self_),
        (Thing::Reply, Create) => matches!(actor, Self_),
        (Thing::PreferredTimes, See | Create | Change) => matches!(actor, Self_),
        (Thing::Inquiry, See | Change) => {
            matches!(actor, OwnClinician | Covering | OtherClinician | Supervisor | FrontDesk)
        }
        // The page for inquiries is public.
        (Thing::Inquiry, Create) => true,

        (Thing::Assignment, See) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::Assignment, Create | Change) => matches!(actor, OwnClinician | Covering),

        (Thing::Answer { scope, state }, See) => {
            let (submitted, revealed) = match state {
                AnswerState::Draft => (false, false),
                AnswerState::Submitted => (true, false),
                AnswerState::Revealed => (true, true),
            };
            match actor {
                Self_ => true,
                OwnClinician | Covering => therapist_may_read(scope, submitted),
                Other => other_partner_may_read(scope, submitted, revealed),
                Actor::Anonymous | Owner | OtherClinician | Supervisor | FrontDesk | Actor::Stranger => false,
            }
        }
        (Thing::Answer { state: AnswerState::Draft, .. }, Create | Change) => matches!(actor, Self_),
        // The therapist enters answers from paper, and so has read them.
        (Thing::Answer { scope, state: AnswerState::Submitted | AnswerState::Revealed }, Create) => match actor {
            Self_ => true,
            OwnClinician | Covering => therapist_may_read(scope, true),
            Actor::Anonymous | Owner | OtherClinician | Supervisor | FrontDesk | Other | Actor::Stranger => false,
        },
        // The therapist resets, without reading it, an answer that somebody else
        // gave in this person's place.
        (Thing::Answer { state: AnswerState::Submitted, .. }, Change) => matches!(actor, OwnClinician | Covering),
        (Thing::Answer { state: AnswerState::Revealed, .. }, Change) => false,

        (Thing::NotNow, See) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::NotNow, Create | Change) => matches!(actor, Self_),
        (Thing::Plan(scope), See) => match actor {
            Self_ => true,
            OwnClinician | Covering => therapist_may_read(scope, true),
            Other => matches!(scope, Scope::Couple),
            Actor::Anonymous | Owner | OtherClinician | Supervisor | FrontDesk | Actor::Stranger => false,
        },
        (Thing::Plan(scope), Create) => match actor {
            Self_ => true,
            Other => matches!(scope, Scope::Couple),
            Actor::Anonymous
            | Owner
            | OwnClinician
            | Covering
            | OtherClinician
            | Supervisor
            | FrontDesk
            | Actor::Stranger => false,
        },
        // A reset also removes a plan that somebody else made in this person's
        // place.
        (Thing::Plan(scope), Change) => match actor {
            Self_ | OwnClinician | Covering => true,
            Other => matches!(scope, Scope::Couple),
            Actor::Anonymous | Owner | OtherClinician | Supervisor | FrontDesk | Actor::Stranger => false,
        },
        (Thing::Agreement, See) => matches!(actor, OwnClinician | Covering | Self_ | Other),
        (Thing::Agreement, Create | Change) => matches!(actor, Self_ | Other),
        (Thing::Message, See | Create) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::Message, Change) => false,
        (Thing::PathwayProgress, See | Create | Change) | (Thing::Adherence, See) => {
            matches!(actor, OwnClinician | Covering)
        }
        (Thing::Adherence, Create | Change) => false,

        // Only its author reads a process note; a covering clinician writes
        // their own.
        (Thing::Note(NoteScope::Process), See) | (Thing::Note(_), Change) => matches!(actor, OwnClinician),
        (Thing::Note(NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB), See) | (Thing::Note(_), Create) => {
            matches!(actor, OwnClinician | Covering)
        }

        // The therapist who covers signs it and takes it back; the supervisor reads it,
        // and co-signs or returns it.
        (Thing::SupervisedNote, See) => matches!(actor, OwnClinician | Covering | Supervisor),
        (Thing::SupervisedNote, Create) => matches!(actor, Covering),
        (Thing::SupervisedNote, Change) => matches!(actor, Covering | Supervisor),
        (Thing::Goal, See | Create | Change) => matches!(actor, OwnClinician | Covering),

        // As for notes; the details of one that is not private are everybody's who
        // cares for the client.
        (Thing::Document(NoteScope::Process), See | Change) => matches!(actor, OwnClinician),
        (Thing::Document(NoteScope::Process), Create)
        | (Thing::Document(NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB), See | Create | Change) => {
            matches!(actor, OwnClinician | Covering)
        }
        (Thing::OwnDocument { shared: false }, See | Change) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::OwnDocument { shared: true }, See) => matches!(actor, OwnClinician | Covering | Self_ | Other),
        // What is shared cannot be taken back.
        (Thing::OwnDocument { shared: true }, Change) => matches!(actor, OwnClinician | Covering),
        (Thing::OwnDocument { .. }, Create) => matches!(actor, Self_),

        // A person asks alone, in the portal or by letter; the clinicians decide what
        // is in the copy.
        (Thing::DataRequest, See | Create | Change) => matches!(actor, OwnClinician | Covering | Self_),

        // A person signs and withdraws alone. The therapist takes back what is not
        // signed, and records what was signed on paper or told.
        (Thing::Consent, See | Change) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::Consent, Create) => matches!(actor, OwnClinician | Covering),
        (Thing::ConsentState, See) => matches!(actor, OwnClinician | Covering | FrontDesk | Self_),
        // It follows from the acts on the form.
        (Thing::ConsentState, Create | Change) => false,
        // A partner knows the text that they were asked to sign, and not whether it
        // applies: the other may have withdrawn.
        (Thing::SecretsPolicy, See | Create | Change) => matches!(actor, OwnClinician | Covering),

        // Both partners are asked the same. The front desk sees how far each is.
        (Thing::Intake, See) => matches!(actor, OwnClinician | Covering | FrontDesk | Self_ | Other),
        (Thing::Intake, Create) => matches!(actor, OwnClinician | Covering | FrontDesk),
        (Thing::Intake, Change) => matches!(actor, OwnClinician | Covering),
        (Thing::IntakeAnswer, See) => matches!(actor, OwnClinician | Covering | Self_),
        // What both enter is for both: each has their own version.
        (Thing::IntakeFacts, See) => matches!(actor, OwnClinician | Covering | Self_ | Other),
        // The therapist enters a printed form, and never replaces what the person
        // answered.
        (Thing::IntakeAnswer | Thing::IntakeFacts, Create) => matches!(actor, OwnClinician | Covering | Self_),
        (Thing::IntakeAnswer | Thing::IntakeFacts, Change) => matches!(actor, Self_),

        (Thing::NoteTemplate, See) => {
            matches!(actor, Owner | OwnClinician | Covering | OtherClinician | Supervisor)
        }
        (Thing::NoteTemplate, Create | Change) => matches!(actor, Owner),

        // Each partner signs and withdraws alone, and ticks their own part.
        (Thing::Release, See | Change) => matches!(actor, OwnClinician | Covering | Self_ | Other),
        (Thing::Release, Create) | (Thing::Disclosure, See | Create | Change) | (Thing::Handover, See) => {
            matches!(actor, OwnClinician | Covering)
        }
        // It follows from sending, and stays for ever.
        (Thing::Handover, Create | Change) => false,

        (Thing::EmailState, See | Change) => matches!(actor, FrontDesk),
        (Thing::Undelivered, See | Change) => matches!(actor, OwnClinician | Covering | FrontDesk),
        // Emails are created by other acts, never directly.
        (Thing::EmailState | Thing::Undelivered, Create) => false,
        (Thing::Login, See | Create) => matches!(actor, Self_),
        // A separation, done by the therapist, signs both partners out.
        (Thing::Login, Change) => matches!(actor, OwnClinician | Covering | Self_),
    };
    if yes { Ok(()) } else { Err(Denied) }
}

/// Every thing of the policy with its name, in the order of the printed table.
pub fn things() -> Vec<(String, Thing)> {
    let mut things = vec![
        ("practice settings".to_owned(), Thing::Practice),
        ("audit log".to_owned(), Thing::Audit),
        ("client record".to_owned(), Thing::ClientRecord),
        ("client name".to_owned(), Thing::ClientName),
        ("safe contact".to_owned(), Thing::SafeContact),
        ("booking".to_owned(), Thing::Booking { alone: false }),
        ("booking of one alone".to_owned(), Thing::Booking { alone: true }),
        ("hours of work".to_owned(), Thing::Hours),
        ("time asked for".to_owned(), Thing::TimeRequest { alone: false }),
        ("wish to come alone".to_owned(), Thing::TimeRequest { alone: true }),
        ("preferred times".to_owned(), Thing::PreferredTimes),
        ("inquiry".to_owned(), Thing::Inquiry),
        ("assignment".to_owned(), Thing::Assignment),
    ];
    for scope in Scope::ALL {
        for state in AnswerState::ALL {
            let thing = Thing::Answer { scope: *scope, state: *state };
            things.push((format!("answer, {}, {}", scope.word(), state.word()), thing));
        }
    }
    things.push(("not now, and why".to_owned(), Thing::NotNow));
    for scope in [Scope::Mine, Scope::Therapist, Scope::Couple] {
        things.push((format!("plan, {}", scope.word()), Thing::Plan(scope)));
    }
    things.push(("agreement".to_owned(), Thing::Agreement));
    things.push(("message".to_owned(), Thing::Message));
    things.push(("pathway progress".to_owned(), Thing::PathwayProgress));
    things.push(("adherence, brief and course".to_owned(), Thing::Adherence));
    for scope in NoteScope::ALL {
        things.push((format!("note, {}", scope.word()), Thing::Note(*scope)));
    }
    for scope in NoteScope::ALL {
        things.push((format!("document, {}", scope.word()), Thing::Document(*scope)));
    }
    things.push(("handed in document".to_owned(), Thing::OwnDocument { shared: false }));
    things.push(("shared document".to_owned(), Thing::OwnDocument { shared: true }));
    things.push(("request for own data".to_owned(), Thing::DataRequest));
    things.push(("form".to_owned(), Thing::Consent));
    things.push(("state of a form".to_owned(), Thing::ConsentState));
    things.push(("secrets policy".to_owned(), Thing::SecretsPolicy));
    things.push(("supervised note".to_owned(), Thing::SupervisedNote));
    things.push(("goal".to_owned(), Thing::Goal));
    things.push(("note template".to_owned(), Thing::NoteTemplate));
    things.push(("intake".to_owned(), Thing::Intake));
    things.push(("answer to the intake".to_owned(), Thing::IntakeAnswer));
    things.push(("facts in the intake".to_owned(), Thing::IntakeFacts));
    things.push(("release to a third party".to_owned(), Thing::Release));
    things.push(("disclosure by law".to_owned(), Thing::Disclosure));
    things.push(("what left the practice".to_owned(), Thing::Handover));
    things.push(("reply to a reminder".to_owned(), Thing::Reply));
    things.push(("email state".to_owned(), Thing::EmailState));
    things.push(("undelivered email".to_owned(), Thing::Undelivered));
    things.push(("login".to_owned(), Thing::Login));
    things
}

/// The policy as a text table: a line for each thing, and a column for each
/// actor with the letters of the allowed actions (`s` see, `c` create, `w`
/// change).
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

    /// The things that are clinical content.
    fn clinical() -> impl Iterator<Item = (String, Thing)> {
        things().into_iter().filter(|(_, t)| {
            !matches!(
                t,
                Thing::Practice
                    | Thing::Audit
                    | Thing::ClientName
                    | Thing::SafeContact
                    | Thing::Booking { .. }
                    | Thing::Hours
                    | Thing::TimeRequest { .. }
                    | Thing::Inquiry
                    | Thing::Intake
                    | Thing::Reply
                    | Thing::EmailState
                    | Thing::Undelivered
                    | Thing::NoteTemplate
                    | Thing::ConsentState
                    | Thing::Login
            )
        })
    }

    /// The place of a kind of thing in its enum. A new kind does not compile here until it
    /// has a number.
    fn number(thing: Thing) -> usize {
        match thing {
            Thing::Practice => 0,
            Thing::Audit => 1,
            Thing::ClientRecord => 2,
            Thing::ClientName => 3,
            Thing::SafeContact => 4,
            Thing::Booking { .. } => 5,
            Thing::Hours => 6,
            Thing::TimeRequest { .. } => 7,
            Thing::PreferredTimes => 8,
            Thing::Inquiry => 9,
            Thing::Assignment => 10,
            Thing::Answer { .. } => 11,
            Thing::NotNow => 12,
            Thing::Plan(_) => 13,
            Thing::Agreement => 14,
            Thing::Message => 15,
            Thing::PathwayProgress => 16,
            Thing::Adherence => 17,
            Thing::Note(_) => 18,
            Thing::Reply => 19,
            Thing::EmailState => 20,
            Thing::Undelivered => 21,
            Thing::Document(_) => 22,
            Thing::OwnDocument { .. } => 23,
            Thing::DataRequest => 24,
            Thing::NoteTemplate => 25,
            Thing::Consent => 26,
            Thing::ConsentState => 27,
            Thing::SecretsPolicy => 28,
            Thing::SupervisedNote => 29,
            Thing::Goal => 30,
            Thing::Intake => 31,
            Thing::IntakeAnswer => 32,
            Thing::IntakeFacts => 33,
            Thing::Release => 34,
            Thing::Disclosure => 35,
            Thing::Handover => 36,
            Thing::Login => 37,
        }
    }

    #[test]
    fn the_table_names_every_kind_of_thing() {
        let listed: std::collections::BTreeSet<usize> = things().into_iter().map(|(_, thing)| number(thing)).collect();
        assert_eq!(listed, (0..=number(Thing::Login)).collect(), "the last kind of the enum has the highest number");
    }

    #[test]
    fn only_the_couples_therapists_and_partners_reach_clinical_content() {
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
    fn supervisor_reaches_no_clinical_content_but_supervised_notes() {
        for (name, thing) in clinical().filter(|(_, thing)| *thing != Thing::SupervisedNote) {
            for action in Action::ALL {
                assert_eq!(may(Actor::Supervisor, *action, thing), Err(Denied), "{action:?} {name}");
            }
        }
    }

    #[test]
    fn the_other_partner_sees_only_shared_answers_and_changes_nothing() {
        // Either partner sets a plan of both and an agreement.
        for (name, thing) in
            clinical().filter(|(_, t)| ![Thing::Plan(Scope::Couple), Thing::Agreement, Thing::Release].contains(t))
        {
            for action in [Action::Create, Action::Change] {
                assert_eq!(may(Actor::OtherPartner, action, thing), Err(Denied), "{name}");
            }
        }
        use AnswerState::{Revealed, Submitted};
        let sees = |scope, state| may(Actor::OtherPartner, Action::See, Thing::Answer { scope, state }).is_ok();
        assert!(!sees(Scope::Mine, Revealed) && !sees(Scope::Therapist, Revealed));
        assert!(!sees(Scope::Reveal, Submitted) && sees(Scope::Reveal, Revealed));
        let alone = Thing::TimeRequest { alone: true };
        for action in Action::ALL {
            assert!(
                may(Actor::OtherPartner, *action, alone).is_err()
                    && may(Actor::OtherPartner, *action, Thing::PreferredTimes).is_err()
            );
        }
        for thing in [Thing::NotNow, Thing::Message, Thing::PathwayProgress, Thing::Adherence, Thing::Plan(Scope::Mine)]
        {
            assert!(may(Actor::OtherPartner, Action::See, thing).is_err(), "{thing:?}");
        }
    }
}
