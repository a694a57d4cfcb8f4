//! Files that only their owner may read: panel keys, token digests and personal text lie in them in the clear.

use std::fs::File;
use std::io::Result;
use std::path::Path;

/// Makes a directory, and those it lies in, closed to others. One that is there already stays as it is.
pub fn directory(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file, empty when there was none, and closes it to others before anything is written to it.
pub fn file(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    close_to_others(path, 0o600)?;
    Ok(file)
}

#[cfg(unix)]
pub(crate) fn close_to_others(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// A profile's folder is its owner's there without us.
#[cfg(not(unix))]
pub(crate) fn close_to_others(_: &Path, _: u32) -> Result<()> {
    Ok(())
}
