//! The organisation and its settings; one a deployment.

use chrono::{NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use crate::{
    form::{Errors, Form, Reader},
    person::{NAME_MAX, Zone},
    reply::Asks,
    request::PortalRules,
    session::{MINUTES, SessionKind},
};

/// How long before a session a reminder is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Lead {
    /// Whole hours before the instant of the start.
    Hours(u16),
    /// The same wall time so many days before, in the session's zone: over a
    /// change of the clocks a day has 23 or 25 hours.
    Days(u16),
}

impl Lead {
    /// What a person chooses from for themselves, the longest first.
    pub const OWN: [Self; 6] =
        [Self::Days(7), Self::Days(3), Self::Days(2), Self::Days(1), Self::Hours(4), Self::Hours(2)];

    /// "3 days before".
    pub fn words(self) -> String {
        match self {
            Self::Days(1) => "a day before".to_owned(),
            Self::Days(7) => "a week before".to_owned(),
            Self::Days(n) => format!("{n} days before"),
            Self::Hours(1) => "an hour before".to_owned(),
            Self::Hours(n) => format!("{n} hours before"),
        }
    }
}

impl std::fmt::Display for Lead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
        }
    }
}

impl std::str::FromStr for Lead {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("\"{text}\" is no lead time: write 1d for a day, 2h for two hours.");
        let text = text.trim();
        let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
        let count: u16 = count.trim().parse().map_err(|_| wrong())?;
        match unit {
            "d" | "D" if (1..=30).contains(&count) => Ok(Self::Days(count)),
            "h" | "H" if (1..=72).contains(&count) => Ok(Self::Hours(count)),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Lead {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Lead> for String {
    fn from(lead: Lead) -> Self {
        lead.to_string()
    }
}

/// What holds for one kind of session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindRule {
    pub kind: SessionKind,
    /// How long it usually is.
    pub minutes: i64,
    /// Its own reminders; `None`: those of the practice.
    pub leads: Option<Vec<Lead>>,
}

impl KindRule {
    /// What holds where nobody has said otherwise.
    pub const fn usual(kind: SessionKind) -> Self {
        let minutes = match kind {
            SessionKind::CheckIn => 30,
            SessionKind::Intake | SessionKind::Regular | SessionKind::Closing => 60,
        };
        Self { kind, minutes, leads: None }
    }

    /// Every kind, with what is said of some.
    pub fn all(said: &[Self]) -> Vec<Self> {
        let of = |kind: &SessionKind| said.iter().find(|rule| rule.kind == *kind).cloned();
        SessionKind::ALL.iter().map(|kind| of(kind).unwrap_or(Self::usual(*kind))).collect()
    }

    /// The names of its fields in the settings.
    pub fn fields(kind: SessionKind) -> [String; 2] {
        ["minutes", "leads"].map(|field| format!("kind.{}.{field}", kind.word()))
    }
}

/// Lead times as people write them, the longest first: `3d, 1d`.
fn read_leads(r: &mut Reader<'_>, form: &Form, field: &str) -> Vec<Lead> {
    let mut leads = Vec::new();
    for part in form.get(field).split(',').map(str::trim).filter(|p| !p.is_empty()) {
        match part.parse::<Lead>() {
            Ok(lead) if leads.contains(&lead) => {}
            Ok(lead) => leads.push(lead),
            Err(message) => drop(r.fail::<()>(field, message)),
        }
    }
    if leads.len() > 5 {
        let _ = r.fail::<()>(field, "Five reminders are enough for anyone.");
    }
    leads.sort_by_key(|lead| match lead {
        Lead::Days(n) => -i64::from(*n) * 24,
        Lead::Hours(n) => -i64::from(*n),
    });
    leads
}

fn written(leads: &[Lead]) -> String {
    leads.iter().map(Lead::to_string).collect::<Vec<_>>().join(", ")
}

/// What a room offers, separated by commas: "Step-free, hearing loop".
pub fn read_offers(form: &Form) -> Result<Vec<String>, Errors> {
    let mut offers: Vec<String> = Vec::new();
    for offer in form.get("offers").split(',').map(str::trim).filter(|o| !o.is_empty()) {
        if offer.chars().count() > 40 {
            return Err(Errors::one("offers", "Please keep each of them to 40 characters."));
        }
        if !offers.iter().any(|o| o.eq_ignore_ascii_case(offer)) {
            offers.push(offer.to_owned());
        }
    }
    if offers.len() > 12 {
        return Err(Errors::one("offers", "Twelve are enough to choose a room by."));
    }
    Ok(offers)
}

/// One house of a practice that has several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    pub name: String,
    /// As people are told it: in the portal and in their mails. May be empty.
    pub address: String,
}

impl Location {
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("location", 1..=80, "Please give the location a name.");
        let address = r.text("address", 0..=200, "");
        r.finish()?;
        Ok(Self { name: name?, address: address? })
    }

    pub fn form(&self) -> Form {
        Form::from_pairs([("location", &self.name), ("address", &self.address)])
    }
}

/// A week as a practice counts it.
pub const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A weekday as people write it: `Monday`.
pub const fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// What the owner sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practice {
    pub name: String,
    pub zone: Zone,
    /// The hours within which free times are offered.
    pub opens: NaiveTime,
    pub closes: NaiveTime,
    /// The days on which they are.
    pub open_days: Vec<Weekday>,
    /// Reminders before a session, the longest lead first.
    pub leads: Vec<Lead>,
    /// Which of them ask whether people come.
    pub asks: Asks,
    /// Every kind of session, and what holds for it.
    pub kinds: Vec<KindRule>,
    /// A cancellation later than so many hours before is a late one.
    pub notice_hours: i64,
    /// Notices of a move or a cancellation wait so many minutes: until then it
    /// can be undone, and nobody was told.
    pub quiet_minutes: i64,
    /// What people may book and move by themselves.
    pub portal: PortalRules,
    /// Whether people may ask for a first meeting on a public page.
    pub inquiries: bool,
    /// What is suggested for a session missed or cancelled late, as people read
    /// it; empty for nothing.
    pub late_fee: String,
    /// The name mails come from. It says nothing of therapy.
    pub sender_name: String,
    /// A phone number for the foot of the mails; may be empty.
    pub phone: String,
}

impl Practice {
    /// Three days before and one day before: both are settings.
    pub const DEFAULT_LEADS: &'static [Lead] = &[Lead::Days(3), Lead::Days(1)];

    pub fn new(name: String, zone: Zone) -> Self {
        Self {
            sender_name: "Appointments".to_owned(),
            phone: String::new(),
            name,
            zone,
            opens: NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default(),
            closes: NaiveTime::from_hms_opt(20, 0, 0).unwrap_or_default(),
            open_days: WEEK[..5].to_vec(),
            leads: Self::DEFAULT_LEADS.to_vec(),
            asks: Asks::default(),
            kinds: KindRule::all(&[]),
            notice_hours: 24,
            quiet_minutes: 5,
            portal: PortalRules::default(),
            inquiries: false,
            late_fee: String::new(),
        }
    }

    /// The reminders of a kind of session, the longest lead first.
    pub fn leads_of(&self, kind: SessionKind) -> &[Lead] {
        let own = self.kinds.iter().find(|rule| rule.kind == kind).and_then(|rule| rule.leads.as_deref());
        own.unwrap_or(&self.leads)
    }

    /// The lead times that hold for somebody: their own, where they chose some
    /// and the practice reminds of this kind at all.
    pub fn leads_for<'a>(&'a self, kind: SessionKind, own: &'a [Lead]) -> &'a [Lead] {
        let usual = self.leads_of(kind);
        if usual.is_empty() || own.is_empty() { usual } else { own }
    }

    /// How long a kind of session usually is.
    pub fn minutes_of(&self, kind: SessionKind) -> i64 {
        self.kinds.iter().find(|rule| rule.kind == kind).map_or(KindRule::usual(kind).minutes, |rule| rule.minutes)
    }

    /// Whether the reminder of a kind with this lead asks somebody for a reply
    /// who chose these lead times, or none.
    pub fn asks_at(&self, kind: SessionKind, own: &[Lead], lead: Lead) -> bool {
        self.leads_for(kind, own).iter().position(|l| *l == lead).is_some_and(|place| self.asks.asks(place))
    }

    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Please write the practice's name.");
        let zone = r.zone("zone");
        let opens = r.time("opens", "Please write a time such as 08:00.");
        let closes = r.time("closes", "Please write a time such as 20:00.");
        if let (Ok(opens), Ok(closes)) = (&opens, &closes)
            && closes <= opens
        {
            let _ = r.fail::<()>("closes", "The practice has to close after it opens.");
        }
        let open_days: Vec<Weekday> =
            WEEK.into_iter().filter(|day| form.all("open_days").any(|d| d == day.to_string())).collect();
        if open_days.is_empty() {
            let _ = r.fail::<()>("open_days", "Please choose at least one day.");
        }
        let leads = read_leads(&mut r, form, "leads");
        let asks = r.word("asks", "Please choose which reminders ask.");
        let mut kinds = Vec::new();
        for kind in SessionKind::ALL {
            let [minutes, own] = KindRule::fields(*kind);
            let minutes = r.number(&minutes, MINUTES);
            let leads = match form.get(&own).trim() {
                "" => None,
                // A word, since nothing at all means those of the practice.
                "none" => Some(vec![]),
                _ => Some(read_leads(&mut r, form, &own)),
            };
            kinds.extend(minutes.ok().map(|minutes| KindRule { kind: *kind, minutes, leads }));
        }
        let notice_hours = r.number("notice_hours", 0..=336);
        let quiet_minutes = r.number("quiet_minutes", 0..=60);
        let sender_name = r.text("sender_name", 1..=60, "Please write the name that mails come from.");
        let phone = r.text("phone", 0..=40, "");
        let portal = PortalRules::read_with(&mut r);
        let inquiries = r.ticked("inquiries");
        let late_fee = r.text("late_fee", 0..=20, "");
        r.finish()?;
        Ok(Self {
            name: name?,
            zone: zone?,
            opens: opens?,
            closes: closes?,
            open_days,
            leads,
            asks: asks?,
            kinds,
            notice_hours: notice_hours?,
            quiet_minutes: quiet_minutes?,
            portal: portal?,
            inquiries,
            late_fee: late_fee?,
            sender_name: sender_name?,
            phone: phone?,
        })
    }

    pub fn form(&self) -> Form {
        let mut form = Form::from_pairs([
            ("name", self.name.clone()),
            ("zone", self.zone.name().to_owned()),
            ("opens", self.opens.format("%H:%M").to_string()),
            ("closes", self.closes.format("%H:%M").to_string()),
            ("leads", written(&self.leads)),
            ("asks", self.asks.word().to_owned()),
            ("notice_hours", self.notice_hours.to_string()),
            ("late_fee", self.late_fee.clone()),
            ("quiet_minutes", self.quiet_minutes.to_string()),
            ("sender_name", self.sender_name.clone()),
            ("phone", self.phone.clone()),
        ]);
        for rule in &self.kinds {
            let [minutes, leads] = KindRule::fields(rule.kind);
            form.set(&minutes, rule.minutes.to_string());
            let own = rule
                .leads
                .as_deref()
                .map_or_else(String::new, |own| if own.is_empty() { "none".to_owned() } else { written(own) });
            form.set(&leads, own);
        }
        self.portal.fill(&mut form);
        if self.inquiries {
            form.set("inquiries", "yes");
        }
        form.0.extend(self.open_days.iter().map(|day| ("open_days".to_owned(), day.to_string())));
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_their_own_form() {
        let practice = Practice::new("Bridge House".into(), Zone::parse("Europe/Berlin").unwrap());
        assert_eq!(Practice::read(&practice.form()), Ok(practice));
    }

    #[test]
    fn a_kind_has_its_own_length_and_reminders() {
        let mut form = Practice::new("B".into(), Zone::utc()).form();
        form.set("kind.intake.minutes", "75");
        form.set("kind.intake.leads", "1d, 7d");
        form.set("kind.check_in.leads", "none");
        let practice = Practice::read(&form).unwrap();
        assert_eq!(practice.minutes_of(SessionKind::Intake), 75);
        assert_eq!(practice.leads_of(SessionKind::Intake), [Lead::Days(7), Lead::Days(1)]);
        assert_eq!(practice.leads_of(SessionKind::CheckIn), []);
        assert_eq!(practice.leads_of(SessionKind::Regular), Practice::DEFAULT_LEADS);
        // Somebody's own hold where the practice reminds at all; the first asks.
        let own = [Lead::Days(2), Lead::Hours(2)];
        assert_eq!(practice.leads_for(SessionKind::Regular, &own), own);
        assert_eq!(practice.leads_for(SessionKind::CheckIn, &own), []);
        assert!(practice.asks_at(SessionKind::Regular, &own, Lead::Days(2)));
        assert!(!practice.asks_at(SessionKind::Regular, &own, Lead::Days(3)));
        assert!(
            practice.asks_at(SessionKind::Intake, &[], Lead::Days(7))
                && !practice.asks_at(SessionKind::Intake, &[], Lead::Days(1))
        );
        assert_eq!(Practice::read(&practice.form()), Ok(practice), "they survive their own form");
        form.set("kind.intake.minutes", "soon");
        form.set("kind.closing.leads", "later");
        let errors = Practice::read(&form).unwrap_err();
        assert!(errors.of("kind.intake.minutes").is_some() && errors.of("kind.closing.leads").is_some());
    }

    #[test]
    fn what_a_room_offers_is_told_apart() {
        let read = |text: &str| read_offers(&Form::from_pairs([("offers", text)]));
        assert_eq!(read(" Step-free,hearing loop, step-FREE,, ").unwrap(), ["Step-free", "hearing loop"]);
        assert_eq!(read(""), Ok(vec![]));
        assert!(read(&"x".repeat(41)).is_err());
        let many: Vec<String> = (0..13).map(|n| n.to_string()).collect();
        assert!(read(&many.join(",")).is_err());
    }

    #[test]
    fn a_lead_that_is_none_is_named() {
        let mut form = Practice::new("B".into(), Zone::utc()).form();
        form.set("leads", "3d, soon");
        assert!(Practice::read(&form).unwrap_err().of("leads").unwrap().contains("soon"));
        form.set("leads", "2h, 1d, 1d,3d");
        assert_eq!(Practice::read(&form).unwrap().leads, [Lead::Days(3), Lead::Days(1), Lead::Hours(2)]);
    }
}
