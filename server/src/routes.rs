//! The table of all routes, area by area: method, path, access class and handler. No
//! route is registered elsewhere. A line cannot be written without its access class,
//! and a line that changes something cannot be written without what a repeated
//! submission does.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware::from_fn_with_state,
    routing::{MethodRouter, any, get, post},
};

pub use crate::route::{Alive, Posts, RouteInfo};
use crate::{
    access::{Guarded, guard},
    assets,
    error::{Answer, Failure, FailurePage},
    health,
    route::{
        Access::{self, Bookings, Clinician, FrontDesk, Owner, Partner, Plain, Public, SignedIn},
        Alive::{Never, Typing},
        Posts::{Once, OnceUnless, Sets},
    },
    security,
    state::{AppState, RouteTable, Site},
    web::{
        accounts::{account, home, invitations, resets, setup, sign_in},
        clients::{self, caseload, client, find},
        exercises::{self, agreements, assignments, authoring, library, pathways, plans, responses, sharing},
        lifecycle::{bin, contact, separation},
        outbox::{self, log, mailbox, unsubscribe, wordings},
        portal,
        practice::{audit, hours, locations, rooms, settings, staff},
        records::{self, messages, notes, progress},
        scheduling::{
            self, calendar, calendar_files, desk, feeds, own_requests, replies, series, sessions, slots, waitlist,
        },
    },
};

/// The table while it is built.
#[derive(Default)]
struct Routes(Vec<(RouteInfo, MethodRouter<Site>)>);

impl Routes {
    /// Adds a line.
    fn add(mut self, info: RouteInfo, handler: MethodRouter<Site>) -> Self {
        self.0.push((info, handler));
        self
    }

    /// Adds a page that a person opens.
    fn get<T: 'static, H: Handler<T, Site>>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(RouteInfo { method: Method::GET, path, access, posts: None, alive: Alive::Person }, get(handler))
    }

    /// Adds an address that programs ask for on their own: it keeps no login alive;
    /// `why` says why.
    fn fetch<T: 'static, H: Handler<T, Site>>(
        self,
        path: &'static str,
        access: Access,
        why: &'static str,
        handler: H,
    ) -> Self {
        self.add(RouteInfo { method: Method::GET, path, access, posts: None, alive: Alive::Never(why) }, get(handler))
    }

    /// Adds a form that a person sends.
    fn post<T: 'static, H: Handler<T, Site>>(
        self,
        path: &'static str,
        access: Access,
        posts: Posts,
        handler: H,
    ) -> Self {
        let (method, alive) = (Method::POST, Alive::Person);
        self.add(RouteInfo { method, path, access, posts: Some(posts), alive }, post(handler))
    }

    /// Adds an address that a script of ours calls as often as it likes; `why` says
    /// why that is safe.
    fn call<T: 'static, H: Handler<T, Site>>(
        self,
        path: &'static str,
        access: Access,
        why: &'static str,
        alive: Alive,
        handler: H,
    ) -> Self {
        let posts = Some(Posts::Call(why));
        self.add(RouteInfo { method: Method::POST, path, access, posts, alive }, post(handler))
    }
}

/// All lines of the table, area by area.
fn routes() -> Routes {
    let routes = accounts(Routes::default());
    let routes = practice(routes);
    let routes = clients(routes);
    let routes = exercises(routes);
    let routes = scheduling(routes);
    let routes = records(routes);
    let routes = outbox(routes);
    let routes = lifecycle(routes);
    process(routes)
}

/// The first pages, set-up, signing in, invitations, resets, and the visitor’s own
/// account.
fn accounts(routes: Routes) -> Routes {
    routes
        // The first pages
        .get("/", Public, home::show)
        .get("/portal", Partner, portal::show)
        // Set-up, signing in, invitations and resets
        .get("/setup", Public, setup::show)
        .post("/setup", Public, Once("/setup"), setup::create)
        .get("/sign-in", Public, sign_in::show)
        .post(
            "/sign-in",
            Public,
            Sets { page: "/sign-in", why: "a login takes the place of the browser’s former one" },
            sign_in::create,
        )
        .post("/sign-out", SignedIn, Sets { page: "/", why: "an ended login stays ended" }, sign_in::destroy)
        .get("/invitations/{token}", Public, invitations::show)
        .post("/invitations/{token}", Public, Once("/invitations/{token}"), invitations::accept)
        .get("/forgot", Public, resets::request)
        .post("/forgot", Public, Once("/forgot"), resets::send)
        .get("/reset/{token}", Public, resets::show)
        .post("/reset/{token}", Public, Once("/reset/{token}"), resets::update)
        // The visitor’s own account
        .get("/account", SignedIn, account::show)
        .post(
            "/account/zone",
            SignedIn,
            Sets { page: "/account", why: "the zone is the one that was sent" },
            account::zone,
        )
        .post("/account/email", SignedIn, OnceUnless { named: "do", page: "/account" }, account::email)
        .get("/account/address/{token}", SignedIn, account::new_address)
        .post("/account/address/{token}", SignedIn, Once("/account/address/{token}"), account::confirm_address)
        .post("/account/password", SignedIn, Once("/account"), account::password)
        .post(
            "/account/logins/{id}/end",
            SignedIn,
            Sets { page: "/account", why: "an ended login stays ended" },
            account::end_login,
        )
        .post(
            "/account/logins/end-others",
            SignedIn,
            Sets { page: "/account", why: "ended logins stay ended" },
            account::end_others,
        )
}

/// Settings, locations, rooms, staff, hours and the audit log.
fn practice(routes: Routes) -> Routes {
    routes
        // Settings, locations and rooms
        .get("/practice", Owner, settings::show)
        .post(
            "/practice",
            Owner,
            Sets { page: "/practice", why: "the settings are those that were sent" },
            settings::update,
        )
        .post(
            "/practice/mail",
            Owner,
            Sets { page: "/practice", why: "mail that is tried again is tried once" },
            settings::try_mail_now,
        )
        .post("/locations", Owner, Once("/practice"), locations::create)
        .post(
            "/locations/{id}",
            Owner,
            Sets { page: "/practice", why: "the location is as it was sent" },
            locations::update,
        )
        .post(
            "/locations/{id}/archive",
            Owner,
            Sets { page: "/practice", why: "what is archived stays archived" },
            locations::archive,
        )
        .post("/rooms", Owner, Once("/practice"), rooms::create)
        .post(
            "/rooms/{id}/archive",
            Owner,
            Sets { page: "/practice", why: "what is archived stays archived" },
            rooms::archive,
        )
        .post("/rooms/{id}", Owner, Sets { page: "/practice", why: "the room is as it was sent" }, rooms::update)
        // Staff, and the audit log
        .get("/staff", Owner, staff::index)
        .post("/staff", Owner, Once("/staff"), staff::create)
        .post("/staff/{id}/invite", Owner, Once("/staff"), staff::invite)
        .post("/staff/{id}/link", Owner, Once("/staff"), staff::show_invitation_link)
        .post("/staff/{id}/emails/{email}", Owner, Once("/staff"), staff::undelivered)
        .post(
            "/staff/{id}/disable",
            Owner,
            Sets { page: "/staff", why: "a closed account stays closed" },
            staff::disable,
        )
        .post("/staff/{id}/enable", Owner, Sets { page: "/staff", why: "an open account stays open" }, staff::enable)
        .get("/audit", Owner, audit::index)
        // The hours of therapists
        .get("/clinicians/{id}/hours", Bookings, hours::show)
        .post("/clinicians/{id}/hours", Bookings, Once("/clinicians/{id}/hours"), hours::update)
        .post("/clinicians/{id}/exceptions", Bookings, Once("/clinicians/{id}/hours"), hours::create_exception)
        .post(
            "/hours-exceptions/{id}/remove",
            Bookings,
            Sets { page: "/calendar", why: "what is removed stays removed" },
            hours::remove_exception,
        )
}

/// Couples and individuals, their people, the caseload, and finding a client.
fn clients(routes: Routes) -> Routes {
    routes
        .get("/find", Bookings, find::show)
        .call("/api/find", Bookings, "it only reads", Never("it saves nothing"), clients::api::find)
        .get("/today", Clinician, caseload::today)
        .get("/caseload", Clinician, caseload::index)
        .get("/clients/new", Clinician, client::new)
        .post("/clients", Clinician, Once("/clients/new"), client::create)
        .get("/clients/{id}", Clinician, client::show)
        .post(
            "/clients/{id}/archive",
            Clinician,
            Sets { page: "/clients/{id}", why: "what is archived stays archived" },
            client::archive,
        )
        .post(
            "/clients/{id}/restore",
            Clinician,
            Sets { page: "/clients/{id}", why: "what is back stays back" },
            client::restore,
        )
        .get("/clients/{id}/partners/new", Clinician, client::new_partner)
        .post("/clients/{id}/partners", Clinician, Once("/clients/{id}/partners/new"), client::create_partner)
        .get("/clients/{id}/partners/{person}/edit", Clinician, client::edit_partner)
        .post(
            "/clients/{id}/partners/{person}/edit",
            Clinician,
            Sets { page: "/clients/{id}/partners/{person}/edit", why: "the person is as they were sent" },
            client::update_partner,
        )
        .post("/clients/{id}/partners/{person}/invitation", Clinician, Once("/clients/{id}"), client::invite)
        .post("/clients/{id}/emails/{email}", Clinician, Once("/clients/{id}"), client::undelivered)
}

/// The library, authoring, pathways, assignments, and the partners’ responses to them.
fn exercises(routes: Routes) -> Routes {
    routes
        // The library, and exercises that therapists write
        .get("/library", Clinician, library::index)
        .get("/library/import", Clinician, authoring::import_form)
        .post("/library/import", Clinician, Once("/library/import"), authoring::import)
        .get("/library/{slug}", Clinician, library::show)
        .get("/library/{slug}/worksheet", Clinician, assignments::worksheet)
        .get("/library/{slug}/file", Clinician, authoring::export)
        .post(
            "/library/{slug}/archive",
            Clinician,
            Sets { page: "/library/{slug}", why: "what is archived stays archived" },
            authoring::archive,
        )
        .post(
            "/library/{slug}/restore",
            Clinician,
            Sets { page: "/library/{slug}", why: "what is back stays back" },
            authoring::restore,
        )
        .post("/authoring", Clinician, Once("/library"), authoring::create)
        .get("/authoring/{id}", Clinician, authoring::show)
        .post(
            "/authoring/{id}",
            Clinician,
            Sets { page: "/authoring/{id}", why: "a draft has numbered writes, and is published once" },
            authoring::update,
        )
        .post(
            "/authoring/{id}/discard",
            Clinician,
            Sets { page: "/library", why: "what is in the bin stays there" },
            authoring::discard,
        )
        .call("/api/exercise", Clinician, "a draft has numbered writes", Typing, exercises::api::exercise)
        // Pathways, and the pathway progress of clients
        .get("/pathways", Clinician, pathways::index)
        .post("/pathways", Clinician, Once("/pathways/new"), pathways::create)
        .get("/pathways/new", Clinician, pathways::new)
        .get("/pathways/{slug}", Clinician, pathways::show)
        .get("/pathways/{slug}/edit", Clinician, pathways::edit)
        .post(
            "/pathways/{slug}/edit",
            Clinician,
            Sets { page: "/pathways/{slug}/edit", why: "the pathway is as it was sent" },
            pathways::update,
        )
        .post(
            "/pathways/{slug}/archive",
            Clinician,
            Sets { page: "/pathways/{slug}", why: "what is archived stays archived" },
            pathways::archive,
        )
        .post("/clients/{id}/pathways", Clinician, Once("/clients/{id}"), pathways::give)
        .get("/pathway-progress/{id}", Clinician, pathways::progress)
        .get("/pathway-progress/{id}/edit", Clinician, pathways::edit_progress)
        .post(
            "/pathway-progress/{id}/edit",
            Clinician,
            Sets { page: "/pathway-progress/{id}/edit", why: "what is to come is as it was sent" },
            pathways::update_progress,
        )
        .post("/pathway-progress/{id}/next", Clinician, Once("/pathway-progress/{id}"), pathways::next)
        .post(
            "/pathway-progress/{id}/end",
            Clinician,
            Sets { page: "/pathway-progress/{id}", why: "what is ended stays ended" },
            pathways::end,
        )
        // Assignments, and the responses to them
        .get("/clients/{id}/assignments/new", Clinician, assignments::new)
        .post("/clients/{id}/assignments", Clinician, Once("/clients/{id}/assignments/new"), assignments::create)
        .get("/assignments/{id}", Clinician, assignments::show)
        .post(
            "/assignments/{id}/withdraw",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what is withdrawn stays withdrawn" },
            assignments::withdraw,
        )
        .post(
            "/assignments/{id}/pause",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what is paused stays paused" },
            assignments::pause,
        )
        .post(
            "/assignments/{id}/resume",
            Clinician,
            Sets { page: "/assignments/{id}", why: "what goes on stays so" },
            assignments::resume,
        )
        .get("/assignments/{id}/paper/{person}", Clinician, assignments::paper_form)
        .post(
            "/assignments/{id}/paper/{person}",
            Clinician,
            Once("/assignments/{id}/paper/{person}"),
            assignments::paper,
        )
        .post("/assignments/{id}/reset/{person}", Clinician, Once("/assignments/{id}"), assignments::reset)
        // Responses in the portal
        .get("/portal/exercises/{id}", Partner, responses::show)
        .post(
            "/portal/exercises/{id}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "an exercise is answered once by each" },
            responses::submit,
        )
        .post(
            "/portal/exercises/{id}/agreements/{step}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "each writing names the version it was written on" },
            agreements::update,
        )
        .post(
            "/portal/exercises/{id}/plans/{step}",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "a plan is there once for each day and time" },
            plans::update,
        )
        .post(
            "/portal/exercises/{id}/not-now",
            Partner,
            Sets { page: "/portal/exercises/{id}", why: "the last word counts" },
            responses::not_now,
        )
        .post(
            "/portal/answers/{id}/share",
            Partner,
            Sets { page: "/portal", why: "what is shared stays shared" },
            sharing::share,
        )
        .post(
            "/portal/answers/{id}/unshare",
            Partner,
            Sets { page: "/portal", why: "what is taken back stays so" },
            sharing::unshare,
        )
        .post(
            "/portal/offers/{id}",
            Partner,
            Sets { page: "/portal", why: "what is accepted stays so" },
            sharing::accept,
        )
        .call("/api/draft", Partner, "a draft has numbered writes", Typing, exercises::api::draft)
}

/// Sessions, series, slots, the calendar, the front desk, requests, replies, the
/// waitlist and feeds.
fn scheduling(routes: Routes) -> Routes {
    routes
        // Without a login: inquiries, replies and feeds
        .get("/inquire", Public, waitlist::form)
        .post("/inquire", Public, Once("/inquire"), waitlist::create)
        .get("/inquire/{token}", Public, waitlist::show)
        .post("/inquire/{token}", Public, Once("/inquire/{token}"), waitlist::confirm)
        .get("/replies/{token}", Public, replies::show)
        .post(
            "/replies/{token}",
            Public,
            Sets { page: "/replies/{token}", why: "the last reply counts" },
            replies::create,
        )
        .fetch("/feeds/{token}", Public, "calendar programs ask for it every hour", feeds::show)
        .post("/account/feed", SignedIn, Once("/account"), feeds::update)
        // The front desk, the waitlist and requests
        .get("/desk", FrontDesk, desk::show)
        .post(
            "/people/{person}/mail",
            FrontDesk,
            Sets { page: "/desk", why: "an address that is tried again stays so" },
            desk::try_again,
        )
        .get("/requests", Bookings, desk::requests)
        .post("/requests/{id}", Bookings, Once("/requests"), desk::answer)
        .get("/waitlist", Bookings, waitlist::index)
        .get("/waitlist/new", Bookings, waitlist::new)
        .post("/waitlist", Bookings, Once("/waitlist/new"), waitlist::create_by_staff)
        .post(
            "/waitlist/{id}",
            Bookings,
            Sets { page: "/waitlist", why: "the state is the one that was sent" },
            waitlist::update,
        )
        // The calendar, sessions and series
        .get("/calendar", Bookings, calendar::show)
        .get("/clinicians/{id}/calendar-file", Bookings, calendar_files::show)
        .post(
            "/clinicians/{id}/calendar-file",
            Bookings,
            OnceUnless { named: "look", page: "/clinicians/{id}/calendar-file" },
            calendar_files::update,
        )
        .get("/slots", Bookings, slots::show)
        .call("/api/free-times", Bookings, "it only reads", Never("it saves nothing"), scheduling::api::free_times)
        .get("/sessions/new", Bookings, sessions::new)
        .post("/sessions", Bookings, Once("/sessions/new"), sessions::create)
        .get("/sessions/{id}", Bookings, sessions::show)
        .post(
            "/sessions/{id}/state",
            Bookings,
            Sets { page: "/sessions/{id}", why: "a state leads to itself from no state" },
            sessions::state,
        )
        .get("/sessions/{id}/move", Bookings, sessions::move_form)
        .post("/sessions/{id}/move", Bookings, Once("/sessions/{id}/move"), sessions::update)
        .get("/sessions/{id}/cancellation", Bookings, sessions::cancel_form)
        .post("/sessions/{id}/cancellation", Bookings, Once("/sessions/{id}/cancellation"), sessions::cancel)
        .post(
            "/sessions/{id}/fee",
            Bookings,
            Sets { page: "/sessions/{id}", why: "the decision is the one that was sent" },
            sessions::fee,
        )
        .post("/sessions/{id}/undo", Bookings, Once("/sessions/{id}"), sessions::undo)
        .post(
            "/sessions/{id}/earlier",
            Bookings,
            Sets { page: "/sessions/{id}", why: "a session is on the list once" },
            sessions::earlier,
        )
        .post(
            "/series/{id}/gaps/{day}",
            Bookings,
            Sets { page: "/calendar", why: "what is seen to stays so" },
            series::see_gap,
        )
        .post("/sessions/{id}/replies/{person}", Bookings, Once("/sessions/{id}"), replies::settle)
        // Sessions and requests in the portal
        .get("/portal/sessions/{id}", Partner, own_requests::show)
        .post("/portal/sessions/{id}/cancel", Partner, Once("/portal/sessions/{id}"), own_requests::cancel)
        .post("/portal/sessions/{id}/alone", Partner, Once("/portal/sessions/{id}"), own_requests::alone)
        .post(
            "/portal/sessions/{id}/coming",
            Partner,
            Sets { page: "/portal/sessions/{id}", why: "the last reply counts" },
            replies::coming,
        )
        .get("/portal/times", Partner, own_requests::times)
        .post("/portal/requests", Partner, Once("/portal/times"), own_requests::create)
        .post("/portal/requests/{id}/answer", Partner, Once("/portal"), own_requests::reply)
        .post(
            "/portal/requests/{id}/withdraw",
            Partner,
            Sets { page: "/portal", why: "what is withdrawn stays so" },
            own_requests::withdraw,
        )
}

/// Notes, messages between partner and therapist, and what a therapist looks back on.
fn records(routes: Routes) -> Routes {
    routes
        // What a therapist looks back on
        .get("/clients/{id}/brief", Clinician, progress::brief)
        .get("/clients/{id}/course", Clinician, progress::course)
        .get("/clients/{id}/adherence", Clinician, progress::adherence)
        // Messages
        .get("/clients/{id}/messages/{person}", Clinician, messages::show)
        .post("/clients/{id}/messages/{person}", Clinician, Once("/clients/{id}/messages/{person}"), messages::answer)
        .get("/portal/messages", Partner, messages::index)
        .post("/portal/messages", Partner, Once("/portal/messages"), messages::create)
        // Notes
        .get("/clients/{id}/notes/new", Clinician, notes::new)
        .post(
            "/clients/{id}/notes",
            Clinician,
            OnceUnless { named: "note", page: "/clients/{id}/notes/new" },
            notes::create,
        )
        .get("/notes/{id}", Clinician, notes::edit)
        .post(
            "/notes/{id}",
            Clinician,
            Sets { page: "/notes/{id}", why: "the note is the one in the address" },
            notes::update,
        )
        .call("/api/note", Clinician, "a form’s key makes one note", Typing, records::api::note)
}

/// The texts of emails, the email log, and ending emails of a kind.
fn outbox(routes: Routes) -> Routes {
    routes
        // By links, and the mailbox of the demo
        .get("/unsubscribe/{token}", Public, unsubscribe::show)
        .post(
            "/unsubscribe/{token}",
            Public,
            Sets { page: "/unsubscribe/{token}", why: "what is ended stays ended; mail programs send no key" },
            unsubscribe::create,
        )
        .get("/mailbox", Public, mailbox::index)
        .get("/mailbox/{id}", Public, mailbox::show)
        // The texts of emails
        .get("/wordings", Owner, wordings::index)
        .get("/wordings/{kind}/{language}", Owner, wordings::show)
        .post(
            "/wordings/{kind}/{language}",
            Owner,
            Sets { page: "/wordings/{kind}/{language}", why: "the text is the one that was sent" },
            wordings::update,
        )
        .call("/api/wording", Owner, "it only reads", Never("it saves nothing"), outbox::api::wording)
        // The email log
        .get("/email-log", FrontDesk, log::index)
        .get("/email-log/{id}", FrontDesk, log::show)
        .post("/email-log/{id}/resend", FrontDesk, Once("/email-log/{id}"), log::resend)
        .post(
            "/email-log/try",
            FrontDesk,
            Sets { page: "/email-log", why: "mail that is tried again is tried once" },
            log::try_now,
        )
}

/// The bin, separation, and the contact settings of a partner.
fn lifecycle(routes: Routes) -> Routes {
    routes
        .post("/bin/{id}/restore", SignedIn, Once("/"), bin::restore)
        .get("/clients/{id}/separation", Clinician, separation::show)
        .post("/clients/{id}/separation", Clinician, Once("/clients/{id}/separation"), separation::create)
        .get("/portal/contact", Partner, contact::show)
        .post(
            "/portal/contact",
            Partner,
            Sets { page: "/portal/contact", why: "the settings are those that were sent" },
            contact::update,
        )
        .post(
            "/portal/contact/times",
            Partner,
            Sets { page: "/portal/contact", why: "the times are those that were sent" },
            contact::update_times,
        )
        .post(
            "/portal/contact/email",
            Partner,
            OnceUnless { named: "do", page: "/portal/contact" },
            contact::update_email,
        )
}

/// What monitors and browsers ask the process for: health and files.
fn process(routes: Routes) -> Routes {
    routes
        .fetch("/healthz", Plain, "no login is looked at", health::live)
        .fetch("/readyz", Plain, "no login is looked at", health::ready)
        .fetch("/favicon.svg", Plain, "no login is looked at", assets::favicon)
        .fetch("/robots.txt", Plain, "no login is looked at", assets::robots)
        .fetch("/pkg/{file}", Plain, "no login is looked at", assets::file)
}

/// All lines of the table, for tests that call each route in each role.
pub fn table() -> Vec<RouteInfo> {
    routes().0.into_iter().map(|(info, _)| info).collect()
}

/// Whether an address shows a page, so that a form can be opened again there.
pub fn shows(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    table().iter().any(|r| r.method == Method::GET && r.access != Access::Plain && matches(r.path, path))
}

/// Whether a path fits a route's pattern.
fn matches(route: &str, path: &str) -> bool {
    route.split('/').count() == path.split('/').count()
        && route.split('/').zip(path.split('/')).all(|(r, p)| r == p || (r.starts_with('{') && !p.is_empty()))
}

/// The whole program as a service, with all its layers.
pub fn router(state: AppState) -> Router {
    // The first caller sets it for the process; pages need it to render.
    let _ = any_spawner::Executor::init_tokio();
    let state = state.with_table(RouteTable { shows, guarded });
    security::layers(guarded(&state), state)
}

/// All routes behind their guards, without the outer layers: for requests that have
/// passed those already.
fn guarded(state: &AppState) -> Router {
    let layer = |guarded: Guarded| from_fn_with_state((state.clone(), guarded), guard);
    let mut router = Router::new();
    for (RouteInfo { path, access, posts, alive, .. }, handler) in routes().0 {
        let guarded = Guarded { access, alive, form: posts.map(|posts| (path, posts)) };
        router = router.route(path, handler.route_layer(layer(guarded)));
    }
    // Browsers ask on their own for icons and other files that do not exist.
    let alive = Alive::Never("nothing is there");
    let beside =
        |handler: MethodRouter<Site>| handler.layer(layer(Guarded { access: Access::Public, alive, form: None }));
    router = router.fallback(beside(any(not_found))).method_not_allowed_fallback(beside(any(method_not_allowed)));
    router.with_state(state.site().clone())
}

/// The answer if no route has this path.
async fn not_found() -> Answer {
    Err(Failure::NotFound)
}

/// The answer if the route does not have this method.
async fn method_not_allowed() -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let failed = FailurePage::for_status(axum::http::StatusCode::METHOD_NOT_ALLOWED);
    let mut response = failed.status.into_response();
    response.extensions_mut().insert(failed);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_route_is_in_the_table_once() {
        let table = table();
        let lines: HashSet<_> = table.iter().map(|r| (r.method.clone(), r.path)).collect();
        assert_eq!(lines.len(), table.len());
    }

    #[test]
    fn every_form_has_a_page_to_return_to() {
        for route in table().into_iter().filter(|r| r.method == Method::POST) {
            let posts = route.posts.expect("a class");
            let own = route.path.replace(['{', '}'], "");
            let page =
                posts.page(route.path, &own).unwrap_or_else(|| panic!("{}: a place without a value", route.path));
            assert!(shows(&page), "{}: {page}", route.path);
        }
        let notes = Posts::OnceUnless { named: "note", page: "/clients/{id}/notes/new" };
        assert_eq!(notes.page("/clients/{id}/notes", "/clients/7/notes").as_deref(), Some("/clients/7/notes/new"));
        for nowhere in ["/account/logins/7/end", "/pkg/a.css", "/sign-out", "//evil.example", "/healthz"] {
            assert!(!shows(nowhere), "{nowhere}");
        }
        assert!(shows("/clients/7?x=1") && shows("/"));
    }

    #[test]
    fn requests_of_scripts_and_programs_keep_no_login_alive() {
        let table = table();
        let of = |alive: fn(Alive) -> bool| table.iter().filter(|r| alive(r.alive)).map(|r| r.path).collect::<Vec<_>>();
        assert_eq!(of(|alive| alive == Alive::Typing), ["/api/exercise", "/api/draft", "/api/note"]);
        assert_eq!(
            of(|alive| matches!(alive, Alive::Never(_))),
            [
                "/api/find",
                "/feeds/{token}",
                "/api/free-times",
                "/api/wording",
                "/healthz",
                "/readyz",
                "/favicon.svg",
                "/robots.txt",
                "/pkg/{file}",
            ]
        );
        for route in &table {
            let is_call = matches!(route.posts, Some(Posts::Call(_)));
            assert_eq!(is_call, route.path.starts_with("/api/"), "{}", route.path);
            assert!(!is_call || route.alive != Alive::Person, "{}: a script asks this", route.path);
            assert!(route.access != Access::Plain || route.alive != Alive::Person, "{}", route.path);
        }
    }

    #[test]
    fn the_forms_without_a_login_are_these_nine() {
        let open: Vec<_> = table()
            .into_iter()
            .filter(|r| r.access == Access::Public && r.method == Method::POST)
            .map(|r| r.path)
            .collect();
        assert_eq!(
            open,
            [
                "/setup",
                "/sign-in",
                "/invitations/{token}",
                "/forgot",
                "/reset/{token}",
                "/inquire",
                "/inquire/{token}",
                "/replies/{token}",
                "/unsubscribe/{token}",
            ]
        );
        assert!(table().iter().filter(|r| r.access == Access::Plain).all(|r| r.method == Method::GET));
    }
}
