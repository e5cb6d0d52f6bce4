//! The front desk's clients: finding them, their phone numbers and addresses,
//! and taking on a new one with a first session.

use app::{
    pages::clients::{
        contacts::{self, ClientItem, Model, OneModel, PersonItem},
        taking_on,
    },
    text,
    ui::{FilterLink, FormState, shell::Notice},
};
use chrono::Timelike as _;
use domain::{
    clients::{
        client::ClientKind,
        person::{NAME_MAX, Zone},
        taking_on::{FirstTime, TakingOn},
    },
    form::{Errors, Form},
    ids::{AccountId, ClientId},
    scheduling::{
        inquiry::{InquiryState, MeetingWish},
        session::SessionKind,
        slots::DayPart,
    },
    typed, zone,
};
use store::{DeskClient, FormKey, IntakeStanding, Slot, TakenOn};
use uuid::Uuid;

use crate::{
    access::{Clinician, FrontDesk},
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
    web::{
        records::intake::mark_of,
        scheduling::sessions::{book_or_reason, time_fields},
    },
};

/// From how many free times on the form offers no further day.
const TIMES: usize = 12;

const NEW: &str = "New client";

/// GET /desk/clients?q=…&after=…: the clients, or those that match.
pub async fn index(desk: FrontDesk, page: Page, Query(q): Query) -> Answer {
    let text: String = typed::line(q.get("q")).chars().take(200).collect();
    let zone = page.practice_zone();
    let list = List::new(format!("/desk/clients?{}", query(&[("q", &text)])), "after", "clients", &q);
    let found = desk.desk_clients(&text, list.after()).await?;
    let pager = list.pager(found.more, ["First clients", "More clients"]);
    let ids: Vec<ClientId> = found.rows.iter().map(|c| c.client).collect();
    let intakes = desk.intake_standings(&ids).await?;
    let clients = found.rows.iter().map(|c| item(c, intakes.get(&c.client), &zone)).collect();
    page.ok("Clients", Model { q: text, clients, pager }, contacts::view).await
}

/// GET /desk/clients/{id}: a client's people and how to reach them.
pub async fn show(desk: FrontDesk, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let model = one_model(&desk, &page, id, FormState::default()).await?;
    page.ok(&model.client.title.clone(), model, contacts::one).await
}

/// POST /desk/clients/{id}/therapist: offers a client without a therapist to
/// one.
pub async fn offer(desk: FrontDesk, PathIds(id): PathIds<ClientId>, PostedForm(form): PostedForm) -> Answer {
    let clinician: AccountId = form.get("clinician").parse().map_err(|_| Failure::BadRequest)?;
    desk.desk_client(id).await?.found()?;
    let notice = if desk.offer_client(id, clinician).await? { Notice::TherapistAsked } else { Notice::TherapistThere };
    Ok(redirect_with(&format!("/desk/clients/{id}"), notice))
}

/// POST /clients/{id}/acceptance: the therapist accepts a client, or declines
/// with `do` as `decline`.
pub async fn answer(clinician: Clinician, PathIds(id): PathIds<ClientId>, PostedForm(form): PostedForm) -> Answer {
    clinician.names(id).await?.found()?;
    if form.get("do") == "decline" {
        let notice = if clinician.decline_client(id).await? { Notice::ClientDeclined } else { Notice::ClientAnswered };
        return Ok(redirect_with("/today", notice));
    }
    let notice = if clinician.accept_client(id).await? { Notice::ClientAccepted } else { Notice::ClientAnswered };
    Ok(redirect_with(&format!("/clients/{id}"), notice))
}

/// GET /desk/clients/new?inquiry=…&first=…&part=…: the form for a new client.
/// With `inquiry`, its fields are those of that inquiry.
pub async fn new(desk: FrontDesk, page: Page, Query(q): Query) -> Answer {
    let mut form = Form::from_pairs([("kind", ClientKind::Couple.word())]);
    let name: String = typed::line(q.get("name")).chars().take(NAME_MAX).collect();
    form.set("a.name", name);
    let mut wish = (DayPart::Any, MeetingWish::Any);
    if let Ok(id) = q.get("inquiry").parse::<Uuid>() {
        let inquiry = desk.inquiry(id).await?.found()?;
        wish = (inquiry.part, inquiry.meeting);
        for (field, value) in [
            ("kind", inquiry.kind.word().to_owned()),
            ("a.name", inquiry.name.clone()),
            ("a.phone", inquiry.phone.clone()),
            ("a.email", inquiry.address().to_owned()),
            ("inquiry", id.to_string()),
        ] {
            form.set(field, value);
        }
    }
    if q.get("of").parse::<AccountId>().is_ok() {
        form.set("of", q.get("of"));
        form.set("clinician", q.get("of"));
    }
    wish.0 = q.get("part").parse().unwrap_or(wish.0);
    form.set("part", wish.0.word());
    if let Ok(first) = q.get("first").parse::<FirstTime>() {
        form.set("first", first.to_string());
    }
    let model = form_model(&desk, &page, FormState::new(form), wish).await?;
    page.ok(NEW, model, taking_on::view).await
}

/// POST /desk/clients: takes on a client, and books the first session if a time
/// was chosen.
pub async fn create(desk: FrontDesk, page: Page, PostedForm(mut form): PostedForm) -> Answer {
    FormKey::ensure_in(&mut form);
    let zone = page.practice_zone();
    let errors = match TakingOn::read(&form, &zone) {
        Ok(new) => match desk.take_on(&new, FormKey::of_form(&form)).await? {
            TakenOn::Done(client) => {
                if let Ok(inquiry) = form.get("inquiry").parse() {
                    desk.settle_inquiry(inquiry, InquiryState::TakenOn).await?;
                }
                let notice = book_first(&desk, &page, client, new.first, &form).await?;
                return Ok(redirect_with(&format!("/desk/clients/{client}"), notice));
            }
            TakenOn::NotATherapist => Errors::at_field("clinician", "Choose a therapist from the list."),
            TakenOn::NotTheDesk => return Err(Failure::NotFound),
        },
        Err(errors) => errors,
    };
    let wish = (form.get("part").parse().unwrap_or(DayPart::Any), MeetingWish::Any);
    let model = form_model(&desk, &page, FormState { form, errors }, wish).await?;
    page.invalid(NEW, model, taking_on::view).await
}

/// Books the chosen first session of a new client. The notice says what became
/// of it.
async fn book_first(
    desk: &FrontDesk,
    page: &Page,
    client: ClientId,
    first: Option<FirstTime>,
    form: &Form,
) -> Result<Notice, Failure> {
    let Some(first) = first else { return Ok(Notice::ClientTakenOn) };
    let [date, time, fold] = time_fields(first.at, &page.practice_zone())?;
    let minutes = page.practice().map_or(60, |p| p.minutes_of(SessionKind::Intake));
    let booking = Form::from_pairs([
        ("client", client.to_string()),
        ("attendee", "everyone".to_owned()),
        ("clinician", first.clinician.to_string()),
        ("kind", SessionKind::Intake.word().to_owned()),
        ("place", first.room.map_or_else(|| "online".to_owned(), |room| room.to_string())),
        ("date", date),
        ("time", time),
        ("fold", fold),
        ("minutes", minutes.to_string()),
        (FormKey::FIELD, form.get(FormKey::FIELD).to_owned()),
    ]);
    let refused = book_or_reason(desk, page, &booking).await?;
    Ok(if refused.is_none() { Notice::ClientBooked } else { Notice::ClientTimeTaken })
}

/// The model of the form; `wish` is the part of the day and the way to meet of
/// the times that are offered.
async fn form_model(
    desk: &FrontDesk,
    page: &Page,
    form: FormState,
    wish: (DayPart, MeetingWish),
) -> Result<taking_on::Model, Failure> {
    let zone = page.practice_zone();
    let whose: Option<AccountId> = form.form.get("of").parse().ok();
    let mut slots = desk.first_session_times(wish.0, wish.1).await?;
    slots.retain(|slot| whose.is_none_or(|whose| whose == slot.clinician));
    let mut times: Vec<(String, String)> =
        few_a_day(&slots, &zone).into_iter().map(|slot| time_choice(slot, &zone)).collect();
    // A time that was chosen elsewhere stays in the list.
    if let Ok(first) = form.form.get("first").parse::<FirstTime>()
        && !times.iter().any(|(value, _)| *value == first.to_string())
        && let Some(slot) = slots.iter().find(|slot| first_time(slot) == first)
    {
        times.insert(0, time_choice(slot, &zone));
    }
    let therapists: Vec<(String, String)> =
        desk.clinicians().await?.into_iter().map(|c| (c.id.to_string(), c.name)).collect();
    let link = |part: DayPart, of: &str| {
        let asked = [("inquiry", form.form.get("inquiry")), ("part", part.word()), ("of", of)];
        let asked: Vec<(&str, &str)> = asked.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/desk/clients/new?{}", query(&asked))
    };
    let of = whose.map(|id| id.to_string()).unwrap_or_default();
    let parts =
        DayPart::ALL.iter().map(|part| FilterLink::new(link(*part, &of), part.label(), *part == wish.0)).collect();
    let everyone = std::iter::once(("", "Any therapist"));
    let named = therapists.iter().map(|(id, name)| (id.as_str(), name.as_str()));
    let whose = everyone.chain(named).map(|(id, name)| FilterLink::new(link(wish.0, id), name, id == of)).collect();
    Ok(taking_on::Model { form, therapists, times, parts, whose })
}

/// A free time as the value of the form's field.
pub(crate) fn first_time(slot: &Slot) -> FirstTime {
    FirstTime { at: slot.at, clinician: slot.clinician, room: slot.room.as_ref().map(|room| room.id) }
}

/// A free time as a choice of the form.
fn time_choice(slot: &Slot, zone: &Zone) -> (String, String) {
    let place = slot.room.as_ref().map_or("Online", |room| room.name.as_str());
    let label = format!("{} · {} · {place}", text::short(slot.at, zone), slot.clinician_name);
    (first_time(slot).to_string(), label)
}

/// A few of the free times of each day at full and half hours: the first, one in
/// the middle and the last. Where several therapists are free, they take turns.
fn few_a_day<'a>(slots: &'a [Slot], zone: &Zone) -> Vec<&'a Slot> {
    let half_hours: Vec<&Slot> =
        slots.iter().filter(|slot| zone::wall_time(slot.at, zone).minute().is_multiple_of(30)).collect();
    let mut chosen: Vec<&Slot> = Vec::new();
    for day in half_hours.chunk_by(|a, b| zone::date_of(a.at, zone) == zone::date_of(b.at, zone)) {
        let times: Vec<&[&Slot]> = day.chunk_by(|a, b| a.at == b.at).collect();
        let mut places = vec![0, times.len() / 2, times.len() - 1];
        places.dedup();
        for place in places {
            let free = times[place];
            chosen.push(free[chosen.len() % free.len()]);
        }
        if chosen.len() >= TIMES {
            break;
        }
    }
    chosen
}

/// The model of one client's page.
async fn one_model(desk: &FrontDesk, page: &Page, id: ClientId, form: FormState) -> Result<OneModel, Failure> {
    let client = desk.desk_client(id).await?.found()?;
    let therapists = if client.therapists.is_empty() {
        desk.clinicians().await?.into_iter().map(|c| (c.id.to_string(), c.name)).collect()
    } else {
        vec![]
    };
    let intakes = desk.intake_standings(&[id]).await?;
    let forms = desk.form_states(id).await?;
    let forms = forms.into_iter().map(|form| (form.name, form.title, form.is_signed)).collect();
    Ok(OneModel { client: item(&client, intakes.get(&id), &page.practice_zone()), therapists, forms, form })
}

/// A client as the pages show it; `intake`: how far its people are, if one was
/// started.
fn item(client: &DeskClient, intake: Option<&IntakeStanding>, zone: &Zone) -> ClientItem {
    let therapists: Vec<String> = client
        .therapists
        .iter()
        .map(|t| if t.is_asked { format!("{} (asked, not accepted yet)", t.name) } else { t.name.clone() })
        .collect();
    ClientItem {
        id: client.client,
        title: client.title(),
        people: client
            .people
            .iter()
            .map(|p| PersonItem {
                id: p.id,
                name: p.name.clone(),
                phone: p.phone.clone(),
                email: p.email.clone().unwrap_or_default(),
                portal_only: p.portal_only,
                has_login: p.has_login,
            })
            .collect(),
        therapist: therapists.join(", "),
        next: client.next.map(|(id, at)| (id, text::short(at, zone))),
        intake: intake.map(mark_of),
    }
}
