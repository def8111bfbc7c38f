//! Shows that a program builds for a target, starts there, and reaches its files.
fn main() {
    let map = std::collections::HashMap::from([(1, 2)]);
    std::fs::create_dir_all("x/y").unwrap();
    std::fs::write("x/y/f", format!("{map:?}")).unwrap();
    assert_eq!(std::fs::read_to_string("x/y/F").is_ok(), cfg!(windows));
    std::fs::remove_dir_all("x").unwrap();
    println!("{} {} runs, separator {}", std::env::consts::ARCH, std::env::consts::FAMILY, std::path::MAIN_SEPARATOR);
}
