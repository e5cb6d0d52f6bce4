//! The page of the notes that a therapist has to work on: sessions without a signed
//! note, drafts, notes to co-sign, and notes that a supervisor returned.

use domain::ids::NoteId;
use leptos::prelude::*;

use crate::ui::{FilterLink, Pager, empty, filters, form_key, page_head, pager};

domain::words! {
    /// A list of the page, as the address names it.
    #[derive(Default)]
    pub enum Tab {
        #[default]
        Missing = "missing", "Missing";
        Drafts = "drafts", "Drafts";
        Cosign = "cosign", "To co-sign";
        Returned = "returned", "Returned";
    }
}

impl Tab {
    /// The address of the list.
    pub fn address(self) -> String {
        match self {
            Self::Missing => "/notes".to_owned(),
            Self::Drafts | Self::Cosign | Self::Returned => format!("/notes?tab={}", self.word()),
        }
    }

    /// What the list contains, as a sentence.
    const fn lead(self) -> &'static str {
        match self {
            Self::Missing => "Sessions that took place and have no signed note, oldest first.",
            Self::Drafts => "Notes that you have begun and not signed, oldest first.",
            Self::Cosign => "Signed notes of therapists whom you supervise, oldest first.",
            Self::Returned => "Notes that your supervisor returned with a comment.",
        }
    }

    /// The sentence of an empty list.
    const fn nothing(self) -> &'static str {
        match self {
            Self::Missing => "Every session has a signed note.",
            Self::Drafts => "No drafts.",
            Self::Cosign => "Nothing to co-sign.",
            Self::Returned => "Nothing was returned.",
        }
    }
}

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub tab: Tab,
    /// The lists with how many notes each has; a list that does not concern the
    /// reader is left out.
    pub tabs: Vec<(Tab, i64)>,
    pub rows: Vec<Item>,
    pub pager: Pager,
    /// The signed notes that are with a supervisor; shown with the drafts.
    pub waiting: Vec<WaitingItem>,
    pub waiting_pager: Pager,
}

/// A note to work on.
#[derive(Clone, Debug)]
pub struct Item {
    pub href: String,
    /// What to do, such as "Write note".
    pub act: &'static str,
    /// The names of the client's people.
    pub title: String,
    /// What it is about, such as "Session on Mon 23 Nov, 10:00".
    pub about: String,
}

/// A signed note that is with a supervisor.
#[derive(Clone, Debug)]
pub struct WaitingItem {
    pub note: NoteId,
    /// The names of the client's people.
    pub title: String,
    /// To whom it was sent and when.
    pub about: String,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let tabs = m
        .tabs
        .iter()
        .map(|(tab, count)| FilterLink {
            count: Some(*count),
            ..FilterLink::new(tab.address(), tab.label(), *tab == m.tab)
        })
        .collect();
    let rows: Vec<AnyView> = m.rows.iter().map(row).collect();
    let list = if rows.is_empty() && !m.pager.is_later() {
        empty(m.tab.nothing(), None)
    } else {
        view! { <ul class="rows">{rows}</ul>{pager(&m.pager)} }.into_any()
    };
    view! {
        {page_head("Notes", m.tab.lead(), vec![])}
        {filters("Notes", tabs)}
        <section aria-labelledby="list"><h2 id="list">{m.tab.label()}</h2>{list}</section>
        {waiting(m)}
    }
    .into_any()
}

/// A note in its list.
fn row(item: &Item) -> AnyView {
    view! {
        <li>
            <a class="row-link" href=item.href.clone()>{format!("{}: {}", item.act, item.title)}</a>
            " "<span class="muted">{item.about.clone()}</span>
        </li>
    }
    .into_any()
}

/// The notes that are with a supervisor; `None`: there are none.
fn waiting(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .waiting
        .iter()
        .map(|w| {
            view! {
                <li class="row">
                    <div>
                        <a class="row-link" href=format!("/notes/{}", w.note)>{format!("Note on {}", w.title)}</a>
                        " "<span class="muted">{w.about.clone()}</span>
                    </div>
                    {take_back(w.note, &w.title)}
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty() || m.waiting_pager.is_later()).then(|| {
        view! {
            <section aria-labelledby="waiting">
                <h2 id="waiting">"With your supervisor"</h2>
                <p class="hint">"A note is locked once it is co-signed. Recall it to edit it."</p>
                <ul class="rows">{rows}</ul>
                {pager(&m.waiting_pager)}
            </section>
        }
        .into_any()
    })
}

/// The form with which an author takes back a note that is with a supervisor.
/// `of` tells screen readers which note it is; empty: the page shows only one.
pub fn take_back(note: NoteId, of: &str) -> AnyView {
    let of = (!of.is_empty()).then(|| view! { <span class="quiet">{format!(": {of}")}</span> });
    view! {
        <form class="inline-form" method="post" action=format!("/notes/{note}/take-back")>
            {form_key()}
            <button class="button" type="submit">"Recall note"{of}</button>
        </form>
    }
    .into_any()
}

/// Sample models: nothing to do; each list with rows and with names that are hard
/// to show.
pub fn samples() -> Vec<Model> {
    let note = NoteId::from(uuid::Uuid::from_u128(7));
    let tabs = vec![(Tab::Missing, 2), (Tab::Drafts, 1), (Tab::Cosign, 12), (Tab::Returned, 0)];
    let item = |act, title: &str| Item {
        href: format!("/notes/{note}"),
        act,
        title: title.into(),
        about: "Session on Mon 23 Nov, 10:00".into(),
    };
    let later = || Pager {
        first: Some(("/notes#list".into(), "Oldest")),
        more: Some(("/notes?after=1#list".into(), "More notes")),
    };
    let of = |tab, act| Model {
        tab,
        tabs: tabs.clone(),
        rows: vec![item(act, "Amara & <b>Jonas</b>"), item(act, &"अनन्या 💛 ".repeat(20))],
        pager: later(),
        ..Model::default()
    };
    vec![
        Model { tabs: vec![(Tab::Missing, 0), (Tab::Drafts, 0)], ..Model::default() },
        of(Tab::Missing, "Write note"),
        Model {
            waiting: vec![WaitingItem {
                note,
                title: "Amara & <b>Jonas</b>".into(),
                about: "Sent to Vera Lindqvist, Mon 23 Nov, 11:04".into(),
            }],
            waiting_pager: later(),
            ..of(Tab::Drafts, "Sign note")
        },
        of(Tab::Cosign, "Read note"),
        of(Tab::Returned, "Change note"),
    ]
}
