//! The practice and its settings. A deployment has one practice.

use chrono::{NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use crate::{
    clients::person::{NAME_MAX, Zone},
    form::{Errors, Form, Reader},
    outbox::lead::Lead,
    scheduling::{
        reply::ReplyReminders,
        request::PortalRules,
        session::{MINUTES, SessionKind},
    },
    typed,
};

/// The settings for one kind of session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindRule {
    pub kind: SessionKind,
    /// The usual length in minutes.
    pub minutes: i64,
    /// The reminders of this kind; `None`: those of the practice.
    pub leads: Option<Vec<Lead>>,
}

impl KindRule {
    /// The default settings of a kind.
    pub const fn default_for(kind: SessionKind) -> Self {
        let minutes = match kind {
            SessionKind::CheckIn => 30,
            SessionKind::Intake | SessionKind::Regular | SessionKind::Closing => 60,
        };
        Self { kind, minutes, leads: None }
    }

    /// The settings of every kind: those in `said`, and the default settings of
    /// all others.
    pub fn all(said: &[Self]) -> Vec<Self> {
        let own_rule = |kind: &SessionKind| said.iter().find(|rule| rule.kind == *kind).cloned();
        SessionKind::ALL.iter().map(|kind| own_rule(kind).unwrap_or(Self::default_for(*kind))).collect()
    }

    /// The names of the form fields for a kind: its minutes and its leads.
    pub fn fields(kind: SessionKind) -> [String; 2] {
        ["minutes", "leads"].map(|field| format!("kind.{}.{field}", kind.word()))
    }
}

/// Reads lead times as people write them (`3d, 1d`), and sorts them with the
/// longest first.
fn read_leads(r: &mut Reader<'_>, form: &Form, field: &str) -> Vec<Lead> {
    let mut leads = Vec::new();
    for part in typed::code(form.get(field)).split(',').map(str::trim).filter(|p| !p.is_empty()) {
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

/// Lead times as [`read_leads`] reads them: `3d, 1d`.
fn join_leads(leads: &[Lead]) -> String {
    leads.iter().map(Lead::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads what a room offers, separated by commas: "Step-free, hearing loop".
pub fn read_offers(form: &Form) -> Result<Vec<String>, Errors> {
    form.shown_again_error().into_result()?;
    let mut offers: Vec<String> = Vec::new();
    for offer in typed::line(form.get("offers")).split(',').map(str::trim).filter(|o| !o.is_empty()) {
        if offer.chars().count() > 40 {
            return Err(Errors::at_field("offers", "Please keep each of them to 40 characters."));
        }
        if !offers.iter().any(|o| o.eq_ignore_ascii_case(offer)) {
            offers.push(offer.to_owned());
        }
        // The limit is checked here, since each is compared with all before it.
        if offers.len() > 12 {
            return Err(Errors::at_field("offers", "Twelve are enough to choose a room by."));
        }
    }
    Ok(offers)
}

/// A location: one building of the practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    pub name: String,
    /// The address as clients read it in the portal and in emails. May be empty.
    pub address: String,
}

impl Location {
    /// Reads a location from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("location", 1..=80, "Enter the location’s name.");
        let address = r.text("address", 0..=200, "");
        r.finish()?;
        Ok(Self { name: name?, address: address? })
    }

    /// The form from which [`Location::read`] reads this location.
    pub fn form(&self) -> Form {
        Form::from_pairs([("location", &self.name), ("address", &self.address)])
    }
}

/// The weekdays in order, from Monday.
pub const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// The English name of a weekday: `Monday`.
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

/// The settings of the practice, which the owner edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practice {
    pub name: String,
    pub zone: Zone,
    /// The opening time; free times are offered from then on.
    pub opens: NaiveTime,
    /// The closing time; free times are offered until then.
    pub closes: NaiveTime,
    /// The weekdays on which free times are offered.
    pub open_days: Vec<Weekday>,
    /// The lead times of the reminders before a session, the longest first.
    pub leads: Vec<Lead>,
    /// Which of the reminders ask for a reply.
    pub asks: ReplyReminders,
    /// The settings of each kind of session.
    pub kinds: Vec<KindRule>,
    /// A cancellation is late if it is less than this many hours before the
    /// session.
    pub notice_hours: i64,
    /// For this many minutes, notices of a move or a cancellation are not sent
    /// yet, so that the change can be undone before anyone was told.
    pub quiet_minutes: i64,
    /// What clients may book and move by themselves.
    pub portal: PortalRules,
    /// Whether there is a public page to ask for a first meeting.
    pub inquiries: bool,
    /// The fee suggested for a session that was missed or cancelled late, as
    /// clients read it; empty: no fee.
    pub late_fee: String,
    /// The sender name of emails. It does not mention therapy.
    pub sender_name: String,
    /// The phone number at the end of emails; may be empty.
    pub phone: String,
}

impl Practice {
    /// The default reminders, three days and one day before a session. The owner
    /// can change them.
    pub const DEFAULT_LEADS: &'static [Lead] = &[Lead::Days(3), Lead::Days(1)];

    /// A practice with the default settings.
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
            asks: ReplyReminders::default(),
            kinds: KindRule::all(&[]),
            notice_hours: 24,
            quiet_minutes: 5,
            portal: PortalRules::default(),
            inquiries: false,
            late_fee: String::new(),
        }
    }

    /// The lead times of the reminders of a kind of session, the longest first.
    pub fn leads_of(&self, kind: SessionKind) -> &[Lead] {
        let own = self.kinds.iter().find(|rule| rule.kind == kind).and_then(|rule| rule.leads.as_deref());
        own.unwrap_or(&self.leads)
    }

    /// The lead times for one person: their `own`, if they chose some and the
    /// practice sends reminders for this kind at all; otherwise the practice's.
    pub fn leads_for<'a>(&'a self, kind: SessionKind, own: &'a [Lead]) -> &'a [Lead] {
        let usual = self.leads_of(kind);
        if usual.is_empty() || own.is_empty() { usual } else { own }
    }

    /// The usual length of a kind of session, in minutes.
    pub fn minutes_of(&self, kind: SessionKind) -> i64 {
        self.kinds
            .iter()
            .find(|rule| rule.kind == kind)
            .map_or(KindRule::default_for(kind).minutes, |rule| rule.minutes)
    }

    /// Whether the reminder with this lead time asks for a reply. `own` are the
    /// lead times that its recipient chose, empty for none.
    pub fn asks_at(&self, kind: SessionKind, own: &[Lead], lead: Lead) -> bool {
        self.leads_for(kind, own).iter().position(|l| *l == lead).is_some_and(|place| self.asks.asks(place))
    }

    /// Reads the settings from their form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Enter the practice’s name.");
        let zone = r.zone("zone");
        let opens = r.time("opens", "Enter a time such as 08:00.");
        let closes = r.time("closes", "Enter a time such as 20:00.");
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
            let leads = match typed::code(form.get(&own)).as_str() {
                "" => None,
                // A word, since an empty field means those of the practice.
                "none" => Some(vec![]),
                _ => Some(read_leads(&mut r, form, &own)),
            };
            kinds.extend(minutes.ok().map(|minutes| KindRule { kind: *kind, minutes, leads }));
        }
        let notice_hours = r.number("notice_hours", 0..=336);
        let quiet_minutes = r.number("quiet_minutes", 0..=60);
        let sender_name = r.text("sender_name", 1..=60, "Enter the name that emails come from.");
        let phone = r.phone("phone", zone.as_ref().ok());
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

    /// The form from which [`Practice::read`] reads these settings.
    pub fn form(&self) -> Form {
        let mut form = Form::from_pairs([
            ("name", self.name.clone()),
            ("zone", self.zone.name().to_owned()),
            ("opens", self.opens.format("%H:%M").to_string()),
            ("closes", self.closes.format("%H:%M").to_string()),
            ("leads", join_leads(&self.leads)),
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
                .map_or_else(String::new, |own| if own.is_empty() { "none".to_owned() } else { join_leads(own) });
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
    fn settings_are_read_back_from_their_own_form() {
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
        // A person's own lead times apply if the practice sends reminders at
        // all; the first of them asks for a reply.
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
        assert!(errors.message("kind.intake.minutes").is_some() && errors.message("kind.closing.leads").is_some());
    }

    #[test]
    fn a_rooms_offers_are_split_at_commas_without_repeats() {
        let read = |text: &str| read_offers(&Form::from_pairs([("offers", text)]));
        assert_eq!(read(" Step-free,hearing loop, step-FREE,, ").unwrap(), ["Step-free", "hearing loop"]);
        assert_eq!(read(""), Ok(vec![]));
        assert!(read(&"x".repeat(41)).is_err());
        let many: Vec<String> = (0..13).map(|n| n.to_string()).collect();
        assert!(read(&many.join(",")).is_err());
    }

    #[test]
    fn an_invalid_lead_time_is_named_in_the_error() {
        let mut form = Practice::new("B".into(), Zone::utc()).form();
        form.set("leads", "3d, soon");
        assert!(Practice::read(&form).unwrap_err().message("leads").unwrap().contains("soon"));
        form.set("leads", "2h, 1d, 1d,3d");
        assert_eq!(Practice::read(&form).unwrap().leads, [Lead::Days(3), Lead::Days(1), Lead::Hours(2)]);
    }
}
