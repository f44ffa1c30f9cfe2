//! Integration tests.

mod inputs_load;
