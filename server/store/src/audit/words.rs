//! The closed sets of words of the audit log: what was done, and to what.

use domain::{
    scheduling::{fee::FeeState, inquiry::InquiryState, session::SessionState},
    words,
};

words! {
    /// What was done.
    pub enum AuditAction {
        Accepted = "accepted", "accepted";
        Added = "added", "added";
        AddressChangeAskedFor = "address change asked for", "address change asked for";
        AddressChangeCancelled = "address change cancelled", "address change cancelled";
        AddressChanged = "address changed", "address changed";
        AddressKept = "address kept", "address kept";
        AddressLinkHandedOut = "address link handed out", "address link handed out";
        AddressTriedAgain = "address tried again", "address tried again";
        Agreed = "agreed", "agreed";
        Archived = "archived", "archived";
        Arrived = "arrived", "arrived";
        Asked = "asked", "asked";
        Assigned = "assigned", "assigned";
        Booked = "booked", "booked";
        Called = "called", "called";
        Cancelled = "cancelled", "cancelled";
        Changed = "changed", "changed";
        Closed = "closed", "closed";
        Completed = "completed", "completed";
        Created = "created", "created";
        Declined = "declined", "declined";
        Disabled = "disabled", "disabled";
        Dropped = "dropped", "dropped";
        EarlierWishAdded = "earlier wish added", "earlier wish added";
        EarlierWishRemoved = "earlier wish removed", "earlier wish removed";
        EmailBounced = "email bounced", "email bounced";
        EmailToASharedAddressAllowed = "email to a shared address allowed", "email to a shared address allowed";
        EmailsStopped = "emails stopped", "emails stopped";
        Enabled = "enabled", "enabled";
        Ended = "ended", "ended";
        EnteredFromPaper = "entered from paper", "entered from paper";
        Given = "given", "given";
        HeldAfterARestore = "held after a restore", "held after a restore";
        Invited = "invited", "invited";
        InvitedByHand = "invited by hand", "invited by hand";
        Kept = "kept", "kept";
        Keyed = "keyed", "keyed";
        LateCancelled = "late cancelled", "late cancelled";
        Missed = "missed", "missed";
        Moved = "moved", "moved";
        MovedByNewZoneRules = "moved by new zone rules", "moved by new zone rules";
        NoShow = "no show", "no show";
        Opened = "opened", "opened";
        PasswordChanged = "password changed", "password changed";
        PasswordReset = "password reset", "password reset";
        PasswordResetAskedFor = "password reset asked for", "password reset asked for";
        Paused = "paused", "paused";
        Planned = "planned", "planned";
        Published = "published", "published";
        PutOff = "put off", "put off";
        Removed = "removed", "removed";
        Reopened = "reopened", "reopened";
        Replied = "replied", "replied";
        ReplySettled = "reply settled", "reply settled";
        Reset = "reset", "reset";
        ResetLinkHandedOut = "reset link handed out", "reset link handed out";
        Restored = "restored", "restored";
        RestoredFromABackup = "restored from a backup", "restored from a backup";
        Resumed = "resumed", "resumed";
        Revoked = "revoked", "revoked";
        Saved = "saved", "saved";
        SendingStopped = "sending stopped", "sending stopped";
        SendingTriedAgain = "sending tried again", "sending tried again";
        SentAgain = "sent again", "sent again";
        Separated = "separated", "separated";
        Set = "set", "set";
        SetUp = "set up", "set up";
        Shared = "shared", "shared";
        SignIn = "sign-in", "sign-in";
        SignInRefused = "sign-in refused", "sign-in refused";
        SignOut = "sign-out", "sign-out";
        SignOutEverywhereElse = "sign-out everywhere else", "sign-out everywhere else";
        Signed = "signed", "signed";
        Submitted = "submitted", "submitted";
        Suggested = "suggested", "suggested";
        TakenBack = "taken back", "taken back";
        TakenOn = "taken on", "taken on";
        Unconfirmed = "unconfirmed", "unconfirmed";
        Undone = "undone", "undone";
        Waiting = "waiting", "waiting";
        Waived = "waived", "waived";
        Withdrawn = "withdrawn", "withdrawn";
        Written = "written", "written";
    }
}

words! {
    /// The kind of thing that it was done to.
    pub enum AuditThing {
        Account = "account", "account";
        Adherence = "adherence", "adherence";
        Agreement = "agreement", "agreement";
        Answer = "answer", "answer";
        Assignment = "assignment", "assignment";
        Assignments = "assignments", "assignments";
        AuditLog = "audit log", "audit log";
        Brief = "brief", "brief";
        CalendarFeed = "calendar feed", "calendar feed";
        Caseload = "caseload", "caseload";
        Client = "client", "client";
        Course = "course", "course";
        Database = "database", "database";
        Email = "email", "email";
        Exercise = "exercise", "exercise";
        Fee = "fee", "fee";
        Hours = "hours", "hours";
        Inquiry = "inquiry", "inquiry";
        Invitation = "invitation", "invitation";
        Location = "location", "location";
        Login = "login", "login";
        Mail = "mail", "mail";
        Message = "message", "message";
        Messages = "messages", "messages";
        Note = "note", "note";
        Notes = "notes", "notes";
        OwnContact = "own contact", "own contact";
        OwnTimes = "own times", "own times";
        Pathway = "pathway", "pathway";
        Person = "person", "person";
        Plan = "plan", "plan";
        Practice = "practice", "practice";
        Response = "response", "response";
        Room = "room", "room";
        Series = "series", "series";
        Session = "session", "session";
        SessionRequest = "session request", "session request";
        SharedAnswers = "shared answers", "shared answers";
        Today = "today", "today";
        Wording = "wording", "wording";
        Worksheet = "worksheet", "worksheet";
    }
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
