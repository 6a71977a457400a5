//! The typesetter: documents in, PDF out.

use reports::document::{ReportDocument, Typesetter, TypesettingError};
use typst::diag::SourceDiagnostic;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::charts_on_paper::ChartFiles;
use crate::print_model::PrintModel;
use crate::world::{Press, ReportWorld};

/// Sets reports with Typst. Cheap to share; holds the fonts.
pub struct TypstTypesetter {
    press: Press,
}

impl Default for TypstTypesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl TypstTypesetter {
    /// A typesetter with the bundled fonts.
    pub fn new() -> Self {
        Self { press: Press::new() }
    }

    /// Sets the pages; charts that Typst cannot read become placeholders.
    fn pages(&self, document: &ReportDocument) -> Result<PagedDocument, TypesettingError> {
        let mut charts = ChartFiles::draw(document);
        if let Ok(pages) = self.compiled(document, &charts) {
            return Ok(pages);
        }
        let unreadable: Vec<String> =
            charts.files.iter().filter(|file| !self.can_read(file)).map(|(name, _)| name.clone()).collect();
        for name in unreadable {
            charts.give_up(&name);
        }
        self.compiled(document, &charts)
    }

    fn compiled(
        &self,
        document: &ReportDocument,
        charts: &ChartFiles,
    ) -> Result<PagedDocument, TypesettingError> {
        let model = PrintModel::new(document, &charts.entries);
        let data = serde_json::to_vec(&model).map_err(|cause| TypesettingError(cause.to_string()))?;
        let files = charts.files.iter().cloned().chain([("data.json".to_owned(), data)]);
        let world = ReportWorld::new(&self.press, files)
            .ok_or_else(|| TypesettingError("a file of the report has no valid name".to_owned()))?;
        typst::compile::<PagedDocument>(&world).output.map_err(|causes| explained(&causes))
    }

    fn can_read(&self, (name, bytes): &(String, Vec<u8>)) -> bool {
        let source = format!("#image(\"{name}\")");
        ReportWorld::with_source(&self.press, &source, [(name.clone(), bytes.clone())])
            .is_some_and(|world| typst::compile::<PagedDocument>(&world).output.is_ok())
    }
}

impl Typesetter for TypstTypesetter {
    fn pdf(&self, document: &ReportDocument) -> Result<Vec<u8>, TypesettingError> {
        let pages = self.pages(document)?;
        let bytes = exported(&pages);
        // Typst remembers its work for the next compilation; a server has no use for that between two reports.
        typst::comemo::evict(0);
        bytes
    }
}

/// The file to the standard for accessible documents, or without it where the standard refuses: it knows no characters
/// that our fonts lack.
fn exported(pages: &PagedDocument) -> Result<Vec<u8>, TypesettingError> {
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default();
    let options = PdfOptions { standards: accessible, ..PdfOptions::default() };
    typst_pdf::pdf(pages, &options)
        .or_else(|_| typst_pdf::pdf(pages, &PdfOptions::default()))
        .map_err(|causes| explained(&causes))
}

fn explained(causes: &[SourceDiagnostic]) -> TypesettingError {
    let messages: Vec<&str> = causes.iter().map(|cause| cause.message.as_str()).collect();
    TypesettingError(messages.join("; "))
}

#[cfg(test)]
mod tests;
