//! The page of an exercise that was sent: the reader's own answers, and what
//! the other partner shared or the reveal opened.
//!
//! Before the reveal the page is the same whether the other partner has
//! answered, has begun or has not: it contains no word, count or date about
//! them.

// A new scope must fail to compile until it is handled here.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::{
    exercises::{
        exercise::{Document, Scope},
        lines::{Line, LineLabel, lines},
        side_by_side::Row,
        step::{Answer, Step},
    },
    form::Errors,
    ids::{AnswerId, OccurrenceId},
};
use leptos::prelude::*;

use super::{
    agreement,
    parts::{FORM, day_or, first_button, is_private, step_errors},
    plan,
    step::scope_badge,
};
use crate::{islands::UnsavedGuard, say, ui::form_key, words::words};

/// A person's answer line by line: a label, which may be empty, and the text.
pub type Lines = Vec<(String, String)>;

/// The answers of the other partner that the reader may read, by step.
pub type Theirs = Vec<(Step, Lines)>;

/// The view model of the page of an exercise that was sent.
#[derive(Clone, Debug)]
pub struct Model {
    pub occurrence: OccurrenceId,
    pub document: Document,
    /// The reader's own answers.
    pub own: Vec<Own>,
    /// The other partner's answers; `None` if nothing of them is open to the
    /// reader.
    pub theirs: Option<Theirs>,
    /// What each partner guessed of the other's answers.
    pub guesses: Vec<Guess>,
    /// Whether some answers will be revealed when both have answered.
    pub waits: bool,
    pub partner_name: Option<String>,
    pub therapist: String,
    /// The agreements, once they are open.
    pub agreements: Vec<agreement::Item>,
    /// The plans, once they are open.
    pub plans: Vec<plan::Item>,
    /// Whether the therapist typed the answers in from a paper worksheet.
    pub from_paper: bool,
    /// Further answers that the other partner offers to show.
    pub offers: Vec<AnswerId>,
    /// The errors of a plan or an agreement.
    pub errors: Errors,
}

/// Guesses beside the real answers; the reader's guess is in the first cell.
#[derive(Clone, Debug)]
pub struct Guess {
    pub prompt: String,
    pub rows: Vec<Row>,
}

/// The reader's own answer to a step.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: AnswerId,
    pub step: Step,
    pub lines: Lines,
    /// The people who can read it now.
    pub scope: Scope,
    /// The wider scopes to which the writer may share it.
    pub wider: Vec<Scope>,
    /// Whether it was shared later, so that the sharing can be withdrawn.
    pub shared: bool,
}

/// The lines of an answer, without empty ones. Empty if the answer is of
/// another kind than its step, because the step was of another kind when it was
/// answered.
pub fn answer_lines(document: &Document, step: &Step, answer: &Answer) -> Lines {
    let line = |line: Line| match line.label {
        LineLabel::Text(label) => (label, line.text),
        // Each reader sees the day in their language: see `answer_section`.
        LineLabel::Day(day) => (day, line.text),
    };
    lines(document, step, answer).into_iter().map(line).collect()
}

/// Renders the page of an exercise that was sent.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let partner = m.partner_name.as_deref();
    let own: Vec<AnyView> = m.own.iter().map(|own| own_answer(m, own)).collect();
    let own = if own.is_empty() {
        view! { <p class="muted">{say!(w, "done-nothing")}</p> }.into_any()
    } else {
        own.into_any()
    };
    let theirs = m.theirs.as_ref().map(|steps| {
        let head = match partner {
            Some(name) => say!(w, "done-theirs", name = name),
            None => say!(w, "done-theirs-unnamed"),
        };
        let content = if steps.is_empty() {
            view! { <p class="muted">{say!(w, "done-theirs-none")}</p> }.into_any()
        } else {
            answer_sections(steps).into_any()
        };
        view! {
            <section class="theirs" aria-labelledby="theirs">
                <h2 id="theirs">{head}</h2>
                <p class="hint">{say!(w, "done-theirs-hint")}</p>
                {content}
            </section>
        }
        .into_any()
    });
    // The form to which the fields of plans and agreements belong.
    let aside = (!m.plans.is_empty() || !m.agreements.is_empty()).then(|| {
        view! {
            <form id=FORM method="post" action=format!("/portal/exercises/{}", m.occurrence) novalidate>{form_key()}{first_button()}</form>
            <UnsavedGuard form=FORM.to_owned()/>
        }
        .into_any()
    });
    view! {
        <article class="exercise done">
            <header class="page-head"><h1>{m.document.title.clone()}</h1></header>
            {aside}
            {step_errors(&m.document, &m.errors)}
            <p class="lead">{if m.from_paper { say!(w, "done-paper", therapist = &m.therapist) } else if is_private(&m.document) { say!(w, "done-kept") } else { say!(w, "done-sent") }}</p>
            {m.waits.then(waiting_card)}
            {theirs}
            {m.guesses.iter().map(|guess| guess_section(guess, partner)).collect::<Vec<_>>()}
            {offer_card(&m.offers, partner)}
            {m.plans.iter().map(plan::section).collect::<Vec<_>>()}
            {m.agreements.iter().map(agreement::section).collect::<Vec<_>>()}
            <section aria-labelledby="own">
                <h2 id="own">{say!(w, "done-own")}</h2>
                {own}
            </section>
            <p><a class="button" href="/portal">{say!(w, "back-home")}</a></p>
        </article>
    }
    .into_any()
}

/// The section that compares guesses with answers. Its texts present a wrong
/// guess as news and not as a mistake.
fn guess_section(guess: &Guess, partner: Option<&str>) -> AnyView {
    let w = words();
    let name = partner.map_or_else(|| say!(w, "your-partner"), str::to_owned);
    let you = say!(w, "messages-you");
    let rows: Vec<AnyView> = guess
        .rows
        .iter()
        .map(|row| {
            let cell = |who: &str, cell: &Option<String>| {
                let (who, words) = (format!("{who}: "), cell.clone()?);
                Some(view! { <span class="said"><span class="muted">{who}</span>{words}</span> }.into_any())
            };
            view! { <li><span class="line-label">{row.label.clone()}</span>{cell(&you, &row.cells[0])}{cell(&name, &row.cells[1])}</li> }.into_any()
        })
        .collect();
    view! {
        <section class="card guessed">
            <h2>{say!(w, "done-guesses")}</h2>
            <p class="hint">{say!(w, "done-guesses-hint", prompt = &guess.prompt)}</p>
            <ul class="plain lines">{rows}</ul>
        </section>
    }
    .into_any()
}

/// The sections with the other partner's answers.
pub fn answer_sections(theirs: &Theirs) -> Vec<AnyView> {
    theirs.iter().map(|(step, lines)| answer_section(step, lines, None, ().into_any())).collect()
}

/// The card with answers that the other partner offers to show; `None` if there
/// are none. The reader opens one by a button; not opening it is reported to
/// nobody.
pub fn offer_card(offers: &[AnswerId], partner: Option<&str>) -> Option<AnyView> {
    let w = words();
    let (head, text) = match partner {
        Some(name) => (say!(w, "offer-title", name = name), say!(w, "offer-text", name = name)),
        None => (say!(w, "offer-title-unnamed"), say!(w, "offer-text-unnamed")),
    };
    let buttons: Vec<AnyView> = offers
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let text = if offers.len() > 1 { say!(w, "offer-read-one", number = n + 1) } else { say!(w, "offer-read") };
            view! { <form method="post" action=format!("/portal/offers/{id}")>{form_key()}<button class="button" type="submit">{text}</button></form> }.into_any()
        })
        .collect();
    (!buttons.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="offered">
                <h2 id="offered">{head}</h2>
                <p>{text}</p>
                <div class="actions">{buttons}</div>
            </section>
        }
        .into_any()
    })
}

/// The card shown before the reveal.
fn waiting_card() -> AnyView {
    let w = words();
    view! {
        <div class="card">
            <p>{say!(w, "waiting-both")}</p>
            <p>{say!(w, "waiting-until")}</p>
        </div>
    }
    .into_any()
}

/// A section with the answer to one step; `foot` is shown below it. `own` is the id
/// of the reader's own answer, to which the page returns when they have shared it;
/// `None` for the other partner's.
fn answer_section(step: &Step, lines: &Lines, own: Option<AnswerId>, foot: AnyView) -> AnyView {
    let rows: Vec<AnyView> = lines
        .iter()
        .map(|(label, words)| {
            let label =
                (!label.is_empty()).then(|| view! { <span class="line-label">{day_or(label)}</span>" " }.into_any());
            view! { <li>{label}<span>{words.clone()}</span></li> }.into_any()
        })
        .collect();
    view! {
        <section class="answer" id=own.map(|id| format!("answer-{id}"))>
            <h3>{step.prompt.clone()}</h3>
            <ul class="plain lines">{rows}</ul>
            {foot}
        </section>
    }
    .into_any()
}

/// A section with the reader's own answer, its readers, and the buttons to
/// share it.
fn own_answer(m: &Model, own: &Own) -> AnyView {
    let w = words();
    let partner = m.partner_name.as_deref();
    // After the reveal it is open to both.
    let scope = if own.scope == Scope::Reveal && !m.waits { Scope::Couple } else { own.scope };
    // Where only the entries that both put into one bucket are shown, the rest
    // of the list stays with the therapist.
    let (scope, common) = match own.step.kind.both_only().filter(|_| scope != Scope::Therapist) {
        Some(only) => {
            let bucket = own.step.kind.bucket(only);
            let text = match partner {
                Some(name) => say!(w, "done-both-only", name = name, bucket = bucket),
                None => say!(w, "done-both-only-unnamed", bucket = bucket),
            };
            (Scope::Therapist, Some(view! { <p class="hint">{text}</p> }.into_any()))
        }
        None => (scope, None),
    };
    let badge = view! { <p class="step-scope">{scope_badge(scope, partner, &m.therapist)}</p>{common} }.into_any();
    let back = own.shared.then(|| {
        view! {
            <form class="inline-form" method="post" action=format!("/portal/answers/{}/unshare", own.id)>
                {form_key()}
                <p class="hint">{say!(w, "share-later")}</p>
                <button class="button" type="submit">{say!(w, "share-stop")}</button>
            </form>
        }
        .into_any()
    });
    let badge = view! { {badge}{back} }.into_any();
    if own.wider.is_empty() {
        return answer_section(&own.step, &own.lines, Some(own.id), badge);
    }
    let buttons: Vec<AnyView> = own
        .wider
        .iter()
        .map(|to| {
            let who = match to {
                Scope::Couple | Scope::Reveal => {
                    let partner = partner.map_or_else(|| say!(w, "your-partner"), str::to_owned);
                    say!(w, "share-both", partner = partner, therapist = &m.therapist)
                }
                Scope::Mine | Scope::Therapist => say!(w, "share-therapist", therapist = &m.therapist),
            };
            view! { <button class="button" type="submit" name="to" value=to.word()>{who}</button> }.into_any()
        })
        .collect();
    let foot = view! {
        {badge}
        <details class="share">
            <summary>{say!(w, "share-title")}</summary>
            <p class="hint">{share_hint(m)}</p>
            <form class="inline-form" method="post" action=format!("/portal/answers/{}/share", own.id)>{form_key()}{buttons}</form>
        </details>
    }
    .into_any();
    answer_section(&own.step, &own.lines, Some(own.id), foot)
}

/// The hint about what sharing an answer does.
fn share_hint(m: &Model) -> String {
    let w = words();
    if m.waits { say!(w, "share-hint-waits") } else { say!(w, "share-hint") }
}

/// Sample models: before the reveal; after it; a sent exercise without answers.
pub fn samples() -> Vec<Model> {
    let document = super::step::sample::sample_document();
    let answers = domain::exercises::response::read(
        &document,
        &domain::form::Form::from_pairs([
            ("s.words", "<i>Some</i> words 💛"),
            ("s.pick", "x"),
            ("s.ticks", "p"),
            ("s.ticks.own", "और"),
            ("s.rate.i", "0"),
            ("s.turn.l1", "a line"),
        ]),
    );
    let own: Vec<Own> = answers
        .iter()
        .enumerate()
        .filter_map(|(n, (key, answer))| {
            let step = document.step(key)?.clone();
            Some(Own {
                id: AnswerId::from(uuid::Uuid::from_u128(n as u128)),
                lines: answer_lines(&document, &step, answer),
                scope: step.scope,
                wider: domain::exercises::response::wider_scopes(&document, 2, step.scope),
                shared: n == 0,
                step,
            })
        })
        .collect();
    let theirs = answers
        .iter()
        .filter_map(|(key, answer)| document.step(key).map(|s| (s.clone(), answer_lines(&document, s, answer))))
        .collect();
    let waits = Model {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        document,
        own,
        guesses: vec![],
        theirs: None,
        waits: true,
        partner_name: Some("Jonas".into()),
        therapist: "Dr Ruth Abrahams".into(),
        agreements: vec![],
        plans: vec![],
        from_paper: false,
        offers: vec![],
        errors: Errors::default(),
    };
    let opened = Model {
        agreements: agreement::samples(),
        plans: plan::samples(),
        from_paper: true,
        offers: vec![AnswerId::from(uuid::Uuid::from_u128(90)), AnswerId::from(uuid::Uuid::from_u128(91))],
        theirs: Some(theirs),
        guesses: vec![Guess {
            prompt: "Their order <b>".into(),
            rows: vec![
                Row { label: "Words".into(), cells: [Some("1: guessed right".into()), None], gap: Some(0.0), note: "" },
                Row { label: "Read the other right".into(), cells: [Some("1 of 1".into()), None], gap: None, note: "" },
            ],
        }],
        waits: false,
        partner_name: Some("अनन्या 💛".repeat(20)),
        ..waits.clone()
    };
    let open = Model { own: vec![], theirs: Some(vec![]), waits: false, partner_name: None, ..waits.clone() };
    vec![waits, opened, open]
}

#[cfg(test)]
mod tests {
    use domain::exercises::step::TextAnswer;

    use super::*;

    #[test]
    fn page_says_nothing_about_the_partner_before_the_reveal() {
        let html = Owner::new().with(|| view(&samples()[0]).to_html());
        assert!(html.contains("when you have both answered"));
        for word in ["id=\"theirs\"", "Jonas has", "not answered", "still"] {
            assert!(!html.contains(word), "{word}");
        }
    }

    #[test]
    fn answers_of_each_kind_have_lines_and_empty_ones_none() {
        let samples = samples();
        for (step, lines) in samples[1].theirs.iter().flatten() {
            assert!(!lines.is_empty(), "{}", step.key);
        }
        let step = &samples[0].document.steps[1];
        assert!(answer_lines(&samples[0].document, step, &Answer::Text(TextAnswer { text: "  ".into() })).is_empty());
    }

    #[test]
    fn only_answers_that_can_be_shared_have_buttons() {
        let model = &samples()[0];
        let html = Owner::new().with(|| view(model).to_html());
        let wider: usize = model.own.iter().map(|own| own.wider.len()).sum();
        assert_eq!(html.matches("name=\"to\"").count(), wider);
        assert!(wider > 0);
    }
}
