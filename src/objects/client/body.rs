//! The content of an object on its way.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use super::answer::{Answer, invalid};
use super::request::{AnswerKind, Request, quoted};
use super::{Client, bytes};
use crate::objects::Content;
use crate::objects::http::Broken;

/// Asks for content. Once the answer has begun, another request may be made: readers that nobody reads hold up nobody.
pub(super) fn open(client: &Client, key: &str, range: Option<Range<u64>>, tag: Option<&str>) -> io::Result<Content> {
    let mut request = Request { answer: AnswerKind::Stream, ..Request::new("GET", key) };
    if let Some(range) = &range {
        request = request.header("range", bytes(range));
    }
    if let Some(tag) = tag {
        request = request.header("if-match", quoted(tag));
    }
    let read = |answer: Answer| match (&range, answer.status()) {
        (Some(range), 200) if range.start > 0 => Err(invalid("the store does not know ranges")),
        _ => Ok((answer.meta()?, answer.into_reader())),
    };
    let (meta, stream) = client.ask(&request, read).map_err(|failed| failed.or_stale())?;
    let length = range.map_or(meta.size, |range| range.end.min(meta.size).saturating_sub(range.start));
    Ok(Content { meta, body: Box::new(Body { stream, left: length }) })
}

/// Content that ends early only with an error.
struct Body {
    stream: ureq::BodyReader<'static>,
    left: u64,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        match self.stream.read(&mut buffer[..most]) {
            Ok(0) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the content ended early")),
            Ok(count) => {
                self.left -= count as u64;
                if self.left == 0 {
                    // The connection can be used again only after the end was seen. There is nothing to wait for.
                    _ = self.stream.read(&mut [0]);
                }
                Ok(count)
            }
            Err(error) => Err(Broken::from(error).cause),
        }
    }
}
