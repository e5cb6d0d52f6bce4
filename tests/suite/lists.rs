//! No list ends silently: with one row more than a page holds, the links of the pages
//! reach every row exactly once.
//!
//! Each limit of the store is named here; [`every_list_limit_is_tested`] checks that no
//! limit of the store is missing in this file.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::client::ClientKind,
    exercises::assignment::{Audience, Frequency, NewAssignment, Rhythm},
    form::Form,
    ids::SessionId,
    practice::hours::{Exception, ExceptionKind},
    records::note::{NoteScope, NoteText},
    scheduling::{
        inquiry::{Inquiry, MeetingWish},
        series::{End, Recurrence, SeriesRule},
        slots::DayPart,
    },
};
use store::{Booked, NewClient, Partner, SaveKind, limits};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, details, pathway, person, small_answers, zone},
};
use uuid::Uuid;

/// A list on a page, as a reader sees it.
struct List<'a> {
    /// The name of the limit in the store, and its value.
    limit: (&'static str, i64),
    path: String,
    cookie: &'a str,
    /// The label of the link to the next page.
    more: &'static str,
    /// The text right before each row's name.
    row: &'static str,
    /// The texts at which the list begins and ends on the page.
    part: (&'static str, &'static str),
}

/// The names of the rows in the list's part of a page.
fn rows(list: &List<'_>, text: &str) -> BTreeSet<String> {
    let (begin, end) = list.part;
    let at = if begin.is_empty() { 0 } else { text.find(begin).unwrap_or_else(|| panic!("{}: {begin}", list.limit.0)) };
    let part = &text[at + begin.len()..];
    let part = if end.is_empty() { part } else { &part[..part.find(end).unwrap_or(part.len())] };
    part.split(list.row)
        .skip(1)
        .map(|rest| rest.split(['"', '?', '#', '<', '/']).next().unwrap().to_owned())
        .filter(|name| name != "new")
        .collect()
}

/// The address of a link on a page; `None` where there is no such link.
fn link_target(text: &str, label: &str) -> Option<String> {
    let at = text.find(&format!(">{label}</a>"))?;
    let tag = &text[text[..at].rfind("<a ")?..at];
    let href = tag.split("href=\"").nth(1)?.split('"').next()?;
    Some(href.split('#').next()?.replace("&amp;", "&"))
}

/// Follows a list from page to page, as a browser without scripts does, and returns the
/// number of its rows.
async fn follow_pages(app: &App, list: &List<'_>) -> usize {
    let (name, limit) = list.limit;
    let limit = usize::try_from(limit).unwrap();
    let (mut seen, mut path, mut pages) = (BTreeSet::new(), list.path.clone(), 0);
    loop {
        let page = app.get(&path, Some(list.cookie)).await;
        assert_eq!(page.status, 200, "{name}: {path}");
        let found = rows(list, &page.text);
        let next = link_target(&page.text, list.more);
        assert!(found.len() <= limit, "{name}: {} on a page of {limit}", found.len());
        assert!(next.is_none() || found.len() == limit, "{name}: a page of {} goes on", found.len());
        for row in found {
            assert!(seen.insert(row.clone()), "{name}: {row} is there twice");
        }
        pages += 1;
        assert!(pages < 20, "{name}: the pages have no end");
        let Some(next) = next else { return seen.len() };
        path = next;
    }
}

/// Checks that the list has one row more than a page holds, and that all are reached.
async fn check_one_more(app: &App, list: List<'_>) {
    let (name, limit) = list.limit;
    assert_eq!(follow_pages(app, &list).await, usize::try_from(limit).unwrap() + 1, "{name}");
}

/// One more than a limit.
pub(crate) fn one_more_than(limit: i64) -> i64 {
    limit + 1
}

/// A new random id.
pub(crate) fn id() -> Uuid {
    store::Clock::System.id()
}

/// Copies of a session, one every `step` from an instant on, with its attendees and their
/// occupancy. Returns the new ids and the statements.
pub(crate) fn copies(
    world: &World,
    base: SessionId,
    from: DateTime<Utc>,
    step: Duration,
    count: i64,
) -> (Vec<Uuid>, Vec<String>) {
    let base = world.id(base.0);
    let mut ids = Vec::new();
    let mut script = Vec::new();
    for n in 0..i32::try_from(count).unwrap() {
        let (new, starts) = (id(), from + step * n);
        ids.push(new);
        let (new, ends) = (world.id(new), world.instant(starts + Duration::minutes(50)));
        let starts = world.instant(starts);
        script.push(format!(
            "INSERT INTO session (id, client_id, clinician_id, room_id, link, kind, state, starts, zone,
                 minutes, starts_at, ends_at, zone_version, version, booking_key, created_at, outside)
             SELECT {new}, client_id, clinician_id, NULL, link, kind, state, starts, zone, minutes,
                 {starts}, {ends}, zone_version, version, {}, created_at, outside
             FROM session
             WHERE id = {base}",
            world.id(id())
        ));
        script.push(format!(
            "INSERT INTO session_attendee (session_id, person_id)
            SELECT {new}, person_id
            FROM session_attendee
            WHERE session_id = {base}"
        ));
        script.push(format!(
            "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at)
            SELECT {new}, held, held_id, {starts}, {ends}
            FROM occupancy
            WHERE session_id = {base} AND held = 'person'"
        ));
    }
    (ids, script)
}

/// Books the session that is copied.
pub(crate) async fn base(world: &World, cast: &Cast) -> SessionId {
    match cast.book(&world.store, "2026-11-30 10:00").await {
        Booked::Done(session) => session,
        other => panic!("{other:?}"),
    }
}

/// Parses an instant.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Parses a day.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Assigns an exercise to both partners of the couple.
pub(crate) async fn assign(cast: &Cast, slug: &str, frequency: Frequency) -> domain::ids::AssignmentId {
    let new = NewAssignment { for_whom: Audience::Everyone, frequency, word_along: String::new() };
    cast.ruth.assign(cast.couple, slug, &new, None).await.unwrap().unwrap()
}

both!(every_row_of_a_client_record_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for n in 0..one_more_than(limits::NOTES) {
        let text = NoteText { scope: NoteScope::Joint, body: format!("Note {n}") };
        cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
    }
    let base = base(&world, &cast).await;
    // One session is ahead already. Two begin at the same instant, on either side of a
    // page's end.
    let ahead = one_more_than(limits::SESSIONS_AHEAD) - 2;
    let last = at("2027-01-04T09:00:00Z") + Duration::days(ahead - 1);
    let ahead = copies_alone(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), ahead);
    let same = copies_alone(&world, base, last, Duration::days(1), 1);
    let past =
        copies_alone(&world, base, at("2026-09-01T09:00:00Z"), Duration::days(1), one_more_than(limits::PAST_SESSIONS));
    world.script(&[ahead, same, past].concat()).await.unwrap();
    cast.ruth.save_pathway(&pathway("way", "open")).await.unwrap();
    let mut pathways = Vec::new();
    for _ in 0..one_more_than(limits::PATHWAYS_OF) {
        pathways.push(cast.ruth.start_pathway(cast.couple, "way", Audience::Everyone, None).await.unwrap().unwrap());
    }
    // The first pathways that ended are last in the list.
    for ended in &pathways[..3] {
        cast.ruth.end_pathway(*ended).await.unwrap();
    }
    // Each pathway has given one exercise; some assignments repeat and come first.
    let given = one_more_than(limits::PATHWAYS_OF);
    let daily = Frequency::Every(Rhythm { days: 1, from: day("2026-11-23"), until: None });
    let repeats = assign(&cast, "small", daily).await;
    for n in 1..one_more_than(limits::ASSIGNMENTS) - given {
        assign(&cast, "small", if n % 50 == 0 { daily } else { Frequency::BeforeNext }).await;
    }
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    let mut script = Vec::new();
    let have = cast.ruth.assignment(repeats, None, None).await.unwrap().unwrap().occurrences.rows.len();
    for n in i64::try_from(have).unwrap() + 1..=one_more_than(limits::OCCURRENCES) {
        let occurrence = world.id(id());
        let days = Duration::days(200 - n);
        let (opens, made) = (world.day(day("2026-11-23") - days), world.instant(at("2026-11-23T00:00:00Z") - days));
        script.push(format!(
            "INSERT INTO occurrence (id, assignment_id, number, submissions, opens_on, due_on, made_at)
            VALUES ({occurrence}, {}, {n}, 0, {opens}, {opens}, {made})",
            world.id(repeats.0)
        ));
        script.push(format!(
            "INSERT INTO response (id, occurrence_id, person_id, draft_number) VALUES ({}, {occurrence}, {}, 0)",
            world.id(id()),
            world.id(amara.0)
        ));
    }
    world.script(&script).await.unwrap();
    let path = format!("/clients/{}", cast.couple);
    let list = |limit, more, row, part| List { limit, path: path.clone(), cookie: &ruth, more, row, part };
    check_one_more(&app, list(("NOTES", limits::NOTES), "Older notes", "\"/notes/", ("id=\"notes\"", "</section>")))
        .await;
    check_one_more(
        &app,
        list(
            ("SESSIONS_AHEAD", limits::SESSIONS_AHEAD),
            "Later sessions",
            "<li><a href=\"/sessions/",
            ("id=\"sessions\"", "id=\"past\""),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(("PAST_SESSIONS", limits::PAST_SESSIONS), "Older sessions", "\"/sessions/", ("id=\"past\"", "</details>")),
    )
    .await;
    check_one_more(
        &app,
        list(
            ("PATHWAYS_OF", limits::PATHWAYS_OF),
            "More pathways",
            "\"/pathway-progress/",
            ("id=\"pathways\"", "</section>"),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            ("ASSIGNMENTS", limits::ASSIGNMENTS),
            "Older exercises",
            "\"/assignments/",
            ("id=\"exercises\"", "</section>"),
        ),
    )
    .await;
    let occurrences = List {
        limit: ("OCCURRENCES", limits::OCCURRENCES),
        path: format!("/assignments/{repeats}"),
        cookie: &ruth,
        more: "Older ones",
        row: "?number=",
        part: ("id=\"occurrences\"", "<p class=\"actions"),
    };
    check_one_more(&app, occurrences).await;
    // The next session is the same, whatever page of sessions is shown.
    let page = app.get(&path, Some(&ruth)).await.text;
    assert!(page.contains(&format!("Next: <a href=\"/sessions/{base}\"")));
    assert_eq!(cast.ruth.next_session(cast.couple).await.unwrap().map(|(id, _)| id), Some(base));
});

both!(session_beyond_the_first_page_blocks_archiving_and_is_named_in_notes, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let base = base(&world, &cast).await;
    let (later, mut script) = copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), 30);
    script
        .extend(later.iter().map(|id| format!("UPDATE session SET state = 'cancelled' WHERE id = {}", world.id(*id))));
    script.extend(later.iter().map(|id| format!("DELETE FROM occupancy WHERE session_id = {}", world.id(*id))));
    world.script(&script).await.unwrap();
    // One session is booked and thirty later ones were cancelled: the record cannot be
    // archived.
    let archive = app.post(&format!("/clients/{}/archive", cast.couple), Some(&ruth), &[]).await;
    assert!(archive.location().contains("sessions_ahead"), "{}", archive.location());
    let note = app.get(&format!("/clients/{}/notes/new?session={base}", cast.couple), Some(&ruth)).await.text;
    assert!(note.contains("Mon 30 Nov, 10:00"), "the note says which session it is of");
});

async fn portal_of(world: &World, app: &App, partner: &Partner) -> String {
    app.cookie(world, partner.me()).await
}

both!(every_row_of_the_portal_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, portal_of(&world, &app, &cast.amara).await);
    for _ in 0..one_more_than(limits::SENT_RESPONSES) {
        assign(&cast, "small", Frequency::BeforeNext).await;
    }
    for item in cast.amara.exercises(None).await.unwrap().rows {
        cast.amara.submit(item.occurrence, &small_answers("amara")).await.unwrap();
    }
    for _ in 0..one_more_than(limits::OPEN_RESPONSES) {
        assign(&cast, "open", Frequency::BeforeNext).await;
    }
    let base = base(&world, &cast).await;
    let (_, script) =
        copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), one_more_than(limits::OWN_SESSIONS) - 1);
    world.script(&script).await.unwrap();
    for n in 0..one_more_than(limits::MESSAGES) {
        cast.amara.write_message(cast.couple, None, &format!("(message {n})"), None).await.unwrap();
    }
    let list = |limit, more, row, part| List { limit, path: "/portal".to_owned(), cookie: &amara, more, row, part };
    check_one_more(
        &app,
        list(
            ("OPEN_RESPONSES", limits::OPEN_RESPONSES),
            "More exercises",
            "\"/portal/exercises/",
            ("id=\"today\"", "id=\"messages\""),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            ("SENT_RESPONSES", limits::SENT_RESPONSES),
            "Older",
            "\"/portal/exercises/",
            ("id=\"done\"", "</section>"),
        ),
    )
    .await;
    // The first row is the next session, which every page shows above the list.
    let sessions = ("id=\"next\"", "</section>");
    let own = list(("OWN_SESSIONS", limits::OWN_SESSIONS), "Later sessions", "\"/portal/sessions/", sessions);
    let first = rows(&own, &app.get("/portal", Some(&amara)).await.text);
    let next = link_target(&app.get("/portal", Some(&amara)).await.text, own.more).unwrap();
    let second = rows(&own, &app.get(&next, Some(&amara)).await.text);
    assert_eq!(first.len(), usize::try_from(limits::OWN_SESSIONS).unwrap());
    assert_eq!(first.union(&second).count(), usize::try_from(limits::OWN_SESSIONS).unwrap() + 1, "OWN_SESSIONS");
    assert!(second.contains(&base.to_string()));
    // The therapist reads the latest page: older messages remain unread.
    let before = cast.ruth.messages_waiting().await.unwrap()[0].unread;
    assert_eq!(before, one_more_than(limits::MESSAGES));
    let thread = format!("/clients/{}/messages/{}", cast.couple, cast.amara.person());
    for (path, cookie) in [(thread, &ruth), ("/portal/messages".to_owned(), &amara)] {
        let messages = List {
            limit: ("LETTERS", limits::MESSAGES),
            path,
            cookie,
            more: "Earlier messages",
            row: "(message ",
            part: ("", ""),
        };
        let latest = rows(&messages, &app.get(&messages.path, Some(cookie)).await.text);
        assert!(!latest.contains("0)"), "the latest are first");
        if *cookie == ruth {
            assert_eq!(cast.ruth.messages_waiting().await.unwrap()[0].unread, 1, "only what is shown counts as read");
        }
        check_one_more(&app, messages).await;
    }
    assert_eq!(cast.ruth.messages_waiting().await.unwrap()[0].unread, 0);
});

both!(portal_paging_reveals_nothing_of_the_other_partner, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = portal_of(&world, &app, &cast.amara).await;
    for _ in 0..one_more_than(limits::OPEN_RESPONSES) {
        assign(&cast, "small", Frequency::BeforeNext).await;
    }
    let pages = async || {
        let first = app.get("/portal", Some(&amara)).await.text;
        let next = link_target(&first, "More exercises").unwrap();
        let second = app.get(&next, Some(&amara)).await.text;
        let plain =
            |text: String| text.split("nonce=").map(|p| p.split_once('"').map_or(p, |(_, p)| p)).collect::<String>();
        (next, plain(first).len(), plain(second).len())
    };
    let before = pages().await;
    for item in cast.jonas.exercises(None).await.unwrap().rows.iter().take(5) {
        cast.jonas.submit(item.occurrence, &small_answers("jonas")).await.unwrap();
    }
    for _ in 0..3 {
        cast.jonas.write_message(cast.couple, None, "canary", None).await.unwrap();
    }
    assert_eq!(pages().await, before, "a place in a list is made of one's own rows");
});

both!(every_row_of_the_front_desk_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let base = base(&world, &cast).await;
    let amara = world.id(cast.amara.person().0);
    let (sessions, script) =
        copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), one_more_than(limits::REPLIES));
    world.script(&script).await.unwrap();
    let now = world.instant(world.store.now());
    let mut script = vec!["DELETE FROM email".to_owned()];
    // The other partner replies about every second session.
    for (n, session) in sessions.iter().enumerate() {
        let who = if n % 2 == 0 { cast.amara.person() } else { cast.jonas.person() };
        script.push(format!(
            "INSERT INTO session_reply (session_id, person_id, session_version, reply, replied_at, changes)
             VALUES ({}, {}, 0, 'alone', {now}, 0)",
            world.id(*session),
            world.id(who.0)
        ));
    }
    for n in 0..i32::try_from(one_more_than(limits::REQUESTS)).unwrap() {
        // All requests were made at the same instant, so their ids decide the order.
        let starts = at("2027-03-01T09:00:00Z") + Duration::minutes(i64::from(n));
        script.push(format!(
            "INSERT INTO session_request (id, kind, state, client_id, person_id, account_id, clinician_id,
                 link, starts, zone, minutes, starts_at, ends_at, made_at)
             SELECT {}, 'book', 'desk', client_id, {amara}, {}, clinician_id, '', starts, zone, minutes, {},
                 {}, created_at
             FROM session
             WHERE id = {}",
            world.id(id()),
            world.id(cast.amara.me().0),
            world.instant(starts),
            world.instant(starts + Duration::minutes(50)),
            world.id(base.0)
        ));
    }
    // One failed email more than a page holds, and to Jonas one more than the page of one
    // person holds.
    let not_after = world.instant(at("2027-01-01T00:00:00Z"));
    for n in 0..one_more_than(limits::EMAILS) {
        let to = if n <= limits::EMAILS_OF { cast.jonas.person() } else { cast.amara.person() };
        let about = if n < one_more_than(limits::UNDELIVERED) { sessions[0] } else { base.0 };
        script.push(format!(
            "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, lead, due_at,
                 not_after, state, attempts, created_at, last_error)
             VALUES ({}, 'copy {n}', 'reminder', {}, 0, {}, '{n}h', {now}, {not_after}, 'failed', 1, {now},
                 'Refused {n} times.')",
            world.id(id()),
            world.id(about),
            world.id(to.0)
        ));
    }
    world.script(&script).await.unwrap();
    for n in 0..one_more_than(limits::RETURNED) {
        let new = details(&format!("Returned {n}"), &format!("returned{n}@example.org"), "Europe/Berlin");
        cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap();
    }
    let returned = "FROM person WHERE name LIKE 'Returned %'";
    world
        .script(&[
            format!("UPDATE person SET returned_at = {now}, returned_why = '550' WHERE name LIKE 'Returned %'"),
            format!(
                "INSERT INTO session_attendee (session_id, person_id) SELECT {}, id {returned}",
                world.id(sessions[0])
            ),
        ])
        .await
        .unwrap();
    for session in &sessions[..usize::try_from(one_more_than(limits::EARLIER)).unwrap()] {
        assert!(cast.desk.add_earlier_wish(SessionId(*session), DayPart::Any).await.unwrap());
    }
    for n in 0..one_more_than(limits::INQUIRIES) {
        let (part, meeting) = (DayPart::Any, MeetingWish::Any);
        let new = Inquiry {
            name: format!("New {n}"),
            email: None,
            phone: "1".into(),
            kind: ClientKind::Couple,
            part,
            meeting,
        };
        cast.desk.add_inquiry(&new, None).await.unwrap();
    }
    let first = day("2027-06-01");
    let rule = SeriesRule { first, recurrence: Recurrence::Weeks(1), end: End::Never };
    let wish = cast.wish(&world.store, "2027-06-01 16:00");
    let series = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::default()).await.unwrap();
    let store::SeriesBooked::Done(series) = series else { panic!("free: {series:?}") };
    let (series, _) = cast.desk.session(series).await.unwrap().unwrap().series.unwrap();
    let script: Vec<String> = (0..one_more_than(limits::GAPS))
        .map(|n| {
            let on = world.day(first + Duration::days(n));
            format!(
                "INSERT INTO series_gap (series_id, on_day, reason, noted_at) VALUES ({}, {on}, 'taken', {now})",
                world.id(series)
            )
        })
        .chain(["DELETE FROM email WHERE state = 'planned'".to_owned()])
        .collect();
    world.script(&script).await.unwrap();

    let list =
        |limit, path: &str, more, row, part| List { limit, path: path.to_owned(), cookie: &kofi, more, row, part };
    let requests = ("REQUESTS", limits::REQUESTS);
    let part = ("id=\"requests\"", "</main>");
    check_one_more(&app, list(requests, "/requests", "More requests", "\"/requests/", part)).await;
    // The front desk's own page has the same link to the next requests.
    let desk = app.get("/desk", Some(&kofi)).await.text;
    assert_eq!(
        link_target(&desk, "More requests"),
        link_target(&app.get("/requests", Some(&kofi)).await.text, "More requests")
    );
    assert!(app.get("/today", Some(&ruth)).await.text.contains(&format!("{} requests for a time", requests.1 + 1)));
    let replies = ("REPLIES", limits::REPLIES);
    let part = ("id=\"replies\"", "</ul>");
    check_one_more(&app, list(replies, "/desk", "More replies", "\"/sessions/", part)).await;
    check_one_more(&app, List { cookie: &ruth, ..list(replies, "/today", "More replies", "\"/sessions/", part) }).await;
    let returned = ("RETURNED", limits::RETURNED);
    check_one_more(&app, list(returned, "/desk", "More addresses", "\"/people/", ("id=\"returned\"", "</ul>"))).await;
    // One session may have several emails, so the error texts tell them apart.
    let mails = ("UNDELIVERED", limits::UNDELIVERED);
    let undelivered = list(mails, "/desk", "More emails", "Refused ", ("id=\"undelivered\"", "</ul>"));
    assert_eq!(
        follow_pages(&app, &undelivered).await,
        usize::try_from(one_more_than(limits::EMAILS)).unwrap(),
        "all are of sessions ahead"
    );
    let messages = ("MESSAGES", limits::EMAILS);
    for path in ["/email-log?state=failed", "/email-log"] {
        check_one_more(&app, list(messages, path, "More emails", "Refused ", ("id=\"mails\"", "</main>"))).await;
    }
    let of_jonas = format!("/email-log?person={}", cast.jonas.person());
    let messages_of = ("MESSAGES_OF", limits::EMAILS_OF);
    check_one_more(&app, list(messages_of, &of_jonas, "More emails", "Refused ", ("id=\"mails\"", "</main>"))).await;
    let inquiries = ("INQUIRIES", limits::INQUIRIES);
    let part = ("id=\"first\"", "</section>");
    check_one_more(&app, list(inquiries, "/waitlist", "More people", "action=\"/waitlist/", part)).await;
    let earlier = ("EARLIER", limits::EARLIER);
    let part = ("id=\"earlier\"", "</section>");
    check_one_more(&app, list(earlier, "/waitlist", "More sessions", "action=\"/sessions/", part)).await;
    let gaps = ("GAPS", limits::GAPS);
    let calendar = "/calendar?view=week&date=2027-06-01";
    check_one_more(&app, list(gaps, calendar, "More days", "/gaps/", ("id=\"gaps\"", "</details>"))).await;
    let all = usize::try_from(gaps.1).unwrap() + 1;
    assert!(desk.contains(&format!("{all} sessions of series could not be booked")), "the desk counts all of them");
    assert!(app.get(calendar, Some(&kofi)).await.text.contains(&format!("{all} sessions of series")));
});

both!(every_row_of_the_remaining_pages_is_reached_by_paging, |world| {
    let mut app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let (ruth, olive) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.owner.me()).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    for n in 0..one_more_than(limits::DRAFTS) {
        let form = Form::from_pairs([("title", format!("Draft {n}"))]);
        cast.ruth.start_draft(None, &form).await.unwrap().unwrap();
    }
    for _ in 0..limits::AUDIT {
        cast.ruth.messages(cast.couple, cast.amara.person(), None).await.unwrap().unwrap();
    }
    let base = base(&world, &cast).await;
    // Two emails of each booking are sent: more than a page holds.
    let days = (0..)
        .map(|n| day("2026-12-01") + Duration::days(n))
        .filter(|d| chrono::Datelike::weekday(d).number_from_monday() < 6);
    for on in days.take(usize::try_from(limits::MAILBOX).unwrap() / 8 + 1) {
        for hour in ["09", "11", "13", "15"] {
            assert!(matches!(cast.book(&world.store, &format!("{on} {hour}:00")).await, Booked::Done(_)));
        }
    }
    loop {
        let claimed = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        for message in claimed {
            assert!(world.store.worker().store_body(message.id, message.token, b"Subject: x\r\n\r\nx").await.unwrap());
            assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
        }
    }
    let sent = world.number("SELECT count(*) FROM email WHERE state = 'sent'").await.unwrap();
    assert!(sent > limits::MAILBOX);
    let acts = world.number("SELECT count(*) FROM audit").await.unwrap();
    assert!(acts > limits::AUDIT, "{acts}");
    let away = |n: i64| {
        let on = day("2027-01-04") + Duration::days(n);
        let kind = ExceptionKind::Away;
        Exception { first: on, last: on, hours: None, kind, whole_practice: false, reason: String::new() }
    };
    let away: Vec<Exception> = (0..one_more_than(limits::EXCEPTIONS)).map(away).collect();
    cast.desk.add_exceptions(cast.ruth.me(), &away).await.unwrap().unwrap();
    // More sessions than are compared at once are within the hours; then come those on
    // days on which she is away, one more than a page holds.
    let mut script = Vec::new();
    let within = limits::COMPARED_AT_ONCE / 400 + 1;
    for n in 0..i32::try_from(within).unwrap() {
        let from = at("2026-12-21T08:00:00Z") + Duration::days(i64::from(n));
        script.extend(copies_alone(&world, base, from, Duration::minutes(1), 400));
    }
    script.extend(copies_alone(
        &world,
        base,
        at("2027-01-04T09:00:00Z"),
        Duration::days(1),
        one_more_than(limits::OUTSIDE),
    ));
    world.script(&script).await.unwrap();

    let audit = List {
        limit: ("AUDIT", limits::AUDIT),
        path: "/audit".to_owned(),
        cookie: &olive,
        more: "Older entries",
        row: "data-column=\"No.\">",
        part: ("id=\"log\"", "</table>"),
    };
    let acts = usize::try_from(world.number("SELECT count(*) FROM audit").await.unwrap()).unwrap();
    assert_eq!(follow_pages(&app, &audit).await, acts, "AUDIT");
    let drafts = List {
        limit: ("DRAFTS", limits::DRAFTS),
        path: "/library?theme=safety".to_owned(),
        cookie: &ruth,
        more: "Older drafts",
        row: "\"/authoring/",
        part: ("id=\"drafts\"", "</section>"),
    };
    check_one_more(&app, drafts).await;
    let hours = format!("/clinicians/{}/hours", cast.ruth.me());
    let list = |limit, more, row, part| List { limit, path: hours.clone(), cookie: &kofi, more, row, part };
    let exceptions = ("EXCEPTIONS", limits::EXCEPTIONS);
    let part = ("id=\"exceptions\"", "</section>");
    check_one_more(&app, list(exceptions, "More days", "\"/hours-exceptions/", part)).await;
    let outside = ("OUTSIDE", limits::OUTSIDE);
    check_one_more(&app, list(outside, "More sessions", "\"/sessions/", ("id=\"outside\"", "</section>"))).await;
    // The demo's mailbox; the oldest email can be opened, too.
    let config = duologue::config::Config { demo: true, ..app.state.config().clone() };
    app.state = duologue::state::AppState::new(config, world.store.clone(), tests::app::CODE);
    app.router = duologue::routes::router(app.state.clone());
    let mailbox = List {
        limit: ("MAILBOX", limits::MAILBOX),
        path: "/mailbox".to_owned(),
        cookie: "",
        more: "Older emails",
        row: "\"/mailbox/",
        part: ("id=\"mails\"", "</main>"),
    };
    assert_eq!(follow_pages(&app, &mailbox).await, usize::try_from(sent).unwrap(), "MAILBOX");
    let last = link_target(&app.get("/mailbox", None).await.text, "Older emails").unwrap();
    let oldest = rows(&mailbox, &app.get(&last, None).await.text).pop_first().unwrap();
    assert_eq!(app.get(&format!("/mailbox/{oldest}"), None).await.status, 200);
});

/// Copies of a session without attendees and occupancy.
fn copies_alone(world: &World, base: SessionId, from: DateTime<Utc>, step: Duration, count: i64) -> Vec<String> {
    copies(world, base, from, step, count).1.into_iter().filter(|s| s.starts_with("INSERT INTO session (")).collect()
}

both!(everyone_with_a_common_name_is_found, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // Of two search words the longer is looked up; the last of its results has both.
    let create_named = async |name: &str, n: i64| {
        let new = details(name, &format!("p{n}@example.org"), "Europe/Berlin");
        cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap()
    };
    for n in 0..one_more_than(limits::HITS) {
        create_named(&format!("Zed Common {n}"), n).await;
    }
    for n in one_more_than(limits::HITS)..one_more_than(limits::SEARCHED_AT_ONCE) {
        create_named("Quentin Common", n).await;
    }
    let last = create_named("Io Common", one_more_than(limits::SEARCHED_AT_ONCE)).await;
    for cookie in [&kofi, &ruth] {
        let list = |limit, path: &str, row| List {
            limit,
            path: path.to_owned(),
            cookie,
            more: if path.starts_with("/find") { "More people" } else { "More clients" },
            row,
            part: ("<main", "</main>"),
        };
        let hits = ("HITS", limits::HITS);
        check_one_more(&app, list(hits, "/sessions/new?q=zed&date=2026-12-01", "/sessions/new?client=")).await;
        let acts = list(("HITS_WITH_ACTS", limits::HITS_WITH_ACTS), "/find?q=zed", "/slots?client=");
        assert_eq!(follow_pages(&app, &acts).await, usize::try_from(limits::HITS).unwrap() + 1);
        let both = app.get("/find?q=io+common", Some(cookie)).await.text;
        assert!(both.contains(&format!("/slots?client={last}")), "SEARCHED_AT_ONCE");
    }
});

/// Limits that are tested in another file, with that file.
const ELSEWHERE: [(&str, &str); 1] = [("VERIFIED_AT_ONCE", "server/store/src/audit/chain.rs")];

/// The Rust files in a folder, each with its path and text.
fn sources(folder: &std::path::Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn every_list_limit_is_tested() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let store = root.join("server/store/src");
    let paging = std::fs::read_to_string(store.join("paging.rs")).unwrap();
    let names: Vec<&str> =
        paging.split("    pub const ").skip(1).filter_map(|rest| rest.split_once(": i64 = ")).map(|(n, _)| n).collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        let tested = [include_str!("lists.rs"), include_str!("batches.rs")]
            .iter()
            .any(|f| f.contains(&format!("limits::{name}")));
        let elsewhere = ELSEWHERE.iter().any(|(known, file)| {
            *known == name && std::fs::read_to_string(root.join(file)).unwrap().matches(name).count() > 2
        });
        assert!(tested || elsewhere, "no list of `suite::lists` has one row more than {name}");
    }
    // `LIMIT 1` reads a single row; every other limit must be one of those.
    for (path, text) in sources(&store) {
        for after in text.split("LIMIT ").skip(1) {
            let limit = after.split([' ', ')', '"', '\n']).next().unwrap();
            assert!(limit == "1" || limit.starts_with('$'), "{path}: LIMIT {limit} is not one of `paging::limits`");
        }
    }
}
