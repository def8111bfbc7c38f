//! The kinds of files that Unix has beside files, directories and links.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has them"))]
pub(crate) enum Special {
    BlockDevice,
    CharDevice,
    Fifo,
    Socket,
}
