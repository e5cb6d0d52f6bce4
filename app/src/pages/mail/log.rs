//! The email log of the front desk: what was sent, what was not and why, never
//! what an email says.

use domain::outbox::log::LogTab;
use leptos::prelude::*;

use super::{
    email_table::{self, EmailItem},
    stopped::{self, MailStop},
};
use crate::ui::{FilterLink, Pager, empty, filters, page_head, pager};

/// The view model of the email log.
#[derive(Clone, Debug)]
pub struct Model {
    pub tabs: Vec<TabItem>,
    /// What is listed.
    pub shown: Shown,
    pub rows: Vec<EmailItem>,
    /// The outage of outgoing email; `None` if emails go out.
    pub stop: Option<MailStop>,
    pub pager: Pager,
    /// The name of the zone in which the times are.
    pub zone: String,
}

/// Which emails are listed.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Those of a tab.
    Tab {
        tab: LogTab,
        /// The name that was searched for; empty for everyone.
        name: String,
    },
    /// All emails to the person with this name.
    Person(String),
}

/// The link to a tab.
#[derive(Clone, Debug)]
pub struct TabItem {
    pub tab: LogTab,
    pub href: String,
    /// How many emails there are; `None` where they are not counted.
    pub count: Option<i64>,
}

/// Renders the email log.
pub fn view(m: &Model) -> AnyView {
    let list = if m.rows.is_empty() { empty(nothing(&m.shown), None) } else { email_table::table(&m.rows, true) };
    let times = format!("Times are {} time.", m.zone);
    let head = match &m.shown {
        Shown::Person(name) => view! {
            {page_head(format!("Emails to {name}"), format!("Latest first. {times}"), vec![])}
            {m.stop.as_ref().map(stopped::view)}
        }
        .into_any(),
        Shown::Tab { tab, name } => {
            let links = m
                .tabs
                .iter()
                .map(|TabItem { tab: of, href, count }| FilterLink {
                    href: href.clone(),
                    text: of.label().to_owned(),
                    count: *count,
                    here: of == tab,
                })
                .collect();
            view! {
                {page_head("Email log", format!("Emails to clients about sessions and sign-in. {times}"), vec![])}
                {m.stop.as_ref().map(stopped::view)}
                {search(*tab, name)}
                {filters("Emails", links)}
            }
            .into_any()
        }
    };
    view! {
        {head}
        <div id="mails">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The form that searches the log by name, in the tab that is open.
fn search(tab: LogTab, name: &str) -> AnyView {
    let all = (!name.is_empty()).then(|| {
        view! { <a class="button" href=format!("/email-log?tab={}", tab.word())>"Show everyone"</a> }.into_any()
    });
    view! {
        <form class="search" role="search" aria-label="Email log" method="get" action="/email-log">
            <input type="hidden" name="tab" value=tab.word() autocomplete="off"/>
            <label for="q">"Search by name"</label>
            <input id="q" type="search" name="q" value=name.to_owned() maxlength="200" autocomplete="off"/>
            <button class="button" type="submit">"Search emails"</button>
            {all}
        </form>
    }
    .into_any()
}

/// The text for an empty list.
fn nothing(shown: &Shown) -> String {
    match shown {
        Shown::Person(name) => format!("No emails to {name} yet."),
        Shown::Tab { tab, name } if !name.is_empty() => match tab {
            LogTab::Attention => format!("No email to “{name}” needs attention. Try another tab."),
            LogTab::Scheduled => format!("No email to “{name}” is scheduled. Try another tab."),
            LogTab::Sent => format!("No email to “{name}” was sent. Try another tab."),
        },
        Shown::Tab { tab, .. } => match tab {
            LogTab::Attention => "All emails were delivered.".to_owned(),
            LogTab::Scheduled => "No emails are scheduled.".to_owned(),
            LogTab::Sent => "No emails were sent yet.".to_owned(),
        },
    }
}

/// Sample models of the email log, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let tabs = |count| {
        let tab = |tab: &LogTab| TabItem {
            tab: *tab,
            href: format!("/email-log?tab={}", tab.word()),
            count: (*tab == LogTab::Attention).then_some(count),
        };
        LogTab::ALL.iter().map(tab).collect::<Vec<_>>()
    };
    let of = |tab, name: &str| Shown::Tab { tab, name: name.to_owned() };
    let empty = Model {
        tabs: tabs(0),
        shown: of(LogTab::Attention, ""),
        rows: vec![],
        pager: Pager::default(),
        stop: None,
        zone: "Berlin".to_owned(),
    };
    let pager = Pager {
        first: Some(("/email-log?tab=sent#mails".to_owned(), "First page")),
        more: Some(("/email-log?tab=sent&after=1#mails".to_owned(), "More emails")),
    };
    let rows = email_table::samples();
    vec![
        Model { shown: of(LogTab::Scheduled, "zzz"), ..empty.clone() },
        Model { tabs: tabs(12), rows: rows.clone(), stop: stopped::samples().pop(), pager, ..empty.clone() },
        Model {
            shown: Shown::Person("अनन्या <b>शर्मा</b> 💛 ".repeat(13)), rows, ..empty.clone()
        },
        Model { shown: Shown::Person("Amara".to_owned()), ..empty.clone() },
        empty,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render_with_tabs_and_table() {
        for model in samples() {
            let html = view(&model).to_html();
            assert_eq!(html.contains("<table"), !model.rows.is_empty());
            let is_tab = matches!(model.shown, Shown::Tab { .. });
            assert_eq!(html.matches("aria-current").count(), usize::from(is_tab));
            assert!(!html.contains("<b>शर्मा"));
        }
    }
}
