//! Finding a slot: what suits both partners, this therapist or any, and a room
//! that offers what is asked for.

use domain::{
    availability::{Buffers, Week, read_hours},
    form::Form,
    slots::{DayPart, SlotWish, Suits, Where},
};
use store::{Booked, RoomChange, Slots};
use tests::{both, people::Cast};

fn wish(cast: &Cast, from: &str) -> SlotWish {
    let form = Form::from_pairs([("client", cast.couple.to_string()), ("from", from.to_owned())]);
    let today = "2026-11-23".parse().unwrap();
    SlotWish { clinician: Some(cast.ruth.me()), minutes: 50, ..SlotWish::read(&form, today).unwrap() }
}

/// Start, therapist and room of each, by the clock of UTC.
fn told(slots: &Slots) -> Vec<String> {
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
    told(&cast.desk.slots(wish, most).await.unwrap().unwrap())
}

fn on(day: usize, hours: &str) -> Week {
    let mut week = Week::default();
    week.0[day] = read_hours(hours).unwrap();
    week
}

both!(both_partners_own_times_count_each_in_their_zone, |world| {
    let cast = Cast::new(&world.store).await;
    let any = wish(&cast, "2026-11-30");
    assert_eq!(find(&cast, &any, 1).await, ["30 07:00 Ruth Garden room"], "nobody has said anything");
    // Amara likes Tuesdays, from four in Berlin.
    cast.amara.set_prefers(Some(&on(1, "16-20"))).await.unwrap();
    assert_eq!(find(&cast, &any, 1).await, ["01 15:00 Ruth Garden room"]);
    // Jonas reads the clock in New York: eleven there is five in Berlin.
    cast.jonas.set_prefers(Some(&on(1, "11-13"))).await.unwrap();
    assert_eq!(find(&cast, &any, 2).await, ["01 16:00 Ruth Garden room", "01 16:15 Ruth Garden room"]);
    let slots = cast.desk.slots(&any, 1).await.unwrap().unwrap();
    assert_eq!(slots.asked, ["Amara Nwosu", "Jonas Weber"], "that they said it, never what");
    // Alone, only their own count; and where nobody asks, none.
    let alone = SlotWish { attendee: Some(cast.amara.person()), ..any.clone() };
    assert_eq!(find(&cast, &alone, 1).await, ["01 15:00 Ruth Garden room"]);
    assert_eq!(
        find(&cast, &SlotWish { suits: Suits::NoMatter, ..any.clone() }, 1).await,
        ["30 07:00 Ruth Garden room"]
    );
    // Nothing suits both.
    cast.jonas.set_prefers(Some(&on(2, "9-17"))).await.unwrap();
    assert!(find(&cast, &any, 1).await.is_empty());
    cast.jonas.set_prefers(None).await.unwrap();
    assert_eq!(cast.jonas.prefers().await.unwrap(), None);
    assert_eq!(cast.amara.prefers().await.unwrap(), Some(on(1, "16-20")));
});

both!(beside_a_booking_form_too_both_partners_times_count, |world| {
    let cast = Cast::new(&world.store).await;
    let next = async |attendee| {
        let from = "2026-11-30T00:00:00Z".parse().unwrap();
        let desk = &cast.desk;
        let found = desk.free_times(cast.couple, attendee, cast.ruth.me(), Some(cast.room), from, 50, 1).await.unwrap();
        (found.times[0].format("%d %H:%M").to_string(), found.suit, found.asked)
    };
    let (amara, jonas) = ("Amara Nwosu".to_owned(), "Jonas Weber".to_owned());
    assert_eq!(next(None).await, ("30 07:00".to_owned(), true, vec![]));
    cast.amara.set_prefers(Some(&on(1, "16-20"))).await.unwrap();
    cast.jonas.set_prefers(Some(&on(1, "11-13"))).await.unwrap();
    assert_eq!(next(None).await, ("01 16:00".to_owned(), true, vec![amara.clone(), jonas.clone()]));
    assert_eq!(next(Some(cast.amara.person())).await, ("01 15:00".to_owned(), true, vec![amara.clone()]));
    // Where nothing suits both, what is free is offered, and said to be that.
    cast.jonas.set_prefers(Some(&on(2, "9-17"))).await.unwrap();
    assert_eq!(next(None).await, ("30 07:00".to_owned(), false, vec![amara, jonas]));
});

both!(what_is_held_is_not_offered, |world| {
    let cast = Cast::new(&world.store).await;
    assert!(matches!(cast.book(&world.store, "2026-11-30 08:00").await, Booked::Done(_)));
    let ruths = wish(&cast, "2026-11-30");
    assert_eq!(find(&cast, &ruths, 1).await, ["30 08:00 Ruth Garden room"], "behind it");
    // The room is held, and so are both of them: another therapist does not help.
    let any = SlotWish { clinician: None, ..ruths.clone() };
    assert_eq!(find(&cast, &any, 2).await, ["30 08:00 Emeka Garden room", "30 08:00 Ruth Garden room"]);
    // Another couple, online with the other therapist.
    let others = SlotWish { client: cast.other_couple, place: Where::Online, ..any.clone() };
    assert_eq!(find(&cast, &others, 1).await, ["30 07:00 Emeka online"]);
    let room = SlotWish { place: Where::Room(cast.room), ..others };
    assert_eq!(find(&cast, &room, 1).await, ["30 08:00 Emeka Garden room"]);
    // What the therapist keeps free around a session.
    let buffers = Buffers { before: 0, after: 20 };
    let practice =
        Week::of_practice(&domain::practice::WEEK[..5], "08:00:00".parse().unwrap(), "20:00:00".parse().unwrap());
    cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &practice.into(), buffers).await.unwrap();
    assert!(matches!(cast.book(&world.store, "2026-11-30 12:00").await, Booked::Done(_)));
    let noon = SlotWish { part: DayPart::Afternoon, ..ruths };
    assert_eq!(find(&cast, &noon, 1).await, ["30 12:15 Ruth Garden room"], "12:50 and twenty minutes, on the quarter");
});

both!(a_room_is_looked_for_by_what_it_offers, |world| {
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
        place: Where::AnyRoom { offers: offers.iter().map(|o| (*o).to_owned()).collect(), at: None },
        ..wish(&cast, "2026-11-30")
    };
    assert_eq!(find(&cast, &wants(&[]), 1).await, ["30 07:00 Ruth Attic"]);
    assert_eq!(find(&cast, &wants(&["Hearing loop"]), 1).await, ["30 07:00 Ruth Attic"]);
    assert_eq!(find(&cast, &wants(&["Step-free"]), 1).await, ["30 07:00 Ruth Garden room"]);
    assert!(find(&cast, &wants(&["Step-free", "Piano"]), 1).await.is_empty());
    // One that is out of use is not offered.
    assert!(cast.owner.archive_room(attic).await.unwrap());
    assert_eq!(cast.owner.set_room(attic, &[], None).await.unwrap(), RoomChange::Missing);
    assert_eq!(find(&cast, &wants(&["Hearing loop"]), 1).await, ["30 07:00 Ruth Garden room"]);
});

both!(a_therapist_finds_their_own_time_for_their_own_clients, |world| {
    let cast = Cast::new(&world.store).await;
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.slots(&wish(&cast, "2026-11-30"), 1).await.unwrap().is_none(), "not his couple");
    // Whomever he names, it is his own time.
    let own = SlotWish { client: cast.other_couple, ..wish(&cast, "2026-11-30") };
    let found = emeka.slots(&own, 3).await.unwrap().unwrap();
    assert!(found.found.iter().all(|s| s.clinician == cast.emeka.me()) && !found.found.is_empty());
});

both!(what_is_offered_can_be_booked_over_a_change_of_the_clocks, |world| {
    let cast = Cast::new(&world.store).await;
    let every = Week::of_practice(&domain::practice::WEEK, "00:00:00".parse().unwrap(), "06:00:00".parse().unwrap());
    cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &every.into(), Buffers::default()).await.unwrap();
    // In that night 02:00 is followed by 03:00, and 05:10 is the last start.
    let night = SlotWish { from: "2027-03-28".parse().unwrap(), ..wish(&cast, "2027-03-28") };
    let found = cast.desk.slots(&night, 40).await.unwrap().unwrap();
    let first: Vec<_> = found
        .found
        .iter()
        .filter(|s| s.at < "2027-03-28T22:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
        .collect();
    // Five hours from midnight to six, less the fifty minutes of the session.
    assert_eq!(first.len(), 17);
    assert_eq!(first[0].at.to_rfc3339(), "2027-03-27T23:00:00+00:00");
    for slot in first {
        let wall = domain::zone::wall(slot.at, &tests::people::zone("Europe/Berlin")).time;
        let timing = store::timing(wall, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        assert_eq!(timing.starts_at, slot.at, "the wall clock leads back to it");
    }
});

both!(what_becomes_free_is_offered_to_those_who_would_come_earlier, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(first) = cast.book(&world.store, "2026-12-03 10:00").await else { panic!("free") };
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let theirs = domain::session::NewSession { client: other, ..cast.wish(&world.store, "2026-12-04 18:00") };
    let timing = store::timing(theirs.starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(second) = cast.desk.book(&theirs, &timing).await.unwrap() else { panic!("free") };
    // In the order of their asking; asked again, nobody moves up or down.
    assert!(cast.desk.wish_earlier(second, DayPart::Evening).await.unwrap());
    world.clock.advance(chrono::Duration::minutes(1));
    assert!(cast.desk.wish_earlier(first, DayPart::Any).await.unwrap());
    world.clock.advance(chrono::Duration::minutes(1));
    assert!(cast.desk.wish_earlier(second, DayPart::Evening).await.unwrap());
    let list = cast.desk.earlier().await.unwrap();
    assert_eq!(list.iter().map(|e| e.session.id).collect::<Vec<_>>(), [second, first]);
    assert!(list.iter().all(|e| e.next.len() == 2 && e.next.iter().all(|s| s.at < e.session.timing.starts_at)));
    assert!(list[0].next.iter().all(|s| chrono::Timelike::hour(&s.at) >= 16), "in the evening");
    // Amara has times that suit her: nothing before hers does.
    cast.amara.set_prefers(Some(&on(4, "9-12"))).await.unwrap();
    cast.jonas.set_prefers(Some(&on(1, "1-2"))).await.unwrap();
    assert_eq!(cast.desk.earlier().await.unwrap()[1].next, []);
    // Another's therapist sees none of them and can put none there.
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.earlier().await.unwrap().is_empty() && emeka.waiting_earlier().await.unwrap() == 0);
    assert!(!emeka.wish_earlier(first, DayPart::Any).await.unwrap());
    assert!(!emeka.drop_earlier(first).await.unwrap());
    assert_eq!(cast.desk.waiting_earlier().await.unwrap(), 2);
    // Moved to an earlier time they wait no more; undone, they wait again.
    let place = domain::session::Place::Room(cast.room);
    let slot = &list[0].next[0];
    let wall = domain::zone::wall(slot.at, &timing.zone).time;
    let to = store::timing(wall, &timing.zone, 50, None).unwrap();
    let practice = domain::practice::Practice { quiet_minutes: 5, ..cast.owner.practice().await.unwrap() };
    cast.owner.update_practice(&practice).await.unwrap();
    assert_eq!(cast.desk.move_session(second, &store::Goal::to(&to, &place)).await.unwrap(), Booked::Done(second));
    assert!(cast.desk.waits_since(second).await.unwrap().is_none());
    assert_eq!(cast.desk.undo(second).await.unwrap(), Some(store::Undone::Done));
    assert!(cast.desk.waits_since(second).await.unwrap().is_some());
    // Cancelled or withdrawn, nobody is offered anything.
    cast.desk.cancel(second, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert!(cast.desk.drop_earlier(first).await.unwrap());
    assert!(cast.desk.earlier().await.unwrap().is_empty());
    assert!(!cast.desk.wish_earlier(second, DayPart::Any).await.unwrap());
});
