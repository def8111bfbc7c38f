//! Laws of paths, for every flavour: what must hold whatever the text.
//!
//! `PROPTEST_CASES=100000` tries harder.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use waypath::{Flavour, Native, Path, PathBuf, PortabilityReason, Posix, Windows};

use crate::support::answers::answers;
use crate::support::texts::{any_text, portable_path, related_texts, text};

/// Runs laws for every flavour. A law is a function of what a strategy gives.
macro_rules! laws {
    ($($law:ident($input:expr);)*) => {$(
        mod $law {
            use super::*;

            proptest! {
                #![proptest_config(crate::support::laws::config(1))]

                #[test]
                fn posix(input in $input) {
                    $law::<Posix>(input);
                }

                #[test]
                fn windows(input in $input) {
                    $law::<Windows>(input);
                }

                #[test]
                fn native(input in $input) {
                    $law::<Native>(input);
                }
            }
        }
    )*};
}
pub(crate) use laws;

laws! {
    normal_text_is_kept(text());
    the_anchor_is_kept(text());
    parts_rebuild_the_path(text());
    parts_come_from_both_ends((text(), any::<u16>()));
    parent_and_name_rejoin(text());
    parents_are_the_parents_parents(text());
    stem_and_suffixes_make_the_name(text());
    what_was_joined_is_relative(related_texts());
    relative_to_is_undone_by_join(related_texts());
    walking_up_leads_there(related_texts());
    the_common_path_is_the_longest(related_texts());
    normalizing_leaves_dots_in_front_only(text());
    equality_order_and_hash_agree(related_texts());
    order_is_total((related_texts(), text()));
    natural_order_is_total((numbered(), numbered(), prop_oneof![numbered(), text()]));
    natural_order_is_that_of_numbers_and_letters((prop_oneof![numbered(), text()], prop_oneof![numbered(), text()]));
    with_name_changes_the_name((text(), text()));
    with_stem_keeps_the_suffix((text(), text()));
    with_suffix_keeps_the_stem((text(), suffix()));
    uris_round_trip(text());
    portable_paths_survive_other_flavours(portable_path());
    joined_inside_stays_inside((text(), text()));
    portable_text_joins_inside((text(), portable_path()));
    portability_knows_reserved_names(text());
    portable_paths_are_portable(text());
    nothing_panics((any_text(), any_text(), any_text()));
}

/// A suffix, or text that almost is one.
fn suffix() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[.][a-z]{0,3}", 1 => text().prop_map(|text| format!(".{text}")), 1 => text()]
}

fn is_windows<F: Flavour>() -> bool {
    F::SEPARATOR == '\\'
}

/// The path that consists of one name, also where the name alone would be read as a drive.
fn guarded<F: Flavour>(name: &str) -> PathBuf<F> {
    PathBuf::parse(&format!("./{name}"))
}

/// Whether a name alone is read as a drive, so that joining it replaces what it is joined to.
fn looks_like_drive<F: Flavour>(name: &str) -> bool {
    !Path::<F>::parse(name).drive().is_empty()
}

/// Whether a path is the start of a share or device, which becomes another one when it is joined to.
fn is_incomplete_share<F: Flavour>(path: &Path<F>) -> bool {
    path.drive().starts_with(r"\\") && path.root().is_empty()
}

/// Whether the anchors are equal. Those of equal paths are, but for one letter: `İ:` is a drive, and
/// lower-cased it is a name of three characters.
fn has_same_anchor<F: Flavour>(left: &Path<F>, right: &Path<F>) -> bool {
    PathBuf::<F>::parse(left.anchor()) == *right.anchor()
}

fn names<F: Flavour>(path: &Path<F>) -> Vec<&str> {
    path.parts().skip(usize::from(!path.anchor().is_empty())).collect()
}

fn normal_text_is_kept<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let again = Path::<F>::parse(path.as_str());
    assert!(matches!(again, Cow::Borrowed(_)), "{path:?} is not normal");
    assert_eq!(again.as_str(), path.as_str());
    assert_eq!(path.to_string().parse::<PathBuf<F>>().unwrap().into_string(), path.to_string());
    // On Windows `.\c:` is written `./c:`, which is read the same.
    assert_eq!(PathBuf::<F>::parse(&path.as_posix()).as_str(), path.as_str());
}

fn the_anchor_is_kept<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let anchor = PathBuf::<F>::parse(path.anchor());
    assert_eq!(anchor.anchor(), path.anchor());
    assert!(names(&anchor).is_empty());
    assert_eq!(path.anchor(), [path.drive(), path.root()].concat());
    if is_windows::<F>() {
        let starts_with_separator = text.starts_with(['/', '\\']);
        assert_eq!(path.as_str().starts_with('\\'), starts_with_separator);
        assert_eq!(path.anchor().ends_with('\\') && path.drive().is_empty(), path.anchor() == r"\");
        let letter_drive = text.chars().nth(1) == Some(':') && !starts_with_separator;
        assert_eq!(path.drive().chars().nth(1) == Some(':') && !starts_with_separator, letter_drive);
    } else {
        let slashes = text.len() - text.trim_start_matches('/').len();
        assert_eq!(path.anchor(), ["", "/", "//", "/"][slashes.min(3)]);
    }
}

fn parts_rebuild_the_path<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let mut rebuilt = PathBuf::<F>::parse(path.anchor());
    rebuilt.extend(names(&path).into_iter().map(guarded));
    assert_eq!(rebuilt.as_str(), path.as_str());
    if !names(&path).into_iter().any(looks_like_drive::<F>) {
        let collected: PathBuf<F> = path.parts().collect();
        assert_eq!(collected.as_str(), path.as_str());
    }
    let separator = F::SEPARATOR;
    assert!(names(&path).iter().all(|name| !name.is_empty() && *name != "." && !name.contains(separator)));
}

fn parts_come_from_both_ends<F: Flavour>((text, choices): (String, u16)) {
    let path = PathBuf::<F>::parse(&text);
    let forward: Vec<_> = path.parts().collect();
    let backward: Vec<_> = path.parts().rev().collect();
    assert!(forward.iter().eq(backward.iter().rev()));

    let (mut front, mut back, mut parts) = (vec![], vec![], path.parts());
    for choice in 0.. {
        let from_front = choices >> (choice % 16) & 1 == 0;
        match if from_front { parts.next() } else { parts.next_back() } {
            Some(part) if from_front => front.push(part),
            Some(part) => back.push(part),
            None => break,
        }
    }
    assert!(front.iter().chain(back.iter().rev()).eq(&forward), "{front:?} {back:?}");
    assert_eq!((parts.next(), parts.next_back()), (None, None), "an iterator at its end begins anew");
}

fn parent_and_name_rejoin<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    if path.name().is_empty() {
        assert_eq!(path.parent().as_str(), path.as_str());
        assert!(names(&path).is_empty());
        return;
    }
    assert_eq!((path.parent() / guarded(path.name())).as_str(), path.as_str());
    if !looks_like_drive::<F>(path.name()) {
        assert_eq!((path.parent() / path.name()).as_str(), path.as_str());
    }
    assert_eq!(path.parts().next_back(), Some(path.name()));
    assert_eq!(path.parent().anchor(), path.anchor());
}

fn parents_are_the_parents_parents<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let mut expected = Vec::new();
    let mut current = path.as_path();
    while !current.name().is_empty() {
        current = current.parent();
        expected.push(current.as_str());
    }
    assert!(path.parents().map(Path::as_str).eq(expected.iter().copied()));
    assert_eq!(expected.len(), names(&path).len());
}

fn stem_and_suffixes_make_the_name<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    assert_eq!([path.stem(), path.suffix()].concat(), path.name());
    let suffixes: Vec<_> = path.suffixes().collect();
    assert!(path.name().ends_with(&suffixes.concat()));
    assert_eq!(suffixes.last().copied().unwrap_or_default(), path.suffix());
    assert!(suffixes.iter().all(|suffix| suffix.rfind('.') == Some(0)), "{suffixes:?}");
    let before = path.name().strip_suffix(&suffixes.concat()).unwrap();
    assert!(!before.trim_start_matches('.').contains('.'), "{suffixes:?} are not all of {}", path.name());
}

/// Whether a Windows path has `.\` in front, since it would be a drive without it.
fn is_guarded<F: Flavour>(path: &Path<F>) -> bool {
    is_windows::<F>() && path.as_str().starts_with(r".\")
}

fn what_was_joined_is_relative<F: Flavour>((base, text): (String, String)) {
    let base = PathBuf::<F>::parse(&base);
    let path = PathBuf::<F>::parse(&text);
    if path.anchor().is_empty() && !is_incomplete_share(&base) {
        let joined = &base / &path;
        assert_eq!(joined.relative_to_walk_up(&base).unwrap().as_str(), path.as_str());
        match is_guarded(&path) {
            true => assert!(joined.relative_to(&base).is_err()),
            false => assert_eq!(joined.relative_to(&base).unwrap().as_str(), path.as_str()),
        }
    }
    if !path.root().is_empty() && (!is_windows::<F>() || !path.drive().is_empty()) {
        assert_eq!((&base / &path).as_str(), path.as_str());
    }
    match path.as_str() {
        "." => assert_eq!(base.join(&path).as_str(), base.as_str()),
        _ => assert_eq!(base.join(&path).as_str(), base.join(path.as_posix()).as_str()),
    }
}

fn relative_to_is_undone_by_join<F: Flavour>((path, base): (String, String)) {
    let (path, base) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&base));
    let way = path.relative_to_walk_up(&base).ok().filter(|_| path.is_relative_to(&base));
    if way.is_some_and(|way| is_guarded(&way)) {
        assert!(path.relative_to(&base).is_err());
        return;
    }
    let relative = path.relative_to(&base);
    assert_eq!(relative.is_ok(), path.is_relative_to(&base));
    if !has_same_anchor(&path, &base) {
        assert!(relative.is_err() || path.drive() == "İ:" || base.drive() == "İ:");
        return;
    }
    let mut or_parents = std::iter::once(path.as_path()).chain(path.parents());
    assert_eq!(relative.is_ok(), or_parents.any(|ancestor| *ancestor == *base));
    let Ok(relative) = relative else { return };
    match is_incomplete_share(&base) {
        // Nothing is below it: `.` would be the name of its share.
        true => assert_eq!(relative.as_str(), "."),
        false => assert_eq!(base.join(relative), path),
    }
    assert!(relative.anchor().is_empty());
    assert_eq!(path.relative_to_walk_up(&base).unwrap().as_str(), relative.as_str());
}

fn walking_up_leads_there<F: Flavour>((path, base): (String, String)) {
    let (path, base) = (PathBuf::<F>::parse(&path), PathBuf::<F>::parse(&base));
    let has_dots = |path: &Path<F>| path.parts().any(|part| part == "..");
    let way = path.relative_to_walk_up(&base);
    assert!(way.is_ok() || has_dots(&base) || !has_same_anchor(&path, &base));
    let Ok(way) = way else { return };
    assert!(way.anchor().is_empty());
    // What lies between has no `..`, or there would be no way.
    if !is_incomplete_share(&base) {
        assert_eq!(*base.join(&way).normalize(), *path.normalize());
    }
}

fn the_common_path_is_the_longest<F: Flavour>((left, right): (String, String)) {
    let (left, right) = (PathBuf::<F>::parse(&left), PathBuf::<F>::parse(&right));
    if !has_same_anchor(&left, &right) {
        assert_eq!(left.common_path(&right), None);
        return;
    }
    let mut ancestors = std::iter::once(left.as_path()).chain(left.parents());
    let longest = ancestors.find(|ancestor| right.is_relative_to(*ancestor));
    assert_eq!(left.common_path(&right).map(Path::as_str), longest.map(Path::as_str));
    assert_eq!(left.common_path(&right), right.common_path(&left));
}

fn normalizing_leaves_dots_in_front_only<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let normal = path.normalize();
    assert_eq!(normal.anchor(), path.anchor());
    assert_eq!(normal.normalize().as_str(), normal.as_str());
    let mut behind_dots = names(&normal).into_iter().skip_while(|name| *name == ".." && normal.root().is_empty());
    assert!(behind_dots.all(|name| name != ".."), "{normal:?}");
    if path.parts().all(|part| part != "..") {
        assert_eq!(normal.as_str(), path.as_str());
    }
}

/// What paths are compared by, as pathlib has it.
fn key<F: Flavour>(path: &Path<F>) -> Vec<String> {
    let text = if is_windows::<F>() { path.as_str().to_lowercase() } else { path.as_str().to_owned() };
    text.split(F::SEPARATOR).map(str::to_owned).collect()
}

fn hash<T: std::hash::Hash + ?Sized>(value: &T) -> u64 {
    thread_local!(static STATE: RandomState = RandomState::new());
    STATE.with(|state| state.hash_one(value))
}

fn equality_order_and_hash_agree<F: Flavour>((left, right): (String, String)) {
    let (left_path, right_path) = (PathBuf::<F>::parse(&left), PathBuf::<F>::parse(&right));
    let order = key(&left_path).cmp(&key(&right_path));
    let borrowed: &Path<F> = left_path.borrow();
    assert_eq!(left_path.cmp(&right_path), order);
    assert_eq!(borrowed.cmp(right_path.as_path()), order);
    assert_eq!(left_path == right_path, order == Ordering::Equal);
    assert_eq!(hash(&left_path), hash(borrowed));
    if order == Ordering::Equal {
        assert_eq!(hash(&left_path), hash(&right_path));
    }
    assert_eq!(left_path == right, order == Ordering::Equal);
    assert_eq!(*right == *left_path, order == Ordering::Equal);
    assert_eq!(Cow::Borrowed(borrowed).partial_cmp(&right_path), Some(order));
}

fn order_is_total<F: Flavour>(((first, second), third): ((String, String), String)) {
    let mut paths = [first, second, third].map(|text| PathBuf::<F>::parse(&text));
    paths.sort();
    let [low, middle, high] = &paths;
    assert!(low <= middle && middle <= high && low <= high);
    assert!([low, middle, high].iter().all(|path| path.cmp(path) == Ordering::Equal));
    for (left, right) in [(low, middle), (middle, high), (low, high)] {
        assert_eq!(left.cmp(right), right.cmp(left).reverse());
    }
}

/// A path with numbers in it.
fn numbered() -> impl Strategy<Value = String> {
    let parts =
        select(&["0", "1", "2", "9", "00", "10", "007", "7", "a", "A", "b", "é", "/", ".", "99999999999999999999"][..]);
    vec(parts, 0..6).prop_map(|parts| parts.concat())
}

fn natural_order_is_total<F: Flavour>((first, second, third): (String, String, String)) {
    let mut paths = [first, second, third].map(|text| PathBuf::<F>::parse(&text));
    paths.sort_by(|left, right| left.natural_cmp(right));
    let [low, middle, high] = &paths;
    for (left, right) in [(low, middle), (middle, high), (low, high), (low, low)] {
        assert_ne!(left.natural_cmp(right), Ordering::Greater);
        assert_eq!(left.natural_cmp(right), right.natural_cmp(left).reverse());
        assert_eq!(left.natural_cmp(right) == Ordering::Equal, left == right);
    }
}

/// What decides natural order, as simply as can be: a separator below all else, a number as the digit 0 with its
/// length and its digits.
fn natural_keys<F: Flavour>(path: &Path<F>) -> Vec<(bool, char, usize, String)> {
    let mut keys = Vec::new();
    let text = if is_windows::<F>() { path.as_str().to_lowercase() } else { path.as_str().to_owned() };
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        if !first.is_ascii_digit() {
            keys.push((first != F::SEPARATOR, first, 0, String::new()));
            continue;
        }
        let mut number = first.to_string();
        while let Some(digit) = characters.next_if(char::is_ascii_digit) {
            number.push(digit);
        }
        let digits = number.trim_start_matches('0');
        keys.push((true, '0', digits.len(), digits.to_owned()));
    }
    keys
}

fn natural_order_is_that_of_numbers_and_letters<F: Flavour>((left, right): (String, String)) {
    let (left, right) = (PathBuf::<F>::parse(&left), PathBuf::<F>::parse(&right));
    let expected = natural_keys(&left).cmp(&natural_keys(&right)).then_with(|| left.cmp(&right));
    assert_eq!(left.natural_cmp(&right), expected, "{left:?} {right:?}");
}

/// Whether a text could be the name of a path.
fn is_name<F: Flavour>(name: &str) -> bool {
    !matches!(name, "" | ".") && !name.contains('/') && !name.contains(F::SEPARATOR)
}

/// Whether a name has something in front of its suffixes.
fn is_more_than_dots(name: &str) -> bool {
    name.contains(|character| character != '.')
}

fn with_name_changes_the_name<F: Flavour>((text, name): (String, String)) {
    let path = PathBuf::<F>::parse(&text);
    let renamed = path.with_name(&name);
    assert_eq!(renamed.is_ok(), !path.name().is_empty() && is_name::<F>(&name));
    let Ok(renamed) = renamed else { return };
    assert_eq!(renamed.name(), name);
    assert_eq!(renamed.parent().as_str(), path.parent().as_str());
    assert_eq!(renamed.with_name(path.name()).unwrap().as_str(), path.as_str());
}

fn with_stem_keeps_the_suffix<F: Flavour>((text, stem): (String, String)) {
    let path = PathBuf::<F>::parse(&text);
    let renamed = path.with_stem(&stem);
    let name = format!("{stem}{}", path.suffix());
    assert_eq!(renamed.is_ok(), !path.name().is_empty() && !stem.is_empty() && is_name::<F>(&name));
    let Ok(renamed) = renamed else { return };
    assert_eq!(renamed.name(), name);
    assert_eq!(renamed.parent().as_str(), path.parent().as_str());
    if !path.suffix().is_empty() && is_more_than_dots(&stem) {
        assert_eq!((renamed.stem(), renamed.suffix()), (&*stem, path.suffix()));
    }
}

fn with_suffix_keeps_the_stem<F: Flavour>((text, suffix): (String, String)) {
    let path = PathBuf::<F>::parse(&text);
    let is_suffix = suffix.is_empty() || suffix.starts_with('.') && is_name::<F>(&format!("a{suffix}"));
    let (replaced, added) = (path.with_suffix(&suffix), path.add_suffix(&suffix));
    assert_eq!(replaced.is_ok(), !path.name().is_empty() && is_suffix);
    assert_eq!(added.is_ok(), replaced.is_ok());
    let (Ok(replaced), Ok(added)) = (replaced, added) else { return };
    assert_eq!(replaced.name(), format!("{}{suffix}", path.stem()));
    assert_eq!(added.name(), format!("{}{suffix}", path.name()));
    assert_eq!((replaced.parent().as_str(), added.parent().as_str()), (path.parent().as_str(), path.parent().as_str()));
    // `.a.b` is two suffixes, and a name of dots has none.
    if suffix.rfind('.') == Some(0) && is_more_than_dots(path.name()) {
        assert_eq!((replaced.suffix(), added.suffix()), (&*suffix, &*suffix));
        assert_eq!(added.with_suffix("").unwrap().as_str(), path.as_str());
    }
}

fn uris_round_trip<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let uri = path.as_uri();
    assert_eq!(uri.is_ok(), path.is_absolute());
    let Ok(uri) = uri else { return };
    assert!(uri.starts_with("file:") && uri.bytes().all(|byte| byte.is_ascii_graphic()));
    if is_drive_lost_in_uri(path.drive(), path.root()) {
        return;
    }
    assert_eq!(PathBuf::<F>::from_uri(&uri).unwrap().as_str(), path.as_str());
}

/// The anchors that a URI does not keep, in pathlib neither: the prefix `\\?\` is left out; a host that is empty or
/// `localhost` is this one, and one whose second character is `:` is a drive. `\:\a` counts as absolute, but has no
/// drive to keep. Nor is a host read in which a letter could become a delimiter.
fn is_drive_lost_in_uri(drive: &str, root: &str) -> bool {
    match drive.strip_prefix(r"\\") {
        Some(share) => {
            let server = share.split('\\').next().unwrap_or_default();
            share.starts_with(r"?\")
                || matches!(server, "" | "localhost")
                || server.chars().nth(1) == Some(':')
                || server
                    .contains(|letter: char| matches!(letter, '⁇'..='⁉' | '℀'..='℆' | '⩴' | '︓'..='﹫' | '＃'..='＠'))
        }
        None => drive.is_empty() && root == r"\",
    }
}

fn portable_paths_survive_other_flavours<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let windows = path.to_flavour::<Windows>();
    let posix = windows.to_flavour::<Posix>();
    assert!(path.parts().eq(windows.parts()) && path.parts().eq(posix.parts()));
    assert_eq!(posix.to_flavour::<F>().as_str(), path.as_str());
    assert_eq!(posix.as_str(), text);
}

fn joined_inside_stays_inside<F: Flavour>((base, untrusted): (String, String)) {
    let base = PathBuf::<F>::parse(&base);
    let Ok(joined) = base.join_inside(&untrusted) else { return };
    let behind = joined.relative_to(&base).expect("it is outside");
    assert_eq!(joined.as_str(), base.join(&untrusted).as_str());
    for text in [behind.as_str(), &untrusted] {
        assert_cannot_leave(&Path::<Posix>::parse(text));
        let on_windows = Path::<Windows>::parse(text);
        assert_cannot_leave(&on_windows);
        let found = on_windows.portability();
        let dangers = [
            PortabilityReason::Nul,
            PortabilityReason::Device,
            PortabilityReason::Stream,
            PortabilityReason::TrailingDotOrSpace,
        ];
        assert!(found.iter().all(|unportable| !dangers.contains(&unportable.reason)), "{text:?}: {found:?}");
    }
}

#[track_caller]
fn assert_cannot_leave<F: Flavour>(path: &Path<F>) {
    assert_eq!(path.anchor(), "");
    assert!(path.parts().all(|part| part != ".." && !part.contains('\0')), "{path:?}");
}

fn portable_text_joins_inside<F: Flavour>((base, text): (String, String)) {
    let base = PathBuf::<F>::parse(&base);
    if !is_incomplete_share(&base) {
        assert_eq!(base.join_inside(&text).unwrap().as_str(), base.join(&text).as_str());
    }
}

/// Whether a reason lies in a name other than in its length.
fn is_bad_name(reason: PortabilityReason) -> bool {
    !matches!(
        reason,
        PortabilityReason::NameBytes(_)
            | PortabilityReason::NameUnits(_)
            | PortabilityReason::PathBytes(_)
            | PortabilityReason::PathUnits(_)
    )
}

fn portability_knows_reserved_names<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    let is_bad = path.portability().iter().any(|found| is_bad_name(found.reason));
    match is_windows::<F>() {
        true => assert_eq!(path.is_reserved(), is_bad),
        false => assert!(!path.is_reserved()),
    }
    assert!(path.portability().iter().all(|found| path.as_str().contains(found.part)));
}

fn portable_paths_are_portable<F: Flavour>(text: String) {
    let path = PathBuf::<F>::parse(&text);
    if path.portability().iter().any(|found| is_bad_name(found.reason)) {
        return;
    }
    let (posix, windows) = (path.to_flavour::<Posix>(), path.to_flavour::<Windows>());
    if path.anchor().is_empty() {
        assert!(!windows.is_reserved());
        assert!(path.parts().eq(posix.parts()) && path.parts().eq(windows.parts()));
    }
}

fn nothing_panics<F: Flavour>((path, other, pattern): (String, String, String)) {
    answers::<F>(&path, &other, &pattern);
    answers::<F>(&format!("{path}{other}"), &path, &path);
}

proptest! {
    #![proptest_config(crate::support::laws::config(1))]

    #[test]
    fn native_paths_are_those_of_the_host((path, other) in related_texts(), pattern in text()) {
        #[cfg(windows)]
        let host = answers::<Windows>(&path, &other, &pattern);
        #[cfg(not(windows))]
        let host = answers::<Posix>(&path, &other, &pattern);
        assert_eq!(answers::<Native>(&path, &other, &pattern), host);
    }
}
