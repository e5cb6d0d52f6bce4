//! Answers that are files: with the right length, a name that every system allows,
//! and headers with which no browser runs anything of them in our name.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use hyper::body::{Body as Streamed, Frame, SizeHint};
use store::OpenFile;

use crate::address::encoded;

/// The mark on a response that is sent as it is, with its length: it is not
/// compressed.
#[derive(Clone, Copy)]
pub(crate) struct AsItIs;

/// Whether a browser may show a file instead of saving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It is only saved.
    Never,
    /// It is shown, under a policy that lets nothing in it run.
    Sandboxed,
}

/// The policy of a file: nothing is loaded, nothing runs, and it counts as a site
/// of its own.
const POLICY: &str = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The answer that is a file of this media type, name and length in bytes.
pub fn answer(kind: HeaderValue, name: &str, length: u64, shown: Shown, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CONTENT_DISPOSITION, disposition(name, shown)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let mut response = (headers, body).into_response();
    response.extensions_mut().insert(AsItIs);
    response
}

/// The header that names a file (RFC 6266): in ASCII for old programs, and as it
/// is.
fn disposition(name: &str, shown: Shown) -> HeaderValue {
    let how = match shown {
        Shown::Never => "attachment",
        Shown::Sandboxed => "inline",
    };
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '(' | ')') { c } else { '_' })
        .collect();
    // RFC 8187: a slash is encoded as well.
    let whole = encoded(name).replace('/', "%2F");
    HeaderValue::from_str(&format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{whole}"))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// A stored file as a body: each chunk is read and opened when the browser has
/// taken the one before.
pub fn body(file: OpenFile) -> Body {
    let left = file.bytes();
    Body::new(FileBody { file: Arc::new(file), next: 0, left, reading: None })
}

type Reading = Pin<Box<dyn Future<Output = store::Result<Bytes>> + Send>>;

struct FileBody {
    file: Arc<OpenFile>,
    /// The number of the chunk that is read next.
    next: i64,
    /// How many bytes are still to be sent.
    left: u64,
    reading: Option<Reading>,
}

impl Streamed for FileBody {
    type Data = Bytes;
    type Error = store::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.next >= self.file.chunks() {
            return Poll::Ready(None);
        }
        let (file, number) = (Arc::clone(&self.file), self.next);
        let reading = self.reading.get_or_insert_with(|| {
            Box::pin(async move {
                let chunk = file.chunk(number).await?;
                Ok::<_, store::Error>(Bytes::copy_from_slice(&chunk))
            })
        });
        let read = ready!(reading.as_mut().poll(cx));
        self.reading = None;
        match read {
            Ok(bytes) => {
                self.next += 1;
                self.left = self.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Err(error) => {
                tracing::error!(%error, "a file could not be read to its end: run `duologue doctor`");
                self.next = i64::MAX;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.next >= self.file.chunks()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_cannot_end_the_header() {
        let header = |name| disposition(name, Shown::Never).to_str().unwrap().to_owned();
        assert_eq!(
            header("Brief \"an\"\r\nX: y.pdf"),
            "attachment; filename=\"Brief _an___X_ y.pdf\"; filename*=UTF-8''Brief%20%22an%22%0D%0AX%3A%20y.pdf"
        );
        assert_eq!(
            header("पत्र.pdf"),
            "attachment; filename=\"____.pdf\"; filename*=UTF-8''%E0%A4%AA%E0%A4%A4%E0%A5%8D%E0%A4%B0.pdf"
        );
        assert!(disposition("a.png", Shown::Sandboxed).to_str().unwrap().starts_with("inline; "));
    }

    #[test]
    fn nothing_in_a_file_runs() {
        let response = answer(HeaderValue::from_static("application/pdf"), "a.pdf", 1, Shown::Never, Body::from("x"));
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
        assert!(!policy.contains("script"));
    }
}
