//! Calendar files of other programs: read, previewed, and imported entry by
//! entry.
//!
//! The server keeps nothing between preview and import: the preview's form
//! contains what was read, and is checked like any other form when it is sent.
//! Where a file has more rows than a form can carry, the preview shows one part
//! of them. To see the next part, the user chooses the file again.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::{
    pages::scheduling::calendar_file::{
        self, EntryAction, FileKind, LeftOut, Model, NamedClient, Period, Preview, Row,
    },
    text,
    ui::{FormState, shell::Notice},
};
use chrono::{Duration, NaiveDate};
use domain::{
    clients::person::Zone,
    form::{Errors, Form, Reader, parse_date, rows},
    ids::AccountId,
    practice::hours::Exception,
    zone,
};
use sha2::{Digest as _, Sha256};
use store::{CalendarRow, FormKey, limits::HITS};
use tokio::sync::Semaphore;

use super::sessions;
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{PathIds, Query},
    ics,
    page::{Page, redirect_with},
    upload::{File, LONGEST_FILE, WithFile},
};

/// The longest span of days of a file that is shown at once.
const LONGEST: Duration = Duration::days(366);

/// The largest number of rows in the preview's form; each has five fields.
const MOST: usize = 300;

/// The largest number of remarks, and of entries listed as left out.
const MOST_REMARKS: usize = 100;

/// Limits how many files are read at the same time: each may take some hundred
/// megabytes of memory and a second of processor time.
static READERS: Semaphore = Semaphore::const_new(2);

const TITLE: &str = "Import a calendar (.ics)";

/// A page that is below the therapist's working hours in the breadcrumbs.
fn below_hours(page: &Page, clinician: AccountId) -> Page {
    page.under(format!("/clinicians/{clinician}/hours"), "Working hours")
}

/// GET /clinicians/{id}/calendar-file?from=&until=&part=: the form that takes a
/// calendar file; the parameters choose which days and which part of it will be
/// shown.
pub async fn show(bookings: Bookings, page: Page, PathIds(id): PathIds<AccountId>, Query(asked): Query) -> Answer {
    let today = zone::date_of(bookings.now(), &page.practice_zone());
    let form = with_days(Form::from_pairs([("holds", FileKind::Own.word())]), &asked, today);
    let model = model(&bookings, &page, id, FormState::new(form)).await?;
    below_hours(&page, model.clinician).ok(TITLE, model, calendar_file::view).await
}

/// Copies the days and the part from `asked` to `form`; the days default to a
/// year from today.
fn with_days(mut form: Form, asked: &Form, today: NaiveDate) -> Form {
    let or = |name: &str, default: NaiveDate| {
        Some(asked.get(name).trim().to_owned()).filter(|t| !t.is_empty()).unwrap_or_else(|| default.to_string())
    };
    form.set("from", or("from", today));
    form.set("until", or("until", today + LONGEST - Duration::days(1)));
    if part(asked) > 1 {
        form.set("part", part(asked).to_string());
    }
    form
}

/// The requested part of the file's rows, counted from 1.
fn part(form: &Form) -> usize {
    form.get("part").parse().ok().filter(|n| (1..=1000).contains(n)).unwrap_or(1)
}

/// Reads the first and the last requested day.
fn read_days(form: &Form, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Errors> {
    let mut r = Reader::new(form);
    let from = r.date("from", "Enter the first day, such as 2026-12-01.");
    let until = r.date("until", "Enter the last day, such as 2027-11-30.");
    if let Ok(from) = &from
        && *from < today
    {
        let _ = r.fail::<()>("from", "Enter today or a later day.");
    }
    if let (Ok(from), Ok(until)) = (&from, &until) {
        if until < from {
            let _ = r.fail::<()>("until", "Enter a last day on or after the first.");
        } else if *until - *from >= LONGEST {
            let _ = r.fail::<()>("until", "Enter a last day within a year of the first.");
        }
    }
    r.finish()?;
    Ok((from?, until?))
}

/// Sets its flag when it is dropped, which also happens when the request it
/// belongs to is dropped.
struct StopWhenGone(Arc<AtomicBool>);

impl Drop for StopWhenGone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads the entries of these days from a calendar file, on a thread for
/// blocking work because it may take a while. The work stops when the request
/// ends. `None`: it is no calendar file.
async fn read(bytes: Vec<u8>, days: ics::Days, practice: Zone) -> Result<Option<ics::Found>, Failure> {
    let _one_of_few = READERS.acquire().await.map_err(|_| Failure::Busy)?;
    let stop = StopWhenGone(Arc::default());
    let flag = Arc::clone(&stop.0);
    let read = tokio::task::spawn_blocking(move || ics::read(&bytes, days, &practice, &flag)).await;
    match read.map_err(|e| Failure::from(store::Error::Stored(e.to_string())))? {
        Ok(found) => Ok(Some(found)),
        Err(ics::Unread::NoCalendar) => Ok(None),
        Err(ics::Unread::Stopped) => Err(Failure::Busy),
    }
}

/// POST /clinicians/{id}/calendar-file: previews an uploaded `file`; with `do`
/// as `take`, imports the chosen rows of a preview.
pub async fn update(
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<AccountId>,
    WithFile { form, file, .. }: WithFile,
) -> Answer {
    // Refuses a therapist outside this scope before anything is read.
    let mut model = model(&bookings, &page, id, FormState::default()).await?;
    let holds: FileKind = form.get("holds").parse().unwrap_or_default();
    let holds = if model.desk { holds } else { FileKind::Own };
    if form.get("do") == "take" {
        return take(bookings, page, model, holds, form).await;
    }
    let practice = page.practice_zone();
    let today = zone::date_of(bookings.now(), &practice);
    let form = with_days(form.clone(), &form, today);
    let (bytes, (from, until)) = match read_upload(file, &form, today) {
        Ok(upload) => upload,
        Err(errors) => {
            model.form = FormState { form, errors };
            return below_hours(&page, model.clinician).invalid(TITLE, model, calendar_file::view).await;
        }
    };
    bookings.release_connection();
    let end = until + Duration::days(1);
    let Some(found) = read(bytes, (from, end), practice.clone()).await? else {
        let why = "This isn’t a calendar file. Choose a file that ends in .ics.";
        model.form = FormState { form, errors: Errors::at_field("file", why) };
        return below_hours(&page, model.clinician).invalid(TITLE, model, calendar_file::view).await;
    };
    let mut there = Existing::read(&bookings, id, holds, &practice, (from, until)).await?;
    let total = found.rows.len();
    let parts = total.div_ceil(MOST).max(1);
    let part = part(&form).min(parts);
    let mut rows = Vec::new();
    for row in found.rows.into_iter().skip((part - 1) * MOST).take(MOST) {
        rows.push(there.previewed(row).await?);
    }
    let mut kept = with_days(Form::from_pairs([("place", "online"), ("titles", form.get("titles"))]), &form, today);
    if parts > 1 {
        kept.set("part", part.to_string());
        kept.set("parts", parts.to_string());
    }
    model.form = FormState::new(kept);
    let more_left_out = found.left_out.len().saturating_sub(MOST_REMARKS);
    let left_out = found.left_out.iter().take(MOST_REMARKS).map(|l| LeftOut {
        title: l.title.clone(),
        line: l.line,
        why: l.why.clone(),
    });
    model.preview = Some(Preview {
        holds,
        period: Some(Period { from: text::day(from), until: text::day(until) }),
        rows,
        total,
        first: (part - 1) * MOST + 1,
        shown: found.shown,
        past: found.past,
        later: found.later,
        left_out: left_out.collect(),
        more_left_out,
        remarks: found.remarks.into_iter().take(MOST_REMARKS).collect(),
        places: places(&bookings).await?,
    });
    below_hours(&page, model.clinician).ok(TITLE, model, calendar_file::view).await
}

/// The bytes of an uploaded file, and the first and the last day that are asked for.
fn read_upload(file: File, form: &Form, today: NaiveDate) -> Result<(Vec<u8>, (NaiveDate, NaiveDate)), Errors> {
    let bytes = match file {
        File::Whole(bytes) => Ok(bytes),
        File::None => Err("Choose a calendar file (.ics).".to_owned()),
        File::TooLong(bytes) => Err(format!(
            "This file has {} MB; {} MB is the most. Export fewer years from the other calendar, or one calendar at a time.",
            bytes.div_ceil(1024 * 1024),
            LONGEST_FILE / 1024 / 1024
        )),
    };
    match (bytes, read_days(form, today)) {
        (Ok(bytes), Ok(days)) => Ok((bytes, days)),
        (bytes, days) => {
            let of_file = bytes.err().map(|why| Errors::at_field("file", why)).unwrap_or_default();
            Err(of_file.and(days.err().unwrap_or_default()))
        }
    }
}

/// What is in the calendar already, to compare the rows of a file with.
struct Existing<'a> {
    bookings: &'a Bookings,
    clinician: AccountId,
    holds: FileKind,
    zone: &'a Zone,
    /// The exceptions to the hours, each with its therapist; `None`: it is the whole
    /// practice's.
    exceptions: Vec<(Option<AccountId>, Exception)>,
    booked: Vec<CalendarRow>,
    /// The client whom each title names that was looked up so far.
    clients: HashMap<String, Option<NamedClient>>,
}

impl<'a> Existing<'a> {
    /// Reads what is in the calendar from the first to the last day.
    async fn read(
        bookings: &'a Bookings,
        clinician: AccountId,
        holds: FileKind,
        zone: &'a Zone,
        (from, until): (NaiveDate, NaiveDate),
    ) -> store::Result<Self> {
        let exceptions = bookings.exceptions(from, until).await?;
        let first = zone::day_start(from, zone).map_err(store::Error::from)?;
        let last = zone::day_start(until + Duration::days(1), zone).map_err(store::Error::from)?;
        let booked = bookings.calendar(first.max(bookings.now()), last, Some(clinician), None).await?;
        Ok(Self { bookings, clinician, holds, zone, exceptions, booked, clients: HashMap::new() })
    }

    /// The id and title of the client whom an entry's title names; `None`: it names
    /// none, or several.
    async fn client_of(&mut self, title: &str) -> store::Result<Option<NamedClient>> {
        if let Some(known) = self.clients.get(title) {
            return Ok(known.clone());
        }
        let client = client_named_by(self.bookings, title).await?;
        Ok(self.clients.entry(title.to_owned()).or_insert(client).clone())
    }

    /// Whether an entry on this day is in the calendar already.
    fn has(&self, day: &Exception) -> bool {
        let begins = day.hours.map(|h| day.first.and_time(h.from)).and_then(|at| zone::instant(at, self.zone).ok());
        let of = (!day.whole_practice).then_some(self.clinician);
        begins.is_some_and(|at| self.booked.iter().any(|s| s.starts_at == at))
            || self.exceptions.iter().any(|(whose, e)| *whose == of && covers(e, day))
    }

    /// A row of the file as the preview shows it.
    async fn previewed(&mut self, row: ics::Row) -> store::Result<Row> {
        let title = row.day.reason.clone();
        let client = match (&row.day.hours, self.holds) {
            (Some(_), FileKind::Own) => self.client_of(&title).await?,
            _ => None,
        };
        let day = Exception { whole_practice: self.holds == FileKind::Holidays, ..row.day };
        let known = self.has(&day);
        let is_free = row.is_free && self.holds == FileKind::Own;
        let take = match (known, row.doubts.is_empty(), &client, is_free) {
            (true, ..) | (_, false, ..) | (_, _, None, true) => EntryAction::Leave,
            (_, _, Some(_), _) => EntryAction::Session,
            _ => EntryAction::Busy,
        };
        let mut why: Vec<String> = row.doubts;
        if is_free && why.is_empty() {
            why.push("it is marked as free time".to_owned());
        }
        Ok(Row {
            when: field_value(&day),
            label: label(&day),
            title,
            take,
            client,
            known,
            why_skipped: (!why.is_empty() && !known).then(|| format!("Set to skip: {}.", why.join("; "))),
            hint: row.hint.map(str::to_owned),
            error: None,
        })
    }
}

/// Imports the chosen rows. Sessions that can’t be booked are shown again with
/// the reason.
async fn take(bookings: Bookings, page: Page, mut model: Model, holds: FileKind, form: Form) -> Answer {
    let key = FormKey::of_form(&form).unwrap_or_else(FormKey::fresh).to_string();
    let keeps_titles = holds == FileKind::Holidays || !form.get("titles").is_empty();
    let count = rows::count(&form).min(MOST);
    let (mut days, mut left) = (Vec::new(), Vec::new());
    for n in 0..count {
        let row = ChosenRow::read(&form, n, holds)?;
        let error = match row.take {
            EntryAction::Leave => None,
            EntryAction::Busy => {
                // The title is for the person who imports: colleagues who
                // book sessions see this reason.
                let reason = if keeps_titles { row.day.reason.clone() } else { "Busy".to_owned() };
                days.push(Exception { reason, ..row.day.clone() });
                None
            }
            EntryAction::Session => {
                let booking = row.booking(model.clinician, form.get("place"), &row_key(&key, n))?;
                sessions::book_or_reason(&bookings, &page, &booking).await?
            }
        };
        if error.is_some() {
            left.push(row.left(error));
        }
    }
    bookings.add_exceptions(model.clinician, &days).await?.found()?;
    if left.is_empty() {
        let today = zone::date_of(bookings.now(), &page.practice_zone());
        return Ok(redirect_with(&next_page(model.clinician, &form, today)?, Notice::TakenOver));
    }
    let errors = Errors::of_form(match left.len() {
        1 => "1 session couldn’t be booked. Everything else you chose was imported.".to_owned(),
        n => format!("{n} sessions couldn’t be booked. Everything else you chose was imported."),
    });
    // The rows that are left make a new form, numbered from the start.
    let names = ["place", "titles", "from", "until", "part", "parts"];
    let kept = Form::from_pairs(names.map(|name| (name, form.get(name))));
    model.form = FormState { form: kept, errors };
    let places = places(&bookings).await?;
    model.preview = Some(Preview::rest(holds, left, places));
    below_hours(&page, model.clinician).invalid(TITLE, model, calendar_file::view).await
}

/// A row of the preview's form that was sent back, and what to do with it.
struct ChosenRow {
    when: String,
    title: String,
    take: EntryAction,
    /// The id and title of the client whose session it is; `None`: it names none.
    client: Option<NamedClient>,
    day: Exception,
}

impl ChosenRow {
    /// Reads the row with this number.
    fn read(form: &Form, n: usize, holds: FileKind) -> Result<Self, Failure> {
        let get = |field: &str| form.get(&rows::field(n, field)).to_owned();
        let take: EntryAction = get("take").parse().map_err(|_| Failure::BadRequest)?;
        let (when, title) = (get("when"), get("title"));
        let day = read_day(&when, &title, holds == FileKind::Holidays).ok_or(Failure::BadRequest)?;
        let client = Some(NamedClient { id: get("client"), name: get("whom") }).filter(|client| !client.id.is_empty());
        Ok(Self { when, title, take, client, day })
    }

    /// The booking form of this row as a session. A `key` that was used before books
    /// nothing.
    fn booking(&self, clinician: AccountId, place: &str, key: &str) -> Result<Form, Failure> {
        let hours = self.day.hours.ok_or(Failure::BadRequest)?;
        let client = self.client.as_ref().ok_or(Failure::BadRequest)?;
        Ok(Form::from_pairs([
            ("client", client.id.as_str()),
            ("clinician", &clinician.to_string()),
            ("kind", "regular"),
            ("place", place),
            ("date", &self.day.first.to_string()),
            ("time", &text::time(hours.from)),
            ("minutes", &(hours.until - hours.from).num_minutes().to_string()),
            // The session is already agreed on, also where it is
            // outside the therapist's hours.
            ("outside", "yes"),
            ("key", key),
        ]))
    }

    /// The row as it is shown again; `error` says why it could not be booked.
    fn left(self, error: Option<String>) -> Row {
        Row {
            label: label(&self.day),
            when: self.when,
            title: self.title,
            take: self.take,
            client: self.client,
            known: false,
            why_skipped: None,
            hint: None,
            error,
        }
    }
}

/// The address that follows an import: the next part of the file, or the therapist's
/// hours.
fn next_page(clinician: AccountId, form: &Form, today: NaiveDate) -> Result<String, Failure> {
    let number = |name: &str| form.get(name).parse::<usize>().unwrap_or(1);
    if number("part") >= number("parts") {
        return Ok(format!("/clinicians/{clinician}/hours"));
    }
    let days = with_days(Form::default(), form, today);
    let (from, until) = (days.get("from"), days.get("until"));
    let (from, until) = (parse_date(from).ok_or(Failure::BadRequest)?, parse_date(until).ok_or(Failure::BadRequest)?);
    Ok(format!("/clinicians/{clinician}/calendar-file?from={from}&until={until}&part={}", number("part") + 1))
}

/// The page's model without a preview; not found: a therapist outside this
/// scope.
async fn model(bookings: &Bookings, page: &Page, id: AccountId, form: FormState) -> Result<Model, Failure> {
    let name = bookings.therapist_name(id).await?.found()?;
    Ok(Model { clinician: id, name, zone: page.practice_zone().city(), desk: bookings.is_desk(), form, preview: None })
}

/// The places for imported sessions: online, then each room.
async fn places(bookings: &Bookings) -> Result<Vec<(String, String)>, Failure> {
    let rooms = bookings.rooms().await?.into_iter().map(|r| (r.id.to_string(), r.name));
    Ok([("online".to_owned(), "Online".to_owned())].into_iter().chain(rooms).collect())
}

/// The id and title of the one client whom an entry's title names: the whole
/// title, or its part before a dash or a bracket. A title with the names of two
/// partners names their couple. `None`: no client or several fit.
async fn client_named_by(bookings: &Bookings, title: &str) -> store::Result<Option<NamedClient>> {
    let head = title.split(['(', '[', '–', '—', ':', '|']).next().unwrap_or_default();
    let head = head.split(" - ").next().unwrap_or_default();
    for text in [title, head] {
        let words = text.replace(['+', '/', ','], " & ").replace(" and ", " & ");
        if words.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            continue;
        }
        if let [hit] = bookings.find_clients(&words, HITS, None).await?.rows.as_slice() {
            return Ok(Some(NamedClient { id: hit.client.to_string(), name: hit.title() }));
        }
    }
    Ok(None)
}

/// Whether an exception that is already stored covers a day of a file.
fn covers(standing: &Exception, day: &Exception) -> bool {
    let hours = match (standing.hours, day.hours) {
        (None, _) => true,
        (Some(s), Some(d)) => s.from <= d.from && d.until <= s.until,
        (Some(_), None) => false,
    };
    standing.kind == day.kind && hours && standing.first <= day.first && day.last <= standing.last
}

/// The value of a row's `when` field, such as
/// `2026-12-01/2026-12-01/10:00/11:00`; [`read_day`] reads it.
fn field_value(day: &Exception) -> String {
    let hours = day.hours.map(|h| (text::time(h.from), text::time(h.until))).unwrap_or_default();
    format!("{}/{}/{}/{}", day.first, day.last, hours.0, hours.1)
}

/// Reads what [`field_value`] wrote; `None`: it does not fit.
fn read_day(when: &str, title: &str, of_all: bool) -> Option<Exception> {
    let mut parts = when.split('/');
    let mut form = Form::from_pairs([("kind", "away"), ("reason", title)]);
    for name in ["first", "last", "from", "until"] {
        form.set(name, parts.next()?);
    }
    let day = Exception::read(&form).ok()?;
    Some(Exception { whole_practice: of_all, ..day })
}

/// A row's days and hours as text.
fn label(day: &Exception) -> String {
    let long = |day: NaiveDate| day.format("%a %-d %B %Y").to_string();
    match day.hours {
        Some(hours) => format!("{}, {hours}", long(day.first)),
        None if day.first == day.last => format!("{}, all day", long(day.first)),
        None => format!("{} to {}, all day", long(day.first), long(day.last)),
    }
}

/// The form key of a row's booking, derived from the form's own key.
fn row_key(form: &str, row: usize) -> String {
    let hash = Sha256::digest(format!("{form}/{row}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
