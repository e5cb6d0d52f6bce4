//! The course of a scale over time: two lines and the gap between them.
//!
//! For the therapist's eyes. Each line is read for its own course before the
//! gap is looked at; a partner never sees the other's.

use chrono::NaiveDate;

use crate::{exercise::StepKind, response::Answer};

/// What the two said on one occasion: the mean of the items of a scale, on
/// the scale's own numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub on: NaiveDate,
    pub values: [Option<f32>; 2],
}

/// A scale over time, the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub min: u8,
    pub max: u8,
    pub points: Vec<Point>,
}

/// What in one person's line wants a look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flag {
    /// The latest lies a fifth of the scale or more below one of the two before:
    /// a fall that stays is seen twice.
    Drop { from: f32, to: f32 },
    /// Three or more, and the latest is where the first was, within a tenth
    /// of the scale: work that helps mostly shows by the third session
    /// (feedback research in couple therapy: Anker, Duncan and Sparks 2009).
    Still,
}

/// The fall that is a drop, and the change that is none, in parts of the
/// scale's length.
const DROP: f32 = 0.2;
const STILL: f32 = 0.1;

/// The mean of the items that were rated, where they are half of the scale's
/// or more: fewer say too little of the whole to stand beside other weeks (the
/// rule for missing items of the EORTC QLQ-C30 scoring manual, Fayers et al.
/// 2001).
pub fn mean(kind: &StepKind, answer: &Answer) -> Option<f32> {
    let (StepKind::Scale { items, .. }, Answer::Scale { values }) = (kind, answer) else { return None };
    if values.len() * 2 < items.len() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a scale has a handful of items")]
    let count = values.len() as f32;
    (count > 0.0).then(|| values.values().map(|v| f32::from(*v)).sum::<f32>() / count)
}

impl Course {
    /// An empty course of a scale; `None` for any other kind of step.
    pub fn of(kind: &StepKind) -> Option<Self> {
        match kind {
            StepKind::Scale { min, max, .. } => Some(Self { min: *min, max: *max, points: vec![] }),
            _ => None,
        }
    }

    /// From the lower end to the higher.
    pub fn span(&self) -> f32 {
        f32::from(self.max.saturating_sub(self.min).max(1))
    }

    /// What each of the two said, in order of time.
    pub fn line(&self, who: usize) -> Vec<(NaiveDate, f32)> {
        self.points.iter().filter_map(|p| Some((p.on, (*p.values.get(who)?)?))).collect()
    }

    /// How far the two are apart on the latest occasion that both answered.
    pub fn gap(&self) -> Option<f32> {
        self.points.iter().rev().find_map(|p| match p.values {
            [Some(a), Some(b)] => Some((a - b).abs()),
            _ => None,
        })
    }

    /// What in a person's line wants a look.
    pub fn flag(&self, who: usize) -> Option<Flag> {
        let line = self.line(who);
        let (first, latest) = (line.first()?.1, line.last()?.1);
        let before = line.iter().rev().skip(1).take(2).map(|p| p.1).reduce(f32::max)?;
        // A hair's breadth: means are not exact.
        let least = |part: f32| self.span() * part - 1e-4;
        if before - latest >= least(DROP) {
            return Some(Flag::Drop { from: before, to: latest });
        }
        (line.len() >= 3 && (latest - first).abs() < least(STILL)).then_some(Flag::Still)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Choice;

    fn course(lines: [&[f32]; 2]) -> Course {
        let day = |n: usize| NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Duration::weeks(n as i64);
        let length = lines[0].len().max(lines[1].len());
        let points = (0..length).map(|n| Point { on: day(n), values: lines.map(|l| l.get(n).copied()) }).collect();
        Course { min: 0, max: 10, points }
    }

    #[test]
    fn a_fall_of_a_fifth_is_a_drop_and_less_is_not() {
        let course = course([&[5.0, 7.0, 5.0], &[5.0, 7.0, 5.1]]);
        assert_eq!(course.flag(0), Some(Flag::Drop { from: 7.0, to: 5.0 }));
        assert_eq!(course.flag(1), Some(Flag::Still));
    }

    #[test]
    fn a_scale_of_which_half_is_missing_has_no_mean() {
        let item = |n: usize| Choice { key: format!("i{n}"), text: "?".to_owned() };
        let kind = StepKind::Scale {
            min: 0,
            max: 10,
            low: String::new(),
            high: String::new(),
            items: (0..6).map(item).collect(),
        };
        let rated = |count: usize| Answer::Scale { values: (0..count).map(|n| (format!("i{n}"), 4)).collect() };
        assert_eq!(mean(&kind, &rated(6)), Some(4.0));
        assert_eq!(mean(&kind, &rated(3)), Some(4.0));
        assert_eq!(mean(&kind, &rated(2)), None);
        assert_eq!(mean(&kind, &rated(0)), None);
    }

    #[test]
    fn a_fall_that_stays_is_still_a_drop() {
        let course = course([&[5.2, 9.5, 5.2, 5.3], &[5.2, 9.5, 5.2, 5.3, 5.2]]);
        assert_eq!(course.flag(0), Some(Flag::Drop { from: 9.5, to: 5.3 }));
        assert_eq!(course.flag(1), Some(Flag::Still), "and then it is how things are");
    }

    #[test]
    fn no_change_is_told_from_the_third_on() {
        assert_eq!(course([&[5.0, 5.5], &[]]).flag(0), None);
        assert_eq!(course([&[5.0, 6.5, 5.5], &[]]).flag(0), Some(Flag::Still));
        assert_eq!(course([&[5.0, 5.5, 6.0], &[]]).flag(0), None, "a tenth is a change");
        assert_eq!(course([&[5.0], &[]]).flag(1), None);
    }

    #[test]
    fn the_gap_is_that_of_the_latest_both_answered() {
        assert_eq!(course([&[5.0, 8.0, 2.0], &[5.0, 6.0]]).gap(), Some(2.0));
        assert_eq!(course([&[5.0], &[]]).gap(), None);
    }
}
