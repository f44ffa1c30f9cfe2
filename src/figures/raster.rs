//! SVG to PNG at 300 dots per inch, with the bundled typeface only: the same bytes on every machine.

use crate::figures::FigureError;
use crate::figures::font::{BOLD_TTF, REGULAR_TTF};
use flate2::Crc;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb};
use std::sync::{Arc, OnceLock};

const DOTS_PER_INCH: f32 = 300.0;
/// 300 dpi in dots a metre, for the PNG header.
const DOTS_PER_METRE: u32 = 11_811;
/// Longest side, far over any page: a guard against a document that asks for gigabytes.
const LARGEST_PX: f32 = 12_000.0;
/// Length of the PNG signature and its first chunk (IHDR).
const HEADER_LENGTH: usize = 8 + 25;

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
    let png = pixmap.encode_png().map_err(|error| refuse(error.to_string()))?;
    Ok(with_resolution(&png))
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

/// Adds the `pHYs` chunk (PNG specification 11.3.5.3) behind the header, so that programs place the picture at its size.
fn with_resolution(png: &[u8]) -> Vec<u8> {
    let (header, rest) = png.split_at(HEADER_LENGTH.min(png.len()));
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(DOTS_PER_METRE.to_be_bytes());
    chunk.extend(DOTS_PER_METRE.to_be_bytes());
    chunk.push(1);
    let mut crc = Crc::new();
    crc.update(&chunk);
    let mut out = Vec::with_capacity(png.len() + 21);
    out.extend_from_slice(header);
    out.extend(9_u32.to_be_bytes());
    out.extend_from_slice(&chunk);
    out.extend(crc.sum().to_be_bytes());
    out.extend_from_slice(rest);
    out
}
