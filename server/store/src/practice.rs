//! The practice's settings and rooms.

use chrono::NaiveTime;
use domain::{
    ids::{LocationId, RoomId},
    person::Zone,
    practice::{KindRule, Lead, Practice},
    reply::Asks,
    request::{PortalRule, PortalRules},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Owner, Result, Store, Tx,
    audit::Act,
    database::{maybe, run},
    slots::{RoomOffer, room_offers},
};

#[derive(FromRow)]
struct PracticeRow {
    name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    opens: NaiveTime,
    closes: NaiveTime,
    open_days: String,
    leads: Json<Vec<Lead>>,
    #[sqlx(try_from = "String")]
    asks: Asks,
    kinds: Json<Vec<KindRule>>,
    notice_hours: i64,
    quiet_minutes: i64,
    #[sqlx(try_from = "String")]
    portal_rule: PortalRule,
    portal_days: i64,
    portal_ahead: i64,
    inquiries: bool,
    late_fee: String,
    sender_name: String,
    phone: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    /// As people read it: "Garden room", "Garden room, Lakeside".
    pub name: String,
}

/// What came of a change of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomChange {
    Done,
    /// There is no such room in use, or no such location.
    Missing,
    /// Another one in that house is called so.
    NameTaken,
}

/// The practice's settings; `None` before the first run's set-up.
pub(crate) async fn practice(tx: &mut Tx) -> Result<Option<Practice>> {
    let row = maybe!(
        tx,
        PracticeRow,
        "SELECT name, zone, opens, closes, open_days, leads, asks, kinds, notice_hours, quiet_minutes, portal_rule, portal_days, portal_ahead, inquiries, late_fee, sender_name, phone FROM practice WHERE id = 1"
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
        portal: PortalRules { rule: r.portal_rule, days: r.portal_days, ahead: r.portal_ahead },
        inquiries: r.inquiries,
        late_fee: r.late_fee,
        sender_name: r.sender_name,
        phone: r.phone,
    }))
}

/// The practice's settings, where it must have been set up.
pub(crate) async fn practice_set_up(tx: &mut Tx) -> Result<Practice> {
    practice(tx).await?.ok_or_else(|| Error::Stored("the practice has not been set up".to_owned()))
}

/// The days it is open as they are stored: `Mon,Tue`.
fn days(practice: &Practice) -> String {
    practice.open_days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

pub(crate) async fn insert_practice(
    tx: &mut Tx,
    practice: &Practice,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    run!(
        tx,
        "INSERT INTO practice (id, name, zone, opens, closes, open_days, leads, notice_hours, sender_name, phone, created_at, updated_at, quiet_minutes, portal_rule, portal_days, portal_ahead, inquiries, late_fee, asks, kinds)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        &practice.name, practice.zone.name(), practice.opens, practice.closes, days(practice), Json(&practice.leads), practice.notice_hours, &practice.sender_name, &practice.phone, now, practice.quiet_minutes, practice.portal.rule.word(), practice.portal.days, practice.portal.ahead, practice.inquiries, &practice.late_fee, practice.asks.word(), Json(&practice.kinds)
    )?;
    Ok(())
}

impl Store {
    /// The practice's public face: its name and zone. `None` before set-up.
    pub async fn practice(&self) -> Result<Option<Practice>> {
        let mut tx = self.read().await?;
        practice(&mut tx).await
    }
}

impl Owner {
    pub async fn practice(&self) -> Result<Practice> {
        let mut tx = self.store().read().await?;
        practice_set_up(&mut tx).await
    }

    /// Changes the settings. New lead times hold for what is planned from
    /// now on and for every session still ahead.
    pub async fn update_practice(&self, new: &Practice) -> Result<()> {
        let mut tx = self.store().write().await?;
        let old = practice_set_up(&mut tx).await?;
        run!(
            &mut tx,
            "UPDATE practice SET name = $1, zone = $2, opens = $3, closes = $4, open_days = $5, leads = $6, notice_hours = $7, sender_name = $8, phone = $9, updated_at = $10, quiet_minutes = $11, portal_rule = $12, portal_days = $13, portal_ahead = $14, inquiries = $15, late_fee = $16, asks = $17, kinds = $18 WHERE id = 1",
            &new.name,
            new.zone.name(),
            new.opens,
            new.closes,
            days(new),
            Json(&new.leads),
            new.notice_hours,
            &new.sender_name,
            &new.phone,
            self.now(),
            new.quiet_minutes,
            new.portal.rule.word(),
            new.portal.days,
            new.portal.ahead,
            new.inquiries,
            &new.late_fee,
            new.asks.word(),
            Json(&new.kinds)
        )?;
        if (&old.leads, &old.kinds) != (&new.leads, &new.kinds) {
            self.store().replan_all(&mut tx).await?;
        }
        self.store()
            .audit(
                &mut tx,
                Act { by: Some(self.me()), action: "changed", thing: "practice", id: None, client: None, detail: "" },
            )
            .await?;
        tx.commit().await
    }

    pub async fn rooms(&self) -> Result<Vec<RoomOffer>> {
        let mut tx = self.store().read().await?;
        room_offers(&mut tx).await
    }

    /// Says what a room offers and where it is.
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
        self.record_room(&mut tx, "changed", room.0).await?;
        tx.commit().await?;
        Ok(RoomChange::Done)
    }

    /// Adds a room; `false` where one of this name stands in that house. One
    /// that was out of use there comes back.
    pub async fn add_room(&self, name: &str, location: Option<LocationId>) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let location = location.map(|l| l.0);
        let before = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM room WHERE name = $1 AND archived_at IS NOT NULL
                AND location_id IS NOT DISTINCT FROM (SELECT id FROM location WHERE id = $2 AND archived_at IS NULL) ORDER BY archived_at DESC LIMIT 1",
            name,
            location
        )?;
        let id = before.map_or_else(|| self.store().clock().id(), |(id,)| id);
        let added = run!(
            &mut tx,
            "INSERT INTO room (id, name, location_id) VALUES ($1, $2, (SELECT id FROM location WHERE id = $3 AND archived_at IS NULL))
             ON CONFLICT (id) DO UPDATE SET archived_at = NULL",
            id,
            name,
            location
        );
        match added.map_err(Error::from) {
            Err(error) if error.is_unique() => return Ok(false),
            added => added?,
        };
        self.record_room(&mut tx, "created", id).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn record_room(&self, tx: &mut Tx, action: &str, id: Uuid) -> Result<()> {
        let act = Act { by: Some(self.me()), action, thing: "room", id: Some(id), client: None, detail: "" };
        self.store().audit(tx, act).await
    }

    /// Takes a room out of use. Its sessions stay where they are.
    pub async fn archive_room(&self, room: RoomId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let archived = run!(
            &mut tx,
            "UPDATE room SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL",
            self.now(),
            room.0
        )?;
        if archived > 0 {
            self.record_room(&mut tx, "archived", room.0).await?;
        }
        tx.commit().await?;
        Ok(archived > 0)
    }
}
