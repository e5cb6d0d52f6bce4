//! Paging: which page of a list an address asks for, and the links to the other
//! pages.
//!
//! Each list has its own field in the query, so that several lists of one page are
//! turned independently. No script is needed.

use app::ui::Pager;
use domain::form::Form;
use store::After;

use crate::address::query;

/// One list of a page, with the place that the address asks for.
pub struct List {
    /// The page's address, with the fields of its query that the links keep.
    href: String,
    /// The field of the query that says where the list's page begins.
    field: &'static str,
    /// The id of the list's heading.
    anchor: String,
    after: Option<After>,
}

impl List {
    /// The list with the query field `field` and the heading id `anchor`, on the
    /// page `href`, as the query `asked` asks for it. A value that is no place in a
    /// list asks for the first page.
    pub fn new(href: impl Into<String>, field: &'static str, anchor: impl Into<String>, asked: &Form) -> Self {
        Self { href: href.into(), field, anchor: anchor.into(), after: asked.get(field).parse().ok() }
    }

    /// The row after which the page begins; `None`: the first page.
    pub const fn after(&self) -> Option<After> {
        self.after
    }

    /// The links to the first page, if this is another one, and to the page after
    /// `more`, if there is one; `labels` are their texts in this order.
    pub fn pager(&self, more: Option<After>, labels: [&'static str; 2]) -> Pager {
        let [first, next] = labels;
        let join = if self.href.contains('?') { '&' } else { '?' };
        let page = |after: After| {
            let place = query(&[(self.field, &after.to_string())]);
            format!("{}{join}{place}#{}", self.href, self.anchor)
        };
        Pager {
            first: self.after.map(|_| (format!("{}#{}", self.href, self.anchor), first)),
            more: more.map(|after| (page(after), next)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn paging_links_keep_the_query_and_lead_to_the_list() {
        let place = After::id(Uuid::from_u128(7));
        let first = List::new("/email-log?state=failed", "after", "list", &Form::default());
        assert_eq!(first.after(), None);
        let labels = ["Latest", "Older"];
        assert_eq!(first.pager(None, labels), Pager::default());
        let (more, label) = first.pager(Some(place), labels).more.unwrap();
        assert_eq!(more, format!("/email-log?state=failed&after={place}#list"));
        assert_eq!(label, "Older");
        let asked = Form::from_pairs([("after", place.to_string())]);
        let second = List::new("/requests", "after", "list", &asked);
        assert_eq!(second.after(), Some(place));
        assert_eq!(second.pager(None, labels).first, Some(("/requests#list".to_owned(), "Latest")));
    }

    #[test]
    fn an_unreadable_place_shows_the_first_page() {
        let asked = Form::from_pairs([("after", "0.0.<script>")]);
        assert_eq!(List::new("/requests", "after", "list", &asked).after(), None);
    }
}
