//! Which emails are owed, to whom, and when.
//!
//! An email is planned in the transaction of the fact that it reports, under a
//! key: planning it twice has the same effect as planning it once.

mod accounts;
mod check;
mod facts;
mod kinds;
mod owe;
mod recipients;
mod sessions;

pub use self::facts::{EmailFacts, SeriesFacts, SessionFacts};
pub(crate) use self::{
    accounts::{plan_invitation, plan_reset, plan_security},
    check::{Addressed, Look, StillDue},
    kinds::email_kinds,
    owe::{About, AboutColumns, OnConflict, Owed, To, owe, owe_again},
    recipients::{is_client_by_themselves, replan_mailboxes},
    sessions::{SessionVersion, plan_new, plan_session, plan_shift_email, plan_undone, replan_all, replan_person},
};
