//! Writing owed emails into the outbox: no other file inserts into the table
//! `email`, except the generator of data for load tests.

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, AskId, EmailId, IntakeId, InvitationId, OccurrenceId, PersonId, SessionId},
    outbox::reminder::{EmailKind, EmailState, PlannedEmail, SkipReason},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Result, Store, Tx, database::run};

/// What an email is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// A session, as it was in this version.
    Session { id: SessionId, version: i64 },
    /// An invitation to the portal or the program.
    Invitation(InvitationId),
    /// A link for a new password.
    Reset(Uuid),
    /// A change of an account's email address.
    Address(Uuid),
    /// Something that happened to an account of a member of staff.
    Event(Uuid),
    /// An exercise that is due.
    Occurrence(OccurrenceId),
    /// A plan that a partner or both made.
    Plan(Uuid),
    /// An intake with open items.
    Intake(IntakeId),
    /// A message from the therapist.
    Message(Uuid),
    /// A person's request for a copy of their own data.
    DataRequest(Uuid),
    /// A request for a time, or for a session with one partner alone.
    Request(Uuid),
    /// An inquiry of a person who is not a client yet.
    Inquiry(Uuid),
    /// A text that a person is asked to sign.
    Ask(AskId),
}

/// The columns of the table `email` that say what an email is about. One of
/// them is set; for a session two are.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub(crate) struct AboutColumns {
    session_id: Option<Uuid>,
    session_version: Option<i64>,
    invitation_id: Option<Uuid>,
    reset_id: Option<Uuid>,
    address_id: Option<Uuid>,
    occurrence_id: Option<Uuid>,
    plan_id: Option<Uuid>,
    intake_id: Option<Uuid>,
    message_id: Option<Uuid>,
    data_request_id: Option<Uuid>,
    request_id: Option<Uuid>,
    inquiry_id: Option<Uuid>,
    ask_id: Option<Uuid>,
    event_id: Option<Uuid>,
}

impl AboutColumns {
    /// What the email is about. `None`: none of the columns is set, which no
    /// email of this program is.
    pub(crate) fn about(&self) -> Option<About> {
        let session = self.session_id.zip(self.session_version);
        session
            .map(|(id, version)| About::Session { id: SessionId(id), version })
            .or(self.plan_id.map(About::Plan))
            .or(self.intake_id.map(|id| About::Intake(IntakeId(id))))
            .or(self.occurrence_id.map(|id| About::Occurrence(OccurrenceId(id))))
            .or(self.request_id.map(About::Request))
            .or(self.message_id.map(About::Message))
            .or(self.data_request_id.map(About::DataRequest))
            .or(self.inquiry_id.map(About::Inquiry))
            .or(self.ask_id.map(|id| About::Ask(AskId(id))))
            .or(self.invitation_id.map(|id| About::Invitation(InvitationId(id))))
            .or(self.address_id.map(About::Address))
            .or(self.reset_id.map(About::Reset))
            .or(self.event_id.map(About::Event))
    }
}

impl From<About> for AboutColumns {
    fn from(about: About) -> Self {
        let none = Self::default();
        match about {
            About::Session { id, version } => Self { session_id: Some(id.0), session_version: Some(version), ..none },
            About::Invitation(id) => Self { invitation_id: Some(id.0), ..none },
            About::Reset(id) => Self { reset_id: Some(id), ..none },
            About::Address(id) => Self { address_id: Some(id), ..none },
            About::Event(id) => Self { event_id: Some(id), ..none },
            About::Occurrence(id) => Self { occurrence_id: Some(id.0), ..none },
            About::Plan(id) => Self { plan_id: Some(id), ..none },
            About::Intake(id) => Self { intake_id: Some(id.0), ..none },
            About::Message(id) => Self { message_id: Some(id), ..none },
            About::DataRequest(id) => Self { data_request_id: Some(id), ..none },
            About::Request(id) => Self { request_id: Some(id), ..none },
            About::Inquiry(id) => Self { inquiry_id: Some(id), ..none },
            About::Ask(id) => Self { ask_id: Some(id.0), ..none },
        }
    }
}

/// To whom an email goes. The address is looked up when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A person of a client.
    Person(PersonId),
    /// A user who can sign in, or is invited to.
    Account(AccountId),
    /// The person whose inquiry it is about, who is not a client yet.
    Inquirer,
}

/// What happens if an email with the same key is in the outbox already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnConflict {
    /// The transaction fails. For keys that contain an id made in the same
    /// transaction: there cannot be such an email.
    Fail,
    /// The earlier email is kept as it is.
    Keep,
    /// If the earlier email was replaced by another plan and never tried, it is
    /// planned again, with its time and the new end of its use. Otherwise it is
    /// kept as it is.
    Revive,
    /// If the earlier email is planned or was skipped, and was never tried, it
    /// is about the new request and due at the new time. Otherwise it is kept
    /// as it is.
    Renew,
}

impl OnConflict {
    /// The statement that inserts an email by this rule.
    const fn statement(self) -> &'static str {
        /// SQL: inserts one email; `$conflict` is the rule for one with the
        /// same key.
        macro_rules! insert {
            ($conflict:literal) => {
                concat!(
                    "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, account_id,
                         invitation_id, reset_id, address_id, occurrence_id, plan_id, message_id, request_id,
                         inquiry_id, due_at, not_after, state, reason, attempts, created_at, intake_id,
                         data_request_id, ask_id, event_id)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                         0, $20, $21, $22, $23, $24) ",
                    $conflict
                )
            };
        }
        match self {
            Self::Fail => insert!(""),
            Self::Keep => insert!("ON CONFLICT (dedupe) DO NOTHING"),
            Self::Revive => insert!(
                "ON CONFLICT (dedupe) DO UPDATE SET state = 'planned', reason = NULL, not_after = excluded.not_after
                 WHERE email.state = 'superseded' AND email.attempts = 0"
            ),
            Self::Renew => insert!(
                "ON CONFLICT (dedupe) DO UPDATE SET request_id = excluded.request_id, state = 'planned',
                     due_at = excluded.due_at, reason = NULL
                 WHERE email.state IN ('planned', 'skipped') AND email.attempts = 0"
            ),
        }
    }
}

/// An email to be written into the outbox.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub about: About,
    pub to: To,
    pub kind: EmailKind,
    /// The key under which there is at most one email.
    pub key: String,
    pub due_at: DateTime<Utc>,
    /// After this instant the email is of no use and is not sent.
    pub not_after: DateTime<Utc>,
    /// Why it is known already that the email will not be sent; `None`: it will
    /// be sent.
    pub skip: Option<SkipReason>,
    pub on_conflict: OnConflict,
}

/// The state and the reason of an email that is planned, or known not to be
/// sent for this reason.
fn state_and_reason(skip: Option<SkipReason>) -> (&'static str, Option<&'static str>) {
    let state = if skip.is_some() { EmailState::Skipped } else { EmailState::Planned };
    (state.word(), skip.map(SkipReason::word))
}

/// Writes an email into the outbox, in the transaction of the fact that it
/// reports.
pub(crate) async fn owe(store: &Store, tx: &mut Tx, owed: Owed) -> Result<()> {
    let (person, account) = match owed.to {
        To::Person(person) => (Some(person.0), None),
        To::Account(account) => (None, Some(account.0)),
        To::Inquirer => (None, None),
    };
    let about = AboutColumns::from(owed.about);
    let (state, reason) = state_and_reason(owed.skip);
    run!(
        tx,
        owed.on_conflict.statement(),
        store.clock().id(),
        &owed.key,
        owed.kind.word(),
        about.session_id,
        about.session_version,
        person,
        account,
        about.invitation_id,
        about.reset_id,
        about.address_id,
        about.occurrence_id,
        about.plan_id,
        about.message_id,
        about.request_id,
        about.inquiry_id,
        owed.due_at,
        owed.not_after,
        state,
        reason,
        store.now(),
        about.intake_id,
        about.data_request_id,
        about.ask_id,
        about.event_id
    )?;
    Ok(())
}

/// How many emails about a session are written in one statement: three for each
/// of two people.
const ROWS: usize = 6;

/// A row of the statement for several emails. With `id: None` it stands for no
/// email.
#[derive(Default)]
struct SessionRow {
    id: Option<Uuid>,
    dedupe: Option<String>,
    kind: Option<&'static str>,
    person: Option<Uuid>,
    lead: Option<String>,
    due_at: Option<DateTime<Utc>>,
    not_after: Option<DateTime<Utc>>,
    state: Option<&'static str>,
    reason: Option<&'static str>,
}

impl SessionRow {
    /// The row of a planned email.
    fn new(store: &Store, planned: &PlannedEmail, session: SessionId, version: i64) -> Self {
        let (state, reason) = state_and_reason(planned.skip);
        Self {
            id: Some(store.clock().id()),
            dedupe: Some(planned.key(session, version)),
            kind: Some(planned.kind.word()),
            person: Some(planned.person.0),
            lead: planned.lead.map(|lead| lead.to_string()),
            due_at: Some(planned.due_at),
            not_after: Some(planned.not_after),
            state: Some(state),
            reason,
        }
    }
}

/// Writes the emails about a session into the outbox, six in each statement
/// because a series plans several hundred at once. An email with the same key
/// that was never tried and is not sent gets the new times, state and reason;
/// any other is kept as it is.
pub(crate) async fn owe_for_session(
    store: &Store,
    tx: &mut Tx,
    session: SessionId,
    version: i64,
    planned: &[PlannedEmail],
) -> Result<()> {
    for some in planned.chunks(ROWS) {
        let [a, b, c, d, e, f]: [SessionRow; ROWS] = std::array::from_fn(|n| {
            some.get(n).map(|planned| SessionRow::new(store, planned, session, version)).unwrap_or_default()
        });
        run!(
            tx,
            "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, lead, due_at,
                not_after, state, reason, attempts, created_at)
             SELECT v.id, v.dedupe, v.kind, $1, $2, v.person_id, v.lead, v.due_at, v.not_after, v.state, v.reason, 0, $3
             FROM (
                SELECT $4 AS id, $5 AS dedupe, $6 AS kind, $7 AS person_id, $8 AS lead, $9 AS due_at, $10 AS not_after, $11 AS state, $12 AS reason
                UNION ALL SELECT $13, $14, $15, $16, $17, $18, $19, $20, $21
                UNION ALL SELECT $22, $23, $24, $25, $26, $27, $28, $29, $30
                UNION ALL SELECT $31, $32, $33, $34, $35, $36, $37, $38, $39
                UNION ALL SELECT $40, $41, $42, $43, $44, $45, $46, $47, $48
                UNION ALL SELECT $49, $50, $51, $52, $53, $54, $55, $56, $57) v
             WHERE v.id IS NOT NULL
             ON CONFLICT (dedupe) DO UPDATE SET due_at = excluded.due_at, not_after = excluded.not_after,
                state = excluded.state, reason = excluded.reason
             WHERE email.state IN ('planned', 'skipped', 'superseded') AND email.attempts = 0",
            session.0, version, store.now(),
            a.id, a.dedupe, a.kind, a.person, a.lead, a.due_at, a.not_after, a.state, a.reason,
            b.id, b.dedupe, b.kind, b.person, b.lead, b.due_at, b.not_after, b.state, b.reason,
            c.id, c.dedupe, c.kind, c.person, c.lead, c.due_at, c.not_after, c.state, c.reason,
            d.id, d.dedupe, d.kind, d.person, d.lead, d.due_at, d.not_after, d.state, d.reason,
            e.id, e.dedupe, e.kind, e.person, e.lead, e.due_at, e.not_after, e.state, e.reason,
            f.id, f.dedupe, f.kind, f.person, f.lead, f.due_at, f.not_after, f.state, f.reason
        )?;
    }
    Ok(())
}

/// Writes an email into the outbox that says the same as an earlier one, so
/// that the record of the earlier one stays. Emails with a link are not copied:
/// they get a new link. `not_after`: `None` keeps the earlier one's. `false`:
/// there is an email with this key.
pub(crate) async fn owe_again(
    store: &Store,
    tx: &mut Tx,
    earlier: EmailId,
    key: String,
    due_at: DateTime<Utc>,
    not_after: Option<DateTime<Utc>>,
) -> Result<bool> {
    let made = run!(
        tx,
        "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, account_id, occurrence_id,
             plan_id, message_id, data_request_id, request_id, inquiry_id, intake_id, ask_id, lead, due_at, not_after, state,
             attempts, created_at, again_of)
         SELECT $1, $2, kind, session_id, session_version, person_id, account_id, occurrence_id, plan_id,
             message_id, data_request_id, request_id, inquiry_id, intake_id, ask_id, lead, $3, COALESCE($4, not_after), 'planned', 0, $5, id
         FROM email
         WHERE id = $6
         ON CONFLICT (dedupe) DO NOTHING",
        store.clock().id(),
        &key,
        due_at,
        not_after,
        store.now(),
        earlier.0
    )?;
    Ok(made > 0)
}
