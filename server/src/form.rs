//! What a request brings: the ids of its path, its query, its form.
//!
//! Query and body become a [`Form`], which keeps exactly what was typed; what
//! it means is read in `domain`.

use std::ops::Deref;

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Path, Query, Request},
    http::{StatusCode, header, request::Parts},
    response::IntoResponse as _,
};
use domain::form::Form;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// More fields than any form of ours has.
const MOST_FIELDS: usize = 2_000;

/// The ids of a path. What is no id is not there: 404.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(ids) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Failure::NotFound)?;
        Ok(Self(ids))
    }
}

/// The query of a GET form.
pub struct Asked(pub Form);

impl Deref for Asked {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default();
        tidy(pairs).map(Self)
    }
}

/// The body of a POST form.
pub struct Typed(pub Form);

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        // A form without any field has no body and, in some clients, no type.
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
        tidy(pairs).map(Self)
    }
}

/// A form that may bring a file: each file's text stands under its field's
/// name, in place of an empty one.
pub struct Uploaded(pub Form);

/// The longest file that is taken in, in bytes.
const LONGEST_FILE: usize = 256 * 1024;

impl<S: Send + Sync> FromRequest<S> for Uploaded {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            return Typed::from_request(request, state).await.map(|Typed(form)| Self(form));
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Failure::BadRequest)?;
        let mut pairs = Vec::new();
        while let Some(field) = parts.next_field().await.map_err(|_| Failure::BadRequest)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_| Failure::BadRequest)?;
            if bytes.len() > LONGEST_FILE || pairs.len() > MOST_FIELDS {
                return Err(Failure::TooLarge);
            }
            pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        tidy(pairs).map(Self)
    }
}

/// Neither more fields than a form has, nor the one character that
/// PostgreSQL cannot keep.
fn tidy(mut pairs: Vec<(String, String)>) -> Result<Form, Failure> {
    if pairs.len() > MOST_FIELDS {
        return Err(Failure::TooLarge);
    }
    for (_, value) in &mut pairs {
        if value.contains('\0') {
            value.retain(|c| c != '\0');
        }
    }
    Ok(Form(pairs))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read(kind: &str, body: impl Into<Body>) -> Result<Form, Failure> {
        let request = Request::builder().method("POST").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
        Typed::from_request(request, &()).await.map(|Typed(form)| form)
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn a_form_keeps_what_was_typed_but_no_nul() {
        let form = read(FORM, "role=owner&role=clinician&name=%F0%9F%92%9B+a%00b").await.unwrap();
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
        let read = |request| async { Uploaded::from_request(request, &()).await.map(|Uploaded(form)| form) };
        let form = read(request("multipart/form-data; boundary=x", body)).await.unwrap();
        assert_eq!(form.get("file"), "slug = 1");
        assert!(matches!(read(request("multipart/form-data; boundary=x", "nonsense")).await, Err(Failure::BadRequest)));
        assert_eq!(read(request(FORM, "text=a")).await.unwrap().get("text"), "a");
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        assert!(matches!(read("text/plain", "a=b").await, Err(Failure::BadRequest)));
        assert!(matches!(read(FORM, "a=1&".repeat(2_001)).await, Err(Failure::TooLarge)));
    }
}
