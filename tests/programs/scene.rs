//! Where a process of its own works: a place with a tree, `src`, and with another, `to`, that is there before.

use std::os::unix::fs::FileExt as _;

use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};
use waypath::{Path, PathBuf, TempDir};

/// `src` and `to` in a temporary directory. A `to` on another device is a link to there.
pub(crate) struct Scene {
    pub(crate) place: TempDir,
    other: Option<TempDir>,
}

impl Scene {
    pub(crate) fn on_one_device() -> Self {
        Self::with(None)
    }

    /// Needs [`has_other_device`].
    pub(crate) fn across_devices() -> Self {
        Self::with(Some(TempDir::new_in(OTHER_DEVICE).unwrap()))
    }

    fn with(other: Option<TempDir>) -> Self {
        let place = TempDir::new().unwrap();
        fill(&(&place / "src"));
        if let Some(other) = &other {
            std::os::unix::fs::symlink(other.as_str(), &place / "to").unwrap();
        }
        let scene = Self { place, other };
        fill_target(&scene.target());
        scene
    }

    pub(crate) fn source(&self) -> PathBuf {
        &self.place / "src"
    }

    /// What is worked into, where it really is.
    pub(crate) fn target(&self) -> PathBuf {
        self.other.as_deref().map_or_else(|| &self.place / "to", Path::to_path_buf)
    }
}

/// A tree with something of each kind, small and large.
pub(crate) fn fill(src: &Path) {
    (src / "d/e").mkdir_all().unwrap();
    (src / "a").write_text("content of a").unwrap();
    (src / "d/b").write_text("content of b").unwrap();
    (src / "large").write_bytes(vec![b'x'; 200_000]).unwrap();
    let holes = std::fs::File::create(src / "d/holes").unwrap();
    holes.write_all_at(b"behind a hole", 300_000).unwrap();
    std::fs::hard_link(src / "a", src / "d/second").unwrap();
    std::os::unix::fs::symlink("nowhere", src / "d/link").unwrap();
    mknodat(CWD, (src / "d/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    // Some file systems have none.
    _ = setxattr((src / "a").as_str(), "user.waypath", b"kept", XattrFlags::empty());
}

/// What was there before: one file that is replaced, one that is not.
pub(crate) fn fill_target(to: &Path) {
    (to / "d").mkdir_all().unwrap();
    (to / "a").write_text("old").unwrap();
    (to / "d/b").write_text("old content of b, which is longer").unwrap();
    (to / "d/mine").write_text("mine").unwrap();
}

/// Whether a name is one that an operation gives for a while.
pub(crate) fn is_temporary(path: &std::path::Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".waypath-tmp")
}

/// Where another file system is, as far as there is one.
pub(crate) const OTHER_DEVICE: &str = "/dev/shm";

pub(crate) fn has_other_device() -> bool {
    let device = |path: &str| std::fs::metadata(path).map(|found| std::os::unix::fs::MetadataExt::dev(&found)).ok();
    let (own, other) = (device(TempDir::new().unwrap().as_str()), device(OTHER_DEVICE));
    let has = other.is_some() && own != other;
    if !has {
        println!("no other device here: not tested");
    }
    has
}
