//! The names that std has for what is called otherwise here. No call compiles, and the compiler says what to write.
//!
//! Each is a method that asks for a trait which no type has: rustc prints what the trait says of that. Without them it says
//! no more than "no method named `file_name`", or suggests a name that looks alike and means something else. They are
//! hidden in the docs, where aliases serve the search.

use super::{Path, PathBuf};
use crate::flavour::{Flavour, Native};

/// Where a call would go, if it compiled. The result is of any type, so that what follows the call brings no second error.
fn absent<T>() -> T {
    unreachable!("BUG: the trait that the method asks for has an implementation")
}

/// One absent method: on paths of which flavour, its name and arguments, and what to write instead.
///
/// The lifetime of the trait is there for the compiler, which would refuse the method itself, not the call, if it could see
/// at once that the trait is not there.
macro_rules! absent {
    ($([$flavour:ident: $bound:ident])? $name:ident($($argument:ident),*) $remedy:literal) => {
        mod $name {
            #[diagnostic::on_unimplemented(message = $remedy, label = "std's name, which paths of this crate do not have")]
            pub trait Absent<'a> {}
        }

        #[doc(hidden)]
        impl $(<$flavour: $bound>)? Path<absent!(@ $($flavour)?)> {
            pub fn $name<T>(&self, $($argument: impl Sized),*) -> T
            where
                Self: for<'a> $name::Absent<'a>,
            {
                $(_ = $argument;)*
                absent()
            }
        }
    };
    (@ $flavour:ident) => { $flavour };
    (@) => { Native };
}

mod new {
    #[diagnostic::on_unimplemented(
        message = "write `path(text)` for a path, which is a `PathBuf`, or `Path::parse(text)` to borrow the text",
        label = "`Path::new` would have to bring this text into normal form, so it cannot borrow it"
    )]
    pub trait Absent {}
}

#[doc(hidden)]
impl<F: Flavour> Path<F> {
    #[allow(clippy::must_use_candidate, clippy::new_ret_no_self, reason = "no call compiles")]
    pub fn new<T>(_: impl new::Absent) -> T {
        absent()
    }
}

mod from_std {
    #[diagnostic::on_unimplemented(
        message = "use `PathBuf::try_from(path)?`, which fails if the path is not UTF-8",
        label = "a path of std need not be UTF-8, so that this may fail: it is `TryFrom`"
    )]
    pub trait Absent {}
}

/// The names that come to mind for the way from a path of std, and those of camino.
macro_rules! absent_from_std {
    ($($name:ident)*) => {
        #[doc(hidden)]
        impl<F: Flavour> Path<F> {
            $(pub fn $name<T>(_: impl from_std::Absent) -> T {
                absent()
            })*
        }

        #[doc(hidden)]
        impl<F: Flavour> PathBuf<F> {
            $(pub fn $name<T>(_: impl from_std::Absent) -> T {
                absent()
            })*
        }
    };
}

absent_from_std!(from_std from_std_path from_path from_path_buf from_os_str);

// Of `std::path::Path` and `PathBuf`.
absent!([F: Flavour] to_str() "use `as_str()`: paths are always UTF-8");
absent!([F: Flavour] to_string_lossy() "use `as_str()`: paths are always UTF-8");
absent!([F: Flavour] display() "print the path itself, as in `println!(\"{{path}}\")`: it is `Display`");
absent!([F: Flavour] as_os_str() "use `as_std_path().as_os_str()`, or pass the path itself: it is `AsRef<OsStr>`");
absent!([F: Flavour] into_os_string() "write `OsString::from(path)`");
absent!([F: Flavour] into_boxed_path() "write `Box::<Path>::from(path)`");
absent!([F: Flavour] file_name() "use `name()`, which is empty if there is no name");
absent!([F: Flavour] file_stem() "use `stem()`, which is empty if there is no name");
absent!([F: Flavour] file_prefix() "use `stem()`, which drops the last suffix only; `suffixes()` has all of them");
absent!([F: Flavour] extension() "use `suffix()`, which has the dot, as in \".txt\", and is empty if there is none");
absent!([F: Flavour] with_file_name(name) "use `with_name(name)?`");
absent!([F: Flavour] with_extension(extension) "use `with_suffix(\".txt\")?`, which takes the dot");
absent!([F: Flavour] with_added_extension(extension) "use `add_suffix(\".gz\")?`, which takes the dot");
absent!([F: Flavour] set_file_name(name) "write `path = path.with_name(name)?`");
absent!([F: Flavour] set_extension(extension) "write `path = path.with_suffix(\".txt\")?`, which takes the dot");
absent!([F: Flavour] add_extension(extension) "write `path = path.add_suffix(\".gz\")?`, which takes the dot");
absent!([F: Flavour] pop() "write `path = path.parent().to_path_buf()`");
absent!([F: Flavour] components() "use `parts()`");
absent!([F: Flavour] iter() "use `parts()`, or `iterdir()` for what is in the directory");
absent!([F: Flavour] ancestors() "use `parents()`, which begins with the parent, not with the path itself");
absent!([F: Flavour] starts_with(base) "use `is_relative_to(base)`");
absent!([F: Flavour] ends_with(end) "use `matches(pattern)`, which compares as many parts from the end as the pattern has");
absent!([F: Flavour] strip_prefix(base) "use `relative_to(base)?`");
absent!([F: Flavour] is_relative() "write `!path.is_absolute()`");
absent!([F: Flavour] has_root() "write `!path.root().is_empty()`, or ask `is_absolute()`");
absent!([F: Flavour] is_empty() "write `path == \".\"`: the path of an empty text is `.`");
absent!(canonicalize() "use `resolve_strict()?`, or `resolve()?` if the path need not exist");
absent!(metadata() "use `stat()?`");
absent!(symlink_metadata() "use `lstat()?`");
absent!(read_link() "use `readlink()?`");
absent!(read_dir() "use `iterdir()`, which yields errors as items");

// Of `std::fs`.
absent!(create_dir() "use `mkdir()?`");
absent!(create_dir_all() "use `mkdir_all()?`");
absent!(remove_dir() "use `rmdir()?`");
absent!(remove_dir_all() "use `rmtree()?`");
absent!(remove_file() "use `unlink()?`");
absent!(hard_link(link) "write `link.hardlink_to(path)?`: the new name comes first");
absent!(set_permissions(permissions) "use `chmod(mode)?`, which takes `0o644` or \"u+x\"");
absent!(read_to_string() "use `read_text()?`");
absent!(read() "use `read_text()?` or `read_bytes()?`; to read from an open file, import `std::io::Read`");
absent!(write(content) "use `write_text(text)?` or `write_bytes(bytes)?`; to write to an open file, import `std::io::Write`");

// Of `std::fs::DirEntry` and `walkdir::DirEntry`.
absent!(file_type() "use `kind()` of an entry or a `Stat`, or ask `is_file()`, `is_dir()` or `is_symlink()`");
