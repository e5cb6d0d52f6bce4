//! The copy that a person gets of their own data, as a sheet: what the PDF says in
//! the person's language. The JSON file has the same parts and fields by their
//! words.

use domain::{
    clients::person::Zone,
    records::own_data::copy::{Copy, Field, Part, Reader, Record, Value},
};

use crate::{
    say,
    sheet::{Block, Sheet},
    words::Words,
};

/// A text that is longer than this, in characters, or has several lines, is a
/// paragraph of its own.
const SHORT: usize = 120;

/// The sheet of a copy for this person.
pub fn sheet(copy: &Copy, name: &str, w: Words, zone: &Zone) -> Sheet {
    let made = w.stamp(copy.made_at, zone);
    let mut blocks = vec![Block::Text(say!(w, "own-copy-about", practice = &copy.practice, date = &made))];
    if copy.reader == Reader::HandOver {
        blocks.push(Block::Text(say!(w, "own-copy-handed")));
    }
    for part in Part::ALL {
        blocks.push(Block::Heading(1, w.label(*part)));
        let records = copy.records(*part);
        if records.is_empty() {
            blocks.push(Block::Text(say!(w, "own-copy-nothing")));
        } else if is_table(*part) {
            blocks.push(table(records, w, zone));
        } else {
            for (n, record) in records.iter().enumerate() {
                if n > 0 {
                    blocks.push(Block::Rule);
                }
                blocks.extend(record_blocks(record, 2, w, zone));
            }
        }
        if *part == Part::LeftOut {
            blocks.push(Block::Text(say!(w, "own-copy-general")));
        }
    }
    Sheet {
        title: say!(w, "own-copy-title"),
        subtitle: say!(w, "own-copy-subtitle", name = name, date = &made),
        language: w.language(),
        practice: copy.practice.clone(),
        blocks,
        footer: say!(w, "own-copy-footer"),
    }
}

/// Whether the records of a part are rows of a table: they are short and alike.
const fn is_table(part: Part) -> bool {
    match part {
        Part::SignIns | Part::Requests | Part::Emails | Part::Opened | Part::LeftOut => true,
        Part::Person
        | Part::Contact
        | Part::Account
        | Part::Care
        | Part::Sessions
        | Part::Exercises
        | Part::Messages
        | Part::Intake
        | Part::Consents
        | Part::Releases
        | Part::Notes
        | Part::Documents
        | Part::Copies => false,
    }
}

/// A value in words. `None`: it is a list, or a file that is in the other file only.
fn value_text(field: Field, value: &Value, w: Words, zone: &Zone) -> Option<String> {
    if field == Field::Content {
        return Some(say!(w, "own-copy-in-file"));
    }
    Some(match value {
        Value::Text(text) => text.clone(),
        Value::Term(term) => w.label(*term),
        Value::Day(day) => w.day(*day),
        Value::At(at) => w.stamp(*at, zone),
        Value::Number(number) => number.to_string(),
        Value::YesNo(true) => say!(w, "own-copy-yes"),
        Value::YesNo(false) => say!(w, "own-copy-no"),
        Value::List(_) => return None,
    })
}

/// Records as the rows of a table, with a column for each field that one of them has.
fn table(records: &[Record], w: Words, zone: &Zone) -> Block {
    let mut fields: Vec<Field> = Vec::new();
    for (field, _) in records.iter().flat_map(|record| &record.0) {
        if !fields.contains(field) {
            fields.push(*field);
        }
    }
    let cell = |record: &Record, field: Field| {
        let found = record.0.iter().find(|(of, _)| *of == field);
        found.and_then(|(field, value)| value_text(*field, value, w, zone)).unwrap_or_default()
    };
    Block::Table {
        head: fields.iter().map(|field| w.label(*field)).collect(),
        rows: records.iter().map(|record| fields.iter().map(|field| cell(record, *field)).collect()).collect(),
    }
}

/// The blocks of a record: its short fields as facts, its long texts as paragraphs,
/// its lists below headings of this level.
fn record_blocks(record: &Record, level: u8, w: Words, zone: &Zone) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut facts: Vec<(String, String)> = Vec::new();
    for (field, value) in &record.0 {
        let label = w.label(*field);
        if let Value::List(records) = value {
            blocks.extend((!facts.is_empty()).then(|| Block::Facts(std::mem::take(&mut facts))));
            blocks.push(Block::Heading(level, label));
            for record in records {
                blocks.extend(record_blocks(record, level.saturating_add(1), w, zone));
            }
            continue;
        }
        let Some(text) = value_text(*field, value, w, zone) else { continue };
        if text.chars().count() <= SHORT && !text.contains('\n') {
            facts.push((label, text));
        } else {
            blocks.extend((!facts.is_empty()).then(|| Block::Facts(std::mem::take(&mut facts))));
            blocks.push(Block::Heading(3, label));
            blocks.push(Block::Text(text));
        }
    }
    blocks.extend((!facts.is_empty()).then_some(Block::Facts(facts)));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a sheet, one after the other.
    fn words_of(sheet: &Sheet) -> String {
        format!("{:?}", sheet.blocks)
    }

    #[test]
    fn each_part_has_a_heading_and_the_same_sentence_is_in_every_copy() {
        let copy = |parts| Copy {
            practice: "Lakeside".into(),
            made_at: "2026-11-23T09:00:00Z".parse().unwrap(),
            reader: Reader::Person,
            parts,
        };
        let w = Words::ENGLISH;
        let zone = Zone::utc();
        let empty = words_of(&sheet(&copy(vec![]), "Amara Nwosu", w, &zone));
        for part in Part::ALL {
            assert!(empty.contains(part.label()), "{part:?}");
        }
        let general = say!(w, "own-copy-general");
        assert!(empty.contains(&general));
        let note = Record::default().text(Field::Text, "They came.\nThey spoke.").yes_no(Field::Edited, false);
        let file = Record::default().text(Field::Title, "A drawing").text(Field::Content, "QUJD");
        let full = sheet(&copy(vec![(Part::Notes, vec![note]), (Part::Documents, vec![file])]), "Amara", w, &zone);
        let full = words_of(&full);
        assert!(full.contains("They came.\\nThey spoke.") && full.contains("A drawing"), "{full}");
        assert!(!full.contains("QUJD"), "the bytes of a file are in the data file only");
        assert!(full.contains(&general));
    }
}
