//! The hours of therapists. The front desk sets them for every therapist, a
//! therapist for themselves.

use app::{
    pages::practice::hours::{self, ExceptionItem, Model, WeekItem},
    text,
    ui::{FormState, shell::Notice},
};
use chrono::{NaiveDate, Weekday};
use domain::{
    form::{Form, parse_date},
    ids::{AccountId, LocationId},
    practice::{
        hours::{Buffers, Exception, ExceptionKind, Week, WorkingWeek, hours_text},
        settings::WEEK,
    },
    zone,
};
use uuid::Uuid;

use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
    web::day_time,
};

/// GET /clinicians/{id}/hours?exceptions=&outside=: a therapist's hours. Each
/// parameter chooses the page of one list.
pub async fn show(bookings: Bookings, page: Page, PathIds(id): PathIds<AccountId>, Query(asked): Query) -> Answer {
    let model = model(&bookings, &page, id, &asked, None, None).await?;
    page.ok(&model.name.clone(), model, hours::view).await
}

/// The page's model; a refused form replaces the stored values.
async fn model(
    bookings: &Bookings,
    page: &Page,
    id: AccountId,
    asked: &Form,
    week: Option<FormState>,
    exception: Option<FormState>,
) -> Result<Model, Failure> {
    let list = |field, anchor| List::new(format!("/clinicians/{id}/hours"), field, anchor, asked);
    let (exceptions_list, outside_list) = (list("exceptions", "exceptions"), list("outside", "outside"));
    let found = bookings.hours(id, exceptions_list.after(), outside_list.after()).await?.found()?;
    let zone = page.practice_zone();
    let today = zone::date_of(bookings.now(), &zone);
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
                days: WEEK.iter().filter_map(|day| day_text(week, *day, &locations)).collect(),
            })
            .collect(),
        exceptions_pager: exceptions_list.pager(found.exceptions.more, ["First days", "More days"]),
        exceptions: found
            .exceptions
            .map(|(id, e)| ExceptionItem {
                id,
                days: if e.first == e.last { long(e.first) } else { format!("{} to {}", long(e.first), long(e.last)) },
                hours: e.hours.map_or_else(|| "all day".to_owned(), |h| h.to_string()),
                kind: e.kind,
                of_all: e.whole_practice,
                reason: e.reason,
            })
            .rows,
        outside_pager: outside_list.pager(found.outside.more, ["First sessions", "More sessions"]),
        outside: found.outside.map(|(id, at)| (id, day_time(at, &zone))).rows,
        week,
        exception: exception.unwrap_or_else(|| FormState::new(Form::from_pairs([("kind", "away")]))),
        locations,
        desk: bookings.is_desk(),
    })
}

/// The ids and names of the practice's locations.
async fn locations(bookings: &Bookings) -> Result<Vec<(LocationId, String)>, Failure> {
    Ok(bookings.locations().await?.into_iter().map(|(id, location)| (id, location.name)).collect())
}

/// A weekday's hours, such as "Mon 09:00–12:00, 14:00–18:00 at Lakeside"; `None`
/// for a free day.
fn day_text(week: &WorkingWeek, day: Weekday, locations: &[(LocationId, String)]) -> Option<String> {
    let anywhere = Some(hours_text(week.anywhere.on(day))).filter(|w| !w.is_empty());
    let at = week.at.iter().filter(|(_, week)| !week.on(day).is_empty()).map(|(id, week)| {
        let name = locations.iter().find(|(known, _)| known == id).map_or("another location", |(_, name)| name);
        format!("{} at {name}", hours_text(week.on(day)))
    });
    let spans: Vec<String> = anywhere.into_iter().chain(at).collect();
    (!spans.is_empty()).then(|| format!("{day} {}", spans.join(", ")))
}

/// POST /clinicians/{id}/hours: sets the weekly hours that apply from a day on,
/// or removes them with `do` as `remove`.
pub async fn update(
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<AccountId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let here = format!("/clinicians/{id}/hours");
    if form.get("do") == "remove" {
        let from = parse_date(form.get("from_on")).ok_or(Failure::NotFound)?;
        let bin = bookings.remove_week(id, from).await?.found()?;
        return Ok(redirect_with_undo(&here, Notice::HoursRemoved, bin));
    }
    let known: Vec<LocationId> = locations(&bookings).await?.into_iter().map(|(id, _)| id).collect();
    let week = WorkingWeek::read(&form, &known);
    let (from, buffers, week) = (parse_date(form.get("from_on")), Buffers::read(&form), week);
    let errors = match (from, buffers, week) {
        (Some(from), Ok(buffers), Ok(week)) => {
            bookings.set_week(id, from, &week, buffers).await?.then_some(()).found()?;
            return Ok(redirect_with(&here, Notice::HoursSaved));
        }
        (from, buffers, week) => {
            let mut errors = week.err().unwrap_or_default().and(buffers.err().unwrap_or_default());
            if from.is_none() {
                errors.add("from_on", "Enter the day from which these hours apply.");
            }
            errors
        }
    };
    let model = model(&bookings, &page, id, &Form::default(), Some(FormState { form, errors }), None).await?;
    page.invalid(&model.name.clone(), model, hours::view).await
}

/// POST /clinicians/{id}/exceptions: adds an exception to the weekly hours.
pub async fn create_exception(
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<AccountId>,
    PostedForm(form): PostedForm,
) -> Answer {
    match Exception::read(&form) {
        Ok(exception) => {
            bookings.add_exception(id, &exception).await?.then_some(()).found()?;
            Ok(redirect_with(&format!("/clinicians/{id}/hours"), Notice::DaysAdded))
        }
        Err(errors) => {
            let model = model(&bookings, &page, id, &Form::default(), None, Some(FormState { form, errors })).await?;
            page.invalid(&model.name.clone(), model, hours::view).await
        }
    }
}

/// POST /hours-exceptions/{id}/remove: removes an exception; `clinician` is the
/// therapist whose page the button was on.
pub async fn remove_exception(bookings: Bookings, PathIds(id): PathIds<Uuid>, PostedForm(form): PostedForm) -> Answer {
    let bin = bookings.remove_exception(id).await?.found()?;
    let here = match form.get("clinician").parse::<AccountId>() {
        Ok(clinician) => format!("/clinicians/{clinician}/hours"),
        Err(_) => "/calendar".to_owned(),
    };
    Ok(redirect_with_undo(&here, Notice::HoursRemoved, bin))
}

/// The text about a day's exceptions at the head of a calendar column; empty:
/// there are none. `clinician` is `None` for a column of several therapists.
pub(crate) fn exceptions_note(
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
