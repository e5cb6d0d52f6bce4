//! What happens to an account of a member of staff that they should know of.

crate::words! {
    /// Something that happened to an account. The label is what the list of the
    /// account’s page says.
    pub enum AccountEvent {
        NewBrowser = "new_browser", "Signed in from a browser that was not used before";
        WrongPassword = "wrong_password", "Wrong password";
        WrongCode = "wrong_code", "Right password, wrong code";
        RecoveryCodeUsed = "recovery_code_used", "Signed in with a recovery code";
        AppSetUp = "app_set_up", "Two-step sign-in set up";
        AppRemoved = "app_removed", "Two-step sign-in switched off";
        AppReset = "app_reset", "Two-step sign-in reset";
        RecoveryCodesRenewed = "recovery_codes_renewed", "New recovery codes";
    }
}

impl AccountEvent {
    /// Whether the person is told by email. A wrong password is not news: anyone can
    /// type one.
    pub const fn is_mailed(self) -> bool {
        match self {
            Self::NewBrowser
            | Self::WrongCode
            | Self::RecoveryCodeUsed
            | Self::AppSetUp
            | Self::AppRemoved
            | Self::AppReset
            | Self::RecoveryCodesRenewed => true,
            Self::WrongPassword => false,
        }
    }
}
