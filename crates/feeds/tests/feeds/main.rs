//! Tests of the public surface, one module per idea.

mod codes;
mod corpus;
mod owntracks;
mod properties;
mod receiver;
mod shared_data;
mod sia_forms;
mod stream;
mod support;
mod vectors;
