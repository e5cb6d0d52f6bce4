//! Clients, which are couples or individuals: creating, changing and archiving
//! them, and inviting partners to the portal. Their record is in `record.rs`.

use app::{
    pages::{
        accounts::handed::{self, LinkPurpose},
        clients::{client::Tab, client_form},
        mail::unmailed::{Before, UnmailedItem},
    },
    text,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    clients::{
        client::{ClientKind, Seat},
        person::{AloneMail, Language, PersonDetails, Zone},
    },
    form::{Errors, Form},
    ids::{ClientId, EmailId, PersonId},
    outbox::reminder::EmailKind,
    records::note::NoteScope,
    scheduling::inquiry::InquiryState,
    zone,
};
use store::{
    AssignmentSummary, DueAt, Invite, Member, NewClient, NewMember, PersonUpdate, PortalState, Repeats, SentAgain,
    Unmailed,
};
use uuid::Uuid;

use super::below_record;
use crate::{
    access::{Bookings, Clinician},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    state::Site,
};

/// GET /clients/new?kind=couple&inquiry=…: the form for a new client. With
/// `inquiry`, the fields are filled from that inquiry.
pub async fn new(clinician: Clinician, bookings: Bookings, page: Page, Query(asked): Query) -> Answer {
    let inquiry = match asked.get("inquiry").parse::<Uuid>() {
        Ok(id) => Some((id, bookings.inquiry(id).await?.found()?)),
        Err(_) => None,
    };
    let wished = inquiry.as_ref().map_or(ClientKind::Couple, |(_, i)| i.kind);
    let kind = asked.get("kind").parse().unwrap_or(wished);
    let mut form = Form::default();
    for seat in kind.seats() {
        fill_defaults(&mut form, &prefix(*seat), &page.practice_zone());
    }
    if let Some((id, inquiry)) = inquiry {
        let (email, name, phone) = (inquiry.address().to_owned(), inquiry.name, inquiry.phone);
        for (field, value) in [("a.name", name), ("a.email", email), ("a.phone", phone), ("inquiry", id.to_string())] {
            form.set(field, value);
        }
        if kind == ClientKind::Couple {
            form.set("later", "yes");
        }
    }
    let model = new_model(&clinician, kind, FormState::new(form)).await?;
    page.ok(&model.title.clone(), model, client_form::view).await
}

/// POST /clients: creates a client.
pub async fn create(clinician: Clinician, bookings: Bookings, page: Page, PostedForm(form): PostedForm) -> Answer {
    let kind = form.get("kind").parse().unwrap_or(ClientKind::Couple);
    let errors = match read(kind, &form) {
        Ok(new) => match clinician.create_client(&new).await? {
            Some(id) => {
                if let Ok(inquiry) = form.get("inquiry").parse() {
                    bookings.settle_inquiry(inquiry, InquiryState::TakenOn).await?;
                }
                return Ok(redirect_with(&format!("/clients/{id}"), Notice::ClientCreated));
            }
            None => not_listed_errors(&form),
        },
        Err(errors) => errors,
    };
    let model = new_model(&clinician, kind, FormState { form, errors }).await?;
    page.invalid(&model.title.clone(), model, client_form::view).await
}

/// The prefix of the field names of a seat, such as `a.`.
fn prefix(seat: Seat) -> String {
    format!("{}.", seat.word())
}

/// Sets the default values of a new person's fields.
fn fill_defaults(form: &mut Form, prefix: &str, zone: &Zone) {
    form.set(&format!("{prefix}zone"), zone.name());
    form.set(&format!("{prefix}language"), Language::English.word());
    form.set(&format!("{prefix}reminders"), "yes");
    form.set(&format!("{prefix}nudges"), "yes");
    form.set(&format!("{prefix}nudge_at"), "18:00");
}

/// The model of the form for a new client.
async fn new_model(
    clinician: &Clinician,
    kind: ClientKind,
    form: FormState,
) -> Result<client_form::Model, store::Error> {
    let mut known = match kind {
        ClientKind::Individual => clinician.possible_individuals().await?,
        ClientKind::Couple => clinician.people().await?,
    };
    if kind == ClientKind::Individual {
        let people: Vec<PersonId> = known.iter().map(|(id, _)| *id).collect();
        for unmailed in clinician.unmailed(&people).await? {
            for (_, name) in known.iter_mut().filter(|(id, _)| *id == unmailed.person) {
                name.push_str(" (not mailed about what they do alone)");
            }
        }
    }
    Ok(client_form::Model {
        kind,
        edit: None,
        seats: kind.seats().to_vec(),
        form,
        own_address: None,
        alone: String::new(),
        action: "/clients".to_owned(),
        title: if kind == ClientKind::Couple { "New couple" } else { "New individual client" }.to_owned(),
        known,
    })
}

/// Reads a member of a client: a person chosen from the list, or the fields of a
/// new person.
fn read_member(form: &Form, prefix: &str) -> Result<NewMember, Errors> {
    let name = format!("{prefix}known");
    match form.get(&name) {
        "" => PersonDetails::read(form, prefix).map(NewMember::New),
        id => id.parse().map(NewMember::Known).map_err(|_| Errors::at_field(&name, NOT_LISTED)),
    }
}

/// The message at a `known` field whose person cannot be chosen.
const NOT_LISTED: &str = "Choose people from the list, each once.";

/// The errors for chosen persons who do not exist or are chosen twice.
fn not_listed_errors(form: &Form) -> Errors {
    let mut errors = Errors::default();
    for name in ["a.known", "b.known"] {
        if !form.get(name).is_empty() {
            errors.add(name, NOT_LISTED);
        }
    }
    errors
}

/// Reads the form for a new client; returns the errors of both partners at once.
fn read(kind: ClientKind, form: &Form) -> Result<NewClient, Errors> {
    let a = read_member(form, "a.");
    if kind == ClientKind::Individual {
        return a.map(NewClient::Individual);
    }
    if !form.get("later").is_empty() {
        return Ok(NewClient::Couple { a: a?, b: None });
    }
    match (a, read_member(form, "b.")) {
        (Ok(a), Ok(b)) => Ok(NewClient::Couple { a, b: Some(b) }),
        (a, b) => {
            let mut errors = Errors::default();
            for (field, message) in [a.err(), b.err()].iter().flatten().flat_map(Errors::iter) {
                errors.add(field, message);
            }
            Err(errors)
        }
    }
}

/// Which email address is used for a person with an active account, and who set
/// it; empty for a person without one.
pub(super) fn address_note(member: &Member, zone: &Zone) -> String {
    if member.portal != PortalState::Active {
        return String::new();
    }
    let name = &member.details.name;
    let day = |at| text::short_day(zone::date_of(at, zone));
    let used = match (member.details.email.is_some(), member.address.own_since) {
        (true, Some(since)) => format!("{name}’s own, set {}.", day(since)),
        (true, None) => format!("Written by the practice. {name} has not confirmed it."),
        (false, _) => String::new(),
    };
    let suggested = member.address.suggested.as_ref().map_or_else(String::new, |(email, at)| {
        format!("{} suggested {}: not confirmed yet.", email.as_str(), day(*at))
    });
    let pending = member
        .address
        .pending
        .as_ref()
        .map_or_else(String::new, |email| format!("{name} asked for {}: not confirmed yet.", email.as_str()));
    [used, suggested, pending].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A sentence about email on what a person does alone: that none is sent, or by
/// whose choice it is sent even to an address that another person reads; empty:
/// neither applies.
pub(super) fn alone_words(member: &Member, unmailed: Option<&Unmailed>) -> String {
    let name = &member.details.name;
    match (unmailed, member.details.contact.alone) {
        (Some(unmailed), _) => {
            UnmailedItem { name: unmailed.name.clone(), also: unmailed.shared_with.clone() }.words(Before::Record)
        }
        (None, AloneMail::Address) if member.portal == PortalState::Active => {
            format!("{name} has chosen email about what they do alone, even if another person reads this address.")
        }
        (None, AloneMail::Address) => {
            format!("You allowed email about what {name} does alone, even if another person reads this address.")
        }
        (None, AloneMail::Unshared | AloneMail::PortalOnly) => String::new(),
    }
}

/// When an assignment is due, in words, with its rhythm if it repeats.
pub(crate) fn due_words(summary: &AssignmentSummary, zone: &Zone) -> String {
    let rhythm = rhythm_words(summary.repeats);
    let rest = if summary.paused { ", paused" } else { "" };
    let due = match summary.due_at {
        Some(DueAt::Day(day)) => format!("by {}", text::short_day(day)),
        Some(DueAt::Session(at)) => format!("before the session on {}", text::short(at, zone)),
        None => "before the next session".to_owned(),
    };
    if rhythm.is_empty() { due } else { format!("{rhythm}, {due}{rest}") }
}

/// How often an assignment repeats, in words; empty if it does not.
pub(crate) fn rhythm_words(repeats: Repeats) -> String {
    match repeats {
        Repeats::Once => String::new(),
        Repeats::EachSession => "before every session".to_owned(),
        Repeats::Every(rhythm) => rhythm.words(),
    }
}

/// A note's scope in words, with the partners' names.
pub(crate) fn scope_label(scope: NoteScope, names: &[String]) -> String {
    match (scope, names) {
        (NoteScope::PartnerA, [a, ..]) => format!("{a} only"),
        (NoteScope::PartnerB, [_, b, ..]) => format!("{b} only"),
        (NoteScope::Joint, [one]) => format!("The record of {one}"),
        _ => scope.label().to_owned(),
    }
}

/// GET /clients/{id}/partners/{person}/edit: the form that changes a partner's
/// details.
pub async fn edit_partner(
    clinician: Clinician,
    page: Page,
    PathIds((id, person)): PathIds<(ClientId, PersonId)>,
) -> Answer {
    let record = clinician.client(id).await?.found()?;
    let member = record.members.iter().find(|m| m.person == person).found()?;
    let mut form = Form::default();
    member.details.fill(&mut form, "a.");
    let own = own_address(member, &page.zone());
    if own.is_some() {
        let suggested = member.address.suggested.as_ref().map_or("", |(email, _)| email.as_str());
        form.set("a.email", suggested);
    }
    let mut model = edit_model(record.kind, id, Some(person), FormState::new(form), &member.details.name);
    model.own_address = own;
    model.alone = alone_note(&clinician, member).await?;
    let page = page.under(format!("/clients/{id}"), record.title());
    page.ok(&model.title.clone(), model, client_form::view).await
}

/// The sentence about the email address of a person with an active account;
/// `None`: no active account, so the practice edits the address.
fn own_address(member: &Member, zone: &Zone) -> Option<String> {
    (member.portal == PortalState::Active).then(|| match &member.details.email {
        Some(email) => format!("In use: {}. {}", email.as_str(), address_note(member, zone)),
        None => "They have none in use.".to_owned(),
    })
}

/// [`alone_words`] for one person, with what it needs from the store.
async fn alone_note(clinician: &Clinician, member: &Member) -> Result<String, Failure> {
    let unmailed = clinician.unmailed(&[member.person]).await?;
    Ok(alone_words(member, unmailed.first()))
}

/// The model of the form that changes a partner; `person` is `None` for a second
/// partner who is added.
fn edit_model(
    kind: ClientKind,
    id: ClientId,
    person: Option<PersonId>,
    form: FormState,
    name: &str,
) -> client_form::Model {
    let (action, title) = match person {
        Some(person) => (format!("/clients/{id}/partners/{person}/edit"), format!("Change {name}")),
        None => (format!("/clients/{id}/partners"), "The second partner".to_owned()),
    };
    client_form::Model {
        kind,
        edit: Some((id, person)),
        seats: vec![Seat::A],
        form,
        action,
        title,
        known: vec![],
        own_address: None,
        alone: String::new(),
    }
}

/// POST /clients/{id}/partners/{person}/edit: changes a partner's details.
pub async fn update_partner(
    clinician: Clinician,
    page: Page,
    PathIds((id, person)): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let names = clinician.names(id).await?.found()?;
    let (_, name) = names.into_iter().find(|(p, _)| *p == person).found()?;
    match PersonDetails::read(&form, "a.") {
        Ok(details) => match clinician.update_person(id, person, &details).await? {
            PersonUpdate::Unknown => Err(Failure::NotFound),
            PersonUpdate::Saved => Ok(redirect_with(&Tab::Details.address(id), Notice::DetailsSaved)),
            PersonUpdate::SavedWithSuggestion => Ok(redirect_with(&Tab::Details.address(id), Notice::AddressSuggested)),
        },
        Err(errors) => {
            let record = clinician.client(id).await?.found()?;
            let member = record.members.iter().find(|m| m.person == person).found()?;
            let own = own_address(member, &page.zone());
            let mut model = edit_model(ClientKind::Couple, id, Some(person), FormState { form, errors }, &name);
            model.own_address = own;
            model.alone = alone_note(&clinician, member).await?;
            let page = page.under(format!("/clients/{id}"), record.title());
            page.invalid(&model.title.clone(), model, client_form::view).await
        }
    }
}

/// GET /clients/{id}/partners/new: the form that adds the second partner.
pub async fn new_partner(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let record = clinician.client(id).await?.found()?;
    (record.members.len() < record.kind.seats().len()).found()?;
    let mut form = Form::default();
    fill_defaults(&mut form, "a.", &page.practice_zone());
    let mut model = edit_model(record.kind, id, None, FormState::new(form), "");
    model.known = clinician.people().await?;
    let page = page.under(format!("/clients/{id}"), record.title());
    page.ok(&model.title.clone(), model, client_form::view).await
}

/// POST /clients/{id}/partners: adds the second partner.
pub async fn create_partner(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let record = clinician.client(id).await?.found()?;
    (record.members.len() < record.kind.seats().len()).found()?;
    let errors = match read_member(&form, "a.") {
        Ok(member) => match clinician.add_partner(id, &member).await? {
            Some(_) => return Ok(redirect_with(&Tab::Details.address(id), Notice::PartnerAdded)),
            None => not_listed_errors(&form),
        },
        Err(errors) => errors,
    };
    let mut model = edit_model(ClientKind::Couple, id, None, FormState { form, errors }, "");
    model.known = clinician.people().await?;
    let page = page.under(format!("/clients/{id}"), record.title());
    page.invalid(&model.title.clone(), model, client_form::view).await
}

/// POST /clients/{id}/archive: archives a client; refused while a session is
/// ahead.
pub async fn archive(clinician: Clinician, PathIds(id): PathIds<ClientId>) -> Answer {
    let here = format!("/clients/{id}");
    // Their sessions would still take place, and emails about them be sent.
    if clinician.next_session(id).await?.is_some() {
        return Ok(redirect_with(&here, Notice::SessionsAhead));
    }
    clinician.set_archived(id, true).await?.found()?;
    Ok(redirect_with_undo(&here, Notice::ClientArchived, id))
}

/// POST /clients/{id}/restore: takes a client out of the archive.
pub async fn restore(clinician: Clinician, PathIds(id): PathIds<ClientId>) -> Answer {
    clinician.set_archived(id, false).await?.found()?;
    Ok(redirect_with(&format!("/clients/{id}"), Notice::Restored))
}

/// POST /clients/{id}/partners/{person}/invitation: invites a partner by email,
/// or shows the link with `how` as `hand`.
pub async fn invite(
    State(site): State<Site>,
    clinician: Clinician,
    page: Page,
    PathIds((id, person)): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    if form.get("how") == "hand" {
        return hand_over(&site, &clinician, &page, id, person).await;
    }
    let notice = match clinician.invite_partner(id, person).await? {
        Invite::Mailed | Invite::HandedOver(_) => Notice::Invited,
        Invite::NoAddress | Invite::HasAccount | Invite::Held => Notice::NotInvited,
        Invite::NotTheirs => return Err(Failure::NotFound),
    };
    Ok(redirect_with(&Tab::Details.address(id), notice))
}

/// POST /clients/{id}/release: releases the people of a client who came with an import.
pub async fn release(clinician: Clinician, PathIds(id): PathIds<ClientId>) -> Answer {
    clinician.names(id).await?.found()?;
    clinician.release_client(id).await?;
    Ok(redirect_with(&format!("/clients/{id}"), Notice::Released))
}

/// Shows an invitation link that the therapist hands to the partner.
async fn hand_over(site: &Site, clinician: &Clinician, page: &Page, id: ClientId, person: PersonId) -> Answer {
    let names = clinician.names(id).await?.found()?;
    let (_, name) = names.into_iter().find(|(p, _)| *p == person).found()?;
    let here = format!("/clients/{id}");
    match clinician.invite_by_hand(id, person).await? {
        Invite::HandedOver(token) => {
            let link = format!("{}/invitations/{token}", site.config.base_url.trim_end_matches('/'));
            let model = handed::Model { name, link, opens: LinkPurpose::Invitation, back: (here, "the record") };
            below_record(clinician, page, id).await?.ok("A link to hand over", model, handed::view).await
        }
        Invite::Mailed | Invite::NoAddress | Invite::HasAccount | Invite::Held => {
            Ok(redirect_with(&here, Notice::NotInvited))
        }
        Invite::NotTheirs => Err(Failure::NotFound),
    }
}

/// POST /clients/{id}/emails/{email}: sends an undelivered email again, or
/// shows the invitation's link with `do` as `link`.
pub async fn undelivered(
    State(site): State<Site>,
    clinician: Clinician,
    page: Page,
    PathIds((id, message)): PathIds<(ClientId, EmailId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    if form.get("do") == "link" {
        let mails = clinician.undelivered(id).await?;
        let mail = mails.into_iter().find(|m| m.email == message && m.kind == EmailKind::Invitation).found()?;
        return hand_over(&site, &clinician, &page, id, mail.person.found()?).await;
    }
    let notice = match clinician.send_again(id, message).await? {
        SentAgain::Unknown => return Err(Failure::NotFound),
        SentAgain::Planned => Notice::Resent,
        SentAgain::NotNow => Notice::NotResent,
    };
    Ok(redirect_with(&format!("/clients/{id}"), notice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(prefix: &str, name: &str) -> Vec<(String, String)> {
        [("name", name), ("zone", "Europe/Berlin"), ("language", "en")]
            .into_iter()
            .map(|(n, v)| (format!("{prefix}{n}"), v.to_owned()))
            .collect()
    }

    #[test]
    fn couple_needs_two_people_unless_the_second_comes_later() {
        let mut form = Form(fields("a.", "Amara"));
        let errors = read(ClientKind::Couple, &form).err().unwrap();
        assert!(errors.message("b.name").is_some() && errors.message("a.name").is_none());
        form.set("later", "yes");
        assert!(matches!(read(ClientKind::Couple, &form), Ok(NewClient::Couple { b: None, .. })));
        form.set("later", "");
        form.0.extend(fields("b.", "Jonas"));
        assert!(matches!(read(ClientKind::Couple, &form), Ok(NewClient::Couple { b: Some(_), .. })));
    }

    #[test]
    fn errors_of_both_partners_are_shown_at_once() {
        let errors = read(ClientKind::Couple, &Form::from_pairs([("a.email", "no"), ("b.email", "no")])).err().unwrap();
        for field in ["a.name", "a.email", "b.name", "b.email"] {
            assert!(errors.message(field).is_some(), "{field}");
        }
    }

    #[test]
    fn unknown_time_zone_is_refused() {
        let mut form = Form(fields("a.", "Amara"));
        form.set("a.zone", "Europe/Atlantis");
        assert!(PersonDetails::read(&form, "a.").err().unwrap().message("a.zone").is_some());
    }
}
