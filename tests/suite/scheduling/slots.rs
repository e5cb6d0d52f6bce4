//! Finding a slot: what suits both partners, with one therapist or any, and in a room
//! with the requested features.

use domain::{
    form::Form,
    practice::hours::{Buffers, Week, read_hours},
    scheduling::slots::{DayPart, SlotPlace, SlotWish, Suits},
};
use store::{Booked, RoomChange, Slots};
use tests::{both, people::Cast};

fn wish(cast: &Cast, from: &str) -> SlotWish {
    let form = Form::from_pairs([("client", cast.couple.to_string()), ("from", from.to_owned())]);
    let today = "2026-11-23".parse().unwrap();
    SlotWish { clinician: Some(cast.ruth.me()), minutes: 50, ..SlotWish::read(&form, today).unwrap() }
}

/// The start in UTC, the therapist and the room of each slot.
fn describe_slots(slots: &Slots) -> Vec<String> {
    slots
        .found
        .iter()
        .map(|s| {
            let room = s.room.as_ref().map_or("online", |r| r.name.as_str());
            format!("{} {} {room}", s.at.format("%d %H:%M"), s.clinician_name.split(' ').next().unwrap())
        })
        .collect()
}

async fn find(cast: &Cast, wish: &SlotWish, most: usize) -> Vec<String> {
    describe_slots(&cast.desk.slots(wish, most).await.unwrap().unwrap())
}

fn week_with(day: usize, hours: &str) -> Week {
    let mut week = Week::default();
    week.0[day] = read_hours(hours).unwrap();
    week
}

both!(slots_suit_both_partners_liked_times_in_their_zones, |world| {
    let cast = Cast::new(&world.store).await;
    let any = wish(&cast, "2026-11-30");
    assert_eq!(find(&cast, &any, 1).await, ["30 07:00 Ruth Garden room"], "nobody has said anything");
    // Amara likes Tuesdays, from four in Berlin.
    cast.amara.set_prefers(Some(&week_with(1, "16-20"))).await.unwrap();
    assert_eq!(find(&cast, &any, 1).await, ["01 15:00 Ruth Garden room"]);
    // Jonas's clock is that of London: four there is five in Berlin.
    cast.jonas.set_prefers(Some(&week_with(1, "16-18"))).await.unwrap();
    assert_eq!(find(&cast, &any, 2).await, ["01 16:00 Ruth Garden room", "01 16:15 Ruth Garden room"]);
    let slots = cast.desk.slots(&any, 1).await.unwrap().unwrap();
    assert_eq!(slots.asked, ["Amara Nwosu", "Jonas Weber"], "that they said it, never what");
    // For one partner alone only their own times count; and the search can ignore them.
    let alone = SlotWish { attendee: Some(cast.amara.person()), ..any.clone() };
    assert_eq!(find(&cast, &alone, 1).await, ["01 15:00 Ruth Garden room"]);
    assert_eq!(
        find(&cast, &SlotWish { preferred_times: Suits::NoMatter, ..any.clone() }, 1).await,
        ["30 07:00 Ruth Garden room"]
    );
    // No time suits both.
    cast.jonas.set_prefers(Some(&week_with(2, "9-17"))).await.unwrap();
    assert!(find(&cast, &any, 1).await.is_empty());
    cast.jonas.set_prefers(None).await.unwrap();
    assert_eq!(cast.jonas.prefers().await.unwrap(), None);
    assert_eq!(cast.amara.prefers().await.unwrap(), Some(week_with(1, "16-20")));
});

both!(booking_form_offers_times_that_suit_both_partners, |world| {
    let cast = Cast::new(&world.store).await;
    let next = async |attendee| {
        let from = "2026-11-30T00:00:00Z".parse().unwrap();
        let desk = &cast.desk;
        let found = desk.free_times(cast.couple, attendee, cast.ruth.me(), Some(cast.room), from, 50, 1).await.unwrap();
        (found.times[0].format("%d %H:%M").to_string(), found.suit, found.asked)
    };
    let (amara, jonas) = ("Amara Nwosu".to_owned(), "Jonas Weber".to_owned());
    assert_eq!(next(None).await, ("30 07:00".to_owned(), true, vec![]));
    cast.amara.set_prefers(Some(&week_with(1, "16-20"))).await.unwrap();
    cast.jonas.set_prefers(Some(&week_with(1, "16-18"))).await.unwrap();
    assert_eq!(next(None).await, ("01 16:00".to_owned(), true, vec![amara.clone(), jonas.clone()]));
    assert_eq!(next(Some(cast.amara.person())).await, ("01 15:00".to_owned(), true, vec![amara.clone()]));
    // Where no time suits both, free times are offered, and the page says so.
    cast.jonas.set_prefers(Some(&week_with(2, "9-17"))).await.unwrap();
    assert_eq!(next(None).await, ("30 07:00".to_owned(), false, vec![amara, jonas]));
});

both!(occupied_times_are_not_offered, |world| {
    let cast = Cast::new(&world.store).await;
    assert!(matches!(cast.book(&world.store, "2026-11-30 08:00").await, Booked::Done(_)));
    let ruths = wish(&cast, "2026-11-30");
    assert_eq!(find(&cast, &ruths, 1).await, ["30 08:00 Ruth Garden room"], "behind it");
    // The room and both partners are busy: another therapist does not help.
    let any = SlotWish { clinician: None, ..ruths.clone() };
    assert_eq!(
        find(&cast, &any, 1).await,
        ["30 08:00 Emeka Garden room", "30 08:00 Ruth Garden room"],
        "one time, two therapists"
    );
    // Another couple, online with the other therapist.
    let others = SlotWish { client: cast.other_couple, place: SlotPlace::Online, ..any.clone() };
    assert_eq!(find(&cast, &others, 1).await, ["30 07:00 Emeka online"]);
    let room = SlotWish { place: SlotPlace::Room(cast.room), ..others };
    assert_eq!(find(&cast, &room, 1).await, ["30 08:00 Emeka Garden room", "30 08:00 Ruth Garden room"]);
    // The therapist's buffer after a session.
    let buffers = Buffers { before: 0, after: 20 };
    let practice = Week::of_practice(
        &domain::practice::settings::WEEK[..5],
        "08:00:00".parse().unwrap(),
        "20:00:00".parse().unwrap(),
    );
    cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &practice.into(), buffers).await.unwrap();
    assert!(matches!(cast.book(&world.store, "2026-11-30 12:00").await, Booked::Done(_)));
    let noon = SlotWish { part: DayPart::Afternoon, ..ruths };
    assert_eq!(find(&cast, &noon, 1).await, ["30 12:15 Ruth Garden room"], "12:50 and twenty minutes, on the quarter");
});

both!(room_is_found_by_its_features, |world| {
    let cast = Cast::new(&world.store).await;
    cast.owner.add_room("Attic", None).await.unwrap();
    let rooms = cast.owner.rooms().await.unwrap();
    let attic = rooms.iter().find(|r| r.room.name == "Attic").unwrap().room.id;
    assert_eq!(
        cast.owner.set_room(cast.room, &["Step-free".into(), "Hearing loop".into()], None).await.unwrap(),
        RoomChange::Done
    );
    assert_eq!(cast.owner.set_room(attic, &["Hearing loop".into()], None).await.unwrap(), RoomChange::Done);
    let wants = |offers: &[&str]| SlotWish {
        place: SlotPlace::AnyRoom { offers: offers.iter().map(|o| (*o).to_owned()).collect(), at: None },
        ..wish(&cast, "2026-11-30")
    };
    assert_eq!(find(&cast, &wants(&[]), 1).await, ["30 07:00 Ruth Attic"]);
    assert_eq!(find(&cast, &wants(&["Hearing loop"]), 1).await, ["30 07:00 Ruth Attic"]);
    assert_eq!(find(&cast, &wants(&["Step-free"]), 1).await, ["30 07:00 Ruth Garden room"]);
    assert!(find(&cast, &wants(&["Step-free", "Piano"]), 1).await.is_empty());
    // An archived room is not offered.
    assert!(cast.owner.archive_room(attic).await.unwrap().is_some());
    assert_eq!(cast.owner.set_room(attic, &[], None).await.unwrap(), RoomChange::Missing);
    assert_eq!(find(&cast, &wants(&["Hearing loop"]), 1).await, ["30 07:00 Ruth Garden room"]);
});

both!(therapist_finds_only_own_times_for_own_clients, |world| {
    let cast = Cast::new(&world.store).await;
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.slots(&wish(&cast, "2026-11-30"), 1).await.unwrap().is_none(), "not his couple");
    // Whichever therapist he names, only his own times are offered.
    let own = SlotWish { client: cast.other_couple, ..wish(&cast, "2026-11-30") };
    let found = emeka.slots(&own, 3).await.unwrap().unwrap();
    assert!(found.found.iter().all(|s| s.clinician == cast.emeka.me()) && !found.found.is_empty());
});

both!(slots_across_a_clock_change_match_their_wall_times, |world| {
    let cast = Cast::new(&world.store).await;
    let every =
        Week::of_practice(&domain::practice::settings::WEEK, "00:00:00".parse().unwrap(), "06:00:00".parse().unwrap());
    cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &every.into(), Buffers::default()).await.unwrap();
    // In that night 02:00 is followed by 03:00, and 05:10 is the last start.
    let night = SlotWish { from: "2027-03-28".parse().unwrap(), ..wish(&cast, "2027-03-28") };
    let found = cast.desk.slots(&night, 40).await.unwrap().unwrap();
    let first: Vec<_> = found
        .found
        .iter()
        .filter(|s| s.at < "2027-03-28T22:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
        .collect();
    // Five hours from midnight to six, minus the fifty minutes of the session.
    assert_eq!(first.len(), 17);
    assert_eq!(first[0].at.to_rfc3339(), "2027-03-27T23:00:00+00:00");
    for slot in first {
        let wall = domain::zone::wall(slot.at, &tests::people::zone("Europe/Berlin")).time;
        let timing = store::timing(wall, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        assert_eq!(timing.starts_at, slot.at, "the wall clock leads back to it");
    }
});

both!(freed_times_are_offered_to_clients_with_an_earlier_wish, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(first) = cast.book(&world.store, "2026-12-03 10:00").await else { panic!("free") };
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let theirs =
        domain::scheduling::session::NewSession { client: other, ..cast.wish(&world.store, "2026-12-04 18:00") };
    let timing = store::timing(theirs.starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(second) = cast.desk.book(&theirs, &timing).await.unwrap() else { panic!("free") };
    // In the order of asking; asking again changes no position.
    assert!(cast.desk.add_earlier_wish(second, DayPart::Evening).await.unwrap());
    world.clock.advance(chrono::Duration::minutes(1));
    assert!(cast.desk.add_earlier_wish(first, DayPart::Any).await.unwrap());
    world.clock.advance(chrono::Duration::minutes(1));
    assert!(cast.desk.add_earlier_wish(second, DayPart::Evening).await.unwrap());
    let list = cast.desk.earlier_wishes(None).await.unwrap().rows;
    assert_eq!(list.iter().map(|e| e.session.id).collect::<Vec<_>>(), [second, first]);
    assert!(list.iter().all(|e| e.next.len() == 2 && e.next.iter().all(|s| s.at < e.session.timing.starts_at)));
    assert!(list[0].next.iter().all(|s| chrono::Timelike::hour(&s.at) >= 16), "in the evening");
    // With the times that both like, no slot before their session suits.
    cast.amara.set_prefers(Some(&week_with(4, "9-12"))).await.unwrap();
    cast.jonas.set_prefers(Some(&week_with(1, "1-2"))).await.unwrap();
    assert_eq!(cast.desk.earlier_wishes(None).await.unwrap().rows[1].next, []);
    // Another therapist sees none of them and can add none.
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(
        emeka.earlier_wishes(None).await.unwrap().rows.is_empty() && emeka.count_earlier_wishes().await.unwrap() == 0
    );
    assert!(!emeka.add_earlier_wish(first, DayPart::Any).await.unwrap());
    assert!(!emeka.remove_earlier_wish(first).await.unwrap());
    assert_eq!(cast.desk.count_earlier_wishes().await.unwrap(), 2);
    // Moved to an earlier time, the wish ends; if the move is undone, it returns.
    let place = domain::scheduling::session::Place::Room(cast.room);
    let slot = &list[0].next[0];
    let wall = domain::zone::wall(slot.at, &timing.zone).time;
    let to = store::timing(wall, &timing.zone, 50, None).unwrap();
    let practice = domain::practice::settings::Practice { quiet_minutes: 5, ..cast.owner.practice().await.unwrap() };
    cast.owner.update_practice(&practice).await.unwrap();
    assert_eq!(
        cast.desk.move_session(second, &store::MoveTarget::to(&to, &place)).await.unwrap(),
        Booked::Done(second)
    );
    assert!(cast.desk.earlier_wish(second).await.unwrap().is_none());
    assert_eq!(cast.desk.undo(second).await.unwrap(), Some(store::Undone::Done));
    assert!(cast.desk.earlier_wish(second).await.unwrap().is_some());
    // If the session is cancelled or the wish withdrawn, nothing is offered.
    cast.desk.cancel(second, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert!(cast.desk.remove_earlier_wish(first).await.unwrap());
    assert!(cast.desk.earlier_wishes(None).await.unwrap().rows.is_empty());
    assert!(!cast.desk.add_earlier_wish(second, DayPart::Any).await.unwrap());
});
