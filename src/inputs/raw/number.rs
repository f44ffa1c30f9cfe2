//! Decimal numbers, fast.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The double nearest to a decimal number, as `str::parse` gives it; `None` when the text is none or is not finite.
///
/// Digits that make a whole number below 2^53, divided by a power of ten up to 10^22, are one correctly rounded division
/// of exact doubles (W. D. Clinger, "How to read floating point numbers accurately", 1990); the rest is left to
/// `str::parse`.
#[must_use]
#[inline]
pub fn parse_real(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let (is_negative, digits) = match bytes.first() {
        Some(b'-') => (true, &bytes[1..]),
        _ => (false, bytes),
    };
    let (mut whole, mut count, mut decimals, mut has_point) = (0_u64, 0_usize, 0_usize, false);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 && count < 18 {
            whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
            count = count.wrapping_add(1);
            decimals = decimals.wrapping_add(usize::from(has_point));
        } else if *byte == b'.' && !has_point {
            has_point = true;
        } else {
            return slow(text);
        }
    }
    if count == 0 || whole >= 1 << 53 {
        return slow(text);
    }
    #[allow(clippy::cast_precision_loss)] // below 2^53
    let value = whole as f64 / POWERS[decimals];
    Some(if is_negative { -value } else { value })
}

#[cold]
fn slow(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::parse_real;

    #[test]
    fn the_same_double_as_the_library_gives() {
        let texts = [
            "0",
            "-0",
            "1",
            "-1.5",
            "31.09742",
            "0.1",
            "0.3",
            "123456789012345678",
            "9007199254740993",
            "1e3",
            "1E-7",
            ".5",
            "5.",
            "+2",
            "000.1",
            "99999999999999999999.5",
            "0.000000000000000001",
            "4.35",
            "2.675",
            "1e400",
            "",
            ".",
            "-",
            "1.2.3",
            "1,5",
            "NaN",
            "inf",
            " 1",
            "0x10",
        ];
        for text in texts {
            let expected = text.parse::<f64>().ok().filter(|value| value.is_finite());
            assert_eq!(parse_real(text).map(f64::to_bits), expected.map(f64::to_bits), "{text}");
        }
        let mut dice = 1_u64;
        for _ in 0..200_000 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let decimals = (dice >> 60) as usize;
            let text = format!("{:.decimals$}", (dice >> 20) as f64 / 1e9);
            assert_eq!(parse_real(&text).map(f64::to_bits), text.parse().ok().map(f64::to_bits), "{text}");
        }
    }
}
