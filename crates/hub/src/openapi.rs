//! The description of the HTTP interface.

/// OpenAPI 3.1, as JSON. It is written by hand in `crates/protocol/openapi.json`; tests hold it to the routes.
pub const TEXT: &str = include_str!("../../protocol/openapi.json");
