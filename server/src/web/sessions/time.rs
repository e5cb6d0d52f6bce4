//! From the wall time that was typed to the instant it means.
//!
//! A session is kept as wall time, zone and length; the instant is derived.
//! Twice a year that needs care: a wall time may not exist, or come twice.
//! Nothing is guessed then: the form says so and offers what there is.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    form::{Form, parse_date, parse_time},
    person::Zone,
    session::Timing,
    zone::{self, Meaning},
};

/// Why a wall time is no start of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The clocks skip it; this one is there.
    Gap(NaiveDateTime),
    /// The clocks show it twice, and nobody said which.
    Twice,
    Past,
}

/// What to call the first and the second, where the time that was typed comes
/// twice: the form asks which as long as it does.
pub(super) fn both(form: &Form, zone: &Zone) -> store::Result<Option<[String; 2]>> {
    let (Some(date), Some(time)) = (parse_date(form.get("date")), parse_time(form.get("time"))) else {
        return Ok(None);
    };
    let wall = date.and_time(time);
    let Meaning::Twice { first, second } = zone::meaning(wall, zone)? else { return Ok(None) };
    let label = |which: &str, at: DateTime<Utc>| {
        format!("The {which} {} ({})", wall.format("%H:%M"), zone::wall(at, zone).utc_offset())
    };
    Ok(Some([label("first", first), label("second", second)]))
}

/// The timing that a wish means in a zone. `keeps` is the start of a session
/// that is being moved: where only its place or length changes, it may have
/// begun already.
pub(super) fn resolve(
    starts: NaiveDateTime,
    fold: Option<u8>,
    minutes: i64,
    zone: &Zone,
    now: DateTime<Utc>,
    keeps: Option<DateTime<Utc>>,
) -> store::Result<Result<Timing, Unresolved>> {
    match zone::meaning(starts, zone)? {
        Meaning::Never { next, .. } => return Ok(Err(Unresolved::Gap(next))),
        Meaning::Twice { .. } if fold.is_none() => return Ok(Err(Unresolved::Twice)),
        Meaning::Once(_) | Meaning::Twice { .. } => {}
    }
    let timing = store::timing(starts, zone, minutes, fold)?;
    if timing.starts_at <= now && keeps != Some(timing.starts_at) {
        return Ok(Err(Unresolved::Past));
    }
    Ok(Ok(timing))
}

/// Which of the two a start is, where its wall time comes twice.
pub(super) fn fold_of(timing: &Timing) -> store::Result<Option<u8>> {
    Ok(match zone::meaning(timing.starts, &timing.zone)? {
        Meaning::Twice { second, .. } => Some(u8::from(timing.starts_at == second)),
        Meaning::Once(_) | Meaning::Never { .. } => None,
    })
}

/// A time that is offered, as the button that takes it sends it: date, time
/// and, where the wall time comes twice, which.
pub(super) fn offer(at: DateTime<Utc>, zone: &Zone) -> store::Result<(String, String)> {
    let wall = zone::wall_time(at, zone);
    let timing = Timing { starts: wall, zone: zone.clone(), minutes: 0, starts_at: at, ends_at: at };
    let time = wall.format("%H:%M");
    Ok((
        wall.format("%Y-%m-%d").to_string(),
        fold_of(&timing)?.map_or_else(|| time.to_string(), |fold| format!("{time} {fold}")),
    ))
}

/// Puts an offered time in the place of what was typed.
pub(super) fn take_offer(form: &mut Form) {
    let pick = form.get("pick").to_owned();
    let mut parts = pick.split_whitespace();
    if let (Some(date), Some(time)) = (parts.next(), parts.next()) {
        form.set("date", date);
        form.set("time", time);
        form.set("fold", parts.next().unwrap_or_default());
    }
    form.0.retain(|(name, _)| name != "pick");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn resolved(starts: &str, fold: Option<u8>) -> Result<Timing, Unresolved> {
        resolve(at(starts), fold, 60, &berlin(), "2027-01-01T00:00:00Z".parse().unwrap(), None).unwrap()
    }

    #[test]
    fn a_gap_offers_the_time_that_is_there() {
        assert_eq!(resolved("2027-03-28 02:30", None), Err(Unresolved::Gap(at("2027-03-28 03:30"))));
        // Choosing one of two does not make a time that never comes.
        assert_eq!(resolved("2027-03-28 02:30", Some(1)), Err(Unresolved::Gap(at("2027-03-28 03:30"))));
    }

    #[test]
    fn a_time_that_comes_twice_asks_which() {
        assert_eq!(resolved("2027-10-31 02:30", None), Err(Unresolved::Twice));
        let typed = |time: &str| both(&Form::from_pairs([("date", "2027-10-31"), ("time", time)]), &berlin()).unwrap();
        assert_eq!(typed("02:30").unwrap(), ["The first 02:30 (UTC+2)", "The second 02:30 (UTC+1)"]);
        assert_eq!(typed("03:00"), None);
        assert_eq!(typed("soon"), None);
        let instant = |fold| resolved("2027-10-31 02:30", Some(fold)).unwrap().starts_at.to_rfc3339();
        assert_eq!(instant(0), "2027-10-31T00:30:00+00:00");
        assert_eq!(instant(1), "2027-10-31T01:30:00+00:00");
    }

    #[test]
    fn the_past_is_refused_but_a_session_may_keep_its_start() {
        assert_eq!(resolved("2026-12-31 10:00", None), Err(Unresolved::Past));
        let start = "2026-12-31T09:00:00Z".parse().unwrap();
        let kept =
            resolve(at("2026-12-31 10:00"), None, 90, &berlin(), "2027-01-01T00:00:00Z".parse().unwrap(), Some(start))
                .unwrap();
        assert_eq!(kept.unwrap().starts_at, start);
    }

    #[test]
    fn an_offer_comes_back_as_the_same_instant() {
        for instant in ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-06-01T08:00:00Z"] {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            let (date, time) = offer(instant, &berlin()).unwrap();
            let mut form =
                Form::from_pairs([("date", "2020-01-01"), ("time", "00:00"), ("fold", "1"), ("minutes", "50")]);
            form.set("pick", format!("{date} {time}"));
            take_offer(&mut form);
            let when = domain::session::When::read(&form).unwrap();
            let timing =
                resolve(when.starts, when.fold, when.minutes, &berlin(), "2027-01-01T00:00:00Z".parse().unwrap(), None)
                    .unwrap()
                    .unwrap();
            assert_eq!(timing.starts_at, instant);
            assert!(!form.has("pick"));
        }
    }
}
