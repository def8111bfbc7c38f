//! A bucket of a store that speaks S3 over HTTP.

mod address;
mod answer;
mod ask;
mod body;
#[cfg(test)]
pub(super) mod canned;
#[cfg(test)]
mod client_tests;
mod encoding;
mod gate;
mod listing;
mod request;
mod retry;
mod sign;
mod xml;

use std::any::Any;
use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use md5::{Digest as _, Md5};

pub(crate) use address::{AddressStyle, Endpoint};
pub(crate) use retry::Retry;

use super::credentials::Provider;
use super::hex::{hex, unhex};
use super::http::{Timeouts, agent};
use super::key::xml_can_say;
use super::tls::Roots;
use super::{
    Condition, Content, Limits, MOST_KEYS, Meta, Objects, Page, PageRequest, PageStart, Stale, Upload, UploadOf,
};
use address::Address;
use answer::describe;
use ask::Failed;
use encoding::percent_path;
use gate::Gate;
use request::{Request, quoted};
use retry::{Pause, RealPause, random};
use sign::{Query, Signer, Unsigned};

/// What a client is made of.
pub(crate) struct Settings {
    pub(crate) bucket: String,
    /// That of Amazon in the region, if there is none.
    pub(crate) endpoint: Option<Endpoint>,
    /// The usual one of the endpoint, if there is none.
    pub(crate) style: Option<AddressStyle>,
    pub(crate) region: String,
    pub(crate) credentials: Provider,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) roots: Roots,
    pub(crate) retry: Retry,
}

/// A bucket, and the connections to it. Clones share them.
#[derive(Clone)]
pub(crate) struct Client(Arc<Inner>);

struct Inner {
    bucket: String,
    endpoint: Option<Endpoint>,
    style: Option<AddressStyle>,
    credentials: Provider,
    limits: Limits,
    timeouts: Timeouts,
    retry: Retry,
    pause: Box<dyn Pause>,
    agent: ureq::Agent,
    gate: Gate,
    place: RwLock<Arc<Place>>,
    /// How many seconds the clock of the store is ahead of ours.
    clock_offset: AtomicI64,
}

/// Where the bucket is, and what signatures are for.
struct Place {
    address: Address,
    region: String,
}

/// What a URL of [`presign`](crate::RemotePath::presign) lets others do.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use waypath::{Bucket, Presign};
///
/// let assets = Bucket::options().credentials("KEY", "SECRET").open("site-assets")?;
/// let hour = Duration::from_secs(60 * 60);
/// let download = (&assets / "a").presign(Presign::Get, hour)?;
/// let upload = (&assets / "a").presign(Presign::Put, hour)?;
/// assert_ne!(download, upload); // what one allows, the other one does not
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Presign {
    /// Read the object.
    Get,
    /// Write the object.
    Put,
}

/// The header of what is put under a condition: by it the object is known again, if the answer was lost.
const TOKEN: &str = "x-amz-meta-waypath-token";

/// How long a signature may be valid at most.
const LONGEST_VALID: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Client {
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings { bucket, endpoint, style, region, credentials, limits, timeouts, roots, retry } = settings;
        let agent = agent(timeouts, limits.threads.max(1), &roots).build().new_agent();
        let place = RwLock::new(Arc::new(Place::new(&bucket, endpoint.as_ref(), style, region)));
        let gate = Gate::new(limits.threads);
        let (pause, clock_offset) = (Box::new(RealPause), AtomicI64::new(0));
        Self(Arc::new(Inner {
            bucket,
            endpoint,
            style,
            credentials,
            limits,
            timeouts,
            retry,
            pause,
            agent,
            gate,
            place,
            clock_offset,
        }))
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.0.bucket
    }

    /// Where requests go: without the bucket, and without anything that is secret.
    pub(crate) fn endpoint(&self) -> String {
        match &self.0.endpoint {
            Some(endpoint) => endpoint.to_string(),
            None => Endpoint::of_amazon(&self.place().region).to_string(),
        }
    }

    /// A URL with which anybody can read or write the object for a while. Needs no request.
    pub(crate) fn presign(&self, key: &str, method: Presign, valid: Duration) -> io::Result<String> {
        if valid < Duration::from_secs(1) || valid > LONGEST_VALID {
            let text = "a URL is valid for at least a second and at most seven days";
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        }
        let Place { address, region } = &*self.place();
        let path = address.path(key);
        let method = match method {
            Presign::Get => "GET",
            Presign::Put => "PUT",
        };
        let now = self.now();
        let query = match self.0.credentials.get(now)? {
            Some(credentials) => {
                let unsigned = Unsigned { method, host: address.host(), path: &path, query: Query::default() };
                Signer { credentials: &credentials, region, time: now }.presign(unsigned, valid)
            }
            None => String::new(),
        };
        Ok(address.url(&path, &query))
    }

    fn place(&self) -> Arc<Place> {
        self.0.place.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_place(&self, place: Place) -> Arc<Place> {
        let place = Arc::new(place);
        *self.0.place.write().unwrap_or_else(PoisonError::into_inner) = place.clone();
        place
    }

    /// The source of a copy within the bucket.
    fn source(&self, key: &str) -> String {
        format!("/{}/{}", self.0.bucket, percent_path(key))
    }

    /// The object under a key, and the token that it was put with.
    fn look(&self, key: &str) -> io::Result<(Meta, Option<String>)> {
        let token = |answer: &answer::Answer| answer.header(TOKEN).map(str::to_owned);
        Ok(self.ask(&Request::new("HEAD", key), |answer| Ok((answer.meta()?, token(&answer))))?)
    }

    /// Puts an object under a condition. A try that broke off may have put it; then the next one is refused because of this
    /// very object, which the token tells.
    fn put_if(&self, key: &str, body: &[u8], condition: Condition<'_>) -> io::Result<String> {
        let token = format!("{:016x}{:016x}", random(), random());
        let request = Request::new("PUT", key).body(body).condition(condition).header(TOKEN, token.as_str());
        let failed = match self.ask(&request, |answer| Ok(answer.tag())) {
            Ok(tag) => return Ok(tag),
            Err(failed) => failed,
        };
        let conflict = match condition.conflict(&failed) {
            Some(conflict) => conflict,
            None => return Err(failed.into()),
        };
        if !failed.is_in_doubt {
            return Err(conflict);
        }
        match self.look(key) {
            Ok((meta, Some(theirs))) if theirs == token => Ok(meta.tag),
            Ok(_) => Err(conflict),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(conflict),
            Err(error) => Err(error),
        }
    }

    /// Deletes those of the keys that a body of XML can have. Returns those that were not deleted.
    fn delete_at_once(&self, keys: &[&str]) -> io::Result<Vec<(String, Refused)>> {
        let mut body = "<Delete><Quiet>true</Quiet>".to_owned();
        for key in keys {
            body.push_str("<Object><Key>");
            xml::push(&mut body, key);
            body.push_str("</Key></Object>");
        }
        body.push_str("</Delete>");
        let request = Request::new("POST", "").query("delete", "").body(body.into_bytes());
        Ok(self.ask(&request, |answer| listing::refused(&answer.text()?))?)
    }
}

/// What a store answered about one of several keys.
struct Refused {
    code: String,
    message: String,
}

impl Refused {
    fn is_passing(&self) -> bool {
        matches!(&*self.code, "InternalError" | "SlowDown" | "ServiceUnavailable" | "OperationAborted")
    }

    fn error(&self, client: &Client) -> io::Error {
        let kind = if self.code == "AccessDenied" { ErrorKind::PermissionDenied } else { ErrorKind::Other };
        let credentials = client.0.credentials.get(client.now()).ok().flatten();
        let is_secret = |text: &str| credentials.as_ref().is_some_and(|credentials| credentials.are_in(text));
        io::Error::new(kind, describe(200, &self.code, &self.message, is_secret))
    }
}

impl Inner {
    fn place_in(&self, region: String) -> Place {
        Place::new(&self.bucket, self.endpoint.as_ref(), self.style, region)
    }
}

impl Place {
    fn new(bucket: &str, endpoint: Option<&Endpoint>, style: Option<AddressStyle>, region: String) -> Self {
        let amazon = || Endpoint::of_amazon(&region);
        let endpoint = endpoint.cloned().unwrap_or_else(amazon);
        let style = style.unwrap_or_else(|| endpoint.usual_style(bucket));
        Self { address: Address::new(&endpoint, style, bucket), region }
    }
}

impl Condition<'_> {
    /// The error of a request that was refused because of this condition.
    fn conflict(self, failed: &Failed) -> Option<io::Error> {
        let refusal = failed.refusal()?;
        match self {
            Self::IfFree if refusal.is_precondition() => Some(ErrorKind::AlreadyExists.into()),
            // Amazon says of an object that is gone that it is not found.
            Self::IfTag(_) if refusal.is_precondition() || refusal.code == "NoSuchKey" => Some(Stale::error()),
            _ => None,
        }
    }

    fn error(self, failed: Failed) -> io::Error {
        self.conflict(&failed).unwrap_or_else(|| failed.into())
    }
}

impl Objects for Client {
    fn uri(&self, key: &str) -> String {
        match key {
            "" => format!("s3://{}", self.0.bucket),
            key => format!("s3://{}/{key}", self.0.bucket),
        }
    }

    fn limits(&self) -> &Limits {
        &self.0.limits
    }

    fn is_beside(&self, other: &dyn Objects) -> bool {
        let Some(Self(other)) = (other as &dyn Any).downcast_ref::<Self>() else { return false };
        let own = &self.0;
        Arc::ptr_eq(own, other)
            || (own.bucket == other.bucket
                && own.endpoint == other.endpoint
                && own.credentials.is_same(&other.credentials))
    }

    fn list(&self, page: &PageRequest<'_>) -> io::Result<Page> {
        let most = page.most.min(MOST_KEYS).to_string();
        let mut request = Request::new("GET", "")
            .query("list-type", "2")
            .query("encoding-type", "url")
            .query("prefix", page.prefix)
            .query("max-keys", most);
        if page.one_level {
            request = request.query("delimiter", "/");
        }
        request = match page.start {
            PageStart::Start => request,
            PageStart::After(key) => request.query("start-after", key),
            PageStart::Next(token) => request.query("continuation-token", token),
        };
        Ok(self.ask(&request, |answer| listing::page(&answer.text()?))?)
    }

    fn head(&self, key: &str) -> io::Result<Meta> {
        self.look(key).map(|(meta, _)| meta)
    }

    fn get(&self, key: &str, range: Option<Range<u64>>, tag: Option<&str>) -> io::Result<Content> {
        body::open(self, key, range, tag)
    }

    fn put(&self, key: &str, body: &[u8], condition: Condition<'_>) -> io::Result<String> {
        match condition {
            Condition::Always => {
                let request = Request::new("PUT", key).body(body);
                Ok(self.ask(&request, |answer| Ok(answer.tag()))?)
            }
            condition => self.put_if(key, body, condition),
        }
    }

    fn copy(&self, from: &str, to: &str, condition: Condition<'_>) -> io::Result<String> {
        let request =
            Request::new("PUT", to).header("x-amz-copy-source", self.source(from)).condition(condition).body(&[][..]);
        let read = |answer: answer::Answer| answer.element("ETag");
        let copied = match condition {
            Condition::Always => self.ask(&request, read),
            // Nothing tells a copy of ours from somebody else's.
            _ => self.ask_once(&request, read),
        };
        match copied {
            Ok(tag) => Ok(request::unquoted(&tag).to_owned()),
            Err(failed) => Err(condition.error(failed)),
        }
    }

    fn delete(&self, key: &str) -> io::Result<()> {
        match self.ask(&Request::new("DELETE", key), |_| Ok(())) {
            Err(failed) if failed.refusal().is_some_and(|refusal| refusal.code == "NoSuchKey") => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Keys that XML has no characters for need a request each.
    fn delete_many(&self, keys: &[String]) -> io::Result<Vec<(String, io::Error)>> {
        let (mut left, others): (Vec<&str>, Vec<&str>) =
            keys.iter().map(String::as_str).partition(|key| xml_can_say(key));
        let mut failures = Vec::new();
        for key in others {
            failures.extend(self.delete(key).err().map(|error| (key.to_owned(), error)));
        }
        let mut tries = 0;
        while !left.is_empty() {
            let refused = self.delete_at_once(&left)?;
            tries += 1;
            let (passing, lasting): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(_, why)| why.is_passing());
            failures.extend(lasting.into_iter().map(|(key, why)| (key, why.error(self))));
            if passing.is_empty() || !self.0.retry.pause(&*self.0.pause, tries, None) {
                failures.extend(passing.into_iter().map(|(key, why)| (key, why.error(self))));
                break;
            }
            left.retain(|key| passing.iter().any(|(passing, _)| passing == key));
        }
        Ok(failures)
    }

    fn begin_upload(&self, key: &str) -> io::Result<String> {
        let request = Request::new("POST", key).query("uploads", "").body(&[][..]);
        Ok(self.ask(&request, |answer| answer.element("UploadId"))?)
    }

    fn put_part(&self, upload: UploadOf<'_>, number: u32, body: &[u8]) -> io::Result<String> {
        let request = part(upload, number).body(body);
        Ok(self.ask(&request, |answer| Ok(answer.tag()))?)
    }

    fn copy_part(&self, upload: UploadOf<'_>, number: u32, from: &str, range: Range<u64>) -> io::Result<String> {
        let request = part(upload, number)
            .header("x-amz-copy-source", self.source(from))
            .header("x-amz-copy-source-range", bytes(&range))
            .body(&[][..]);
        let tag = self.ask(&request, |answer| answer.element("ETag"))?;
        Ok(request::unquoted(&tag).to_owned())
    }

    fn finish_upload(&self, upload: UploadOf<'_>, tags: &[String], condition: Condition<'_>) -> io::Result<String> {
        let mut body = "<CompleteMultipartUpload>".to_owned();
        for (tag, number) in tags.iter().zip(1..) {
            _ = write!(body, "<Part><PartNumber>{number}</PartNumber><ETag>");
            xml::push(&mut body, &quoted(tag));
            body.push_str("</ETag></Part>");
        }
        body.push_str("</CompleteMultipartUpload>");
        let request =
            Request::new("POST", upload.key).query("uploadId", upload.id).condition(condition).body(body.into_bytes());
        let failed = match self.ask(&request, |answer| answer.element("ETag")) {
            Ok(tag) => return Ok(request::unquoted(&tag).to_owned()),
            Err(failed) => failed,
        };
        // A try that broke off may have finished it. Then the upload is gone, and the object has the tag of its parts.
        let is_refused = failed.refusal().is_some_and(|it| it.is_precondition() || it.code == "NoSuchUpload");
        let tag = tag_of_parts(tags).filter(|_| failed.is_in_doubt && is_refused);
        match (tag, condition.error(failed)) {
            (Some(tag), _) if self.head(upload.key).is_ok_and(|meta| meta.tag == tag) => Ok(tag),
            (_, error) => Err(error),
        }
    }

    fn abort_upload(&self, upload: UploadOf<'_>) -> io::Result<()> {
        let request = Request::new("DELETE", upload.key).query("uploadId", upload.id);
        match self.ask(&request, |_| Ok(())) {
            Err(failed) if failed.is_in_doubt && failed.refusal().is_some_and(|it| it.code == "NoSuchUpload") => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    fn uploads(&self, prefix: &str) -> io::Result<Vec<Upload>> {
        let mut uploads = Vec::new();
        let mut next = None;
        loop {
            let mut request =
                Request::new("GET", "").query("uploads", "").query("encoding-type", "url").query("prefix", prefix);
            if let Some((key, id)) = &next {
                let (key, id): (&String, &String) = (key, id);
                request = request.query("key-marker", key.as_str()).query("upload-id-marker", id.as_str());
            }
            let page = self.ask(&request, |answer| listing::uploads(&answer.text()?))?;
            uploads.extend(page.uploads);
            if page.next.is_none() || page.next == next {
                return Ok(uploads);
            }
            next = page.next;
        }
    }
}

fn part(upload: UploadOf<'_>, number: u32) -> Request<'_> {
    Request::new("PUT", upload.key).query("partNumber", number.to_string()).query("uploadId", upload.id)
}

fn bytes(range: &Range<u64>) -> String {
    format!("bytes={}-{}", range.start, range.end.saturating_sub(1))
}

/// The tag of an object in parts, if those of its parts are MD5, as in most stores.
fn tag_of_parts(tags: &[String]) -> Option<String> {
    let mut digest = Md5::new();
    for tag in tags {
        digest.update(unhex(tag).filter(|bytes| bytes.len() == 16)?);
    }
    Some(format!("{}-{}", hex(&digest.finalize()), tags.len()))
}
