//! What a platform does differently before the window opens.

/// How WebKitGTK is to run. What somebody has set already stays; a version that does not know one passes it over.
#[cfg(target_os = "linux")]
pub fn prepare() {
    // A render node is how a usable GPU shows itself on Linux.
    let has_gpu = std::fs::read_dir("/dev/dri")
        .is_ok_and(|nodes| nodes.flatten().any(|n| n.file_name().to_string_lossy().starts_with("renderD")));
    let without_gpu = if has_gpu { &[][..] } else { &WITHOUT_GPU };
    for (name, value) in without_gpu.iter().chain(&COLLECTING) {
        if std::env::var_os(name).is_none() {
            // The first lines of the program: no other thread reads the environment yet.
            std::env::set_var(name, value);
        }
    }
}

/// Without a GPU compositing draws a map at a third of the speed (measured; see docs/ARCHITECTURE.md), and the ways to
/// share what was drawn through OpenGL only cost memory.
#[cfg(target_os = "linux")]
const WITHOUT_GPU: [(&str, &str); 3] =
    [("WEBKIT_DISABLE_COMPOSITING_MODE", "1"), ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("GDK_GL", "disable")];

/// Otherwise the page's collector leaves old objects lying for minutes: 40 MiB after an evening. What lives is small, and
/// looking at all of it takes milliseconds.
#[cfg(target_os = "linux")]
const COLLECTING: [(&str, &str); 1] = [("JSC_useGenerationalGC", "0")];

#[cfg(not(target_os = "linux"))]
pub fn prepare() {}

/// Where a profile lives when none is named.
pub fn default_profile() -> std::path::PathBuf {
    let from = |name: &str| std::env::var_os(name).map(std::path::PathBuf::from).filter(|p| p.is_absolute());
    #[cfg(target_os = "windows")]
    let base = from("LOCALAPPDATA");
    #[cfg(target_os = "macos")]
    let base = from("HOME").map(|h| h.join("Library/Application Support"));
    #[cfg(not(any(target_os = "windows", target_os = "macos")))]
    let base = from("XDG_DATA_HOME").or_else(|| from("HOME").map(|h| h.join(".local/share")));
    base.unwrap_or_else(std::env::temp_dir).join("watchhouse")
}

/// Starts a child that outlives the window.
pub fn detach(command: &mut std::process::Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const DETACHED_PROCESS: u32 = 0x0000_0008;
        command.creation_flags(DETACHED_PROCESS);
    }
    let _ = command;
}

/// Asks a program to end. Ours end within seconds and lose nothing, however they are asked.
pub fn stop(pid: u32) -> std::io::Result<()> {
    tell_to_end(pid, "-TERM")
}

/// Ends a program that no longer listens. What it acknowledged is on disk.
pub fn end(pid: u32) -> std::io::Result<()> {
    tell_to_end(pid, "-KILL")
}

/// Windows knows one way only.
#[cfg_attr(windows, allow(unused_variables))]
fn tell_to_end(pid: u32, how: &str) -> std::io::Result<()> {
    #[cfg(unix)]
    let mut ask = std::process::Command::new("kill");
    #[cfg(unix)]
    ask.args([how, &pid.to_string()]);
    #[cfg(windows)]
    let mut ask = std::process::Command::new("taskkill");
    #[cfg(windows)]
    ask.args(["/F", "/PID", &pid.to_string()]);
    match ask.status()? {
        status if status.success() => Ok(()),
        status => Err(std::io::Error::other(format!("{status}"))),
    }
}

/// Makes a file that only its owner can read.
pub fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}
