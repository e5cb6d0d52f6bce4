//! How far each person is with the intake, and when a client is ready.

use super::{IntakeList, Item, ItemKind};

crate::words! {
    /// The state of an item for one person.
    pub enum ItemState {
        Open = "open", "Open";
        Done = "done", "Done";
        Waived = "waived", "Waived";
    }
}

/// How far one person is: the state of each item that is asked, in the order of
/// the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonIntake {
    pub items: Vec<(Item, ItemState)>,
}

/// How many needed items a person has, and how many of them are not open any
/// more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub settled: usize,
    pub needed: usize,
}

impl Standing {
    /// Whether no needed item is open.
    pub const fn is_ready(self) -> bool {
        self.settled >= self.needed
    }
}

impl PersonIntake {
    /// The states of a list's items. `state_of` gives that of each item.
    pub fn new(list: &IntakeList, mut state_of: impl FnMut(&Item) -> ItemState) -> Self {
        Self { items: list.asked().map(|item| (item.clone(), state_of(item))).collect() }
    }

    /// How many needed items are settled: done or waived.
    pub fn standing(&self) -> Standing {
        let needed = self.items.iter().filter(|(item, _)| item.needed);
        needed.fold(Standing::default(), |sum, (_, state)| Standing {
            settled: sum.settled + usize::from(*state != ItemState::Open),
            needed: sum.needed + 1,
        })
    }

    /// The needed items that are open.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|(item, state)| item.needed && *state == ItemState::Open).map(|(item, _)| item)
    }
}

/// How many needed items a person has settled, of how many.
pub fn progress(list: &IntakeList, state_of: impl FnMut(&Item) -> ItemState) -> Standing {
    PersonIntake::new(list, state_of).standing()
}

/// Whether a client is ready: each of its people is. A couple with a free seat is
/// not.
pub fn is_ready(seats: usize, people: &[Standing]) -> bool {
    people.len() >= seats && people.iter().all(|standing| standing.is_ready())
}

/// What is known of a person before the first session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reachable<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    /// Whether there is an email address to which the practice may write.
    pub by_email: bool,
}

/// Why a first session should not be booked yet, in words for the staff: nobody has
/// a name, or nobody can be reached safely. It is a warning and never a block.
/// `None`: a name and one safe channel are known.
pub fn first_session_warning<'a>(people: impl IntoIterator<Item = Reachable<'a>>) -> Option<&'static str> {
    let mut named = false;
    for person in people {
        let has_name = !person.name.trim().is_empty();
        named |= has_name;
        if has_name && (person.by_email || !person.phone.trim().is_empty()) {
            return None;
        }
    }
    Some(if named {
        "No safe way to reach this client is known: no phone number, and no email address we may use."
    } else {
        "No name is known for this client."
    })
}

impl ItemKind {
    /// Whether one partner's answer settles the item for both.
    pub fn is_joint(self) -> bool {
        self == Self::Facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::intake::tests::list;

    #[test]
    fn only_needed_items_count_and_waived_ones_are_settled() {
        let list = list();
        let states = |done: &[&str], waived: &[&str]| {
            PersonIntake::new(&list, |item| {
                if done.contains(&item.key.as_str()) {
                    ItemState::Done
                } else if waived.contains(&item.key.as_str()) {
                    ItemState::Waived
                } else {
                    ItemState::Open
                }
            })
        };
        let some = states(&["contact", "why", "private"], &["safe"]);
        assert_eq!(some.standing(), Standing { settled: 3, needed: 5 });
        assert_eq!(some.open().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["emergency", "facts"]);
        assert!(states(&["contact", "safe", "emergency", "facts", "private"], &[]).standing().is_ready());
    }

    #[test]
    fn couple_is_ready_when_both_are() {
        let (done, half) = (Standing { settled: 6, needed: 6 }, Standing { settled: 3, needed: 6 });
        assert!(is_ready(2, &[done, done]) && is_ready(1, &[done]));
        assert!(!is_ready(2, &[done, half]) && !is_ready(2, &[done]), "the second partner is not there yet");
    }

    #[test]
    fn first_session_needs_a_name_and_one_safe_channel() {
        let person = |name, phone, by_email| Reachable { name, phone, by_email };
        assert_eq!(first_session_warning([person("Amara", "+49 30 1", false)]), None);
        assert_eq!(first_session_warning([person("Amara", "", true)]), None);
        assert!(first_session_warning([person("Amara", " ", false)]).is_some());
        assert!(first_session_warning([person("", "+49 30 1", true)]).is_some());
        assert!(first_session_warning([]).is_some());
    }
}
