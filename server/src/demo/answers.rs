//! The answers of the demo people: plausible, and different for the two partners.

// A new kind of step must fail to compile until it is answered here.
#![deny(clippy::wildcard_enum_match_arm)]

use chrono::{Duration, NaiveDate};
use domain::exercises::{
    exercise::Document,
    response::Answers,
    step::{
        AllocateAnswer, AllocateStep, Answer, ChecklistAnswer, ChecklistStep, ChoiceAnswer, ChoiceStep, Entry,
        GuessAnswer, LogAnswer, LogStep, RankAnswer, RankStep, RewriteAnswer, RewriteStep, ScaleAnswer, ScaleStep,
        SortAnswer, SortStep, Step, StepKind, TextAnswer, TimerAnswer, TimerStep, TurnsAnswer,
    },
};

/// What each partner of the couples that answer a weekly measure rates, week by
/// week: one couple finds back, one stays where it is, one grows apart. No line is
/// straight.
const RATED: [[[u8; 6]; 2]; 3] = [
    [[3, 5, 4, 6, 6, 8], [4, 4, 6, 5, 8, 7]],
    [[6, 5, 7, 6, 7, 6], [4, 5, 3, 5, 4, 5]],
    [[7, 5, 5, 4, 4, 3], [6, 7, 4, 5, 3, 4]],
];

/// The answers to a weekly measure. The ratings of couple 0 rise, those of couple 1
/// stay level, and those of any other couple fall.
pub(super) fn week_of(document: &Document, couple: usize, seat: usize, week: i64, today: NaiveDate) -> Answers {
    let week = usize::try_from(week).unwrap_or(0);
    let value = RATED[couple.min(2)][seat % 2][week % 6];
    let mut all = answers(document, seat, today);
    for answer in all.values_mut() {
        if let Answer::Scale(ScaleAnswer { values }) = answer {
            for (n, rated) in values.values_mut().enumerate() {
                // Each line of the scale goes its own way around the week's value.
                let around = u8::try_from((n * 5 + week * 3 + seat) % 3).unwrap_or(1);
                *rated = (value + around).saturating_sub(1).clamp(1, 10);
            }
        }
    }
    all
}

/// Plausible answers to every question of an exercise; the two seats differ. Dated
/// entries are of the days before `today`.
pub fn answers(document: &Document, seat: usize, today: NaiveDate) -> Answers {
    let lines: [&[&str]; 2] = [
        &[
            "I notice it most on Sunday evenings, when the week is already in my head.",
            "When you sat down next to me without saying anything, it helped more than advice.",
            "I would like ten minutes after dinner before we look at our phones.",
            "I get quiet because I am afraid of making it worse.",
        ],
        &[
            "It is the mornings for me. We pass each other like colleagues.",
            "You asked how the call went and waited for the long answer.",
            "I would like us to say goodnight properly again.",
            "When I talk fast I am usually worried, not angry.",
        ],
    ];
    let line = |n: usize| lines[seat % 2][n % 4].to_owned();
    document
        .questions()
        .enumerate()
        .map(|(n, step)| {
            let answer = match document.guess_as_step(step) {
                Some(guessed) => {
                    Answer::Guess(GuessAnswer { guess: Box::new(answer(&guessed, (n + seat, seat), today, &line)) })
                }
                None => answer(step, (n, seat), today, &line),
            };
            (step.key.clone(), answer)
        })
        .collect()
}

/// A plausible answer to a step; `n` is its place in the exercise, and the two seats
/// differ.
fn answer(step: &Step, (n, seat): (usize, usize), today: NaiveDate, line: &dyn Fn(usize) -> String) -> Answer {
    // The option that the person of this seat picks for the item `i`.
    let turn = |i: usize, of: usize| (i + n + 2 * seat) % of.max(1);
    let small = |n: usize| u8::try_from(n).unwrap_or(0);
    match &step.kind {
        StepKind::Read(_) | StepKind::Text(_) | StepKind::Guess(_) | StepKind::Agreement(_) | StepKind::Plan => {
            Answer::Text(TextAnswer { text: line(n) })
        }
        StepKind::Choice(ChoiceStep { options, .. }) => Answer::Choice(ChoiceAnswer {
            pick: options.get((n + seat) % options.len()).map(|o| o.key.clone()),
            own: String::new(),
        }),
        StepKind::Checklist(ChecklistStep { options, .. }) => Answer::Checklist(ChecklistAnswer {
            picks: options
                .iter()
                .enumerate()
                .filter(|(i, _)| (i + seat).is_multiple_of(3) || *i == 1)
                .map(|(_, o)| o.key.clone())
                .collect(),
            own: String::new(),
        }),
        StepKind::Scale(ScaleStep { items, min, max, .. }) => Answer::Scale(ScaleAnswer {
            values: items
                .iter()
                .enumerate()
                .map(|(i, item)| (item.key.clone(), (*min + small((i * 3 + seat * 4 + n) % 7) + 2).min(*max)))
                .collect(),
        }),
        StepKind::Rewrite(RewriteStep { lines: given }) => Answer::Rewrite(RewriteAnswer {
            lines: given.iter().enumerate().map(|(i, l)| (l.key.clone(), line(n + i))).collect(),
        }),
        StepKind::Rank(RankStep { items }) => Answer::Rank(RankAnswer {
            places: items
                .iter()
                .enumerate()
                .map(|(i, item)| (item.key.clone(), small((i + seat) % items.len() + 1)))
                .collect(),
        }),
        StepKind::Allocate(AllocateStep { items }) => Answer::Allocate(AllocateAnswer {
            shares: items.iter().enumerate().map(|(i, item)| (item.key.clone(), small(turn(i, 5)))).collect(),
        }),
        StepKind::Sort(SortStep { items, buckets, own, .. }) => Answer::Sort(SortAnswer {
            places: items
                .iter()
                .enumerate()
                .map(|(i, item)| (item.key.clone(), buckets[(i + i * seat) % buckets.len()].key.clone()))
                .collect(),
            own: buckets.iter().take(usize::from(*own)).map(|b| (b.key.clone(), line(n + 1))).collect(),
        }),
        StepKind::Timer(TimerStep { seconds, .. }) => {
            Answer::Timer(TimerAnswer { done: true, minutes: u16::try_from(seconds / 60).ok(), note: line(n) })
        }
        StepKind::Turns(_) => Answer::Turns(TurnsAnswer { felt: Some(small(5 + turn(0, 5))), reflection: line(n) }),
        StepKind::Log(LogStep { tags, .. }) => Answer::Log(LogAnswer {
            entries: (0..3 + seat)
                .zip([9, 7, 4, 2])
                .map(|(i, days_ago)| Entry {
                    on: (today - Duration::days(days_ago)).to_string(),
                    tag: tags.get(turn(i, tags.len())).map(|t| t.key.clone()).unwrap_or_default(),
                    text: line(n + i),
                })
                .collect(),
        }),
    }
}
