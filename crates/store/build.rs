//! The migrations are compiled in: a changed one means compiling again.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
