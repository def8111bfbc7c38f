//! What is mounted in a tree that is copied.

use waypath::{CopyOptions, SkipReason, Symlinks};

use crate::support::mounts::{Mount, with_own_mounts};
use crate::support::util::{Tree, symlink};

#[test]
fn what_is_mounted_is_made_empty_and_reported() {
    if !with_own_mounts("fs::copy::one_file_system::what_is_mounted_is_made_empty_and_reported") {
        return;
    }
    let tree = Tree::new(["src/d/f", "src/z/g", "src/link => d/tmpfs"]);
    let Some(mount) = Mount::tmpfs(&tree.at("src/d")) else { return };
    mount.at("in/deep").mkdir_all().unwrap();
    mount.at("in/h").touch().unwrap();
    mount.at(".").chmod(0o750).unwrap();
    symlink("../../z", &mount.at("z"));
    for threads in [1, 3] {
        let options = CopyOptions::new().same_file_system(true).threads(threads);
        let mut plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        let skipped: Vec<_> =
            report.skipped.iter().map(|skipped| (skipped.path.as_std_path(), skipped.reason)).collect();
        assert_eq!(skipped, [(std::path::Path::new(mount.at(".").as_str()), SkipReason::OtherFileSystem)]);
        assert_eq!((report.files, report.directories, report.links), (2, 4, 1));
        plan.steps.clear();
        assert_eq!(plan, report);
        assert_eq!(tree.at("to/d/tmpfs").iterdir().count(), 0);
        assert_eq!(tree.at("to/d/tmpfs").stat().unwrap().mode() & 0o777, 0o750);
        assert!(tree.at("to/z/g").is_file() && tree.at("to/link").is_symlink());
        tree.at("to").rmtree().unwrap();

        // The link leads there as well.
        let report = options.clone().symlinks(Symlinks::Follow).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.skipped.len(), report.directories), (2, 5));
        tree.at("to").rmtree().unwrap();

        let report = options.same_file_system(false).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.skipped.len(), report.directories, report.files), (0, 6, 3));
        tree.at("to").rmtree().unwrap();
        // The start may be mounted itself.
        let report = CopyOptions::new().same_file_system(true).copy(mount.at("."), tree.at("to")).unwrap();
        assert_eq!((report.skipped.len(), report.directories, report.files), (0, 3, 1));
        tree.at("to").rmtree().unwrap();
    }
}
