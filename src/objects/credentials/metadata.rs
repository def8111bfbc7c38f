//! Credentials that a container or an instance in the cloud has: asked over HTTP, from an address of its own.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::{Credentials, Environment, Found, denied};
use crate::objects::http::{Broken, Timeouts, agent};
use crate::objects::tls::Roots;
use crate::sys;

const CONTAINER: &str = "http://169.254.170.2";

const INSTANCE: &str = "http://169.254.169.254";

/// Longest answer that is read.
const LONGEST: u64 = 64 << 10;

/// Outside of the cloud nobody answers at these addresses, which must not take long.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(1), silence: Duration::from_secs(2) };

/// How long to wait: as many seconds as the environment says, as other programs do.
fn timeouts(environment: &Environment) -> Timeouts {
    let seconds = environment.get("AWS_METADATA_SERVICE_TIMEOUT").and_then(|text| text.trim().parse::<u32>().ok());
    match seconds.map(|seconds| Duration::from_secs(seconds.into())) {
        None | Some(Duration::ZERO) => TIMEOUTS,
        Some(time) => Timeouts { connect: time, silence: time },
    }
}

/// Those of the task or the pod.
pub(super) fn of_container(environment: &Environment) -> io::Result<Found> {
    let relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|uri| format!("{CONTAINER}{uri}"));
    let Some(url) = relative.or_else(|| environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")) else {
        return Ok(Found::Nothing("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set".to_owned()));
    };
    if !may_have_token(&url) {
        return Err(denied("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this computer"));
    }
    let token = match environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(path) => Some(sys::read_text(path.as_ref()).map_err(|error| {
            denied(format!("cannot read the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {error}"))
        })?),
        None => environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
    let token = token.as_deref().map(str::trim);
    let headers: Vec<_> = token.iter().map(|token| ("authorization", *token)).collect();
    let failed = |cause: &dyn std::fmt::Display| denied(format!("the credentials of the container: {cause}"));
    match ask(timeouts(environment), "GET", &url, &headers).map_err(|cause| failed(&cause))? {
        Answer { status: 200, text } => match Credentials::from_json(&text) {
            Ok(credentials) => Ok(Found::Credentials(credentials)),
            Err(reason) => Err(failed(&reason)),
        },
        Answer { status, .. } => Err(failed(&format_args!("HTTP {status}"))),
    }
}

/// Whether the address is encrypted, or of this computer or of the cloud's agents: the token must not go elsewhere.
fn may_have_token(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return url.starts_with("https://") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            let agents = [Ipv4Addr::new(169, 254, 170, 2), Ipv4Addr::new(169, 254, 170, 23)];
            address.is_loopback() || agents.contains(&address)
        }
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.to_string() == "fd00:ec2::23",
        Err(_) => host == "localhost",
    }
}

/// Those of the role of the instance: by version 2 of the service, which wants a token first.
pub(super) fn of_instance(environment: &Environment) -> io::Result<Found> {
    if environment.get("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(Found::Nothing("AWS_EC2_METADATA_DISABLED is set".to_owned()));
    }
    let endpoint = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    let endpoint = endpoint.as_deref().unwrap_or(INSTANCE).trim_end_matches('/');
    let nobody = || Ok(Found::Nothing("no metadata service of an instance answers".to_owned()));
    let ask = |method, url: &str, headers: &[_]| ask(timeouts(environment), method, url, headers);

    let seconds = [("x-aws-ec2-metadata-token-ttl-seconds", "21600")];
    let Ok(Answer { status: 200, text: token }) = ask("PUT", &format!("{endpoint}/latest/api/token"), &seconds) else {
        return nobody();
    };
    let token = [("x-aws-ec2-metadata-token", token.trim())];
    let roles = format!("{endpoint}/latest/meta-data/iam/security-credentials/");
    let role = match ask("GET", &roles, &token) {
        Ok(Answer { status: 200, text }) => text.lines().next().unwrap_or_default().trim().to_owned(),
        Ok(Answer { status: 404, .. }) => return Ok(Found::Nothing("the instance has no role".to_owned())),
        _ => return nobody(),
    };
    let failed = |cause: &dyn std::fmt::Display| denied(format!("the credentials of the instance: {cause}"));
    match ask("GET", &format!("{roles}{role}"), &token).map_err(|cause| failed(&cause))? {
        Answer { status: 200, text } => match Credentials::from_json(&text) {
            Ok(credentials) => Ok(Found::Credentials(credentials)),
            Err(reason) => Err(failed(&reason)),
        },
        Answer { status, .. } => Err(failed(&format_args!("HTTP {status}"))),
    }
}

struct Answer {
    status: u16,
    text: String,
}

/// Asks once, without a proxy: these addresses are near.
fn ask(timeouts: Timeouts, method: &str, url: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    let agent = agent(timeouts, 0, &Roots::default())
        .timeout_global(Some(timeouts.connect + timeouts.silence))
        .proxy(None)
        .build()
        .new_agent();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let invalid = |_| io::Error::new(ErrorKind::InvalidInput, "the address is not valid");
    let answer = match method {
        // A body without a length would come in chunks, which the service does not know.
        "PUT" => agent.run(request.body("").map_err(invalid)?),
        _ => agent.run(request.body(()).map_err(invalid)?),
    };
    let mut answer = answer.map_err(|error| Broken::from(error).cause)?;
    let text = answer.body_mut().with_config().limit(LONGEST).read_to_string();
    Ok(Answer { status: answer.status().as_u16(), text: text.map_err(|error| Broken::from(error).cause)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_long_to_wait() {
        for (text, seconds) in [("60", [60, 60]), (" 1 ", [1, 1]), ("0", [1, 2]), ("", [1, 2]), ("soon", [1, 2])] {
            let Timeouts { connect, silence } = timeouts(&Environment::of([("AWS_METADATA_SERVICE_TIMEOUT", text)]));
            assert_eq!([connect, silence], seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn a_token_does_not_leave_the_computer_in_plain_text() {
        for url in [
            "https://example.com/a",
            "http://127.0.0.1:80/a",
            "http://localhost/a",
            "http://[::1]:8/a",
            "http://169.254.170.2/a",
            "http://169.254.170.23/v1",
            "http://[fd00:ec2::23]/v1",
        ] {
            assert!(may_have_token(url), "{url}");
        }
        for url in [
            "http://example.com",
            "http://169.254.169.254/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost:80@example.com/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!may_have_token(url), "{url}");
        }
    }
}
