//! Templates of notes: sections in order. They are data, in versions; a signed
//! note keeps the version with which it was written.

use serde::{Deserialize, Serialize};

use super::document::{COPIED_FORWARD, NoteDocument, NoteSection, TEXT};
use crate::{
    form::{Errors, Form, Reader, rows},
    scheduling::attendance::first_names,
};

/// What stands in a heading or a hint for the name of each partner, by seat.
pub const NAME_BLANKS: [&str; 2] = ["{first}", "{second}"];

/// A template of notes, in one version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteTemplate {
    /// The title, such as "Couple session".
    pub title: String,
    /// What it is for; may be empty.
    #[serde(default)]
    pub purpose: String,
    pub sections: Vec<TemplateSection>,
}

/// A section of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateSection {
    /// The key under which notes keep its text. `plan` and `goals` are copied
    /// forward.
    pub key: String,
    /// The heading.
    pub label: String,
    /// What belongs here; may be empty.
    #[serde(default)]
    pub hint: String,
    /// Whether a note is signed only if this section has words.
    #[serde(default)]
    pub required: bool,
}

/// The most sections of a template.
pub const SECTIONS_MAX: usize = 20;

/// The longest title or heading, in characters.
const LABEL_MAX: usize = 120;
/// The longest hint, in characters.
const HINT_MAX: usize = 300;

/// What a section is, in the form: `plan` and `goals` are copied into the next
/// note.
pub const ROLES: [(&str, &str); 3] = [
    ("", "Text of this session"),
    ("plan", "Plan (can be copied forward)"),
    ("goals", "Goals (can be copied forward)"),
];

impl NoteTemplate {
    /// The template of a note in free text: one section.
    pub fn free() -> Self {
        let section = TemplateSection { key: TEXT.into(), label: "Note".into(), required: true, ..Default::default() };
        Self { title: "Free text".into(), purpose: String::new(), sections: vec![section] }
    }

    /// The template of an addendum: one section.
    pub fn addendum() -> Self {
        let mut template = Self::free();
        template.title = "Addendum".to_owned();
        for section in &mut template.sections {
            section.label = "Addendum".to_owned();
        }
        template
    }

    /// The template for these people, by seat, with their first names in its
    /// headings and hints ([`NAME_BLANKS`]). A section about a partner whom the
    /// client does not have is left out.
    #[must_use]
    pub fn for_people(&self, names: &[&str]) -> Self {
        let names = first_names(names);
        let fill = |text: &str| {
            let pairs = NAME_BLANKS.iter().zip(&names);
            pairs.fold(text.to_owned(), |text, (blank, name)| text.replace(blank, name))
        };
        let is_missing = |section: &&TemplateSection| {
            NAME_BLANKS.iter().skip(names.len()).any(|blank| section.label.contains(blank))
        };
        let sections = self.sections.iter().filter(|section| !is_missing(section)).map(|section| TemplateSection {
            label: fill(&section.label),
            hint: fill(&section.hint),
            ..section.clone()
        });
        Self { sections: sections.collect(), ..self.clone() }
    }

    /// The section with this key; `None`: the template has none.
    pub fn section(&self, key: &str) -> Option<&TemplateSection> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// An empty note of this template.
    pub fn empty_note(&self) -> NoteDocument {
        let section = |s: &TemplateSection| NoteSection::new(s.key.as_str(), s.label.as_str(), "");
        NoteDocument { sections: self.sections.iter().map(section).collect() }
    }

    /// What is wrong with the template, as a sentence; `None`: nothing.
    pub fn problem(&self) -> Option<String> {
        let is_key = |key: &str| {
            !key.is_empty()
                && key.len() <= 40
                && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        if self.title.trim().is_empty() || self.sections.is_empty() || self.sections.len() > SECTIONS_MAX {
            return Some(format!("A template has a title and 1 to {SECTIONS_MAX} sections."));
        }
        let mut seen = Vec::new();
        for section in &self.sections {
            if !is_key(&section.key) || seen.contains(&&section.key) || section.label.trim().is_empty() {
                return Some(format!("The section “{}” needs a heading and a key of its own.", section.key));
            }
            seen.push(&section.key);
        }
        None
    }

    /// Fills the form that changes the template.
    pub fn fill(&self, form: &mut Form) {
        form.set("title", self.title.as_str());
        form.set("purpose", self.purpose.as_str());
        for (n, section) in self.sections.iter().enumerate() {
            form.set(&rows::field(n, "key"), section.key.as_str());
            form.set(&rows::field(n, "label"), section.label.as_str());
            form.set(&rows::field(n, "hint"), section.hint.as_str());
            if section.required {
                form.set(&rows::field(n, "required"), "yes");
            }
            let role = if COPIED_FORWARD.contains(&section.key.as_str()) { section.key.as_str() } else { "" };
            form.set(&rows::field(n, "role"), role);
        }
    }

    /// Reads a template from its form. Rows without a heading are left out.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let title = r.text("title", 1..=LABEL_MAX, "Enter the template’s title.");
        let purpose = r.text("purpose", 0..=HINT_MAX, "");
        let mut sections: Vec<TemplateSection> = Vec::new();
        let mut kept: Vec<&str> = Vec::new();
        for row in 0..rows::count(form) {
            let label = r.text(&rows::field(row, "label"), 0..=LABEL_MAX, "");
            let hint = r.text(&rows::field(row, "hint"), 0..=HINT_MAX, "");
            let (Ok(label), Ok(hint)) = (label, hint) else { continue };
            if label.is_empty() {
                if !hint.is_empty() {
                    let _ = r.fail::<()>(&rows::field(row, "label"), "Enter the section’s heading.");
                }
                continue;
            }
            let role = form.get(&rows::field(row, "role"));
            let role = COPIED_FORWARD.into_iter().find(|key| *key == role);
            if let Some(role) = role {
                if kept.contains(&role) {
                    let _ = r.fail::<()>(&rows::field(row, "role"), format!("Only one section can be the {role}."));
                }
                kept.push(role);
            }
            let required = r.ticked(&rows::field(row, "required"));
            let before = form.get(&rows::field(row, "key"));
            sections.push(TemplateSection { key: role.unwrap_or(before).to_owned(), label, hint, required });
        }
        if sections.is_empty() {
            let _ = r.fail::<()>(&rows::field(0, "label"), "Enter at least one section.");
        }
        if sections.len() > SECTIONS_MAX {
            let _ = r.fail::<()>("", format!("Use at most {SECTIONS_MAX} sections."));
        }
        r.finish()?;
        give_keys(&mut sections);
        Ok(Self { title: title?, purpose: purpose?, sections })
    }
}

/// Gives each section a key of its own: the one it had, or a new one. A key that is
/// kept lets texts stay in their section when the template changes.
fn give_keys(sections: &mut [TemplateSection]) {
    let mut taken: Vec<String> = Vec::new();
    for section in sections.iter_mut() {
        let is_fit = section.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && (1..=40).contains(&section.key.len());
        if !is_fit || taken.contains(&section.key) {
            section.key.clear();
        } else {
            taken.push(section.key.clone());
        }
    }
    let mut next = 1;
    for section in sections.iter_mut().filter(|section| section.key.is_empty()) {
        while taken.contains(&format!("own-{next}")) {
            next += 1;
        }
        section.key = format!("own-{next}");
        taken.push(section.key.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_is_read_as_it_was_filled() {
        let sections = [("report", "Report", true), ("plan", "Plan", false)].map(|(key, label, required)| {
            TemplateSection { key: key.into(), label: label.into(), hint: "Short.".into(), required }
        });
        let template = NoteTemplate { title: "Ours".into(), purpose: "For us.".into(), sections: sections.to_vec() };
        let mut form = Form::default();
        template.fill(&mut form);
        assert_eq!(NoteTemplate::read(&form), Ok(template.clone()));
        assert_eq!((template.problem(), NoteTemplate::free().problem()), (None, None));
        // A new section gets a key; a removed one takes its key along.
        form.set("step.2.label", "What helped");
        form.set("step.0.label", "");
        form.set("step.0.hint", "");
        let read = NoteTemplate::read(&form).unwrap();
        let keys: Vec<&str> = read.sections.iter().map(|section| section.key.as_str()).collect();
        assert_eq!((keys, read.problem()), (vec!["plan", "own-1"], None));
    }

    #[test]
    fn headings_name_the_people_of_the_client() {
        let section =
            |key: &str, label: &str| TemplateSection { key: key.into(), label: label.into(), ..Default::default() };
        let sections = vec![section("report-a", "{first}’s own report"), section("report-b", "{second}’s own report")];
        let template = NoteTemplate { sections, ..NoteTemplate::default() };
        let labels = |names: &[&str]| -> Vec<String> {
            template.for_people(names).sections.into_iter().map(|section| section.label).collect()
        };
        assert_eq!(labels(&["Amara Nwosu", "Jonas Weber"]), ["Amara’s own report", "Jonas’s own report"]);
        assert_eq!(labels(&["Amara Nwosu"]), ["Amara’s own report"], "an individual client");
        assert_eq!(labels(&["Jo Ward", "Jo Lind"]), ["Jo Ward’s own report", "Jo Lind’s own report"]);
    }

    #[test]
    fn template_without_title_or_sections_is_refused_at_its_fields() {
        let form = Form::from_pairs([
            ("step.0.hint", "x"),
            ("step.1.label", "A"),
            ("step.1.role", "plan"),
            ("step.2.label", "B"),
            ("step.2.role", "plan"),
            ("step.3.label", "C"),
            ("step.3.key", "<b>"),
        ]);
        let errors = NoteTemplate::read(&form).unwrap_err();
        let at: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(at, ["step.0.label", "step.2.role", "title"]);
        assert!(NoteTemplate::read(&Form::from_pairs([("title", "T")])).unwrap_err().message("step.0.label").is_some());
        let many = Form::from_pairs((0..30).map(|n| (format!("step.{n}.label"), "A")).chain([("title".into(), "T")]));
        assert!(NoteTemplate::read(&many).unwrap_err().message("").is_some());
    }
}
