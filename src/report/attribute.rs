//! The names of what a file has besides its content.

use std::fmt;

use crate::printable::printable;

/// An attribute of a file: something it has besides its content; see [`NotKept`](crate::NotKept).
///
/// # Examples
///
/// ```
/// use waypath::Attribute;
///
/// assert_eq!(Attribute::Owner.to_string(), "owner");
/// assert_eq!(Attribute::Xattr("user.note".into()).to_string(), "extended attribute `user.note`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attribute {
    /// Its permissions. `setuid` and `setgid` are lost when the owner or the group cannot be kept.
    Mode,
    /// The user who owns it.
    Owner,
    /// The group that owns it.
    Group,
    /// The times of the last change and the last access.
    Times,
    /// Its access control list. A copy without it gives the group what the list gave to the owning group.
    AccessList,
    /// The access control list that a directory gives to new files.
    DefaultAccessList,
    /// An extended attribute, by its name.
    Xattr(String),
    /// Its extended attributes, which could not be listed.
    Xattrs,
    /// An alternate data stream of Windows, by its name: what the target's file system has no place for.
    Stream(String),
    /// That it is the same file as another one of the tree: it was copied again.
    HardLink,
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Group => "group",
            Self::Times => "times",
            Self::AccessList => "access control list",
            Self::DefaultAccessList => "default access control list",
            Self::Xattr(name) => return write!(f, "extended attribute `{}`", printable(name)),
            Self::Xattrs => "extended attributes",
            Self::Stream(name) => return write!(f, "stream `{}`", printable(name)),
            Self::HardLink => "hard link",
        })
    }
}
