//! One press is one act: every form that creates something is sent twice in a row, twice
//! at once, and with other content, and the rows of every table are counted.
//!
//! The routes come from the program's own table: the test fails for a new creating route
//! that has no form here.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use chrono::Duration;
use domain::{
    clients::person::{EmailAddress, Role},
    form::Form,
    ids::AccountId,
};
use duologue::{
    access::Access,
    library,
    routes::{self, Posts},
};
use sqlx::Connection as _;
use store::{Booked, EmailFacts, Invite, MoveTarget, NewStaff};
use tests::{
    Backend, World,
    app::{App, CODE, Got},
    both,
    people::{Cast, details, pathway, person, small_document, zone},
};

use crate::routes::Stage;

/// A form as its page would send it, filled in.
pub(crate) struct Case {
    /// The account that sends it; `None` for a person who is not signed in.
    pub(crate) who: Option<AccountId>,
    pub(crate) path: String,
    pub(crate) form: Vec<(String, String)>,
    /// A field and other words for it; `None` if the form has no text to type.
    pub(crate) other: Option<(&'static str, &'static str)>,
}

/// The number of rows in each table, except those that are not made by a form: form keys
/// and counted attempts.
#[expect(clippy::disallowed_methods, reason = "the names of tables come from the database")]
pub(crate) async fn row_counts(world: &World) -> BTreeMap<String, i64> {
    const TABLES: &str = "SELECT name
        FROM sqlite_schema
        WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
    const THEIRS: &str = "SELECT table_name::text
        FROM information_schema.tables
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let mut counts = BTreeMap::new();
    macro_rules! count {
        ($c:expr, $tables:expr) => {{
            let names: Vec<String> = sqlx::query_scalar($tables).fetch_all(&mut $c).await.unwrap();
            assert!(names.len() > 40, "{names:?}");
            for name in names.into_iter().filter(|n| n != "press" && n != "throttle") {
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {name}")));
                let count: i64 = query.fetch_one(&mut $c).await.unwrap();
                counts.insert(name, count);
            }
        }};
    }
    match world.backend {
        Backend::Sqlite => {
            let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
            count!(c, TABLES);
        }
        Backend::Postgres => {
            let mut c = sqlx::PgConnection::connect(&world.address_text).await.unwrap();
            count!(c, THEIRS);
        }
    }
    counts
}

/// The differences between two counts; tables without one are left out.
pub(crate) fn row_changes(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    after.iter().map(|(name, n)| (name.clone(), n - before[name])).filter(|(_, n)| *n != 0).collect()
}

/// Owned copies of name and value pairs.
pub(crate) fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

/// The tokens in the emails that are due, by the kind of email.
async fn tokens(world: &World) -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for message in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        match &message.facts {
            EmailFacts::Invitation { token, .. } => found.insert("invitation", token.clone()),
            EmailFacts::PasswordReset { token, .. } => found.insert("reset", token.clone()),
            EmailFacts::Inquiry { token, .. } => found.insert("inquiry", token.clone()),
            EmailFacts::NewAddress { token, .. } => found.insert("address", token.clone()),
            EmailFacts::AddressChanged { .. }
            | EmailFacts::Session(_)
            | EmailFacts::Portal
            | EmailFacts::Plan { .. }
            | EmailFacts::Test => None,
        };
        world.store.worker().return_claim_early(message.id, message.token, false).await.unwrap();
    }
    found
}

/// Invites a new clinician and returns their account.
pub(crate) async fn new_staff(cast: &Cast) -> AccountId {
    let new = NewStaff {
        display_name: "Noor Haddad".into(),
        email: EmailAddress::parse("noor@example.org").unwrap(),
        zone: zone("Europe/Berlin"),
        roles: vec![Role::Clinician],
    };
    cast.owner.invite_staff(&new).await.unwrap();
    cast.owner.staff().await.unwrap().into_iter().find(|s| s.name == "Noor Haddad").unwrap().id
}

/// Lets the email to a person that is due fail, and returns its id.
async fn fail_email_to(world: &World, name: &str) -> domain::ids::EmailId {
    let mut failed = None;
    for mail in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        if mail.recipient_name.starts_with(name) {
            assert!(world.store.worker().finish_failed(mail.id, mail.token, "refused").await.unwrap());
            failed = Some(mail.id);
        } else {
            world.store.worker().return_claim_early(mail.id, mail.token, false).await.unwrap();
        }
    }
    failed.unwrap()
}

/// Makes a new clinician who has accepted the invitation.
async fn new_active_staff(world: &World, cast: &Cast) -> AccountId {
    let account = new_staff(cast).await;
    let invitation = cast.owner.invite_by_hand(account).await.unwrap().unwrap();
    let accepted =
        world.store.guest().accept_invitation(&invitation.token, "noor", tests::people::NO_HASH).await.unwrap();
    assert_eq!(accepted, store::InvitationAccepted::Done(account));
    account
}

/// A client whom the front desk offers to Ruth.
pub(crate) async fn offered_client(stage: &Stage) -> domain::ids::ClientId {
    let pairs = [("kind", "individual"), ("a.name", "Lea Brandt"), ("a.phone", "030 5550 177")];
    let mut form = Form::from_pairs(pairs);
    form.set("clinician", stage.cast.ruth.me().to_string());
    let new = domain::clients::taking_on::TakingOn::read(&form, &zone("Europe/Berlin")).unwrap();
    match stage.cast.desk.take_on(&new, None).await.unwrap() {
        store::TakenOn::Done(client) => client,
        other => panic!("{other:?}"),
    }
}

/// A couple of whom only one partner is known so far.
async fn half_a_couple(cast: &Cast) -> domain::ids::ClientId {
    let a = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    cast.ruth.create_client(&store::NewClient::Couple { a, b: None }).await.unwrap().unwrap()
}

const ASKS: [(&str, &str); 5] =
    [("name", "Ana"), ("email", "ana.b@example.org"), ("kind", "couple"), ("meeting", "any"), ("part", "any")];

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T090000Z\r\n\
DTEND:20261201T095000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The form of a route that creates something, on a stage prepared for it.
#[expect(clippy::too_many_lines, reason = "a form for each route")]
pub(crate) async fn case(stage: &Stage, route: &str) -> Case {
    let (cast, world) = (&stage.cast, &stage.world);
    let (ruth, desk, amara, owner) = (cast.ruth.me(), cast.desk.me(), cast.amara.me(), cast.owner.me());
    let couple = cast.couple;
    let session = stage.ids["/sessions/{id}"].parse().unwrap();
    let at = stage.fill(route);
    let case_of = |who: AccountId, pairs: &[(&str, &str)], other| Case {
        who: Some(who),
        path: at.clone(),
        form: fields(pairs),
        other,
    };
    let public = |path: String, pairs: &[(&str, &str)], other| Case { who: None, path, form: fields(pairs), other };
    match route {
        "/invitations/{token}" => {
            new_staff(cast).await;
            let form = [("login_name", "noor"), ("password", "three tired swans at noon")];
            public(format!("/invitations/{}", tokens(world).await["invitation"]), &form, Some(("login_name", "noora")))
        }
        "/inquire" => public(at, &ASKS, Some(("name", "Berta"))),
        "/inquire/{token}" => {
            let inquiry = domain::scheduling::inquiry::Inquiry::read(
                &Form::from_pairs(ASKS),
                &tests::people::zone("Europe/Berlin"),
            )
            .unwrap();
            world.store.guest().inquire(&inquiry).await.unwrap();
            public(format!("/inquire/{}", tokens(world).await["inquiry"]), &[], None)
        }
        "/forgot" => public(at, &[("login_name_or_email", "ruth")], Some(("login_name_or_email", "emeka"))),
        "/reset/{token}" => {
            world.store.guest().request_reset("ruth").await.unwrap();
            let form = [("password", "three tired swans at noon")];
            public(format!("/reset/{}", tokens(world).await["reset"]), &form, None)
        }
        "/account/password" => {
            let hash = stage.app.state.site().hasher.hash("a quiet river at dawn".to_owned()).await.unwrap();
            let visitor = tests::people::visitor(&world.store, ruth).await;
            world.store.signed_in(&visitor).change_password(&hash, "test", None).await.unwrap();
            case_of(ruth, &[("current", "a quiet river at dawn"), ("password", "three tired swans at noon")], None)
        }
        "/account/email" | "/portal/contact/email" => {
            let who = if route.starts_with("/portal") { amara } else { ruth };
            let hash = stage.app.state.site().hasher.hash("a quiet river at dawn".to_owned()).await.unwrap();
            let visitor = tests::people::visitor(&world.store, who).await;
            world.store.signed_in(&visitor).change_password(&hash, "test", None).await.unwrap();
            let form = [("email", "new@example.org"), ("current_password", "a quiet river at dawn")];
            case_of(who, &form, Some(("email", "other@example.org")))
        }
        "/account/address/{token}" => {
            let visitor = tests::people::visitor(&world.store, ruth).await;
            world
                .store
                .signed_in(&visitor)
                .request_email_change(&EmailAddress::parse("new@example.org").unwrap())
                .await
                .unwrap();
            Case { path: format!("/account/address/{}", tokens(world).await["address"]), ..case_of(ruth, &[], None) }
        }
        "/account/feed" => case_of(ruth, &[("do", "make"), ("wording", "busy")], None),
        "/bin/{id}/restore" => case_of(ruth, &[], None),
        "/locations" => {
            case_of(owner, &[("location", "Old Town"), ("address", "32 Mill Street")], Some(("location", "Harbour")))
        }
        "/rooms" => case_of(owner, &[("room", "Attic")], Some(("room", "Cellar"))),
        "/staff" => case_of(
            owner,
            &[
                ("display_name", "Noor Haddad"),
                ("email", "noor@example.org"),
                ("zone", "Europe/Berlin"),
                ("role", "clinician"),
            ],
            Some(("display_name", "Nora Haddad")),
        ),
        "/staff/{id}/invite" => {
            Case { path: format!("/staff/{}/invite", new_staff(cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/link" => {
            Case { path: format!("/staff/{}/link", new_staff(cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/reset" => {
            Case { path: format!("/staff/{}/reset", new_active_staff(world, cast).await), ..case_of(owner, &[], None) }
        }
        "/staff/{id}/emails/{email}" => {
            let account = new_staff(cast).await;
            let path = format!("/staff/{account}/emails/{}", fail_email_to(world, "Noor").await);
            Case { path, ..case_of(owner, &[("do", "again")], None) }
        }
        "/clients/{id}/emails/{email}" => {
            let client = half_a_couple(cast).await;
            let person = person(&cast.ruth, client, "Lea").await;
            assert_eq!(cast.ruth.invite_partner(client, person).await.unwrap(), Invite::Mailed);
            let path = format!("/clients/{client}/emails/{}", fail_email_to(world, "Lea").await);
            Case { path, ..case_of(ruth, &[("do", "again")], None) }
        }
        "/waitlist" => case_of(
            desk,
            &[
                ("name", "Ana"),
                ("phone", "+49 30 5550 177"),
                ("email", ""),
                ("kind", "couple"),
                ("meeting", "any"),
                ("part", "any"),
            ],
            Some(("name", "Berta")),
        ),
        "/requests/{id}" => {
            let (waiting, _) = cast.amara.requests().await.unwrap();
            cast.amara.answer_request(waiting[0].id, true).await.unwrap();
            case_of(desk, &[("answer", "yes")], None)
        }
        "/sessions" => {
            let mut form = cast.form(&world.store, couple, ruth, "2026-12-09 10:00");
            form.push(("repeat", "once".to_owned()));
            form.retain(|(name, _)| *name != "key");
            Case {
                form: form.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
                ..case_of(desk, &[], Some(("time", "11:00")))
            }
        }
        "/sessions/{id}/move" => case_of(
            desk,
            &[
                ("date", "2026-12-10"),
                ("time", "10:00"),
                ("minutes", "50"),
                ("place", &cast.room.to_string()),
                ("clinician", &ruth.to_string()),
                ("kind", "regular"),
                ("reach", "one"),
            ],
            Some(("time", "15:00")),
        ),
        "/sessions/{id}/cancellation" => case_of(
            desk,
            &[("by", "client"), ("reason", "They rang."), ("reach", "one")],
            Some(("reason", "They are ill.")),
        ),
        "/sessions/{id}/undo" => {
            cast.owner
                .update_practice(&domain::practice::settings::Practice {
                    quiet_minutes: 5,
                    ..cast.owner.practice().await.unwrap()
                })
                .await
                .unwrap();
            let wish = cast.wish(&world.store, "2026-12-10 10:00");
            let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
            let wish = [
                ("date", "2026-12-10"),
                ("time", "10:00"),
                ("minutes", "50"),
                ("place", &cast.room.to_string()),
                ("clinician", &ruth.to_string()),
                ("kind", "regular"),
            ];
            let wish = domain::scheduling::session::Move::read(&Form::from_pairs(wish)).unwrap();
            let goal = MoveTarget::of(&wish, &timing);
            assert!(matches!(cast.desk.move_session(session, &goal).await.unwrap(), Booked::Done(_)));
            case_of(desk, &[], None)
        }
        "/sessions/{id}/replies/{person}" => case_of(desk, &[("do", "seen")], None),
        "/clinicians/{id}/hours" => case_of(
            desk,
            &[("from_on", "2026-12-07"), ("hours.mon", "9:00–12:00"), ("buffer_before", "0"), ("buffer_after", "0")],
            Some(("hours.mon", "8:00–12:00")),
        ),
        "/clinicians/{id}/calendar-file" => {
            let path = at.clone();
            let cookie = stage.app.cookie(world, desk).await;
            let shown = stage.app.post(&path, Some(&cookie), &[("file", FILE), ("holds", "own")]).await;
            let form: Vec<_> = crate::scheduling::calendar_files::fields(&shown.text)
                .into_iter()
                .filter(|(n, _)| n != "key")
                .collect();
            assert!(form.iter().any(|(n, v)| n == "step.0.take" && v == "busy"), "{form:?}");
            Case { form, ..case_of(desk, &[], None) }
        }
        "/clinicians/{id}/exceptions" => case_of(
            desk,
            &[("first", "2027-03-01"), ("kind", "away"), ("reason", "Training")],
            Some(("reason", "Holiday")),
        ),
        "/email-log/{id}/resend" => {
            let message = stage.ids["/email-log/{id}"].parse().unwrap();
            loop {
                let due = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
                let Some(own) = due.iter().find(|m| m.id == message) else {
                    assert!(!due.is_empty(), "it is due");
                    continue;
                };
                assert!(world.store.worker().finish_failed(own.id, own.token, "the mailbox is full").await.unwrap());
                break;
            }
            case_of(desk, &[], None)
        }
        "/clients" => case_of(
            ruth,
            &[
                ("kind", "couple"),
                ("a.name", "Lea Brandt"),
                ("a.zone", "Europe/Berlin"),
                ("a.language", "en"),
                ("b.name", "Ben Brandt"),
                ("b.zone", "Europe/Berlin"),
                ("b.language", "en"),
            ],
            Some(("b.name", "Bea Brandt")),
        ),
        "/desk/clients" => {
            let therapist = cast.ruth.me().to_string();
            case_of(
                desk,
                &[
                    ("kind", "couple"),
                    ("a.name", "Lea Brandt"),
                    ("a.phone", "030 5550 177"),
                    ("b.name", "Ben Brandt"),
                    ("clinician", &therapist),
                ],
                Some(("b.name", "Bea Brandt")),
            )
        }
        "/desk/clients/{id}/therapist" => {
            let client = offered_client(stage).await;
            assert!(cast.ruth.decline_client(client).await.unwrap());
            let therapist = cast.ruth.me().to_string();
            let path = format!("/desk/clients/{client}/therapist");
            Case { path, ..case_of(desk, &[("clinician", &therapist)], None) }
        }
        "/clients/{id}/separation" => case_of(ruth, &[("read", "yes")], None),
        "/clients/{id}/partners" => Case {
            path: format!("/clients/{}/partners", half_a_couple(cast).await),
            ..case_of(
                ruth,
                &[("a.name", "Ben Brandt"), ("a.zone", "Europe/Berlin"), ("a.language", "en")],
                Some(("a.name", "Bea Brandt")),
            )
        },
        "/clients/{id}/partners/{person}/invitation" => {
            let client = half_a_couple(cast).await;
            let person = person(&cast.ruth, client, "Lea").await;
            let path = format!("/clients/{client}/partners/{person}/invitation");
            Case { path, ..case_of(ruth, &[("how", "mail")], None) }
        }
        "/clients/{id}/messages/{person}" => {
            case_of(ruth, &[("text", "Good evening.")], Some(("text", "Good morning.")))
        }
        "/library/import" => {
            let document = domain::exercises::exercise::Document {
                slug: "pathways".into(),
                title: "Long walks".into(),
                ..small_document()
            };
            let text = library::write_file(&document).unwrap();
            case_of(ruth, &[("text", &text)], Some(("title", "Short walks")))
        }
        "/authoring" => case_of(ruth, &[("from", "")], None),
        "/pathways" => {
            let form = pathway("", "small").form().0;
            let form = form.into_iter().chain(fields(&[("do", "save")])).collect();
            Case { form, ..case_of(ruth, &[], Some(("title", "Another way"))) }
        }
        "/clients/{id}/pathways" => case_of(ruth, &[("pathway", "own-way"), ("for", "everyone")], None),
        "/pathway-progress/{id}/next" => case_of(ruth, &[("given", "1")], None),
        "/clients/{id}/assignments" => case_of(
            ruth,
            &[("exercise", "open"), ("for", "everyone"), ("due", "before_next"), ("word_along", "Take your time.")],
            Some(("word_along", "No hurry.")),
        ),
        "/assignments/{id}/paper/{person}" => {
            cast.assign_exercise("open", domain::exercises::assignment::Audience::Everyone).await;
            let all = cast.ruth.assignments(couple, None).await.unwrap().rows;
            let open =
                all.iter().find(|a| a.status.iter().all(|s| s.submitted_at.is_none()) && a.title == "Small exercise");
            let id = open.unwrap().id;
            let path = format!("/assignments/{id}/paper/{}", cast.amara.person());
            Case {
                path,
                ..case_of(ruth, &[("number", "1"), ("s.therapist", "On paper.")], Some(("s.therapist", "On a sheet.")))
            }
        }
        "/assignments/{id}/reset/{person}" => case_of(ruth, &[("number", "1")], None),
        "/clients/{id}/notes" => {
            case_of(ruth, &[("scope", "joint"), ("body", "They came late.")], Some(("body", "They came early.")))
        }
        "/portal/messages" => case_of(
            amara,
            &[("client", &couple.to_string()), ("text", "Good evening.")],
            Some(("text", "Good morning.")),
        ),
        "/portal/sessions/{id}/cancel" | "/portal/sessions/{id}/alone" => {
            let Booked::Done(free) = cast.book(&world.store, "2026-12-17 10:00").await else { panic!("free") };
            Case { path: route.replace("{id}", &free.to_string()), ..case_of(amara, &[], None) }
        }
        "/portal/requests" => {
            let Booked::Done(free) = cast.book(&world.store, "2026-12-17 10:00").await else { panic!("free") };
            let form = [("session", free.to_string()), ("at", "2026-12-18T10:00:00Z".to_owned())];
            let form = form.map(|(n, v)| (n.to_owned(), v)).to_vec();
            Case { form, ..case_of(amara, &[], Some(("at", "2026-12-18T11:00:00Z"))) }
        }
        "/portal/requests/{id}/answer" => {
            let (waiting, _) = cast.amara.requests().await.unwrap();
            let path = format!("/portal/requests/{}/answer", waiting[0].id);
            Case { path, ..case_of(amara, &[("answer", "yes")], None) }
        }
        "/portal/requests/{id}/withdraw" => {
            let (_, own) = cast.jonas.requests().await.unwrap();
            let path = format!("/portal/requests/{}/withdraw", own[0].id);
            Case { path, ..case_of(cast.jonas.me(), &[], None) }
        }
        other => panic!("{other} makes something: how is its form filled in?"),
    }
}

async fn send(app: &App, case: &Case, cookie: Option<&str>, key: &str) -> Got {
    let form: Vec<(&str, &str)> =
        case.form.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("key", key)]).collect();
    app.post(&case.path, cookie, &form).await
}

/// The status, target and length of an answer, without what differs from page to page.
fn summary(got: &Got) -> (StatusCode, String, usize) {
    (got.status, got.location().to_owned(), if got.status.is_redirection() { 0 } else { got.text.len() })
}

/// Sends a route's form once on one stage, and several times on another, and compares the
/// rows.
async fn check_one_act(backend: Backend, route: &str) {
    let stage = Stage::in_world(World::new(backend).await).await;
    let sent = case(&stage, route).await;
    let cookie = match sent.who {
        Some(who) => Some(stage.app.cookie(&stage.world, who).await),
        None => None,
    };
    let key = stage.world.store.form_key(sent.who).to_string();
    let before = row_counts(&stage.world).await;
    let first = send(&stage.app, &sent, cookie.as_deref(), &key).await;
    assert!(first.status.is_success() || first.status.is_redirection(), "{route}: {} {}", first.status, first.text);
    let once = row_changes(&before, &row_counts(&stage.world).await);
    // An address is confirmed or a feed renewed in the existing row.
    let changes = matches!(route, "/account/feed" | "/inquire/{token}");
    assert!(!once.is_empty() || changes, "{route} made nothing: {}", first.location());

    let stage = Stage::in_world(World::new(backend).await).await;
    let sent = case(&stage, route).await;
    let mut cookie = match sent.who {
        Some(who) => Some(stage.app.cookie(&stage.world, who).await),
        None => None,
    };
    let key = stage.world.store.form_key(sent.who).to_string();
    let before = row_counts(&stage.world).await;
    let (one, two) = tokio::join!(
        send(&stage.app, &sent, cookie.as_deref(), &key),
        send(&stage.app, &sent, cookie.as_deref(), &key)
    );
    assert_eq!(summary(&one), summary(&two), "{route}: two at once");
    let twice = row_counts(&stage.world).await;
    assert_eq!(row_changes(&before, &twice), once, "{route}: two at once");
    // A new password gives this browser a new login.
    cookie = one.cookie().or_else(|| two.cookie()).filter(|_| sent.who.is_some()).or(cookie);
    let third = send(&stage.app, &sent, cookie.as_deref(), &key).await;
    assert_eq!(summary(&third), summary(&one), "{route}: once more");
    assert_eq!(row_changes(&twice, &row_counts(&stage.world).await), BTreeMap::new(), "{route}: once more");

    let Some((field, words)) = sent.other else { return };
    let mut other = Case { form: sent.form.clone(), path: sent.path.clone(), ..sent };
    other.form.retain(|(name, _)| name != field);
    other.form.push((field.to_owned(), words.to_owned()));
    let refused = send(&stage.app, &other, cookie.as_deref(), &key).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{route}: {}", refused.location());
    assert!(refused.text.contains("This form was already sent on"), "{route}");
    assert!(refused.text.contains(words), "{route}: {words} is lost");
    let mut more = row_changes(&twice, &row_counts(&stage.world).await);
    // Opening a page is recorded.
    more.remove("audit");
    assert_eq!(more, BTreeMap::new(), "{route}: other content");
}

async fn check_every_form_is_one_act(backend: Backend) {
    let made: Vec<&str> = routes::table()
        .into_iter()
        .filter(|r| r.method == Method::POST && r.path != "/setup")
        .filter(|r| matches!(r.posts, Some(Posts::Once(_) | Posts::OnceUnless { .. })))
        .map(|r| r.path)
        .collect();
    assert!(made.len() > 35, "{}", made.len());
    let mut wrong = Vec::new();
    for route in made {
        let done = tokio::spawn(async move { check_one_act(backend, route).await }).await;
        if let Err(error) = done {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| route.to_owned());
            wrong.push(text.chars().take(600).collect::<String>());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_creating_form_creates_once_sqlite() {
    check_every_form_is_one_act(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_creating_form_creates_once_postgres() {
    check_every_form_is_one_act(Backend::Postgres).await;
}

both!(a_practice_is_set_up_once, |world| {
    let app = App::new(&world);
    let key = world.store.form_key(None).to_string();
    let form = [
        ("key", key.as_str()),
        ("code", CODE),
        ("name", "Bridge House"),
        ("zone", "Europe/Berlin"),
        ("display_name", "Ada"),
        ("email", "ada@example.org"),
        ("login_name", "ada"),
        ("password", "three tired swans at noon"),
    ];
    let (one, two) = tokio::join!(app.post("/setup", None, &form), app.post("/setup", None, &form));
    assert_eq!((one.status, one.location()), (StatusCode::SEE_OTHER, "/practice"));
    assert_eq!(summary(&one), summary(&two));
    assert_eq!(world.number("SELECT count(*) FROM account").await.unwrap(), 1);
});

/// Every form on every page has its form key, so that no page avoids the check.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_every_page_has_a_form_key() {
    let stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    let c = &stage.cast;
    let visitors =
        [None, Some(c.owner.me()), Some(c.ruth.me()), Some(c.desk.me()), Some(c.amara.me()), Some(c.jonas.me())];
    let mut forms = 0;
    for route in routes::table().into_iter().filter(|r| r.method == Method::GET && r.access != Access::Plain) {
        for who in visitors {
            let cookie = match who {
                Some(who) => Some(stage.app.cookie(&stage.world, who).await),
                None => None,
            };
            let page = stage.app.get(&stage.fill(route.path), cookie.as_deref()).await.text;
            for form in page.split("<form").skip(1) {
                let (tag, inside) = form.split_once('>').unwrap();
                if !tag.contains("method=\"post\"") {
                    continue;
                }
                let key = inside
                    .strip_prefix("<input type=\"hidden\" name=\"key\" value=\"")
                    .and_then(|t| t.split('"').next());
                let key = key.unwrap_or_else(|| panic!("{}: {tag} has no key", route.path));
                let key = store::FormKey::from(key.parse::<uuid::Uuid>().unwrap());
                assert_eq!(
                    stage.world.store.key_of_page(key, who),
                    store::KeyOwner::ThisAccount,
                    "{}: {tag}",
                    route.path
                );
                forms += 1;
            }
        }
    }
    assert!(forms > 150, "{forms}");
}

both!(form_from_another_persons_page_is_refused, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // Amara's message is left in the tab; Jonas signs in at the same computer.
    let key = world.store.form_key(Some(cast.amara.me())).to_string();
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let client = cast.couple.to_string();
    let message = [("key", key.as_str()), ("client", &client), ("text", "canary-amara")];
    let refused = app.post("/portal/messages", Some(&jonas), &message).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(!refused.text.contains("canary-amara"), "nor is it shown to him");
    assert_eq!(world.number("SELECT count(*) FROM message").await.unwrap(), 0);
});

both!(form_without_a_key_is_accepted_each_time, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let desk = app.cookie(&world, cast.desk.me()).await;
    for time in ["10:00", "12:00"] {
        let form = cast.form(&world.store, cast.couple, cast.ruth.me(), &format!("2026-12-09 {time}"));
        let form: Vec<_> = form.iter().filter(|(n, _)| *n != "key").map(|(n, v)| (*n, v.as_str())).collect();
        let booked = app.post("/sessions", Some(&desk), &form).await;
        assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
    }
    assert_eq!(world.number("SELECT count(*) FROM session").await.unwrap(), 2);
});

both!(refused_form_may_be_corrected_and_sent_with_its_key, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let key = world.store.form_key(Some(cast.ruth.me())).to_string();
    let here = format!("/clients/{}/notes", cast.couple);
    let refused = app.post(&here, Some(&ruth), &[("key", &key), ("scope", "joint"), ("body", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mended = [("key", key.as_str()), ("scope", "joint"), ("body", "They came.")];
    assert_eq!(app.post(&here, Some(&ruth), &mended).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 1);
});

both!(two_processes_do_not_run_one_form_twice, |world| {
    let (one, cast) = (App::new(&world), Cast::new(&world.store).await);
    let second = World { store: world.second().await, ..World::new(world.backend).await };
    let two = App::new(&second);
    let owner = one.cookie(&world, cast.owner.me()).await;
    let key = world.store.form_key(Some(cast.owner.me())).to_string();
    let form = [("key", key.as_str()), ("room", "Attic")];
    let (a, b) = tokio::join!(one.post("/rooms", Some(&owner), &form), two.post("/rooms", Some(&owner), &form));
    assert_eq!(summary(&a), summary(&b), "{} {}", a.text, b.text);
    assert_eq!(a.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM room").await.unwrap(), 2);
});

both!(form_key_records_keep_no_content_and_expire, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let key = world.store.form_key(Some(cast.amara.me())).to_string();
    let client = cast.couple.to_string();
    let form = [("key", key.as_str()), ("client", &client), ("text", "I am fine.")];
    assert_eq!(app.post("/portal/messages", Some(&amara), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM press WHERE answer IS NOT NULL").await.unwrap(), 1);
    // Not even a hash is stored that a guess could be compared with: the hash has a key.
    let press = |store: &store::Store| {
        let fields = form.iter().map(|(n, v)| (*n, v.as_bytes()));
        store.press(Some(cast.amara.me()), "/portal/messages", key.parse::<uuid::Uuid>().unwrap().into(), fields)
    };
    assert!(matches!(world.store.pressed(&press(&world.store)).await.unwrap(), store::PressState::Done { .. }));
    world.clock.advance(Duration::days(31));
    world.store.worker().forget_presses().await.unwrap();
    assert_eq!(world.store.pressed(&press(&world.store)).await.unwrap(), store::PressState::New);
});
