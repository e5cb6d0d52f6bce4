//! The shell around every page: the HTML document, the navigation, notices.

use domain::clients::person::Role;
use leptos::{nonce::use_nonce, prelude::*};

use super::{field::form_key, parts::Link};
use crate::islands::Palette;

domain::words! {
    /// The message about what was just done. It is a closed set, so that no
    /// link can put a text of its own on a page.
    pub enum Notice {
        Saved = "saved", "Saved.";
        Created = "created", "Created.";
        Invited = "invited", "An invitation is on its way.";
        Separated = "separated", "They are separated here. Nobody was written to: please tell each of them.";
        ClientArchived = "client_archived", "Archived. Find them in your caseload under “Put away”.";
        ExerciseArchived = "exercise_archived", "Exercise archived. It is not offered any more.";
        PathwayArchived = "pathway_archived", "Pathway archived. It is not offered any more.";
        WordingReset = "wording_reset", "Your own text was removed. The mail has the standard text again.";
        HoursRemoved = "hours_removed", "Removed.";
        InquiryClosed = "inquiry_closed", "Inquiry closed.";
        StepRemoved = "step_removed", "Step removed.";
        NotRestored = "not_restored", "This cannot be undone any more: something newer is in its place.";
        Restored = "restored", "Brought back.";
        Booked = "booked", "The session is booked.";
        BookedSeries = "booked_series", "The series is booked. This is its first session.";
        MovedSeries = "moved_series", "These sessions have been moved.";
        CancelledSeries = "cancelled_series", "These sessions are cancelled.";
        Moved = "moved", "The session has been moved.";
        Cancelled = "cancelled", "The session is cancelled.";
        Undone = "undone", "Undone. It stands as it stood, and nobody was told.";
        TooLateToUndo = "too_late_to_undo", "It is too late to undo this: they are being told. Move or book it again instead.";
        TakenMeanwhile = "taken_meanwhile", "It cannot be undone: its old time was given to somebody else meanwhile.";
        StateChanged = "state_changed", "Noted.";
        SentAgain = "sent_again", "It will be sent again in a moment.";
        MailTried = "mail_tried", "Emails are being sent again. If something is still wrong, it is shown here in a moment.";
        NotSentAgain = "not_sent_again", "It was not sent again: what it says holds no more, or it is on its way already.";
        SessionsAhead = "sessions_ahead", "There are sessions booked ahead. Please cancel them first: those who would come are told then.";
        WrittenToFile = "written_to_file", "Invited. No mail server is set, so the mail was written to a file: hand the link over, or set the mail server.";
        TimeTaken = "time_taken", "It is yours.";
        AskedPartner = "asked_partner", "Your partner is asked. Until both of you agree, all stays as it is.";
        AskedPractice = "asked_practice", "Your practice is asked. Until they say yes, all stays as it is.";
        RequestGone = "request_gone", "That is no longer possible: the time was taken, or the session has changed. Please look again.";
        PleaseCall = "please_call", "This cannot be done here. Please call your practice.";
        RequestDone = "request_done", "Done as it was asked for.";
        RequestDeclined = "request_declined", "They are told that it is not possible.";
        FeedMade = "feed_made", "Here is the address. Whoever has it can read these times.";
        FeedStopped = "feed_stopped", "The address reads nothing any more.";
        SignedOut = "signed_out", "You are signed out.";
        PasswordChanged = "password_changed", "Your password has been changed. Other browsers were signed out.";
        Submitted = "submitted", "Thank you. Your answers are in.";
        Kept = "kept", "Kept for you.";
        Shared = "shared", "Shared.";
        DraftSaved = "draft_saved", "Saved. You can come back to it whenever you like.";
        Assigned = "assigned", "Assigned.";
        Withdrawn = "withdrawn", "Withdrawn. Clients are not asked for it any more; what they wrote is kept.";
        Signed = "signed", "The note is signed.";
        RoomAdded = "room_added", "The room was added.";
        RoomArchived = "room_archived", "Room archived.";
        LocationArchived = "location_archived", "Location archived.";
        StaffChanged = "staff_changed", "The account was changed.";
        LoginEnded = "login_ended", "That browser is signed out.";
        PutOff = "put_off", "Noted. No reminder comes for it.";
        TakenUp = "taken_up", "It is open again.";
        TakenBack = "taken_back", "Taken back. Nobody is told.";
        TakenOver = "taken_over", "Imported.";
        RequestWithdrawn = "request_withdrawn", "Taken back.";
        Written = "written", "Sent.";
        Planned = "planned", "Planned.";
        Noted = "noted", "Noted.";
        OnTheList = "on_the_list", "They are on the list, behind those who asked before them.";
        Paused = "paused", "Resting. Nobody is asked until you let it go on.";
        Resumed = "resumed", "It goes on.";
        PathwayGiven = "pathway_given", "The first exercise is given; the others follow in their turn.";
        PathwayEnded = "pathway_ended", "Pathway ended. No further exercise is assigned; those assigned before stay.";
        DraftRevived = "draft_revived", "This draft was published or deleted in another window. What you typed is kept here as a new draft.";
        Published = "published", "It stands in the library. What was given before stays as it was.";
        TheSame = "the_same", "You had this exercise already, word for word.";
        Discarded = "discarded", "Draft deleted.";
        Reset = "reset", "Answers removed unread. The exercise can be answered again.";
        NotReset = "not_reset", "Both have read each other’s answers already, so these stand. Give the exercise anew instead.";
        Resent = "resent", "It is sent again. A link in it is a new one.";
        NotResent = "not_resent", "It was not sent again: it is on its way already, or it no longer applies.";
        NoLink = "no_link", "There is no link to hand over: the account is in use or closed.";
        AddressSuggested = "address_suggested", "Saved. They sign in themselves, so the new address is used once they confirm it.";
        AddressSaved = "address_saved", "Saved. Everything goes to this address from now on.";
        AddressAsked = "address_asked", "Almost done: open the link that goes to the new address. Until then the old one is used.";
        AddressKept = "address_kept", "Your address stays as it is.";
        NotInvited = "not_invited", "No invitation was sent: there is no address to write to, or the person has an account already.";
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
        if self == Self::ClientArchived {
            return Some(format!("/clients/{id}/restore"));
        }
        if self == Self::ExerciseArchived {
            return Some(format!("/library/{id}/restore"));
        }
        Self::IN_BIN.contains(&self).then(|| format!("/bin/{id}/restore"))
    }

    /// The notices about things that are now in the bin.
    pub const IN_BIN: [Self; 11] = [
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
    let notice = shell.notice.map(|n| notice(n, shell.undo.as_deref()));
    let said = shell.said.as_ref().map(|said| {
        let link = said.link.clone().map(|link| view! { " "<a href=link.href>{link.text}</a> });
        view! { <p class="notice notice-care" role="alert">{said.text.clone()}{link}</p> }.into_any()
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Appointments and shared exercises"/>
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=shell.assets.css.clone()/>
                {scripts}
            </head>
            <body class=class>
                <a class="skip" href="#main">"Skip to the content"</a>
                {header(shell)}
                <main id="main" tabindex="-1">
                    {notice}
                    {unreadable}
                    {said}
                    {content}
                </main>
                {palette(shell)}
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
/// children are there. Based on Leptos' `hydration/island_script.js` (MIT).
const START: &str = include_str!("start.js");

/// A notice, with the undo button if what it tells of can be undone.
fn notice(notice: Notice, undo: Option<&str>) -> AnyView {
    let Some(action) = undo.and_then(|id| notice.undo(id)) else {
        return view! { <p class="notice" role="status">{notice.label()}</p> }.into_any();
    };
    view! {
        <form class="notice notice-undo" method="post" action=action>
            {form_key()}
            <span role="status">{notice.label()}</span>
            <button class="button" type="submit">"Undo"</button>
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
    let links: Vec<AnyView> = navigation(&viewer.roles)
        .into_iter()
        .map(|(href, text)| {
            let here = shell.here == href || shell.here.starts_with(&format!("{href}/")) && href != "/portal";
            view! { <li><a href=href aria-current=here.then_some("page")>{text}</a></li> }.into_any()
        })
        .collect();
    view! {
        <header class="top">
            <a class="brand" href="/">{logo()}<span>{name}</span></a>
            <nav class="rooms" aria-label="Main"><ul>{links}</ul></nav>
            <div class="me">
                <a href="/account" aria-current=(shell.here == "/account").then_some("page")>{viewer.name.clone()}</a>
                <form method="post" action="/sign-out">{form_key()}<button class="link" type="submit">"Sign out"</button></form>
            </div>
        </header>
    }
    .into_any()
}

/// The command palette for the roles that book sessions; `None` for the others.
fn palette(shell: &Shell) -> Option<AnyView> {
    let viewer = shell.viewer.as_ref()?;
    let books = viewer.roles.iter().any(|r| matches!(r, Role::Clinician | Role::FrontDesk));
    let mut places: Vec<(String, String)> =
        navigation(&viewer.roles).into_iter().map(|(href, text)| (text.to_owned(), href.to_owned())).collect();
    for (text, href) in [
        ("New session", "/sessions/new"),
        ("Waiting list", "/waitlist"),
        ("Note somebody new", "/waitlist/new"),
        ("Account", "/account"),
    ] {
        if !places.iter().any(|(_, there)| there == href) {
            places.push((text.to_owned(), href.to_owned()));
        }
    }
    books.then(|| view! { <Palette places=places/> }.into_any())
}

/// The links of the navigation for these roles, each only once.
fn navigation(roles: &[Role]) -> Vec<(&'static str, &'static str)> {
    let mut rooms: Vec<(&str, &str)> = Vec::new();
    let mut order = roles.to_vec();
    // The role with the most frequent work comes first.
    order.sort_by_key(|r| match r {
        Role::Partner => 0,
        Role::Clinician => 1,
        Role::FrontDesk => 2,
        Role::Owner => 3,
    });
    for role in order {
        let own: &[(&str, &str)] = match role {
            Role::Partner => &[("/portal", "Home"), ("/portal/contact", "Contact")],
            Role::Clinician => &[
                ("/today", "Today"),
                ("/caseload", "Caseload"),
                ("/library", "Library"),
                ("/calendar", "Calendar"),
                ("/find", "Find"),
            ],
            Role::FrontDesk => &[
                ("/desk", "Today’s desk"),
                ("/calendar", "Calendar"),
                ("/waitlist", "Waiting list"),
                ("/find", "Find"),
                ("/email-log", "Messages"),
            ],
            Role::Owner => &[("/practice", "Practice"), ("/staff", "Staff"), ("/audit", "Audit")],
        };
        for link in own {
            if !rooms.contains(link) {
                rooms.push(*link);
            }
        }
    }
    rooms
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
