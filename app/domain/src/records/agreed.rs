//! What was agreed: the part of a note that is about the next session.

/// How the part of a note begins that says what comes next, in lower case.
const OPENINGS: [&str; 8] =
    ["next time", "next session", "for next", "until next", "by next", "before we meet", "agreed", "we agreed"];

/// The part of a note to read before the next session: from the last paragraph
/// with a sentence that opens with words such as "Next time" or "Agreed", this
/// sentence and what follows it. A note without such a sentence gives its last
/// paragraph. A heading of its own ("Next time:") takes what follows it along.
pub fn agreed(body: &str) -> &str {
    let body = body.trim();
    let paragraphs = paragraphs(body);
    for &(begin, end) in paragraphs.iter().rev() {
        let Some(at) = opening(&body[begin..end]) else { continue };
        let part = body[begin + at..end].trim();
        // A line that is only the heading.
        let is_heading = part.trim_end_matches(':').split_whitespace().count() <= 3;
        return if is_heading { body[begin + at..].trim() } else { part };
    }
    paragraphs.last().map_or(body, |&(begin, end)| body[begin..end].trim())
}

/// The paragraphs of a text, each as its first and last byte; an empty line is
/// between two.
fn paragraphs(text: &str) -> Vec<(usize, usize)> {
    let (mut found, mut begin) = (Vec::new(), 0);
    for (at, _) in text.match_indices("\n\n") {
        if at > begin {
            found.push((begin, at));
        }
        begin = at + 2;
    }
    found.push((begin, text.len()));
    found.retain(|(begin, end)| !text[*begin..*end].trim().is_empty());
    found
}

/// Where the first sentence of a paragraph begins that opens with one of
/// [`OPENINGS`]; `None`: there is no such sentence.
fn opening(paragraph: &str) -> Option<usize> {
    let after = |mark: &'static str| paragraph.match_indices(mark).map(move |(at, mark)| at + mark.len());
    let mut starts: Vec<usize> =
        std::iter::once(0).chain(after("\n")).chain(after(". ")).chain(after("! ")).chain(after("? ")).collect();
    starts.sort_unstable();
    starts.into_iter().find(|at| {
        let rest = paragraph[*at..].trim_start_matches(['-', '–', '*', ' ']);
        OPENINGS.iter().any(|words| rest.get(..words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_sentence_about_next_time_is_found() {
        let one = "Both spoke about the move. The ritual works. Next time: what each of them needs.";
        assert_eq!(agreed(one), "Next time: what each of them needs.");
        let two = "They laughed.\n\nAgreed on one exercise. Both will try.\n\nRoom was cold.";
        assert_eq!(agreed(two), "Agreed on one exercise. Both will try.");
        let list = "Talked of work.\n\nNext time:\n\n- weekends\n- her mother";
        assert_eq!(agreed(list), "Next time:\n\n- weekends\n- her mother");
        assert_eq!(agreed("Work.\n- next session at ten, both of them"), "- next session at ten, both of them");
    }

    #[test]
    fn a_note_without_it_gives_its_last_paragraph() {
        assert_eq!(agreed("First.\n\nLast one.\n\n"), "Last one.");
        assert_eq!(agreed("Only one. They disagreed on it."), "Only one. They disagreed on it.");
        assert_eq!(agreed(""), "");
    }

    proptest! {
        #[test]
        fn it_is_always_a_part_of_the_note(body in "[ a-zé💛.:\n]{0,80}(Next time|agreed)?[ a-zé💛.:\n]{0,80}") {
            let part = agreed(&body);
            prop_assert!(body.contains(part));
            prop_assert_eq!(part.is_empty(), body.trim().is_empty());
        }
    }
}
