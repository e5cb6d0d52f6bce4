//! Couples and individual clients: taken on, changed, put away, invited.

use app::{
    pages::{
        client::{self, AssignItem, NoteItem, PartnerItem, SessionItem},
        client_form, handed,
    },
    text,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    client::{ClientKind, Seat},
    form::{Errors, Form},
    ids::{ClientId, PersonId},
    inquiry::InquiryState,
    note::NoteScope,
    person::{Language, PersonDetails, Zone},
    zone,
};
use store::{AssignmentSummary, DueAt, Member, NewClient, NewMember, PortalState, Repeats, SessionView};

use uuid::Uuid;

use super::caseload::portal_words;
use crate::{
    access::{Bookings, Clinician},
    error::{Answer, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
    state::Site,
};

/// GET /clients/new?kind=couple; with ?inquiry=… whoever asked is taken on.
pub async fn new(clinician: Clinician, bookings: Bookings, page: Page, Asked(asked): Asked) -> Answer {
    let inquiry = match asked.get("inquiry").parse::<Uuid>() {
        Ok(id) => Some((id, bookings.inquiry(id).await?.found()?)),
        Err(_) => None,
    };
    let wished = inquiry.as_ref().map_or(ClientKind::Couple, |(_, i)| i.kind);
    let kind = asked.get("kind").parse().unwrap_or(wished);
    let mut form = Form::default();
    for seat in kind.seats() {
        blank(&mut form, &prefix(*seat), &page.practice_zone());
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

/// POST /clients
pub async fn create(clinician: Clinician, bookings: Bookings, page: Page, Typed(form): Typed) -> Answer {
    let kind = form.get("kind").parse().unwrap_or(ClientKind::Couple);
    let errors = match read(kind, &form) {
        Ok(new) => match clinician.create_client(&new).await? {
            Some(id) => {
                if let Ok(inquiry) = form.get("inquiry").parse() {
                    bookings.settle_inquiry(inquiry, InquiryState::TakenOn).await?;
                }
                return Ok(redirect_with(&format!("/clients/{id}"), Notice::Created));
            }
            None => unknown(&form),
        },
        Err(errors) => errors,
    };
    let model = new_model(&clinician, kind, FormState { form, errors }).await?;
    page.again(&model.title.clone(), model, client_form::view).await
}

fn prefix(seat: Seat) -> String {
    format!("{}.", seat.word())
}

/// What a new person's fields begin with.
fn blank(form: &mut Form, prefix: &str, zone: &Zone) {
    form.set(&format!("{prefix}zone"), zone.name());
    form.set(&format!("{prefix}language"), Language::English.word());
    form.set(&format!("{prefix}reminders"), "yes");
    form.set(&format!("{prefix}nudges"), "yes");
    form.set(&format!("{prefix}nudge_at"), "18:00");
}

async fn new_model(
    clinician: &Clinician,
    kind: ClientKind,
    form: FormState,
) -> Result<client_form::Model, store::Error> {
    let known = match kind {
        ClientKind::Individual => clinician.could_come_alone().await?,
        ClientKind::Couple => clinician.people().await?,
    };
    Ok(client_form::Model {
        kind,
        edit: None,
        seats: kind.seats().to_vec(),
        form,
        action: "/clients".to_owned(),
        title: if kind == ClientKind::Couple { "New couple" } else { "New individual client" }.to_owned(),
        known,
    })
}

/// One person's fields; their zone has to be one there is.
fn read_person(form: &Form, prefix: &str) -> Result<PersonDetails, Errors> {
    let details = PersonDetails::read(form, prefix)?;
    if zone::exists(&details.zone) {
        Ok(details)
    } else {
        Err(Errors::one(&format!("{prefix}zone"), "Please pick a time zone from the list."))
    }
}

/// Somebody from the list, or a new person's fields.
fn read_member(form: &Form, prefix: &str) -> Result<NewMember, Errors> {
    let name = format!("{prefix}known");
    match form.get(&name) {
        "" => read_person(form, prefix).map(NewMember::New),
        id => id.parse().map(NewMember::Known).map_err(|_| Errors::one(&name, NOT_LISTED)),
    }
}

const NOT_LISTED: &str = "Please choose somebody from the list, each once.";

/// Somebody was chosen who cannot be.
fn unknown(form: &Form) -> Errors {
    let mut errors = Errors::default();
    for name in ["a.known", "b.known"] {
        if !form.get(name).is_empty() {
            errors.add(name, NOT_LISTED);
        }
    }
    errors
}

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

/// GET /clients/{id}
pub async fn show(clinician: Clinician, page: Page, At(id): At<ClientId>) -> Answer {
    let record = clinician.client(id).await?.found()?;
    let zone = page.zone();
    let now = clinician.now();
    let sessions = clinician.client_sessions(id).await?;
    let next =
        sessions.iter().filter(|s| s.timing.starts_at > now && s.state.is_ahead()).min_by_key(|s| s.timing.starts_at);
    let letters = clinician.letters_waiting().await?;
    let names: Vec<String> = record.members.iter().map(|m| m.details.name.clone()).collect();
    let item = |s: &SessionView| SessionItem {
        id: s.id,
        when: text::short(s.timing.starts_at, &zone),
        place: s.place(),
        alone: if s.attendees.len() < names.len() { s.title() } else { String::new() },
        state: s.state,
    };
    let missed = clinician.missed(id).await?.words();
    let model = client::Model {
        missed,
        id,
        title: record.title(),
        kind: record.kind,
        archived: record.archived,
        separated: record
            .separated_at
            .map(|at| zone::wall_time(at, &zone).format("%-d %B %Y").to_string())
            .unwrap_or_default(),
        can_add: record.members.len() < record.kind.seats().len(),
        partners: record
            .members
            .iter()
            .map(|m| {
                let unread = letters.iter().find(|l| l.client == id && l.person == m.person).map_or(0, |l| l.unread);
                let item = partner(m, &record.members, unread);
                match record.separated_at {
                    Some(_) => PartnerItem { login: "nothing of this record".to_owned(), ..item },
                    None => item,
                }
            })
            .collect(),
        walks: clinician
            .walks(id)
            .await?
            .into_iter()
            .filter(|w| w.ended_at.is_none())
            .map(|w| {
                let given = w.steps.iter().filter(|s| s.given.is_some()).count();
                (w.id, w.title, format!("{given} of {} given", w.steps.len()))
            })
            .collect(),
        next: next.map(|s| (s.id, text::long(s.timing.starts_at, &zone))),
        sessions: sessions.iter().rev().filter(|s| s.timing.ends_at > now).map(item).collect(),
        past: sessions.iter().filter(|s| s.timing.ends_at <= now).map(item).collect(),
        assignments: clinician
            .assignments(id)
            .await?
            .iter()
            .map(|a| AssignItem {
                id: a.id,
                title: a.title.clone(),
                due: due_words(a, &zone),
                per: a
                    .status
                    .iter()
                    .map(|s| {
                        let words = s.not_now.map_or(s.state.label(), |why| why.label());
                        (s.name.clone(), words.to_owned())
                    })
                    .collect(),
                revealed: a.revealed,
                withdrawn: a.withdrawn,
            })
            .collect(),
        notes: clinician
            .notes(id)
            .await?
            .into_iter()
            .map(|n| NoteItem {
                id: n.id,
                when: text::short(n.created_at, &zone),
                scope: scope_label(n.scope, &names),
                signed: n.signed_at.is_some(),
                excerpt: n.body.chars().take(140).collect(),
            })
            .collect(),
    };
    page.ok(&model.title.clone(), model, client::view).await
}

fn partner(member: &Member, others: &[Member], unread: i64) -> PartnerItem {
    let d = &member.details;
    let contact = match (d.contact.portal_only, d.contact.hours, d.contact.reminders) {
        (true, ..) => "through the portal only".to_owned(),
        (false, Some((from, until)), _) => format!("mail between {} and {}", text::time(from), text::time(until)),
        (false, None, false) => "mail, but no reminders".to_owned(),
        (false, None, true) => "mail".to_owned(),
    };
    PartnerItem {
        id: member.person,
        name: d.name.clone(),
        pronouns: d.pronouns.clone(),
        returned: member.returned_at.is_some(),
        email: d.email.as_ref().map_or(String::new(), |e| e.as_str().to_owned()),
        phone: d.phone.clone(),
        zone: d.zone.city(),
        contact,
        login: portal_words(member.portal).to_owned(),
        can_invite: member.portal != PortalState::Active && d.email.is_some() && !d.contact.portal_only,
        can_hand: member.portal != PortalState::Active,
        shares_address: d.email.is_some()
            && others.iter().any(|o| o.person != member.person && o.details.email == d.email),
        invited: matches!(member.portal, PortalState::Invited(_)),
        letters: (member.portal == PortalState::Active).then_some(unread),
        also: member.also.iter().map(|(id, kind)| (*id, kind.label().to_owned())).collect(),
    }
}

/// When something is due, in words.
pub(super) fn due_words(summary: &AssignmentSummary, zone: &Zone) -> String {
    let rhythm = rhythm_words(summary.repeats);
    let rest = if summary.paused { ", resting" } else { "" };
    let due = match summary.due_at {
        Some(DueAt::Day(day)) => format!("by {}", text::short_day(day)),
        Some(DueAt::Session(at)) => format!("before the session on {}", text::short(at, zone)),
        None => "before the next session".to_owned(),
    };
    if rhythm.is_empty() { due } else { format!("{rhythm}, {due}{rest}") }
}

/// How often, in words; empty for once.
pub(super) fn rhythm_words(repeats: Repeats) -> String {
    match repeats {
        Repeats::Once => String::new(),
        Repeats::EachSession => "before every session".to_owned(),
        Repeats::Every(rhythm) => rhythm.words(),
    }
}

/// Whose record, by the names of the people.
pub(super) fn scope_label(scope: NoteScope, names: &[String]) -> String {
    match (scope, names) {
        (NoteScope::PartnerA, [a, ..]) => format!("{a} only"),
        (NoteScope::PartnerB, [_, b, ..]) => format!("{b} only"),
        (NoteScope::Joint, [one]) => format!("The record of {one}"),
        _ => scope.label().to_owned(),
    }
}

/// GET /clients/{id}/partners/{person}/edit
pub async fn edit_partner(clinician: Clinician, page: Page, At((id, person)): At<(ClientId, PersonId)>) -> Answer {
    let record = clinician.client(id).await?.found()?;
    let member = record.members.iter().find(|m| m.person == person).found()?;
    let mut form = Form::default();
    member.details.fill(&mut form, "a.");
    let model = edit_model(record.kind, id, Some(person), FormState::new(form), &member.details.name);
    page.ok(&model.title.clone(), model, client_form::view).await
}

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
    client_form::Model { kind, edit: Some((id, person)), seats: vec![Seat::A], form, action, title, known: vec![] }
}

/// POST /clients/{id}/partners/{person}/edit
pub async fn update_partner(
    clinician: Clinician,
    page: Page,
    At((id, person)): At<(ClientId, PersonId)>,
    Typed(form): Typed,
) -> Answer {
    let names = clinician.names(id).await?.found()?;
    let (_, name) = names.into_iter().find(|(p, _)| *p == person).found()?;
    match read_person(&form, "a.") {
        Ok(details) => {
            clinician.update_person(id, person, &details).await?.found()?;
            Ok(redirect_with(&format!("/clients/{id}"), Notice::Saved))
        }
        Err(errors) => {
            let model = edit_model(ClientKind::Couple, id, Some(person), FormState { form, errors }, &name);
            page.again(&model.title.clone(), model, client_form::view).await
        }
    }
}

/// GET /clients/{id}/partners/new
pub async fn new_partner(clinician: Clinician, page: Page, At(id): At<ClientId>) -> Answer {
    let record = clinician.client(id).await?.found()?;
    (record.members.len() < record.kind.seats().len()).found()?;
    let mut form = Form::default();
    blank(&mut form, "a.", &page.practice_zone());
    let mut model = edit_model(record.kind, id, None, FormState::new(form), "");
    model.known = clinician.people().await?;
    page.ok(&model.title.clone(), model, client_form::view).await
}

/// POST /clients/{id}/partners
pub async fn create_partner(clinician: Clinician, page: Page, At(id): At<ClientId>, Typed(form): Typed) -> Answer {
    let record = clinician.client(id).await?.found()?;
    (record.members.len() < record.kind.seats().len()).found()?;
    let errors = match read_member(&form, "a.") {
        Ok(member) => match clinician.add_partner(id, &member).await? {
            Some(_) => return Ok(redirect_with(&format!("/clients/{id}"), Notice::Created)),
            None => unknown(&form),
        },
        Err(errors) => errors,
    };
    let mut model = edit_model(ClientKind::Couple, id, None, FormState { form, errors }, "");
    model.known = clinician.people().await?;
    page.again(&model.title.clone(), model, client_form::view).await
}

/// POST /clients/{id}/archive
pub async fn archive(clinician: Clinician, At(id): At<ClientId>) -> Answer {
    let now = clinician.now();
    let here = format!("/clients/{id}");
    // Their sessions would go on, and so would the mails about them.
    if clinician.client_sessions(id).await?.iter().any(|s| s.timing.starts_at > now && s.state.is_ahead()) {
        return Ok(redirect_with(&here, Notice::SessionsAhead));
    }
    clinician.set_archived(id, true).await?.found()?;
    Ok(redirect_with(&here, Notice::Archived))
}

/// POST /clients/{id}/restore
pub async fn restore(clinician: Clinician, At(id): At<ClientId>) -> Answer {
    clinician.set_archived(id, false).await?.found()?;
    Ok(redirect_with(&format!("/clients/{id}"), Notice::Restored))
}

/// POST /clients/{id}/partners/{person}/invitation
pub async fn invite(
    State(site): State<Site>,
    clinician: Clinician,
    page: Page,
    At((id, person)): At<(ClientId, PersonId)>,
    Typed(form): Typed,
) -> Answer {
    if form.get("how") == "hand" {
        let names = clinician.names(id).await?.found()?;
        let (_, name) = names.into_iter().find(|(p, _)| *p == person).found()?;
        return match clinician.invite_by_hand(id, person).await?.found()? {
            Some(token) => {
                let link = format!("{}/invitations/{token}", site.config.base_url);
                page.ok("A link to hand over", handed::Model { client: id, name, link }, handed::view).await
            }
            None => Ok(redirect_with(&format!("/clients/{id}"), Notice::NotInvited)),
        };
    }
    let sent = clinician.invite_partner(id, person).await?.found()?;
    Ok(redirect_with(&format!("/clients/{id}"), if sent { Notice::Invited } else { Notice::NotInvited }))
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
    fn a_couple_is_two_people_or_one_for_now() {
        let mut form = Form(fields("a.", "Amara"));
        let errors = read(ClientKind::Couple, &form).err().unwrap();
        assert!(errors.of("b.name").is_some() && errors.of("a.name").is_none());
        form.set("later", "yes");
        assert!(matches!(read(ClientKind::Couple, &form), Ok(NewClient::Couple { b: None, .. })));
        form.set("later", "");
        form.0.extend(fields("b.", "Jonas"));
        assert!(matches!(read(ClientKind::Couple, &form), Ok(NewClient::Couple { b: Some(_), .. })));
    }

    #[test]
    fn the_errors_of_both_partners_come_at_once() {
        let errors = read(ClientKind::Couple, &Form::from_pairs([("a.email", "no"), ("b.email", "no")])).err().unwrap();
        for field in ["a.name", "a.email", "b.name", "b.email"] {
            assert!(errors.of(field).is_some(), "{field}");
        }
    }

    #[test]
    fn a_zone_that_is_not_there_is_refused() {
        let mut form = Form(fields("a.", "Amara"));
        form.set("a.zone", "Europe/Atlantis");
        assert!(read_person(&form, "a.").err().unwrap().of("a.zone").is_some());
    }
}
