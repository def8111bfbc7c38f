//! From normal text to `Path`, in place, and from names to text: with the calls of Windows, the only unsafe code of the
//! crate.
//!
//! `Path<F>` is a `repr(transparent)` struct of a `str` and a zero-sized marker, so a pointer to
//! one may be read as a pointer to the other: same address, same length, same alignment, same
//! layout of a box or a reference count around it. That the text is normal is not a matter of
//! memory safety: a path with other text would give wrong answers, and the debug assertion here
//! would say so.

#![allow(unsafe_code)]

use std::ffi::OsStr;
use std::rc::Rc;
use std::sync::Arc;

use super::{Path, is_normal};
use crate::flavour::Flavour;

impl<F: Flavour> Path<F> {
    /// Reads normal text as a path.
    #[inline]
    pub(crate) fn from_normal(text: &str) -> &Self {
        debug_assert!(is_normal::<F>(text), "BUG: {text:?} is not in normal form");
        // SAFETY: `Path<F>` is a transparent wrapper of `str`; the lifetime is kept.
        unsafe { &*(std::ptr::from_ref(text) as *const Self) }
    }

    pub(super) fn from_normal_box(text: Box<str>) -> Box<Self> {
        debug_assert!(is_normal::<F>(&text), "BUG: {text:?} is not in normal form");
        // SAFETY: `Path<F>` is a transparent wrapper of `str`; the box was given up just before.
        unsafe { Box::from_raw(Box::into_raw(text) as *mut Self) }
    }

    pub(super) fn into_text_box(self: Box<Self>) -> Box<str> {
        // SAFETY: as in `from_normal_box`, the other way.
        unsafe { Box::from_raw(Box::into_raw(self) as *mut str) }
    }

    pub(super) fn from_normal_rc(text: Rc<str>) -> Rc<Self> {
        debug_assert!(is_normal::<F>(&text), "BUG: {text:?} is not in normal form");
        // SAFETY: `Path<F>` is a transparent wrapper of `str`, so that the counts lie where they
        // lay; the pointer was given up just before.
        unsafe { Rc::from_raw(Rc::into_raw(text) as *const Self) }
    }

    pub(super) fn from_normal_arc(text: Arc<str>) -> Arc<Self> {
        debug_assert!(is_normal::<F>(&text), "BUG: {text:?} is not in normal form");
        // SAFETY: as in `from_normal_rc`.
        unsafe { Arc::from_raw(Arc::into_raw(text) as *const Self) }
    }
}

/// The text of a name from the system, if it is UTF-8.
///
/// Most are ASCII. `OsStr::to_str` looks at their bytes one by one, as they are short and do not lie on
/// the boundary of a word where directories are read: that alone would be 2 % of a listing.
#[inline]
pub(crate) fn text_of(name: &OsStr) -> Option<&str> {
    let bytes = name.as_encoded_bytes();
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { str::from_utf8_unchecked(bytes) });
    }
    name.to_str()
}
