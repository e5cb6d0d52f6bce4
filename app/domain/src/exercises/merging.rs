//! The merge of one person's drafts from two devices, so that nothing written
//! on either device is lost.

use std::collections::BTreeMap;

use super::response::Answers;
use crate::typed;

/// Merges the answers that a page sends with the answers that another device
/// saved since that page was opened. A step that only one of them has is taken
/// as it is. Texts in both are put one after the other. Where both picked or
/// rated the same item, the page's value is used.
pub fn merge_answers(page: &Answers, kept: &Answers) -> Answers {
    let mut all = page.clone();
    for (step, kept) in kept {
        match all.get_mut(step) {
            Some(answer) => answer.merge(kept),
            None => drop(all.insert(step.clone(), kept.clone())),
        }
    }
    all
}

/// Adds the picks that only the other device has; the page's own picks stay.
pub(super) fn add_missing_picks<T: Clone>(picked: &mut BTreeMap<String, T>, other: &BTreeMap<String, T>) {
    for (key, other) in other {
        picked.entry(key.clone()).or_insert_with(|| other.clone());
    }
}

/// Appends each line of the other device to the page's line with the same key.
pub(super) fn append_each(lines: &mut BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    for (key, other) in other {
        append_text(lines.entry(key.clone()).or_default(), other);
    }
}

/// Appends the paragraphs of `other` that `text` does not contain yet, so that
/// a paragraph which both have, perhaps continued in one, is there once.
pub(super) fn append_text(text: &mut String, other: &str) {
    for paragraph in other.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        if typed::is_blank(text) {
            paragraph.clone_into(text);
        } else if !text.contains(paragraph) {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercises::step::{Answer, ChoiceAnswer, TextAnswer};

    fn text(text: &str) -> Answer {
        Answer::Text(TextAnswer { text: text.to_owned() })
    }

    fn answers<const N: usize>(steps: [(&str, Answer); N]) -> Answers {
        steps.into_iter().map(|(key, answer)| (key.to_owned(), answer)).collect()
    }

    #[test]
    fn a_step_that_only_the_other_device_has_is_kept() {
        let all = merge_answers(&answers([("a", text("phone"))]), &answers([("b", text("laptop"))]));
        assert_eq!(all, answers([("a", text("phone")), ("b", text("laptop"))]));
    }

    #[test]
    fn two_texts_are_joined_and_a_continued_text_is_not_repeated() {
        let page = answers([("a", text("on the phone")), ("b", text("half a thought, ended"))]);
        let all = merge_answers(&page, &answers([("a", text("on the laptop")), ("b", text("half a thought"))]));
        assert_eq!(all, answers([("a", text("on the phone\n\non the laptop")), ("b", text("half a thought, ended"))]));
        assert_eq!(merge_answers(&all, &all), all);
        // The page writes its text further after the merge.
        let further = merge_answers(&answers([("a", text("on the phone, at last"))]), &all);
        assert_eq!(further["a"], text("on the phone, at last\n\non the laptop"));
    }

    #[test]
    fn the_page_wins_a_choice_and_own_words_are_kept() {
        let choice =
            |pick: &str, own: &str| Answer::Choice(ChoiceAnswer { pick: Some(pick.to_owned()), own: own.to_owned() });
        let all = merge_answers(&answers([("a", choice("tea", ""))]), &answers([("a", choice("own", "a walk"))]));
        assert_eq!(all, answers([("a", choice("tea", "a walk"))]));
    }
}
