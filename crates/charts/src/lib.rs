//! One description of a chart, drawn the same on page, in files and in reports.
