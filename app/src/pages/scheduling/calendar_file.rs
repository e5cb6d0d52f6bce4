//! The calendar import page: it lists the entries of a calendar file, and the
//! reader chooses what to do with each.

use domain::{
    form::{Form, rows},
    ids::AccountId,
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, error_summary, form_key, page_head, submit};

domain::words! {
    /// What the entries of the file are.
    #[derive(Default)]
    pub enum FileKind {
        #[default]
        Own = "own", "Appointments and other times";
        Holidays = "holidays", "Public holidays: the practice is closed";
    }
}

domain::words! {
    /// What is done with an entry.
    #[derive(Default)]
    pub enum EntryAction {
        #[default]
        Leave = "leave", "Skip this entry";
        Busy = "busy", "Block this time";
        Session = "session", "Book a session";
    }
}

/// The view model of the calendar import page.
#[derive(Clone, Debug)]
pub struct Model {
    pub clinician: AccountId,
    pub name: String,
    /// The name of the zone in which times are shown.
    pub zone: String,
    /// Whether the reader may close the whole practice.
    pub desk: bool,
    /// Before the preview: the fields `holds`, `from`, `until`, `titles` and
    /// `part`. In the preview: the values that its form sends along.
    pub form: FormState,
    /// The entries of the chosen file; `None` before a file is chosen.
    pub preview: Option<Preview>,
}

/// The entries of a file within a period.
#[derive(Clone, Debug)]
pub struct Preview {
    pub holds: FileKind,
    /// The period; `None` in the preview of the rows that could not be imported.
    pub period: Option<Period>,
    /// The rows of this page, which may be only a part of all rows; see `first`
    /// and `total`.
    pub rows: Vec<Row>,
    /// How many rows there are on all pages.
    pub total: usize,
    /// The number of the first row shown, counted from 1.
    pub first: usize,
    /// How many entries of the file have rows.
    pub shown: usize,
    /// How many entries are before the period.
    pub past: usize,
    /// How many entries are after the period.
    pub later: usize,
    /// The entries that cannot be imported, as far as they are listed.
    pub left_out: Vec<LeftOut>,
    /// How many more entries cannot be imported.
    pub more_left_out: usize,
    /// Further remarks about the file.
    pub remarks: Vec<String>,
    /// The choices of where sessions take place: value and name.
    pub places: Vec<(String, String)>,
}

impl Preview {
    /// The preview of the rows that could not be imported when the others were.
    pub fn rest(holds: FileKind, rows: Vec<Row>, places: Vec<(String, String)>) -> Self {
        Self {
            holds,
            period: None,
            total: rows.len(),
            first: 1,
            rows,
            shown: 0,
            past: 0,
            later: 0,
            left_out: vec![],
            more_left_out: 0,
            remarks: vec![],
            places,
        }
    }
}

/// The period of which entries are imported.
#[derive(Clone, Debug)]
pub struct Period {
    /// The first day, such as "Monday 23 November 2026".
    pub from: String,
    /// The last day.
    pub until: String,
}

/// An entry of the file that cannot be imported.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The entry's title; may be empty.
    pub title: String,
    /// The line of the file at which the entry begins.
    pub line: usize,
    /// The reason, such as "it is cancelled".
    pub why: String,
}

/// A client whose name is in the title of an entry.
#[derive(Clone, Debug)]
pub struct NamedClient {
    pub id: String,
    pub name: String,
}

/// A date of an entry, for which the reader chooses what to do.
#[derive(Clone, Debug)]
pub struct Row {
    /// The days and hours as the form sends them.
    pub when: String,
    /// The date and time as people read them, such as "Tue 1 December 2026,
    /// 10:00–11:00".
    pub label: String,
    pub title: String,
    pub take: EntryAction,
    /// The client whose name is in the title; `None` if there is none.
    pub client: Option<NamedClient>,
    /// Whether the practice's calendar already has this time.
    pub known: bool,
    /// A sentence that says why "Skip" is preselected; `None` if it is not.
    pub why_skipped: Option<String>,
    /// A sentence about its times that differ from the file's; `None` if none
    /// do.
    pub hint: Option<String>,
    pub error: Option<String>,
}

/// Renders the calendar import page.
pub fn view(m: &Model) -> AnyView {
    let lead = format!("For {}. All times are shown in {} time.", m.name, m.zone);
    let body = match &m.preview {
        Some(preview) => preview_form(m, preview),
        None => file_form(m),
    };
    view! {
        {page_head("Import a calendar (.ics)", lead, vec![])}
        {error_summary(&m.form)}
        {body}
    }
    .into_any()
}

/// The form in which the file is chosen.
fn file_form(m: &Model) -> AnyView {
    let error = m.form.errors.message("file").map(|e| view! { <p class="error" id="f-file-error">{e.to_owned()}</p> });
    let described = if error.is_some() { "f-file-error f-file-hint" } else { "f-file-hint" };
    let invalid = error.is_some().then_some("true");
    let holds: Vec<(String, String)> =
        FileKind::ALL.iter().map(|h| (h.word().to_owned(), h.label().to_owned())).collect();
    let holds = m.desk.then(|| Field::new(&m.form, "holds", "What is in it?").radios(holds));
    let part = m.form.form.get("part").to_owned();
    let next = (!part.is_empty()).then(|| {
        view! {
            <p class="lead">{format!("Part {part}: choose the same file again to see its next entries.")}</p>
            <input type="hidden" name="part" value=part.clone() autocomplete="off"/>
        }
        .into_any()
    });
    view! {
        <form class="form narrow" method="post" action=format!("/clinicians/{}/calendar-file", m.clinician) enctype="multipart/form-data" novalidate>
            {form_key()}
            <input type="hidden" name="look" value="yes"/>
            {next}
            <div class="field">
                <label for="f-file">"Calendar file"</label>
                <p class="hint" id="f-file-hint">"Exported from another calendar, 16 MB at most."</p>
                {error}
                <input id="f-file" type="file" name="file" accept=".ics,.ical,.ifb,.vcs,text/calendar" aria-describedby=described aria-invalid=invalid/>
            </div>
            {holds}
            <div class="pair">
                {Field::new(&m.form, "from", "From").unmarked().date()}
                {Field::new(&m.form, "until", "Until").unmarked().hint("Up to a year.").date()}
            </div>
            {Field::new(&m.form, "titles", "Keep the titles of blocked times").hint("Without it, colleagues see “Busy”.").tick()}
            {submit("Preview entries")}
            <p class="hint">"Nothing is imported until you confirm on the next page."</p>
        </form>
    }
    .into_any()
}

/// A count with its verb: "1 entry is" or "3 entries are".
fn entries(n: usize) -> String {
    if n == 1 { "1 entry is".to_owned() } else { format!("{n} entries are") }
}

/// Sentences that account for every entry of the file.
fn entry_counts(p: &Preview, period: &Period) -> Vec<String> {
    let left_out = p.left_out.len() + p.more_left_out;
    let all = p.shown + p.past + p.later + left_out;
    if all == 0 {
        return vec!["There are no appointments in this file.".to_owned()];
    }
    let Period { from, until } = period;
    let dates = match p.total {
        0 => format!("None is between {from} and {until}."),
        total if p.rows.len() < total => {
            let last = p.first + p.rows.len() - 1;
            format!("{} listed, with {total} dates; this page shows {} to {last}.", entries(p.shown), p.first)
        }
        1 => format!("{} listed, with 1 date.", entries(p.shown)),
        total => format!("{} listed, with {total} dates.", entries(p.shown)),
    };
    let mut sentences = vec![
        if all == 1 { "This file has 1 entry.".to_owned() } else { format!("This file has {all} entries.") },
        dates,
    ];
    let counted = [
        (p.past, format!("before {from}")),
        (p.later, format!("after {until}")),
        (left_out, "left out (see why below)".to_owned()),
    ];
    sentences.extend(counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}.", entries(n))));
    sentences
}

/// The label of the submit button, which says what the import does.
fn import_label(p: &Preview) -> &'static str {
    if p.holds == FileKind::Holidays {
        "Close the practice at the chosen times"
    } else if p.rows.iter().any(|r| r.client.is_some()) {
        "Block times and book sessions as chosen"
    } else {
        "Block the chosen times"
    }
}

/// A card with a list of sentences; `None` if there are none.
fn sentence_card(title: &'static str, id: &'static str, sentences: Vec<String>) -> Option<AnyView> {
    let items: Vec<AnyView> = sentences.into_iter().map(|s| view! { <li>{s}</li> }.into_any()).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <ul>{items}</ul>
            </section>
        }
        .into_any()
    })
}

/// The preview of the file's entries.
fn preview_form(m: &Model, p: &Preview) -> AnyView {
    let lead = p.period.as_ref().map(|period| view! { <p class="lead">{entry_counts(p, period).join(" ")}</p> });
    let mut left_out: Vec<String> = p
        .left_out
        .iter()
        .map(|l| {
            let title =
                if l.title.is_empty() { "An entry without a title".to_owned() } else { format!("“{}”", l.title) };
            format!("{title} (line {}): {}.", l.line, l.why)
        })
        .collect();
    if p.more_left_out > 0 {
        left_out.push(format!("And {} more. Export a shorter time to see why.", p.more_left_out));
    }
    let left_out = sentence_card("Left out", "left-out", left_out);
    let remarks = sentence_card("About this file", "remarks", p.remarks.clone());
    let has_sessions = p.rows.iter().any(|r| r.client.is_some());
    let place = has_sessions.then(|| {
        view! {
            {Field::new(&m.form, "place", "Where sessions take place").unmarked().select(p.places.clone())}
            <p class="hint">"Clients get an invitation and reminders for each session you book here."</p>
        }
        .into_any()
    });
    let form = &m.form.form;
    let kept: Vec<AnyView> = ["titles", "from", "until", "part", "parts"]
        .into_iter()
        .filter(|name| !form.get(name).is_empty())
        .map(|name| {
            view! { <input type="hidden" name=name value=form.get(name).to_owned() autocomplete="off"/> }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = p.rows.iter().enumerate().map(|(n, r)| row_item(p, n, r)).collect();
    let go = (!rows.is_empty()).then(|| submit(import_label(p)));
    view! {
        {lead}
        <form class="form" method="post" action=format!("/clinicians/{}/calendar-file", m.clinician) novalidate>
            {form_key()}
            <input type="hidden" name="do" value="take"/>
            <input type="hidden" name="holds" value=p.holds.word()/>
            {kept}
            {place}
            <ul class="stack plain entries">{rows}</ul>
            {go}
        </form>
        {next_part(m)}
        {left_out}
        {remarks}
        <p class="after"><a href=format!("/clinicians/{}/calendar-file", m.clinician)>"Choose another file"</a></p>
    }
    .into_any()
}

/// The links to the other parts of a long file; `None` if the file has only one
/// part.
fn next_part(m: &Model) -> Option<AnyView> {
    let number = |name: &str| m.form.form.get(name).parse::<usize>().ok();
    let (part, parts) = (number("part")?, number("parts")?);
    let to = |part: usize| {
        let days = |form: &Form| format!("from={}&until={}", form.get("from"), form.get("until"));
        format!("/clinicians/{}/calendar-file?{}&part={part}", m.clinician, days(&m.form.form))
    };
    let before = (part > 1).then(|| view! { <a href=to(part - 1)>"Previous part"</a>" " }.into_any());
    let after =
        (part < parts).then(|| view! { <a href=to(part + 1)>"Next part, without importing this one"</a> }.into_any());
    let how = "You choose the file again for each part. A shorter time between From and Until gives fewer parts.";
    Some(view! { <nav class="card" aria-label="Parts of this file"><p>{format!("Part {part} of {parts}. {how}")}</p><p>{before}{after}</p></nav> }.into_any())
}

/// The list item of the row at index `n`.
fn row_item(p: &Preview, n: usize, r: &Row) -> AnyView {
    let name = |field: &str| rows::field(n, field);
    let title = if r.title.is_empty() { "No title".to_owned() } else { r.title.clone() };
    let options: Vec<AnyView> = EntryAction::ALL
        .iter()
        .filter(|t| **t != EntryAction::Session || r.client.is_some())
        .map(|t| {
            let text = match (t, &r.client) {
                (EntryAction::Session, Some(client)) => format!("Book a session with {}", client.name),
                (EntryAction::Busy, _) if p.holds == FileKind::Holidays => "Close the practice".to_owned(),
                (EntryAction::Leave | EntryAction::Busy | EntryAction::Session, _) => t.label().to_owned(),
            };
            view! { <option value=t.word() selected=*t == r.take>{text}</option> }.into_any()
        })
        .collect();
    let id = format!("f-take-{n}");
    let error =
        r.error.as_ref().map(|e| view! { <p class="error" id=format!("{id}-error")>{e.clone()}</p> }.into_any());
    let why: Vec<String> = r.why_skipped.iter().chain(&r.hint).cloned().collect();
    let why =
        (!why.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-why")>{why.join(" ")}</p> }.into_any());
    let described: Vec<String> = [(error.is_some(), "error"), (why.is_some(), "why")]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| format!("{id}-{what}"))
        .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let known = r.known.then(|| view! { " "{badge(Tone::Good, "Already in your calendar")} }.into_any());
    let client = r.client.as_ref().map(|NamedClient { id, name: whom }| {
        view! {
            <input type="hidden" name=name("client") value=id.clone() autocomplete="off"/>
            <input type="hidden" name=name("whom") value=whom.clone() autocomplete="off"/>
        }
        .into_any()
    });
    view! {
        <li class="card entry">
            <div>
                <p><strong>{r.label.clone()}</strong>{known}</p>
                <p>{title.clone()}</p>
                {why}
            </div>
            <div class="field">
                <label class="quiet" for=id.clone()>{format!("What to do with {title}, {}", r.label)}</label>
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

/// Sample models: the file form; a refused file; a preview; a part of a long
/// file; an empty file.
pub fn samples() -> Vec<Model> {
    use domain::form::Errors;
    let choose = Model {
        clinician: AccountId::from(uuid::Uuid::from_u128(1)),
        name: "Dr Ngozi Okafor".into(),
        zone: "Berlin".into(),
        desk: true,
        form: FormState::new(Form::from_pairs([("holds", "own"), ("from", "2026-11-23"), ("until", "2027-11-23")])),
        preview: None,
    };
    let refused = Model {
        name: "अनन्या शर्मा 💛 ".repeat(12),
        desk: false,
        form: FormState {
            form: Form::from_pairs([("part", "2"), ("from", "soon")]),
            errors: Errors::at_field("file", "This isn’t a calendar file. Choose a file that ends in .ics.")
                .and(Errors::at_field("from", "Enter the first day, such as 2026-12-01.")),
        },
        ..choose.clone()
    };
    let row = |title: &str, take, client: Option<&str>, known, why: Option<&str>, error: Option<&str>| Row {
        when: "2026-12-01/2026-12-01/10:00/11:00".into(),
        label: "Tue 1 December 2026, 10:00–11:00".into(),
        title: title.into(),
        take,
        client: client.map(|c| NamedClient { id: uuid::Uuid::from_u128(3).to_string(), name: c.to_owned() }),
        known,
        why_skipped: why.map(str::to_owned),
        hint: why.map(|_| "The clocks go back during it: the whole doubled hour is included.".to_owned()),
        error: error.map(str::to_owned),
    };
    let preview = Preview {
        period: Some(Period { from: "Monday 23 November 2026".into(), until: "Tuesday 23 November 2027".into() }),
        total: 3,
        shown: 2,
        past: 1,
        later: 7,
        left_out: vec![
            LeftOut { title: "<b>Rosa</b>".into(), line: 12, why: "it ends before it starts".into() },
            LeftOut { title: String::new(), line: 90, why: "it is cancelled".into() },
        ],
        more_left_out: 2,
        remarks: vec!["3 tasks were left out: only appointments are imported.".into()],
        ..Preview::rest(
            FileKind::Own,
            vec![
                row(
                    "<b>Rosa</b> & Lin",
                    EntryAction::Session,
                    Some("Rosa & Lin"),
                    false,
                    None,
                    Some("This time is not free."),
                ),
                row(
                    &"x".repeat(200),
                    EntryAction::Leave,
                    None,
                    false,
                    Some("Set to skip: it is marked as tentative."),
                    None,
                ),
                row("", EntryAction::Leave, None, true, None, None),
            ],
            vec![("online".into(), "Online".into())],
        )
    };
    let part = Model {
        form: FormState::new(Form::from_pairs([("part", "2"), ("parts", "3"), ("titles", "yes")])),
        preview: Some(Preview { total: 7, first: 4, ..preview.clone() }),
        ..choose.clone()
    };
    let empty = Preview { period: preview.period.clone(), ..Preview::rest(FileKind::Holidays, vec![], vec![]) };
    vec![
        choose.clone(),
        refused,
        Model { preview: Some(preview), ..choose.clone() },
        part,
        Model { preview: Some(empty), ..choose },
    ]
}
