//! How two answers to one step are read side by side.

use std::collections::BTreeSet;

use crate::{
    exercise::{Choice, Document, SHARES, Step, StepKind},
    response::{Answer, Answers, Entry},
};

/// One row of a reading: a label and what each of the two put there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: String,
    pub cells: [Option<String>; 2],
    /// How far the two are apart, 0 (the same) to 1 (as far as can be);
    /// `None` where distance has no meaning or one of the two is missing.
    pub gap: Option<f32>,
    /// What the two together say, such as that both carry it alone.
    pub note: &'static str,
}

impl Row {
    fn new(label: &str, cells: [Option<String>; 2], gap: Option<f32>) -> Self {
        Self { label: label.to_owned(), cells, gap, note: "" }
    }
}

/// How far two values are apart, of the farthest they could be.
fn apart(values: [Option<u8>; 2], span: u8) -> Option<f32> {
    match values {
        [Some(a), Some(b)] => Some(f32::from(a.abs_diff(b)) / f32::from(span.max(1))),
        _ => None,
    }
}

/// Two answers to a step, the largest differences first.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub rows: Vec<Row>,
    /// The largest gap of the rows.
    pub gap: Option<f32>,
}

/// Reads two people's answers to a step side by side. A missing answer (not
/// given, or not for the reader) leaves its cells empty.
pub fn read(document: &Document, step: &Step, answers: [Option<&Answers>; 2]) -> Reading {
    let of = |key: &str| answers.map(|a| a.and_then(|a| a.get(key)));
    let mut rows = match &step.kind {
        StepKind::Guess { of: target } => {
            document.step(target).map(|target| guesses(target, of(&step.key), of(&target.key))).unwrap_or_default()
        }
        _ => rows(step, of(&step.key)),
    };
    // A stable sort: rows without a gap keep the document's order, behind.
    rows.sort_by(|a, b| b.gap.unwrap_or(-1.0).total_cmp(&a.gap.unwrap_or(-1.0)));
    let whole = match &step.kind {
        StepKind::Rank { items } => distance(&rows, items.len()),
        StepKind::Guess { .. } => read_right(&rows),
        _ => None,
    };
    rows.extend(whole);
    let gap = rows.iter().filter_map(|r| r.gap).reduce(f32::max);
    Reading { rows, gap }
}

/// How far two orders are apart as wholes: the sum of the places between them,
/// of the most it could be (Spearman's footrule; Diaconis and Graham 1977).
fn distance(rows: &[Row], items: usize) -> Option<Row> {
    let place = |cell: &Option<String>| cell.as_ref()?.parse::<usize>().ok();
    let sum: usize =
        rows.iter().map(|r| Some(place(&r.cells[0])?.abs_diff(place(&r.cells[1])?))).sum::<Option<usize>>()?;
    let most = items * items / 2;
    let words = match sum {
        0 => "the same".to_owned(),
        sum => format!("{sum} of {most} places between them"),
    };
    // Of both of them, so in nobody's column.
    Some(Row { note: "", label: format!("The two orders as wholes: {words}"), cells: [None, None], gap: None })
}

/// How often each read the other right.
fn read_right(rows: &[Row]) -> Option<Row> {
    let count = |who: usize| {
        let said: Vec<&String> = rows.iter().filter_map(|r| r.cells[who].as_ref()).collect();
        let right = said.iter().filter(|c| c.ends_with("guessed right")).count();
        (!said.is_empty()).then(|| format!("{right} of {}", said.len()))
    };
    let cells = [count(0), count(1)];
    cells.iter().any(Option::is_some).then(|| Row::new("Read the other right", cells, None))
}

/// What each guessed, beside what the other said; how far the guess is off.
fn guesses(target: &Step, guessed: [Option<&Answer>; 2], said: [Option<&Answer>; 2]) -> Vec<Row> {
    let inner = |answer: Option<&'_ Answer>| match answer {
        Some(Answer::Guess { guess }) => Some((**guess).clone()),
        _ => None,
    };
    let [by_a, by_b] = guessed.map(inner);
    // Each guess beside the answer it was about: a's guess with b's answer.
    let about_b = rows(target, [by_a.as_ref(), said[1]]);
    let about_a = rows(target, [by_b.as_ref(), said[0]]);
    about_b
        .into_iter()
        .map(|of_b| {
            // Each pair of answers has an order of its own.
            let of_a = about_a.iter().find(|row| row.label == of_b.label);
            let told = |row: &Row| {
                let guess = row.cells[0].clone()?;
                Some(match &row.cells[1] {
                    Some(said) if row.gap == Some(0.0) => format!("{said}: guessed right"),
                    Some(said) => format!("guessed {guess}, it was {said}"),
                    None => format!("guessed {guess}"),
                })
            };
            let gap = [of_b.gap, of_a.and_then(|row| row.gap)].into_iter().flatten().reduce(f32::max);
            Row::new(&of_b.label, [told(&of_b), of_a.and_then(told)], gap)
        })
        .collect()
}

fn rows(step: &Step, answers: [Option<&Answer>; 2]) -> Vec<Row> {
    match &step.kind {
        StepKind::Read { .. } | StepKind::Guess { .. } | StepKind::Agreement { .. } | StepKind::Plan => vec![],
        StepKind::Text { .. } => vec![Row {
            note: "",
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
            vec![Row::new("", cells, gap)]
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
                    note: "",
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
                    note: "",
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
                    note: "",
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
                note: "",
                label: line.text.clone(),
                cells: answers.map(|a| match a {
                    Some(Answer::Rewrite { lines }) => lines.get(&line.key).cloned(),
                    _ => None,
                }),
                gap: None,
            })
            .collect(),
        StepKind::Rank { items } => {
            let span = u8::try_from(items.len().saturating_sub(1)).unwrap_or(u8::MAX);
            let place = |a: Option<&Answer>, key: &str| match a {
                Some(Answer::Rank { places }) => places.get(key).copied(),
                _ => None,
            };
            let mut items: Vec<_> = items.iter().collect();
            items.sort_by_key(|i| answers.iter().map(|a| place(*a, &i.key).unwrap_or(u8::MAX)).min());
            items
                .iter()
                .map(|item| {
                    let places = answers.map(|a| place(a, &item.key));
                    Row::new(&item.text, places.map(|p| p.map(|p| p.to_string())), apart(places, span))
                })
                .collect()
        }
        StepKind::Allocate { items } => items
            .iter()
            .map(|item| {
                let shares = answers.map(|a| match a {
                    Some(Answer::Allocate { shares }) => shares.get(&item.key).copied(),
                    _ => None,
                });
                let whole = u8::try_from(SHARES.len() - 1).unwrap_or(4);
                // On one axis: what the first carries, as each of them says.
                let seen = [shares[0].map(|a| whole - a.min(whole)), shares[1]];
                let words = shares.map(|s| s.and_then(|s| Some((*SHARES.get(usize::from(s))?).to_owned())));
                let note = match seen {
                    [Some(a), Some(b)] if a > b => "Together more than the whole: each says they carry it.",
                    [Some(a), Some(b)] if a < b => "Together less than the whole: each says the other carries it.",
                    _ => "",
                };
                Row { note, ..Row::new(&item.text, words, apart(seen, whole)) }
            })
            .collect(),
        StepKind::Sort { items, buckets, .. } => {
            let name = |key: &str| buckets.iter().find(|b| b.key == key).map(|b| b.text.clone());
            let mut rows: Vec<Row> = items
                .iter()
                .map(|item| {
                    let cells = answers.map(|a| match a {
                        Some(Answer::Sort { places, .. }) => places.get(&item.key).and_then(|b| name(b)),
                        _ => None,
                    });
                    let gap = match &cells {
                        [Some(a), Some(b)] => Some(if a == b { 0.0 } else { 1.0 }),
                        _ => None,
                    };
                    Row::new(&item.text, cells, gap)
                })
                .collect();
            for bucket in buckets {
                let cells = answers.map(|a| match a {
                    Some(Answer::Sort { own, .. }) => own.get(&bucket.key).map(|t| t.trim().to_owned()),
                    _ => None,
                });
                if cells.iter().any(Option::is_some) {
                    rows.push(Row::new(&format!("In their own words: {}", bucket.text), cells, None));
                }
            }
            rows
        }
        StepKind::Timer { .. } => {
            let of = |what: fn(bool, Option<u16>, &str) -> Option<String>| {
                answers.map(|a| match a {
                    Some(Answer::Timer { done, minutes, note }) => what(*done, *minutes, note.trim()),
                    _ => None,
                })
            };
            vec![
                Row::new(
                    "Done",
                    of(|done, minutes, _| {
                        Some(match (done, minutes) {
                            (true, Some(minutes)) => format!("Yes, {minutes} minutes"),
                            (true, None) => "Yes".to_owned(),
                            (false, _) => "Not this time".to_owned(),
                        })
                    }),
                    None,
                ),
                Row::new("How it went", of(|_, _, note| (!note.is_empty()).then(|| note.to_owned())), None),
            ]
        }
        StepKind::Turns { .. } => {
            let felt = answers.map(|a| match a {
                Some(Answer::Turns { felt, .. }) => *felt,
                _ => None,
            });
            let reflection = answers.map(|a| match a {
                Some(Answer::Turns { reflection, .. }) if !reflection.trim().is_empty() => {
                    Some(reflection.trim().to_owned())
                }
                _ => None,
            });
            vec![
                Row::new("Felt heard, of 10", felt.map(|f| f.map(|f| f.to_string())), apart(felt, 10)),
                Row::new("What stays with them", reflection, None),
            ]
        }
        StepKind::Log { tags, .. } => log(tags, answers),
    }
}

/// Counts by sort, then the entries on a line of time.
fn log(tags: &[Choice], answers: [Option<&Answer>; 2]) -> Vec<Row> {
    let entries = answers.map(|a| match a {
        Some(Answer::Log { entries }) => Some(entries.as_slice()),
        _ => None,
    });
    let count = |fits: &dyn Fn(&Entry) -> bool| {
        entries.map(|e| e.map(|e| e.iter().filter(|entry| fits(entry)).count().to_string()))
    };
    let mut rows = vec![Row::new("Entries", count(&|_| true), None)];
    rows.extend(tags.iter().map(|tag| Row::new(&tag.text, count(&|e| e.tag == tag.key), None)));
    let days: BTreeSet<&str> = entries.iter().flatten().flat_map(|e| e.iter()).map(|e| e.on.as_str()).collect();
    let words = |entry: &Entry| {
        let tag = tags.iter().find(|t| t.key == entry.tag).map(|t| t.text.as_str()).unwrap_or_default();
        let text = entry.text.trim();
        if tag.is_empty() || text.is_empty() { format!("{tag}{text}") } else { format!("{tag}: {text}") }
    };
    rows.extend(days.into_iter().map(|day| {
        let cells = entries.map(|e| {
            let lines: Vec<String> = e?.iter().filter(|entry| entry.on == day).map(words).collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        });
        Row::new(day, cells, None)
    }));
    rows
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
            bring: false,
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

    fn reading(step: Step, answers: [Option<Answer>; 2]) -> Reading {
        let document = Document { steps: vec![step.clone()], ..crate::response::tests::document() };
        let answers = answers.map(|a| a.map(|a| Answers::from([(step.key.clone(), a)])));
        read(&document, &step, [answers[0].as_ref(), answers[1].as_ref()])
    }

    fn numbers(of: [u8; 3]) -> std::collections::BTreeMap<String, u8> {
        ["a", "b", "c"].iter().map(|k| (*k).to_owned()).zip(of).collect()
    }

    fn items() -> Vec<Choice> {
        ["a", "b", "c"].map(|k| Choice { key: k.into(), text: k.to_uppercase() }).to_vec()
    }

    #[test]
    fn two_orders_have_a_distance_for_each_item() {
        let step = Step { kind: StepKind::Rank { items: items() }, ..scale() };
        let rank = |of| Some(Answer::Rank { places: numbers(of) });
        let found = reading(step, [rank([1, 2, 3]), rank([3, 2, 1])]);
        assert_eq!(found.rows.iter().map(|r| r.gap).collect::<Vec<_>>(), [Some(1.0), Some(1.0), Some(0.0), None]);
        assert_eq!(found.rows[3].label, "The two orders as wholes: 4 of 4 places between them");
        assert_eq!(found.rows[2].label, "B");
    }

    #[test]
    fn shares_stand_on_one_axis_and_add_up() {
        let step = Step { kind: StepKind::Allocate { items: items() }, ..scale() };
        let shares = |of| Some(Answer::Allocate { shares: numbers(of) });
        // a: each says all of it is theirs; b: they agree; c: each says it is the other's.
        let found = reading(step, [shares([0, 1, 4]), shares([0, 3, 4])]);
        let note = |label: &str| found.rows.iter().find(|r| r.label == label).unwrap().note;
        assert!(note("A").contains("more than the whole") && note("C").contains("less than the whole"));
        assert_eq!(note("B"), "");
        assert_eq!(found.rows.iter().find(|r| r.label == "B").unwrap().gap, Some(0.0));
    }

    #[test]
    fn a_guess_is_read_beside_what_the_other_said() {
        let rank = Step { key: "r".into(), kind: StepKind::Rank { items: items() }, ..scale() };
        let guess = Step { key: "g".into(), kind: StepKind::Guess { of: "r".into() }, ..scale() };
        let document = Document { steps: vec![rank, guess.clone()], ..crate::response::tests::document() };
        let answers = |own, guessed| {
            let guess = Box::new(Answer::Rank { places: numbers(guessed) });
            Answers::from([("r".into(), Answer::Rank { places: numbers(own) }), ("g".into(), Answer::Guess { guess })])
        };
        let (a, b) = (answers([1, 2, 3], [3, 2, 1]), answers([3, 2, 1], [2, 1, 3]));
        let found = read(&document, &guess, [Some(&a), Some(&b)]);
        let row = |label: &str| found.rows.iter().find(|r| r.label == label).unwrap().cells.clone();
        assert_eq!(row("A"), [Some("3: guessed right".into()), Some("guessed 2, it was 1".into())]);
        assert_eq!(row("C")[1].as_deref(), Some("3: guessed right"));
        assert_eq!(row("Read the other right"), [Some("3 of 3".into()), Some("1 of 3".into())]);
    }

    #[test]
    fn a_log_is_counted_and_laid_on_its_days() {
        let tags = vec![Choice { key: "t".into(), text: "Tea".into() }];
        let step = Step { kind: StepKind::Log { days: 7, tags }, ..scale() };
        let entry = |on: &str, tag: &str, text: &str| Entry { on: on.into(), tag: tag.into(), text: text.into() };
        let a = Answer::Log { entries: vec![entry("2026-11-24", "t", "later"), entry("2026-11-23", "", "first")] };
        let b = Answer::Log { entries: vec![entry("2026-11-23", "t", "")] };
        let found = reading(step, [Some(a), Some(b)]);
        let rows: Vec<_> =
            found.rows.iter().map(|r| (r.label.as_str(), r.cells[0].as_deref(), r.cells[1].as_deref())).collect();
        assert_eq!(
            rows,
            [
                ("Entries", Some("2"), Some("1")),
                ("Tea", Some("1"), Some("1")),
                ("2026-11-23", Some("first"), Some("Tea")),
                ("2026-11-24", Some("Tea: later"), None),
            ]
        );
    }

    #[test]
    fn the_largest_difference_comes_first() {
        let reading = reading(scale(), [Some(values([5, 9, 4])), Some(values([5, 2, 6]))]);
        let labels: Vec<&str> = reading.rows.iter().map(|r| r.label.as_str()).collect();
        assert_eq!(labels, ["B", "C", "A"]);
        assert_eq!(reading.gap, Some(0.7));
    }

    #[test]
    fn one_answer_alone_has_no_gap() {
        let reading = reading(scale(), [Some(values([5, 9, 4])), None]);
        assert_eq!(reading.gap, None);
        assert_eq!(reading.rows[0].cells, [Some("5".into()), None]);
    }
}
