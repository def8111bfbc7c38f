//! The XML of S3: reading what stores answer, and escaping what they are asked.
//!
//! It is the plain part of XML that programs write: elements and text. Namespaces and attributes are passed over, as stores
//! do not agree on them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text is not XML, or not all of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Shows each element when it ends: the name of the one around it, or nothing; its own name; and its text. That of elements
/// around others is not whole.
pub(super) fn each<'a>(document: &'a str, show: impl FnMut(&'a str, &'a str, Cow<'a, str>)) -> Result<(), Malformed> {
    let document = document.trim_start_matches('\u{feff}');
    let mut reader = Reader { text: Cow::default(), open: Vec::new(), elements: 0, show };
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        reader.push_text(unescape(&rest[..at])?);
        rest = reader.markup(&rest[at..])?;
    }
    // An answer that was cut off is not taken for a whole one.
    let is_whole = reader.open.is_empty() && reader.elements > 0 && rest.trim().is_empty();
    if is_whole { Ok(()) } else { Err(Malformed) }
}

struct Reader<'a, F> {
    text: Cow<'a, str>,
    /// The elements that have begun and not ended.
    open: Vec<&'a str>,
    elements: usize,
    show: F,
}

impl<'a, F: FnMut(&'a str, &'a str, Cow<'a, str>)> Reader<'a, F> {
    /// Reads what begins with `<`. Returns what comes after.
    fn markup(&mut self, markup: &'a str) -> Result<&'a str, Malformed> {
        if let Some(rest) = markup.strip_prefix("<![CDATA[") {
            let (raw, rest) = rest.split_once("]]>").ok_or(Malformed)?;
            self.push_text(raw.into());
            return Ok(rest);
        }
        let end = if markup.starts_with("<!--") { "-->" } else { ">" };
        let (tag, rest) = markup[1..].split_once(end).ok_or(Malformed)?;
        if let Some(name) = tag.strip_prefix('/') {
            self.end(local(name)?)?;
        } else if !tag.starts_with(['?', '!']) {
            self.start(tag)?;
        }
        Ok(rest)
    }

    fn start(&mut self, tag: &'a str) -> Result<(), Malformed> {
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = local(tag)?;
        self.open.push(name);
        self.elements += 1;
        self.text = Cow::default();
        if is_empty { self.end(name) } else { Ok(()) }
    }

    fn end(&mut self, name: &str) -> Result<(), Malformed> {
        let name = self.open.pop().filter(|open| *open == name).ok_or(Malformed)?;
        let around = self.open.last().copied().unwrap_or_default();
        (self.show)(around, name, std::mem::take(&mut self.text));
        Ok(())
    }

    fn push_text(&mut self, text: Cow<'a, str>) {
        match self.text.is_empty() {
            true => self.text = text,
            false => self.text.to_mut().push_str(&text),
        }
    }
}

/// The name in a tag, without the prefix of a namespace.
fn local(tag: &str) -> Result<&str, Malformed> {
    let name = tag.split_ascii_whitespace().next().ok_or(Malformed)?;
    Ok(name.split_once(':').map_or(name, |(_, name)| name))
}

fn unescape(text: &str) -> Result<Cow<'_, str>, Malformed> {
    let Some((plain, mut rest)) = text.split_once('&') else { return Ok(text.into()) };
    let mut unescaped = plain.to_owned();
    loop {
        let (name, after) = rest.split_once(';').ok_or(Malformed)?;
        unescaped.push(character(name).ok_or(Malformed)?);
        let Some((plain, next)) = after.split_once('&') else {
            unescaped.push_str(after);
            return Ok(unescaped.into());
        };
        unescaped.push_str(plain);
        rest = next;
    }
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Appends text, escaped.
pub(super) fn push(document: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => document.push_str("&lt;"),
            '>' => document.push_str("&gt;"),
            '&' => document.push_str("&amp;"),
            '"' => document.push_str("&quot;"),
            // Bare, they would be read as other white space.
            '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}' | '\u{2028}' => {
                _ = write!(document, "&#{};", u32::from(character));
            }
            character => document.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::key::xml_can_say;

    fn elements(document: &str) -> Result<Vec<String>, Malformed> {
        let mut elements = Vec::new();
        each(document, |around, name, text| elements.push(format!("{around}/{name} {text:?}")))?;
        Ok(elements)
    }

    #[test]
    fn elements_and_their_text_are_read() {
        let document = "\u{feff}<?xml version=\"1.0\"?>\n<!-- <a> --><s3:A xmlns:s3='x'><B/>\n<C a=\"1\"> x&#x1;&amp;&#233;\
                        <![CDATA[<&]]>y </C></s3:A>\n";
        assert_eq!(elements(document).unwrap(), [r#"A/B """#, r#"A/C " x\u{1}&é<&y ""#, r#"/A """#]);
    }

    #[test]
    fn what_is_cut_off_or_is_no_xml_is_told() {
        for document in [
            "",
            "<?xml?>",
            "<a></b>",
            "<a>",
            "<a><b></b>",
            "</a>",
            "<a",
            "<a>&lt</a>",
            "<a>&who;</a>",
            "<a>&#xd800;</a>",
            "text",
            "<>",
        ] {
            assert_eq!(elements(document), Err(Malformed), "{document}");
        }
    }

    #[test]
    fn text_is_read_as_it_was_written() {
        for text in ["a<b>&\"c'", "tab\tline\nreturn\r", "\u{7f}\u{85}\u{2028}é🚀", ""] {
            let mut document = "<a>".to_owned();
            push(&mut document, text);
            document.push_str("</a>");
            assert!(xml_can_say(text));
            assert_eq!(elements(&document).unwrap(), [format!("/a {text:?}")]);
        }
        for text in ["\0", "a\u{1}", "\u{b}", "\u{1f}", "\u{ffff}"] {
            assert!(!xml_can_say(text), "{text:?}");
        }
    }
}
