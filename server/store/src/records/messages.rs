//! Messages: what a partner and their therapist write to each other in the
//! portal (`letter` in the code).
//!
//! A thread of messages belongs to one partner of one client. The queries of
//! the other partner cannot reach it, and nothing that the other partner sees
//! tells that it exists.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::client::title,
    ids::{AccountId, ClientId, OccurrenceId, PersonId},
    outbox::reminder::{EmailKind, SkipReason, safe_time},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, FormKey, Paged, Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, in_care},
    database::{all, maybe, run},
    exercises::responses,
    limits::{MESSAGES, THREADS},
    outbox::owed::{self, About, EmailFacts, OnConflict, Owed, StillDue, To},
    practice::settings::today,
    unreadable::{self, Lenient, fetched},
};

/// A message of a thread.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: Uuid,
    pub from_therapist: bool,
    /// The name of the writer.
    pub by: String,
    /// The exercise it is about: occurrence and title.
    pub about: Option<(OccurrenceId, String)>,
    pub text: String,
    pub written_at: DateTime<Utc>,
    /// When the other side opened it; `None`: not yet.
    pub read_at: Option<DateTime<Utc>>,
}

/// A client of a partner with its thread of messages.
#[derive(Clone, Debug)]
pub struct MessageThread {
    pub client: ClientId,
    /// The therapist who has the client in care.
    pub therapist: String,
    /// The latest page of the thread, or the page that was asked for.
    pub messages: Paged<Message>,
    /// How many messages of the therapist this person has not opened.
    pub unread: i64,
}

/// A partner whose messages the therapist has to read or answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagesWaiting {
    pub client: ClientId,
    pub person: PersonId,
    pub name: String,
    /// How many messages the therapist has not opened; 0: all are opened but
    /// not answered.
    pub unread: i64,
}

/// A partner's thread in the therapist's list: when it was written to last, and
/// no word of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadRow {
    pub client: ClientId,
    /// The names of the client, such as "Amara & Jonas".
    pub title: String,
    pub person: PersonId,
    pub name: String,
    pub last_at: DateTime<Utc>,
    /// Whether the last message is from a therapist, so that nothing is left to
    /// answer.
    pub is_answered: bool,
    /// How many messages the therapist has not opened.
    pub unread: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    occurrence_id: Option<Uuid>,
    document: Option<Lenient<Option<domain::exercises::exercise::Document>>>,
    from_therapist: bool,
    by: String,
    body: Vec<u8>,
    written_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl Store {
    /// A page of a thread, the oldest message first; the first page has the
    /// latest messages.
    async fn thread(
        &self,
        tx: &mut Tx,
        client: ClientId,
        person: PersonId,
        after: Option<After>,
    ) -> Result<Paged<Message>> {
        let after = after.unwrap_or(After::END);
        let rows = fetched!(
            tx,
            Row,
            "SELECT l.id, l.occurrence_id, v.document, l.from_therapist, a.display_name AS by, l.body, l.written_at,
                 l.read_at
             FROM message l JOIN account a ON a.id = l.account_id LEFT JOIN occurrence o ON o.id = l.occurrence_id
             LEFT JOIN assignment g ON g.id = o.assignment_id
             LEFT JOIN exercise_version v ON v.id = g.exercise_version_id
             WHERE l.client_id = $1 AND l.person_id = $2
                AND (l.written_at, l.id) < ($3, $4) ORDER BY l.written_at DESC, l.id DESC LIMIT $5",
            client.0,
            person.0,
            after.at,
            after.id,
            MESSAGES + 1
        )?;
        if rows.is_empty() {
            return Ok(Paged::default());
        }
        let Paged { rows, more } = Paged::of(rows, MESSAGES, |row| After::new(row.written_at, row.id));
        let key = self.key_of(tx, person.0).await?;
        let mut messages = Vec::new();
        for row in rows.into_iter().rev() {
            let document = row.document.and_then(|document| document.0);
            messages.push(Message {
                id: row.id,
                from_therapist: row.from_therapist,
                by: row.by,
                about: row.occurrence_id.map(OccurrenceId).zip(document.map(|d| d.title)),
                text: unreadable::or_skip(key.open_text("message", row.id, &row.body))?
                    .unwrap_or_else(|| "This message cannot be read.".to_owned()),
                written_at: row.written_at,
                read_at: row.read_at,
            });
        }
        Ok(Paged { rows: messages, more })
    }

    /// Marks the messages of one side that a page shows as read.
    async fn mark_read(
        &self,
        tx: &mut Tx,
        client: ClientId,
        person: PersonId,
        from_therapist: bool,
        shown: &Paged<Message>,
    ) -> Result<()> {
        let (Some(oldest), Some(latest)) = (shown.rows.first(), shown.rows.last()) else { return Ok(()) };
        run!(
            tx,
            "UPDATE message SET read_at = $1 WHERE client_id = $2 AND person_id = $3 AND from_therapist = $4
                AND read_at IS NULL
                AND (written_at, id) >= ($5, $6) AND (written_at, id) <= ($7, $8)",
            self.now(),
            client.0,
            person.0,
            from_therapist,
            oldest.written_at,
            oldest.id,
            latest.written_at,
            latest.id
        )?;
        Ok(())
    }

    /// Inserts a message. Gives its id; `None`: the same form was sent before.
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn put_message(
        &self,
        tx: &mut Tx,
        by: domain::ids::AccountId,
        client: ClientId,
        person: PersonId,
        about: Option<OccurrenceId>,
        from_therapist: bool,
        text: &str,
        form: Option<FormKey>,
    ) -> Result<Option<Uuid>> {
        let id = self.clock().id();
        if self.claim_form_key(tx, form, by, id).await?.is_some() {
            return Ok(None);
        }
        let key = self.data_key_or_new(tx, person.0).await?;
        run!(
            tx,
            "INSERT INTO message (id, client_id, person_id, occurrence_id, account_id, from_therapist, body,
                 written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            client.0,
            person.0,
            about.map(|o| o.0),
            by.0,
            from_therapist,
            key.seal("message", id, text.as_bytes()),
            self.now()
        )?;
        self.record(tx, Act::by(by, AuditAction::Written, AuditThing::Message).id(id).client(client.0)).await?;
        Ok(Some(id))
    }
}

impl Partner {
    /// The clients of this person, each with the latest page of its thread.
    /// `older` names one thread of which an older page is shown. The therapist's
    /// messages that are shown are marked as read.
    pub async fn messages(&self, older: Option<(ClientId, After)>) -> Result<Vec<MessageThread>> {
        // The mark that something was read is written for every request,
        // whatever the page is for.
        let mut tx = self.store().write_aside().await?;
        let mut boxes = self.message_threads(&mut tx).await?;
        for thread in &mut boxes {
            let after = older.filter(|(client, _)| *client == thread.client).map(|(_, after)| after);
            thread.messages = self.store().thread(&mut tx, thread.client, self.person(), after).await?;
            self.store().mark_read(&mut tx, thread.client, self.person(), true, &thread.messages).await?;
        }
        tx.commit().await?;
        Ok(boxes)
    }

    /// The name of the therapist to whom this person can write; `None`: there
    /// is none.
    pub async fn therapist(&self) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        Ok(self.message_threads(&mut tx).await?.into_iter().next().map(|thread| thread.therapist))
    }

    /// How many messages of the therapist this person has not opened.
    pub async fn unread_messages(&self) -> Result<i64> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM message l JOIN client_member m ON m.client_id = l.client_id
                AND m.person_id = l.person_id AND m.left_at IS NULL
             JOIN client c ON c.id = l.client_id AND c.archived_at IS NULL
             WHERE l.person_id = $1 AND l.from_therapist = $2 AND l.read_at IS NULL",
            self.person().0,
            true
        )?;
        Ok(row.map_or(0, |(n,)| n))
    }

    /// The clients of this person with their therapists, without messages.
    async fn message_threads(&self, tx: &mut Tx) -> Result<Vec<MessageThread>> {
        let today = domain::zone::date_of(self.now(), &crate::practice::settings::practice_set_up(tx).await?.zone);
        let rows = all!(
            tx,
            (Uuid, String, i64),
            "SELECT m.client_id, a.display_name,
                    (SELECT count(*) FROM message l WHERE l.client_id = m.client_id AND l.person_id = m.person_id
                        AND l.from_therapist = $3 AND l.read_at IS NULL)
             FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL
             JOIN care k ON k.client_id = m.client_id AND k.covering = $4 AND k.starts_on <= $2
                AND (k.ends_on IS NULL OR k.ends_on >= $2)
             JOIN account a ON a.id = k.clinician_id WHERE m.person_id = $1 AND m.left_at IS NULL
             ORDER BY c.kind, c.created_at",
            self.person().0,
            today,
            true,
            false
        )?;
        Ok(rows
            .into_iter()
            .map(|(client, therapist, unread)| MessageThread {
                client: ClientId(client),
                therapist,
                messages: Paged::default(),
                unread,
            })
            .collect())
    }

    /// Writes a message to the therapist. `false`: not this person's client or
    /// exercise.
    pub async fn write_message(
        &self,
        client: ClientId,
        about: Option<OccurrenceId>,
        text: &str,
        key: Option<FormKey>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if !self.message_threads(&mut tx).await?.iter().any(|b| b.client == client) {
            return Ok(false);
        }
        if let Some(about) = about
            && responses::find_own_response(self, &mut tx, about).await?.is_none_or(|own| own.client_id != client.0)
        {
            return Ok(false);
        }
        self.store().put_message(&mut tx, self.me(), client, self.person(), about, false, text, key).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Clinician {
    /// The partner's name and a page of their thread, recorded in the audit log. The
    /// partner's messages that are shown are marked as read. `None`: not in the
    /// caseload.
    pub async fn messages(
        &self,
        client: ClientId,
        person: PersonId,
        after: Option<After>,
    ) -> Result<Option<(String, Paged<Message>)>> {
        let mut tx = self.store().write_aside().await?;
        let Some(member) = client::member(self, &mut tx, client, person).await? else { return Ok(None) };
        let messages = self.store().thread(&mut tx, client, person, after).await?;
        self.store().mark_read(&mut tx, client, person, false, &messages).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Opened, AuditThing::Messages).id(person.0).client(client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(Some((member.details.name, messages)))
    }

    /// Answers a partner, and plans an email that tells them so without any word of
    /// the message. `false`: not in the caseload, or the client is separated.
    pub async fn answer_message(
        &self,
        client: ClientId,
        person: PersonId,
        text: &str,
        key: Option<FormKey>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if client::member(self, &mut tx, client, person).await?.is_none()
            || client::is_separated(&mut tx, client).await?
        {
            return Ok(false);
        }
        let put = self.store().put_message(&mut tx, self.me(), client, person, None, true, text, key).await?;
        let Some(id) = put else { return Ok(true) };
        plan_mail(self.store(), &mut tx, id, person).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The partners with messages that the therapist has not opened, or has
    /// opened but not answered if they are from the last two weeks.
    pub async fn messages_waiting(&self) -> Result<Vec<MessagesWaiting>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            (Uuid, Uuid, String, i64),
            in_care!(
                "SELECT l.client_id, l.person_id, p.name, sum(CASE WHEN l.read_at IS NULL THEN 1 ELSE 0 END)
                 FROM message l JOIN client c ON c.id = l.client_id JOIN person p ON p.id = l.person_id",
                "AND l.from_therapist = $3 AND (l.read_at IS NULL OR l.written_at >= $4 AND NOT EXISTS
                     (SELECT 1 FROM message x WHERE x.client_id = l.client_id AND x.person_id = l.person_id
                         AND x.from_therapist = $5 AND x.written_at > l.written_at))
                 GROUP BY l.client_id, l.person_id, p.name ORDER BY p.name"
            ),
            self.me().0,
            today,
            false,
            self.now() - Duration::days(14),
            true
        )?;
        Ok(rows
            .into_iter()
            .map(|(client, person, name, unread)| MessagesWaiting {
                client: ClientId(client),
                person: PersonId(person),
                name,
                unread,
            })
            .collect())
    }
}

impl Clinician {
    /// A page of the threads with the partners in the caseload, the one written to
    /// last first. It opens no message.
    pub async fn message_list(&self, after: Option<After>) -> Result<Paged<ThreadRow>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let after = after.unwrap_or(After::END);
        let rows = all!(
            &mut tx,
            LastMessage,
            in_care!(
                "SELECT l.id, l.client_id, l.person_id, p.name, l.written_at, l.from_therapist,
                     (SELECT count(*) FROM message u WHERE u.client_id = l.client_id AND u.person_id = l.person_id
                         AND u.from_therapist = $3 AND u.read_at IS NULL) AS unread
                 FROM message l JOIN client c ON c.id = l.client_id JOIN person p ON p.id = l.person_id",
                "AND (l.written_at, l.id) < ($4, $5) AND NOT EXISTS (SELECT 1 FROM message x
                     WHERE x.client_id = l.client_id AND x.person_id = l.person_id
                         AND (x.written_at, x.id) > (l.written_at, l.id))
                 ORDER BY l.written_at DESC, l.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            false,
            after.at,
            after.id,
            THREADS + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, THREADS, |row| After::new(row.written_at, row.id));
        let clients: Vec<ClientId> = rows.iter().map(|row| ClientId(row.client_id)).collect();
        let members = client::members_of(self.store(), &mut tx, &clients).await?;
        let names =
            |of: ClientId| title(members.iter().filter(|(c, _)| *c == of).map(|(_, m)| m.details.name.as_str()));
        let rows = rows
            .into_iter()
            .map(|row| ThreadRow {
                client: ClientId(row.client_id),
                title: names(ClientId(row.client_id)),
                person: PersonId(row.person_id),
                name: row.name,
                last_at: row.written_at,
                is_answered: row.from_therapist,
                unread: row.unread,
            })
            .collect();
        Ok(Paged { rows, more })
    }
}

/// The last message of a thread.
#[derive(FromRow)]
struct LastMessage {
    id: Uuid,
    client_id: Uuid,
    person_id: Uuid,
    name: String,
    written_at: DateTime<Utc>,
    from_therapist: bool,
    unread: i64,
}

/// Plans an email to a partner that says that something is in their portal.
async fn plan_mail(store: &Store, tx: &mut Tx, message: Uuid, person: PersonId) -> Result<()> {
    let who = client::find_person(tx, person).await?;
    if who.portal_only || who.email.is_none() {
        return Ok(());
    }
    let due_at = safe_time(store.now(), &who.recipient()).unwrap_or(store.now());
    let owed = Owed {
        about: About::Message(message),
        to: To::Person(person),
        kind: EmailKind::Message,
        key: format!("message:{message}"),
        due_at,
        not_after: due_at + Duration::days(3),
        skip: None,
        on_conflict: OnConflict::Revive,
    };
    owed::owe(store, tx, owed).await
}

/// Writes to a partner what the therapist has to tell them, and plans an email
/// without any word of it. The caller has checked that the record is not frozen.
pub(crate) async fn tell(
    store: &Store,
    tx: &mut Tx,
    by: AccountId,
    (client, person): (ClientId, PersonId),
    text: &str,
) -> Result<()> {
    match store.put_message(tx, by, client, person, None, true, text, None).await? {
        Some(id) => plan_mail(store, tx, id, person).await,
        None => Ok(()),
    }
}

/// Whether an email about a message is still due: the message has not been
/// opened.
pub(crate) async fn check_message(tx: &mut Tx, message: Uuid) -> Result<StillDue> {
    let unread = maybe!(tx, (Uuid,), "SELECT id FROM message WHERE id = $1 AND read_at IS NULL", message)?;
    Ok(match unread {
        Some(_) => StillDue::Yes(EmailFacts::Portal),
        None => StillDue::No(SkipReason::NothingToDo),
    })
}
