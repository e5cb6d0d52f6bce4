//! Requests: what a partner asks of a session from the portal. It is a new
//! session, another time, or to attend alone.
//!
//! Only this module decides whether a request is done at once, or needs the
//! consent of the other partner or of the practice.

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// What the practice lets clients do by themselves in the portal.
    pub enum PortalRule {
        No = "no", "Nothing: they call";
        Ask = "ask", "They ask for a time, and the practice says yes";
        AtOnce = "at_once", "They book and move at once";
    }
}

crate::words! {
    /// What a request asks for.
    pub enum RequestKind {
        Book = "book", "A new session";
        Move = "move", "Another time";
        Alone = "alone", "Only one of them can come";
    }
}

crate::words! {
    /// The state of a request.
    pub enum RequestState {
        Partner = "partner", "Waits for the other’s yes";
        Desk = "desk", "Waits for the practice";
        Done = "done", "Done";
        Declined = "declined", "Not possible";
        Withdrawn = "withdrawn", "Taken back";
    }
}

impl RequestState {
    /// Whether the request needs an answer, of the other partner or of the
    /// practice.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Partner | Self::Desk)
    }
}

/// The practice's rules for its portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalRules {
    pub rule: PortalRule,
    /// How many days ahead clients may request sessions.
    pub days: i64,
    /// The number of coming sessions at which a client may request no more.
    pub max_coming_sessions: i64,
}

impl Default for PortalRules {
    fn default() -> Self {
        Self { rule: PortalRule::Ask, days: 60, max_coming_sessions: 2 }
    }
}

impl PortalRules {
    /// Reads the rules from a form of their own.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let read = Self::read_with(&mut r);
        r.finish()?;
        read
    }

    /// Reads the rules as a part of another form.
    pub(crate) fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let rule = r.word("portal_rule", "Please choose what people may do by themselves.");
        let (days, ahead) = (r.number("portal_days", 1..=366), r.number("portal_ahead", 1..=30));
        Ok(Self { rule: rule?, days: days?, max_coming_sessions: ahead? })
    }

    /// Writes the rules into their form fields.
    pub fn fill(self, form: &mut Form) {
        form.set("portal_rule", self.rule.word());
        form.set("portal_days", self.days.to_string());
        form.set("portal_ahead", self.max_coming_sessions.to_string());
    }
}

/// What the other partner has said about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerConsent {
    /// There is no other partner in the session.
    Nobody,
    /// The other partner agrees.
    Agrees,
    /// The other partner has a portal, and has not been asked or not answered
    /// yet.
    NotAsked,
    /// The other partner has no portal in which to ask them.
    OutOfReach,
}

/// The next state of a request; `Done`: it is to be carried out now.
pub const fn next_state(rule: PortalRule, kind: RequestKind, other: PartnerConsent) -> RequestState {
    match (rule, kind, other) {
        (PortalRule::No, ..) => RequestState::Declined,
        // The practice decides who attends a session.
        (_, RequestKind::Alone, _) | (_, _, PartnerConsent::OutOfReach) => RequestState::Desk,
        (_, _, PartnerConsent::NotAsked) => RequestState::Partner,
        (PortalRule::Ask, _, PartnerConsent::Nobody | PartnerConsent::Agrees) => RequestState::Desk,
        (PortalRule::AtOnce, _, PartnerConsent::Nobody | PartnerConsent::Agrees) => RequestState::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_done_only_with_the_consent_of_partner_and_practice() {
        for rule in PortalRule::ALL {
            for kind in RequestKind::ALL {
                for other in [
                    PartnerConsent::Nobody,
                    PartnerConsent::Agrees,
                    PartnerConsent::NotAsked,
                    PartnerConsent::OutOfReach,
                ] {
                    let next = next_state(*rule, *kind, other);
                    if next == RequestState::Done {
                        assert_eq!(*rule, PortalRule::AtOnce);
                        assert!(
                            matches!(other, PartnerConsent::Nobody | PartnerConsent::Agrees)
                                && *kind != RequestKind::Alone
                        );
                    }
                    // The other partner is asked only if they can answer and
                    // have not answered yet.
                    assert_eq!(
                        next == RequestState::Partner,
                        *rule != PortalRule::No && *kind != RequestKind::Alone && other == PartnerConsent::NotAsked
                    );
                }
            }
        }
    }

    #[test]
    fn requests_for_the_partner_or_the_practice_are_open() {
        let open: Vec<_> = RequestState::ALL.iter().filter(|state| state.is_open()).collect();
        assert_eq!(open, [&RequestState::Partner, &RequestState::Desk]);
    }

    #[test]
    fn portal_rules_are_read_back_from_their_own_form() {
        let mut form = Form::default();
        let rules = PortalRules { rule: PortalRule::AtOnce, days: 30, max_coming_sessions: 4 };
        rules.fill(&mut form);
        assert_eq!(PortalRules::read(&form), Ok(rules));
        form.set("portal_days", "soon");
        assert!(PortalRules::read(&form).is_err());
    }
}
