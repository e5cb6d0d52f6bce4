//! Disclosures without the clients' signatures, for the therapist: preparing one,
//! confirming a colleague's, sending it and telling the clients.

use app::{
    pages::records::{
        disclosure::{self, DisclosureModel, Model},
        forms::{Block, BlockRow},
    },
    say, text,
    ui::{FormState, Link, Tone, shell::Notice},
    words::Words,
};
use axum::{body::Body, http::HeaderValue};
use domain::{
    clients::{
        client::{Seat, title},
        person::Zone,
    },
    form::{Errors, Form},
    ids::{ClientId, DisclosureId, PersonId},
    records::disclosure::{
        Answer as Confirmed, DisclosureState, Item, NewDisclosure, OfferedItem, Telling, read_telling_again,
    },
    zone,
};
use store::{Disclosure, DisclosureOffer, FormKey, Sent};

use super::{
    handovers::files_of,
    releases::{day, page_links},
};
use crate::{
    access::Clinician,
    download::{self, Shown},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
    paging::List,
};

/// How often the files are made again if what leaves changes meanwhile.
const TRIES: usize = 3;

/// GET /clients/{id}/disclosures/new: the form for a new disclosure.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let (_, model) = offered(&clinician, id, FormState::default()).await?;
    page.under(format!("/clients/{id}"), model.title.clone()).ok("New disclosure", model, disclosure::view).await
}

/// What a disclosure of a client can be made of, and the model of its form. Not
/// found: not in the caseload.
async fn offered(clinician: &Clinician, id: ClientId, form: FormState) -> Result<(DisclosureOffer, Model), Failure> {
    let offer = clinician.disclosure_offer(id).await?.found()?;
    let names: Vec<String> = clinician.names(id).await?.found()?.into_iter().map(|(_, name)| name).collect();
    let of = |seat: Option<Seat>| {
        let items = offer.items.iter().filter(|offered| offered.item.of == seat);
        items.map(|offered| (offered.item.item.to_string(), offered.label.clone())).collect::<Vec<_>>()
    };
    let own = Seat::ALL.iter().zip(&names).filter(|_| names.len() > 1);
    let model = Model {
        client: id,
        title: title(names.iter().map(String::as_str)),
        joint: of(None),
        own: own.map(|(seat, name)| (name.clone(), of(Some(*seat)))).collect(),
        documents: offer.documents.iter().map(|(id, title)| (id.to_string(), title.clone())).collect(),
        colleagues: offer.colleagues.iter().map(|(id, name)| (id.to_string(), name.clone())).collect(),
        form,
    };
    Ok((offer, model))
}

/// POST /clients/{id}/disclosures: prepares a disclosure. Nothing leaves yet.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (offer, mut model) = offered(&clinician, id, FormState::new(form.clone())).await?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let errors = match NewDisclosure::read(&form, &offer.ids(), today) {
        Ok(new) => match clinician.prepare_disclosure(id, &new, FormKey::of_form(&form)).await? {
            Some(made) => return Ok(redirect_with(&format!("/disclosures/{made}"), Notice::DisclosurePrepared)),
            None => Errors::of_form("The order or the therapist you chose is not there any more. Choose again."),
        },
        Err(errors) => errors,
    };
    model.form.errors = errors;
    page.under(format!("/clients/{id}"), model.title.clone()).invalid("New disclosure", model, disclosure::view).await
}

/// The state of a disclosure, with its tone.
fn state_of(state: DisclosureState) -> (Tone, String) {
    let tone = match state {
        DisclosureState::Confirming => Tone::Wait,
        DisclosureState::Ready | DisclosureState::Declined => Tone::Care,
        DisclosureState::Sent => Tone::Good,
        DisclosureState::Dropped => Tone::Plain,
    };
    (tone, state.label().to_owned())
}

/// What is on record about a disclosure.
fn facts(found: &Disclosure, zone: &Zone) -> Vec<(String, String)> {
    let mut facts = vec![
        ("About".to_owned(), found.title.clone()),
        ("Ground".to_owned(), format!("{}\n{}", found.ground.label(), found.details.ground_text)),
        ("To".to_owned(), format!("{}\n{}", found.details.recipient, found.details.address)),
        ("How it is sent".to_owned(), found.details.manner.label().to_owned()),
        ("Prepared by".to_owned(), format!("{}, {}", found.prepared_name, text::long(found.prepared_at, zone))),
    ];
    if !found.details.partner_reason.is_empty() {
        facts.push(("Why a partner’s own part leaves".to_owned(), found.details.partner_reason.clone()));
    }
    facts.push(match (&found.confirmer, &found.answer) {
        (None, _) => ("Confirmation".to_owned(), "There was no second therapist.".to_owned()),
        (Some((_, name)), None) => ("Confirmation".to_owned(), format!("Asked of {name}")),
        (Some((_, name)), Some(answer)) => {
            let word = if answer.is_confirmed { "Confirmed" } else { "Declined" };
            let words = format!("{word} by {name}, {}\n{}", text::long(answer.at, zone), answer.reason);
            ("Confirmation".to_owned(), words.trim_end().to_owned())
        }
    });
    for silence in &found.silences {
        let words = format!(
            "{}\n{}, {}. Ask again on {}.",
            silence.reason,
            silence.by,
            text::long(silence.set_at, zone),
            day(silence.ask_again_on)
        );
        facts.push(("Why the clients are not told".to_owned(), words));
    }
    if let Some((_, at)) = found.sent {
        facts.push(("Sent on".to_owned(), text::long(at, zone)));
    }
    if let Some(at) = found.told_at {
        facts.push(("Clients told on".to_owned(), text::long(at, zone)));
    }
    facts
}

/// The labels of what was chosen. What is not there any more is counted.
fn item_lines(found: &Disclosure, offer: Option<&DisclosureOffer>) -> Vec<String> {
    let label = |item: &OfferedItem| {
        let offered = offer.and_then(|offer| offer.items.iter().find(|offered| offered.item == *item));
        let kind = match item.item {
            Item::Note(_) => "Note",
            Item::Document(_) => "Document",
            Item::List(list) => return list.label().to_owned(),
        };
        let own = if item.of.is_some() { ", one partner’s own" } else { "" };
        offered.map_or_else(|| format!("{kind}{own}"), |offered| format!("{kind}{own}: {}", offered.label))
    };
    found.details.items.iter().map(label).collect()
}

/// The model of the page of a disclosure.
async fn model(clinician: &Clinician, page: &Page, id: DisclosureId) -> Result<(ClientId, DisclosureModel), Failure> {
    let zone = page.zone();
    let found = clinician.disclosure(id).await?.found()?;
    let leaving = match found.is_in_care {
        true => clinician.disclosure_to_send(id).await?.and_then(|(_, leaving)| leaving),
        false => None,
    };
    // A colleague who only confirms reads how much of what leaves, and no titles.
    let offer = match found.is_in_care {
        true => clinician.disclosure_offer(found.client).await?,
        false => None,
    };
    let is_asked = found.confirmer.as_ref().is_some_and(|(account, _)| *account == clinician.me());
    let can_answer = is_asked && found.state == DisclosureState::Confirming;
    let is_over = matches!(found.state, DisclosureState::Sent | DisclosureState::Dropped);
    let is_untold = found.is_in_care && found.sent.is_some() && found.told_at.is_none();
    let model = DisclosureModel {
        id,
        recipient: found.details.recipient.clone(),
        state: state_of(found.state),
        facts: facts(&found, &zone),
        items: item_lines(&found, offer.as_ref()),
        has_order: found.has_order,
        answer: can_answer.then(FormState::default),
        leaving: leaving
            .map(|leaving| leaving.packets.iter().flat_map(domain::records::packet::Packet::lines).collect()),
        tells: found.silences.is_empty(),
        can_drop: found.is_in_care && !is_over,
        sent: found.sent.map(|(handover, _)| handover).filter(|_| found.is_in_care),
        telling: is_untold.then(FormState::default),
        is_frozen: found.is_frozen,
    };
    Ok((found.client, model))
}

/// The page below the record of the client; a colleague who only confirms has no
/// record to go back to.
async fn placed(clinician: &Clinician, page: &Page, client: ClientId) -> Result<Page, Failure> {
    Ok(match clinician.names(client).await? {
        Some(people) => {
            let names = title(people.iter().map(|(_, name)| name.as_str()));
            page.under(format!("/clients/{client}"), names)
        }
        None => page.clone(),
    })
}

/// GET /disclosures/{id}: a disclosure, for the client's therapists and for the
/// colleague who confirms.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<DisclosureId>) -> Answer {
    let (client, model) = model(&clinician, &page, id).await?;
    placed(&clinician, &page, client).await?.ok("Disclosure", model, disclosure::disclosure_view).await
}

/// GET /disclosures/{id}/order: the order, as a file.
pub async fn order(clinician: Clinician, PathIds(id): PathIds<DisclosureId>) -> Answer {
    let bytes = clinician.disclosure_order(id).await?.found()?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(download::answer(kind, &order_name(&bytes), length, Shown::Never, Body::from(bytes.to_vec())))
}

/// The name of the file of an order, by what its bytes are.
fn order_name(bytes: &[u8]) -> String {
    let ending = match bytes {
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [b'P', b'K', 3, 4, ..] => "docx",
        _ => "txt",
    };
    format!("order.{ending}")
}

/// POST /disclosures/{id}/answer: the answer of the colleague who was asked.
pub async fn answer(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DisclosureId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let back = format!("/disclosures/{id}");
    // Only the colleague who was asked has this form.
    clinician.disclosure_role(id).await?.filter(|role| role.is_confirmer).found()?;
    match Confirmed::read(&form) {
        Ok(answer) => {
            let notice = match (clinician.answer_disclosure(id, &answer).await?, answer.is_confirmed) {
                (true, true) => Notice::DisclosureConfirmed,
                (true, false) => Notice::DisclosureDeclined,
                (false, _) => Notice::DisclosureNotReady,
            };
            Ok(redirect_with(&back, notice))
        }
        Err(errors) => {
            let (client, mut model) = model(&clinician, &page, id).await?;
            model.answer = Some(FormState { form, errors });
            placed(&clinician, &page, client).await?.invalid("Disclosure", model, disclosure::disclosure_view).await
        }
    }
}

/// What each person of a client is told of a disclosure, in their language: only of
/// what is of the joint record or theirs.
async fn news(clinician: &Clinician, found: &Disclosure, zone: &Zone) -> Result<Vec<(PersonId, String)>, Failure> {
    let record = clinician.client(found.client).await?.found()?;
    let sent_at = found.sent.map_or_else(|| clinician.now(), |(_, at)| at);
    let text = |member: &store::Member| {
        let w = Words::new(member.details.language);
        let items: Vec<Item> = found.details.items_of(member.seat).collect();
        say!(
            w,
            "disclosure-message",
            day = w.day_of_year(zone::date_of(sent_at, zone)),
            recipient = &found.details.recipient,
            ground = w.label(found.ground),
            items = w.list(&counted(&items, w))
        )
    };
    Ok(record.members.iter().map(|member| (member.person, text(member))).collect())
}

/// What was passed on, counted by its kind, in the reader's language.
pub(super) fn counted(items: &[Item], w: Words) -> Vec<String> {
    use domain::records::disclosure::WholeList;
    let count = |is: fn(&Item) -> bool| i64::try_from(items.iter().filter(|item| is(item)).count()).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    let notes = count(|item| matches!(item, Item::Note(_)));
    if notes > 0 {
        lines.push(say!(w, "disclosure-notes", count = notes));
    }
    let documents = count(|item| matches!(item, Item::Document(_)));
    if documents > 0 {
        lines.push(say!(w, "disclosure-documents", count = documents));
    }
    for list in WholeList::ALL.iter().filter(|list| items.contains(&Item::List(**list))) {
        lines.push(match list {
            WholeList::Attendance => say!(w, "release-line-attendance"),
            WholeList::Goals => say!(w, "release-line-goals"),
            WholeList::Exercises => say!(w, "release-line-exercises"),
        });
    }
    lines
}

/// POST /disclosures/{id}/send: makes the files, puts on record that they left, and
/// tells the clients unless that is forbidden.
pub async fn send(clinician: Clinician, page: Page, PathIds(id): PathIds<DisclosureId>) -> Answer {
    for _ in 0..TRIES {
        let (found, leaving) = clinician.disclosure_to_send(id).await?.found()?;
        let Some(leaving) = leaving else { break };
        let zone = page.practice_zone();
        let by = format!("{}, {}", clinician.visitor().name, page.practice_name());
        let made = files_of(&leaving, &by, clinician.now(), &zone).await?;
        let news = news(&clinician, &found, &zone).await?;
        match clinician.send_disclosure(id, &leaving.mark, &made, &news).await?.found()? {
            Sent::Done(handover) => return Ok(redirect_with(&format!("/handovers/{handover}"), Notice::HandedOver)),
            Sent::Changed => {}
            Sent::Nothing => return Ok(redirect_with(&format!("/disclosures/{id}"), Notice::NothingToSend)),
            Sent::NotReady => break,
        }
    }
    Ok(redirect_with(&format!("/disclosures/{id}"), Notice::DisclosureNotReady))
}

/// POST /disclosures/{id}/drop: drops a disclosure that was not sent.
pub async fn drop(clinician: Clinician, PathIds(id): PathIds<DisclosureId>) -> Answer {
    clinician.disclosure_role(id).await?.filter(|role| role.is_in_care).found()?;
    let notice = match clinician.drop_disclosure(id).await? {
        true => Notice::DisclosureDropped,
        false => Notice::DisclosureNotReady,
    };
    Ok(redirect_with(&format!("/disclosures/{id}"), notice))
}

/// POST /disclosures/{id}/telling: tells the clients of a disclosure that was sent, or
/// says why they still are not told.
pub async fn tell(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DisclosureId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    clinician.disclosure_role(id).await?.filter(|role| role.is_in_care).found()?;
    match read_telling_again(&form, today) {
        Ok(telling) => {
            let news = match telling {
                Telling::Told => {
                    let found = clinician.disclosure(id).await?.found()?;
                    news(&clinician, &found, &page.practice_zone()).await?
                }
                Telling::Forbidden { .. } => vec![],
            };
            let notice = match clinician.tell_of_disclosure(id, &telling, &news).await? {
                true => Notice::DisclosureTold,
                false => Notice::DisclosureNotReady,
            };
            Ok(redirect_with(&format!("/disclosures/{id}"), notice))
        }
        Err(errors) => {
            let (client, mut model) = model(&clinician, &page, id).await?;
            if model.telling.is_none() {
                return Ok(redirect_with(&format!("/disclosures/{id}"), Notice::DisclosureNotReady));
            }
            model.telling = Some(FormState { form, errors });
            placed(&clinician, &page, client).await?.invalid("Disclosure", model, disclosure::disclosure_view).await
        }
    }
}

/// The disclosures of a client, for the tab Forms of its record: the query field
/// `disclosures` chooses the page.
pub async fn block(clinician: &Clinician, id: ClientId, asked: &Form, zone: &Zone) -> Result<Block, Failure> {
    let list = List::new(format!("/clients/{id}?tab=forms"), "disclosures", "main", asked);
    let found = clinician.disclosures(id, list.after()).await?;
    let rows = found.rows.iter().map(|disclosure| BlockRow {
        label: format!(
            "{}: to {}, prepared on {}",
            disclosure.ground.label(),
            disclosure.details.recipient,
            day(zone::date_of(disclosure.prepared_at, zone))
        ),
        href: Some(format!("/disclosures/{}", disclosure.id)),
        states: vec![state_of(disclosure.state)],
    });
    let rows = rows.collect();
    let mut actions = vec![Link::new(format!("/clients/{id}/disclosures/new"), "New disclosure")];
    actions.extend(page_links(&list, found.more, ["Latest disclosures", "Older disclosures"]));
    Ok(Block {
        title: "Disclosures by law or in an emergency".to_owned(),
        intro: "Without the clients’ signatures, and on record for ever.".to_owned(),
        rows,
        actions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_an_order_follows_from_its_bytes() {
        assert_eq!(order_name(b"%PDF-1.7"), "order.pdf");
        assert_eq!(order_name(b"\x89PNG\r\n"), "order.png");
        assert_eq!(order_name(b""), "order.txt");
    }
}
