//! Hex, as signatures are written.

/// Above any digit's value.
const BAD: u8 = 0xff;

/// The value of an ASCII hex digit of either case. Without a table, so that many are read at once.
fn digit(byte: u8) -> u8 {
    let number = byte.wrapping_sub(b'0');
    let letter = (byte | 0x20).wrapping_sub(b'a');
    if number < 10 {
        number
    } else if letter < 6 {
        letter + 10
    } else {
        BAD
    }
}

/// Reads exactly 64 hex digits into `bytes`; `false` for anything else.
pub(crate) fn decode_into(bytes: &mut [u8; 32], text: &[u8]) -> bool {
    let Ok(text) = <&[u8; 64]>::try_from(text) else { return false };
    let digits = text.map(digit);
    let worst = digits.iter().fold(0, |worst, digit| worst | digit);
    let (pairs, _) = digits.as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = high << 4 | low & 0x0f;
    }
    worst < 16
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
        let decode = |text: &str| {
            let mut bytes = [0; 32];
            decode_into(&mut bytes, text.as_bytes()).then_some(bytes)
        };
        assert_eq!(decode(&text), Some(bytes));
        assert_eq!(decode(&text.to_uppercase()), Some(bytes));
        for bad in [&text[..63], &text[..62], "", &format!("{text}0"), &format!("{text}00")] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        for at in 0..64 {
            for byte in ["g", " ", "\0", "-", "é"] {
                let mut bad = text.clone();
                bad.replace_range(at..=at, byte);
                assert_eq!(decode(&bad), None, "{bad}");
            }
        }
    }
}
