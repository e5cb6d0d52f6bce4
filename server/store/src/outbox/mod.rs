//! Emails, in two parts.
//!
//! * [`owed`]: which emails are planned, for whom and when. It lies below the
//!   areas that owe emails (accounts, exercises, scheduling, records).
//! * [`sent`]: claimed, checked again, written, finished, returned, undelivered,
//!   and the email log. It lies above all of these areas, because it asks each
//!   of them whether an email is still due.

pub(crate) mod owed;
pub(crate) mod sent;
