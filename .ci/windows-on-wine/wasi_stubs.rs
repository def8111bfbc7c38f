//! std names these; here no thread starts, as in the libc that Rust's own std for this target has.
#![no_std]
use core::ffi::{c_int, c_void};

const NOT_SUPPORTED: c_int = 58;

#[no_mangle]
pub extern "C" fn pthread_attr_init(_: *mut c_void) -> c_int {
    0
}

#[no_mangle]
pub extern "C" fn pthread_attr_setstacksize(_: *mut c_void, _: usize) -> c_int {
    0
}

#[no_mangle]
pub extern "C" fn pthread_attr_destroy(_: *mut c_void) -> c_int {
    0
}

#[no_mangle]
pub extern "C" fn pthread_create(_: *mut c_void, _: *const c_void, _: *const c_void, _: *mut c_void) -> c_int {
    NOT_SUPPORTED
}

#[no_mangle]
pub extern "C" fn pthread_join(_: *mut c_void, _: *mut *mut c_void) -> c_int {
    NOT_SUPPORTED
}

#[no_mangle]
pub extern "C" fn pthread_detach(_: *mut c_void) -> c_int {
    NOT_SUPPORTED
}
