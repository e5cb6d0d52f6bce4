//! One person's words on two devices: nothing that either holds is lost.

use std::collections::BTreeMap;

use crate::response::{Answer, Answers};

/// What a page sends, together with what another device has kept since that
/// page was drawn. A step that only one of them has is taken as it is; words
/// in both stand one after the other; of a choice, the page's holds.
pub fn together(page: &Answers, kept: &Answers) -> Answers {
    let mut all = page.clone();
    for (step, kept) in kept {
        match all.get_mut(step) {
            Some(answer) => join(answer, kept),
            None => drop(all.insert(step.clone(), kept.clone())),
        }
    }
    all
}

/// One step of a page with what was kept of it elsewhere.
pub fn join(answer: &mut Answer, kept: &Answer) {
    match (answer, kept) {
        (Answer::Text { text }, Answer::Text { text: other })
        | (Answer::Choice { own: text, .. }, Answer::Choice { own: other, .. })
        | (Answer::Checklist { own: text, .. }, Answer::Checklist { own: other, .. })
        | (Answer::Timer { note: text, .. }, Answer::Timer { note: other, .. })
        | (Answer::Turns { reflection: text, .. }, Answer::Turns { reflection: other, .. }) => words(text, other),
        (Answer::Rewrite { lines }, Answer::Rewrite { lines: other })
        | (Answer::Sort { own: lines, .. }, Answer::Sort { own: other, .. }) => every(lines, other),
        (Answer::Guess { guess }, Answer::Guess { guess: other }) => join(guess, other),
        (Answer::Log { entries }, Answer::Log { entries: other }) => {
            for entry in other {
                // An entry that goes on here is the same entry.
                if !entries.iter().any(|e| e.on == entry.on && e.tag == entry.tag && e.text.contains(&entry.text)) {
                    entries.push(entry.clone());
                }
            }
        }
        _ => {}
    }
}

fn every(lines: &mut BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    for (key, other) in other {
        words(lines.entry(key.clone()).or_default(), other);
    }
}

fn words(text: &mut String, other: &str) {
    // By paragraphs: what the text has of them already, as where it goes on,
    // stands once.
    for paragraph in other.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        if text.trim().is_empty() {
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

    fn text(text: &str) -> Answer {
        Answer::Text { text: text.to_owned() }
    }

    fn of<const N: usize>(steps: [(&str, Answer); N]) -> Answers {
        steps.into_iter().map(|(key, answer)| (key.to_owned(), answer)).collect()
    }

    #[test]
    fn a_step_of_the_other_device_is_taken_as_it_is() {
        let all = together(&of([("a", text("phone"))]), &of([("b", text("laptop"))]));
        assert_eq!(all, of([("a", text("phone")), ("b", text("laptop"))]));
    }

    #[test]
    fn two_texts_stand_one_after_the_other_and_one_that_goes_on_stands_once() {
        let page = of([("a", text("on the phone")), ("b", text("half a thought, ended"))]);
        let all = together(&page, &of([("a", text("on the laptop")), ("b", text("half a thought"))]));
        assert_eq!(all, of([("a", text("on the phone\n\non the laptop")), ("b", text("half a thought, ended"))]));
        assert_eq!(together(&all, &all), all);
        // The page goes on and on beside what was joined.
        let further = together(&of([("a", text("on the phone, at last"))]), &all);
        assert_eq!(further["a"], text("on the phone, at last\n\non the laptop"));
    }

    #[test]
    fn of_a_choice_the_page_holds_and_own_words_stay() {
        let choice = |pick: &str, own: &str| Answer::Choice { pick: Some(pick.to_owned()), own: own.to_owned() };
        let all = together(&of([("a", choice("tea", ""))]), &of([("a", choice("own", "a walk"))]));
        assert_eq!(all, of([("a", choice("tea", "a walk"))]));
    }
}
