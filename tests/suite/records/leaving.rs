//! What leaves the practice, made through the store: for tests that only need one.

use domain::{
    clients::client::Seat,
    ids::{DisclosureId, HandoverId, ReleaseId},
    records::{
        consents::BlankValues,
        disclosure::{Answer, Details, Ground, Item, NewDisclosure, OfferedItem, Telling, WholeList},
        handover::FilePart,
        note::NoteScope,
        release::{Contents, Manner, NewRelease, OwnPart, ReleaseKind, Term, Terms},
    },
};
use store::{Clinician, MadeFile, Partner, ReleaseSignerText, Sent, SignOutcome, Store};
use tests::people::{Cast, visitor};

use super::{documents, releases::sign_ask};

/// What a release to this recipient says: the list of sessions, and each partner's own
/// notes if they tick them.
pub(crate) fn new_release(recipient: &str) -> NewRelease {
    let own = |seat| OwnPart { seat, notes: true, documents: vec![] };
    NewRelease {
        kind: ReleaseKind::Record,
        terms: Terms {
            by: "Ruth Abrahams".into(),
            recipient: recipient.into(),
            address: "Hauptstraße 1".into(),
            manner: Manner::Post,
            purpose: "A second opinion".into(),
            signs: None,
            what: Contents { attendance: true, own: vec![own(Seat::A), own(Seat::B)], ..Contents::default() },
        },
        term: Term::Once,
        ends_on: "2027-02-21".parse().unwrap(),
    }
}

/// Values for the blanks of the text of a release.
pub(crate) fn blanks() -> BlankValues {
    let filled = |name: &str| (name.to_owned(), "As was said".to_owned());
    ["recipient", "purpose", "what", "until"].map(filled).to_vec()
}

/// Prepares a release of the couple as Ruth.
pub(crate) async fn release(cast: &Cast, recipient: &str) -> ReleaseId {
    let texts = [cast.amara.person(), cast.jonas.person()].map(|person| ReleaseSignerText { person, blanks: blanks() });
    cast.ruth.prepare_release(cast.couple, &new_release(recipient), &texts, None).await.unwrap().unwrap()
}

/// Signs a release as a partner who has just signed in.
pub(crate) async fn sign(store: &Store, partner: &Partner, id: ReleaseId) {
    let fresh = store.partner(&visitor(store, partner.me()).await).unwrap();
    let ask = fresh.own_release(id).await.unwrap().unwrap().ask;
    assert!(matches!(sign_ask(&fresh, ask, store.now()).await, SignOutcome::Signed(_)));
}

/// A release that both have signed.
pub(crate) async fn signed_release(store: &Store, cast: &Cast, recipient: &str) -> ReleaseId {
    let id = release(cast, recipient).await;
    sign(store, &cast.amara, id).await;
    sign(store, &cast.jonas, id).await;
    id
}

/// What a disclosure of the list of sessions to this recipient says.
pub(crate) fn new_disclosure(confirmer: &Clinician, recipient: &str) -> NewDisclosure {
    NewDisclosure {
        ground: Ground::Court,
        details: Details {
            ground_text: "27 C 12/26".into(),
            recipient: recipient.into(),
            address: "Platz 1".into(),
            manner: Manner::InPerson,
            items: vec![OfferedItem { item: Item::List(WholeList::Attendance), of: None }],
            partner_reason: String::new(),
        },
        order: None,
        confirmer: Some(confirmer.me().0),
        telling: Telling::Forbidden {
            reason: "The court forbids it.".into(),
            ask_again_on: "2027-01-10".parse().unwrap(),
        },
    }
}

/// Prepares a disclosure of the couple as Ruth, with an order.
pub(crate) async fn disclosure(store: &Store, (cast, confirmer): (&Cast, &Clinician), recipient: &str) -> DisclosureId {
    // The same file twice would be asked about.
    let words = format!("{recipient} {}", store.clock().id());
    let scan = documents::upload(store, cast.ruth.me(), words.as_bytes()).await;
    let order = documents::add(&cast.ruth, cast.couple, NoteScope::Joint, "The order", &scan).await;
    let new = NewDisclosure { order: Some(order.0), ..new_disclosure(confirmer, recipient) };
    cast.ruth.prepare_disclosure(cast.couple, &new, None).await.unwrap().unwrap()
}

/// A disclosure that the colleague has confirmed.
pub(crate) async fn confirmed_disclosure(
    store: &Store,
    (cast, confirmer): (&Cast, &Clinician),
    recipient: &str,
) -> DisclosureId {
    let id = disclosure(store, (cast, confirmer), recipient).await;
    let confirmed = Answer { is_confirmed: true, reason: String::new() };
    assert!(confirmer.answer_disclosure(id, &confirmed).await.unwrap());
    id
}

/// A disclosure that was sent, and of which the clients are not told yet.
pub(crate) async fn sent_disclosure(
    store: &Store,
    (cast, confirmer): (&Cast, &Clinician),
    recipient: &str,
) -> (DisclosureId, HandoverId) {
    let id = confirmed_disclosure(store, (cast, confirmer), recipient).await;
    let (_, leaving) = cast.ruth.disclosure_to_send(id).await.unwrap().unwrap();
    let mark = leaving.unwrap().mark;
    let made = MadeFile { part: FilePart::Joint, name: "record.json".into(), bytes: recipient.as_bytes().to_vec() };
    match cast.ruth.send_disclosure(id, &mark, &[made], &[]).await.unwrap().unwrap() {
        Sent::Done(handover) => (id, handover),
        other => panic!("{other:?}"),
    }
}

/// A disclosure that was sent, and of which both partners were told.
pub(crate) async fn told_disclosure(
    store: &Store,
    (cast, confirmer): (&Cast, &Clinician),
    recipient: &str,
) -> DisclosureId {
    let (id, _) = sent_disclosure(store, (cast, confirmer), recipient).await;
    let news = [cast.amara.person(), cast.jonas.person()].map(|person| (person, "It left.".to_owned()));
    assert!(cast.ruth.tell_of_disclosure(id, &Telling::Told, &news).await.unwrap());
    id
}
