//! The call of an island that shows the preview of an email's text.

use std::sync::Arc;

use app::api::{Answer, ApiError, Backend};
use axum::{extract::Request, response::Response};
use leptos::prelude::{Owner, RenderHtml as _, use_context};
use leptos_axum::ResponseOptions;

use super::wordings;
use crate::{
    access,
    web::api::{form, run, trouble, with_status},
};

/// POST /api/wording: the preview of an email's wording.
pub async fn wording(owner: access::Owner, request: Request) -> Response {
    run(Arc::new(Wordings { owner: owner.scope().clone() }), request).await
}

/// Shows previews of wordings to this owner.
struct Wordings {
    owner: store::Owner,
}

impl Backend for Wordings {
    fn preview_wording(&self, kind: String, language: String, fields: Vec<(String, String)>) -> Answer<String> {
        let (owner, options) = (self.owner.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let (Ok(kind), Ok(language)) = (kind.parse(), language.parse()) else { return Err(ApiError::Unfit) };
            let practice = owner.practice().await.map_err(trouble)?;
            let preview = wordings::preview(&practice, (kind, language), &form(fields)?, owner.now());
            Ok(Owner::new().with(|| app::pages::mail::wording::previewed(&preview).to_html()))
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
