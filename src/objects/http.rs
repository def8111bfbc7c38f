//! HTTP: what connections have in common, and why none came about. Errors never have the URL.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::tls::Roots;

/// What connections will be like.
pub(super) type AgentConfig = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

/// No request and no answer waits longer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    /// The longest silence within a request.
    pub(crate) silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), silence: Duration::from_secs(30) }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) cause: io::Error,
    pub(super) at: BrokenAt,
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BrokenAt {
    /// It cannot be made at all: another try would not help.
    Setup,
    /// Nothing has been sent.
    Connection,
    /// The store may have got it, and may have carried it out.
    Exchange,
}

impl Broken {
    pub(super) fn exchange(kind: ErrorKind, text: &'static str) -> Self {
        Self { cause: io::Error::new(kind, text), at: BrokenAt::Exchange }
    }
}

/// Connections that are kept open for the next request. Statuses are answers, redirects are not followed.
pub(super) fn agent(timeouts: Timeouts, kept: usize, roots: &Roots) -> AgentConfig {
    roots
        .trusted_by(ureq::Agent::config_builder())
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("waypath/", env!("CARGO_PKG_VERSION")))
        .accept_encoding("identity")
        .max_idle_connections(kept)
        .max_idle_connections_per_host(kept)
        .timeout_resolve(Some(timeouts.connect))
        .timeout_connect(Some(timeouts.connect))
        .timeout_per_read(Some(timeouts.silence))
        .timeout_per_write(Some(timeouts.silence))
}

impl From<ureq::Error> for Broken {
    fn from(error: ureq::Error) -> Self {
        use ureq::Timeout::{Connect, Resolve};

        let broken = |at, kind, text| Self { cause: io::Error::new(kind, text), at };
        match error {
            // Nothing was found, but not the object: no kind that would be taken for this answer of the store.
            ureq::Error::HostNotFound => {
                broken(BrokenAt::Setup, ErrorKind::HostUnreachable, "the host of the endpoint was not found")
            }
            ureq::Error::ConnectionFailed => {
                broken(BrokenAt::Connection, ErrorKind::ConnectionRefused, "no connection to the endpoint")
            }
            ureq::Error::Timeout(Connect | Resolve) => {
                broken(BrokenAt::Connection, ErrorKind::TimedOut, "no connection to the endpoint in time")
            }
            ureq::Error::Timeout(_) => broken(BrokenAt::Exchange, ErrorKind::TimedOut, "no answer in time"),
            ureq::Error::Io(cause) => cause.into(),
            ureq::Error::Protocol(_) => {
                broken(BrokenAt::Exchange, ErrorKind::InvalidData, "the answer is not valid HTTP")
            }
            ureq::Error::LargeResponseHeader(..) => {
                broken(BrokenAt::Setup, ErrorKind::InvalidData, "the headers of the answer are too long")
            }
            ureq::Error::TlsRequired => broken(
                BrokenAt::Setup,
                ErrorKind::Unsupported,
                "https needs the feature `remote` or `remote-native-tls`",
            ),
            #[cfg(feature = "remote-native-tls")]
            ureq::Error::NativeTls(cause) => {
                Self { cause: io::Error::new(ErrorKind::InvalidData, cause), at: BrokenAt::Setup }
            }
            ureq::Error::Tls(text) => broken(BrokenAt::Setup, ErrorKind::InvalidData, text),
            ureq::Error::InvalidProxyUrl | ureq::Error::ConnectProxyFailed(_) => {
                broken(BrokenAt::Setup, ErrorKind::ConnectionRefused, "no connection through the proxy")
            }
            _ => broken(BrokenAt::Setup, ErrorKind::Other, "the request could not be made"),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(cause: io::Error) -> Self {
        if cause.get_ref().is_some_and(|inner| inner.is::<ureq::Error>()) {
            return ureq::Error::from(cause).into();
        }
        match cause.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                Self { cause, at: BrokenAt::Connection }
            }
            // A certificate, as rustls and the TLS of the system tell of it.
            ErrorKind::InvalidData if cause.get_ref().is_some() => Self { cause, at: BrokenAt::Setup },
            ErrorKind::UnexpectedEof => Self::exchange(ErrorKind::UnexpectedEof, "the connection was closed"),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::exchange(ErrorKind::TimedOut, "no answer in time"),
            _ => Self { cause, at: BrokenAt::Exchange },
        }
    }
}
