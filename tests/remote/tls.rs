//! Connections by TLS: by rustls, or by the TLS of the system if only that is there.

use std::io::{ErrorKind, Read as _};

use waypath::{Bucket, BucketOptions, Error, TempDir};

use crate::support::{Kind, Server, options, programs};
use crate::tls_proxy::TlsProxy;

const BY: Option<&str> = match (cfg!(feature = "remote"), cfg!(feature = "remote-native-tls")) {
    (true, _) => Some("rustls"),
    (false, true) => Some("the system"),
    (false, false) => None,
};

#[test]
fn content_travels_by_tls_if_the_certificate_is_trusted() {
    let (Some(by), Some(programs)) = (BY, programs()) else { return };
    let server = Server::start(Kind::Moto, &programs);
    let proxy = TlsProxy::start(&programs, &server.endpoint);
    server.bucket("secure");
    let options = options(&proxy.endpoint);

    let stranger = options.clone().open("secure").unwrap();
    let error = (&stranger / "a").write_text("secret").unwrap_err();
    assert!(is_about_certificate(&error), "{error}");

    let bucket = options.ca_bundle(proxy.authority()).open("secure").unwrap();
    (&bucket / "a").write_text("hello").unwrap();
    let large: Vec<u8> = (0..20 << 20).map(|number: u32| (number / 7) as u8).collect();
    (&bucket / "d/large").write_bytes(&large).unwrap();
    assert_eq!((&bucket / "a").read_text().unwrap(), "hello");
    let mut read = Vec::new();
    (&bucket / "d/large").open().unwrap().read_to_end(&mut read).unwrap();
    assert!(read == large, "as it was written");
    let names: Vec<_> = bucket.walk().map(|entry| entry.unwrap().as_str().to_owned()).collect();
    assert_eq!(names, ["a", "d", "d/large"]);
    println!("object stores: TLS by {by}, done");
}

fn is_about_certificate(error: &Error) -> bool {
    let text = error.to_string().to_ascii_lowercase();
    error.kind() == ErrorKind::InvalidData && text.contains("certificate") && !text.contains("https://")
}

#[test]
fn a_bundle_without_certificates_is_told() {
    if BY.is_none() {
        return;
    }
    let place = TempDir::new().unwrap();
    let opened = |options: BucketOptions, file: &str| -> Result<Bucket, Error> {
        options.ca_bundle(&place / file).open("bucket")
    };
    let error = opened(options("https://127.0.0.1:1"), "missing.pem").unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound && error.to_string().contains("missing.pem"), "{error}");
    (&place / "empty.pem").write_text("no certificate\n").unwrap();
    let error = opened(options("https://127.0.0.1:1"), "empty.pem").unwrap_err();
    let empty = &place / "empty.pem";
    let message = format!("cannot open the bucket `bucket`: `{empty}` has no certificate");
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::InvalidData, message));
}
