//! The closed sets of words of the audit log: what was done, and to what.

use domain::{
    scheduling::{fee::FeeState, inquiry::InquiryState, session::SessionState},
    words,
};

words! {
    /// What was done. The label is the rest of a sentence after the name of who did it,
    /// with `{}` for the thing.
    pub enum AuditAction {
        AccessReset = "access reset", "reset the access of {}";
        Accepted = "accepted", "accepted {}";
        Added = "added", "added {}";
        AddressChangeAskedFor = "address change asked for", "asked for another email address of {}";
        AddressChangeCancelled = "address change cancelled", "cancelled the change of the email address of {}";
        AddressChanged = "address changed", "changed the email address of {}";
        AddressKept = "address kept", "kept the email address of {}";
        AddressLinkHandedOut = "address link handed out", "handed out a link to confirm the email address of {}";
        AddressTriedAgain = "address tried again", "tried the email address of {} again";
        Agreed = "agreed", "agreed to {}";
        Archived = "archived", "archived {}";
        Arrived = "arrived", "checked in {}";
        Asked = "asked", "made {}";
        Assigned = "assigned", "assigned {}";
        BackedUp = "backed up", "made a backup of {}";
        Booked = "booked", "booked {}";
        Called = "called", "marked {} as contacted";
        Cancelled = "cancelled", "cancelled {}";
        Changed = "changed", "changed {}";
        Closed = "closed", "closed {}";
        Completed = "completed", "marked {} as completed";
        Confirmed = "confirmed", "confirmed {}";
        CoSigned = "co-signed", "co-signed {}";
        Created = "created", "created {}";
        Declined = "declined", "declined {}";
        Disabled = "disabled", "deactivated {}";
        Dropped = "dropped", "dropped {}";
        EarlierWishAdded = "earlier wish added", "added a wish for an earlier time to {}";
        EarlierWishRemoved = "earlier wish removed", "removed the wish for an earlier time from {}";
        EmailBounced = "email bounced", "noted that email to {} was returned";
        EmailToASharedAddressAllowed = "email to a shared address allowed", "allowed email to the shared address of {}";
        EmailsStopped = "emails stopped", "stopped emails for {}";
        EmailsStarted = "emails started", "released {} for emails and invitations";
        Enabled = "enabled", "reactivated {}";
        Ended = "ended", "ended {}";
        EnteredFromPaper = "entered from paper", "entered {} from paper";
        Erased = "erased", "erased what does not have to be kept of {}";
        Exported = "exported", "exported {}";
        Given = "given", "assigned {}";
        HandedOver = "handed over", "recorded {}";
        Imported = "imported", "imported {}";
        HeldAfterARestore = "held after a restore", "held {} after a restore";
        Invited = "invited", "invited {}";
        InvitedByHand = "invited by hand", "made an invitation link for {}";
        Kept = "kept", "kept {}";
        Keyed = "keyed", "began to chain {}";
        LateCancelled = "late cancelled", "cancelled {} late";
        Missed = "missed", "marked {} as missed";
        Moved = "moved", "moved {}";
        MovedByNewZoneRules = "moved by new zone rules", "moved {} by new time-zone rules";
        NoShow = "no show", "marked {} as a no-show";
        Opened = "opened", "opened {}";
        PasswordChanged = "password changed", "changed the password of {}";
        PasswordReset = "password reset", "chose a new password for {}";
        PasswordResetAskedFor = "password reset asked for", "planned a link for a new password for {}";
        Paused = "paused", "paused {}";
        Planned = "planned", "planned {}";
        Printed = "printed", "printed {}";
        Published = "published", "published {}";
        PutOff = "put off", "skipped {}";
        Removed = "removed", "removed {}";
        Reopened = "reopened", "reopened {}";
        Replied = "replied", "noted a reply to {}";
        ReplySettled = "reply settled", "settled a reply to {}";
        Reset = "reset", "reset {}";
        ResetLinkHandedOut = "reset link handed out", "handed out a link for a new password for {}";
        Restored = "restored", "restored {}";
        RecoveryCodesRenewed = "recovery codes renewed", "made new recovery codes for {}";
        RecoveryCodeUsed = "recovery code used", "used a recovery code of {}";
        SecondStepLost = "second step lost", "asked to reset two-step sign-in of {}";
        SecondStepRefused = "second step refused", "entered a wrong code for {}";
        SecondStepRemoved = "second step removed", "switched off two-step sign-in of {}";
        SecondStepReset = "second step reset", "reset two-step sign-in of {}";
        SecondStepResetConfirmed = "second step reset confirmed", "confirmed the reset of two-step sign-in of {}";
        SecondStepResetRefused = "second step reset refused", "declined the reset of two-step sign-in of {}";
        SecondStepSetUp = "second step set up", "set up two-step sign-in of {}";
        Rekeyed = "rekeyed", "put a new key in place of that of {}";
        RestoredFromABackup = "restored from a backup", "restored {} from a backup";
        Resumed = "resumed", "resumed {}";
        Returned = "returned", "returned {}";
        Reviewed = "reviewed", "reviewed {}";
        Revoked = "revoked", "revoked {}";
        Saved = "saved", "saved {}";
        SendingStopped = "sending stopped", "stopped sending {}";
        SendingTriedAgain = "sending tried again", "tried to send {} again";
        SentAgain = "sent again", "sent {} again";
        Separated = "separated", "recorded the separation of {}";
        Set = "set", "set {}";
        Settled = "settled", "settled {}";
        SetUp = "set up", "set up {}";
        Shared = "shared", "shared {}";
        SignIn = "sign-in", "signed in";
        SignInRefused = "sign-in refused", "refused a sign-in";
        SignOut = "sign-out", "signed out";
        SignOutEverywhereElse = "sign-out everywhere else", "signed out everywhere else";
        Signed = "signed", "signed {}";
        Started = "started", "started {}";
        Submitted = "submitted", "submitted {}";
        Suggested = "suggested", "suggested {}";
        TakenBack = "taken back", "took back {}";
        TakenOn = "taken on", "accepted {}";
        Unconfirmed = "unconfirmed", "marked {} as not confirmed";
        Tested = "tested", "sent a test {}";
        Undone = "undone", "undid a change of {}";
        Unlocked = "unlocked", "unlocked {}";
        Waiting = "waiting", "put {} back on the waitlist";
        Waived = "waived", "waived {}";
        Told = "told", "told the clients of {}";
        Withdrawn = "withdrawn", "withdrew {}";
        Written = "written", "wrote {}";
    }
}

words! {
    /// The kind of thing that it was done to. The label is the thing in a sentence.
    pub enum AuditThing {
        Account = "account", "an account";
        Adherence = "adherence", "the exercise overview";
        Agreement = "agreement", "an agreement";
        Answer = "answer", "an answer";
        Assignment = "assignment", "an assignment";
        Assignments = "assignments", "the assignments";
        AuditLog = "audit log", "the audit log";
        Brief = "brief", "a session brief";
        CalendarFeed = "calendar feed", "a calendar feed";
        Caseload = "caseload", "the caseload";
        Client = "client", "a client";
        ClientList = "client list", "a client list";
        ConsentAsk = "consent ask", "a form";
        ConsentAsks = "consent asks", "the forms";
        ConsentText = "consent text", "a text to sign";
        Course = "course", "the progress chart";
        Database = "database", "the database";
        DataRequest = "data request", "a request for a copy of a person’s data";
        Disclosure = "disclosure", "a disclosure";
        Disclosures = "disclosures", "the disclosures";
        Document = "document", "a document";
        Documents = "documents", "the documents";
        Email = "email", "an email";
        Exercise = "exercise", "an exercise";
        Fee = "fee", "a fee";
        Fees = "fees", "the fees";
        Goal = "goal", "a goal";
        Goals = "goals", "the goals";
        Handover = "handover", "what left the practice";
        Handovers = "handovers", "the list of what left the practice";
        Hours = "hours", "working hours";
        Inquiry = "inquiry", "a waitlist entry";
        ImportedDetails = "imported details", "details from an import";
        Intake = "intake", "an intake";
        IntakeItem = "intake item", "an item of the intake";
        IntakeList = "intake list", "the intake list";
        Invitation = "invitation", "an invitation";
        LegalHold = "legal hold", "a legal hold";
        Location = "location", "a location";
        Login = "login", "a login";
        Mail = "mail", "email";
        Message = "message", "a message";
        Messages = "messages", "messages";
        Note = "note", "a note";
        NoteList = "note list", "the list of notes to write";
        NoteTemplate = "note template", "a note template";
        Notes = "notes", "the notes";
        OwnContact = "own contact", "contact settings";
        OwnTimes = "own times", "preferred times";
        Pathway = "pathway", "a pathway";
        Person = "person", "a person";
        Plan = "plan", "a plan";
        Practice = "practice", "the practice’s settings";
        Release = "release", "a release";
        Releases = "releases", "the releases";
        Retention = "retention", "the years of retention";
        Response = "response", "a response";
        Room = "room", "a room";
        SecretsPolicy = "secrets policy", "a secrets policy";
        Series = "series", "a series";
        Session = "session", "a session";
        SessionRequest = "session request", "a request for a session";
        SharedAnswers = "shared answers", "shared answers";
        Supervision = "supervision", "a supervision";
        Today = "today", "Today";
        TreatmentPlan = "treatment plan", "the plan of a client";
        UnsignedText = "unsigned text", "text of a note that was not signed";
        Wording = "wording", "an email template";
        Worksheet = "worksheet", "a worksheet";
    }
}

words! {
    /// A group of things, by which the log is filtered.
    pub enum AuditKind {
        Clinical = "clinical", "Clinical content";
        Sessions = "sessions", "Sessions and fees";
        People = "people", "Clients and people";
        Access = "access", "Sign-ins and accounts";
        Email = "email", "Email";
        Practice = "practice", "Settings and library";
    }
}

impl AuditThing {
    /// The group that the thing belongs to.
    const fn kind(self) -> AuditKind {
        match self {
            Self::Adherence
            | Self::Agreement
            | Self::Answer
            | Self::Assignment
            | Self::Assignments
            | Self::Brief
            | Self::Caseload
            | Self::ConsentAsk
            | Self::ConsentAsks
            | Self::Course
            | Self::DataRequest
            | Self::Disclosure
            | Self::Disclosures
            | Self::Handover
            | Self::Handovers
            | Self::Goal
            | Self::Goals
            | Self::ImportedDetails
            | Self::Intake
            | Self::IntakeItem
            | Self::Document
            | Self::Documents
            | Self::Message
            | Self::Messages
            | Self::Note
            | Self::NoteList
            | Self::Notes
            | Self::Plan
            | Self::Release
            | Self::Releases
            | Self::Response
            | Self::SecretsPolicy
            | Self::SharedAnswers
            | Self::Today
            | Self::TreatmentPlan
            | Self::UnsignedText
            | Self::Worksheet => AuditKind::Clinical,
            Self::CalendarFeed
            | Self::Fee
            | Self::Fees
            | Self::Hours
            | Self::OwnTimes
            | Self::Series
            | Self::Session
            | Self::SessionRequest => AuditKind::Sessions,
            Self::Client | Self::ClientList | Self::LegalHold | Self::Inquiry | Self::OwnContact | Self::Person => {
                AuditKind::People
            }
            Self::Account | Self::Invitation | Self::Login | Self::Supervision => AuditKind::Access,
            Self::Email | Self::Mail | Self::Wording => AuditKind::Email,
            Self::AuditLog
            | Self::ConsentText
            | Self::Database
            | Self::Exercise
            | Self::IntakeList
            | Self::Location
            | Self::NoteTemplate
            | Self::Pathway
            | Self::Practice
            | Self::Retention
            | Self::Room => AuditKind::Practice,
        }
    }
}

impl AuditKind {
    /// The stored words of its things, each between commas: `,note,notes,`.
    pub(super) fn words(self) -> String {
        let words = AuditThing::ALL.iter().filter(|thing| thing.kind() == self).map(|thing| thing.word());
        words.fold(",".to_owned(), |all, word| format!("{all}{word},"))
    }

    /// The group of a stored thing; `None`: this version does not know it.
    pub fn of(thing: &str) -> Option<Self> {
        thing.parse::<AuditThing>().ok().map(AuditThing::kind)
    }
}

/// The rest of the sentence about an entry after the name of who acted, such as
/// "opened a note"; with the stored words if this version does not know them.
pub(super) fn sentence(action: &str, thing: &str, detail: &str) -> String {
    let known = action.parse::<AuditAction>().ok().zip(thing.parse::<AuditThing>().ok());
    let text = match known {
        Some((action, thing)) => action.label().replace("{}", thing.label()),
        None => format!("{action}: {thing}"),
    };
    if detail.is_empty() { text } else { format!("{text} ({detail})") }
}

/// The act that brings a session into a state.
impl From<SessionState> for AuditAction {
    fn from(state: SessionState) -> Self {
        match state {
            SessionState::Booked => Self::Booked,
            SessionState::Arrived => Self::Arrived,
            SessionState::Completed => Self::Completed,
            SessionState::NoShow => Self::NoShow,
            SessionState::LateCancelled => Self::LateCancelled,
            SessionState::Cancelled => Self::Cancelled,
        }
    }
}

/// The act that brings a fee into a state.
impl From<FeeState> for AuditAction {
    fn from(state: FeeState) -> Self {
        match state {
            FeeState::Suggested => Self::Suggested,
            FeeState::Kept => Self::Kept,
            FeeState::Waived => Self::Waived,
        }
    }
}

/// The act that brings an inquiry into a state.
impl From<InquiryState> for AuditAction {
    fn from(state: InquiryState) -> Self {
        match state {
            InquiryState::Unconfirmed => Self::Unconfirmed,
            InquiryState::Waiting => Self::Waiting,
            InquiryState::Called => Self::Called,
            InquiryState::TakenOn => Self::TakenOn,
            InquiryState::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_a_sentence() {
        assert_eq!(sentence("opened", "note", ""), "opened a note");
        assert_eq!(sentence("sign-out", "login", ""), "signed out");
        assert_eq!(sentence("invited", "account", "clinician"), "invited an account (clinician)");
        assert_eq!(sentence("sang", "song", ""), "sang: song", "an entry of another version");
        for action in AuditAction::ALL {
            for thing in AuditThing::ALL {
                let text = sentence(action.word(), thing.word(), "");
                assert!(!text.contains(['{', '}']) && text.starts_with(char::is_lowercase), "{text}");
            }
        }
    }

    #[test]
    fn each_thing_is_in_one_group() {
        for thing in AuditThing::ALL {
            let word = format!(",{},", thing.word());
            let groups: Vec<AuditKind> =
                AuditKind::ALL.iter().copied().filter(|kind| kind.words().contains(&word)).collect();
            assert_eq!(groups, [AuditKind::of(thing.word()).unwrap()]);
        }
    }
}
