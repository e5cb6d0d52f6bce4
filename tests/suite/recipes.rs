//! How each route is requested for something that really exists, who may do it, and what
//! counts as success.
//!
//! Every recipe is found by method and path, without a wildcard: a new route has none,
//! and [`recipe`] says what to add here.

mod changing;
mod creating;
mod made;
mod pages;

use axum::http::Method;
use duologue::routes::RouteInfo;

pub(crate) use self::made::copy_to_hand_over;
use crate::{matrix::Who, routes::Stage};

use Who::{
    Anonymous, Archived, Disabled, Ended, FormerCover, FrontDesk, OtherClinician, OwnClinician, Owner, PartnerA,
    PartnerB, Separated, Stranger,
};

const ALL: &[Who] = &Who::ALL;
const SIGNED_IN: &[Who] =
    &[Owner, OwnClinician, OtherClinician, FormerCover, FrontDesk, PartnerA, PartnerB, Stranger, Separated, Archived];
const NOT_SIGNED_IN: &[Who] = &[Anonymous, Ended, Disabled];
const STAFF: &[Who] = &[Owner, OwnClinician, OtherClinician, FormerCover, FrontDesk];
const OWNER: &[Who] = &[Owner];
const OWN: &[Who] = &[OwnClinician];
const OTHER: &[Who] = &[OtherClinician];
const THERAPISTS: &[Who] = &[OwnClinician, OtherClinician];
const CLINICIANS: &[Who] = &[OwnClinician, OtherClinician, FormerCover];
const DESK: &[Who] = &[FrontDesk];
/// Those who book, and the session's therapist.
const DESK_OR_OWN: &[Who] = &[FrontDesk, OwnClinician];
const BOOKINGS: &[Who] = &[FrontDesk, OwnClinician, OtherClinician, FormerCover];
const PARTNERS: &[Who] = &[PartnerA, PartnerB, Stranger, Separated, Archived];
const FEEDS: &[Who] = &[OwnClinician, OtherClinician, FormerCover, PartnerA, PartnerB, Stranger, Separated, Archived];
const BOTH: &[Who] = &[PartnerA, PartnerB];
const AMARA: &[Who] = &[PartnerA];
const JONAS: &[Who] = &[PartnerB];

/// A route's line in the matrix.
pub(crate) enum Recipe {
    Line(Line),
    /// The route refuses everyone by its nature, for this reason.
    Refuses(&'static str),
}

/// A request that can succeed.
pub(crate) struct Line {
    /// The visitors who succeed; everyone else is refused.
    pub(crate) may: &'static [Who],
    pub(crate) path: String,
    pub(crate) sent: Sent,
    pub(crate) effect: Effect,
}

/// The body of a request.
pub(crate) enum Sent {
    Nothing,
    Form(Vec<(String, String)>),
    Json(String),
}

/// What counts as success.
#[derive(Clone, Copy)]
pub(crate) enum Effect {
    /// A page or a file is shown and no row changes, except that a row of the table
    /// `marks` may note that its reader has seen it.
    Shows { marks: Option<&'static str> },
    /// The answer leads to one of these pages, and no row changes.
    Leads { to: &'static [&'static str] },
    /// A row of this table is added, changed or removed.
    Writes { table: &'static str, answer: Answer },
}

/// The answer to a request that wrote something.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// A page: 200.
    Page,
    /// A redirect to an address that begins with this text: 303, without a notice that
    /// nothing happened.
    To(&'static str),
}

const SHOWS: Effect = Effect::Shows { marks: None };

fn writes(table: &'static str, to: &'static str) -> Effect {
    Effect::Writes { table, answer: Answer::To(to) }
}

fn answers_with_page(table: &'static str) -> Effect {
    Effect::Writes { table, answer: Answer::Page }
}

/// The practice's own wording of a reminder.
const WORDING: [(&str, &str); 2] =
    [("subject", "See you on {day}"), ("body", "Dear[ {name}], {when}. [{place}] [{link}] [{replies}]")];

/// Makes an example of a client without people.
const EXAMPLE: &str = "INSERT INTO client (id, kind, created_at, created_by, example_at)
    SELECT account_id, 'couple', granted_at, account_id, granted_at FROM account_role WHERE role = 'owner'
    ON CONFLICT DO NOTHING";

const OF_BOTH: &str = "of both";
/// Belongs to one partner alone: the cell of the other is 404.
const ALONE: &str = "Amara’s alone";

/// The lines of a route: one, or two where the thing can belong to one partner.
pub(crate) fn variants(route: &RouteInfo) -> &'static [&'static str] {
    match (route.method.as_str(), route.path) {
        ("GET", "/portal/exercises/{id}" | "/portal/sessions/{id}" | "/portal/times")
        | (
            "POST",
            "/portal/exercises/{id}"
            | "/portal/exercises/{id}/agreements/{step}"
            | "/portal/exercises/{id}/plans/{step}"
            | "/portal/exercises/{id}/not-now"
            | "/portal/sessions/{id}/cancel"
            | "/portal/sessions/{id}/coming"
            | "/portal/requests"
            | "/api/draft",
        ) => &[OF_BOTH, ALONE],
        _ => &[""],
    }
}

/// The recipe of a line; creates what it needs first.
pub(crate) async fn recipe(stage: &mut Stage, route: &RouteInfo, variant: &str) -> Recipe {
    let path = route.path;
    let found = if route.method == Method::GET {
        match pages::looks(stage, path, variant).await {
            Some(line) => Some(Recipe::Line(line)),
            None => refuses(&route.method, path).map(Recipe::Refuses),
        }
    } else {
        match refuses(&route.method, path) {
            Some(why) => Some(Recipe::Refuses(why)),
            None => match creating::makes(stage, path, variant).await {
                Some(line) => Some(Recipe::Line(line)),
                None => changing::sets(stage, path, variant).await.map(Recipe::Line),
            },
        }
    };
    found.unwrap_or_else(|| {
        panic!(
            "{} {path} has no recipe. Add one to tests/suite/recipes: in `pages` for a page, in `creating` for a form of \
             `Posts::Once` (its fields are in presses::case), in `changing` for any other. It says who succeeds (everyone else \
             must be refused), makes something of its own to ask for, and names the table in which a row changes. A route \
             that refuses everyone by its nature goes to `refuses`, with the reason.",
            route.method
        )
    })
}

/// Why nobody succeeds at a route; `None` for all other routes.
fn refuses(method: &Method, path: &str) -> Option<&'static str> {
    match (method.as_str(), path) {
        ("GET", "/pkg/{file}") => Some("the files of the browser build are not there in a test"),
        ("GET" | "POST", "/setup") => Some("a practice is set up once (presses::a_practice_is_set_up_once)"),
        ("POST", "/account/two-step") => {
            Some("a code belongs to the login whose page showed the secret (accounts::two_step)")
        }
        ("GET", "/mailbox" | "/mailbox/{id}") => Some("the demo’s alone"),
        _ => None,
    }
}

fn visitors_of(variant: &str) -> &'static [Who] {
    if variant == ALONE { AMARA } else { BOTH }
}
