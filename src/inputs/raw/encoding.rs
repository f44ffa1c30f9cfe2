//! From bytes to text: byte-order mark, declared encoding, UTF-8, or a guess that is told.

use super::RawError;
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text of a file.
pub(super) struct Decoded {
    pub(super) text: String,
    /// Byte offsets in `text`, ascending, of characters that stand for bytes that could not be decoded.
    pub(super) undecodable: Vec<usize>,
    /// What was found out, for people.
    pub(super) note: String,
}

/// Decodes `bytes`; `declared` is a WHATWG label.
pub(super) fn decode(bytes: Vec<u8>, declared: Option<&str>) -> Result<Decoded, RawError> {
    let declared = match declared {
        None => None,
        Some(label) => Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            RawError::refused(
                "I605",
                format!("the encoding `{label}` is not known"),
                "name one such as utf-8, windows-1251, windows-1256, utf-16le",
            )
        })?),
    };
    if let Some((mark, len)) = Encoding::for_bom(&bytes) {
        let told = match declared {
            Some(named) if named != mark => format!(" ({} was declared; the mark wins)", named.name()),
            _ => String::new(),
        };
        return Ok(with(mark, bytes, len, &format!("encoding {} by its byte-order mark{told}", mark.name())));
    }
    if let Some(named) = declared {
        return Ok(with(named, bytes, 0, &format!("encoding {} as declared", named.name())));
    }
    if let Some(wide) = wide_encoding(&bytes) {
        return Ok(with(wide, bytes, 0, &format!("encoding {} guessed from its zero bytes", wide.name())));
    }
    if is_utf8_mostly(&bytes) {
        return Ok(with(UTF_8, bytes, 0, "encoding UTF-8"));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(1 << 20)], true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    Ok(with(guess, bytes, 0, &format!("encoding {} guessed; declare it if names look wrong", guess.name())))
}

fn with(encoding: &'static Encoding, bytes: Vec<u8>, skip: usize, note: &str) -> Decoded {
    let note = note.to_owned();
    if encoding == UTF_8 {
        return match String::from_utf8(bytes) {
            Ok(mut text) => {
                if skip > 0 {
                    text.drain(..skip);
                }
                Decoded { text, undecodable: Vec::new(), note }
            }
            Err(error) => utf8_with_faults(&error.into_bytes()[skip..], note),
        };
    }
    let bytes = &bytes[skip..];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut undecodable = Vec::new();
    let mut rest = bytes;
    loop {
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 3).max(16));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                undecodable.push(text.len());
                text.push('\u{fffd}');
            }
        }
    }
    text.shrink_to_fit();
    Decoded { text, undecodable, note }
}

fn utf8_with_faults(bytes: &[u8], note: String) -> Decoded {
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut undecodable = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            undecodable.push(text.len());
            text.push('\u{fffd}');
        }
    }
    Decoded { text, undecodable, note }
}

/// UTF-16 without a mark: every other byte of Latin text is zero.
fn wide_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 2 * 2 / 5;
    match () {
        () if head.len() < 8 => None,
        () if odd > many && even * 8 < odd => Some(UTF_16LE),
        () if even > many && odd * 8 < even => Some(UTF_16BE),
        () => None,
    }
}

/// Whether the bytes are UTF-8, or UTF-8 with a few lines in something else: more lines with sound multi-byte
/// characters than with faults. Text without any sound multi-byte character is not taken for UTF-8 with faults.
fn is_utf8_mostly(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut sound, mut faulty) = (0_usize, 0_usize);
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => sound += 1,
            Err(_) => faulty += 1,
        }
    }
    sound > faulty
}

/// What `text` says when it is UTF-8 that was once read as windows-1251 or windows-1252 (`Р‘Сѓ`, `Ã©`); `None` when it
/// is not.
#[must_use]
pub(in super::super) fn mended_mojibake(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    [encoding_rs::WINDOWS_1251, encoding_rs::WINDOWS_1252].iter().find_map(|encoding| {
        let (bytes, _, has_unmappable) = encoding.encode(text);
        if has_unmappable {
            return None;
        }
        let mended = String::from_utf8(bytes.into_owned()).ok()?;
        // Two characters of a row could be sound by chance in Latin text; letters of a script are not.
        (mended != text && mended.chars().any(char::is_alphabetic)).then_some(mended)
    })
}
