//! Somebody new asks for a first meeting: as little as is needed to answer.

use crate::{
    client::ClientKind,
    form::{Errors, Form, Reader},
    person::{Email, NAME_MAX},
    slots::DayPart,
};

crate::words! {
    /// Where they would like to meet.
    pub enum MeetingWish {
        Any = "any", "Either";
        Room = "room", "At the practice";
        Online = "online", "Online";
    }
}

crate::words! {
    /// Where an inquiry stands.
    pub enum InquiryState {
        Unconfirmed = "unconfirmed", "The address is not confirmed yet";
        Waiting = "waiting", "Waits";
        Called = "called", "Spoken to";
        TakenOn = "taken_on", "Taken on";
        Closed = "closed", "Closed";
    }
}

/// What is asked of them: no reason, no story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    pub name: String,
    /// Whoever asks on the public page has one: it is confirmed there.
    pub email: Option<Email>,
    /// May be empty.
    pub phone: String,
    pub kind: ClientKind,
    pub part: DayPart,
    pub meeting: MeetingWish,
}

impl Inquiry {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Please write your name.");
        let email = r.email("email");
        let phone = r.text("phone", 0..=40, "");
        let kind = r.word("kind", "Please say for whom it is.");
        let part = r.word("part", "Please choose a time of day.");
        let meeting = r.word("meeting", "Please choose where to meet.");
        r.finish()?;
        Ok(Self { name: name?, email: Some(email?), phone: phone?, kind: kind?, part: part?, meeting: meeting? })
    }

    /// The same as somebody at the practice writes it down who was asked by
    /// phone or at the door: a way to reach them is enough.
    pub fn noted(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Please write their name.");
        let email = r.optional_email("email");
        let least = usize::from(matches!(email, Ok(None)));
        let phone = r.text("phone", least..=40, "Please write a phone number, or an e-mail address below.");
        let kind = r.word("kind", "Please say for whom it is.");
        let part = r.word("part", "Please choose a time of day.");
        let meeting = r.word("meeting", "Please choose where to meet.");
        r.finish()?;
        Ok(Self { name: name?, email: email?, phone: phone?, kind: kind?, part: part?, meeting: meeting? })
    }

    /// The address, or nothing.
    pub fn address(&self) -> &str {
        self.email.as_ref().map_or("", Email::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_is_enough_and_what_is_missing_is_named() {
        let form = Form::from_pairs([
            ("name", " Ana "),
            ("email", "ana@example.org"),
            ("kind", "couple"),
            ("part", "evening"),
            ("meeting", "any"),
        ]);
        let inquiry = Inquiry::read(&form).unwrap();
        assert_eq!((inquiry.name.as_str(), inquiry.phone.as_str()), ("Ana", ""));
        let errors = Inquiry::read(&Form::default()).unwrap_err();
        for field in ["name", "email", "kind", "part", "meeting"] {
            assert!(errors.of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn whoever_rings_needs_one_way_to_be_reached() {
        let said = |phone: &str, email: &str| {
            Inquiry::noted(&Form::from_pairs([
                ("name", "Ana"),
                ("phone", phone),
                ("email", email),
                ("kind", "couple"),
                ("part", "any"),
                ("meeting", "any"),
            ]))
        };
        assert_eq!(said("+49 30 1", "").unwrap().address(), "");
        assert_eq!(said("", "ana@example.org").unwrap().address(), "ana@example.org");
        assert!(said("", " ").unwrap_err().of("phone").is_some());
        // What is wrong with an address is said there, and only there.
        let errors = said("", "ana@").unwrap_err();
        assert!(errors.of("email").is_some() && errors.of("phone").is_none());
    }
}
