//! The desktop: a window over `desk`, and, as `watchhouse --hub …`, the hub itself.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod embedded;
mod notifications;
mod options;
mod platform;
mod secrets;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::prepare();
    let arguments: Vec<_> = std::env::args_os().collect();
    // `--hub serve …` is the hub; `--hub URL` joins one.
    let is_hub = arguments.get(1).is_some_and(|a| a == "--hub")
        && arguments.get(2).is_some_and(|a| !a.to_string_lossy().contains("://"));
    if is_hub {
        let hub_arguments = arguments.iter().take(1).chain(arguments.iter().skip(2)).cloned();
        return hub::cli::main(hub_arguments);
    }
    match options::parse(arguments).and_then(window::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "watchhouse: {error:#}");
            ExitCode::FAILURE
        }
    }
}
