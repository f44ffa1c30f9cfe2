//! The rules that files from outside are held to, with what to do when one is broken.

/// Code, rule, what to do.
pub const RULES: &[(&str, &str, &str)] =
    &[("I601", "the file cannot be opened or read to its end", "check the name and that the file is whole")];
