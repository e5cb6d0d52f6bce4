//! The way of a form to its handler. A form that was sent before gets the first
//! answer again; a form that cannot be acted on is shown again with everything that
//! was typed.

use std::time::Duration;

use app::{
    pages::accounts::kept,
    ui::{Link, shell::FormMessage},
};
use axum::{
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::form::Form;
use http_body_util::LengthLimitError;
use leptos::nonce::Nonce;
use serde::{Deserialize, Serialize};
use store::{FormKey, KeyOwner, Press, PressState, Store};
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;

use super::admitted::Admitted;
use crate::{
    arriving::Arrived,
    error::{Answer, Failure},
    form::{MOST_FIELDS, OnlyShown},
    page::{self, Page, redirect},
    route::{Access, Posts},
    state::AppState,
};

/// How long a repeated submission waits for the first one to be answered.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it checks.
const LOOK: Duration = Duration::from_millis(40);

/// The fields of a form as they arrived.
#[derive(Default)]
pub(super) struct Sent {
    /// Names and bytes of the fields, in their order.
    fields: Vec<(String, Bytes)>,
    /// Whether a file was chosen.
    pub has_file: bool,
}

/// A request that was read whole, so that it can be made again several times.
#[derive(Clone)]
pub(super) struct Brought {
    /// Everything but the body.
    pub parts: Parts,
    body: Bytes,
}

impl Brought {
    /// Reads a request to its end.
    pub(super) async fn read(request: Request) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        // The route limits the length of a body (`security::limit_body`).
        let body = axum::body::to_bytes(body, usize::MAX).await.map_err(|error| {
            let is_too_long = std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |e| e.source())
                .any(<dyn std::error::Error>::is::<LengthLimitError>);
            match (is_too_long, crate::security::brings_file(&parts.method, &parts.extensions)) {
                (true, true) => Failure::FileTooLarge,
                (true, false) => Failure::TooLarge,
                (false, _) => Failure::BadRequest,
            }
        })?;
        // The fields are counted before anything is made of them.
        let kind = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        let is_form = kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded"));
        if is_form && body.iter().filter(|byte| **byte == b'&').count() > MOST_FIELDS {
            return Err(Failure::TooLarge);
        }
        Ok(Self { parts, body })
    }

    /// The request again, as it arrived.
    pub(super) fn request(&self) -> Request {
        Request::from_parts(self.parts.clone(), Body::from(self.body.clone()))
    }

    /// The fields of the form. A body that is no form has none: its handler reports
    /// that.
    pub(super) async fn form(&self) -> Sent {
        let kind = self.parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.method_mut() = self.parts.method.clone();
        DefaultBodyLimit::disable().apply(&mut request);
        if let Ok(kind) = HeaderValue::from_str(kind) {
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        let brought = self.parts.extensions.get::<Arrived>();
        let mut sent = Sent { has_file: brought.is_some_and(Arrived::has_file), ..Sent::default() };
        if kind.starts_with("multipart/form-data") {
            let Ok(mut parts) = Multipart::from_request(request, &()).await else { return sent };
            while let Ok(Some(part)) = parts.next_field().await {
                let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
                let Ok(bytes) = part.bytes().await else { break };
                sent.has_file |= is_file && !bytes.is_empty();
                sent.fields.push((name, bytes));
            }
        } else if let Ok(axum::Form(pairs)) = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await {
            sent.fields = pairs.into_iter().map(|(name, value)| (name, Bytes::from(value))).collect();
        }
        sent
    }
}

impl Sent {
    /// The fields as text, without files.
    pub(super) fn typed(&self) -> Form {
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        let fields = self.fields.iter().filter(|(name, _)| !(self.has_file && name == "file"));
        Form(fields.map(|(name, bytes)| (name.clone(), text(bytes))).collect())
    }

    /// The form key that the page put into the form; `None`: there is none.
    fn key(&self) -> Option<FormKey> {
        let (_, key) = self.fields.iter().find(|(name, _)| name == FormKey::FIELD)?;
        FormKey::of_form(&Form::from_pairs([(FormKey::FIELD, String::from_utf8_lossy(key))]))
    }

    /// Whether a field has a value.
    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(n, value)| n == name && !value.is_empty())
    }
}

/// A form of a visitor who is admitted, with all that is needed to answer it.
#[derive(Clone)]
pub(super) struct FormRequest {
    pub state: AppState,
    pub admitted: Admitted,
    pub page: Page,
    /// The path pattern of its route.
    pub route: &'static str,
    /// What a repeated submission does.
    pub posts: Posts,
    pub brought: Brought,
    pub next: Next,
}

/// What is known of an earlier submission of the same form.
enum EarlierSubmission {
    /// It was answered with this.
    Done(Vec<u8>),
    /// It had other content and was answered with this, at a time that is given in
    /// words.
    Other(Vec<u8>, String),
    /// It may have been done: nothing answered it in time.
    Unknown,
}

/// The first answer to a form, as the store keeps it.
#[derive(Serialize, Deserialize)]
enum Kept {
    /// A redirect to this address.
    To(String),
    /// A page.
    Page { status: u16, policy: String, html: String },
}

impl FormRequest {
    /// Acts on the form, or answers why not.
    pub(super) async fn answer(mut self) -> Answer {
        if let Some(OnlyShown(said)) = self.brought.parts.extensions.get::<OnlyShown>().cloned() {
            return Ok(self.show_form(said, StatusCode::OK).await);
        }
        let sent = self.brought.form().await;
        let store = self.state.store().clone();
        let account = self.admitted.visitor.as_ref().map(|v| v.account);
        let once = match self.posts {
            Posts::Once(_) => true,
            Posts::OnceUnless { named, .. } => !sent.has(named),
            Posts::Sets { .. } | Posts::Call(_) => false,
        };
        let Some(key) = sent.key() else { return Ok(self.run_handler(store.of_one_request()).await) };
        let public = self.admitted.access == Access::Public;
        if !public && store.key_of_page(key, account) == KeyOwner::Another {
            return Err(Failure::OtherAccount);
        }
        if !once {
            return Ok(self.run_handler(store.of_one_request()).await);
        }
        let fields = sent.fields.iter().map(|(name, value)| (name.as_str(), value.as_ref()));
        let press = store.press(account.filter(|_| !public), self.brought.parts.uri.path(), key, fields);
        // A browser that sends a form twice closes the first connection. The first
        // submission continues in a task of its own, and its answer is kept for the
        // second.
        match tokio::spawn(async move { self.act_once(press).await }.in_current_span()).await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Failure::Busy),
        }
    }

    /// Acts on a form unless it was sent before.
    async fn act_once(self, press: Press) -> Answer {
        let store = self.state.store().clone();
        let _in_turn = self.state.lanes().enter(press.id()).await;
        if let Some(before) = earlier_submission(&store, &self.page, &press).await? {
            return self.answer_again(before).await;
        }
        let response = self.run_handler(store.for_press(press.clone())).await;
        if response.status().is_success() || response.status().is_redirection() {
            return keep_answer(&store, &press, response).await;
        }
        // The form may be corrected and sent under the same key.
        store.forget_press(&press).await?;
        // Another submission of the same form may have been quicker, and may be the
        // reason of the failure.
        match earlier_submission(&store, &self.page, &press).await? {
            Some(before) => self.answer_again(before).await,
            None => Ok(response),
        }
    }

    /// Answers a repeated submission.
    async fn answer_again(mut self, before: EarlierSubmission) -> Answer {
        let said = match before {
            EarlierSubmission::Done(answer) => return replay(&answer),
            EarlierSubmission::Other(answer, at) => FormMessage {
                text: format!(
                    "This form was already sent on {at}, with other content. What you typed now is not saved. To save it as well, send it below."
                ),
                link: match serde_json::from_slice(&answer) {
                    Ok(Kept::To(path)) => Some(Link::new(without_notice(&path), "Open what was saved")),
                    Ok(Kept::Page { .. }) | Err(_) => self.form_page().map(|page| Link::new(page, "Open a new form")),
                },
            },
            EarlierSubmission::Unknown => FormMessage {
                text: "This form was already sent, but the answer was lost. Check whether it was saved before you send it again.".to_owned(),
                link: self.form_page().map(|page| Link::new(page, "Open a new form")),
            },
        };
        Ok(self.show_form(said, StatusCode::UNPROCESSABLE_ENTITY).await)
    }

    /// The page with a new form of this kind; `None`: there is none.
    fn form_page(&self) -> Option<String> {
        self.posts.page(self.route, self.brought.parts.uri.path()).filter(|page| (self.state.site().table.shows)(page))
    }

    /// Shows the form again with what was typed and a sentence above it; nothing is
    /// done. If its handler shows no form, a page lists what was typed.
    async fn show_form(&mut self, said: FormMessage, status: StatusCode) -> Response {
        self.page = self.page.with_sentence(said.clone());
        self.brought.parts.extensions.insert(OnlyShown(said));
        let mut response = self.run_handler(self.state.store().read_only()).await;
        if response.status() == StatusCode::UNPROCESSABLE_ENTITY || response.status().is_success() {
            *response.status_mut() = status;
            return response;
        }
        let typed = self.brought.form().await.typed();
        let typed = typed.0.into_iter().filter(|(name, value)| name != FormKey::FIELD && !value.trim().is_empty());
        let model = kept::Model { typed: typed.collect() };
        match self.page.render(status, "What you typed", model, kept::view).await {
            Ok(response) => response,
            Err(failure) => failure.into_response(),
        }
    }

    /// Runs the handler with a store that decides what it may write.
    async fn run_handler(&self, store: Store) -> Response {
        let mut request = self.brought.request();
        request.extensions_mut().insert(Admitted { store, ..self.admitted.clone() });
        request.extensions_mut().insert(self.page.clone());
        self.next.clone().run(request).await
    }
}

/// The result of an earlier submission of the same form, once there is one; `None`:
/// there was no earlier one.
async fn earlier_submission(store: &Store, page: &Page, press: &Press) -> Result<Option<EarlierSubmission>, Failure> {
    let begun = Instant::now();
    loop {
        match store.pressed(press).await? {
            PressState::New => return Ok(None),
            PressState::Done { answer } => return Ok(Some(EarlierSubmission::Done(answer))),
            PressState::Other { answer, at } => return Ok(Some(EarlierSubmission::Other(answer, page.stamp(at)))),
            PressState::Running if begun.elapsed() > PATIENCE => return Ok(Some(EarlierSubmission::Unknown)),
            PressState::Running => sleep(LOOK).await,
        }
    }
}

/// Keeps an answer for a repeated submission, and returns it.
async fn keep_answer(store: &Store, press: &Press, response: Response) -> Answer {
    let text =
        |headers: &HeaderMap, name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (kept, response) = if response.status().is_redirection() {
        (Kept::To(text(response.headers(), header::LOCATION)), response)
    } else {
        let (parts, body) = response.into_parts();
        let (status, policy) = (parts.status.as_u16(), text(&parts.headers, header::CONTENT_SECURITY_POLICY));
        let body = Bytes::from_request(Request::new(body), &()).await.map_err(|_| Failure::Busy)?;
        let html = String::from_utf8_lossy(&body).into_owned();
        (Kept::Page { status, policy, html }, Response::from_parts(parts, Body::from(body)))
    };
    let kept = serde_json::to_vec(&kept).map_err(|error| Failure::Broken(error.to_string()))?;
    store.answer_press(press, &kept).await?;
    Ok(response)
}

/// The first answer once more.
fn replay(answer: &[u8]) -> Answer {
    match serde_json::from_slice(answer).map_err(|error| Failure::Broken(error.to_string()))? {
        Kept::To(path) => Ok(redirect(&path)),
        Kept::Page { status, policy, html } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            // A nonce is for one response only.
            let (html, policy) = match page::nonce_in(&policy) {
                Some(before) => {
                    let now = Nonce::new().to_string();
                    (html.replace(before, &now), policy.replace(before, &now))
                }
                None => (html, policy),
            };
            let mut response = (status, axum::response::Html(html)).into_response();
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Ok(response)
        }
    }
}

/// The address of what was made, without the notice that it was made.
fn without_notice(path: &str) -> String {
    let (path, anchor) = path.split_once('#').map_or((path, None), |(path, anchor)| (path, Some(anchor)));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("notice=")).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    format!("{path}{query}{anchor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_a_saved_thing_has_no_notice() {
        assert_eq!(without_notice("/notes/7?notice=saved"), "/notes/7");
        assert_eq!(without_notice("/assignments/7?number=2&notice=saved#top"), "/assignments/7?number=2#top");
        assert_eq!(without_notice("/desk"), "/desk");
    }
}
