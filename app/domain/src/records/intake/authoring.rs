//! The owner's form for the intake list: its rows can be ordered, turned off and
//! made needed, and the practice adds questions of its own.

use std::collections::BTreeSet;

use super::{ITEMS_MAX, IntakeList, Item, ItemKind, ItemReaders, Part, Texts};
use crate::{
    clients::person::Language,
    form::{Errors, Form, Reader, rows},
    typed,
};

/// The highest number of choices of an item.
pub const OPTIONS_MAX: usize = 40;
/// The longest label, in characters.
const LABEL_MAX: usize = 200;
/// The longest hint, in characters.
const HINT_MAX: usize = 600;

/// Writes a list into the form of its author.
pub fn fill_list(list: &IntakeList) -> Form {
    let mut form = Form::default();
    for (n, item) in list.items.iter().enumerate() {
        let mut set = |name: &str, value: &str| form.0.push((rows::field(n, name), value.to_owned()));
        set("key", &item.key);
        set("kind", item.kind.word());
        set("screen", &item.screen);
        set("readers", item.readers.word());
        set("exercise", &item.exercise);
        for (name, on) in [("needed", item.needed), ("asked", !item.off), ("own", item.own)] {
            if on {
                set(name, "yes");
            }
        }
        for language in Language::ALL {
            let of = |texts: &Texts| texts.0.get(language.word()).cloned().unwrap_or_default();
            let parts: Vec<String> = item.parts.iter().map(|part| of(&part.label)).collect();
            set(&format!("label_{}", language.word()), &of(&item.label));
            set(&format!("hint_{}", language.word()), &of(&item.hint));
            set(&format!("parts_{}", language.word()), parts.join("\n").trim_end());
        }
    }
    form
}

/// The fields of a new row for a question of the practice's own.
pub fn blank_row(form: &Form, list: &IntakeList) -> Form {
    let row = rows::count(form);
    let screen = list.screens.last().map_or("", |screen| screen.key.as_str());
    let mut form = form.clone();
    for (name, value) in [
        ("kind", ItemKind::LongText.word()),
        ("screen", screen),
        ("readers", ItemReaders::Clinician.word()),
        ("asked", "yes"),
        ("own", "yes"),
    ] {
        form.set(&rows::field(row, name), value);
    }
    form
}

/// Reads the author's form into a new version. `before` is the version that the
/// form was made of: the items that are shipped stay what they are, and parts keep
/// their keys.
///
/// # Errors
/// A field is not valid, or a shipped item is missing.
pub fn read_list(form: &Form, before: &IntakeList) -> Result<IntakeList, Errors> {
    let mut errors = form.shown_again_error();
    let mut keys: BTreeSet<String> = before.items.iter().map(|item| item.key.clone()).collect();
    let mut items: Vec<Item> = Vec::new();
    let count = rows::count(form);
    for row in 0..count.min(ITEMS_MAX) {
        let key = typed::code(form.get(&rows::field(row, "key")));
        let known = before.items.iter().find(|item| item.key == key);
        let key = match known {
            Some(item) => item.key.clone(),
            None => fresh_key("q", &mut keys),
        };
        match read_row(form, row, key, known, before) {
            Ok(item) if items.iter().any(|other| other.key == item.key) => {
                errors.add(&rows::field(row, "label_en"), "This item is in the list twice. Remove one of them.");
            }
            Ok(item) => items.push(item),
            Err(found) => errors = errors.and(found),
        }
    }
    if count > ITEMS_MAX {
        errors.add("", format!("A list has at most {ITEMS_MAX} items."));
    }
    let is_missing = |item: &&Item| !item.own && !items.iter().any(|other| other.key == item.key);
    if errors.is_empty() && before.items.iter().any(|item| is_missing(&item)) {
        errors.add("", "An item of the program’s own list is missing. Turn it off instead of removing it.");
    }
    errors.into_result()?;
    let list = IntakeList { screens: before.screens.clone(), items };
    match list.problems().into_iter().next() {
        Some(problem) => Err(Errors::of_form(problem)),
        None => Ok(list),
    }
}

/// A key that no item or part has yet.
fn fresh_key(begin: &str, keys: &mut BTreeSet<String>) -> String {
    let mut n = keys.len();
    loop {
        let key = format!("{begin}{n}");
        if keys.insert(key.clone()) {
            return key;
        }
        n += 1;
    }
}

/// Reads one row. `known`: the item of the version before; `None`: a new question.
fn read_row(form: &Form, row: usize, key: String, known: Option<&Item>, before: &IntakeList) -> Result<Item, Errors> {
    let prefix = rows::field(row, "");
    let mut r = Reader::prefixed(form, &prefix);
    let fixed = known.filter(|item| !item.own);
    let kind = match fixed {
        Some(item) => Ok(item.kind),
        None => match r.word::<ItemKind>("kind", "Choose a kind from the list.") {
            Ok(kind) if !kind.is_plain() => r.fail("kind", "Choose a kind from the list."),
            kind => kind,
        },
    };
    let readers = match fixed.filter(|item| !item.kind.is_plain()) {
        Some(item) => Ok(item.readers),
        None => match r.word::<ItemReaders>("readers", "Choose who reads this.") {
            Ok(readers) if !ItemReaders::OWN.contains(&readers) => r.fail("readers", "Choose who reads this."),
            readers => readers,
        },
    };
    let screen = r.text("screen", 0..=40, "");
    let screen = match screen {
        Ok(screen) if before.screens.iter().any(|known| known.key == screen) => Ok(screen),
        _ => r.fail("screen", "Choose a screen from the list."),
    };
    let label = read_texts(&mut r, "label", LABEL_MAX, Some("Enter a label."));
    let hint = read_texts(&mut r, "hint", HINT_MAX, None);
    let parts = match &kind {
        Ok(kind) if kind.has_parts() => read_parts(&mut r, known),
        _ => Ok(vec![]),
    };
    let exercise = r.text("exercise", 0..=100, "");
    let needed = r.ticked("needed");
    let off = !r.ticked("asked");
    r.finish()?;
    let kind = kind?;
    Ok(Item {
        key,
        screen: screen?,
        kind,
        label: label?,
        hint: hint?,
        needed: needed && kind != ItemKind::Measure,
        readers: readers?,
        off,
        own: fixed.is_none(),
        parts: parts?,
        exercise: if kind == ItemKind::Measure { exercise? } else { String::new() },
    })
}

/// Reads a text in each language. `missing`: the error where the English text is
/// empty; `None`: it may be.
fn read_texts(r: &mut Reader<'_>, name: &str, most: usize, missing: Option<&str>) -> Result<Texts, Errors> {
    let mut texts = Texts::default();
    let mut failed = None;
    for language in Language::ALL {
        let least = usize::from(missing.is_some() && *language == Language::English);
        match r.text(&format!("{name}_{}", language.word()), least..=most, missing.unwrap_or_default()) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => drop(texts.0.insert(language.word().to_owned(), text)),
            Err(errors) => failed = Some(errors),
        }
    }
    failed.map_or(Ok(texts), Err)
}

/// Reads choices or inner questions: one on each line, in each language in the same
/// order. A part whose English text is unchanged keeps its key.
fn read_parts(r: &mut Reader<'_>, known: Option<&Item>) -> Result<Vec<Part>, Errors> {
    let mut columns: Vec<(&str, Vec<String>)> = Vec::new();
    for language in Language::ALL {
        let name = format!("parts_{}", language.word());
        let least = usize::from(*language == Language::English);
        let text = r.lines(&name, least..=OPTIONS_MAX * LABEL_MAX, "Enter at least one, each on its own line.")?;
        let lines: Vec<String> = text.lines().map(typed::line).filter(|line| !line.is_empty()).collect();
        if lines.len() > OPTIONS_MAX || lines.iter().any(|line| line.chars().count() > LABEL_MAX) {
            return r.fail(&name, format!("Use at most {OPTIONS_MAX} lines of {LABEL_MAX} characters."));
        }
        columns.push((language.word(), lines));
    }
    let old: &[Part] = known.map_or(&[], |item| &item.parts);
    let mut keys: BTreeSet<String> = old.iter().map(|part| part.key.clone()).collect();
    let count = columns.first().map_or(0, |(_, lines)| lines.len());
    let mut parts: Vec<Part> = Vec::new();
    for n in 0..count {
        let mut label = Texts::default();
        for (language, lines) in &columns {
            if let Some(line) = lines.get(n) {
                label.0.insert((*language).to_owned(), line.clone());
            }
        }
        let same = old.iter().find(|part| {
            part.label.in_english() == label.in_english() && !parts.iter().any(|used| used.key == part.key)
        });
        let key = same.map_or_else(|| fresh_key("p", &mut keys), |part| part.key.clone());
        parts.push(Part { key, label });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::intake::tests::list;

    #[test]
    fn list_is_read_back_from_its_own_form() {
        let list = list();
        assert_eq!(read_list(&fill_list(&list), &list), Ok(list));
    }

    #[test]
    fn owner_adds_a_question_and_turns_one_off() {
        let before = list();
        let mut form = blank_row(&fill_list(&before), &before);
        let row = before.items.len();
        for (name, value) in [
            ("label_en", "How did you find us?"),
            ("label_hi", "आपने हमें कैसे पाया?"),
            ("kind", "choices"),
            ("parts_en", "A friend\nThe web\n"),
            ("parts_hi", "एक मित्र"),
            ("needed", "yes"),
        ] {
            form.set(&rows::field(row, name), value);
        }
        form.0.retain(|(name, _)| *name != rows::field(3, "asked"));
        let after = read_list(&form, &before).unwrap();
        let own = after.items.last().unwrap();
        assert!(own.own && own.needed && own.kind == ItemKind::Choices && own.parts.len() == 2);
        assert_eq!(own.parts[1].label.in_language(Language::Hindi), "The web");
        assert!(after.items[3].off);
        // The next version keeps the keys of what did not change.
        let mut form = fill_list(&after);
        form.set(&rows::field(row, "parts_en"), "The web\nA poster");
        let later = read_list(&form, &after).unwrap();
        let parts = &later.items.last().unwrap().parts;
        assert_eq!(parts[0].key, own.parts[1].key);
        assert!(own.parts.iter().all(|part| part.key != parts[1].key));
    }

    #[test]
    fn shipped_items_keep_their_kind_and_readers_and_stay_in_the_list() {
        let before = list();
        let mut form = fill_list(&before);
        form.set(&rows::field(0, "kind"), "text");
        form.set(&rows::field(12, "readers"), "desk");
        assert_eq!(read_list(&form, &before), Ok(before.clone()));
        let order: Vec<usize> = (1..before.items.len()).collect();
        assert!(read_list(&rows::reorder(&form, &order), &before).is_err());
        let swapped = rows::press(&form, "down:0").unwrap();
        assert_eq!(read_list(&swapped, &before).unwrap().items[1].key, "contact");
    }

    #[test]
    fn wrong_rows_have_an_error_at_their_field() {
        let before = list();
        let with = |name: &str, value: &str| {
            let mut form = blank_row(&fill_list(&before), &before);
            let row = before.items.len();
            form.set(&rows::field(row, "label_en"), "Question");
            form.set(&rows::field(row, name), value);
            read_list(&form, &before).err().and_then(|e| e.message(&rows::field(row, name)).map(str::to_owned))
        };
        for (name, value) in [("label_en", ""), ("kind", "contact"), ("readers", "joint"), ("screen", "moon")] {
            assert!(with(name, value).is_some(), "{name}");
        }
        assert!(with("hint_en", "fine").is_none());
    }
}
