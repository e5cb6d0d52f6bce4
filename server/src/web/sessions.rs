//! Sessions: booked, looked at, marked, moved and cancelled, by the front
//! desk for everyone and by a therapist for their own.

mod time;

use app::{
    pages::{
        booking::{self, BookForm, Hit, TakenView},
        cancel, move_session,
        session::{self, AttendeeItem, Model, ReplyItem},
    },
    text,
    ui::{FormState, shell::Notice},
};
use chrono::{DateTime, Utc};
use domain::{
    fee::FeeState,
    form::{Errors, Form, parse_date},
    ids::{ClientId, RoomId, SessionId},
    person::{Role, Zone},
    reply::Reply,
    series::{Reach, Rule},
    session::{Cancellation, Move, NewSession, Over, SessionKind, SessionState, Timing, is_late},
    slots::DayPart,
    zone,
};
use store::{Booked, Change, FormKey, Goal, PersonHit, ReplyView, SessionView, Slot, Taken, Undone};

use self::time::Unresolved;
use super::series;
use crate::{
    access::{Bookings, query},
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect, redirect_with},
};

/// GET /sessions/new?q=… to find a client, ?client=… to book with one; what
/// else of the form is given is taken over.
pub async fn new(bookings: Bookings, page: Page, Asked(q): Asked) -> Answer {
    let Some(client) = q.has("client").then(|| q.get("client")) else {
        let hits = bookings.find_clients(q.get("q")).await?;
        let carried = CARRIED.iter().filter(|n| is_plain(q.get(n))).map(|n| ((*n).to_owned(), q.get(n).to_owned()));
        let model = booking::Model {
            q: q.get("q").trim().to_owned(),
            hits: hits.iter().map(hit).collect(),
            carried: carried.collect(),
            form: None,
        };
        return page.ok("New session", model, booking::view).await;
    };
    let client: ClientId = client.parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let mut form =
        Form::from_pairs([("attendee", "everyone"), ("kind", "regular"), ("repeat", "once"), ("ends", "never")]);
    if let [(one, _)] = hit.people.as_slice() {
        form.set("attendee", one.to_string());
    }
    match bookings.usual(client).await? {
        Some(usual) => {
            form.set("clinician", usual.clinician.to_string());
            if let Some(minutes) = usual.minutes {
                form.set("minutes", minutes.to_string());
                form.set("place", usual.room.map_or_else(|| "online".to_owned(), |room| room.to_string()));
            }
        }
        None if bookings.visitor().has(Role::Clinician) => form.set("clinician", bookings.me().to_string()),
        None => {}
    }
    form.set("date", zone::today(bookings.now(), &page.practice_zone()).to_string());
    for name in ["attendee", "clinician", "place", "date", "time", "fold", "minutes"] {
        if !q.get(name).is_empty() {
            form.set(name, q.get(name));
        }
    }
    FormKey::give(&mut form);
    let state = FormState::new(form);
    let model = book_form(&bookings, &page, hit, state, None).await?;
    page.ok("New session", model, booking::view).await
}

/// A session of no length is as long as its kind usually is.
pub(super) fn usual_length(form: &mut Form, page: &Page) {
    let kind: Option<SessionKind> = form.get("kind").parse().ok();
    if form.get("minutes").trim().is_empty()
        && let (Some(practice), Some(kind)) = (page.practice(), kind)
    {
        form.set("minutes", practice.minutes_of(kind).to_string());
    }
}

/// What may be known of a session before it is known whose it is.
const CARRIED: [&str; 5] = ["clinician", "place", "date", "time", "minutes"];

/// An id, a date, a time, a number: nothing that a link could carry else.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.len() <= 40 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c))
}

/// POST /sessions
pub async fn create(bookings: Bookings, page: Page, Typed(mut form): Typed) -> Answer {
    time::take_offer(&mut form);
    usual_length(&mut form, &page);
    series::choose_others(&mut form);
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let hit = bookings.client_to_book(client).await?.found()?;
    let mut clashes = vec![];
    let rule = parse_date(form.get("date")).map_or(Ok(None), |first| Rule::read(&form, first));
    let (errors, taken) = match (NewSession::read(&form), rule) {
        (new, Err(errors)) => (new.err().unwrap_or_default().and(errors), None),
        (Err(errors), Ok(_)) => (errors, None),
        (Ok(mut new), Ok(rule)) => {
            let zone = page.practice_zone();
            match time::resolve(new.starts, new.fold, new.minutes, &zone, bookings.now(), None)? {
                Err(why) => unresolved(why, &zone)?,
                Ok(timing) => match rule {
                    Some(rule) => {
                        let choices = series::choices(&form);
                        let (why, unfit) = series::why_over(&form, &choices);
                        new.over = why;
                        let booked = bookings.book_series(&new, &rule, &zone, &choices).await?;
                        match series::outcome(booked, unfit, &zone) {
                            Ok(id) => return Ok(redirect_with(&page_of(id), Notice::BookedSeries)),
                            Err((errors, items)) => {
                                clashes = items;
                                (errors, None)
                            }
                        }
                    }
                    None => match bookings.book(&new, &timing).await? {
                        Booked::Done(id) => return Ok(redirect_with(&format!("/sessions/{id}"), Notice::Booked)),
                        Booked::Taken(what) => in_the_way(&what, new.over.as_ref(), &zone)?,
                        Booked::Unfit(field, message) => (Errors::one(field, message), None),
                    },
                },
            }
        }
    };
    FormKey::give(&mut form);
    if clashes.is_empty() && taken.is_none() && form.get("repeat") != "once" {
        clashes = series::kept(&form);
    }
    let mut model = book_form(&bookings, &page, hit, FormState { form, errors }, taken).await?;
    if let Some(book) = &mut model.form {
        book.clashes = clashes;
    }
    page.again("New session", model, booking::view).await
}

/// GET /sessions/{id}
pub async fn show(bookings: Bookings, page: Page, At(id): At<SessionId>) -> Answer {
    let session = bookings.session(id).await?.found()?;
    let zone = session.timing.zone.clone();
    let now = bookings.now();
    let changes = bookings.changes(id).await?;
    let messages = if bookings.is_desk() {
        Some(bookings.session_messages(id).await?.into_iter().map(|m| super::messages::item(m, &zone)).collect())
    } else {
        None
    };
    let is_own = session.clinician == bookings.me() && bookings.visitor().has(Role::Clinician);
    let title = session.title();
    let model = Model {
        id,
        title: title.clone(),
        attendees: session
            .attendees
            .iter()
            .map(|a| AttendeeItem {
                name: a.name.clone(),
                clock: own_clock(&session.timing, &a.zone),
                phone: a.phone.clone(),
                mails: bookings.is_desk().then_some(a.person),
            })
            .collect(),
        clinician: session.clinician_name.clone(),
        place: session.way(),
        link: session.link.clone(),
        over: session.over.clone(),
        when: when(&session.timing),
        kind: session.kind.label().to_owned(),
        state: session.state,
        series: bookings.series_of(&session).await?.map(|s| series::told(&s)),
        next_states: session.state.next().iter().copied().filter(|s| fits_now(*s, &session, now)).collect(),
        can_change: may_change(&session, now),
        undo: bookings.can_undo(&session).await?.map(|(until, at)| {
            let moved = !session.state.occupies() || at != session.timing.starts_at;
            (text::clock(until, &zone), if moved { text::short(at, &zone) } else { String::new() })
        }),
        waits: bookings.waits_since(id).await?.map(|(since, part)| (text::short(since, &zone), part)),
        fee: bookings.fee(id).await?.map(|f| (f.amount, f.state, f.by)),
        is_own,
        client: is_own.then_some(session.client),
        replies: bookings.replies(id).await?.iter().map(|r| reply(r, &session, &zone, now)).collect(),
        changes: changes.iter().map(|c| change(c, &zone)).collect(),
        messages,
    };
    page.ok(&title, model, session::view).await
}

/// What somebody said, and whether they could be met alone.
fn reply(r: &ReplyView, session: &SessionView, zone: &Zone, now: DateTime<Utc>) -> ReplyItem {
    let joint = session.attendees.len() > 1;
    let alone = r.open && joint && r.reply == Reply::Alone && may_change(session, now);
    ReplyItem {
        person: r.person,
        text: format!("{}: “{}”.", r.name, r.reply.words(joint)),
        at: text::short(r.at, zone),
        open: r.open,
        alone: alone.then(|| r.name.clone()),
    }
}

/// POST /sessions/{id}/state
pub async fn state(bookings: Bookings, At(id): At<SessionId>, Typed(form): Typed) -> Answer {
    let session = bookings.session(id).await?.found()?;
    let state: SessionState = form.get("state").parse().map_err(|_| Failure::BadRequest)?;
    // Where somebody else was quicker, the page shows how it stands now.
    let back = if form.get("back") == "desk" { "/desk".to_owned() } else { page_of(id) };
    if fits_now(state, &session, bookings.now()) && bookings.set_state(id, state).await? {
        Ok(redirect_with(&back, Notice::StateChanged))
    } else {
        Ok(redirect(&back))
    }
}

/// POST /sessions/{id}/fee: what is suggested is kept or let go.
pub async fn fee(bookings: Bookings, At(id): At<SessionId>, Typed(form): Typed) -> Answer {
    let state: FeeState = form.get("fee").parse().map_err(|_| Failure::BadRequest)?;
    bookings.decide_fee(id, state).await?.found()?;
    Ok(redirect_with(&page_of(id), Notice::Noted))
}

/// POST /sessions/{id}/earlier: those who come wait for an earlier time, or no
/// more.
pub async fn earlier(bookings: Bookings, At(id): At<SessionId>, Typed(form): Typed) -> Answer {
    let back = if form.get("back") == "list" { "/inquiries".to_owned() } else { page_of(id) };
    let done = match form.get("do") {
        "stop" => bookings.drop_earlier(id).await?,
        _ => bookings.wish_earlier(id, form.get("part").parse().unwrap_or(DayPart::Any)).await?,
    };
    done.then_some(()).found()?;
    Ok(redirect_with(&back, Notice::Noted))
}

/// POST /sessions/{id}/undo
pub async fn undo(bookings: Bookings, At(id): At<SessionId>) -> Answer {
    let notice = match bookings.undo(id).await?.found()? {
        Undone::Done => Notice::Undone,
        Undone::TooLate => Notice::TooLateToUndo,
        Undone::Taken(_) => Notice::TakenMeanwhile,
    };
    Ok(redirect_with(&page_of(id), notice))
}

/// GET /sessions/{id}/move: as it stands, or with what is asked for in it.
pub async fn move_form(bookings: Bookings, page: Page, At(id): At<SessionId>, Asked(q): Asked) -> Answer {
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

/// POST /sessions/{id}/move
pub async fn update(bookings: Bookings, page: Page, At(id): At<SessionId>, Typed(mut form): Typed) -> Answer {
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
                Err(why) => unresolved(why, &zone)?,
                Ok(_) if in_series => {
                    let (reach, choices) = (series::reach(&form), series::choices(&form));
                    let (why, unfit) = series::why_over(&form, &choices);
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
                Ok(timing) => match bookings.move_session(id, &Goal::of(&wish, &timing)).await? {
                    Booked::Done(id) => return Ok(redirect_with(&page_of(id), Notice::Moved)),
                    Booked::Taken(what) => in_the_way(&what, wish.over.as_ref(), &zone)?,
                    Booked::Unfit(field, message) => (Errors::one(field, message), None),
                },
            }
        }
    };
    if clashes.is_empty() && in_series {
        clashes = series::kept(&form);
    }
    let mut model = move_model(&bookings, &page, &session, FormState { form, errors }, taken).await?;
    model.clashes = clashes;
    page.again("Move a session", model, move_session::view).await
}

/// GET /sessions/{id}/cancellation
pub async fn cancel_form(bookings: Bookings, page: Page, At(id): At<SessionId>) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
    let form = FormState::new(Form::from_pairs([("reach", Reach::One.word())]));
    let model = cancel_model(&bookings, &page, &session, form).await?;
    page.ok("Cancel a session", model, cancel::view).await
}

/// POST /sessions/{id}/cancellation
pub async fn cancel(bookings: Bookings, page: Page, At(id): At<SessionId>, Typed(form): Typed) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
    match Cancellation::read(&form, is_late_now(&bookings, &page, &session)) {
        Err(errors) => {
            let model = cancel_model(&bookings, &page, &session, FormState { form, errors }).await?;
            page.again("Cancel a session", model, cancel::view).await
        }
        Ok(cancellation) if session.series.is_some() && series::reach(&form) != Reach::One => {
            match bookings.cancel_series(id, series::reach(&form), &cancellation).await? {
                Some(_) => Ok(redirect_with(&page_of(id), Notice::CancelledSeries)),
                None => Ok(redirect(&page_of(id))),
            }
        }
        // Asked for twice, it is cancelled once.
        Ok(cancellation) => match bookings.cancel(id, &cancellation).await? {
            Some(_) => Ok(redirect_with(&page_of(id), Notice::Cancelled)),
            None => Ok(redirect(&page_of(id))),
        },
    }
}

/// Where a session is moved to a time that is free for it.
pub(super) fn move_to(session: &SessionView, slot: &Slot, zone: &Zone) -> store::Result<String> {
    let (date, when) = time::offer(slot.at, zone)?;
    let (time, fold) = when.split_once(' ').unwrap_or((&when, ""));
    let place = slot.room.as_ref().map_or_else(|| "online".to_owned(), |room| room.id.to_string());
    let asked = [("date", date.as_str()), ("time", time), ("fold", fold), ("place", &place)];
    Ok(format!("{}/move?{}", page_of(session.id), query(&asked)))
}

fn page_of(id: SessionId) -> String {
    format!("/sessions/{id}")
}

fn hit(hit: &PersonHit) -> Hit {
    Hit { client: hit.client, title: hit.title(), kind: hit.kind.label().to_owned() }
}

async fn book_form(
    bookings: &Bookings,
    page: &Page,
    hit: PersonHit,
    form: FormState,
    taken: Option<TakenView>,
) -> Result<booking::Model, Failure> {
    let zone = page.practice_zone();
    let clinicians = bookings.clinicians().await?;
    let book = BookForm {
        client: hit.client,
        client_title: hit.title(),
        attendees: hit.people,
        clinicians: clinicians.into_iter().map(|c| (c.id, c.name)).collect(),
        rooms: rooms(bookings).await?,
        key: form.form.get("key").to_owned(),
        lengths: page.practice().map(|p| p.kinds.iter().map(|k| (k.kind, k.minutes)).collect()).unwrap_or_default(),
        fold: time::both(&form.form, &zone)?,
        form,
        zone: zone.city(),
        taken,
        clashes: vec![],
    };
    Ok(booking::Model { form: Some(book), ..booking::Model::default() })
}

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
        when: when(&session.timing),
        rooms: rooms(bookings).await?,
        clinicians: bookings.clinicians().await?.into_iter().map(|c| (c.id, c.name)).collect(),
        fold: time::both(&form.form, &zone)?,
        form,
        zone: zone.city(),
        taken,
        series: series_words(bookings, session).await?,
        clashes: vec![],
    })
}

async fn series_words(bookings: &Bookings, session: &SessionView) -> Result<Option<String>, Failure> {
    Ok(bookings.series_of(session).await?.map(|s| s.rule.words()))
}

/// Books one session of many that a form brings; what is in the way, in a
/// sentence.
pub(super) async fn book_plainly(bookings: &Bookings, page: &Page, form: &Form) -> Result<Option<String>, Failure> {
    let zone = page.practice_zone();
    let first = |errors: &Errors| errors.iter().next().map(|(_, message)| message.to_owned());
    let new = match NewSession::read(form) {
        Ok(new) => new,
        Err(errors) => return Ok(first(&errors)),
    };
    Ok(match time::resolve(new.starts, new.fold, new.minutes, &zone, bookings.now(), None)? {
        Err(why) => first(&unresolved(why, &zone)?.0),
        Ok(timing) => match bookings.book(&new, &timing).await? {
            Booked::Done(_) => None,
            Booked::Taken(what) => match in_the_way(&what, None, &zone)? {
                (_, Some(view)) if !view.what.is_empty() => Some(format!("{}.", view.what.join("; "))),
                (errors, _) => first(&errors),
            },
            Booked::Unfit(_, message) => Some(message.to_owned()),
        },
    })
}

async fn rooms(bookings: &Bookings) -> Result<Vec<(RoomId, String)>, Failure> {
    Ok(bookings.rooms().await?.into_iter().map(|r| (r.id, r.name)).collect())
}

async fn cancel_model(
    bookings: &Bookings,
    page: &Page,
    session: &SessionView,
    form: FormState,
) -> Result<cancel::Model, Failure> {
    let late = is_late_now(bookings, page, session);
    let series = series_words(bookings, session).await?;
    Ok(cancel::Model { id: session.id, title: session.title(), when: when(&session.timing), late, series, form })
}

fn is_late_now(bookings: &Bookings, page: &Page, session: &SessionView) -> bool {
    is_late(session.timing.starts_at, bookings.now(), page.practice().map_or(0, |p| p.notice_hours))
}

/// What has begun is neither moved nor cancelled: it took place, or it did not.
fn may_change(session: &SessionView, now: DateTime<Utc>) -> bool {
    session.state.is_ahead() && session.timing.starts_at > now
}

fn unresolved(why: Unresolved, zone: &Zone) -> Result<(Errors, Option<TakenView>), Failure> {
    Ok(match why {
        Unresolved::Gap(next) => {
            let message = format!(
                "The clocks go forward that night, so this time does not exist. The next one that does is {}.",
                next.format("%H:%M")
            );
            let at = zone::instant(next, zone).map_err(store::Error::from)?;
            let taken = TakenView { next: vec![offer(at, zone)?], ..TakenView::default() };
            (Errors::one("time", message), Some(taken))
        }
        Unresolved::Twice => (
            Errors::one("fold", "The clocks go back that night, so this time comes twice. Please choose which one."),
            None,
        ),
        Unresolved::Past => (Errors::one("date", "This time has passed already. Please choose a later one."), None),
    })
}

/// What to say of a refusal, with the next free times.
fn in_the_way(taken: &Taken, over: Option<&Over>, zone: &Zone) -> Result<(Errors, Option<TakenView>), Failure> {
    let what = taken
        .what
        .iter()
        .map(|w| format!("{} is taken from {} to {}", w.name, text::clock(w.from, zone), text::clock(w.until, zone)))
        .collect();
    let next = taken.next.iter().map(|at| offer(*at, zone)).collect::<Result<_, _>>()?;
    let message = if taken.what.is_empty() {
        "This is outside the therapist’s hours. Choose another time, or tick that it is meant."
    } else if over.is_some_and(|over| over.seen != taken.seen) {
        "Something else is there than what was shown to you. Look at it, and send the form again if it is still meant."
    } else {
        "This time is not free."
    };
    Ok((
        Errors::one("time", message),
        Some(TakenView { what, outside: taken.outside, next, seen: series::mark(taken.seen) }),
    ))
}

fn offer(at: DateTime<Utc>, zone: &Zone) -> store::Result<(String, String, String)> {
    let (date, time) = time::offer(at, zone)?;
    let wall = zone::wall(at, zone);
    let mut label = text::short(at, zone);
    // Only where the wall time alone does not say it.
    if time.contains(' ') {
        label.push_str(&format!(" ({})", wall.utc_offset()));
    }
    Ok((date, time, label))
}

/// Nobody completes or misses what has not begun, or arrives on another day.
fn fits_now(state: SessionState, session: &SessionView, now: DateTime<Utc>) -> bool {
    let timing = &session.timing;
    match state {
        SessionState::Completed | SessionState::NoShow => timing.starts_at <= now,
        // What lies ahead is cancelled with a word to those who would come.
        SessionState::LateCancelled if session.state.occupies() => timing.starts_at <= now,
        SessionState::Arrived => zone::today(now, &timing.zone) >= timing.starts.date(),
        _ => true,
    }
}

/// `Mon 23 Nov 2026, 10:00`.
pub(super) fn day_time(at: DateTime<Utc>, zone: &Zone) -> String {
    zone::wall_time(at, zone).format("%a %-d %b %Y, %H:%M").to_string()
}

/// `Monday 23 November 2026, 10:00–10:50 (Berlin, UTC+1)`.
fn when(timing: &Timing) -> String {
    let wall = zone::wall(timing.starts_at, &timing.zone);
    let (from, until) = (text::time(wall.time.time()), text::clock(timing.ends_at, &timing.zone));
    format!("{}, {from}–{until} ({}, {})", text::day(wall.time.date()), timing.zone.city(), wall.utc_offset())
}

/// The start on somebody's own clock, where it shows another time.
fn own_clock(timing: &Timing, theirs: &Zone) -> String {
    let (here, there) = (zone::wall(timing.starts_at, &timing.zone), zone::wall(timing.starts_at, theirs));
    if here.time == there.time {
        return String::new();
    }
    let day = if here.time.date() == there.time.date() {
        String::new()
    } else {
        format!("{}, ", text::short_day(there.time.date()))
    };
    format!("{day}{} in {} ({})", text::time(there.time.time()), theirs.city(), there.utc_offset())
}

/// At, who, what, why.
fn change(c: &Change, zone: &Zone) -> (String, String, String, String) {
    let to = |at: Option<DateTime<Utc>>| at.map(|at| day_time(at, zone)).unwrap_or_default();
    let what = match c.what.as_str() {
        "booked" if c.to_at.is_some() => format!("Booked for {}", to(c.to_at)),
        "undone" => format!("Undone: it stands at {} again, and nobody was told", to(c.to_at)),
        "moved" if c.from_at == c.to_at => "Changed place, length or therapist".to_owned(),
        "handed" => "Given to another therapist".to_owned(),
        "kind" => "Of another kind".to_owned(),
        "moved" => format!("Moved from {} to {}", to(c.from_at), to(c.to_at)),
        word => word.parse::<SessionState>().map_or_else(|_| word.to_owned(), |s| format!("Marked as: {}", s.label())),
    };
    (day_time(c.at, zone), c.who.clone(), what, c.reason.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_reader_elsewhere_sees_their_own_clock() {
        let starts = "2027-03-18T15:00:00".parse().unwrap();
        let timing = store::timing(starts, &berlin(), 50, None).unwrap();
        assert_eq!(when(&timing), "Thursday 18 March 2027, 15:00–15:50 (Berlin, UTC+1)");
        assert_eq!(own_clock(&timing, &berlin()), "");
        // The same clock under another name needs no second line.
        assert_eq!(own_clock(&timing, &Zone::parse("Europe/Madrid").unwrap()), "");
        assert_eq!(own_clock(&timing, &Zone::parse("America/New_York").unwrap()), "10:00 in New York (UTC−4)");
        assert_eq!(own_clock(&timing, &Zone::parse("Asia/Kolkata").unwrap()), "19:30 in Kolkata (UTC+5:30)");
        assert_eq!(
            own_clock(&timing, &Zone::parse("Pacific/Auckland").unwrap()),
            "Fri 19 Mar, 03:00 in Auckland (UTC+13)"
        );
    }

    #[test]
    fn a_gap_offers_the_next_time_as_a_button() {
        let next = "2027-03-28T03:30:00".parse().unwrap();
        let (errors, taken) = unresolved(Unresolved::Gap(next), &berlin()).unwrap();
        assert!(errors.of("time").unwrap().contains("03:30"));
        assert_eq!(
            taken.unwrap().next,
            [("2027-03-28".to_owned(), "03:30".to_owned(), "Sun 28 Mar, 03:30".to_owned())]
        );
    }

    #[test]
    fn a_refusal_names_what_is_in_the_way() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let refusal = Taken {
            outside: false,
            what: vec![store::InTheWay {
                held: uuid::Uuid::nil(),
                name: "Garden room".to_owned(),
                from: at("2026-11-25T09:00:00Z"),
                until: at("2026-11-25T09:50:00Z"),
            }],
            next: vec![at("2026-11-25T10:00:00Z")],
            seen: 15,
        };
        let (errors, offered) = in_the_way(&refusal, None, &berlin()).unwrap();
        assert!(errors.of("time").is_some());
        let offered = offered.unwrap();
        assert_eq!(offered.what, ["Garden room is taken from 10:00 to 10:50"]);
        assert_eq!(offered.next[0].1, "11:00");
    }
}
