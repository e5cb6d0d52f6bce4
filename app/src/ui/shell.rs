//! The shell around every page: the HTML document, the navigation, notices.

use domain::clients::person::Role;
use leptos::{nonce::use_nonce, prelude::*};

use super::{field::form_key, parts::Link, place};
use crate::{
    islands::SearchField,
    say,
    words::{Words, words},
};

domain::words! {
    /// The message about what was just done. It is a closed set, so that no
    /// link can put a text of its own on a page. `{page}` in a text is replaced
    /// by the title of the page that shows it, such as the names of a client.
    pub enum Notice {
        Saved = "saved", "Changes saved.";
        DetailsSaved = "details_saved", "Details saved for {page}.";
        PaperSaved = "paper_saved", "Paper answers saved. They count as sent.";
        PathwaySaved = "pathway_saved", "“{page}” saved. Couples already on this pathway are not affected.";
        ProgressSaved = "progress_saved", "The exercises to come of “{page}” were changed.";
        NoteSaved = "note_saved", "Note saved. You can edit it until you sign it.";
        WordingSaved = "wording_saved", "Template saved. Emails use it from now on.";
        Created = "created", "Added.";
        ClientCreated = "client_created", "{page} added to your caseload. Invite them when you’re ready.";
        PartnerAdded = "partner_added", "Second partner added to {page}. Invite them when you’re ready.";
        Invited = "invited", "Invitation sent. The link in it works for a week.";
        Separated = "separated", "Separation of {page} recorded. No one was notified: please tell each of them.";
        ClientArchived = "client_archived", "{page} archived. Find them in your caseload under “Archived”.";
        ExerciseArchived = "exercise_archived", "“{page}” archived. It can’t be assigned any more; couples who have it keep it.";
        PathwayArchived = "pathway_archived", "Pathway archived. It can’t be assigned any more; couples on it continue.";
        WordingReset = "wording_reset", "Your text was removed. Emails use the standard template again.";
        HoursRemoved = "hours_removed", "Hours removed. Free times are calculated without them.";
        InquiryClosed = "inquiry_closed", "Removed from the waitlist.";
        StepRemoved = "step_removed", "Step removed.";
        NotRestored = "not_restored", "Can’t undo: it has changed since.";
        Restored = "restored", "Restored. Everything is as it was.";
        Booked = "booked", "Session booked with {page}.";
        BookedSeries = "booked_series", "Series booked with {page}. This is its first session.";
        MovedSeries = "moved_series", "Sessions rescheduled.";
        CancelledSeries = "cancelled_series", "Sessions cancelled.";
        Moved = "moved", "Session rescheduled.";
        Cancelled = "cancelled", "Session cancelled.";
        Undone = "undone", "Change undone. No one was notified.";
        TooLateToUndo = "too_late_to_undo", "Too late to undo: the emails are going out. Reschedule or book again instead.";
        TakenMeanwhile = "taken_meanwhile", "Can’t undo: the old time has since been booked.";
        StateChanged = "state_changed", "Status changed.";
        AttendanceSaved = "attendance_saved", "Attendance saved.";
        FeeCharged = "fee_charged", "Fee to be charged. When it is paid, mark it as settled under Fees.";
        FeeWaived = "fee_waived", "Fee waived.";
        FeeSettled = "fee_settled", "Fee marked as settled.";
        FeeReopened = "fee_reopened", "Change undone.";
        SentAgain = "sent_again", "Email queued. It goes out in a moment.";
        MailTried = "mail_tried", "Trying to send emails again. If it fails, you’ll see why here in a moment.";
        NotSentAgain = "not_sent_again", "Not resent: it is out of date or already being sent.";
        SessionsAhead = "sessions_ahead", "Not archived: {page} have sessions booked. Cancel them first, so that everyone is notified.";
        WrittenToFile = "written_to_file", "Invited. No mail server is set up, so the email was written to a file. Copy the link and hand it over.";
        TimeTaken = "time_taken", "Your session is booked.";
        RequestSaved = "request_saved", "Your request is saved. Nobody is told until the time below.";
        AskedPartner = "asked_partner", "We’ve asked your partner. Nothing changes until you both agree.";
        AskedPractice = "asked_practice", "We’ve asked the practice. Nothing changes until they confirm.";
        AnswerGiven = "answer_given", "Thank you. Your reply is saved.";
        RequestGone = "request_gone", "That is no longer possible: the time was taken, or the session has changed. Please look again.";
        PleaseCall = "please_call", "You can’t do this here. Please call your practice.";
        RequestDone = "request_done", "Request accepted. Everyone concerned is notified.";
        UnusualRequest = "unusual_request", "Not granted yet: this time is outside opening hours. Check it, then answer again.";
        RequestDeclined = "request_declined", "Request declined. They’ll be told that it isn’t possible.";
        FeedMade = "feed_made", "Calendar address created. Anyone who has it can read these times.";
        FeedStopped = "feed_stopped", "Calendar address deleted. Calendars that use it get nothing more.";
        SignedOut = "signed_out", "You are signed out.";
        TwoStepRemoved = "two_step_removed", "Two-step sign-in switched off.";
        DevicesForgotten = "devices_forgotten", "Remembered devices removed. You need a code at the next sign-in.";
        TwoStepRules = "two_step_rules", "Rules saved. Staff who need two-step sign-in are asked to set it up on the next page they open.";
        ResetConfirmed = "reset_confirmed", "Reset confirmed. The old app is removed in 24 hours, unless they sign in with a code before then.";
        ResetDeclined = "reset_declined", "No reset. The app still works.";
        PasswordChanged = "password_changed", "Password changed. Other browsers were signed out.";
        Submitted = "submitted", "Thank you. Your answers are in.";
        Kept = "kept", "Kept for you.";
        Shared = "shared", "Shared.";
        NotShared = "not_shared", "Not shared: you changed this answer on another device. Read it, and share it again.";
        IntakeStarted = "intake_started", "Intake started for {page}. Each person answers alone, in their own account.";
        IntakeWaived = "intake_waived", "Item waived.";
        IntakeAsked = "intake_asked", "The item is asked again.";
        IntakeListSaved = "intake_list_saved", "Intake list saved. New intakes use it from now on.";
        IntakeSaved = "intake_saved", "Saved. Continue whenever you like.";
        DraftSaved = "draft_saved", "Saved. You can come back to it whenever you like.";
        Assigned = "assigned", "Assigned to {page}. They’ll find it on their own pages.";
        Withdrawn = "withdrawn", "Exercise withdrawn. Clients are no longer asked for it; what they wrote is kept.";
        DocumentAdded = "document_added", "Document added.";
        DocumentRemoved = "document_removed", "Document removed from the record.";
        DocumentSent = "document_sent", "Document sent to your therapist.";
        DocumentShared = "document_shared", "Document shared. Your partner can read it now.";
        DocumentWithdrawn = "document_withdrawn", "Document withdrawn.";
        Signed = "signed", "Note signed. It can’t be edited any more; you can add to it.";
        TemplateTaken = "template_taken", "Template changed. What was written before is still here.";
        PlanCopied = "plan_copied", "Copied. Check that it still applies.";
        NothingToCopy = "nothing_to_copy", "Nothing copied: there is no earlier plan, or the sections have text.";
        SectionMoved = "section_moved", "Moved to your process note.";
        SectionMovedBack = "section_moved_back", "Moved back.";
        NoteUnlocked = "note_unlocked", "Note unlocked. It is a draft until you sign it again.";
        LeftoverDiscarded = "leftover_discarded", "Discarded.";
        NoteTemplateSaved = "note_template_saved", "Template saved. Notes that are begun keep their version.";
        NoteTemplateArchived = "note_template_archived", "Template archived. No new notes begin with it.";
        NoteTemplateRestored = "note_template_restored", "Template restored. New notes can begin with it.";
        NoteCosigned = "note_cosigned", "Note co-signed. It is locked now.";
        NoteReturned = "note_returned", "Note returned. The author finds it under Notes, with your comment.";
        NoteTakenBack = "note_taken_back", "Note recalled. You can edit it until you sign it again.";
        NoteAnswered = "note_answered", "Not recalled: your supervisor has already answered.";
        SupervisionSet = "supervision_set", "Supervisor added. Notes signed within these days go to them.";
        SupervisionEnded = "supervision_ended", "Supervision ended. Today is its last day.";
        RoomAdded = "room_added", "Room added. It can be booked from now on.";
        RoomArchived = "room_archived", "Room archived. It can’t be booked any more.";
        LocationArchived = "location_archived", "Location archived. Its rooms stay as they are.";
        StaffChanged = "staff_changed", "Account changed.";
        ExampleAdded = "example_added", "Example couple added. Find it in your caseload.";
        ExampleRemoved = "example_removed", "Example data removed.";
        NoExample = "no_example", "Not added: you have clients already.";
        AccessReset = "access_reset", "Access reset. They are signed out, and a link for a new password is on its way.";
        LoginEnded = "login_ended", "Signed out there. That browser has to sign in again.";
        PutOff = "put_off", "Noted. You won’t be reminded of it.";
        TakenUp = "taken_up", "It is open again.";
        TakenBack = "taken_back", "Taken back. Nobody is told.";
        TakenOver = "taken_over", "Calendar imported.";
        Erased = "erased", "Erased for good, as far as it does not have to be kept.";
        DeletedForGood = "deleted_for_good", "Deleted for good.";
        HoldSet = "hold_set", "Legal hold set. Nothing is deleted until it ends.";
        HoldEnded = "hold_ended", "Legal hold ended.";
        Released = "released", "Released. Emails and invitations can be sent from now on.";
        TooLateToUndoImport = "too_late_to_undo_import", "Can’t undo: the import was more than 24 hours ago.";
        RequestWithdrawn = "request_withdrawn", "Request withdrawn.";
        DataAsked = "data_asked", "We have your request. Check its progress here.";
        DataCancelled = "data_cancelled", "Request cancelled.";
        DataFinished = "data_finished", "Finished. The copy is made once everyone has decided.";
        Written = "written", "Message sent. Their partner can’t see it.";
        Planned = "planned", "Planned.";
        Noted = "noted", "Done.";
        GapSettled = "gap_settled", "Date removed from the list. The series continues without it.";
        ReplySettled = "reply_settled", "Reply marked as dealt with.";
        AddressRetried = "address_retried", "Address kept. Emails are sent to it again.";
        EarlierAdded = "earlier_added", "On the waitlist for an earlier time. Free times are shown there.";
        EarlierRemoved = "earlier_removed", "No longer on the waitlist for an earlier time.";
        HoursSaved = "hours_saved", "Working hours saved for {page}. Earlier dates are not affected.";
        DaysAdded = "days_added", "Time off or extra hours added for {page}.";
        PlaceSaved = "place_saved", "Saved. New bookings use it.";
        StaffSaved = "staff_saved", "Account saved. It applies from their next page.";
        Contacted = "contacted", "Marked as contacted.";
        ClientTakenOn = "client_taken_on", "{page} added. The therapist has been asked to accept.";
        ClientBooked = "client_booked", "{page} added, and the first session is booked.";
        ClientTimeTaken = "client_time_taken", "{page} added, but that time was taken meanwhile. Find another time.";
        ClientAccepted = "client_accepted", "{page} accepted. Invite them when you’re ready.";
        ClientDeclined = "client_declined", "Declined. The front desk will ask another therapist.";
        ClientAnswered = "client_answered", "This was answered before.";
        TherapistAsked = "therapist_asked", "The therapist has been asked to accept {page}.";
        TherapistThere = "therapist_there", "{page} has a therapist already.";
        OnTheList = "on_the_list", "Added to the end of the waitlist.";
        Paused = "paused", "Paused. No reminders until you resume.";
        Resumed = "resumed", "Resumed. Reminders are sent again.";
        PathwayGiven = "pathway_given", "Pathway assigned. Its first exercise is open; the others follow in turn.";
        PathwayEnded = "pathway_ended", "Pathway ended. No further exercise is assigned; those already assigned stay.";
        DraftRevived = "draft_revived", "This draft was published or deleted in another window. What you typed is kept here as a new draft.";
        Published = "published", "“{page}” published. What was assigned before is not affected.";
        TheSame = "the_same", "You already have this exercise, word for word.";
        Discarded = "discarded", "Draft deleted.";
        Reset = "reset", "Answers removed unread. The exercise can be answered again.";
        NotReset = "not_reset", "Not removed: both have read each other’s answers already. Assign the exercise again instead.";
        Resent = "resent", "Resent with a new link. The old link no longer works.";
        NotResent = "not_resent", "Not resent: it is out of date or already being sent.";
        NoLink = "no_link", "No link to hand over: the account is already in use or closed.";
        AddressSuggested = "address_suggested", "Saved. They sign in themselves, so they confirm the new address before it is used.";
        AddressSaved = "address_saved", "Address saved. Emails go to it from now on.";
        AddressAsked = "address_asked", "Almost done: open the link we sent to the new address. Until then the old one is used.";
        AddressKept = "address_kept", "Address kept. Nothing has changed.";
        ReleasePrepared = "release_prepared", "Signatures asked for. Nothing is sent before everyone has signed.";
        ReleaseClosed = "release_closed", "Release closed. Nothing more is sent.";
        ReleaseNotReady = "release_not_ready", "Not sent: it is not signed by everyone, or was withdrawn, sent or closed.";
        NothingToSend = "nothing_to_send", "Not sent: no signed note or document fits.";
        HandedOver = "handed_over", "On record as sent. Download the files, and send them yourself.";
        DisclosurePrepared = "disclosure_prepared", "Disclosure saved. Nothing was sent yet.";
        DisclosureConfirmed = "disclosure_confirmed", "Disclosure confirmed. Your colleague can send it now.";
        DisclosureDeclined = "disclosure_declined", "Disclosure declined. Your colleague reads your reason.";
        DisclosureDropped = "disclosure_dropped", "Disclosure cancelled. Nothing is sent.";
        DisclosureNotReady = "disclosure_not_ready", "Not done: it was sent, answered or cancelled in the meantime.";
        DisclosureTold = "disclosure_told", "Saved on record.";
        ReleaseWithdrawn = "release_withdrawn", "Your signature is withdrawn. Nothing more is sent.";
        ReleaseTooLate = "release_too_late", "It can no longer be withdrawn. See below what happened.";
        FormsAsked = "forms_asked", "Asked. They find it under Forms.";
        FormsAskedBefore = "forms_asked_before", "Nothing new to ask: it is signed or asked for already.";
        FormTakenBack = "form_taken_back", "Form cancelled. Nothing was signed.";
        FormRecorded = "form_recorded", "Signature recorded.";
        FormSigned = "form_signed", "Signed. Your copy is below.";
        FormWithdrawn = "form_withdrawn", "Signature withdrawn. The form no longer applies.";
        FormSettled = "form_settled", "Nothing changed: this form was already signed, withdrawn or cancelled.";
        PolicyProposed = "policy_proposed", "Both are asked to sign it, each alone.";
        PolicyTakenBack = "policy_taken_back", "Proposal cancelled.";
        TextSaved = "text_saved", "Version saved. Anyone who opens the text now reads this version.";
        TextSame = "text_same", "No changes: no new version was saved.";
        TextArchived = "text_archived", "Text archived. It is not offered any more.";
        TextRestored = "text_restored", "Text offered again.";
        NotInvited = "not_invited", "No invitation sent: there is no email address, or they have an account already.";
    }
}

impl Notice {
    /// The address to which the undo button of a notice is submitted; `None` if
    /// there is no undo. `id` comes from the page's address, so only an id or a
    /// short name is accepted.
    pub fn undo(self, id: &str) -> Option<String> {
        let plain = !id.is_empty() && id.len() <= 80 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !plain {
            return None;
        }
        if self == Self::FeeSettled {
            return Some(format!("/fees/{id}/reopen"));
        }
        if self == Self::ClientArchived {
            return Some(format!("/clients/{id}/restore"));
        }
        if self == Self::ExerciseArchived {
            return Some(format!("/library/{id}/restore"));
        }
        Self::IN_BIN.contains(&self).then(|| format!("/bin/{id}/restore"))
    }

    /// The notices about things that are now in the bin.
    pub const IN_BIN: [Self; 13] = [
        Self::DocumentRemoved,
        Self::DocumentWithdrawn,
        Self::InquiryClosed,
        Self::StepRemoved,
        Self::Discarded,
        Self::WordingReset,
        Self::HoursRemoved,
        Self::Withdrawn,
        Self::PathwayEnded,
        Self::PathwayArchived,
        Self::RoomArchived,
        Self::LocationArchived,
        Self::Reset,
    ];
}

/// The side of the site, which decides the look of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Pages without a login.
    Public,
    /// Pages of the clients.
    Portal,
    /// Pages of the staff.
    Staff,
}

/// The person who is signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub name: String,
    pub roles: Vec<Role>,
    /// Whether the key `/` moves to the search field.
    pub slash_search: bool,
}

/// The addresses of a page's style sheet and scripts.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The address of the style sheet.
    pub css: String,
    /// The name of the script and the wasm file, without their endings.
    pub js_name: String,
    /// Whether the page has islands, so that it needs the scripts.
    pub islands: bool,
}

/// The data of the shell.
#[derive(Clone, Debug)]
pub struct Shell {
    pub title: String,
    pub room: Side,
    pub practice: String,
    /// The person who is signed in; `None` on pages without a login.
    pub viewer: Option<Viewer>,
    /// The path of the page.
    pub here: String,
    /// The pages between the entry of the navigation and this page, for the
    /// breadcrumbs: for a brief, the record of the client.
    pub between: Vec<Link>,
    /// A further link for the keyboard that skips to a part of the page; `None`
    /// for none.
    pub skip: Option<Link>,
    /// The text that was searched for in the search field at the top.
    pub searched: String,
    pub notice: Option<Notice>,
    /// Sentences about what is missing or wrong on this page because stored
    /// data cannot be read, such as an unknown time zone.
    pub unreadable: Vec<String>,
    /// The id of what the notice is about, if that can be undone.
    pub undo: Option<String>,
    /// A message above a refused form; `None` on other pages.
    pub said: Option<FormMessage>,
    pub assets: Assets,
}

/// A message above a form that shows again what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormMessage {
    pub text: String,
    /// A link to another page; `None` for none.
    pub link: Option<Link>,
}

/// Renders the whole document around a page's content.
pub fn page(shell: &Shell, content: AnyView) -> AnyView {
    let scripts = shell.assets.islands.then(|| scripts(&shell.assets.js_name));
    let title =
        if shell.practice.is_empty() { shell.title.clone() } else { format!("{} · {}", shell.title, shell.practice) };
    let class = match shell.room {
        Side::Public => "public",
        Side::Portal => "portal",
        Side::Staff => "staff",
    };
    let unreadable = shell
        .unreadable
        .iter()
        .map(|sentence| view! { <p class="notice warning">{sentence.clone()}</p> }.into_any())
        .collect_view();
    let w = words();
    let notice = shell.notice.map(|n| notice(n, shell, w));
    let said = shell.said.as_ref().map(|said| {
        let link = said.link.clone().map(|link| view! { " "<a href=link.href>{w.sentence(&link.text)}</a> });
        view! { <p class="notice" role="alert">{w.sentence(&said.text)}{link}</p> }.into_any()
    });
    let skip = shell.skip.clone().map(|to| view! { <a class="skip" href=to.href>{to.text}</a> }.into_any());
    let crumbs = shell
        .viewer
        .as_ref()
        .filter(|_| shell.room == Side::Staff)
        .and_then(|viewer| place::breadcrumbs(&shell.here, &viewer.roles, &shell.between, &shell.title));
    view! {
        <!DOCTYPE html>
        <html lang=w.language().word()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=say!(w, "site-description")/>
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="apple-touch-icon" href="/icons/icon-192.png"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f1e8"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#151b1a"/>
                <link rel="stylesheet" href=shell.assets.css.clone()/>
                {scripts}
            </head>
            <body class=class>
                <a class="skip" href="#main">{say!(w, "skip-to-content")}</a>
                {skip}
                {header(shell)}
                {search(shell)}
                <main id="main" tabindex="-1">
                    {crumbs}
                    {notice}
                    {unreadable}
                    {said}
                    {content}
                </main>
                <footer class="foot"><p>{shell.practice.clone()}</p></footer>
            </body>
        </html>
    }
    .into_any()
}

/// The elements that load the scripts of a page's islands.
///
/// They replace Leptos' `HydrationScripts`, which also writes the nonce into
/// `crossorigin`: a foreign script on the page could read it there and give it
/// to other scripts. Browsers hide only the attribute `nonce` from scripts
/// (HTML §4.8.13.1, "nonce hiding").
fn scripts(name: &str) -> AnyView {
    if let Some(shared) = Owner::current_shared_context() {
        // Only the islands are hydrated, not the page around them.
        shared.set_is_hydrating(false);
    }
    let (script, wasm) = (format!("/pkg/{name}.js"), format!("/pkg/{name}_bg.wasm"));
    let start = format!("({START})({script:?}, {wasm:?});");
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce()>{start}</script>
    }
    .into_any()
}

/// The script that starts the islands of a page when the browser is idle. Each
/// island is an element that names the function that starts it. An island
/// within the children of another one first tells the outer island that its
/// children are there. When all have started, the attribute `data-islands` of
/// the document says so: the browser tests wait for it. Based on Leptos' `hydration/island_script.js` (MIT).
const START: &str = include_str!("start.js");

/// A notice, with the undo button if what it tells of can be undone. Clients read
/// the text of the language files.
fn notice(notice: Notice, shell: &Shell, w: Words) -> AnyView {
    let text = match shell.room {
        Side::Staff => notice.label().replace("{page}", &shell.title),
        Side::Portal | Side::Public => w.notice(notice),
    };
    let Some(action) = shell.undo.as_deref().and_then(|id| notice.undo(id)) else {
        return view! { <p class="notice" role="status">{text}</p> }.into_any();
    };
    view! {
        <form class="notice notice-undo" method="post" action=action>
            {form_key()}
            <span role="status">{text}</span>
            <button class="button" type="submit">{say!(w, "undo")}</button>
        </form>
    }
    .into_any()
}

/// The header of the page with the navigation.
fn header(shell: &Shell) -> AnyView {
    let name = if shell.practice.is_empty() { "Duologue".to_owned() } else { shell.practice.clone() };
    let Some(viewer) = &shell.viewer else {
        return view! { <header class="top"><a class="brand" href="/">{logo()}<span>{name}</span></a></header> }
            .into_any();
    };
    // On a phone, the navigation of a client with no other role is a bar at the
    // bottom: four entries fit there.
    let is_client = viewer.roles.iter().all(|role| *role == Role::Partner);
    let class = if is_client { "top client-top" } else { "top" };
    view! {
        <header class=class>
            <a class="brand" href="/">{logo()}<span>{name}</span></a>
            {place::navigation(&shell.here, &viewer.roles)}
            <div class="me">
                <a href="/account" aria-current=shell.here.starts_with("/account").then_some("page")>{viewer.name.clone()}</a>
                <form method="post" action="/sign-out">{form_key()}<button class="link" type="submit">{say!(words(), "sign-out")}</button></form>
            </div>
        </header>
    }
    .into_any()
}

/// The search field at the top of the pages of those who find clients by name:
/// therapists and the front desk. `None` for the others.
fn search(shell: &Shell) -> Option<AnyView> {
    let viewer = shell.viewer.as_ref().filter(|_| shell.room == Side::Staff)?;
    let finds = viewer.roles.iter().any(|r| matches!(r, Role::Clinician | Role::FrontDesk));
    let mut places: Vec<(String, String)> = place::groups(&viewer.roles)
        .into_iter()
        .flat_map(|group| group.links)
        .map(|(href, text)| (text.to_owned(), href.to_owned()))
        .collect();
    for (text, href) in [
        ("New session", "/sessions/new"),
        ("Waitlist", "/waitlist"),
        ("Add to waitlist", "/waitlist/new"),
        ("Account", "/account"),
    ] {
        if !places.iter().any(|(_, there)| there == href) {
            places.push((text.to_owned(), href.to_owned()));
        }
    }
    let (q, focused) = (shell.searched.clone(), shell.here == "/find");
    finds.then(|| view! { <div class="search-bar"><SearchField q=q focused=focused slash=viewer.slash_search places=places/></div> }.into_any())
}

/// The logo: two arcs that lean towards each other.
fn logo() -> AnyView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <path d="M13 5a11 11 0 1 0 0 22" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>
            <path d="M19 27a11 11 0 1 0 0-22" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" class="mark-other"/>
        </svg>
    }
    .into_any()
}
