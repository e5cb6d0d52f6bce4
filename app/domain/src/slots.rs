//! Free times: a pure function of what is taken.

use chrono::{DateTime, Duration, Utc};

/// A half-open span of time, `from..until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Span {
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// The starts of free spans of `length` within the windows, on a grid of
/// `step` from each window's begin, earliest first, `most` at most. `taken`
/// may be in any order and overlap itself.
pub fn free(windows: &[Span], taken: &[Span], length: Duration, step: Duration, most: usize) -> Vec<DateTime<Utc>> {
    let mut found = Vec::new();
    if length <= Duration::zero() || step <= Duration::zero() {
        return found;
    }
    let mut taken: Vec<Span> = taken.iter().copied().filter(|t| t.from < t.until).collect();
    taken.sort_unstable();
    for window in windows {
        let mut start = window.from;
        while start + length <= window.until {
            if found.len() == most {
                return found;
            }
            let wish = Span { from: start, until: start + length };
            match taken.iter().filter(|t| t.overlaps(&wish)).map(|t| t.until).max() {
                None => {
                    found.push(start);
                    start += step;
                }
                // Skips to the first grid point at which this span is over.
                Some(until) => {
                    let behind = (until - start).num_seconds();
                    let steps = behind.div_euclid(step.num_seconds()) + i64::from(behind % step.num_seconds() != 0);
                    start += step * i32::try_from(steps.max(1)).unwrap_or(i32::MAX);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    fn span(from: i64, until: i64) -> Span {
        Span { from: at(from), until: at(until) }
    }

    #[test]
    fn touching_ends_are_free() {
        let free = free(&[span(0, 120)], &[span(60, 90)], Duration::minutes(60), Duration::minutes(30), 9);
        assert_eq!(free, [at(0)]);
    }

    proptest! {
        #[test]
        fn what_is_offered_is_free_and_nothing_free_is_missed(
            taken in prop::collection::vec((0i64..600, 1i64..120), 0..12),
            length in 1i64..90,
        ) {
            let taken: Vec<Span> = taken.into_iter().map(|(f, l)| span(f, f + l)).collect();
            let window = span(0, 600);
            let step = Duration::minutes(15);
            let found = free(&[window], &taken, Duration::minutes(length), step, usize::MAX);
            let expected: Vec<_> = (0..40).map(|i| at(i * 15))
                .filter(|s| *s + Duration::minutes(length) <= window.until)
                .filter(|s| !taken.iter().any(|t| t.overlaps(&Span { from: *s, until: *s + Duration::minutes(length) })))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
