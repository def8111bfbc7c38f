//! Buckets of S3-compatible stores: opening them, and what only they have.

use std::any::Any;
use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::ObjectsHandle;
use crate::at::At;
use crate::error::{Error, Op, Result};
pub use crate::objects::Presign;
use crate::objects::{
    AddressStyle, Chain, Client, Credentials, Endpoint, Environment, Limits, Profile, Provider, Retry, Roots, Settings,
    Source, Timeouts,
};
use crate::path::{AsPath, PathBuf};

/// A bucket of an S3-compatible object store.
///
/// It dereferences to the path `.` in it, and `/` joins paths to it: see [`RemotePath`]. Clones share its connections, even
/// between threads. The guide [Object stores](crate::docs::object_stores) shows how stores are set up, and what costs requests.
///
/// # Examples
///
/// ```
/// use waypath::Bucket;
///
/// let assets = Bucket::open("s3://site-assets")?;
/// let page = &assets / "2026" / "index.html";
/// assert_eq!(page.uri(), "s3://site-assets/2026/index.html");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct Bucket {
    client: Arc<Client>,
    pub(super) start: At<Self>,
}

/// A path in a [`Bucket`]: text, and a handle to the bucket. Making one asks nothing.
///
/// # Examples
///
/// ```
/// use waypath::RemotePath;
///
/// let log: RemotePath = "s3://site-assets/logs/2026-11-29.txt".parse()?;
/// assert_eq!((log.name(), log.parent().as_str()), ("2026-11-29.txt", "logs"));
/// # Ok::<(), waypath::Error>(())
/// ```
pub type RemotePath = At<Bucket>;

/// Options for opening a [`Bucket`].
///
/// What is not given is looked up when the bucket is opened, in the environment and the profile files of AWS; keys not before
/// the first request.
///
/// # Examples
///
/// ```
/// use waypath::Bucket;
///
/// let space = Bucket::options()
///     .endpoint("https://fra1.digitaloceanspaces.com")
///     .credentials("KEY", "SECRET")
///     .open("site-assets")?;
/// let debug = format!("{space:?}");
/// assert!(debug.contains("fra1.digitaloceanspaces.com") && !debug.contains("KEY"));
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing is opened until `open` is called"]
pub struct BucketOptions {
    endpoint: Option<String>,
    region: Option<String>,
    style: Option<AddressStyle>,
    keys: Keys,
    token: Option<String>,
    profile: Option<String>,
    threads: Option<usize>,
    timeouts: Timeouts,
    ca_bundle: Option<PathBuf>,
    retry: Retry,
}

/// Who asks.
#[derive(Clone, Default)]
enum Keys {
    /// Whoever the environment says.
    #[default]
    Found,
    Given(String, String),
    Anonymous,
}

impl Bucket {
    /// Opens a bucket: `s3://name`, or just its name. No request: the first one finds out whether the bucket exists.
    ///
    /// Region and endpoint are taken from `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` and the
    /// profile (`AWS_PROFILE`, or `default`) in `~/.aws/config`. Without an endpoint, it is that of AWS. Keys are those of
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or of the profile, or of its
    /// `credential_process`, or of the container or the instance that the program runs in: the first that has some. They are
    /// renewed before they expire. `AWS_METADATA_SERVICE_TIMEOUT` is the number of seconds in which the container or the
    /// instance must answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Bucket;
    ///
    /// let assets = Bucket::open("s3://site-assets")?;
    /// assert_eq!(assets.name(), "site-assets");
    ///
    /// let error = Bucket::open("s3://site-assets/logs").unwrap_err();
    /// assert!(error.to_string().ends_with("join it to the bucket with `/`"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): this is not the name of a bucket, or the endpoint is not valid.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): a profile file cannot be read, or the profile is not in one.
    /// - [`NotFound`](io::ErrorKind::NotFound), [`InvalidData`](io::ErrorKind::InvalidData) and others: the file of
    ///   `AWS_CA_BUNDLE` cannot be read, or has no certificate.
    pub fn open(name: impl AsRef<str>) -> Result<Self> {
        Self::options().open(name)
    }

    /// Returns options for opening a bucket.
    ///
    /// # Examples
    ///
    /// See [`BucketOptions`].
    pub fn options() -> BucketOptions {
        BucketOptions::default()
    }

    /// Returns the name of the bucket.
    ///
    /// # Examples
    ///
    /// See [`open`](Bucket::open).
    #[must_use]
    pub fn name(&self) -> &str {
        self.client.bucket()
    }

    fn new(client: Client) -> Self {
        let client = Arc::new(client);
        let start = At { handle: ObjectsHandle(client.clone()), path: PathBuf::parse("") };
        Self { client, start }
    }
}

/// The name and the endpoint. There is nothing secret in it.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Bucket");
        fields.field("name", &self.name()).field("endpoint", &self.client.endpoint()).finish()
    }
}

impl BucketOptions {
    /// The address of the store, such as `https://fra1.digitaloceanspaces.com`. The default is that of the environment or the
    /// profile, or AWS.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let options = Bucket::options().region("fra1").credentials("KEY", "SECRET");
    /// let space = options.endpoint("https://fra1.digitaloceanspaces.com").open("site-assets")?;
    /// let url = (&space / "a").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.starts_with("https://fra1.digitaloceanspaces.com/site-assets/a?"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: Some(endpoint.into()), ..self }
    }

    /// The region, for which requests are signed. The default is that of the environment or the profile, or `us-east-1`. At
    /// AWS, the right one is learned from the first answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let assets = Bucket::options().region("eu-west-1").credentials("KEY", "SECRET").open("site-assets")?;
    /// let url = (&assets / "a").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.contains("%2Feu-west-1%2Fs3%2F")); // what is signed
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..self }
    }

    /// Whether URLs have the bucket in the path (`https://host/bucket/key`) or in the host name (`https://bucket.host/key`).
    /// The default is the host name at AWS, and the path everywhere else.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let options = Bucket::options().region("fra1").credentials("KEY", "SECRET");
    /// let options = options.endpoint("https://fra1.digitaloceanspaces.com").path_style(false);
    /// let url = (&options.open("site-assets")? / "a").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.starts_with("https://site-assets.fra1.digitaloceanspaces.com/a?"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn path_style(self, path_style: bool) -> Self {
        let style = if path_style { AddressStyle::Path } else { AddressStyle::VirtualHost };
        Self { style: Some(style), ..self }
    }

    /// The key and its secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let assets = Bucket::options().credentials("KEY", "SECRET").open("site-assets")?;
    /// let url = (&assets / "a").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.contains("X-Amz-Credential=KEY%2F") && !url.contains("SECRET"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn credentials(self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { keys: Keys::Given(key.into(), secret.into()), ..self }
    }

    /// The token that belongs to temporary [`credentials`](Self::credentials).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let options = Bucket::options().credentials("KEY", "SECRET").session_token("TOKEN");
    /// let url = (&options.open("site-assets")? / "a").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.contains("X-Amz-Security-Token=TOKEN"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn session_token(self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self }
    }

    /// The profile in `~/.aws/credentials` and `~/.aws/config`. Its keys, region and endpoint take precedence over the
    /// environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use waypath::Bucket;
    ///
    /// let error = Bucket::options().profile("no-such-profile").open("site-assets").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// Makes requests without a signature, for buckets that anybody may read.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let weather = Bucket::options().region("us-east-1").anonymous().open("noaa-ghcn-pds")?;
    /// let url = (&weather / "readme.txt").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.ends_with("/readme.txt")); // without a signature
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn anonymous(self) -> Self {
        Self { keys: Keys::Anonymous, ..self }
    }

    /// The largest number of requests at a time. The default is 16; 0 means 1. When the store asks to slow down, there are
    /// fewer for a while.
    ///
    /// # Examples
    ///
    /// However many threads the program has, this store gets two requests at a time:
    ///
    /// ```
    /// # use std::io::{BufRead, BufReader, Write};
    /// # use std::net::TcpListener;
    /// # use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    /// # use std::sync::{Arc, Barrier};
    /// use waypath::Bucket;
    ///
    /// # let listener = TcpListener::bind("127.0.0.1:0")?;
    /// # let endpoint = format!("http://{}", listener.local_addr()?);
    /// # let most_at_once = Arc::new(AtomicUsize::new(0));
    /// # let most = most_at_once.clone();
    /// # std::thread::spawn(move || {
    /// #     // A request is answered once another one is waiting.
    /// #     let (open, pair) = (&AtomicUsize::new(0), &Barrier::new(2));
    /// #     std::thread::scope(|scope| {
    /// #         for mut stream in listener.incoming().map(|stream| stream.unwrap()) {
    /// #             let most = &most;
    /// #             scope.spawn(move || {
    /// #                 let request = BufReader::new(stream.try_clone().unwrap());
    /// #                 assert!(request.lines().any(|line| line.unwrap().is_empty()));
    /// #                 most.fetch_max(open.fetch_add(1, SeqCst) + 1, SeqCst);
    /// #                 pair.wait();
    /// #                 open.fetch_sub(1, SeqCst);
    /// #                 pair.wait();
    /// #                 let date = "Last-Modified: Sat, 28 Nov 2026 00:00:00 GMT\r\nETag: \"1\"";
    /// #                 let end = "Connection: close\r\nContent-Length: 4\r\n\r\ntext";
    /// #                 write!(stream, "HTTP/1.1 200 OK\r\n{date}\r\n{end}").unwrap();
    /// #             });
    /// #         }
    /// #     });
    /// # });
    /// let store = &Bucket::options().endpoint(endpoint).region("local").anonymous().threads(2).open("site-assets")?;
    /// std::thread::scope(|scope| {
    ///     let readers = ["a", "b", "c", "d"].map(|name| scope.spawn(move || (store / name).read_text()));
    ///     readers.into_iter().try_for_each(|reader| reader.join().unwrap().map(|text| assert_eq!(text, "text")))
    /// })?;
    /// assert_eq!(most_at_once.load(SeqCst), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// The longest time without a byte in either direction during a request. The default is 30 seconds.
    ///
    /// Every request has an end as well: four times as long, and more if it has a long body. Reading content has none, as
    /// long as it comes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use std::time::Duration;
    /// use waypath::Bucket;
    ///
    /// # let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let endpoint = format!("http://{}", silent.local_addr()?);
    /// let options = Bucket::options().endpoint(endpoint).region("local").anonymous().tries(1);
    /// let store = options.timeout(Duration::from_millis(50)).open("site-assets")?;
    /// let file = &store / "a"; // at a server that takes the connection and never answers
    /// assert_eq!(file.read_text().unwrap_err().kind(), ErrorKind::TimedOut);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.silence = timeout;
        self
    }

    /// The longest time for a connection to come about, with the handshake of TLS. The default is 5 seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "remote")] {
    /// use std::io::ErrorKind;
    /// use std::time::Duration;
    /// use waypath::Bucket;
    ///
    /// # let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let endpoint = format!("https://{}", silent.local_addr()?);
    /// let options = Bucket::options().endpoint(endpoint).region("local").anonymous().tries(1);
    /// let store = options.connect_timeout(Duration::from_millis(50)).open("site-assets")?;
    /// let error = (&store / "a").read_text().unwrap_err(); // at a server that says nothing
    /// assert_eq!(error.kind(), ErrorKind::TimedOut);
    /// assert!(error.to_string().ends_with("no connection to the endpoint in time"), "{error}");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// A PEM file with the certificates to trust, instead of those that browsers trust: for a store of your own whose
    /// certificate nobody else has signed. The default is what `AWS_CA_BUNDLE` says, or `ca_bundle` in the profile. The
    /// profile is not read if endpoint, region and keys are given here.
    ///
    /// With the feature `remote-native-tls` alone, the certificates that the system trusts are the usual ones.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Bucket;
    ///
    /// # let place = waypath::TempDir::new()?;
    /// let options = Bucket::options().endpoint("https://store.example:9000").ca_bundle(&place / "our-ca.pem");
    /// let error = options.open("assets").unwrap_err();
    /// assert!(error.to_string().contains("our-ca.pem"), "the file is read at once");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn ca_bundle(self, file: impl AsPath) -> Self {
        Self { ca_bundle: Some(file.to_path().into_owned()), ..self }
    }

    /// The number of tries of each request. The default is 10; 0 means 1.
    ///
    /// Requests are tried again if the connection breaks, if the store answers too late or asks to slow down, and after its
    /// own errors.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::time::Duration;
    /// use waypath::Bucket;
    ///
    /// static CONNECTIONS: AtomicU32 = AtomicU32::new(0);
    /// # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let endpoint = format!("http://{}", server.local_addr()?);
    /// # std::thread::spawn(move || {
    /// #     for _hung_up in server.incoming() {
    /// #         CONNECTIONS.fetch_add(1, Ordering::SeqCst);
    /// #     }
    /// # });
    /// let options = Bucket::options().endpoint(endpoint).region("local").anonymous();
    /// let options = options.tries(3).retry_delay(Duration::from_millis(1));
    /// let file = &options.open("site-assets")? / "a"; // at a server that counts connections, and hangs up
    /// assert!(file.read_text().is_err());
    /// assert_eq!(CONNECTIONS.load(Ordering::SeqCst), 3);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn tries(mut self, tries: u32) -> Self {
        self.retry.tries = tries;
        self
    }

    /// The longest pause after the first try. The default is 100 milliseconds. The pause after each further try is up to
    /// twice as long, and at most 20 seconds; it is a random part of that.
    ///
    /// # Examples
    ///
    /// See [`tries`](Self::tries).
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry.first = delay;
        self
    }

    /// Opens a bucket. No request.
    ///
    /// # Examples
    ///
    /// See [`BucketOptions`].
    ///
    /// # Errors
    ///
    /// As for [`Bucket::open`].
    pub fn open(&self, name: impl AsRef<str>) -> Result<Bucket> {
        let name = name.as_ref();
        let bucket = bucket_name(name).map_err(|reason| Error::text(Op::OpenBucket, name, reason))?;
        let settings = self.settings(bucket, Environment::Process);
        settings.map(|settings| Bucket::new(Client::new(settings))).map_err(|cause| match cause {
            SetupError::Text(reason) => Error::text(Op::OpenBucket, name, reason),
            SetupError::Io(cause) => Error::located(Op::OpenBucket, name, cause),
        })
    }

    fn settings(&self, bucket: &str, environment: Environment) -> Result<Settings, SetupError> {
        let named = self.profile.as_deref();
        let profile = match (&self.keys, named) {
            // Nothing of it would count.
            (Keys::Given(..) | Keys::Anonymous, None) if self.endpoint.is_some() && self.region.is_some() => None,
            _ => Some(Profile::load(&environment, named)?),
        };
        // A profile that was asked for comes before the environment, any other after it.
        let look_up = |variables: &[&str], field: &str| {
            let told = profile.as_ref().and_then(|profile| profile.get(field)).map(str::to_owned);
            match named {
                Some(_) => told.or_else(|| environment.first(variables)),
                None => environment.first(variables).or(told),
            }
        };
        let endpoint = self.endpoint.clone();
        let endpoint = endpoint.or_else(|| look_up(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], "endpoint_url"));
        let endpoint = endpoint.map(|endpoint| Endpoint::parse(&endpoint)).transpose().map_err(SetupError::Text)?;
        let region = self.region.clone().or_else(|| look_up(&["AWS_REGION", "AWS_DEFAULT_REGION"], "region"));
        let ca_bundle = self.ca_bundle.clone();
        let ca_bundle =
            ca_bundle.or_else(|| look_up(&["AWS_CA_BUNDLE"], "ca_bundle").map(|file| PathBuf::parse(&file)));
        let roots = ca_bundle.map(|file| Roots::read(&file)).transpose()?.unwrap_or_default();
        let defaults = Limits::default();
        Ok(Settings {
            bucket: bucket.to_owned(),
            endpoint,
            style: self.style,
            region: region.unwrap_or_else(|| "us-east-1".to_owned()),
            credentials: Provider::new(self.source(environment)),
            limits: Limits { threads: self.threads.map_or(defaults.threads, |threads| threads.max(1)), ..defaults },
            timeouts: self.timeouts,
            roots,
            retry: self.retry,
        })
    }

    fn source(&self, environment: Environment) -> Source {
        match &self.keys {
            Keys::Found => Source::Chain(Chain { environment, profile: self.profile.clone() }),
            Keys::Given(key, secret) => {
                Source::Given(Credentials::new(key.as_str(), secret.as_str(), self.token.clone()))
            }
            Keys::Anonymous => Source::Anonymous,
        }
    }
}

/// Without keys and tokens.
impl fmt::Debug for BucketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("BucketOptions");
        fields.field("region", &self.region).field("profile", &self.profile).field("threads", &self.threads);
        fields.field("timeouts", &self.timeouts).field("retry", &self.retry).finish_non_exhaustive()
    }
}

/// Why no settings came about.
enum SetupError {
    Text(&'static str),
    Io(io::Error),
}

impl From<io::Error> for SetupError {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// The name of a bucket, with or without `s3://`.
fn bucket_name(text: &str) -> Result<&str, &'static str> {
    let (bucket, key) = split(text);
    match key {
        "" => check_name(bucket),
        _ => Err("a bucket has no path: join it to the bucket with `/`"),
    }
}

/// Bucket and key of a URI, or of a bare name.
fn split(text: &str) -> (&str, &str) {
    let text = text.strip_prefix("s3://").unwrap_or(text);
    text.split_once('/').unwrap_or((text, ""))
}

/// Stores differ in what they allow, so this only keeps away what could not be a part of a host name or a URL.
fn check_name(name: &str) -> Result<&str, &'static str> {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match name {
        "" => Err("the name of the bucket is missing"),
        "." | ".." => Err("this is not the name of a bucket"),
        name if name.len() <= 255 && name.bytes().all(is_usual) => Ok(name),
        _ => Err("the name of a bucket has only letters, digits, `-`, `.` and `_`"),
    }
}

/// What only paths in buckets have.
impl RemotePath {
    /// Parses `s3://bucket/key`, and opens the bucket as [`Bucket::open`] does. Nothing in the key is decoded. No
    /// request.
    ///
    /// Several paths of one bucket are better joined to one [`Bucket`], whose connections they share.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemotePath;
    ///
    /// let page = RemotePath::from_uri("s3://site-assets/a b/100%.html")?;
    /// assert_eq!(page.as_str(), "a b/100%.html");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): the text does not begin with `s3://` and the name of a bucket.
    /// - As for [`Bucket::open`].
    pub fn from_uri(uri: impl AsRef<str>) -> Result<Self> {
        let uri = uri.as_ref();
        let failed = |reason| Error::text(Op::OpenBucket, uri, reason);
        if !uri.starts_with("s3://") {
            return Err(failed("the URI must begin with `s3://`"));
        }
        let (bucket, key) = split(uri);
        // A slash at the start of a key would be lost: no path spells it.
        if key.starts_with('/') {
            return Err(failed("no path has an empty part, as between two slashes"));
        }
        check_name(bucket).map_err(failed)?;
        Ok(Bucket::open(bucket)?.join(key))
    }

    /// Returns a URL with which anybody can read or write this object for a while. No request, except for credentials that
    /// have to be fetched.
    ///
    /// The URL is as good as the key while it is valid: keep it out of logs.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use waypath::{Bucket, Presign};
    ///
    /// let assets = Bucket::options().region("eu-west-1").credentials("KEY", "SECRET").open("site-assets")?;
    /// let url = (&assets / "a b.html").presign(Presign::Get, Duration::from_secs(60))?;
    /// assert!(url.starts_with("https://site-assets.s3.eu-west-1.amazonaws.com/a%20b.html?"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): the time is below a second or above seven days, or the path is not a key.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): there are no credentials.
    pub fn presign(&self, method: Presign, valid: Duration) -> Result<String> {
        let key = self.key(Op::Presign)?;
        self.client().presign(key, method, valid).map_err(|cause| self.failed(Op::Presign, cause))
    }

    fn client(&self) -> &Client {
        let store: &dyn Any = self.objects();
        store.downcast_ref().expect("BUG: the store of a bucket is a client")
    }
}

/// As [`RemotePath::from_uri`].
impl FromStr for RemotePath {
    type Err = Error;

    fn from_str(uri: &str) -> Result<Self> {
        Self::from_uri(uri)
    }
}
