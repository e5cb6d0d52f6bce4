//! One meeting, joint or with one partner.

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use crate::{
    form::{Errors, Form, Reader},
    ids::{AccountId, ClientId, PersonId, RoomId},
    person::Zone,
};

crate::words! {
    /// What kind of meeting it is.
    pub enum SessionKind {
        Intake = "intake", "First meeting";
        Regular = "regular", "Session";
        CheckIn = "check_in", "Check-in";
        Closing = "closing", "Closing session";
    }
}

crate::words! {
    /// What a therapist's sessions are called in a calendar elsewhere.
    pub enum Wording {
        Busy = "busy", "Busy, and nothing else";
        Initials = "initials", "Initials, such as A. & J.";
        Names = "names", "Full names";
    }
}

impl Wording {
    /// What an entry is called, for those who come.
    pub fn title<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Self::Busy => "Busy".to_owned(),
            Self::Initials => {
                let initials: Vec<String> =
                    names.into_iter().filter_map(|n| Some(format!("{}.", n.trim().chars().next()?))).collect();
                initials.join(" & ")
            }
            Self::Names => crate::client::title(names),
        }
    }
}

crate::words! {
    /// Where a session stands.
    pub enum SessionState {
        Booked = "booked", "Booked";
        Arrived = "arrived", "Arrived";
        Completed = "completed", "Completed";
        NoShow = "no_show", "No-show";
        LateCancelled = "late_cancelled", "Cancelled late";
        Cancelled = "cancelled", "Cancelled";
    }
}

impl SessionState {
    /// Whether the session holds its therapist, room and people.
    pub const fn occupies(self) -> bool {
        !matches!(self, Self::Cancelled | Self::LateCancelled)
    }

    /// The states the desk may set from this one. Cancelling what lies ahead
    /// is an act of its own, with a reason, and is not undone by a state.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Booked => &[Self::Arrived, Self::Completed, Self::NoShow, Self::LateCancelled],
            Self::Arrived => &[Self::Completed, Self::Booked],
            Self::Completed | Self::NoShow => &[Self::Booked],
            // Whose it was may turn out later; that it was cancelled stands.
            Self::LateCancelled => &[Self::Cancelled],
            Self::Cancelled => &[Self::LateCancelled],
        }
    }

    /// Whether it may still be moved or cancelled.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Booked | Self::Arrived)
    }
}

crate::words! {
    /// Who cancels.
    pub enum CancelledBy {
        Client = "client", "The client";
        Practice = "practice", "The practice";
    }
}

/// Whether a cancellation would come within the practice's notice window.
pub fn is_late(starts_at: DateTime<Utc>, now: DateTime<Utc>, notice_hours: i64) -> bool {
    starts_at - now < chrono::Duration::hours(notice_hours)
}

/// A cancellation, with who asked for it and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub by: CancelledBy,
    pub reason: String,
}

impl Cancellation {
    /// Reads the form. Who cancels has to be said where it makes a difference.
    pub fn read(form: &Form, late: bool) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let by = if late || !form.get("by").is_empty() {
            r.word("by", "Please say who cancels.")
        } else {
            Ok(CancelledBy::Client)
        };
        r.finish()?;
        Ok(Self { by: by?, reason: read_reason(form)? })
    }

    /// A client's within the notice window is a late one; the practice's own
    /// never is.
    pub const fn state(&self, late: bool) -> SessionState {
        match (self.by, late) {
            (CancelledBy::Client, true) => SessionState::LateCancelled,
            _ => SessionState::Cancelled,
        }
    }
}

/// Shortest and longest session, in minutes.
pub const MINUTES: std::ops::RangeInclusive<i64> = 10..=480;

/// Where people meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Room(RoomId),
    /// Online; the link may follow later.
    Link(String),
}

/// A wish to book over what is there, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// Why; kept with who.
    pub reason: String,
    /// A mark of what was shown to be there: only over that.
    pub seen: u64,
}

/// What is asked for when a session is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    pub client: ClientId,
    /// Everyone of the unit, or one partner alone.
    pub attendee: Option<PersonId>,
    pub clinician: AccountId,
    pub kind: SessionKind,
    pub place: Place,
    pub starts: NaiveDateTime,
    /// Which of the two, where the wall time comes twice: 0 or 1.
    pub fold: Option<u8>,
    pub minutes: i64,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Over what is there, on purpose.
    pub over: Option<Over>,
    /// The same key twice is one booking.
    pub key: Uuid,
}

impl NewSession {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let client = r.word("client", "Please choose for whom this session is.");
        let attendee = match form.get("attendee") {
            "everyone" | "" => Ok(None),
            id => match id.parse() {
                Ok(id) => Ok(Some(id)),
                Err(_) => r.fail("attendee", "Please choose who will come."),
            },
        };
        let clinician = r.word("clinician", "Please choose a therapist.");
        let kind = r.word("kind", "Please choose what kind of session it is.");
        let place = read_place(&mut r, form);
        let when = When::read_with(&mut r);
        let outside = r.ticked("outside");
        let over = read_over(&mut r, form);
        let key = r.word::<Uuid>("key", "This form is incomplete. Please open it again.");
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

/// What is asked for when a session is moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub when: When,
    pub place: Place,
    pub reason: String,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Over what is there, on purpose.
    pub over: Option<Over>,
    /// Another therapist than before.
    pub clinician: Option<AccountId>,
    /// Another kind than before.
    pub kind: Option<SessionKind>,
}

impl Move {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let when = When::read_with(&mut r);
        let place = read_place(&mut r, form);
        let reason = r.text("reason", REASON, "");
        let outside = r.ticked("outside");
        let over = read_over(&mut r, form);
        // Where the form does not ask, they stay.
        let clinician = match form.get("clinician") {
            "" => Ok(None),
            _ => r.word("clinician", "Please choose a therapist.").map(|id| Some(AccountId(id))),
        };
        let kind = match form.get("kind") {
            "" => Ok(None),
            _ => r.word("kind", "Please choose what kind of session it is.").map(Some),
        };
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

/// Why a session may stand over what is there; `None`: it may not.
fn read_over(r: &mut Reader<'_>, form: &Form) -> Result<Option<Over>, Errors> {
    // Where nothing was shown yet, nothing was seen.
    let seen = u64::from_str_radix(form.get("over_seen"), 16).unwrap_or_default();
    match r.ticked("over") {
        true => Ok(Some(Over { reason: over_reason(r)?, seen })),
        false => Ok(None),
    }
}

fn over_reason(r: &mut Reader<'_>) -> Result<String, Errors> {
    r.text("over_reason", 1..=300, "Please say why it is booked over what is there.")
}

/// Why days of a series stand over what is there.
pub fn read_over_reason(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = over_reason(&mut r);
    r.finish()?;
    reason
}

/// The longest reason for a move or a cancellation, in characters.
const REASON: std::ops::RangeInclusive<usize> = 0..=300;

/// Why a session is cancelled; may be left empty.
pub fn read_reason(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = r.text("reason", REASON, "");
    r.finish()?;
    reason
}

fn read_place(r: &mut Reader<'_>, form: &Form) -> Result<Place, Errors> {
    match form.get("place") {
        "" => r.fail("place", "Please choose a room, or online."),
        "online" => {
            let link = r.text("link", 0..=500, "")?;
            if link.is_empty() || link.starts_with("https://") {
                Ok(Place::Link(link))
            } else {
                r.fail("link", "Please write a link that starts with https://.")
            }
        }
        id => match id.parse() {
            Ok(room) => Ok(Place::Room(room)),
            Err(_) => r.fail("place", "Please choose a room, or online."),
        },
    }
}

/// A start as wall time and a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    pub starts: NaiveDateTime,
    pub fold: Option<u8>,
    pub minutes: i64,
}

impl When {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let when = Self::read_with(&mut r);
        r.finish()?;
        when
    }

    fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let date = r.date("date", "Please give a date.");
        let time = r.time("time", "Please give a time such as 10:30.");
        let fold = r.optional::<u8>("fold", "Please choose one of the two.");
        let minutes = r.number("minutes", MINUTES);
        Ok(Self { starts: date?.and_time(time?), fold: fold?.filter(|f| *f < 2), minutes: minutes? })
    }
}

/// What a session is about, as far as its booking goes: nothing clinical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The truth: the wall time, the zone it is in, and the length.
    pub starts: NaiveDateTime,
    pub zone: Zone,
    pub minutes: i64,
    /// Derived from the truth with a version of the zone database.
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_is_a_clients_within_the_notice_window() {
        let start: DateTime<Utc> = "2026-11-25T10:00:00Z".parse().unwrap();
        assert!(!is_late(start, start - chrono::Duration::hours(24), 24));
        assert!(is_late(start, start - chrono::Duration::hours(23), 24));
        let read = |by: &str, late| Cancellation::read(&Form::from_pairs([("by", by)]), late);
        assert_eq!(read("client", true).unwrap().state(true), SessionState::LateCancelled);
        assert_eq!(read("practice", true).unwrap().state(true), SessionState::Cancelled);
        assert_eq!(read("", false).unwrap().state(false), SessionState::Cancelled);
        assert!(read("", true).unwrap_err().of("by").is_some());
    }

    #[test]
    fn a_session_holds_its_people_until_it_is_cancelled() {
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
    fn a_calendar_elsewhere_says_as_much_as_was_chosen() {
        let names = ["Amara Nwosu", " Élodie"];
        assert_eq!(Wording::Busy.title(names), "Busy");
        assert_eq!(Wording::Initials.title(names), "A. & É.");
        assert_eq!(Wording::Initials.title(["", "Jo"]), "J.");
        assert!(Wording::Names.title(names).contains("Amara Nwosu"));
    }

    #[test]
    fn a_move_says_what_is_wrong_where_it_is_and_keeps_what_it_does_not_name() {
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
        assert_eq!(all.over, Some(Over { reason: "they asked for it".to_owned(), seen: 255 }));
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
            assert!(read(pairs).unwrap_err().of(field).is_some(), "{pairs:?}");
        }
        for link in ["", "https://example.org/room"] {
            let online = read(&[("place", "online"), ("link", link)]).unwrap();
            assert_eq!(online.place, Place::Link(link.to_owned()));
        }
        let long = "x".repeat(301);
        assert!(read(&[("reason", &long)]).unwrap_err().of("reason").is_some());
        assert!(read_reason(&Form::from_pairs([("reason", long.as_str())])).is_err());
        assert_eq!(read_reason(&Form::from_pairs([("reason", "ill")])), Ok("ill".to_owned()));
        let over = |reason: &str| read_over_reason(&Form::from_pairs([("over_reason", reason)]));
        assert_eq!(over("they asked for it"), Ok("they asked for it".to_owned()));
        assert!(over("").unwrap_err().of("over_reason").is_some());
    }

    #[test]
    fn a_cancelled_session_holds_nobody_and_stays_cancelled() {
        for state in SessionState::ALL {
            if !state.occupies() {
                assert!(state.next().iter().all(|next| !next.occupies()));
            }
        }
    }
}
