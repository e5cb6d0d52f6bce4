//! The kinds of steps as an author chooses one: in groups, each kind with a line on
//! what it asks for and a small drawing.

use domain::exercises::step::Kind;
use leptos::prelude::*;

/// A group of kinds in the author's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Read,
    Answer,
    Compare,
    Together,
}

impl Group {
    /// All groups, in the order in which they are shown.
    const ALL: [Self; 4] = [Self::Read, Self::Answer, Self::Compare, Self::Together];

    /// The group's heading.
    const fn label(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Answer => "Answer",
            Self::Compare => "Compare",
            Self::Together => "Do together",
        }
    }
}

/// The group of a kind.
const fn group(kind: Kind) -> Group {
    match kind {
        Kind::Read => Group::Read,
        Kind::Text | Kind::Choice | Kind::Checklist | Kind::Scale | Kind::Rewrite | Kind::Log => Group::Answer,
        Kind::Rank | Kind::Guess | Kind::Allocate | Kind::Sort => Group::Compare,
        Kind::Timer | Kind::Turns | Kind::Agreement | Kind::Plan => Group::Together,
    }
}

/// What a step of a kind asks for, in one line.
const fn line(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "A heading and a text, without an answer.",
        Kind::Text => "An answer in their own words.",
        Kind::Choice => "One option of your list.",
        Kind::Checklist => "All options that fit.",
        Kind::Scale => "A number for each line, such as 0 to 10.",
        Kind::Rewrite => "Your sentence, said more kindly.",
        Kind::Rank => "Your lines, the most important first.",
        Kind::Guess => "What the other answered in an earlier step.",
        Kind::Allocate => "For each line, who does how much of it.",
        Kind::Sort => "Your lines, placed in two to four buckets.",
        Kind::Timer => "Minutes with a clock, then how it went.",
        Kind::Turns => "Who speaks when, with a clock and cards.",
        Kind::Log => "A short entry on each of several days.",
        Kind::Agreement => "One text that both change until both agree.",
        Kind::Plan => "When they will do it, with a reminder.",
    }
}

/// The lines of a kind's drawing, as the path of an SVG of 24 by 24 units.
const fn drawing(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5",
        Kind::Text => "M4 20h16M6 16l9-9 3 3-9 9H6z",
        Kind::Choice => "M4 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M7 7h.01M13 7h7M4 17a3 3 0 1 0 6 0a3 3 0 1 0-6 0M13 17h7",
        Kind::Checklist => "M4 4h6v6H4zM5.5 7l1.3 1.3L9 5.8M13 7h7M4 14h6v6H4zM5.5 17l1.3 1.3L9 15.8M13 17h7",
        Kind::Scale => "M3 12h10M19 12h2M3 9v6M21 9v6M8 10v4M13 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
        Kind::Rewrite => "M4 7h10a4.5 4.5 0 0 1 0 9H6M10 12l-4 4 4 4",
        Kind::Rank => "M4 6h10M4 12h7M4 18h4M18 5v13M15 15l3 3 3-3",
        Kind::Guess => "M4 4h16v12H12l-4 4v-4H4zM10 8.5a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M12 13.6h.01",
        Kind::Allocate => "M12 4v15M8 20h8M5 7h14M5 7l-2.5 6h5zM19 7l-2.5 6h5z",
        Kind::Sort => "M3 14v6h7v-6M14 14v6h7v-6M6.5 4v8M4.5 10l2 2 2-2M17.5 4v8M15.5 10l2 2 2-2",
        Kind::Timer => "M5 14a7 7 0 1 0 14 0a7 7 0 1 0-14 0M12 14v-4M10 3h4M12 3v4",
        Kind::Turns => "M3 4h11v7H8l-3 3v-3H3zM10 14v3h6l3 3v-3h2v-7h-4",
        Kind::Log => "M4 6h16v14H4zM4 10h16M8 4v4M16 4v4M8 14h.01M12 14h.01M16 14h.01M8 17h.01M12 17h.01",
        Kind::Agreement => "M5 4h14v16H5zM8 8h8M8 12h8M7.5 16l1.4 1.4 2.4-2.6M13 16l1.4 1.4 2.4-2.6",
        Kind::Plan => "M4 6h16v14H4zM4 10h16M8 4v4M16 4v4M12 12.5v3l2 1.2",
    }
}

/// The buttons that add a step, in groups. They send `add:` and the kind as `do`.
pub(in crate::pages::exercises) fn add_buttons() -> Vec<AnyView> {
    let groups = Group::ALL.iter().map(|of| {
        let kinds: Vec<AnyView> = Kind::ALL
            .iter()
            .filter(|kind| group(**kind) == *of)
            .map(|kind| {
                view! {
                    <button class="kind" type="submit" name="do" value=format!("add:{}", kind.word())>
                        <svg class="kind-drawing" viewBox="0 0 24 24" aria-hidden="true"><path d=drawing(*kind)/></svg>
                        <span class="kind-name">{kind.label()}</span>
                        " "
                        <span class="kind-line">{line(*kind)}</span>
                    </button>
                }
                .into_any()
            })
            .collect();
        let id = format!("kinds-{}", of.label().split(' ').next().unwrap_or_default().to_lowercase());
        view! {
            <div class="kinds" role="group" aria-labelledby=id.clone()>
                <p class="kinds-head" id=id.clone()>{of.label()}</p>
                {kinds}
            </div>
        }
        .into_any()
    });
    groups.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_added_and_is_explained_in_a_few_words() {
        let html = view! { <div>{add_buttons()}</div> }.to_html();
        for kind in Kind::ALL {
            assert_eq!(html.matches(&format!("value=\"add:{}\"", kind.word())).count(), 1, "{kind:?}");
            assert!(line(*kind).split_whitespace().count() < 12, "{kind:?}");
        }
    }
}
