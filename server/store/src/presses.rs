//! Presses: sending the same form twice acts once.
//!
//! A page that creates something carries a form key. The first transaction of
//! the request that writes also stores the press, so the press and what it made
//! are stored together or not at all. If the same form arrives again (a double
//! click, a reload, a retry on a bad network), it gets the first answer, also
//! while the first request is still running. Other content under the same key
//! is recognised by a keyed hash.

use chrono::{DateTime, Duration, Utc};
use domain::ids::AccountId;
use uuid::Uuid;

use crate::{
    Error, FormKey, Result, Store, Tx, Worker,
    database::{maybe, run},
};

/// How long a press is remembered.
const KEPT: Duration = Duration::days(30);

/// One request that sends a form: from which account, to which address, with
/// which form key and content.
#[derive(Clone, Debug)]
pub struct Press {
    /// A keyed hash of the account, the path and the form key.
    id: Uuid,
    /// A keyed hash of the form's content, because the content is private.
    content: Vec<u8>,
    request: Uuid,
}

impl Press {
    /// The id that all presses of one form by one account share.
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

/// What is known of a press before its request runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressState {
    /// No request has made this press yet.
    New,
    /// Another request is working on it, or the program ended in the middle.
    Running,
    /// It was done with the same content, and got this answer.
    Done { answer: Vec<u8> },
    /// It was done at this time with other content, and got this answer.
    Other { answer: Vec<u8>, at: DateTime<Utc> },
}

/// What the store of one request may write.
pub(crate) enum Writes {
    /// Everything that its scopes allow.
    All,
    /// Everything that its scopes allow, together with this press.
    Once(Press),
    /// Only the audit entries of what was opened.
    Nothing,
}

impl Store {
    /// The press of a form. `account` is `None` for a form that needs no login;
    /// `fields` are the form's names and values, including its key.
    pub fn press<'a>(
        &self,
        account: Option<AccountId>,
        path: &str,
        key: FormKey,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Press {
        let who = account.map_or(Uuid::nil(), |a| a.0);
        let key = key.to_string();
        let id = self.keys().mac("press", [who.as_bytes().as_slice(), path.as_bytes(), key.as_bytes()]);
        let fields = fields.into_iter().filter(|(name, _)| *name != FormKey::FIELD);
        let content = self.keys().mac("content", fields.flat_map(|(name, value)| [name.as_bytes(), value]));
        Press { id: Uuid::from_bytes(std::array::from_fn(|i| id[i])), content, request: self.clock().id() }
    }

    /// A store for the request of a press: its first write also stores the
    /// press, in the same transaction.
    pub fn for_press(&self, press: Press) -> Self {
        self.of_one_request().for_request_with(Writes::Once(press))
    }

    /// A store for a request that only shows a form again: it writes nothing
    /// but the audit entries of what was opened.
    pub fn read_only(&self) -> Self {
        self.of_one_request().for_request_with(Writes::Nothing)
    }

    /// Looks up what became of a press so far.
    pub async fn pressed(&self, press: &Press) -> Result<PressState> {
        let mut tx = self.read().await?;
        let row = maybe!(
            &mut tx,
            (Vec<u8>, Option<Vec<u8>>, DateTime<Utc>),
            "SELECT content, answer, made_at FROM press WHERE id = $1",
            press.id
        )?;
        Ok(match row {
            None => PressState::New,
            Some((_, None, _)) => PressState::Running,
            Some((content, Some(sealed), at)) => {
                let answer = self.keys().open_master("press", press.id, &sealed)?.to_vec();
                if content == press.content { PressState::Done { answer } } else { PressState::Other { answer, at } }
            }
        })
    }

    /// Stores the answer of a press. It stores nothing where the request wrote
    /// nothing: pressed again, the form is handled anew.
    pub async fn answer_press(&self, press: &Press, answer: &[u8]) -> Result<()> {
        let mut tx = self.write().await?;
        run!(
            &mut tx,
            "UPDATE press SET answer = $1 WHERE id = $2 AND request_id = $3",
            self.keys().seal_master("press", press.id, answer),
            press.id,
            press.request
        )?;
        tx.commit().await
    }

    /// Forgets a press whose form was refused: the form may be corrected and
    /// sent under the same key.
    pub async fn forget_press(&self, press: &Press) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM press WHERE id = $1 AND request_id = $2", press.id, press.request)?;
        tx.commit().await
    }

    /// Checks that this request may write. The error is [`Error::OnlyShown`].
    pub(crate) fn may_write(&self) -> Result<()> {
        if matches!(self.writes(), Writes::Nothing) { Err(Error::OnlyShown) } else { Ok(()) }
    }

    /// Stores the press of this request, if it has one, in the transaction that
    /// writes. Of two at the same time, the second waits here for the first.
    /// The error is [`Error::PressedBefore`] if another request made this
    /// press.
    pub(crate) async fn keep_press(&self, tx: &mut Tx) -> Result<()> {
        let Writes::Once(press) = self.writes() else { return Ok(()) };
        let first = run!(
            tx,
            "INSERT INTO press (id, content, request_id, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
            press.id,
            &press.content,
            press.request,
            self.now()
        )?;
        if first > 0 {
            return Ok(());
        }
        // A request that writes twice finds its own press.
        let of = maybe!(tx, (Uuid,), "SELECT request_id FROM press WHERE id = $1", press.id)?;
        if of == Some((press.request,)) { Ok(()) } else { Err(Error::PressedBefore) }
    }
}

impl Worker {
    /// Forgets presses so old that nobody sends their forms again.
    pub async fn forget_presses(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(&mut tx, "DELETE FROM press WHERE made_at < $1", self.now() - KEPT)?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use crate::Keys;

    #[test]
    fn keyed_hash_depends_on_field_boundaries() {
        let keys = Keys::new(&[7; 32]);
        let mac = |parts: &[&[u8]]| keys.mac("content", parts.iter().copied());
        assert_eq!(mac(&[b"a", b"bc"]), mac(&[b"a", b"bc"]));
        assert_ne!(mac(&[b"a", b"bc"]), mac(&[b"ab", b"c"]));
        assert_ne!(mac(&[b"a"]), keys.mac("press", [b"a".as_slice()]));
        assert_ne!(mac(&[b"a"]), Keys::new(&[8; 32]).mac("content", [b"a".as_slice()]));
    }
}
