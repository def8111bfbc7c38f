//! Profile files: `~/.aws/credentials` and `~/.aws/config`.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};

use super::{Credentials, Environment, Found, denied, process};
use crate::path::PathBuf;
use crate::sys::{self, OsPathBuf};

/// What both files say of a profile; where both say something, the file of credentials counts.
#[derive(Debug)]
pub(crate) struct Profile {
    name: String,
    values: BTreeMap<String, String>,
    is_there: bool,
}

impl Profile {
    /// Reads a profile: the one with this name, or with that in `AWS_PROFILE`, or `default`. No file has to be there, but a
    /// profile that was named must be in one of them.
    pub(crate) fn load(environment: &Environment, name: Option<&str>) -> io::Result<Self> {
        let named = name.map(str::to_owned).or_else(|| environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        let is_named = named.is_some();
        let name = named.unwrap_or_else(|| "default".to_owned());
        let mut profile = Self { values: BTreeMap::new(), is_there: false, name };
        profile.add(&file(environment, "AWS_CONFIG_FILE", "config")?, true);
        profile.add(&file(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials")?, false);
        match profile.is_there || !is_named {
            true => Ok(profile),
            false => Err(denied(format!("there is no profile `{}`", profile.name))),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(super) fn credentials(&self) -> io::Result<Found> {
        let name = &self.name;
        match (self.get("aws_access_key_id"), self.get("aws_secret_access_key"), self.get("credential_process")) {
            (Some(key), Some(secret), _) => {
                let token = self.get("aws_session_token").map(str::to_owned);
                Ok(Found::Credentials(Credentials::new(key, secret, token)))
            }
            (Some(_), None, _) => Err(denied(format!("the profile `{name}` has a key without a secret"))),
            (None, _, Some(command)) => process::credentials(command)
                .map(Found::Credentials)
                .map_err(|cause| denied(format!("credential_process of the profile `{name}`: {cause}"))),
            _ if !self.is_there => Ok(Found::Nothing(format!("there is no profile `{name}`"))),
            _ if self.values.keys().any(|key| key == "role_arn" || key.starts_with("sso_")) => Ok(Found::Nothing(
                format!("the profile `{name}` has a role or a single sign-on, which need a `credential_process`"),
            )),
            _ => Ok(Found::Nothing(format!("the profile `{name}` has no keys"))),
        }
    }

    /// Adds what a file says of the profile. In the file of settings, the sections have the word `profile`.
    fn add(&mut self, text: &str, has_word: bool) {
        let mut is_inside = false;
        for line in text.lines() {
            // Indented lines belong to the value before: settings of single services, which do not count here.
            if line.starts_with([' ', '\t', '#', ';']) {
                continue;
            }
            if let Some(section) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
                is_inside = self.is_section(section.0, has_word);
                self.is_there |= is_inside;
            } else if let Some((name, value)) = line.split_once('=').filter(|_| is_inside) {
                let value = value.split(" #").next().unwrap_or_default().trim();
                if !value.is_empty() {
                    self.values.insert(name.trim().to_ascii_lowercase(), value.to_owned());
                }
            }
        }
    }

    fn is_section(&self, section: &str, has_word: bool) -> bool {
        let words: Vec<_> = section.split_ascii_whitespace().collect();
        match words[..] {
            ["profile", name] => has_word && name == self.name,
            [name] => name == self.name && (!has_word || name == "default"),
            _ => false,
        }
    }
}

/// The text of a file; nothing, if it is not there.
fn file(environment: &Environment, variable: &str, name: &str) -> io::Result<String> {
    let Some(path) = path(environment, variable, name) else { return Ok(String::new()) };
    match sys::read_text(path.as_ref()) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(String::new()),
        Err(error) => Err(io::Error::new(ErrorKind::PermissionDenied, format!("cannot read `{path}`: {error}"))),
        text => text,
    }
}

fn path(environment: &Environment, variable: &str, name: &str) -> Option<PathBuf> {
    let home = || sys::home_dir().and_then(|home: OsPathBuf| PathBuf::try_from(home).ok());
    match environment.get(variable) {
        Some(path) => match path.strip_prefix("~/") {
            Some(rest) => Some(home()?.join(rest)),
            None => Some(PathBuf::parse(&path)),
        },
        None => Some(home()? / ".aws" / name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, config: &str, credentials: &str) -> Profile {
        let mut profile = Profile { name: name.to_owned(), values: BTreeMap::new(), is_there: false };
        profile.add(config, true);
        profile.add(credentials, false);
        profile
    }

    const CONFIG: &str = "\
        # a comment\n\
        [default]\n\
        region = eu-west-1 # near\n\
        s3 =\n  region = never\n\
        [profile work]\n\
        Region=us-west-2\n\
        endpoint_url = https://example.com/a#b\n\
        aws_access_key_id = from-config\n\
        [work]\n\
        region = never\n\
        [services work]\n\
        region = never\n";

    const CREDENTIALS: &str = "\
        [default]\n\
        aws_access_key_id=key\n\
        aws_secret_access_key = a/b+c==\n\
        ; another comment\n\
        [work]\n\
        aws_access_key_id = other\n\
        aws_secret_access_key =\n\
        [role]\n\
        role_arn = x\n";

    #[test]
    fn a_profile_is_what_both_files_say() {
        let profile = read("default", CONFIG, CREDENTIALS);
        let get = |name| profile.get(name);
        assert_eq!(
            (get("region"), get("s3"), get("aws_secret_access_key")),
            (Some("eu-west-1"), None, Some("a/b+c=="))
        );
        let Found::Credentials(found) = profile.credentials().unwrap() else { panic!() };
        assert_eq!((found.key(), found.secret(), found.token()), ("key", "a/b+c==", None));

        let work = read("work", CONFIG, CREDENTIALS);
        let get = |name| work.get(name);
        assert_eq!((get("region"), get("aws_access_key_id")), (Some("us-west-2"), Some("other")));
        assert_eq!(get("endpoint_url"), Some("https://example.com/a#b"));
    }

    #[test]
    fn a_profile_without_keys_tells_why() {
        let reason = |name, config| match read(name, config, CREDENTIALS).credentials() {
            Ok(Found::Nothing(reason)) => reason,
            Ok(Found::Credentials(_)) => panic!("{name} has credentials"),
            Err(error) => error.to_string(),
        };
        assert_eq!(reason("nobody", CONFIG), "there is no profile `nobody`");
        assert_eq!(reason("work", CONFIG), "the profile `work` has a key without a secret");
        assert_eq!(reason("bare", "[profile bare]\nregion = x"), "the profile `bare` has no keys");
        assert_eq!(
            reason("role", CONFIG),
            "the profile `role` has a role or a single sign-on, which need a `credential_process`"
        );
    }
}
