//! An email that was not delivered is shown to its sender, with the reason and what to
//! do, and to nobody else.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    exercises::assignment::Audience,
    ids::{AccountId, ClientId, EmailId, PersonId},
    outbox::reminder::EmailKind,
    practice::settings::Practice,
    scheduling::session::{NewSession, Place},
};
use store::{Booked, Claimed, EmailFacts, NewClient, SentAgain, Store};
use tests::{
    app::{App, Got},
    both,
    people::{Cast, details, zone},
};

const WHY: &str = "the address was refused: no such user";

/// Sends everything that is due, except the emails to one person, which fail; returns
/// those.
async fn send_except(store: &Store, name: &str) -> Vec<Claimed> {
    let mut failed = Vec::new();
    for mail in store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(store.worker().store_body(mail.id, mail.token, b"Subject: x\r\n\r\nx").await.unwrap());
        if mail.recipient_name.starts_with(name) {
            assert!(store.worker().finish_failed(mail.id, mail.token, WHY).await.unwrap());
            failed.push(mail);
        } else {
            assert!(store.worker().finish_sent(mail.id, mail.token).await.unwrap());
        }
    }
    failed
}

/// Sends everything that is due and returns it.
async fn send(store: &Store) -> Vec<Claimed> {
    let claimed = store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for mail in &claimed {
        assert!(store.worker().store_body(mail.id, mail.token, b"Subject: x\r\n\r\nx").await.unwrap());
        assert!(store.worker().finish_sent(mail.id, mail.token).await.unwrap());
    }
    claimed
}

/// The notice that a page shows after a press.
fn notice(answer: &Got) -> &str {
    answer.location().rsplit('=').next().unwrap_or_default()
}

/// The first form target on a page that begins with this text; `None` where there is
/// none.
fn action<'a>(page: &'a str, begins: &str) -> Option<&'a str> {
    page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|path| path.starts_with(begins))
}

/// The token of the link that is shown to be handed over.
fn link(page: &Got, path: &str) -> String {
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let rest = page.text.split(&format!("/{path}/")).nth(1).unwrap_or_else(|| panic!("no link: {}", page.text));
    rest.split(['<', '"']).next().unwrap().to_owned()
}

fn token(mail: &Claimed) -> String {
    match &mail.facts {
        EmailFacts::Invitation { token, .. }
        | EmailFacts::PasswordReset { token, .. }
        | EmailFacts::Inquiry { token, .. } => token.clone(),
        facts => panic!("no link: {facts:?}"),
    }
}

/// Creates a couple of Ruth's and invites one partner by HTTP.
async fn create_invited_partner(app: &App, cast: &Cast, ruth: &str) -> (ClientId, PersonId) {
    let new = NewClient::Couple { a: details("Mei Lin", "mei@example.org", "Europe/Berlin").into(), b: None };
    let client = cast.ruth.create_client(&new).await.unwrap().unwrap();
    let person = cast.ruth.names(client).await.unwrap().unwrap()[0].0;
    let path = format!("/clients/{client}/partners/{person}/invitation");
    let answer = app.post(&path, Some(ruth), &[("how", "mail")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    (client, person)
}

both!(undelivered_invitation_is_shown_to_therapist_and_desk_and_resent, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, emeka, desk) = (
        app.cookie(&world, cast.ruth.me()).await,
        app.cookie(&world, cast.emeka.me()).await,
        app.cookie(&world, cast.desk.me()).await,
    );
    let (client, person) = create_invited_partner(&app, &cast, &ruth).await;
    let page = format!("/clients/{client}");
    let see = async |path: &str, cookie: &str| app.get(path, Some(cookie)).await.text;
    let details = format!("{page}?tab=details");
    assert!(
        see(&details, &ruth).await.contains(">invited<") && see("/caseload", &ruth).await.contains("Resend invitation")
    );
    let failed = send_except(&world.store, "Mei").await;
    let old = token(&failed[0]);

    // The therapist sees it on the record, in the caseload and on the day's page.
    let shown = see(&page, &ruth).await;
    assert!(shown.contains("Invitation to Mei Lin") && shown.contains("Not delivered"), "{shown}");
    assert!(shown.contains("The address was refused: no such user. Due"), "{shown}");
    let shown_details = see(&details, &ruth).await;
    assert!(shown_details.contains("invitation not delivered") && !shown_details.contains(">invited<"));
    let caseload = see("/caseload", &ruth).await;
    assert!(caseload.contains("invitation not delivered") && !caseload.contains(">invited<"));
    assert!(see("/today", &ruth).await.contains("An email did not reach Mei Lin"));
    // The front desk sees it among its tasks and in the email log.
    for path in ["/desk", "/email-log", "/email-log?tab=attention", &format!("/email-log?person={person}")] {
        let shown = see(path, &desk).await;
        assert!(shown.contains("Invitation") && shown.contains("Mei Lin"), "{path}: {shown}");
        assert!(shown.to_lowercase().contains(WHY) && shown.contains("Resend"), "{path}: {shown}");
    }
    // Nobody else sees it: neither another therapist, the owner, nor any client.
    let again = action(&shown, &format!("{page}/emails/")).unwrap().to_owned();
    assert_eq!(app.post(&again, Some(&emeka), &[("do", "again")]).await.status, StatusCode::NOT_FOUND);
    let elsewhere = again.replace(&client.to_string(), &cast.other_couple.to_string());
    for act in ["again", "link"] {
        let answer = app.post(&elsewhere, Some(&emeka), &[("do", act)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    for (who, path) in [(cast.emeka.me(), "/today"), (cast.owner.me(), "/staff"), (cast.amara.me(), "/portal")] {
        let cookie = app.cookie(&world, who).await;
        assert!(!see(path, &cookie).await.contains("Mei"), "{path}");
    }
    // Pressed twice, it is sent once, with a new link.
    let press = async |form: &[(&str, &str)]| app.post(&again, Some(&ruth), form).await;
    assert_eq!(notice(&press(&[("do", "again")]).await), "resent");
    assert_eq!(notice(&press(&[("do", "again")]).await), "not_resent");
    assert!(!see(&page, &ruth).await.contains("Not delivered"), "it is on its way");
    let sent = send(&world.store).await;
    assert_eq!(
        sent.iter().map(|m| (m.kind, m.recipient.as_str())).collect::<Vec<_>>(),
        [(EmailKind::Invitation, "mei@example.org")]
    );
    assert!(world.store.guest().invitation(&old).await.unwrap().is_none(), "the old link is dead");
    assert!(world.store.guest().invitation(&token(&sent[0])).await.unwrap().is_some());
    let shown = see(&page, &ruth).await;
    assert!(shown.contains("Mei Lin: invited") && !shown.contains("Not delivered"));

    // The next email fails, too, and a link is handed over instead.
    app.post(&format!("{page}/partners/{person}/invitation"), Some(&ruth), &[("how", "mail")]).await;
    let mailed = token(&send_except(&world.store, "Mei").await[0]);
    let shown = see(&page, &ruth).await;
    let hand = action(&shown, &format!("{page}/emails/")).unwrap();
    let handed = link(&app.post(hand, Some(&ruth), &[("do", "link")]).await, "invitations");
    assert!(world.store.guest().invitation(&handed).await.unwrap().is_some());
    assert!(world.store.guest().invitation(&mailed).await.unwrap().is_none());
    let shown = see(&page, &ruth).await;
    assert!(!shown.contains("Not delivered") && shown.contains("Mei Lin: invited"), "nothing is left to be done");
});

both!(undelivered_emails_are_named_to_the_therapist_and_neutral_to_the_desk, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, desk) = (cast.ruth.me(), cast.desk.me());
    let page = format!("/clients/{}", cast.couple);
    let amara = cast.amara.person();
    // A login of staff ends after half an hour, so each request gets a new one.
    let see = async |path: &str, who: AccountId| app.get(path, Some(&app.cookie(&world, who).await)).await.text;
    let check_shown = async |path: &str, who: AccountId, what: &str| {
        let shown = see(path, who).await;
        assert!(shown.contains(what), "{what} is not on {path}: {shown}");
        shown
    };
    let Booked::Done(session) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    send_except(&world.store, "Amara").await;
    check_shown(&page, ruth, "Confirmation to Amara Nwosu").await;
    check_shown("/desk", desk, "Confirmation to Amara Nwosu").await;
    // A message of the therapist's: the front desk learns only that there is an email.
    cast.ruth.answer_message(cast.couple, amara, "canary-text", None).await.unwrap();
    assert_eq!(send_except(&world.store, "Amara").await[0].kind, EmailKind::Message);
    check_shown(&page, ruth, "Notice of a message to Amara Nwosu").await;
    let shown = check_shown("/desk", desk, "New activity to Amara Nwosu").await;
    assert!(!shown.contains("Notice of a message") && !shown.contains("canary-text"));
    let log = check_shown("/email-log?tab=attention", desk, "New activity").await;
    assert!(!log.contains("Notice of a message") && !log.contains("canary-text"));
    // A time that Jonas requests.
    world.clock.advance(Duration::hours(2));
    let at = "2026-12-01T10:00:00Z".parse().unwrap();
    cast.jonas.request_time(Some(session), None, at).await.unwrap();
    assert_eq!(send_except(&world.store, "Amara").await[0].kind, EmailKind::Request);
    check_shown(&page, ruth, "Notice of a time request to Amara Nwosu").await;
    // A nudge; as long as emails are delivered, the front desk sees none of these.
    world.clock.advance(Duration::hours(2));
    cast.assign_for(Audience::One(amara)).await;
    world.clock.advance("2026-11-28T17:01:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.store.now());
    let kinds: Vec<_> = send_except(&world.store, "Amara").await.iter().map(|m| m.kind).collect();
    assert!(kinds.contains(&EmailKind::Nudge) && kinds.contains(&EmailKind::Reminder), "{kinds:?}");
    check_shown(&page, ruth, "Reminder of an exercise to Amara Nwosu").await;
    check_shown(&page, ruth, "Reminder to Amara Nwosu").await;
    let shown = check_shown("/email-log?tab=attention", desk, "New activity").await;
    assert!(!shown.contains("Reminder of an exercise") && !shown.contains("Notice of"), "{shown}");
    for tab in ["sent", "scheduled"] {
        let log = see(&format!("/email-log?tab={tab}"), desk).await;
        assert!(!log.contains("New activity"), "{tab}: how often somebody is reminded is no concern of the desk");
    }
    // A move, and then the cancellation: emails that no longer apply disappear.
    let timing = store::timing("2026-11-30T11:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(session, &store::MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    // Amara was never told the old time: she gets a confirmation of the new one.
    assert!(send_except(&world.store, "Jonas").await.iter().any(|m| m.kind == EmailKind::Moved));
    let shown = check_shown(&page, ruth, "Notice of a move to Jonas Weber: Mon 30 Nov, 11:00").await;
    assert!(!shown.contains("Confirmation to Amara"), "that was of the old time, and she knows the new one");
    check_shown("/desk", desk, "Notice of a move to Jonas Weber").await;
    cast.desk.cancel(session, &tests::cancelled("away")).await.unwrap();
    assert!(send_except(&world.store, "Amara").await.iter().any(|m| m.kind == EmailKind::Cancelled));
    let shown = check_shown(&page, ruth, "Notice of a cancellation to Amara Nwosu").await;
    assert!(!shown.contains("Notice of a move to"), "it no longer applies");
    // Amara forgot her password: the therapist can send the email again, but gets no link
    // to Amara's account.
    world.store.guest().request_reset("amara").await.unwrap();
    let old = send_except(&world.store, "Amara").await;
    assert_eq!(old[0].kind, EmailKind::PasswordReset);
    check_shown("/desk", desk, "Password reset to Amara Nwosu").await;
    check_shown(&page, ruth, "Password reset to Amara Nwosu").await;
    let path = format!("{page}/emails/{}", old[0].id);
    let cookie = app.cookie(&world, ruth).await;
    assert_eq!(app.post(&path, Some(&cookie), &[("do", "link")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(notice(&app.post(&path, Some(&cookie), &[("do", "again")]).await), "resent");
    let sent = send(&world.store).await;
    assert_eq!((sent.len(), sent[0].kind), (1, EmailKind::PasswordReset));
    assert!(world.store.guest().reset_for(&token(&sent[0])).await.unwrap().is_some());
    assert_ne!(token(&sent[0]), token(&old[0]));
    // Jonas reads nothing of all this.
    for path in ["/portal", "/portal/contact", "/account", &format!("/portal/sessions/{session}")] {
        let cookie = app.cookie(&world, cast.jonas.me()).await;
        let shown = app.get(path, Some(&cookie)).await.text;
        assert!(!shown.contains("Not delivered") && !shown.contains(WHY), "{path}");
    }
});

both!(undelivered_email_is_resent_once, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    cast.ruth.answer_message(cast.couple, cast.amara.person(), "x", None).await.unwrap();
    world.clock.advance(Duration::hours(2));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let desk = app.cookie(&world, cast.desk.me()).await;
    let failed: Vec<(EmailKind, EmailId)> =
        send_except(&world.store, "Amara").await.iter().map(|m| (m.kind, m.id)).collect();
    assert_eq!(failed.len(), 2);
    for (n, (kind, id)) in failed.iter().enumerate() {
        // The therapist and the front desk send it again, one after the other: it is sent
        // once.
        let therapist = format!("/clients/{}/emails/{id}", cast.couple);
        let front = format!("/email-log/{id}/resend");
        let [first, second] =
            if n == 0 { [(&therapist, &ruth), (&front, &desk)] } else { [(&front, &desk), (&therapist, &ruth)] };
        assert_eq!(app.post(first.0, Some(first.1), &[("do", "again")]).await.status, StatusCode::SEE_OTHER);
        for (path, cookie) in [second, first] {
            let second = app.post(path, Some(cookie), &[("do", "again")]).await;
            assert!(notice(&second).starts_with("not_"), "{kind:?}: {}", second.location());
        }
        let sent = send(&world.store).await;
        assert_eq!(sent.iter().map(|m| m.kind).collect::<Vec<_>>(), [*kind]);
    }
    let shown = app.get(&format!("/clients/{}", cast.couple), Some(&ruth)).await.text;
    assert!(!shown.contains("Not delivered"), "{shown}");
    // Sending again also tries an address whose email bounced.
    let Booked::Done(_) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    let claimed = world.store.worker().claim_due(10, Duration::minutes(2)).await.unwrap();
    let hers = claimed.iter().find(|m| m.recipient_name.starts_with("Amara")).unwrap();
    assert!(world.store.worker().finish_refused(hers.id, hers.token, WHY, "550").await.unwrap());
    assert_eq!(cast.ruth.send_again(cast.couple, hers.id).await.unwrap(), SentAgain::Planned);
    let sent = send(&world.store).await;
    assert!(sent.iter().any(|m| m.recipient_name.starts_with("Amara") && m.kind == EmailKind::Confirmation));
});

both!(therapist_sees_undelivered_emails_of_own_clients_only, |world| {
    let cast = Cast::new(&world.store).await;
    // Amara is Emeka's individual client as well.
    let amara = cast.amara.person();
    let alone = cast.ruth.create_client(&NewClient::Individual(store::NewMember::Known(amara))).await.unwrap().unwrap();
    let ruth = cast.ruth.me().0;
    let theirs =
        "UPDATE care SET clinician_id = (SELECT id FROM account WHERE login_name = 'emeka') WHERE client_id = $1";
    assert_eq!(world.by_hand(theirs, alone.0).await.unwrap(), 1);
    let wish = NewSession { client: alone, clinician: cast.emeka.me(), ..cast.wish(&world.store, "2026-12-02 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(_) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    let failed = send_except(&world.store, "Amara").await;
    assert_eq!(failed.len(), 1);
    assert_eq!(cast.ruth.undelivered(cast.couple).await.unwrap(), []);
    assert!(cast.ruth.people_not_reached().await.unwrap().is_empty());
    assert_eq!(cast.ruth.send_again(cast.couple, failed[0].id).await.unwrap(), SentAgain::Unknown);
    assert_eq!(cast.emeka.undelivered(alone).await.unwrap().len(), 1);
    assert_ne!(ruth, cast.emeka.me().0);
    assert_eq!(cast.desk.undelivered(None).await.unwrap().rows.len(), 1);
});

both!(owner_sees_undelivered_emails_to_staff, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let new = [
        ("display_name", "Ines Costa"),
        ("email", "ines@example.org"),
        ("zone", "Europe/Berlin"),
        ("role", "front_desk"),
    ];
    assert_eq!(app.post("/staff", Some(&owner), &new).await.status, StatusCode::SEE_OTHER);
    let staff = async || app.get("/staff", Some(&owner)).await.text;
    assert!(staff().await.contains("Invited; the link works until"));
    let old = token(&send_except(&world.store, "Ines").await[0]);
    let shown = staff().await;
    assert!(
        shown.contains("Invitation to Ines Costa") && shown.contains("The address was refused: no such user."),
        "{shown}"
    );
    assert!(shown.contains("Invitation not delivered") && !shown.contains("Invited; the link"));
    // The front desk neither sees it nor can send it again.
    let desk = app.cookie(&world, cast.desk.me()).await;
    for path in ["/desk", "/email-log", "/email-log?tab=attention"] {
        assert!(!app.get(path, Some(&desk)).await.text.contains("Ines"), "{path}");
    }
    let act = action(&shown, "/staff/").filter(|path| path.contains("/emails/")).unwrap().to_owned();
    let email = act.rsplit('/').next().unwrap();
    let tried = app.post(&format!("/email-log/{email}/resend"), Some(&desk), &[]).await;
    assert_eq!(tried.status, StatusCode::NOT_FOUND);
    // It is sent again once; then the owner gets the link itself.
    assert_eq!(notice(&app.post(&act, Some(&owner), &[("do", "again")]).await), "resent");
    assert_eq!(notice(&app.post(&act, Some(&owner), &[("do", "again")]).await), "not_resent");
    assert!(world.store.guest().invitation(&old).await.unwrap().is_none());
    assert_eq!(send_except(&world.store, "Ines").await.len(), 1);
    let shown = staff().await;
    let act = action(&shown, "/staff/").filter(|path| path.contains("/emails/")).unwrap();
    let handed = link(&app.post(act, Some(&owner), &[("do", "link")]).await, "invitations");
    let Some(found) = world.store.guest().invitation(&handed).await.unwrap() else { panic!("it works") };
    assert_eq!(found.name, "Ines Costa");
    assert!(!staff().await.contains("Not delivered"));
    // A link is also available without a failed email, but not for an account in use.
    let by_hand = async |id: AccountId| app.post(&format!("/staff/{id}/link"), Some(&owner), &[]).await;
    let newer = link(&by_hand(found.account).await, "invitations");
    assert!(world.store.guest().invitation(&handed).await.unwrap().is_none());
    assert!(world.store.guest().invitation(&newer).await.unwrap().is_some());
    assert_eq!(notice(&by_hand(cast.ruth.me()).await), "no_link");
    assert_eq!(notice(&by_hand(cast.amara.me()).await), "no_link");

    // Ruth requested a new password, and the email failed.
    world.store.guest().request_reset("ruth").await.unwrap();
    let failed = send_except(&world.store, "Ruth").await;
    assert!(staff().await.contains("Password reset to Ruth Abrahams"));
    let path = |account: AccountId| format!("/staff/{account}/emails/{}", failed[0].id);
    // The email belongs to Ruth's account and to no other.
    let other = app.post(&path(cast.emeka.me()), Some(&owner), &[("do", "link")]).await;
    assert_eq!(notice(&other), "no_link");
    let handed = link(&app.post(&path(cast.ruth.me()), Some(&owner), &[("do", "link")]).await, "reset");
    assert_eq!(world.store.guest().reset_for(&handed).await.unwrap().unwrap().login_name, "ruth");
    // After the link was used, nothing is left to do. The owner gets no link for a
    // client.
    world.store.guest().reset_password(&handed, tests::people::NO_HASH).await.unwrap();
    assert!(!staff().await.contains("Password reset"));
    world.store.guest().request_reset("amara").await.unwrap();
    let hers = send_except(&world.store, "Amara").await;
    let path = format!("/staff/{}/emails/{}", cast.amara.me(), hers[0].id);
    for act in ["link", "again"] {
        let answer = app.post(&path, Some(&owner), &[("do", act)]).await;
        assert!(answer.status == StatusCode::NOT_FOUND || answer.location().contains("no"), "{}", answer.location());
        assert!(!answer.text.contains("/reset/"));
    }
    assert!(send(&world.store).await.is_empty());
    assert!(!staff().await.contains("Amara"));
});

both!(inquiry_whose_email_failed_is_listed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
    let asks = [
        ("name", "Ana Ruiz"),
        ("email", "ana@example.org"),
        ("phone", "+49 30 901820"),
        ("kind", "couple"),
        ("meeting", "any"),
        ("part", "any"),
    ];
    assert_eq!(app.post("/inquire", None, &asks).await.status, StatusCode::OK);
    let see = async |path: &str| app.get(path, Some(&app.cookie(&world, cast.desk.me()).await)).await.text;
    // Another person's address that was typed in is not listed.
    assert!(!see("/waitlist").await.contains("Ana Ruiz"));
    send_except(&world.store, "Ana").await;
    for path in ["/waitlist", "/desk", "/email-log"] {
        let shown = see(path).await;
        assert!(shown.contains("Ana Ruiz") && shown.to_lowercase().contains(WHY), "{path}: {shown}");
    }
    let shown = see("/waitlist").await;
    assert!(shown.contains("Address not confirmed") && shown.contains("ana@example.org · +49 30 901820"), "{shown}");
    let path = action(&shown, "/waitlist/").unwrap().to_owned();
    // Two days later the link would soon expire: sent again, it works for three more.
    world.clock.advance(Duration::days(2));
    let desk = app.cookie(&world, cast.desk.me()).await;
    assert_eq!(notice(&app.post(&path, Some(&desk), &[("state", "again")]).await), "resent");
    assert_eq!(notice(&app.post(&path, Some(&desk), &[("state", "again")]).await), "not_resent");
    let sent = send(&world.store).await;
    assert_eq!((sent.len(), sent[0].kind), (1, EmailKind::Inquiry));
    world.clock.advance(Duration::days(2));
    assert!(world.store.guest().is_inquiry_open(&token(&sent[0])).await.unwrap());
    assert!(!see("/waitlist").await.contains("Ana Ruiz"), "the mail has gone out: it is theirs to confirm");
    // The next inquiry fails in the same way, and the front desk lists it by hand.
    app.post("/inquire", None, &asks).await;
    send_except(&world.store, "Ana").await;
    let shown = see("/waitlist").await;
    let path = action(&shown, "/waitlist/").unwrap();
    let desk = app.cookie(&world, cast.desk.me()).await;
    assert_eq!(app.post(path, Some(&desk), &[("state", "listed")]).await.status, StatusCode::SEE_OTHER);
    let listed = cast.desk.inquiries(None).await.unwrap().rows;
    assert_eq!(listed.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["Ana Ruiz"]);
    assert!(!see("/waitlist").await.contains("Address not confirmed"));
    assert_eq!(app.post(path, Some(&desk), &[("state", "listed")]).await.status, StatusCode::NOT_FOUND);
});

both!(emails_that_an_outage_made_too_late_are_listed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // Nothing is sent for three hours: the reset link has expired by then.
    world.store.guest().request_reset("ruth").await.unwrap();
    let Booked::Done(_) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    world.clock.advance(Duration::hours(3));
    send(&world.store).await;
    let owner = app.cookie(&world, cast.owner.me()).await;
    let shown = app.get("/staff", Some(&owner)).await.text;
    assert!(shown.contains("Password reset to Ruth Abrahams"), "{shown}");
    assert!(shown.contains("Its time had passed before it could be sent."), "{shown}");
    // The front desk sees a reminder that was too late, unless a later one was sent.
    world.clock.advance("2026-12-09T01:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.store.now());
    send(&world.store).await;
    let late: Vec<_> = cast.desk.undelivered(None).await.unwrap().rows.iter().map(|m| m.kind).collect();
    assert_eq!(late, [EmailKind::Reminder; 2]);
    world.clock.advance(Duration::hours(9));
    assert_eq!(send(&world.store).await.len(), 2, "the one of the day before");
    assert!(cast.desk.undelivered(None).await.unwrap().rows.is_empty());
});

both!(further_undelivered_emails_are_on_the_next_page, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    for day in 1..=21 {
        let Booked::Done(_) = cast.book(&world.store, &format!("2026-12-{day:02} 10:00")).await else { panic!("free") };
    }
    send_except(&world.store, "Amara").await;
    let list = cast.desk.undelivered(None).await.unwrap();
    assert_eq!((list.rows.len(), list.more.is_some()), (20, true));
    assert_eq!(cast.desk.undelivered(list.more).await.unwrap().rows.len(), 1);
    let desk = app.cookie(&world, cast.desk.me()).await;
    assert!(app.get("/desk", Some(&desk)).await.text.contains("More emails"));
    // The therapist's page shows each of them.
    assert_eq!(cast.ruth.undelivered(cast.couple).await.unwrap().len(), 21);
});
