//! The portal's page on which a person asks for a copy of their own data, and
//! fetches it. Nothing on it depends on what the other partner did.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Pager, Tone, badge, facts, form_key, page_head, pager, submit},
    words::words,
};

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Whether a copy can be asked for: no request is open.
    pub can_ask: bool,
    /// The person's requests, the latest first.
    pub requests: Vec<RequestItem>,
    pub pager: Pager,
}

/// A request for a copy.
#[derive(Clone, Debug, Default)]
pub struct RequestItem {
    pub id: String,
    /// The day on which it was received.
    pub received: String,
    pub state: String,
    pub tone: RequestTone,
    /// The last day on which it is answered; empty: it was answered or cancelled.
    pub due: String,
    /// Why it may take two months longer; empty: it may not.
    pub extension: String,
    /// Whether it can still be taken back.
    pub can_cancel: bool,
    /// The files that can be fetched: address and label.
    pub files: Vec<(String, String)>,
    /// Until when they can be fetched; empty: there are none.
    pub until: String,
    /// What was left out, with the reason, a line for each.
    pub left_out: Vec<String>,
    /// When the files were fetched, a line for each time.
    pub downloads: Vec<String>,
}

/// How far a request is, for the colour of its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestTone {
    #[default]
    Open,
    Ready,
    Over,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let requests: Vec<AnyView> = m.requests.iter().map(request).collect();
    let requests = (!requests.is_empty() || m.pager.is_later()).then(|| {
        view! {
            <section aria-labelledby="requests">
                <h2 id="requests">{say!(w, "own-data-requests")}</h2>
                {requests}
                {pager(&m.pager)}
            </section>
        }
        .into_any()
    });
    let ask = m.can_ask.then(|| {
        view! {
            <form class="form" method="post" action="/portal/data">
                {form_key()}
                {submit(say!(w, "own-data-ask"))}
            </form>
        }
        .into_any()
    });
    view! {
        {page_head(say!(w, "own-data-title"), say!(w, "own-data-lead"), vec![])}
        <section class="card" aria-labelledby="about">
            <h2 id="about">{say!(w, "own-data-what")}</h2>
            <p>{say!(w, "own-data-contents")}</p>
            <p>{say!(w, "own-data-decided")}</p>
            <p>{say!(w, "own-data-alone")}</p>
            {ask}
        </section>
        {requests}
        <p class="after"><a href="/portal/settings">{say!(w, "settings-back")}</a></p>
    }
    .into_any()
}

/// A list below a heading; nothing if it is empty.
fn list(title: String, lines: &[String]) -> Option<AnyView> {
    let items: Vec<AnyView> = lines.iter().map(|line| view! { <li>{line.clone()}</li> }.into_any()).collect();
    (!items.is_empty()).then(|| view! { <h3>{title}</h3><ul>{items}</ul> }.into_any())
}

/// The card of a request.
fn request(r: &RequestItem) -> AnyView {
    let w = words();
    let tone = match r.tone {
        RequestTone::Open => Tone::Wait,
        RequestTone::Ready => Tone::Good,
        RequestTone::Over => Tone::Plain,
    };
    let mut rows = vec![
        (say!(w, "own-data-received"), r.received.clone().into_any()),
        (say!(w, "own-data-state"), badge(tone, r.state.clone())),
    ];
    if !r.due.is_empty() {
        rows.push((say!(w, "own-data-due"), r.due.clone().into_any()));
    }
    if !r.extension.is_empty() {
        rows.push((
            say!(w, "own-data-longer"),
            view! { <span class="lines" dir="auto">{r.extension.clone()}</span> }.into_any(),
        ));
    }
    if !r.until.is_empty() {
        rows.push((say!(w, "own-data-until"), r.until.clone().into_any()));
    }
    let files: Vec<AnyView> = r
        .files
        .iter()
        .map(|(href, label)| view! { <a class="button" href=href.clone() download>{label.clone()}</a>" " }.into_any())
        .collect();
    let files = (!files.is_empty()).then(|| view! { <p class="actions">{files}</p> }.into_any());
    let general =
        matches!(r.tone, RequestTone::Ready).then(|| view! { <p>{say!(w, "own-copy-general")}</p> }.into_any());
    let cancel = r.can_cancel.then(|| {
        view! {
            <form method="post" action=format!("/portal/data/{}/cancel", r.id)>
                {form_key()}
                <button class="button" type="submit">{say!(w, "own-data-cancel")}</button>
            </form>
        }
        .into_any()
    });
    view! {
        <article class="card" id=format!("request-{}", r.id)>
            {facts(rows)}
            {files}
            {list(say!(w, "own-data-left-out"), &r.left_out)}
            {general}
            {list(say!(w, "own-data-downloads"), &r.downloads)}
            {cancel}
        </article>
    }
    .into_any()
}

/// Sample models: nothing asked for; an open request; a copy that is ready.
pub fn samples() -> Vec<Model> {
    let open = RequestItem {
        id: "00000000-0000-0000-0000-000000000001".into(),
        received: "Monday 23 November 2026".into(),
        state: "Received".into(),
        due: "Wednesday 23 December 2026".into(),
        extension: "Many <notes> have to be read. 💛\nअनन्या".into(),
        can_cancel: true,
        ..RequestItem::default()
    };
    let ready = RequestItem {
        state: "Ready".into(),
        tone: RequestTone::Ready,
        due: String::new(),
        can_cancel: false,
        files: vec![("/portal/data/1/pdf".into(), "PDF to read (84 kB)".into())],
        until: "Monday 7 December 2026".into(),
        left_out: vec!["Joint note of 3 November 2026: It is about another person".into()],
        downloads: vec!["Mon 23 Nov, 10:00".into()],
        ..open.clone()
    };
    let over = RequestItem {
        id: "00000000-0000-0000-0000-000000000002".into(),
        state: "No longer available".into(),
        tone: RequestTone::Over,
        files: vec![],
        ..ready.clone()
    };
    vec![
        Model { can_ask: true, ..Model::default() },
        Model { requests: vec![open], ..Model::default() },
        Model {
            can_ask: true,
            requests: vec![ready, over],
            pager: Pager { first: None, more: Some(("/portal/data?after=1#requests".into(), "Earlier requests")) },
        },
    ]
}
