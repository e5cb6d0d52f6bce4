//! Accounts: set-up, invitations, logins, password resets and changes of
//! address.

pub(crate) mod account;
pub(crate) mod addresses;
pub(crate) mod browsers;
pub(crate) mod events;
pub(crate) mod factors;
pub(crate) mod logins;
pub(crate) mod open_links;
pub(crate) mod resets;
pub(crate) mod staff;
