//! Reading and writing open files, with errors that name the path.

use std::io;

use crate::error::{Error, Op};
use crate::path::Path;

/// Adds the path to an error of an open file.
pub(super) fn failed(op: Op, path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |cause| Error::new(op, path, cause).into()
}

/// Implements `Read`, `Write` and `Seek` for a type with a method `as_file`, whose path is in the given field.
macro_rules! reads_and_writes {
    ($opened:ty, $($path:ident).+) => {
        impl std::io::Read for $opened {
            fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
                let failed = $crate::fs::opened::failed($crate::error::Op::Read, &self.$($path).+);
                self.as_file().read(bytes).map_err(failed)
            }
        }

        impl std::io::Write for $opened {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                let failed = $crate::fs::opened::failed($crate::error::Op::Write, &self.$($path).+);
                self.as_file().write(bytes).map_err(failed)
            }

            fn write_vectored(&mut self, bytes: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                let failed = $crate::fs::opened::failed($crate::error::Op::Write, &self.$($path).+);
                self.as_file().write_vectored(bytes).map_err(failed)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                let failed = $crate::fs::opened::failed($crate::error::Op::Write, &self.$($path).+);
                self.as_file().flush().map_err(failed)
            }
        }

        impl std::io::Seek for $opened {
            fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
                let failed = $crate::fs::opened::failed($crate::error::Op::Write, &self.$($path).+);
                self.as_file().seek(to).map_err(failed)
            }
        }
    };
}

pub(super) use reads_and_writes;
