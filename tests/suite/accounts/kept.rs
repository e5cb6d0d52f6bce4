//! A login that ends while a form is being filled in: the text comes back to its writer,
//! and to nobody else.

use axum::http::{Method, StatusCode};
use domain::{
    ids::AccountId,
    practice::settings::Practice,
    records::note::{NoteScope, NoteText},
};
use duologue::{
    access::Access,
    routes::{self, Posts},
};
use store::{NoteWrite, SaveKind};
use tests::{
    Backend, World,
    app::{App, Got},
    both,
    people::Cast,
};

use crate::{
    presses::{Case, case, fields, row_changes, row_counts},
    records::leaving,
    routes::Stage,
};

const PASSWORD: &str = "three tired swans at noon";

async fn password_hash() -> String {
    duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap()
}

/// A cookie whose login was ended elsewhere.
async fn ended_login(app: &App, world: &World, account: AccountId) -> String {
    let cookie = app.cookie(world, account).await;
    let token = cookie.trim_start_matches("duologue=");
    let visitor = world.store.find_visitor(token, true).await.unwrap().unwrap();
    world.store.signed_in(&visitor).end_login(visitor.login).await.unwrap();
    cookie
}

fn field_value(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

async fn sign_in(app: &App, who: &str, page: &Got) -> Got {
    let (next, kept) =
        (field_value(&page.text, "next").unwrap_or_default(), field_value(&page.text, "kept").unwrap_or_default());
    let form = [("login_name", who), ("password", PASSWORD), ("next", next.as_str()), ("kept", kept.as_str())];
    app.post("/sign-in", None, &form).await
}

/// The form of a route that changes a setting, with something typed into it; `None` where
/// the route has no such form here.
async fn settings_case(stage: &Stage, route: &'static str) -> Option<Case> {
    let c = &stage.cast;
    let (owner, ruth, amara) = (c.owner.me(), c.ruth.me(), c.amara.me());
    let case_of = |who: AccountId, pairs: &[(&str, &str)], other| {
        Some(Case { who: Some(who), path: stage.fill(route), form: fields(pairs), other: Some(other) })
    };
    match route {
        // A known zone is shown by its place.
        "/account/zone" => case_of(ruth, &[], ("zone", "Kolkatta")),
        // The creating form of [`crate::presses`] has a password of its own.
        "/account/email" => case_of(ruth, &[("current_password", "x")], ("email", "typed@example.org")),
        "/portal/contact/email" => case_of(amara, &[("current_password", "x")], ("email", "typed@example.org")),
        "/practice" => case_of(owner, &[("zone", "Europe/Berlin")], ("name", "Typed House")),
        "/practice/sessions" => case_of(owner, &[("asks", "none")], ("kind.intake.minutes", "seventy-seven")),
        "/practice/cancellations" => case_of(owner, &[("notice_hours", "24")], ("late_fee", "71 €")),
        "/practice/booking" => case_of(owner, &[("portal_rule", "ask")], ("portal_days", "seventy-three")),
        "/practice/email" => case_of(owner, &[("phone", "")], ("sender_name", "Typed sender")),
        "/practice/notes" => case_of(owner, &[], ("note_unlock_hours", "forty-seven")),
        "/practice/note-templates/{id}" => {
            case_of(owner, &[("step.0.label", "Plan"), ("do", "save"), ("version", "1")], ("title", "Typed template"))
        }
        "/notes/{id}/unlock" => {
            // The form is on the page of a note that can be unlocked.
            let practice = c.owner.practice().await.unwrap();
            c.owner.update_practice(&Practice { note_unlock_hours: 24, ..practice }).await.unwrap();
            let text = NoteText::free(NoteScope::Joint, "Signed.");
            let signed = c.ruth.create_note(c.couple, None, None, &text, SaveKind::Signed).await.unwrap();
            let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
            let form = [("current_password", "x")];
            case_of(ruth, &form, ("reason", "Typed reason"))
                .map(|case| Case { path: format!("/notes/{note}/unlock"), ..case })
        }
        "/staff/{id}/edit" => case_of(owner, &[("role", "clinician")], ("display_name", "Typed name")),
        "/wordings/{kind}/{language}" => case_of(owner, &[("subject", "Typed subject")], ("body", "Typed body")),
        "/locations/{id}" => case_of(owner, &[("address", "")], ("location", "Typed town")),
        "/rooms/{id}" => case_of(owner, &[("location", "")], ("offers", "typed ramp")),
        "/clients/{id}/partners/{person}/edit" => {
            case_of(ruth, &[("a.zone", "Europe/Berlin"), ("a.language", "en")], ("a.name", "Typed Nwosu"))
        }
        "/authoring/{id}" => case_of(ruth, &[("do", "save"), ("number", "0")], ("title", "Typed exercise")),
        "/pathways/{slug}/edit" => {
            case_of(ruth, &[("do", "save"), ("step.0.exercise", "small")], ("title", "Typed way"))
        }
        "/pathway-progress/{id}/edit" => {
            case_of(ruth, &[("do", "save"), ("given", "1"), ("step.0.exercise", "small")], ("step.0.days", "13000"))
        }
        "/notes/{id}" => case_of(ruth, &[("scope", "process"), ("do", "save")], ("s.text", "Typed & kept <note>")),
        "/portal/exercises/{id}" => {
            case_of(c.jonas.me(), &[("do", "save"), ("draft_number", "1")], ("s.mine", "Typed for me"))
        }
        "/portal/exercises/{id}/agreements/{step}" => {
            let form = [("do", "write"), ("agree.pact.version", "0"), ("s.mine", "Typed beside")];
            let open = c.assign_exercise("open", domain::exercises::assignment::Audience::Everyone).await;
            let path = format!("/portal/exercises/{open}/agreements/pact");
            case_of(c.jonas.me(), &form, ("agree.pact.text", "Typed pact")).map(|case| Case { path, ..case })
        }
        "/portal/exercises/{id}/not-now" => case_of(c.jonas.me(), &[("why", "no_time")], ("s.mine", "Typed for me")),
        "/portal/intake/{id}" => {
            case_of(amara, &[("screen", "health"), ("do", "next")], ("s.alcohol.value", "Typed & kept <health>"))
        }
        "/clients/{id}/intake/{person}/waiver" => {
            case_of(ruth, &[("item", "emergency"), ("do", "waive")], ("why", "Typed reason"))
        }
        "/clients/{id}/intake/{person}/paper" => case_of(ruth, &[], ("s.alcohol.value", "Typed from paper")),
        "/practice/intake" => {
            let row = [("do", "save"), ("version", "1"), ("step.0.kind", "text"), ("step.0.own", "yes")];
            case_of(owner, &row, ("step.0.label_en", "Typed question"))
        }
        "/portal/contact" => {
            case_of(amara, &[("portal_only", "yes"), ("lead", "1d"), ("lead", "7d")], ("safe_from", "07:13"))
        }
        "/portal/welcome" => case_of(amara, &[("screen", "contact"), ("alone", "unshared")], ("safe_from", "07:13")),
        "/portal/consents/{id}" => case_of(amara, &[("agree", "yes")], ("typed_name", "Typed Nwosu")),
        "/consents/{id}/room" => case_of(ruth, &[("agree", "yes"), ("copy", "printed")], ("typed_name", "Typed Nwosu")),
        "/consents/{id}/paper" => case_of(ruth, &[("version", "1"), ("language", "en")], ("typed_name", "Typed Nwosu")),
        // The creating form of [`crate::presses`] has a number, which a sealed form can
        // contain by chance.
        "/clients/{id}/consents" => {
            let text = crate::records::consents::text(c, "House fees", "It costs {fee}.").await.to_string();
            let person = c.amara.person().to_string();
            case_of(ruth, &[("text", &text), ("person", &person)], ("blank.fee", "Typed fee"))
        }
        "/practice/forms/{id}" => {
            case_of(owner, &[("title.en", "Fees"), ("version", "1")], ("body.en", "Typed & kept <fees>"))
        }
        "/data-requests/{id}/items/{item}" => {
            case_of(ruth, &[("decision", "out"), ("ground", "others"), ("revision", "0")], ("reason", "Typed reason"))
        }
        "/data-requests/{id}/extension" => case_of(ruth, &[], ("reason", "Typed reason")),
        "/data-requests/{id}/handed" => {
            let (id, client) = (crate::recipes::copy_to_hand_over(stage).await, c.couple.to_string());
            let form = [("client", client.as_str()), ("manner", "post")];
            case_of(ruth, &form, ("address", "Typed Street"))
                .map(|case| Case { path: format!("/data-requests/{id}/handed"), ..case })
        }
        "/documents/{id}" => {
            case_of(ruth, &[("kind", "letter"), ("dated", "2026-11-20")], ("title", "Typed & kept <title>"))
        }
        "/disclosures/{id}/answer" => {
            let id = leaving::disclosure(&stage.world.store, (c, &c.emeka), "The court").await;
            case_of(c.emeka.me(), &[("do", "decline")], ("reason", "Typed reason"))
                .map(|case| Case { path: format!("/disclosures/{id}/answer"), ..case })
        }
        "/clients/{id}/partners/{person}/hold" => case_of(ruth, &[], ("why", "Typed reason")),
        "/clients/{id}/partners/{person}/erasure" => {
            stage.world.raw("UPDATE session SET state = 'cancelled'").await.unwrap();
            case_of(ruth, &[("current_password", "x")], ("name", "Typed Nwosu"))
        }
        "/practice/retention" => case_of(owner, &[("record", "10")], ("messages", "seventy")),
        "/practice/retention/deletion" => {
            // The form is there when something is due.
            let old = "UPDATE client SET created_at = '2001-01-01T00:00:00+00:00'";
            stage.world.raw("UPDATE session SET state = 'cancelled'").await.unwrap();
            stage.world.raw(old).await.unwrap();
            case_of(owner, &[("do", "hold")], ("why", "Typed reason"))
        }
        "/portal/contact/times" => case_of(amara, &[("hours.mon", "9:00–12:30")], ("hours.tue", "10:10–11:00")),
        _ => None,
    }
}

/// Forms without text: it is enough that signing in leads back to their page.
const PRESSES: [&str; 104] = [
    "/practice/retention/erasures/{id}",
    "/practice/retention/holds/{id}/end",
    "/practice/imports",
    "/practice/imports/{id}",
    "/clients/{id}/release",
    "/sign-out",
    "/account/keyboard",
    "/account/language",
    "/account/two-step",
    "/account/two-step/codes",
    "/account/two-step/keep",
    "/staff/two-step",
    "/account/two-step/remove",
    "/account/two-step/devices",
    "/staff/{id}/two-step",
    "/account/logins/{id}/end",
    "/account/logins/end-others",
    "/account/password",
    "/account/feed",
    "/bin/{id}/restore",
    "/locations/{id}/archive",
    "/rooms/{id}/archive",
    "/practice/mail",
    "/practice/email/test",
    "/practice/first-steps",
    "/practice/example",
    "/staff/{id}/invite",
    "/staff/{id}/link",
    "/staff/{id}/reset",
    "/staff/{id}/emails/{email}",
    "/staff/{id}/disable",
    "/staff/{id}/enable",
    "/waitlist/{id}",
    "/sessions/{id}/earlier",
    "/requests/{id}",
    "/sessions/{id}/state",
    "/sessions/{id}/attendance",
    "/sessions/{id}/fee",
    "/fees/{id}/settle",
    "/fees/{id}/reopen",
    "/sessions/{id}/undo",
    "/sessions/{id}/replies/{person}",
    "/series/{id}/gaps/{day}",
    "/clinicians/{id}/calendar-file",
    "/hours-exceptions/{id}/remove",
    "/email-log/{id}/resend",
    "/email-log/try",
    "/people/{person}/mail",
    "/clients/{id}/emails/{email}",
    "/desk/clients/{id}/therapist",
    "/clients/{id}/acceptance",
    "/clients/{id}/archive",
    "/clients/{id}/restore",
    "/account/address/{token}",
    "/clients/{id}/separation",
    "/clients/{id}/partners/{person}/invitation",
    "/library/{slug}/archive",
    "/library/{slug}/restore",
    "/authoring",
    "/authoring/{id}/discard",
    "/pathways/{slug}/archive",
    "/clients/{id}/pathways",
    "/pathway-progress/{id}/next",
    "/pathway-progress/{id}/end",
    "/assignments/{id}/withdraw",
    "/assignments/{id}/pause",
    "/assignments/{id}/resume",
    "/assignments/{id}/reset/{person}",
    "/notes/{id}/leftovers/{leftover}",
    "/note-moves/{id}/undo",
    "/practice/note-templates/{id}/archive",
    "/portal/exercises/{id}/plans/{step}",
    "/portal/intake/{id}/sharing",
    "/clients/{id}/intake",
    "/desk/clients/{id}/intake",
    "/practice/own-data",
    "/practice/forms/{id}/archive",
    "/practice/forms/{id}/restore",
    "/staff/{id}/supervision/{supervision}/end",
    "/consents/{id}/close",
    "/consents/{id}/withdrawal",
    "/policies/{id}/end",
    "/policies/{id}/newcomers",
    "/documents/{id}/remove",
    "/notes/{id}/take-back",
    "/data-requests/{id}/include",
    "/data-requests/{id}/finish",
    "/releases/{id}/send",
    "/releases/{id}/close",
    "/disclosures/{id}/send",
    "/disclosures/{id}/drop",
    "/portal/consents/{id}/withdrawal",
    "/portal/documents/{id}/share",
    "/portal/documents/{id}/withdraw",
    "/portal/data",
    "/portal/data/{id}/cancel",
    "/portal/releases/{id}",
    "/portal/releases/{id}/withdraw",
    "/portal/answers/{id}/share",
    "/portal/answers/{id}/unshare",
    "/portal/offers/{id}",
    "/portal/sessions/{id}/cancel",
    "/portal/sessions/{id}/alone",
    "/portal/sessions/{id}/coming",
];
const REQUESTS: [&str; 3] = ["/portal/requests", "/portal/requests/{id}/answer", "/portal/requests/{id}/withdraw"];

async fn check_text_comes_back(backend: Backend, route: &'static str, hash: &str) {
    let stage = Stage::with_hash(World::new(backend).await, hash).await;
    let sent = match settings_case(&stage, route).await {
        Some(case) => case,
        None => case(&stage, route).await,
    };
    let (field, words) =
        sent.other.unwrap_or_else(|| panic!("{route}: what is typed into it? Or is it a press alone?"));
    let account = sent.who.expect("an account");
    let c = &stage.cast;
    let names = [
        (c.owner.me(), "olive"),
        (c.ruth.me(), "ruth"),
        (c.emeka.me(), "emeka"),
        (c.desk.me(), "kofi"),
        (c.amara.me(), "amara"),
        (c.jonas.me(), "jonas"),
    ];
    let name = names.iter().find(|(id, _)| *id == account).unwrap().1;
    let other = if name == "amara" { "jonas" } else { "amara" };
    let key = stage.world.store.form_key(Some(account)).to_string();
    let mut form: Vec<(&str, &str)> = sent.form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    form.retain(|(n, _)| *n != field);
    form.extend([(field, words), ("key", &key)]);

    let cookie = ended_login(&stage.app, &stage.world, account).await;
    let before = row_counts(&stage.world).await;
    let page = stage.app.post(&sent.path, Some(&cookie), &form).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{route} {}", page.location());
    assert!(page.text.contains("What you typed is kept"), "{route}");
    assert!(!page.text.contains(words), "{route}: in the page of whoever sits there next");
    // Another person who signs in there gets their own start page.
    let stranger = sign_in(&stage.app, other, &page).await;
    assert_eq!((stranger.status, stranger.location()), (StatusCode::SEE_OTHER, "/"), "{route}");
    // A wrong password does not lose the text.
    let kept = field_value(&page.text, "kept").unwrap();
    let wrong = [("login_name", name), ("password", "no"), ("kept", kept.as_str())];
    assert_eq!(field_value(&stage.app.post("/sign-in", None, &wrong).await.text, "kept"), Some(kept));
    let back = sign_in(&stage.app, name, &page).await;
    assert_eq!(back.status, StatusCode::OK, "{route}: {} {}", back.location(), back.text);
    assert!(back.cookie().is_some(), "{route}: signed in");
    assert!(back.text.contains("You are signed in again"), "{route}");
    let shown = back.text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    assert!(shown.contains(words), "{route}: {words} is lost");
    assert!(!shown.contains("<h1>What you typed</h1>"), "{route}: its own form is not shown");
    for (name, value) in sent.form.iter().filter(|(n, v)| n != field && (n.starts_with("s.") || v.contains('–'))) {
        assert!(shown.contains(value), "{route}: {name} is lost");
    }
    let action = format!("action=\"{}\"", sent.path);
    let own = back.text.contains(&action) || back.text.contains(&format!("form{action}"));
    assert!(own, "{route}: the form is not there to be sent");
    let mut more = row_changes(&before, &row_counts(&stage.world).await);
    more.remove("audit");
    more.remove("login");
    more.remove("browser");
    // A new browser of a member of staff is told.
    more.remove("account_event");
    more.remove("email");
    assert!(more.is_empty(), "{route} did something: {more:?}");
}

async fn check_all_text_comes_back(backend: Backend) {
    let hash = password_hash().await;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for route in routes::table() {
        let is_form = route.method == Method::POST && !matches!(route.posts, Some(Posts::Call(_)));
        if !is_form || route.access == Access::Public {
            continue;
        }
        if PRESSES.contains(&route.path) || REQUESTS.contains(&route.path) {
            continue;
        }
        tried += 1;
        let hash = hash.clone();
        let done = tokio::spawn(async move { check_text_comes_back(backend, route.path, &hash).await }).await;
        if let Err(error) = done {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| route.path.to_owned());
            wrong.push(text.chars().take(400).collect::<String>());
        }
    }
    assert!(tried > 30, "{tried}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_typed_into_any_form_survives_an_ended_login_sqlite() {
    check_all_text_comes_back(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_typed_into_any_form_survives_an_ended_login_postgres() {
    check_all_text_comes_back(Backend::Postgres).await;
}

/// Without typed text, signing in leads to the page of the form, on this host only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_again_leads_back_to_the_page_of_every_press() {
    let stage = Stage::with_hash(World::new(Backend::Sqlite).await, &password_hash().await).await;
    let cookie = ended_login(&stage.app, &stage.world, stage.cast.ruth.me()).await;
    for route in PRESSES {
        let got = stage.app.post(&stage.fill(route), Some(&cookie), &[]).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{route}");
        let next = got.location().strip_prefix("/sign-in?").expect("the sign-in page");
        let next = next.split('&').find_map(|pair| pair.strip_prefix("next=")).unwrap_or("/");
        assert!(routes::shows(next), "{route}: {next}");
    }
    for (next, to) in [
        ("/clients/new", "/clients/new"),
        ("/calendar?view=day", "/calendar?view=day"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/sign-out", "/"),
        ("/nowhere/at/all", "/"),
        ("", "/"),
    ] {
        let form = [("login_name", "ruth"), ("password", PASSWORD), ("next", next)];
        assert_eq!(stage.app.post("/sign-in", None, &form).await.location(), to, "{next}");
    }
}

both!(long_note_survives_an_idle_login, |world| {
    let (app, cast) = (App::new(&world), Cast::with_hash(&world.store, &password_hash().await).await);
    let cookie = app.cookie(&world, cast.ruth.me()).await;
    let key = world.store.form_key(Some(cast.ruth.me())).to_string();
    // An hour without activity: the login of staff has ended.
    world.clock.advance(chrono::Duration::hours(1));
    let body = "अ line about the two of them, “quoted” & <marked>.\r\n".repeat(600);
    let path = format!("/clients/{}/notes", cast.couple);
    let form = [("key", key.as_str()), ("scope", "partner_a"), ("s.text", &body)];
    let page = app.post(&path, Some(&cookie), &form).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(field_value(&page.text, "next"), Some(format!("{path}/new")));
    let back = sign_in(&app, "ruth", &page).await;
    assert_eq!(back.status, StatusCode::OK);
    assert_eq!(back.text.matches("अ line about the two").count(), 600);
    assert!(
        back.text.contains("value=\"partner_a\" checked") || back.text.contains("checked value=\"partner_a\""),
        "its scope"
    );
    // Sent from there, the note is saved, once.
    let fresh = field_value(back.text.split("id=\"note\"").nth(1).unwrap(), "key").unwrap();
    let form = [("key", fresh.as_str()), ("scope", "partner_a"), ("s.text", &body)];
    assert_eq!(app.post(&path, back.cookie().as_deref(), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 1);

    // Twelve hours later the kept text has expired; and a forged text opens nothing.
    world.clock.advance(chrono::Duration::hours(13));
    assert_eq!(sign_in(&app, "ruth", &page).await.status, StatusCode::SEE_OTHER);
    let forged = [("login_name", "ruth"), ("password", PASSWORD), ("kept", "AAAA"), ("next", "/clients/new")];
    assert_eq!(app.post("/sign-in", None, &forged).await.location(), "/");
    // Text that is too long for a page is reported before anything is lost.
    let form = [("key", fresh.as_str()), ("scope", "joint"), ("s.text", &"x".repeat(900_000))];
    let lost = app.post(&path, Some(&cookie), &form).await;
    assert!(lost.text.contains("can’t be kept here: go back in your browser"), "{}", lost.text.len());
});

both!(text_is_kept_for_its_writer_without_a_login_cookie, |world| {
    // After signing out in another tab, the browser has no cookie any more.
    let (app, cast) = (App::new(&world), Cast::with_hash(&world.store, &password_hash().await).await);
    let client = cast.couple.to_string();
    let key = world.store.form_key(Some(cast.amara.me())).to_string();
    let message = |key| [("key", key), ("client", client.as_str()), ("text", "canary-amara-message")];
    let page = app.post("/portal/messages", None, &message(&key)).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let jonas = sign_in(&app, "jonas", &page).await;
    assert!(jonas.status == StatusCode::SEE_OTHER && !jonas.text.contains("canary"), "{}", jonas.text);
    assert!(sign_in(&app, "amara", &page).await.text.contains("canary-amara-message"));
    // A page that does not say whose it is: nothing is kept for anyone.
    let page = app.post("/portal/messages", None, &message("")).await;
    assert!(page.status == StatusCode::UNAUTHORIZED && field_value(&page.text, "kept").is_none());
    assert!(page.text.contains("can’t be kept here"));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploaded_file_is_reported_as_not_kept() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::with_hash(&world.store, &password_hash().await).await);
    let cookie = ended_login(&app, &world, cast.ruth.me()).await;
    let part = |name: &str, file: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
    };
    let body = [
        part("key", "", &world.store.form_key(Some(cast.ruth.me())).to_string()),
        part("file", "; filename=\"a.toml\"", "slug = 1"),
        part("title", "", "A title of my own"),
        "--x--\r\n".to_owned(),
    ]
    .concat();
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/library/import")
        .header("host", "localhost:3000")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &cookie)
        .header("content-type", "multipart/form-data; boundary=x");
    let page = app.send(request.body(axum::body::Body::from(body)).unwrap()).await;
    assert!(page.text.contains("Then choose your file again."), "{}", page.text);
    let back = sign_in(&app, "ruth", &page).await;
    assert!(back.text.contains("Choose your file again.") && back.text.contains("A title of my own"), "{}", back.text);
}
