//! What applies to every route, and the stage that tests of all routes use: a practice in
//! which something exists at every address. While routes are requested, everything that
//! is not for everyone contains canaries.
//!
//! [`crate::matrix`] tests who may use which route.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use domain::{
    exercises::assignment::Audience,
    form::Form,
    ids::{AccountId, SupervisionId},
    portability::client_list::{ClientList, Row},
    practice::{
        hours::Exception,
        settings::{Location, Practice},
    },
    records::{
        consents::ConsentKind,
        goal::GoalText,
        note::{NoteScope, NoteTemplate, NoteText},
        policy::Preset,
        supervision::NewSupervision,
    },
    scheduling::series::{End, Recurrence, SeriesRule},
};
use duologue::routes;
use store::{Booked, GoalWrite, NoteWrite, SupervisionSet};
use tests::{
    Backend, World,
    app::App,
    people::{Cast, pathway, small_answers, zone},
};

use crate::records::{documents, leaving};

/// A practice with something at the address of every route.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) app: App,
    pub(crate) cast: Cast,
    pub(crate) ids: BTreeMap<&'static str, String>,
}

impl Stage {
    async fn new() -> Self {
        Self::in_world(World::new(Backend::Sqlite).await).await
    }

    /// Creates the stage in a world; nobody can sign in over HTTP.
    pub(crate) async fn in_world(world: World) -> Self {
        Self::with_hash(world, tests::people::NO_HASH).await
    }

    /// Creates the stage with people whose password has this hash.
    pub(crate) async fn with_hash(world: World, hash: &str) -> Self {
        let app = App::new(&world);
        let cast = Cast::with_hash(&world.store, hash).await;
        let occurrence = cast.assign().await;
        cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
        cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
        let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
        let text = NoteText::free(NoteScope::Process, "canary-note");
        let NoteWrite::Saved(note) =
            cast.ruth.create_note(cast.couple, None, None, &text, store::SaveKind::Saved).await.unwrap()
        else {
            panic!("kept")
        };
        let template = cast.owner.add_note_template(&NoteTemplate::free(), None).await.unwrap();
        let Booked::Done(session) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
        let email = cast.desk.session_emails(session).await.unwrap()[0].id;
        let answer =
            cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
        cast.amara.write_message(cast.couple, Some(occurrence), "canary-message", None).await.unwrap();
        let written = Form::from_pairs([("title", "canary-draft")]);
        let draft = cast.ruth.start_draft(None, &written).await.unwrap().unwrap();
        let thrown = cast.ruth.start_draft(None, &written).await.unwrap().unwrap();
        let bin = cast.ruth.discard_draft(thrown).await.unwrap().unwrap();
        cast.ruth.save_pathway(&pathway("own-way", "small")).await.unwrap();
        let progress = cast
            .ruth
            .start_pathway(cast.couple, "own-way", Audience::One(cast.amara.person()), None)
            .await
            .unwrap()
            .unwrap();
        let wish = cast.wish(&world.store, "2027-01-07 16:00");
        let days: Vec<chrono::NaiveDate> = ["2027-01-07", "2027-01-14"].map(|d| d.parse().unwrap()).to_vec();
        let rule = SeriesRule { first: days[0], recurrence: Recurrence::Weeks(1), end: End::Times(2) };
        let choices = store::Choices::from([(days[1], store::Choice::LeaveOut)]);
        let store::SeriesBooked::Done(first) =
            cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &choices).await.unwrap()
        else {
            panic!("free")
        };
        let (series, _) = cast.desk.session(first).await.unwrap().unwrap().series.unwrap();
        let own = world.store.bookings(cast.ruth.visitor()).unwrap();
        let away = Form::from_pairs([("first", "2027-02-01"), ("kind", "away")]);
        assert!(own.add_exception(cast.ruth.me(), &Exception::read(&away).unwrap()).await.unwrap());
        let (exception, _) =
            own.hours(cast.ruth.me(), None, None).await.unwrap().unwrap().exceptions.rows.swap_remove(0);
        let house = Location { name: "Lakeside".into(), address: String::new() };
        cast.owner.add_location(&house).await.unwrap();
        let location = cast.owner.locations().await.unwrap()[0].0;
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
        let asks =
            [("name", "Ana"), ("email", "ana@example.org"), ("kind", "couple"), ("meeting", "any"), ("part", "any")];
        let inquiry =
            domain::scheduling::inquiry::Inquiry::read(&Form::from_pairs(asks), &zone("Europe/Berlin")).unwrap();
        world.store.guest().inquire(&inquiry).await.unwrap();
        for email in world.store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap() {
            if let store::EmailFacts::Inquiry { token, .. } = &email.facts {
                assert!(world.store.guest().confirm_inquiry(token).await.unwrap());
            }
            world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
        }
        let inquiry = cast.desk.inquiries(None).await.unwrap().rows[0].id;
        let at = "2026-12-01T10:00:00Z".parse().unwrap();
        assert_eq!(
            cast.jonas.request_time(Some(session), None, at).await.unwrap(),
            store::RequestOutcome::Pending(domain::scheduling::request::RequestState::Partner)
        );
        let (waiting, _) = cast.amara.requests().await.unwrap();
        assert!(cast.amara.confirm_session(session).await.unwrap());
        let scan = documents::upload(&world.store, cast.amara.me(), b"canary-document-bytes").await;
        let document = documents::hand_in(&cast.amara, cast.couple, "canary-document-title", &scan, false).await;
        let store::DataAsked::Asked(request) = cast.amara.ask_for_data(None).await.unwrap() else { panic!("asked") };
        let goal = Form::from_pairs([("text", "canary-goal"), ("since", "2026-11-03")]);
        let goal = cast.ruth.create_goal(cast.couple, &GoalText::read(&goal).unwrap()).await.unwrap();
        let GoalWrite::Saved(goal) = goal else { panic!("{goal:?}") };
        let supervision = set_supervision(&cast).await;
        let release = leaving::release(&cast, "canary-release").await;
        let (disclosure, handover) =
            leaving::sent_disclosure(&world.store, (&cast, &cast.emeka), "canary-disclosure").await;
        let store::IntakeStarted::Started(intake) = cast.ruth.start_intake(cast.couple).await.unwrap().unwrap() else {
            panic!("started")
        };
        let medication = Form::from_pairs([("s.medication.value", "canary-intake")]);
        cast.amara.save_intake(intake, "health", &medication, false).await.unwrap();
        let topic = vec![("topic".to_owned(), "canary-form".to_owned())];
        let form = crate::records::consents::ask(&cast, ConsentKind::Confidences, &topic).await;
        let policy = crate::records::policy::propose(&cast, Preset::LimitedSecrets).await;
        let texts = cast.owner.consent_texts().await.unwrap();
        let consent_text = texts.iter().find(|text| text.kind == ConsentKind::Fees).unwrap().id;
        let rows = vec![Row { number: 2, cells: vec!["Canary Imported".to_owned()] }];
        let list = ClientList { heads: vec!["Name".to_owned()], rows, remarks: vec![] };
        let import = cast.owner.read_client_list("clients.csv", &list).await.unwrap();
        let ids = BTreeMap::from([
            ("/practice/imports/{id}", import.to_string()),
            ("/practice/retention/erasures/{id}", cast.amara.person().to_string()),
            ("/practice/retention/holds/{id}", cast.couple.to_string()),
            ("/releases/{id}", release.to_string()),
            ("/disclosures/{id}", disclosure.to_string()),
            ("/handovers/{id}", handover.to_string()),
            ("{number}", "1".to_owned()),
            ("/data-requests/{id}", request.to_string()),
            ("/portal/data/{id}", request.to_string()),
            ("{item}", note.to_string()),
            ("{client}", cast.couple.to_string()),
            ("/requests/{id}", waiting[0].id.to_string()),
            ("/waitlist/{id}", inquiry.to_string()),
            ("/bin/{id}", bin.to_string()),
            ("/series/{id}", series.to_string()),
            ("/clinicians/{id}", cast.ruth.me().to_string()),
            ("/hours-exceptions/{id}", exception.to_string()),
            ("{day}", days[1].to_string()),
            ("/authoring/{id}", draft.to_string()),
            ("/pathways/{slug}", "own-way".to_owned()),
            ("/pathway-progress/{id}", progress.to_string()),
            ("/clients/{id}", cast.couple.to_string()),
            ("{person}", cast.amara.person().to_string()),
            ("/sessions/{id}", session.to_string()),
            ("/fees/{id}", session.to_string()),
            ("/email-log/{id}", email.to_string()),
            ("{email}", email.to_string()),
            ("/assignments/{id}", assignment.to_string()),
            ("/notes/{id}", note.to_string()),
            ("/consents/{id}", form.to_string()),
            ("/portal/consents/{id}", form.to_string()),
            ("/policies/{id}", policy.to_string()),
            ("/practice/forms/{id}", consent_text.to_string()),
            ("/cosign/{id}", note.to_string()),
            ("/goals/{id}", goal.to_string()),
            ("{supervision}", supervision.to_string()),
            ("/note-moves/{id}", uuid::Uuid::nil().to_string()),
            ("{leftover}", uuid::Uuid::nil().to_string()),
            ("/practice/note-templates/{id}", template.to_string()),
            ("/documents/{id}", document.to_string()),
            ("/portal/exercises/{id}", occurrence.to_string()),
            ("/portal/intake/{id}", intake.to_string()),
            ("/portal/answers/{id}", answer.to_string()),
            ("/portal/offers/{id}", answer.to_string()),
            ("/rooms/{id}", cast.room.to_string()),
            ("/locations/{id}", location.to_string()),
            ("/staff/{id}", cast.emeka.me().to_string()),
            ("/account/logins/{id}", cast.amara.visitor().login.to_string()),
            ("{kind}", "reminder".to_owned()),
            ("{language}", "hi".to_owned()),
            ("{slug}", "small".to_owned()),
            ("{step}", "pact".to_owned()),
            ("{token}", "x".repeat(43)),
            ("{file}", "none.css".to_owned()),
            ("/mailbox/{id}", email.to_string()),
        ]);
        Self { world, app, cast, ids }
    }

    /// A route's path filled in with real ids of the couple.
    pub(crate) fn fill(&self, path: &str) -> String {
        let mut filled = path.to_owned();
        for (place, id) in &self.ids {
            let name = place.rsplit('/').next().unwrap();
            if path.contains(place) {
                filled = filled.replacen(&place.to_string(), &place.replace(name, id), 1);
            }
        }
        assert!(!filled.contains('{'), "no id for {path}: add one to the stage");
        filled
    }

    fn visitors(&self) -> Vec<(&'static str, Option<AccountId>)> {
        let c = &self.cast;
        vec![
            ("anonymous", None),
            ("ended", None),
            ("owner", Some(c.owner.me())),
            ("own-clinician", Some(c.ruth.me())),
            ("other-clinician", Some(c.emeka.me())),
            ("front-desk", Some(c.desk.me())),
            ("partner-a", Some(c.amara.me())),
            ("partner-b", Some(c.jonas.me())),
            ("stranger", Some(c.stranger.me())),
        ]
    }

    async fn cookie(&self, name: &str, account: Option<AccountId>) -> Option<String> {
        match account {
            Some(account) => Some(self.app.cookie(&self.world, account).await),
            None if name == "ended" => {
                let cookie = self.app.cookie(&self.world, self.cast.ruth.me()).await;
                let token = cookie.trim_start_matches("duologue=");
                let visitor = self.world.store.find_visitor(token, true).await.unwrap().unwrap();
                self.world.store.signed_in(&visitor).end_login(visitor.login).await.unwrap();
                Some(cookie)
            }
            None => None,
        }
    }
}

/// Makes Ruth a supervisor of Emeka, and returns the supervision.
pub(crate) async fn set_supervision(cast: &Cast) -> SupervisionId {
    let new = NewSupervision { supervisor: cast.ruth.me(), from: "2026-11-01".parse().unwrap(), until: None };
    assert_eq!(cast.owner.set_supervision(cast.emeka.me(), &new).await.unwrap(), SupervisionSet::Done);
    cast.owner.supervisions_of(cast.emeka.me()).await.unwrap().unwrap()[0].id
}

/// The visitors who may read each canary anywhere.
pub(crate) const CANARIES: &[(&str, &[&str])] = &[
    ("canary-amara-mine", &["partner-a"]),
    ("canary-amara-therapist", &["partner-a", "own-clinician"]),
    ("canary-amara-reveal", &["partner-a", "own-clinician"]),
    ("canary-amara-couple", &["partner-a", "own-clinician", "partner-b"]),
    ("canary-jonas-mine", &["partner-b"]),
    ("canary-jonas-therapist", &["partner-b"]),
    ("canary-jonas-reveal", &["partner-b"]),
    ("canary-jonas-couple", &["partner-b"]),
    ("canary-note", &["own-clinician"]),
    ("canary-goal", &["own-clinician"]),
    ("canary-document", &["partner-a", "own-clinician"]),
    ("canary-message", &["partner-a", "own-clinician"]),
    ("canary-form", &["partner-a", "own-clinician"]),
    ("canary-intake", &["partner-a", "own-clinician"]),
    ("canary-release", &["own-clinician", "partner-a", "partner-b"]),
    // The other therapist confirms it.
    ("canary-disclosure", &["own-clinician", "other-clinician"]),
    ("canary-draft", &["own-clinician"]),
    ("Take your time", &["own-clinician", "partner-a", "partner-b"]),
];

/// A post from another site changes nothing, whoever is signed in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_from_another_site_are_refused() {
    let stage = Stage::new().await;
    let cookie = stage.app.cookie(&stage.world, stage.cast.ruth.me()).await;
    for route in routes::table().iter().filter(|r| r.method != Method::GET) {
        for (site, origin) in [
            ("cross-site", "https://evil.example"),
            ("same-site", "http://evil.localhost:3000"),
            ("", "https://evil.example"),
            ("", ""),
        ] {
            let mut request = axum::http::Request::builder()
                .method(&route.method)
                .uri(stage.fill(route.path))
                .header("host", "localhost:3000")
                .header("cookie", &cookie)
                .header("content-type", "application/x-www-form-urlencoded");
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            if !origin.is_empty() {
                request = request.header("origin", origin);
            }
            let got = stage.app.send(request.body(axum::body::Body::empty()).unwrap()).await;
            // The one address to which mail programs post (RFC 8058): its token is the
            // proof, and the cookie has no effect.
            if route.path == "/unsubscribe/{token}" {
                assert_eq!(got.status, StatusCode::NOT_FOUND);
                continue;
            }
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{} {} from {site} {origin}", route.method, route.path);
        }
    }
}

/// Every page has the headers, and no page loads anything from elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_security_headers_and_no_third_party_content() {
    let stage = Stage::new().await;
    for route in routes::table().iter().filter(|r| r.method == Method::GET && !r.path.starts_with("/pkg")) {
        for (name, account) in stage.visitors() {
            let cookie = stage.cookie(name, account).await;
            let path = stage.fill(route.path);
            let got = stage.app.get(&path, cookie.as_deref()).await;
            let header = |name: &str| got.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
            if header("content-type").starts_with("text/html") {
                let csp = header("content-security-policy");
                // An email is shown in a frame, with the styles that it brings.
                let shows_mail = ["/mailbox", "/email-log/", "/wordings/"].iter().any(|page| path.starts_with(page));
                assert!(
                    csp.contains("frame-ancestors 'none'")
                        && csp.contains("'wasm-unsafe-eval'")
                        && (shows_mail || !csp.contains("unsafe-inline")),
                    "{path}: {csp}"
                );
                assert!(header("cache-control").contains("no-store"), "{path}");
                for attribute in ["src=\"http", "href=\"http://", "style=\"", "onclick=", "onsubmit="] {
                    let meet = got.text.replace("href=\"https://meet.example.org", "");
                    assert!(!meet.contains(attribute), "{path} holds {attribute}");
                }
            }
        }
    }
}

/// What belongs to the other couple is answered like what does not exist: with the same
/// status and, except for ids, nonces and request ids, about the same length.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_id_answers_like_a_missing_one() {
    let stage = Stage::new().await;
    let missing = stage.world.store.clock().id().to_string();
    for (name, account) in [
        ("other-clinician", stage.cast.emeka.me()),
        ("stranger", stage.cast.stranger.me()),
        ("partner-b", stage.cast.jonas.me()),
    ] {
        let cookie = stage.cookie(name, Some(account)).await;
        for (place, id) in stage.ids.iter().filter(|(p, _)| p.starts_with('/') && p.ends_with("{id}")) {
            let foreign = stage.app.get(&place.replace("{id}", id), cookie.as_deref()).await;
            let absent = stage.app.get(&place.replace("{id}", &missing), cookie.as_deref()).await;
            if foreign.status == StatusCode::OK {
                // Jonas's own view of the shared exercise, and his own intake; what a colleague
                // is asked to confirm.
                let is_known = match name {
                    "partner-b" => ["/portal/exercises/{id}", "/portal/intake/{id}"].contains(place),
                    "other-clinician" => *place == "/disclosures/{id}",
                    _ => false,
                };
                assert!(is_known, "{name} {place}");
                continue;
            }
            assert_eq!(foreign.status, absent.status, "{name} {place}");
            assert!(
                foreign.text.len().abs_diff(absent.text.len()) < 200,
                "{name} {place}: {} and {}",
                foreign.text.len(),
                absent.text.len()
            );
        }
    }
}

/// In the touch menu the other partner sees what both welcome, and no trace of the rest
/// in any answer of the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn touch_menu_shows_only_what_both_welcome() {
    let stage = Stage::new().await;
    let (cast, world) = (&stage.cast, &stage.world);
    let menu = library_exercise("touch-menu");
    let item_text = |key: &str| match &menu.step("menu").expect("a step").kind {
        domain::exercises::step::StepKind::Sort(sort) => {
            sort.items.iter().find(|i| i.key == key).expect("an item").text.clone()
        }
        _ => panic!("no sort"),
    };
    world.store.load_library(std::slice::from_ref(&menu)).await.expect("loaded");
    let occurrence = cast.assign_exercise("touch-menu", domain::exercises::assignment::Audience::Everyone).await;
    let answers = |pairs: &[(&str, &str)]| {
        let form = domain::form::Form(pairs.iter().map(|(k, v)| (format!("s.menu.{k}"), (*v).to_owned())).collect());
        domain::exercises::response::read(&menu, &form)
    };
    // Amara: welcome, welcome, sometimes, not now. Jonas: welcome, not now, welcome, no
    // answer.
    let amara = answers(&[("hand", "welcome"), ("hair", "welcome"), ("neck", "sometimes"), ("dance", "not-now")]);
    let jonas = answers(&[("hand", "welcome"), ("hair", "not-now"), ("neck", "welcome")]);
    cast.amara.submit(occurrence, &amara).await.expect("sent");
    cast.jonas.submit(occurrence, &jonas).await.expect("sent");
    let cookie = stage.app.cookie(world, cast.jonas.me()).await;
    for route in routes::table().iter().filter(|r| r.method == Method::GET && r.path.starts_with("/portal")) {
        let mut path = route.path.replace("/portal/exercises/{id}", &format!("/portal/exercises/{occurrence}"));
        if path == "/portal/times" {
            let (_, own) = cast.jonas.requests().await.expect("a list");
            assert_eq!(cast.jonas.withdraw_request(own[0].id).await.expect("an answer"), store::Withdrawal::Told);
            path = format!("{path}?session={}", own[0].session.expect("a session"));
        }
        let path = stage.fill(&path);
        let answer = stage.app.get(&path, Some(&cookie)).await;
        // Amara's own is not his, and neither was told of the disclosure.
        let hers = ["/portal/consents/{id}", "/portal/data/{id}", "/portal/documents/{id}", "/portal/disclosures/{id}"];
        let is_hers = hers.iter().any(|hers| route.path.starts_with(hers));
        assert_eq!(answer.status, if is_hers { StatusCode::NOT_FOUND } else { StatusCode::OK }, "{path}");
        if !path.ends_with(&occurrence.to_string()) {
            continue;
        }
        let (theirs, own) = answer.text.split_once("What you wrote").expect("both parts");
        assert!(theirs.contains(&item_text("hand")), "what both welcome is shown");
        for other in ["hair", "neck", "dance"] {
            assert!(!theirs.contains(&item_text(other)), "{other} is shown");
        }
        assert!(own.contains(&item_text("hair")) && own.contains(&item_text("neck")), "one's own list is whole");
        assert!(!answer.text.contains(&item_text("dance")), "what Amara refused is nowhere");
        for bucket in ["Sometimes, ask me", "Not now"] {
            assert!(!theirs.contains(bucket), "{bucket}");
        }
    }
}

fn library_exercise(slug: &str) -> domain::exercises::exercise::Document {
    let library = duologue::library::documents().expect("a library");
    library.into_iter().find(|d| d.slug == slug).expect("the exercise")
}

fn answers_to(
    document: &domain::exercises::exercise::Document,
    pairs: &[(&str, &str)],
) -> domain::exercises::response::Answers {
    let form = pairs.iter().map(|(name, value)| (format!("s.{name}"), (*value).to_owned())).collect();
    domain::exercises::response::read(document, &domain::form::Form(form))
}

/// How right a guess was is shown beside it once both may read it, and nowhere before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_are_compared_only_after_the_reveal() {
    let stage = Stage::new().await;
    let (cast, world) = (&stage.cast, &stage.world);
    let document = library_exercise("love-languages");
    world.store.load_library(std::slice::from_ref(&document)).await.expect("loaded");
    let occurrence = cast.assign_exercise("love-languages", domain::exercises::assignment::Audience::Everyone).await;
    let order = |step: &str, keys: [&str; 5]| -> Vec<(String, String)> {
        keys.iter().enumerate().map(|(n, key)| (format!("{step}.{key}"), (n + 1).to_string())).collect()
    };
    let answers = |own, guess| {
        let pairs = [order("mine", own), order("guess", guess)].concat();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        answers_to(&document, &pairs)
    };
    let (amara, jonas) = (["words", "time", "help", "touch", "gifts"], ["touch", "time", "help", "words", "gifts"]);
    let page = async |who: &store::Partner| {
        let cookie = stage.app.cookie(world, who.me()).await;
        stage.app.get(&format!("/portal/exercises/{occurrence}"), Some(&cookie)).await.text
    };
    let compared = "Where you read each other right";
    cast.amara.submit(occurrence, &answers(amara, jonas)).await.expect("sent");
    assert!(!page(&cast.amara).await.contains(compared), "before the reveal");
    cast.jonas.submit(occurrence, &answers(jonas, jonas)).await.expect("sent");
    for (who, own, theirs) in [(&cast.amara, "5 of 5", "3 of 5"), (&cast.jonas, "3 of 5", "5 of 5")] {
        let text = page(who).await;
        let (_, section) = text.split_once(compared).expect("the comparison");
        let at = |words: &str| section.find(words).expect("a count");
        assert!(at(own) < at(theirs), "one's own first");
        assert!(section.contains("guessed 1, it was 4"));
    }
}

/// The count of exercises done together reveals nothing of answers for the therapist
/// only.
#[tokio::test]
async fn answers_for_the_therapist_only_do_not_count_as_done_together() {
    let stage = Stage::new().await;
    let (cast, world) = (&stage.cast, &stage.world);
    let document = library_exercise("trust-repair");
    world.store.load_library(std::slice::from_ref(&document)).await.expect("loaded");
    let occurrence = cast.assign_exercise("trust-repair", domain::exercises::assignment::Audience::Everyone).await;
    for who in [&cast.amara, &cast.jonas] {
        let answers = answers_to(&document, &[("side", "unsure"), ("name", "a few plain lines")]);
        who.submit(occurrence, &answers).await.expect("sent");
        assert_eq!(cast.amara.done_together().await.expect("a count"), 0);
        assert_eq!(cast.jonas.done_together().await.expect("a count"), 0);
    }
}
