//! The streams of a file, as the system lists them.

/// The names in a list of entries, each of which says where the next one begins ("FILE_STREAM_INFO" in Microsoft's
/// documentation), without that of the content, which every file has.
pub(super) fn stream_names(entries: &[u8]) -> Vec<String> {
    const NAME: usize = 24;
    const CONTENT: &str = "::$DATA";
    let (mut names, mut rest) = (Vec::new(), entries);
    while let (Some(next), Some(length)) = (number(rest, 0), number(rest, 4)) {
        let name = rest.get(NAME..).and_then(|name| name.get(..length)).unwrap_or_default();
        let units: Vec<u16> = name.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
        let name = String::from_utf16_lossy(&units);
        if !name.is_empty() && name != CONTENT {
            names.push(name);
        }
        match next {
            0 => break,
            next => rest = rest.get(next..).unwrap_or_default(),
        }
    }
    names
}

fn number(entry: &[u8], at: usize) -> Option<usize> {
    let bytes = entry.get(at..at + 4)?;
    usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As NTFS lists them; Wine cannot.
    fn list(names: &[&str]) -> Vec<u8> {
        let mut list = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let size = (24 + name.len()).next_multiple_of(8);
            let next = if at + 1 == names.len() { 0 } else { size };
            let mut entry = Vec::new();
            entry.extend(u32::try_from(next).unwrap().to_le_bytes());
            entry.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
            entry.extend([7; 16]);
            entry.extend(name);
            entry.resize(size, 0);
            list.extend(entry);
        }
        list
    }

    #[test]
    fn streams_are_found_beside_the_content() {
        assert_eq!(stream_names(&list(&["::$DATA"])), [""; 0]);
        assert_eq!(stream_names(&list(&["::$DATA", ":Zone.Identifier:$DATA"])), [":Zone.Identifier:$DATA"]);
        assert_eq!(stream_names(&list(&[":a:$DATA", "::$DATA", ":é:$DATA"])), [":a:$DATA", ":é:$DATA"]);
    }

    #[test]
    fn a_list_that_is_broken_off_ends() {
        let whole = list(&["::$DATA", ":a:$DATA"]);
        (0..whole.len()).for_each(|length| drop(stream_names(&whole[..length])));
        assert_eq!(stream_names(&[]), [""; 0]);
        assert_eq!(stream_names(&[0xff; 64]), [""; 0]);
    }
}
