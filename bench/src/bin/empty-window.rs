//! The floor under `desk-cold-start`: the least a Tauri window can be. It takes and ignores our window's options.

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Empty window")
                .inner_size(1280.0, 800.0)
                .position(0.0, 0.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
