//! The email log of the front desk.

crate::words! {
    /// A tab of the email log.
    pub enum LogTab {
        /// Emails that failed, or that the mail server did not take yet.
        Attention = "attention", "Needs attention";
        /// Emails that are still to be sent.
        Scheduled = "scheduled", "Scheduled";
        /// Emails that were sent, or that will not be sent.
        Sent = "sent", "Sent";
    }
}
