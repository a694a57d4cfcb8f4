//! Sockets for outside equipment. Codecs are in `feeds`; here bytes meet the writer.

pub mod dc09;
mod meaning;
pub mod panels;
