//! What a release says, in the language of its readers: the lines of what leaves, and
//! what fills the blanks of the text that each person signs.

use app::{say, words::Words};
use chrono::NaiveDate;
use domain::{
    clients::{client::Seat, person::Language},
    records::{
        consents::{Blank, BlankValues},
        release::{Contents, OwnPart, ReleaseKind, Term, Terms},
    },
};

/// What a release consists of, as far as its words go.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub kind: ReleaseKind,
    pub terms: &'a Terms,
    pub term: Term,
    pub ends_on: NaiveDate,
    /// Whether the client is a couple.
    pub is_couple: bool,
}

/// The line with the days.
fn days_line(what: &Contents, w: Words) -> String {
    let day = |date| w.day_of_year(date);
    match (what.from, what.until) {
        (Some(from), Some(until)) => say!(w, "release-line-days", from = day(from), until = day(until)),
        (Some(from), None) => say!(w, "release-line-days-from", from = day(from)),
        (None, Some(until)) => say!(w, "release-line-days-until", until = day(until)),
        (None, None) => say!(w, "release-line-days-all"),
    }
}

impl Said<'_> {
    /// What leaves without anybody's own part, a line for each thing.
    pub fn lines(&self, w: Words) -> Vec<String> {
        let what = &self.terms.what;
        if self.kind == ReleaseKind::Process {
            return vec![say!(w, "release-line-process"), days_line(what, w)];
        }
        let mut lines = Vec::new();
        if what.notes {
            lines.push(match self.is_couple {
                true => say!(w, "release-line-notes-joint"),
                false => say!(w, "release-line-notes"),
            });
        }
        if what.attendance {
            lines.push(say!(w, "release-line-attendance"));
        }
        if what.exercises {
            lines.push(say!(w, "release-line-exercises"));
        }
        if what.goals {
            lines.push(say!(w, "release-line-goals"));
        }
        for document in &what.documents {
            lines.push(say!(w, "release-line-document", title = &document.title));
        }
        if !what.templates.is_empty() {
            let titles: Vec<String> = what.templates.iter().map(|template| template.title.clone()).collect();
            lines.push(say!(w, "release-line-templates", templates = w.list(&titles)));
        }
        lines.push(days_line(what, w));
        lines
    }

    /// Until when it can be sent.
    pub fn until(&self, w: Words) -> String {
        let day = w.day_of_year(self.ends_on);
        match self.term {
            Term::Once => say!(w, "release-until-once", day = day),
            Term::UntilDay => say!(w, "release-until-day", day = day),
        }
    }

    /// The recipient with the address and how it is sent, on one line.
    fn recipient(&self, w: Words) -> String {
        let terms = self.terms;
        let address = terms.address.lines().map(str::trim).collect::<Vec<_>>().join(", ");
        let manner = w.label(terms.manner);
        say!(w, "release-recipient", name = &terms.recipient, address = address, manner = manner)
    }

    /// The terms of a release with their values, for its page in the portal.
    pub fn terms(&self, w: Words) -> Vec<(String, String)> {
        let terms = self.terms;
        vec![
            (say!(w, "release-to"), format!("{}\n{}", terms.recipient, terms.address)),
            (say!(w, "release-purpose"), terms.purpose.clone()),
            (say!(w, "release-by"), terms.by.clone()),
            (say!(w, "release-manner"), w.label(terms.manner)),
            (say!(w, "release-ends"), self.until(w)),
        ]
    }

    /// What fills the blanks of the text that a person signs, in every language. With
    /// `own` the text contains the lines of that part too.
    pub fn blanks(&self, own: Option<&OwnLines>) -> BlankValues {
        let mut values: BlankValues = vec![
            (Blank::Purpose.word().to_owned(), self.terms.purpose.clone()),
            (Blank::Therapist.word().to_owned(), self.terms.by.clone()),
        ];
        for language in Language::ALL {
            let w = Words::new(*language);
            let mut lines = self.lines(w);
            if let Some(own) = own {
                if self.terms.signs.is_some() {
                    lines.clear();
                    lines.push(days_line(&self.terms.what, w));
                }
                lines.extend(own.lines(w));
            }
            let what: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
            for (blank, value) in
                [(Blank::What, what.join("\n")), (Blank::Recipient, self.recipient(w)), (Blank::Until, self.until(w))]
            {
                if *language == Language::English {
                    values.push((blank.word().to_owned(), value.clone()));
                }
                values.push((format!("{}.{}", blank.word(), language.word()), value));
            }
        }
        values
    }
}

/// What can leave of one partner's own part.
pub(super) struct OwnLines {
    notes: bool,
    documents: Vec<String>,
}

impl OwnLines {
    /// Of notes, if `notes` is true, and of documents with these titles.
    pub fn new(notes: bool, documents: Vec<String>) -> Self {
        Self { notes, documents }
    }

    /// A line for each thing.
    pub fn lines(&self, w: Words) -> Vec<String> {
        let mut lines = Vec::new();
        if self.notes {
            lines.push(say!(w, "release-line-own-notes"));
        }
        for title in &self.documents {
            lines.push(say!(w, "release-line-own-document", title = title));
        }
        lines
    }
}

impl From<&OwnPart> for OwnLines {
    fn from(part: &OwnPart) -> Self {
        Self::new(part.notes, part.documents.iter().map(|document| document.title.clone()).collect())
    }
}

/// What the person in this seat signs at first: their own part only if they sign for
/// nothing else.
pub(super) fn first_blanks(said: &Said<'_>, seat: Seat) -> BlankValues {
    let own = said.terms.signs.and_then(|_| said.terms.what.own_of(seat)).map(OwnLines::from);
    said.blanks(own.as_ref())
}

#[cfg(test)]
mod tests {
    use domain::records::release::{Chosen, Manner};

    use super::*;

    fn terms(signs: Option<Seat>) -> Terms {
        let part = |seat, title: &str| OwnPart {
            seat,
            notes: true,
            documents: vec![Chosen { id: Default::default(), title: title.into() }],
        };
        Terms {
            by: "Ruth Adler".into(),
            recipient: "Dr Weiss".into(),
            address: "Hauptstraße 1\nBerlin".into(),
            manner: Manner::Post,
            purpose: "A second opinion".into(),
            signs,
            what: Contents {
                notes: signs.is_none(),
                own: vec![part(Seat::A, "canary-a"), part(Seat::B, "canary-b")],
                ..Contents::default()
            },
        }
    }

    fn said(terms: &Terms) -> Said<'_> {
        let ends_on = NaiveDate::from_ymd_opt(2027, 2, 28).unwrap();
        Said { kind: ReleaseKind::Record, terms, term: Term::Once, ends_on, is_couple: true }
    }

    #[test]
    fn text_to_sign_names_only_what_its_reader_may_know() {
        let terms = terms(None);
        let all = |values: BlankValues| values.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join("\n");
        let first = all(first_blanks(&said(&terms), Seat::A));
        assert!(first.contains("Dr Weiss, Hauptstraße 1, Berlin (By post)"), "{first}");
        assert!(!first.contains("canary"), "nobody's own part is in the text of both: {first}");
        let own = OwnLines::from(terms.what.own_of(Seat::A).unwrap());
        let ticked = all(said(&terms).blanks(Some(&own)));
        assert!(ticked.contains("canary-a") && !ticked.contains("canary-b"), "{ticked}");
    }

    #[test]
    fn who_signs_alone_signs_only_for_their_own_part() {
        let terms = terms(Some(Seat::A));
        let blanks = first_blanks(&said(&terms), Seat::A);
        let what = &blanks.iter().find(|(name, _)| name == "what").unwrap().1;
        assert!(what.contains("canary-a") && !what.contains("canary-b") && !what.contains("about both"), "{what}");
    }
}
