//! What the compiler says of the likely mistakes: it names the remedy, and the remedy compiles.
//!
//! rustc runs on small files, with the library that the tests are linked with. Of its own words no more is compared than
//! the code of the error.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use waypath::TempDir;

/// A mistake: the body of a function that does not compile, what is printed, and the body that is right.
struct Mistake {
    wrong: &'static str,
    code: &'static str,
    /// Said in this order: by the message, its labels or its notes.
    said: &'static [&'static str],
    right: &'static str,
}

/// Where the crate can say something.
const HELPED: &[Mistake] = &[
    Mistake {
        wrong: r#"let readme = Path::new("README.md");"#,
        code: "E0277",
        said: &["write `path(text)`", "it cannot borrow"],
        right: r#"let readme = path("README.md");"#,
    },
    Mistake {
        wrong: r#"let name = path("a/b.txt").file_name().unwrap().to_str().unwrap().len();"#,
        code: "E0277",
        said: &["use `name()`"],
        right: r#"let name = path("a/b.txt").name().len();"#,
    },
    Mistake {
        wrong: r#"fn open(_: &str) {} let dir = path("a"); open(dir.to_str().unwrap());"#,
        code: "E0277",
        said: &["use `as_str()`"],
        right: r#"fn open(_: &str) {} let dir = path("a"); open(dir.as_str());"#,
    },
    Mistake {
        wrong: r#"if let Some("rs") = path("a.rs").extension() {}"#,
        code: "E0277",
        said: &["use `suffix()`, which has the dot"],
        right: r#"if path("a.rs").suffix() == ".rs" {}"#,
    },
    Mistake {
        wrong: r#"let other = std::path::PathBuf::from("b"); let _ = path("a").copy(&other);"#,
        code: "E0277",
        said: &["`std::path::PathBuf` cannot be used as a path of flavour `Native`", "`PathBuf::try_from(path)?`"],
        right: r#"let other = std::path::PathBuf::from("b"); let _ = path("a").copy(PathBuf::try_from(other)?);"#,
    },
    Mistake {
        wrong: r#"let std = std::path::Path::new("a"); let _ = Path::from_std(std)?;"#,
        code: "E0277",
        said: &["use `PathBuf::try_from(path)?`", "need not be UTF-8"],
        right: r#"let std = std::path::Path::new("a"); let _ = PathBuf::try_from(std)?;"#,
    },
    Mistake {
        wrong: r#"let std = std::path::PathBuf::from("a"); let _ = PathBuf::from_path_buf(std).unwrap();"#,
        code: "E0277",
        said: &["use `PathBuf::try_from(path)?`"],
        right: r#"let std = std::path::PathBuf::from("a"); let _ = PathBuf::try_from(std)?;"#,
    },
    Mistake {
        wrong: r#"let _ = path("a") / WindowsPathBuf::parse("b");"#,
        code: "E0277",
        said: &["PathBuf<waypath::Windows>` cannot be used as a path of flavour `Native`", "`.to_flavour::<Native>()`"],
        right: r#"let _ = path("a") / WindowsPathBuf::parse("b").to_flavour::<Native>();"#,
    },
    Mistake {
        wrong: r#"let _ = path("a") / std::env::args().nth(1);"#,
        code: "E0277",
        said: &[
            "`Option<String>` cannot be used as a path",
            "an `Option` or a `Result`: take the path out of it first",
        ],
        right: r#"let _ = path("a") / std::env::args().nth(1).unwrap_or_default();"#,
    },
    Mistake {
        wrong: r#"let _ = path("a").glob(path("*.rs"));"#,
        code: "E0277",
        said: &["cannot be used as a pattern", "`Pattern::literal(path)`"],
        right: r#"let _ = path("a").glob(Pattern::literal(&path("*.rs")))?.count();"#,
    },
    Mistake {
        wrong: r#"let mode: u64 = 0o755; path("run.sh").chmod(mode)?;"#,
        code: "E0277",
        said: &["`u64` cannot be used as a mode", "a `u32` such as `0o644`"],
        right: r#"path("run.sh").chmod(0o755)?; path("run.sh").chmod("u+x")?;"#,
    },
    Mistake {
        wrong: r#"path("a.txt").edit_text(|text| text.trim())?;"#,
        code: "E0277",
        said: &["`&str` cannot be used as the edited text", "the closure returns a `String`"],
        right: r#"path("a.txt").edit_text(|text| text.trim().to_owned())?;"#,
    },
];

/// Where std's types and Rust's rules are at work, so that the words are the compiler's. The remedies are in the docs.
const NOT_HELPED: &[Mistake] = &[
    Mistake {
        wrong: r#"fn open(_: impl AsRef<Path>) {} open("a");"#,
        code: "E0277",
        said: &[],
        right: r#"fn open(_: impl AsPath) {} open("a");"#,
    },
    Mistake {
        wrong: r#"fn open(_: &std::path::Path) {} open(&path("a"));"#,
        code: "E0308",
        said: &[],
        right: r#"fn open(_: &std::path::Path) {} open(path("a").as_std_path());"#,
    },
    Mistake {
        wrong: r#"fn open(_: &Path) {} open(std::path::Path::new("a"));"#,
        code: "E0308",
        said: &[],
        right: r#"fn open(_: &Path) {} open(&PathBuf::try_from(std::path::Path::new("a"))?);"#,
    },
    Mistake {
        wrong: r#"fn open(_: &Path) {} open(path("a"));"#,
        code: "E0308",
        said: &[],
        right: r#"fn open(_: &Path) {} open(&path("a"));"#,
    },
    Mistake {
        wrong: r#"let _ = Pattern::new(format!("*.{}", "rs"));"#,
        code: "E0308",
        said: &[],
        right: r#"let _ = Pattern::new(&format!("*.{}", "rs"));"#,
    },
    Mistake {
        wrong: r#"let _ = Pattern::literal("a[1]");"#,
        code: "E0308",
        said: &[],
        right: r#"let _ = Pattern::literal(&path("a[1]"));"#,
    },
    Mistake {
        wrong: r#"struct Site { dir: PathBuf } fn index(site: &Site) -> PathBuf { site.dir / "index.html" }"#,
        code: "E0507",
        said: &[],
        right: r#"struct Site { dir: PathBuf } fn index(site: &Site) -> PathBuf { &site.dir / "index.html" }"#,
    },
    Mistake {
        wrong: r#"let dir = path("a"); let (one, two) = (dir / "b", dir / "c");"#,
        code: "E0382",
        said: &[],
        right: r#"let dir = path("a"); let (one, two) = (&dir / "b", &dir / "c");"#,
    },
    Mistake { wrong: r#"let _ = "a" / "b";"#, code: "E0277", said: &[], right: r#"let _ = path("a") / "b";"# },
    Mistake {
        wrong: r#"let dir = path("a"); if dir.join("x").exists()? {}"#,
        code: "E0277",
        said: &[],
        right: r#"let dir = path("a"); if dir.join("x").try_exists()? {}"#,
    },
];

/// Each call that std's names make likely, and what is said instead.
const STD_NAMES: &[(&str, &str)] = &[
    ("to_str()", "as_str()"),
    ("to_string_lossy()", "as_str()"),
    ("display()", "println!(\"{path}\")"),
    ("as_os_str()", "as_std_path().as_os_str()"),
    ("into_os_string()", "OsString::from(path)"),
    ("into_boxed_path()", "Box::<Path>::from(path)"),
    ("file_name()", "name()"),
    ("file_stem()", "stem()"),
    ("file_prefix()", "stem()"),
    ("extension()", "suffix()"),
    ("with_file_name(\"x\")", "with_name(name)?"),
    ("with_extension(\"x\")", "with_suffix(\".txt\")?"),
    ("with_added_extension(\"x\")", "add_suffix(\".gz\")?"),
    ("set_file_name(\"x\")", "path = path.with_name(name)?"),
    ("set_extension(\"x\")", "path = path.with_suffix(\".txt\")?"),
    ("add_extension(\"x\")", "path = path.add_suffix(\".gz\")?"),
    ("pop()", "path = path.parent().to_path_buf()"),
    ("components()", "parts()"),
    ("iter()", "parts()"),
    ("ancestors()", "parents()"),
    ("starts_with(\"x\")", "is_relative_to(base)"),
    ("ends_with(\"x\")", "matches(pattern)"),
    ("strip_prefix(\"x\")", "relative_to(base)?"),
    ("is_relative()", "!path.is_absolute()"),
    ("has_root()", "!path.root().is_empty()"),
    ("is_empty()", "path == \".\""),
    ("canonicalize()", "resolve_strict()?"),
    ("metadata()", "stat()?"),
    ("symlink_metadata()", "lstat()?"),
    ("read_link()", "readlink()?"),
    ("read_dir()", "iterdir()"),
    ("create_dir()", "mkdir()?"),
    ("create_dir_all()", "mkdir_all()?"),
    ("remove_dir()", "rmdir()?"),
    ("remove_dir_all()", "rmtree()?"),
    ("remove_file()", "unlink()?"),
    ("hard_link(\"x\")", "link.hardlink_to(path)?"),
    ("set_permissions(0o644)", "chmod(mode)?"),
    ("read_to_string()", "read_text()?"),
    ("read()", "read_bytes()?"),
    ("write(\"x\")", "write_text(text)?"),
    ("file_type()", "kind()"),
];

#[test]
fn the_compiler_names_the_remedy() {
    for mistake in HELPED.iter().chain(NOT_HELPED) {
        let [error] = &errors(&function(0, mistake.wrong))[..] else { panic!("not one error: {}", mistake.wrong) };
        assert_eq!(error.code, mistake.code, "{}: {:?}", mistake.wrong, error.texts);
        let mut texts = error.texts.iter();
        for said in mistake.said {
            assert!(texts.any(|text| text.contains(said)), "{}: no `{said}` in {:?}", mistake.wrong, error.texts);
        }
    }
}

#[test]
fn the_remedies_compile() {
    let right: Vec<_> = HELPED.iter().chain(NOT_HELPED).map(|mistake| mistake.right).collect();
    assert_eq!(errors(&functions(&right)), []);
}

/// In one file, a function for each, so that the errors have the order of the table.
#[test]
fn std_s_names_lead_to_those_of_this_crate() {
    let calls: Vec<_> = STD_NAMES.iter().map(|(call, _)| format!("path(\"a\").{call}.chained();")).collect();
    let errors = errors(&functions(&calls));
    for ((call, remedy), error) in STD_NAMES.iter().zip(&errors) {
        assert!(error.texts[0].contains(&format!("`{remedy}")), "{call}: {:?}", error.texts);
    }
    assert_eq!(errors.len(), STD_NAMES.len());

    // Through what derefs to a path, too, and for other flavours where the remedy is there for them.
    let calls = ["fn f(entry: Entry) { entry.metadata(); }", "WindowsPathBuf::parse(\"a\").file_stem();"];
    let errors = self::errors(&functions(&calls));
    assert!(errors[0].texts[0].contains("`stat()?`") && errors[1].texts[0].contains("`stem()`"), "{errors:?}");
    let [error] = &self::errors(&function(0, "WindowsPathBuf::parse(\"a\").metadata();"))[..] else { panic!() };
    assert_eq!(error.code, "E0599", "there is no `stat` for it: {:?}", error.texts);
}

/// What a disk can do and no store of objects can, and the beginning of what is said.
#[cfg(feature = "remote-no-tls")]
const NOT_IN_STORES: &[(&str, &str)] = &[
    ("append_text(\"x\")", "no store can append"),
    ("append_bytes(\"x\")", "no store can append"),
    ("write_atomic(\"x\")", "use `write_bytes(content)?`"),
    ("create_atomic()", "use `create()?`"),
    ("create_new_atomic()", "use `create_new()?`"),
    ("edit_text(|text| text)", "read with `open()?`, and write with `write_if_match"),
    ("mkdir()", "write the file"),
    ("mkdir_all()", "write the file"),
    ("mkdir_parent()", "write the file"),
    ("rmdir()", "a directory is gone from a store with the last file in it"),
    ("rename(\"x\")", "use `move_to(target)?`"),
    ("replace(\"x\")", "use `CopyOptions::new()"),
    ("try_exists()", "use `exists()?`"),
    ("lstat()", "use `stat()?`"),
    ("symlink_to(\"x\")", "a store has no links"),
    ("hardlink_to(\"x\")", "a store has no links"),
    ("touch()", "use `write_new(\"\")?`"),
    ("chmod(0o644)", "a store has no modes"),
];

#[test]
#[cfg(feature = "remote-no-tls")]
fn what_no_store_can_do_leads_to_what_it_can() {
    let calls: Vec<_> = NOT_IN_STORES.iter().map(|(call, _)| format!("Memory::new().{call}.chained();")).collect();
    let errors = errors(&functions(&calls));
    for ((call, remedy), error) in NOT_IN_STORES.iter().zip(&errors) {
        assert!(error.texts[0].starts_with(remedy), "{call}: {:?}", error.texts);
    }
    assert_eq!(errors.len(), NOT_IN_STORES.len());
}

fn functions<S: AsRef<str>>(bodies: &[S]) -> String {
    bodies.iter().enumerate().map(|(at, body)| function(at, body.as_ref())).collect()
}

fn function(number: usize, body: &str) -> String {
    format!("pub fn function_{number}() -> Result<(), Error> {{\n{body}\nOk(())\n}}\n")
}

/// An error as rustc writes it in JSON: its code, and its message, labels, notes and helps.
#[derive(Debug, PartialEq)]
struct CompileError {
    code: String,
    texts: Vec<String>,
}

/// What rustc says of a file with these functions.
fn errors(functions: &str) -> Vec<CompileError> {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    compile(functions, LIBRARY.get_or_init(library))
}

/// The newest of the libraries beside the tests that this compiler can use: other features and other compilers leave some.
fn library() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let mut found: Vec<_> = std::fs::read_dir(tests.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.file_name().unwrap().to_str().is_some_and(is_library))
        .collect();
    found.sort_by_key(|file| file.metadata().unwrap().modified().unwrap());
    let needed = if cfg!(feature = "remote-no-tls") { "Memory::new();" } else { "path(\"a\");" };
    let usable = found.into_iter().rev().find(|library| compile(&function(0, needed), library).is_empty());
    usable.expect("a library that the tests are linked with")
}

fn is_library(name: &str) -> bool {
    name.starts_with("libwaypath-") && name.ends_with(".rlib")
}

fn compile(functions: &str, library: &Path) -> Vec<CompileError> {
    let place = TempDir::new().unwrap();
    let mut rustc = Command::new(rustc())
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--error-format=json", "--out-dir"])
        .args([place.as_str(), "-L", &format!("dependency={}", library.parent().unwrap().display())])
        .args(["--extern", &format!("waypath={}", library.display()), "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut source = rustc.stdin.take().unwrap();
    source.write_all(b"#![allow(warnings)]\nuse waypath::*;\n").unwrap();
    source.write_all(functions.as_bytes()).unwrap();
    drop(source);
    let output = rustc.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<_> = printed.lines().filter_map(compile_error).collect();
    assert!(output.status.success() || !errors.is_empty(), "{printed}");
    errors
}

/// The compiler of the cargo that runs the tests.
fn rustc() -> PathBuf {
    match std::env::var_os("CARGO") {
        Some(cargo) => Path::new(&cargo).with_file_name("rustc"),
        None => "rustc".into(),
    }
}

/// One line of rustc's output. None for warnings, and for the line that counts the errors, which has no code.
fn compile_error(line: &str) -> Option<CompileError> {
    let it: Value = serde_json::from_str(line).unwrap();
    let code = it["code"]["code"].as_str().filter(|_| it["level"] == "error")?.to_owned();
    let labels = it["spans"].as_array().unwrap().iter().map(|span| &span["label"]);
    let notes = it["children"].as_array().unwrap().iter().map(|child| &child["message"]);
    let texts = std::iter::once(&it["message"]).chain(labels).chain(notes);
    Some(CompileError { code, texts: texts.filter_map(Value::as_str).map(str::to_owned).collect() })
}
