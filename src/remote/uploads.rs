//! Uploads in parts that were left behind, as by a program that was killed.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::ObjectStore;
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::objects::{Objects, Upload, UploadOf};

/// An upload in parts that was begun, and neither finished nor aborted: [`At::unfinished_uploads`] lists them.
///
/// Its parts are invisible, and paid for.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use std::time::SystemTime;
///
/// # let store = waypath::Memory::new();
/// let mut backup = (&store / "backup.tar").create()?;
/// backup.write_all(&vec![0; 9 << 20])?;
/// std::mem::forget(backup); // as if the program were killed
///
/// let uploads = store.unfinished_uploads()?;
/// assert_eq!((uploads[0].key(), &*uploads[0].uri()), ("backup.tar", "memory://backup.tar"));
/// assert!(uploads[0].begun() <= SystemTime::now());
/// uploads[0].abort()?;
/// assert!(store.unfinished_uploads()?.is_empty());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct UnfinishedUpload {
    store: Arc<dyn Objects>,
    upload: Upload,
}

/// # Uploads that were left behind
impl<S: ObjectStore> At<S> {
    /// Lists the uploads in parts of this file, or of files below this directory, that were begun and neither finished nor
    /// aborted.
    ///
    /// A program that is killed while it writes a large file leaves its parts in the store. **An upload that is in this list
    /// may still be going on, in another program**: abort those that began long ago. Most stores can also do that by
    /// themselves, by a lifecycle rule.
    ///
    /// One request for a thousand uploads.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use std::time::Duration;
    ///
    /// let store = waypath::Memory::new();
    /// let mut backup = (&store / "backup.tar").create()?;
    /// backup.write_all(&vec![0; 9 << 20])?;
    /// std::mem::forget(backup); // as if the program were killed
    ///
    /// let day = Duration::from_secs(24 * 60 * 60);
    /// for upload in store.unfinished_uploads()? {
    ///     println!("{} since {:?}", upload.uri(), upload.begun());
    ///     if upload.begun().elapsed().is_ok_and(|age| age > day) {
    ///         upload.abort()?;
    ///     }
    /// }
    /// assert_eq!(store.unfinished_uploads()?.len(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): the store refuses to list uploads. As for
    /// [`exists`](At#method.exists-1).
    #[doc(alias = "list_multipart_uploads")]
    pub fn unfinished_uploads(&self) -> Result<Vec<UnfinishedUpload>> {
        let (key, prefix) = (self.key(Op::List)?, self.prefix(Op::List)?);
        let mut uploads = self.objects().uploads(key).map_err(|cause| self.failed(Op::List, cause))?;
        uploads.retain(|upload| upload.key == key || upload.key.starts_with(&prefix));
        Ok(uploads.into_iter().map(|upload| UnfinishedUpload { store: self.handle.0.clone(), upload }).collect())
    }
}

impl UnfinishedUpload {
    /// Returns the key of the file that the upload would make.
    ///
    /// # Examples
    ///
    /// See [`UnfinishedUpload`].
    #[must_use]
    pub fn key(&self) -> &str {
        &self.upload.key
    }

    /// Returns the key with its store: `s3://bucket/key`.
    ///
    /// # Examples
    ///
    /// See [`UnfinishedUpload`].
    #[must_use]
    pub fn uri(&self) -> String {
        self.store.uri(self.key())
    }

    /// Returns when the upload was begun, by the clock of the store.
    ///
    /// # Examples
    ///
    /// See [`UnfinishedUpload`].
    #[must_use]
    pub fn begun(&self) -> SystemTime {
        self.upload.begun
    }

    /// Removes the parts of the upload. The file, if there is one, stays as it is.
    ///
    /// A program that is still at it fails. A part that it is just sending may stay; then the upload is still listed, and can
    /// be aborted again.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// See [`UnfinishedUpload`].
    ///
    /// # Errors
    ///
    /// [`NotFound`](std::io::ErrorKind::NotFound): it was finished or aborted meanwhile.
    pub fn abort(&self) -> Result<()> {
        let upload = UploadOf { key: &self.upload.key, id: &self.upload.id };
        self.store.abort_upload(upload).map_err(|cause| Error::located(Op::Remove, self.uri(), cause))
    }
}

/// Without the name of the upload, with which others could add to it.
impl fmt::Debug for UnfinishedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedUpload").field("uri", &self.uri()).field("begun", &self.begun()).finish()
    }
}
