//! Tests of when each email is due, in every zone and at every clock change.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

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
        held: false,
        alone: None,
        zone: Zone::parse("Asia/Kolkata").unwrap(),
        contact,
    }
}

fn hm(h: u32, m: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(h, m, 0).unwrap()
}

#[test]
fn a_day_before_is_the_same_wall_time_over_a_clock_change() {
    let timing = timing("2027-03-28 10:00", "Europe/Berlin");
    assert_eq!(reminder_due_at(&timing, Lead::Days(1)), Ok(Some(at("2027-03-27T09:00:00Z"))));
    assert_eq!(reminder_due_at(&timing, Lead::Hours(24)), Ok(Some(at("2027-03-27T08:00:00Z"))));
}

#[test]
fn a_skipped_or_repeated_wall_time_follows_its_rule() {
    let before = |starts: &str, zone: &str, lead| reminder_due_at(&timing(starts, zone), lead).unwrap();
    // The clocks skip 02:30 on the day before: it is 03:30 instead.
    let day = Lead::Days(1);
    assert_eq!(before("2027-03-29 02:30", "Europe/Berlin", day), Some(at("2027-03-28T01:30:00Z")));
    // The clocks show it twice: it is the first.
    assert_eq!(before("2027-11-01 02:30", "Europe/Berlin", day), Some(at("2027-10-31T00:30:00Z")));
    // No midnight: clocks in Beirut change from 00:00 to 01:00.
    assert_eq!(before("2027-03-29 00:00", "Asia/Beirut", day), Some(at("2027-03-27T22:00:00Z")));
    // Apia had no 30 December 2011: "a day before" is the 29th. By the usual
    // rule for gaps it would be the instant of the session itself.
    let apia = timing("2011-12-31 10:00", "Pacific/Apia");
    assert_eq!(zone::instant(apia.starts - Duration::days(1), &apia.zone), Ok(apia.starts_at));
    assert_eq!(before("2011-12-31 10:00", "Pacific/Apia", day), Some(at("2011-12-29T20:00:00Z")));
    // A session at the second of two instants: hours are counted between
    // instants.
    let second = Timing {
        starts_at: at("2027-10-31T01:30:00Z"),
        ends_at: at("2027-10-31T02:20:00Z"),
        ..timing("2027-10-31 02:30", "Europe/Berlin")
    };
    assert_eq!(reminder_due_at(&second, Lead::Hours(1)), Ok(Some(at("2027-10-31T00:30:00Z"))));
    // Nothing is due at the start or after it.
    assert_eq!(reminder_due_at(&second, Lead::Hours(0)), Ok(None));
    assert_eq!(reminder_due_at(&timing("2027-10-31 02:30", "Europe/Berlin"), Lead::Days(0)), Ok(None));
}

#[test]
fn a_reminder_moved_after_the_start_by_safe_hours_is_skipped() {
    // Safe hours of 18 to 20 in Kolkata: 12:30Z to 14:30Z. The session is at
    // nine in the morning in Berlin (08:00Z), booked on the evening before.
    let who = recipient(SafeContact { hours: Some((hm(18, 0), hm(20, 0))), ..SafeContact::default() });
    let timing = timing("2026-11-25 09:00", "Europe/Berlin");
    let reminders = |leads: &[Lead], now: &str| -> Vec<_> {
        reminders(&timing, &who, leads, None, at(now)).unwrap().into_iter().map(|p| (p.due_at, p.skip)).collect()
    };
    assert_eq!(
        reminders(&[Lead::Hours(4)], "2026-11-24T20:00:00Z"),
        [(at("2026-11-25T04:00:00Z"), Some(SkipReason::NoSafeHour))]
    );
    // Of two at the same minute, only the one with the longer lead time is sent.
    assert_eq!(
        reminders(&[Lead::Hours(4), Lead::Hours(2)], "2026-11-23T20:00:00Z"),
        [(at("2026-11-24T14:29:00Z"), None), (at("2026-11-24T14:29:00Z"), Some(SkipReason::Overtaken))]
    );
}

#[test]
fn a_booking_plans_a_confirmation_and_the_reminders_still_ahead() {
    let plan = plan_emails(
        Occasion::Booked,
        &timing("2026-11-25 10:00", "Europe/Berlin"),
        &[recipient(SafeContact::default())],
        |_| &[Lead::Days(3), Lead::Days(1)],
        Duration::zero(),
        at("2026-11-23T09:00:00Z"),
    )
    .unwrap();
    let kinds: Vec<_> = plan.iter().map(|p| (p.kind, p.lead)).collect();
    assert_eq!(kinds, [(EmailKind::Confirmation, None), (EmailKind::Reminder, Some(Lead::Days(1)))]);
}

#[test]
fn emails_to_a_portal_only_person_are_planned_as_skipped() {
    let contact = SafeContact { portal_only: true, ..SafeContact::default() };
    let plan = plan_emails(
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
    let plan = plan_emails(
        Occasion::Cancelled,
        &timing("2026-11-30 10:00", "Europe/Berlin"),
        &[recipient(SafeContact::default())],
        |_| &[Lead::Days(1)],
        Duration::zero(),
        at("2026-11-23T09:00:00Z"),
    )
    .unwrap();
    assert_eq!(plan.iter().map(|p| p.kind).collect::<Vec<_>>(), [EmailKind::Cancelled]);
}

/// The planned emails of a session in Berlin for one person.
fn planned_emails(occasion: Occasion, starts: &str, who: Recipient, quiet: i64, now: &str) -> Vec<PlannedEmail> {
    let leads = |_| &[Lead::Days(1)][..];
    plan_emails(occasion, &timing(starts, "Europe/Berlin"), &[who], leads, Duration::minutes(quiet), at(now)).unwrap()
}

#[test]
fn each_planned_email_has_a_unique_key() {
    let session = SessionId(Uuid::from_u128(9));
    let both = planned_emails(
        Occasion::Booked,
        "2026-11-30 10:00",
        recipient(SafeContact::default()),
        0,
        "2026-11-23T09:00:00Z",
    );
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
    let both = planned_emails(
        Occasion::Booked,
        "2026-11-30 10:00",
        recipient(SafeContact::default()),
        0,
        "2026-11-23T09:00:00Z",
    );
    assert_eq!((both[0].due_at, both[0].not_after), (at("2026-11-23T09:00:00Z"), at("2026-11-30T09:00:00Z")));
    assert_eq!((both[1].due_at, both[1].not_after), (at("2026-11-29T09:00:00Z"), at("2026-11-29T21:00:00Z")));
}

#[test]
fn an_email_that_will_not_be_sent_has_a_reason() {
    let skips = |who: Recipient| -> Vec<_> {
        let owed = planned_emails(Occasion::Booked, "2026-11-30 10:00", who, 0, "2026-11-23T09:00:00Z");
        owed.into_iter().map(|p| p.skip).collect()
    };
    let usual = recipient(SafeContact::default());
    assert_eq!(skips(usual.clone()), [None, None]);
    assert_eq!(skips(Recipient { has_address: false, ..usual.clone() }), [Some(SkipReason::NoAddress); 2]);
    assert_eq!(skips(Recipient { held: true, ..usual.clone() }), [Some(SkipReason::Held); 2]);
    let shared = Recipient { alone: Some(SkipReason::SharedAddress), ..usual };
    assert_eq!(skips(shared), [Some(SkipReason::SharedAddress); 2]);
    let quiet = recipient(SafeContact { reminders: false, ..SafeContact::default() });
    assert_eq!(skips(quiet), [None, Some(SkipReason::RemindersOff)]);
}

#[test]
fn notices_of_what_may_be_undone_are_delayed_but_sent_before_the_session() {
    let due = |occasion, now: &str| {
        let owed = planned_emails(occasion, "2026-11-30 10:00", recipient(SafeContact::default()), 10, now);
        owed.into_iter().find(|p| p.kind != EmailKind::Reminder).map(|p| p.due_at)
    };
    let early = "2026-11-23T09:00:00Z";
    for occasion in [Occasion::Moved, Occasion::Cancelled] {
        assert_eq!(due(occasion, early), Some(at("2026-11-23T09:10:00Z")));
        assert_eq!(due(occasion, "2026-11-30T08:49:00Z"), Some(at("2026-11-30T08:59:00Z")));
        // The session would begin meanwhile: the notice is sent at once.
        assert_eq!(due(occasion, "2026-11-30T08:50:00Z"), Some(at("2026-11-30T08:50:00Z")));
        assert_eq!(due(occasion, "2026-11-30T08:55:00Z"), Some(at("2026-11-30T08:55:00Z")));
        // The session has begun.
        assert_eq!(due(occasion, "2026-11-30T09:00:00Z"), None);
    }
    for occasion in [Occasion::Booked, Occasion::Undone] {
        assert_eq!(due(occasion, early), Some(at(early)));
    }
    assert_eq!(due(Occasion::Settings, early), None);
}

#[test]
fn safe_hours_delay_a_notice_and_bring_a_reminder_forward() {
    // Safe hours of 8 to 20 in Kolkata: 02:30Z to 14:30Z.
    let who = recipient(SafeContact { hours: Some((hm(8, 0), hm(20, 0))), ..SafeContact::default() });
    let later = |wished: &str| safe_time(at(wished), &who).unwrap();
    assert_eq!(later("2026-11-24T00:30:00Z"), at("2026-11-24T02:30:00Z"));
    assert_eq!(later("2026-11-24T02:30:00Z"), at("2026-11-24T02:30:00Z"));
    assert_eq!(later("2026-11-24T14:30:00Z"), at("2026-11-25T02:30:00Z"));
    let before = |wished: &str, now: &str| safe_time_before(at(wished), at(now), &who).unwrap();
    assert_eq!(before("2026-11-24T09:00:00Z", "2026-11-23T00:00:00Z"), at("2026-11-24T09:00:00Z"));
    assert_eq!(before("2026-11-24T15:30:00Z", "2026-11-23T00:00:00Z"), at("2026-11-24T14:29:00Z"));
    assert_eq!(before("2026-11-24T00:30:00Z", "2026-11-23T00:00:00Z"), at("2026-11-23T14:29:00Z"));
    // That instant has passed or is now: it is the next safe one.
    for now in ["2026-11-23T14:29:00Z", "2026-11-23T20:00:00Z"] {
        assert_eq!(before("2026-11-24T00:30:00Z", now), at("2026-11-24T02:30:00Z"));
    }
}

#[test]
fn safe_hours_are_right_in_a_night_with_a_clock_change() {
    let who = |from, until| Recipient {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        ..recipient(SafeContact { hours: Some((from, until)), ..SafeContact::default() })
    };
    let later = |who: &Recipient, wished: &str| safe_time(at(wished), who).unwrap();
    let before = |who: &Recipient, wished: &str| safe_time_before(at(wished), at("2027-01-01T00:00:00Z"), who).unwrap();
    // The clocks show 02:00 to 03:00 twice: hours of 22 to 3 end after the
    // second 02:59.
    let night = who(hm(22, 0), hm(3, 0));
    assert_eq!(before(&night, "2027-10-31T03:00:00Z"), at("2027-10-31T01:59:00Z"));
    // After the second 02:10, the next 02:30 is the second one.
    assert_eq!(later(&who(hm(2, 30), hm(8, 0)), "2027-10-31T01:10:00Z"), at("2027-10-31T01:30:00Z"));
    // The clocks skip 02:00 to 03:00: hours of 22 to 2:30 end at the gap.
    assert_eq!(before(&who(hm(22, 0), hm(2, 30)), "2027-03-28T05:00:00Z"), at("2027-03-28T00:59:00Z"));
    // Hours within the gap do not exist on that day: they are on the day after
    // and on the day before.
    let gap = who(hm(2, 10), hm(2, 50));
    assert_eq!(later(&gap, "2027-03-28T00:30:00Z"), at("2027-03-29T00:10:00Z"));
    assert_eq!(before(&gap, "2027-03-28T05:00:00Z"), at("2027-03-27T01:49:00Z"));
}

/// Checks the rules that apply to the reminders of every session to every
/// person.
fn assert_reminders_in_order(timing: &Timing, who: &Recipient, now: DateTime<Utc>) {
    let leads = [Lead::Days(7), Lead::Days(1), Lead::Hours(24), Lead::Hours(2), Lead::Hours(1), Lead::Hours(0)];
    let all = reminders(timing, who, &leads, None, now).unwrap();
    let sent: Vec<_> = all.iter().filter(|p| p.skip.is_none()).collect();
    let about = || format!("{} {} now {now} {:?}", timing.zone.name(), timing.starts, who.contact.hours);
    for p in &all {
        assert!(p.due_at < timing.starts_at && p.due_at > now, "{} due {}", about(), p.due_at);
    }
    for p in &sent {
        let shown = zone::wall_time(p.due_at, &who.zone).time();
        assert!(who.contact.hours.is_none_or(|hours| is_within_hours(shown, hours)), "{} due {}", about(), p.due_at);
        assert!(p.due_at < p.not_after && p.not_after < timing.starts_at, "{} due {}", about(), p.due_at);
    }
    assert!(all.is_sorted_by_key(|p| p.due_at), "{}: {all:?}", about());
    assert!(sent.windows(2).all(|two| two[0].due_at < two[1].due_at), "{}: {sent:?}", about());
}

/// The rules hold in every zone at each clock change from 2026 to 2037: for
/// sessions around the change, on the days after it, in its gap and at both
/// instants of its repeated hour, for readers with and without safe hours.
#[test]
fn every_reminder_is_before_its_session_at_every_clock_change() {
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2038-01-01T00:00:00Z"));
    let readers = [None, Some((hm(18, 0), hm(20, 0))), Some((hm(22, 0), hm(3, 0)))].map(|hours| {
        let who = recipient(SafeContact { hours, ..SafeContact::default() });
        // A reader in the zone of the session, and one in another zone.
        move |zone: &Zone| [Recipient { zone: zone.clone(), ..who.clone() }, who.clone()]
    });
    let (mut changes, mut sessions) = (0, 0);
    for zone in zone::all() {
        for change in zone::observances(zone, from, until).unwrap().into_iter().skip(1) {
            changes += 1;
            let onset = change.onset;
            for minutes in [-90, -15, 0, 30, 45, 90, 24 * 60 + 30, 7 * 24 * 60 + 30] {
                let starts = onset + Duration::minutes(minutes);
                let instants = match zone::instants_of(starts, zone).unwrap() {
                    WallInstants::Twice { first, second } => vec![first, second],
                    meaning => vec![meaning.instant()],
                };
                for starts_at in instants {
                    let ends_at = starts_at + Duration::minutes(50);
                    let timing = Timing { starts, zone: zone.clone(), minutes: 50, starts_at, ends_at };
                    sessions += 1;
                    // Booked long before, or so late that only some reminders
                    // are left.
                    let ahead = [Duration::days(9), Duration::minutes(23 * 60 + 45), Duration::minutes(100)];
                    let now = starts_at - ahead[sessions % 3];
                    for who in readers[sessions % 5 % 3](zone) {
                        assert_reminders_in_order(&timing, &who, now);
                    }
                }
            }
        }
    }
    assert!(changes > 1_000 && sessions > 8_000, "{changes} changes, {sessions} sessions");
}

proptest! {
    #[test]
    fn reminders_are_before_their_session_and_in_order(
        index in any::<prop::sample::Index>(), reader in any::<prop::sample::Index>(),
        starts in 0i64..(12 * 365 * 24 * 4), ahead in 1i64..(10 * 24 * 60),
        hours in proptest::option::of((0u32..24, 1u32..23)),
    ) {
        let zone = index.get(zone::all());
        let starts = at("2026-01-01T00:00:00Z").naive_utc() + Duration::minutes(15 * starts);
        let starts_at = zone::instant(starts, zone).unwrap();
        let ends_at = starts_at + Duration::minutes(50);
        let timing = Timing { starts, zone: zone.clone(), minutes: 50, starts_at, ends_at };
        let hours = hours.map(|(from, length)| (hm(from, 0), hm((from + length) % 24, 0)));
        let zone = reader.get(zone::all()).clone();
        let who = Recipient { zone, ..recipient(SafeContact { hours, ..SafeContact::default() }) };
        assert_reminders_in_order(&timing, &who, starts_at - Duration::minutes(ahead));
    }

    #[test]
    fn planned_emails_are_within_safe_hours(
        from in 0u32..24, length in 1u32..23, minutes in 0i64..20_000, lead in 1u16..5,
    ) {
        let hours = (hm(from, 0), hm((from + length) % 24, 0));
        let who = recipient(SafeContact { hours: Some(hours), ..SafeContact::default() });
        let now = at("2026-11-01T00:00:00Z") + Duration::minutes(minutes);
        let timing = timing("2026-11-25 10:00", "Europe/Berlin");
        let leads = [Lead::Days(lead)];
        for p in plan_emails(Occasion::Booked, &timing, &[who], |_| &leads, Duration::zero(), now).unwrap() {
            let shown = zone::wall_time(p.due_at, &Zone::parse("Asia/Kolkata").unwrap()).time();
            prop_assert!(is_within_hours(shown, hours), "{shown} outside {hours:?}");
            prop_assert!(p.due_at >= now);
        }
    }
}
