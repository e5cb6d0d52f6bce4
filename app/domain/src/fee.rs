//! A fee for what was missed or cancelled late: suggested, and decided by a
//! person.

crate::words! {
    pub enum FeeState {
        Suggested = "suggested", "Suggested";
        Kept = "kept", "To be asked for";
        Waived = "waived", "Let go";
    }
}

/// How a client's sessions went in the last year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    pub took_place: i64,
    pub missed: i64,
    pub late: i64,
}

impl Missed {
    /// One plain line, and nothing where there is nothing to tell.
    pub fn words(self) -> Option<String> {
        let told = match (self.missed, self.late) {
            (0, 0) => return None,
            (missed, 0) => format!("{missed} missed"),
            (0, late) => format!("{late} cancelled late"),
            (missed, late) => format!("{missed} missed and {late} cancelled late"),
        };
        Some(format!("In the last year {} took place, {told}.", self.took_place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_told_plainly_or_not_at_all() {
        assert_eq!(Missed { took_place: 20, ..Missed::default() }.words(), None);
        let told = |missed, late| Missed { took_place: 20, missed, late }.words().unwrap();
        assert_eq!(told(1, 0), "In the last year 20 took place, 1 missed.");
        assert_eq!(told(1, 2), "In the last year 20 took place, 1 missed and 2 cancelled late.");
    }
}
