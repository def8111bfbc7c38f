//! TLS: by whom, and which certificates are trusted.

use std::io::{self, ErrorKind};

use super::http::AgentConfig;
use crate::path::Path;
use crate::sys;

/// What the certificate of a store is checked against: those that are usual, or others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roots(#[cfg(any(feature = "remote", feature = "remote-native-tls"))] Option<ureq::tls::RootCerts>);

impl Roots {
    /// Reads the certificates in a PEM file, which are trusted instead of the usual ones.
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        let pem = sys::read_text(file.as_ref())
            .map_err(|cause| io::Error::new(cause.kind(), format!("cannot read `{file}`: {cause}")))?;
        Self::parse(&pem).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("`{file}` has no certificate")))
    }

    #[cfg(any(feature = "remote", feature = "remote-native-tls"))]
    fn parse(pem: &str) -> Option<Self> {
        let mut certificates = Vec::new();
        for item in ureq::tls::parse_pem(pem.as_bytes()) {
            if let ureq::tls::PemItem::Certificate(certificate) = item.ok()? {
                certificates.push(certificate);
            }
        }
        (!certificates.is_empty()).then(|| Self(Some(certificates.into())))
    }

    /// There is no TLS that would check a certificate.
    #[cfg(not(any(feature = "remote", feature = "remote-native-tls")))]
    fn parse(_: &str) -> Option<Self> {
        Some(Self())
    }

    #[cfg(not(any(feature = "remote", feature = "remote-native-tls")))]
    pub(super) fn trusted_by(&self, connections: AgentConfig) -> AgentConfig {
        connections
    }

    /// How connections are made. With both features, rustls makes them.
    #[cfg(any(feature = "remote", feature = "remote-native-tls"))]
    pub(super) fn trusted_by(&self, connections: AgentConfig) -> AgentConfig {
        use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

        // The system's TLS is used only if ureq is told so, and has certificates of its own.
        let (provider, usual) = match cfg!(feature = "remote") {
            true => (TlsProvider::Rustls, RootCerts::WebPki),
            false => (TlsProvider::NativeTls, RootCerts::PlatformVerifier),
        };
        let tls = TlsConfig::builder().provider(provider).root_certs(self.0.clone().unwrap_or(usual)).build();
        connections.tls_config(tls)
    }
}
