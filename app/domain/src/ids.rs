//! One id type for each kind of record, so that the id of a couple cannot be
//! passed where the id of a session is expected.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares id types: each wraps a [`Uuid`], which is how it is stored, sent
/// and written.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+};
}

ids! {
    /// An account: a user who can sign in.
    AccountId;
    /// One of the two people of a couple, or an individual client.
    PersonId;
    /// A couple or an individual client: the treatment unit.
    ClientId;
    /// A client list of another program that is imported.
    ClientImportId;
    /// A session: one meeting.
    SessionId;
    /// A room in which sessions take place.
    RoomId;
    /// A location: one building of the practice, with its rooms.
    LocationId;
    /// An exercise of the library, across all its versions.
    ExerciseId;
    /// One version of an exercise.
    ExerciseVersionId;
    /// An exercise given to a couple or to one person.
    AssignmentId;
    /// One due instance of an assignment.
    OccurrenceId;
    /// One person's answers to one occurrence.
    ResponseId;
    /// One person's answer to one step of an exercise.
    AnswerId;
    /// A clinician's note.
    NoteId;
    /// A template of notes, across its versions.
    NoteTemplateId;
    /// One version of a template of notes.
    NoteTemplateVersionId;
    /// A section that was moved from one note into another.
    NoteMoveId;
    /// What was typed in a note on another device after it was signed.
    NoteLeftoverId;
    /// A document: a file kept with a client's record.
    DocumentId;
    /// The sealed bytes of a file.
    FileId;
    /// A text that people sign.
    ConsentTextId;
    /// A text that a person is asked to sign.
    AskId;
    /// A person's signature.
    SignatureId;
    /// A secrets policy that was proposed to a couple.
    PolicyId;
    /// An email that the system owes a person.
    EmailId;
    /// A login: a browser that is signed in.
    LoginId;
    /// An invitation to create an account.
    InvitationId;
    /// A release of parts of a record to a third party.
    ReleaseId;
    /// A disclosure of parts of a record for a legal ground.
    DisclosureId;
    /// A handover: what left the practice at one time.
    HandoverId;
    /// A therapist’s supervision by another.
    SupervisionId;
    /// A goal of a client.
    GoalId;
    /// A person’s request for a copy of their own data.
    DataRequestId;
    /// An intake: the list that the people of a client are asked.
    IntakeId;
}
