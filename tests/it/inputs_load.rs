//! The embedded tables.
use corridor::inputs::{DataSource, load};

#[test]
fn embedded_time() {
    for _ in 0..4 {
        let start = std::time::Instant::now();
        let inputs = load(&DataSource::Embedded);
        println!("{:?}", start.elapsed());
        match inputs {
            Ok(inputs) => {
                println!("{} nodes {} links", inputs.nodes.len(), inputs.links.len());
                for account in &inputs.accounts {
                    println!("{account:?}");
                }
                for p in inputs.quarantine.iter().chain(&inputs.warnings).take(60) {
                    println!("{p}");
                }
            }
            Err(e) => {
                for p in e.problems.iter().take(60) {
                    println!("{p}");
                }
            }
        }
    }
}
