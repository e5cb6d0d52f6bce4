//! Rules that every page must keep, checked on every sample in its whole
//! document.
//!
//! A small tag reader takes the place of a browser: it knows which elements are
//! open, which is all that these checks need.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use domain::clients::person::{Language, Role};
use leptos::prelude::*;

use super::{
    accounts::{account, forgot, handed, invitation, new_address, reset, setup, sign_in, sign_in_code, two_step},
    clients::{caseload, client, client_form, contacts, find, taking_on, today},
    exercises::{
        assign, assignment, authoring, drafts, exercise, import, library, library_item, paper, parts, pathway,
        pathway_form, pathway_progress, pathways, revealed, step, worksheet,
    },
    lifecycle::{contact, erasure, separation, welcome},
    mail::{log, mailbox, sent_email, unsubscribe, wording, wordings},
    plain,
    portability::{client_list, client_lists},
    portal,
    practice::{audit, hours, retention, settings, staff, supervision},
    records::{
        adherence, brief, consent, cosign, course, data_case, data_entry, data_extension, data_item, document, forms,
        goals, intake, message_list, messages, new_document, note, note_lists, note_sheet, note_templates, own_data,
        own_document, own_documents, own_form, policy, texts,
    },
    scheduling::{
        booking, calendar, calendar_file, cancel, desk, fees, inquire, move_session, own_request, own_sessions, reply,
        requests, session, slots, waitlist,
    },
};
use crate::{
    ui::{
        Link,
        shell::{self, Assets, Notice, Shell, Side, Viewer},
    },
    words::Words,
};

/// A sample as a whole document.
struct Sample {
    /// The name of the page's module, or of one of its views.
    page: String,
    /// The index of the sample among those of the page.
    n: usize,
    side: Side,
    html: String,
}

impl Sample {
    /// The document of a sample on this side of the site, for a reader of this
    /// language.
    fn new(page: &str, n: usize, (side, language): (Side, Language), view: impl FnOnce() -> AnyView) -> Self {
        let html = Owner::new().with(|| {
            provide_context(Words::new(language));
            shell::page(&sample_shell(side), view()).to_html()
        });
        Self { page: page.to_owned(), n, side, html }
    }
}

/// The samples of all pages, for a reader of this language.
fn documents(language: Language) -> Vec<Sample> {
    let mut all = Vec::new();
    macro_rules! pages {
        ($side:ident: $($page:ident),+) => {$(
            for (n, model) in $page::samples().iter().enumerate() {
                all.push(Sample::new(stringify!($page), n, (Side::$side, language), || $page::view(model)));
            }
        )+};
    }
    pages!(Public: inquire, reply, unsubscribe, setup, sign_in, sign_in_code, invitation, forgot, reset, plain, mailbox);
    pages!(Portal: new_address, portal, revealed, contact, welcome, messages, own_request, own_sessions);
    pages!(Staff: find, sent_email, account, hours, settings, staff, audit, calendar, calendar_file, booking, slots, desk, fees, requests);
    pages!(Staff: contacts, taking_on, waitlist, session, move_session, cancel, log, message_list);
    pages!(Staff: today, caseload, client_form, client, handed, library, library_item, drafts, assign, assignment);
    pages!(Staff: adherence, brief, course, import, paper, pathway, pathway_form, pathways, pathway_progress, worksheet, wordings, separation);
    pages!(Staff: new_document, document, erasure, retention);
    pages!(Portal: own_documents, own_document);
    pages!(Staff: data_case, data_entry, data_extension, data_item);
    pages!(Portal: own_data);
    for (n, model) in intake::own::samples().iter().enumerate() {
        all.push(Sample::new("intake::own", n, (Side::Portal, language), || intake::own::view(model)));
    }
    for (n, model) in intake::own::screen_samples().iter().enumerate() {
        all.push(Sample::new("intake::own::screen", n, (Side::Portal, language), || intake::own::screen_view(model)));
    }
    for (n, model) in intake::record::samples().iter().enumerate() {
        all.push(Sample::new("intake::record", n, (Side::Staff, language), || intake::record::view(model)));
    }
    for (n, model) in intake::desk::samples().iter().enumerate() {
        all.push(Sample::new("intake::desk", n, (Side::Staff, language), || intake::desk::view(model)));
    }
    for (n, model) in intake::paper::samples().iter().enumerate() {
        all.push(Sample::new("intake::paper", n, (Side::Staff, language), || intake::paper::view(model)));
    }
    for (n, model) in intake::list::samples().iter().enumerate() {
        all.push(Sample::new("intake::list", n, (Side::Staff, language), || intake::list::view(model)));
    }
    for (n, model) in client_lists::samples().iter().enumerate() {
        all.push(Sample::new("client_lists", n, (Side::Staff, language), || client_lists::view(model)));
    }
    for (n, model) in client_list::samples().iter().enumerate() {
        all.push(Sample::new("client_list", n, (Side::Staff, language), || client_list::view(model)));
    }
    for (n, model) in two_step::samples().iter().enumerate() {
        all.push(Sample::new("two_step", n, (Side::Staff, language), || two_step::view(model)));
    }
    for (n, model) in two_step::code_samples().iter().enumerate() {
        all.push(Sample::new("two_step::codes", n, (Side::Staff, language), || two_step::codes_view(model)));
    }
    for (n, model) in note_templates::list_samples().iter().enumerate() {
        all.push(Sample::new("note_templates::list", n, (Side::Staff, language), || note_templates::list(model)));
    }
    for (n, model) in note_templates::samples().iter().enumerate() {
        all.push(Sample::new("note_templates", n, (Side::Staff, language), || note_templates::view(model)));
    }
    for (n, model) in note::samples().iter().enumerate() {
        all.push(Sample::new("note", n, (Side::Staff, language), || note::page(model, note::note_form)));
    }
    all.extend(of_leaving(language));
    for (n, state) in [crate::ui::FormState::default(), crate::ui::refused("phone", "Please write a phone number.")]
        .iter()
        .enumerate()
    {
        all.push(Sample::new("inquiry_form", n, (Side::Staff, language), || waitlist::inquiry_form(state)));
    }
    pages!(Portal: forms, own_form);
    pages!(Staff: consent, policy, texts);
    for (n, model) in consent::ask_samples().iter().enumerate() {
        all.push(Sample::new("consent::ask", n, (Side::Staff, language), || consent::ask_view(model)));
    }
    for (n, model) in consent::paper_samples().iter().enumerate() {
        all.push(Sample::new("consent::paper", n, (Side::Staff, language), || consent::paper_view(model)));
    }
    for (n, model) in policy::proposal_samples().iter().enumerate() {
        all.push(Sample::new("policy::proposal", n, (Side::Staff, language), || policy::proposal_view(model)));
    }
    for (n, model) in texts::one_samples().iter().enumerate() {
        all.push(Sample::new("texts::one", n, (Side::Staff, language), || texts::one_view(model)));
    }
    for (n, model) in texts::edit_samples().iter().enumerate() {
        all.push(Sample::new("texts::edit", n, (Side::Staff, language), || texts::edit_view(model)));
    }
    for (n, model) in own_request::time_samples().iter().enumerate() {
        all.push(Sample::new("times_view", n, (Side::Portal, language), || own_request::times_view(model)));
    }
    pages!(Staff: cosign, goals, note_lists, note_sheet, supervision);
    for (n, model) in cosign::settled_samples().iter().enumerate() {
        all.push(Sample::new("cosign::settled", n, (Side::Staff, language), || cosign::settled_view(model)));
    }
    for (n, model) in goals::goal_samples().iter().enumerate() {
        all.push(Sample::new("goal", n, (Side::Staff, language), || goals::goal_view(model)));
    }
    for (n, model) in staff::edit_samples().iter().enumerate() {
        all.push(Sample::new("edit_staff", n, (Side::Staff, language), || staff::edit_view(model)));
    }
    for (n, model) in assign::choice_samples().iter().enumerate() {
        all.push(Sample::new("choose", n, (Side::Staff, language), || assign::choose(model)));
    }
    for (n, model) in own_request::review_samples().iter().enumerate() {
        all.push(Sample::new("review_view", n, (Side::Portal, language), || own_request::review_view(model)));
    }
    for (n, model) in contact::times_samples().iter().enumerate() {
        all.push(Sample::new("contact::times", n, (Side::Portal, language), || contact::times_view(model)));
    }
    for (n, model) in contact::settings_samples().iter().enumerate() {
        all.push(Sample::new("settings_view", n, (Side::Portal, language), || contact::settings_view(model)));
    }
    for (n, model) in authoring::samples().iter().enumerate() {
        all.push(Sample::new("authoring", n, (Side::Staff, language), || authoring::view_without_island(model)));
    }
    for (n, model) in wording::samples().iter().enumerate() {
        all.push(Sample::new("wording", n, (Side::Staff, language), || wording::view_without_island(model)));
    }
    for (n, model) in exercise::samples().iter().enumerate() {
        all.push(Sample::new("exercise", n, (Side::Portal, language), || exercise_without_island(model)));
    }
    for (page, view) in [
        ("invitation", invitation::gone as fn() -> AnyView),
        ("reset", reset::gone),
        ("new_address", new_address::gone),
    ] {
        all.push(Sample::new(&format!("{page}::gone"), 0, (Side::Public, language), view));
    }
    all
}

/// The samples of the pages of what leaves the practice.
fn of_leaving(language: Language) -> Vec<Sample> {
    use super::records::{disclosure, handover, own_release, release};
    let mut all = Vec::new();
    macro_rules! views {
        ($($page:literal, $side:ident, $samples:expr, $view:expr;)+) => {$(
            for (n, model) in $samples.iter().enumerate() {
                all.push(Sample::new($page, n, (Side::$side, language), || $view(model)));
            }
        )+};
    }
    views! {
        "release", Staff, release::samples(), release::view;
        "release::page", Staff, release::release_samples(), release::release_view;
        "disclosure", Staff, disclosure::samples(), disclosure::view;
        "disclosure::page", Staff, disclosure::disclosure_samples(), disclosure::disclosure_view;
        "handover", Staff, handover::samples(), handover::view;
        "own_release", Portal, own_release::samples(), own_release::view;
        "own_release::told", Portal, own_release::told_samples(), own_release::told_view;
    }
    all
}

/// The fields of an exercise without the island around its form, because an
/// island needs a request.
fn exercise_without_island(m: &exercise::Model) -> AnyView {
    let fields = step::Fields {
        document: &m.document,
        responders: m.responders,
        partner: m.partner_name.as_deref(),
        writer: None,
        therapist: &m.therapist,
        answers: &m.answers,
        errors: &m.errors,
        disabled: false,
        today: &m.today,
        clocks: false,
    };
    view! {
        <article class="exercise">
            <header class="page-head"><h1>{m.document.title.clone()}</h1></header>
            {parts::word_along(&m.therapist, &m.word_along)}
            <form class="form exercise-form" method="post" action="/portal">{step::steps(fields)}</form>
        </article>
    }
    .into_any()
}

/// The shell of a sample on this side of the site.
fn sample_shell(room: Side) -> Shell {
    let roles = match room {
        Side::Public => vec![],
        Side::Portal => vec![Role::Partner],
        Side::Staff => vec![Role::Owner, Role::Clinician, Role::FrontDesk],
    };
    Shell {
        title: "A page".to_owned(),
        room,
        practice: "Bridge House".to_owned(),
        viewer: (!roles.is_empty()).then(|| Viewer {
            name: "अनन्या Wolfeschlegelsteinhausen 💛".to_owned(),
            roles,
            slash_search: true,
        }),
        here: "/clients/7/brief".to_owned(),
        between: vec![Link::new("/clients/7", "अनन्या <b>& Jonas")],
        skip: Some(Link::new("#main", "Skip to the sessions")),
        searched: String::new(),
        notice: Some(Notice::Saved),
        unreadable: vec!["Part of this page cannot be read. Please tell your practice.".to_owned()],
        undo: None,
        said: None,
        assets: Assets { css: "/pkg/duologue.css".to_owned(), js_name: "duologue".to_owned(), islands: false },
    }
}

/// The elements that have no end tag.
const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"];
/// The elements that cannot be inside `<p>`.
const BLOCKS: [&str; 14] =
    ["div", "p", "ul", "ol", "dl", "table", "form", "section", "h1", "h2", "h3", "fieldset", "pre", "blockquote"];

/// A start tag of a document.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    /// The names of the elements around it, outermost first.
    within: Vec<String>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The start tags of a document in order; an error if an element is not closed
/// correctly.
fn tags(html: &str) -> Result<Vec<Tag>, String> {
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("an open comment")?.1;
        } else if rest.starts_with('!') {
            rest = rest.split_once('>').ok_or("an open declaration")?.1;
        } else if let Some(end) = rest.strip_prefix('/') {
            let (name, behind) = end.split_once('>').ok_or("an open end tag")?;
            match open.pop() {
                Some(last) if last == name => {}
                last => return Err(format!("</{name}> closes {last:?} in {open:?}")),
            }
            rest = behind;
        } else {
            let (tag, behind) = start_tag(rest, &open)?;
            rest = behind;
            if !VOID.contains(&tag.name.as_str()) && !["svg", "path", "circle", "rect"].contains(&tag.name.as_str())
                || tag.name == "svg"
            {
                open.push(tag.name.clone());
            } else if let Some(behind) = rest.strip_prefix(&format!("</{}>", tag.name)) {
                rest = behind;
            }
            tags.push(tag);
        }
    }
    if open.is_empty() { Ok(tags) } else { Err(format!("still open: {open:?}")) }
}

/// Reads the start tag at the beginning of `text`; returns it and the rest of
/// the text.
fn start_tag<'a>(text: &'a str, open: &[String]) -> Result<(Tag, &'a str), String> {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').ok_or("an open tag")?;
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
            return Ok((Tag { name: name.to_owned(), attributes, within: open.to_vec() }, behind));
        }
        let end = rest.find(['=', ' ', '>', '/']).ok_or_else(|| format!("an open <{name}>"))?;
        let attribute = rest[..end].to_owned();
        if attribute.is_empty() {
            return Err(format!("an attribute without a name in <{name}>"));
        }
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (inside, behind) = quoted.split_once('"').ok_or_else(|| format!("an open value in <{name}>"))?;
            (value, rest) = (inside.to_owned(), behind);
        }
        attributes.push((attribute, value));
    }
}

/// The rules that a document breaks; empty if it keeps all of them.
fn faults(html: &str) -> Vec<String> {
    let tags = match tags(html) {
        Ok(tags) => tags,
        Err(fault) => return vec![fault],
    };
    let mut faults = Vec::new();
    let count = |name: &str| tags.iter().filter(|t| t.name == name).count();
    for name in ["h1", "main", "title"] {
        if count(name) != 1 {
            faults.push(format!("{} of <{name}>", count(name)));
        }
    }
    let mut ids = HashSet::new();
    for id in tags.iter().filter_map(|t| t.get("id")) {
        if id.is_empty() || !ids.insert(id) {
            faults.push(format!("the id \"{id}\" is empty or stands twice"));
        }
    }
    let labelled: HashSet<&str> = tags.iter().filter(|t| t.name == "label").filter_map(|t| t.get("for")).collect();
    for label in &labelled {
        if !ids.contains(label) {
            faults.push(format!("a label for #{label}, which is not there"));
        }
    }
    let mut level = 1;
    for tag in &tags {
        for (name, value) in &tag.attributes {
            let refers = ["aria-describedby", "aria-labelledby", "aria-controls"].contains(&name.as_str());
            if refers && value.split(' ').any(|id| !ids.contains(id)) {
                faults.push(format!("{name}=\"{value}\" points nowhere"));
            }
            if name == "style" || name.starts_with("on") {
                faults.push(format!("{name} on <{}>: the policy forbids it", tag.name));
            }
            if ["href", "action", "src"].contains(&name.as_str()) && value.is_empty() {
                faults.push(format!("an empty {name} on <{}>", tag.name));
            }
            let is_fragment = name == "href" && value.starts_with('#');
            if is_fragment && !ids.contains(&value[1..]) {
                faults.push(format!("a link to {value}, which is not there"));
            }
        }
        if ["input", "select", "textarea"].contains(&tag.name.as_str()) && tag.get("type") != Some("hidden") {
            let named = tag.get("id").is_some_and(|id| labelled.contains(id))
                || tag.within.iter().any(|n| n == "label")
                || tag.get("aria-label").is_some();
            if !named {
                faults.push(format!("no label: {tag:?}"));
            }
            if tag.get("name").is_none_or(str::is_empty) {
                faults.push(format!("no name: {tag:?}"));
            }
        }
        if tag.name == "form" && tag.get("method") == Some("post") && tag.get("action").is_none() {
            faults.push("a form that posts nowhere".to_owned());
        }
        if tag.name == "form" && tag.within.iter().any(|n| n == "form") {
            faults.push("a form within a form".to_owned());
        }
        if tag.within.iter().any(|n| n == "p") && BLOCKS.contains(&tag.name.as_str()) {
            faults.push(format!("<{}> within <p>", tag.name));
        }
        if tag.within.last().is_some_and(|n| n == "textarea") {
            faults.push(format!("markup within <textarea>: {tag:?}"));
        }
        if tag.name == "tr" && tag.within.last().is_none_or(|n| n != "tbody" && n != "thead") {
            faults.push("a row outside of a table's body".to_owned());
        }
        if let Some(next) = tag.name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
            if next > level + 1 {
                faults.push(format!("<h{next}> follows <h{level}>"));
            }
            level = next;
        }
    }
    faults
}

#[test]
fn every_page_sample_keeps_the_rules() {
    let mut wrong = Vec::new();
    for Sample { page, n, side, html } in documents(Language::English) {
        wrong.extend(faults(&html).into_iter().map(|fault| format!("{page}-{n}: {fault}")));
        if side == Side::Portal && html.to_lowercase().contains("homework") {
            wrong.push(format!("{page}-{n}: a word that is not for clients"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn client_pages_keep_the_rules_in_every_language() {
    for language in Language::ALL {
        let mut wrong = Vec::new();
        for Sample { page, n, html, .. } in documents(*language).into_iter().filter(|s| s.side != Side::Staff) {
            wrong.extend(faults(&html).into_iter().map(|fault| format!("{page}-{n}: {fault}")));
            assert!(html.contains(&format!("<html lang=\"{}\">", language.word())), "{page}-{n}");
        }
        assert!(wrong.is_empty(), "{language:?}\n{}", wrong.join("\n"));
    }
}

/// The modules with samples that are no pages of their own: parts of pages,
/// whose samples are on the samples of those pages; and `kept`, whose fields
/// belong to no form and therefore have no names.
const NOT_CHECKED: [&str; 8] =
    ["agreement", "attendance", "backups", "first_steps", "plan", "stopped", "undelivered", "kept"];

/// The names of the modules in a folder of sources that have samples.
fn modules_with_samples(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(modules_with_samples(&path));
        } else if std::fs::read_to_string(&path).unwrap().contains("\npub fn samples() ") {
            found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    found
}

#[test]
fn every_page_with_samples_is_checked() {
    let samples = documents(Language::English);
    let checked: HashSet<&str> = samples.iter().filter_map(|sample| sample.page.rsplit("::").next()).collect();
    let pages = modules_with_samples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages"));
    let missing: Vec<&String> =
        pages.iter().filter(|page| !checked.contains(page.as_str()) && !NOT_CHECKED.contains(&page.as_str())).collect();
    assert!(pages.len() > 50, "{pages:?}");
    assert!(missing.is_empty(), "add these pages to `documents`: {missing:?}");
}

#[test]
fn rules_report_documents_that_break_them() {
    let around = |content: &str| {
        format!(
            "<!DOCTYPE html><html><head><title>t</title></head><body><main><h1>h</h1>{content}</main></body></html>"
        )
    };
    assert_eq!(faults(&around("<p>fine</p>")), Vec::<String>::new());
    for wrong in [
        "<p><div>x</div></p>",
        "<b><i></b></i>",
        "<input name=\"x\">",
        "<label for=\"a\">A</label>",
        "<a href=\"\">x</a>",
        "<a href=\"#x\">x</a>",
        "<p style=\"color:red\">x</p>",
        "<h3>x</h3>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<table><tr><td>x</td></tr></table>",
        "<h1>again</h1>",
        "<textarea aria-label=\"a\" name=\"a\"><b></b></textarea>",
    ] {
        assert!(!faults(&around(wrong)).is_empty(), "{wrong}");
    }
}
