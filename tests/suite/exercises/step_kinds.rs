//! Every kind of step, from typing to the last reader: answers are merged over two
//! devices, sent, shown to all who may read them, printed, typed in from paper, and
//! brought from one practice to another. Nothing is lost.
//!
//! [`piece`] says for each kind what is typed and what of it must be read; a new kind
//! does not compile before it is added there.

#![deny(clippy::wildcard_enum_match_arm)]

use axum::http::StatusCode;
use domain::{
    exercises::{
        assignment::Audience,
        authoring,
        exercise::{Article, Document, Mode, Scope},
        merging::merge_answers,
        response::{self, Answers},
        side_by_side,
        step::{
            AgreementStep, AllocateStep, ChecklistStep, Choice, ChoiceStep, GuessStep, Kind, LogStep, RankStep,
            ReadStep, RewriteStep, ScaleStep, SortStep, Step, StepInput, StepKind, TextStep, TimerStep, Turn,
            TurnsStep,
        },
    },
    form::Form,
};
use tests::{World, app::App, both, people::Cast};

/// What a kind of step is tested with. Names of fields are the part after the step's own
/// field: `""` is that field, `.own` the field for an own entry.
struct Piece {
    kind: StepKind,
    /// Typed on a phone and saved.
    phone: &'static [(&'static str, &'static str)],
    /// Typed on a laptop whose page did not show the phone's text.
    laptop: &'static [(&'static str, &'static str)],
    /// Read by the writer and their partner.
    shown: &'static [&'static str],
    /// Read by the therapist.
    read: &'static [&'static str],
    /// Printed on the paper sheet, besides the prompt.
    printed: &'static [&'static str],
}

fn choices(texts: &[&str]) -> Vec<Choice> {
    texts.iter().zip(["a", "b", "c"]).map(|(text, key)| Choice { key: key.into(), text: (*text).into() }).collect()
}

fn piece(kind: Kind) -> Piece {
    match kind {
        Kind::Read => Piece {
            kind: StepKind::Read(ReadStep { body: "The body to read.".into() }),
            phone: &[],
            laptop: &[],
            shown: &[],
            read: &[],
            printed: &["The body to read."],
        },
        Kind::Text => Piece {
            kind: StepKind::Text(TextStep { long: true }),
            phone: &[("", "text-phone")],
            laptop: &[("", "text-laptop")],
            shown: &["text-phone", "text-laptop"],
            read: &["text-phone", "text-laptop"],
            printed: &[],
        },
        Kind::Choice => Piece {
            kind: StepKind::Choice(ChoiceStep { options: choices(&["Choice tea", "Choice coffee"]), own: true }),
            phone: &[("", "a")],
            laptop: &[(".own", "choice-laptop")],
            shown: &["Choice tea", "choice-laptop"],
            read: &["Choice tea", "choice-laptop"],
            printed: &["Choice tea", "Choice coffee", "Something of your own"],
        },
        Kind::Checklist => Piece {
            kind: StepKind::Checklist(ChecklistStep {
                options: choices(&["Tick walk", "Tick talk", "Tick sleep"]),
                own: true,
            }),
            phone: &[("", "a"), (".own", "ticks-phone")],
            laptop: &[("", "b"), (".own", "ticks-laptop")],
            shown: &["Tick walk", "Tick talk", "ticks-phone", "ticks-laptop"],
            read: &["Tick walk", "Tick talk", "ticks-phone", "ticks-laptop"],
            printed: &["Tick walk", "Tick talk", "Tick sleep"],
        },
        Kind::Scale => Piece {
            kind: StepKind::Scale(ScaleStep {
                min: 0,
                max: 10,
                low: "Scale low".into(),
                high: "Scale high".into(),
                items: choices(&["Scale warm", "Scale near"]),
            }),
            phone: &[(".a", "3")],
            laptop: &[(".b", "7")],
            shown: &["Scale warm", "3 of 10", "Scale near", "7 of 10"],
            read: &["Scale warm", "3", "Scale near", "7"],
            printed: &["Scale low", "Scale high", "Scale warm", "Scale near"],
        },
        Kind::Rewrite => Piece {
            kind: StepKind::Rewrite(RewriteStep { lines: choices(&["You always", "You never"]) }),
            phone: &[(".a", "rewrite-phone")],
            laptop: &[(".b", "rewrite-laptop")],
            shown: &["You always", "rewrite-phone", "You never", "rewrite-laptop"],
            read: &["You always", "rewrite-phone", "You never", "rewrite-laptop"],
            printed: &["You always", "You never"],
        },
        Kind::Rank => Piece {
            kind: StepKind::Rank(RankStep { items: choices(&["Rank sea", "Rank hill", "Rank town"]) }),
            phone: &[(".a", "2")],
            laptop: &[(".b", "1"), (".c", "3")],
            shown: &["1. Rank hill", "2. Rank sea", "3. Rank town"],
            read: &["Rank sea", "Rank hill", "Rank town"],
            printed: &["Rank sea", "Rank hill", "Rank town"],
        },
        Kind::Guess => Piece {
            kind: StepKind::Guess(GuessStep { of: Kind::Scale.word().into() }),
            phone: &[(".a", "9")],
            laptop: &[(".b", "1")],
            shown: &["9 of 10", "1 of 10"],
            read: &["guessed 9", "guessed 1"],
            printed: &[],
        },
        Kind::Allocate => Piece {
            kind: StepKind::Allocate(AllocateStep { items: choices(&["Carry shopping", "Carry taxes"]) }),
            phone: &[(".a", "1")],
            laptop: &[(".b", "3")],
            shown: &["Carry shopping", "Mostly me", "Carry taxes", "Mostly my partner"],
            read: &["Carry shopping", "Mostly me", "Carry taxes", "Mostly my partner"],
            printed: &["Carry shopping", "Carry taxes", "Mostly my partner"],
        },
        Kind::Sort => Piece {
            kind: StepKind::Sort(SortStep {
                items: choices(&["Sort phones", "Sort films"]),
                buckets: choices(&["Bucket keep", "Bucket drop"]),
                own: true,
                both_only: None,
            }),
            phone: &[(".a", "a"), (".own.a", "sort-phone")],
            laptop: &[(".b", "b"), (".own.b", "sort-laptop")],
            shown: &["Bucket keep", "Sort phones", "sort-phone", "Bucket drop", "Sort films", "sort-laptop"],
            read: &["Sort phones", "Bucket keep", "sort-phone", "Sort films", "Bucket drop", "sort-laptop"],
            printed: &["Sort phones", "Sort films", "Bucket keep", "Bucket drop"],
        },
        Kind::Timer => Piece {
            kind: StepKind::Timer(TimerStep { seconds: 300, together: true }),
            phone: &[(".done", "yes"), (".note", "timer-phone")],
            laptop: &[(".minutes", "12"), (".note", "timer-laptop")],
            shown: &["Done, 12 minutes", "timer-phone", "timer-laptop"],
            read: &["Yes, 12 minutes", "timer-phone", "timer-laptop"],
            printed: &["For 5 minutes."],
        },
        Kind::Turns => Piece {
            kind: StepKind::Turns(TurnsStep {
                turns: vec![Turn { key: "one".into(), text: "One of you speaks.".into(), seconds: 90 }],
                cards: choices(&["A card to draw"]),
            }),
            phone: &[(".felt", "8")],
            laptop: &[(".reflection", "turns-laptop")],
            shown: &["8 of 10", "turns-laptop"],
            read: &["8", "turns-laptop"],
            printed: &["One of you speaks.", "A card to draw"],
        },
        Kind::Log => Piece {
            kind: StepKind::Log(LogStep { days: 7, tags: choices(&["Log kind", "Log cross"]) }),
            phone: &[(".0.on", "2026-11-24"), (".0.text", "log-phone")],
            laptop: &[(".0.on", "2026-11-25"), (".0.tag", "a"), (".0.text", "log-laptop")],
            shown: &["log-phone", "Log kind: log-laptop"],
            read: &["log-phone", "Log kind: log-laptop"],
            printed: &["Log kind and Log cross"],
        },
        // Written by both in forms of their own: see `agree_and_plan`.
        Kind::Agreement => Piece {
            kind: StepKind::Agreement(AgreementStep { starter: "We begin with".into() }),
            phone: &[],
            laptop: &[],
            shown: &["agreement-words"],
            read: &["agreement-words"],
            printed: &["We begin with"],
        },
        Kind::Plan => Piece {
            kind: StepKind::Plan,
            phone: &[],
            laptop: &[],
            // Each person reads the time by their own clock.
            shown: &[":53"],
            read: &[":53"],
            printed: &["Day:"],
        },
    }
}

/// A document with one step of each kind; a step to be guessed comes before its guess.
/// What both set together is for both even if `scope` is blind.
fn document(scope: Scope) -> Document {
    let step = |kind: &Kind| Step {
        key: kind.word().to_owned(),
        prompt: format!("Prompt of {}", kind.word()),
        hint: String::new(),
        scope: match kind.input() {
            StepInput::Nothing | StepInput::Answer => scope,
            StepInput::Agreement | StepInput::Plan => Scope::Couple,
        },
        optional: false,
        bring: false,
        kind: piece(*kind).kind,
    };
    Document {
        slug: format!("kinds-{}", scope.word()),
        title: format!("Every kind, {}", scope.word()),
        purpose: "For tests.".into(),
        article: Article::Own,
        section: String::new(),
        themes: vec![],
        minutes: 5,
        mode: Mode::Together,
        cautions: "None.".into(),
        steps: Kind::ALL.iter().map(step).collect(),
    }
}

type Typed = &'static [(&'static str, &'static str)];

/// The fields of every kind, as a form sends them.
fn fields(of: impl Fn(Piece) -> Typed) -> Vec<(String, String)> {
    let of = &of;
    let fields_of = |kind: &Kind| {
        let key = kind.word();
        of(piece(*kind)).iter().map(move |(name, value)| (format!("s.{key}{name}"), (*value).to_owned()))
    };
    Kind::ALL.iter().flat_map(fields_of).collect()
}

/// The answers merged from the two devices.
fn merged_answers(document: &Document) -> Answers {
    let read = |of: fn(Piece) -> Typed| response::read(document, &Form(fields(of)));
    merge_answers(&read(|p| p.laptop), &read(|p| p.phone))
}

#[test]
fn every_step_kind_merges_two_drafts_and_round_trips() {
    let document = document(Scope::Couple);
    assert!(document.problems().is_empty(), "{:?}", document.problems());
    let all = merged_answers(&document);
    let form = response::form(&all);
    for kind in Kind::ALL {
        let Piece { phone, laptop, read, .. } = piece(*kind);
        let key = kind.word();
        assert_eq!(all.contains_key(key), kind.input() == StepInput::Answer, "{key}: {all:?}");
        for (name, value) in phone.iter().chain(laptop) {
            let begin = format!("s.{key}");
            let there = form.0.iter().any(|(name, kept)| {
                let own = name.strip_prefix(&begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
                own && kept.contains(value)
            });
            assert!(there, "{key}{name} lost {value}: {form:?}");
        }
        // What the therapist reads of it.
        let step = document.step(key).expect("a step of each kind");
        let rows = side_by_side::compare(&document, step, [Some(&all), None]).rows;
        let words: Vec<String> =
            rows.iter().flat_map(|row| [row.label.clone(), row.cells[0].clone().unwrap_or_default()]).collect();
        for wanted in read.iter().filter(|_| kind.input() == StepInput::Answer) {
            assert!(words.iter().any(|w| w.contains(wanted)), "{key}: {wanted} is not read: {words:?}");
        }
    }
    assert_eq!(response::check(&document, &all), Ok(()));
    assert_eq!(response::read(&document, &form), all, "a form and its answers are one");
    assert_eq!(merge_answers(&all, &all), all, "put together with itself it is the same");
    let json = serde_json::to_string(&all).expect("written");
    assert_eq!(serde_json::from_str::<Answers>(&json).expect("read"), all);
    // The exercise itself survives the form in which exercises are written.
    let again = authoring::read(&authoring::to_form(&document), &document.slug, Some(&document));
    assert_eq!(again.map(|d| d.steps), Ok(document.steps.clone()));
}

/// A kind that is missing in that form could not be added to an exercise.
#[test]
fn every_step_kind_can_be_added_to_an_exercise() {
    for kind in Kind::ALL {
        let form = authoring::add_step(&Form::default(), kind.word()).expect("a step of this kind");
        let steps = authoring::preview(&form, None).steps;
        assert_eq!(steps.iter().map(|s| s.kind.kind()).collect::<Vec<_>>(), [*kind]);
    }
    assert_eq!(authoring::add_step(&Form::default(), "nothing"), None);
}

/// The value of an attribute of a tag; `None` where the tag does not have it.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(plain(rest.split('"').next()?))
}

fn plain(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The fields of the exercise that a browser would send from a page, and the number of
/// its draft.
fn sent_fields(page: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select = None;
    for piece in page.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').expect("a tag ends");
        let name = attribute(tag, "name");
        let has_attribute =
            |word: &str| tag.split_whitespace().any(|w| w.trim_end_matches('/').split('=').next() == Some(word));
        match tag.split_whitespace().next().unwrap_or_default() {
            "input" => {
                let picked = !["radio", "checkbox"].contains(&attribute(tag, "type").unwrap_or_default().as_str());
                if let Some(name) = name.filter(|_| picked || has_attribute("checked")) {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            "textarea" => fields.extend(name.map(|name| (name, plain(rest)))),
            "select" => select = name,
            "option" if has_attribute("selected") => {
                fields.extend(select.clone().map(|name| (name, attribute(tag, "value").unwrap_or_default())));
            }
            _ => {}
        }
    }
    fields.retain(|(name, _)| name.starts_with("s.") || name == "draft_number");
    fields
}

async fn post(app: &App, path: &str, cookie: &str, mut form: Vec<(String, String)>, act: &str) -> tests::app::Got {
    form.push(("do".to_owned(), act.to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.post(path, Some(cookie), &form).await
}

/// Checks that a page shows the expected words of every kind.
fn is_shown(page: &str, whose: &str, of: impl Fn(&Piece) -> &'static [&'static str]) {
    let page = plain(page);
    for kind in Kind::ALL {
        for wanted in of(&piece(*kind)) {
            assert!(page.contains(wanted), "{whose}: {} lost “{wanted}”: {page}", kind.word());
        }
    }
}

/// Writes what both set together, once that is possible.
async fn agree_and_plan(cast: &Cast, occurrence: domain::ids::OccurrenceId) {
    let agreed = cast.amara.write_agreement(occurrence, Kind::Agreement.word(), 0, "agreement-words").await.unwrap();
    assert_eq!(agreed, store::AgreementOutcome::Done);
    let starts = "2026-12-03T19:53:00".parse().unwrap();
    let at = store::timing(starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap().starts_at;
    assert!(cast.amara.set_plan(occurrence, Kind::Plan.word(), None, starts, at).await.unwrap());
}

async fn check_written_and_read(world: &World, app: &App, cast: &Cast, scope: Scope) {
    let document = document(scope);
    world.store.load_library(std::slice::from_ref(&document)).await.unwrap();
    world.clock.advance(chrono::Duration::seconds(1));
    let occurrence = cast.assign_exercise(&document.slug, Audience::Everyone).await;
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let (amara, jonas) = (app.cookie(world, cast.amara.me()).await, app.cookie(world, cast.jonas.me()).await);
    let ruth = app.cookie(world, cast.ruth.me()).await;
    let path = format!("/portal/exercises/{occurrence}");

    // Save from a phone, and then from a laptop whose page is older.
    let draft = |mut form: Vec<(String, String)>| {
        form.push(("draft_number".to_owned(), "0".to_owned()));
        form
    };
    let kept = post(app, &path, &amara, draft(fields(|p| p.phone)), "save").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let joined = post(app, &path, &amara, draft(fields(|p| p.laptop)), "save").await;
    assert_eq!(joined.status, StatusCode::UNPROCESSABLE_ENTITY, "both devices are shown: {}", joined.text);
    for page in [joined.text, app.get(&path, Some(&amara)).await.text] {
        assert_eq!(
            response::read(&document, &Form(sent_fields(&page))),
            merged_answers(&document),
            "all of it is in the page"
        );
    }

    // Send it, and have it read by the three people who may.
    let page = app.get(&path, Some(&amara)).await.text;
    let sent = post(app, &path, &amara, sent_fields(&page), "submit").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert_eq!(cast.jonas.submit(occurrence, &merged_answers(&document)).await.unwrap(), store::SubmitOutcome::Done);
    agree_and_plan(cast, occurrence).await;
    let page = app.get(&path, Some(&amara)).await.text;
    let (theirs, own) = page.split_once("What you wrote").expect("one’s own");
    for kind in Kind::ALL.iter().filter(|kind| kind.input() == StepInput::Answer) {
        for wanted in piece(*kind).shown {
            assert!(plain(own).contains(wanted), "the writer: {} lost “{wanted}”: {own}", kind.word());
            assert!(plain(theirs).contains(wanted), "their partner: {} lost “{wanted}”: {theirs}", kind.word());
        }
    }
    is_shown(&page, "the writer", |p| p.shown);
    is_shown(&app.get(&path, Some(&jonas)).await.text, "their partner", |p| p.shown);
    let reading = app.get(&format!("/assignments/{assignment}"), Some(&ruth)).await.text;
    is_shown(&reading, "the therapist", |p| p.read);
}

both!(every_step_kind_is_written_sent_and_shown, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    for scope in [Scope::Couple, Scope::Reveal] {
        check_written_and_read(&world, &app, &cast, scope).await;
    }
});

both!(every_step_kind_is_printed_and_typed_in_from_paper, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let document = document(Scope::Couple);
    world.store.load_library(std::slice::from_ref(&document)).await.unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let sheet = app.get(&format!("/library/{}/worksheet", document.slug), Some(&ruth)).await;
    assert_eq!(sheet.status, StatusCode::OK);
    is_shown(&sheet.text, "the sheet", |p| p.printed);
    for step in &document.steps {
        assert!(sheet.text.contains(&step.prompt), "{}", step.prompt);
    }

    let occurrence = cast.assign_exercise(&document.slug, Audience::Everyone).await;
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let path = format!("/assignments/{assignment}/paper/{}", cast.amara.person());
    assert_eq!(app.get(&path, Some(&ruth)).await.status, StatusCode::OK);
    let mut typed = response::form(&merged_answers(&document)).0;
    typed.push(("number".to_owned(), "1".to_owned()));
    let kept = post(&app, &path, &ruth, typed, "").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    agree_and_plan(&cast, occurrence).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    let page = app.get(&format!("/portal/exercises/{occurrence}"), Some(&amara)).await.text;
    is_shown(&page, "the writer", |p| p.shown);
});

both!(every_step_kind_is_exported_and_imported, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let document = document(Scope::Reveal);
    world.store.load_library(std::slice::from_ref(&document)).await.unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let file = app.get(&format!("/library/{}/file", document.slug), Some(&ruth)).await;
    assert_eq!(file.status, StatusCode::OK);
    let read = duologue::library::read_file(&file.text).expect("an exercise");
    assert_eq!(read, document);
    // The other practice's library has no exercise with this title.
    let other = World::new(world.backend).await;
    let elsewhere = Cast::new(&other.store).await;
    let imported = elsewhere.ruth.import_exercise(&read).await.unwrap();
    let store::ExerciseImported::Done(slug, _) = imported else { panic!("{imported:?}") };
    let entry = elsewhere.ruth.exercise(&slug).await.unwrap().expect("there");
    assert_eq!(entry.document.steps, document.steps);
});
