//! The screens of a partner's first sign-in.

use axum::http::StatusCode;
use tests::{app::App, both, people::Cast};

both!(screens_of_the_first_sign_in_are_shown_until_they_are_left, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let start = async || app.get("/", Some(&amara)).await.location().to_owned();
    assert_eq!(start().await, "/portal/welcome");
    let privacy = app.get("/portal/welcome", Some(&amara)).await.text;
    for words in ["How privacy works", "1 of 3", "Only you", "Ruth Abrahams", "Jonas can’t read them"] {
        assert!(privacy.contains(words), "{words}: {privacy}");
    }
    let next = app.get("/portal/welcome?screen=next", Some(&amara)).await.text;
    assert!(next.contains("3 of 3") && next.contains("What happens next"));
    assert_eq!(start().await, "/portal/welcome", "reading alone does not end them");
    let left = app.post("/portal/welcome", Some(&amara), &[("do", "done")]).await;
    assert_eq!((left.status, left.location()), (StatusCode::SEE_OTHER, "/portal"));
    assert_eq!(start().await, "/portal");
    // They are each person's own, and can be read again.
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    assert_eq!(app.get("/", Some(&jonas)).await.location(), "/portal/welcome");
    assert!(app.get("/portal/settings", Some(&amara)).await.text.contains("href=\"/portal/welcome\""));
    assert_eq!(app.get("/portal/welcome", Some(&amara)).await.status, StatusCode::OK);
});

both!(contact_choices_are_set_at_the_first_sign_in, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let typed = [
        ("screen", "contact"),
        ("nudges", "yes"),
        ("alone", "unshared"),
        ("nudge_at", "19:30"),
        ("safe_from", "08:00"),
    ];
    let refused = app.post("/portal/welcome", Some(&amara), &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("How we may contact you") && refused.text.contains("value=\"08:00\""));
    assert!(cast.amara.contact().await.unwrap().reminders, "nothing is saved");
    let form = [&typed[..], &[("safe_until", "20:00")]].concat();
    let saved = app.post("/portal/welcome", Some(&amara), &form).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/portal/welcome?screen=next"));
    let contact = cast.amara.contact().await.unwrap();
    assert!(!contact.reminders && contact.nudges && contact.hours.is_some());
    assert!(cast.jonas.contact().await.unwrap().reminders);
});

both!(preferred_times_are_chosen_by_parts_of_the_week, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let form = [("parts", "weekday_evenings"), ("hours.sun", "10–11")];
    let saved = app.post("/portal/contact/times", Some(&amara), &form).await;
    assert_eq!(saved.location(), "/portal/contact/times?notice=saved");
    let week = cast.amara.prefers().await.unwrap().unwrap();
    assert_eq!((week.0[0].len(), week.0[5].len(), week.0[6].len()), (1, 0, 1));
    let page = app.get("/portal/contact/times", Some(&amara)).await.text;
    assert!(page.contains("value=\"weekday_evenings\" checked") && page.contains("10:00–11:00"), "{page}");
    assert!(!page.contains("17:00–21:00\""), "what is ticked is not typed as well");
    // All empty: any time is fine.
    app.post("/portal/contact/times", Some(&amara), &[]).await;
    assert_eq!(cast.amara.prefers().await.unwrap(), None);
});
