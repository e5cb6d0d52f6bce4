//! The lanes that divide a column between sessions that overlap.

/// The most lanes that a column has; further overlapping sessions share the
/// last.
const LANES: usize = 12;

/// Assigns each span its lane and the number of lanes of its group of
/// overlapping spans. Spans that overlap are in different lanes, as long as
/// `LANES` are enough. Spans are half-open and in any order; the result has
/// the same order.
pub fn lanes(spans: &[(i64, i64)]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|i| (spans[*i].0, -spans[*i].1, *i));
    let mut placed = vec![(0, 1); spans.len()];
    // A group ends when a span starts after all earlier spans have ended.
    let mut group: Vec<usize> = Vec::new();
    let mut ends: Vec<i64> = Vec::new();
    let close = |group: &mut Vec<usize>, ends: &mut Vec<i64>, placed: &mut Vec<(usize, usize)>| {
        for i in group.drain(..) {
            placed[i].1 = ends.len().min(LANES);
        }
        ends.clear();
    };
    for i in order {
        let (from, until) = spans[i];
        if ends.iter().all(|end| *end <= from) {
            close(&mut group, &mut ends, &mut placed);
        }
        let lane = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(until);
        } else {
            ends[lane] = until;
        }
        placed[i].0 = lane.min(LANES - 1);
        group.push(i);
    }
    close(&mut group, &mut ends, &mut placed);
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_overlapping_spans_get_different_lanes() {
        assert_eq!(lanes(&[(0, 50), (50, 100)]), [(0, 1), (0, 1)]);
        assert_eq!(lanes(&[(0, 60), (30, 90), (60, 120)]), [(0, 2), (1, 2), (0, 2)]);
        // The result is in the order of the input.
        assert_eq!(lanes(&[(200, 250), (0, 100), (10, 20), (15, 30)]), [(0, 1), (0, 3), (1, 3), (2, 3)]);
        assert_eq!(lanes(&[]), []);
    }

    #[test]
    fn random_overlapping_spans_never_share_a_lane() {
        // A small linear congruential generator makes the spans, so the test is
        // reproducible.
        let mut seed = 7u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % below).unwrap()
        };
        for _ in 0..200 {
            let spans: Vec<(i64, i64)> = (0..8)
                .map(|_| {
                    let from = next(600);
                    (from, from + 10 + next(90))
                })
                .collect();
            let placed = lanes(&spans);
            for (a, (from, until)) in spans.iter().enumerate() {
                for (b, other) in spans.iter().enumerate().skip(a + 1) {
                    if *from < other.1 && other.0 < *until {
                        assert_ne!(placed[a].0, placed[b].0, "{spans:?}");
                        assert_eq!(placed[a].1, placed[b].1, "{spans:?}");
                    }
                }
                assert!(placed[a].0 < placed[a].1);
            }
        }
    }
}
