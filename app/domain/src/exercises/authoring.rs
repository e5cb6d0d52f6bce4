//! Authoring: the conversion between an exercise and the form in which it is
//! written.
//!
//! The form is stored as the exercise draft, with all that was typed, valid or
//! not. [`read`] makes a [`Document`] of it, or says which fields have errors.
//! A field for several entries has one entry on each line.

use std::collections::HashSet;

use crate::{
    exercises::{
        exercise::{Article, Document, MAX_STEPS, Problem, STEPS_FIELD, is_key},
        step::{Choice, Kind, MAX_ENTRIES, Step, StepInput},
    },
    form::{Errors, Form, Reader, rows},
    typed,
};

/// The highest number of steps in an exercise. It is the same as for an
/// exercise from a file, since each step becomes a row of this form.
pub const STEPS: usize = MAX_STEPS;
/// The number of rows that are read from the form: one more than allowed, so
/// that too many steps are noticed.
const ROWS: usize = STEPS + 1;

/// A copy of the form with a new step of a kind at the end; `None` if the kind
/// is unknown or the form has [`STEPS`] steps already.
pub fn add_step(form: &Form, kind: &str) -> Option<Form> {
    let row = rows::count(form);
    let kind: Kind = kind.parse().ok().filter(|_| row < STEPS)?;
    let mut form = form.clone();
    let scope = kind.first_scope();
    for (name, value) in [("kind", kind.word()), ("scope", scope.word()), ("prompt", "")] {
        form.set(&rows::field(row, name), value);
    }
    for (name, value) in kind.first_fields() {
        form.set(&rows::field(row, name), *value);
    }
    name_steps(&mut form);
    Some(form)
}

/// Gives a unique key to each step that has no valid one.
fn name_steps(form: &mut Form) {
    let count = rows::count(form).min(ROWS);
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

/// A unique key for a text, made of its ASCII letters and digits; `item` if it
/// has none, and with a number if it is `taken` already.
fn key_of(text: &str, taken: &HashSet<String>) -> String {
    let mut key = String::new();
    for c in crate::clients::person::search_key(text).chars() {
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

/// A unique slug for a new exercise or pathway, made of its title.
pub fn slug_of(title: &str, taken: impl IntoIterator<Item = String>) -> String {
    key_of(title, &taken.into_iter().collect())
}

/// Reads entries, one on each line. An entry that was there before, with the
/// same text, keeps its key.
pub(super) fn read_entries(text: &str, before: &[Choice]) -> Vec<Choice> {
    // One more than allowed is read, so that too many are noticed. There is a
    // limit because each entry is compared with all earlier ones.
    let lines = text.lines().map(typed::line).filter(|l| !l.is_empty());
    let lines: Vec<String> = lines.take(MAX_ENTRIES + 1).collect();
    let mut taken: HashSet<String> = before.iter().filter(|c| lines.contains(&c.text)).map(|c| c.key.clone()).collect();
    lines
        .into_iter()
        .map(|line| {
            let key = before.iter().find(|c| c.text == line).map_or_else(|| key_of(&line, &taken), |c| c.key.clone());
            taken.insert(key.clone());
            Choice { key, text: line }
        })
        .collect()
}

/// The texts of entries, one on each line.
pub(super) fn join_lines(entries: &[Choice]) -> String {
    entries.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Reads an exercise from its form. `before` is the version that this one
/// changes: its steps and entries keep their keys, so that a scale can be
/// compared across versions. The errors name the step by its number, and all of
/// them are found at once: an error in one field hides none in another.
pub fn read(form: &Form, slug: &str, before: Option<&Document>) -> Result<Document, Errors> {
    let mut form = form.clone();
    name_steps(&mut form);
    let mut r = Reader::new(&form);
    let document = read_document(&mut r, &form, slug, before);
    if rows::count(&form) == 0 {
        let _ = r.fail::<()>(STEPS_FIELD, "Add at least one step.");
    }
    let mut errors = with_step_numbers(&r.finish().err().unwrap_or_default());
    check_steps(&form, before, &mut errors);
    errors.into_result()?;
    let document = document.ok_or_else(|| Errors::at_field("title", "Enter a title."))?;
    let mut errors = Errors::default();
    for problem in document.problems() {
        let field = problem.step.map_or_else(|| problem.field.to_owned(), |n| rows::field(n, problem.field));
        errors.add(&field, problem.sentence());
    }
    errors.into_result().map(|()| document)
}

/// Adds the errors in the definitions of the steps. Missing texts count as
/// written here, so that they do not keep the rest from being checked.
fn check_steps(form: &Form, before: Option<&Document>, errors: &mut Errors) {
    let form = with_dots(form);
    let mut unused = Reader::new(&form);
    let (numbers, steps): (Vec<usize>, Vec<Step>) = read_rows(&mut unused, &form, before).into_iter().unzip();
    for (row, step) in numbers.iter().zip(&steps) {
        for (field, text) in step.problems(&steps) {
            errors.add(&rows::field(*row, field), Problem { step: Some(*row), field, text }.sentence());
        }
    }
    if !steps.is_empty() && steps.iter().all(|step| step.kind.takes() == StepInput::Nothing) {
        errors.add(STEPS_FIELD, "Add a step that asks for something.");
    }
}

/// Adds the step's number to each error about a step, such as "Step 2: enter what
/// is asked."
pub(super) fn with_step_numbers(errors: &Errors) -> Errors {
    let mut named = Errors::default();
    for (field, message) in errors.iter() {
        match rows::parse(field) {
            Some((row, _)) => named.add(field, format!("Step {}: {}", row + 1, small_initial(message))),
            None => named.add(field, message),
        }
    }
    named
}

/// A text with a small letter at its beginning.
fn small_initial(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_lowercase(), letters.as_str()))
}

/// The exercise for the preview of a form, as far as the form is valid. Missing
/// texts are shown as "…".
pub fn preview(form: &Form, before: Option<&Document>) -> Document {
    let mut form = form.clone();
    name_steps(&mut form);
    let form = with_dots(&form);
    let mut r = Reader::new(&form);
    read_document(&mut r, &form, "preview", before).unwrap_or_else(|| Document {
        slug: "preview".to_owned(),
        title: "…".to_owned(),
        purpose: "…".to_owned(),
        article: Article::Own,
        section: String::new(),
        themes: vec![],
        minutes: 5,
        mode: crate::exercises::exercise::Mode::Alone,
        cautions: "…".to_owned(),
        steps: read_rows(&mut r, &form, before).into_iter().map(|(_, step)| step).collect(),
    })
}

/// The form with "…" in place of each missing text.
fn with_dots(form: &Form) -> Form {
    let mut form = form.clone();
    let mut needed: Vec<(String, &str)> = vec![
        ("title".to_owned(), "…"),
        ("purpose".to_owned(), "…"),
        ("cautions".to_owned(), "…"),
        ("minutes".to_owned(), "5"),
        ("mode".to_owned(), "alone"),
    ];
    needed.extend((0..rows::count(&form).min(ROWS)).map(|n| (rows::field(n, "prompt"), "…")));
    for (name, dots) in needed {
        if typed::is_blank(form.get(&name)) {
            form.set(&name, dots);
        }
    }
    form
}

/// Reads the steps, each with the number of its row. Steps with errors are left
/// out.
fn read_rows(r: &mut Reader<'_>, form: &Form, before: Option<&Document>) -> Vec<(usize, Step)> {
    (0..rows::count(form).min(ROWS)).filter_map(|n| Some((n, read_step(r, form, n, before)?))).collect()
}

/// Reads the exercise and adds its errors to the reader; `None`: a field of the
/// exercise itself is missing or wrong. Steps with errors are left out.
fn read_document(r: &mut Reader<'_>, form: &Form, slug: &str, before: Option<&Document>) -> Option<Document> {
    let title = r.text("title", 1..=120, "Enter a title.");
    let purpose = r.lines("purpose", 1..=2_000, "Enter what it is for, in plain words.");
    let cautions = r.lines("cautions", 1..=4_000, "Enter when not to assign it; one sentence is enough.");
    let themes = r.text("themes", 0..=200, "");
    let minutes = r.number("minutes", 1..=180);
    let mode = r.word("mode", "Choose how the two do it.");
    let steps = read_rows(r, form, before).into_iter().map(|(_, step)| step).collect();
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

/// The fields of one step in the author's form, for reading.
pub(super) struct StepRow<'r, 'f> {
    /// Collects the errors.
    reader: &'r mut Reader<'f>,
    form: &'r Form,
    row: usize,
    /// The same step in the version that the exercise changes; `None`: it is a
    /// new step.
    pub(super) before: Option<&'r Step>,
}

impl StepRow<'_, '_> {
    /// The name of a field of this row.
    fn name(&self, field: &str) -> String {
        rows::field(self.row, field)
    }

    /// Whether a box is ticked.
    pub(super) fn ticked(&self, field: &str) -> bool {
        !self.form.get(&self.name(field)).is_empty()
    }

    /// The text of a field, without blanks at either end.
    pub(super) fn text(&self, field: &str) -> String {
        typed::lines(self.form.get(&self.name(field))).trim().to_owned()
    }

    /// The options, items, lines, cards or tags of the step, one on each line of
    /// the field. An entry that was there before keeps its key.
    pub(super) fn choices(&self) -> Vec<Choice> {
        read_entries(&self.text("options"), self.before.map(|step| step.kind.choices()).unwrap_or_default())
    }

    /// Reads a whole number within a range. `None`: it is wrong, and an error that
    /// says what to enter is collected; `what` is, for example, "the minutes".
    pub(super) fn number(&mut self, field: &str, what: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let name = rows::field(self.row, field);
        let value = typed::code(self.form.get(&name)).parse::<i64>().ok().filter(|n| range.contains(n));
        if value.is_none() {
            let _ = self.reader.fail::<()>(&name, format!("Enter {what}, {} to {}.", range.start(), range.end()));
        }
        value
    }
}

/// Reads the step in row `n`; `None`: it has an error, or a kind that is not known.
fn read_step(r: &mut Reader<'_>, form: &Form, n: usize, before: Option<&Document>) -> Option<Step> {
    let name = |field: &str| rows::field(n, field);
    let key = form.get(&name("key")).to_owned();
    // Only a form that no page of ours made has a kind that is not known.
    let kind: Kind = r.word(&name("kind"), "Remove this step and add it again.").ok()?;
    let ask = if kind == Kind::Read { "Enter a heading." } else { "Enter what is asked." };
    let prompt = r.text(&name("prompt"), 1..=300, ask);
    let hint = r.lines(&name("hint"), 0..=1_000, "");
    let scope = r.word(&name("scope"), "Choose who may read the answer.");
    let before = before.and_then(|d| d.step(&key));
    let mut row = StepRow { reader: r, form, row: n, before };
    let kind = kind.read_definition(&mut row);
    Some(Step {
        optional: row.ticked("optional"),
        bring: row.ticked("bring"),
        key,
        prompt: prompt.ok()?,
        hint: hint.ok()?,
        scope: scope.ok()?,
        kind,
    })
}

/// The fields of one step in the author's form, for writing.
pub(super) struct StepRowMut<'a> {
    form: &'a mut Form,
    row: usize,
}

impl StepRowMut<'_> {
    /// Sets the value of a field.
    pub(super) fn set(&mut self, field: &str, value: String) {
        self.form.set(&rows::field(self.row, field), value);
    }

    /// Sets the value of a box: ticked or not.
    pub(super) fn tick(&mut self, field: &str, on: bool) {
        self.set(field, if on { "yes".to_owned() } else { String::new() });
    }
}

/// The form of an exercise, for its author to continue.
pub fn to_form(document: &Document) -> Form {
    let mut form = Form::from_pairs([
        ("title", document.title.clone()),
        ("purpose", document.purpose.clone()),
        ("cautions", document.cautions.clone()),
        ("themes", document.themes.join(", ")),
        ("minutes", document.minutes.to_string()),
        ("mode", document.mode.word().to_owned()),
    ]);
    for (row, step) in document.steps.iter().enumerate() {
        fill_step(&mut StepRowMut { form: &mut form, row }, step);
    }
    form
}

/// Fills the fields of one step.
fn fill_step(row: &mut StepRowMut<'_>, step: &Step) {
    row.set("kind", step.kind.word().to_owned());
    row.set("key", step.key.clone());
    row.set("scope", step.scope.word().to_owned());
    row.set("prompt", step.prompt.clone());
    row.set("hint", step.hint.clone());
    row.tick("optional", step.optional);
    row.tick("bring", step.bring);
    let options = join_lines(step.kind.choices());
    if !options.is_empty() {
        row.set("options", options);
    }
    step.kind.fill_definition(row);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::{exercise::Scope, step::StepKind};

    #[test]
    fn an_exercise_is_read_back_from_its_own_form() {
        let mut document = crate::exercises::response::tests::document();
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
        assert_eq!(read(&to_form(&document), &document.slug, Some(&document)), Ok(document));
    }

    #[test]
    fn a_changed_entry_gets_a_new_key_and_the_others_keep_theirs() {
        let before = [Choice { key: "a".into(), text: "One".into() }, Choice { key: "two".into(), text: "Two".into() }];
        let keys = |text: &str| read_entries(text, &before).into_iter().map(|c| c.key).collect::<Vec<_>>();
        assert_eq!(keys("Two\nOne"), ["two", "a"]);
        assert_eq!(keys("One\nTwo!\nTwo"), ["a", "two-2", "two"]);
        assert_eq!(keys("अनन्या\nनेहा\nown"), ["item", "item-2", "item-3"]);
    }

    #[test]
    fn missing_parts_are_errors_at_their_fields_and_the_preview_shows_the_rest() {
        let mut draft = Form::from_pairs([("title", "Ours"), ("minutes", "5"), ("mode", "alone")]);
        draft = add_step(&draft, "choice").unwrap();
        draft = add_step(&draft, "scale").unwrap();
        assert_eq!(draft.get("step.0.key"), "choice-1");
        draft.set("step.0.options", "only one");
        let shown = preview(&draft, None);
        assert_eq!((shown.steps.len(), shown.title.as_str()), (2, "Ours"));
        draft.set("minutes", "soon");
        assert_eq!(preview(&draft, None).steps.len(), 2, "a field that is wrong hides no step");
        draft.set("minutes", "5");
        let errors = read(&draft, "ours", None).unwrap_err();
        for field in ["purpose", "cautions", "step.0.prompt", "step.1.prompt"] {
            assert!(errors.message(field).is_some(), "{field}: {errors:?}");
        }
        for (field, text) in [("purpose", "P"), ("cautions", "C"), ("step.0.prompt", "?"), ("step.1.prompt", "?")] {
            draft.set(field, text);
        }
        let errors = read(&draft, "ours", None).unwrap_err();
        assert_eq!(errors.message("step.0.options"), Some("Step 1: add at least two options."), "{errors:?}");
        draft.set("step.0.options", "One\nTwo");
        draft.set("step.1.options", "It was warm");
        assert!(read(&draft, "ours", None).is_ok());
        assert_eq!(add_step(&draft, "nonsense"), None);
    }

    #[test]
    fn steps_without_a_text_are_steps_and_all_errors_are_found_at_once() {
        let mut draft = Form::default();
        let fields = |draft: &Form| -> Vec<String> {
            read(draft, "ours", None).unwrap_err().iter().map(|(field, _)| field.to_owned()).collect()
        };
        let head = ["cautions", "minutes", "mode", "purpose"];
        assert_eq!(fields(&draft), [&head[..], &["steps", "title"]].concat());
        for kind in ["read", "turns"] {
            draft = add_step(&draft, kind).unwrap();
        }
        draft.set("step.0.hint", "x".repeat(1_001));
        let of_steps = ["step.0.hint", "step.0.prompt", "step.1.prompt", "step.1.turns"];
        assert_eq!(fields(&draft), [&head[..], &of_steps, &["title"]].concat());
        let message = |field: &str| read(&draft, "ours", None).unwrap_err().message(field).map(str::to_owned);
        assert_eq!(message("step.1.turns").unwrap(), "Step 2: add 1 to 20 turns.");
        assert_eq!(message("step.0.prompt").unwrap(), "Step 1: enter a heading.");
        let only_read = add_step(&Form::default(), "read").unwrap();
        assert!(fields(&only_read).contains(&"steps".to_owned()), "there is nothing to answer");
    }

    #[test]
    fn a_scale_keeps_its_keys_across_versions() {
        let first = crate::exercises::response::tests::document();
        let mut changed = to_form(&first);
        let row = (0..rows::count(&changed)).find(|n| changed.get(&rows::field(*n, "kind")) == "scale").unwrap();
        changed.set(&rows::field(row, "options"), "A new one\nText j\nText i");
        let second = read(&changed, "sample", Some(&first)).unwrap();
        let StepKind::Scale(scale) = &second.steps[row].kind else { panic!() };
        assert_eq!(scale.items.iter().map(|i| i.key.as_str()).collect::<Vec<_>>(), ["a-new-one", "j", "i"]);
    }
}
