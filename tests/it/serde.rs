//! The feature `serde`: what is written reads back, and what is read is checked.

use std::borrow::Cow;
use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{from_str, json, to_value};
use serde_test::{Configure, Token, assert_de_tokens, assert_de_tokens_error, assert_ser_tokens, assert_tokens};
use waypath::{
    Attribute, CopyOptions, FileKind, Flavour, MirrorOptions, Mode, Native, Overwrite, Path, PathBuf, Pattern,
    PatternSet, PatternSetBuilder, PlanAction, Posix, RemoveOptions, Root, RootLinks, RootOptions, Size, SkipReason,
    Specials, Symlinks, TempOptions, TouchOptions, Windows, path,
};

use crate::path::path_laws::laws;
use crate::support::texts::text;
use crate::support::util::Tree;

laws! {
    paths_are_their_text(text());
    borrowed_paths_are_normal(text());
    patterns_are_their_text((text(), any::<Option<bool>>()));
    sets_read_back((vec(text(), 0..4), vec(text(), 0..4)));
}

fn paths_are_their_text<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let read: PathBuf<F> = from_str(&json!(text).to_string()).unwrap();
    assert_eq!(read.as_str(), path.as_str());
    assert_eq!(to_value(&path).unwrap(), json!(path.as_str()));
    assert_eq!(to_value(path.as_path()).unwrap(), json!(path.as_str()));
    assert_eq!(*round_trip::<Box<Path<F>>>(&path.as_path().into()), *path);
    assert_eq!(round_trip(&Cow::Borrowed(path.as_path())), Cow::Borrowed(path.as_path()));
}

fn borrowed_paths_are_normal<F: Flavour>(text: String) {
    let document = json!(text).to_string();
    let read = from_str::<&Path<F>>(&document);
    let is_lent = document.len() == text.len() + 2;
    let is_normal = *PathBuf::<F>::parse(&text).as_str() == *text;
    match read {
        Ok(path) => assert_eq!((path.as_str(), is_normal), (&*text, true)),
        Err(error) => assert!(!(is_lent && is_normal), "{error}"),
    }
}

fn patterns_are_their_text<F: Flavour>((text, case): (String, Option<bool>)) {
    let plain = Pattern::<F>::parse(&text);
    let pattern = match case {
        None => plain.clone(),
        Some(true) => plain.clone().case_sensitive(true),
        Some(false) => plain.clone().case_sensitive(false),
    };
    match serde_json::to_string(&pattern) {
        Ok(document) => assert_eq!((from_str(&document).unwrap(), document), (pattern, json!(text).to_string())),
        Err(_) => assert_ne!(pattern, plain),
    }
}

fn sets_read_back<F: Flavour>((includes, excludes): (Vec<String>, Vec<String>)) {
    let set = includes.iter().fold(PatternSetBuilder::<F>::default(), PatternSetBuilder::include);
    let set = excludes.iter().fold(set, PatternSetBuilder::exclude).build();
    let document = to_value(&set).unwrap();
    assert_eq!(document, json!({ "include": includes, "exclude": excludes }));
    assert_eq!(format!("{:?}", serde_json::from_value::<PatternSet<F>>(document).unwrap()), format!("{set:?}"));
}

/// Writes to text, and reads that.
#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
    from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

#[track_caller]
fn bad<T: DeserializeOwned + Debug>(document: &str, message: &str) {
    let error = from_str::<T>(document).unwrap_err().to_string();
    let (told, _) = error.rsplit_once(" at line ").unwrap();
    assert_eq!(told, message);
}

#[test]
fn what_is_no_path_says_what_was_expected() {
    bad::<PathBuf>("1", "invalid type: integer `1`, expected a path");
    bad::<Pattern>("null", "invalid type: null, expected a pattern");
    let error = from_str::<&Path<Posix>>(r#""a//b""#).unwrap_err().to_string();
    assert!(error.starts_with(r#"invalid value: string "a//b", expected a borrowed path in normal form"#), "{error}");
    let error = from_str::<&Path>(r#""a\n""#).unwrap_err().to_string();
    assert!(error.starts_with(r#"invalid type: string "a\n", expected a borrowed path in normal form"#), "{error}");
}

#[test]
fn paths_are_strings_in_every_format() {
    assert_tokens(&PathBuf::<Posix>::parse("a/b"), &[Token::Str("a/b")]);
    assert_de_tokens(&PathBuf::<Windows>::parse("c:/a"), &[Token::String("c:/a")]);
    assert_de_tokens(&&*PathBuf::<Posix>::parse("a/b"), &[Token::BorrowedStr("a/b")]);
    assert_de_tokens_error::<&Path>(
        &[Token::Str("a")],
        r#"invalid type: string "a", expected a borrowed path in normal form"#,
    );
}

#[test]
fn a_pattern_with_a_case_of_its_own_is_not_written() {
    let error = to_value(Pattern::<Posix>::parse("*.txt").case_sensitive(false)).unwrap_err();
    assert_eq!(error.to_string(), "the text of the pattern `*.txt` does not say all of it");
    let as_always = Pattern::<Posix>::parse("*.txt").case_sensitive(true);
    assert_eq!(to_value(as_always).unwrap(), "*.txt");
}

#[test]
fn a_set_may_have_one_list_only() {
    let set: PatternSet<Posix> = from_str(r#"{"exclude": ["a"]}"#).unwrap();
    assert!(set.is_match("b") && !set.is_match("a"));
    assert!(from_str::<PatternSet>("{}").unwrap().is_match("a"));
    bad::<PatternSet>(r#"{"includes": []}"#, "unknown field `includes`, expected `include` or `exclude`");
    bad::<PatternSet>(r#"{"include": [], "include": []}"#, "duplicate field `include`");
    bad::<PatternSet>(r#""a""#, r#"invalid type: string "a", expected patterns to include and to exclude"#);
}

#[test]
fn a_set_is_two_lists_where_fields_have_no_names() {
    #[derive(Debug, Deserialize)]
    struct Set(PatternSet<Posix>);
    impl PartialEq for Set {
        fn eq(&self, other: &Self) -> bool {
            format!("{:?}", self.0) == format!("{:?}", other.0)
        }
    }
    let lists = |tokens: &mut Vec<Token>, texts: &[&'static str]| {
        tokens.push(Token::Seq { len: Some(texts.len()) });
        tokens.extend(texts.iter().map(|text| Token::Str(text)));
        tokens.push(Token::SeqEnd);
    };
    let mut tokens = vec![Token::NewtypeStruct { name: "Set" }, Token::Seq { len: Some(2) }];
    lists(&mut tokens, &["a", "b"]);
    lists(&mut tokens, &["c"]);
    tokens.push(Token::SeqEnd);
    let set = PatternSetBuilder::default().include("a").include("b").exclude("c").build();
    assert_de_tokens(&Set(set), &tokens);
    assert_de_tokens_error::<PatternSet<Posix>>(
        &[Token::Seq { len: Some(0) }, Token::SeqEnd],
        "invalid length 0, expected two lists of patterns",
    );
}

proptest! {
    #![proptest_config(crate::support::laws::config(1))]

    #[test]
    fn modes_read_back(changes in "[0-7]{1,3}|[0-7]{4}|[ugoa]{0,2}([+=-]([rwxXst]{0,3}|[ugo])){1,2}(,g?[+=-]r)?") {
        let mode: Mode = changes.parse().unwrap();
        prop_assert_eq!(&round_trip(&mode), &mode);
        let text: &'static str = mode.to_string().leak();
        assert_tokens(&mode.clone().readable(), &[Token::Str(text)]);
        assert_tokens(&mode.compact(), &[Token::Str(text)]);
    }

    #[test]
    fn numbers_are_modes(bits in 0..0o20000_u32) {
        match from_str::<Mode>(&bits.to_string()) {
            Ok(mode) => prop_assert_eq!((mode, bits <= 0o7777), (Mode::from(bits), true)),
            Err(_) => prop_assert!(bits > 0o7777),
        }
    }
}

#[test]
fn what_is_no_mode_says_why() {
    bad::<Mode>(r#""u+z""#, "cannot use the mode `u+z`: `z` is no permission at byte 2");
    let expected = r#"expected a mode: a number up to 0o7777, or text such as "644" or "u+x""#;
    bad::<Mode>("4096", &format!("invalid value: integer `4096`, {expected}"));
    bad::<Mode>("4294967296", &format!("invalid value: integer `4294967296`, {expected}"));
    bad::<Mode>("-1", &format!("invalid value: integer `-1`, {expected}"));
    bad::<Mode>("6.4", &format!("invalid type: floating point `6.4`, {expected}"));
    assert_de_tokens(&Mode::from(0o644).readable(), &[Token::I64(0o644)]);
}

#[test]
fn choices_are_names_and_places() {
    choices(
        "Overwrite",
        &[
            (Overwrite::Refuse, "refuse"),
            (Overwrite::Skip, "skip"),
            (Overwrite::Always, "always"),
            (Overwrite::IfNewer, "if_newer"),
            (Overwrite::IfDifferent, "if_different"),
        ],
    );
    choices(
        "Symlinks",
        &[(Symlinks::KeepInside, "keep_inside"), (Symlinks::Keep, "keep"), (Symlinks::Follow, "follow")],
    );
    choices("Specials", &[(Specials::Skip, "skip"), (Specials::Recreate, "recreate"), (Specials::Refuse, "refuse")]);
    choices(
        "FileKind",
        &[
            (FileKind::File, "file"),
            (FileKind::Directory, "directory"),
            (FileKind::Symlink, "symlink"),
            (FileKind::Other, "other"),
        ],
    );
    choices(
        "PlanAction",
        &[
            (PlanAction::MakeDirectory, "make_directory"),
            (PlanAction::Copy, "copy"),
            (PlanAction::Replace, "replace"),
            (PlanAction::Link, "link"),
            (PlanAction::HardLink, "hard_link"),
            (PlanAction::MakeSpecial, "make_special"),
            (PlanAction::SetAttributes, "set_attributes"),
            (PlanAction::Rename, "rename"),
            (PlanAction::Remove, "remove"),
            (PlanAction::RemoveDirectory, "remove_directory"),
        ],
    );
    choices(
        "SkipReason",
        &[
            (SkipReason::Special, "special"),
            (SkipReason::Excluded, "excluded"),
            (SkipReason::OtherFileSystem, "other_file_system"),
            (SkipReason::Ignored, "ignored"),
            (SkipReason::Symlink, "symlink"),
            (SkipReason::EmptyDirectory, "empty_directory"),
        ],
    );
    choices(
        "RootLinks",
        &[(RootLinks::Inside, "inside"), (RootLinks::FromRoot, "from_root"), (RootLinks::Refuse, "refuse")],
    );
}

/// Checks how an enum is written by name and by place, in the order of its list.
#[track_caller]
fn choices<C: Serialize + DeserializeOwned + PartialEq + Debug>(name: &'static str, list: &[(C, &'static str)]) {
    for (at, (value, variant)) in list.iter().enumerate() {
        assert_eq!(to_value(value).unwrap(), *variant);
        assert_eq!(round_trip(value), *value);
        assert_tokens(value, &[Token::UnitVariant { name, variant }]);
        let index = u32::try_from(at).unwrap();
        assert_de_tokens(value, &[Token::Enum { name }, Token::U32(index), Token::Unit]);
    }
    let beyond = u32::try_from(list.len()).unwrap();
    let names: Vec<_> = list.iter().map(|(_, variant)| *variant).collect();
    assert_de_tokens_error::<C>(
        &[Token::Enum { name }, Token::U32(beyond), Token::Unit],
        &format!("invalid value: integer `{beyond}`, expected one of {}", names.join(", ")),
    );
    let error = from_str::<C>(r#""Refuse""#).unwrap_err().to_string();
    assert!(error.starts_with(&format!("unknown variant `Refuse`, expected one of `{}`", names[0])), "{error}");
}

#[test]
fn options_have_the_names_of_their_methods() {
    let read: CopyOptions<'_> = from_str(
        r#"{
            "overwrite": "if_newer", "time_window": { "secs": 2, "nanos": 0 }, "symlinks": "keep",
            "specials": "refuse", "preserve_mode": false, "preserve_times": true, "preserve_xattrs": true,
            "preserve_owner": true, "preserve_hard_links": true, "preserve_empty_dirs": true, "strict": true,
            "exclude": ["*.tmp", "a/"], "gitignore": true, "same_file_system": true, "merge": true, "threads": 4, "sync": true, "dry_run": true
        }"#,
    )
    .unwrap();
    let built = CopyOptions::new()
        .overwrite(Overwrite::IfNewer)
        .time_window(Duration::from_secs(2))
        .symlinks(Symlinks::Keep)
        .specials(Specials::Refuse)
        .preserve_mode(false)
        .preserve_times(true)
        .preserve_xattrs(true)
        .preserve_owner(true)
        .preserve_hard_links(true)
        .preserve_empty_dirs(true)
        .strict(true)
        .exclude(["*.tmp", "a/"])
        .gitignore(true)
        .same_file_system(true)
        .merge(true)
        .threads(4)
        .sync(true)
        .dry_run(true);
    assert_eq!(format!("{read:?}"), format!("{built:?}"));
    let read: CopyOptions<'_> = from_str("{}").unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", CopyOptions::new()));

    let read: RemoveOptions<'_> = from_str(
        r#"{"threads": 2, "dry_run": true, "make_writable": true, "same_file_system": true, "exclude": ["*.md"]}"#,
    )
    .unwrap();
    let built =
        RemoveOptions::new().threads(2).dry_run(true).make_writable(true).same_file_system(true).exclude("*.md");
    assert_eq!(format!("{read:?}"), format!("{built:?}"));

    let read: MirrorOptions<'_> = from_str(
        r#"{
            "delete": true, "exclude": ["*.tmp"], "gitignore": true, "same_file_system": true, "threads": 3,
            "preserve_empty_dirs": true, "time_window": { "secs": 1, "nanos": 0 }, "sync": true, "dry_run": true
        }"#,
    )
    .unwrap();
    let built = MirrorOptions::new()
        .delete(true)
        .exclude("*.tmp")
        .gitignore(true)
        .same_file_system(true)
        .preserve_empty_dirs(true)
        .threads(3)
        .time_window(Duration::from_secs(1))
        .sync(true)
        .dry_run(true);
    assert_eq!(format!("{read:?}"), format!("{built:?}"));

    let read: TempOptions =
        from_str(r#"{"prefix": "get-", "suffix": ".part", "parent": "a//b", "mode": "u=rw"}"#).unwrap();
    let built = TempOptions::new().prefix("get-").suffix(".part").parent("a/b").mode("u=rw");
    assert_eq!(format!("{read:?}"), format!("{built:?}"));

    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(3);
    let time = json!(at);
    let read: TouchOptions =
        serde_json::from_value(json!({"mode": "600", "exist_ok": false, "modified": time, "accessed": time})).unwrap();
    let built = TouchOptions::new().mode(0o600).exist_ok(false).modified(at).accessed(at);
    assert_eq!(format!("{read:?}"), format!("{built:?}"));

    let read: RootOptions =
        from_str(r#"{"links": "from_root", "same_file_system": true, "read_only": true, "special": true}"#).unwrap();
    let built = Root::options().links(RootLinks::FromRoot).same_file_system(true).read_only(true).special(true);
    assert_eq!(read, built);
    assert_eq!(from_str::<RootOptions>("{}").unwrap(), Root::options());
}

#[test]
fn a_size_is_a_number() {
    assert_tokens(&Size(1536), &[Token::U64(1536)]);
    bad::<Size>(r#""1.5 KiB""#, "invalid type: string \"1.5 KiB\", expected u64");
}

#[test]
fn a_mistake_among_options_is_an_error() {
    bad::<RemoveOptions<'_>>(
        r#"{"thread": 2}"#,
        "unknown field `thread`, expected one of `threads`, `dry_run`, `make_writable`, `same_file_system`, `exclude`",
    );
    bad::<CopyOptions<'_>>(r#"{"sync": true, "sync": true}"#, "duplicate field `sync`");
    bad::<CopyOptions<'_>>(
        r#"{"overwrite": "yes"}"#,
        "unknown variant `yes`, expected one of `refuse`, `skip`, `always`, `if_newer`, `if_different`",
    );
    bad::<CopyOptions<'_>>("true", "invalid type: boolean `true`, expected options of a copy");
    bad::<RemoveOptions<'_>>("[]", "invalid type: sequence, expected options of a removal");
}

#[test]
fn options_stand_among_other_fields() {
    #[derive(Deserialize)]
    struct Job {
        target: PathBuf,
        #[serde(flatten)]
        options: CopyOptions<'static>,
    }
    let job: Job = from_str(r#"{"target": "a//b", "threads": 2}"#).unwrap();
    assert_eq!(job.target, path("a/b"));
    assert_eq!(format!("{:?}", job.options), format!("{:?}", CopyOptions::new().threads(2)));
}

#[test]
fn a_report_is_a_map() {
    let tree = Tree::new(["a/d/f", "a/x.tmp"]);
    let report = CopyOptions::new().exclude("*.tmp").dry_run(true).copy(tree.at("a"), tree.at("b")).unwrap();
    let at = |name: &str| tree.at(name).into_string();
    let expected = json!({
        "files": 1, "directories": 2, "links": 0, "specials": 0, "hard_links": 0, "bytes": 1, "shared": 0,
        "by_system": 0, "unchanged": 0, "updated": 0, "removed": 0,
        "skipped": [{ "path": at("a/x.tmp"), "reason": "excluded" }],
        "not_kept": [], "not_kept_count": 0,
        "steps": [
            { "action": "make_directory", "path": at("b") },
            { "action": "make_directory", "path": at("b/d") },
            { "action": "copy", "path": at("b/d/f") },
        ],
    });
    assert_eq!(to_value(&report).unwrap(), expected);
    let size = to_value(tree.at("a").tree_size().unwrap()).unwrap();
    assert_eq!((&size["files"], &size["directories"], &size["links"]), (&json!(2), &json!(2), &json!(0)));
}

#[test]
fn an_attribute_says_which_it_is() {
    let unit = |variant| [Token::UnitVariant { name: "Attribute", variant }];
    assert_ser_tokens(&Attribute::AccessList, &unit("access_list"));
    assert_ser_tokens(&Attribute::HardLink, &unit("hard_link"));
    assert_eq!(to_value(Attribute::Xattr("user.note".into())).unwrap(), json!({ "xattr": "user.note" }));
    assert_eq!(to_value(Attribute::Stream("x".into())).unwrap(), json!({ "stream": "x" }));
}

/// A name that is not UTF-8 does not keep a report from being written.
#[cfg(target_os = "linux")]
#[test]
fn a_report_of_any_name_is_written() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new(["a/"]);
    std::fs::write(std::path::Path::new(tree.at("a").as_str()).join(OsStr::from_bytes(b"\xff")), "").unwrap();
    let report = CopyOptions::new().dry_run(true).copy(tree.at("a"), tree.at("b")).unwrap();
    assert_eq!(to_value(&report).unwrap()["steps"][1]["path"], tree.at("b/\u{fffd}").as_str());
}
