//! Handlers for set-up, sign-in, invitations, password resets and a person's
//! own account.

pub mod account;
pub mod home;
pub mod invitations;
pub mod resets;
pub mod setup;
pub mod sign_in;
pub mod two_step;
