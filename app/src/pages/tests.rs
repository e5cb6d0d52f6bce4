//! Every sample of every page, in its document: what any page must keep to.
//!
//! A small reader of tags stands in for a browser: it knows which elements
//! are open, and that is all these checks need.

use std::collections::HashSet;

use domain::person::Role;
use leptos::prelude::*;

use crate::ui::shell::{self, Assets, Notice, Room, Shell, Viewer};

/// Name, which surroundings, and each sample as a whole document.
fn documents() -> Vec<(String, Room, String)> {
    let mut all = Vec::new();
    macro_rules! pages {
        ($room:ident: $($page:ident),+) => {$(
            for (n, model) in super::$page::samples().iter().enumerate() {
                let html = Owner::new().with(|| shell::page(&shell_of(Room::$room), super::$page::view(model)).to_html());
                all.push((format!("{}-{n}", stringify!($page)), Room::$room, html));
            }
        )+};
    }
    pages!(Public: inquire, reply, unsubscribe, setup, sign_in, invitation, forgot, reset, message, mailbox);
    pages!(Portal: portal, done, contact, letters, own_session);
    pages!(Staff: find, sent_mail, account, practice, staff, audit, calendar, calendar_file, booking, slots, desk, requests, inquiries, session, move_session, cancel, messages);
    pages!(Staff: today, caseload, client_form, client, handed, library, library_item, assign, assignment);
    pages!(Staff: adherence, brief, course, import, paper, pathway, pathway_form, pathways, walk, worksheet, wordings, separate);
    for (n, model) in super::note::samples().iter().enumerate() {
        let view = || super::note::page(model, super::note::writing);
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Staff), view()).to_html());
        all.push((format!("note-{n}"), Room::Staff, html));
    }
    for (n, state) in [crate::ui::FormState::default(), super::setup::refused("phone", "Please write a phone number.")]
        .iter()
        .enumerate()
    {
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Staff), super::inquiries::noting(state)).to_html());
        all.push((format!("noting-{n}"), Room::Staff, html));
    }
    for (n, model) in super::builder::samples().iter().enumerate() {
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Staff), super::builder::plain(model)).to_html());
        all.push((format!("builder-{n}"), Room::Staff, html));
    }
    for (n, model) in super::wording::samples().iter().enumerate() {
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Staff), super::wording::plain(model)).to_html());
        all.push((format!("wording-{n}"), Room::Staff, html));
    }
    for (n, model) in super::exercise::samples().iter().enumerate() {
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Portal), fields_of(model)).to_html());
        all.push((format!("exercise-{n}"), Room::Portal, html));
    }
    for (name, view) in
        [("invitation-gone", super::invitation::gone as fn() -> AnyView), ("reset-gone", super::reset::gone)]
    {
        let html = Owner::new().with(|| shell::page(&shell_of(Room::Public), view()).to_html());
        all.push((name.to_owned(), Room::Public, html));
    }
    all
}

/// An exercise without the island around its form, which needs a request to
/// be rendered in.
fn fields_of(m: &super::exercise::Model) -> AnyView {
    let fields = super::exercise::Fields {
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
            {super::exercise::word_along(&m.therapist, &m.word_along)}
            <form class="form exercise-form" method="post" action="/portal">{super::exercise::steps(fields)}</form>
        </article>
    }
    .into_any()
}

fn shell_of(room: Room) -> Shell {
    let roles = match room {
        Room::Public => vec![],
        Room::Portal => vec![Role::Partner],
        Room::Staff => vec![Role::Owner, Role::Clinician, Role::FrontDesk],
    };
    Shell {
        title: "A page".to_owned(),
        room,
        practice: "Bridge House".to_owned(),
        viewer: (!roles.is_empty())
            .then(|| Viewer { name: "अनन्या Wolfeschlegelsteinhausen 💛".to_owned(), roles }),
        here: "/today".to_owned(),
        notice: Some(Notice::Saved),
        assets: Assets { css: "/pkg/duologue.css".to_owned(), js_name: "duologue".to_owned(), islands: false },
    }
}

const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"];
const BLOCKS: [&str; 14] =
    ["div", "p", "ul", "ol", "dl", "table", "form", "section", "h1", "h2", "h3", "fieldset", "pre", "blockquote"];

#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    /// The names of the elements around it, the outermost first.
    within: Vec<String>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The tags of a document, in order; an error where they do not close in it.
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

/// What is wrong with a document; nothing, if all is well.
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
fn every_sample_of_every_page_keeps_to_the_rules() {
    let mut wrong = Vec::new();
    for (name, room, html) in documents() {
        wrong.extend(faults(&html).into_iter().map(|fault| format!("{name}: {fault}")));
        if room == Room::Portal && html.to_lowercase().contains("homework") {
            wrong.push(format!("{name}: a word that is not for clients"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_find_what_breaks_them() {
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
