//! The practice's settings and its rooms.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{LocationId, RoomId},
    outbox::lead::Lead,
    practice::settings::{KindRule, Practice},
    scheduling::{
        reply::ReplyReminders,
        request::{PortalRule, PortalRules},
    },
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Bookings, Error, Guest, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::Binned,
    database::{all, maybe, run},
    unreadable::Lenient,
};

#[derive(FromRow)]
struct PracticeRow {
    name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    opens: NaiveTime,
    closes: NaiveTime,
    open_days: String,
    leads: Lenient<Vec<Lead>>,
    #[sqlx(try_from = "String")]
    asks: ReplyReminders,
    kinds: Lenient<Vec<KindRule>>,
    notice_hours: i64,
    quiet_minutes: i64,
    #[sqlx(try_from = "String")]
    portal_rule: PortalRule,
    portal_days: i64,
    portal_ahead: i64,
    inquiries: bool,
    late_fee: String,
    fee_if_one_absent: bool,
    sender_name: String,
    phone: String,
    note_unlock_hours: i64,
}

/// A room as it is offered for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    /// The name as people read it: "Garden room", or "Garden room, Lakeside"
    /// with the location.
    pub name: String,
}

/// A room with what it offers and its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomOffer {
    pub room: Room,
    /// The room's name without the location's.
    pub name: String,
    pub offers: Vec<String>,
    pub location: Option<LocationId>,
}

/// The outcome of a change of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomChange {
    /// It is changed.
    Done,
    /// There is no such room in use, or no such location.
    Missing,
    /// Another room at that location has this name.
    NameTaken,
}

/// Reads the practice's settings. `None`: the practice is not set up yet.
pub(crate) async fn practice(tx: &mut Tx) -> Result<Option<Practice>> {
    let row = maybe!(
        tx,
        PracticeRow,
        "SELECT name, zone, opens, closes, open_days, leads, asks, kinds, notice_hours, quiet_minutes, portal_rule,
             portal_days, portal_ahead, inquiries, late_fee, fee_if_one_absent, sender_name, phone,
             note_unlock_hours
         FROM practice
         WHERE id = 1"
    )?;
    Ok(row.map(|r| Practice {
        name: r.name,
        zone: r.zone,
        opens: r.opens,
        closes: r.closes,
        open_days: r.open_days.split(',').filter_map(|day| day.parse().ok()).collect(),
        leads: r.leads.0,
        asks: r.asks,
        kinds: KindRule::all(&r.kinds.0),
        notice_hours: r.notice_hours,
        quiet_minutes: r.quiet_minutes,
        portal: PortalRules { rule: r.portal_rule, days: r.portal_days, max_coming_sessions: r.portal_ahead },
        inquiries: r.inquiries,
        late_fee: r.late_fee,
        fee_if_one_absent: r.fee_if_one_absent,
        sender_name: r.sender_name,
        phone: r.phone,
        note_unlock_hours: r.note_unlock_hours,
    }))
}

/// Reads the practice's settings. It is an error if the practice is not set up
/// yet.
pub(crate) async fn practice_set_up(tx: &mut Tx) -> Result<Practice> {
    practice(tx).await?.ok_or_else(|| Error::Stored("the practice has not been set up".to_owned()))
}

/// Today's date in the practice's time zone; `now` is the current time.
pub(crate) async fn today(tx: &mut Tx, now: DateTime<Utc>) -> Result<NaiveDate> {
    Ok(domain::zone::date_of(now, &practice_set_up(tx).await?.zone))
}

/// The rooms in use, with what each offers and its location.
pub(crate) async fn room_offers(tx: &mut Tx) -> Result<Vec<RoomOffer>> {
    let rows = all!(
        tx,
        (Uuid, String, Option<String>, Lenient<Vec<String>>, Option<Uuid>),
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

/// The days when the practice is open, in the form in which they are stored:
/// `Mon,Tue`.
pub(crate) fn stored_days(practice: &Practice) -> String {
    practice.open_days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Stores the settings of a new practice.
pub(crate) async fn insert_practice(
    tx: &mut Tx,
    practice: &Practice,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO practice (id, name, zone, opens, closes, open_days, leads, notice_hours, sender_name, phone,
             created_at, updated_at, quiet_minutes, portal_rule, portal_days, portal_ahead, inquiries, late_fee, asks,
             kinds, fee_if_one_absent, note_unlock_hours)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        &practice.name,
        practice.zone.name(),
        practice.opens,
        practice.closes,
        stored_days(practice),
        Json(&practice.leads),
        practice.notice_hours,
        &practice.sender_name,
        &practice.phone,
        now,
        practice.quiet_minutes,
        practice.portal.rule.word(),
        practice.portal.days,
        practice.portal.max_coming_sessions,
        practice.inquiries,
        &practice.late_fee,
        practice.asks.word(),
        Json(&practice.kinds),
        practice.fee_if_one_absent,
        practice.note_unlock_hours
    )?;
    Ok(())
}

impl Guest {
    /// The practice's settings. `None`: the practice is not set up yet.
    pub async fn practice(&self) -> Result<Option<Practice>> {
        let mut tx = self.store().read().await?;
        practice(&mut tx).await
    }
}

impl Owner {
    /// The practice's settings.
    pub async fn practice(&self) -> Result<Practice> {
        let mut tx = self.store().read().await?;
        practice_set_up(&mut tx).await
    }

    /// The rooms in use, with what each offers and its location.
    pub async fn rooms(&self) -> Result<Vec<RoomOffer>> {
        let mut tx = self.store().read().await?;
        room_offers(&mut tx).await
    }

    /// Sets what a room offers and where it is.
    pub async fn set_room(&self, room: RoomId, offers: &[String], location: Option<LocationId>) -> Result<RoomChange> {
        let mut tx = self.store().write().await?;
        let set = run!(
            &mut tx,
            "UPDATE room SET offers = $1, location_id = $3 WHERE id = $2 AND archived_at IS NULL
                AND ($3 IS NULL OR EXISTS (SELECT 1 FROM location WHERE id = $3 AND archived_at IS NULL))",
            Json(offers),
            room.0,
            location.map(|l| l.0)
        );
        match set.map_err(Error::from) {
            Err(error) if error.is_unique() => return Ok(RoomChange::NameTaken),
            Err(error) => return Err(error),
            Ok(0) => return Ok(RoomChange::Missing),
            Ok(_) => {}
        }
        self.record_room(&mut tx, AuditAction::Changed, room.0).await?;
        tx.commit().await?;
        Ok(RoomChange::Done)
    }

    /// Adds a room; a room that was archived at that location under this name
    /// is used again. `false`: a room of this name is in use there.
    pub async fn add_room(&self, name: &str, location: Option<LocationId>) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let location = location.map(|l| l.0);
        let before = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM room WHERE name = $1 AND archived_at IS NOT NULL
                AND location_id IS NOT DISTINCT FROM (SELECT id FROM location WHERE id = $2 AND archived_at IS NULL)
             ORDER BY archived_at DESC LIMIT 1",
            name,
            location
        )?;
        let id = before.map_or_else(|| self.store().clock().id(), |(id,)| id);
        let added = run!(
            &mut tx,
            "INSERT INTO room (id, name, location_id)
             VALUES ($1, $2, (SELECT id FROM location WHERE id = $3 AND archived_at IS NULL))
             ON CONFLICT (id) DO UPDATE SET archived_at = NULL",
            id,
            name,
            location
        );
        match added.map_err(Error::from) {
            Err(error) if error.is_unique() => return Ok(false),
            added => added?,
        };
        self.record_room(&mut tx, AuditAction::Created, id).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn record_room(&self, tx: &mut Tx, action: AuditAction, id: Uuid) -> Result<()> {
        let act = Act::by(self.me(), action, AuditThing::Room).id(id);
        self.store().record(tx, act).await
    }

    /// Archives a room and returns its id in the bin. Its sessions keep it.
    /// `None`: there is no such room.
    pub async fn archive_room(&self, room: RoomId) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let archived = run!(
            &mut tx,
            "UPDATE room SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL",
            self.now(),
            room.0
        )?;
        if archived == 0 {
            return self.store().in_bin(&mut tx, self.me(), "room", &room.to_string()).await;
        }
        self.record_room(&mut tx, AuditAction::Archived, room.0).await?;
        let bin = self.store().put_in_bin(&mut tx, self.me(), &Binned::Room { id: room.0 }).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }
}

impl Bookings {
    /// The rooms in use, with names as people read them.
    pub async fn rooms(&self) -> Result<Vec<Room>> {
        Ok(self.room_offers().await?.into_iter().map(|offer| offer.room).collect())
    }

    /// The rooms in use, with what each offers and its location.
    pub async fn room_offers(&self) -> Result<Vec<RoomOffer>> {
        let mut tx = self.store().read().await?;
        room_offers(&mut tx).await
    }
}
