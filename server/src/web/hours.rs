//! When therapists work: set by the front desk for everyone, by a therapist
//! for themselves.

use app::{
    pages::hours::{self, ExceptionItem, Model, WeekItem},
    text,
    ui::{FormState, shell::Notice},
};
use chrono::{NaiveDate, Weekday};
use domain::{
    availability::{Buffers, Exception, ExceptionKind, Week, WorkingWeek, words},
    form::{Form, parse_date},
    ids::{AccountId, LocationId},
    practice::WEEK,
    zone,
};
use uuid::Uuid;

use super::sessions::day_time;
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
};

/// GET /clinicians/{id}/hours
pub async fn show(bookings: Bookings, page: Page, At(id): At<AccountId>) -> Answer {
    let model = model(&bookings, &page, id, None, None).await?;
    page.ok(&model.name.clone(), model, hours::view).await
}

/// What is set, with a form that was refused where it was.
async fn model(
    bookings: &Bookings,
    page: &Page,
    id: AccountId,
    week: Option<FormState>,
    exception: Option<FormState>,
) -> Result<Model, Failure> {
    let found = bookings.availability(id).await?.found()?;
    let zone = page.practice_zone();
    let today = zone::today(bookings.now(), &zone);
    let holds = found.weeks.iter().rev().find(|(from, _)| *from <= today).map(|(from, _)| *from);
    let long = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let locations = locations(bookings).await?;
    let week = week.unwrap_or_else(|| {
        let mut form = Form::default();
        let latest = found.weeks.last().map(|(_, week)| week.clone());
        let practice = page.practice().map(|p| Week::of_practice(&p.open_days, p.opens, p.closes));
        latest.or(practice.map(WorkingWeek::from)).unwrap_or_default().fill(&mut form);
        form.set("from_on", today.to_string());
        form.set("buffer_before", found.buffers.before.to_string());
        form.set("buffer_after", found.buffers.after.to_string());
        FormState::new(form)
    });
    Ok(Model {
        clinician: id,
        name: found.name,
        zone: zone.city(),
        otherwise: page.practice().map_or_else(String::new, |p| {
            let days: Vec<String> = p.open_days.iter().map(ToString::to_string).collect();
            format!("{}–{} on {}", text::time(p.opens), text::time(p.closes), days.join(", "))
        }),
        weeks: found
            .weeks
            .iter()
            .map(|(from, week)| WeekItem {
                from: from.to_string(),
                label: format!("{} {}", if *from <= today { "since" } else { "from" }, long(*from)),
                today: Some(*from) == holds,
                days: WEEK.iter().filter_map(|day| on_day(week, *day, &locations)).collect(),
            })
            .collect(),
        exceptions: found
            .exceptions
            .into_iter()
            .map(|(id, e)| ExceptionItem {
                id,
                days: if e.first == e.last { long(e.first) } else { format!("{} to {}", long(e.first), long(e.last)) },
                hours: e.hours.map_or_else(|| "all day".to_owned(), |h| h.to_string()),
                kind: e.kind,
                of_all: e.of_all,
                reason: e.reason,
            })
            .collect(),
        outside: found.outside.into_iter().map(|(id, at)| (id, day_time(at, &zone))).collect(),
        week,
        exception: exception.unwrap_or_else(|| FormState::new(Form::from_pairs([("kind", "away")]))),
        locations,
        desk: bookings.is_desk(),
    })
}

async fn locations(bookings: &Bookings) -> Result<Vec<(LocationId, String)>, Failure> {
    Ok(bookings.locations().await?.into_iter().map(|(id, location)| (id, location.name)).collect())
}

/// "Mon 09:00–12:00, 14:00–18:00 at Lakeside"; nothing on a free day.
fn on_day(week: &WorkingWeek, day: Weekday, locations: &[(LocationId, String)]) -> Option<String> {
    let anywhere = Some(words(week.anywhere.on(day))).filter(|w| !w.is_empty());
    let at = week.at.iter().filter(|(_, week)| !week.on(day).is_empty()).map(|(id, week)| {
        let name = locations.iter().find(|(known, _)| known == id).map_or("another location", |(_, name)| name);
        format!("{} at {name}", words(week.on(day)))
    });
    let spans: Vec<String> = anywhere.into_iter().chain(at).collect();
    (!spans.is_empty()).then(|| format!("{day} {}", spans.join(", ")))
}

/// POST /clinicians/{id}/hours: the week from a day on; `do` is `remove` to
/// take one back.
pub async fn update(bookings: Bookings, page: Page, At(id): At<AccountId>, Typed(form): Typed) -> Answer {
    let here = format!("/clinicians/{id}/hours");
    if form.get("do") == "remove" {
        let from = parse_date(form.get("from_on")).ok_or(Failure::NotFound)?;
        bookings.remove_week(id, from).await?.then_some(()).found()?;
        return Ok(redirect_with(&here, Notice::TakenBackPlain));
    }
    let known: Vec<LocationId> = locations(&bookings).await?.into_iter().map(|(id, _)| id).collect();
    let week = WorkingWeek::read(&form, &known);
    let (from, buffers, week) = (parse_date(form.get("from_on")), Buffers::read(&form), week);
    let errors = match (from, buffers, week) {
        (Some(from), Ok(buffers), Ok(week)) => {
            bookings.set_week(id, from, &week, buffers).await?.then_some(()).found()?;
            return Ok(redirect_with(&here, Notice::Saved));
        }
        (from, buffers, week) => {
            let mut errors = week.err().unwrap_or_default().and(buffers.err().unwrap_or_default());
            if from.is_none() {
                errors.add("from_on", "Please give the day from which these hours hold.");
            }
            errors
        }
    };
    let model = model(&bookings, &page, id, Some(FormState { form, errors }), None).await?;
    page.again(&model.name.clone(), model, hours::view).await
}

/// POST /clinicians/{id}/exceptions
pub async fn create_exception(bookings: Bookings, page: Page, At(id): At<AccountId>, Typed(form): Typed) -> Answer {
    match Exception::read(&form) {
        Ok(exception) => {
            bookings.add_exception(id, &exception).await?.then_some(()).found()?;
            Ok(redirect_with(&format!("/clinicians/{id}/hours"), Notice::Noted))
        }
        Err(errors) => {
            let model = model(&bookings, &page, id, None, Some(FormState { form, errors })).await?;
            page.again(&model.name.clone(), model, hours::view).await
        }
    }
}

/// POST /hours-exceptions/{id}/remove: `clinician` is whose page it stood on.
pub async fn remove_exception(bookings: Bookings, At(id): At<Uuid>, Typed(form): Typed) -> Answer {
    bookings.remove_exception(id).await?.then_some(()).found()?;
    let here = match form.get("clinician").parse::<AccountId>() {
        Ok(clinician) => format!("/clinicians/{clinician}/hours"),
        Err(_) => "/calendar".to_owned(),
    };
    Ok(redirect_with(&here, Notice::TakenBackPlain))
}

/// What a day's exceptions say at the head of a calendar's column.
pub(super) fn note(
    exceptions: &[(Option<AccountId>, Exception)],
    date: NaiveDate,
    clinician: Option<AccountId>,
) -> String {
    let notes: Vec<String> = exceptions
        .iter()
        .filter(|(of, e)| e.covers(date) && (of.is_none() || (clinician.is_some() && *of == clinician)))
        .map(|(of, e)| {
            let what = match (e.kind, of) {
                (ExceptionKind::Open, _) => "Also open",
                (_, None) => "Closed",
                (_, Some(_)) => "Away",
            };
            e.hours.map_or_else(|| what.to_owned(), |h| format!("{what} {h}"))
        })
        .collect();
    notes.join(", ")
}
