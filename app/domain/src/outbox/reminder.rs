//! Emails about sessions: which ones are owed, to whom, and when, as a pure
//! plan.
//!
//! The plan is made in the transaction that books, moves or cancels a session,
//! and again whenever its inputs change. Each planned email has a unique key, so
//! that planning twice has the same effect as planning once.

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, Utc};

use crate::{
    clients::person::{SafeContact, Zone, is_within_hours},
    ids::{PersonId, SessionId},
    outbox::{lead::Lead, wording::WordingKind},
    scheduling::session::Timing,
    zone::{self, UnknownZone, WallInstants},
};

crate::words! {
    /// What an email is for.
    pub enum EmailKind {
        Confirmation = "confirmation", "Confirmation";
        Reminder = "reminder", "Reminder";
        Moved = "moved", "Notice of a move";
        Cancelled = "cancelled", "Notice of a cancellation";
        /// The corrected calendar entry after a change of zone rules: its
        /// instant has changed, and the wall time of its reader has not.
        CalendarUpdate = "calendar_update", "Calendar update";
        /// A change of zone rules has changed the wall time of the reader, and
        /// not that of the practice.
        LocalTime = "local_time", "Notice of a new local time";
        Invitation = "invitation", "Invitation";
        PasswordReset = "password_reset", "Password reset";
        /// To the new address of a person, who confirms that it is theirs.
        NewAddress = "new_address", "Confirmation of a new address";
        /// To the old address, after the change to a new one.
        AddressChanged = "address_changed", "Notice of a new address";
        /// To a member of staff, about an unusual sign-in or a change of two-step sign-in.
        Security = "security", "Notice about a sign-in";
        Nudge = "nudge", "Reminder of an exercise";
        Plan = "plan", "Reminder of a plan";
        Intake = "intake", "Reminder of the intake";
        Message = "message", "Notice of a message";
        Copy = "copy", "Notice of a copy";
        Request = "request", "Notice of a time request";
        Form = "form", "Notice of a form";
        Inquiry = "inquiry", "Address check";
        Test = "test", "Test";
    }
}

impl EmailKind {
    /// The wording with which an email of this kind is written.
    pub const fn wording(self) -> WordingKind {
        match self {
            Self::Confirmation => WordingKind::Confirmation,
            Self::Reminder => WordingKind::Reminder,
            Self::Moved => WordingKind::Moved,
            Self::Cancelled => WordingKind::Cancelled,
            Self::CalendarUpdate => WordingKind::CalendarUpdate,
            Self::LocalTime => WordingKind::LocalTime,
            Self::Invitation => WordingKind::Invitation,
            Self::PasswordReset => WordingKind::PasswordReset,
            Self::NewAddress => WordingKind::NewAddress,
            Self::AddressChanged => WordingKind::AddressChanged,
            Self::Security => WordingKind::Security,
            Self::Nudge | Self::Intake | Self::Message | Self::Copy | Self::Form | Self::Request => {
                WordingKind::Waiting
            }
            Self::Plan => WordingKind::Planned,
            Self::Inquiry => WordingKind::ConfirmAddress,
            Self::Test => WordingKind::Test,
        }
    }

    /// Whom an email of this kind is about. An email address that two people
    /// share gets emails about both, and none about what concerns one of them
    /// alone. The reason for each kind is beside it.
    pub const fn concern(self) -> Concern {
        match self {
            // Both know of a joint session. A session with one partner concerns
            // that partner alone.
            Self::Confirmation
            | Self::Reminder
            | Self::Moved
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::LocalTime => Concern::Session,
            // An invitation reveals that its reader is a client. The partners of
            // a couple with one address know that of each other; for an
            // individual it is private.
            Self::Invitation => Concern::Login,
            // A nudge is sent only to the partner who has not finished, and ends
            // with a "not now". From a nudge the other partner would learn that,
            // also of a joint exercise.
            Self::Nudge => Concern::One,
            // It is sent only to the partner who has something left to answer.
            Self::Intake => Concern::One,
            // A person's own plan concerns that person alone, and the emails of
            // a joint plan stop for the partner who says "not now".
            Self::Plan => Concern::One,
            // A message is between one partner and the therapist.
            Self::Message => Concern::One,
            // A request for one's own data concerns nobody else.
            Self::Copy => Concern::One,
            // What one is asked to sign concerns that person alone, also where the
            // other is asked to sign the same.
            Self::Form => Concern::One,
            // Both know of a request for a joint session.
            Self::Request => Concern::Request,
            // Its reader asked for it a moment ago. Whether it may be sent to an
            // address of two people is decided where it is asked for.
            Self::PasswordReset => Concern::Asked,
            // It is sent to the address that its reader typed a moment ago.
            Self::NewAddress => Concern::Asked,
            // It is sent to the old address. If another client has that address
            // too, it is not planned at all.
            Self::AddressChanged => Concern::Asked,
            // It is sent to a member of staff about their own account.
            Self::Security => Concern::Asked,
            // It is sent to the address that its reader, who is not a client
            // yet, typed a moment ago.
            Self::Inquiry => Concern::Asked,
            // It is sent to a staff member who asked for it.
            Self::Test => Concern::Asked,
        }
    }

    /// Whether an email of this kind is about a session.
    pub const fn is_about_session(self) -> bool {
        match self.concern() {
            Concern::Session => true,
            Concern::Request | Concern::Login | Concern::One | Concern::Asked => false,
        }
    }

    /// Whether an email of this kind says which sessions of a series follow. A
    /// reminder is about one session, and a calendar update tells no news.
    pub const fn names_series(self) -> bool {
        match self {
            Self::Confirmation | Self::Moved | Self::Cancelled | Self::LocalTime => true,
            Self::Reminder
            | Self::CalendarUpdate
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Nudge
            | Self::Intake
            | Self::Plan
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether an email of this kind contains a calendar entry of the session
    /// that stays in its reader's calendar.
    pub const fn invites(self) -> bool {
        match self {
            Self::Confirmation | Self::Moved | Self::CalendarUpdate | Self::LocalTime => true,
            Self::Reminder
            | Self::Cancelled
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Nudge
            | Self::Intake
            | Self::Plan
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether an email of this kind adds, changes or removes an entry of its
    /// reader's calendar.
    pub const fn carries_entry(self) -> bool {
        self.invites() || matches!(self, Self::Cancelled)
    }

    /// Whether who got an email of this kind knows the session in the version
    /// that it is about.
    pub const fn tells_version(self) -> bool {
        self.tells_time() || matches!(self, Self::Cancelled)
    }

    /// Whether an email of this kind only says that something is new in the
    /// portal. A person gets one of these in an hour.
    pub const fn is_portal_news(self) -> bool {
        match self {
            Self::Nudge | Self::Intake | Self::Message | Self::Copy | Self::Form | Self::Request => true,
            Self::Confirmation
            | Self::Reminder
            | Self::Moved
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::LocalTime
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Plan
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether an email of this kind reminds its reader of an exercise, a plan or
    /// the intake.
    pub const fn is_exercise_reminder(self) -> bool {
        match self {
            Self::Nudge | Self::Intake | Self::Plan => true,
            Self::Confirmation
            | Self::Reminder
            | Self::Moved
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::LocalTime
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether an email of this kind tells its reader of a session for the first
    /// time, or of its new time. Who got one knows of the session.
    pub const fn tells_time(self) -> bool {
        match self {
            Self::Confirmation | Self::Moved => true,
            Self::Reminder
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::LocalTime
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Nudge
            | Self::Intake
            | Self::Plan
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether this kind of email tells the local time of its session in words:
    /// not so the calendar update, which corrects only the invitation.
    pub const fn tells_local_time(self) -> bool {
        match self {
            Self::Confirmation | Self::Moved | Self::LocalTime => true,
            Self::Reminder
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Nudge
            | Self::Intake
            | Self::Plan
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// Whether an email of this kind is planned because the rules of a time zone
    /// have changed.
    pub const fn follows_zone_rules(self) -> bool {
        match self {
            Self::CalendarUpdate | Self::LocalTime => true,
            Self::Confirmation
            | Self::Reminder
            | Self::Moved
            | Self::Cancelled
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Nudge
            | Self::Intake
            | Self::Plan
            | Self::Message
            | Self::Copy
            | Self::Form
            | Self::Request
            | Self::Inquiry
            | Self::Test => false,
        }
    }

    /// The label that the front desk reads. All emails about activity in the
    /// portal have the same label there, since the kind of activity is between
    /// the client and the therapist.
    pub const fn desk_label(self) -> &'static str {
        match self {
            Self::Nudge | Self::Intake | Self::Plan | Self::Message | Self::Copy | Self::Form | Self::Request => {
                "New activity"
            }
            Self::Confirmation
            | Self::Reminder
            | Self::Moved
            | Self::Cancelled
            | Self::CalendarUpdate
            | Self::LocalTime
            | Self::Invitation
            | Self::PasswordReset
            | Self::NewAddress
            | Self::AddressChanged
            | Self::Security
            | Self::Inquiry
            | Self::Test => self.label(),
        }
    }
}

/// The people whom an email is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Those who attend the session: both partners, or one alone.
    Session,
    /// Those who would attend the requested session: both partners, or one
    /// alone.
    Request,
    /// Those of the client who may sign in: both partners of a couple, or the
    /// individual.
    Login,
    /// The reader alone, always.
    One,
    /// The reader, who asked for the email a moment ago.
    Asked,
}

crate::words! {
    /// The state of an email in the outbox.
    pub enum EmailState {
        Planned = "planned", "Scheduled";
        Claimed = "claimed", "Sending";
        Sent = "sent", "Sent";
        Failed = "failed", "Failed";
        /// It will not be sent, for a [`SkipReason`].
        Skipped = "skipped", "Not sent";
        /// It was replaced by a new plan.
        Superseded = "superseded", "Cancelled (session changed)";
    }
}

crate::words! {
    /// Why an email was not sent, or was replaced.
    pub enum SkipReason {
        PortalOnly = "portal_only", "contact is through the portal only";
        /// The person came with an import, and nobody has released them yet.
        Held = "held", "they were imported and are not released yet";
        SharedAddress = "shared_address", "it is about one person, and another person has this address too";
        AlonePortalOnly = "alone_portal_only", "what they do alone is in the portal only";
        NoAddress = "no_address", "no email address";
        RemindersOff = "reminders_off", "reminders are switched off";
        TooLate = "too_late", "its time had passed";
        SessionChanged = "session_changed", "the session was moved or cancelled";
        Used = "used", "the link was used or withdrawn";
        Left = "left", "no longer part of this";
        Overtaken = "overtaken", "another reminder took its place";
        NoSafeHour = "no_safe_hour", "there was no hour for email left before the session";
        Together = "together", "said in another email of that hour";
        Returned = "returned", "email to this address was returned";
        NothingToDo = "nothing_to_do", "there is nothing left to do";
        Separated = "separated", "the two have separated";
        PlannedAnew = "planned_anew", "planned anew";
        /// A change was made before the answer of the mail server was known.
        MayHaveArrived = "may_have_arrived", "it may have arrived, and was overtaken by a change";
    }
}

/// A person who attends a session and may get emails about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub person: PersonId,
    pub has_address: bool,
    /// Whether the person came with an import and was not released yet.
    pub held: bool,
    /// Why no emails are sent about what concerns this person alone; `None`:
    /// they are sent.
    pub alone: Option<SkipReason>,
    pub zone: Zone,
    pub contact: SafeContact,
}

impl Recipient {
    /// Why no email about a session is sent to this person; `None`: it is sent.
    /// `alone`: nobody else attends the session.
    const fn skip_reason(&self, alone: bool) -> Option<SkipReason> {
        if self.held {
            Some(SkipReason::Held)
        } else if self.contact.portal_only {
            Some(SkipReason::PortalOnly)
        } else if !self.has_address {
            Some(SkipReason::NoAddress)
        } else if alone {
            self.alone
        } else {
            None
        }
    }
}

/// The reason for planning the emails of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Booked,
    Moved,
    Cancelled,
    /// A move or a cancellation was undone before anyone was told.
    Undone,
    /// The settings of the practice or of a person changed. Only reminders are
    /// planned.
    Settings,
}

/// A planned email about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEmail {
    pub person: PersonId,
    pub kind: EmailKind,
    /// The lead time of a reminder; `None` for every other kind.
    pub lead: Option<Lead>,
    pub due_at: DateTime<Utc>,
    /// After this instant the email is of no use and is not sent.
    pub not_after: DateTime<Utc>,
    /// Why the email will not be sent, if this is known already; `None`: it will
    /// be sent.
    pub skip: Option<SkipReason>,
}

impl PlannedEmail {
    /// The unique key of this email. `version` is that of the session: after a
    /// move, the emails are new ones.
    pub fn key(&self, session: SessionId, version: i64) -> String {
        let lead = self.lead.map(|l| format!(":{l}")).unwrap_or_default();
        format!("session:{session}:{version}:{}:{}{lead}", self.person, self.kind.word())
    }
}

/// The instant at which a reminder is due, in the session's zone.
///
/// * Hours are hours of elapsed time: two hours before are 120 minutes, also in
///   a night with a clock change.
/// * Days are counted in wall time: "one day before" is the same wall time on
///   the date before, 23, 24 or 25 hours earlier.
/// * If the clocks skip that wall time, the reminder is due later by the length
///   of the gap (RFC 5545 §3.3.5): 02:30 becomes 03:30.
/// * If the clocks show it twice, the reminder is due at the first.
/// * If the zone skips that whole date, the last date before it counts.
///
/// `None`: the instant is not before the start of the session, so there is no
/// reminder.
pub fn reminder_due_at(timing: &Timing, lead: Lead) -> Result<Option<DateTime<Utc>>, UnknownZone> {
    let at = match lead {
        Lead::Hours(n) => timing.starts_at - Duration::hours(i64::from(n)),
        Lead::Days(n) => {
            let mut wall = timing.starts - Duration::days(i64::from(n));
            loop {
                match zone::instants_of(wall, &timing.zone)? {
                    WallInstants::Never { next, .. } if next - wall >= Duration::days(1) => wall -= Duration::days(1),
                    meaning => break meaning.instant(),
                }
            }
        }
    };
    Ok((at < timing.starts_at).then_some(at))
}

/// The instant after which a reminder is not sent any more. After an outage it
/// is still sent while more than half of the time from `due_at` to the session is
/// left.
fn stale_at(due_at: DateTime<Utc>, starts_at: DateTime<Utc>) -> DateTime<Utc> {
    due_at + (starts_at - due_at) / 2
}

/// Plans all emails of a session from `now` on. `leads` returns the lead times
/// to use for a person, given the person's own. Notices of a move or a
/// cancellation are delayed by `quiet`.
pub fn plan_emails<'a>(
    occasion: Occasion,
    timing: &Timing,
    recipients: &'a [Recipient],
    leads: impl Fn(&'a [Lead]) -> &'a [Lead],
    quiet: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<PlannedEmail>, UnknownZone> {
    let mut planned = Vec::new();
    for recipient in recipients {
        let no_mail = recipient.skip_reason(recipients.len() == 1);
        let notice = match occasion {
            Occasion::Booked | Occasion::Undone => Some(EmailKind::Confirmation),
            Occasion::Moved => Some(EmailKind::Moved),
            Occasion::Cancelled => Some(EmailKind::Cancelled),
            Occasion::Settings => None,
        };
        if let Some(kind) = notice
            && timing.starts_at > now
        {
            // A notice of what may be undone is delayed, unless the session
            // would start meanwhile.
            let from = match occasion {
                Occasion::Moved | Occasion::Cancelled if now + quiet < timing.starts_at => now + quiet,
                _ => now,
            };
            planned.push(PlannedEmail {
                person: recipient.person,
                kind,
                lead: None,
                // If the person's zone is unknown, so are the safe hours. The
                // email is planned, and skipped with its reason when it is due.
                due_at: safe_time(from, recipient).unwrap_or(from),
                not_after: timing.starts_at,
                skip: no_mail,
            });
        }
        if occasion == Occasion::Cancelled {
            continue;
        }
        planned.extend(reminders(timing, recipient, leads(&recipient.contact.leads), no_mail, now)?);
    }
    Ok(planned)
}

/// Plans the notice to a person about a session whose instant or local time has
/// changed with the rules of a zone, after they were told of it. `None`: the
/// session has begun. `alone`: nobody else attends it.
pub fn plan_shift_notice(
    kind: EmailKind,
    timing: &Timing,
    recipient: &Recipient,
    alone: bool,
    now: DateTime<Utc>,
) -> Result<Option<PlannedEmail>, UnknownZone> {
    if timing.starts_at <= now {
        return Ok(None);
    }
    Ok(Some(PlannedEmail {
        person: recipient.person,
        kind,
        lead: None,
        due_at: safe_time(now, recipient)?,
        not_after: timing.starts_at,
        skip: recipient.skip_reason(alone),
    }))
}

/// The reminders of one session to one person, the soonest first. `no_mail` is
/// the reason why none is sent, if there is one.
///
/// Each reminder that will be sent is due from `now` on, strictly before the
/// session begins, and at an instant of its own. A reminder that breaks this rule
/// is skipped with its reason: one that safe hours would move after the start of
/// the session, and, of two that safe hours would move to the same instant, the
/// one with the shorter lead time. (The one with the longer lead time asks for a
/// reply.)
fn reminders(
    timing: &Timing,
    recipient: &Recipient,
    leads: &[Lead],
    no_mail: Option<SkipReason>,
    now: DateTime<Utc>,
) -> Result<Vec<PlannedEmail>, UnknownZone> {
    let mut wished = Vec::new();
    for lead in leads {
        // A reminder whose time has passed at the booking would only repeat the
        // confirmation, which is sent now.
        if let Some(at) = reminder_due_at(timing, *lead)?.filter(|at| *at > now) {
            wished.push((at, *lead));
        }
    }
    wished.sort_by_key(|(at, _)| *at);
    let mut last = None;
    let mut planned = Vec::new();
    for (at, lead) in wished {
        let safe = safe_time_before(at, now, recipient)?;
        let skip = if no_mail.is_some() {
            no_mail
        } else if !recipient.contact.reminders {
            Some(SkipReason::RemindersOff)
        } else if safe >= timing.starts_at {
            Some(SkipReason::NoSafeHour)
        } else if last == Some(safe) {
            Some(SkipReason::Overtaken)
        } else {
            last = Some(safe);
            None
        };
        // A reminder without a safe hour keeps the time it was meant for.
        let due_at = if safe < timing.starts_at { safe } else { at };
        planned.push(PlannedEmail {
            person: recipient.person,
            kind: EmailKind::Reminder,
            lead: Some(lead),
            due_at,
            not_after: stale_at(due_at, timing.starts_at),
            skip,
        });
    }
    Ok(planned)
}

/// The number of days on which a safe hour is searched. There are safe hours on
/// each day, and zones have skipped at most two days in a row.
const DAYS: i64 = 4;

/// The first instant at or after `at` within the person's safe hours. A day on
/// which the clocks skip all of these hours has none.
pub fn safe_time(at: DateTime<Utc>, recipient: &Recipient) -> Result<DateTime<Utc>, UnknownZone> {
    let Some(hours) = recipient.contact.hours else { return Ok(at) };
    let shown = zone::wall_time(at, &recipient.zone);
    if is_within_hours(shown.time(), hours) {
        return Ok(at);
    }
    for day in 0..DAYS {
        let begin = (shown.date() + Duration::days(day)).and_time(hours.0);
        let found = match zone::instants_of(begin, &recipient.zone)? {
            WallInstants::Once(begins) => Some(begins),
            WallInstants::Twice { first, second } => Some(if first < at { second } else { first }),
            WallInstants::Never { instant, next } => is_within_hours(next.time(), hours).then_some(instant),
        };
        if let Some(found) = found.filter(|found| *found >= at) {
            return Ok(found);
        }
    }
    Ok(at)
}

/// The last instant at or before `wished` within the person's safe hours; if that
/// has passed, the next one after `wished`. An early reminder is better than a
/// late one.
pub(crate) fn safe_time_before(
    wished: DateTime<Utc>,
    now: DateTime<Utc>,
    recipient: &Recipient,
) -> Result<DateTime<Utc>, UnknownZone> {
    let Some(hours) = recipient.contact.hours else { return Ok(wished) };
    let shown = zone::wall_time(wished, &recipient.zone);
    if is_within_hours(shown.time(), hours) {
        return Ok(wished);
    }
    for day in 0..DAYS {
        // A minute before the end of the safe hours.
        let end = (shown.date() - Duration::days(day)).and_time(hours.1) - Duration::minutes(1);
        let found = last_before_gap(end, hours, &recipient.zone, wished)?;
        if let Some(found) = found {
            return if found > now { Ok(found) } else { safe_time(wished, recipient) };
        }
    }
    safe_time(wished, recipient)
}

/// The last instant up to `latest` at which the clock shows `wall`. If the clocks
/// skip it, the last minute before the gap counts, as long as it is within the
/// hours. `None`: there is no such instant.
fn last_before_gap(
    mut wall: NaiveDateTime,
    hours: (NaiveTime, NaiveTime),
    zone: &Zone,
    latest: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, UnknownZone> {
    while is_within_hours(wall.time(), hours) {
        match zone::instants_of(wall, zone)? {
            WallInstants::Once(at) => return Ok((at <= latest).then_some(at)),
            WallInstants::Twice { first, second } => {
                return Ok([second, first].into_iter().find(|at| *at <= latest));
            }
            WallInstants::Never { .. } => wall -= Duration::minutes(1),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
