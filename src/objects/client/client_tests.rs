//! The client against a server that answers as it was told.

use std::io::{ErrorKind, Read as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use super::super::Object;
use super::super::credentials::{Chain, Credentials, Environment, Source};
use super::super::tls::Roots;
use super::canned::{Answering, Canned, Heard, Reply};
use super::*;

/// Notes the pauses, and makes none.
#[derive(Clone, Default)]
struct NoPause(Arc<Mutex<Vec<Duration>>>);

impl Pause for NoPause {
    fn pause(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

fn given() -> Source {
    Source::Given(Credentials::new("key", "secret", None))
}

fn client(server: &Canned, source: Source) -> (Client, NoPause) {
    client_at(&server.endpoint(), source, Duration::from_secs(60))
}

fn client_at(endpoint: &str, source: Source, silence: Duration) -> (Client, NoPause) {
    let settings = Settings {
        bucket: "bucket".to_owned(),
        endpoint: Some(Endpoint::parse(endpoint).unwrap()),
        style: None,
        region: "us-east-1".to_owned(),
        credentials: Provider::new(source),
        limits: Limits::default(),
        timeouts: Timeouts { connect: Duration::from_secs(60), silence },
        roots: Roots::default(),
        retry: Retry::default(),
    };
    let pause = NoPause::default();
    let mut inner = Arc::into_inner(Client::new(settings).0).unwrap();
    inner.pause = Box::new(pause.clone());
    (Client(Arc::new(inner)), pause)
}

fn pauses(pause: &NoPause) -> Vec<u128> {
    pause.0.lock().unwrap().iter().map(Duration::as_millis).collect()
}

fn page() -> PageRequest<'static> {
    PageRequest { prefix: "", one_level: false, start: PageStart::Start, most: 1000 }
}

const EMPTY_LIST: &str = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

fn put_done(_: &Heard) -> Reply {
    Reply::new(200, &[("ETag", "\"tag\"")], "")
}

fn slow_down(_: &Heard) -> Reply {
    Reply::error(503, "SlowDown", "Please reduce your request rate.")
}

fn refused_412(_: &Heard) -> Reply {
    Reply::error(412, "PreconditionFailed", "At least one of the preconditions did not hold")
}

fn torn(_: &Heard) -> Reply {
    Reply::Torn(Vec::new())
}

fn text(error: &io::Error) -> String {
    format!("{:?}: {error}", error.kind())
}

#[test]
fn a_request_has_what_the_store_needs() {
    let server = Canned::in_turn([put_done]);
    let (client, _) = client(&server, given());
    assert_eq!(client.put("a b/é+%", b"hello", Condition::Always).unwrap(), "tag");
    let [heard] = &server.heard()[..] else { panic!() };
    assert_eq!((heard.method.as_str(), heard.target.as_str()), ("PUT", "/bucket/a%20b/%C3%A9%2B%25"));
    assert_eq!(heard.body, b"hello");
    assert_eq!(heard.header("content-md5"), Some("XUFAKrxLKna5cZ2REBfFkg=="));
    assert_eq!(heard.header("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
    assert_eq!(heard.header("host"), Some(&server.endpoint()["http://".len()..]));
    assert!(heard.header("authorization").unwrap().starts_with("AWS4-HMAC-SHA256 Credential=key/"));
    assert_eq!(heard.header(TOKEN), None);
}

#[test]
fn no_key_leaves_the_bucket() {
    let server = Canned::in_turn([put_done]);
    let (client, _) = client(&server, Source::Anonymous);
    for key in ["/a", "//host/a", "a/../../b", ".", "?a#b"] {
        client.put(key, b"", Condition::Always).unwrap();
    }
    let expected = ["//a", "///host/a", "/a/../../b", "/.", "/%3Fa%23b"];
    assert_eq!(server.targets(), expected.map(|target| format!("PUT /bucket{target}")));
    assert!(server.heard().iter().all(|heard| heard.header("authorization").is_none()));
}

#[test]
fn connections_are_used_again() {
    let server = Canned::new(|heard| match heard.method.as_str() {
        "GET" => {
            let Reply::Bytes(mut bytes) = Reply::object("tag", 5, &[]) else { panic!() };
            bytes.extend(b"hello");
            Reply::Bytes(bytes)
        }
        _ => put_done(heard),
    });
    let (client, _) = client(&server, given());
    for _ in 0..5 {
        client.put("a", b"hello", Condition::Always).unwrap();
        let mut text = String::new();
        client.get("a", None, None).unwrap().body.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_store_that_is_busy_is_asked_again_after_a_while() {
    let server = Canned::in_turn([
        slow_down,
        |_| Reply::new(503, &[("Retry-After", "7")], ""),
        |_| Reply::error(500, "InternalError", "We encountered an internal error. Please try again."),
        |_| Reply::error(400, "RequestTimeout", "Your socket connection was not read in time."),
        |_| Reply::new(429, &[], "not XML"),
        |_| Reply::new(200, &[], EMPTY_LIST),
    ]);
    let (client, pause) = client(&server, given());
    assert!(client.list(&page()).unwrap().objects.is_empty());
    assert_eq!(pauses(&pause), [100, 7000, 400, 800, 1600]);
}

#[test]
fn a_store_that_stays_busy_is_an_error_with_its_code() {
    let server = Canned::in_turn([slow_down]);
    let (client, pause) = client(&server, given());
    let error = client.put("a", b"", Condition::Always).unwrap_err();
    assert_eq!(text(&error), "Other: SlowDown: Please reduce your request rate.");
    assert_eq!((server.heard().len(), pauses(&pause).len()), (10, 9));
}

#[test]
fn what_would_fail_again_is_not_repeated() {
    let rows: [(Answering, &str); 7] = [
        (|_| Reply::error(403, "AccessDenied", "Access Denied"), "PermissionDenied: AccessDenied: Access Denied"),
        (|_| Reply::new(403, &[], ""), "PermissionDenied: permission denied"),
        (|_| Reply::error(404, "NoSuchKey", "The specified key does not exist."), "NotFound: nothing is there"),
        (|_| Reply::error(404, "NoSuchBucket", "It is not there."), "NotFound: NoSuchBucket: It is not there."),
        (|_| Reply::error(400, "InvalidRequest", "see http://host/a?X-Amz-Signature=1"), "Other: InvalidRequest"),
        (|_| Reply::error(400, "Bad code!", "the secret is secret"), "Other: HTTP 400"),
        (|_| Reply::error(501, "NotImplemented", "line\nbreak"), r"Unsupported: NotImplemented: line\nbreak"),
    ];
    for (reply, expected) in rows {
        let server = Canned::in_turn([reply]);
        let (client, pause) = client(&server, given());
        let error = client.put("a", b"", Condition::Always).unwrap_err();
        assert_eq!((text(&error).as_str(), server.heard().len(), pauses(&pause).len()), (expected, 1, 0));
    }
}

#[test]
fn connections_that_break_are_made_again() {
    let server = Canned::in_turn([
        torn,
        |_| Reply::Torn(b"HTTP/1.1 200 O".to_vec()),
        |_| Reply::Torn(Reply::head(200, &[("Content-Length", "100")])),
        |_| {
            let mut bytes = Reply::head(200, &[("Content-Length", "100")]);
            bytes.extend(b"<ListBucketResult>");
            Reply::Torn(bytes)
        },
        // Whole for HTTP, but cut off before.
        |_| Reply::new(200, &[], &EMPTY_LIST[..30]),
        |_| Reply::new(200, &[], EMPTY_LIST),
    ]);
    let (client, pause) = client(&server, given());
    client.list(&page()).unwrap();
    assert_eq!(pauses(&pause).len(), 5);
}

#[test]
fn nobody_there_is_an_error_after_all_tries() {
    let endpoint = Canned::in_turn([put_done]).endpoint();
    let (client, pause) = client_at(&endpoint, given(), Duration::from_secs(60));
    let error = client.head("a").unwrap_err();
    assert_eq!((error.kind(), pauses(&pause).len()), (ErrorKind::ConnectionRefused, 9));
}

#[test]
fn a_store_that_never_answers_is_left() {
    let server = Canned::in_turn([|_| Reply::Silent]);
    let (client, pause) = client_at(&server.endpoint(), given(), Duration::from_millis(30));
    let error = client.head("a").unwrap_err();
    assert_eq!((text(&error).as_str(), pauses(&pause).len()), ("TimedOut: no answer in time", 9));
}

/// One byte after the other comes in time, and the whole never.
#[test]
fn an_answer_that_never_ends_is_left() {
    let server = Canned::in_turn([|_| Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec())]);
    let (client, _) = client_at(&server.endpoint(), given(), Duration::from_millis(20));
    assert_eq!(text(&client.head("a").unwrap_err()), "TimedOut: no answer in time");
}

#[test]
fn content_that_ends_early_is_an_error() {
    let server = Canned::in_turn([|_| {
        let Reply::Bytes(mut bytes) = Reply::object("tag", 10, &[]) else { panic!() };
        bytes.extend(b"hello");
        Reply::Torn(bytes)
    }]);
    let (client, _) = client(&server, given());
    let mut content = client.get("a", None, None).unwrap();
    let mut bytes = Vec::new();
    let error = content.body.read_to_end(&mut bytes).unwrap_err();
    assert_eq!((bytes.as_slice(), error.kind()), (&b"hello"[..], ErrorKind::UnexpectedEof));
    assert_eq!(error.to_string(), "the connection was closed");
}

#[test]
fn a_range_has_the_size_of_the_whole_object() {
    let server = Canned::new(|heard| match heard.header("range") {
        Some("bytes=2-4") => {
            let headers = [("ETag", "\"tag\""), ("Content-Range", "bytes 2-4/10"), ("Content-Length", "3"), MODIFIED];
            let mut bytes = Reply::head(206, &headers);
            bytes.extend(b"llo");
            Reply::Bytes(bytes)
        }
        // It does not know ranges.
        _ => Reply::new(200, &[("ETag", "\"tag\""), MODIFIED], "0123456789"),
    });
    let (client, _) = client(&server, given());
    let mut content = client.get("a", Some(2..5), Some("tag")).unwrap();
    let mut text = String::new();
    content.body.read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), content.meta.size), ("llo", 10));
    assert_eq!(server.heard()[0].header("if-match"), Some("\"tag\""));
    let error = client.get("a", Some(3..5), None).err().unwrap();
    assert_eq!(error.to_string(), "the store does not know ranges");
}

const MODIFIED: (&str, &str) = ("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");

#[test]
fn success_with_an_error_in_the_body_is_an_error() {
    let server = Canned::in_turn([|_| Reply::error(200, "AccessDenied", "No.")]);
    let (client, _) = client(&server, given());
    let upload = UploadOf { key: "a", id: "1" };
    let tags = ["x".to_owned()];
    let errors = [
        client.copy("a", "b", Condition::Always).unwrap_err(),
        client.finish_upload(upload, &tags, Condition::Always).unwrap_err(),
        client.copy_part(upload, 1, "b", 0..5).unwrap_err(),
        client.begin_upload("a").unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.to_string(), "AccessDenied: No.");
    }
    assert_eq!(server.heard().len(), 4);
}

#[test]
fn success_with_a_passing_error_in_the_body_is_repeated() {
    let server = Canned::in_turn([
        |_| Reply::error(200, "InternalError", "Again."),
        |_| Reply::new(200, &[], "  \n<CopyObjectResult><ETag>&quot;tag&quot;</ETag></CopyObjectResult>"),
    ]);
    let (client, _) = client(&server, given());
    assert_eq!(client.copy("a b", "c", Condition::Always).unwrap(), "tag");
    let heard = &server.heard()[1];
    assert_eq!((heard.target.as_str(), heard.header("x-amz-copy-source")), ("/bucket/c", Some("/bucket/a%20b")));
}

#[test]
fn a_condition_that_does_not_hold_is_told() {
    let server = Canned::in_turn([refused_412]);
    let (client, _) = client(&server, given());
    let upload = UploadOf { key: "a", id: "1" };
    for condition in [Condition::IfFree, Condition::IfTag("old")] {
        let errors = [
            client.put("a", b"", condition).unwrap_err(),
            client.copy("b", "a", condition).unwrap_err(),
            client.finish_upload(upload, &[], condition).unwrap_err(),
        ];
        for error in errors {
            match condition {
                Condition::IfFree => assert_eq!(error.kind(), ErrorKind::AlreadyExists),
                _ => assert!(Stale::is_cause(&error), "{error}"),
            }
        }
    }
    assert!(Stale::is_cause(&client.get("a", None, Some("old")).err().unwrap()));
    let heard = server.heard();
    assert_eq!(heard.len(), 7);
    assert!(heard[..3].iter().all(|heard| heard.header("if-none-match") == Some("*")));
    assert!(heard[3..].iter().all(|heard| heard.header("if-match") == Some("\"old\"")));
    assert_ne!((heard[0].header(TOKEN), heard[0].header(TOKEN)), (None, heard[3].header(TOKEN)));
}

/// The server takes the body, and the connection breaks before its answer. The next try is refused because of the object
/// that the first one has put.
#[test]
fn a_conditional_put_that_broke_off_is_read_back() {
    let taken: Arc<Mutex<Option<String>>> = Arc::default();
    let server = Canned::new(move |heard| match heard.method.as_str() {
        "PUT" if heard.number == 0 => {
            *taken.lock().unwrap() = heard.header(TOKEN).map(str::to_owned);
            torn(heard)
        }
        "PUT" => refused_412(heard),
        _ => Reply::object("mine", 5, &[(TOKEN, taken.lock().unwrap().as_deref().unwrap())]),
    });
    let (client, _) = client(&server, given());
    assert_eq!(client.put("a", b"hello", Condition::IfFree).unwrap(), "mine");
    assert_eq!(server.targets(), ["PUT /bucket/a", "PUT /bucket/a", "HEAD /bucket/a"]);
}

#[test]
fn a_conditional_put_that_broke_off_and_lost_is_a_conflict() {
    let others: [Answering; 3] = [
        |_| Reply::object("theirs", 5, &[(TOKEN, "theirs")]),
        |_| Reply::object("theirs", 5, &[]),
        |_| Reply::new(404, &[], ""),
    ];
    for other in others {
        let server = Canned::in_turn([torn, refused_412, other]);
        let (client, _) = client(&server, given());
        let error = client.put("a", b"hello", Condition::IfFree).unwrap_err();
        assert_eq!((error.kind(), server.heard().len()), (ErrorKind::AlreadyExists, 3));
    }
}

/// A refusal for lack of time was no try that may have worked.
#[test]
fn a_conditional_put_that_was_never_taken_is_a_conflict_at_once() {
    let server = Canned::in_turn([slow_down, refused_412]);
    let (client, _) = client(&server, given());
    let error = client.put("a", b"hello", Condition::IfFree).unwrap_err();
    assert_eq!((error.kind(), server.heard().len()), (ErrorKind::AlreadyExists, 2));
}

#[test]
fn a_conditional_copy_that_broke_off_is_not_repeated() {
    let server = Canned::in_turn([slow_down, torn]);
    let (client, _) = client(&server, given());
    assert_eq!(client.copy("a", "b", Condition::IfFree).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn an_upload_whose_end_broke_off_is_looked_at() {
    let tags = [hex(&Md5::digest("a")), hex(&Md5::digest("b"))];
    let upload = UploadOf { key: "a", id: "1" };
    let gone: Answering = |_| Reply::error(404, "NoSuchUpload", "The specified upload does not exist.");
    let tag = tag_of_parts(&tags).unwrap();
    assert_eq!(tag, "96e024ba2074fe77e8e965ba43a704be-2");

    let server = Canned::new(move |heard| match heard.number {
        0 => torn(heard),
        1 => gone(heard),
        _ => Reply::object(&tag, 2, &[]),
    });
    let (finisher, _) = client(&server, given());
    finisher.finish_upload(upload, &tags, Condition::Always).unwrap();

    let server = Canned::in_turn([torn, gone, |_| Reply::object("other", 2, &[])]);
    let (finisher, _) = client(&server, given());
    let error = finisher.finish_upload(upload, &tags, Condition::Always).unwrap_err();
    assert_eq!(error.to_string(), "NoSuchUpload: The specified upload does not exist.");

    let server = Canned::in_turn([gone]);
    let (aborter, _) = client(&server, given());
    assert_eq!(aborter.abort_upload(upload).unwrap_err().kind(), ErrorKind::NotFound);
    let server = Canned::in_turn([torn, gone]);
    let (aborter, _) = client(&server, given());
    aborter.abort_upload(upload).unwrap();
}

/// The clock of the store is an hour ahead: the request is signed anew, and the next one at once for the right time.
#[test]
fn clocks_that_differ_are_learned() {
    const HOUR: Duration = Duration::from_secs(3600);
    let now = SystemTime::now();
    // What is not signed with the time of this computer, however long that takes.
    let later = super::super::date::compact(now + HOUR);
    let date = http_date(now + 2 * HOUR);
    let server = Canned::new(move |heard| match heard.header("x-amz-date").is_some_and(|time| time > &*later) {
        true => Reply::object("tag", 0, &[]),
        // The answer to HEAD has no body that would say why.
        false => Reply::new(403, &[("Date", &date)], ""),
    });
    let (client, pause) = client(&server, given());
    client.head("a").unwrap();
    client.head("a").unwrap();
    assert_eq!((server.heard().len(), pauses(&pause).len()), (3, 0));
}

fn http_date(time: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let stamp = super::super::date::compact(time);
    let month = MONTHS[stamp[4..6].parse::<usize>().unwrap() - 1];
    let (hour, minute, second) = (&stamp[9..11], &stamp[11..13], &stamp[13..15]);
    format!("Mon, {} {month} {} {hour}:{minute}:{second} GMT", &stamp[6..8], &stamp[..4])
}

#[test]
fn a_refusal_that_is_no_matter_of_time_is_not_taken_for_one() {
    let server = Canned::new(|_| Reply::new(403, &[("Date", &http_date(SystemTime::now()))], ""));
    let (client, _) = client(&server, given());
    assert_eq!(client.head("a").unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn the_region_is_learned_from_a_refusal() {
    let server = Canned::new(|heard| match heard.header("authorization").unwrap().contains("/eu-west-1/s3/") {
        true => put_done(heard),
        false => {
            Reply::new(400, &[], "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>")
        }
    });
    let (client, _) = client(&server, given());
    client.put("a", b"", Condition::Always).unwrap();
    client.put("a", b"", Condition::Always).unwrap();
    assert_eq!(server.heard().len(), 3);
}

#[test]
fn redirects_to_other_hosts_are_not_followed() {
    let elsewhere = Canned::in_turn([put_done]);
    let location = format!("{}/bucket/a", elsewhere.endpoint());
    let server = Canned::new(move |_| Reply::new(307, &[("Location", &location)], ""));
    let (client, _) = client(&server, given());
    assert_eq!(client.put("a", b"", Condition::Always).unwrap_err().to_string(), "HTTP 307");
    assert_eq!((server.heard().len(), elsewhere.heard().len()), (1, 0));
}

/// The instance gives a new token each time; the first one is refused by the store.
#[test]
fn credentials_that_have_expired_are_fetched_anew_once() {
    let fetched = Arc::new(AtomicUsize::new(0));
    let metadata = Canned::new(move |heard| match heard.target.as_str() {
        "/latest/api/token" => Reply::new(200, &[], "session"),
        "/latest/meta-data/iam/security-credentials/" => Reply::new(200, &[], "role\n"),
        _ => {
            let number = fetched.fetch_add(1, Ordering::SeqCst);
            let token = format!("token-{number}");
            let json = format!(
                r#"{{"Code":"Success","AccessKeyId":"key","SecretAccessKey":"secret","Token":"{token}",
                    "Expiration":"2999-01-01T00:00:00Z"}}"#
            );
            Reply::new(200, &[], json)
        }
    });
    let source = || {
        let environment = Environment::of([
            ("AWS_SHARED_CREDENTIALS_FILE", "no/such/file"),
            ("AWS_CONFIG_FILE", "no/such/file"),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata.endpoint()),
            ("AWS_METADATA_SERVICE_TIMEOUT", "60"),
        ]);
        Source::Chain(Chain { environment, profile: None })
    };
    let server = Canned::new(|heard| match heard.header("x-amz-security-token") {
        Some("token-0") => Reply::error(400, "ExpiredToken", "The provided token has expired."),
        _ => put_done(heard),
    });
    let (renewing, _) = client(&server, source());
    renewing.put("a", b"", Condition::Always).unwrap();
    renewing.put("a", b"", Condition::Always).unwrap();
    assert_eq!(server.heard().len(), 3);
    assert_eq!(metadata.heard().len(), 6);

    let server = Canned::in_turn([|_| Reply::error(400, "ExpiredToken", "The provided token has expired.")]);
    let (renewing, _) = client(&server, source());
    let error = renewing.put("a", b"", Condition::Always).unwrap_err();
    assert_eq!(error.to_string(), "ExpiredToken: The provided token has expired.");
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn pages_follow_each_other() {
    let server = Canned::new(|heard| {
        let key = |key: &str, rest: &str| {
            let object = format!(
                "<Contents><Key>{key}</Key><Size>1</Size><ETag>x</ETag><LastModified>2020-12-01T20:43:11.794Z\
                 </LastModified></Contents>"
            );
            Reply::new(200, &[], format!("<ListBucketResult>{object}{rest}</ListBucketResult>"))
        };
        let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>a/+=</NextContinuationToken>";
        match heard.target.contains("continuation-token=a%2F%2B%3D") {
            true => key("b", ""),
            false => key("a", more),
        }
    });
    let (client, _) = client(&server, given());
    let first = client.list(&PageRequest { prefix: "a b&", one_level: true, most: 5000, ..page() }).unwrap();
    let start = PageStart::Next(first.next.as_deref().unwrap());
    let second = client.list(&PageRequest { start, ..page() }).unwrap();
    let keys = |page: &Page| page.objects.iter().map(|Object { key, .. }| key.clone()).collect::<Vec<_>>();
    assert_eq!((keys(&first), keys(&second), second.next), (vec!["a".to_owned()], vec!["b".to_owned()], None));
    assert_eq!(
        server.targets()[0],
        "GET /bucket?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=a%20b%26"
    );
}

#[test]
fn keys_that_were_not_deleted_come_back_and_passing_errors_are_repeated() {
    let server = Canned::new(|heard| {
        let body = String::from_utf8_lossy(&heard.body).into_owned();
        let error = |key: &str, code: &str| format!("<Error><Key>{key}</Key><Code>{code}</Code></Error>");
        let errors = match (heard.method.as_str(), heard.number) {
            ("DELETE", _) => return Reply::new(204, &[], ""),
            (_, 1) => error("locked", "AccessDenied") + &error("busy", "SlowDown"),
            _ => {
                assert_eq!(body, "<Delete><Quiet>true</Quiet><Object><Key>busy</Key></Object></Delete>");
                String::new()
            }
        };
        Reply::new(200, &[], format!("<DeleteResult>{errors}</DeleteResult>"))
    });
    let (client, pause) = client(&server, given());
    let keys = ["a&b", "locked", "busy", "c\u{1}"].map(str::to_owned);
    let failures = client.delete_many(&keys).unwrap();
    let told: Vec<_> = failures.iter().map(|(key, error)| (key.as_str(), text(error))).collect();
    assert_eq!(told, [("locked", "PermissionDenied: AccessDenied".to_owned())]);
    // XML cannot say the last one.
    assert_eq!(server.targets(), ["DELETE /bucket/c%01", "POST /bucket?delete=", "POST /bucket?delete="]);
    assert!(server.heard()[1].header("content-md5").is_some());
    assert_eq!(pauses(&pause), [100]);
}

#[test]
fn fewer_requests_are_made_at_a_time_after_a_busy_answer() {
    let running = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let noted = running.clone();
    let server = Canned::new(move |heard| {
        let (now, most) = &*noted;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5)); // so that others come meanwhile
        let reply = if heard.number == 0 { slow_down(heard) } else { put_done(heard) };
        now.fetch_sub(1, Ordering::SeqCst);
        reply
    });
    let (client, _) = client(&server, given());
    let put = || client.put("a", b"", Condition::Always).unwrap();
    put();
    std::thread::scope(|scope| (0..32).for_each(|_| _ = scope.spawn(put)));
    assert_eq!(server.heard().len(), 1 + 1 + 32);
    // 8 of 16, and one more after 8, 9 and 10 that went well.
    let most = running.1.load(Ordering::SeqCst);
    assert!((1..=11).contains(&most), "{most} requests at a time");
}

#[test]
fn a_url_is_signed_without_a_request() {
    let server = Canned::in_turn([put_done]);
    let (presigner, _) = client(&server, Source::Given(Credentials::new("key", "secret", Some("token".to_owned()))));
    let url = presigner.presign("a b", Presign::Put, Duration::from_secs(60)).unwrap();
    assert!(url.starts_with(&format!("{}/bucket/a%20b?X-Amz-Algorithm=", server.endpoint())), "{url}");
    assert!(url.contains("&X-Amz-Expires=60&X-Amz-Security-Token=token&X-Amz-SignedHeaders=host&X-Amz-Signature="));
    for valid in [Duration::ZERO, Duration::from_secs(7 * 24 * 3600 + 1)] {
        let error = presigner.presign("a", Presign::Get, valid).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let (anonymous, _) = client(&server, Source::Anonymous);
    let url = anonymous.presign("a", Presign::Get, Duration::from_secs(60)).unwrap();
    assert_eq!(url, format!("{}/bucket/a", server.endpoint()));
    assert!(server.heard().is_empty());
}

#[test]
fn stores_are_beside_each_other_if_bucket_endpoint_and_keys_are_the_same() {
    let server = Canned::in_turn([put_done]);
    let (one, _) = client(&server, given());
    let (same, _) = client(&server, given());
    let (anonymous, _) = client(&server, Source::Anonymous);
    let (elsewhere, _) = client_at("http://127.0.0.2", given(), Duration::from_secs(1));
    assert!(one.is_beside(&one) && one.is_beside(&one.clone()) && one.is_beside(&same));
    assert!(!one.is_beside(&anonymous) && !one.is_beside(&elsewhere));
    assert!(!one.is_beside(&super::super::MemoryStore::default()));
}
