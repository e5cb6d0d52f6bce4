//! Parsing one component of a calendar file.

use calcard::{Entry as Parsed, Parser, icalendar::ICalendar};

/// Reads one component with the parser; `None`: it is no component.
pub(super) fn parse_component(text: &str) -> Option<ICalendar> {
    match Parser::new(text).entry() {
        Parsed::ICalendar(read) => Some(read),
        _ => None,
    }
}
