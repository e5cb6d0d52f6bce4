//! The kinds of email that belong together, as SQL.

/// SQL: a list of the kinds of email for which the method of
/// [`domain::outbox::reminder::EmailKind`] with this name is true.
macro_rules! email_kinds {
    (tells_time) => {
        "('confirmation', 'moved')"
    };
    (tells_version) => {
        "('confirmation', 'moved', 'cancelled')"
    };
    (invites) => {
        "('confirmation', 'moved', 'calendar_update', 'local_time')"
    };
    (tells_local_time) => {
        "('confirmation', 'moved', 'local_time')"
    };
    (follows_zone_rules) => {
        "('calendar_update', 'local_time')"
    };
    (is_portal_news) => {
        "('nudge', 'intake', 'message', 'copy', 'request', 'form')"
    };
    (is_exercise_reminder) => {
        "('nudge', 'plan', 'intake')"
    };
}
pub(crate) use email_kinds;

#[cfg(test)]
mod tests {
    use domain::outbox::reminder::EmailKind;

    /// The kinds for which this is true, as SQL.
    fn list(belongs: fn(EmailKind) -> bool) -> String {
        let words: Vec<_> = EmailKind::ALL.iter().filter(|kind| belongs(**kind)).map(|kind| kind.word()).collect();
        format!("('{}')", words.join("', '"))
    }

    #[test]
    fn sql_lists_of_kinds_match_the_methods() {
        assert_eq!(email_kinds!(tells_time), list(EmailKind::tells_time));
        assert_eq!(email_kinds!(tells_version), list(EmailKind::tells_version));
        assert_eq!(email_kinds!(invites), list(EmailKind::invites));
        assert_eq!(email_kinds!(tells_local_time), list(EmailKind::tells_local_time));
        assert_eq!(email_kinds!(follows_zone_rules), list(EmailKind::follows_zone_rules));
        assert_eq!(email_kinds!(is_portal_news), list(EmailKind::is_portal_news));
        assert_eq!(email_kinds!(is_exercise_reminder), list(EmailKind::is_exercise_reminder));
    }
}
