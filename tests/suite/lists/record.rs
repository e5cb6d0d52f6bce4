//! The lists of a client record.

use chrono::Duration;
use domain::{
    exercises::assignment::{Audience, Frequency, Rhythm},
    records::note::{NoteScope, NoteText},
};
use store::{DataAsked, Repeats, SaveKind, SubmitOutcome, limits};
use tests::{
    app::App,
    both,
    people::{Cast, pathway, person, small_answers},
};

use crate::records::documents;

use super::{List, assign, at, base, check_one_more, copies, copies_alone, day, follow_pages, id, one_more_than};

both!(every_row_of_a_client_record_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for n in 0..one_more_than(limits::NOTES) {
        let text = NoteText::free(NoteScope::Joint, format!("Note {n}"));
        cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
    }
    let base = base(&world, &cast).await;
    // One session is ahead already. Two begin at the same instant, on either side of a
    // page's end.
    let ahead = one_more_than(limits::SESSIONS_AHEAD) - 2;
    let last = at("2027-01-04T09:00:00Z") + Duration::days(ahead - 1);
    let ahead = copies_alone(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), ahead);
    let same = copies_alone(&world, base, last, Duration::days(1), 1);
    let past =
        copies_alone(&world, base, at("2026-09-01T09:00:00Z"), Duration::days(1), one_more_than(limits::PAST_SESSIONS));
    world.script(&[ahead, same, past].concat()).await.unwrap();
    cast.ruth.save_pathway(&pathway("way", "open")).await.unwrap();
    let mut pathways = Vec::new();
    for _ in 0..one_more_than(limits::PATHWAYS_OF) {
        pathways.push(cast.ruth.start_pathway(cast.couple, "way", Audience::Everyone, None).await.unwrap().unwrap());
    }
    // The first pathways that ended are last in the list.
    for ended in &pathways[..3] {
        cast.ruth.end_pathway(*ended).await.unwrap();
    }
    // Each pathway has given one exercise; some assignments repeat and come first.
    let given = one_more_than(limits::PATHWAYS_OF);
    let daily = Frequency::Every(Rhythm { days: 1, from: day("2026-11-23"), until: None });
    let repeats = assign(&cast, "small", daily).await;
    for n in 1..one_more_than(limits::ASSIGNMENTS) - given {
        assign(&cast, "small", if n % 50 == 0 { daily } else { Frequency::BeforeNext }).await;
    }
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    let mut script = Vec::new();
    let have = cast.ruth.assignment(repeats, None, None).await.unwrap().unwrap().occurrences.rows.len();
    for n in i64::try_from(have).unwrap() + 1..=one_more_than(limits::OCCURRENCES) {
        let occurrence = world.id(id());
        let days = Duration::days(200 - n);
        let (opens, made) = (world.day(day("2026-11-23") - days), world.instant(at("2026-11-23T00:00:00Z") - days));
        script.push(format!(
            "INSERT INTO occurrence (id, assignment_id, number, submissions, opens_on, due_on, made_at)
            VALUES ({occurrence}, {}, {n}, 0, {opens}, {opens}, {made})",
            world.id(repeats.0)
        ));
        script.push(format!(
            "INSERT INTO response (id, occurrence_id, person_id, draft_number) VALUES ({}, {occurrence}, {}, 0)",
            world.id(id()),
            world.id(amara.0)
        ));
    }
    world.script(&script).await.unwrap();
    let given = cast.ruth.assignments(cast.couple, None).await.unwrap().rows;
    let once = given.iter().filter(|a| a.repeats == Repeats::Once);
    for assignment in once.take(usize::try_from(one_more_than(limits::NEW_ANSWERS)).unwrap()) {
        let sent = cast.amara.submit(assignment.occurrence, &small_answers("new")).await.unwrap();
        assert_eq!(sent, SubmitOutcome::Done);
    }
    let path = format!("/clients/{}", cast.couple);
    let list = |tab, limit, more, row, part| {
        let path = format!("{path}?tab={tab}");
        List { limit, path, cookie: &ruth, more, row, part }
    };
    let notes = ("NOTES", limits::NOTES);
    check_one_more(&app, list("notes", notes, "Older notes", "\"/notes/", ("id=\"notes\"", "</section>"))).await;
    check_one_more(
        &app,
        list(
            "sessions",
            ("SESSIONS_AHEAD", limits::SESSIONS_AHEAD),
            "Later sessions",
            "<li><a href=\"/sessions/",
            ("id=\"sessions\"", "id=\"past\""),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            "sessions",
            ("PAST_SESSIONS", limits::PAST_SESSIONS),
            "Older sessions",
            "\"/sessions/",
            ("id=\"past\"", "</section>"),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            "exercises",
            ("PATHWAYS_OF", limits::PATHWAYS_OF),
            "More pathways",
            "\"/pathway-progress/",
            ("id=\"pathways\"", "</section>"),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            "exercises",
            ("ASSIGNMENTS", limits::ASSIGNMENTS),
            "Older exercises",
            "\"/assignments/",
            ("id=\"exercises\"", "</section>"),
        ),
    )
    .await;
    let occurrences = List {
        limit: ("OCCURRENCES", limits::OCCURRENCES),
        path: format!("/assignments/{repeats}"),
        cookie: &ruth,
        more: "Older ones",
        row: "?number=",
        part: ("id=\"occurrences\"", "<p class=\"actions"),
    };
    check_one_more(&app, occurrences).await;
    // Today lists the drafts to sign, and the exercises with answers not opened yet.
    let today = |limit, more, row, part| List { limit, path: "/today".to_owned(), cookie: &ruth, more, row, part };
    let drafts = ("NOTES_TO_FINISH", limits::NOTES_TO_FINISH);
    let drafts = today(drafts, "More notes", "\"/notes/", ("id=\"notes\"", "</section>"));
    assert_eq!(follow_pages(&app, &drafts).await, usize::try_from(one_more_than(limits::NOTES)).unwrap());
    let answers = ("NEW_ANSWERS", limits::NEW_ANSWERS);
    let part = ("id=\"answers\"", "</section>");
    check_one_more(&app, today(answers, "More answers", "\"/assignments/", part)).await;
    // The overview names the next session, whatever page of sessions is shown.
    let page = app.get(&path, Some(&ruth)).await.text;
    assert!(page.contains(&format!("<p><a href=\"/sessions/{base}\"")));
    assert_eq!(cast.ruth.next_session(cast.couple).await.unwrap().map(|(id, _)| id), Some(base));
});

both!(session_beyond_the_first_page_blocks_archiving_and_is_named_in_notes, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let base = base(&world, &cast).await;
    let (later, mut script) = copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), 30);
    script
        .extend(later.iter().map(|id| format!("UPDATE session SET state = 'cancelled' WHERE id = {}", world.id(*id))));
    script.extend(later.iter().map(|id| format!("DELETE FROM occupancy WHERE session_id = {}", world.id(*id))));
    world.script(&script).await.unwrap();
    // One session is booked and thirty later ones were cancelled: the record cannot be
    // archived.
    let archive = app.post(&format!("/clients/{}/archive", cast.couple), Some(&ruth), &[]).await;
    assert!(archive.location().contains("sessions_ahead"), "{}", archive.location());
    let note = app.get(&format!("/clients/{}/notes/new?session={base}", cast.couple), Some(&ruth)).await.text;
    assert!(note.contains("Mon 30 Nov, 10:00"), "the note says which session it is of");
});

both!(every_document_of_a_record_and_of_a_portal_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    for n in 0..one_more_than(limits::OWN_DOCUMENTS) {
        if n % 30 == 0 {
            // A day allows fewer.
            world.clock.advance(Duration::hours(25));
        }
        let file = documents::upload(&world.store, cast.amara.me(), format!("page {n}").as_bytes()).await;
        documents::hand_in(&cast.amara, cast.couple, "Page", &file, false).await;
    }
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.amara.me()).await);
    let of_record = List {
        limit: ("DOCUMENTS", limits::DOCUMENTS),
        path: format!("/clients/{}?tab=documents", cast.couple),
        cookie: &ruth,
        more: "Older documents",
        row: "\"/documents/",
        part: ("id=\"documents\"", "</section>"),
    };
    check_one_more(&app, of_record).await;
    let of_portal = List {
        limit: ("OWN_DOCUMENTS", limits::OWN_DOCUMENTS),
        path: "/portal/documents".to_owned(),
        cookie: &amara,
        more: "Older",
        row: "\"/portal/documents/",
        part: ("id=\"documents\"", "</section>"),
    };
    check_one_more(&app, of_portal).await;
});

both!(every_request_for_own_data_and_every_item_of_it_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.amara.me()).await);
    let mut last = None;
    for n in 0..one_more_than(limits::DATA_REQUESTS) {
        let DataAsked::Asked(id) = cast.amara.ask_for_data(None).await.unwrap() else { panic!("asked") };
        if n < limits::DATA_REQUESTS {
            assert!(cast.amara.cancel_data_request(id).await.unwrap());
        }
        last = Some(id);
    }
    let of_portal = List {
        limit: ("DATA_REQUESTS", limits::DATA_REQUESTS),
        path: "/portal/data".to_owned(),
        cookie: &amara,
        more: "Earlier requests",
        row: "id=\"request-",
        part: ("id=\"requests\"", "</section>"),
    };
    check_one_more(&app, of_portal).await;
    for n in 0..one_more_than(limits::DATA_ITEMS) {
        let text = NoteText::free(NoteScope::Joint, format!("Note {n}."));
        cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();
    }
    let of_case = List {
        limit: ("DATA_ITEMS", limits::DATA_ITEMS),
        path: format!("/data-requests/{}", last.unwrap()),
        cookie: &ruth,
        more: "Older items",
        row: "/items/",
        part: ("id=\"items\"", "</section>"),
    };
    check_one_more(&app, of_case).await;
});
