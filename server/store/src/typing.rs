//! Typing keeps a login alive: what a script saves while a person types is their
//! act, although they press no button.

use chrono::Duration;

use crate::{Result, Store, Tx, Visitor, database::run};

/// How precisely the last use of a login is stored: one write for each request
/// would be too many.
pub(crate) const SEEN: Duration = Duration::seconds(60);

impl Store {
    /// Keeps the login alive of the person who typed what this transaction
    /// saves. It is not called when the same text is sent again, because then
    /// nobody has typed.
    pub(crate) async fn note_typing(&self, tx: &mut Tx, visitor: &Visitor) -> Result<()> {
        let now = self.now();
        run!(
            tx,
            "UPDATE login SET last_seen_at = $1
             WHERE id = $2 AND ended_at IS NULL AND expires_at > $1 AND last_seen_at <= $3",
            now,
            visitor.login.0,
            now - SEEN
        )?;
        Ok(())
    }
}
