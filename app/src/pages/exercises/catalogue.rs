//! The exercises of the library as compact rows, with the form that filters them:
//! in the library, and where one is chosen for a client.

use domain::exercises::exercise::{Article, Mode};
use leptos::prelude::*;

use crate::{
    islands::{ListFilter, count_text, has_words},
    ui::{Tone, badge},
};

/// What the reader looks for. Empty texts are no condition.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words in the title, the purpose and the themes.
    pub q: String,
    /// The word of an [`Article`].
    pub article: String,
    pub theme: String,
    /// The value of one of the [`LENGTHS`].
    pub length: String,
}

/// An exercise in the library.
#[derive(Clone, Debug)]
pub struct LibItem {
    pub slug: String,
    pub title: String,
    pub purpose: String,
    /// When not to assign it.
    pub cautions: String,
    pub article: Article,
    pub minutes: u16,
    pub themes: Vec<String>,
    pub mode: Mode,
    /// The author's name; empty if it came with the program.
    pub author: String,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether it is open for the client for whom an exercise is chosen.
    pub open: bool,
}

/// The lengths to filter by: the value in the query, and the label.
pub const LENGTHS: [(&str, &str); 3] =
    [("short", "Up to 5 minutes"), ("medium", "6 to 10 minutes"), ("long", "More than 10 minutes")];

impl LibItem {
    /// The value of the length among [`LENGTHS`].
    const fn length(&self) -> &'static str {
        match self.minutes {
            0..=5 => LENGTHS[0].0,
            6..=10 => LENGTHS[1].0,
            _ => LENGTHS[2].0,
        }
    }

    /// Whether it is what the reader looks for.
    fn fits(&self, filter: &Filter) -> bool {
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        is(&filter.article, self.article.word())
            && is(&filter.length, self.length())
            && (filter.theme.is_empty() || self.themes.contains(&filter.theme))
            && has_words(&format!("{} {} {}", self.title, self.purpose, self.themes.join(", ")), &filter.q)
    }

    /// Minutes and mode, in a few words.
    pub(super) fn facts(&self) -> String {
        format!("{} min · {}", self.minutes, self.mode.label())
    }
}

/// The id of the list.
const LIST: &str = "exercises";
/// The id of the form that filters it.
const FORM: &str = "filter";
/// What a row is: singular and plural.
const NOUNS: (&str, &str) = ("exercise", "exercises");

/// The form that filters the list, sent to `action`. `keep` are hidden fields: name
/// and value.
pub(super) fn filter_form(
    filter: &Filter,
    items: &[LibItem],
    action: String,
    keep: Option<(&'static str, String)>,
) -> AnyView {
    let mut themes: Vec<&str> = items.iter().flat_map(|item| &item.themes).map(String::as_str).collect();
    themes.sort_unstable();
    themes.dedup();
    let keep = keep.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any());
    let articles = Article::ALL.iter().filter(|article| items.iter().any(|item| item.article == **article));
    let nouns = (NOUNS.0.to_owned(), NOUNS.1.to_owned());
    view! {
        <form id=FORM class="search catalogue-filter" role="search" method="get" action=action>
            {keep}
            <div class="field">
                <label for="q">"Search"</label>
                <input id="q" type="search" name="q" value=filter.q.clone() maxlength="200" autocomplete="off"/>
            </div>
            {filter_select("theme", "Theme", "Any theme", &filter.theme, themes.into_iter().map(|t| (t, t)))}
            {filter_select("length", "Length", "Any length", &filter.length, LENGTHS.into_iter())}
            {filter_select("article", "Based on", "Any source", &filter.article, articles.map(|a| (a.word(), a.label())))}
            <noscript><p class="form-actions"><button class="button" type="submit">"Search"</button></p></noscript>
        </form>
        <ListFilter form=FORM.to_owned() list=LIST.to_owned() nouns=nouns/>
    }
    .into_any()
}

/// A select field whose first option, `any`, means no choice.
fn filter_select<'a>(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    chosen: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> AnyView {
    let options: Vec<AnyView> = options
        .map(|(value, text)| {
            view! { <option value=value.to_owned() selected=value == chosen>{text.to_owned()}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{any}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The exercises that fit, grouped by what they are based on, with their number.
/// `row` renders the content of a row. The others are there too, hidden, so that
/// they can be shown while the reader types. `all` is the address of the whole list.
pub(super) fn list(filter: &Filter, items: &[LibItem], all: String, row: impl Fn(&LibItem) -> AnyView) -> AnyView {
    let count = items.iter().filter(|item| item.fits(filter)).count();
    let shelves: Vec<AnyView> = Article::ALL
        .iter()
        .rev()
        .filter(|article| items.iter().any(|item| item.article == **article))
        .map(|article| {
            let rows: Vec<AnyView> = items
                .iter()
                .filter(|item| item.article == *article)
                .map(|item| {
                    view! {
                        <li data-row=item.slug.clone() data-article=item.article.word() data-length=item.length() data-theme=item.themes.join("|") hidden=!item.fits(filter)>
                            {row(item)}
                        </li>
                    }
                    .into_any()
                })
                .collect();
            let id = format!("shelf-{}", article.word());
            view! {
                <section class="shelf" aria-labelledby=id.clone()>
                    <h2 id=id.clone()>{article.label()}</h2>
                    <ul class="compact">{rows}</ul>
                </section>
            }
            .into_any()
        })
        .collect();
    view! {
        <p id=format!("{LIST}-count") class="muted" role="status">{count_text(count, NOUNS)}</p>
        <div id=LIST>{shelves}</div>
        <div id=format!("{LIST}-none") class="empty" hidden=count != 0>
            <p>"No exercise fits this search."</p>
            <p><a class="button" href=all>"Show all exercises"</a></p>
        </div>
    }
    .into_any()
}

/// The title, the purpose and the facts of a row. `title` is the title, a link for
/// example.
pub(super) fn row_texts(item: &LibItem, title: AnyView) -> AnyView {
    view! {
        <span class="compact-title"><span data-words>{title}</span>" "{author_badge(item)}</span>
        <span class="compact-line" data-words>{item.purpose.clone()}</span>
        <span class="compact-facts">{item.facts()}</span>
        <span class="compact-more" data-words>{item.themes.join(", ")}</span>
    }
    .into_any()
}

/// The badge of an archived exercise, of one that is open already, or of one
/// written in the practice; `None` for the others.
fn author_badge(item: &LibItem) -> Option<AnyView> {
    match (item.archived, item.open, item.author.as_str()) {
        (true, ..) => Some(badge(Tone::Wait, "Archived")),
        (false, true, _) => Some(badge(Tone::Wait, "Already assigned")),
        (false, false, "") => None,
        (false, false, author) => Some(badge(Tone::Plain, format!("By {author}"))),
    }
}

/// An exercise for samples.
pub(super) fn sample_item(title: &str) -> LibItem {
    LibItem {
        slug: "sample".into(),
        title: title.into(),
        purpose: "Closeness is less about how much you talk than about whether you can get through to each other."
            .into(),
        cautions: "Not where one is afraid.".into(),
        article: Article::Motion,
        minutes: 7,
        themes: vec!["closeness".into(), "safety".into()],
        mode: Mode::Reveal,
        author: if title.len() > 100 { "अनन्या <b>".into() } else { String::new() },
        archived: false,
        open: title.len() > 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_fits_by_its_words_theme_length_and_source() {
        let item = sample_item("How reachable we are");
        let filter = |q: &str, theme: &str, length: &str, article: &str| Filter {
            q: q.into(),
            theme: theme.into(),
            length: length.into(),
            article: article.into(),
        };
        assert!(item.fits(&Filter::default()));
        assert!(item.fits(&filter("REACHABLE safety", "closeness", "medium", Article::Motion.word())));
        for other in [
            filter("nothing", "", "", ""),
            filter("", "close", "", ""),
            filter("", "", "short", ""),
            filter("", "", "", Article::Own.word()),
        ] {
            assert!(!item.fits(&other), "{other:?}");
        }
    }
}
