//! What the environment says.

use std::collections::BTreeMap;
use std::env;
use std::io;

use super::{Credentials, Found, denied};

/// The environment variables: those of the process, or others.
#[derive(Clone, Debug)]
pub(crate) enum Environment {
    Process,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests leave the environment of their process alone"))]
    Other(BTreeMap<String, String>),
}

impl Environment {
    #[cfg(test)]
    pub(crate) fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self::Other(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    /// The value of a variable, if it is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = match self {
            Self::Process => env::var(name).ok(),
            Self::Other(variables) => variables.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The value of the first of them that is set.
    pub(crate) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.get(name))
    }
}

pub(super) fn credentials(environment: &Environment) -> io::Result<Found> {
    let Some(key) = environment.get("AWS_ACCESS_KEY_ID") else {
        return Ok(Found::Nothing("AWS_ACCESS_KEY_ID is not set".to_owned()));
    };
    let secret = environment.get("AWS_SECRET_ACCESS_KEY");
    let secret = secret.ok_or_else(|| denied("AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY"))?;
    Ok(Found::Credentials(Credentials::new(key, secret, environment.get("AWS_SESSION_TOKEN"))))
}
