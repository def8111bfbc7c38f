//! Where credentials come from: each source, as a process with that environment finds it.

use std::collections::BTreeMap;
use std::process::Command;

use waypath::{Bucket, Error, Path, TempDir};

use crate::canned_server::{Canned, Heard, Reply};

/// What a child process says: the key that it signed with and its token, or its error.
const SAYS: &str = "the child says: ";

/// The part of a child process: it makes one request, where its environment says.
#[test]
fn child() {
    let Ok(name) = std::env::var("WAYPATH_TEST_CHILD") else { return };
    let outcome = (|| {
        let options = Bucket::options();
        let options = match std::env::var("WAYPATH_TEST_PROFILE") {
            Ok(profile) => options.profile(profile),
            Err(_) => options,
        };
        (&options.open(&name)? / "file").write_text("text")
    })();
    match outcome {
        Ok(()) => println!("{SAYS}ok"),
        Err(error) => println!("{SAYS}{error}"),
    }
}

/// Runs a child with nothing of AWS in its environment but this. Returns what it says.
fn run(home: &Path, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "credentials::child", "--nocapture", "--test-threads", "1"]);
    let inherited = std::env::vars().filter(|(name, _)| name.starts_with("AWS_")).map(|(name, _)| name);
    inherited.for_each(|name| _ = command.env_remove(name));
    let home = [("HOME", home.as_str()), ("USERPROFILE", home.as_str())];
    // A busy machine may answer later than others.
    let usual = [("WAYPATH_TEST_CHILD", "bucket"), ("AWS_METADATA_SERVICE_TIMEOUT", "60")];
    let output = command.envs(home).envs(usual).envs(variables.iter().copied()).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let said = output.split_once(SAYS).unwrap_or_else(|| panic!("{output}")).1;
    said.lines().next().unwrap().to_owned()
}

/// A store that takes everything.
fn store() -> Canned {
    Canned::in_turn([|_| Reply::new(200, &[("ETag", "\"tag\"")], "")])
}

/// Key, region and token of the only request.
fn signed_by(store: &Canned) -> (String, String, Option<String>) {
    let heard = store.heard();
    let [heard] = &heard[..] else { panic!("{heard:?}") };
    let authorization = heard.header("authorization").unwrap();
    let scope = authorization.split_once("Credential=").unwrap().1;
    let mut parts = scope.split('/');
    let key = parts.next().unwrap().to_owned();
    (key, parts.nth(1).unwrap().to_owned(), heard.header("x-amz-security-token").map(str::to_owned))
}

fn signed(key: &str, region: &str, token: Option<&str>) -> (String, String, Option<String>) {
    (key.to_owned(), region.to_owned(), token.map(str::to_owned))
}

#[test]
fn from_the_environment() {
    let (store, home) = (store(), TempDir::new().unwrap());
    let said = run(
        &home,
        &[
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "never"),
            ("AWS_ENDPOINT_URL_S3", &store.endpoint()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ],
    );
    assert_eq!((said.as_str(), signed_by(&store)), ("ok", signed("key", "eu-west-1", Some("token"))));
}

#[test]
fn from_profile_files() {
    let (first, home) = (store(), TempDir::new().unwrap());
    let aws = &home / ".aws";
    aws.mkdir().unwrap();
    let keys = "[default]\naws_access_key_id = usual\naws_secret_access_key = secret\n\
                [work]\naws_access_key_id = work\naws_secret_access_key = secret\naws_session_token = token\n";
    (&aws / "credentials").write_text(keys).unwrap();
    let endpoint = first.endpoint();
    (&aws / "config").write_text(format!("[default]\nregion = eu-west-1\nendpoint_url = {endpoint}\n")).unwrap();
    assert_eq!(run(&home, &[]), "ok");
    assert_eq!(signed_by(&first), signed("usual", "eu-west-1", None));

    // By name, and before what the environment has.
    for by in ["AWS_PROFILE", "WAYPATH_TEST_PROFILE"] {
        let store = store();
        let endpoint = store.endpoint();
        let mut variables = vec![(by, "work"), ("AWS_ENDPOINT_URL", &*endpoint)];
        if by == "WAYPATH_TEST_PROFILE" {
            variables.extend([("AWS_ACCESS_KEY_ID", "never"), ("AWS_SECRET_ACCESS_KEY", "never")]);
        }
        assert_eq!(run(&home, &variables), "ok");
        assert_eq!(signed_by(&store), signed("work", "us-east-1", Some("token")));
    }

    let said = run(&home, &[("AWS_PROFILE", "nobody")]);
    assert_eq!(said, "cannot open the bucket `bucket`: there is no profile `nobody`");
}

#[cfg(unix)]
#[test]
fn from_a_program() {
    let (store, home) = (store(), TempDir::new().unwrap());
    let answer = &home / "answer";
    answer
        .write_text(r#"{"Version": 1, "AccessKeyId": "program", "SecretAccessKey": "s", "SessionToken": "token"}"#)
        .unwrap();
    let config = &home / "config";
    config.write_text(format!("[default]\ncredential_process = cat '{answer}'\n")).unwrap();
    let endpoint = store.endpoint();
    let variables = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_ENDPOINT_URL", &*endpoint)];
    assert_eq!(run(&home, &variables), "ok");
    assert_eq!(signed_by(&store), signed("program", "us-east-1", Some("token")));

    answer.write_text("SECRET").unwrap();
    assert_eq!(
        run(&home, &variables),
        "cannot write `s3://bucket/file`: credential_process of the profile `default`: the answer is not JSON"
    );
    config.write_text("[default]\ncredential_process = false\n").unwrap();
    assert_eq!(
        run(&home, &variables),
        "cannot write `s3://bucket/file`: credential_process of the profile `default`: the program failed (exit status: 1)"
    );
}

fn keys(key: &str) -> String {
    format!(
        r#"{{"Code": "Success", "AccessKeyId": "{key}", "SecretAccessKey": "secret", "Token": "token",
            "Expiration": "2999-01-01T00:00:00Z"}}"#
    )
}

#[test]
fn from_the_container() {
    let agent = Canned::new(|heard: &Heard| match heard.header("authorization") {
        Some("let me in") => Reply::new(200, &[], keys("container")),
        _ => Reply::new(403, &[], "SECRET"),
    });
    let (store, home) = (store(), TempDir::new().unwrap());
    let (endpoint, uri) = (store.endpoint(), agent.endpoint() + "/v1");
    let usual = [("AWS_ENDPOINT_URL", &*endpoint), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*uri)];
    let with = |more: (&'static str, &str)| run(&home, &[usual[0], usual[1], more]);
    assert_eq!(with(("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in")), "ok");
    assert_eq!(signed_by(&store), signed("container", "us-east-1", Some("token")));

    let token = &home / "token";
    token.write_text("let me in\n").unwrap();
    assert_eq!(with(("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.as_str())), "ok");
    assert_eq!(
        with(("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong")),
        "cannot write `s3://bucket/file`: the credentials of the container: HTTP 403"
    );
    assert_eq!(
        with(("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://host.example/SECRET")),
        "cannot write `s3://bucket/file`: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this computer"
    );
}

#[test]
fn from_the_instance() {
    let metadata = Canned::new(|heard: &Heard| match (heard.method.as_str(), heard.target.as_str()) {
        ("PUT", "/latest/api/token") => Reply::new(200, &[], "session"),
        _ if heard.header("x-aws-ec2-metadata-token") != Some("session") => Reply::new(401, &[], ""),
        (_, "/latest/meta-data/iam/security-credentials/") => Reply::new(200, &[], "my-role"),
        (_, "/latest/meta-data/iam/security-credentials/my-role") => Reply::new(200, &[], keys("instance")),
        _ => Reply::new(404, &[], ""),
    });
    let (store, home) = (store(), TempDir::new().unwrap());
    let (endpoint, service) = (store.endpoint(), metadata.endpoint());
    let variables = [("AWS_ENDPOINT_URL", &*endpoint), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*service)];
    assert_eq!(run(&home, &variables), "ok");
    assert_eq!(signed_by(&store), signed("instance", "us-east-1", Some("token")));
    let seconds = metadata.heard()[0].header("x-aws-ec2-metadata-token-ttl-seconds").map(str::to_owned);
    assert_eq!(seconds.as_deref(), Some("21600"));

    let none = Canned::in_turn([|_| Reply::new(404, &[], "")]);
    let service = none.endpoint();
    let said = run(&home, &[variables[0], ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &service)]);
    assert_eq!(
        said,
        "cannot write `s3://bucket/file`: no credentials found: AWS_ACCESS_KEY_ID is not set; there is no profile `default`; \
         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; no metadata service of an instance answers"
    );
}

#[test]
fn from_nowhere() {
    let (store, home) = (store(), TempDir::new().unwrap());
    let endpoint = store.endpoint();
    let usual = [("AWS_ENDPOINT_URL", &*endpoint), ("AWS_EC2_METADATA_DISABLED", "true")];
    assert_eq!(
        run(&home, &usual),
        "cannot write `s3://bucket/file`: no credentials found: AWS_ACCESS_KEY_ID is not set; there is no profile `default`; \
         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; AWS_EC2_METADATA_DISABLED is set"
    );
    assert_eq!(
        run(&home, &[usual[0], usual[1], ("AWS_ACCESS_KEY_ID", "SECRET")]),
        "cannot write `s3://bucket/file`: AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY"
    );
    assert!(store.heard().is_empty());
}

/// What was given in the program counts, whatever the environment says.
#[test]
fn from_the_program() {
    type Open = fn(&str) -> Result<Bucket, Error>;
    let cases: [(Open, Option<&str>); 2] = [
        (
            |endpoint| Bucket::options().endpoint(endpoint).region("r").credentials("given", "s").open("bucket"),
            Some("given"),
        ),
        (|endpoint| Bucket::options().endpoint(endpoint).region("r").anonymous().open("bucket"), None),
    ];
    for (open, key) in cases {
        let store = store();
        (&open(&store.endpoint()).unwrap() / "file").write_text("text").unwrap();
        let headers: BTreeMap<_, _> = store.heard()[0].headers.iter().cloned().collect();
        match key {
            Some(_) => assert_eq!(signed_by(&store), signed("given", "r", None)),
            None => assert!(!headers.contains_key("authorization")),
        }
    }
}
