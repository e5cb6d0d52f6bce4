//! Every exercise of the library, answered by both partners of a couple through the
//! running program and read by their therapist.

use axum::http::StatusCode;
use domain::{
    exercises::{
        exercise::{Document, Scope},
        response::{self, field, part_field},
        step::StepKind,
    },
    form::Form,
};
use duologue::demo;
use tests::{Backend, World, app::App, people::Cast};

/// The form of a document with every field filled in, for one of the two partners.
fn filled_form(document: &Document, seat: usize) -> Form {
    response::form(&demo::answers(document, seat, tests::begin().date_naive()))
}

/// Words that each partner writes and that no page contains by itself.
const SAID: [[&str; 4]; 2] = [
    [
        "Sunday evenings, when the week",
        "it helped more than advice",
        "before we look at our phones",
        "afraid of making it worse",
    ],
    [
        "We pass each other like colleagues",
        "waited for the long answer",
        "say goodnight properly again",
        "worried, not angry",
    ],
];

struct Pair<'a> {
    app: &'a App,
    cookies: [String; 2],
    ruth: String,
}

impl Pair<'_> {
    async fn get(&self, who: usize, path: &str) -> String {
        let got = self.app.get(path, Some(&self.cookies[who])).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.text
    }

    async fn post(&self, who: usize, path: &str, form: &Form, act: &str) -> StatusCode {
        let mut pairs: Vec<(&str, &str)> = form.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        pairs.push(("do", act));
        self.app.post(path, Some(&self.cookies[who]), &pairs).await.status
    }
}

/// Whether a page contains words that only this partner wrote.
fn contains_words_of(page: &str, seat: usize) -> bool {
    SAID[seat].iter().any(|words| page.contains(words))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_library_exercise_is_answered_by_both_and_read_by_the_therapist() {
    let world = World::new(Backend::Sqlite).await;
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let library = duologue::library::documents().expect("a library");
    assert_eq!(library.len(), 39);
    world.store.load_library(&library).await.expect("loaded");
    let pair = Pair {
        cookies: [app.cookie(&world, cast.amara.me()).await, app.cookie(&world, cast.jonas.me()).await],
        ruth: app.cookie(&world, cast.ruth.me()).await,
        app: &app,
    };
    let client = cast.couple.to_string();
    for document in &library {
        let slug = &document.slug;
        let got = app
            .post(
                &format!("/clients/{client}/assignments"),
                Some(&pair.ruth),
                &[("exercise", slug), ("for", "everyone"), ("due", "before_next"), ("word_along", "")],
            )
            .await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{slug}: {}", got.text);
        let summary = cast.ruth.assignments(cast.couple, None).await.expect("a list").rows.swap_remove(0);
        let page = format!("/portal/exercises/{}", summary.occurrence);
        done_by_both(&pair, document, &page).await;
        together(&pair, document, &page).await;
        let read = app.get(&format!("/assignments/{}", summary.id), Some(&pair.ruth)).await;
        assert_eq!(read.status, StatusCode::OK, "{slug}");
        read_by_the_therapist(document, &read.text);
        for path in [format!("/library/{slug}"), format!("/library/{slug}/worksheet"), format!("/library/{slug}/file")]
        {
            assert_eq!(app.get(&path, Some(&pair.ruth)).await.status, StatusCode::OK, "{path}");
        }
        cast.ruth.withdraw(summary.id).await.expect("withdrawn");
    }
    let brief = app.get(&format!("/clients/{client}/brief"), Some(&pair.ruth)).await;
    assert_eq!(brief.status, StatusCode::OK);
    assert!(brief.text.contains("<svg") && brief.text.contains("For this session"));
}

/// Opened, begun, saved, refused when incomplete, sent, and read by both.
async fn done_by_both(pair: &Pair<'_>, document: &Document, page: &str) {
    let slug = &document.slug;
    let empty = pair.get(0, page).await;
    assert!(!empty.to_lowercase().contains("homework"), "{slug}");
    for step in document.questions() {
        assert!(empty.contains(&format!("name=\"{}", field(&step.key))), "{slug}: {} has no field", step.key);
    }
    let badges = empty.matches("class=\"scope ").count();
    assert_eq!(badges, document.questions().count(), "{slug}: who reads it stands with every question");
    // An empty form is refused where something is asked, and accepted where nothing is.
    let asked = document.questions().any(|s| !s.optional);
    let refused = pair.post(0, page, &Form::default(), "submit").await;
    let stands = if asked { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::SEE_OTHER };
    assert_eq!(refused, stands, "{slug}");
    let (amara, jonas) = (filled_form(document, 0), filled_form(document, 1));
    if asked {
        assert_eq!(pair.post(0, page, &amara, "save").await, StatusCode::SEE_OTHER, "{slug}");
        let before = pair.get(1, page).await;
        assert!(!contains_words_of(&before, 0), "{slug}: a draft is read");
        assert_eq!(pair.post(0, page, &amara, "submit").await, StatusCode::SEE_OTHER, "{slug}");
    }
    let after = pair.get(1, page).await;
    if document.is_blind(2) {
        assert!(!contains_words_of(&after, 0), "{slug}: read before the reveal");
    }
    let refused = pair.post(1, page, &jonas, "submit").await;
    assert_eq!(refused, StatusCode::SEE_OTHER, "{slug}");
    // A second, different submission changes nothing.
    assert_eq!(pair.post(1, page, &amara, "submit").await, StatusCode::SEE_OTHER, "{slug}");
    if !asked {
        return;
    }
    let shared = document.questions().any(|s| {
        // Whether a response of this kind has the words that this test types.
        let words = match s.kind {
            StepKind::Text(_) | StepKind::Rewrite(_) | StepKind::Turns(_) | StepKind::Timer(_) | StepKind::Log(_) => {
                true
            }
            StepKind::Read(_)
            | StepKind::Choice(_)
            | StepKind::Checklist(_)
            | StepKind::Scale(_)
            | StepKind::Rank(_)
            | StepKind::Allocate(_)
            | StepKind::Guess(_)
            | StepKind::Sort(_)
            | StepKind::Agreement(_)
            | StepKind::Plan => false,
        };
        words && matches!(s.scope, Scope::Reveal | Scope::Couple)
    });
    for (who, other) in [(0, 1), (1, 0)] {
        let read = pair.get(who, page).await;
        if shared {
            assert!(read.contains("id=\"theirs\"") && contains_words_of(&read, other), "{slug}: {who} reads nothing");
        }
        let (theirs, own) = read.split_once("What you wrote").expect("both parts");
        assert!(!contains_words_of(own, other), "{slug}: the other’s words under one’s own");
        let private = document.questions().filter(|s| matches!(s.scope, Scope::Mine | Scope::Therapist));
        for step in private {
            assert!(!theirs.contains(&format!("<h3>{}</h3>", step.prompt)), "{slug}: {} is read", step.key);
        }
    }
}

/// Writes the agreements and plans that both set together.
async fn together(pair: &Pair<'_>, document: &Document, page: &str) {
    for step in &document.steps {
        match &step.kind {
            StepKind::Agreement(_) => {
                let path = format!("{page}/agreements/{}", step.key);
                let field = |name: &str| format!("agree.{}.{name}", step.key);
                let words = Form::from_pairs([(field("version"), "0"), (field("text"), "canary agreed words")]);
                assert_eq!(pair.post(0, &path, &words, "write").await, StatusCode::SEE_OTHER, "{path}");
                assert!(pair.get(1, page).await.contains("canary agreed words"));
                let yes = Form::from_pairs([(field("version"), "1")]);
                assert_eq!(pair.post(1, &path, &yes, "accept").await, StatusCode::SEE_OTHER);
                assert!(pair.get(0, page).await.contains("You both agreed to this"));
            }
            StepKind::Plan => {
                let path = format!("{page}/plans/{}", step.key);
                let field = |name: &str| format!("plan.{}.{name}", step.key);
                let past = Form::from_pairs([(field("date"), "2026-11-01"), (field("time"), "20:00")]);
                assert_eq!(pair.post(0, &path, &past, "set").await, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
                let ahead = Form::from_pairs([(field("date"), "2026-12-24"), (field("time"), "20:00")]);
                assert_eq!(pair.post(0, &path, &ahead, "set").await, StatusCode::SEE_OTHER, "{path}");
                // Eight in the evening for Amara is seven for Jonas.
                let seen = pair.get(1, page).await;
                assert!(seen.contains("Thu 24 Dec, 19:00, London time"), "{path}");
                let name = format!("name=\"{}\" value=\"", field("seen"));
                let id = seen.split(&name).nth(1).and_then(|t| t.split('"').next()).expect("an id");
                let kept = Form::from_pairs([(field("seen"), id)]);
                assert_eq!(pair.post(1, &path, &kept, "kept").await, StatusCode::SEE_OTHER, "{path}");
            }
            _ => {}
        }
    }
}

/// Checks that the therapist's page shows every step in a suitable form, and nothing
/// private.
fn read_by_the_therapist(document: &Document, page: &str) {
    let slug = &document.slug;
    for step in document.questions() {
        let prompt = format!("<h3>{}</h3>", step.prompt.replace('&', "&amp;").replace('<', "&lt;"));
        let answered =
            demo::answers(document, 0, tests::begin().date_naive()).get(&step.key).is_some_and(|a| !a.is_empty());
        if step.scope == Scope::Mine {
            assert!(!page.contains(&prompt), "{slug}: {} is the writer’s alone", step.key);
        } else if answered && page.contains(&prompt) {
            let part = page.split(&prompt).nth(1).expect("behind the prompt");
            let here = part.split("</section>").next().expect("its section");
            assert!(here.contains("Amara Nwosu"), "{slug}: {} stands under no name", step.key);
        }
    }
    for step in &document.steps {
        if matches!(step.kind, StepKind::Agreement(_)) {
            assert!(page.contains("canary agreed words") && page.contains("Jonas Weber agreed"), "{slug}");
        }
        if step.kind == StepKind::Plan {
            assert!(page.contains("We did it"), "{slug}: the plan");
        }
    }
    // The therapist's page has no field of the clients' forms.
    assert!(!page.contains(&format!("name=\"{}", part_field("x", ""))));
}
