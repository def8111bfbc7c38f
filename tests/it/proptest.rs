//! The feature `proptest`: the paths that it generates are those that were asked for, and shrink to simple ones.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestError, TestRunner};
use waypath::proptest::{PathParameters, arbitrary_name};
use waypath::{Flavour, Native, Path, PathBuf, Posix, PosixPath, TempDir, Windows};

/// A thousand values of a strategy, the same each time.
fn samples<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..1000).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The simplest value for which something does not hold.
#[track_caller]
fn simplest<S: Strategy<Value: Clone + Debug>>(strategy: S, holds: impl Fn(&S::Value) -> bool) -> S::Value {
    let config = crate::support::laws::config(1);
    let found = TestRunner::new(config).run(&strategy, |value| match holds(&value) {
        true => Ok(()),
        false => Err(TestCaseError::fail("found")),
    });
    match found {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("{other:?}"),
    }
}

/// Checks paths of every flavour.
macro_rules! every_flavour {
    ($($check:ident;)*) => {$(
        #[test]
        fn $check() {
            self::check::$check::<Posix>();
            self::check::$check::<Windows>();
            self::check::$check::<Native>();
        }
    )*};
}

every_flavour! {
    paths_are_normal_and_have_the_parts_asked_for;
    relative_paths_have_no_anchor;
    absolute_paths_are_absolute;
    portable_paths_are_portable;
    paths_of_all_kinds_are_there;
    paths_shrink_to_simple_ones;
}

mod check {
    use super::*;

    pub(super) fn paths_are_normal_and_have_the_parts_asked_for<F: Flavour>() {
        for path in samples(any_with::<PathBuf<F>>(PathParameters::default().parts(2..=3))) {
            assert_eq!(PathBuf::<F>::parse(path.as_str()).as_str(), path.as_str());
            let tail = path.parts().count() - usize::from(!path.anchor().is_empty());
            assert!((2..=3).contains(&tail), "{path}");
        }
    }

    pub(super) fn relative_paths_have_no_anchor<F: Flavour>() {
        let paths = samples(any_with::<PathBuf<F>>(PathParameters::default().relative()));
        assert!(paths.iter().all(|path| path.anchor().is_empty()));
    }

    pub(super) fn absolute_paths_are_absolute<F: Flavour>() {
        let paths = samples(any_with::<PathBuf<F>>(PathParameters::default().absolute()));
        assert!(paths.iter().all(|path| path.is_absolute()));
    }

    pub(super) fn portable_paths_are_portable<F: Flavour>() {
        for path in samples(any_with::<PathBuf<F>>(PathParameters::portable().relative())) {
            assert_eq!(path.portability(), []);
            assert_eq!(path.as_str().to_lowercase(), path.as_str());
            assert!(path.parts().all(|part| part != ".."));
        }
    }

    pub(super) fn paths_of_all_kinds_are_there<F: Flavour>() {
        let paths = samples(any::<PathBuf<F>>());
        let has = |what: &str, found: &dyn Fn(&Path<F>) -> bool| {
            assert!(paths.iter().any(|path| found(path)), "no path that is {what}");
        };
        has("empty", &|path| path == ".");
        has("relative", &|path| path.anchor().is_empty() && path != ".");
        has("absolute", &|path| path.is_absolute());
        has("only an anchor", &|path| path.is_absolute() && path.parts().count() == 1);
        has("above", &|path| path.parts().any(|part| part == ".."));
        has("not ASCII", &|path| !path.as_str().is_ascii());
        has("a pattern", &|path| path.name().contains('*'));
        has("not portable", &|path| !path.portability().is_empty());
        has("with a suffix", &|path| !path.suffix().is_empty());
        has("hidden", &|path| path.name().starts_with('.') && path.name() != "..");
        let expected = if F::SEPARATOR == '/' {
            BTreeSet::from(["", "/", "//"])
        } else {
            BTreeSet::from([
                "",
                r"\",
                r"\\.\pipe\",
                r"\\?\UNC\server\share\",
                r"\\?\c:\",
                r"\\server\share\",
                "c:",
                r"c:\",
                r"D:\",
            ])
        };
        assert_eq!(paths.iter().map(|path| path.anchor()).collect::<BTreeSet<_>>(), expected);
    }

    pub(super) fn paths_shrink_to_simple_ones<F: Flavour>() {
        let any = any::<PathBuf<F>>;
        assert_eq!(simplest(any(), |_| false), PathBuf::parse("."));
        assert_eq!(simplest(any(), |path| path.parent().name().is_empty()), PathBuf::parse("a/a"));
        // Some end in `.a.b` or the like, which no single step makes simpler.
        let mut with_suffixes = (0..20).map(|_| simplest(any(), |path| path.suffix().is_empty()));
        assert!(with_suffixes.any(|path| path == PathBuf::parse("a.a")));
        assert_eq!(simplest(any(), |path| path.parts().all(|part| part != "..")), PathBuf::parse(".."));
        let absolute = simplest(any(), |path| !path.is_absolute());
        assert_eq!(absolute, PathBuf::parse(if F::SEPARATOR == '/' { "/" } else { "c:/" }));
    }
}

#[test]
fn boxed_paths_are_paths() {
    let paths = samples(any::<Box<Path<Posix>>>());
    assert!(paths.iter().any(|path| path.is_absolute()) && paths.iter().any(|path| !path.is_absolute()));
    let paths = samples(any_with::<Box<Path<Posix>>>(PathParameters::default().absolute()));
    assert!(paths.iter().all(|path| path.is_absolute()));
}

#[test]
fn names_are_single_parts() {
    for name in samples(arbitrary_name()) {
        assert!(PosixPath::parse(&name).parts().eq([&*name]), "{name}");
    }
    assert_eq!(simplest(arbitrary_name(), |_| false), "a");
}

/// The system takes names as they are, and each is another file.
#[test]
fn names_are_files() -> waypath::Result<()> {
    let names: BTreeSet<_> = samples(arbitrary_name()).into_iter().take(100).collect();
    let dir = TempDir::new()?;
    for name in &names {
        (&dir / name).write_new(name)?;
    }
    let found = dir.iterdir().map(|entry| Ok(entry?.name().to_owned())).collect::<waypath::Result<BTreeSet<_>>>()?;
    assert_eq!(found, names);
    Ok(())
}
