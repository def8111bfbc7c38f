//! The table of examples in the guide "Patterns".

use waypath::{Pattern, Posix, PosixPath};

/// The texts in backquotes in a cell.
fn texts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn each_row_of_the_guide_is_true() {
    let guide = include_str!("../../../src/docs/patterns.md");
    let table = guide.split_once("| pattern | matches | does not match |\n").unwrap().1;
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let mut count = 0;
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        let [pattern, matches, misses] = cells[..] else { panic!("{row}") };
        let pattern = Pattern::<Posix>::parse(texts(pattern).next().unwrap());
        for path in texts(matches) {
            assert!(pattern.full_match(&*PosixPath::parse(path)), "{row}: {path}");
            count += 1;
        }
        for path in texts(misses) {
            assert!(!pattern.full_match(&*PosixPath::parse(path)), "{row}: {path}");
            count += 1;
        }
    }
    assert!(count >= 40, "{count}");
}
