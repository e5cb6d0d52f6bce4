//! Moving a session or a part of its series.

use app::{
    pages::scheduling::{move_session, when::TakenView},
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::person::Zone,
    form::{Errors, Form},
    ids::SessionId,
    scheduling::{
        series::Reach,
        session::{Move, Timing},
    },
    zone,
};
use store::{Booked, MoveTarget, SessionView, Slot};

use super::{
    refusal::{conflict_errors, unresolved_errors},
    shared::{is_plain, may_change, page_of, rooms, series_words, time_fields, timing_text, unmailed_attendee},
    time::{self, Resolved},
};
use crate::{
    access::Bookings,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    web::scheduling::series,
};

/// GET /sessions/{id}/move: the form that moves a session; parameters fill its
/// fields of the same names.
pub async fn move_form(bookings: Bookings, page: Page, PathIds(id): PathIds<SessionId>, Query(q): Query) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
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
    for name in ["date", "time", "fold", "minutes", "place"] {
        if is_plain(q.get(name)) {
            form.set(name, q.get(name));
        }
    }
    let state = FormState::new(form);
    let model = move_model(&bookings, &page, &session, state, None).await?;
    page.ok("Move a session", model, move_session::view).await
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
    let mut model = move_model(&bookings, &page, &session, FormState { form, errors }, taken).await?;
    model.clashes = clashes;
    page.invalid("Move a session", model, move_session::view).await
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
    })
}

/// The address of the form that moves a session to a free time.
pub(crate) fn move_href(session: &SessionView, slot: &Slot, zone: &Zone) -> store::Result<String> {
    let [date, time, fold] = time_fields(slot.at, zone)?;
    let place = slot.room.as_ref().map_or_else(|| "online".to_owned(), |room| room.id.to_string());
    let asked = [("date", date.as_str()), ("time", &time), ("fold", &fold), ("place", &place)];
    Ok(format!("{}/move?{}", page_of(session.id), query(&asked)))
}
