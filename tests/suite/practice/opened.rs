//! Opening clinical content is recorded: every address of the program's own table is
//! opened by all staff and both partners, while clinical content of each kind exists. An
//! answer that shows some has made an audit entry by this account that names this client;
//! an answer that shows none has made none.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use domain::{
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        response::NotNow,
    },
    ids::{AccountId, ClientId},
    scheduling::session::CalendarTitle,
};
use duologue::{access::Access, routes};
use store::{AgreementOutcome, AuditEntry, AuditFilter};
use tests::{
    Backend, World,
    app::Got,
    both,
    people::{new_couple, person, small_answers},
};

use crate::{records::leaving, routes::Stage};

/// Texts that reveal something clinical about a client, wherever they are in an answer to
/// staff.
const SIGNS: &[&str] = &[
    // What was written.
    "canary-amara-therapist",
    "canary-amara-reveal",
    "canary-amara-couple",
    "canary-note",
    "canary-message",
    "canary-intake",
    "canary-pact",
    // A document, its title, or that a client sent one.
    "canary-document",
    // What leaves the practice, and to whom.
    "canary-release",
    "canary-disclosure",
    "Confirm a disclosure about",
    "sent a document",
    // The text with an assignment.
    "Take your time",
    // Who postponed something, and why.
    "Something does not feel safe",
    "It does not feel safe",
    // Who wrote a message.
    "wrote to you",
    // What is open for whom, and the adherence.
    "data-column=\"Open\"",
    "None open",
    "No exercise yet",
    // Which answers arrived, and which notes are not written or signed.
    " answered “",
    "Sign note: ",
    "Already assigned",
    "already open for them",
    // A client's pathway progress.
    "of 2 assigned",
    "Next steps of “",
    // A worksheet that was given to a client.
    "’s paper answers",
    // How a person may be contacted: only their therapist reads it.
    "through the portal only",
];

/// Whether a page belongs to one record: opening it may make an entry even if it shows
/// nothing clinical at the moment.
fn is_of_one_record(route: &str) -> bool {
    [
        "/clients/{id}",
        "/consents/{id}",
        "/assignments/{id}",
        "/pathway-progress/{id}",
        "/data-requests/{id}",
        "/notes/{id}",
        "/cosign/{id}",
        "/goals/{id}",
        "/documents/{id}",
        "/releases/{id}",
        "/disclosures/{id}",
        "/policies/{id}",
        "/handovers/{id}",
        "/email-log/{id}",
    ]
    .iter()
    .any(|page| route.starts_with(page))
}

/// Other views of the same addresses, and other records.
const VIEWS: &[(&str, &[&str])] = &[
    ("/today", &["?replies=0"]),
    (
        "/clients/{id}",
        &[
            "?tab=sessions",
            "?tab=exercises",
            "?tab=notes",
            "?tab=notes&words=canary",
            "?tab=documents",
            "?tab=forms",
            "?tab=details",
        ],
    ),
    ("/notes", &["?tab=drafts", "?tab=cosign", "?tab=returned"]),
    (
        "/caseload",
        &["?sort=flag", "?sort=next&desc=1", "?filter=attention", "?filter=archived", "?q=nobody", "?q=o&sort=done"],
    ),
    ("/clients/{id}/assignments/new", &["?exercise=small"]),
    ("/clients/{id}/course", &["?exercise=small"]),
    ("/clients/{id}/adherence", &["?weeks=52"]),
    ("/clients/{id}/brief", &["?all=1"]),
    ("/clients/{id}/notes/new", &["?addendum_of={note}"]),
    ("/assignments/{id}", &["?number=1", "/assignments/{open}", "/assignments/{put off}"]),
    ("/assignments/{id}/paper/{person}", &["/assignments/{put off}/paper/{amara}"]),
    ("/library", &["?client={client}"]),
    ("/library/{slug}", &["?client={client}"]),
    ("/pathways", &["?client={client}"]),
    ("/pathways/{slug}", &["?client={client}"]),
    ("/clients/new", &["?kind=individual"]),
    ("/sessions/new", &["?client={client}", "?q=amara"]),
    ("/slots", &["?client={client}"]),
    ("/find", &["?q=amara"]),
    ("/desk/clients", &["?q=amara"]),
    ("/calendar", &["?view=list", "?view=month"]),
    ("/email-log", &["?state=sent"]),
    ("/audit", &["?record={client}", "?kind=clinical&from=2026-11-01&until=2027-12-31"]),
    ("/audit.csv", &["?record={client}"]),
];

/// Creates a stage with clinical content of every kind.
async fn new_stage(world: World) -> Stage {
    let mut stage = Stage::in_world(world).await;
    let cast = &stage.cast;
    let open = cast.assign_exercise("open", Audience::Everyone).await;
    cast.amara.submit(open, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(open, &small_answers("jonas")).await.unwrap();
    assert_eq!(cast.amara.write_agreement(open, "pact", 0, "canary-pact").await.unwrap(), AgreementOutcome::Done);
    let put_off = cast.assign().await;
    assert!(cast.jonas.set_not_now(put_off, Some(NotNow::NotSafe)).await.unwrap());
    cast.ruth.give_next(stage.ids["/pathway-progress/{id}"].parse().unwrap(), 0).await.unwrap();
    let jonas = person(&cast.ruth, cast.couple, "Jonas").await;
    let mut quiet = tests::people::details("Jonas Weber", "jonas@example.org", "America/New_York");
    quiet.contact.portal_only = true;
    cast.ruth.update_person(cast.couple, jonas, &quiet).await.unwrap();
    stage.world.store.signed_in(cast.ruth.visitor()).make_feed(CalendarTitle::Names).await.unwrap();
    let feed = stage.world.store.signed_in(cast.ruth.visitor()).feed().await.unwrap().unwrap().token;
    leaving::disclosure(&stage.world.store, (cast, &cast.emeka), "canary-disclosure to confirm").await;
    // One couple had an exercise, another has one, beside those who have none.
    let third = new_couple(&cast.emeka, "Noor Haddad", "Sami Haddad").await;
    let new =
        NewAssignment { for_whom: Audience::Everyone, frequency: Frequency::BeforeNext, word_along: String::new() };
    let taken_back = cast.emeka.assign(third, "open", &new, None).await.unwrap().unwrap();
    cast.emeka.withdraw(taken_back).await.unwrap().unwrap();
    let fourth = new_couple(&cast.emeka, "Mira Bell", "Tom Bell").await;
    cast.emeka.assign(fourth, "open", &new, None).await.unwrap().unwrap();
    for (name, occurrence) in [("{open}", open), ("{put off}", put_off)] {
        let all = cast.ruth.assignments(cast.couple, None).await.unwrap().rows;
        let of = all.iter().find(|a| a.occurrence == occurrence).unwrap();
        stage.ids.insert(name, of.id.to_string());
    }
    stage.ids.insert("/feeds/{token}", feed);
    stage.ids.insert("/portal/exercises/{id}", open.to_string());
    stage
}

/// The entries after this number that say that the account opened or printed something.
async fn openings(stage: &Stage, who: AccountId, after: i64) -> Vec<AuditEntry> {
    let filter = AuditFilter { who: Some(who), ..AuditFilter::default() };
    let rows = stage.cast.owner.audit_log(filter, None).await.unwrap().rows;
    rows.into_iter()
        .filter(|entry| entry.row.seq > after && ["opened", "printed"].contains(&entry.row.action.as_str()))
        .collect()
}

fn names_client(entry: &AuditEntry, client: ClientId) -> bool {
    entry.row.client_id == Some(client.0) || entry.named.contains(&client)
}

/// Checks that everything an answer shows of a client is recorded, and notes the texts
/// that were seen.
async fn check_recorded(
    stage: &Stage,
    (who, account, client): (&str, AccountId, ClientId),
    (route, path): (&str, &str),
    got: &Got,
    before: i64,
    seen: &mut BTreeMap<&'static str, BTreeSet<String>>,
) {
    assert_ne!(got.status, StatusCode::INTERNAL_SERVER_ERROR, "{who} {path}: {}", got.text);
    // The front desk may read why an email about a session was not sent.
    let desk_may_read = |sign: &str| who == "front-desk" && sign == "through the portal only";
    let shown: Vec<&'static str> =
        SIGNS.iter().filter(|sign| got.text.contains(**sign) && !desk_may_read(sign)).copied().collect();
    let entries = openings(stage, account, before).await;
    let context = || {
        let entries: Vec<_> = entries.iter().map(|e| (&e.row.thing, e.row.client_id, &e.named)).collect();
        format!("{who} on {path} ({}): {shown:?}, on record {entries:?}", got.status)
    };
    for sign in &shown {
        seen.entry(*sign).or_default().insert(format!("{who} {route}"));
    }
    if shown.is_empty() {
        assert!(is_of_one_record(route) || entries.is_empty(), "nothing clinical is shown: {}", context());
    } else {
        assert!(["own-clinician", "other-clinician"].contains(&who), "{}", context());
        // A colleague is asked to confirm a disclosure about a client of another's.
        let is_asked = route.starts_with("/disclosures/{id}") || shown == ["Confirm a disclosure about"];
        let client = if is_asked { stage.cast.couple } else { client };
        // A list may show other clients of the reader, and then has to name those.
        let listed = if route == "/caseload" { linked_clients(&got.text) } else { vec![] };
        let clients = if listed.is_empty() { vec![client] } else { listed };
        for client in clients {
            assert!(
                entries.iter().any(|entry| names_client(entry, client)),
                "{client:?} is not on record: {}",
                context()
            );
        }
    }
}

/// The clients to whose pages a page has links.
fn linked_clients(page: &str) -> Vec<ClientId> {
    let id = |rest: &str| rest.split(['"', '/', '?']).next().and_then(|id| id.parse().ok());
    page.split("href=\"/clients/").skip(1).filter_map(id).collect()
}

async fn last_entry(stage: &Stage) -> i64 {
    stage.world.store.audit_head().await.unwrap().unwrap().seq
}

fn staff(stage: &Stage) -> [(&'static str, AccountId, ClientId); 4] {
    let c = &stage.cast;
    [
        ("owner", c.owner.me(), c.couple),
        ("own-clinician", c.ruth.me(), c.couple),
        ("other-clinician", c.emeka.me(), c.other_couple),
        ("front-desk", c.desk.me(), c.couple),
    ]
}

both!(clinical_content_opened_by_staff_is_recorded, |world| {
    let stage = new_stage(world).await;
    let mut seen = BTreeMap::new();
    for visitor in staff(&stage) {
        let cookie = stage.app.cookie(&stage.world, visitor.1).await;
        for route in routes::table().iter().filter(|r| r.method == Method::GET) {
            let base = stage.fill(route.path);
            let views = VIEWS.iter().filter(|(path, _)| *path == route.path).flat_map(|(_, views)| views.iter());
            for view in std::iter::once(&"").chain(views) {
                let mut path = view.replace("{client}", &visitor.2.to_string());
                for (name, id) in [
                    ("{note}", "/notes/{id}"),
                    ("{amara}", "{person}"),
                    ("{open}", "{open}"),
                    ("{put off}", "{put off}"),
                ] {
                    path = path.replace(name, &stage.ids[id]);
                }
                if !path.starts_with('/') {
                    path.insert_str(0, &base);
                }
                let before = last_entry(&stage).await;
                let got = stage.app.get(&path, Some(&cookie)).await;
                check_recorded(&stage, visitor, (route.path, &path), &got, before, &mut seen).await;
            }
        }
    }
    // A text that was shown nowhere would prove nothing.
    for sign in SIGNS {
        assert!(seen.contains_key(sign), "nobody saw “{sign}”: {seen:#?}");
    }
    // The lists were among the pages that showed something.
    let lists: BTreeSet<&str> = seen.values().flatten().map(String::as_str).collect();
    for list in ["own-clinician /today", "own-clinician /caseload", "other-clinician /caseload"] {
        assert!(lists.contains(list), "{list}: {lists:?}");
    }
    assert!(stage.world.store.verify_audit().await.unwrap().is_ok());
});

/// A refused form that is shown again with its context counts as an opening, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clinical_content_on_a_refused_form_is_recorded() {
    let mut stage = new_stage(World::new(Backend::Sqlite).await).await;
    let (mut seen, mut again) = (BTreeMap::new(), BTreeSet::new());
    for route in routes::table().iter().filter(|r| r.method == Method::POST && !r.path.starts_with("/api/")) {
        let who = match route.access {
            Access::Clinician | Access::Bookings => "own-clinician",
            Access::Owner => "owner",
            Access::FrontDesk => "front-desk",
            Access::Plain | Access::Public | Access::SignedIn | Access::Partner => continue,
        };
        let visitor = staff(&stage).into_iter().find(|(name, ..)| *name == who).unwrap();
        let cookie = stage.app.cookie(&stage.world, visitor.1).await;
        let before = last_entry(&stage).await;
        let path = stage.fill(route.path);
        let got = stage.app.post(&path, Some(&cookie), &[]).await;
        if got.status == StatusCode::UNPROCESSABLE_ENTITY {
            again.insert(route.path);
        }
        check_recorded(&stage, visitor, (route.path, &path), &got, before, &mut seen).await;
        if !matches!(got.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_FOUND) {
            stage = new_stage(World::new(Backend::Sqlite).await).await;
        }
    }
    for form in [
        "/clients/{id}/assignments",
        "/assignments/{id}/paper/{person}",
        "/clients/{id}/messages/{person}",
        "/clients/{id}/notes",
    ] {
        assert!(again.contains(form), "{form}: {again:?}");
    }
    assert!(seen.contains_key("canary-message"), "{seen:?}");
}

both!(partner_reading_the_others_answers_is_recorded, |world| {
    let stage = new_stage(world).await;
    let mut read = 0;
    for (name, partner, other) in [("amara", &stage.cast.amara, "jonas"), ("jonas", &stage.cast.jonas, "amara")] {
        let cookie = stage.app.cookie(&stage.world, partner.me()).await;
        for route in routes::table().iter().filter(|r| r.method == Method::GET && r.access == Access::Partner) {
            let before = last_entry(&stage).await;
            let path = stage.fill(route.path);
            let got = stage.app.get(&path, Some(&cookie)).await;
            let entries = openings(&stage, partner.me(), before).await;
            let shown = got.text.contains(&format!("canary-{other}-"));
            read += usize::from(shown);
            let on_record = entries.iter().any(|entry| names_client(entry, stage.cast.couple));
            assert_eq!(shown, on_record, "{name} on {path}");
        }
    }
    assert!(read >= 2, "each reads the other's somewhere: {read}");
});
