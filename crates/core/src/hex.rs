//! Hex, as signatures are written.

const BAD: u8 = 0xff;

#[allow(clippy::indexing_slicing, reason = "done by the compiler, which would say so")]
/// The value of each ASCII hex digit, either case; one lookup a digit keeps this off the profile.
const DIGITS: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(BAD)
}

/// Reads exactly 64 hex digits; `None` for anything else.
pub(crate) fn decode_32(text: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let (pairs, odd) = text.as_chunks::<2>();
    if pairs.len() != bytes.len() || !odd.is_empty() {
        return None;
    }
    let mut bad = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (digit(*high), digit(*low));
        bad |= high | low;
        *byte = high << 4 | low & 0x0f;
    }
    (bad < 16).then_some(bytes)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_cases_and_nothing_else() {
        let bytes: [u8; 32] = std::array::from_fn(|i| (i * 37) as u8);
        let text = encode(&bytes);
        assert_eq!(decode_32(text.as_bytes()), Some(bytes));
        assert_eq!(decode_32(text.to_uppercase().as_bytes()), Some(bytes));
        for bad in [&text[..63], &text[..62], "", &format!("{text}0"), &format!("{text}00")] {
            assert_eq!(decode_32(bad.as_bytes()), None, "{bad}");
        }
        for at in 0..64 {
            for byte in ["g", " ", "\0", "-", "é"] {
                let mut bad = text.clone();
                bad.replace_range(at..=at, byte);
                assert_eq!(decode_32(bad.as_bytes()), None, "{bad}");
            }
        }
    }
}
