//! ● What reqwest, hyper and rustls report, as a [`Fault`]: read from the error's chain, not from its words.
//!
//! Addresses are left out of the messages: a query may hold what isn't for the record.

use std::error::Error;
use std::io;

use super::Broken;
use crate::clock::TimedOut;
use crate::portal::Fault;
use crate::text::{self, Safe};

/// Before a connection stood nothing was sent; afterwards it can't be known.
pub(super) fn broken(error: &reqwest::Error) -> Broken {
    let fault = of(error);
    if error.is_connect() || error.is_builder() { Broken::Unsent(fault) } else { Broken::Sent(fault) }
}

pub(super) fn of(error: &reqwest::Error) -> Fault {
    if error.is_builder() {
        return Fault::Internal(told(error));
    }
    for cause in causes(error) {
        if cause.is::<TimedOut>() {
            return Fault::TimedOut;
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return of_tls(tls);
        }
    }
    if error.is_timeout() {
        Fault::TimedOut
    } else if error.is_connect() {
        Fault::Unreachable(told(error))
    } else if error.is_body() || error.is_decode() || causes(error).any(ended_early) {
        Fault::CutShort
    } else {
        Fault::Garbled(told(error))
    }
}

fn of_tls(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            Fault::Certificate(error.to_string().into())
        }
        _ => Fault::Unreachable(format!("TLS: {error}").into()),
    }
}

fn ended_early(cause: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_closed() || error.is_canceled();
    }
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
        )
    })
}

/// The innermost cause, in its own words.
pub(super) fn told(error: &reqwest::Error) -> Safe {
    let cause = causes(error).last();
    let by_system = cause.and_then(|cause| cause.downcast_ref::<io::Error>()).map(text::told);
    by_system.or_else(|| cause.map(ToString::to_string)).unwrap_or_default().into()
}

/// Every cause below `error`. An I/O error hides the error that it carries, so that one is looked into.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| below(*cause))
}

fn below<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => Some(carried),
        None => cause.source(),
    }
}
