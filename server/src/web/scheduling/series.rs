//! Series (sessions that repeat): what they add to booking, moving and
//! cancelling sessions.

use app::{
    pages::scheduling::{
        series::{ClashItem, FIRST, LEAVE_OUT, OTHERS, OVER, choice_field},
        session::SeriesSummary,
    },
    text,
    ui::shell::Notice,
};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use domain::{
    clients::person::Zone,
    form::{Errors, Form, parse_date, parse_instant},
    ids::SessionId,
    scheduling::{
        series::Reach,
        session::{Override, read_over_reason},
    },
};
use store::{Choice, Choices, Clash, Conflicts, FieldError, SeriesBooked, SeriesView};
use uuid::Uuid;

use crate::{
    access::Bookings,
    error::{Answer, Found as _},
    form::PathIds,
    page::redirect_with,
};

/// Applies the choice for all other days to each conflicting day without a
/// choice of its own: to leave it out, or to take its first other time. A day
/// without another time is asked for again.
pub(crate) fn choose_others(form: &mut Form) {
    let chosen = form.get(OTHERS).to_owned();
    let others: Vec<(String, String)> = form
        .0
        .iter()
        .filter_map(|(name, time)| Some((choice_field(name.strip_prefix("first.")?), time)))
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

/// Reads the choices for days with a conflict; values that fit no choice are
/// ignored.
pub(crate) fn choices(form: &Form) -> Choices {
    let mut choices = Choices::new();
    for (name, value) in &form.0 {
        let Some(on) = name.strip_prefix("choice.").and_then(parse_date) else { continue };
        if value == LEAVE_OUT {
            choices.insert(on, Choice::LeaveOut);
        } else if let Some(seen) = value.strip_prefix(OVER).and_then(|seen| u64::from_str_radix(seen, 16).ok()) {
            choices.insert(on, Choice::Override(seen));
        } else if let Some(at) = parse_instant(value) {
            choices.insert(on, Choice::OtherTime(at));
        }
    }
    choices
}

/// Reads the reason for overrides in a series. `None` without errors: no day has
/// an override. `None` with errors: the reason is missing or unfit, so no
/// override applies, and those days are asked for again while the other choices
/// stay.
pub(crate) fn override_reason(form: &Form, choices: &Choices) -> (Option<Override>, Errors) {
    if !choices.values().any(|choice| matches!(choice, Choice::Override(_))) {
        return (None, Errors::default());
    }
    match read_over_reason(form) {
        // Each day's choice carries its own mark of what was seen.
        Ok(reason) => (Some(Override { reason, seen: 0 }), Errors::default()),
        Err(errors) => (None, errors),
    }
}

/// The outcome of booking or moving a series: its first session, or the errors
/// and the days that need a choice. `unfit` are the errors of the override's
/// reason, which are added to the others.
pub(crate) fn outcome(booked: SeriesBooked, unfit: Errors, zone: &Zone) -> Result<SessionId, (Errors, Vec<ClashItem>)> {
    match booked {
        SeriesBooked::Done(id) => Ok(id),
        SeriesBooked::Taken(found) => {
            let (errors, items) = clash_items(&found, zone);
            Err((errors.and(unfit), items))
        }
        SeriesBooked::Invalid(FieldError { field, message }) => Err((Errors::at_field(field, message), vec![])),
    }
}

/// How much of a series a change applies to; [`Reach::One`] by default.
pub(crate) fn reach(form: &Form) -> Reach {
    form.get("reach").parse().unwrap_or(Reach::One)
}

/// The value that a form sends for an override of what was seen.
fn override_value(seen: u64) -> String {
    format!("{OVER}{}", mark(seen))
}

/// The mark of what is in the way, as forms carry it: 16 hexadecimal digits.
pub(crate) fn mark(seen: u64) -> String {
    format!("{seen:016x}")
}

/// A day and time of a series as text.
fn label(at: NaiveDateTime) -> String {
    format!("{}, {}", text::short_day(at.date()), text::time(at.time()))
}

/// The line at a day with an earlier choice.
const AS_CHOSEN: &str = "As you chose";

/// A time to choose: the instant that the form sends, and its label.
fn time_choice(at: DateTime<Utc>, zone: &Zone) -> (String, String) {
    (at.to_rfc3339_opts(SecondsFormat::Secs, true), text::short(at, zone))
}

/// The earlier choices for conflicting days, for a form that is shown again for
/// another error, so that they are not lost.
pub(crate) fn earlier_choices(form: &Form, zone: &Zone) -> Vec<ClashItem> {
    choices(form)
        .into_iter()
        .map(|(on, choice)| ClashItem {
            on: on.to_string(),
            label: text::short_day(on),
            what: vec![AS_CHOSEN.to_owned()],
            outside: false,
            over: match choice {
                Choice::Override(seen) => Some(override_value(seen)),
                Choice::LeaveOut | Choice::OtherTime(_) => None,
            },
            settled: true,
            next: match choice {
                Choice::OtherTime(chosen) => vec![time_choice(chosen, zone)],
                Choice::LeaveOut | Choice::Override(_) => vec![],
            },
        })
        .collect()
}

/// A line for each conflict. Sessions that the reader may not know of are one
/// line together, which tells neither whose they are nor when.
pub(crate) fn conflict_lines(taken: &Conflicts, zone: &Zone) -> Vec<String> {
    let named = taken
        .shown
        .iter()
        .map(|w| format!("{} is taken from {} to {}", w.name, text::clock(w.from, zone), text::clock(w.until, zone)));
    let busy = taken.hidden.then(|| "The room or a client is busy then".to_owned());
    named.chain(busy).collect()
}

/// The error and the items for days with a conflict.
fn clash_items(clashes: &[Clash], zone: &Zone) -> (Errors, Vec<ClashItem>) {
    let message = match clashes.iter().filter(|clash| clash.settled.is_none()).count() {
        1 => "1 date has a conflict. Choose what to do.".to_owned(),
        n => format!("{n} dates have conflicts. Choose what to do for each."),
    };
    let items = clashes
        .iter()
        .map(|clash| {
            let mut what = conflict_lines(&clash.taken, zone);
            what.extend(clash.taken.reasons.iter().map(|why| why.sentence().trim_end_matches('.').to_owned()));
            if clash.past {
                what.push("This time has passed".to_owned());
            }
            if clash.settled.is_some() {
                what.insert(0, AS_CHOSEN.to_owned());
            }
            let chosen = clash.settled.and_then(|choice| match choice {
                Choice::OtherTime(at) => Some(at),
                Choice::LeaveOut | Choice::Override(_) => None,
            });
            let times = chosen.into_iter().chain(clash.taken.next.iter().copied());
            ClashItem {
                on: clash.on.to_string(),
                label: label(clash.starts),
                what,
                outside: clash.taken.outside,
                over: clash.seen.map(override_value),
                settled: clash.settled.is_some(),
                next: times.map(|time| time_choice(time, zone)).collect(),
            }
        })
        .collect();
    (Errors::of_form(message), items)
}

/// A series as the page of one of its sessions shows it: its rule in words, how
/// many sessions are ahead, and the days without a session.
pub(crate) fn series_summary(series: &SeriesView) -> SeriesSummary {
    let gaps = series
        .gaps
        .iter()
        .map(|(on, chosen)| format!("{} ({})", text::short_day(*on), if *chosen { "skipped" } else { "conflict" }));
    let words = series.rule.words();
    let words = if series.ended { format!("{words} (ended)") } else { words };
    SeriesSummary { rhythm: words, ahead: series.ahead, gaps: gaps.collect() }
}

/// POST /series/{id}/gaps/{day}: marks a day without a session as seen.
pub async fn see_gap(bookings: Bookings, PathIds((id, day)): PathIds<(Uuid, String)>) -> Answer {
    let day = parse_date(&day).found()?;
    bookings.settle_gap(id, day).await?.then_some(()).found()?;
    Ok(redirect_with("/calendar", Notice::GapSettled))
}
