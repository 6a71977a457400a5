//! All that Typst may see: our template, the bundled fonts, and the files of one report.

use std::collections::HashMap;
use std::path::PathBuf;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

const TEMPLATE: &str = include_str!("../template/report.typ");

/// What every report shares, prepared once.
pub(crate) struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Press {
    /// Reads the bundled fonts.
    pub(crate) fn new() -> Self {
        let fonts: Vec<Font> =
            charts::fonts::ALL.into_iter().filter_map(|bytes| Font::new(Bytes::new(bytes), 0)).collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }
}

/// One report's world.
pub(crate) struct ReportWorld<'a> {
    press: &'a Press,
    main: FileId,
    source: Source,
    files: HashMap<FileId, Bytes>,
}

impl<'a> ReportWorld<'a> {
    /// A world that holds the template and these files; `None` if a file's name is not a path.
    pub(crate) fn new(press: &'a Press, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Option<Self> {
        Self::with_source(press, TEMPLATE, files)
    }

    /// A world for another source, to try parts of a report alone.
    pub(crate) fn with_source(
        press: &'a Press,
        source: &str,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Option<Self> {
        let main = file_id("report.typ")?;
        let files = files
            .into_iter()
            .map(|(name, bytes)| Some((file_id(&name)?, Bytes::new(bytes))))
            .collect::<Option<_>>()?;
        Some(Self { press, main, source: Source::new(main, source.to_owned()), files })
    }
}

impl World for ReportWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main { Ok(self.source.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file_id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()))
}
