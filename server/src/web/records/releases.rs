//! Releases to a third party, for the therapist: preparing one, its signatures,
//! sending and closing it.

use app::{
    pages::records::{
        forms::{Block, BlockRow},
        release::{self, Model, ReleaseModel, SignerItem},
    },
    text,
    ui::{FormState, Link, Tone, shell::Notice},
    words::Words,
};
use chrono::{Days, NaiveDate};
use domain::{
    clients::{
        client::{Seat, title},
        person::Zone,
    },
    form::{Errors, Form},
    ids::{ClientId, PersonId, ReleaseId},
    records::release::{DEFAULT_DAYS, NewRelease, Offer, ReleaseKind, ReleaseState, Signing, Term},
    zone,
};
use store::{FormKey, Release, ReleaseSigner, ReleaseSignerText, Sent};

use super::{
    handovers::files_of,
    release_words::{Said, first_blanks},
};
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
    paging::List,
};

/// How often the files are made again if what leaves changes meanwhile.
const TRIES: usize = 3;

/// A day with its year.
pub(super) fn day(date: NaiveDate) -> String {
    Words::ENGLISH.day_of_year(date)
}

/// GET /clients/{id}/releases/new: the form for a new release.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let ends_on = today.checked_add_days(Days::new(DEFAULT_DAYS)).unwrap_or(today);
    let mut form =
        Form::from_pairs([("kind", ReleaseKind::Record.word()), ("range", "signature"), ("term", Term::Once.word())]);
    form.set("by", format!("{}, {}", clinician.visitor().name, page.practice_name()));
    form.set("ends_on", ends_on.to_string());
    let (_, model) = offered(&clinician, id, FormState::new(form)).await?;
    page.under(format!("/clients/{id}"), model.title.clone()).ok("New release", model, release::view).await
}

/// What a release of a client can be made of, and the model of its form. Not found:
/// not in the caseload.
async fn offered(clinician: &Clinician, id: ClientId, form: FormState) -> Result<(Offer, Model), Failure> {
    let offer = clinician.release_offer(id).await?.found()?;
    let names = clinician.names(id).await?.found()?;
    let people = offer.seats.iter().copied().zip(names.iter().map(|(_, name)| name.clone())).collect();
    let model = Model {
        client: id,
        title: title(names.iter().map(|(_, name)| name.as_str())),
        people,
        templates: offer.templates.iter().map(|chosen| (chosen.id.to_string(), chosen.title.clone())).collect(),
        documents: offer.documents.iter().map(|chosen| (chosen.id.to_string(), chosen.title.clone())).collect(),
        own_documents: offer
            .own_documents
            .iter()
            .map(|(seat, chosen)| (*seat, chosen.id.to_string(), chosen.title.clone()))
            .collect(),
        alone: offer.alone.clone(),
        form,
    };
    Ok((offer, model))
}

/// POST /clients/{id}/releases: prepares a release and asks for the signatures.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (offer, model) = offered(&clinician, id, FormState::new(form.clone())).await?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let new = match NewRelease::read(&form, &offer, today) {
        Ok(new) => new,
        Err(errors) => return refuse(&page, model, errors).await,
    };
    let people = clinician.names(id).await?.found()?;
    let texts = texts(&new, &offer, &people);
    match clinician.prepare_release(id, &new, &texts, FormKey::of_form(&form)).await? {
        Some(release) => Ok(redirect_with(&format!("/releases/{release}"), Notice::ReleasePrepared)),
        None => refuse(&page, model, Errors::of_form("Nobody in this record can sign. Add a person first.")).await,
    }
}

/// What each person of a client is asked to sign. `people` are those of the offer's
/// seats, in their order.
pub(crate) fn texts(new: &NewRelease, offer: &Offer, people: &[(PersonId, String)]) -> Vec<ReleaseSignerText> {
    let is_couple = offer.is_couple();
    let said = Said { kind: new.kind, terms: &new.terms, term: new.term, ends_on: new.ends_on, is_couple };
    let text = |(seat, person): (&Seat, PersonId)| ReleaseSignerText { person, blanks: first_blanks(&said, *seat) };
    offer.seats.iter().zip(people.iter().map(|(person, _)| *person)).map(text).collect()
}

/// Shows the form again with its errors.
async fn refuse(page: &Page, mut model: Model, errors: Errors) -> Answer {
    model.form.errors = errors;
    page.under(format!("/clients/{}", model.client), model.title.clone())
        .invalid("New release", model, release::view)
        .await
}

/// The state of a release, with its tone.
pub(super) fn state_of(state: ReleaseState) -> (Tone, String) {
    let tone = match state {
        ReleaseState::Signing => Tone::Wait,
        ReleaseState::Open | ReleaseState::Sent => Tone::Good,
        ReleaseState::Revoked | ReleaseState::Expired | ReleaseState::Closed => Tone::Plain,
    };
    (tone, state.label().to_owned())
}

/// A person who signs, as the page of a release lists them.
fn signer_item(release: &Release, signer: &ReleaseSigner, zone: &Zone) -> SignerItem {
    let state = match signer.signing {
        Signing::Due => (Tone::Wait, "Not signed".to_owned()),
        Signing::Signed(at) => (Tone::Good, format!("Signed on {}", text::short(at, zone))),
        Signing::Withdrawn(at) => (Tone::Care, format!("Withdrawn on {}", text::short(at, zone))),
    };
    let is_released = release.own_seats().contains(&signer.seat);
    let own = match (release.terms.what.own_of(signer.seat), is_released) {
        (None, _) => String::new(),
        (Some(_), true) => "own part released".to_owned(),
        (Some(_), false) => "own part not released".to_owned(),
    };
    SignerItem { name: signer.name.clone(), state, own }
}

/// What leaves, as it was signed: of a partner's own part only what they ticked.
fn signed_lines(release: &Release, said: &Said<'_>) -> Vec<String> {
    let mut lines = match release.terms.signs {
        Some(_) => vec![],
        None => said.lines(Words::ENGLISH),
    };
    let released = release.own_seats();
    for signer in release.signers.iter().filter(|signer| released.contains(&signer.seat)) {
        let Some(own) = release.terms.what.own_of(signer.seat) else { continue };
        if own.notes {
            lines.push(format!("Signed notes about {} alone, of these days", signer.name));
        }
        lines.extend(own.documents.iter().map(|document| format!("“{}”, of {} alone", document.title, signer.name)));
    }
    lines
}

/// GET /releases/{id}: a release with its signatures.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ReleaseId>) -> Answer {
    let (release, leaving) = clinician.release_to_send(id).await?.found()?;
    let people = clinician.names(release.client).await?.found()?;
    let zone = page.zone();
    let said = Said {
        kind: release.kind,
        terms: &release.terms,
        term: release.term,
        ends_on: release.ends_on,
        is_couple: release.is_couple,
    };
    let mut terms = said.terms(Words::ENGLISH);
    terms.push(("Prepared by".to_owned(), release.prepared_name.clone()));
    terms.push(("Prepared on".to_owned(), text::long(release.prepared_at, &zone)));
    if let Some(why) = release.closed_why {
        terms.push(("Closed".to_owned(), why.label().to_owned()));
    }
    let sent = clinician.handovers_of_release(id).await?;
    let model = ReleaseModel {
        id,
        recipient: release.terms.recipient.clone(),
        state: state_of(release.state),
        terms,
        what: signed_lines(&release, &said),
        signers: release.signers.iter().map(|signer| signer_item(&release, signer, &zone)).collect(),
        leaving: leaving
            .map(|leaving| leaving.packets.iter().flat_map(domain::records::packet::Packet::lines).collect()),
        can_close: !release.state.is_over(),
        sent: sent.into_iter().map(|(id, at)| (id, text::long(at, &zone))).collect(),
    };
    let names = title(people.iter().map(|(_, name)| name.as_str()));
    page.under(format!("/clients/{}", release.client), names).ok("Release", model, release::release_view).await
}

/// POST /releases/{id}/send: makes the files and puts on record that they left.
pub async fn send(clinician: Clinician, page: Page, PathIds(id): PathIds<ReleaseId>) -> Answer {
    for _ in 0..TRIES {
        let (release, leaving) = clinician.release_to_send(id).await?.found()?;
        let Some(leaving) = leaving else { break };
        let made = files_of(&leaving, &release.terms.by, clinician.now(), &page.practice_zone()).await?;
        match clinician.send_release(id, &leaving.mark, &made).await?.found()? {
            Sent::Done(handover) => {
                return Ok(redirect_with(&format!("/handovers/{handover}"), Notice::HandedOver));
            }
            Sent::Changed => {}
            Sent::Nothing => return Ok(redirect_with(&format!("/releases/{id}"), Notice::NothingToSend)),
            Sent::NotReady => break,
        }
    }
    Ok(redirect_with(&format!("/releases/{id}"), Notice::ReleaseNotReady))
}

/// POST /releases/{id}/close: closes a release.
pub async fn close(clinician: Clinician, PathIds(id): PathIds<ReleaseId>) -> Answer {
    clinician.close_release(id).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/releases/{id}"), Notice::ReleaseClosed))
}

/// The links to the other pages of a list, as actions of its block.
pub(super) fn page_links(list: &List, more: Option<store::After>, labels: [&'static str; 2]) -> Vec<Link> {
    let pager = list.pager(more, labels);
    pager.first.into_iter().chain(pager.more).map(|(href, text)| Link::new(href, text)).collect()
}

/// The releases of a client, for the tab Forms of its record: the query field
/// `releases` chooses the page.
pub async fn block(clinician: &Clinician, id: ClientId, asked: &Form, zone: &Zone) -> Result<Block, Failure> {
    let list = List::new(format!("/clients/{id}?tab=forms"), "releases", "main", asked);
    let found = clinician.releases(id, list.after()).await?;
    let rows = found.rows.iter().map(|release| BlockRow {
        label: format!("To {}, prepared on {}", release.terms.recipient, day(zone::date_of(release.prepared_at, zone))),
        href: Some(format!("/releases/{}", release.id)),
        states: vec![state_of(release.state)],
    });
    let mut actions = vec![Link::new(format!("/clients/{id}/releases/new"), "New release")];
    let rows = rows.collect();
    actions.extend(page_links(&list, found.more, ["Latest releases", "Older releases"]));
    Ok(Block {
        title: "Releases to a third party".to_owned(),
        intro: "Each partner signs. Either can withdraw until you send it.".to_owned(),
        rows,
        actions,
    })
}
