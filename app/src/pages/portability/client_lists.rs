//! The page on which an owner chooses a client list to import, with the earlier imports.

use domain::ids::ClientImportId;
use leptos::prelude::*;

use crate::ui::{FormState, Pager, Tone, badge, card, error_summary, form_key, page_head, pager, submit, table};

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub form: FormState,
    pub imports: Vec<Import>,
    pub pager: Pager,
}

/// An earlier import.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: ClientImportId,
    pub file: String,
    /// When and by whom, such as "Tue 1 Dec 2026, 10:00, Marlene Vogt".
    pub when: String,
    pub state: State,
    /// How many clients it brought, or what is to be done.
    pub detail: String,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file was read; nothing is imported.
    Open,
    Running,
    Done,
    Undone,
    Discarded,
}

impl State {
    /// The badge of the state.
    pub(crate) fn badge(self) -> AnyView {
        match self {
            Self::Open => badge(Tone::Wait, "Not imported yet"),
            Self::Running => badge(Tone::Wait, "In progress"),
            Self::Done => badge(Tone::Good, "Imported"),
            Self::Undone => badge(Tone::Plain, "Undone"),
            Self::Discarded => badge(Tone::Plain, "Discarded"),
        }
    }
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let error = m.form.errors.message("file").map(str::to_owned);
    let (described, invalid) = match &error {
        Some(_) => ("f-file-hint f-file-error", Some("true")),
        None => ("f-file-hint", None),
    };
    let error = error.map(|error| view! { <p class="error" id="f-file-error">{error}</p> }.into_any());
    let rows: Vec<Vec<AnyView>> = m.imports.iter().map(row).collect();
    let earlier = (!rows.is_empty()).then(|| {
        view! {
            <section class="after" id="imports" aria-label="Earlier imports">
                {table("Earlier imports", &["File", "Chosen", "Status", "Details"], rows)}
                {pager(&m.pager)}
            </section>
        }
        .into_any()
    });
    view! {
        {page_head(
            "Import clients",
            "Bring a client list from another program. You see what will happen to each row first.",
            vec![],
        )}
        {error_summary(&m.form)}
        {card("Choose a file", view! {
            <form class="form narrow" method="post" action="/practice/imports" enctype="multipart/form-data" novalidate>
                {form_key()}
                <div class="field">
                    <label for="f-file">"Client list"</label>
                    <p class="hint" id="f-file-hint">"A CSV or vCard file, up to 16 MB and 20,000 rows."</p>
                    {error}
                    <input id="f-file" type="file" name="file" accept=".csv,.tsv,.txt,.vcf,.vcard,text/csv,text/vcard" aria-describedby=described aria-invalid=invalid/>
                </div>
                {submit("Read the file")}
            </form>
        }.into_any())}
        {card("Before you import", view! {
            <ul>
                <li>"Nobody is written to. Clients get no email and no invitation until you or their therapist release them."</li>
                <li>"You can undo an import for 24 hours."</li>
                <li>"Excel, Numbers and Google Sheets: save the sheet as CSV first."</li>
                <li>"Columns without a field here are kept as details, which the client’s therapist can read."</li>
            </ul>
        }.into_any())}
        {earlier}
    }
    .into_any()
}

/// The row of an import.
fn row(import: &Import) -> Vec<AnyView> {
    let href = format!("/practice/imports/{}", import.id);
    vec![
        view! { <a class="row-link wrap" href=href>{import.file.clone()}</a> }.into_any(),
        import.when.clone().into_any(),
        import.state.badge(),
        import.detail.clone().into_any(),
    ]
}

/// Sample models: none; a refused file; several.
pub fn samples() -> Vec<Model> {
    let import = |state, detail: &str| Import {
        id: ClientImportId::from(uuid::Uuid::from_u128(1)),
        file: "अनन्या <clients>.csv".repeat(4),
        when: "Tue 1 Dec 2026, 10:00, Marlene <b>".into(),
        state,
        detail: detail.into(),
    };
    vec![
        Model::default(),
        Model {
            form: crate::ui::refused("file", "This is a PDF. Export the list as CSV or vCard, and choose that file."),
            ..Model::default()
        },
        Model {
            pager: Pager { first: None, more: Some(("/practice/imports?imports=1".into(), "Older imports")) },
            form: FormState::default(),
            imports: vec![
                import(State::Open, ""),
                import(State::Running, "120 of 300 clients"),
                import(State::Done, "300 clients, 2 of them still held"),
                import(State::Undone, ""),
                import(State::Discarded, ""),
            ],
        },
    ]
}
