//! Undelivered emails, shown to the person who can act.
//!
//! An email is undelivered once it has failed, or once its time has passed
//! before it could be sent, as long as it still matters and no later email has
//! said the same. The therapist sees those to their own clients, the front desk
//! those to clients and inquirers, the owner those to staff. No portal shows
//! any.
//!
//! Sending again belongs to one email: pressed twice, it is sent once. If the
//! email contains a link, the new email contains a new link.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientId, EmailId, PersonId, SessionId},
    outbox::reminder::{EmailKind, EmailState, safe_time},
};
use sqlx::FromRow;
use uuid::Uuid;

use super::log::EmailRow;
use crate::{
    After, Bookings, Clinician, Owner, Paged, Result, Store, Tx,
    accounts::{account, logins::NO_PASSWORD, resets},
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{all, maybe, run},
    limits::UNDELIVERED,
    outbox::owed::{self, email_kinds},
    practice::settings::today,
    scheduling::waitlist::inquiries,
    unreadable::fetched,
};

/// How long an undelivered email is shown.
const SHOWN: Duration = Duration::days(14);

/// An email that did not go out and that no later email has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub email: EmailId,
    pub kind: EmailKind,
    /// The client's person it was for. `None`: it was for staff or an inquirer.
    pub person: Option<PersonId>,
    /// The account of an invitation or a password reset.
    pub account: Option<AccountId>,
    pub inquiry: Option<Uuid>,
    pub session: Option<SessionId>,
    /// When that session begins.
    pub session_starts_at: Option<DateTime<Utc>>,
    /// The client whose record it belongs to. `None`: no particular one.
    pub client: Option<ClientId>,
    /// The recipient's name.
    pub name: String,
    /// The reason: one plain sentence, without its full stop.
    pub why: String,
    pub since: DateTime<Utc>,
}

/// A person of the caseload whom emails did not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReached {
    pub client: ClientId,
    /// The person's name.
    pub name: String,
    /// How many emails did not arrive.
    pub emails: i64,
}

/// An inquiry whose address could not be confirmed because the email did not
/// arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndeliveredInquiry {
    pub mail: Undelivered,
    pub email: String,
    pub phone: String,
}

/// The outcome of sending an email again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentAgain {
    /// A new email is planned.
    Planned,
    /// What it says no longer applies, this person cannot get it, or it was
    /// sent again before.
    NotNow,
    /// There is no such email for this scope.
    Unknown,
}

/// An invitation that the owner hands to a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedInvitation {
    pub name: String,
    /// The token of the link.
    pub token: String,
}

/// A link to be handed over in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandedLink {
    /// The token of an invitation, which works for seven days.
    Invitation(String),
    /// The token of a link for a new password, which works for an hour.
    Reset(String),
    /// No link: nobody asked for one, or the account is closed.
    Refused,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: EmailKind,
    #[sqlx(try_from = "String")]
    state: EmailState,
    last_error: Option<String>,
    due_at: DateTime<Utc>,
    not_after: DateTime<Utc>,
    session_id: Option<Uuid>,
    person_id: Option<Uuid>,
    account_id: Option<Uuid>,
    inquiry_id: Option<Uuid>,
    client_id: Option<Uuid>,
    about_at: Option<DateTime<Utc>>,
    name: String,
}

impl From<Row> for Undelivered {
    fn from(row: Row) -> Self {
        Self {
            email: EmailId(row.id),
            kind: row.kind,
            person: row.person_id.map(PersonId),
            account: row.account_id.map(AccountId),
            inquiry: row.inquiry_id,
            session: row.session_id.map(SessionId),
            session_starts_at: row.about_at,
            client: row.client_id.map(ClientId),
            name: row.name,
            why: match row.state {
                EmailState::Skipped => "its time had passed before it could be sent".to_owned(),
                EmailState::Planned
                | EmailState::Claimed
                | EmailState::Sent
                | EmailState::Failed
                | EmailState::Superseded => row
                    .last_error
                    .map(|why| why.trim_end_matches(['.', ' ']).to_owned())
                    .filter(|why| !why.is_empty())
                    .unwrap_or_else(|| "it could not be delivered".to_owned()),
            },
            since: row.due_at,
        }
    }
}

/// The query for undelivered emails `m`; `$1` is now, `$2` how far back to
/// look, `$3` how far back a password reset still matters. `$rest` adds
/// conditions, whose parameters begin with `$4`.
macro_rules! undelivered {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.kind, m.state, m.last_error, m.due_at, m.not_after, m.session_id,
                    COALESCE(m.person_id, a.person_id) AS person_id, m.account_id, m.inquiry_id,
                    s.starts_at AS about_at,
                    COALESCE(s.client_id, l.client_id, r.client_id, g.client_id, t.client_id, ask.client_id) AS client_id,
                    COALESCE(p.name, a.display_name, q.name, '') AS name
             FROM email m
             LEFT JOIN account a ON a.id = m.account_id
             LEFT JOIN person p ON p.id = COALESCE(m.person_id, a.person_id)
             LEFT JOIN inquiry q ON q.id = m.inquiry_id
             LEFT JOIN session s ON s.id = m.session_id
             LEFT JOIN message l ON l.id = m.message_id
             LEFT JOIN session_request r ON r.id = m.request_id
             LEFT JOIN plan n ON n.id = m.plan_id
             LEFT JOIN occurrence o ON o.id = COALESCE(m.occurrence_id, n.occurrence_id)
             LEFT JOIN assignment g ON g.id = o.assignment_id
             LEFT JOIN intake t ON t.id = m.intake_id
             LEFT JOIN consent_ask ask ON ask.id = m.ask_id
             WHERE m.state IN ('failed', 'skipped') AND m.due_at > $2
               AND (m.state = 'failed' OR (m.reason = 'too_late' AND m.kind NOT IN ",
            email_kinds!(is_exercise_reminder),
            "))
               AND (m.session_id IS NULL
                    OR (s.starts_at > $1 AND m.session_version = s.version
                        AND (m.kind = 'cancelled' OR s.state IN ('booked', 'arrived'))
                        AND NOT EXISTS (SELECT 1
                          FROM client c
                          WHERE c.id = s.client_id AND c.separated_at IS NOT NULL)))
               AND (m.invitation_id IS NULL
                    OR (a.password_hash IS NULL AND a.disabled_at IS NULL
                        AND EXISTS (SELECT 1
                          FROM invitation i
                          WHERE i.id = m.invitation_id AND i.used_at IS NULL AND i.revoked_at IS NULL)))
               AND (m.reset_id IS NULL
                    OR (m.due_at > $3 AND a.disabled_at IS NULL
                        AND EXISTS (SELECT 1 FROM password_reset w WHERE w.id = m.reset_id AND w.used_at IS NULL)))
               AND (m.inquiry_id IS NULL OR q.state = 'unconfirmed')
               AND (m.message_id IS NULL OR l.read_at IS NULL)
               AND (m.ask_id IS NULL OR (ask.closed_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM signature w WHERE w.ask_id = m.ask_id)))
               AND NOT EXISTS (SELECT 1
                 FROM email x
                 WHERE x.again_of = m.id AND x.state IN ('planned', 'claimed', 'sent', 'failed'))
               AND NOT EXISTS (SELECT 1
                 FROM email x
                 WHERE x.session_id = m.session_id AND x.person_id = m.person_id AND x.kind = m.kind
                    AND (COALESCE(x.lead, '') = COALESCE(m.lead, '') OR m.state = 'skipped')
                    AND x.state IN ('claimed', 'sent') AND x.due_at > m.due_at)
               AND NOT EXISTS (SELECT 1
                 FROM email x
                 WHERE m.session_id IS NULL AND x.person_id = m.person_id AND x.session_id IS NULL AND x.kind = m.kind
                    AND x.state IN ('claimed', 'sent', 'failed') AND x.due_at > m.due_at)
               AND NOT EXISTS (SELECT 1 FROM email x WHERE x.account_id = m.account_id AND x.kind = m.kind
                    AND x.state IN ('planned', 'claimed', 'sent', 'failed') AND x.due_at > m.due_at) ",
            $rest
        )
    };
}

impl Store {
    /// The first three parameters of `undelivered!`: now, how far back to
    /// look, and how far back for password resets.
    fn query_times(&self) -> (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>) {
        let now = self.now();
        (now, now - SHOWN, now - Duration::days(3))
    }

    /// Locks an undelivered email and reads it: of two people who send it again
    /// at once, the second finds that it was sent.
    async fn undelivered_locked(&self, tx: &mut Tx, email: EmailId) -> Result<Option<Row>> {
        run!(tx, "UPDATE email SET attempts = attempts WHERE id = $1", email.0)?;
        let (now, since, resets) = self.query_times();
        Ok(maybe!(tx, Row, undelivered!("AND m.id = $4"), now, since, resets, email.0)?)
    }

    /// Plans an undelivered email again as a new one; the record of the first
    /// stays. The caller has checked who may ask for it.
    async fn send_as_new(&self, tx: &mut Tx, by: AccountId, row: &Row) -> Result<SentAgain> {
        let now = self.now();
        let email = EmailId(row.id);
        if let Some(person) = row.person_id {
            self.try_address_again_in(tx, by, PersonId(person)).await?;
        }
        // An address that bounced at an account or an inquiry is tried again,
        // too.
        if let Some(account) = row.account_id {
            run!(tx, "UPDATE account SET returned_at = NULL, returned_why = '' WHERE id = $1", account)?;
        }
        if let Some(inquiry) = row.inquiry_id {
            run!(tx, "UPDATE inquiry SET returned_at = NULL, returned_why = '' WHERE id = $1", inquiry)?;
        }
        let planned = match row.kind {
            EmailKind::Confirmation
            | EmailKind::Reminder
            | EmailKind::Moved
            | EmailKind::Cancelled
            | EmailKind::CalendarUpdate
            | EmailKind::LocalTime => self.plan_copy(tx, row, now, row.not_after).await?,
            EmailKind::Message | EmailKind::Copy | EmailKind::Form => {
                let at = self.safe_now(tx, row).await?;
                self.plan_copy(tx, row, at, at + Duration::days(3)).await?
            }
            EmailKind::Nudge | EmailKind::Intake | EmailKind::Plan | EmailKind::Request => {
                let at = self.safe_now(tx, row).await?;
                self.plan_copy(tx, row, at, row.not_after).await?
            }
            EmailKind::Invitation => self.mail_invitation_again(tx, by, row).await?,
            EmailKind::PasswordReset => match row.account_id {
                Some(account) => {
                    let (id, expires_at) = resets::new_reset(self, tx, AccountId(account)).await?;
                    owed::plan_reset(self, tx, AccountId(account), id, expires_at).await?;
                    self.mark_as_again(tx, row).await?
                }
                None => false,
            },
            EmailKind::Inquiry => match row.inquiry_id {
                Some(id) => {
                    let until = inquiries::open_anew(self, tx, id).await?;
                    self.plan_copy(tx, row, now, until).await?
                }
                None => false,
            },
            // The holder asks for another link themselves, and the old address
            // is told only once.
            EmailKind::NewAddress | EmailKind::AddressChanged | EmailKind::Security | EmailKind::Test => false,
        };
        if !planned {
            return Ok(SentAgain::NotNow);
        }
        let client = row.client_id;
        let act = Act::by(by, AuditAction::SentAgain, AuditThing::Email).id(email.0).client(client);
        self.record(tx, act).await?;
        Ok(SentAgain::Planned)
    }

    /// Now, or the next hour at which emails may go to this person.
    async fn safe_now(&self, tx: &mut Tx, row: &Row) -> Result<DateTime<Utc>> {
        let now = self.now();
        let Some(person) = row.person_id else { return Ok(now) };
        Ok(safe_time(now, &client::find_person(tx, PersonId(person)).await?.recipient())?)
    }

    /// Plans a new email about the same. `false`: its time is over.
    async fn plan_copy(&self, tx: &mut Tx, row: &Row, at: DateTime<Utc>, not_after: DateTime<Utc>) -> Result<bool> {
        if at >= not_after {
            return Ok(false);
        }
        let before = maybe!(tx, (i64,), "SELECT count(*) FROM email WHERE again_of = $1", row.id)?;
        let key = format!("again:{}:{}", row.id, before.map_or(0, |(n,)| n));
        owed::owe_again(self, tx, EmailId(row.id), key, at, Some(not_after)).await
    }

    /// Mails a new link to a person who has not used their invitation. `false`:
    /// they have no address, or want no email.
    async fn mail_invitation_again(&self, tx: &mut Tx, by: AccountId, row: &Row) -> Result<bool> {
        let Some(account) = row.account_id else { return Ok(false) };
        let address = match row.person_id {
            Some(person) => {
                let person = client::find_person(tx, PersonId(person)).await?;
                person.email.filter(|_| !person.portal_only)
            }
            None => maybe!(tx, (String,), "SELECT email FROM account WHERE id = $1", account)?.map(|(email,)| email),
        };
        let Some(address) = address.filter(|address| !address.is_empty()) else { return Ok(false) };
        account::invite(self, tx, AccountId(account), Some(&address), by).await?;
        self.mark_as_again(tx, row).await
    }

    /// Marks the newest planned email of this kind to the account as sent again
    /// for this one. `false`: there is none.
    async fn mark_as_again(&self, tx: &mut Tx, row: &Row) -> Result<bool> {
        let marked = run!(
            tx,
            "UPDATE email SET again_of = $1
             WHERE id = (SELECT id
               FROM email
               WHERE account_id = $2 AND kind = $3 AND state = 'planned'
               ORDER BY created_at DESC, id DESC LIMIT 1)",
            row.id,
            row.account_id,
            row.kind.word()
        )?;
        Ok(marked > 0)
    }
}

impl Clinician {
    /// The undelivered emails to the people of one of the clinician's clients,
    /// about this client or about the person's own portal.
    pub async fn undelivered(&self, client: ClientId) -> Result<Vec<Undelivered>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(vec![]);
        }
        self.undelivered_in(&mut tx, client).await
    }

    async fn undelivered_in(&self, tx: &mut Tx, client: ClientId) -> Result<Vec<Undelivered>> {
        let (now, since, resets) = self.store().query_times();
        let people = all!(
            tx,
            (Uuid,),
            "SELECT person_id FROM client_member WHERE client_id = $1 AND left_at IS NULL ORDER BY seat",
            client.0
        )?;
        let mut found = Vec::new();
        for (person,) in people {
            // Each of these two queries alone can use its index.
            let own = all!(
                tx,
                Row,
                undelivered!(
                    "AND m.person_id = $4 AND COALESCE(s.client_id, l.client_id, r.client_id, g.client_id, t.client_id, ask.client_id) = $5
                     ORDER BY m.due_at DESC"
                ),
                now,
                since,
                resets,
                person,
                client.0
            )?;
            let portal = all!(
                tx,
                Row,
                undelivered!("AND m.account_id = (SELECT id FROM account WHERE person_id = $4) ORDER BY m.due_at DESC"),
                now,
                since,
                resets,
                person
            )?;
            found.extend(portal.into_iter().chain(own).map(Undelivered::from));
        }
        Ok(found)
    }

    /// The people of the caseload whom emails did not reach, by name.
    pub async fn people_not_reached(&self) -> Result<Vec<NotReached>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        // Few emails have failed: it is faster to go from them to the caseload
        // than the other way.
        let candidates = all!(
            &mut tx,
            (Uuid,),
            in_care!(
                "SELECT DISTINCT c.id FROM email m LEFT JOIN account a ON a.id = m.account_id
                 JOIN client_member k2 ON k2.person_id = COALESCE(m.person_id, a.person_id) AND k2.left_at IS NULL
                 JOIN client c ON c.id = k2.client_id",
                "AND m.state = 'failed' AND m.due_at > $3 AND c.archived_at IS NULL"
            ),
            self.me().0,
            today,
            self.now() - SHOWN
        )?;
        let mut found: Vec<NotReached> = Vec::new();
        for (client,) in candidates {
            for mail in self.undelivered_in(&mut tx, ClientId(client)).await? {
                match found.iter_mut().find(|other| other.client.0 == client && other.name == mail.name) {
                    Some(known) => known.emails += 1,
                    None => found.push(NotReached { client: ClientId(client), name: mail.name, emails: 1 }),
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Sends an email to a person of one of the clinician's clients again.
    pub async fn send_again(&self, client: ClientId, email: EmailId) -> Result<SentAgain> {
        let mut tx = self.store().write().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none()
            || client::is_separated(&mut tx, client).await?
        {
            return Ok(SentAgain::Unknown);
        }
        let theirs = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT m.id
             FROM email m LEFT JOIN account a ON a.id = m.account_id
               JOIN client_member k ON k.person_id = COALESCE(m.person_id, a.person_id)
             LEFT JOIN session s ON s.id = m.session_id LEFT JOIN message l ON l.id = m.message_id
             LEFT JOIN session_request r ON r.id = m.request_id
             LEFT JOIN plan n ON n.id = m.plan_id
             LEFT JOIN occurrence o ON o.id = COALESCE(m.occurrence_id, n.occurrence_id)
             LEFT JOIN assignment g ON g.id = o.assignment_id
             LEFT JOIN intake t ON t.id = m.intake_id
             LEFT JOIN consent_ask ask ON ask.id = m.ask_id
             WHERE m.id = $1 AND k.client_id = $2 AND k.left_at IS NULL
               AND (m.account_id IS NOT NULL OR COALESCE(s.client_id, l.client_id, r.client_id, g.client_id, t.client_id, ask.client_id) = $2)",
            email.0,
            client.0
        )?;
        if theirs.is_none() {
            return Ok(SentAgain::Unknown);
        }
        let Some(row) = self.store().undelivered_locked(&mut tx, email).await? else {
            return Ok(SentAgain::NotNow);
        };
        let again = self.store().send_as_new(&mut tx, self.me(), &row).await?;
        tx.commit().await?;
        Ok(again)
    }
}

impl Bookings {
    /// A page of the undelivered emails to clients and inquirers, those about
    /// the soonest session first. Empty if the scope is not the front desk's.
    pub async fn undelivered(&self, after: Option<After>) -> Result<Paged<Undelivered>> {
        if !self.is_desk() {
            return Ok(Paged::default());
        }
        let (now, since, resets) = self.store().query_times();
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            Row,
            undelivered!(
                "AND (m.inquiry_id IS NOT NULL OR COALESCE(m.person_id, a.person_id) IS NOT NULL)
                 AND (COALESCE(s.starts_at, m.due_at), m.id) > ($4, $5)
                 ORDER BY COALESCE(s.starts_at, m.due_at), m.id LIMIT $6"
            ),
            now,
            since,
            resets,
            after.at,
            after.id,
            UNDELIVERED + 1
        )?;
        let page = Paged::of(rows, UNDELIVERED, |row| After::new(row.about_at.unwrap_or(row.due_at), row.id));
        Ok(page.map(Undelivered::from))
    }

    /// Marks which of the emails that are not about sessions can be sent again.
    pub(crate) async fn mark_undelivered(&self, tx: &mut Tx, rows: &mut [EmailRow]) -> Result<()> {
        if !rows.iter().any(|row| row.session_id.is_none() && row.state == EmailState::Failed) {
            return Ok(());
        }
        let (now, since, resets) = self.store().query_times();
        let open = all!(tx, Row, undelivered!("AND m.session_id IS NULL"), now, since, resets)?;
        for row in rows.iter_mut().filter(|row| row.session_id.is_none()) {
            row.holds = open.iter().any(|mail| mail.id == row.id.0);
        }
        Ok(())
    }

    /// The inquiries whose address could not be confirmed because the email did
    /// not arrive.
    pub async fn undelivered_inquiries(&self) -> Result<Vec<UndeliveredInquiry>> {
        let (now, since, resets) = self.store().query_times();
        let mut tx = self.store().read().await?;
        let rows =
            all!(&mut tx, Row, undelivered!("AND m.inquiry_id IS NOT NULL ORDER BY m.due_at"), now, since, resets)?;
        let mut found = Vec::new();
        for row in rows {
            let reach =
                maybe!(&mut tx, (String, String), "SELECT email, phone FROM inquiry WHERE id = $1", row.inquiry_id)?;
            let (email, phone) = reach.unwrap_or_default();
            found.push(UndeliveredInquiry { mail: row.into(), email, phone });
        }
        Ok(found)
    }

    /// Sends an email again that is not about a session. Emails about sessions
    /// are sent again by [`Self::resend`].
    pub async fn send_again(&self, email: EmailId) -> Result<SentAgain> {
        if !self.is_desk() {
            return Ok(SentAgain::Unknown);
        }
        let mut tx = self.store().write().await?;
        let theirs = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT m.id FROM email m LEFT JOIN account a ON a.id = m.account_id
             WHERE m.id = $1 AND (m.inquiry_id IS NOT NULL OR COALESCE(m.person_id, a.person_id) IS NOT NULL)",
            email.0
        )?;
        if theirs.is_none() {
            return Ok(SentAgain::Unknown);
        }
        let Some(row) = self.store().undelivered_locked(&mut tx, email).await? else {
            return Ok(SentAgain::NotNow);
        };
        let again = self.store().send_as_new(&mut tx, self.me(), &row).await?;
        tx.commit().await?;
        Ok(again)
    }

    /// Sends the email again that confirms the address of an inquiry.
    pub async fn confirm_again(&self, inquiry: Uuid) -> Result<SentAgain> {
        let (now, since, resets) = self.store().query_times();
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE inquiry SET state = state WHERE id = $1", inquiry)?;
        let row = maybe!(&mut tx, Row, undelivered!("AND m.inquiry_id = $4 LIMIT 1"), now, since, resets, inquiry)?;
        let Some(row) = row else { return Ok(SentAgain::NotNow) };
        let again = self.store().send_as_new(&mut tx, self.me(), &row).await?;
        tx.commit().await?;
        Ok(again)
    }
}

impl Owner {
    /// The undelivered emails to staff: invitations and links for a new
    /// password.
    pub async fn undelivered(&self) -> Result<Vec<Undelivered>> {
        let (now, since, resets) = self.store().query_times();
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            undelivered!("AND m.account_id IS NOT NULL AND a.person_id IS NULL ORDER BY m.due_at DESC"),
            now,
            since,
            resets
        )?;
        Ok(rows.into_iter().map(Undelivered::from).collect())
    }

    /// Locks an undelivered email to a member of staff and reads it.
    async fn undelivered_to(&self, tx: &mut Tx, account: AccountId, email: EmailId) -> Result<Option<Row>> {
        let theirs = maybe!(
            tx,
            (Uuid,),
            "SELECT m.id FROM email m JOIN account a ON a.id = m.account_id
             WHERE m.id = $1 AND a.id = $2 AND a.person_id IS NULL",
            email.0,
            account.0
        )?;
        if theirs.is_none() {
            return Ok(None);
        }
        self.store().undelivered_locked(tx, email).await
    }

    /// Sends an email to a member of staff again, with a new link.
    pub async fn send_again(&self, account: AccountId, email: EmailId) -> Result<SentAgain> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.undelivered_to(&mut tx, account, email).await? else { return Ok(SentAgain::NotNow) };
        let again = self.store().send_as_new(&mut tx, self.me(), &row).await?;
        tx.commit().await?;
        Ok(again)
    }

    /// A new link for a member of staff whom the email with their link did not
    /// reach, to be handed over. A link for a new password is given only if
    /// they have asked for one, so it opens no account whose holder has not
    /// begun to reset it.
    pub async fn hand_out_link(&self, account: AccountId, email: EmailId) -> Result<HandedLink> {
        let mut tx = self.store().write().await?;
        let Some(row) = self.undelivered_to(&mut tx, account, email).await? else { return Ok(HandedLink::Refused) };
        let (link, action) = match row.kind {
            EmailKind::Invitation => {
                let token = account::invite(self.store(), &mut tx, account, None, self.me()).await?;
                (HandedLink::Invitation(token), AuditAction::InvitedByHand)
            }
            EmailKind::PasswordReset => {
                // The owner began this reset, not the holder of the account.
                let begun_by_owner = maybe!(
                    &mut tx,
                    (Uuid,),
                    "SELECT id FROM account WHERE id = $1 AND password_hash = $2",
                    account.0,
                    NO_PASSWORD
                )?;
                if begun_by_owner.is_some() {
                    return Ok(HandedLink::Refused);
                }
                let token = resets::reset_token(self.store(), &mut tx, account).await?;
                (HandedLink::Reset(token), AuditAction::ResetLinkHandedOut)
            }
            EmailKind::Confirmation
            | EmailKind::Reminder
            | EmailKind::Moved
            | EmailKind::Cancelled
            | EmailKind::CalendarUpdate
            | EmailKind::LocalTime
            | EmailKind::Nudge
            | EmailKind::Intake
            | EmailKind::Plan
            | EmailKind::Message
            | EmailKind::Copy
            | EmailKind::Form
            | EmailKind::Request
            | EmailKind::Inquiry
            | EmailKind::NewAddress
            | EmailKind::AddressChanged
            | EmailKind::Security
            | EmailKind::Test => return Ok(HandedLink::Refused),
        };
        let act = Act::by(self.me(), action, AuditThing::Account).id(account.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// A link for a member of staff who has not used their invitation, to be
    /// handed over; it replaces the link that was mailed. `None`: their account
    /// works already, or is closed.
    pub async fn invite_by_hand(&self, account: AccountId) -> Result<Option<HandedInvitation>> {
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (String,),
            "SELECT display_name FROM account
             WHERE id = $1 AND person_id IS NULL AND password_hash IS NULL AND disabled_at IS NULL",
            account.0
        )?;
        let Some((name,)) = row else { return Ok(None) };
        let token = account::invite(self.store(), &mut tx, account, None, self.me()).await?;
        let (by, id) = (Some(self.me()), Some(account.0));
        let act = Act::by(by, AuditAction::InvitedByHand, AuditThing::Account).id(id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(HandedInvitation { name, token }))
    }
}
