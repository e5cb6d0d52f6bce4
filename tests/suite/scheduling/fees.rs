//! Sessions that were missed or cancelled late: a fee is suggested, staff decide and note
//! when it is settled, and the count blames nobody.

use axum::http::StatusCode;
use domain::{
    practice::settings::Practice,
    scheduling::{
        fee::{FeeList, FeeState},
        series::{End, Reach, Recurrence, SeriesRule},
        session::{Cancellation, CancelledBy, SessionState},
    },
};
use store::{Booked, FeeSuggestion, SeriesBooked};
use tests::{
    app::App,
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
    let suggested =
        FeeSuggestion { amount: "60 €".into(), state: FeeState::Suggested, by: String::new(), settled_on: None };
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

both!(fees_are_charged_settled_and_opened_again_from_their_list, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { late_fee: "=60 €".into(), ..practice }).await.unwrap();
    let Booked::Done(id) = cast.book(&world.store, "2026-11-23 16:00").await else { panic!("free") };
    let by_client = Cancellation { by: CancelledBy::Client, reason: String::new() };
    cast.desk.cancel(id, &by_client).await.unwrap();
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let list = async |which: FeeList| app.get(&format!("/fees?list={}", which.word()), Some(&kofi)).await.text;
    let open = list(FeeList::Open).await;
    for text in ["Amara Nwosu &amp; Jonas", "Late cancellation", "Charge =60", "Waive", "Ruth Abrahams"] {
        assert!(open.contains(text), "{text}: {open}");
    }
    let fee = format!("/sessions/{id}/fee");
    let charged = app.post(&fee, Some(&kofi), &[("fee", "kept"), ("back", "open")]).await;
    assert_eq!(charged.location(), "/fees?list=open&notice=fee_charged");
    assert!(list(FeeList::Open).await.contains("Mark as settled"));
    // A date that is wrong comes back with its error, at its field.
    let settle = format!("/fees/{id}/settle");
    for on in ["", "2026-11-24"] {
        let refused = app.post(&settle, Some(&kofi), &[("on", on)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("id=\"f-on-error\"") && refused.text.contains(&format!("value=\"{on}\"")));
    }
    let settled = app.post(&settle, Some(&kofi), &[("on", "2026-11-23")]).await;
    assert_eq!(settled.location(), format!("/fees?list=open&notice=fee_settled&undo={id}"));
    let undo = app.get(settled.location(), Some(&kofi)).await.text;
    assert!(undo.contains(&format!("action=\"/fees/{id}/reopen\"")), "{undo}");
    assert!(undo.contains("No fees to collect."));
    assert!(list(FeeList::Settled).await.contains("Settled Mon 23 Nov"));
    // A settled fee stays as it is: it can neither be waived, nor does it go with the
    // state of the session.
    assert_eq!(app.post(&fee, Some(&kofi), &[("fee", "waived")]).await.status, StatusCode::NOT_FOUND);
    assert!(cast.desk.set_state(id, SessionState::Cancelled).await.unwrap());
    assert!(cast.desk.fee(id).await.unwrap().unwrap().settled_on.is_some());
    // The file is a table that no spreadsheet runs.
    let file = app.get("/fees/file?list=settled", Some(&kofi)).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("fees-settled.csv"));
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    assert!(lines[0].starts_with("\"Date\",\"Time\",\"Clients\""), "{}", lines[0]);
    assert!(lines[1].starts_with("\"2026-11-23\",\"16:00\",\"Amara Nwosu & Jonas"), "{}", lines[1]);
    assert!(lines[1].contains("\"'=60 €\"") && lines[1].ends_with("\"2026-11-23\""), "{}", lines[1]);
    assert!(cast.desk.settle_fee(id, None).await.unwrap());
    assert!(!cast.desk.settle_fee(id, None).await.unwrap(), "it is open already");
    // Each act is in the audit log.
    let rows = cast.owner.audit_log(store::AuditFilter::default(), None).await.unwrap().rows;
    let audit: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    for act in ["Settled", "Reopened", "Exported", "Kept"] {
        assert!(audit.iter().any(|row| row.contains(act) || row.contains(&act.to_lowercase())), "{act}: {audit:?}");
    }
    // Nobody else has the list.
    for other in [cast.ruth.me(), cast.owner.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, other).await;
        assert_eq!(app.get("/fees", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});
