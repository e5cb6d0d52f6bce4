//! Calendar feeds: an account's own sessions, for a calendar program elsewhere.
//!
//! Anyone who has the address of a feed can read it without signing in. Its
//! token is computed from the key like that of an invitation and stored as a
//! hash. An account has one feed at most and can revoke it at any time. What
//! the feed shows is decided here: for a therapist their own sessions, in the
//! wording they chose; for a partner their own sessions, and never anything
//! about the other partner.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{Role, Zone},
    ids::{AccountId, SessionId},
    scheduling::session::CalendarTitle,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Guest, Result, SignedIn, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    keys::token_hash,
    practice::settings::practice_set_up,
};

/// The account's own feed, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedAddress {
    pub token: String,
    pub wording: CalendarTitle,
    pub made_at: DateTime<Utc>,
    /// When a calendar program last read it, to the hour; `None`: never.
    pub read_at: Option<DateTime<Utc>>,
}

/// The content of a feed.
#[derive(Clone, Debug)]
pub struct Feed {
    pub id: Uuid,
    /// The time zone of the feed's owner (for a therapist, of the practice).
    pub zone: Zone,
    pub entries: Vec<FeedEntry>,
}

/// A session in a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    pub session: SessionId,
    /// The SEQUENCE of its calendar entry (RFC 5545), the same as in emails
    /// about it.
    pub sequence: i64,
    pub title: String,
    /// The link of an online session, and for a therapist the room; otherwise
    /// empty.
    pub place: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    sequence: i64,
    link: String,
    room_name: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    changed_at: Option<DateTime<Utc>>,
    shifted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// How far a feed goes back. With [`AHEAD`] it keeps the feed from growing over
/// the years.
const BEHIND: Duration = Duration::days(60);
/// How far a feed goes ahead.
const AHEAD: Duration = Duration::days(400);

impl SignedIn {
    /// Whether this account has sessions of its own to show.
    pub fn may_have_feed(&self) -> bool {
        self.visitor().has(Role::Clinician) || self.visitor().has(Role::Partner)
    }

    /// The account's feed; `None`: it has none.
    pub async fn feed(&self) -> Result<Option<FeedAddress>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, String, DateTime<Utc>, Option<DateTime<Utc>>),
            "SELECT id, wording, made_at, read_at FROM feed WHERE account_id = $1 AND revoked_at IS NULL",
            self.me().0
        )?;
        row.map(|(id, wording, made_at, read_at)| {
            let token = self.store().keys().token("feed", id);
            Ok(FeedAddress { token, wording: wording.parse()?, made_at, read_at })
        })
        .transpose()
    }

    /// Makes a new feed; the address of an earlier one no longer works. Gives
    /// [`Error::Refused`] for an account without sessions of its own.
    pub async fn make_feed(&self, wording: CalendarTitle) -> Result<()> {
        if !self.may_have_feed() {
            return Err(Error::Refused("this account has no sessions of its own".to_owned()));
        }
        let mut tx = self.store().write().await?;
        // Two requests at the same time run one after the other.
        run!(&mut tx, "UPDATE account SET zone = zone WHERE id = $1", self.me().0)?;
        self.end_feed(&mut tx).await?;
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO feed (id, account_id, token_hash, wording, made_at) VALUES ($1, $2, $3, $4, $5)",
            id,
            self.me().0,
            token_hash(&self.store().keys().token("feed", id)),
            wording.word(),
            self.now()
        )?;
        self.record_feed(&mut tx, AuditAction::Created).await?;
        tx.commit().await
    }

    /// Revokes the account's feed, if it has one.
    pub async fn revoke_feed(&self) -> Result<()> {
        let mut tx = self.store().write().await?;
        if self.end_feed(&mut tx).await? {
            self.record_feed(&mut tx, AuditAction::Revoked).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Ends the account's feed. `false`: it had none.
    async fn end_feed(&self, tx: &mut Tx) -> Result<bool> {
        let ended = run!(
            tx,
            "UPDATE feed SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL",
            self.now(),
            self.me().0
        )?;
        Ok(ended > 0)
    }

    /// Records an act on the account's feed in the audit log.
    async fn record_feed(&self, tx: &mut Tx, action: AuditAction) -> Result<()> {
        let (by, id) = (Some(self.me()), Some(self.me().0));
        self.store().record(tx, Act::by(by, action, AuditThing::CalendarFeed).id(id)).await
    }
}

impl Guest {
    /// The content of the feed with this token; `None`: the token does not work (any
    /// more), or its account has no sessions of its own.
    pub async fn feed(&self, token: &str) -> Result<Option<Feed>> {
        #[derive(FromRow)]
        struct Whose {
            id: Uuid,
            account_id: Uuid,
            person_id: Option<Uuid>,
            #[sqlx(try_from = "String")]
            zone: Zone,
            #[sqlx(try_from = "String")]
            wording: CalendarTitle,
            read_at: Option<DateTime<Utc>>,
        }
        let now = self.now();
        let mut tx = self.store().read().await?;
        let whose = maybe!(
            &mut tx,
            Whose,
            "SELECT f.id, f.account_id, a.person_id, a.zone, f.wording, f.read_at
             FROM feed f JOIN account a ON a.id = f.account_id
             WHERE f.token_hash = $1 AND f.revoked_at IS NULL AND a.disabled_at IS NULL",
            token_hash(token)
        )?;
        let Some(whose) = whose else { return Ok(None) };
        let roles = crate::accounts::logins::roles(&mut tx, AccountId(whose.account_id)).await?;
        let (zone, entries) = match whose.person_id {
            Some(person) if roles.contains(&Role::Partner) => {
                (whose.zone, partners_entries(&mut tx, person, now).await?)
            }
            None if roles.contains(&Role::Clinician) => {
                let zone = practice_set_up(&mut tx).await?.zone;
                (zone, clinicians_entries(&mut tx, whose.account_id, whose.wording, now).await?)
            }
            _ => return Ok(None),
        };
        drop(tx);
        if whose.read_at.is_none_or(|at| now - at > Duration::hours(1)) {
            let mut tx = self.store().write().await?;
            run!(&mut tx, "UPDATE feed SET read_at = $1 WHERE id = $2", now, whose.id)?;
            tx.commit().await?;
        }
        Ok(Some(Feed { id: whose.id, zone, entries }))
    }
}

/// A session as an entry of a feed.
fn entry(row: Row, title: String, place: String) -> FeedEntry {
    FeedEntry {
        session: SessionId(row.id),
        sequence: row.sequence,
        title,
        place,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        changed_at: row.changed_at.max(row.shifted_at).unwrap_or(row.created_at),
    }
}

/// The entries of a therapist's feed.
async fn clinicians_entries(
    tx: &mut Tx,
    clinician: Uuid,
    wording: CalendarTitle,
    now: DateTime<Utc>,
) -> Result<Vec<FeedEntry>> {
    let rows = all!(
        tx,
        Row,
        "SELECT s.id, s.version + s.shifts AS sequence, s.shifted_at, s.link,
             r.name || COALESCE(', ' || l.name, '') AS room_name, s.starts_at, s.ends_at, s.created_at,
             (SELECT max(c.at) FROM session_change c WHERE c.session_id = s.id) AS changed_at
         FROM session s LEFT JOIN room r ON r.id = s.room_id LEFT JOIN location l ON l.id = r.location_id
         WHERE s.clinician_id = $1 AND s.starts_at > $2 AND s.starts_at < $3
            AND s.state NOT IN ('cancelled', 'late_cancelled') ORDER BY s.starts_at",
        clinician,
        now - BEHIND,
        now + AHEAD
    )?;
    let names = match wording {
        CalendarTitle::Busy => vec![],
        CalendarTitle::Initials | CalendarTitle::Names => all!(
            tx,
            (Uuid, String),
            "SELECT s.id, p.name FROM session s JOIN session_attendee t ON t.session_id = s.id
             JOIN person p ON p.id = t.person_id
             LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
             WHERE s.clinician_id = $1 AND s.starts_at > $2 AND s.starts_at < $3
                AND s.state NOT IN ('cancelled', 'late_cancelled') ORDER BY s.starts_at, m.seat",
            clinician,
            now - BEHIND,
            now + AHEAD
        )?,
    };
    let mut of: std::collections::HashMap<Uuid, Vec<String>> = std::collections::HashMap::new();
    for (session, name) in names {
        of.entry(session).or_default().push(name);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let title = wording.title(of.get(&row.id).into_iter().flatten().map(String::as_str));
            let place = match wording {
                CalendarTitle::Busy => String::new(),
                _ => row.room_name.clone().unwrap_or_else(|| row.link.clone()),
            };
            entry(row, title, place)
        })
        .collect())
}

/// The entries of a partner's feed: the title is the one used in emails, and no
/// room is named.
async fn partners_entries(tx: &mut Tx, person: Uuid, now: DateTime<Utc>) -> Result<Vec<FeedEntry>> {
    let rows = all!(
        tx,
        Row,
        "SELECT s.id, s.version + s.shifts AS sequence, s.shifted_at, s.link, r.name AS room_name, s.starts_at,
             s.ends_at, s.created_at, (SELECT max(c.at) FROM session_change c WHERE c.session_id = s.id) AS changed_at
         FROM session_attendee t JOIN session s ON s.id = t.session_id
         JOIN client k ON k.id = s.client_id AND k.separated_at IS NULL LEFT JOIN room r ON r.id = s.room_id
         WHERE t.person_id = $1 AND s.starts_at > $2 AND s.starts_at < $3
            AND s.state NOT IN ('cancelled', 'late_cancelled') ORDER BY s.starts_at",
        person,
        now - BEHIND,
        now + AHEAD
    )?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let link = row.link.clone();
            entry(row, "Appointment".to_owned(), link)
        })
        .collect())
}
