//! An exercise, as the one who does it sees it.
//!
//! Beside each field stands who will be able to read what goes into it, and
//! it stands before the field: nobody types first and learns later. Nothing
//! here tells whether the other partner has answered.

use domain::{
    exercise::{Document, Mode, Scope},
    form::{Errors, Form},
    ids::{ClientId, OccurrenceId},
    response::{NotNow, field},
};
use leptos::prelude::*;

use super::done::{Theirs, answers};
use super::steps::id;
pub use super::steps::{Fields, readers, scope_badge, steps};
use super::steps::{step_alone, steps_from};
use super::{agreement, plan};
use crate::{islands::Autosave, ui::page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub occurrence: OccurrenceId,
    pub document: Document,
    /// It is for this person only, so nothing opens to anyone else.
    pub alone: bool,
    /// How many people it is for.
    pub responders: usize,
    pub partner_name: Option<String>,
    pub therapist: String,
    /// What was typed so far.
    pub answers: Form,
    pub errors: Errors,
    pub draft_number: i64,
    /// When the draft was saved, such as `21:04`.
    pub saved_at: Option<String>,
    /// A line from the therapist; may be empty.
    pub word_along: String,
    /// What the other has written for both, where it can be read at once.
    pub theirs: Option<Theirs>,
    /// The reader's day, as a date field holds it.
    pub today: String,
    /// What the two agree on, once it is open.
    pub agreements: Vec<agreement::Item>,
    /// What is planned, once it is open.
    pub plans: Vec<plan::Item>,
    /// "every day", where it repeats; else empty.
    pub rhythm: String,
    /// It was taken back: what was begun can be read, and nothing done.
    pub withdrawn: bool,
    /// Why not just now, where this person said so.
    pub not_now: Option<NotNow>,
    /// The practice's; empty where there is none.
    pub phone: String,
    /// What the other would like to show as well.
    pub offers: Vec<domain::ids::AnswerId>,
    /// In which client it was given: where a word to the therapist goes.
    pub client: ClientId,
}

/// The id of the form that every field of an exercise belongs to.
pub const FORM: &str = "exercise";

/// What the Enter key presses in a line of that form: it stands first, and
/// sends nothing.
pub fn first_button() -> AnyView {
    view! { <button class="quiet" type="submit" form=FORM name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button> }
        .into_any()
}

pub fn view(m: &Model) -> AnyView {
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
        return begun(m, fields);
    }
    // Where its page begins with a plan, that and what is read before it stand
    // in front of the rest.
    let begins = if m.plans.is_empty() { 0 } else { m.document.begins_with_plans() };
    let lead: Vec<AnyView> = m
        .document
        .steps
        .iter()
        .take(begins)
        .map(|step| match m.plans.iter().find(|p| p.step == step.key) {
            Some(item) => plan::section(item),
            None => step_alone(fields, step),
        })
        .collect();
    let form = view! {
        <form id=FORM class="form exercise-form" method="post" action=format!("/portal/exercises/{}", m.occurrence) novalidate>
            <input type="hidden" name="draft_number" value=m.draft_number.to_string() autocomplete="off"/>
            {steps_from(fields, begins)}
            <div class="form-actions">
                <button class="button" type="submit" name="do" value="save">"Save for later"</button>
                <button class="button button-primary" type="submit" name="do" value="submit">{if is_private(&m.document) { "Done, keep it for me" } else { "Send" }}</button>
            </div>
            <p class="hint">{sending(m)}</p>
        </form>
    };
    view! {
        <article class="exercise">
            <header class="page-head">
                <h1>{m.document.title.clone()}</h1>
            </header>
            {first_button()}
            {summary(&m.document, &m.errors)}
            <p class="muted">{format!("About {} minutes. {}", m.document.minutes, how(m.document.mode, m.responders))}{at_once(m)}{rhythm(&m.rhythm)}</p>
            <p class="lead">{m.document.purpose.clone()}</p>
            {word_along(&m.therapist, &m.word_along)}
            {m.theirs.as_ref().map(|theirs| from_the_other(m.partner_name.as_deref(), theirs))}
            {super::done::offered(&m.offers, m.partner_name.as_deref())}
            {lead}
            <Autosave form=FORM.to_owned() occurrence=m.occurrence.0 number=m.draft_number saved_at=m.saved_at.clone().unwrap_or_default()>
                {form}
            </Autosave>
            {m.plans.iter().filter(|p| !m.document.steps.iter().take(begins).any(|s| s.key == p.step)).map(plan::section).collect::<Vec<_>>()}
            {m.agreements.iter().map(agreement::section).collect::<Vec<_>>()}
            {not_now(m)}
            <p><a href=format!("/portal/letters?client={}&about={}", m.client, m.occurrence)>{format!("Write to {} about this", m.therapist)}</a></p>
        </article>
    }
    .into_any()
}

/// What somebody had begun when it was taken back.
fn begun(m: &Model, fields: Fields<'_>) -> AnyView {
    view! {
        <article class="exercise">
            {page_head(m.document.title.clone(), format!("{} has taken this back, so nothing more is asked of you here. What you had begun is below, for you alone.", m.therapist), vec![])}
            <div class="exercise-form">{steps_from(fields, 0)}</div>
            <p><a href=format!("/portal/letters?client={}&about={}", m.client, m.occurrence)>{format!("Write to {} about this", m.therapist)}</a></p>
        </article>
    }
    .into_any()
}

fn rhythm(rhythm: &str) -> Option<String> {
    (!rhythm.is_empty()).then(|| format!(" It comes back {rhythm}; a time left out needs no excuse."))
}

/// One tap instead of an excuse: for the therapist alone.
fn not_now(m: &Model) -> AnyView {
    let action = format!("/portal/exercises/{}/not-now", m.occurrence);
    if m.not_now == Some(NotNow::NotSafe) {
        return not_safe(m, action);
    }
    if let Some(why) = m.not_now {
        return view! {
            <section class="card not-now" aria-labelledby="not-now">
                <h2 id="not-now">"Put off, and that is fine"</h2>
                <p>{format!("You told {}: “{}”. No reminder comes for it.", m.therapist, why.label())}</p>
                <p><button class="button" type="submit" form=FORM formaction=action name="why" value="">"Take that back"</button></p>
            </section>
        }
        .into_any();
    }
    let buttons: Vec<AnyView> = NotNow::ALL
        .iter()
        .map(|why| {
            // With the exercise's own form, so that what stands in it is kept.
            view! { <button class="button" type="submit" form=FORM formaction=action.clone() name="why" value=why.word()>{why.label()}</button> }.into_any()
        })
        .collect();
    view! {
        <details class="not-now">
            <summary>"Not just now?"</summary>
            <p class="hint">{format!("One tap is enough. Only {} sees it, what you wrote so far is kept, and no reminder comes for it any more.", m.therapist)}</p>
            <p class="actions">{buttons}</p>
        </details>
    }
    .into_any()
}

/// The reason itself is not on the page: it may be looked at over a shoulder.
fn not_safe(m: &Model, action: String) -> AnyView {
    let write = format!("/portal/letters?client={}&about={}", m.client, m.occurrence);
    view! {
        <section class="card not-now" aria-labelledby="not-now">
            <h2 id="not-now">"Thank you for saying so"</h2>
            <p>{format!("Leave this one. You need not do it, now or later, and no reminder comes for it. {} sees what you said, and nobody else does. It may take until they next look.", m.therapist)}</p>
            <p>{format!("If you would like to talk sooner, write to {} or call.", m.therapist)}</p>
            <p><a class="button" href=write>{format!("Write to {}", m.therapist)}</a></p>
            {super::portal::call(&m.phone)}
            <p class="muted">"In danger right now? Call the emergency number where you are."</p>
            <p><button class="button" type="submit" form=FORM formaction=action name="why" value="">"Take that back"</button></p>
        </section>
    }
    .into_any()
}

/// To read now or later: what the other wrote for both.
fn from_the_other(partner: Option<&str>, theirs: &Theirs) -> AnyView {
    let name = partner.unwrap_or("Your partner");
    view! {
        <details class="card from-the-other">
            <summary>{format!("{name} has written something for you both")}</summary>
            {answers(theirs)}
        </details>
    }
    .into_any()
}

/// How the two do it, in a sentence.
pub fn how(mode: Mode, responders: usize) -> &'static str {
    match (responders, mode) {
        (0 | 1, _) => "This one is for you alone.",
        (_, Mode::Together) => "Do this one together, and write down what fits for you.",
        (_, Mode::Alone) => "Each of you does this alone.",
        (_, Mode::Reveal) => "Each of you does this alone. Some of it opens to you both once you have both answered.",
    }
}

/// Where nothing is blind, that the other reads it stands at the top.
fn at_once(m: &Model) -> Option<String> {
    let both = m.document.questions().any(|s| s.scope == Scope::Couple);
    let name = m.partner_name.as_deref().unwrap_or("Your partner");
    (both && m.responders > 1 && !m.document.is_blind(m.responders))
        .then(|| format!(" {name} can read what is for you both as soon as you send it."))
}

/// Whether all of it stays with its writer.
pub fn is_private(document: &Document) -> bool {
    document.questions().all(|s| s.scope == Scope::Mine)
}

fn sending(m: &Model) -> &'static str {
    if is_private(&m.document) {
        return "You can stop at any time and come back. Once it is done, the words stay as they are, and with you: nobody else reads them unless you share them.";
    }
    if m.responders > 1
        && m.document.questions().any(|s| s.scope == Scope::Couple)
        && !m.document.is_blind(m.responders)
    {
        "You can stop at any time and come back. What is for both of you can be read as soon as you send it, and answers stay as they are."
    } else if m.document.is_blind(m.responders) {
        "You can stop at any time and come back. Once sent, answers stay as they are; those for both of you open when you have both answered, not before."
    } else {
        "You can stop at any time and come back. Once sent, answers stay as they are."
    }
}

/// The therapist's own line.
pub fn word_along(therapist: &str, word: &str) -> Option<AnyView> {
    (!word.is_empty()).then(|| {
        view! {
            <figure class="quote">
                <blockquote>{paragraphs(word)}</blockquote>
                <figcaption>{therapist.to_owned()}</figcaption>
            </figure>
        }
        .into_any()
    })
}

/// A text of several paragraphs, with a blank line between them.
pub fn paragraphs(text: &str) -> Vec<AnyView> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|p| view! { <p class="lines">{p.to_owned()}</p> }.into_any())
        .collect()
}

/// What is missing, with a link to each place.
pub fn summary(document: &Document, errors: &Errors) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let mut items: Vec<AnyView> = document
        .questions()
        .filter_map(|step| {
            let name = field(&step.key);
            let message = errors.of(&name).or_else(|| {
                let inner = format!("{name}.");
                errors.iter().find(|(f, _)| f.starts_with(&inner)).map(|(_, m)| m)
            })?;
            Some(
                view! { <li><a href=format!("#{}", id(&name))>{step.prompt.clone()}</a>" "{message.to_owned()}</li> }
                    .into_any(),
            )
        })
        .collect();
    let whole = errors.of("").map(|m| view! { <p class="lines">{m.to_owned()}</p> }.into_any());
    let nearly = whole.is_some() || !items.is_empty();
    for (name, message) in errors.iter() {
        let mut parts = name.split('.');
        let (what, step) = (parts.next().unwrap_or_default(), parts.next().and_then(|key| document.step(key)));
        if let (true, Some(step)) = (matches!(what, "agree" | "plan"), step) {
            let link = view! { <a href=format!("#{}", id(name))>{step.prompt.clone()}</a> }.into_any();
            items.push(view! { <li>{link}" "{message.to_owned()}</li> }.into_any());
        }
    }
    let (head, lead) = if nearly {
        ("Nearly there", "Not sent yet. Everything you wrote is kept; this needs another look first:")
    } else {
        ("Please look at this again", "Everything you wrote is kept.")
    };
    Some(
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus>
                <h2>{head}</h2>
                <p>{lead}</p>
                {whole}
                <ul>{items}</ul>
            </div>
        }
        .into_any(),
    )
}

/// Names of every shape, an empty exercise, a full one, and one with gaps.
pub fn samples() -> Vec<Model> {
    let document = crate::pages::library_item::sample_document();
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
    let errors =
        domain::response::check(&document, &domain::response::read(&document, &answers)).err().unwrap_or_default();
    let theirs = super::done::samples().swap_remove(1).theirs;
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
    use super::*;

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
    fn who_can_read_it_stands_before_each_field() {
        for m in samples() {
            let html = fields(&m, false);
            let steps: Vec<&str> = html.split("class=\"step").filter(|s| s.contains("name=\"s.")).collect();
            for step in m.document.questions() {
                assert!(html.contains(&format!("name=\"{}", field(&step.key))), "{}", step.key);
            }
            let mut badge = false;
            for part in steps {
                // "step-prompt", "step-scope" and the step itself, in order.
                let (scope, input) = (part.find("class=\"scope "), part.find("name=\"s."));
                badge |= scope.is_some();
                assert!(badge && scope.is_none_or(|s| input.is_some_and(|i| s < i)), "{part}");
            }
            assert_eq!(html.matches("class=\"scope ").count(), m.document.questions().count());
        }
    }

    #[test]
    fn done_alone_nothing_promises_to_open() {
        for m in samples() {
            assert_eq!(fields(&m, false).contains("once you have both answered"), m.responders > 1);
            assert_eq!(m.document.is_blind(m.responders), m.responders > 1);
        }
    }

    #[test]
    fn what_was_typed_is_shown_and_stays_text() {
        let mut m = samples().swap_remove(1);
        m.answers.set("s.words", "</textarea><script>x</script>");
        m.answers.set("s.line", "\"><script>y</script>");
        let html = fields(&m, false);
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;script>x"));
        assert_eq!(html.matches(" checked").count(), 7);
    }

    #[test]
    fn a_preview_cannot_be_filled_in() {
        let html = fields(&samples()[0], true);
        let controls: usize = ["<input", "<textarea", "<select"].iter().map(|c| html.matches(c).count()).sum();
        assert_eq!(html.matches(" disabled").count(), controls);
    }
}
