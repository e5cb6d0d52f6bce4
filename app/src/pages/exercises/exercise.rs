//! The exercise page of the portal, on which a partner answers an exercise.
//!
//! Each field has a badge before it that says who will be able to read the
//! answer, so that nobody types first and learns it later. Nothing on the page
//! tells whether the other partner has answered.

use domain::{
    exercises::{
        exercise::{Document, Scope},
        response::NotNow,
    },
    form::{Errors, Form},
    ids::{ClientId, OccurrenceId},
};
use leptos::prelude::*;

use super::parts::{FORM, first_button, is_private, mode_sentence, step_errors, word_along};
use super::revealed::{Theirs, answer_sections};
use super::screens::Screens;
use super::step::{Fields, step_alone, steps_from};
use super::{agreement, plan};
use crate::{
    islands::{Autosave, SaveTexts, StepByStep, StepTexts},
    say,
    ui::{form_key, page_head, phone_line},
    words::{Words, words},
};

/// The view model of the exercise page.
#[derive(Clone, Debug)]
pub struct Model {
    pub occurrence: OccurrenceId,
    pub document: Document,
    /// Whether it is assigned to this person only, so that no answer opens to
    /// the partner.
    pub alone: bool,
    /// How many people it is assigned to.
    pub responders: usize,
    pub partner_name: Option<String>,
    pub therapist: String,
    /// The answers typed so far.
    pub answers: Form,
    pub errors: Errors,
    pub draft_number: i64,
    /// The time of the last save of the draft, such as `21:04`; `None` without
    /// a draft.
    pub saved_at: Option<String>,
    /// A line from the therapist; may be empty.
    pub word_along: String,
    /// What the other partner has written for both; `None` if nothing can be
    /// read yet.
    pub theirs: Option<Theirs>,
    /// The reader's date, in the format of a date field.
    pub today: String,
    /// The agreements, once they are open.
    pub agreements: Vec<agreement::Item>,
    /// The plans, once they are open.
    pub plans: Vec<plan::Item>,
    /// How often it repeats, such as "every day"; empty if it does not.
    pub rhythm: String,
    /// Whether the therapist withdrew it: the reader can read their draft and
    /// change nothing.
    pub withdrawn: bool,
    /// The reason why this person put it off; `None` if they did not.
    pub not_now: Option<NotNow>,
    /// The practice's phone number; may be empty.
    pub phone: String,
    /// Further answers that the other partner offers to show.
    pub offers: Vec<domain::ids::AnswerId>,
    /// The client to whom it was assigned; a message to the therapist belongs
    /// to this client.
    pub client: ClientId,
}

/// Renders the exercise page.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let fields = Fields {
        document: &m.document,
        responders: m.responders,
        partner: m.partner_name.as_deref(),
        writer: None,
        therapist: &m.therapist,
        answers: &m.answers,
        errors: &m.errors,
        disabled: m.withdrawn,
        today: &m.today,
        clocks: !m.withdrawn,
    };
    if m.withdrawn {
        return withdrawn_view(m, fields);
    }
    // If the page begins with plans, they and the texts before them are shown
    // above the form.
    let begins = if m.plans.is_empty() { 0 } else { m.document.plans_at_beginning() };
    let screens = Screens::new(&m.document, begins, &m.answers, &m.errors, m.saved_at.is_some());
    let steps = &m.document.steps;
    let step = |n: usize| match m.plans.iter().find(|p| n < begins && p.step == steps[n].key) {
        Some(item) => plan::section(item),
        None => step_alone(fields, &steps[n]),
    };
    let lead = screens.draw(0..begins, step);
    let turning = (screens.screens.len() > 1).then(|| {
        view! { <StepByStep screens=screens.screens.len() start=screens.start texts=step_texts(w)/> }.into_any()
    });
    let form = view! {
        <form id=FORM class="form exercise-form" method="post" action=format!("/portal/exercises/{}", m.occurrence) novalidate>
            {form_key()}
            <input type="hidden" name="draft_number" value=m.draft_number.to_string() autocomplete="off"/>
            {screens.draw(begins..steps.len(), step)}
            {turning}
            <div class="form-actions exercise-end">
                <button class="button" type="submit" name="do" value="save">{say!(w, "exercise-save-later")}</button>
                <button class="button button-primary" type="submit" name="do" value="submit">{if is_private(&m.document) { say!(w, "exercise-keep") } else { say!(w, "exercise-send") }}</button>
            </div>
            <p class="hint exercise-end">{send_hint(m)}</p>
        </form>
    };
    view! {
        <article class="exercise is-stepped" data-at=screens.place()>
            <header class="page-head">
                <h1>{m.document.title.clone()}</h1>
            </header>
            {first_button()}
            {step_errors(&m.document, &m.errors)}
            {screens.progress()}
            <div class="exercise-intro">
            <p class="muted">{say!(w, "exercise-about", minutes = m.document.minutes)}" "{mode_sentence(m.document.mode, m.responders)}{open_at_once_sentence(m)}{rhythm_sentence(&m.rhythm)}</p>
            <p class="lead">{m.document.purpose.clone()}</p>
            {word_along(&m.therapist, &m.word_along)}
            </div>
            {m.theirs.as_ref().map(|theirs| partner_card(m.partner_name.as_deref(), theirs))}
            {super::revealed::offer_card(&m.offers, m.partner_name.as_deref())}
            {lead}
            <Autosave form=FORM.to_owned() occurrence=m.occurrence.0 number=m.draft_number saved_at=m.saved_at.clone().unwrap_or_default() texts=save_texts(w)>
                {form}
            </Autosave>
            <div class="exercise-end">
                {m.plans.iter().filter(|p| !steps.iter().take(begins).any(|s| s.key == p.step)).map(plan::section).collect::<Vec<_>>()}
                {m.agreements.iter().map(agreement::section).collect::<Vec<_>>()}
            </div>
            {put_off_card(m)}
            <p><a href=format!("/portal/messages?client={}&about={}", m.client, m.occurrence)>{say!(w, "exercise-write-about", therapist = &m.therapist)}</a></p>
        </article>
    }
    .into_any()
}

/// The words of the island that saves the draft.
fn save_texts(w: Words) -> SaveTexts {
    SaveTexts {
        saved: say!(w, "save-saved", at = "{at}"),
        elsewhere: say!(w, "save-elsewhere"),
        offline: say!(w, "save-offline"),
        gone: say!(w, "save-gone"),
        again: say!(w, "save-again"),
        refused: say!(w, "save-refused"),
    }
}

/// The words of the island that turns the steps.
fn step_texts(w: Words) -> StepTexts {
    StepTexts {
        back: say!(w, "back"),
        next: say!(w, "welcome-continue"),
        place: say!(w, "exercise-step", at = "{at}", all = "{all}"),
    }
}

/// The page of a withdrawn exercise, with the partner's draft to read.
fn withdrawn_view(m: &Model, fields: Fields<'_>) -> AnyView {
    let w = words();
    view! {
        <article class="exercise">
            {page_head(m.document.title.clone(), say!(w, "exercise-withdrawn", therapist = &m.therapist), vec![])}
            <div class="exercise-form">{steps_from(fields, 0)}</div>
            <p><a href=format!("/portal/messages?client={}&about={}", m.client, m.occurrence)>{say!(w, "exercise-write-about", therapist = &m.therapist)}</a></p>
        </article>
    }
    .into_any()
}

/// The sentence about how often the exercise repeats; `None` if it does not.
fn rhythm_sentence(rhythm: &str) -> Option<String> {
    let w = words();
    (!rhythm.is_empty()).then(|| format!(" {}", say!(w, "exercise-repeats", rhythm = w.sentence(rhythm))))
}

/// The buttons to put the exercise off with a reason. Only the therapist sees
/// the reason.
fn put_off_card(m: &Model) -> AnyView {
    let w = words();
    let action = format!("/portal/exercises/{}/not-now", m.occurrence);
    if m.not_now == Some(NotNow::NotSafe) {
        return not_safe_card(m, action);
    }
    if let Some(why) = m.not_now {
        return view! {
            <section class="card not-now" aria-labelledby="not-now">
                <h2 id="not-now">{say!(w, "not-now-done")}</h2>
                <p>{say!(w, "not-now-told", therapist = &m.therapist, why = w.label(why))}</p>
                <p><button class="button" type="submit" form=FORM formaction=action name="why" value="">{say!(w, "not-now-open")}</button></p>
            </section>
        }
        .into_any();
    }
    let buttons: Vec<AnyView> = NotNow::ALL
        .iter()
        .map(|why| {
            // The buttons submit the exercise's form, so that its content is
            // saved.
            view! { <button class="button" type="submit" form=FORM formaction=action.clone() name="why" value=why.word()>{w.label(*why)}</button> }.into_any()
        })
        .collect();
    view! {
        <details class="not-now">
            <summary>{say!(w, "not-now-title")}</summary>
            <p class="hint">{say!(w, "not-now-hint", therapist = &m.therapist)}</p>
            <p class="actions">{buttons}</p>
        </details>
    }
    .into_any()
}

/// The card after "not safe". It does not repeat the reason, because another
/// person may look at the screen.
fn not_safe_card(m: &Model, action: String) -> AnyView {
    let w = words();
    let write = format!("/portal/messages?client={}&about={}", m.client, m.occurrence);
    view! {
        <section class="card not-now" aria-labelledby="not-now">
            <h2 id="not-now">{say!(w, "not-safe-title")}</h2>
            <p>{say!(w, "not-safe-text", therapist = &m.therapist)}</p>
            <p>{say!(w, "not-safe-sooner", therapist = &m.therapist)}</p>
            <p><a class="button" href=write>{say!(w, "messages-write", name = &m.therapist)}</a></p>
            {phone_line(&m.phone)}
            <p class="muted">{say!(w, "not-safe-danger")}</p>
            <p><button class="button" type="submit" form=FORM formaction=action name="why" value="">{say!(w, "not-now-open")}</button></p>
        </section>
    }
    .into_any()
}

/// The card with what the other partner wrote for both, closed at first.
fn partner_card(partner: Option<&str>, theirs: &Theirs) -> AnyView {
    let w = words();
    let summary = match partner {
        Some(name) => say!(w, "partner-wrote", name = name),
        None => say!(w, "partner-wrote-unnamed"),
    };
    view! {
        <details class="card from-the-other">
            <summary>{summary}</summary>
            {answer_sections(theirs)}
        </details>
    }
    .into_any()
}

/// A sentence at the top that the partner can read answers at once; `None` if
/// answers open by a reveal or to nobody.
fn open_at_once_sentence(m: &Model) -> Option<String> {
    let both = m.document.questions().any(|s| s.scope == Scope::Couple);
    let w = words();
    let sentence = || match &m.partner_name {
        Some(name) => say!(w, "exercise-open-at-once", name = name),
        None => say!(w, "exercise-open-at-once-unnamed"),
    };
    (both && m.responders > 1 && !m.document.is_blind(m.responders)).then(|| format!(" {}", sentence()))
}

/// The hint below the send button.
fn send_hint(m: &Model) -> String {
    let w = words();
    if is_private(&m.document) {
        return say!(w, "send-hint-private");
    }
    if m.responders > 1
        && m.document.questions().any(|s| s.scope == Scope::Couple)
        && !m.document.is_blind(m.responders)
    {
        say!(w, "send-hint-at-once")
    } else if m.document.is_blind(m.responders) {
        say!(w, "send-hint-reveal")
    } else {
        say!(w, "send-hint")
    }
}

/// Sample models: an empty exercise; a full one; one with errors; a withdrawn
/// one. Their names have every shape.
pub fn samples() -> Vec<Model> {
    let document = super::step::sample::sample_document();
    let empty = Model {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        document: document.clone(),
        alone: false,
        responders: 2,
        partner_name: Some("Jonas".into()),
        therapist: "Dr Ruth Abrahams".into(),
        answers: Form::default(),
        errors: Errors::default(),
        draft_number: 0,
        saved_at: None,
        word_along: String::new(),
        theirs: None,
        today: "2026-11-23".into(),
        agreements: vec![],
        plans: plan::samples(),
        rhythm: "every day".into(),
        withdrawn: false,
        not_now: None,
        phone: "+49 30 1234567".into(),
        offers: vec![],
        client: ClientId::from(uuid::Uuid::from_u128(9)),
    };
    let answers = Form::from_pairs([
        ("s.words", "Zwei Sätze. <b>Keiner davon</b> & „fett“."),
        ("s.pick", "own"),
        ("s.pick.own", "something else 💛"),
        ("s.ticks", "p"),
        ("s.ticks", "q"),
        ("s.rate.i", "0"),
        ("s.turn.l1", "अनन्या"),
    ]);
    let full = Model {
        alone: true,
        responders: 1,
        partner_name: None,
        therapist: "अनन्या शर्मा 💛".into(),
        answers: answers.clone(),
        draft_number: 12,
        not_now: Some(NotNow::NotSafe),
        rhythm: String::new(),
        plans: vec![],
        saved_at: Some("21:04".into()),
        word_along: "Take your time with this one.\n\nIt is for you.".into(),
        ..empty.clone()
    };
    let errors = domain::exercises::response::check(&document, &domain::exercises::response::read(&document, &answers))
        .err()
        .unwrap_or_default();
    let theirs = super::revealed::samples().swap_remove(1).theirs;
    let gaps = Model {
        theirs,
        partner_name: Some("N".repeat(200)),
        therapist: "T".repeat(200),
        answers,
        errors,
        ..empty.clone()
    };
    let withdrawn = Model { withdrawn: true, ..full.clone() };
    vec![empty, full, gaps, withdrawn]
}

#[cfg(test)]
mod tests {
    use domain::exercises::response::field;

    use super::{super::step::steps, *};

    fn fields(m: &Model, disabled: bool) -> String {
        let f = Fields {
            document: &m.document,
            responders: m.responders,
            partner: m.partner_name.as_deref(),
            writer: None,
            therapist: &m.therapist,
            answers: &m.answers,
            errors: &m.errors,
            disabled,
            today: &m.today,
            clocks: false,
        };
        Owner::new().with(|| steps(f).to_html())
    }

    #[test]
    fn readers_are_named_before_each_field() {
        for m in samples() {
            let html = fields(&m, false);
            let steps: Vec<&str> = html.split("class=\"step").filter(|s| s.contains("name=\"s.")).collect();
            for step in m.document.questions() {
                assert!(html.contains(&format!("name=\"{}", field(&step.key))), "{}", step.key);
            }
            let mut badge = false;
            for part in steps {
                // The classes are "step-prompt", "step-scope" and the step
                // itself, in this order.
                let (scope, input) = (part.find("class=\"scope "), part.find("name=\"s."));
                badge |= scope.is_some();
                assert!(badge && scope.is_none_or(|s| input.is_some_and(|i| s < i)), "{part}");
            }
            assert_eq!(html.matches("class=\"scope ").count(), m.document.questions().count());
        }
    }

    #[test]
    fn exercise_for_one_person_promises_no_reveal() {
        for m in samples() {
            assert_eq!(fields(&m, false).contains("once you have both answered"), m.responders > 1);
            assert_eq!(m.document.is_blind(m.responders), m.responders > 1);
        }
    }

    #[test]
    fn typed_text_is_shown_and_escaped() {
        let mut m = samples().swap_remove(1);
        m.answers.set("s.words", "</textarea><script>x</script>");
        m.answers.set("s.line", "\"><script>y</script>");
        let html = fields(&m, false);
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;script>x"));
        assert_eq!(html.matches(" checked").count(), 7);
    }

    #[test]
    fn preview_fields_are_disabled() {
        let html = fields(&samples()[0], true);
        let controls: usize = ["<input", "<textarea", "<select"].iter().map(|c| html.matches(c).count()).sum();
        assert_eq!(html.matches(" disabled").count(), controls);
    }
}
