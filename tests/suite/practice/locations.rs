//! A practice with several locations: where its rooms are, who works where and when, and
//! which directions people are given.

use std::collections::BTreeMap;

use domain::{
    form::Form,
    ids::{LocationId, RoomId},
    practice::{
        hours::{Buffers, Week, WorkingWeek, read_hours},
        settings::Location,
    },
    scheduling::{
        session::{NewSession, Place},
        slots::{SlotPlace, SlotWish},
    },
};
use store::{Booked, Conflicts, EmailFacts, LocationArchived, LocationChange, RoomChange, Store};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, zone},
};

fn new_location(name: &str, address: &str) -> Location {
    Location { name: name.into(), address: address.into() }
}

fn on_monday(hours: &str) -> Week {
    let mut week = Week::default();
    week.0[0] = read_hours(hours).unwrap();
    week
}

/// Two locations: the garden room by the lake, and the attic in the old town.
struct Houses {
    lake: LocationId,
    town: LocationId,
    attic: RoomId,
}

impl Houses {
    async fn new(cast: &Cast) -> Self {
        for new in [new_location("By the lake", "4 Shore Road"), new_location("Old Town", "31 Mill Street")] {
            assert_eq!(cast.owner.add_location(&new).await.unwrap(), LocationChange::Done);
        }
        let found = cast.owner.locations().await.unwrap();
        let (lake, town) = (found[0].0, found[1].0);
        assert_eq!(cast.owner.set_room(cast.room, &[], Some(lake)).await.unwrap(), RoomChange::Done);
        assert!(cast.owner.add_room("Attic", Some(town)).await.unwrap());
        let rooms = cast.owner.rooms().await.unwrap();
        let attic = rooms.iter().find(|r| r.name == "Attic").unwrap().room.id;
        // Ruth works on Mondays: by the lake in the morning, in town in the afternoon.
        let at = BTreeMap::from([(lake, on_monday("9-12")), (town, on_monday("14-18"))]);
        let week = WorkingWeek { anywhere: Week::default(), at };
        cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &week, Buffers::default()).await.unwrap();
        Self { lake, town, attic }
    }
}

async fn find_slots(cast: &Cast, place: SlotPlace, most: usize) -> Vec<String> {
    let form = Form::from_pairs([("client", cast.couple.to_string()), ("from", "2026-11-30".to_owned())]);
    let wish = SlotWish::read(&form, "2026-11-23".parse().unwrap()).unwrap();
    let wish = SlotWish { clinician: Some(cast.ruth.me()), place, ..wish };
    let slots = cast.desk.slots(&wish, most).await.unwrap().unwrap();
    let room = |s: &store::Slot| s.room.as_ref().map_or("online".to_owned(), |r| r.name.clone());
    slots.found.iter().map(|s| format!("{} {}", s.at.format("%d %H:%M"), room(s))).collect()
}

fn any_room(at: Option<LocationId>) -> SlotPlace {
    SlotPlace::AnyRoom { offers: vec![], at }
}

async fn book(cast: &Cast, store: &Store, room: RoomId, starts: &str) -> Booked {
    let wish = NewSession { place: Place::Room(room), outside: false, ..cast.wish(store, starts) };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    cast.desk.book(&wish, &timing).await.unwrap()
}

both!(hours_at_a_location_apply_to_its_rooms, |world| {
    let cast = Cast::new(&world.store).await;
    let houses = Houses::new(&cast).await;
    // From nine by the lake, from two in town, and online at both times.
    let all = find_slots(&cast, any_room(None), 40).await;
    assert_eq!(all[..2], ["30 08:00 Garden room, By the lake", "30 08:15 Garden room, By the lake"]);
    assert_eq!(all.iter().filter(|s| s.starts_with("30") && s.ends_with("Attic, Old Town")).count(), 13);
    assert_eq!(find_slots(&cast, any_room(Some(houses.town)), 1).await, ["30 13:00 Attic, Old Town"]);
    assert_eq!(find_slots(&cast, SlotPlace::Room(houses.attic), 1).await, ["30 13:00 Attic, Old Town"]);
    assert_eq!(find_slots(&cast, any_room(Some(houses.lake)), 1).await, ["30 08:00 Garden room, By the lake"]);
    assert_eq!(
        find_slots(&cast, SlotPlace::Online, 12).await[9..],
        ["30 13:00 online", "30 13:15 online", "30 13:30 online"]
    );
    // A booking uses the hours at the location of its room, and so do the next times.
    let Booked::Taken(Conflicts { shown, outside: true, next, .. }) =
        book(&cast, &world.store, cast.room, "2026-11-30 15:00").await
    else {
        panic!("Ruth is in town then")
    };
    assert!(shown.is_empty());
    assert_eq!(next[0].to_rfc3339(), "2026-12-07T08:00:00+00:00");
    let Booked::Done(session) = book(&cast, &world.store, houses.attic, "2026-11-30 15:00").await else {
        panic!("she is there")
    };
    // The calendar can show one location only.
    let (from, until) = ("2026-11-30T00:00:00Z".parse().unwrap(), "2026-12-01T00:00:00Z".parse().unwrap());
    for (location, count) in [(None, 1), (Some(houses.town), 1), (Some(houses.lake), 0)] {
        assert_eq!(cast.desk.calendar(from, until, None, location).await.unwrap().len(), count);
        assert_eq!(cast.desk.session_starts(from, until, None, location).await.unwrap().len(), count);
    }
    // The emails to both partners give the address.
    let view = cast.desk.session(session).await.unwrap().unwrap();
    assert_eq!(
        (view.place().as_str(), view.place_with_address().as_str()),
        ("Attic, Old Town", "Attic, Old Town, 31 Mill Street")
    );
    let mails = world.store.worker().claim_due(10, chrono::Duration::minutes(1)).await.unwrap();
    let ways: Vec<&str> = mails
        .iter()
        .filter_map(|m| match &m.facts {
            EmailFacts::Session(facts) => Some(facts.place.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ways, ["Attic, Old Town, 31 Mill Street"; 2]);
    // A session at a location where she no longer works is listed as outside her hours.
    let week = WorkingWeek { anywhere: Week::default(), at: BTreeMap::from([(houses.lake, on_monday("8-18"))]) };
    cast.desk.set_week(cast.ruth.me(), "2026-11-01".parse().unwrap(), &week, Buffers::default()).await.unwrap();
    let set = cast.desk.hours(cast.ruth.me(), None, None).await.unwrap().unwrap();
    assert_eq!(set.outside.rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [session]);
});

both!(location_is_archived_only_when_unused, |world| {
    let cast = Cast::new(&world.store).await;
    let houses = Houses::new(&cast).await;
    let archive = async || cast.owner.archive_location(houses.town).await.unwrap();
    assert_eq!(archive().await, LocationArchived::InUse(vec!["Attic".into(), "Ruth Abrahams".into()]));
    assert!(cast.owner.archive_room(houses.attic).await.unwrap().is_some());
    assert_eq!(archive().await, LocationArchived::InUse(vec!["Ruth Abrahams".into()]));
    // Hours that ended do not keep a location in use; present and future ones do.
    let set = async |from: &str, week: Week| {
        cast.desk.set_week(cast.ruth.me(), from.parse().unwrap(), &week.into(), Buffers::default()).await.unwrap()
    };
    assert!(set("2027-03-01", on_monday("9-12")).await);
    assert_eq!(archive().await, LocationArchived::InUse(vec!["Ruth Abrahams".into()]));
    assert!(set("2026-11-20", on_monday("9-12")).await);
    let LocationArchived::Done(bin) = archive().await else { panic!("archived") };
    assert_eq!(archive().await, LocationArchived::Done(bin), "a second press is the same");
    let gone = cast.owner.set_room(cast.room, &[], Some(houses.town)).await.unwrap();
    assert_eq!(gone, RoomChange::Missing, "it is out of use");
    // Names of locations are unique, and an archived location is restored under its name.
    let taken = cast.owner.change_location(houses.lake, &new_location("Old Town", "")).await.unwrap();
    assert_eq!(taken, LocationChange::NameTaken);
    assert_eq!(cast.owner.add_location(&new_location("By the lake", "")).await.unwrap(), LocationChange::NameTaken);
    assert_eq!(
        cast.owner.add_location(&new_location("Old Town", "32 Mill Street")).await.unwrap(),
        LocationChange::Done
    );
    assert_eq!(cast.owner.locations().await.unwrap()[1], (houses.town, new_location("Old Town", "32 Mill Street")));
    assert_eq!(
        cast.owner.change_location(houses.lake, &new_location("Lake house", "")).await.unwrap(),
        LocationChange::Done
    );
    assert_eq!(cast.desk.rooms().await.unwrap()[0].name, "Garden room, Lake house");
});

#[tokio::test]
async fn pages_handle_a_practice_with_two_locations() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let desk = app.cookie(&world, cast.desk.me()).await;
    let hours = format!("/clinicians/{}/hours", cast.ruth.me());
    let form = app.get(&hours, Some(&desk)).await.text;
    assert!(!form.contains("By the lake") && !app.get("/calendar", Some(&desk)).await.text.contains("cal-location"));
    let houses = Houses::new(&cast).await;
    // A name that is taken or missing is reported at the field, and what was typed stays.
    for (name, told) in [("Old Town", "of this name already"), (" ", "Enter the location’s name")] {
        let got = app.post("/locations", Some(&owner), &[("location", name), ("address", "9 Hill")]).await;
        assert_eq!(got.status, 422);
        assert!(got.text.contains(told) && got.text.contains("9 Hill"), "{}", got.text);
    }
    let path = format!("/locations/{}/archive", houses.town);
    let got = app.post(&path, Some(&owner), &[]).await;
    assert!(got.status == 422 && got.text.contains("Attic, Ruth Abrahams"), "{}", got.text);
    // The room's page saves both its features and its location.
    let path = format!("/rooms/{}", houses.attic);
    let lake = houses.lake.to_string();
    assert_eq!(app.post(&path, Some(&owner), &[("offers", "Quiet"), ("location", &lake)]).await.status, 303);
    let found = cast.owner.rooms().await.unwrap();
    let attic = found.iter().find(|r| r.room.id == houses.attic).unwrap();
    assert_eq!((attic.offers.join(","), attic.location), ("Quiet".to_owned(), Some(houses.lake)));
    // Hours at two locations at the same time are refused, with what was typed.
    let (at_lake, at_town) = (format!("hours.tue.{}", houses.lake), format!("hours.tue.{}", houses.town));
    let wrong = [
        ("from_on", "2026-12-01"),
        ("buffer_before", "0"),
        ("buffer_after", "0"),
        (&at_lake, "9-12"),
        (&at_town, "11-13"),
    ];
    let got = app.post(&hours, Some(&desk), &wrong).await;
    assert!(got.status == 422 && got.text.contains("11:00–13:00 overlaps 09:00–12:00"), "{}", got.text);
    let right: Vec<(&str, &str)> = wrong.iter().map(|(n, v)| (*n, if *n == at_town { "14-18" } else { v })).collect();
    assert_eq!(app.post(&hours, Some(&desk), &right).await.status, 303);
    let page = app.get(&hours, Some(&desk)).await.text;
    assert!(page.contains("Tue 09:00–12:00 at By the lake, 14:00–18:00 at Old Town"), "{page}");
    // The day view by room shows the rooms of one location.
    let query = format!("/calendar?view=day&date=2026-11-30&by=room&location={}", houses.town);
    let rooms = app.get(&query, Some(&desk)).await.text;
    assert!(!rooms.contains("Garden room") && rooms.contains("Old Town"), "{rooms}");
}

both!(two_locations_may_each_have_a_room_of_the_same_name, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let houses = Houses::new(&cast).await;
    assert!(cast.owner.add_room("Attic", Some(houses.lake)).await.unwrap());
    assert!(!cast.owner.add_room("Attic", Some(houses.lake)).await.unwrap(), "twice in one house");
    let rooms = cast.owner.rooms().await.unwrap();
    let attics: Vec<_> = rooms.iter().filter(|r| r.name == "Attic").map(|r| (r.location, r.room.clone())).collect();
    assert_eq!(attics.len(), 2);
    assert_ne!(attics[0].1.name, attics[1].1.name, "people read which one it is");
    // Each of the two rooms has its own occupancy.
    let by_the_lake = attics.iter().find(|(at, _)| *at == Some(houses.lake)).unwrap().1.id;
    assert!(matches!(book(&cast, &world.store, houses.attic, "2026-11-30 14:00").await, Booked::Done(_)));
    assert!(matches!(book(&cast, &world.store, by_the_lake, "2026-11-30 09:00").await, Booked::Done(_)));
    // A room cannot move to a location where its name is taken, and the form says so.
    assert_eq!(cast.owner.set_room(by_the_lake, &[], Some(houses.town)).await.unwrap(), RoomChange::NameTaken);
    let cookie = app.cookie(&world, cast.owner.me()).await;
    let town = houses.town.to_string();
    let refused = app.post(&format!("/rooms/{by_the_lake}"), Some(&cookie), &[("location", &town)]).await;
    assert!(refused.status == 422 && refused.text.contains("There is a room of this name there already."));
    // An archived room blocks no name, and is restored at its location.
    assert!(cast.owner.archive_room(houses.attic).await.unwrap().is_some());
    assert_eq!(cast.owner.set_room(by_the_lake, &[], Some(houses.town)).await.unwrap(), RoomChange::Done);
    assert!(!cast.owner.add_room("Attic", Some(houses.town)).await.unwrap(), "there is one now");
    assert_eq!(cast.owner.set_room(by_the_lake, &[], Some(houses.lake)).await.unwrap(), RoomChange::Done);
    assert!(cast.owner.add_room("Attic", Some(houses.town)).await.unwrap());
    let rooms = cast.owner.rooms().await.unwrap();
    assert!(rooms.iter().any(|r| r.room.id == houses.attic), "the one that was there");
});
