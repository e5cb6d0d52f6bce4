//! What a partner asks of their sessions from the portal: another time, a time
//! at all, or to come alone.
//!
//! Whether it happens at once, waits for the other partner or for the practice
//! is decided here and nowhere else.

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// What the practice lets people do by themselves.
    pub enum PortalRule {
        No = "no", "Nothing: they call";
        Ask = "ask", "They ask for a time, and the practice says yes";
        AtOnce = "at_once", "They book and move at once";
    }
}

crate::words! {
    pub enum RequestKind {
        Book = "book", "A new session";
        Move = "move", "Another time";
        Alone = "alone", "Only one of them can come";
    }
}

crate::words! {
    /// Where a request stands.
    pub enum RequestState {
        Partner = "partner", "Waits for the other’s yes";
        Desk = "desk", "Waits for the practice";
        Done = "done", "Done";
        Declined = "declined", "Not possible";
        Withdrawn = "withdrawn", "Taken back";
    }
}

impl RequestState {
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Partner | Self::Desk)
    }
}

/// The practice's rules for its portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalRules {
    pub rule: PortalRule,
    /// So many days ahead may be asked for.
    pub days: i64,
    /// So many sessions a client may have ahead to ask for one more.
    pub ahead: i64,
}

impl Default for PortalRules {
    fn default() -> Self {
        Self { rule: PortalRule::Ask, days: 60, ahead: 2 }
    }
}

impl PortalRules {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let read = Self::read_with(&mut r);
        r.finish()?;
        read
    }

    pub(crate) fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let rule = r.word("portal_rule", "Please choose what people may do by themselves.");
        let (days, ahead) = (r.number("portal_days", 1..=366), r.number("portal_ahead", 1..=30));
        Ok(Self { rule: rule?, days: days?, ahead: ahead? })
    }

    pub fn fill(self, form: &mut Form) {
        form.set("portal_rule", self.rule.word());
        form.set("portal_days", self.days.to_string());
        form.set("portal_ahead", self.ahead.to_string());
    }
}

/// How the other partner of a joint session stands to what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Nobody else comes.
    Nobody,
    Agrees,
    /// They have a portal, and have not said anything yet.
    NotAsked,
    /// They have no portal to be asked in.
    OutOfReach,
}

/// Where a request goes next; `Done`: it is to be done now.
pub const fn next(rule: PortalRule, kind: RequestKind, other: Other) -> RequestState {
    match (rule, kind, other) {
        (PortalRule::No, ..) => RequestState::Declined,
        // Who comes to what is for the practice to say.
        (_, RequestKind::Alone, _) | (_, _, Other::OutOfReach) => RequestState::Desk,
        (_, _, Other::NotAsked) => RequestState::Partner,
        (PortalRule::Ask, _, Other::Nobody | Other::Agrees) => RequestState::Desk,
        (PortalRule::AtOnce, _, Other::Nobody | Other::Agrees) => RequestState::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_done_over_the_head_of_the_other_or_of_the_practice() {
        for rule in PortalRule::ALL {
            for kind in RequestKind::ALL {
                for other in [Other::Nobody, Other::Agrees, Other::NotAsked, Other::OutOfReach] {
                    let next = next(*rule, *kind, other);
                    if next == RequestState::Done {
                        assert_eq!(*rule, PortalRule::AtOnce);
                        assert!(matches!(other, Other::Nobody | Other::Agrees) && *kind != RequestKind::Alone);
                    }
                    // Nobody is asked who cannot answer, or has answered.
                    assert_eq!(
                        next == RequestState::Partner,
                        *rule != PortalRule::No && *kind != RequestKind::Alone && other == Other::NotAsked
                    );
                }
            }
        }
    }

    #[test]
    fn open_is_what_somebody_is_still_to_say() {
        let open: Vec<_> = RequestState::ALL.iter().filter(|state| state.is_open()).collect();
        assert_eq!(open, [&RequestState::Partner, &RequestState::Desk]);
    }

    #[test]
    fn rules_survive_their_own_form() {
        let mut form = Form::default();
        let rules = PortalRules { rule: PortalRule::AtOnce, days: 30, ahead: 4 };
        rules.fill(&mut form);
        assert_eq!(PortalRules::read(&form), Ok(rules));
        form.set("portal_days", "soon");
        assert!(PortalRules::read(&form).is_err());
    }
}
