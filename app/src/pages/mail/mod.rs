//! Pages of the email log, undelivered emails and wordings.

pub mod email_table;
pub mod log;
pub mod mailbox;
pub mod returned;
pub mod sent_email;
pub mod stopped;
pub mod undelivered;
pub mod unmailed;
pub mod unsubscribe;
pub mod wording;
pub mod wordings;
