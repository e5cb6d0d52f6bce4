//! Courses: the values of a scale over time, as one line for each partner and
//! the gap between the two.
//!
//! Only the therapist sees a course. The line of each partner is judged by
//! itself before the gap; a partner never sees the other's line.

// A new kind of step must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use chrono::NaiveDate;

use crate::exercises::step::{Answer, ScaleAnswer, StepKind};

/// The values of both partners on one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub on: NaiveDate,
    /// For each partner the mean of the items, in the scale's own numbers;
    /// `None`: no usable answer.
    pub values: [Option<f32>; 2],
}

/// The values of a scale over time, the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub min: u8,
    pub max: u8,
    pub points: Vec<Point>,
}

/// Something in one person's line that the therapist should look at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flag {
    /// The latest value is lower than one of the two before it by a fifth of the
    /// scale or more. (Since two are compared, a fall that stays is shown
    /// twice.)
    Drop { from: f32, to: f32 },
    /// There are three values or more, and the latest differs from the first by
    /// less than a tenth of the scale. Work that helps mostly shows by the third
    /// session (feedback research in couple therapy: Anker, Duncan and Sparks
    /// 2009).
    Still,
}

/// The smallest fall that is a drop, as a part of the scale's length.
const DROP: f32 = 0.2;
/// The smallest difference that is a change, as a part of the scale's length.
const STILL: f32 = 0.1;

/// The mean of the rated items. `None`: fewer than half of the items were rated,
/// which is too little to compare with other weeks (the rule for missing items
/// of the EORTC QLQ-C30 scoring manual, Fayers et al. 2001), or the answer is not
/// one of a scale.
pub fn mean(kind: &StepKind, answer: &Answer) -> Option<f32> {
    let (scale, ScaleAnswer { values }) = (kind.measure()?, ScaleAnswer::of(answer)?);
    if values.len() * 2 < scale.items.len() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a scale has a handful of items")]
    let count = values.len() as f32;
    (count > 0.0).then(|| values.values().map(|v| f32::from(*v)).sum::<f32>() / count)
}

impl Course {
    /// An empty course of a scale; `None` for any other kind of step.
    pub fn for_step(kind: &StepKind) -> Option<Self> {
        kind.measure().map(|scale| Self { min: scale.min, max: scale.max, points: vec![] })
    }

    /// The length of the scale, from its lower end to its higher, at least 1.
    pub fn length(&self) -> f32 {
        f32::from(self.max.saturating_sub(self.min).max(1))
    }

    /// The values of one partner (0 or 1) in order of time.
    pub fn line(&self, who: usize) -> Vec<(NaiveDate, f32)> {
        self.points.iter().filter_map(|p| Some((p.on, (*p.values.get(who)?)?))).collect()
    }

    /// How far the two are apart on the latest day on which both answered;
    /// `None`: there is no such day.
    pub fn gap(&self) -> Option<f32> {
        self.points.iter().rev().find_map(|p| match p.values {
            [Some(a), Some(b)] => Some((a - b).abs()),
            _ => None,
        })
    }

    /// The flag of one partner's line (0 or 1); `None`: there is none, or there
    /// are fewer than two values.
    pub fn flag(&self, who: usize) -> Option<Flag> {
        let line = self.line(who);
        let (first, latest) = (line.first()?.1, line.last()?.1);
        let before = line.iter().rev().skip(1).take(2).map(|p| p.1).reduce(f32::max)?;
        // A small tolerance, since means are not exact.
        let least = |part: f32| self.length() * part - 1e-4;
        if before - latest >= least(DROP) {
            return Some(Flag::Drop { from: before, to: latest });
        }
        (line.len() >= 3 && (latest - first).abs() < least(STILL)).then_some(Flag::Still)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::step::{Choice, ScaleStep};

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
    fn a_scale_with_fewer_than_half_of_its_items_has_no_mean() {
        let item = |n: usize| Choice { key: format!("i{n}"), text: "?".to_owned() };
        let kind = StepKind::Scale(ScaleStep {
            min: 0,
            max: 10,
            low: String::new(),
            high: String::new(),
            items: (0..6).map(item).collect(),
        });
        let rated =
            |count: usize| Answer::Scale(ScaleAnswer { values: (0..count).map(|n| (format!("i{n}"), 4)).collect() });
        assert_eq!(mean(&kind, &rated(6)), Some(4.0));
        assert_eq!(mean(&kind, &rated(3)), Some(4.0));
        assert_eq!(mean(&kind, &rated(2)), None);
        assert_eq!(mean(&kind, &rated(0)), None);
    }

    #[test]
    fn a_fall_that_stays_is_flagged_twice() {
        let course = course([&[5.2, 9.5, 5.2, 5.3], &[5.2, 9.5, 5.2, 5.3, 5.2]]);
        assert_eq!(course.flag(0), Some(Flag::Drop { from: 9.5, to: 5.3 }));
        assert_eq!(course.flag(1), Some(Flag::Still), "and then it is how things are");
    }

    #[test]
    fn no_change_is_flagged_from_the_third_value_on() {
        assert_eq!(course([&[5.0, 5.5], &[]]).flag(0), None);
        assert_eq!(course([&[5.0, 6.5, 5.5], &[]]).flag(0), Some(Flag::Still));
        assert_eq!(course([&[5.0, 5.5, 6.0], &[]]).flag(0), None, "a tenth is a change");
        assert_eq!(course([&[5.0], &[]]).flag(1), None);
    }

    #[test]
    fn the_gap_is_of_the_latest_day_on_which_both_answered() {
        assert_eq!(course([&[5.0, 8.0, 2.0], &[5.0, 6.0]]).gap(), Some(2.0));
        assert_eq!(course([&[5.0], &[]]).gap(), None);
    }
}
