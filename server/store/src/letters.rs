//! What a partner and their therapist write to each other in the portal.
//!
//! A thread belongs to one partner of one client. The other partner's queries
//! have no way to it, and nothing they see tells that it is there.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{ClientId, OccurrenceId, PersonId},
    nudge::Nudge,
    reminder::{MessageKind, safe_time},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, FormKey, Partner, Result, Store, Tx,
    audit::Act,
    clients::{self, in_care},
    database::{all, maybe, run},
    nudges::About,
};

/// One letter of a thread.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: Uuid,
    pub from_therapist: bool,
    /// Who wrote it.
    pub by: String,
    /// The exercise it is about.
    pub about: Option<(OccurrenceId, String)>,
    pub text: String,
    pub written_at: DateTime<Utc>,
    /// The other side has opened it.
    pub read_at: Option<DateTime<Utc>>,
}

/// A client of a partner, to write about.
#[derive(Clone, Debug)]
pub struct LetterBox {
    pub client: ClientId,
    /// The therapist who has it in care.
    pub therapist: String,
    pub letters: Vec<Letter>,
    /// What the therapist wrote and this person has not opened.
    pub unread: i64,
}

/// Whose letters wait for the therapist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub client: ClientId,
    pub person: PersonId,
    pub name: String,
    /// Not opened yet; none: read, and not answered.
    pub unread: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    occurrence_id: Option<Uuid>,
    document: Option<Json<domain::exercise::Document>>,
    from_therapist: bool,
    by: String,
    body: Vec<u8>,
    written_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl Store {
    async fn thread(&self, tx: &mut Tx, client: ClientId, person: PersonId) -> Result<Vec<Letter>> {
        let rows = all!(
            tx,
            Row,
            "SELECT l.id, l.occurrence_id, v.document, l.from_therapist, a.display_name AS by, l.body, l.written_at, l.read_at
             FROM letter l JOIN account a ON a.id = l.account_id LEFT JOIN occurrence o ON o.id = l.occurrence_id
             LEFT JOIN assignment g ON g.id = o.assignment_id LEFT JOIN exercise_version v ON v.id = g.exercise_version_id
             WHERE l.client_id = $1 AND l.person_id = $2 ORDER BY l.written_at DESC LIMIT 500",
            client.0,
            person.0
        )?;
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let key = self.key_of(tx, person.0).await?;
        rows.into_iter()
            .rev()
            .map(|row| {
                Ok(Letter {
                    id: row.id,
                    from_therapist: row.from_therapist,
                    by: row.by,
                    about: row.occurrence_id.map(OccurrenceId).zip(row.document.map(|d| d.0.title)),
                    text: key.open_text("letter", row.id, &row.body)?,
                    written_at: row.written_at,
                    read_at: row.read_at,
                })
            })
            .collect()
    }

    /// `None`: this very form was sent before.
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn put_letter(
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
        if self.made_before(tx, form, by, id).await?.is_some() {
            return Ok(None);
        }
        let key = self.data_key_or_new(tx, person.0).await?;
        run!(
            tx,
            "INSERT INTO letter (id, client_id, person_id, occurrence_id, account_id, from_therapist, body, written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            client.0,
            person.0,
            about.map(|o| o.0),
            by.0,
            from_therapist,
            key.seal("letter", id, text.as_bytes()),
            self.now()
        )?;
        self.audit(tx, Act::new(by, "written", "letter", id, client.0)).await?;
        Ok(Some(id))
    }
}

impl Partner {
    /// The clients of this person with their threads. Opening marks what the
    /// therapist wrote as read.
    pub async fn letters(&self) -> Result<Vec<LetterBox>> {
        let mut tx = self.store().write().await?;
        let mut boxes = self.letter_boxes(&mut tx).await?;
        for post in &mut boxes {
            post.letters = self.store().thread(&mut tx, post.client, self.person()).await?;
            // Only what is shown has been read.
            run!(
                &mut tx,
                "UPDATE letter SET read_at = $1 WHERE person_id = $2 AND client_id = $3 AND from_therapist = $4 AND read_at IS NULL",
                self.now(),
                self.person().0,
                post.client.0,
                true
            )?;
        }
        tx.commit().await?;
        Ok(boxes)
    }

    /// Who has this person in care, to be written to.
    pub async fn therapist(&self) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        Ok(self.letter_boxes(&mut tx).await?.into_iter().next().map(|post| post.therapist))
    }

    /// How many letters of the therapist wait to be opened.
    pub async fn unread_letters(&self) -> Result<i64> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM letter l JOIN client_member m ON m.client_id = l.client_id AND m.person_id = l.person_id AND m.left_at IS NULL
             JOIN client c ON c.id = l.client_id AND c.archived_at IS NULL WHERE l.person_id = $1 AND l.from_therapist = $2 AND l.read_at IS NULL",
            self.person().0,
            true
        )?;
        Ok(row.map_or(0, |(n,)| n))
    }

    async fn letter_boxes(&self, tx: &mut Tx) -> Result<Vec<LetterBox>> {
        let today = domain::zone::today(self.now(), &crate::practice::practice_set_up(tx).await?.zone);
        let rows = all!(
            tx,
            (Uuid, String, i64),
            "SELECT m.client_id, a.display_name,
                    (SELECT count(*) FROM letter l WHERE l.client_id = m.client_id AND l.person_id = m.person_id AND l.from_therapist = $3 AND l.read_at IS NULL)
             FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL
             JOIN care k ON k.client_id = m.client_id AND k.covering = $4 AND k.starts_on <= $2 AND (k.ends_on IS NULL OR k.ends_on >= $2)
             JOIN account a ON a.id = k.clinician_id WHERE m.person_id = $1 AND m.left_at IS NULL ORDER BY c.kind, c.created_at",
            self.person().0, today, true, false
        )?;
        Ok(rows
            .into_iter()
            .map(|(client, therapist, unread)| LetterBox {
                client: ClientId(client),
                therapist,
                letters: vec![],
                unread,
            })
            .collect())
    }

    /// Writes to the therapist. `false`: not this person's client or exercise.
    pub async fn write_letter(
        &self,
        client: ClientId,
        about: Option<OccurrenceId>,
        text: &str,
        key: Option<FormKey>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if !self.letter_boxes(&mut tx).await?.iter().any(|b| b.client == client) {
            return Ok(false);
        }
        if let Some(about) = about
            && self.own(&mut tx, about).await?.is_none_or(|own| own.client_id != client.0)
        {
            return Ok(false);
        }
        self.store().put_letter(&mut tx, self.me(), client, self.person(), about, false, text, key).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Clinician {
    /// A partner's thread, on record; what they wrote counts as read.
    pub async fn letters(&self, client: ClientId, person: PersonId) -> Result<Option<(String, Vec<Letter>)>> {
        let mut tx = self.store().write().await?;
        let Some(member) = self.member(&mut tx, client, person).await? else { return Ok(None) };
        let letters = self.store().thread(&mut tx, client, person).await?;
        run!(
            &mut tx,
            "UPDATE letter SET read_at = $1 WHERE client_id = $2 AND person_id = $3 AND from_therapist = $4 AND read_at IS NULL",
            self.now(),
            client.0,
            person.0,
            false
        )?;
        self.store().audit(&mut tx, Act::new(self.me(), "opened", "letters", person.0, client.0)).await?;
        tx.commit().await?;
        Ok(Some((member.details.name, letters)))
    }

    /// Answers a partner, who is told by a mail that says nothing of it.
    pub async fn answer_letter(
        &self,
        client: ClientId,
        person: PersonId,
        text: &str,
        key: Option<FormKey>,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if self.member(&mut tx, client, person).await?.is_none() || self.is_separated(&mut tx, client).await? {
            return Ok(false);
        }
        let put = self.store().put_letter(&mut tx, self.me(), client, person, None, true, text, key).await?;
        let Some(id) = put else { return Ok(true) };
        let who = clients::person(&mut tx, person).await?;
        if !who.portal_only && who.email.is_some() {
            let due_at = safe_time(self.now(), &who.reader().recipient)?;
            let nudge = Nudge { due_at, not_after: due_at + Duration::days(3) };
            let key = format!("letter:{id}");
            self.store()
                .owe(&mut tx, MessageKind::Letter, &key, person.0, nudge, None, Some(About::Letter(id)))
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Whose letters wait to be read, and whose of the last two weeks were read
    /// and have no answer yet.
    pub async fn letters_waiting(&self) -> Result<Vec<Waiting>> {
        let mut tx = self.store().read().await?;
        let today = self.today(&mut tx).await?;
        let rows = all!(
            &mut tx,
            (Uuid, Uuid, String, i64),
            in_care!(
                "SELECT l.client_id, l.person_id, p.name, sum(CASE WHEN l.read_at IS NULL THEN 1 ELSE 0 END) FROM letter l JOIN client c ON c.id = l.client_id JOIN person p ON p.id = l.person_id",
                "AND l.from_therapist = $3 AND (l.read_at IS NULL OR l.written_at >= $4 AND NOT EXISTS
                     (SELECT 1 FROM letter x WHERE x.client_id = l.client_id AND x.person_id = l.person_id AND x.from_therapist = $5 AND x.written_at > l.written_at))
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
            .map(|(client, person, name, unread)| Waiting {
                client: ClientId(client),
                person: PersonId(person),
                name,
                unread,
            })
            .collect())
    }
}

/// Whether a mail about a letter still says what is true: it waits to be read.
pub(crate) async fn letter_waits(tx: &mut Tx, letter: Uuid) -> Result<bool> {
    Ok(maybe!(tx, (Uuid,), "SELECT id FROM letter WHERE id = $1 AND read_at IS NULL", letter)?.is_some())
}
