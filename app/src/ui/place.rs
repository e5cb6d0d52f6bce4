//! Where a page is: the navigation of each role, the entry that is lit, and the
//! breadcrumbs.

use domain::clients::person::Role;
use leptos::prelude::*;

use super::parts::Link;
use crate::{say, words::words};

/// The navigation of one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading, shown if there are several groups.
    pub heading: &'static str,
    /// The address and label of each entry.
    pub links: Vec<(&'static str, &'static str)>,
}

/// The heading and the entries of one role's navigation.
const fn of_role(role: Role) -> (&'static str, &'static [(&'static str, &'static str)]) {
    match role {
        Role::Partner => (
            "Your page",
            &[
                ("/portal", "Home"),
                ("/portal/sessions", "Sessions"),
                ("/portal/messages", "Messages"),
                ("/portal/forms", "Forms"),
                ("/portal/settings", "Settings"),
            ],
        ),
        Role::Clinician => (
            "Clinical",
            &[
                ("/today", "Today"),
                ("/calendar", "Calendar"),
                ("/caseload", "Caseload"),
                ("/messages", "Messages"),
                ("/notes", "Notes"),
                ("/library", "Library"),
            ],
        ),
        Role::FrontDesk => (
            "Front desk",
            &[
                ("/desk", "Today"),
                ("/calendar", "Calendar"),
                ("/desk/clients", "Clients"),
                ("/waitlist", "Waitlist"),
                ("/email-log", "Email log"),
                ("/fees", "Fees"),
            ],
        ),
        Role::Owner => (
            "Practice",
            &[
                ("/practice", "Settings"),
                ("/staff", "Staff"),
                ("/practice/forms", "Forms"),
                ("/practice/imports", "Import clients"),
                ("/practice/retention", "Retention"),
                ("/wordings", "Email templates"),
                ("/audit", "Audit log"),
            ],
        ),
    }
}

/// The navigation for these roles, a group for each; the role with the most
/// frequent work is first, and no entry is in two groups.
pub fn groups(roles: &[Role]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for role in [Role::Partner, Role::Clinician, Role::FrontDesk, Role::Owner] {
        if !roles.contains(&role) {
            continue;
        }
        let (heading, own) = of_role(role);
        let is_new =
            |link: &&(&str, &str)| !groups.iter().any(|group| group.links.iter().any(|(href, _)| *href == link.0));
        let links = own.iter().filter(is_new).copied().collect();
        groups.push(Group { heading, links });
    }
    groups
}

/// The entries of the navigation under which pages are that are not below their
/// address: the beginning of a page's path, and the entries in the order in which
/// they are tried, because not each role has each of them.
const UNDER: &[(&str, &[&str])] = &[
    ("/clients/", &["/caseload"]),
    ("/notes/", &["/caseload"]),
    ("/releases/", &["/caseload"]),
    ("/disclosures/", &["/caseload"]),
    ("/handovers/", &["/caseload"]),
    ("/documents/", &["/caseload"]),
    ("/consents/", &["/caseload"]),
    ("/policies/", &["/caseload"]),
    ("/cosign/", &["/notes"]),
    ("/goals/", &["/caseload"]),
    ("/assignments/", &["/caseload"]),
    ("/data-requests/", &["/caseload"]),
    ("/pathway-progress/", &["/caseload"]),
    ("/authoring", &["/library"]),
    ("/pathways", &["/library"]),
    ("/sessions/", &["/calendar"]),
    ("/series/", &["/calendar"]),
    ("/slots", &["/calendar"]),
    ("/clinicians/", &["/calendar", "/staff"]),
    ("/requests", &["/today", "/desk"]),
    ("/waitlist", &["/waitlist", "/calendar"]),
    ("/locations/", &["/practice"]),
    ("/rooms/", &["/practice"]),
    ("/portal/times", &["/portal/sessions"]),
    ("/portal/releases", &["/portal/forms"]),
    ("/portal/disclosures", &["/portal/forms"]),
    ("/portal/intake", &["/portal/forms", "/portal"]),
    ("/portal/contact", &["/portal/settings"]),
    ("/portal/consents", &["/portal/forms"]),
    ("/portal/data", &["/portal/settings"]),
    ("/portal/welcome", &["/portal/settings"]),
    ("/account", &["/portal/settings"]),
];

/// The entry of the navigation under which the page at this path is; `None`: under
/// none, such as the account page.
pub fn parent(here: &str, roles: &[Role]) -> Option<(&'static str, &'static str)> {
    let links: Vec<(&str, &str)> = groups(roles).into_iter().flat_map(|group| group.links).collect();
    let entry = |href: &str| links.iter().find(|(own, _)| *own == href).copied();
    let is_below = |href: &str| here.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // The longest address wins: `/desk/clients` before `/desk`.
    let own = links.iter().filter(|(href, _)| is_below(href)).max_by_key(|(href, _)| href.len()).copied();
    // A line of `UNDER` that says more than the address of an entry: `/portal/times`
    // is below `/portal`, and under another one.
    let under = UNDER
        .iter()
        .find(|(start, _)| here.starts_with(start) && own.is_none_or(|(href, _)| start.len() > href.len()))
        .and_then(|(_, parents)| parents.iter().find_map(|href| entry(href)));
    under.or(own)
}

/// The navigation, with the entry of the page at `here` lit. Several groups have
/// headings.
pub(super) fn navigation(here: &str, roles: &[Role]) -> AnyView {
    let w = words();
    let groups = groups(roles);
    let several = groups.len() > 1;
    let lit = parent(here, roles).map(|(href, _)| href);
    let groups: Vec<AnyView> = groups
        .into_iter()
        .enumerate()
        .map(|(n, Group { heading, links })| {
            let links: Vec<AnyView> = links
                .into_iter()
                .map(|(href, text)| {
                    // "page" is the page itself, "true" the parent of this page.
                    let current = (lit == Some(href)).then_some(if here == href { "page" } else { "true" });
                    view! { <li><a href=href aria-current=current>{w.sentence(text)}</a></li> }.into_any()
                })
                .collect();
            let id = format!("nav-{n}");
            let head = several.then(|| view! { <p id=id.clone()>{heading}</p> }.into_any());
            view! { {head}<ul aria-labelledby=several.then_some(id)>{links}</ul> }.into_any()
        })
        .collect();
    view! { <nav class="rooms" aria-label=say!(w, "navigation")>{groups}</nav> }.into_any()
}

/// The breadcrumbs of a page below an entry of the navigation: that entry, the
/// pages between, and the page itself. `None`: the page is such an entry, or is
/// under none.
pub(super) fn breadcrumbs(here: &str, roles: &[Role], between: &[Link], title: &str) -> Option<AnyView> {
    let top = parent(here, roles);
    if between.is_empty() && top.is_none_or(|(href, _)| href == here) {
        return None;
    }
    // A list that is narrowed to one entry is below the list itself.
    let top = top.filter(|(href, _)| *href != here).map(|(href, text)| Link::new(href, text));
    let links: Vec<AnyView> = top
        .iter()
        .chain(between)
        .map(|Link { href, text }| view! { <li><a href=href.clone()>{text.clone()}</a></li> }.into_any())
        .collect();
    Some(
        view! {
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>{links}<li><span aria-current="page">{title.to_owned()}</span></li></ol>
            </nav>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLO: [Role; 3] = [Role::Owner, Role::FrontDesk, Role::Clinician];

    #[test]
    fn several_roles_have_a_group_each_and_no_entry_twice() {
        let groups = groups(&SOLO);
        assert_eq!(groups.iter().map(|g| g.heading).collect::<Vec<_>>(), ["Clinical", "Front desk", "Practice"]);
        let mut links: Vec<&str> = groups.iter().flat_map(|g| &g.links).map(|(href, _)| *href).collect();
        let all = links.len();
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), all);
        assert!(navigation("/today", &SOLO).to_html().contains("Front desk</p>"));
        assert!(!navigation("/today", &[Role::Clinician]).to_html().contains("</p>"));
    }

    #[test]
    fn each_page_lights_the_entry_it_is_under() {
        let under = |path, roles: &[Role]| parent(path, roles).map(|(href, _)| href);
        for (path, entry) in [
            ("/clients/7/brief", "/caseload"),
            ("/notes/7", "/caseload"),
            ("/notes", "/notes"),
            ("/cosign/7", "/notes"),
            ("/goals/7", "/caseload"),
            ("/sessions/new", "/calendar"),
            ("/sessions/7/move", "/calendar"),
            ("/library/listening", "/library"),
            ("/pathways", "/library"),
            ("/waitlist/new", "/calendar"),
            ("/requests", "/today"),
        ] {
            assert_eq!(under(path, &[Role::Clinician]), Some(entry), "{path}");
        }
        assert_eq!(under("/waitlist/new", &[Role::FrontDesk]), Some("/waitlist"));
        assert_eq!(under("/requests", &[Role::FrontDesk]), Some("/desk"));
        assert_eq!(under("/desk/clients/7", &[Role::FrontDesk]), Some("/desk/clients"));
        assert_eq!(under("/clients/7", &[Role::FrontDesk]), None, "a record is not the desk’s");
        assert_eq!(under("/account", &SOLO), None);
        assert_eq!(under("/desks", &[Role::FrontDesk]), None, "another address that begins alike");
        for (path, entry) in [
            ("/portal", "/portal"),
            ("/portal/exercises/7", "/portal"),
            ("/portal/sessions/7", "/portal/sessions"),
            ("/portal/times", "/portal/sessions"),
            ("/portal/contact/times", "/portal/settings"),
            ("/account", "/portal/settings"),
        ] {
            assert_eq!(under(path, &[Role::Partner]), Some(entry), "{path}");
        }
    }

    #[test]
    fn breadcrumbs_name_the_way_and_the_page() {
        let roles = [Role::Clinician];
        let record = [Link::new("/clients/7", "Amara & <b>Jonas</b>")];
        let html = breadcrumbs("/clients/7/brief", &roles, &record, "Brief").unwrap().to_html();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
        assert!(at("/caseload") < at("/clients/7\"") && at("/clients/7\"") < at("aria-current"), "{html}");
        assert!(!html.contains("<b>"));
        assert!(breadcrumbs("/caseload", &roles, &[], "Caseload").is_none());
        assert!(breadcrumbs("/account", &roles, &[], "Account").is_none());
        assert!(breadcrumbs("/sessions/new", &roles, &[], "New session").is_some());
    }
}
