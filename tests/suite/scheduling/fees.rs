//! Sessions that were missed or cancelled late: a fee is suggested, staff decide, and the
//! count blames nobody.

use domain::{
    practice::settings::Practice,
    scheduling::{
        fee::FeeState,
        series::{End, Reach, Recurrence, SeriesRule},
        session::{Cancellation, CancelledBy, SessionState},
    },
};
use store::{Booked, FeeSuggestion, SeriesBooked};
use tests::{
    both,
    people::{Cast, zone},
};

both!(fee_is_suggested_by_rule_and_decided_by_staff, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let free = Practice { late_fee: String::new(), ..practice.clone() };
    cast.owner.update_practice(&Practice { late_fee: "60 €".into(), ..practice }).await.unwrap();
    let by_client = Cancellation { by: CancelledBy::Client, reason: String::new() };
    let book = async |starts: &str| match cast.book(&world.store, starts).await {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    };
    // Cancelled in time, or by the practice: no fee.
    let early = book("2026-11-30 10:00").await;
    cast.desk.cancel(early, &by_client).await.unwrap();
    assert_eq!(cast.desk.fee(early).await.unwrap(), None);
    let ours = book("2026-11-23 14:00").await;
    cast.desk.cancel(ours, &Cancellation { by: CancelledBy::Practice, reason: String::new() }).await.unwrap();
    assert_eq!(cast.desk.fee(ours).await.unwrap(), None);
    // Cancelled within the notice period: a fee is suggested, and the decision is
    // recorded.
    let late = book("2026-11-23 16:00").await;
    cast.desk.cancel(late, &by_client).await.unwrap();
    let suggested = FeeSuggestion { amount: "60 €".into(), state: FeeState::Suggested, by: String::new() };
    assert_eq!(cast.desk.fee(late).await.unwrap(), Some(suggested));
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.fee(late).await.unwrap().is_none() && !emeka.decide_fee(late, FeeState::Waived).await.unwrap());
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.decide_fee(late, FeeState::Waived).await.unwrap());
    let fee = cast.desk.fee(late).await.unwrap().unwrap();
    assert_eq!((fee.state, fee.by.as_str()), (FeeState::Waived, "Ruth Abrahams"));
    assert!(!cast.desk.decide_fee(early, FeeState::Kept).await.unwrap(), "nothing was suggested there");
    // It was the practice after all: the suggestion is removed.
    assert!(cast.desk.set_state(late, SessionState::Cancelled).await.unwrap());
    assert_eq!(cast.desk.fee(late).await.unwrap(), None);
    // A missed session, which is then corrected.
    let missed = book("2026-11-23 18:00").await;
    world.clock.advance(chrono::Duration::hours(10));
    assert!(cast.desk.set_state(missed, SessionState::NoShow).await.unwrap());
    assert!(cast.desk.fee(missed).await.unwrap().is_some());
    let told = cast.ruth.attendance(cast.couple).await.unwrap();
    assert_eq!(told.sentence().unwrap(), "In the last year 0 took place, 1 missed.");
    assert_eq!(cast.emeka.attendance(cast.couple).await.unwrap().sentence(), None, "not his");
    assert!(cast.desk.set_state(missed, SessionState::Booked).await.unwrap());
    assert_eq!(cast.desk.fee(missed).await.unwrap(), None);
    // A series is cancelled: only the session within the notice period has a fee.
    let rule =
        SeriesRule { first: "2026-11-24".parse().unwrap(), recurrence: Recurrence::Weeks(1), end: End::Times(3) };
    let wish = cast.wish(&world.store, "2026-11-24 15:00");
    let SeriesBooked::Done(first) =
        cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::new()).await.unwrap()
    else {
        panic!("free")
    };
    assert_eq!(cast.desk.cancel_series(first, Reach::All, &by_client).await.unwrap(), Some(3));
    assert_eq!(cast.desk.session(first).await.unwrap().unwrap().state, SessionState::LateCancelled);
    assert!(cast.desk.fee(first).await.unwrap().is_some());
    // Where the practice sets no fee, none is suggested.
    cast.owner.update_practice(&free).await.unwrap();
    assert!(cast.desk.set_state(missed, SessionState::NoShow).await.unwrap());
    assert_eq!(cast.desk.fee(missed).await.unwrap(), None);
});
