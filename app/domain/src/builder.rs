//! An exercise as its writer's form, and back.
//!
//! The form keeps whatever was typed, fitting or not, and is what a draft is
//! made of; [`read`] makes a [`Document`] of it, or says at which field it
//! falls short. What takes several entries takes one on each line.

use std::collections::HashSet;

use crate::{
    exercise::{Article, Choice, Document, Step, StepKind, Turn, is_key},
    form::{Errors, Form, Reader, rows},
};

/// Most steps of an exercise.
pub const STEPS: usize = 40;
/// How long a turn of a dialogue takes where nothing is said.
const TURN: u32 = 120;

/// The kinds of steps with what a writer reads of them.
pub const KINDS: &[(&str, &str)] = &[
    ("read", "Something to read"),
    ("text", "Something to write"),
    ("choice", "Pick one"),
    ("checklist", "Pick several"),
    ("scale", "Rate from low to high"),
    ("rewrite", "Turn a line into a kinder one"),
    ("rank", "Put in order"),
    ("guess", "Guess the partner’s answer"),
    ("allocate", "Say who carries what"),
    ("sort", "Sort into buckets"),
    ("timer", "Do something for a set time"),
    ("turns", "A talk in turns"),
    ("log", "A log over some days"),
    ("agreement", "A text that both agree on"),
    ("plan", "A day and time to plan"),
];

/// The form with a step of a kind behind the others; `None` where there are
/// enough.
pub fn add(form: &Form, kind: &str) -> Option<Form> {
    let row = rows::count(form);
    if row >= STEPS || !KINDS.iter().any(|(k, _)| *k == kind) {
        return None;
    }
    let mut form = form.clone();
    let scope = match kind {
        "read" => "mine",
        "agreement" | "plan" | "log" | "timer" => "couple",
        _ => "reveal",
    };
    for (name, value) in [("kind", kind), ("scope", scope), ("prompt", "")] {
        form.set(&rows::field(row, name), value);
    }
    let more: &[(&str, &str)] = match kind {
        "scale" => &[("min", "0"), ("max", "10"), ("low", "Not at all"), ("high", "Very much")],
        "timer" => &[("minutes", "5")],
        "log" => &[("days", "7")],
        "sort" => &[("buckets", "Keep\nLet go")],
        _ => &[],
    };
    for (name, value) in more {
        form.set(&rows::field(row, name), *value);
    }
    name_steps(&mut form);
    Some(form)
}

/// Gives every step that has none a name of its own.
fn name_steps(form: &mut Form) {
    let count = rows::count(form);
    let mut taken: HashSet<String> = (0..count).map(|n| form.get(&rows::field(n, "key")).to_owned()).collect();
    for n in 0..count {
        let name = rows::field(n, "key");
        if !is_key(form.get(&name)) {
            let kind = form.get(&rows::field(n, "kind")).to_owned();
            let key = (1..).map(|i| format!("{kind}-{i}")).find(|key| !taken.contains(key)).unwrap_or_default();
            taken.insert(key.clone());
            form.set(&name, key);
        }
    }
}

/// A key for a text: its letters and digits, or a number where it has none.
fn key_of(text: &str, taken: &HashSet<String>) -> String {
    let mut key = String::new();
    for c in crate::person::search_key(text).chars() {
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
        if key.len() >= 32 {
            break;
        }
    }
    let key = key.trim_end_matches('-').to_owned();
    let base = if key.is_empty() || key == "own" { "item".to_owned() } else { key };
    if taken.contains(&base) {
        (2..).map(|n| format!("{base}-{n}")).find(|key| !taken.contains(key)).unwrap_or(base)
    } else {
        base
    }
}

/// The slug of a new exercise or pathway with a title.
pub fn slug_of(title: &str, taken: impl IntoIterator<Item = String>) -> String {
    key_of(title, &taken.into_iter().collect())
}

/// One entry a line. An entry that stood before keeps its key.
fn entries(text: &str, before: &[Choice]) -> Vec<Choice> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut taken: HashSet<String> =
        before.iter().filter(|c| lines.contains(&c.text.as_str())).map(|c| c.key.clone()).collect();
    lines
        .into_iter()
        .map(|line| {
            let key = before.iter().find(|c| c.text == line).map_or_else(|| key_of(line, &taken), |c| c.key.clone());
            taken.insert(key.clone());
            Choice { key, text: line.to_owned() }
        })
        .collect()
}

fn lines(entries: &[Choice]) -> String {
    entries.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Reads an exercise. `before` is the version that this one is made from: its
/// steps and entries keep their keys, so that a scale can be followed over
/// versions.
pub fn read(form: &Form, slug: &str, before: Option<&Document>) -> Result<Document, Errors> {
    let mut form = form.clone();
    name_steps(&mut form);
    let mut r = Reader::new(&form);
    let document = assemble(&mut r, &form, slug, before);
    r.finish().map_err(with_steps)?;
    let Some(document) = document else { return Err(Errors::whole("This is no exercise yet.")) };
    let mut errors = Errors::default();
    for problem in document.problems() {
        let field = problem.step.map_or_else(String::new, |n| rows::field(n, "prompt"));
        // A writer knows the steps by their numbers, not by their keys.
        let sentence = match problem.step.and_then(|n| Some((n + 1, document.steps.get(n)?))) {
            Some((number, step)) => {
                problem.sentence().replacen(&format!("Step {}", step.key), &format!("Step {number}"), 1)
            }
            None => problem.sentence(),
        };
        errors.add(&field, sentence);
    }
    errors.into_result().map(|()| document)
}

/// The messages with the numbers of the steps they are about.
fn with_steps(errors: Errors) -> Errors {
    let mut named = Errors::default();
    for (field, message) in errors.iter() {
        match rows::parse(field) {
            Some((row, _)) => named.add(field, format!("Step {}: {message}", row + 1)),
            None => named.add(field, message),
        }
    }
    named
}

/// As much of an exercise as can be shown of a form: for its preview. What is
/// missing stands as dots.
pub fn preview(form: &Form, before: Option<&Document>) -> Document {
    let mut form = form.clone();
    name_steps(&mut form);
    let mut needed: Vec<(String, &str)> = vec![
        ("title".to_owned(), "…"),
        ("purpose".to_owned(), "…"),
        ("cautions".to_owned(), "…"),
        ("minutes".to_owned(), "5"),
        ("mode".to_owned(), "alone"),
    ];
    needed.extend((0..rows::count(&form)).map(|n| (rows::field(n, "prompt"), "…")));
    for (name, dots) in needed {
        if form.get(&name).trim().is_empty() {
            form.set(&name, dots);
        }
    }
    let mut r = Reader::new(&form);
    assemble(&mut r, &form, "preview", before).unwrap_or_else(|| Document {
        slug: "preview".to_owned(),
        title: "…".to_owned(),
        purpose: "…".to_owned(),
        article: Article::Own,
        section: String::new(),
        themes: vec![],
        minutes: 5,
        mode: crate::exercise::Mode::Alone,
        cautions: "…".to_owned(),
        steps: (0..rows::count(&form).min(STEPS)).filter_map(|n| step(&mut r, &form, n, before)).collect(),
    })
}

fn assemble(r: &mut Reader<'_>, form: &Form, slug: &str, before: Option<&Document>) -> Option<Document> {
    let title = r.text("title", 1..=120, "Please give the exercise a title.");
    let purpose = r.lines("purpose", 1..=2_000, "Please write what it is for, in plain words.");
    let cautions = r.lines("cautions", 1..=4_000, "Please write when not to give it: it may be one sentence.");
    let themes = r.text("themes", 0..=200, "");
    let minutes = r.number("minutes", 1..=180);
    let mode = r.word("mode", "Please choose how the two do it.");
    let steps: Vec<Step> = (0..rows::count(form).min(STEPS)).filter_map(|n| step(r, form, n, before)).collect();
    if steps.is_empty() {
        let _ = r.fail::<()>("", "Please add at least one step.");
    }
    Some(Document {
        slug: slug.to_owned(),
        title: title.ok()?,
        purpose: purpose.ok()?,
        article: before.map_or(Article::Own, |d| d.article),
        section: before.map(|d| d.section.clone()).unwrap_or_default(),
        themes: themes.ok()?.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_lowercase).collect(),
        minutes: u16::try_from(minutes.ok()?).unwrap_or(5),
        mode: mode.ok()?,
        cautions: cautions.ok()?,
        steps,
    })
}

fn step(r: &mut Reader<'_>, form: &Form, n: usize, before: Option<&Document>) -> Option<Step> {
    let name = |field: &str| rows::field(n, field);
    let key = form.get(&name("key")).to_owned();
    let before = before.and_then(|d| d.step(&key));
    let old = before.map(|s| s.kind.choices().to_vec()).unwrap_or_default();
    let scope = r.word(&name("scope"), "Please choose who may read the answer.");
    let prompt = r.text(&name("prompt"), 1..=300, "Please write what is asked.");
    let hint = r.lines(&name("hint"), 0..=1_000, "");
    let ticked = |field: &str| !form.get(&name(field)).is_empty();
    let text = |field: &str| form.get(&name(field)).replace("\r\n", "\n").trim().to_owned();
    let list = |field: &str| entries(&text(field), &old);
    let kind = match form.get(&name("kind")) {
        "read" => StepKind::Read { body: text("body") },
        "text" => StepKind::Text { long: ticked("long") },
        "choice" => StepKind::Choice { options: list("options"), own: ticked("own") },
        "checklist" => StepKind::Checklist { options: list("options"), own: ticked("own") },
        "scale" => {
            let (min, max) = (r.number(&name("min"), 0..=9), r.number(&name("max"), 1..=10));
            let small = |n: Result<i64, Errors>| n.ok().and_then(|n| u8::try_from(n).ok()).unwrap_or_default();
            StepKind::Scale {
                min: small(min),
                max: small(max),
                low: text("low"),
                high: text("high"),
                items: list("options"),
            }
        }
        "rewrite" => StepKind::Rewrite { lines: list("options") },
        "rank" => StepKind::Rank { items: list("options") },
        "guess" => StepKind::Guess { of: text("of") },
        "allocate" => StepKind::Allocate { items: list("options") },
        "sort" => {
            let old = match before.map(|s| &s.kind) {
                Some(StepKind::Sort { buckets, .. }) => buckets.clone(),
                _ => vec![],
            };
            let buckets = entries(&text("buckets"), &old);
            let only = text("both_only");
            let both_only = buckets.iter().find(|b| !only.is_empty() && (b.text == only || b.key == only));
            let both_only = both_only.map_or_else(|| (!only.is_empty()).then(|| only.clone()), |b| Some(b.key.clone()));
            StepKind::Sort { items: list("options"), buckets, own: ticked("own"), both_only }
        }
        "timer" => {
            let minutes = r.number(&name("minutes"), 1..=60).ok().and_then(|n| u32::try_from(n).ok());
            StepKind::Timer { seconds: minutes.unwrap_or(1) * 60, together: ticked("together") }
        }
        "turns" => StepKind::Turns { turns: turns(&text("turns"), before), cards: list("options") },
        "log" => {
            let days = r.number(&name("days"), 1..=60).ok().and_then(|n| u16::try_from(n).ok());
            StepKind::Log { days: days.unwrap_or(1), tags: list("options") }
        }
        "agreement" => StepKind::Agreement { starter: text("starter") },
        "plan" => StepKind::Plan,
        _ => return None,
    };
    Some(Step {
        key,
        prompt: prompt.ok()?,
        hint: hint.ok()?,
        scope: scope.ok()?,
        optional: ticked("optional"),
        bring: ticked("bring"),
        kind,
    })
}

/// Turns, one a line, each with its seconds before it: `90 One of you speaks.`
fn turns(text: &str, before: Option<&Step>) -> Vec<Turn> {
    let old: Vec<Choice> = match before.map(|s| &s.kind) {
        Some(StepKind::Turns { turns, .. }) => {
            turns.iter().map(|t| Choice { key: t.key.clone(), text: t.text.clone() }).collect()
        }
        _ => vec![],
    };
    let split = |line: &str| -> (u32, String) {
        match line.split_once(' ') {
            Some((seconds, rest)) => seconds.parse().map_or((TURN, line.to_owned()), |s| (s, rest.trim().to_owned())),
            None => (TURN, line.to_owned()),
        }
    };
    let read: Vec<(u32, String)> = text.lines().map(str::trim).filter(|l| !l.is_empty()).map(split).collect();
    let texts: Vec<&str> = read.iter().map(|(_, text)| text.as_str()).collect();
    entries(&texts.join("\n"), &old)
        .into_iter()
        .zip(&read)
        .map(|(choice, (seconds, _))| Turn { key: choice.key, text: choice.text, seconds: *seconds })
        .collect()
}

/// An exercise as a form to write on in.
pub fn form(document: &Document) -> Form {
    let mut form = Form::from_pairs([
        ("title", document.title.clone()),
        ("purpose", document.purpose.clone()),
        ("cautions", document.cautions.clone()),
        ("themes", document.themes.join(", ")),
        ("minutes", document.minutes.to_string()),
        ("mode", document.mode.word().to_owned()),
    ]);
    for (n, step) in document.steps.iter().enumerate() {
        let mut set = |name: &str, value: String| form.set(&rows::field(n, name), value);
        set("kind", step.kind.word().to_owned());
        set("key", step.key.clone());
        set("scope", step.scope.word().to_owned());
        set("prompt", step.prompt.clone());
        set("hint", step.hint.clone());
        let tick = |on: bool| if on { "yes".to_owned() } else { String::new() };
        set("optional", tick(step.optional));
        set("bring", tick(step.bring));
        let options = lines(step.kind.choices());
        if !options.is_empty() {
            set("options", options);
        }
        match &step.kind {
            StepKind::Read { body } => set("body", body.clone()),
            StepKind::Text { long } => set("long", tick(*long)),
            StepKind::Choice { own, .. } | StepKind::Checklist { own, .. } => set("own", tick(*own)),
            StepKind::Scale { min, max, low, high, .. } => {
                set("min", min.to_string());
                set("max", max.to_string());
                set("low", low.clone());
                set("high", high.clone());
            }
            StepKind::Guess { of } => set("of", of.clone()),
            StepKind::Sort { buckets, own, both_only, .. } => {
                set("buckets", lines(buckets));
                set("own", tick(*own));
                let only = both_only.as_ref().and_then(|key| buckets.iter().find(|b| b.key == *key));
                set("both_only", only.map(|b| b.text.clone()).unwrap_or_default());
            }
            StepKind::Timer { seconds, together } => {
                set("minutes", (seconds / 60).max(1).to_string());
                set("together", tick(*together));
            }
            StepKind::Turns { turns, .. } => {
                let lines: Vec<String> = turns.iter().map(|t| format!("{} {}", t.seconds, t.text)).collect();
                set("turns", lines.join("\n"));
            }
            StepKind::Log { days, .. } => set("days", days.to_string()),
            StepKind::Agreement { starter } => set("starter", starter.clone()),
            StepKind::Rewrite { .. } | StepKind::Rank { .. } | StepKind::Allocate { .. } | StepKind::Plan => {}
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::Scope;

    #[test]
    fn an_exercise_survives_its_own_form() {
        let mut document = crate::response::tests::document();
        document.steps.push(Step {
            key: "when".into(),
            prompt: "When?".into(),
            hint: String::new(),
            scope: Scope::Couple,
            optional: true,
            bring: true,
            kind: StepKind::Plan,
        });
        assert_eq!(document.problems(), []);
        assert_eq!(read(&form(&document), &document.slug, Some(&document)), Ok(document));
    }

    #[test]
    fn a_changed_entry_gets_a_key_of_its_own_and_the_rest_keep_theirs() {
        let before = [Choice { key: "a".into(), text: "One".into() }, Choice { key: "two".into(), text: "Two".into() }];
        let keys = |text: &str| entries(text, &before).into_iter().map(|c| c.key).collect::<Vec<_>>();
        assert_eq!(keys("Two\nOne"), ["two", "a"]);
        assert_eq!(keys("One\nTwo!\nTwo"), ["a", "two-2", "two"]);
        assert_eq!(keys("अनन्या\nनेहा\nown"), ["item", "item-2", "item-3"]);
    }

    #[test]
    fn what_is_missing_is_told_at_its_place_and_nothing_is_lost() {
        let mut draft = Form::from_pairs([("title", "Ours"), ("minutes", "5"), ("mode", "alone")]);
        draft = add(&draft, "choice").unwrap();
        draft = add(&draft, "scale").unwrap();
        assert_eq!(draft.get("step.0.key"), "choice-1");
        draft.set("step.0.options", "only one");
        let shown = preview(&draft, None);
        assert_eq!((shown.steps.len(), shown.title.as_str()), (2, "Ours"));
        draft.set("minutes", "soon");
        assert_eq!(preview(&draft, None).steps.len(), 2, "a field that is wrong hides no step");
        draft.set("minutes", "5");
        let errors = read(&draft, "ours", None).unwrap_err();
        for field in ["purpose", "cautions", "step.0.prompt", "step.1.prompt"] {
            assert!(errors.of(field).is_some(), "{field}: {errors:?}");
        }
        for (field, text) in [("purpose", "P"), ("cautions", "C"), ("step.0.prompt", "?"), ("step.1.prompt", "?")] {
            draft.set(field, text);
        }
        let errors = read(&draft, "ours", None).unwrap_err();
        assert!(errors.of("step.0.prompt").unwrap().contains("fewer than two"), "{errors:?}");
        draft.set("step.0.options", "One\nTwo");
        draft.set("step.1.options", "It was warm");
        assert!(read(&draft, "ours", None).is_ok());
        assert_eq!(add(&draft, "nonsense"), None);
    }

    #[test]
    fn a_scale_keeps_its_keys_from_version_to_version() {
        let one = crate::response::tests::document();
        let mut changed = form(&one);
        let row = (0..rows::count(&changed)).find(|n| changed.get(&rows::field(*n, "kind")) == "scale").unwrap();
        changed.set(&rows::field(row, "options"), "A new one\nText j\nText i");
        let two = read(&changed, "sample", Some(&one)).unwrap();
        let StepKind::Scale { items, .. } = &two.steps[row].kind else { panic!() };
        assert_eq!(items.iter().map(|i| i.key.as_str()).collect::<Vec<_>>(), ["a-new-one", "j", "i"]);
    }
}
