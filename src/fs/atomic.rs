//! Content that is replaced as a whole, so that none is lost.

use std::io;

use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys;

/// Replacing the content of a file in one step.
impl Path {
    /// Makes these bytes the content of the file in one step: whoever reads it, and whatever happens
    /// meanwhile, there is the old content or the new one, whole.
    ///
    /// The content goes to a temporary file beside the target and is brought to the disk; then the file
    /// takes over the target's name, and the directory is brought to the disk.
    ///
    /// | case | what happens |
    /// | --- | --- |
    /// | nothing is there | the file is made; its mode is what the umask leaves of `rw-rw-rw-`, or what the directory gives by default |
    /// | a file is there | it is replaced; mode, owner, group and extended attributes, lists of access rights among them, are kept |
    /// | owner, group, mode or an attribute cannot be kept, as it is another user's file | refused, with the reason; the old file stays |
    /// | the file may not be written | refused, as by [`write_text`](Path::write_text), although the directory may allow it |
    /// | the file may not be read | refused: its attributes could not be kept |
    /// | the directory may not be changed | refused: nothing can be made in it |
    /// | the directory is sticky, as `/tmp` is, and neither it nor the file is one's own | refused, with the reason |
    /// | the file or its directory is immutable or append-only (`chattr +i`, `+a`) | refused, with the reason; in an append-only directory, a temporary file stays |
    /// | another file is mounted on it, as containers do with `/etc/hosts` | refused, with the reason: [`write_text`](Path::write_text) can write into it |
    /// | the file system is read-only | refused |
    /// | the path leads to an open file without a name (`/proc/self/fd/3` of a file that was removed) | refused: there is no name to replace |
    /// | the directory may not be listed | no hindrance, but it cannot be brought to the disk |
    /// | a link is there | the file it leads to is replaced, and the link stays; where it leads to nothing, that file is made |
    /// | links lead in a circle | an error |
    /// | a directory is there | refused |
    /// | a pipe, a socket, a device is there, or a link to one | refused, and not opened |
    /// | the file has more names (hard links) | this name gets the new file, the others keep the old one |
    /// | the name has all the bytes a name may have | no hindrance: the temporary one is short |
    /// | another program has the file open | it goes on reading the old file |
    /// | several write at the same time | one of them is last, and its content stands whole |
    /// | another makes the file while this does | it is replaced, and its mode is not kept |
    /// | the disk is full, or anything else fails before the new file has the name | an error; the old file stays, and the temporary one is removed |
    /// | the directory cannot be brought to the disk | an error, though the new content stands: a power cut may bring the old one back |
    /// | the program is killed, or the power goes | the old content or the new one; see below for what may be left over |
    ///
    /// What may be left over is a file called `.NAME.*.waypath-tmp` in the target's directory, if a long
    /// name is cut short. On Linux the temporary file has no name, but that to replace a file it needs
    /// one for the moment between two system calls; a new file never has another name than its own.
    /// Where the file system knows no files without a name, or `/proc` is missing, and on other
    /// systems, it has one all the time.
    ///
    /// It takes longer than [`write_bytes`](Path::write_bytes), as it waits for the disk.
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
    /// Attributes are kept on Linux and macOS, but for what the system itself manages and does not
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
    /// On Unix all is done relative to the directory, which is opened once: that its path leads elsewhere
    /// later does not matter. A link that the system would not follow is not followed.
    #[doc(alias = "atomic_write")]
    pub fn write_atomic(&self, content: impl AsRef<[u8]>) -> Result<()> {
        find(self).write(content.as_ref())
    }

    /// Makes these bytes the content of the file, as [`write_atomic`](Path::write_atomic) does, unless they
    /// are already; whether they were not.
    ///
    /// A file that has the content keeps its times, so that what is built from it need not be built anew.
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
        find(self).write_if_changed(content.as_ref())
    }

    /// Gives the text of the file to a function and makes what it returns the new text, as
    /// [`write_atomic`](Path::write_atomic) does; whether that is another text.
    ///
    /// Text that stays the same is not written, and neither is anything when the function returns an
    /// error. It returns a `String`, or a [`Result`](std::result::Result) of one with any error that
    /// this crate's can be turned into.
    ///
    /// What another program writes while the function runs is lost: no file is locked.
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

/// What a function that edits text returns: the text, or a `Result` of it; see
/// [`Path::edit_text`].
///
/// # Examples
///
/// ```
/// use waypath::EditedText;
///
/// assert_eq!("text".to_owned().into_result().unwrap(), "text");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the edited text",
    note = "return a `String`, or a `Result<String, E>` where `E` is `From<waypath::Error>`"
)]
pub trait EditedText: sealed::Sealed {
    /// The error of editing, which that of reading and writing can be turned into.
    type Error: From<Error>;

    /// Returns the text, or why there is none.
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
