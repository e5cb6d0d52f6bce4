//! The week of free times: the same for the slot finder, the booking form and
//! the form that moves a session.

use app::{
    pages::scheduling::free_times::{Act, Chip, DayColumn, FreeTime, FreeWeek},
    text,
};
use chrono::{Duration, NaiveDate, Timelike as _, Weekday};
use domain::{
    clients::{
        client::title,
        person::{Zone, first_name},
    },
    form::{Form, parse_date},
    ids::SessionId,
    scheduling::{
        outside::{monday_of, night_hours},
        slots::{DayPart, SlotWish, Suits},
    },
    span::Span,
    zone,
};
use store::{Slot, SlotWeek};

use super::sessions::time_fields;
use crate::{access::Bookings, address::query};

/// The page that shows a week, and so what its chips and times do.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The slot finder with this query: a chip is a link to it, and a time a
    /// link to the page that books it.
    Finder(&'a Form),
    /// A form: chips and times send it by GET to this path.
    Form { id: &'static str, to: &'a str },
}

impl Place<'_> {
    /// What a chip does that sets the field `show_…` of a form, or the field
    /// itself of the finder.
    fn chip(&self, field: &'static str, value: &str) -> Act {
        match self {
            Self::Finder(form) => {
                let mut form = (*form).clone();
                form.set(field, value);
                let pairs: Vec<(&str, &str)> = form.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                Act::Link(format!("/slots?{}", query(&pairs)))
            }
            Self::Form { id, to } => {
                let name = match field {
                    "week" => "show_week",
                    "part" => "show_part",
                    _ => "show_suits",
                };
                Act::Send { form: id, to: (*to).to_owned(), name, value: value.to_owned() }
            }
        }
    }
}

/// The week of free times for a wish. The field `week` of the form, or `from` of
/// a link, is a day of the week that is wanted. `None`: the client cannot be booked here.
pub(crate) async fn week(
    bookings: &Bookings,
    zone: &Zone,
    form: &Form,
    wish: &SlotWish,
    moving: Option<SessionId>,
    place: Place<'_>,
) -> store::Result<Option<FreeWeek>> {
    let wanted = parse_date(form.get("week")).or(parse_date(form.get("from"))).map(monday_of);
    let Some(found) = bookings.week_of_slots(wish, wanted, moving).await? else { return Ok(None) };
    let today = zone::date_of(bookings.now(), zone);
    Ok(Some(FreeWeek {
        label: format!("{} to {}.", text::short_day(found.monday), text::short_day(found.monday + Duration::days(6))),
        lead: lead(wish, &found),
        weeks: week_chips(&found, place),
        parts: part_chips(wish, place),
        suits: suit_chips(wish, &found, place),
        days: if found.found.is_empty() { vec![] } else { days(wish, &found, today, zone, place)? },
        jumps: jumps(&found, zone, place),
        unnamed: found.unnamed,
    }))
}

/// Sets the fields of a form to what was pressed on its chips.
pub(crate) fn press_chips(form: &mut Form) {
    for (pressed, field) in [("show_week", "week"), ("show_part", "part"), ("show_suits", "suits")] {
        if form.has(pressed) {
            let value = form.get(pressed).to_owned();
            form.set(field, value);
            form.0.retain(|(name, _)| name != pressed);
        }
    }
}

/// The sentence about whom the times suit.
fn lead(wish: &SlotWish, found: &SlotWeek) -> String {
    let names = || title(found.asked.iter().map(String::as_str));
    match (found.asked.is_empty(), wish.preferred_times) {
        (true, _) => "Therapist, room and clients are free. No preferred times on file.".to_owned(),
        (false, Suits::NoMatter) => "Therapist, room and clients are free. Preferred times are ignored.".to_owned(),
        (false, Suits::All | Suits::Only(_)) => format!("These times suit {}.", names()),
    }
}

/// The choices between weeks: this one, the next one, the week that is shown if
/// it is another, and the weeks around it.
fn week_chips(found: &SlotWeek, place: Place<'_>) -> Vec<Chip> {
    let (this, last) = found.bounds;
    let chip =
        |text: String, monday: NaiveDate, here: bool| Chip { text, here, act: place.chip("week", &monday.to_string()) };
    let next = this + Duration::days(7);
    let mut chips = vec![
        chip("This week".to_owned(), this, found.monday == this),
        chip("Next week".to_owned(), next, found.monday == next),
    ];
    let before = found.monday - Duration::days(7);
    if before > next {
        chips.push(chip("Earlier".to_owned(), before, false));
    }
    if found.monday > next {
        chips.push(chip(format!("From {}", text::short_day(found.monday)), found.monday, true));
    }
    let after = found.monday.max(this) + Duration::days(7);
    if after <= last {
        let later = if after == next { next + Duration::days(7) } else { after };
        chips.push(chip("Later".to_owned(), later, false));
    }
    chips
}

/// The choices between parts of the day.
fn part_chips(wish: &SlotWish, place: Place<'_>) -> Vec<Chip> {
    let chip = |part: &DayPart| Chip {
        text: match part {
            DayPart::Any => "Any time",
            DayPart::Morning => "Morning",
            DayPart::Afternoon => "Afternoon",
            DayPart::Evening => "Evening",
        }
        .to_owned(),
        here: wish.part == *part,
        act: place.chip("part", part.word()),
    };
    DayPart::ALL.iter().map(chip).collect()
}

/// The choice between preferred times and all; empty if nobody has preferred
/// times.
fn suit_chips(wish: &SlotWish, found: &SlotWeek, place: Place<'_>) -> Vec<Chip> {
    if found.asked.is_empty() {
        return vec![];
    }
    let chip = |text: &str, word: &str, here| Chip { text: text.to_owned(), here, act: place.chip("suits", word) };
    let all = wish.preferred_times == Suits::NoMatter;
    let suit = if found.people.len() > 1 { "Times that suit both" } else { "Times that suit them" };
    vec![chip(suit, "yes", !all), chip("All free times", "no", all)]
}

/// The nearest weeks with a free time.
fn jumps(found: &SlotWeek, zone: &Zone, place: Place<'_>) -> Vec<Chip> {
    [("Last before", found.last), ("Next", found.next)]
        .into_iter()
        .filter_map(|(which, at)| {
            let date = zone::date_of(at?, zone);
            let act = place.chip("week", &monday_of(date).to_string());
            Some(Chip { text: format!("{which}: {}", text::short_day(date)), here: false, act })
        })
        .collect()
}

/// The columns of a week: Monday to Friday from today on, and each day with a
/// free time.
fn days(
    wish: &SlotWish,
    found: &SlotWeek,
    today: NaiveDate,
    zone: &Zone,
    place: Place<'_>,
) -> store::Result<Vec<DayColumn>> {
    let several = found.found.iter().any(|slot| found.found.first().is_some_and(|f| f.clinician != slot.clinician));
    let mut columns: Vec<(NaiveDate, DayColumn)> = (0..7)
        .map(|n| found.monday + Duration::days(n))
        .map(|date| (date, DayColumn { label: text::short_day(date), times: vec![] }))
        .collect();
    for slot in &found.found {
        let date = zone::date_of(slot.at, zone);
        let time = free_time(wish, found, slot, several, zone, place)?;
        if let Some((_, column)) = columns.iter_mut().find(|(on, _)| *on == date) {
            column.times.push(time);
        }
    }
    columns.retain(|(date, column)| {
        let weekend = matches!(chrono::Datelike::weekday(date), Weekday::Sat | Weekday::Sun);
        !column.times.is_empty() || (*date >= today && !weekend)
    });
    Ok(columns.into_iter().map(|(_, column)| column).collect())
}

/// A slot as a time of the week.
fn free_time(
    wish: &SlotWish,
    found: &SlotWeek,
    slot: &Slot,
    several: bool,
    zone: &Zone,
    place: Place<'_>,
) -> store::Result<FreeTime> {
    let session = Span { from: slot.at, until: slot.at + Duration::minutes(wish.minutes) };
    let night = found.people.iter().find(|(_, zone)| night_hours(session, zone).is_some());
    let [date, time, fold] = time_fields(slot.at, zone)?;
    let room = slot.room.as_ref().map_or_else(|| "online".to_owned(), |room| room.id.to_string());
    let place_name = slot.room.as_ref().map_or("online", |room| room.name.as_str());
    let act = match place {
        Place::Finder(_) => Act::Link(book_href(wish, slot, zone)?),
        Place::Form { id, to } => {
            let fold = if fold.is_empty() { String::new() } else { format!(" {fold}") };
            let value = format!("{date} {time}{fold} clinician={} place={room}", slot.clinician);
            Act::Send { form: id, to: to.to_owned(), name: "pick", value }
        }
    };
    Ok(FreeTime {
        time: text::clock(slot.at, zone),
        with: if several { slot.clinician_name.clone() } else { String::new() },
        night: night.map(|(name, _)| first_name(name).to_owned()),
        is_half_hour: zone::wall_time(slot.at, zone).minute().is_multiple_of(30),
        label: format!("{} with {}, {place_name}", text::short(slot.at, zone), slot.clinician_name),
        act,
    })
}

/// The address of the page that asks whether a slot is to be booked.
pub(crate) fn book_href(wish: &SlotWish, slot: &Slot, zone: &Zone) -> store::Result<String> {
    let (client, clinician, minutes) = (wish.client.to_string(), slot.clinician.to_string(), wish.minutes.to_string());
    let [date, time, fold] = time_fields(slot.at, zone)?;
    let room = slot.room.as_ref().map_or_else(|| "online".to_owned(), |r| r.id.to_string());
    let attendee = wish.attendee.map_or_else(|| "everyone".to_owned(), |p| p.to_string());
    let asked = [
        ("client", client.as_str()),
        ("attendee", &attendee),
        ("clinician", &clinician),
        ("place", &room),
        ("date", &date),
        ("time", &time),
        ("fold", &fold),
        ("minutes", &minutes),
    ];
    Ok(format!("/sessions/new?{}", query(&asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week_from(monday: &str) -> SlotWeek {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        SlotWeek {
            monday: day(monday),
            found: vec![],
            asked: vec![],
            people: vec![],
            unnamed: false,
            bounds: (day("2026-11-30"), day("2028-11-27")),
            next: None,
            last: None,
        }
    }

    /// The weeks to which the chips lead, and which of them is shown.
    fn chips(monday: &str) -> Vec<String> {
        let form = Form::default();
        week_chips(&week_from(monday), Place::Finder(&form))
            .into_iter()
            .map(|chip| match chip.act {
                Act::Link(href) => format!("{} {}{}", chip.text, &href[12..], if chip.here { " here" } else { "" }),
                Act::Send { .. } => String::new(),
            })
            .collect()
    }

    #[test]
    fn weeks_are_paged_without_a_gap() {
        assert_eq!(chips("2026-11-30"), ["This week 2026-11-30 here", "Next week 2026-12-07", "Later 2026-12-14"]);
        assert_eq!(chips("2026-12-07"), ["This week 2026-11-30", "Next week 2026-12-07 here", "Later 2026-12-14"]);
        assert_eq!(
            chips("2026-12-14"),
            ["This week 2026-11-30", "Next week 2026-12-07", "From Mon 14 Dec 2026-12-14 here", "Later 2026-12-21"]
        );
        assert_eq!(chips("2026-12-21")[2], "Earlier 2026-12-14");
        assert_eq!(chips("2028-11-27").len(), 4, "nothing is later");
    }

    #[test]
    fn pressed_chip_replaces_what_the_form_showed() {
        let mut form = Form::from_pairs([("week", "2026-11-30"), ("show_week", "2026-12-07"), ("part", "any")]);
        press_chips(&mut form);
        assert_eq!((form.get("week"), form.get("part"), form.has("show_week")), ("2026-12-07", "any", false));
    }
}
