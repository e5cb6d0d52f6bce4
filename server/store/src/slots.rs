//! Finding a slot: the next times at which those who come, a therapist and a
//! room are all free, within hours that suit.
//!
//! What everyone in question is held for is read in one query, a few days
//! first and more where they give too little: the answer costs as much as it
//! holds. People's own preferred times are theirs alone to see; here they only
//! narrow what is offered.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    availability::{Buffers, Hours, Week},
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    person::Zone,
    practice::Practice,
    slots::{DayPart, SlotWish, Span, Suits, Where, common, free_with_room},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Bookings, Result, Store, Tx,
    availability::Open,
    database::all,
    holds::Hold,
    practice::{Room, practice_set_up},
};

/// A time that may be booked as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub at: DateTime<Utc>,
    pub clinician: AccountId,
    pub clinician_name: String,
    /// `None`: online.
    pub room: Option<Room>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    pub found: Vec<Slot>,
    /// Those who come and have said which times suit them: the found ones do,
    /// where that was asked for.
    pub asked: Vec<String>,
}

/// A room with what it offers, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomOffer {
    pub room: Room,
    /// Its name without the location's.
    pub name: String,
    pub offers: Vec<String>,
    pub location: Option<LocationId>,
}

/// So many days are looked at first, then, where they give too little, the
/// next, and the next.
const REACH: [(i64, i64); 3] = [(0, 4), (4, 12), (12, 28)];

/// At one time so many therapists are named.
const AT_ONE_TIME: usize = 3;

/// A therapist whose time is looked at.
#[derive(FromRow)]
pub(crate) struct Therapist {
    pub id: Uuid,
    pub display_name: String,
    buffer_before: i64,
    buffer_after: i64,
}

impl Therapist {
    pub(crate) fn hold(&self) -> Hold {
        let buffers = Buffers { before: self.buffer_before, after: self.buffer_after };
        Hold { kind: "clinician", id: self.id, buffers, over: false }
    }
}

/// The therapists who work here, or one of them, by name.
pub(crate) async fn therapists(tx: &mut Tx, only: Option<Uuid>) -> Result<Vec<Therapist>> {
    Ok(all!(
        tx,
        Therapist,
        "SELECT a.id, a.display_name, a.buffer_before, a.buffer_after FROM account_role r JOIN account a ON a.id = r.account_id
         WHERE r.role = 'clinician' AND r.account_id = COALESCE($1, r.account_id) AND a.disabled_at IS NULL ORDER BY a.display_name",
        only
    )?)
}

/// Somebody who comes, and the times that suit them.
#[derive(FromRow)]
pub(crate) struct Comer {
    id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    prefers: Option<Json<Week>>,
}

/// Those who come to a client's sessions.
pub(crate) async fn comers(tx: &mut Tx, client: ClientId) -> Result<Vec<Comer>> {
    Ok(all!(
        tx,
        Comer,
        "SELECT p.id, p.name, p.zone, p.prefers FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id
         WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat",
        client.0
    )?)
}

impl Comer {
    pub(crate) const fn person(&self) -> PersonId {
        PersonId(self.id)
    }

    /// Whether they have said which times suit.
    pub(crate) const fn has_said(&self) -> bool {
        self.prefers.is_some()
    }

    /// The spans of a few days that suit, by the clock where they live.
    pub(crate) fn spans(&self, first: NaiveDate, days: i64) -> Result<Option<Vec<Span>>> {
        let Some(Json(week)) = &self.prefers else { return Ok(None) };
        let mut spans = Vec::new();
        // A day more on both sides: their date may be another.
        for date in (-1..=days).map(|n| first + Duration::days(n)) {
            spans.extend(instants(date, week.on(chrono::Datelike::weekday(&date)), &self.zone)?);
        }
        Ok(Some(spans))
    }
}

fn instants(date: NaiveDate, hours: &[Hours], zone: &Zone) -> Result<Vec<Span>> {
    let at = |time| zone::instant(date.and_time(time), zone);
    hours.iter().map(|h| Ok(Span { from: at(h.from)?, until: at(h.until)? })).collect()
}

/// The spans of some days in which a session with a therapist may lie: their
/// hours at a location or anywhere, on the quarters of the wall clock from each
/// opening on.
pub(crate) fn windows(
    open: &Open,
    location: Option<LocationId>,
    zone: &Zone,
    dates: impl Iterator<Item = NaiveDate>,
    from: DateTime<Utc>,
    part: DayPart,
) -> Result<Vec<Span>> {
    let part = part.hours();
    let mut windows = Vec::new();
    for date in dates {
        let hours: Vec<Hours> = open
            .on(date, location)
            .iter()
            .map(|h| Hours { from: h.from.max(part.from), until: h.until.min(part.until) })
            .filter(|h| h.from < h.until)
            .collect();
        for Span { from: opens, until } in instants(date, &hours, zone)? {
            let mut begin = opens;
            if begin < from {
                let quarters = (from - opens).num_minutes() / 15 + 1;
                begin = opens + Duration::minutes(15 * quarters);
            }
            if begin < until {
                windows.push(Span { from: begin, until });
            }
        }
    }
    Ok(windows)
}

impl Bookings {
    /// The rooms in use, as people read them.
    pub async fn rooms(&self) -> Result<Vec<Room>> {
        Ok(self.room_offers().await?.into_iter().map(|offer| offer.room).collect())
    }

    /// The rooms in use, with what each offers and where it is.
    pub async fn room_offers(&self) -> Result<Vec<RoomOffer>> {
        let mut tx = self.store().read().await?;
        room_offers(&mut tx).await
    }

    /// The next slots for a wish, `most` at most, the soonest first. `None`:
    /// this client cannot be booked here.
    pub async fn slots(&self, wish: &SlotWish, most: usize) -> Result<Option<Slots>> {
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(members) = self.bookable(&mut tx, &practice, wish.client).await? else { return Ok(None) };
        let only = self.only.or(wish.clinician);
        self.store().slots(&mut tx, &practice, wish, &members, only, most).await.map(Some)
    }
}

impl Store {
    /// The same for those who were found to belong to the client.
    pub(crate) async fn slots(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        wish: &SlotWish,
        members: &[PersonId],
        only: Option<AccountId>,
        most: usize,
    ) -> Result<Slots> {
        let mut comers = comers(tx, wish.client).await?;
        comers.retain(|c| members.contains(&c.person()) && wish.attendee.is_none_or(|one| one == c.person()));
        let only = only.map(|a| a.0);
        let therapists = therapists(tx, only).await?;
        let places = places(&wish.place, room_offers(tx).await?);
        let mut slots =
            Slots { found: vec![], asked: comers.iter().filter(|c| c.has_said()).map(|c| c.name.clone()).collect() };
        // A first meeting is looked for before anybody is known.
        if comers.is_empty() && !wish.client.0.is_nil() {
            return Ok(slots);
        }
        let first = wish.from.max(zone::today(self.now(), &practice.zone));
        let last = first + Duration::days(REACH[2].1);
        let hours = self.hours(tx, practice, only, first, last).await?;
        for (from_day, until_day) in REACH {
            let (from, days) = (first + Duration::days(from_day), until_day - from_day);
            let dates = || (0..days).map(|n| from + Duration::days(n));
            let mut taken = self.taken_between(tx, wish, only, from, days).await?;
            let rooms: Vec<Vec<Span>> = places
                .iter()
                .map(|p| p.room.as_ref().map_or_else(Vec::new, |r| taken.get(&r.id.0).cloned().unwrap_or_default()))
                .collect();
            let mut locations: Vec<Option<LocationId>> = places.iter().map(|p| p.location).collect();
            locations.sort_unstable();
            locations.dedup();
            let people: Vec<Span> = comers.iter().flat_map(|c| taken.remove(&c.id).unwrap_or_default()).collect();
            let suits: Vec<Vec<Span>> = comers
                .iter()
                .filter(|c| match wish.suits {
                    Suits::All => true,
                    Suits::Only(person) => c.id == person.0,
                    Suits::NoMatter => false,
                })
                .filter_map(|c| c.spans(from, days).transpose())
                .collect::<Result<_>>()?;
            let mut found = Vec::new();
            for therapist in &therapists {
                let open = hours.of(therapist.id);
                let hold = therapist.hold();
                let own = taken.get(&therapist.id).into_iter().flatten().map(|t| hold.around(*t));
                let busy: Vec<Span> = people.iter().copied().chain(own).collect();
                let (length, step) = (Duration::minutes(wish.minutes), Duration::minutes(15));
                // Where hours are the same everywhere, all rooms are one group.
                let by_location = open.by_location();
                let groups = if by_location { &locations[..] } else { &[None] };
                for location in groups {
                    let mut windows = windows(&open, *location, &practice.zone, dates(), self.now(), wish.part)?;
                    for spans in &suits {
                        windows = common(&windows, spans);
                    }
                    let there: Vec<usize> =
                        (0..places.len()).filter(|n| !by_location || places[*n].location == *location).collect();
                    let rooms: Vec<&[Span]> = there.iter().map(|n| &rooms[*n][..]).collect();
                    for (at, room) in free_with_room(&windows, &busy, &rooms, length, step, most) {
                        found.push((at, therapist, there[room]));
                    }
                }
            }
            // A therapist once at a time, in the first of the rooms.
            found.sort_by(|a, b| (a.0, &a.1.display_name, a.1.id, a.2).cmp(&(b.0, &b.1.display_name, b.1.id, b.2)));
            found.dedup_by_key(|(at, therapist, _)| (*at, therapist.id));
            for (at, therapist, place) in found {
                let room = places[place].room.clone();
                let so_far = slots.found.iter().rev().take_while(|s| s.at == at).count();
                if slots.found.len() < most && so_far < AT_ONE_TIME {
                    slots.found.push(Slot {
                        at,
                        clinician: AccountId(therapist.id),
                        clinician_name: therapist.display_name.clone(),
                        room,
                    });
                }
            }
            if slots.found.len() >= most {
                break;
            }
        }
        Ok(slots)
    }

    /// What everyone and everything in question is held for on some days.
    async fn taken_between(
        &self,
        tx: &mut Tx,
        wish: &SlotWish,
        clinician: Option<Uuid>,
        first: NaiveDate,
        days: i64,
    ) -> Result<HashMap<Uuid, Vec<Span>>> {
        // A day more on both sides than any zone can differ.
        let from = (first - Duration::days(1)).and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
        let rows = all!(
            tx,
            (Uuid, DateTime<Utc>, DateTime<Utc>),
            "SELECT o.held_id, o.starts_at, o.ends_at FROM (
                SELECT account_id AS id FROM account_role WHERE role = 'clinician' AND account_id = COALESCE($1, account_id)
                UNION ALL SELECT id FROM room WHERE archived_at IS NULL
                UNION ALL SELECT person_id FROM client_member WHERE client_id = $2 AND left_at IS NULL) h
             JOIN occupancy o ON o.held_id = h.id AND o.ends_at > $3 AND o.starts_at < $4",
            clinician,
            wish.client.0,
            from,
            from + Duration::days(days + 2)
        )?;
        let mut taken: HashMap<Uuid, Vec<Span>> = HashMap::new();
        for (held, from, until) in rows {
            taken.entry(held).or_default().push(Span { from, until });
        }
        Ok(taken)
    }
}

/// Where a session may be.
struct Spot {
    /// `None`: online.
    room: Option<Room>,
    location: Option<LocationId>,
}

/// The spots that a wish is content with, the best first.
fn places(wish: &Where, mut rooms: Vec<RoomOffer>) -> Vec<Spot> {
    let offers_all = |r: &RoomOffer, wanted: &[String]| wanted.iter().all(|w| r.offers.contains(w));
    match wish {
        // One such place is free at any time.
        Where::Online => return vec![Spot { room: None, location: None }],
        Where::Room(id) => rooms.retain(|r| r.room.id == *id),
        Where::Like(id) => {
            // As good is a room that offers as much, in the same house.
            let model = rooms.iter().find(|r| r.room.id == *id).map(|r| (r.offers.clone(), r.location));
            if let Some((wanted, location)) = model {
                rooms.retain(|r| offers_all(r, &wanted) && r.location == location);
            }
            rooms.sort_by_key(|r| r.room.id != *id);
        }
        Where::AnyRoom { offers, at } => {
            rooms.retain(|r| offers_all(r, offers) && at.is_none_or(|at| r.location == Some(at)));
        }
    }
    rooms.into_iter().map(|r| Spot { room: Some(r.room), location: r.location }).collect()
}

/// The rooms in use, with what each offers and where it is.
pub(crate) async fn room_offers(tx: &mut Tx) -> Result<Vec<RoomOffer>> {
    let rows = all!(
        tx,
        (Uuid, String, Option<String>, Json<Vec<String>>, Option<Uuid>),
        "SELECT r.id, r.name, l.name, r.offers, r.location_id FROM room r LEFT JOIN location l ON l.id = r.location_id
         WHERE r.archived_at IS NULL ORDER BY COALESCE(l.name, ''), r.name"
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, place, offers, location)| RoomOffer {
            room: Room { id: RoomId(id), name: place.map_or_else(|| name.clone(), |place| format!("{name}, {place}")) },
            name,
            offers: offers.0,
            location: location.map(LocationId),
        })
        .collect())
}
