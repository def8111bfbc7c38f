//! Atomic writes beside others who have the file open, and by long paths.

use std::io::ErrorKind;

use waypath::{Op, Result};

use super::holding::{SHARE_DELETE, SHARE_READ, SHARE_WRITE, hold};
use crate::support::util::{Tree, fails};

/// Row 6.13: as `replace` does it. Wine replaces nothing that is open.
#[test]
fn a_file_that_is_open_is_written_as_it_is_replaced() -> Result<()> {
    for shared in [0, SHARE_READ | SHARE_WRITE, SHARE_READ | SHARE_WRITE | SHARE_DELETE] {
        let tree = Tree::new(["f", "g"]);
        let held = hold(&tree.at("f"), shared);
        let (replaced, written) = (tree.at("g").replace(tree.at("f")), tree.at("f").write_atomic("f"));
        drop(held);
        match replaced {
            Ok(_) => written?,
            Err(error) => {
                fails(written, Op::Write, error.kind());
                tree.is(["f", "g"]);
            }
        }
        assert_eq!(tree.at("f").read_text()?, "f");
    }
    Ok(())
}

/// Row 6.14.
#[test]
fn long_paths_are_written_and_edited() -> Result<()> {
    let tree = Tree::new([]);
    let deep = tree.at(&vec!["d".repeat(100); 4].join("/"));
    deep.mkdir_all()?;
    let file = &deep / "f".repeat(200);
    file.write_atomic("old")?;
    file.edit_text(|text| text.replace("old", "new"))?;
    assert_eq!(file.read_text()?, "new");
    assert_eq!(deep.iterdir().count(), 1);
    file.chmod("a-w")?;
    fails(file.write_atomic("newer"), Op::Write, ErrorKind::PermissionDenied);
    assert_eq!(deep.iterdir().count(), 1);
    Ok(())
}
