//! Releases in the portal: what a person is asked to sign, the line of their own part,
//! and withdrawing; and what was passed on without their signature.
//!
//! The pages of both partners are the same, except for what each did and what is their
//! own: nothing here is read of the other's signature, tick or withdrawal.

use app::{
    pages::records::{
        forms::{Item, Section},
        own_release::{self, Model, ToldModel},
    },
    say,
    ui::{FormState, shell::Notice},
    words::Words,
};
use domain::{
    clients::person::Zone,
    form::Form,
    ids::{AskId, DisclosureId, ReleaseId},
    zone,
};
use store::{OwnRelease, OwnReleaseState, ReleaseWithdrawn};

use super::{
    disclosures::counted,
    release_words::{OwnLines, Said},
};
use crate::{
    access::Partner,
    error::{Answer, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect, redirect_with},
};

/// What a release says.
fn said(own: &OwnRelease) -> Said<'_> {
    Said { kind: own.kind, terms: &own.terms, term: own.term, ends_on: own.ends_on, is_couple: own.is_couple }
}

/// The lines of the reader's own part; `None`: nothing of it is offered.
fn own_lines(own: &OwnRelease) -> Option<OwnLines> {
    own.own.as_ref().map(|part| OwnLines::new(part.notes, part.documents.clone()))
}

/// GET /portal/releases/{id}: a release that this person signs.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<ReleaseId>) -> Answer {
    let own = partner.own_release(id).await?.found()?;
    let (zone, w) = (page.zone(), page.words());
    let day = |at| w.day_of_year(zone::date_of(at, &zone));
    let said = said(&own);
    let signs_alone = own.terms.signs.is_some();
    let lines = own_lines(&own).map(|lines| lines.lines(w)).unwrap_or_default();
    let mut what = said.lines(w);
    if signs_alone {
        what.extend(lines.iter().cloned());
    }
    let (state, is_signed) = match own.state {
        OwnReleaseState::ToSign => (String::new(), false),
        OwnReleaseState::Signed(at) => {
            (say!(w, "release-said-signed", day = day(at), until = w.day_of_year(own.ends_on)), true)
        }
        OwnReleaseState::Sent(at) => (say!(w, "release-said-sent", day = day(at)), true),
        OwnReleaseState::Withdrawn(at) => (say!(w, "release-said-withdrawn", day = day(at)), true),
        OwnReleaseState::NoLongerOpen => (say!(w, "release-said-over"), own.is_signed),
    };
    let mut form = Form::default();
    if own.own.as_ref().is_some_and(|part| part.is_ticked) {
        form.set("own", "yes");
    }
    let model = Model {
        id,
        recipient: own.terms.recipient.clone(),
        terms: said.terms(w),
        what,
        own: if signs_alone { vec![] } else { lines },
        to_sign: (own.state == OwnReleaseState::ToSign).then(|| FormState::new(form)),
        state,
        can_withdraw: own.can_withdraw,
        is_sent: matches!(own.state, OwnReleaseState::Sent(_)),
        copy: is_signed.then(|| format!("/portal/consents/{}", own.ask)),
    };
    let title = say!(w, "release-title", recipient = &own.terms.recipient);
    page.ok(&title, model, own_release::view).await
}

/// The address to which the signature on this release is withdrawn; `None`: it was
/// sent, or is over.
pub(super) async fn withdrawal_of(partner: &Partner, ask: AskId) -> store::Result<Option<String>> {
    let own = partner.own_releases().await?.into_iter().find(|own| own.ask == ask && own.can_withdraw);
    Ok(own.map(|own| format!("/portal/releases/{}/withdraw", own.id)))
}

/// POST /portal/releases/{id}: ticks the line of the own part or leaves it out, and
/// leads to the text to sign.
pub async fn choose(partner: Partner, PathIds(id): PathIds<ReleaseId>, PostedForm(form): PostedForm) -> Answer {
    let own = partner.own_release(id).await?.found()?;
    let is_ticked = !form.get("own").is_empty();
    let lines = own_lines(&own).filter(|_| is_ticked);
    let blanks = said(&own).blanks(lines.as_ref());
    Ok(match partner.choose_own_part(id, is_ticked, blanks).await? {
        Some(ask) => redirect(&format!("/portal/consents/{ask}")),
        None => redirect(&format!("/portal/releases/{id}")),
    })
}

/// POST /portal/releases/{id}/withdraw: withdraws this person's signature.
pub async fn withdraw(partner: Partner, PathIds(id): PathIds<ReleaseId>) -> Answer {
    let notice = match partner.withdraw_release(id).await?.found()? {
        ReleaseWithdrawn::Done => Notice::ReleaseWithdrawn,
        ReleaseWithdrawn::Sent(_) | ReleaseWithdrawn::NotOpen => Notice::ReleaseTooLate,
    };
    Ok(redirect_with(&format!("/portal/releases/{id}"), notice))
}

/// GET /portal/disclosures/{id}: what was passed on without this person's signature.
pub async fn told(partner: Partner, page: Page, PathIds(id): PathIds<DisclosureId>) -> Answer {
    let told = partner.told_disclosures().await?;
    let told = told.into_iter().find(|told| told.id == id).found()?;
    let (zone, w) = (page.zone(), page.words());
    let model = ToldModel {
        facts: vec![
            (say!(w, "disclosure-ground"), w.label(told.ground)),
            (say!(w, "release-manner"), w.label(told.manner)),
            (say!(w, "disclosure-sent"), w.day_of_year(zone::date_of(told.sent_at, &zone))),
        ],
        what: counted(&told.items, w),
        recipient: told.recipient,
    };
    let title = say!(w, "disclosure-title", recipient = &model.recipient);
    page.ok(&title, model, own_release::told_view).await
}

/// The sections of the portal's page of forms: the releases that this person signs, and
/// what was passed on without their signature. Sections without an item are left out.
pub async fn portal_sections(partner: &Partner, zone: &Zone, w: Words) -> store::Result<Vec<Section>> {
    let day = |at| w.day_of_year(zone::date_of(at, zone));
    let release_item = |own: OwnRelease| Item {
        label: say!(w, "release-item", recipient = &own.terms.recipient),
        href: format!("/portal/releases/{}", own.id),
        state: match own.state {
            OwnReleaseState::ToSign => say!(w, "release-item-to-sign"),
            OwnReleaseState::Signed(at) => say!(w, "release-item-signed", day = day(at)),
            OwnReleaseState::Sent(at) => say!(w, "release-item-sent", day = day(at)),
            OwnReleaseState::Withdrawn(at) => say!(w, "release-item-withdrawn", day = day(at)),
            OwnReleaseState::NoLongerOpen => say!(w, "release-item-over"),
        },
        is_open: own.state == OwnReleaseState::ToSign,
    };
    let releases = partner.own_releases().await?.into_iter().map(release_item).collect();
    let told = partner.told_disclosures().await?.into_iter().map(|told| Item {
        label: say!(w, "release-item", recipient = &told.recipient),
        href: format!("/portal/disclosures/{}", told.id),
        state: say!(w, "release-item-sent", day = day(told.sent_at)),
        is_open: false,
    });
    let section = |title, items| Section { title, intro: String::new(), items };
    let mut sections =
        vec![section(say!(w, "release-section"), releases), section(say!(w, "disclosure-section"), told.collect())];
    sections.retain(|section| !section.items.is_empty());
    Ok(sections)
}
