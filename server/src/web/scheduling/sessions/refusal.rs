//! Why a time cannot be booked, with other times to offer.

use app::{
    pages::scheduling::when::{TakenView, TimeOffer},
    text,
};
use chrono::{DateTime, Utc};
use domain::{clients::person::Zone, form::Errors, scheduling::session::Override, zone};
use store::Conflicts;

use super::time::{self, Unresolved};
use crate::{error::Failure, web::scheduling::series};

/// The errors for a wall time that is no start of a session, with another time
/// to offer where there is one.
pub(super) fn unresolved_errors(why: Unresolved, zone: &Zone) -> Result<(Errors, Option<TakenView>), Failure> {
    Ok(match why {
        Unresolved::Gap(next) => {
            let message = format!(
                "The clocks go forward that night, so this time does not exist. The next one is {}.",
                next.format("%H:%M")
            );
            let at = zone::instant(next, zone).map_err(store::Error::from)?;
            let taken = TakenView { next: vec![time_offer(at, zone)?], ..TakenView::default() };
            (Errors::at_field("time", message), Some(taken))
        }
        Unresolved::Twice => (
            Errors::at_field("fold", "The clocks go back that night, so this time occurs twice. Choose which one."),
            None,
        ),
        Unresolved::Past => (Errors::at_field("date", "This time has passed. Enter a later one."), None),
    })
}

/// The errors for a time that is taken, with the conflicts and the next free
/// times. `over` is the override that was sent, if any.
pub(super) fn conflict_errors(
    taken: &Conflicts,
    over: Option<&Override>,
    zone: &Zone,
) -> Result<(Errors, Option<TakenView>), Failure> {
    let what = series::conflict_lines(taken, zone);
    let next = taken.next.iter().map(|at| time_offer(*at, zone)).collect::<Result<_, _>>()?;
    let (field, message) = if what.is_empty() {
        ("outside", "This time needs your confirmation. Tick to go ahead, or choose another time.")
    } else if over.is_some_and(|over| over.seen != taken.fingerprint) {
        ("time", "The conflict has changed since you looked. Check it, then send again.")
    } else {
        ("time", "This time is not free.")
    };
    let (reasons, seen) = (taken.reasons.clone(), series::mark(taken.fingerprint));
    Ok((Errors::at_field(field, message), Some(TakenView { what, reasons, next, seen })))
}

/// A free time as the form offers it.
fn time_offer(at: DateTime<Utc>, zone: &Zone) -> store::Result<TimeOffer> {
    let (date, time) = time::offer(at, zone)?;
    Ok(TimeOffer { date, time, label: text::short(at, zone) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn skipped_time_offers_the_next_one() {
        let next = "2027-03-28T03:30:00".parse().unwrap();
        let (errors, taken) = unresolved_errors(Unresolved::Gap(next), &berlin()).unwrap();
        assert!(errors.message("time").unwrap().contains("03:30"));
        assert_eq!(
            taken.unwrap().next,
            [TimeOffer {
                date: "2027-03-28".to_owned(),
                time: "03:30".to_owned(),
                label: "Sun 28 Mar, 03:30".to_owned()
            }]
        );
    }

    #[test]
    fn taken_time_names_what_is_in_the_way() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let refusal = Conflicts {
            outside: false,
            reasons: vec![],
            hidden: false,
            shown: vec![store::Conflict {
                held: uuid::Uuid::nil(),
                name: "Garden room".to_owned(),
                from: at("2026-11-25T09:00:00Z"),
                until: at("2026-11-25T09:50:00Z"),
            }],
            next: vec![at("2026-11-25T10:00:00Z")],
            fingerprint: 15,
        };
        let (errors, offered) = conflict_errors(&refusal, None, &berlin()).unwrap();
        assert!(errors.message("time").is_some());
        let offered = offered.unwrap();
        assert_eq!(offered.what, ["Garden room is taken from 10:00 to 10:50"]);
        assert_eq!(offered.next[0].time, "11:00");
        // Of a colleague's session nothing is named, nor its time.
        let refusal = Conflicts { hidden: true, shown: vec![], ..refusal };
        let (errors, offered) = conflict_errors(&refusal, None, &berlin()).unwrap();
        assert_eq!(errors.message("time"), Some("This time is not free."));
        assert_eq!(offered.unwrap().what, ["The room or a client is busy then"]);
    }
}
