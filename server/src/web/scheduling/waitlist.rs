//! Inquiries: the public page on which a new person asks for a first meeting,
//! and the practice's waitlist.

use app::{
    pages::scheduling::{
        inquire::{self, Step},
        waitlist::{self, EarlierItem, InquiryItem, Model},
    },
    say, text,
    ui::{FormState, Link, shell::Notice},
};
use axum::{extract::State, http::StatusCode};
use domain::{
    clients::{
        client::ClientKind,
        person::{NAME_MAX, Role, Zone},
    },
    form::{Errors, Form},
    scheduling::inquiry::{Inquiry, InquiryState, MeetingWish},
    typed,
};
use store::{FormKey, SentAgain, Slot};
use uuid::Uuid;

use crate::{
    access::{Bookings, Public, origin},
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
    state::Site,
};

const NEW: &str = "Add to waitlist";

/// Answers "not found" unless the owner has opened the public page.
fn require_open(page: &Page) -> Result<(), Failure> {
    page.practice().filter(|p| p.inquiries).map(|_| ()).found()
}

/// The public form's model.
fn model(page: &Page, form: FormState) -> inquire::Model {
    let phone = page.practice().map(|p| p.phone.clone()).unwrap_or_default();
    inquire::Model { practice: page.practice_name().to_owned(), phone, form }
}

/// The title of the public pages.
fn title(page: &Page) -> String {
    say!(page.words(), "inquire-title")
}

/// GET /inquire: the public form.
pub async fn form(page: Page) -> Answer {
    require_open(&page)?;
    let form = Form::from_pairs([("kind", "couple"), ("meeting", "any"), ("part", "any")]);
    page.ok(&title(&page), model(&page, FormState::new(form)), inquire::view).await
}

/// POST /inquire: sends an inquiry. The answer is the same for a known and an
/// unknown email address, so it tells nobody who is a client.
pub async fn create(public: Public, page: Page, from: origin::Origin, PostedForm(form): PostedForm) -> Answer {
    require_open(&page)?;
    let errors = match Inquiry::read(&form, &page.practice_zone()) {
        Ok(new) if public.inquire(&new, from.ip).await? => {
            return page.ok(&title(&page), Step::Sent, inquire::step).await;
        }
        Ok(_) => Errors::of_form(say!(page.words(), "inquire-too-many")),
        Err(errors) => errors,
    };
    page.invalid(&title(&page), model(&page, FormState { form, errors }), inquire::view).await
}

/// GET /inquire/{token}: the page that asks to confirm an inquiry. It changes
/// nothing, because mail scanners open links too.
pub async fn show(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    if public.is_inquiry_open(&token).await? {
        page.ok(&title(&page), Step::Confirm(token), inquire::step).await
    } else {
        page.render(StatusCode::GONE, &title(&page), Step::Gone, inquire::step).await
    }
}

/// POST /inquire/{token}: confirms an inquiry.
pub async fn confirm(public: Public, page: Page, PathIds(token): PathIds<String>) -> Answer {
    if public.confirm_inquiry(&token).await? {
        page.ok(&title(&page), Step::Confirmed, inquire::step).await
    } else {
        page.render(StatusCode::GONE, &title(&page), Step::Gone, inquire::step).await
    }
}

/// GET /waitlist?after=&earlier=: the waitlist. Each parameter chooses the page
/// of one list.
pub async fn index(State(site): State<Site>, bookings: Bookings, page: Page, Query(q): Query) -> Answer {
    let zone = page.practice_zone();
    let list = List::new("/waitlist", "after", "first", &q);
    let found = bookings.inquiries(list.after()).await?;
    let items_pager = list.pager(found.more, ["First people", "More people"]);
    let items = found
        .map(|i| {
            let who = if i.kind == ClientKind::Couple { "For two" } else { "For one" };
            let since = text::short(i.since, &zone);
            InquiryItem {
                id: i.id,
                text: format!("{who} · {} · {} · Waiting since {since}.", i.part.label(), meeting_words(i.meeting)),
                called: i.state == InquiryState::Called,
                next: i.next.iter().map(|slot| free_time(i.id, slot, &zone, bookings.is_desk())).collect(),
                name: i.name,
                email: i.email,
                phone: i.phone,
            }
        })
        .rows;
    let list = List::new("/waitlist", "earlier", "earlier", &q);
    let found = bookings.earlier_wishes(list.after()).await?;
    let earlier_pager = list.pager(found.more, ["First sessions", "More sessions"]);
    let mut earlier = Vec::new();
    for e in found.rows {
        let next = e.next.iter().map(|slot| {
            Ok(Link::new(super::sessions::move_href(&e.session, slot, &zone)?, text::short(slot.at, &zone)))
        });
        earlier.push(EarlierItem {
            session: e.session.id,
            title: e.session.title(),
            text: format!(
                "{} with {} · {} · Waiting since {}.",
                text::short(e.session.timing.starts_at, &zone),
                e.session.clinician_name,
                e.part.label(),
                text::short(e.since, &zone)
            ),
            next: next.collect::<store::Result<_>>()?,
        });
    }
    let undelivered = bookings.undelivered_inquiries().await?;
    let address = format!("{}/inquire", site.config.base_url.trim_end_matches('/'));
    let model = Model {
        items,
        undelivered: undelivered
            .iter()
            .map(|inquiry| crate::web::outbox::undelivered::item_for_waitlist(inquiry, &zone))
            .collect(),
        items_pager,
        earlier_pager,
        clinician: bookings.visitor().has(Role::Clinician),
        desk: bookings.is_desk(),
        earlier,
        address: page.practice().filter(|p| p.inquiries).map(|_| address),
    };
    page.ok("Waitlist", model, waitlist::view).await
}

/// How an inquirer would like to meet, in words of the list.
const fn meeting_words(meeting: MeetingWish) -> &'static str {
    match meeting {
        MeetingWish::Any => "At the practice or online",
        MeetingWish::Room | MeetingWish::Online => meeting.label(),
    }
}

/// A free time that suits an inquirer, with the address of the form that takes
/// them on.
fn free_time(inquiry: Uuid, slot: &Slot, zone: &Zone, desk: bool) -> Link {
    let label = format!("{} with {}", text::short(slot.at, zone), slot.clinician_name);
    if desk {
        let first = crate::web::clients::desk::first_time(slot).to_string();
        let asked = query(&[("inquiry", &inquiry.to_string()), ("first", &first)]);
        Link::new(format!("/desk/clients/new?{asked}"), label)
    } else {
        Link::new(format!("/clients/new?inquiry={inquiry}"), label)
    }
}

/// GET /waitlist/new?name=…: the staff's form for a new inquiry.
pub async fn new(_: Bookings, page: Page, Query(q): Query) -> Answer {
    let name: String = typed::line(q.get("name")).chars().take(NAME_MAX).collect();
    let form = Form::from_pairs([("name", &*name), ("kind", "couple"), ("meeting", "any"), ("part", "any")]);
    page.ok(NEW, FormState::new(form), waitlist::inquiry_form).await
}

/// POST /waitlist: adds a person who called or came in.
pub async fn create_by_staff(bookings: Bookings, page: Page, PostedForm(form): PostedForm) -> Answer {
    let errors = match Inquiry::read_noted(&form, &page.practice_zone()) {
        Ok(new) => {
            bookings.add_inquiry(&new, FormKey::of_form(&form)).await?;
            return Ok(redirect_with("/waitlist", Notice::OnTheList));
        }
        Err(errors) => errors,
    };
    page.invalid(NEW, FormState { form, errors }, waitlist::inquiry_form).await
}

/// POST /waitlist/{id}: sets an inquiry's state; `again` sends its confirmation
/// again, `listed` puts it on the waitlist without one.
pub async fn update(bookings: Bookings, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    match form.get("state") {
        // For inquiries that are not confirmed, because no email arrived.
        "again" => {
            let again = bookings.confirm_again(id).await? == SentAgain::Planned;
            return Ok(redirect_with("/waitlist", if again { Notice::Resent } else { Notice::NotResent }));
        }
        "listed" => {
            bookings.list_inquiry(id).await?.found()?;
            return Ok(redirect_with("/waitlist", Notice::OnTheList));
        }
        _ => {}
    }
    match form.get("state").parse() {
        Ok(InquiryState::Called) => {
            bookings.settle_inquiry(id, InquiryState::Called).await?.found()?;
            Ok(redirect_with("/waitlist", Notice::Contacted))
        }
        Ok(InquiryState::Closed) => {
            let bin = bookings.close_inquiry(id).await?.found()?;
            Ok(redirect_with_undo("/waitlist", Notice::InquiryClosed, bin))
        }
        Ok(InquiryState::Unconfirmed | InquiryState::Waiting | InquiryState::TakenOn) | Err(_) => {
            Err(Failure::BadRequest)
        }
    }
}
