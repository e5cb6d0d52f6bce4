//! People and how they may be reached.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{
    form::{Errors, Form, Reader},
    practice::Lead,
};

crate::words! {
    /// What an account may do. One account may hold several staff roles; a
    /// partner's account holds that one only.
    pub enum Role {
        Owner = "owner", "Practice owner";
        Clinician = "clinician", "Therapist";
        FrontDesk = "front_desk", "Front desk";
        Partner = "partner", "Client";
    }
}

crate::words! {
    /// The language a person's mails are written in.
    pub enum Language {
        English = "en", "English";
        Hindi = "hi", "हिन्दी (Hindi)";
    }
}

/// A name as it is searched for: small letters, no accents.
pub fn search_key(name: &str) -> String {
    name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The longest name that fits every field, in characters.
pub const NAME_MAX: usize = 200;

/// An e-mail address as a person gave it: one line, one `@`, something on
/// both sides. Whether it reaches anyone only sending can tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let wrong = "Please write an e-mail address such as name@example.org.";
        if text.len() > 254 {
            return Err("This address is too long to be one.");
        }
        let (local, host) = text.rsplit_once('@').ok_or(wrong)?;
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"".contains(c);
        let local_fits = !local.is_empty() && local.len() <= 64 && local.chars().all(|c| plain(c) && c != '@');
        let host_fits =
            host.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
        if local_fits && host_fits && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..") {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An IANA time zone's name, such as `Asia/Kolkata`. The type promises the
/// shape only; [`crate::zone`] knows which exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(String);

impl Zone {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let shaped = !text.is_empty()
            && text.len() <= 64
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
        shaped.then(|| Self(text.to_owned()))
    }

    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    /// The part a person reads: `Asia/Kolkata` is "Kolkata".
    pub fn city(&self) -> String {
        self.0.rsplit('/').next().unwrap_or(&self.0).replace('_', " ")
    }
}

impl TryFrom<String> for Zone {
    type Error = crate::UnknownWord;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or(crate::UnknownWord { set: "time zone", word: name })
    }
}

/// How a person may be written to. It is theirs alone: the other partner
/// never sees it, nor its effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeContact {
    /// No mail at all to this person's address; all stands in the portal.
    pub portal_only: bool,
    /// Mail only between these hours of the person's own zone. `from` after
    /// `until` means a span over midnight.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// Reminders of sessions; notices of a move or cancellation come anyway.
    pub reminders: bool,
    /// How long before a session they come; empty: as the practice does it.
    /// The longest is the first.
    #[serde(default)]
    pub leads: Vec<Lead>,
    /// Reminders of exercises and of what was planned.
    pub nudges: bool,
    /// The hour for them, by the clock where the person lives.
    pub nudge_at: NaiveTime,
}

/// The hour at which exercises are thought of where nobody chose one.
const EVENING: NaiveTime = match NaiveTime::from_hms_opt(18, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Default for SafeContact {
    fn default() -> Self {
        Self { portal_only: false, hours: None, reminders: true, leads: vec![], nudges: true, nudge_at: EVENING }
    }
}

/// Whether a time lies in hours that may go over midnight.
pub(crate) fn within(time: NaiveTime, (from, until): (NaiveTime, NaiveTime)) -> bool {
    if from < until { (from..until).contains(&time) } else { time >= from || time < until }
}

impl SafeContact {
    /// What holds where somebody else wishes a change for a person who looks
    /// after it themselves: only what makes it quieter.
    #[must_use]
    pub fn narrowed(&self, wish: &Self) -> Self {
        Self {
            portal_only: self.portal_only || wish.portal_only,
            hours: self.hours.or(wish.hours),
            reminders: self.reminders && wish.reminders,
            leads: self.leads.clone(),
            nudges: self.nudges && wish.nudges,
            nudge_at: self.nudge_at,
        }
    }

    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let contact = Self::read_with(&mut r);
        r.finish()?;
        contact
    }

    /// Writes the fields it is read from, under a prefix.
    pub fn fill(&self, form: &mut Form, prefix: &str) {
        let mut set = |name: &str, value: String| form.set(&format!("{prefix}{name}"), value);
        let clock = |time: NaiveTime| time.format("%H:%M").to_string();
        set("nudge_at", clock(self.nudge_at));
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

    pub fn read_with(r: &mut Reader<'_>) -> Result<Self, Errors> {
        let message = "Please write a time such as 09:00.";
        let from = r.optional_time("safe_from", message)?;
        let until = r.optional_time("safe_until", message)?;
        let hours = match (from, until) {
            (None, None) => None,
            (Some(from), Some(until)) if from != until => Some((from, until)),
            (Some(_), Some(_)) => return r.fail("safe_until", "These hours are empty: please give a later end."),
            (None, Some(_)) => return r.fail("safe_from", "Please give both hours, or neither."),
            (Some(_), None) => return r.fail("safe_until", "Please give both hours, or neither."),
        };
        let chosen: Vec<Lead> = r.several("lead");
        let nudge_at = r.optional_time("nudge_at", message)?.unwrap_or(EVENING);
        // An hour that never comes would be no hour.
        if let Some(hours) = hours.filter(|h| r.ticked("nudges") && !within(nudge_at, *h)) {
            let (from, until) = (hours.0.format("%H:%M"), hours.1.format("%H:%M"));
            return r.fail(
                "nudge_at",
                format!("Please choose an hour between {from} and {until}, when we may write to you."),
            );
        }
        Ok(Self {
            portal_only: r.ticked("portal_only"),
            hours,
            reminders: r.ticked("reminders"),
            leads: Lead::OWN.into_iter().filter(|lead| chosen.contains(lead)).collect(),
            nudges: r.ticked("nudges"),
            nudge_at,
        })
    }
}

/// What a person's form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDetails {
    pub name: String,
    pub pronouns: String,
    pub email: Option<Email>,
    pub phone: String,
    pub zone: Zone,
    pub language: Language,
    pub contact: SafeContact,
}

impl PersonDetails {
    /// Reads the fields under a prefix, such as `a.` for the first partner.
    pub fn read(form: &Form, prefix: &str) -> Result<Self, Errors> {
        let mut r = Reader::prefixed(form, prefix);
        let name = r.text("name", 1..=NAME_MAX, "Please write a name.");
        let pronouns = r.text("pronouns", 0..=40, "");
        let email = r.optional_email("email");
        let phone = match r.text("phone", 0..=40, "") {
            Ok(phone) if phone.chars().all(|c| c.is_ascii_digit() || " +-()./x".contains(c)) => Ok(phone),
            Ok(_) => r.fail("phone", "Please write a phone number with digits, such as +49 30 901820."),
            Err(e) => Err(e),
        };
        let zone = r.zone("zone");
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

    /// The same as a form: what an edit page starts from.
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

/// The name a person signs in with: lower-case letters, digits and `.-_@+`,
/// so that it can be read out on the phone.
pub fn read_login_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim().to_lowercase();
    let fits =
        (3..=64).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || ".-_@+".contains(c));
    if fits { Ok(name) } else { Err("Please choose 3 to 64 letters, digits or . - _ without spaces.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.example", "maría@пример.рф", "x+y@localhost", "o'neill@example.org"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c.d", "a@b..c", "a\n@b.c", "a@b.c\r\nBcc: d@e.f", ".a@b.c", "<a@b.c>"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn details_survive_their_own_form() {
        let details = PersonDetails {
            name: "Ngozi Okafor".into(),
            pronouns: "she/her".into(),
            email: Email::parse("ngozi@example.org").ok(),
            phone: "+234 1 234".into(),
            zone: Zone::parse("Africa/Lagos").unwrap(),
            language: Language::English,
            contact: SafeContact {
                portal_only: true,
                hours: Some((NaiveTime::from_hms_opt(9, 0, 0).unwrap(), NaiveTime::from_hms_opt(17, 30, 0).unwrap())),
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
    fn half_a_span_of_hours_is_an_error_at_the_missing_half() {
        let form = Form::from_pairs([("safe_from", "09:00"), ("safe_until", "")]);
        assert!(SafeContact::read(&form).unwrap_err().of("safe_until").is_some());
    }

    #[test]
    fn login_names() {
        assert_eq!(read_login_name(" Ada.Lovelace "), Ok("ada.lovelace".into()));
        assert!(read_login_name("a b c").is_err());
        assert!(read_login_name("ab").is_err());
    }

    #[test]
    fn a_name_is_found_without_its_accents() {
        assert_eq!(search_key("Lucía FERNÁNDEZ Đorđe अनन्या"), search_key("lucia fernandez đorđe अनन्या"));
        assert_ne!(search_key("Mei"), search_key("Noa"));
    }

    #[test]
    fn others_may_only_be_quieter_on_ones_behalf() {
        let hours = |h| NaiveTime::from_hms_opt(h, 0, 0).zip(NaiveTime::from_hms_opt(20, 0, 0));
        let own = SafeContact {
            portal_only: true,
            hours: hours(10),
            reminders: false,
            nudges: false,
            ..SafeContact::default()
        };
        assert_eq!(own.narrowed(&SafeContact::default()), own);
        assert_eq!(own.narrowed(&SafeContact { hours: hours(8), ..SafeContact::default() }), own);
        assert_eq!(SafeContact::default().narrowed(&own), own);
    }
}
