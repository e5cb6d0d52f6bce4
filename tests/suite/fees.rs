//! What was missed or cancelled late: a fee is suggested, somebody decides, and
//! it is counted without a word of blame.

use domain::{
    fee::FeeState,
    practice::Practice,
    series::{End, Reach, Recurrence, Rule},
    session::{Cancellation, CancelledBy, SessionState},
};
use store::{Booked, SeriesBooked, Suggestion};
use tests::{
    both,
    people::{Cast, zone},
};

both!(a_fee_is_suggested_by_rule_and_decided_by_a_person, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let free = Practice { late_fee: String::new(), ..practice.clone() };
    cast.owner.update_practice(&Practice { late_fee: "60 €".into(), ..practice }).await.unwrap();
    let by_client = Cancellation { by: CancelledBy::Client, reason: String::new() };
    let book = async |starts: &str| match cast.book(&world.store, starts).await {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    };
    // In time, or by the practice: nothing.
    let early = book("2026-11-30 10:00").await;
    cast.desk.cancel(early, &by_client).await.unwrap();
    assert_eq!(cast.desk.fee(early).await.unwrap(), None);
    let ours = book("2026-11-23 14:00").await;
    cast.desk.cancel(ours, &Cancellation { by: CancelledBy::Practice, reason: String::new() }).await.unwrap();
    assert_eq!(cast.desk.fee(ours).await.unwrap(), None);
    // Within the notice: suggested, and decided on record.
    let late = book("2026-11-23 16:00").await;
    cast.desk.cancel(late, &by_client).await.unwrap();
    let suggested = Suggestion { amount: "60 €".into(), state: FeeState::Suggested, by: String::new() };
    assert_eq!(cast.desk.fee(late).await.unwrap(), Some(suggested));
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.fee(late).await.unwrap().is_none() && !emeka.decide_fee(late, FeeState::Waived).await.unwrap());
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.decide_fee(late, FeeState::Waived).await.unwrap());
    let fee = cast.desk.fee(late).await.unwrap().unwrap();
    assert_eq!((fee.state, fee.by.as_str()), (FeeState::Waived, "Ruth Abrahams"));
    assert!(!cast.desk.decide_fee(early, FeeState::Kept).await.unwrap(), "nothing was suggested there");
    // It was the practice after all: nothing is suggested any more.
    assert!(cast.desk.set_state(late, SessionState::Cancelled).await.unwrap());
    assert_eq!(cast.desk.fee(late).await.unwrap(), None);
    // Missed, and put right.
    let missed = book("2026-11-23 18:00").await;
    world.clock.advance(chrono::Duration::hours(10));
    assert!(cast.desk.set_state(missed, SessionState::NoShow).await.unwrap());
    assert!(cast.desk.fee(missed).await.unwrap().is_some());
    let told = cast.ruth.missed(cast.couple).await.unwrap();
    assert_eq!(told.words().unwrap(), "In the last year 0 took place, 1 missed.");
    assert_eq!(cast.emeka.missed(cast.couple).await.unwrap().words(), None, "not his");
    assert!(cast.desk.set_state(missed, SessionState::Booked).await.unwrap());
    assert_eq!(cast.desk.fee(missed).await.unwrap(), None);
    // Of a series, the one that is too near.
    let rule = Rule { first: "2026-11-24".parse().unwrap(), recurrence: Recurrence::Weeks(1), end: End::Times(3) };
    let wish = cast.wish(&world.store, "2026-11-24 15:00");
    let SeriesBooked::Done(first) =
        cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::new()).await.unwrap()
    else {
        panic!("free")
    };
    assert_eq!(cast.desk.cancel_series(first, Reach::All, &by_client).await.unwrap(), Some(3));
    assert_eq!(cast.desk.session(first).await.unwrap().unwrap().state, SessionState::LateCancelled);
    assert!(cast.desk.fee(first).await.unwrap().is_some());
    // Where no fee is set, none is suggested.
    cast.owner.update_practice(&free).await.unwrap();
    assert!(cast.desk.set_state(missed, SessionState::NoShow).await.unwrap());
    assert_eq!(cast.desk.fee(missed).await.unwrap(), None);
});
