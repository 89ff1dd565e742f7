"""The renderer process: `python -m api.reports.pdf_child MEMORY_BYTES CPU_SECONDS HTML PDF [HTML PDF …]`.

It limits itself before it loads WeasyPrint, reads and writes the files that are named, and opens no address.
"""

import gc
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weasyprint import HTML

_NOTES = ("::footnote-", "::note-")
"""How WeasyPrint's own style sheet begins its lines about notes, which reports have none of."""


def main(memory_bytes: int, cpu_s: int, documents: Iterable[tuple[Path, Path]]) -> None:
    """Render documents as PDF/UA-1: tagged, with the language and alternative texts that screen readers need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The parent counts by the clock; this ends a renderer whose parent is gone.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    # Nearly all that a document is made of lives until it is written: looking for garbage costs a tenth, for little.
    gc.disable()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fonts = FontConfiguration()
    # A document can neither read a file nor call out, whatever a device's name holds; the logo lies within it.
    fetcher = URLFetcher(allowed_protocols=("data",))
    parse = html_without_notes()
    for html, pdf in documents:
        document = parse(string=html.read_text(encoding="utf-8"), url_fetcher=fetcher)
        document.write_pdf(pdf, pdf_variant="pdf/ua-1", font_config=fonts)


def html_without_notes() -> "type[HTML]":
    """Return WeasyPrint's HTML with a style sheet of browsers that knows no footnotes.

    The one it has makes five styles for each element, in case it became one. Without them a large report comes out of
    a tenth less time and a sixth less memory, with the same bytes; a test compares.
    """
    from weasyprint import CSS, HTML
    from weasyprint.html import UA, UA_COUNTER_STYLE

    kept = "\n".join(line for line in UA.splitlines() if not line.startswith(_NOTES))
    sheet = CSS(string=kept, counter_style=UA_COUNTER_STYLE)

    return type("Plain", (HTML,), {"_ua_stylesheets": lambda _html, forms=False: [sheet]})


if __name__ == "__main__":
    paths = [Path(each) for each in sys.argv[3:]]
    main(int(sys.argv[1]), int(sys.argv[2]), zip(paths[::2], paths[1::2], strict=True))
