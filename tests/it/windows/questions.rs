//! Questions: they stand in nobody's way, and nobody stands in theirs.

use std::io::ErrorKind;

use waypath::{Op, Result};

use super::holding::hold;
use crate::support::util::{Tree, fails};

/// Row 6.3: who asks is not counted among those who have the file open.
#[test]
fn whether_something_is_a_junction_is_asked_beside_readers() -> Result<()> {
    let tree = Tree::new(["d/f"]);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| (0..1000).map(|_| tree.at("d/f").is_junction()).all(|is_junction| !is_junction));
        for _ in 0..500 {
            let file = hold(&tree.at("d/f"), 0);
            drop(file);
            assert_eq!(tree.at("d/f").read_text().unwrap(), "f");
        }
        assert!(asked.join().unwrap());
    });
    let (file, dir) = (hold(&tree.at("d/f"), 0), hold(&tree.at("d"), 0));
    for name in ["d", "d/f"] {
        let path = tree.at(name);
        assert!(!path.is_junction() && path.exists());
        assert!(path.stat()?.is_dir() != path.is_file());
        assert!(path.samefile(&path)?);
    }
    drop((file, dir));
    fails(tree.at("no").samefile(tree.at("d")), Op::Stat, ErrorKind::NotFound);
    Ok(())
}
