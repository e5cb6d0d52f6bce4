//! What a session holds: its therapist, its room, each person; what is in the
//! way of a wish, and the next times when nothing is.
//!
//! The rows of `occupancy` are what the schema's constraint looks at; the
//! questions here are for a friendly answer before it has to refuse.

use chrono::{DateTime, Duration, Utc};
use domain::{
    availability::Buffers,
    ids::{AccountId, PersonId, RoomId, SessionId},
    session::Timing,
    slots::{Span, free},
    zone,
};
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{all, maybe, run},
};

/// What stands in the way of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
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
}

impl Taken {
    pub fn is_free(&self) -> bool {
        self.what.is_empty() && !self.outside
    }
}

/// Somebody or something that is held, and what is kept free around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// `clinician`, `room` or `person`.
    pub kind: &'static str,
    pub id: Uuid,
    pub buffers: Buffers,
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
    fn around(&self, taken: Span) -> Span {
        Span {
            from: taken.from - Duration::minutes(self.buffers.after),
            until: taken.until + Duration::minutes(self.buffers.before),
        }
    }
}

/// Free times are looked for so many days ahead.
const DAYS_SEARCHED: i64 = 21;

/// Everyone and everything a session would hold, in one order for all, so
/// that two bookings never wait for each other.
fn held(clinician: AccountId, buffers: Buffers, room: Option<RoomId>, people: &[PersonId]) -> Vec<Hold> {
    let hold = |kind, id| Hold { kind, id, buffers: Buffers::default() };
    let mut held = vec![Hold { buffers, ..hold("clinician", clinician.0) }];
    held.extend(room.map(|r| hold("room", r.0)));
    held.extend(people.iter().map(|p| hold("person", p.0)));
    held.sort_unstable_by_key(|hold| hold.id);
    held
}

impl Store {
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
    pub(crate) async fn is_outside(&self, tx: &mut Tx, holds: &[Hold], timing: &Timing) -> Result<bool> {
        let Some(clinician) = holds.iter().find(|h| h.kind == "clinician") else { return Ok(false) };
        let (first, last) = (timing.starts_at.date_naive(), timing.ends_at.date_naive());
        let (first, last) = (first - Duration::days(1), last + Duration::days(1));
        Ok(!self.hours_of(tx, clinician.id, first, last).await?.holds(timing))
    }

    /// Whether anything is in the way.
    pub(crate) async fn is_taken(&self, tx: &mut Tx, holds: &[Hold], timing: &Timing) -> Result<bool> {
        for hold in holds {
            let span = hold.span(timing);
            let row = maybe!(
                tx,
                (Uuid,),
                "SELECT session_id FROM occupancy WHERE held_id = $1 AND ends_at > $2 AND starts_at < $3 LIMIT 1",
                hold.id,
                span.from,
                span.until
            )?;
            if row.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) async fn hold(&self, tx: &mut Tx, id: SessionId, holds: &[Hold], timing: &Timing) -> Result<()> {
        for hold in holds {
            let span = hold.span(timing);
            run!(
                tx,
                "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)",
                id.0,
                hold.kind,
                hold.id,
                span.from,
                span.until
            )?;
        }
        Ok(())
    }

    /// What is in the way of a wish, and the next times when nothing is.
    pub(crate) async fn taken(
        &self,
        tx: &mut Tx,
        holds: &[Hold],
        timing: &Timing,
        but: Option<SessionId>,
        outside: bool,
    ) -> Result<Taken> {
        let but = but.map_or(Uuid::nil(), |s| s.0);
        let mut what: Vec<InTheWay> = Vec::new();
        for hold in holds {
            let span = hold.span(timing);
            let rows = all!(
                tx,
                (DateTime<Utc>, DateTime<Utc>),
                "SELECT starts_at, ends_at FROM occupancy WHERE held_id = $1 AND ends_at > $2 AND starts_at < $3 AND session_id <> $4 ORDER BY starts_at",
                hold.id,
                span.from,
                span.until,
                but
            )?;
            if rows.is_empty() {
                continue;
            }
            let id = hold.id;
            let name = match hold.kind {
                "clinician" => maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", id)?,
                "room" => maybe!(tx, (String,), "SELECT name FROM room WHERE id = $1", id)?,
                _ => maybe!(tx, (String,), "SELECT name FROM person WHERE id = $1", id)?,
            };
            let name = name.map(|(n,)| n).unwrap_or_default();
            what.extend(rows.into_iter().map(|(from, until)| InTheWay { name: name.clone(), from, until }));
        }
        let mut taken = Taken { what, outside: !outside && self.is_outside(tx, holds, timing).await?, next: vec![] };
        if !taken.is_free() {
            taken.next = self.free(tx, holds, timing.starts_at, timing.minutes, 4, but).await?;
        }
        Ok(taken)
    }

    pub(crate) async fn free(
        &self,
        tx: &mut Tx,
        holds: &[Hold],
        from: DateTime<Utc>,
        minutes: i64,
        most: usize,
        but: Uuid,
    ) -> Result<Vec<DateTime<Utc>>> {
        let from = from.max(self.now());
        // A day more on both sides than any zone can differ.
        let begin = from.date_naive() - Duration::days(1);
        let clinician = holds.iter().find(|h| h.kind == "clinician").map_or(Uuid::nil(), |h| h.id);
        let hours = self.hours_of(tx, clinician, begin, begin + Duration::days(DAYS_SEARCHED + 2)).await?;
        let zone = &hours.practice.zone;
        let first = zone::today(from, zone);
        let mut windows = Vec::new();
        for day in 0..DAYS_SEARCHED {
            let date = first + Duration::days(day);
            for open in hours.on(date) {
                let opens = zone::instant(date.and_time(open.from), zone)?;
                let closes = zone::instant(date.and_time(open.until), zone)?;
                // On the quarters of the wall clock from the opening on.
                let mut begin = opens;
                if begin < from {
                    let quarters = (from - opens).num_minutes() / 15 + 1;
                    begin = opens + Duration::minutes(15 * quarters);
                }
                if begin < closes {
                    windows.push(Span { from: begin, until: closes });
                }
            }
        }
        let until = windows.last().map_or(from, |w| w.until);
        let mut taken = Vec::new();
        for hold in holds {
            let reach = hold.around(Span { from, until });
            let rows = all!(
                tx,
                (DateTime<Utc>, DateTime<Utc>),
                "SELECT starts_at, ends_at FROM occupancy WHERE held_id = $1 AND ends_at > $2 AND starts_at < $3 AND session_id <> $4",
                hold.id,
                reach.from,
                reach.until,
                but
            )?;
            taken.extend(rows.into_iter().map(|(from, until)| hold.around(Span { from, until })));
        }
        Ok(free(&windows, &taken, Duration::minutes(minutes), Duration::minutes(15), most))
    }
}
