//! How each route is requested for something that really exists, who may do it, and what
//! counts as success.
//!
//! Every recipe is found by method and path, without a wildcard: a new route has none,
//! and [`recipe`] says what to add here.

use axum::http::Method;
use chrono::Duration;
use domain::{
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        exercise::{Document, Scope},
    },
    ids::{AssignmentId, OccurrenceId, SessionId},
    outbox::lead::Lead,
    practice::settings::Practice,
    scheduling::session::NewSession,
};
use duologue::routes::RouteInfo;
use store::{Booked, EmailFacts};
use tests::people::{details, pathway, person, small_answers, small_document, zone};

use crate::{
    matrix::{PASSWORD, Who},
    presses::{self, fields},
    routes::Stage,
};

use Who::{
    Anonymous, Archived, Disabled, Ended, FormerCover, FrontDesk, OtherClinician, OwnClinician, Owner, PartnerA,
    PartnerB, Separated, Stranger,
};

const ALL: &[Who] = &Who::ALL;
const SIGNED_IN: &[Who] =
    &[Owner, OwnClinician, OtherClinician, FormerCover, FrontDesk, PartnerA, PartnerB, Stranger, Separated, Archived];
const NOT_SIGNED_IN: &[Who] = &[Anonymous, Ended, Disabled];
const OWNER: &[Who] = &[Owner];
const OWN: &[Who] = &[OwnClinician];
const CLINICIANS: &[Who] = &[OwnClinician, OtherClinician, FormerCover];
const DESK: &[Who] = &[FrontDesk];
/// Those who book, and the session's therapist.
const DESK_OR_OWN: &[Who] = &[FrontDesk, OwnClinician];
const BOOKINGS: &[Who] = &[FrontDesk, OwnClinician, OtherClinician, FormerCover];
const PARTNERS: &[Who] = &[PartnerA, PartnerB, Stranger, Separated, Archived];
const FEEDS: &[Who] = &[OwnClinician, OtherClinician, FormerCover, PartnerA, PartnerB, Stranger, Separated, Archived];
const BOTH: &[Who] = &[PartnerA, PartnerB];
const AMARA: &[Who] = &[PartnerA];
const JONAS: &[Who] = &[PartnerB];

/// A route's line in the matrix.
pub(crate) enum Recipe {
    Line(Line),
    /// The route refuses everyone by its nature, for this reason.
    Refuses(&'static str),
}

/// A request that can succeed.
pub(crate) struct Line {
    /// The visitors who succeed; everyone else is refused.
    pub(crate) may: &'static [Who],
    pub(crate) path: String,
    pub(crate) sent: Sent,
    pub(crate) effect: Effect,
}

/// The body of a request.
pub(crate) enum Sent {
    Nothing,
    Form(Vec<(String, String)>),
    Json(String),
}

/// What counts as success.
#[derive(Clone, Copy)]
pub(crate) enum Effect {
    /// A page or a file is shown and no row changes, except that a row of the table
    /// `marks` may note that its reader has seen it.
    Shows { marks: Option<&'static str> },
    /// The answer leads to one of these pages, and no row changes.
    Leads { to: &'static [&'static str] },
    /// A row of this table is added, changed or removed.
    Writes { table: &'static str, answer: Answer },
}

/// The answer to a request that wrote something.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// A page: 200.
    Page,
    /// A redirect to an address that begins with this text: 303, without a notice that
    /// nothing happened.
    To(&'static str),
}

const SHOWS: Effect = Effect::Shows { marks: None };

fn writes(table: &'static str, to: &'static str) -> Effect {
    Effect::Writes { table, answer: Answer::To(to) }
}

fn answers_with_page(table: &'static str) -> Effect {
    Effect::Writes { table, answer: Answer::Page }
}

/// The practice's own wording of a reminder.
const WORDING: [(&str, &str); 2] =
    [("subject", "See you on {day}"), ("body", "Dear[ {name}], {when}. [{place}] [{link}] [{replies}]")];

/// Makes an example of a client without people.
const EXAMPLE: &str = "INSERT INTO client (id, kind, created_at, created_by, example_at)
    SELECT account_id, 'couple', granted_at, account_id, granted_at FROM account_role WHERE role = 'owner'
    ON CONFLICT DO NOTHING";

const OF_BOTH: &str = "of both";
/// Belongs to one partner alone: the cell of the other is 404.
const ALONE: &str = "Amara’s alone";

/// The lines of a route: one, or two where the thing can belong to one partner.
pub(crate) fn variants(route: &RouteInfo) -> &'static [&'static str] {
    match (route.method.as_str(), route.path) {
        ("GET", "/portal/exercises/{id}" | "/portal/sessions/{id}" | "/portal/times")
        | (
            "POST",
            "/portal/exercises/{id}"
            | "/portal/exercises/{id}/agreements/{step}"
            | "/portal/exercises/{id}/plans/{step}"
            | "/portal/exercises/{id}/not-now"
            | "/portal/sessions/{id}/cancel"
            | "/portal/sessions/{id}/coming"
            | "/portal/requests"
            | "/api/draft",
        ) => &[OF_BOTH, ALONE],
        _ => &[""],
    }
}

/// The recipe of a line; creates what it needs first.
pub(crate) async fn recipe(stage: &mut Stage, route: &RouteInfo, variant: &str) -> Recipe {
    let path = route.path;
    let found = if route.method == Method::GET {
        match looks(stage, path, variant).await {
            Some(line) => Some(Recipe::Line(line)),
            None => refuses(&route.method, path).map(Recipe::Refuses),
        }
    } else {
        match refuses(&route.method, path) {
            Some(why) => Some(Recipe::Refuses(why)),
            None => match makes(stage, path, variant).await {
                Some(line) => Some(Recipe::Line(line)),
                None => sets(stage, path, variant).await.map(Recipe::Line),
            },
        }
    };
    found.unwrap_or_else(|| {
        panic!(
            "{} {path} has no recipe. Add one to tests/suite/recipes.rs: in `looks` for a page, in `makes` for a form of \
             `Posts::Once` (its fields are in presses::case), in `sets` for any other. It says who succeeds (everyone else \
             must be refused), makes something of its own to ask for, and names the table in which a row changes. A route \
             that refuses everyone by its nature goes to `refuses`, with the reason.",
            route.method
        )
    })
}

/// Why nobody succeeds at a route; `None` for all other routes.
fn refuses(method: &Method, path: &str) -> Option<&'static str> {
    match (method.as_str(), path) {
        ("GET", "/pkg/{file}") => Some("the files of the browser build are not there in a test"),
        ("GET" | "POST", "/setup") => Some("a practice is set up once (presses::a_practice_is_set_up_once)"),
        ("GET", "/mailbox" | "/mailbox/{id}") => Some("the demo’s alone"),
        _ => None,
    }
}

/// The recipes of pages; `None` for any other path.
async fn looks(stage: &mut Stage, path: &'static str, variant: &str) -> Option<Line> {
    let (may, path, marks): (&'static [Who], String, Option<&'static str>) = match path {
        "/" => {
            let to = &["/practice", "/today", "/desk", "/portal/welcome"];
            return Some(Line { may: SIGNED_IN, path: path.into(), sent: Sent::Nothing, effect: Effect::Leads { to } });
        }
        "/readyz" => (ALL, path.into(), Some("write_probe")),
        "/healthz" | "/favicon.svg" | "/manifest.webmanifest" | "/robots.txt" | "/inquire" | "/forgot" => {
            (ALL, path.into(), None)
        }
        "/icons/{file}" => (ALL, "/icons/icon-192.png".into(), None),
        "/sign-in" => (NOT_SIGNED_IN, path.into(), None),
        "/invitations/{token}" | "/inquire/{token}" | "/reset/{token}" => {
            (ALL, presses::case(stage, path).await.path, None)
        }
        "/unsubscribe/{token}" => (ALL, format!("/unsubscribe/{}", reminder(stage).await.0), None),
        "/replies/{token}" => (ALL, format!("/replies/{}", reminder(stage).await.1), None),
        "/feeds/{token}" => {
            let me = stage.world.store.signed_in(stage.cast.ruth.visitor());
            me.make_feed(domain::scheduling::session::CalendarTitle::Busy).await.unwrap();
            (ALL, format!("/feeds/{}", me.feed().await.unwrap().unwrap().token), Some("feed"))
        }
        "/account" | "/account/security" => (SIGNED_IN, path.into(), None),
        "/account/feed" => (FEEDS, path.into(), None),
        "/account/address/{token}" => (OWN, presses::case(stage, path).await.path, None),
        "/practice"
        | "/practice/sessions"
        | "/practice/cancellations"
        | "/practice/booking"
        | "/practice/email"
        | "/practice/places"
        | "/wordings"
        | "/wordings/{kind}/{language}"
        | "/staff"
        | "/staff/{id}/edit"
        | "/audit"
        | "/audit.csv" => (OWNER, stage.fill(path), None),
        "/desk" | "/fees" | "/fees/file" | "/email-log" | "/desk/clients" | "/desk/clients/new" => {
            (DESK, path.into(), None)
        }
        "/desk/clients/{id}" => (DESK, stage.fill(path), None),
        "/email-log/{id}" => (DESK, sent_mail(stage).await, None),
        "/waitlist" | "/waitlist/new" | "/requests" | "/calendar" | "/sessions/new" | "/find" => {
            (BOOKINGS, path.into(), None)
        }
        "/slots" => (DESK_OR_OWN, format!("/slots?client={}", stage.cast.couple), None),
        "/sessions/{id}"
        | "/sessions/{id}/move"
        | "/sessions/{id}/cancellation"
        | "/clinicians/{id}/hours"
        | "/clinicians/{id}/calendar-file" => (DESK_OR_OWN, stage.fill(path), None),
        "/today" | "/caseload" | "/messages" | "/clients/new" | "/library" | "/library/import" | "/authoring"
        | "/pathways" | "/pathways/new" => (CLINICIANS, path.into(), None),
        "/library/{slug}" | "/library/{slug}/worksheet" | "/library/{slug}/file" | "/pathways/{slug}" => {
            (CLINICIANS, stage.fill(path), None)
        }
        "/clients/{id}"
        | "/clients/{id}/separation"
        | "/clients/{id}/partners/{person}/edit"
        | "/clients/{id}/brief"
        | "/clients/{id}/adherence"
        | "/authoring/{id}"
        | "/pathways/{slug}/edit"
        | "/pathway-progress/{id}"
        | "/pathway-progress/{id}/edit"
        | "/clients/{id}/assignments/new"
        | "/assignments/{id}"
        | "/clients/{id}/notes/new"
        | "/notes/{id}" => (OWN, stage.fill(path), None),
        "/clients/{id}/messages/{person}" => (OWN, stage.fill(path), Some("message")),
        "/clients/{id}/partners/new" => (OWN, format!("/clients/{}/partners/new", half_a_couple(stage).await), None),
        "/clients/{id}/course" => {
            stage.world.store.load_library(&duologue::library::documents().unwrap()).await.unwrap();
            (OWN, stage.fill(path), None)
        }
        "/assignments/{id}/paper/{person}" => {
            (OWN, presses::case(stage, "/assignments/{id}/paper/{person}").await.path, None)
        }
        "/portal"
        | "/portal/messages"
        | "/portal/contact"
        | "/portal/contact/times"
        | "/portal/sessions"
        | "/portal/settings"
        | "/portal/welcome" => (PARTNERS, path.into(), Some("message")),
        "/portal/exercises/{id}" => {
            let path = if variant == ALONE {
                format!("/portal/exercises/{}", stage.cast.assign_for(Audience::One(stage.cast.amara.person())).await)
            } else {
                stage.fill(path)
            };
            (visitors_of(variant), path, Some("response"))
        }
        "/portal/sessions/{id}" => {
            (visitors_of(variant), format!("/portal/sessions/{}", session(stage, variant).await), None)
        }
        "/portal/times" => {
            (visitors_of(variant), format!("/portal/times?session={}", session(stage, variant).await), None)
        }
        _ => return None,
    };
    Some(Line { may, path, sent: Sent::Nothing, effect: Effect::Shows { marks } })
}

fn visitors_of(variant: &str) -> &'static [Who] {
    if variant == ALONE { AMARA } else { BOTH }
}

/// The recipes of forms that create something, filled in by [`presses::case`]; `None` for
/// any other path.
async fn makes(stage: &mut Stage, route: &'static str, variant: &str) -> Option<Line> {
    let (may, effect): (&'static [Who], Effect) = match route {
        "/invitations/{token}" => (ALL, writes("account", "/")),
        "/inquire" | "/inquire/{token}" => (ALL, answers_with_page("inquiry")),
        "/forgot" => (ALL, writes("password_reset", "/forgot?done=yes")),
        "/reset/{token}" => (ALL, writes("account", "/sign-in?notice=password_changed")),
        "/account/address/{token}" => (OWN, writes("account", "/account")),
        "/account/feed" => (FEEDS, writes("feed", "/account")),
        "/bin/{id}/restore" => (OWN, writes("exercise_draft", "/authoring/")),
        "/locations" => (OWNER, writes("location", "/practice/places")),
        "/rooms" => (OWNER, writes("room", "/practice/places")),
        "/staff" => (OWNER, writes("account", "/staff")),
        "/staff/{id}/invite" => (OWNER, writes("email", "/staff")),
        "/staff/{id}/link" => (OWNER, answers_with_page("invitation")),
        "/staff/{id}/reset" => (OWNER, writes("email", "/staff")),
        "/staff/{id}/emails/{email}" => (OWNER, writes("email", "/staff")),
        "/waitlist" => (BOOKINGS, writes("inquiry", "/waitlist")),
        "/requests/{id}" => (DESK_OR_OWN, writes("session_request", "/")),
        "/sessions" => (DESK_OR_OWN, writes("session", "/sessions/")),
        "/sessions/{id}/move" => (DESK_OR_OWN, writes("session", "/sessions/")),
        "/sessions/{id}/cancellation" => (DESK_OR_OWN, writes("session", "/sessions/")),
        "/sessions/{id}/undo" => (DESK_OR_OWN, writes("session", "/sessions/")),
        "/sessions/{id}/replies/{person}" => (DESK_OR_OWN, writes("session_reply", "/sessions/")),
        "/clinicians/{id}/hours" => (DESK_OR_OWN, writes("working_week", "/clinicians/")),
        "/clinicians/{id}/calendar-file" => (DESK_OR_OWN, writes("hours_exception", "/clinicians/")),
        "/clinicians/{id}/exceptions" => (DESK_OR_OWN, writes("hours_exception", "/clinicians/")),
        "/email-log/{id}/resend" => (DESK, writes("email", "/sessions/")),
        "/clients" => (CLINICIANS, writes("client", "/clients/")),
        "/desk/clients" => (DESK, writes("client", "/desk/clients/")),
        "/desk/clients/{id}/therapist" => (DESK, writes("care", "/desk/clients/")),
        "/clients/{id}/separation" => (OWN, writes("client", "/clients/")),
        "/clients/{id}/partners" => (OWN, writes("person", "/clients/")),
        "/clients/{id}/partners/{person}/invitation" => (OWN, writes("invitation", "/clients/")),
        "/clients/{id}/emails/{email}" => (OWN, writes("email", "/clients/")),
        "/clients/{id}/messages/{person}" => (OWN, writes("message", "/clients/")),
        "/library/import" => (CLINICIANS, writes("exercise", "/library/")),
        "/authoring" => (CLINICIANS, writes("exercise_draft", "/authoring/")),
        "/pathways" => (CLINICIANS, writes("pathway", "/pathways/")),
        "/clients/{id}/pathways" => (OWN, writes("pathway_progress", "/")),
        "/pathway-progress/{id}/next" => (OWN, writes("progress_step", "/pathway-progress/")),
        "/clients/{id}/assignments" => (OWN, writes("assignment", "/clients/")),
        "/assignments/{id}/paper/{person}" => (OWN, writes("answer", "/assignments/")),
        "/assignments/{id}/reset/{person}" => (OWN, writes("response", "/assignments/")),
        "/clients/{id}/notes" => (OWN, writes("note", "/")),
        "/portal/messages" => (BOTH, writes("message", "/portal/messages")),
        "/portal/requests/{id}/answer" => (AMARA, writes("session_request", "/portal")),
        "/portal/requests/{id}/withdraw" => (JONAS, writes("session_request", "/portal")),
        "/portal/sessions/{id}/alone" => (BOTH, writes("session_request", "/portal")),
        "/portal/sessions/{id}/cancel" if variant == OF_BOTH => (BOTH, writes("session", "/portal")),
        "/portal/requests" if variant == OF_BOTH => (BOTH, writes("session_request", "/portal")),
        _ => return None,
    };
    let case = presses::case(stage, route).await;
    Some(Line { may, path: case.path, sent: Sent::Form(case.form), effect })
}

/// The recipes of forms that set a state and of calls by scripts; `None` for any other
/// path.
#[expect(clippy::too_many_lines, reason = "a recipe for each route")]
async fn sets(stage: &mut Stage, route: &'static str, variant: &str) -> Option<Line> {
    let (cast, world) = (&stage.cast, &stage.world);
    let form = |may: &'static [Who], pairs: &[(&str, &str)], effect: Effect| Line {
        may,
        path: if route.contains('{') { String::new() } else { route.to_owned() },
        sent: Sent::Form(fields(pairs)),
        effect,
    };
    let at = |path: String, line: Line| Line { path, ..line };
    let at_own_path = |line: Line| Line { path: stage.fill(route), ..line };
    Some(match route {
        "/sign-in" => form(ALL, &[("login_name", "ruth"), ("password", PASSWORD)], writes("login", "/")),
        "/sign-out" => form(SIGNED_IN, &[], writes("login", "/sign-in?notice=signed_out")),
        "/unsubscribe/{token}" => {
            at(format!("/unsubscribe/{}", reminder(stage).await.0), form(ALL, &[], answers_with_page("person")))
        }
        "/replies/{token}" => {
            let path = format!("/replies/{}", reminder(stage).await.1);
            at(path, form(ALL, &[("reply", "alone")], answers_with_page("session_reply")))
        }
        "/account/zone" => form(SIGNED_IN, &[("zone", "Asia/Kolkata")], writes("account", "/account")),
        "/account/keyboard" => form(SIGNED_IN, &[], writes("account", "/account")),
        "/account/language" => form(PARTNERS, &[("language", "hi")], writes("person", "/account")),
        "/account/email" => {
            let typed = [("email", "anew@example.org"), ("current_password", PASSWORD)];
            form(SIGNED_IN, &typed, writes("address_change", "/account"))
        }
        "/account/password" => {
            let typed = [("current", PASSWORD), ("password", "three tired swans at noon")];
            form(SIGNED_IN, &typed, writes("account", "/account"))
        }
        "/account/logins/{id}/end" => at_own_path(form(AMARA, &[], writes("login", "/account"))),
        "/account/logins/end-others" => form(SIGNED_IN, &[], writes("login", "/account")),
        "/practice" | "/practice/sessions" | "/practice/cancellations" | "/practice/booking" | "/practice/email" => {
            let practice = cast.owner.practice().await.unwrap();
            // A change on each of the tabs.
            let changed = Practice {
                name: "Bridge House".into(),
                leads: vec![Lead::Days(2)],
                notice_hours: practice.notice_hours + 1,
                inquiries: !practice.inquiries,
                sender_name: "Bridge".into(),
                ..practice
            };
            let sent = Sent::Form(changed.form().0);
            Line { sent, ..form(OWNER, &[], writes("practice", route)) }
        }
        "/practice/email/test" => form(OWNER, &[], answers_with_page("audit")),
        "/practice/example" => {
            // The stage has clients, so nothing can be added. One client more is an
            // example, whom nobody of the stage knows.
            world.raw(EXAMPLE).await.unwrap();
            form(OWNER, &[("do", "remove")], writes("client", "/practice"))
        }
        "/practice/first-steps" => form(OWNER, &[], writes("practice", "/practice")),
        "/staff/{id}/edit" => {
            let account = presses::new_staff(cast).await;
            let typed = [
                ("display_name", "Noor Haddad"),
                ("email", "noor@example.org"),
                ("zone", "Europe/Oslo"),
                ("role", "clinician"),
                ("role", "front_desk"),
            ];
            at(format!("/staff/{account}/edit"), form(OWNER, &typed, writes("account", "/staff")))
        }
        "/practice/mail" | "/email-log/try" => {
            let obstacle = store::Obstacle { ours: true, reason: "Relay access denied".into(), code: "554".into() };
            world.store.worker().stop_mail(&obstacle).await.unwrap();
            let (may, to) = if route == "/email-log/try" { (DESK, "/email-log") } else { (OWNER, "/practice") };
            form(may, &[], writes("mail_queue", to))
        }
        "/wordings/{kind}/{language}" => {
            let typed = fields(&WORDING);
            at_own_path(Line { sent: Sent::Form(typed), ..form(OWNER, &[], writes("wording", "/wordings/")) })
        }
        "/api/wording" => {
            let body = serde_json::json!({"kind": "reminder", "language": "hi", "fields": WORDING});
            Line { sent: Sent::Json(body.to_string()), ..form(OWNER, &[], SHOWS) }
        }
        "/locations/{id}" => at_own_path(form(
            OWNER,
            &[("location", "Harbour"), ("address", "32 Mill Street")],
            writes("location", "/practice/places"),
        )),
        "/locations/{id}/archive" => at_own_path(form(OWNER, &[], writes("location", "/practice/places"))),
        "/rooms/{id}" => {
            at_own_path(form(OWNER, &[("offers", "a ramp"), ("location", "")], writes("room", "/practice/places")))
        }
        "/rooms/{id}/archive" => at_own_path(form(OWNER, &[], writes("room", "/practice/places"))),
        "/staff/{id}/disable" => at_own_path(form(OWNER, &[], writes("account", "/staff"))),
        "/staff/{id}/enable" => {
            // Each line disables an account of its own.
            let closed = presses::new_staff(cast).await;
            assert!(cast.owner.set_disabled(closed, true).await.unwrap());
            at(format!("/staff/{closed}/enable"), form(OWNER, &[], writes("account", "/staff")))
        }
        "/waitlist/{id}" => at_own_path(form(BOOKINGS, &[("state", "called")], writes("inquiry", "/waitlist"))),
        "/sessions/{id}/earlier" => {
            at_own_path(form(DESK_OR_OWN, &[("part", "any")], writes("earlier_wish", "/sessions/")))
        }
        "/sessions/{id}/state" => {
            let today = book_session(stage, "2026-11-23 18:00", false).await;
            let line = form(DESK_OR_OWN, &[("state", "arrived")], writes("session", "/sessions/"));
            at(format!("/sessions/{today}/state"), line)
        }
        "/sessions/{id}/attendance" => {
            let today = book_session(stage, "2026-11-23 18:00", false).await;
            let line = form(DESK_OR_OWN, &[("mark", "arrived")], writes("session_attendee", "/sessions/"));
            at(format!("/sessions/{today}/attendance"), line)
        }
        "/fees/{id}/settle" => {
            let late = late_session(stage).await;
            let line = form(DESK, &[("on", "2026-11-23")], writes("fee_suggestion", "/fees"));
            at(format!("/fees/{late}/settle"), line)
        }
        "/fees/{id}/reopen" => {
            let late = late_session(stage).await;
            let today = "2026-11-23".parse().unwrap();
            assert!(stage.cast.desk.settle_fee(late, Some(today)).await.unwrap());
            at(format!("/fees/{late}/reopen"), form(DESK, &[], writes("fee_suggestion", "/fees")))
        }
        "/sessions/{id}/fee" => {
            let late = late_session(stage).await;
            let line = form(DESK_OR_OWN, &[("fee", "waived")], writes("fee_suggestion", "/sessions/"));
            at(format!("/sessions/{late}/fee"), line)
        }
        "/series/{id}/gaps/{day}" => at_own_path(form(DESK_OR_OWN, &[], writes("series_gap", "/calendar"))),
        "/hours-exceptions/{id}/remove" => at_own_path(form(DESK_OR_OWN, &[], writes("hours_exception", "/calendar"))),
        "/api/free-times" => {
            let asked = [
                ("client", cast.couple.to_string()),
                ("clinician", cast.ruth.me().to_string()),
                ("attendee", "everyone".to_owned()),
                ("place", "online".to_owned()),
                ("date", "2026-12-07".to_owned()),
            ];
            let body = serde_json::json!({ "fields": asked });
            Line { sent: Sent::Json(body.to_string()), ..form(DESK_OR_OWN, &[], SHOWS) }
        }
        "/api/find" => {
            let body = serde_json::json!({"text": "amara"});
            Line { sent: Sent::Json(body.to_string()), ..form(BOOKINGS, &[], SHOWS) }
        }
        "/people/{person}/mail" => {
            let marks = "UPDATE person SET returned_at = created_at, returned_why = 'full' WHERE id = $1";
            world.by_hand(marks, cast.amara.person().0).await.unwrap();
            at_own_path(form(DESK, &[], writes("person", "/desk")))
        }
        "/clients/{id}/acceptance" => {
            let client = presses::offered_client(stage).await;
            at(format!("/clients/{client}/acceptance"), form(OWN, &[], writes("care", "/clients/")))
        }
        "/clients/{id}/archive" | "/clients/{id}/restore" => {
            let client = half_a_couple(stage).await;
            if route.ends_with("restore") {
                assert!(cast.ruth.set_archived(client, true).await.unwrap());
            }
            at(route.replace("{id}", &client.to_string()), form(OWN, &[], writes("client", "/clients/")))
        }
        "/clients/{id}/partners/{person}/edit" => {
            let client = half_a_couple(stage).await;
            let person = person(&cast.ruth, client, "Lea").await;
            let typed = [("a.name", "Lea Berg"), ("a.zone", "Europe/Berlin"), ("a.language", "en")];
            let path = format!("/clients/{client}/partners/{person}/edit");
            at(path, form(OWN, &typed, writes("person", "/clients/")))
        }
        "/library/{slug}/archive" | "/library/{slug}/restore" => {
            let document = Document { slug: "pathways".into(), title: "Long walks".into(), ..small_document() };
            let done = cast.ruth.import_exercise(&document).await.unwrap();
            let store::ExerciseImported::Done(slug, _) = done else { panic!("{done:?}") };
            if route.ends_with("restore") {
                assert!(cast.ruth.set_exercise_archived(&slug, true).await.unwrap());
            }
            at(route.replace("{slug}", &slug), form(OWN, &[], writes("exercise", "/library/")))
        }
        "/authoring/{id}" => at_own_path(form(
            OWN,
            &[("title", "Anew"), ("do", "save"), ("number", "0")],
            writes("exercise_draft", "/authoring/"),
        )),
        "/authoring/{id}/discard" => at_own_path(form(OWN, &[], writes("exercise_draft", "/authoring"))),
        "/api/exercise" => {
            let body = serde_json::json!({
                "draft": stage.ids["/authoring/{id}"], "number": 0, "fields": [["title", "Anew"]],
            });
            Line { sent: Sent::Json(body.to_string()), ..form(OWN, &[], answers_with_page("exercise_draft")) }
        }
        "/pathways/{slug}/edit" => {
            let typed =
                domain::exercises::pathway::Pathway { title: "Another way".into(), ..pathway("own-way", "small") }
                    .form();
            let mut typed = typed.0;
            typed.extend(fields(&[("do", "save")]));
            at_own_path(Line { sent: Sent::Form(typed), ..form(OWN, &[], writes("pathway", "/pathways/")) })
        }
        "/pathways/{slug}/archive" => at_own_path(form(OWN, &[], writes("pathway", "/pathways"))),
        "/pathway-progress/{id}/edit" => {
            let typed = [("do", "save"), ("given", "1"), ("step.0.exercise", "small"), ("step.0.days", "20")];
            at_own_path(form(OWN, &typed, writes("progress_step", "/pathway-progress/")))
        }
        "/pathway-progress/{id}/end" => at_own_path(form(OWN, &[], writes("pathway_progress", "/"))),
        "/assignments/{id}/withdraw" => at_own_path(form(OWN, &[], writes("assignment", "/clients/"))),
        "/assignments/{id}/pause" | "/assignments/{id}/resume" => {
            let rhythm = Rhythm { days: 7, from: "2026-11-23".parse().unwrap(), until: None };
            let new = NewAssignment {
                for_whom: Audience::Everyone,
                frequency: Frequency::Every(rhythm),
                word_along: String::new(),
            };
            let id: AssignmentId = cast.ruth.assign(cast.couple, "open", &new, None).await.unwrap().unwrap();
            if route.ends_with("resume") {
                cast.ruth.set_paused(id, true).await.unwrap().unwrap();
            }
            at(route.replace("{id}", &id.to_string()), form(OWN, &[], writes("assignment", "/assignments/")))
        }
        "/notes/{id}" => {
            let typed = [("scope", "process"), ("body", "They came late."), ("do", "save")];
            at_own_path(form(OWN, &typed, writes("note", "/")))
        }
        "/api/note" => {
            let body = serde_json::json!({
                "client": cast.couple, "note": null, "fields": [["scope", "joint"], ["body", "They came late."]],
            });
            Line { sent: Sent::Json(body.to_string()), ..form(OWN, &[], answers_with_page("note")) }
        }
        "/portal/exercises/{id}" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let typed = [
                ("do", "submit"),
                ("s.mine", "One."),
                ("s.therapist", "Two."),
                ("s.reveal", "Three."),
                ("s.couple", "Four."),
            ];
            at(format!("/portal/exercises/{id}"), form(visitors_of(variant), &typed, writes("answer", "/portal")))
        }
        "/portal/exercises/{id}/agreements/{step}" => {
            let id = assign_exercise_for(stage, "open", variant).await;
            let typed = [("do", "write"), ("agree.pact.version", "0"), ("agree.pact.text", "We listen.")];
            let path = format!("/portal/exercises/{id}/agreements/pact");
            at(path, form(visitors_of(variant), &typed, writes("agreement", "/portal/exercises/")))
        }
        "/portal/exercises/{id}/plans/{step}" => {
            world.store.load_library(&[planned_document()]).await.unwrap();
            let id = assign_exercise_for(stage, "planned", variant).await;
            let typed = [("do", "set"), ("plan.when.date", "2026-12-04"), ("plan.when.time", "20:00")];
            let path = format!("/portal/exercises/{id}/plans/when");
            at(path, form(visitors_of(variant), &typed, writes("plan", "/portal/exercises/")))
        }
        "/portal/exercises/{id}/not-now" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let line = form(visitors_of(variant), &[("why", "no_time")], writes("response", "/portal"));
            at(format!("/portal/exercises/{id}/not-now"), line)
        }
        "/portal/answers/{id}/share" => {
            let id = own_answer(stage, "mine").await;
            let line = form(AMARA, &[("to", "therapist")], writes("answer", "/portal/exercises/"));
            at(format!("/portal/answers/{id}/share"), line)
        }
        "/portal/answers/{id}/unshare" | "/portal/offers/{id}" => {
            let id = own_answer(stage, "mine").await;
            let parsed = id.parse().unwrap();
            cast.amara.share(parsed, Scope::Couple).await.unwrap().unwrap();
            let may = if route.ends_with("unshare") { AMARA } else { JONAS };
            at(route.replace("{id}", &id), form(may, &[], writes("answer", "/portal/exercises/")))
        }
        "/portal/contact" => form(PARTNERS, &[("portal_only", "yes")], writes("person", "/portal/contact")),
        "/portal/contact/times" => form(PARTNERS, &[("hours.mon", "9:00–12:30")], writes("person", "/portal/contact")),
        "/portal/welcome" => form(PARTNERS, &[("do", "done")], writes("person", "/portal")),
        "/portal/contact/email" => {
            let typed = [("email", "anew@example.org"), ("current_password", PASSWORD)];
            form(PARTNERS, &typed, writes("address_change", "/portal/contact"))
        }
        "/portal/sessions/{id}/coming" => {
            let id = session(stage, variant).await;
            let line = form(visitors_of(variant), &[], writes("session_reply", "/portal/sessions/"));
            at(format!("/portal/sessions/{id}/coming"), line)
        }
        "/portal/sessions/{id}/cancel" => {
            let id = session(stage, variant).await;
            at(format!("/portal/sessions/{id}/cancel"), form(visitors_of(variant), &[], writes("session", "/portal")))
        }
        "/portal/requests" => {
            let id = session(stage, variant).await.to_string();
            let typed = [("session", id.as_str()), ("at", "2026-12-18T10:00:00Z")];
            form(visitors_of(variant), &typed, writes("session_request", "/portal"))
        }
        "/api/draft" => {
            let id = assign_exercise_for(stage, "small", variant).await;
            let body = serde_json::json!({
                "occurrence": id, "number": 0, "touched": ["mine"], "fields": [["s.mine", "One."]],
            });
            Line {
                sent: Sent::Json(body.to_string()),
                ..form(visitors_of(variant), &[], answers_with_page("response"))
            }
        }
        _ => return None,
    })
}

/// An exercise with a plan.
pub(crate) fn planned_document() -> Document {
    serde_json::from_value(serde_json::json!({
        "slug": "planned", "title": "Planned", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": [
            {"key": "when", "kind": "plan", "scope": "couple", "prompt": "When, you two"},
            {"key": "words", "kind": "text", "scope": "couple", "prompt": "How it was", "optional": true}
        ]
    }))
    .unwrap()
}

/// Assigns an exercise to both partners or to Amara.
async fn assign_exercise_for(stage: &Stage, slug: &str, variant: &str) -> OccurrenceId {
    let for_whom = if variant == ALONE { Audience::One(stage.cast.amara.person()) } else { Audience::Everyone };
    stage.cast.assign_exercise(slug, for_whom).await
}

async fn book_session(stage: &Stage, starts: &str, alone: bool) -> SessionId {
    let cast = &stage.cast;
    let attendee = alone.then(|| cast.amara.person());
    let wish = NewSession { attendee, outside: true, ..cast.wish(&stage.world.store, starts) };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    match cast.desk.book(&wish, &timing).await.unwrap() {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A session that was cancelled late, with a suggested fee.
async fn late_session(stage: &Stage) -> SessionId {
    let practice = stage.cast.owner.practice().await.unwrap();
    stage.cast.owner.update_practice(&Practice { late_fee: "60 €".into(), ..practice }).await.unwrap();
    let late = book_session(stage, "2026-11-23 18:00", false).await;
    stage.cast.desk.cancel(late, &tests::cancelled("")).await.unwrap();
    late
}

/// Books a session for both partners or for Amara alone, early enough to be changed in
/// the portal.
async fn session(stage: &Stage, variant: &str) -> SessionId {
    book_session(stage, "2026-12-17 10:00", variant == ALONE).await
}

async fn half_a_couple(stage: &Stage) -> domain::ids::ClientId {
    let a = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    stage.cast.ruth.create_client(&store::NewClient::Couple { a, b: None }).await.unwrap().unwrap()
}

/// An answer of Amara's in an exercise without a reveal.
async fn own_answer(stage: &Stage, step: &str) -> String {
    let occurrence = stage.cast.assign_exercise("open", Audience::Everyone).await;
    stage.cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let own = stage.cast.amara.own_answers(occurrence).await.unwrap();
    own.into_iter().find(|a| a.step == step).unwrap().id.to_string()
}

/// The tokens in a reminder to Amara: the one to unsubscribe, and the one to reply.
async fn reminder(stage: &Stage) -> (String, String) {
    let world = &stage.world;
    book_session(stage, "2026-12-17 10:00", false).await;
    let mut found = None;
    for _ in 0..2 {
        for message in world.store.worker().claim_due(200, Duration::minutes(2)).await.unwrap() {
            if let (EmailFacts::Session(facts), Some(unsubscribe), true) =
                (&message.facts, &message.unsubscribe, message.recipient_name.starts_with("Amara"))
                && let Some(asks) = &facts.asks
            {
                found = Some((unsubscribe.clone(), asks.clone()));
            }
            assert!(world.store.worker().store_body(message.id, message.token, b"Subject: x\r\n\r\nx").await.unwrap());
            assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
        }
        if found.is_none() {
            // Three days before the first session.
            world.clock.advance(Duration::days(4) - Duration::minutes(30));
        }
    }
    found.expect("a reminder that asks")
}

/// The page of an email that was sent.
async fn sent_mail(stage: &Stage) -> String {
    let message = stage.ids["/email-log/{id}"].parse().unwrap();
    loop {
        let due = stage.world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        assert!(!due.is_empty(), "it is due");
        if let Some(mail) = due.iter().find(|m| m.id == message) {
            let body = b"Subject: Appointment\r\n\r\nOn Monday.";
            assert!(stage.world.store.worker().store_body(mail.id, mail.token, body).await.unwrap());
            assert!(stage.world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
            return stage.fill("/email-log/{id}");
        }
    }
}
