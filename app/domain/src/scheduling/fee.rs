//! Fees for sessions that were missed or cancelled late. The program suggests
//! a fee; a person decides, and notes when it is settled.

use chrono::NaiveDate;

use crate::{
    form::{Errors, Form, Reader},
    scheduling::{attendance::Presence, session::SessionState},
};

crate::words! {
    /// What has been decided about a fee.
    pub enum FeeState {
        /// The program suggests the fee; nobody has decided yet.
        Suggested = "suggested", "Suggested";
        /// A person decided to charge the fee.
        Kept = "kept", "To be charged";
        /// A person decided not to charge the fee.
        Waived = "waived", "Waived";
    }
}

crate::words! {
    /// The parts of the list of fees.
    pub enum FeeList {
        /// Suggested, or to be charged, and not settled yet.
        Open = "open", "To collect";
        Settled = "settled", "Settled";
        Waived = "waived", "Waived";
    }
}

/// Whether the practice suggests a fee for a session in this state, with these
/// marks of its attendees. `if_one_absent`: its rule also asks for the fee if
/// only one of two people came.
pub fn is_due(state: SessionState, marks: &[Option<Presence>], if_one_absent: bool) -> bool {
    match state {
        SessionState::NoShow | SessionState::LateCancelled => true,
        SessionState::Arrived | SessionState::Completed => if_one_absent && marks.contains(&Some(Presence::Absent)),
        SessionState::Booked | SessionState::Cancelled => false,
    }
}

/// The reason for a fee, such as "Late cancellation" or "No-show of Yusuf".
/// `absent` names the attendees who did not come.
pub fn reason(state: SessionState, absent: &[&str]) -> String {
    match state {
        SessionState::LateCancelled | SessionState::Cancelled => SessionState::LateCancelled.label().to_owned(),
        SessionState::Arrived | SessionState::Completed if !absent.is_empty() => {
            format!("No-show of {}", absent.join(" and "))
        }
        SessionState::NoShow | SessionState::Arrived | SessionState::Completed | SessionState::Booked => {
            SessionState::NoShow.label().to_owned()
        }
    }
}

/// Reads the day on which a fee was settled, which is `today` at the latest.
pub fn read_settled_on(form: &Form, today: NaiveDate) -> Result<NaiveDate, Errors> {
    let mut r = Reader::new(form);
    let on = r.date("on", "Enter the date of the payment.");
    if on.as_ref().is_ok_and(|on| *on > today) {
        let _ = r.fail::<()>("on", "Enter today’s date or an earlier one.");
    }
    r.finish()?;
    on
}

/// The numbers of a client's sessions in the last year that took place, were
/// missed and were cancelled late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttendanceCounts {
    pub took_place: i64,
    pub missed: i64,
    /// Cancelled late.
    pub cancelled_late: i64,
}

impl AttendanceCounts {
    /// A sentence such as "In the last year 20 took place, 1 missed."; `None`
    /// if none was missed and none was cancelled late.
    pub fn sentence(self) -> Option<String> {
        let counts = match (self.missed, self.cancelled_late) {
            (0, 0) => return None,
            (missed, 0) => format!("{missed} missed"),
            (0, late) => format!("{late} cancelled late"),
            (missed, late) => format!("{missed} missed and {late} cancelled late"),
        };
        Some(format!("In the last year {} took place, {counts}.", self.took_place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_show_of_one_is_charged_only_if_the_practice_says_so() {
        use SessionState::{Arrived, Booked, Cancelled, Completed, LateCancelled, NoShow};
        let (one, both) = ([Some(Presence::Present), Some(Presence::Absent)], [Some(Presence::Present); 2]);
        for state in [NoShow, LateCancelled] {
            assert!(is_due(state, &[], false) && is_due(state, &[], true));
        }
        for state in [Arrived, Completed] {
            assert!(!is_due(state, &one, false) && is_due(state, &one, true));
            assert!(!is_due(state, &both, true) && !is_due(state, &[None, None], true));
        }
        for state in [Booked, Cancelled] {
            assert!(!is_due(state, &one, true));
        }
    }

    #[test]
    fn reason_of_a_fee_names_who_did_not_come() {
        assert_eq!(reason(SessionState::NoShow, &["Elif", "Yusuf"]), "No-show");
        assert_eq!(reason(SessionState::Completed, &["Yusuf"]), "No-show of Yusuf");
        assert_eq!(reason(SessionState::LateCancelled, &[]), "Late cancellation");
    }

    #[test]
    fn fee_is_settled_today_or_before() {
        let today: NaiveDate = "2026-11-29".parse().unwrap();
        let read = |on: &str| read_settled_on(&Form::from_pairs([("on", on)]), today);
        assert_eq!(read("2026-11-29"), Ok(today));
        assert_eq!(read("2026-11-20"), Ok("2026-11-20".parse().unwrap()));
        for on in ["", "soon", "2026-11-30"] {
            assert!(read(on).unwrap_err().message("on").is_some(), "{on}");
        }
    }

    #[test]
    fn missed_sessions_are_counted_in_one_sentence_or_not_mentioned() {
        assert_eq!(AttendanceCounts { took_place: 20, ..AttendanceCounts::default() }.sentence(), None);
        let sentence =
            |missed, late| AttendanceCounts { took_place: 20, missed, cancelled_late: late }.sentence().unwrap();
        assert_eq!(sentence(1, 0), "In the last year 20 took place, 1 missed.");
        assert_eq!(sentence(1, 2), "In the last year 20 took place, 1 missed and 2 cancelled late.");
    }
}
