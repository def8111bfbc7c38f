//! Paths in stores of objects as sides of copies, moves and mirrors.

use std::borrow::Cow;

use super::{Memory, ObjectStore};
use crate::at::At;
use crate::fs::{ObjectPath, Side, SidePath, sealed_side};

macro_rules! sides {
    ($([$($parameter:tt)*] $side:ty, $store:ty: $at:ident => $path:expr;)*) => {$(
        impl<$($parameter)*> sealed_side::Sealed for $side {}

        impl<$($parameter)*> Side for $side {
            type Owned = At<$store>;

            fn side(&self) -> SidePath<'_> {
                let $at = self;
                let located: &At<$store> = $path;
                SidePath::Object(ObjectPath { path: Cow::Borrowed(&located.path), store: &located.handle.0 })
            }

            fn owned(&self, name: Option<&str>) -> At<$store> {
                let $at = self;
                let located: &At<$store> = $path;
                name.map_or_else(|| located.clone(), |name| located.with_path(located.path.child(name)))
            }
        }
    )*};
}

sides! {
    [S: ObjectStore] At<S>, S: at => at;
    [S: ObjectStore] &At<S>, S: at => at;
    [] Memory, Memory: store => store;
    [] &Memory, Memory: store => store;
}
