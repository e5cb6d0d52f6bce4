//! The guard before every handler.

use std::sync::{Arc, Mutex, PoisonError};

use app::{pages::accounts::sign_in::Ended, ui::shell::Side};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    admitted::Admitted,
    cookie,
    kept::{self, KeptForm},
    press::{Brought, FormRequest},
    sign_in_page,
};
use crate::{
    address::{local_path, query},
    arriving::{self, Arrived},
    error::{Failure, FailurePage},
    page::{Page, redirect, side_of},
    route::{Access, Alive, Posts},
    state::AppState,
    web::accounts::two_step,
};

/// What a guard knows of its route.
#[derive(Clone, Copy, Debug)]
pub struct Guarded {
    /// Who may call it.
    pub access: Access,
    /// Whether a request to it keeps a login alive.
    pub alive: Alive,
    /// The path pattern of the route and what a repeated submission of its form
    /// does; `None`: it takes no form.
    pub form: Option<(&'static str, Posts)>,
}

/// The mark on the response to a sign-in: the form that was sent after the login
/// had ended is shown again, for the account of the token.
#[derive(Clone)]
pub(crate) struct ShowAgainMark(Arc<Mutex<Option<(KeptForm, String)>>>);

impl ShowAgainMark {
    /// Marks a response with the kept form and the token of the new login.
    pub(crate) fn new(form: KeptForm, token: String) -> Self {
        Self(Arc::new(Mutex::new(Some((form, token)))))
    }

    fn take(&self) -> Option<(KeptForm, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Middleware before every handler: finds the visitor, checks the class of the
/// route, and turns failures into pages that know who is signed in.
pub async fn guard(State((state, guarded)): State<(AppState, Guarded)>, request: Request, next: Next) -> Response {
    // A row that cannot be read is reported on the page that lacks it.
    store::collect_unreadable(answer_request(state, guarded, request, next)).await
}

async fn answer_request(state: AppState, guarded: Guarded, mut request: Request, next: Next) -> Response {
    let access = guarded.access;
    if access == Access::Plain {
        request.extensions_mut().insert(Admitted::new(&state, access, None, state.store().clone()));
        return next.run(request).await;
    }
    let is_call = request.uri().path().starts_with("/api/");
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let store = state.store().of_one_request();
    let token = cookie::token(request.headers(), state.config());
    let visitor = match &token {
        Some(token) => {
            match store.find_visitor(token, guarded.alive == Alive::Person && is_by_person(&request)).await {
                Ok(visitor) => visitor,
                Err(error) => return Failure::from(error).into_response(),
            }
        }
        None => None,
    };
    let anonymous = visitor.is_none() && !access.admits(None);
    if anonymous && (is_call || !changes) {
        return redirect_to_sign_in(&request, is_call);
    }
    let side = if access == Access::Public { Side::Public } else { side_of(visitor.as_ref()) };
    let page = match Page::for_request(&state, &store, side, visitor.clone(), (request.uri(), request.headers())).await
    {
        Ok(page) => page,
        Err(error) => return Failure::from(error).into_response(),
    };
    if changes {
        // The body is still to be read.
        store.end_reading();
    }
    let response = if visitor.as_ref().is_some_and(|visitor| visitor.owes_second_step)
        && !is_open_before_second_step(access, request.uri().path())
    {
        two_step::set_up_first(is_call)
    } else if anonymous {
        answer_after_login_ended(&state, &page, guarded, token.as_deref(), request)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    } else if !access.admits(visitor.as_ref()) {
        Failure::NotFound.into_response()
    } else if let (Some((route, posts)), true) = (guarded.form, changes && !is_call) {
        let admitted = Admitted::new(&state, access, visitor, store);
        answer_form(&state, admitted, &page, (route, posts), request, next)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    } else {
        // The decision over a change reads one state of the database, until it
        // writes or waits for its turn to hash a password (`Public::hash`).
        let store = if changes { state.store().of_one_request() } else { store };
        request.extensions_mut().insert(Admitted::new(&state, access, visitor, store));
        request.extensions_mut().insert(page.clone());
        next.run(request).await
    };
    if changes && response.status() == StatusCode::SEE_OTHER {
        // The change may need an email.
        state.wake().notify_one();
    }
    if is_call {
        return response;
    }
    match response.extensions().get::<FailurePage>().cloned() {
        Some(failed) => page.failed(&failed).await,
        None => response,
    }
}

/// Whether a page is open to people who must set up two-step sign-in first: that page,
/// signing out, and what needs no login.
fn is_open_before_second_step(access: Access, path: &str) -> bool {
    access == Access::Public && path != "/" || path == two_step::PATH || path == "/sign-out"
}

/// Whether a person opened this page or sent this form, as far as browsers tell.
/// Pages that browsers fetch ahead (`Sec-Purpose`, and its earlier names) do not
/// count, nor requests of a script, a frame or an image (Fetch Metadata Request
/// Headers §2). A request without these headers counts as a person's.
fn is_by_person(request: &Request) -> bool {
    let word = |name| request.headers().get(name).map(|value| value.as_bytes().to_ascii_lowercase());
    let is_ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .filter_map(word)
        .any(|purpose| [&b"prefetch"[..], b"prerender", b"preview"].iter().any(|ahead| purpose.starts_with(ahead)));
    let is = |name, expected: &[u8]| word(name).is_none_or(|value| value == expected);
    !is_ahead
        && matches!(*request.method(), Method::GET | Method::POST)
        && is("sec-fetch-mode", b"navigate")
        && is("sec-fetch-dest", b"document")
}

/// Answers a form of a visitor who is admitted.
async fn answer_form(
    state: &AppState,
    admitted: Admitted,
    page: &Page,
    (route, posts): (&'static str, Posts),
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let by = admitted.visitor.as_ref().map(|visitor| visitor.account);
    let brought = Brought::read(arriving::take(state.store(), by, request).await?).await?;
    let loose = brought.parts.extensions.get::<Arrived>().and_then(|arrived| arrived.loose().cloned());
    let asked = FormRequest {
        state: state.clone(),
        admitted,
        page: page.clone(),
        route,
        posts,
        brought: brought.clone(),
        next,
    };
    let answer = asked.answer().await;
    // A page of the form carries the file on; after any other answer it is part of
    // something or not needed.
    let is_page = answer
        .as_ref()
        .is_ok_and(|response| matches!(response.status(), StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY));
    if let Some(loose) = loose.filter(|_| !is_page)
        && let Err(error) = state.store().discard_upload(&loose).await
    {
        tracing::warn!(%error, "an upload was not removed");
    }
    let mut response = answer?;
    let again = response.extensions_mut().remove::<ShowAgainMark>().and_then(|again| again.take());
    if let Some((form, token)) = again
        && let Some(mut shown) = kept::show(state, form, &token, &brought).await
    {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            shown.headers_mut().append(header::SET_COOKIE, cookie.clone());
        }
        return Ok(shown);
    }
    Ok(response)
}

/// Answers a form whose login has ended: with the sign-in page, which keeps what
/// was typed and leads back to the form.
async fn answer_after_login_ended(
    state: &AppState,
    page: &Page,
    guarded: Guarded,
    token: Option<&str>,
    request: Request,
) -> Result<Response, Failure> {
    let brought = Brought::read(arriving::take(state.store(), None, request).await?).await?;
    let store = state.store();
    let account = match token {
        Some(token) => store.account_of_login(token).await?,
        None => None,
    };
    let next = kept::page_of(&state.site().table, guarded.form, brought.parts.uri.path());
    let (ended, kept) = kept::seal(store, &brought, account).await?;
    if ended == Ended::Nothing {
        let next = Some(("next", next.as_str())).filter(|(_, next)| *next != "/");
        let pairs: Vec<_> = next.into_iter().chain([("ended", "yes")]).collect();
        return Ok(redirect(&format!("/sign-in?{}", query(&pairs))));
    }
    sign_in_page::answer_instead(state.site(), page, next, ended, kept).await
}

/// Sends the visitor to the sign-in page, which leads back to the page that was
/// asked for. A call from a script gets a 401.
fn redirect_to_sign_in(request: &Request, is_call: bool) -> Response {
    if is_call {
        let mut response = (StatusCode::UNAUTHORIZED, "You are signed out.").into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    match request.uri().path_and_query().and_then(|path| local_path(path.as_str())) {
        Some("/") | None => redirect("/sign-in"),
        Some(path) => redirect(&format!("/sign-in?{}", query(&[("next", path)]))),
    }
}
