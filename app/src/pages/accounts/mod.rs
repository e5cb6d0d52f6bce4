//! Pages of set-up, sign-in, invitations, password resets and a person's own
//! account.

pub mod account;
pub mod forgot;
pub mod handed;
pub mod invitation;
pub mod kept;
pub mod new_address;
pub mod own_address;
pub mod reset;
pub mod setup;
pub mod sign_in;
pub mod sign_in_code;
pub mod two_step;
