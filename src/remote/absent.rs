//! What a disk can do and no store of objects can. No call compiles, and the compiler says what to write instead.
//!
//! It works as for the names of std, in `path/std_names.rs`.

use super::ObjectStore;
use crate::at::At;

/// One absent method: its name and arguments, and what to write instead.
macro_rules! absent {
    ($($name:ident($($argument:ident),*) $remedy:literal;)*) => {$(
        mod $name {
            #[diagnostic::on_unimplemented(message = $remedy, label = "paths in a store of objects do not have this")]
            pub trait Absent<'a> {}
        }

        #[doc(hidden)]
        impl<S: ObjectStore> At<S> {
            pub fn $name<T>(&self, $($argument: impl Sized),*) -> T
            where
                Self: for<'a> $name::Absent<'a>,
            {
                $(_ = $argument;)*
                unreachable!("BUG: the trait that the method asks for has an implementation")
            }
        }
    )*};
}

// Content.
absent! {
    append_text(text) "no store can append: write each piece to a file of its own, or write the whole file with `write_text`";
    append_bytes(bytes) "no store can append: write each piece to a file of its own, or write the whole file with `write_bytes`";
    write_atomic(content) "use `write_bytes(content)?`: each write to a store is atomic";
    create_atomic() "use `create()?`: a file appears in a store when it is committed";
    create_new_atomic() "use `create_new()?`: a file appears in a store when it is committed";
    edit_text(edit) "read with `open()?`, and write with `write_if_match(etag, text)?`, which does not overwrite what others wrote";
}

// Directories and names.
absent! {
    mkdir() "write the file: a store has no directories to be made";
    mkdir_all() "write the file: a store has no directories to be made";
    mkdir_parent() "write the file: a store has no directories to be made";
    rmdir() "a directory is gone from a store with the last file in it; `rmtree()?` removes all of them";
    rename(target) "use `move_to(target)?`, which copies and removes: no store can rename";
    replace(target) "use `CopyOptions::new().overwrite(Overwrite::Always).move_to(path, target)?`: no store can rename";
    try_exists() "use `exists()?`, which fails if the store cannot say";
}

// Links and attributes.
absent! {
    lstat() "use `stat()?`: a store has no links";
    symlink_to(target) "a store has no links: copy the file";
    hardlink_to(target) "a store has no links: copy the file";
    touch() "use `write_new(\"\")?` for an empty file; a store sets the time of a file when it is written";
    chmod(mode) "a store has no modes: who may do what is set for the bucket";
}
