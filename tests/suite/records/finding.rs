//! Finding notes within one client's record, and printing them.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    form::Form,
    ids::NoteId,
    records::{
        note::{NoteScope, NoteText},
        note_search::{NoteRange, NoteSearch},
    },
};
use store::{AuditFilter, Clinician, NoteWrite, SaveKind};
use tests::{World, app::App, both, people::Cast};

/// Ruth writes a note on the couple.
async fn write(cast: &Cast, scope: NoteScope, body: &str, kind: SaveKind) -> NoteId {
    match cast.ruth.create_note(cast.couple, None, None, &NoteText::free(scope, body), kind).await.unwrap() {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A search as the form gives it.
fn search(fields: &[(&str, &str)]) -> NoteSearch {
    NoteSearch::read(&Form::from_pairs(fields.iter().copied())).unwrap()
}

/// The texts of the notes that are found.
async fn found(cast: &Cast, who: &Clinician, fields: &[(&str, &str)]) -> Vec<String> {
    let page = who.find_notes(cast.couple, &search(fields), None).await.unwrap().unwrap();
    page.rows.into_iter().map(|hit| hit.note.body).collect()
}

/// Lets another therapist cover for the couple.
async fn cover(world: &World, cast: &Cast) {
    let day = |text: &str| world.day(text.parse().unwrap());
    let (client, clinician) = (world.id(cast.couple.0), world.id(cast.emeka.me().0));
    let (from, until) = (day("2026-11-01"), day("2027-11-01"));
    let statement = format!(
        "INSERT INTO care (client_id, clinician_id, covering, starts_on, ends_on)
         VALUES ({client}, {clinician}, TRUE, {from}, {until})"
    );
    world.script(&[statement]).await.unwrap();
}

both!(notes_are_found_by_words_days_and_author, |world| {
    let cast = Cast::new(&world.store).await;
    write(&cast, NoteScope::Joint, "Müller spoke of the lake.\nThey argued.", SaveKind::Signed).await;
    world.clock.advance(Duration::days(2));
    write(&cast, NoteScope::PartnerA, "Nothing of water.", SaveKind::Saved).await;
    write(&cast, NoteScope::Process, "My lake thoughts.", SaveKind::Saved).await;
    let lake = found(&cast, &cast.ruth, &[("words", "LAKE")]).await;
    assert_eq!(lake, ["My lake thoughts.", "Müller spoke of the lake.\nThey argued."]);
    assert_eq!(found(&cast, &cast.ruth, &[("words", "muller argu")]).await.len(), 1, "every word, in any order");
    assert!(found(&cast, &cast.ruth, &[("words", "lake water")]).await.is_empty());
    assert_eq!(found(&cast, &cast.ruth, &[("until", "2026-11-23")]).await.len(), 1);
    assert_eq!(found(&cast, &cast.ruth, &[("from", "2026-11-24"), ("words", "lake")]).await, ["My lake thoughts."]);
    assert!(found(&cast, &cast.ruth, &[("author", &cast.emeka.me().to_string())]).await.is_empty());
    assert_eq!(found(&cast, &cast.ruth, &[("author", &cast.ruth.me().to_string())]).await.len(), 3);
    let hit = cast.ruth.find_notes(cast.couple, &search(&[("words", "argued")]), None).await.unwrap().unwrap();
    assert_eq!(hit.rows[0].line, "They argued.", "the line with the word is shown");
    // A therapist who covers finds what they may read, and no process note of another.
    cover(&world, &cast).await;
    assert_eq!(found(&cast, &cast.emeka, &[("words", "lake")]).await.len(), 1);
    let filters = cast.emeka.note_filters(cast.couple).await.unwrap().unwrap();
    assert_eq!(filters.authors.len(), 1);
    // Nobody else finds anything, and each look is on record.
    assert!(cast.emeka.find_notes(cast.other_couple, &search(&[]), None).await.unwrap().is_some());
    assert!(cast.ruth.find_notes(cast.other_couple, &search(&[]), None).await.unwrap().is_none());
    assert!(cast.ruth.note_filters(cast.other_couple).await.unwrap().is_none());
    let filter = AuditFilter { who: Some(cast.emeka.me()), client: Some(cast.couple), ..AuditFilter::default() };
    let rows = cast.owner.audit_log(filter, None).await.unwrap().rows;
    assert_eq!(
        rows.iter()
            .filter(|entry| (entry.row.action.as_str(), entry.row.thing.as_str()) == ("opened", "notes"))
            .count(),
        1
    );
});

both!(search_on_the_record_keeps_its_fields_over_its_pages, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for n in 0..25 {
        world.clock.advance(Duration::seconds(1));
        write(&cast, NoteScope::Joint, &format!("Lake walk {n}."), SaveKind::Saved).await;
        write(&cast, NoteScope::Joint, &format!("At home {n}."), SaveKind::Saved).await;
    }
    let path = format!("/clients/{}?tab=notes&words=lake", cast.couple);
    let first = app.get(&path, Some(&ruth)).await.text;
    assert!(
        first.contains("Lake walk 24.") && !first.contains("At home") && !first.contains("Lake walk 4."),
        "{first}"
    );
    let more = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let second = app.get(more.split('#').next().unwrap(), Some(&ruth)).await.text;
    assert!(
        second.contains("Lake walk 0.") && !second.contains("At home") && !second.contains("Lake walk 24."),
        "{second}"
    );
    let refused = format!("/clients/{}?tab=notes&words=lake&from=2026-12-01&until=2026-11-01", cast.couple);
    let refused = app.get(&refused, Some(&ruth)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("The last day is before the first.") && refused.text.contains("value=\"lake\""));
    let none = app.get(&format!("/clients/{}?tab=notes&words=zeppelin", cast.couple), Some(&ruth)).await.text;
    assert!(none.contains("No note fits this search."), "{none}");
});

both!(print_has_notes_addenda_and_signatures_and_process_notes_only_by_themselves, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, emeka) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.emeka.me()).await);
    let signed = write(&cast, NoteScope::Joint, "They <spoke>.", SaveKind::Signed).await;
    let more = NoteText::free(NoteScope::Joint, "And they walked.");
    let more = cast.ruth.create_note(cast.couple, None, Some(signed), &more, SaveKind::Signed).await.unwrap();
    assert!(matches!(more, NoteWrite::Saved(_)));
    let process = write(&cast, NoteScope::Process, "My own thoughts.", SaveKind::Signed).await;
    let draft = write(&cast, NoteScope::Joint, "Half a note.", SaveKind::Saved).await;
    let one = app.get(&format!("/notes/{signed}/print"), Some(&ruth)).await.text;
    for text in ["They &lt;spoke&gt;.", "And they walked.", "Addendum", "Signed by Ruth Abrahams, 23 November 2026"] {
        assert!(one.contains(text), "{text}: {one}");
    }
    let range = format!("/clients/{}/notes/print?from=2026-11-01&until=", cast.couple);
    let all = app.get(&range, Some(&ruth)).await.text;
    assert!(all.contains("They &lt;spoke&gt;.") && all.contains("One draft is left out"), "{all}");
    assert!(!all.contains("My own thoughts.") && !all.contains("Half a note."), "{all}");
    let own = app.get(&format!("{range}&process=yes"), Some(&ruth)).await.text;
    assert!(own.contains("My own thoughts.") && !own.contains("They &lt;spoke&gt;."), "{own}");
    let later = format!("/clients/{}/notes/print?from=2026-12-01", cast.couple);
    assert!(app.get(&later, Some(&ruth)).await.text.contains("No signed notes in these days."));
    let half = app.get(&format!("/notes/{draft}/print"), Some(&ruth)).await.text;
    assert!(half.contains("Draft: not signed."), "{half}");
    let refused = format!("/clients/{}/notes/print?from=2026-12-01&until=2026-11-01", cast.couple);
    assert_eq!(app.get(&refused, Some(&ruth)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in [format!("/notes/{signed}/pdf"), format!("/clients/{}/notes/pdf?from=2026-11-01", cast.couple)] {
        let got = app.get(&path, Some(&ruth)).await;
        assert_eq!(got.status, StatusCode::OK);
        assert_eq!(got.headers["content-type"], "application/pdf", "{path}");
        assert_eq!(app.get(&path, Some(&emeka)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let filter = AuditFilter { who: Some(cast.ruth.me()), ..AuditFilter::default() };
    let rows = cast.owner.audit_log(filter, None).await.unwrap().rows;
    assert_eq!(rows.iter().filter(|entry| entry.row.action == "printed").count(), 7, "each of them");
    // A colleague who covers prints no process note.
    cover(&world, &cast).await;
    assert_eq!(app.get(&format!("/notes/{process}/print"), Some(&emeka)).await.status, StatusCode::NOT_FOUND);
    let only_process = NoteRange { only_process: true, ..NoteRange::default() };
    assert!(cast.emeka.notes_to_print(cast.couple, only_process).await.unwrap().unwrap().notes.is_empty());
    let joint = cast.emeka.notes_to_print(cast.couple, NoteRange::default()).await.unwrap().unwrap();
    assert_eq!((joint.notes.len(), joint.notes[0].note.addenda.len()), (1, 1), "an addendum is on its note");
});
