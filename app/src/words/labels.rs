//! The labels of closed sets of words, for clients.

use domain::{
    accounts::event::AccountEvent,
    clients::person::AloneMail,
    exercises::response::NotNow,
    records::document::FileType,
    records::{disclosure::Ground, release::Manner},
    records::{
        intake::{Channel, OthersRead},
        own_data::{
            RequestState as CopyState,
            copy::{Field as CopyField, Part as CopyPart, Term as CopyTerm},
        },
    },
    scheduling::{inquiry::MeetingWish, preferred::WeekPart, reply::Reply, slots::DayPart},
};

use super::{Words, files};
use crate::{pages::lifecycle::welcome::Screen, say, ui::shell::Notice};

/// A closed set of words whose labels are in the language files.
pub trait Label {
    /// The first part of the keys of the labels: `day-part` for
    /// `day-part-morning`.
    const FAMILY: &'static str;

    /// The word that is stored, which is the second part of the key.
    fn word(&self) -> &'static str;
}

/// Names the first part of the keys of each set, and lists all keys for the
/// tests.
macro_rules! families {
    ($($set:ident: $family:literal),+ $(,)?) => {
        $(impl Label for $set {
            const FAMILY: &'static str = $family;

            fn word(&self) -> &'static str {
                $set::word(*self)
            }
        })+

        /// The keys of all labels.
        #[cfg(test)]
        pub(super) fn keys() -> Vec<String> {
            let mut keys = Vec::new();
            $(keys.extend($set::ALL.iter().map(key));)+
            keys
        }
    };
}

families! {
    AccountEvent: "account-event",
    AloneMail: "alone-mail",
    Channel: "intake-channel",
    CopyField: "own-field",
    CopyPart: "own-part",
    CopyState: "own-state",
    CopyTerm: "own-term",
    DayPart: "day-part",
    Ground: "disclosure-ground",
    Manner: "release-manner",
    FileType: "file-type",
    MeetingWish: "meeting-wish",
    NotNow: "not-now-why",
    OthersRead: "intake-others",
    Screen: "welcome-screen",
    WeekPart: "week-part",
}

/// The key of a label.
fn key<L: Label>(label: &L) -> String {
    format!("{}-{}", L::FAMILY, label.word())
}

/// The key of a notice's text for clients.
pub(super) fn notice_key(notice: Notice) -> String {
    format!("notice-{}", notice.word())
}

impl Words {
    /// The label of a word of a closed set.
    pub fn label<L: Label>(self, of: L) -> String {
        self.message(&key(&of), &[])
    }

    /// The labels of a whole set, as the options of a form's field: words and
    /// labels.
    pub fn options<L: Label + Copy>(self, set: &[L]) -> Vec<(String, String)> {
        set.iter().map(|of| (of.word().to_owned(), self.label(*of))).collect()
    }

    /// A reply to a reminder; `joint`: both partners attend.
    pub fn reply(self, reply: Reply, joint: bool) -> String {
        match (reply, joint) {
            (Reply::Coming, true) => say!(self, "reply-coming-both"),
            (Reply::Coming, false) => say!(self, "reply-coming-one"),
            (Reply::Alone, _) => say!(self, "reply-alone"),
            (Reply::Another, true) => say!(self, "reply-another-both"),
            (Reply::Another, false) => say!(self, "reply-another-one"),
        }
    }

    /// What a client reads of what was just done. A notice that only staff can
    /// cause has no text of its own here.
    pub fn notice(self, notice: Notice) -> String {
        let key = notice_key(notice);
        let text =
            files::message(self.language, &key, &[]).or_else(|| files::message(Self::ENGLISH.language, &key, &[]));
        text.unwrap_or_else(|| notice.label().to_owned())
    }
}
