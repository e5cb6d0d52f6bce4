//! Erasure: a person asks that what the practice has of them is erased. What has to be
//! kept stays, with its reason and its day; the other partner's content stays byte for
//! byte.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{ClientId, PersonId},
    records::retention::{ErasureFacts, ErasureFate, ErasureLine, ErasureThing, RetentionClass, erasure},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Clinician, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    lifecycle::{
        removing,
        retention::{last_seen, years},
    },
    practice::settings::{practice_set_up, today},
};

/// What an erasure of a person would erase and keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasurePreview {
    pub name: String,
    pub lines: Vec<ErasureLine>,
    /// Whether a legal hold stops it.
    pub is_held: bool,
    /// How many sessions ahead the person has with this client.
    pub ahead: i64,
    /// The earlier erasures, the latest first.
    pub earlier: Vec<PastErasure>,
}

/// An erasure that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastErasure {
    pub at: DateTime<Utc>,
    /// The name of the member of staff who confirmed it.
    pub by: String,
    pub lines: Vec<ErasureLine>,
}

/// The outcome of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    Done,
    /// Everything was erased, and the client is gone with it.
    ClientGone,
    /// A legal hold stops it.
    Held,
    /// Sessions are booked with the person: cancel them first.
    SessionsAhead,
    /// The person is not one of a client in this caseload.
    Gone,
}

/// SQL: what there is of the person `$2` in the client `$1`.
const THERE: &str = "SELECT
    EXISTS (SELECT 1 FROM response r JOIN occurrence o ON o.id = r.occurrence_id
        JOIN assignment g ON g.id = o.assignment_id
        WHERE g.client_id = $1 AND r.person_id = $2
            AND (r.draft IS NOT NULL OR r.not_now IS NOT NULL
                 OR EXISTS (SELECT 1 FROM answer w WHERE w.response_id = r.id))) AS answers,
    EXISTS (SELECT 1 FROM message m WHERE m.client_id = $1 AND m.person_id = $2) AS messages,
    EXISTS (SELECT 1 FROM document d WHERE d.client_id = $1 AND (d.person_id = $2 OR d.scope IN (
        SELECT 'partner_' || k.seat FROM client_member k WHERE k.client_id = $1 AND k.person_id = $2))) AS documents,
    (EXISTS (SELECT 1 FROM note n WHERE n.client_id = $1 AND n.scope IN (
        SELECT 'partner_' || k.seat FROM client_member k WHERE k.client_id = $1 AND k.person_id = $2))
     OR EXISTS (SELECT 1 FROM intake_answer i WHERE i.client_id = $1 AND i.person_id = $2)
     OR EXISTS (SELECT 1 FROM consent_ask q WHERE q.client_id = $1 AND q.person_id = $2)
     OR EXISTS (SELECT 1 FROM data_request t JOIN data_request_part q ON q.request_id = t.id
         WHERE t.person_id = $2 AND q.client_id = $1)
     OR EXISTS (SELECT 1 FROM imported_details i JOIN client c ON c.import_id = i.import_id
         WHERE c.id = $1 AND i.person_id = $2)) AS own_record,
    EXISTS (SELECT 1 FROM note n WHERE n.client_id = $1 AND n.scope = 'process') AS process,
    (EXISTS (SELECT 1 FROM note n WHERE n.client_id = $1 AND n.scope = 'joint')
     OR EXISTS (SELECT 1 FROM session s WHERE s.client_id = $1)
     OR EXISTS (SELECT 1 FROM goal g WHERE g.client_id = $1)
     OR EXISTS (SELECT 1 FROM assignment g WHERE g.client_id = $1)) AS joint_record,
    EXISTS (SELECT 1 FROM handover h WHERE h.client_id = $1) AS letters";

#[derive(FromRow)]
struct There {
    answers: bool,
    messages: bool,
    documents: bool,
    own_record: bool,
    process: bool,
    joint_record: bool,
    letters: bool,
}

impl There {
    /// The things of which there is something.
    fn things(&self) -> Vec<ErasureThing> {
        let has = |thing: &&ErasureThing| match thing {
            ErasureThing::Answers => self.answers,
            ErasureThing::Messages => self.messages,
            ErasureThing::Documents => self.documents,
            ErasureThing::OwnRecord => self.own_record,
            ErasureThing::Process => self.process,
            ErasureThing::JointRecord => self.joint_record,
            ErasureThing::Letters => self.letters,
            ErasureThing::SignIn
            | ErasureThing::Emails
            | ErasureThing::Identity
            | ErasureThing::Log
            | ErasureThing::Backups => false,
        };
        ErasureThing::ALL.iter().filter(has).copied().collect()
    }
}

impl Clinician {
    /// What an erasure of this person would erase and keep. `None`: the person is not one
    /// of a client in the caseload.
    pub async fn erasure_preview(&self, client: ClientId, person: PersonId) -> Result<Option<ErasurePreview>> {
        let mut tx = self.store().read().await?;
        let Some(member) = client::member(self, &mut tx, client, person).await? else { return Ok(None) };
        let (lines, is_held, ahead) = self.look_at(&mut tx, client, person).await?;
        let earlier = all!(
            &mut tx,
            (DateTime<Utc>, String, Json<Vec<ErasureLine>>),
            "SELECT e.done_at, a.display_name, e.report FROM erasure e JOIN account a ON a.id = e.done_by
             WHERE e.person_id = $1 AND e.client_id = $2 ORDER BY e.done_at DESC, e.id",
            person.0,
            client.0
        )?;
        let earlier = earlier.into_iter().map(|(at, by, Json(lines))| PastErasure { at, by, lines }).collect();
        Ok(Some(ErasurePreview { name: member.details.name, lines, is_held, ahead, earlier }))
    }

    /// What would be erased and kept, whether there is a hold, and how many sessions are
    /// ahead.
    async fn look_at(&self, tx: &mut Tx, client: ClientId, person: PersonId) -> Result<(Vec<ErasureLine>, bool, i64)> {
        let (today, zone, years) = (today(tx, self.now()).await?, practice_set_up(tx).await?.zone, years(tx).await?);
        let row = maybe!(
            &mut *tx,
            (DateTime<Utc>, bool, bool, i64),
            concat!(
                "SELECT ",
                last_seen!(),
                ", (c.hold_at IS NOT NULL),
                 EXISTS (SELECT 1 FROM client_member o WHERE o.client_id = c.id AND o.person_id <> $2),
                 (SELECT count(*) FROM session s JOIN session_attendee t ON t.session_id = s.id
                  WHERE s.client_id = c.id AND t.person_id = $2 AND s.starts_at > $3 AND s.state IN ('booked', 'arrived'))
                 FROM client c WHERE c.id = $1"
            ),
            client.0,
            person.0,
            self.now()
        )?;
        let Some((last, is_held, has_partner, ahead)) = row else { return Ok((vec![], false, 0)) };
        let there = maybe!(&mut *tx, There, THERE, client.0, person.0)?.map(|there| there.things()).unwrap_or_default();
        let last: NaiveDate = zone::date_of(last, &zone);
        let facts = ErasureFacts { today, last, has_partner, there };
        Ok((erasure(&facts, &years), is_held, ahead))
    }

    /// Erases what of this person does not have to be kept, and keeps a report.
    pub async fn erase(&self, client: ClientId, person: PersonId) -> Result<Erased> {
        let store = self.store();
        let mut tx = store.write().await?;
        if client::member(self, &mut tx, client, person).await?.is_none() {
            return Ok(Erased::Gone);
        }
        let (lines, is_held, ahead) = self.look_at(&mut tx, client, person).await?;
        if is_held {
            return Ok(Erased::Held);
        }
        if ahead > 0 {
            return Ok(Erased::SessionsAhead);
        }
        let is_erased = |thing| lines.iter().any(|l| l.thing == thing && l.fate == ErasureFate::Erased);
        let is_whole = lines.iter().all(|line| {
            matches!(line.fate, ErasureFate::Erased | ErasureFate::Last)
                || matches!(line.thing, ErasureThing::Log | ErasureThing::Backups)
        });
        run!(
            &mut tx,
            "INSERT INTO erasure (id, client_id, person_id, done_at, done_by, report) VALUES ($1, $2, $3, $4, $5, $6)",
            store.clock().id(),
            client.0,
            person.0,
            self.now(),
            self.me().0,
            Json(&lines)
        )?;
        if is_whole {
            removing::remove_client(store, &mut tx, client).await?;
        } else {
            self.erase_parts(&mut tx, client, person, is_erased).await?;
        }
        let act = Act::by(self.me(), AuditAction::Erased, AuditThing::Person).id(person.0).client(client.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(if is_whole { Erased::ClientGone } else { Erased::Done })
    }

    /// Erases the things that are not kept.
    async fn erase_parts(
        &self,
        tx: &mut Tx,
        client: ClientId,
        person: PersonId,
        is_erased: impl Fn(ErasureThing) -> bool,
    ) -> Result<()> {
        let store = self.store();
        if is_erased(ErasureThing::Answers) {
            removing::erase_answers(tx, client, person).await?;
        }
        if is_erased(ErasureThing::Messages) {
            removing::erase_messages(tx, client, person).await?;
        }
        if is_erased(ErasureThing::Documents) {
            removing::erase_documents(tx, client, person).await?;
        }
        if is_erased(ErasureThing::OwnRecord) {
            removing::erase_own_record(store, tx, client, person).await?;
        }
        Ok(())
    }
}

/// A person of whom something was erased, and whose name is not erased yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureToFinish {
    pub person: PersonId,
    pub name: String,
    /// When something was erased first.
    pub since: DateTime<Utc>,
    /// Until when something else of the person has to be kept; `None`: nothing has.
    pub kept_until: Option<NaiveDate>,
}

impl Owner {
    /// The people of whom something was erased, and whose name, address and sign-in are
    /// not erased yet, the earliest first.
    pub async fn erasures_to_finish(&self) -> Result<Vec<ErasureToFinish>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, String, DateTime<Utc>),
            "SELECT p.id, p.name, min(e.done_at) FROM erasure e JOIN person p ON p.id = e.person_id
             WHERE p.name <> $1 GROUP BY p.id, p.name ORDER BY min(e.done_at), p.id",
            removing::ERASED
        )?;
        let mut found = Vec::with_capacity(rows.len());
        for (person, name, since) in rows {
            let kept_until = kept_until(&mut tx, person, self.now()).await?;
            found.push(ErasureToFinish { person: PersonId(person), name, since, kept_until });
        }
        Ok(found)
    }

    /// Erases the name, the address and the sign-in of a person of whom something was
    /// erased, and the emails to them; destroys their data key. `false`: nothing was
    /// erased of them, or something has to be kept.
    pub async fn finish_erasure(&self, person: PersonId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let asked = maybe!(&mut tx, (Uuid,), "SELECT id FROM erasure WHERE person_id = $1 LIMIT 1", person.0)?;
        if asked.is_none() || kept_until(&mut tx, person.0, self.now()).await?.is_some() {
            return Ok(false);
        }
        removing::remove_emails_to(&mut tx, person).await?;
        removing::close_account(&mut tx, person, self.now()).await?;
        removing::erase_identity(&mut tx, person, self.now()).await?;
        removing::destroy_key(&mut tx, person).await?;
        let act = Act::by(self.me(), AuditAction::Erased, AuditThing::Person).id(person.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Until when something of a person has to be kept in any of their clients; `None`:
/// nothing has.
async fn kept_until(tx: &mut Tx, person: Uuid, now: DateTime<Utc>) -> Result<Option<NaiveDate>> {
    let (today, zone, years) = (today(tx, now).await?, practice_set_up(tx).await?.zone, years(tx).await?);
    let rows = all!(
        &mut *tx,
        (DateTime<Utc>, bool),
        concat!(
            "SELECT ",
            last_seen!(),
            ", (c.hold_at IS NOT NULL)
             FROM client c JOIN client_member m ON m.client_id = c.id WHERE m.person_id = $1"
        ),
        person
    )?;
    let until = rows.into_iter().map(|(last, is_held)| match is_held {
        true => NaiveDate::MAX,
        false => years.until(RetentionClass::Record, zone::date_of(last, &zone)),
    });
    Ok(until.max().filter(|until| *until > today))
}
