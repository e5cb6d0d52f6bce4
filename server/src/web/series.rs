//! What sessions that come back add to booking, moving and cancelling.

use app::{
    pages::series::{ClashItem, FIRST, LEAVE_OUT, OTHERS, OVER, choice},
    text,
    ui::shell::Notice,
};
use chrono::{NaiveDate, NaiveDateTime};
use domain::{
    form::{Errors, Form},
    ids::SessionId,
    person::Zone,
    series::Reach,
    session::{Over, read_over_reason},
    zone,
};
use store::{Choice, Choices, Clash, SeriesBooked, SeriesView};
use uuid::Uuid;

use crate::{
    access::Bookings,
    error::{Answer, Found as _},
    form::At,
    page::redirect_with,
};

/// Chooses for all days that nothing is chosen for, where that was asked for:
/// to be left out, or each at its first other time. Where there is none, the
/// day is asked for again.
pub(super) fn choose_others(form: &mut Form) {
    let chosen = form.get(OTHERS).to_owned();
    let others: Vec<(String, String)> = form
        .0
        .iter()
        .filter_map(|(name, time)| Some((choice(name.strip_prefix("first.")?), time)))
        .filter(|(name, _)| form.get(name).is_empty())
        .filter_map(|(name, time)| match &*chosen {
            LEAVE_OUT => Some((name, LEAVE_OUT.to_owned())),
            FIRST => Some((name, time.clone())),
            _ => None,
        })
        .collect();
    for (name, chosen) in others {
        form.set(&name, chosen);
    }
    form.set(OTHERS, "");
}

/// What was chosen for days on which something was in the way.
pub(super) fn choices(form: &Form) -> Choices {
    let mut choices = Choices::new();
    for (name, value) in &form.0 {
        let Some(on) = name.strip_prefix("choice.").and_then(|day| day.parse::<NaiveDate>().ok()) else { continue };
        if value == LEAVE_OUT {
            choices.insert(on, Choice::LeaveOut);
        } else if let Some(seen) = value.strip_prefix(OVER).and_then(|seen| u64::from_str_radix(seen, 16).ok()) {
            choices.insert(on, Choice::Over(seen));
        } else if let Ok(at) = NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M") {
            choices.insert(on, Choice::At(at));
        }
    }
    choices
}

/// Why days of a series are to stand over what is there, and what is wrong with
/// that reason: nothing is booked over anything then, and the days are asked for
/// again with all else as it was chosen.
pub(super) fn why_over(form: &Form, choices: &Choices) -> (Option<Over>, Errors) {
    if !choices.values().any(|choice| matches!(choice, Choice::Over(_))) {
        return (None, Errors::default());
    }
    match read_over_reason(form) {
        // What was seen stands with each day's choice.
        Ok(reason) => (Some(Over { reason, seen: 0 }), Errors::default()),
        Err(errors) => (None, errors),
    }
}

/// What came of a wish for a series: its first session, or what to say and to
/// ask, with what is wrong with its reason.
pub(super) fn outcome(booked: SeriesBooked, unfit: Errors, zone: &Zone) -> Result<SessionId, (Errors, Vec<ClashItem>)> {
    match booked {
        SeriesBooked::Done(id) => Ok(id),
        SeriesBooked::Taken(found) => {
            let (errors, items) = clashing(&found, zone);
            Err((errors.and(unfit), items))
        }
        SeriesBooked::Unfit(field, message) => Err((Errors::one(field, message), vec![])),
    }
}

/// How far a change is to reach.
pub(super) fn reach(form: &Form) -> Reach {
    form.get("reach").parse().unwrap_or(Reach::One)
}

fn over(seen: u64) -> String {
    format!("{OVER}{}", mark(seen))
}

/// A mark of what is in the way, as forms carry it.
pub(super) fn mark(seen: u64) -> String {
    format!("{seen:016x}")
}

fn label(at: NaiveDateTime) -> String {
    format!("{}, {}", text::short_day(at.date()), text::time(at.time()))
}

const AS_CHOSEN: &str = "As you chose";

fn at(starts: NaiveDateTime) -> (String, String) {
    (starts.format("%Y-%m-%d %H:%M").to_string(), label(starts))
}

/// What was chosen before, where the form comes back for another reason: it
/// stays in view, and nothing of it is lost.
pub(super) fn kept(form: &Form) -> Vec<ClashItem> {
    choices(form)
        .into_iter()
        .map(|(on, choice)| ClashItem {
            on: on.to_string(),
            label: text::short_day(on),
            what: vec![AS_CHOSEN.to_owned()],
            outside: false,
            over: match choice {
                Choice::Over(seen) => Some(over(seen)),
                Choice::LeaveOut | Choice::At(_) => None,
            },
            settled: true,
            next: match choice {
                Choice::At(starts) => vec![at(starts)],
                Choice::LeaveOut | Choice::Over(_) => vec![],
            },
        })
        .collect()
}

/// What to say of days on which something is in the way.
fn clashing(clashes: &[Clash], zone: &Zone) -> (Errors, Vec<ClashItem>) {
    let message = match clashes.iter().filter(|clash| clash.settled.is_none()).count() {
        1 => "On one of the days something is in the way. Please choose what to do with it.".to_owned(),
        n => format!("On {n} of the days something is in the way. Please choose what to do with each."),
    };
    let items = clashes
        .iter()
        .map(|clash| {
            let mut what: Vec<String> = clash
                .taken
                .what
                .iter()
                .map(|w| {
                    format!("{} is taken from {} to {}", w.name, text::clock(w.from, zone), text::clock(w.until, zone))
                })
                .collect();
            if clash.taken.outside {
                what.push("It is outside the therapist’s hours".to_owned());
            }
            if clash.past {
                what.push("This time has passed".to_owned());
            }
            if clash.settled.is_some() {
                what.insert(0, AS_CHOSEN.to_owned());
            }
            let chosen = clash.settled.and_then(|choice| match choice {
                Choice::At(starts) => Some(starts),
                Choice::LeaveOut | Choice::Over(_) => None,
            });
            let walls = chosen.into_iter().chain(clash.taken.next.iter().map(|at| zone::wall_time(*at, zone)));
            ClashItem {
                on: clash.on.to_string(),
                label: label(clash.starts),
                what,
                outside: clash.taken.outside,
                over: clash.seen.map(over),
                settled: clash.settled.is_some(),
                next: walls.map(at).collect(),
            }
        })
        .collect();
    (Errors::whole(message), items)
}

/// A series as its sessions' page tells it.
pub(super) fn told(series: &SeriesView) -> (String, i64, Vec<String>) {
    let gaps = series.gaps.iter().map(|(on, chosen)| {
        format!("{} ({})", text::short_day(*on), if *chosen { "left out" } else { "something was in the way" })
    });
    let words = series.rule.words();
    let words = if series.ended { format!("{words} (ended)") } else { words };
    (words, series.ahead, gaps.collect())
}

/// POST /series/{id}/gaps/{day}: somebody has looked after it.
pub async fn see_gap(bookings: Bookings, At((id, day)): At<(Uuid, NaiveDate)>) -> Answer {
    bookings.see_gap(id, day).await?.then_some(()).found()?;
    Ok(redirect_with("/calendar", Notice::Noted))
}
