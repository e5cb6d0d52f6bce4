//! The table of all routes, area by area: method, path, access class and handler. No
//! route is registered elsewhere. A line cannot be written without its access class,
//! and a line that changes something cannot be written without what a repeated
//! submission does.

mod accounts;
mod clients;
mod exercises;
mod forms;
mod lifecycle;
mod outbox;
mod portability;
mod practice;
mod process;
mod records;
mod scheduling;

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
    error::{Answer, Failure, FailurePage},
    metrics,
    route::Access,
    security,
    state::{AppState, RouteTable, Site},
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
    let routes = accounts::add(Routes::default());
    let routes = practice::add(routes);
    let routes = clients::add(routes);
    let routes = exercises::add(routes);
    let routes = scheduling::add(routes);
    let routes = records::add(routes);
    let routes = forms::add(routes);
    let routes = outbox::add(routes);
    let routes = lifecycle::add(routes);
    let routes = portability::add(routes);
    process::add(routes)
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
    let metrics = state.metrics().cloned();
    let router = security::layers(guarded(&state), state);
    match metrics {
        Some(metrics) => router.layer(from_fn_with_state(metrics, metrics::count)),
        None => router,
    }
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
                "/manifest.webmanifest",
                "/icons/{file}",
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
    fn the_forms_without_a_login_are_these_eleven() {
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
                "/sign-in/code",
                "/sign-in/lost",
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
