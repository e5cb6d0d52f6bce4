//! Access control: who may call a route, and what a handler gets when it is called.
//!
//! Every route names an [`Access`] class ([`crate::routes`]). [`guard()`] runs before
//! the handler, finds the visitor of the login, and answers everybody outside of
//! the class: a visitor without a login is sent to the sign-in page, any other
//! visitor gets a 404. Behind the guard, a handler takes one of the extractors
//! [`Owner`], [`Clinician`], [`FrontDesk`], [`Bookings`], [`Partner`], [`SignedIn`]
//! or [`Public`]. Each gives the store's scope of that name ([`Public`]: that of a
//! guest), and there is no other way from a handler to data.
//!
//! ```ignore
//! /// GET /clients/{id}
//! pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
//!     let record = clinician.client(id).await?.found()?;
//!     page.ok(&record.title(), model(&record), client::view).await
//! }
//!
//! /// POST /clients/{id}/archive
//! pub async fn archive(clinician: Clinician, PathIds(id): PathIds<ClientId>) -> Answer {
//!     clinician.set_archived(id, true).await?.found()?;
//!     Ok(redirect_with(&format!("/clients/{id}"), Notice::ClientArchived))
//! }
//! ```

mod admitted;
pub(crate) mod again;
pub mod cookie;
mod extractors;
mod guard;
mod kept;
pub mod origin;
mod press;
pub mod public;
pub(crate) mod sign_in_page;
pub mod throttle;

use self::admitted::Admitted;
pub use self::{
    extractors::{Bookings, Clinician, FrontDesk, Owner, Partner, SignedIn},
    guard::{Guarded, guard},
    public::Public,
};
pub(crate) use self::{guard::ShowAgainMark, kept::KeptForm};
pub use crate::route::Access;
