//! Accounts: links that are bound to one person and work once, and what ends a login.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::Duration;
use domain::ids::{ClientId, PersonId};
use store::{EmailFacts, InvitationAccepted, Invite, Keys, Store};
use tests::{
    KEY,
    app::App,
    both,
    people::{Cast, NO_HASH, details, visitor},
};
use tokio::task::JoinSet;

async fn send_and_find_token(store: &Store) -> Option<String> {
    let mut found = None;
    for message in store.worker().claim_due(50, Duration::minutes(1)).await.unwrap() {
        match &message.facts {
            EmailFacts::Invitation { token, .. } | EmailFacts::PasswordReset { token, .. } => {
                found = Some(token.clone());
            }
            _ => {}
        }
        store.worker().finish_sent(message.id, message.token).await.unwrap();
    }
    found
}

/// A new person, Mei, who is the only partner of her couple so far.
async fn create_mei(cast: &Cast, address: &str) -> (ClientId, PersonId) {
    let couple = store::NewClient::Couple { a: details("Mei", address, "UTC").into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    (client, cast.ruth.names(client).await.unwrap().unwrap()[0].0)
}

both!(invitation_works_once_and_a_new_one_ends_the_old, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = create_mei(&cast, "mei@example.org").await;
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::Mailed);
    let first = send_and_find_token(&world.store).await.unwrap();
    assert_eq!(world.store.guest().invitation(&first).await.unwrap().unwrap().name, "Mei");
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::Mailed);
    assert!(world.store.guest().invitation(&first).await.unwrap().is_none(), "the old link still works");
    let second = send_and_find_token(&world.store).await.unwrap();
    assert_eq!(
        world.store.guest().accept_invitation(&second, "amara", NO_HASH).await.unwrap(),
        InvitationAccepted::NameTaken
    );
    let guest = world.store.guest();
    let (a, b) = tokio::join!(
        guest.accept_invitation(&second, "mei", NO_HASH),
        guest.accept_invitation(&second, "mei2", NO_HASH)
    );
    let results = [a.unwrap(), b.unwrap()];
    assert_eq!(results.iter().filter(|r| matches!(r, InvitationAccepted::Done(_))).count(), 1, "{results:?}");
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::HasAccount);
});

both!(requests_waiting_for_password_hashing_block_no_other_page, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = create_mei(&cast, "mei@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let invitation = format!("/invitations/{}", send_and_find_token(&world.store).await.unwrap());
    world.store.guest().request_reset("amara").await.unwrap();
    let reset = format!("/reset/{}", send_and_find_token(&world.store).await.unwrap());

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
        let count_of = |status| answers.iter().filter(|(at, got)| at == path && *got == status).count();
        assert_eq!((count_of(StatusCode::SEE_OTHER), count_of(StatusCode::GONE)), (1, 11), "{path}: {answers:?}");
    }
});

both!(invitation_expires, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = create_mei(&cast, "mei@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let token = send_and_find_token(&world.store).await.unwrap();
    world.clock.advance(Duration::days(8));
    assert!(world.store.guest().invitation(&token).await.unwrap().is_none());
    assert_eq!(world.store.guest().accept_invitation(&token, "mei", NO_HASH).await.unwrap(), InvitationAccepted::Gone);
});

both!(password_reset_works_once_within_an_hour_and_ends_every_login, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.visitor().account;
    let token = world.store.start_login(amara, "phone", None).await.unwrap();
    world.store.guest().request_reset("nobody@example.org").await.unwrap();
    assert!(send_and_find_token(&world.store).await.is_none());
    world.store.guest().request_reset(" AMARA ").await.unwrap();
    let reset = send_and_find_token(&world.store).await.unwrap();
    assert_eq!(world.store.guest().reset_for(&reset).await.unwrap().unwrap().login_name, "amara");
    assert_eq!(world.store.guest().reset_password(&reset, NO_HASH).await.unwrap(), Some(amara));
    assert!(world.store.find_visitor(&token, true).await.unwrap().is_none());
    assert!(world.store.guest().reset_password(&reset, NO_HASH).await.unwrap().is_none());
    world.store.guest().request_reset("amara@example.org").await.unwrap();
    let late = send_and_find_token(&world.store).await.unwrap();
    world.clock.advance(Duration::minutes(61));
    assert!(world.store.guest().reset_for(&late).await.unwrap().is_none());
});

both!(login_ends_when_idle_too_old_disabled_or_ended_by_hand, |world| {
    let cast = Cast::new(&world.store).await;
    let kofi = cast.desk.visitor().account;
    let login = async || world.store.start_login(kofi, "desk", None).await.unwrap();
    let token = login().await;
    world.clock.advance(Duration::minutes(29));
    assert!(world.store.find_visitor(&token, true).await.unwrap().is_some());
    // Requests that a page sends by itself keep nobody signed in.
    world.clock.advance(Duration::minutes(20));
    assert!(world.store.find_visitor(&token, false).await.unwrap().is_some());
    world.clock.advance(Duration::minutes(20));
    assert!(world.store.find_visitor(&token, true).await.unwrap().is_none());
    // Even in constant use a login ends after twelve hours.
    let token = login().await;
    for _ in 0..24 {
        world.clock.advance(Duration::minutes(29));
        assert!(world.store.find_visitor(&token, true).await.unwrap().is_some());
    }
    world.clock.advance(Duration::minutes(25));
    assert!(world.store.find_visitor(&token, true).await.unwrap().is_none());
    let (here, there) = (login().await, login().await);
    let signed_in = world.store.signed_in(&world.store.find_visitor(&here, true).await.unwrap().unwrap());
    signed_in.end_other_logins().await.unwrap();
    assert!(world.store.find_visitor(&there, true).await.unwrap().is_none());
    assert!(world.store.find_visitor(&here, true).await.unwrap().is_some());
    let stranger = world.store.signed_in(&visitor(&world.store, cast.amara.me()).await);
    assert!(!stranger.end_login(signed_in.visitor().login).await.unwrap(), "ended another's login");
    assert!(cast.owner.set_disabled(kofi, true).await.unwrap());
    assert!(world.store.find_visitor(&here, true).await.unwrap().is_none());
    assert!(!cast.owner.set_disabled(cast.owner.me(), true).await.unwrap());
});

both!(two_people_may_share_one_address, |world| {
    let cast = Cast::new(&world.store).await;
    let shared = |name: &str| details(name, "both@example.org", "UTC");
    let client = cast
        .ruth
        .create_client(&store::NewClient::Couple { a: shared("Ana").into(), b: Some(shared("Ben").into()) })
        .await
        .unwrap()
        .unwrap();
    for (person, _) in cast.ruth.names(client).await.unwrap().unwrap() {
        assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Invite::Mailed);
    }
    let accounts = tests::people::accept_invitations(&world.store, NO_HASH).await;
    assert_eq!(accounts.len(), 2);
    assert_ne!(accounts[0], accounts[1]);
});

both!(database_refuses_another_key, |world| {
    let refused = Store::open(&world.address, Keys::new(&[9; 32]), world.clock.clone()).await;
    assert!(refused.is_err_and(|e| e.to_string().contains("key file is not the one")));
    assert!(Store::open(&world.address, Keys::new(&KEY), world.clock.clone()).await.is_ok());
});

both!(practice_is_set_up_only_once, |world| {
    let _cast = Cast::new(&world.store).await;
    let setup = store::Setup {
        factor_rules: None,
        practice: domain::practice::settings::Practice::new("Mine".into(), domain::clients::person::Zone::utc()),
        display_name: "Eve".into(),
        email: domain::clients::person::EmailAddress::parse("eve@example.org").unwrap(),
        login_name: "eve".into(),
        password_hash: NO_HASH.into(),
        roles: vec![],
    };
    assert!(world.store.guest().set_up(&setup).await.unwrap().is_none());
    assert!(world.store.sign_in("eve").await.unwrap().is_none());
});

both!(account_in_use_keeps_its_own_address_and_changes_end_reset_links, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = world.store.signed_in(cast.amara.visitor());
    let person = cast.amara.person();
    let hers = |email: &str| details("Amara", email, "Europe/Berlin");
    assert_eq!(
        cast.ruth.update_person(cast.couple, person, &hers("ruth@example.org")).await.unwrap(),
        store::PersonUpdate::SavedWithSuggestion
    );
    assert_eq!(amara.account().await.unwrap().email, "amara@example.org");
    // Changing the address or the password ends the reset links that were requested
    // before.
    world.store.guest().request_reset("amara").await.unwrap();
    let before = send_and_find_token(&world.store).await.unwrap();
    let new = domain::clients::person::EmailAddress::parse("new@example.org").unwrap();
    tests::people::change_address(&world.store, cast.amara.visitor(), &new).await;
    assert!(world.store.guest().reset_for(&before).await.unwrap().is_none());
    world.store.guest().request_reset("new@example.org").await.unwrap();
    let before = send_and_find_token(&world.store).await.unwrap();
    amara.change_password(NO_HASH, "phone", None).await.unwrap();
    assert!(world.store.guest().reset_for(&before).await.unwrap().is_none());
    // A second request does not end the link of the first.
    world.store.guest().request_reset("amara").await.unwrap();
    let first = send_and_find_token(&world.store).await.unwrap();
    world.store.guest().request_reset("amara").await.unwrap();
    assert!(world.store.guest().reset_for(&first).await.unwrap().is_some());
});

both!(correcting_the_address_ends_its_invitation, |world| {
    let cast = Cast::new(&world.store).await;
    let (client, mei) = create_mei(&cast, "wrong@example.org").await;
    cast.ruth.invite_partner(client, mei).await.unwrap();
    let token = send_and_find_token(&world.store).await.unwrap();
    cast.ruth.update_person(client, mei, &details("Mei", "mei@example.org", "UTC")).await.unwrap();
    assert!(world.store.guest().invitation(&token).await.unwrap().is_none());
});

both!(people_who_share_an_address_reset_their_password_by_hand_only, |world| {
    let cast = Cast::new(&world.store).await;
    let shared = |name: &str| details(name, "both@example.org", "UTC");
    let couple = store::NewClient::Couple { a: shared("Ana").into(), b: Some(shared("Ben").into()) };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    for (person, _) in cast.ruth.names(client).await.unwrap().unwrap() {
        cast.ruth.invite_partner(client, person).await.unwrap();
    }
    tests::people::accept_invitations(&world.store, NO_HASH).await;
    for asked in ["both@example.org", "ana", "ben"] {
        world.store.guest().request_reset(asked).await.unwrap();
        assert!(send_and_find_token(&world.store).await.is_none(), "{asked}");
    }
    assert!(world.store.hand_out_reset(cast.owner.me(), "nobody").await.unwrap().is_none());
    let token = world.store.hand_out_reset(cast.owner.me(), "Ana").await.unwrap().unwrap();
    assert_eq!(world.store.guest().reset_for(&token).await.unwrap().unwrap().login_name, "ana");
});

both!(person_without_mail_is_invited_by_a_link_handed_over, |world| {
    let cast = Cast::new(&world.store).await;
    let mut quiet = details("Mei", "mei@example.org", "UTC");
    quiet.contact.portal_only = true;
    let couple = store::NewClient::Couple { a: quiet.into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let mei = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::NoAddress);
    let Invite::HandedOver(first) = cast.ruth.invite_by_hand(client, mei).await.unwrap() else { panic!("a link") };
    let Invite::HandedOver(token) = cast.ruth.invite_by_hand(client, mei).await.unwrap() else { panic!("a link") };
    assert!(send_and_find_token(&world.store).await.is_none(), "a mail was owed");
    assert!(world.store.guest().invitation(&first).await.unwrap().is_none());
    assert!(matches!(
        world.store.guest().accept_invitation(&token, "mei", NO_HASH).await.unwrap(),
        InvitationAccepted::Done(_)
    ));
    // A person who has a login gets no link from the therapist.
    assert_eq!(cast.ruth.invite_by_hand(client, mei).await.unwrap(), Invite::HasAccount);
    assert_eq!(cast.ruth.invite_by_hand(cast.couple, mei).await.unwrap(), Invite::NotTheirs);
});

both!(person_added_to_a_second_client_stays_one_person, |world| {
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

both!(therapist_cannot_widen_the_contact_settings_of_a_partner_with_a_login, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.person();
    let quiet = domain::clients::person::SafeContact { portal_only: true, ..Default::default() };
    cast.amara.set_contact(&quiet).await.unwrap();
    cast.ruth.update_person(cast.couple, amara, &details("Amara", "a@example.org", "UTC")).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap(), quiet);
    // Before a person has a login, the therapist sets how to contact them.
    let mut new = details("Mei", "mei@example.org", "UTC");
    new.contact = quiet;
    let couple = store::NewClient::Couple { a: new.clone().into(), b: None };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let mei = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    new.contact.portal_only = false;
    cast.ruth.update_person(client, mei, &new).await.unwrap();
    assert!(!cast.ruth.client(client).await.unwrap().unwrap().members[0].details.contact.portal_only);
});
