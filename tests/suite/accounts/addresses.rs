//! An address counts only once it is proven: claiming an address takes nothing from its
//! owner and reveals nothing.

use axum::http::{Method, StatusCode};
use chrono::Duration;
use domain::{clients::person::EmailAddress, ids::AccountId, outbox::reminder::EmailKind};
use store::{Claimed, EmailChange, EmailFacts, Invite, NewClient, Owner};
use tests::{
    World,
    app::{App, Got},
    both,
    people::{Cast, NO_HASH, address_link, details, visitor},
};

use crate::presses::{row_changes, row_counts};

const PASSWORD: &str = "three tired swans at noon";

struct Stage {
    app: App,
    cast: Cast,
    amara: String,
    jonas: String,
}

impl Stage {
    async fn new(world: &World) -> Self {
        let hash = duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap();
        let (app, cast) = (App::new(world), Cast::with_hash(&world.store, &hash).await);
        let (amara, jonas) = (app.cookie(world, cast.amara.me()).await, app.cookie(world, cast.jonas.me()).await);
        Self { app, cast, amara, jonas }
    }

    async fn ask(&self, cookie: &str, email: &str) -> Got {
        let form = [("email", email), ("current_password", PASSWORD)];
        self.app.post("/account/email", Some(cookie), &form).await
    }

    async fn forgot(&self, typed: &str) {
        let got = self.app.post("/forgot", None, &[("login_name_or_email", typed)]).await;
        assert_eq!((got.status, got.location()), (StatusCode::SEE_OTHER, "/forgot?done=yes"));
    }
}

async fn send(world: &World) -> Vec<Claimed> {
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for mail in &claimed {
        assert!(world.store.worker().store_body(mail.id, mail.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
    }
    claimed
}

fn kinds_and_recipients(mails: &[Claimed]) -> Vec<(EmailKind, &str)> {
    let mut found: Vec<_> = mails.iter().map(|m| (m.kind, m.recipient.as_str())).collect();
    found.sort_by_key(|(kind, to)| (kind.word(), *to));
    found
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

async fn address_of(world: &World, account: AccountId) -> String {
    let who = visitor(&world.store, account).await;
    world.store.signed_in(&who).account().await.unwrap().email
}

both!(claiming_an_address_diverts_no_mail_from_its_owner, |world| {
    let stage = Stage::new(&world).await;
    // Jonas claims Amara's address, in each spelling and on each page.
    for (path, claim) in [
        ("/account/email", "amara@example.org"),
        ("/account/email", "AMARA@Example.ORG"),
        ("/portal/contact/email", "amara@example.org"),
    ] {
        let form = [("email", claim), ("current_password", PASSWORD)];
        let asked = stage.app.post(path, Some(&stage.jonas), &form).await;
        assert!(asked.location().contains("address_asked"), "{}", asked.location());
        assert_eq!(address_of(&world, stage.cast.jonas.me()).await, "jonas@example.org");
        stage.app.post("/forgot", None, &[("login_name_or_email", "x")]).await;
        send(&world).await;
        for typed in ["amara", "amara@example.org"] {
            world.store.guest().request_reset(typed).await.unwrap();
            let mails = send(&world).await;
            assert_eq!(
                kinds_and_recipients(&mails),
                [(EmailKind::PasswordReset, "amara@example.org")],
                "{path} {claim} {typed}"
            );
        }
        // His own emails still go to his own address.
        world.store.guest().request_reset("jonas").await.unwrap();
        assert_eq!(kinds_and_recipients(&send(&world).await), [(EmailKind::PasswordReset, "jonas@example.org")]);
    }
    stage.forgot("amara").await;
    assert_eq!(kinds_and_recipients(&send(&world).await), [(EmailKind::PasswordReset, "amara@example.org")]);
    // Invitations are not diverted either.
    let new = NewClient::Couple { a: details("Mei Lin", "mei@example.org", "UTC").into(), b: None };
    let client = stage.cast.ruth.create_client(&new).await.unwrap().unwrap();
    let mei = stage.cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    stage.ask(&stage.jonas, "mei@example.org").await;
    assert_eq!(stage.cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::Mailed);
    let mails = send(&world).await;
    assert_eq!(
        kinds_and_recipients(&mails),
        [(EmailKind::Invitation, "mei@example.org"), (EmailKind::NewAddress, "mei@example.org")]
    );
    tests::people::accept_invitations(&world.store, NO_HASH).await;
});

both!(claiming_an_address_does_not_reveal_whose_it_is, |world| {
    let stage = Stage::new(&world).await;
    let mut answers = Vec::new();
    for claim in ["amara@example.org", "ruth@example.org", "nobody.here@example.org"] {
        let before = row_counts(&world).await;
        let asked = stage.ask(&stage.jonas, claim).await;
        let made = row_changes(&before, &row_counts(&world).await);
        let shown = stage.app.get("/account", Some(&stage.jonas)).await.text.replace(claim, "it");
        let nonce = |text: &str| text.split("nonce-").next().unwrap().len();
        answers.push((asked.status, asked.location().to_owned(), asked.text, made, nonce(&shown)));
        assert!(shown.contains("it is not confirmed yet"), "{shown}");
    }
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[1], answers[2]);
});

both!(address_link_works_only_for_its_own_login_and_after_a_press, |world| {
    let stage = Stage::new(&world).await;
    stage.ask(&stage.jonas, "jonas.new@example.org").await;
    let link = format!("/account/address/{}", address_link(&world.store).await.unwrap());
    let confirmed = "SELECT count(*) FROM address_change WHERE confirmed_at IS NOT NULL";
    // Neither a person without a login nor another login can use the link.
    let got = stage.app.get(&link, None).await;
    assert!(got.location().starts_with("/sign-in?next=/account/address/"), "{}", got.location());
    let got = stage.app.post(&link, None, &[]).await;
    assert_ne!(got.status, StatusCode::OK);
    for method in [Method::GET, Method::POST] {
        assert_eq!(stage.app.ask(method, &link, Some(&stage.amara), &[]).await.status, StatusCode::GONE);
    }
    // A mail scanner may open the link in his browser any number of times.
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(stage.app.ask(method, &link, Some(&stage.jonas), &[]).await.status, StatusCode::OK);
    }
    assert_eq!(world.number(confirmed).await.unwrap(), 0);
    assert_eq!(address_of(&world, stage.cast.jonas.me()).await, "jonas@example.org");
    let pressed = stage.app.post(&link, Some(&stage.jonas), &[]).await;
    assert!(pressed.location().contains("address_saved"));
    assert_eq!(address_of(&world, stage.cast.jonas.me()).await, "jonas.new@example.org");
    assert_eq!(stage.app.get(&link, Some(&stage.jonas)).await.status, StatusCode::GONE, "it works once");
    assert_eq!(world.number(confirmed).await.unwrap(), 1);
});

both!(old_address_is_used_until_confirmation_and_notified_then, |world| {
    let stage = Stage::new(&world).await;
    stage.ask(&stage.jonas, "jonas.new@example.org").await;
    for path in ["/account", "/portal/contact"] {
        let shown = stage.app.get(path, Some(&stage.jonas)).await.text;
        assert!(shown.contains("jonas.new@example.org is not confirmed yet"), "{path}: {shown}");
        assert!(shown.contains("Cancel the change"), "{path}");
        assert!(!stage.app.get(path, Some(&stage.amara)).await.text.contains("jonas.new"));
    }
    let ruth = stage.app.cookie(&world, stage.cast.ruth.me()).await;
    let record = async || stage.app.get(&format!("/clients/{}?tab=details", stage.cast.couple), Some(&ruth)).await.text;
    assert!(record().await.contains("asked for jonas.new@example.org: not confirmed yet."));
    let token = address_link(&world.store).await.unwrap();
    stage.cast.book(&world.store, "2026-12-01 10:00").await;
    world.store.guest().request_reset("jonas").await.unwrap();
    let mails = send(&world).await;
    assert!(
        mails.iter().filter(|m| m.recipient_name == "Jonas Weber").all(|m| m.recipient.as_str() == "jonas@example.org")
    );
    let before = mails.iter().find_map(|m| match &m.facts {
        EmailFacts::PasswordReset { token, .. } => Some(token.clone()),
        _ => None,
    });
    stage.app.post(&format!("/account/address/{token}"), Some(&stage.jonas), &[]).await;
    assert!(
        world.store.guest().reset_for(&before.unwrap()).await.unwrap().is_none(),
        "an older link for a new password ends"
    );
    let told = send(&world).await;
    assert_eq!(kinds_and_recipients(&told), [(EmailKind::AddressChanged, "jonas@example.org")]);
    let text = format!("{:?}", told[0].facts);
    assert!(!text.contains("jonas.new"), "the old mailbox does not learn the new one: {text}");
    assert!(!record().await.contains("not confirmed"));
    // No notice goes to a mailbox that another person reads too, nor to a person who gets
    // no email because they use the portal only.
    let shared = |name: &str| details(name, "family@example.org", "UTC");
    let new = NewClient::Couple { a: shared("Mei Lin").into(), b: Some(shared("Ben Lin").into()) };
    let client = stage.cast.ruth.create_client(&new).await.unwrap().unwrap();
    for (person, _) in stage.cast.ruth.names(client).await.unwrap().unwrap() {
        stage.cast.ruth.invite_partner(client, person).await.unwrap();
    }
    let accounts = tests::people::accept_invitations(&world.store, NO_HASH).await;
    let mei = visitor(&world.store, accounts[0]).await;
    let mei = world.store.signed_in(&mei);
    assert_eq!(mei.request_email_change(&email("mei@example.org")).await.unwrap(), EmailChange::LinkSent);
    assert!(mei.confirm_email_change(&address_link(&world.store).await.unwrap()).await.unwrap());
    assert_eq!(kinds_and_recipients(&send(&world).await), []);
    let quiet = domain::clients::person::SafeContact { portal_only: true, ..Default::default() };
    stage.cast.amara.set_contact(&quiet).await.unwrap();
    stage.ask(&stage.amara, "amara.new@example.org").await;
    let token = address_link(&world.store).await.expect("the link that she asked for is sent");
    stage.app.post(&format!("/account/address/{token}"), Some(&stage.amara), &[]).await;
    assert_eq!(kinds_and_recipients(&send(&world).await), []);
    assert_eq!(address_of(&world, stage.cast.amara.me()).await, "amara.new@example.org");
});

both!(ending_an_address_change_ends_its_link, |world| {
    let stage = Stage::new(&world).await;
    let hash = duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap();
    let kofi = stage.cast.desk.me();
    let cookie = stage.app.cookie(&world, kofi).await;
    for end in ["another", "the old one again", "cancel", "time", "password", "reset", "closing"] {
        let who = visitor(&world.store, kofi).await;
        let me = world.store.signed_in(&who);
        // A proven address, so that returning to it needs no link.
        tests::people::change_address(&world.store, &who, &email("kofi@example.org")).await;
        assert_eq!(me.request_email_change(&email("kofi.new@example.org")).await.unwrap(), EmailChange::LinkSent);
        let token = address_link(&world.store).await.unwrap();
        assert!(me.email_of_link(&token).await.unwrap().is_some(), "{end}");
        match end {
            "another" => {
                assert_eq!(me.request_email_change(&email("k@example.org")).await.unwrap(), EmailChange::LinkSent);
            }
            "the old one again" => {
                assert_eq!(me.request_email_change(&email("kofi@example.org")).await.unwrap(), EmailChange::InUse);
            }
            "cancel" => {
                let got = stage.app.post("/account/email", Some(&cookie), &[("do", "cancel")]).await;
                assert!(got.location().contains("address_kept"), "{}", got.location());
            }
            "time" => world.clock.advance(Duration::hours(24)),
            "password" => drop(me.change_password(&hash, "desk", None).await.unwrap()),
            "reset" => {
                let token = world.store.hand_out_reset(stage.cast.owner.me(), "kofi").await.unwrap().unwrap();
                assert!(world.store.guest().reset_password(&token, &hash).await.unwrap().is_some());
            }
            _ => {
                assert!(stage.cast.owner.set_disabled(kofi, true).await.unwrap());
                assert!(stage.cast.owner.set_disabled(kofi, false).await.unwrap());
            }
        }
        assert!(me.email_of_link(&token).await.unwrap().is_none(), "{end}");
        assert!(!me.confirm_email_change(&token).await.unwrap(), "{end}");
        assert_eq!(address_of(&world, kofi).await, "kofi@example.org", "{end}");
        // The email that was or would still be sent has no working link either.
        while let Some(token) = address_link(&world.store).await {
            assert!(end == "another" || me.email_of_link(&token).await.unwrap().is_none(), "{end}");
        }
    }
});

/// How an address came to an account.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// The practice typed it in, and the link was handed over in person.
    Written,
    /// The person accepted the invitation that was mailed to it.
    Proven,
}

both!(address_shared_within_a_couple_gets_no_reset_link, |world| {
    let cast = Cast::new(&world.store).await;
    let mut n = 0;
    for ways in [[Way::Written; 2], [Way::Proven; 2], [Way::Proven, Way::Written], [Way::Written, Way::Proven]] {
        n += 1;
        let address = format!("both{n}@example.org");
        let [a, b] = ["a", "b"].map(|name| details(&format!("{name}{n}"), &address, "UTC"));
        let client =
            cast.ruth.create_client(&NewClient::Couple { a: a.into(), b: Some(b.into()) }).await.unwrap().unwrap();
        for ((person, name), way) in cast.ruth.names(client).await.unwrap().unwrap().into_iter().zip(ways) {
            sign_up(&world, &cast, (client, person), &name, way).await;
        }
        for typed in [format!("a{n}"), format!("b{n}"), address.clone()] {
            world.store.guest().request_reset(&typed).await.unwrap();
            assert_eq!(kinds_and_recipients(&send(&world).await), [], "{ways:?}: {typed}");
        }
    }
    // For two clients, the account that proved the address gets its link; the other gets
    // none.
    let lone = |name: &str| NewClient::Couple { a: details(name, "alone@example.org", "UTC").into(), b: None };
    for (name, way) in [("proven", Way::Proven), ("written", Way::Written)] {
        let client = cast.ruth.create_client(&lone(name)).await.unwrap().unwrap();
        let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
        sign_up(&world, &cast, (client, person), name, way).await;
    }
    world.store.guest().request_reset("proven").await.unwrap();
    let mails = send(&world).await;
    assert_eq!(kinds_and_recipients(&mails), [(EmailKind::PasswordReset, "alone@example.org")]);
    assert_eq!(mails[0].recipient_name, "proven");
    world.store.guest().request_reset("written").await.unwrap();
    assert_eq!(kinds_and_recipients(&send(&world).await), []);
    // A client's address does not affect staff who have the same one.
    let odd = NewClient::Couple { a: details("odd", "ruth@example.org", "UTC").into(), b: None };
    let client = cast.ruth.create_client(&odd).await.unwrap().unwrap();
    let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    // No invitation is mailed to it: Ruth would read that this person is a client.
    assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Invite::NoAddress);
    sign_up(&world, &cast, (client, person), "odd", Way::Written).await;
    send(&world).await;
    world.store.guest().request_reset("ruth").await.unwrap();
    assert_eq!(kinds_and_recipients(&send(&world).await), [(EmailKind::PasswordReset, "ruth@example.org")]);
});

async fn sign_up(
    world: &World,
    cast: &Cast,
    (client, person): (domain::ids::ClientId, domain::ids::PersonId),
    name: &str,
    way: Way,
) {
    if way == Way::Proven {
        assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Invite::Mailed);
        tests::people::accept_invitations(&world.store, NO_HASH).await;
    } else {
        let Invite::HandedOver(token) = cast.ruth.invite_by_hand(client, person).await.unwrap() else {
            panic!("a link")
        };
        world.store.guest().accept_invitation(&token, name, NO_HASH).await.unwrap();
    }
}

both!(reset_link_mailed_to_an_unshared_address_proves_the_address, |world| {
    let cast = Cast::new(&world.store).await;
    // The owner's address was typed in at set-up, before there was a mail server.
    let proven = "SELECT count(*) FROM account WHERE login_name = 'olive' AND email_proven_at IS NOT NULL";
    assert_eq!(world.number(proven).await.unwrap(), 0);
    world.store.guest().request_reset("olive").await.unwrap();
    let mails = send(&world).await;
    let EmailFacts::PasswordReset { token, .. } = &mails[0].facts else { panic!("a link") };
    assert!(world.store.guest().reset_password(token, NO_HASH).await.unwrap().is_some());
    assert_eq!(world.number(proven).await.unwrap(), 1);
    // A link that was handed over proves no mailbox.
    let (client, person) = {
        let new = NewClient::Couple { a: details("mei", "mei@example.org", "UTC").into(), b: None };
        let client = cast.ruth.create_client(&new).await.unwrap().unwrap();
        (client, cast.ruth.names(client).await.unwrap().unwrap()[0].0)
    };
    sign_up(&world, &cast, (client, person), "mei", Way::Written).await;
    let token = world.store.hand_out_reset(cast.owner.me(), "mei").await.unwrap().unwrap();
    assert!(world.store.guest().reset_password(&token, NO_HASH).await.unwrap().is_some());
    let mei = "SELECT count(*) FROM account WHERE login_name = 'mei' AND email_proven_at IS NOT NULL";
    assert_eq!(world.number(mei).await.unwrap(), 0);
});

both!(address_link_handed_over_by_the_owner_proves_nothing, |world| {
    let stage = Stage::new(&world).await;
    let owner: &Owner = &stage.cast.owner;
    assert!(owner.address_link_by_hand("jonas").await.unwrap().is_none());
    stage.ask(&stage.jonas, "amara@example.org").await;
    let shown = stage.app.get("/account", Some(&stage.jonas)).await.text;
    assert!(shown.contains("ask your practice for the link"), "{shown}");
    let token = owner.address_link_by_hand("Jonas").await.unwrap().unwrap();
    let link = format!("/account/address/{token}");
    assert_eq!(stage.app.get(&link, Some(&stage.amara)).await.status, StatusCode::GONE);
    assert!(stage.app.post(&link, Some(&stage.jonas), &[]).await.location().contains("address_saved"));
    assert_eq!(address_of(&world, stage.cast.jonas.me()).await, "amara@example.org");
    let proven = "SELECT count(*) FROM account WHERE login_name = 'jonas' AND email_proven_at IS NOT NULL";
    assert_eq!(world.number(proven).await.unwrap(), 0);
});

both!(address_changes_are_limited_to_five_an_hour_for_each_account, |world| {
    let stage = Stage::new(&world).await;
    for n in 0..5 {
        let asked = stage.ask(&stage.jonas, &format!("j{n}@example.org")).await;
        assert!(asked.location().contains("address_asked"), "{n}");
    }
    let refused = stage.ask(&stage.jonas, "j9@example.org").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Wait an hour") && refused.text.contains("j9@example.org"));
    // The limit of one account does not count for another.
    assert!(stage.ask(&stage.amara, "a1@example.org").await.location().contains("address_asked"));
});
