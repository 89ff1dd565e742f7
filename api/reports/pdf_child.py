"""The renderer process: `python -m api.reports.pdf_child HTML PDF MEMORY_BYTES CPU_SECONDS`.

It limits itself before it loads WeasyPrint, reads one file, writes one file, and opens no address.
"""

import resource
import sys
from pathlib import Path


def main(html: Path, pdf: Path, memory_bytes: int, cpu_s: int) -> None:
    """Render one document as PDF/UA-1: tagged, with the language and alternative texts that screen readers need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The parent counts by the clock; this ends a renderer whose parent is gone.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # A document with no allowed protocol can neither read a file nor call out, whatever a device's name holds.
    document = HTML(string=html.read_text(encoding="utf-8"), url_fetcher=URLFetcher(allowed_protocols=()))
    document.write_pdf(pdf, pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
