//! std names these two, and never calls them where no thread can start.
#![no_std]
use core::ffi::{c_int, c_void};

#[no_mangle]
pub extern "C" fn pthread_join(_: *mut c_void, _: *mut *mut c_void) -> c_int {
    58
}

#[no_mangle]
pub extern "C" fn pthread_detach(_: *mut c_void) -> c_int {
    58
}
