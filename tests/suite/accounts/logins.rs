//! What keeps a login alive: a person who opens a page, sends a form or types. Requests
//! that browsers, scripts and programs send by themselves do not.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, Duration, Utc};
use duologue::{
    access::Access,
    routes::{self, Alive},
};
use serde_json::{Value, json};
use store::FormKey;
use tests::{
    Backend, World,
    app::{App, Got},
    both,
    people::Cast,
};

use crate::routes::Stage;

/// When a login was last used, as far as it is stored; `None` if it has ended.
async fn last_seen(world: &World, cookie: &str) -> Option<DateTime<Utc>> {
    let visitor = world.store.find_visitor(cookie.trim_start_matches("duologue="), false).await.unwrap()?;
    let logins = world.store.signed_in(&visitor).logins().await.unwrap();
    logins.into_iter().find(|login| login.id == visitor.login).map(|login| login.last_seen_at)
}

fn request(method: &Method, path: &str, cookie: &str, headers: &[(&'static str, &'static str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000");
    request = request.header(header::COOKIE, cookie).header(header::ORIGIN, "http://localhost:3000");
    request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// The headers of a browser for a page that a person opened or a form that they sent; the
/// second browser sends none of them.
const BY_PERSON: &[&[(&str, &str)]] =
    &[&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), ("sec-fetch-user", "?1")], &[]];

/// The headers of a browser for requests that it sends by itself.
const BY_ITSELF: &[&[(&str, &str)]] = &[
    &[("sec-purpose", "prefetch")],
    &[("sec-purpose", "prefetch;prerender"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
    &[("purpose", "prefetch")],
    &[("x-moz", "prefetch")],
    &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
    &[("sec-fetch-mode", "same-origin")],
    &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
    &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
    &[("sec-fetch-dest", "serviceworker")],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_keep_a_login_alive_only_for_requests_of_a_person() {
    let stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    let (world, cast) = (&stage.world, &stage.cast);
    for route in routes::table() {
        let account = match route.access {
            Access::Owner => cast.owner.me(),
            Access::Clinician | Access::SignedIn | Access::Plain | Access::Public => cast.ruth.me(),
            Access::FrontDesk | Access::Bookings => cast.desk.me(),
            Access::Partner => cast.amara.me(),
        };
        let path = stage.fill(route.path);
        let counts = route.alive == Alive::Person;
        let mut tries = vec![];
        for headers in BY_PERSON {
            tries.push((route.method.clone(), *headers, counts, stage.app.cookie(world, account).await));
        }
        let idle = stage.app.cookie(world, account).await;
        tries.extend(BY_ITSELF.iter().map(|headers| (route.method.clone(), *headers, false, idle.clone())));
        if route.method == Method::GET {
            tries.extend(BY_PERSON.iter().map(|headers| (Method::HEAD, *headers, false, idle.clone())));
        }
        world.clock.advance(Duration::minutes(2));
        for (method, headers, counts, cookie) in tries {
            let Some(before) = last_seen(world, &cookie).await else { continue };
            stage.app.send(request(&method, &path, &cookie, headers)).await;
            // Signing out ends the login.
            let Some(after) = last_seen(world, &cookie).await else { continue };
            assert_eq!(after > before, counts, "{method} {path} with {headers:?}, {:?}", route.alive);
        }
    }
}

/// Files that browsers look for by themselves, and pages that do not exist.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_pages_keep_no_login_alive() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let cookie = app.cookie(&world, cast.ruth.me()).await;
    let before = last_seen(&world, &cookie).await.unwrap();
    world.clock.advance(Duration::minutes(2));
    for (method, path) in [
        (Method::GET, "/favicon.ico"),
        (Method::GET, "/apple-touch-icon.png"),
        (Method::GET, "/.well-known/change-password"),
        (Method::POST, "/today"),
        (Method::OPTIONS, "/today"),
    ] {
        app.send(request(&method, path, &cookie, &[])).await;
        assert_eq!(last_seen(&world, &cookie).await.unwrap(), before, "{method} {path}");
    }
}

/// Sends a save as a page's script does.
async fn save_by_script(app: &App, path: &str, cookie: &str, body: &Value) -> Got {
    let request = Request::builder().method(Method::POST).uri(path).header(header::HOST, "localhost:3000");
    let request = request.header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin");
    let request = request.header("sec-fetch-mode", "cors").header("sec-fetch-dest", "empty");
    app.send(request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()).await
}

/// Saves the `body` of each round every five minutes until the login has ended; returns
/// how long that took.
async fn save_until_login_ends(
    world: &World,
    app: &App,
    (path, cookie): (&str, &str),
    status: StatusCode,
    body: impl Fn(i64) -> Value,
) -> Duration {
    let begun = world.clock.now();
    for n in 0..10_000 {
        let got = save_by_script(app, path, cookie, &body(n)).await;
        if got.status == StatusCode::UNAUTHORIZED {
            return world.clock.now() - begun;
        }
        assert_eq!(got.status, status, "{n}: {}", got.text);
        world.clock.advance(Duration::minutes(5));
    }
    panic!("it never ends");
}

both!(typing_a_note_keeps_its_writer_signed_in_for_twelve_hours, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = cast.ruth.me();
    let key = world.store.form_key(Some(ruth)).to_string();
    let note = |body: String| json!({ "client": cast.couple.0, "note": null, "fields": [["scope", "joint"], ["s.text", body], [FormKey::FIELD, key]] });
    let time_until_end = async |status, body: &dyn Fn(i64) -> String| {
        let cookie = app.cookie(&world, ruth).await;
        save_until_login_ends(&world, &app, ("/api/note", &cookie), status, |n| note(body(n))).await
    };
    // Twelve hours, however much is typed.
    assert_eq!(time_until_end(StatusCode::OK, &|n| format!("word {n}")).await, Duration::hours(12));
    // A script that sends the same text again and again: half an hour.
    let last = time_until_end(StatusCode::OK, &|_| "the same".to_owned()).await;
    assert!(last <= Duration::minutes(30), "{last}");
    // A script whose text is refused: half an hour.
    let last = time_until_end(StatusCode::UNPROCESSABLE_ENTITY, &|_| String::new()).await;
    assert!(last <= Duration::minutes(30), "{last}");
    // A colleague cannot type into another's note.
    let foreign = save_until_login_ends(
        &world,
        &app,
        ("/api/note", &app.cookie(&world, cast.emeka.me()).await),
        StatusCode::NOT_FOUND,
        |n| note(format!("word {n}")),
    )
    .await;
    assert!(foreign <= Duration::minutes(30), "{foreign}");
});

both!(typing_an_exercise_keeps_its_author_signed_in_but_repeats_do_not, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = cast.ruth.me();
    let time_until_end = async |title: &dyn Fn(i64) -> String| {
        let draft = cast.ruth.start_draft(None, &domain::form::Form::default()).await.unwrap().unwrap();
        let cookie = app.cookie(&world, ruth).await;
        save_until_login_ends(
            &world,
            &app,
            ("/api/exercise", &cookie),
            StatusCode::OK,
            |n| json!({ "draft": draft, "number": n, "fields": [["title", title(n)]] }),
        )
        .await
    };
    assert_eq!(time_until_end(&|n| format!("Title {n}")).await, Duration::hours(12));
    let last = time_until_end(&|_| "The same".to_owned()).await;
    assert!(last <= Duration::minutes(30) + Duration::minutes(5), "{last}");
});

both!(typing_an_answer_keeps_a_partner_signed_in_but_repeats_do_not, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let occurrence = cast.assign().await;
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let draft = |text: &str| json!({ "occurrence": occurrence.0, "number": 0, "touched": ["mine"], "fields": [["s.mine", text]] });
    // Typing every eleven hours keeps the login alive; a partner's login is idle after
    // twelve.
    for n in 0..4 {
        assert_eq!(
            save_by_script(&app, "/api/draft", &cookie, &draft(&format!("word {n}"))).await.status,
            StatusCode::OK
        );
        world.clock.advance(Duration::hours(11));
    }
    assert_eq!(save_by_script(&app, "/api/draft", &cookie, &draft("word 4")).await.status, StatusCode::OK);
    // The same text again and again does not keep it alive.
    let mut ended = false;
    for _ in 0..13 {
        world.clock.advance(Duration::hours(1));
        ended = save_by_script(&app, "/api/draft", &cookie, &draft("word 4")).await.status == StatusCode::UNAUTHORIZED;
    }
    assert!(ended);
    // Looking up free times, names and previews is not typing.
    let desk = app.cookie(&world, cast.desk.me()).await;
    let before = last_seen(&world, &desk).await.unwrap();
    world.clock.advance(Duration::minutes(2));
    for n in 0..3 {
        assert_eq!(
            save_by_script(&app, "/api/find", &desk, &json!({ "text": format!("ama{n}") })).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(last_seen(&world, &desk).await.unwrap(), before);
});

both!(browsers_of_one_name_are_shown_and_signed_out_together, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let me = cast.ruth.me();
    for device in ["Chrome on Linux", "Firefox on Android", "Chrome on Linux", "Safari on iOS"] {
        world.store.start_login(me, device, None).await.unwrap();
    }
    // The browser that asks has the name of another one.
    let here = format!("duologue={}", world.store.start_login(me, "Safari on iOS", None).await.unwrap());
    let visitor =
        world.store.find_visitor(here.trim_start_matches("duologue="), false).await.unwrap().expect("signed in");
    let mine = world.store.signed_in(&visitor);
    let page = app.get("/account/security", Some(&here)).await.text;
    assert!(page.contains("Chrome on Linux, 2 sign-ins") && page.contains("Safari on iOS, 2 sign-ins"), "{page}");
    assert!(page.contains("Sign out the others"), "{page}");
    let end = async |device: &str| {
        let login = mine.logins().await.unwrap().into_iter().find(|l| l.device == device && l.id != visitor.login);
        let path = format!("/account/logins/{}/end", login.unwrap().id);
        let got = app.post(&path, Some(&here), &[]).await;
        assert_eq!(got.location(), "/account/security?notice=login_ended");
        assert_eq!(app.post(&path, Some(&here), &[]).await.status, StatusCode::NOT_FOUND, "it has ended");
    };
    let left = async || {
        let mut devices: Vec<String> = mine.logins().await.unwrap().into_iter().map(|l| l.device).collect();
        devices.retain(|device| device != "test");
        devices.sort();
        devices
    };
    end("Chrome on Linux").await;
    assert_eq!(left().await, ["Firefox on Android", "Safari on iOS", "Safari on iOS"]);
    end("Safari on iOS").await;
    assert_eq!(left().await, ["Firefox on Android", "Safari on iOS"], "the browser that asks stays signed in");
});
