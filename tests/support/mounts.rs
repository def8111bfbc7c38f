//! File systems that a test mounts for itself, where nobody else sees them.

use std::process::Command;

use waypath::{Path, PathBuf};

use crate::support::util::start_anew;

/// Runs the rest of a test as root in a process whose mounts are its own; `name` is the test's own, with its module. In
/// that process it returns `true`. Where there is no root, the test is skipped, and says so.
#[track_caller]
pub(crate) fn with_own_mounts(name: &str) -> bool {
    const MARK: &str = "WAYPATH_TEST_HAS_OWN_MOUNTS";
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    if !nix::unistd::geteuid().is_root() || !succeeds(Command::new("unshare").args(["-m", "true"])) {
        println!("SKIPPED {name}: it may not mount anything");
        return false;
    }
    start_anew(Command::new("unshare").arg("-m").arg(std::env::current_exe().unwrap()).env(MARK, ""), name);
    false
}

/// A file system that is mounted until this is dropped.
pub(crate) struct Mount {
    at: PathBuf,
    device: Option<String>,
}

impl Mount {
    /// exFAT through FUSE: ignores case, keeps times in seconds, gives each spelling of a name a number of its own.
    pub(crate) fn exfat(base: &Path) -> Option<Self> {
        Self::of_image(base, "exfat", &["mkfs.exfat"], &["mount.exfat-fuse"])
    }

    /// ext4 with small inodes: keeps times in seconds.
    pub(crate) fn coarse_ext4(base: &Path) -> Option<Self> {
        Self::of_image(base, "coarse ext4", &["mkfs.ext4", "-q", "-I", "128"], &["mount", "-t", "ext4"])
    }

    pub(crate) fn tmpfs(base: &Path) -> Option<Self> {
        let at = base / "tmpfs";
        at.mkdir().unwrap();
        let is_mounted = succeeds(Command::new("mount").args(["-t", "tmpfs", "tmpfs", at.as_str()]));
        is_mounted.then(|| Self { at, device: None }).or_else(|| skipped("tmpfs"))
    }

    /// A directory once more, under another path.
    pub(crate) fn again(of: &Path, base: &Path) -> Option<Self> {
        let at = base / "again";
        at.mkdir().unwrap();
        let is_mounted = succeeds(Command::new("mount").args(["--bind", of.as_str(), at.as_str()]));
        is_mounted.then(|| Self { at, device: None }).or_else(|| skipped("a directory mounted once more"))
    }

    /// In memory, and full after so many bytes.
    pub(crate) fn small_tmpfs(base: &Path, size: usize) -> Option<Self> {
        let at = base / "small tmpfs";
        at.mkdir().unwrap();
        let is_mounted = succeeds(
            Command::new("mount").args(["-t", "tmpfs", "-o"]).arg(format!("size={size}")).args(["tmpfs", at.as_str()]),
        );
        is_mounted.then(|| Self { at, device: None }).or_else(|| skipped("small tmpfs"))
    }

    /// In memory, without attributes.
    pub(crate) fn ramfs(base: &Path) -> Option<Self> {
        let at = base / "ramfs";
        at.mkdir().unwrap();
        let is_mounted = succeeds(Command::new("mount").args(["-t", "ramfs", "ramfs", at.as_str()]));
        is_mounted.then(|| Self { at, device: None }).or_else(|| skipped("ramfs"))
    }

    /// A directory through FUSE, with what these options change.
    pub(crate) fn bindfs(base: &Path, options: &[&str]) -> Option<Self> {
        let (real, at) = (base / "bindfs real", base / "bindfs");
        real.mkdir().unwrap();
        at.mkdir().unwrap();
        let is_mounted = succeeds(Command::new("bindfs").args(options).args([real.as_str(), at.as_str()]));
        is_mounted.then(|| Self { at, device: None }).or_else(|| skipped("bindfs"))
    }

    fn of_image(base: &Path, name: &str, make: &[&str], mount: &[&str]) -> Option<Self> {
        let (image, at) = (base / format!("{name} image"), base / name);
        std::fs::File::create(image.as_str()).unwrap().set_len(8 << 20).unwrap();
        at.mkdir().unwrap();
        if !succeeds(Command::new(make[0]).args(&make[1..]).arg(image.as_str())) {
            return skipped(name);
        }
        let output = Command::new("losetup").args(["--find", "--show", image.as_str()]).output().ok()?;
        let device = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        if device.is_empty() {
            return skipped(name);
        }
        let is_mounted = succeeds(Command::new(mount[0]).args(&mount[1..]).args([&*device, at.as_str()]));
        let mount = Self { at, device: Some(device) };
        if is_mounted { Some(mount) } else { skipped(name) }
    }

    /// A path on it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        &self.at / name
    }
}

fn skipped(name: &str) -> Option<Mount> {
    println!("SKIPPED: {name} cannot be mounted here");
    None
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

impl Drop for Mount {
    fn drop(&mut self) {
        _ = succeeds(Command::new("umount").arg(self.at.as_str()));
        if let Some(device) = &self.device {
            _ = succeeds(Command::new("losetup").args(["-d", device]));
        }
    }
}
