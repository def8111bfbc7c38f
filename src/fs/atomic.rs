//! Replacing the content of a file atomically.

use std::io;

use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys;

/// # Replacing the content of a file atomically
impl Path {
    /// Replaces the content of the file atomically: at any time, and whatever fails, the file has the complete old content or the
    /// complete new content.
    ///
    /// The content is written to a temporary file in the same directory and flushed; then that file is renamed to the target, and
    /// the directory is flushed.
    ///
    /// | case | what happens |
    /// | --- | --- |
    /// | nothing is there | the file is created, with mode `0o666` minus the umask, or the default of the directory's access control list |
    /// | a file is there | it is replaced; mode, owner, group and extended attributes, including access control lists, are preserved |
    /// | owner, group, mode or an attribute cannot be preserved, because the file belongs to another user | an error with the reason |
    /// | no permission to write the file | an error, as from [`write_text`](Path::write_text), even if the directory would allow it |
    /// | no permission to read the file | an error: its attributes cannot be preserved |
    /// | no permission to create files in the directory | an error |
    /// | the directory is sticky, such as `/tmp`, and both it and the file belong to others | an error with the reason |
    /// | the file or its directory is immutable or append-only (`chattr +i`, `+a`) | an error with the reason; in an append-only directory, a temporary file is left |
    /// | another file is mounted on it, such as `/etc/hosts` in a container | an error with the reason; [`write_text`](Path::write_text) works |
    /// | the file system is read-only | an error |
    /// | the path leads to an open file that was removed (`/proc/self/fd/3`) | an error: there is no name to replace |
    /// | no permission to list the directory | it works, but the directory is not flushed |
    /// | the path is a link | its target is replaced or, if the link is dangling, created; the link stays |
    /// | a loop of links | an error |
    /// | the path is a directory | an error |
    /// | the path is a pipe, socket or device, or a link to one | an error; it is not opened |
    /// | the file has several hard links | this one becomes the new file, the others stay the old one |
    /// | the name is as long as a name can be | it works: the temporary name is short |
    /// | another program has the file open | it keeps the old content |
    /// | several programs write at the same time | the last one wins; its content is complete |
    /// | another program creates the file at the same moment | it is replaced, and its mode is not preserved |
    /// | the disk is full, or anything else fails before the rename | an error; the old file stays, and the temporary file is removed |
    /// | the directory cannot be flushed | an error, but the file has the new content; after a power failure it may have the old one |
    /// | the program is killed, or a power failure | the old or the new content; a temporary file may be left |
    ///
    /// A temporary file that is left is called `.NAME.*.waypath-tmp`, with a long name cut short. On Linux it has no name at all,
    /// except for the moment between two system calls in which it replaces an existing file. On file systems without unnamed
    /// files, without `/proc`, and on other systems, it has its name all the time.
    ///
    /// This takes longer than [`write_bytes`](Path::write_bytes), because it waits for the disk.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let settings = &base / "settings.toml";
    /// settings.write_atomic("depth = 1\n")?;
    /// settings.write_atomic("depth = 2\n")?;
    /// assert_eq!(settings.read_text()?, "depth = 2\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): the parent does not exist.
    /// - [`IsADirectory`](io::ErrorKind::IsADirectory): it is a directory.
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): it is a pipe, a socket or a device.
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): see the table.
    /// - [`ResourceBusy`](io::ErrorKind::ResourceBusy): another file is mounted on it.
    /// - [`ReadOnlyFilesystem`](io::ErrorKind::ReadOnlyFilesystem): the file system is read-only.
    /// - [`StorageFull`](io::ErrorKind::StorageFull): the disk is full.
    ///
    /// # Platform-specific behavior
    ///
    /// Extended attributes are preserved on Linux and macOS, except for those that the system manages and does not
    /// let be set. Where a file system has capabilities or checksums of content there, they go with
    /// the old content. On macOS, access control lists and flags are not kept.
    ///
    /// On Windows, attributes such as "hidden" are kept; access control lists and streams are not, as the only call that
    /// keeps them (`ReplaceFileW`) can fail with the file gone. A file that another program has open is replaced if
    /// [`replace`](Path::replace) could replace it; otherwise it stays as it is after one second
    /// ([`ResourceBusy`](io::ErrorKind::ResourceBusy) or [`PermissionDenied`](io::ErrorKind::PermissionDenied)).
    /// Directories are not flushed.
    ///
    /// # Security
    ///
    /// On Unix, everything is relative to the directory, which is opened once: it does not matter if its path leads elsewhere
    /// later. A link that the system would not follow is not followed.
    #[doc(alias = "atomic_write")]
    pub fn write_atomic(&self, content: impl AsRef<[u8]>) -> Result<()> {
        find(self).write(content.as_ref())
    }

    /// Replaces the content of the file atomically, unless it has this content already. Returns whether it was written.
    ///
    /// A file that is not written keeps its times, so that nothing is rebuilt because of it. See
    /// [`write_atomic`](Path::write_atomic).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let generated = &base / "table.rs";
    /// assert!(generated.write_if_changed("const N: u8 = 1;\n")?);
    /// assert!(!generated.write_if_changed("const N: u8 = 1;\n")?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_atomic`](Path::write_atomic).
    pub fn write_if_changed(&self, content: impl AsRef<[u8]>) -> Result<bool> {
        let content = content.as_ref();
        if sys::has_content(self.as_ref(), content) { Ok(false) } else { find(self).write_if_changed(content) }
    }

    /// Passes the text of the file to a function, and atomically replaces it with what the function returns. Returns whether the
    /// text changed.
    ///
    /// The function returns a `String`, or a [`Result`](std::result::Result) of one with any error type that implements
    /// `From<Error>`. If it returns an error, or the same text, nothing is written. See [`write_atomic`](Path::write_atomic).
    ///
    /// No file is locked: what another program writes while the function runs is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "Cargo.toml";
    /// file.write_text("version = \"0.1.0\"\n")?;
    /// assert!(file.edit_text(|text| text.replace("0.1.0", "0.2.0"))?);
    /// assert_eq!(file.read_text()?, "version = \"0.2.0\"\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// With a function that can fail:
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let base = waypath::TempDir::new()?;
    /// use std::error::Error;
    ///
    /// let counter = &base / "counter";
    /// counter.write_text("41")?;
    /// let count = |text: String| -> Result<String, Box<dyn Error>> { Ok((text.parse::<u64>()? + 1).to_string()) };
    /// counter.edit_text(count)?;
    /// assert_eq!(counter.read_text()?, "42");
    ///
    /// counter.write_text("many")?;
    /// assert!(counter.edit_text(count).is_err());
    /// assert_eq!(counter.read_text()?, "many");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - That of the function.
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is there.
    /// - [`InvalidData`](io::ErrorKind::InvalidData): the content is not UTF-8.
    /// - As for [`write_atomic`](Path::write_atomic).
    pub fn edit_text<T: EditedText>(&self, edit: impl FnOnce(String) -> T) -> Result<bool, T::Error> {
        find(self).edit(edit)
    }
}

/// What the function of [`Path::edit_text`] returns: the new text, or a `Result` of it.
///
/// # Examples
///
/// ```
/// use waypath::EditedText;
///
/// assert_eq!("text".to_owned().into_result().unwrap(), "text");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as the edited text",
    note = "the closure returns a `String`, or a `Result<String, E>` if `E` implements `From<waypath::Error>`"
)]
pub trait EditedText: sealed::Sealed {
    /// The error type of the function.
    type Error: From<Error>;

    /// Converts to a result.
    ///
    /// # Examples
    ///
    /// See [`EditedText`].
    ///
    /// # Errors
    ///
    /// What the function returned.
    fn into_result(self) -> Result<String, Self::Error>;
}

impl EditedText for String {
    type Error = Error;

    fn into_result(self) -> Result<String> {
        Ok(self)
    }
}

impl<E: From<Error>> EditedText for Result<String, E> {
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

mod sealed {
    /// Keeps [`EditedText`](super::EditedText) to text.
    pub trait Sealed {}

    impl Sealed for String {}
    impl<E> Sealed for Result<String, E> {}
}

fn find(path: &Path) -> Target<impl Fn(Op, io::Error) -> Error> {
    Target { found: sys::AtomicTarget::find(path.as_ref()), failed: move |op, cause| Error::new(op, path, cause) }
}

/// What is to be replaced, if it was found, and how a failure is put.
pub(crate) struct Target<F> {
    pub(crate) found: io::Result<sys::AtomicTarget>,
    pub(crate) failed: F,
}

impl<F: Fn(Op, io::Error) -> Error> Target<F> {
    pub(crate) fn write(self, content: &[u8]) -> Result<()> {
        self.found.and_then(|target| target.write(content)).map_err(|cause| (self.failed)(Op::Write, cause))
    }

    pub(crate) fn write_if_changed(self, content: &[u8]) -> Result<bool> {
        let Self { found, failed } = self;
        let mut target = found.map_err(|cause| failed(Op::Write, cause))?;
        let old = target.read().map_err(|cause| failed(Op::Read, cause))?;
        let is_changed = old.is_none_or(|old| old != content);
        if is_changed {
            target.write(content).map_err(|cause| failed(Op::Write, cause))?;
        }
        Ok(is_changed)
    }

    pub(crate) fn edit<T: EditedText>(self, edit: impl FnOnce(String) -> T) -> Result<bool, T::Error> {
        let (target, text) = read(self.found).map_err(|cause| (self.failed)(Op::Read, cause))?;
        let edited = edit(text.clone()).into_result()?;
        if edited == text {
            return Ok(false);
        }
        target.write(edited.as_bytes()).map_err(|cause| (self.failed)(Op::Write, cause))?;
        Ok(true)
    }
}

/// Reads the text that is to be edited.
fn read(found: io::Result<sys::AtomicTarget>) -> io::Result<(sys::AtomicTarget, String)> {
    let mut target = found?;
    let content = target.read()?.ok_or_else(sys::not_found)?;
    let text = String::from_utf8(content)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "stream did not contain valid UTF-8"))?;
    Ok((target, text))
}
