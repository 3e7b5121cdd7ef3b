//! ● Bounds the time to connect (name, TCP, proxy and TLS together) by the clock.
//!
//! Apart from the answer's time-out, because a request that never found a connection was never sent: a save that ends
//! here is *not saved*, where a later time-out leaves it *not known*.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{BoxError, Layer, Service};

use crate::clock::{Clock, TimedOut};

#[derive(Clone, Debug)]
pub(super) struct Within {
    pub clock: Clock,
    pub limit: Duration,
}

impl<S> Layer<S> for Within {
    type Service = Connect<S>;

    fn layer(&self, inner: S) -> Connect<S> {
        Connect { inner, within: self.clone() }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Connect<S> {
    inner: S,
    within: Within,
}

impl<S, R> Service<R> for Connect<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.inner.call(request);
        let Within { clock, limit } = self.within.clone();
        Box::pin(async move {
            match clock.timeout(limit, connecting).await {
                Ok(connected) => connected,
                Err(TimedOut) => Err(TimedOut.into()),
            }
        })
    }
}
