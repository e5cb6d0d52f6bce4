//! A damaged row affects only itself: a sweep that damages one row of each kind, opens
//! every page as everyone, runs every job, and sends what is due.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    clients::client::ClientKind,
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        response::NotNow,
    },
    form::Form,
    ids::{ClientId, PersonId},
    outbox::{log::LogTab, wording::WordingKind},
    records::{
        consents::ConsentKind,
        goal::{GoalText, PlanText},
        note::{NoteScope, NoteText},
        own_data::Letter,
        policy::Preset,
    },
    scheduling::{
        inquiry::{Inquiry, MeetingWish},
        series::{End, Recurrence, SeriesRule},
        slots::DayPart,
    },
};
use store::{Booked, Choices, Clinician, PlanWrite, Resent, SaveKind, SeriesBooked, SubmitOutcome};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, open_document, pathway, person, small_answers, zone},
};

use crate::records::{consents, documents, leaving, policy};

/// Creates two rows of everything: one to be damaged, and one that must still be shown.
async fn fill_practice(world: &World, cast: &Cast) {
    let Cast { ruth, emeka, .. } = cast;
    world.store.load_pathways(&[pathway("first-steps", "small"), pathway("next-steps", "open")]).await.unwrap();
    for (clinician, client) in [(ruth, cast.couple), (emeka, cast.other_couple)] {
        for word in ["oak", "elm"] {
            let text = NoteText::free(NoteScope::Joint, format!("note {word}"));
            clinician.create_note(client, None, None, &text, SaveKind::Saved).await.unwrap();
        }
        for word in ["oak", "elm"] {
            let upload = documents::upload(&world.store, clinician.me(), word.as_bytes()).await;
            documents::add(clinician, client, NoteScope::Joint, &format!("document {word}"), &upload).await;
        }
        for word in ["oak", "elm"] {
            let form = Form::from_pairs([("text", format!("goal {word}")), ("since", "2026-11-03".to_owned())]);
            clinician.create_goal(client, &GoalText::read(&form).unwrap()).await.unwrap();
        }
        let plan = PlanText { text: "plan".to_owned(), until: None };
        assert_eq!(clinician.write_plan(client, None, &plan).await.unwrap(), PlanWrite::Saved);
        assign_daily(clinician, client).await;
        clinician.start_pathway(client, "next-steps", Audience::Everyone, None).await.unwrap().unwrap();
    }
    let Some(store::IntakeStarted::Started(intake)) = ruth.start_intake(cast.couple).await.unwrap() else {
        panic!("started")
    };
    let answers = Form::from_pairs([("s.health.value", "oak"), ("s.alcohol.value", "elm")]);
    assert_eq!(cast.amara.save_intake(intake, "health", &answers, false).await.unwrap(), store::IntakeSaved::Done);
    for word in ["oak", "elm"] {
        consents::ask(cast, ConsentKind::Confidences, &vec![("topic".to_owned(), format!("form {word}"))]).await;
        leaving::release(cast, &format!("Dr. {word}")).await;
        leaving::sent_disclosure(&world.store, (cast, emeka), &format!("Court of {word}")).await;
        consents::signed(cast).await;
    }
    policy::propose(cast, Preset::NoSecrets).await;
    let letter = Letter { received_on: "2026-11-20".parse().unwrap(), checked: "Her passport.".to_owned() };
    let asked = ruth.enter_data_request(cast.couple, cast.amara.person(), &letter, None).await.unwrap();
    assert!(matches!(asked, Some(store::DataAsked::Asked(_))), "{asked:?}");
    let one = cast.assign().await;
    assert_eq!(cast.amara.submit(one, &small_answers("amara")).await.unwrap(), SubmitOutcome::Done);
    assert_eq!(cast.jonas.submit(one, &small_answers("jonas")).await.unwrap(), SubmitOutcome::Done);
    let two = cast.assign_exercise("open", Audience::Everyone).await;
    let three = cast.assign().await;
    for occurrence in [two, three] {
        cast.amara.save_draft(occurrence, &small_answers("draft"), 0, None).await.unwrap();
    }
    assert!(cast.jonas.set_not_now(two, Some(NotNow::NotSafe)).await.unwrap());
    let Booked::Done(cancelled) = cast.book(&world.store, "2026-12-08 10:00").await else { panic!("free") };
    cast.desk.cancel(cancelled, &tests::cancelled("ill")).await.unwrap();
    for word in ["ash", "yew"] {
        assert!(cast.amara.write_message(cast.couple, None, &format!("message {word}"), None).await.unwrap());
        assert!(ruth.answer_message(cast.couple, cast.amara.person(), &format!("answer {word}"), None).await.unwrap());
        ruth.start_draft(None, &Form::from_pairs([("title", format!("Draft {word}"))])).await.unwrap().unwrap();
        let inquiry = Inquiry {
            name: format!("Caller {word}"),
            email: None,
            phone: "030 555".to_owned(),
            kind: ClientKind::Couple,
            part: DayPart::Any,
            meeting: MeetingWish::Any,
        };
        cast.desk.add_inquiry(&inquiry, None).await.unwrap();
    }
    for kind in [WordingKind::Confirmation, WordingKind::Reminder] {
        let words = Form::from_pairs([("subject", "Our words"), ("body", "{when}")]);
        cast.owner.set_wording(kind, domain::clients::person::Language::English, &words).await.unwrap();
    }
    cast.owner.add_room("Attic", None).await.unwrap();
    for starts in ["2026-11-30 10:00", "2026-12-01 10:00"] {
        assert!(matches!(cast.book(&world.store, starts).await, Booked::Done(_)));
    }
    for starts in ["2026-12-02 10:00", "2026-12-03 12:00"] {
        let wish = domain::scheduling::session::NewSession {
            client: cast.other_couple,
            clinician: emeka.me(),
            ..cast.wish(&world.store, starts)
        };
        let rule = SeriesRule { first: wish.starts.date(), recurrence: Recurrence::Weeks(1), end: End::Never };
        let booked = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &Choices::new()).await.unwrap();
        assert!(matches!(booked, SeriesBooked::Done(_)), "{booked:?}");
    }
}

async fn assign_daily(clinician: &Clinician, client: ClientId) {
    let rhythm = Rhythm { days: 1, from: "2026-11-23".parse().unwrap(), until: None };
    let new = NewAssignment {
        for_whom: Audience::Everyone,
        frequency: Frequency::Every(rhythm),
        word_along: "Along the way.".to_owned(),
    };
    clinician.assign(client, "open", &new, None).await.unwrap().unwrap();
}

/// Sets a value in the first row of a table that matches the condition; gives the table
/// and the column.
macro_rules! damage {
    ($world:expr, $table:literal, $column:literal, $value:expr, $id:literal, $where:literal) => {{
        macro_rules! with {
            ($v:literal) => {
                concat!(
                    "UPDATE ",
                    $table,
                    " SET ",
                    $column,
                    " = ",
                    $v,
                    " WHERE ",
                    $id,
                    " = (SELECT ",
                    $id,
                    " FROM ",
                    $table,
                    " WHERE ",
                    $where,
                    " ORDER BY ",
                    $id,
                    " LIMIT 1)"
                )
            };
        }
        let text = match ($value, $world.backend) {
            (Bad::Sealed, Backend::Sqlite) => with!("x'0102'"),
            (Bad::Sealed, Backend::Postgres) => with!("'\\x0102'"),
            // PostgreSQL accepts no text that is not JSON in a JSON column.
            (Bad::Json, Backend::Sqlite) => with!("'{\"cut'"),
            (Bad::Json, Backend::Postgres) => with!("'7'"),
            (Bad::Zone, _) => with!("'Mars/Olympus'"),
            (Bad::Shapeless, _) => with!("'no zone; at all'"),
            (Bad::Word, _) => with!("'klingon'"),
        };
        $world.raw(text).await.unwrap_or_else(|e| panic!("{text}: {e}"));
        ($table, $column)
    }};
}

#[derive(Clone, Copy)]
enum Bad {
    Sealed,
    Json,
    Zone,
    Shapeless,
    Word,
}

/// Damages one row of each kind; returns the tables and columns.
async fn damage_one_row_of_each_kind(world: &World) -> Vec<(&'static str, &'static str)> {
    // A disk does not ask the triggers that keep these rows as they are.
    for drop in match world.backend {
        Backend::Sqlite => [
            "DROP TRIGGER release_stays",
            "DROP TRIGGER disclosure_stays",
            "DROP TRIGGER handover_stays",
            "DROP TRIGGER signature_stays",
        ],
        Backend::Postgres => [
            "DROP TRIGGER release_stays ON release",
            "DROP TRIGGER disclosure_stays ON disclosure",
            "DROP TRIGGER handover_stays ON handover",
            "DROP TRIGGER signature_stays ON signature",
        ],
    } {
        world.raw(drop).await.unwrap();
    }
    vec![
        damage!(world, "note", "body", Bad::Sealed, "id", "scope = 'joint'"),
        damage!(world, "goal", "body", Bad::Sealed, "id", "state = 'open'"),
        damage!(world, "goal_event", "body", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "treatment_plan", "body", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "intake_answer", "answer", Bad::Sealed, "id", "answer IS NOT NULL"),
        damage!(world, "consent_ask", "blanks", Bad::Sealed, "id", "policy_id IS NULL"),
        damage!(world, "policy", "decisions", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "release", "terms", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "disclosure", "details", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "handover", "details", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "signature", "content", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "data_request", "checked", Bad::Sealed, "id", "checked IS NOT NULL"),
        damage!(world, "message", "body", Bad::Sealed, "id", "from_therapist"),
        damage!(world, "answer", "body", Bad::Sealed, "id", "scope <> 'mine'"),
        damage!(world, "response", "draft", Bad::Sealed, "id", "draft IS NOT NULL"),
        damage!(world, "response", "not_now", Bad::Sealed, "id", "not_now IS NOT NULL"),
        damage!(world, "session_change", "reason", Bad::Sealed, "id", "reason IS NOT NULL"),
        damage!(world, "assignment", "word_along", Bad::Sealed, "id", "repeats"),
        damage!(world, "exercise_draft", "form", Bad::Json, "id", "id IS NOT NULL"),
        damage!(
            world,
            "exercise_version",
            "document",
            Bad::Json,
            "id",
            "exercise_id = (SELECT id FROM exercise WHERE slug = 'small')"
        ),
        damage!(world, "pathway", "document", Bad::Json, "id", "slug = 'first-steps'"),
        damage!(world, "room", "offers", Bad::Json, "id", "name = 'Attic'"),
        damage!(world, "person", "leads", Bad::Json, "id", "name = 'Jonas Weber'"),
        damage!(world, "person", "prefers", Bad::Json, "id", "name = 'Jonas Weber'"),
        damage!(world, "practice", "leads", Bad::Json, "id", "id = 1"),
        damage!(world, "practice", "kinds", Bad::Json, "id", "id = 1"),
        damage!(world, "person", "zone", Bad::Zone, "id", "name = 'Amara Nwosu'"),
        damage!(world, "person", "language", Bad::Word, "id", "name = 'Elif Demir'"),
        damage!(world, "account", "zone", Bad::Shapeless, "id", "display_name = 'Jonas Weber'"),
        damage!(world, "session", "zone", Bad::Zone, "id", "starts_at > '2026-12-01T00:00:00Z'"),
        damage!(world, "session", "kind", Bad::Word, "id", "starts_at < '2026-12-01T00:00:00Z'"),
        damage!(world, "series", "zone", Bad::Zone, "id", "id IS NOT NULL"),
        damage!(world, "wording", "kind", Bad::Word, "kind", "kind = 'reminder'"),
        damage!(world, "email", "kind", Bad::Word, "id", "kind = 'nudge'"),
        damage!(world, "document", "title", Bad::Sealed, "id", "id IS NOT NULL"),
        damage!(world, "file_chunk", "body", Bad::Sealed, "file_id", "number = 0"),
    ]
}

const EVERY_PAGE: [&str; 40] = [
    "/account",
    "/practice",
    "/practice/sessions",
    "/practice/places",
    "/practice/backups",
    "/practice/imports",
    "/practice/retention",
    "/practice/intake",
    "/practice/notes",
    "/practice/note-templates",
    "/practice/forms",
    "/wordings",
    "/staff",
    "/audit",
    "/desk",
    "/desk/clients",
    "/desk/clients/new",
    "/waitlist",
    "/requests",
    "/calendar",
    "/sessions/new",
    "/find?q=a",
    "/email-log",
    "/today",
    "/caseload",
    "/notes",
    "/library",
    "/authoring",
    "/pathways",
    "/portal",
    "/portal/messages",
    "/portal/intake",
    "/portal/documents",
    "/portal/forms",
    "/portal/data",
    "/portal/contact",
    "/portal/contact/times",
    "/portal/sessions",
    "/portal/settings",
    "/portal/welcome",
];

both!(damaged_row_breaks_no_other_row_page_or_job, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    fill_practice(&world, &cast).await;
    assert_eq!(world.store.bad_rows().await.unwrap(), []);
    let damaged = damage_one_row_of_each_kind(&world).await;

    // `duologue doctor` names each damaged row, and nothing of what it contains.
    let found = world.store.bad_rows().await.unwrap();
    for (table, column) in &damaged {
        let of =
            found.iter().filter(|row| row.table == *table && row.wrong.starts_with(&format!("{column}: "))).count();
        assert_eq!(of, 1, "{table}.{column}: {found:#?}");
    }
    assert_eq!(found.len(), damaged.len(), "{found:#?}");
    assert!(found.iter().all(|row| !row.wrong.contains("Mars") && !row.wrong.contains("klingon")), "{found:#?}");

    // Open every page without a parameter, as everyone.
    let people = [
        cast.owner.me(),
        cast.ruth.me(),
        cast.emeka.me(),
        cast.desk.me(),
        cast.amara.me(),
        cast.jonas.me(),
        cast.stranger.me(),
    ];
    let mut opened = BTreeSet::new();
    for account in people {
        let cookie = app.cookie(&world, account).await;
        for path in EVERY_PAGE {
            let page = app.get(path, Some(&cookie)).await;
            assert!(!page.status.is_server_error(), "{path}: {}", page.text);
            if page.status == StatusCode::OK {
                opened.insert(path);
            }
        }
    }
    assert_eq!(opened.len(), EVERY_PAGE.len(), "each is there for somebody: {opened:?}");

    // The pages of a client say what is damaged and show the rest.
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let client = app.get(&format!("/clients/{}?tab=notes", cast.couple), Some(&ruth)).await;
    assert_eq!(client.status, StatusCode::OK, "{}", client.text);
    assert!(client.text.contains("This note cannot be read."), "{}", client.text);
    assert!(client.text.contains("note oak") != client.text.contains("note elm"), "one of the two");
    assert!(client.text.contains("Part of this page cannot be read. Ask the person who runs Duologue"));
    assert!(client.text.contains("does not know the time zone “Mars/Olympus” of Amara Nwosu"), "{}", client.text);
    let documents = app.get(&format!("/clients/{}?tab=documents", cast.couple), Some(&ruth)).await;
    assert!(documents.text.contains("This title cannot be read."), "{}", documents.text);
    assert!(documents.text.contains("document elm"), "{}", documents.text);
    let messages = format!("/clients/{}/messages/{}", cast.couple, cast.amara.person());
    let messages = app.get(&messages, Some(&ruth)).await;
    assert!(messages.text.contains("This message cannot be read."), "{}", messages.text);
    for text in ["message ash", "message yew"] {
        assert!(messages.text.contains(text), "{text}: {}", messages.text);
    }
    for path in [
        "/brief",
        "/course",
        "/adherence",
        "/goals",
        "/intake",
        "/policy",
        "/consents/new",
        "/releases/new",
        "/disclosures/new",
        "/data-requests/new",
        "?tab=forms",
    ] {
        let page = app.get(&format!("/clients/{}{path}", cast.couple), Some(&ruth)).await;
        assert!(!page.status.is_server_error(), "{path}: {}", page.text);
    }
    let forms = app.get(&format!("/clients/{}?tab=forms", cast.couple), Some(&ruth)).await.text;
    for word in ["Dr. elm", "Court of elm"] {
        assert!(forms.contains(word), "{word}: {forms}");
    }
    let library = app.get("/library", Some(&ruth)).await;
    assert!(library.text.contains(&open_document().title));
    let drafts = app.get("/authoring", Some(&ruth)).await;
    assert!(drafts.text.contains("A draft that cannot be read"));
    let amara = app.cookie(&world, cast.amara.me()).await;
    let portal = app.get("/portal", Some(&amara)).await;
    assert!(portal.text.contains(&open_document().title), "{}", portal.text);
    assert!(portal.text.contains("Part of this page cannot be read. Please tell your practice."), "{}", portal.text);
    // The page of a damaged note says so instead of showing an unexplained error.
    let (progress, note) = (
        world.number("SELECT count(*) FROM pathway_progress").await.unwrap(),
        cast.ruth.notes(cast.couple, None).await.unwrap().rows,
    );
    assert_eq!((progress, note.len()), (2, 2));
    let bad = note.iter().find(|note| note.body == "This note cannot be read.").unwrap();
    let page = app.get(&format!("/notes/{}", bad.id), Some(&ruth)).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.text.contains("This cannot be read") && page.text.contains("duologue doctor"), "{}", page.text);

    // The front desk finds clients and books as before.
    assert!(matches!(cast.book(&world.store, "2026-12-09 16:00").await, Booked::Done(_)));
    assert_eq!(cast.desk.find_clients("demir", 20, None).await.unwrap().rows.len(), 1);

    // Run every job.
    let made = world.number("SELECT count(*) FROM session WHERE series_id IS NOT NULL").await.unwrap();
    world.raw("UPDATE session SET zone_version = '2000a'").await.unwrap();
    world.raw("UPDATE practice SET replan_after = '2026-11-01T00:00:00Z'").await.unwrap();
    world.store.worker().apply_new_zone_rules().await.unwrap();
    while world.store.worker().replan_some().await.unwrap() > 0 {}
    world.store.worker().replan_after_sessions().await.unwrap();
    world.clock.advance(Duration::days(40));
    assert!(world.store.worker().make_occurrences().await.unwrap() >= 2, "each couple's next day");
    world.store.worker().give_due_steps().await.unwrap();
    world.store.worker().extend_series().await.unwrap();
    let more = world.number("SELECT count(*) FROM session WHERE series_id IS NOT NULL").await.unwrap();
    assert!(more > made, "the other series is booked on: {made}, {more}");
});

// People whose row is damaged get no email, with a reason that the front desk sees;
// everyone else gets theirs.
both!(damaged_row_stops_only_its_own_email, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let kofi = app.cookie(&world, cast.desk.me()).await;
    for starts in ["2026-11-30 10:00", "2026-12-01 10:00"] {
        assert!(matches!(cast.book(&world.store, starts).await, Booked::Done(_)));
    }
    // Damage the stored body of an email after its first attempt failed.
    let claimed = world.store.worker().claim_due(1, Duration::minutes(1)).await.unwrap();
    let [first] = claimed.as_slice() else { panic!("one: {claimed:?}") };
    assert!(world.store.worker().store_body(first.id, first.token, b"Subject: one\r\n\r\n").await.unwrap());
    assert!(world.store.worker().finish_retry(first.id, first.token, world.clock.now(), "later", false).await.unwrap());
    damage!(world, "email", "bytes", Bad::Sealed, "id", "bytes IS NOT NULL");
    // Also damage the time zone of one recipient and the wording of reminders.
    let amara: PersonId = person(&cast.ruth, cast.couple, "Amara").await;
    damage!(world, "person", "zone", Bad::Zone, "id", "name = 'Amara Nwosu'");
    damage!(world, "wording", "kind", Bad::Word, "kind", "kind = 'reminder'");

    let claimed = world.store.worker().claim_due(20, Duration::minutes(1)).await.unwrap();
    assert!(claimed.iter().all(|m| m.recipient.as_str() != "amara@example.org"));
    assert!(!claimed.is_empty(), "the other gets a mail");
    for mail in &claimed {
        assert!(world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
    }
    assert!(
        world.store.worker().claim_due(20, Duration::minutes(1)).await.unwrap().is_empty(),
        "nothing is claimed for ever"
    );
    let failed = cast.desk.email_log(LogTab::Attention, "", None).await.unwrap().rows;
    assert_eq!(failed.len() + claimed.len(), 4);
    let reasons: BTreeSet<&str> = failed.iter().filter_map(|m| m.last_error.as_deref()).collect();
    assert!(reasons.iter().any(|r| r.contains("does not know the time zone “Mars/Olympus”")), "{reasons:?}");
    let page = app.get("/email-log", Some(&kofi)).await;
    assert!(page.text.contains("Mars/Olympus"), "{}", page.text);

    // Once the row is repaired, the email can be sent again by a press.
    world.by_hand("UPDATE person SET zone = 'Europe/Berlin' WHERE id = $1", amara.0).await.unwrap();
    for message in &failed {
        assert!(matches!(cast.desk.resend(message.id).await.unwrap(), Resent::Planned(_)));
    }
    let again = world.store.worker().claim_due(20, Duration::minutes(1)).await.unwrap();
    assert_eq!(again.len(), failed.len(), "{again:?}");
    assert!(again.iter().all(|m| m.stored.is_none()), "written anew");
});

// A damaged version of a shipped exercise does not keep the program from starting.
both!(damaged_library_exercise_is_loaded_again, |world| {
    let cast = Cast::new(&world.store).await;
    damage!(world, "exercise_version", "document", Bad::Json, "id", "id IS NOT NULL");
    assert_eq!(cast.ruth.library().await.unwrap().len(), 1);
    let documents = [tests::people::small_document(), open_document()];
    assert_eq!(world.store.load_library(&documents).await.unwrap(), 1);
    assert_eq!(cast.ruth.library().await.unwrap().len(), 2);
    assert_eq!(world.store.load_library(&documents).await.unwrap(), 0);
});
