//! The caseload: the therapist's clients as a table, with a search, tabs and
//! columns to sort by.

use domain::{
    clients::client::ClientKind,
    ids::{ClientId, PersonId},
    records::adherence::{CaseFlag, Outcome, WEEKS, weeks_words},
    scheduling::attendance::first_names,
};
use leptos::prelude::*;

use crate::{
    islands::ListFilter,
    ui::{FilterLink, Link, Tone, chart, empty, filters, form_key, page_head, plain_badge},
};

/// The view model of the caseload.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    pub filter: Filter,
    pub sort: Sort,
    /// Whether the order is reversed.
    pub reversed: bool,
    /// The clients on this page.
    pub rows: Vec<CaseItem>,
    /// How many clients match the search and the filter.
    pub found: usize,
    /// The links to all pages.
    pub pages: Vec<PageLink>,
    /// How many clients the therapist has in all.
    pub total: usize,
    /// Whether the rows are filtered while a name is typed. A sample is not,
    /// because an island needs a request.
    pub live: bool,
}

/// A link to a page of the list.
#[derive(Clone, Debug)]
pub struct PageLink {
    pub href: String,
    /// Whether it is the current one.
    pub here: bool,
}

/// A client in the caseload.
#[derive(Clone, Debug)]
pub struct CaseItem {
    pub id: ClientId,
    pub title: String,
    pub kind: ClientKind,
    /// The people, by their seats.
    pub partners: Vec<CasePartner>,
    /// The next session; `None` if none is booked.
    pub next: Option<String>,
    /// The last session that took place; `None` if there was none.
    pub last_seen: Option<String>,
    /// How many exercises are open, in words.
    pub open: String,
    pub flags: Vec<CaseFlag>,
    /// Signs of drifting, in words.
    pub signs: Vec<String>,
    pub archived: bool,
}

/// A person of a client in the caseload.
#[derive(Clone, Debug)]
pub struct CasePartner {
    pub id: PersonId,
    pub name: String,
    /// The seat: 0 is A, 1 is B.
    pub seat: usize,
    /// What became of the exercises of the last weeks that are due, latest
    /// first.
    pub outcomes: Vec<Outcome>,
    /// Whether they can sign in, if they cannot; `None`: they can.
    pub portal: Option<Portal>,
}

/// The state of a person who cannot sign in yet.
#[derive(Clone, Debug)]
pub struct Portal {
    /// In words, such as "invited".
    pub state: &'static str,
    /// Whether there is an invitation that they can accept.
    pub is_invited: bool,
    /// The label of the button that sends an invitation; `None`: there is no
    /// address to send it to.
    pub invite: Option<&'static str>,
}

domain::words! {
    /// The clients that the list is limited to.
    #[derive(Default)]
    pub enum Filter {
        #[default]
        Active = "active", "All";
        Attention = "attention", "Needs attention";
        Archived = "archived", "Archived";
    }
}

domain::words! {
    /// The order of the list: the column that it is sorted by.
    #[derive(Default)]
    pub enum Sort {
        #[default]
        Name = "name", "Client";
        Next = "next", "Next session";
        Seen = "seen", "Last seen";
        Open = "open", "Open";
        Done = "done", "Last four weeks";
        Flag = "flag", "Flag";
    }
}

/// The id of the form that searches the list.
const FORM: &str = "case-search";
/// The id of the element with the rows.
const LIST: &str = "cases";

/// The address of the caseload with a filter, an order and a search.
pub fn address(filter: Filter, sort: Sort, reversed: bool, encoded_q: &str) -> String {
    let mut href = format!("/caseload?filter={}&sort={}", filter.word(), sort.word());
    if reversed {
        href.push_str("&desc=1");
    }
    if !encoded_q.is_empty() {
        href.push_str("&q=");
        href.push_str(encoded_q);
    }
    href
}

/// Renders the caseload.
pub fn view(m: &Model) -> AnyView {
    let list = match (m.rows.is_empty(), m.total, m.q.is_empty()) {
        (true, 0, _) => empty("You have no clients yet. Add a couple or an individual client.", None),
        (true, _, true) if m.filter == Filter::Attention => empty("Nobody needs attention.", None),
        (true, _, true) if m.filter == Filter::Archived => empty("No archived clients.", None),
        (true, ..) => empty("No client matches.", Some(Link::new("/caseload", "Show all clients"))),
        _ => table(m),
    };
    let tabs = Filter::ALL
        .iter()
        .map(|filter| FilterLink::new(address(*filter, m.sort, m.reversed, ""), filter.label(), *filter == m.filter))
        .collect();
    let live = m.live.then(|| {
        let nouns = ("client on this page".to_owned(), "clients on this page".to_owned());
        view! { <ListFilter form=FORM.to_owned() list=LIST.to_owned() nouns=nouns/> }.into_any()
    });
    let reversed = m.reversed.then(|| view! { <input type="hidden" name="desc" value="1"/> }.into_any());
    view! {
        {page_head("Caseload", "", vec![Link::new("/clients/new?kind=couple", "New couple"), Link::new("/clients/new?kind=individual", "New individual")])}
        <div class="tab-bar">
            {filters("Show", tabs)}
            <form id=FORM class="search" role="search" aria-label="Caseload" method="get" action="/caseload">
                <input type="hidden" name="filter" value=m.filter.word()/>
                <input type="hidden" name="sort" value=m.sort.word()/>
                {reversed}
                <label class="quiet" for="case-q">"Search by name"</label>
                <input id="case-q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off" placeholder="Search by name"/>
                <button class="button" type="submit">"Search"</button>
            </form>
        </div>
        {live}
        {list}
        {page_links(m)}
    }
    .into_any()
}

/// The table of the clients, with the legend of its dots.
fn table(m: &Model) -> AnyView {
    let heads: Vec<AnyView> = Sort::ALL.iter().map(|sort| column_head(m, *sort)).collect();
    let rows: Vec<_> = m.rows.iter().map(client_row).collect();
    view! {
        <table class="table caseload">
            <caption class="quiet">"Your clients"</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody id=LIST>{rows}</tbody>
        </table>
        <p class="empty" id=format!("{LIST}-none") hidden=true>"No match on this page. Press Enter to search all clients."</p>
        <p class="hint">
            <span class="quiet" id=format!("{LIST}-count") role="status"></span>
            {format!("Last {}, latest {} exercises. {}", weeks_words(WEEKS), chart::DOTS, chart::LEGEND)}
        </p>
    }
    .into_any()
}

/// The head of a column: a link that sorts by it, or reverses the order.
fn column_head(m: &Model, sort: Sort) -> AnyView {
    let here = m.sort == sort;
    let href = address(m.filter, sort, here && !m.reversed, &encoded(&m.q));
    let (order, arrow) = match (here, m.reversed) {
        (false, _) => (None, ""),
        (true, false) => (Some("ascending"), " ▲"),
        (true, true) => (Some("descending"), " ▼"),
    };
    view! { <th scope="col" aria-sort=order><a href=href>{sort.label()}<span aria-hidden="true">{arrow}</span></a></th> }
        .into_any()
}

/// A text as a value in the query of an address.
fn encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The links to the other pages; `None` if there is only one.
fn page_links(m: &Model) -> Option<AnyView> {
    let here = m.pages.iter().position(|page| page.here).unwrap_or(0) + 1;
    let links =
        m.pages.iter().enumerate().map(|(n, page)| FilterLink::new(page.href.clone(), (n + 1).to_string(), page.here));
    (m.pages.len() > 1).then(|| {
        let all = format!("{} clients, page {here} of {}", m.found, m.pages.len());
        view! { <p class="muted">{all}</p> {filters("Pages", links.collect())} }.into_any()
    })
}

/// A client's row.
fn client_row(c: &CaseItem) -> impl IntoView + use<> {
    let names: Vec<&str> = c.partners.iter().map(|p| p.name.as_str()).collect();
    let short = first_names(&names);
    let dots: Vec<AnyView> =
        c.partners.iter().zip(&short).map(|(p, name)| chart::dots(name, p.seat, &p.outcomes)).collect();
    let or_none = |text: &Option<String>| match text {
        Some(text) => view! { {text.clone()} }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let kind = (c.kind == ClientKind::Individual).then(|| view! { " "<span class="muted">"Individual"</span> });
    let [name, next, seen, open, done, flag] =
        [Sort::Name, Sort::Next, Sort::Seen, Sort::Open, Sort::Done, Sort::Flag].map(Sort::label);
    view! {
        <tr data-row=c.id.to_string()>
            <td data-column=name><a class="case-name" data-words href=format!("/clients/{}", c.id)>{c.title.clone()}</a>{kind}</td>
            <td data-column=next>{or_none(&c.next)}</td>
            <td data-column=seen>{or_none(&c.last_seen)}</td>
            <td data-column=open>{c.open.clone()}</td>
            <td data-column=done><div class="dot-rows">{dots}</div></td>
            <td data-column=flag><div class="case-flags">{flag_items(c, &short)}</div></td>
        </tr>
    }
}

/// The flags of a client, and the invitations of those who cannot sign in yet.
fn flag_items(c: &CaseItem, short: &[String]) -> Vec<AnyView> {
    let mut items: Vec<AnyView> = c
        .flags
        .iter()
        .map(|flag| {
            let tone = match flag {
                CaseFlag::NotSafe => Tone::Care,
                CaseFlag::Message | CaseFlag::NotSignedIn | CaseFlag::Drifting => Tone::Wait,
            };
            plain_badge(tone, flag.label().to_owned()).into_any()
        })
        .collect();
    if c.flags.contains(&CaseFlag::Drifting) && !c.signs.is_empty() {
        items.push(view! { <span class="muted">{c.signs.join(" · ")}</span> }.into_any());
    }
    if c.archived {
        return items;
    }
    let waiting = c.partners.iter().zip(short).filter_map(|(p, name)| Some((p, name, p.portal.as_ref()?)));
    items.extend(waiting.map(|(p, name, portal)| {
        let action = format!("/clients/{}/partners/{}/invitation", c.id, p.id);
        let invite = portal.invite.map(|label| {
            view! {
                <form class="inline-form" method="post" action=action>
                    {form_key()}
                    <button class="link" type="submit" name="how" value="mail">{format!("{label} to {name}")}</button>
                </form>
            }
            .into_any()
        });
        // The button says that an invitation was sent.
        let state = (!portal.is_invited || portal.invite.is_none())
            .then(|| view! { <span class="muted">{format!("{name}: {}", portal.state)}</span> }.into_any());
        view! { <div class="case-invite">{state}{invite}</div> }.into_any()
    }));
    items
}

/// Sample models: no clients; several clients; a search without results.
pub fn samples() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let partner = |seat: usize, name: &str, portal| CasePartner {
        id: PersonId::from(uuid(2)),
        name: name.into(),
        seat,
        outcomes: [vec![Outcome::Done; 9 * seat], vec![Outcome::Skipped, Outcome::Missed]].concat(),
        portal,
    };
    let item = |title: &str, archived: bool| CaseItem {
        id: ClientId::from(uuid(1)),
        title: title.into(),
        kind: if archived { ClientKind::Individual } else { ClientKind::Couple },
        partners: vec![
            partner(0, title, None),
            partner(
                1,
                "José 💛",
                Some(Portal { state: "invited", is_invited: true, invite: Some("Resend invitation") }),
            ),
        ],
        next: (!archived).then(|| "Thu 26 Nov, 10:00".to_owned()),
        last_seen: archived.then(|| "Mon 16 Nov".to_owned()),
        open: "1 open".into(),
        flags: if archived { vec![] } else { vec![CaseFlag::NotSafe, CaseFlag::Drifting] },
        signs: vec!["Nothing sent for 3 weeks".into()],
        archived,
    };
    let new = CaseItem {
        partners: vec![partner(0, "Leo", Some(Portal { state: "not invited yet", is_invited: false, invite: None }))],
        flags: vec![CaseFlag::NotSignedIn, CaseFlag::Message],
        ..item("Leo & <i>", false)
    };
    let page = |href: &str, here| PageLink { href: href.into(), here };
    vec![
        Model::default(),
        Model {
            rows: vec![item("Amara & Jonas", false), item("अनन्या शर्मा", true), item(&"N".repeat(200), false), new],
            total: 3,
            found: 90,
            pages: vec![page("/caseload?page=1", false), page("/caseload?page=2", true)],
            sort: Sort::Flag,
            reversed: true,
            q: "a&b".into(),
            ..Model::default()
        },
        Model { q: "<nobody>".into(), filter: Filter::Archived, sort: Sort::Next, total: 3, ..Model::default() },
        Model { filter: Filter::Attention, total: 3, ..Model::default() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_sort_by_link_and_turn_the_order_round() {
        let html = view(&samples()[1]).to_html();
        assert!(html.contains("href=\"/caseload?filter=active&amp;sort=flag&amp;q=a%26b\""), "{html}");
        assert!(html.contains("aria-sort=\"descending\"") && html.matches("aria-sort").count() == 1, "{html}");
        assert!(html.contains("href=\"/caseload?filter=active&amp;sort=name&amp;q=a%26b\""), "{html}");
    }

    #[test]
    fn clients_who_have_not_signed_in_can_be_invited_again() {
        let html = view(&samples()[1]).to_html();
        assert!(html.contains("Not signed in yet") && html.contains("Resend invitation"), "{html}");
    }
}
