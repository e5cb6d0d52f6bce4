//! The intake: each person answers alone, the front desk sees how far they are and no
//! answer, and nothing that one answers alone shows to the other.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    clients::person::AloneMail,
    form::{Form, rows},
    ids::{IntakeId, PersonId},
    outbox::reminder::EmailKind,
    records::intake::{Answer, ItemKind, ItemState, blank_row, fill_list, read_list},
};
use store::{
    IntakeItem, IntakeOpened, IntakePaper, IntakeSaved, IntakeShared, IntakeStarted, IntakeView, ListPublished,
    Partner, Sharing, intake_mark,
};
use tests::{World, app::App, both, people::Cast};

use crate::clients::unseen::plain;

/// Starts the intake of the couple.
async fn start(cast: &Cast) -> IntakeId {
    match cast.ruth.start_intake(cast.couple).await.unwrap() {
        Some(IntakeStarted::Started(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// Saves a screen as the button "Save and continue" does.
async fn save(partner: &Partner, intake: IntakeId, screen: &str, fields: &[(&str, &str)]) -> IntakeSaved {
    partner.save_intake(intake, screen, &Form::from_pairs(fields.iter().copied()), false).await.unwrap()
}

/// Contact details that are complete.
fn contact(name: &str) -> Vec<(&str, &str)> {
    vec![
        ("s.contact.name", name),
        ("s.contact.birth", "1990-02-28"),
        ("s.contact.phone", "+49 30 5550112"),
        ("s.contact.zone", "Europe/Berlin"),
        ("s.contact.language", "en"),
    ]
}

/// Safe contact by email that nobody else reads.
const SAFE: [(&str, &str); 2] = [("s.safe_contact.channel", "email"), ("s.safe_contact.others", "no")];

/// Answers everything that a person is asked and that is needed, except what is signed.
async fn answer_all(partner: &Partner, intake: IntakeId, name: &str) {
    for (screen, fields) in [
        ("about", contact(name)),
        ("reach", SAFE.to_vec()),
        ("emergency", vec![("s.emergency.none", "yes")]),
        ("facts", vec![("s.facts.since", "2014")]),
        ("private", vec![]),
    ] {
        assert_eq!(save(partner, intake, screen, &fields).await, IntakeSaved::Done, "{screen}");
    }
}

/// Does without the signatures of a person.
async fn waive_consents(cast: &Cast, person: PersonId) {
    assert!(cast.ruth.waive_intake_item(cast.couple, person, "consents", Some("On paper.")).await.unwrap());
}

/// The intake as the therapist sees it.
async fn opened(cast: &Cast) -> IntakeView {
    match cast.ruth.intake(cast.couple).await.unwrap() {
        Some(IntakeOpened::Started(view)) => *view,
        other => panic!("{other:?}"),
    }
}

/// One item of one person.
fn item<'a>(view: &'a IntakeView, person: PersonId, key: &str) -> &'a IntakeItem {
    let person = view.people.iter().find(|one| one.person == person).unwrap();
    person.items.iter().find(|one| one.item.key == key).unwrap()
}

/// Sends all emails that are due; the first names of those who got a reminder of the
/// intake.
async fn reminded(world: &World) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let claimed = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            names.sort();
            return names;
        }
        for email in claimed {
            if email.kind == EmailKind::Intake {
                names.push(email.recipient_name.split(' ').next().unwrap().to_owned());
            }
            assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
            assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
        }
    }
}

both!(intake_is_amber_until_both_are_ready_and_green_then, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let page = format!("/desk/clients/{}/intake", cast.couple);
    assert!(app.get(&page, Some(&kofi)).await.text.contains("Start intake"));
    let started = app.post(&page, Some(&kofi), &[]).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "the front desk starts it");
    let again = cast.ruth.start_intake(cast.couple).await.unwrap();
    let Some(IntakeStarted::There(intake)) = again else { panic!("it is started once: {again:?}") };

    let standing = cast.desk.desk_intake(cast.couple).await.unwrap().unwrap().standing;
    assert!(!standing.is_ready);
    assert!(standing.people.iter().all(|one| (one.standing.settled, one.standing.needed) == (0, 6)), "{standing:?}");
    answer_all(&cast.amara, intake, "Amara Nwosu").await;
    let text = app.get("/desk/clients", Some(&kofi)).await.text;
    assert!(text.contains("Intake: Amara 5 of 6, Jonas 1 of 6"), "the facts count for both: {text}");
    let text = app.get(&page, Some(&kofi)).await.text;
    assert!(text.contains("Forms to sign") && text.contains("Safe contact") && text.contains("5 of 6"), "{text}");
    for person in [cast.amara.person(), cast.jonas.person()] {
        waive_consents(&cast, person).await;
    }
    assert!(!cast.desk.desk_intake(cast.couple).await.unwrap().unwrap().standing.is_ready, "one is not enough");
    answer_all(&cast.jonas, intake, "Jonas Weber").await;
    assert!(cast.desk.desk_intake(cast.couple).await.unwrap().unwrap().standing.is_ready);
    for page in ["/desk/clients", &page, &format!("/desk/clients/{}", cast.couple)] {
        let text = app.get(page, Some(&kofi)).await.text;
        assert!(text.contains("Intake ready") && text.contains("badge-good"), "{page}: {text}");
    }
    // It is on the desk's page of the day, too.
    cast.book(&world.store, "2026-11-23 18:00").await;
    assert!(app.get("/desk", Some(&kofi)).await.text.contains("Intake ready"));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert!(app.get(&format!("/clients/{}", cast.couple), Some(&ruth)).await.text.contains("Intake ready"));
});

both!(person_stops_and_goes_on_the_next_day_with_everything_that_was_typed, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let here = format!("/portal/intake/{intake}");
    let mut typed = contact("Amara N");
    typed.extend([("screen", "about"), ("do", "next")]);
    typed.retain(|(name, _)| *name != "s.contact.birth");
    typed.push(("s.contact.birth", "31 February"));
    let refused = app.post(&here, Some(&cookie), &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("31 February") && refused.text.contains("Enter your date of birth."));
    // The next screen is saved although the first is not right yet.
    let later = [("screen", "emergency"), ("do", "later"), ("s.emergency.name", "Ada")];
    let left = app.post(&here, Some(&cookie), &later).await;
    assert!(left.location().starts_with("/portal/intake?notice=intake_saved"), "{}", left.location());

    world.clock.advance(Duration::days(1));
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let overview = app.get("/portal/intake", Some(&cookie)).await.text;
    assert!(overview.contains("0 of 6") && overview.contains("Begun"), "{overview}");
    let screen = app.get(&format!("{here}?screen=about"), Some(&cookie)).await.text;
    assert!(screen.contains("31 February") && screen.contains("Amara N"), "{screen}");
    assert!(app.get(&format!("{here}?screen=emergency"), Some(&cookie)).await.text.contains("Ada"));
    let mark = cast.amara.intake(intake).await.unwrap().unwrap().items[0].shown().unwrap().fingerprint();
    assert!(screen.contains(&mark), "the form says what it shows");
    typed.retain(|(name, _)| *name != "s.contact.birth");
    typed.extend([("s.contact.birth", "1990-02-28"), ("was.contact", &mark)]);
    let next = app.post(&here, Some(&cookie), &typed).await;
    assert_eq!(next.location(), format!("{here}?screen=reach"));
    assert!(
        opened(&cast)
            .await
            .people
            .iter()
            .all(|person| person.items.iter().all(|one| { one.state == ItemState::Open || one.item.key == "contact" })),
        "a draft is not read by the therapist"
    );
    // With nothing chosen, the first screen with something open is shown.
    assert!(app.get(&here, Some(&cookie)).await.text.contains("How to reach you"));
});

both!(answers_from_two_devices_do_not_replace_each_other_unseen, |world| {
    let cast = Cast::new(&world.store).await;
    let intake = start(&cast).await;
    let of = |text: &'static str, mark: &str| {
        Form::from_pairs([("s.wish.value".to_owned(), text.to_owned()), (intake_mark("wish"), mark.to_owned())])
    };
    let send = async |form: Form| cast.amara.save_intake(intake, "hopes", &form, false).await.unwrap();
    let stored = async || {
        let own = cast.amara.intake(intake).await.unwrap().unwrap();
        own.items.into_iter().find(|one| one.item.key == "wish").unwrap().shown().unwrap().clone()
    };
    assert_eq!(send(of("first", "")).await, IntakeSaved::Done);
    let first = stored().await;
    // Both devices show the first answer. One changes it, and then the other.
    assert_eq!(send(of("phone", &first.fingerprint())).await, IntakeSaved::Done);
    assert_eq!(send(of("laptop", &first.fingerprint())).await, IntakeSaved::Elsewhere(vec!["wish".to_owned()]));
    assert_eq!(stored().await.get("value"), "phone", "the answer of the phone is there");
    // A form that was not changed replaces nothing and is no conflict.
    assert_eq!(send(of("first", &first.fingerprint())).await, IntakeSaved::Done);
    assert_eq!(stored().await.get("value"), "phone");
    // The page shows both, and sending it again decides.
    let app = App::new(&world);
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let mark = first.fingerprint();
    let form = [("screen", "hopes"), ("do", "next"), ("s.wish.value", "laptop"), ("was.wish", mark.as_str())];
    let page = app.post(&format!("/portal/intake/{intake}"), Some(&cookie), &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let now = stored().await.fingerprint();
    assert!(page.text.contains("laptop") && page.text.contains("phone") && page.text.contains(&now), "{}", page.text);
    let form = [("screen", "hopes"), ("do", "next"), ("s.wish.value", "laptop"), ("was.wish", now.as_str())];
    app.post(&format!("/portal/intake/{intake}"), Some(&cookie), &form).await;
    assert_eq!(stored().await.get("value"), "laptop");
});

both!(nobody_else_reaches_a_persons_answers, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    for (screen, field) in [("why", "s.why_now.value"), ("private", "s.private.alone"), ("health", "s.health.value")] {
        assert_eq!(save(&cast.amara, intake, screen, &[(field, "canary-alone")]).await, IntakeSaved::Done);
    }
    let path = format!("/portal/intake/{intake}");
    let stranger = app.cookie(&world, cast.stranger.me()).await;
    assert_eq!(app.get(&path, Some(&stranger)).await.status, StatusCode::NOT_FOUND);
    let sent = app.post(&path, Some(&stranger), &[("screen", "why"), ("do", "next")]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    let record = format!("/clients/{}/intake", cast.couple);
    assert_eq!(app.get(&record, Some(&emeka)).await.status, StatusCode::NOT_FOUND);
    assert!(cast.emeka.intake(cast.couple).await.unwrap().is_none());
    assert!(cast.emeka.start_intake(cast.couple).await.unwrap().is_none());
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let olive = app.cookie(&world, cast.owner.me()).await;
    let desk = format!("/desk/clients/{}/intake", cast.couple);
    let client = format!("/desk/clients/{}", cast.couple);
    for (cookie, pages) in [
        (&jonas, vec!["/portal", "/portal/intake", &path]),
        (&kofi, vec!["/desk", "/desk/clients", &client, &desk, "/email-log"]),
        (&olive, vec!["/practice/intake", "/audit", "/practice"]),
    ] {
        for page in pages {
            let got = app.get(page, Some(cookie)).await;
            assert_eq!(got.status, StatusCode::OK, "{page}");
            assert!(!got.text.contains("canary-alone"), "{page}");
        }
    }
    for (cookie, page) in [(&kofi, &record), (&olive, &record), (&jonas, &record), (&olive, &desk), (&jonas, &desk)] {
        assert_eq!(app.get(page, Some(cookie)).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let text = app.get(&record, Some(&ruth)).await.text;
    assert_eq!(text.matches("canary-alone").count(), 3, "the therapist reads them");
    let log = app.get("/audit", Some(&olive)).await.text;
    assert!(log.contains("opened an intake"), "{log}");
});

both!(pages_and_mails_of_a_partner_are_the_same_whatever_the_other_answered_alone, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let pages = ["/portal", "/portal/intake", "/portal/contact", "/portal/sessions", "/portal/messages"];
    let read = async || {
        let mut all = String::new();
        let keys = ["about", "reach", "emergency", "forms", "why", "hopes", "health", "facts", "private"];
        let screens = keys.map(|key| format!("/portal/intake/{intake}?screen={key}"));
        for page in pages.iter().map(|page| (*page).to_owned()).chain(screens) {
            let got = app.get(&page, Some(&jonas)).await;
            all += &format!("{page} {} {:?}\n{}\n", got.status, got.headers.get("content-length"), plain(&got.text));
        }
        all + &format!("{:?}", cast.desk.emails_of(cast.jonas.person(), None).await.unwrap())
    };
    let before = read().await;
    let mut about = contact("Amara Nwosu");
    about.push(("s.contact.pronouns", "they/them"));
    for (screen, fields) in [
        ("about", about),
        ("reach", vec![("s.safe_contact.channel", "phone"), ("s.safe_contact.others", "yes")]),
        ("emergency", vec![("s.emergency.none", "yes")]),
        ("why", vec![("s.why_now.value", "Because.")]),
        ("health", vec![("s.alcohol.value", "Much.")]),
        ("private", vec![("s.private.safe", "No.")]),
    ] {
        assert_eq!(save(&cast.amara, intake, screen, &fields).await, IntakeSaved::Done, "{screen}");
    }
    assert!(cast.ruth.waive_intake_item(cast.couple, cast.amara.person(), "consents", Some("x")).await.unwrap());
    let after = read().await;
    let differs = before.chars().zip(after.chars()).position(|(a, b)| a != b);
    if let Some(at) = differs.or((before.len() != after.len()).then_some(0)) {
        let cut = |text: &str| text.chars().skip(at.saturating_sub(200)).take(400).collect::<String>();
        panic!("Jonas learns of it:\n{}\n{}", cut(&before), cut(&after));
    }
});

both!(private_questions_look_the_same_whatever_is_answered, |world| {
    let cast = Cast::new(&world.store).await;
    let intake = start(&cast).await;
    assert_eq!(save(&cast.amara, intake, "private", &[]).await, IntakeSaved::Done, "answering is free");
    let much = "x".repeat(3_000);
    let fields = [("s.private.alone", much.as_str()), ("s.private.safe", "No.")];
    assert_eq!(save(&cast.jonas, intake, "private", &fields).await, IntakeSaved::Done);
    let kofi = cast.desk.desk_intake(cast.couple).await.unwrap().unwrap();
    let [amara, jonas] = kofi.standing.people.as_slice() else { panic!("two") };
    assert_eq!((amara.standing, &amara.open), (jonas.standing, &jonas.open));
    assert!(kofi.answers.iter().all(|one| one.lines.is_empty()));
    // The sealed values have the same length.
    let sizes = "SELECT count(DISTINCT length(answer)) FROM intake_answer WHERE item = 'private'";
    assert_eq!(world.number(sizes).await.unwrap(), 1);
});

both!(item_is_waived_with_a_reason_only_and_can_be_asked_again, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    start(&cast).await;
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, cast.amara.person());
    let path = format!("/clients/{}/intake/{amara}/waiver", cast.couple);
    let refused = app.post(&path, Some(&ruth), &[("item", "emergency"), ("do", "waive"), ("why", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Enter the reason."));
    let settled = async || {
        let standing = cast.ruth.intake_standing(cast.couple).await.unwrap().unwrap();
        standing.people.iter().find(|one| one.person == amara).unwrap().standing.settled
    };
    assert_eq!(settled().await, 0);
    let done = app.post(&path, Some(&ruth), &[("item", "emergency"), ("do", "waive"), ("why", "Said by phone.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(settled().await, 1);
    let text = app.get(&format!("/clients/{}/intake", cast.couple), Some(&ruth)).await.text;
    assert!(text.contains("Waived by Ruth Abrahams: Said by phone."), "{text}");
    app.post(&path, Some(&ruth), &[("item", "emergency"), ("do", "ask")]).await;
    assert_eq!(settled().await, 0);
    let jonas = cast.jonas.person();
    assert!(!cast.ruth.waive_intake_item(cast.couple, jonas, "no_such_item", Some("x")).await.unwrap());
    assert!(!cast.emeka.waive_intake_item(cast.couple, jonas, "emergency", Some("x")).await.unwrap());
});

both!(printed_form_counts_as_its_writers_and_replaces_nothing_of_theirs, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    let (ruth, jonas) = (app.cookie(&world, cast.ruth.me()).await, cast.jonas.person());
    let base = format!("/clients/{}/intake/{jonas}", cast.couple);
    let sheet = app.get(&format!("{base}/sheet"), Some(&ruth)).await.text;
    assert!(sheet.contains("For Jonas Weber") && sheet.contains("Why do you come now?"), "{sheet}");
    assert_eq!(save(&cast.jonas, intake, "health", &[("s.health.value", "My own words.")]).await, IntakeSaved::Done);
    let form = app.get(&format!("{base}/paper"), Some(&ruth)).await.text;
    assert!(!form.contains("name=\"s.health.value\"") && form.contains("name=\"s.alcohol.value\""), "{form}");
    let empty = [("s.contact.zone", "Europe/London"), ("s.contact.language", "en")];
    assert_eq!(app.post(&format!("{base}/paper"), Some(&ruth), &empty).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [
        ("s.contact.birth", "1985-12-01"),
        ("s.contact.phone", "+44 20 7946 0999"),
        ("s.contact.zone", "Europe/London"),
        ("s.contact.language", "en"),
        ("s.health.value", "Replaced."),
        ("s.alcohol.value", "None."),
        ("seen.private", "yes"),
    ];
    let done = app.post(&format!("{base}/paper"), Some(&ruth), &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let view = opened(&cast).await;
    assert_eq!(item(&view, jonas, "health").answer.as_ref().unwrap().get("value"), "My own words.");
    let alcohol = item(&view, jonas, "alcohol");
    assert_eq!(alcohol.entered_by.as_deref(), Some("Ruth Abrahams"));
    for key in ["contact", "alcohol", "private"] {
        assert_eq!(item(&view, jonas, key).state, ItemState::Done, "{key}");
    }
    let own = cast.jonas.intake(intake).await.unwrap().unwrap();
    assert!(own.items.iter().any(|one| one.item.key == "alcohol" && one.is_from_paper));
    assert_eq!(own.details.phone, "+44 20 7946 0999");
    // What the person corrects is theirs.
    let mark = alcohol.answer.as_ref().unwrap().fingerprint();
    let corrected = [("s.alcohol.value", "A glass."), ("was.alcohol", mark.as_str())];
    assert_eq!(save(&cast.jonas, intake, "health", &corrected).await, IntakeSaved::Done);
    assert!(item(&opened(&cast).await, jonas, "alcohol").entered_by.is_none());
    let strange =
        cast.emeka.enter_intake_paper(cast.couple, jonas, &Form::from_pairs([("s.alcohol.value", "x")])).await;
    assert_eq!(strange.unwrap(), IntakePaper::Gone);
});

both!(practice_asks_questions_of_its_own_in_every_kind, |world| {
    let cast = Cast::new(&world.store).await;
    let before = cast.owner.intake_list().await.unwrap();
    let earlier = match cast.emeka.start_intake(cast.other_couple).await.unwrap() {
        Some(IntakeStarted::Started(id)) => id,
        other => panic!("{other:?}"),
    };
    let mut form = fill_list(&before.list);
    for kind in ItemKind::OWN {
        let row = rows::count(&form);
        form = blank_row(&form, &before.list);
        form.set(&rows::field(row, "kind"), kind.word());
        form.set(&rows::field(row, "label_en"), format!("Own {}", kind.label()));
        form.set(&rows::field(row, "parts_en"), "One\nTwo");
        form.set(&rows::field(row, "screen"), "measure");
        form.set(&rows::field(row, "needed"), "yes");
    }
    let list = read_list(&form, &before.list).unwrap();
    assert_eq!(cast.owner.publish_intake_list(before.version, &list).await.unwrap(), ListPublished::Done(2));
    assert_eq!(cast.owner.publish_intake_list(before.version, &list).await.unwrap(), ListPublished::Same);
    assert_eq!(cast.owner.publish_intake_list(1, &before.list).await.unwrap(), ListPublished::Behind(2));
    // The program's own list does not come back over that of the practice.
    world.store.load_intake_list(&duologue::library::intake_list().unwrap()).await.unwrap();
    assert_eq!(cast.owner.intake_list().await.unwrap().version, 2);
    // What was started before asks what it asked then.
    let old = cast.stranger.intake(earlier).await.unwrap().unwrap();
    assert_eq!(old.items.len(), before.list.asked().count());

    let intake = start(&cast).await;
    let own = cast.amara.intake(intake).await.unwrap().unwrap();
    let key = |kind: ItemKind| {
        let label = format!("Own {}", kind.label());
        own.items.iter().find(|one| one.item.label.in_english() == label).unwrap().item.clone()
    };
    let (mut good, mut bad) = (Form::default(), Form::default());
    for kind in ItemKind::OWN {
        let item = key(*kind);
        let field = domain::records::intake::field(&item.key, "value");
        let (right, wrong) = match kind {
            ItemKind::Text | ItemKind::LongText => ("Words".to_owned(), String::new()),
            ItemKind::Choice | ItemKind::Choices => (item.parts[1].key.clone(), "moon".to_owned()),
            ItemKind::Date => ("2020-02-29".to_owned(), "2021-02-29".to_owned()),
            ItemKind::Number => ("3".to_owned(), "three".to_owned()),
            ItemKind::YesNo => ("yes".to_owned(), "perhaps".to_owned()),
            other => panic!("{other:?} is no kind of an own question"),
        };
        good.set(&field, right);
        bad.set(&field, wrong);
    }
    let refused = cast.amara.save_intake(intake, "measure", &bad, false).await.unwrap();
    let IntakeSaved::Unfit(errors) = refused else { panic!("{refused:?}") };
    assert_eq!(errors.iter().count(), ItemKind::OWN.len(), "{errors:?}");
    for kind in ItemKind::OWN {
        // The form that is shown again says what it shows.
        let own = cast.amara.intake(intake).await.unwrap().unwrap();
        let one = own.items.iter().find(|one| one.item.key == key(*kind).key).unwrap();
        good.set(&intake_mark(&one.item.key), one.shown().map(Answer::fingerprint).unwrap_or_default());
    }
    assert_eq!(cast.amara.save_intake(intake, "measure", &good, false).await.unwrap(), IntakeSaved::Done);
    let view = opened(&cast).await;
    assert!(ItemKind::OWN.iter().all(|kind| item(&view, cast.amara.person(), &key(*kind).key).answer.is_some()));
    assert_eq!(view.people[0].standing.needed, 6 + ItemKind::OWN.len());
});

both!(owner_adds_a_question_on_the_page_with_a_preview, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let olive = app.cookie(&world, cast.owner.me()).await;
    let page = app.get("/practice/intake", Some(&olive)).await.text;
    assert!(page.contains("As each person is asked") && page.contains("Why do you come now?"), "{page}");
    let list = cast.owner.intake_list().await.unwrap();
    let mut form = fill_list(&list.list);
    form.set("version", list.version.to_string());
    let send = async |form: &Form, act: &str| {
        let mut pairs: Vec<(&str, &str)> = form.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("do", act));
        app.post("/practice/intake", Some(&olive), &pairs).await
    };
    let added = send(&form, "add").await;
    let row = list.list.items.len();
    assert!(added.text.contains(&format!("name=\"step.{row}.label_en\"")), "{}", added.text);
    form = blank_row(&form, &list.list);
    let refused = send(&form, "save").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Enter a label."));
    form.set(&rows::field(row, "label_en"), "How did you find us?");
    let preview = send(&form, "preview").await;
    assert!(preview.text.matches("How did you find us?").count() >= 2, "in the form and in the preview");
    assert_eq!(cast.owner.intake_list().await.unwrap().version, 1, "nothing is saved yet");
    assert_eq!(send(&form, "save").await.status, StatusCode::SEE_OTHER);
    assert_eq!(cast.owner.intake_list().await.unwrap().version, 2);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(app.get("/practice/intake", Some(&ruth)).await.status, StatusCode::NOT_FOUND);
});

both!(contact_details_and_safe_contact_become_part_of_the_persons_own_details, |world| {
    let cast = Cast::new(&world.store).await;
    let intake = start(&cast).await;
    let jonas = cast.jonas.contact().await.unwrap();
    assert_eq!(save(&cast.amara, intake, "about", &contact("Ama Nwosu")).await, IntakeSaved::Done);
    let safe = [
        ("s.safe_contact.channel", "phone"),
        ("s.safe_contact.safe_from", "09:00"),
        ("s.safe_contact.safe_until", "12:00"),
        ("s.safe_contact.others", "yes"),
    ];
    assert_eq!(save(&cast.amara, intake, "reach", &safe).await, IntakeSaved::Done);
    let own = cast.amara.contact().await.unwrap();
    assert!(own.portal_only && own.alone == AloneMail::PortalOnly && own.hours.is_some());
    let record = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let amara = record.members.iter().find(|member| member.person == cast.amara.person()).unwrap();
    assert_eq!((amara.details.name.as_str(), amara.details.phone.as_str()), ("Ama Nwosu", "+49 30 5550112"));
    assert_eq!(cast.jonas.contact().await.unwrap(), jonas, "the other’s settings stay");
    let desk = cast.desk.desk_intake(cast.couple).await.unwrap().unwrap();
    let lines = format!("{:?}", desk.answers);
    assert!(lines.contains("Phone call") && lines.contains("28 February 1990"), "{lines}");
    assert!(!lines.contains("Others read"), "the front desk reads the channels and hours only: {lines}");
});

both!(reminders_go_to_the_one_with_open_items_at_most_twice, |world| {
    let cast = Cast::new(&world.store).await;
    let intake = start(&cast).await;
    reminded(&world).await;
    answer_all(&cast.amara, intake, "Amara Nwosu").await;
    waive_consents(&cast, cast.amara.person()).await;
    for (days, expected) in [(2, vec!["Jonas".to_owned()]), (3, vec!["Jonas".to_owned()]), (10, vec![]), (30, vec![])] {
        world.clock.advance(Duration::days(days));
        assert_eq!(reminded(&world).await, expected, "after {days} more days");
    }
});

both!(reminders_keep_to_the_contact_rules_and_end_with_a_separation, |world| {
    let cast = Cast::new(&world.store).await;
    start(&cast).await;
    reminded(&world).await;
    let quiet = domain::clients::person::SafeContact { nudges: false, ..cast.amara.contact().await.unwrap() };
    cast.amara.set_contact(&quiet).await.unwrap();
    world.clock.advance(Duration::days(2));
    assert_eq!(reminded(&world).await, ["Jonas"], "Amara wants no reminders");
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    world.clock.advance(Duration::days(3));
    assert_eq!(reminded(&world).await, [] as [String; 0]);
});

both!(facts_that_differ_are_kept_and_shown_to_both_and_the_therapist, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    let facts = [("s.facts.since", "May 2014"), ("s.facts.living", "2016")];
    assert_eq!(save(&cast.amara, intake, "facts", &facts).await, IntakeSaved::Done);
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let screen = app.get(&format!("/portal/intake/{intake}?screen=facts"), Some(&jonas)).await.text;
    assert!(screen.contains("Amara wrote this") && screen.contains("May 2014"), "{screen}");
    let facts = [("s.facts.since", "May 2014"), ("s.facts.living", "2017")];
    assert_eq!(save(&cast.jonas, intake, "facts", &facts).await, IntakeSaved::Done);
    let amara = app.cookie(&world, cast.amara.me()).await;
    for cookie in [&amara, &jonas] {
        let text = app.get("/portal/intake", Some(cookie)).await.text;
        assert!(text.contains("2016") && text.contains("2017") && !text.contains("May 2014"), "{text}");
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let text = app.get(&format!("/clients/{}/intake", cast.couple), Some(&ruth)).await.text;
    assert!(text.contains("Differs") && text.contains("Amara: 2016") && text.contains("Jonas: 2017"), "{text}");
});

both!(answer_is_shared_by_an_act_of_its_writer_and_no_longer_when_it_changes, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    assert_eq!(save(&cast.amara, intake, "why", &[("s.why_now.value", "We drift.")]).await, IntakeSaved::Done);
    assert_eq!(save(&cast.amara, intake, "health", &[("s.health.value", "Mine.")]).await, IntakeSaved::Done);
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let reads = async || app.get("/portal/intake", Some(&jonas)).await.text.contains("We drift.");
    assert!(!reads().await);
    let share = async |by: &Partner, item: &str| {
        let seen = by.intake(intake).await.unwrap().and_then(|own| own.mark(item)).unwrap_or_default();
        by.share_intake_item(intake, item, Sharing::Share { seen: &seen }).await.unwrap()
    };
    assert_eq!(share(&cast.amara, "health").await, IntakeShared::Gone, "this is for the therapist");
    assert_eq!(share(&cast.jonas, "why_now").await, IntakeShared::Gone, "he has no such answer");
    let amara = app.cookie(&world, cast.amara.me()).await;
    let path = format!("/portal/intake/{intake}/sharing");
    let seen = cast.amara.intake(intake).await.unwrap().unwrap().mark("why_now").unwrap();
    let stale = app.post(&path, Some(&amara), &[("item", "why_now"), ("do", "share"), ("mark", "older")]).await;
    assert_eq!(stale.location(), "/portal/intake?notice=not_shared", "the answer is not the one that was shown");
    assert!(!reads().await);
    let shared = app.post(&path, Some(&amara), &[("item", "why_now"), ("do", "share"), ("mark", &seen)]).await;
    assert_eq!(shared.status, StatusCode::SEE_OTHER);
    assert!(reads().await);
    app.post(&path, Some(&amara), &[("item", "why_now"), ("do", "hide")]).await;
    assert!(!reads().await);
    assert_eq!(share(&cast.amara, "why_now").await, IntakeShared::Done);
    let own = cast.amara.intake(intake).await.unwrap().unwrap();
    let mark = own.items.iter().find(|one| one.item.key == "why_now").unwrap().shown().unwrap().fingerprint();
    let changed = [("s.why_now.value", "We drift. I more than you."), ("was.why_now", mark.as_str())];
    assert_eq!(save(&cast.amara, intake, "why", &changed).await, IntakeSaved::Done);
    assert!(!reads().await, "the new words are not shared");
});

both!(form_that_is_saved_again_does_not_undo_what_the_settings_say_since, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    assert_eq!(save(&cast.amara, intake, "reach", &SAFE).await, IntakeSaved::Done);
    let quiet = domain::clients::person::SafeContact { portal_only: true, ..Default::default() };
    cast.amara.set_contact(&quiet).await.unwrap();
    let amara = app.cookie(&world, cast.amara.me()).await;
    let screen = app.get(&format!("/portal/intake/{intake}?screen=reach"), Some(&amara)).await.text;
    let email =
        screen.split("<input").find(|input| input.contains("s.safe_contact.channel") && input.contains("\"email\""));
    assert!(!email.expect("the channel is asked for").contains("checked"), "{screen}");
    // What she has begun to type stays beside what the printed form says.
    let begun = Form::from_pairs([("s.emergency.name", "Chidi")]);
    assert_eq!(cast.amara.save_intake(intake, "emergency", &begun, true).await.unwrap(), IntakeSaved::Done);
    let paper = Form::from_pairs([("s.emergency.none", "yes"), ("s.alcohol.value", "None.")]);
    let entered = cast.ruth.enter_intake_paper(cast.couple, cast.amara.person(), &paper).await.unwrap();
    assert_eq!(entered, IntakePaper::Saved);
    let own = cast.amara.intake(intake).await.unwrap().unwrap();
    let emergency = own.items.iter().find(|one| one.item.key == "emergency").unwrap();
    assert_eq!(emergency.answer.as_ref().unwrap().get("none"), "yes", "nothing that the therapist typed is lost");
    assert_eq!(emergency.draft.as_ref().unwrap().get("name"), "Chidi", "nor what she typed");
});

both!(separation_ends_the_intake_and_freezes_it, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let intake = start(&cast).await;
    assert_eq!(save(&cast.amara, intake, "health", &[("s.health.value", "canary-kept")]).await, IntakeSaved::Done);
    assert!(cast.ruth.separation_preview(cast.couple).await.unwrap().unwrap().has_intake);
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(cast.amara.intake(intake).await.unwrap().is_none());
    assert_eq!(save(&cast.amara, intake, "health", &[("s.health.value", "more")]).await, IntakeSaved::Gone);
    let shared = cast.amara.share_intake_item(intake, "why_now", Sharing::Hide).await.unwrap();
    assert_eq!(shared, IntakeShared::Gone);
    let amara = cast.amara.person();
    assert!(!cast.ruth.waive_intake_item(cast.couple, amara, "emergency", Some("x")).await.unwrap());
    let paper = cast.ruth.enter_intake_paper(cast.couple, amara, &Form::from_pairs([("s.alcohol.value", "x")])).await;
    assert_eq!(paper.unwrap(), IntakePaper::Gone);
    // The schema refuses it as well.
    let change = "UPDATE intake_answer SET saved_at = saved_at WHERE client_id = $1";
    let refused = world.by_hand(change, cast.couple.0).await.unwrap_err().to_string();
    assert!(refused.contains("client_frozen"), "{refused}");
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let text = app.get(&format!("/clients/{}/intake", cast.couple), Some(&ruth)).await.text;
    assert!(text.contains("canary-kept") && text.contains("It ended on"), "the therapist reads it: {text}");
});

both!(intake_that_two_start_at_once_is_one, |world| {
    let cast = Cast::new(&world.store).await;
    let (a, b) = tokio::join!(cast.ruth.start_intake(cast.couple), cast.desk.start_intake_at_desk(cast.couple));
    let ids: Vec<IntakeId> = [a, b]
        .into_iter()
        .map(|started| match started.unwrap().unwrap() {
            IntakeStarted::Started(id) | IntakeStarted::There(id) => id,
        })
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(world.number("SELECT count(*) FROM intake").await.unwrap(), 1);
});

both!(first_session_warns_without_a_name_and_a_safe_channel, |world| {
    let cast = Cast::new(&world.store).await;
    assert_eq!(cast.desk.first_session_warning(cast.couple).await.unwrap(), None, "there are email addresses");
    let quiet = domain::clients::person::SafeContact { portal_only: true, ..Default::default() };
    cast.amara.set_contact(&quiet).await.unwrap();
    cast.jonas.set_contact(&quiet).await.unwrap();
    let warning = cast.desk.first_session_warning(cast.couple).await.unwrap().unwrap();
    let app = App::new(&world);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let form = format!("/sessions/new?client={}", cast.couple);
    assert!(app.get(&form, Some(&kofi)).await.text.contains(warning));
    cast.book(&world.store, "2026-12-01 10:00").await;
    assert_eq!(cast.desk.first_session_warning(cast.couple).await.unwrap(), None, "it is not the first any more");
});
