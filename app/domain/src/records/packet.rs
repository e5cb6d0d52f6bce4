//! Packets: one part of a record as it leaves the practice. A packet is printed as
//! one PDF and written as one data file, so that both say the same.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{
    document::{DocumentKind, FileType},
    handover::FilePart,
};

/// One part of a record that leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packet {
    pub part: FilePart,
    /// The name of the practice.
    pub practice: String,
    /// The names of the client's people, or of the one whose own part it is.
    pub client: String,
    pub recipient: String,
    /// Why it leaves.
    pub purpose: String,
    pub notes: Vec<PacketNote>,
    /// Joint sessions with who attended; `None`: the list does not leave.
    pub sessions: Option<Vec<PacketSession>>,
    /// `None`: the goals do not leave.
    pub goals: Option<Vec<PacketGoal>>,
    /// Exercises that both partners were given; `None`: the list does not leave.
    pub exercises: Option<Vec<PacketExercise>>,
    /// Documents that leave as files of their own beside this one.
    pub documents: Vec<PacketDocument>,
}

/// A signed note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketNote {
    pub date: NaiveDate,
    /// The title of its template, such as "Couple session".
    pub title: String,
    pub author: String,
    pub signed_at: DateTime<Utc>,
    /// What its header says: a term and its value.
    pub header: Vec<(String, String)>,
    /// The sections with words in them: heading and text.
    pub sections: Vec<(String, String)>,
    pub addenda: Vec<PacketAddendum>,
}

/// A signed addendum to a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketAddendum {
    pub author: String,
    pub signed_at: DateTime<Utc>,
    pub text: String,
}

/// A session that took place or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketSession {
    pub date: NaiveDate,
    pub minutes: i64,
    /// What became of it, such as "Completed".
    pub state: String,
    /// Each person with whether they attended.
    pub attended: Vec<(String, String)>,
}

/// A goal of the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketGoal {
    pub text: String,
    pub since: NaiveDate,
    /// Whether it is reached, such as "Open".
    pub state: String,
}

/// An exercise, without any answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketExercise {
    pub title: String,
    pub assigned_on: NaiveDate,
}

/// A document that leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketDocument {
    pub title: String,
    pub kind: DocumentKind,
    pub dated: NaiveDate,
    /// The name of the file that leaves.
    pub file: String,
    pub bytes: i64,
    /// The SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Packet {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
            && self.documents.is_empty()
            && self.sessions.is_none()
            && self.goals.is_none()
            && self.exercises.is_none()
    }

    /// What is in it, a line for each item, as the practice's own list of what left
    /// says it.
    pub fn lines(&self) -> Vec<String> {
        let day = |date: NaiveDate| date.format("%-d %B %Y").to_string();
        let mut lines: Vec<String> =
            self.notes.iter().map(|n| format!("Note of {}: {} ({})", day(n.date), n.title, n.author)).collect();
        lines.extend(self.documents.iter().map(|d| format!("Document of {}: {}", day(d.dated), d.title)));
        if let Some(sessions) = &self.sessions {
            lines.push(format!("List of joint sessions and attendance ({})", sessions.len()));
        }
        if let Some(goals) = &self.goals {
            lines.push(format!("Goals ({})", goals.len()));
        }
        if let Some(exercises) = &self.exercises {
            lines.push(format!("List of exercises, without answers ({})", exercises.len()));
        }
        match self.part {
            FilePart::Joint => {}
            FilePart::PartnerA | FilePart::PartnerB => {
                for line in &mut lines {
                    *line = format!("{}’s own: {line}", self.client);
                }
            }
            FilePart::Process => {
                for line in &mut lines {
                    *line = format!("Process notes: {line}");
                }
            }
        }
        lines
    }
}

impl FilePart {
    /// The beginning of the names of this part's files.
    pub const fn file_stem(self) -> &'static str {
        match self {
            Self::Joint => "record",
            Self::PartnerA => "own-part-a",
            Self::PartnerB => "own-part-b",
            Self::Process => "process-notes",
        }
    }
}

/// The name of the file of a document: its number within its part, from 1, and the
/// ending of its type. A title would be no safe name of a file.
pub fn document_file(part: FilePart, number: usize, file_type: FileType) -> String {
    format!("{}-document-{number}.{}", part.file_stem(), file_type.ending())
}

/// Sample packets: an empty part; one with everything in it.
pub fn samples() -> Vec<Packet> {
    let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap_or_default();
    let text = |text: &str| text.to_owned();
    let empty = Packet {
        part: FilePart::PartnerB,
        practice: text("Lakeside Practice"),
        client: text("Jonas Brandt"),
        recipient: text("Dr Weiss"),
        purpose: text("Further treatment"),
        notes: vec![],
        sessions: None,
        goals: None,
        exercises: None,
        documents: vec![],
    };
    let full = Packet {
        part: FilePart::Joint,
        client: text("अमारा <b>Okafor</b> & Jonas Brandt"),
        notes: vec![PacketNote {
            date: day(24),
            title: text("Couple session"),
            author: text("Ruth Feld"),
            signed_at: DateTime::UNIX_EPOCH,
            header: vec![(text("Place"), text("Garden room"))],
            sections: vec![(text("Plan"), text("Walks, on both sides of the lake."))],
            addenda: vec![PacketAddendum {
                author: text("Ruth Feld"),
                signed_at: DateTime::UNIX_EPOCH,
                text: text("Corrected the time."),
            }],
        }],
        sessions: Some(vec![PacketSession {
            date: day(24),
            minutes: 75,
            state: text("Completed"),
            attended: vec![(text("Jonas"), text("Present"))],
        }]),
        goals: Some(vec![PacketGoal { text: text("An evening a week"), since: day(3), state: text("Open") }]),
        exercises: Some(vec![PacketExercise { title: text("Listening"), assigned_on: day(10) }]),
        documents: vec![PacketDocument {
            title: text("Letter"),
            kind: DocumentKind::Letter,
            dated: day(2),
            file: document_file(FilePart::Joint, 1, FileType::Pdf),
            bytes: 1_200,
            sha256: "ab".repeat(32),
        }],
        ..empty.clone()
    };
    vec![empty, full]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_what_leaves_and_whose_it_is() {
        let [empty, full] = samples().try_into().unwrap();
        assert!(empty.is_empty() && empty.lines().is_empty());
        let lines = full.lines();
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert_eq!(lines[0], "Note of 24 November 2026: Couple session (Ruth Feld)");
        let own = Packet { part: FilePart::PartnerB, client: "Jonas".into(), ..full };
        assert!(own.lines().iter().all(|line| line.starts_with("Jonas’s own: ")), "{:?}", own.lines());
    }

    #[test]
    fn names_of_files_have_plain_letters() {
        for part in FilePart::ALL {
            let name = document_file(*part, 3, FileType::Docx);
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'), "{name}");
        }
    }
}
