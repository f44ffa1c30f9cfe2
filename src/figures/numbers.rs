//! Numbers for people: thousands apart, few digits, round tick marks and class limits.

/// Narrow no-break space between thousands.
const THIN: char = '\u{202F}';

/// A number with `decimals` digits after the point and thousands apart; never `-0`.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (ix, digit) in whole.chars().enumerate() {
        if ix > 0 && (whole.len() - ix) % 3 == 0 && whole.len() > 4 {
            out.push(THIN);
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    let is_zero = plain.chars().all(|c| c == '0' || c == '.');
    if value < 0.0 && !is_zero { format!("\u{2013}{out}") } else { out }
}

/// Digits after the point that show three significant digits of `largest`, at most 6.
pub(super) fn decimals_for(largest: f64) -> usize {
    if largest > 0.0 { usize::try_from(2 - largest.log10().floor() as i32).unwrap_or(0).min(6) } else { 0 }
}

/// A number with about three significant digits.
pub(super) fn brief(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    if magnitude < -6 {
        return format!("{value:.1e}");
    }
    let decimals = usize::try_from((2 - magnitude).max(0)).unwrap_or(0);
    if magnitude >= 3 {
        let scale = 10_f64.powi(magnitude - 2);
        return fixed((value / scale).round() * scale, 0);
    }
    let text = fixed(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Largest of 1, 2, 5 x 10^k that is not above `value` (> 0).
pub(super) fn round_down(value: f64) -> f64 {
    let scale = power_of_ten(value.log10().floor());
    let lead = value / scale;
    let digit = if lead >= 5.0 - 1e-9 {
        5.0
    } else if lead >= 2.0 - 1e-9 {
        2.0
    } else {
        1.0
    };
    digit * scale
}

/// Smallest of 1, 2, 5 x 10^k that is not below `value` (> 0).
pub(super) fn round_up(value: f64) -> f64 {
    let scale = power_of_ten(value.log10().floor());
    let lead = value / scale;
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| lead <= digit + 1e-9).unwrap_or(10.0);
    digit * scale
}

/// 10 to a whole power, as the nearest double (so that 0.1 is 0.1).
fn power_of_ten(exponent: f64) -> f64 {
    let exponent = exponent as i32;
    if exponent < 0 { 1.0 / 10_f64.powi(-exponent) } else { 10_f64.powi(exponent) }
}

/// Round tick marks over a range, about `count` of them, the range widened to the outermost ones.
pub(super) struct Ticks {
    pub low: f64,
    pub high: f64,
    /// Value and its text.
    pub marks: Vec<(f64, String)>,
}

impl Ticks {
    /// Evenly spaced.
    pub fn linear(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = if high > low { (low, high) } else { widened(low) };
        let step = round_up((high - low) / count.max(1) as f64);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let decimals = usize::try_from(-(step.log10() + 1e-9).floor() as i64).unwrap_or(0);
        let steps = (last - first).round() as usize;
        let marks: Vec<(f64, String)> = (0..=steps)
            .map(|ix| (first + ix as f64) * step)
            .map(|value| (value, if decimals > 6 { format!("{value:e}") } else { fixed(value, decimals) }))
            .collect();
        Self { low: first * step, high: last * step, marks }
    }

    /// Powers of ten; `low` > 0.
    pub fn logarithmic(low: f64, high: f64) -> Self {
        let first = (low.log10() + 1e-9).floor() as i32;
        let last = ((high.log10() - 1e-9).ceil() as i32).max(first + 1);
        let marks = (first..=last).map(f64::from).map(power_of_ten);
        let marks: Vec<(f64, String)> = marks.map(|value| (value, brief(value))).collect();
        Self { low: power_of_ten(f64::from(first)), high: power_of_ten(f64::from(last)), marks }
    }
}

fn widened(value: f64) -> (f64, f64) {
    let half = if value == 0.0 { 1.0 } else { value.abs() * 0.1 };
    (value - half, value + half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let texts: Vec<String> =
            [0.0, 0.012_34, 0.5, 2.0, 12.34, 123.4, 1234.0, 12_345.0, -1_234_567.0].into_iter().map(brief).collect();
        let expected =
            ["0", "0.0123", "0.5", "2", "12.3", "123", "1230", "12\u{202F}300", "\u{2013}1\u{202F}230\u{202F}000"];
        assert_eq!(texts, expected);
        assert_eq!(fixed(-0.001, 1), "0.0");
    }

    #[test]
    fn ticks_enclose_the_range() {
        for (low, high) in [(0.0, 1.0), (3.0, 97.0), (-4.0, 11.0), (0.2, 0.21), (5.0, 5.0), (0.0, 84_000.0)] {
            let ticks = Ticks::linear(low, high, 5);
            assert!(ticks.low <= low && ticks.high >= high, "{low}..{high}");
            assert!((2..=9).contains(&ticks.marks.len()), "{low}..{high}: {}", ticks.marks.len());
        }
        let ticks = Ticks::logarithmic(0.3, 4200.0);
        assert_eq!(ticks.marks.first().map(|mark| mark.1.as_str()), Some("0.1"));
        assert_eq!(ticks.marks.last().map(|mark| mark.1.as_str()), Some("10\u{202F}000"));
    }

    #[test]
    fn limits_are_round() {
        assert_eq!([round_down(99.0), round_down(0.3), round_down(1000.0)], [50.0, 0.2, 1000.0]);
        assert_eq!([round_up(51.0), round_up(0.3), round_up(1000.0)], [100.0, 0.5, 1000.0]);
    }
}
