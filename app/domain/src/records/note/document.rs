//! The body of a note: sections in their order, how drafts of several devices
//! are joined, and what is copied forward into the next note.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::template::NoteTemplate;

/// The keys of the sections that may be copied forward into the next note.
pub const COPIED_FORWARD: [&str; 2] = ["goals", "plan"];

/// The key of the section that a note in free text consists of.
pub const TEXT: &str = "text";

/// The line between two versions of a section that were typed on two devices.
const OTHER_DEVICE: &str = "[Also typed on another device]";

/// The body of a note: its sections in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDocument {
    pub sections: Vec<NoteSection>,
}

/// One section of a note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteSection {
    /// The key of the template's section, such as `plan`.
    pub key: String,
    /// The heading, such as "Plan".
    pub label: String,
    /// What was written; empty: nothing.
    pub text: String,
    /// Whether the text was copied from an earlier note and not edited since.
    #[serde(default, skip_serializing_if = "is_false")]
    pub copied: bool,
    /// How the text came about while the note is a draft; empty once it is signed.
    #[serde(default, skip_serializing_if = "Edits::is_empty")]
    pub edits: Edits,
}

/// Which page last changed a section of a draft, and what other pages typed in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edits {
    /// The revision of the note in which the section was last changed.
    pub revision: i64,
    /// The page that changed it: the form key of that page; `None`: not known.
    pub page: Option<Uuid>,
    /// What other pages typed that did not show this text.
    #[serde(default)]
    pub others: Vec<OtherText>,
}

/// What a page typed in a section that another page had changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherText {
    pub page: Uuid,
    /// The revision of the note in which it was kept.
    pub revision: i64,
    pub text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Edits {
    /// Whether nothing is known of how the text came about.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl NoteSection {
    /// A section with this key, label and text.
    pub fn new(key: impl Into<String>, label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), label: label.into(), text: text.into(), ..Self::default() }
    }

    /// The text with what was typed on other devices below it, as a page shows it.
    pub fn joined(&self) -> String {
        let mut all = self.text.clone();
        for other in &self.edits.others {
            let gap = if all.is_empty() { "" } else { "\n\n" };
            all = format!("{all}{gap}{OTHER_DEVICE}\n{}", other.text);
        }
        all
    }
}

impl NoteDocument {
    /// The document of a note in free text: one section.
    pub fn free(text: impl Into<String>) -> Self {
        Self { sections: vec![NoteSection::new(TEXT, "Note", text)] }
    }

    /// The sections with words in them.
    pub fn written(&self) -> impl Iterator<Item = &NoteSection> {
        self.sections.iter().filter(|section| !section.joined().trim().is_empty())
    }

    /// Whether nothing is written in any section.
    pub fn is_empty(&self) -> bool {
        self.written().next().is_none()
    }

    /// The section with this key; `None`: the note has none.
    pub fn section(&self, key: &str) -> Option<&NoteSection> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// The note as plain text: each section below its heading, with an empty line
    /// between two. A note of one section is its text alone.
    pub fn plain(&self) -> String {
        if let [only] = self.sections.as_slice() {
            return only.joined();
        }
        let parts: Vec<String> = self.written().map(|s| format!("{}\n{}", s.label, s.joined())).collect();
        parts.join("\n\n")
    }

    /// The number of characters of all sections.
    pub fn length(&self) -> usize {
        self.sections.iter().map(|section| section.text.chars().count()).sum()
    }

    /// The document as it is signed: with what was typed on other devices in its
    /// text, and without how it came about.
    #[must_use]
    pub fn for_signature(&self) -> Self {
        let sections = self.sections.iter().map(|section| NoteSection {
            text: section.joined(),
            copied: section.copied,
            ..NoteSection::new(section.key.as_str(), section.label.as_str(), "")
        });
        Self { sections: sections.collect() }
    }

    /// The document with the sections of a template: texts of sections with the
    /// same key are kept in them, and other texts are kept in their own sections at
    /// the end.
    #[must_use]
    pub fn in_template(&self, template: &NoteTemplate) -> Self {
        let mut sections: Vec<NoteSection> = Vec::new();
        for section in &template.sections {
            let before = self.section(&section.key).cloned().unwrap_or_default();
            sections.push(NoteSection { key: section.key.clone(), label: section.label.clone(), ..before });
        }
        let left = self.written().filter(|section| template.section(&section.key).is_none());
        sections.extend(left.cloned());
        Self { sections }
    }

    /// The document with goals and plan of an earlier note in those of its sections
    /// that are empty, marked as copied. The caller chooses an earlier note of the
    /// same scope. `None`: there is nothing to copy.
    #[must_use]
    pub fn copied_forward(&self, earlier: &Self) -> Option<Self> {
        let mut copy = self.clone();
        let mut any = false;
        for section in &mut copy.sections {
            if !COPIED_FORWARD.contains(&section.key.as_str()) || !section.joined().trim().is_empty() {
                continue;
            }
            let Some(text) = earlier.section(&section.key).map(NoteSection::joined) else { continue };
            if !text.trim().is_empty() {
                (section.text, section.copied, any) = (text, true, true);
            }
        }
        any.then_some(copy)
    }

    /// The text of each section of this document that is not part of a signed one:
    /// what was typed on another device while the note was signed.
    #[must_use]
    pub fn without(&self, signed: &Self) -> Self {
        let is_new = |section: &&NoteSection| {
            let text = section.text.trim();
            !text.is_empty() && signed.section(&section.key).is_none_or(|kept| !kept.joined().contains(text))
        };
        Self { sections: self.sections.iter().filter(is_new).cloned().collect() }
    }
}

/// A short mark of a text, by which a form tells whether a field was changed since
/// the page was made (FNV-1a, 64 bits). It protects nothing.
pub fn mark(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

/// A section as a page sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedSection {
    pub section: NoteSection,
    /// Whether the text differs from what the page showed when it was opened.
    pub is_touched: bool,
}

/// What a page sends of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedDocument {
    pub sections: Vec<TypedSection>,
    /// The revision of the note that the page showed; 0: a note that was not
    /// saved yet.
    pub revision: i64,
    /// The form key of the page; `None`: it has none.
    pub page: Option<Uuid>,
}

impl TypedDocument {
    /// The document as the page shows it.
    pub fn document(&self) -> NoteDocument {
        NoteDocument { sections: self.sections.iter().map(|typed| typed.section.clone()).collect() }
    }
}

/// The result of [`merge`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub document: NoteDocument,
    /// Whether the note has words now that the page does not show: another page
    /// changed a section. Such a note is not signed before its author has seen it.
    pub is_unseen: bool,
}

/// Joins what a page sends with the draft as it is stored. A section that only one
/// of two pages changed is as that page left it; of a section that both changed,
/// both versions are kept. `revision` is the number of this write.
pub fn merge(stored: &NoteDocument, typed: &TypedDocument, revision: i64) -> Merged {
    let mut is_unseen = false;
    let mut sections: Vec<NoteSection> = Vec::new();
    for typed_section in &typed.sections {
        let fresh = &typed_section.section;
        let Some(before) = stored.section(&fresh.key) else {
            let edits = Edits { revision, page: typed.page, others: vec![] };
            sections.push(NoteSection { edits, ..fresh.clone() });
            continue;
        };
        let by_this_page = typed.page.is_some() && before.edits.page == typed.page;
        let was_shown = by_this_page || before.edits.revision <= typed.revision;
        let mut section = NoteSection { label: fresh.label.clone(), ..before.clone() };
        if typed_section.is_touched && fresh.text != before.joined() {
            if was_shown {
                // What this page showed is in its text now.
                section.edits.others.retain(|other| other.revision > typed.revision && Some(other.page) != typed.page);
                (section.text, section.copied) = (fresh.text.clone(), fresh.copied);
                (section.edits.revision, section.edits.page) = (revision, typed.page);
            } else if !fresh.text.trim().is_empty() {
                keep_beside(&mut section, typed, &fresh.text, revision);
            }
        }
        let others_unseen = section.edits.others.iter().any(|other| other.revision > typed.revision);
        is_unseen |= (!was_shown && before.joined() != fresh.text) || others_unseen;
        sections.push(section);
    }
    // Sections that another page brought in.
    for before in stored.written().filter(|s| typed.sections.iter().all(|t| t.section.key != s.key)) {
        is_unseen = true;
        sections.push(before.clone());
    }
    Merged { document: NoteDocument { sections }, is_unseen }
}

/// Keeps what a page typed beside the text of a section, in place of what the same
/// page typed before.
fn keep_beside(section: &mut NoteSection, typed: &TypedDocument, text: &str, revision: i64) {
    let page = typed.page.unwrap_or_default();
    let is_kept = section.text.contains(text.trim());
    let others = &mut section.edits.others;
    let own = others.iter().position(|other| other.page == page && typed.page.is_some());
    if let Some(own) = own.and_then(|own| others.get_mut(own)) {
        if own.text != text {
            (own.text, own.revision) = (text.to_owned(), revision);
        }
    } else if !is_kept && others.iter().all(|other| other.text != text) {
        others.push(OtherText { page, revision, text: text.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::note::template::TemplateSection;

    fn page(n: u128) -> Option<Uuid> {
        Some(Uuid::from_u128(n))
    }

    /// What a page sends that shows `shown` and has these texts now.
    fn typed(shown: &NoteDocument, revision: i64, page: Option<Uuid>, texts: &[(&str, &str)]) -> TypedDocument {
        let sections = shown.sections.iter().map(|section| {
            let joined = section.joined();
            let text = texts.iter().find(|(key, _)| *key == section.key).map_or(joined.as_str(), |(_, text)| text);
            TypedSection {
                is_touched: text != joined,
                section: NoteSection::new(section.key.as_str(), section.label.as_str(), text),
            }
        });
        TypedDocument { sections: sections.collect(), revision, page }
    }

    fn two(plan: &str, risk: &str) -> NoteDocument {
        NoteDocument { sections: vec![NoteSection::new("plan", "Plan", plan), NoteSection::new("risk", "Risk", risk)] }
    }

    #[test]
    fn sections_changed_on_two_devices_are_both_kept() {
        let shown = two("", "");
        let a = merge(&shown, &typed(&shown, 1, page(1), &[("plan", "walks")]), 2);
        assert!(!a.is_unseen);
        // The second device still shows the empty note.
        let b = merge(&a.document, &typed(&shown, 1, page(2), &[("risk", "none")]), 3);
        assert_eq!((b.document.section("plan").unwrap().joined().as_str(), b.is_unseen), ("walks", true));
        assert_eq!(b.document.section("risk").unwrap().text, "none");
        // Both change the same section.
        let c = merge(&b.document, &typed(&shown, 1, page(2), &[("risk", "none"), ("plan", "talks")]), 4);
        let plan = c.document.section("plan").unwrap();
        assert_eq!(plan.joined(), "walks\n\n[Also typed on another device]\ntalks");
        // It types on: its version is replaced, not repeated.
        let d = merge(&c.document, &typed(&shown, 1, page(2), &[("risk", "none"), ("plan", "talks daily")]), 5);
        assert_eq!(
            d.document.section("plan").unwrap().joined(),
            "walks\n\n[Also typed on another device]\ntalks daily"
        );
        // The first one types on too.
        let e = merge(&d.document, &typed(&shown, 1, page(1), &[("plan", "walks, rain or shine")]), 6);
        let plan = e.document.section("plan").unwrap().joined();
        assert_eq!(plan, "walks, rain or shine\n\n[Also typed on another device]\ntalks daily");
        assert!(e.is_unseen, "the first device does not show what the second one typed");
        // A page that shows both can settle it.
        let f = merge(&e.document, &typed(&e.document, 6, page(3), &[("plan", "walks and talks")]), 7);
        assert_eq!((f.document.section("plan").unwrap().joined().as_str(), f.is_unseen), ("walks and talks", false));
    }

    #[test]
    fn page_without_a_key_keeps_both_versions_too() {
        let shown = two("", "");
        let a = merge(&shown, &typed(&shown, 1, None, &[("plan", "one")]), 2).document;
        let b = merge(&a, &typed(&shown, 1, None, &[("plan", "two")]), 3);
        let plan = b.document.section("plan").unwrap().joined();
        assert!(plan.contains("one") && plan.contains("two") && b.is_unseen, "{plan}");
        let again = merge(&b.document, &typed(&shown, 1, None, &[("plan", "two")]), 4).document;
        assert_eq!(again.section("plan").unwrap().joined(), plan, "the same text is kept once");
    }

    #[test]
    fn signed_document_has_all_words_and_no_history() {
        let shown = two("", "");
        let a = merge(&shown, &typed(&shown, 1, page(1), &[("plan", "one")]), 2).document;
        let b = merge(&a, &typed(&shown, 1, page(2), &[("plan", "two")]), 3).document;
        let signed = b.for_signature();
        assert_eq!(signed.plain(), format!("Plan\n{}", b.section("plan").unwrap().joined()));
        assert!(signed.sections.iter().all(|section| section.edits == Edits::default()));
    }

    #[test]
    fn goals_and_plan_are_copied_into_empty_sections_only() {
        let section = |key: &str, text: &str| NoteSection::new(key, key, text);
        let earlier =
            NoteDocument { sections: vec![section("goals", "g"), section("plan", "p"), section("risk", "secret")] };
        let new = NoteDocument { sections: vec![section("risk", ""), section("goals", "mine"), section("plan", " ")] };
        let copy = new.copied_forward(&earlier).unwrap();
        assert_eq!(copy.plain(), "goals\nmine\n\nplan\np");
        assert!(copy.section("plan").unwrap().copied && !copy.section("goals").unwrap().copied);
        assert_eq!(copy.copied_forward(&earlier), None, "nothing is left to copy");
        assert_eq!(new.copied_forward(&NoteDocument::free("all of it")), None);
    }

    #[test]
    fn another_template_keeps_every_word() {
        let template = NoteTemplate {
            sections: vec![TemplateSection { key: "plan".into(), label: "What next".into(), ..Default::default() }],
            ..NoteTemplate::default()
        };
        let changed = two("walks", "none").in_template(&template);
        let labels: Vec<_> = changed.sections.iter().map(|s| (s.label.as_str(), s.text.as_str())).collect();
        assert_eq!(labels, [("What next", "walks"), ("Risk", "none")]);
        assert_eq!(two("walks", "").in_template(&template).sections.len(), 1);
    }

    #[test]
    fn words_that_are_not_in_the_signed_note_are_left_over() {
        let signed = two("walks and talks", "none");
        assert!(two("talks", "none").without(&signed).is_empty());
        assert_eq!(two("rest", "none").without(&signed).plain(), "rest");
    }

    proptest! {
        #[test]
        fn no_typed_word_is_lost(
            writes in proptest::collection::vec((0..3_usize, 0..2_usize, "[a-c]{1,3}", any::<bool>()), 1..12)
        ) {
            // Three devices type into two sections; some load the page again first.
            let keys = ["plan", "risk"];
            let mut stored = two("", "");
            let mut revision = 1;
            let mut shown = [(stored.clone(), 1), (stored.clone(), 1), (stored.clone(), 1)];
            let mut texts: [Vec<(&str, String)>; 3] = Default::default();
            for (n, (device, section, word, reloads)) in writes.into_iter().enumerate() {
                if reloads {
                    shown[device] = (stored.clone(), revision);
                    texts[device].clear();
                }
                let (seen, at) = &shown[device];
                let before = texts[device].iter().find(|(k, _)| *k == keys[section]).map(|(_, t)| t.clone());
                let before = before.unwrap_or_else(|| seen.section(keys[section]).unwrap().joined());
                let word = format!("{word}{n}");
                texts[device].retain(|(key, _)| *key != keys[section]);
                texts[device].push((keys[section], format!("{before} {word}.")));
                let pairs: Vec<(&str, &str)> = texts[device].iter().map(|(k, t)| (*k, t.as_str())).collect();
                let key = if reloads { page(100 + n as u128) } else { page(device as u128) };
                let sent = typed(seen, *at, key, &pairs);
                revision += 1;
                let merged = merge(&stored, &sent, revision);
                prop_assert!(merged.document.plain().contains(&word));
                for old in stored.plain().split_whitespace().filter(|w| w.ends_with('.')) {
                    prop_assert!(merged.document.plain().contains(old), "{} lost {old}", merged.document.plain());
                }
                stored = merged.document;
            }
        }
    }
}
