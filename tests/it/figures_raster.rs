//! PNG: size, resolution, pixels, and no reach outside the document.
#![allow(clippy::expect_used, reason = "a test stops where it fails")]

use crate::figures_support::*;
use corridor::figures::*;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Colours side by side and a slanted edge: every row filter finds work.
const SWATCHES: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='10mm' height='5mm' viewBox='0 0 200 100'>\
     <rect width='200' height='100' fill='#FFFFFF'/><rect width='50' height='100' fill='#0072B2'/>\
     <rect x='50' width='50' height='100' fill='#D55E00'/><polygon points='100,0 200,100 100,100' fill='#009E73'/></svg>";

#[test]
fn a_figure_becomes_a_page_of_300_dots_an_inch() {
    let figure = map(&lines(), &[]);
    let png = png_300dpi(&figure.svg).expect("a PNG");
    assert_eq!(png, png_300dpi(&figure.svg).expect("a PNG"), "the same bytes again");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let resolution = png.windows(4).position(|window| window == b"pHYs").expect("a resolution");
    assert_eq!(png[resolution + 4..resolution + 8], 11_811_u32.to_be_bytes());
    let pixmap = Pixmap::decode_png(&png).expect("readable");
    assert_eq!(pixmap.width(), 2126, "180 mm");
    let corner = pixmap.pixel(0, 0).expect("a pixel");
    assert_eq!((corner.red(), corner.green(), corner.blue()), (255, 255, 255));
}

#[test]
fn the_png_holds_exactly_what_the_renderer_drew() {
    let tree = Tree::from_str(SWATCHES, &Options { dpi: 300.0, ..Options::default() }).expect("an SVG document");
    let mut expected = Pixmap::new(118, 59).expect("pixels");
    resvg::render(&tree, Transform::identity(), &mut expected.as_mut());
    let found = Pixmap::decode_png(&png_300dpi(SWATCHES).expect("a PNG")).expect("readable");
    assert_eq!((found.width(), found.height()), (118, 59));
    assert!(found.data() == expected.data());
}

#[test]
fn the_typeface_is_in_the_bundle() {
    let text = |family: &str, word: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='20mm' height='5mm' viewBox='0 0 400 100'>\
             <text x='10' y='70' font-size='60' font-family='{family}'>{word}</text></svg>"
        )
    };
    let ours = png_300dpi(&text("Noto Sans", "Herat")).expect("a PNG");
    assert_eq!(ours, png_300dpi(&text("sans-serif", "Herat")).expect("a PNG"), "no other typeface is at hand");
    assert_ne!(ours, png_300dpi(&text("Noto Sans", "")).expect("a PNG"), "something is written");
    assert_ne!(ours, png_300dpi(&text("Noto Sans", "Герат")).expect("a PNG"));
    assert!(LICENCE.contains("SIL OPEN FONT LICENSE") && LICENCE.contains("Copyright 2015 Google"));
    assert!(REGULAR_TTF.len() + BOLD_TTF.len() < 700_000);
}

#[test]
fn other_documents_are_not_loaded_and_nonsense_is_refused() {
    let pointing = |extra: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='5mm' height='5mm'>{extra}</svg>"
        )
    };
    let image =
        "<image width='9' height='9' xlink:href='Cargo.toml'/><image width='9' height='9' xlink:href='/etc/passwd'/>";
    assert_eq!(png_300dpi(&pointing(image)), png_300dpi(&pointing("")));
    for nonsense in ["", "not svg", "<svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9999999mm' height='9mm'/>"]
    {
        assert!(matches!(png_300dpi(nonsense), Err(FigureError::Raster { .. })), "{nonsense}");
    }
}
