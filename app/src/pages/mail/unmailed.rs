//! Notices that a person gets no email about what they do alone. They are shown
//! before a session is booked, moved or cancelled, and beside the person's
//! email address.

use leptos::prelude::*;

/// A person who gets no email about what they do alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmailedItem {
    pub name: String,
    /// The other people with the same address, as far as the reader may know of
    /// them; if empty, the notice gives no reason.
    pub also: Vec<String>,
}

/// What the notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A session for this person alone.
    TheirSession,
    /// A session for both partners or for this person alone.
    SessionOfTwo,
    /// The person's record.
    Record,
}

impl UnmailedItem {
    /// The sentences of the notice, such as "Yusuf’s address is also Elif’s.
    /// No email will be sent about this session."
    pub fn words(&self, before: Before) -> String {
        let name = &self.name;
        let why = if self.also.is_empty() {
            format!("{name} gets no email about what they do alone.")
        } else {
            let others: Vec<String> = self.also.iter().map(|other| format!("{other}’s")).collect();
            format!("{name}’s address is also {}.", others.join(" and "))
        };
        let what = match before {
            Before::TheirSession => "No email will be sent about this session.".to_owned(),
            Before::SessionOfTwo => {
                format!("If {name} comes alone, no email will be sent about the session.")
            }
            Before::Record if self.also.is_empty() => "Only emails about both are sent.".to_owned(),
            Before::Record => {
                "Only emails about both are sent. Each could open the other’s invitation: hand it over instead."
                    .to_owned()
            }
        };
        format!("{why} {what}")
    }
}

/// The notices, one line for each person; `None` if there are none.
pub(crate) fn unmailed(items: &[UnmailedItem], before: Before) -> Option<AnyView> {
    let lines: Vec<AnyView> = items.iter().map(|item| view! { <p>{item.words(before)}</p> }.into_any()).collect();
    (!lines.is_empty()).then(|| view! { <div class="notice" role="note">{lines}</div> }.into_any())
}

/// Sample people for the page tests.
#[cfg(test)]
pub(crate) fn samples() -> Vec<UnmailedItem> {
    vec![
        UnmailedItem { name: "Yusuf".to_owned(), also: vec!["Elif".to_owned()] },
        UnmailedItem { name: "अनन्या 💛".to_owned(), also: vec![] },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notice_names_the_shared_address_and_its_effect() {
        let [shared, quiet] = <[UnmailedItem; 2]>::try_from(samples()).unwrap();
        assert_eq!(
            shared.words(Before::TheirSession),
            "Yusuf’s address is also Elif’s. No email will be sent about this session."
        );
        let three = UnmailedItem { also: vec!["Elif".to_owned(), "Kofi".to_owned()], ..shared };
        assert!(three.words(Before::Record).starts_with("Yusuf’s address is also Elif’s and Kofi’s. Only"));
        assert_eq!(
            quiet.words(Before::SessionOfTwo),
            "अनन्या 💛 gets no email about what they do alone. If अनन्या 💛 comes alone, no email will be sent about the session."
        );
        assert!(unmailed(&[], Before::Record).is_none());
    }
}
