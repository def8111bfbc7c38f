//! A request, before it is signed.

use std::borrow::Cow;

use md5::{Digest as _, Md5};

use super::encoding::base64;
use crate::objects::Condition;

/// What is asked of a store.
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    /// Empty, if the bucket is asked.
    pub(super) key: &'a str,
    pub(super) query: Vec<(&'static str, Cow<'a, str>)>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Cow<'a, [u8]>>,
    pub(super) answer: AnswerKind,
}

/// How the content of an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerKind {
    /// At once.
    Whole,
    /// While the program uses it, however long that takes.
    Stream,
}

impl<'a> Request<'a> {
    pub(super) fn new(method: &'static str, key: &'a str) -> Self {
        Self { method, key, query: Vec::new(), headers: Vec::new(), body: None, answer: AnswerKind::Whole }
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn condition(self, condition: Condition<'_>) -> Self {
        match condition {
            Condition::Always => self,
            Condition::IfFree => self.header("if-none-match", "*"),
            Condition::IfTag(tag) => self.header("if-match", quoted(tag)),
        }
    }

    /// The body, and its checksum: a store refuses one that was damaged on the way.
    pub(super) fn body(mut self, body: impl Into<Cow<'a, [u8]>>) -> Self {
        let body = body.into();
        self = self.header("content-md5", base64(&Md5::digest(&body)));
        self.body = Some(body);
        self
    }
}

pub(super) fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// A tag as it stands in headers and bodies, without the quotation marks.
pub(super) fn unquoted(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}
