//! Sessions: single meetings, joint or with one partner.

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use crate::{
    clients::person::Zone,
    form::{Errors, Form, Reader},
    ids::{AccountId, ClientId, PersonId, RoomId},
    scheduling::outside::is_confirmed,
};

crate::words! {
    /// The kind of a session.
    pub enum SessionKind {
        Intake = "intake", "Intake session";
        Regular = "regular", "Session";
        CheckIn = "check_in", "Check-in";
        Closing = "closing", "Closing session";
    }
}

crate::words! {
    /// The titles of a therapist's sessions in a calendar outside the program.
    pub enum CalendarTitle {
        Busy = "busy", "Busy, and nothing else";
        Initials = "initials", "Initials, such as A. & J.";
        Names = "names", "Full names";
    }
}

impl CalendarTitle {
    /// The title of a calendar entry for a session with these people.
    pub fn title<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Self::Busy => "Busy".to_owned(),
            Self::Initials => {
                let initials: Vec<String> =
                    names.into_iter().filter_map(|n| Some(format!("{}.", n.trim().chars().next()?))).collect();
                initials.join(" & ")
            }
            Self::Names => crate::clients::client::title(names),
        }
    }
}

crate::words! {
    /// The state of a session.
    pub enum SessionState {
        Booked = "booked", "Booked";
        Arrived = "arrived", "Arrived";
        Completed = "completed", "Completed";
        NoShow = "no_show", "No-show";
        LateCancelled = "late_cancelled", "Late cancellation";
        Cancelled = "cancelled", "Cancelled";
    }
}

impl SessionState {
    /// Whether a session in this state occupies its therapist, room and people.
    pub const fn occupies(self) -> bool {
        !matches!(self, Self::Cancelled | Self::LateCancelled)
    }

    /// The states that the front desk may set from this one. The cancellation of
    /// a coming session is a separate act with a reason, and setting a state
    /// does not undo it.
    pub const fn next_states(self) -> &'static [Self] {
        match self {
            Self::Booked => &[Self::Arrived, Self::Completed, Self::NoShow, Self::LateCancelled],
            Self::Arrived => &[Self::Completed, Self::Booked],
            Self::Completed | Self::NoShow => &[Self::Booked],
            // Who cancelled may be corrected later; the session stays cancelled.
            Self::LateCancelled => &[Self::Cancelled],
            Self::Cancelled => &[Self::LateCancelled],
        }
    }

    /// Whether a session in this state may still be moved or cancelled.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Booked | Self::Arrived)
    }
}

crate::words! {
    /// Who cancels a session.
    pub enum CancelledBy {
        Client = "client", "The client";
        Practice = "practice", "The practice";
    }
}

/// Whether a cancellation at `now` is late: less than `notice_hours` before the
/// session starts.
pub fn is_late(starts_at: DateTime<Utc>, now: DateTime<Utc>, notice_hours: i64) -> bool {
    starts_at - now < chrono::Duration::hours(notice_hours)
}

/// A cancellation: who asked for it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub by: CancelledBy,
    pub reason: String,
}

impl Cancellation {
    /// Reads the form of a cancellation. Who cancels is required only if the
    /// cancellation is `late`, since it makes a difference then.
    pub fn read(form: &Form, late: bool) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let by = if late || !form.get("by").is_empty() {
            r.word("by", "Choose who cancels.")
        } else {
            Ok(CancelledBy::Client)
        };
        r.finish()?;
        Ok(Self { by: by?, reason: read_reason(form)? })
    }

    /// The state of the session after this cancellation. A client's cancellation
    /// can be late; the practice's never is.
    pub const fn state(&self, late: bool) -> SessionState {
        match (self.by, late) {
            (CancelledBy::Client, true) => SessionState::LateCancelled,
            _ => SessionState::Cancelled,
        }
    }
}

/// The shortest and the longest session, in minutes.
pub const MINUTES: std::ops::RangeInclusive<i64> = 10..=480;

/// The place of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Room(RoomId),
    /// Online, with this link; empty: the link is not known yet.
    Link(String),
}

/// An override: the user wants to book over a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The reason; it is stored with the user.
    pub reason: String,
    /// The keyed mark of the conflict that the user was shown. The override is
    /// valid for that conflict only; 0: none was shown.
    pub seen: u64,
}

/// The details of a session to book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    pub client: ClientId,
    /// The one person who attends; `None`: everyone of the client.
    pub attendee: Option<PersonId>,
    pub clinician: AccountId,
    pub kind: SessionKind,
    pub place: Place,
    pub starts: NaiveDateTime,
    /// Which of the two instants, if the wall time is shown twice: 0 the first, 1
    /// the second; `None`: not chosen.
    pub fold: Option<u8>,
    pub minutes: i64,
    /// Whether the user confirmed an unusual time.
    pub outside: bool,
    /// The override, if the user confirmed a conflict.
    pub over: Option<Override>,
    /// The form key: a form sent twice with the same key makes one booking.
    pub key: Uuid,
}

impl NewSession {
    /// Reads the booking form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let client = r.word("client", "Choose a client.");
        let attendee = match form.get("attendee") {
            "everyone" | "" => Ok(None),
            id => match id.parse() {
                Ok(id) => Ok(Some(id)),
                Err(_) => r.fail("attendee", "Choose who attends."),
            },
        };
        let clinician = r.word("clinician", "Choose a therapist.");
        let kind = r.word("kind", "Choose the kind of session.");
        let place = read_place(&mut r, form);
        let when = When::read_with(&mut r);
        let outside = is_confirmed(form);
        let over = read_over(&mut r, form);
        let key = r.word::<Uuid>("key", "This form is incomplete. Open it again.");
        r.finish()?;
        let when = when?;
        Ok(Self {
            client: client?,
            attendee: attendee?,
            clinician: AccountId(clinician?),
            kind: kind?,
            place: place?,
            starts: when.starts,
            fold: when.fold,
            minutes: when.minutes,
            outside,
            over: over?,
            key: key?,
        })
    }
}

/// The details of a session's move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub when: When,
    pub place: Place,
    pub reason: String,
    /// Whether the user confirmed an unusual time.
    pub outside: bool,
    /// The override, if the user confirmed a conflict.
    pub over: Option<Override>,
    /// The new therapist; `None`: the same as before.
    pub clinician: Option<AccountId>,
    /// The new kind; `None`: the same as before.
    pub kind: Option<SessionKind>,
}

impl Move {
    /// Reads the form of a move.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let when = When::read_with(&mut r);
        let place = read_place(&mut r, form);
        // A form without these fields leaves them as they are.
        let clinician = match form.get("clinician") {
            "" => Ok(None),
            _ => r.word("clinician", "Choose a therapist.").map(|id| Some(AccountId(id))),
        };
        let kind = match form.get("kind") {
            "" => Ok(None),
            _ => r.word("kind", "Choose the kind of session.").map(Some),
        };
        let outside = is_confirmed(form);
        let over = read_over(&mut r, form);
        let reason = r.text("reason", REASON, "");
        r.finish()?;
        Ok(Self {
            when: when?,
            place: place?,
            reason: reason?,
            outside,
            over: over?,
            clinician: clinician?,
            kind: kind?,
        })
    }
}

/// Reads the override of a form; `None`: it was not confirmed.
fn read_over(r: &mut Reader<'_>, form: &Form) -> Result<Option<Override>, Errors> {
    // 0 if no conflict was shown yet.
    let seen = u64::from_str_radix(form.get("over_seen"), 16).unwrap_or_default();
    match r.ticked("over") {
        true => Ok(Some(Override { reason: read_override_reason(r)?, seen })),
        false => Ok(None),
    }
}

/// Reads the reason for an override.
fn read_override_reason(r: &mut Reader<'_>) -> Result<String, Errors> {
    r.text("over_reason", 1..=300, "Enter the reason for double-booking.")
}

/// Reads the reason for an override on days of a series.
pub fn read_over_reason(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = read_override_reason(&mut r);
    r.finish()?;
    reason
}

/// The length of the reason for a move or a cancellation, in characters.
const REASON: std::ops::RangeInclusive<usize> = 0..=300;

/// Reads the reason for a cancellation; it may be empty.
pub fn read_reason(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = r.text("reason", REASON, "");
    r.finish()?;
    reason
}

/// Reads a room, or the link of an online session.
fn read_place(r: &mut Reader<'_>, form: &Form) -> Result<Place, Errors> {
    match form.get("place") {
        "" => r.fail("place", "Choose a room, or online."),
        "online" => {
            let link = r.text("link", 0..=500, "")?;
            if link.is_empty() || link.starts_with("https://") {
                Ok(Place::Link(link))
            } else {
                r.fail("link", "Enter a link that starts with https://.")
            }
        }
        id => match id.parse() {
            Ok(room) => Ok(Place::Room(room)),
            Err(_) => r.fail("place", "Choose a room, or online."),
        },
    }
}

/// The start of a session as wall time, and its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub starts: NaiveDateTime,
    /// Which of the two instants, if the wall time is shown twice: 0 the first, 1
    /// the second; `None`: not chosen.
    pub fold: Option<u8>,
    pub minutes: i64,
}

impl When {
    /// Reads the date, the time and the length from a form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let when = Self::read_with(&mut r);
        r.finish()?;
        when
    }

    fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let date = r.date("date", "Enter a date.");
        let time = r.time("time", "Enter a time, such as 10:30.");
        let fold = r.optional::<u8>("fold", "Choose the first or the second.");
        let minutes = r.number("minutes", MINUTES);
        Ok(Self { starts: date?.and_time(time?), fold: fold?.filter(|f| *f < 2), minutes: minutes? })
    }
}

/// The time of a session. The wall time, its zone and the length are the source;
/// the two instants are computed from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The start as wall time in `zone`.
    pub starts: NaiveDateTime,
    pub zone: Zone,
    pub minutes: i64,
    /// The instant of the start, by one version of the zone database.
    pub starts_at: DateTime<Utc>,
    /// The instant of the end, by the same version.
    pub ends_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clients_cancellation_in_the_notice_window_is_late() {
        let start: DateTime<Utc> = "2026-11-25T10:00:00Z".parse().unwrap();
        assert!(!is_late(start, start - chrono::Duration::hours(24), 24));
        assert!(is_late(start, start - chrono::Duration::hours(23), 24));
        let read = |by: &str, late| Cancellation::read(&Form::from_pairs([("by", by)]), late);
        assert_eq!(read("client", true).unwrap().state(true), SessionState::LateCancelled);
        assert_eq!(read("practice", true).unwrap().state(true), SessionState::Cancelled);
        assert_eq!(read("", false).unwrap().state(false), SessionState::Cancelled);
        assert!(read("", true).unwrap_err().message("by").is_some());
    }

    #[test]
    fn a_session_occupies_its_people_until_it_is_cancelled() {
        use SessionState::{Arrived, Booked, Cancelled, Completed, LateCancelled, NoShow};
        for (state, occupies, is_ahead) in [
            (Booked, true, true),
            (Arrived, true, true),
            (Completed, true, false),
            (NoShow, true, false),
            (LateCancelled, false, false),
            (Cancelled, false, false),
        ] {
            assert_eq!((state.occupies(), state.is_ahead()), (occupies, is_ahead), "{}", state.word());
        }
    }

    #[test]
    fn an_outside_calendar_shows_the_chosen_title() {
        let names = ["Amara Nwosu", " Élodie"];
        assert_eq!(CalendarTitle::Busy.title(names), "Busy");
        assert_eq!(CalendarTitle::Initials.title(names), "A. & É.");
        assert_eq!(CalendarTitle::Initials.title(["", "Jo"]), "J.");
        assert!(CalendarTitle::Names.title(names).contains("Amara Nwosu"));
    }

    #[test]
    fn each_error_of_a_move_is_at_its_field_and_missing_fields_stay_the_same() {
        let room = "0198a1a0-0000-7000-8000-000000000001";
        let read = |pairs: &[(&str, &str)]| {
            let mut form =
                Form::from_pairs([("date", "2026-11-30"), ("time", "10:00"), ("minutes", "50"), ("place", room)]);
            for (name, value) in pairs {
                form.set(name, *value);
            }
            Move::read(&form)
        };
        let plain = read(&[]).unwrap();
        assert_eq!((plain.when.fold, plain.clinician, plain.kind, plain.over), (None, None, None, None));
        assert_eq!(plain.place, Place::Room(room.parse().unwrap()));
        let all = read(&[
            ("clinician", room),
            ("kind", "intake"),
            ("fold", "1"),
            ("over", "yes"),
            ("over_reason", "they asked for it"),
            ("over_seen", "ff"),
            ("reason", "ill"),
        ])
        .unwrap();
        assert_eq!(
            (all.clinician, all.kind, all.when.fold),
            (room.parse().ok().map(AccountId), Some(SessionKind::Intake), Some(1))
        );
        assert_eq!(all.over, Some(Override { reason: "they asked for it".to_owned(), seen: 255 }));
        assert_eq!(all.reason, "ill");
        assert_eq!(read(&[("fold", "2")]).unwrap().when.fold, None, "there is no third time");
        for (pairs, field) in [
            (&[("clinician", "somebody")][..], "clinician"),
            (&[("kind", "party")], "kind"),
            (&[("over", "yes")], "over_reason"),
            (&[("place", "")], "place"),
            (&[("place", "the garden")], "place"),
            (&[("place", "online"), ("link", "http://example.org")], "link"),
            (&[("minutes", "481")], "minutes"),
        ] {
            assert!(read(pairs).unwrap_err().message(field).is_some(), "{pairs:?}");
        }
        for link in ["", "https://example.org/room"] {
            let online = read(&[("place", "online"), ("link", link)]).unwrap();
            assert_eq!(online.place, Place::Link(link.to_owned()));
        }
        let long = "x".repeat(301);
        assert!(read(&[("reason", &long)]).unwrap_err().message("reason").is_some());
        assert!(read_reason(&Form::from_pairs([("reason", long.as_str())])).is_err());
        assert_eq!(read_reason(&Form::from_pairs([("reason", "ill")])), Ok("ill".to_owned()));
        let over = |reason: &str| read_over_reason(&Form::from_pairs([("over_reason", reason)]));
        assert_eq!(over("they asked for it"), Ok("they asked for it".to_owned()));
        assert!(over("").unwrap_err().message("over_reason").is_some());
    }

    #[test]
    fn no_state_leads_back_from_cancelled() {
        for state in SessionState::ALL {
            if !state.occupies() {
                assert!(state.next_states().iter().all(|next| !next.occupies()));
            }
        }
    }
}
