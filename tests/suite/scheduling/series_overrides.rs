//! Days of a series that are booked over a conflict, by choice and with a reason.

use domain::{
    ids::SessionId,
    scheduling::{
        series::{End, Reach},
        session::{Move, Place},
    },
};
use store::{Bookings, Choice, Choices, SeriesBooked};
use tests::{World, both, people::Cast};

use super::series::{book_series, day, move_to, occupying_sessions, start_texts, try_book, wall, weekly};

/// Books another couple of the same therapist.
async fn book_other_couple(
    cast: &Cast,
    world: &World,
    client: domain::ids::ClientId,
    starts: &str,
    place: Place,
) -> SessionId {
    let wish = domain::scheduling::session::NewSession { client, place, ..cast.wish(&world.store, starts) };
    let timing = store::timing(wall(starts), &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    match cast.desk.book(&wish, &timing).await.unwrap() {
        store::Booked::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

both!(series_day_overrides_a_conflict_by_choice_with_a_reason, |world| {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    for starts in ["2026-12-03 10:20", "2026-12-10 10:00"] {
        book_other_couple(&cast, &world, other, starts, Place::Room(cast.room)).await;
    }
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let post = async |starts: &str, times: &str, more: &[(&str, &str)]| {
        let wish = cast.form(&world.store, cast.couple, cast.ruth.me(), starts);
        let mut form = tests::app::pairs(&wish);
        form.extend([("repeat", "weekly"), ("ends", "times"), ("times", times)]);
        form.extend(more);
        app.post("/sessions", Some(&cookie), &form).await
    };
    let send = async |more: &[(&str, &str)]| post("2026-11-26 10:00", "4", more).await;
    // An override of a series is asked for day by day.
    let asked = send(&[("over", "yes"), ("over_reason", "agreed by phone")]).await;
    assert!(asked.status == 422 && asked.text.contains("2 dates have conflicts."), "{}", asked.text);
    assert_eq!(asked.text.matches("value=\"over.").count(), 2);
    assert_eq!(asked.text.matches("name=\"over_reason\"").count(), 1);
    assert!(asked.text.contains("agreed by phone") && !asked.text.contains("Costa"));
    // Without a reason nothing is booked, and no choice is lost.
    let over_on = |text: &str, day: &str| {
        let select = text.split(&format!("name=\"choice.{day}\"")).nth(1).unwrap().split("</select>").next().unwrap();
        format!("over.{}", &select.split("value=\"over.").nth(1).unwrap()[..16])
    };
    let over = over_on(&asked.text, "2026-12-03");
    let choices = [("choice.2026-12-03", over.as_str()), ("choice.2026-12-10", "leave_out")];
    let unfit = send(&choices).await;
    assert!(unfit.status == 422 && unfit.text.contains("Enter the reason for double-booking."));
    let kept = [format!("value=\"{over}\" selected"), "value=\"leave_out\" selected".to_owned()];
    let keeps_choices = |text: &str| kept.iter().all(|kept| text.contains(kept));
    assert!(keeps_choices(&unfit.text), "{}", unfit.text);
    // Nor is a choice lost if the form is refused for another reason.
    let why = ("over_reason", "The room is shared");
    let untimed = post("2026-11-26 10:00", "", &[&choices[..], &[why]].concat()).await;
    assert!(untimed.status == 422 && keeps_choices(&untimed.text) && untimed.text.contains(why.1), "{}", untimed.text);
    // A conflict that was not shown is not overridden: an hour later it is another one.
    book_other_couple(&cast, &world, other, "2026-12-03 11:40", Place::Room(cast.room)).await;
    let later = post("2026-11-26 11:00", "4", &[&choices[..], &[why]].concat()).await;
    assert!(later.status == 422 && later.text.contains("1 date has a conflict."), "{}", later.text);
    assert!(!later.text.contains(&over) && over_on(&later.text, "2026-12-03") != over);
    let long = "x".repeat(301);
    assert_eq!(send(&[&choices[..], &[("over_reason", long.as_str())]].concat()).await.status, 422);
    assert!(occupying_sessions(&cast.desk, cast.couple).await.is_empty(), "nothing is written");
    let done = send(&[&choices[..], &[("over_reason", "The room is shared")]].concat()).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    assert_eq!(start_texts(&sessions), ["2026-11-26T09:00:00Z", "2026-12-03T09:00:00Z", "2026-12-17T09:00:00Z"]);
    let over: Vec<_> = sessions.iter().map(|s| s.over.as_deref()).collect();
    assert_eq!(over, [None, Some("The room is shared"), None]);
    let changes = cast.desk.changes(sessions[1].id).await.unwrap();
    assert_eq!((changes[0].who.as_str(), changes[0].reason.as_str()), ("Kofi Mensah", "The room is shared"));
    // The couple itself is not covered by the override: another series at that hour is
    // refused on every day.
    let rule = weekly("2026-11-26", End::Times(2));
    let SeriesBooked::Taken(again) = try_book(&world, &cast, "2026-11-26 10:00", &rule, &Choices::new()).await else {
        panic!("taken")
    };
    assert_eq!(again.len(), 2);
});

both!(one_choice_covers_all_undecided_days_of_a_series, |world| async move {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    for starts in ["2026-12-03 10:00", "2026-12-10 10:20", "2026-12-17 09:40"] {
        book_other_couple(&cast, &world, other, starts, Place::Room(cast.room)).await;
    }
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let send = async |more: &[(&str, &str)]| {
        let wish = cast.form(&world.store, cast.couple, cast.ruth.me(), "2026-11-26 10:00");
        let mut form = tests::app::pairs(&wish);
        form.extend([("repeat", "weekly"), ("ends", "times"), ("times", "5")]);
        form.extend(more);
        app.post("/sessions", Some(&cookie), &form).await
    };
    let asked = send(&[]).await;
    assert!(asked.status == 422 && asked.text.contains("name=\"others\""), "{}", asked.text);
    let first = |day: &str| {
        let text = asked.text.split(&format!("name=\"first.{day}\" value=\"")).nth(1).unwrap();
        text.split('"').next().unwrap().to_owned()
    };
    let hidden = [first("2026-12-03"), first("2026-12-10"), first("2026-12-17")];
    assert_eq!(hidden, ["2026-12-03T10:00:00Z", "2026-12-10T10:15:00Z", "2026-12-17T09:30:00Z"]);
    let firsts = [
        ("first.2026-12-03", hidden[0].as_str()),
        ("first.2026-12-10", hidden[1].as_str()),
        ("first.2026-12-17", hidden[2].as_str()),
    ];
    // Without the choice for all days, each day is asked for again. With it, a day's own
    // choice is kept, and a day without a free time is asked for again.
    let again = send(&firsts).await;
    assert!(again.status == 422 && again.text.contains("3 dates have conflicts."));
    let open =
        [firsts[0], firsts[1], ("first.2026-12-17", ""), ("choice.2026-12-10", "leave_out"), ("others", "first")];
    let one = send(&open).await;
    assert!(one.status == 422 && one.text.contains("1 date has a conflict."), "{}", one.text);
    assert!(occupying_sessions(&cast.desk, cast.couple).await.is_empty(), "nothing is written");
    let done = send(&[&firsts[..], &[("choice.2026-12-10", "leave_out"), ("others", "first")]].concat()).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let booked = start_texts(&occupying_sessions(&cast.desk, cast.couple).await);
    assert_eq!(
        booked,
        ["2026-11-26T09:00:00Z", "2026-12-03T10:00:00Z", "2026-12-17T09:30:00Z", "2026-12-24T09:00:00Z"]
    );
}
.await);

both!(series_move_overrides_conflicts_and_therapists_override_only_their_own, |world| {
    let cast = Cast::new(&world.store).await;
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Times(3))).await;
    let online = Place::Link(String::new());
    book_other_couple(&cast, &world, other, "2026-12-03 14:00", online.clone()).await;
    book_other_couple(&cast, &world, other, "2026-12-10 14:00", Place::Room(cast.room)).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let meant = domain::scheduling::session::Override { reason: "a week away".to_owned(), seen: 0 };
    let wish = Move { over: Some(meant), ..move_to(&cast, "2026-11-26 14:00", 50) };
    let move_all = async |who: &Bookings, wish: &Move, choices: &Choices| {
        who.move_series(sessions[0].id, Reach::All, wish, choices).await.unwrap()
    };
    // Without a choice for a day nothing is overridden, whatever reason is given; nor
    // with a choice and without a reason.
    let SeriesBooked::Taken(asked) = move_all(&cast.desk, &wish, &Choices::new()).await else { panic!("taken") };
    assert!(asked.len() == 2 && asked.iter().all(|c| c.settled.is_none()));
    let both_days: Choices = asked.iter().map(|c| (c.on, Choice::Override(c.seen.unwrap()))).collect();
    // A therapist may not double-book the room.
    let SeriesBooked::Taken(asked) = move_all(&ruth, &wish, &both_days).await else { panic!("taken") };
    let told: Vec<_> = asked.iter().map(|c| (c.on, c.seen.is_some(), c.settled)).collect();
    let first = both_days[&day("2026-12-03")];
    assert_eq!(told, [(day("2026-12-03"), true, Some(first)), (day("2026-12-10"), false, None)]);
    let unreasoned = Move { over: None, ..wish.clone() };
    let SeriesBooked::Taken(asked) = move_all(&cast.desk, &unreasoned, &both_days).await else { panic!("taken") };
    assert!(asked.iter().all(|c| c.settled.is_none()));
    assert_eq!(
        start_texts(&occupying_sessions(&cast.desk, cast.couple).await),
        start_texts(&sessions),
        "nothing moved"
    );
    assert!(matches!(move_all(&cast.desk, &wish, &both_days).await, SeriesBooked::Done(_)));
    let after = occupying_sessions(&cast.desk, cast.couple).await;
    assert_eq!(start_texts(&after), ["2026-11-26T13:00:00Z", "2026-12-03T13:00:00Z", "2026-12-10T13:00:00Z"]);
    let over: Vec<_> = after.iter().map(|s| s.over.as_deref()).collect();
    assert_eq!(over, [None, Some("a week away"), Some("a week away")]);
    let changes = cast.desk.changes(after[1].id).await.unwrap();
    assert_eq!(changes[0].reason, "asked. Double-booked: a week away", "it stays when it is moved on");
    // Moved on to a free time, the sessions are no longer overrides.
    let back =
        cast.desk.move_series(after[0].id, Reach::All, &move_to(&cast, "2026-11-26 10:00", 50), &Choices::new()).await;
    assert!(matches!(back.unwrap(), SeriesBooked::Done(_)));
    assert!(occupying_sessions(&cast.desk, cast.couple).await.iter().all(|s| s.over.is_none()));
});
