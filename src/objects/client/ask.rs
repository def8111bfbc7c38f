//! Asking: a request is signed, sent, and sent again while that may help.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::answer::{Answer, Failure, Refusal};
use super::request::{AnswerKind, Request};
use super::sign::{Query, Signer, Unsigned};
use super::{Client, Place};
use crate::objects::credentials::Credentials;
use crate::objects::http::Broken;
use crate::objects::{Stale, http};

/// The slowest connection that is still of use, in bytes a second. Each request has an end, however slowly the other side
/// reads or writes.
const SLOWEST: u64 = 32 << 10;

/// How far clocks may differ before a refusal without a reason is taken for one because of the time. S3 takes 15 minutes.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// A request that failed in the end.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    /// Whether one of the tries may have been carried out.
    pub(super) is_in_doubt: bool,
    credentials: Option<Arc<Credentials>>,
}

/// One request with all its tries, and what was learned from them. Each lesson is learned once.
struct Attempts<'a> {
    client: &'a Client,
    place: Arc<Place>,
    credentials: Option<Arc<Credentials>>,
    has_learned_time: bool,
    has_learned_place: bool,
    has_new_credentials: bool,
}

impl Client {
    /// Sends a request until it is answered. `read` makes a value of the answer; when it fails, that was no answer.
    ///
    /// All requests are repeated after they broke off. Those for which it matters that they may have been carried out twice
    /// look at [`Failed::is_in_doubt`].
    pub(super) fn ask<T>(
        &self,
        request: &Request<'_>,
        read: impl Fn(Answer) -> Result<T, Failure>,
    ) -> Result<T, Failed> {
        self.ask_while(request, |_| true, read)
    }

    /// The same for requests that must not be carried out twice: they are repeated only if no try can have worked.
    pub(super) fn ask_once<T>(
        &self,
        request: &Request<'_>,
        read: impl Fn(Answer) -> Result<T, Failure>,
    ) -> Result<T, Failed> {
        self.ask_while(request, |failure| !failure.may_have_worked(), read)
    }

    fn ask_while<T>(
        &self,
        request: &Request<'_>,
        may_repeat: impl Fn(&Failure) -> bool,
        read: impl Fn(Answer) -> Result<T, Failure>,
    ) -> Result<T, Failed> {
        let mut attempts = Attempts::new(self)?;
        let mut is_in_doubt = false;
        let mut tries = 0;
        loop {
            let failure = match attempts.send(request, &read) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            is_in_doubt |= failure.may_have_worked();
            if let Failure::Refused(refusal) = &failure
                && attempts.learn(request, refusal)?
            {
                continue;
            }
            tries += 1;
            let asked = match &failure {
                Failure::Refused(refusal) => refusal.retry_after,
                Failure::Broken(_) => None,
            };
            let goes_on = failure.is_passing() && may_repeat(&failure);
            if !goes_on || !self.0.retry.pause(&*self.0.pause, tries, asked) {
                return Err(Failed { failure, is_in_doubt, credentials: attempts.credentials });
            }
        }
    }

    /// The time by the clock of the store, as far as it is known.
    pub(super) fn now(&self) -> SystemTime {
        let offset = self.0.clock_offset.load(Ordering::Relaxed);
        let by = Duration::from_secs(offset.unsigned_abs());
        let now = SystemTime::now();
        let shifted = if offset < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        shifted.unwrap_or(now)
    }

    /// How long a request may take in all.
    fn whole_time(&self, request: &Request<'_>) -> Option<Duration> {
        let length = request.body.as_ref().map_or(0, |body| body.len() as u64);
        match request.answer {
            AnswerKind::Whole => Some(self.0.timeouts.silence * 4 + Duration::from_secs(length / SLOWEST)),
            // Each read has its end, and the program may take its time between them.
            AnswerKind::Stream => None,
        }
    }
}

impl<'a> Attempts<'a> {
    fn new(client: &'a Client) -> Result<Self, Failed> {
        let credentials = client.0.credentials.get(client.now()).map_err(Failed::unsent)?;
        Ok(Self {
            client,
            place: client.place(),
            credentials,
            has_learned_time: false,
            has_learned_place: false,
            has_new_credentials: false,
        })
    }

    /// One try.
    fn send<T>(&self, request: &Request<'_>, read: impl Fn(Answer) -> Result<T, Failure>) -> Result<T, Failure> {
        let inner = &self.client.0;
        let pass = inner.gate.enter();
        let signed = self.signed(request).map_err(|_| Failure::Broken(setup("the request is not valid HTTP")))?;
        let answer = match signed {
            Signed::Bare(bare) => inner.agent.run(self.configured(request, bare)),
            Signed::WithBody(full) => inner.agent.run(self.configured(request, full)),
        };
        let answer = Answer(answer.map_err(Broken::from)?);
        let outcome = match answer.status() {
            200..300 => read(answer),
            _ => Err(Failure::Refused(Box::new(answer.into_refusal()))),
        };
        match &outcome {
            Err(Failure::Refused(refusal)) if refusal.is_too_many() => pass.too_many(),
            Ok(_) => pass.went_well(),
            Err(_) => {}
        }
        outcome
    }

    fn configured<B: ureq::AsSendBody>(
        &self,
        request: &Request<'_>,
        signed: ureq::http::Request<B>,
    ) -> ureq::http::Request<B> {
        let config = self.client.0.agent.configure_request(signed);
        config.timeout_global(self.client.whole_time(request)).build()
    }

    fn signed<'b>(&self, request: &'b Request<'_>) -> ureq::http::Result<Signed<'b>> {
        let Place { address, region } = &*self.place;
        let mut query = Query::default();
        for (name, value) in &request.query {
            query.push(name, value);
        }
        let path = address.path(request.key);
        let mut headers = request.headers.clone();
        let unsigned = Unsigned { method: request.method, host: address.host(), path: &path, query };
        if let Some(credentials) = &self.credentials {
            Signer { credentials, region, time: self.client.now() }.sign(&unsigned, &mut headers);
        }
        let url = address.url(&path, &unsigned.query.text());
        let builder = ureq::http::Request::builder().method(request.method).uri(url);
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
        match &request.body {
            None => builder.body(()).map(Signed::Bare),
            Some(body) => builder.body(&**body).map(Signed::WithBody),
        }
    }

    /// Whether a refusal says how the same request may go well at once: at another time, in another place, with other
    /// credentials.
    fn learn(&mut self, request: &Request<'_>, refusal: &Refusal) -> Result<bool, Failed> {
        if !self.has_learned_time && self.learn_time(refusal) {
            self.has_learned_time = true;
            return Ok(true);
        }
        if !self.has_learned_place && self.learn_place(refusal) {
            self.has_learned_place = true;
            return Ok(true);
        }
        if !self.has_new_credentials && self.has_expired(request, refusal) {
            self.has_new_credentials = true;
            if let Some(refused) = &self.credentials {
                self.credentials = Some(self.client.0.credentials.renew(refused).map_err(Failed::unsent)?);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The clocks differ: requests are signed for the time of the store from here on.
    fn learn_time(&self, refusal: &Refusal) -> bool {
        let Some(theirs) = refusal.date.filter(|_| refusal.status == 403) else { return false };
        let ours = self.client.now();
        let difference = theirs.duration_since(ours).unwrap_or_else(|error| error.duration());
        let is_told = matches!(&*refusal.code, "RequestTimeTooSkewed" | "RequestExpired");
        // The answer to HEAD has no code.
        if !is_told && (!refusal.code.is_empty() || difference < SKEW) {
            return false;
        }
        let seconds =
            |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() as i64;
        self.client.0.clock_offset.store(seconds(theirs) - seconds(SystemTime::now()), Ordering::Relaxed);
        true
    }

    /// The bucket is in another region, or for now at another host.
    fn learn_place(&mut self, refusal: &Refusal) -> bool {
        let client = self.client;
        let told = refusal.region.as_deref().filter(|region| *region != self.place.region && is_region(region));
        match (refusal.status, told, &refusal.location) {
            (301 | 400 | 403, Some(region), _) => {
                let place = client.0.place_in(region.to_owned());
                self.place = client.set_place(place);
                true
            }
            // Such an answer is about this request only.
            (302 | 307, _, Some(location)) => match self.place.address.moved_to(location) {
                Some(address) => {
                    self.place = Arc::new(Place { address, region: self.place.region.clone() });
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    fn has_expired(&self, request: &Request<'_>, refusal: &Refusal) -> bool {
        let is_told = matches!(&*refusal.code, "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired");
        let has_token = self.credentials.as_ref().is_some_and(|credentials| credentials.token().is_some());
        // The answer to HEAD has no code.
        let may_be = request.method == "HEAD" && refusal.status == 400 && has_token;
        self.client.0.credentials.can_renew() && (is_told || may_be)
    }
}

enum Signed<'a> {
    Bare(ureq::http::Request<()>),
    WithBody(ureq::http::Request<&'a [u8]>),
}

fn is_region(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn setup(text: &'static str) -> Broken {
    Broken { cause: io::Error::new(io::ErrorKind::InvalidInput, text), at: http::BrokenAt::Setup }
}

impl Failed {
    /// There was no request, as there were no credentials for it.
    fn unsent(cause: io::Error) -> Self {
        let failure = Failure::Broken(Broken { cause, at: http::BrokenAt::Setup });
        Self { failure, is_in_doubt: false, credentials: None }
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match &self.failure {
            Failure::Refused(refusal) => Some(refusal),
            Failure::Broken(_) => None,
        }
    }

    /// The error of a request whose condition was that the object still has its tag.
    pub(super) fn or_stale(self) -> io::Error {
        match self.refusal() {
            Some(refusal) if refusal.is_precondition() => Stale::error(),
            _ => self.into(),
        }
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        match failed.failure {
            Failure::Refused(refusal) => {
                refusal.error(|text| failed.credentials.as_ref().is_some_and(|credentials| credentials.are_in(text)))
            }
            Failure::Broken(broken) => broken.cause,
        }
    }
}
