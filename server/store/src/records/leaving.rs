//! What leaves the practice by a release or a disclosure: gathered part by part, in
//! the transaction that sends it as well as for the page that shows it before.
//!
//! Only signed and locked notes leave, and of a part only what belongs to it at that
//! moment: a document that was moved into one partner's record since it was chosen
//! stays here.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::{
        client::{Seat, title},
        person::Zone,
    },
    exercises::exercise::Document as Exercise,
    ids::{AccountId, ClientId, DocumentId, FileId, NoteId, SessionId},
    records::{
        disclosure::{Details, Item, WholeList},
        goal::{GoalBody, GoalState},
        handover::FilePart,
        note::{NoteHeader, NoteScope},
        packet::{
            Packet, PacketAddendum, PacketDocument, PacketExercise, PacketGoal, PacketNote, PacketSession,
            document_file,
        },
        release::{Chosen, ReleaseKind, SignedDays},
    },
    scheduling::attendance::Presence,
    zone,
};
use sha2::{Digest as _, Sha256};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Store, Tx,
    clients::client::{self, Member},
    database::{all, maybe},
    files,
    practice::settings::practice_set_up,
    records::{
        documents,
        handovers::{opened_json, sealed_json},
        notes,
        releases::Release,
    },
    scheduling::sessions,
};

/// What leaves, with the mark by which a change since is noticed.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// A packet for each part; none of them is empty.
    pub packets: Vec<Packet>,
    /// The SHA-256 of all of it. What was made of a packet with another mark is not
    /// sent.
    pub mark: Vec<u8>,
    /// The documents that leave as they are, with their part and name.
    pub(crate) documents: Vec<(FilePart, String, FileId)>,
}

/// What is read once for all parts.
struct Gathering {
    client: ClientId,
    members: Vec<Member>,
    practice: String,
    zone: Zone,
    now: DateTime<Utc>,
    recipient: String,
    purpose: String,
    documents: Vec<(FilePart, String, FileId)>,
}

/// The part of one partner's own record.
pub(crate) const fn part_of(seat: Option<Seat>) -> FilePart {
    match seat {
        None => FilePart::Joint,
        Some(Seat::A) => FilePart::PartnerA,
        Some(Seat::B) => FilePart::PartnerB,
    }
}

/// The scope of what belongs to a part.
const fn scope_of(part: FilePart) -> NoteScope {
    match part {
        FilePart::Joint => NoteScope::Joint,
        FilePart::PartnerA => NoteScope::PartnerA,
        FilePart::PartnerB => NoteScope::PartnerB,
        FilePart::Process => NoteScope::Process,
    }
}

/// What a release that is ready to send consists of now. `days`: those that were
/// signed.
pub(crate) async fn of_release(store: &Store, tx: &mut Tx, release: &Release, days: SignedDays) -> Result<Leaving> {
    let terms = &release.terms;
    let mut all = Gathering::new(store, tx, release.client, (terms.recipient.as_str(), terms.purpose.as_str())).await?;
    let mut packets = Vec::new();
    let author = release.prepared_by;
    let wanted = |part| Wanted { part, templates: terms.what.templates.as_slice(), author, days };
    match release.kind {
        ReleaseKind::Process => {
            let mut packet = all.packet(FilePart::Process);
            packet.notes =
                all.notes(store, tx, Wanted { part: FilePart::Process, templates: &[], author, days }).await?;
            packets.push(packet);
        }
        ReleaseKind::Record => {
            if terms.signs.is_none() {
                let mut packet = all.packet(FilePart::Joint);
                if terms.what.notes {
                    packet.notes = all.notes(store, tx, wanted(FilePart::Joint)).await?;
                }
                packet.documents = all.documents(store, tx, FilePart::Joint, &ids(&terms.what.documents)).await?;
                if terms.what.attendance {
                    packet.sessions = Some(all.sessions(tx, Some(days)).await?);
                }
                if terms.what.goals {
                    packet.goals = Some(all.goals(store, tx).await?);
                }
                if terms.what.exercises {
                    packet.exercises = Some(all.exercises(tx, Some(days)).await?);
                }
                packets.push(packet);
            }
            for seat in release.own_seats() {
                let Some(own) = terms.what.own_of(seat) else { continue };
                let part = part_of(Some(seat));
                let mut packet = all.packet(part);
                if own.notes {
                    packet.notes = all.notes(store, tx, wanted(part)).await?;
                }
                packet.documents = all.documents(store, tx, part, &ids(&own.documents)).await?;
                packets.push(packet);
            }
        }
    }
    all.finish(packets)
}

/// What a disclosure consists of now: the items that were chosen, part by part.
pub(crate) async fn of_disclosure(
    store: &Store,
    tx: &mut Tx,
    client: ClientId,
    details: &Details,
    ground: &str,
) -> Result<Leaving> {
    let mut all = Gathering::new(store, tx, client, (details.recipient.as_str(), ground)).await?;
    let mut packets = Vec::new();
    for of in [None, Some(Seat::A), Some(Seat::B)] {
        let part = part_of(of);
        let mut packet = all.packet(part);
        let mut chosen = Vec::new();
        for offered in details.items.iter().filter(|offered| offered.of == of) {
            match offered.item {
                Item::Note(id) => {
                    if is_final(tx, NoteId(id), client, scope_of(part)).await? {
                        packet.notes.push(all.note(store, tx, NoteId(id), None).await?);
                    }
                }
                Item::Document(id) => chosen.push(DocumentId(id)),
                Item::List(WholeList::Attendance) => packet.sessions = Some(all.sessions(tx, None).await?),
                Item::List(WholeList::Goals) => packet.goals = Some(all.goals(store, tx).await?),
                Item::List(WholeList::Exercises) => packet.exercises = Some(all.exercises(tx, None).await?),
            }
        }
        packet.notes.sort_by_key(|note| (note.date, note.signed_at));
        packet.documents = all.documents(store, tx, part, &chosen).await?;
        packets.push(packet);
    }
    all.finish(packets)
}

/// The ids of chosen documents.
fn ids(chosen: &[Chosen]) -> Vec<DocumentId> {
    chosen.iter().map(|document| DocumentId(document.id)).collect()
}

/// Whether a note is signed, locked and of this scope.
async fn is_final(tx: &mut Tx, note: NoteId, client: ClientId, scope: NoteScope) -> Result<bool> {
    let row = maybe!(
        tx,
        (Uuid,),
        "SELECT id FROM note WHERE id = $1 AND client_id = $2 AND scope = $3 AND locked_at IS NOT NULL",
        note.0,
        client.0,
        scope.word()
    )?;
    Ok(row.is_some())
}

/// The notes that are looked for.
struct Wanted<'a> {
    part: FilePart,
    /// Only notes written with these templates; empty: with any.
    templates: &'a [Chosen],
    /// The author of process notes.
    author: AccountId,
    days: SignedDays,
}

#[derive(FromRow)]
struct GoalRow {
    id: Uuid,
    body: Vec<u8>,
    since_on: NaiveDate,
    #[sqlx(try_from = "String")]
    state: GoalState,
}

#[derive(FromRow)]
struct NoteRow {
    id: Uuid,
    template_id: Option<Uuid>,
}

impl Gathering {
    async fn new(store: &Store, tx: &mut Tx, client: ClientId, (to, why): (&str, &str)) -> Result<Self> {
        let practice = practice_set_up(tx).await?;
        let members = client::members_of(store, tx, &[client]).await?;
        Ok(Self {
            client,
            members: members.into_iter().map(|(_, member)| member).collect(),
            practice: practice.name,
            zone: practice.zone,
            now: store.now(),
            recipient: to.to_owned(),
            purpose: why.to_owned(),
            documents: vec![],
        })
    }

    /// An empty packet of a part.
    fn packet(&self, part: FilePart) -> Packet {
        let seat = match part {
            FilePart::PartnerA => Some(Seat::A),
            FilePart::PartnerB => Some(Seat::B),
            FilePart::Joint | FilePart::Process => None,
        };
        let people = self.members.iter().filter(|member| seat.is_none_or(|seat| member.seat == seat));
        Packet {
            part,
            practice: self.practice.clone(),
            client: title(people.map(|member| member.details.name.as_str())),
            recipient: self.recipient.clone(),
            purpose: self.purpose.clone(),
            notes: vec![],
            sessions: None,
            goals: None,
            exercises: None,
            documents: vec![],
        }
    }

    /// The packets with something in them, and the mark of all.
    fn finish(self, mut packets: Vec<Packet>) -> Result<Leaving> {
        packets.retain(|packet| !packet.is_empty());
        let mark = Sha256::digest(sealed_json(&packets)?).to_vec();
        Ok(Leaving { packets, mark, documents: self.documents })
    }

    /// The signed and locked notes of a part within the days, the earliest first.
    async fn notes(&self, store: &Store, tx: &mut Tx, wanted: Wanted<'_>) -> Result<Vec<PacketNote>> {
        let rows = all!(
            &mut *tx,
            NoteRow,
            "SELECT n.id, v.template_id
             FROM note n LEFT JOIN note_template_version v ON v.id = n.template_version_id
             WHERE n.client_id = $1 AND n.scope = $2 AND n.locked_at IS NOT NULL AND n.addendum_of IS NULL
               AND (n.scope <> 'process' OR n.author_id = $3)
             ORDER BY n.created_at, n.id",
            self.client.0,
            scope_of(wanted.part).word(),
            wanted.author.0
        )?;
        let mut found = Vec::new();
        for row in rows {
            let fits = |id| wanted.templates.iter().any(|template| Some(template.id) == id);
            if !wanted.templates.is_empty() && !fits(row.template_id) {
                continue;
            }
            let note = self.note(store, tx, NoteId(row.id), Some(wanted.days)).await?;
            if wanted.days.contains(note.date) {
                found.push(note);
            }
        }
        found.sort_by_key(|note| (note.date, note.signed_at));
        Ok(found)
    }

    /// A note with its addenda; `days`: only addenda that were signed within them.
    async fn note(&self, store: &Store, tx: &mut Tx, id: NoteId, days: Option<SignedDays>) -> Result<PacketNote> {
        let gone = || Error::Stored("a note is gone".to_owned());
        let note = notes::open(store, tx, id).await?.ok_or_else(gone)?;
        let mut addenda = Vec::new();
        for row in addenda_of(tx, id).await? {
            let addendum = notes::open(store, tx, row).await?.ok_or_else(gone)?;
            let signed_at = addendum.signed_at.unwrap_or(addendum.created_at);
            let day = zone::date_of(signed_at, &self.zone);
            if days.is_some_and(|days| !days.contains(day)) {
                continue;
            }
            addenda.push(PacketAddendum {
                author: addendum.author_name.clone(),
                signed_at,
                text: addendum.document.plain(),
            });
        }
        let written_on = zone::date_of(note.created_at, &self.zone);
        Ok(PacketNote {
            date: note.header.as_ref().map_or(written_on, |header| header.date),
            title: note.title(),
            author: note.author_name.clone(),
            signed_at: note.signed_at.unwrap_or(note.created_at),
            header: note.header.as_ref().map(header_lines).unwrap_or_default(),
            sections: note.document.written().map(|section| (section.label.clone(), section.joined())).collect(),
            addenda,
        })
    }

    /// The documents of a part among these. Each is noted, to leave as it is.
    async fn documents(
        &mut self,
        store: &Store,
        tx: &mut Tx,
        part: FilePart,
        chosen: &[DocumentId],
    ) -> Result<Vec<PacketDocument>> {
        let mut found = Vec::new();
        for id in chosen {
            let Some((document, file)) = documents::open(store, tx, *id).await? else { continue };
            if document.client != self.client || belongs_to(&document, self.members.len()) != Some(part) {
                continue;
            }
            let name = document_file(part, found.len() + 1, document.file_type);
            let sha256 = files::sha256(store, tx, file).await?;
            self.documents.push((part, name.clone(), file));
            found.push(PacketDocument {
                title: document.title,
                kind: document.kind,
                dated: document.dated,
                file: name,
                bytes: document.bytes,
                sha256: domain::records::consents::hex(&sha256),
            });
        }
        Ok(found)
    }

    /// The past sessions to which everyone of the client was booked, the earliest
    /// first. A session of one partner alone is that partner's.
    async fn sessions(&self, tx: &mut Tx, days: Option<SignedDays>) -> Result<Vec<PacketSession>> {
        let rows = all!(
            &mut *tx,
            (Uuid,),
            "SELECT id FROM session
             WHERE client_id = $1 AND ends_at <= $2 AND state IN ('booked', 'arrived', 'completed', 'no_show')
             ORDER BY starts_at, id",
            self.client.0,
            self.now
        )?;
        let mut found = Vec::new();
        for (id,) in rows {
            let Some(session) = sessions::load(tx, SessionId(id)).await? else { continue };
            let date = session.timing.starts.date();
            if session.attendees.len() < self.members.len() || days.is_some_and(|days| !days.contains(date)) {
                continue;
            }
            let presences = session.presences();
            let attended = session.attendees.iter().zip(presences).map(|(attendee, presence)| {
                let word = match presence {
                    Some(Presence::Present) => "Present",
                    Some(Presence::Absent) => "Absent",
                    None => "Not noted",
                };
                (attendee.name.clone(), word.to_owned())
            });
            found.push(PacketSession {
                date,
                minutes: session.timing.minutes,
                state: session.state.label().to_owned(),
                attended: attended.collect(),
            });
        }
        Ok(found)
    }

    /// The goals of the client, the oldest first.
    async fn goals(&self, store: &Store, tx: &mut Tx) -> Result<Vec<PacketGoal>> {
        let rows = all!(
            &mut *tx,
            GoalRow,
            "SELECT id, body, since_on, state FROM goal WHERE client_id = $1 ORDER BY since_on, id",
            self.client.0
        )?;
        let mut found = Vec::new();
        for row in rows {
            let key = store.key_of(tx, self.client.0).await?;
            let body: GoalBody = opened_json(&key.open("goal", row.id, &row.body)?)?;
            found.push(PacketGoal { text: body.text, since: row.since_on, state: row.state.label().to_owned() });
        }
        Ok(found)
    }

    /// The exercises that everyone of the client was given, the earliest first. What
    /// one partner was given alone is that partner's.
    async fn exercises(&self, tx: &mut Tx, days: Option<SignedDays>) -> Result<Vec<PacketExercise>> {
        let people = i64::try_from(self.members.len()).unwrap_or(i64::MAX);
        let rows = all!(
            &mut *tx,
            (Json<Exercise>, DateTime<Utc>),
            "SELECT v.document, g.assigned_at
             FROM assignment g JOIN exercise_version v ON v.id = g.exercise_version_id
             WHERE g.client_id = $1 AND $2 <= (
                 SELECT count(DISTINCT r.person_id) FROM occurrence o JOIN response r ON r.occurrence_id = o.id
                 WHERE o.assignment_id = g.id)
             ORDER BY g.assigned_at, g.id",
            self.client.0,
            people
        )?;
        let exercise = |(document, at): (Json<Exercise>, DateTime<Utc>)| PacketExercise {
            title: document.0.title,
            assigned_on: zone::date_of(at, &self.zone),
        };
        let within = |exercise: &PacketExercise| days.is_none_or(|days| days.contains(exercise.assigned_on));
        Ok(rows.into_iter().map(exercise).filter(within).collect())
    }
}

/// The locked addenda to a note that are of the same record, the earliest first.
async fn addenda_of(tx: &mut Tx, note: NoteId) -> Result<Vec<NoteId>> {
    let rows = all!(
        tx,
        (Uuid,),
        "SELECT id FROM note WHERE addendum_of = $1 AND locked_at IS NOT NULL
             AND scope = (SELECT r.scope FROM note r WHERE r.id = $1) ORDER BY signed_at, id",
        note.0
    )?;
    Ok(rows.into_iter().map(|(id,)| NoteId(id)).collect())
}

/// The part to which a document belongs. `None`: it does not leave, because no
/// therapist has opened it yet, or because it is a process document. `people` is how
/// many people the client is: of an individual, all that is theirs is the record.
pub(crate) fn belongs_to(document: &documents::Document, people: usize) -> Option<FilePart> {
    if document.is_unopened() {
        return None;
    }
    match document.scope {
        NoteScope::Process => None,
        NoteScope::Joint | NoteScope::PartnerA | NoteScope::PartnerB if people < 2 => Some(FilePart::Joint),
        // A partner handed it in for both and has not opened it to the other.
        NoteScope::Joint if document.handed_in_by.is_some() && document.shared_at.is_none() => None,
        NoteScope::Joint => Some(FilePart::Joint),
        NoteScope::PartnerA => Some(FilePart::PartnerA),
        NoteScope::PartnerB => Some(FilePart::PartnerB),
    }
}

/// What the header of a note says, without the secrets policy: its state may tell
/// what one of the two withdrew.
fn header_lines(header: &NoteHeader) -> Vec<(String, String)> {
    let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let mut lines = Vec::new();
    let mut add = |term: &str, value: String| {
        if !value.is_empty() {
            lines.push((term.to_owned(), value));
        }
    };
    match (header.starts, header.ends) {
        (Some(starts), Some(ends)) => add("Time", format!("{} to {}", clock(starts), clock(ends))),
        (Some(starts), None) => add("Began", clock(starts)),
        (None, Some(ends)) => add("Ended", clock(ends)),
        (None, None) => {}
    }
    add("Place", header.place.clone());
    add("Kind of session", header.kind.clone());
    for person in &header.attendance {
        add(&person.name, person.words());
    }
    add("Also present", header.others.clone());
    lines
}

/// The day of a note as it is listed without opening it: the day of its session, or
/// that on which it was begun.
pub(crate) fn listed_day(session: Option<NaiveDate>, created_at: DateTime<Utc>, zone: &Zone) -> NaiveDate {
    session.unwrap_or_else(|| zone::date_of(created_at, zone))
}
