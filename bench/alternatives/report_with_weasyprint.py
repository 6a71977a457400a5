"""Times WeasyPrint at turning an HTML file into a PDF; prints one JSON object.

The time of starting Python and of importing the package is left out. `pages` counts the pages of its file and of those that
are named after it.
"""

import json
import sys
import time

import pypdf
import weasyprint


def main(source, target, others):
    started = time.perf_counter()
    weasyprint.HTML(filename=source).write_pdf(target, pdf_variant="pdf/ua-1")
    seconds = time.perf_counter() - started
    pages = [len(pypdf.PdfReader(name).pages) for name in [target, *others]]
    print(json.dumps({"version": weasyprint.__version__, "seconds": seconds, "pages": pages}))


main(sys.argv[1], sys.argv[2], sys.argv[3:])
