//! The occupancy of a session: its therapist, its room and each person. Here
//! are the conflicts of a booking, and the next times without a conflict.
//!
//! The constraint of the schema checks the rows of `occupancy`, whatever the
//! code does. The queries here give a helpful answer before the constraint has
//! to refuse.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, LocationId, PersonId, RoomId, SessionId},
    practice::{hours::Buffers, settings::Practice},
    scheduling::{
        outside::{OutsideReason, night_hours},
        session::{Override, Timing},
        slots::{Limits, free_starts},
    },
    span::Span,
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    database::{all, maybe, run},
    practice::hours::{self, ClinicianHours, days_around},
    scheduling::openings::{AROUND, Participant, STEP, TICK, openings},
};

/// An occupancy that conflicts with a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The id of the therapist, the room or the person that is occupied.
    pub held: Uuid,
    /// The name of the therapist, room or person, such as "Dr Lin" or "Garden
    /// room".
    pub name: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// The conflicts of a booking, with the next free times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// The conflicts that may be shown: all of them to the front desk, and to a
    /// therapist those with their own sessions.
    pub shown: Vec<Conflict>,
    /// Whether there is another conflict, with a session that this therapist
    /// may not know of. It is not shown what it occupies or until when.
    pub hidden: bool,
    /// Whether it is at an unusual time. It may be booked there on purpose.
    pub outside: bool,
    /// Why it is at an unusual time; empty if it is not.
    pub reasons: Vec<OutsideReason>,
    /// The next free times; filled only where this time is not free.
    pub next: Vec<DateTime<Utc>>,
    /// A fingerprint of the time and of all conflicts: it changes when the time
    /// or any conflict changes.
    pub fingerprint: u64,
}

impl Conflicts {
    /// Whether there is no conflict and the time is not unusual.
    pub fn is_free(&self) -> bool {
        self.shown.is_empty() && !self.hidden && !self.outside
    }

    /// The reason of an override, if the user saw exactly these conflicts;
    /// `None`: there is no override, or the conflicts have changed.
    pub(crate) fn reason<'a>(&self, over: Option<&'a Override>) -> Option<&'a str> {
        over.filter(|over| over.seen == self.fingerprint).map(|over| over.reason.as_str())
    }
}

/// The therapist, the room or a person that a session occupies, and the buffers
/// around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// `clinician`, `room` or `person`.
    pub kind: &'static str,
    pub id: Uuid,
    pub buffers: Buffers,
    /// Whether it overlaps another occupancy on purpose (an override).
    pub over: bool,
}

impl Hold {
    /// The time that a session with this timing occupies, with the buffers.
    pub(crate) fn span(&self, timing: &Timing) -> Span {
        Span {
            from: timing.starts_at - Duration::minutes(self.buffers.before),
            until: timing.ends_at + Duration::minutes(self.buffers.after),
        }
    }

    /// The span in which a session of this therapist, room or person cannot
    /// take place because of the occupancy `taken`, with the buffers of the
    /// session.
    pub(crate) fn around(&self, taken: Span) -> Span {
        Span {
            from: taken.from - Duration::minutes(self.buffers.after),
            until: taken.until + Duration::minutes(self.buffers.before),
        }
    }
}

/// How many occupancies fit into one statement. A session occupies its
/// therapist, a room and at most two people.
const AT_ONCE: usize = 4;

/// One occupancy: kind, id, span, and whether it is an override. Kind and id
/// are `None` in an unused place.
type Spanned = (Option<&'static str>, Option<Uuid>, Span, bool);

/// Groups occupancies by four, each with its span, for [`AT_ONCE`]. The unused
/// places of the last group are empty.
fn in_fours(holds: &[Hold], span: impl Fn(&Hold) -> Span) -> Vec<[Spanned; AT_ONCE]> {
    let four = |some: &[Hold]| {
        std::array::from_fn(|place| match some.get(place) {
            Some(hold) => (Some(hold.kind), Some(hold.id), span(hold), hold.over),
            None => (None, None, Span { from: DateTime::UNIX_EPOCH, until: DateTime::UNIX_EPOCH }, false),
        })
    };
    holds.chunks(AT_ONCE).map(four).collect()
}

/// A row of `occupancy`.
#[derive(FromRow)]
struct HeldRow {
    held_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// How many days ahead free times are looked for.
const DAYS_SEARCHED: i64 = 21;

/// The occupancies of a session: therapist, room and people. They are always in
/// the order of their ids, so that two bookings never wait for each other
/// (deadlock).
pub(crate) fn occupancies_of(
    clinician: AccountId,
    buffers: Buffers,
    room: Option<RoomId>,
    people: &[PersonId],
) -> Vec<Hold> {
    let hold = |kind, id| Hold { kind, id, buffers: Buffers::default(), over: false };
    let mut held = vec![Hold { buffers, ..hold("clinician", clinician.0) }];
    held.extend(room.map(|r| hold("room", r.0)));
    held.extend(people.iter().map(|p| hold("person", p.0)));
    held.sort_unstable_by_key(|hold| hold.id);
    held
}

/// The location of the room that a session occupies. `None`: no room, a room
/// without a location, or hours that do not differ between locations.
async fn room_location(tx: &mut Tx, hours: &ClinicianHours, holds: &[Hold]) -> Result<Option<LocationId>> {
    let Some(room) = holds.iter().find(|h| h.kind == "room").filter(|_| hours.by_location()) else { return Ok(None) };
    let row = maybe!(tx, (Option<Uuid>,), "SELECT location_id FROM room WHERE id = $1", room.id)?;
    Ok(row.and_then(|(id,)| id).map(LocationId))
}

/// A person whom a session occupies.
#[derive(FromRow)]
struct PersonThere {
    name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
}

/// The people whom a session occupies.
async fn people_of(tx: &mut Tx, holds: &[Hold]) -> Result<Vec<PersonThere>> {
    let people: Vec<Uuid> = holds.iter().filter(|h| h.kind == "person").map(|h| h.id).collect();
    let mut found = Vec::new();
    for two in people.chunks(2) {
        found.extend(all!(
            tx,
            PersonThere,
            "SELECT name, zone FROM person WHERE id = $1 OR id = $2 ORDER BY name",
            two.first(),
            two.get(1)
        )?);
    }
    Ok(found)
}

/// The number of the PostgreSQL advisory lock that bookings take.
const TURN: i64 = 0x6475_6f6c;

impl Store {
    /// A transaction that writes occupancies. Bookings of free times run at the
    /// same time, and the constraint of the schema keeps them apart. A booking
    /// with an override runs alone (`alone`), because the constraint does not
    /// check such occupancies and everything depends on what was read. On
    /// SQLite all transactions that write run one after the other anyway.
    pub(crate) async fn write_occupancies(&self, alone: bool) -> Result<Tx> {
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

    /// The occupancies of a session with this therapist, room and people.
    pub(crate) async fn holds(
        &self,
        tx: &mut Tx,
        clinician: AccountId,
        room: Option<RoomId>,
        people: &[PersonId],
    ) -> Result<Vec<Hold>> {
        Ok(occupancies_of(clinician, hours::buffers(tx, clinician).await?, room, people))
    }

    /// The hours of the therapist around a session, and the location of its
    /// room. `None`: no therapist is in `holds`.
    async fn hours_around(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
    ) -> Result<Option<(ClinicianHours, Option<LocationId>)>> {
        let Some(clinician) = holds.iter().find(|h| h.kind == "clinician") else { return Ok(None) };
        let (first, last) = (timing.starts_at.date_naive(), timing.ends_at.date_naive());
        let (first, last) = (first - Duration::days(2), last + Duration::days(3));
        let hours = hours::hours_of(tx, practice, clinician.id, first, last).await?;
        let location = room_location(tx, &hours, holds).await?;
        Ok(Some((hours, location)))
    }

    /// Whether the therapist of a series is not there at the time of one of its
    /// sessions.
    pub(crate) async fn is_absent(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
    ) -> Result<bool> {
        let Some((hours, location)) = self.hours_around(tx, practice, holds, timing).await? else { return Ok(false) };
        Ok(!hours.allows_series(timing, location)?)
    }

    /// Why a session is at an unusual time: outside its therapist's hours, or
    /// at night for a person who attends. Empty if it is not.
    pub(crate) async fn outside_reasons(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
    ) -> Result<Vec<OutsideReason>> {
        let mut found = Vec::new();
        if let Some((hours, location)) = self.hours_around(tx, practice, holds, timing).await?
            && !hours.holds(timing, location)?
        {
            let id = holds.iter().find(|h| h.kind == "clinician").map(|h| h.id);
            let name = maybe!(tx, (String,), "SELECT display_name FROM account WHERE id = $1", id)?;
            found = hours.reasons(timing, location, &name.map(|(name,)| name).unwrap_or_default())?;
        }
        let session = Span { from: timing.starts_at, until: timing.ends_at };
        for person in people_of(tx, holds).await? {
            if let Some((starts, ends)) = night_hours(session, &person.zone) {
                found.push(OutsideReason::Night { name: person.name, starts, ends, zone: person.zone });
            }
        }
        Ok(found)
    }

    /// Whether there is any conflict.
    pub(crate) async fn has_conflict(&self, tx: &mut Tx, holds: &[Hold], timing: &Timing) -> Result<bool> {
        Ok(!self.overlaps(tx, in_fours(holds, |hold| hold.span(timing)), Uuid::nil()).await?.is_empty())
    }

    /// Marks the occupancies that conflict with another as overrides. Gives
    /// whether there are any.
    pub(crate) async fn mark_overrides(&self, tx: &mut Tx, holds: &mut [Hold], timing: &Timing) -> Result<bool> {
        let overlaps = self.overlaps(tx, in_fours(holds, |hold| hold.span(timing)), Uuid::nil()).await?;
        for hold in holds {
            hold.over = overlaps.iter().any(|row| row.held_id == hold.id);
        }
        Ok(!overlaps.is_empty())
    }

    /// The rows of `occupancy` that overlap these spans, except those of the
    /// session `but`.
    async fn overlaps(&self, tx: &mut Tx, fours: Vec<[Spanned; AT_ONCE]>, but: Uuid) -> Result<Vec<HeldRow>> {
        let mut found = Vec::new();
        for [(_, a, x, _), (_, b, y, _), (_, c, z, _), (_, d, w, _)] in fours {
            found.extend(all!(
                tx,
                HeldRow,
                "SELECT held_id, starts_at, ends_at FROM occupancy WHERE session_id <> $1 AND
                    ((held_id = $2 AND ends_at > $3 AND starts_at < $4)
                     OR (held_id = $5 AND ends_at > $6 AND starts_at < $7)
                     OR (held_id = $8 AND ends_at > $9 AND starts_at < $10)
                     OR (held_id = $11 AND ends_at > $12 AND starts_at < $13))
                 ORDER BY starts_at",
                but,
                a,
                x.from,
                x.until,
                b,
                y.from,
                y.until,
                c,
                z.from,
                z.until,
                d,
                w.from,
                w.until
            )?);
        }
        Ok(found)
    }

    /// Inserts the occupancies of a session.
    pub(crate) async fn occupy(&self, tx: &mut Tx, id: SessionId, holds: &[Hold], timing: &Timing) -> Result<()> {
        for [(ka, a, x, oa), (kb, b, y, ob), (kc, c, z, oc), (kd, d, w, od)] in
            in_fours(holds, |hold| hold.span(timing))
        {
            run!(
                tx,
                "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at, overridden)
                 SELECT $1, v.held, v.held_id, v.starts_at, v.ends_at, v.overridden FROM (
                    SELECT $2 AS held, $3 AS held_id, $4 AS starts_at, $5 AS ends_at, $6 AS overridden
                    UNION ALL SELECT $7, $8, $9, $10, $11
                    UNION ALL SELECT $12, $13, $14, $15, $16
                    UNION ALL SELECT $17, $18, $19, $20, $21) v
                 WHERE v.held_id IS NOT NULL",
                id.0,
                ka,
                a,
                x.from,
                x.until,
                oa,
                kb,
                b,
                y.from,
                y.until,
                ob,
                kc,
                c,
                z.from,
                z.until,
                oc,
                kd,
                d,
                w.from,
                w.until,
                od
            )?;
        }
        Ok(())
    }

    /// The conflicts of a booking, and the next free times if there are any.
    /// `but`: a session that does not count; `outside`: the booking may be at
    /// an unusual time; `only`: the therapist who asks and sees
    /// only conflicts with their own sessions (`None`: the front desk, or the
    /// program itself).
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub(crate) async fn conflicts(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        timing: &Timing,
        but: Option<SessionId>,
        outside: bool,
        only: Option<AccountId>,
    ) -> Result<Conflicts> {
        let but = but.map_or(Uuid::nil(), |s| s.0);
        let overlaps = self.overlaps(tx, in_fours(holds, |hold| hold.span(timing)), but).await?;
        let mut what: Vec<Conflict> = Vec::new();
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
                    "SELECT r.name || COALESCE(', ' || l.name, '')
                     FROM room r LEFT JOIN location l ON l.id = r.location_id WHERE r.id = $1",
                    id
                )?,
                _ => maybe!(tx, (String,), "SELECT name FROM person WHERE id = $1", id)?,
            };
            let name = name.map(|(n,)| n).unwrap_or_default();
            let in_the_way =
                |row: &HeldRow| Conflict { held: id, name: name.clone(), from: row.starts_at, until: row.ends_at };
            what.extend(overlaps.iter().filter(|row| row.held_id == id).map(in_the_way));
        }
        let reasons = if outside { vec![] } else { self.outside_reasons(tx, practice, holds, timing).await? };
        let seen = self.fingerprint(timing, &what);
        let all = what.len();
        if let Some(me) = only {
            what = self.retain_own_sessions(tx, me, what).await?;
        }
        let mut taken = Conflicts {
            hidden: what.len() < all,
            shown: what,
            outside: !reasons.is_empty(),
            reasons,
            next: vec![],
            fingerprint: seen,
        };
        if !taken.is_free() {
            taken.next =
                self.next_free_times(tx, practice, holds, timing.starts_at, timing.minutes, 4, but, &[]).await?;
        }
        Ok(taken)
    }

    /// The fingerprint by which the conflicts that the user saw are recognised.
    /// It is keyed, because it also covers conflicts that a therapist may not
    /// know of: nobody can check a guess with it.
    fn fingerprint(&self, timing: &Timing, what: &[Conflict]) -> u64 {
        let mut parts = vec![timing.starts_at.timestamp().to_be_bytes().to_vec()];
        parts.push(timing.ends_at.timestamp().to_be_bytes().to_vec());
        for what in what {
            parts.push(what.held.as_bytes().to_vec());
            parts.extend([what.from, what.until].map(|at| at.timestamp().to_be_bytes().to_vec()));
        }
        let mac = self.keys().mac("what is in the way", parts.iter().map(Vec::as_slice));
        mac.iter().take(8).fold(0, |mark, byte| (mark << 8) | u64::from(*byte))
    }

    /// Keeps the conflicts with this therapist's own sessions and time.
    async fn retain_own_sessions(&self, tx: &mut Tx, me: AccountId, what: Vec<Conflict>) -> Result<Vec<Conflict>> {
        let mut known = Vec::new();
        for held in what {
            let own = maybe!(
                tx,
                (Uuid,),
                "SELECT s.id FROM occupancy o JOIN session s ON s.id = o.session_id
                 WHERE o.held_id = $1 AND o.starts_at = $2 AND o.ends_at = $3 AND s.clinician_id = $4 LIMIT 1",
                held.held,
                held.from,
                held.until,
                me.0
            )?;
            if held.held == me.0 || own.is_some() {
                known.push(held);
            }
        }
        Ok(known)
    }

    /// The next `most` times without a conflict, within the therapist's hours
    /// and the preferences of `suiting`. The session `but` does not count as a
    /// conflict.
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub(crate) async fn next_free_times(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        holds: &[Hold],
        from: DateTime<Utc>,
        minutes: i64,
        most: usize,
        but: Uuid,
        suiting: &[Participant],
    ) -> Result<Vec<DateTime<Utc>>> {
        let from = from.max(self.now() + TICK);
        let zone = &practice.zone;
        let until = zone::day_start(zone::date_of(from, zone) + Duration::days(DAYS_SEARCHED), zone)?;
        let starts = Span { from, until };
        let clinician = holds.iter().find(|h| h.kind == "clinician").map_or(Uuid::nil(), |h| h.id);
        // One day more on both sides than time zones can differ.
        let (first, last) = (from.date_naive() - Duration::days(2), until.date_naive() + Duration::days(3));
        let hours = hours::hours_of(tx, practice, clinician, first, last).await?;
        let location = room_location(tx, &hours, holds).await?;
        let within: Vec<Vec<Span>> = suiting.iter().filter_map(|comer| comer.spans(starts)).collect();
        let length = Duration::minutes(minutes);
        let around = Span { from: from - AROUND, until: until + length + AROUND };
        let rows = self.overlaps(tx, in_fours(holds, |_| around), but).await?;
        let taken: Vec<Span> = rows
            .iter()
            .filter_map(|row| {
                let hold = holds.iter().find(|hold| hold.id == row.held_id)?;
                Some(hold.around(Span { from: row.starts_at, until: row.ends_at }))
            })
            .collect();
        let open = openings(&hours, location, zone, days_around(starts, zone))?;
        Ok(free_starts(&Limits { open: &open, within: &within, taken: &taken, length, step: STEP }, starts, most))
    }
}
