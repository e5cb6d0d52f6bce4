//! The copy that a person gets of their own data, as a value: what the PDF and
//! the JSON file are both made of.
//!
//! A copy has parts, a part has records, and a record has fields. Which fields a
//! record of a part can have is [`Part::shape`]; `docs/own-data.md` describes
//! each of them, and a test compares the two with a file that the program made.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

/// The name of the file format.
pub const FORMAT: &str = "duologue own data";

/// The version of the file format. A change that a reader of the file would
/// notice takes a new number.
pub const VERSION: u32 = 1;

crate::words! {
    /// A part of the copy.
    pub enum Part {
        Person = "person", "About you";
        Contact = "contact", "How you are contacted";
        Account = "account", "Your sign-in";
        SignIns = "sign_ins", "Where you signed in";
        Care = "care", "Your care here";
        Sessions = "sessions", "Your sessions";
        Requests = "requests", "What you asked for";
        Exercises = "exercises", "Your exercises";
        Messages = "messages", "Messages with your therapist";
        Emails = "emails", "Emails to you";
        Intake = "intake", "Your intake";
        Consents = "consents", "What you signed";
        Releases = "releases", "What was sent to others";
        Notes = "notes", "Notes";
        Documents = "documents", "Documents";
        Opened = "opened", "Who opened your data";
        Copies = "copies", "Your requests for a copy";
        LeftOut = "left_out", "What was left out";
    }
}

crate::words! {
    /// The name of a field. The label is its English name.
    pub enum Field {
        AcceptedAt = "accepted_at", "Accepted by you";
        Address = "address", "Address";
        Agreements = "agreements", "Agreed text";
        AloneMail = "alone_mail", "Emails about what you do alone";
        Answer = "answer", "Answer";
        AnsweredAt = "answered_at", "Answered";
        Answers = "answers", "Your answers";
        ArrivedAt = "arrived_at", "Arrived";
        AskedAt = "asked_at", "Asked";
        Attendance = "attendance", "Your attendance";
        Author = "author", "Written by";
        BirthDate = "birth_date", "Date of birth";
        Browser = "browser", "Browser";
        By = "by", "By";
        ClosedAt = "closed_at", "Closed";
        ConfirmedAt = "confirmed_at", "Confirmed";
        Content = "content", "File content (base64)";
        Device = "device", "Device";
        Downloads = "downloads", "Downloads";
        Draft = "draft", "Not sent yet";
        DueOn = "due_on", "Due";
        Edited = "edited", "Edited copy";
        Email = "email", "Email address";
        EndedAt = "ended_at", "Ended";
        EndsAt = "ends_at", "Ends";
        Exercise = "exercise", "Exercise";
        ExerciseReminders = "exercise_reminders", "Reminders of exercises";
        ExpiresOn = "expires_on", "Expires";
        Format = "format", "File";
        From = "from", "From";
        GivenAt = "given_at", "Given";
        Ground = "ground", "Reason";
        HandedIn = "handed_in", "Sent by you";
        Kind = "kind", "Kind";
        Language = "language", "Language";
        LastSeenAt = "last_seen_at", "Last used";
        LeftAt = "left_at", "Left";
        Line = "line", "Note to you";
        Method = "method", "How";
        Minutes = "minutes", "Length in minutes";
        Name = "name", "Name";
        NetworkAddress = "network_address", "Network address";
        On = "on", "Date";
        OnFileSince = "on_file_since", "On file since";
        Opened = "opened", "What was opened";
        OpenedAt = "opened_at", "Opened by you";
        PasswordChangedAt = "password_changed_at", "Password changed";
        Phone = "phone", "Phone";
        Plans = "plans", "Plans";
        PortalOnly = "portal_only", "In the portal only";
        PreferredTimes = "preferred_times", "Preferred times";
        Pronouns = "pronouns", "Pronouns";
        Purpose = "purpose", "Purpose";
        PutOff = "put_off", "Why you put it off";
        Question = "question", "Question";
        Readers = "readers", "Who can read it";
        ReadyAt = "ready_at", "Ready";
        Reason = "reason", "Your reason";
        ReceivedOn = "received_on", "Received";
        Recipient = "recipient", "To whom";
        RemindAt = "remind_at", "Time of reminders";
        Reminders = "reminders", "Reminders of sessions";
        ReminderTimes = "reminder_times", "When you are reminded";
        Reply = "reply", "Your reply";
        Role = "role", "Role";
        SafeFrom = "safe_from", "Emails from";
        SafeUntil = "safe_until", "Emails until";
        Section = "section", "Section";
        SentAt = "sent_at", "Sent";
        Sha256 = "sha256", "SHA-256";
        Shared = "shared", "What both of you could read";
        SharedAt = "shared_at", "Shared later";
        SignInName = "sign_in_name", "Sign-in name";
        SignedAt = "signed_at", "Signed";
        SignedInAt = "signed_in_at", "Signed in";
        Since = "since", "Since";
        Size = "size", "Size in bytes";
        StartsAt = "starts_at", "Begins";
        State = "state", "State";
        Statement = "statement", "Statement";
        Text = "text", "Text";
        Therapists = "therapists", "Therapists";
        Title = "title", "Title";
        TypedName = "typed_name", "Name as you typed it";
        Until = "until", "Until";
        Version = "version", "Version";
        Way = "way", "How you asked";
        WithdrawnAt = "withdrawn_at", "Withdrawn";
        WrittenAt = "written_at", "Written";
        Zone = "zone", "Time zone";
    }
}

crate::words! {
    /// A word of a closed set that a field can have. The label is its English
    /// meaning.
    pub enum Term {
        Absent = "absent", "Absent";
        AddressChanged = "address_changed", "Notice of a new address";
        Alone = "alone", "You alone";
        AloneAtAnyAddress = "alone_address", "By email, also to a shared address";
        AloneInPortal = "alone_portal", "In the portal only";
        AloneUnshared = "alone_unshared", "By email, unless the address is shared";
        Book = "book", "A new session";
        Booked = "booked", "Booked";
        CalendarUpdate = "calendar_update", "Calendar update";
        Cancelled = "cancelled", "Cancelled";
        CheckIn = "check_in", "Check-in";
        Closing = "closing", "Closing session";
        Completed = "completed", "Completed";
        Confirmation = "confirmation", "Confirmation";
        Couple = "couple", "As a couple";
        Covering = "covering", "Covering for a colleague";
        Declined = "declined", "Not possible";
        Done = "done", "Done";
        Dropped = "dropped", "Cancelled";
        FrontDesk = "front_desk", "Front desk";
        Harm = "harm", "It could seriously harm you or another person";
        Individual = "individual", "By yourself";
        Inquiry = "inquiry", "Address check";
        Intake = "intake", "First session";
        Invitation = "invitation", "Invitation";
        Joint = "joint", "Both of you";
        JointDocument = "joint_document", "Joint document";
        JointNote = "joint_note", "Joint note";
        Json = "json", "Data file (JSON)";
        Kept = "kept", "Kept";
        LateCancelled = "late_cancelled", "Late cancellation";
        Later = "later", "Not now, another time";
        Law = "law", "The law does not allow it";
        Letter = "letter", "By letter, by email or in person";
        LocalTime = "local_time", "Notice of a new local time";
        Message = "message", "Notice of a message";
        Missed = "missed", "Missed";
        Move = "move", "Another time";
        Moved = "moved", "Moved";
        NewAddress = "new_address", "Confirmation of a new address";
        News = "news", "Notice that something is in the portal";
        NoShow = "no_show", "No-show";
        NoTime = "no_time", "There was no time";
        NotNoted = "not_noted", "Not noted";
        NotSafe = "not_safe", "It does not feel safe";
        Nudge = "nudge", "Reminder of an exercise";
        OnlyYou = "only_you", "Only you";
        Open = "open", "Open";
        Others = "others", "It is about another person";
        OurWay = "our_way", "We did it our own way";
        Owner = "owner", "Practice owner";
        OwnDocument = "own_document", "Document of your own";
        OwnNote = "own_note", "Note about you only";
        Paper = "paper", "On paper";
        Partner = "partner", "Your partner";
        PasswordReset = "password_reset", "Password reset";
        Pdf = "pdf", "PDF to read";
        Plan = "plan", "Reminder of a plan";
        Planned = "planned", "Planned";
        Portal = "portal", "In the portal";
        Present = "present", "Present";
        ProcessNote = "process_note", "Process note of a therapist";
        Program = "program", "The program";
        Ready = "ready", "Ready";
        Record = "record", "Your record";
        RecordBrief = "record_brief", "Summary before a session";
        RecordDocument = "record_document", "A document";
        RecordMessages = "record_messages", "Your messages";
        RecordNote = "record_note", "A note";
        RecordNotes = "record_notes", "Your notes";
        RecordProgress = "record_progress", "How your exercises go";
        Redacted = "redacted", "Excerpt about you";
        Regular = "regular", "Session";
        Reminder = "reminder", "Reminder";
        ReplyAlone = "reply_alone", "Only you can come";
        ReplyAnother = "reply_another", "Another time is needed";
        ReplyComing = "reply_coming", "Coming";
        Request = "request", "Notice of a time request";
        Room = "room", "In the room";
        Sent = "sent", "Sent";
        Test = "test", "Test";
        Therapist = "therapist", "Therapist";
        Unclear = "unclear", "I wasn’t sure what to do";
        Waiting = "waiting", "Not answered yet";
        Withdrawn = "withdrawn", "Withdrawn";
        You = "you", "You";
        YouAndTherapist = "you_and_therapist", "You and your therapist";
        YouBoth = "you_both", "Both of you and your therapist";
        YouBothOnceAnswered = "you_both_once_answered", "Both of you, once both had answered";
        YouTherapistDesk = "you_therapist_desk", "You, your therapist and the front desk";
    }
}

/// The kind of a field's value.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text as it was written.
    Text,
    /// A word of the closed set [`Term`].
    Term,
    /// A day: `2026-11-23`.
    Day,
    /// An instant in UTC: `2026-11-23T09:00:00Z`.
    At,
    /// A whole number.
    Number,
    /// `true` or `false`.
    YesNo,
    /// A list of records with these fields.
    List(Shape),
}

impl Kind {
    /// The name of the kind in `docs/own-data.md`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Term => "word",
            Self::Day => "day",
            Self::At => "instant",
            Self::Number => "number",
            Self::YesNo => "yes/no",
            Self::List(_) => "list",
        }
    }
}

/// The fields that a record can have, each with its kind.
pub type Shape = &'static [(Field, Kind)];

/// A question with its answer.
const ANSWER: Shape = &[
    (Field::Question, Kind::Text),
    (Field::Answer, Kind::Text),
    (Field::Readers, Kind::Term),
    (Field::SharedAt, Kind::At),
];

impl Part {
    /// The fields that a record of this part can have.
    pub const fn shape(self) -> Shape {
        use Field as F;
        use Kind::{At, Day, List, Number, Term, Text, YesNo};
        match self {
            Self::Person => &[
                (F::Name, Text),
                (F::Pronouns, Text),
                (F::BirthDate, Day),
                (F::Email, Text),
                (F::Phone, Text),
                (F::Zone, Text),
                (F::Language, Text),
                (F::OnFileSince, At),
                (F::ConfirmedAt, At),
            ],
            Self::Contact => &[
                (F::PortalOnly, YesNo),
                (F::SafeFrom, Text),
                (F::SafeUntil, Text),
                (F::Reminders, YesNo),
                (F::ReminderTimes, Text),
                (F::ExerciseReminders, YesNo),
                (F::RemindAt, Text),
                (F::AloneMail, Term),
                (F::PreferredTimes, Text),
            ],
            Self::Account => &[
                (F::SignInName, Text),
                (F::Email, Text),
                (F::Since, At),
                (F::PasswordChangedAt, At),
                (F::ClosedAt, At),
            ],
            Self::SignIns => &[(F::Device, Text), (F::SignedInAt, At), (F::LastSeenAt, At), (F::EndedAt, At)],
            Self::Care => &[
                (F::Kind, Term),
                (F::Since, At),
                (F::LeftAt, At),
                (F::ClosedAt, At),
                (F::Therapists, List(&[(F::Name, Text), (F::From, Day), (F::Until, Day), (F::Role, Term)])),
            ],
            Self::Sessions => &[
                (F::StartsAt, At),
                (F::EndsAt, At),
                (F::Minutes, Number),
                (F::Kind, Term),
                (F::Readers, Term),
                (F::State, Term),
                (F::Attendance, Term),
                (F::ArrivedAt, At),
                (F::Reply, Term),
                (F::Reason, Text),
            ],
            Self::Requests => &[(F::Kind, Term), (F::AskedAt, At), (F::StartsAt, At), (F::State, Term)],
            Self::Exercises => &[
                (F::Title, Text),
                (F::GivenAt, At),
                (F::By, Text),
                (F::Line, Text),
                (F::OpenedAt, At),
                (F::SentAt, At),
                (F::PutOff, Term),
                (F::Answers, List(ANSWER)),
                (F::Draft, List(ANSWER)),
                (F::Shared, List(ANSWER)),
                (F::Plans, List(&[(F::StartsAt, At), (F::State, Term), (F::Readers, Term)])),
                (
                    F::Agreements,
                    List(&[
                        (F::Version, Number),
                        (F::Text, Text),
                        (F::WrittenAt, At),
                        (F::By, Term),
                        (F::AcceptedAt, At),
                    ]),
                ),
            ],
            Self::Messages => {
                &[(F::WrittenAt, At), (F::From, Term), (F::Name, Text), (F::Exercise, Text), (F::Text, Text)]
            }
            Self::Emails => &[(F::SentAt, At), (F::Kind, Term), (F::Address, Text)],
            Self::Intake => &[
                (F::Section, Text),
                (F::Question, Text),
                (F::Answer, Text),
                (F::Readers, Term),
                (F::AnsweredAt, At),
                (F::Method, Term),
            ],
            Self::Consents => &[
                (F::Title, Text),
                (F::Version, Number),
                (F::Language, Text),
                (F::Text, Text),
                (F::Statement, Text),
                (F::TypedName, Text),
                (F::SignedAt, At),
                (F::Method, Term),
                (F::WithdrawnAt, At),
                (F::Sha256, Text),
                (F::NetworkAddress, Text),
                (F::Browser, Text),
            ],
            Self::Releases => &[
                (F::On, Day),
                (F::Recipient, Text),
                (F::Purpose, Text),
                (F::Text, Text),
                (F::State, Term),
                (F::SentAt, At),
                (F::ExpiresOn, Day),
            ],
            Self::Notes => &[
                (F::On, Day),
                (F::Kind, Term),
                (F::Title, Text),
                (F::Author, Text),
                (F::SignedAt, At),
                (F::Edited, YesNo),
                (F::Text, Text),
            ],
            Self::Documents => &[
                (F::Title, Text),
                (F::Kind, Term),
                (F::WrittenAt, At),
                (F::HandedIn, YesNo),
                (F::Format, Text),
                (F::Size, Number),
                (F::Sha256, Text),
                (F::Content, Text),
            ],
            Self::Opened => &[(F::On, Day), (F::Role, Term), (F::Name, Text), (F::Opened, Term)],
            Self::Copies => &[
                (F::ReceivedOn, Day),
                (F::Way, Term),
                (F::State, Term),
                (F::DueOn, Day),
                (F::Reason, Text),
                (F::ReadyAt, At),
                (F::Downloads, List(&[(F::OpenedAt, At), (F::Format, Term), (F::By, Term)])),
            ],
            Self::LeftOut => &[(F::On, Day), (F::Kind, Term), (F::Ground, Term)],
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Term(Term),
    Day(NaiveDate),
    At(DateTime<Utc>),
    Number(i64),
    YesNo(bool),
    List(Vec<Record>),
}

/// Fields with their values, in the order in which they are shown. A field that
/// has no value is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(pub Vec<(Field, Value)>);

impl Record {
    /// This record with a text; without one if it is empty.
    pub fn text(mut self, field: Field, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.push((field, Value::Text(text)));
        }
        self
    }

    /// This record with a word.
    pub fn term(mut self, field: Field, term: impl Into<Option<Term>>) -> Self {
        if let Some(term) = term.into() {
            self.0.push((field, Value::Term(term)));
        }
        self
    }

    /// This record with a day.
    pub fn day(mut self, field: Field, day: impl Into<Option<NaiveDate>>) -> Self {
        if let Some(day) = day.into() {
            self.0.push((field, Value::Day(day)));
        }
        self
    }

    /// This record with an instant.
    pub fn at(mut self, field: Field, at: impl Into<Option<DateTime<Utc>>>) -> Self {
        if let Some(at) = at.into() {
            self.0.push((field, Value::At(at)));
        }
        self
    }

    /// This record with a number.
    pub fn number(mut self, field: Field, number: impl Into<Option<i64>>) -> Self {
        if let Some(number) = number.into() {
            self.0.push((field, Value::Number(number)));
        }
        self
    }

    /// This record with a yes or no.
    pub fn yes_no(mut self, field: Field, yes: bool) -> Self {
        self.0.push((field, Value::YesNo(yes)));
        self
    }

    /// This record with a list; without one if it is empty.
    pub fn list(mut self, field: Field, records: Vec<Self>) -> Self {
        if !records.is_empty() {
            self.0.push((field, Value::List(records)));
        }
        self
    }

    /// The first field that this shape does not have, or that has a value of
    /// another kind; `None`: the record fits.
    fn misfit(&self, shape: Shape) -> Option<Field> {
        self.0.iter().find_map(|(field, value)| {
            let kind = shape.iter().find(|(name, _)| name == field).map(|(_, kind)| *kind);
            let fits = match (value, kind) {
                (Value::List(records), Some(Kind::List(shape))) => {
                    return records.iter().find_map(|record| record.misfit(shape));
                }
                (Value::Text(_), Some(Kind::Text))
                | (Value::Term(_), Some(Kind::Term))
                | (Value::Day(_), Some(Kind::Day))
                | (Value::At(_), Some(Kind::At))
                | (Value::Number(_), Some(Kind::Number))
                | (Value::YesNo(_), Some(Kind::YesNo)) => true,
                _ => false,
            };
            (!fits).then_some(*field)
        })
    }
}

/// For whom a copy is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// For the person alone, behind their own sign-in: whole.
    Person,
    /// To be handed over by a clinician, who could read it: without what only the
    /// person may read.
    HandOver,
}

/// A copy of a person's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// The name of the practice.
    pub practice: String,
    pub made_at: DateTime<Utc>,
    pub reader: Reader,
    /// The parts with their records, in the order of [`Part::ALL`].
    pub parts: Vec<(Part, Vec<Record>)>,
}

impl Copy {
    /// The records of a part; empty if there are none.
    pub fn records(&self, part: Part) -> &[Record] {
        self.parts.iter().find(|(of, _)| *of == part).map_or(&[], |(_, records)| records)
    }

    /// The first field that does not fit the shape of its part. `None`: the copy
    /// is as `docs/own-data.md` describes it.
    pub fn misfit(&self) -> Option<(Part, Field)> {
        self.parts
            .iter()
            .find_map(|(part, records)| Some((*part, records.iter().find_map(|r| r.misfit(part.shape()))?)))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Term(term) => to.serialize_str(term.word()),
            Self::Day(day) => to.collect_str(day),
            Self::At(at) => to.collect_str(&at.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::Number(number) => to.serialize_i64(*number),
            Self::YesNo(yes) => to.serialize_bool(*yes),
            Self::List(records) => to.collect_seq(records),
        }
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(field, value)| (field.word(), value)))
    }
}

impl Serialize for Copy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("format", FORMAT)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("practice", &self.practice)?;
        map.serialize_entry("made_at", &Value::At(self.made_at))?;
        map.serialize_entry("is_whole", &(self.reader == Reader::Person))?;
        for part in Part::ALL {
            map.serialize_entry(part.word(), self.records(*part))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(parts: Vec<(Part, Vec<Record>)>) -> Copy {
        let made_at = "2026-11-23T09:00:00Z".parse().unwrap();
        Copy { practice: "Lakeside".into(), made_at, reader: Reader::Person, parts }
    }

    #[test]
    fn each_part_is_in_the_file_also_without_records() {
        let person = Record::default().text(Field::Name, "Amara").text(Field::Phone, "");
        let json = serde_json::to_value(copy(vec![(Part::Person, vec![person])])).unwrap();
        assert_eq!(json["person"], serde_json::json!([{"name": "Amara"}]));
        assert_eq!(json["made_at"], "2026-11-23T09:00:00Z");
        for part in Part::ALL {
            assert!(json[part.word()].is_array(), "{part:?}");
        }
    }

    #[test]
    fn a_field_of_another_part_or_kind_is_noticed() {
        let fits = |part, record| copy(vec![(part, vec![record])]).misfit();
        assert_eq!(fits(Part::Person, Record::default().text(Field::Name, "Amara")), None);
        let other = Record::default().text(Field::Sha256, "x");
        assert_eq!(fits(Part::Person, other), Some((Part::Person, Field::Sha256)));
        let kind = Record::default().number(Field::Name, 1);
        assert_eq!(fits(Part::Person, kind), Some((Part::Person, Field::Name)));
        let inner = Record::default().list(Field::Answers, vec![Record::default().text(Field::Name, "x")]);
        assert_eq!(fits(Part::Exercises, inner), Some((Part::Exercises, Field::Name)));
    }
}
