//! The practice in a database.
//!
//! SQL is written once and runs on SQLite and PostgreSQL: [`Tx`] holds a
//! transaction of either, and [`on!`] expands one query for both drivers.
//! Times and random bytes come from the [`Clock`] and [`Keys`] the store was
//! opened with, never from the database.
//!
//! Nobody reaches a row by its id alone. A [`Visitor`] is turned into a scope
//! ([`Owner`], [`Clinician`], [`Bookings`], [`Partner`], [`SignedIn`]), and
//! the scopes' queries find only what is theirs: not yours is not there.
//! Opening clinical content writes its audit row in the same transaction.

mod accounts;
mod agreements;
mod assignments;
mod audit;
mod availability;
mod backup;
mod calendar;
mod caseload;
mod clients;
mod clock;
mod contact;
mod courses;
mod database;
mod day;
mod desk;
mod drafts;
mod earlier;
mod error;
mod exercises;
mod feeds;
mod fees;
mod form_keys;
mod generate;
mod holds;
mod inquiries;
mod keys;
mod letters;
mod locations;
mod logins;
mod notes;
mod nudges;
mod occurrences;
mod outbox;
mod paper;
mod plans;
mod practice;
mod replies;
mod requests;
mod responses;
mod returned;
mod scope;
mod separation;
mod series;
mod sessions;
mod sharing;
mod slots;
mod undo;
mod walks;
mod wordings;
mod zones;

pub use accounts::{Accepted, InvitationFor, NewStaff, Setup, StaffMember};
pub use agreements::{Agreed, Agreement};
pub use assignments::{AssignmentSummary, AssignmentView, DueAt, OccurrenceLine, Repeats, ResponseStatus};
pub use audit::{AuditRow, ChainFault};
pub use availability::Availability;
pub use backup::{BackupReport, backup, restore};
pub use calendar::{CalendarRow, ClinicianChoice, Usual};
pub use caseload::{CasePerson, CaseRow};
pub use clients::{ClientRecord, Member, NewClient, NewMember, PortalState};
pub use clock::Clock;
pub use courses::{Brief, BriefItem, Brought, Courses, MEASURE};
pub use database::{Address, Reading, Tx, has_vault, migrations};
pub use day::{FreeToday, RoomNow};
pub use desk::{MessageRow, PersonHit, SentMail};
pub use drafts::{ExerciseDraft, Imported, Published, Saved};
pub use earlier::EarlierView;
pub use error::{Error, Result};
pub use exercises::LibraryEntry;
pub use feeds::{Feed, FeedAddress, FeedEntry};
pub use fees::Suggestion;
pub use form_keys::FormKey;
pub use generate::Size;
pub use holds::{InTheWay, Taken};
pub use inquiries::InquiryView;
pub use keys::{KeyFileError, Keys};
pub use letters::{Letter, LetterBox, Waiting};
pub use locations::LocationChange;
pub use logins::{LoginRow, SignIn, Visitor};
pub use notes::{Note, NoteEnd, NoteWrite};
pub use outbox::{Claimed, Facts, SeriesFacts, SessionFacts};
pub use paper::{Paper, Reset};
pub use plans::{PlanState, PlanView, Planned};
pub use practice::{Room, RoomChange};
pub use replies::{Asked as ReplyAsked, Confirmed, Link as ReplyLink, ReplyView};
pub use requests::{Asked, OwnSession, RequestView};
pub use responses::{Draft, OccurrenceView, OwnAnswer, PortalItem, SENT, Submit};
pub use returned::{Returned, Unwanted};
pub use scope::{Bookings, Clinician, Owner, Partner, SignedIn};
pub use separation::Shared;
pub use series::{Choice, Choices, Clash, Gap, SeriesBooked, SeriesView};
pub use sessions::{Attendee, Booked, Change, FreeTimes, Goal, SessionView, timing};
pub use sharing::Theirs;
pub use slots::{RoomOffer, Slot, Slots};
pub use undo::Undone;
pub use walks::{Changed, PathwayEntry, Walk, WalkStep};
pub use wordings::OwnWording;
pub use zones::ZonesChanged;

use std::sync::Arc;

use database::{OneReading, Pool};

/// Where the practice is kept.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    pool: Pool,
    clock: Clock,
    keys: Arc<Keys>,
    /// Of a store that is one request's.
    shared: Option<OneReading>,
}

impl Store {
    /// The same practice by another clock: the demo's past is made with it.
    pub fn with_clock(&self, clock: Clock) -> Self {
        self.with(clock, None)
    }

    fn with(&self, clock: Clock, shared: Option<OneReading>) -> Self {
        Self(Arc::new(Inner { pool: self.0.pool.clone(), clock, keys: Arc::clone(&self.0.keys), shared }))
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.0.clock.now()
    }

    fn keys(&self) -> &Keys {
        &self.0.keys
    }
}
