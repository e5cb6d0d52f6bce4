//! A person has one email address; a person with a login owns theirs.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    clients::person::EmailAddress,
    ids::{ClientId, PersonId},
    outbox::reminder::EmailKind,
    scheduling::session::{NewSession, Place},
};
use store::{Booked, Claimed, EmailFacts, Invite, NewClient, PersonUpdate};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, details, zone},
};

const PASSWORD: &str = "three tired swans at noon";

/// Mei, who signs in with a password of her own, and Ben, who shares a mailbox with her.
struct Stage {
    app: App,
    cast: Cast,
    client: ClientId,
    mei: PersonId,
    ruth: String,
    /// The cookie of Mei's login.
    cookie: String,
}

impl Stage {
    async fn new(world: &World) -> Self {
        let (app, cast) = (App::new(world), Cast::new(&world.store).await);
        let shared = |name: &str| details(name, "family@example.org", "Europe/Berlin");
        let new = NewClient::Couple { a: shared("Mei Lin").into(), b: Some(shared("Ben Lin").into()) };
        let client = cast.ruth.create_client(&new).await.unwrap().unwrap();
        let mei = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
        assert_eq!(cast.ruth.invite_partner(client, mei).await.unwrap(), Invite::Mailed);
        let sent = send(world).await;
        let EmailFacts::Invitation { token, .. } = &sent[0].facts else { panic!("an invitation") };
        let form = [("login_name", "mei"), ("password", PASSWORD)];
        let accepted = app.post(&format!("/invitations/{token}"), None, &form).await;
        let cookie = accepted.cookie().unwrap();
        let ruth = app.cookie(world, cast.ruth.me()).await;
        Self { app, cast, client, mei, ruth, cookie }
    }

    async fn book(&self, world: &World, starts: &str) -> Booked {
        let wish = NewSession { client: self.client, ..self.cast.wish(&world.store, starts) };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
        self.cast.desk.book(&wish, &timing).await.unwrap()
    }

    async fn see(&self, path: &str, cookie: &str) -> String {
        self.app.get(path, Some(cookie)).await.text
    }

    /// Opens the link to Mei's new address and presses its button.
    async fn confirm(&self, world: &World) {
        let path = format!("/account/address/{}", tests::people::address_link(&world.store).await.unwrap());
        assert!(self.see(&path, &self.cookie).await.contains("Confirm the address"));
        assert!(self.app.post(&path, Some(&self.cookie), &[]).await.location().contains("address_saved"));
    }

    /// Mei enters a new address on one of the two pages where she can change it.
    async fn change(&self, path: &str, email: &str, password: &str) -> tests::app::Got {
        self.app.post(path, Some(&self.cookie), &[("email", email), ("current_password", password)]).await
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

fn emails_to_mei(mails: &[Claimed]) -> Vec<(EmailKind, &str)> {
    mails.iter().filter(|m| m.recipient_name == "Mei Lin").map(|m| (m.kind, m.recipient.as_str())).collect()
}

both!(all_emails_go_to_the_address_the_person_confirmed, |world| {
    let stage = Stage::new(&world).await;
    let page = format!("/clients/{}?tab=details", stage.client);
    let Booked::Done(first) = stage.book(&world, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(emails_to_mei(&send(&world).await), [(EmailKind::Confirmation, "family@example.org")]);
    assert!(stage.see(&page, &stage.ruth).await.contains("Mei Lin’s own, set Mon 23 Nov"));
    // She leaves the shared mailbox. Her password is required, and what she typed is
    // kept.
    for path in ["/account/email", "/portal/contact/email"] {
        for (email, password, at) in [("mei@", PASSWORD, "email address"), ("m@example.org", "wrong", "password")] {
            let refused = stage.change(path, email, password).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(refused.text.contains(at) && refused.text.contains(&format!("value=\"{email}\"")), "{path}");
            assert!(!refused.text.contains("wrong\""), "a password is never sent back");
        }
        assert!(
            stage.see(&path.replace("/email", ""), &stage.cookie).await.contains("We write to family@example.org.")
        );
    }
    let changed = stage.change("/portal/contact/email", "mei@example.org", PASSWORD).await;
    assert!(changed.location().starts_with("/portal/contact?"), "{}", changed.location());
    stage.confirm(&world).await;
    for path in ["/account", "/portal/contact"] {
        let shown = stage.see(path, &stage.cookie).await;
        assert!(shown.contains("We write to mei@example.org.") && !shown.contains("family@"), "{path}");
    }
    let shown = stage.see(&page, &stage.ruth).await;
    assert!(shown.contains("mei@example.org") && shown.contains("Mei Lin’s own, set Mon 23 Nov"), "{shown}");

    // Planned and new emails go to the new address, and none to the old one.
    let mut mails = Vec::new();
    let Booked::Done(second) = stage.book(&world, "2026-12-03 10:00").await else { panic!("free") };
    stage.cast.ruth.answer_message(stage.client, stage.mei, "x", None).await.unwrap();
    world.store.guest().request_reset("mei").await.unwrap();
    mails.extend(send(&world).await);
    let timing = store::timing("2026-12-03T12:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    stage.cast.desk.move_session(second, &store::MoveTarget::to(&timing, &Place::Room(stage.cast.room))).await.unwrap();
    mails.extend(send(&world).await);
    stage.cast.desk.cancel(second, &tests::cancelled("away")).await.unwrap();
    mails.extend(send(&world).await);
    world.clock.advance(Duration::days(4));
    mails.extend(send(&world).await);
    let hers = emails_to_mei(&mails);
    for kind in [
        EmailKind::Confirmation,
        EmailKind::Message,
        EmailKind::PasswordReset,
        EmailKind::Moved,
        EmailKind::Cancelled,
        EmailKind::Reminder,
    ] {
        assert!(hers.contains(&(kind, "mei@example.org")), "{kind:?}: {hers:?}");
    }
    assert!(hers.iter().all(|(_, to)| *to == "mei@example.org"), "{hers:?}");
    // Ben's emails still go to the mailbox that is now his alone.
    assert!(mails.iter().any(|m| m.recipient_name == "Ben Lin" && m.recipient.as_str() == "family@example.org"));
    // A calendar recognises the entry of the first session again, at either address.
    let timing = store::timing("2026-11-30T12:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    stage.cast.desk.move_session(first, &store::MoveTarget::to(&timing, &Place::Room(stage.cast.room))).await.unwrap();
    let moved = send(&world).await;
    let hers = moved.iter().find(|m| m.recipient_name == "Mei Lin").unwrap();
    let EmailFacts::Session(facts) = &hers.facts else { panic!("of a session") };
    assert_eq!((hers.recipient.as_str(), &*facts.entry), ("mei@example.org", "family@example.org"));
});

both!(therapists_address_is_a_suggestion_to_a_person_with_a_login, |world| {
    let stage = Stage::new(&world).await;
    let edit = format!("/clients/{}/partners/{}/edit", stage.client, stage.mei);
    let page = format!("/clients/{}?tab=details", stage.client);
    let form = stage.see(&edit, &stage.ruth).await;
    assert!(form.contains("Suggest another e-mail address") && form.contains("In use: family@example.org"), "{form}");
    let suggest = async |email: &str| {
        let form = [
            ("a.name", "Mei Lin"),
            ("a.email", email),
            ("a.zone", "Europe/Berlin"),
            ("a.language", "en"),
            ("a.reminders", "yes"),
        ];
        stage.app.post(&edit, Some(&stage.ruth), &form).await
    };
    assert!(suggest("mei@work.example").await.location().contains("address_suggested"));
    let shown = stage.see(&page, &stage.ruth).await;
    assert!(
        shown.contains("family@example.org")
            && shown.contains("mei@work.example suggested Mon 23 Nov: not confirmed yet."),
        "{shown}"
    );
    assert!(stage.see(&edit, &stage.ruth).await.contains("value=\"mei@work.example\""));
    // No email goes to the suggested address, not even a password reset.
    let Booked::Done(_) = stage.book(&world, "2026-11-30 10:00").await else { panic!("free") };
    world.store.guest().request_reset("mei@work.example").await.unwrap();
    assert_eq!(emails_to_mei(&send(&world).await), [(EmailKind::Confirmation, "family@example.org")]);
    // She reads who suggested it; another partner reads nothing of it.
    for path in ["/account", "/portal/contact"] {
        let shown = stage.see(path, &stage.cookie).await;
        assert!(shown.contains("Ruth Abrahams suggests mei@work.example."), "{path}: {shown}");
    }
    let jonas = stage.app.cookie(&world, stage.cast.jonas.me()).await;
    assert!(!stage.see("/portal/contact", &jonas).await.contains("suggests"));
    // She keeps her own address.
    let kept = stage.app.post("/portal/contact/email", Some(&stage.cookie), &[("do", "keep")]).await;
    assert!(kept.location().contains("address_kept"));
    assert!(!stage.see("/account", &stage.cookie).await.contains("suggests"));
    assert!(!stage.see(&page, &stage.ruth).await.contains("suggested"));
    // It is suggested again, and she takes it.
    suggest("mei@work.example").await;
    assert!(stage.change("/account/email", "mei@work.example", PASSWORD).await.location().contains("address_asked"));
    stage.confirm(&world).await;
    let shown = stage.see(&page, &stage.ruth).await;
    assert!(shown.contains("mei@work.example") && !shown.contains("suggested") && !shown.contains("not confirmed"));
    // Typing the address in use again suggests nothing.
    assert!(suggest("MEI@work.example").await.location().contains("saved"));
    assert!(!stage.see(&page, &stage.ruth).await.contains("suggested"));
    // Ben has no login: the address that the therapist types for him applies at once.
    let ben = stage.cast.ruth.names(stage.client).await.unwrap().unwrap()[1].0;
    let new = details("Ben Lin", "ben@example.org", "Europe/Berlin");
    assert_eq!(stage.cast.ruth.update_person(stage.client, ben, &new).await.unwrap(), PersonUpdate::Saved);
    let Booked::Done(_) = stage.book(&world, "2026-12-01 10:00").await else { panic!("free") };
    let mails = send(&world).await;
    let recipient_of = |name: &str| mails.iter().find(|m| m.recipient_name == name).unwrap().recipient.as_str();
    assert_eq!((recipient_of("Mei Lin"), recipient_of("Ben Lin")), ("mei@work.example", "ben@example.org"));
});

both!(person_invited_by_a_handed_link_confirms_the_address_later, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let new = NewClient::Couple { a: details("Mei Lin", "mei@example.org", "Europe/Berlin").into(), b: None };
    let client = cast.ruth.create_client(&new).await.unwrap().unwrap();
    let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    let Invite::HandedOver(token) = cast.ruth.invite_by_hand(client, person).await.unwrap() else { panic!("a link") };
    let form = [("login_name", "mei"), ("password", PASSWORD)];
    let cookie = app.post(&format!("/invitations/{token}"), None, &form).await.cookie().unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = async || app.get(&format!("/clients/{client}?tab=details"), Some(&ruth)).await.text;
    assert!(page().await.contains("Written by the practice. Mei Lin has not confirmed it."));
    assert!(app.get("/portal/contact", Some(&cookie)).await.text.contains("You have not confirmed it yet"));
    let form = [("email", "mei@example.org"), ("current_password", PASSWORD)];
    app.post("/account/email", Some(&cookie), &form).await;
    let token = tests::people::address_link(&world.store).await.unwrap();
    app.post(&format!("/account/address/{token}"), Some(&cookie), &[]).await;
    assert!(page().await.contains("Mei Lin’s own, set Mon 23 Nov"));
    // For a person without an address, an added one is a suggestion too.
    let quiet = NewClient::Couple { a: details("Ana", "", "Europe/Berlin").into(), b: None };
    let client = cast.ruth.create_client(&quiet).await.unwrap().unwrap();
    let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    let Invite::HandedOver(token) = cast.ruth.invite_by_hand(client, person).await.unwrap() else { panic!("a link") };
    world.store.guest().accept_invitation(&token, "ana", tests::people::NO_HASH).await.unwrap();
    let new = details("Ana", "ana@example.org", "Europe/Berlin");
    assert_eq!(cast.ruth.update_person(client, person, &new).await.unwrap(), PersonUpdate::SavedWithSuggestion);
    assert!(cast.ruth.client(client).await.unwrap().unwrap().members[0].details.email.is_none());
    // A new address plans the emails that had no address to go to.
    let wish = NewSession { client, ..cast.wish(&world.store, "2026-11-30 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(_) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    let account = world.store.sign_in("ana").await.unwrap().unwrap().account;
    let ana = tests::people::visitor(&world.store, account).await;
    tests::people::change_address(&world.store, &ana, &EmailAddress::parse("ana@example.org").unwrap()).await;
    send(&world).await;
    world.clock.advance(Duration::days(4));
    let reminders = send(&world).await;
    assert!(reminders.iter().any(|m| m.kind == EmailKind::Reminder && m.recipient.as_str() == "ana@example.org"));
});
