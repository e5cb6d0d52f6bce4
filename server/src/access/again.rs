//! The password again, for acts in which it must be known who is at the browser: signing
//! a secrets policy or a release, for example.

use app::{say, words::Words};
use domain::form::Form;

use super::{Public, SignedIn};
use crate::{error::Failure, web::accounts::account::check_current_password};

/// The field in which the password is typed.
pub(crate) const FIELD: &str = "current_password";

/// Checks that the password was typed in this login within the last five minutes, or is
/// typed in this form; a right one is noted at the login. Gives the sentence to show at
/// the field; `None`: it is right.
pub(crate) async fn check(me: &SignedIn, public: &Public, form: &Form, w: Words) -> Result<Option<String>, Failure> {
    if me.is_fresh().await? {
        return Ok(None);
    }
    if form.get(FIELD).is_empty() {
        return Ok(Some(say!(w, "forms-password-needed")));
    }
    let refused = check_current_password(me, public, form.get(FIELD)).await?.message(w);
    if refused.is_none() {
        me.note_password().await?;
    }
    Ok(refused)
}
