//! Inquiries: requests for a first meeting, with only the details that are
//! needed to answer.

use crate::{
    clients::{
        client::ClientKind,
        person::{EmailAddress, NAME_MAX, Zone},
    },
    form::{Errors, Form, Reader},
    scheduling::slots::DayPart,
};

crate::words! {
    /// Where the inquirer would like to meet.
    pub enum MeetingWish {
        Any = "any", "Either";
        Room = "room", "At the practice";
        Online = "online", "Online";
    }
}

crate::words! {
    /// The state of an inquiry on the waitlist.
    pub enum InquiryState {
        /// Sent from the public page; the inquirer has not yet opened the link
        /// in the email that confirms the address.
        Unconfirmed = "unconfirmed", "The address is not confirmed yet";
        Waiting = "waiting", "Waits";
        /// The practice has spoken to the inquirer.
        Called = "called", "Spoken to";
        /// The inquirer has become a client.
        TakenOn = "taken_on", "Taken on";
        /// Ended without a client.
        Closed = "closed", "Closed";
    }
}

/// The details of an inquiry. It has no field for the reason, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    pub name: String,
    /// The email address. It is always there for an inquiry from the public
    /// page, which confirms it; `None` only for one that the practice noted.
    pub email: Option<EmailAddress>,
    /// May be empty.
    pub phone: String,
    pub kind: ClientKind,
    pub part: DayPart,
    pub meeting: MeetingWish,
}

impl Inquiry {
    /// Reads the public form. A phone number without a country code is taken as
    /// one of the country of `zone`, the practice’s time zone.
    pub fn read(form: &Form, zone: &Zone) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Enter your name.");
        let email = r.email("email");
        let phone = r.phone("phone", Some(zone));
        let kind = r.word("kind", "Choose who it is for.");
        let part = r.word("part", "Choose a time of day.");
        let meeting = r.word("meeting", "Choose where to meet.");
        r.finish()?;
        Ok(Self { name: name?, email: Some(email?), phone: phone?, kind: kind?, part: part?, meeting: meeting? })
    }

    /// Reads the form in which the practice notes an inquiry by phone or in
    /// person: a phone number or an email address is enough. `zone` is the
    /// practice’s time zone.
    pub fn read_noted(form: &Form, zone: &Zone) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Enter their name.");
        let email = r.optional_email("email");
        let phone = match (r.phone("phone", Some(zone)), &email) {
            (Ok(phone), Ok(None)) if phone.is_empty() => {
                r.fail("phone", "Enter a phone number, or an email address below.")
            }
            (phone, _) => phone,
        };
        let kind = r.word("kind", "Choose who it is for.");
        let part = r.word("part", "Choose a time of day.");
        let meeting = r.word("meeting", "Choose where to meet.");
        r.finish()?;
        Ok(Self { name: name?, email: email?, phone: phone?, kind: kind?, part: part?, meeting: meeting? })
    }

    /// The email address as text; empty if there is none.
    pub fn address(&self) -> &str {
        self.email.as_ref().map_or("", EmailAddress::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn an_inquiry_needs_few_fields_and_each_missing_one_is_named() {
        let form = Form::from_pairs([
            ("name", " Ana "),
            ("email", "ana@example.org"),
            ("kind", "couple"),
            ("part", "evening"),
            ("meeting", "any"),
        ]);
        let inquiry = Inquiry::read(&form, &berlin()).unwrap();
        assert_eq!((inquiry.name.as_str(), inquiry.phone.as_str()), ("Ana", ""));
        let errors = Inquiry::read(&Form::default(), &berlin()).unwrap_err();
        for field in ["name", "email", "kind", "part", "meeting"] {
            assert!(errors.message(field).is_some(), "{field}");
        }
    }

    #[test]
    fn an_inquiry_by_phone_needs_a_number_or_an_address() {
        let noted = |phone: &str, email: &str| {
            let form = Form::from_pairs([
                ("name", "Ana"),
                ("phone", phone),
                ("email", email),
                ("kind", "couple"),
                ("part", "any"),
                ("meeting", "any"),
            ]);
            Inquiry::read_noted(&form, &berlin())
        };
        assert_eq!(noted("+49 30 1", "").unwrap().address(), "");
        assert_eq!(noted("", "ana@example.org").unwrap().address(), "ana@example.org");
        assert!(noted("", " ").unwrap_err().message("phone").is_some());
        // An error in the email address is shown at its field only.
        let errors = noted("", "ana@").unwrap_err();
        assert!(errors.message("email").is_some() && errors.message("phone").is_none());
    }
}
