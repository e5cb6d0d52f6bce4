//! Email about what one partner does alone does not go to an address that another person
//! has too. The forms warn about it, and a colleague is not told whose address it is.

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::{AloneMail, EmailAddress, SafeContact},
    exercises::assignment::{Audience, Frequency, NewAssignment},
    form::Form,
    ids::{ClientId, PersonId, SessionId},
    outbox::reminder::{Concern, EmailKind, EmailState},
    scheduling::session::{NewSession, Place},
};
use sha2::{Digest as _, Sha256};
use store::{
    Booked, BookedAlone, DataAsked, EmailFacts, Invite, MoveTarget, NewClient, NewMember, PartFinished, PersonUpdate,
};
use tests::{
    World,
    app::App,
    both, cancelled,
    people::{Cast, accept_invitations, details, visitor, zone},
};

use crate::{
    clients::unseen::plain,
    exercises::occurrences::{at, move_clock_to},
};

const FAMILY: &str = "demir.family@example.org";

/// Leyla and Can; Leyla has a login and is Emeka's individual client too.
struct Pair {
    app: App,
    cast: Cast,
    couple: ClientId,
    alone: ClientId,
    leyla: PersonId,
    can: PersonId,
    portal: store::Partner,
}

impl Pair {
    /// Creates both with an address of their own.
    async fn new(world: &World) -> Self {
        let (app, cast) = (App::new(world), Cast::new(&world.store).await);
        let new = |name: &str, email: &str| NewMember::New(details(name, email, "Europe/Berlin"));
        let two = NewClient::Couple {
            a: new("Leyla Demir", "leyla@example.org"),
            b: Some(new("Can Demir", "can@example.org")),
        };
        let couple = cast.emeka.create_client(&two).await.unwrap().unwrap();
        let names = cast.emeka.names(couple).await.unwrap().unwrap();
        let (leyla, can) = (names[0].0, names[1].0);
        assert_eq!(cast.emeka.invite_partner(couple, leyla).await.unwrap(), Invite::Mailed);
        let account = accept_invitations(&world.store, tests::people::NO_HASH).await[0];
        let portal = world.store.partner(&visitor(&world.store, account).await).unwrap();
        let one = NewClient::Individual(NewMember::Known(leyla));
        let alone = cast.emeka.create_client(&one).await.unwrap().unwrap();
        Self { app, cast, couple, alone, leyla, can, portal }
    }

    /// Leyla confirms another address as her own; the emails about it are sent.
    async fn moves_to(&self, world: &World, email: &str) {
        let me = world.store.signed_in(self.portal.visitor());
        me.request_email_change(&EmailAddress::parse(email).unwrap()).await.unwrap();
        let token = self.cast.owner.address_link_by_hand("leyla").await.unwrap().unwrap();
        assert!(me.confirm_email_change(&token).await.unwrap());
        send(world).await;
    }

    /// Gives Can, who has no login, this address.
    async fn give_can(&self, email: &str) {
        let details = details("Can Demir", email, "Europe/Berlin");
        assert_eq!(self.cast.emeka.update_person(self.couple, self.can, &details).await.unwrap(), PersonUpdate::Saved);
    }

    async fn book(&self, world: &World, client: ClientId, attendee: Option<PersonId>, starts: &str) -> SessionId {
        let wish = NewSession {
            client,
            attendee,
            clinician: self.cast.emeka.me(),
            place: Place::Link(String::new()),
            ..self.cast.wish(&world.store, starts)
        };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
        let Booked::Done(id) = self.cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
        id
    }

    /// The reasons for which emails to Leyla about a session were skipped.
    async fn reasons(&self, session: SessionId) -> Vec<Option<String>> {
        let mails = self.cast.desk.session_emails(session).await.unwrap();
        mails
            .into_iter()
            .filter(|m| m.person == "Leyla Demir" && m.state == EmailState::Skipped)
            .map(|m| m.reason)
            .collect()
    }

    async fn choose(&self, alone: AloneMail) {
        let contact = SafeContact { alone, ..self.portal.contact().await.unwrap() };
        self.portal.set_contact(&contact).await.unwrap();
    }
}

/// An email that was sent: the first name of its recipient, its kind, and whether it has
/// reply links.
type Went = (String, EmailKind, bool);

/// Sends everything that is due.
async fn send(world: &World) -> Vec<Went> {
    let mut went = Vec::new();
    loop {
        let claimed = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            went.sort_by_key(|(name, kind, _): &Went| (name.clone(), kind.word()));
            return went;
        }
        for mail in claimed {
            let asks = matches!(&mail.facts, EmailFacts::Session(facts) if facts.asks.is_some());
            let name = mail.recipient_name.split(' ').next().unwrap().to_owned();
            went.push((name, mail.kind, asks));
            assert!(world.store.worker().store_body(mail.id, mail.token, b"x").await.unwrap());
            assert!(world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
        }
    }
}

fn kinds(went: &[Went], who: &str) -> Vec<EmailKind> {
    went.iter().filter(|(name, ..)| name == who).map(|(_, kind, _)| *kind).collect()
}

/// Lets Leyla do everything that she can do alone, with each kind of email that follows.
async fn do_everything_alone(world: &World, pair: &Pair) -> Vec<Went> {
    let Pair { cast, alone, leyla, .. } = pair;
    let mut went = send(world).await;
    let first = pair.book(world, *alone, None, "2026-11-30 10:00").await;
    let second = pair.book(world, pair.couple, Some(*leyla), "2026-12-01 10:00").await;
    // Plan the emails that a change of zone rules would plan.
    for (kind, session) in [("calendar_update", first), ("local_time", second)] {
        let id = world.store.clock().id();
        let row = format!(
            "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, due_at,
                 not_after, state, attempts, created_at)
             SELECT {}, '{kind}', '{kind}', session_id, session_version, person_id, created_at, not_after,
                 'planned', 0, created_at
             FROM email WHERE session_id = {} AND kind = 'confirmation'",
            world.id(id),
            world.id(session.0)
        );
        world.script(&[row]).await.unwrap();
    }
    // An exercise for her alone and one for both.
    let due = |for_whom| NewAssignment {
        for_whom,
        frequency: Frequency::OnDate("2026-11-25".parse().unwrap()),
        word_along: String::new(),
    };
    cast.emeka.assign(*alone, "open", &due(Audience::Everyone), None).await.unwrap().unwrap();
    cast.emeka.assign(pair.couple, "small", &due(Audience::Everyone), None).await.unwrap().unwrap();
    cast.emeka.start_intake(*alone).await.unwrap().unwrap();
    went.extend(send(world).await);
    let moved = store::timing("2026-11-30T11:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(_) =
        cast.desk.move_session(first, &MoveTarget::to(&moved, &Place::Link(String::new()))).await.unwrap()
    else {
        panic!("free")
    };
    world.clock.advance(Duration::hours(2));
    went.extend(send(world).await);
    assert!(cast.emeka.answer_message(*alone, *leyla, "a word", None).await.unwrap());
    went.extend(send(world).await);
    world.clock.advance(Duration::hours(2));
    // She asks for a copy of her data, and it is ready.
    let DataAsked::Asked(copy) = pair.portal.ask_for_data(None).await.unwrap() else { panic!("she has not asked yet") };
    assert_eq!(cast.emeka.finish_data_request(copy).await.unwrap(), PartFinished::Done);
    assert_eq!(duologue::own_copies::make_copies(&world.store).await.unwrap(), 1);
    went.extend(send(world).await);
    world.clock.advance(Duration::hours(2));
    // She asks for a time as an individual client, and the front desk declines.
    let times = pair.portal.requestable_times(None, Some(*alone), None, 1).await.unwrap().unwrap();
    let asked = pair.portal.request_time(None, Some(*alone), times.found[0].at).await.unwrap();
    assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{asked:?}");
    let request = cast.desk.requests(None).await.unwrap().rows[0].id;
    cast.desk.answer_request(request, false).await.unwrap().unwrap();
    went.extend(send(world).await);
    for evening in ["2026-11-24T17:30:00Z", "2026-11-25T17:30:00Z", "2026-11-29T12:00:00Z"] {
        move_clock_to(world, evening);
        went.extend(send(world).await);
    }
    cast.desk.cancel(second, &cancelled("")).await.unwrap().unwrap();
    move_clock_to(world, "2026-11-29T20:00:00Z");
    went.extend(send(world).await);
    went
}

// The list of kinds is the program's own, so that a new kind is tested here too.
both!(every_email_kind_reaches_a_partner_with_an_own_address, |world| {
    let pair = Pair::new(&world).await;
    let own = do_everything_alone(&world, &pair).await;
    let sent = kinds(&own, "Leyla");
    for kind in EmailKind::ALL {
        let comes = match kind.concern() {
            // The next but one test covers plans.
            Concern::One => *kind != EmailKind::Plan,
            Concern::Session | Concern::Request => true,
            // It covers invitations as well.
            Concern::Login | Concern::Asked => false,
        };
        assert_eq!(sent.contains(kind), comes, "with an address of her own: {kind:?} of {sent:?}");
    }
});

both!(no_email_about_one_partner_alone_goes_to_a_shared_address, |world| {
    let pair = Pair::new(&world).await;
    pair.give_can("LEYLA@example.org").await;
    let went = do_everything_alone(&world, &pair).await;
    assert_eq!(kinds(&went, "Leyla"), [], "{went:?}");
    // Each email that was planned says why it was not sent.
    let skipped = world
        .number(
            "SELECT count(*)
            FROM email m
            JOIN person p ON p.id = m.person_id
            WHERE p.name = 'Leyla Demir' AND m.state = 'skipped' AND m.reason = 'shared_address'",
        )
        .await
        .unwrap();
    let left = world
        .number(
            "SELECT count(*)
            FROM email m
            JOIN person p ON p.id = m.person_id
            WHERE p.name = 'Leyla Demir' AND m.state NOT IN ('skipped', 'superseded')",
        )
        .await
        .unwrap();
    assert!(skipped >= 9, "{skipped}");
    assert_eq!(left, 0);
});

both!(plan_reminders_and_invitations_do_not_go_to_a_shared_address, |world| {
    let pair = Pair::new(&world).await;
    send(&world).await;
    let Pair { cast, alone, can, couple, .. } = &pair;
    let document: domain::exercises::exercise::Document = serde_json::from_value(serde_json::json!({
        "slug": "planned", "title": "Planned", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": [{"key": "when", "kind": "plan", "scope": "couple", "prompt": "When"}]
    }))
    .unwrap();
    world.store.load_library(&[document]).await.unwrap();
    let new = NewAssignment {
        for_whom: Audience::Everyone,
        frequency: Frequency::OnDate("2026-12-20".parse().unwrap()),
        word_along: String::new(),
    };
    cast.emeka.assign(*alone, "planned", &new, None).await.unwrap().unwrap();
    let occurrence = pair.portal.exercises(None).await.unwrap().rows[0].occurrence;
    let set = async |day: u32| {
        let plans = pair.portal.plans(occurrence).await.unwrap();
        let before = plans.iter().find(|p| p.step == "when").and_then(|p| p.open()).map(|p| p.id);
        let starts = format!("2026-11-{day}T20:00:00").parse().unwrap();
        let instant = at(&format!("2026-11-{day}T19:00:00Z"));
        assert!(pair.portal.set_plan(occurrence, "when", before, starts, instant).await.unwrap());
    };
    set(25).await;
    move_clock_to(&world, "2026-11-25T18:01:00Z");
    assert_eq!(kinds(&send(&world).await, "Leyla"), [EmailKind::Plan], "an address of her own");
    pair.give_can("leyla@example.org").await;
    set(26).await;
    move_clock_to(&world, "2026-11-26T18:01:00Z");
    assert_eq!(kinds(&send(&world).await, "Leyla"), []);
    // An individual client is not invited by mail to a shared address either: the email
    // would tell that they are a client. The partners of a couple know that of each
    // other.
    let nur = NewMember::New(details("Nur", "leyla@example.org", "Europe/Berlin"));
    let client = cast.emeka.create_client(&NewClient::Individual(nur)).await.unwrap().unwrap();
    let nur = cast.emeka.names(client).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.emeka.invite_partner(client, nur).await.unwrap(), Invite::NoAddress);
    assert!(matches!(cast.emeka.invite_by_hand(client, nur).await.unwrap(), Invite::HandedOver(_)));
    // An invitation that was already planned is not sent.
    pair.give_can("can@example.org").await;
    assert_eq!(cast.emeka.invite_partner(*couple, *can).await.unwrap(), Invite::Mailed);
    let third = NewMember::New(details("Deniz", "can@example.org", "Europe/Berlin"));
    cast.ruth.create_client(&NewClient::Individual(third)).await.unwrap().unwrap();
    assert_eq!(send(&world).await, []);
});

both!(joint_session_is_mailed_to_a_shared_address_without_reply_links, |world| {
    let pair = Pair::new(&world).await;
    pair.give_can("leyla@example.org").await;
    send(&world).await;
    let session = pair.book(&world, pair.couple, None, "2026-11-30 10:00").await;
    let mut went = send(&world).await;
    move_clock_to(&world, "2026-11-27T10:00:00Z");
    went.extend(send(&world).await);
    move_clock_to(&world, "2026-11-29T10:00:00Z");
    went.extend(send(&world).await);
    for name in ["Leyla", "Can"] {
        let kinds = kinds(&went, name);
        assert_eq!(kinds, [EmailKind::Confirmation, EmailKind::Reminder, EmailKind::Reminder], "{name}");
    }
    assert!(went.iter().all(|(_, _, asks)| !asks), "by them one could answer as the other");
    assert_eq!(pair.reasons(session).await, [] as [Option<String>; 0]);
    // Only one partner can come now: the joint session is cancelled for both, and nothing
    // is said about the other.
    let met = pair.cast.desk.book_alone(session, pair.leyla).await.unwrap();
    let BookedAlone::Done(met) = met else { panic!("free") };
    world.clock.advance(Duration::hours(1));
    let went = send(&world).await;
    assert_eq!(kinds(&went, "Leyla"), [EmailKind::Cancelled]);
    assert_eq!(kinds(&went, "Can"), [EmailKind::Cancelled]);
    assert!(!pair.reasons(met).await.is_empty());
    assert!(pair.reasons(met).await.iter().all(|why| why.as_deref() == Some("shared_address")));
});

both!(emails_are_planned_anew_when_an_address_becomes_shared_or_unshared, |world| {
    let pair = Pair::new(&world).await;
    send(&world).await;
    let session = pair.book(&world, pair.alone, None, "2026-12-07 10:00").await;
    assert_eq!(kinds(&send(&world).await, "Leyla"), [EmailKind::Confirmation]);
    let planned_count = async || {
        let mails = pair.cast.desk.session_emails(session).await.unwrap();
        mails.iter().filter(|m| m.state == EmailState::Planned).count()
    };
    assert_eq!(planned_count().await, 2);
    // Emails that were planned before are checked again: the list shows at once what will
    // happen.
    pair.give_can("leyla@example.org").await;
    assert_eq!(planned_count().await, 0);
    move_clock_to(&world, "2026-12-04T10:00:00Z");
    assert_eq!(send(&world).await, []);
    pair.give_can("can@example.org").await;
    assert_eq!(planned_count().await, 1);
    // Even if nothing was planned anew, the check at sending time decides.
    let mine = domain::clients::person::EmailAddress::parse("leyla@example.org").unwrap().key();
    world.script(&[format!("UPDATE person SET email_key = '{mine}' WHERE name = 'Can Demir'")]).await.unwrap();
    move_clock_to(&world, "2026-12-06T10:00:00Z");
    assert_eq!(send(&world).await, []);
    let shared = Some("shared_address".to_owned());
    assert_eq!(pair.reasons(session).await, [shared.clone(), shared]);
});

both!(only_the_person_may_allow_mail_to_their_shared_address, |world| {
    let pair = Pair::new(&world).await;
    send(&world).await;
    let confirmed = async |starts: &str| {
        pair.book(&world, pair.alone, None, starts).await;
        kinds(&send(&world).await, "Leyla")
    };
    pair.give_can("leyla@example.org").await;
    assert_eq!(confirmed("2026-12-07 10:00").await, []);
    pair.choose(AloneMail::Address).await;
    assert_eq!(confirmed("2026-12-08 10:00").await, [EmailKind::Confirmation]);
    // Neither the therapist's form nor the other person's choice changes that.
    let wish = |alone| {
        let mut wish = details("Leyla Demir", "leyla@example.org", "Europe/Berlin");
        wish.contact.alone = alone;
        wish
    };
    pair.cast.emeka.update_person(pair.alone, pair.leyla, &wish(AloneMail::Unshared)).await.unwrap();
    assert_eq!(confirmed("2026-12-09 10:00").await, [EmailKind::Confirmation]);
    // For another address that two people share, the choice has to be made again.
    pair.moves_to(&world, FAMILY).await;
    pair.give_can(FAMILY).await;
    assert_eq!(confirmed("2026-12-10 10:00").await, []);
    assert_eq!(pair.portal.contact().await.unwrap().alone, AloneMail::Unshared);
    pair.give_can("can@example.org").await;
    assert_eq!(confirmed("2026-12-11 10:00").await, [EmailKind::Confirmation]);
    pair.choose(AloneMail::PortalOnly).await;
    let quiet = pair.book(&world, pair.alone, None, "2026-12-14 10:00").await;
    assert_eq!(send(&world).await, []);
    assert!(pair.reasons(quiet).await.contains(&Some("alone_portal_only".to_owned())));
    // The therapist cannot allow more email than the person chose, only less.
    pair.cast.emeka.update_person(pair.alone, pair.leyla, &wish(AloneMail::Address)).await.unwrap();
    assert_eq!(confirmed("2026-12-15 10:00").await, []);
    pair.choose(AloneMail::Unshared).await;
    pair.cast.emeka.update_person(pair.alone, pair.leyla, &wish(AloneMail::PortalOnly)).await.unwrap();
    assert_eq!(confirmed("2026-12-16 10:00").await, []);
});

both!(therapist_allows_mail_to_a_shared_address_for_a_person_without_login_on_record, |world| {
    let pair = Pair::new(&world).await;
    send(&world).await;
    let new = NewClient::Individual(NewMember::New(details("Nur", "leyla@example.org", "Europe/Berlin")));
    let client = pair.cast.emeka.create_client(&new).await.unwrap().unwrap();
    let nur = pair.cast.emeka.names(client).await.unwrap().unwrap()[0].0;
    let confirmed = async |starts: &str| {
        pair.book(&world, client, None, starts).await;
        kinds(&send(&world).await, "Nur")
    };
    let on_record = async || {
        world.number("SELECT count(*) FROM audit WHERE action = 'email to a shared address allowed'").await.unwrap()
    };
    assert_eq!(confirmed("2026-12-07 10:00").await, []);
    let cookie = pair.app.cookie(&world, pair.cast.emeka.me()).await;
    let path = format!("/clients/{client}/partners/{nur}/edit");
    let form = pair.app.get(&path, Some(&cookie)).await.text;
    assert!(
        form.contains("Nur’s address is also Leyla Demir’s.")
            && form.contains("even if another person reads this address")
    );
    let mut fields = vec![
        ("a.name", "Nur"),
        ("a.email", "leyla@example.org"),
        ("a.zone", "Europe/Berlin"),
        ("a.language", "en"),
        ("a.reminders", "yes"),
        ("a.nudges", "yes"),
        ("a.nudge_at", "18:00"),
        ("a.alone", "unshared"),
    ];
    assert_eq!(pair.app.post(&path, Some(&cookie), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(on_record().await, 0);
    fields.retain(|(name, _)| *name != "a.alone");
    fields.push(("a.alone", "address"));
    assert_eq!(pair.app.post(&path, Some(&cookie), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(on_record().await, 1);
    assert_eq!(confirmed("2026-12-08 10:00").await, [EmailKind::Confirmation]);
    let record = pair.app.get(&format!("/clients/{client}?tab=details"), Some(&cookie)).await.text;
    assert!(record.contains("You allowed email about what Nur does alone"));
    // A person with a login decides alone: the therapist's form does not ask.
    let edit = format!("/clients/{}/partners/{}/edit", pair.alone, pair.leyla);
    assert!(!pair.app.get(&edit, Some(&cookie)).await.text.contains("name=\"a.alone\""));
});

both!(staff_address_counts_as_shared_and_an_inquirers_does_not, |world| {
    let pair = Pair::new(&world).await;
    send(&world).await;
    let practice = pair.cast.owner.practice().await.unwrap();
    pair.cast
        .owner
        .update_practice(&domain::practice::settings::Practice { inquiries: true, ..practice })
        .await
        .unwrap();
    let asks =
        [("name", "X"), ("email", "leyla@example.org"), ("kind", "individual"), ("meeting", "any"), ("part", "any")];
    let inquiry = domain::scheduling::inquiry::Inquiry::read(&Form::from_pairs(asks), &zone("Europe/Berlin")).unwrap();
    assert!(world.store.guest().inquire(&inquiry).await.is_ok());
    let session = pair.book(&world, pair.alone, None, "2026-12-07 10:00").await;
    assert_eq!(kinds(&send(&world).await, "Leyla"), [EmailKind::Confirmation], "anybody may type an address there");
    let staff = store::NewStaff {
        display_name: "Lale".into(),
        email: EmailAddress::parse("leyla@example.org").unwrap(),
        zone: zone("Europe/Berlin"),
        roles: vec![domain::clients::person::Role::FrontDesk],
    };
    pair.cast.owner.invite_staff(&staff).await.unwrap();
    move_clock_to(&world, "2026-12-06T10:00:00Z");
    assert_eq!(kinds(&send(&world).await, "Leyla"), []);
    assert!(pair.reasons(session).await.contains(&Some("shared_address".to_owned())));
});

both!(other_persons_contact_settings_do_not_unshare_an_address, |world| {
    let pair = Pair::new(&world).await;
    pair.give_can("leyla@example.org").await;
    send(&world).await;
    let mut quiet = details("Can Demir", "leyla@example.org", "Europe/Berlin");
    quiet.contact.portal_only = true;
    pair.cast.emeka.update_person(pair.couple, pair.can, &quiet).await.unwrap();
    pair.book(&world, pair.alone, None, "2026-12-07 10:00").await;
    assert_eq!(send(&world).await, []);
});

both!(every_form_warns_in_advance_that_nothing_will_be_mailed, |world| {
    let pair = Pair::new(&world).await;
    let desk = pair.app.cookie(&world, pair.cast.desk.me()).await;
    let emeka = pair.app.cookie(&world, pair.cast.emeka.me()).await;
    let leyla = pair.app.cookie(&world, pair.portal.me()).await;
    let one = pair.book(&world, pair.alone, None, "2026-12-07 10:00").await;
    let both = pair.book(&world, pair.couple, None, "2026-12-08 10:00").await;
    let why = "Leyla Demir’s address is also Can Demir’s.";
    let session = "No email will be sent about this session.";
    let pages = [
        (&desk, format!("/sessions/new?client={}", pair.alone), session),
        (&emeka, format!("/sessions/new?client={}", pair.alone), session),
        (
            &desk,
            format!("/sessions/new?client={}", pair.couple),
            "If Leyla Demir comes alone, no email will be sent about the session.",
        ),
        (&desk, format!("/sessions/{one}"), session),
        (&emeka, format!("/sessions/{one}"), session),
        (&desk, format!("/sessions/{one}/move"), session),
        (&desk, format!("/sessions/{one}/cancellation"), session),
        (&emeka, format!("/clients/{}?tab=details", pair.alone), "Only emails about both are sent."),
        (&emeka, format!("/clients/{}?tab=details", pair.couple), "Only emails about both are sent."),
        (&emeka, format!("/clients/{}/partners/{}/edit", pair.alone, pair.leyla), "Only emails about both are sent."),
    ];
    let own = ["/portal", "/portal/contact", "/account"];
    let mut before = Vec::new();
    for path in own {
        before.push(plain(&pair.app.get(path, Some(&leyla)).await.text));
    }
    for shared in [false, true] {
        if shared {
            pair.give_can("leyla@example.org").await;
        }
        for (cookie, path, what) in &pages {
            let text = pair.app.get(path, Some(cookie)).await.text;
            assert_eq!(text.contains(&format!("{why} {what}")), shared, "{path}\n{text}");
        }
    }
    for path in [format!("/sessions/{both}"), format!("/sessions/{both}/move")] {
        assert!(!pair.app.get(&path, Some(&desk)).await.text.contains("will be sent about"), "{path}");
    }
    // The form that creates an individual client says it too.
    let known = pair.app.get("/clients/new?kind=individual", Some(&emeka)).await.text;
    assert!(known.contains("Can Demir (not mailed about what they do alone)"), "{known}");
    // A refused booking shows the warning again.
    let form = [("client", pair.alone.to_string()), ("attendee", pair.leyla.to_string())];
    let refused = pair.app.post("/sessions", Some(&desk), &tests::app::pairs(&form)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains(session));
    // Neither person's portal tells who else has the address.
    for (path, before) in own.iter().zip(before) {
        assert_eq!(plain(&pair.app.get(path, Some(&leyla)).await.text), before, "{path}");
    }
    // A therapist reads no name from outside their caseload, nor that there is one: the
    // page reads as if she had chosen it herself.
    pair.give_can("can@example.org").await;
    let third = NewMember::New(details("Deniz", "leyla@example.org", "Europe/Berlin"));
    pair.cast.ruth.create_client(&NewClient::Individual(third)).await.unwrap().unwrap();
    let path = format!("/sessions/new?client={}", pair.alone);
    let by_sharing = plain(&pair.app.get(&path, Some(&emeka)).await.text);
    assert!(by_sharing.contains("Leyla Demir gets no email about what they do alone."));
    assert!(pair.app.get(&path, Some(&desk)).await.text.contains("Leyla Demir’s address is also Deniz’s."));
    pair.choose(AloneMail::PortalOnly).await;
    assert_eq!(plain(&pair.app.get(&path, Some(&emeka)).await.text), by_sharing);
});

both!(contact_page_offers_and_keeps_the_choice_for_mail_about_one_alone, |world| {
    let pair = Pair::new(&world).await;
    let leyla = pair.app.cookie(&world, pair.portal.me()).await;
    let page = pair.app.get("/portal/contact", Some(&leyla)).await.text;
    for choice in AloneMail::ALL {
        assert!(page.contains(choice.label()), "{choice:?}");
    }
    let form = [("alone", "portal_only"), ("reminders", "yes"), ("nudges", "yes"), ("nudge_at", "18:00")];
    assert_eq!(pair.app.post("/portal/contact", Some(&leyla), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(pair.portal.contact().await.unwrap().alone, AloneMail::PortalOnly);
    let form = [("alone", "everyone")];
    assert_eq!(pair.app.post("/portal/contact", Some(&leyla), &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
});

both!(therapist_sees_a_colleagues_conflict_as_busy_only, |world| {
    let pair = Pair::new(&world).await;
    let emeka = pair.app.cookie(&world, pair.cast.emeka.me()).await;
    let desk = pair.app.cookie(&world, pair.cast.desk.me()).await;
    // Leyla has a session with Ruth, without a room.
    let elsewhere = NewSession {
        client: pair.alone,
        clinician: pair.cast.ruth.me(),
        place: Place::Link(String::new()),
        ..pair.cast.wish(&world.store, "2026-12-07 10:10")
    };
    let timing = store::timing(elsewhere.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(pair.cast.desk.book(&elsewhere, &timing).await.unwrap(), Booked::Done(_)));
    // Another couple uses the garden room on the next day.
    assert!(matches!(pair.cast.book(&world.store, "2026-12-08 10:10").await, Booked::Done(_)));
    let both = pair.book(&world, pair.couple, None, "2026-12-09 10:00").await;
    let room = pair.cast.room.to_string();
    let form = |date: &'static str, repeat: &'static str| {
        let mut form = pair.cast.form(&world.store, pair.couple, pair.cast.emeka.me(), date);
        form.retain(|(name, _)| *name != "place");
        form.push(("place", room.clone()));
        form.extend([("repeat", repeat.to_owned()), ("ends", "times".to_owned()), ("times", "2".to_owned())]);
        form
    };
    let refused_text = async |cookie: &str, path: &str, form: &[(&'static str, String)]| {
        let got = pair.app.post(path, Some(cookie), &tests::app::pairs(form)).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", got.text);
        got.text
    };
    // The mark of the conflict tells nothing either: it cannot be computed from a guess.
    let text = refused_text(&emeka, "/sessions", &form("2026-12-08 10:00", "once")).await;
    let mark = text.split("name=\"over_seen\"").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
    assert_eq!(mark.len(), 16, "{mark}");
    let at = |minute: i64| {
        ("2026-12-08T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)).timestamp()
    };
    for (from, until) in
        (6 * 12..14 * 12).flat_map(|from| (from + 1..from + 30).map(move |until| (from * 5, until * 5)))
    {
        let guess = Sha256::new()
            .chain_update([at(9 * 60), at(9 * 60 + 50)].map(i64::to_be_bytes).concat())
            .chain_update(pair.cast.room.0)
            .chain_update([at(from), at(until)].map(i64::to_be_bytes).concat())
            .finalize();
        let guess: String = guess.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_ne!(guess, mark, "{from} {until}");
    }
    let busy = "The room or a client is busy then";
    for (path, fields) in [
        ("/sessions".to_owned(), form("2026-12-07 10:00", "once")),
        ("/sessions".to_owned(), form("2026-12-08 10:00", "once")),
        ("/sessions".to_owned(), form("2026-12-07 10:00", "weekly")),
        (format!("/sessions/{both}/move"), form("2026-12-07 10:00", "once")),
        (format!("/sessions/{both}/move"), form("2026-12-08 10:00", "once")),
    ] {
        let text = refused_text(&emeka, &path, &fields).await;
        assert!(text.contains(busy), "{path}: {text}");
        for leak in ["10:10", "11:00 ", "is taken from", "Leyla Demir is", "Garden room is"] {
            assert!(!text.contains(leak), "{path} tells {leak}");
        }
        // The therapist is offered no override; the front desk reads the whole conflict.
        assert!(refused_text(&desk, &path, &fields).await.contains("is taken from 10:10 to 11:00"), "{path}");
    }
    // A conflict with the therapist's own session is still described in full.
    let text = refused_text(&emeka, "/sessions", &form("2026-12-09 10:30", "once")).await;
    assert!(text.contains("Emeka Obi is taken from 10:00 to 10:50"), "{text}");
});
