//! Turns the wall time of a form into the instant it means.
//!
//! A session is stored as wall time, zone and length; the instant is derived.
//! On the two days a year when the clocks change, a wall time may not exist or
//! may occur twice. The program does not guess then: the form says so and offers
//! the times that exist.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    form::{Form, parse_date, parse_time},
    scheduling::session::Timing,
    zone::{self, WallInstants},
};

/// Why a wall time cannot be the start of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The clocks skip it; this is the next wall time that exists.
    Gap(NaiveDateTime),
    /// The clocks show it twice, and the form does not say which is meant.
    Twice,
    /// It has passed.
    Past,
}

/// What the wall time of a form means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// The session's start and end.
    Timing(Timing),
    /// It cannot be the start of a session.
    Not(Unresolved),
}

/// The labels of the two instants that the typed wall time means; `None`: it
/// means one or none, so the form need not ask which.
pub(super) fn fold_labels(form: &Form, zone: &Zone) -> store::Result<Option<[String; 2]>> {
    let (Some(date), Some(time)) = (parse_date(form.get("date")), parse_time(form.get("time"))) else {
        return Ok(None);
    };
    let wall = date.and_time(time);
    let WallInstants::Twice { first, second } = zone::instants_of(wall, zone)? else { return Ok(None) };
    let label = |which: &str, at: DateTime<Utc>| {
        format!("The {which} {} ({})", wall.format("%H:%M"), zone::wall(at, zone).utc_offset())
    };
    Ok(Some([label("first", first), label("second", second)]))
}

/// The timing that a form's wall time means in a zone. `keeps` is the present
/// start of a session that is being moved: a start in the past is allowed if it
/// stays the same, as when only the place or length changes.
pub(super) fn resolve(
    starts: NaiveDateTime,
    fold: Option<u8>,
    minutes: i64,
    zone: &Zone,
    now: DateTime<Utc>,
    keeps: Option<DateTime<Utc>>,
) -> store::Result<Resolved> {
    match zone::instants_of(starts, zone)? {
        WallInstants::Never { next, .. } => return Ok(Resolved::Not(Unresolved::Gap(next))),
        WallInstants::Twice { .. } if fold.is_none() => return Ok(Resolved::Not(Unresolved::Twice)),
        WallInstants::Once(_) | WallInstants::Twice { .. } => {}
    }
    let timing = store::timing(starts, zone, minutes, fold)?;
    if timing.starts_at <= now && keeps != Some(timing.starts_at) {
        return Ok(Resolved::Not(Unresolved::Past));
    }
    Ok(Resolved::Timing(timing))
}

/// Which of the two instants a start is (0 or 1), where its wall time occurs
/// twice; `None`: it occurs once.
pub(super) fn fold_of(timing: &Timing) -> store::Result<Option<u8>> {
    Ok(match zone::instants_of(timing.starts, &timing.zone)? {
        WallInstants::Twice { second, .. } => Some(u8::from(timing.starts_at == second)),
        WallInstants::Once(_) | WallInstants::Never { .. } => None,
    })
}

/// An offered time as its button sends it: the date, and the time followed by the
/// fold where the wall time occurs twice.
pub(super) fn offer(at: DateTime<Utc>, zone: &Zone) -> store::Result<(String, String)> {
    let wall = zone::wall_time(at, zone);
    let timing = Timing { starts: wall, zone: zone.clone(), minutes: 0, starts_at: at, ends_at: at };
    let time = wall.format("%H:%M");
    Ok((
        wall.format("%Y-%m-%d").to_string(),
        fold_of(&timing)?.map_or_else(|| time.to_string(), |fold| format!("{time} {fold}")),
    ))
}

/// Replaces the typed time by the offered one that was picked, if any. After
/// date and time, the offer can name the fold, and the therapist and the place
/// at which it is free.
pub(super) fn take_offer(form: &mut Form) {
    let pick = form.get("pick").to_owned();
    let mut parts = pick.split_whitespace();
    if let (Some(date), Some(time)) = (parts.next(), parts.next()) {
        form.set("date", date);
        form.set("time", time);
        form.set("fold", "");
        for part in parts {
            match part.split_once('=') {
                Some((name @ ("clinician" | "place"), value)) => form.set(name, value),
                Some(_) => {}
                None => form.set("fold", part),
            }
        }
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

    fn resolved(starts: &str, fold: Option<u8>) -> Resolved {
        resolve(at(starts), fold, 60, &berlin(), "2027-01-01T00:00:00Z".parse().unwrap(), None).unwrap()
    }

    fn start(resolved: Resolved) -> DateTime<Utc> {
        match resolved {
            Resolved::Timing(timing) => timing.starts_at,
            Resolved::Not(why) => panic!("{why:?}"),
        }
    }

    #[test]
    fn skipped_time_names_the_next_one() {
        assert_eq!(resolved("2027-03-28 02:30", None), Resolved::Not(Unresolved::Gap(at("2027-03-28 03:30"))));
        // A fold does not make a skipped time exist.
        assert_eq!(resolved("2027-03-28 02:30", Some(1)), Resolved::Not(Unresolved::Gap(at("2027-03-28 03:30"))));
    }

    #[test]
    fn time_that_occurs_twice_asks_which() {
        assert_eq!(resolved("2027-10-31 02:30", None), Resolved::Not(Unresolved::Twice));
        let typed =
            |time: &str| fold_labels(&Form::from_pairs([("date", "2027-10-31"), ("time", time)]), &berlin()).unwrap();
        assert_eq!(typed("02:30").unwrap(), ["The first 02:30 (UTC+2)", "The second 02:30 (UTC+1)"]);
        assert_eq!(typed("03:00"), None);
        assert_eq!(typed("soon"), None);
        let instant = |fold| start(resolved("2027-10-31 02:30", Some(fold))).to_rfc3339();
        assert_eq!(instant(0), "2027-10-31T00:30:00+00:00");
        assert_eq!(instant(1), "2027-10-31T01:30:00+00:00");
    }

    #[test]
    fn past_time_is_refused_unless_the_session_keeps_its_start() {
        assert_eq!(resolved("2026-12-31 10:00", None), Resolved::Not(Unresolved::Past));
        let at_start = "2026-12-31T09:00:00Z".parse().unwrap();
        let kept = resolve(
            at("2026-12-31 10:00"),
            None,
            90,
            &berlin(),
            "2027-01-01T00:00:00Z".parse().unwrap(),
            Some(at_start),
        )
        .unwrap();
        assert_eq!(start(kept), at_start);
    }

    #[test]
    fn picked_offer_is_the_same_instant() {
        for instant in ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-06-01T08:00:00Z"] {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            let (date, time) = offer(instant, &berlin()).unwrap();
            let mut form =
                Form::from_pairs([("date", "2020-01-01"), ("time", "00:00"), ("fold", "1"), ("minutes", "50")]);
            form.set("pick", format!("{date} {time}"));
            take_offer(&mut form);
            let when = domain::scheduling::session::When::read(&form).unwrap();
            let timing =
                resolve(when.starts, when.fold, when.minutes, &berlin(), "2027-01-01T00:00:00Z".parse().unwrap(), None)
                    .unwrap();
            assert_eq!(start(timing), instant);
            assert!(!form.has("pick"));
        }
    }

    #[test]
    fn picked_offer_names_its_therapist_and_place() {
        let mut form = Form::from_pairs([("clinician", ""), ("place", "any"), ("kind", "regular")]);
        form.set("pick", "2026-12-01 08:00 clinician=ruth place=online kind=intake");
        take_offer(&mut form);
        let fields = ["date", "time", "fold", "clinician", "place", "kind"].map(|name| form.get(name).to_owned());
        assert_eq!(fields, ["2026-12-01", "08:00", "", "ruth", "online", "regular"]);
    }
}
