//! What each role does, over HTTP, as a browser without JavaScript does it.

use axum::http::StatusCode;
use store::EmailFacts;
use tests::{
    app::{App, CODE},
    both,
    people::{Cast, small_answers},
};

both!(owner_sets_up_the_practice_and_invites_staff, |world| {
    let app = App::new(&world);
    assert_eq!(app.get("/", None).await.location(), "/setup");
    let form = |code: &'static str, password: &'static str| {
        vec![
            ("code", code),
            ("name", "Lakeside"),
            ("zone", "Europe/Berlin"),
            ("display_name", "Olive"),
            ("email", "olive@example.org"),
            ("login_name", "olive"),
            ("password", password),
        ]
    };
    let wrong = app.post("/setup", None, &form("WRONG", "three tired swans")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Lakeside"), "what was typed is lost");
    let weak = app.post("/setup", None, &form(CODE, "password123")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!weak.text.contains("password123"), "a password came back");
    let done = app.post("/setup", None, &form(CODE, "three tired swans")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    // Set-up is not possible a second time.
    assert_ne!(app.get("/setup", None).await.status, StatusCode::OK);
    let signed_in = app
        .post(
            "/sign-in",
            None,
            &[("login_name", "olive"), ("password", "three tired swans"), ("next", "//evil.example")],
        )
        .await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    assert_eq!(signed_in.location(), "/");
    let cookie = signed_in.cookie().unwrap();
    // A new practice requires two-step sign-in of its owner.
    assert_eq!(app.get("/practice", Some(&cookie)).await.location(), "/account/two-step");
    let shown = app.get("/account/two-step", Some(&cookie)).await.text;
    let secret = shown.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    let code = store::app_code_by_hand(secret, world.clock.now()).unwrap();
    let set_up = app.post("/account/two-step", Some(&cookie), &[("code", &code)]).await;
    assert!(set_up.text.contains("Your recovery codes"), "{}", set_up.text);
    assert_eq!(app.get("/practice", Some(&cookie)).await.status, StatusCode::OK);
    let invited = app
        .post(
            "/staff",
            Some(&cookie),
            &[
                ("display_name", "Ruth"),
                ("email", "ruth@example.org"),
                ("zone", "Europe/Berlin"),
                ("role", "clinician"),
                ("role", "front_desk"),
            ],
        )
        .await;
    assert_eq!(invited.status, StatusCode::SEE_OTHER);
    let claimed = world.store.worker().claim_due(9, chrono::Duration::minutes(1)).await.unwrap();
    // The owner is told of the new browser and of two-step sign-in, too.
    let token = claimed.iter().find_map(|email| match &email.facts {
        EmailFacts::Invitation { token, .. } => Some(token),
        _ => None,
    });
    let token = token.unwrap();
    let page = app.get(&format!("/invitations/{token}"), None).await;
    assert!(page.text.contains("Ruth"));
    let short =
        app.post(&format!("/invitations/{token}"), None, &[("login_name", "ruth"), ("password", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let taken = app
        .post(&format!("/invitations/{token}"), None, &[("login_name", "ruth"), ("password", "three tired swans")])
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    assert!(!app.get(&format!("/invitations/{token}"), None).await.text.contains("Ruth"));
    // After signing out, the cookie is worthless.
    assert_eq!(app.post("/sign-out", Some(&cookie), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/practice", Some(&cookie)).await.status, StatusCode::SEE_OTHER);
});

both!(couple_is_created_and_an_exercise_is_revealed, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // The second partner's address is invalid: nothing that was typed is lost.
    let mut form = vec![
        ("kind", "couple"),
        ("a.name", "सुनीता तामाङ 💛"),
        ("a.email", "sunita@example.org"),
        ("a.zone", "Asia/Kathmandu"),
        ("a.language", "en"),
        ("a.reminders", "yes"),
        ("b.name", "Bikram"),
        ("b.email", "not an address"),
        ("b.zone", "Asia/Kathmandu"),
        ("b.language", "en"),
        ("b.reminders", "yes"),
    ];
    let refused = app.post("/clients", Some(&ruth), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.text.contains("सुनीता तामाङ 💛") && refused.text.contains("not an address"));
    form.retain(|(n, _)| *n != "b.email");
    form.push(("b.email", "sunita@example.org"));
    let created = app.post("/clients", Some(&ruth), &form).await;
    assert_eq!(created.status, StatusCode::SEE_OTHER, "{}", created.text);
    let page = created.location().split('?').next().unwrap().to_owned();
    assert!(app.get(&page, Some(&ruth)).await.text.contains("सुनीता"));
    assert!(app.get("/caseload?q=bikram", Some(&ruth)).await.text.contains("Bikram"));

    // Amara and Jonas do an exercise.
    let assigned = app
        .post(
            &format!("/clients/{}/assignments", cast.couple),
            Some(&ruth),
            &[("exercise", "small"), ("for", "everyone"), ("due", "before_next"), ("word_along", "")],
        )
        .await;
    assert_eq!(assigned.status, StatusCode::SEE_OTHER, "{}", assigned.text);
    let occurrence = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].occurrence;
    let path = format!("/portal/exercises/{occurrence}");
    let (amara, jonas) = (app.cookie(&world, cast.amara.me()).await, app.cookie(&world, cast.jonas.me()).await);
    assert!(app.get("/portal", Some(&amara)).await.text.contains("Small exercise"));
    let saved =
        app.post(&path, Some(&amara), &[("s.mine", "half a thought"), ("draft_number", "0"), ("do", "save")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(app.get(&path, Some(&amara)).await.text.contains("half a thought"));
    let missing = app.post(&path, Some(&amara), &[("s.mine", "half a thought"), ("do", "submit")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.text.contains("half a thought"));
    let answers = |who: &'static str| -> Vec<(String, String)> {
        let mut form = domain::exercises::response::form(&small_answers(who)).0;
        form.push(("do".into(), "submit".into()));
        form
    };
    let submit = async |who: &'static str, cookie: &str| {
        let form = answers(who);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        app.post(&path, Some(cookie), &form).await
    };
    assert_eq!(submit("amara", &amara).await.status, StatusCode::SEE_OTHER);
    let waiting = app.get(&path, Some(&amara)).await.text;
    // Jonas begins: nothing changes on Amara's page.
    app.post(&path, Some(&jonas), &[("s.mine", "x"), ("do", "save")]).await;
    let still = app.get(&path, Some(&amara)).await.text;
    let plain = |html: &str| html.split("nonce=").map(|p| p.splitn(3, '"').last().unwrap_or("")).collect::<String>();
    assert_eq!(plain(&waiting).len(), plain(&still).len());
    assert_eq!(submit("amara", &amara).await.status, StatusCode::SEE_OTHER, "sending twice");
    assert_eq!(submit("jonas", &jonas).await.status, StatusCode::SEE_OTHER);
    for (cookie, other) in [(&amara, "jonas"), (&jonas, "amara")] {
        let text = app.get(&path, Some(cookie)).await.text;
        assert!(
            text.contains(&format!("canary-{other}-reveal")) && text.contains(&format!("canary-{other}-couple")),
            "{text}"
        );
        assert!(
            !text.contains(&format!("canary-{other}-mine")) && !text.contains(&format!("canary-{other}-therapist"))
        );
    }
});

both!(postponed_exercise_keeps_its_draft_and_is_first_in_the_brief, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.amara.me()).await);
    let first = cast.assign().await;
    let here = format!("/portal/exercises/{first}");
    // A page without JavaScript sends the exercise's fields along.
    let typed = [("s.mine", "half a thought"), ("draft_number", "0"), ("why", "not_safe")];
    assert_eq!(app.post(&format!("{here}/not-now"), Some(&amara), &typed).await.status, StatusCode::SEE_OTHER);
    assert!(app.get(&here, Some(&amara)).await.text.contains("half a thought"));
    for _ in 0..9 {
        world.clock.advance(chrono::Duration::minutes(1));
        cast.assign_exercise("open", domain::exercises::assignment::Audience::Everyone).await;
    }
    let brief = app.get(&format!("/clients/{}/brief", cast.couple), Some(&ruth)).await.text;
    assert!(brief.contains("does not feel safe") && brief.contains("Show 2 more"), "{brief}");
    let first = brief.split("id=\"asked\"").nth(1).and_then(|asked| asked.split("</li>").next()).unwrap();
    assert!(first.contains("does not feel safe"), "{first}");
    assert!(!brief.contains("half a thought"));
});

both!(front_desk_books_moves_and_cancels_a_session, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let kofi = app.cookie(&world, cast.desk.me()).await;
    assert!(app.get("/sessions/new?q=amara", Some(&kofi)).await.text.contains("Jonas"));
    let (client, clinician, room) = (cast.couple.to_string(), cast.ruth.me().to_string(), cast.room.to_string());
    let key = || world.store.clock().id().to_string();
    let book = async |date: &str, time: &str, key: &str, fold: &str| {
        app.post(
            "/sessions",
            Some(&kofi),
            &[
                ("client", &client),
                ("attendee", "everyone"),
                ("clinician", &clinician),
                ("kind", "regular"),
                ("place", &room),
                ("link", ""),
                ("date", date),
                ("time", time),
                ("fold", fold),
                ("minutes", "50"),
                ("outside", "yes"),
                ("key", key),
            ],
        )
        .await
    };
    let once = key();
    let booked = book("2026-11-26", "10:00", &once, "").await;
    assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
    assert_eq!(
        book("2026-11-26", "10:00", &once, "").await.location().split('?').next(),
        booked.location().split('?').next()
    );
    let taken = book("2026-11-26", "10:30", &key(), "").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        taken.text.contains("Ruth Abrahams") && taken.text.contains("2026-11-26 11:00"),
        "no next free time: {}",
        taken.text
    );
    // A time that the clocks skip, one that comes twice, and one in the past.
    assert_eq!(book("2027-03-28", "02:30", &key(), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let twice = book("2027-10-31", "02:30", &key(), "").await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("UTC+2") && twice.text.contains("UTC+1"));
    assert_eq!(book("2027-10-31", "02:30", &key(), "1").await.status, StatusCode::SEE_OTHER);
    assert_eq!(book("2026-11-20", "10:00", &key(), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let session = booked.location().split('?').next().unwrap().to_owned();
    let page = app.get(&session, Some(&kofi)).await.text;
    assert!(page.contains("Amara Nwosu") && page.contains("Confirmation"));
    let moved = app
        .post(
            &format!("{session}/move"),
            Some(&kofi),
            &[
                ("date", "2026-11-27"),
                ("time", "09:00"),
                ("minutes", "50"),
                ("place", &room),
                ("link", ""),
                ("fold", ""),
                ("reason", "asked to"),
            ],
        )
        .await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    let calendar = app.get("/calendar?view=week&date=2026-11-27", Some(&kofi)).await;
    assert!(calendar.text.contains("Amara Nwosu"));
    assert_eq!(
        app.post(&format!("{session}/cancellation"), Some(&kofi), &[("reason", "ill")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(app.get("/email-log", Some(&kofi)).await.status, StatusCode::OK);
});

/// An exercise of one page, on which two people write, plan and agree.
fn page_of_three() -> domain::exercises::exercise::Document {
    serde_json::from_value(serde_json::json!({
        "slug": "three", "title": "Three", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": [
            {"key": "when", "kind": "plan", "scope": "couple", "prompt": "When, you two"},
            {"key": "words", "kind": "text", "scope": "couple", "prompt": "How it was"},
            {"key": "pact", "kind": "agreement", "scope": "couple", "prompt": "What you two agree on", "starter": "We will …"}
        ]
    }))
    .unwrap()
}

both!(no_button_of_an_exercise_page_loses_typed_text, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    world.store.load_library(&[page_of_three()]).await.unwrap();
    let occurrence = cast.assign_exercise("three", domain::exercises::assignment::Audience::Everyone).await;
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let here = format!("/portal/exercises/{occurrence}");
    let number = async || {
        let page = app.get(&here, Some(&cookie)).await.text;
        let number = page.split("name=\"draft_number\" value=\"").nth(1).and_then(|t| t.split('"').next());
        number.map(str::to_owned).unwrap_or_default()
    };
    let typed = |number: &str, words: &str, date: &str, pact: &str, press: &str| {
        [
            ("draft_number", number),
            ("s.words", words),
            ("plan.when.seen", ""),
            ("plan.when.date", date),
            ("plan.when.time", if date.is_empty() { "" } else { "20:00" }),
            ("agree.pact.version", "0"),
            ("agree.pact.text", pact),
            ("do", press),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let post = async |path: &str, form: &[(String, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        app.post(path, Some(&cookie), &form).await
    };
    let (plan, pact) = (format!("{here}/plans/when"), format!("{here}/agreements/pact"));
    // Setting a plan saves the typed answers, and the typed agreement stays in its field.
    let n = number().await;
    let got = post(&plan, &typed(&n, "words one", "2026-12-24", "no phones", "set")).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["words one", "no phones", "isn’t suggested yet", "24 Dec, 20:00", "href=\"#f-agree-pact-text\""] {
        assert!(got.text.contains(kept), "{kept}");
    }
    assert!(!got.text.contains("isn’t saved yet"), "it is");
    // Proposing the agreement keeps a day that was typed and not set.
    let n = number().await;
    let got = post(&pact, &typed(&n, "words two", "2026-12-25", "no phones", "write")).await;
    for kept in ["words two", "value=\"2026-12-25\"", "isn’t saved yet", "href=\"#f-plan-when-date\""] {
        assert!(got.text.contains(kept), "{kept}");
    }
    assert!(!got.text.contains("isn’t suggested yet"), "it was");
    // A refused plan, a save and a postponement each keep the rest.
    let n = number().await;
    let refused = post(&plan, &typed(&n, "words three", "2020-01-01", "We will not", "set")).await;
    for kept in ["words three", "This time has passed", "We will not", "value=\"2020-01-01\""] {
        assert!(refused.text.contains(kept), "{kept}");
    }
    let late = post(&pact, &typed(&number().await, "words four", "", "We will not", "write")).await;
    for kept in ["words four", "It was changed in the meantime", "We will not", "no phones"] {
        assert!(late.text.contains(kept), "{kept}");
    }
    let saved = post(&here, &typed(&number().await, "words five", "", "We will not", "save")).await;
    assert!(saved.text.contains("words five") && saved.text.contains("We will not"));
    let off = typed(&number().await, "words six", "", "no phones", "").map(|(n, v)| match n.as_str() {
        "do" => ("why".to_owned(), "no_time".to_owned()),
        _ => (n, v),
    });
    let off = post(&format!("{here}/not-now"), &off).await;
    assert_eq!((off.status, off.location().starts_with("/portal?")), (StatusCode::SEE_OTHER, true));
    assert!(app.get(&here, Some(&cookie)).await.text.contains("words six"));
    // After sending, the text that is not sent is shown on the page of the sent answers.
    let sent = post(&here, &typed(&number().await, "words seven", "", "We will not", "submit")).await;
    for kept in ["You have sent this", "words seven", "We will not", "isn’t suggested yet"] {
        assert!(sent.text.contains(kept), "{kept}");
    }
    // The assignment is withdrawn while an agreement is typed.
    let id = cast.ruth.assignments(cast.couple, None).await.unwrap().rows.into_iter().next().unwrap().id;
    assert!(cast.ruth.withdraw(id).await.unwrap().is_some());
    let gone = post(&pact, &typed("0", "words eight", "", "We will not", "write")).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gone.text.contains("We will not"), "{}", gone.text);
});
