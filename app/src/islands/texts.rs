//! The words of islands that clients see. The language files are on the server
//! only: it sends the words along. `{at}` and other braces are filled in by the
//! island.

use serde::{Deserialize, Serialize};

/// What autosave says of the last save.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SaveTexts {
    /// "Saved {at}".
    pub saved: String,
    /// Added to it if another window has saved as well.
    pub elsewhere: String,
    /// The form was not sent, because there is no connection.
    pub offline: String,
    /// The exercise cannot be saved any more.
    pub gone: String,
    /// Saving failed, and is tried again.
    pub again: String,
    /// Saving failed several times, because the login may have ended.
    pub refused: String,
}

impl Default for SaveTexts {
    /// The words for the staff's pages.
    fn default() -> Self {
        Self {
            saved: "Saved {at}".to_owned(),
            elsewhere: "This was also changed in another window or device. Both are kept; reload the page to see all of it.".to_owned(),
            offline: "Nothing was sent: there is no connection to the practice just now. Your words are still here; try again in a moment.".to_owned(),
            gone: "Not saved: this exercise has been sent or is no longer open. Reload the page to see what changed.".to_owned(),
            again: "Not saved yet, trying again".to_owned(),
            refused: "Not saved yet, trying again. If this stays, sign in again in another tab and leave this one open.".to_owned(),
        }
    }
}

impl SaveTexts {
    /// "Saved 21:04"; empty if nothing was saved.
    pub(super) fn saved(&self, at: &str) -> String {
        if at.is_empty() { String::new() } else { self.saved.replace("{at}", at) }
    }
}

/// What the buttons of a countdown say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CountdownTexts {
    pub start: String,
    pub pause: String,
    pub go_on: String,
    pub again: String,
    /// The time is over.
    pub over: String,
}

/// What the buttons say that turn the steps of an exercise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepTexts {
    pub back: String,
    pub next: String,
    /// "Step {at} of {all}".
    pub place: String,
}
