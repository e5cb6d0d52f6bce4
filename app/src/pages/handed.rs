//! A link that is handed over in the room: shown once, to whoever made it.

use domain::ids::ClientId;
use leptos::prelude::*;

use crate::ui::page_head;

#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub name: String,
    pub link: String,
}

pub fn view(m: &Model) -> AnyView {
    view! {
        {page_head(format!("A link for {}", m.name), "", vec![])}
        <section class="card">
            <p class="lead">{format!("Give this to {} alone, on paper or on your screen.", m.name)}</p>
            <p class="secret"><code>{m.link.clone()}</code></p>
            <p>"It works once, for seven days, and takes the place of any invitation before it. Whoever opens it chooses the password: send it nowhere that somebody else can read."</p>
            <p class="hint">"It is shown this one time. If it gets lost, make another."</p>
        </section>
        <p><a class="button" href=format!("/clients/{}", m.client)>"Back to the record"</a></p>
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    vec![Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        name: "अनन्या शर्मा 💛 ".repeat(13),
        link: format!("https://practice.example/invitations/{}", "k".repeat(43)),
    }]
}
