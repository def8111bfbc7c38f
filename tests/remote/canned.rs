//! The methods against a server with canned answers: storms, torn connections, slow answers.

use std::io::{ErrorKind, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use waypath::Bucket;

use crate::canned_server::{Answering, Canned, Heard, Reply};
use crate::messages::of_buckets;
use crate::shared::messages::{has_parts_of, sentences};
use crate::shared::source::{Source, sources};
use crate::support::{canned_bucket, options};

fn put_done(_: &Heard) -> Reply {
    Reply::new(200, &[("ETag", "\"tag\"")], "")
}

fn object(content: &[u8], headers: &[(&str, &str)]) -> Reply {
    let Reply::Bytes(mut bytes) = Reply::object("tag", content.len(), headers) else { unreachable!() };
    bytes.extend(content);
    Reply::Bytes(bytes)
}

/// Of five answers, four ask to slow down. Every file is written once, and none is lost.
#[test]
fn a_storm_of_busy_answers_passes() {
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let server = Canned::new({
        let taken = taken.clone();
        move |heard| match heard.number % 5 {
            4 => {
                taken.lock().unwrap().push(heard.target.clone());
                put_done(heard)
            }
            _ => Reply::error(503, "SlowDown", "Please reduce your request rate."),
        }
    });
    let bucket = options(&server.endpoint()).tries(1000).open("bucket").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let bucket = bucket.clone();
            scope.spawn(move || {
                for number in 0..10 {
                    (&bucket / format!("{thread}-{number}").as_str()).write_text("text").unwrap();
                }
            });
        }
    });
    let mut taken = taken.lock().unwrap().clone();
    taken.sort();
    let mut expected: Vec<_> =
        (0..8).flat_map(|thread| (0..10).map(move |number| format!("/bucket/{thread}-{number}"))).collect();
    expected.sort();
    assert_eq!(taken, expected);
}

/// The connection breaks after every 1,000 bytes; the reader goes on from there.
#[test]
fn content_goes_on_where_the_connection_broke() {
    let content: Arc<Vec<u8>> = Arc::new((0..10_000).map(|number: u32| (number / 3) as u8).collect());
    let server = Canned::new({
        let content = content.clone();
        move |heard| {
            let range = heard.header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
            let start: usize = range.map_or(0, |(start, _)| start.parse().unwrap());
            let length = (content.len() - start).to_string();
            let place = format!("bytes {start}-{}/{}", content.len() - 1, content.len());
            let (status, headers) = match range {
                None => (200, vec![("Content-Length", &*length)]),
                Some(_) => (206, vec![("Content-Length", &*length), ("Content-Range", &*place)]),
            };
            let usual = [("ETag", "\"tag\""), ("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT")];
            let mut bytes = Reply::head(status, &[&headers[..], &usual].concat());
            bytes.extend(&content[start..content.len().min(start + 1000)]);
            Reply::Torn(bytes)
        }
    });
    let bucket = canned_bucket(&server);
    assert!((&bucket / "file").read_bytes().unwrap() == *content);
    let heard = server.heard();
    assert_eq!(heard.len(), 10);
    assert!(heard[1..].iter().all(|heard| heard.header("if-match") == Some("\"tag\"")));
}

/// Another object under the key is no rest of the first one.
#[test]
fn content_of_an_object_that_was_replaced_is_a_conflict() {
    let server = Canned::in_turn([
        |_| {
            let Reply::Bytes(mut bytes) = Reply::object("tag", 10, &[]) else { unreachable!() };
            bytes.extend(b"first");
            Reply::Torn(bytes)
        },
        |_| Reply::error(412, "PreconditionFailed", "At least one of the preconditions did not hold"),
    ]);
    let bucket = canned_bucket(&server);
    let mut text = Vec::new();
    let error = (&bucket / "file").open().unwrap().read_to_end(&mut text).unwrap_err();
    assert!(waypath::Error::from(error).is_conflict());
    assert_eq!(text, b"first");
}

/// The listing is torn, slow, busy and whole in the end: no key is lost, none is there twice.
#[test]
fn a_listing_through_a_bad_connection_has_every_key_once() {
    const PAGES: usize = 10;
    let bad = AtomicUsize::new(0);
    let server = Canned::new(move |heard| {
        let token = heard.target.split(['?', '&']).find_map(|pair| pair.strip_prefix("continuation-token="));
        let page: usize = token.map_or(0, |page| page.parse().unwrap());
        let object = |number: usize| {
            format!(
                "<Contents><Key>{page:02}-{number:03}</Key><Size>1</Size><ETag>x</ETag>\
                 <LastModified>2020-12-01T20:43:11.794Z</LastModified></Contents>"
            )
        };
        let more = match page + 1 {
            PAGES => String::new(),
            next => format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>"),
        };
        let objects: String = (0..100).map(object).collect();
        let text = format!("<ListBucketResult>{objects}{more}</ListBucketResult>");
        match bad.fetch_add(1, Ordering::SeqCst) % 4 {
            0 => Reply::error(503, "SlowDown", "Please reduce your request rate."),
            1 => Reply::Torn(Reply::head(200, &[("Content-Length", &text.len().to_string())])),
            2 => Reply::new(200, &[], &text[..text.len() / 2]),
            _ => Reply::new(200, &[], &text),
        }
    });
    let bucket = canned_bucket(&server);
    let found: Vec<_> = bucket.walk().map(|entry| entry.unwrap().as_str().to_owned()).collect();
    let expected: Vec<_> =
        (0..PAGES).flat_map(|page| (0..100).map(move |number| format!("{page:02}-{number:03}"))).collect();
    assert_eq!(found, expected);
    assert_eq!(server.heard().len(), PAGES * 4);
}

#[test]
fn an_upload_that_fails_is_aborted() {
    let server = Canned::new(|heard| match (heard.method.as_str(), heard.target.contains("uploads=")) {
        ("POST", true) => Reply::new(200, &[], "<R><UploadId>1</UploadId></R>"),
        ("PUT", _) => Reply::error(403, "AccessDenied", "Access Denied"),
        ("DELETE", _) => Reply::new(204, &[], ""),
        _ => Reply::error(400, "Unexpected", "This was not expected."),
    });
    let bucket = canned_bucket(&server);
    let mut writer = (&bucket / "large").create().unwrap();
    let error = writer.write_all(&vec![0; 20 << 20]).and_then(|()| Ok(writer.commit().map(drop)?)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(server.targets().last().unwrap(), "DELETE /bucket/large?uploadId=1");
}

#[test]
fn a_store_that_does_not_answer_is_an_error_in_time() {
    let server = Canned::in_turn([|_| Reply::Silent]);
    let options = options(&server.endpoint()).timeout(Duration::from_millis(20)).tries(3);
    let bucket = options.open("bucket").unwrap();
    let error = (&bucket / "file").write_text("text").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.to_string(), "cannot write `s3://bucket/file`: no answer in time");
}

/// What an error says, and what the server answers.
const MESSAGES: &[(&str, Answering)] = &[
    ("cannot read `s3://bucket/file`: nothing is there", |_| Reply::error(404, "NoSuchKey", "It is not there.")),
    ("cannot read `s3://bucket/file`: NoSuchBucket: It is not there.", |_| {
        Reply::error(404, "NoSuchBucket", "It is not there.")
    }),
    ("cannot read `s3://bucket/file`: AccessDenied: Access Denied", |_| {
        Reply::error(403, "AccessDenied", "Access Denied")
    }),
    ("cannot read `s3://bucket/file`: permission denied", |_| Reply::new(403, &[], "")),
    ("cannot read `s3://bucket/file`: HTTP 500", |_| Reply::new(500, &[], "")),
    ("cannot read `s3://bucket/file`: the connection was closed", |_| Reply::Torn(Vec::new())),
    ("cannot read `s3://bucket/file`: the answer is not valid HTTP", |_| Reply::Torn(b"no HTTP\r\n\r\n".to_vec())),
    ("cannot read `s3://bucket/file`: the answer does not say when the object was changed", |_| {
        Reply::new(200, &[], "text")
    }),
    ("cannot read `s3://bucket/file`: the answer does not say the size of the object", |_| {
        Reply::Torn(Reply::head(200, &[("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT")]))
    }),
    ("cannot read `s3://bucket/file`: stream did not contain valid UTF-8", |_| object(&[255], &[])),
];

#[test]
fn errors_say_what_the_store_answered() {
    for (message, answering) in MESSAGES {
        let server = Canned::in_turn([*answering]);
        let bucket = options(&server.endpoint()).tries(2).open("bucket").unwrap();
        assert_eq!((&bucket / "file").read_text().unwrap_err().to_string(), *message);
    }
}

/// What an error says, and the text that is opened, after an endpoint if there is one.
const OPENING: &[(&str, Option<&str>, &str)] = &[
    ("cannot open the bucket `s3://a/b`: a bucket has no path: join it to the bucket with `/`", None, "s3://a/b"),
    ("cannot open the bucket `s3://`: the name of the bucket is missing", None, "s3://"),
    ("cannot open the bucket `..`: this is not the name of a bucket", None, ".."),
    ("cannot open the bucket `a b`: the name of a bucket has only letters, digits, `-`, `.` and `_`", None, "a b"),
    ("cannot open the bucket `a`: an endpoint begins with `https://` or `http://`", Some("host"), "a"),
    ("cannot open the bucket `a`: keys do not belong into an endpoint", Some("https://key:secret@host"), "a"),
    ("cannot open the bucket `a`: the endpoint has no valid host", Some("https://ho st"), "a"),
    ("cannot open the bucket `a`: an endpoint has no query, no fragment and no spaces", Some("https://host/?a"), "a"),
];

#[test]
fn errors_say_what_is_wrong_with_a_bucket() {
    for (message, endpoint, name) in OPENING {
        let options = Bucket::options().region("r").anonymous().endpoint(endpoint.unwrap_or("http://host"));
        let error = options.open(name).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (*message, ErrorKind::InvalidInput));
    }
    for (message, uri) in URIS {
        let error = waypath::RemotePath::from_uri(uri).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (*message, ErrorKind::InvalidInput));
    }
}

/// What an error says, and the URI that is read.
const URIS: &[(&str, &str)] = &[
    ("cannot open the bucket `bucket/key`: the URI must begin with `s3://`", "bucket/key"),
    ("cannot open the bucket `s3:///key`: the name of the bucket is missing", "s3:///key"),
    (
        "cannot open the bucket `s3://bucket//key`: no path has an empty part, as between two slashes",
        "s3://bucket//key",
    ),
];

/// Messages that no test here holds, and why.
const WITHOUT_ROW: &[(&str, &str)] = &[
    ("HTTP {status}", "as `HTTP 500`"),
    ("a key in the listing is not UTF-8", IN_SOURCE),
    ("the store says that there are more keys, but not how to get them", IN_SOURCE),
    ("the listing has an object without a size", IN_SOURCE),
    ("the listing has an object without a time", IN_SOURCE),
    ("the listing has an upload without a time", IN_SOURCE),
    ("the answer is not whole", IN_SOURCE),
    ("the answer lacks what it should say", IN_SOURCE),
    ("the store does not know ranges", IN_SOURCE),
    ("the content ended early", IN_SOURCE),
    ("a URL is valid for at least a second and at most seven days", IN_SOURCE),
    ("the answer has no valid `Expiration`", IN_SOURCE),
    ("the answer has no `AccessKeyId`", IN_SOURCE),
    ("the answer has no `SecretAccessKey`", IN_SOURCE),
    ("a quotation mark is not closed", IN_SOURCE),
    ("it names no program", IN_SOURCE),
    ("the program did not end in time", IN_SOURCE),
    ("the profile `{name}` has a key without a secret", IN_SOURCE),
    ("the profile `{name}` has a role or a single sign-on, which need a `credential_process`", IN_SOURCE),
    ("the profile `{name}` has no keys", IN_SOURCE),
    ("the request is not valid HTTP", NEVER),
    ("the address is not valid", NEVER),
    ("requests without credentials are not signed", NEVER),
    ("the request could not be made", NEVER),
    ("the instance has no role", NETWORK),
    ("the credentials of the instance: {cause}", NETWORK),
    ("cannot read the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {error}", "the system has its own words"),
    ("cannot read `{path}`: {error}", "the system has its own words"),
    ("a profile was given, so the environment does not count", NETWORK),
    ("the host of the endpoint was not found", NETWORK),
    ("no connection to the endpoint", NETWORK),
    ("no connection to the endpoint in time", NETWORK),
    ("no connection through the proxy", NETWORK),
    ("https needs the feature `remote` or `remote-native-tls`", NETWORK),
    ("the headers of the answer are too long", "it takes 64 KiB"),
];

const IN_SOURCE: &str = "a test beside the source holds it";
const NEVER: &str = "nothing of the crate asks for that";
const NETWORK: &str = "depends on the network";

/// Whatever reads like a sentence in the source of buckets is a message, and a test holds it.
#[test]
fn each_message_in_the_source_is_held() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/remote");
    let held: Vec<String> = ["canned.rs", "credentials.rs", "tls.rs"]
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(directory.join(file)).unwrap();
            sentences(&Source::new(&format!("src/{file}"), &text).tokens).collect::<Vec<_>>()
        })
        .filter(|text| WITHOUT_ROW.iter().all(|(excepted, _)| excepted != text))
        .collect();
    let sources = sources();
    let messages: Vec<String> =
        sources.iter().filter(|source| of_buckets(source)).flat_map(|source| sentences(&source.tokens)).collect();
    let is_excepted = |message: &str| WITHOUT_ROW.iter().any(|(text, _)| *text == message);
    let is_held = |message: &str| held.iter().any(|row| has_parts_of(row, message));
    let missing: Vec<_> = messages.iter().filter(|message| !is_excepted(message) && !is_held(message)).collect();
    assert!(missing.is_empty(), "no test holds: {missing:#?}");
    for (text, reason) in WITHOUT_ROW {
        assert!(messages.iter().any(|message| message == text), "gone: {text:?} ({reason})");
    }
}
