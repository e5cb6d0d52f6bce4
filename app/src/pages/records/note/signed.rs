//! A signed note with its addenda, and what its author may still do.

use domain::ids::{NoteId, NoteLeftoverId};
use leptos::prelude::*;

use super::Model;
use crate::{
    pages::exercises::parts::paragraphs,
    ui::{Field, FormState, Tone, badge, error_summary, form_key},
};

/// A signed note as its page shows it.
#[derive(Clone, Debug, Default)]
pub struct Signed {
    /// Whose record it belongs to, in words.
    pub record: String,
    /// What it is, such as "Couple session".
    pub kind: String,
    /// Who signed it and when.
    pub by: String,
    /// Who co-signed it and when, or with whom it is for that; empty: nobody
    /// co-signs it.
    pub cosign: String,
    /// Whether it is not co-signed yet.
    pub is_waiting: bool,
    /// Whether the reader may recall it from the supervisor.
    pub may_take_back: bool,
    /// Why it was begun without a secrets policy in force; empty: no reason was
    /// needed.
    pub without_policy: String,
    /// The lines of the header, each with its label.
    pub header: Vec<(String, String)>,
    /// The sections with words: heading and text. The heading of a single section
    /// is empty.
    pub sections: Vec<(String, String)>,
    pub addenda: Vec<AddendumItem>,
    /// The reader's own addendum that is not signed yet; `None`: there is none.
    pub own_addendum: Option<NoteId>,
    pub leftovers: Vec<LeftoverItem>,
    /// The form that unlocks the note; `None`: the reader may not.
    pub unlock: Option<UnlockForm>,
}

/// A signed addendum.
#[derive(Clone, Debug)]
pub struct AddendumItem {
    pub id: NoteId,
    /// Who signed it and when.
    pub by: String,
    pub text: String,
}

/// Text that was typed on another device after the signature.
#[derive(Clone, Debug)]
pub struct LeftoverItem {
    pub id: NoteLeftoverId,
    pub typed_at: String,
    pub text: String,
}

/// The form that unlocks a note.
#[derive(Clone, Debug, Default)]
pub struct UnlockForm {
    /// Until when it can be unlocked.
    pub until: String,
    /// The fields `reason` and `current_password`.
    pub form: FormState,
}

/// What is said of a signature, as rows of label and value.
pub(super) fn about(signed: &Signed) -> Vec<(String, AnyView)> {
    let mut rows: Vec<(String, String)> = vec![("Record".to_owned(), signed.record.clone())];
    rows.push(("Template".to_owned(), signed.kind.clone()));
    rows.extend(signed.header.iter().cloned());
    rows.push(("Without a signed policy".to_owned(), signed.without_policy.clone()));
    rows.push(("Signed".to_owned(), signed.by.clone()));
    rows.push(("Co-signature".to_owned(), signed.cosign.clone()));
    rows.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| (label, value.into_any())).collect()
}

/// The text of a signed note with its addenda.
pub(super) fn view(m: &Model, signed: &Signed) -> AnyView {
    let sections: Vec<AnyView> = signed
        .sections
        .iter()
        .map(|(label, text)| {
            let heading = (!label.is_empty()).then(|| view! { <h2>{label.clone()}</h2> });
            view! { <section>{heading}{paragraphs(text)}</section> }.into_any()
        })
        .collect();
    let addenda: Vec<AnyView> = signed.addenda.iter().map(addendum).collect();
    let unlockings: Vec<AnyView> =
        m.unlockings.iter().map(|line| view! { <p class="hint">{line.clone()}</p> }.into_any()).collect();
    let waiting = signed.is_waiting.then(|| view! { <p>{badge(Tone::Wait, "Not co-signed yet")}</p> });
    let take_back = m.id.filter(|_| signed.may_take_back).map(|id| {
        view! {
            <form class="inline-form" method="post" action=format!("/notes/{id}/take-back")>
                {form_key()}
                <button class="button" type="submit">"Recall note"</button>
            </form>
        }
        .into_any()
    });
    let leftovers: Vec<AnyView> = signed.leftovers.iter().map(|left| leftover(m, left)).collect();
    view! {
        {error_summary(&m.form)}
        {waiting}
        {take_back}
        {leftovers}
        <article class="card note-text">{sections}</article>
        {addenda}
        {unlockings}
        {add_link(m, signed)}
        {unlock(m, signed)}
    }
    .into_any()
}

/// A signed addendum below its note.
fn addendum(item: &AddendumItem) -> AnyView {
    let id = format!("addendum-{}", item.id);
    view! {
        <section class="card note-text" aria-labelledby=id.clone()>
            <h2 id=id.clone()>"Addendum"</h2>
            <p class="muted">{item.by.clone()}</p>
            {paragraphs(&item.text)}
        </section>
    }
    .into_any()
}

/// The link that adds to the note, or to the reader's addendum that is begun.
fn add_link(m: &Model, signed: &Signed) -> Option<AnyView> {
    let id = m.id?;
    let root = m.addendum_of.as_ref().map_or(id, |(root, _)| *root);
    let own = signed
        .own_addendum
        .map(|own| view! { <p><a href=format!("/notes/{own}")>"Finish your unsigned addendum"</a></p> }.into_any());
    Some(
        view! {
            <p class="hint">"Signed notes can’t be edited; you can add to them."</p>
            {own}
            <p class="actions">
                <a class="button" href=format!("/clients/{}/notes/new?addendum_of={root}", m.client)>"Add an addendum"</a>
                <a class="button" href=format!("/notes/{root}/print")>"Print note"</a>
            </p>
        }
        .into_any(),
    )
}

/// Text that was typed after the signature, with what can be done with it.
fn leftover(m: &Model, left: &LeftoverItem) -> AnyView {
    let Some(note) = m.id else { return ().into_any() };
    view! {
        <section class="notice">
            <h2>{format!("Typed on another device after you signed, {}", left.typed_at)}</h2>
            {paragraphs(&left.text)}
            <form class="inline-form" method="post" action=format!("/notes/{note}/leftovers/{}", left.id)>
                {form_key()}
                <button class="button" type="submit" name="do" value="addendum">"Make it an addendum"</button>
                <button class="button" type="submit" name="do" value="discard">"Discard it"</button>
            </form>
        </section>
    }
    .into_any()
}

/// The form that unlocks the note.
fn unlock(m: &Model, signed: &Signed) -> Option<AnyView> {
    let (note, UnlockForm { until, form }) = (m.id?, signed.unlock.as_ref()?);
    Some(
        view! {
            {error_summary(form)}
            <details class="field" open=!form.errors.is_empty()>
                <summary>"Unlock this note"</summary>
                <form class="form" method="post" action=format!("/notes/{note}/unlock")>
                    {form_key()}
                    <p class="hint">{format!("Possible until {until}. It is a draft again until you sign it.")}</p>
                    {Field::new(form, "reason", "Reason").hint("It stays on record with the note.").required().area(2)}
                    {Field::new(form, "current_password", "Your password").required().autocomplete("current-password").password()}
                    <p class="form-actions"><button class="button" type="submit">"Unlock note"</button></p>
                </form>
            </details>
        }
        .into_any(),
    )
}
