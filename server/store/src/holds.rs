//! What a session holds: its therapist, its room, each person; what is in the
//! way of a wish, and the next times when nothing is.
//!
//! The rows of `occupancy` are what the schema's constraint looks at; the
//! questions here are for a friendly answer before it has to refuse.

use chrono::{DateTime, Duration, Utc};
use domain::{
    availability::Buffers,
    ids::{AccountId, LocationId, PersonId, RoomId, SessionId},
    practice::Practice,
    session::{Over, Timing},
    slots::{DayPart, Span, common, free},
    zone,
};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    availability::Open,
    database::{all, maybe, run},
    slots::{Comer, windows},
};

/// What stands in the way of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    /// Whose hold it is: the therapist's, the room's, a person's.
    pub held: Uuid,
    /// "Dr Lin", "Garden room": who or what is held. A person's other
    /// bookings show as this and nothing more.
    pub name: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// A refusal with the next free times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub what: Vec<InTheWay>,
    /// The therapist's hours are others; this may be wished all the same.
    pub outside: bool,
    pub next: Vec<DateTime<Utc>>,
    /// A mark of the time and of what is in the way: at another time, or with
    /// another in the way, it is another.
    pub seen: u64,
}

impl Taken {
    pub fn is_free(&self) -> bool {
        self.what.is_empty() && !self.outside
    }

    /// The reason of a wish to book over this, where this is what was seen.
    pub(crate) fn reason<'a>(&self, over: Option<&'a Over>) -> Option<&'a str> {
        over.filter(|over| over.seen == self.seen).map(|over| over.reason.as_str())
    }
}

fn mark(timing: &Timing, what: &[InTheWay]) -> u64 {
    let mut seen = Sha256::new();
    seen.update(timing.starts_at.timestamp().to_be_bytes());
    seen.update(timing.ends_at.timestamp().to_be_bytes());
    for what in what {
        seen.update(what.held);
        for at in [what.from, what.until] {
            seen.update(at.timestamp().to_be_bytes());
        }
    }
    seen.finalize().iter().take(8).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
}

/// Somebody or something that is held, and what is kept free around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// `clinician`, `room` or `person`.
    pub kind: &'static str,
    pub id: Uuid,
    pub buffers: Buffers,
    /// Held over somebody else's hold, on purpose.
    pub over: bool,
}

impl Hold {
    /// From when until when a session holds it.
    pub(crate) fn span(&self, timing: &Timing) -> Span {
        Span {
            from: timing.starts_at - Duration::minutes(self.buffers.before),
            until: timing.ends_at + Duration::minutes(self.buffers.after),
        }
    }

    /// What another span keeps of the time in which a session may lie.
    pub(crate) fn around(&self, taken: Span) -> Span {
        Span {
            from: taken.from - Duration::minutes(self.buffers.after),
            until: taken.until + Duration::minutes(self.buffers.before),
        }
    }
}

/// A session holds its therapist, a room, and two people at most: so many
/// fit into one statement.
const AT_ONCE: usize = 4;

/// Who or what is held, and from when until when.
type Spanned = (Option<&'static str>, Option<Uuid>, Span, bool);

/// Those who are held with a span for each, in fours: the places that are left
/// over are empty.
fn fours(holds: &[Hold], span: impl Fn(&Hold) -> Span) -> Vec<[Spanned; AT_ONCE]> {
    let four = |some: &[Hold]| {
        std::array::from_fn(|place| match some.get(place) {
            Some(hold) => (Some(hold.kind), Some(hold.id), span(hold), hold.over),
            None => (None, None, Span { from: DateTime::UNIX_EPOCH, until: DateTime::UNIX_EPOCH }, false),
        })
    };
    holds.chunks(AT_ONCE).map(four).collect()
}

/// A row of what is held.
#[derive(FromRow)]
struct HeldRow {
    held_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// Free times are looked for so many days ahead.
const DAYS_SEARCHED: i64 = 21;

/// Everyone and everything a session would hold, in one order for all, so
/// that two bookings never wait for each other.
pub(crate) fn held(clinician: AccountId, buffers: Buffers, room: Option<RoomId>, people: &[PersonId]) -> Vec<Hold> {
    let hold = |kind, id| Hold { kind, id, buffers: Buffers::default(), over: false };
    let mut held = vec![Hold { buffers, ..hold("clinician", clinician.0) }];
    held.extend(room.map(|r| hold("room", r.0)));
    held.extend(people.iter().map(|p| hold("person", p.0)));
    held.sort_unstable_by_key(|hold| hold.id);
    held
}

/// Where the room is that would be held, if hours depend on it.
async fn location(tx: &mut Tx, hours: &Open, holds: &[Hold]) -> Result<Option<LocationId>> {
    let Some(room) = holds.iter().find(|h| h.kind == "room").filter(|_| hours.by_location()) else { return Ok(None) };
    let row = maybe!(tx, (Option<Uuid>,), "SELECT location_id FROM room WHERE id = $1", room.id)?;
    Ok(row.and_then(|(id,)| id).map(LocationId))
}

/// The number that bookings on PostgreSQL take their turns by.
const TURN: i64 = 0x6475_6f6c;

impl Store {
    /// A transaction that writes what is held. Those who book what is free go
    /// side by side, and the schema keeps them apart; whoever books over what is
    /// there goes alone, for of such holds the schema says nothing and all hangs
    /// on what was read. On SQLite all who write follow each other anyway.
    pub(crate) async fn write_holds(&self, alone: bool) -> Result<Tx> {
        let mut tx = self.write().await?;
        if let Tx::Postgres(tx) = &mut tx {
            let turn = match alone {
                true => sqlx::query("SELECT pg_advisory_xact_lock($1)"),
                false => sqlx::query("SELECT pg_advisory_xact_lock_shared($1)"),
            };
            turn.bind(TURN).execute(&mut **tx).await?;
        }
        Ok(tx)
    }

    /// What a session with these would hold.
    pub(crate) async fn holds(
        &self,
        tx: &mut Tx,
        clinician: AccountId,
        room: Option<RoomId>,
        people: &[PersonId],
    ) -> Result<Vec<Hold>> {
        Ok(held(clinician, self.buffers(tx, clinician).await?, room, people))
    }

    /// Whether a session lies outside its therapist's hours.
    pub(crate) async fn is_outside(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
    ) -> Result<bool> {
        let Some(clinician) = holds.iter().find(|h| h.kind == "clinician") else { return Ok(false) };
        let (first, last) = (timing.starts_at.date_naive(), timing.ends_at.date_naive());
        let (first, last) = (first - Duration::days(1), last + Duration::days(1));
        let hours = self.hours_of(tx, practice, clinician.id, first, last).await?;
        let location = location(tx, &hours, holds).await?;
        Ok(!hours.holds(timing, location))
    }

    /// Whether anything is in the way.
    pub(crate) async fn is_taken(&self, tx: &mut Tx, holds: &[Hold], timing: &Timing) -> Result<bool> {
        Ok(!self.overlaps(tx, fours(holds, |hold| hold.span(timing)), Uuid::nil()).await?.is_empty())
    }

    /// Marks those holds that lie over something; whether there are any.
    pub(crate) async fn lay_over(&self, tx: &mut Tx, holds: &mut [Hold], timing: &Timing) -> Result<bool> {
        let overlaps = self.overlaps(tx, fours(holds, |hold| hold.span(timing)), Uuid::nil()).await?;
        for hold in holds {
            hold.over = overlaps.iter().any(|row| row.held_id == hold.id);
        }
        Ok(!overlaps.is_empty())
    }

    /// What else keeps those who are held, each in a span of its own.
    async fn overlaps(&self, tx: &mut Tx, fours: Vec<[Spanned; AT_ONCE]>, but: Uuid) -> Result<Vec<HeldRow>> {
        let mut found = Vec::new();
        for [(_, a, x, _), (_, b, y, _), (_, c, z, _), (_, d, w, _)] in fours {
            found.extend(all!(
                tx,
                HeldRow,
                "SELECT held_id, starts_at, ends_at FROM occupancy WHERE session_id <> $1 AND
                    ((held_id = $2 AND ends_at > $3 AND starts_at < $4) OR (held_id = $5 AND ends_at > $6 AND starts_at < $7)
                     OR (held_id = $8 AND ends_at > $9 AND starts_at < $10) OR (held_id = $11 AND ends_at > $12 AND starts_at < $13))
                 ORDER BY starts_at",
                but, a, x.from, x.until, b, y.from, y.until, c, z.from, z.until, d, w.from, w.until
            )?);
        }
        Ok(found)
    }

    pub(crate) async fn hold(&self, tx: &mut Tx, id: SessionId, holds: &[Hold], timing: &Timing) -> Result<()> {
        for [(ka, a, x, oa), (kb, b, y, ob), (kc, c, z, oc), (kd, d, w, od)] in fours(holds, |hold| hold.span(timing)) {
            run!(
                tx,
                "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at, overridden)
                 SELECT $1, v.held, v.held_id, v.starts_at, v.ends_at, v.overridden FROM (
                    SELECT $2 AS held, $3 AS held_id, $4 AS starts_at, $5 AS ends_at, $6 AS overridden UNION ALL SELECT $7, $8, $9, $10, $11
                    UNION ALL SELECT $12, $13, $14, $15, $16 UNION ALL SELECT $17, $18, $19, $20, $21) v
                 WHERE v.held_id IS NOT NULL",
                id.0,
                ka,
                a,
                x.from,
                x.until, oa,
                kb,
                b,
                y.from,
                y.until, ob,
                kc,
                c,
                z.from,
                z.until, oc,
                kd,
                d,
                w.from,
                w.until, od
            )?;
        }
        Ok(())
    }

    /// What is in the way of a wish, and the next times when nothing is.
    pub(crate) async fn taken(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
        but: Option<SessionId>,
        outside: bool,
    ) -> Result<Taken> {
        let but = but.map_or(Uuid::nil(), |s| s.0);
        let overlaps = self.overlaps(tx, fours(holds, |hold| hold.span(timing)), but).await?;
        let mut what: Vec<InTheWay> = Vec::new();
        for hold in holds {
            let id = hold.id;
            if !overlaps.iter().any(|row| row.held_id == id) {
                continue;
            }
            let name = match hold.kind {
                "clinician" => maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", id)?,
                "room" => maybe!(
                    tx,
                    (String,),
                    "SELECT r.name || COALESCE(', ' || l.name, '') FROM room r LEFT JOIN location l ON l.id = r.location_id WHERE r.id = $1",
                    id
                )?,
                _ => maybe!(tx, (String,), "SELECT name FROM person WHERE id = $1", id)?,
            };
            let name = name.map(|(n,)| n).unwrap_or_default();
            let in_the_way =
                |row: &HeldRow| InTheWay { held: id, name: name.clone(), from: row.starts_at, until: row.ends_at };
            what.extend(overlaps.iter().filter(|row| row.held_id == id).map(in_the_way));
        }
        let outside = !outside && self.is_outside(tx, practice, holds, timing).await?;
        let seen = mark(timing, &what);
        let mut taken = Taken { what, outside, next: vec![], seen };
        if !taken.is_free() {
            taken.next = self.free(tx, practice, holds, timing.starts_at, timing.minutes, 4, but, &[]).await?;
        }
        Ok(taken)
    }

    /// The next times when nothing of this is taken, within the therapist's
    /// hours and what suits those named.
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub(crate) async fn free(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        from: DateTime<Utc>,
        minutes: i64,
        most: usize,
        but: Uuid,
        suiting: &[Comer],
    ) -> Result<Vec<DateTime<Utc>>> {
        let from = from.max(self.now());
        // A day more on both sides than any zone can differ.
        let begin = from.date_naive() - Duration::days(1);
        let clinician = holds.iter().find(|h| h.kind == "clinician").map_or(Uuid::nil(), |h| h.id);
        let hours = self.hours_of(tx, practice, clinician, begin, begin + Duration::days(DAYS_SEARCHED + 2)).await?;
        let zone = &practice.zone;
        let first = zone::today(from, zone);
        let dates = (0..DAYS_SEARCHED).map(|day| first + Duration::days(day));
        let location = location(tx, &hours, holds).await?;
        let mut windows = windows(&hours, location, zone, dates, from, DayPart::Any)?;
        for comer in suiting {
            if let Some(spans) = comer.spans(first, DAYS_SEARCHED)? {
                windows = common(&windows, &spans);
            }
        }
        let until = windows.last().map_or(from, |w| w.until);
        let rows = self.overlaps(tx, fours(holds, |hold| hold.around(Span { from, until })), but).await?;
        let taken: Vec<Span> = rows
            .iter()
            .filter_map(|row| {
                let hold = holds.iter().find(|hold| hold.id == row.held_id)?;
                Some(hold.around(Span { from: row.starts_at, until: row.ends_at }))
            })
            .collect();
        Ok(free(&windows, &taken, Duration::minutes(minutes), Duration::minutes(15), most))
    }
}
