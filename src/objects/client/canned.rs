//! A server for tests that answers each request as it was told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// A server on a port that the system chose. Dropping it closes its connections and waits for its threads.
pub(crate) struct Canned {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    reply: Box<dyn Fn(&Heard) -> Reply + Send + Sync>,
    heard: Mutex<Vec<Heard>>,
    /// All connections that there were.
    open: Mutex<Vec<TcpStream>>,
    is_over: AtomicBool,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// From 0, over all connections.
    pub(crate) number: usize,
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Answers with these bytes, and keeps the connection.
    Bytes(Vec<u8>),
    /// Answers with these bytes, and closes the connection.
    Torn(Vec<u8>),
    /// Neither answers nor closes.
    Silent,
    /// Begins with these bytes, and goes on with one every now and then, without an end.
    Drip(Vec<u8>),
}

/// How a server answers a request.
pub(crate) type Answering = fn(&Heard) -> Reply;

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl Reply {
    /// An answer that is whole.
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len().to_string();
        let mut bytes = Self::head(status, &[headers, &[("Content-Length", &*length)]].concat());
        bytes.extend(body);
        Self::Bytes(bytes)
    }

    /// Status and headers.
    pub(crate) fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("HTTP/1.1 {status} Status\r\n{headers}\r\n").into_bytes()
    }

    /// An error as S3 writes it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Self::new(status, &[("Content-Type", "application/xml")], body)
    }

    /// The answer to HEAD, which has the length of a body and none.
    pub(crate) fn object(tag: &str, length: usize, headers: &[(&str, &str)]) -> Self {
        let (tag, length) = (format!("\"{tag}\""), length.to_string());
        let usual = [("ETag", &*tag), ("Content-Length", &*length), ("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT")];
        Self::Bytes(Self::head(200, &[&usual, headers].concat()))
    }
}

impl Canned {
    pub(crate) fn new(reply: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            reply: Box::new(reply),
            heard: Mutex::default(),
            open: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        });
        Self { port, shared, accepting: Some(accepting) }
    }

    /// One reply after the other; the last one again and again.
    pub(crate) fn in_turn<const N: usize>(replies: [Answering; N]) -> Self {
        Self::new(move |heard| replies[heard.number.min(N - 1)](heard))
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        lock(&self.shared.heard).clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.shared.open).len()
    }

    /// Methods and targets in the order in which they came.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.heard().iter().map(|heard| format!("{} {}", heard.method, heard.target)).collect()
    }
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.open).drain(..) {
            _ = stream.shutdown(Shutdown::Both);
        }
        // It waits for a connection, and sees then that it is over.
        _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(accepting) = self.accepting.take() {
            _ = accepting.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    for stream in listener.incoming() {
        let Ok(stream) = stream else { break };
        // Under the lock: either it is seen here that it is over, or it is closed together with the others.
        let mut open = lock(&shared.open);
        if shared.is_over.load(Ordering::SeqCst) {
            break;
        }
        open.extend(stream.try_clone());
        drop(open);
        let shared = shared.clone();
        threads.push(thread::spawn(move || _ = serve(stream, &shared)));
    }
    for thread in threads {
        _ = thread.join();
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(mut heard) = hear(&mut reader)? {
        {
            let mut all = lock(&shared.heard);
            heard.number = all.len();
            all.push(heard.clone());
        }
        match (shared.reply)(&heard) {
            Reply::Bytes(bytes) => stream.write_all(&bytes)?,
            Reply::Torn(bytes) => {
                stream.write_all(&bytes)?;
                return stream.shutdown(Shutdown::Both);
            }
            Reply::Silent => {}
            Reply::Drip(bytes) => {
                stream.write_all(&bytes)?;
                // Until the other side has gone, or this one is over.
                loop {
                    stream.write_all(b"x")?;
                    thread::sleep(std::time::Duration::from_millis(5));
                }
            }
        }
    }
    Ok(())
}

/// Reads a request; nothing, if the connection was closed.
fn hear(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Heard>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_ascii_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut heard = Heard { number: 0, method, target, headers, body: Vec::new() };
    let length = heard.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    heard.body = vec![0; length];
    reader.read_exact(&mut heard.body)?;
    Ok(Some(heard))
}
