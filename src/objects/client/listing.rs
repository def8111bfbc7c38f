//! Reading listings: pages of keys, uploads that were begun, and keys that were not deleted.

use std::borrow::Cow;

use super::Refused;
use super::answer::{Failure, invalid, torn};
use super::encoding::from_percent;
use super::request::unquoted;
use super::xml;
use crate::objects::{Meta, Object, Page, Upload, date};

pub(super) struct Uploads {
    pub(super) uploads: Vec<Upload>,
    /// The last key and the last upload of a page that is not the last.
    pub(super) next: Option<(String, String)>,
}

/// The fields of one object.
#[derive(Default)]
struct Fields<'a> {
    key: Cow<'a, str>,
    id: Cow<'a, str>,
    tag: Cow<'a, str>,
    size: Cow<'a, str>,
    time: Cow<'a, str>,
}

/// How keys are written. The store says so at the end of the page.
#[derive(Clone, Copy, Default)]
enum Spelling {
    #[default]
    Plain,
    Percent,
}

impl Spelling {
    fn of(name: &str) -> Self {
        if name.eq_ignore_ascii_case("url") { Self::Percent } else { Self::Plain }
    }

    fn read(self, key: Cow<'_, str>) -> Result<String, Failure> {
        match self {
            Self::Plain => Ok(key.into_owned()),
            Self::Percent => from_percent(&key).ok_or_else(|| invalid("a key in the listing is not UTF-8")),
        }
    }
}

/// Reads a page of keys.
pub(super) fn page(text: &str) -> Result<Page, Failure> {
    let mut objects = Vec::new();
    let mut prefixes = Vec::new();
    let mut fields = Fields::default();
    let (mut spelling, mut next, mut is_truncated) = (Spelling::default(), None, false);
    xml::each(text, |around, name, text| match (around, name) {
        ("Contents", "Key") => fields.key = text,
        ("Contents", "ETag") => fields.tag = text,
        ("Contents", "Size") => fields.size = text,
        ("Contents", "LastModified") => fields.time = text,
        ("ListBucketResult", "Contents") => objects.push(std::mem::take(&mut fields)),
        ("CommonPrefixes", "Prefix") => prefixes.push(text),
        ("ListBucketResult", "EncodingType") => spelling = Spelling::of(&text),
        ("ListBucketResult", "NextContinuationToken") => next = Some(text.into_owned()),
        ("ListBucketResult", "IsTruncated") => is_truncated = text == "true",
        _ => {}
    })
    .map_err(|_| torn())?;
    if is_truncated && next.is_none() {
        return Err(invalid("the store says that there are more keys, but not how to get them"));
    }
    Ok(Page {
        objects: objects.into_iter().map(|fields| object(fields, spelling)).collect::<Result<_, _>>()?,
        prefixes: prefixes.into_iter().map(|prefix| spelling.read(prefix)).collect::<Result<_, _>>()?,
        next: next.filter(|_| is_truncated),
    })
}

fn object(fields: Fields<'_>, spelling: Spelling) -> Result<Object, Failure> {
    let Fields { key, tag, size, time, .. } = fields;
    let size = size.trim().parse().map_err(|_| invalid("the listing has an object without a size"))?;
    let modified = date::parse_iso(&time).ok_or_else(|| invalid("the listing has an object without a time"))?;
    let meta = Meta { size, modified, tag: unquoted(&tag).to_owned() };
    Ok(Object { key: spelling.read(key)?, meta })
}

/// Reads a page of uploads.
pub(super) fn uploads(text: &str) -> Result<Uploads, Failure> {
    let mut found = Vec::new();
    let mut fields = Fields::default();
    let (mut spelling, mut is_truncated) = (Spelling::default(), false);
    let (mut next_key, mut next_id) = (Cow::default(), Cow::default());
    xml::each(text, |around, name, text| match (around, name) {
        ("Upload", "Key") => fields.key = text,
        ("Upload", "UploadId") => fields.id = text,
        ("Upload", "Initiated") => fields.time = text,
        (_, "Upload") => found.push(std::mem::take(&mut fields)),
        (_, "EncodingType") => spelling = Spelling::of(&text),
        (_, "IsTruncated") => is_truncated = text == "true",
        (_, "NextKeyMarker") => next_key = text,
        (_, "NextUploadIdMarker") => next_id = text,
        _ => {}
    })
    .map_err(|_| torn())?;
    let read = |fields: Fields<'_>| -> Result<_, Failure> {
        let begun = date::parse_iso(&fields.time).ok_or_else(|| invalid("the listing has an upload without a time"))?;
        Ok(Upload { key: spelling.read(fields.key)?, id: fields.id.into_owned(), begun })
    };
    Ok(Uploads {
        uploads: found.into_iter().map(read).collect::<Result<_, _>>()?,
        next: if is_truncated { Some((spelling.read(next_key)?, next_id.into_owned())) } else { None },
    })
}

/// Reads which of several keys were not deleted.
pub(super) fn refused(text: &str) -> Result<Vec<(String, Refused)>, Failure> {
    let mut found = Vec::new();
    let (mut key, mut code, mut message) = (Cow::default(), Cow::default(), Cow::default());
    xml::each(text, |around, name, text| match (around, name) {
        ("Error", "Key") => key = text,
        ("Error", "Code") => code = text,
        ("Error", "Message") => message = text,
        (_, "Error") => {
            let why = Refused {
                code: std::mem::take(&mut code).into_owned(),
                message: std::mem::take(&mut message).into_owned(),
            };
            found.push((std::mem::take(&mut key).into_owned(), why));
        }
        _ => {}
    })
    .map_err(|_| torn())?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str) -> String {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2020-12-01T20:43:11.794Z</LastModified>\
             <ETag>&quot;tag&quot;</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents>"
        )
    }

    fn list(inside: &str) -> String {
        format!("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"of-any-store\">{inside}</ListBucketResult>")
    }

    #[test]
    fn keys_come_whole_from_a_page() {
        let keys = "a+b%2Bc%25/%01%00&amp;%26%C3%A9%F0%9F%9A%80//..";
        let inside = object(keys)
            + "<CommonPrefixes><Prefix>d%20e/</Prefix></CommonPrefixes><EncodingType>url</EncodingType>\
               <IsTruncated>true</IsTruncated><NextContinuationToken>a+b%2B</NextContinuationToken>";
        let page = page(&list(&inside)).unwrap();
        let [Object { key, meta }] = &page.objects[..] else { panic!("{page:?}") };
        assert_eq!(key, "a b+c%/\u{1}\0&&é🚀//..");
        assert_eq!((meta.size, meta.tag.as_str()), (7, "tag"));
        assert_eq!(page.prefixes, ["d e/"]);
        assert_eq!(page.next.as_deref(), Some("a+b%2B"));
    }

    #[test]
    fn keys_of_stores_that_do_not_encode_come_as_they_are() {
        let page = page(&list(&(object("a+b%20&#x1;") + "<NextContinuationToken>x</NextContinuationToken>"))).unwrap();
        assert_eq!((page.objects[0].key.as_str(), page.next), ("a+b%20\u{1}", None));
    }

    #[test]
    fn a_page_that_is_not_whole_is_an_error() {
        let whole = list(&object("a"));
        for cut in 1..whole.len() {
            assert!(page(&whole[..cut]).is_err(), "{}", &whole[..cut]);
        }
        let url = "<EncodingType>url</EncodingType>";
        for inside in [
            "<IsTruncated>true</IsTruncated>".to_owned(),
            object("%ff") + url,
            object("%") + url,
            "<Contents><Key>a</Key></Contents>".to_owned(),
        ] {
            assert!(page(&list(&inside)).is_err(), "{inside}");
        }
    }

    #[test]
    fn keys_that_were_not_deleted_are_told() {
        let text = "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b&lt;</Key><Code>AccessDenied</Code>\
                    <Message>no</Message></Error><Error><Key>c</Key><Code>SlowDown</Code></Error></DeleteResult>";
        let refused = refused(text).unwrap();
        let rows: Vec<_> = refused.iter().map(|(key, why)| (&**key, &*why.code, &*why.message)).collect();
        assert_eq!(rows, [("b<", "AccessDenied", "no"), ("c", "SlowDown", "")]);
    }

    #[test]
    fn uploads_are_read_with_where_the_next_page_begins() {
        let text = "<ListMultipartUploadsResult><Upload><Key>a%20b</Key><UploadId>1</UploadId>\
                    <Initiated>2020-12-01T20:43:11.794Z</Initiated></Upload><EncodingType>url</EncodingType>\
                    <IsTruncated>true</IsTruncated><NextKeyMarker>a%20b</NextKeyMarker>\
                    <NextUploadIdMarker>1</NextUploadIdMarker></ListMultipartUploadsResult>";
        let page = uploads(text).unwrap();
        assert_eq!((page.uploads[0].key.as_str(), page.uploads[0].id.as_str()), ("a b", "1"));
        assert_eq!(page.next, Some(("a b".to_owned(), "1".to_owned())));
    }
}
