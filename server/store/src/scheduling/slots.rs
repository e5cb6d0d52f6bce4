//! Finding a slot: the next times at which the people, a therapist and a room
//! are all free, within suitable hours.
//!
//! A list of free times is divided by instants ([`Cursor`]), never by days,
//! because the practice and the reader may be in zones a day apart. The
//! occupancy of everybody concerned is read in one query: for a few days first,
//! and for more if these give too few slots, so that an answer costs no more
//! than it needs. People's preferred times are visible to them alone; here they
//! only narrow what is offered.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, LocationId, PersonId, SessionId},
    practice::{hours::Buffers, settings::Practice},
    scheduling::{
        outside::monday_of,
        slots::{Cursor, Limits, SlotPlace, SlotWish, Suits, free_starts_with_room},
    },
    span::Span,
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, Tx,
    database::all,
    practice::{
        hours::{self, PracticeHours, days_around},
        settings::{Room, RoomOffer, practice_set_up, room_offers},
    },
    scheduling::{
        holds::Hold,
        openings::{AROUND, Participant, STEP, TICK, openings, participants, spans},
    },
};

/// A time that can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub at: DateTime<Utc>,
    pub clinician: AccountId,
    pub clinician_name: String,
    /// The room. `None`: online.
    pub room: Option<Room>,
}

/// A page of the slots that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The slots, the soonest first.
    pub found: Vec<Slot>,
    /// The names of the people who have said which times suit them. If the
    /// search asked for suitable times, the slots suit these people.
    pub asked: Vec<String>,
    /// The span that was searched.
    pub searched: Span,
    /// The pages before and after this one. `None`: there is none.
    pub earlier: Option<Cursor>,
    pub later: Option<Cursor>,
    /// Whether more therapists than are named are free at one of these times.
    pub unnamed: bool,
}

/// The slots of a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWeek {
    /// Its first day.
    pub monday: NaiveDate,
    /// All slots that start in it, the soonest first.
    pub found: Vec<Slot>,
    /// The names of the people who have said which times suit them.
    pub asked: Vec<String>,
    /// The people who would attend, with the zones in which they live.
    pub people: Vec<(String, Zone)>,
    /// Whether more therapists than are named are free at one of these times.
    pub unnamed: bool,
    /// The Mondays of the present week and of the last week that is searched.
    pub bounds: (NaiveDate, NaiveDate),
    /// The first slot after the week and the last one before it. They are looked
    /// for only if the week has no slot.
    pub next: Option<DateTime<Utc>>,
    pub last: Option<DateTime<Utc>>,
}

/// How much of the calendar is searched first. If that gives too few slots,
/// each further step is twice as long, up to [`LONGEST_STEP`].
const FIRST_STEP: Duration = Duration::days(4);
/// The longest step of a search.
const LONGEST_STEP: Duration = Duration::days(64);

/// How much of the calendar one page of the practice's own search covers at
/// most.
pub(crate) const PAGE: Duration = Duration::weeks(4);

/// How far ahead the practice's own search goes, in days.
const HORIZON: i64 = 2 * 366;

/// How many therapists at most are named for one time.
const AT_ONE_TIME: usize = 3;

/// A therapist whose free time is searched.
#[derive(FromRow)]
pub(crate) struct Therapist {
    pub id: Uuid,
    pub display_name: String,
    buffer_before: i64,
    buffer_after: i64,
}

impl Therapist {
    /// What a session occupies of this therapist, with their buffers.
    pub(crate) fn hold(&self) -> Hold {
        let buffers = Buffers { before: self.buffer_before, after: self.buffer_after };
        Hold { kind: "clinician", id: self.id, buffers, over: false }
    }
}

/// The therapists who work here, or the one with the id `only`, ordered by
/// name.
pub(crate) async fn therapists(tx: &mut Tx, only: Option<Uuid>) -> Result<Vec<Therapist>> {
    Ok(all!(
        tx,
        Therapist,
        "SELECT a.id, a.display_name, a.buffer_before, a.buffer_after
         FROM account_role r JOIN account a ON a.id = r.account_id
         WHERE r.role = 'clinician' AND r.account_id = COALESCE($1, r.account_id) AND a.disabled_at IS NULL
         ORDER BY a.display_name, a.id",
        only
    )?)
}

impl Bookings {
    /// A page of the slots for a wish: at most `most` times, each with those
    /// who are free then. `None`: this client cannot be booked in this scope.
    pub async fn slots(&self, wish: &SlotWish, most: usize) -> Result<Option<Slots>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(members) = self.bookable(&mut tx, &practice, wish.client).await? else { return Ok(None) };
        let only = self.only.or(wish.clinician);
        let soonest = self.now() + TICK;
        let begin = zone::day_start(wish.from, &practice.zone)?.max(soonest);
        let end = zone::day_start(zone::date_of(soonest, &practice.zone) + Duration::days(HORIZON), &practice.zone)?;
        let (searched, backwards) = match wish.cursor {
            Some(Cursor::Before(at)) if at > soonest => {
                let until = at.min(end);
                (Span { from: soonest.max(until - PAGE), until }, true)
            }
            Some(Cursor::From(at)) => {
                let from = at.clamp(soonest, end);
                (Span { from, until: end.min(from + PAGE) }, false)
            }
            None | Some(Cursor::Before(_)) => (Span { from: begin, until: end.max(begin).min(begin + PAGE) }, false),
        };
        let finder = Finder::new(&mut tx, &practice, wish, &members, only, None, searched).await?;
        let (mut earlier, mut later) = (
            (searched.from > soonest).then_some(Cursor::Before(searched.from)),
            (searched.until < end).then_some(Cursor::From(searched.until)),
        );
        let found = if backwards {
            let (found, more) = finder.last(&mut tx, searched, most).await?;
            earlier = found.first().filter(|_| more).map(|(at, ..)| Cursor::Before(*at)).or(earlier);
            found
        } else {
            let (found, next) = finder.first(&mut tx, searched, most).await?;
            later = next.map(Cursor::From).or(later);
            found
        };
        let (found, unnamed) = finder.named(found);
        Ok(Some(Slots { found, asked: finder.people_with_preferences(), searched, earlier, later, unnamed }))
    }
}

impl Bookings {
    /// All slots for a wish in the week that begins on `monday`; without a week,
    /// in the first week with a slot, or in the present one. `moving`: the session that is to be moved, whose own time counts as
    /// free and is not offered. `None`: this client cannot be booked in this
    /// scope, or the session does not exist in it.
    pub async fn week_of_slots(
        &self,
        wish: &SlotWish,
        monday: Option<NaiveDate>,
        moving: Option<SessionId>,
    ) -> Result<Option<SlotWeek>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let (members, moving) = match moving {
            Some(id) => {
                let Some(session) = self.find(&mut tx, id).await? else { return Ok(None) };
                let members: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
                (members, Some((id, session.timing.starts_at)))
            }
            None => match self.bookable(&mut tx, &practice, wish.client).await? {
                Some(members) => (members, None),
                None => return Ok(None),
            },
        };
        let zone = &practice.zone;
        let soonest = self.now() + TICK;
        let today = zone::date_of(soonest, zone);
        let bounds = (monday_of(today), monday_of(today + Duration::days(HORIZON - 7)));
        let only = self.only.or(wish.clinician);
        let span_of = |monday: NaiveDate| -> Result<Span> {
            let until = zone::day_start(monday + Duration::days(7), zone)?;
            Ok(Span { from: zone::day_start(monday, zone)?.max(soonest).min(until), until })
        };
        let all = Span { from: soonest, until: zone::day_start(bounds.1 + Duration::days(7), zone)? };
        let tx = &mut tx;
        let finder = Finder::new(tx, &practice, wish, &members, only, moving, all).await?;
        let monday = match monday {
            Some(monday) => monday.clamp(bounds.0, bounds.1),
            None => {
                let (_, first) = finder.first(tx, all, 0).await?;
                first.map_or(bounds.0, |at| monday_of(zone::date_of(at, zone)))
            }
        };
        let week = span_of(monday)?;
        let (found, _) = finder.first(tx, week, usize::MAX - 2).await?;
        let (mut next, mut last) = (None, None);
        if found.is_empty() {
            (_, next) = finder.first(tx, Span { from: week.until, ..all }, 0).await?;
            let before = Span { from: soonest.min(week.from), until: week.from };
            last = finder.last(tx, before, 1).await?.0.first().map(|(at, ..)| *at);
        }
        let (found, unnamed) = finder.named(found);
        let asked = finder.people_with_preferences();
        let people = finder.comers.into_iter().map(Participant::into_zone).collect();
        Ok(Some(SlotWeek { monday, found, asked, people, unnamed, bounds, next, last }))
    }
}

/// A free time: when it starts, and the indexes of its therapist and its spot.
type Free = (DateTime<Utc>, usize, usize);

/// A search for free times: everything that does not depend on which days are
/// searched.
pub(crate) struct Finder<'a> {
    practice: &'a Practice,
    wish: &'a SlotWish,
    only: Option<Uuid>,
    /// The session that is to be moved, and its start. What it occupies itself
    /// is free for it, and its own start is not offered. `None`: a new session.
    moving: Option<(SessionId, DateTime<Utc>)>,
    comers: Vec<Participant>,
    /// Whether times at night for those who attend are left out.
    by_day: bool,
    therapists: Vec<Therapist>,
    spots: Vec<Spot>,
    hours: PracticeHours,
}

impl<'a> Finder<'a> {
    /// Prepares a search within a span, for those of the client's people who
    /// are in `members`.
    pub(crate) async fn new(
        tx: &mut Tx,
        practice: &'a Practice,
        wish: &'a SlotWish,
        members: &[PersonId],
        only: Option<AccountId>,
        moving: Option<(SessionId, DateTime<Utc>)>,
        within: Span,
    ) -> Result<Self> {
        let mut comers = participants(tx, wish.client).await?;
        comers.retain(|c| members.contains(&c.person()) && wish.attendee.is_none_or(|one| one == c.person()));
        let only = only.map(|a| a.0);
        // Nobody is free if nobody attends. But for a first meeting a time is
        // searched before anybody is known.
        let therapists =
            if comers.is_empty() && !wish.client.0.is_nil() { vec![] } else { therapists(tx, only).await? };
        let spots = spots(&wish.place, room_offers(tx).await?);
        let (first, last) = (zone::date_of(within.from, &practice.zone), zone::date_of(within.until, &practice.zone));
        let hours =
            hours::hours_between(tx, practice, only, first - Duration::days(1), last + Duration::days(2)).await?;
        Ok(Self { practice, wish, only, moving, comers, by_day: false, therapists, spots, hours })
    }

    /// The search without the times that are at night for those who attend.
    pub(crate) fn by_day(self) -> Self {
        Self { by_day: true, ..self }
    }

    /// The first `most` times within a span, and the next time after them.
    pub(crate) async fn first(
        &self,
        tx: &mut Tx,
        within: Span,
        most: usize,
    ) -> Result<(Vec<Free>, Option<DateTime<Utc>>)> {
        let mut found: Vec<Free> = Vec::new();
        let (mut from, mut step) = (within.from, FIRST_STEP);
        while from < within.until {
            let until = within.until.min(from + step);
            found.extend(self.times_between(tx, Span { from, until }, most + 1).await?);
            let next = times(&found).nth(most);
            if let Some(next) = next {
                found.retain(|(at, ..)| *at < next);
                return Ok((found, Some(next)));
            }
            (from, step) = (until, LONGEST_STEP.min(step * 2));
        }
        Ok((found, None))
    }

    /// The last `most` times within a span, the soonest first, and whether
    /// there are others before them.
    pub(crate) async fn last(&self, tx: &mut Tx, within: Span, most: usize) -> Result<(Vec<Free>, bool)> {
        let mut found: Vec<Free> = Vec::new();
        let (mut until, mut step) = (within.until, FIRST_STEP);
        while within.from < until {
            let from = within.from.max(until - step);
            let mut before = self.times_between(tx, Span { from, until }, usize::MAX - 1).await?;
            before.append(&mut found);
            found = before;
            if let Some(more) = times(&found).count().checked_sub(most).filter(|more| *more > 0) {
                let first = times(&found).nth(more);
                found.retain(|(at, ..)| first.is_some_and(|first| *at >= first));
                return Ok((found, true));
            }
            (until, step) = (from, LONGEST_STEP.min(step * 2));
        }
        Ok((found, false))
    }

    /// The first `most` times that start within a span.
    async fn times_between(&self, tx: &mut Tx, starts: Span, most: usize) -> Result<Vec<Free>> {
        if self.therapists.is_empty() || self.spots.is_empty() {
            return Ok(vec![]);
        }
        let zone = &self.practice.zone;
        let mut taken = self.taken(tx, starts).await?;
        let rooms: Vec<Vec<Span>> = self
            .spots
            .iter()
            .map(|p| p.room.as_ref().map_or_else(Vec::new, |r| taken.get(&r.id.0).cloned().unwrap_or_default()))
            .collect();
        let mut locations: Vec<Option<LocationId>> = self.spots.iter().map(|p| p.location).collect();
        locations.sort_unstable();
        locations.dedup();
        let people: Vec<Span> = self.comers.iter().flat_map(|c| taken.remove(&c.id).unwrap_or_default()).collect();
        let mut within: Vec<Vec<Span>> = self
            .comers
            .iter()
            .filter(|c| match self.wish.preferred_times {
                Suits::All => true,
                Suits::Only(person) => c.id == person.0,
                Suits::NoMatter => false,
            })
            .filter_map(|c| c.spans(starts))
            .collect();
        if self.by_day {
            within.extend(self.comers.iter().filter_map(|c| c.awake(starts)));
        }
        if let Some(hours) = self.wish.part.hours() {
            let part: std::result::Result<Vec<_>, _> =
                days_around(starts, zone).map(|date| spans(date, &[hours], zone)).collect();
            within.push(part?.concat());
        }
        let mut found: Vec<Free> = Vec::new();
        for (n, therapist) in self.therapists.iter().enumerate() {
            let open = self.hours.of(therapist.id);
            let hold = therapist.hold();
            let own = taken.get(&therapist.id).into_iter().flatten().map(|t| hold.around(*t));
            let busy: Vec<Span> = people.iter().copied().chain(own).collect();
            // If hours are the same everywhere, all rooms are one group.
            let by_location = open.by_location();
            let groups = if by_location { &locations[..] } else { &[None] };
            for location in groups {
                let limits = Limits {
                    open: &openings(&open, *location, zone, days_around(starts, zone))?,
                    within: &within,
                    taken: &busy,
                    length: Duration::minutes(self.wish.minutes),
                    step: STEP,
                };
                let there: Vec<usize> =
                    (0..self.spots.len()).filter(|n| !by_location || self.spots[*n].location == *location).collect();
                let rooms: Vec<&[Span]> = there.iter().map(|n| &rooms[*n][..]).collect();
                // The start of the session that is moved may be among them.
                for (at, room) in free_starts_with_room(&limits, &rooms, starts, most + 1) {
                    if self.moving.is_none_or(|(_, own)| own != at) {
                        found.push((at, n, there[room]));
                    }
                }
            }
        }
        // Each therapist once at each time, in the first of the rooms.
        found.sort_unstable();
        found.dedup_by_key(|(at, therapist, _)| (*at, *therapist));
        let end = times(&found).nth(most);
        if let Some(end) = end {
            found.retain(|(at, ..)| *at < end);
        }
        Ok(found)
    }

    /// The occupancy of every therapist, room and person of the search around
    /// the span `starts`, by id.
    async fn taken(&self, tx: &mut Tx, starts: Span) -> Result<HashMap<Uuid, Vec<Span>>> {
        let room = match self.wish.place {
            SlotPlace::Room(room) => Some(room.0),
            SlotPlace::Online | SlotPlace::AnyRoom { .. } | SlotPlace::Like(_) => None,
        };
        let rows = all!(
            tx,
            (Uuid, DateTime<Utc>, DateTime<Utc>),
            "SELECT o.held_id, o.starts_at, o.ends_at FROM (
                SELECT account_id AS id FROM account_role
                WHERE role = 'clinician' AND account_id = COALESCE($1, account_id)
                UNION ALL SELECT id FROM room WHERE archived_at IS NULL AND $6 AND id = COALESCE($7, id)
                UNION ALL SELECT person_id FROM client_member WHERE client_id = $2 AND left_at IS NULL) h
             JOIN occupancy o ON o.held_id = h.id AND o.ends_at > $3 AND o.starts_at < $4 AND o.session_id <> $5",
            self.only,
            self.wish.client.0,
            starts.from - AROUND,
            starts.until + Duration::minutes(self.wish.minutes) + AROUND,
            self.moving.map_or(Uuid::nil(), |(session, _)| session.0),
            self.wish.place != SlotPlace::Online,
            room
        )?;
        let mut taken: HashMap<Uuid, Vec<Span>> = HashMap::new();
        for (held, from, until) in rows {
            taken.entry(held).or_default().push(Span { from, until });
        }
        Ok(taken)
    }

    /// The names of the people who have said which times suit them.
    fn people_with_preferences(&self) -> Vec<String> {
        self.comers.iter().filter(|c| c.has_preferences()).map(|c| c.name.clone()).collect()
    }

    /// Free times as slots. Of the therapists who are free at one time only the
    /// first few are named; the `bool` says whether there are more.
    pub(crate) fn named(&self, found: Vec<Free>) -> (Vec<Slot>, bool) {
        let mut slots: Vec<Slot> = Vec::new();
        let mut unnamed = false;
        for (at, therapist, spot) in found {
            if slots.iter().rev().take_while(|s| s.at == at).count() == AT_ONE_TIME {
                unnamed = true;
                continue;
            }
            let therapist = &self.therapists[therapist];
            slots.push(Slot {
                at,
                clinician: AccountId(therapist.id),
                clinician_name: therapist.display_name.clone(),
                room: self.spots[spot].room.clone(),
            });
        }
        (slots, unnamed)
    }
}

/// The times of an ordered list, each once.
fn times(found: &[Free]) -> impl Iterator<Item = DateTime<Utc>> {
    found.chunk_by(|a, b| a.0 == b.0).filter_map(|same| same.first().map(|(at, ..)| *at))
}

/// A place where a session may be.
struct Spot {
    /// The room. `None`: online.
    room: Option<Room>,
    location: Option<LocationId>,
}

/// The spots that fit a wish, the best first.
fn spots(wish: &SlotPlace, mut rooms: Vec<RoomOffer>) -> Vec<Spot> {
    let offers_all = |r: &RoomOffer, wanted: &[String]| wanted.iter().all(|w| r.offers.contains(w));
    match wish {
        // One online spot is enough: it is free at any time.
        SlotPlace::Online => return vec![Spot { room: None, location: None }],
        SlotPlace::Room(id) => rooms.retain(|r| r.room.id == *id),
        SlotPlace::Like(id) => {
            // A room is as good if it offers as much at the same location.
            let model = rooms.iter().find(|r| r.room.id == *id).map(|r| (r.offers.clone(), r.location));
            if let Some((wanted, location)) = model {
                rooms.retain(|r| offers_all(r, &wanted) && r.location == location);
            }
            rooms.sort_by_key(|r| r.room.id != *id);
        }
        SlotPlace::AnyRoom { offers, at } => {
            rooms.retain(|r| offers_all(r, offers) && at.is_none_or(|at| r.location == Some(at)));
        }
    }
    rooms.into_iter().map(|r| Spot { room: Some(r.room), location: r.location }).collect()
}
