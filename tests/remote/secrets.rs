//! Nothing secret is in an error or in `Debug`: no URL, key, secret, token or signature, whatever the store answers.

use std::error::Error as _;
use std::io::Write;
use std::time::Duration;

use waypath::{Bucket, BucketOptions, Error};

use crate::canned_server::{Answering, Canned, Heard, Reply};
use crate::support::{KEY, SECRET, options};

const TOKEN: &str = "TOKENOFTHETESTS";

/// What must not be shown.
const SECRETS: &[&str] = &[KEY, SECRET, TOKEN, "http://", "https://", "X-Amz-", "AWS4-HMAC-SHA256", "Signature"];

fn secret_options(server: &Canned) -> BucketOptions {
    options(&server.endpoint()).session_token(TOKEN).tries(2).timeout(Duration::from_millis(50))
}

/// An answer that tells all that it was asked with.
fn telltale(heard: &Heard, status: u16, code: &str) -> Reply {
    let authorization = heard.header("authorization").unwrap_or_default();
    let url = format!("http://{}{}", heard.header("host").unwrap_or_default(), heard.target);
    let message = format!("{url} {authorization} {KEY} {SECRET} {TOKEN}");
    let location = format!("{url}?X-Amz-Signature=1");
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message><Region>{KEY}</Region></Error>");
    Reply::new(status, &[("Location", &location), ("ETag", &message)], body)
}

#[test]
fn no_error_tells_a_secret() {
    let replies: [Answering; 14] = [
        |heard| telltale(heard, 301, "PermanentRedirect"),
        |heard| telltale(heard, 307, "TemporaryRedirect"),
        |heard| telltale(heard, 400, "AuthorizationHeaderMalformed"),
        |heard| telltale(heard, 400, KEY),
        |heard| telltale(heard, 403, "SignatureDoesNotMatch: Signature"),
        |heard| telltale(heard, 403, "RequestTimeTooSkewed"),
        |heard| telltale(heard, 404, "NoSuchBucket"),
        |heard| telltale(heard, 412, "PreconditionFailed"),
        |heard| telltale(heard, 503, "SlowDown"),
        |heard| Reply::error(400, "Bad", &format!("only {}", &heard.header("x-amz-security-token").unwrap())),
        |_| Reply::Torn(Vec::new()),
        |_| Reply::Torn(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nLast-Modified: never\r\n\r\n".to_vec()),
        |_| Reply::Torn(b"no HTTP\r\n\r\n".to_vec()),
        |_| Reply::Silent,
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        let server = Canned::in_turn([reply]);
        let bucket = secret_options(&server).open("bucket").unwrap();
        let errors = failures(&bucket);
        assert!(errors.len() >= 9, "{number}: {}", errors.len());
        for error in errors {
            check(&error, number);
        }
    }
}

/// The errors of requests of each kind.
fn failures(bucket: &Bucket) -> Vec<Error> {
    let file = bucket / "file";
    let large = || {
        let mut writer = file.create()?;
        writer.write_all(&vec![0; 9 << 20])?;
        writer.commit()
    };
    let results = [
        file.exists().err(),
        file.stat().err(),
        file.read_text().err(),
        file.open().err(),
        file.write_text("text").err(),
        file.write_new("text").err(),
        file.write_if_match("tag", "text").err(),
        large().err(),
        file.copy(bucket / "copy").err(),
        file.unlink().err(),
        (bucket / "directory").rmtree().err(),
        bucket.unfinished_uploads().err(),
    ];
    results.into_iter().flatten().collect()
}

#[track_caller]
fn check(error: &Error, number: usize) {
    assert!(error.to_string().contains("s3://bucket"), "{error}");
    let mut texts = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.extend([cause.to_string(), format!("{cause:?}")]);
        source = cause.source();
    }
    if let Some(cause) = error.io_error() {
        texts.extend([cause.to_string(), format!("{cause:?}")]);
    }
    for text in texts {
        for secret in SECRETS {
            // The name of an error, not a signature.
            let text = text.replace("SignatureDoesNotMatch", "");
            assert!(!text.contains(secret), "{number}: `{secret}` is in {text}");
        }
    }
}

#[test]
fn no_debug_tells_a_secret() {
    let server = Canned::in_turn([|_| Reply::object("tag", 0, &[])]);
    let options = secret_options(&server);
    let bucket = options.open("bucket").unwrap();
    let file = &bucket / "file";
    let texts = [
        format!("{options:?}"),
        format!("{bucket:?}"),
        format!("{file:?}"),
        format!("{:?}", file.create().unwrap()),
        format!("{:?}", file.stat().unwrap()),
    ];
    for text in texts {
        for secret in [KEY, SECRET, TOKEN] {
            assert!(!text.contains(secret), "`{secret}` is in {text}");
        }
    }
    assert_eq!(format!("{bucket:?}"), format!("Bucket {{ name: \"bucket\", endpoint: \"{}\" }}", server.endpoint()));
}

/// An endpoint with keys in it is refused, and not repeated.
#[test]
fn keys_in_an_endpoint_are_not_told() {
    let error = Bucket::options().endpoint(format!("https://{KEY}:{SECRET}@host")).open("bucket").unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        !text.contains(KEY) && !text.contains(SECRET) && text.contains("keys do not belong into an endpoint"),
        "{text}"
    );
}
