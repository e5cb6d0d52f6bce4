//! Accounts: links, logins, addresses, passwords and what people type.

pub mod addresses;
pub mod ended_links;
pub mod events;
pub mod first_minutes;
pub mod invitations;
mod kept;
pub mod languages;
pub mod logins;
pub mod one_address;
pub mod throttles;
pub mod two_step;
pub mod typing;
