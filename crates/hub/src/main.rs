//! The hub as a program of its own.

fn main() -> std::process::ExitCode {
    hub::cli::main(std::env::args_os())
}
