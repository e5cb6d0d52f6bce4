//! Spans of time, and sorted lists of spans that do not touch.

use chrono::{DateTime, Utc};

/// A half-open span of time: `from` belongs to it, `until` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Span {
    /// Whether the two spans share any time; spans that only touch do not.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// Whether the instant lies in the span.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

/// Sorts spans and joins those that touch or overlap into one; empty spans are
/// left out.
pub fn join_spans(spans: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.iter().copied().filter(|s| s.from < s.until).collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => joined.push(span),
        }
    }
    joined
}

/// Whether one of the `joined` spans covers all of `span`. The list must come
/// from [`join_spans`].
pub fn covers(joined: &[Span], span: &Span) -> bool {
    let behind = joined.partition_point(|s| s.from <= span.from);
    behind.checked_sub(1).and_then(|n| joined.get(n)).is_some_and(|s| span.until <= s.until)
}

/// The end of the first of the `joined` spans that overlaps `span`; `None`: no
/// span overlaps it.
pub fn obstacle_end(joined: &[Span], span: &Span) -> Option<DateTime<Utc>> {
    let next = joined.partition_point(|s| s.until <= span.from);
    joined.get(next).filter(|s| s.overlaps(span)).map(|s| s.until)
}
