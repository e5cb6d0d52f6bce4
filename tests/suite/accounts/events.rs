//! Failed and unusual sign-ins of members of staff: what they and the owner see, and the
//! emails about it.

use chrono::Duration;
use domain::{accounts::event::AccountEvent, outbox::reminder::EmailKind};
use store::EmailFacts;
use tests::{World, app::App, both, people::Cast};

use crate::matrix::PASSWORD;

/// What the emails that are due tell of, and to whom; they are sent.
async fn notices(world: &World) -> Vec<(String, AccountEvent)> {
    let mut told = Vec::new();
    for message in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        if let EmailFacts::Security { event, .. } = &message.facts {
            assert_eq!(message.kind, EmailKind::Security);
            told.push((message.recipient.as_str().to_owned(), *event));
        }
        assert!(world.store.worker().store_body(message.id, message.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
    }
    told
}

both!(sign_in_from_a_new_browser_is_told_by_email_and_a_wrong_password_is_listed, |world| {
    let hash = duologue::password::hash(PASSWORD).unwrap();
    let cast = Cast::with_hash(&world.store, &hash).await;
    let app = App::new(&world);
    while !notices(&world).await.is_empty() {}
    let sign_in = |cookie: Option<String>, password: &'static str| {
        let app = &app;
        async move { app.post("/sign-in", cookie.as_deref(), &[("login_name", "ruth"), ("password", password)]).await }
    };
    // A browser that the account does not know yet.
    let first = sign_in(None, PASSWORD).await;
    assert_eq!(first.location(), "/", "{}", first.text);
    let told = notices(&world).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].1, AccountEvent::NewBrowser);
    assert!(told[0].0.contains("ruth"), "{told:?}");
    // The same browser again: no news.
    let cookies: Vec<&str> =
        first.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()?.split(';').next()).collect();
    let known = sign_in(Some(cookies.join("; ")), PASSWORD).await;
    assert_eq!(known.location(), "/", "{}", known.text);
    assert_eq!(notices(&world).await, []);
    // A wrong password is listed, and no email leaves: anyone can type one.
    sign_in(None, "not the password at all").await;
    assert_eq!(notices(&world).await, []);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get("/account/security", Some(&ruth)).await.text;
    assert!(page.contains("Signed in from a browser that was not used before"), "{page}");
    assert!(page.contains("Wrong password"), "{page}");
    // The owner sees everybody's; a colleague and a client see nothing of it.
    let owner = app.cookie(&world, cast.owner.me()).await;
    let staff = app.get("/staff", Some(&owner)).await.text;
    assert!(staff.contains("Wrong password") && staff.contains("Ruth Abrahams"), "{staff}");
    for who in [cast.emeka.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, who).await;
        let page = app.get("/account/security", Some(&cookie)).await.text;
        assert!(!page.contains("Wrong password"), "{page}");
    }
    // A client's sign-ins are told to nobody: the email could be read by another.
    let amara = |cookie: Option<String>| {
        let app = &app;
        async move { app.post("/sign-in", cookie.as_deref(), &[("login_name", "amara"), ("password", PASSWORD)]).await }
    };
    amara(None).await;
    amara(None).await;
    assert_eq!(notices(&world).await, []);
    assert_eq!(
        world.number("SELECT count(*) FROM account_event e JOIN account a ON a.id = e.account_id WHERE a.person_id IS NOT NULL").await.unwrap(),
        0
    );
    // After a year it is forgotten.
    world.clock.advance(Duration::days(366));
    world.store.worker().forget_old_tries().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM account_event").await.unwrap(), 0);
});
