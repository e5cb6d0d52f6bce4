//! A client whom the front desk takes on, in one call: the names and how to
//! reach them, the therapist, and the first session. Nothing clinical is asked
//! for; the therapist accepts the client later.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::{
    clients::{
        client::ClientKind,
        person::{Language, NAME_MAX, PersonDetails, SafeContact, Zone},
    },
    form::{Errors, Form, Reader},
    ids::{AccountId, RoomId},
};

/// A client whom the front desk takes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakingOn {
    pub kind: ClientKind,
    pub a: PersonDetails,
    /// The second partner; `None`: an individual client, or not known yet.
    pub b: Option<PersonDetails>,
    /// The therapist who is asked to accept the client.
    pub clinician: AccountId,
    /// The first session; `None`: it is booked later.
    pub first: Option<FirstTime>,
}

/// A free time that was offered for a first session. As text, it is the value of
/// a form field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstTime {
    pub at: DateTime<Utc>,
    pub clinician: AccountId,
    /// The room; `None`: online.
    pub room: Option<RoomId>,
}

/// The error of a text that is not a [`FirstTime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for FirstTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_", self.at.format("%Y-%m-%dT%H:%M:%SZ"), self.clinician)?;
        match self.room {
            Some(room) => write!(f, "{room}"),
            None => write!(f, "online"),
        }
    }
}

impl FromStr for FirstTime {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let mut parts = text.split('_');
        let (Some(at), Some(clinician), Some(room), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotATime);
        };
        let room = match room {
            "online" => None,
            id => Some(id.parse().map_err(|_| NotATime)?),
        };
        let at = DateTime::parse_from_rfc3339(at).map_err(|_| NotATime)?.to_utc();
        Ok(Self { at, clinician: clinician.parse().map_err(|_| NotATime)?, room })
    }
}

impl TakingOn {
    /// Reads the front desk's form for a new client, who lives in `zone` until
    /// somebody says otherwise.
    ///
    /// # Errors
    /// A name is missing, nobody can be reached, or neither a therapist nor a
    /// first session is chosen.
    pub fn read(form: &Form, zone: &Zone) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let kind = r.word::<ClientKind>("kind", "Choose a couple or one person.");
        let a = read_person(&mut r, "a.", zone, true);
        let b = match kind {
            Ok(ClientKind::Couple) => read_person(&mut r, "b.", zone, false),
            _ => Ok(None),
        };
        if let (Ok(Some(a)), Ok(b)) = (&a, &b)
            && [Some(a), b.as_ref()].iter().flatten().all(|person| person.phone.is_empty() && person.email.is_none())
        {
            let unreachable: Result<(), Errors> = r.fail("a.phone", "Enter a phone number or an email address.");
            drop(unreachable);
        }
        let first = r.optional::<FirstTime>("first", "Choose a time from the list.");
        let clinician = r.optional::<AccountId>("clinician", "Choose a therapist from the list.");
        let clinician = match (&first, clinician) {
            (Ok(Some(first)), Ok(_)) => Ok(first.clinician),
            (_, Ok(Some(clinician))) => Ok(clinician),
            (Ok(None), Ok(None)) => r.fail("clinician", "Choose a therapist, or a time above."),
            (_, Err(errors)) => Err(errors),
            (Err(_), Ok(None)) => Err(Errors::default()),
        };
        r.finish()?;
        let Some(a) = a? else { return Err(Errors::at_field("a.name", "Enter a name.")) };
        Ok(Self { kind: kind?, a, b: b?, clinician: clinician?, first: first? })
    }
}

/// Reads the name, phone number and email address of one person. `None`: all of
/// them are empty, and the person is not required.
fn read_person(r: &mut Reader<'_>, prefix: &str, zone: &Zone, required: bool) -> Result<Option<PersonDetails>, Errors> {
    let field = |name: &str| format!("{prefix}{name}");
    let name = r.text(&field("name"), 0..=NAME_MAX, "");
    let phone = r.phone(&field("phone"), Some(zone));
    let email = r.optional_email(&field("email"));
    let (name, phone, email) = (name?, phone?, email?);
    if name.is_empty() {
        return match (required, phone.is_empty() && email.is_none()) {
            (false, true) => Ok(None),
            (true, _) => r.fail(&field("name"), "Enter a name."),
            (false, false) => r.fail(&field("name"), "Enter the name, or leave the second partner’s fields empty."),
        };
    }
    Ok(Some(PersonDetails {
        name,
        pronouns: String::new(),
        email,
        phone,
        zone: zone.clone(),
        language: Language::English,
        contact: SafeContact::default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLINICIAN: &str = "0190a5c0-0000-7000-8000-000000000001";

    fn read(pairs: &[(&str, &str)]) -> Result<TakingOn, Errors> {
        let mut form = Form::from_pairs([("kind", "couple"), ("a.name", "Ana"), ("a.phone", "030 555 0100")]);
        form.set("clinician", CLINICIAN);
        for (name, value) in pairs {
            form.set(name, *value);
        }
        TakingOn::read(&form, &Zone::parse("Europe/Berlin").unwrap())
    }

    #[test]
    fn a_couple_needs_one_name_and_one_way_to_reach_them() {
        let new = read(&[]).unwrap();
        assert_eq!((new.a.name.as_str(), new.b, new.first), ("Ana", None, None));
        let new = read(&[("a.phone", ""), ("b.name", "Rui"), ("b.email", "rui@example.org")]).unwrap();
        assert_eq!(new.b.unwrap().name, "Rui");
        assert!(read(&[("a.phone", "")]).unwrap_err().message("a.phone").is_some());
        assert!(read(&[("a.name", " ")]).unwrap_err().message("a.name").is_some());
        assert!(read(&[("b.phone", "030 555 0101")]).unwrap_err().message("b.name").is_some());
        assert!(read(&[("b.email", "no")]).unwrap_err().message("b.email").is_some());
        assert!(read(&[("kind", "trio")]).unwrap_err().message("kind").is_some());
        // The second partner's fields are not part of an individual client.
        assert_eq!(read(&[("kind", "individual"), ("b.name", "Rui")]).unwrap().b, None);
    }

    #[test]
    fn the_therapist_is_chosen_or_comes_with_the_time() {
        assert!(read(&[("clinician", "")]).unwrap_err().message("clinician").is_some());
        let other = "0190a5c0-0000-7000-8000-000000000002";
        let first = format!("2026-11-26T09:00:00Z_{other}_online");
        let new = read(&[("first", &first)]).unwrap();
        assert_eq!(new.clinician.to_string(), other);
        assert_eq!(new.first.unwrap().to_string(), first);
        for wrong in ["2026-11-26_x_online", "now", &format!("{first}_more"), "2026-11-26T09:00:00Z"] {
            assert!(read(&[("first", wrong)]).unwrap_err().message("first").is_some(), "{wrong}");
        }
    }
}
