//! Fees for sessions that were missed or cancelled late. The program suggests
//! a fee; a person decides.

crate::words! {
    /// What has been decided about a fee.
    pub enum FeeState {
        /// The program suggests the fee; nobody has decided yet.
        Suggested = "suggested", "Suggested";
        /// A person decided to charge the fee.
        Kept = "kept", "To be asked for";
        /// A person decided not to charge the fee.
        Waived = "waived", "Let go";
    }
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
    fn missed_sessions_are_counted_in_one_sentence_or_not_mentioned() {
        assert_eq!(AttendanceCounts { took_place: 20, ..AttendanceCounts::default() }.sentence(), None);
        let sentence =
            |missed, late| AttendanceCounts { took_place: 20, missed, cancelled_late: late }.sentence().unwrap();
        assert_eq!(sentence(1, 0), "In the last year 20 took place, 1 missed.");
        assert_eq!(sentence(1, 2), "In the last year 20 took place, 1 missed and 2 cancelled late.");
    }
}
