//! Extractors for the input of a request: the ids in its path, its query and its
//! form.
//!
//! A query or a body becomes a [`Form`], which keeps exactly what was typed;
//! `domain` reads what it means.

use std::ops::Deref;

use app::ui::shell::FormMessage;
use axum::{
    extract::{self, FromRequest, FromRequestParts, Multipart, Path, Request},
    http::{StatusCode, header, request::Parts},
    response::IntoResponse as _,
};
use domain::form::Form;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// The most fields that a request may have: more than any form of ours has.
pub(crate) const MOST_FIELDS: usize = 2_000;

/// The mark on a request whose form is only shown again, not acted on, with the
/// sentence above the form.
#[derive(Clone)]
pub(crate) struct OnlyShown(pub FormMessage);

/// Removes the passwords from a form, which must not be sent back to the
/// browser.
pub(crate) fn without_passwords(mut form: Form) -> Form {
    form.0.retain(|(name, _)| !matches!(name.as_str(), "password" | "current" | "current_password"));
    form
}

/// The ids and names in a path. A path with an id that cannot be read answers 404,
/// and so does a path with a NUL character, which PostgreSQL cannot compare.
pub struct PathIds<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathIds<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        if parts.uri.path().contains("%00") {
            return Err(Failure::NotFound);
        }
        let Path(ids) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Failure::NotFound)?;
        Ok(Self(ids))
    }
}

/// The query string of a GET request, as a form.
pub struct Query(pub Form);

impl Deref for Query {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs =
            extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        tidy(pairs, false).map(Self)
    }
}

/// The body of a POST form.
pub struct PostedForm(pub Form);

impl<S: Send + Sync> FromRequest<S> for PostedForm {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let only_shown = request.extensions().get::<OnlyShown>().is_some();
        // A form without any field has no body and, with some clients, no content
        // type.
        if !request.headers().contains_key(header::CONTENT_TYPE)
            && request.headers().get(header::CONTENT_LENGTH).is_none_or(|v| v == "0")
        {
            return Ok(Self(Form::default()));
        }
        let axum::Form(pairs) = axum::Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(
            |rejection| match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
                _ => Failure::BadRequest,
            },
        )?;
        tidy(pairs, only_shown).map(Self)
    }
}

/// A POST form that may contain files: the text of each file becomes the value of
/// its field. The code that reads the field limits its length.
pub struct FormWithFiles(pub Form);

impl<S: Send + Sync> FromRequest<S> for FormWithFiles {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            return PostedForm::from_request(request, state).await.map(|PostedForm(form)| Self(form));
        }
        let only_shown = request.extensions().get::<OnlyShown>().is_some();
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Failure::BadRequest)?;
        let mut pairs = Vec::new();
        while let Some(field) = parts.next_field().await.map_err(|_| Failure::BadRequest)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_| Failure::BadRequest)?;
            if pairs.len() > MOST_FIELDS {
                return Err(Failure::TooLarge);
            }
            pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        tidy(pairs, only_shown).map(Self)
    }
}

/// Makes a form of the pairs: refuses more fields than any form has, and removes
/// NUL characters, which PostgreSQL cannot store. `only_shown` marks the form as
/// one that is only shown again.
pub(crate) fn tidy(mut pairs: Vec<(String, String)>, only_shown: bool) -> Result<Form, Failure> {
    if pairs.len() > MOST_FIELDS {
        return Err(Failure::TooLarge);
    }
    pairs.retain(|(name, _)| name != Form::SHOWN_AGAIN);
    for text in pairs.iter_mut().flat_map(|(name, value)| [name, value]) {
        if text.contains('\0') {
            text.retain(|c| c != '\0');
        }
    }
    let mut form = Form(pairs);
    if only_shown {
        form.show_again();
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read(kind: &str, body: impl Into<Body>) -> Result<Form, Failure> {
        let request = Request::builder().method("POST").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
        PostedForm::from_request(request, &()).await.map(|PostedForm(form)| form)
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn a_form_keeps_what_was_typed_except_nul() {
        let form = read(FORM, "role=owner&role=clinician&na%00me=%F0%9F%92%9B+a%00b").await.unwrap();
        assert_eq!(form.all("role").count(), 2);
        assert_eq!(form.get("name"), "💛 ab");
    }

    #[tokio::test]
    async fn a_file_is_read_as_text() {
        let body =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.toml\"\r\n\r\nslug = 1\r\n--x--\r\n";
        let request = |kind: &str, body: &str| {
            let request = Request::builder().method("POST").header(header::CONTENT_TYPE, kind);
            request.body(Body::from(body.to_owned())).unwrap()
        };
        let read = |request| async { FormWithFiles::from_request(request, &()).await.map(|FormWithFiles(form)| form) };
        let form = read(request("multipart/form-data; boundary=x", body)).await.unwrap();
        assert_eq!(form.get("file"), "slug = 1");
        assert!(matches!(read(request("multipart/form-data; boundary=x", "nonsense")).await, Err(Failure::BadRequest)));
        assert_eq!(read(request(FORM, "text=a")).await.unwrap().get("text"), "a");
    }

    #[tokio::test]
    async fn a_body_that_is_no_form_is_refused() {
        assert!(matches!(read("text/plain", "a=b").await, Err(Failure::BadRequest)));
        assert!(matches!(read(FORM, "a=1&".repeat(2_001)).await, Err(Failure::TooLarge)));
    }
}
