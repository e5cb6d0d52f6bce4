//! The database of the practice.
//!
//! Each SQL text is written once and runs on SQLite and on PostgreSQL: [`Tx`]
//! is a transaction of either database, and [`on!`] expands one query for both
//! drivers. Times and ids come from the [`Clock`] that the store was opened
//! with, and random bytes from the operating system; neither comes from the
//! database.
//!
//! No row can be reached by its id alone. A [`Visitor`] is turned into a scope
//! ([`Owner`], [`Clinician`], [`Bookings`], [`Partner`], [`SignedIn`]), and the
//! queries of a scope find only the rows that its actor may reach. Any other
//! row is answered as if it did not exist. [`Guest`] is what can be done without a
//! login, and [`Worker`] what the program does by itself. The opening of clinical content is
//! recorded in the audit log before the content is handed out. The head of
//! `error.rs` says which kind of result a method gives when.

mod accounts;
mod audit;
mod bin;
mod clients;
mod clock;
mod database;
mod error;
mod exercises;
mod files;
mod form_keys;
mod generate;
mod keys;
mod lifecycle;
mod outage;
mod outbox;
mod paging;
mod portability;
mod practice;
mod presses;
mod records;
mod scheduling;
mod scope;
mod typing;
mod unreadable;

pub use accounts::account::{InvitationAccepted, Invite, NewStaff, OpenInvitation, OwnAccount, Setup, StaffMember};
pub use accounts::addresses::{EmailChange, PendingAddress};
pub use accounts::browsers::Started;
pub use accounts::events::EventRow;
pub use accounts::factors::{
    AfterPassword, FactorReset, OwnFactor, ResetConfirmed, app_code, app_code_by_hand, new_recovery_codes,
};
pub use accounts::logins::{LoginRow, OwnAddress, SignIn};
pub use accounts::resets::ResetFor;
pub use accounts::staff::StaffChanged;
pub use audit::chain::{AuditHead, ChainFault, Continuity};
pub use audit::{AuditEntry, AuditFilter, AuditKind, AuditRow, ClinicalList};
pub use clients::caseload::{CasePerson, CaseRow};
pub use clients::client::{AddressOwner, ClientRecord, Member, PortalState};
pub use clients::email_domain::{same_address, with_ascii_domain};
pub use clock::Clock;
pub use database::{Address, Reading, Tx, has_vault, migrations};
pub use error::{Error, Result};
pub use exercises::agreements::{Agreement, AgreementOutcome};
pub use exercises::answering::{Draft, OccurrenceView, OwnAnswer, SavedDraft, SubmitOutcome};
pub use exercises::assignments::{
    AssignmentSummary, AssignmentView, AssignmentWithdrawn, OccurrenceLine, Recipient, Repeats, ResponseStatus,
};
pub use exercises::authoring::{DraftSaved, ExerciseDraft, ExerciseImported, ExercisePublished};
pub use exercises::due::DueAt;
pub use exercises::library::LibraryEntry;
pub use exercises::paper::{Paper, ResetOutcome};
pub use exercises::pathways::{Ended, PathwayEntry, PathwayProgress, ProgressChange, ProgressStep};
pub use exercises::plans::{PlanState, PlanView, Planned};
pub use exercises::responses::PortalItem;
pub use exercises::sharing::Theirs;
pub use files::{ArrivingFile, CHUNK, LooseFile, OpenFile};
pub use form_keys::{FormKey, KeyOwner};
pub use generate::Size;
pub use keys::{KeyFileError, Keys};
pub use lifecycle::bad_rows::BadRow;
pub use lifecycle::bin::{BinPlace, Restored};
pub use lifecycle::clients::{NewClient, NewMember};
pub use lifecycle::erasure::{Erased, ErasurePreview, ErasureToFinish, PastErasure};
pub use lifecycle::example::{Example, ExampleCouple};
pub use lifecycle::own_intake::{IntakePaper, IntakeSaved, intake_mark, seen_field};
pub use lifecycle::person::PersonUpdate;
pub use lifecycle::removing::{Removal, removal_tables};
pub use lifecycle::retention::{DueForDeletion, Hold};
pub use lifecycle::separation::SeparationPreview;
pub use lifecycle::taking_on::{OfferedClient, TakenOn};
pub use outage::Outage;
pub use outbox::owed::{EmailFacts, SeriesFacts, SessionFacts};
pub use outbox::sent::{
    Blame, BouncedPerson, Claimed, EmailGroup, EmailRow, HandedInvitation, HandedLink, MailStop, NotReached, Obstacle,
    OwnWording, Refusal, Report, ReportOutcome, Resent, SentAgain, SentBytes, SentMail, StillClaimed, Undelivered,
    UndeliveredInquiry, Unmailed, UnsubscribeLink,
};
pub use paging::{After, NoPlace, Paged, limits};
pub use portability::{
    BackupEnd, BackupRun, ClientImport, Column, Contents, Counts, ImportBegun, ImportRun, ImportState, ImportUndone,
    Inflow, InflowStart, Kind, LastStep, OpenImport, Outflow, Part, Rekeyed, Table, copy_before_upgrade, fold_in,
};
pub use practice::hours::HoursView;
pub use practice::locations::{LocationArchived, LocationChange};
pub use practice::settings::{Room, RoomChange, RoomOffer};
pub use presses::{Press, PressState};
pub use records::consents::{
    AskOutcome, AskStatus, ConsentContent, ConsentState, ConsentView, DeskForm, Evidence, OwnAsk, OwnerText, Shown,
    SignOutcome, Signature, SignedBy, SignedText, TextChoice, TextSaved, TextVersion, WithdrawnNews,
};
pub use records::cosign::{CosignComment, CosignState};
pub use records::cosigning::{AssignedNote, CosignAnswer, NoteToCosign};
pub use records::disclosures::{
    Answered, Disclosure, DisclosureOffer, DisclosureRole, LeavingTask, LeavingWork, OfferedNote, Silence,
    ToldDisclosure,
};
pub use records::documents::{
    Document, DocumentAdded, DocumentChanged, HandedIn, NewDocuments, OwnClient, OwnDocument, Upload, Withdrawn,
};
pub use records::find_notes::{FoundNote, NoteFilters, PrintedNote, PrintedNotes};
pub use records::goals::{
    ClientGoals, Goal, GoalEvent, GoalLines, GoalPages, GoalView, GoalWrite, OpenGoals, PlanWrite, TreatmentPlan,
};
pub use records::handovers::{HandedFile, Handover};
pub use records::imported::ImportedDetails;
pub use records::intake::{
    DeskAnswers, DeskIntake, IntakeItem, IntakeOpened, IntakePerson, IntakeShared, IntakeStanding, IntakeStarted,
    IntakeView, ListPublished, OwnIntake, OwnItem, OwnStanding, OwnersList, PersonStanding, Sharing, Waiver,
};
pub use records::leaving::Leaving;
pub use records::messages::{Message, MessageThread, MessagesWaiting, ThreadRow};
pub use records::missing_notes::{DraftNote, MissingNote, NoteCounts, SupervisedNote};
pub use records::note_templates::{NoteTemplateChange, NoteTemplateEntry};
pub use records::notes::form::NoteForm;
pub use records::notes::leftovers::Leftover;
pub use records::notes::moving::{CopiedForward, MoveUndone, MovedSection, SectionMoved};
pub use records::notes::page::NotePage;
pub use records::notes::unlocking::{Unlocked, Unlocking};
pub use records::notes::writing::{NoteAbout, NoteSaved, NoteWrite, SaveKind};
pub use records::notes::{Addendum, LastNote, Note};
pub use records::own_data::asking::{DataAsked, OwnDataRequest};
pub use records::own_data::case::{DataCase, DataItemLine, DataPart, DataTask};
pub use records::own_data::copies::{CopyHanded, Gathered, MadeCopy, file_name as own_copy_name};
pub use records::own_data::deciding::{ItemDecided, PartFinished};
pub use records::own_data::items::{DataItem, ItemDecision};
pub use records::own_data::tables::{TableUse, people_tables};
pub use records::own_data::{CopyFile, CopyFormat, CopyRecord, DataRequest};
pub use records::policies::{Policies, Policy, PolicyProposed, PolicySigner};
pub use records::progress::{Brief, BriefItem, BroughtAnswer, Courses, MEASURE};
pub use records::releases::{
    OwnOffer, OwnRelease, OwnReleaseState, Release, ReleaseWithdrawn, Signer as ReleaseSigner,
    SignerText as ReleaseSignerText,
};
pub use records::sending::{MadeFile, Sent};
pub use records::supervision::{Supervision, SupervisionSet};
pub use records::todo::{NOTE_DAYS, NewAnswers, NoteToFinish, NoteWork};
pub use scheduling::attendance::DayAttendee;
pub use scheduling::calendar::{CalendarRow, ClinicianChoice, MonthRow, UsualSession};
pub use scheduling::contacts::{DeskClient, DeskPerson, DeskTherapist};
pub use scheduling::day::{FreeStart, FreeToday, RoomNow};
pub use scheduling::desk::ClientHit;
pub use scheduling::feeds::{Feed, FeedAddress, FeedEntry};
pub use scheduling::fees::{FeeSuggestion, FeeView};
pub use scheduling::holds::{Conflict, Conflicts};
pub use scheduling::replies::{Confirmation, Link as ReplyLink, ReplyQuestion as ReplyAsked, ReplyView};
pub use scheduling::requests::{
    BookedAlone, OwnSession, OwnTimes, RequestOutcome, RequestReview, RequestView, Withdrawal,
};
pub use scheduling::series::{Choice, Choices, Clash, Gap, SeriesBooked, SeriesView};
pub use scheduling::sessions::{Attendee, Booked, Change, FieldError, FreeTimes, MoveTarget, SessionView, timing};
pub use scheduling::slots::{Slot, SlotWeek, Slots};
pub use scheduling::undo::Undone;
pub use scheduling::waitlist::earlier_wishes::EarlierWish;
pub use scheduling::waitlist::inquiries::InquiryView;
pub use scheduling::zones::ZonesChanged;
pub use scope::{Bookings, Clinician, Guest, Owner, Partner, SignedIn, Visitor, Worker};
pub use unreadable::{Unreadable, collect_unreadable, collected_unreadable, report_unknown_zone};

use std::sync::Arc;

use database::{Pool, RequestReads};
use outage::LatestProbe;
use presses::Writes;

/// The database of the practice with its clock and its keys. Clones share the
/// connections.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    pool: Pool,
    clock: Clock,
    keys: Arc<Keys>,
    /// The read transaction that the reads of one request share. `None`: this
    /// store does not belong to a single request.
    shared: Option<RequestReads>,
    /// The latest attempt to write to the database and its outcome, shared by
    /// all stores of this database.
    probe: LatestProbe,
    /// What this store may write.
    writes: Writes,
}

impl Store {
    /// Opens a database as a store: brings its schema up to date, seals values
    /// that an earlier version stored open, renews search keys that another
    /// version made, and brings the texts to sign. Gives [`Error::Refused`] for a database that was written
    /// with another key.
    pub async fn open(address: &Address, keys: Keys, clock: Clock) -> Result<Self> {
        let store = Self::connect(address, keys, clock).await?;
        clients::search_keys::renew(&store).await?;
        records::consents::bring(&store).await?;
        Ok(store)
    }

    /// A store of the same database with another clock. The demo uses it to
    /// write its past.
    pub fn with_clock(&self, clock: Clock) -> Self {
        self.with_reads(clock, None)
    }

    /// A store of the same database with this clock, which may write everything.
    /// `shared` is the read transaction of its request; `None`: each read has its
    /// own.
    fn with_reads(&self, clock: Clock, shared: Option<RequestReads>) -> Self {
        self.with_parts(clock, shared, Writes::All)
    }

    /// A store for one request that may write only what `writes` allows.
    fn for_request_with(&self, writes: Writes) -> Self {
        self.with_parts(self.clock().clone(), Some(RequestReads::default()), writes)
    }

    /// A store of the same database with these parts.
    fn with_parts(&self, clock: Clock, shared: Option<RequestReads>, writes: Writes) -> Self {
        Self(Arc::new(Inner {
            pool: self.0.pool.clone(),
            clock,
            keys: Arc::clone(&self.0.keys),
            shared,
            probe: Arc::clone(&self.0.probe),
            writes,
        }))
    }

    /// What this store may write.
    fn writes(&self) -> &Writes {
        &self.0.writes
    }

    /// The clock of this store.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The current time by the clock of this store.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.0.clock.now()
    }

    /// The key of the key file.
    fn keys(&self) -> &Keys {
        &self.0.keys
    }
}
