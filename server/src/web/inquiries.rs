//! The public page for somebody new, and the list that the practice keeps of
//! them.

use app::{
    pages::{
        inquire::{self, Step},
        inquiries::{self, EarlierItem, InquiryItem, Model},
    },
    text,
    ui::{FormState, shell::Notice},
};
use axum::{extract::State, http::StatusCode};
use domain::{
    client::ClientKind,
    form::{Errors, Form},
    inquiry::{Inquiry, InquiryState},
    person::{NAME_MAX, Role},
};
use store::FormKey;
use uuid::Uuid;

use crate::{
    access::{Bookings, Public, client},
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
    state::Site,
};

const TITLE: &str = "A first meeting";
const NEW: &str = "Somebody new";

/// The page is there where the owner has opened it.
fn opened(page: &Page) -> Result<(), Failure> {
    page.practice().filter(|p| p.inquiries).map(|_| ()).found()
}

fn model(page: &Page, form: FormState) -> inquire::Model {
    let phone = page.practice().map(|p| p.phone.clone()).unwrap_or_default();
    inquire::Model { practice: page.practice_name().to_owned(), phone, form }
}

/// GET /inquire
pub async fn form(page: Page) -> Answer {
    opened(&page)?;
    let form = Form::from_pairs([("kind", "couple"), ("meeting", "any"), ("part", "any")]);
    page.ok(TITLE, model(&page, FormState::new(form)), inquire::view).await
}

/// POST /inquire: the answer is the same whoever the address belongs to.
pub async fn create(public: Public, page: Page, from: client::From, Typed(form): Typed) -> Answer {
    opened(&page)?;
    let errors = match Inquiry::read(&form) {
        Ok(new) if public.inquire(&new, from.ip).await? => return page.ok(TITLE, Step::Sent, inquire::step).await,
        Ok(_) => Errors::whole("There were too many tries from here. Please wait an hour, or call."),
        Err(errors) => errors,
    };
    page.again(TITLE, model(&page, FormState { form, errors }), inquire::view).await
}

/// GET /inquire/{token}: it shows, and changes nothing.
pub async fn show(public: Public, page: Page, At(token): At<String>) -> Answer {
    if public.inquiry_open(&token).await? {
        page.ok(TITLE, Step::Confirm(token), inquire::step).await
    } else {
        page.render(StatusCode::GONE, TITLE, Step::Gone, inquire::step).await
    }
}

/// POST /inquire/{token}
pub async fn confirm(public: Public, page: Page, At(token): At<String>) -> Answer {
    if public.confirm_inquiry(&token).await? {
        page.ok(TITLE, Step::Confirmed, inquire::step).await
    } else {
        page.render(StatusCode::GONE, TITLE, Step::Gone, inquire::step).await
    }
}

/// GET /inquiries
pub async fn index(State(site): State<Site>, bookings: Bookings, page: Page) -> Answer {
    let zone = page.practice_zone();
    let items = bookings
        .inquiries()
        .await?
        .into_iter()
        .map(|i| {
            let who = if i.kind == ClientKind::Couple { "For two" } else { "For one" };
            let since = text::short(i.since, &zone);
            InquiryItem {
                id: i.id,
                text: format!("{who} · {} · {} · Waits since {since}.", i.part.label(), i.meeting.label()),
                called: i.state == InquiryState::Called,
                next: i
                    .next
                    .iter()
                    .map(|s| format!("{} with {}", text::short(s.at, &zone), s.clinician_name))
                    .collect(),
                name: i.name,
                email: i.email,
                phone: i.phone,
            }
        })
        .collect();
    let mut earlier = Vec::new();
    for e in bookings.earlier().await? {
        let next = e
            .next
            .iter()
            .map(|slot| Ok((text::short(slot.at, &zone), super::sessions::move_to(&e.session, slot, &zone)?)));
        earlier.push(EarlierItem {
            session: e.session.id,
            title: e.session.title(),
            text: format!(
                "{} with {} · {} · Waits since {}.",
                text::short(e.session.timing.starts_at, &zone),
                e.session.clinician_name,
                e.part.label(),
                text::short(e.since, &zone)
            ),
            next: next.collect::<store::Result<_>>()?,
        });
    }
    let address = format!("{}/inquire", site.config.base_url.trim_end_matches('/'));
    let model = Model {
        items,
        clinician: bookings.visitor().has(Role::Clinician),
        earlier,
        address: page.practice().filter(|p| p.inquiries).map(|_| address),
    };
    page.ok("Waiting list", model, inquiries::view).await
}

/// GET /inquiries/new?name=…
pub async fn new(_: Bookings, page: Page, Asked(q): Asked) -> Answer {
    let name: String = q.get("name").chars().take(NAME_MAX).collect();
    let mut form = Form::from_pairs([("name", &*name), ("kind", "couple"), ("meeting", "any"), ("part", "any")]);
    FormKey::give(&mut form);
    page.ok(NEW, FormState::new(form), inquiries::noting).await
}

/// POST /inquiries: somebody who rang or came in.
pub async fn note(bookings: Bookings, page: Page, Typed(mut form): Typed) -> Answer {
    let errors = match Inquiry::noted(&form) {
        Ok(new) => {
            bookings.note_inquiry(&new, FormKey::read(&form)).await?;
            return Ok(redirect_with("/inquiries", Notice::OnTheList));
        }
        Err(errors) => errors,
    };
    FormKey::give(&mut form);
    page.again(NEW, FormState { form, errors }, inquiries::noting).await
}

/// POST /inquiries/{id}
pub async fn update(bookings: Bookings, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    let state = match form.get("state").parse() {
        Ok(state @ (InquiryState::Called | InquiryState::Closed)) => state,
        _ => return Err(Failure::BadRequest),
    };
    bookings.settle_inquiry(id, state).await?.found()?;
    Ok(redirect_with("/inquiries", Notice::Noted))
}
