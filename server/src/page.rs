//! Page rendering: turns a view model into a whole page, with Leptos.
//!
//! Handlers give a title, a model and its view. Every page gets the same additions
//! here: who is signed in, the path, the notice of what they just did, the assets,
//! and the policy against foreign scripts.

use std::sync::Arc;

use app::{
    pages::plain,
    say,
    ui::{
        FormKeys, Link, RenderedAt, errors_in_page_order,
        shell::{self, FormMessage, Notice, Shell, Side, Viewer},
    },
    words::{self, Words},
};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::{Language, Role, Zone},
    practice::settings::Practice,
    zone,
};
use leptos::{
    nonce::use_nonce,
    prelude::{AnyView, provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use store::{Store, Visitor};

use crate::{
    address::query,
    error::{Answer, Failure, FailurePage},
    state::AppState,
};

/// The request's page: what every page shows beside its own model. A handler takes
/// it as an extractor.
#[derive(Clone)]
pub struct Page(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    path: String,
    notice: Option<Notice>,
    undo: Option<String>,
    said: Option<FormMessage>,
    between: Vec<Link>,
    skip: Option<Link>,
    searched: String,
    keys: FormKeys,
    rendered_at: RenderedAt,
    /// The language of a reader who is not signed in as a client.
    language: Language,
    /// The part of the site in which the page is shown.
    side: Side,
    visitor: Option<Visitor>,
    practice: Option<Practice>,
    assets: shell::Assets,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::NotFound)
    }
}

impl Page {
    /// The page of a request that has passed the guard, in this part of the site.
    pub(crate) async fn for_request(
        state: &AppState,
        store: &Store,
        side: Side,
        visitor: Option<Visitor>,
        (uri, headers): (&Uri, &HeaderMap),
    ) -> store::Result<Self> {
        let practice = store.guest().practice().await?;
        let word = |name| uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix(name));
        let notice = word("notice=").and_then(|word| word.parse().ok());
        Ok(Self(Arc::new(Inner {
            path: uri.path().to_owned(),
            notice,
            undo: word("undo=").map(str::to_owned),
            said: None,
            between: vec![],
            skip: None,
            searched: String::new(),
            keys: keys(store, visitor.as_ref()),
            rendered_at: RenderedAt(store.now()),
            language: accepted_language(headers),
            side,
            visitor,
            practice,
            assets: state.site().assets.names().clone(),
        })))
    }

    /// A page for a response outside of the guard: nothing is known of the visitor.
    fn anonymous(state: &AppState, language: Language) -> Self {
        Self(Arc::new(Inner {
            path: String::new(),
            notice: None,
            undo: None,
            said: None,
            between: vec![],
            skip: None,
            searched: String::new(),
            keys: keys(state.store(), None),
            rendered_at: RenderedAt(state.store().now()),
            language,
            side: Side::Public,
            visitor: None,
            practice: None,
            assets: state.site().assets.names().clone(),
        }))
    }

    /// A copy of this page with a sentence above its form.
    pub(crate) fn with_sentence(&self, said: FormMessage) -> Self {
        Self(Arc::new(Inner { said: Some(said), ..(*self.0).clone() }))
    }

    /// A copy of this page that is below another one in the breadcrumbs: below the
    /// record of a client, for example. The entry of the navigation above both is
    /// found by the address. Called twice, the second page is below the first.
    pub fn under(&self, href: impl Into<String>, text: impl Into<String>) -> Self {
        let mut inner = (*self.0).clone();
        inner.between.push(Link::new(href, text));
        Self(Arc::new(inner))
    }

    /// A copy of this page with a further link for the keyboard, which skips to
    /// the element with this id.
    pub fn skip_to(&self, id: &str, text: &str) -> Self {
        Self(Arc::new(Inner { skip: Some(Link::new(format!("#{id}"), text)), ..(*self.0).clone() }))
    }

    /// A copy of this page with a text in the search field at its top.
    pub fn searched(&self, text: &str) -> Self {
        Self(Arc::new(Inner { searched: text.to_owned(), ..(*self.0).clone() }))
    }

    /// A copy of this page for the person to whom a link was sent, in their
    /// language; `None`: staff, or not known.
    pub fn for_reader(&self, language: Option<Language>) -> Self {
        Self(Arc::new(Inner { language: language.unwrap_or(self.0.language), ..(*self.0).clone() }))
    }

    /// The words of this page: in the language of a client who is signed in or to
    /// whom a link was sent, otherwise in the language that the browser prefers. The
    /// staff's pages are in English.
    pub fn words(&self) -> Words {
        self.words_of(self.0.side)
    }

    /// The words of this page in a part of the site.
    fn words_of(&self, side: Side) -> Words {
        match (side, &self.0.visitor) {
            (Side::Staff, _) => Words::ENGLISH,
            (Side::Portal, Some(visitor)) => Words::new(visitor.language),
            (Side::Portal | Side::Public, _) => Words::new(self.0.language),
        }
    }

    /// The path of the request.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Who is signed in; `None`: nobody.
    pub fn visitor(&self) -> Option<&Visitor> {
        self.0.visitor.as_ref()
    }

    /// The practice's settings; `None` before the practice is set up.
    pub fn practice(&self) -> Option<&Practice> {
        self.0.practice.as_ref()
    }

    /// The practice's name; "Duologue" before the practice is set up.
    pub fn practice_name(&self) -> &str {
        self.0.practice.as_ref().map_or("Duologue", |p| &p.name)
    }

    /// The practice's time zone; UTC before the practice is set up.
    pub fn practice_zone(&self) -> Zone {
        self.0.practice.as_ref().map_or_else(Zone::utc, |p| p.zone.clone())
    }

    /// The time zone in which the reader sees times: their own if they are signed
    /// in, otherwise the practice's.
    pub fn zone(&self) -> Zone {
        self.0.visitor.as_ref().map_or_else(|| self.practice_zone(), |v| v.zone.clone())
    }

    /// An instant in the reader's time zone, as "23 November 2026, 15:04".
    pub fn stamp(&self, at: DateTime<Utc>) -> String {
        self.words().stamp(at, &self.zone())
    }

    /// Renders the page with status 200.
    pub async fn ok<M: Send + Sync + 'static>(&self, title: &str, model: M, view: fn(&M) -> AnyView) -> Answer {
        self.render(StatusCode::OK, title, model, view).await
    }

    /// Renders a form again with status 422, with what was typed and what is wrong.
    pub async fn invalid<M: Send + Sync + 'static>(&self, title: &str, model: M, view: fn(&M) -> AnyView) -> Answer {
        self.render(StatusCode::UNPROCESSABLE_ENTITY, title, model, view).await
    }

    /// Renders the page with this status.
    pub async fn render<M: Send + Sync + 'static>(
        &self,
        status: StatusCode,
        title: &str,
        model: M,
        view: fn(&M) -> AnyView,
    ) -> Answer {
        Ok(self.render_in(self.0.side, status, title, model, view).await)
    }

    /// Renders the page of a failure.
    pub(crate) async fn failed(&self, failed: &FailurePage) -> Response {
        let side = side_of(self.visitor());
        let w = self.words_of(side);
        let model = plain::Model {
            title: w.sentence(failed.title),
            text: w.sentence(&failed.text),
            link: failed.link.map(|(href, label)| Link::new(href, w.sentence(label))),
        };
        let title = model.title.clone();
        self.render_in(side, failed.status, &title, model, plain::view).await
    }

    /// Sentences about rows and time zones that could not be read for this page,
    /// each with what to do about it.
    fn unreadable(&self, room: Side) -> Vec<String> {
        let store::Unreadable { rows, zones } = store::collected_unreadable();
        let mut sentences = Vec::new();
        if rows > 0 {
            sentences.push(match room {
                Side::Staff => {
                    "Part of this page cannot be read. Ask the person who runs Duologue to run “duologue doctor”."
                        .to_owned()
                }
                Side::Portal | Side::Public => say!(self.words_of(room), "page-unreadable"),
            });
        }
        if room == Side::Staff {
            sentences.extend(zones.into_iter().map(|(whose, zone)| {
                format!("Duologue does not know the time zone “{zone}” of {whose}. Choose another one: until then, the mails are not sent.")
            }));
        }
        if let Some(visitor) = &self.0.visitor
            && !zone::exists(&visitor.zone)
        {
            sentences.push(say!(self.words_of(room), "zone-unknown", zone = visitor.zone.name()));
        }
        sentences
    }

    /// Renders a whole page in this part of the site.
    async fn render_in<M: Send + Sync + 'static>(
        &self,
        room: Side,
        status: StatusCode,
        title: &str,
        model: M,
        view: fn(&M) -> AnyView,
    ) -> Response {
        let inner = &self.0;
        let shell = Shell {
            title: title.to_owned(),
            room,
            practice: self.practice_name().to_owned(),
            viewer: inner.visitor.as_ref().map(|v| Viewer {
                name: v.name.clone(),
                roles: v.roles.clone(),
                slash_search: v.slash_search,
            }),
            here: inner.path.clone(),
            between: inner.between.clone(),
            skip: inner.skip.clone(),
            searched: inner.searched.clone(),
            // A page that reports an error does not report a success as well.
            notice: inner.notice.filter(|_| status.is_success()),
            unreadable: self.unreadable(room),
            undo: inner.undo.clone(),
            said: inner.said.clone(),
            assets: inner.assets.clone(),
        };
        let shows_mail = ["/mailbox", "/email-log/", "/wordings/"].iter().any(|path| inner.path.starts_with(path));
        let (shell, model) = (Arc::new(shell), Arc::new(model));
        let (keys, rendered_at, w) = (inner.keys.clone(), inner.rendered_at, self.words_of(room));
        let whole = move || {
            provide_context(keys.clone());
            provide_context(rendered_at);
            provide_context(w);
            if let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>())
                && let Ok(policy) = HeaderValue::from_str(&policy(&nonce.to_string(), shows_mail))
            {
                options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            }
            shell::page(&shell, view(&model))
        };
        // The view needs nothing of the request: it gets an empty one.
        let mut response = leptos_axum::render_app_async_with_context(|| {}, whole)(Request::new(Body::empty())).await;
        *response.status_mut() = status;
        if status.is_success() { response } else { with_sorted_errors(response).await }
    }
}

/// The response of a refused form with its error summary in the order of the
/// fields. Only the finished page knows that order.
async fn with_sorted_errors(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // The body is a page of ours that was rendered in memory.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let sorted = std::str::from_utf8(&body).map(errors_in_page_order);
    Response::from_parts(parts, sorted.map_or_else(|_| Body::from(body.clone()), Body::from))
}

/// The offered language that a browser prefers.
fn accepted_language(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    words::accepted(header.unwrap_or_default())
}

/// The source of the keys that the page's forms carry.
fn keys(store: &Store, visitor: Option<&Visitor>) -> FormKeys {
    let (store, account) = (store.clone(), visitor.map(|v| v.account));
    FormKeys(Arc::new(move || store.form_key(account).to_string()))
}

/// The part of the site that belongs to the visitor's role; `None`: nobody is signed
/// in.
pub(crate) fn side_of(visitor: Option<&Visitor>) -> Side {
    match visitor {
        None => Side::Public,
        Some(visitor) if visitor.has(Role::Partner) => Side::Portal,
        Some(_) => Side::Staff,
    }
}

/// The content security policy of a page: its own files, and scripts that carry its
/// nonce. A page that shows an email puts it in a frame, without scripts and with
/// the email's own styles.
fn policy(nonce: &str, shows_mail: bool) -> String {
    let (styles, frames) = if shows_mail { (" 'unsafe-inline'", "; frame-src 'self'") } else { ("", "") };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'{styles}; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'{frames}"
    )
}

/// The nonce in a page's policy; `None`: there is none.
pub(crate) fn nonce_in(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split_once('\'').map(|(nonce, _)| nonce).filter(|nonce| !nonce.is_empty())
}

/// A redirect to another page of ours, with 303: the browser asks for it with GET.
pub fn redirect(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A redirect to another page of ours, which then shows the notice.
pub fn redirect_with(path: &str, notice: Notice) -> Response {
    let (path, anchor) =
        path.split_once('#').map_or((path, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
    let join = if path.contains('?') { '&' } else { '?' };
    redirect(&format!("{path}{join}{}{anchor}", query(&[("notice", notice.word())])))
}

/// A redirect to another page of ours, which shows the notice and a button to undo
/// it; `id` names what can be undone.
pub fn redirect_with_undo(path: &str, notice: Notice, id: impl std::fmt::Display) -> Response {
    let (path, anchor) =
        path.split_once('#').map_or((path, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
    let join = if path.contains('?') { '&' } else { '?' };
    redirect(&format!("{path}{join}{}{anchor}", query(&[("notice", notice.word()), ("undo", &id.to_string())])))
}

/// Middleware that gives a page to every failure without one: failures before the
/// guard, outside of its routes, or from a layer.
pub async fn error_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let language = accepted_language(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let has_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.as_bytes().starts_with(b"text/html") || v.as_bytes().starts_with(b"application/json"));
    if has_page || path.starts_with("/api/") || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let failed = response.extensions().get::<FailurePage>().cloned().unwrap_or_else(|| FailurePage::for_status(status));
    let mut page = Page::anonymous(&state, language).failed(&failed).await;
    if let Some(allow) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_on_the_site_and_carries_the_notice() {
        let to = |response: Response| response.headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!(to(redirect("/a\r\nb")), "/");
        let notice = Notice::ALL[0];
        assert_eq!(to(redirect_with("/rooms?x=1#top", notice)), format!("/rooms?x=1&notice={}#top", notice.word()));
    }

    #[test]
    fn only_pages_that_show_an_email_may_frame() {
        assert!(policy("n", true).ends_with("frame-src 'self'"));
        assert!(!policy("n", false).contains("frame-src"));
        assert!(!policy("n", false).contains("unsafe-inline"));
        assert!(policy("abc", false).contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
    }
}
