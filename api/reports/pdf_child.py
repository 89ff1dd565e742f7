"""The renderer process: `python -m api.reports.pdf_child MEMORY_BYTES CPU_SECONDS HTML PDF [HTML PDF …]`.

It limits itself before it loads WeasyPrint, reads and writes the files that are named, and opens no address.
"""

import resource
import sys
from collections.abc import Iterable
from pathlib import Path


def main(memory_bytes: int, cpu_s: int, documents: Iterable[tuple[Path, Path]]) -> None:
    """Render documents as PDF/UA-1: tagged, with the language and alternative texts that screen readers need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The parent counts by the clock; this ends a renderer whose parent is gone.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fonts = FontConfiguration()
    # A document can neither read a file nor call out, whatever a device's name holds; the logo lies within it.
    fetcher = URLFetcher(allowed_protocols=("data",))
    for html, pdf in documents:
        document = HTML(string=html.read_text(encoding="utf-8"), url_fetcher=fetcher)
        document.write_pdf(pdf, pdf_variant="pdf/ua-1", font_config=fonts)


if __name__ == "__main__":
    paths = [Path(each) for each in sys.argv[3:]]
    main(int(sys.argv[1]), int(sys.argv[2]), zip(paths[::2], paths[1::2], strict=True))
