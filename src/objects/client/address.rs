//! Where a bucket is: the host, and the path of its keys.

use std::net::IpAddr;

use super::encoding::{percent, percent_path};

/// Where a store answers: scheme, host with port, and what paths begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    scheme: &'static str,
    /// Without the port that the scheme has anyway: so it stands in the `Host` header, which is signed.
    host: String,
    /// Empty, or with a `/` at the start and none at the end.
    path: String,
}

/// How a URL names a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressStyle {
    /// `https://host/bucket/key`.
    Path,
    /// `https://bucket.host/key`.
    VirtualHost,
}

/// The address of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    endpoint: Endpoint,
}

impl Endpoint {
    /// Reads `https://host:port/path`, with or without port and path.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").ok_or("an endpoint begins with `https://` or `http://`")?;
        let (scheme, usual_port) = match &*scheme.to_ascii_lowercase() {
            "https" => ("https", ":443"),
            "http" => ("http", ":80"),
            _ => return Err("an endpoint begins with `https://` or `http://`"),
        };
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let host = host.strip_suffix(usual_port).unwrap_or(host).to_ascii_lowercase();
        if host.contains('@') {
            return Err("keys do not belong into an endpoint");
        }
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if bare_host(&host).is_empty() || !host.bytes().all(is_host) || !has_valid_port(&host) {
            return Err("the endpoint has no valid host");
        }
        if path.contains(['?', '#']) || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("an endpoint has no query, no fragment and no spaces");
        }
        Ok(Self { scheme, host, path: path.trim_end_matches('/').to_owned() })
    }

    /// That of Amazon's S3 in a region.
    pub(crate) fn of_amazon(region: &str) -> Self {
        let host = match region.starts_with("cn-") {
            true => format!("s3.{region}.amazonaws.com.cn"),
            false => format!("s3.{region}.amazonaws.com"),
        };
        Self { scheme: "https", host, path: String::new() }
    }

    /// The usual style for a bucket here. Amazon wants the bucket in the host name, and its certificates do not cover names
    /// with dots; elsewhere the host name of the bucket need not exist.
    pub(crate) fn usual_style(&self, bucket: &str) -> AddressStyle {
        match self.is_amazon() && !bucket.contains('.') {
            true => AddressStyle::VirtualHost,
            false => AddressStyle::Path,
        }
    }

    /// Whether requests may follow a redirect from here to a host: from Amazon to Amazon, which moves buckets.
    pub(super) fn may_redirect_to(&self, other: &Self) -> bool {
        self.is_amazon() && other.is_amazon() && self.scheme == other.scheme
    }

    fn is_amazon(&self) -> bool {
        self.host.ends_with(".amazonaws.com") || self.host.ends_with(".amazonaws.com.cn")
    }

    /// Whether the host is this computer, or a bare address.
    fn is_address(&self) -> bool {
        let host = bare_host(&self.host);
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
    }
}

/// Scheme and host: for people. There is nothing in it that would be secret.
impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.host, self.path)
    }
}

fn bare_host(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((bare, port)) if !port.contains(']') => bare,
        _ => host,
    }
}

fn has_valid_port(host: &str) -> bool {
    let rest = &host[bare_host(host).len()..];
    rest.is_empty() || rest[1..].parse::<u16>().is_ok()
}

impl Address {
    pub(super) fn new(endpoint: &Endpoint, style: AddressStyle, bucket: &str) -> Self {
        let Endpoint { scheme, host, path } = endpoint.clone();
        // No host name can be put before an address.
        let endpoint = match style {
            AddressStyle::VirtualHost if !endpoint.is_address() => {
                Endpoint { scheme, host: format!("{bucket}.{host}"), path }
            }
            _ => Endpoint { scheme, host, path: format!("{path}/{}", percent(bucket)) },
        };
        Self { endpoint }
    }

    /// The same bucket where a redirect leads.
    pub(super) fn moved_to(&self, location: &str) -> Option<Self> {
        let target = Endpoint::parse(location.split(['?', '#']).next()?).ok()?;
        let endpoint = Endpoint { path: self.endpoint.path.clone(), ..target };
        self.endpoint.may_redirect_to(&endpoint).then_some(Self { endpoint })
    }

    pub(super) fn host(&self) -> &str {
        &self.endpoint.host
    }

    /// The path of the URL of a key; of the bucket, if the key is empty. Whatever is in the key stays in the bucket: a slash at
    /// its start, two in a row and `..` are sent as they are.
    pub(super) fn path(&self, key: &str) -> String {
        let base = &self.endpoint.path;
        match key {
            "" if !base.is_empty() => base.clone(),
            _ => format!("{base}/{}", percent_path(key)),
        }
    }

    pub(super) fn url(&self, path: &str, query: &str) -> String {
        let Endpoint { scheme, host, .. } = &self.endpoint;
        match query {
            "" => format!("{scheme}://{host}{path}"),
            query => format!("{scheme}://{host}{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(endpoint: &str, style: Option<AddressStyle>, key: &str) -> String {
        let endpoint = Endpoint::parse(endpoint).unwrap();
        let style = style.unwrap_or_else(|| endpoint.usual_style("bucket"));
        let address = Address::new(&endpoint, style, "bucket");
        address.url(&address.path(key), "")
    }

    #[test]
    fn a_bucket_is_in_the_host_name_or_in_the_path() {
        use AddressStyle::{Path, VirtualHost};

        let rows = [
            ("https://s3.eu-west-1.amazonaws.com", None, "https://bucket.s3.eu-west-1.amazonaws.com/a/b"),
            ("https://s3.eu-west-1.amazonaws.com", Some(Path), "https://s3.eu-west-1.amazonaws.com/bucket/a/b"),
            ("HTTPS://Fra1.DigitalOceanSpaces.com:443/", None, "https://fra1.digitaloceanspaces.com/bucket/a/b"),
            (
                "https://fra1.digitaloceanspaces.com",
                Some(VirtualHost),
                "https://bucket.fra1.digitaloceanspaces.com/a/b",
            ),
            ("http://127.0.0.1:9000", None, "http://127.0.0.1:9000/bucket/a/b"),
            ("http://127.0.0.1:9000/s3/", Some(VirtualHost), "http://127.0.0.1:9000/s3/bucket/a/b"),
            ("http://[::1]:80", Some(VirtualHost), "http://[::1]/bucket/a/b"),
            ("http://localhost:9000", Some(VirtualHost), "http://localhost:9000/bucket/a/b"),
        ];
        for (endpoint, style, expected) in rows {
            assert_eq!(url(endpoint, style, "a/b"), expected, "{endpoint}");
        }
        assert_eq!(Endpoint::of_amazon("eu-west-1").usual_style("a.b"), Path);
        assert_eq!(Endpoint::of_amazon("cn-north-1").to_string(), "https://s3.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn no_key_leads_out_of_the_bucket() {
        let rows = [
            ("", ""),
            ("/a", "//a"),
            ("//host/a", "///host/a"),
            ("a/../../b", "/a/../../b"),
            ("a?b#c", "/a%3Fb%23c"),
            (".", "/."),
        ];
        for (key, expected) in rows {
            assert_eq!(url("http://127.0.0.1", None, key), format!("http://127.0.0.1/bucket{expected}"));
        }
        assert_eq!(url("https://s3.us-east-1.amazonaws.com", None, ""), "https://bucket.s3.us-east-1.amazonaws.com/");
    }

    #[test]
    fn what_is_no_endpoint_is_told() {
        let rows = [
            "",
            "host",
            "ftp://host",
            "https://",
            "https://:80",
            "https://key:secret@host",
            "https://ho st",
            "https://h/?a",
            "https://h/a b",
            "https://host:99999",
            "https://host:port",
        ];
        for text in rows {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn redirects_are_followed_from_amazon_to_amazon_only() {
        let amazon = Address::new(&Endpoint::of_amazon("us-east-1"), AddressStyle::VirtualHost, "bucket");
        let moved = amazon.moved_to("https://bucket.s3-us-west-2.amazonaws.com/a?X-Amz-Signature=1").unwrap();
        assert_eq!(moved.url(&moved.path("a"), ""), "https://bucket.s3-us-west-2.amazonaws.com/a");
        for location in ["https://evil.example/a", "http://bucket.s3.amazonaws.com/a", "/a", "https://amazonaws.com/a"]
        {
            assert_eq!(amazon.moved_to(location), None, "{location}");
        }
        let other = Address::new(&Endpoint::parse("http://127.0.0.1").unwrap(), AddressStyle::Path, "bucket");
        assert_eq!(other.moved_to("http://127.0.0.2/"), None);
    }
}
