//! The listener for HTTP: whom it lets in, and how long it waits for them.

use crate::places::{Entry, Place, Places};
use crate::state::Hub;
use axum_server::accept::Accept;
use axum_server::{Handle, Server};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hyper_util::rt::TokioTimer;
use std::io::{Error, ErrorKind, Result};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// From one answer to the whole head of the next request; also for the first.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// A connection over which nothing went in either direction for this long is closed. Streams have a heartbeat.
const IDLE: Duration = Duration::from_secs(75);
/// So many bytes tell HTTP/1 from HTTP/2; until they are here, nobody else watches the time.
const OPENING_BYTES: usize = 24;

/// A server that keeps to these limits.
pub fn server<A>(
    listener: TcpListener,
    acceptor: A,
    hub: Arc<Hub>,
    places: Places,
    handle: Handle<SocketAddr>,
) -> Result<Server<SocketAddr, Door<A>>> {
    let door = Door { inner: acceptor, places: Arc::new(places), hub };
    let mut server = axum_server::from_tcp(listener)?.acceptor(door).handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    Ok(server)
}

/// Gives every connection its place before anything is read from it.
#[derive(Clone)]
pub struct Door<A> {
    inner: A,
    places: Arc<Places>,
    hub: Arc<Hub>,
}

impl<A, S> Accept<TcpStream, S> for Door<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
{
    type Stream = Watched<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = self.place(&stream);
        let accepted = self.inner.accept(stream, service);
        async move {
            let place = place?;
            let (stream, service) = tokio::select! {
                accepted = accepted => accepted?,
                () = place.taken() => return Err(ErrorKind::ConnectionAborted.into()),
            };
            Ok((Watched::new(stream, place), service))
        }
        .boxed()
    }
}

impl<A> Door<A> {
    fn place(&self, stream: &TcpStream) -> Result<Place> {
        match self.places.enter(stream.peer_addr()?.ip()) {
            Entry::Free(place) => Ok(place),
            Entry::InsteadOf(place) => {
                self.hub.counters.add("http_gave_way", 1);
                Ok(place)
            }
            Entry::Full => {
                self.hub.counters.add("http_sent_away", 1);
                Err(ErrorKind::ConnectionRefused.into())
            }
        }
    }
}

/// A connection that ends when it is idle or has to give way.
pub struct Watched<S> {
    stream: S,
    place: Place,
    taken: Pin<Box<WaitForCancellationFutureOwned>>,
    received: usize,
    opened: Instant,
    moved: Instant,
    /// Looks again at the latest when the present limit ends; the limit may have moved on by then.
    alarm: Pin<Box<Sleep>>,
}

impl<S> Watched<S> {
    fn new(stream: S, place: Place) -> Self {
        let now = Instant::now();
        let taken = Box::pin(place.taken());
        let alarm = Box::pin(tokio::time::sleep(HEAD_WITHIN));
        Self { stream, place, taken, received: 0, opened: now, moved: now, alarm }
    }

    fn moved(&mut self) {
        self.moved = Instant::now();
        self.place.heard();
    }

    fn limit(&self) -> Instant {
        match self.received < OPENING_BYTES {
            true => self.opened + HEAD_WITHIN,
            false => self.moved + IDLE,
        }
    }

    /// Called whenever there is nothing to do: ready with an error when the time is up.
    fn over(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        if self.taken.as_mut().poll(cx).is_ready() {
            return Poll::Ready(ErrorKind::ConnectionAborted.into());
        }
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let limit = self.limit();
            if limit <= Instant::now() {
                return Poll::Ready(ErrorKind::TimedOut.into());
            }
            self.alarm.as_mut().reset(limit);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buf.filled().len();
        let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) else {
            return self.over(cx).map(Err);
        };
        let came = buf.filled().len() - before;
        if came > 0 {
            self.received = self.received.saturating_add(came);
            self.moved();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Pending => self.over(cx).map(Err),
            flushed => flushed,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(cx) {
            Poll::Pending => self.over(cx).map(Err),
            closed => closed,
        }
    }
}

impl<S> Watched<S> {
    fn wrote(&mut self, cx: &mut Context<'_>, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        match written {
            Poll::Pending => self.over(cx).map(Err),
            written => {
                self.moved();
                written
            }
        }
    }
}
