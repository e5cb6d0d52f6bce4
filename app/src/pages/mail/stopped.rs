//! The notice that outgoing email has stopped: since when and why. It is shown
//! to those who can do something about it.

use leptos::prelude::*;

use crate::ui::form_key;

/// An outage of outgoing email.
#[derive(Clone, Debug)]
pub struct MailStop {
    /// Whether the practice itself caused it; `false` if the mail server is
    /// unavailable.
    pub ours: bool,
    /// The start of the outage, such as "Mon 30 Nov, 09:12".
    pub since: String,
    /// The reason, in words for the practice.
    pub why: String,
    /// The code of the mail server, such as "550 5.7.1"; may be empty.
    pub code: String,
    /// The time of the next try, such as "09:16"; may be empty.
    pub next: String,
    /// The address to which "Try now" is submitted.
    pub action: &'static str,
}

/// Renders the notice.
pub fn view(m: &MailStop) -> AnyView {
    let head = if m.ours {
        format!("No email has gone out since {}.", m.since)
    } else {
        format!("The mail server has been unavailable since {}.", m.since)
    };
    let what = if m.ours {
        "Emails are kept, and no address is marked as bad. They go out when this is put right."
    } else {
        "Emails are kept and go out when it is back, the soonest session first."
    };
    let code = (!m.code.is_empty()).then(|| format!(" Code: {}.", m.code));
    let next = (!m.next.is_empty()).then(|| format!(" Next try at {}.", m.next));
    view! {
        <section class="notice" aria-labelledby="mail-stop">
            <h2 id="mail-stop">{head}</h2>
            <p>{m.why.clone()}{code}</p>
            <p>{what}{next}</p>
            <form class="actions" method="post" action=m.action>
                {form_key()}
                <button class="button" type="submit">"Try now"</button>
            </form>
        </section>
    }
    .into_any()
}

/// Samples of the notice, rendered by the page tests.
pub fn samples() -> Vec<MailStop> {
    let stop = MailStop {
        ours: true,
        since: "Mon 30 Nov, 09:12".to_owned(),
        why: "<b>mail.house.example</b> refuses mail from this practice. ".repeat(6),
        code: "550 5.7.1".to_owned(),
        next: "09:16".to_owned(),
        action: "/email-log/try",
    };
    vec![
        MailStop { ours: false, code: "connection refused".to_owned(), next: String::new(), ..stop.clone() },
        MailStop { code: String::new(), action: "/practice/mail", ..stop.clone() },
        stop,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_name_the_start_and_the_code() {
        for model in samples() {
            let html = view(&model).to_html();
            assert!(html.contains("Try now") && html.contains("30 Nov, 09:12") && !html.contains("<b>mail"));
            assert_eq!(html.contains("Code: "), !model.code.is_empty());
        }
    }
}
