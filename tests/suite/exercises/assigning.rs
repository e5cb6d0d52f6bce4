//! Assigning an exercise: the choice with its search, the form, and the invitation of
//! people who cannot sign in yet; writing an exercise, whose errors lead to its fields.

use axum::http::StatusCode;
use tests::{
    app::App,
    both,
    people::{Cast, new_couple, person},
};

/// The start tag of the row with this exercise.
fn row<'a>(page: &'a str, slug: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("data-row=\"{slug}\"")).unwrap_or_else(|| panic!("no {slug}: {page}"));
    rest.split('>').next().unwrap()
}

both!(exercise_is_found_by_its_words_and_chosen_with_its_cautions, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let library = duologue::library::documents().unwrap();
    world.store.load_library(&library).await.unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let client = cast.couple;
    let document = library.iter().find(|d| d.slug == "active-listening").unwrap();
    for path in ["/library".to_owned(), format!("/clients/{client}/assignments/new")] {
        let all = app.get(&path, Some(&ruth)).await.text;
        assert!(library.iter().all(|d| !row(&all, &d.slug).contains("hidden")), "{path}");
        let found = app
            .get(&format!("{path}?q=LISTENING+with+the+whole+of&theme=listening&length=long"), Some(&ruth))
            .await
            .text;
        assert!(!row(&found, &document.slug).contains("hidden"), "{path}");
        let hidden = library.iter().filter(|d| row(&found, &d.slug).contains("hidden")).count();
        assert_eq!(hidden, library.len() - 1, "{path}");
        assert!(found.contains("1 exercise<"), "{path}: the number is said");
        let none = app.get(&format!("{path}?q=nothing-like-it"), Some(&ruth)).await.text;
        assert!(library.iter().all(|d| row(&none, &d.slug).contains("hidden")), "{path}");
    }
    let page = app.get(&format!("/clients/{client}/assignments/new"), Some(&ruth)).await.text;
    assert!(page.contains("Not where one is afraid of the other, not for their hottest topic"), "the cautions");
    let form = format!("/clients/{client}/assignments/new?exercise={}", document.slug);
    assert!(page.contains(&format!("href=\"{form}\"")));
    let form = app.get(&form, Some(&ruth)).await.text;
    assert!(form.contains(&document.purpose) && form.contains("not for their hottest topic"));
    assert!(form.contains(&format!("name=\"exercise\" value=\"{}\"", document.slug)));
    // Emeka has no such client.
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    for path in ["", "?exercise=active-listening"] {
        let got = app.get(&format!("/clients/{client}/assignments/new{path}"), Some(&emeka)).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
    }
});

both!(person_without_an_invitation_can_be_invited_while_an_exercise_is_assigned, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let client = new_couple(&cast.ruth, "Lea Brandt", "Tom Brandt").await;
    let (lea, tom) = (person(&cast.ruth, client, "Lea").await, person(&cast.ruth, client, "Tom").await);
    let form = format!("/clients/{client}/assignments/new?exercise=small");
    let page = app.get(&form, Some(&ruth)).await.text;
    assert!(page.contains("Lea hasn’t been invited yet: invite Lea by email now"), "{page}");
    let invitations =
        || async { world.number("SELECT count(*) FROM invitation WHERE revoked_at IS NULL").await.unwrap() };
    let before = invitations().await;
    let send =
        async |fields: &[(&str, &str)]| app.post(&format!("/clients/{client}/assignments"), Some(&ruth), fields).await;
    let (lea, amara) = (lea.to_string(), cast.amara.person().to_string());
    // A refused form invites nobody and keeps the tick.
    let refused = send(&[("exercise", "small"), ("for", "everyone"), ("due", "on_date"), ("invite", &lea)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("Enter the date it is due.")
            && refused.text.contains(&format!("value=\"{lea}\" checked"))
    );
    assert_eq!(invitations().await, before);
    // Amara belongs to another client of the same therapist, and is not invited.
    let sent = send(&[
        ("exercise", "small"),
        ("for", "everyone"),
        ("due", "before_next"),
        ("invite", &lea),
        ("invite", &amara),
    ])
    .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert_eq!(invitations().await, before + 1);
    let page = app.get(&form, Some(&ruth)).await.text;
    assert!(page.contains("Lea is invited and hasn’t signed in yet."), "{page}");
    assert!(page.contains(&tom.to_string()) && page.contains("This exercise is already open for them."), "{page}");
});

both!(draft_is_deleted_with_an_undo_and_its_errors_lead_to_its_fields_in_their_order, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let begun = app.post("/authoring", Some(&ruth), &[]).await;
    let draft = begun.location().to_owned();
    let step = [("step.0.kind", "text"), ("step.0.scope", "mine"), ("step.0.prompt", "")];
    let other = [("step.1.kind", "choice"), ("step.1.scope", "mine"), ("step.1.prompt", "Which?")];
    let fields =
        [&[("do", "publish"), ("number", "0"), ("title", ""), ("minutes", "soon")], &step[..], &other].concat();
    let refused = app.post(&draft, Some(&ruth), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let summary = refused.text.split_once("Please check the following").unwrap().1.split_once("</ul>").unwrap().0;
    let links: Vec<&str> = summary.split("href=\"#").skip(1).map(|link| link.split('"').next().unwrap()).collect();
    assert_eq!(
        links,
        ["f-title", "f-purpose", "f-cautions", "f-minutes", "f-mode", "f-step-0-prompt", "f-step-1-options"],
        "two steps are steps, though they are not finished"
    );
    assert!(summary.contains("Minutes: Enter a number from 1 to 180."), "{summary}");
    assert!(links.iter().all(|id| refused.text.contains(&format!(" id=\"{id}\""))));

    let deleted = app.post(&format!("{draft}/discard"), Some(&ruth), &[]).await;
    let page = app.get(deleted.location(), Some(&ruth)).await.text;
    assert!(page.contains("Draft deleted.") && page.contains("Undo") && !page.contains(&draft), "{page}");
});
