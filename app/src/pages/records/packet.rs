//! The sheet of a packet: one part of a record, as it leaves the practice.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::person::{Language, Zone},
    records::{
        handover::FilePart,
        packet::{Packet, PacketDocument, PacketExercise, PacketGoal, PacketNote, PacketSession},
    },
};

use crate::{
    sheet::{Block, Sheet},
    text,
};

/// What a recipient needs to know of how the sheet came about.
#[derive(Clone, Debug)]
pub struct Made {
    /// Who hands it over.
    pub by: String,
    pub at: DateTime<Utc>,
    /// The practice's zone.
    pub zone: Zone,
}

/// The sheet of a packet, from which its PDF is made.
pub fn sheet(packet: &Packet, made: &Made) -> Sheet {
    let title = match packet.part {
        FilePart::Joint => "From the clinical record",
        FilePart::PartnerA | FilePart::PartnerB => "From one person’s own part of the clinical record",
        FilePart::Process => "Process notes",
    };
    let mut blocks = vec![Block::Facts(vec![
        ("To".to_owned(), packet.recipient.clone()),
        ("Purpose".to_owned(), packet.purpose.clone()),
        ("From".to_owned(), made.by.clone()),
        ("Made on".to_owned(), text::long(made.at, &made.zone)),
    ])];
    for note in &packet.notes {
        note_blocks(note, &made.zone, &mut blocks);
    }
    list_blocks(packet, &mut blocks);
    Sheet {
        title: title.to_owned(),
        subtitle: packet.client.clone(),
        language: Language::English,
        practice: packet.practice.clone(),
        blocks,
        footer: "Confidential".to_owned(),
    }
}

/// A day with its year.
fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// The blocks of a note.
fn note_blocks(note: &PacketNote, zone: &Zone, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(1, format!("{}, {}", note.title, day(note.date))));
    if !note.header.is_empty() {
        blocks.push(Block::Facts(note.header.clone()));
    }
    for (heading, words) in &note.sections {
        if note.sections.len() > 1 {
            blocks.push(Block::Heading(2, heading.clone()));
        }
        blocks.push(Block::Text(words.clone()));
    }
    blocks.push(Block::Text(format!("Signed by {}, {}.", note.author, text::long(note.signed_at, zone))));
    for addendum in &note.addenda {
        blocks.push(Block::Heading(2, "Addendum".to_owned()));
        blocks.push(Block::Text(addendum.text.clone()));
        blocks.push(Block::Text(format!("Signed by {}, {}.", addendum.author, text::long(addendum.signed_at, zone))));
    }
}

/// The blocks of the lists of a packet.
fn list_blocks(packet: &Packet, blocks: &mut Vec<Block>) {
    let heads = |heads: &[&str]| heads.iter().map(|head| (*head).to_owned()).collect::<Vec<String>>();
    let mut add = |heading: &str, head: &[&str], rows: Vec<Vec<String>>| {
        blocks.push(Block::Heading(1, heading.to_owned()));
        if rows.is_empty() {
            blocks.push(Block::Text("None.".to_owned()));
        } else {
            blocks.push(Block::Table { head: heads(head), rows });
        }
    };
    if let Some(sessions) = &packet.sessions {
        let row = |session: &PacketSession| {
            let who: Vec<String> =
                session.attended.iter().map(|(name, word)| format!("{name}: {}", word.to_lowercase())).collect();
            vec![day(session.date), format!("{} minutes", session.minutes), session.state.clone(), who.join("\n")]
        };
        add("Joint sessions", &["Day", "Length", "State", "Attendance"], sessions.iter().map(row).collect());
    }
    if let Some(goals) = &packet.goals {
        let row = |goal: &PacketGoal| vec![goal.text.clone(), day(goal.since), goal.state.clone()];
        add("Goals", &["Goal", "Since", "State"], goals.iter().map(row).collect());
    }
    if let Some(exercises) = &packet.exercises {
        let row = |exercise: &PacketExercise| vec![exercise.title.clone(), day(exercise.assigned_on)];
        add("Exercises", &["Exercise", "Assigned on"], exercises.iter().map(row).collect());
    }
    if !packet.documents.is_empty() {
        let row = |document: &PacketDocument| vec![document.title.clone(), day(document.dated), document.file.clone()];
        add(
            "Documents, as files beside this one",
            &["Title", "Day", "File"],
            packet.documents.iter().map(row).collect(),
        );
    }
}

#[cfg(test)]
mod tests {
    use domain::records::packet::samples;
    use leptos::prelude::*;

    use super::*;

    #[test]
    fn sheet_says_all_that_is_in_the_packet() {
        let made = Made { by: "Ruth Feld".into(), at: DateTime::UNIX_EPOCH, zone: Zone::utc() };
        for packet in samples() {
            let html = Owner::new().with(|| crate::sheet::view(&sheet(&packet, &made)).to_html());
            let words = [packet.recipient.as_str(), packet.purpose.as_str(), packet.practice.as_str(), "Ruth Feld"];
            for word in words {
                assert!(html.contains(word), "{word}: {html}");
            }
            for note in &packet.notes {
                for (_, text) in &note.sections {
                    assert!(html.contains(text.as_str()), "{text}: {html}");
                }
                assert!(html.contains("Corrected the time."), "{html}");
            }
        }
    }
}
