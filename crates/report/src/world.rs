//! What Typst may see: two template files, the fonts in the program and the report's data.
//!
//! There is no file system, no package download and no clock behind it.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

const TEMPLATE: &str = include_str!("report.typ");
const STYLE: &str = include_str!("style.typ");

/// The faces every report is set in, read once.
///
/// Noto Sans is the face of the page. DejaVu Sans adds Arabic, Hebrew, Armenian, Georgian and
/// symbols, Noto Emoji what people type on phones, DejaVu Sans Mono the digests.
pub(crate) static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    [
        notosans::REGULAR_TTF,
        notosans::BOLD_TTF,
        notosans::ITALIC_TTF,
        notosans::BOLD_ITALIC_TTF,
        dejavu::sans::regular(),
        dejavu::sans_mono::regular(),
        epaint_default_fonts::NOTO_EMOJI_REGULAR,
    ]
    .into_iter()
    .flat_map(|file| Font::iter(Bytes::new(file)))
    .collect()
});

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

static SOURCES: LazyLock<[Source; 2]> = LazyLock::new(|| {
    [Source::new(file_id("report.typ"), TEMPLATE.to_owned()), Source::new(file_id("style.typ"), STYLE.to_owned())]
});

fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the template names are plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

pub(crate) struct ReportWorld {
    library: LazyHash<Library>,
}

impl ReportWorld {
    /// `inputs` is what the template finds in `sys.inputs`, the only way data gets in.
    pub(crate) fn new(inputs: Dict) -> Self {
        let library = Library::builder()
            .with_inputs(inputs)
            // Row headers in tables: without them a label and its value are not tied together
            // for a screen reader.
            .with_features([Feature::A11yExtras].into_iter().collect())
            .build();
        Self { library: LazyHash::new(library) }
    }
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        SOURCES[0].id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SOURCES.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.source(id).map(|source| Bytes::from_string(source.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
