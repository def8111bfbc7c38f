//! Signatures: AWS Signature Version 4, in a header or in a URL.
//!
//! The content is not part of them (`UNSIGNED-PAYLOAD`): it is protected by `Content-MD5`, which is, and by TLS.

use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::encoding::percent;
use crate::objects::credentials::Credentials;
use crate::objects::date;
use crate::objects::hex::hex;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

const CONTENT: &str = "UNSIGNED-PAYLOAD";

/// Who signs, for where, and when.
pub(super) struct Signer<'a> {
    pub(super) credentials: &'a Credentials,
    pub(super) region: &'a str,
    pub(super) time: SystemTime,
}

/// What is signed. The path is that of the URL.
pub(super) struct Unsigned<'a> {
    pub(super) method: &'static str,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Query,
}

/// The query of a URL, in the order of its names, percent-encoded: the form in which it is signed.
#[derive(Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn push(&mut self, name: &str, value: &str) {
        let pair = (percent(name), percent(value));
        let at = self.0.partition_point(|before| *before < pair);
        self.0.insert(at, pair);
    }

    pub(super) fn text(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }
}

impl Signer<'_> {
    /// Adds what a signed request has: the time, the token, and the signature over all headers.
    pub(super) fn sign(&self, request: &Unsigned<'_>, headers: &mut Vec<(&'static str, String)>) {
        let time = date::compact(self.time);
        headers.push(("x-amz-content-sha256", CONTENT.to_owned()));
        headers.push(("x-amz-date", time.clone()));
        if let Some(token) = self.credentials.token() {
            headers.push(("x-amz-security-token", token.to_owned()));
        }
        let signature = self.signature(request, headers, &time);
        let authorization = format!(
            "{ALGORITHM} Credential={}/{},SignedHeaders={},Signature={signature}",
            self.credentials.key(),
            self.scope(&time),
            names(&sorted(request, headers))
        );
        headers.push(("authorization", authorization));
    }

    /// The query of a URL that is valid for a while, whoever has it.
    pub(super) fn presign(&self, mut request: Unsigned<'_>, valid: Duration) -> String {
        let time = date::compact(self.time);
        let query = &mut request.query;
        query.push("X-Amz-Algorithm", ALGORITHM);
        query.push("X-Amz-Credential", &format!("{}/{}", self.credentials.key(), self.scope(&time)));
        query.push("X-Amz-Date", &time);
        query.push("X-Amz-Expires", &valid.as_secs().to_string());
        query.push("X-Amz-SignedHeaders", "host");
        if let Some(token) = self.credentials.token() {
            query.push("X-Amz-Security-Token", token);
        }
        let signature = self.signature(&request, &[], &time);
        format!("{}&X-Amz-Signature={signature}", request.query.text())
    }

    fn signature(&self, request: &Unsigned<'_>, headers: &[(&'static str, String)], time: &str) -> String {
        let headers = sorted(request, headers);
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let Unsigned { method, path, query, .. } = request;
        let canonical = format!("{method}\n{path}\n{}\n{lines}\n{}\n{CONTENT}", query.text(), names(&headers));
        let digest = hex(&Sha256::digest(canonical));
        let text = format!("{ALGORITHM}\n{time}\n{}\n{digest}", self.scope(time));
        let secret = format!("AWS4{}", self.credentials.secret());
        let key = [&time[..8], self.region, "s3", "aws4_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()));
        hex(&hmac(&key, text.as_bytes()))
    }

    /// What a signature is good for.
    fn scope(&self, time: &str) -> String {
        format!("{}/{}/s3/aws4_request", &time[..8], self.region)
    }
}

fn sorted<'a>(request: &Unsigned<'a>, headers: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    let mut sorted: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sorted.push(("host", request.host));
    sorted.sort_unstable();
    sorted
}

fn names(headers: &[(&str, &str)]) -> String {
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    names.join(";")
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("BUG: a key of HMAC has any length");
    hmac.update(text);
    hmac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(credentials: &Credentials) -> Signer<'_> {
        Signer { credentials, region: "us-east-1", time: date::parse_iso("2013-05-24T00:00:00Z").unwrap() }
    }

    fn credentials() -> Credentials {
        Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
    }

    fn request() -> Unsigned<'static> {
        Unsigned { method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt", query: Query::default() }
    }

    /// The example of "Authenticating Requests: Using Query Parameters" in the reference of S3.
    #[test]
    fn a_url_is_signed_as_in_the_reference() {
        let query = signer(&credentials()).presign(request(), Duration::from_secs(86_400));
        assert_eq!(
            query,
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F\
             aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&\
             X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn all_headers_and_the_token_are_signed() {
        let credentials = Credentials::new("key", "secret", Some("token".to_owned()));
        let sign = |content_md5: &str| {
            let mut headers = vec![("if-none-match", "*".to_owned()), ("content-md5", content_md5.to_owned())];
            signer(&credentials).sign(&request(), &mut headers);
            headers.pop().unwrap()
        };
        let (name, value) = sign("a");
        assert_eq!(name, "authorization");
        let signed = "content-md5;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token";
        let start = format!(
            "AWS4-HMAC-SHA256 Credential=key/20130524/us-east-1/s3/aws4_request,SignedHeaders={signed},Signature="
        );
        assert!(value.starts_with(&start) && value.len() == start.len() + 64, "{value}");
        assert_ne!(sign("b").1, value);
    }

    #[test]
    fn a_query_is_in_the_order_of_its_names() {
        let mut query = Query::default();
        for (name, value) in [("uploadId", "a b"), ("delimiter", "/"), ("X-Amz-Date", "1"), ("list-type", "")] {
            query.push(name, value);
        }
        assert_eq!(query.text(), "X-Amz-Date=1&delimiter=%2F&list-type=&uploadId=a%20b");
    }
}
