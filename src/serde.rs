//! The feature `serde`: how values of this crate are read and written, in any format.
//!
//! What is read is checked: a path comes in normal form, and a key that no option has is an error. What is written
//! can be read again, or is refused.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde_core::de::{
    self, DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde_core::ser::{Error as _, SerializeStruct};
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flavour::Flavour;
use crate::fs::{
    CopyOptions, IntoMode, MirrorOptions, Mode, Overwrite, RemoveOptions, Specials, Symlinks, TempOptions,
    TouchOptions, TreeSize,
};
use crate::kind::FileKind;
use crate::path::{Path, PathBuf};
use crate::pattern::{Pattern, PatternSet, PatternSetBuilder};
use crate::report::{Attribute, NotKept, PlanAction, PlanStep, Report, SkipReason, Skipped};
use crate::root::{RootLinks, RootOptions};
use crate::size::Size;

/// A path is written as its text.
impl<F: Flavour> Serialize for Path<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A path is written as its text.
impl<F: Flavour> Serialize for PathBuf<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Reads any text, and brings it into normal form as [`parse`](PathBuf::parse) does.
///
/// So that no configuration file can lead out of a directory, read a `String` and pass it to
/// [`join_inside`](Path::join_inside).
///
/// # Examples
///
/// ```
/// use serde::Deserialize;
/// use waypath::{CopyOptions, Overwrite, Pattern, PathBuf};
///
/// #[derive(Deserialize)]
/// struct Backup {
///     source: PathBuf,
///     only: Vec<Pattern>,
///     options: CopyOptions<'static>,
/// }
///
/// let config = r#"{
///     "source": "./site//pages/",
///     "only": ["**/*.{html,css}"],
///     "options": { "overwrite": "if_different", "preserve_times": true, "exclude": ["**/*.tmp"] }
/// }"#;
/// let backup: Backup = serde_json::from_str(config)?;
/// assert_eq!(backup.source, "site/pages");
/// assert!(backup.only[0].full_match("css/main.css"));
///
/// let typo = serde_json::from_str::<CopyOptions>(r#"{ "preserve_time": true }"#).unwrap_err();
/// assert!(typo.to_string().starts_with("unknown field `preserve_time`, expected one of"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de, F: Flavour> Deserialize<'de> for PathBuf<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(Text::new("a path"))
    }
}

/// Reads any text, as [`PathBuf`] does.
impl<'de, F: Flavour> Deserialize<'de> for Box<Path<F>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PathBuf::deserialize(deserializer).map(Self::from)
    }
}

/// Borrows text that is in [normal form](Path#normal-form). Other text is an error, and so is text that a format
/// cannot lend, for example a JSON string with escapes: [`PathBuf`] reads both.
impl<'de: 'a, 'a, F: Flavour> Deserialize<'de> for &'a Path<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NormalText(PhantomData))
    }
}

struct NormalText<F>(PhantomData<F>);

impl<'de, F: Flavour> Visitor<'de> for NormalText<F> {
    type Value = &'de Path<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a borrowed path in normal form")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        match Path::parse(text) {
            Cow::Borrowed(path) => Ok(path),
            Cow::Owned(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// A pattern is written as its text.
///
/// # Errors
///
/// A pattern that was told how to treat case, other than its flavour does, is not what its text says.
impl<F: Flavour> Serialize for Pattern<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self != Self::parse(self.as_str()) {
            return Err(S::Error::custom(format_args!("the text of the pattern `{self}` does not say all of it")));
        }
        serializer.serialize_str(self.as_str())
    }
}

/// Reads any text, as [`parse`](Pattern::parse) does.
impl<'de, F: Flavour> Deserialize<'de> for Pattern<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text::new("a pattern"))
    }
}

const INCLUDE: &str = "include";
const EXCLUDE: &str = "exclude";
const SET_FIELDS: &[&str] = &[INCLUDE, EXCLUDE];

/// A set is written as two lists, `include` and `exclude`.
impl<F: Flavour> Serialize for PatternSet<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("PatternSet", SET_FIELDS.len())?;
        fields.serialize_field(INCLUDE, self.include_patterns())?;
        fields.serialize_field(EXCLUDE, self.exclude_patterns())?;
        fields.end()
    }
}

/// Reads two lists of patterns, `include` and `exclude`. Either may be missing.
///
/// # Examples
///
/// ```
/// use waypath::PatternSet;
///
/// let sources: PatternSet = serde_json::from_str(r#"{ "include": ["**/*.rs"], "exclude": ["target/**"] }"#)?;
/// assert!(sources.is_match("src/lib.rs"));
/// assert!(!sources.is_match("target/debug/build.rs"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de, F: Flavour> Deserialize<'de> for PatternSet<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("PatternSet", SET_FIELDS, SetVisitor(PhantomData))
    }
}

struct SetVisitor<F>(PhantomData<F>);

impl<'de, F: Flavour> Visitor<'de> for SetVisitor<F> {
    type Value = PatternSet<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("patterns to include and to exclude")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let [mut includes, mut excludes] = [None, None];
        while let Some(at) = map.next_key_seed(Names::Fields(SET_FIELDS))? {
            let (name, patterns) = (SET_FIELDS[at], [&mut includes, &mut excludes]);
            if patterns[at].replace(map.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(name));
            }
        }
        Ok(set(includes.unwrap_or_default(), excludes.unwrap_or_default()))
    }

    /// Formats without names of fields.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut next =
            |at| fields.next_element()?.ok_or_else(|| A::Error::invalid_length(at, &"two lists of patterns"));
        Ok(set(next(0)?, next(1)?))
    }
}

fn set<F: Flavour>(includes: Vec<Pattern<F>>, excludes: Vec<Pattern<F>>) -> PatternSet<F> {
    let builder = includes.iter().fold(PatternSetBuilder::default(), PatternSetBuilder::include);
    excludes.iter().fold(builder, PatternSetBuilder::exclude).build()
}

/// A mode is written as text: `644`, `u+x`.
impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads text in the [language](Mode#the-language) of modes, or a number.
///
/// The text `"644"` is octal, as for `chmod(1)`. A number is taken as it is: write `0o644` in TOML. JSON has no octal
/// numbers, so that `644` is another mode there (`0o1204`): use the text.
///
/// # Examples
///
/// ```
/// use waypath::Mode;
///
/// assert_eq!(serde_json::from_str::<Mode>(r#""644""#)?, Mode::from(0o644));
/// assert_eq!(serde_json::from_str::<Mode>("420")?, Mode::from(0o644));
/// assert!(serde_json::from_str::<Mode>(r#""u+z""#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(TextOrNumber),
            // Such formats may not say of what type a value is. It is written as text.
            false => deserializer.deserialize_str(TextOrNumber),
        }
    }
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = Mode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mode: a number up to 0o7777, or text such as \"644\" or \"u+x\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Mode, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Mode, E> {
        match u32::try_from(number).ok().and_then(|bits| bits.into_mode().ok()) {
            Some(mode) => Ok(mode),
            None => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Mode, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

/// A size is written as its number of bytes.
impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// Reads a number of bytes.
impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

/// Reads text by `FromStr`.
struct Text<T> {
    expected: &'static str,
    value: PhantomData<T>,
}

impl<T> Text<T> {
    fn new(expected: &'static str) -> Self {
        Self { expected, value: PhantomData }
    }
}

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Names of which one is read; its index is given.
#[derive(Clone, Copy)]
enum Names {
    Fields(&'static [&'static str]),
    Variants(&'static [&'static str]),
}

impl Names {
    fn all(self) -> &'static [&'static str] {
        match self {
            Self::Fields(names) | Self::Variants(names) => names,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Names {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Names {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", self.all().join(", "))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<usize, E> {
        let unknown = || match self {
            Self::Fields(names) => E::unknown_field(text, names),
            Self::Variants(names) => E::unknown_variant(text, names),
        };
        self.all().iter().position(|name| *name == text).ok_or_else(unknown)
    }

    /// Formats that write no names.
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<usize, E> {
        match usize::try_from(number) {
            Ok(index) if index < self.all().len() => Ok(index),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }
}

/// Implements serde for enums whose variants hold nothing.
///
/// Some formats write the place in the list instead of the name: new variants go to the end.
macro_rules! choices {
    ($($choice:ident { $($variant:ident = $name:literal,)* })*) => {$(
        impl Choice for $choice {
            const TYPE: &'static str = stringify!($choice);
            const VALUES: &'static [Self] = &[$(Self::$variant),*];
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        /// The name of the variant is written in snake case.
        impl Serialize for $choice {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let index = (0..).zip(Self::VALUES).find(|(_, value)| *value == self);
                let (index, _) = index.expect("BUG: a variant is missing in its list");
                serializer.serialize_unit_variant(Self::TYPE, index, self.name())
            }
        }

        /// Reads the name of a variant in snake case.
        impl<'de> Deserialize<'de> for $choice {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_enum(Self::TYPE, Self::NAMES, ChoiceVisitor(PhantomData))
            }
        }
    )*};
}

/// An enum whose variants hold nothing.
trait Choice: Copy + 'static {
    const TYPE: &'static str;
    const VALUES: &'static [Self];
    const NAMES: &'static [&'static str];

    /// As in `NAMES`: this `match` does not compile if a variant is missing.
    fn name(self) -> &'static str;
}

struct ChoiceVisitor<C>(PhantomData<C>);

impl<'de, C: Choice> Visitor<'de> for ChoiceVisitor<C> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", C::NAMES.join(", "))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<C, A::Error> {
        let (index, variant) = access.variant_seed(Names::Variants(C::NAMES))?;
        variant.unit_variant()?;
        Ok(C::VALUES[index])
    }
}

choices! {
    Overwrite {
        Refuse = "refuse",
        Skip = "skip",
        Always = "always",
        IfNewer = "if_newer",
        IfDifferent = "if_different",
    }
    Symlinks {
        KeepInside = "keep_inside",
        Keep = "keep",
        Follow = "follow",
    }
    Specials {
        Skip = "skip",
        Recreate = "recreate",
        Refuse = "refuse",
    }
    RootLinks {
        Inside = "inside",
        FromRoot = "from_root",
        Refuse = "refuse",
    }
    FileKind {
        File = "file",
        Directory = "directory",
        Symlink = "symlink",
        Other = "other",
    }
    PlanAction {
        MakeDirectory = "make_directory",
        Copy = "copy",
        Replace = "replace",
        Link = "link",
        HardLink = "hard_link",
        MakeSpecial = "make_special",
        SetAttributes = "set_attributes",
        Rename = "rename",
        Remove = "remove",
        RemoveDirectory = "remove_directory",
    }
    SkipReason {
        Special = "special",
        Excluded = "excluded",
        OtherFileSystem = "other_file_system",
        Ignored = "ignored",
        Symlink = "symlink",
        EmptyDirectory = "empty_directory",
    }
}

/// Implements reading for options.
macro_rules! options {
    ($($options:ident $(<$lifetime:lifetime>)?, $expected:literal { $($field:ident: $value:ty,)* })*) => {$(
        /// Reads a map whose keys are the names of the methods. What is missing is as by default; an unknown key is an
        /// error.
        ///
        /// Options are never written, as those that hold closures could not be.
        impl<'de $(, $lifetime)?> Deserialize<'de> for $options $(<$lifetime>)? {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct OptionsVisitor<T>(PhantomData<T>);

                impl<'de $(, $lifetime)?> Visitor<'de> for OptionsVisitor<$options $(<$lifetime>)?> {
                    type Value = $options $(<$lifetime>)?;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut options = $options::default();
                        let mut read = Vec::new();
                        while let Some(at) = map.next_key_seed(Names::Fields(FIELDS))? {
                            if read.contains(&at) {
                                return Err(A::Error::duplicate_field(FIELDS[at]));
                            }
                            read.push(at);
                            options = match FIELDS[at] {
                                $(stringify!($field) => options.$field(map.next_value::<$value>()?),)*
                                _ => unreachable!("BUG: a name that is in no list"),
                            };
                        }
                        Ok(options)
                    }
                }

                const FIELDS: &[&str] = &[$(stringify!($field)),*];
                deserializer.deserialize_struct(stringify!($options), FIELDS, OptionsVisitor(PhantomData))
            }
        }
    )*};
}

options! {
    CopyOptions<'p>, "options of a copy" {
        overwrite: Overwrite,
        time_window: Duration,
        symlinks: Symlinks,
        specials: Specials,
        preserve_mode: bool,
        preserve_times: bool,
        preserve_xattrs: bool,
        preserve_owner: bool,
        preserve_hard_links: bool,
        preserve_empty_dirs: bool,
        strict: bool,
        exclude: Vec<Pattern>,
        gitignore: bool,
        same_file_system: bool,
        merge: bool,
        threads: usize,
        sync: bool,
        dry_run: bool,
    }
    RemoveOptions<'p>, "options of a removal" {
        threads: usize,
        dry_run: bool,
        make_writable: bool,
        same_file_system: bool,
        exclude: Vec<Pattern>,
    }
    MirrorOptions<'p>, "options of a mirror" {
        delete: bool,
        exclude: Vec<Pattern>,
        gitignore: bool,
        same_file_system: bool,
        preserve_empty_dirs: bool,
        threads: usize,
        time_window: Duration,
        sync: bool,
        dry_run: bool,
    }
    TempOptions, "options of a temporary file" {
        prefix: String,
        suffix: String,
        parent: PathBuf,
        mode: Mode,
    }
    TouchOptions, "options of touching a file" {
        mode: Mode,
        exist_ok: bool,
        modified: SystemTime,
        accessed: SystemTime,
    }
    RootOptions, "options of a root" {
        links: RootLinks,
        same_file_system: bool,
        read_only: bool,
        special: bool,
    }
}

/// The name of the variant is written in snake case; extended attributes and streams as a map from it to their name.
impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const TYPE: &str = "Attribute";
        let (index, name) = match self {
            Self::Mode => (0, "mode"),
            Self::Owner => (1, "owner"),
            Self::Group => (2, "group"),
            Self::Times => (3, "times"),
            Self::AccessList => (4, "access_list"),
            Self::DefaultAccessList => (5, "default_access_list"),
            Self::Xattr(name) => return serializer.serialize_newtype_variant(TYPE, 6, "xattr", name),
            Self::Xattrs => (7, "xattrs"),
            Self::Stream(name) => return serializer.serialize_newtype_variant(TYPE, 8, "stream", name),
            Self::HardLink => (9, "hard_link"),
        };
        serializer.serialize_unit_variant(TYPE, index, name)
    }
}

/// Implements writing for what operations return, a map of its fields. Nothing reads it again.
///
/// A path need not be UTF-8, and no report fails for that: what is not, is written as U+FFFD.
macro_rules! records {
    ($($record:ident { $($field:ident $(= $written:expr)?,)* })*) => {$(
        impl Serialize for $record {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field),* } = self;
                let names = [$(stringify!($field)),*];
                let mut fields = serializer.serialize_struct(stringify!($record), names.len())?;
                $(
                    $(let $field = &$written;)?
                    fields.serialize_field(stringify!($field), $field)?;
                )*
                fields.end()
            }
        }
    )*};
}

records! {
    Report {
        files,
        directories,
        links,
        specials,
        hard_links,
        bytes,
        shared,
        by_system,
        unchanged,
        updated,
        removed,
        skipped,
        not_kept,
        not_kept_count,
        steps,
    }
    Skipped { path = path.to_string_lossy(), reason, }
    NotKept { path = path.to_string_lossy(), what, reason, kind = format!("{kind:?}"), }
    PlanStep { action, path = path.to_string_lossy(), }
    TreeSize { apparent, allocated, files, directories, links, specials, }
}
