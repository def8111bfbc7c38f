//! Links, and where paths really lead.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use waypath::{Op, Path, path};
#[cfg(target_os = "linux")]
use waypath::{PathBuf, Result, TempDir};

use crate::support::util::{Tree, as_nobody, fails};

/// A name that is not UTF-8, in a tree.
fn raw(tree: &Tree, name: &[u8]) -> std::path::PathBuf {
    std::path::Path::new(tree.as_str()).join(OsStr::from_bytes(name))
}

#[test]
fn links_are_made_and_read() {
    let tree = Tree::new(["d/f", "f"]);
    let at = |name: &str| tree.at(name);
    at("to_f").symlink_to("f").unwrap();
    at("d/to_f").symlink_to("../f").unwrap();
    at("dangling").symlink_to("./no//such/").unwrap();
    at("absolute").symlink_to(at("d")).unwrap();
    assert_eq!(at("d/to_f").read_text().unwrap(), "f");
    assert_eq!(at("d/to_f").readlink().unwrap(), "../f");
    assert_eq!(at("dangling").readlink().unwrap(), "no/such");
    assert_eq!(at("absolute").readlink().unwrap(), at("d"));

    let error = fails(at("to_f").symlink_to("d"), Op::Symlink, ErrorKind::AlreadyExists);
    assert_eq!(error.second_path().unwrap().as_std_path().to_str(), Some("d"));
    assert!(error.to_string().starts_with(&format!("cannot make `{}` a link to `d`: ", at("to_f"))));
    fails(at("dangling").symlink_to("d"), Op::Symlink, ErrorKind::AlreadyExists);
    fails(at("no/such").symlink_to("d"), Op::Symlink, ErrorKind::NotFound);
    fails(at("f/x").symlink_to("d"), Op::Symlink, ErrorKind::NotADirectory);
    fails(at("new").symlink_to("a\0b"), Op::Symlink, ErrorKind::InvalidInput);
    fails(at("f").readlink(), Op::Readlink, ErrorKind::InvalidInput);
    fails(at("no").readlink(), Op::Readlink, ErrorKind::NotFound);
    tree.is([
        &format!("absolute => {}", at("d")),
        "d/",
        "d/f",
        "d/to_f => ../f",
        "dangling => no/such",
        "f",
        "to_f => f",
    ]);
}

#[test]
fn a_link_that_is_not_utf8_is_an_error_with_the_raw_target() {
    let tree = Tree::new([]);
    symlink(OsStr::from_bytes(b"a/\xff"), tree.at("link")).unwrap();
    let error = fails(tree.at("link").readlink(), Op::Convert, ErrorKind::InvalidInput);
    assert_eq!(error.path().as_std_path().as_os_str().as_bytes(), b"a/\xff");
}

#[test]
fn second_names_are_as_good_as_first_ones() {
    let tree = Tree::new(["f", "d/", "link => f", "dangling => no"]);
    let at = |name: &str| tree.at(name);
    at("second").hardlink_to(at("f")).unwrap();
    assert!(at("second").samefile(at("f")).unwrap());
    at("second").append_text("!").unwrap();
    assert_eq!(at("f").read_text().unwrap(), "f!");
    at("f").unlink().unwrap();
    assert_eq!(at("second").read_text().unwrap(), "f!");
    let error = fails(at("d/new").hardlink_to(at("no")), Op::Hardlink, ErrorKind::NotFound);
    assert!(error.to_string().contains(&format!("make `{}` a hard link to `{}`", at("d/new"), at("no"))));
    fails(at("link").hardlink_to(at("second")), Op::Hardlink, ErrorKind::AlreadyExists);
    fails(at("new").hardlink_to(at("d")), Op::Hardlink, ErrorKind::PermissionDenied);
    if cfg!(target_os = "linux") {
        at("new").hardlink_to(at("dangling")).unwrap();
        assert!(at("new").is_symlink());
    }
}

#[test]
fn two_paths_lead_to_one_file() {
    let tree = Tree::new(["d/f", "f", "ld => d", "lf => d/f", "self => self"]);
    let at = |name: &str| tree.at(name);
    for same in ["d/f", "ld/f", "lf", "d/../ld/f"] {
        assert!(at("d/f").samefile(at(same)).unwrap(), "{same}");
    }
    assert!(!at("d/f").samefile(at("f")).unwrap() && !at("d").samefile(&*tree).unwrap());
    for (left, right, named) in [("f", "no", "no"), ("no", "f", "no"), ("f", "self", "self")] {
        let error = at(left).samefile(at(right)).unwrap_err();
        assert_eq!((error.op(), error.path().as_std_path().to_str()), (Op::Stat, Some(at(named).as_str())));
    }
}

/// Where each path of a tree leads, without and with the condition that it leads to something.
#[test]
fn resolve_follows_links_before_it_goes_up() {
    let tree = Tree::new([
        "a/deep/x",
        "f",
        "ld => a/deep",
        "lf => f",
        "dang => nowhere",
        "far => dang/x/y",
        "up => ld/..",
        "slash => f/",
        "dot => a/.",
        "self => self",
        "l1 => l2",
        "l2 => d/l1",
        "d => .",
        "twice => ld/../../ld/x",
    ]);
    let root = tree.resolve_strict().unwrap();
    symlink(&root, tree.at("absolute")).unwrap();
    let not_found = Err(ErrorKind::NotFound);
    let no_directory = Err(ErrorKind::NotADirectory);
    let cases = [
        (".", ".", Ok(())),
        ("f", "f", Ok(())),
        ("a/deep/..", "a", Ok(())),
        ("ld/..", "a", Ok(())),
        ("up/deep/x", "a/deep/x", Ok(())),
        ("twice", "a/deep/x", Ok(())),
        ("absolute/absolute/lf", "f", Ok(())),
        ("dot/deep", "a/deep", Ok(())),
        ("d/d/d/f", "f", Ok(())),
        ("no", "no", not_found),
        ("no/..", ".", not_found),
        ("no/x/../y", "no/y", not_found),
        ("dang", "nowhere", not_found),
        ("dang/x", "nowhere/x", not_found),
        ("far/../z", "nowhere/x/z", not_found),
        ("f/x", "f/x", no_directory),
        ("f/..", ".", no_directory),
        ("lf/../a", "a", no_directory),
        ("slash", "f", no_directory),
    ];
    for (path, leads_to, strict) in cases {
        let path = tree.at(path);
        assert_eq!(path.resolve().unwrap(), &root / leads_to, "{path}");
        assert_eq!(path.resolve_strict().map_err(|error| error.kind()), strict.map(|()| &root / leads_to), "{path}");
        if strict.is_ok() {
            assert_eq!(fs::canonicalize(&path).unwrap(), std::path::Path::new((&root / leads_to).as_str()));
        }
    }
    let looped = tree.at("self").stat().unwrap_err().kind();
    for (path, stays) in [("self", "self"), ("self/x", "self/x"), ("self/..", "."), ("l1", "l1"), ("l2/x", "l2/x")] {
        assert_eq!(tree.at(path).resolve().unwrap(), &root / stays, "{path}");
        fails(tree.at(path).resolve_strict(), Op::Resolve, looped);
    }
    for resolve in [Path::resolve, Path::resolve_strict] {
        fails(path("a\0b").resolve(), Op::Resolve, ErrorKind::InvalidInput);
        assert_eq!(resolve(path("/..").as_path()).unwrap(), "/");
        assert_eq!(resolve(path("//").as_path()).unwrap(), "/");
        assert_eq!(resolve(path("").as_path()).unwrap(), Path::cwd().unwrap());
    }
}

/// The system follows 40 links at most; the way of a path has no end but a loop.
#[test]
fn a_chain_of_many_links_is_no_loop() {
    let tree = Tree::new(["l0"]);
    for number in 1..=100 {
        tree.at(&format!("l{number}")).symlink_to(format!("l{}", number - 1)).unwrap();
    }
    assert_eq!(tree.at("l100").resolve_strict().unwrap(), tree.resolve_strict().unwrap() / "l0");
    assert!(!tree.at("l100").exists());
}

/// Links that each name the one before twice would be followed 2^64 times.
#[test]
fn each_link_is_gone_through_once() {
    let tree = Tree::new(["d/", "l0 => d"]);
    for number in 1..=64 {
        let before = number - 1;
        tree.at(&format!("l{number}")).symlink_to(format!("l{before}/../l{before}")).unwrap();
    }
    assert_eq!(tree.at("l64").resolve_strict().unwrap(), tree.resolve_strict().unwrap() / "d");
}

#[test]
fn what_may_not_be_looked_at_stays() {
    if !as_nobody("fs::links::what_may_not_be_looked_at_stays") {
        return;
    }
    let tree = Tree::new(["closed/d/", "closed/link => d", "into => closed/link/x"]);
    let mode = |mode| fs::set_permissions(tree.at("closed"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    let root = tree.resolve().unwrap();
    assert_eq!(tree.at("into").resolve().unwrap(), &root / "closed/link/x");
    assert_eq!(tree.at("closed").resolve_strict().unwrap(), &root / "closed");
    fails(tree.at("into").resolve_strict(), Op::Resolve, ErrorKind::PermissionDenied);
    fails(tree.at("closed/link").readlink(), Op::Readlink, ErrorKind::PermissionDenied);
    fails(tree.at("closed/d").samefile(&*tree), Op::Stat, ErrorKind::PermissionDenied);
    fails(tree.at("closed/new").symlink_to("d"), Op::Symlink, ErrorKind::PermissionDenied);
    fails(tree.at("closed/d").owner(), Op::Owner, ErrorKind::PermissionDenied);
    fails(tree.at("closed/d").find_up("x"), Op::Stat, ErrorKind::PermissionDenied);
    // To search a directory is enough.
    mode(0o111);
    assert_eq!(tree.at("closed/link").resolve_strict().unwrap(), &root / "closed/d");
    mode(0o755);
}

#[test]
fn a_path_that_leads_to_a_name_that_is_not_utf8_is_an_error_with_the_raw_path() {
    let tree = Tree::new(["f"]);
    fs::create_dir(raw(&tree, b"\xff")).unwrap();
    symlink(OsStr::from_bytes(b"\xff"), tree.at("link")).unwrap();
    symlink(OsStr::from_bytes(b"\xff/../f"), tree.at("through")).unwrap();
    let root = tree.resolve_strict().unwrap();
    for resolve in [Path::resolve, Path::resolve_strict] {
        let error = fails(resolve(&tree.at("link")), Op::Convert, ErrorKind::InvalidInput);
        assert_eq!(error.path().as_std_path().as_os_str().as_bytes(), [root.as_str().as_bytes(), b"/\xff"].concat());
        assert_eq!(resolve(&tree.at("through")).unwrap(), &root / "f");
    }
}

/// 33,000 bytes, with a link at the end, and one that leads back from there.
#[test]
fn paths_longer_than_the_system_takes_are_resolved() {
    let tree = Tree::new(["f"]);
    let root = tree.resolve_strict().unwrap();
    let name = "0123456789";
    let levels = 3_000;
    let mut dir = fs::File::open(&root).unwrap();
    for _ in 0..levels {
        use rustix::fs::{Mode, OFlags, mkdirat, openat};
        mkdirat(&dir, name, Mode::RWXU).unwrap();
        dir = openat(&dir, name, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).unwrap().into();
    }
    rustix::fs::symlinkat("../there", &dir, "link").unwrap();
    rustix::fs::symlinkat((&root / "f").as_str(), &dir, "back").unwrap();
    rustix::fs::mkdirat(&dir, "d", rustix::fs::Mode::RWXU).unwrap();

    let deep = &root / [name; 3_000].join("/");
    assert!(deep.as_str().len() > 33_000 && deep.stat().is_err());
    for resolve in [Path::resolve, Path::resolve_strict] {
        assert_eq!(resolve(&deep).unwrap(), deep);
        assert_eq!(resolve(&(&deep / "d/..")).unwrap(), deep);
        assert_eq!(resolve(&(&deep / "back")).unwrap(), &root / "f");
        let ups = [".."; 3_000].join("/");
        assert_eq!(resolve(&(&deep / &ups / "f")).unwrap(), &root / "f");
    }
    assert_eq!((&deep / "link").resolve().unwrap(), deep.parent() / "there");
    assert_eq!((&deep / "no/x/../y").resolve().unwrap(), &deep / "no/y");
    fails((&deep / "link").resolve_strict(), Op::Resolve, ErrorKind::NotFound);
    fails((&deep / "back/x").resolve_strict(), Op::Resolve, ErrorKind::NotADirectory);
    let error = fails((&deep / "x".repeat(256)).resolve_strict(), Op::Resolve, ErrorKind::InvalidFilename);
    assert!(error.io_error().is_some());
    (&root / name).rmtree().unwrap();
}

#[test]
fn absolute_goes_from_the_working_directory() {
    let cwd = Path::cwd().unwrap();
    for (path, absolute) in
        [("a/../b", &cwd / "a/../b"), ("", cwd.clone()), ("/a/..", path("/a/..")), ("//a", path("//a"))]
    {
        assert_eq!(waypath::path(path).absolute().unwrap(), absolute);
    }
}

/// The working directory is one for all threads, and here it goes away.
#[test]
#[cfg(target_os = "linux")]
fn relative_paths_need_a_working_directory() {
    if !crate::support::util::alone("fs::links::relative_paths_need_a_working_directory") {
        return;
    }
    let dir = TempDir::new_in(Path::temp_dir().unwrap().resolve_strict().unwrap()).unwrap();
    std::env::set_current_dir(&dir).unwrap();
    path("f").touch().unwrap();
    path("link").symlink_to("f").unwrap();
    assert_eq!(path("link").resolve_strict().unwrap(), &dir / "f");
    assert_eq!(path("link").absolute().unwrap(), &dir / "link");
    assert_eq!(path("x/../f").find_up("f").unwrap(), Some(&dir / "f"));
    dir.close().unwrap();
    let asks: [fn(&Path) -> Result<PathBuf>; 3] = [Path::resolve, Path::resolve_strict, Path::absolute];
    for ask in asks {
        assert_eq!(ask(&path("f")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(ask(&path("/")).unwrap(), "/");
    }
}
