//! People: their details and how they may be contacted.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

pub use crate::clients::{email_address::EmailAddress, search::search_key};
use crate::{
    form::{Errors, Form, Reader},
    outbox::lead::Lead,
    typed,
};

crate::words! {
    /// The role of an account. An account may have several staff roles; the
    /// account of a partner has that role only.
    pub enum Role {
        Owner = "owner", "Practice owner";
        Clinician = "clinician", "Therapist";
        FrontDesk = "front_desk", "Front desk";
        Partner = "partner", "Client";
    }
}

crate::words! {
    /// The language in which a person's emails are written.
    pub enum Language {
        English = "en", "English";
        Hindi = "hi", "हिन्दी (Hindi)";
    }
}

/// The longest name, in characters.
pub const NAME_MAX: usize = 200;

/// The name of an IANA time zone, such as `Asia/Kolkata`. The type guarantees
/// only the form of the name; `crate::zone::exists` tells whether there is such
/// a zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

impl Zone {
    /// Reads a zone name; `None`: the text does not have the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = typed::code(text);
        let shaped = !text.is_empty()
            && text.len() <= 64
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
        shaped.then_some(Self(text))
    }

    /// The zone UTC.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// The full name, such as `Asia/Kolkata`.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The part of the name that a person reads: "Kolkata" for `Asia/Kolkata`.
    pub fn city(&self) -> String {
        self.0.rsplit('/').next().unwrap_or(&self.0).replace('_', " ")
    }
}

/// Reads a stored zone name. Text that is not a zone name becomes a zone that
/// does not exist, so that the rest of its row can still be read.
impl From<String> for Zone {
    fn from(name: String) -> Self {
        Self::parse(&name).unwrap_or_else(|| Self("unknown".to_owned()))
    }
}

/// The first word of a person's name, by which the portal speaks of them.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

crate::words! {
    /// Whether a person gets emails about what concerns them alone: a session, an
    /// exercise, a message or a request without the other partner.
    pub enum AloneMail {
        /// By email, but never to an address that another person has too.
        Unshared = "unshared", "By email, unless another person here has this address too";
        PortalOnly = "portal_only", "Never by email: only in the portal";
        /// By email to the address for which this was chosen, even if another
        /// person has it too. For any other address, [`Self::Unshared`] applies
        /// again.
        Address = "address", "By email, even if another person reads this address";
    }
}

/// The safe-contact settings: how a person may be contacted. They are private:
/// the other partner never sees them or their effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeContact {
    /// Whether no email at all is sent to the person; the portal shows
    /// everything.
    pub portal_only: bool,
    /// The safe hours (from, until) in the person's own zone; emails are sent
    /// only within them. If the first is later than the second, they go over
    /// midnight. `None`: at any hour.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// Whether emails about what concerns this person alone are sent.
    #[serde(default = "unshared")]
    pub alone: AloneMail,
    /// Whether reminders of sessions are sent. Notices of a move or a
    /// cancellation are sent in any case.
    pub reminders: bool,
    /// The lead times of the reminders, the longest first; empty: those of the
    /// practice.
    #[serde(default)]
    pub leads: Vec<Lead>,
    /// Whether nudges are sent.
    pub nudges: bool,
    /// The time of day for nudges, in the person's own zone.
    pub nudge_at: NaiveTime,
}

/// The time of day for nudges unless the person chooses another.
const EVENING: NaiveTime = match NaiveTime::from_hms_opt(18, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The default choice of [`AloneMail`].
const fn unshared() -> AloneMail {
    AloneMail::Unshared
}

impl Default for SafeContact {
    fn default() -> Self {
        Self {
            portal_only: false,
            hours: None,
            alone: unshared(),
            reminders: true,
            leads: vec![],
            nudges: true,
            nudge_at: EVENING,
        }
    }
}

/// Whether a time lies within hours (from, until), which may go over midnight.
pub fn is_within_hours(time: NaiveTime, (from, until): (NaiveTime, NaiveTime)) -> bool {
    if from < until { (from..until).contains(&time) } else { time >= from || time < until }
}

impl SafeContact {
    /// These settings after another person's wish for a change, if the person
    /// manages their settings themselves. Only changes that lead to fewer emails
    /// are taken over.
    #[must_use]
    pub fn with_quieter_wish(&self, wish: &Self) -> Self {
        Self {
            portal_only: self.portal_only || wish.portal_only,
            hours: self.hours.or(wish.hours),
            alone: if wish.alone == AloneMail::PortalOnly { wish.alone } else { self.alone },
            reminders: self.reminders && wish.reminders,
            leads: self.leads.clone(),
            nudges: self.nudges && wish.nudges,
            nudge_at: self.nudge_at,
        }
    }

    /// Reads the settings from a form of their own.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let contact = Self::read_with(&mut r);
        r.finish()?;
        contact
    }

    /// Writes the settings into their form fields, whose names begin with
    /// `prefix`.
    pub fn fill(&self, form: &mut Form, prefix: &str) {
        let mut set = |name: &str, value: String| form.set(&format!("{prefix}{name}"), value);
        let clock = |time: NaiveTime| time.format("%H:%M").to_string();
        set("nudge_at", clock(self.nudge_at));
        set("alone", self.alone.word().to_owned());
        if let Some((from, until)) = self.hours {
            set("safe_from", clock(from));
            set("safe_until", clock(until));
        }
        for (name, on) in [("portal_only", self.portal_only), ("reminders", self.reminders), ("nudges", self.nudges)] {
            if on {
                set(name, "yes".to_owned());
            }
        }
        form.0.extend(self.leads.iter().map(|lead| (format!("{prefix}lead"), lead.to_string())));
    }

    /// Reads the settings as a part of another form.
    pub fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let message = "Enter a time such as 09:00.";
        let from = r.optional_time("safe_from", message)?;
        let until = r.optional_time("safe_until", message)?;
        let hours = match (from, until) {
            (None, None) => None,
            (Some(from), Some(until)) if from != until => Some((from, until)),
            (Some(_), Some(_)) => return r.fail("safe_until", "These hours are empty: please give a later end."),
            (None, Some(_)) => return r.fail("safe_from", "Please give both hours, or neither."),
            (Some(_), None) => return r.fail("safe_until", "Please give both hours, or neither."),
        };
        // A page without this choice gives the default.
        let alone = r.optional("alone", "Please choose one of the three.")?.unwrap_or(unshared());
        let chosen: Vec<Lead> = r.several("lead");
        let nudge_at = r.optional_time("nudge_at", message)?.unwrap_or(EVENING);
        // An hour outside the safe hours would never be used.
        if let Some(hours) = hours.filter(|h| r.ticked("nudges") && !is_within_hours(nudge_at, *h)) {
            let (from, until) = (hours.0.format("%H:%M"), hours.1.format("%H:%M"));
            return r.fail(
                "nudge_at",
                format!("Please choose an hour between {from} and {until}, when we may write to you."),
            );
        }
        Ok(Self {
            portal_only: r.ticked("portal_only"),
            hours,
            alone,
            reminders: r.ticked("reminders"),
            leads: Lead::OWN.into_iter().filter(|lead| chosen.contains(lead)).collect(),
            nudges: r.ticked("nudges"),
            nudge_at,
        })
    }
}

/// A person's details, as their form has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDetails {
    pub name: String,
    pub pronouns: String,
    pub email: Option<EmailAddress>,
    pub phone: String,
    pub zone: Zone,
    pub language: Language,
    pub contact: SafeContact,
}

impl PersonDetails {
    /// Reads the fields whose names begin with a prefix, such as `a.` for the
    /// first partner.
    pub fn read(form: &Form, prefix: &str) -> Result<Self, Errors> {
        let mut r = Reader::prefixed(form, prefix);
        let name = r.text("name", 1..=NAME_MAX, "Enter a name.");
        let pronouns = r.text("pronouns", 0..=40, "");
        let email = r.optional_email("email");
        let zone = r.zone("zone");
        let phone = r.phone("phone", zone.as_ref().ok());
        let language = r.word("language", "Please pick a language from the list.");
        let contact = SafeContact::read_with(&mut r);
        r.finish()?;
        Ok(Self {
            name: name?,
            pronouns: pronouns?,
            email: email?,
            phone: phone?,
            zone: zone?,
            language: language?,
            contact: contact?,
        })
    }

    /// Writes the details into their form fields, from which an edit page starts.
    /// The names begin with `prefix`.
    pub fn fill(&self, form: &mut Form, prefix: &str) {
        let mut set = |name: &str, value: &str| form.set(&format!("{prefix}{name}"), value);
        set("name", &self.name);
        set("pronouns", &self.pronouns);
        set("email", self.email.as_ref().map_or("", |e| e.as_str()));
        set("phone", &self.phone);
        set("zone", self.zone.name());
        set("language", self.language.word());
        self.contact.fill(form, prefix);
    }
}

/// Reads a sign-in name. It has lower-case letters, digits and `.-_@+`, so that
/// it can be read out on the phone.
///
/// # Errors
/// A sentence for the field that says what is wrong.
pub fn read_login_name(text: &str) -> Result<String, &'static str> {
    let name = login_name(text);
    let fits = (3..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || is_combining_mark(c) || ".-_@+".contains(c));
    if fits { Ok(name) } else { Err("Enter 3 to 64 letters, digits or . - _ without spaces.") }
}

/// The form in which a sign-in name is stored and searched, independent of how
/// it was typed.
pub fn login_name(text: &str) -> String {
    typed::code(&typed::code(text).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_back_from_their_own_form() {
        let details = PersonDetails {
            name: "Ngozi Okafor".into(),
            pronouns: "she/her".into(),
            email: EmailAddress::parse("ngozi@example.org").ok(),
            phone: "+234 1 234".into(),
            zone: Zone::parse("Africa/Lagos").unwrap(),
            language: Language::English,
            contact: SafeContact {
                portal_only: true,
                hours: Some((NaiveTime::from_hms_opt(9, 0, 0).unwrap(), NaiveTime::from_hms_opt(17, 30, 0).unwrap())),
                alone: AloneMail::Address,
                reminders: false,
                leads: vec![Lead::Days(2), Lead::Hours(4)],
                nudges: false,
                nudge_at: NaiveTime::from_hms_opt(21, 30, 0).unwrap(),
            },
        };
        let mut form = Form::default();
        details.fill(&mut form, "b.");
        assert_eq!(PersonDetails::read(&form, "b."), Ok(details));
    }

    #[test]
    fn a_missing_end_of_safe_hours_is_an_error_at_its_field() {
        let form = Form::from_pairs([("safe_from", "09:00"), ("safe_until", "")]);
        assert!(SafeContact::read(&form).unwrap_err().message("safe_until").is_some());
    }

    #[test]
    fn login_names_are_cleaned_and_checked() {
        assert_eq!(read_login_name(" Ada.Lovelace "), Ok("ada.lovelace".into()));
        assert_eq!(read_login_name("\u{202A}ＡＤＡ１٢\u{2069}"), Ok("ada12".into()));
        assert_eq!(read_login_name("अनन्या"), Ok("अनन्या".into()));
        assert_eq!(login_name("RUTH\u{A0}"), "ruth");
        assert!(read_login_name("a b c").is_err());
        assert!(read_login_name("\u{200B}\u{200B}\u{200B}").is_err());
        assert!(read_login_name("ab").is_err());
    }

    #[test]
    fn another_person_may_only_reduce_emails() {
        let hours = |h| NaiveTime::from_hms_opt(h, 0, 0).zip(NaiveTime::from_hms_opt(20, 0, 0));
        let own = SafeContact {
            portal_only: true,
            hours: hours(10),
            reminders: false,
            nudges: false,
            ..SafeContact::default()
        };
        assert_eq!(own.with_quieter_wish(&SafeContact::default()), own);
        assert_eq!(own.with_quieter_wish(&SafeContact { hours: hours(8), ..SafeContact::default() }), own);
        assert_eq!(SafeContact::default().with_quieter_wish(&own), own);
        let with = |alone| SafeContact { alone, ..SafeContact::default() };
        for (own, wish, kept) in [
            (AloneMail::Unshared, AloneMail::Address, AloneMail::Unshared),
            (AloneMail::Address, AloneMail::Unshared, AloneMail::Address),
            (AloneMail::Address, AloneMail::PortalOnly, AloneMail::PortalOnly),
            (AloneMail::PortalOnly, AloneMail::Address, AloneMail::PortalOnly),
        ] {
            assert_eq!(with(own).with_quieter_wish(&with(wish)).alone, kept, "{own:?} {wish:?}");
        }
    }
}
