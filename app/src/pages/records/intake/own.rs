//! The intake of the person who answers it: an overview with how far they are, and a
//! screen with a few items at a time.

use domain::{
    ids::IntakeId,
    records::intake::{Item, ItemKind, PREFIX},
};
use leptos::prelude::*;

use super::fields::item_fields;
use crate::{
    islands::UnsavedGuard,
    say,
    ui::{FormState, Tone, badge, error_summary, form_key, page_head},
    words::words,
};

/// The view model of the overview.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The intakes, that of the couple first; most people have one.
    pub intakes: Vec<Own>,
}

/// An intake in the overview.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: IntakeId,
    /// The first name of the other partner; `None`: the person is asked alone.
    pub partner: Option<String>,
    /// How many needed items are settled, of how many.
    pub settled: usize,
    pub needed: usize,
    pub screens: Vec<ScreenRow>,
    /// The key of the first screen with something open; `None`: nothing is open.
    pub next: Option<String>,
    /// The answers that the person can share with the other partner.
    pub shareable: Vec<ShareRow>,
    /// What the other partner shares with this person: labels and texts.
    pub shared: Vec<(String, String)>,
    /// Facts that the two entered differently.
    pub differences: Vec<Difference>,
}

/// A screen in the overview.
#[derive(Clone, Debug)]
pub struct ScreenRow {
    pub key: String,
    pub title: String,
    pub state: ScreenState,
}

/// The state of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenState {
    /// Something that is needed is open.
    Open,
    /// Something was typed that is not an answer yet.
    Begun,
    /// Nothing that is needed is open.
    Done,
    /// Nothing is needed and nothing was answered.
    Free,
}

/// An answer that can be shared.
#[derive(Clone, Debug)]
pub struct ShareRow {
    pub item: String,
    pub label: String,
    /// The mark of the answer as it is now.
    pub mark: String,
    pub is_shared: bool,
}

/// A fact that the two entered differently.
#[derive(Clone, Debug)]
pub struct Difference {
    pub label: String,
    pub mine: String,
    pub theirs: String,
}

/// The view model of a screen.
#[derive(Clone, Debug)]
pub struct Screen {
    pub intake: IntakeId,
    pub key: String,
    pub title: String,
    /// The number of the screen from 1, and how many there are.
    pub at: usize,
    pub all: usize,
    pub items: Vec<ScreenItem>,
    pub form: FormState,
}

/// An item on a screen.
#[derive(Clone, Debug)]
pub struct ScreenItem {
    pub item: Item,
    /// The mark of what the fields show, by which a change is noticed.
    pub mark: String,
    /// Who reads the answer, in words.
    pub readers: String,
    /// Sentences about the item: that the therapist does without it, entered it from
    /// paper, or that something is kept as a draft.
    pub notes: Vec<String>,
    /// What the other partner entered for both: their first name, labels and texts.
    pub theirs: Option<(String, Vec<(String, String)>)>,
    /// What is saved from another device, in words; empty: nothing else is.
    pub elsewhere: Vec<(String, String)>,
    /// Whether nothing of the item is open, for items that are signed or answered
    /// elsewhere.
    pub is_done: bool,
}

/// The id of the form of a screen.
const FORM: &str = "intake-screen";

/// Renders the overview.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let intakes: Vec<AnyView> = m.intakes.iter().enumerate().map(|(n, own)| one(own, n, m.intakes.len())).collect();
    let none = m.intakes.is_empty().then(|| view! { <p class="muted">{say!(w, "intake-nothing")}</p> }.into_any());
    view! {
        {page_head(say!(w, "intake-title"), say!(w, "intake-lead"), vec![])}
        {none}
        {intakes}
    }
    .into_any()
}

/// One intake of the overview, the `n`th of `count`.
fn one(own: &Own, n: usize, count: usize) -> AnyView {
    let w = words();
    let heading = match &own.partner {
        _ if count < 2 => say!(w, "intake-questions"),
        Some(name) => say!(w, "intake-of-couple", name = name),
        None => say!(w, "intake-of-one"),
    };
    let id = format!("intake-{n}");
    let is_ready = own.settled >= own.needed;
    let tone = if is_ready { Tone::Good } else { Tone::Wait };
    let rows: Vec<AnyView> = own.screens.iter().map(|row| screen_row(own.id, row)).collect();
    let go = own.next.as_ref().map(|key| {
        let text = if own.settled == 0 { say!(w, "intake-begin") } else { say!(w, "intake-go-on") };
        view! { <p class="form-actions"><a class="button button-primary" href=screen_href(own.id, key)>{text}</a></p> }
            .into_any()
    });
    let thanks = is_ready.then(|| view! { <p>{say!(w, "intake-ready")}</p> }.into_any());
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{heading}</h2>
            <p>{badge(tone, say!(w, "intake-count", done = own.settled, all = own.needed))}</p>
            {thanks}
            {go}
            <ol class="rows plain">{rows}</ol>
            {differences(own)}
            {sharing(own)}
        </section>
    }
    .into_any()
}

/// The address of a screen.
pub fn screen_href(intake: IntakeId, key: &str) -> String {
    format!("/portal/intake/{intake}?screen={key}")
}

/// The row of a screen.
fn screen_row(intake: IntakeId, row: &ScreenRow) -> AnyView {
    let w = words();
    let state = match row.state {
        ScreenState::Open => badge(Tone::Wait, say!(w, "intake-open")),
        ScreenState::Begun => badge(Tone::Wait, say!(w, "intake-begun")),
        ScreenState::Done => badge(Tone::Good, say!(w, "intake-done")),
        ScreenState::Free => badge(Tone::Plain, say!(w, "intake-free")),
    };
    view! { <li class="row"><a class="row-link" href=screen_href(intake, &row.key)>{row.title.clone()}</a>{state}</li> }
        .into_any()
}

/// The facts that the two entered differently; `None`: there are none.
fn differences(own: &Own) -> Option<AnyView> {
    let w = words();
    let partner = own.partner.clone().unwrap_or_default();
    let rows: Vec<AnyView> = own
        .differences
        .iter()
        .map(|one| {
            view! {
                <div>
                    <dt>{one.label.clone()}</dt>
                    <dd class="lines" dir="auto">{say!(w, "intake-by-you", text = &one.mine)}</dd>
                    <dd class="lines" dir="auto">{say!(w, "intake-by-partner", name = &partner, text = &one.theirs)}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>{say!(w, "intake-differences")}</h3>
            <p class="hint">{say!(w, "intake-differences-hint")}</p>
            <dl class="facts">{rows}</dl>
        }
        .into_any()
    })
}

/// What can be shared with the other partner, and what the other shares; `None`: there
/// is no other, or nothing of either.
fn sharing(own: &Own) -> Option<AnyView> {
    let w = words();
    let partner = own.partner.clone()?;
    let rows: Vec<AnyView> = own.shareable.iter().map(|row| share_row(own.id, row, &partner)).collect();
    let mine = (!rows.is_empty()).then(|| {
        view! {
            <h3>{say!(w, "intake-share-title", name = &partner)}</h3>
            <p class="hint">{say!(w, "intake-share-lead", name = &partner)}</p>
            <ul class="rows plain">{rows}</ul>
        }
        .into_any()
    });
    let theirs: Vec<AnyView> = own.shared.iter().map(|(label, text)| line(label, text)).collect();
    let theirs = (!theirs.is_empty()).then(|| {
        view! {
            <h3>{say!(w, "intake-shared-title", name = &partner)}</h3>
            <dl class="facts">{theirs}</dl>
        }
        .into_any()
    });
    (mine.is_some() || theirs.is_some()).then(|| view! { {mine}{theirs} }.into_any())
}

/// A line with its label.
fn line(label: &str, text: &str) -> AnyView {
    view! { <div><dt>{label.to_owned()}</dt><dd class="lines" dir="auto">{text.to_owned()}</dd></div> }.into_any()
}

/// The row of an answer with the button that shares it or takes that back.
fn share_row(intake: IntakeId, row: &ShareRow, partner: &str) -> AnyView {
    let w = words();
    let (act, text) = match row.is_shared {
        true => ("hide", say!(w, "intake-unshare")),
        false => ("share", say!(w, "intake-share", name = partner)),
    };
    let state = row.is_shared.then(|| badge(Tone::Good, say!(w, "intake-is-shared", name = partner)));
    let label = format!("{text}: {}", row.label);
    view! {
        <li class="row">
            <span>{row.label.clone()}" "{state}</span>
            <form class="inline-form" method="post" action=format!("/portal/intake/{intake}/sharing")>
                {form_key()}
                <input type="hidden" name="item" value=row.item.clone()/>
                <input type="hidden" name="mark" value=row.mark.clone()/>
                <button class="button" type="submit" name="do" value=act aria-label=label>{text}</button>
            </form>
        </li>
    }
    .into_any()
}

/// Renders a screen.
pub fn screen_view(m: &Screen) -> AnyView {
    let w = words();
    let items: Vec<AnyView> = m.items.iter().map(|item| screen_item(item, &m.form, m.items.len() > 1)).collect();
    let back = (m.at > 1).then(|| {
        view! { <button class="button" type="submit" name="do" value="back">{say!(w, "intake-back")}</button> }
            .into_any()
    });
    view! {
        {page_head(m.title.clone(), say!(w, "intake-place", at = m.at, all = m.all), vec![])}
        {error_summary(&m.form)}
        <UnsavedGuard form=FORM.to_owned()/>
        <form class="form narrow" id=FORM method="post" action=format!("/portal/intake/{}", m.intake) novalidate>
            {form_key()}
            <input type="hidden" name="screen" value=m.key.clone()/>
            {items}
            <div class="form-actions">
                <button class="button button-primary" type="submit" name="do" value="next">{say!(w, "intake-next")}</button>
                {back}
                <button class="button" type="submit" name="do" value="later">{say!(w, "intake-later")}</button>
            </div>
        </form>
        <p class="after"><a href="/portal/intake">{say!(w, "intake-overview")}</a></p>
    }
    .into_any()
}

/// An item of a screen; with `several`, items have a heading of their own.
fn screen_item(one: &ScreenItem, state: &FormState, several: bool) -> AnyView {
    let w = words();
    let item = &one.item;
    let language = w.language();
    let heading = (!item.kind.is_plain() && several)
        .then(|| view! { <h2>{item.label.in_language(language).to_owned()}</h2> }.into_any());
    let hint = item.hint.in_language(language).to_owned();
    let hint = (!hint.is_empty() && !item.kind.is_plain()).then(|| view! { <p class="hint">{hint}</p> }.into_any());
    let notes: Vec<AnyView> =
        one.notes.iter().map(|note| view! { <p class="hint">{note.clone()}</p> }.into_any()).collect();
    let lines = |lines: &[(String, String)]| lines.iter().map(|(label, text)| line(label, text)).collect::<Vec<_>>();
    let elsewhere = (!one.elsewhere.is_empty()).then(|| {
        let rows = lines(&one.elsewhere);
        view! { <div class="card"><p><strong>{say!(w, "intake-elsewhere")}</strong></p><dl class="facts">{rows}</dl></div> }.into_any()
    });
    let theirs = one.theirs.as_ref().map(|(name, theirs)| {
        let rows = lines(theirs);
        view! { <div class="card"><p><strong>{say!(w, "intake-theirs", name = name)}</strong></p><dl class="facts">{rows}</dl></div> }.into_any()
    });
    let content = match item.kind {
        ItemKind::Consents => elsewhere_line(
            if one.is_done { say!(w, "intake-signed") } else { say!(w, "intake-to-sign") },
            "/portal/forms",
            say!(w, "intake-forms-link"),
        ),
        ItemKind::Measure => elsewhere_line(
            if one.is_done { say!(w, "intake-measured") } else { say!(w, "intake-to-measure") },
            "/portal",
            say!(w, "intake-measure-link"),
        ),
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo
        | ItemKind::Contact
        | ItemKind::SafeContact
        | ItemKind::Emergency
        | ItemKind::Payer
        | ItemKind::Facts
        | ItemKind::Private => item_fields(item, state),
    };
    view! {
        {heading}
        {hint}
        <p class="hint">{one.readers.clone()}</p>
        {notes}
        {theirs}
        {elsewhere}
        <input type="hidden" name=format!("was.{}", item.key) value=one.mark.clone() autocomplete="off"/>
        {content}
    }
    .into_any()
}

/// A sentence with a link to where the item is done.
fn elsewhere_line(text: String, href: &'static str, link: String) -> AnyView {
    view! { <p>{text}</p><p><a class="button" href=href>{link}</a></p> }.into_any()
}

/// The card on the portal's first page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub settled: usize,
    pub needed: usize,
}

/// Renders the card with the way to what is open.
pub fn portal_card(card: &Card) -> AnyView {
    let w = words();
    view! {
        <section class="card" aria-labelledby="intake">
            <h2 id="intake">{say!(w, "intake-title")}</h2>
            <p>{say!(w, "intake-count", done = card.settled, all = card.needed)}</p>
            <p><a class="button button-primary" href="/portal/intake">{say!(w, "intake-go-on")}</a></p>
        </section>
    }
    .into_any()
}

/// Sample models of the overview: nothing; one that has begun; two, with answers that
/// are shared and facts that differ.
pub fn samples() -> Vec<Model> {
    let row = |key: &str, title: &str, state| ScreenRow { key: key.to_owned(), title: title.to_owned(), state };
    let begun = Own {
        id: IntakeId::from(uuid::Uuid::from_u128(1)),
        partner: None,
        settled: 3,
        needed: 6,
        screens: vec![
            row("about", &"अनन्या <b>शर्मा</b> 💛 ".repeat(9), ScreenState::Done),
            row("reach", "How to reach you", ScreenState::Begun),
            row("forms", "Forms", ScreenState::Open),
            row("why", "What brings you", ScreenState::Free),
        ],
        next: Some("reach".to_owned()),
        shareable: vec![],
        shared: vec![],
        differences: vec![],
    };
    let share =
        |is_shared| ShareRow { item: "why".to_owned(), label: "Why <now>?".to_owned(), mark: String::new(), is_shared };
    let couple = Own {
        id: IntakeId::from(uuid::Uuid::from_u128(2)),
        partner: Some("अनन्या".to_owned()),
        settled: 6,
        next: None,
        shareable: vec![share(true), share(false)],
        shared: vec![("What do you wish for?".to_owned(), "Time <b>together</b>.\nMuch.".to_owned())],
        differences: vec![Difference {
            label: "Together since".into(), mine: "2014".into(), theirs: "2015 💛".into()
        }],
        ..begun.clone()
    };
    vec![Model::default(), Model { intakes: vec![begun.clone()] }, Model { intakes: vec![couple, begun] }]
}

/// Sample models of a screen: one for each kind of item, empty and refused.
pub fn screen_samples() -> Vec<Screen> {
    use domain::form::Form;
    let items: Vec<ScreenItem> = super::list::sample_list()
        .asked()
        .map(|item| ScreenItem {
            item: item.clone(),
            mark: String::new(),
            readers: "Your therapist reads this.".to_owned(),
            notes: vec![],
            theirs: None,
            elsewhere: vec![],
            is_done: false,
        })
        .collect();
    let empty = Screen {
        intake: IntakeId::from(uuid::Uuid::from_u128(1)),
        key: "about".to_owned(),
        title: "About you".to_owned(),
        at: 1,
        all: 9,
        items,
        form: FormState::default(),
    };
    let mut refused = empty.clone();
    refused.at = 3;
    let name = format!("{PREFIX}contact.birth");
    refused.form = crate::ui::refused(&name, "Enter your date of birth.");
    refused.form.form = Form::from_pairs([(name, "</textarea><script>31 February".to_owned())]);
    for one in &mut refused.items {
        one.notes = vec!["Kept as a draft.".to_owned()];
        one.theirs = Some(("अनन्या".to_owned(), vec![("Since".to_owned(), "<b>2014".to_owned())]));
        one.elsewhere = vec![("Since".to_owned(), "2015 💛".to_owned())];
        one.is_done = true;
    }
    vec![empty, refused]
}
