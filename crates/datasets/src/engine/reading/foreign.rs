//! Recognises files that are something else than CSV by their first bytes, never by their name.

use crate::engine::FileError;

const EXCEL: &str = "This is an Excel workbook. Save it as CSV (File → Save as → CSV UTF-8) and upload that";
const OPEN_DOCUMENT: &str = "This is a LibreOffice document. Save the sheet as Text CSV and upload that";
const ZIP: &str = "This is a ZIP archive. Unpack it and upload the CSV file inside";
const COMPRESSED: &str = "This file is compressed. Unpack it and upload the CSV file inside";
const PICTURE: &str = "This is a picture. Upload the numbers as a CSV file";
const PDF: &str = "This is a PDF document. Export the table as CSV where the PDF was made, and upload that";
const WEB_PAGE: &str = "This is a web page, perhaps a sign-in page instead of the download. Export the table as CSV and upload that";
const XML: &str = "This is an XML file. Export the table as CSV and upload that";
const JSON: &str = "This is a JSON file. Export the table as CSV and upload that";
const PARQUET: &str = "This is a Parquet file. Export the table as CSV and upload that";
const DATABASE: &str = "This is a database file. Export one table as CSV and upload that";
const RICH_TEXT: &str = "This is a text document with formatting. Save the table as CSV and upload that";

/// First bytes that no CSV file has, with what to say about them.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", EXCEL),
    (b"PK\x05\x06", ZIP),
    (b"\x1F\x8B", COMPRESSED),
    (b"\x28\xB5\x2F\xFD", COMPRESSED),
    (b"\xFD7zXZ\0", COMPRESSED),
    (b"7z\xBC\xAF\x27\x1C", COMPRESSED),
    (b"Rar!\x1A\x07", COMPRESSED),
    (b"\x89PNG\r\n\x1A\n", PICTURE),
    (b"\xFF\xD8\xFF", PICTURE),
    (b"GIF87a", PICTURE),
    (b"GIF89a", PICTURE),
    (b"%PDF-", PDF),
    (b"PAR1", PARQUET),
    (b"SQLite format 3\0", DATABASE),
    (b"{\\rtf", RICH_TEXT),
];

/// Refuses a file that is not CSV by its first bytes; 4 KiB are enough, and fewer do no harm.
pub fn refuse_foreign_format(head: &[u8]) -> Result<(), FileError> {
    if head.starts_with(b"PK\x03\x04") {
        return Err(FileError::ForeignFormat(archive_kind(head)));
    }
    let signature = SIGNATURES.iter().find(|(bytes, _)| head.starts_with(bytes));
    let is_bzip = head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY".as_slice());
    let message =
        signature.map(|(_, message)| *message).or(is_bzip.then_some(COMPRESSED)).or_else(|| markup(head));
    message.map_or(Ok(()), |message| Err(FileError::ForeignFormat(message)))
}

fn archive_kind(head: &[u8]) -> &'static str {
    let mentions = |part: &[u8]| memchr::memmem::find(head, part).is_some();
    if mentions(b"[Content_Types].xml") || mentions(b"xl/") || mentions(b"_rels/.rels") {
        EXCEL
    } else if mentions(b"mimetypeapplication/vnd.oasis") {
        OPEN_DOCUMENT
    } else {
        ZIP
    }
}

fn markup(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts =
        |prefix: &[u8]| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if starts(b"<!doctype html") || starts(b"<html") || starts(b"<head") || starts(b"<table") {
        Some(WEB_PAGE)
    } else if starts(b"<?xml") {
        Some(XML)
    } else {
        is_json(text).then_some(JSON)
    }
}

fn is_json(text: &[u8]) -> bool {
    let Some((opening, rest)) = text.split_first() else { return false };
    matches!((opening, rest.trim_ascii_start().first()), (b'{', Some(b'"' | b'}')) | (b'[', Some(b'{')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(head: &[u8]) -> String {
        refuse_foreign_format(head).unwrap_err().to_string()
    }

    #[test]
    fn d2_27_zip_xlsx_gz_png_pdf_html_and_parquet_named_csv_are_refused_with_a_remedy() {
        assert!(
            refusal(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml")
                .contains("Excel workbook. Save it as CSV")
        );
        assert!(refusal(b"PK\x03\x04\x14\0\0\0data.csv").contains("ZIP archive"));
        assert!(refusal(b"\x1F\x8B\x08\0").contains("compressed"));
        assert!(refusal(b"\x89PNG\r\n\x1A\n").contains("picture"));
        assert!(refusal(b"%PDF-1.7").contains("PDF"));
        assert!(refusal(b"\r\n <!DOCTYPE html><html>").contains("web page"));
        assert!(refusal(b"\xEF\xBB\xBF<html>").contains("web page"));
        assert!(refusal(b"PAR1\x15\x04").contains("Parquet"));
        assert!(refusal(b"[{\"a\":1}]").contains("JSON"));
    }

    #[test]
    fn text_that_only_resembles_another_format_is_accepted() {
        for head in ["Package,PK\n", "[x],y\n", "BZh,1\n", "{name},1\n", "<b>,1\n", "PDF,1\n", ""] {
            assert!(refuse_foreign_format(head.as_bytes()).is_ok(), "{head}");
        }
    }
}
