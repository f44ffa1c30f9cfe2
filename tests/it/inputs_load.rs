//! The embedded tables.
use corridor::inputs::{DataSource, load};

#[test]
fn embedded_time() {
    for _ in 0..4 {
        let start = std::time::Instant::now();
        let inputs = load(&DataSource::Embedded);
        println!("{:?}", start.elapsed());
        assert!(inputs.is_ok());
    }
}
