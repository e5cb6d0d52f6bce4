//! Clients whom the front desk takes on in one call, and their therapists' answers.

use axum::http::StatusCode;
use domain::{
    clients::taking_on::FirstTime,
    ids::ClientId,
    scheduling::{
        inquiry::MeetingWish,
        session::{SessionKind, SessionState},
        slots::DayPart,
    },
};
use tests::{app::App, both, people::Cast};

/// The form of a new couple with Ruth; `first` is the chosen time, or empty.
fn form<'a>(ruth: &'a str, first: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", "0190a5c0-0000-7000-8000-0000000000aa"),
        ("kind", "couple"),
        ("a.name", "Ines Costa"),
        ("a.phone", "030 5550 177"),
        ("b.name", "Rui Costa"),
        ("b.email", "rui@example.org"),
        ("clinician", ruth),
        ("first", first),
    ]
}

/// The first free time with Ruth, and one more at the same time.
async fn free_time(cast: &Cast) -> FirstTime {
    let times = cast.desk.first_session_times(DayPart::Any, MeetingWish::Any).await.unwrap();
    let slot = times.into_iter().find(|slot| slot.clinician == cast.ruth.me()).expect("a free time");
    FirstTime { at: slot.at, clinician: slot.clinician, room: slot.room.map(|room| room.id) }
}

/// The id at the end of the address that a form leads to.
fn client_of(location: &str) -> ClientId {
    location.split(['?', '#']).next().unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

both!(desk_takes_on_a_couple_with_its_first_session_in_one_form, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = cast.ruth.me().to_string();
    let first = free_time(&cast).await.to_string();
    // The form offers the time; sent twice, it is one client and one session.
    assert!(
        app.get(&format!("/desk/clients/new?first={first}"), Some(&kofi))
            .await
            .text
            .contains(&format!("value=\"{first}\""))
    );
    let done = app.post("/desk/clients", Some(&kofi), &form(&ruth, &first)).await;
    let again = app.post("/desk/clients", Some(&kofi), &form(&ruth, &first)).await;
    assert_eq!((done.status, done.location().to_owned()), (StatusCode::SEE_OTHER, again.location().to_owned()));
    let location = done.location().to_owned();
    assert!(location.contains("notice=client_booked"), "{location}");
    let client = client_of(&location);
    let found = cast.desk.desk_clients("costa", None).await.unwrap().rows;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].client, found[0].title().as_str()), (client, "Ines Costa & Rui Costa"));
    let (session, at) = found[0].next.unwrap();
    assert_eq!(format!("{}", at.format("%Y-%m-%dT%H:%M:%SZ")), first.split('_').next().unwrap());
    let session = cast.desk.session(session).await.unwrap().unwrap();
    assert_eq!((session.kind, session.state, session.attendees.len()), (SessionKind::Intake, SessionState::Booked, 2));
    // By phone and by email address, however they are typed.
    for text in ["030 5550177", "+49 30 5550", "RUI@example.org"] {
        assert_eq!(cast.desk.desk_clients(text, None).await.unwrap().rows.len(), 1, "{text}");
    }
    let page = app.get(&format!("/desk/clients/{client}"), Some(&kofi)).await.text;
    assert!(page.contains("+49 30 5550177") || page.contains("+49 30 5550 177"), "{page}");
    assert!(page.contains("rui@example.org") && page.contains("asked, not accepted yet"));
});

both!(therapist_accepts_or_declines_an_offered_client_once, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = cast.ruth.me().to_string();
    let done = app.post("/desk/clients", Some(&kofi), &form(&ruth, "")).await;
    let client = client_of(done.location());
    let offered = cast.ruth.offered_clients(None).await.unwrap().rows;
    assert_eq!(
        offered.iter().map(|o| (o.client, o.offered_by.as_str())).collect::<Vec<_>>(),
        [(client, "Kofi Mensah")]
    );
    assert!(cast.emeka.offered_clients(None).await.unwrap().rows.is_empty());
    // It is nobody else's to answer.
    assert!(!cast.emeka.accept_client(client).await.unwrap() && !cast.emeka.decline_client(client).await.unwrap());
    assert!(cast.ruth.decline_client(client).await.unwrap());
    assert!(!cast.ruth.accept_client(client).await.unwrap());
    assert!(cast.ruth.client(client).await.unwrap().is_none(), "not in the caseload any more");
    // The front desk sees that there is no therapist, and asks another one.
    let page = app.get(&format!("/desk/clients/{client}"), Some(&kofi)).await.text;
    assert!(page.contains("No therapist yet"));
    assert!(cast.desk.offer_client(client, cast.emeka.me()).await.unwrap());
    assert!(!cast.desk.offer_client(client, cast.ruth.me()).await.unwrap(), "it has a therapist");
    assert!(cast.emeka.accept_client(client).await.unwrap());
    assert!(!cast.emeka.decline_client(client).await.unwrap(), "accepted is accepted");
    assert!(cast.emeka.client(client).await.unwrap().is_some());
});

both!(time_that_was_taken_meanwhile_costs_no_typed_word, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = cast.ruth.me().to_string();
    let first = free_time(&cast).await;
    let wall = domain::zone::wall_time(first.at, &tests::people::zone("Europe/Berlin"));
    let taken = cast.book(&world.store, &wall.format("%Y-%m-%d %H:%M").to_string()).await;
    assert!(matches!(taken, store::Booked::Done(_)), "{taken:?}");
    let done = app.post("/desk/clients", Some(&kofi), &form(&ruth, &first.to_string())).await;
    let location = done.location().to_owned();
    assert!(location.contains("notice=client_time_taken"), "{location}");
    assert!(cast.desk.desk_client(client_of(&location)).await.unwrap().unwrap().next.is_none());
    // A refused form keeps what was typed, and makes nothing.
    let mut bad = form("", "");
    bad[0].1 = "0190a5c0-0000-7000-8000-0000000000ab";
    let refused = app.post("/desk/clients", Some(&kofi), &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Choose a therapist, or a time above.") && refused.text.contains("rui@example.org"));
    assert_eq!(cast.desk.desk_clients("costa", None).await.unwrap().rows.len(), 1);
});
