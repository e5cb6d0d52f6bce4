//! A client list of another program: looked at, imported, released and undone.

use std::time::{Duration as Wait, Instant};

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    clients::client::ClientKind,
    ids::{ClientId, ClientImportId},
    portability::client_list::{ClientList, Match, Pairing, Row},
};
use store::{ImportBegun, ImportRun, ImportState, ImportUndone, Invite};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, person},
};

/// Two couples and one person, as a program with one row for each person writes them.
const FILE: &str = "First name,Last name,Email,Mobile,DOB,Couple ID,Therapist,Notes\r\n\
    Mina,Sato,us@example.org,0151 23456789,1985-05-03,1,,canary-old-note\r\n\
    Leo,Sato,us@example.org,,1983-11-30,1,,\r\n\
    Ines,Alvarado,ines@example.org,,,2,Emeka,\r\n\
    Tomas,Alvarado,tomas@example.org,,,2,Emeka,\r\n\
    Ravi,Menon,nobody(at)example.org,,soon,,,\r\n\
    ,,lost@example.org,,,,,\r\n";

/// A list of these headings and rows, separated by `|`.
fn list(heads: &str, rows: &[&str]) -> ClientList {
    let cells = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
    let rows = rows.iter().enumerate().map(|(n, line)| Row { number: n + 2, cells: cells(line) }).collect();
    ClientList { heads: cells(heads), rows, remarks: vec![] }
}

/// Begins an import of what is guessed, with Ruth as the therapist of what names none.
async fn begin(cast: &Cast, list: &ClientList) -> ImportRun {
    let id = cast.owner.read_client_list("folder/clients.csv", list).await.unwrap();
    let mut open = cast.owner.open_client_import(id).await.unwrap().unwrap();
    open.choices.therapist = Some(cast.ruth.me());
    assert!(cast.owner.choose_for_import(id, &open.choices).await.unwrap());
    let seen = cast.owner.open_client_import(id).await.unwrap().unwrap().fingerprint();
    match cast.owner.begin_import(id, &seen).await.unwrap() {
        ImportBegun::Run(run) => run,
        other => panic!("{other:?}"),
    }
}

/// Imports what is guessed.
async fn import(cast: &Cast, list: &ClientList) -> ClientImportId {
    let run = begin(cast, list).await;
    cast.owner.run_import(run, |_| ()).await.unwrap();
    run.id
}

/// The client of Ruth's caseload whose title has this text.
async fn client_of(cast: &Cast, title: &str) -> ClientId {
    let rows = cast.ruth.clients().await.unwrap();
    rows.iter().find(|row| row.people.iter().any(|p| p.name.contains(title))).unwrap().id
}

/// A form as a test sends it.
fn pairs(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// How many people there are.
async fn people(world: &World) -> i64 {
    world.number("SELECT count(*) FROM person").await.unwrap()
}

/// How many emails are due.
async fn due(world: &World) -> usize {
    world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap().len()
}

both!(list_is_looked_at_imported_and_its_people_are_held_until_they_are_released, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let before = due(&world).await;
    assert!(before < 100);
    while due(&world).await > 0 {}
    // A file that is none is refused at its field.
    let refused = app.post("/practice/imports", Some(&owner), &[("file", "%PDF-1.7")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("This is a PDF."), "{}", refused.text);
    let read = app.post("/practice/imports", Some(&owner), &[("file", FILE)]).await;
    let path = read.location().to_owned();
    let shown = app.get(&path, Some(&owner)).await.text;
    assert!(shown.contains("2 couples and 1 individual client, 5 new people. 1 row is left out."), "{shown}");
    assert!(shown.contains("Email, “nobody(at)example.org”: this is no email address: kept as a detail."), "{shown}");
    assert!(shown.contains("First name: there is no name in this row."), "{shown}");
    // Nothing of it lies open in the database.
    assert_eq!(world.number("SELECT count(*) FROM person WHERE name = 'Mina Sato'").await.unwrap(), 0);
    // Without a therapist it does not begin, and what was chosen stays.
    let fields = |therapist: String| {
        let mut form = crate::scheduling::calendar_files::fields(&shown);
        form.retain(|(name, _)| name != "do" && name != "therapist" && name != "key");
        form.extend([("therapist".to_owned(), therapist), ("do".to_owned(), "import".to_owned())]);
        form
    };
    let refused = app.post(&path, Some(&owner), &pairs(&fields(String::new()))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Choose the therapist"), "{}", refused.text);
    // A choice that changes the dry run is shown before anything is imported.
    let changed = app.post(&path, Some(&owner), &pairs(&fields(cast.ruth.me().to_string()))).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(changed.text.contains("The preview was updated."), "{}", changed.text);
    let mut form = crate::scheduling::calendar_files::fields(&changed.text);
    form.retain(|(name, _)| name != "do" && name != "key");
    form.push(("do".to_owned(), "import".to_owned()));
    let begun = app.post(&path, Some(&owner), &pairs(&form)).await;
    assert_eq!(begun.location(), path);
    let end = Instant::now() + Wait::from_secs(20);
    let done = loop {
        let page = app.get(&path, Some(&owner)).await.text;
        if page.contains("Undo the import") {
            break page;
        }
        assert!(Instant::now() < end, "{page}");
        tokio::time::sleep(Wait::from_millis(50)).await;
    };
    assert!(done.contains("5 people are held"), "{done}");
    assert!(!done.contains("Mina"), "the rows of the file are gone: {done}");
    assert_eq!(world.number("SELECT count(*) FROM client_import WHERE content IS NOT NULL").await.unwrap(), 0);

    // They are in the caseloads that the file and the form named.
    let couple = client_of(&cast, "Sato").await;
    let record = cast.ruth.client(couple).await.unwrap().unwrap();
    assert_eq!((record.kind, record.members.len()), (ClientKind::Couple, 2));
    assert!(record.members.iter().all(|member| member.held));
    assert!(cast.emeka.clients().await.unwrap().iter().any(|row| row.people.iter().any(|p| p.name == "Ines Alvarado")));
    // What the file said beyond the fields is the therapists' alone.
    let mina = person(&cast.ruth, couple, "Mina").await;
    let details = cast.ruth.imported_details(couple, mina).await.unwrap().unwrap();
    assert_eq!(details.birth.unwrap().to_string(), "1985-05-03");
    assert!(details.texts.contains(&("Notes".to_owned(), "canary-old-note".to_owned())), "{details:?}");
    assert!(cast.emeka.imported_details(couple, mina).await.unwrap().is_none());
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get(&format!("/clients/{couple}?tab=details"), Some(&ruth)).await.text;
    assert!(page.contains("canary-old-note") && page.contains("Imported and not released yet"), "{page}");

    // Nobody is invited or reminded.
    assert_eq!(cast.ruth.invite_partner(couple, mina).await.unwrap(), Invite::Held);
    assert_eq!(cast.ruth.invite_by_hand(couple, mina).await.unwrap(), Invite::Held);
    let wish =
        domain::scheduling::session::NewSession { client: couple, ..cast.wish(&world.store, "2026-12-17 10:00") };
    let timing = store::timing(wish.starts, &tests::people::zone("Europe/Berlin"), wish.minutes, None).unwrap();
    assert!(matches!(cast.desk.book(&wish, &timing).await.unwrap(), store::Booked::Done(_)));
    assert_eq!(due(&world).await, 0);
    let skipped = "SELECT count(*) FROM email WHERE state = 'skipped' AND reason = 'held'";
    assert!(world.number(skipped).await.unwrap() >= 4, "confirmation and reminders of both");
    // Released, they are reminded of the session that is booked.
    assert_eq!(app.post(&format!("/clients/{couple}/release"), Some(&ruth), &[]).await.status, StatusCode::SEE_OTHER);
    let planned = "SELECT count(*) FROM email WHERE state = 'planned' AND kind = 'reminder'";
    assert!(world.number(planned).await.unwrap() >= 2);
    assert_eq!(cast.ruth.invite_partner(couple, mina).await.unwrap(), Invite::Mailed);
    assert!(matches!(cast.ruth.invite_by_hand(couple, mina).await.unwrap(), Invite::HandedOver(_)));
    // Only the owner reads what is imported.
    for who in [&ruth, &app.cookie(&world, cast.desk.me()).await, &app.cookie(&world, cast.amara.me()).await] {
        assert_eq!(app.get(&path, Some(who)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get("/practice/imports", Some(who)).await.status, StatusCode::NOT_FOUND);
    }
});

both!(import_is_undone_within_a_day_but_for_clients_that_were_used, |world| {
    let cast = Cast::new(&world.store).await;
    let before = people(&world).await;
    let rows = ["Mina Sato", "Leo Brandt", "Ines Alvarado", "Ravi Menon"];
    let id = import(&cast, &list("Name", &rows)).await;
    assert_eq!(people(&world).await, before + 4);
    // One client gets a note, another is released, a third is changed.
    let used = client_of(&cast, "Mina").await;
    let text = domain::records::note::NoteText::free(domain::records::note::NoteScope::Joint, "They came.");
    cast.ruth.create_note(used, None, None, &text, store::SaveKind::Typing).await.unwrap();
    assert!(cast.ruth.release_client(client_of(&cast, "Leo").await).await.unwrap());
    let changed = client_of(&cast, "Ines").await;
    let ines = person(&cast.ruth, changed, "Ines").await;
    world.clock.advance(Duration::minutes(1));
    let details = tests::people::details("Ines Alvarado", "ines@example.org", "Europe/Berlin");
    cast.ruth.update_person(changed, ines, &details).await.unwrap();
    assert_eq!(cast.owner.undo_import(id).await.unwrap(), ImportUndone::Done { kept: 3 });
    assert_eq!(people(&world).await, before + 3, "only Ravi is gone");
    assert_eq!(cast.owner.undo_import(id).await.unwrap(), ImportUndone::Gone);
    assert_eq!(cast.owner.client_import(id).await.unwrap().unwrap().state, ImportState::Undone);
    // After a day it is too late.
    let id = import(&cast, &list("Name", &["Noor Haddad"])).await;
    world.clock.advance(Duration::hours(24));
    assert_eq!(cast.owner.undo_import(id).await.unwrap(), ImportUndone::TooLate);
    assert_eq!(people(&world).await, before + 4);
    assert!(world.store.verify_audit().await.unwrap().is_ok());
});

both!(person_who_is_here_already_is_suggested_and_nobody_is_merged, |world| {
    let cast = Cast::new(&world.store).await;
    import(&cast, &list("Name|DOB|Email", &["Mina Sato|1985-05-03|us@example.org"])).await;
    let again = list(
        "Name|DOB|Email",
        &[
            "Mina Sato|3 May 1985|other@example.org",
            "Leo Sato|1983-11-30|us@example.org",
            "Mina Sato|1990-01-02|x@example.org",
        ],
    );
    let id = cast.owner.read_client_list("again.csv", &again).await.unwrap();
    let open = cast.owner.open_client_import(id).await.unwrap().unwrap();
    assert_eq!(open.plan.rows[0].chosen, Some(Match::LeaveOut));
    assert_eq!((open.plan.clients.len(), open.plan.left_out()), (2, 1), "an address makes nobody the same");
    // The same person gets a second client, and their details stay.
    let mut choices = open.choices;
    choices.matches.insert(2, Match::Same);
    choices.therapist = Some(cast.ruth.me());
    assert!(cast.owner.choose_for_import(id, &choices).await.unwrap());
    let seen = cast.owner.open_client_import(id).await.unwrap().unwrap().fingerprint();
    // Another practice's hand changes the dry run in between.
    import(&cast, &list("Name|DOB", &["Leo Sato|1983-11-30"])).await;
    assert_eq!(cast.owner.begin_import(id, &seen).await.unwrap(), ImportBegun::Changed);
    let seen = cast.owner.open_client_import(id).await.unwrap().unwrap().fingerprint();
    let ImportBegun::Run(run) = cast.owner.begin_import(id, &seen).await.unwrap() else { panic!("a run") };
    assert_eq!(cast.owner.begin_import(id, &seen).await.unwrap(), ImportBegun::Gone, "once");
    cast.owner.run_import(run, |_| ()).await.unwrap();
    let mina = "SELECT count(*) FROM client_member m JOIN person p ON p.id = m.person_id
                WHERE p.name = 'Mina Sato' AND p.email = 'us@example.org'";
    assert_eq!(world.number(mina).await.unwrap(), 2);
    assert_eq!(world.number("SELECT count(*) FROM person WHERE name = 'Mina Sato'").await.unwrap(), 2);
    assert_eq!(cast.owner.undo_import(id).await.unwrap(), ImportUndone::Done { kept: 0 });
    assert_eq!(world.number(mina).await.unwrap(), 1, "she and her first client stay");
});

both!(import_that_fails_leaves_nothing_and_is_open_again, |world| {
    let cast = Cast::new(&world.store).await;
    let rows: Vec<String> = (0..40)
        .map(|n| format!("Person {}", char::from(b'A' + n % 26).to_string().repeat(3 + usize::from(n / 26))))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let run = begin(&cast, &list("Name", &rows)).await;
    // It is stopped on the way, as by a kill.
    let clients = world.number("SELECT count(*) FROM client").await.unwrap();
    let owner = cast.owner.clone();
    let stopped = tokio::spawn(async move { owner.run_import(run, |done| assert!(done < 30, "stopped")).await });
    assert!(stopped.await.is_err());
    assert_eq!(world.number("SELECT count(*) FROM client").await.unwrap(), clients, "nothing is imported");
    assert_eq!(world.number("SELECT count(*) FROM imported_details").await.unwrap(), 0);
    // A process that was killed has left the mark: it is taken away by itself.
    assert_eq!(cast.owner.client_import(run.id).await.unwrap().unwrap().state, ImportState::Running);
    world.clock.advance(Duration::minutes(11));
    assert_eq!(world.store.worker().tidy_client_imports().await.unwrap(), 1);
    let open = cast.owner.open_client_import(run.id).await.unwrap().unwrap();
    let ImportBegun::Run(run) = cast.owner.begin_import(run.id, &open.fingerprint()).await.unwrap() else {
        panic!("a run")
    };
    cast.owner.run_import(run, |_| ()).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM imported_details").await.unwrap(), 40);
    // A file that nobody imports is forgotten after a week.
    let id = cast.owner.read_client_list("left.csv", &list("Name", &["Noor Haddad"])).await.unwrap();
    world.clock.advance(Duration::days(8));
    assert_eq!(world.store.worker().tidy_client_imports().await.unwrap(), 1);
    assert!(cast.owner.open_client_import(id).await.unwrap().is_none());
});

both!(five_thousand_rows_are_imported_within_twenty_seconds, |world| {
    let cast = Cast::new(&world.store).await;
    let mut file = String::from("First name,Last name,Email,Mobile,DOB,Couple ID,Notes\r\n");
    for n in 0..5_000 {
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
        let name: String = [n, n / 26, n / 676].map(letter).iter().collect();
        file += &format!(
            "Mina{name},Sato,m{n}@example.org,0151 2{n:07},{}-0{}-1{},{},Came in {n}\r\n",
            1950 + n % 50,
            1 + n % 9,
            n % 10,
            n / 2
        );
    }
    let begun = Instant::now();
    let list = duologue::client_list::read(file.as_bytes()).unwrap();
    let id = cast.owner.read_client_list("large.csv", &list).await.unwrap();
    let open = cast.owner.open_client_import(id).await.unwrap().unwrap();
    assert_eq!((open.choices.pairing, open.plan.clients.len(), open.plan.left_out()), (Pairing::Rows, 2_500, 0));
    let read = begun.elapsed();
    let mut choices = open.choices;
    choices.therapist = Some(cast.ruth.me());
    assert!(cast.owner.choose_for_import(id, &choices).await.unwrap());
    let seen = cast.owner.open_client_import(id).await.unwrap().unwrap().fingerprint();
    let ImportBegun::Run(run) = cast.owner.begin_import(id, &seen).await.unwrap() else { panic!("a run") };
    let begun = Instant::now();
    cast.owner.run_import(run, |_| ()).await.unwrap();
    let imported = begun.elapsed();
    assert!(read + imported < Wait::from_secs(20), "{read:?} and {imported:?}");
    assert_eq!(world.number("SELECT count(*) FROM person WHERE held_at IS NOT NULL").await.unwrap(), 5_000);
});
