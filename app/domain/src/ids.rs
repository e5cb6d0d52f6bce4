//! One type for each kind of identity, so that a couple's id cannot stand
//! where a session's belongs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// Somebody who can sign in.
    AccountId;
    /// One of the two people of a couple, or an individual client.
    PersonId;
    /// A couple or an individual client: the treatment unit.
    ClientId;
    /// One meeting.
    SessionId;
    RoomId;
    /// Where rooms are: one house of a practice that has several.
    LocationId;
    /// An exercise of the library, over all its versions.
    ExerciseId;
    ExerciseVersionId;
    AssignmentId;
    OccurrenceId;
    ResponseId;
    AnswerId;
    NoteId;
    /// An e-mail that the system owes someone.
    MessageId;
    /// A browser that is signed in.
    LoginId;
    InvitationId;
}
