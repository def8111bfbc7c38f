//! Going through trees of directories, for listing, copying, measuring and removing.
//!
//! ```text
//! Descent: one way down, of which few directories are open
//!  └─ Traversal: a whole tree, by the system's own names, with the directory at hand in which each is found
//! Pool: parts of a tree, shared among threads
//! Account: what was done, what failed, and whether to go on
//! ```

mod account;
mod descent;
mod pool;
mod traversal;

#[cfg(any(all(test, target_os = "linux"), feature = "remote-no-tls"))]
pub(crate) use account::StopByPanic;
pub(crate) use account::{Account, OnProgress, path_of, stopped};
pub(crate) use descent::{Descent, MOST_OPEN, most_open};
pub(crate) use pool::{Pool, Taken, in_threads, lock, thread_count, usual_threads};
pub(crate) use traversal::{Next, Traversal, TraversalPart};
