//! What people of the demo and of the example couple do: they have sessions, get
//! exercises and answer them.

use chrono::{Datelike, Duration, NaiveDate, Weekday};
use domain::{
    clients::person::Zone,
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        exercise::Document,
    },
    ids::{AccountId, ClientId, SessionId},
    scheduling::session::{NewSession, Place, SessionKind, SessionState, Timing},
};
use store::{Booked, Bookings, Clinician, Partner};

use super::{Result, answers::answers, full_hour};

/// The last hour at which a session begins.
const LAST_HOUR: u32 = 19;

/// Books a session of this client with this therapist `day` days from today at about
/// this hour, by the clock in `zone`; a session that is over is marked as completed.
/// Where the slot is taken, later hours are tried. `None`: none of them was free.
pub(super) async fn book(
    desk: &Bookings,
    (zone, today): (&Zone, NaiveDate),
    (client, clinician): (ClientId, AccountId),
    day: i64,
    hour: u32,
) -> Result<Option<(SessionId, Timing)>> {
    let mut date = today + Duration::days(day);
    // Weekends stay free, except today: the demo's first page must show
    // something.
    while day != 0 && matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
        date += Duration::days(1);
    }
    let rooms = desk.rooms().await?;
    let tries = |hour: u32| (0..rooms.len().max(1)).map(move |turn| (hour, turn, false));
    // Some clients live where it is night then: their sessions of today were agreed
    // with them. Others are at a later hour if there is a free one.
    let agreed = (hour, 0, true);
    let first = tries(hour).chain((day == 0).then_some(agreed));
    let later = (hour + 1..=LAST_HOUR).flat_map(tries);
    for (hour, turn, outside) in first.chain(later).chain(std::iter::once(agreed)) {
        let starts = date.and_time(full_hour(hour));
        let timing = store::timing(starts, zone, 50, None)?;
        let place = if hour.is_multiple_of(4) || rooms.is_empty() {
            Place::Link("https://meet.example.org/lakeside".to_owned())
        } else {
            Place::Room(rooms[(usize::try_from(hour).unwrap_or(0) + turn) % rooms.len()].id)
        };
        let new = NewSession {
            client,
            attendee: None,
            clinician,
            kind: SessionKind::Regular,
            place,
            starts,
            fold: None,
            minutes: 50,
            outside,
            over: None,
            key: store::Clock::System.id(),
        };
        if let Booked::Done(id) = desk.book(&new, &timing).await? {
            if timing.ends_at < desk.now() {
                desk.set_state(id, SessionState::Completed).await?;
            }
            return Ok(Some((id, timing)));
        }
    }
    Ok(None)
}

/// Assigns an exercise to both partners; `done` is how far each of them will be.
/// `false`: it is not assigned.
pub(super) async fn assign(
    clinician: &Clinician,
    today: NaiveDate,
    client: ClientId,
    slug: &str,
    done: [u8; 2],
) -> Result<bool> {
    let new = NewAssignment {
        for_whom: Audience::Everyone,
        frequency: if done == [0, 0] { Frequency::BeforeNext } else { Frequency::OnDate(today + Duration::days(4)) },
        word_along: if slug == "reachable" {
            "Take it when the house is quiet. There is no right answer here.".to_owned()
        } else {
            String::new()
        },
    };
    Ok(clinician.assign(client, slug, &new, None).await?.is_some())
}

/// Answers an open exercise as the partner in this seat: 0 not begun, 1 a draft, 2
/// submitted.
pub(super) async fn answer(
    partner: &Partner,
    today: NaiveDate,
    document: &Document,
    (seat, how_far): (usize, u8),
) -> Result<()> {
    if how_far == 0 {
        return Ok(());
    }
    let open = partner.exercises(None).await?.rows;
    let Some(item) = open.into_iter().find(|i| i.title == document.title) else { return Ok(()) };
    let answers = answers(document, seat, today);
    if how_far == 1 {
        partner.save_draft(item.occurrence, &answers.into_iter().take(1).collect(), 0, None).await?;
    } else {
        partner.submit(item.occurrence, &answers).await?;
    }
    Ok(())
}
