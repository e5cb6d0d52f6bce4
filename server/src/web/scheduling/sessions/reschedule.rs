//! Moving a session or a part of its series.

use app::{
    pages::scheduling::{confirm::Panel, move_session, when::TakenView},
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::person::Zone,
    form::{Errors, Form},
    ids::SessionId,
    scheduling::{
        series::Reach,
        session::{Move, Place as SessionPlace, Timing},
        slots::SlotWish,
    },
    zone,
};
use store::{Booked, MoveTarget, SessionView, Slot};

use super::{
    refusal::{conflict_errors, unresolved_errors},
    shared::{
        asks_only_for_the_tick, clock_lines, hidden_fields, is_plain, may_change, page_of, rooms, series_words,
        time_fields, timing_text, unmailed_attendee,
    },
    time::{self, Resolved},
};
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    web::scheduling::{
        free_times::{self, Place},
        series,
    },
};

/// GET /sessions/{id}/move: the form that moves a session, with free times; with
/// a time, the page that asks whether it is meant. Parameters fill the form's
/// fields of the same names.
pub async fn move_form(bookings: Bookings, page: Page, PathIds(id): PathIds<SessionId>, Query(mut q): Query) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
    time::take_offer(&mut q);
    // A chip shows other times, and “Change details” the form.
    let edits = q.has("edit") || q.0.iter().any(|(name, _)| name.starts_with("show_"));
    free_times::press_chips(&mut q);
    if q.get("edit") == "times" {
        q.0.retain(|(name, _)| !["date", "time", "fold"].contains(&name.as_str()));
    }
    let mut form = present_form(&session, &page)?;
    // With another time, the clocks may show it once.
    if is_plain(q.get("time")) || is_plain(q.get("date")) {
        form.set("fold", "");
    }
    for name in FILLED {
        if !q.get(name).is_empty() {
            form.set(name, q.get(name));
        }
    }
    let asks = !edits && ["date", "time", "minutes"].iter().any(|name| is_plain(q.get(name)));
    let mut model = move_model(&bookings, &page, &session, FormState::new(form), None).await?;
    if asks {
        add_panel(&bookings, &page, &session, &mut model)?;
    }
    add_week(&bookings, &page, &session, &mut model).await?;
    page.under(page_of(id), session.title()).ok("Reschedule a session", model, move_session::view).await
}

/// The fields that a link, or the form itself, may fill.
const FILLED: [&str; 13] = [
    "date",
    "time",
    "fold",
    "minutes",
    "place",
    "link",
    "clinician",
    "kind",
    "reach",
    "reason",
    "week",
    "part",
    "suits",
];

/// The form with the session as it is now.
fn present_form(session: &SessionView, page: &Page) -> Result<Form, Failure> {
    let zone = page.practice_zone();
    let starts = zone::wall_time(session.timing.starts_at, &zone);
    let mut form = Form::from_pairs([
        ("date", starts.format("%Y-%m-%d").to_string()),
        ("time", starts.format("%H:%M").to_string()),
        ("minutes", session.timing.minutes.to_string()),
        ("place", session.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.id.to_string())),
        ("link", session.link.clone()),
        ("clinician", session.clinician.to_string()),
        ("kind", session.kind.word().to_owned()),
        ("reach", Reach::One.word().to_owned()),
    ]);
    if let Some(which) = time::fold_of(&Timing { starts, zone, ..session.timing.clone() })? {
        form.set("fold", which.to_string());
    }
    Ok(form)
}

/// Adds the week of free times for what is in the form; none if the form is not
/// shown, or does not say what to search.
async fn add_week(
    bookings: &Bookings,
    page: &Page,
    session: &SessionView,
    model: &mut move_session::Model,
) -> Result<(), Failure> {
    if model.panel.is_some() {
        return Ok(());
    }
    let zone = page.practice_zone();
    let mut form = model.form.form.clone();
    form.set("client", session.client.to_string());
    form.set("attendee", model.attendee.map_or_else(|| "everyone".to_owned(), |person| person.to_string()));
    if let Ok(wish) = SlotWish::read(&form, zone::date_of(bookings.now(), &zone)) {
        let to = format!("{}/move", page_of(session.id));
        let place = Place::Form { id: "move", to: &to };
        model.week = free_times::week(bookings, &zone, &form, &wish, Some(session.id), place).await?;
    }
    Ok(())
}

/// Turns the form into the page that asks whether its time is meant, if the form
/// can be sent as it is.
fn add_panel(
    bookings: &Bookings,
    page: &Page,
    session: &SessionView,
    model: &mut move_session::Model,
) -> Result<(), Failure> {
    let (zone, form) = (page.practice_zone(), &model.form.form);
    let Ok(wish) = Move::read(form) else { return Ok(()) };
    let (when, keeps) = (&wish.when, Some(session.timing.starts_at));
    let resolved = time::resolve(when.starts, when.fold, when.minutes, &zone, bookings.now(), keeps)?;
    let Resolved::Timing(timing) = resolved else { return Ok(()) };
    let clinician = wish.clinician.unwrap_or(session.clinician);
    let therapist = match clinician == session.clinician {
        true => Some(session.clinician_name.clone()),
        false => model.clinicians.iter().find(|(id, _)| *id == clinician).map(|(_, name)| name.clone()),
    };
    let place = match &wish.place {
        SessionPlace::Link(_) => Some("Online".to_owned()),
        SessionPlace::Room(room) => model.rooms.iter().find(|(id, _)| id == room).map(|(_, name)| name.clone()),
    };
    let (Some(therapist), Some(place)) = (therapist, place) else { return Ok(()) };
    let kind = wish.kind.unwrap_or(session.kind).label().to_owned();
    let facts = [("Therapist", therapist), ("Place", place), ("Kind", kind)];
    let people = session.attendees.iter().map(|a| (a.name.as_str(), &a.zone));
    model.panel = Some(Panel {
        when: timing_text(&timing),
        clocks: clock_lines(&timing, people),
        facts: facts.map(|(label, value)| (label.to_owned(), value)).to_vec(),
        hidden: hidden_fields(form, &["reach", "reason"]),
    });
    Ok(())
}

/// What happens after a move: when the emails go out, and how long it can be
/// undone.
fn after_move(bookings: &Bookings, page: &Page) -> String {
    match page.practice().map_or(0, |p| p.quiet_minutes) {
        0 => "Emails go out at once.".to_owned(),
        minutes => {
            let at = bookings.now() + chrono::Duration::minutes(minutes);
            format!("Emails go out at {}; you can undo until then.", text::clock(at, &page.practice_zone()))
        }
    }
}

/// POST /sessions/{id}/move: moves a session or a part of its series.
pub async fn update(
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<SessionId>,
    PostedForm(mut form): PostedForm,
) -> Answer {
    time::take_offer(&mut form);
    series::choose_others(&mut form);
    let session = bookings.session(id).await?.found()?;
    let in_series = session.series.is_some() && series::reach(&form) != Reach::One;
    let mut clashes = vec![];
    let (errors, taken) = match Move::read(&form) {
        Err(errors) => (errors, None),
        Ok(mut wish) => {
            let zone = page.practice_zone();
            let (when, keeps) = (&wish.when, Some(session.timing.starts_at));
            match time::resolve(when.starts, when.fold, when.minutes, &zone, bookings.now(), keeps)? {
                Resolved::Not(why) => unresolved_errors(why, &zone)?,
                Resolved::Timing(_) if in_series => {
                    let (reach, choices) = (series::reach(&form), series::choices(&form));
                    let (why, unfit) = series::override_reason(&form, &choices);
                    wish.over = why;
                    let moved = bookings.move_series(id, reach, &wish, &choices).await?;
                    match series::outcome(moved, unfit, &zone) {
                        Ok(id) => return Ok(redirect_with(&page_of(id), Notice::MovedSeries)),
                        Err((errors, items)) => {
                            clashes = items;
                            (errors, None)
                        }
                    }
                }
                Resolved::Timing(timing) => match bookings.move_session(id, &MoveTarget::of(&wish, &timing)).await? {
                    Booked::Done(id) => return Ok(redirect_with(&page_of(id), Notice::Moved)),
                    Booked::Taken(what) => conflict_errors(&what, wish.over.as_ref(), &zone)?,
                    Booked::Invalid(error) => (Errors::at_field(error.field, error.message), None),
                },
            }
        }
    };
    if clashes.is_empty() && in_series {
        clashes = series::earlier_choices(&form, &page.practice_zone());
    }
    let asks = asks_only_for_the_tick(&form, taken.as_ref());
    let mut model = move_model(&bookings, &page, &session, FormState { form, errors }, taken).await?;
    model.clashes = clashes;
    if asks {
        add_panel(&bookings, &page, &session, &mut model)?;
    }
    page.under(page_of(id), session.title()).invalid("Reschedule a session", model, move_session::view).await
}

/// The model of the form that moves a session; `taken` is what is in the way of
/// its time.
async fn move_model(
    bookings: &Bookings,
    page: &Page,
    session: &SessionView,
    form: FormState,
    taken: Option<TakenView>,
) -> Result<move_session::Model, Failure> {
    let zone = page.practice_zone();
    Ok(move_session::Model {
        id: session.id,
        client: session.client,
        attendee: match session.attendees.as_slice() {
            [one] => Some(one.person),
            _ => None,
        },
        title: session.title(),
        unmailed: unmailed_attendee(bookings, session).await?,
        when: timing_text(&session.timing),
        rooms: rooms(bookings).await?,
        clinicians: bookings.clinicians().await?.into_iter().map(|c| (c.id, c.name)).collect(),
        fold: time::fold_labels(&form.form, &zone)?,
        form,
        zone: zone.city(),
        taken,
        series: series_words(bookings, session).await?,
        clashes: vec![],
        after: after_move(bookings, page),
        week: None,
        panel: None,
    })
}

/// The address of the page that asks whether a session is to be moved to a free
/// time.
pub(crate) fn move_href(session: &SessionView, slot: &Slot, zone: &Zone) -> store::Result<String> {
    let [date, time, fold] = time_fields(slot.at, zone)?;
    let place = slot.room.as_ref().map_or_else(|| "online".to_owned(), |room| room.id.to_string());
    let asked = [("date", date.as_str()), ("time", &time), ("fold", &fold), ("place", &place)];
    Ok(format!("{}/move?{}", page_of(session.id), query(&asked)))
}
