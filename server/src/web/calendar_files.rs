//! Calendar files from elsewhere: read, shown, and taken over entry by entry.
//!
//! Nothing is kept between the two steps: the preview's form carries what was
//! read, and what comes back is checked like every form.

use app::{
    pages::calendar_file::{self, Holds, Model, Preview, Row, Take},
    text,
    ui::{FormState, shell::Notice},
};
use chrono::{Duration, NaiveDate};
use domain::{
    availability::Exception,
    form::{Errors, Form, rows},
    ids::AccountId,
    zone,
};
use sha2::{Digest as _, Sha256};
use store::FormKey;

use super::sessions;
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{At, Uploaded},
    ics,
    page::{Page, redirect_with},
};

/// So far ahead a file is read.
const AHEAD: Duration = Duration::days(366);

/// GET /clinicians/{id}/calendar-file
pub async fn show(bookings: Bookings, page: Page, At(id): At<AccountId>) -> Answer {
    let form = FormState::new(Form::from_pairs([("holds", Holds::Own.word())]));
    let model = model(&bookings, &page, id, form).await?;
    page.ok("Calendar file", model, calendar_file::view).await
}

/// POST /clinicians/{id}/calendar-file: a `file` to look at; with `do` as
/// `take`, what was chosen of one.
pub async fn update(bookings: Bookings, page: Page, At(id): At<AccountId>, Uploaded(form): Uploaded) -> Answer {
    // A therapist of this scope, before anything is read.
    let mut model = model(&bookings, &page, id, FormState::default()).await?;
    let holds: Holds = form.get("holds").parse().unwrap_or_default();
    let holds = if model.desk { holds } else { Holds::Own };
    if form.get("do") == "take" {
        return take(bookings, page, model, holds, form).await;
    }
    let zone = page.practice_zone();
    let today = zone::today(bookings.now(), &zone);
    let file = form.get("file").to_owned();
    if file.trim().is_empty() {
        model.form = FormState { form, errors: Errors::one("file", "Please choose a file.") };
        return page.again("Calendar file", model, calendar_file::view).await;
    }
    // A file may take a while to count through: not on a thread that answers.
    let practice = zone.clone();
    bookings.read_anew();
    let read = tokio::task::spawn_blocking(move || ics::read(&file, today, today + AHEAD, &practice)).await;
    let found = match read.map_err(|e| Failure::from(store::Error::Stored(e.to_string())))? {
        Ok(found) => found,
        Err(fault) => {
            let mut kept = form;
            kept.0.retain(|(name, _)| name != "file");
            model.form = FormState { form: kept, errors: Errors::one("file", fault) };
            return page.again("Calendar file", model, calendar_file::view).await;
        }
    };
    let titles = holds == Holds::Holidays || !form.get("titles").is_empty();
    let standing = bookings.exceptions(today, today + AHEAD).await?;
    let (from, until) = (bookings.now(), zone::day_start(today + AHEAD, &zone).map_err(store::Error::from)?);
    let booked = bookings.calendar(from, until, Some(id), None).await?;
    let mut rows = Vec::new();
    let mut asked: std::collections::HashMap<String, Option<(String, String)>> = std::collections::HashMap::new();
    for entry in found.entries {
        let title = entry.day.reason.clone();
        let client = match (&entry.day.hours, holds) {
            (Some(_), Holds::Own) => match asked.get(&title) {
                Some(known) => known.clone(),
                None => {
                    let named = named(&bookings, &title).await?;
                    asked.entry(title.clone()).or_insert(named).clone()
                }
            },
            _ => None,
        };
        let day = Exception { of_all: holds == Holds::Holidays, ..entry.day };
        let begins = day.hours.map(|h| day.first.and_time(h.from)).and_then(|at| zone::instant(at, &zone).ok());
        let of = (!day.of_all).then_some(id);
        let known = begins.is_some_and(|at| booked.iter().any(|s| s.starts_at == at))
            || standing.iter().any(|(whose, e)| *whose == of && covers(e, &day));
        let take = match (known, &client, entry.free && holds == Holds::Own) {
            (true, ..) | (_, None, true) => Take::Leave,
            (_, Some(_), _) => Take::Session,
            _ => Take::Busy,
        };
        rows.push(Row {
            when: sent(&day),
            label: label(&day),
            title: if titles || client.is_some() { title } else { "Busy".to_owned() },
            take,
            client,
            known,
            error: None,
        });
    }
    let mut form = Form::default();
    FormKey::give(&mut form);
    form.set("place", "online");
    model.form = FormState::new(form);
    let notes = found.notes.into_iter().take(20).collect();
    let places = places(&bookings).await?;
    model.preview = Some(Preview { holds, rows, notes, more: found.more, past: found.past, places });
    page.ok("Calendar file", model, calendar_file::view).await
}

/// Does what was chosen. What cannot be stays, with the reason.
async fn take(bookings: Bookings, page: Page, mut model: Model, holds: Holds, form: Form) -> Answer {
    let key = FormKey::read(&form).map(|k| k.to_string()).ok_or(Failure::BadRequest)?;
    let count = rows::count(&form).min(ics::MOST);
    let (mut days, mut left) = (Vec::new(), Vec::new());
    for n in 0..count {
        let get = |field: &str| form.get(&rows::field(n, field)).to_owned();
        let take: Take = get("take").parse().map_err(|_| Failure::BadRequest)?;
        let (when, title) = (get("when"), get("title"));
        let day = read_day(&when, &title, holds == Holds::Holidays).ok_or(Failure::BadRequest)?;
        let client = Some((get("client"), get("whom"))).filter(|(id, _)| !id.is_empty());
        let wrong = match take {
            Take::Leave => None,
            Take::Busy => {
                days.push(day.clone());
                None
            }
            Take::Session => {
                let hours = day.hours.ok_or(Failure::BadRequest)?;
                let (client, _) = client.clone().ok_or(Failure::BadRequest)?;
                let own = Form::from_pairs([
                    ("client", client.as_str()),
                    ("clinician", &model.clinician.to_string()),
                    ("kind", "regular"),
                    ("place", form.get("place")),
                    ("date", &day.first.to_string()),
                    ("time", &text::time(hours.from)),
                    ("minutes", &(hours.until - hours.from).num_minutes().to_string()),
                    // It stands in a calendar already, whatever the hours say.
                    ("outside", "yes"),
                    // The same form twice books once.
                    ("key", &key_of(&key, n)),
                ]);
                sessions::book_plainly(&bookings, &page, &own).await?
            }
        };
        if wrong.is_some() {
            left.push(Row { label: label(&day), when, title, take, client, known: false, error: wrong });
        }
    }
    bookings.add_exceptions(model.clinician, &days).await?.found()?;
    if left.is_empty() {
        return Ok(redirect_with(&format!("/clinicians/{}/hours", model.clinician), Notice::TakenOver));
    }
    let errors = Errors::whole(match left.len() {
        1 => "One of them could not be booked; the others are taken over.".to_owned(),
        n => format!("{n} of them could not be booked; the others are taken over."),
    });
    // What is left is another form: its rows have other numbers.
    let mut kept = Form::from_pairs([("place", form.get("place"))]);
    FormKey::give(&mut kept);
    model.form = FormState { form: kept, errors };
    let places = places(&bookings).await?;
    model.preview = Some(Preview { holds, rows: left, notes: vec![], more: 0, past: 0, places });
    page.again("Calendar file", model, calendar_file::view).await
}

async fn model(bookings: &Bookings, page: &Page, id: AccountId, form: FormState) -> Result<Model, Failure> {
    let name = bookings.therapist_name(id).await?.found()?;
    Ok(Model { clinician: id, name, zone: page.practice_zone().city(), desk: bookings.is_desk(), form, preview: None })
}

async fn places(bookings: &Bookings) -> Result<Vec<(String, String)>, Failure> {
    let rooms = bookings.rooms().await?.into_iter().map(|r| (r.id.to_string(), r.name));
    Ok([("online".to_owned(), "Online".to_owned())].into_iter().chain(rooms).collect())
}

/// The one client that a title names: all of it, or what stands before a dash
/// or a bracket; of two who are both named, their couple.
async fn named(bookings: &Bookings, title: &str) -> store::Result<Option<(String, String)>> {
    let head = title.split(['(', '[', '–', '—', ':', '|']).next().unwrap_or_default();
    let head = head.split(" - ").next().unwrap_or_default();
    for text in [title, head] {
        let words = text.replace(['+', '/', ','], " & ").replace(" and ", " & ");
        if words.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            continue;
        }
        if let [hit] = bookings.find_clients(&words).await?.as_slice() {
            return Ok(Some((hit.client.to_string(), hit.title())));
        }
    }
    Ok(None)
}

/// Whether what stands says all that a day of a file says.
fn covers(standing: &Exception, day: &Exception) -> bool {
    let hours = match (standing.hours, day.hours) {
        (None, _) => true,
        (Some(s), Some(d)) => s.from <= d.from && d.until <= s.until,
        (Some(_), None) => false,
    };
    standing.kind == day.kind && hours && standing.first <= day.first && day.last <= standing.last
}

/// A day as the form sends it: `2026-12-01/2026-12-01/10:00/11:00`.
fn sent(day: &Exception) -> String {
    let hours = day.hours.map(|h| (text::time(h.from), text::time(h.until))).unwrap_or_default();
    format!("{}/{}/{}/{}", day.first, day.last, hours.0, hours.1)
}

fn read_day(when: &str, title: &str, of_all: bool) -> Option<Exception> {
    let mut parts = when.split('/');
    let mut form = Form::from_pairs([("kind", "away"), ("reason", title)]);
    for name in ["first", "last", "from", "until"] {
        form.set(name, parts.next()?);
    }
    let day = Exception::read(&form).ok()?;
    Some(Exception { of_all, ..day })
}

fn label(day: &Exception) -> String {
    let long = |day: NaiveDate| day.format("%a %-d %B %Y").to_string();
    match day.hours {
        Some(hours) => format!("{}, {hours}", long(day.first)),
        None if day.first == day.last => format!("{}, all day", long(day.first)),
        None => format!("{} to {}, all day", long(day.first), long(day.last)),
    }
}

/// The key of a row's booking, from the form's.
fn key_of(form: &str, row: usize) -> String {
    let hash = Sha256::digest(format!("{form}/{row}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
