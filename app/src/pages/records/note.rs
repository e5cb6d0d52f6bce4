//! The page of a therapist's note: the sections of its template below a header that
//! the program fills in. The record it belongs to is offered by who came to the
//! session, and the page's title, colour and banner follow the choice; a signed note
//! cannot be changed.

mod sample;
mod signed;

use domain::{
    ids::{ClientId, NoteId, NoteMoveId, SessionId},
    records::note::{
        NoteScope, copied_field,
        document::mark,
        header::{Attended, field as header_field},
        section_field, shown_field,
    },
};
use leptos::prelude::*;

pub use self::signed::{AddendumItem, LeftoverItem, Signed, UnlockForm};
use crate::{
    islands::AutosaveNote,
    pages::exercises::parts::paragraphs,
    ui::{Field, FormState, Tone, badge, error_summary, facts, field, form_key},
};

/// The view model of the page of a note.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The id; `None` for a note that has not been saved yet.
    pub id: Option<NoteId>,
    /// The session that it is about; `None` if it is about none.
    pub session: Option<AboutSession>,
    /// The records that it can belong to, with the names of the people.
    pub scopes: Vec<(NoteScope, String)>,
    /// The signed note that this one adds to: id and date.
    pub addendum_of: Option<(NoteId, String)>,
    pub sections: Vec<Section>,
    /// The names of those whose attendance the header asks for. Empty: there is no
    /// header.
    pub people: Vec<String>,
    /// What was entered on another device in fields of the header that have another
    /// value: each with its label.
    pub header_others: Vec<(String, String)>,
    /// The secrets policy in words; empty: none applies.
    pub policy: String,
    /// Whether a joint note needs a reason, because no secrets policy is in force.
    pub joint_needs_reason: bool,
    /// The templates in use: the id of the newest version, and the title.
    pub templates: Vec<(String, String)>,
    /// The id of a version of the note's template that was made since; empty: the
    /// note has the newest.
    pub newer: String,
    /// The fields of the form, with the hidden ones.
    pub form: FormState,
    /// The name of the partner whom a note about the other one names; empty: it
    /// names nobody.
    pub names_other: String,
    /// The sections that were moved into the author's process note.
    pub moves: Vec<MovedItem>,
    /// The supervisor's comment with which the note was returned: by whom and when,
    /// and the text.
    pub returned: Option<(String, String)>,
    /// Why the note was unlocked, each with who and when.
    pub unlockings: Vec<String>,
    /// The signed note; `None` for an unsigned one.
    pub signed: Option<Signed>,
    /// The time of the last save; `None` before the first.
    pub saved_at: Option<String>,
}

/// A section of the form.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub key: String,
    pub label: String,
    pub hint: String,
    pub required: bool,
}

/// The session that a note is about.
#[derive(Clone, Debug)]
pub struct AboutSession {
    pub id: SessionId,
    /// The start of the session, such as "Mon 23 Nov, 10:00".
    pub when: String,
    /// The names of those who came, such as "Elif and Yusuf".
    pub present: String,
}

/// A section that was moved into the author's process note.
#[derive(Clone, Debug)]
pub struct MovedItem {
    pub id: NoteMoveId,
    pub label: String,
    /// The process note that has it.
    pub to: NoteId,
}

/// Sample models of the page.
pub fn samples() -> Vec<Model> {
    sample::all()
}

/// Renders the page of a note.
pub fn view(m: &Model) -> AnyView {
    page(m, with_island)
}

/// Renders the page. `around` renders the form, because the island needs a
/// request and a sample has none.
pub(crate) fn page(m: &Model, around: fn(&Model) -> AnyView) -> AnyView {
    let heading = match (&m.signed, &m.addendum_of, m.id) {
        (Some(_), Some(_), _) => "Addendum",
        (Some(_), None, _) => "Note",
        (None, Some(_), _) => "Unsigned addendum",
        (None, None, None) => "New note",
        (None, None, Some(_)) => "Unsigned note",
    };
    let content = match &m.signed {
        Some(signed) => signed::view(m, signed),
        None => around(m),
    };
    // The style sheet shows the name of the record that is chosen in the form.
    let chosen: Vec<AnyView> = m
        .scopes
        .iter()
        .filter(|_| m.signed.is_none())
        .map(|(scope, label)| {
            let class = format!("note-of note-of-{}", scope.word());
            view! { <span class=class>{format!(" · {}", short_label(*scope, label))}</span> }.into_any()
        })
        .collect();
    view! {
        <header class="page-head"><div><h1>{heading}{chosen}</h1></div></header>
        {facts(about(m))}
        {unsigned_notices(m)}
        {content}
    }
    .into_any()
}

/// What the note is about, as rows of label and value.
fn about(m: &Model) -> Vec<(String, AnyView)> {
    let mut about = vec![(
        "Client".to_owned(),
        view! { <a href=format!("/clients/{}", m.client)>{m.title.clone()}</a> }.into_any(),
    )];
    if let Some(AboutSession { id, when, present }) = &m.session {
        about.push(("Session".to_owned(), view! { <a href=format!("/sessions/{id}")>{when.clone()}</a> }.into_any()));
        if m.signed.is_none() {
            about.push(("Present".to_owned(), present.clone().into_any()));
        }
    }
    if let Some((id, when)) = &m.addendum_of {
        let link = view! { <a href=format!("/notes/{id}")>{format!("Note of {when}")}</a> }.into_any();
        about.push(("Adds to".to_owned(), link));
    }
    if m.signed.is_none() && !m.policy.is_empty() {
        about.push(("Secrets policy".to_owned(), m.policy.clone().into_any()));
    }
    match (&m.signed, &m.saved_at) {
        (Some(signed), _) => about.extend(signed::about(signed)),
        (None, Some(at)) => about.push(("Saved".to_owned(), at.clone().into_any())),
        (None, None) => {}
    }
    about
}

/// What is to be known of an unsigned note before its form: a comment of the
/// supervisor, why it was unlocked, what was moved out of it.
fn unsigned_notices(m: &Model) -> AnyView {
    if m.signed.is_some() {
        return ().into_any();
    }
    let returned = m.returned.as_ref().map(|(who, text)| {
        view! {
            <section class="notice" aria-labelledby="returned">
                <h2 id="returned">{format!("Returned by {who}")}</h2>
                {paragraphs(text)}
            </section>
        }
        .into_any()
    });
    let unlocked: Vec<AnyView> =
        m.unlockings.iter().map(|line| view! { <p class="hint">{line.clone()}</p> }.into_any()).collect();
    let moves: Vec<AnyView> = m
        .moves
        .iter()
        .map(|moved| {
            view! {
                <form class="notice inline-form" method="post" action=format!("/note-moves/{}/undo", moved.id)>
                    {form_key()}
                    <span>{format!("“{}” is in your process note. ", moved.label)}<a href=format!("/notes/{}", moved.to)>"Open it"</a></span>
                    <button class="button" type="submit">"Move it back"</button>
                </form>
            }
            .into_any()
        })
        .collect();
    view! { {returned}{unlocked}{moves} }.into_any()
}

/// The name of a record in a title: without what is said of it in brackets.
fn short_label(scope: NoteScope, label: &str) -> String {
    match scope {
        NoteScope::Joint | NoteScope::Process => label.split(" (").next().unwrap_or(label).to_owned(),
        NoteScope::PartnerA | NoteScope::PartnerB => label.to_owned(),
    }
}

/// The sentence about who reads a note of this record.
const fn readers(scope: NoteScope) -> &'static str {
    match scope {
        NoteScope::Joint => {
            "Part of the joint record. Not shown in the portal. A client’s copy of their data may include it."
        }
        NoteScope::PartnerA | NoteScope::PartnerB => {
            "Part of one partner’s record only. The other partner’s portal shows nothing of this."
        }
        NoteScope::Process => {
            "Only you can read it. It leaves the practice only by a release of process notes, or if you include it in a copy of data."
        }
    }
}

/// The banner of each record; the style sheet shows the one that is chosen.
fn banners(m: &Model) -> AnyView {
    let banners: Vec<AnyView> = m
        .scopes
        .iter()
        .map(|(scope, label)| {
            let class = format!("note-banner note-banner-{}", scope.word());
            view! { <p class=class><strong>{format!("{}.", short_label(*scope, label))}</strong>" "{readers(*scope)}</p> }.into_any()
        })
        .collect();
    view! {
        {banners}
        <p class="note-banner note-banner-none">
            <strong>"No record chosen yet."</strong>" What you write is kept, private to you, until you choose."
        </p>
    }
    .into_any()
}

/// The form within the autosave island.
fn with_island(m: &Model) -> AnyView {
    let form = note_form(m);
    let revision = m.form.form.get("revision").parse().unwrap_or(0);
    view! {
        {error_summary(&m.form)}
        <AutosaveNote form="note".to_owned() client=m.client.0 note=m.id.map(|id| id.0) revision=revision saved_at=m.saved_at.clone().unwrap_or_default()>
            {form}
        </AutosaveNote>
    }
    .into_any()
}

/// The hidden fields of the form: what it is about, and what the page showed when it
/// was opened.
fn hidden(m: &Model) -> Vec<AnyView> {
    let of_form =
        ["session", "addendum_of", "template", "revision", "was_scope", "was_header", "page", "leftover_page"];
    let mut names: Vec<String> = of_form.iter().map(|name| (*name).to_owned()).collect();
    for section in &m.sections {
        names.extend([shown_field(&section.key), copied_field(&section.key)]);
    }
    names
        .into_iter()
        .filter(|name| !m.form.form.get(name).is_empty())
        .map(|name| {
            let value = m.form.form.get(&name).to_owned();
            view! { <input type="hidden" name=name value=value autocomplete="off"/> }.into_any()
        })
        .collect()
}

/// The form of an unsigned note.
pub(crate) fn note_form(m: &Model) -> AnyView {
    let action = m.id.map_or_else(|| format!("/clients/{}/notes", m.client), |id| format!("/notes/{id}"));
    let signs = if m.addendum_of.is_some() { "Sign addendum" } else { "Sign note" };
    let saves = if m.addendum_of.is_some() { "Save addendum" } else { "Save note" };
    view! {
        <form id="note" class="form" method="post" action=action novalidate>
            {form_key()}
            <input type="hidden" name="note" value=m.id.map(|id| id.to_string()).unwrap_or_default() autocomplete="off"/>
            {hidden(m)}
            // The Enter key in a field saves the note and does nothing else.
            <button class="quiet" type="submit" name="do" value="save" tabindex="-1" aria-hidden="true">"Save"</button>
            {scope_field(m)}
            {newer_notice(m)}
            {header_fields(m)}
            {section_fields(m)}
            {hint_of_names(m)}
            {more(m)}
            <fieldset class="card note-sign">
                <legend>"Sign"</legend>
                {Field::new(&m.form, "read_through", "I’ve reviewed this note").hint("Once it is signed, you can add to it but not edit it.").tick()}
                {Field::new(&m.form, "current_password", "Your password").hint("Only to sign.").unmarked().autocomplete("current-password").password()}
            </fieldset>
            <div class="form-actions">
                <button class="button button-primary" type="submit" name="do" value="save">{saves}</button>
                <button class="button" type="submit" name="do" value="sign">{signs}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The choice of the record with its banner. An addendum belongs to the record of
/// its note.
fn scope_field(m: &Model) -> AnyView {
    if m.addendum_of.is_some() {
        let scope = m.form.form.get("scope").parse::<NoteScope>().ok();
        let label = scope.and_then(|scope| m.scopes.iter().find(|(own, _)| *own == scope));
        let label = label.map(|(scope, label)| {
            view! { <p><strong>{format!("{}.", short_label(*scope, label))}</strong>" "{readers(*scope)}</p> }
                .into_any()
        });
        let value = m.form.form.get("scope").to_owned();
        return view! { <input type="hidden" name="scope" value=value autocomplete="off"/>{label} }.into_any();
    }
    let scopes = m.scopes.iter().map(|(scope, label)| (scope.word().to_owned(), label.clone())).collect();
    let reason = m.joint_needs_reason.then(|| {
        let label = "Why are you writing in the joint record without a signed secrets policy?";
        view! {
            <div class="note-reason">
                {Field::new(&m.form, "without_policy", label).hint("It stays on record with the note.").unmarked().area(2)}
            </div>
        }
        .into_any()
    });
    view! {
        {Field::new(&m.form, "scope", "Whose record does this note belong to?").radios(scopes)}
        {banners(m)}
        {reason}
    }
    .into_any()
}

/// That the note's template was changed, with the button that takes the new version.
fn newer_notice(m: &Model) -> Option<AnyView> {
    (!m.newer.is_empty()).then(|| {
        view! {
            <div class="notice">
                <p>"This template was changed since you began. The note keeps its version unless you take the new one. No words are lost."</p>
                <p><button class="button" type="submit" name="do" value=format!("template:{}", m.newer)>"Use the new version"</button></p>
            </div>
        }
        .into_any()
    })
}

/// The header: when and where the session was, and who attended.
fn header_fields(m: &Model) -> Option<AnyView> {
    if !m.form.form.has(&header_field("date")) {
        return None;
    }
    let f = &m.form;
    let is_open = !m.header_others.is_empty() || f.errors.iter().any(|(field, _)| field.starts_with("h."));
    let attended: Vec<(String, String)> =
        Attended::ALL.iter().map(|attended| (attended.word().to_owned(), attended.label().to_owned())).collect();
    let people: Vec<AnyView> = m
        .people
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let of = |part: &str| header_field(format!("{n}.{part}"));
            view! {
                <fieldset class="inline-fields">
                    <legend id=field::id(&of("person"))>{name.clone()}</legend>
                    {Field::new(f, of("attended"), "Attended").unmarked().select(attended.clone())}
                    <div class="note-times inline-fields">
                        {Field::new(f, of("late"), "Late from").unmarked().time()}
                        {Field::new(f, of("left"), "Left at").unmarked().time()}
                    </div>
                </fieldset>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <details class="field note-header" open=is_open>
                <summary>{header_line(m)}</summary>
                {header_others(m)}
                <p class="hint">"Filled in from the session. Correct what was different."</p>
                <div class="columns">
                    {Field::new(f, header_field("date"), "Date").required().date()}
                    <div class="note-times inline-fields">
                        {Field::new(f, header_field("starts"), "Began").unmarked().time()}
                        {Field::new(f, header_field("ends"), "Ended").unmarked().time()}
                    </div>
                </div>
                <p class="hint note-no-times">"A process note has no times."</p>
                <div class="columns">
                    {Field::new(f, header_field("place"), "Place or video").unmarked().text()}
                    {Field::new(f, header_field("kind"), "Kind of session").unmarked().text()}
                </div>
                {people}
                {Field::new(f, header_field("others"), "Also present").hint("For example an interpreter.").unmarked().text()}
            </details>
        }
        .into_any(),
    )
}

/// What was entered on another device in fields that this page's values replaced.
fn header_others(m: &Model) -> Option<AnyView> {
    (!m.header_others.is_empty()).then(|| {
        let lines: Vec<AnyView> = m
            .header_others
            .iter()
            .map(|(label, value)| view! { <li>{format!("{label}: ")}<strong>{value.clone()}</strong></li> }.into_any())
            .collect();
        view! {
            <div class="notice">
                <p>"You entered this on another device:"</p>
                <ul>{lines}</ul>
                <p>"Save the note to keep what is in the fields below, or correct them first."</p>
            </div>
        }
        .into_any()
    })
}

/// The header in one line, such as "Session: 2026-11-23, Garden room".
fn header_line(m: &Model) -> String {
    let get = |name: &str| m.form.form.get(&header_field(name)).to_owned();
    let attended: Vec<String> = m
        .people
        .iter()
        .enumerate()
        .filter(|(n, _)| get(&format!("{n}.attended")) == Attended::Present.word())
        .map(|(_, name)| name.clone())
        .collect();
    let date = domain::form::parse_date(&get("date")).map_or_else(String::new, crate::text::short_day);
    let parts = [date, get("place"), attended.join(", ")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("Session: {}", parts.join(" · "))
}

/// The fields of the sections. Two sections about the two partners are side by side.
fn section_fields(m: &Model) -> Vec<AnyView> {
    let mut fields = Vec::new();
    let mut rest = m.sections.as_slice();
    while let [section, after @ ..] = rest {
        let twin = section
            .key
            .strip_suffix("-a")
            .zip(after.first())
            .filter(|(base, next)| next.key.strip_suffix("-b").is_some_and(|other| other == *base));
        if let Some((_, next)) = twin {
            let (a, b) = (section_area(m, section), section_area(m, next));
            fields.push(view! { <div class="halves note-twins"><div>{a}</div><div>{b}</div></div> }.into_any());
            rest = after.get(1..).unwrap_or_default();
        } else {
            fields.push(section_area(m, section));
            rest = after;
        }
    }
    fields
}

/// The field of a section, with a mark if its text is copied.
fn section_area(m: &Model, section: &Section) -> AnyView {
    let name = section_field(&section.key);
    let text = m.form.form.get(&name);
    let copied = m.form.form.get(&copied_field(&section.key));
    let copied = (!text.is_empty() && copied == mark(text))
        .then(|| view! { <p class="note-copied">{badge(Tone::Wait, "Copied: check that it still applies")}</p> });
    let rows = if m.sections.len() < 2 { 16 } else { 5 };
    let area = Field::new(&m.form, name, section.label.clone()).hint(section.hint.clone());
    let area = if section.required { area.required() } else { area };
    view! { {copied}{area.area(rows)} }.into_any()
}

/// The hint that a note about one partner names the other.
fn hint_of_names(m: &Model) -> Option<AnyView> {
    (!m.names_other.is_empty()).then(|| {
        let text =
            format!("This note is about one partner and names {}. Check whether it belongs here.", m.names_other);
        view! { <p class="notice">{text}</p> }.into_any()
    })
}

/// What is seldom done: another template, copying forward, moving a section. Each
/// button saves the note first.
fn more(m: &Model) -> Option<AnyView> {
    if m.addendum_of.is_some() {
        return None;
    }
    let template = (!m.templates.is_empty()).then(|| {
        view! {
            <div class="inline-fields">
                {Field::new(&m.form, "use_template", "Template").unmarked().select(m.templates.clone())}
                <button class="button" type="submit" name="do" value="template">"Use this template"</button>
            </div>
            {Field::new(&m.form, "always_template", "Begin my notes with it from now on").tick()}
        }
        .into_any()
    });
    let sections: Vec<(String, String)> =
        m.sections.iter().map(|section| (section.key.clone(), section.label.clone())).collect();
    Some(
        view! {
            <details class="field note-more">
                <summary>"Template, copying and moving"</summary>
                {template}
                <p>
                    <button class="button" type="submit" name="do" value="copy">"Copy goals and plan from before"</button>
                    <span class="hint">" Into empty sections, from the same record only."</span>
                </p>
                <div class="inline-fields note-move">
                    {Field::new(&m.form, "move", "Section").unmarked().select(sections)}
                    <button class="button" type="submit" name="do" value="move">"Move to my process note"</button>
                </div>
            </details>
        }
        .into_any(),
    )
}
