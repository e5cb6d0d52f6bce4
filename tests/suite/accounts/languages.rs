//! The language of a page is its reader's: a client's own, that of the person to whom a
//! link was sent, or what the browser prefers.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::Duration;
use domain::clients::person::{Language, PersonDetails};
use store::EmailFacts;
use tests::{
    app::{App, Got},
    both,
    people::{Cast, details},
};

/// Opens a page with a browser that prefers these languages.
async fn get_in(app: &App, path: &str, cookie: Option<&str>, accepted: &str) -> Got {
    let mut request =
        Request::get(path).header(header::HOST, "localhost:3000").header(header::ACCEPT_LANGUAGE, accepted);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

fn is_hindi(page: &Got) -> bool {
    page.text.contains("<html lang=\"hi\">")
}

both!(page_without_a_login_is_in_the_browsers_language, |world| {
    Cast::new(&world.store).await;
    let app = App::new(&world);
    for (accepted, hindi) in [("hi-IN,hi;q=0.9,en;q=0.8", true), ("de,en;q=0.5", false), ("", false)] {
        for path in ["/sign-in", "/forgot", "/reset/none", "/invitations/none", "/no-such-page"] {
            let page = get_in(&app, path, None, accepted).await;
            assert_eq!(is_hindi(&page), hindi, "{path} {accepted}");
        }
    }
    let page = get_in(&app, "/sign-in", None, "hi").await;
    assert!(page.text.contains("<h1>साइन इन</h1>") && page.text.contains("<title>साइन इन"), "{}", page.text);
    let wrong = app.post("/sign-in", None, &[("login_name", "amara"), ("password", "x")]).await;
    assert!(wrong.text.contains("Wrong sign-in name or password."), "{}", wrong.text);
});

both!(clients_choose_the_language_of_their_pages_and_staff_stay_in_english, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let (amara, jonas) = (app.cookie(&world, cast.amara.me()).await, app.cookie(&world, cast.jonas.me()).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // The browser's language does not count for a client: theirs is known.
    assert!(!is_hindi(&get_in(&app, "/account", Some(&amara), "hi").await));
    let refused = app.post("/account/language", Some(&amara), &[("language", "xx")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chosen = app.post("/account/language", Some(&amara), &[("language", "hi")]).await;
    assert_eq!(chosen.location(), "/account?notice=saved");
    let account = app.get(chosen.location(), Some(&amara)).await;
    assert!(is_hindi(&account) && account.text.contains("बदलाव सहेज लिए गए।"), "{}", account.text);
    assert!(is_hindi(&app.get("/portal", Some(&amara)).await));
    assert!(!is_hindi(&app.get("/portal", Some(&jonas)).await), "the other partner's pages stay as they are");
    // Errors at fields, too.
    let short = app.post("/account/password", Some(&amara), &[("current", "x"), ("password", "x")]).await;
    assert!(short.text.contains("कम से कम 10 अक्षर"), "{}", short.text);
    // The staff's pages are in English, and have no such choice.
    let staff = get_in(&app, "/account", Some(&ruth), "hi").await;
    assert!(!is_hindi(&staff) && !staff.text.contains("/account/language"));
    assert_eq!(app.post("/account/language", Some(&ruth), &[("language", "hi")]).await.status, StatusCode::NOT_FOUND);
});

both!(link_of_an_invitation_is_in_its_persons_language, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let mei = PersonDetails { language: Language::Hindi, ..details("Mei", "mei@example.org", "Asia/Kolkata") };
    let couple = store::NewClient::Couple { a: mei.into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    cast.ruth.invite_partner(client, person).await.unwrap();
    let due = world.store.worker().claim_due(50, Duration::minutes(1)).await.unwrap();
    let token = due.iter().find_map(|email| match &email.facts {
        EmailFacts::Invitation { token, .. } => Some(token.clone()),
        _ => None,
    });
    let path = format!("/invitations/{}", token.unwrap());
    let page = get_in(&app, &path, None, "en").await;
    assert!(is_hindi(&page) && page.text.contains("स्वागत है, Mei"), "{}", page.text);
    let refused = app.post(&path, None, &[("login_name", "m"), ("password", "x")]).await;
    assert!(is_hindi(&refused), "{}", refused.text);
});
