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

crate::words! {
    /// A page of the settings. Each is saved by itself and changes only its own fields.
    pub enum SettingsTab {
        General = "general", "General & hours";
        Sessions = "sessions", "Session types & reminders";
        Cancellations = "cancellations", "Cancellations & fees";
        Booking = "booking", "Online booking";
        Email = "email", "Email";
        Notes = "notes", "Notes";
        Places = "places", "Rooms & locations";
        Backups = "backups", "Backups";
    }
}

impl SettingsTab {
    /// The address of the page.
    pub const fn path(self) -> &'static str {
        match self {
            Self::General => "/practice",
            Self::Sessions => "/practice/sessions",
            Self::Cancellations => "/practice/cancellations",
            Self::Booking => "/practice/booking",
            Self::Email => "/practice/email",
            Self::Notes => "/practice/notes",
            Self::Places => "/practice/places",
            Self::Backups => "/practice/backups",
        }
    }

    /// The page at this address; `None`: it is not one of the settings.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tab| tab.path() == path)
    }
}

crate::words! {
    /// Which reminders a kind of session has.
    pub enum KindReminders {
        Usual = "usual", "The practice’s reminders";
        None = "none", "No reminders";
        Own = "own", "Its own reminders";
    }
}

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

    /// The names of the form fields for a kind: its minutes, which reminders it has
    /// ([`KindReminders`]), and its own lead times.
    pub fn fields(kind: SessionKind) -> [String; 3] {
        ["minutes", "reminders", "leads"].map(|field| format!("kind.{}.{field}", kind.word()))
    }

    /// Reads the rule of a kind.
    fn read(r: &mut Reader<'_>, form: &Form, kind: SessionKind) -> Option<Self> {
        let [minutes, reminders, own] = Self::fields(kind);
        let minutes = r.number(&minutes, MINUTES);
        let leads = match r.optional(&reminders, "Choose which reminders are sent.") {
            Ok(None | Some(KindReminders::Usual)) | Err(_) => None,
            Ok(Some(KindReminders::None)) => Some(vec![]),
            Ok(Some(KindReminders::Own)) => {
                let leads = read_leads(r, form, &own);
                if leads.is_empty() {
                    let _ = r.fail::<()>(&own, "Choose at least one reminder, or “No reminders”.");
                }
                Some(leads)
            }
        };
        Some(Self { kind, minutes: minutes.ok()?, leads })
    }

    /// Writes the rule into its form fields.
    fn fill(&self, form: &mut Form) {
        let [minutes, reminders, own] = Self::fields(self.kind);
        form.set(&minutes, self.minutes.to_string());
        let which = match self.leads.as_deref() {
            None => KindReminders::Usual,
            Some([]) => KindReminders::None,
            Some(_) => KindReminders::Own,
        };
        form.set(&reminders, which.word());
        fill_leads(form, &own, self.leads.as_deref().unwrap_or_default());
    }
}

/// The names of the two fields by which a lead time is added that is not among those
/// to tick: a number, and its unit (`d` or `h`).
pub fn extra_lead_fields(field: &str) -> [String; 2] {
    ["count", "unit"].map(|part| format!("{field}.{part}"))
}

/// Reads lead times (`3d`, `2h`): those that are ticked, and the one that is added as
/// a number with its unit. The longest is first.
fn read_leads(r: &mut Reader<'_>, form: &Form, field: &str) -> Vec<Lead> {
    let [count, unit] = extra_lead_fields(field);
    let mut leads = Vec::new();
    let mut read = |r: &mut Reader<'_>, name: &str, text: &str| match text.parse::<Lead>() {
        Ok(lead) if leads.contains(&lead) => {}
        Ok(lead) => leads.push(lead),
        Err(_) => drop(r.fail::<()>(name, "Enter 1 to 30 days or 1 to 72 hours.")),
    };
    for ticked in form.all(field).take(MOST_LEADS * 4) {
        read(r, field, ticked);
    }
    let extra = typed::code(form.get(&count));
    if !extra.is_empty() {
        read(r, &count, &format!("{extra}{}", typed::code(form.get(&unit))));
    }
    if leads.len() > MOST_LEADS {
        let _ = r.fail::<()>(field, "Choose at most five reminders.");
    }
    leads.sort_by_key(|lead| match lead {
        Lead::Days(n) => -i64::from(*n) * 24,
        Lead::Hours(n) => -i64::from(*n),
    });
    leads
}

/// The most reminders of a session.
const MOST_LEADS: usize = 5;

/// Writes lead times into their form field, as [`read_leads`] reads them.
fn fill_leads(form: &mut Form, field: &str, leads: &[Lead]) {
    form.0.extend(leads.iter().map(|lead| (field.to_owned(), lead.to_string())));
}

/// Reads what a room offers, separated by commas: "Step-free, hearing loop".
pub fn read_offers(form: &Form) -> Result<Vec<String>, Errors> {
    form.shown_again_error().into_result()?;
    let mut offers: Vec<String> = Vec::new();
    for offer in typed::line(form.get("offers")).split(',').map(str::trim).filter(|o| !o.is_empty()) {
        if offer.chars().count() > 40 {
            return Err(Errors::at_field("offers", "Keep each feature to 40 characters."));
        }
        if !offers.iter().any(|o| o.eq_ignore_ascii_case(offer)) {
            offers.push(offer.to_owned());
        }
        // The limit is checked here, since each is compared with all before it.
        if offers.len() > 12 {
            return Err(Errors::at_field("offers", "Enter at most twelve features."));
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

/// The most hours for which the author of a signed note may unlock it.
pub const UNLOCK_HOURS_MAX: i64 = 72;

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
    /// Whether the fee is also suggested if only one of two people came.
    pub fee_if_one_absent: bool,
    /// The sender name of emails. It does not mention therapy.
    pub sender_name: String,
    /// The phone number at the end of emails; may be empty.
    pub phone: String,
    /// For this many hours the author of a signed note may unlock it, with a
    /// reason; 0: never.
    pub note_unlock_hours: i64,
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
            note_unlock_hours: 0,
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
            fee_if_one_absent: false,
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

    /// Reads a page of the settings from its form: these settings with the fields of
    /// that page changed.
    pub fn read(&self, tab: SettingsTab, form: &Form) -> Result<Self, Errors> {
        let mut new = self.clone();
        match tab {
            SettingsTab::General => new.read_general(form)?,
            SettingsTab::Sessions => new.read_sessions(form)?,
            SettingsTab::Cancellations => new.read_cancellations(form)?,
            SettingsTab::Booking => new.read_booking(form)?,
            SettingsTab::Email => new.read_email(form)?,
            SettingsTab::Notes => new.read_notes(form)?,
            // Rooms and locations are rows of their own; backups are set on the server.
            SettingsTab::Places | SettingsTab::Backups => {}
        }
        Ok(new)
    }

    /// Takes over the fields of one page of the settings from `other`.
    pub fn take(&mut self, tab: SettingsTab, other: &Self) {
        let other = other.clone();
        match tab {
            SettingsTab::General => {
                (self.name, self.zone) = (other.name, other.zone);
                (self.opens, self.closes, self.open_days) = (other.opens, other.closes, other.open_days);
            }
            SettingsTab::Sessions => {
                (self.leads, self.asks, self.kinds) = (other.leads, other.asks, other.kinds);
            }
            SettingsTab::Cancellations => {
                (self.notice_hours, self.quiet_minutes) = (other.notice_hours, other.quiet_minutes);
                (self.late_fee, self.fee_if_one_absent) = (other.late_fee, other.fee_if_one_absent);
            }
            SettingsTab::Booking => (self.portal, self.inquiries) = (other.portal, other.inquiries),
            SettingsTab::Email => (self.sender_name, self.phone) = (other.sender_name, other.phone),
            SettingsTab::Notes => self.note_unlock_hours = other.note_unlock_hours,
            SettingsTab::Places | SettingsTab::Backups => {}
        }
    }

    /// Reads the page "General & hours".
    fn read_general(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let name = r.text("name", 1..=NAME_MAX, "Enter the practice’s name.");
        let zone = r.zone("zone");
        let opens = r.time("opens", "Enter a time such as 08:00.");
        let closes = r.time("closes", "Enter a time such as 20:00.");
        if let (Ok(opens), Ok(closes)) = (&opens, &closes)
            && closes <= opens
        {
            let _ = r.fail::<()>("closes", "Enter a closing time after the opening time.");
        }
        let open_days: Vec<Weekday> =
            WEEK.into_iter().filter(|day| form.all("open_days").any(|d| d == day.to_string())).collect();
        if open_days.is_empty() {
            let _ = r.fail::<()>("open_days", "Choose at least one day.");
        }
        r.finish()?;
        (self.name, self.zone, self.open_days) = (name?, zone?, open_days);
        (self.opens, self.closes) = (opens?, closes?);
        Ok(())
    }

    /// Reads the page "Session types & reminders".
    fn read_sessions(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let leads = read_leads(&mut r, form, "leads");
        let asks = r.word("asks", "Choose which reminders ask for confirmation.");
        let kinds = SessionKind::ALL.iter().filter_map(|kind| KindRule::read(&mut r, form, *kind)).collect();
        r.finish()?;
        (self.leads, self.asks, self.kinds) = (leads, asks?, kinds);
        Ok(())
    }

    /// Reads the page "Cancellations & fees".
    fn read_cancellations(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let notice_hours = r.number("notice_hours", 0..=336);
        let late_fee = r.text("late_fee", 0..=20, "");
        let fee_if_one_absent = r.ticked("fee_if_one_absent");
        let quiet_minutes = r.number("quiet_minutes", 0..=60);
        r.finish()?;
        self.fee_if_one_absent = fee_if_one_absent;
        (self.notice_hours, self.late_fee, self.quiet_minutes) = (notice_hours?, late_fee?, quiet_minutes?);
        Ok(())
    }

    /// Reads the page "Online booking".
    fn read_booking(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let portal = PortalRules::read_with(&mut r);
        let inquiries = r.ticked("inquiries");
        r.finish()?;
        (self.portal, self.inquiries) = (portal?, inquiries);
        Ok(())
    }

    /// Reads the page "Email".
    fn read_email(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let sender_name = r.text("sender_name", 1..=60, "Enter the name that emails come from.");
        let phone = r.phone("phone", Some(&self.zone));
        r.finish()?;
        (self.sender_name, self.phone) = (sender_name?, phone?);
        Ok(())
    }

    /// Reads the page "Notes".
    fn read_notes(&mut self, form: &Form) -> Result<(), Errors> {
        let mut r = Reader::new(form);
        let hours = r.number("note_unlock_hours", 0..=UNLOCK_HOURS_MAX);
        r.finish()?;
        self.note_unlock_hours = hours?;
        Ok(())
    }

    /// The form from which [`Practice::read`] reads each page of these settings.
    pub fn form(&self) -> Form {
        let mut form = Form::from_pairs([
            ("name", self.name.clone()),
            ("zone", self.zone.name().to_owned()),
            ("opens", self.opens.format("%H:%M").to_string()),
            ("closes", self.closes.format("%H:%M").to_string()),
            ("asks", self.asks.word().to_owned()),
            ("notice_hours", self.notice_hours.to_string()),
            ("late_fee", self.late_fee.clone()),
            ("quiet_minutes", self.quiet_minutes.to_string()),
            ("sender_name", self.sender_name.clone()),
            ("phone", self.phone.clone()),
            ("note_unlock_hours", self.note_unlock_hours.to_string()),
        ]);
        fill_leads(&mut form, "leads", &self.leads);
        self.kinds.iter().for_each(|rule| rule.fill(&mut form));
        self.portal.fill(&mut form);
        if self.inquiries {
            form.set("inquiries", "yes");
        }
        if self.fee_if_one_absent {
            form.set("fee_if_one_absent", "yes");
        }
        form.0.extend(self.open_days.iter().map(|day| ("open_days".to_owned(), day.to_string())));
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings that all pages of this form give together.
    fn read_all(form: &Form) -> Result<Practice, Errors> {
        let start = Practice::new("Old".into(), Zone::utc());
        SettingsTab::ALL.iter().try_fold(start, |practice, tab| practice.read(*tab, form))
    }

    #[test]
    fn settings_are_read_back_from_their_own_form() {
        let practice = Practice::new("Bridge House".into(), Zone::parse("Europe/Berlin").unwrap());
        assert_eq!(read_all(&practice.form()), Ok(practice));
    }

    #[test]
    fn each_page_changes_only_its_own_fields() {
        let old = Practice::new("Old".into(), Zone::utc());
        let mut other = Practice::new("New".into(), Zone::parse("Europe/Berlin").unwrap());
        (other.opens, other.closes) =
            (NaiveTime::from_hms_opt(9, 0, 0).unwrap(), NaiveTime::from_hms_opt(17, 0, 0).unwrap());
        other.open_days.pop();
        (other.leads, other.asks) = (vec![Lead::Days(2)], ReplyReminders::All);
        other.kinds[0].minutes = 75;
        (other.notice_hours, other.quiet_minutes, other.late_fee) = (48, 10, "60 €".into());
        other.fee_if_one_absent = true;
        other.portal.days = 30;
        other.inquiries = true;
        (other.sender_name, other.phone) = ("Front desk".into(), "+49 30 5550100".into());
        other.note_unlock_hours = 24;
        let mut merged = old.clone();
        for tab in SettingsTab::ALL {
            let read = old.read(*tab, &other.form()).unwrap();
            let mut taken = old.clone();
            taken.take(*tab, &other);
            assert_eq!(read, taken, "{tab:?}: what is read is what is taken over");
            assert_eq!(read == old, matches!(tab, SettingsTab::Places | SettingsTab::Backups), "{tab:?}");
            merged.take(*tab, &other);
            assert_eq!(SettingsTab::at(tab.path()), Some(*tab));
        }
        assert_eq!(merged, other, "the pages together have every field");
    }

    #[test]
    fn a_kind_has_its_own_length_and_reminders() {
        let mut form = Practice::new("B".into(), Zone::utc()).form();
        form.set("kind.intake.minutes", "75");
        form.set("kind.intake.reminders", "own");
        form.set("kind.intake.leads", "1d");
        form.set("kind.intake.leads.count", "7");
        form.set("kind.intake.leads.unit", "d");
        form.set("kind.check_in.reminders", "none");
        let practice = read_all(&form).unwrap();
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
        assert_eq!(read_all(&practice.form()), Ok(practice), "they survive their own form");
        form.set("kind.intake.minutes", "soon");
        form.set("kind.closing.reminders", "own");
        let errors = read_all(&form).unwrap_err();
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
    fn reminders_are_ticked_or_added_as_a_number_with_its_unit() {
        let read = |pairs: &[(&str, &str)]| {
            let mut form = Practice::new("B".into(), Zone::utc()).form();
            form.0.retain(|(name, _)| name != "leads");
            form.0.extend(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
            read_all(&form).map(|practice| practice.leads)
        };
        let ticked = [("leads", "2h"), ("leads", "1d"), ("leads", "1d"), ("leads", "3d")];
        assert_eq!(read(&ticked).unwrap(), [Lead::Days(3), Lead::Days(1), Lead::Hours(2)]);
        assert_eq!(read(&[]), Ok(vec![]), "no reminders at all");
        let added = [("leads", "1d"), ("leads.count", "36"), ("leads.unit", "h")];
        assert_eq!(read(&added).unwrap(), [Lead::Hours(36), Lead::Days(1)]);
        for wrong in [[("leads.count", "0"), ("leads.unit", "d")], [("leads.count", "soon"), ("leads.unit", "h")]] {
            assert!(read(&wrong).unwrap_err().message("leads.count").unwrap().contains("1 to 30 days"));
        }
        assert!(read(&[("leads", "soon")]).unwrap_err().message("leads").is_some());
        let six = ["1d", "2d", "3d", "4d", "5d", "6d"].map(|lead| ("leads", lead));
        assert!(read(&six).unwrap_err().message("leads").unwrap().contains("five"));
    }
}
