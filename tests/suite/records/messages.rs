//! The therapist's list of threads of messages.

use axum::http::StatusCode;
use tests::{
    app::App,
    both,
    people::{Cast, person},
};

both!(message_list_shows_who_waits_for_an_answer_and_no_word_of_it, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    assert!(app.get("/messages", Some(&ruth)).await.text.contains("No messages yet"));
    cast.amara.write_message(cast.couple, None, "canary-text", None).await.unwrap();
    let shown = app.get("/messages", Some(&ruth)).await.text;
    assert!(shown.contains("Messages with Amara Nwosu") && shown.contains("1 new"), "{shown}");
    assert!(!shown.contains("canary-text") && !shown.contains("Messages with Jonas"));
    // Once opened, it is still to be answered.
    app.get(&format!("/clients/{}/messages/{amara}", cast.couple), Some(&ruth)).await;
    let shown = app.get("/messages", Some(&ruth)).await.text;
    assert!(shown.contains("Not answered") && !shown.contains("1 new"), "{shown}");
    assert!(cast.ruth.answer_message(cast.couple, amara, "thank you", None).await.unwrap());
    assert!(!app.get("/messages", Some(&ruth)).await.text.contains("Not answered"));
    // Another therapist's list is their own, and the desk has none.
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    assert!(!app.get("/messages", Some(&emeka)).await.text.contains("Amara"));
    let desk = app.cookie(&world, cast.desk.me()).await;
    assert_eq!(app.get("/messages", Some(&desk)).await.status, StatusCode::NOT_FOUND);
});
