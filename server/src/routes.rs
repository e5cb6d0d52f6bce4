//! THE table: method, path, access class, handler. Nothing else registers a
//! route, and no line can be written without its class.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware::from_fn_with_state,
    routing::{MethodRouter, any, get, post},
};

use crate::{
    access::{Access, guard},
    assets,
    error::{Answer, Failed, Failure},
    health, security,
    state::{AppState, Site},
    web::{
        account, api, assignments, audit, calendar, calendar_files, caseload, clients, contact, courses, desk, drafts,
        feeds, find, home, hours, inquiries, invitations, letters, library, locations, mailbox, messages, notes,
        own_sessions, pathways, portal, practice, replies, resets, rooms, separation, series, sessions, setup, sign_in,
        slots, staff, unsubscribe, wordings,
    },
};

/// A line of the table, for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
}

/// The table while it is written.
#[derive(Default)]
struct Routes(Vec<(RouteInfo, MethodRouter<Site>)>);

impl Routes {
    fn get<T: 'static, H: Handler<T, Site>>(mut self, path: &'static str, access: Access, handler: H) -> Self {
        self.0.push((RouteInfo { method: Method::GET, path, access }, get(handler)));
        self
    }

    fn post<T: 'static, H: Handler<T, Site>>(mut self, path: &'static str, access: Access, handler: H) -> Self {
        self.0.push((RouteInfo { method: Method::POST, path, access }, post(handler)));
        self
    }
}

fn routes() -> Routes {
    use Access::{Bookings, Clinician, FrontDesk, Owner, Partner, Plain, Public, SignedIn};
    Routes::default()
        // The process
        .get("/healthz", Plain, health::live)
        .get("/readyz", Plain, health::ready)
        .get("/favicon.svg", Plain, assets::favicon)
        .get("/robots.txt", Plain, assets::robots)
        .get("/pkg/{file}", Plain, assets::file)
        // The door
        .get("/", Public, home::show)
        .get("/setup", Public, setup::show)
        .post("/setup", Public, setup::create)
        .get("/sign-in", Public, sign_in::show)
        .post("/sign-in", Public, sign_in::create)
        .post("/sign-out", SignedIn, sign_in::destroy)
        .get("/invitations/{token}", Public, invitations::show)
        .post("/invitations/{token}", Public, invitations::accept)
        .get("/inquire", Public, inquiries::form)
        .post("/inquire", Public, inquiries::create)
        .get("/inquire/{token}", Public, inquiries::show)
        .post("/inquire/{token}", Public, inquiries::confirm)
        .get("/unsubscribe/{token}", Public, unsubscribe::show)
        .post("/unsubscribe/{token}", Public, unsubscribe::create)
        .get("/replies/{token}", Public, replies::show)
        .post("/replies/{token}", Public, replies::create)
        .get("/forgot", Public, resets::request)
        .post("/forgot", Public, resets::send)
        .get("/reset/{token}", Public, resets::show)
        .post("/reset/{token}", Public, resets::update)
        .get("/feeds/{token}", Public, feeds::show)
        .get("/mailbox", Public, mailbox::index)
        .get("/mailbox/{id}", Public, mailbox::show)
        // One's own account
        .get("/account", SignedIn, account::show)
        .post("/account/zone", SignedIn, account::zone)
        .post("/account/email", SignedIn, account::email)
        .post("/account/password", SignedIn, account::password)
        .post("/account/feed", SignedIn, feeds::update)
        .post("/account/logins/{id}/end", SignedIn, account::end_login)
        .post("/account/logins/end-others", SignedIn, account::end_others)
        // The owner
        .get("/practice", Owner, practice::show)
        .post("/practice", Owner, practice::update)
        .get("/wordings", Owner, wordings::index)
        .get("/wordings/{kind}/{language}", Owner, wordings::show)
        .post("/wordings/{kind}/{language}", Owner, wordings::update)
        .post("/api/wording", Owner, api::wording)
        .post("/locations", Owner, locations::create)
        .post("/locations/{id}", Owner, locations::update)
        .post("/locations/{id}/archive", Owner, locations::archive)
        .post("/rooms", Owner, rooms::create)
        .post("/rooms/{id}/archive", Owner, rooms::archive)
        .post("/rooms/{id}", Owner, rooms::update)
        .get("/staff", Owner, staff::index)
        .post("/staff", Owner, staff::create)
        .post("/staff/{id}/invite", Owner, staff::invite)
        .post("/staff/{id}/disable", Owner, staff::disable)
        .post("/staff/{id}/enable", Owner, staff::enable)
        .get("/audit", Owner, audit::index)
        // Bookings: the front desk's, and a clinician's own
        .get("/desk", FrontDesk, desk::show)
        .get("/inquiries", Bookings, inquiries::index)
        .get("/inquiries/new", Bookings, inquiries::new)
        .post("/inquiries", Bookings, inquiries::note)
        .post("/inquiries/{id}", Bookings, inquiries::update)
        .post("/sessions/{id}/earlier", Bookings, sessions::earlier)
        .get("/requests", Bookings, desk::requests)
        .post("/requests/{id}", Bookings, desk::answer)
        .get("/calendar", Bookings, calendar::show)
        .get("/slots", Bookings, slots::show)
        .get("/sessions/new", Bookings, sessions::new)
        .post("/sessions", Bookings, sessions::create)
        .get("/sessions/{id}", Bookings, sessions::show)
        .post("/sessions/{id}/state", Bookings, sessions::state)
        .get("/sessions/{id}/move", Bookings, sessions::move_form)
        .post("/sessions/{id}/move", Bookings, sessions::update)
        .get("/sessions/{id}/cancellation", Bookings, sessions::cancel_form)
        .post("/sessions/{id}/cancellation", Bookings, sessions::cancel)
        .post("/sessions/{id}/fee", Bookings, sessions::fee)
        .post("/sessions/{id}/undo", Bookings, sessions::undo)
        .post("/sessions/{id}/replies/{person}", Bookings, replies::settle)
        .post("/series/{id}/gaps/{day}", Bookings, series::see_gap)
        // When therapists work
        .get("/clinicians/{id}/hours", Bookings, hours::show)
        .post("/clinicians/{id}/hours", Bookings, hours::update)
        .get("/clinicians/{id}/calendar-file", Bookings, calendar_files::show)
        .post("/clinicians/{id}/calendar-file", Bookings, calendar_files::update)
        .post("/clinicians/{id}/exceptions", Bookings, hours::create_exception)
        .post("/hours-exceptions/{id}/remove", Bookings, hours::remove_exception)
        .post("/api/free-times", Bookings, api::free_times)
        .post("/api/find", Bookings, api::find)
        .get("/find", Bookings, find::show)
        .get("/messages", FrontDesk, messages::index)
        .get("/messages/{id}", FrontDesk, messages::show)
        .post("/messages/{id}/resend", FrontDesk, messages::resend)
        .post("/people/{person}/mail", FrontDesk, desk::try_again)
        // The clinician
        .get("/today", Clinician, caseload::today)
        .get("/caseload", Clinician, caseload::index)
        .get("/clients/new", Clinician, clients::new)
        .post("/clients", Clinician, clients::create)
        .get("/clients/{id}", Clinician, clients::show)
        .post("/clients/{id}/archive", Clinician, clients::archive)
        .post("/clients/{id}/restore", Clinician, clients::restore)
        .get("/clients/{id}/separation", Clinician, separation::show)
        .post("/clients/{id}/separation", Clinician, separation::create)
        .get("/clients/{id}/partners/new", Clinician, clients::new_partner)
        .post("/clients/{id}/partners", Clinician, clients::create_partner)
        .get("/clients/{id}/partners/{person}/edit", Clinician, clients::edit_partner)
        .post("/clients/{id}/partners/{person}/edit", Clinician, clients::update_partner)
        .post("/clients/{id}/partners/{person}/invitation", Clinician, clients::invite)
        .get("/library", Clinician, library::index)
        .get("/clients/{id}/brief", Clinician, courses::brief)
        .get("/clients/{id}/course", Clinician, courses::course)
        .get("/clients/{id}/adherence", Clinician, courses::adherence)
        .get("/clients/{id}/letters/{person}", Clinician, letters::show)
        .post("/clients/{id}/letters/{person}", Clinician, letters::answer)
        // The library, and what therapists write
        .get("/library/import", Clinician, drafts::import_form)
        .post("/library/import", Clinician, drafts::import)
        .get("/library/{slug}", Clinician, library::show)
        .get("/library/{slug}/worksheet", Clinician, assignments::worksheet)
        .get("/library/{slug}/file", Clinician, drafts::export)
        .post("/library/{slug}/archive", Clinician, drafts::archive)
        .post("/library/{slug}/restore", Clinician, drafts::restore)
        .post("/drafts", Clinician, drafts::create)
        .get("/drafts/{id}", Clinician, drafts::show)
        .post("/drafts/{id}", Clinician, drafts::update)
        .post("/drafts/{id}/discard", Clinician, drafts::discard)
        .post("/api/exercise", Clinician, api::exercise)
        // Pathways, and the walks along them
        .get("/pathways", Clinician, pathways::index)
        .post("/pathways", Clinician, pathways::create)
        .get("/pathways/new", Clinician, pathways::new)
        .get("/pathways/{slug}", Clinician, pathways::show)
        .get("/pathways/{slug}/edit", Clinician, pathways::edit)
        .post("/pathways/{slug}/edit", Clinician, pathways::update)
        .post("/pathways/{slug}/archive", Clinician, pathways::archive)
        .post("/clients/{id}/walks", Clinician, pathways::give)
        .get("/walks/{id}", Clinician, pathways::walk)
        .get("/walks/{id}/edit", Clinician, pathways::edit_walk)
        .post("/walks/{id}/edit", Clinician, pathways::update_walk)
        .post("/walks/{id}/next", Clinician, pathways::next)
        .post("/walks/{id}/end", Clinician, pathways::end)
        // What was given, and what came back
        .get("/clients/{id}/assignments/new", Clinician, assignments::new)
        .post("/clients/{id}/assignments", Clinician, assignments::create)
        .get("/assignments/{id}", Clinician, assignments::show)
        .post("/assignments/{id}/withdraw", Clinician, assignments::withdraw)
        .post("/assignments/{id}/pause", Clinician, assignments::pause)
        .post("/assignments/{id}/resume", Clinician, assignments::resume)
        .get("/assignments/{id}/paper/{person}", Clinician, assignments::paper_form)
        .post("/assignments/{id}/paper/{person}", Clinician, assignments::paper)
        .post("/assignments/{id}/reset/{person}", Clinician, assignments::reset)
        .get("/clients/{id}/notes/new", Clinician, notes::new)
        .post("/clients/{id}/notes", Clinician, notes::create)
        .get("/notes/{id}", Clinician, notes::edit)
        .post("/notes/{id}", Clinician, notes::update)
        .post("/api/note", Clinician, api::note)
        // The portal
        .get("/portal", Partner, portal::home)
        .get("/portal/exercises/{id}", Partner, portal::exercise)
        .post("/portal/exercises/{id}", Partner, portal::submit)
        .post("/portal/exercises/{id}/agreements/{step}", Partner, portal::agree)
        .post("/portal/exercises/{id}/plans/{step}", Partner, portal::plan)
        .post("/portal/exercises/{id}/not-now", Partner, portal::not_now)
        .post("/portal/answers/{id}/share", Partner, portal::share)
        .post("/portal/answers/{id}/unshare", Partner, portal::unshare)
        .post("/portal/offers/{id}", Partner, portal::accept)
        .get("/portal/letters", Partner, letters::index)
        .post("/portal/letters", Partner, letters::create)
        .get("/portal/contact", Partner, contact::show)
        .post("/portal/contact", Partner, contact::update)
        .post("/portal/contact/times", Partner, contact::update_times)
        .get("/portal/sessions/{id}", Partner, own_sessions::show)
        .post("/portal/sessions/{id}/cancel", Partner, own_sessions::cancel)
        .post("/portal/sessions/{id}/alone", Partner, own_sessions::alone)
        .post("/portal/sessions/{id}/coming", Partner, replies::coming)
        .get("/portal/times", Partner, own_sessions::times)
        .post("/portal/requests", Partner, own_sessions::create)
        .post("/portal/requests/{id}/answer", Partner, own_sessions::reply)
        .post("/portal/requests/{id}/withdraw", Partner, own_sessions::withdraw)
        .post("/api/draft", Partner, api::draft)
}

/// Every route, for tests that call each of them as everyone.
pub fn table() -> Vec<RouteInfo> {
    routes().0.into_iter().map(|(info, _)| info).collect()
}

/// Whether an address answers with a page of its own: its form can be opened
/// again there.
pub fn shows(path: &str) -> bool {
    let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let wanted = parts(path);
    table().iter().filter(|r| r.method == Method::GET).any(|r| {
        let route = parts(r.path);
        route.len() == wanted.len() && route.iter().zip(&wanted).all(|(r, w)| r == w || r.starts_with('{'))
    })
}

/// The whole program as a service.
pub fn router(state: AppState) -> Router {
    // The first caller sets it up for the process; pages need it to render.
    let _ = any_spawner::Executor::init_tokio();
    let mut router = Router::new();
    for (info, handler) in routes().0 {
        router = router.route(info.path, handler.route_layer(from_fn_with_state((state.clone(), info.access), guard)));
    }
    let guarded =
        |handler: MethodRouter<Site>| handler.layer(from_fn_with_state((state.clone(), Access::Public), guard));
    router = router.fallback(guarded(any(nowhere))).method_not_allowed_fallback(guarded(any(not_so)));
    security::layers(router.with_state(state.site().clone()), state)
}

/// Where no route leads.
async fn nowhere() -> Answer {
    Err(Failure::NotFound)
}

/// Where a route leads, but not with this method.
async fn not_so() -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let failed = Failed::of(axum::http::StatusCode::METHOD_NOT_ALLOWED);
    let mut response = failed.status.into_response();
    response.extensions_mut().insert(failed);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_line_stands_once() {
        let table = table();
        let lines: HashSet<_> = table.iter().map(|r| (r.method.clone(), r.path)).collect();
        assert_eq!(lines.len(), table.len());
    }

    #[test]
    fn what_needs_no_login_is_counted() {
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
                "/inquire",
                "/inquire/{token}",
                "/unsubscribe/{token}",
                "/replies/{token}",
                "/forgot",
                "/reset/{token}"
            ]
        );
        assert!(table().iter().filter(|r| r.access == Access::Plain).all(|r| r.method == Method::GET));
    }
}
