//! The options of a [`Walk`].

use std::cmp::Ordering;

use super::search::Order;
use super::{Entry, IntoPatterns, Walk};
use crate::kind::FileKind;
use crate::sys::Links;

/// # Which entries
impl<'w> Walk<'w> {
    /// Sets the minimum depth. Entries of the start have depth 1, their entries depth 2, and so on.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// assert_eq!(base.walk().min_depth(2).next().unwrap()?.name(), "b");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn min_depth(self, depth: usize) -> Self {
        self.with(|options| options.min_depth = depth)
    }

    /// Sets the maximum depth. Directories of this depth are not read.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// assert_eq!(base.walk().max_depth(1).count(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn max_depth(self, depth: usize) -> Self {
        self.with(|options| options.max_depth = Some(depth))
    }

    /// Whether to list names that begin with a dot, and what is below them. The default is `true`.
    ///
    /// With `false`, they are not listed even if a pattern spells out the dot.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / ".git").mkdir()?;
    /// assert_eq!(base.walk().hidden(false).count(), 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows as well, the name counts, not the attribute.
    pub fn hidden(self, listed: bool) -> Self {
        self.with(|options| options.skips_hidden = !listed)
    }

    /// Excludes what one of the patterns matches, and everything below it. Can be called several times.
    ///
    /// These rules are those of every `exclude` that goes through a tree, here and in
    /// [`CopyOptions::exclude`](crate::CopyOptions::exclude):
    ///
    /// - A pattern matches the whole path relative to the start, as in [`glob`](crate::Path::glob): `target` is the
    ///   one in the start, `**/target` is any. `a/**` matches `a` itself if that is a directory; `a/*` does not.
    /// - A pattern that ends in a separator excludes directories only. Of a link to a directory, it excludes what
    ///   is below.
    /// - A name that is not UTF-8 is matched as if it had U+FFFD for each sequence that is not.
    /// - A pattern that could not exclude anything is an error, so that a mistake does not list or copy what was to be
    ///   kept out: an empty one, `.`, an absolute one, or one with a part `..` (unless a pattern of the listing
    ///   has one, too). The error is then the only item of the listing, with [`Op::Pattern`](crate::Op::Pattern) and
    ///   [`InvalidInput`](std::io::ErrorKind::InvalidInput).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "target" / "debug").mkdir_all()?;
    /// (&base / "a.bak").touch()?;
    /// assert_eq!(base.walk().exclude(["**/*.bak", "target"]).count(), 0);
    ///
    /// let absolute = &base / "target";
    /// assert!(base.walk().exclude(absolute.as_str()).next().unwrap().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exclude(self, patterns: impl IntoPatterns) -> Self {
        self.with(|options| options.excluded.extend(patterns.into_patterns()))
    }

    /// Whether to leave out what git ignores, and everything below it. The default is `false`.
    ///
    /// The rules come from the files that git reads, and mean what they mean there:
    ///
    /// - `.gitignore` in each directory of the listing, and above it up to the root of the repository.
    /// - `.git/info/exclude` of the repository, and the file that `core.excludesFile` of git's configuration names
    ///   (by default `~/.config/git/ignore`).
    /// - `.ignore` files, as `rg` and `fd` read them. They take precedence over all others.
    ///
    /// An ignored directory is not entered, so no rule can include anything below it again. The start itself is never
    /// ignored. `.git` always is. Whether a file is tracked does not matter, as with `git check-ignore --no-index`.
    ///
    /// Outside of a repository, the `.gitignore` files of the listing count, and those above it do not. A repository
    /// in another one has its own rules only.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / ".gitignore").write_text("target/\n*.log\n!keep.log\n")?;
    /// # (&base / "target" / "debug").mkdir_all()?;
    /// # for name in ["a.log", "keep.log", "main.rs"] {
    /// #     (&base / name).touch()?;
    /// # }
    /// let walk = base.walk().gitignore(true).hidden(false);
    /// let names = walk.map(|entry| Ok(entry?.name().to_owned())).collect::<waypath::Result<Vec<_>>>()?;
    /// assert_eq!(names, ["keep.log", "main.rs"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A file with rules that cannot be read is an error item, with [`Op::Read`](crate::Op::Read). Its rules are then
    /// missing, so more is listed than git would.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, the case of ASCII letters does not matter, as with git's default there.
    #[doc(alias = "git_ignore")]
    #[doc(alias = "standard_filters")]
    pub fn gitignore(self, leave_out: bool) -> Self {
        self.with(|options| options.gitignore = leave_out)
    }

    /// Leaves out each entry for which the closure returns `true`, and everything below it. Can be called several times.
    ///
    /// The closure is called with each entry that is wanted or may lead to one, and may borrow and change local
    /// variables. It runs in the thread that iterates, which then does all the listing itself, whatever
    /// [`threads`](Walk::threads) says. In [`par_visit`](Walk::par_visit), all threads call it, one at a time.
    ///
    /// To decide in the body of the loop instead, call [`skip_dir`](Walk::skip_dir).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "node_modules" / "x").mkdir_all()?;
    /// let mut pruned = Vec::new();
    /// let walk = base.walk().prune(|entry| {
    ///     let prunes = entry.name() == "node_modules";
    ///     if prunes {
    ///         pruned.push(entry.path().to_owned());
    ///     }
    ///     prunes
    /// });
    /// assert_eq!(walk.count(), 1);
    /// assert_eq!(pruned, [&base / "a/node_modules"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "filter_entry")]
    pub fn prune(mut self, leaves_out: impl FnMut(&Entry) -> bool + Send + 'w) -> Self {
        self.0.closures.add_prune(leaves_out);
        self.with(|options| options.prunes = true)
    }

    /// Whether to leave out names that are not UTF-8, with everything below them. The default is `false`: each is an
    /// error, with [`Op::Convert`](crate::Op::Convert).
    ///
    /// A [`Path`](crate::Path) is always UTF-8, so that these names cannot be entries. [Copying](crate::Path::copy) and
    /// [removing](crate::Path::rmtree) include them.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use std::ffi::OsStr;
    /// use std::os::unix::ffi::OsStrExt;
    /// # let base = waypath::TempDir::new()?;
    /// let name = OsStr::from_bytes(b"caf\xe9.txt");
    /// std::fs::write(base.as_std_path().join(name), "Latin-1")?;
    /// assert!(base.iterdir().next().unwrap().is_err());
    /// assert_eq!(base.iterdir().skip_non_utf8(true).count(), 0);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn skip_non_utf8(self, skip: bool) -> Self {
        self.with(|options| options.skips_non_utf8 = skip)
    }

    /// Yields only entries of this kind. Call it again for several kinds. Directories are entered in any case. A link is a link,
    /// even if it is followed.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::FileKind;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// (&base / "a" / "f").touch()?;
    /// assert_eq!(base.walk().only(FileKind::File).next().unwrap()?.name(), "f");
    /// assert_eq!(base.walk().only(FileKind::Directory).count(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "files_only")]
    #[doc(alias = "dirs_only")]
    pub fn only(self, kind: FileKind) -> Self {
        self.with(|options| options.kinds.push(kind))
    }

    /// Whether case matters in patterns, including those of [`exclude`](Walk::exclude). Overrides the
    /// [pattern](crate::Pattern::case_sensitive) and the system's default. Parts without wildcards are then searched, not looked
    /// up.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "README.md").touch()?;
    /// assert_eq!(base.glob("readme.*")?.case_sensitive(false).count(), 1);
    /// assert_eq!(base.glob("readme.*")?.case_sensitive(true).count(), 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn case_sensitive(self, matters: bool) -> Self {
        self.with(|options| options.case_sensitive = Some(matters))
    }
}

/// # Which directories
impl<'w> Walk<'w> {
    /// Whether `**`, and with it [`walk`](crate::Path::walk) and [`rglob`](crate::Path::rglob), follows links to directories. The
    /// default is `false`. pathlib's `recurse_symlinks` and `follow_symlinks`.
    ///
    /// A link that leads back to one of its parents is not followed: after its entry comes an error with
    /// [`Op::Follow`](crate::Op::Follow), whose [second path](crate::Error::second_path) is that directory. If several links lead to
    /// one directory, it is listed below each of them, unless [`visit_once`](Walk::visit_once) is set. Below a link to a parent of
    /// the start, the start is listed once more, up to that link.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "d").mkdir()?;
    /// (&base / "d" / "f").touch()?;
    /// # std::os::unix::fs::symlink("d", &base / "l").unwrap();
    /// // `l` is a link to `d`.
    /// assert_eq!(base.rglob("f")?.count(), 1);
    /// assert_eq!(base.rglob("f")?.follow_symlinks(true).count(), 2);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "recurse_symlinks")]
    #[doc(alias = "follow_links")]
    pub fn follow_symlinks(self, follow: bool) -> Self {
        self.with(|options| options.links = if follow { Links::Follow } else { Links::Keep })
    }

    /// Whether to stay on the file system of the start. The default is `false`. A mount point is listed, but nothing in it, not
    /// even what a pattern names literally.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// assert_eq!(base.walk().same_file_system(true).count(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, volumes that are mounted in a folder are not recognized.
    #[doc(alias = "one_file_system")]
    #[doc(alias = "xdev")]
    pub fn same_file_system(self, stay: bool) -> Self {
        self.with(|options| options.same_file_system = stay)
    }
}

/// # Each directory once
impl<'w> Walk<'w> {
    /// Whether to read each directory only once, no matter how many paths lead to it. The default is `false`.
    ///
    /// With [`follow_symlinks`](Walk::follow_symlinks), a directory is otherwise listed below every link to it, which can
    /// take forever when directories link to each other, as packages in a `node_modules` do. With this option, the
    /// first path to a directory lists its contents. Any other path to it is listed as an entry, without contents;
    /// a link that leads back is then no error.
    ///
    /// Directories are told apart by device and inode, not by path. Which path comes first depends on the order:
    /// it is always the same one when sorted, and any of them when [`unsorted`](Walk::unsorted) or in several threads.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "d").mkdir()?;
    /// (&base / "d" / "f").touch()?;
    /// # std::os::unix::fs::symlink("d", &base / "l").unwrap();
    /// # std::os::unix::fs::symlink("..", &base / "d" / "up").unwrap();
    /// // `l` is a link to `d`, and `d/up` one to the start.
    /// let mut found = Vec::new();
    /// for entry in base.walk().follow_symlinks(true).visit_once(true) {
    ///     found.push(entry?.relative_to(&base)?.to_string());
    /// }
    /// assert_eq!(found, ["d", "d/f", "d/up", "l"]);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows and WASI, see [`samefile`](crate::Path::samefile) for how files are told apart.
    #[doc(alias = "unique")]
    pub fn visit_once(self, once: bool) -> Self {
        self.with(|options| options.once = once)
    }
}

/// # Order and threads
impl<'w> Walk<'w> {
    /// Whether to yield each directory after its contents instead of before. pathlib's `top_down=False`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// assert_eq!(base.walk().contents_first(true).next().unwrap()?.name(), "b");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "bottom_up")]
    pub fn contents_first(self, contents_first: bool) -> Self {
        self.with(|options| options.contents_first = contents_first)
    }

    /// Whether to yield entries in the order of the system. A little faster, and the only way to list a very large directory with
    /// little memory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").touch()?;
    /// assert_eq!(base.iterdir().unsorted(true).count(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn unsorted(self, unsorted: bool) -> Self {
        self.with(|options| match (&options.order, unsorted) {
            (_, true) => options.order = Order::Unsorted,
            (Order::Unsorted, false) => options.order = Order::Sorted,
            (_, false) => {}
        })
    }

    /// Sorts the entries of each directory by a comparison, which may borrow local variables. Errors come after them.
    ///
    /// [`natural_cmp`](crate::Path::natural_cmp) is a comparison that puts `page9` before `page10`.
    ///
    /// # Panics
    ///
    /// If the closure panics; it may also panic if the comparison is not a total order.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// for name in ["page10", "page9"] {
    ///     (&base / name).touch()?;
    /// }
    /// let walk = base.iterdir().sorted_by(|left, right| left.natural_cmp(right));
    /// let names = walk.map(|entry| Ok(entry?.name().to_owned())).collect::<waypath::Result<Vec<_>>>()?;
    /// assert_eq!(names, ["page9", "page10"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "sort_by")]
    pub fn sorted_by(mut self, order: impl FnMut(&Entry, &Entry) -> Ordering + Send + 'w) -> Self {
        self.0.closures.set_compare(order);
        self.with(|options| options.order = Order::SortedBy)
    }

    /// Number of threads to use; 0 means 1. Fewer are used if the system does not start as many.
    ///
    /// They are used by [`par_visit`](Walk::par_visit), and by the iterator if it is [`unsorted`](Walk::unsorted) and
    /// has no [`prune`](Walk::prune). One of them is the thread that iterates: it takes what the others found, and reads a
    /// directory itself while there is nothing to take. The others list ahead of it, by some thousand entries. Dropping the
    /// iterator stops them and waits for them. A sorted iterator lists in the calling thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// assert_eq!(base.walk().unsorted(true).threads(2).count(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn threads(self, count: usize) -> Self {
        self.with(|options| options.threads = Some(count.max(1)))
    }
}
