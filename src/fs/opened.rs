//! Reading and writing open files, with errors that name the path.

/// Implements `Read`, `Write` and `Seek` for a type with the methods `as_file` and `failed`.
macro_rules! reads_and_writes {
    ($opened:ty) => {
        impl std::io::Read for $opened {
            fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
                self.as_file().read(bytes).map_err(|cause| self.failed($crate::error::Op::Read, cause).into())
            }
        }

        impl std::io::Write for $opened {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.as_file().write(bytes).map_err(|cause| self.failed($crate::error::Op::Write, cause).into())
            }

            fn write_vectored(&mut self, bytes: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                self.as_file()
                    .write_vectored(bytes)
                    .map_err(|cause| self.failed($crate::error::Op::Write, cause).into())
            }

            fn flush(&mut self) -> std::io::Result<()> {
                self.as_file().flush().map_err(|cause| self.failed($crate::error::Op::Write, cause).into())
            }
        }

        impl std::io::Seek for $opened {
            fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
                self.as_file().seek(to).map_err(|cause| self.failed($crate::error::Op::Write, cause).into())
            }
        }
    };
}

pub(super) use reads_and_writes;
