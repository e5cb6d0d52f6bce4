//! What islands ask while a page is open: each body is one call of what the
//! page itself uses.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend, Found, FreeTime, Offer, Saved},
    pages::builder,
    text,
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    client::title,
    form::{Form, parse_date},
    ids::{AccountId, ClientId, NoteId, OccurrenceId},
    note::NoteText,
    person::Zone,
    practice::Practice,
    response,
    session::SessionKind,
    zone::{self, Meaning},
};
use leptos::prelude::{Owner, RenderHtml as _, provide_context, use_context};
use leptos_axum::ResponseOptions;
use store::{NoteEnd, NoteWrite};
use uuid::Uuid;

use super::wordings;
use crate::{
    access::{self, Bookings, Clinician, Partner},
    page::Page,
};

/// How many free times are offered at once.
const OFFERED: usize = 6;

fn trouble(error: store::Error) -> ApiError {
    tracing::error!(%error, "an island got no answer");
    ApiError::Trouble
}

/// The status that goes with an error; the functions themselves know of none.
fn told<T>(options: Option<&ResponseOptions>, answer: Result<T, ApiError>) -> Result<T, ApiError> {
    if let (Some(options), Err(error)) = (options, &answer) {
        options.set_status(match error {
            ApiError::Gone => StatusCode::NOT_FOUND,
            ApiError::Unfit => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Trouble | ApiError::Unreachable | ApiError::Refused => StatusCode::SERVICE_UNAVAILABLE,
        });
    }
    answer
}

async fn run(backend: Arc<dyn Backend>, mut request: Request) -> Response {
    // To a form the framework would answer errors with a redirect to wherever
    // it says it came from.
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(Arc::clone(&backend)), request)
            .await
            .into_response();
    // Our own errors have a status of theirs: this is what could not be read.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// POST /api/draft
pub async fn draft(partner: Partner, page: Page, request: Request) -> Response {
    run(Arc::new(Drafts { partner: partner.scope().clone(), zone: page.zone() }), request).await
}

/// POST /api/exercise
pub async fn exercise(clinician: Clinician, page: Page, request: Request) -> Response {
    run(Arc::new(Exercises { clinician: clinician.scope().clone(), zone: page.zone() }), request).await
}

struct Exercises {
    clinician: store::Clinician,
    zone: Zone,
}

impl Backend for Exercises {
    fn save_exercise(&self, draft: Uuid, number: i64, mut fields: Vec<(String, String)>) -> Answer<(Saved, String)> {
        let (clinician, zone, options) = (self.clinician.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            if fields.len() > 2_000 {
                return Err(ApiError::Unfit);
            }
            fields.retain(|(name, _)| name != "number");
            let form = Form(fields);
            let number = match clinician.save_exercise_draft(draft, &form, number).await.map_err(trouble)? {
                store::Saved::Done(number) => number,
                store::Saved::Elsewhere(_) => return Err(ApiError::Unfit),
                store::Saved::Gone => return Err(ApiError::Gone),
            };
            let before = clinician.draft(draft).await.map_err(trouble)?.and_then(|d| d.before);
            let document = domain::builder::preview(&form, before.as_ref());
            let html = Owner::new().with(|| builder::previewed(&document).to_html());
            Ok((Saved { id: draft, number, saved_at: text::clock(clinician.now(), &zone) }, html))
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }
}

/// POST /api/wording
pub async fn wording(owner: access::Owner, request: Request) -> Response {
    run(Arc::new(Wordings { owner: owner.scope().clone() }), request).await
}

struct Wordings {
    owner: store::Owner,
}

impl Backend for Wordings {
    fn preview_wording(&self, kind: String, language: String, fields: Vec<(String, String)>) -> Answer<String> {
        let (owner, options) = (self.owner.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let (Ok(kind), Ok(language)) = (kind.parse(), language.parse()) else { return Err(ApiError::Unfit) };
            let practice = owner.practice().await.map_err(trouble)?;
            let preview = wordings::preview(&practice, (kind, language), &Form(fields), owner.now());
            Ok(Owner::new().with(|| app::pages::wording::previewed(&preview).to_html()))
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }
}

/// POST /api/free-times
pub async fn free_times(bookings: Bookings, page: Page, request: Request) -> Response {
    run(Arc::new(Times::of(&bookings, &page)), request).await
}

/// POST /api/find: whoever books.
pub async fn find(bookings: Bookings, page: Page, request: Request) -> Response {
    run(Arc::new(Times::of(&bookings, &page)), request).await
}

struct Drafts {
    partner: store::Partner,
    zone: Zone,
}

impl Backend for Drafts {
    fn save_draft(
        &self,
        occurrence: Uuid,
        number: i64,
        touched: Vec<String>,
        fields: Vec<(String, String)>,
    ) -> Answer<Saved> {
        let (partner, zone, options) = (self.partner.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let occurrence = OccurrenceId(occurrence);
            let view = partner.occurrence(occurrence).await.map_err(trouble)?.ok_or(ApiError::Gone)?;
            let answers = response::read(&view.document, &Form(fields));
            let (draft, _) = partner
                .save_draft(occurrence, &answers, number, Some(&touched))
                .await
                .map_err(trouble)?
                .ok_or(ApiError::Gone)?;
            Ok(Saved {
                id: occurrence.0,
                number: draft.number,
                saved_at: draft.saved_at.map(|at| text::clock(at, &zone)).unwrap_or_default(),
            })
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }
}

/// POST /api/note
pub async fn note(clinician: Clinician, page: Page, request: Request) -> Response {
    run(Arc::new(Notes { clinician: clinician.scope().clone(), zone: page.zone() }), request).await
}

struct Notes {
    clinician: store::Clinician,
    zone: Zone,
}

impl Backend for Notes {
    fn save_note(&self, client: Uuid, note: Option<Uuid>, fields: Vec<(String, String)>) -> Answer<Saved> {
        let (clinician, zone, options) = (self.clinician.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let form = Form(fields);
            let text = NoteText::read(&form).map_err(|_| ApiError::Unfit)?;
            let written = match note {
                Some(note) => clinician.update_note(NoteId(note), &text, NoteEnd::Typing).await,
                None => {
                    let (session, amends) = (form.get("session").parse().ok(), form.get("amends").parse().ok());
                    clinician.create_note(ClientId(client), session, amends, &text, NoteEnd::Typing).await
                }
            };
            match written.map_err(trouble)? {
                NoteWrite::Kept(id) => Ok(Saved { id: id.0, number: 0, saved_at: text::clock(clinician.now(), &zone) }),
                NoteWrite::Signed | NoteWrite::Gone => Err(ApiError::Gone),
            }
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }
}

struct Times {
    bookings: store::Bookings,
    zone: Zone,
    practice: Option<Practice>,
}

impl Times {
    fn of(bookings: &Bookings, page: &Page) -> Self {
        Self { bookings: bookings.scope().clone(), zone: page.practice_zone(), practice: page.practice().cloned() }
    }
}

impl Backend for Times {
    fn find(&self, text: String) -> Answer<Vec<Found>> {
        let (bookings, zone, options) = (self.bookings.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let text: String = text.chars().take(200).collect();
            super::find::acts(&bookings, &zone, &text).await.map_err(trouble)
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }

    fn free_times(&self, fields: Vec<(String, String)>) -> Answer<Offer> {
        let (bookings, zone, options) = (self.bookings.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let practice = self.practice.clone();
        let answer = async move {
            let form = Form(fields);
            let client: ClientId = form.get("client").parse().map_err(|_| ApiError::Unfit)?;
            let clinician: AccountId = form.get("clinician").parse().map_err(|_| ApiError::Unfit)?;
            let kind = form.get("kind").parse().unwrap_or(SessionKind::Regular);
            let usual = practice.as_ref().map_or(60, |p| p.minutes_of(kind));
            let minutes = form.get("minutes").parse().unwrap_or(usual).clamp(10, 480);
            let today = zone::today(bookings.now(), &zone);
            let date = parse_date(form.get("date")).unwrap_or(today).max(today);
            let from = zone::day_start(date, &zone).map_err(|_| ApiError::Trouble)?;
            let found = bookings
                .free_times(
                    client,
                    form.get("attendee").parse().ok(),
                    clinician,
                    form.get("place").parse().ok(),
                    from,
                    minutes,
                    OFFERED,
                )
                .await
                .map_err(trouble)?;
            let lead = lead(&found);
            let times = found
                .times
                .into_iter()
                .map(|at| {
                    let wall = zone::wall_time(at, &zone);
                    let fold = match zone::meaning(wall, &zone) {
                        Ok(Meaning::Twice { second, .. }) => {
                            if second == at {
                                "1"
                            } else {
                                "0"
                            }
                        }
                        _ => "",
                    };
                    FreeTime {
                        date: wall.date().to_string(),
                        time: text::time(wall.time()),
                        fold: fold.to_owned(),
                        label: text::short(at, &zone),
                    }
                })
                .collect();
            Ok(Offer { lead, times })
        };
        Box::pin(async move { told(options.as_ref(), answer.await) })
    }
}

/// What is said of free times before one of them is taken.
fn lead(found: &store::FreeTimes) -> String {
    if found.times.is_empty() {
        return String::new();
    }
    let names = title(found.asked.iter().map(String::as_str));
    let which = match (found.asked.is_empty(), found.suit) {
        (true, _) => "The next free times.".to_owned(),
        (false, true) => format!("The next free times that suit {names}."),
        (false, false) => format!(
            "Nothing that is free in the three weeks from that day suits {names}. These times are free all the same."
        ),
    };
    format!("{which} One press puts a time into the form.")
}
