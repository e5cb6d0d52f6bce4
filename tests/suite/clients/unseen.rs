//! What one partner does alone changes no byte that the other partner, a colleague or
//! another couple gets: a sweep over every page that they may open.

use axum::http::{Method, StatusCode};
use domain::{
    clients::person::{AloneMail, SafeContact},
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        response::NotNow,
    },
    form::Form,
    ids::{AccountId, ClientId, PersonId, SessionId},
    practice::hours::Week,
    records::{note::NoteScope, own_data::Decided},
    scheduling::session::{NewSession, Place},
};
use duologue::{access::Access, routes};
use store::{Booked, CopyFormat, DataAsked, IntakeSaved, MoveTarget, NewClient, NewMember, PartFinished, SignOutcome};
use tests::{
    Backend, World, both, cancelled,
    people::{pathway, small_answers, visitor, zone},
};

use crate::{
    records::{consents, documents, leaving, releases::sign_ask},
    routes::Stage,
};

/// The text of an answer without what differs in every answer.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    if let Some(nonce) = text.split("nonce=\"").nth(1).and_then(|t| t.split('"').next()) {
        plain = plain.replace(nonce, "nonce");
    }
    for key in text.split("name=\"key\" value=\"").skip(1).filter_map(|t| t.split('"').next()) {
        plain = plain.replace(key, "key");
    }
    plain
}

/// A reader: every page of the program that they may open, and some pages with
/// parameters.
struct Reader {
    name: &'static str,
    cookie: String,
    admitted: fn(Access) -> bool,
    beside: Vec<String>,
}

/// The status, text and telling headers of each path.
type Seen = Vec<(String, StatusCode, String, [String; 4])>;

async fn read_all(stage: &Stage, reader: &Reader) -> Seen {
    let mut all = Vec::new();
    let routes = routes::table();
    let of_table = routes
        .iter()
        .filter(|route| route.method == Method::GET && (reader.admitted)(route.access))
        .map(|route| stage.fill(route.path));
    for path in of_table.chain(reader.beside.iter().cloned()) {
        let got = stage.app.get(&path, Some(&reader.cookie)).await;
        let headers = ["content-type", "content-length", "location", "content-disposition"]
            .map(|name| format!("{name}: {:?}", got.headers.get(name)));
        all.push((path, got.status, plain(&got.text), headers));
    }
    all
}

/// Fails where two readings differ, and shows the place.
fn assert_same(before: &Seen, after: &Seen, who: &str, act: &str) {
    assert_eq!(before.len(), after.len());
    for (was, is) in before.iter().zip(after) {
        if was != is {
            let differs = was.2.chars().zip(is.2.chars()).position(|(a, b)| a != b).unwrap_or_default();
            let cut = |text: &str| text.chars().skip(differs.saturating_sub(120)).take(300).collect::<String>();
            panic!(
                "{who} learns on {} that {act}:\n{} {:?}\n{}\n{} {:?}\n{}",
                was.0,
                was.1,
                was.3,
                cut(&was.2),
                is.1,
                is.3,
                cut(&is.2)
            );
        }
    }
}

const PORTAL: fn(Access) -> bool = |access| matches!(access, Access::Partner | Access::SignedIn | Access::Public);
const STAFF: fn(Access) -> bool =
    |access| matches!(access, Access::Clinician | Access::Bookings | Access::SignedIn | Access::Public);

/// The path of a reader's own calendar feed.
async fn feed_of(stage: &Stage, account: AccountId) -> String {
    let cookie = stage.app.cookie(&stage.world, account).await;
    stage.app.post("/account/feed", Some(&cookie), &[("do", "make"), ("wording", "names")]).await;
    let page = stage.app.get("/account/feed", Some(&cookie)).await.text;
    let from = page.find("/feeds/").unwrap();
    page[from..].split(['"', '<', ' ', '&']).next().unwrap().to_owned()
}

fn staff_pages(couple: ClientId, extra: &[String]) -> Vec<String> {
    let mut beside: Vec<String> = [
        "/find?q=amara",
        "/find?q=nwosu",
        "/sessions/new?q=amara",
        "/clients/new?kind=individual",
        "/clients/new?kind=couple",
        "/calendar?day=2026-12-02",
        "/calendar?view=month&day=2026-12-02",
        "/caseload?sort=flag",
    ]
    .map(str::to_owned)
    .to_vec();
    beside.push(format!("/sessions/new?client={couple}"));
    beside.extend(extra.iter().cloned());
    beside
}

async fn emails_to(stage: &Stage, people: &[PersonId]) -> String {
    let mut all = String::new();
    for person in people {
        all += &format!("{:?}", stage.cast.desk.emails_of(*person, None).await.unwrap());
    }
    all
}

/// The stage of the route tests, with a second joint session and all that Amara needs for
/// what she does next.
async fn set_stage(world: World) -> (Stage, SessionId, ClientId) {
    let stage = Stage::in_world(world).await;
    let Booked::Done(joint) = stage.cast.book(&stage.world.store, "2026-12-04 10:00").await else { panic!("free") };
    let one = NewClient::Individual(NewMember::Known(stage.cast.amara.person()));
    let alone = stage.cast.ruth.create_client(&one).await.unwrap().unwrap();
    stage.world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    (stage, joint, alone)
}

// The sweep uses the program's own table of routes, so that a new page is included at
// once.
both!(what_one_partner_does_alone_changes_no_page_of_anyone_else, |world| {
    let (stage, joint, alone) = set_stage(world).await;
    let cast = &stage.cast;
    let store = &stage.world.store;
    let jonas_pages = vec![
        format!("/portal/sessions/{joint}"),
        format!("/portal/times?session={joint}"),
        format!("/portal/times?client={}", cast.couple),
        feed_of(&stage, cast.jonas.me()).await,
    ];
    let readers = [
        Reader {
            name: "jonas",
            cookie: stage.app.cookie(&stage.world, cast.jonas.me()).await,
            admitted: PORTAL,
            beside: jonas_pages,
        },
        Reader {
            name: "emeka",
            cookie: stage.app.cookie(&stage.world, cast.emeka.me()).await,
            admitted: STAFF,
            beside: staff_pages(
                cast.other_couple,
                &[format!("/slots?client={}", cast.other_couple), feed_of(&stage, cast.emeka.me()).await],
            ),
        },
        Reader {
            name: "yusuf",
            cookie: stage.app.cookie(&stage.world, cast.stranger.me()).await,
            admitted: PORTAL,
            beside: vec![
                feed_of(&stage, cast.stranger.me()).await,
                format!("/portal/times?client={}", cast.other_couple),
            ],
        },
    ];
    let others = [cast.jonas.person(), cast.stranger.person()];
    // Opening the pages once makes the changes that come with opening.
    for reader in &readers {
        read_all(&stage, reader).await;
    }
    let mut before = Vec::new();
    for reader in &readers {
        before.push(read_all(&stage, reader).await);
    }
    let mails = emails_to(&stage, &others).await;
    let check_unchanged = async |act: &str| {
        for (reader, before) in readers.iter().zip(&before) {
            assert_same(before, &read_all(&stage, reader).await, reader.name, act);
        }
        assert_eq!(emails_to(&stage, &others).await, mails, "a mail tells that {act}");
    };
    check_unchanged("nothing was done").await;
    let amara = &cast.amara;
    // A session at an hour that is never offered to anyone.
    let wish = NewSession {
        client: alone,
        place: Place::Link(String::new()),
        outside: true,
        ..cast.wish(store, "2026-12-02 06:00")
    };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(private) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    check_unchanged("she has an individual session").await;
    let mut part = cast.wish(store, "2026-12-03 06:00");
    part.attendee = Some(amara.person());
    part.outside = true;
    part.place = Place::Link(String::new());
    let timing = store::timing(part.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(part) = cast.desk.book(&part, &timing).await.unwrap() else { panic!("free") };
    check_unchanged("she comes alone to a session of the couple").await;
    amara.write_message(alone, None, "mine", None).await.unwrap();
    amara.write_message(cast.couple, None, "ours", None).await.unwrap();
    check_unchanged("she writes to her therapist").await;
    cast.ruth.answer_message(alone, amara.person(), "yes", None).await.unwrap();
    cast.ruth.answer_message(cast.couple, amara.person(), "yes", None).await.unwrap();
    check_unchanged("her therapist answers").await;
    let given =
        NewAssignment { for_whom: Audience::Everyone, frequency: Frequency::BeforeNext, word_along: "w".into() };
    cast.ruth.assign(alone, "open", &given, None).await.unwrap().unwrap();
    cast.ruth.start_pathway(alone, "way", Audience::Everyone, None).await.unwrap().unwrap();
    let for_her = NewAssignment { for_whom: Audience::One(amara.person()), ..given.clone() };
    cast.ruth.assign(cast.couple, "open", &for_her, None).await.unwrap().unwrap();
    check_unchanged("she is given exercises").await;
    let own = amara.exercises(None).await.unwrap().rows;
    for item in own.iter().filter(|item| item.submitted_at.is_none()) {
        amara.mark_opened(item.occurrence).await.unwrap();
        amara.save_draft(item.occurrence, &small_answers("draft"), 0, None).await.unwrap();
    }
    check_unchanged("she has begun them").await;
    for item in own.iter().filter(|item| item.submitted_at.is_none()) {
        amara.set_not_now(item.occurrence, Some(NotNow::NotSafe)).await.unwrap();
    }
    check_unchanged("she says not now").await;
    for item in own.iter().filter(|item| item.submitted_at.is_none()) {
        amara.submit(item.occurrence, &small_answers("sent")).await.unwrap();
    }
    check_unchanged("she has answered").await;
    assert!(amara.confirm_session(joint).await.unwrap());
    let asked = amara.request_alone(joint).await.unwrap();
    assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{asked:?}");
    check_unchanged("she says that only she can come").await;
    let times = amara.requestable_times(None, Some(alone), None, 1).await.unwrap().unwrap();
    let asked = amara.request_time(None, Some(alone), times.found[0].at).await.unwrap();
    assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{asked:?}");
    check_unchanged("she asks for a time of her own").await;
    let scan = documents::upload(store, amara.me(), b"a scan").await;
    let scan = documents::hand_in(amara, cast.couple, "A scan", &scan, false).await;
    check_unchanged("she hands in a document").await;
    cast.ruth.document(scan).await.unwrap().unwrap();
    let other = documents::upload(store, amara.me(), b"another scan").await;
    let other = documents::hand_in(amara, cast.couple, "Another", &other, false).await;
    assert!(matches!(amara.withdraw_document(other).await.unwrap(), store::Withdrawn::Done(_)));
    let letter = documents::upload(store, cast.ruth.me(), b"a letter").await;
    documents::add(&cast.ruth, cast.couple, NoteScope::PartnerA, "Letter", &letter).await;
    check_unchanged("her document is opened, and another withdrawn").await;
    let request = amara.current_data_request().await.unwrap().unwrap().id;
    assert!(cast.ruth.extend_data_request(request, "Many notes.").await.unwrap());
    assert!(amara.cancel_data_request(request).await.unwrap());
    check_unchanged("her request for her data is extended and taken back").await;
    let DataAsked::Asked(request) = amara.ask_for_data(None).await.unwrap() else { panic!("asked") };
    let note = stage.ids["{item}"].parse().unwrap();
    cast.ruth.decide_data_item(request, note, 0, &Decided::INCLUDED).await.unwrap();
    cast.ruth.include_open_items(request).await.unwrap().unwrap();
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    check_unchanged("she asks for her data").await;
    assert_eq!(duologue::own_copies::make_copies(store).await.unwrap(), 1);
    amara.fetch_own_copy(request, CopyFormat::Pdf).await.unwrap().unwrap();
    check_unchanged("she fetches it").await;
    let text = consents::signed(cast).await;
    check_unchanged("she signs a text").await;
    assert_eq!(amara.withdraw_consent(text).await.unwrap(), Some(true));
    check_unchanged("she withdraws it").await;
    let own = amara.own_consents().await.unwrap();
    let policy = own.iter().find(|state| state.policy.is_some() && state.status.is_open()).unwrap().ask;
    let fresh = store.partner(&visitor(store, amara.me()).await).unwrap();
    assert!(matches!(sign_ask(&fresh, policy, store.now()).await, SignOutcome::Signed(_)));
    check_unchanged("she signs a secrets policy").await;
    assert_eq!(amara.withdraw_consent(policy).await.unwrap(), Some(true));
    check_unchanged("she withdraws the policy").await;
    let release = stage.ids["/releases/{id}"].parse().unwrap();
    assert!(amara.choose_own_part(release, true, leaving::blanks()).await.unwrap().is_some());
    leaving::sign(store, amara, release).await;
    check_unchanged("she releases her own part").await;
    let intake = stage.ids["/portal/intake/{id}"].parse().unwrap();
    let health = Form::from_pairs([("s.alcohol.value", "None."), ("s.health.value", "A cough.")]);
    assert_eq!(amara.save_intake(intake, "health", &health, true).await.unwrap(), IntakeSaved::Done);
    let why = Some("By phone.");
    assert!(cast.ruth.waive_intake_item(cast.couple, amara.person(), "emergency", why).await.unwrap());
    check_unchanged("she goes on with her intake").await;
    let week = Week::read(&Form::from_pairs([("hours.mon", "9:00–12:00")])).unwrap();
    amara.set_prefers(Some(&week)).await.unwrap();
    check_unchanged("she likes to come on Mondays").await;
    for alone in AloneMail::ALL {
        for portal_only in [true, false] {
            amara.set_contact(&SafeContact { alone: *alone, portal_only, ..SafeContact::default() }).await.unwrap();
            check_unchanged("she chooses how she is mailed").await;
        }
    }
    feed_of(&stage, amara.me()).await;
    check_unchanged("she has a calendar feed").await;
    let moved = store::timing("2026-12-02T05:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    let online = Place::Link(String::new());
    let goal = MoveTarget { outside: true, ..MoveTarget::to(&moved, &online) };
    assert!(matches!(cast.desk.move_session(private, &goal).await.unwrap(), Booked::Done(_)));
    cast.desk.cancel(part, &cancelled("")).await.unwrap().unwrap();
    check_unchanged("her sessions are moved and cancelled").await;
    // The test would notice a change: a joint session changes what Jonas reads.
    assert!(matches!(cast.book(store, "2026-12-11 10:00").await, Booked::Done(_)));
    assert_ne!(read_all(&stage, &readers[0]).await, before[0]);
    assert_eq!(read_all(&stage, &readers[2]).await, before[2]);
});

both!(couples_therapist_sees_nothing_of_individual_work_with_a_colleague, |world| {
    let stage = Stage::in_world(world).await;
    let cast = &stage.cast;
    let (emeka, amara) = (&cast.emeka, cast.amara.person());
    // Emeka covered for a day, and took Amara on as an individual client.
    let care = |sql: String| async { stage.world.script(&[sql]).await.unwrap() };
    let (couple, me) = (stage.world.id(cast.couple.0), stage.world.id(emeka.me().0));
    let covering = if stage.world.backend == Backend::Sqlite { "1" } else { "true" };
    let today = stage.world.day("2026-11-23".parse().unwrap());
    let ruth = Reader {
        name: "ruth",
        cookie: stage.app.cookie(&stage.world, cast.ruth.me()).await,
        admitted: STAFF,
        beside: staff_pages(cast.couple, &[feed_of(&stage, cast.ruth.me()).await]),
    };
    read_all(&stage, &ruth).await;
    let before = read_all(&stage, &ruth).await;
    care(format!(
        "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ({couple}, {me}, {covering}, {today})"
    ))
    .await;
    let one = NewClient::Individual(NewMember::Known(amara));
    let alone = emeka.create_client(&one).await.unwrap().unwrap();
    care(format!("DELETE FROM care WHERE client_id = {couple} AND clinician_id = {me}")).await;
    assert_same(&before, &read_all(&stage, &ruth).await, "ruth", "Amara is Emeka’s client");
    let wish = NewSession {
        client: alone,
        clinician: emeka.me(),
        place: Place::Link(String::new()),
        ..cast.wish(&stage.world.store, "2026-12-02 10:00")
    };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(session) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    assert_same(&before, &read_all(&stage, &ruth).await, "ruth", "Amara has a session with Emeka");
    let given =
        NewAssignment { for_whom: Audience::Everyone, frequency: Frequency::BeforeNext, word_along: String::new() };
    let of_the_couple: Vec<_> =
        cast.amara.exercises(None).await.unwrap().rows.into_iter().map(|item| item.occurrence).collect();
    emeka.assign(alone, "open", &given, None).await.unwrap().unwrap();
    for item in cast.amara.exercises(None).await.unwrap().rows {
        if !of_the_couple.contains(&item.occurrence) {
            cast.amara.submit(item.occurrence, &small_answers("e")).await.unwrap();
        }
    }
    assert!(cast.amara.write_message(alone, None, "to Emeka", None).await.unwrap());
    assert!(emeka.answer_message(alone, amara, "yes", None).await.unwrap());
    assert_same(&before, &read_all(&stage, &ruth).await, "ruth", "Amara works with Emeka");
    cast.desk.cancel(session, &cancelled("")).await.unwrap().unwrap();
    assert_same(&before, &read_all(&stage, &ruth).await, "ruth", "a session with Emeka was cancelled");
});
