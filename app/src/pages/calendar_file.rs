//! Taking in a calendar file: what stands in it, and what becomes of each.

use domain::{form::rows, ids::AccountId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, error_summary, form_key, page_head, submit};

domain::words! {
    /// What a file is about.
    #[derive(Default)]
    pub enum Holds {
        #[default]
        Own = "own", "Appointments and other times";
        Holidays = "holidays", "Public holidays: the practice is closed";
    }
}

domain::words! {
    /// What becomes of an entry.
    #[derive(Default)]
    pub enum Take {
        #[default]
        Leave = "leave", "Leave it out";
        Busy = "busy", "Keep this time free";
        Session = "session", "Book it as a session";
    }
}

#[derive(Clone, Debug)]
pub struct Model {
    pub clinician: AccountId,
    pub name: String,
    /// The zone that times are shown in.
    pub zone: String,
    /// The whole practice's closed days are the reader's to set.
    pub desk: bool,
    pub form: FormState,
    pub preview: Option<Preview>,
}

/// What stands in a file.
#[derive(Clone, Debug)]
pub struct Preview {
    pub holds: Holds,
    pub rows: Vec<Row>,
    /// What could not be read as it stands.
    pub notes: Vec<String>,
    /// Too many to show.
    pub more: usize,
    /// Over already.
    pub past: usize,
    /// Where sessions take place: value and name.
    pub places: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Row {
    /// The days and hours, as the form sends them.
    pub when: String,
    /// "Tue 1 December 2026, 10:00–11:00".
    pub label: String,
    pub title: String,
    pub take: Take,
    /// Whom the words name: client and title.
    pub client: Option<(String, String)>,
    /// It stands here already.
    pub known: bool,
    pub error: Option<String>,
}

pub fn view(m: &Model) -> AnyView {
    let lead = format!("An .ics file, as other calendars export it. All times are shown in {} time.", m.zone);
    let body = match &m.preview {
        Some(preview) => shown(m, preview),
        None => choose(m),
    };
    view! {
        {page_head(format!("Calendar file for {}", m.name), lead, vec![])}
        {error_summary(&m.form)}
        {body}
        <p><a href=format!("/clinicians/{}/hours", m.clinician)>"Back to the hours"</a></p>
    }
    .into_any()
}

fn choose(m: &Model) -> AnyView {
    let error = m.form.errors.of("file").map(|e| view! { <p class="error" id="f-file-error">{e.to_owned()}</p> });
    let described = m.form.errors.of("file").map(|_| "f-file-error");
    let holds: Vec<(String, String)> = Holds::ALL.iter().map(|h| (h.word().to_owned(), h.label().to_owned())).collect();
    let holds = m.desk.then(|| Field::new(&m.form, "holds", "What is in it?").radios(holds));
    view! {
        <form class="form narrow" method="post" action=format!("/clinicians/{}/calendar-file", m.clinician) enctype="multipart/form-data" novalidate>
            <div class="field">
                <label for="f-file">"The file"</label>
                {error}
                <input id="f-file" type="file" name="file" accept=".ics,text/calendar" aria-describedby=described aria-invalid=described.map(|_| "true")/>
            </div>
            {holds}
            {Field::new(&m.form, "titles", "Keep the titles of other times").hint("Who books reads them. Without it they say “Busy”.").tick()}
            {submit("Show what is in it")}
            <p class="hint">"Nothing is taken over yet: you choose on the next page."</p>
        </form>
    }
    .into_any()
}

fn shown(m: &Model, p: &Preview) -> AnyView {
    let notes: Vec<AnyView> = p.notes.iter().map(|n| view! { <li>{n.clone()}</li> }.into_any()).collect();
    let notes = (!notes.is_empty()).then(|| view! { <ul class="card">{notes}</ul> }.into_any());
    let count = match p.rows.len() {
        0 => "There is nothing in this file for the coming twelve months.".to_owned(),
        1 => "One entry in the coming twelve months.".to_owned(),
        n => format!("{n} entries in the coming twelve months."),
    };
    let more = (p.more > 0).then(|| format!(" {} more are not shown: take these, then bring the file again.", p.more));
    let past = (p.past > 0).then(|| format!(" {} are over and left out.", p.past));
    let has_sessions = p.rows.iter().any(|r| r.client.is_some());
    let place = has_sessions.then(|| {
        view! {
            {Field::new(&m.form, "place", "Where sessions take place").unmarked().select(p.places.clone())}
            <p class="hint">"Whoever comes to a session that is booked here is told, with an invitation and reminders, as for every session."</p>
        }
        .into_any()
    });
    let rows: Vec<AnyView> = p.rows.iter().enumerate().map(|(n, r)| row(p, n, r)).collect();
    let go = (!rows.is_empty()).then(|| submit("Take these over"));
    view! {
        <p class="lead">{count}{more}{past}</p>
        {notes}
        <form class="form" method="post" action=format!("/clinicians/{}/calendar-file", m.clinician) novalidate>
            {form_key(&m.form)}
            <input type="hidden" name="do" value="take"/>
            <input type="hidden" name="holds" value=p.holds.word()/>
            {place}
            <ul class="stack plain entries">{rows}</ul>
            {go}
        </form>
        <p class="after"><a href=format!("/clinicians/{}/calendar-file", m.clinician)>"Choose another file"</a></p>
    }
    .into_any()
}

fn row(p: &Preview, n: usize, r: &Row) -> AnyView {
    let name = |field: &str| rows::field(n, field);
    let options: Vec<AnyView> = Take::ALL
        .iter()
        .filter(|t| **t != Take::Session || r.client.is_some())
        .map(|t| {
            let text = match (t, &r.client) {
                (Take::Session, Some((_, title))) => format!("Book it: a session with {title}"),
                (Take::Busy, _) if p.holds == Holds::Holidays => "The practice is closed".to_owned(),
                (t, _) => t.label().to_owned(),
            };
            view! { <option value=t.word() selected=*t == r.take>{text}</option> }.into_any()
        })
        .collect();
    let id = format!("f-take-{n}");
    let error =
        r.error.as_ref().map(|e| view! { <p class="error" id=format!("{id}-error")>{e.clone()}</p> }.into_any());
    let described = r.error.as_ref().map(|_| format!("{id}-error"));
    let known = r.known.then(|| view! { " "{badge(Tone::Good, "Here already")} }.into_any());
    let title = if r.title.is_empty() { "No title".to_owned() } else { r.title.clone() };
    let client = r.client.as_ref().map(|(id, title)| {
        view! {
            <input type="hidden" name=name("client") value=id.clone() autocomplete="off"/>
            <input type="hidden" name=name("whom") value=title.clone() autocomplete="off"/>
        }
        .into_any()
    });
    view! {
        <li class="card entry">
            <div>
                <p><strong>{r.label.clone()}</strong>{known}</p>
                <p class="muted">{title}</p>
            </div>
            <div class="field">
                <label class="quiet" for=id.clone()>{format!("What becomes of {}", r.label)}</label>
                {error}
                <select id=id name=name("take") aria-describedby=described autocomplete="off">{options}</select>
            </div>
            <input type="hidden" name=name("when") value=r.when.clone() autocomplete="off"/>
            <input type="hidden" name=name("title") value=r.title.clone() autocomplete="off"/>
            {client}
        </li>
    }
    .into_any()
}

/// A file to choose; one that is none; what stands in one; nothing in it.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let choose = Model {
        clinician: AccountId::from(uuid::Uuid::from_u128(1)),
        name: "Dr Ngozi Okafor".into(),
        zone: "Berlin".into(),
        desk: true,
        form: FormState::new(Form::from_pairs([("holds", "own")])),
        preview: None,
    };
    let refused = Model {
        name: "अनन्या शर्मा 💛 ".repeat(12),
        desk: false,
        form: FormState {
            form: Form::default(),
            errors: Errors::one("file", "Line 3: this cannot be read as a calendar file (.ics)."),
        },
        ..choose.clone()
    };
    let row = |title: &str, take, client: Option<&str>, known, error: Option<&str>| Row {
        when: "2026-12-01/2026-12-01/10:00/11:00".into(),
        label: "Tue 1 December 2026, 10:00–11:00".into(),
        title: title.into(),
        take,
        client: client.map(|c| (uuid::Uuid::from_u128(3).to_string(), c.to_owned())),
        known,
        error: error.map(str::to_owned),
    };
    let preview = Preview {
        holds: Holds::Own,
        rows: vec![
            row("<b>Rosa</b> & Lin", Take::Session, Some("Rosa & Lin"), false, Some("This time is not free.")),
            row(&"x".repeat(200), Take::Busy, None, false, None),
            row("", Take::Leave, None, true, None),
        ],
        notes: vec!["The zone “W. Europe Standard Time” is not known here.".into()],
        more: 2,
        past: 7,
        places: vec![("online".into(), "Online".into())],
    };
    let empty = Preview { holds: Holds::Holidays, rows: vec![], notes: vec![], more: 0, past: 0, places: vec![] };
    vec![
        choose.clone(),
        refused,
        Model { preview: Some(preview), ..choose.clone() },
        Model { preview: Some(empty), ..choose },
    ]
}
