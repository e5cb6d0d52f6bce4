//! The email log of the front desk: the state of each email, and sending one
//! about a session again.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use domain::{
    clients::{
        person::{Zone, is_within_hours},
        search::Wanted,
    },
    ids::{EmailId, PersonId, SessionId},
    outbox::{
        log::LogTab,
        reminder::{EmailKind, EmailState},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    limits::{EMAILS, EMAILS_OF},
    outbox::owed,
    unreadable::{fetched, legible},
};

/// An email in the email log: its state, and never its text.
#[derive(Clone, Debug, FromRow)]
pub struct EmailRow {
    #[sqlx(try_from = "Uuid")]
    pub id: EmailId,
    #[sqlx(try_from = "String")]
    pub kind: EmailKind,
    #[sqlx(try_from = "String")]
    pub state: EmailState,
    /// The session it is about; `None`: an invitation, a password reset, an
    /// inquiry, or news in the portal.
    pub session_id: Option<Uuid>,
    /// The name of the recipient.
    pub person: String,
    pub lead: Option<String>,
    pub due_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub last_error: Option<String>,
    pub attempts: i64,
    /// Whether the text that was sent is stored and can be shown.
    pub kept: bool,
    /// Whether its text is still true, and no other email of its kind is about
    /// to be sent.
    pub holds: bool,
    /// The start of the session it is about.
    pub about_at: Option<DateTime<Utc>>,
    /// Whether it is due when the recipient's quiet hours end, so that it is held
    /// until then. Computed after the row is read.
    #[sqlx(skip)]
    pub held: bool,
}

/// A row of the email log with the recipient's hours for email, which stay in the
/// store.
#[derive(FromRow)]
struct Loaded {
    #[sqlx(flatten)]
    row: EmailRow,
    zone: Option<String>,
    safe_from: Option<NaiveTime>,
    safe_until: Option<NaiveTime>,
}

impl Loaded {
    /// The row, with whether it is held for quiet hours.
    fn row(self) -> EmailRow {
        let Self { mut row, zone, safe_from, safe_until } = self;
        let hours = safe_from.zip(safe_until);
        let zone = zone.map(Zone::from).filter(zone::exists);
        let is_open = matches!(row.state, EmailState::Planned | EmailState::Claimed);
        // A reminder is planned for a time before the session; only in other
        // kinds is the beginning of these hours what the email waits for.
        if let (Some(hours), Some(zone), true) = (hours, zone, is_open && row.lead.is_none()) {
            let before = zone::wall_time(row.due_at - Duration::minutes(1), &zone).time();
            row.held = !is_within_hours(before, hours);
        }
        row
    }
}

/// An email about a session as it was sent.
#[derive(Clone, Debug)]
pub struct SentMail {
    pub session: SessionId,
    pub recipient: String,
    pub sent_at: Option<DateTime<Utc>>,
    /// The whole email (RFC 5322).
    pub bytes: Vec<u8>,
}

impl EmailRow {
    /// The place of the email in a list that is ordered by the due time.
    fn place(&self) -> After {
        After::new(self.due_at, self.id.0)
    }

    /// Whether the email may be sent again: it was sent or has failed, and its
    /// text is still true.
    pub fn can_resend(&self) -> bool {
        matches!(self.state, EmailState::Sent | EmailState::Failed) && self.holds
    }
}

/// SQL: the emails to clients and to inquirers; `$1` is now. An email about an
/// exercise or a message is among them only if it failed, because how often
/// such emails are sent does not concern the front desk.
macro_rules! emails {
    ($($rest:tt)*) => {
        concat!(
            "SELECT m.id, m.kind, m.state, m.session_id, COALESCE(p.name, i.name, '') AS person, m.lead, m.due_at,
                 m.sent_at, m.reason, m.last_error, m.attempts,
                    (m.session_id IS NOT NULL AND m.bytes IS NOT NULL) AS kept, s.starts_at AS about_at,
                    p.zone, p.safe_from, p.safe_until,
                    (m.session_id IS NOT NULL AND m.session_version = s.version AND m.not_after > $1
                        AND (m.kind = 'cancelled' OR s.state IN ('booked', 'arrived'))
                     AND NOT EXISTS (SELECT 1 FROM client c WHERE c.id = s.client_id AND c.separated_at IS NOT NULL)
                     AND NOT EXISTS (SELECT 1 FROM email x
                         WHERE x.session_id = m.session_id AND x.person_id = m.person_id AND x.kind = m.kind
                        AND COALESCE(x.lead, '') = COALESCE(m.lead, '') AND x.state IN ('planned', 'claimed'))) AS holds
             FROM email m LEFT JOIN session s ON s.id = m.session_id LEFT JOIN account a ON a.id = m.account_id
             LEFT JOIN person p ON p.id = COALESCE(m.person_id, a.person_id) LEFT JOIN inquiry i ON i.id = m.inquiry_id
             WHERE (m.session_id IS NOT NULL OR m.inquiry_id IS NOT NULL
                 OR (p.id IS NOT NULL AND (m.account_id IS NOT NULL OR m.state = 'failed'))) ",
            $($rest)*
        )
    };
}

/// SQL: the email failed after `$2` and was not sent again as another one, or the
/// mail server did not take it yet.
macro_rules! needs_attention {
    () => {
        "(m.state = 'failed' AND m.due_at > $2 AND NOT EXISTS (SELECT 1 FROM email x WHERE x.again_of = m.id)
             OR m.state IN ('planned', 'claimed') AND m.last_error IS NOT NULL)"
    };
}

/// SQL: the recipient has each of three words in their name, each in one of two
/// spellings (`$4` to `$9`), or is an inquirer with the text `$10` in theirs; `$3`:
/// everyone.
macro_rules! named {
    () => {
        " AND ($3 OR (p.search_name LIKE $4 ESCAPE '\\' OR p.search_name LIKE $5 ESCAPE '\\')
             AND (p.search_name LIKE $6 ESCAPE '\\' OR p.search_name LIKE $7 ESCAPE '\\')
             AND (p.search_name LIKE $8 ESCAPE '\\' OR p.search_name LIKE $9 ESCAPE '\\')
             OR LOWER(i.name) LIKE $10 ESCAPE '\\') "
    };
}

/// How long a failed email needs attention.
const ATTENTION: Duration = Duration::days(14);

/// SQL: an email log's page, the latest due first.
macro_rules! latest_first {
    () => {
        " AND (m.due_at, m.id) < ($11, $12) ORDER BY m.due_at DESC, m.id DESC LIMIT $13"
    };
}

/// The words of a name to search for, as patterns of SQL.
struct Names {
    /// Whether no name was given, so that everyone is meant.
    all: bool,
    /// Three words in two spellings. Unused words match every name, and further
    /// words are left out.
    words: [[String; 2]; 3],
    /// The text as it was typed, in lower case.
    text: String,
}

impl Names {
    fn new(name: &str) -> Self {
        let wanted = Wanted::new(name);
        let pattern = |word: &str| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        let mut words: [[String; 2]; 3] = std::array::from_fn(|_| ["%".to_owned(), "%".to_owned()]);
        for (slot, word) in words.iter_mut().zip(wanted.words()) {
            *slot = word.each_ref().map(|way| pattern(way));
        }
        Self { all: wanted.is_empty(), words, text: pattern(&name.trim().to_lowercase()) }
    }
}

/// What came of asking for an email about a session again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resent {
    /// There is no such email about a session, or it is not the front desk that
    /// asks.
    NotThere,
    /// It is planned, as a new email about this session.
    Planned(SessionId),
    /// It is not planned: its text is no longer true, or it is about to be sent.
    NotNow(SessionId),
}

impl Bookings {
    /// The emails about a session. Empty unless the front desk asks.
    pub async fn session_emails(&self, session: SessionId) -> Result<Vec<EmailRow>> {
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        let rows = legible!(
            &mut tx,
            Loaded,
            emails!("AND m.session_id = $2 ORDER BY m.created_at, m.due_at"),
            self.now(),
            session.0
        )?;
        Ok(rows.into_iter().map(Loaded::row).collect())
    }

    /// A page of a tab of the email log: what is scheduled with the next first,
    /// the others with the latest first. `name`: only the emails to people with
    /// these words in their names; empty for everyone. Empty unless the front
    /// desk asks.
    pub async fn email_log(&self, tab: LogTab, name: &str, after: Option<After>) -> Result<Paged<EmailRow>> {
        if !self.is_desk() {
            return Ok(Paged::default());
        }
        let mut tx = self.store().read().await?;
        let now = self.now();
        let since = now - ATTENTION;
        let Names { all, words, text } = Names::new(name);
        let [[a, b], [c, d], [e, f]] = &words;
        let start = if tab == LogTab::Scheduled { After::START } else { After::END };
        let After { at, id, .. } = after.unwrap_or(start);
        // One statement for each tab: what they have in common is bound the same.
        macro_rules! tab {
            ($sql:expr) => {
                fetched!(&mut tx, Loaded, $sql, now, since, all, a, b, c, d, e, f, &text, at, id, EMAILS + 1)?
            };
        }
        let rows = match tab {
            LogTab::Attention => tab!(emails!("AND ", needs_attention!(), named!(), latest_first!())),
            LogTab::Scheduled => tab!(emails!(
                "AND m.state IN ('planned', 'claimed') AND $2 <= $1",
                named!(),
                " AND (m.due_at, m.id) > ($11, $12) ORDER BY m.due_at, m.id LIMIT $13"
            )),
            LogTab::Sent => tab!(emails!(
                "AND (m.state = 'sent' OR m.state IN ('skipped', 'superseded') AND m.due_at <= $1
                     OR m.state = 'failed' AND NOT ",
                needs_attention!(),
                ")",
                named!(),
                latest_first!()
            )),
        };
        let mut page = Paged::of(rows, EMAILS, |loaded| loaded.row.place()).map(Loaded::row);
        self.mark_undelivered(&mut tx, &mut page.rows).await?;
        Ok(page)
    }

    /// A person's name and a page of the emails to them, the latest first.
    /// `None`: there is no such person, or it is not the front desk that asks.
    pub async fn emails_of(&self, person: PersonId, after: Option<After>) -> Result<Option<(String, Paged<EmailRow>)>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        let name = maybe!(&mut tx, (String,), "SELECT name FROM person WHERE id = $1", person.0)?;
        let Some((name,)) = name else { return Ok(None) };
        let after = after.unwrap_or(After::END);
        let rows = fetched!(
            &mut tx,
            Loaded,
            emails!(
                "AND ((m.person_id = $2 AND (m.session_id IS NOT NULL OR m.state IN ('failed', 'skipped')))
                      OR m.account_id = (SELECT id FROM account WHERE person_id = $2))
                 AND (m.due_at, m.id) < ($3, $4) ORDER BY m.due_at DESC, m.id DESC LIMIT $5"
            ),
            self.now(),
            person.0,
            after.at,
            after.id,
            EMAILS_OF + 1
        )?;
        let mut page = Paged::of(rows, EMAILS_OF, |loaded| loaded.row.place()).map(Loaded::row);
        self.mark_undelivered(&mut tx, &mut page.rows).await?;
        Ok(Some((name, page)))
    }

    /// An email about a session as it was or will be sent; its opening is
    /// recorded in the audit log. Only its recipient may use the links in it:
    /// the caller leaves them out. `None`: there is no such email, its text is
    /// not written yet or no longer stored, or it is not the front desk that
    /// asks.
    pub async fn sent_mail(&self, email: EmailId) -> Result<Option<SentMail>> {
        if !self.is_desk() {
            return Ok(None);
        }
        #[derive(FromRow)]
        struct Row {
            person_id: Option<Uuid>,
            session_id: Uuid,
            client_id: Uuid,
            recipient: Option<String>,
            sent_at: Option<DateTime<Utc>>,
            bytes: Option<Vec<u8>>,
        }
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            "SELECT m.person_id, s.id AS session_id, s.client_id, m.recipient, m.sent_at, m.bytes
             FROM email m JOIN session s ON s.id = m.session_id WHERE m.id = $1",
            email.0
        )?;
        let Some(Row {
            person_id: Some(person),
            session_id,
            client_id,
            recipient: Some(recipient),
            sent_at,
            bytes: Some(sealed),
        }) = row
        else {
            return Ok(None);
        };
        let bytes = self.store().key_of(&mut tx, person).await?.open("email", email.0, &sealed)?.to_vec();
        self.store()
            .record_opening(
                tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Email).id(email.0).client(client_id),
            )
            .await?;
        Ok(Some(SentMail { session: SessionId(session_id), recipient, sent_at, bytes }))
    }

    /// How many emails need attention. 0 unless the front desk asks.
    pub async fn emails_needing_attention(&self) -> Result<i64> {
        if !self.is_desk() {
            return Ok(0);
        }
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            concat!("SELECT count(*) FROM (", emails!("AND ", needs_attention!()), ") AS found"),
            self.now(),
            self.now() - ATTENTION
        )?;
        Ok(row.map_or(0, |(n,)| n))
    }

    /// Plans an email about a session again, as a new email, so that the record
    /// of the first one remains.
    pub async fn resend(&self, email: EmailId) -> Result<Resent> {
        if !self.is_desk() {
            return Ok(Resent::NotThere);
        }
        let mut tx = self.store().write().await?;
        // If the button is pressed twice at the same time, the second request
        // waits here and then finds that the email is about to be sent again.
        run!(&mut tx, "UPDATE email SET attempts = attempts WHERE id = $1", email.0)?;
        let now = self.now();
        let Some(row) = maybe!(&mut tx, EmailRow, emails!("AND m.id = $2"), now, email.0)? else {
            return Ok(Resent::NotThere);
        };
        let Some(session) = row.session_id.map(SessionId) else { return Ok(Resent::NotThere) };
        if !row.can_resend() {
            return Ok(Resent::NotNow(session));
        }
        let person = maybe!(&mut tx, (Option<Uuid>,), "SELECT person_id FROM email WHERE id = $1", email.0)?;
        if let (EmailState::Failed, Some((Some(person),))) = (row.state, person) {
            self.store().try_address_again_in(&mut tx, self.me(), PersonId(person)).await?;
        }
        let before = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM email WHERE session_id = $1 AND dedupe LIKE 'again:%'",
            session.0
        )?
        .map_or(0, |(n,)| n);
        let key = format!("again:{email}:{before}");
        if !owed::owe_again(self.store(), &mut tx, email, key, now, None).await? {
            return Ok(Resent::NotNow(session));
        }
        self.store().record(&mut tx, Act::by(self.me(), AuditAction::SentAgain, AuditThing::Email).id(email.0)).await?;
        tx.commit().await?;
        Ok(Resent::Planned(session))
    }
}
