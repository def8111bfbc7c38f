//! Numbers of bytes as people read them.

use waypath::Size;

#[test]
fn each_unit_ends_where_the_next_begins() {
    let (kib, mib, gib, tib, pib, eib) = (1_u64 << 10, 1_u64 << 20, 1_u64 << 30, 1_u64 << 40, 1_u64 << 50, 1_u64 << 60);
    for (bytes, text) in [
        (0, "0 B"),
        (1, "1 B"),
        (1_023, "1023 B"),
        (kib, "1.0 KiB"),
        (kib + 51, "1.0 KiB"),
        (kib + 52, "1.1 KiB"),
        (1_536, "1.5 KiB"),
        (10 * kib, "10.0 KiB"),
        (1_000 * kib, "1000.0 KiB"),
        (mib - 52, "1023.9 KiB"),
        (mib - 51, "1.0 MiB"),
        (mib, "1.0 MiB"),
        (gib - 1, "1.0 GiB"),
        (gib, "1.0 GiB"),
        (tib - 1, "1.0 TiB"),
        (tib, "1.0 TiB"),
        (pib - 1, "1.0 PiB"),
        (pib, "1.0 PiB"),
        (eib - 1, "1.0 EiB"),
        (eib, "1.0 EiB"),
        (u64::MAX / 2, "8.0 EiB"),
        (u64::MAX, "16.0 EiB"),
    ] {
        assert_eq!(Size(bytes).to_string(), text, "{bytes}");
    }
}

/// Exact arithmetic: what is printed is the nearest decimal, and larger numbers never print as less.
#[test]
fn what_is_printed_is_the_nearest() {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut last = 0;
    let near =
        |power: u32| (0..40).flat_map(move |add| [(1_u128 << power) - 20 + add, (3_u128 << power) / 2 - 20 + add]);
    let mut numbers: Vec<_> = (10..63).flat_map(near).chain(1_024..3_000).collect();
    numbers.sort_unstable();
    for bytes in numbers {
        let text = Size(u64::try_from(bytes).unwrap()).to_string();
        if bytes < 1_024 {
            assert_eq!(text, format!("{bytes} B"));
            continue;
        }
        let (number, unit) = text.split_once(' ').unwrap();
        let unit = 1_u128 << (10 * (UNITS.iter().position(|known| *known == unit).unwrap() + 1));
        let tenths: u128 = number.replace('.', "").parse().unwrap();
        let shown = tenths * unit;
        assert!((bytes * 10).abs_diff(shown) * 2 <= unit, "{bytes}: {text}");
        assert!(shown >= last && tenths < 10_240, "{bytes}: {text}");
        last = shown;
    }
}

#[test]
fn width_and_alignment_apply() {
    assert_eq!(
        format!("[{:>10}][{:<10}][{:^10}]", Size(1_536), Size(5), Size(1 << 30)),
        "[   1.5 KiB][5 B       ][ 1.0 GiB  ]"
    );
    assert!(Size(1_024) > Size(1_023));
    assert_eq!(Size::from(7), Size(7));
}
