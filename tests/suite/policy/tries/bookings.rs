//! Tries to create and change things of bookings: sessions, hours, requests, inquiries.

use domain::scheduling::{
    inquiry::InquiryState,
    request::PortalRule,
    session::{NewSession, Place},
};
use tests::{cancelled, people::zone};
use uuid::Uuid;

use super::count;
use crate::policy::{
    doors::Doors,
    stage::{Stage, away_exception, inquirer, liked_week},
};

/// Whether the calendar has a session of Amara's at this time, alone or with Jonas.
pub(super) async fn is_booked(stage: &Stage, at: chrono::DateTime<chrono::Utc>, alone: bool) -> bool {
    let rows = stage.cast.desk.calendar(at, at + chrono::Duration::minutes(1), None, None).await.unwrap();
    rows.iter().any(|row| row.state.is_ahead() && row.title.contains("Amara") && row.title.contains("Jonas") != alone)
}

pub(super) async fn books(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let (cast, couple) = (&stage.cast, stage.cast.couple);
    let mut found = false;
    if let Some(bookings) = &doors.bookings {
        let starts = format!("{} 14:00", stage.day());
        let wish = NewSession {
            clinician: if bookings.is_desk() { cast.ruth.me() } else { bookings.me() },
            attendee: alone.then(|| cast.amara.person()),
            place: Place::Link(String::new()),
            ..cast.wish(&stage.world.store, &starts)
        };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
        bookings.book(&wish, &timing).await.unwrap();
        found |= is_booked(stage, timing.starts_at, alone).await;
    }
    if let Some(partner) = &doors.partner {
        stage.rule(PortalRule::AtOnce).await;
        let at = stage.offered();
        stage.date_requests_back().await;
        if alone {
            // As an individual client she comes alone.
            partner.request_time(None, Some(stage.solo), at).await.unwrap();
        } else {
            // A joint session needs both: one requests it, and this partner agrees.
            let asker = if partner.person() == cast.amara.person() { &cast.jonas } else { &cast.amara };
            let asked = asker.request_time(None, Some(couple), at).await.unwrap();
            assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{asked:?}");
            let own = asker.requests().await.unwrap().1;
            let request = own.iter().find(|q| q.starts_at == at).expect("asked").id;
            partner.answer_request(request, true).await.unwrap();
            asker.withdraw_request(request).await.unwrap();
        }
        found |= is_booked(stage, at, alone).await;
        stage.rule(PortalRule::Ask).await;
    }
    found
}

pub(super) async fn changes_booking(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let session = stage.fresh_session(alone).await;
    if let Some(bookings) = &doors.bookings {
        bookings.cancel(session, &cancelled("")).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        partner.cancel_own_session(session).await.unwrap();
    }
    !stage.cast.desk.session(session).await.unwrap().unwrap().state.is_ahead()
}

pub(super) fn away_day(stage: &Stage, reason: &str) -> domain::practice::hours::Exception {
    let first: chrono::NaiveDate = "2029-01-01".parse().expect("a day");
    away_exception(first + chrono::Duration::days(stage.number()), reason)
}

/// The id of Ruth's day away with this reason.
pub(super) async fn hours_id(stage: &Stage, reason: &str) -> Option<Uuid> {
    let hours = stage.cast.desk.hours(stage.cast.ruth.me(), None, None).await.unwrap().unwrap();
    assert!(hours.exceptions.more.is_none(), "few enough to find it");
    hours.exceptions.rows.iter().find(|(_, exception)| exception.reason == reason).map(|(id, _)| *id)
}

pub(super) async fn sets_day_away(stage: &Stage, doors: &Doors) -> bool {
    let Some(bookings) = &doors.bookings else { return false };
    let reason = format!("away {}", stage.number());
    bookings.add_exception(stage.cast.ruth.me(), &away_day(stage, &reason)).await.unwrap();
    let id = hours_id(stage, &reason).await;
    if let Some(id) = id {
        stage.cast.desk.remove_exception(id).await.unwrap();
    }
    id.is_some()
}

pub(super) async fn requests_time(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let Some(partner) = &doors.partner else { return false };
    let session = stage.fresh_session(false).await;
    stage.date_requests_back().await;
    if alone {
        partner.request_alone(session).await.unwrap();
    } else {
        partner.request_time(Some(session), None, stage.offered()).await.unwrap();
    }
    let amara = &stage.cast.amara;
    let own = amara.requests().await.unwrap().1;
    own.iter().any(|q| q.session == Some(session) && q.person == amara.person())
}

pub(super) async fn answers_request(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    if doors.partner.is_none() && doors.bookings.is_none() {
        return false;
    }
    let (amara, jonas) = (&stage.cast.amara, &stage.cast.jonas);
    let mut requests = Vec::new();
    if alone {
        stage.date_requests_back().await;
        let session = stage.fresh_session(false).await;
        amara.request_alone(session).await.unwrap();
        let own = amara.requests().await.unwrap().1;
        requests.push(own.iter().find(|q| q.session == Some(session)).expect("asked").id);
    } else {
        // One request waits for her partner, and one for the practice.
        for agreed in [false, true] {
            let session = stage.fresh_session(false).await;
            let request = stage.ask(Some(session), None, stage.offered()).await;
            if agreed {
                jonas.answer_request(request, true).await.unwrap();
            }
            requests.push(request);
        }
    }
    let mut changed = false;
    for request in requests {
        if let Some(bookings) = &doors.bookings {
            bookings.answer_request(request, false).await.unwrap();
            bookings.grant_unusual_request(request).await.unwrap();
        }
        if let Some(partner) = &doors.partner {
            partner.answer_request(request, false).await.unwrap();
            partner.withdraw_request(request).await.unwrap();
        }
        let own = amara.requests().await.unwrap().1;
        changed |= !own.iter().any(|q| q.id == request && q.state.is_open());
        amara.withdraw_request(request).await.unwrap();
    }
    changed
}

pub(super) async fn sets_liked_times(stage: &Stage, doors: &Doors, before: bool) -> bool {
    let amara = &stage.cast.amara;
    let stood = before.then(|| liked_week("10:00:00"));
    amara.set_prefers(stood.as_ref()).await.unwrap();
    if let Some(partner) = &doors.partner {
        partner.set_prefers(Some(&liked_week("15:00:00"))).await.unwrap();
    }
    let changed = amara.prefers().await.unwrap() != stood;
    amara.set_prefers(None).await.unwrap();
    changed
}

/// The public page is open to everyone, and the practice can add inquirers by itself.
pub(super) async fn inquires(stage: &Stage, doors: &Doors) -> bool {
    let before = count(stage, "SELECT count(*) FROM inquiry").await;
    doors.guest.inquire(&inquirer(&format!("Asker {}", stage.number()))).await.unwrap();
    let by_page = count(stage, "SELECT count(*) FROM inquiry").await - before;
    if let Some(bookings) = &doors.bookings {
        let name = format!("Caller {}", stage.number());
        bookings.add_inquiry(&inquirer(&name), None).await.unwrap();
        let listed = stage.cast.desk.inquiries(None).await.unwrap().rows;
        let id = listed.iter().find(|i| i.name == name).expect("who may see inquiries may note one").id;
        stage.cast.desk.settle_inquiry(id, InquiryState::Closed).await.unwrap();
    }
    by_page == 1
}
