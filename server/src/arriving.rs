//! Forms whose file is kept: the file is sealed and stored chunk by chunk while it
//! arrives, so that memory stays small however large it is.
//!
//! This happens before the form is compared with earlier ones and before its
//! handler. They get a form without the bytes: the field `file` names the file and
//! its SHA-256, so that the same form sent twice has the same content. The handler
//! gets the [`Arrived`] file beside the form, as an extractor. Until it becomes part
//! of something it can be opened only with its token, which the page of a refused
//! form carries in the field `upload`, so that the file need not be chosen again.

use std::fmt::Write as _;

use axum::{
    body::Body,
    extract::{FromRequest as _, FromRequestParts, MatchedPath, Multipart, Request, multipart::Field},
    http::{Extensions, HeaderValue, Method, StatusCode, header, request::Parts},
};
use domain::{
    form::Form,
    ids::AccountId,
    records::document::{FileType, MOST_BYTES},
};
use serde::{Deserialize, Serialize};
use store::{ArrivingFile, LooseFile, Store, Upload};

use crate::{
    address::encoded,
    error::Failure,
    file_types::{Inspection, Refusal},
    form::{MOST_FIELDS, OnlyShown},
};

/// The routes whose form brings a file that is kept.
const ROUTES: [&str; 2] = ["/clients/{id}/documents", "/portal/documents"];

/// The field with the token of a file that has arrived before.
pub const TOKEN: &str = "upload";

/// The most that all other fields may have together, in bytes: as much as a form
/// without a file.
const LONGEST_REST: usize = 1024 * 1024;
/// The longest name of a file that is read, in characters.
const LONGEST_NAME: usize = 300;

/// The file of a form; an extractor. Other routes' forms have [`Arrived::None`].
#[derive(Clone, Debug, Default)]
pub enum Arrived {
    /// No file was chosen.
    #[default]
    None,
    /// A file that is stored and part of nothing yet.
    File(ArrivedFile),
    /// A file that is not accepted. Nothing of it is stored.
    Refused(Refusal),
    /// A file that was not stored, because nobody is signed in any more.
    NotStored,
}

/// A stored file that is part of nothing yet.
#[derive(Clone, Debug)]
pub struct ArrivedFile {
    pub upload: Upload,
    /// The name that the browser gave, or an empty one.
    pub name: String,
    /// What the page of a refused form carries.
    pub token: String,
}

/// What a token contains.
#[derive(Serialize, Deserialize)]
struct Token {
    file: LooseFile,
    #[serde(rename = "type")]
    file_type: String,
    active: bool,
    name: String,
}

impl Arrived {
    /// Whether a file was chosen on the page that was sent.
    pub(crate) const fn has_file(&self) -> bool {
        match self {
            Self::File(_) | Self::Refused(_) | Self::NotStored => true,
            Self::None => false,
        }
    }

    /// The file that is part of nothing yet; `None`: there is none.
    pub(crate) const fn loose(&self) -> Option<&LooseFile> {
        match self {
            Self::File(arrived) => Some(&arrived.upload.file),
            Self::None | Self::Refused(_) | Self::NotStored => None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Arrived {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Whether a request brings a file that is kept.
pub(crate) fn keeps_file(method: &Method, extensions: &Extensions) -> bool {
    *method == Method::POST && extensions.get::<MatchedPath>().is_some_and(|path| ROUTES.contains(&path.as_str()))
}

/// Takes the file out of a form and stores it for the account `by`; `None`: nobody
/// is signed in, and the file is only read to its end. Other requests stay as they
/// are.
pub(crate) async fn take(store: &Store, by: Option<AccountId>, request: Request) -> Result<Request, Failure> {
    if !keeps_file(request.method(), request.extensions()) {
        return Ok(request);
    }
    // A form that is only shown again stores nothing.
    let (account, by) = (by, by.filter(|_| request.extensions().get::<OnlyShown>().is_none()));
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (mut parts, body) = request.into_parts();
    let mut incoming = Incoming { store, by, pairs: Vec::new(), rest: 0, arrived: Arrived::None };
    if kind.starts_with("multipart/form-data") {
        let mut copy = Request::from_parts(parts.clone(), body);
        copy.headers_mut().remove(header::CONTENT_LENGTH);
        incoming.read_multipart(copy).await?;
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        incoming.read_form(body).await?;
    } else {
        // Not a form: the handler reports that.
        let body = axum::body::to_bytes(body, LONGEST_REST).await.map_err(|_| Failure::TooLarge)?;
        return Ok(Request::from_parts(parts, Body::from(body)));
    }
    let Incoming { mut pairs, mut arrived, .. } = incoming;
    if matches!(arrived, Arrived::None)
        && let Some(account) = account
    {
        arrived = of_token(store, account, &pairs);
    }
    if let Arrived::File(file) = &arrived {
        let sha256 = file.upload.file.sha256.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        pairs.push(("file".to_owned(), format!("{sha256} {}", file.name)));
    }
    let form: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    parts.extensions.insert(arrived);
    Ok(Request::from_parts(parts, Body::from(form.join("&"))))
}

/// The file of a token that a form of this account carries.
fn of_token(store: &Store, by: AccountId, pairs: &[(String, String)]) -> Arrived {
    let token = pairs.iter().find(|(name, value)| name == TOKEN && !value.is_empty()).map(|(_, value)| value);
    let Some(token) = token else { return Arrived::None };
    let opened = store.open_form(token).and_then(|opened| serde_json::from_slice::<Token>(&opened).ok());
    let Some(opened) = opened.filter(|opened| opened.file.by() == by) else { return Arrived::None };
    let Ok(file_type) = opened.file_type.parse::<FileType>() else { return Arrived::None };
    let upload = Upload { file: opened.file, file_type, active: opened.active };
    Arrived::File(ArrivedFile { upload, name: opened.name, token: token.clone() })
}

/// A form that is read, with the file that it brings.
struct Incoming<'a> {
    store: &'a Store,
    by: Option<AccountId>,
    pairs: Vec<(String, String)>,
    /// How many bytes the fields beside the file have so far.
    rest: usize,
    arrived: Arrived,
}

impl Incoming<'_> {
    async fn read_multipart(&mut self, request: Request) -> Result<(), Failure> {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Failure::BadRequest)?;
        while let Some(field) = parts.next_field().await.map_err(failure)? {
            if field.name() == Some("file") {
                let read = self.read_file(field).await?;
                // Of several files the first counts.
                if matches!(self.arrived, Arrived::None) {
                    self.arrived = read;
                } else if let Some(loose) = read.loose() {
                    self.store.discard_upload(loose).await?;
                }
            } else {
                self.read_field(field).await?;
            }
        }
        Ok(())
    }

    /// Reads a form of a program that sends the file as a plain field.
    async fn read_form(&mut self, body: Body) -> Result<(), Failure> {
        let body = axum::body::to_bytes(body, LONGEST_REST).await.map_err(|_| Failure::TooLarge)?;
        let request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .map_err(|error| Failure::Broken(error.to_string()))?;
        let axum::Form(pairs) =
            axum::Form::<Vec<(String, String)>>::from_request(request, &()).await.map_err(|_| Failure::BadRequest)?;
        if pairs.len() > MOST_FIELDS {
            return Err(Failure::TooLarge);
        }
        for (name, value) in pairs {
            if name != "file" {
                self.pairs.push((name, value));
            } else if matches!(self.arrived, Arrived::None) && !value.is_empty() {
                let mut sink = Sink::new(self.store, self.by);
                sink.write(value.as_bytes()).await?;
                self.arrived = sink.finish("").await?;
            }
        }
        Ok(())
    }

    /// Reads a field that is no file.
    async fn read_field(&mut self, mut field: Field<'_>) -> Result<(), Failure> {
        let name = field.name().unwrap_or_default().to_owned();
        self.rest += name.len();
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(failure)? {
            self.rest += piece.len();
            if self.rest > LONGEST_REST {
                return Err(Failure::TooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        if self.pairs.len() >= MOST_FIELDS || self.rest > LONGEST_REST {
            return Err(Failure::TooLarge);
        }
        self.pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        Ok(())
    }

    /// Stores a file while it arrives. A file that is too long is read to its end,
    /// so that the browser gets an answer. Of a file that is cut off nothing stays.
    async fn read_file(&mut self, mut field: Field<'_>) -> Result<Arrived, Failure> {
        let name: String = field.file_name().unwrap_or_default().chars().take(LONGEST_NAME).collect();
        let mut sink = Sink::new(self.store, self.by);
        loop {
            let taken = match field.chunk().await {
                Ok(Some(piece)) => sink.write(&piece).await,
                Ok(None) => return sink.finish(&name).await,
                Err(error) => Err(failure(error)),
            };
            if let Err(failed) = taken {
                sink.discard().await;
                return Err(failed);
            }
        }
    }
}

/// A file that arrives: looked at, and stored if it may be.
struct Sink<'a> {
    store: &'a Store,
    by: Option<AccountId>,
    file: Option<ArrivingFile>,
    inspection: Inspection,
    length: usize,
}

impl<'a> Sink<'a> {
    fn new(store: &'a Store, by: Option<AccountId>) -> Self {
        Self { store, by, file: None, inspection: Inspection::default(), length: 0 }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let is_first = self.length == 0;
        self.length += bytes.len();
        let Some(by) = self.by else { return Ok(()) };
        if self.length > MOST_BYTES {
            self.discard().await;
            return Ok(());
        }
        if is_first && !bytes.is_empty() {
            self.file = self.store.begin_file(by).await?;
            if self.file.is_none() {
                return Err(Failure::TooMany(
                    "You have uploaded many files that belong to nothing yet. Please try again tomorrow.".to_owned(),
                ));
            }
        }
        self.inspection.take(bytes);
        if let Some(file) = &mut self.file {
            file.write(bytes).await?;
        }
        Ok(())
    }

    /// Removes what is stored. What cannot be removed now is cleared later.
    async fn discard(&mut self) {
        if let Some(file) = self.file.take()
            && let Err(error) = file.discard().await
        {
            tracing::warn!(%error, "an upload was not removed");
        }
    }

    /// The file that has arrived whole; `name` is empty if none was chosen.
    async fn finish(mut self, name: &str) -> Result<Arrived, Failure> {
        if self.length == 0 {
            return Ok(if name.is_empty() { Arrived::None } else { Arrived::Refused(Refusal::Empty) });
        }
        if self.by.is_none() {
            return Ok(Arrived::NotStored);
        }
        if self.length > MOST_BYTES {
            return Ok(Arrived::Refused(Refusal::TooLong(self.length)));
        }
        let found = match self.inspection.result() {
            Ok(found) => found,
            Err(refusal) => {
                self.discard().await;
                return Ok(Arrived::Refused(refusal));
            }
        };
        let Some(file) = self.file.take() else { return Ok(Arrived::None) };
        let upload = Upload { file: file.finish().await?, file_type: found.file_type, active: found.active };
        let token = Token {
            file: upload.file.clone(),
            file_type: found.file_type.word().to_owned(),
            active: found.active,
            name: name.to_owned(),
        };
        let sealed = serde_json::to_vec(&token).map_err(|error| Failure::Broken(error.to_string()))?;
        let token = self.store.seal_form(&sealed);
        Ok(Arrived::File(ArrivedFile { upload, name: name.to_owned(), token }))
    }
}

/// The failure of a multipart body: too large, or otherwise malformed.
fn failure(error: axum::extract::multipart::MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Failure::DocumentTooLarge } else { Failure::BadRequest }
}

/// The fields of a form that are shown again: without what only this module reads.
pub(crate) fn without_file(mut form: Form) -> Form {
    form.0.retain(|(name, _)| name != "file" && name != TOKEN);
    form
}
