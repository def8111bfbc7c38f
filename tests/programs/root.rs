//! A root on a system that refuses the one call by which paths are looked up: the same comes of it.

use waypath::{Path, Root, TempDir};

use crate::anew::{anew, job, strace};

const TEST: &str = "root::refused_lookups_are_walked";

/// What the kernel says that does not know the call, a filter of calls that does not let it through, and a system in
/// which names are changed all the time.
const REFUSALS: [&str; 7] = [
    "error=ENOSYS",
    "error=EPERM",
    "error=EINVAL",
    "error=E2BIG",
    "error=EAGAIN",
    "error=EAGAIN:when=1+2",
    "error=EINTR:when=1+2",
];

/// Reads, writes, lists and removes below a root; what leads out is refused.
fn use_root(place: &Path) -> waypath::Result<()> {
    let root = Root::open(place / "in")?;
    (&root / "d/e").mkdir_all()?;
    (&root / "d/e/f").write_text("one")?;
    (&root / "link").symlink_to("d/e")?;
    (&root / "out").symlink_to("..")?;
    (&root / "link/f").append_text(" two")?;
    (&root / "link/../e/f").write_atomic("three")?;
    (&root / "link/f").chmod(0o600)?;
    assert_eq!((&root / "d/../link/f").read_text()?, "three");
    assert_eq!((&root / "link/f").resolve()?, &root / "d/e/f");
    let paths = root.glob("**/f")?.paths()?;
    assert_eq!(paths, [&root / "d/e/f"]);
    for out in ["../secret", "out/secret", "/etc/passwd", "link/../../../secret"] {
        let error = (&root / out).read_text().unwrap_err();
        assert!(error.is_escape(), "{out}: {error}");
    }
    assert!((&root / "nothing/f").read_text().unwrap_err().kind() == std::io::ErrorKind::NotFound);
    (&root / "d/e/f").rename(&root / "g")?;
    (&root / "d").rmtree()?;
    assert_eq!((&root / "g").stat()?.mode(), 0o600);
    Ok(())
}

#[test]
fn refused_lookups_are_walked() {
    if let Some((_, place)) = job() {
        return use_root(&place).unwrap();
    }
    for refusal in REFUSALS {
        let place = TempDir::new().unwrap();
        (&place / "in").mkdir().unwrap();
        (&place / "secret").write_text("secret").unwrap();
        let log = TempDir::new().unwrap();
        let (log, inject) = (&log / "log", format!("inject=openat2:{refusal}"));
        let Some(program) = strace(&["-o", log.as_str(), "-e", "trace=openat2", "-e", &inject]) else { return };
        let output = anew(program, TEST, "use", &place).output().unwrap();
        assert!(output.status.success(), "{refusal}: {}", String::from_utf8_lossy(&output.stderr));
        let log = String::from_utf8_lossy(&log.read_bytes().unwrap()).into_owned();
        assert!(log.contains("(INJECTED)"), "{refusal}: {log}");
        // It is not asked again if it does not know the call.
        assert_eq!(
            log.lines().filter(|line| line.contains("openat2")).count() == 1,
            refusal.contains("ENOSYS"),
            "{refusal}"
        );
    }
}
