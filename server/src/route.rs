//! What the table says of a route beside its handler: who may call it, what a
//! repeated submission of its form does, and whether it keeps a login alive.

use axum::http::Method;
use domain::clients::person::Role;
use store::Visitor;

/// One line of the table of routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// What a repeated submission of its form does; `None`: the route only shows
    /// something.
    pub posts: Option<Posts>,
    /// Whether a request to it keeps a login alive.
    pub alive: Alive,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, and the visitor is not looked up: assets and health checks. No data,
    /// no page.
    Plain,
    /// Anyone; the visitor is looked up.
    Public,
    /// Anyone with a login.
    SignedIn,
    /// An owner of the practice.
    Owner,
    /// A therapist.
    Clinician,
    /// The front desk.
    FrontDesk,
    /// The front desk, or a therapist for their own sessions.
    Bookings,
    /// A client with a portal account.
    Partner,
}

impl Access {
    /// Whether the class admits this visitor; `None`: nobody is signed in.
    pub fn admits(self, visitor: Option<&Visitor>) -> bool {
        let has = |role| visitor.is_some_and(|v| v.has(role));
        match self {
            Self::Plain | Self::Public => true,
            Self::SignedIn => visitor.is_some(),
            Self::Owner => has(Role::Owner),
            Self::Clinician => has(Role::Clinician),
            Self::FrontDesk => has(Role::FrontDesk),
            Self::Bookings => has(Role::FrontDesk) || has(Role::Clinician),
            Self::Partner => has(Role::Partner),
        }
    }
}

/// Whether a request proves that a person is at the browser, and so keeps their
/// login alive. A person who has left the room is signed out after a while, even if
/// the open page continues to send requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alive {
    /// A person opens the page or sends the form. Pages that the browser fetches
    /// ahead, and requests of a script, still do not count
    /// (`access::guard::is_by_person`).
    Person,
    /// A script of ours saves what is typed. Only changed words that were saved
    /// count; the store notes that when it saves them.
    Typing,
    /// It never keeps a login alive; the text says why.
    Never(&'static str),
}

/// What happens if a form is sent twice. No route that changes something can be
/// added without saying it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posts {
    /// The form makes something or sends an email: if it is sent again, the first
    /// answer is given again (`access::press`). The form is on the page with this
    /// address.
    Once(&'static str),
    /// As [`Posts::Once`], except a form with the field `named`: that one only
    /// looks something up, or names what its page has made already.
    OnceUnless { named: &'static str, page: &'static str },
    /// The form sets a state: sending it again changes nothing more; `why` says
    /// why.
    Sets { page: &'static str, why: &'static str },
    /// Not a form: a script of ours sends it as often as it likes; the text says
    /// why that is safe. Such a route says with `routes::Routes::call` whether it
    /// keeps a login alive.
    Call(&'static str),
}

impl Posts {
    /// The address of the page that the form is on, from the route's pattern and
    /// the path that the form was sent to: a form sent to `/clients/1/notes` is on
    /// `/clients/1/notes/new`. `None`: the path lacks a value that the page's
    /// address needs.
    pub fn page(self, route: &str, path: &str) -> Option<String> {
        let mut page = match self {
            Self::Once(page) | Self::OnceUnless { page, .. } | Self::Sets { page, .. } => page,
            Self::Call(_) => "/",
        }
        .to_owned();
        for (place, value) in route.split('/').zip(path.split('/')).filter(|(place, _)| place.starts_with('{')) {
            page = page.replace(place, value);
        }
        (!page.contains('{')).then_some(page)
    }
}
