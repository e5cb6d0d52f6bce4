//! A TCP connection that knows whether the end of an email has left.
//!
//! Without the final dot nothing is delivered (RFC 5321, 4.1.1.4). After a
//! connection that broke before the dot, the email can be tried again; after one
//! that broke later, it may have been delivered. lettre does not tell the two cases
//! apart.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// The state of the final dot of the email that is being sent.
#[derive(Debug, Default)]
pub struct FinalDot(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    /// The content is not yet written.
    Ahead,
    /// The dot is written next; before that, the connection is watched until this
    /// timer ends.
    Next(Pin<Box<Sleep>>),
    /// The dot may have left.
    Gone,
    /// The connection had broken before the dot.
    Broken,
}

impl FinalDot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a new email begins.
    pub fn mark_ahead(&self) {
        *self.state() = State::Ahead;
    }

    /// Notes that the content is written and the dot comes next. Before it is sent,
    /// the link checks for at most `wait` whether the other side has closed the
    /// connection.
    pub fn mark_next(&self, wait: Duration) {
        *self.state() = State::Next(Box::pin(sleep(wait)));
    }

    /// Whether the dot may have reached the other side.
    pub fn has_gone(&self) -> bool {
        matches!(*self.state(), State::Gone)
    }
}

/// A connection that keeps the state of the final dot.
#[derive(Debug)]
pub struct Link {
    stream: TcpStream,
    dot: Arc<FinalDot>,
}

impl Link {
    /// A connection that notes the dot's state in `dot`.
    pub fn new(stream: TcpStream, dot: Arc<FinalDot>) -> Self {
        Self { stream, dot }
    }

    /// If the dot comes next, checks that the other side has not closed the
    /// connection.
    fn check_link(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.dot.state();
        let State::Next(wait) = &mut *state else { return Poll::Ready(Ok(())) };
        let mut byte = [0; 1];
        let next = match self.stream.poll_peek(cx, &mut ReadBuf::new(&mut byte)) {
            // There is something to read: a reply, or a record of TLS.
            Poll::Ready(Ok(1..)) => State::Gone,
            Poll::Ready(_) => State::Broken,
            Poll::Pending if wait.as_mut().poll(cx).is_pending() => return Poll::Pending,
            Poll::Pending => State::Gone,
        };
        let broken = matches!(next, State::Broken);
        *state = next;
        Poll::Ready(if broken { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) })
    }
}

impl AsyncRead for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.check_link(cx) {
            Poll::Ready(Ok(())) => Pin::new(&mut self.stream).poll_write(cx, bytes),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Link {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
