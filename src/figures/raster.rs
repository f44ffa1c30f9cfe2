//! SVG to PNG at 300 dots per inch, with the bundled typeface only: the same bytes on every machine.

use crate::figures::FigureError;
use crate::figures::font::{BOLD_TTF, REGULAR_TTF};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb};
use std::io::Write;
use std::sync::{Arc, OnceLock};

const DOTS_PER_INCH: f32 = 300.0;
/// 300 dpi in dots a metre, for the PNG header.
const DOTS_PER_METRE: u32 = 11_811;
/// Longest side, far over any page: a guard against a document that asks for gigabytes.
const LARGEST_PX: f32 = 12_000.0;

/// The picture as PNG bytes at 300 dpi on white; images and other documents it may point to are not loaded.
///
/// # Errors
/// When `svg` is not an SVG document, or larger than 1 m on paper.
pub fn png_300dpi(svg: &str) -> Result<Vec<u8>, FigureError> {
    let refuse = |reason: String| FigureError::Raster { reason };
    let options = Options {
        dpi: DOTS_PER_INCH,
        font_family: "Noto Sans".to_owned(),
        fontdb: typefaces(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| refuse(error.to_string()))?;
    let size = tree.size();
    if size.width() > LARGEST_PX || size.height() > LARGEST_PX {
        return Err(refuse(format!("{} x {} dots is more than {LARGEST_PX} a side", size.width(), size.height())));
    }
    let (width, height) = (size.width().round().max(1.0) as u32, size.height().round().max(1.0) as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| refuse("no pixels".to_owned()))?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    encode(&pixmap).map_err(|error| refuse(error.to_string()))
}

fn typefaces() -> Arc<fontdb::Database> {
    static TYPEFACES: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut database = fontdb::Database::new();
        database.load_font_data(REGULAR_TTF.to_vec());
        database.load_font_data(BOLD_TTF.to_vec());
        for set in [
            fontdb::Database::set_sans_serif_family,
            fontdb::Database::set_serif_family,
            fontdb::Database::set_monospace_family,
        ] {
            set(&mut database, "Noto Sans");
        }
        Arc::new(database)
    };
    Arc::clone(TYPEFACES.get_or_init(load))
}

/// A PNG without transparency (8-bit RGB, the page is white), with its resolution so that programs place it at its size.
///
/// PNG specification, third edition: header 11.2.1, `pHYs` 11.3.4.3, filters 9.2, the filter of each row chosen by the
/// least sum of absolute differences (12.7).
fn encode(pixmap: &Pixmap) -> std::io::Result<Vec<u8>> {
    let stride = 3 * pixmap.width() as usize;
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let mut above = vec![0_u8; stride];
    let mut row = Vec::with_capacity(stride);
    for pixels in pixmap.data().chunks_exact(4 * pixmap.width() as usize) {
        row.clear();
        // Opaque pixels: premultiplied and plain colours are the same.
        row.extend(pixels.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3)));
        let (filter, filtered) = filtered(&row, &above);
        packer.write_all(&[filter])?;
        packer.write_all(&filtered)?;
        std::mem::swap(&mut above, &mut row);
    }
    let mut header = Vec::new();
    header.extend(pixmap.width().to_be_bytes());
    header.extend(pixmap.height().to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut resolution = Vec::new();
    resolution.extend(DOTS_PER_METRE.to_be_bytes());
    resolution.extend(DOTS_PER_METRE.to_be_bytes());
    resolution.push(1);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"pHYs", &resolution);
    chunk(&mut png, b"IDAT", &packer.finish()?);
    chunk(&mut png, b"IEND", &[]);
    Ok(png)
}

/// A row as differences to nothing (0), to the pixel on the left (1) or above (2), whichever is smallest.
fn filtered(row: &[u8], above: &[u8]) -> (u8, Vec<u8>) {
    let left = std::iter::repeat_n(&0, 3).chain(row);
    let by_left: Vec<u8> = row.iter().zip(left).map(|(a, b)| a.wrapping_sub(*b)).collect();
    let by_above: Vec<u8> = row.iter().zip(above).map(|(a, b)| a.wrapping_sub(*b)).collect();
    let size = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(byte.cast_signed().unsigned_abs())).sum::<u64>();
    let (plain, left, above) = (size(row), size(&by_left), size(&by_above));
    if above <= left && above <= plain {
        (2, by_above)
    } else if left <= plain {
        (1, by_left)
    } else {
        (0, row.to_vec())
    }
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    png.extend_from_slice(kind);
    png.extend_from_slice(data);
    png.extend(crc.sum().to_be_bytes());
}
