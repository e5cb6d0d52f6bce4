//! A therapist's notes: writing and signing them. What is added to a signed note is
//! an addendum.

use app::ui::{FormState, shell::Notice};
use domain::{
    form::{Errors, Form},
    ids::{ClientId, NoteId, NoteTemplateVersionId},
    records::note::{NoteScope, NoteText, page_of, section_field},
};
use store::{CopiedForward, FormKey, NoteAbout, NoteForm, NotePage, NoteWrite, SaveKind, SectionMoved};
use uuid::Uuid;

use super::note_model::{self, show, show_again};
use crate::{
    access::{Clinician, Public, SignedIn},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query, without_passwords},
    page::{Page, redirect_with},
    web::accounts::account::check_current_password,
};

/// GET /clients/{id}/notes/new?session=&template=&addendum_of=: the form for a new
/// note. `session` is what it is about, `template` the version of its template, and
/// `addendum_of` the signed note that it adds to.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let mut form = Form::default();
    for name in ["session", "template", "addendum_of"] {
        form.set(name, asked.get(name));
    }
    if let Ok(root) = asked.get("addendum_of").parse::<NoteId>() {
        let root = clinician.note(root).await?.filter(|n| n.client == id && n.signed_at.is_some()).found()?;
        form.set("scope", root.scope.word());
        form.set("addendum_of", root.addendum_of.unwrap_or(root.id).to_string());
    }
    let made = new_form(&clinician, id, &form).await?.found()?;
    show(&page, note_model::unsigned(&clinician, &page, &made, None, FormState::new(form)).await?).await
}

/// What the form of a new note is made for. `None`: no such client in this caseload.
async fn new_form(clinician: &Clinician, client: ClientId, form: &Form) -> Result<Option<NoteForm>, store::Error> {
    if !form.get("addendum_of").is_empty() {
        return clinician.addendum_form(client).await;
    }
    // A version that is not there any more is one that was made up.
    let asked = form.get("template").parse::<NoteTemplateVersionId>().ok();
    match clinician.new_note_form(client, asked).await? {
        Some(made) => Ok(Some(made)),
        None => clinician.new_note_form(client, None).await,
    }
}

/// POST /clients/{id}/notes: saves or signs a new note, or does what another button
/// of its form says.
pub async fn create(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    // The island has already saved this note while it was typed.
    if let Ok(note) = form.get("note").parse::<NoteId>() {
        return update(clinician, me, public, page, PathIds(note), PostedForm(form)).await;
    }
    let made = new_form(&clinician, id, &form).await?.found()?;
    let writing = Writing { clinician: &clinician, page: &page, made: &made };
    if let Some(act) = Act::of(&form).filter(|_| !form.is_shown_again()) {
        return writing.act_on_new(act, form).await;
    }
    let end = note_end(&form);
    let errors = match NoteText::read(&form, &made.layout) {
        Ok(text) => match wrong_password(&me, &public, &page, &form).await? {
            Some(errors) => errors,
            None => match clinician.create_note_once(id, about(&form), &text, end, first_key(&form)).await? {
                NoteWrite::Saved(note) => return Ok(saved(note, end)),
                NoteWrite::Unseen(note) => return show_merged(&clinician, &page, note).await,
                NoteWrite::NoPolicy => no_policy(),
                NoteWrite::Signed | NoteWrite::Gone => return Err(Failure::NotFound),
            },
        },
        Err(errors) => errors,
    };
    writing.refuse(None, form, errors).await
}

/// GET /notes/{id}: a note; the form that changes it, unless it is signed.
pub async fn edit(clinician: Clinician, page: Page, PathIds(id): PathIds<NoteId>) -> Answer {
    let found = clinician.note_page(id).await?.found()?;
    let made = clinician.note_form(id).await?.found()?;
    if found.note.signed_at.is_some() {
        return show(&page, note_model::signed(&clinician, &page, &made, &found, None).await?).await;
    }
    let form = FormState::new(note_model::stored_form(&found.note, &made));
    show(&page, note_model::unsigned(&clinician, &page, &made, Some(&found), form).await?).await
}

/// POST /notes/{id}: saves or signs a note, or does what another button of its form
/// says.
pub async fn update(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(id): PathIds<NoteId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let made = clinician.note_form(id).await?.found()?;
    let writing = Writing { clinician: &clinician, page: &page, made: &made };
    if let Some(act) = Act::of(&form).filter(|_| !form.is_shown_again()) {
        return writing.act_on_draft(act, id, form).await;
    }
    let end = note_end(&form);
    let errors = match NoteText::read(&form, &made.layout) {
        Ok(text) => match wrong_password(&me, &public, &page, &form).await? {
            Some(errors) => errors,
            None => match clinician.update_note(id, &text, end).await? {
                NoteWrite::Saved(_) => return Ok(saved(id, end)),
                NoteWrite::Unseen(_) => return show_merged(&clinician, &page, id).await,
                NoteWrite::Signed => return writing.as_addendum(id, &text, form).await,
                NoteWrite::NoPolicy => no_policy(),
                NoteWrite::Gone => Errors::of_form(
                    "Only its author can change this note. What you wrote is still here: copy it into a note of your own.",
                ),
            },
        },
        Err(errors) => errors,
    };
    let found = clinician.note_page(id).await?.found()?;
    if found.note.signed_at.is_some() {
        let text = NoteText::read_typing(&form, &made.layout);
        return match text {
            Ok(text) => writing.as_addendum(id, &text, form).await,
            Err(_) => Ok(redirect_with(&format!("/notes/{id}"), Notice::Signed)),
        };
    }
    writing.refuse(Some(&found), form, errors).await
}

/// The error of a joint note without a secrets policy in force.
fn no_policy() -> Errors {
    Errors::at_field("without_policy", "Give a reason: no secrets policy is in force that both have signed.")
}

/// The answer to a note that was saved or signed: its page with a notice.
fn saved(note: NoteId, end: SaveKind) -> axum::response::Response {
    let notice = if end == SaveKind::Signed { Notice::Signed } else { Notice::NoteSaved };
    redirect_with(&format!("/notes/{note}"), notice)
}

/// Whether the pressed button saves or signs the note.
fn note_end(form: &Form) -> SaveKind {
    if form.get("do") == "sign" { SaveKind::Signed } else { SaveKind::Saved }
}

/// What a new note is about, by its form.
pub(super) fn about(form: &Form) -> NoteAbout {
    NoteAbout {
        session: form.get("session").parse().ok(),
        addendum_of: form.get("addendum_of").parse().ok(),
        template: form.get("template").parse().ok(),
        leftover_page: form.get("leftover_page").parse::<Uuid>().ok(),
    }
}

/// The key with which the page was first shown: a form that is shown again makes the
/// same note.
pub(super) fn first_key(form: &Form) -> Option<FormKey> {
    page_of(form).map(FormKey::from)
}

/// Checks the password of a form that signs. `None`: it is right, or the form does
/// not sign.
async fn wrong_password(me: &SignedIn, public: &Public, page: &Page, form: &Form) -> Result<Option<Errors>, Failure> {
    if note_end(form) != SaveKind::Signed {
        return Ok(None);
    }
    let checked = check_current_password(me, public, form.get("current_password")).await?;
    Ok(checked.message(page.words()).map(|message| Errors::at_field("current_password", message)))
}

/// Shows a draft that was not signed, because another device wrote in it.
async fn show_merged(clinician: &Clinician, page: &Page, note: NoteId) -> Answer {
    let found = clinician.note_page(note).await?.found()?;
    let made = clinician.note_form(note).await?.found()?;
    let errors = Errors::of_form(
        "Not signed yet: this note was also changed on another device. All of it is below. Review it, then sign.",
    );
    let form = FormState { form: note_model::stored_form(&found.note, &made), errors };
    show_again(page, note_model::unsigned(clinician, page, &made, Some(&found), form).await?).await
}

/// What a button of the form does besides saving and signing.
enum Act {
    /// Changes the note to this version of a template.
    Template(Option<NoteTemplateVersionId>),
    /// Copies goals and plan forward.
    Copy,
    /// Moves the section with this key into the author's process note.
    Move(String),
}

impl Act {
    /// The act of the pressed button; `None`: it saves or signs.
    fn of(form: &Form) -> Option<Self> {
        match form.get("do") {
            "template" => Some(Self::Template(form.get("use_template").parse().ok())),
            "copy" => Some(Self::Copy),
            "move" => Some(Self::Move(form.get("move").to_owned())),
            other => Some(Self::Template(other.strip_prefix("template:")?.parse().ok())),
        }
    }
}

/// A note that is written.
struct Writing<'a> {
    clinician: &'a Clinician,
    page: &'a Page,
    made: &'a NoteForm,
}

impl Writing<'_> {
    /// This with another form.
    const fn with<'b>(&'b self, made: &'b NoteForm) -> Writing<'b> {
        Writing { clinician: self.clinician, page: self.page, made }
    }

    /// Shows a note's form again with its errors.
    async fn refuse(&self, found: Option<&NotePage>, form: Form, errors: Errors) -> Answer {
        let mut form = without_passwords(form);
        note_model::keep_page(&mut form);
        let form = FormState { form, errors };
        show_again(self.page, note_model::unsigned(self.clinician, self.page, self.made, found, form).await?).await
    }

    /// Shows what was typed in a note that was signed in the meantime as an addendum
    /// to it.
    async fn as_addendum(&self, note: NoteId, text: &NoteText, form: Form) -> Answer {
        let found = self.clinician.note(note).await?.found()?;
        let left = text.left_over(&found.document, found.header.as_ref(), found.scope);
        if left.is_empty() {
            return Ok(redirect_with(&format!("/notes/{note}"), Notice::Signed));
        }
        let made = self.clinician.addendum_form(found.client).await?.found()?;
        let mut addendum = Form::from_pairs([
            ("scope", found.scope.word().to_owned()),
            ("addendum_of", found.addendum_of.unwrap_or(note).to_string()),
            ("leftover_page", page_of(&form).map(|page| page.to_string()).unwrap_or_default()),
        ]);
        addendum.set(&section_field(domain::records::note::document::TEXT), left.plain());
        let errors = Errors::of_form(
            "This note was signed in the meantime. What you wrote is still here: save it as an addendum.",
        );
        let form = FormState { form: addendum, errors };
        show_again(self.page, note_model::unsigned(self.clinician, self.page, &made, None, form).await?).await
    }

    /// Keeps what was typed in the form, as while it is typed. `Err`: the form with
    /// its errors, because it cannot be kept.
    async fn keep(&self, note: Option<NoteId>, form: &Form) -> Result<Result<NoteId, Errors>, Failure> {
        let text = match NoteText::read_typing(form, &self.made.layout) {
            Ok(text) => text,
            Err(errors) => return Ok(Err(errors)),
        };
        let kind = if NoteText::is_undecided(form) { SaveKind::Undecided } else { SaveKind::Typing };
        let kept = self.clinician.type_note(self.made.client, note, about(form), &text, kind, first_key(form)).await?;
        match kept.write {
            NoteWrite::Saved(id) | NoteWrite::Unseen(id) => Ok(Ok(id)),
            NoteWrite::NoPolicy => Ok(Err(no_policy())),
            NoteWrite::Signed => Ok(Err(Errors::of_form("This note was signed in the meantime."))),
            NoteWrite::Gone => Err(Failure::NotFound),
        }
    }

    /// Whether the form has words in a section.
    fn has_words(&self, form: &Form) -> bool {
        self.made.layout.sections().any(|(key, _)| !domain::typed::is_blank(form.get(&section_field(key))))
    }

    /// Does what a button says on a page of a note that is not saved yet. A note
    /// with words is saved first; an empty one is only shown again.
    async fn act_on_new(&self, act: Act, mut form: Form) -> Answer {
        if self.has_words(&form) {
            return match self.keep(None, &form).await? {
                Ok(note) => self.do_act(act, note, form).await,
                Err(errors) => self.refuse(None, form, errors).await,
            };
        }
        match act {
            Act::Template(version) => {
                if let Some(version) = version {
                    form.set("template", version.to_string());
                    self.remember_template(&form, version).await?;
                }
                let made = new_form(self.clinician, self.made.client, &form).await?.found()?;
                form.0.retain(|(name, _)| !name.starts_with("was.") && name != "use_template");
                self.with(&made).refuse(None, form, Errors::default()).await
            }
            Act::Copy => match form.get("scope").parse::<NoteScope>() {
                Ok(scope) => {
                    let empty = self.made.layout.template.empty_note();
                    let copies = self.clinician.copies_for_new(self.made.client, scope, &empty).await?;
                    let errors = match &copies {
                        Some(_) => Errors::default(),
                        None => Errors::at_field("scope", "There is no goal, and no plan in a note of this record."),
                    };
                    note_model::fill_copies(&mut form, &copies.unwrap_or_default());
                    self.refuse(None, form, errors).await
                }
                Err(_) => self.refuse(None, form, no_scope()).await,
            },
            Act::Move(_) => {
                let errors = Errors::at_field("move", "Write something in this section first.");
                self.refuse(None, form, errors).await
            }
        }
    }

    /// Does what a button says on the page of a draft, and keeps first what was
    /// typed.
    async fn act_on_draft(&self, act: Act, note: NoteId, form: Form) -> Answer {
        let kept = if self.has_words(&form) { self.keep(Some(note), &form).await? } else { Ok(note) };
        match kept {
            Ok(note) => self.do_act(act, note, form).await,
            Err(errors) => {
                let found = self.clinician.note_page(note).await?.found()?;
                if found.note.signed_at.is_some() {
                    return Ok(redirect_with(&format!("/notes/{note}"), Notice::Signed));
                }
                self.refuse(Some(&found), form, errors).await
            }
        }
    }

    /// Does what a button says with a draft in which everything typed is stored.
    async fn do_act(&self, act: Act, note: NoteId, form: Form) -> Answer {
        let here = format!("/notes/{note}");
        let refused = match act {
            Act::Template(Some(version)) => {
                self.remember_template(&form, version).await?;
                if self.clinician.set_note_template(note, version).await? {
                    return Ok(redirect_with(&here, Notice::TemplateTaken));
                }
                Errors::at_field("use_template", "Choose a template from the list.")
            }
            Act::Template(None) => Errors::at_field("use_template", "Choose a template from the list."),
            Act::Copy => match self.clinician.copy_forward(note).await? {
                CopiedForward::Done => return Ok(redirect_with(&here, Notice::PlanCopied)),
                CopiedForward::Nothing => return Ok(redirect_with(&here, Notice::NothingToCopy)),
                CopiedForward::Undecided => no_scope(),
                CopiedForward::Gone => return Err(Failure::NotFound),
            },
            Act::Move(key) => match self.clinician.move_section(note, &key).await? {
                SectionMoved::Done(_) => return Ok(redirect_with(&here, Notice::SectionMoved)),
                SectionMoved::Nothing => Errors::at_field("move", "Choose a section with text."),
                SectionMoved::NotFromHere => {
                    Errors::at_field("move", "This is a process note, or it has no record yet: choose one above first.")
                }
                SectionMoved::Gone => return Err(Failure::NotFound),
            },
        };
        let found = self.clinician.note_page(note).await?.found()?;
        let made = self.clinician.note_form(note).await?.found()?;
        self.with(&made).refuse(Some(&found), form, refused).await
    }

    /// Remembers the template as the one to begin with, if the box is ticked.
    async fn remember_template(&self, form: &Form, version: NoteTemplateVersionId) -> Result<(), Failure> {
        if form.get("always_template").is_empty() {
            return Ok(());
        }
        let templates = self.clinician.note_templates().await?;
        if let Some(entry) = templates.iter().find(|entry| entry.version_id == version) {
            self.clinician.set_default_note_template(entry.id).await?;
        }
        Ok(())
    }
}

/// The error of a note whose author has not chosen the record yet.
fn no_scope() -> Errors {
    Errors::at_field("scope", "Choose whose record this note belongs to.")
}
