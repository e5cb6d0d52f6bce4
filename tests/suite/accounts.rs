//! Accounts: links bound to one person that work once, and what ends a login.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::Duration;
use domain::ids::{ClientId, PersonId};
use store::{Accepted, Facts, Keys, Store};
use tests::{
    KEY,
    app::App,
    both,
    people::{Cast, NO_HASH, details, visitor},
};
use tokio::task::JoinSet;

async fn link(store: &Store) -> Option<String> {
    let mut found = None;
    for message in store.claim_due(50, Duration::minutes(1)).await.unwrap() {
        match &message.facts {
            Facts::Invitation { token, .. } | Facts::PasswordReset { token, .. } => found = Some(token.clone()),
            _ => {}
        }
        store.finish_sent(message.id, message.token).await.unwrap();
    }
    found
}

/// Somebody new, alone in their couple so far.
async fn mei(cast: &Cast, address: &str) -> (ClientId, PersonId) {
    let couple = store::NewClient::Couple { a: details("Mei", address, "UTC").into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    (client, cast.ruth.names(client).await.unwrap().unwrap()[0].0)
}

both!(an_invitation_works_once_and_a_new_one_withdraws_the_old, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = mei(&cast, "mei@example.org").await;
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Some(true));
    let first = link(&world.store).await.unwrap();
    assert_eq!(world.store.invitation(&first).await.unwrap().unwrap().name, "Mei");
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Some(true));
    assert!(world.store.invitation(&first).await.unwrap().is_none(), "the old link still works");
    let second = link(&world.store).await.unwrap();
    assert_eq!(world.store.accept_invitation(&second, "amara", NO_HASH).await.unwrap(), Accepted::NameTaken);
    let (a, b) = tokio::join!(
        world.store.accept_invitation(&second, "mei", NO_HASH),
        world.store.accept_invitation(&second, "mei2", NO_HASH)
    );
    let results = [a.unwrap(), b.unwrap()];
    assert_eq!(results.iter().filter(|r| matches!(r, Accepted::Done(_))).count(), 1, "{results:?}");
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Some(false));
});

both!(whoever_waits_for_a_password_keeps_nobody_else_waiting, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = mei(&cast, "mei@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let invitation = format!("/invitations/{}", link(&world.store).await.unwrap());
    world.store.request_reset("amara").await.unwrap();
    let reset = format!("/reset/{}", link(&world.store).await.unwrap());

    let app = Arc::new(App::new(&world));
    let hasher = app.state.site().hasher.clone();
    let turns = [hasher.turn().await.unwrap(), hasher.turn().await.unwrap()];
    let mut waiting = JoinSet::new();
    for n in 0..24 {
        let (app, path) = (app.clone(), if n % 2 == 0 { invitation.clone() } else { reset.clone() });
        waiting.spawn(async move {
            let form = [("login_name", "mei"), ("password", "three tired swans at noon")];
            (path.clone(), app.post(&path, None, &form).await.status)
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = tokio::time::timeout(std::time::Duration::from_secs(5), app.get("/caseload", Some(&ruth))).await;
    assert_eq!(page.expect("a page waits for passwords that are nobody's business of its").status, StatusCode::OK);

    drop(turns);
    let answers = waiting.join_all().await;
    for path in [&invitation, &reset] {
        let of = |status| answers.iter().filter(|(at, got)| at == path && *got == status).count();
        assert_eq!((of(StatusCode::SEE_OTHER), of(StatusCode::GONE)), (1, 11), "{path}: {answers:?}");
    }
});

both!(an_invitation_ends, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = mei(&cast, "mei@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let token = link(&world.store).await.unwrap();
    world.clock.advance(Duration::days(8));
    assert!(world.store.invitation(&token).await.unwrap().is_none());
    assert_eq!(world.store.accept_invitation(&token, "mei", NO_HASH).await.unwrap(), Accepted::Gone);
});

both!(a_reset_works_once_within_the_hour_and_ends_every_login, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.visitor().account;
    let token = world.store.start_login(amara, "phone", None).await.unwrap();
    world.store.request_reset("nobody@example.org").await.unwrap();
    assert!(link(&world.store).await.is_none());
    world.store.request_reset(" AMARA ").await.unwrap();
    let reset = link(&world.store).await.unwrap();
    assert_eq!(world.store.reset_for(&reset).await.unwrap().as_deref(), Some("amara"));
    assert_eq!(world.store.reset_password(&reset, NO_HASH).await.unwrap(), Some(amara));
    assert!(world.store.visitor(&token, true).await.unwrap().is_none());
    assert!(world.store.reset_password(&reset, NO_HASH).await.unwrap().is_none());
    world.store.request_reset("amara@example.org").await.unwrap();
    let late = link(&world.store).await.unwrap();
    world.clock.advance(Duration::minutes(61));
    assert!(world.store.reset_for(&late).await.unwrap().is_none());
});

both!(logins_end_by_idleness_age_disabling_and_by_hand, |world| {
    let cast = Cast::new(&world.store).await;
    let kofi = cast.desk.visitor().account;
    let login = async || world.store.start_login(kofi, "desk", None).await.unwrap();
    let token = login().await;
    world.clock.advance(Duration::minutes(29));
    assert!(world.store.visitor(&token, true).await.unwrap().is_some());
    // What a page asks by itself keeps nobody signed in.
    world.clock.advance(Duration::minutes(20));
    assert!(world.store.visitor(&token, false).await.unwrap().is_some());
    world.clock.advance(Duration::minutes(20));
    assert!(world.store.visitor(&token, true).await.unwrap().is_none());
    // In use all day, it ends after twelve hours.
    let token = login().await;
    for _ in 0..24 {
        world.clock.advance(Duration::minutes(29));
        assert!(world.store.visitor(&token, true).await.unwrap().is_some());
    }
    world.clock.advance(Duration::minutes(25));
    assert!(world.store.visitor(&token, true).await.unwrap().is_none());
    let (here, there) = (login().await, login().await);
    let signed_in = world.store.signed_in(&world.store.visitor(&here, true).await.unwrap().unwrap());
    signed_in.end_other_logins().await.unwrap();
    assert!(world.store.visitor(&there, true).await.unwrap().is_none());
    assert!(world.store.visitor(&here, true).await.unwrap().is_some());
    let stranger = world.store.signed_in(&visitor(&world.store, cast.amara.me()).await);
    assert!(!stranger.end_login(signed_in.visitor().login).await.unwrap(), "ended another's login");
    assert!(cast.owner.set_disabled(kofi, true).await.unwrap());
    assert!(world.store.visitor(&here, true).await.unwrap().is_none());
    assert!(!cast.owner.set_disabled(cast.owner.me(), true).await.unwrap());
});

both!(one_address_may_serve_two_people, |world| {
    let cast = Cast::new(&world.store).await;
    let shared = |name: &str| details(name, "both@example.org", "UTC");
    let client = cast
        .ruth
        .create_client(&store::NewClient::Couple { a: shared("Ana").into(), b: Some(shared("Ben").into()) })
        .await
        .unwrap()
        .unwrap();
    for (person, _) in cast.ruth.names(client).await.unwrap().unwrap() {
        assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Some(true));
    }
    let accounts = tests::people::take_up(&world.store, NO_HASH).await;
    assert_eq!(accounts.len(), 2);
    assert_ne!(accounts[0], accounts[1]);
});

both!(another_key_is_refused, |world| {
    let refused = Store::open(&world.address, Keys::new(&[9; 32]), world.clock.clone()).await;
    assert!(refused.is_err_and(|e| e.to_string().contains("key file is not the one")));
    assert!(Store::open(&world.address, Keys::new(&KEY), world.clock.clone()).await.is_ok());
});

both!(set_up_happens_once, |world| {
    let _cast = Cast::new(&world.store).await;
    let setup = store::Setup {
        practice: domain::practice::Practice::new("Mine".into(), domain::person::Zone::utc()),
        display_name: "Eve".into(),
        email: domain::person::Email::parse("eve@example.org").unwrap(),
        login_name: "eve".into(),
        password_hash: NO_HASH.into(),
        roles: vec![],
    };
    assert!(world.store.set_up(&setup).await.unwrap().is_none());
    assert!(world.store.sign_in("eve").await.unwrap().is_none());
});

both!(an_account_in_use_keeps_the_address_its_holder_gave, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = world.store.signed_in(cast.amara.visitor());
    let person = cast.amara.person();
    let hers = |email: &str| details("Amara", email, "Europe/Berlin");
    assert!(cast.ruth.update_person(cast.couple, person, &hers("ruth@example.org")).await.unwrap());
    assert_eq!(amara.account().await.unwrap().2, "amara@example.org");
    // A link that was asked for ends with what was done to lock others out.
    world.store.request_reset("amara").await.unwrap();
    let before = link(&world.store).await.unwrap();
    amara.set_email(&domain::person::Email::parse("new@example.org").unwrap()).await.unwrap();
    assert!(world.store.reset_for(&before).await.unwrap().is_none());
    world.store.request_reset("new@example.org").await.unwrap();
    let before = link(&world.store).await.unwrap();
    amara.change_password(NO_HASH, "phone").await.unwrap();
    assert!(world.store.reset_for(&before).await.unwrap().is_none());
    // One more request does not take the first one's link away.
    world.store.request_reset("amara").await.unwrap();
    let first = link(&world.store).await.unwrap();
    world.store.request_reset("amara").await.unwrap();
    assert!(world.store.reset_for(&first).await.unwrap().is_some());
});

both!(an_invitation_ends_when_the_address_was_wrong, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = mei(&cast, "wrong@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let token = link(&world.store).await.unwrap();
    cast.ruth.update_person(client, mei, &details("Mei", "mei@example.org", "UTC")).await.unwrap();
    assert!(world.store.invitation(&token).await.unwrap().is_none());
});

both!(who_shares_an_address_gets_a_new_password_by_hand_only, |world| {
    let cast = Cast::new(&world.store).await;
    let shared = |name: &str| details(name, "both@example.org", "UTC");
    let couple = store::NewClient::Couple { a: shared("Ana").into(), b: Some(shared("Ben").into()) };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    for (person, _) in cast.ruth.names(client).await.unwrap().unwrap() {
        cast.ruth.invite_partner(client, person).await.unwrap();
    }
    tests::people::take_up(&world.store, NO_HASH).await;
    for asked in ["both@example.org", "ana", "ben"] {
        world.store.request_reset(asked).await.unwrap();
        assert!(link(&world.store).await.is_none(), "{asked}");
    }
    assert!(cast.owner.reset_by_hand("nobody").await.unwrap().is_none());
    let token = cast.owner.reset_by_hand("Ana").await.unwrap().unwrap();
    assert_eq!(world.store.reset_for(&token).await.unwrap().as_deref(), Some("ana"));
});

both!(who_gets_no_mail_comes_in_by_a_link_that_is_handed_over, |world| {
    let cast = Cast::new(&world.store).await;
    let mut quiet = details("Mei", "mei@example.org", "UTC");
    quiet.contact.portal_only = true;
    let couple = store::NewClient::Couple { a: quiet.into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let mei = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Some(false));
    let first = cast.ruth.invite_by_hand(client, mei).await.unwrap().unwrap().unwrap();
    let token = cast.ruth.invite_by_hand(client, mei).await.unwrap().unwrap().unwrap();
    assert!(link(&world.store).await.is_none(), "a mail was owed");
    assert!(world.store.invitation(&first).await.unwrap().is_none());
    assert!(matches!(world.store.accept_invitation(&token, "mei", NO_HASH).await.unwrap(), Accepted::Done(_)));
    // Who signs in already is not let in by anybody else's link.
    assert_eq!(cast.ruth.invite_by_hand(client, mei).await.unwrap(), Some(None));
    assert_eq!(cast.ruth.invite_by_hand(cast.couple, mei).await.unwrap(), None);
});

both!(a_person_known_already_keeps_their_login_and_calendar, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.person();
    let known = || store::NewMember::Known(amara);
    let twice = store::NewClient::Couple { a: known(), b: Some(known()) };
    assert!(cast.ruth.create_client(&twice).await.unwrap().is_none());
    let again = store::NewClient::Couple { a: known(), b: Some(details("Mei", "mei@example.org", "UTC").into()) };
    let client = cast.ruth.create_client(&again).await.unwrap().unwrap();
    assert_eq!(cast.ruth.names(client).await.unwrap().unwrap()[0].0, amara);
    assert_eq!(cast.ruth.people().await.unwrap().iter().filter(|(p, _)| *p == amara).count(), 1);
});

both!(a_partner_is_never_written_to_more_loudly_by_others, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.person();
    let quiet = domain::person::SafeContact { portal_only: true, ..Default::default() };
    cast.amara.set_contact(&quiet).await.unwrap();
    cast.ruth.update_person(cast.couple, amara, &details("Amara", "a@example.org", "UTC")).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap(), quiet);
    // Before there is a login the therapist looks after it.
    let mut new = details("Mei", "mei@example.org", "UTC");
    new.contact = quiet;
    let couple = store::NewClient::Couple { a: new.clone().into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let mei = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    new.contact.portal_only = false;
    cast.ruth.update_person(client, mei, &new).await.unwrap();
    assert!(!cast.ruth.client(client).await.unwrap().unwrap().members[0].details.contact.portal_only);
});
