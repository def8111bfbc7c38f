//! Answers of a store, and what it means when it refuses.

use std::io::{self, ErrorKind, Read as _};
use std::time::{Duration, SystemTime};

use super::request::unquoted;
use super::xml;
use crate::objects::http::{Broken, BrokenAt};
use crate::objects::{Meta, date, not_found};
use crate::printable::printable;

/// Longest body that is read at once: a page of a listing with the longest keys stays below.
const LONGEST: u64 = 64 << 20;

/// Longest body of an error that is read.
const LONGEST_ERROR: u64 = 64 << 10;

/// An answer whose body was not yet read.
pub(super) struct Answer(pub(super) ureq::http::Response<ureq::Body>);

/// Why a request did not do what it should.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(Box<Refusal>),
    Broken(Broken),
}

/// The store answered that it will not.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// Empty, if the answer had no body.
    pub(super) code: String,
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
    /// The clock of the store.
    pub(super) date: Option<SystemTime>,
    /// Where the bucket is.
    pub(super) region: Option<String>,
    pub(super) location: Option<String>,
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// The tag of what was put. Without one, nothing can be compared with it later.
    pub(super) fn tag(&self) -> String {
        unquoted(self.header("etag").unwrap_or_default()).to_owned()
    }

    /// What the headers say of an object.
    pub(super) fn meta(&self) -> Result<Meta, Failure> {
        let size = match self.header("content-range") {
            // bytes 0-9/100
            Some(range) if self.status() == 206 => range.rsplit('/').next(),
            _ => self.header("content-length"),
        };
        let size = size.and_then(|size| size.parse().ok());
        let size = size.ok_or_else(|| invalid("the answer does not say the size of the object"))?;
        let modified = self.header("last-modified").and_then(date::parse_http);
        let modified = modified.ok_or_else(|| invalid("the answer does not say when the object was changed"))?;
        Ok(Meta { size, modified, tag: self.tag() })
    }

    /// The body, if it is text.
    pub(super) fn text(self) -> Result<String, Failure> {
        let mut text = String::new();
        let mut body = self.0.into_body().into_with_config().limit(LONGEST).reader();
        body.read_to_string(&mut text).map_err(Broken::from)?;
        Ok(text)
    }

    /// The text of an element right below the root of the body. Some requests are answered with success before they are
    /// done, and then with an error in the body.
    pub(super) fn element(self, name: &str) -> Result<String, Failure> {
        let refusal = self.refusal();
        let text = self.text()?;
        let mut element = None;
        let mut is_error = false;
        xml::each(&text, |around, found, text| match (around, found) {
            ("", "Error") => is_error = true,
            ("", _) => {}
            // No store puts this name into an element of its own.
            (_, found) if found == name => element = Some(text.into_owned()),
            _ => {}
        })
        .map_err(|_| torn())?;
        match element {
            _ if is_error => Err(Failure::Refused(Box::new(refusal.with_body(&text)))),
            Some(element) => Ok(element),
            None => Err(invalid("the answer lacks what it should say")),
        }
    }

    /// The body, to be read bit by bit.
    pub(super) fn into_reader(self) -> ureq::BodyReader<'static> {
        self.0.into_body().into_reader()
    }

    /// What the headers of a refusal say.
    fn refusal(&self) -> Refusal {
        let text = |name| self.header(name).map(str::to_owned);
        Refusal {
            status: self.status(),
            retry_after: self.header("retry-after").and_then(|time| time.parse().ok()).map(Duration::from_secs),
            date: self.header("date").and_then(date::parse_http),
            region: text("x-amz-bucket-region"),
            location: text("location"),
            ..Refusal::default()
        }
    }

    /// An answer that is none of success, with its body as far as it comes.
    pub(super) fn into_refusal(self) -> Refusal {
        let refusal = self.refusal();
        let mut body = Vec::new();
        // Without it there is still the status.
        _ = self.0.into_body().into_reader().take(LONGEST_ERROR).read_to_end(&mut body);
        refusal.with_body(&String::from_utf8_lossy(&body))
    }
}

impl Refusal {
    fn with_body(mut self, body: &str) -> Self {
        _ = xml::each(body, |around, name, text| match (around, name) {
            ("Error", "Code") => self.code = text.into_owned(),
            ("Error", "Message") => self.message = text.into_owned(),
            ("Error", "Region") => self.region = Some(text.into_owned()),
            _ => {}
        });
        self
    }

    /// Whether the same request may go well a little later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 429 | 500 | 502 | 503 | 504)
            || matches!(
                &*self.code,
                "SlowDown"
                    | "InternalError"
                    | "ServiceUnavailable"
                    | "RequestTimeout"
                    | "Throttling"
                    | "ThrottlingException"
                    | "TooManyRequests"
                    | "OperationAborted"
                    | "ConditionalRequestConflict"
                    | "BadDigest"
            )
    }

    /// Whether the store asks for fewer requests.
    pub(super) fn is_too_many(&self) -> bool {
        matches!(self.status, 429 | 503) || self.code == "SlowDown"
    }

    /// Whether the request may have been carried out before it was refused.
    fn may_have_worked(&self) -> bool {
        matches!(self.status, 500 | 502 | 504) || (self.status < 300 && self.is_passing())
    }

    pub(super) fn is_precondition(&self) -> bool {
        self.status == 412 || self.code == "PreconditionFailed"
    }

    /// The error, with the code of the store. `is_secret` says of a text whether it must not be shown.
    pub(super) fn error(&self, is_secret: impl Fn(&str) -> bool) -> io::Error {
        let kind = match (self.status, &*self.code) {
            (404, "" | "NoSuchKey" | "NotFound" | "404") => return not_found(),
            (401 | 403, "") => return ErrorKind::PermissionDenied.into(),
            (404, _) => ErrorKind::NotFound,
            (401 | 403, _) => ErrorKind::PermissionDenied,
            (416, _) => ErrorKind::InvalidInput,
            (408 | 504, _) | (_, "RequestTimeout") => ErrorKind::TimedOut,
            (501, _) => ErrorKind::Unsupported,
            _ => ErrorKind::Other,
        };
        io::Error::new(kind, describe(self.status, &self.code, &self.message, is_secret))
    }
}

/// The code and the message of a store, as far as they are harmless: no address, nothing secret, no long text.
pub(super) fn describe(status: u16, code: &str, message: &str, is_secret: impl Fn(&str) -> bool) -> String {
    let is_code =
        |code: &str| !code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_harmless = |text: &str| !text.contains("://") && !text.contains("X-Amz-") && !is_secret(text);
    let code = match code {
        code if is_code(code) && is_harmless(code) => code.to_owned(),
        _ => format!("HTTP {status}"),
    };
    match message.trim() {
        "" => code,
        message if message.len() <= 300 && is_harmless(message) => format!("{code}: {}", printable(message)),
        _ => code,
    }
}

impl Failure {
    /// Whether another try may go well.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_passing(),
            Self::Broken(broken) => broken.at != BrokenAt::Setup,
        }
    }

    /// Whether the request may have been carried out although there is no answer that says so.
    pub(super) fn may_have_worked(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.may_have_worked(),
            Self::Broken(broken) => broken.at == BrokenAt::Exchange,
        }
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// An answer that no other try will change.
pub(super) fn invalid(text: &'static str) -> Failure {
    Failure::Broken(Broken { cause: io::Error::new(ErrorKind::InvalidData, text), at: BrokenAt::Setup })
}

/// An answer that ends too early.
pub(super) fn torn() -> Failure {
    Failure::Broken(Broken::exchange(ErrorKind::UnexpectedEof, "the answer is not whole"))
}
