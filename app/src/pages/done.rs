//! An exercise that was sent: one's own answers, and what the other partner
//! has opened.
//!
//! Before the reveal the page is the same whether the other has answered,
//! has begun or has not: it has no word, count or date about them.

use domain::{
    exercise::{Document, SHARES, Scope, Step, StepKind},
    form::Errors,
    ids::{AnswerId, OccurrenceId},
    reading::Row,
    response::Answer,
};
use leptos::prelude::*;

use super::exercise::{FORM, first_button, is_private, readers, scope_badge, summary};
use super::{agreement, plan};
use crate::islands::UnsavedGuard;

/// What somebody put down, line by line: a label, which may be empty, and
/// the words.
pub type Lines = Vec<(String, String)>;

/// What the other has opened, step by step.
pub type Theirs = Vec<(Step, Lines)>;

#[derive(Clone, Debug)]
pub struct Model {
    pub occurrence: OccurrenceId,
    pub document: Document,
    pub own: Vec<Own>,
    /// What the other has opened, where there is something to read.
    pub theirs: Option<Theirs>,
    /// How each guessed what the other would say.
    pub guesses: Vec<Guess>,
    /// Some of this opens to both when both have answered.
    pub waits: bool,
    pub partner_name: Option<String>,
    pub therapist: String,
    /// What the two agree on, once it is open.
    pub agreements: Vec<agreement::Item>,
    /// What is planned, once it is open.
    pub plans: Vec<plan::Item>,
    /// The therapist typed it in from a sheet of paper.
    pub from_paper: bool,
    /// What the other would like to show as well.
    pub offers: Vec<AnswerId>,
    /// What is wrong with a plan or an agreement.
    pub errors: Errors,
}

/// A guess of each, beside what the other said: one's own first.
#[derive(Clone, Debug)]
pub struct Guess {
    pub prompt: String,
    pub rows: Vec<Row>,
}

/// One's own answer to a step.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: AnswerId,
    pub step: Step,
    pub lines: Lines,
    pub scope: Scope,
    /// To whom the writer may open it.
    pub wider: Vec<Scope>,
    /// It was opened later, and that can be taken back.
    pub shared: bool,
}

/// An answer as lines to read.
pub fn lines(document: &Document, step: &Step, answer: &Answer) -> Lines {
    if let (Some(guessed), Answer::Guess { guess }) = (document.guessed(step), answer) {
        return lines(document, &guessed, guess);
    }
    let text = |label: &str, text: &str| (label.to_owned(), text.trim().to_owned());
    let lines = match (&step.kind, answer) {
        (StepKind::Text { .. }, Answer::Text { text: words }) => vec![text("", words)],
        (StepKind::Choice { options, .. }, Answer::Choice { pick: Some(pick), own }) => {
            let words =
                if pick == "own" { Some(own) } else { options.iter().find(|o| o.key == *pick).map(|o| &o.text) };
            words.map(|w| text("", w)).into_iter().collect()
        }
        (StepKind::Checklist { options, .. }, Answer::Checklist { picks, own }) => options
            .iter()
            .filter(|o| picks.contains(&o.key))
            .map(|o| text("", &o.text))
            .chain([text("In own words", own)])
            .collect(),
        (StepKind::Scale { items, max, .. }, Answer::Scale { values }) => {
            items.iter().filter_map(|i| Some((i.text.clone(), format!("{} of {max}", values.get(&i.key)?)))).collect()
        }
        (StepKind::Rewrite { lines }, Answer::Rewrite { lines: turned }) => {
            lines.iter().filter_map(|l| Some(text(&l.text, turned.get(&l.key)?))).collect()
        }
        (StepKind::Rank { items }, Answer::Rank { places }) => {
            let mut placed: Vec<_> = items.iter().filter_map(|i| Some((places.get(&i.key)?, i))).collect();
            placed.sort_by_key(|(place, _)| **place);
            placed.into_iter().map(|(place, i)| (String::new(), format!("{place}. {}", i.text))).collect()
        }
        (StepKind::Allocate { items }, Answer::Allocate { shares }) => {
            items.iter().filter_map(|i| Some(text(&i.text, SHARES.get(usize::from(*shares.get(&i.key)?))?))).collect()
        }
        (StepKind::Sort { items, buckets, .. }, Answer::Sort { places, own }) => buckets
            .iter()
            .map(|bucket| {
                let there = items.iter().filter(|i| places.get(&i.key) == Some(&bucket.key)).map(|i| i.text.as_str());
                let own = own.get(&bucket.key).map(|t| t.trim()).filter(|t| !t.is_empty());
                (bucket.text.clone(), there.chain(own).collect::<Vec<_>>().join("\n"))
            })
            .collect(),
        (StepKind::Timer { .. }, Answer::Timer { done, minutes, note }) => {
            let took = minutes.map(|m| format!(", {m} minutes")).unwrap_or_default();
            vec![text("", &if *done { format!("Done{took}") } else { "Not this time".to_owned() }), text("", note)]
        }
        (StepKind::Turns { .. }, Answer::Turns { felt, reflection }) => {
            let felt = felt.map(|f| text("Felt heard", &format!("{f} of 10")));
            felt.into_iter().chain([text("", reflection)]).collect()
        }
        (StepKind::Log { tags, .. }, Answer::Log { entries }) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.on.cmp(&b.on));
            entries
                .into_iter()
                .map(|e| {
                    let tag = tags.iter().find(|t| t.key == e.tag).map(|t| t.text.as_str());
                    let words: Vec<&str> = tag.into_iter().chain([e.text.trim()]).filter(|t| !t.is_empty()).collect();
                    (super::assignment::day_or(&e.on), words.join(": "))
                })
                .collect()
        }
        _ => vec![],
    };
    lines.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

pub fn view(m: &Model) -> AnyView {
    let partner = m.partner_name.as_deref();
    let own: Vec<AnyView> = m.own.iter().map(|own| mine(m, own)).collect();
    let own = if own.is_empty() {
        view! { <p class="muted">"You left everything open, and that is fine."</p> }.into_any()
    } else {
        own.into_any()
    };
    let theirs = m.theirs.as_ref().map(|steps| {
        let name = partner.unwrap_or("Your partner").to_owned();
        let content = if steps.is_empty() {
            view! { <p class="muted">"There is nothing to read here this time."</p> }.into_any()
        } else {
            answers(steps).into_any()
        };
        view! {
            <section class="theirs" aria-labelledby="theirs">
                <h2 id="theirs">{format!("What {name} wrote")}</h2>
                <p class="hint">"Read it once to the end before you answer. You do not have to agree to be glad to know."</p>
                {content}
            </section>
        }
        .into_any()
    });
    // The form of what is planned and agreed on; its fields stand below.
    let aside = (!m.plans.is_empty() || !m.agreements.is_empty()).then(|| {
        view! {
            <form id=FORM method="post" action=format!("/portal/exercises/{}", m.occurrence) novalidate>{first_button()}</form>
            <UnsavedGuard form=FORM.to_owned()/>
        }
        .into_any()
    });
    view! {
        <article class="exercise done">
            <header class="page-head"><h1>{m.document.title.clone()}</h1></header>
            {aside}
            {summary(&m.document, &m.errors)}
            <p class="lead">{if m.from_paper { format!("{} typed this in from your sheet of paper.", m.therapist) } else if is_private(&m.document) { "Kept for you. Nobody else reads it.".to_owned() } else { "You have sent this. Thank you for taking the time.".to_owned() }}</p>
            {m.waits.then(waiting)}
            {theirs}
            {m.guesses.iter().map(|guess| guessed(guess, partner)).collect::<Vec<_>>()}
            {offered(&m.offers, partner)}
            {m.plans.iter().map(plan::section).collect::<Vec<_>>()}
            {m.agreements.iter().map(agreement::section).collect::<Vec<_>>()}
            <section aria-labelledby="own">
                <h2 id="own">"What you wrote"</h2>
                {own}
            </section>
            <p><a class="button" href="/portal">"Back to your page"</a></p>
        </article>
    }
    .into_any()
}

/// Where the two read each other right: news, and no mark.
fn guessed(guess: &Guess, partner: Option<&str>) -> AnyView {
    let name = partner.unwrap_or("your partner").to_owned();
    let rows: Vec<AnyView> = guess
        .rows
        .iter()
        .map(|row| {
            let cell = |who: &str, cell: &Option<String>| {
                let (who, words) = (format!("{who}: "), cell.clone()?);
                Some(view! { <span class="said"><span class="muted">{who}</span>{words}</span> }.into_any())
            };
            view! { <li><span class="line-label">{row.label.clone()}</span>{cell("You", &row.cells[0])}{cell(&name, &row.cells[1])}</li> }.into_any()
        })
        .collect();
    view! {
        <section class="card guessed">
            <h2>"Where you read each other right"</h2>
            <p class="hint">{format!("For “{}”. Where a guess is off, there is something new to know.", guess.prompt)}</p>
            <ul class="plain lines">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Somebody's answers to read.
pub fn answers(theirs: &Theirs) -> Vec<AnyView> {
    theirs.iter().map(|(step, lines)| answer(step, lines, ().into_any())).collect()
}

/// Something more that the other would like to show: read by taking it, and
/// left alone by doing nothing.
pub fn offered(offers: &[AnswerId], partner: Option<&str>) -> Option<AnyView> {
    let name = partner.unwrap_or("Your partner").to_owned();
    let buttons: Vec<AnyView> = offers
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let text = if offers.len() > 1 { format!("Read it ({})", n + 1) } else { "Read it".to_owned() };
            view! { <form method="post" action=format!("/portal/offers/{id}")><button class="button" type="submit">{text}</button></form> }.into_any()
        })
        .collect();
    (!buttons.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="offered">
                <h2 id="offered">{format!("{name} would like to show you something more")}</h2>
                <p>{format!("It opens when you would like to read it. If not now, leave it: {name} is not told.")}</p>
                <div class="actions">{buttons}</div>
            </section>
        }
        .into_any()
    })
}

fn waiting() -> AnyView {
    view! {
        <div class="card">
            <p>"Some of it is for both of you. It opens to both at the same moment, when you have both answered."</p>
            <p>"Until then neither of you can see anything of it, nor how far the other has come. There is no hurry."</p>
        </div>
    }
    .into_any()
}

fn answer(step: &Step, lines: &Lines, foot: AnyView) -> AnyView {
    let rows: Vec<AnyView> = lines
        .iter()
        .map(|(label, words)| {
            let label =
                (!label.is_empty()).then(|| view! { <span class="line-label">{label.clone()}</span>" " }.into_any());
            view! { <li>{label}<span>{words.clone()}</span></li> }.into_any()
        })
        .collect();
    view! {
        <section class="answer">
            <h3>{step.prompt.clone()}</h3>
            <ul class="plain lines">{rows}</ul>
            {foot}
        </section>
    }
    .into_any()
}

fn mine(m: &Model, own: &Own) -> AnyView {
    let partner = m.partner_name.as_deref();
    // Once it is open to both it no longer waits for anything.
    let scope = if own.scope == Scope::Reveal && !m.waits { Scope::Couple } else { own.scope };
    // Of a list of which only what both put in one bucket is shown, the rest
    // stays with the therapist.
    let (scope, common) = match &own.step.kind {
        StepKind::Sort { buckets, both_only: Some(only), .. } if scope != Scope::Therapist => {
            let bucket = buckets.iter().find(|b| b.key == *only).map(|b| b.text.clone()).unwrap_or_default();
            let name = partner.unwrap_or("your partner");
            let text = format!("{name} is shown what you both put under “{bucket}”, and nothing else of it.");
            (Scope::Therapist, Some(view! { <p class="hint">{text}</p> }.into_any()))
        }
        _ => (scope, None),
    };
    let badge = view! { <p class="step-scope">{scope_badge(scope, partner, &m.therapist)}</p>{common} }.into_any();
    let back = own.shared.then(|| {
        view! {
            <form class="inline-form" method="post" action=format!("/portal/answers/{}/unshare", own.id)>
                <p class="hint">"You opened this later. You can take it back at any time; nobody is told."</p>
                <button class="button" type="submit">"Take it back"</button>
            </form>
        }
        .into_any()
    });
    let badge = view! { {badge}{back} }.into_any();
    if own.wider.is_empty() {
        return answer(&own.step, &own.lines, badge);
    }
    let buttons: Vec<AnyView> = own
        .wider
        .iter()
        .map(|to| {
            let who = match to {
                Scope::Couple | Scope::Reveal => {
                    format!("Share with {} and {}", partner.unwrap_or("your partner"), m.therapist)
                }
                to => format!("Share with {}", readers(*to, partner, &m.therapist).replace("You and ", "")),
            };
            view! { <button class="button" type="submit" name="to" value=to.word()>{who}</button> }.into_any()
        })
        .collect();
    let foot = view! {
        {badge}
        <details class="share">
            <summary>"Share this answer"</summary>
            <p class="hint">{sharing(m)}</p>
            <form class="inline-form" method="post" action=format!("/portal/answers/{}/share", own.id)>{buttons}</form>
        </details>
    }
    .into_any();
    answer(&own.step, &own.lines, foot)
}

fn sharing(m: &Model) -> &'static str {
    if m.waits {
        "Only you can do this. What you share with your partner is offered to them when you have both answered; they read it when they take it. You can take it back; what was read has been read."
    } else {
        "Only you can do this. What you share with your partner is offered to them, and they read it when they take it. You can take it back; what was read has been read."
    }
}

/// One that waits, one that is opened, one where everything was left open.
pub fn samples() -> Vec<Model> {
    let document = super::library_item::sample_document();
    let answers = domain::response::read(
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
                lines: lines(&document, &step, answer),
                scope: step.scope,
                wider: domain::response::wider(&document, 2, step.scope),
                shared: n == 0,
                step,
            })
        })
        .collect();
    let theirs = answers
        .iter()
        .filter_map(|(key, answer)| document.step(key).map(|s| (s.clone(), lines(&document, s, answer))))
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
    use super::*;

    #[test]
    fn before_the_reveal_there_is_no_word_about_the_other() {
        let html = Owner::new().with(|| view(&samples()[0]).to_html());
        assert!(html.contains("when you have both answered"));
        for word in ["id=\"theirs\"", "Jonas has", "not answered", "still"] {
            assert!(!html.contains(word), "{word}");
        }
    }

    #[test]
    fn each_kind_of_answer_has_lines_and_an_empty_one_has_none() {
        let samples = samples();
        for (step, lines) in samples[1].theirs.iter().flatten() {
            assert!(!lines.is_empty(), "{}", step.key);
        }
        let step = &samples[0].document.steps[1];
        assert!(lines(&samples[0].document, step, &Answer::Text { text: "  ".into() }).is_empty());
    }

    #[test]
    fn only_what_can_be_opened_wider_has_buttons() {
        let model = &samples()[0];
        let html = Owner::new().with(|| view(model).to_html());
        let wider: usize = model.own.iter().map(|own| own.wider.len()).sum();
        assert_eq!(html.matches("name=\"to\"").count(), wider);
        assert!(wider > 0);
    }
}
