//! Clients: couples and individuals with their people, and the caseload.

pub(crate) mod alone_mail;
pub(crate) mod caseload;
pub(crate) mod client;
pub(crate) mod email_domain;
pub(crate) mod search_keys;
