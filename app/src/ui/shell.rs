//! What stands around every page: the document, the way around, notices.

use domain::person::Role;
use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};

use crate::islands::Palette;

domain::words! {
    /// What was just done: a closed set, so that no link can put words of its
    /// own on a page.
    pub enum Notice {
        Saved = "saved", "Saved.";
        Created = "created", "Created.";
        Invited = "invited", "An invitation is on its way.";
        Separated = "separated", "They are separated here. Nobody was written to: please tell each of them.";
        Archived = "archived", "Put away. You can bring it back at any time.";
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
        Withdrawn = "withdrawn", "Ended. Nobody is asked for it any more; what was written is kept.";
        Signed = "signed", "The note is signed.";
        RoomAdded = "room_added", "The room was added.";
        RoomArchived = "room_archived", "The room is out of use.";
        LocationArchived = "location_archived", "The location is out of use.";
        StaffChanged = "staff_changed", "The account was changed.";
        LoginEnded = "login_ended", "That browser is signed out.";
        PutOff = "put_off", "Noted. No reminder comes for it.";
        TakenUp = "taken_up", "It is open again.";
        TakenBack = "taken_back", "Taken back. Nobody is told.";
        TakenOver = "taken_over", "Taken over.";
        TakenBackPlain = "taken_back_plain", "Taken back.";
        Written = "written", "Sent.";
        Planned = "planned", "Planned.";
        Noted = "noted", "Noted.";
        OnTheList = "on_the_list", "They are on the list, behind those who asked before them.";
        Paused = "paused", "Resting. Nobody is asked until you let it go on.";
        Resumed = "resumed", "It goes on.";
        PathwayGiven = "pathway_given", "The first exercise is given; the others follow in their turn.";
        PathwayEnded = "pathway_ended", "Nothing more is given along this pathway. What was given stands.";
        DraftRevived = "draft_revived", "The draft you typed into had been published or thrown away in another window. What you typed is kept here, as a draft of its own.";
        Published = "published", "It stands in the library. What was given before stays as it was.";
        TheSame = "the-same", "You had this exercise already, word for word.";
        Discarded = "discarded", "The draft is gone.";
        Reset = "reset", "Erased unread. They can answer it anew.";
        NotReset = "not_reset", "Both have read each other’s answers already, so these stand. Give the exercise anew instead.";
        NotInvited = "not_invited", "No invitation was sent: there is no address to write to, or the person has an account already.";
    }
}

/// Which way around a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Public,
    Portal,
    Staff,
}

#[derive(Clone, Debug)]
pub struct Viewer {
    pub name: String,
    pub roles: Vec<Role>,
}

/// The names of the files a page needs.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The address of the style sheet.
    pub css: String,
    /// What the script and the wasm are called, without their endings.
    pub js_name: String,
    pub islands: bool,
}

#[derive(Clone, Debug)]
pub struct Shell {
    pub title: String,
    pub room: Room,
    pub practice: String,
    pub viewer: Option<Viewer>,
    /// The path of this page.
    pub here: String,
    pub notice: Option<Notice>,
    pub assets: Assets,
}

/// The whole document around a page's content.
pub fn page(shell: &Shell, content: AnyView) -> AnyView {
    let scripts = shell.assets.islands.then(|| {
        let options = LeptosOptions::builder().output_name(shell.assets.js_name.clone()).site_pkg_dir("pkg").build();
        view! { <HydrationScripts options=options islands=true/> }.into_any()
    });
    let title =
        if shell.practice.is_empty() { shell.title.clone() } else { format!("{} · {}", shell.title, shell.practice) };
    let class = match shell.room {
        Room::Public => "public",
        Room::Portal => "portal",
        Room::Staff => "staff",
    };
    let notice = shell.notice.map(|n| view! { <p class="notice" role="status">{n.label()}</p> }.into_any());
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
                    {content}
                </main>
                {palette(shell)}
                <footer class="foot"><p>{shell.practice.clone()}</p></footer>
            </body>
        </html>
    }
    .into_any()
}

fn header(shell: &Shell) -> AnyView {
    let name = if shell.practice.is_empty() { "Duologue".to_owned() } else { shell.practice.clone() };
    let Some(viewer) = &shell.viewer else {
        return view! { <header class="top"><a class="brand" href="/">{mark()}<span>{name}</span></a></header> }
            .into_any();
    };
    let links: Vec<AnyView> = rooms(&viewer.roles)
        .into_iter()
        .map(|(href, text)| {
            let here = shell.here == href || shell.here.starts_with(&format!("{href}/")) && href != "/portal";
            view! { <li><a href=href aria-current=here.then_some("page")>{text}</a></li> }.into_any()
        })
        .collect();
    view! {
        <header class="top">
            <a class="brand" href="/">{mark()}<span>{name}</span></a>
            <nav class="rooms" aria-label="Main"><ul>{links}</ul></nav>
            <div class="me">
                <a href="/account" aria-current=(shell.here == "/account").then_some("page")>{viewer.name.clone()}</a>
                <form method="post" action="/sign-out"><button class="link" type="submit">"Sign out"</button></form>
            </div>
        </header>
    }
    .into_any()
}

/// Ctrl+K for those who book.
fn palette(shell: &Shell) -> Option<AnyView> {
    let viewer = shell.viewer.as_ref()?;
    let books = viewer.roles.iter().any(|r| matches!(r, Role::Clinician | Role::FrontDesk));
    let mut places: Vec<(String, String)> =
        rooms(&viewer.roles).into_iter().map(|(href, text)| (text.to_owned(), href.to_owned())).collect();
    for (text, href) in [
        ("New session", "/sessions/new"),
        ("Waiting list", "/inquiries"),
        ("Note somebody new", "/inquiries/new"),
        ("Account", "/account"),
    ] {
        if !places.iter().any(|(_, there)| there == href) {
            places.push((text.to_owned(), href.to_owned()));
        }
    }
    books.then(|| view! { <Palette places=places/> }.into_any())
}

/// Where each role can go, without the same place twice.
fn rooms(roles: &[Role]) -> Vec<(&'static str, &'static str)> {
    let mut rooms: Vec<(&str, &str)> = Vec::new();
    let mut order = roles.to_vec();
    // The daily work first.
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
                ("/inquiries", "Waiting list"),
                ("/find", "Find"),
                ("/messages", "Messages"),
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

/// Two arcs that lean towards each other.
fn mark() -> AnyView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <path d="M13 5a11 11 0 1 0 0 22" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>
            <path d="M19 27a11 11 0 1 0 0-22" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" class="mark-other"/>
        </svg>
    }
    .into_any()
}
