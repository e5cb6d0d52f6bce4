//! Releases: parts of a client's record that go to a third party because everyone
//! whom they are about has signed (door A).

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    clients::client::Seat,
    form::{Errors, Form, Reader},
};

crate::words! {
    /// What a release is about.
    pub enum ReleaseKind {
        Record = "record", "The record";
        /// The private process notes of the clinician who prepares it: nothing else
        /// is released with them.
        Process = "process", "Your process notes, and nothing else";
    }
}

impl ReleaseKind {
    /// The name of the text that a release of this kind is signed with.
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Record => "release",
            Self::Process => "release-process",
        }
    }
}

crate::words! {
    /// How what leaves is sent. The clinician sends it; the program sends no clinical
    /// content by email.
    pub enum Manner {
        Post = "post", "By post";
        InPerson = "in_person", "Handed over in person";
        Encrypted = "encrypted", "By encrypted email";
        Upload = "upload", "By the recipient’s own secure page";
        Fax = "fax", "By fax";
    }
}

crate::words! {
    /// How a release ends.
    pub enum Term {
        Once = "once", "When it has been sent once";
        UntilDay = "until", "On its last day: until then it can be sent again";
    }
}

crate::words! {
    /// Why a release was closed.
    pub enum CloseReason {
        Clinician = "clinician", "Closed by the therapist";
        Separation = "separation", "Closed by the separation";
    }
}

/// How many days a release is open unless another last day is chosen.
pub const DEFAULT_DAYS: u64 = 90;
/// How many days a release can be open at most.
pub const MOST_DAYS: u64 = 366;

/// A template of notes or a document that was chosen, with its title at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub id: Uuid,
    pub title: String,
}

/// The part of a release that belongs to one partner alone. It leaves only if that
/// partner has ticked its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPart {
    pub seat: Seat,
    /// The notes of this partner's record, of the same days and templates.
    pub notes: bool,
    /// Documents of this partner's record.
    pub documents: Vec<Chosen>,
}

/// What leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The first day; `None`: from the beginning of the record.
    pub from: Option<NaiveDate>,
    /// The last day, which may be ahead; `None`: the day of the last signature.
    pub until: Option<NaiveDate>,
    /// Whether notes leave.
    pub notes: bool,
    /// Only notes written with these templates; empty: with any.
    pub templates: Vec<Chosen>,
    /// Documents of the joint record.
    pub documents: Vec<Chosen>,
    /// Whether the list of sessions with who attended leaves.
    pub attendance: bool,
    /// Whether the goals leave.
    pub goals: bool,
    /// Whether the list of exercises leaves, without any answer.
    pub exercises: bool,
    pub own: Vec<OwnPart>,
}

impl Contents {
    /// Whether nothing of the joint record is chosen.
    pub fn is_joint_empty(&self) -> bool {
        !(self.notes || self.attendance || self.goals || self.exercises) && self.documents.is_empty()
    }

    /// The part of the partner in this seat; `None`: nothing of it is chosen.
    pub fn own_of(&self, seat: Seat) -> Option<&OwnPart> {
        self.own.iter().find(|part| part.seat == seat)
    }

    /// The days that were signed, once everyone had signed: `last_signed` is the day
    /// of the last signature.
    pub fn days(&self, last_signed: NaiveDate) -> SignedDays {
        SignedDays { from: self.from, until: self.until.unwrap_or(last_signed) }
    }
}

/// The days of which notes, sessions and exercises leave, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedDays {
    /// `None`: from the beginning of the record.
    pub from: Option<NaiveDate>,
    pub until: NaiveDate,
}

impl SignedDays {
    /// Whether something of this day leaves.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && day <= self.until
    }
}

/// What a release says: what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Who releases it, such as "Ruth Adler, Lakeside Practice".
    pub by: String,
    pub recipient: String,
    pub address: String,
    pub manner: Manner,
    pub purpose: String,
    /// The only partner who signs, because the policy of the couple lets each decide
    /// about their own individual sessions; `None`: everyone signs.
    pub signs: Option<Seat>,
    pub what: Contents,
}

/// A release that is being prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    pub kind: ReleaseKind,
    pub terms: Terms,
    pub term: Term,
    /// Its last day, in the practice's zone.
    pub ends_on: NaiveDate,
}

/// What a release of a client can be made of.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    pub seats: Vec<Seat>,
    /// The partners who may release what is theirs alone without the other's
    /// signature, by the policy in force.
    pub alone: Vec<Seat>,
    pub templates: Vec<Chosen>,
    /// Documents of the joint record.
    pub documents: Vec<Chosen>,
    /// Documents of one partner's record.
    pub own_documents: Vec<(Seat, Chosen)>,
}

impl Offer {
    /// Whether parts can belong to one partner alone.
    pub fn is_couple(&self) -> bool {
        self.seats.len() > 1
    }
}

/// The name of a field that belongs to one partner, such as `own.a.notes`.
pub fn own_field(seat: Seat, name: &str) -> String {
    format!("own.{}.{name}", seat.word())
}

impl NewRelease {
    /// Reads a release from its form. `offer` is what the record has; `today` is the
    /// day in the practice's zone.
    pub fn read(form: &Form, offer: &Offer, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let kind = r.word("kind", "Choose what you release.");
        let is_process = kind == Ok(ReleaseKind::Process);
        let recipient = r.text("recipient", 2..=120, "Enter the name of the recipient.");
        let address = r.lines("address", 2..=400, "Enter the recipient’s address.");
        let manner = r.word("manner", "Choose how it will be sent.");
        let purpose = r.lines("purpose", 2..=500, "Enter the purpose.");
        let by = r.text("by", 2..=160, "Enter who releases it.");
        let what = read_contents(&mut r, form, offer, is_process, today);
        let signs = read_signers(&mut r, offer, is_process, what.as_ref().ok());
        let term = r.word("term", "Choose how it ends.");
        let ends_on = r.date("ends_on", "Enter the last day to send it.");
        if let Ok(day) = ends_on {
            let last = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(NaiveDate::MAX);
            if day < today || day > last {
                let _ = r.fail::<()>("ends_on", "Choose a day from today to a year ahead.");
            }
        }
        r.finish()?;
        Ok(Self {
            kind: kind?,
            terms: Terms {
                by: by?,
                recipient: recipient?,
                address: address?,
                manner: manner?,
                purpose: purpose?,
                signs: signs?,
                what: what?,
            },
            term: term?,
            ends_on: ends_on?,
        })
    }
}

/// Reads what leaves. Of documents and templates only those that are offered are
/// read.
fn read_contents(
    r: &mut Reader<'_>,
    form: &Form,
    offer: &Offer,
    is_process: bool,
    today: NaiveDate,
) -> Result<Contents, Errors> {
    let from = r.optional_date("from", "Enter the first day as a date.");
    let ends_at_signature = form.get("range") != "day";
    let until = if ends_at_signature {
        Ok(None)
    } else {
        r.date("until", "Enter the day up to which notes are included.").map(Some)
    };
    if let (Ok(Some(from)), Ok(until)) = (&from, &until)
        && *from > until.unwrap_or(today)
    {
        let _ = r.fail::<()>("from", "Choose a first day that is not after the last day.");
    }
    if is_process {
        return Ok(Contents { from: from?, until: until?, notes: true, ..Contents::default() });
    }
    let chosen: Vec<Uuid> = r.several("templates");
    let documents: Vec<Uuid> = r.several("documents");
    let own = if offer.is_couple() {
        offer.seats.iter().filter_map(|seat| read_own(r, offer, *seat)).collect()
    } else {
        vec![]
    };
    let what = Contents {
        from: from?,
        until: until?,
        notes: r.ticked("notes"),
        templates: offer.templates.iter().filter(|template| chosen.contains(&template.id)).cloned().collect(),
        documents: offer.documents.iter().filter(|document| documents.contains(&document.id)).cloned().collect(),
        attendance: r.ticked("attendance"),
        goals: r.ticked("goals"),
        exercises: r.ticked("exercises"),
        own,
    };
    if what.is_joint_empty() && what.own.is_empty() {
        return r.fail("notes", "Choose what leaves.");
    }
    Ok(what)
}

/// Reads the part of one partner; `None`: nothing of it is chosen.
fn read_own(r: &Reader<'_>, offer: &Offer, seat: Seat) -> Option<OwnPart> {
    let chosen: Vec<Uuid> = r.several(&own_field(seat, "documents"));
    let is_chosen = |(of, document): &&(Seat, Chosen)| *of == seat && chosen.contains(&document.id);
    let documents: Vec<Chosen> =
        offer.own_documents.iter().filter(is_chosen).map(|(_, document)| document.clone()).collect();
    let notes = r.ticked(&own_field(seat, "notes"));
    (notes || !documents.is_empty()).then_some(OwnPart { seat, notes, documents })
}

/// Reads who signs. Only one partner signs where the policy allows it and nothing but
/// that partner's own part leaves.
fn read_signers(
    r: &mut Reader<'_>,
    offer: &Offer,
    is_process: bool,
    what: Option<&Contents>,
) -> Result<Option<Seat>, Errors> {
    let Some(seat) = r.optional::<Seat>("signs", "Choose who signs.")? else {
        // Everyone signs: then there must be something of everyone's.
        if what.is_some_and(|what| !is_process && what.is_joint_empty()) {
            return r.fail("notes", "Choose at least one item from the joint record.");
        }
        return Ok(None);
    };
    if !offer.alone.contains(&seat) {
        return r.fail("signs", "Choose both: their policy doesn’t let one partner sign alone.");
    }
    let is_theirs = |what: &Contents| what.is_joint_empty() && what.own.iter().all(|part| part.seat == seat);
    match what {
        Some(what) if is_process || !is_theirs(what) => {
            r.fail("signs", "Choose both, or untick everything except this partner’s own part.")
        }
        Some(_) | None => Ok(Some(seat)),
    }
}

/// What a person has done about a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// They have not signed.
    Due,
    /// They signed at this time.
    Signed(DateTime<Utc>),
    /// They signed, and withdrew the signature at this time.
    Withdrawn(DateTime<Utc>),
}

crate::words! {
    /// The state of a release, for the clinician.
    pub enum ReleaseState {
        Signing = "signing", "Not signed by everyone";
        Open = "open", "Ready to send";
        Sent = "sent", "Sent";
        Revoked = "revoked", "Signature withdrawn";
        Expired = "expired", "Expired";
        Closed = "closed", "Closed";
    }
}

impl ReleaseState {
    /// Whether nothing can be signed or sent any more.
    pub const fn is_over(self) -> bool {
        match self {
            Self::Signing | Self::Open => false,
            Self::Sent | Self::Revoked | Self::Expired | Self::Closed => true,
        }
    }
}

/// What the state of a release is derived from.
#[derive(Clone, Debug)]
pub struct ReleaseFacts<'a> {
    pub signings: &'a [Signing],
    pub term: Term,
    pub ends_on: NaiveDate,
    pub is_closed: bool,
    /// Whether it was sent at least once.
    pub is_sent: bool,
    /// The day in the practice's zone.
    pub today: NaiveDate,
}

impl ReleaseFacts<'_> {
    /// The state of the release. One that was sent is [`ReleaseState::Sent`] as soon
    /// as it cannot be sent again.
    pub fn state(&self) -> ReleaseState {
        let state = if self.is_sent && self.term == Term::Once {
            ReleaseState::Sent
        } else if self.signings.iter().any(|signing| matches!(signing, Signing::Withdrawn(_))) {
            ReleaseState::Revoked
        } else if self.is_closed {
            ReleaseState::Closed
        } else if self.today > self.ends_on {
            ReleaseState::Expired
        } else if !self.signings.is_empty() && self.signings.iter().all(|s| matches!(s, Signing::Signed(_))) {
            ReleaseState::Open
        } else {
            ReleaseState::Signing
        };
        if self.is_sent && state.is_over() { ReleaseState::Sent } else { state }
    }

    /// When the last of all signatures was given; `None`: one is missing.
    pub fn last_signed(&self) -> Option<DateTime<Utc>> {
        let times: Option<Vec<DateTime<Utc>>> = self
            .signings
            .iter()
            .map(|signing| match signing {
                Signing::Signed(at) => Some(*at),
                Signing::Due | Signing::Withdrawn(_) => None,
            })
            .collect();
        times?.into_iter().max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn chosen(n: u128) -> Chosen {
        Chosen { id: Uuid::from_u128(n), title: format!("Title {n}") }
    }

    fn offer() -> Offer {
        Offer {
            seats: vec![Seat::A, Seat::B],
            alone: vec![],
            templates: vec![chosen(1)],
            documents: vec![chosen(2)],
            own_documents: vec![(Seat::A, chosen(3)), (Seat::B, chosen(4))],
        }
    }

    fn filled(more: &[(&str, &str)]) -> Form {
        let mut form = Form::from_pairs([
            ("kind", "record"),
            ("recipient", "Dr. Weiss"),
            ("address", "Hauptstraße 1\nBerlin"),
            ("manner", "post"),
            ("purpose", "A second opinion"),
            ("by", "Ruth Adler"),
            ("range", "signature"),
            ("term", "once"),
            ("ends_on", "2027-02-27"),
        ]);
        for (name, value) in more {
            form.0.push(((*name).to_owned(), (*value).to_owned()));
        }
        form
    }

    fn read(form: &Form, offer: &Offer) -> Result<NewRelease, Errors> {
        NewRelease::read(form, offer, day("2026-11-29"))
    }

    #[test]
    fn release_is_read_from_its_form() {
        let document = Uuid::from_u128(2).to_string();
        let foreign = Uuid::from_u128(9).to_string();
        let form = filled(&[("notes", "yes"), ("documents", &document), ("documents", &foreign)]);
        let new = read(&form, &offer()).unwrap();
        assert_eq!(new.terms.what.documents, [chosen(2)], "only what is offered");
        assert_eq!((new.terms.what.until, new.terms.signs), (None, None));
        assert_eq!(new.term, Term::Once);
        assert!(new.terms.what.own.is_empty());
    }

    #[test]
    fn release_of_nothing_is_refused() {
        let errors = read(&filled(&[]), &offer()).unwrap_err();
        assert_eq!(errors.message("notes"), Some("Choose what leaves."));
        let errors = read(&filled(&[("own.a.notes", "yes")]), &offer()).unwrap_err();
        assert!(errors.message("notes").unwrap().starts_with("Choose at least one item from the joint record."));
    }

    #[test]
    fn own_part_takes_only_documents_of_its_partner() {
        let (hers, his) = (Uuid::from_u128(3).to_string(), Uuid::from_u128(4).to_string());
        let form = filled(&[("notes", "yes"), ("own.a.documents", &hers), ("own.a.documents", &his)]);
        let new = read(&form, &offer()).unwrap();
        let own = OwnPart { seat: Seat::A, notes: false, documents: vec![chosen(3)] };
        assert_eq!(new.terms.what.own, [own]);
    }

    #[test]
    fn one_partner_signs_alone_only_for_their_own_part_and_only_by_the_policy() {
        let form = filled(&[("signs", "a"), ("own.a.notes", "yes")]);
        assert!(read(&form, &offer()).unwrap_err().message("signs").is_some(), "there is no such policy");
        let alone = Offer { alone: vec![Seat::A, Seat::B], ..offer() };
        assert_eq!(read(&form, &alone).unwrap().terms.signs, Some(Seat::A));
        for more in [("notes", "yes"), ("goals", "yes"), ("own.b.notes", "yes")] {
            let form = filled(&[("signs", "a"), ("own.a.notes", "yes"), more]);
            assert!(read(&form, &alone).unwrap_err().message("signs").is_some(), "{more:?}");
        }
        let mut process = filled(&[("signs", "a")]);
        process.set("kind", "process");
        assert!(read(&process, &alone).unwrap_err().message("signs").is_some(), "process notes are about both");
    }

    #[test]
    fn process_notes_leave_with_nothing_else() {
        let mut form = filled(&[("notes", "yes"), ("goals", "yes"), ("own.a.notes", "yes")]);
        form.set("kind", "process");
        let what = read(&form, &offer()).unwrap().terms.what;
        assert_eq!(what, Contents { notes: true, ..Contents::default() });
    }

    #[test]
    fn last_day_is_at_most_a_year_ahead() {
        for (typed, is_right) in
            [("2026-11-28", false), ("2026-11-29", true), ("2027-11-30", true), ("2027-12-01", false)]
        {
            let mut form = filled(&[("notes", "yes")]);
            form.set("ends_on", typed);
            assert_eq!(read(&form, &offer()).is_ok(), is_right, "{typed}");
        }
    }

    #[test]
    fn range_ends_on_the_day_of_the_last_signature_unless_a_day_was_signed() {
        let what = Contents { from: Some(day("2026-01-01")), ..Contents::default() };
        let days = what.days(day("2026-11-29"));
        assert!(days.contains(day("2026-01-01")) && days.contains(day("2026-11-29")));
        assert!(!days.contains(day("2025-12-31")) && !days.contains(day("2026-11-30")));
        let ahead = Contents { until: Some(day("2026-12-31")), ..Contents::default() };
        assert!(ahead.days(day("2026-11-29")).contains(day("2026-12-31")), "a later day was signed");
        let past = Contents { until: Some(day("2026-06-30")), ..Contents::default() };
        assert!(!past.days(day("2026-11-29")).contains(day("2026-07-01")));
    }

    #[test]
    fn state_follows_from_signatures_clock_and_what_was_sent() {
        use Signing::{Due, Signed, Withdrawn};
        let early = at("2026-11-28T10:00:00Z");
        let late = at("2026-11-29T10:00:00Z");
        let facts = |signings: &'static [Signing]| ReleaseFacts {
            signings,
            term: Term::Once,
            ends_on: day("2026-12-31"),
            is_closed: false,
            is_sent: false,
            today: day("2026-12-31"),
        };
        static NONE: [Signing; 2] = [Due, Due];
        assert_eq!(facts(&NONE).state(), ReleaseState::Signing);
        assert_eq!(facts(&[]).state(), ReleaseState::Signing, "nobody signs: nothing is open");
        let of = |signings: Vec<Signing>| -> &'static [Signing] { signings.leak() };
        let both = of(vec![Signed(late), Signed(early)]);
        assert_eq!(facts(of(vec![Signed(early), Due])).state(), ReleaseState::Signing);
        assert_eq!(facts(both).state(), ReleaseState::Open);
        assert_eq!(facts(both).last_signed(), Some(late));
        assert_eq!(facts(of(vec![Signed(early), Due])).last_signed(), None);
        assert_eq!(facts(of(vec![Withdrawn(late), Signed(early)])).state(), ReleaseState::Revoked);
        assert_eq!(ReleaseFacts { today: day("2027-01-01"), ..facts(both) }.state(), ReleaseState::Expired);
        assert_eq!(ReleaseFacts { is_closed: true, ..facts(both) }.state(), ReleaseState::Closed);
        assert_eq!(ReleaseFacts { is_sent: true, ..facts(both) }.state(), ReleaseState::Sent);
        let again = ReleaseFacts { is_sent: true, term: Term::UntilDay, ..facts(both) };
        assert_eq!(again.state(), ReleaseState::Open, "it can be sent again");
        let over = ReleaseFacts { today: day("2027-01-01"), ..again };
        assert_eq!(over.state(), ReleaseState::Sent);
    }
}
