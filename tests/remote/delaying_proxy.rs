//! A proxy that makes a server far away: what is said arrives half a round trip later.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

pub(crate) struct DelayingProxy {
    pub(crate) endpoint: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    /// Requests on their way, or answers.
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl Counts {
    fn begin(&self) {
        let now = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_under_way.fetch_max(now, Ordering::Relaxed);
    }
}

impl DelayingProxy {
    /// Stands before the server at an endpoint, until the process ends.
    pub(crate) fn start(endpoint: &str, round_trip: Duration) -> Self {
        let server = endpoint.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::new(Counts::default());
        let counted = counts.clone();
        spawn(move || {
            for client in listener.incoming() {
                let (client, server, counts) = (client.unwrap(), server.clone(), counted.clone());
                spawn(move || connect(&client, &server, round_trip, &counts));
            }
        });
        Self { endpoint, counts }
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// The most requests that were under way at a time.
    pub(crate) fn most_under_way(&self) -> usize {
        self.counts.most_under_way.load(Ordering::Relaxed)
    }
}

/// Carries what two sides say, until both have ended.
fn connect(client: &TcpStream, server: &str, round_trip: Duration, counts: &Arc<Counts>) {
    counts.connections.fetch_add(1, Ordering::Relaxed);
    sleep(round_trip); // as the first packets of a connection need one
    let server = TcpStream::connect(server).unwrap();
    // Of each request, and of each answer, only the first piece counts.
    let is_waiting = Arc::new(AtomicBool::new(false));
    let (began, ended) = ((counts.clone(), is_waiting.clone()), (counts.clone(), is_waiting));
    let up = carry(client, &server, round_trip / 2, move || {
        if !began.1.swap(true, Ordering::Relaxed) {
            began.0.begin();
        }
    });
    let down = carry(&server, client, round_trip / 2, move || {
        if ended.1.swap(false, Ordering::Relaxed) {
            ended.0.under_way.fetch_sub(1, Ordering::Relaxed);
        }
    });
    up.join().unwrap();
    down.join().unwrap();
}

/// Carries what one side says to the other, each piece after the delay.
fn carry(
    from: &TcpStream,
    to: &TcpStream,
    delay: Duration,
    each: impl Fn() + Send + 'static,
) -> std::thread::JoinHandle<()> {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    to.set_nodelay(true).unwrap();
    let (pieces, arrivals) = channel::<(Instant, Vec<u8>)>();
    spawn(move || {
        let mut buffer = vec![0; 1 << 18];
        while let Ok(len @ 1..) = from.read(&mut buffer) {
            each();
            if pieces.send((Instant::now() + delay, buffer[..len].to_vec())).is_err() {
                return;
            }
        }
    });
    spawn(move || {
        for (due, piece) in arrivals {
            sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        _ = to.shutdown(Shutdown::Write); // which the other side may have done before
    })
}
