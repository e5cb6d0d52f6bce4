//! Which messages a session owes, to whom, and when: a pure plan.
//!
//! The plan is made in the transaction that books, moves or cancels, and
//! again whenever something it rests on changes. Each planned message has a
//! key of its own, so that planning twice plans once.

use chrono::{DateTime, Duration, Utc};

use crate::{
    ids::{PersonId, SessionId},
    person::{SafeContact, within},
    practice::Lead,
    session::Timing,
    wording::WordingKind,
    zone::{self, UnknownZone},
};

crate::words! {
    /// What a message is for.
    pub enum MessageKind {
        Confirmation = "confirmation", "Confirmation";
        Reminder = "reminder", "Reminder";
        Moved = "moved", "Notice of a move";
        Cancelled = "cancelled", "Notice of a cancellation";
        Invitation = "invitation", "Invitation";
        PasswordReset = "password_reset", "Password reset";
        Nudge = "nudge", "Reminder of something to do";
        Plan = "plan", "Reminder of something planned";
        Letter = "letter", "Word of something to read";
        Request = "request", "Word of a time that was asked for";
        Inquiry = "inquiry", "Question whether an address is right";
        Test = "test", "Test";
    }
}

impl MessageKind {
    /// Whose words it has.
    pub const fn wording(self) -> WordingKind {
        match self {
            Self::Confirmation => WordingKind::Confirmation,
            Self::Reminder => WordingKind::Reminder,
            Self::Moved => WordingKind::Moved,
            Self::Cancelled => WordingKind::Cancelled,
            Self::Invitation => WordingKind::Invitation,
            Self::PasswordReset => WordingKind::PasswordReset,
            Self::Nudge | Self::Letter | Self::Request => WordingKind::Waiting,
            Self::Plan => WordingKind::Planned,
            Self::Inquiry => WordingKind::ConfirmAddress,
            Self::Test => WordingKind::Test,
        }
    }
}

crate::words! {
    /// Where a message stands.
    pub enum MessageState {
        Planned = "planned", "Planned";
        Claimed = "claimed", "Being sent";
        Sent = "sent", "Sent";
        Failed = "failed", "Failed";
        Skipped = "skipped", "Not sent";
        Superseded = "superseded", "Replaced";
    }
}

crate::words! {
    /// Why a message was not sent, or replaced.
    pub enum SkipReason {
        PortalOnly = "portal_only", "contact is through the portal only";
        NoAddress = "no_address", "no e-mail address";
        RemindersOff = "reminders_off", "reminders are switched off";
        TooLate = "too_late", "its time had passed";
        SessionChanged = "session_changed", "the session was moved or cancelled";
        Used = "used", "the link was used or withdrawn";
        Left = "left", "no longer part of this";
        Overtaken = "overtaken", "a later reminder took its place";
        Together = "together", "said in another mail of that hour";
        Returned = "returned", "mail to this address came back";
        NothingToDo = "nothing_to_do", "there is nothing left to do";
        Separated = "separated", "the two have separated";
        PlannedAnew = "planned_anew", "planned anew";
        /// A change came before the mail server's answer was known.
        MayHaveArrived = "may_have_arrived", "it may have arrived, and was overtaken by a change";
    }
}

/// Somebody who attends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub person: PersonId,
    pub has_address: bool,
    pub zone: crate::person::Zone,
    pub contact: SafeContact,
}

/// A session's messages are planned for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Booked,
    Moved,
    Cancelled,
    /// A move or a cancellation was undone before anyone was told.
    Undone,
    /// The practice's or a person's settings changed: reminders only.
    Settings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub person: PersonId,
    pub kind: MessageKind,
    pub lead: Option<Lead>,
    pub due_at: DateTime<Utc>,
    /// Past this instant the message says nothing anyone needs.
    pub not_after: DateTime<Utc>,
    /// Set where it is known already that nothing will be sent.
    pub skip: Option<SkipReason>,
}

impl Planned {
    /// What makes this message the one it is. `version` is the session's: a
    /// move makes new messages.
    pub fn key(&self, session: SessionId, version: i64) -> String {
        let lead = self.lead.map(|l| format!(":{l}")).unwrap_or_default();
        format!("session:{session}:{version}:{}:{}{lead}", self.person, self.kind.word())
    }
}

/// The instant a reminder is due: days before at the same wall time, hours
/// before by the clock.
pub fn due(timing: &Timing, lead: Lead) -> Result<DateTime<Utc>, UnknownZone> {
    match lead {
        Lead::Hours(n) => Ok(timing.starts_at - Duration::hours(i64::from(n))),
        Lead::Days(n) => zone::instant(timing.starts - Duration::days(i64::from(n)), &timing.zone),
    }
}

/// When a reminder says nothing any more: after an outage it is still sent
/// while more than half of what was to be its lead is left.
fn stale(due_at: DateTime<Utc>, starts_at: DateTime<Utc>) -> DateTime<Utc> {
    due_at + (starts_at - due_at) / 2
}

/// Everything a session owes from `now` on. `leads` gives the lead times for
/// somebody from their own. Notices of a move or a cancellation wait for
/// `quiet`.
pub fn plan<'a>(
    occasion: Occasion,
    timing: &Timing,
    recipients: &'a [Recipient],
    leads: impl Fn(&'a [Lead]) -> &'a [Lead],
    quiet: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<Planned>, UnknownZone> {
    let mut planned = Vec::new();
    for recipient in recipients {
        let silent = if recipient.contact.portal_only {
            Some(SkipReason::PortalOnly)
        } else if !recipient.has_address {
            Some(SkipReason::NoAddress)
        } else {
            None
        };
        let notice = match occasion {
            Occasion::Booked | Occasion::Undone => Some(MessageKind::Confirmation),
            Occasion::Moved => Some(MessageKind::Moved),
            Occasion::Cancelled => Some(MessageKind::Cancelled),
            Occasion::Settings => None,
        };
        if let Some(kind) = notice
            && timing.starts_at > now
        {
            // What may be undone waits a little, but not for too long.
            let from = match occasion {
                Occasion::Moved | Occasion::Cancelled if now + quiet < timing.starts_at => now + quiet,
                _ => now,
            };
            planned.push(Planned {
                person: recipient.person,
                kind,
                lead: None,
                due_at: safe_time(from, recipient)?,
                not_after: timing.starts_at,
                skip: silent,
            });
        }
        if occasion == Occasion::Cancelled {
            continue;
        }
        for lead in leads(&recipient.contact.leads) {
            let wished = due(timing, *lead)?;
            // A reminder whose hour has passed at the booking says nothing
            // that the confirmation of this minute does not.
            if wished <= now {
                continue;
            }
            let due_at = safe_time_before(wished, now, recipient)?;
            planned.push(Planned {
                person: recipient.person,
                kind: MessageKind::Reminder,
                lead: Some(*lead),
                due_at,
                not_after: stale(due_at, timing.starts_at),
                skip: silent.or((!recipient.contact.reminders).then_some(SkipReason::RemindersOff)),
            });
        }
    }
    Ok(planned)
}

/// The next instant from `at` on within the person's safe hours.
pub fn safe_time(at: DateTime<Utc>, recipient: &Recipient) -> Result<DateTime<Utc>, UnknownZone> {
    let Some(hours) = recipient.contact.hours else { return Ok(at) };
    let shown = zone::wall_time(at, &recipient.zone);
    if within(shown.time(), hours) {
        return Ok(at);
    }
    let today = shown.date().and_time(hours.0);
    let next = if today > shown { today } else { today + Duration::days(1) };
    zone::instant(next, &recipient.zone)
}

/// The last safe instant at or before the wished one; where that has passed,
/// the next safe one. A reminder rather comes early than late.
pub(crate) fn safe_time_before(
    wished: DateTime<Utc>,
    now: DateTime<Utc>,
    recipient: &Recipient,
) -> Result<DateTime<Utc>, UnknownZone> {
    let Some(hours) = recipient.contact.hours else { return Ok(wished) };
    let shown = zone::wall_time(wished, &recipient.zone);
    if within(shown.time(), hours) {
        return Ok(wished);
    }
    // A minute before the safe hours end.
    let end = shown.date().and_time(hours.1) - Duration::minutes(1);
    let before = if end < shown { end } else { end - Duration::days(1) };
    let at = zone::instant(before, &recipient.zone)?;
    if at > now { Ok(at) } else { safe_time(wished, recipient) }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::person::Zone;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn timing(starts: &str, zone: &str) -> Timing {
        let zone = Zone::parse(zone).unwrap();
        let starts = chrono::NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").unwrap();
        let starts_at = zone::instant(starts, &zone).unwrap();
        Timing { starts, zone, minutes: 50, starts_at, ends_at: starts_at + Duration::minutes(50) }
    }

    fn recipient(contact: SafeContact) -> Recipient {
        Recipient {
            person: PersonId(Uuid::from_u128(7)),
            has_address: true,
            zone: Zone::parse("Asia/Kolkata").unwrap(),
            contact,
        }
    }

    fn hm(h: u32, m: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(h, m, 0).unwrap()
    }

    #[test]
    fn a_day_before_is_the_same_wall_time_over_a_change_of_the_clocks() {
        let timing = timing("2027-03-28 10:00", "Europe/Berlin");
        assert_eq!(due(&timing, Lead::Days(1)), Ok(at("2027-03-27T09:00:00Z")));
        assert_eq!(due(&timing, Lead::Hours(24)), Ok(at("2027-03-27T08:00:00Z")));
    }

    #[test]
    fn a_booking_plans_a_confirmation_and_the_reminders_still_ahead() {
        let plan = plan(
            Occasion::Booked,
            &timing("2026-11-25 10:00", "Europe/Berlin"),
            &[recipient(SafeContact::default())],
            |_| &[Lead::Days(3), Lead::Days(1)],
            Duration::zero(),
            at("2026-11-23T09:00:00Z"),
        )
        .unwrap();
        let kinds: Vec<_> = plan.iter().map(|p| (p.kind, p.lead)).collect();
        assert_eq!(kinds, [(MessageKind::Confirmation, None), (MessageKind::Reminder, Some(Lead::Days(1)))]);
    }

    #[test]
    fn portal_only_is_planned_as_not_sent() {
        let contact = SafeContact { portal_only: true, ..SafeContact::default() };
        let plan = plan(
            Occasion::Booked,
            &timing("2026-11-30 10:00", "Europe/Berlin"),
            &[recipient(contact)],
            |_| &[Lead::Days(1)],
            Duration::zero(),
            at("2026-11-23T09:00:00Z"),
        )
        .unwrap();
        assert!(plan.iter().all(|p| p.skip == Some(SkipReason::PortalOnly)));
    }

    #[test]
    fn a_cancelled_session_owes_its_notice_and_nothing_else() {
        let plan = plan(
            Occasion::Cancelled,
            &timing("2026-11-30 10:00", "Europe/Berlin"),
            &[recipient(SafeContact::default())],
            |_| &[Lead::Days(1)],
            Duration::zero(),
            at("2026-11-23T09:00:00Z"),
        )
        .unwrap();
        assert_eq!(plan.iter().map(|p| p.kind).collect::<Vec<_>>(), [MessageKind::Cancelled]);
    }

    /// What a session in Berlin at ten owes one person.
    fn owed(occasion: Occasion, starts: &str, who: Recipient, quiet: i64, now: &str) -> Vec<Planned> {
        let leads = |_| &[Lead::Days(1)][..];
        plan(occasion, &timing(starts, "Europe/Berlin"), &[who], leads, Duration::minutes(quiet), at(now)).unwrap()
    }

    #[test]
    fn a_message_has_a_key_of_its_own() {
        let session = SessionId(Uuid::from_u128(9));
        let both =
            owed(Occasion::Booked, "2026-11-30 10:00", recipient(SafeContact::default()), 0, "2026-11-23T09:00:00Z");
        let person = PersonId(Uuid::from_u128(7));
        let keys: Vec<String> = both.iter().map(|p| p.key(session, 3)).collect();
        assert_eq!(
            keys,
            [
                format!("session:{session}:3:{person}:confirmation"),
                format!("session:{session}:3:{person}:reminder:{}", Lead::Days(1)),
            ]
        );
        assert_ne!(both[1].key(session, 4), keys[1], "a move makes another");
    }

    #[test]
    fn a_reminder_is_sent_while_half_of_its_lead_is_left() {
        let both =
            owed(Occasion::Booked, "2026-11-30 10:00", recipient(SafeContact::default()), 0, "2026-11-23T09:00:00Z");
        assert_eq!((both[0].due_at, both[0].not_after), (at("2026-11-23T09:00:00Z"), at("2026-11-30T09:00:00Z")));
        assert_eq!((both[1].due_at, both[1].not_after), (at("2026-11-29T09:00:00Z"), at("2026-11-29T21:00:00Z")));
    }

    #[test]
    fn what_will_not_be_sent_says_why() {
        let skips = |who: Recipient| -> Vec<_> {
            let owed = owed(Occasion::Booked, "2026-11-30 10:00", who, 0, "2026-11-23T09:00:00Z");
            owed.into_iter().map(|p| p.skip).collect()
        };
        let usual = recipient(SafeContact::default());
        assert_eq!(skips(usual.clone()), [None, None]);
        assert_eq!(skips(Recipient { has_address: false, ..usual }), [Some(SkipReason::NoAddress); 2]);
        let quiet = recipient(SafeContact { reminders: false, ..SafeContact::default() });
        assert_eq!(skips(quiet), [None, Some(SkipReason::RemindersOff)]);
    }

    #[test]
    fn what_may_be_undone_is_told_a_little_later_and_not_too_late() {
        let due = |occasion, now: &str| {
            let owed = owed(occasion, "2026-11-30 10:00", recipient(SafeContact::default()), 10, now);
            owed.into_iter().find(|p| p.kind != MessageKind::Reminder).map(|p| p.due_at)
        };
        let early = "2026-11-23T09:00:00Z";
        for occasion in [Occasion::Moved, Occasion::Cancelled] {
            assert_eq!(due(occasion, early), Some(at("2026-11-23T09:10:00Z")));
            assert_eq!(due(occasion, "2026-11-30T08:49:00Z"), Some(at("2026-11-30T08:59:00Z")));
            // It would begin meanwhile: at once.
            assert_eq!(due(occasion, "2026-11-30T08:50:00Z"), Some(at("2026-11-30T08:50:00Z")));
            assert_eq!(due(occasion, "2026-11-30T08:55:00Z"), Some(at("2026-11-30T08:55:00Z")));
            // It has begun.
            assert_eq!(due(occasion, "2026-11-30T09:00:00Z"), None);
        }
        for occasion in [Occasion::Booked, Occasion::Undone] {
            assert_eq!(due(occasion, early), Some(at(early)));
        }
        assert_eq!(due(Occasion::Settings, early), None);
    }

    #[test]
    fn safe_hours_bring_a_notice_later_and_a_reminder_earlier() {
        // 8 to 20 in Kolkata: 02:30Z to 14:30Z.
        let who = recipient(SafeContact { hours: Some((hm(8, 0), hm(20, 0))), ..SafeContact::default() });
        let later = |wished: &str| safe_time(at(wished), &who).unwrap();
        assert_eq!(later("2026-11-24T00:30:00Z"), at("2026-11-24T02:30:00Z"));
        assert_eq!(later("2026-11-24T02:30:00Z"), at("2026-11-24T02:30:00Z"));
        assert_eq!(later("2026-11-24T14:30:00Z"), at("2026-11-25T02:30:00Z"));
        let before = |wished: &str, now: &str| safe_time_before(at(wished), at(now), &who).unwrap();
        assert_eq!(before("2026-11-24T09:00:00Z", "2026-11-23T00:00:00Z"), at("2026-11-24T09:00:00Z"));
        assert_eq!(before("2026-11-24T15:30:00Z", "2026-11-23T00:00:00Z"), at("2026-11-24T14:29:00Z"));
        assert_eq!(before("2026-11-24T00:30:00Z", "2026-11-23T00:00:00Z"), at("2026-11-23T14:29:00Z"));
        // That has passed, or is now: the next that is safe.
        for now in ["2026-11-23T14:29:00Z", "2026-11-23T20:00:00Z"] {
            assert_eq!(before("2026-11-24T00:30:00Z", now), at("2026-11-24T02:30:00Z"));
        }
    }

    proptest! {
        #[test]
        fn mails_fall_into_safe_hours_and_before_the_session(
            from in 0u32..24, length in 1u32..23, minutes in 0i64..20_000, lead in 1u16..5,
        ) {
            let hours = (hm(from, 0), hm((from + length) % 24, 0));
            let who = recipient(SafeContact { hours: Some(hours), ..SafeContact::default() });
            let now = at("2026-11-01T00:00:00Z") + Duration::minutes(minutes);
            let timing = timing("2026-11-25 10:00", "Europe/Berlin");
            let leads = [Lead::Days(lead)];
            for p in plan(Occasion::Booked, &timing, &[who], |_| &leads, Duration::zero(), now).unwrap() {
                let shown = zone::wall_time(p.due_at, &Zone::parse("Asia/Kolkata").unwrap()).time();
                prop_assert!(within(shown, hours), "{shown} outside {hours:?}");
                prop_assert!(p.due_at >= now);
            }
        }
    }
}
