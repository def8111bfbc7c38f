//! Text in URLs and headers.

/// A text for a URL, as signatures need it: all but letters, digits and `-._~` as `%` and two digits.
pub(super) fn percent(text: &str) -> String {
    percent_but(text, b"")
}

/// A key for the path of a URL, where `/` stays.
pub(super) fn percent_path(key: &str) -> String {
    percent_but(key, b"/")
}

fn percent_but(text: &str, plain: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || plain.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', char::from(HEX[usize::from(byte >> 4)]), char::from(HEX[usize::from(byte & 15)])]);
        }
    }
    encoded
}

/// What a text of a listing stands for, if it is text. S3 writes a space as `+`, and `+` as `%2B`.
pub(super) fn from_percent(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? << 4 | digit()?) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

/// Bytes as base64, with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().zip([16, 8, 0]).fold(0, |bits, (byte, shift)| bits | u32::from(*byte) << shift);
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = DIGITS[(bits >> shift & 63) as usize];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_a_url() {
        let rows = [
            ("a/b c+d", "a/b%20c%2Bd", "a%2Fb%20c%2Bd"),
            ("~-._*'()", "~-._%2A%27%28%29", "~-._%2A%27%28%29"),
            ("%2e\u{1}é🚀", "%252e%01%C3%A9%F0%9F%9A%80", "%252e%01%C3%A9%F0%9F%9A%80"),
        ];
        for (text, path, value) in rows {
            assert_eq!((percent_path(text).as_str(), percent(text).as_str()), (path, value));
            assert_eq!(from_percent(&percent(text)).as_deref(), Some(text));
        }
        assert_eq!(from_percent("a+b%2Bc/%e2%82%ac").as_deref(), Some("a b+c/€"));
        for broken in ["%", "%1", "%zz", "%ff"] {
            assert_eq!(from_percent(broken), None, "{broken}");
        }
    }

    /// The vectors of RFC 4648.
    #[test]
    fn bytes_are_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
