//! Parts of the pages of documents: the field that takes a file, and the file as it
//! is shown.

use domain::records::document::FileType;
use leptos::prelude::*;

use crate::{say, ui::FormState, words::words};

/// A file that has arrived with a form that was refused. The form carries it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenFile {
    /// The name of the file; empty: the browser gave none.
    pub name: String,
    /// What opens the file once it is part of something.
    pub token: String,
}

/// A stored file with the addresses at which it is shown and downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// The address of the document's page.
    pub href: String,
    pub title: String,
    pub file_type: FileType,
    /// Whether it is a PDF that may have scripts.
    pub active: bool,
    /// How many bytes it has.
    pub bytes: i64,
}

/// The field that takes a file. A form with it has `enctype="multipart/form-data"`.
pub(crate) fn file_field(state: &FormState, chosen: Option<&ChosenFile>) -> AnyView {
    let w = words();
    let error = state.errors.message("file").map(|error| w.sentence(error));
    let described = if error.is_some() { "f-file-error f-file-hint" } else { "f-file-hint" };
    let invalid = error.is_some().then_some("true");
    let error = error.map(|error| view! { <p class="error" id="f-file-error">{error}</p> }.into_any());
    let chosen = chosen.map(|ChosenFile { name, token }| {
        let name = if name.is_empty() { say!(w, "document-untitled") } else { name.clone() };
        view! {
            <p class="muted">{say!(w, "document-file-chosen", name = name)}</p>
            <input type="hidden" name="upload" value=token.clone() autocomplete="off"/>
        }
        .into_any()
    });
    view! {
        <div class="field">
            <label for="f-file">{say!(w, "document-file")}</label>
            <p class="hint" id="f-file-hint">{say!(w, "document-file-hint")}</p>
            {error}
            {chosen}
            <input id="f-file" type="file" name="file" accept=".pdf,.jpg,.jpeg,.png,.txt,.docx,application/pdf,image/jpeg,image/png,text/plain" aria-describedby=described aria-invalid=invalid/>
        </div>
    }
    .into_any()
}

/// The size of a file in words, such as "340 KB".
pub(crate) fn size(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// What a file is, with its size, such as "PDF, 340 KB".
pub(crate) fn kind_and_size(file: &StoredFile) -> String {
    format!("{}, {}", words().label(file.file_type), size(file.bytes))
}

/// The file: a picture as it is seen, and the links that open and download it.
pub(crate) fn shown(file: &StoredFile) -> AnyView {
    let w = words();
    let href = &file.href;
    let picture = file.file_type.is_picture().then(|| {
        let alt = say!(w, "document-picture", title = &file.title);
        view! { <p><img class="document-picture" src=format!("{href}/view") alt=alt/></p> }.into_any()
    });
    let opens = file.file_type == FileType::Pdf && !file.active;
    let open = opens
        .then(|| view! { <a class="button" href=format!("{href}/view")>{say!(w, "document-open")}</a> }.into_any());
    let active = file.active.then(|| view! { <p class="notice">{say!(w, "document-active")}</p> });
    view! {
        {picture}
        {active}
        <p class="actions">
            {open}
            <a class="button" href=format!("{href}/file") download="">{say!(w, "document-download")}</a>
        </p>
    }
    .into_any()
}

/// A stored file for samples.
pub(crate) fn sample(href: &str, file_type: FileType, active: bool) -> StoredFile {
    StoredFile { href: href.to_owned(), title: "Brief & \"Foto\" 💛".into(), file_type, active, bytes: 1_240_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(0), size(999), size(340_200), size(20_971_520)], ["0 B", "999 B", "340 KB", "20.9 MB"]);
    }
}
