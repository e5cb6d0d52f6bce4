//! Forms with a file of several megabytes.
//!
//! The file is kept as the bytes that arrived, because its character set is not
//! known yet. A file that is too long is read to its end and dropped, so that the
//! rest of the form arrives and the answer can be shown at its field. A browser
//! whose body is not read shows an error of its own instead.

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::header,
};
use domain::form::Form;

use crate::{
    error::Failure,
    form::{MOST_FIELDS, OnlyShown, PostedForm, tidy},
};

/// The longest file that is accepted, in bytes.
pub const LONGEST_FILE: usize = 16 * 1024 * 1024;

/// The longest body of a form with a file that is read at all, in bytes.
pub const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// The most that all other fields may have together, in bytes: as much as a form
/// without a file.
const LONGEST_REST: usize = 1024 * 1024;

/// The file of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// No file was chosen, or it is empty.
    None,
    /// The whole file.
    Whole(Vec<u8>),
    /// The file is longer than [`LONGEST_FILE`]; its length in bytes.
    TooLong(usize),
}

/// A form and the file of its field `file`; an extractor.
#[derive(Debug)]
pub struct WithFile {
    pub form: Form,
    pub file: File,
    /// The name of the file as the browser sent it; may be empty.
    pub file_name: String,
}

impl<S: Send + Sync> FromRequest<S> for WithFile {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let PostedForm(mut form) = PostedForm::from_request(request, state).await?;
            let file = form.get("file").as_bytes().to_vec();
            form.0.retain(|(name, _)| name != "file");
            if form.0.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LONGEST_REST {
                return Err(Failure::TooLarge);
            }
            let file = match file.len() {
                0 => File::None,
                length if length > LONGEST_FILE => File::TooLong(length),
                _ => File::Whole(file),
            };
            return Ok(Self { form, file, file_name: String::new() });
        }
        let only_shown = request.extensions().get::<OnlyShown>().is_some();
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Failure::BadRequest)?;
        let (mut pairs, mut file, mut rest) = (Vec::new(), File::None, 0_usize);
        let mut file_name = String::new();
        while let Some(mut field) = parts.next_field().await.map_err(failure)? {
            let name = field.name().unwrap_or_default().to_owned();
            rest += name.len();
            if name == "file" {
                file_name = field.file_name().unwrap_or_default().to_owned();
            }
            let longest = if name == "file" { LONGEST_FILE } else { LONGEST_REST.saturating_sub(rest) };
            let (mut bytes, mut length) = (Vec::new(), 0_usize);
            while let Some(chunk) = field.chunk().await.map_err(failure)? {
                length += chunk.len();
                if length <= longest {
                    bytes.extend_from_slice(&chunk);
                } else {
                    bytes = Vec::new();
                }
            }
            match (name.as_str(), length) {
                ("file", 0) => {}
                ("file", length) if length > longest => file = File::TooLong(length),
                ("file", _) => file = File::Whole(bytes),
                (_, length) if length > longest || pairs.len() > MOST_FIELDS => return Err(Failure::TooLarge),
                (_, length) => {
                    rest += length;
                    pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        Ok(Self { form: tidy(pairs, only_shown)?, file, file_name })
    }
}

/// The failure of a multipart body: too large, or otherwise malformed.
fn failure(error: axum::extract::multipart::MultipartError) -> Failure {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Failure::FileTooLarge
    } else {
        Failure::BadRequest
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read(file: &[u8]) -> Result<WithFile, Failure> {
        let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\n\r\n".to_vec();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x\r\nContent-Disposition: form-data; name=\"titles\"\r\n\r\nyes\r\n--x--\r\n");
        let request = Request::builder().method("POST").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let request = axum::RequestExt::with_limited_body(request.body(Body::from(body)).unwrap());
        WithFile::from_request(request.map(Body::new), &()).await
    }

    #[tokio::test]
    async fn fields_beside_the_file_have_the_limit_of_a_form() {
        let read = |kind: &str, body: Vec<u8>| {
            let request = Request::builder().method("POST").header(header::CONTENT_TYPE, kind);
            let mut request = request.body(Body::from(body)).unwrap();
            axum::extract::DefaultBodyLimit::disable().apply(&mut request);
            async { WithFile::from_request(request, &()).await }
        };
        let part = |name: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let many = part("a", &"x".repeat(300_000)).repeat(4) + "--x--\r\n";
        assert!(matches!(read("multipart/form-data; boundary=x", many.into_bytes()).await, Err(Failure::TooLarge)));
        let form = "application/x-www-form-urlencoded";
        let many = format!("a={}", "x".repeat(LONGEST_REST));
        assert!(matches!(read(form, many.into_bytes()).await, Err(Failure::TooLarge)));
        // A file that is sent as a plain field has the same limit.
        let long = format!("titles=yes&file={}", "x".repeat(LONGEST_FILE + 1));
        let long = read(form, long.into_bytes()).await.unwrap();
        assert_eq!((long.file, long.form.get("titles")), (File::TooLong(LONGEST_FILE + 1), "yes"));
    }

    #[tokio::test]
    async fn a_file_keeps_its_bytes_and_the_form_its_fields() {
        let read = |file: Vec<u8>| async move { read(&file).await.unwrap() };
        let small = read(b"\xFF\xFE\0caf\xE9".to_vec()).await;
        assert_eq!(small.file, File::Whole(b"\xFF\xFE\0caf\xE9".to_vec()));
        assert_eq!((small.form.get("titles"), small.file_name.as_str()), ("yes", "a.ics"));
        assert_eq!(read(vec![]).await.file, File::None);
    }
}
