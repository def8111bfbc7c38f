//! Buckets to test on: of a server with canned answers, and of real servers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use waypath::{Bucket, BucketOptions, Path, PathBuf, Presign, TempDir, path};

use crate::canned_server::Canned;

pub(crate) const KEY: &str = "KEYOFTHETESTS";
pub(crate) const SECRET: &str = "SECRETOFTHETESTS";

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(120);

/// Options for a bucket that does not wait between tries.
pub(crate) fn options(endpoint: &str) -> BucketOptions {
    Bucket::options()
        .endpoint(endpoint)
        .region("us-east-1")
        .credentials(KEY, SECRET)
        .retry_delay(Duration::ZERO)
        .timeout(Duration::from_secs(60))
}

/// A bucket of a server with canned answers.
pub(crate) fn canned_bucket(server: &Canned) -> Bucket {
    options(&server.endpoint()).open("bucket").unwrap()
}

/// A server of S3 that runs until this is dropped.
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) endpoint: String,
    process: Child,
    directory: TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    SeaweedFs,
    Moto,
    /// It takes each write, whatever the condition.
    Rclone,
}

/// The directory of the servers' programs; without it, tests say that they are skipped.
pub(crate) fn programs() -> Option<PathBuf> {
    let Ok(programs) = std::env::var("WAYPATH_SERVERS") else {
        println!("object stores: skipped, WAYPATH_SERVERS is not set");
        return None;
    };
    Some(path(&programs).to_path_buf())
}

impl Server {
    pub(crate) fn start(kind: Kind, programs: &Path) -> Self {
        // Another program may take a port before the server does.
        let tries = 3;
        (0..tries)
            .find_map(|_| Self::try_start(kind, programs))
            .unwrap_or_else(|| panic!("{kind:?} did not begin {tries} times"))
    }

    fn try_start(kind: Kind, programs: &Path) -> Option<Self> {
        let directory = TempDir::new().unwrap();
        let [port, others @ ..] = free_ports::<8>();
        let mut command = match kind {
            Kind::SeaweedFs => seaweed(programs, &directory, port, others),
            Kind::Moto => {
                let mut command = Command::new((programs / "moto_server").as_str());
                command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
                command
            }
            Kind::Rclone => {
                let mut command = Command::new((programs / "rclone").as_str());
                let (address, keys) = (format!("127.0.0.1:{port}"), format!("{KEY},{SECRET}"));
                command.args(["serve", "s3", "--addr", &address, "--auth-key", &keys, directory.as_str()]);
                command
            }
        };
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server =
            Self { kind, endpoint: format!("http://127.0.0.1:{port}"), process: command.spawn().unwrap(), directory };
        server.answers().then_some(server)
    }

    /// Waits until the server answers; not, if it ends before.
    fn answers(&mut self) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if try_http("GET", &format!("{}/", self.endpoint), b"").is_some_and(|answer| answer.status > 0) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// A new bucket.
    pub(crate) fn bucket(&self, name: &str) -> Bucket {
        let bucket = options(&self.endpoint).open(name).unwrap();
        match self.kind {
            Kind::Rclone => (&self.directory / name).mkdir().unwrap(),
            _ => {
                // A bucket is made like an object without a key.
                let url = bucket.presign(Presign::Put, Duration::from_secs(600)).unwrap();
                let answer = http("PUT", &url, b"");
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
        }
        bucket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn seaweed(programs: &Path, directory: &Path, port: u16, others: [u16; 7]) -> Command {
    let config = directory / "s3.json";
    let keys = format!(r#"{{"accessKey": "{KEY}", "secretKey": "{SECRET}"}}"#);
    let actions = r#"["Admin", "Read", "List", "Tagging", "Write"]"#;
    let identity = format!(r#"{{"name": "test", "credentials": [{keys}], "actions": {actions}}}"#);
    config.write_text(format!(r#"{{"identities": [{identity}]}}"#)).unwrap();
    let data = directory / "data";
    data.mkdir().unwrap();
    let mut command = Command::new((programs / "weed").as_str());
    command.args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-master.telemetry=false"]);
    command.args(["-volume.max=100", "-master.volumeSizeLimitMB=64", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.arg(format!("-dir={data}")).arg(format!("-s3.config={config}")).arg(format!("-s3.port={port}"));
    let names = ["s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port"];
    for (name, port) in names.iter().chain(&["filer.port.grpc"]).zip(others) {
        command.arg(format!("-{name}={port}"));
    }
    command
}

/// Ports that are free now.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// An answer to a request that this crate has no part in.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A plain request, as any other program makes it.
pub(crate) fn http(method: &str, url: &str, body: &[u8]) -> Answer {
    try_http(method, url, body).unwrap_or_else(|| panic!("no answer to {method}"))
}

fn try_http(method: &str, url: &str, body: &[u8]) -> Option<Answer> {
    let rest = url.strip_prefix("http://")?;
    let (host, target) = rest.split_once('/')?;
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let length = body.len();
    // HTTP 1.0: the answer ends with the connection, and does not come in chunks.
    let head = format!("{method} /{target} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let status = String::from_utf8_lossy(&answer[..end]).split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: answer[end + 4..].to_vec() })
}
