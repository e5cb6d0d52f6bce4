//! How two answers to one step are read side by side.

use std::collections::BTreeSet;

use crate::{
    exercise::{Step, StepKind},
    response::Answer,
};

/// One row of a reading: a label and what each of the two put there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    pub cells: [Option<String>; 2],
    /// How far the two are apart, 0 (the same) to 1 (as far as can be);
    /// `None` where distance has no meaning or one of the two is missing.
    pub gap: Option<f32>,
}

/// Two answers to a step, the largest differences first.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub rows: Vec<Row>,
    /// The largest gap of the rows.
    pub gap: Option<f32>,
}

/// Reads two answers side by side. A missing answer (not given, or not for
/// the reader) leaves its cells empty.
pub fn read(step: &Step, answers: [Option<&Answer>; 2]) -> Reading {
    let mut rows = rows(step, answers);
    // A stable sort: rows without a gap keep the document's order, behind.
    rows.sort_by(|a, b| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    let gap = rows.iter().filter_map(|r| r.gap).reduce(f32::max);
    Reading { rows, gap }
}

fn rows(step: &Step, answers: [Option<&Answer>; 2]) -> Vec<Row> {
    match &step.kind {
        StepKind::Read { .. } => vec![],
        StepKind::Text { .. } => vec![Row {
            label: String::new(),
            cells: answers.map(|a| match a {
                Some(Answer::Text { text }) => Some(text.clone()),
                _ => None,
            }),
            gap: None,
        }],
        StepKind::Choice { options, .. } => {
            let cells = answers.map(|a| match a {
                Some(Answer::Choice { pick: Some(pick), own }) if pick == "own" => Some(own.trim().to_owned()),
                Some(Answer::Choice { pick: Some(pick), .. }) => {
                    options.iter().find(|o| o.key == *pick).map(|o| o.text.clone())
                }
                _ => None,
            });
            let gap = match &cells {
                [Some(a), Some(b)] => Some(if a == b { 0.0 } else { 1.0 }),
                _ => None,
            };
            vec![Row { label: String::new(), cells, gap }]
        }
        StepKind::Checklist { options, .. } => {
            let none = (BTreeSet::new(), String::new());
            let both = answers.map(|a| match a {
                Some(Answer::Checklist { picks, own }) => Some((picks.clone(), own.trim().to_owned())),
                _ => None,
            });
            let together = both.iter().all(Option::is_some);
            let sides = both.clone().map(|s| s.unwrap_or_else(|| none.clone()));
            let mut rows: Vec<Row> = options
                .iter()
                .filter(|o| sides.iter().any(|(picks, _)| picks.contains(&o.key)))
                .map(|o| Row {
                    label: o.text.clone(),
                    cells: std::array::from_fn(|i| {
                        both[i].as_ref().map(|(picks, _)| if picks.contains(&o.key) { "Yes" } else { "–" }.to_owned())
                    }),
                    gap: together
                        .then(|| if sides[0].0.contains(&o.key) == sides[1].0.contains(&o.key) { 0.0 } else { 1.0 }),
                })
                .collect();
            if sides.iter().any(|(_, own)| !own.is_empty()) {
                rows.push(Row {
                    label: "In their own words".into(),
                    cells: sides.map(|(_, own)| (!own.is_empty()).then_some(own)),
                    gap: None,
                });
            }
            rows
        }
        StepKind::Scale { items, min, max, .. } => items
            .iter()
            .map(|item| {
                let values = answers.map(|a| match a {
                    Some(Answer::Scale { values }) => values.get(&item.key).copied(),
                    _ => None,
                });
                let span = f32::from(max.saturating_sub(*min).max(1));
                Row {
                    label: item.text.clone(),
                    cells: values.map(|v| v.map(|v| v.to_string())),
                    gap: match values {
                        [Some(a), Some(b)] => Some(f32::from(a.abs_diff(b)) / span),
                        _ => None,
                    },
                }
            })
            .collect(),
        StepKind::Rewrite { lines } => lines
            .iter()
            .map(|line| Row {
                label: line.text.clone(),
                cells: answers.map(|a| match a {
                    Some(Answer::Rewrite { lines }) => lines.get(&line.key).cloned(),
                    _ => None,
                }),
                gap: None,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::{Choice, Scope};

    fn scale() -> Step {
        let item = |k: &str| Choice { key: k.into(), text: k.to_uppercase() };
        Step {
            key: "s".into(),
            prompt: "?".into(),
            hint: String::new(),
            scope: Scope::Reveal,
            optional: false,
            kind: StepKind::Scale {
                min: 0,
                max: 10,
                low: String::new(),
                high: String::new(),
                items: vec![item("a"), item("b"), item("c")],
            },
        }
    }

    fn values(of: [u8; 3]) -> Answer {
        Answer::Scale { values: ["a", "b", "c"].iter().map(|k| (*k).to_owned()).zip(of).collect() }
    }

    #[test]
    fn the_largest_difference_comes_first() {
        let reading = read(&scale(), [Some(&values([5, 9, 4])), Some(&values([5, 2, 6]))]);
        let labels: Vec<&str> = reading.rows.iter().map(|r| r.label.as_str()).collect();
        assert_eq!(labels, ["B", "C", "A"]);
        assert_eq!(reading.gap, Some(0.7));
    }

    #[test]
    fn one_answer_alone_has_no_gap() {
        let reading = read(&scale(), [Some(&values([5, 9, 4])), None]);
        assert_eq!(reading.gap, None);
        assert_eq!(reading.rows[0].cells, [Some("5".into()), None]);
    }
}
