//! Who asks: keys that the program gives, or the first of environment, profile files, container and instance that has some.

mod environment;
mod metadata;
mod process;
mod profile;

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

pub(crate) use environment::Environment;
pub(crate) use profile::Profile;

use super::date;

/// A key to a store, and until when it is good.
pub(crate) struct Credentials {
    key: String,
    secret: String,
    token: Option<String>,
    expires: Option<SystemTime>,
}

impl Credentials {
    pub(crate) fn new(key: impl Into<String>, secret: impl Into<String>, token: Option<String>) -> Self {
        Self { key: key.into(), secret: secret.into(), token, expires: None }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether a text has a part of them in it.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let parts = [Some(self.key()), Some(self.secret()), self.token()];
        parts.into_iter().flatten().any(|part| !part.is_empty() && text.contains(part))
    }

    /// Reads what container, instance and programs answer. The reason is without the text, which is secret.
    fn from_json(json: &str) -> Result<Self, &'static str> {
        let json: serde_json::Value = serde_json::from_str(json).map_err(|_| "the answer is not JSON")?;
        let field = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let expires = match field("Expiration") {
            Some(time) => Some(date::parse_iso(&time).ok_or("the answer has no valid `Expiration`")?),
            None => None,
        };
        Ok(Self {
            key: field("AccessKeyId").ok_or("the answer has no `AccessKeyId`")?,
            secret: field("SecretAccessKey").ok_or("the answer has no `SecretAccessKey`")?,
            token: field("Token").or_else(|| field("SessionToken")),
            expires,
        })
    }

    fn last(&self, now: SystemTime, rest: Duration) -> bool {
        self.expires.is_none_or(|expires| now + rest < expires)
    }
}

/// Nothing of them is shown.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Where credentials come from.
pub(crate) enum Source {
    Given(Credentials),
    Anonymous,
    /// The first of all sources that has some.
    Chain(Chain),
}

/// Where to look for credentials.
pub(crate) struct Chain {
    pub(crate) environment: Environment,
    /// A profile that was asked for by name: then the keys of the environment do not count.
    pub(crate) profile: Option<String>,
}

/// What a source has.
enum Found {
    Credentials(Credentials),
    /// Nothing, and why. The next one is asked.
    Nothing(String),
}

impl Chain {
    fn find(&self) -> io::Result<Credentials> {
        let mut tried = Vec::new();
        for source in [Self::in_environment, Self::in_profile, Self::in_container, Self::in_instance] {
            match source(self)? {
                Found::Credentials(credentials) => return Ok(credentials),
                Found::Nothing(reason) => tried.push(reason),
            }
        }
        Err(denied(format!("no credentials found: {}", tried.join("; "))))
    }

    fn in_environment(&self) -> io::Result<Found> {
        match &self.profile {
            Some(_) => Ok(Found::Nothing("a profile was given, so the environment does not count".to_owned())),
            None => environment::credentials(&self.environment),
        }
    }

    fn in_profile(&self) -> io::Result<Found> {
        Profile::load(&self.environment, self.profile.as_deref())?.credentials()
    }

    fn in_container(&self) -> io::Result<Found> {
        metadata::of_container(&self.environment)
    }

    fn in_instance(&self) -> io::Result<Found> {
        metadata::of_instance(&self.environment)
    }
}

fn denied(text: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, text.into())
}

/// Gives the credentials for each request, and renews them before they expire.
pub(crate) struct Provider {
    source: Source,
    current: Mutex<Option<Arc<Credentials>>>,
    /// Whoever fetches credentials has it. Requests go on with the old ones meanwhile, as long as these are good.
    fetching: Mutex<()>,
}

/// How long before they expire credentials are renewed.
const EARLY: Duration = Duration::from_secs(5 * 60);

impl Provider {
    pub(crate) fn new(source: Source) -> Self {
        Self { source, current: Mutex::default(), fetching: Mutex::default() }
    }

    /// The credentials; `None` if requests are not signed.
    pub(super) fn get(&self, now: SystemTime) -> io::Result<Option<Arc<Credentials>>> {
        if matches!(self.source, Source::Anonymous) {
            return Ok(None);
        }
        match self.current() {
            Some(current) if current.last(now, EARLY) => Ok(Some(current)),
            Some(current) if current.last(now, Duration::ZERO) => Ok(Some(self.renew_early(current))),
            _ => self.fetch(|current| current.last(now, Duration::ZERO)).map(Some),
        }
    }

    /// Fetches others, after the store has refused these. If another thread did so meanwhile, those are returned.
    pub(super) fn renew(&self, refused: &Arc<Credentials>) -> io::Result<Arc<Credentials>> {
        self.fetch(|current| !Arc::ptr_eq(current, refused))
    }

    /// Whether others can be had when these are refused.
    pub(super) fn can_renew(&self) -> bool {
        matches!(self.source, Source::Chain(_))
    }

    /// Whether both give the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.source, &other.source) {
            (Source::Given(one), Source::Given(other)) => one.key == other.key,
            (Source::Anonymous, Source::Anonymous) => true,
            (Source::Chain(one), Source::Chain(other)) => one.profile == other.profile,
            _ => false,
        }
    }

    fn current(&self) -> Option<Arc<Credentials>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// New credentials, if nobody else is fetching them, and if they can be had; else those that are still good.
    fn renew_early(&self, current: Arc<Credentials>) -> Arc<Credentials> {
        match self.fetching.try_lock() {
            Ok(leave) => self.fetch_with(&leave).unwrap_or(current),
            Err(_) => current,
        }
    }

    fn fetch(&self, is_good: impl Fn(&Arc<Credentials>) -> bool) -> io::Result<Arc<Credentials>> {
        let leave = self.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        match self.current().filter(is_good) {
            Some(current) => Ok(current),
            None => self.fetch_with(&leave),
        }
    }

    fn fetch_with(&self, _leave: &MutexGuard<'_, ()>) -> io::Result<Arc<Credentials>> {
        let fetched = match &self.source {
            Source::Given(Credentials { key, secret, token, .. }) => {
                Arc::new(Credentials::new(key.as_str(), secret.as_str(), token.clone()))
            }
            Source::Chain(chain) => Arc::new(chain.find()?),
            Source::Anonymous => return Err(denied("requests without credentials are not signed")),
        };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetched.clone());
        Ok(fetched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_from_json() {
        let json = r#"{"Code": "Success", "AccessKeyId": "key", "SecretAccessKey": "a\/b", "Token": "token",
                       "Expiration": "2020-12-28T23:10:09Z", "Version": 1}"#;
        let read = Credentials::from_json(json).unwrap();
        assert_eq!((read.key(), read.secret(), read.token()), ("key", "a/b", Some("token")));
        let expires = read.expires.unwrap();
        assert!(read.last(expires - Duration::from_secs(1), Duration::ZERO));
        assert!(!read.last(expires - Duration::from_secs(1), EARLY));
        assert_eq!(format!("{read:?}"), "Credentials { .. }");

        let rows = [
            ("secret", "the answer is not JSON"),
            ("[]", "the answer has no `AccessKeyId`"),
            (r#"{"AccessKeyId": "key"}"#, "the answer has no `SecretAccessKey`"),
            (
                r#"{"AccessKeyId": "k", "SecretAccessKey": "s", "Expiration": "soon"}"#,
                "the answer has no valid `Expiration`",
            ),
        ];
        for (json, reason) in rows {
            assert_eq!(Credentials::from_json(json).unwrap_err(), reason);
        }
    }

    #[test]
    fn nothing_found_tells_what_was_tried() {
        let environment = Environment::of([
            ("AWS_SHARED_CREDENTIALS_FILE", "no/such/file"),
            ("AWS_CONFIG_FILE", "no/such/file"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]);
        let provider = Provider::new(Source::Chain(Chain { environment, profile: None }));
        let error = provider.get(SystemTime::now()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(
            error.to_string(),
            "no credentials found: AWS_ACCESS_KEY_ID is not set; there is no profile `default`; \
             AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; AWS_EC2_METADATA_DISABLED is set"
        );
    }
}
